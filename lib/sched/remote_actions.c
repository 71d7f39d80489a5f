/* lib/sched/remote_actions.c - actions on remote and guest nodes need the connection; who runs them.  Layer 3, pure. */
#include <string.h>

#include "sched/planner_priv.h"

enum remote_state {
    REMOTE_ALIVE,
    REMOTE_RESTING, /**< down now, comes back */
    REMOTE_STOPPED,
    REMOTE_FAILED,
    REMOTE_UNKNOWN,
};

static bool
is_leaving(const struct sched_node *node)
{
    const char *shutdown = cox_nvlist_get(&node->attrs, "shutdown");

    return shutdown != NULL && strcmp(shutdown, "0") != 0;
}

static enum remote_state
state_of(const struct sched_node *node)
{
    const struct sched_rsc *remote = node->remote_rsc;
    const struct sched_node *host = sched_rsc_active_node(remote, NULL, NULL);

    if (remote->next_role == COX_ROLE_STOPPED || remote->assigned == NULL) {
        if (host != NULL && host->is_unclean) {
            return REMOTE_FAILED;
        }
        if (!remote->is_failed) {
            return REMOTE_STOPPED;
        }
        if (remote->next_role == COX_ROLE_STOPPED && remote->meta.reconnect_ms > 0 && node->remote_was_fenced
            && !is_leaving(node)) {
            return REMOTE_UNKNOWN; /* the next try will tell */
        }
        return REMOTE_FAILED;
    }
    if (host == NULL) {
        return REMOTE_UNKNOWN;
    }
    if (host->is_unclean || !host->is_online) {
        return REMOTE_RESTING;
    }
    if (remote->running_on.n > 1 && remote->partial_migration_source != NULL
        && remote->partial_migration_target != NULL) {
        return REMOTE_RESTING;
    }
    return REMOTE_ALIVE;
}

static void
start_then(struct sched_work *work, struct sched_rsc *first, struct sched_action *action, guint32 extra)
{
    sched_order_task_action(work, first, SCHED_TASK_START, action, SCHED_R_GUEST | SCHED_R_BLOCKS | extra);
}

static void
then_stop(struct sched_work *work, struct sched_action *action, struct sched_rsc *then, guint32 extra)
{
    sched_order_action_task(work, action, then, SCHED_TASK_STOP, SCHED_R_GUEST | SCHED_R_ORDERED | extra);
}

static void
order_other(struct sched_work *work, struct sched_action *action, enum remote_state state)
{
    struct sched_rsc *remote = action->node->remote_rsc;

    if (action->interval_ms > 0) {
        start_then(work, remote, action, SCHED_R_REQUIRES_THEN);
        return;
    }
    if (action->task == SCHED_TASK_MONITOR && state == REMOTE_FAILED && !action->node->remote_was_fenced) { /* which leaves nothing there */
        sched_node_fence(work, action->node, "resources are in unknown state and connection is unrecoverable", false);
    }
    if (sched_rsc_active_node(remote, NULL, NULL) != NULL && state == REMOTE_STOPPED) {
        then_stop(work, action, remote, SCHED_R_BLOCKS);
    } else {
        start_then(work, remote, action, SCHED_R_NONE);
    }
}

static void
order_remote(struct sched_work *work, struct sched_action *action)
{
    struct sched_rsc *remote = action->node->remote_rsc;
    enum remote_state state = state_of(action->node);

    switch (action->task) {
    case SCHED_TASK_START:
    case SCHED_TASK_PROMOTE:
        start_then(work, remote, action, (state == REMOTE_FAILED) ? SCHED_R_REQUIRES_THEN : SCHED_R_NONE);
        break;
    case SCHED_TASK_STOP:
    case SCHED_TASK_MIGRATE_TO: /* a migration uses the connection as it is now */
    case SCHED_TASK_MIGRATE_FROM:
        if (state == REMOTE_ALIVE) {
            /* What runs behind a connection that broke can not be stopped through it, and goes on while the connection is made again. */
            const bool comes_back = remote->is_failed && remote->next_role != COX_ROLE_STOPPED;

            then_stop(work, action, remote, comes_back ? SCHED_R_NONE : SCHED_R_REQUIRES_FIRST);
        } else if (state == REMOTE_FAILED) {
            sched_node_fence(work, action->node, "resources are active but connection is unrecoverable", false);
        } else if (remote->next_role == COX_ROLE_STOPPED) {
            then_stop(work, action, remote, SCHED_R_REQUIRES_FIRST);
        } else {
            start_then(work, remote, action, SCHED_R_NONE);
        }
        break;
    case SCHED_TASK_DEMOTE:
        if (state == REMOTE_RESTING || state == REMOTE_UNKNOWN) {
            start_then(work, remote, action, SCHED_R_NONE);
        }
        break;
    default: /* monitors and everything else that is no change of role */
        order_other(work, action, state);
        break;
    }
}

static void
order_guest(struct sched_work *work, struct sched_action *action)
{
    struct sched_rsc *remote = action->node->remote_rsc, *container = remote->container;

    if (container->is_failed) {
        sched_node_fence(work, action->node, "container failed", false);
    }
    switch (action->task) {
    case SCHED_TASK_START:
    case SCHED_TASK_PROMOTE:
        start_then(work, container, action, SCHED_R_REQUIRES_THEN);
        start_then(work, remote, action, SCHED_R_NONE);
        if (remote->assigned == NULL && !sched_is_runnable(action)) { /* there is no start to say so */
            sched_action_reason(action, cox_arena_printf(work->arena, "unrunnable %s start", remote->id), false);
        }
        break;
    case SCHED_TASK_STOP:
    case SCHED_TASK_MIGRATE_TO:
    case SCHED_TASK_MIGRATE_FROM:
    case SCHED_TASK_DEMOTE:
        if (!container->is_failed) {
            then_stop(work, action, remote, SCHED_R_NONE);
        }
        break;
    default: /* as above */
        start_then(work, remote, action,
                   (action->interval_ms > 0) ? SCHED_R_REQUIRES_THEN
                                                                                  : SCHED_R_NONE);
        break;
    }
}

static void
order_move_in(struct sched_work *work, struct sched_action *start)
{
    for (guint i = 0; i < start->rsc->actions.n; i++) {
        struct sched_action *action = start->rsc->actions.items[i];

        if (action->task == SCHED_TASK_STOP && action->node != start->node) {
            sched_order_task_action(work, start->node->remote_rsc, SCHED_TASK_START, action, SCHED_R_ORDERED);
        }
    }
}

/* Does the resource stay where the action is? */
static bool
stays(const struct sched_action *action)
{
    const struct sched_rsc *rsc = action->rsc, *container = action->node->remote_rsc->container;

    /* QUIRK 37: in a machine that failed, monitors of what moves away begin again, too.  case: bug-rh-1097457 */
    return rsc->next_role != COX_ROLE_STOPPED && (rsc->assigned == action->node || (container != NULL && container->is_failed));
}

/* Is it no monitor that watches that the resource stays down? */
static bool
is_for_started(const struct sched_action *action)
{
    const char *rc = sched_action_meta(action, "op_target_rc");

    return rc == NULL || strcmp(rc, "7") != 0;
}

void
sched_remote_orders(struct sched_work *work)
{
    /* QUIRK 33: the latest first: what nodes are fenced for here is told in this order.  case: remote-recover-all */
    for (guint i = work->has_remote_nodes ? work->actions->len : 0; i > 0; i--) {
        struct sched_action *action = g_ptr_array_index(work->actions, i - 1);

        if (action->rsc == NULL) {
            continue;
        }
        if (action->rsc->remote_node != NULL && action->task == SCHED_TASK_CLEAR_FAILCOUNT) {
            sched_order_action_task(work, action, action->rsc, SCHED_TASK_START, SCHED_R_ORDERED);
            continue;
        }
        if (action->node == NULL || action->node->kind != SCHED_NODE_REMOTE || (action->flags & SCHED_PSEUDO)
            || action->node->remote_rsc == NULL || action->task == SCHED_TASK_CANCEL) {
            continue; /* what is to end need not wait for a connection */
        }
        if (action->interval_ms > 0 && !stays(action) && is_for_started(action)) {
            continue; /* it ends with the resource: a new connection does not begin it again */
        }
        if (action->task == SCHED_TASK_START) {
            order_move_in(work, action);
        }
        if (action->node->remote_rsc->container != NULL) {
            order_guest(work, action);
        } else {
            order_remote(work, action);
        }
    }
}

struct sched_node *
sched_remote_router(const struct sched_action *action)
{
    struct sched_node *now, *next;
    const struct sched_rsc *remote;
    const char *task = action->text;

    if (action->task == SCHED_TASK_STONITH || action->node == NULL || action->node->kind != SCHED_NODE_REMOTE
        || action->node->remote_rsc == NULL) {
        return NULL;
    }
    remote = action->node->remote_rsc;
    now = sched_rsc_active_node(remote, NULL, NULL);
    next = remote->assigned;
    if (now == NULL || next == NULL || now == next) {
        return (now == NULL) ? next : now;
    }
    if (action->task == SCHED_TASK_NOTIFY) {
        task = sched_action_meta(action, "notify_operation");
    }
    if (task != NULL
        && !(remote->partial_migration_target != NULL && remote->container == NULL)
        && (strcmp(task, "cancel") == 0 || strcmp(task, "stop") == 0 || strcmp(task, "demote") == 0
            || strcmp(task, "migrate_from") == 0 || strcmp(task, "migrate_to") == 0)) {
        return now;
    }
    return next;
}

bool
sched_remote_is_failed(const struct sched_node *node)
{
    return node->kind == SCHED_NODE_REMOTE && !node->is_guest && node->remote_rsc != NULL
           && state_of(node) == REMOTE_FAILED;
}
