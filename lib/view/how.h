/* lib/view/how.h - how much of a cluster is printed: which nodes, which resources, with what detail.  Layer 4. */
#ifndef COX_VIEW_HOW_H
#define COX_VIEW_HOW_H

#include <stdbool.h>
#include <glib.h>

#include "model/cluster.h"

G_BEGIN_DECLS

/** Zeroed: active resources in the short form, everywhere. */
struct cox_view_how {
    bool with_inactive;     /**< also what does not run */
    bool with_details;      /**< ids of nodes, a line for every instance, all parts of bundles */
    bool with_descriptions; /**< what the configuration says about a resource */
    bool is_brief;          /**< numbers by agent instead of lines by resource */
    bool is_by_node;        /**< resources are listed below their nodes */
    const bool *rscs;       /**< by index of cluster.rscs: is it, or something in it, asked for?  NULL: everything is */
    const bool *named;      /**< as rscs: is it asked for by its own name?  NULL: as rscs */
    const bool *nodes;      /**< by index of cluster.nodes; NULL: all */
    GTimeZone *zone;        /**< of printed times; NULL: UTC */
};

/** The whole cluster in the short form: what crm_simulate prints. */
const struct cox_view_how *cox_view_how_full(void);

bool cox_view_how_has_node(const struct cox_view_how *how, guint32 node);

/** Is the resource, or part of it, asked for by name? */
bool cox_view_how_has_rsc(const struct cox_view_how *how, guint32 rsc);

/** Is it asked for, and is it (a primitive) on a node that is asked for?  What runs nowhere is wanted with the inactive. */
bool cox_view_how_wants(const struct cox_view_how *how, const struct cox_cluster *cluster, guint32 rsc);

/** As above for anything below @rsc; a group that runs is on the nodes where it runs. */
bool cox_view_how_wants_any(const struct cox_view_how *how, const struct cox_cluster *cluster, guint32 rsc);

/**
 * Which resources does @name (an id, an instance, or a tag in @config) ask for?  What is below one that is named, and
 * what it is in, are asked for with it.
 *
 * @return one flag for each of cluster.rscs; the caller frees it with g_free
 */
bool *cox_view_how_select_rscs(const struct cox_cluster *cluster, const struct cox_config *config, const char *name);

/** As above, but only what has the name itself. */
bool *cox_view_how_name_rscs(const struct cox_cluster *cluster, const struct cox_config *config, const char *name);

/** As above for nodes: a name or a tag. */
bool *cox_view_how_select_nodes(const struct cox_cluster *cluster, const struct cox_config *config, const char *name);

G_END_DECLS

#endif
