/* cts/sim/node_duty.c - stands for controld's duty: orders to the executor, results to group and document.  For tests only. */
#include "cts/sim/simcontrol.h"

#include <string.h>

#include "base/error.h"
#include "codec/load_status.h"
#include "codec/status_write.h"
#include "xml/xmlwrite.h"

/* So long results wait for others before they are written, and told. */
enum { RECORD_US = 100000, HOLD_US = 50000 };

static void flush(struct sim *sim, struct sim_node *node);

/* ---- the document ---- */

void
control_duty_tell(struct sim *sim, struct sim_node *node)
{
    GPtrArray *held = node->control->held;

    for (guint i = 0; i < held->len; i++) {
        cox_testbus_send(&sim->bus[SIM_CONTROL], node->id, held->pdata[i]);
    }
    g_ptr_array_set_size(held, 0);
}

static void
say_recorded(struct sim *sim, struct sim_node *node)
{
    struct sim_control *control = node->control;
    const struct control_message recorded = { .kind = CONTROL_RECORDED, .call_id = control->recorded,
                                              .version = control->recorded_version };
    const struct sim_call taken = { .fn = sim_exec_on_taken, .number = (guint64) control->recorded };

    control_duty_tell(sim, node);
    control_send(sim, node, &recorded);
    if (control->recorded > 0) {
        sim_post(sim, node, SIM_EXEC, &taken);
    }
}

static void
say_all(struct sim *sim, struct sim_node *node, GPtrArray *list)
{
    control_duty_tell(sim, node);
    for (guint i = 0; i < list->len; i++) {
        control_send(sim, node, list->pdata[i]);
    }
    g_ptr_array_set_size(list, 0);
}

static void
flush_soon(struct sim *sim, struct sim_node *node)
{
    struct sim_control *control = node->control;

    if (control->said_after->len > 0) {
        flush(sim, node);
    } else if (!control->is_recording && control->oplog != NULL && !control->is_record_due
               && (cox_oplog_has_changes(control->oplog) || control->noted > control->recorded)) {
        control->is_record_due = true;
        sim_timer(sim, &node->process[SIM_CONTROL], CONTROL_TIMER_RECORD, sim->now + RECORD_US);
    }
}

void
control_duty_record(struct sim *sim, struct sim_node *node)
{
    node->control->is_record_due = false;
    flush(sim, node);
}

/* number: results up to here, times two; odd: the whole history */
static void
on_written(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    struct sim_control *control = node->control;
    struct sim_mark *mark = sim_run_mark(node->run);
    const struct sim_answer *answer = call->data;

    control->is_recording = false;
    if (!answer->is_ok) {
        g_ptr_array_extend(control->said_after, control->said_now, NULL, NULL);
        g_ptr_array_set_size(control->said_now, 0);
        cox_oplog_touch(control->oplog);
        control->is_pausing = true;
        sim_timer(sim, &node->process[SIM_CONTROL], CONTROL_TIMER_DUTY, sim->now + COX_USEC_PER_S);
        return;
    }
    control->recorded = (gint64) (call->number / 2);
    control->recorded_version = answer->version;
    if (control->has_erased) {
        control_set_attribute(sim, node, &(struct sim_attr_wish) { NULL, NULL, NULL, false, false });
        control->has_erased = false;
    }
    if (call->number % 2 == 1 || control->is_history_valid) {
        control->is_history_valid = mark->is_set = true;
        mark->written = mark->next = control->fingerprint;
    }
    say_recorded(sim, node);
    say_all(sim, node, control->said_now);
    if (control->is_dismissed) {
        flush(sim, node);
    } else {
        flush_soon(sim, node);
    }
    control_report(sim, node);
}

void
control_duty_retry(struct sim *sim, struct sim_node *node)
{
    node->control->is_pausing = false;
    flush(sim, node);
    control_report(sim, node);
}

static void
add_gone(const struct sim_node *node, GString *change, const struct cox_oplog_changes *changes)
{
    for (guint i = 0; i < changes->gone_rscs->len; i++) {
        g_autofree char *path = g_strdup_printf("/cib/status/node_state[@id='%u']/lrm/lrm_resources/lrm_resource[@id='%s']", node->id,
                                                (const char *) changes->gone_rscs->pdata[i]);

        sim_change_delete(change, path);
    }
    for (guint i = 0; i < changes->gone_ops->len; i++) {
        g_autofree char *path = g_strdup_printf("/cib/status/node_state[@id='%u']/lrm/lrm_resources/lrm_resource/lrm_rsc_op[@id='%s']",
                                                node->id, (const char *) changes->gone_ops->pdata[i]);

        sim_change_delete(change, path);
    }
}

/* The planted bug of SIM_LAW_SETTLES: results of one resource never reach the document. */
static void
add_status(struct sim *sim, GString *change, const struct cox_status *status)
{
    struct cox_xmldoc *doc = cox_xmldoc_new("status");
    char *text = NULL;

    cox_codec_status_write(status, cox_xmldoc_root(doc));
    text = cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_PLAIN);
    if (sim->bug != SIM_LAW_SETTLES || strstr(text, "\"web\"") == NULL) {
        sim_change_modify(change, "status", text);
    }
    sim_docs_know(sim->docs, text, doc);
    g_free(text);
}

static void
ask_write(struct sim *sim, struct sim_node *node, GString *change, bool is_whole)
{
    const struct sim_ask ask = { .asker = SIM_CONTROL, .change = change, .answer = on_written,
                                 .number = (guint64) node->control->noted * 2 + is_whole };

    node->control->is_recording = true;
    node->control->fingerprint = cox_oplog_fingerprint(cox_oplog_node(node->control->oplog));
    if (node->control->is_history_valid) {
        sim_run_mark(node->run)->next = node->control->fingerprint;
    }
    sim_cib_ask(sim, node, &ask);
}

static void
flush(struct sim *sim, struct sim_node *node)
{
    struct sim_control *control = node->control;
    struct cox_oplog_changes changes = { NULL, NULL, NULL };
    GString *change = NULL;
    GPtrArray *swap = control->said_now;

    if (control->oplog == NULL || control->is_recording) {
        return;
    }
    if (!cox_oplog_take(control->oplog, &changes)) { /* nothing to be written for them */
        if (control->noted > control->recorded) {
            control->recorded = control->noted;
            say_recorded(sim, node);
        }
        say_all(sim, node, control->said_after);
        if (control->is_dismissed) {
            *sim_run_mark(node->run) = (struct sim_mark) { false, 0, 0 }; /* what happens from now on is not in the history */
            sim_leave_now(sim, node);
        }
        return;
    }
    control_duty_tell(sim, node);
    control->said_now = control->said_after;
    control->said_after = swap;
    change = sim_change_new(sim->next_change++);
    add_gone(node, change, &changes);
    if (changes.status != NULL) {
        add_status(sim, change, changes.status);
    }
    cox_oplog_changes_clear(&changes);
    ask_write(sim, node, change, false);
}

/* ---- joining ---- */

static void
correct(struct sim *sim, struct sim_node *node)
{
    struct cox_oplog_changes changes = { NULL, NULL, NULL };
    g_autofree char *path = g_strdup_printf(node->control->is_history_valid ? "/cib/status/node_state[@id='%u']/lrm"
                                            : "/cib/status/node_state[@id='%1$u']/lrm|/cib/status/node_state[@id='%1$u']/transient_attributes",
                                            node->id);
    g_autofree char *empty = g_strdup_printf("<status><node_state id=\"%u\" uname=\"%s\"><lrm id=\"%u\"><lrm_resources/></lrm>"
                                             "</node_state></status>", node->id, node->name, node->id);
    GString *change = sim_change_new(sim->next_change++);

    sim_say(sim, node, "controld corrects the history of this node");
    node->control->has_erased = node->control->has_erased || !node->control->is_history_valid;
    cox_oplog_touch(node->control->oplog);
    sim_change_delete(change, path);
    if (cox_oplog_take(node->control->oplog, &changes) && changes.status != NULL) {
        add_status(sim, change, changes.status);
    } else {
        sim_change_modify(change, "status", empty);
    }
    cox_oplog_changes_clear(&changes);
    ask_write(sim, node, change, true);
}

static struct cox_status *
history(struct sim *sim, const struct sim_node *node, const struct cox_node_status **found)
{
    struct cox_status *status = cox_status_new();
    const struct cox_xml *xml = cox_xml_child(sim_state_root(sim->docs, node->doc), "status");

    cox_codec_status(xml, status);
    *found = cox_status_node(status, NULL, node->name);
    return status;
}

void
control_report(struct sim *sim, struct sim_node *node)
{
    struct sim_control *control = node->control;
    const struct cox_node_status *found = NULL;
    struct cox_status *status = NULL;
    const struct sim_call query = { .fn = sim_exec_on_query };
    struct cox_version version = { 0, 0, 0 };
    bool is_same = false, is_due = control->has_confirm || (control->must_compare && control->is_history_valid);

    if (!is_due || control->oplog == NULL || control->is_recording || node->doc == NULL || node->cib == NULL
        || !sim_cib_status(node).is_current) {
        return; /* comes again with the document, or when it is written */
    }
    version = node->doc->described.version;
    if (cox_version_compare(&version, &control->recorded_version) < 0) {
        return;
    }
    if (cox_oplog_has_changes(control->oplog)) {
        if (!control->is_pausing) {
            flush(sim, node);
        }
        return;
    }
    status = history(sim, node, &found);
    is_same = control->is_history_valid && cox_oplog_is_same(control->oplog, found);
    cox_status_free(status);
    if (is_same && control->must_compare && !control->has_confirm) {
        say_recorded(sim, node);
    }
    control->must_compare = control->must_compare && !is_same;
    if (!is_same) {
        correct(sim, node);
    } else if (control->has_confirm && !control->is_asking && node->process[SIM_EXEC].is_up) {
        control->is_asking = true;
        sim_post(sim, node, SIM_EXEC, &query);
    }
}

void
sim_control_on_inflight(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    node->control->is_asking = false;
    control_confirm(sim, node, call->data, (size_t) call->number);
}

/* ---- results ---- */

/* What the document will say of the resource. */
static char *
history_of(const struct sim_control *control, const char *rsc_id)
{
    g_autoptr(cox_status) part = cox_oplog_part(control->oplog, rsc_id);
    struct cox_xmldoc *doc = cox_xmldoc_new("status");
    char *text = NULL;

    if (part != NULL) {
        cox_codec_status_write(part, cox_xmldoc_root(doc));
        text = cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_PLAIN);
    }
    cox_xmldoc_free(doc);
    return text;
}

/* As cox-controld does, but whether there is a queue: what is as expected may wait for others, and all are told in their order. */
static void
tell(struct sim *sim, struct sim_node *node, const struct control_message *news)
{
    bool is_expected = news->status == COX_OP_STATUS_DONE && news->rc == cox_oplog_target_rc(news->key);

    if (is_expected && sim_pick(sim, 2) == 0) {
        if (node->control->held->len == 0) {
            sim_timer(sim, &node->process[SIM_CONTROL], CONTROL_TIMER_HOLD, sim->now + HOLD_US);
        }
        g_ptr_array_add(node->control->held, control_keep(sim, news));
    } else {
        control_duty_tell(sim, node);
        control_send(sim, node, news);
    }
}

void
sim_control_on_result(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    struct sim_control *control = node->control;
    const struct sim_result *result = call->data;
    struct cox_oplog_result note = {
        .rsc_id = sim_rsc_names[result->rsc], .standard = "ocf", .provider = "test", .type = "Dummy", .task = result->task,
        .key = result->key, .reason = result->result.reason, .feature_set = "3.20.5", .interval_ms = result->interval_ms,
        .exec_ms = result->exec_ms, .call_id = result->call_id,
        .params = result->params, .n_params = result->n_params, .rc = result->result.rc, .status = (int) result->result.status,
        .began = result->began,
    };
    struct control_message news = { .kind = CONTROL_RESULT, .order = COX_REIGN_RUN, .rsc_id = note.rsc_id, .task = note.task,
                                          .interval_ms = note.interval_ms, .rc = note.rc, .status = note.status, .key = note.key,
                                          .call_id = note.call_id, .began = note.began };
    g_autofree char *known = NULL;

    if (control->oplog == NULL || result->call_id <= control->recorded) {
        return;
    }
    if (result->rsc == SIM_RSC_DEVICE) {
        note.standard = "stonith";
        note.provider = NULL;
        note.type = "fence_test";
    }
    cox_oplog_note(control->oplog, &note);
    control->noted = MAX(control->noted, result->call_id);
    news.history = known = history_of(control, note.rsc_id);
    tell(sim, node, &news);
    flush_soon(sim, node);
}

static void
tell_later(struct sim *sim, struct sim_node *node, const struct sim_errand *errand)
{
    struct control_message *later = cox_arena_new_array(sim->arena, struct control_message, 1);

    *later = (struct control_message) { .kind = CONTROL_RESULT, .order = (enum cox_reign_order) errand->kind, .rsc_id = errand->rsc_id,
                                        .task = errand->task, .key = errand->key, .interval_ms = errand->interval_ms };
    g_ptr_array_add(node->control->said_after, later);
    flush(sim, node);
}

/* ---- orders ---- */

static void
give(struct sim *sim, struct sim_node *node, struct sim_errand *errand)
{
    struct cox_term term = cox_election_term(node->control->election);
    const struct sim_call call = { .fn = sim_exec_on_errand, .data = errand };

    if (errand->kind != COX_REIGN_RUN) {
        errand->term = (struct cox_exec_term) { term.generation, term.coordinator };
    }
    errand->given = errand->term.generation;
    if (sim->bug == SIM_LAW_REIGN) {
        sim_after(sim, node, SIM_EXEC, sim_between(sim, 0, 1000000), &call);
        return;
    }
    sim_post(sim, node, SIM_EXEC, &call);
}

void
sim_control_on_gone(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    struct sim_errand *errand = call->data;

    if (!g_ptr_array_remove(node->control->errands, errand)) {
        return;
    }
    if (call->number == SIM_ERRAND_REFUSED) { /* it has not been done, and has not failed either */
        control_outdated(sim, node, errand->given);
    } else if (errand->kind == COX_REIGN_CANCEL) {
        cox_oplog_cancelled(node->control->oplog, errand->rsc_id, errand->task, errand->interval_ms);
        tell_later(sim, node, errand);
    } else if (errand->kind == COX_REIGN_FORGET) {
        cox_oplog_forget(node->control->oplog, errand->rsc_id);
        tell_later(sim, node, errand);
    }
}

void
sim_control_on_exec_up(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    struct cox_exec_term *term = cox_arena_new_array(sim->arena, struct cox_exec_term, 1);
    const struct sim_call news = { .fn = sim_exec_on_term, .data = term };

    (void) call;
    *term = (struct cox_exec_term) { sim_control_term(node).generation, sim_control_term(node).coordinator };
    if (term->coordinator != 0) {
        sim_post(sim, node, SIM_EXEC, &news);
    }
    node->control->is_asking = false;
    for (guint i = 0; i < node->control->errands->len; i++) {
        give(sim, node, node->control->errands->pdata[i]); /* the same order has the same key: it is never done twice */
    }
    control_report(sim, node);
}

bool
control_takes_followers(const struct sim *sim, guint node)
{
    return node != 2 || sim->seed % 4 != 3;
}

static const char *
param_of(const struct control_message *order, const char *name)
{
    for (size_t i = 0; i < order->n_params; i++) {
        if (g_str_equal(order->params[i].name, name)) {
            return order->params[i].value;
        }
    }
    return NULL;
}

/* An order for another node: does it send something here? */
static void
overhear(struct sim *sim, struct sim_node *node, guint32 sender, const struct control_message *order)
{
    const struct cox_oplog_result expected = {
        .rsc_id = order->rsc_id, .standard = "ocf", .provider = "test", .type = "Dummy", .key = order->key, .feature_set = "3.20.5",
        .params = order->params, .n_params = order->n_params, .began = sim_wall(sim),
    };

    if (order->order == COX_REIGN_RUN && order->rsc_id != NULL && g_str_equal(order->task, "migrate_to")
        && g_strcmp0(param_of(order, "CRM_meta_migrate_target"), node->name) == 0
        && control_obeys(node, sender, order->generation) && node->control->oplog != NULL) {
        sim_say(sim, node, "controld expects %s", order->rsc_id);
        cox_oplog_expect(node->control->oplog, &expected);
        flush_soon(sim, node);
    }
}

/* The planted bug of SIM_LAW_MEMBERS: the controller does not pass on what an order comes after.  That of SIM_LAW_REIGN: orders take their time, and neither the controller nor the executor (node_exec.c) asks whose they are. */
void
control_on_order(struct sim *sim, struct sim_node *node, guint32 sender, const struct control_message *order)
{
    struct sim_errand *errand = NULL;

    if (order->target != node->id) {
        overhear(sim, node, sender, order);
        return;
    }
    if ((!control_obeys(node, sender, order->generation) && sim->bug != SIM_LAW_REIGN) || node->control->oplog == NULL) {
        sim_say(sim, node, "controld refuses an order of n%u, generation %" G_GUINT64_FORMAT, sender, order->generation);
        return;
    }
    if (order->order == COX_REIGN_SHUTDOWN && !node->control->wants_to_leave) {
        sim_say(sim, node, "controld may leave, and nobody has asked for that");
        control_set_attribute(sim, node, &(struct sim_attr_wish) { node->name, "shutdown", NULL, false, false });
        return;
    }
    if (order->order == COX_REIGN_SHUTDOWN) {
        node->control->is_dismissed = true;
        node->control->dismissed = cox_election_term(node->control->election);
        flush(sim, node);
        return;
    }
    if (order->rsc_id == NULL) {
        return;
    }
    COX_BUG_ON(order->n_after > 0 && !control_takes_followers(sim, node->id)); /* it would begin at once */
    errand = cox_arena_new_array(sim->arena, struct sim_errand, 1);
    *errand = (struct sim_errand) { .kind = (int) order->order, .rsc_id = order->rsc_id, .task = order->task, .key = order->key,
                                    .interval_ms = order->interval_ms, .timeout_ms = order->timeout_ms,
                                    .params = order->params, .n_params = order->n_params,
                                    .after = order->after, .n_after = sim->bug == SIM_LAW_MEMBERS ? 0 : order->n_after,
                                    .term = { order->generation, sender } };
    g_ptr_array_add(node->control->errands, errand);
    give(sim, node, errand);
}

/* ---- life ---- */

/* What the controller before this one has written; anything else is left to probes. */
static void
take_over(struct sim *sim, struct sim_node *node)
{
    struct sim_mark *mark = sim_run_mark(node->run);
    const struct cox_node_status *found = NULL;
    struct cox_status *status = history(sim, node, &found);
    guint64 fingerprint = cox_oplog_fingerprint(found);

    if (mark->is_set && (fingerprint == mark->written || fingerprint == mark->next)) {
        cox_oplog_load(node->control->oplog, found);
        mark->written = mark->next = fingerprint;
        node->control->is_history_valid = true;
    } else if (mark->is_set) {
        sim_say(sim, node, "controld: the history of this node in the document is not the one that was written");
    }
    cox_status_free(status);
}

void
control_duty_document(struct sim *sim, struct sim_node *node)
{
    struct sim_control *control = node->control;

    if (control->oplog == NULL && node->doc != NULL) {
        g_autofree char *id = g_strdup_printf("%u", node->id);

        control->oplog = cox_oplog_new(id, node->name);
        take_over(sim, node);
        if (!sim_run_mark(node->run)->is_set) {
            control_set_attribute(sim, node, &(struct sim_attr_wish) { node->name, NULL, NULL, false, false });
        }
        sim_exec_tell(sim, node);
    }
    control_report(sim, node);
}
