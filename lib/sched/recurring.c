/* lib/sched/recurring.c - recurring monitors: those that begin, go on, or must be cancelled.  Layer 3, pure. */
#include <string.h>

#include "model/option.h"
#include "sched/planner_priv.h"
#include "sched/rsc_priv.h"

enum { RC_NOT_RUNNING = 7, RC_PROMOTED = 8 };

static void
expect(struct sched_work *work, struct sched_action *action, int rc)
{
    sched_action_set_meta(work, action, "op_target_rc", cox_arena_printf(work->arena, "%d", rc));
}

static struct sched_action *
find_recurring(const struct sched_rsc *rsc, const char *text, gint64 interval_ms, const struct sched_node *node)
{
    for (guint i = 0; i < rsc->actions.n; i++) {
        struct sched_action *action = rsc->actions.items[i];

        if (action->interval_ms == interval_ms && action->node == node && action->task != SCHED_TASK_CANCEL
            && strcmp(action->text, text) == 0) {
            return action;
        }
    }
    return NULL;
}

struct sched_action *
sched_recurring_cancel(struct sched_work *work, struct sched_rsc *rsc, const char *task, gint64 interval_ms,
                       struct sched_node *node)
{
    struct sched_action *cancel;

    for (guint i = 0; i < rsc->actions.n; i++) {
        cancel = rsc->actions.items[i];
        if (cancel->task == SCHED_TASK_CANCEL && cancel->interval_ms == interval_ms && cancel->node == node
            && g_strcmp0(sched_action_meta(cancel, "operation"), task) == 0) {
            return cancel;
        }
    }
    cancel = find_recurring(rsc, task, interval_ms, node);
    if (cancel == NULL) {
        cancel = sched_action_new(work, rsc, SCHED_TASK_CANCEL, sched_action_key(work, rsc->id, task, interval_ms), node);
        cancel->interval_ms = interval_ms;
    }
    cancel->task = SCHED_TASK_CANCEL; /* what was to go on takes its place */
    cancel->text = sched_task_text(SCHED_TASK_CANCEL);
    cancel->flags &= ~(guint32) SCHED_OPTIONAL;
    if (node == NULL || !node->is_online) {
        cancel->flags &= ~(guint32) SCHED_RUNNABLE;
    }
    sched_action_set_meta(work, cancel, "operation", cox_arena_strdup(work->arena, task));
    sched_action_set_meta(work, cancel, "interval",
                          cox_arena_printf(work->arena, "%" G_GINT64_FORMAT, interval_ms));
    return cancel;
}

/* Does the op's role fit the role that the resource will have? */
static bool
fits_role(const struct sched_rsc *rsc, const char *role)
{
    if (role == NULL) {
        return rsc->next_role != COX_ROLE_PROMOTED;
    }
    switch (cox_role_parse(role)) {
    case COX_ROLE_STARTED:
        return rsc->next_role == COX_ROLE_STARTED;
    case COX_ROLE_UNPROMOTED:
    case COX_ROLE_PROMOTED:
    case COX_ROLE_STOPPED:
    case COX_ROLE_UNKNOWN:
        break;
    }
    return cox_role_parse(role) == rsc->next_role;
}

static void
cancel_misfit(struct sched_work *work, struct sched_rsc *rsc, const struct cox_op_def *op, struct sched_node *node)
{
    struct sched_action *cancel = sched_recurring_cancel(work, rsc, op->name, op->interval_ms, node);
    enum sched_task before = SCHED_TASK_NONE;

    switch (rsc->role) {
    case COX_ROLE_STARTED:
    case COX_ROLE_UNPROMOTED:
        if (rsc->next_role == COX_ROLE_PROMOTED) {
            before = SCHED_TASK_PROMOTE;
        } else if (rsc->next_role == COX_ROLE_STOPPED) {
            before = SCHED_TASK_STOP;
        }
        break;
    case COX_ROLE_PROMOTED:
        before = SCHED_TASK_DEMOTE;
        break;
    case COX_ROLE_UNKNOWN:
    case COX_ROLE_STOPPED:
        break;
    }
    if (before != SCHED_TASK_NONE) {
        sched_order_action_task(work, cancel, rsc, before, SCHED_R_BLOCKS);
    }
}

static void
for_active(struct sched_work *work, struct sched_rsc *rsc, struct sched_action *start, const struct cox_op_def *op)
{
    struct sched_node *node = rsc->assigned;
    struct sched_action *known = find_recurring(rsc, op->name, op->interval_ms, node), *mon;
    bool is_optional = sched_is_optional(start) && known != NULL && !(known->flags & SCHED_RESCHEDULE);

    if (!fits_role(rsc, sched_op_attr(op, cox_option(COX_OPT_OP_ROLE)->name))) {
        if (is_optional) {
            cancel_misfit(work, rsc, op, node);
        }
        return;
    }
    mon = sched_action_get_recurring(work, rsc, (struct sched_op_name) { op->name, op->interval_ms }, node, is_optional);
    if (!sched_is_runnable(start)) {
        mon->flags &= ~(guint32) SCHED_RUNNABLE;
    } else if (node == NULL || !node->is_online || node->is_unclean) {
        mon->flags &= ~(guint32) SCHED_RUNNABLE;
    }
    if (rsc->next_role == COX_ROLE_PROMOTED) {
        expect(work, mon, RC_PROMOTED);
    }
    if (node != NULL && !rsc->is_managed) {
        return;
    }
    sched_order_task_action(work, rsc, SCHED_TASK_START, mon, SCHED_R_REQUIRES_THEN | SCHED_R_BLOCKS);
    sched_order_task_action(work, rsc, SCHED_TASK_RELOAD, mon, SCHED_R_REQUIRES_THEN | SCHED_R_BLOCKS);
    if (rsc->next_role == COX_ROLE_PROMOTED) {
        sched_order_task_action(work, rsc, SCHED_TASK_PROMOTE, mon, SCHED_R_ORDERED | SCHED_R_BLOCKS);
    } else if (rsc->role == COX_ROLE_PROMOTED) {
        sched_order_task_action(work, rsc, SCHED_TASK_DEMOTE, mon, SCHED_R_ORDERED | SCHED_R_BLOCKS);
    }
}

static void
order_inactive(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node, struct sched_action *mon)
{
    for (guint i = 0; i < rsc->actions.n; i++) {
        struct sched_action *action = rsc->actions.items[i];

        if (action->interval_ms != 0 || action->node != node) {
            continue;
        }
        if (action->task == SCHED_TASK_MONITOR && rsc->is_managed) {
            sched_edge_add(work, action, mon, SCHED_R_BLOCKS);
        } else if (action->task == SCHED_TASK_STOP) {
            if (!sched_is_optional(action)) {
                mon->flags &= ~(guint32) SCHED_OPTIONAL;
            }
            if (!sched_is_runnable(action)) {
                mon->flags &= ~(guint32) SCHED_RUNNABLE;
            }
            if (rsc->is_managed) {
                sched_edge_add(work, action, mon, SCHED_R_REQUIRES_THEN | SCHED_R_BLOCKS);
            }
        }
    }
}

static void
for_inactive(struct sched_work *work, struct sched_rsc *rsc, const struct cox_op_def *op)
{
    struct sched_node *node = rsc->assigned;
    const struct sched_rsc *clone = rsc->parent;
    bool will_run = node != NULL && rsc->next_role > COX_ROLE_STOPPED;

    while (clone != NULL && clone->variant != COX_CLONE) {
        clone = clone->parent;
    }
    if (clone != NULL && !clone->meta.is_unique) {
        return;
    }
    if (will_run && find_recurring(rsc, op->name, op->interval_ms, node) != NULL) {
        struct sched_action *cancel = sched_recurring_cancel(work, rsc, op->name, op->interval_ms, node);

        sched_order_action_task(work, cancel, rsc, SCHED_TASK_START, SCHED_R_BLOCKS);
    }
    for (guint32 i = 0; i < work->n_nodes; i++) {
        struct sched_node *other = g_ptr_array_index(work->nodes, i);
        struct sched_action *known, *mon;

        if (other->kind == SCHED_NODE_PING || other->is_maintenance || (will_run && other == node)
            || (other->is_guest && sched_rsc_holds_guest(rsc))) { /* a machine is in no guest, least of all in its own */
            continue;
        }
        known = find_recurring(rsc, op->name, op->interval_ms, other);
        mon = sched_action_get_recurring(work, rsc, (struct sched_op_name) { op->name, op->interval_ms }, other,
                                         known != NULL && !(known->flags & SCHED_RESCHEDULE));
        expect(work, mon, RC_NOT_RUNNING);
        order_inactive(work, rsc, other, mon);
        if (!other->is_online || other->is_unclean) {
            mon->flags &= ~(guint32) SCHED_RUNNABLE;
        }
    }
}

static bool
is_usable(const struct cox_op_def *op)
{
    static const char *const singular[] = { "start", "stop", "promote", "demote", "migrate_to", "migrate_from",
                                            "notify", "reload", "reload-agent" };

    if (op->name == NULL || op->interval_ms <= 0 || !sched_op_is_enabled(op)) {
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(singular); i++) {
        if (strcmp(op->name, singular[i]) == 0) {
            return false;
        }
    }
    return true;
}

static bool
is_for_stopped(const struct cox_op_def *op)
{
    const char *role = sched_op_attr(op, cox_option(COX_OPT_OP_ROLE)->name);

    return role != NULL && cox_role_parse(role) == COX_ROLE_STOPPED;
}

/* Two operations with one name and interval: nobody can tell their results apart, so neither is scheduled. */
static bool
has_twin(const struct cox_rsc_def *def, const struct cox_op_def *op)
{
    for (size_t i = 0; i < def->n_ops; i++) {
        const struct cox_op_def *other = &def->ops[i];

        if (other != op && other->interval_ms == op->interval_ms && g_strcmp0(other->name, op->name) == 0) {
            return true;
        }
    }
    return false;
}

/* What stops for good takes its monitors along: nothing has to be said of those that are not configured any more. */
static void
keep_silent(struct sched_rsc *rsc)
{
    for (guint i = 0; i < rsc->actions.n; i++) {
        struct sched_action *action = rsc->actions.items[i];

        if (action->task == SCHED_TASK_CANCEL) {
            action->flags &= ~(guint32) SCHED_RUNNABLE;
        }
    }
}

void
sched_recurring_actions(struct sched_work *work, struct sched_rsc *rsc)
{
    struct sched_action *start = NULL;
    bool is_active;

    if (rsc->assigned == NULL) {
        keep_silent(rsc);
    }
    if (rsc->is_blocked || rsc->is_maintenance || rsc->def == NULL) {
        return;
    }
    is_active = rsc->assigned != NULL && !rsc->assigned->is_maintenance
                && (rsc->next_role != COX_ROLE_STOPPED || !rsc->is_managed);
    if (rsc->assigned != NULL && rsc->assigned->is_maintenance) {
        return;
    }
    for (size_t i = 0; i < rsc->def->n_ops; i++) {
        const struct cox_op_def *op = &rsc->def->ops[i];

        if (!is_usable(op) || has_twin(rsc->def, op)) {
            continue;
        }
        if (is_for_stopped(op)) {
            for_inactive(work, rsc, op);
        } else if (is_active) {
            if (start == NULL) {
                start = sched_action_get(work, rsc, SCHED_TASK_START, rsc->assigned, true);
            }
            for_active(work, rsc, start, op);
        }
    }
}
