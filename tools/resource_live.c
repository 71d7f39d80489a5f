/* tools/resource_live.c - crm_resource: what needs a running cluster: clean up, refresh, wait, restart.  Layer 6. */
#include <string.h>

#include "admin/param.h"
#include "base/error.h"
#include "base/interval.h"
#include "tools/daemon.h"
#include "tools/resource_priv.h"
#include "tools/settle.h"
#include "view/rsc_view.h"

/* MONITORS_MS: a monitor that takes long is no reason to wait; one that fails at once is told by what comes after it. */
enum { WAIT_MS = 60 * 60 * 1000, MONITORS_MS = 2000 };

/* ---- clean up, refresh ---- */

/* Names that the history knows the parts of a resource by, each once. */
static GPtrArray *
history_names(const struct cox_resource_call *call)
{
    const struct cox_cluster *cluster = &call->state->plan->cluster;
    GPtrArray *names = g_ptr_array_new();
    guint32 top = call->rsc;
    guint32 end = 0;

    while (!call->settings->is_forced && top != COX_RSC_NONE && cluster->rscs[top].parent != COX_RSC_NONE) {
        top = cluster->rscs[top].parent; /* members and instances are cleaned up together */
    }
    end = (top == COX_RSC_NONE) ? 0 : cox_rsc_view_next(cluster, top);
    for (guint32 i = (top == COX_RSC_NONE) ? 0 : top; i < end; i++) {
        const char *name = cluster->rscs[i].short_id;
        bool is_new = cluster->rscs[i].variant == COX_PRIMITIVE;

        for (guint k = 0; k < names->len && is_new; k++) {
            is_new = strcmp(names->pdata[k], name) != 0;
        }
        if (is_new) {
            g_ptr_array_add(names, (gpointer) (guintptr) name);
        }
    }
    return names;
}

static int
ask_refresh(struct cox_resource_call *call, const char *rsc, bool only_failed, gint64 interval_ms)
{
    const struct cox_resource_settings *settings = call->settings;
    const struct cox_msg_control_refresh refresh = { .rsc_id = rsc, .node = settings->node, .task = settings->operation,
                                                     .interval_ms = interval_ms, .only_failed = only_failed, .user = g_getenv("CIB_user") };
    const struct cox_daemon_question question
        = { COX_DAEMON_CONTROL, "crm_resource", COX_MSG_CONTROL_REFRESH, &refresh, COX_MSG_DONE, 0 };
    struct cox_arena *arena = cox_arena_new();
    GError *error = NULL;
    bool is_done = cox_daemon_ask(cox_cib_access_runtime(call->access), &question, arena, &error) != NULL;

    cox_arena_free(arena);
    if (!is_done) {
        return cox_resource_error(call, error);
    }
    if (!call->ctx->is_quiet) {
        cox_out_line(call->ctx->out, "Cleaned up %s on %s", (rsc != NULL) ? rsc : "all resources",
                     (settings->node != NULL) ? settings->node : "all nodes");
    }
    return 0;
}

static int
refresh(struct cox_resource_call *call, bool only_failed)
{
    const struct cox_resource_settings *settings = call->settings;
    g_autoptr(GPtrArray) names = NULL;
    gint64 interval_ms = 0;
    GError *error = NULL;
    int status = 0;

    if (settings->interval != NULL && !cox_interval_parse(settings->interval, &interval_ms, &error)) {
        return cox_tool_fail(call->ctx, error);
    }
    if (!cox_cib_access_is_live(call->access)) {
        return cox_resource_fail(call, COX_ERROR_DISCONNECTED,
                                 "Not connected: a file has nobody who could look at resources again; unset CIB_file and CIB_shadow");
    }
    if (call->rsc == COX_RSC_NONE) {
        return ask_refresh(call, NULL, only_failed, interval_ms);
    }
    names = history_names(call);
    for (guint i = 0; status == 0 && i < names->len; i++) {
        status = ask_refresh(call, names->pdata[i], only_failed, interval_ms);
    }
    return status;
}

int
cox_resource_cleanup(struct cox_resource_call *call)
{
    return refresh(call, true);
}

int
cox_resource_refresh(struct cox_resource_call *call)
{
    return refresh(call, false);
}

/* ---- fail ---- */

int
cox_resource_declare_failed(struct cox_resource_call *call)
{
    const struct cox_rsc_state *rsc = &call->state->plan->cluster.rscs[call->rsc];
    const struct cox_msg_control_fail fail = { .rsc_id = rsc->short_id, .node = call->settings->node };
    const struct cox_daemon_question question = { COX_DAEMON_CONTROL, "crm_resource", COX_MSG_CONTROL_FAIL, &fail, COX_MSG_DONE, 0 };
    struct cox_arena *arena = NULL;
    GError *error = NULL;
    bool is_done;

    if (rsc->variant != COX_PRIMITIVE) {
        return cox_resource_fail(call, COX_ERROR_USAGE, "resource '%s' is made of others: name the one of them that is to have failed",
                                 call->settings->rsc);
    }
    if (!cox_cib_access_is_live(call->access)) {
        return cox_resource_fail(call, COX_ERROR_DISCONNECTED,
                                 "Not connected: in a file nothing fails; unset CIB_file and CIB_shadow, or use crm_simulate --op-inject");
    }
    arena = cox_arena_new();
    is_done = cox_daemon_ask(cox_cib_access_runtime(call->access), &question, arena, &error) != NULL;
    cox_arena_free(arena);
    if (!is_done) {
        return cox_resource_error(call, error);
    }
    if (!call->ctx->is_quiet) {
        cox_out_line(call->ctx->out, "The cluster has been told that %s has failed on %s", call->settings->rsc, call->settings->node);
    }
    return 0;
}

/* ---- wait ---- */

static int
fail_waiting(struct cox_resource_call *call, const char *pending)
{
    cox_out_error(call->ctx->out, "crm_resource: Error performing operation: %s", cox_error_text(COX_ERROR_TIMEOUT));
    if (pending != NULL && cox_out_is_text(call->ctx->out)) {
        cox_out_error(call->ctx->out, "Pending actions:\n%s", pending);
    }
    return cox_error_exit_status(COX_ERROR_TIMEOUT);
}

static int
wait_live(struct cox_resource_call *call, gint64 monitors_ms, gint64 timeout_ms)
{
    const struct cox_settle settle = { .runtime = cox_cib_access_runtime(call->access), .program = "crm_resource", .timeout_ms = timeout_ms,
                                       .monitors_ms = monitors_ms };
    g_autofree char *pending = NULL;
    GError *error = NULL;

    if (cox_settle_wait(&settle, &pending, &error)) {
        return 0;
    }
    if (!g_error_matches(error, COX_ERROR, COX_ERROR_TIMEOUT)) {
        return cox_resource_error(call, error);
    }
    g_error_free(error);
    return fail_waiting(call, pending);
}

/* A document in a file does not change by itself: it is settled, or never will be. */
static int
wait_on_file(struct cox_resource_call *call)
{
    GError *error = NULL;
    const struct cox_xml *root = cox_cib_access_visible(call->access, &error);
    g_autofree char *pending = (root == NULL) ? NULL : cox_settle_pending(root, NULL, &error);

    if (error != NULL) {
        return cox_resource_error(call, error);
    }
    return (pending == NULL) ? 0 : fail_waiting(call, pending);
}

static int
wait_until_settled(struct cox_resource_call *call, gint64 monitors_ms)
{
    gint64 timeout_ms = 0;

    if (!cox_resource_timeout(call, WAIT_MS, &timeout_ms)) {
        return cox_error_exit_status(COX_ERROR_USAGE);
    }
    return cox_cib_access_is_live(call->access) ? wait_live(call, monitors_ms, timeout_ms) : wait_on_file(call);
}

int
cox_resource_wait(struct cox_resource_call *call)
{
    const struct cox_cib_access_settings where = { .tool = "crm_resource" };
    GError *error = NULL;

    call->access = cox_cib_access_open(&where, &error);
    return (call->access == NULL) ? cox_resource_error(call, error) : wait_until_settled(call, MONITORS_MS);
}

/* ---- restart ---- */

/* Give target-role a value, or (NULL) take it away again. */
static int
set_target_role(struct cox_resource_call *call, const char *rsc, const char *value)
{
    const struct cox_param_request request
        = { .rsc = rsc, .set_type = "meta_attributes", .name = "target-role", .is_forced = true };
    struct cox_param_choice choice = { 0 };
    g_autofree char *set_id = NULL;
    g_autofree char *pair_id = NULL;
    struct cox_step *step = NULL;
    GError *error = NULL;

    call->root = cox_cib_access_visible(call->access, &error);
    if (call->root == NULL || !cox_param_choose(call->root, &request, &choice, &error)) {
        return cox_resource_error(call, error);
    }
    if (value != NULL) {
        step = cox_param_set(&request, &choice, value, &set_id, &pair_id);
    } else if (choice.pair != NULL) {
        step = cox_setting_delete(choice.pair, NULL);
    }
    cox_param_choice_clear(&choice);
    return (step == NULL) ? 0 : cox_resource_make(call, step);
}

int
cox_resource_restart(struct cox_resource_call *call)
{
    const struct cox_cluster *cluster = &call->state->plan->cluster;
    const struct cox_setting_query query = { .set_type = "meta_attributes", .name = "target-role" };
    const struct cox_xml *xml = NULL;
    g_autoptr(GPtrArray) found = NULL;
    g_autofree char *before = NULL;
    g_autofree char *id = NULL;
    guint32 rsc = call->rsc;
    int status = 0;

    if (!cox_cib_access_is_live(call->access)) {
        return cox_resource_fail(call, COX_ERROR_DISCONNECTED, "Not connected: only a running cluster can restart a resource");
    }
    while (cluster->rscs[rsc].parent != COX_RSC_NONE && cluster->rscs[cluster->rscs[rsc].parent].variant != COX_GROUP) {
        rsc = cluster->rscs[rsc].parent;
    }
    if (cluster->rscs[rsc].def == NULL || !cox_rsc_view_active(cluster, rsc, false)) {
        return cox_resource_fail(call, COX_ERROR_NOT_FOUND, "%s is not running anywhere and so cannot be restarted", call->settings->rsc);
    }
    id = g_strdup(cluster->rscs[rsc].def->id);
    xml = cox_param_rsc(call->root, id);
    found = (xml == NULL) ? g_ptr_array_new() : cox_setting_find(xml, &query, false);
    before = (found->len == 0) ? NULL : g_strdup(cox_xml_get(found->pdata[0], "value"));
    status = set_target_role(call, id, "Stopped");
    if (status == 0) {
        int restored = 0;

        status = wait_until_settled(call, 0);
        cox_cib_access_again(call->access);
        restored = set_target_role(call, id, before); /* whatever became of it, it shall run again */
        status = (status == 0) ? restored : status;
    }
    return (status == 0) ? wait_until_settled(call, 0) : status;
}
