/* cts/scheduler/outcomelaws.h - what holds once plans have been carried out.  For tests. */
#ifndef COX_CTS_OUTCOMELAWS_H
#define COX_CTS_OUTCOMELAWS_H

#include "planted.h"

/** How the outcome of a plan is tried. */
struct laws_outcome {
    const struct cox_plan *plan; /**< the plan of the input; borrowed */
    struct cox_status *status;   /**< a copy of the status it was made for; changed */
    unsigned max_rounds;
    const char *bug;             /**< see planted_run(); NULL: none */
};

/**
 * Carry the plan out, and plan again from there until nothing is left to do.
 *
 *  - settled: this takes at most max_rounds plans, the last of which has no action on a resource or a node
 *  - the laws of laws_of_plan() hold for each plan, and those of laws_of_places() in the end
 */
void laws_of_outcome(const struct cox_sched_input *input, const struct laws_outcome *how, GString *problems);

#endif
