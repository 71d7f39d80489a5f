/* cts/sim/simplan.c - a plan with what it borrows: stands for schedd.  For tests only. */
#include "cts/sim/simplan.h"

#include "sched/sched.h"
#include "transition/pending.h"

struct sim_plan *
sim_plan_new(const struct cox_xml *cib, const struct cox_inflight *inflight, size_t n_inflight, cox_wall now)
{
    struct sim_plan *plan = g_new0(struct sim_plan, 1);
    struct cox_sched_input input = { .now = now };

    if (!cox_codec_load_tree(cib, NULL, &plan->input, NULL, NULL)) {
        g_assert_not_reached();
    }
    (void) cox_pending_note(plan->input.status, inflight, n_inflight, now);
    input.config = plan->input.config;
    input.status = plan->input.status;
    plan->plan = cox_sched_run(&input, NULL);
    return plan;
}

void
sim_plan_free(struct sim_plan *plan)
{
    if (plan != NULL) {
        cox_plan_free(plan->plan);
        cox_codec_result_clear(&plan->input);
        g_free(plan);
    }
}
