/* lib/sched/probe.c - probes of what is not known, and what has to wait for them.  Layer 3, pure. */
#include <string.h>

#include "sched/planner_priv.h"
#include "sched/bundle_priv.h"
#include "sched/rsc_priv.h"

enum { RC_NOT_RUNNING = 7, RC_PROMOTED = 8 };

static bool
has_exclusive_discovery(const struct sched_work *work, const struct sched_rsc *rsc)
{
    for (guint32 i = 0; rsc->cells != NULL && i < work->n_nodes; i++) {
        if (rsc->cells[i].is_present && rsc->cells[i].discovery == COX_DISCOVERY_EXCLUSIVE) {
            return true;
        }
    }
    return false;
}

/* What encloses @rsc; what is inside a bundle stands for itself there. */
static struct sched_rsc *
outermost(struct sched_rsc *rsc)
{
    while (rsc->parent != NULL && rsc->parent->variant != COX_BUNDLE) {
        rsc = rsc->parent;
    }
    return rsc;
}

static bool
is_discovery_off(const struct sched_work *work, struct sched_rsc *rsc, const struct sched_node *node)
{
    const struct sched_cell *cell = (rsc->cells != NULL) ? &rsc->cells[node->idx] : NULL;

    if (has_exclusive_discovery(work, rsc) || has_exclusive_discovery(work, outermost(rsc))) {
        if (cell == NULL || !cell->is_present || cell->discovery != COX_DISCOVERY_EXCLUSIVE) {
            return true;
        }
    }
    if (cell == NULL || !cell->is_present) {
        return node->is_bundle_node; /* of use for what is inside only */
    }
    if (node->is_bundle_node && outermost(rsc)->parent == NULL && cell->discovery != COX_DISCOVERY_EXCLUSIVE) {
        return true; /* the score there is one of all nodes: it is banned everywhere */
    }
    return cell->discovery == COX_DISCOVERY_NEVER;
}

/* Whose start has to wait for probes of @rsc: the whole clone, else only the resource. */
static struct sched_rsc *
starts_as(struct sched_rsc *rsc)
{
    struct sched_rsc *top = outermost(rsc);

    return (top->variant == COX_CLONE) ? top : rsc;
}

/* Guests that are down (or on their way down) need no probe; what starts has to wait for the guest. */
static bool
is_guest_down(struct sched_work *work, struct sched_rsc *rsc, const struct sched_node *node)
{
    struct sched_rsc *guest;

    if (!node->is_guest || node->remote_rsc == NULL) {
        return false;
    }
    guest = node->remote_rsc->container;
    if (guest->role == COX_ROLE_STOPPED || guest->role == COX_ROLE_UNKNOWN) {
        sched_order_tasks(work, guest, SCHED_TASK_MONITOR, starts_as(rsc), SCHED_THEN(SCHED_TASK_START, SCHED_R_ORDERED));
        return true;
    }
    /* One that moves would be asked in the wrong place, and is stopped before anything can start in it. */
    if (guest->next_role == COX_ROLE_STOPPED || !sched_rsc_is_active_on(guest, guest->assigned)) {
        sched_order_tasks(work, guest, SCHED_TASK_STOP, starts_as(rsc), SCHED_THEN(SCHED_TASK_START, SCHED_R_ORDERED));
        return true;
    }
    return false;
}

static bool
is_needless(struct sched_work *work, struct sched_rsc *rsc, const struct sched_node *node)
{
    if (rsc->is_orphan || sched_rsc_is_known_on(rsc, node)) {
        return true;
    }
    if (sched_rsc_is_never_on(rsc, node)) {
        return true;
    }
    if (rsc->container != NULL && rsc->container != rsc && rsc->remote_node == NULL && !rsc->is_implicit && rsc->replica < 0) {
        return true; /* a probe of its container tells */
    }
    return is_discovery_off(work, rsc, node) || is_guest_down(work, rsc, node);
}

static bool
is_running(const struct sched_rsc *rsc)
{
    if (rsc->variant == COX_PRIMITIVE) {
        return rsc->running_on.n > 0;
    }
    for (guint i = 0; rsc->children != NULL && i < rsc->children->len; i++) {
        if (is_running(g_ptr_array_index(rsc->children, i))) {
            return true;
        }
    }
    return false;
}

/*
 * What cannot be probed may run there: nothing is started beside it, but nothing is stopped for that either.  Of a clone that
 * is active the instances that are not wait.
 */
static void
order_unprobed(struct sched_work *work, struct sched_action *probe, struct sched_rsc *starter)
{
    if (!is_running(starter)) {
        sched_order_action_task(work, probe, starter, SCHED_TASK_START, SCHED_R_ORDERED | SCHED_R_BLOCKS);
        return;
    }
    sched_order_action_task(work, probe, starter, SCHED_TASK_START, SCHED_R_ORDERED);
    for (guint i = 0; sched_is_collective(starter) && i < starter->children->len; i++) {
        struct sched_rsc *instance = g_ptr_array_index(starter->children, i);

        if (!is_running(instance)) {
            sched_order_action_task(work, probe, instance, SCHED_TASK_START, SCHED_R_ORDERED | SCHED_R_BLOCKS);
        }
    }
}

static bool
probe_primitive(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node)
{
    struct sched_rsc *starter = NULL;
    struct sched_action *probe;

    if (is_needless(work, rsc, node)) {
        return false;
    }
    starter = starts_as(rsc);
    probe = sched_action_get(work, rsc, SCHED_TASK_MONITOR, node, false);
    probe->flags &= ~(guint32) SCHED_OPTIONAL;
    sched_unfence_order(work, rsc, node, probe, SCHED_R_ORDERED);
    if (!sched_rsc_is_active_on(rsc, node)) {
        sched_action_set_meta(work, probe, "op_target_rc", cox_arena_printf(work->arena, "%d", RC_NOT_RUNNING));
    } else if (rsc->role == COX_ROLE_PROMOTED) {
        sched_action_set_meta(work, probe, "op_target_rc", cox_arena_printf(work->arena, "%d", RC_PROMOTED));
    }
    if (sched_is_runnable(probe)) {
        sched_order_action_task(work, probe, starter, SCHED_TASK_START, SCHED_R_ORDERED);
    } else {
        order_unprobed(work, probe, starter);
    }
    sched_order_action_task(work, probe, starter, SCHED_TASK_RELOAD, SCHED_R_ORDERED);
    return true;
}

static bool probe_rsc(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node);

static bool
is_assigned_to(const struct sched_rsc *rsc, const struct sched_node *node)
{
    if (rsc->variant == COX_PRIMITIVE) {
        return rsc->assigned == node;
    }
    for (guint i = 0; rsc->children != NULL && i < rsc->children->len; i++) {
        if (is_assigned_to(g_ptr_array_index(rsc->children, i), node)) {
            return true;
        }
    }
    return false;
}

static bool
is_active_there(const struct sched_rsc *rsc, const struct sched_node *node)
{
    if (rsc->variant == COX_PRIMITIVE) {
        return sched_rsc_is_active_on(rsc, node);
    }
    for (guint i = 0; rsc->children != NULL && i < rsc->children->len; i++) {
        if (is_active_there(g_ptr_array_index(rsc->children, i), node)) {
            return true;
        }
    }
    return false;
}

static bool
is_known_there(const struct sched_rsc *rsc, const struct sched_node *node)
{
    if (rsc->variant == COX_PRIMITIVE) {
        return sched_rsc_is_known_on(rsc, node);
    }
    for (guint i = 0; rsc->children != NULL && i < rsc->children->len; i++) {
        if (is_known_there(g_ptr_array_index(rsc->children, i), node)) {
            return true;
        }
    }
    return false;
}

/* The first instance by its name of those that @is_it holds for there; NULL: of all. */
static struct sched_rsc *
first_instance(const struct sched_rsc *clone, const struct sched_node *node,
               bool (*is_it)(const struct sched_rsc *rsc, const struct sched_node *node))
{
    struct sched_rsc *first = NULL;

    for (guint i = 0; i < clone->children->len; i++) {
        struct sched_rsc *child = g_ptr_array_index(clone->children, i);

        if ((is_it == NULL || is_it(child, node)) && (first == NULL || strcmp(child->id, first->id) < 0)) {
            first = child;
        }
    }
    return first;
}

/* Is the state of member @i of cloned groups known there, of whichever instance?  Entries of one node may be of several. */
static bool
is_member_known(const struct sched_rsc *clone, guint i, const struct sched_node *node)
{
    for (guint k = 0; k < clone->children->len; k++) {
        const struct sched_rsc *instance = g_ptr_array_index(clone->children, k);

        if (i < instance->children->len && sched_rsc_is_known_on(g_ptr_array_index(instance->children, i), node)) {
            return true;
        }
    }
    return false;
}

static bool
probe_members(struct sched_work *work, const struct sched_rsc *clone, const struct sched_rsc *instance, struct sched_node *node)
{
    bool any = false;

    for (guint i = 0; i < instance->children->len; i++) {
        any = (!is_member_known(clone, i, node) && probe_rsc(work, g_ptr_array_index(instance->children, i), node)) || any;
    }
    return any;
}

/*
 * QUIRK 21: of an anonymous clone one instance is probed: one that is known there, else one that is placed there, else
 * the first by name.  case: clone-require-all-5, bundle-order-startup-clone, promoted-unmanaged-monitor, bug-lf-2160
 */
static bool
probe_clone(struct sched_work *work, struct sched_rsc *clone, struct sched_node *node)
{
    bool (*const kinds[])(const struct sched_rsc *, const struct sched_node *)
        = { is_active_there, is_known_there, is_assigned_to, NULL };
    struct sched_rsc *chosen = NULL;
    bool any = false;

    if (clone->children->len == 0) {
        return false;
    }
    for (guint i = 0; clone->meta.is_unique && i < clone->children->len; i++) {
        any = probe_rsc(work, g_ptr_array_index(clone->children, i), node) || any;
    }
    if (clone->meta.is_unique) {
        return any;
    }
    for (size_t i = 0; chosen == NULL && i < G_N_ELEMENTS(kinds); i++) {
        chosen = first_instance(clone, node, kinds[i]);
    }
    return chosen->variant == COX_GROUP ? probe_members(work, clone, chosen, node) : probe_rsc(work, chosen, node);
}

static bool
probe_bundle(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node)
{
    struct sched_bundle *bundle = sched_bundle_of(rsc);
    bool any = false;

    for (int i = 0; bundle != NULL && i < bundle->n_replicas; i++) {
        struct sched_replica *replica = &bundle->replicas[i];

        if (replica->ip != NULL) {
            any = probe_rsc(work, replica->ip, node) || any;
        }
        if (replica->child != NULL && replica->node == node) {
            any = probe_rsc(work, replica->child, node) || any;
        }
        if (probe_rsc(work, replica->container, node)) {
            any = true;
            for (int k = 0; bundle->replicas_per_host == 1 && k < bundle->n_replicas; k++) {
                if (k != i) {
                    sched_order_tasks(work, replica->container, SCHED_TASK_MONITOR, bundle->replicas[k].container,
                                      SCHED_THEN(SCHED_TASK_START, SCHED_R_ORDERED | SCHED_R_IF_SAME_NODE));
                }
            }
        }
        if (replica->remote != NULL && probe_rsc(work, replica->remote, node)) {
            struct sched_action *probe = sched_action_find(replica->remote, SCHED_TASK_MONITOR, node);

            any = true;
            sched_order_task_action(work, replica->container, SCHED_TASK_START, probe,
                                    SCHED_R_ORDERED | SCHED_R_NESTED_PROBE);
        }
    }
    return any;
}

static bool
probe_rsc(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node)
{
    bool any = false;

    switch (rsc->variant) {
    case COX_PRIMITIVE:
        return probe_primitive(work, rsc, node);
    case COX_GROUP:
        for (guint i = 0; i < rsc->children->len; i++) {
            any = probe_rsc(work, g_ptr_array_index(rsc->children, i), node) || any;
        }
        return any;
    case COX_CLONE:
        return probe_clone(work, rsc, node);
    case COX_BUNDLE:
        return probe_bundle(work, rsc, node);
    }
    return false;
}

void
sched_probes(struct sched_work *work)
{
    for (guint32 i = 0; i < work->n_nodes; i++) {
        struct sched_node *node = g_ptr_array_index(work->nodes, i);

        if (!node->is_online) {
            if (sched_remote_is_failed(node) && !node->remote_was_fenced) {
                sched_node_fence(work, node, "the connection is unrecoverable", false);
            }
            continue;
        }
        if (node->is_unclean || !node->discovery_enabled || node->kind == SCHED_NODE_PING
            || node->resources_disallowed || node->remote_requires_reset) {
            continue;
        }
        for (guint k = 0; k < work->tops->len; k++) {
            probe_rsc(work, g_ptr_array_index(work->tops, k), node);
        }
    }
}

static void
order_probes_as_stop(struct sched_work *work, const struct sched_ordering *ordering)
{
    guint32 flags = SCHED_R_ORDERED | (ordering->flags & (SCHED_R_UNLESS_MIGRATABLE | SCHED_R_IF_SAME_NODE));
    struct sched_rsc *first = ordering->first_rsc;
    enum sched_task then_task = (ordering->then != NULL) ? ordering->then->task : ordering->then_task;

    if (ordering->then_rsc != NULL && first->container == ordering->then_rsc && then_task == SCHED_TASK_STOP) {
        return;
    }
    if (then_task == SCHED_TASK_STONITH) {
        return; /* a node is unfenced before its probes */
    }
    if (ordering->flags == SCHED_R_ANTI || ordering->flags == SCHED_R_LOAD) {
        flags = ordering->flags;
    }
    for (guint i = 0; i < first->actions.n; i++) {
        struct sched_action *probe = first->actions.items[i];

        if (probe->task != SCHED_TASK_MONITOR || probe->interval_ms != 0) {
            continue;
        }
        if (ordering->then != NULL) {
            sched_edge_add(work, probe, ordering->then, flags);
            continue;
        }
        for (guint k = 0; k < ordering->then_rsc->actions.n; k++) {
            struct sched_action *then = ordering->then_rsc->actions.items[k];

            if (then->task == ordering->then_task && then->interval_ms == 0) {
                sched_edge_add(work, probe, then, flags);
            }
        }
    }
}

/* What follows a probe and will be restarted must not be stopped before the probe. */
static void
order_before_way_down(struct sched_work *work, struct sched_action *probe, struct sched_action *after)
{
    enum sched_task down = SCHED_TASK_NONE;

    if (after->rsc == NULL || after->rsc->variant != COX_PRIMITIVE || after->rsc == probe->rsc) {
        return;
    }
    if (after->task == SCHED_TASK_START) {
        down = SCHED_TASK_STOP;
    } else if (after->task == SCHED_TASK_PROMOTE) {
        down = SCHED_TASK_DEMOTE;
    }
    for (guint i = 0; down != SCHED_TASK_NONE && i < after->rsc->actions.n; i++) {
        struct sched_action *action = after->rsc->actions.items[i];

        if (action->task == down && action->interval_ms == 0 && !(action->flags & SCHED_PSEUDO)) {
            sched_edge_add(work, probe, action, SCHED_R_ORDERED);
        }
    }
}

static bool
leads_on(const struct sched_action *probe, const struct sched_action *after, const struct sched_edge *edge)
{
    const struct sched_action *next = edge->then;

    if (edge->flags & SCHED_R_REQUIRES_THEN) {
        return true;
    }
    if (after->rsc == NULL || after->rsc->variant == COX_PRIMITIVE || probe->rsc->parent == after->rsc
        || next->rsc == NULL || sched_is_collective(next->rsc) || next->rsc->parent != after->rsc) {
        return false;
    }
    if (sched_is_collective(after->rsc) && after->rsc->meta.is_interleaved) {
        return next->rsc->assigned == probe->node;
    }
    return true;
}

static void
order_restarts_after(struct sched_work *work, struct sched_action *probe, GPtrArray *stack, GPtrArray *seen)
{
    g_ptr_array_set_size(stack, 0);
    for (guint32 i = 0; i < probe->after.n; i++) {
        g_ptr_array_add(stack, ((struct sched_edge *) probe->after.items[i])->then);
    }
    while (stack->len > 0) {
        struct sched_action *after = g_ptr_array_steal_index(stack, stack->len - 1);

        if (after->flags & SCHED_MARK) {
            continue;
        }
        after->flags |= SCHED_MARK;
        g_ptr_array_add(seen, after);
        order_before_way_down(work, probe, after);
        for (guint32 i = 0; i < after->after.n; i++) {
            struct sched_edge *edge = after->after.items[i];

            if (!(edge->then->flags & SCHED_MARK) && leads_on(probe, after, edge)) {
                g_ptr_array_add(stack, edge->then);
            }
        }
    }
    for (guint i = 0; i < seen->len; i++) {
        ((struct sched_action *) g_ptr_array_index(seen, i))->flags &= ~(guint32) SCHED_MARK;
    }
    g_ptr_array_set_size(seen, 0);
}

void
sched_probe_orders(struct sched_work *work)
{
    struct sched_vec *orderings = &sched_order_data(work)->orderings;
    g_autoptr(GPtrArray) stack = g_ptr_array_new();
    g_autoptr(GPtrArray) seen = g_ptr_array_new();

    for (guint i = 0; i < work->actions->len; i++) {
        struct sched_action *action = g_ptr_array_index(work->actions, i);

        if (action->task == SCHED_TASK_MONITOR && action->interval_ms == 0 && action->rsc != NULL) {
            order_restarts_after(work, action, stack, seen);
        }
    }
    for (guint32 i = 0; i < orderings->n; i++) {
        const struct sched_ordering *ordering = orderings->items[i];
        enum sched_task task = (ordering->first != NULL) ? ordering->first->task : ordering->first_task;

        if (ordering->first_rsc != NULL && ordering->first_rsc != ordering->then_rsc && task == SCHED_TASK_STOP
            && ordering->flags != SCHED_R_NONE) {
            order_probes_as_stop(work, ordering);
        }
    }
}
