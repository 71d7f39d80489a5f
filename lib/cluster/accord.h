/* lib/cluster/accord.h - are the members and the quorum that corosync tells of one ring?  Layer 3, pure.
 *
 * corosync tells of the members of a group through one connection and of quorum through another, a moment apart and in either order.
 * Told as they come, a change of members would look like the loss of quorum and its return.  So what came first waits for the other:
 *
 *                        quorum of a newer ring            members of a newer ring
 *     QUORUM WAITS  <----------------------------- ONE ----------------------------->  MEMBERS WAIT
 *          |                                        ^                                       |
 *          '------------- the other, too, ----------+------------- or patience ends --------'
 *
 * After patience there is no quorum until both are of one ring again; nor is there in a ring that was left before its quorum was known.
 */
#ifndef COX_CLUSTER_ACCORD_H
#define COX_CLUSTER_ACCORD_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/** Zero in the beginning: nothing is known yet, and the quorum waits. */
struct cox_accord {
    guint64 ring, quorum_ring; /**< numbers, which grow, that both were told of; 0: none */
    bool is_quorate;           /**< in quorum_ring */
    bool awaits_ring;          /**< members have changed with their nodes, and the ring's number follows */
    bool is_impatient;
};

/** Members have changed because nodes came or went; cox_accord_on_ring() is to follow. */
void cox_accord_on_nodes(struct cox_accord *accord);
void cox_accord_on_ring(struct cox_accord *accord, guint64 ring);
void cox_accord_on_quorum(struct cox_accord *accord, guint64 ring, bool is_quorate);
void cox_accord_on_patience_end(struct cox_accord *accord);

/** New members, their ring and all that comes after it may not be told yet: quorum in that ring is not known. */
bool cox_accord_members_wait(const struct cox_accord *accord);

/** What was told of quorum goes on; someone has to see to the end of patience while this is so. */
bool cox_accord_quorum_waits(const struct cox_accord *accord);

/** Is there quorum in the members' ring, as far as is known? */
bool cox_accord_is_quorate(const struct cox_accord *accord);

G_END_DECLS

#endif
