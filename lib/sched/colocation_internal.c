/* lib/sched/colocation_internal.c - colocations that follow from what resources are made of.  Layer 3, pure. */
#include "sched/assign_priv.h"
#include "sched/bundle_priv.h"
#include "sched/explain_priv.h"
#include "sched/rsc_priv.h"

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

/* What has to be where a machine is cannot run in that: it would take the machine down with it. */
static void
keep_out_of(struct sched_work *work, struct sched_rsc *rsc, const struct sched_rsc *machine)
{
    for (guint i = 0; i < sched_n_children(rsc); i++) {
        keep_out_of(work, sched_child(rsc, i), machine); /* as deep as resources nest */
    }
    for (guint32 i = 0; rsc != machine && i < work->n_nodes; i++) {
        const struct sched_node *node = sched_node_at(work, i);

        if (rsc->cells[i].is_present && node->is_guest && node->remote_rsc != NULL && node->remote_rsc->container == machine) {
            sched_explain_cause(work, COX_TERM_CONTAINER, NULL, machine->id);
            sched_explain_add(work, rsc, i, -COX_SCORE_INFINITY);
            rsc->cells[i].score = -COX_SCORE_INFINITY;
        }
    }
}

static void
keep_out_of_machines(struct sched_work *work)
{
    for (guint i = 0; i < work->colocations->len; i++) {
        const struct sched_colocation *row = g_ptr_array_index(work->colocations, i);
        struct sched_rsc *const ends[] = { row->dependent, row->primary };

        for (size_t e = 0; e < G_N_ELEMENTS(ends); e++) {
            struct sched_rsc *other = ends[1 - e];

            if (row->score >= COX_SCORE_INFINITY && row->node_attribute == NULL && sched_rsc_holds_guest(ends[e]) && other->variant <= COX_GROUP) {
                keep_out_of(work, other->parent != NULL && other->parent->variant == COX_GROUP ? other->parent : other, ends[e]);
            }
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
    if (rsc->remote_node == NULL && !rsc->is_fence_device && !(rsc->replica < 0 && sched_rsc_holds_guest(rsc))) {
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
        for (guint m = 1; rsc->variant == COX_GROUP && sched_rsc_is_collocated(rsc) && m < sched_n_children(rsc); m++) {
            add(work, "#group-members", COX_SCORE_INFINITY,
                (struct sched_rsc *[2]) { sched_child(rsc, m), sched_child(rsc, m - 1) });
        }
    }
    keep_out_of_machines(work);
}
