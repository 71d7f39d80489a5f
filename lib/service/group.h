/* lib/service/group.h - a daemon's place in its group: joins, joins again after a loss, knows names.  Layer 5. */
#ifndef COX_SERVICE_GROUP_H
#define COX_SERVICE_GROUP_H

#include <stdbool.h>
#include <glib.h>

#include "cluster/peers.h"
#include "proto/messages.h"
#include "runtime/log.h"

G_BEGIN_DECLS

/** Joins once; a way for tests to use a bus of their own. */
typedef struct cox_peers *(*cox_group_join_fn)(void *context, const struct cox_peers_handler *handler, GError **error);

/** What the owner wants to know; a table that outlives the group.  None may free the group. */
struct cox_group_handlers {
    /** As in cluster/peers.h; no nodes at all: the connection is gone. */
    void (*view)(void *context, const guint32 *nodes, gsize n_nodes);
    void (*lost)(void *context, const guint32 *nodes, gsize n_nodes);
    void (*nodes)(void *context, const guint32 *nodes, gsize n_nodes);
    void (*quorum)(void *context, const struct cox_peers_quorum *quorum);
    /** A message; its payload is still to be decoded and borrowed for the call. */
    void (*message)(void *context, guint32 node, unsigned int message, const guint8 *payload, gsize size);
    /** Bytes as they are, of up to COX_PEERS_MAX_MESSAGE.  NULL: nobody sends such in this group. */
    void (*bytes)(void *context, guint32 node, GBytes *bytes);
};

struct cox_group_setup {
    struct cox_runtime *runtime;
    struct cox_log *log;
    const char *name; /**< for logs */
    cox_group_join_fn join;
    void *join_context;
    const struct cox_group_handlers *handlers;
    void *context;
};

struct cox_group;

/** Begin to join, from the loop; what does not work is tried again, with one line in the log.  The setup is copied. */
struct cox_group *cox_group_new(const struct cox_group_setup *setup);

/** Leave; no handler is called any more.  NULL is allowed. */
void cox_group_free(struct cox_group *group);

/** Id of this node; 0 before the group was joined for the first time. */
guint32 cox_group_self(const struct cox_group *group);

/** Is there a connection? */
bool cox_group_is_joined(const struct cox_group *group);

/** Name of a node, as far as it was ever known, or NULL.  The text stays for the life of the group. */
const char *cox_group_node_name(struct cox_group *group, guint32 node);

/** Name of the whole cluster, or NULL; the caller frees it. */
char *cox_group_cluster_name(struct cox_group *group);

/** To all members, this one included.  false when there is no connection, or when the message is longer than a peer would decode. */
bool cox_group_send(struct cox_group *group, enum cox_message message, const void *body);
bool cox_group_send_bytes(struct cox_group *group, GBytes *bytes);

/** See cox_peers_waiting_bytes(). */
gsize cox_group_waiting_bytes(const struct cox_group *group);

/** Frames that were dropped, and members that were not heard, since the start: see enum cox_peers_trouble. */
guint64 cox_group_troubles(const struct cox_group *group);

/** What is wrong with the group now, as texts for people; the caller unrefs the array, which frees them. */
GPtrArray *cox_group_complaints(const struct cox_group *group);

G_END_DECLS

#endif
