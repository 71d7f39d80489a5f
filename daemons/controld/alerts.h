/* daemons/controld/alerts.h - what the cluster does to nodes is told to the alert agents of this node.  Layer 6. */
#ifndef COX_CONTROLD_ALERTS_H
#define COX_CONTROLD_ALERTS_H

#include <stdbool.h>
#include <glib.h>

#include "daemons/controld/neighbours.h"
#include "proto/messages.h"

G_BEGIN_DECLS

/*
 * Every node tells its own agents, as clients expect: an agent that is to act once for the cluster looks at CRM_alert_node.  All go to the
 * executor of this node, which knows the agents; nobody waits for it.
 */

/** A node has become a member, or is lost.  @name NULL: its id stands for it. */
void controld_alert_node(const struct controld_neighbours *neighbours, const char *name, guint32 id, bool is_member);

/** A fencing is over. */
void controld_alert_fencing(const struct controld_neighbours *neighbours, const struct cox_msg_fence_event *event);

/** A node was reported down and is alive. */
void controld_alert_barred(const struct controld_neighbours *neighbours, const char *name);

G_END_DECLS

#endif
