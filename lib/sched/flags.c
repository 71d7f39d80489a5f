/* lib/sched/flags.c - what events of groups and clones are, given their members' actions.  Layer 3, pure. */
#include "config.h"

#include <string.h>

#include "base/error.h"
#include "sched/bundle_priv.h"
#include "sched/planner_priv.h"

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

/* The event of an instance that is a group: only when all of the group is up can that be told of. */
static enum sched_task
event_of_group(const struct sched_action *action)
{
    enum sched_task task = subject(action);

    if (task == action->task || g_strcmp0(sched_action_meta(action, "notify_type"), "post") != 0) {
        return task;
    }
    return task == SCHED_TASK_START ? SCHED_TASK_RUNNING : task == SCHED_TASK_PROMOTE ? SCHED_TASK_PROMOTED : task;
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
group_flags(struct sched_work *work, struct sched_action *action, const struct sched_node *node)
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
            sched_action_flags(work, action, SCHED_OPTIONAL, false);
        }
        if (task != action->task && !sched_is_runnable(member)) {
            flags &= ~(guint32) SCHED_RUNNABLE;
            sched_action_flags(work, action, SCHED_RUNNABLE, false);
        }
    }
    return flags;
}

static guint32
collective_flags(struct sched_work *work, struct sched_action *action, const struct sched_node *node)
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
                                                      : sched_action_find(instance, event_of_group(action), NULL);
        if (member == NULL) {
            continue;
        }
        member_flags = (instance->variant == COX_GROUP) ? group_flags(work, member, node) : member->flags;
        if (!(member_flags & SCHED_OPTIONAL)) {
            flags &= ~(guint32) SCHED_OPTIONAL;
            sched_action_flags(work, action, SCHED_OPTIONAL, false);
        }
        any_runnable = any_runnable || (member_flags & SCHED_RUNNABLE);
    }
    if (!any_runnable) {
        flags &= ~(guint32) SCHED_RUNNABLE;
        if (node == NULL) {
            sched_action_flags(work, action, SCHED_RUNNABLE, false);
        }
    }
    return flags;
}

/* What an event of a clone or bundle was found to be when so many flags of actions had changed. */
struct sched_flags_memo {
    const struct sched_action *event;
    const struct sched_node *node;
    guint64 n_changes;
    guint32 flags;
};

enum { N_MEMOS = 256 };

/*
 * A clone's event has an edge for each instance (and for each of its probes), and looks at all instances for each of them: with
 * many of them that is remembered until any flag changes.
 */
static guint32
remembered_flags(struct sched_work *work, struct sched_action *action, const struct sched_node *node)
{
    struct sched_order_data *data = sched_order_data(work);
    guint32 place = action->id * 31 + (node == NULL ? 0 : node->idx + 1);
    guint64 n_changes = data->n_changes;
    struct sched_flags_memo *memo;

    if (data->memos == NULL) {
        data->memos = cox_arena_new_array(work->arena, struct sched_flags_memo, N_MEMOS);
    }
    memo = &data->memos[place % N_MEMOS];
    if (memo->event != action || memo->node != node || memo->n_changes != n_changes) {
        *memo = (struct sched_flags_memo) { action, node, n_changes, collective_flags(work, action, node) };
    } else if (COX_DEBUG) {
        COX_BUG_ON(memo->flags != collective_flags(work, action, node) || data->n_changes != n_changes);
    }
    return memo->flags;
}

guint32
sched_flags_of(struct sched_work *work, struct sched_action *action, const struct sched_node *node)
{
    if (action->rsc == NULL) {
        return action->flags;
    }
    switch (action->rsc->variant) {
    case COX_PRIMITIVE:
        return action->flags;
    case COX_GROUP:
        return group_flags(work, action, node);
    case COX_CLONE:
    case COX_BUNDLE:
        return remembered_flags(work, action, node);
    }
    return action->flags;
}

guint32
sched_flags_for_ordering(struct sched_work *work, struct sched_action *action, const struct sched_node *node)
{
    guint32 flags, runnable;

    flags = sched_flags_of(work, action, NULL);
    if (action->rsc == NULL || node == NULL || !sched_is_collective(action->rsc)) {
        return flags;
    }
    runnable = flags & SCHED_RUNNABLE;
    return sched_flags_of(work, action, node) | runnable;
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
