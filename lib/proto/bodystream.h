/* lib/proto/bodystream.h - how much of a large body may be under way: credits.  Pure.  Layer 4. */
#ifndef COX_PROTO_BODYSTREAM_H
#define COX_PROTO_BODYSTREAM_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/** Bytes that a sender may send before the first credit arrives: what a receiver must be ready to hold per body. */
#define COX_STREAM_WINDOW_BYTES (256 * 1024)

/** Bytes of one DATA frame at most, so that other frames get their turn. */
#define COX_STREAM_CHUNK_BYTES (64 * 1024)

/** The sending end. */
struct cox_stream_sender {
    guint64 credit_bytes;
};

/** The receiving end. */
struct cox_stream_receiver {
    guint64 granted_bytes;   /**< that may still come */
    guint64 unreported_bytes; /**< taken by the reader, not given back to the sender yet */
    guint64 total_bytes;     /**< so far */
    guint64 limit_bytes;     /**< of the whole body */
};

struct cox_stream_sender cox_stream_sender_start(void);

/** How many of @available_bytes to send in the next frame; 0: wait for credit. */
gsize cox_stream_send(struct cox_stream_sender *sender, gsize available_bytes);

/** More may be sent.  COX_ERROR_PROTOCOL when the peer gives more than a window can hold. */
bool cox_stream_credit(struct cox_stream_sender *sender, guint64 bytes, GError **error);

/** @limit_bytes of the whole body; G_MAXUINT64: any. */
struct cox_stream_receiver cox_stream_receiver_start(guint64 limit_bytes);

/** Bytes arrived.  COX_ERROR_PROTOCOL when they were not granted, COX_ERROR_INVALID_PARAM beyond the limit. */
bool cox_stream_arrive(struct cox_stream_receiver *receiver, gsize bytes, GError **error);

/** The reader took bytes: returns the credit to send now, 0 when it is not worth a frame yet. */
guint64 cox_stream_consume(struct cox_stream_receiver *receiver, gsize bytes);

G_END_DECLS

#endif
