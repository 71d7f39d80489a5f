/* cts/scheduler/afterlaws.h - where everything is when a plan has been carried out.  For tests. */
#ifndef COX_CTS_AFTERLAWS_H
#define COX_CTS_AFTERLAWS_H

#include "sched/sched.h"

/**
 * Work out where the plan leaves everything, and check; what is broken is appended to @problems, a line each:
 *
 *  - together: what is bound by a colocation of INFINITY is where the other is, and with -INFINITY never there (plain
 *    resources of the top level only)
 *  - room: with a placement strategy no cluster node holds more than its capacity
 *  - instances: a clone has no more instances, and no more promoted ones, than it may have, on each node and in all; a
 *    bundle has no more replicas on a node than it may have
 *
 * @param is_settled  nothing is left to do: what is said of a place is true for whatever is there; false: where the plan starts
 *                    or promotes something only, since old trouble may have to wait
 */
void laws_of_places(const struct cox_config *config, const struct cox_plan *plan, bool is_settled, GString *problems);

#endif
