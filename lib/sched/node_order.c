/* lib/sched/node_order.c - which of several nodes is preferred?  Layer 3, pure. */
#include "sched/assign_priv.h"

#include <stdlib.h>
#include <string.h>

struct rank {
    guint32 idx;
    cox_score score;
    bool is_current;
    const struct sched_node *node;
    const struct sched_work *work;
};

/* Score first; then, unless nodes are to be packed (minimal), room, few resources, staying; the name decides the rest. */
static int
compare(const void *a_data, const void *b_data)
{
    const struct rank *a = a_data, *b = b_data;
    const char *strategy = a->work->opt.placement_strategy;

    if (a->score != b->score) {
        return a->score > b->score ? -1 : 1;
    }
    if (!sched_capacity_counts(a->work) || strcmp(strategy, "minimal") != 0) {
        int by_room = 0;

        if (sched_capacity_counts(a->work) && strcmp(strategy, "balanced") == 0) {
            by_room = sched_capacity_compare(a->work, a->node, b->node);
        }
        if (by_room != 0) {
            return by_room;
        }
        if (a->node->n_assigned != b->node->n_assigned) {
            return a->node->n_assigned < b->node->n_assigned ? -1 : 1;
        }
        if (a->is_current != b->is_current) {
            return a->is_current ? -1 : 1;
        }
    }
    /* QUIRK 4: of nodes that nothing else tells apart the first by name is taken.  case: clone-anon-probe-1, attrs3 */
    return strcmp(a->node->name, b->node->name);
}

static void
fill(const struct sched_work *work, const struct sched_cell *cells, const struct sched_node *current, guint32 idx,
     struct rank *rank)
{
    const struct sched_node *node = sched_node_at(work, idx);

    rank->idx = idx;
    rank->node = node;
    rank->work = work;
    rank->score = sched_node_usable(node) ? cells[idx].score : -COX_SCORE_INFINITY;
    rank->is_current = node == current;
}

guint32
sched_node_order(const struct sched_work *work, const struct sched_cell *cells, const struct sched_node *current,
                 guint32 *order)
{
    g_autofree struct rank *ranks = g_new(struct rank, work->n_nodes + 1);
    guint32 n = 0;

    for (guint32 i = 0; i < work->n_nodes; i++) {
        if (cells[i].is_present) {
            fill(work, cells, current, i, &ranks[n++]);
        }
    }
    qsort(ranks, n, sizeof(ranks[0]), compare);
    for (guint32 i = 0; i < n; i++) {
        order[i] = ranks[i].idx;
    }
    return n;
}

struct sched_node *
sched_node_best(const struct sched_work *work, const struct sched_cell *cells, const struct sched_node *current)
{
    struct rank best = { .node = NULL }, next;

    for (guint32 i = 0; i < work->n_nodes; i++) {
        if (!cells[i].is_present) {
            continue;
        }
        fill(work, cells, current, i, &next);
        if (best.node == NULL || compare(&next, &best) < 0) {
            best = next;
        }
    }
    return best.node == NULL ? NULL : sched_node_at(work, best.idx);
}
