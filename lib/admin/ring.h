/* lib/admin/ring.h - corosync.conf: read, nodes added and taken away, written again.  Layer 4. */
#ifndef COX_ADMIN_RING_H
#define COX_ADMIN_RING_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/** A node of the list; texts live as long as the ring is not changed. */
struct cox_ring_node {
    guint32 id;
    const char *name;
    const char *address; /**< of its first link */
};

/** A configuration of corosync.  What is not about nodes stays as it was, comments too. */
struct cox_ring;

/**
 * A new one without nodes: knet, encrypted and signed with the key of /etc/corosync/authkey, votequorum.
 *
 * @param cluster   letters, digits, "-", "_", ".", at most 32
 * @param token_ms  how long a node may be silent, 300 to 300000
 * @return NULL: COX_ERROR_USAGE that quotes the value
 */
struct cox_ring *cox_ring_new(const char *cluster, guint token_ms, GError **error);

/** Read one.  @return NULL: COX_ERROR_SYNTAX with the line, COX_ERROR_NOT_CONFIGURED when a node has no name, address or nodeid */
struct cox_ring *cox_ring_parse(const char *text, GError **error);

void cox_ring_free(struct cox_ring *ring);
typedef struct cox_ring cox_ring; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_ring, cox_ring_free)

/** As corosync reads it; the caller frees it. */
char *cox_ring_text(const struct cox_ring *ring);

/** The value of a setting such as "totem.cluster_name", or NULL. */
const char *cox_ring_get(const struct cox_ring *ring, const char *path);

/** Do nodes have to share a key, because something is encrypted or signed?  By default nothing is. */
bool cox_ring_is_secured(const struct cox_ring *ring);

/** Nodes, in the order of the file; false: there are not so many. */
bool cox_ring_node(const struct cox_ring *ring, guint index, struct cox_ring_node *node);

/** Have so many running nodes quorum: more than half of the list, or one of two with two_node?  Devices that vote are not counted. */
bool cox_ring_has_quorum(const struct cox_ring *ring, guint n_running);

/** Is it the same host?  "n1" and "n1.example.org" are, "n1.example.org" and "n1.example.net" are not; case does not matter. */
bool cox_ring_is_host(const char *name, const char *hostname);

/**
 * A node more, with the next free id: "NAME" (its address, too), "NAME=ADDRESS" or "NAME=ADDRESS,ADDRESS" with one for each link.  two_node is
 * set as it fits the number of nodes, unless there is a quorum device.  Where somebody has set quorum.expected_votes, it has one vote more.
 *
 * @return false: COX_ERROR_USAGE that quotes the word, COX_ERROR_SYNTAX for expected_votes that are no number, COX_ERROR_EXISTS for a name or an address that another node has
 */
bool cox_ring_add(struct cox_ring *ring, const char *word, GError **error);

/** A node less, and its votes (quorum_votes, else one) less in quorum.expected_votes, if that is set.  @return false: COX_ERROR_NOT_FOUND with the name that was probably meant, COX_ERROR_USAGE for the last one */
bool cox_ring_remove(struct cox_ring *ring, const char *name, GError **error);

G_END_DECLS

#endif
