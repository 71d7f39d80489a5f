/* lib/sched/collective_actions.c - events of groups, clones and bundles around their members' actions.  Layer 3, pure. */
#include "sched/planner_priv.h"
#include "sched/bundle_priv.h"

enum { PRIORITY_AFTER = COX_SCORE_INFINITY };

struct instance_state {
    bool is_stopping, is_starting, is_active, is_promoting, is_demoting;
};

static void
look_at_primitive(const struct sched_rsc *rsc, struct instance_state *state)
{
    state->is_active = state->is_active || rsc->running_on.n > 0;
    for (guint i = 0; i < rsc->actions.n; i++) {
        const struct sched_action *action = rsc->actions.items[i];

        if (sched_is_optional(action)) {
            continue;
        }
        if (action->task == SCHED_TASK_PROMOTE) {
            state->is_promoting = true;
        } else if (action->task == SCHED_TASK_DEMOTE) {
            state->is_demoting = true;
        }
        if (!(action->flags & (SCHED_PSEUDO | SCHED_RUNNABLE))) {
            continue;
        }
        if (action->task == SCHED_TASK_STOP) {
            state->is_stopping = true;
        } else if (action->task == SCHED_TASK_START) {
            state->is_starting = true;
        }
    }
}

static void
look_at(const struct sched_rsc *rsc, struct instance_state *state)
{
    if (rsc->variant == COX_PRIMITIVE) {
        look_at_primitive(rsc, state);
        return;
    }
    for (guint i = 0; rsc->children != NULL && i < rsc->children->len; i++) {
        look_at(g_ptr_array_index(rsc->children, i), state);
    }
}

static void
start_stop_events(struct sched_work *work, struct sched_rsc *rsc, const struct instance_state *state)
{
    struct sched_action *action;

    sched_action_pseudo(work, rsc, SCHED_TASK_START, !state->is_starting, true);
    action = sched_action_pseudo(work, rsc, SCHED_TASK_RUNNING, !state->is_starting,
                                 state->is_active || state->is_starting);
    action->priority = PRIORITY_AFTER;
    sched_action_pseudo(work, rsc, SCHED_TASK_STOP, !state->is_stopping, true);
    action = sched_action_pseudo(work, rsc, SCHED_TASK_STOPPED, !state->is_stopping, true);
    action->priority = PRIORITY_AFTER;
}

static void
role_events(struct sched_work *work, struct sched_rsc *rsc, const struct instance_state *state)
{
    sched_action_pseudo(work, rsc, SCHED_TASK_PROMOTE, !state->is_promoting, true);
    sched_action_pseudo(work, rsc, SCHED_TASK_PROMOTED, !state->is_promoting, true)->priority = PRIORITY_AFTER;
    sched_action_pseudo(work, rsc, SCHED_TASK_DEMOTE, !state->is_demoting, true);
    sched_action_pseudo(work, rsc, SCHED_TASK_DEMOTED, !state->is_demoting, true)->priority = PRIORITY_AFTER;
}

static bool
is_in_promotable_clone(const struct sched_rsc *rsc)
{
    for (const struct sched_rsc *r = rsc->parent; r != NULL; r = r->parent) {
        if (r->variant == COX_CLONE && r->meta.is_promotable) {
            return true;
        }
    }
    return false;
}

static void
group_actions(struct sched_work *work, struct sched_rsc *group)
{
    static const enum sched_task plain[] = { SCHED_TASK_START, SCHED_TASK_RUNNING, SCHED_TASK_STOP,
                                             SCHED_TASK_STOPPED };
    static const enum sched_task promotable[] = { SCHED_TASK_DEMOTE, SCHED_TASK_DEMOTED, SCHED_TASK_PROMOTE,
                                                  SCHED_TASK_PROMOTED };

    for (guint i = 0; i < group->children->len; i++) {
        sched_rsc_actions(work, g_ptr_array_index(group->children, i));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(plain); i++) {
        sched_action_pseudo(work, group, plain[i], true, true);
    }
    for (size_t i = 0; is_in_promotable_clone(group) && i < G_N_ELEMENTS(promotable); i++) {
        sched_action_pseudo(work, group, promotable[i], true, true);
    }
}

static void
clone_actions(struct sched_work *work, struct sched_rsc *clone)
{
    struct instance_state state = { 0 };

    for (guint i = 0; i < clone->children->len; i++) {
        struct sched_rsc *instance = g_ptr_array_index(clone->children, i);

        sched_rsc_actions(work, instance);
        look_at(instance, &state);
    }
    start_stop_events(work, clone, &state);
    sched_notify_pseudo(work, clone);
    if (clone->meta.is_promotable) {
        role_events(work, clone, &state);
        sched_notify_pseudo_promotable(work, clone);
    }
}

static void
bundle_actions(struct sched_work *work, struct sched_rsc *rsc)
{
    struct sched_bundle *bundle = sched_bundle_of(rsc);
    struct instance_state state = { 0 };

    for (int i = 0; bundle != NULL && i < bundle->n_replicas; i++) {
        struct sched_replica *replica = &bundle->replicas[i];

        if (replica->ip != NULL) {
            sched_rsc_actions(work, replica->ip);
        }
        sched_rsc_actions(work, replica->container);
        if (replica->remote != NULL) {
            sched_rsc_actions(work, replica->remote);
        }
        look_at(replica->container, &state);
    }
    start_stop_events(work, rsc, &state);
    if (bundle != NULL && bundle->child != NULL) {
        sched_rsc_actions(work, bundle->child);
        if (bundle->child->meta.is_promotable) {
            struct instance_state none = { 0 };

            role_events(work, rsc, &none);
        }
    }
}

void
sched_rsc_actions(struct sched_work *work, struct sched_rsc *rsc)
{
    switch (rsc->variant) {
    case COX_PRIMITIVE:
        sched_primitive_actions(work, rsc);
        break;
    case COX_GROUP:
        group_actions(work, rsc);
        break;
    case COX_CLONE:
        clone_actions(work, rsc);
        break;
    case COX_BUNDLE:
        bundle_actions(work, rsc);
        break;
    }
}
