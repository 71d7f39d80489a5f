/* lib/sched/propagate.c - carries required and unrunnable along the relations until nothing changes.  Layer 3, pure. */
#include "sched/explain_priv.h"
#include "sched/planner_priv.h"

enum { ROUNDS_PER_ACTION = 200 };

static struct sched_action *
remapped(struct sched_work *work, struct sched_action *action)
{
    enum sched_task task;
    struct sched_notice *notice;
    struct sched_action *after;

    if (action->rsc == NULL || action->rsc->variant == COX_PRIMITIVE || action->interval_ms > 0) {
        return action;
    }
    switch (action->task) {
    case SCHED_TASK_START:
    case SCHED_TASK_RUNNING:
        task = SCHED_TASK_RUNNING;
        break;
    case SCHED_TASK_STOP:
    case SCHED_TASK_STOPPED:
        task = SCHED_TASK_STOPPED;
        break;
    case SCHED_TASK_PROMOTE:
    case SCHED_TASK_PROMOTED:
        task = SCHED_TASK_PROMOTED;
        break;
    case SCHED_TASK_DEMOTE:
    case SCHED_TASK_DEMOTED:
        task = SCHED_TASK_DEMOTED;
        break;
    default: /* others are what they are */
        return action;
    }
    after = sched_action_find(action->rsc, task, NULL);
    if (after != NULL) {
        notice = sched_notice(work, action->rsc, sched_flags_base_task(after));
        if (notice != NULL && notice->post_done != NULL) {
            after = notice->post_done;
        }
    }
    return (after != NULL) ? after : action;
}

static bool
is_inside(const struct sched_rsc *rsc, const struct sched_rsc *ancestor)
{
    for (; rsc != NULL; rsc = rsc->parent) {
        if (rsc == ancestor) {
            return true;
        }
    }
    return false;
}

/* What is around a member waits until all of it is up or down, as one of several, too; what is inside waits only for the event. */
static bool
waits_for_all_of(const struct sched_edge *edge)
{
    const struct sched_rsc *first = edge->first->rsc, *then = edge->then->rsc;

    if (first == NULL || then == NULL) {
        return first != NULL && (edge->flags & SCHED_R_MIN_RUNNABLE) != 0;
    }
    return first != then && !is_inside(then, first);
}

/* Returns whether what follows the relation's second action has to hear of it. */
static bool
process_edge(struct sched_work *work, struct sched_edge *edge)
{
    struct sched_action *first = edge->first, *then = edge->then;
    const struct sched_node *first_node = sched_action_place(first), *then_node = sched_action_place(then);
    guint32 changed;

    if (edge->flags == SCHED_R_NONE) {
        return false;
    }
    sched_explain_naming(work, edge);
    if ((edge->flags & SCHED_R_IF_SAME_NODE) && first_node != NULL && then_node != NULL && first_node != then_node) {
        sched_edge_drop(edge);
        return false;
    }
    if (first->rsc != NULL && (edge->flags & SCHED_R_CANCELS_FIRST) && !sched_is_optional(then)) {
        if (!sched_is_optional(first)) {
            sched_action_flags(work, first, SCHED_OPTIONAL, true);
            sched_propagate_touch(work, first);
        }
        if (first->task == SCHED_TASK_RELOAD) {
            first->rsc->is_reloading = false;
        }
    }
    if (waits_for_all_of(edge)) {
        struct sched_action *other = remapped(work, first);

        if (other != first) {
            if (sched_edge_add(work, other, then, edge->flags)) {
                sched_propagate_enqueue(work, then);
            }
            sched_edge_drop(edge);
            return false;
        }
    }
    changed = sched_relation_apply(work, first, then, edge->flags);
    if (changed & SCHED_CHANGED_FIRST) {
        sched_propagate_touch_first(work, first);
    }
    if (changed & SCHED_SEEN_FIRST) {
        sched_propagate_touch_late(work, first);
    }
    if (changed & SCHED_SEEN_THEN) {
        sched_propagate_touch_late(work, then);
    }
    if (changed & SCHED_CHANGED_PARTLY) {
        sched_propagate_again(work, then);
        sched_propagate_touch_late(work, then);
        return false;
    }
    return (changed & SCHED_CHANGED_THEN) != 0;
}

static void
mark_blocked(struct sched_work *work, struct sched_rsc *rsc, enum sched_task task, const struct sched_rsc *cause)
{
    for (guint i = 0; i < rsc->actions.n; i++) {
        struct sched_action *action = rsc->actions.items[i];

        if (action->task == task && sched_is_runnable(action)) {
            sched_action_flags(work, action, SCHED_RUNNABLE, false);
            sched_action_reason(action, cox_arena_printf(work->arena, "colocation with %s", cause->id), false);
            sched_propagate_touch(work, action);
        }
    }
    for (guint i = 0; rsc->children != NULL && i < rsc->children->len; i++) {
        mark_blocked(work, g_ptr_array_index(rsc->children, i), task, cause);
    }
}

/* What must be with a resource that cannot come up cannot come up either. */
static void
block_dependents(struct sched_work *work, struct sched_action *action)
{
    struct sched_rsc *rsc = action->rsc;

    if (rsc == NULL || (action->task != SCHED_TASK_START && action->task != SCHED_TASK_PROMOTE)) {
        return;
    }
    if (rsc->parent != NULL && rsc->parent->variant == COX_GROUP) {
        rsc = rsc->parent;
    } else if (rsc->parent != NULL && rsc->parent->variant == COX_CLONE) {
        rsc = rsc->parent;
    }
    for (guint i = 0; sched_is_collective(rsc) && i < rsc->children->len; i++) {
        struct sched_action *child = sched_action_find(g_ptr_array_index(rsc->children, i), action->task, NULL);

        if (child == NULL || sched_is_runnable(child)) {
            return;
        }
    }
    for (guint i = 0; rsc->with_this != NULL && i < rsc->with_this->len; i++) {
        const struct sched_colocation *with = g_ptr_array_index(rsc->with_this, i);
        bool is_start = action->task == SCHED_TASK_START;

        if (with->score < COX_SCORE_INFINITY || with->is_internal) {
            continue;
        }
        if (!is_start && with->primary_role != COX_ROLE_PROMOTED) {
            continue;
        }
        if (is_start || with->primary_role == COX_ROLE_PROMOTED) {
            mark_blocked(work, with->dependent,
                         with->dependent_role == COX_ROLE_PROMOTED ? SCHED_TASK_PROMOTE : SCHED_TASK_START, rsc);
        }
    }
}

static void
process(struct sched_work *work, struct sched_action *then)
{
    guint32 last = then->flags, uncounted;
    bool changed = false;

    then->n_runnable = 0;
    sched_flags_of(work, then, NULL);
    if (((last ^ then->flags) & (SCHED_OPTIONAL | SCHED_RUNNABLE | SCHED_PSEUDO | SCHED_MIGRATABLE)) != 0) {
        sched_propagate_touch_late(work, then); /* it was so before anybody looked */
    }
    for (guint32 i = then->before.n; i > 0; i--) {
        changed = process_edge(work, then->before.items[i - 1]) || changed;
    }
    uncounted = then->flags;
    /* Not monotone, so only the outcome of the count is news: it may become runnable again. */
    if (then->flags & SCHED_MIN_RUNNABLE) {
        sched_action_flags(work, then, SCHED_RUNNABLE, then->n_runnable >= MAX(then->need_runnable, 1));
    }
    if (changed || ((uncounted ^ then->flags) & SCHED_RUNNABLE) != 0) {
        sched_propagate_touch(work, then);
    }
    if (!sched_is_runnable(then) && !(then->flags & SCHED_PSEUDO) && !(then->flags & SCHED_BLOCKED_OTHERS)) {
        then->flags |= SCHED_BLOCKED_OTHERS;
        block_dependents(work, then);
    }
}

static void
turn_around(struct sched_vec *queue, guint32 from)
{
    for (guint32 i = from, k = queue->n; i + 1 < k; i++) {
        gpointer swap = queue->items[i];

        k--;
        queue->items[i] = queue->items[k];
        queue->items[k] = swap;
    }
}

/* Look at an action, then at what that asks for, the first of it first, before what was asked for earlier. */
static bool
look_at(struct sched_work *work, struct sched_action *start, guint64 *left)
{
    struct sched_vec *queue = &sched_order_data(work)->queue, *events = &sched_order_data(work)->events;
    guint32 next_event = 0, before;

    sched_propagate_enqueue(work, start);
    while (queue->n > 0 || next_event < events->n) {
        struct sched_action *action = (queue->n > 0) ? queue->items[--queue->n] : events->items[next_event++];

        if (!(action->flags & SCHED_QUEUED)) {
            continue; /* twice in the list, done */
        }
        if (*left == 0) {
            cox_diags_add(work->diags, COX_SEVERITY_ERROR, NULL, "report this configuration as a bug",
                          "ordering of actions does not settle (last: %s)", action->key);
            return false;
        }
        (*left)--;
        action->flags &= ~(guint32) SCHED_QUEUED;
        before = queue->n;
        process(work, action);
        turn_around(queue, before);
    }
    events->n = 0;
    return true;
}

/*
 * QUIRK 28: from the last to the first, and what a change means is followed to its end before anything else is looked at; it
 * changes only the reasons told.  case: 994-2, colocation-influence, bug-1718, rec-node-11, bug-1572-1, cloned-group-stop
 */
static void
run_worklist(struct sched_work *work)
{
    struct sched_vec *late = &sched_order_data(work)->late;
    guint64 left = (guint64) ROUNDS_PER_ACTION * (work->actions->len + 100);
    bool goes_on = true;

    for (guint i = work->actions->len; i > 0 && goes_on; i--) {
        goes_on = look_at(work, g_ptr_array_index(work->actions, i - 1), &left);
    }
    sched_order_data(work)->is_late = true;
    for (guint32 i = 0; i < late->n && goes_on; i++) {
        struct sched_action *action = late->items[i];

        action->flags &= ~(guint32) SCHED_QUEUED_LATE;
        goes_on = look_at(work, action, &left);
    }
    late->n = 0;
}

/* Orders between a guest and what it runs on make no sense: the user cannot mean them. */
static void
drop_guest_loops(struct sched_work *work)
{
    for (guint i = 0; work->has_remote_nodes && i < work->actions->len; i++) {
        struct sched_action *then = g_ptr_array_index(work->actions, i);

        for (guint32 k = 0; k < then->before.n; k++) {
            struct sched_edge *edge = then->before.items[k];
            const struct sched_node *node = edge->first->node;

            if (!(edge->flags & SCHED_R_GUEST) && edge->first->rsc != NULL && then->rsc != NULL && node != NULL
                && then->rsc->fillers != NULL && then->rsc->fillers->len > 0 && node->remote_rsc != NULL
                && node->remote_rsc->container == then->rsc) {
                sched_edge_drop(edge);
            }
        }
    }
}

void
sched_propagate_run(struct sched_work *work)
{
    run_worklist(work);
    sched_explain_naming(work, NULL);
    drop_guest_loops(work);
}
