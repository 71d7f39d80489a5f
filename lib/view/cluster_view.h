/* lib/view/cluster_view.h - the state of a cluster as printed: nodes, resources and what else is asked for.  Layer 4. */
#ifndef COX_VIEW_CLUSTER_VIEW_H
#define COX_VIEW_CLUSTER_VIEW_H

#include "model/cluster.h"
#include "view/how.h"
#include "view/out.h"

G_BEGIN_DECLS

struct cox_cluster_view_options {
    const char *heading; /**< "Current cluster status"; NULL prints no heading */
    const char *element; /**< "cluster_status" */
    bool with_attributes;
    bool with_fail_counts;
};

/** Print what keeps the whole cluster from acting: maintenance mode, disabled and blocked resources. */
void cox_cluster_view_banner(struct cox_out *out, const struct cox_cluster *cluster);

/** Print one resource with what belongs to it. */
void cox_cluster_view_rsc(struct cox_out *out, const struct cox_cluster *cluster, guint32 rsc,
                          const struct cox_view_how *how);

/** Print the section "Full List of Resources", "Active Resources" or, by node, "Inactive Resources". */
void cox_cluster_view_resources(struct cox_out *out, const struct cox_cluster *cluster, const struct cox_view_how *how);

/** Print the section "tickets", which is there when there are any. */
void cox_cluster_view_tickets(struct cox_out *out, const struct cox_cluster *cluster, const struct cox_view_how *how);

/** Resource instances that the configuration comes to. */
guint32 cox_cluster_view_count(const struct cox_cluster *cluster);

/** Print the state. */
void cox_cluster_view(struct cox_out *out, const struct cox_cluster *cluster,
                      const struct cox_cluster_view_options *options);

G_END_DECLS

#endif
