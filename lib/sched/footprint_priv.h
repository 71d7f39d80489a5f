/* lib/sched/footprint_priv.h - what a run leaves behind for the planner: who speaks, and how nodes filled up.  Layer 3, private. */
#ifndef COX_SCHED_FOOTPRINT_PRIV_H
#define COX_SCHED_FOOTPRINT_PRIV_H

#include "sched/work_priv.h"

/** By how much the assignment of a top-level resource changed the number of resources of a node. */
struct sched_load {
    guint32 node;
    gint32 change;
};

/** One top-level resource, in the order of assignment. */
struct sched_step {
    cox_rsc_id def;           /**< in the configuration of the run; COX_RSC_NONE when only the history knows it */
    char *removed;            /**< its id in that case, else NULL */
    guint32 first_load, n_loads; /**< in loads */
    bool depends_on_load;     /**< nodes of equal scores were told apart by how many resources they have */
    bool speaks;              /**< it has actions in the graph, or depends on time by its history */
};

/** A node as the plan leaves it. */
struct sched_node_mark {
    char *name;
    guint32 flags;
};

struct sched_footprint {
    /** [config->n_resources] for top-level resources: what others have on each node by then; NULL: nobody else is there. */
    const guint32 *const *others;
    guint32 n_others;         /**< nodes in each of these; of another number of nodes nothing can be told */

    GArray *steps;  /**< struct sched_step */
    GArray *loads;  /**< struct sched_load */
    GArray *marks;  /**< struct sched_node_mark */
    bool is_local;  /**< nothing was decided for the cluster as a whole, and nothing ties resources together that are of several units */

    guint32 *before;     /* scratch: [n_nodes] counts when the present step began */
    guint32 *others_now; /* scratch: [n_nodes] what of others is in the counts */
    bool is_tied;        /* scratch: of the present step */
};

/** An empty one; @others (NULL: none) has counts of @n_others nodes.  The caller frees it. */
struct sched_footprint *sched_footprint_new(const guint32 *const *others, guint32 n_others);
void sched_footprint_free(struct sched_footprint *footprint);

/** Are the nodes the same ones in the same states? */
bool sched_footprint_same_nodes(const struct sched_footprint *a, const struct sched_footprint *b);

/** As cox_sched_run, filling @footprint (NULL: none). */
struct cox_plan *sched_run_traced(const struct cox_sched_input *input, struct cox_diags *diags,
                                  struct sched_footprint *footprint);

/* ---- called by the passes; nothing happens without a footprint ---- */

/** The assignment of a top-level resource begins and ends. */
void sched_footprint_begin(struct sched_work *work, const struct sched_rsc *top);
void sched_footprint_end(struct sched_work *work, const struct sched_rsc *top);
/** The number of resources on nodes may have decided something. */
void sched_footprint_tie(const struct sched_work *work);
/** When the graph is there. */
void sched_footprint_close(struct sched_work *work);

#endif
