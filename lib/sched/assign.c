/* lib/sched/assign.c - pass "assign": scores of each resource on each node, then where each runs in which role.
 *
 * Layer 3, pure.
 */
#include <string.h>

#include "sched/assign_priv.h"
#include "sched/attr_index_priv.h"
#include "sched/explain_priv.h"
#include "sched/footprint_priv.h"

static const struct sched_placer placers[] = {
    [COX_PRIMITIVE] = { sched_primitive_assign },
    [COX_GROUP] = { sched_group_assign },
    [COX_CLONE] = { sched_clone_assign },
    [COX_BUNDLE] = { sched_bundle_assign },
};

/* A target-role of Promoted is what would happen anyway, so it restricts nothing. */
static void
apply_target_role(struct sched_rsc *rsc)
{
    enum cox_role target = rsc->meta.target_role;
    const struct sched_rsc *top = rsc;

    while (top->parent != NULL && top->parent->variant != COX_BUNDLE) {
        top = top->parent;
    }
    if (rsc->next_role != COX_ROLE_UNKNOWN) {
        return;
    }
    if (target == COX_ROLE_STOPPED || (target == COX_ROLE_UNPROMOTED && top->meta.is_promotable)) {
        sched_place_role_set(rsc, target, "target-role");
    }
}

static void
lock_to(struct sched_work *work, struct sched_rsc *rsc)
{
    sched_explain_cause(work, COX_TERM_SHUTDOWN_LOCK, NULL, rsc->lock_node->name);
    for (guint32 i = 0; i < work->n_nodes; i++) {
        if (sched_node_at(work, i) != rsc->lock_node) {
            sched_row_add(work, rsc, i, -COX_SCORE_INFINITY);
        }
    }
}

/* Resources of a node that shuts down cleanly wait for it to come back, when so configured. */
static void
apply_shutdown_lock(struct sched_work *work, struct sched_rsc *rsc)
{
    bool is_active = rsc->running_on.n > 0;

    if (rsc->variant == COX_GROUP) {
        for (guint i = 0; i < sched_n_children(rsc); i++) {
            apply_shutdown_lock(work, sched_child(rsc, i));
        }
        return;
    }
    if (rsc->variant != COX_PRIMITIVE || rsc->is_fence_device || rsc->remote_node != NULL) {
        return;
    }
    if (rsc->lock_node != NULL) {
        if (is_active) { /* it was started elsewhere in spite of the lock */
            rsc->lock_node = NULL;
            rsc->lock_time_s = 0;
        }
    } else if (is_active && rsc->running_on.n == 1) {
        struct sched_node *node = rsc->running_on.items[0];

        if (node->is_shutdown && !node->is_unclean) {
            const char *since = sched_node_attr(work, node, "shutdown");

            rsc->lock_node = node;
            rsc->lock_time_s = since == NULL ? 0 : g_ascii_strtoll(since, NULL, 10);
            rsc->lock_time_s = rsc->lock_time_s > 0 ? rsc->lock_time_s : work->now_s;
        }
    }
    if (rsc->lock_node != NULL) {
        lock_to(work, rsc);
    }
}

static void
apply_stickiness(struct sched_work *work, struct sched_rsc *rsc)
{
    struct sched_node *node = NULL;

    if (rsc->variant != COX_PRIMITIVE || !rsc->is_managed || rsc->meta.stickiness < 1
        || rsc->running_on.n != 1) {
        return;
    }
    node = rsc->running_on.items[0];
    if (work->opt.symmetric || rsc->cells[node->idx].is_present) {
        sched_explain_cause(work, COX_TERM_STICKINESS, NULL, NULL);
        sched_row_add(work, rsc, node->idx, rsc->meta.stickiness);
    }
}

static void
ban_where_failed(struct sched_work *work)
{
    for (guint32 n = 0; n < work->n_nodes; n++) {
        const bool has_failures = sched_attr_range(sched_node_at(work, n), "fail-count-", "").n > 0;

        for (guint i = 0; has_failures && i < work->rscs->len; i++) {
            struct sched_rsc *rsc = g_ptr_array_index(work->rscs, i), *banned = rsc;

            if (rsc->variant == COX_PRIMITIVE && sched_failcount_bans(work, rsc, sched_node_at(work, n), &banned)) {
                sched_explain_cause(work, COX_TERM_FAILURES, rsc->id, NULL);
                sched_explain_limit(work, sched_failcount(work, rsc, sched_node_at(work, n), NULL, true), rsc->meta.migration_threshold);
                sched_row_add(work, banned, n, -COX_SCORE_INFINITY);
            }
        }
    }
}

static void
apply_exclusive_discovery(struct sched_work *work, struct sched_rsc *rsc)
{
    const struct sched_rsc *top = rsc;

    while (top->parent != NULL && top->parent->variant != COX_BUNDLE) {
        top = top->parent;
    }
    if (!rsc->has_exclusive_discovery && !top->has_exclusive_discovery) {
        return;
    }
    sched_explain_cause(work, COX_TERM_DISCOVERY, NULL, NULL);
    for (guint32 i = 0; i < work->n_nodes; i++) {
        if (rsc->cells[i].is_present && rsc->cells[i].discovery != COX_DISCOVERY_EXCLUSIVE) {
            sched_explain_add(work, rsc, i, -COX_SCORE_INFINITY);
            rsc->cells[i].score = -COX_SCORE_INFINITY;
        }
    }
}

static void
apply_criteria(struct sched_work *work)
{
    for (guint i = 0; work->opt.shutdown_lock && i < work->tops->len; i++) {
        apply_shutdown_lock(work, g_ptr_array_index(work->tops, i));
    }
    sched_location_apply(work);
    for (guint i = 0; i < work->rscs->len; i++) {
        apply_stickiness(work, g_ptr_array_index(work->rscs, i));
    }
    ban_where_failed(work);
    for (guint i = 0; i < work->rscs->len; i++) {
        apply_exclusive_discovery(work, g_ptr_array_index(work->rscs, i));
    }
}

static void
place_top(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *prefer)
{
    sched_footprint_begin(work, rsc);
    sched_place(work, rsc, prefer, true);
    sched_footprint_end(work, rsc);
}

/*
 * QUIRK 19: connections first, whatever their priority: what they reach must be known to be up before anything can go
 * there.  case: remote-move, whitebox-start
 */
static void
assign_all(struct sched_work *work, const GPtrArray *rscs)
{
    for (guint i = 0; i < rscs->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(rscs, i);

        if (rsc->variant == COX_PRIMITIVE && rsc->remote_node != NULL) {
            place_top(work, rsc, rsc->partial_migration_target);
        }
    }
    for (guint i = 0; i < rscs->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(rscs, i);

        if (rsc->variant != COX_PRIMITIVE || rsc->remote_node == NULL) {
            place_top(work, rsc, NULL);
        }
    }
}

static void
complete_roles(struct sched_work *work)
{
    for (guint i = 0; i < work->rscs->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(work->rscs, i);

        if (rsc->variant == COX_PRIMITIVE && rsc->next_role == COX_ROLE_UNKNOWN) {
            sched_place_role_set(rsc, rsc->assigned == NULL ? COX_ROLE_STOPPED : COX_ROLE_STARTED, "assignment");
        }
        g_clear_pointer(&rsc->all_this_with, g_ptr_array_unref);
        g_clear_pointer(&rsc->all_with_this, g_ptr_array_unref);
    }
}

void
sched_assign_run(struct sched_work *work)
{
    g_autoptr(GPtrArray) rscs = g_ptr_array_new();

    work->placers = placers;
    for (guint i = 0; i < work->rscs->len; i++) {
        apply_target_role(g_ptr_array_index(work->rscs, i));
    }
    for (guint i = 0; i < work->tops->len; i++) {
        g_ptr_array_add(rscs, g_ptr_array_index(work->tops, i)); /* orphans are last: the history added them */
    }
    apply_criteria(work);
    sched_colocation_internal(work);
    sched_colocation_drop_void(work);
    sched_colocation_sort(work);
    sched_rsc_order(work, rscs);
    for (guint i = 0; i < rscs->len; i++) {
        work->tops->pdata[i] = g_ptr_array_index(rscs, i); /* what comes after this keeps the order */
    }
    sched_capacity_show(work, "Original");
    sched_capacity_keep(work);
    assign_all(work, rscs);
    sched_capacity_show(work, "Remaining");
    complete_roles(work);
}
