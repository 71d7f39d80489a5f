/* lib/cluster/outbox.c - messages on their way to a group, in pieces.  Layer 3, pure. */
#include "cluster/outbox.h"

struct outgoing {
    GBytes *wire;
    guint64 raw_size, number;
    guint32 n_pieces, sent, returned;
    bool is_compressed;
};

static void
outgoing_free(gpointer data)
{
    struct outgoing *outgoing = data;

    g_bytes_unref(outgoing->wire);
    g_free(outgoing);
}

void
cox_outbox_init(struct cox_outbox *outbox)
{
    *outbox = (struct cox_outbox) { .next_number = 1 };
    g_queue_init(&outbox->queue);
}

void
cox_outbox_clear(struct cox_outbox *outbox)
{
    g_queue_clear_full(&outbox->queue, outgoing_free);
    outbox->waiting_bytes = 0;
}

void
cox_outbox_add(struct cox_outbox *outbox, GBytes *bytes)
{
    struct outgoing *outgoing = g_new0(struct outgoing, 1);
    gsize size;

    outgoing->wire = cox_peerframe_pack(bytes, &outgoing->is_compressed);
    outgoing->raw_size = g_bytes_get_size(bytes);
    outgoing->number = outbox->next_number++;
    size = g_bytes_get_size(outgoing->wire);
    outgoing->n_pieces = (guint32) MAX((size + COX_OUTBOX_PIECE - 1) / COX_OUTBOX_PIECE, 1);
    g_queue_push_tail(&outbox->queue, outgoing);
    outbox->waiting_bytes += outgoing->raw_size;
}

bool
cox_outbox_next(const struct cox_outbox *outbox, struct cox_outbox_piece *piece)
{
    const struct outgoing *first = outbox->queue.head == NULL ? NULL : outbox->queue.head->data;
    struct cox_peerframe frame;
    gsize size = 0, offset;
    const guint8 *data;

    if (first == NULL || first->sent == first->n_pieces) {
        return false;
    }
    data = g_bytes_get_data(first->wire, &size);
    offset = (gsize) first->sent * COX_OUTBOX_PIECE;
    frame = (struct cox_peerframe) {
        .is_compressed = first->is_compressed, .message = first->number, .index = first->sent, .n_pieces = first->n_pieces, .wire_size = size,
        .raw_size = first->raw_size,
    };
    cox_peerframe_write_head(&frame, piece->head);
    piece->data = data + offset;
    piece->size = MIN(size - offset, COX_OUTBOX_PIECE);
    return true;
}

static void
pop(struct cox_outbox *outbox)
{
    struct outgoing *outgoing = g_queue_pop_head(&outbox->queue);

    outbox->waiting_bytes -= outgoing->raw_size;
    outgoing_free(outgoing);
}

void
cox_outbox_sent(struct cox_outbox *outbox)
{
    struct outgoing *first = g_queue_peek_head(&outbox->queue);

    first->sent++;
    if (first->n_pieces == 1) {
        pop(outbox);
    }
}

bool
cox_outbox_came_back(struct cox_outbox *outbox, const struct cox_peerframe *frame)
{
    struct outgoing *first = g_queue_peek_head(&outbox->queue);

    if (first == NULL || first->n_pieces == 1 || first->number != frame->message) {
        return false;
    }
    first->returned = frame->index + 1;
    if (first->returned < first->n_pieces) {
        return false;
    }
    pop(outbox);
    return true;
}

/* If none came back, all of them are still on their way. */
void
cox_outbox_begin_anew(struct cox_outbox *outbox)
{
    struct outgoing *first = g_queue_peek_head(&outbox->queue);

    if (first != NULL && first->returned > 0) {
        first->sent = first->returned = 0;
        first->number = outbox->next_number++;
    }
}
