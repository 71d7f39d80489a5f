/* cts/scheduler/explainlaws.h - what holds for every explanation.  For tests. */
#ifndef COX_CTS_EXPLAINLAWS_H
#define COX_CTS_EXPLAINLAWS_H

#include "sched/sched.h"

/**
 * Plan with an explanation; what is broken is appended to @problems, a line each:
 *
 *  - free: the plan is the same, and without being asked nothing is recorded
 *  - sum: the terms of each resource on each node come to its final score, those of the decision to the score that
 *    crm_simulate shows for it, and those of a promotion to the promotion score
 *  - explained: no term is without a source
 *  - choice: who is placed somewhere tells why, who is not tells that
 *
 * @param plain  the plan of the same input without an explanation
 * @param bug    see planted_run(); NULL: none
 */
void laws_of_explanation(const struct cox_sched_input *input, const struct cox_plan *plain, const char *bug, GString *problems);

#endif
