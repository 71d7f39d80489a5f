/* lib/replica/replica.c - one step: hand an event to the file that knows, then go on with what waits.  Layer 3, pure. */
#include "replica/replica_parts_priv.h"

#include <string.h>

#include "base/error.h"

static guint32
or_default(guint32 value, guint32 fallback)
{
    return value == 0 ? fallback : value;
}

struct cox_replica *
cox_replica_new(const struct cox_replica_options *options)
{
    struct cox_replica *r = g_new0(struct cox_replica, 1);

    r->options = *options;
    r->options.answer_ms = or_default(options->answer_ms, 30000);
    r->options.state_ms = or_default(options->state_ms, 2000);
    r->options.stall_ms = or_default(options->stall_ms, 5000);
    r->options.chunk_bytes = or_default(options->chunk_bytes, 64 * 1024);
    r->options.chunk_rate = or_default(options->chunk_rate, 32 * 1024 * 1024);
    r->options.tail_changes = or_default(options->tail_changes, 1024);
    r->options.tail_bytes = or_default(options->tail_bytes, 4 * 1024 * 1024);
    r->options.document_bytes = options->document_bytes == 0 ? 512u * 1024 * 1024 : options->document_bytes;
    r->lineage = cox_lineage_new();
    r->document.is_blank = true;
    r->disk_ok = true;
    r->quorum.own_votes = 1;
    r->next_seq = 1;
    r->pending_seq = g_hash_table_new(g_int64_hash, g_int64_equal);
    r->state_deadline = r->outside_retry = r->fetch.deadline = COX_USEC_NEVER;
    return r;
}

static void
inbox_free(gpointer data)
{
    struct replica_inbox *item = data;

    g_clear_pointer(&item->bytes, g_bytes_unref);
    g_free(item);
}

static void
pending_free(gpointer data)
{
    struct replica_pending *pending = data;

    g_bytes_unref(pending->payload);
    g_free(pending);
}

void
cox_replica_free(struct cox_replica *r)
{
    if (r == NULL) {
        return;
    }
    cox_replica_donor_clear(r);
    cox_replica_fetch_clear(r);
    cox_replica_tail_clear(r);
    cox_replica_queued_free(r->current);
    g_queue_clear_full(&r->inbox, inbox_free);
    g_queue_clear_full(&r->queue, (GDestroyNotify) cox_replica_queued_free);
    g_queue_clear_full(&r->unsynced, g_free);
    g_queue_clear_full(&r->own, g_free);
    g_queue_clear_full(&r->held, cox_replica_held_free);
    g_queue_clear_full(&r->pending, pending_free);
    g_hash_table_unref(r->pending_seq);
    g_array_unref(r->lineage);
    g_free(r);
}

/* ---- what is on disk ---- */

static void
adopt_meta(struct cox_replica *r, const struct cox_replica_record *record)
{
    cox_replica_adopt(r, &record->stamp, record->lineage);
    r->promised = MAX(r->promised, record->number);
    memcpy(r->document.digest, record->digest, sizeof(r->document.digest));
}

bool
cox_replica_restore_meta(struct cox_replica *r, GBytes *meta, GError **error)
{
    struct cox_replica_record record = { 0 };
    gsize size = 0;
    const void *data = g_bytes_get_data(meta, &size);
    bool is_ok = cox_replica_record_read(&record, data, size) && record.kind == COX_REPLICA_REC_META;

    if (is_ok) {
        adopt_meta(r, &record);
    } else {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX,
                    "the saved document's history (%" G_GSIZE_FORMAT " bytes) cannot be read: it counts as having none", size);
    }
    cox_replica_record_clear(&record);
    return is_ok;
}

static void
restore_change(struct cox_replica *r, const struct cox_replica_record *record, GBytes **change, char *digest)
{
    if (record->stamp.position <= r->stamp.position) {
        /* The document was saved before this change was confirmed: it is in it, and now known to be agreed. */
        if (record->is_agreed && record->stamp.position > r->stamp.base) {
            r->stamp.base = record->stamp.position;
            cox_lineage_extend(r->lineage, r->stamp.term, r->stamp.tag, r->stamp.base);
        }
        return;
    }
    *change = g_bytes_new(record->data, record->data_size);
    memcpy(digest, record->digest, sizeof(record->digest));
    memcpy(r->document.digest, record->digest, sizeof(record->digest));
    r->disk_ok = false; /* it is there already */
    cox_replica_append(r, record);
    r->disk_ok = true;
    if (record->is_agreed) {
        r->stamp.base = r->stamp.position;
        cox_lineage_extend(r->lineage, r->stamp.term, r->stamp.tag, r->stamp.base);
    }
}

bool
cox_replica_restore_record(struct cox_replica *r, GBytes *bytes, GBytes **change, char *digest, GError **error)
{
    struct cox_replica_record record = { 0 };
    gsize size = 0;
    const void *data = g_bytes_get_data(bytes, &size);

    if (!cox_replica_record_read(&record, data, size)
        || (record.kind == COX_REPLICA_REC_CHANGE && record.stamp.position > r->stamp.position + 1)) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "record of %" G_GSIZE_FORMAT " bytes after change %" G_GUINT64_FORMAT
                    " of the journal cannot be read or does not follow: what comes after it is left out", size,
                    r->stamp.position);
        cox_replica_record_clear(&record);
        return false;
    }
    *change = NULL;
    digest[0] = '\0';
    switch (record.kind) {
    case COX_REPLICA_REC_CHANGE:
        restore_change(r, &record, change, digest);
        break;
    case COX_REPLICA_REC_VIEW:
        r->stamp.term = record.stamp.term;
        r->stamp.tag = record.stamp.tag;
        r->stamp.base = MIN(record.stamp.base, r->stamp.position);
        r->promised = MAX(r->promised, record.stamp.term);
        cox_lineage_extend(r->lineage, r->stamp.term, r->stamp.tag, r->stamp.base);
        break;
    case COX_REPLICA_REC_PROMISE:
        r->promised = MAX(r->promised, record.number);
        break;
    case COX_REPLICA_REC_META:
        adopt_meta(r, &record);
        break;
    case COX_REPLICA_REC_N:
        break;
    }
    cox_replica_record_clear(&record);
    return true;
}

void
cox_replica_restored(struct cox_replica *r, const struct cox_replica_document *document, bool was_edited)
{
    r->document = *document;
    if (was_edited) {
        cox_replica_tail_clear(r);
        r->stamp.position++;
    }
    r->synced_position = r->written = r->stamp.position;
}

/* ---- messages ---- */

static void
on_check(struct cox_replica *r)
{
    if (!r->view.is_collecting) {
        cox_replica_start_round(r);
    }
}

static void
on_changes(struct cox_replica *r, struct replica_member *from, GBytes *bytes, const struct cox_replica_message *m)
{
    struct replica_queued change = { .kind = QUEUED_CHANGE, .node = from->id, .nonce = m->nonce, .seq = m->number };
    struct cox_bytes_reader in;

    cox_replica_confirm(r, from->changes_place);
    cox_bytes_reader_init(&in, m->data, m->data_size);
    while ((change.bytes = cox_replica_changes_next(&in, bytes)) != NULL) {
        if (r->phase != PHASE_OUTSIDE) {
            cox_replica_enqueue(r, &change);
        } else {
            cox_replica_give_up(r, &change);
        }
        g_bytes_unref(change.bytes);
        change.seq++;
    }
    from->changes_place = r->last_place;
    if (from->id == r->options.node_id) {
        r->probe_place = r->last_place;
    }
}

static void
deliver(struct cox_replica *r, guint32 node, GBytes *bytes)
{
    struct replica_member *from = cox_replica_member(r, node);
    struct cox_replica_message m;

    if (node == r->options.node_id) {
        cox_replica_own_came_back(r);
    }
    if (from == NULL) {
        return;
    }
    if (!cox_replica_message_read(&m, bytes)) {
        cox_replica_note(r, COX_REPLICA_BAD_MESSAGE, node, g_bytes_get_size(bytes));
        return;
    }
    switch (m.kind) {
    case COX_REPLICA_MSG_CHANGES:
        on_changes(r, from, bytes, &m);
        break;
    case COX_REPLICA_MSG_STATE:
        cox_replica_on_state(r, from, &m);
        break;
    case COX_REPLICA_MSG_QUORUM:
        cox_replica_on_quorum_word(r, from, &m);
        break;
    case COX_REPLICA_MSG_READY:
        cox_replica_on_ready(r, from, &m);
        break;
    case COX_REPLICA_MSG_ACK:
        cox_replica_on_ack(r, from, &m);
        break;
    case COX_REPLICA_MSG_EXCUSE:
        cox_replica_on_excuse(r, &m);
        break;
    case COX_REPLICA_MSG_PROBE:
        cox_replica_confirm(r, from->changes_place);
        break;
    case COX_REPLICA_MSG_CHECK:
        on_check(r);
        break;
    case COX_REPLICA_MSG_BEGIN:
        cox_replica_on_begin(r, node, &m);
        break;
    case COX_REPLICA_MSG_CHUNK:
        cox_replica_on_chunk(r, node, &m);
        break;
    case COX_REPLICA_MSG_N:
        break;
    }
    cox_replica_message_clear(&m);
}

/* ---- events ---- */

/* What comes from the group is worth its place in the order, so it waits while the document is busy. */
static void
put_in_inbox(struct cox_replica *r, const struct cox_replica_event *event)
{
    struct replica_inbox *item = g_new0(struct replica_inbox, 1);

    item->is_view = event->kind == COX_REPLICA_VIEW;
    item->node = event->node;
    item->bytes = item->is_view ? NULL : g_bytes_ref(event->bytes);
    item->n_nodes = MIN(event->n_nodes, COX_REPLICA_MAX_NODES);
    if (item->n_nodes > 0) {
        memcpy(item->nodes, event->nodes, item->n_nodes * sizeof(item->nodes[0]));
    }
    g_queue_push_tail(&r->inbox, item);
}

static void
on_quorum(struct cox_replica *r, const struct cox_replica_quorum *quorum)
{
    const struct cox_replica_message word = { .kind = COX_REPLICA_MSG_QUORUM, .quorum = *quorum };

    if (r->quorum.is_quorate != quorum->is_quorate || r->quorum.quorum_votes != quorum->quorum_votes
        || r->quorum.own_votes != quorum->own_votes || r->quorum.other_votes != quorum->other_votes) {
        r->quorum = *quorum;
        if (r->phase != PHASE_IDLE) {
            cox_replica_send(r, &word);
        }
    }
}

static void
document_done(struct cox_replica *r, const struct cox_replica_event *event)
{
    enum replica_busy busy = r->busy;

    r->busy = BUSY_NOT;
    cox_replica_grant(r, r->now - r->busy_since);
    switch (busy) {
    case BUSY_NOT:
        break;
    case BUSY_CHANGE:
        cox_replica_change_applied(r, event->is_ok, event->document);
        break;
    case BUSY_PATCH:
        cox_replica_patch_applied(r, event->is_ok, event->document);
        break;
    case BUSY_INSTALL:
        cox_replica_installed(r, event->is_ok, event->document);
        break;
    }
}

static void
take_event(struct cox_replica *r, const struct cox_replica_event *event)
{
    switch (event->kind) {
    case COX_REPLICA_VIEW:
    case COX_REPLICA_DELIVER:
        put_in_inbox(r, event);
        break;
    case COX_REPLICA_QUORUM:
        on_quorum(r, &event->quorum);
        break;
    case COX_REPLICA_COORDINATOR:
        r->coordinator = event->node;
        break;
    case COX_REPLICA_SUBMIT:
        cox_replica_submit(r, event->number, event->bytes);
        break;
    case COX_REPLICA_APPLIED:
    case COX_REPLICA_INSTALLED:
        document_done(r, event);
        break;
    case COX_REPLICA_CAPTURED:
        cox_replica_donor_captured(r, event->number, event->bytes);
        break;
    case COX_REPLICA_SYNCED:
        cox_replica_on_synced(r, event->number);
        break;
    case COX_REPLICA_DISK:
        cox_replica_on_disk(r, event->is_ok);
        break;
    case COX_REPLICA_TICK:
        break;
    }
}

static void
watch_time(struct cox_replica *r)
{
    cox_replica_expire(r);
    if (r->phase == PHASE_STATES && cox_usec_is_due(r->state_deadline, r->now)) {
        cox_replica_excuse_silent(r);
    }
    if (r->phase == PHASE_FETCH && r->busy == BUSY_NOT && cox_usec_is_due(r->fetch.deadline, r->now)) {
        cox_replica_note(r, COX_REPLICA_STALLED, r->view.winner, 0);
        cox_replica_go_outside(r);
    }
    if (r->phase == PHASE_OUTSIDE && r->busy == BUSY_NOT) {
        if (cox_usec_is_due(r->outside_retry, r->now)) {
            r->check_sent = false;
            r->outside_retry = cox_usec_after_ms(r->now, r->options.state_ms);
        }
        cox_replica_send_check(r);
    }
    cox_replica_donate(r);
}

/* Until something has to be waited for: the queue of the view first, then what has come from the group since. */
static void
pump(struct cox_replica *r)
{
    while (r->busy == BUSY_NOT) {
        struct replica_inbox *item;

        if (r->phase == PHASE_ACTIVE && r->queue.length > 0) {
            cox_replica_apply_next(r);
            continue;
        }
        item = g_queue_pop_head(&r->inbox);
        if (item == NULL) {
            break;
        }
        if (item->is_view) {
            cox_replica_on_view(r, item->nodes, item->n_nodes);
        } else {
            deliver(r, item->node, item->bytes);
        }
        inbox_free(item);
    }
}

static cox_usec
next_wake(const struct cox_replica *r)
{
    const struct replica_pending *pending = r->pending.head == NULL ? NULL : r->pending.head->data;
    cox_usec at = pending == NULL ? COX_USEC_NEVER : pending->deadline;

    if (r->own.length == 0) {
        at = cox_usec_min(at, cox_replica_held_until(r));
    }
    if (r->phase == PHASE_STATES) {
        at = cox_usec_min(at, r->state_deadline);
    }
    if (r->phase == PHASE_FETCH) {
        at = cox_usec_min(at, r->fetch.deadline);
    }
    if (r->phase == PHASE_OUTSIDE) {
        at = cox_usec_min(at, r->outside_retry);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(r->donor.streams); i++) {
        const struct replica_stream *stream = &r->donor.streams[i];

        if (stream->bytes != NULL && !stream->is_done && !r->donor.in_flight) {
            at = cox_usec_min(at, r->donor.next_chunk_at);
        }
    }
    return at;
}

void
cox_replica_step(struct cox_replica *r, const struct cox_replica_event *event, cox_usec now,
                 struct cox_replica_effects *out)
{
    cox_replica_effects_clear(out);
    r->out = out;
    r->now = now;
    take_event(r, event);
    pump(r);
    cox_replica_report_progress(r);
    watch_time(r);
    if (event->kind != COX_REPLICA_SUBMIT || !event->has_more) {
        cox_replica_send_changes(r);
    }
    cox_replica_probe(r);
    out->wake_at = next_wake(r);
    r->out = NULL;
}

void
cox_replica_set_node(struct cox_replica *replica, guint32 node_id)
{
    replica->options.node_id = node_id;
}

struct cox_replica_status
cox_replica_status(const struct cox_replica *r)
{
    return (struct cox_replica_status) {
        .stamp = r->stamp, .document = r->document, .is_current = r->phase == PHASE_ACTIVE,
        .is_established = r->phase == PHASE_ACTIVE && r->has_quorum && r->stamp.term == r->view.term, .n_members = r->view.n,
        .n_pending = r->pending.length,
    };
}
