/* lib/cluster/peers.h - membership, quorum and ordered messages of one group, behind a table.  Layer 3, adapter. */
#ifndef COX_CLUSTER_PEERS_H
#define COX_CLUSTER_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

G_BEGIN_DECLS

enum {
    COX_PEERS_MAX_NODES = 64,
    COX_PEERS_MAX_MESSAGE = 512 * 1024 * 1024, /**< bytes, if the handler does not say less */
};

struct cox_peers;

/** Quorum as this node sees it. */
struct cox_peers_quorum {
    bool is_quorate;      /**< and what is told is about the membership of the last view */
    guint32 quorum_votes; /**< votes that make a quorum */
    guint32 own_votes;    /**< of this node */
    guint32 other_votes;  /**< that count for this partition without being a node's (quorum device) */
    bool is_two_node;     /**< each of two nodes keeps quorum when it is alone (two_node): losing the others is not losing quorum */
};

bool cox_peers_quorum_equal(const struct cox_peers_quorum *a, const struct cox_peers_quorum *b);

enum cox_peers_trouble {
    COX_PEERS_BAD_FRAME = 0, /**< a member sent something that is no frame of this protocol: dropped */
    COX_PEERS_STRANGER,      /**< a second process of a node is in the group: what it sends is dropped */
    COX_PEERS_OTHER_VERSION, /**< a member speaks another version of this protocol: it counts as not there, see below */
};

/*
 * A member that speaks another version is taken out of the view at the place of its first such frame, which is the same for all that
 * hear it, until the members change; then it is there again until it speaks.  Both sides do that to each other, so that quorum as it is
 * told here needs the votes of those that are heard, and more nodes heard than not.
 */

/** Who hears what happens; each is called from cox_peers_dispatch only. */
struct cox_peers_handler {
    /** The members are now these, sorted by id; from here on messages are of this membership.  In order with deliver. */
    void (*view)(void *context, const guint32 *nodes, size_t n_nodes);
    /** A message, in the order that is the same on all members; own ones too. */
    void (*deliver)(void *context, guint32 node, GBytes *bytes);
    void (*quorum)(void *context, const struct cox_peers_quorum *quorum);
    /** @version: that it speaks, for OTHER_VERSION, and a view without it follows at once; else 0. */
    void (*trouble)(void *context, enum cox_peers_trouble trouble, guint32 node, unsigned int version);
    /**
     * Nodes, not only their processes in this group, have gone, members of the group or not; at the same place in the order on
     * all that are left: beside the view without them, before any message of it.  NULL if nobody cares.
     */
    void (*lost)(void *context, const guint32 *nodes, size_t n_nodes);
    /**
     * The nodes that the membership service has, whether or not a process of theirs is in the group: a process that has just joined knows
     * of those without one from here only.  Soon after each view and each change of nodes; the same may be told twice.  NULL if nobody cares.
     */
    void (*nodes)(void *context, const guint32 *nodes, size_t n_nodes);
    /** A member cannot make us keep more than so many bytes of a message: what is longer is a BAD_FRAME.  0: COX_PEERS_MAX_MESSAGE. */
    size_t max_message;
    void *context;
};

struct cox_peers_ops {
    bool (*dispatch)(struct cox_peers *peers, GError **error);
    void (*send)(struct cox_peers *peers, GBytes *bytes);
    size_t (*waiting_bytes)(const struct cox_peers *peers);
    char *(*name)(struct cox_peers *peers, guint32 node);
    char *(*silence)(struct cox_peers *peers);
    char *(*cluster_name)(struct cox_peers *peers);
    void (*free)(struct cox_peers *peers);
};

/** The beginning of each implementation's own struct. */
struct cox_peers {
    const struct cox_peers_ops *ops;
    struct cox_peers_handler handler;
    guint32 self; /**< id of this node */
    int fd;       /**< readable when cox_peers_dispatch has something to do */
};

/** Id of this node. */
guint32 cox_peers_self(const struct cox_peers *peers);

/** To be polled for reading; stays the cluster's. */
int cox_peers_fd(const struct cox_peers *peers);

/**
 * Do what there is to do without waiting: handlers are called, queued messages go on.  The handlers may send.
 * @return false with COX_ERROR_DISCONNECTED when the membership service is gone; then free and make a new one
 */
bool cox_peers_dispatch(struct cox_peers *peers, GError **error);

/** Send to all members, this one included, after what was sent before; never waits.  @bytes is borrowed. */
void cox_peers_send(struct cox_peers *peers, GBytes *bytes);

/** What waits to be sent; when it grows the others are slower than this node. */
size_t cox_peers_waiting_bytes(const struct cox_peers *peers);

/** Name of a node as the membership service knows it, or NULL; the caller frees it. */
char *cox_peers_name(struct cox_peers *peers, guint32 node);

/** Name of the whole cluster as the membership service knows it, or NULL; the caller frees it. */
char *cox_peers_cluster_name(struct cox_peers *peers);

/**
 * To be asked when no other node is heard: what may be the reason, as words for people, or NULL when no other is expected.
 * The caller frees it.
 */
char *cox_peers_silence(struct cox_peers *peers);

void cox_peers_free(struct cox_peers *peers);

/**
 * Join @group (of daemons of one kind, e.g. "cox-cib") through corosync 3.
 * @return the caller frees it; NULL with COX_ERROR_DISCONNECTED when corosync does not run or does not let us in
 */
struct cox_peers *cox_peers_corosync_new(const char *group, const struct cox_peers_handler *handler, GError **error);

/** A cluster of one node, always quorate, without a membership service. */
struct cox_peers *cox_peers_local_new(guint32 self, const char *name, const struct cox_peers_handler *handler,
                                          GError **error);

typedef struct cox_peers cox_peers; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_peers, cox_peers_free)

G_END_DECLS

#endif
