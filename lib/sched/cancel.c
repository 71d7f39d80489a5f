/* lib/sched/cancel.c - what a configuration that changed asks of actions in the history.  Layer 3, pure. */
#include <string.h>

#include "sched/history_priv.h"
#include "sched/planner_priv.h"
#include "sched/rsc_priv.h"

static void
cancel(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node, const struct cox_op_history *op)
{
    struct sched_action *action = sched_recurring_cancel(work, rsc, op->operation, op->interval_ms, node);

    sched_action_set_meta(work, action, "call_id", cox_arena_printf(work->arena, "%d", op->call_id));
    sched_order_task_action(work, rsc, SCHED_TASK_STOP, action, SCHED_R_ORDERED);
}

static void
reload(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node)
{
    struct sched_action *action;

    if (!rsc->is_managed || rsc->is_failed) {
        return;
    }
    if (rsc->is_start_pending) {
        sched_action_get(work, rsc, SCHED_TASK_STOP, node, false);
        return;
    }
    rsc->is_reloading = true;
    action = sched_action_get(work, rsc, SCHED_TASK_RELOAD, node, false);
    sched_action_reason(action, "resource definition change", false);
    sched_order_action_task(work, action, rsc, SCHED_TASK_STOP, SCHED_R_ORDERED | SCHED_R_CANCELS_FIRST);
    sched_order_action_task(work, action, rsc, SCHED_TASK_DEMOTE, SCHED_R_ORDERED | SCHED_R_CANCELS_FIRST);
}

/* What unfenced the node was another device, or the same with other parameters, which it has to get first. */
static void
unfence_again(struct sched_work *work, const struct sched_rsc *rsc, struct sched_node *node, const char *reason)
{
    if (rsc->is_fence_device && rsc->is_managed && work->has_unfencing_device) {
        sched_fence_action(work, node, "on", false, reason);
    }
}

static void
restart(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node, const struct cox_op_history *op)
{
    /* A probe, promotion or migration has the parameters of a start. */
    struct sched_action *action =
        (op->interval_ms == 0)
            ? sched_action_get(work, rsc, SCHED_TASK_START, NULL, false)
            : sched_action_get_recurring(work, rsc, (struct sched_op_name) { op->operation, op->interval_ms }, NULL, false);

    sched_action_reason(action, "resource definition change", true);
    unfence_again(work, rsc, node, "Device parameters changed");
}

/* Did the operation's definition change? */
static bool
check_op(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node, const struct cox_op_history *op)
{
    struct sched_action *action;

    if (op->interval_ms > 0) {
        if (sched_op_find(rsc, op->operation, op->interval_ms, false) == NULL) {
            if (work->opt.cancel_orphan_actions) {
                cancel(work, rsc, node, op);
            }
            return true;
        }
        action = sched_action_get_recurring(work, rsc, (struct sched_op_name) { op->operation, op->interval_ms }, node, true);
        action->flags |= SCHED_IS_KNOWN;
        action->flags &= ~(guint32) SCHED_RESCHEDULE; /* what an earlier run wanted, this one has done */
        if (sched_history_is_forgiven(work, rsc, node, op)) {
            action->flags |= SCHED_RESCHEDULE; /* how it is now, only another run can tell */
        }
    }
    switch (sched_digest_compare(work, rsc, node, op, false)) {
    case SCHED_DIGEST_SAME:
        return false;
    case SCHED_DIGEST_RESTART:
        restart(work, rsc, node, op);
        return true;
    case SCHED_DIGEST_RELOAD:
        if (op->interval_ms > 0) {
            action = sched_action_get_recurring(work, rsc, (struct sched_op_name) { op->operation, op->interval_ms }, node, true);
            action->flags |= SCHED_RESCHEDULE;
        } else if (op->op_restart_digest != NULL) {
            reload(work, rsc, node);
        } else {
            restart(work, rsc, node, op);
        }
        return true;
    }
    return false;
}

static gint
by_call(gconstpointer a, gconstpointer b)
{
    const struct cox_op_history *first = *(struct cox_op_history *const *) a;
    const struct cox_op_history *second = *(struct cox_op_history *const *) b;

    return (first->call_id > second->call_id) - (first->call_id < second->call_id);
}

/* A history entry's operations and what they say of when it became active. */
struct timeline {
    GPtrArray *ops;  /* struct cox_op_history *, by call; used again for the next entry */
    int start, stop; /* positions of the last start (or what implies one) and of the last stop; -1 if none */
};

/* Operations by call, without those of no name, which say nothing; unlike sched_history_sorted() pending ones are first. */
static void
take_ops(const struct cox_rsc_history *history, GPtrArray *ops)
{
    g_ptr_array_set_size(ops, 0);
    for (guint32 i = 0; i < history->n_ops; i++) {
        struct cox_op_history *op = &history->ops[i];

        if (op->operation != NULL) {
            g_ptr_array_add(ops, op);
        }
    }
    if (ops->len > 1) {
        g_ptr_array_sort(ops, by_call);
    }
}

static void
find_active(struct timeline *timeline)
{
    int implied_monitor = -1, implied_clone = -1, start = -1, stop = -1;

    for (guint i = 0; i < timeline->ops->len; i++) {
        const struct cox_op_history *op = g_ptr_array_index(timeline->ops, i);
        const char *task = op->operation;

        if (strcmp(task, "stop") == 0 && op->status == COX_OP_STATUS_DONE && op->rc == 0) {
            stop = (int) i;
        } else if (strcmp(task, "start") == 0 || strcmp(task, "migrate_from") == 0) {
            start = (int) i;
        } else if (implied_monitor <= stop && strcmp(task, "monitor") == 0) {
            if (op->rc == 0 || op->rc == 8) {
                implied_monitor = (int) i;
            }
        } else if (strcmp(task, "promote") == 0 || strcmp(task, "demote") == 0) {
            implied_clone = (int) i;
        }
    }
    if (start == -1) {
        start = (implied_clone != -1) ? implied_clone : implied_monitor;
    }
    timeline->start = start;
    timeline->stop = stop;
}

void
sched_recurring_known(struct sched_work *work, const struct sched_wish *wish, GPtrArray *ops)
{
    struct sched_rsc *rsc = wish->rsc;
    struct sched_node *node = wish->node;
    struct timeline timeline = { .ops = ops };
    int start, stop;

    take_ops(g_ptr_array_index(node->status->resources, wish->at), ops);
    find_active(&timeline);
    start = timeline.start;
    stop = timeline.stop;
    for (guint i = 0; i < ops->len; i++) {
        const struct cox_op_history *op = g_ptr_array_index(ops, i);

        if (op->interval_ms <= 0 || op->status == COX_OP_STATUS_PENDING
            || (start < stop && (int) i <= stop) || (int) i < start) {
            continue;
        }
        sched_action_get_recurring(work, rsc, (struct sched_op_name) { op->operation, op->interval_ms }, node, true)->flags |= SCHED_IS_KNOWN;
    }
}

/* What failed was something else: forget how often. */
static void
clear_count(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node, const char *reason)
{
    if (sched_failcount(work, rsc, node, NULL, true) != 0) {
        struct sched_action *clear = sched_action_get(work, rsc, SCHED_TASK_CLEAR_FAILCOUNT, node, false);

        sched_action_set_meta(work, clear, "op_no_wait", "true");
        sched_action_reason(clear, reason, true);
    }
}

static void
check_op_in_place(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node,
                  const struct cox_op_history *op)
{
    static const char *const checked[] = { "monitor", "start", "promote", "migrate_from" };
    bool is_checked = op->interval_ms > 0;

    if (op->interval_ms > 0 && (rsc->is_maintenance || node->is_maintenance)) {
        cancel(work, rsc, node, op);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(checked); i++) {
        is_checked = is_checked || strcmp(op->operation, checked[i]) == 0;
    }
    if (is_checked && check_op(work, rsc, node, op)) {
        clear_count(work, rsc, node, "action definition changed");
    }
}

/* An anonymous instance that runs under one number may have been probed under another, with other parameters. */
static bool
is_told_by(const struct sched_rsc *rsc, const struct cox_rsc_history *history)
{
    return rsc->recorded_id == NULL || strcmp(rsc->recorded_id, history->id) == 0;
}

static void
check_history(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node,
              const struct cox_rsc_history *history, const struct timeline *timeline)
{
    const GPtrArray *ops = timeline->ops;

    if (rsc->is_orphan) {
        if (rsc->instance < 0 || rsc->parent == NULL) {
            sched_primitive_cleanup(work, rsc, node, false);
        }
        return;
    }
    if (sched_rsc_is_changed(rsc, history)) {
        if (sched_rsc_is_active_on(rsc, node)) {
            sched_action_get(work, rsc, SCHED_TASK_STOP, node, false);
        }
        sched_primitive_cleanup(work, rsc, node, false);
        clear_count(work, rsc, node, "agent changed");
        unfence_again(work, rsc, node, "Device definition changed");
    }
    if (!sched_rsc_is_active_on(rsc, node) || !is_told_by(rsc, history)) {
        return;
    }
    for (guint i = (guint) MAX(timeline->start, 0); i < ops->len && timeline->start >= timeline->stop; i++) {
        check_op_in_place(work, rsc, node, g_ptr_array_index(ops, i));
    }
}

/* What is active on @node, by the id that the node's history has it under; of several the one found there first. */
static GHashTable *
index_running(const struct sched_node *node)
{
    GHashTable *running = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < node->running->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(node->running, i);
        const char *const ids[] = { rsc->recorded_id != NULL ? rsc->recorded_id : rsc->id,
                                    rsc->recorded_id != NULL ? NULL : rsc->history_id };

        for (size_t k = 0; rsc->variant == COX_PRIMITIVE && k < G_N_ELEMENTS(ids); k++) {
            if (ids[k] != NULL && !g_hash_table_contains(running, ids[k])) {
                g_hash_table_insert(running, sched_key(ids[k]), rsc);
            }
        }
    }
    return running;
}

/* The instance that the node's history entry @at belongs to: the one active there, else any of that name. */
static struct sched_rsc *
owner_of(const struct sched_work *work, const struct sched_node *node, guint at, GHashTable *running)
{
    const struct cox_rsc_history *history = g_ptr_array_index(node->status->resources, at);
    struct sched_rsc *rsc = node->owners != NULL ? node->owners[at] : NULL;

    if (rsc == NULL) {
        rsc = g_hash_table_lookup(running, history->id);
    }
    if (rsc == NULL) {
        rsc = sched_rsc_find(work, history->id);
    }
    return (rsc != NULL && rsc->variant == COX_PRIMITIVE) ? rsc : NULL;
}

/* An entry of a node's history that is to be looked at. */
struct told {
    struct sched_rsc *rsc;
    const struct cox_rsc_history *history;
};

static int
by_configuration(gconstpointer a_data, gconstpointer b_data)
{
    const struct told *a = a_data, *b = b_data;

    return a->rsc->idx != b->rsc->idx ? (a->rsc->idx < b->rsc->idx ? -1 : 1) : strcmp(a->history->id, b->history->id);
}

/* In the order of the configuration, as which of two stops is known first decides what is told of them. */
static GArray *
entries_of(const struct sched_work *work, const struct sched_node *node)
{
    GArray *entries = g_array_new(FALSE, FALSE, sizeof(struct told));
    g_autoptr(GHashTable) running = index_running(node);

    for (guint k = 0; node->status->resources != NULL && k < node->status->resources->len; k++) {
        struct told entry = { .history = NULL };

        if (node->is_quiet != NULL && node->is_quiet[k] && !sched_rsc_is_active_on(node->owners[k], node)) {
            continue; /* most entries of a large status, which is not looked at again for them */
        }
        entry.history = g_ptr_array_index(node->status->resources, k);
        entry.rsc = entry.history->n_ops == 0 ? NULL : owner_of(work, node, k, running);
        if (entry.rsc != NULL) {
            g_array_append_val(entries, entry);
        }
    }
    g_array_sort(entries, by_configuration);
    return entries;
}

static void
check_node(struct sched_work *work, struct sched_node *node)
{
    const bool is_checked = (node->is_online && node->is_maintenance)
                            || sched_node_available(work, node, false, NULL, false);
    g_autoptr(GArray) entries = entries_of(work, node);
    g_autoptr(GPtrArray) ops = g_ptr_array_new();
    struct timeline timeline = { .ops = ops };

    for (guint k = 0; k < entries->len; k++) {
        const struct told *entry = &g_array_index(entries, struct told, k);
        const struct cox_rsc_history *history = entry->history;

        if (work->opt.shutdown_lock && work->opt.shutdown_lock_limit_ms > 0 && history->shutdown_lock_s > 0
            && history->shutdown_lock_s + work->opt.shutdown_lock_limit_ms / 1000 < work->now_s) {
            sched_action_set_meta(work, sched_action_get(work, entry->rsc, SCHED_TASK_LRM_DELETE, node, false), "on-fail", "ignore"); /* expired */
        }
        take_ops(history, ops);
        find_active(&timeline);
        if (is_checked) {
            check_history(work, entry->rsc, node, history, &timeline);
        }
    }
}

void
sched_config_changes(struct sched_work *work)
{
    for (guint32 i = 0; i < work->n_nodes; i++) {
        struct sched_node *node = g_ptr_array_index(work->nodes, i);

        if (node->status != NULL) {
            check_node(work, node);
        }
    }
}
