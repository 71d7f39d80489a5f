/* lib/sched/rsc_order.c - in which order are resources assigned?  Layer 3, pure. */
#include <string.h>

#include "sched/assign_priv.h"

struct entry {
    struct sched_rsc *rsc;
    struct sched_cell *cells; /* with the wishes of what it is colocated with; NULL when they do not count */
    cox_score current;        /* score where it is now */
    bool lacks_room;          /* it runs, but a member that needs room is not there */
};

struct order {
    const struct sched_work *work;
    const guint32 *nodes; /* best first */
    guint32 n_nodes;
};

static int
compare(const void *a_data, const void *b_data, gpointer data)
{
    const struct entry *a = *(struct entry *const *) a_data, *b = *(struct entry *const *) b_data;
    const struct order *order = data;

    if (a->rsc->meta.priority != b->rsc->meta.priority) {
        return a->rsc->meta.priority > b->rsc->meta.priority ? -1 : 1;
    }
    if (a->cells == NULL || b->cells == NULL) {
        return 0;
    }
    if (a->lacks_room != b->lacks_room && MIN(a->current, b->current) > -COX_SCORE_INFINITY) {
        return a->lacks_room ? 1 : -1; /* it takes no room of what runs and lacks nothing */
    }
    if (a->current != b->current) {
        return a->current > b->current ? -1 : 1;
    }
    for (guint32 i = 0; i < order->n_nodes; i++) {
        const struct sched_cell *one = &a->cells[order->nodes[i]], *two = &b->cells[order->nodes[i]];
        cox_score a_score = one->is_present ? one->score : -COX_SCORE_INFINITY;
        cox_score b_score = two->is_present ? two->score : -COX_SCORE_INFINITY;

        if (a_score != b_score) {
            return a_score > b_score ? -1 : 1;
        }
    }
    return 0;
}

/* Is a member that needs room elsewhere or down?  One that nobody starts needs none. */
static bool
lacks_room(const struct sched_rsc *group, const struct sched_node *node)
{
    for (guint i = 0; group->variant == COX_GROUP && i < sched_n_children(group); i++) {
        const struct sched_rsc *member = sched_child(group, i);

        if (member->need != NULL && !sched_rsc_is_active_on(member, node) && !sched_colocation_stays_down(member)) {
            return true;
        }
    }
    return false;
}

/* Is it down, or one of its members, and stays so, for want of room or as nobody starts it? */
static bool
is_nowhere(const struct sched_work *work, struct sched_rsc *rsc)
{
    const struct sched_want want = { rsc->need, &rsc, 1 };
    bool fits = rsc->need == NULL || rsc->running_on.n > 0;

    if (sched_colocation_stays_down(rsc)) {
        return true;
    }
    for (guint i = 0; rsc->variant == COX_GROUP && i < sched_n_children(rsc); i++) {
        if (is_nowhere(work, sched_child(rsc, i))) {
            return true;
        }
    }
    for (guint32 i = 0; !fits && i < work->n_nodes; i++) {
        fits = sched_node_usable(sched_node_at(work, i)) && sched_capacity_has_room(work, sched_node_at(work, i), &want);
    }
    return !fits;
}

/* Would it be with what is nowhere?  Where that might be does not say how much its own place counts. */
static bool
wishes_in_vain(struct sched_work *work, const struct sched_rsc *rsc)
{
    for (guint i = 0; rsc->this_with != NULL && i < rsc->this_with->len; i++) {
        const struct sched_colocation *row = g_ptr_array_index(rsc->this_with, i);

        if (row->score > 0 && row->score < COX_SCORE_INFINITY && row->node_attribute == NULL && is_nowhere(work, row->primary)) {
            return true;
        }
    }
    return false;
}

static void
describe(struct sched_work *work, struct sched_rsc *rsc, struct entry *entry)
{
    struct sched_node *current = NULL;
    struct sched_merge merge = { .work = work, .target = rsc, .factor = 1, .flags = SCHED_MERGE_THIS_WITH };

    *entry = (struct entry) { .rsc = rsc, .current = -COX_SCORE_INFINITY };
    if (!sched_capacity_counts(work)) {
        return;
    }
    entry->cells = g_new0(struct sched_cell, work->n_nodes + 1);
    if (wishes_in_vain(work, rsc)) {
        memcpy(entry->cells, rsc->cells, work->n_nodes * sizeof(*entry->cells));
    } else {
        sched_merge_scores(&merge, rsc, NULL, entry->cells);
    }
    for (const struct sched_rsc *part = rsc; current == NULL && part != NULL;
         part = sched_n_children(part) > 0 ? sched_child(part, 0) : NULL) {
        current = sched_rsc_active_node(part, NULL, NULL);
    }
    if (current != NULL && entry->cells[current->idx].is_present) {
        entry->current = entry->cells[current->idx].score;
        entry->lacks_room = lacks_room(rsc, current);
    }
}

void
sched_rsc_order(struct sched_work *work, GPtrArray *rscs)
{
    g_autofree struct entry *entries = g_new(struct entry, rscs->len + 1);
    g_autofree guint32 *nodes = g_new(guint32, work->n_nodes + 1);
    g_autofree struct sched_cell *zeros = g_new0(struct sched_cell, work->n_nodes + 1);
    g_autoptr(GPtrArray) sorted = g_ptr_array_sized_new(rscs->len + 1);
    struct order order = { .work = work, .nodes = nodes };

    for (guint32 i = 0; i < work->n_nodes; i++) {
        zeros[i].is_present = true;
    }
    order.n_nodes = sched_node_order(work, zeros, NULL, nodes);
    for (guint i = 0; i < rscs->len; i++) {
        describe(work, g_ptr_array_index(rscs, i), &entries[i]);
        g_ptr_array_add(sorted, &entries[i]);
    }
    g_ptr_array_sort_with_data(sorted, compare, &order);
    for (guint i = 0; i < rscs->len; i++) {
        rscs->pdata[i] = ((struct entry *) g_ptr_array_index(sorted, i))->rsc;
    }
    for (guint i = 0; i < rscs->len; i++) {
        g_free(entries[i].cells);
    }
}
