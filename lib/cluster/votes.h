/* lib/cluster/votes.h - how many votes there are, asked once: for people.  Layer 3, adapter. */
#ifndef COX_CLUSTER_VOTES_H
#define COX_CLUSTER_VOTES_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/** Votes as corosync on this node counts them. */
struct cox_votes {
    guint32 own, expected, highest_expected, total, quorum;
    bool is_quorate, is_two_node, waits_for_all, is_last_man_standing, breaks_ties, has_device;
};

/**
 * Ask corosync.
 * @param node   id of this node
 * @param error  COX_ERROR_DISCONNECTED: there is none on this node, or it does not count votes
 */
bool cox_votes_read(guint32 node, struct cox_votes *votes, GError **error);

/**
 * Tell corosync, and through it all nodes that it sees, how many votes are expected from now on; a restart forgets it.
 * @param error  as above; COX_ERROR_USAGE: it does not take that number
 */
bool cox_votes_expect(guint32 expected, GError **error);

G_END_DECLS

#endif
