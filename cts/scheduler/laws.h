/* cts/scheduler/laws.h - what holds for every plan, whatever the cluster looks like.  For tests. */
#ifndef COX_CTS_LAWS_H
#define COX_CTS_LAWS_H

#include "sched/sched.h"

/** The names of all laws, as their messages begin, without the colon; NULL ends them. */
extern const char *const laws_names[];

/**
 * Check the laws of one plan, without carrying it out; what is broken is appended to @problems, a line each:
 *
 *  - closed: actions wait for actions that exist, each at most once and never for themselves
 *  - acyclic: everything can be done
 *  - scores: nothing starts or is promoted on a node where its final score is negative
 *  - nodes: nothing starts or is promoted on a cluster node that is not online, in standby or in maintenance
 *  - one place: what is no clone's starts on a node after it has stopped on every other where it is, and it does stop there
 *
 * and those of waitlaws.h and afterlaws.h.
 */
void laws_of_plan(const struct cox_config *config, const struct cox_plan *plan, GString *problems);

/** Is the law of this name among those that @problems tells of? */
bool laws_is_broken(const char *law, const GString *problems);

/**
 * A plan as text: a line for each action with what it waits for, and for each change, in alphabetical order; without
 * the numbers of instances and, for nodes, the reasons (the first in the history is named).  The caller frees it.
 */
char *laws_plan_text(const struct cox_plan *plan);

/** "NAME NODE" of an action, NAME being the most specific key.  g_free it. */
char *laws_action_name(const struct cox_action *action);

/* ---- for the files of laws ---- */

/** Append "LAW: ACTION WHAT". */
void laws_complain(GString *problems, const char *law, const struct cox_action *action, const char *what);

/** Must the action at @first be done before that at @then begins? */
bool laws_is_before(const struct cox_graph *graph, guint32 first, guint32 then);

/** Does it fence its node (and does not unfence it)? */
bool laws_is_fencing(const struct cox_action *action);

/** Does @rsc start only after a node has been fenced where it may be?  Fence devices and connections do not: fencing may need them. */
bool laws_requires_fencing(const struct cox_plan *plan, const struct cox_rsc_state *rsc);

/** The resource or instance called @id, or NULL. */
const struct cox_rsc_state *laws_rsc(const struct cox_cluster *cluster, const char *id);

/** The node called @name, or NULL. */
const struct cox_node_state *laws_node(const struct cox_cluster *cluster, const char *name);

/** Is it an instance of a clone or bundle, or in one? */
bool laws_is_in_clone(const struct cox_cluster *cluster, const struct cox_rsc_state *rsc);

#endif
