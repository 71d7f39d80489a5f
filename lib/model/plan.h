/* lib/model/plan.h - what the scheduler answers: state, placement with scores, changes, graph.  Layer 1, pure. */
#ifndef COX_MODEL_PLAN_H
#define COX_MODEL_PLAN_H

#include "base/diag.h"
#include "model/cluster.h"
#include "model/explanation.h"
#include "model/graph.h"

G_BEGIN_DECLS

/** One printed score: "<where>: <rsc> allocation score on <node>: <score>" (promotion scores have another form). */
struct cox_score_entry {
    const char *where;  /**< name of the pass as clients know it, e.g. "pcmk__primitive_assign" */
    const char *rsc_id;
    const char *node;   /**< NULL when it belongs to no node */
    cox_score score;
    bool is_promotion;  /**< "<rsc> promotion score on <node>: <score>" */
};

/** Utilization line: "Original: node1 capacity: cpu=2 ..." and the like. */
struct cox_utilization_entry {
    const char *text;
};

/** One line of the transition summary. */
struct cox_change {
    const char *verb;   /**< "Start", "Stop", "Move", "Recover", "Restart", "Migrate", "Promote", "Fence (reboot)", ... */
    guint32 rsc;        /**< index into cluster.rscs, or COX_RSC_NONE for nodes */
    const char *name;   /**< resource or node */
    const char *details; /**< what stands in the brackets, unpadded parts joined: "Started node1 -> node2" */
    const char *role, *next_role;   /**< texts for brackets or NULL */
    const char *from, *to;          /**< node names or NULL */
    const char *reason;             /**< "due to ...", or NULL */
    bool is_blocked;
    bool is_node;                   /**< fencing, shutdown */
};

struct cox_plan {
    struct cox_arena *arena; /**< owns everything below */
    struct cox_cluster cluster;
    struct cox_graph graph;
    const struct cox_score_entry *scores;
    size_t n_scores;
    const struct cox_utilization_entry *utilization;
    size_t n_utilization;
    const char *const *notes; /**< what was passed over while scores or utilization were worked out, a line each */
    size_t n_notes;
    const struct cox_change *changes;
    size_t n_changes;
    const struct cox_explanation *explanation; /**< NULL unless it was asked for */
    cox_wall recheck_by; /**< next time at which the plan may change by itself, or COX_WALL_NONE */
};

/** Free the plan.  NULL is allowed. */
void cox_plan_free(struct cox_plan *plan);

typedef struct cox_plan cox_plan; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_plan, cox_plan_free)

G_END_DECLS

#endif
