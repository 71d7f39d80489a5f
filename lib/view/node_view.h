/* lib/view/node_view.h - nodes as printed: state lists, attributes, fail counts.  Layer 4. */
#ifndef COX_VIEW_NODE_VIEW_H
#define COX_VIEW_NODE_VIEW_H

#include "model/cluster.h"
#include "view/how.h"
#include "view/out.h"

G_BEGIN_DECLS

/** "online", "UNCLEAN (offline)", "standby (with active resources)", "online (health is RED)" ...; the caller frees. */
char *cox_node_view_state(const struct cox_node_state *node);

/** "Node", "RemoteNode" or "GuestNode". */
const char *cox_node_view_kind(const struct cox_node_state *node);

/** Indices of the nodes in the order in which people read them; the caller frees the array (of guint32). */
GArray *cox_node_view_order(const struct cox_cluster *cluster);

/** The feature set of a member that is up ("<3.15.1": too old to say so), else NULL. */
const char *cox_node_view_features(const struct cox_node_state *node);

/** Have members that are up different feature sets, as while one after the other is updated? */
bool cox_node_view_is_mixed(const struct cox_cluster *cluster);

/** "n1"; in detail "n1 (1)", and "guest@n1" of a guest; the caller frees. */
char *cox_node_view_name(const struct cox_cluster *cluster, guint32 node, const struct cox_view_how *how);

/** The section "Node List"; nothing when there are no nodes. @return was something printed? */
bool cox_node_view_list(struct cox_out *out, const struct cox_cluster *cluster, const struct cox_view_how *how);

/** The section "Node Attributes" of nodes that are up. @return was something printed? */
bool cox_node_view_attributes(struct cox_out *out, const struct cox_cluster *cluster, const struct cox_view_how *how);

/** The section "Migration Summary": resources with fail counts, per node. @return was something printed? */
bool cox_node_view_fail_counts(struct cox_out *out, const struct cox_cluster *cluster);

G_END_DECLS

#endif
