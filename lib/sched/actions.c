/* lib/sched/actions.c - the order in which actions are made and related.  Layer 3, pure. */
#include "sched/planner_priv.h"

static void
clear_one(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node, const char *reason)
{
    struct sched_action *clear = sched_action_get(work, rsc, SCHED_TASK_CLEAR_FAILCOUNT, node, false);

    sched_action_set_meta(work, clear, "op_no_wait", "true");
    sched_action_reason(clear, reason, true);
    if (rsc->remote_node != NULL && rsc->meta.reconnect_ms > 0 && work->opt.fencing_enabled) {
        /* Without its failure the connection would be made again before the node it leads to is known to be down. */
        sched_edge_add(work, sched_fence_action(work, rsc->remote_node, NULL, true, NULL), clear, SCHED_R_REQUIRES_THEN);
    }
}

static void
clear_if_changed(struct sched_work *work, const struct sched_clear *wish)
{
    if (wish->changed == NULL
        || sched_digest_compare(work, wish->rsc, wish->node, wish->changed, true) != SCHED_DIGEST_SAME) {
        clear_one(work, wish->rsc, wish->node, wish->reason);
    }
}

static void
clear_failcounts(struct sched_work *work)
{
    for (guint i = 0; i < work->clears->len; i++) {
        clear_if_changed(work, g_ptr_array_index(work->clears, i));
    }
    /* Surplus instances share their counts with those that stay. */
    for (guint i = 0; work->opt.stop_orphans && i < work->tops->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(work->tops, i);

        for (guint32 k = 0; rsc->is_orphan && rsc->variant == COX_PRIMITIVE && k < work->n_nodes; k++) {
            struct sched_node *node = g_ptr_array_index(work->nodes, k);

            if (node->is_online && sched_failcount(work, rsc, node, NULL, true) > 0) {
                clear_one(work, rsc, node, "it is orphaned");
                sched_order_action_task(work, sched_action_find(rsc, SCHED_TASK_CLEAR_FAILCOUNT, node), rsc,
                                        SCHED_TASK_STOP, SCHED_R_ORDERED);
            }
        }
    }
}

static void
grant(struct sched_work *work, const struct sched_wish *wish, GPtrArray *scratch)
{
    switch (wish->kind) {
    case SCHED_WISH_RECURRING:
        sched_recurring_known(work, wish, scratch);
        break;
    case SCHED_WISH_STOP:
        sched_action_get(work, wish->rsc, SCHED_TASK_STOP, wish->node, false);
        break;
    case SCHED_WISH_STOP_ACTIVE:
        if (sched_rsc_is_active_on(wish->rsc, wish->node) && wish->filler->is_managed) {
            sched_action_get(work, wish->rsc, SCHED_TASK_STOP, wish->node, false);
        }
        break;
    case SCHED_WISH_FAIL:
        break;
    case SCHED_WISH_DEMOTE:
        if (wish->rsc->role == COX_ROLE_PROMOTED) {
            sched_action_get(work, wish->rsc, SCHED_TASK_DEMOTE, wish->node, false);
        }
        break;
    case SCHED_WISH_CLEAR:
        clear_if_changed(work, &(struct sched_clear) { wish->rsc, wish->node, wish->reason, wish->changed });
        break;
    case SCHED_WISH_FENCE:
        sched_fence_action(work, wish->node, NULL, true, wish->node->fence_reason);
        break;
    }
}

/* More may be wished for while it is done. */
static void
grant_wishes(struct sched_work *work)
{
    g_autoptr(GPtrArray) scratch = g_ptr_array_new();

    for (guint i = 0; i < work->wishes->len; i++) {
        const struct sched_wish wish = g_array_index(work->wishes, struct sched_wish, i);

        grant(work, &wish, scratch);
    }
    g_array_set_size(work->wishes, 0);
}

/*
 * QUIRK 32: a node that will only be up once its connection is placed is down for all this.
 * case: bundle-order-stop-on-remote, on_fail_demote4
 */
void
sched_early_run(struct sched_work *work)
{
    grant_wishes(work);
    for (guint i = 0; i < work->tops->len; i++) {
        sched_internal_orders(work, g_ptr_array_index(work->tops, i));
    }
    sched_internal_apart(work);
    sched_config_changes(work);
}

/*
 * QUIRK 27: probes are planned before the actions of resources, connections are ordered before fencing, and what waits for
 * probes comes last.  case: stopped-monitor-00, remote-recover-unknown, guest-node-cleanup
 */
void
sched_actions_run(struct sched_work *work)
{
    if (work->opt.startup_probes) {
        sched_probes(work);
    }
    grant_wishes(work);
    clear_failcounts(work);
    for (guint i = 0; i < work->tops->len; i++) {
        sched_rsc_actions(work, g_ptr_array_index(work->tops, i));
    }
    grant_wishes(work);
    sched_remote_orders(work);
    grant_wishes(work);
    sched_fencing_actions(work);
    sched_orderings_expand(work, 0);
    sched_probe_orders(work);
}
