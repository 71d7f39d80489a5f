/* lib/sched/primitive_actions.c - the way of one primitive from where it is to where it shall be.  Layer 3, pure. */
#include "sched/planner_priv.h"

enum { N_ROLES = COX_ROLE_PROMOTED + 1 };

/* Next role on the way from [now] to [goal]. */
static const enum cox_role next_step[N_ROLES][N_ROLES] = {
    [COX_ROLE_UNKNOWN] = { COX_ROLE_UNKNOWN, COX_ROLE_STOPPED, COX_ROLE_STOPPED, COX_ROLE_STOPPED, COX_ROLE_STOPPED },
    [COX_ROLE_STOPPED] = { COX_ROLE_STOPPED, COX_ROLE_STOPPED, COX_ROLE_STARTED, COX_ROLE_UNPROMOTED,
                           COX_ROLE_UNPROMOTED },
    [COX_ROLE_STARTED] = { COX_ROLE_STOPPED, COX_ROLE_STOPPED, COX_ROLE_STARTED, COX_ROLE_UNPROMOTED,
                           COX_ROLE_PROMOTED },
    [COX_ROLE_UNPROMOTED] = { COX_ROLE_STOPPED, COX_ROLE_STOPPED, COX_ROLE_STOPPED, COX_ROLE_UNPROMOTED,
                              COX_ROLE_PROMOTED },
    [COX_ROLE_PROMOTED] = { COX_ROLE_STOPPED, COX_ROLE_UNPROMOTED, COX_ROLE_UNPROMOTED, COX_ROLE_UNPROMOTED,
                            COX_ROLE_PROMOTED },
};

struct plan_step {
    struct sched_work *work;
    struct sched_rsc *rsc;
    struct sched_node *node;
    bool is_restarting;
};

static bool
is_expected_node(const struct sched_rsc *rsc, const struct sched_node *node)
{
    return rsc->stop_unexpected && rsc->assigned == node && rsc->next_role > COX_ROLE_STOPPED
           && sched_rsc_is_active_on(rsc, node);
}

void
sched_primitive_cleanup(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node, bool optional)
{
    guint32 flags = optional ? SCHED_R_REQUIRES_THEN : SCHED_R_ORDERED;

    if (rsc->is_failed || node == NULL || node->is_unclean || !node->is_online) {
        return;
    }
    sched_action_get(work, rsc, SCHED_TASK_DELETE, node, optional);
    sched_order_tasks(work, rsc, SCHED_TASK_STOP, rsc, SCHED_THEN(SCHED_TASK_DELETE, flags));
    sched_order_tasks(work, rsc, SCHED_TASK_DELETE, rsc, SCHED_THEN(SCHED_TASK_START, flags));
}

/* A node is unfenced when what needs that has stopped there: not at all if that is blocked. */
static void
unfence_after(const struct plan_step *step, struct sched_action *stop)
{
    const struct sched_rsc *rsc = step->rsc;
    struct sched_action *unfence;

    if (!step->work->has_unfencing_device || rsc->is_fence_device || rsc->meta.requires_ != SCHED_REQUIRES_UNFENCING
        || stop->node->kind == SCHED_NODE_REMOTE) {
        return;
    }
    unfence = sched_fence_action(step->work, stop->node, "on", true, NULL);
    sched_edge_add(step->work, stop, unfence, SCHED_R_REQUIRES_FIRST);
    if (!rsc->is_managed && rsc->is_blocked && !sched_is_runnable(stop)) {
        unfence->flags &= ~(guint32) SCHED_RUNNABLE;
    }
}

static void
step_stop(const struct plan_step *step, bool optional)
{
    struct sched_rsc *rsc = step->rsc;

    for (guint i = 0; i < rsc->running_on.n; i++) {
        struct sched_node *current = rsc->running_on.items[i];
        struct sched_action *stop;
        bool is_optional = optional;

        if (is_expected_node(rsc, current)) {
            continue;
        }
        if (rsc->partial_migration_target != NULL) {
            if (current == rsc->partial_migration_target && current == rsc->assigned) {
                continue;
            }
            is_optional = false;
        }
        stop = sched_action_get(step->work, rsc, SCHED_TASK_STOP, current, is_optional);
        if (rsc->assigned == NULL) {
            sched_action_reason(stop, "node availability", true);
        } else if (step->is_restarting && rsc->stop_unexpected) {
            sched_action_reason(stop, "being multiply active", true);
        }
        if (!rsc->is_managed) {
            stop->flags &= ~(guint32) SCHED_RUNNABLE;
        }
        if (rsc->removed_needs_cleanup) {
            sched_primitive_cleanup(step->work, rsc, current, is_optional);
        }
        unfence_after(step, stop);
    }
}

static void
step_start(const struct plan_step *step, bool optional)
{
    struct sched_action *start = sched_action_get(step->work, step->rsc, SCHED_TASK_START, step->node, true);

    sched_unfence_order(step->work, step->rsc, step->node, start, SCHED_R_UNFENCES_THEN);
    if (sched_is_runnable(start) && !optional && step->rsc->is_managed) {
        start->flags &= ~(guint32) SCHED_OPTIONAL;
    }
    if (is_expected_node(step->rsc, step->node)) {
        start->flags |= SCHED_PSEUDO;
    }
}

static void
step_promote(const struct plan_step *step, bool optional)
{
    struct sched_rsc *rsc = step->rsc;
    bool is_runnable = true;

    for (guint i = 0; i < rsc->actions.n; i++) {
        struct sched_action *start = rsc->actions.items[i];

        if (start->task == SCHED_TASK_START && start->node == step->node && !sched_is_runnable(start)) {
            is_runnable = false;
        }
    }
    if (is_runnable) {
        struct sched_action *promote = sched_action_get(step->work, rsc, SCHED_TASK_PROMOTE, step->node, optional);

        if (is_expected_node(rsc, step->node)) {
            promote->flags |= SCHED_PSEUDO;
        }
        return;
    }
    for (guint i = 0; i < rsc->actions.n; i++) {
        struct sched_action *promote = rsc->actions.items[i];

        if (promote->task == SCHED_TASK_PROMOTE && promote->node == step->node) {
            promote->flags &= ~(guint32) SCHED_RUNNABLE;
        }
    }
}

static void
step_demote(const struct plan_step *step, bool optional)
{
    for (guint i = 0; i < step->rsc->running_on.n; i++) {
        struct sched_node *current = step->rsc->running_on.items[i];

        if (!is_expected_node(step->rsc, current)) {
            sched_action_get(step->work, step->rsc, SCHED_TASK_DEMOTE, current, optional);
        }
    }
}

static void
take_step(const struct plan_step *step, enum cox_role from, enum cox_role to, bool optional)
{
    if (from == to) {
        return;
    }
    switch (to) {
    case COX_ROLE_STOPPED:
        if (from != COX_ROLE_UNKNOWN) {
            step_stop(step, optional);
        }
        break;
    case COX_ROLE_PROMOTED:
        if (step->node != NULL) {
            step_promote(step, optional);
        }
        break;
    case COX_ROLE_STARTED:
    case COX_ROLE_UNPROMOTED:
        if (from == COX_ROLE_PROMOTED) {
            step_demote(step, optional);
        } else if (from == COX_ROLE_STOPPED && step->node != NULL) {
            step_start(step, optional);
        }
        break;
    case COX_ROLE_UNKNOWN:
        break;
    }
}

/* Down to stopped and up again to where it is now: optional unless it must be restarted. */
static void
restart_steps(struct plan_step *step, struct sched_node *current, bool need_stop, bool need_promote)
{
    struct sched_rsc *rsc = step->rsc;
    struct sched_node *target = step->node;
    enum cox_role role = rsc->role;

    step->is_restarting = true;
    step->node = current;
    while (role != COX_ROLE_STOPPED && role != COX_ROLE_UNKNOWN) {
        enum cox_role next = next_step[role][COX_ROLE_STOPPED];

        take_step(step, role, next, !need_stop);
        role = next;
    }
    step->node = target;
    while (rsc->role <= rsc->next_role && role != rsc->role && !rsc->is_blocked && role != COX_ROLE_UNKNOWN) {
        enum cox_role next = next_step[role][rsc->role];
        bool is_required = need_stop || (next == COX_ROLE_PROMOTED && need_promote);

        take_step(step, role, next, !is_required);
        if (next == role) {
            break;
        }
        role = next;
    }
    step->is_restarting = false;
}

static void
transition_steps(const struct plan_step *step)
{
    struct sched_rsc *rsc = step->rsc;
    enum cox_role role = rsc->role;

    for (int guard = 0; role != rsc->next_role && guard < N_ROLES; guard++) {
        enum cox_role next = next_step[role][rsc->next_role];

        take_step(step, role, next, false);
        role = next;
    }
}

static void
default_next_role(struct sched_rsc *rsc)
{
    if (rsc->next_role == COX_ROLE_UNKNOWN) {
        rsc->next_role = (rsc->assigned == NULL) ? COX_ROLE_STOPPED : COX_ROLE_STARTED;
    }
    if (rsc->assigned != NULL && rsc->next_role == COX_ROLE_STOPPED) {
        return;
    }
    if (rsc->assigned == NULL) {
        rsc->next_role = COX_ROLE_STOPPED;
    }
}

/* Is it active where it may not be, so that everything must be stopped first? */
static bool
check_multiple(struct sched_rsc *rsc, struct sched_node *current, guint32 n_all, guint32 n_clean,
               bool *may_migrate)
{
    bool is_multiple;

    if (n_all == 2 && n_clean == 2 && rsc->assigned != NULL && rsc->partial_migration_source != NULL
        && current == rsc->partial_migration_source && rsc->assigned == rsc->partial_migration_target) {
        return false;
    }
    if (rsc->partial_migration_source != NULL || rsc->partial_migration_target != NULL) {
        rsc->partial_migration_source = rsc->partial_migration_target = NULL;
        *may_migrate = false;
        is_multiple = n_all > 1;
    } else if (rsc->meta.requires_ < SCHED_REQUIRES_FENCING) {
        is_multiple = n_clean > 1;
    } else {
        is_multiple = n_all > 1;
    }
    rsc->stop_unexpected = is_multiple && rsc->meta.multiple_active == SCHED_MULTIPLE_STOP_UNEXPECTED;
    return is_multiple;
}

static bool
can_migrate(const struct sched_rsc *rsc, const struct sched_node *current)
{
    return rsc->is_managed && !rsc->is_failed && !rsc->is_start_pending && current != NULL && !current->is_unclean
           && rsc->assigned != NULL && !rsc->assigned->is_unclean;
}

void
sched_primitive_actions(struct sched_work *work, struct sched_rsc *rsc)
{
    struct plan_step step = { .work = work, .rsc = rsc, .node = rsc->assigned };
    guint32 n_all = 0, n_clean = 0;
    bool need_stop = false, need_promote = false, may_migrate = rsc->meta.allow_migrate, is_moved;
    struct sched_node *current;

    default_next_role(rsc);
    current = sched_rsc_active_node(rsc, &n_all, &n_clean);
    for (guint i = 0; rsc->dangling_migrations != NULL && i < rsc->dangling_migrations->len; i++) {
        struct sched_action *stop =
            sched_action_get(work, rsc, SCHED_TASK_STOP, g_ptr_array_index(rsc->dangling_migrations, i), false);

        stop->flags |= SCHED_DANGLING;
        may_migrate = false;
    }
    need_stop = check_multiple(rsc, current, n_all, n_clean, &may_migrate);
    if (rsc->is_start_pending && rsc->assigned != NULL) {
        /* Only where it is under way does it go on; elsewhere it starts if it has to. */
        sched_action_get(work, rsc, SCHED_TASK_START, rsc->assigned, true)->flags |= rsc->assigned == rsc->pending_node ? SCHED_ALWAYS : 0;
    }
    if (rsc->has_demote_needed && current != NULL && rsc->role == COX_ROLE_PROMOTED) {
        sched_action_get(work, rsc, SCHED_TASK_DEMOTE, current, false);
    }
    is_moved = current != NULL && rsc->assigned != NULL && current != rsc->assigned
               && rsc->next_role > COX_ROLE_STOPPED;
    if (is_moved) {
        need_stop = true;
    } else if (rsc->is_failed) {
        need_stop = need_stop || rsc->stop_if_fail || rsc->has_stop_needed;
        need_promote = !need_stop && rsc->next_role == COX_ROLE_PROMOTED;
        if (rsc->assigned != NULL && rsc->role > rsc->next_role && rsc->next_role > COX_ROLE_STOPPED) {
            /* The way down ends below its next role: it has to come up again. */
            (void) sched_action_get(work, rsc, SCHED_TASK_START, rsc->assigned, true);
        }
    } else if (rsc->is_blocked) {
        need_stop = true;
    } else if (rsc->role > COX_ROLE_STARTED && current != NULL && rsc->assigned != NULL) {
        if (!sched_is_optional(sched_action_get(work, rsc, SCHED_TASK_START, rsc->assigned, true))) {
            need_stop = true;
        }
    }
    restart_steps(&step, current, need_stop, need_promote);
    transition_steps(&step);
    sched_recurring_actions(work, rsc);
    if (may_migrate && is_moved && can_migrate(rsc, current)) {
        sched_migrate_actions(work, rsc, current);
    }
}
