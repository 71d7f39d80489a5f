/* lib/proto/inflow.h - large bodies on their way in, handed on piece by piece.  No I/O of its own.  Layer 4. */
#ifndef COX_PROTO_INFLOW_H
#define COX_PROTO_INFLOW_H

#include <stdbool.h>
#include <glib.h>

#include "proto/frame.h"

G_BEGIN_DECLS

/** Takes the bytes of a body. */
struct cox_sink {
    /** Some bytes, borrowed.  false and @error: the rest is not wanted; end() follows with that error. */
    bool (*data)(void *context, const guint8 *data, gsize size, GError **error);
    /** The end; called exactly once.  @problem is NULL when the body is complete. */
    void (*end)(void *context, const GError *problem);
    void *context;
};

/** The incoming bodies of one connection. */
struct cox_inflows;

/** @send gets the CREDIT and CANCEL frames (borrowed for the call). */
struct cox_inflows *cox_inflows_new(void (*send)(void *context, GBytes *frame), void *context);

/** Ends all bodies with COX_ERROR_DISCONNECTED. */
void cox_inflows_free(struct cox_inflows *flows);

/** A message with @id has announced a body of at most @limit_bytes.  false when there is one with this id already. */
bool cox_inflows_open(struct cox_inflows *flows, guint32 id, guint64 limit_bytes);

/** Hand the body with @id to @sink (copied).  Before the first byte has come; without a sink bytes are dropped. */
void cox_inflows_attach(struct cox_inflows *flows, guint32 id, const struct cox_sink *sink);

gsize cox_inflows_count(const struct cox_inflows *flows);

/** A DATA frame arrived.  false with COX_ERROR_PROTOCOL: the peer broke the rules of streams; end the connection. */
bool cox_inflows_data(struct cox_inflows *flows, const struct cox_frame *frame, GError **error);

/** We do not want the rest, and have said so: the sink ends now, what still comes is dropped.  Unknown ids are fine. */
void cox_inflows_abandon(struct cox_inflows *flows, guint32 id, const GError *problem);

/** Is a body with this @id under way? */
bool cox_inflows_has(const struct cox_inflows *flows, guint32 id);

/** The peer will not finish the body with @id.  Unknown ids are fine. */
void cox_inflows_fail(struct cox_inflows *flows, guint32 id, const GError *problem);

G_END_DECLS

#endif
