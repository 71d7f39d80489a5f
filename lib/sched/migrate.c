/* lib/sched/migrate.c - live migration instead of stop and start.  Layer 3, pure. */
#include "sched/planner_priv.h"

static void
add_meta(struct sched_work *work, struct sched_action *action, const struct sched_node *source)
{
    sched_action_set_meta(work, action, "migrate_source", source->name);
    sched_action_set_meta(work, action, "migrate_target", action->rsc->assigned->name);
}

void
sched_migrate_actions(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *source)
{
    struct sched_node *target = rsc->assigned;
    struct sched_action *start = sched_action_get(work, rsc, SCHED_TASK_START, target, true), *to = NULL, *from;
    struct sched_rsc *r = rsc;

    if (rsc->partial_migration_target == NULL) {
        to = sched_action_get(work, rsc, SCHED_TASK_MIGRATE_TO, source, true);
        to->needs = start->needs;
        to->flags = (to->flags & ~(guint32) SCHED_OPTIONAL) | (start->flags & SCHED_OPTIONAL);
        to->flags |= SCHED_MIGRATABLE;
        add_meta(work, to, source);
        if (rsc->remote_node == NULL) {
            sched_action_set_meta(work, to, "record-pending", "true");
        }
    }
    from = sched_action_get(work, rsc, SCHED_TASK_MIGRATE_FROM, target, true);
    from->needs = start->needs;
    from->flags = (from->flags & ~(guint32) SCHED_OPTIONAL) | (start->flags & SCHED_OPTIONAL);
    add_meta(work, from, source);
    from->flags |= SCHED_MIGRATABLE;
    start->flags |= SCHED_MIGRATABLE | SCHED_PSEUDO;
    for (guint i = 0; i < r->running_on.n; i++) {
        struct sched_action *stop = sched_action_find(r, SCHED_TASK_STOP, r->running_on.items[i]);

        if (stop != NULL) {
            stop->flags |= SCHED_MIGRATABLE;
        }
    }
    if (to != NULL) {
        sched_order_tasks(work, r, SCHED_TASK_MONITOR, r, SCHED_THEN(SCHED_TASK_MIGRATE_TO, SCHED_R_ORDERED));
        sched_order_tasks(work, r, SCHED_TASK_MIGRATE_TO, r,
                          SCHED_THEN(SCHED_TASK_MIGRATE_FROM, SCHED_R_ORDERED | SCHED_R_THEN_UNMIGRATABLE));
    } else {
        sched_order_tasks(work, r, SCHED_TASK_MONITOR, r, SCHED_THEN(SCHED_TASK_MIGRATE_FROM, SCHED_R_ORDERED));
    }
    sched_order_tasks(work, r, SCHED_TASK_MIGRATE_FROM, r,
                      SCHED_THEN(SCHED_TASK_STOP, SCHED_R_ORDERED | SCHED_R_THEN_UNMIGRATABLE));
    sched_order_tasks(work, r, SCHED_TASK_MIGRATE_FROM, r,
                      SCHED_THEN(SCHED_TASK_START,
                                 SCHED_R_ORDERED | SCHED_R_THEN_UNMIGRATABLE | SCHED_R_FIRST_OR_THEN));
}
