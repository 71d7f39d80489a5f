/* daemons/execd/execdstonith.c - stonith resources, through cox-fenced.  Layer 6.
 *
 * cox-fenced reads its devices from the document.  What the cluster starts and stops here is the duty to monitor one:
 * start and monitor try the device, stop has nothing to do, and a probe says whether it was started on this node.
 */
#include "execd.h"

#include <string.h>

#include "base/error.h"

static void
save(struct execd *execd)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    GHashTableIter iter;
    gpointer id;

    g_hash_table_iter_init(&iter, execd->started);
    while (g_hash_table_iter_next(&iter, &id, NULL)) {
        g_string_append_printf(text, "%s\n", (const char *) id);
    }
    if (!execd_file_save(execd, "stonith", text->str, text->len, &error)) {
        cox_log_event(execd->log, COX_EVENT_EXEC_RECORD, "error=\"%s\"", error->message);
    }
}

void
execd_stonith_load(struct execd *execd)
{
    g_autoptr(GBytes) bytes = execd_file_load(execd, "stonith");
    g_autofree char *text = bytes == NULL ? NULL : g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_auto(GStrv) lines = text == NULL ? NULL : g_strsplit(text, "\n", 0);

    for (gsize i = 0; lines != NULL && lines[i] != NULL; i++) {
        if (lines[i][0] != '\0') {
            g_hash_table_add(execd->started, g_strdup(lines[i]));
        }
    }
}

bool
execd_stonith_is_started(const struct execd *execd, const char *rsc_id)
{
    return g_hash_table_contains(execd->started, rsc_id);
}

void
execd_stonith_set_started(struct execd *execd, const char *rsc_id, bool is_started)
{
    bool is_news = is_started ? g_hash_table_add(execd->started, g_strdup(rsc_id)) : g_hash_table_remove(execd->started, rsc_id);

    if (is_news) {
        save(execd);
    }
}

guint32
execd_stonith_try(struct execd *execd, const char *rsc_id, gint64 timeout_ms, cox_client_reply_fn fn, void *context)
{
    const struct cox_msg_fence_try body = { .device = rsc_id, .command = "monitor", .timeout_ms = timeout_ms };
    struct cox_client_call call = { .message = COX_MSG_FENCE_TRY, .body = &body, .timeout_ms = timeout_ms, .fn = fn, .context = context };

    if (execd->fenced == NULL) {
        const struct cox_client_settings settings = { .daemon = COX_DAEMON_FENCE, .program = "cox-execd", .reconnects = true,
                                                      .run_directory = cox_service_run_directory(execd->ctx) };

        execd->fenced = cox_client_new(execd->runtime, &settings);
    }
    return cox_client_send(execd->fenced, &call);
}

void
execd_stonith_result(const struct cox_client_reply *reply, struct cox_agent_result *result)
{
    const struct cox_msg_fence_finished *finished = reply->body;

    *result = (struct cox_agent_result) { .code = COX_AGENT_CODE_GENERIC, .status = COX_OP_STATUS_ERROR, .raw_status = -1 };
    if (reply->error == NULL && reply->message == COX_MSG_FENCE_FINISHED) {
        result->status = COX_OP_STATUS_DONE;
        result->code = finished->is_ok != 0 ? COX_AGENT_CODE_OK : COX_AGENT_CODE_GENERIC;
        result->exit_reason = g_strdup(finished->is_ok != 0 ? NULL : finished->reason);
        return;
    }
    if (g_error_matches(reply->error, COX_ERROR, COX_ERROR_NOT_FOUND)) {
        result->status = COX_OP_STATUS_NO_FENCE_DEVICE;
    } else if (g_error_matches(reply->error, COX_ERROR, COX_ERROR_NOT_INSTALLED)
               || g_error_matches(reply->error, COX_ERROR, COX_ERROR_UNIMPLEMENTED)) {
        result->status = COX_OP_STATUS_NOT_INSTALLED;
        result->code = COX_AGENT_CODE_NOT_INSTALLED;
    } else if (g_error_matches(reply->error, COX_ERROR, COX_ERROR_TIMEOUT)) {
        result->status = COX_OP_STATUS_TIMEOUT;
    }
    result->exit_reason = g_strdup(reply->error == NULL ? "cox-fenced gave an answer that makes no sense" : reply->error->message);
}
