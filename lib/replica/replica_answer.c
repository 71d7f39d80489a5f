/* lib/replica/replica_answer.c - changes submitted here, until their clients have an answer.  Layer 3, pure. */
#include "replica/replica_parts_priv.h"

/* A message has so much of changes, unless one alone is longer: it needs not be compressed, and others get their turn. */
enum { MESSAGE_BYTES = 15 * 1024, MESSAGE_CHANGES = 256, GRANTED_FROM_MS = 100 };

/* Of the changes that have not been sent, which are the last of all. */
static GList *
first_unsent(const struct cox_replica *r)
{
    GList *first = NULL;

    for (GList *link = r->pending.tail; link != NULL && ((struct replica_pending *) link->data)->state == PENDING_UNSENT; link = link->prev) {
        first = link;
    }
    return first;
}

/* As many as there are, from @link on. */
static void
send_from(struct cox_replica *r, GList *link)
{
    g_autoptr(GByteArray) data = g_byte_array_new();
    struct cox_replica_message changes = {
        .kind = COX_REPLICA_MSG_CHANGES, .nonce = r->options.nonce, .number = ((struct replica_pending *) link->data)->seq,
    };

    for (guint64 n = 0; link != NULL && n < MESSAGE_CHANGES; n++, link = link->next) {
        struct replica_pending *pending = link->data;

        if (pending->seq != changes.number + n || (n > 0 && data->len + g_bytes_get_size(pending->payload) > MESSAGE_BYTES)) {
            break;
        }
        cox_replica_changes_add(data, pending->payload);
        pending->state = PENDING_SENT;
    }
    changes.data = data->data;
    changes.data_size = data->len;
    cox_replica_send(r, &changes);
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
}

/* The client of a change, when it was submitted here and still waits. */
struct replica_pending *
cox_replica_pending_of(struct cox_replica *r, const struct replica_queued *change)
{
    GList *link = NULL;

    if (change->node == r->options.node_id && change->nonce == r->options.nonce) {
        link = g_hash_table_lookup(r->pending_seq, &change->seq);
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

/* One message at a time: what is submitted while it is under way costs one more, however much it is. */
void
cox_replica_send_changes(struct cox_replica *r)
{
    GList *first = may_send(r) && !r->are_changes_sent ? first_unsent(r) : NULL;

    if (first != NULL) {
        send_from(r, first);
    }
}

/* A delivered change that passes this node by: others may have applied it. */
void
cox_replica_give_up(struct cox_replica *r, const struct replica_queued *queued)
{
    struct replica_pending *pending = queued->kind == QUEUED_CHANGE ? cox_replica_pending_of(r, queued) : NULL;

    if (pending != NULL) {
        cox_replica_answer(r, pending, COX_REPLICA_UNCERTAIN);
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

/*
 * The document was @busy for so long: no client waits for that, nor for the others, who take as long, as if nothing happened.  What is short
 * makes no difference.
 */
void
cox_replica_grant(struct cox_replica *r, cox_usec busy)
{
    for (GList *link = busy < GRANTED_FROM_MS * COX_USEC_PER_MS ? NULL : r->pending.head; link != NULL; link = link->next) {
        ((struct replica_pending *) link->data)->deadline += 2 * busy;
    }
}

/* All wait equally long, but for what was granted to those who were there: who came later may wait as long as who came before. */
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
