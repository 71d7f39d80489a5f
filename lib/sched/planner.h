/* lib/sched/planner.h - a scheduler that remembers: after a change of the status it plans again only what that touches.
 *
 * Layer 3, pure.  How, and what it relies on: doc/adr/005-incremental-plans.md.
 */
#ifndef COX_SCHED_PLANNER_H
#define COX_SCHED_PLANNER_H

#include "sched/sched.h"

G_BEGIN_DECLS

/**
 * It keeps what it needs to know of the last full plan, but borrows nothing from it: between two runs the configuration must stay as
 * it is unless cox_planner_forget() is called, and whoever changes the status tells of it.
 */
struct cox_planner;

/** How the plans came about. */
struct cox_planner_stats {
    guint64 n_full, n_incremental;
    const char *obstacle;   /**< why the last plan was a full one, a text for people; NULL: it was none */
    guint32 n_planned;      /**< resources that the last plan was about */
};

struct cox_planner *cox_planner_new(void);
void cox_planner_free(struct cox_planner *planner);

/** Try no excerpt of more than so many of a hundred resources (at first: 25); for tests. */
void cox_planner_limit(struct cox_planner *planner, unsigned percent);

/** The configuration is another one: nothing that is known counts any more. */
void cox_planner_forget(struct cox_planner *planner);

/** Since the last run the history of @id on some node has changed, appeared or gone. */
void cox_planner_touch_history(struct cox_planner *planner, const char *id);

/** Since the last run the transient attribute @name of some node has another value. */
void cox_planner_touch_attribute(struct cox_planner *planner, const char *name);

/** Something else has changed, or the status is another one: the next plan is a full one. */
void cox_planner_touch_all(struct cox_planner *planner);

/**
 * As cox_sched_run(), with actions numbered by the list (is_numbered_by_list).  Graph, problems and recheck_by are those of a full
 * plan; the plan's state, changes and scores may be of a part of the resources.  A plan with scores, utilization or an explanation is always a full one.
 * A build with COX_DEBUG makes the full plan as well, and ends the process if there is any difference.
 *
 * @return the plan; the caller frees it before the next call
 */
struct cox_plan *cox_planner_run(struct cox_planner *planner, const struct cox_sched_input *input, struct cox_diags *diags);

/** Borrowed. */
const struct cox_planner_stats *cox_planner_stats(const struct cox_planner *planner);

/** All that a plan is used for, as text, for comparing two of them: graph, problems, recheck_by.  The caller frees it. */
char *cox_planner_text(const struct cox_plan *plan, const struct cox_diags *diags);

typedef struct cox_planner cox_planner; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_planner, cox_planner_free)

G_END_DECLS

#endif
