/* cts/scheduler/laws.h - what holds for every plan, whatever the cluster looks like.  For tests. */
#ifndef COX_CTS_LAWS_H
#define COX_CTS_LAWS_H

#include "sched/sched.h"

/**
 * Check the laws of one plan, without carrying it out; what is broken is appended to @problems, a line each:
 *
 *  - closed: actions wait for actions that exist, each at most once and never for themselves
 *  - acyclic: everything can be done
 *  - scores: nothing starts or is promoted on a node where its final score is negative
 *  - nodes: nothing starts or is promoted on a cluster node that is not online, in standby or in maintenance
 *  - one place: what is no clone's starts on a node after it has stopped on every other
 */
void laws_of_plan(const struct cox_plan *plan, GString *problems);

/**
 * Carry the plan out on @status, which is changed, and plan again from there until nothing is left to do.
 *
 *  - settled: this takes at most @max_rounds plans, the last of which has no action on a resource or a node
 *  - together: in the end, what is bound by a colocation of INFINITY runs where the other does, and with -INFINITY
 *    never there (plain resources of the top level only)
 *  - room: with a placement strategy no cluster node holds more than its capacity
 */
void laws_of_outcome(const struct cox_sched_input *input, struct cox_status *status, unsigned max_rounds,
                     GString *problems);

/**
 * A plan as text: a line for each action with what it waits for, and for each change, in alphabetical order; without
 * the numbers of instances and, for nodes, the reasons (the first in the history is named).  The caller frees it.
 */
char *laws_plan_text(const struct cox_plan *plan);

/** "NAME NODE" of an action, NAME being the most specific key.  g_free it. */
char *laws_action_name(const struct cox_action *action);

#endif
