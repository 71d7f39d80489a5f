/* lib/replica/replica_transfer.c - the winning document on its way to those who have another one.  Layer 3, pure. */
#include "replica/replica_parts_priv.h"

#include <string.h>

enum { OUTSIDE_RETRY_MS = 1000, MAX_RECORD_BYTES = 256 * 1024 * 1024 };

void
cox_replica_become_active(struct cox_replica *r)
{
    r->phase = PHASE_ACTIVE;
    cox_replica_note(r, COX_REPLICA_CURRENT, r->view.winner, 0);
    if (r->view.is_reading) {
        cox_replica_promise(r);
    } else if (!cox_replica_is_quorate(&r->view)) {
        cox_replica_note(r, COX_REPLICA_NO_QUORUM, 0, 0);
        cox_replica_settle(r);
    }
}

/* This round is lost for this node: let everything pass, and ask for another one. */
void
cox_replica_go_outside(struct cox_replica *r)
{
    struct replica_queued *queued;

    r->phase = PHASE_OUTSIDE;
    while ((queued = g_queue_pop_head(&r->queue)) != NULL) {
        cox_replica_give_up(r, queued);
        cox_replica_queued_free(queued);
    }
    cox_replica_fetch_clear(r);
    r->outside_retry = cox_usec_after_ms(r->now, OUTSIDE_RETRY_MS);
}

/* ---- giving ---- */

void
cox_replica_donor_clear(struct cox_replica *r)
{
    struct replica_donor *donor = &r->donor;

    for (size_t i = 0; i < G_N_ELEMENTS(donor->streams); i++) {
        g_clear_pointer(&donor->streams[i].bytes, g_bytes_unref);
    }
    g_clear_pointer(&donor->lineage, g_array_unref);
    memset(donor, 0, sizeof(*donor));
}

static bool
has_winning_document(const struct cox_replica *r, const struct replica_member *member)
{
    return cox_stamp_is_same(&member->stamp, &r->stamp) && strcmp(member->document.digest, r->document.digest) == 0;
}

/* Do recent changes lead from the document of @member to this one? */
static bool
can_follow(const struct cox_replica *r, const struct replica_member *member)
{
    const struct replica_tail *at = cox_replica_tail_at(r, member->stamp.position);
    const struct replica_tail *oldest = r->tail.head == NULL ? NULL : r->tail.head->data;

    if (strcmp(member->document.digest, r->document.digest) == 0) {
        return true;
    }
    if (at != NULL) {
        return strcmp(at->digest, member->document.digest) == 0;
    }
    return oldest != NULL && oldest->position == member->stamp.position + 1 && !member->document.is_blank
           && cox_lineage_contains(r->lineage, &member->stamp);
}

/* The records after @position, one blob each. */
static GBytes *
recent_records(const struct cox_replica *r, guint64 position)
{
    GByteArray *out = g_byte_array_new();

    for (GList *link = r->tail.head; link != NULL; link = link->next) {
        const struct replica_tail *entry = link->data;
        gsize size = 0;
        const void *data = g_bytes_get_data(entry->record, &size);

        if (entry->position > position) {
            cox_bytes_put_blob(out, data, size);
        }
    }
    return g_byte_array_free_to_bytes(out);
}

/* The view is decided and this node's document has won: see who needs what. */
void
cox_replica_donor_begin(struct cox_replica *r)
{
    struct replica_donor *donor = &r->donor;
    guint64 from = r->stamp.position;

    for (guint32 i = 0; i < r->view.n; i++) {
        const struct replica_member *member = &r->view.members[i];
        struct replica_stream *stream = &donor->streams[1];

        if (member->is_excused || has_winning_document(r, member)) {
            continue;
        }
        if (can_follow(r, member)) {
            stream = &donor->streams[0];
            if (strcmp(member->document.digest, r->document.digest) != 0) {
                from = MIN(from, member->stamp.position);
            }
        }
        stream->is_wanted = true;
        stream->members[stream->n_members++] = member->id;
    }
    donor->stamp = r->stamp;
    donor->document = r->document;
    donor->lineage = g_array_copy(r->lineage);
    donor->streams[1].is_snapshot = true;
    if (donor->streams[0].is_wanted) {
        donor->streams[0].bytes = recent_records(r, from);
    }
    if (donor->streams[1].is_wanted) {
        cox_replica_emit(r, COX_REPLICA_CAPTURE, NULL)->number = ++r->capture;
    }
    cox_replica_donate(r);
}

void
cox_replica_donor_captured(struct cox_replica *r, guint64 number, GBytes *bytes)
{
    struct replica_stream *stream = &r->donor.streams[1];

    if (number == r->capture && stream->is_wanted && stream->bytes == NULL) {
        stream->bytes = g_bytes_ref(bytes);
        cox_replica_donate(r);
    }
}

static void
send_begin(struct cox_replica *r, struct replica_stream *stream)
{
    struct cox_replica_message begin = {
        .kind = COX_REPLICA_MSG_BEGIN, .number = r->view.round, .stamp = r->donor.stamp, .document = r->donor.document,
        .lineage = r->donor.lineage, .size = g_bytes_get_size(stream->bytes), .n_members = stream->n_members,
        .flags = stream->is_snapshot ? COX_REPLICA_FLAG_SNAPSHOT : 0,
    };

    memcpy(begin.members, stream->members, sizeof(begin.members));
    cox_replica_send(r, &begin);
    stream->is_begun = true;
    stream->is_done = begin.size == 0;
}

/* The next piece goes out when the last one has come round and the rate allows it, so that changes get their turn. */
static void
send_chunk(struct cox_replica *r, struct replica_stream *stream)
{
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(stream->bytes, &size);
    const struct cox_replica_message chunk = {
        .kind = COX_REPLICA_MSG_CHUNK, .number = r->view.round, .offset = stream->offset, .data = data + stream->offset,
        .data_size = MIN(size - stream->offset, r->options.chunk_bytes),
        .flags = stream->is_snapshot ? COX_REPLICA_FLAG_SNAPSHOT : 0,
    };

    cox_replica_send(r, &chunk);
    stream->offset += chunk.data_size;
    stream->is_done = stream->offset == size;
    r->donor.in_flight = true;
    r->donor.next_chunk_at = r->now + (cox_usec) (chunk.data_size * 1000000 / r->options.chunk_rate);
}

void
cox_replica_donate(struct cox_replica *r)
{
    for (size_t i = 0; i < G_N_ELEMENTS(r->donor.streams); i++) {
        struct replica_stream *stream = &r->donor.streams[i];

        if (!stream->is_wanted || stream->is_done) {
            continue;
        }
        if (stream->bytes == NULL) {
            return;
        }
        if (!stream->is_begun) {
            send_begin(r, stream);
        }
        if (!stream->is_done) {
            if (!r->donor.in_flight && r->donor.next_chunk_at <= r->now) {
                send_chunk(r, stream);
            }
            return;
        }
    }
}

/* ---- receiving ---- */

void
cox_replica_fetch_clear(struct cox_replica *r)
{
    g_clear_pointer(&r->fetch.lineage, g_array_unref);
    g_clear_pointer(&r->fetch.buffer, g_byte_array_unref);
    g_clear_pointer(&r->fetch.bytes, g_bytes_unref);
    memset(&r->fetch, 0, sizeof(r->fetch));
    r->fetch.deadline = COX_USEC_NEVER;
}

void
cox_replica_fetch_begin(struct cox_replica *r)
{
    r->phase = PHASE_FETCH;
    r->fetch.deadline = cox_usec_after_ms(r->now, r->options.stall_ms);
    cox_replica_note(r, COX_REPLICA_FETCHING, r->view.winner, 0);
}

static void
refuse_document(struct cox_replica *r)
{
    cox_replica_note(r, COX_REPLICA_BAD_DOCUMENT, r->view.winner, 0);
    cox_replica_go_outside(r);
}

/* Everything has come and is what was promised: follow the group from here. */
static void
take_over(struct cox_replica *r)
{
    if (strcmp(r->document.digest, r->fetch.document.digest) != 0) {
        if (r->fetch.is_snapshot) { /* neither the old one nor the new one: of no history */
            r->stamp = (struct cox_stamp) { 0 };
            g_array_set_size(r->lineage, 0);
        }
        refuse_document(r);
        return;
    }
    cox_replica_adopt(r, &r->fetch.stamp, r->fetch.lineage);
    if (r->fetch.is_snapshot) {
        cox_replica_save(r);
    } else if (r->disk_ok) {
        struct cox_replica_record meta = {
            .kind = COX_REPLICA_REC_META, .number = r->promised, .stamp = r->stamp, .lineage = r->lineage,
        };

        memcpy(meta.digest, r->document.digest, sizeof(meta.digest));
        (void) cox_replica_journal(r, &meta);
    }
    cox_replica_fetch_clear(r);
    cox_replica_become_active(r);
}

/* The next of the changes that lead to the winning document. */
static void
next_patch(struct cox_replica *r)
{
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(r->fetch.bytes, &size);
    struct cox_bytes_reader in;
    struct cox_replica_record record = { 0 };

    cox_bytes_reader_init(&in, data + r->fetch.at, size - r->fetch.at);
    while (in.left > 0 && strcmp(r->document.digest, r->fetch.document.digest) != 0) {
        size_t length = 0;
        const guint8 *bytes = cox_bytes_get_blob(&in, MAX_RECORD_BYTES, &length);
        bool is_next;

        if (bytes == NULL || !cox_replica_record_read(&record, bytes, length) || record.kind != COX_REPLICA_REC_CHANGE) {
            cox_replica_record_clear(&record);
            refuse_document(r);
            return;
        }
        is_next = record.stamp.position == r->stamp.position + 1;
        if (is_next) {
            struct cox_replica_effect *effect;

            effect = cox_replica_emit(r, COX_REPLICA_APPLY, g_bytes_new(record.data, record.data_size));
            effect->stamp = r->stamp;
            effect->stamp.position++;
            r->busy = BUSY_PATCH;
            return; /* it is read again when it is done */
        }
        if (record.stamp.position > r->stamp.position) {
            refuse_document(r);
            return;
        }
        r->fetch.at = (size_t) (in.at - data);
    }
    take_over(r);
}

void
cox_replica_patch_applied(struct cox_replica *r, bool is_ok, const struct cox_replica_document *document)
{
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(r->fetch.bytes, &size);
    struct cox_bytes_reader in;
    struct cox_replica_record record = { 0 };
    size_t length = 0;
    const guint8 *bytes;

    cox_bytes_reader_init(&in, data + r->fetch.at, size - r->fetch.at);
    bytes = cox_bytes_get_blob(&in, MAX_RECORD_BYTES, &length);
    r->document = *document;
    if (!is_ok || !cox_replica_record_read(&record, bytes, length)) {
        refuse_document(r);
        return;
    }
    cox_replica_append(r, &record);
    r->fetch.at = (size_t) (in.at - data);
    r->fetch.deadline = cox_usec_after_ms(r->now, r->options.stall_ms);
    if (strcmp(record.digest, document->digest) != 0) {
        refuse_document(r);
        return;
    }
    next_patch(r);
}

/* A document that is not part of the winner's past is kept in a file before it goes. */
static void
begin_install(struct cox_replica *r)
{
    bool is_part = r->document.is_blank || strcmp(r->document.digest, r->fetch.document.digest) == 0
                   || (r->stamp.position > 0 && !cox_stamp_is_same(&r->stamp, &r->fetch.stamp)
                       && cox_lineage_contains(r->fetch.lineage, &r->stamp));

    if (!is_part) {
        struct cox_replica_effect *effect = cox_replica_emit(r, COX_REPLICA_SET_ASIDE, NULL);

        effect->stamp = r->stamp;
        effect->node = r->view.winner;
        cox_replica_give_up_applied(r, false);
    }
    cox_replica_emit(r, COX_REPLICA_INSTALL, g_bytes_ref(r->fetch.bytes))->stamp = r->fetch.stamp;
    r->busy = BUSY_INSTALL;
}

void
cox_replica_installed(struct cox_replica *r, bool is_ok, const struct cox_replica_document *document)
{
    r->document = *document;
    if (!is_ok) {
        refuse_document(r);
        return;
    }
    cox_replica_tail_clear(r);
    g_queue_clear_full(&r->unsynced, g_free);
    r->synced_position = 0;
    take_over(r);
}

static void
received_all(struct cox_replica *r)
{
    r->fetch.bytes = g_byte_array_free_to_bytes(g_steal_pointer(&r->fetch.buffer));
    if (r->fetch.is_snapshot) {
        begin_install(r);
    } else {
        next_patch(r);
    }
}

void
cox_replica_on_begin(struct cox_replica *r, guint32 node, struct cox_replica_message *m)
{
    bool is_for_us = false;

    for (guint32 i = 0; i < m->n_members; i++) {
        is_for_us = is_for_us || m->members[i] == r->options.node_id;
    }
    if (r->phase != PHASE_FETCH || node != r->view.winner || m->number != r->view.round || !is_for_us
        || r->fetch.is_begun) {
        return;
    }
    if (m->size > r->options.document_bytes) {
        refuse_document(r);
        return;
    }
    r->fetch.is_begun = true;
    r->fetch.is_snapshot = (m->flags & COX_REPLICA_FLAG_SNAPSHOT) != 0;
    r->fetch.stamp = m->stamp;
    r->fetch.document = m->document;
    r->fetch.lineage = g_steal_pointer(&m->lineage);
    r->fetch.size = m->size;
    r->fetch.buffer = g_byte_array_new();
    r->fetch.deadline = cox_usec_after_ms(r->now, r->options.stall_ms);
    if (m->size == 0) {
        received_all(r);
    }
}

static void
receive_chunk(struct cox_replica *r, const struct cox_replica_message *m)
{
    struct replica_fetch *fetch = &r->fetch;
    bool is_snapshot = (m->flags & COX_REPLICA_FLAG_SNAPSHOT) != 0;

    if (r->phase != PHASE_FETCH || fetch->buffer == NULL || is_snapshot != fetch->is_snapshot) {
        return;
    }
    if (m->offset != fetch->buffer->len || m->data_size > fetch->size - fetch->buffer->len) {
        refuse_document(r);
        return;
    }
    g_byte_array_append(fetch->buffer, m->data, (guint) m->data_size);
    fetch->deadline = cox_usec_after_ms(r->now, r->options.stall_ms);
    if (fetch->buffer->len == fetch->size) {
        received_all(r);
    }
}

void
cox_replica_on_chunk(struct cox_replica *r, guint32 node, const struct cox_replica_message *m)
{
    if (node != r->view.winner || m->number != r->view.round) {
        return;
    }
    if (node == r->options.node_id) {
        r->donor.in_flight = false;
        cox_replica_donate(r);
    } else {
        receive_chunk(r, m);
    }
}
