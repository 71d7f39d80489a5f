/* lib/service/limits.h - what one client, and all clients of one user, may cost a daemon.  Layer 5. */
#ifndef COX_SERVICE_LIMITS_H
#define COX_SERVICE_LIMITS_H

#include <glib.h>

G_BEGIN_DECLS

/** All sizes in bytes.  A client that exceeds one is disconnected with a log line; its neighbours notice nothing. */
struct cox_limits {
    gsize connections;          /**< in all */
    gsize connections_per_uid;  /**< of one user; root and the cluster's user have no such limit */
    gsize unsent_per_client;    /**< answers and events that it does not read */
    gsize unsent_per_uid;       /**< the same, all connections of one user */
    gsize events_unsent;        /**< above this a subscriber loses events, and is told so, before it is disconnected */
    gsize events_waiting;       /**< events that wait for a large one before them */
    gsize requests_per_client;  /**< unanswered; above this no more are read, which makes the client wait */
    gsize bodies_per_client;    /**< large bodies under way, in each direction */
    guint64 body_bytes;         /**< of one incoming body */
    gint64 hello_ms;            /**< until it must have said who it is */
    gint64 stall_ms;            /**< that something may wait for it without any progress */
    gint64 stall_trusted_ms;    /**< the same for root and the cluster's user: a daemon that reads a large document reads nothing else meanwhile */
};

static inline struct cox_limits
cox_limits_default(void)
{
    return (struct cox_limits) {
        .connections = 2048,
        .connections_per_uid = 256,
        .unsent_per_client = 4 * 1024 * 1024,
        .unsent_per_uid = 16 * 1024 * 1024,
        .events_unsent = 1024 * 1024,
        .events_waiting = 512,
        .requests_per_client = 256,
        .bodies_per_client = 8,
        .body_bytes = G_GUINT64_CONSTANT(1) << 30,
        .hello_ms = 5000,
        .stall_ms = 10000,
        .stall_trusted_ms = 60000,
    };
}

G_END_DECLS

#endif
