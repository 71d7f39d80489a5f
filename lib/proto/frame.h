/* lib/proto/frame.h - the 16 bytes in front of everything that travels between processes.  Layer 4. */
#ifndef COX_PROTO_FRAME_H
#define COX_PROTO_FRAME_H

#include <stdbool.h>
#include <glib.h>

#include "base/arena.h"
#include "proto/messages.h"

G_BEGIN_DECLS

/*
 *  0      2    3    4       6      8          12         16
 *  | 'C''x'| v | kind| message| flags| id       | payload bytes | payload ...      all little-endian
 */
#define COX_FRAME_HEADER_BYTES 16
#define COX_FRAME_MAX_BYTES (128 * 1024)
#define COX_FRAME_VERSION 1

/** Highest feature level that this build speaks (messages hello and welcome). */
#define COX_FRAME_LEVEL 1

enum cox_frame_kind {
    COX_FRAME_REQUEST = 0, /**< message with a new id */
    COX_FRAME_REPLY,       /**< message that answers the request with this id */
    COX_FRAME_ERROR,       /**< message failure that answers it */
    COX_FRAME_EVENT,       /**< message for the subscription with this id */
    COX_FRAME_DATA,        /**< raw bytes of the body that belongs to the last message with this id */
    COX_FRAME_CREDIT,      /**< message credit: so many more bytes of that body may come */
    COX_FRAME_CANCEL,      /**< no payload: the request or body with this id is not wanted any more */
    COX_FRAME_N_KINDS      /**< not a kind */
};

enum cox_frame_flag {
    COX_FRAME_HAS_BODY = 1, /**< DATA frames follow this message */
    COX_FRAME_LAST = 2,     /**< on DATA: nothing follows */
};

/** A frame taken apart; payload is borrowed from the bytes. */
struct cox_frame {
    enum cox_frame_kind kind;
    guint16 message; /**< enum cox_message; 0 for DATA and CANCEL; may be one that this build does not know */
    guint16 flags;
    guint32 id;
    const guint8 *payload;
    gsize payload_size;
};

/**
 * Take a datagram apart.
 *
 * @param frame  set on success only
 * @param error  COX_ERROR_PROTOCOL: not ours, other version, unknown kind, or a size that does not fit
 */
bool cox_frame_parse(const guint8 *data, gsize size, struct cox_frame *frame, GError **error);

/** A frame with any payload, as bytes.  @frame->payload may be NULL when its size is 0. */
GBytes *cox_frame_build(const struct cox_frame *frame);

/**
 * A frame with a message (its struct in @body).
 *
 * @return NULL with COX_ERROR_PROTOCOL when it would exceed COX_FRAME_MAX_BYTES
 */
GBytes *cox_frame_build_message(const struct cox_frame *frame, const void *body, GError **error);

/** The struct of the frame's message, in @arena.  COX_ERROR_UNIMPLEMENTED: unknown number; else as cox_unmarshal(). */
const void *cox_frame_message(const struct cox_frame *frame, struct cox_arena *arena, GError **error);

/** A frame of kind ERROR that tells @problem. */
GBytes *cox_frame_build_error(guint32 id, const GError *problem);

/** The GError in a frame of kind ERROR; caller frees. */
GError *cox_frame_error(const struct cox_frame *frame);

G_END_DECLS

#endif
