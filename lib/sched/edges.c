/* lib/sched/edges.c - relations between actions, and orderings by task that become relations.  Layer 3, pure. */
#include <string.h>

#include "sched/action_priv.h"
#include "sched/explain_priv.h"

bool
sched_edge_add(struct sched_work *work, struct sched_action *first, struct sched_action *then, guint32 flags)
{
    struct sched_edge *edge;
    struct sched_vec *few;

    if (first == NULL || then == NULL || first == then || flags == SCHED_R_NONE) {
        return false;
    }
    few = (first->after.n < then->before.n) ? &first->after : &then->before;
    for (guint32 i = 0; i < few->n; i++) {
        edge = few->items[i];
        if (edge->first == first && edge->then == then && ((edge->flags | edge->dropped) & flags) == flags) {
            return false;
        }
    }
    edge = cox_arena_new_array(work->arena, struct sched_edge, 1);
    *edge = (struct sched_edge) { .first = first, .then = then, .flags = flags };
    sched_explain_name_now(work, edge);
    sched_vec_add(work, &first->after, edge);
    sched_vec_add(work, &then->before, edge);
    return true;
}

void
sched_edge_drop(struct sched_edge *edge)
{
    edge->dropped |= edge->flags;
    edge->flags = SCHED_R_NONE;
}

/* Where a resource may migrate, what holds for its start or stop holds for the migration too. */
static void
add_for_migration(struct sched_work *work, const struct sched_ordering *o)
{
    bool first_migrates, then_migrates;
    struct sched_ordering more = *o;

    if (o->first != NULL || o->then != NULL || o->first_rsc == o->then_rsc
        || sched_rsc_is_inside(o->first_rsc, o->then_rsc) || sched_rsc_is_inside(o->then_rsc, o->first_rsc)) {
        return;
    }
    first_migrates = o->first_rsc->meta.allow_migrate;
    then_migrates = o->then_rsc->meta.allow_migrate;
    if (!then_migrates) {
        return;
    }
    if (o->first_task == SCHED_TASK_START && o->then_task == SCHED_TASK_START) {
        more.then_task = SCHED_TASK_MIGRATE_TO;
        if (first_migrates) {
            more.first_task = SCHED_TASK_MIGRATE_FROM;
            sched_ordering_add(work, &more);
            more.flags |= SCHED_R_UNLESS_MIGRATABLE;
        }
        more.first_task = SCHED_TASK_START;
        sched_ordering_add(work, &more);
    } else if ((o->first_task == SCHED_TASK_STOP || o->first_task == SCHED_TASK_DEMOTE)
               && o->then_task == SCHED_TASK_STOP) {
        if (first_migrates && o->first_task == SCHED_TASK_STOP) {
            more.flags |= SCHED_R_UNLESS_MIGRATABLE;
        }
        more.then_task = SCHED_TASK_MIGRATE_TO;
        sched_ordering_add(work, &more);
        if (o->then_rsc->partial_migration_target != NULL) {
            more.then_task = SCHED_TASK_MIGRATE_FROM;
            sched_ordering_add(work, &more);
        }
    } else if (o->first_task == SCHED_TASK_PROMOTE && o->then_task == SCHED_TASK_START) {
        more.then_task = SCHED_TASK_MIGRATE_TO;
        sched_ordering_add(work, &more);
    }
}

void
sched_ordering_add(struct sched_work *work, const struct sched_ordering *ordering)
{
    struct sched_ordering *copy;

    if ((ordering->first == NULL && ordering->first_rsc == NULL)
        || (ordering->then == NULL && ordering->then_rsc == NULL)) {
        return;
    }
    copy = cox_arena_memdup(work->arena, ordering, 1, sizeof(*ordering));
    if (copy->first != NULL && copy->first_rsc == NULL) {
        copy->first_rsc = copy->first->rsc;
    }
    if (copy->then != NULL && copy->then_rsc == NULL) {
        copy->then_rsc = copy->then->rsc;
    }
    sched_explain_name_now(work, copy);
    sched_vec_add(work, &sched_order_data(work)->orderings, copy);
    add_for_migration(work, ordering);
}

void
sched_order_tasks(struct sched_work *work, struct sched_rsc *first_rsc, enum sched_task first_task,
                  struct sched_rsc *then_rsc, guint64 task_and_flags)
{
    sched_ordering_add(work, &(struct sched_ordering) { .first_rsc = first_rsc,
                                                        .first_task = first_task,
                                                        .then_rsc = then_rsc,
                                                        .then_task = (enum sched_task) (task_and_flags >> 32),
                                                        .flags = (guint32) task_and_flags });
}

void
sched_order_task_action(struct sched_work *work, struct sched_rsc *rsc, enum sched_task task,
                        struct sched_action *then, guint32 flags)
{
    sched_ordering_add(
        work, &(struct sched_ordering) { .first_rsc = rsc, .first_task = task, .then = then, .flags = flags });
}

void
sched_order_action_task(struct sched_work *work, struct sched_action *first, struct sched_rsc *rsc,
                        enum sched_task task, guint32 flags)
{
    sched_ordering_add(
        work, &(struct sched_ordering) { .first = first, .then_rsc = rsc, .then_task = task, .flags = flags });
}

static enum cox_role
state_of(const struct sched_rsc *rsc)
{
    enum cox_role role = (rsc->variant == COX_PRIMITIVE) ? rsc->role : COX_ROLE_UNKNOWN;

    for (guint i = 0; rsc->children != NULL && i < rsc->children->len; i++) {
        enum cox_role child = state_of(g_ptr_array_index(rsc->children, i));

        role = MAX(role, child);
    }
    return role;
}

/* The first side names a task: find its actions, or make one that nothing requires so far. */
static void
collect_first(struct sched_work *work, const struct sched_ordering *ordering, GPtrArray *list)
{
    struct sched_rsc *rsc = ordering->first_rsc;
    enum cox_role role;

    if (ordering->first != NULL) {
        g_ptr_array_add(list, ordering->first);
        return;
    }
    for (guint i = 0; i < rsc->actions.n; i++) {
        struct sched_action *action = rsc->actions.items[i];

        if (action->task == ordering->first_task && action->interval_ms == 0) {
            g_ptr_array_add(list, action);
        }
    }
    if (list->len > 0 || rsc == ordering->then_rsc) {
        return;
    }
    role = state_of(rsc);
    if ((role <= COX_ROLE_STOPPED && ordering->first_task == SCHED_TASK_STOP)
        || (role == COX_ROLE_UNPROMOTED && ordering->first_task == SCHED_TASK_DEMOTE)
        || ordering->first_task == SCHED_TASK_MIGRATE_FROM || ordering->first_task == SCHED_TASK_MONITOR || ordering->first_task == SCHED_TASK_LRM_DELETE
        || ordering->first_task == SCHED_TASK_DELETE || ordering->first_task == SCHED_TASK_RELOAD) {
        return;
    }
    g_ptr_array_add(list, sched_action_get(work, rsc, ordering->first_task, NULL, true));
}

static void
expand_to_then(struct sched_work *work, const struct sched_ordering *ordering, struct sched_action *first)
{
    struct sched_rsc *rsc = ordering->then_rsc;
    guint32 flags = ordering->flags;

    if (ordering->then != NULL) {
        sched_edge_add(work, first, ordering->then, flags);
        return;
    }
    if (rsc == first->rsc && (first->flags & SCHED_DANGLING)) {
        flags &= ~(guint32) SCHED_R_REQUIRES_THEN;
    }
    for (guint i = 0; i < rsc->actions.n; i++) {
        struct sched_action *then = rsc->actions.items[i];

        if (then->task == ordering->then_task && then->interval_ms == 0) {
            sched_edge_add(work, first, then, flags);
        }
    }
}

/*
 * QUIRK 22: orderings are expanded as they were made; an earlier one may make the actions that a later one finds.
 * case: probe-2, rsc-sets-clone
 */
void
sched_orderings_expand(struct sched_work *work, guint32 from)
{
    struct sched_vec *orderings = &sched_order_data(work)->orderings;
    g_autoptr(GPtrArray) list = g_ptr_array_new();

    for (guint32 i = from; i < orderings->n; i++) {
        const struct sched_ordering *ordering = orderings->items[i];

        g_ptr_array_set_size(list, 0);
        sched_explain_naming(work, ordering);
        if (ordering->first_rsc != NULL || ordering->first != NULL) {
            collect_first(work, ordering, list);
        }
        for (guint k = 0; k < list->len; k++) {
            expand_to_then(work, ordering, g_ptr_array_index(list, k));
        }
    }
    sched_explain_naming(work, NULL);
}
