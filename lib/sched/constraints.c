/* lib/sched/constraints.c - pass "constraints": what is configured, as rows of the resources concerned.  Layer 3, pure. */
#include "sched/assign_priv.h"

/* What must not be touched holds on to its place; what was found in too many places may have to give up all of them. */
static void
apply_state(struct sched_work *work, struct sched_rsc *rsc)
{
    if (rsc->variant != COX_PRIMITIVE || rsc->running_on == NULL) {
        return;
    }
    if (rsc->detected_multiple && rsc->meta.multiple_active == SCHED_MULTIPLE_STOP_ONLY) {
        for (guint32 i = 0; i < work->n_nodes; i++) {
            rsc->cells[i].score = -COX_SCORE_INFINITY;
        }
    }
    for (guint i = 0; !rsc->is_managed && i < rsc->running_on->len; i++) {
        sched_row_add(work, rsc, ((struct sched_node *) g_ptr_array_index(rsc->running_on, i))->idx,
                      COX_SCORE_INFINITY);
    }
}

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
            sched_location_add(work, location);
        }
    }
}

void
sched_constraints_run(struct sched_work *work)
{
    sched_row_init(work);
    for (guint i = 0; i < work->rscs->len; i++) {
        apply_state(work, g_ptr_array_index(work->rscs, i));
    }
    add_health(work);
    sched_location_expand(work);
    sched_colocation_expand(work);
    sched_ticket_expand(work);
    sched_ticket_apply(work);
}
