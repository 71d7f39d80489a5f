/* daemons/execd/execdresults.c - results until somebody has them, in memory and in files result-N.  Layer 6.
 *
 * The order of steps is what makes a result come exactly once over a crash: it is kept first, then its order is removed,
 * then it is told.  An order that has a result when we begin is over.
 */
#include "execd.h"

#include <string.h>

#include "base/error.h"
#include "proto/marshal.h"

static void
result_free(gpointer data)
{
    struct execd_result *result = data;

    g_bytes_unref(result->bytes);
    g_free(result->key);
    g_free(result);
}

void
execd_results_init(struct execd *execd)
{
    execd->results = g_ptr_array_new_with_free_func(result_free);
    execd->result_by_key = g_hash_table_new(g_str_hash, g_str_equal);
}

void
execd_results_free(struct execd *execd)
{
    g_hash_table_unref(execd->result_by_key);
    g_ptr_array_unref(execd->results);
}

static char *
key_of(const char *rsc_id, const char *key)
{
    return g_strdup_printf("%s %s", rsc_id, key);
}

static void
add(struct execd *execd, const struct cox_msg_exec_result *message, GBytes *bytes)
{
    struct execd_result *result = g_new0(struct execd_result, 1);

    result->call_id = message->call_id;
    result->order = message->order;
    result->bytes = g_bytes_ref(bytes);
    if (message->interval_ms == 0 && message->key != NULL) {
        result->key = key_of(message->rsc_id, message->key);
        (void) g_hash_table_replace(execd->result_by_key, result->key, result);
    }
    g_ptr_array_add(execd->results, result);
}

static void
save(struct execd *execd, const struct cox_msg_exec_result *message, GBytes *bytes)
{
    g_autofree char *name = g_strdup_printf("result-%" G_GINT64_FORMAT, message->call_id);
    g_autoptr(GError) error = NULL;

    add(execd, message, bytes);
    if (!execd_file_save(execd, name, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &error)) {
        cox_log_event(execd->log, COX_EVENT_EXEC_RECORD, "call=%" G_GINT64_FORMAT " error=\"%s\"", message->call_id, error->message);
    }
}

static void
log_result(struct execd *execd, const struct cox_msg_exec_result *result)
{
    bool is_bad = result->status != COX_OP_STATUS_DONE;

    cox_log_line(execd->log, is_bad ? COX_LOG_NOTICE : COX_LOG_INFO,
                 "result rsc=%s task=%s interval=%" G_GINT64_FORMAT "ms rc=%d status=%d exec=%" G_GINT64_FORMAT
                 "ms queue=%" G_GINT64_FORMAT "ms call=%" G_GINT64_FORMAT " key=%s reason=\"%s\"",
                 result->rsc_id, result->task, result->interval_ms, (int) result->rc, (int) result->status, result->exec_ms,
                 result->queue_ms, result->call_id, result->key, result->reason == NULL ? "" : result->reason);
}

/* What the coordinator knows of a recurring operation goes on after a restart. */
static void
remember(struct execd_order *order, const struct cox_exec_result *result)
{
    char *reason = g_strdup(result->reason);

    g_free(order->last_reason);
    order->last_reason = reason;
    order->last_rc = result->rc;
    order->last_status = result->status;
    order->has_last = true;
}

static const struct cox_msg_exec_result *
decode(GBytes *bytes, struct cox_arena *arena)
{
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(bytes, &size);

    return cox_unmarshal(cox_messages_schema(COX_MSG_EXEC_RESULT), data, size, arena, NULL);
}

static void
tell(struct execd *execd, GBytes *bytes, gint64 since)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_exec_result *result = decode(bytes, arena);

    if (result != NULL && result->call_id > since) {
        cox_service_publish(execd->ctx, EXECD_TOPIC_RESULTS, COX_MSG_EXEC_RESULT, result, NULL);
    }
}

void
execd_result_report(struct execd *execd, const struct cox_exec_effect *effect)
{
    struct execd_order *order = execd_order_find(execd, effect->rsc_id, effect->key);
    cox_wall now = cox_runtime_wall(execd->runtime);
    struct cox_msg_exec_result result = { .rsc_id = effect->rsc_id, .task = effect->task, .key = effect->key,
                                          .interval_ms = effect->interval_ms };
    GByteArray *array = g_byte_array_new();
    g_autoptr(GBytes) bytes = NULL;

    result.rc = effect->result.rc;
    result.status = (guint64) (gint64) effect->result.status;
    result.reason = effect->result.reason;
    result.queue_ms = effect->queue_ms;
    result.exec_ms = effect->exec_ms;
    result.call_id = (gint64) execd_serial(execd);
    result.began_at = cox_wall_seconds((cox_wall) { now.usec - effect->exec_ms * 1000 });
    result.is_first = effect->interval_ms > 0 && effect->is_first;
    if (order != NULL) {
        result.timeout_ms = order->order->timeout_ms;
        result.n_params = order->order->n_params;
        result.params = order->order->params;
        result.standard = order->order->standard;
        result.provider = order->order->provider;
        result.type = order->order->type;
        result.generation = order->order->generation;
        result.order = order->id;
    }
    cox_marshal(cox_messages_schema(COX_MSG_EXEC_RESULT), &result, array);
    bytes = g_byte_array_free_to_bytes(array);
    save(execd, &result, bytes);
    log_result(execd, &result);
    execd_alerts_result(execd->alerts, &result);
    if (order != NULL && effect->interval_ms > 0) {
        remember(order, &effect->result);
        execd_order_save(execd, order);
    } else if (order != NULL) {
        execd_order_drop(execd, order);
    }
    tell(execd, bytes, 0);
}

guint64
execd_result_of_key(const struct execd *execd, const char *rsc_id, const char *key)
{
    g_autofree char *text = key_of(rsc_id, key);
    const struct execd_result *result = g_hash_table_lookup(execd->result_by_key, text);

    return result == NULL ? 0 : result->order;
}

void
execd_results_tell(struct execd *execd, gint64 since)
{
    for (guint i = 0; i < execd->results->len; i++) {
        tell(execd, ((const struct execd_result *) execd->results->pdata[i])->bytes, since);
    }
}

void
execd_results_taken(struct execd *execd, gint64 call_id)
{
    guint n = 0;

    while (n < execd->results->len && ((const struct execd_result *) execd->results->pdata[n])->call_id <= call_id) {
        const struct execd_result *result = execd->results->pdata[n];
        g_autofree char *name = g_strdup_printf("result-%" G_GINT64_FORMAT, result->call_id);

        execd_file_remove(execd, name);
        if (result->key != NULL && g_hash_table_lookup(execd->result_by_key, result->key) == result) {
            (void) g_hash_table_remove(execd->result_by_key, result->key);
        }
        n++;
    }
    if (n > 0) {
        g_ptr_array_remove_range(execd->results, 0, n);
    }
}

/* We may have died after a result was kept and before its order was told. */
static void
apply(struct execd *execd, const struct cox_msg_exec_result *result)
{
    const struct cox_exec_result known = { (enum cox_op_status) (gint64) result->status, (int) result->rc, result->reason };

    for (guint i = 0; i < execd->orders->len; i++) {
        struct execd_order *order = execd->orders->pdata[i];

        if (order->id == result->order) {
            if (result->interval_ms > 0) {
                remember(order, &known);
            } else {
                execd_order_drop(execd, order);
            }
            return;
        }
    }
}

void
execd_results_load(struct execd *execd)
{
    g_autoptr(GArray) ids = execd_file_list(execd, "result");

    for (guint i = 0; i < ids->len; i++) {
        gint64 call_id = (gint64) g_array_index(ids, guint64, i);
        g_autofree char *name = g_strdup_printf("result-%" G_GINT64_FORMAT, call_id);
        g_autoptr(GBytes) bytes = execd_file_load(execd, name);
        g_autoptr(cox_arena) arena = cox_arena_new();
        const struct cox_msg_exec_result *result = bytes == NULL ? NULL : decode(bytes, arena);

        if (result == NULL || result->rsc_id == NULL || result->task == NULL || result->call_id != call_id) {
            execd_file_remove(execd, name);
            continue;
        }
        add(execd, result, bytes);
        apply(execd, result);
    }
}
