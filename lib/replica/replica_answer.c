/* lib/replica/replica_answer.c - changes submitted here, until their clients have an answer.  Layer 3, pure. */
#include "replica/replica_parts_priv.h"

static void
send_change(struct cox_replica *r, struct replica_pending *pending)
{
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(pending->payload, &size);
    const struct cox_replica_message change = {
        .kind = COX_REPLICA_MSG_CHANGE, .nonce = r->options.nonce, .number = pending->seq, .data = data, .data_size = size,
    };

    pending->state = PENDING_SENT;
    cox_replica_send(r, &change);
}

/* While all compare what they have nothing is sent: it could only wait, or be sent again. */
static bool
may_send(const struct cox_replica *r)
{
    return r->phase == PHASE_FETCH || r->phase == PHASE_ACTIVE;
}

void
cox_replica_submit(struct cox_replica *r, guint64 request, GBytes *payload)
{
    struct replica_pending *pending = g_new0(struct replica_pending, 1);

    pending->seq = r->next_seq++;
    pending->request = request;
    pending->payload = g_bytes_ref(payload);
    pending->deadline = cox_usec_after_ms(r->now, r->options.answer_ms);
    g_queue_push_tail(&r->pending, pending);
    g_hash_table_insert(r->pending_seq, &pending->seq, r->pending.tail);
    if (may_send(r)) {
        send_change(r, pending);
    }
}

/* The client of a change, when it was submitted here and still waits. */
struct replica_pending *
cox_replica_pending_of(struct cox_replica *r, guint32 node, const struct cox_replica_message *change)
{
    GList *link = NULL;

    if (node == r->options.node_id && change->nonce == r->options.nonce) {
        link = g_hash_table_lookup(r->pending_seq, &change->number);
    }
    return link == NULL ? NULL : link->data;
}

void
cox_replica_answer(struct cox_replica *r, struct replica_pending *pending, enum cox_replica_answer answer)
{
    GList *link = g_hash_table_lookup(r->pending_seq, &pending->seq);
    struct cox_replica_effect *effect = cox_replica_emit(r, COX_REPLICA_ANSWER, NULL);

    effect->number = pending->request;
    effect->answer = answer;
    effect->stamp = r->stamp;
    effect->stamp.position = pending->position;
    g_hash_table_remove(r->pending_seq, &pending->seq);
    g_queue_delete_link(&r->pending, link);
    g_bytes_unref(pending->payload);
    g_free(pending);
}

void
cox_replica_send_unsent(struct cox_replica *r)
{
    for (GList *link = r->pending.head; link != NULL && may_send(r); link = link->next) {
        struct replica_pending *pending = link->data;

        if (pending->state == PENDING_UNSENT) {
            send_change(r, pending);
        }
    }
}

/* A delivered change that passes this node by: others may have applied it. */
void
cox_replica_give_up(struct cox_replica *r, const struct replica_queued *queued)
{
    struct cox_replica_message change;

    if (queued->kind == QUEUED_CHANGE && cox_replica_message_read(&change, queued->bytes)) {
        struct replica_pending *pending = cox_replica_pending_of(r, queued->node, &change);

        if (pending != NULL) {
            cox_replica_answer(r, pending, COX_REPLICA_UNCERTAIN);
        }
        cox_replica_message_clear(&change);
    }
}

/* The history that these changes are in has lost, or (@sent_too) the group is gone. */
void
cox_replica_give_up_applied(struct cox_replica *r, bool sent_too)
{
    for (GList *link = r->pending.head, *next = NULL; link != NULL; link = next) {
        struct replica_pending *pending = link->data;

        next = link->next;
        if (pending->state == PENDING_APPLIED || (sent_too && pending->state == PENDING_SENT)) {
            cox_replica_answer(r, pending, COX_REPLICA_UNCERTAIN);
        }
    }
}

/* All wait equally long, so the first is the oldest. */
void
cox_replica_expire(struct cox_replica *r)
{
    struct replica_pending *pending;

    while ((pending = g_queue_peek_head(&r->pending)) != NULL && cox_usec_is_due(pending->deadline, r->now)) {
        cox_replica_answer(r, pending, pending->state == PENDING_UNSENT ? COX_REPLICA_UNSENT : COX_REPLICA_UNCERTAIN);
    }
}

static void
settle_one(struct cox_replica *r, struct replica_pending *pending, guint32 needed)
{
    if (pending->state != PENDING_APPLIED) {
        return;
    }
    if (r->has_quorum) {
        if (cox_replica_votes_acked(&r->view, pending->position) >= needed) {
            cox_replica_answer(r, pending, COX_REPLICA_KEPT);
        }
    } else if (r->phase == PHASE_ACTIVE && !cox_replica_is_quorate(&r->view)) {
        if (!r->disk_ok) {
            cox_replica_answer(r, pending, COX_REPLICA_UNCERTAIN);
        } else if (pending->position <= r->synced_position) {
            cox_replica_answer(r, pending, COX_REPLICA_PROVISIONAL);
        }
    }
}

/* Answer whatever can be answered now. */
void
cox_replica_settle(struct cox_replica *r)
{
    guint32 needed = cox_replica_votes_needed(&r->view);

    for (GList *link = r->pending.head, *next = NULL; link != NULL; link = next) {
        next = link->next;
        settle_one(r, link->data, needed);
    }
}
