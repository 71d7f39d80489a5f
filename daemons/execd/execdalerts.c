/* daemons/execd/execdalerts.c - alert agents are run, as the configuration wants them, when something has happened.  Layer 6. */
#include "execd.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agents/alert_env.h"
#include "base/error.h"
#include "codec/load.h"
#include "proto/cibflag.h"
#include "runtime/environment.h"
#include "view/names.h"
#include "xml/xmldoc.h"

enum {
    AT_ONCE = 20,                    /* alert agents that run at a time; others wait */
    WAITING_MAX = 1000,              /* more are dropped, with a warning */
    SECTION_BYTES_MAX = 1024 * 1024, /* of the alerts section */
    ASK_AGAIN_MS = 500,              /* so many changes of the document cost one question */
    OUTPUT_BYTES = 4096,
};

struct execd_alerts {
    struct execd *execd;
    struct cox_client *cib;
    struct cox_config *config; /* holds the alerts; NULL: none known */
    GString *arriving;         /* the section, while it comes in */
    cox_source_id ask_timer;
    guint64 sequence;
    GQueue waiting;            /* struct cox_alert_run, owned */
    GPtrArray *running;        /* struct running */
    guint64 n_dropped;
    bool has_user;             /* run them as hacluster */
    struct cox_child_user user;
};

/* ---- running ---- */

struct running {
    struct execd_alerts *alerts;
    cox_source_id child;
    char *path;
};

static void
running_free(gpointer data)
{
    struct running *running = data;

    g_free(running->path);
    g_free(running);
}

static void run_next(struct execd_alerts *alerts);

static void
on_end(void *context, cox_source_id id, const struct cox_child_result *child)
{
    struct running *running = context;
    struct execd_alerts *alerts = running->alerts;

    (void) id;
    if (child->end != COX_CHILD_EXITED || child->exit_status != 0) {
        g_autofree char *said = g_utf8_make_valid(child->err, (gssize) MIN(child->err_size, 200));

        cox_log_event(alerts->execd->log, COX_EVENT_ALERT_FAILED, "path=%s status=%d signal=%d error=\"%s\" end=\"%s\"", running->path,
                      child->exit_status, child->signo,
                      child->end == COX_CHILD_NOT_STARTED ? g_strerror(child->start_errno)
                                                          : child->end == COX_CHILD_TIMED_OUT ? "took too long" : "",
                      said);
    }
    g_ptr_array_remove_fast(alerts->running, running);
    run_next(alerts);
}

static void
run_free(gpointer data)
{
    struct cox_alert_run *run = data;

    g_free((char *) (gsize) run->path);
    cox_alert_run_clear(run);
    g_free(run);
}

static void
run_next(struct execd_alerts *alerts)
{
    while (alerts->running->len < AT_ONCE && !g_queue_is_empty(&alerts->waiting)) {
        struct cox_alert_run *run = g_queue_pop_head(&alerts->waiting);
        struct running *running = g_new0(struct running, 1);
        const char *const argv[] = { run->path, NULL };
        const struct cox_child_spec spec = {
            .argv = argv,
            .envp = (const char *const *) run->envp,
            .out_limit_bytes = OUTPUT_BYTES,
            .err_limit_bytes = OUTPUT_BYTES,
            .timeout_ms = run->timeout_ms,
            .kill_after_ms = 1,
            .user = alerts->has_user ? &alerts->user : NULL,
        };

        running->alerts = alerts;
        running->path = g_strdup(run->path);
        g_ptr_array_add(alerts->running, running);
        running->child = cox_runtime_spawn(alerts->execd->runtime, &spec, on_end, running);
        run_free(run);
    }
}

static void
enqueue(struct execd_alerts *alerts, const struct cox_alert *alert, const struct cox_alert_recipient *recipient,
        const struct cox_alert_event *event)
{
    struct cox_alert_run *run = g_new0(struct cox_alert_run, 1);
    bool is_wanted = cox_alert_prepare(alert, recipient, event, alerts->sequence, run);

    run->path = g_strdup(run->path); /* the configuration may change before it is its turn */
    if (run->refused->len > 0) {
        cox_log_event(alerts->execd->log, COX_EVENT_EXEC_REFUSED, "alert=%s first=\"%s\" n=%u", alert->id == NULL ? "" : alert->id,
                      (const char *) run->refused->pdata[0], run->refused->len);
    }
    if (!is_wanted || g_queue_get_length(&alerts->waiting) >= WAITING_MAX) {
        alerts->n_dropped += is_wanted;
        if (is_wanted) {
            cox_log_event(alerts->execd->log, COX_EVENT_ALERT_DROPPED, "alert=%s dropped=%" G_GUINT64_FORMAT,
                          alert->id == NULL ? "" : alert->id, alerts->n_dropped);
        }
        run_free(run);
        return;
    }
    g_queue_push_tail(&alerts->waiting, run);
}

static void
happened(struct execd_alerts *alerts, const struct cox_alert_event *event)
{
    alerts->sequence++;
    for (size_t i = 0; alerts->config != NULL && i < alerts->config->n_alerts; i++) {
        const struct cox_alert *alert = &alerts->config->alerts[i];

        if (!cox_alert_wants(alert, event)) {
            continue;
        }
        for (size_t j = 0; j < alert->n_recipients; j++) {
            enqueue(alerts, alert, &alert->recipients[j], event);
        }
        if (alert->n_recipients == 0) {
            enqueue(alerts, alert, NULL, event);
        }
    }
    run_next(alerts);
}

/* ---- what happens ---- */

static const char *
param(const struct cox_msg_exec_result *result, const char *name)
{
    for (gsize i = 0; i < result->n_params; i++) {
        if (g_strcmp0(result->params[i].name, name) == 0) {
            return result->params[i].value;
        }
    }
    return NULL;
}

/* The third word of a transition key, ACTION:TRANSITION:RC:UUID. */
static int
target_rc(const char *key)
{
    g_auto(GStrv) words = key == NULL ? NULL : g_strsplit(key, ":", 4);

    return words != NULL && g_strv_length(words) >= 3 ? atoi(words[2]) : 0;
}

void
execd_alerts_result(struct execd_alerts *alerts, const struct cox_msg_exec_result *result)
{
    int status = (int) (gint64) result->status;
    int rc = (int) result->rc;
    const struct cox_alert_event event = {
        .kind = COX_ALERT_RESOURCE,
        .happened = cox_runtime_wall(alerts->execd->runtime),
        .node = param(result, "CRM_meta_on_node"),
        .desc = status == COX_OP_STATUS_DONE ? cox_names_result(rc) : cox_names_status(status),
        .task = result->task,
        .rsc = result->rsc_id,
        .interval_ms = result->interval_ms,
        .exec_ms = result->exec_ms,
        .rc = rc,
        .target_rc = target_rc(result->key),
        .status = status,
    };

    if (strcmp(result->task, "notify") != 0 && status != COX_OP_STATUS_CANCELLED) {
        happened(alerts, &event);
    }
}

bool
execd_on_alert(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    static const struct {
        const char *text;
        enum cox_alert_kind kind;
    } kinds[] = { { "node", COX_ALERT_NODE }, { "fencing", COX_ALERT_FENCING }, { "attribute", COX_ALERT_ATTRIBUTE } };
    struct execd *execd = cox_service_data(ctx);
    const struct cox_msg_exec_alert *body = request->body;
    struct cox_alert_event event = {
        .happened = body->happened_us != 0 ? (cox_wall) { body->happened_us } : cox_runtime_wall(execd->runtime),
        .node = body->node,
        .nodeid = body->nodeid,
        .desc = body->desc,
        .task = body->task,
        .rc = (int) body->rc,
        .attribute_name = body->attribute_name,
        .attribute_value = body->attribute_value,
    };

    (void) reply;
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (g_strcmp0(body->kind, kinds[i].text) == 0) {
            event.kind = kinds[i].kind;
            happened(execd->alerts, &event);
            return true;
        }
    }
    g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "alert of kind '%s': there are node, fencing and attribute",
                body->kind == NULL ? "" : body->kind);
    return false;
}

/* ---- the configuration ---- */

bool
execd_alerts_configure(struct execd_alerts *alerts, const char *section, gsize size, GError **error)
{
    g_autoptr(GString) text = g_string_new("<cib><configuration>");
    struct cox_xmldoc *doc = NULL;
    struct cox_codec_result result = { 0 };
    bool is_good;

    g_string_append_len(text, section, (gssize) size);
    g_string_append(text, "</configuration><status/></cib>");
    doc = cox_xmldoc_parse_text(text->str, text->len, NULL, error);
    is_good = doc != NULL && cox_codec_load_tree(cox_xmldoc_root(doc), NULL, &result, NULL, error);
    cox_xmldoc_free(doc);
    if (is_good) {
        cox_config_free(alerts->config);
        alerts->config = g_steal_pointer(&result.config);
        cox_codec_result_clear(&result);
        cox_log_line(alerts->execd->log, COX_LOG_DEBUG, "alerts n=%" G_GSIZE_FORMAT, alerts->config->n_alerts);
    }
    return is_good;
}

static bool
on_data(void *context, const guint8 *data, gsize size, GError **error)
{
    struct execd_alerts *alerts = context;

    if (alerts->arriving->len + size > SECTION_BYTES_MAX) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "alerts section: longer than %d bytes", SECTION_BYTES_MAX);
        return false;
    }
    g_string_append_len(alerts->arriving, (const char *) data, (gssize) size);
    return true;
}

static void
on_section(void *context, const GError *problem)
{
    struct execd_alerts *alerts = context;
    g_autoptr(GError) error = problem == NULL ? NULL : g_error_copy(problem);

    if (error != NULL || !execd_alerts_configure(alerts, alerts->arriving->str, alerts->arriving->len, &error)) {
        cox_log_line(alerts->execd->log, COX_LOG_NOTICE, "alerts cannot be read, those known before go on error=\"%s\"", error->message);
    }
}

static void ask(struct execd_alerts *alerts);

static void
on_answer(void *context, const struct cox_client_reply *reply)
{
    struct execd_alerts *alerts = context;
    const struct cox_sink sink = { on_data, on_section, alerts };

    if (reply->error == NULL && reply->has_body) {
        g_string_truncate(alerts->arriving, 0);
        cox_client_receive(alerts->cib, reply->id, &sink);
    } else if (g_error_matches(reply->error, COX_ERROR, COX_ERROR_NOT_FOUND)) { /* there is no such section */
        g_clear_pointer(&alerts->config, cox_config_free);
    } else if (g_error_matches(reply->error, COX_ERROR, COX_ERROR_TRY_AGAIN)) { /* a cibd that has just begun */
        ask(alerts);
    }
}

static void
on_ask(void *context)
{
    struct execd_alerts *alerts = context;
    const struct cox_msg_cib_query query = { .section = "alerts" };
    struct cox_client_call call = { .message = COX_MSG_CIB_QUERY, .body = &query, .timeout_ms = 30000, .fn = on_answer, .context = alerts };

    alerts->ask_timer = 0;
    (void) cox_client_send(alerts->cib, &call);
}

static void
ask(struct execd_alerts *alerts)
{
    struct cox_runtime *runtime = alerts->execd->runtime;

    if (alerts->ask_timer == 0) {
        alerts->ask_timer = cox_runtime_timer(runtime, cox_usec_after_ms(cox_runtime_now(runtime), ASK_AGAIN_MS), on_ask, alerts);
    }
}

/* Changes of the status are many and never touch alerts; a patch that cannot be looked at may. */
static void
on_document(void *context, const struct cox_client_event *event)
{
    struct execd_alerts *alerts = context;
    const struct cox_msg_cib_patch *patch = event->body;

    switch (event->kind) {
        case COX_CLIENT_SUBSCRIBED:
        case COX_CLIENT_LOST:
            ask(alerts);
            break;
        case COX_CLIENT_EVENT:
            if (event->message == COX_MSG_CIB_PATCH && (patch->xml == NULL || strstr(patch->xml, "alert") != NULL)) {
                ask(alerts);
            }
            break;
        case COX_CLIENT_FAILED:
            break;
    }
}

/* ---- life ---- */

struct execd_alerts *
execd_alerts_new(struct execd *execd)
{
    const struct cox_client_settings settings = { .daemon = COX_DAEMON_CIB, .program = "cox-execd", .reconnects = true,
                                                  .run_directory = cox_service_run_directory(execd->ctx) };
    struct execd_alerts *alerts = g_new0(struct execd_alerts, 1);

    alerts->execd = execd;
    alerts->arriving = g_string_new(NULL);
    alerts->running = g_ptr_array_new_with_free_func(running_free);
    /* As the cluster's user; whoever is not root (tests) stays what he is. */
    alerts->has_user = geteuid() == 0 && cox_environment_user(COX_DAEMON_CLUSTER_USER, &alerts->user.uid, &alerts->user.gid);
    alerts->cib = cox_client_new(execd->runtime, &settings);
    (void) cox_client_subscribe(alerts->cib, COX_CIBFLAG_TOPIC, on_document, alerts);
    return alerts;
}

void
execd_alerts_free(struct execd_alerts *alerts)
{
    if (alerts == NULL) {
        return;
    }
    cox_runtime_cancel(alerts->execd->runtime, alerts->ask_timer);
    cox_client_free(alerts->cib);
    for (guint i = 0; i < alerts->running->len; i++) { /* they go on without us */
        cox_runtime_child_forget(alerts->execd->runtime, ((struct running *) alerts->running->pdata[i])->child);
    }
    g_ptr_array_unref(alerts->running);
    g_queue_clear_full(&alerts->waiting, run_free);
    cox_config_free(alerts->config);
    g_string_free(alerts->arriving, TRUE);
    g_free(alerts);
}
