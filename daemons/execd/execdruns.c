/* daemons/execd/execdruns.c - actions at work: agents below keepers, stonith through cox-fenced, network resources through their daemons, systemd.
 * Layer 6. */
#include "execd.h"

#include <string.h>

#include "agents/agent_secret.h"
#include "base/error.h"
#include "proto/marshal.h"

enum { SAID_BYTES = 1024 /* of what an agent says, in the log */ };

/* One action that has been begun and whose end has not come. */
struct execd_run {
    struct execd *execd;
    guint64 run;
    char *rsc_id, *action;
    char *key;                      /* of the order */
    gint64 timeout_ms;
    bool is_probe;
    struct cox_agent_keep_job *job; /* an agent below a keeper */
    struct cox_systemd_job *unit;   /* or systemd */
    guint32 request;                /* or to cox-fenced */
    guint32 act;                    /* or to the daemon of a network resource */
    GPtrArray *secrets;             /* char *, values that its agent has: not for logs and results; or NULL */
    cox_source_id defer;            /* its result is known already */
    struct cox_agent_result known;
};

static void
run_free(gpointer data)
{
    struct execd_run *run = data;

    cox_runtime_cancel(run->execd->runtime, run->defer);
    cox_agent_result_clear(&run->known);
    g_clear_pointer(&run->secrets, g_ptr_array_unref);
    g_free(run->rsc_id);
    g_free(run->action);
    g_free(run->key);
    g_free(run);
}

void
execd_runs_init(struct execd *execd)
{
    execd->runs = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, run_free);
}

static struct execd_run *
run_new(struct execd *execd, guint64 number, const char *rsc_id, const char *action)
{
    struct execd_run *run = g_new0(struct execd_run, 1);

    run->execd = execd;
    run->run = number;
    run->rsc_id = g_strdup(rsc_id);
    run->action = g_strdup(action);
    g_hash_table_insert(execd->runs, &run->run, run);
    return run;
}

/* ---- the end ---- */

/* Tell the engine, which may begin other runs meanwhile. */
static void
end_run(struct execd_run *run, struct cox_exec_event *event)
{
    struct execd *execd = run->execd;

    event->run = run->run;
    g_hash_table_steal(execd->runs, &run->run);
    execd_step(execd, event);
    cox_agent_keep_clear(&execd->keep, run->run);
    run_free(run);
}

static void
end_with(struct execd_run *run, const struct cox_agent_result *result)
{
    struct cox_exec_event event = { .kind = COX_EXEC_ON_RESULT };

    event.ended.result = (struct cox_exec_result) { result->status, result->code, result->exit_reason };
    if (strcmp(run->action, "notify") == 0) { /* by the contract with agents it never fails */
        event.ended.result = (struct cox_exec_result) { COX_OP_STATUS_DONE, COX_EXEC_RC_OK, NULL };
    }
    end_run(run, &event);
}

static void
on_known(void *context)
{
    struct execd_run *run = context;

    run->defer = 0;
    end_with(run, &run->known);
}

/* The result is known; it comes from the loop as all others do. */
static void
end_later(struct execd_run *run, int code, enum cox_op_status status, const char *reason)
{
    run->known = (struct cox_agent_result) { .code = code, .status = status, .exit_reason = g_strdup(reason), .raw_status = -1 };
    run->defer = cox_runtime_defer(run->execd->runtime, on_known, run);
}

/* Its reason is cut when it is long: what it has of secrets is masked before that.  The caller frees it. */
static char *
reason_of(const struct execd_run *run, const struct cox_agent_keep_result *result, const char *said)
{
    bool is_its_own = result->result.status == COX_OP_STATUS_DONE && result->result.exit_reason != NULL;
    char *reason = is_its_own ? cox_agent_exit_reason(said, strlen(said)) : NULL;

    return reason != NULL ? reason : cox_secret_mask(result->result.exit_reason, run->secrets);
}

/* @said: what it said, without secrets. */
static void
log_output(const struct execd_run *run, const struct cox_agent_keep_result *result, const char *said)
{
    struct execd *execd = run->execd;
    bool is_odd = result->result.status != COX_OP_STATUS_DONE;
    enum cox_log_level level = is_odd ? COX_LOG_INFO : COX_LOG_DEBUG;

    if (result->err_size > 0 && cox_log_wants(execd->log, level)) {
        gsize size = strlen(said);
        g_autofree char *text = g_utf8_make_valid(said + size - MIN(size, SAID_BYTES), -1);

        cox_log_line(execd->log, level, "agent said rsc=%s action=%s bytes=%" G_GUINT64_FORMAT " end=\"%s\"", run->rsc_id,
                     run->action, result->err_total, text);
    }
    if (result->refused != NULL && result->refused->len > 0) {
        cox_log_event(execd->log, COX_EVENT_EXEC_REFUSED, "rsc=%s first=\"%s\" n=%u", run->rsc_id,
                      (const char *) result->refused->pdata[0], result->refused->len);
    }
}

/* What the agent said on standard error, without secrets: as valid UTF-8 only after that, since a value may be none.  The caller frees it. */
static char *
said_of(const struct execd_run *run, const struct cox_agent_keep_result *result)
{
    g_autofree char *text = g_malloc0(result->err_size + 1);
    g_autofree char *masked = NULL;

    for (gsize i = 0; i < result->err_size; i++) {
        text[i] = result->err[i] == '\0' ? ' ' : result->err[i];
    }
    masked = cox_secret_mask(text, run->secrets);
    return g_utf8_make_valid(masked, -1);
}

static void
on_ended(struct execd_run *run, const struct cox_agent_keep_result *result)
{
    g_autofree char *said = said_of(run, result);
    g_autofree char *reason = reason_of(run, result, said);
    struct cox_agent_result ended = result->result;

    ended.exit_reason = reason;
    log_output(run, result, said);
    end_with(run, &ended);
}

static void
on_kept(void *context, const struct cox_agent_keep_result *result)
{
    struct execd_run *run = context;
    struct execd *execd = run->execd;
    struct cox_exec_event event = { .kind = COX_EXEC_ON_LOST };
    g_autofree char *rsc_id = g_strdup(run->rsc_id);

    run->job = NULL;
    switch (result->end) {
        case COX_AGENT_KEEP_ENDED:
            on_ended(run, result);
            break;
        case COX_AGENT_KEEP_LOST:
            cox_log_line(execd->log, COX_LOG_NOTICE, "result was lost rsc=%s action=%s", run->rsc_id, run->action);
            end_run(run, &event);
            break;
        case COX_AGENT_KEEP_NEVER: /* we died, or the keeper did, before the agent began: begin it now */
            event.kind = COX_EXEC_ON_PENDING;
            end_run(run, &event);
            event = (struct cox_exec_event) { .kind = COX_EXEC_ON_SIGNAL };
            event.order.rsc_id = rsc_id;
            execd_step(execd, &event);
            break;
    }
}

static void
on_tried(void *context, const struct cox_client_reply *reply)
{
    struct execd_run *run = context;
    struct cox_agent_result result;

    run->request = 0;
    execd_stonith_result(reply, &result);
    if (strcmp(run->action, "start") == 0 && result.status == COX_OP_STATUS_DONE && result.code == COX_AGENT_CODE_OK) {
        execd_stonith_set_started(run->execd, run->rsc_id, true);
    }
    end_with(run, &result);
    cox_agent_result_clear(&result);
}

/* ---- the beginning ---- */

/* Parameters of a probe: those of the order, but for what the order says of itself. */
static GArray *
params_of(const struct cox_msg_exec_order *order, bool is_probe)
{
    static const struct cox_agent_pair own[] = { { "CRM_meta_name", "monitor" }, { "CRM_meta_interval", "0" }, { "CRM_meta_timeout", "20000" } };
    GArray *params = g_array_new(FALSE, FALSE, sizeof(struct cox_agent_pair));

    for (gsize i = 0; i < order->n_params; i++) {
        const struct cox_agent_pair pair = { order->params[i].name, order->params[i].value };
        bool is_own = is_probe && (strcmp(pair.name, own[0].name) == 0 || strcmp(pair.name, own[1].name) == 0
                                   || strcmp(pair.name, own[2].name) == 0 || g_str_has_prefix(pair.name, "CRM_meta_notify_"));

        if (!is_own) {
            g_array_append_val(params, pair);
        }
    }
    if (is_probe) {
        g_array_append_vals(params, own, G_N_ELEMENTS(own));
    }
    return params;
}

static GBytes *
note_of(const struct execd_run *run, const struct execd_order *order, const struct cox_agent_name *name)
{
    const struct cox_msg_exec_begun begun = {
        .rsc_id = run->rsc_id,
        .task = order->order->task,
        .key = run->key,
        .action = run->action,
        .interval_ms = order->order->interval_ms,
        .timeout_ms = run->timeout_ms,
        .begun_us = cox_runtime_now(run->execd->runtime),
        .is_probe = run->is_probe,
        .standard = cox_agent_standard_text(name->standard),
        .provider = name->provider,
        .type = name->type,
    };
    GByteArray *bytes = g_byte_array_new();

    cox_marshal(cox_messages_schema(COX_MSG_EXEC_BEGUN), &begun, bytes);
    return g_byte_array_free_to_bytes(bytes);
}

static void
begin_agent(struct execd_run *run, const struct execd_order *order, const struct cox_agent_name *name, const GArray *params)
{
    struct execd *execd = run->execd;
    g_autoptr(GBytes) note = note_of(run, order, name);
    const struct cox_agent_kept kept = { run->run, note };
    const struct cox_agent_action action = {
        .paths = &execd->paths,
        .env = { .agent = name, .rsc_id = run->rsc_id, .params = (const struct cox_agent_pair *) params->data,
                 .n_params = params->len, .inherited = (const struct cox_agent_pair *) execd->inherited->data,
                 .n_inherited = execd->inherited->len, .service = "pacemaker-execd", .ocf_root = execd->ocf_root },
        .action = run->action,
        .timeout_ms = run->timeout_ms,
    };

    run->job = cox_agent_keep_run(&execd->keep, &kept, &action, on_kept, run);
}

/* cox-vrrpd or cox-lvsd has done it, or nobody has. */
static void
on_acted(void *context, const struct cox_msg_net_acted *acted, const GError *error)
{
    struct execd_run *run = context;
    g_autofree char *output = cox_secret_mask(acted == NULL ? NULL : acted->output, run->secrets);
    g_autofree char *reason = cox_secret_mask(acted == NULL ? NULL : acted->reason, run->secrets);
    struct cox_agent_result result;

    run->act = 0;
    if (acted != NULL) {
        cox_agent_result_of(acted->code, reason, &result);
    } else {
        cox_agent_result_from_error(error, &result);
    }
    if (output != NULL && output[0] != '\0') {
        cox_log_line(run->execd->log, COX_LOG_DEBUG, "daemon said rsc=%s action=%s text=\"%s\"", run->rsc_id, run->action, output);
    }
    end_with(run, &result);
    cox_agent_result_clear(&result);
}

static void
begin_net(struct execd_run *run, const char *type, const GArray *params)
{
    g_autofree struct cox_msg_pair *pairs = g_new0(struct cox_msg_pair, params->len);
    const struct cox_msg_net_act act = { .rsc_id = run->rsc_id, .type = type, .action = run->action, .n_params = params->len, .params = pairs,
                                         .timeout_ms = run->timeout_ms };

    for (guint i = 0; i < params->len; i++) {
        const struct cox_agent_pair *pair = &g_array_index(params, struct cox_agent_pair, i);

        pairs[i] = (struct cox_msg_pair) { pair->name, pair->value };
    }
    run->act = cox_netact_ask(run->execd->net, &act, on_acted, run);
}

static void
begin_with_params(struct execd_run *run, const struct execd_order *order, const struct cox_agent_name *name)
{
    g_autoptr(GArray) params = params_of(order->order, run->is_probe);
    g_autoptr(GError) error = NULL;
    enum cox_daemon daemon;

    run->secrets = g_ptr_array_new_with_free_func(g_free);
    if (!cox_secret_fill(run->rsc_id, params, run->secrets, &error) && strcmp(run->action, "stop") != 0) {
        end_later(run, COX_AGENT_CODE_NOT_CONFIGURED, COX_OP_STATUS_NO_SECRETS, error->message); /* a stop may do without */
    } else if (name->standard == COX_AGENT_OCF && cox_netact_daemon(name->provider, name->type, &daemon)) {
        begin_net(run, name->type, params);
    } else {
        begin_agent(run, order, name, params);
    }
}

static void
on_unit(void *context, const struct cox_agent_result *result, bool is_pending)
{
    struct execd_run *run = context;
    struct cox_exec_event event = { .kind = COX_EXEC_ON_PENDING };

    run->unit = NULL;
    if (is_pending) {
        end_run(run, &event);
    } else {
        end_with(run, result);
    }
}

static void
begin_unit(struct execd_run *run, const struct execd_order *order)
{
    run->unit = cox_systemd_run(run->execd->systemd, order->name->type, run->action, on_unit, run);
}

/* "service" is systemd where there is such a unit, else an init script. */
static void
on_exists(void *context, const struct cox_agent_result *result, bool is_pending)
{
    struct execd_run *run = context;
    const struct execd_order *order = execd_order_find(run->execd, run->rsc_id, run->key);
    g_autoptr(cox_agent_name) name = NULL;

    (void) is_pending;
    run->unit = NULL;
    COX_BUG_ON(order == NULL); /* it is dropped after the end of its run */
    if (result->code == COX_AGENT_CODE_OK) {
        begin_unit(run, order);
    } else if (result->status == COX_OP_STATUS_NOT_INSTALLED) {
        name = cox_agent_name_new("lsb", NULL, order->name->type, NULL);
        begin_with_params(run, order, name);
    } else {
        end_with(run, result);
    }
}

void
execd_unit_changed(void *context, const char *type)
{
    struct execd *execd = context;
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < execd->orders->len; i++) {
        const struct execd_order *order = execd->orders->pdata[i];

        if (order->name != NULL && (order->name->standard == COX_AGENT_SYSTEMD || order->name->standard == COX_AGENT_SERVICE)
            && strcmp(order->name->type, type) == 0) {
            g_ptr_array_add(ids, g_strdup(order->order->rsc_id));
        }
    }
    for (guint i = 0; i < ids->len; i++) {
        struct cox_exec_event event = { .kind = COX_EXEC_ON_SIGNAL };

        event.order.rsc_id = ids->pdata[i];
        execd_step(execd, &event);
    }
}

static void
begin_stonith(struct execd_run *run, const struct cox_exec_effect *effect)
{
    struct execd *execd = run->execd;
    bool is_started = execd_stonith_is_started(execd, run->rsc_id);
    bool is_monitor = strcmp(run->action, "monitor") == 0;

    if (strcmp(run->action, "stop") == 0) {
        execd_stonith_set_started(execd, run->rsc_id, false);
        end_later(run, COX_AGENT_CODE_OK, COX_OP_STATUS_DONE, NULL);
    } else if (is_monitor && (effect->interval_ms == 0 || !is_started)) {
        end_later(run, is_started ? COX_AGENT_CODE_OK : COX_AGENT_CODE_NOT_RUNNING, COX_OP_STATUS_DONE, NULL);
    } else if (is_monitor || strcmp(run->action, "start") == 0) {
        run->request = execd_stonith_try(execd, run->rsc_id, effect->timeout_ms, on_tried, run);
    } else {
        end_later(run, COX_AGENT_CODE_UNIMPLEMENTED, COX_OP_STATUS_NOT_SUPPORTED, "a fence device can be started, stopped and monitored");
    }
}

void
execd_run_begin(struct execd *execd, const struct cox_exec_effect *effect)
{
    const struct execd_order *order = execd_order_find(execd, effect->rsc_id, effect->key);
    struct execd_run *run = run_new(execd, effect->run, effect->rsc_id, effect->task);

    execd->n_begun++;
    run->key = g_strdup(effect->key);
    run->timeout_ms = effect->timeout_ms;
    run->is_probe = effect->is_probe;
    COX_BUG_ON(order == NULL); /* the engine runs only what was accepted, and tells us before it drops it */
    cox_log_line(execd->log, COX_LOG_DEBUG, "begin rsc=%s action=%s interval=%" G_GINT64_FORMAT "ms timeout=%" G_GINT64_FORMAT "ms%s",
                 effect->rsc_id, effect->task, effect->interval_ms, effect->timeout_ms, effect->is_probe ? " probe=own" : "");
    if (strcmp(effect->task, "asyncmon") == 0) { /* a client wants it to have failed: the agent is not asked */
        end_later(run, COX_AGENT_CODE_GENERIC, COX_OP_STATUS_DONE, "Simulated failure");
        return;
    }
    if (order->name == NULL) {
        end_later(run, COX_AGENT_CODE_NOT_INSTALLED, COX_OP_STATUS_NOT_INSTALLED, order->problem);
        return;
    }
    switch (order->name->standard) {
        case COX_AGENT_OCF:
        case COX_AGENT_LSB:
            begin_with_params(run, order, order->name);
            break;
        case COX_AGENT_STONITH:
            begin_stonith(run, effect);
            break;
        case COX_AGENT_SYSTEMD:
            begin_unit(run, order);
            break;
        case COX_AGENT_SERVICE:
            run->unit = cox_systemd_run(execd->systemd, order->name->type, COX_SYSTEMD_EXISTS, on_exists, run);
            break;
    }
}

/* Give up what others do for us; what they do is not undone. */
static bool
give_up(struct execd_run *run)
{
    bool is_waiting = run->unit != NULL || run->request != 0 || run->act != 0;

    if (run->unit != NULL) {
        cox_systemd_forget(g_steal_pointer(&run->unit));
    }
    if (run->request != 0) {
        cox_client_cancel(run->execd->fenced, run->request);
        run->request = 0;
    }
    cox_netact_cancel(run->execd->net, run->act);
    run->act = 0;
    return is_waiting;
}

void
execd_run_kill(struct execd *execd, guint64 number)
{
    struct execd_run *run = g_hash_table_lookup(execd->runs, &number);

    if (run != NULL && run->job != NULL) {
        cox_agent_keep_kill(run->job);
    } else if (run != NULL && give_up(run)) {
        end_later(run, COX_AGENT_CODE_GENERIC, COX_OP_STATUS_TIMEOUT, NULL);
    }
}

/* ---- what a former process of ours has left ---- */

static bool
recover_one(struct execd *execd, const struct cox_agent_kept *kept)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(kept->note, &size);
    const struct cox_msg_exec_begun *begun = cox_unmarshal(cox_messages_schema(COX_MSG_EXEC_BEGUN), data, size, arena, NULL);
    g_autoptr(cox_agent_name) name = begun == NULL ? NULL : cox_agent_name_new(begun->standard, begun->provider, begun->type, NULL);
    struct cox_exec_event event = { .kind = COX_EXEC_ON_RECOVERED, .run = kept->run };
    struct execd_run *run = NULL;

    if (name == NULL || begun->rsc_id == NULL || begun->task == NULL || begun->action == NULL || begun->interval_ms < 0) {
        return false;
    }
    event.order = (struct cox_exec_order) { .rsc_id = begun->rsc_id, .task = begun->task, .key = begun->key,
                                            .interval_ms = begun->interval_ms, .timeout_ms = begun->timeout_ms };
    event.begun_at = begun->begun_us;
    event.is_probe = begun->is_probe != 0;
    event.is_reported = execd_order_find(execd, begun->rsc_id, begun->key) == NULL;
    if (event.is_reported) {
        event.order.interval_ms = 0; /* nor does it come again */
    }
    run = run_new(execd, kept->run, begun->rsc_id, begun->action);
    run->secrets = cox_secret_values(begun->rsc_id); /* which of them it has nobody knows any more */
    run->job = cox_agent_keep_adopt(&execd->keep, kept->run,
                                    &(struct cox_agent_action) { .env = { .agent = name }, .action = begun->action,
                                                                 .timeout_ms = begun->timeout_ms },
                                    on_kept, run);
    execd->n_recovered++;
    cox_log_line(execd->log, COX_LOG_NOTICE, "recover rsc=%s action=%s%s", begun->rsc_id, begun->action,
                 event.is_reported ? " reported=yes" : "");
    execd_step(execd, &event);
    return true;
}

void
execd_runs_recover(struct execd *execd)
{
    g_autoptr(GPtrArray) list = cox_agent_keep_list(&execd->keep);

    for (guint i = 0; i < list->len; i++) {
        const struct cox_agent_kept *kept = list->pdata[i];

        if (!recover_one(execd, kept)) {
            cox_log_line(execd->log, COX_LOG_NOTICE, "record makes no sense run=%" G_GUINT64_FORMAT, kept->run);
            cox_agent_keep_clear(&execd->keep, kept->run);
        }
    }
}

void
execd_runs_forget(struct execd *execd)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, execd->runs);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct execd_run *run = value;

        if (run->job != NULL) {
            cox_agent_keep_forget(g_steal_pointer(&run->job));
        }
        (void) give_up(run);
    }
    g_hash_table_remove_all(execd->runs);
}
