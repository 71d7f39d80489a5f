/* lib/proto/bodystream.c - counting bytes.  Layer 4. */
#include "proto/bodystream.h"

#include "base/error.h"

struct cox_stream_sender
cox_stream_sender_start(void)
{
    return (struct cox_stream_sender) { COX_STREAM_WINDOW_BYTES };
}

gsize
cox_stream_send(struct cox_stream_sender *sender, gsize available_bytes)
{
    gsize bytes = MIN(available_bytes, COX_STREAM_CHUNK_BYTES);

    bytes = (gsize) MIN(bytes, sender->credit_bytes);
    sender->credit_bytes -= bytes;
    return bytes;
}

bool
cox_stream_credit(struct cox_stream_sender *sender, guint64 bytes, GError **error)
{
    if (bytes > COX_STREAM_WINDOW_BYTES - sender->credit_bytes) {
        g_set_error(error, COX_ERROR, COX_ERROR_PROTOCOL, "credit of %" G_GUINT64_FORMAT " bytes: more than the window", bytes);
        return false;
    }
    sender->credit_bytes += bytes;
    return true;
}

struct cox_stream_receiver
cox_stream_receiver_start(guint64 limit_bytes)
{
    return (struct cox_stream_receiver) { .granted_bytes = COX_STREAM_WINDOW_BYTES, .limit_bytes = limit_bytes };
}

bool
cox_stream_arrive(struct cox_stream_receiver *receiver, gsize bytes, GError **error)
{
    if (bytes > receiver->granted_bytes) {
        g_set_error(error, COX_ERROR, COX_ERROR_PROTOCOL, "body: %" G_GSIZE_FORMAT " bytes came without credit", bytes);
        return false;
    }
    receiver->granted_bytes -= bytes; /* also beyond the limit, so that a sender who does not care runs out of credit */
    if (bytes > receiver->limit_bytes - receiver->total_bytes) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "body: longer than the %" G_GUINT64_FORMAT " bytes allowed here",
                    receiver->limit_bytes);
        return false;
    }
    receiver->total_bytes += bytes;
    return true;
}

guint64
cox_stream_consume(struct cox_stream_receiver *receiver, gsize bytes)
{
    guint64 credit;

    receiver->unreported_bytes += bytes;
    if (receiver->unreported_bytes < COX_STREAM_WINDOW_BYTES / 2) {
        return 0;
    }
    credit = receiver->unreported_bytes;
    receiver->granted_bytes += credit;
    receiver->unreported_bytes = 0;
    return credit;
}
