/* cts/scheduler/planted.h - plans with a fault that was put into them, to show that laws find it.  For tests. */
#ifndef COX_CTS_PLANTED_H
#define COX_CTS_PLANTED_H

#include "sched/sched.h"

/** What a plan is made for. */
enum planted_stage {
    PLANTED_FIRST,     /**< the plan that is looked at */
    PLANTED_EXPLAINED, /**< the same with an explanation */
    PLANTED_SHUFFLED,  /**< the same for the same facts in another order */
    PLANTED_NEXT,      /**< the one after what went before was carried out */
};

/**
 * cox_sched_run(), and a fault in the plan that a law must find: an edge less, an instance more, a start elsewhere.
 *
 * @param bug  what planted_law() knows, for a fault if the plan has something that allows it; NULL: no fault
 * @return the plan; the caller frees it with cox_plan_free
 */
struct cox_plan *planted_run(const struct cox_sched_input *input, const char *bug, enum planted_stage stage);

/** The law that finds the fault called @bug, which is the law's own name for the first of its faults; NULL: there is no such fault. */
const char *planted_law(const char *bug);

#endif
