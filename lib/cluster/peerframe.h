/* lib/cluster/peerframe.h - messages in pieces that the group accepts, large ones compressed.  Layer 3. */
#ifndef COX_CLUSTER_PEERFRAME_H
#define COX_CLUSTER_PEERFRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

G_BEGIN_DECLS

/*
 *  0        4        8          16         20        24          32
 *  | "COXF" | ver,flags | message | index   | pieces  | wire size | raw size |  piece
 *     4        1+1+2       8         4         4          8           8         ...          little-endian
 *
 * A message is as many frames as it has pieces.  The frames of one sender follow each other; a message has the place in
 * the order that its last frame has.  Members that change while a message is under way make it worthless, because a new
 * one has not seen its beginning: all drop what they have of it, and the sender begins anew.
 */
enum {
    COX_PEERFRAME_HEAD = 40,
    COX_PEERFRAME_VERSION = 2, /**< to be raised with anything that members of a group say to each other, COX_REPLICA_PROTOCOL too */
};

struct cox_peerframe {
    bool is_compressed;
    guint64 message; /**< number that the sender has given */
    guint32 index, n_pieces;
    guint64 wire_size, raw_size; /**< of the whole message, as it travels and as it is */
    const guint8 *piece;         /**< into the frame */
    size_t piece_size;
};

/** Read any bytes; false when they are no frame of this version. */
bool cox_peerframe_read(struct cox_peerframe *frame, const void *data, size_t size);

/** The version that a frame, of this or any other version, says it has; 0: it is no frame.  The first six bytes will never change. */
guint8 cox_peerframe_version(const void *data, size_t size);

/** Write the head of a frame, COX_PEERFRAME_HEAD bytes; the piece follows it. */
void cox_peerframe_write_head(const struct cox_peerframe *frame, guint8 *head);

/** How @bytes travel: compressed when that is worth it, or a new reference.  The caller unrefs it. */
GBytes *cox_peerframe_pack(GBytes *bytes, bool *is_compressed);

/** Messages of one sender being put together. */
struct cox_assembly {
    GByteArray *buffer; /**< NULL: none under way */
    guint64 message, wire_size, raw_size;
    guint32 next;
};

/**
 * Take the next frame of the sender.
 *
 * @param max  bytes that a message may have
 * @param out  set to the message when this frame completes it (the caller unrefs it), else NULL
 * @return false when the frame contradicts itself or those before; what was there is dropped.  A frame in the middle of a
 *         message whose beginning is not known is no error: it is left over from another membership.
 */
bool cox_assembly_add(struct cox_assembly *assembly, const struct cox_peerframe *frame, size_t max, GBytes **out);

/** Drop what is there: members have changed, or the sender is gone. */
void cox_assembly_clear(struct cox_assembly *assembly);

G_END_DECLS

#endif
