/* daemons/attrd/attrd_effects.c - what the engine asks for becomes messages, timers, changes of the document and answers.  Layer 6. */
#include "daemons/attrd/attrd.h"

#include "base/error.h"
#include "cib/cib.h"

struct cox_attrdoc
cox_attrd_document(const struct cox_attrd *attrd)
{
    const struct cox_cib *cib = cox_follow_cib(attrd->follow);

    return (struct cox_attrdoc) { cib == NULL ? NULL : cox_cib_root(cib), (const struct cox_attr_member *) attrd->members->data,
                                  attrd->members->len };
}

/* Does the replica show everything that we have written? */
static bool
is_current(const struct cox_attrd *attrd)
{
    struct cox_version have;

    cox_follow_catch_up(attrd->follow, COX_ATTRD_LATER); /* a write that changed nothing may have been answered with any version */
    have = cox_follow_version(attrd->follow);
    return cox_follow_is_current(attrd->follow) && cox_version_compare(&have, &attrd->written) >= 0;
}

/* ---- messages and time ---- */

static void
send_piece(void *context, const struct cox_msg_attr_peer *piece)
{
    struct cox_attrd *attrd = context;

    if (!cox_service_send(attrd->ctx, COX_MSG_ATTR_PEER, piece)) {
        cox_attrd_fail_waits(attrd, "no connection to the cluster");
    }
}

static void
on_timer(void *context)
{
    struct cox_attrd *attrd = context;
    const struct cox_attr_event event = { .kind = COX_ATTR_ON_WAKE };

    attrd->timer = 0;
    cox_attrd_step(attrd, &event);
}

static void
set_timer(struct cox_attrd *attrd, cox_usec at)
{
    struct cox_runtime *runtime = cox_service_runtime(attrd->ctx);

    cox_runtime_cancel(runtime, attrd->timer);
    attrd->timer = cox_runtime_timer(runtime, at, on_timer, attrd);
}

/* ---- our values in the document ---- */

/* Has the document what we believe to have written? */
static bool
has_our_values(const struct cox_attrd *attrd)
{
    const struct cox_attrtable *table = cox_attr_table(attrd->engine);
    const struct cox_attrdoc doc = cox_attrd_document(attrd);

    for (guint a = 0; a < table->attributes->len; a++) {
        const struct cox_attribute *attribute = table->attributes->pdata[a];

        for (guint v = 0; v < attribute->values->len && attribute->kind == COX_ATTR_TRANSIENT; v++) {
            const struct cox_attr_value *value = attribute->values->pdata[v];
            const struct cox_attr_entry entry = { .name = attribute->name, .node = value->node,
                                                  .is_utilization = attribute->is_utilization };
            g_autofree char *id = cox_attrdoc_node_id(&doc, value->node, NULL);

            if (id != NULL && value->is_stored_known && g_strcmp0(cox_attrdoc_get(&doc, &entry), value->stored) != 0) {
                return false;
            }
        }
    }
    return true;
}

/* Somebody has edited, deleted or replaced the status: the writer puts right what it is responsible for. */
static void
check_values(struct cox_attrd *attrd)
{
    const struct cox_attr_event event = { .kind = COX_ATTR_ON_REPLACED };

    if (!attrd->needs_check || attrd->engine == NULL || attrd->batch != 0 || !is_current(attrd)
        || cox_attr_writer(attrd->engine) != cox_service_self(attrd->ctx)) {
        return;
    }
    attrd->needs_check = false;
    if (!has_our_values(attrd)) {
        cox_log_line(cox_service_log(attrd->ctx), COX_LOG_NOTICE, "values in the document are not ours: writing all again");
        cox_attrd_step(attrd, &event);
    }
}

void
cox_attrd_on_document(void *context, const struct cox_follow_news *news)
{
    struct cox_attrd *attrd = context;

    if (news->patch == NULL) { /* perhaps of another history, where counters mean nothing to us */
        attrd->written = (struct cox_version) { 0 };
    }
    attrd->needs_check = attrd->needs_check || cox_attrdoc_touches(news->patch);
    check_values(attrd);
}

/* ---- writing ---- */

static void
end_batch(struct cox_attrd *attrd)
{
    struct cox_attr_event event = { .kind = COX_ATTR_ON_WRITTEN };

    event.written.batch = attrd->batch;
    event.written.is_ok = !attrd->has_failed;
    attrd->batch = 0;
    if (!attrd->has_failed) {
        cox_attrd_alerts_tell(attrd->alerts);
    }
    cox_attrd_step(attrd, &event);
    check_values(attrd);
}

/* The engine may not hear the end of a batch while it still begins it. */
static void
on_batch_empty(void *context)
{
    end_batch(context);
}

static void
on_answer(void *context, const struct cox_follow_answer *answer)
{
    struct cox_attrd *attrd = context;

    if (answer->error != NULL) {
        attrd->has_failed = true;
        cox_log_event(cox_service_log(attrd->ctx), COX_EVENT_ATTR_NOT_WRITTEN, "error=\"%s\"", answer->error->message);
    } else if (answer->outcome == COX_CIB_UNCERTAIN) {
        attrd->has_failed = true; /* writing twice does no harm */
    } else if (cox_version_compare(&answer->version, &attrd->written) > 0) {
        attrd->written = answer->version;
    }
    if (--attrd->n_answers_missing == 0) {
        end_batch(attrd);
    }
}

static void
ask_for(struct cox_attrd *attrd, const struct cox_follow_change *change)
{
    struct cox_follow_change asked = *change;

    asked.fn = on_answer;
    asked.context = attrd;
    attrd->n_answers_missing++;
    cox_follow_change(attrd->follow, &asked);
}

/* Each once, until it is known again: its values come with every write. */
static void
log_unknown(struct cox_attrd *attrd, const struct cox_attr_effect *effect, const GPtrArray *unknown)
{
    for (size_t i = 0; i < effect->write.n_entries && g_hash_table_size(attrd->unknown) > 0; i++) {
        const char *node = effect->write.entries[i].node;

        if (!g_ptr_array_find_with_equal_func((GPtrArray *) (guintptr) unknown, node, g_str_equal, NULL)) {
            (void) g_hash_table_remove(attrd->unknown, node);
        }
    }
    for (guint i = 0; i < unknown->len; i++) {
        const char *node = unknown->pdata[i];

        if (g_hash_table_add(attrd->unknown, g_strdup(node))) {
            cox_log_event(cox_service_log(attrd->ctx), COX_EVENT_ATTR_NODE_UNKNOWN, "node=%s", node);
        }
    }
}

/* What the engine knows of the value that it wants to be written; NULL for a permanent one. */
static const struct cox_attr_value *
value_of(const struct cox_attrd *attrd, const struct cox_attr_entry *entry)
{
    const struct cox_attribute *attribute = cox_attrtable_find(cox_attr_table(attrd->engine), entry->name);

    return attribute == NULL ? NULL : cox_attribute_find(attribute, entry->node);
}

/* Values in one change; what is deleted has to be another one, in this order (doc/adr/052). */
static void
write_batch(struct cox_attrd *attrd, const struct cox_attr_effect *effect)
{
    const struct cox_attrdoc doc = cox_attrd_document(attrd);
    struct cox_attrdoc_changes changes;

    attrd->batch = effect->write.batch;
    attrd->has_failed = doc.root == NULL;
    attrd->n_answers_missing = 0;
    if (doc.root != NULL) {
        cox_attrdoc_changes(&doc, effect->write.entries, effect->write.n_entries, is_current(attrd), &changes);
        log_unknown(attrd, effect, changes.unknown);
        for (size_t i = 0; i < effect->write.n_entries; i++) {
            const struct cox_attr_entry *entry = &effect->write.entries[i];

            cox_attrd_alerts_note(attrd->alerts, &doc, entry, value_of(attrd, entry));
        }
        if (changes.sets != NULL) {
            ask_for(attrd, &(struct cox_follow_change) {
                .kind = COX_EDIT_MODIFY, .input = cox_xmldoc_root(changes.sets), .allows_creation = true });
        }
        for (guint i = 0; i < changes.deletions->len; i++) {
            ask_for(attrd, &(struct cox_follow_change) { .kind = COX_EDIT_DELETE_ALL, .xpath = changes.deletions->pdata[i] });
        }
        cox_attrdoc_changes_clear(&changes);
    }
    if (attrd->n_answers_missing == 0) {
        (void) cox_runtime_defer(cox_service_runtime(attrd->ctx), on_batch_empty, attrd);
    }
}

/* ---- answers ---- */

static void
end_request(struct cox_attrd *attrd, guint64 request, bool is_confirmation)
{
    struct cox_attrd_wait *wait = g_hash_table_lookup(attrd->waits, &request);
    const struct cox_msg_done done = { 0 };

    if (wait == NULL || (wait->wants_all && !is_confirmation)) {
        return;
    }
    g_hash_table_remove(attrd->waits, &request);
    if (--wait->n_left == 0) {
        cox_ticket_answer(attrd->ctx, wait->ticket, COX_MSG_DONE, &done, NULL);
        g_free(wait);
    }
}

void
cox_attrd_fail_waits(struct cox_attrd *attrd, const char *why)
{
    g_autoptr(GError) error = g_error_new(COX_ERROR, COX_ERROR_DISCONNECTED, "attribute: %s; nobody knows whether the change was made", why);
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, attrd->waits);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct cox_attrd_wait *wait = value;

        g_hash_table_iter_remove(&iter);
        if (--wait->n_left == 0) {
            cox_ticket_fail(attrd->ctx, wait->ticket, error);
            g_free(wait);
        }
    }
}

static void
tell_change(struct cox_attrd *attrd, const struct cox_attr_entry *entry)
{
    const struct cox_msg_attr_value value = { .name = entry->name, .node = entry->node, .value = entry->value, .kind = entry->kind,
                                              .dampening_ms = entry->dampening_ms };
    const struct cox_msg_attr_changed changed = { .values = &value, .n_values = 1 };

    cox_service_publish(attrd->ctx, COX_ATTRD_TOPIC, COX_MSG_ATTR_CHANGED, &changed, NULL);
}

/* ---- all ---- */

static void
carry_out(struct cox_attrd *attrd, const struct cox_attr_effect *effect)
{
    const char *name = NULL;

    switch (effect->kind) {
        case COX_ATTR_DO_SEND:
            cox_attrwire_write(&effect->message, send_piece, attrd);
            break;
        case COX_ATTR_DO_WAKE:
            set_timer(attrd, effect->at);
            break;
        case COX_ATTR_DO_WRITE:
            write_batch(attrd, effect);
            break;
        case COX_ATTR_DO_APPLIED:
            end_request(attrd, effect->request, false);
            break;
        case COX_ATTR_DO_CONFIRMED:
            end_request(attrd, effect->request, true);
            break;
        case COX_ATTR_DO_CHANGED:
            tell_change(attrd, &effect->changed);
            break;
        case COX_ATTR_DO_WRITER:
            name = cox_service_node_name(attrd->ctx, effect->writer);
            cox_attrd_alerts_drop(attrd->alerts);
            cox_log_line(cox_service_log(attrd->ctx), COX_LOG_INFO, "writer of attributes node=%s", name == NULL ? "(none)" : name);
            break;
    }
}

void
cox_attrd_step(struct cox_attrd *attrd, const struct cox_attr_event *event)
{
    struct cox_attr_effects out;

    cox_attr_effects_init(&out);
    cox_attr_step(attrd->engine, event, cox_runtime_now(cox_service_runtime(attrd->ctx)), &out);
    for (guint i = 0; i < cox_attr_effects_count(&out); i++) {
        carry_out(attrd, cox_attr_effects_get(&out, i));
    }
    cox_attr_effects_clear(&out);
}
