/* lib/sched/flags.c - what events of groups and clones are, given their members' actions.  Layer 3, pure. */
#include <string.h>

#include "sched/planner_priv.h"
#include "sched/bundle_priv.h"

/* What an event is about: of notifications what they tell of. */
static enum sched_task
subject(const struct sched_action *action)
{
    const char *operation = NULL;

    if (action->task != SCHED_TASK_NOTIFY && action->task != SCHED_TASK_NOTIFIED) {
        return action->task;
    }
    operation = sched_action_meta(action, "notify_operation");
    return (operation != NULL) ? sched_task_parse(operation) : SCHED_TASK_NONE;
}

/* The members' task behind an event: running -> start, notifications -> what they are about. */
enum sched_task
sched_flags_base_task(const struct sched_action *action)
{
    enum sched_task task = subject(action);

    switch (task) {
    case SCHED_TASK_RUNNING:
        return SCHED_TASK_START;
    case SCHED_TASK_STOPPED:
        return SCHED_TASK_STOP;
    case SCHED_TASK_PROMOTED:
        return SCHED_TASK_PROMOTE;
    case SCHED_TASK_DEMOTED:
        return SCHED_TASK_DEMOTE;
    default: /* others stand for themselves */
        return task;
    }
}

static guint32
group_flags(struct sched_action *action, const struct sched_node *node)
{
    guint32 flags = SCHED_OPTIONAL | SCHED_RUNNABLE | SCHED_PSEUDO;
    enum sched_task task = sched_flags_base_task(action);
    const struct sched_rsc *group = action->rsc;

    for (guint i = 0; i < group->children->len; i++) {
        struct sched_action *member = sched_action_find(g_ptr_array_index(group->children, i), task, node);

        if (member == NULL) {
            if (task != SCHED_TASK_STOP && task != SCHED_TASK_DEMOTE) {
                flags &= ~(guint32) SCHED_RUNNABLE;
            }
            continue;
        }
        if (!sched_is_optional(member)) {
            flags &= ~(guint32) SCHED_OPTIONAL;
            action->flags &= ~(guint32) SCHED_OPTIONAL;
        }
        if (task != action->task && !sched_is_runnable(member)) {
            flags &= ~(guint32) SCHED_RUNNABLE;
            action->flags &= ~(guint32) SCHED_RUNNABLE;
        }
    }
    return flags;
}

static guint32 instance_flags(struct sched_rsc *instance, struct sched_action *action, struct sched_action *collective,
                              const struct sched_node *node);

static guint32
collective_flags(struct sched_action *action, const struct sched_node *node)
{
    guint32 flags = SCHED_OPTIONAL | SCHED_RUNNABLE | SCHED_PSEUDO;
    enum sched_task task = sched_flags_base_task(action);
    struct sched_rsc *rsc = action->rsc;
    struct sched_bundle *bundle = (rsc->variant == COX_BUNDLE) ? sched_bundle_of(rsc) : NULL;
    guint n = (bundle != NULL) ? (guint) bundle->n_replicas : (rsc->variant == COX_BUNDLE) ? 0 : rsc->children->len;
    bool any_runnable = false;

    for (guint i = 0; i < n; i++) {
        struct sched_rsc *instance = g_ptr_array_index(rsc->children, i < rsc->children->len ? i : 0);
        struct sched_action *member;
        guint32 member_flags;

        if (bundle != NULL) {
            bool is_role = task == SCHED_TASK_PROMOTE || task == SCHED_TASK_DEMOTE;

            instance = is_role ? bundle->replicas[i].child : bundle->replicas[i].container;
            if (instance == NULL) {
                continue;
            }
        }
        /* A group has an event of its own, which knows whether all of the group can be up. */
        member = (instance->variant == COX_PRIMITIVE) ? sched_action_find(instance, task, node)
                                                      : sched_action_find(instance, subject(action), NULL);
        if (member == NULL) {
            continue;
        }
        member_flags = instance_flags(instance, member, action, node);
        if (!(member_flags & SCHED_OPTIONAL)) {
            flags &= ~(guint32) SCHED_OPTIONAL;
            action->flags &= ~(guint32) SCHED_OPTIONAL;
        }
        any_runnable = any_runnable || (member_flags & SCHED_RUNNABLE);
    }
    if (!any_runnable) {
        flags &= ~(guint32) SCHED_RUNNABLE;
        if (node == NULL) {
            action->flags &= ~(guint32) SCHED_RUNNABLE;
        }
    }
    return flags;
}

static guint32
instance_flags(struct sched_rsc *instance, struct sched_action *action, struct sched_action *collective,
               const struct sched_node *node)
{
    (void) collective;
    return (instance->variant == COX_GROUP) ? group_flags(action, node) : action->flags;
}

guint32
sched_flags_of(struct sched_action *action, const struct sched_node *node)
{
    if (action->rsc == NULL) {
        return action->flags;
    }
    switch (action->rsc->variant) {
    case COX_PRIMITIVE:
        return action->flags;
    case COX_GROUP:
        return group_flags(action, node);
    case COX_CLONE:
    case COX_BUNDLE:
        return collective_flags(action, node);
    }
    return action->flags;
}

guint32
sched_flags_for_ordering(struct sched_action *action, const struct sched_node *node)
{
    guint32 flags, runnable;

    flags = sched_flags_of(action, NULL);
    if (action->rsc == NULL || node == NULL || !sched_is_collective(action->rsc)) {
        return flags;
    }
    runnable = flags & SCHED_RUNNABLE;
    return sched_flags_of(action, node) | runnable;
}

const struct sched_node *
sched_action_place(const struct sched_action *action)
{
    if (action->node == NULL && action->rsc != NULL && action->rsc->variant == COX_GROUP
        && action->task == SCHED_TASK_START && action->rsc->children->len > 0) {
        return ((struct sched_rsc *) g_ptr_array_index(action->rsc->children, 0))->assigned;
    }
    return action->node;
}
