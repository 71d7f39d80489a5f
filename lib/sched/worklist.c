/* lib/sched/worklist.c - which actions must be looked at again once one has changed.  Layer 3, pure. */
#include "sched/planner_priv.h"

static bool
is_of_collective(const struct sched_action *action)
{
    return action->rsc != NULL && action->rsc->variant != COX_PRIMITIVE;
}

void
sched_propagate_enqueue(struct sched_work *work, struct sched_action *action)
{
    struct sched_order_data *data = sched_order_data(work);

    if (!is_of_collective(action)) {
        action->flags |= SCHED_QUEUED;
        sched_vec_add(work, &data->queue, action); /* it is looked at once, where it was asked for last */
    } else if (!(action->flags & SCHED_QUEUED)) {
        action->flags |= SCHED_QUEUED;
        sched_vec_add(work, &data->events, action);
    }
}

void
sched_propagate_late(struct sched_work *work, struct sched_action *action)
{
    if (!(action->flags & SCHED_QUEUED_LATE)) {
        action->flags |= SCHED_QUEUED_LATE;
        sched_vec_add(work, &sched_order_data(work)->late, action);
    }
}

void
sched_propagate_again(struct sched_work *work, struct sched_action *action)
{
    action->flags |= SCHED_QUEUED;
    sched_vec_add(work, &sched_order_data(work)->queue, action);
}

static bool
concerns(const struct sched_action *event, const struct sched_action *member)
{
    return sched_flags_base_task(event) == sched_flags_base_task(member);
}

/* What waits for the action, and the events of what it is inside. */
static void
enqueue_others(struct sched_work *work, struct sched_action *action)
{
    for (guint32 i = 0; i < action->after.n; i++) {
        sched_propagate_enqueue(work, ((struct sched_edge *) action->after.items[i])->then);
    }
    for (struct sched_rsc *rsc = (action->rsc != NULL) ? action->rsc->parent : NULL; rsc != NULL; rsc = rsc->parent) {
        for (guint i = 0; i < rsc->actions.n; i++) {
            struct sched_action *event = rsc->actions.items[i];

            if (concerns(event, action)) {
                sched_propagate_late(work, event);
                for (guint32 k = 0; k < event->after.n; k++) {
                    sched_propagate_late(work, ((struct sched_edge *) event->after.items[k])->then);
                }
            }
        }
    }
}

void
sched_propagate_touch(struct sched_work *work, struct sched_action *action)
{
    sched_propagate_enqueue(work, action);
    enqueue_others(work, action);
}

void
sched_propagate_touch_first(struct sched_work *work, struct sched_action *action)
{
    enqueue_others(work, action);
    sched_propagate_enqueue(work, action);
}

void
sched_propagate_touch_late(struct sched_work *work, struct sched_action *action)
{
    for (guint32 i = 0; i < action->after.n; i++) {
        sched_propagate_late(work, ((struct sched_edge *) action->after.items[i])->then);
    }
}
