/* lib/sched/sched.h - the scheduler: configuration, status and time in, plan out.  Layer 3, pure. */
#ifndef COX_SCHED_SCHED_H
#define COX_SCHED_SCHED_H

#include "base/diag.h"
#include "model/config.h"
#include "model/plan.h"
#include "model/status.h"

G_BEGIN_DECLS

struct cox_sched_input {
    const struct cox_config *config; /**< borrowed; must outlive the plan */
    const struct cox_status *status; /**< borrowed; must outlive the plan */
    cox_wall now;
    enum cox_tristate quorum;    /**< override of have-quorum */
    enum cox_tristate watchdog;  /**< override of have-watchdog */
    bool state_only;             /**< stop after the state (cluster filled, no graph) */
    bool is_settled;             /**< the state is shown as if no operation were under way */
    bool is_numbered_by_list;    /**< ids of actions are their places in the graph, from 1 on */
    bool is_from_file;           /**< secrets may have been taken out of it: where there is none, none has changed */
    bool with_scores;            /**< fill plan.scores */
    bool with_utilization;       /**< fill plan.utilization */
    bool with_explanation;       /**< fill plan.explanation; costs nothing otherwise */
};

/**
 * Plan what the cluster should do.  Same input, same plan, on every node.
 * Broken configuration objects are reported to @diags (may be NULL) and take part as documented for each.
 *
 * @return the plan; the caller frees it with cox_plan_free
 */
struct cox_plan *cox_sched_run(const struct cox_sched_input *input, struct cox_diags *diags);

G_END_DECLS

#endif
