/* lib/sched/row.c - rows of scores: one resource on every node.  Layer 3, pure. */
#include "sched/assign_priv.h"

#include <string.h>

#include "sched/bundle_priv.h"
#include "sched/explain_priv.h"

bool
sched_row_allows(const struct sched_work *work, const struct sched_cell *cells, guint32 idx)
{
    return cells[idx].is_present && cells[idx].score >= 0 && sched_node_usable(sched_node_at(work, idx));
}

bool
sched_row_any(const struct sched_work *work, const struct sched_cell *cells)
{
    for (guint32 i = 0; i < work->n_nodes; i++) {
        if (sched_row_allows(work, cells, i)) {
            return true;
        }
    }
    return false;
}

struct sched_cell *
sched_row_copy(const struct sched_work *work, const struct sched_cell *cells)
{
    struct sched_cell *copy = g_memdup2(cells, sizeof(struct sched_cell) * MAX(work->n_nodes, 1));

    sched_explain_copied(work, cells, copy);
    return copy;
}

void
sched_row_restore(const struct sched_work *work, struct sched_cell *cells, const struct sched_cell *saved)
{
    if (work->n_nodes > 0) {
        memcpy(cells, saved, sizeof(struct sched_cell) * work->n_nodes);
        sched_explain_restored(work, cells, saved);
    }
}

void
sched_row_add(const struct sched_work *work, struct sched_rsc *rsc, guint32 idx, cox_score score)
{
    struct sched_cell *cell = &rsc->cells[idx];

    for (guint i = 0; i < sched_n_children(rsc); i++) {
        sched_row_add(work, sched_child(rsc, i), idx, score);
    }
    sched_explain_add(work, rsc, idx, score);
    cell->is_present = true;
    cell->score = cox_score_add(cell->score, score);
}

void
sched_row_add_all(const struct sched_work *work, struct sched_rsc *rsc, cox_score score)
{
    for (guint32 i = 0; i < work->n_nodes; i++) {
        sched_row_add(work, rsc, i, score);
    }
}

/* A bundle's node takes only what is bundled in it; everything else is kept away and not even probed there. */
static void
bundle_rows(struct sched_work *work, const struct sched_bundle *bundle)
{
    for (int i = 0; i < bundle->n_replicas; i++) {
        struct sched_replica *replica = &bundle->replicas[i];
        struct sched_cell *cell = NULL;

        if (replica->child == NULL || replica->node == NULL) {
            continue;
        }
        memset(replica->child->cells, 0, sizeof(struct sched_cell) * work->n_nodes);
        cell = &replica->child->cells[replica->node->idx];
        cell->is_present = true;
        cell->score = 500;
        cell->discovery = COX_DISCOVERY_EXCLUSIVE;
        cell = &bundle->child->cells[replica->node->idx];
        cell->is_present = true;
        cell->score = -COX_SCORE_INFINITY;
    }
    for (int i = 0; i < bundle->n_replicas; i++) {
        struct sched_rsc *remote = bundle->replicas[i].remote;

        for (guint32 n = 0; remote != NULL && n < work->n_nodes; n++) {
            if (sched_node_at(work, n)->kind == SCHED_NODE_REMOTE && remote->cells[n].is_present) {
                remote->cells[n].score = -COX_SCORE_INFINITY;
            }
        }
    }
}

void
sched_row_init(struct sched_work *work)
{
    for (guint i = 0; i < work->rscs->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(work->rscs, i);

        rsc->rank = rsc->meta.priority;
    }
    for (guint i = 0; i < work->tops->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(work->tops, i);

        if (sched_bundle_of(rsc) != NULL && sched_bundle_of(rsc)->child != NULL) {
            bundle_rows(work, sched_bundle_of(rsc));
        }
    }
    sched_explain_cause(work, COX_TERM_BUNDLE, NULL, NULL);
    for (guint i = 0; work->explain != NULL && i < work->rscs->len; i++) {
        sched_explain_settle(work, g_ptr_array_index(work->rscs, i));
    }
}
