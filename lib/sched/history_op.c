/* lib/sched/history_op.c - what one entry of the history says about its resource.  Layer 3, pure. */
#include "sched/history_priv.h"
#include "sched/explain_priv.h"

#include <string.h>

enum {
    RC_OK = 0,
    RC_INVALID_PARAM = 2,
    RC_UNIMPLEMENTED = 3,
    RC_PRIVILEGE = 4,
    RC_NOT_INSTALLED = 5,
    RC_NOT_CONFIGURED = 6,
    RC_NOT_RUNNING = 7,
    RC_PROMOTED = 8,
    RC_FAILED_PROMOTED = 9,
    RC_DEGRADED = 190,
    RC_DEGRADED_PROMOTED = 191,
};

static bool
is_task(const struct sched_entry *entry, const char *task)
{
    return strcmp(entry->op->operation, task) == 0;
}

/* Turn what was reported into what it means (the field calls it remapping). */
static void
interpret(struct sched_entry *entry)
{
    int expected = entry->op->target_rc;

    if (entry->rc == RC_DEGRADED) {
        entry->rc = RC_OK;
    } else if (entry->rc == RC_DEGRADED_PROMOTED) {
        entry->rc = RC_PROMOTED;
    }
    if (entry->status != COX_OP_STATUS_DONE && entry->status != COX_OP_STATUS_ERROR) {
        return;
    }
    if (expected >= 0 && entry->rc != expected) {
        entry->status = COX_OP_STATUS_ERROR;
    } else if (expected >= 0) {
        entry->status = COX_OP_STATUS_DONE;
    }
    switch (entry->rc) {
    case RC_OK:
        if (entry->is_probe && expected == RC_NOT_RUNNING) {
            entry->status = COX_OP_STATUS_DONE; /* found active: news, not a failure */
        }
        break;
    case RC_NOT_RUNNING:
        if (entry->is_probe || expected == RC_NOT_RUNNING || !entry->rsc->is_managed) {
            entry->status = COX_OP_STATUS_DONE;
            entry->rsc->role = COX_ROLE_STOPPED;
        }
        break;
    case RC_PROMOTED:
        if (entry->is_probe || expected == RC_PROMOTED || expected < 0) {
            entry->status = COX_OP_STATUS_DONE;
        }
        entry->rsc->role = COX_ROLE_PROMOTED;
        break;
    case RC_FAILED_PROMOTED:
        entry->status = COX_OP_STATUS_ERROR;
        entry->rsc->role = COX_ROLE_PROMOTED;
        break;
    case RC_NOT_CONFIGURED:
        entry->status = COX_OP_STATUS_ERROR_FATAL;
        break;
    case RC_UNIMPLEMENTED:
        entry->status = (entry->op->interval_ms > 0) ? COX_OP_STATUS_NOT_SUPPORTED : COX_OP_STATUS_ERROR_HARD;
        break;
    case RC_NOT_INSTALLED:
    case RC_INVALID_PARAM:
    case RC_PRIVILEGE:
        entry->status = COX_OP_STATUS_ERROR_HARD;
        break;
    default:
        if (entry->status == COX_OP_STATUS_DONE) {
            entry->status = COX_OP_STATUS_ERROR;
        }
        break;
    }
}

/* An operation that went well may end what an earlier failure began. */
static void
clear_failure(struct sched_rsc *rsc, struct sched_verdict *verdict)
{
    verdict->is_stuck = false;
    if (verdict->on_fail == SCHED_ON_FAIL_RESET_REMOTE && rsc->meta.reconnect_ms > 0) {
        return;
    }
    switch (verdict->on_fail) {
    case SCHED_ON_FAIL_STOP:
    case SCHED_ON_FAIL_BAN:
    case SCHED_ON_FAIL_STANDBY:
    case SCHED_ON_FAIL_FENCE:
        break; /* only a cleanup takes these back */
    case SCHED_ON_FAIL_BLOCK:
    case SCHED_ON_FAIL_IGNORE:
    case SCHED_ON_FAIL_DEMOTE:
    case SCHED_ON_FAIL_RESTART:
    case SCHED_ON_FAIL_RESTART_CONTAINER:
    case SCHED_ON_FAIL_RESET_REMOTE:
        verdict->on_fail = SCHED_ON_FAIL_IGNORE;
        rsc->next_role = COX_ROLE_UNKNOWN;
        break;
    }
}

static bool
same_key(const struct cox_op_history *a, const struct cox_op_history *b)
{
    return a != NULL && a->operation_key != NULL && b->operation_key != NULL
           && strcmp(a->operation_key, b->operation_key) == 0;
}

static void
end_pending(const struct sched_entry *entry, const char *task)
{
    struct sched_rsc *rsc = entry->rsc;

    if (rsc->pending_node == entry->node && g_strcmp0(rsc->pending_task, task) == 0) {
        rsc->is_start_pending = false;
        rsc->pending_task = NULL;
        rsc->pending_node = NULL;
    }
}

static void
succeeded(struct sched_work *work, const struct sched_entry *entry, int rc, struct sched_verdict *verdict)
{
    struct sched_rsc *rsc = entry->rsc;
    bool clear = false;

    if (rc == RC_NOT_RUNNING) {
        rsc->role = COX_ROLE_STOPPED;
        sched_migrate_over(rsc, entry->node);
        clear = true;
    } else if (rc == RC_NOT_INSTALLED) {
        rsc->role = COX_ROLE_STOPPED;
    } else if (is_task(entry, "monitor")) {
        clear = same_key(verdict->last_failure, entry->op);
        if (rsc->role < COX_ROLE_STARTED) {
            sched_history_set_active(rsc);
        }
    } else if (is_task(entry, "start")) {
        sched_history_set_active(rsc);
        end_pending(entry, "start"); /* an older one is waited for no longer */
        sched_migrate_over(rsc, entry->node);
        clear = true;
    } else if (is_task(entry, "stop")) {
        rsc->role = COX_ROLE_STOPPED;
        end_pending(entry, "monitor");
        sched_migrate_over(rsc, entry->node);
        clear = true;
    } else if (is_task(entry, "promote")) {
        rsc->role = COX_ROLE_PROMOTED;
        clear = true;
    } else if (is_task(entry, "demote")) {
        clear = verdict->on_fail == SCHED_ON_FAIL_DEMOTE;
        rsc->role = COX_ROLE_UNPROMOTED;
    } else if (is_task(entry, "migrate_from")) {
        sched_history_set_active(rsc);
        clear = true;
    } else if (is_task(entry, "migrate_to")) {
        sched_migrate_to_done(work, entry);
    } else if (rsc->role < COX_ROLE_STARTED) {
        sched_history_set_active(rsc);
    }
    if (clear) {
        clear_failure(rsc, verdict);
    }
}

static void
note_failure(struct sched_work *work, const struct sched_entry *entry)
{
    struct sched_failure *failure = cox_arena_new_array(work->arena, struct sched_failure, 1);

    failure->op = entry->op;
    failure->rsc = entry->rsc;
    failure->node = entry->node;
    g_ptr_array_add(work->failures, failure);
}

static void
failed_demote(const struct sched_entry *entry, enum sched_on_fail on_fail)
{
    struct sched_rsc *rsc = entry->rsc;

    if (on_fail == SCHED_ON_FAIL_BLOCK) {
        rsc->role = COX_ROLE_PROMOTED;
        rsc->next_role = COX_ROLE_STOPPED;
        rsc->next_role_reason = "demote with on-fail=block";
    } else if (entry->rc == RC_NOT_RUNNING) {
        rsc->role = COX_ROLE_STOPPED;
    } else {
        rsc->role = COX_ROLE_UNPROMOTED; /* it will be stopped before anything else happens */
    }
}

static struct sched_rsc *
failing_whole(struct sched_rsc *rsc)
{
    struct sched_rsc *up = rsc;

    while (up->parent != NULL && up->parent->variant != COX_BUNDLE && !up->parent->meta.is_unique) {
        up = up->parent;
    }
    return up;
}

static void
failed(struct sched_work *work, const struct sched_entry *entry, struct sched_verdict *verdict,
       enum sched_on_fail on_fail, enum cox_role role)
{
    struct sched_rsc *rsc = entry->rsc;

    verdict->last_failure = entry->op;
    note_failure(work, entry);
    verdict->on_fail = MAX(verdict->on_fail, on_fail);
    if (is_task(entry, "stop")) {
        verdict->is_stuck = entry->status == COX_OP_STATUS_ERROR_HARD && !sched_node_can_fence(work, entry->node);
        sched_explain_cause(work, COX_TERM_ON_FAIL, entry->op->operation, NULL);
        sched_history_ban(work, rsc, entry->node);
    } else if (is_task(entry, "migrate_to")) {
        sched_migrate_to_failed(work, entry);
    } else if (is_task(entry, "migrate_from")) {
        sched_migrate_from_failed(work, entry);
    } else if (is_task(entry, "promote")) {
        rsc->role = COX_ROLE_PROMOTED;
    } else if (is_task(entry, "demote")) {
        failed_demote(entry, on_fail);
    }
    if (entry->is_probe && entry->rc == RC_NOT_INSTALLED) {
        rsc->role = COX_ROLE_STOPPED;
    } else if (rsc->role < COX_ROLE_STARTED) {
        sched_history_set_active(rsc);
    }
    if (role != COX_ROLE_STARTED && rsc->next_role < role) {
        rsc->next_role = role;
        rsc->next_role_reason = "failure";
    }
    if (role == COX_ROLE_STOPPED) {
        sched_explain_cause(work, COX_TERM_ON_FAIL, entry->op->operation, NULL);
        sched_history_ban(work, failing_whole(rsc), NULL); /* of an anonymous clone all instances are to stop */
    }
}

static void
on_error(struct sched_work *work, const struct sched_entry *entry, struct sched_verdict *verdict)
{
    enum cox_role role = COX_ROLE_STARTED;
    enum sched_on_fail on_fail = sched_on_fail_of(work, entry->rsc, entry->op->operation, entry->op->interval_ms, &role);

    if (on_fail == SCHED_ON_FAIL_IGNORE && entry->status == COX_OP_STATUS_NOT_INSTALLED) {
        on_fail = SCHED_ON_FAIL_BAN; /* there is no agent: nothing to go on with */
    }
    if (on_fail == SCHED_ON_FAIL_RESTART_CONTAINER && entry->is_probe && entry->rc == RC_NOT_INSTALLED) {
        on_fail = SCHED_ON_FAIL_RESTART; /* it does not run there, and no container that is started anew has it */
    }
    if (on_fail == SCHED_ON_FAIL_IGNORE
        || (on_fail == SCHED_ON_FAIL_RESTART_CONTAINER && is_task(entry, "stop"))) {
        succeeded(work, entry, entry->op->target_rc, verdict);
        note_failure(work, entry);
        entry->rsc->is_failure_ignored = true;
        verdict->last_failure = entry->op;
        if (on_fail == SCHED_ON_FAIL_RESTART_CONTAINER && verdict->on_fail <= SCHED_ON_FAIL_RESTART) {
            verdict->on_fail = on_fail;
        }
        return;
    }
    failed(work, entry, verdict, on_fail, role);
    if (entry->status == COX_OP_STATUS_ERROR_HARD || entry->status == COX_OP_STATUS_NOT_INSTALLED) {
        sched_explain_cause(work, COX_TERM_ON_FAIL, entry->op->operation, NULL);
        sched_history_ban(work, failing_whole(entry->rsc), entry->node);
    } else if (entry->status == COX_OP_STATUS_ERROR_FATAL) {
        sched_explain_cause(work, COX_TERM_ON_FAIL, entry->op->operation, NULL);
        sched_history_ban(work, failing_whole(entry->rsc), NULL);
    }
}

static void
pending(struct sched_work *work, const struct sched_entry *entry)
{
    struct sched_rsc *rsc = entry->rsc;

    if (is_task(entry, "start")) {
        rsc->is_start_pending = true;
        sched_history_set_active(rsc);
    } else if (is_task(entry, "promote")) {
        rsc->role = COX_ROLE_PROMOTED;
    } else if (is_task(entry, "migrate_to") && entry->node->is_unclean) {
        /* The source is lost in the middle: wherever it got to, the target must stop it first. */
        struct sched_node *target = sched_node_find(work, entry->op->migrate_target);

        if (target != NULL && sched_migrate_can_end(work, entry->node)) {
            rsc->has_stop_needed = true;
            sched_migrate_leftover(rsc, target);
        }
    } else if (is_task(entry, "migrate_from")) {
        sched_migrate_from_pending(work, entry);
    }
    if (rsc->pending_task == NULL) {
        rsc->pending_task = entry->is_probe ? "probe" : entry->op->operation;
        rsc->pending_node = entry->node;
    }
}

static bool
is_good(int rc)
{
    return rc == RC_OK || rc == RC_NOT_RUNNING || rc == RC_PROMOTED || rc == RC_DEGRADED || rc == RC_DEGRADED_PROMOTED;
}

/* Its address may be that of the host, which is not known before its container has a place. */
static bool
is_replica_connection(const struct sched_rsc *rsc)
{
    return rsc->remote_node != NULL && rsc->replica >= 0;
}

static void
wish_clear(struct sched_work *work, const struct sched_entry *entry, const char *reason,
           const struct cox_op_history *changed)
{
    struct sched_clear *clear = NULL;

    if (changed == NULL || !is_replica_connection(entry->rsc)) {
        const struct sched_wish wish = { .kind = SCHED_WISH_CLEAR, .rsc = entry->rsc, .node = entry->node, .reason = reason,
                                         .changed = changed };

        g_array_append_val(work->wishes, wish);
        return;
    }
    clear = cox_arena_new_array(work->arena, struct sched_clear, 1);
    *clear = (struct sched_clear) { entry->rsc, entry->node, reason, changed };
    g_ptr_array_add(work->clears, clear);
}

/* Is the entry as old as failures are remembered, at most?  What is found sooner or later is noted for the recheck. */
static bool
is_old(struct sched_work *work, const struct sched_entry *entry)
{
    gint64 timeout_s = entry->rsc->meta.failure_timeout_ms / 1000;
    const struct cox_op_history *op = entry->op;

    if (timeout_s <= 0 || !op->has_last_rc_change) {
        return false;
    }
    if (work->now_s < op->last_rc_change_s + timeout_s) {
        if (!is_good(op->rc) && op->rc != op->target_rc) {
            work->recheck_by = cox_wall_min(work->recheck_by, cox_wall_from_seconds(op->last_rc_change_s + timeout_s));
            entry->rsc->is_clocked = true;
        }
        return false;
    }
    return true;
}

static bool
is_lost_connection(const struct sched_entry *entry)
{
    return entry->rsc->remote_node != NULL && is_task(entry, "monitor") && entry->op->interval_ms > 0;
}

/*
 * Failures older than failure-timeout do not count.  The fail count goes first, then the entry; a count that newer
 * failures keep alive keeps the entry, too.  Any old entry, also of a success, makes an expired count go.
 */
static bool
has_expired(struct sched_work *work, const struct sched_entry *entry)
{
    bool is_last_failure = entry->op->is_last_failure;
    bool expired = is_old(work, entry);
    bool waits = expired && entry->rsc->remote_node != NULL && entry->rsc->meta.reconnect_ms > 0;

    if (waits && is_lost_connection(entry) && work->opt.fencing_enabled && !entry->rsc->remote_node->remote_was_fenced) {
        expired = false; /* not before the node it led to has been fenced */
    }

    if (entry->status == COX_OP_STATUS_NOT_INSTALLED) {
        return false;
    }
    if (expired && sched_failcount(work, entry->rsc, entry->node, NULL, false) != 0) {
        if (sched_failcount(work, entry->rsc, entry->node, NULL, true) != 0) {
            expired = false;
        } else {
            wish_clear(work, entry, "it expired", NULL);
            return expired;
        }
    }
    if (expired && waits && is_last_failure) {
        wish_clear(work, entry, "reconnect interval is set", NULL);
        return expired;
    }
    /* What failed with other parameters than it would be given now deserves another chance. */
    if (is_last_failure && entry->op->op_digest != NULL
        && (is_task(entry, "monitor") || is_task(entry, "start"))) {
        wish_clear(work, entry, "resource parameters have changed", entry->op);
    }
    return expired;
}

bool
sched_history_is_forgiven(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node, const struct cox_op_history *op)
{
    const struct sched_entry entry = { .op = op, .rsc = rsc, .node = node, .rc = op->rc, .status = op->status };

    return op->status != COX_OP_STATUS_PENDING && op->status != COX_OP_STATUS_CANCELLED && op->status != COX_OP_STATUS_NOT_INSTALLED
           && !is_good(op->rc) && op->rc != op->target_rc && !is_lost_connection(&entry) && is_old(work, &entry)
           && sched_failcount(work, rsc, node, NULL, false) == 0;
}

void
sched_history_op(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node,
                 const struct cox_op_history *op, struct sched_verdict *verdict)
{
    struct sched_entry entry = { .op = op, .rsc = rsc, .node = node, .rc = op->rc, .status = op->status };

    if (strcmp(op->operation, "notify") == 0 || strcmp(op->operation, "meta-data") == 0
        || op->status == COX_OP_STATUS_CANCELLED) {
        return;
    }
    entry.is_probe = strcmp(op->operation, "monitor") == 0 && op->interval_ms == 0;
    if (entry.status != COX_OP_STATUS_PENDING && has_expired(work, &entry) && !is_good(op->rc) && op->rc != op->target_rc) {
        return;
    }
    if (entry.status != COX_OP_STATUS_PENDING) {
        interpret(&entry);
    }
    if (entry.status == COX_OP_STATUS_PENDING) {
        pending(work, &entry);
    } else if (entry.status == COX_OP_STATUS_DONE) {
        succeeded(work, &entry, entry.rc, verdict);
    } else if (entry.status == COX_OP_STATUS_NOT_CONNECTED && node->kind == SCHED_NODE_REMOTE && node->remote_rsc != NULL) {
        node->remote_rsc->is_failed = true;
        on_error(work, &entry, verdict);
    } else {
        on_error(work, &entry, verdict);
    }
}
