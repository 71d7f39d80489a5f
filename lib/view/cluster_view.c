/* lib/view/cluster_view.c - the state of a cluster as printed: nodes, resources and what else is asked for.  Layer 4. */
#include "view/cluster_view.h"

#include "view/bundle_view.h"
#include "view/clone_view.h"
#include "view/names.h"
#include "view/node_view.h"
#include "view/rsc_view.h"

guint32
cox_cluster_view_count(const struct cox_cluster *cluster)
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
                     cluster->n_disabled, cox_cluster_view_count(cluster), cluster->n_blocked);
    }
}

void
cox_cluster_view_rsc(struct cox_out *out, const struct cox_cluster *cluster, guint32 rsc,
                     const struct cox_view_how *how)
{
    switch (cluster->rscs[rsc].variant) {
        case COX_PRIMITIVE:
            cox_rsc_view_primitive(out, cluster, rsc, how);
            break;
        case COX_GROUP:
            cox_rsc_view_group(out, cluster, rsc, how);
            break;
        case COX_CLONE:
            cox_clone_view(out, cluster, rsc, how);
            break;
        case COX_BUNDLE:
            cox_bundle_view(out, cluster, rsc, how);
            break;
    }
}

static bool
is_listed(const struct cox_cluster *cluster, guint32 rsc, const struct cox_view_how *how)
{
    bool is_active = cox_rsc_view_active(cluster, rsc, false);

    if (cluster->rscs[rsc].is_orphan && !is_active) {
        return false; /* what was removed and does not run is no one's concern */
    }
    if (cluster->rscs[rsc].is_implicit || !cox_view_how_wants_any(how, cluster, rsc)) {
        return false; /* the connection to a guest is seen as the guest node */
    }
    if (how->is_by_node) {
        return how->with_inactive && !cox_rsc_view_active(cluster, rsc, true);
    }
    return how->with_inactive || is_active;
}

static const char *
resources_heading(const struct cox_view_how *how)
{
    if (!how->with_inactive) {
        return "Active Resources";
    }
    return how->is_by_node ? "Inactive Resources" : "Full List of Resources";
}

void
cox_cluster_view_resources(struct cox_out *out, const struct cox_cluster *cluster, const struct cox_view_how *how)
{
    bool is_brief = how->is_brief && cox_out_is_text(out);
    bool is_empty = true;
    struct cox_view_how shown = *how;

    shown.is_by_node = false; /* what is listed here says where it runs */
    cox_out_begin(out, "resources", NULL);
    cox_out_list_begin(out, "%s", resources_heading(how));
    if (is_brief && !how->is_by_node) {
        cox_rsc_view_brief(out, cluster, COX_RSC_NONE, how);
        is_empty = cluster->n_rscs == 0;
    }
    for (guint32 i = 0; i < cluster->n_rscs; i = cox_rsc_view_next(cluster, i)) {
        bool is_counted = is_brief && !how->is_by_node && cluster->rscs[i].variant == COX_PRIMITIVE;

        if (!is_counted && is_listed(cluster, i, how)) {
            cox_cluster_view_rsc(out, cluster, i, &shown);
            is_empty = false;
        }
    }
    if (is_empty) {
        cox_out_line(out, how->is_by_node ? "No inactive resources" : how->with_inactive ? "No resources" : "No active resources");
    }
    cox_out_list_end(out);
    cox_out_end(out);
}

static void
print_ticket(struct cox_out *out, const struct cox_ticket_view *ticket, const struct cox_view_how *how)
{
    g_autofree char *when = NULL;

    if (ticket->state != NULL && ticket->state->has_last_granted) {
        when = cox_names_clock(ticket->state->last_granted_s, how->zone);
    }
    cox_out_begin(out, "ticket", "id", ticket->id, "status", ticket->is_granted ? "granted" : "revoked", NULL);
    cox_out_attr_bool(out, "standby", ticket->is_standby);
    cox_out_attr(out, "last-granted", when);
    cox_out_end(out);
    cox_out_line(out, "%s:\t%s%s%s%s", ticket->id, ticket->is_granted ? "granted" : "revoked",
                 ticket->is_standby ? " [standby]" : "", (when != NULL) ? " last-granted=" : "", (when != NULL) ? when : "");
}

void
cox_cluster_view_tickets(struct cox_out *out, const struct cox_cluster *cluster, const struct cox_view_how *how)
{
    if (cluster->n_tickets == 0) {
        return;
    }
    cox_out_spacer(out);
    cox_out_begin(out, "tickets", NULL);
    cox_out_list_begin(out, "Tickets");
    for (size_t i = 0; i < cluster->n_tickets; i++) {
        print_ticket(out, &cluster->tickets[i], how);
    }
    cox_out_list_end(out);
    cox_out_end(out);
}

/* As crm_simulate has it: nothing in text. */
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
    if (cox_node_view_list(out, cluster, cox_view_how_full())) {
        cox_out_spacer(out);
    }
    cox_cluster_view_resources(out, cluster, cox_view_how_full());
    if (options->with_attributes) {
        (void) cox_node_view_attributes(out, cluster, cox_view_how_full());
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
