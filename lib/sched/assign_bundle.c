/* lib/sched/assign_bundle.c - assignment of a bundle: containers, what belongs to each, what they hold.  Layer 3, pure. */
#include "sched/assign_priv.h"
#include "sched/bundle_priv.h"
#include "sched/explain_priv.h"

static void
assign_child(struct sched_work *work, struct sched_replica *replica, bool stop_if_fail)
{
    struct sched_rsc *child = replica->child;

    sched_explain_cause(work, COX_TERM_BUNDLE, NULL, NULL);
    for (guint32 i = 0; i < work->n_nodes; i++) {
        if (!child->cells[i].is_present) {
            continue;
        }
        if (replica->node == NULL || i != replica->node->idx) {
            sched_explain_set(work, child, i, -COX_SCORE_INFINITY);
            child->cells[i].score = -COX_SCORE_INFINITY;
        } else if (!sched_failcount_bans(work, child, replica->node, NULL)) {
            sched_explain_set(work, child, i, COX_SCORE_INFINITY);
            child->cells[i].score = COX_SCORE_INFINITY;
        }
    }
    child->parent->is_assigning = true;
    sched_place(work, child, replica->node, stop_if_fail);
    child->parent->is_assigning = false;
}

/* The address belongs to the container's very host: a guest node there has a network of its own. */
static void
keep_address_with(struct sched_work *work, struct sched_replica *replica, const struct sched_node *host)
{
    sched_explain_cause(work, COX_TERM_COLOCATION, "#ip-with-container", replica->container->id);
    for (guint32 i = 0; i < work->n_nodes; i++) {
        if (replica->ip->cells[i].is_present && i != host->idx && sched_colocation_host(sched_node_at(work, i)) == host) {
            sched_explain_add(work, replica->ip, i, -COX_SCORE_INFINITY);
            replica->ip->cells[i].score = -COX_SCORE_INFINITY;
        }
    }
}

static void
assign_replica(struct sched_work *work, struct sched_replica *replica, struct sched_node *prefer, bool stop_if_fail)
{
    const struct sched_node *host = replica->container->assigned;

    if (replica->ip != NULL && host != NULL) {
        keep_address_with(work, replica, host);
    }
    if (replica->ip != NULL) {
        sched_place(work, replica->ip, prefer, stop_if_fail);
    }
    if (replica->remote != NULL) {
        if (host != NULL && host->kind == SCHED_NODE_REMOTE && host->remote_rsc != NULL) {
            /* A remote node talks to one peer, so connections that go through it must start where its own does. */
            struct sched_colocation row = { .id = "#replica-remote-with-host-remote",
                                            .dependent = replica->remote,
                                            .primary = host->remote_rsc,
                                            .score = COX_SCORE_INFINITY,
                                            .influence = true,
                                            .is_internal = true };

            sched_colocation_add_late(work, &row);
        }
        sched_place(work, replica->remote, prefer, stop_if_fail);
    }
    if (replica->child != NULL) {
        assign_child(work, replica, stop_if_fail);
    }
}

static void
assign_clone(struct sched_work *work, const struct sched_bundle *bundle, struct sched_node *prefer, bool stop_if_fail)
{
    sched_explain_cause(work, COX_TERM_BUNDLE, NULL, NULL);
    for (guint32 i = 0; i < work->n_nodes; i++) {
        bool is_own = false;

        for (int r = 0; r < bundle->n_replicas && !is_own; r++) {
            is_own = bundle->replicas[r].node != NULL && bundle->replicas[r].node->idx == i;
        }
        sched_explain_set(work, bundle->child, i, is_own ? 0 : -COX_SCORE_INFINITY);
        bundle->child->cells[i].score = is_own ? 0 : -COX_SCORE_INFINITY;
    }
    sched_place(work, bundle->child, prefer, stop_if_fail);
}

/*
 * QUIRK 1: a bundle that is asked again for its place shows its scores again, though nothing changes.
 * case: bundle-order-startup
 */
struct sched_node *
sched_bundle_assign(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *prefer, bool stop_if_fail)
{
    const struct sched_bundle *bundle = sched_bundle_of(rsc);
    g_autoptr(GPtrArray) containers = g_ptr_array_new();
    struct sched_instances what;

    if (rsc->is_assigning || bundle == NULL) {
        return NULL;
    }
    rsc->is_assigning = true;
    sched_score_trace(work, rsc, "pcmk__bundle_assign");
    for (int i = 0; i < bundle->n_replicas; i++) {
        g_ptr_array_add(containers, bundle->replicas[i].container);
    }
    if (!rsc->is_assigned) {
        sched_instances_sort(work, containers, false);
        what = (struct sched_instances) { containers, bundle->n_replicas, bundle->replicas_per_host };
        sched_instances_assign(work, rsc, &what);
        for (int i = 0; i < bundle->n_replicas; i++) {
            assign_replica(work, &bundle->replicas[i], prefer, stop_if_fail);
        }
        if (bundle->child != NULL) {
            assign_clone(work, bundle, prefer, stop_if_fail);
        }
    }
    rsc->is_assigning = false;
    rsc->is_assigned = true;
    return NULL;
}
