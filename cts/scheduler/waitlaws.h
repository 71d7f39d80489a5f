/* cts/scheduler/waitlaws.h - what must have been done before a resource starts or stops.  For tests. */
#ifndef COX_CTS_WAITLAWS_H
#define COX_CTS_WAITLAWS_H

#include "sched/sched.h"

/**
 * Check; what is broken is appended to @problems, a line each:
 *
 *  - fenced: what is active on a node that is unclean starts anywhere after that node has been fenced (or it was stopped there,
 *    when a remote node is reached again), unless it requires no fencing
 *  - ordered: what a mandatory order says is done first, is; of the members of a group, too (plain resources and groups of
 *    the top level only)
 */
void laws_of_waiting(const struct cox_config *config, const struct cox_plan *plan, GString *problems);

#endif
