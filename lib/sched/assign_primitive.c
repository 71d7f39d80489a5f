/* lib/sched/assign_primitive.c - assignment of one primitive to a node.  Layer 3, pure. */
#include "sched/assign_priv.h"
#include "sched/explain_priv.h"
#include "sched/footprint_priv.h"
#include "sched/planner_priv.h"

/* Assign the primary, then let it count. What cannot be met is dropped, if it is a wish or about promotion. */
static void
apply_this_with(struct sched_work *work, struct sched_rsc *rsc, const struct sched_colocation *row)
{
    g_autofree struct sched_cell *saved = NULL;

    if (row->dependent_role >= COX_ROLE_PROMOTED || (row->score < 0 && row->score > -COX_SCORE_INFINITY)) {
        saved = sched_row_copy(work, rsc->cells);
    }
    if (!row->primary->is_assigned && !sched_colocation_is_turned(work, rsc, row)) {
        sched_place(work, row->primary, NULL, true);
    }
    sched_colocation_apply(work, rsc, row->primary, row);
    if (saved != NULL && !sched_row_any(work, rsc->cells)) {
        sched_row_restore(work, rsc->cells, saved);
    }
}

/* In a circle of colocations what must be apart from it may have its place already. */
static void
avoid_dependent(struct sched_work *work, struct sched_rsc *rsc, const struct sched_colocation *row)
{
    struct sched_colocation turned = *row;

    if (row->score > -COX_SCORE_INFINITY || !row->dependent->is_assigned) {
        return;
    }
    turned.dependent = row->primary;
    turned.primary = row->dependent;
    turned.dependent_role = row->primary_role;
    turned.primary_role = row->dependent_role;
    sched_colocation_apply(work, rsc, turned.primary, &turned);
}

/*
 * QUIRK 14: what it is placed with counts before what is placed with it.
 * case: group-anticolocation-3, promoted-probed-score
 */
static void
apply_colocations(struct sched_work *work, struct sched_rsc *rsc, bool mandatory)
{
    g_autoptr(GPtrArray) primaries = sched_colocation_hold_this_with(rsc);
    const GPtrArray *list;

    for (guint i = 0; primaries != NULL && i < primaries->len; i++) {
        const struct sched_colocation *row = g_ptr_array_index(primaries, i);

        if (sched_is_mandatory(row) == mandatory) {
            apply_this_with(work, rsc, row);
        }
    }
    list = sched_colocation_with_this(work, rsc);
    for (guint i = 0; list != NULL && i < list->len; i++) {
        const struct sched_colocation *row = g_ptr_array_index(list, i);

        if (sched_is_mandatory(row) == mandatory) {
            sched_merge_dependent(work, row, rsc);
            avoid_dependent(work, rsc, row);
        }
    }
}

static bool
is_unique_instance(const struct sched_rsc *rsc)
{
    return rsc->parent != NULL && rsc->parent->variant == COX_CLONE && rsc->parent->meta.is_unique;
}

/*
 * With equal scores a resource stays.
 * QUIRK 13: not so instances of unique clones, which found their places before.  case: rebalance-unique-clones
 */
static struct sched_node *
prefer_current(const struct sched_work *work, const struct sched_rsc *rsc, struct sched_node *best)
{
    struct sched_node *current = sched_rsc_active_node(rsc, NULL, NULL);

    if (is_unique_instance(rsc) || rsc->cells[best->idx].score <= 0 || !sched_node_usable(best) || current == NULL
        || !sched_node_usable(current)) {
        return best;
    }
    if (rsc->cells[current->idx].is_present && rsc->cells[current->idx].score == rsc->cells[best->idx].score) {
        return current;
    }
    (void) work;
    return best;
}

/*
 * Might another number of resources on some node have led elsewhere?  Only between nodes of the same score; not when that is below zero,
 * since it goes nowhere then, nor when it stays where it is for being no worse there.
 */
static bool
is_by_load(const struct sched_work *work, const struct sched_rsc *rsc, const struct sched_node *best, const struct sched_node *chosen)
{
    cox_score score = rsc->cells[best->idx].score;
    guint32 n = 0;

    if (score < 0 || !sched_node_usable(best)
        || (score > 0 && !is_unique_instance(rsc) && chosen == sched_rsc_active_node(rsc, NULL, NULL))) {
        return false;
    }
    for (guint32 i = 0; i < work->n_nodes; i++) {
        n += rsc->cells[i].is_present && rsc->cells[i].score == score && sched_node_usable(sched_node_at(work, i));
    }
    return n > 1;
}

/* Would it take the room of others elsewhere, on a node that is no better, though it may go on where it runs? */
static bool
crowds_in_vain(const struct sched_work *work, struct sched_rsc *rsc, const struct sched_node *current, const struct sched_node *best)
{
    return current != NULL && best != NULL && best != current && sched_capacity_counts(work) && rsc->need != NULL
           && rsc->cells[best->idx].score <= rsc->cells[current->idx].score && sched_row_allows(work, rsc->cells, current->idx)
           && sched_row_allows(work, rsc->cells, best->idx)
           && sched_capacity_has_room(work, current, &(const struct sched_want) { rsc->need, &rsc, 1 })
           && sched_capacity_crowds(work, best, rsc);
}

/* What it keeps of its node's room is no reason to leave that. */
static struct sched_node *
best_with_own_room(const struct sched_work *work, const struct sched_rsc *rsc, const struct sched_node *current)
{
    struct sched_node *best = NULL;

    sched_capacity_lend(work, rsc, -1);
    best = sched_node_best(work, rsc->cells, current);
    sched_capacity_lend(work, rsc, 1);
    return best;
}

static struct sched_node *
best_node(struct sched_work *work, struct sched_rsc *rsc)
{
    const struct sched_node *current = sched_rsc_active_node(rsc, NULL, NULL);
    struct sched_node *best = best_with_own_room(work, rsc, current);

    while (crowds_in_vain(work, rsc, current, best)) {
        sched_explain_cause(work, COX_TERM_UTILIZATION, NULL, NULL);
        sched_row_add(work, rsc, best->idx, -COX_SCORE_INFINITY);
        best = best_with_own_room(work, rsc, current);
    }
    return best;
}

static void
assign_best(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *prefer, bool stop_if_fail)
{
    struct sched_node *best = NULL, *chosen = NULL, *roomiest = sched_utilization_ban(work, rsc);
    const enum cox_choice why = prefer != NULL ? COX_CHOICE_ASKED : COX_CHOICE_ROOM;

    prefer = prefer == NULL ? roomiest : prefer;
    best = best_node(work, rsc);
    /* QUIRK 30: the node asked for is taken though another is as good.  case: remote-partial-migrate2 */
    if (prefer != NULL && best != NULL && rsc->cells[prefer->idx].is_present
        && rsc->cells[prefer->idx].score >= rsc->cells[best->idx].score
        && sched_row_allows(work, rsc->cells, prefer->idx)) {
        chosen = prefer;
    }
    if (chosen == NULL && best != NULL) {
        chosen = prefer_current(work, rsc, best);
        if (work->footprint != NULL && is_by_load(work, rsc, best, chosen)) {
            sched_footprint_tie(work);
        }
    }
    sched_explain_choice(work, rsc, chosen, chosen != NULL && chosen == prefer ? why : COX_CHOICE_NONE);
    sched_place_set(work, rsc, chosen, false, stop_if_fail);
}

/* Is it down, and does it stay so for want of quorum? */
static bool
lacks_quorum(const struct sched_work *work, const struct sched_rsc *rsc)
{
    const enum sched_no_quorum policy = work->opt.no_quorum_policy;

    return !work->has_quorum && rsc->running_on.n == 0 && rsc->meta.requires_ != SCHED_REQUIRES_NOTHING
           && policy != SCHED_NO_QUORUM_IGNORE && policy != SCHED_NO_QUORUM_FENCE;
}

/*
 * The remote node is what its connection will be; what is not managed stays as it is.  A guest whose machine will not start, or a node whose
 * connection may not, does not come up: what is placed there would wait for it in vain, and what runs elsewhere would stop for it.
 */
static void
remote_follows(const struct sched_work *work, struct sched_rsc *rsc)
{
    struct sched_node *node = rsc->remote_node;

    if (node == NULL || (!rsc->is_managed && !node->is_online)) {
        return;
    }
    if (!node->is_online && rsc->container != NULL && sched_order_holds(work, rsc->container)) {
        return;
    }
    if (!node->is_online && node->running->len == 0 && lacks_quorum(work, rsc)) {
        return;
    }
    if (rsc->assigned != NULL && rsc->next_role != COX_ROLE_STOPPED) {
        node->is_online = true;
        if (node->is_unseen) {
            node->is_unclean = false;
        }
    } else {
        node->is_shutdown = true;
    }
}

static void
decide(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *prefer, bool stop_if_fail)
{
    if (work->opt.fencing_enabled && !work->has_fence_device && !work->opt.have_watchdog) {
        rsc->is_managed = false; /* nothing may move while nobody can be fenced */
    }
    if (!rsc->is_managed) {
        struct sched_node *current = sched_rsc_active_node(rsc, NULL, NULL);

        sched_explain_choice(work, rsc, current, COX_CHOICE_UNMANAGED);
        sched_place_role_set(rsc, rsc->role, "unmanaged");
        sched_place_set(work, rsc, current, true, stop_if_fail);
    } else if (work->opt.stop_all) {
        sched_explain_choice(work, rsc, NULL, COX_CHOICE_STOP_ALL);
        sched_place_set(work, rsc, NULL, true, stop_if_fail);
    } else {
        assign_best(work, rsc, prefer, stop_if_fail);
    }
}

struct sched_node *
sched_primitive_assign(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *prefer, bool stop_if_fail)
{
    if (!rsc->is_assigned && rsc->parent != NULL && !rsc->parent->is_assigning) {
        sched_place(work, rsc->parent, prefer, stop_if_fail);
    }
    if (rsc->is_assigned || rsc->is_assigning) {
        return rsc->assigned;
    }
    rsc->is_assigning = true;
    /* QUIRK 15: musts count before wishes.  case: failed-sticky-anticolocated-group, group-anticolocation-4 */
    apply_colocations(work, rsc, true);
    apply_colocations(work, rsc, false);
    if (rsc->next_role == COX_ROLE_STOPPED) {
        sched_explain_cause(work, COX_TERM_TARGET_ROLE, rsc->next_role_reason, NULL);
        sched_row_add_all(work, rsc, -COX_SCORE_INFINITY);
    } else if (rsc->next_role > rsc->role && !work->has_quorum
               && work->opt.no_quorum_policy == SCHED_NO_QUORUM_FREEZE) {
        sched_place_role_set(rsc, rsc->role, "no-quorum-policy=freeze");
    }
    sched_score_trace(work, rsc, "pcmk__primitive_assign");
    decide(work, rsc, prefer, stop_if_fail);
    rsc->is_assigning = false;
    remote_follows(work, rsc);
    return rsc->assigned;
}
