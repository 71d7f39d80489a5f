/* lib/sched/colocation_internal.c - colocations that follow from what resources are made of.  Layer 3, pure. */
#include "sched/assign_priv.h"
#include "sched/bundle_priv.h"
#include "sched/explain_priv.h"

static void
add(struct sched_work *work, const char *id, cox_score score, struct sched_rsc *const pair[2])
{
    struct sched_colocation row = {
        .id = id,
        .score = score,
        .dependent = pair[0],
        .primary = pair[1],
        .influence = pair[0]->meta.is_critical,
        .is_internal = true,
    };

    sched_colocation_add(work, &row);
}

/* A resource in the container of another guest runs on that guest; every other filler, where its container is. */
static void
add_filler(struct sched_work *work, struct sched_rsc *rsc)
{
    const struct sched_rsc *connection = NULL;

    for (guint i = 0; rsc->container->fillers != NULL && i < rsc->container->fillers->len; i++) {
        const struct sched_rsc *filler = g_ptr_array_index(rsc->container->fillers, i);

        connection = filler != rsc && filler->remote_node != NULL ? filler : connection;
    }
    if (connection == NULL || rsc->remote_node != NULL) {
        /* A bundle's connection may be apart from its container, so that containers can run on remote nodes. */
        add(work, "#resource-with-container",
            rsc->remote_node != NULL && rsc->replica >= 0 ? 10000 : COX_SCORE_INFINITY,
            (struct sched_rsc *[2]) { rsc, rsc->container });
        return;
    }
    sched_explain_cause(work, COX_TERM_CONTAINER, NULL, connection->id);
    for (guint32 i = 0; i < work->n_nodes; i++) {
        if (rsc->cells[i].is_present && sched_node_at(work, i)->remote_rsc != connection) {
            sched_explain_add(work, rsc, i, -COX_SCORE_INFINITY);
            rsc->cells[i].score = -COX_SCORE_INFINITY;
        }
    }
}

static void
add_primitive(struct sched_work *work, struct sched_rsc *rsc)
{
    const struct sched_replica *replica = rsc->parent != NULL && rsc->parent->variant == COX_BUNDLE
                                              ? sched_bundle_replica(rsc)
                                              : NULL;

    if (rsc->container != NULL) {
        add_filler(work, rsc);
    }
    if (replica != NULL && replica->ip == rsc) {
        add(work, "#ip-with-container", COX_SCORE_INFINITY, (struct sched_rsc *[2]) { rsc, replica->container });
    }
    if (rsc->remote_node == NULL && !rsc->is_fence_device) {
        return;
    }
    sched_explain_cause(work, COX_TERM_CLUSTER_NODE, NULL, NULL);
    for (guint32 i = 0; i < work->n_nodes; i++) {
        if (rsc->cells[i].is_present && sched_node_at(work, i)->remote_rsc != NULL) {
            sched_explain_add(work, rsc, i, -COX_SCORE_INFINITY);
            rsc->cells[i].score = -COX_SCORE_INFINITY;
        }
    }
}

void
sched_colocation_internal(struct sched_work *work)
{
    for (guint i = 0; i < work->rscs->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(work->rscs, i);

        if (rsc->variant == COX_PRIMITIVE) {
            add_primitive(work, rsc);
        }
        for (guint m = 1; rsc->variant == COX_GROUP && m < sched_n_children(rsc); m++) {
            add(work, "#group-members", COX_SCORE_INFINITY,
                (struct sched_rsc *[2]) { sched_child(rsc, m), sched_child(rsc, m - 1) });
        }
    }
}
