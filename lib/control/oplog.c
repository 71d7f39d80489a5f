/* lib/control/oplog.c - the history of operations of one node: kept by its controller, written into the document.  Layer 4, pure. */
#include "control/oplog.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "control/failure.h"
#include "model/param_digest.h"

#define ORIGIN "cox-controld"

struct cox_oplog {
    struct cox_status *status;     /* of this node alone */
    struct cox_node_status *node;
    GHashTable *dirty;             /* ids of resources to be written */
    GPtrArray *gone_ops, *gone_rscs;
    size_t compact_bytes;          /* what the status took when it was copied last */
};

enum { SLACK_BYTES = 256 * 1024 };

/* What the field writes as code and call of something that has none yet. */
enum { RC_PENDING = 193, NO_CALL = -1 };

static void
begin_anew(struct cox_oplog *log, const char *id, const char *name)
{
    struct cox_status *old = log->status;

    log->status = cox_status_new();
    log->node = cox_status_node_ensure(log->status, id, name);
    cox_status_free(old);
}

/* An arena only grows: what results have replaced is left behind by moving into a new one. */
static void
compact(struct cox_oplog *log)
{
    struct cox_status *old = log->status;

    if (cox_oplog_bytes(log) <= 2 * log->compact_bytes + SLACK_BYTES) {
        return;
    }
    log->status = cox_status_copy(old);
    log->node = cox_status_node(log->status, log->node->id, log->node->uname);
    cox_status_free(old);
    log->compact_bytes = cox_oplog_bytes(log);
}

size_t
cox_oplog_bytes(const struct cox_oplog *log)
{
    return cox_arena_used_bytes(log->status->arena);
}

struct cox_oplog *
cox_oplog_new(const char *node_id, const char *node_name)
{
    struct cox_oplog *log = g_new0(struct cox_oplog, 1);

    begin_anew(log, node_id, node_name);
    log->dirty = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    log->gone_ops = g_ptr_array_new_with_free_func(g_free);
    log->gone_rscs = g_ptr_array_new_with_free_func(g_free);
    return log;
}

void
cox_oplog_free(struct cox_oplog *log)
{
    if (log == NULL) {
        return;
    }
    cox_status_free(log->status);
    g_hash_table_unref(log->dirty);
    g_ptr_array_unref(log->gone_ops);
    g_ptr_array_unref(log->gone_rscs);
    g_free(log);
}

/* ---- copies: texts must live in the arena of their status ---- */

static struct cox_op_history
copy_op(struct cox_arena *arena, const struct cox_op_history *op)
{
    struct cox_op_history copy = *op;
    const char **texts[] = { &copy.id,           &copy.operation,     &copy.operation_key,   &copy.transition_key,
                             &copy.transition_magic, &copy.on_node,   &copy.exit_reason,     &copy.op_digest,
                             &copy.op_force_restart, &copy.op_restart_digest, &copy.op_secure_params, &copy.op_secure_digest,
                             &copy.migrate_source, &copy.migrate_target, &copy.crm_feature_set, &copy.crm_debug_origin };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        *texts[i] = cox_arena_intern(arena, *texts[i]);
    }
    return copy;
}

static void
copy_rsc(struct cox_status *status, struct cox_node_status *node, const struct cox_rsc_history *from)
{
    struct cox_rsc_history *rsc = cox_status_rsc_ensure(status, node, from->id);

    cox_status_rsc_agent_set(status, rsc, from->standard, from->provider, from->type);
    rsc->container = cox_arena_intern(status->arena, from->container);
    rsc->shutdown_lock_s = from->shutdown_lock_s;
    for (guint32 i = 0; i < from->n_ops; i++) {
        struct cox_op_history op = copy_op(status->arena, &from->ops[i]);

        cox_status_op_put(status, rsc, &op);
    }
}

void
cox_oplog_load(struct cox_oplog *log, const struct cox_node_status *node)
{
    g_autofree char *id = g_strdup(log->node->id), *name = g_strdup(log->node->uname);

    begin_anew(log, id, name);
    for (guint i = 0; node != NULL && i < node->resources->len; i++) {
        copy_rsc(log->status, log->node, node->resources->pdata[i]);
    }
    g_hash_table_remove_all(log->dirty);
    g_ptr_array_set_size(log->gone_ops, 0);
    g_ptr_array_set_size(log->gone_rscs, 0);
}

/* ---- digests ---- */

/* Is @name one of the words of @list, which has blanks on both sides of each? */
static bool
is_listed(const char *list, const char *name)
{
    g_autofree char *word = g_strconcat(" ", name, " ", NULL);

    return list != NULL && strstr(list, word) != NULL;
}

enum digest { DIGEST_ALL = 0, DIGEST_RESTART, DIGEST_PUBLIC };

/* The scheduler computes the same from the configuration (lib/sched/digest.c). */
static const char *
digest_of(struct cox_arena *arena, const struct cox_oplog_result *result, enum digest kind)
{
    g_autofree struct cox_nvpair *pairs = g_new0(struct cox_nvpair, result->n_params + 1);
    g_autofree char *digest = NULL;
    size_t n = 0;

    for (size_t i = 0; i < result->n_params; i++) {
        const char *name = result->params[i].name;
        bool is_meta = g_str_has_prefix(name, "CRM_meta_");
        bool is_timeout = result->interval_ms > 0 && kind == DIGEST_ALL && strcmp(name, "CRM_meta_timeout") == 0;

        if ((is_meta && !is_timeout) || strcmp(name, "crm_feature_set") == 0
            || (kind == DIGEST_RESTART && !is_listed(result->restart_params, name))
            || (kind == DIGEST_PUBLIC && is_listed(result->secure_params, name))) {
            continue;
        }
        pairs[n++] = result->params[i];
    }
    digest = cox_param_digest(pairs, n);
    return cox_arena_intern(arena, digest);
}

static void
put_digests(struct cox_arena *arena, const struct cox_oplog_result *result, struct cox_op_history *op)
{
    op->op_digest = digest_of(arena, result, DIGEST_ALL);
    if (result->restart_params != NULL) {
        op->op_force_restart = cox_arena_intern(arena, result->restart_params);
        op->op_restart_digest = digest_of(arena, result, DIGEST_RESTART);
    }
    if (result->secure_params != NULL) {
        op->op_secure_params = cox_arena_intern(arena, result->secure_params);
        op->op_secure_digest = digest_of(arena, result, DIGEST_PUBLIC);
    }
}

/* ---- results ---- */

int
cox_oplog_target_rc(const char *key)
{
    g_auto(GStrv) parts = key == NULL ? NULL : g_strsplit(key, ":", 4);
    gint64 rc = -1;

    if (parts == NULL || g_strv_length(parts) < 4 || !g_ascii_string_to_signed(parts[2], 10, 0, 1000, &rc, NULL)) {
        return -1;
    }
    return (int) rc;
}

/* The results that matter here (OCF 1.1). */
enum { RC_OK = 0, RC_NOT_RUNNING = 7, RC_PROMOTED = 8, RC_DEGRADED = 190, RC_DEGRADED_PROMOTED = 191 };

/* Of an operation that the agent has ended. */
static const char *
outcome_of_rc(int rc, int target_rc)
{
    bool is_degraded = rc == RC_DEGRADED || rc == RC_DEGRADED_PROMOTED;
    int plain = rc == RC_DEGRADED ? RC_OK : rc == RC_DEGRADED_PROMOTED ? RC_PROMOTED : rc;

    if (plain == target_rc || (target_rc < 0 && plain == RC_OK)) {
        return is_degraded ? "degraded" : "ok";
    }
    return target_rc == RC_NOT_RUNNING && (plain == RC_OK || plain == RC_PROMOTED) ? "found running" : "failed";
}

const char *
cox_oplog_outcome(enum cox_op_status status, int rc, int target_rc)
{
    switch (status) {
        case COX_OP_STATUS_DONE:
            return outcome_of_rc(rc, target_rc);
        case COX_OP_STATUS_TIMEOUT:
            return "timed out";
        case COX_OP_STATUS_CANCELLED:
            return "cancelled";
        case COX_OP_STATUS_NOT_INSTALLED:
            return "not installed";
        case COX_OP_STATUS_UNKNOWN:
        case COX_OP_STATUS_PENDING:
        case COX_OP_STATUS_NOT_SUPPORTED:
        case COX_OP_STATUS_ERROR:
        case COX_OP_STATUS_ERROR_HARD:
        case COX_OP_STATUS_ERROR_FATAL:
        case COX_OP_STATUS_NOT_CONNECTED:
        case COX_OP_STATUS_INVALID:
        case COX_OP_STATUS_NO_FENCE_DEVICE:
        case COX_OP_STATUS_NO_SECRETS:
            break;
    }
    return "failed";
}

static void
touch(struct cox_oplog *log, const char *rsc_id)
{
    g_hash_table_add(log->dirty, g_strdup(rsc_id));
}

static void
remove_op(struct cox_oplog *log, struct cox_rsc_history *rsc, const char *id)
{
    if (rsc != NULL && cox_status_op_remove(log->status, rsc, id)) {
        g_ptr_array_add(log->gone_ops, g_strdup(id));
    }
}

static void
remove_recurring(struct cox_oplog *log, struct cox_rsc_history *rsc)
{
    for (guint32 i = rsc->n_ops; i > 0; i--) {
        const struct cox_op_history *op = &rsc->ops[i - 1];

        if (op->interval_ms > 0 && !g_str_has_suffix(op->id, "_last_failure_0")) {
            g_autofree char *id = g_strdup(op->id);

            remove_op(log, rsc, id);
        }
    }
}

static const char *
param_of(const struct cox_oplog_result *result, const char *name)
{
    for (size_t i = 0; i < result->n_params; i++) {
        if (strcmp(result->params[i].name, name) == 0) {
            return result->params[i].value;
        }
    }
    return NULL;
}

static struct cox_op_history
entry_of(struct cox_oplog *log, const struct cox_oplog_result *result)
{
    struct cox_arena *arena = log->status->arena;
    struct cox_op_history op = { .crm_debug_origin = ORIGIN, .rc = result->rc, .status = result->status };

    op.operation = cox_arena_intern(arena, cox_status_op_recorded(result->task, result->status == COX_OP_STATUS_DONE && result->rc == 0));
    op.operation_key = cox_arena_printf(arena, "%s_%s_%" G_GINT64_FORMAT, result->rsc_id, op.operation, result->interval_ms);
    op.transition_key = result->key == NULL ? cox_arena_printf(arena, "0:-1:%d:unordered", result->rc)
                                            : cox_arena_strdup(arena, result->key);
    op.transition_magic = cox_arena_printf(arena, "%d:%d;%s", result->status, result->rc, op.transition_key);
    op.target_rc = cox_oplog_target_rc(op.transition_key);
    op.on_node = cox_arena_intern(arena, log->node->uname);
    op.exit_reason = cox_arena_intern(arena, result->reason == NULL ? "" : result->reason); /* an older one is overwritten */
    op.crm_feature_set = cox_arena_intern(arena, result->feature_set);
    op.interval_ms = result->interval_ms;
    op.call_id = (int) MIN(result->call_id, G_MAXINT);
    op.has_last_rc_change = op.has_exec_time = op.has_queue_time = true;
    op.last_rc_change_s = cox_wall_seconds(result->began);
    op.exec_time_ms = result->exec_ms;
    op.queue_time_ms = result->queue_ms;
    op.migrate_source = cox_arena_intern(arena, param_of(result, "CRM_meta_migrate_source"));
    op.migrate_target = cox_arena_intern(arena, param_of(result, "CRM_meta_migrate_target"));
    put_digests(arena, result, &op);
    return op;
}

static void
put(struct cox_oplog *log, struct cox_rsc_history *rsc, struct cox_op_history *op, const char *suffix)
{
    op->id = suffix == NULL ? op->operation_key : cox_arena_printf(log->status->arena, "%s_%s_0", rsc->id, suffix);
    cox_status_op_put(log->status, rsc, op);
}

static const struct cox_op_history *
find_op(const struct cox_rsc_history *rsc, const char *suffix)
{
    g_autofree char *id = g_strdup_printf("%s_%s_0", rsc->id, suffix);

    for (guint32 i = 0; i < rsc->n_ops; i++) {
        if (g_str_equal(rsc->ops[i].id, id)) {
            return &rsc->ops[i];
        }
    }
    return NULL;
}

/*
 * A demotion is about to take the place of the start or promotion that had ended an earlier failure.  It ends none by itself, so whoever
 * reads the history would find the failure still there, and would recover what is well.
 */
static bool
hides_recovery(const struct cox_rsc_history *rsc, const struct cox_oplog_result *result)
{
    const struct cox_op_history *last = find_op(rsc, "last"), *failure = find_op(rsc, "last_failure");

    return g_str_equal(result->task, "demote") && result->interval_ms == 0 && last != NULL && failure != NULL
           && (g_strcmp0(last->operation, "start") == 0 || g_strcmp0(last->operation, "promote") == 0)
           && last->status == COX_OP_STATUS_DONE && last->rc == 0 && last->call_id > failure->call_id;
}

/* The resource was stopped or started here after it had been expected: whether it ever arrived does not matter any more. */
static void
end_expectation(struct cox_oplog *log, struct cox_rsc_history *rsc, const struct cox_oplog_result *result)
{
    const struct cox_op_history *expected = find_op(rsc, "migrate_from");
    bool tells = g_str_equal(result->task, "start") || (g_str_equal(result->task, "stop") && result->rc == 0);

    if (tells && expected != NULL && expected->status == COX_OP_STATUS_PENDING) {
        g_autofree char *id = g_strdup(expected->id);

        remove_op(log, rsc, id);
    }
}

void
cox_oplog_expect(struct cox_oplog *log, const struct cox_oplog_result *order)
{
    struct cox_oplog_result pending = *order;
    struct cox_rsc_history *rsc = NULL;
    struct cox_op_history op;

    compact(log);
    rsc = cox_status_rsc_ensure(log->status, log->node, order->rsc_id);
    cox_status_rsc_agent_set(log->status, rsc, order->standard, order->provider, order->type);
    pending.task = "migrate_from";
    pending.status = COX_OP_STATUS_PENDING;
    pending.rc = RC_PENDING;
    pending.call_id = NO_CALL;
    op = entry_of(log, &pending);
    put(log, rsc, &op, NULL);
    touch(log, order->rsc_id);
}

/* One entry for the last operation, one for each recurring one, one for the last failure; migrations have their own. */
void
cox_oplog_note(struct cox_oplog *log, const struct cox_oplog_result *result)
{
    struct cox_rsc_history *rsc = NULL;
    struct cox_op_history op;
    struct cox_failed failure = { result->rsc_id, result->task, result->interval_ms, result->rc, result->status,
                                   cox_oplog_target_rc(result->key) };

    if (result->status == COX_OP_STATUS_CANCELLED || g_str_equal(result->task, "notify")) {
        return;
    }
    compact(log);
    rsc = cox_status_rsc_ensure(log->status, log->node, result->rsc_id);
    cox_status_rsc_agent_set(log->status, rsc, result->standard, result->provider, result->type);
    op = entry_of(log, result);
    if (g_str_equal(result->task, "start") || g_str_equal(result->task, "stop") || g_str_equal(result->task, "migrate_to")) {
        remove_recurring(log, rsc);
    }
    end_expectation(log, rsc, result);
    if (hides_recovery(rsc, result)) {
        cox_oplog_clear_failure(log, result->rsc_id);
    }
    if (g_str_has_prefix(result->task, "migrate_")) {
        put(log, rsc, &op, NULL);
    } else if (cox_failure_is(&failure)) {
        put(log, rsc, &op, "last_failure");
        if (result->interval_ms == 0) {
            put(log, rsc, &op, "last");
        }
    } else {
        put(log, rsc, &op, result->interval_ms > 0 ? NULL : "last");
    }
    touch(log, result->rsc_id);
}

void
cox_oplog_cancelled(struct cox_oplog *log, const char *rsc_id, const char *task, gint64 interval_ms)
{
    g_autofree char *id = g_strdup_printf("%s_%s_%" G_GINT64_FORMAT, rsc_id, task, interval_ms);

    remove_op(log, cox_status_rsc(log->node, rsc_id), id);
}

void
cox_oplog_clear_failure(struct cox_oplog *log, const char *rsc_id)
{
    g_autofree char *id = g_strdup_printf("%s_last_failure_0", rsc_id);

    remove_op(log, cox_status_rsc(log->node, rsc_id), id);
}

void
cox_oplog_forget(struct cox_oplog *log, const char *rsc_id)
{
    cox_status_rsc_remove(log->node, rsc_id);
    g_hash_table_remove(log->dirty, rsc_id);
    g_ptr_array_add(log->gone_rscs, g_strdup(rsc_id));
}

void
cox_oplog_touch(struct cox_oplog *log)
{
    for (guint i = 0; i < log->node->resources->len; i++) {
        touch(log, ((const struct cox_rsc_history *) log->node->resources->pdata[i])->id);
    }
}

const struct cox_node_status *
cox_oplog_node(const struct cox_oplog *log)
{
    return log->node;
}

/* ---- comparison ---- */

static bool
has_same_op(const struct cox_rsc_history *rsc, const struct cox_op_history *op)
{
    for (guint32 i = 0; i < rsc->n_ops; i++) {
        const struct cox_op_history *other = &rsc->ops[i];

        if (g_strcmp0(other->id, op->id) == 0) {
            return other->call_id == op->call_id && g_strcmp0(other->transition_magic, op->transition_magic) == 0;
        }
    }
    return false;
}

bool
cox_oplog_is_same(const struct cox_oplog *log, const struct cox_node_status *node)
{
    guint n = node == NULL ? 0 : node->resources->len;

    if (n != log->node->resources->len) {
        return false;
    }
    for (guint i = 0; i < n; i++) {
        const struct cox_rsc_history *own = log->node->resources->pdata[i];
        const struct cox_rsc_history *other = cox_status_rsc(node, own->id);

        if (other == NULL || other->n_ops != own->n_ops) {
            return false;
        }
        for (guint32 k = 0; k < own->n_ops; k++) {
            if (!has_same_op(other, &own->ops[k])) {
                return false;
            }
        }
    }
    return true;
}

static guint64
add_text(guint64 before, const char *text)
{
    return cox_bytes_fnv(before, text == NULL ? "" : text, text == NULL ? 1 : strlen(text) + 1);
}

/* The order of entries says nothing, so theirs are added up. */
guint64
cox_oplog_fingerprint(const struct cox_node_status *node)
{
    guint64 sum = 0;

    for (guint i = 0; node != NULL && i < node->resources->len; i++) {
        const struct cox_rsc_history *rsc = node->resources->pdata[i];
        guint64 name = add_text(COX_BYTES_FNV, rsc->id);

        sum += name;
        for (guint32 k = 0; k < rsc->n_ops; k++) {
            const struct cox_op_history *op = &rsc->ops[k];
            guint64 one = add_text(add_text(name, op->id), op->transition_magic);

            sum += cox_bytes_fnv(one, &op->call_id, sizeof(op->call_id));
        }
    }
    return sum;
}

/* ---- what the document has to learn ---- */

/* What was removed and came back is not gone. */
static void
drop_returned(struct cox_oplog *log)
{
    for (guint i = log->gone_rscs->len; i > 0; i--) {
        if (cox_status_rsc(log->node, log->gone_rscs->pdata[i - 1]) != NULL) {
            g_ptr_array_remove_index(log->gone_rscs, i - 1);
        }
    }
    for (guint i = log->gone_ops->len; i > 0; i--) {
        for (guint k = 0; k < log->node->resources->len; k++) {
            const struct cox_rsc_history *rsc = log->node->resources->pdata[k];
            bool is_back = false;

            for (guint32 j = 0; j < rsc->n_ops; j++) {
                is_back = is_back || g_str_equal(rsc->ops[j].id, log->gone_ops->pdata[i - 1]);
            }
            if (is_back) {
                g_ptr_array_remove_index(log->gone_ops, i - 1);
                break;
            }
        }
    }
}

bool
cox_oplog_has_changes(const struct cox_oplog *log)
{
    return g_hash_table_size(log->dirty) > 0 || log->gone_ops->len > 0 || log->gone_rscs->len > 0;
}

struct cox_status *
cox_oplog_part(const struct cox_oplog *log, const char *rsc_id)
{
    const struct cox_rsc_history *rsc = cox_status_rsc(log->node, rsc_id);
    struct cox_status *part = rsc == NULL ? NULL : cox_status_new();

    if (rsc != NULL) {
        copy_rsc(part, cox_status_node_ensure(part, log->node->id, log->node->uname), rsc);
    }
    return part;
}

bool
cox_oplog_take(struct cox_oplog *log, struct cox_oplog_changes *changes)
{
    GHashTableIter iter;
    gpointer id;

    drop_returned(log);
    if (!cox_oplog_has_changes(log)) {
        return false;
    }
    *changes = (struct cox_oplog_changes) { NULL, log->gone_ops, log->gone_rscs };
    log->gone_ops = g_ptr_array_new_with_free_func(g_free);
    log->gone_rscs = g_ptr_array_new_with_free_func(g_free);
    if (g_hash_table_size(log->dirty) > 0) {
        struct cox_node_status *node = NULL;

        changes->status = cox_status_new();
        node = cox_status_node_ensure(changes->status, log->node->id, log->node->uname);
        g_hash_table_iter_init(&iter, log->dirty);
        while (g_hash_table_iter_next(&iter, &id, NULL)) {
            const struct cox_rsc_history *rsc = cox_status_rsc(log->node, id);

            if (rsc != NULL) {
                copy_rsc(changes->status, node, rsc);
            }
        }
        g_hash_table_remove_all(log->dirty);
    }
    return true;
}

void
cox_oplog_changes_clear(struct cox_oplog_changes *changes)
{
    g_clear_pointer(&changes->status, cox_status_free);
    g_clear_pointer(&changes->gone_ops, g_ptr_array_unref);
    g_clear_pointer(&changes->gone_rscs, g_ptr_array_unref);
}
