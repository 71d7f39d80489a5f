/* lib/replica/replica_view.c - from a decided view to changes that are kept: READY, quorum, ACK.  Layer 3, pure. */
#include "replica/replica_parts_priv.h"

#include <string.h>

/* A place in the order of this view; it is come to when everything before it is done. */
void
cox_replica_enqueue(struct cox_replica *r, const struct replica_queued *queued)
{
    struct replica_queued *own = g_memdup2(queued, sizeof(*queued));

    own->place = ++r->last_place;
    own->bytes = queued->bytes == NULL ? NULL : g_bytes_ref(queued->bytes);
    g_queue_push_tail(&r->queue, own);
}

/* Write down that no view of this number or below will be joined again; what is applied so far gets to the disk before it. */
void
cox_replica_promise(struct cox_replica *r)
{
    struct cox_replica_record record = { .kind = COX_REPLICA_REC_PROMISE };

    r->promised = MAX(r->promised, r->view.term);
    record.number = r->promised;
    r->is_ready_sent = false;
    r->promise_seq = cox_replica_journal(r, &record);
}

static guint64
make_tag(const struct replica_view *view)
{
    guint64 tag = COX_BYTES_FNV;

    for (guint32 i = 0; i < view->n; i++) {
        tag = cox_bytes_fnv(tag, &view->members[i].id, sizeof(view->members[i].id));
        tag = cox_bytes_fnv(tag, &view->members[i].nonce, sizeof(view->members[i].nonce));
    }
    return cox_bytes_fnv(tag, &view->term, sizeof(view->term));
}

/* Quorum began or ended: begin to collect READYs for a number that nobody has used, or stop. */
void
cox_replica_consider_quorum(struct cox_replica *r)
{
    struct replica_view *view = &r->view;
    bool is_quorate = cox_replica_is_quorate(view);

    if (is_quorate && !view->is_reading) {
        view->is_reading = true;
        view->term = view->term_next++;
        view->tag = make_tag(view);
        for (guint32 i = 0; i < view->n; i++) {
            view->members[i].is_ready = view->members[i].has_ack = false;
        }
        if (r->phase == PHASE_ACTIVE) {
            cox_replica_promise(r);
        }
    } else if (!is_quorate && view->is_reading) {
        view->is_reading = false;
        if (view->is_established) {
            view->is_established = false;
            cox_replica_enqueue(r, &(const struct replica_queued) { .kind = QUEUED_LAPSE });
        } else {
            cox_replica_settle(r);
        }
    }
}

void
cox_replica_on_quorum_word(struct cox_replica *r, struct replica_member *from, const struct cox_replica_message *m)
{
    from->quorum = m->quorum;
    if (r->view.is_decided && r->phase != PHASE_OUTSIDE) {
        cox_replica_consider_quorum(r);
    }
}

static bool
is_for_this_view(const struct replica_view *view, const struct cox_stamp *stamp)
{
    return view->is_reading && stamp->term == view->term && stamp->tag == view->tag;
}

/* Is the digest of @m the one that this node had at the same place, as far as it knows? */
static bool
is_digest_equal(struct cox_replica *r, const struct replica_member *from, const struct cox_replica_message *m)
{
    const char *mine = NULL;

    if (r->phase != PHASE_ACTIVE || from->id == r->options.node_id) {
        return true;
    }
    if (m->stamp.position == r->stamp.position) {
        mine = r->document.digest;
    } else if (m->stamp.position < r->stamp.position) {
        const struct replica_tail *entry = cox_replica_tail_at(r, m->stamp.position);

        mine = entry == NULL ? m->document.digest : entry->digest;
    }
    if (mine != NULL && strcmp(mine, m->document.digest) == 0) {
        return true;
    }
    if (!r->check_sent) {
        cox_replica_note(r, COX_REPLICA_DIVERGED, from->id, m->stamp.position);
    }
    cox_replica_send_check(r);
    return false;
}

void
cox_replica_on_ready(struct cox_replica *r, struct replica_member *from, const struct cox_replica_message *m)
{
    struct replica_view *view = &r->view;

    if (!is_for_this_view(view, &m->stamp)) {
        return;
    }
    from->is_ready = is_digest_equal(r, from, m);
    if (!view->is_established && cox_replica_votes_ready(view) >= cox_replica_votes_needed(view)) {
        view->is_established = true;
        cox_replica_enqueue(r, &(const struct replica_queued) { .kind = QUEUED_ESTABLISH });
    }
}

/* A member has everything up to @position on its disk. */
static void
count_ack(struct cox_replica *r, struct replica_member *member, guint64 position)
{
    if (member->has_ack && member->acked >= position) {
        return;
    }
    member->has_ack = true;
    member->acked = position;
    if (r->has_quorum) {
        cox_replica_settle(r);
    }
}

void
cox_replica_on_ack(struct cox_replica *r, struct replica_member *from, const struct cox_replica_message *m)
{
    if (from->id == r->options.node_id) {
        r->ack_in_flight = false;
    }
    if (is_for_this_view(&r->view, &m->stamp) && is_digest_equal(r, from, m)) {
        count_ack(r, from, m->stamp.position);
    }
    cox_replica_report_progress(r);
}

/* Digest at a place that is on disk; NULL when it is too long ago. */
static const char *
digest_at(const struct cox_replica *r, guint64 position)
{
    const struct replica_tail *entry;

    if (position == r->stamp.position) {
        return r->document.digest;
    }
    entry = cox_replica_tail_at(r, position);
    return entry == NULL ? NULL : entry->digest;
}

static bool
send_position(struct cox_replica *r, enum cox_replica_message_kind kind)
{
    struct cox_replica_message message = { .kind = kind };
    const char *digest = digest_at(r, r->synced_position);

    if (digest == NULL) { /* the disk is further behind than the tail is long: the next one will do */
        return false;
    }
    message.stamp = (struct cox_stamp) { .term = r->view.term, .tag = r->view.tag, .position = r->synced_position };
    g_strlcpy(message.document.digest, digest, sizeof(message.document.digest));
    cox_replica_send(r, &message);
    return true;
}

/*
 * What is on disk here counts at once; the others are told in one ACK at a time for all that has come together, and only when one of them has
 * a client who waits for it.
 */
static void
acknowledge(struct cox_replica *r)
{
    struct replica_member *self = cox_replica_member(r, r->options.node_id);

    if (!r->has_quorum || r->stamp.term != r->view.term || r->stamp.tag != r->view.tag || r->synced_seq < r->view_seq) {
        return;
    }
    if (self != NULL) {
        count_ack(r, self, r->synced_position);
    }
    if (!r->ack_in_flight && (!r->has_acked || r->acked < MIN(r->synced_position, r->wanted)) && send_position(r, COX_REPLICA_MSG_ACK)) {
        r->ack_in_flight = true;
        r->has_acked = true;
        r->acked = r->synced_position;
    }
}

/* Tell the others what is on disk here: READY once per view, then ACKs. */
void
cox_replica_report_progress(struct cox_replica *r)
{
    if (r->phase != PHASE_ACTIVE || !r->view.is_reading || !r->disk_ok || r->busy != BUSY_NOT) {
        return;
    }
    if (!r->is_ready_sent && r->synced_seq >= r->promise_seq) {
        r->is_ready_sent = send_position(r, COX_REPLICA_MSG_READY);
    }
    acknowledge(r);
}

void
cox_replica_on_synced(struct cox_replica *r, guint64 seq)
{
    struct replica_unsynced *entry;

    while ((entry = g_queue_peek_head(&r->unsynced)) != NULL && entry->seq <= seq) {
        r->synced_position = entry->position;
        r->synced_seq = entry->seq;
        g_free(g_queue_pop_head(&r->unsynced));
    }
    if (!r->has_quorum) {
        cox_replica_settle(r);
    }
    cox_replica_report_progress(r);
}

void
cox_replica_on_disk(struct cox_replica *r, bool is_ok)
{
    if (is_ok == r->disk_ok) {
        return;
    }
    r->disk_ok = is_ok;
    if (is_ok) {
        cox_replica_save(r);
    } else {
        g_queue_clear_full(&r->unsynced, g_free);
        cox_replica_settle(r);
    }
}
