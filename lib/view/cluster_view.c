/* lib/view/cluster_view.c - the state of a cluster as printed: nodes, resources and what else is asked for.  Layer 4. */
#include "view/cluster_view.h"

#include "view/bundle_view.h"
#include "view/clone_view.h"
#include "view/node_view.h"
#include "view/rsc_view.h"

static guint32
count_instances(const struct cox_cluster *cluster)
{
    guint32 n = 0;

    for (guint32 i = 0; i < cluster->n_rscs; i++) {
        if (cluster->rscs[i].variant == COX_PRIMITIVE && !cluster->rscs[i].is_orphan) {
            n++;
        }
    }
    return n;
}

void
cox_cluster_view_banner(struct cox_out *out, const struct cox_cluster *cluster)
{
    if (cluster->maintenance_mode) {
        cox_out_raw(out, "\n              *** Resource management is DISABLED ***\n"
                         "  The cluster will not attempt to start, stop or recover services\n\n");
    }
    if (cluster->n_disabled > 0 || cluster->n_blocked > 0) {
        cox_out_rawf(out, "%u of %u resource instances DISABLED and %u BLOCKED from further action due to failure\n\n",
                     cluster->n_disabled, count_instances(cluster), cluster->n_blocked);
    }
}

void
cox_cluster_view_rsc(struct cox_out *out, const struct cox_cluster *cluster, guint32 rsc)
{
    switch (cluster->rscs[rsc].variant) {
        case COX_PRIMITIVE:
            cox_rsc_view_primitive(out, cluster, rsc);
            break;
        case COX_GROUP:
            cox_rsc_view_group(out, cluster, rsc);
            break;
        case COX_CLONE:
            cox_clone_view(out, cluster, rsc);
            break;
        case COX_BUNDLE:
            cox_bundle_view(out, cluster, rsc);
            break;
    }
}

void
cox_cluster_view_resources(struct cox_out *out, const struct cox_cluster *cluster)
{
    bool is_empty = true;

    cox_out_begin(out, "resources", NULL);
    cox_out_list_begin(out, "Full List of Resources");
    for (guint32 i = 0; i < cluster->n_rscs; i = cox_rsc_view_next(cluster, i)) {
        if (cluster->rscs[i].is_orphan && !cox_rsc_view_active(cluster, i, false)) {
            continue; /* what was removed and does not run is no one's concern */
        }
        if (cluster->rscs[i].is_implicit) {
            continue; /* the connection to a guest is seen as the guest node */
        }
        cox_cluster_view_rsc(out, cluster, i);
        is_empty = false;
    }
    if (is_empty) {
        cox_out_line(out, "No resources");
    }
    cox_out_list_end(out);
    cox_out_end(out);
}

static void
print_tickets(struct cox_out *out, const struct cox_cluster *cluster)
{
    if (cluster->n_tickets == 0) {
        return;
    }
    cox_out_begin(out, "tickets", NULL);
    for (size_t i = 0; i < cluster->n_tickets; i++) {
        const struct cox_ticket_view *ticket = &cluster->tickets[i];

        cox_out_begin(out, "ticket", "id", ticket->id, "status", ticket->is_granted ? "granted" : "revoked", NULL);
        cox_out_attr_bool(out, "standby", ticket->is_standby);
        cox_out_end(out);
    }
    cox_out_end(out);
}

void
cox_cluster_view(struct cox_out *out, const struct cox_cluster *cluster,
                 const struct cox_cluster_view_options *options)
{
    cox_out_begin(out, options->element, NULL);
    if (options->heading != NULL) {
        cox_out_list_begin(out, "%s", options->heading);
    }
    if (cox_node_view_list(out, cluster)) {
        cox_out_spacer(out);
    }
    cox_cluster_view_resources(out, cluster);
    if (options->with_attributes) {
        (void) cox_node_view_attributes(out, cluster);
    }
    if (options->with_fail_counts) {
        (void) cox_node_view_fail_counts(out, cluster);
    }
    if (options->with_attributes || options->with_fail_counts) {
        print_tickets(out, cluster);
    }
    if (options->heading != NULL) {
        cox_out_list_end(out);
    }
    cox_out_end(out);
}
