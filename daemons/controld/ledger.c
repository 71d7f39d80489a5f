/* daemons/controld/ledger.c - the history of this node: from lib/control/oplog into the document, and compared with what that says.  Layer 6. */
#include "daemons/controld/ledger.h"

#include <string.h>

#include "base/error.h"
#include "codec/status_write.h"
#include "daemons/controld/mark.h"
#include "daemons/controld/wishes.h"
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

/*
 * Results are written when nothing has been ordered and nothing has ended here for so long, at the latest so long after the first: those
 * of a recovery are one or two changes of the document then, and do not take the processors from its agents.  Each change costs the group a
 * dozen messages, however many results are in it.
 */
enum { PAUSE_MS = 25, RECORD_MS = 150 };

/* ---- the document ---- */

void
controld_ledger_say_recorded(struct controld *controld)
{
    const struct cox_msg_cib_state state = controld_wire_state(&controld->recorded_version);
    const struct cox_msg_control_recorded recorded = { .call_id = controld->recorded, .n_state = 1, .state = &state };
    const struct cox_msg_exec_taken taken = { .call_id = controld->recorded };
    struct cox_client_call call = { .message = COX_MSG_EXEC_TAKEN, .body = &taken, .timeout_ms = 60000 };

    controld_duty_tell(controld);
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
    controld_duty_tell(controld);
    for (guint i = 0; i < list->len; i++) {
        (void) cox_service_send(controld->ctx, COX_MSG_CONTROL_RESULT, &((struct controld_later *) list->pdata[i])->result);
    }
    g_ptr_array_set_size(list, 0);
}

static void
on_record_timer(void *context)
{
    struct controld *controld = context;

    controld->record_timer = 0;
    controld_ledger_write(controld);
}

static void
set_record_timer(struct controld *controld)
{
    cox_usec at = cox_usec_min(controld->record_by, cox_usec_after_ms(cox_runtime_now(controld->runtime), PAUSE_MS));

    cox_runtime_cancel(controld->runtime, controld->record_timer);
    controld->record_timer = cox_runtime_timer(controld->runtime, at, on_record_timer, controld);
}

/* Nobody waits for the document: plans are made with the results, too.  What is told when the document has it goes at once. */
void
controld_ledger_write_soon(struct controld *controld)
{
    if (controld->said_after->len > 0) {
        controld_ledger_write(controld);
    } else if (controld->record_timer == 0 && !controld->is_recording && controld->oplog != NULL
               && (cox_oplog_has_changes(controld->oplog) || controld->noted > controld->recorded)) {
        controld->record_by = cox_usec_after_ms(cox_runtime_now(controld->runtime), RECORD_MS);
        set_record_timer(controld);
    } else {
        controld_ledger_stir(controld);
    }
}

void
controld_ledger_stir(struct controld *controld)
{
    if (controld->record_timer != 0) {
        set_record_timer(controld);
    }
}

static void
on_retry(void *context)
{
    struct controld *controld = context;

    controld->retry_timer = 0;
    controld_ledger_write(controld);
    controld_ledger_report(controld);
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
        if (controld->has_erased) {
            controld_wish_written(controld); /* what was set in this life went with that of the one before */
            controld->has_erased = false;
        }
        if (writing->is_whole || controld->is_history_valid) {
            controld->written = writing->fingerprint;
            controld->is_history_valid = controld_mark_set(controld, controld->written) || controld->is_history_valid;
        }
        controld_ledger_say_recorded(controld);
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
    if (is_ok && controld->is_dismissed) {
        controld_ledger_write(controld);
    } else if (is_ok) {
        controld_ledger_write_soon(controld);
    }
    if (is_ok) {
        controld_ledger_report(controld);
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

/* Notifications leave no trace, and what was made and taken away again does not, either. */
static void
nothing_to_write(struct controld *controld)
{
    if (controld->noted > controld->recorded) {
        controld->recorded = controld->noted;
        controld_ledger_say_recorded(controld);
    }
    say_all(controld, controld->said_after);
    if (controld->is_dismissed) {
        controld_may_leave(controld);
    }
}

/* Everything that has changed goes into the document, one write at a time; what comes meanwhile goes together. */
void
controld_ledger_write(struct controld *controld)
{
    struct cox_oplog_changes changes = { NULL, NULL, NULL };
    struct cox_follow_change change = { .kind = COX_EDIT_MODIFY, .section = "status", .allows_creation = true };
    struct writing *writing = NULL;
    g_autofree char *text = NULL, *gone = NULL;
    GPtrArray *swap = NULL;

    if (controld->oplog == NULL || controld->is_recording || !cox_oplog_take(controld->oplog, &changes)) {
        if (controld->oplog != NULL && !controld->is_recording) {
            nothing_to_write(controld);
        }
        return;
    }
    controld_duty_tell(controld); /* the cluster layer is busy now anyhow */
    writing = g_new0(struct writing, 1);
    controld->is_recording = true;
    cox_runtime_cancel(controld->runtime, controld->record_timer);
    controld->record_timer = 0;
    swap = controld->said_now;
    controld->said_now = controld->said_after;
    controld->said_after = swap;
    gone = path_of_gone(controld, &changes);
    *writing = (struct writing) { .controld = controld, .noted = controld->noted,
                                  .fingerprint = cox_oplog_fingerprint(cox_oplog_node(controld->oplog)),
                                  .n_waiting = (changes.status != NULL ? 1 : 0) + (gone != NULL ? 1 : 0) };
    if (controld->is_history_valid) {
        (void) controld_mark_set(controld, writing->fingerprint);
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
    controld->has_erased = controld->has_erased || !controld->is_history_valid; /* even if nobody knows whether it was done */
    if (controld->is_history_valid) {
        (void) controld_mark_set(controld, writing->fingerprint);
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

void
controld_ledger_report(struct controld *controld)
{
    const struct cox_node_status *node = NULL;
    struct cox_status *status = NULL;
    struct cox_version version = cox_follow_version(controld->follow);
    bool is_same, is_due;

    /* What is no longer, or not yet, the document that counts need not be corrected; a join cannot wait for it. */
    is_due = controld->has_confirm || (controld->must_compare && controld->is_history_valid && cox_follow_counts(controld->follow));
    if (!is_due || controld->oplog == NULL || controld->is_recording || !cox_follow_is_current(controld->follow)
        || cox_version_compare(&version, &controld->recorded_version) < 0) {
        return; /* comes again with the document, or when it is written */
    }
    if (cox_oplog_has_changes(controld->oplog)) {
        if (controld->retry_timer == 0) { /* after a write that failed there is a pause */
            controld_ledger_write(controld);
        }
        return;
    }
    status = controld_papers_history(controld, &node);
    is_same = controld->is_history_valid && cox_oplog_is_same(controld->oplog, node);
    cox_status_free(status);
    if (!is_same) {
        correct(controld);
        return;
    }
    if (controld->has_confirm) {
        ask_inflight(controld);
    } else if (controld->must_compare) { /* what the coordinator waits for may be of the document before, and never come */
        controld_ledger_say_recorded(controld);
    }
    controld->must_compare = false;
}

/* ---- what is told ---- */

/* What the document will say of the resource. */
char *
controld_ledger_history(const struct controld *controld, const char *rsc_id)
{
    struct cox_status *part = cox_oplog_part(controld->oplog, rsc_id);
    char *text = part == NULL ? NULL : text_of(part);

    cox_status_free(part);
    return text;
}

/* Told when what is noted so far is in the document. */
void
controld_ledger_tell_later(struct controld *controld, const struct cox_msg_control_result *result)
{
    struct controld_later *later = g_new0(struct controld_later, 1);

    later->result = *result;
    later->result.rsc_id = g_strdup(result->rsc_id);
    later->result.task = g_strdup(result->task);
    later->result.key = g_strdup(result->key);
    later->result.node = later->result.reason = NULL;
    g_ptr_array_add(controld->said_after, later);
    controld_ledger_write(controld);
}

/* ---- life ---- */

/* What the controller before this one has written; anything else is left to probes. */
void
controld_ledger_take_over(struct controld *controld)
{
    const struct cox_node_status *node = NULL;
    struct cox_status *status = controld_papers_history(controld, &node);
    guint64 fingerprint = cox_oplog_fingerprint(node);

    if (controld_mark_matches(controld, fingerprint)) {
        cox_oplog_load(controld->oplog, node);
        controld->written = fingerprint;
        controld->is_history_valid = true;
    }
    cox_status_free(status);
}

void
controld_ledger_start(struct controld *controld)
{
    controld->said_after = g_ptr_array_new_with_free_func(free_later);
    controld->said_now = g_ptr_array_new_with_free_func(free_later);
}

void
controld_ledger_stop(struct controld *controld)
{
    cox_runtime_cancel(controld->runtime, controld->record_timer);
    cox_runtime_cancel(controld->runtime, controld->retry_timer);
    if (controld->said_after != NULL) {
        g_ptr_array_unref(controld->said_after);
        g_ptr_array_unref(controld->said_now);
    }
}
