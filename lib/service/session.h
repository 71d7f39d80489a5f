/* lib/service/session.h - one client of a daemon: frames in, frames out, bodies, events.  Layer 5. */
#ifndef COX_SERVICE_SESSION_H
#define COX_SERVICE_SESSION_H

#include <stdbool.h>
#include <glib.h>

#include "proto/daemons.h"
#include "proto/frame.h"
#include "proto/inflow.h"
#include "proto/outflow.h"
#include "runtime/channel.h"
#include "service/limits.h"

G_BEGIN_DECLS

/** A client.  It belongs to the server that accepted it. */
struct cox_session;

/** What the owner wants to know. */
struct cox_session_handlers {
    /** A request or UNSUBSCRIBE of a client that has said who it is. */
    void (*request)(void *context, struct cox_session *connection, const struct cox_frame *frame);
    /** It does not want the answer to this request any more. */
    void (*cancelled)(void *context, struct cox_session *connection, guint32 id);
    /** It is gone or has to go: @reason says why.  The owner frees it, from the loop and not inside this call. */
    void (*gone)(void *context, struct cox_session *connection, const GError *reason);
    /** May so many bytes wait for this client and its user?  false: it has to go. */
    bool (*may_queue)(void *context, struct cox_session *connection);
};

/** How to make one.  All pointers must outlive it. */
struct cox_session_setup {
    struct cox_runtime *runtime;
    const struct cox_limits *limits;
    const struct cox_session_handlers *handlers;
    void *context;
    const char *daemon; /**< its name, for the welcome */
    guint64 boot;       /**< see message welcome */
};

/** A new client on @fd (taken over).  @serial is unique in the life of the daemon. */
struct cox_session *cox_session_new(const struct cox_session_setup *setup, int fd,
                                          const struct cox_channel_peer *peer, enum cox_access_role role, guint64 serial);
void cox_session_free(struct cox_session *connection);

guint64 cox_session_serial(const struct cox_session *connection);
const struct cox_channel_peer *cox_session_peer(const struct cox_session *connection);
enum cox_access_role cox_session_role(const struct cox_session *connection);
const char *cox_session_program(const struct cox_session *connection);
gsize cox_session_unsent_bytes(const struct cox_session *connection);

/** Answer a request; takes what is in @source, which may be NULL, as the body behind the message. */
void cox_session_answer(struct cox_session *connection, guint32 id, GBytes *frame, struct cox_source *source);

/** A request is being worked on, or has been answered: too many stop the reading of more. */
void cox_session_busy(struct cox_session *connection, int change);

/** Hand the body of request @id to @sink. */
void cox_session_receive(struct cox_session *connection, guint32 id, const struct cox_sink *sink);

/** Events for subscription @id may come from now on; false when it exists. */
bool cox_session_subscribe(struct cox_session *connection, guint32 id, const char *topic);
bool cox_session_unsubscribe(struct cox_session *connection, guint32 id);

/** Has the client subscribed to @topic? */
bool cox_session_follows(const struct cox_session *connection, const char *topic);

/**
 * Send an event to each of its subscriptions to @topic, or let it wait behind a large one, or lose it and say so.
 *
 * @param payload  encoded message
 * @param large    body behind it, shared by all subscribers; NULL: none
 */
void cox_session_publish(struct cox_session *connection, const char *topic, enum cox_message message, GBytes *payload,
                            GBytes *large);

/** Tell the owner at once if it has been idle or silent for too long. */
void cox_session_check(struct cox_session *connection, cox_usec now);

/** Tell the owner that it has to go, because too much waits for it. */
void cox_session_evict(struct cox_session *connection);

/** Answer with an error and end it when that has been sent, or after a while. */
void cox_session_refuse(struct cox_session *connection, const GError *reason);

G_END_DECLS

#endif
