/* lib/replica/replica_history.c - the document, its journal and its recent past.  Layer 3, pure. */
#include "replica/replica_parts_priv.h"

#include <string.h>

enum { HELD_MS = 50 }; /* longer than an order round takes; nobody waits for what is held that long but a node that may stand still */

void
cox_replica_queued_free(struct replica_queued *queued)
{
    if (queued != NULL) {
        g_clear_pointer(&queued->bytes, g_bytes_unref);
        g_free(queued);
    }
}

void
cox_replica_tail_free(struct replica_tail *entry)
{
    g_bytes_unref(entry->record);
    g_free(entry);
}

void
cox_replica_tail_clear(struct cox_replica *r)
{
    g_queue_clear_full(&r->tail, (GDestroyNotify) cox_replica_tail_free);
    r->tail_bytes = 0;
}

const struct replica_tail *
cox_replica_tail_at(const struct cox_replica *r, guint64 position)
{
    const struct replica_tail *first = r->tail.head == NULL ? NULL : r->tail.head->data;
    GList *link = NULL;

    if (first == NULL || position < first->position || position > r->stamp.position) {
        return NULL;
    }
    /* Positions have no gaps; what is asked for is nearly always close to the end. */
    for (link = r->tail.tail; link != NULL; link = link->prev) {
        const struct replica_tail *entry = link->data;

        if (entry->position == position) {
            return entry;
        }
    }
    return NULL;
}

static void
tail_push(struct cox_replica *r, GBytes *record)
{
    struct replica_tail *entry = g_new0(struct replica_tail, 1);

    entry->position = r->stamp.position;
    memcpy(entry->digest, r->document.digest, sizeof(entry->digest));
    entry->record = g_bytes_ref(record);
    g_queue_push_tail(&r->tail, entry);
    r->tail_bytes += g_bytes_get_size(record);
    while (r->tail.length > r->options.tail_changes || (r->tail_bytes > r->options.tail_bytes && r->tail.length > 0)) {
        struct replica_tail *old = g_queue_pop_head(&r->tail);

        r->tail_bytes -= g_bytes_get_size(old->record);
        cox_replica_tail_free(old);
    }
}

static guint64
await_disk(struct cox_replica *r, guint64 position)
{
    struct replica_unsynced *entry = g_new0(struct replica_unsynced, 1);

    entry->seq = ++r->seq;
    entry->position = r->written = position;
    g_queue_push_tail(&r->unsynced, entry);
    return entry->seq;
}

/* Takes @bytes.  Without a disk nothing is written, and nothing will ever be said to be there. */
static guint64
journal_bytes(struct cox_replica *r, GBytes *bytes, guint64 position)
{
    struct cox_replica_effect *effect;

    if (!r->disk_ok) {
        g_bytes_unref(bytes);
        return G_MAXUINT64;
    }
    effect = cox_replica_emit(r, COX_REPLICA_JOURNAL, bytes);
    effect->number = await_disk(r, position);
    return r->seq;
}

guint64
cox_replica_journal(struct cox_replica *r, const struct cox_replica_record *record)
{
    return journal_bytes(r, cox_replica_record_write(record), r->written);
}

GBytes *
cox_replica_meta(const struct cox_replica *r)
{
    struct cox_replica_record meta = {
        .kind = COX_REPLICA_REC_META, .number = r->promised, .stamp = r->stamp, .lineage = r->lineage,
    };

    memcpy(meta.digest, r->document.digest, sizeof(meta.digest));
    return cox_replica_record_write(&meta);
}

/* The document as it is now becomes what the journal builds upon; whatever was on its way to the disk no longer matters. */
void
cox_replica_save(struct cox_replica *r)
{
    if (r->disk_ok) {
        struct cox_replica_effect *effect = cox_replica_emit(r, COX_REPLICA_SAVE, cox_replica_meta(r));

        effect->stamp = r->stamp;
        effect->number = await_disk(r, r->stamp.position);
        r->promise_seq = r->view_seq = r->seq;
    }
}

/* ---- what is not yet known to be in its place ---- */

void
cox_replica_held_free(gpointer data)
{
    struct replica_held *held = data;

    g_clear_pointer(&held->record, g_bytes_unref);
    g_free(held);
}

/* A gap is out of the question: it is agreed, and the disk may know. */
static void
confirm_one(struct cox_replica *r, struct replica_held *held)
{
    struct cox_replica_record view = { .kind = COX_REPLICA_REC_VIEW };
    GList *link;

    switch (held->kind) {
    case HELD_REFUSAL:
        link = g_hash_table_lookup(r->pending_seq, &held->seq);
        if (link != NULL) {
            cox_replica_answer(r, link->data, COX_REPLICA_REFUSED);
        }
        return;
    case HELD_VIEW:
        r->stamp.base = held->position;
        r->stamp.term = held->term;
        r->stamp.tag = held->tag;
        view.stamp = r->stamp;
        r->has_acked = false;
        r->view_seq = cox_replica_journal(r, &view);
        cox_replica_note(r, COX_REPLICA_ESTABLISHED, 0, held->term);
        break;
    case HELD_CHANGE:
        r->stamp.base = held->position;
        (void) journal_bytes(r, g_steal_pointer(&held->record), held->position);
        break;
    }
    cox_lineage_extend(r->lineage, r->stamp.term, r->stamp.tag, r->stamp.base);
}

static void
confirm_held(struct cox_replica *r)
{
    while (r->held.length > 0 && ((struct replica_held *) r->held.head->data)->place <= r->sure_place) {
        struct replica_held *held = g_queue_pop_head(&r->held);

        confirm_one(r, held);
        cox_replica_held_free(held);
    }
}

/* There is no gap up to @place: neither in what is held nor in what has been delivered and will be. */
void
cox_replica_confirm(struct cox_replica *r, guint64 place)
{
    r->sure_place = MAX(r->sure_place, place);
    confirm_held(r);
}

static void
hold(struct cox_replica *r, int kind, GBytes *record, guint64 seq)
{
    struct replica_held *held = g_new0(struct replica_held, 1);

    held->place = r->place;
    held->since = r->now;
    held->kind = kind;
    held->seq = seq;
    held->term = r->view.term;
    held->tag = r->view.tag;
    held->position = r->stamp.position;
    held->record = record;
    g_queue_push_tail(&r->held, held);
    confirm_held(r);
}

/* When this node asks for itself. */
cox_usec
cox_replica_held_until(const struct cox_replica *r)
{
    const struct replica_held *first = r->held.head == NULL ? NULL : r->held.head->data;

    return first == NULL ? COX_USEC_NEVER : cox_usec_after_ms(first->since, HELD_MS);
}

/* A message of our own was delivered. */
void
cox_replica_own_came_back(struct cox_replica *r)
{
    struct replica_own *own = g_queue_pop_head(&r->own);

    if (own != NULL && own->has_changes) {
        r->are_changes_sent = false;
    }
    if (own != NULL && own->round == r->round_number) {
        cox_replica_confirm(r, own->place);
    }
    g_free(own);
}

/* Is something held, or has it been delivered and will be, that this node has to find out about? */
static bool
has_to_probe(const struct cox_replica *r)
{
    bool will_hold = r->has_quorum && r->phase == PHASE_ACTIVE && (r->queue.length > 0 || r->current != NULL);

    return (r->held.length > 0 || will_hold)
           && (r->probe_place > r->sure_place || cox_usec_is_due(cox_replica_held_until(r), r->now));
}

/*
 * See to it that what is held gets known: when nothing of our own is under way, send something.  It is on its way while what has been
 * delivered is being done, and comes back for all of it.
 */
void
cox_replica_probe(struct cox_replica *r)
{
    const struct cox_replica_message probe = { .kind = COX_REPLICA_MSG_PROBE };

    if (r->own.length == 0 && has_to_probe(r)) {
        cox_replica_send(r, &probe);
    }
}

/* The view is over: what has not been confirmed is written down as what it may be, changes that others do not have. */
void
cox_replica_hold_no_more(struct cox_replica *r)
{
    struct replica_held *held;

    while ((held = g_queue_pop_head(&r->held)) != NULL) {
        struct cox_replica_record record = { 0 };
        gsize size = 0;
        const void *data = held->record == NULL ? NULL : g_bytes_get_data(held->record, &size);
        GList *link = held->kind != HELD_REFUSAL ? NULL : g_hash_table_lookup(r->pending_seq, &held->seq);

        if (data != NULL && cox_replica_record_read(&record, data, size)) {
            record.is_agreed = false;
            (void) journal_bytes(r, cox_replica_record_write(&record), held->position);
            cox_replica_record_clear(&record);
        }
        if (link != NULL) { /* refused here, but perhaps not where others stood */
            cox_replica_answer(r, link->data, COX_REPLICA_UNCERTAIN);
        }
        cox_replica_held_free(held);
    }
    r->has_quorum = false;
    r->round_number++;
}

/* A change has been applied: count it, keep it for those who come back, write it down now or when it is confirmed. */
void
cox_replica_append(struct cox_replica *r, const struct cox_replica_record *change)
{
    struct cox_replica_record record = *change;
    GBytes *bytes;

    r->stamp.position++;
    record.kind = COX_REPLICA_REC_CHANGE;
    record.is_agreed = r->has_quorum;
    record.stamp = r->stamp;
    record.stamp.base = MIN(record.stamp.base, record.stamp.position);
    memcpy(record.digest, r->document.digest, sizeof(record.digest));
    bytes = cox_replica_record_write(&record);
    tail_push(r, bytes);
    if (r->has_quorum) {
        hold(r, HELD_CHANGE, bytes, 0);
    } else {
        (void) journal_bytes(r, bytes, r->stamp.position);
    }
}

/* What the document is has not changed, but what is known of its history has. */
void
cox_replica_adopt(struct cox_replica *r, const struct cox_stamp *stamp, const GArray *lineage)
{
    if (stamp->position != r->stamp.position) {
        cox_replica_tail_clear(r);
    }
    r->written = stamp->position;
    r->stamp = *stamp;
    g_array_set_size(r->lineage, 0);
    g_array_append_vals(r->lineage, lineage->data, lineage->len);
}

/* From here on what is applied counts as written with quorum, and so does everything before. */
static void
establish(struct cox_replica *r)
{
    r->has_quorum = true;
    r->probe_place = MAX(r->probe_place, r->place);
    hold(r, HELD_VIEW, NULL, 0);
}

static void
begin_change(struct cox_replica *r, struct replica_queued *queued)
{
    const struct replica_pending *pending = cox_replica_pending_of(r, queued);
    struct cox_replica_effect *effect = cox_replica_emit(r, COX_REPLICA_APPLY, g_bytes_ref(queued->bytes));

    effect->node = queued->node;
    effect->has_quorum = r->has_quorum;
    effect->stamp = r->stamp;
    effect->stamp.position++;
    effect->number = pending == NULL ? 0 : pending->request;
    r->busy = BUSY_CHANGE;
    r->current = queued;
}

/* Go on with the first of what waits. */
void
cox_replica_apply_next(struct cox_replica *r)
{
    struct replica_queued *queued = g_queue_pop_head(&r->queue);

    r->place = queued->place;
    switch (queued->kind) {
    case QUEUED_CHANGE:
        begin_change(r, queued);
        return;
    case QUEUED_ESTABLISH:
        establish(r);
        break;
    case QUEUED_LAPSE:
        cox_replica_hold_no_more(r);
        cox_replica_note(r, COX_REPLICA_NO_QUORUM, 0, 0);
        cox_replica_settle(r);
        break;
    }
    cox_replica_queued_free(queued);
}

void
cox_replica_change_applied(struct cox_replica *r, bool is_ok, const struct cox_replica_document *document)
{
    struct replica_queued *queued = g_steal_pointer(&r->current);
    struct replica_pending *pending = cox_replica_pending_of(r, queued);

    r->document = *document;
    if (is_ok) {
        struct cox_replica_record record = { .nonce = queued->nonce, .number = queued->seq };

        record.data = g_bytes_get_data(queued->bytes, &record.data_size);
        cox_replica_append(r, &record);
        r->wanted = queued->node == r->options.node_id ? r->wanted : r->stamp.position;
    }
    if (pending != NULL && !is_ok) {
        hold(r, HELD_REFUSAL, NULL, pending->seq);
    } else if (pending != NULL) {
        pending->state = PENDING_APPLIED;
        pending->position = r->stamp.position;
        if (!r->has_quorum && !r->disk_ok) {
            cox_replica_settle(r);
        }
    }
    cox_replica_queued_free(queued);
}
