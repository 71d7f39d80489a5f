/* lib/service/server.h - the listening socket of a daemon and its clients.  Layer 5. */
#ifndef COX_SERVICE_SERVER_H
#define COX_SERVICE_SERVER_H

#include <stdbool.h>
#include <glib.h>

#include "runtime/log.h"
#include "service/session.h"

G_BEGIN_DECLS

struct cox_server;

/** How to make one; pointers are borrowed and must outlive it. */
struct cox_server_setup {
    struct cox_runtime *runtime;
    struct cox_log *log;
    const struct cox_limits *limits;
    const char *name;          /**< of the daemon */
    const char *run_directory; /**< the socket is NAME.sock in it */
    guint64 boot;
    /** A request of a client with at least COX_ROLE_READ. */
    void (*request)(void *context, struct cox_session *connection, const struct cox_frame *frame);
    void (*cancelled)(void *context, struct cox_session *connection, guint32 id);
    /** A client is gone; its connection cannot be found any more. */
    void (*gone)(void *context, guint64 serial);
    void *context;
};

/** Counters for the health request. */
struct cox_server_stats {
    gint64 n_clients, n_accepted, n_refused, n_evicted, unsent_bytes;
};

/**
 * Listen.  A stale socket is replaced: the caller holds the lock of the daemon's name.  The socket belongs to this process's user and the
 * cluster's group; everybody else is kept out by its mode, or refused when it has none such.
 *
 * @return NULL with COX_ERROR_CANNOT_CREATE naming the path
 */
struct cox_server *cox_server_new(const struct cox_server_setup *setup, GError **error);

/** Close all and remove the socket. */
void cox_server_free(struct cox_server *server);

/** Take no new clients. */
void cox_server_close_door(struct cox_server *server);

/** A client by its number, or NULL when it is gone. */
struct cox_session *cox_server_find(const struct cox_server *server, guint64 serial);

/** Would anybody hear what is published under @topic? */
bool cox_server_has_subscriber(const struct cox_server *server, const char *topic);

/** Give an event to all subscribers of @topic (see cox_session_publish). */
void cox_server_publish(struct cox_server *server, const char *topic, enum cox_message message, GBytes *payload, GBytes *large);

/** What may this peer do here? */
enum cox_access_role cox_server_role(const struct cox_server *server, const struct cox_channel_peer *peer);

struct cox_server_stats cox_server_stats(const struct cox_server *server);

G_END_DECLS

#endif
