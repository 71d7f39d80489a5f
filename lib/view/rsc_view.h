/* lib/view/rsc_view.h - one resource instance as printed: primitives and groups; questions about instances.  Layer 4. */
#ifndef COX_VIEW_RSC_VIEW_H
#define COX_VIEW_RSC_VIEW_H

#include "model/cluster.h"
#include "view/how.h"
#include "view/out.h"

G_BEGIN_DECLS

/** Is any (or with @all every) primitive below @rsc active?  What an unclean lost node ran counts as active. */
bool cox_rsc_view_active(const struct cox_cluster *cluster, guint32 rsc, bool all);

/** The role to be shown: of a primitive its own (Unpromoted where promotable), else the highest below. */
enum cox_role cox_rsc_view_role(const struct cox_cluster *cluster, guint32 rsc);

/** The node that everything below @rsc runs on, or COX_NODE_NONE when there is none or more than one. */
guint32 cox_rsc_view_location(const struct cox_cluster *cluster, guint32 rsc);

/** Index of the next sibling's place: one past what belongs to @rsc. */
guint32 cox_rsc_view_next(const struct cox_cluster *cluster, guint32 rsc);

/**
 * Result of a probe on @node (any node when COX_NODE_NONE) that failed because the agent cannot work there.
 * @return such as "Not installed", or NULL
 */
const char *cox_rsc_view_failed_probe(const struct cox_cluster *cluster, const struct cox_rsc_state *rsc, guint32 node);

/**
 * The line of a primitive under @name, at @node (or COX_NODE_NONE); the caller frees.  By node, the node goes without saying.
 */
char *cox_rsc_view_line(const struct cox_cluster *cluster, guint32 rsc, const char *name, guint32 node,
                        const struct cox_view_how *how);

/** Print a primitive: line and element. */
void cox_rsc_view_primitive(struct cox_out *out, const struct cox_cluster *cluster, guint32 rsc,
                            const struct cox_view_how *how);

/** Print a group and its members. */
void cox_rsc_view_group(struct cox_out *out, const struct cox_cluster *cluster, guint32 rsc,
                        const struct cox_view_how *how);

/** Print how many of the members (primitives at one level below @parent, or at the top) run where, by agent. */
void cox_rsc_view_brief(struct cox_out *out, const struct cox_cluster *cluster, guint32 parent,
                        const struct cox_view_how *how);

/** As above for every primitive that runs on @node. */
void cox_rsc_view_brief_on(struct cox_out *out, const struct cox_cluster *cluster, guint32 node,
                           const struct cox_view_how *how);

/** The role that the configuration wants, as it is written there, or NULL. */
const char *cox_rsc_view_target_role(const struct cox_rsc_state *rsc);

/** Flags of a collective resource: add "disabled", "maintenance" or "unmanaged" to @flags. */
void cox_rsc_view_collective_flags(const struct cox_rsc_state *rsc, GString *flags);

G_END_DECLS

#endif
