/* lib/transition/pending.c - what is in flight, as the history says it: so that a plan takes it for a fact.  Layer 3, pure. */
#include "transition/pending.h"

#include <string.h>

/* What the field writes as the code of something that has none yet. */
enum { RC_PENDING = 193 };

/* Is it an operation that changes, or watches, the state of a resource?  A probe only asks. */
static bool
is_telling(const struct cox_inflight *inflight)
{
    static const char *const tasks[] = { "start", "stop", "promote", "demote", "migrate_to", "migrate_from" };

    if (inflight->rsc_id == NULL || inflight->node == NULL) {
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(tasks); i++) {
        if (g_str_equal(inflight->task, tasks[i])) {
            return true;
        }
    }
    return false;
}

static int
highest_call_id(const struct cox_node_status *node)
{
    int highest = 0;

    for (guint i = 0; i < node->resources->len; i++) {
        const struct cox_rsc_history *rsc = node->resources->pdata[i];

        for (guint32 k = 0; k < rsc->n_ops; k++) {
            highest = MAX(highest, rsc->ops[k].call_id);
        }
    }
    return highest;
}

static bool
has_pending(const struct cox_rsc_history *rsc, const char *task)
{
    for (guint32 i = 0; i < rsc->n_ops; i++) {
        const struct cox_op_history *op = &rsc->ops[i];

        if (op->status == COX_OP_STATUS_PENDING && g_strcmp0(op->operation, task) == 0) {
            return true;
        }
    }
    return false;
}

static const struct cox_op_history *
last_of(const struct cox_rsc_history *rsc, const char *id)
{
    for (guint32 i = 0; i < rsc->n_ops; i++) {
        if (g_strcmp0(rsc->ops[i].id, id) == 0) {
            return &rsc->ops[i];
        }
    }
    return NULL;
}

/*
 * Does it say that the resource was there after it?  Then it is, until what is under way ends, and the entry has to stay: nothing else may say
 * so before the first monitor.  Else it says less than nothing now, and a plan had better ask first.
 */
static bool
says_active(const struct cox_op_history *last)
{
    static const char *const tasks[] = { "start", "promote", "demote", NULL };

    if (last == NULL || last->status != COX_OP_STATUS_DONE || last->operation == NULL) {
        return false;
    }
    return (last->rc == 0 && g_strv_contains(tasks, last->operation))
           || (g_str_equal(last->operation, "monitor") && (last->rc == 0 || last->rc == 8));
}

static void
note(struct cox_status *status, struct cox_node_status *node, struct cox_rsc_history *rsc,
     const struct cox_inflight *inflight, cox_wall now)
{
    struct cox_arena *arena = status->arena;
    struct cox_op_history op = { .rc = RC_PENDING, .status = COX_OP_STATUS_PENDING, .target_rc = 0 };
    const struct cox_op_history *before = NULL;

    op.operation = cox_arena_intern(arena, inflight->task);
    op.operation_key = cox_arena_printf(arena, "%s_%s_%" G_GINT64_FORMAT, inflight->rsc_id, inflight->task,
                                        inflight->interval_ms);
    before = last_of(rsc, cox_arena_printf(arena, "%s_last_0", inflight->rsc_id));
    op.id = g_str_has_prefix(inflight->task, "migrate_") || says_active(before) ? op.operation_key
                                                                                 : cox_arena_printf(arena, "%s_last_0", inflight->rsc_id);
    if (before != NULL) { /* the parameters of the start are those that the resource will run with */
        op.op_digest = before->op_digest;
        op.op_force_restart = before->op_force_restart;
        op.op_restart_digest = before->op_restart_digest;
        op.op_secure_params = before->op_secure_params;
        op.op_secure_digest = before->op_secure_digest;
    }
    op.interval_ms = inflight->interval_ms;
    op.call_id = highest_call_id(node) + 1;
    op.transition_key = cox_arena_strdup(arena, inflight->key == NULL ? "0:0:0:in-flight" : inflight->key);
    op.transition_magic = cox_arena_printf(arena, "%d:%d;%s", op.status, op.rc, op.transition_key);
    op.on_node = node->uname;
    op.migrate_source = cox_arena_intern(arena, inflight->migrate_source);
    op.migrate_target = cox_arena_intern(arena, inflight->migrate_target);
    op.has_last_rc_change = true;
    op.last_rc_change_s = cox_wall_seconds(now);
    cox_status_op_put(status, rsc, &op);
}

size_t
cox_pending_note(struct cox_status *status, const struct cox_inflight *inflight, size_t n, cox_wall now)
{
    size_t n_noted = 0;

    for (size_t i = 0; i < n; i++) {
        struct cox_node_status *node = NULL;
        struct cox_rsc_history *rsc = NULL;

        if (!is_telling(&inflight[i])) {
            continue;
        }
        node = cox_status_node(status, NULL, inflight[i].node);
        rsc = node == NULL ? NULL : cox_status_rsc(node, inflight[i].rsc_id);
        if (rsc != NULL && !has_pending(rsc, inflight[i].task)) {
            note(status, node, rsc, &inflight[i], now);
            n_noted++;
        }
    }
    return n_noted;
}
