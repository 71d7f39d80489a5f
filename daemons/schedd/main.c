/* daemons/schedd/main.c - cox-schedd: plans from the document, when the controller asks.  Layer 6. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cib/overlay.h"
#include "cib/patchscope.h"
#include "codec/graphwrite.h"
#include "follow/follow.h"
#include "model/option.h"
#include "daemons/schedd/planning.h"
#include "runtime/environment.h"
#include "runtime/worker.h"
#include "daemons/schedd/series.h"
#include "service/service.h"
#include "transition/pare.h"
#include "view/option_view.h"
#include "xml/xmlwrite.h"

/* The document of this node may be so much behind the controller's. */
enum { WAIT_MS = 5000 };

/* When the disk has not taken an input for so long, status says so. */
enum { STALL_MS = 3000 };

/* Inputs that wait to be written; more are not kept.  Packing begins when no plan was made for so long, or half as many wait. */
enum { SAVES_MAX = 16, SAVE_AFTER_MS = 1000 };

/* A question that waits for the document. */
struct ask {
    cox_ticket ticket;
    struct cox_version version;
    GPtrArray *texts; /* owned texts of inflight */
    GArray *inflight; /* struct cox_inflight */
    GPtrArray *histories; /* of texts: what is laid over the document */
    GArray *values;   /* struct cox_overlay_value, the same */
    cox_usec until;
    bool is_fallback;
};

struct schedd;

/* An input that is written by the worker. */
struct save {
    struct schedd *schedd;
    struct cox_series *series; /* of its own: it may outlive the daemon's */
    char *path, *text;
    GError *error;
};

struct schedd {
    struct cox_ctx *ctx;
    struct cox_runtime *runtime;
    struct cox_log *log;
    struct cox_schemas *schemas;
    struct cox_follow *follow;
    struct cox_planning *planning;
    struct cox_series *series;
    char *good_path;  /* the last configuration that planned, for a successor of this process */
    bool is_preserved, has_saved_bad;
    GPtrArray *asks;  /* struct ask */
    const char *inputs; /* where they are saved */
    GQueue saves;       /* struct save, not given to the worker yet */
    struct cox_worker *worker;
    cox_source_id timer, save_timer;
    guint64 n_plans, last_plan_us;
};

static void
free_ask(gpointer data)
{
    struct ask *ask = data;

    g_ptr_array_unref(ask->texts);
    g_array_unref(ask->inflight);
    g_ptr_array_unref(ask->histories);
    g_array_unref(ask->values);
    g_free(ask);
}

static void
free_save(gpointer data)
{
    struct save *save = data;

    g_free(save->path);
    g_free(save->text);
    g_clear_error(&save->error);
    cox_series_free(save->series);
    g_free(save);
}

/* ---- saved inputs ---- */

/* In the worker's thread: packing takes as long as some plans, and the disk may take any time. */
static void
work_save(void *data)
{
    struct save *save = data;

    (void) cox_series_save(save->series, save->path, save->text, strlen(save->text), &save->error);
}

static void
on_saved(void *data)
{
    struct save *save = data;

    if (save->error != NULL) {
        cox_log_event(save->schedd->log, COX_EVENT_INPUT_UNSAVED, "reason=\"%s\"", save->error->message);
    }
    free_save(save);
}

static void
give_saves(struct schedd *schedd)
{
    struct save *save = NULL;

    while ((save = g_queue_pop_head(&schedd->saves)) != NULL) {
        cox_worker_put(schedd->worker, &(struct cox_worker_job) { work_save, on_saved, free_save, save });
    }
}

static void
on_save_timer(void *context)
{
    struct schedd *schedd = context;

    schedd->save_timer = 0;
    give_saves(schedd);
}

/* Packing takes longer than planning, and a second thread takes its time from the agents that are to recover something. */
static void
save_later(struct schedd *schedd)
{
    cox_runtime_cancel(schedd->runtime, schedd->save_timer);
    schedd->save_timer = 0;
    if (g_queue_get_length(&schedd->saves) >= SAVES_MAX / 2) {
        give_saves(schedd);
    } else {
        schedd->save_timer = cox_runtime_timer(schedd->runtime, cox_usec_after_ms(cox_runtime_now(schedd->runtime), SAVE_AFTER_MS),
                                               on_save_timer, schedd);
    }
}

/* Takes both texts. */
static void
queue_save(struct schedd *schedd, char *path, char *text)
{
    struct save *save = g_new0(struct save, 1);

    *save = (struct save) { .schedd = schedd, .series = cox_series_new(schedd->inputs), .path = path, .text = text };
    g_queue_push_tail(&schedd->saves, save);
    save_later(schedd);
}

/* In the worker's thread, too: the disk may take any time. */
static void
work_tidy(void *data)
{
    const struct save *save = data;

    cox_series_tidy(save->series);
}

/* What a process before this one was writing when it was killed is of no use. */
static void
tidy(struct schedd *schedd)
{
    struct save *save = g_new0(struct save, 1);

    *save = (struct save) { .schedd = schedd, .series = cox_series_new(schedd->inputs) };
    cox_worker_put(schedd->worker, &(struct cox_worker_job) { work_tidy, on_saved, free_save, save });
}

/* Where the input of this plan will be: NULL for nowhere.  It becomes a text, and that is written, when the answer is on its way. */
static char *
name_input(struct schedd *schedd, const struct cox_planning_result *result, cox_wall now)
{
    static const enum cox_option_id limits[] = { COX_OPT_CLUSTER_PE_INPUT_SERIES_MAX, COX_OPT_CLUSTER_PE_WARN_SERIES_MAX,
                                                 COX_OPT_CLUSTER_PE_ERROR_SERIES_MAX };
    enum cox_series_kind kind = cox_diags_has(result->diags, COX_SEVERITY_ERROR)     ? COX_SERIES_ERROR
                                : cox_diags_has(result->diags, COX_SEVERITY_WARNING) ? COX_SERIES_WARN
                                                                                     : COX_SERIES_INPUT;
    struct cox_nvlist options = COX_NVLIST_INIT;
    char *path = NULL;

    cox_nvsets_resolve(&result->config->properties, "cib-bootstrap-options", &(struct cox_rule_input) { .now = now }, &options, NULL);
    path = cox_series_next(schedd->series, kind, cox_option_of(limits[kind], &options));
    cox_nvlist_clear(&options);
    if (path == NULL || cox_worker_waiting(schedd->worker) + g_queue_get_length(&schedd->saves) >= SAVES_MAX) {
        g_free(path);
        return NULL;
    }
    return path;
}

/* ---- a configuration that this process, or the one before it, died of ---- */

/* What has just planned can be fallen back on. */
static void
preserve(struct schedd *schedd)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;

    if (schedd->is_preserved) {
        return;
    }
    text = cox_planning_preserve(cox_cib_root(cox_follow_cib(schedd->follow)));
    schedd->is_preserved = g_file_set_contents_full(schedd->good_path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
    if (!schedd->is_preserved) {
        cox_log_event(schedd->log, COX_EVENT_INPUT_UNSAVED, "reason=\"%s\"", error->message);
    }
}

/* The document that must not be planned from is kept for people. */
static void
save_bad(struct schedd *schedd)
{
    char *path = schedd->has_saved_bad ? NULL : cox_series_next(schedd->series, COX_SERIES_ERROR, -1);

    schedd->has_saved_bad = true;
    if (path != NULL) {
        cox_log_line(schedd->log, COX_LOG_NOTICE, "saving the configuration that was set aside path=%s", path);
        queue_save(schedd, path, cox_xmlwrite_text(cox_cib_root(cox_follow_cib(schedd->follow)), COX_XMLWRITE_FORMATTED));
    }
}

/* ---- plans ---- */

/* @return where the input is to be saved, NULL for nowhere; the caller frees it */
static char *
answer(struct schedd *schedd, const struct ask *ask, struct cox_planning_result *result, cox_usec began)
{
    struct cox_version version = cox_follow_version(schedd->follow);
    const struct cox_msg_cib_state state = { version.admin_epoch, version.epoch, version.num_updates, NULL, 0 };
    g_autoptr(GArray) problems = g_array_new(FALSE, FALSE, sizeof(const char *));
    char *input = NULL;
    GString *graph = g_string_new(NULL);
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_graph pared = result->plan->graph;
    struct cox_msg_sched_plan message = { .n_state = 1, .state = &state };
    struct cox_source source;
    g_autoptr(GBytes) bytes = NULL;

    for (size_t i = 0; i < cox_diags_count(result->diags); i++) {
        g_array_append_val(problems, cox_diags_get(result->diags, i)->text);
    }
    if (ask->is_fallback) {
        pared = cox_pare_graph(&result->plan->graph, result->status, arena);
    }
    cox_codec_graph_write(&pared, graph);
    if (!ask->is_fallback && (pared.n_actions > 0 || problems->len > 0)) {
        input = name_input(schedd, result, cox_runtime_wall(schedd->runtime));
    }
    schedd->n_plans++;
    schedd->last_plan_us = (guint64) (cox_runtime_now(schedd->runtime) - began);
    message.input = input;
    message.problems = (const char *const *) (const void *) problems->data;
    message.n_problems = problems->len;
    message.recheck_by = cox_wall_is_set(result->plan->recheck_by) ? cox_wall_seconds(result->plan->recheck_by) : 0;
    message.plan_us = schedd->last_plan_us;
    cox_log_line(schedd->log, COX_LOG_INFO, "planned actions=%" G_GSIZE_FORMAT " problems=%u us=%" G_GUINT64_FORMAT " input=%s",
                 pared.n_actions, problems->len, schedd->last_plan_us, input == NULL ? "-" : input);
    bytes = g_string_free_to_bytes(graph);
    source = cox_source_of_bytes(bytes);
    cox_ticket_answer(schedd->ctx, ask->ticket, COX_MSG_SCHED_PLAN, &message, &source);
    return input;
}

/*
 * Tests of what happens when a configuration crashes the scheduler name a resource in COX_SCHED_CRASH_ON: planning from a document
 * that has it is the end of this process.
 */
static void
crash_if_told(const struct cox_xml *cib)
{
    const char *id = cox_environment_get("COX_SCHED_CRASH_ON");
    const struct cox_xml *configuration = id == NULL ? NULL : cox_xml_child(cib, "configuration");
    const struct cox_xml *resources = configuration == NULL ? NULL : cox_xml_child(configuration, "resources");

    if (resources != NULL && cox_xml_child_with_id(resources, "primitive", id) != NULL) {
        abort();
    }
}

/* @doc is the document to plan from, or NULL: the present one. */
static bool
plan_from(struct schedd *schedd, const struct ask *ask, struct cox_xmldoc *doc, GError **error)
{
    cox_usec began = cox_runtime_now(schedd->runtime);
    const struct cox_planning_input input = { doc != NULL ? cox_xmldoc_root(doc) : cox_cib_root(cox_follow_cib(schedd->follow)),
                                              (const struct cox_inflight *) (const void *) ask->inflight->data,
                                              ask->inflight->len, cox_runtime_wall(schedd->runtime), doc == NULL };
    struct cox_planning_result result = { NULL, NULL, NULL, NULL };
    char *path = NULL;

    crash_if_told(input.cib);
    if (!cox_planning_run(schedd->planning, &input, &result, error)) {
        return false;
    }
    path = answer(schedd, ask, &result, began);
    cox_plan_free(result.plan);
    cox_diags_free(result.diags);
    if (path != NULL) { /* the document is still as it was planned from; of a large one the text takes longer than most plans */
        queue_save(schedd, path, cox_xmlwrite_text(cox_cib_root(cox_follow_cib(schedd->follow)), COX_XMLWRITE_FORMATTED));
    }
    return true;
}

static bool
plan_fallback(struct schedd *schedd, const struct ask *ask, GError **error)
{
    struct cox_xmldoc *doc = cox_planning_revive(schedd->good_path, cox_cib_root(cox_follow_cib(schedd->follow)), error);
    bool is_planned;

    save_bad(schedd);
    if (doc == NULL) {
        return false;
    }
    cox_planning_forget(schedd->planning);
    is_planned = plan_from(schedd, ask, doc, error);
    cox_planning_forget(schedd->planning);
    cox_xmldoc_free(doc);
    return is_planned;
}

/* With what is known and on its way into the document, which is as it was afterwards. */
static bool
plan_with_overlay(struct schedd *schedd, const struct ask *ask, GError **error)
{
    struct cox_cib *cib = cox_follow_cib(schedd->follow);
    const struct cox_overlay overlay = { (const char *const *) (const void *) ask->histories->pdata, ask->histories->len,
                                         (const struct cox_overlay_value *) (const void *) ask->values->data, ask->values->len };
    bool is_planned;

    cox_cib_begin(cib);
    is_planned = cox_overlay_put(cib, &overlay, error);
    if (is_planned && ask->is_fallback) {
        is_planned = plan_fallback(schedd, ask, error);
    } else if (is_planned) {
        cox_planning_overlaid(schedd->planning, cib, &overlay);
        is_planned = plan_from(schedd, ask, NULL, error);
    }
    cox_cib_rollback(cib);
    cox_planning_restored(schedd->planning, cib);
    return is_planned;
}

static void
plan(struct schedd *schedd, const struct ask *ask)
{
    g_autoptr(GError) error = NULL;

    if (plan_with_overlay(schedd, ask, &error)) {
        if (!ask->is_fallback) {
            preserve(schedd);
        }
        return;
    }
    cox_log_event(schedd->log, COX_EVENT_DOCUMENT_UNUSABLE, "reason=\"%s\"", error->message);
    cox_ticket_fail(schedd->ctx, ask->ticket, error);
}

static bool
is_ready(const struct schedd *schedd, const struct ask *ask)
{
    struct cox_version version = cox_follow_version(schedd->follow);

    return cox_follow_cib(schedd->follow) != NULL && !cox_follow_is_superseded(schedd->follow)
           && cox_version_compare(&version, &ask->version) >= 0;
}

static void on_timer(void *context);

/* While nobody waits for a plan the document need not be the newest one here. */
static void
follow_as_needed(struct schedd *schedd)
{
    cox_follow_catch_up(schedd->follow, schedd->asks->len > 0 ? 0 : ~0U);
}

/* Answer who can be answered, give up on whose time is over. */
static void
serve(struct schedd *schedd)
{
    cox_usec now = cox_runtime_now(schedd->runtime), until = COX_USEC_NEVER;

    for (guint i = 0; i < schedd->asks->len; i++) {
        struct ask *ask = schedd->asks->pdata[i];

        if (is_ready(schedd, ask)) {
            plan(schedd, ask);
        } else if (cox_usec_is_due(ask->until, now)) {
            g_autofree char *wanted = cox_version_text(&ask->version);
            g_autoptr(GError) error = g_error_new(COX_ERROR, COX_ERROR_TRY_AGAIN,
                                                  "the document is older than %s here; ask again", wanted);

            cox_ticket_fail(schedd->ctx, ask->ticket, error);
        } else {
            until = cox_usec_min(until, ask->until);
            continue;
        }
        g_ptr_array_remove_index(schedd->asks, i--);
    }
    cox_runtime_cancel(schedd->runtime, schedd->timer);
    schedd->timer = cox_runtime_timer(schedd->runtime, until, on_timer, schedd);
}

static void
on_timer(void *context)
{
    struct schedd *schedd = context;

    schedd->timer = 0;
    serve(schedd);
    follow_as_needed(schedd);
}

static void
on_document(void *context, const struct cox_follow_news *news)
{
    struct schedd *schedd = context;
    unsigned int scope = news->patch == NULL ? (unsigned int) COX_PATCHSCOPE_CONFIGURATION : cox_patchscope(news->patch, NULL);

    if ((scope & (COX_PATCHSCOPE_CONFIGURATION | COX_PATCHSCOPE_ROOT)) != 0) {
        cox_planning_forget(schedd->planning);
        schedd->is_preserved = schedd->has_saved_bad = false;
    } else {
        cox_planning_patched(schedd->planning, news->cib, news->patch);
    }
    serve(schedd);
    follow_as_needed(schedd);
}

/* ---- handlers ---- */

static const char *
keep(struct ask *ask, const char *text)
{
    char *copy = g_strdup(text);

    if (copy != NULL) {
        g_ptr_array_add(ask->texts, copy);
    }
    return copy;
}

static void
keep_overlay(struct ask *ask, const struct cox_msg_sched_ask *body)
{
    ask->histories = g_ptr_array_new();
    ask->values = g_array_new(FALSE, FALSE, sizeof(struct cox_overlay_value));
    for (gsize i = 0; i < body->n_histories; i++) {
        if (body->histories[i] != NULL) {
            g_ptr_array_add(ask->histories, (gpointer) (guintptr) keep(ask, body->histories[i]));
        }
    }
    for (gsize i = 0; i < body->n_values; i++) {
        const struct cox_overlay_value value = { keep(ask, body->values[i].node), keep(ask, body->values[i].name),
                                                 keep(ask, body->values[i].value) };

        if (value.node != NULL && value.name != NULL) {
            g_array_append_val(ask->values, value);
        }
    }
}

static bool
on_ask(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct schedd *schedd = cox_service_data(ctx);
    const struct cox_msg_sched_ask *body = request->body;
    struct ask *ask = g_new0(struct ask, 1);

    (void) error;
    ask->ticket = cox_reply_defer(reply);
    ask->version = (struct cox_version) { body->admin_epoch, body->epoch, body->num_updates };
    ask->is_fallback = body->is_fallback != 0;
    ask->until = cox_usec_after_ms(cox_runtime_now(schedd->runtime), WAIT_MS);
    ask->texts = g_ptr_array_new_with_free_func(g_free);
    ask->inflight = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));
    for (gsize i = 0; i < MIN(body->n_inflight, body->n_inflight_nodes); i++) {
        const struct cox_msg_exec_flying *flying = &body->inflight[i];
        struct cox_inflight inflight = { keep(ask, flying->rsc_id), keep(ask, flying->task == NULL ? "" : flying->task),
                                         flying->interval_ms, keep(ask, body->inflight_nodes[i]), keep(ask, flying->key),
                                         flying->generation, flying->is_running != 0,
                                         keep(ask, flying->migrate_source), keep(ask, flying->migrate_target) };

        g_array_append_val(ask->inflight, inflight);
    }
    keep_overlay(ask, body);
    /* All that has waited comes first: in the middle of it the document would do for an ask without a version, and lack what is known. */
    cox_follow_catch_up(schedd->follow, 0);
    g_ptr_array_add(schedd->asks, ask);
    follow_as_needed(schedd);
    serve(schedd);
    follow_as_needed(schedd);
    return true;
}

static void
health(struct cox_ctx *ctx)
{
    const struct schedd *schedd = cox_service_data(ctx);

    cox_service_add_stat(ctx, "plans", (gint64) schedd->n_plans);
    cox_service_add_stat(ctx, "plans-in-full", (gint64) cox_planning_stats(schedd->planning)->n_full);
    cox_service_add_stat(ctx, "plans-incremental", (gint64) cox_planning_stats(schedd->planning)->n_incremental);
    cox_service_add_stat(ctx, "last-plan-us", (gint64) schedd->last_plan_us);
    cox_service_add_stat(ctx, "waiting", schedd->asks->len);
    if (cox_worker_stalled_ms(schedd->worker) >= STALL_MS) {
        cox_service_add_complaint(ctx, "inputs of plans wait for the disk below %s since %" G_GINT64_FORMAT " s", schedd->inputs,
                                  cox_worker_stalled_ms(schedd->worker) / 1000);
    }
    if (!cox_follow_is_current(schedd->follow)) {
        cox_service_add_complaint(ctx, "the document does not come: cox-cibd is away");
    }
}

/* ---- life ---- */

static const char *
schema_directory(void)
{
    const char *own = cox_environment_get("COX_SCHEMA_DIRECTORY");
    const char *setting = own != NULL ? own : cox_environment_setting("schema_directory");

    return setting != NULL && *setting != '\0' ? setting : COX_SCHEMADIR;
}

static bool
start(struct cox_ctx *ctx, GError **error)
{
    struct schedd *schedd = g_new0(struct schedd, 1);
    const char *inputs = cox_environment_get("COX_PENGINE_DIRECTORY");
    const struct cox_follow_settings settings = { .program = "cox-schedd",
                                                  .trust = COX_FOLLOW_COUNTING,
                                                  .run_directory = cox_service_run_directory(ctx),
                                                  .later = ~0U,
                                                  .changed = on_document,
                                                  .context = schedd };

    (void) error;
    schedd->ctx = ctx;
    schedd->runtime = cox_service_runtime(ctx);
    schedd->log = cox_service_log(ctx);
    schedd->good_path = g_build_filename(cox_service_run_directory(ctx), "sched.good", NULL);
    schedd->asks = g_ptr_array_new_with_free_func(free_ask);
    schedd->inputs = inputs != NULL ? inputs : COX_STATEDIR "/pengine";
    g_queue_init(&schedd->saves);
    schedd->worker = cox_worker_new(schedd->runtime);
    schedd->schemas = cox_schemas_new(schema_directory());
    schedd->planning = cox_planning_new(schedd->schemas);
    if (cox_environment_get("COX_SCHED_FULL") != NULL) {
        cox_planning_full_only(schedd->planning);
    }
    if (cox_environment_get("COX_SCHED_COMPARE") != NULL) {
        cox_planning_compare(schedd->planning);
    }
    schedd->series = cox_series_new(schedd->inputs);
    tidy(schedd);
    cox_service_set_data(ctx, schedd);
    schedd->follow = cox_follow_new(schedd->runtime, &settings);
    return true;
}

static void
destroy(struct cox_ctx *ctx)
{
    struct schedd *schedd = cox_service_data(ctx);

    if (schedd == NULL) {
        return;
    }
    cox_runtime_cancel(schedd->runtime, schedd->timer);
    cox_runtime_cancel(schedd->runtime, schedd->save_timer);
    g_queue_clear_full(&schedd->saves, free_save);
    cox_worker_free(schedd->worker);
    cox_follow_free(schedd->follow);
    cox_planning_free(schedd->planning);
    cox_schemas_free(schedd->schemas);
    cox_series_free(schedd->series);
    g_ptr_array_unref(schedd->asks);
    g_free(schedd->good_path);
    g_free(schedd);
}

static char *
metadata(void)
{
    return cox_option_view_metadata(cox_option_list_find("pacemaker-schedulerd"), PACKAGE_VERSION);
}

int
main(int argc, char **argv)
{
    static const struct cox_op ops[] = {
        { COX_MSG_SCHED_ASK, on_ask, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    };
    static const struct cox_service service = {
        .daemon = COX_DAEMON_SCHED,
        .ops = ops,
        .n_ops = G_N_ELEMENTS(ops),
        .start = start,
        .destroy = destroy,
        .health = health,
        .metadata = metadata,
    };

    return cox_service_main(&service, argc, argv);
}
