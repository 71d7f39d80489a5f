/* daemons/controld/duty.c - the node: orders to the executor, results to the group and to the document.  Layer 6. */
#include "daemons/controld/controld.h"

#include <string.h>

#include "base/error.h"
#include "codec/status_write.h"
#include "proto/marshal.h"
#include "xml/xmlwrite.h"

/* A result, or the end of an order that has none, that is told when the document has its consequences. */
struct controld_later {
    struct cox_msg_control_result result; /* texts are owned */
};

static void
free_later(gpointer data)
{
    struct controld_later *later = data;

    g_free((char *) (gsize) later->result.rsc_id);
    g_free((char *) (gsize) later->result.task);
    g_free((char *) (gsize) later->result.key);
    g_free(later);
}

static void flush(struct controld *controld);
static void report(struct controld *controld);

/* ---- the document ---- */

/*
 * Fingerprints of what was written of this node, in this life of it: the file goes with /run.  The document has one of these
 * histories, or it is that of another side, which does not know what was done here since.
 */
static char *
mark_path(const struct controld *controld)
{
    return g_build_filename(cox_service_run_directory(controld->ctx), "control.history", NULL);
}

/* @next is about to be written, or, when it is the same as before, has been. */
static bool
set_mark(const struct controld *controld, guint64 next)
{
    g_autofree char *path = mark_path(controld);
    g_autofree char *text = g_strdup_printf("%016" G_GINT64_MODIFIER "x %016" G_GINT64_MODIFIER "x\n", controld->written, next);

    if (controld->is_released) {
        return false;
    }
    if (!g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0640, NULL)) {
        cox_log_line(controld->log, COX_LOG_NOTICE, "cannot write path=%s: after a restart resources will be probed", path);
        (void) remove(path);
        return false;
    }
    return true;
}

static bool
is_marked(const struct controld *controld, guint64 fingerprint)
{
    g_autofree char *path = mark_path(controld);
    g_autofree char *text = NULL;
    g_autofree char *wanted = g_strdup_printf("%016" G_GINT64_MODIFIER "x", fingerprint);

    return g_file_get_contents(path, &text, NULL, NULL) && strstr(text, wanted) != NULL;
}

static void
say_recorded(struct controld *controld)
{
    const struct cox_msg_cib_state state = controld_wire_state(&controld->recorded_version);
    const struct cox_msg_control_recorded recorded = { .call_id = controld->recorded, .n_state = 1, .state = &state };
    const struct cox_msg_exec_taken taken = { .call_id = controld->recorded };
    struct cox_client_call call = { .message = COX_MSG_EXEC_TAKEN, .body = &taken, .timeout_ms = 60000 };

    (void) cox_service_send(controld->ctx, COX_MSG_CONTROL_RECORDED, &recorded);
    if (controld->recorded > 0) {
        (void) controld_neighbours_ask(&controld->neighbours, COX_DAEMON_EXEC, &call);
    }
}

/* One write, of one or two changes: results up to here are in it when all are done. */
struct writing {
    struct controld *controld;
    gint64 noted;
    guint64 fingerprint; /* of the history then */
    bool is_whole;
    guint n_waiting;
    GError *problem; /* the first */
};

static void
say_all(struct controld *controld, GPtrArray *list)
{
    for (guint i = 0; i < list->len; i++) {
        (void) cox_service_send(controld->ctx, COX_MSG_CONTROL_RESULT, &((struct controld_later *) list->pdata[i])->result);
    }
    g_ptr_array_set_size(list, 0);
}

static void
on_retry(void *context)
{
    struct controld *controld = context;

    controld->retry_timer = 0;
    flush(controld);
    report(controld);
}

static void
on_written(void *context, const struct cox_follow_answer *answer)
{
    struct writing *writing = context;
    struct controld *controld = writing->controld;
    bool is_ok;

    if (writing->problem == NULL && answer->error != NULL) {
        writing->problem = g_error_copy(answer->error);
    } else if (writing->problem == NULL && answer->outcome == COX_CIB_UNCERTAIN) {
        writing->problem = g_error_new_literal(COX_ERROR, COX_ERROR_DISCONNECTED, "outcome uncertain");
    }
    if (--writing->n_waiting > 0) {
        return;
    }
    is_ok = writing->problem == NULL;
    controld->is_recording = false;
    if (is_ok) {
        controld->recorded = writing->noted;
        controld->recorded_version = answer->version;
        if (writing->is_whole || controld->is_history_valid) {
            controld->written = writing->fingerprint;
            controld->is_history_valid = set_mark(controld, controld->written) || controld->is_history_valid;
        }
        say_recorded(controld);
        say_all(controld, controld->said_now);
    } else {
        cox_log_event(controld->log, COX_EVENT_DOCUMENT_REFUSED, "what=\"results of operations\" reason=\"%s\"",
                      writing->problem->message);
        for (guint i = 0; i < controld->said_now->len; i++) {
            g_ptr_array_add(controld->said_after, controld->said_now->pdata[i]);
        }
        g_ptr_array_set_free_func(controld->said_now, NULL);
        g_ptr_array_set_size(controld->said_now, 0);
        g_ptr_array_set_free_func(controld->said_now, free_later);
        cox_oplog_touch(controld->oplog);
    }
    g_clear_error(&writing->problem);
    g_free(writing);
    if (is_ok) {
        flush(controld);
        report(controld);
    } else if (controld->retry_timer == 0) {
        controld->retry_timer = cox_runtime_timer(controld->runtime, cox_usec_after_ms(cox_runtime_now(controld->runtime), 1000),
                                                  on_retry, controld);
    }
}

/* The parts that must not be there, as one XPath; NULL: none. */
static char *
path_of_gone(const struct controld *controld, const struct cox_oplog_changes *changes)
{
    GString *path = g_string_new(NULL);
    g_autofree char *base
        = g_strdup_printf("/cib/status/node_state[@id='%u']/lrm/lrm_resources/lrm_resource", (unsigned int) controld->self);

    for (guint i = 0; i < changes->gone_rscs->len; i++) {
        g_string_append_printf(path, "%s%s[@id='%s']", path->len == 0 ? "" : "|", base,
                               (const char *) changes->gone_rscs->pdata[i]);
    }
    for (guint i = 0; i < changes->gone_ops->len; i++) {
        g_string_append_printf(path, "%s%s/lrm_rsc_op[@id='%s']", path->len == 0 ? "" : "|", base,
                               (const char *) changes->gone_ops->pdata[i]);
    }
    return g_string_free(path, path->len == 0);
}

static char *
text_of(const struct cox_status *status)
{
    struct cox_xmldoc *doc = cox_xmldoc_new("status");
    char *text = NULL;

    cox_codec_status_write(status, cox_xmldoc_root(doc));
    text = cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_PLAIN);
    cox_xmldoc_free(doc);
    return text;
}

/* Everything that has changed goes into the document, one write at a time; what comes meanwhile goes together. */
static void
flush(struct controld *controld)
{
    struct cox_oplog_changes changes = { NULL, NULL, NULL };
    struct cox_follow_change change = { .kind = COX_EDIT_MODIFY, .section = "status", .allows_creation = true };
    struct writing *writing = NULL;
    g_autofree char *text = NULL, *gone = NULL;
    GPtrArray *swap = NULL;

    if (controld->oplog == NULL || controld->is_recording || !cox_oplog_take(controld->oplog, &changes)) {
        if (controld->oplog != NULL && !controld->is_recording) {
            say_all(controld, controld->said_after); /* nothing to be written for them */
        }
        return;
    }
    writing = g_new0(struct writing, 1);
    controld->is_recording = true;
    swap = controld->said_now;
    controld->said_now = controld->said_after;
    controld->said_after = swap;
    gone = path_of_gone(controld, &changes);
    *writing = (struct writing) { .controld = controld, .noted = controld->noted,
                                  .fingerprint = cox_oplog_fingerprint(cox_oplog_node(controld->oplog)),
                                  .n_waiting = (changes.status != NULL ? 1 : 0) + (gone != NULL ? 1 : 0) };
    if (controld->is_history_valid) {
        (void) set_mark(controld, writing->fingerprint);
    }
    /* First what must go: who sees a result in the document may take it that all up to there is as it has to be. */
    if (gone != NULL) {
        const struct cox_follow_change removal = { .kind = COX_EDIT_DELETE_ALL, .xpath = gone, .fn = on_written,
                                                   .context = writing };

        cox_follow_change(controld->follow, &removal);
    }
    if (changes.status != NULL) {
        text = text_of(changes.status);
        change.text = text;
        change.fn = on_written;
        change.context = writing;
        cox_follow_change(controld->follow, &change);
    }
    cox_oplog_changes_clear(&changes);
}

/* ---- joining ---- */

/*
 * What must go before the history of this node is written anew.  In a new life of this node its transient attributes are those of
 * the life before as well, and "shutdown" would have it leave at once; nobody erased them if it was the last one that left.
 */
static char *
path_of_past(const struct controld *controld)
{
    unsigned int self = (unsigned int) controld->self;

    return controld->is_history_valid
               ? g_strdup_printf("/cib/status/node_state[@id='%u']/lrm", self)
               : g_strdup_printf("/cib/status/node_state[@id='%u']/lrm|/cib/status/node_state[@id='%u']/transient_attributes", self, self);
}

/* The document says something else of this node than its controller: it must learn the truth before anybody plans. */
static void
correct(struct controld *controld)
{
    struct cox_follow_change removal = { .kind = COX_EDIT_DELETE_ALL };
    struct writing *writing = g_new0(struct writing, 1);
    g_autofree char *path = path_of_past(controld);
    g_autofree char *text = NULL;
    struct cox_follow_change change = { .kind = COX_EDIT_MODIFY, .section = "status", .allows_creation = true, .fn = on_written,
                                        .context = writing };
    struct cox_oplog_changes changes = { NULL, NULL, NULL };

    cox_log_line(controld->log, COX_LOG_NOTICE, "correcting the history of this node in the document resources=%u",
                 cox_oplog_node(controld->oplog)->resources->len);
    *writing = (struct writing) { .controld = controld, .noted = controld->noted, .is_whole = true, .n_waiting = 2,
                                  .fingerprint = cox_oplog_fingerprint(cox_oplog_node(controld->oplog)) };
    controld->is_recording = true;
    if (controld->is_history_valid) {
        (void) set_mark(controld, writing->fingerprint);
    }
    cox_oplog_touch(controld->oplog);
    removal.xpath = path;
    removal.fn = on_written;
    removal.context = writing;
    cox_follow_change(controld->follow, &removal);
    if (cox_oplog_take(controld->oplog, &changes) && changes.status != NULL) {
        text = text_of(changes.status);
    } else { /* an empty history is one as well: probes are to be made */
        text = g_strdup_printf("<status><node_state id=\"%u\" uname=\"%s\"><lrm id=\"%u\"><lrm_resources/></lrm></node_state></status>",
                               (unsigned int) controld->self, cox_service_node_name(controld->ctx, controld->self),
                               (unsigned int) controld->self);
    }
    change.text = text;
    cox_follow_change(controld->follow, &change);
    cox_oplog_changes_clear(&changes);
}

static void
on_inflight(void *context, const struct cox_client_reply *reply)
{
    struct controld *controld = context;

    controld->is_asking = false;
    if (reply->error != NULL || reply->message != COX_MSG_EXEC_INFLIGHT) {
        if (controld->retry_timer == 0) {
            controld->retry_timer = cox_runtime_timer(controld->runtime,
                                                      cox_usec_after_ms(cox_runtime_now(controld->runtime), 200),
                                                      on_retry, controld);
        }
        return;
    }
    controld_crew_confirm(controld, reply->body);
}

static void
ask_inflight(struct controld *controld)
{
    const struct cox_msg_exec_inflight_query query = { 0 };
    struct cox_client_call call = { .message = COX_MSG_EXEC_INFLIGHT_QUERY, .body = &query, .timeout_ms = 30000, .fn = on_inflight,
                                    .context = controld };

    if (!controld->is_asking) {
        controld->is_asking = true;
        (void) controld_neighbours_ask(&controld->neighbours, COX_DAEMON_EXEC, &call);
    }
}

static void
report(struct controld *controld)
{
    const struct cox_node_status *node = NULL;
    struct cox_status *status = NULL;
    struct cox_version version = cox_follow_version(controld->follow);
    bool is_same, is_due = controld->has_confirm || (controld->must_compare && controld->is_history_valid);

    if (!is_due || controld->oplog == NULL || controld->is_recording || !cox_follow_is_current(controld->follow)
        || cox_version_compare(&version, &controld->recorded_version) < 0) {
        return; /* comes again with the document, or when it is written */
    }
    status = controld_papers_history(controld, &node);
    is_same = controld->is_history_valid && cox_oplog_is_same(controld->oplog, node);
    cox_status_free(status);
    if (!is_same) {
        correct(controld);
        return;
    }
    controld->must_compare = false;
    if (controld->has_confirm) {
        ask_inflight(controld);
    }
}

void
controld_duty_report(struct controld *controld)
{
    report(controld);
}

/* A new executor does not know yet whose orders count. */
void
controld_duty_on_exec(void *context, bool is_up, const GError *problem)
{
    struct controld *controld = context;

    (void) problem;
    if (is_up && controld->election != NULL && cox_election_term(controld->election).coordinator != 0) {
        controld_duty_term(controld, cox_election_term(controld->election));
    }
}

/* A reign that the executor has been told of. */
struct told {
    struct controld *controld;
    guint64 generation;
};

static void
on_told(void *context, const struct cox_client_reply *reply)
{
    struct told *told = context;

    if (g_error_matches(reply->error, COX_ERROR, COX_ERROR_OLD)) {
        controld_crew_outdated(told->controld, told->generation);
    }
    g_free(told);
}

void
controld_duty_term(struct controld *controld, struct cox_term term)
{
    const struct cox_msg_exec_term body = { .generation = term.generation, .coordinator = term.coordinator };
    struct told *told = g_new(struct told, 1);
    struct cox_client_call call = { .message = COX_MSG_EXEC_TERM, .body = &body, .timeout_ms = 30000, .fn = on_told, .context = told };

    *told = (struct told) { controld, term.generation };
    (void) controld_neighbours_ask(&controld->neighbours, COX_DAEMON_EXEC, &call);
}

/* ---- results ---- */

static void
note(struct controld *controld, const struct cox_msg_exec_result *result)
{
    g_autoptr(GArray) params = g_array_new(FALSE, FALSE, sizeof(struct cox_nvpair));
    struct controld_trait trait = controld_traits_of(controld->traits, result->standard, result->provider, result->type);
    struct cox_oplog_result mine = { .rsc_id = result->rsc_id, .standard = result->standard, .provider = result->provider,
                                     .type = result->type, .task = result->task, .key = result->key, .reason = result->reason,
                                     .feature_set = CONTROLD_FEATURE_SET, .interval_ms = result->interval_ms,
                                     .queue_ms = result->queue_ms, .exec_ms = result->exec_ms, .call_id = result->call_id,
                                     .rc = (int) result->rc, .status = (int) result->status,
                                     .began = cox_wall_from_seconds(result->began_at) };

    for (gsize i = 0; i < result->n_params; i++) {
        const struct cox_nvpair pair = { NULL, result->params[i].name, result->params[i].value };

        if (pair.name != NULL) {
            g_array_append_val(params, pair);
        }
    }
    mine.params = (const struct cox_nvpair *) (const void *) params->data;
    mine.n_params = params->len;
    mine.restart_params = trait.restart_params;
    mine.secure_params = trait.secure_params;
    cox_oplog_note(controld->oplog, &mine);
}

static void
on_result(struct controld *controld, const struct cox_msg_exec_result *result)
{
    const struct cox_msg_control_result news = { .rsc_id = result->rsc_id, .task = result->task, .interval_ms = result->interval_ms,
                                                 .rc = result->rc, .status = result->status, .key = result->key,
                                                 .call_id = result->call_id, .reason = result->reason, .kind = COX_REIGN_RUN,
                                                 .began_at = result->began_at };

    if (result->rsc_id == NULL || result->task == NULL) {
        return;
    }
    if (result->call_id <= controld->recorded) { /* it has not heard that we have it */
        say_recorded(controld);
        return;
    }
    cox_log_line(controld->log, COX_LOG_NOTICE, "result rsc=%s task=%s interval_ms=%" G_GINT64_FORMAT " rc=%d status=%d exec_ms=%d reason=\"%s\"",
                 result->rsc_id, result->task, result->interval_ms, (int) result->rc, (int) (gint64) result->status,
                 (int) result->exec_ms, result->reason == NULL ? "" : result->reason);
    note(controld, result);
    controld->noted = MAX(controld->noted, result->call_id);
    (void) cox_service_send(controld->ctx, COX_MSG_CONTROL_RESULT, &news);
    flush(controld);
    if (!controld->is_recording) { /* nothing to be written: a notification */
        controld->recorded = controld->noted;
        say_recorded(controld);
    }
}

void
controld_duty_on_result(void *context, const struct cox_client_event *event)
{
    if (event->kind == COX_CLIENT_EVENT && event->message == COX_MSG_EXEC_RESULT) {
        on_result(context, event->body);
    }
}

/* Told when what is noted so far is in the document. */
static void
tell_later(struct controld *controld, const struct cox_msg_control_result *result)
{
    struct controld_later *later = g_new0(struct controld_later, 1);

    later->result = *result;
    later->result.rsc_id = g_strdup(result->rsc_id);
    later->result.task = g_strdup(result->task);
    later->result.key = g_strdup(result->key);
    later->result.node = later->result.reason = NULL;
    g_ptr_array_add(controld->said_after, later);
    flush(controld);
}

/* ---- orders ---- */

/* An order on its way to the executor; kept, to be given again when the executor dies over it. */
struct errand {
    struct controld *controld;
    GByteArray *bytes;       /* EXEC_ORDER */
    enum cox_reign_order kind;
    guint64 generation;      /* of the coordinator that ordered; 0: a client did */
    guint64 given;           /* the reign under which the executor was told */
    struct cox_msg_control_result result; /* CANCEL, FORGET: what to tell; texts are owned */
};

static void
free_errand(struct errand *errand)
{
    g_free((char *) (gsize) errand->result.rsc_id);
    g_free((char *) (gsize) errand->result.task);
    g_free((char *) (gsize) errand->result.key);
    if (errand->bytes != NULL) {
        g_byte_array_unref(errand->bytes);
    }
    g_free(errand);
}

static void on_errand(void *context, const struct cox_client_reply *reply);

static void
give(struct errand *errand)
{
    struct controld *controld = errand->controld;
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_term term = cox_election_term(controld->election);
    const struct cox_msg_exec_cancel cancel = { .rsc_id = errand->result.rsc_id, .task = errand->result.task,
                                                .interval_ms = errand->result.interval_ms, .generation = term.generation,
                                                .coordinator = term.coordinator };
    const struct cox_msg_exec_forget forget = { .rsc_id = errand->result.rsc_id, .generation = term.generation,
                                                .coordinator = term.coordinator };
    struct cox_client_call call = { .fn = on_errand, .context = errand };

    errand->given = errand->generation != 0 && errand->kind == COX_REIGN_RUN ? errand->generation : term.generation;
    if (errand->kind == COX_REIGN_CANCEL) {
        call.message = COX_MSG_EXEC_CANCEL;
        call.body = &cancel;
    } else if (errand->kind == COX_REIGN_FORGET) {
        call.message = COX_MSG_EXEC_FORGET;
        call.body = &forget;
    } else {
        call.message = COX_MSG_EXEC_ORDER;
        call.body = cox_unmarshal(cox_messages_schema(COX_MSG_EXEC_ORDER), errand->bytes->data, errand->bytes->len, arena, NULL);
    }
    (void) controld_neighbours_ask(&controld->neighbours, COX_DAEMON_EXEC, &call);
}

static void
on_errand_timer(void *context)
{
    struct controld *controld = context;
    g_autoptr(GPtrArray) errands = g_steal_pointer(&controld->errands);

    controld->errand_timer = 0;
    controld->errands = g_ptr_array_new();
    for (guint i = 0; i < errands->len; i++) {
        give(errands->pdata[i]);
    }
}

/* After a pause: an executor that is stopping answers at once. */
static void
give_later(struct errand *errand)
{
    struct controld *controld = errand->controld;

    g_ptr_array_add(controld->errands, errand);
    if (controld->errand_timer == 0) {
        controld->errand_timer = cox_runtime_timer(controld->runtime, cox_usec_after_ms(cox_runtime_now(controld->runtime), 200),
                                                   on_errand_timer, controld);
    }
}

/*
 * The executor obeys a younger reign.  What was ordered has not been done, and has not failed either: the next reign finds out what
 * there is.  What a client wants is asked for again, in the name of the next one.
 */
static void
on_refused(struct errand *errand)
{
    struct controld *controld = errand->controld;
    guint64 given = errand->given;

    if (errand->generation == 0) {
        give_later(errand);
    } else {
        free_errand(errand);
    }
    controld_crew_outdated(controld, given);
}

static void
on_errand(void *context, const struct cox_client_reply *reply)
{
    struct errand *errand = context;
    struct controld *controld = errand->controld;

    if (g_error_matches(reply->error, COX_ERROR, COX_ERROR_DISCONNECTED)) {
        give(errand); /* the same order has the same key: it is never done twice */
        return;
    }
    if (g_error_matches(reply->error, COX_ERROR, COX_ERROR_UNAVAILABLE)) { /* it is stopping; its successor is asked */
        give_later(errand);
        return;
    }
    if (reply->error != NULL) {
        cox_log_line(controld->log, COX_LOG_NOTICE, "order was not taken rsc=%s task=%s reason=\"%s\"",
                     errand->result.rsc_id, errand->result.task, reply->error->message);
    }
    if (g_error_matches(reply->error, COX_ERROR, COX_ERROR_OLD)) {
        on_refused(errand);
        return;
    }
    if (errand->kind == COX_REIGN_CANCEL) {
        cox_oplog_cancelled(controld->oplog, errand->result.rsc_id, errand->result.task, errand->result.interval_ms);
        tell_later(controld, &errand->result);
    } else if (errand->kind == COX_REIGN_FORGET) {
        cox_oplog_forget(controld->oplog, errand->result.rsc_id);
        tell_later(controld, &errand->result);
    } else if (reply->error != NULL) { /* no result will come: say so */
        errand->result.rc = 1;
        errand->result.status = COX_OP_STATUS_ERROR;
        (void) cox_service_send(controld->ctx, COX_MSG_CONTROL_RESULT, &errand->result);
    }
    free_errand(errand);
}

static struct errand *
errand_new(struct controld *controld, const struct cox_msg_control_order *order)
{
    struct errand *errand = g_new0(struct errand, 1);

    errand->controld = controld;
    errand->kind = (enum cox_reign_order) order->kind;
    errand->generation = order->generation;
    errand->result.kind = order->kind;
    errand->result.rsc_id = g_strdup(order->rsc_id);
    errand->result.task = g_strdup(order->task);
    errand->result.key = g_strdup(order->key);
    errand->result.interval_ms = order->interval_ms;
    return errand;
}

static void
run_order(struct controld *controld, guint32 sender, const struct cox_msg_control_order *order)
{
    const struct cox_msg_exec_order body = { .rsc_id = order->rsc_id, .standard = order->standard, .provider = order->provider,
                                             .type = order->type, .task = order->task, .key = order->key,
                                             .interval_ms = order->interval_ms, .timeout_ms = order->timeout_ms,
                                             .start_delay_ms = order->start_delay_ms, .generation = order->generation,
                                             .coordinator = sender, .n_params = order->n_params, .params = order->params };
    struct errand *errand = errand_new(controld, order);

    controld_traits_want(controld->traits, order->standard, order->provider, order->type);
    errand->bytes = g_byte_array_new();
    cox_marshal(cox_messages_schema(COX_MSG_EXEC_ORDER), &body, errand->bytes);
    give(errand);
}

bool
controld_duty_on_order(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct controld *controld = cox_service_data(ctx);
    const struct cox_msg_control_order *order = request->body;

    (void) reply;
    if (order->target != controld->self) {
        return true;
    }
    if (!controld_crew_is_obeyed(controld, request->node, order->generation) || controld->oplog == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_OLD, "order of node %u, generation %" G_GUINT64_FORMAT ": not the coordinator's",
                    (unsigned int) request->node, order->generation);
        return false;
    }
    if (order->kind == COX_REIGN_SHUTDOWN) {
        controld_may_leave(controld);
        return true;
    }
    if (order->rsc_id == NULL || order->task == NULL) {
        return true;
    }
    switch ((enum cox_reign_order) order->kind) {
        case COX_REIGN_RUN:
            run_order(controld, request->node, order);
            break;
        case COX_REIGN_CANCEL:
        case COX_REIGN_FORGET:
            give(errand_new(controld, order));
            break;
        case COX_REIGN_CLEAR: {
            const struct cox_msg_control_result result = { .rsc_id = order->rsc_id, .task = order->task, .key = order->key,
                                                           .interval_ms = order->interval_ms, .kind = COX_REIGN_CLEAR };

            cox_oplog_clear_failure(controld->oplog, order->rsc_id);
            tell_later(controld, &result);
            break;
        }
        case COX_REIGN_SHUTDOWN:
            break;
    }
    return true;
}

/* ---- refresh ---- */

static void
refresh_one(struct controld *controld, const char *rsc_id, const char *key)
{
    const char *name = cox_service_node_name(controld->ctx, controld->self);
    g_autofree char *escaped = g_regex_escape_string(rsc_id, -1);
    g_autofree char *pattern = g_strdup_printf("^(fail-count|last-failure)-%s#.+$", escaped);
    const struct cox_msg_control_order order = { .kind = COX_REIGN_FORGET, .rsc_id = rsc_id, .task = "lrm_delete", .key = key };

    controld_realm_set_attribute(controld, name, &(struct cox_reign_attribute) { .attribute = pattern, .is_pattern = true });
    give(errand_new(controld, &order));
}

/* Does the resource have a failure that this is about? */
static bool
has_failed(const struct cox_rsc_history *rsc, const struct cox_msg_control_refresh *refresh)
{
    for (guint32 i = 0; i < rsc->n_ops; i++) {
        const struct cox_op_history *op = &rsc->ops[i];

        if (g_str_has_suffix(op->id, "_last_failure_0")
            && (refresh->task == NULL || (g_strcmp0(refresh->task, op->operation) == 0 && refresh->interval_ms == op->interval_ms))) {
            return true;
        }
    }
    return false;
}

void
controld_duty_refresh(struct controld *controld, const struct cox_msg_control_refresh *refresh, const char *key)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    const struct cox_node_status *node = controld->oplog == NULL ? NULL : cox_oplog_node(controld->oplog);
    const struct cox_msg_control_result done = { .rsc_id = "", .task = "refresh", .key = key, .kind = COX_REIGN_FORGET };

    for (guint i = 0; node != NULL && i < node->resources->len; i++) {
        const struct cox_rsc_history *rsc = node->resources->pdata[i];
        gsize length = refresh->rsc_id == NULL ? 0 : strlen(refresh->rsc_id);
        bool is_meant = refresh->rsc_id == NULL || g_str_equal(rsc->id, refresh->rsc_id)
                        || (g_str_has_prefix(rsc->id, refresh->rsc_id) && rsc->id[length] == ':');

        if (is_meant && (!refresh->only_failed || has_failed(rsc, refresh))) {
            g_ptr_array_add(ids, g_strdup(rsc->id));
        }
    }
    for (guint i = 0; i < ids->len; i++) {
        refresh_one(controld, ids->pdata[i], i + 1 == ids->len ? key : NULL);
    }
    if (ids->len == 0 && controld->oplog != NULL) {
        tell_later(controld, &done);
    }
}

/* ---- life ---- */

/* What the controller before this one has written; anything else is left to probes. */
static void
take_over(struct controld *controld)
{
    const struct cox_node_status *node = NULL;
    struct cox_status *status = controld_papers_history(controld, &node);
    guint64 fingerprint = cox_oplog_fingerprint(node);

    if (is_marked(controld, fingerprint)) {
        cox_oplog_load(controld->oplog, node);
        controld->written = fingerprint;
        controld->is_history_valid = true;
    }
    cox_status_free(status);
}

void
controld_duty_document(struct controld *controld)
{
    g_autofree char *id = NULL;
    const char *name = cox_service_node_name(controld->ctx, controld->self);

    if (controld->oplog == NULL && name != NULL && cox_follow_cib(controld->follow) != NULL) {
        id = g_strdup_printf("%u", (unsigned int) controld->self);
        controld->oplog = cox_oplog_new(id, name);
        take_over(controld);
        controld_neighbours_listen(&controld->neighbours);
    }
    report(controld);
}

void
controld_duty_start(struct controld *controld)
{
    controld->said_after = g_ptr_array_new_with_free_func(free_later);
    controld->said_now = g_ptr_array_new_with_free_func(free_later);
    controld->errands = g_ptr_array_new();
    controld->traits = controld_traits_new(&controld->neighbours);
}

void
controld_duty_stop(struct controld *controld)
{
    controld_traits_free(controld->traits);
    cox_oplog_free(controld->oplog);
    if (controld->said_after != NULL) {
        g_ptr_array_unref(controld->said_after);
        g_ptr_array_unref(controld->said_now);
        for (guint i = 0; i < controld->errands->len; i++) {
            free_errand(controld->errands->pdata[i]);
        }
        g_ptr_array_unref(controld->errands);
    }
}
