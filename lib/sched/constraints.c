/* lib/sched/constraints.c - pass "constraints": what is configured, as rows of the resources concerned.  Layer 3, pure. */
#include "sched/assign_priv.h"
#include "sched/explain_priv.h"

/* Health is a location preference like any other, save that resources may be indifferent to bad health. */
static void
add_health(struct sched_work *work)
{
    for (guint32 n = 0; n < work->n_nodes; n++) {
        cox_score score = sched_node_at(work, n)->health_score;

        for (guint i = 0; score != 0 && i < work->tops->len; i++) {
            struct sched_rsc *rsc = g_ptr_array_index(work->tops, i);
            struct sched_location *location = NULL;

            if (score < 0 && rsc->meta.allow_unhealthy) {
                continue;
            }
            location = cox_arena_new_array(work->arena, struct sched_location, 1);
            location->id = work->opt.health_strategy;
            location->rsc = rsc;
            location->scores = cox_arena_new_array(work->arena, cox_score, work->n_nodes);
            location->listed = cox_arena_new_array(work->arena, bool, work->n_nodes);
            location->scores[n] = score;
            location->listed[n] = true;
            location->is_of_rule = true; /* it names no node: one inside a bundle stays closed to others */
            sched_explain_name(work, location, location->id);
            sched_location_add(work, location);
        }
    }
}

void
sched_constraints_run(struct sched_work *work)
{
    sched_row_init(work);
    add_health(work);
    sched_location_expand(work);
    sched_colocation_expand(work);
    sched_ticket_expand(work);
    sched_ticket_apply(work);
}
