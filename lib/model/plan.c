/* lib/model/plan.c - the end of a plan.  Layer 1, pure. */
#include "model/plan.h"

void
cox_plan_free(struct cox_plan *plan)
{
    if (plan != NULL) {
        cox_arena_free(plan->arena); /* the plan itself lies in its arena */
    }
}
