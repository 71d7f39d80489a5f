/* lib/sched/explain_choice.c - what decided between nodes, as it was when it did.  Layer 3, pure. */
#include <string.h>

#include "sched/assign_priv.h"
#include "sched/explain_priv.h"

enum cox_node_obstacle
sched_explain_obstacle(const struct sched_node *node)
{
    if (node->is_pending) {
        return COX_NODE_PENDING;
    }
    if (node->is_unclean) {
        return COX_NODE_UNCLEAN;
    }
    if (!node->is_online) {
        return COX_NODE_OFFLINE;
    }
    if (node->is_standby) {
        return node->is_standby_onfail ? COX_NODE_STANDBY_ON_FAIL : COX_NODE_STANDBY;
    }
    if (node->is_shutdown) {
        return COX_NODE_SHUTTING_DOWN;
    }
    return node->is_maintenance ? COX_NODE_MAINTENANCE : COX_NODE_USABLE;
}

/* Why @chosen and not @other?  The order of the questions is that of node_order.c. */
static enum cox_choice
difference(const struct sched_work *work, const struct sched_rsc *rsc, const struct sched_node *chosen, const struct sched_node *other)
{
    const struct sched_node *current = sched_rsc_active_node(rsc, NULL, NULL);
    const bool counts = sched_capacity_counts(work);
    const char *strategy = work->opt.placement_strategy;

    if (rsc->cells[chosen->idx].score != rsc->cells[other->idx].score) {
        return COX_CHOICE_SCORE;
    }
    if (chosen == current) {
        return COX_CHOICE_STAYS;
    }
    if (counts && strcmp(strategy, "balanced") == 0 && sched_capacity_compare(work, chosen, other) != 0) {
        return COX_CHOICE_ROOM;
    }
    if ((!counts || strcmp(strategy, "minimal") != 0) && chosen->n_assigned != other->n_assigned) {
        return COX_CHOICE_LOAD;
    }
    return COX_CHOICE_NAME;
}

static const struct sched_node *
runner_up(const struct sched_work *work, const struct sched_rsc *rsc, const struct sched_node *chosen)
{
    g_autofree guint32 *order = g_new(guint32, work->n_nodes + 1);
    guint32 n = sched_node_order(work, rsc->cells, sched_rsc_active_node(rsc, NULL, NULL), order);

    for (guint32 i = 0; i < n; i++) {
        if (sched_node_at(work, order[i]) != chosen && sched_row_allows(work, rsc->cells, order[i])) {
            return sched_node_at(work, order[i]);
        }
    }
    return NULL;
}

void
sched_explain_do_choice(struct sched_work *work, struct sched_rsc *rsc, const struct sched_node *chosen, enum cox_choice why)
{
    struct sched_record *record = sched_explain_record(work, rsc);
    const struct sched_node *next = runner_up(work, rsc, chosen);
    const bool is_possible = chosen != NULL && (sched_row_allows(work, rsc->cells, chosen->idx)
                                                || (chosen->is_guest && rsc->cells[chosen->idx].score >= 0));

    record->choice = why;
    record->chosen = chosen == NULL ? COX_NODE_NONE : chosen->idx;
    record->runner_up = next == NULL ? COX_NODE_NONE : next->idx;
    if (why == COX_CHOICE_NONE
        || (why == COX_CHOICE_ROOM && (next == NULL || rsc->cells[chosen->idx].score != rsc->cells[next->idx].score))) {
        record->choice = !is_possible ? COX_CHOICE_NOWHERE
                         : next == NULL ? COX_CHOICE_ONLY
                                        : difference(work, rsc, chosen, next);
    }
    record->load = cox_arena_new_array(work->arena, guint32, work->n_nodes + 1);
    record->obstacles = cox_arena_new_array(work->arena, guint8, work->n_nodes + 1);
    for (guint32 i = 0; i < work->n_nodes; i++) {
        record->load[i] = sched_node_at(work, i)->n_assigned;
        record->obstacles[i] = (guint8) sched_explain_obstacle(sched_node_at(work, i));
    }
}
