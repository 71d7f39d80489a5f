/* lib/proto/outflow.h - large bodies on their way out, a window each.  No I/O of its own.  Layer 4. */
#ifndef COX_PROTO_OUTFLOW_H
#define COX_PROTO_OUTFLOW_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/** Gives the bytes of a body piece by piece; nobody ever needs the whole. */
struct cox_source {
    /** Write up to @max bytes; 0 at the end, -1 and @error on failure. */
    gssize (*read)(void *context, guint8 *buffer, gsize max, GError **error);
    void (*free)(void *context); /**< called once when the body has been sent or given up; may be NULL */
    void *context;
};

/** A source that gives @bytes (takes a reference). */
struct cox_source cox_source_of_bytes(GBytes *bytes);

/** Free a source that was not handed on.  NULL or a source without read function are fine. */
void cox_source_clear(struct cox_source *source);

/** The outgoing bodies of one connection. */
struct cox_outflows;

/** @send gets each frame (borrowed for the call). */
struct cox_outflows *cox_outflows_new(void (*send)(void *context, GBytes *frame), void *context);
void cox_outflows_free(struct cox_outflows *flows);

/** Begin the body of the message with @id; takes what is in @source.  Nothing is sent before cox_outflows_pump(). */
void cox_outflows_add(struct cox_outflows *flows, guint32 id, const struct cox_source *source);

bool cox_outflows_has(const struct cox_outflows *flows, guint32 id);
gsize cox_outflows_count(const struct cox_outflows *flows);

/** The peer grants more.  A body that is over already is no error; too much credit is (COX_ERROR_PROTOCOL). */
bool cox_outflows_credit(struct cox_outflows *flows, guint32 id, guint64 bytes, GError **error);

/** The rest is not sent, because the peer does not want it or we have given it up; the peer is told, since it waits for an end. */
void cox_outflows_cancel(struct cox_outflows *flows, guint32 id);

/** Send at most one frame of each body that has credit; false when there was nothing to send. */
bool cox_outflows_pump(struct cox_outflows *flows);

G_END_DECLS

#endif
