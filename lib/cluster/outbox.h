/* lib/cluster/outbox.h - messages on their way to a group, in pieces.  Layer 3, pure. */
#ifndef COX_CLUSTER_OUTBOX_H
#define COX_CLUSTER_OUTBOX_H

#include <stdbool.h>
#include <glib.h>

#include "cluster/peerframe.h"

G_BEGIN_DECLS

enum { COX_OUTBOX_PIECE = 256 * 1024 }; /* bytes; well below corosync's limit: others get their turn between the pieces */

struct cox_outbox {
    GQueue queue; /* struct outgoing */
    guint64 next_number;
    gsize waiting_bytes; /* before compression */
};

/** A piece that is to be sent; borrowed until the outbox changes. */
struct cox_outbox_piece {
    guint8 head[COX_PEERFRAME_HEAD];
    const guint8 *data;
    gsize size;
};

void cox_outbox_init(struct cox_outbox *outbox);
void cox_outbox_clear(struct cox_outbox *outbox);

/** @bytes is to be sent after what was added before. */
void cox_outbox_add(struct cox_outbox *outbox, GBytes *bytes);

/** What is to be sent now; false: nothing, or pieces of the first message have to come back first. */
bool cox_outbox_next(const struct cox_outbox *outbox, struct cox_outbox_piece *piece);

/** The piece of cox_outbox_next() is on its way. */
void cox_outbox_sent(struct cox_outbox *outbox);

/**
 * A piece of our own has been delivered.  A message of several pieces stays first until all have: if members change before, it is sent again.
 * @return true: that was the last, and the next message may go
 */
bool cox_outbox_came_back(struct cox_outbox *outbox, const struct cox_peerframe *frame);

/** Members have changed: what came back before is worth nothing. */
void cox_outbox_begin_anew(struct cox_outbox *outbox);

G_END_DECLS

#endif
