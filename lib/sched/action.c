/* lib/sched/action.c - the table of actions: found by resource, task and node, or made.  Layer 3, pure. */
#include <string.h>

#include "sched/action_priv.h"

static const char *const task_texts[SCHED_N_TASKS] = {
    [SCHED_TASK_NONE] = "",
    [SCHED_TASK_MONITOR] = "monitor",
    [SCHED_TASK_START] = "start",
    [SCHED_TASK_RUNNING] = "running",
    [SCHED_TASK_STOP] = "stop",
    [SCHED_TASK_STOPPED] = "stopped",
    [SCHED_TASK_PROMOTE] = "promote",
    [SCHED_TASK_PROMOTED] = "promoted",
    [SCHED_TASK_DEMOTE] = "demote",
    [SCHED_TASK_DEMOTED] = "demoted",
    [SCHED_TASK_MIGRATE_TO] = "migrate_to",
    [SCHED_TASK_MIGRATE_FROM] = "migrate_from",
    [SCHED_TASK_RELOAD] = "reload-agent",
    [SCHED_TASK_DELETE] = "delete",
    [SCHED_TASK_LRM_DELETE] = "lrm_delete",
    [SCHED_TASK_CLEAR_FAILCOUNT] = "clear_failcount",
    [SCHED_TASK_CANCEL] = "cancel",
    [SCHED_TASK_NOTIFY] = "notify",
    [SCHED_TASK_NOTIFIED] = "notified",
    [SCHED_TASK_STONITH] = "stonith",
    [SCHED_TASK_SHUTDOWN] = "do_shutdown",
};

const char *
sched_task_text(enum sched_task task)
{
    return task_texts[task];
}

enum sched_task
sched_task_parse(const char *text)
{
    for (int i = 1; i < SCHED_N_TASKS; i++) {
        if (strcmp(text, task_texts[i]) == 0) {
            return (enum sched_task) i;
        }
    }
    return SCHED_TASK_NONE;
}

struct sched_order_data *
sched_order_data(struct sched_work *work)
{
    if (work->order_data == NULL) {
        struct sched_order_data *data = cox_arena_new_array(work->arena, struct sched_order_data, 1);

        data->n_rscs = work->rscs->len;
        work->order_data = data;
    }
    return work->order_data;
}

const char *
sched_action_key(struct sched_work *work, const char *rsc_id, const char *task, gint64 interval_ms)
{
    return cox_arena_printf(work->arena, "%s_%s_%" G_GINT64_FORMAT, rsc_id, task, interval_ms);
}

/* What remains of the right to start things when the partition has no quorum. */
static enum sched_no_quorum
quorum_policy(const struct sched_work *work, struct sched_rsc *rsc)
{
    if (work->has_quorum) {
        return SCHED_NO_QUORUM_IGNORE;
    }
    if (work->opt.no_quorum_policy == SCHED_NO_QUORUM_DEMOTE) {
        switch (rsc->role) {
        case COX_ROLE_PROMOTED:
        case COX_ROLE_UNPROMOTED:
            if (rsc->next_role > COX_ROLE_UNPROMOTED) {
                rsc->next_role = COX_ROLE_UNPROMOTED;
                rsc->next_role_reason = "no-quorum-policy=demote";
            }
            return SCHED_NO_QUORUM_IGNORE;
        case COX_ROLE_UNKNOWN:
        case COX_ROLE_STOPPED:
        case COX_ROLE_STARTED:
            return SCHED_NO_QUORUM_STOP;
        }
    }
    return work->opt.no_quorum_policy;
}

static void
set_runnable_by_quorum(const struct sched_work *work, struct sched_action *action)
{
    struct sched_rsc *rsc = action->rsc;

    switch (quorum_policy(work, rsc)) {
    case SCHED_NO_QUORUM_STOP:
        action->flags &= ~SCHED_RUNNABLE;
        sched_action_reason(action, "no quorum", true);
        break;
    case SCHED_NO_QUORUM_FREEZE:
        if (rsc->running_on.n == 0 || rsc->next_role > rsc->role) {
            action->flags &= ~SCHED_RUNNABLE;
            sched_action_reason(action, "quorum freeze", true);
        }
        break;
    case SCHED_NO_QUORUM_IGNORE:
    case SCHED_NO_QUORUM_DEMOTE:
    case SCHED_NO_QUORUM_FENCE:
        action->flags |= SCHED_RUNNABLE;
        break;
    }
}

void
sched_action_check(struct sched_work *work, struct sched_action *action)
{
    struct sched_node *node = action->node;

    if ((action->flags & SCHED_PSEUDO) || action->rsc == NULL) {
        return;
    }
    if (node == NULL) {
        action->flags &= ~SCHED_RUNNABLE;
    } else if (!node->is_online && action->task != SCHED_TASK_LRM_DELETE
               && !(node->is_guest && node->remote_requires_reset)) {
        action->flags &= ~SCHED_RUNNABLE;
        if (action->rsc->is_managed && action->task == SCHED_TASK_STOP && !node->is_unclean
            && node->kind == SCHED_NODE_MEMBER) {
            sched_node_fence(work, node, "resource actions are unrunnable", false);
        }
    } else if (node->is_pending && action->task != SCHED_TASK_LRM_DELETE) {
        action->flags &= ~SCHED_RUNNABLE;
    } else if (action->needs == SCHED_REQUIRES_NOTHING) {
        action->reason = NULL;
        if (node->is_guest && !sched_node_can_fence(work, node)) {
            action->flags &= ~SCHED_RUNNABLE; /* nobody can see to it that what it waits for comes about */
        } else {
            action->flags |= SCHED_RUNNABLE;
        }
    } else {
        set_runnable_by_quorum(work, action);
    }
}

struct sched_action *
sched_action_new(struct sched_work *work, struct sched_rsc *rsc, enum sched_task task, const char *key,
                 struct sched_node *node)
{
    struct sched_action *action = cox_arena_new_array(work->arena, struct sched_action, 1);

    g_ptr_array_add(work->actions, action);
    action->id = work->actions->len;
    action->task = task;
    action->text = task_texts[task];
    action->key = key;
    action->rsc = rsc;
    action->node = node;
    action->flags = SCHED_RUNNABLE | SCHED_OPTIONAL;
    action->needs = SCHED_REQUIRES_NOTHING;
    if (rsc != NULL) {
        if (task == SCHED_TASK_START || task == SCHED_TASK_PROMOTE) {
            action->needs = rsc->meta.requires_;
        }
        sched_vec_add(work, &rsc->actions, action);
    }
    return action;
}

static struct sched_action *
find_exact(const struct sched_rsc *rsc, enum sched_task task, const char *text, gint64 interval_ms,
           struct sched_node *node)
{
    for (guint i = 0; i < rsc->actions.n; i++) {
        struct sched_action *action = rsc->actions.items[i];

        if (action->task != task || action->interval_ms != interval_ms
            || (task == SCHED_TASK_NONE && strcmp(action->text, text) != 0)) {
            continue;
        }
        if (action->node == node) {
            return action;
        }
        if (action->node == NULL && !(action->flags & SCHED_PSEUDO)) {
            action->node = node; /* wanted before the node was known */
            return action;
        }
        if (node == NULL && interval_ms == 0 && action->rsc->variant != COX_PRIMITIVE) {
            return action;
        }
    }
    return NULL;
}

static struct sched_action *
get(struct sched_work *work, struct sched_rsc *rsc, const char *text, gint64 interval_ms, struct sched_node *node)
{
    enum sched_task task = sched_task_parse(text);
    struct sched_action *action = find_exact(rsc, task, text, interval_ms, node);

    if (action == NULL) {
        action = sched_action_new(work, rsc, task, sched_action_key(work, rsc->id, text, interval_ms), node);
        action->text = (task == SCHED_TASK_NONE) ? cox_arena_intern(work->arena, text) : task_texts[task];
        action->interval_ms = interval_ms;
    }
    return action;
}

static struct sched_action *
request(struct sched_work *work, struct sched_action *action, bool optional)
{
    struct sched_rsc *rsc = action->rsc;

    if (action->node != NULL && !rsc->is_managed && action->interval_ms == 0 && rsc->variant == COX_PRIMITIVE
        && action->task != SCHED_TASK_MONITOR
        && action->task != SCHED_TASK_CANCEL) {
        action->flags |= SCHED_OPTIONAL;
    } else if (!optional) {
        action->flags &= ~SCHED_OPTIONAL;
    }
    sched_action_check(work, action);
    return action;
}

struct sched_action *
sched_action_get(struct sched_work *work, struct sched_rsc *rsc, enum sched_task task, struct sched_node *node,
                 bool optional)
{
    return request(work, get(work, rsc, task_texts[task], 0, node), optional);
}

struct sched_action *
sched_action_get_recurring(struct sched_work *work, struct sched_rsc *rsc, struct sched_op_name op,
                           struct sched_node *node, bool optional)
{
    return request(work, get(work, rsc, op.text, op.interval_ms, node), optional);
}

struct sched_action *
sched_action_event(struct sched_work *work, const char *key)
{
    struct sched_action *action;

    if (work->action_by_key == NULL) {
        work->action_by_key = g_hash_table_new(g_str_hash, g_str_equal);
    }
    action = g_hash_table_lookup(work->action_by_key, key);
    if (action == NULL) {
        const char *copy = cox_arena_strdup(work->arena, key);

        action = sched_action_new(work, NULL, SCHED_TASK_NONE, copy, NULL);
        action->text = copy;
        action->flags = SCHED_RUNNABLE | SCHED_PSEUDO | SCHED_OPTIONAL;
        g_hash_table_insert(work->action_by_key, (gpointer) (guintptr) copy, action);
    }
    return action;
}

struct sched_action *
sched_action_pseudo(struct sched_work *work, struct sched_rsc *rsc, enum sched_task task, bool optional,
                    bool runnable)
{
    struct sched_action *action = get(work, rsc, task_texts[task], 0, NULL);

    action->flags |= SCHED_PSEUDO;
    action->flags &= ~(guint32) (SCHED_RUNNABLE | SCHED_OPTIONAL);
    action->flags |= (runnable ? SCHED_RUNNABLE : 0) | (optional ? SCHED_OPTIONAL : 0);
    return action;
}

struct sched_action *
sched_action_find(const struct sched_rsc *rsc, enum sched_task task, const struct sched_node *node)
{
    for (guint i = 0; i < rsc->actions.n; i++) {
        struct sched_action *action = rsc->actions.items[i];

        if (action->task == task && action->interval_ms == 0
            && (node == NULL || action->node == NULL || action->node == node)) {
            return action;
        }
    }
    return NULL;
}

void
sched_action_set_meta(struct sched_work *work, struct sched_action *action, const char *name, const char *value)
{
    for (guint32 i = 0; i < action->n_meta; i++) {
        if (strcmp(action->meta[i].name, name) == 0) {
            action->meta[i].value = value;
            return;
        }
    }
    if (action->n_meta == action->meta_room) {
        guint32 room = (action->meta_room == 0) ? 4 : action->meta_room * 2;
        struct cox_nvpair *pairs = cox_arena_new_array(work->arena, struct cox_nvpair, room);

        if (action->n_meta > 0) {
            memcpy(pairs, action->meta, action->n_meta * sizeof(pairs[0]));
        }
        action->meta = pairs;
        action->meta_room = room;
    }
    action->meta[action->n_meta++] = (struct cox_nvpair) { .name = name, .value = value };
}

const char *
sched_action_meta(const struct sched_action *action, const char *name)
{
    return cox_nvpairs_get(action->meta, action->n_meta, name);
}

void
sched_action_reason(struct sched_action *action, const char *reason, bool overwrite)
{
    if (action->reason == NULL || overwrite) {
        action->reason = reason;
    }
}

void
sched_action_flags(struct sched_work *work, struct sched_action *action, guint32 flags, bool set)
{
    guint32 before = action->flags;

    action->flags = set ? (before | flags) : (before & ~flags);
    sched_order_data(work)->n_changes += action->flags != before;
}

void
sched_action_because(struct sched_work *work, struct sched_action *action, guint32 cleared,
                     const struct sched_action *cause)
{
    const char *what = NULL;

    if (!(action->flags & cleared)) {
        return;
    }
    sched_action_flags(work, action, cleared, false);
    if (cleared == SCHED_OPTIONAL) {
        what = "required";
    } else if (cleared == SCHED_RUNNABLE) {
        what = "unrunnable";
    } else if (cleared == SCHED_MIGRATABLE) {
        what = "unmigrateable";
    }
    /* That the way down belongs to the way up of the same resource explains neither. */
    if (what != NULL && action->reason == NULL && (cause->rsc == NULL || cause->rsc != action->rsc)) {
        if (cause->rsc == NULL) {
            action->reason = cox_arena_printf(work->arena, "%s %s", what, cause->text);
        } else {
            action->reason = cox_arena_printf(work->arena, "%s %s %s", what, cause->rsc->id, cause->text);
        }
    }
}
