/* lib/sched/worklist.c - which actions must be looked at again once one has changed.  Layer 3, pure. */
#include "sched/planner_priv.h"

void
sched_propagate_enqueue(struct sched_work *work, struct sched_action *action)
{
    if (!(action->flags & SCHED_QUEUED)) {
        action->flags |= SCHED_QUEUED;
        sched_vec_add(work, &sched_order_data(work)->queue, action);
    }
}

static void
enqueue_after(struct sched_work *work, struct sched_action *action)
{
    sched_propagate_enqueue(work, action);
    for (guint32 i = 0; i < action->after.n; i++) {
        sched_propagate_enqueue(work, ((struct sched_edge *) action->after.items[i])->then);
    }
}

static bool
concerns(const struct sched_action *event, const struct sched_action *member)
{
    return sched_flags_base_task(event) == sched_flags_base_task(member);
}

void
sched_propagate_touch(struct sched_work *work, struct sched_action *action)
{
    enqueue_after(work, action);
    for (struct sched_rsc *rsc = (action->rsc != NULL) ? action->rsc->parent : NULL; rsc != NULL; rsc = rsc->parent) {
        for (guint i = 0; i < rsc->actions.n; i++) {
            struct sched_action *event = rsc->actions.items[i];

            if (concerns(event, action)) {
                enqueue_after(work, event);
            }
        }
    }
}
