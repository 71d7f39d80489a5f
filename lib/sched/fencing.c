/* lib/sched/fencing.c - fencing, shutdown and what they imply for resources.  Layer 3, pure. */
#include <string.h>

#include "model/option.h"
#include "model/param_digest.h"
#include "sched/planner_priv.h"
#include "sched/rsc_priv.h"

/* How much runs on the node, and in its guests. */
static int
importance(const struct sched_work *work, const struct sched_node *node)
{
    int sum = node->priority;

    for (guint32 i = 0; i < work->n_nodes; i++) {
        const struct sched_node *guest = g_ptr_array_index(work->nodes, i);

        if (guest->is_guest && guest->remote_rsc != NULL && sched_rsc_is_active_on(guest->remote_rsc->container, node)) {
            sum += guest->priority;
        }
    }
    return sum;
}

/* Seconds for which fencing of a node that matters is put off, so that the better half wins. */
static gint64
priority_delay_s(const struct sched_work *work, const struct sched_node *node)
{
    int top = 0, lowest = 0, n_members = 0, n_online = 0;

    if (node->kind != SCHED_NODE_MEMBER || node->is_online) {
        return 0;
    }
    for (guint32 i = 0; i < work->n_nodes; i++) {
        const struct sched_node *other = g_ptr_array_index(work->nodes, i);
        int weight;

        if (other->kind != SCHED_NODE_MEMBER) {
            continue;
        }
        weight = importance(work, other);
        n_members++;
        n_online += other->is_online;
        top = (n_members == 1) ? weight : MAX(top, weight);
        lowest = (n_members == 1) ? weight : MIN(lowest, weight);
    }
    if (n_online > n_members / 2 || lowest == top || importance(work, node) < top) {
        return 0;
    }
    return work->opt.priority_fencing_delay_ms / 1000;
}

static gint
by_priority(gconstpointer a, gconstpointer b)
{
    int one = (*(struct sched_rsc *const *) a)->top->meta.priority, two = (*(struct sched_rsc *const *) b)->top->meta.priority;

    return (one > two) - (one < two);
}

/*
 * Devices that provide unfencing.
 * QUIRK 35: the last of the configuration first, important ones at the end.  case: start-then-stop-with-unfence (parameters)
 */
static GPtrArray *
unfencing_devices(const struct sched_work *work)
{
    GPtrArray *devices = g_ptr_array_new();

    for (guint i = work->rscs->len; i > 0; i--) {
        struct sched_rsc *rsc = g_ptr_array_index(work->rscs, i - 1);

        if (rsc->variant == COX_PRIMITIVE && rsc->is_fence_device
            && g_strcmp0(cox_option_get(COX_OPT_DEVICE_META_PROVIDES, &rsc->meta_raw), "unfencing") == 0) {
            g_ptr_array_add(devices, rsc);
        }
    }
    g_ptr_array_sort(devices, by_priority);
    return devices;
}

/* Their parameters are part of an unfencing action, so that a changed device unfences again; once without what is secret. */
static void
add_device_digests(struct sched_work *work, struct sched_action *action, const struct sched_node *node)
{
    g_autoptr(GString) all = g_string_new(NULL);
    g_autoptr(GString) secure = g_string_new(NULL);
    g_autoptr(GPtrArray) devices = unfencing_devices(work);

    for (guint i = 0; i < devices->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(devices, i);
        struct cox_nvlist params = { 0 };

        sched_attrs_params(work, rsc, node, &params);
        {
            g_autofree struct cox_nvpair *pairs = g_memdup2(params.pairs, params.n_pairs * sizeof(params.pairs[0]));
            g_autofree char *digest = cox_param_digest(pairs, params.n_pairs);
            g_autofree char *without = sched_digest_public(rsc, &params, " password passwd ");

            g_string_append_printf(all, "%s:%s:%s,", rsc->id, rsc->type, digest);
            g_string_append_printf(secure, "%s:%s:%s,", rsc->id, rsc->type, without);
        }
        cox_nvlist_clear(&params);
    }
    sched_action_set_meta(work, action, "digests-all", cox_arena_strdup(work->arena, all->str));
    sched_action_set_meta(work, action, "digests-secure", cox_arena_strdup(work->arena, secure->str));
}

struct sched_action *
sched_fence_action(struct sched_work *work, struct sched_node *node, const char *what, bool optional,
                   const char *reason)
{
    const char *act = (what != NULL) ? what : work->opt.fencing_action;
    const char *key = cox_arena_printf(work->arena, "stonith-%s-%s", node->name, act);
    struct sched_action *action;

    if (work->action_by_key == NULL) {
        work->action_by_key = g_hash_table_new(g_str_hash, g_str_equal);
    }
    action = g_hash_table_lookup(work->action_by_key, key);
    if (action == NULL) {
        action = sched_action_new(work, NULL, SCHED_TASK_STONITH, key, node);
        g_hash_table_insert(work->action_by_key, (gpointer) (guintptr) key, action);
        sched_action_set_meta(work, action, "stonith_action", act);
        if (work->has_unfencing_device) {
            add_device_digests(work, action, node);
        }
    }
    if (work->opt.priority_fencing_delay_ms > 0 && node->fence_priority_delay && strcmp(act, "on") != 0) {
        sched_action_set_meta(
            work, action, "priority-fencing-delay",
            cox_arena_printf(work->arena, "%" G_GINT64_FORMAT, priority_delay_s(work, node)));
    }
    if (!optional && (sched_node_can_fence(work, node) || strcmp(act, "on") == 0)) {
        action->flags &= ~(guint32) SCHED_OPTIONAL;
    }
    if (reason != NULL && action->reason == NULL) {
        action->reason = reason;
    }
    return action;
}

static bool
is_unfenced(const struct sched_node *node)
{
    const char *value = cox_nvlist_get(&node->attrs, "#node-unfenced");

    return value != NULL && strcmp(value, "0") != 0;
}

/* Is each device of the list @now ("id:agent:digest," for each) in the list @stored, in whatever order? */
static bool
are_all_in(const char *now, const char *stored)
{
    g_auto(GStrv) devices = g_strsplit(now, ",", -1);
    g_auto(GStrv) known = g_strsplit(stored, ",", -1);

    for (guint i = 0; devices[i] != NULL; i++) {
        if (*devices[i] != '\0' && !g_strv_contains((const char *const *) known, devices[i])) {
            return false;
        }
    }
    return true;
}

/* Has the node been unfenced by these devices as they are now?  Only devices that provide unfencing matter. */
static bool
are_devices_current(const struct sched_node *node, const struct sched_action *unfence)
{
    const char *stored = cox_nvlist_get(&node->attrs, "#digests-all");
    const char *now = sched_action_meta(unfence, "digests-all");

    return stored == NULL || now == NULL || are_all_in(now, stored);
}

void
sched_unfence_order(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node,
                    struct sched_action *action, guint32 flags)
{
    struct sched_action *unfence;

    if (!work->has_unfencing_device || node == NULL || node->kind == SCHED_NODE_REMOTE) {
        return;
    }
    if (!rsc->is_fence_device && rsc->meta.requires_ != SCHED_REQUIRES_UNFENCING) {
        return;
    }
    /* Devices that unfence often cannot even be probed where the node is not unfenced: they wait as well. */
    unfence = sched_fence_action(work, node, "on", true, NULL);
    sched_edge_add(work, unfence, action, flags);
    if (!is_unfenced(node) || !are_devices_current(node, unfence)) {
        unfence->flags &= ~(guint32) SCHED_OPTIONAL;
        sched_action_reason(unfence, cox_arena_printf(work->arena, "required by %s %s", rsc->id, action->text), false);
    }
}

static bool
has_managed(const struct sched_rsc *rsc)
{
    if (rsc->variant == COX_PRIMITIVE) {
        return rsc->is_managed;
    }
    for (guint i = 0; rsc->children != NULL && i < rsc->children->len; i++) {
        if (has_managed(g_ptr_array_index(rsc->children, i))) {
            return true;
        }
    }
    return false;
}

/* Is it known there?  Of an anonymous clone any instance tells. */
static bool
is_known(const struct sched_rsc *rsc, const struct sched_node *node)
{
    const struct sched_rsc *clone = rsc->parent;
    const bool is_anonymous = clone != NULL && clone->variant == COX_CLONE && !clone->meta.is_unique;

    return sched_rsc_is_known_on(is_anonymous ? clone : rsc, node);
}

/*
 * Must it not start before the node is fenced?  What may run there must not, as nobody can tell; nor the connection to it, behind
 * which everything would have to be recovered again and again.  What is seen to run elsewhere is not stopped for that.
 */
static bool
must_wait_for_fencing(const struct sched_rsc *rsc, const struct sched_node *node)
{
    return rsc == node->remote_rsc || (rsc->running_on.n == 0 && !sched_rsc_is_never_on(rsc, node));
}

static void
starts_after(struct sched_work *work, struct sched_rsc *rsc, struct sched_action *fencing)
{
    struct sched_node *target = fencing->node;

    for (guint i = 0; i < rsc->actions.n; i++) {
        struct sched_action *action = rsc->actions.items[i];

        switch (action->needs) {
        case SCHED_REQUIRES_NOTHING:
            break;
        case SCHED_REQUIRES_FENCING:
        case SCHED_REQUIRES_UNFENCING:
            sched_edge_add(work, fencing, action, SCHED_R_ORDERED);
            break;
        case SCHED_REQUIRES_QUORUM:
            if (action->task == SCHED_TASK_START
                && (rsc == target->remote_rsc || (rsc->cells != NULL && rsc->cells[target->idx].is_present && !is_known(rsc, target)))) {
                sched_edge_add(work, fencing, action, SCHED_R_ORDERED | (must_wait_for_fencing(rsc, target) ? SCHED_R_BLOCKS : 0));
            }
            break;
        }
    }
}

/* The lost node may still be sending the resource: where it may arrive, it is stopped when nobody can send it any more. */
static void
stops_of_receivers_after(struct sched_work *work, struct sched_rsc *rsc, struct sched_action *fencing)
{
    for (guint i = 0; rsc->meta.allow_migrate && i < rsc->actions.n; i++) {
        struct sched_action *stop = rsc->actions.items[i];

        if (stop->task == SCHED_TASK_STOP && stop->node != fencing->node) {
            sched_edge_add(work, fencing, stop, SCHED_R_ORDERED | SCHED_R_GUEST);
        }
    }
}

static void
stops_after(struct sched_work *work, struct sched_rsc *rsc, struct sched_action *fencing)
{
    struct sched_node *target = fencing->node;
    bool is_implied = rsc->meta.requires_ >= SCHED_REQUIRES_FENCING || target->is_guest;
    bool is_bundled = rsc->replica >= 0 && rsc->parent->variant == COX_CLONE;
    struct sched_rsc *around = is_bundled ? rsc->parent : (rsc->replica < 0) ? rsc->top : rsc;
    struct sched_action *parent_stop = (around != rsc) ? sched_action_find(around, SCHED_TASK_STOP, NULL) : NULL;
    guint n = rsc->actions.n;

    for (guint i = 0; i < n; i++) {
        struct sched_action *action = rsc->actions.items[i];

        if (action->node != target || action->interval_ms != 0) {
            continue;
        }
        if (action->task == SCHED_TASK_STOP) {
            action->flags |= SCHED_PSEUDO | SCHED_RUNNABLE;
            if (is_implied) {
                if (!is_bundled) {
                    sched_edge_add(work, fencing, action, SCHED_R_ORDERED | SCHED_R_GUEST);
                }
                stops_of_receivers_after(work, rsc, fencing);
                if (parent_stop != NULL) {
                    sched_edge_add(work, fencing, parent_stop, SCHED_R_ORDERED | SCHED_R_GUEST);
                }
            }
            if (rsc->meta.notify) {
                sched_notify_fenced(work, rsc, fencing);
            }
        } else if (action->task == SCHED_TASK_DEMOTE
                   && (!target->is_online || target->is_unclean || target->is_guest || rsc->is_failed)) {
            action->flags |= SCHED_PSEUDO | SCHED_RUNNABLE;
            if (rsc->replica < 0 && is_implied) {
                sched_edge_add(work, fencing, action, SCHED_R_ORDERED | SCHED_R_GUEST);
            }
        }
    }
}

static void
order_rscs(struct sched_work *work, struct sched_action *fencing)
{
    for (guint i = 0; i < work->rscs->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(work->rscs, i);

        if (rsc->variant == COX_PRIMITIVE && rsc->is_managed) {
            starts_after(work, rsc, fencing);
            stops_after(work, rsc, fencing);
        }
    }
}

/* A guest is not fenced but goes down with its container; an event says so to everybody who waits. */
static void
fence_guest(struct sched_work *work, struct sched_node *node)
{
    struct sched_rsc *container = (node->remote_rsc != NULL) ? node->remote_rsc->container : NULL;
    struct sched_action *stop = NULL, *fencing;
    const char *what = "off";

    if (container != NULL) {
        stop = sched_action_find(container, SCHED_TASK_STOP, NULL);
        if (sched_action_find(container, SCHED_TASK_START, NULL) != NULL) {
            what = "reboot";
        }
    }
    fencing = sched_fence_action(work, node, what, false, "guest is unclean");
    fencing->flags |= SCHED_PSEUDO | SCHED_RUNNABLE;
    fencing->flags &= ~(guint32) SCHED_OPTIONAL;
    if (stop != NULL && (stop->flags & SCHED_PSEUDO) && stop->node != NULL) {
        sched_edge_add(work, sched_fence_action(work, stop->node, NULL, false, NULL), fencing,
                       SCHED_R_BLOCKS | SCHED_R_REQUIRES_THEN);
    } else if (stop != NULL) {
        sched_edge_add(work, stop, fencing, SCHED_R_BLOCKS | SCHED_R_REQUIRES_THEN);
    } else if (node->remote_rsc != NULL) {
        stop = sched_action_find(node->remote_rsc, SCHED_TASK_STOP, NULL);
        if (stop != NULL) {
            sched_edge_add(work, stop, fencing, SCHED_R_ORDERED);
        }
    }
    order_rscs(work, fencing);
}

static struct sched_action *
shutdown(struct sched_work *work, struct sched_node *node)
{
    const char *key = cox_arena_printf(work->arena, "do_shutdown-%s", node->name);
    struct sched_action *down = sched_action_new(work, NULL, SCHED_TASK_SHUTDOWN, key, node);

    down->flags &= ~(guint32) SCHED_OPTIONAL;
    sched_action_set_meta(work, down, "op_no_wait", "true");
    for (guint i = 0; i < work->actions->len; i++) {
        struct sched_action *action = g_ptr_array_index(work->actions, i);

        if (action->node != node || action->task != SCHED_TASK_STOP || action->rsc == NULL || node->is_maintenance
            || action->rsc->is_maintenance || !(action->rsc->is_managed || action->rsc->is_blocked)) {
            continue;
        }
        action->flags &= ~(guint32) SCHED_OPTIONAL;
        sched_edge_add(work, action, down, SCHED_R_ORDERED | SCHED_R_BLOCKS);
    }
    return down;
}

static void
order_dc_last(struct sched_work *work, struct sched_action *dc, GPtrArray *fencings, GPtrArray *shutdowns)
{
    if (dc == NULL) {
        return;
    }
    for (guint i = 0; dc->task == SCHED_TASK_SHUTDOWN && i < shutdowns->len; i++) {
        sched_edge_add(work, g_ptr_array_index(shutdowns, i), dc, SCHED_R_ORDERED);
    }
    if (work->opt.concurrent_fencing) {
        for (guint i = 0; i < fencings->len; i++) {
            sched_edge_add(work, g_ptr_array_index(fencings, i), dc, SCHED_R_ORDERED);
        }
    } else if (fencings->len > 0) {
        sched_edge_add(work, g_ptr_array_index(fencings, fencings->len - 1), dc, SCHED_R_ORDERED);
    }
}

void
sched_fencing_actions(struct sched_work *work)
{
    g_autoptr(GPtrArray) fencings = g_ptr_array_new();
    g_autoptr(GPtrArray) shutdowns = g_ptr_array_new();
    struct sched_action *dc = NULL;
    bool any_managed = false;

    for (guint i = 0; i < work->tops->len && !any_managed; i++) {
        any_managed = has_managed(g_ptr_array_index(work->tops, i));
    }
    /* QUIRK 29: one node after the other is fenced in the order of names.  case: ticket-clone-9, ticket-clone-21 */
    for (guint32 i = 0; i < work->n_nodes; i++) {
        struct sched_node *node = g_ptr_array_index(work->nodes, i);
        struct sched_action *action;

        if (node->is_guest) {
            if (node->remote_requires_reset && any_managed && sched_node_can_fence(work, node)) {
                fence_guest(work, node);
            }
            continue;
        }
        if (any_managed && node->is_unclean && sched_node_can_fence(work, node)) {
            action = sched_fence_action(work, node, NULL, false,
                                        node->fence_reason != NULL ? node->fence_reason : "node is unclean");
            order_rscs(work, action);
            if (node->is_dc) {
                dc = action;
                continue;
            }
            if (!work->opt.concurrent_fencing && fencings->len > 0) {
                sched_edge_add(work, g_ptr_array_index(fencings, fencings->len - 1), action, SCHED_R_ORDERED);
            }
            g_ptr_array_add(fencings, action);
        } else if (node->is_online && node->is_shutdown && node->kind == SCHED_NODE_MEMBER) {
            action = shutdown(work, node);
            if (node->is_dc) {
                dc = action;
            } else {
                g_ptr_array_add(shutdowns, action);
            }
        }
    }
    order_dc_last(work, dc, fencings, shutdowns);
}
