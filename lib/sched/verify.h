/* lib/sched/verify.h - configurations that fit the schema and make no sense: what crm_verify reports.  Layer 3, pure. */
#ifndef COX_SCHED_VERIFY_H
#define COX_SCHED_VERIFY_H

#include "base/diag.h"
#include "model/cluster.h"

G_BEGIN_DECLS

/**
 * Report what is wrong with resources as they are configured: clones of agents that cannot be cloned that way,
 * operations given twice, target roles that are none; and two nodes that may fence each other (model/duel.h).  The texts are those that clients of the field know.
 *
 * @param now    for rules in sets of values
 * @param diags  gets errors (the object is ignored or a default is used) and warnings
 */
void cox_verify_config(const struct cox_config *config, cox_wall now, struct cox_diags *diags);

/**
 * Report what keeps the cluster from working: fencing wanted without a device, unclean nodes that cannot be fenced.
 *
 * @param cluster  the state that @config and the status come to
 */
void cox_verify_cluster(const struct cox_config *config, const struct cox_cluster *cluster, struct cox_diags *diags);

G_END_DECLS

#endif
