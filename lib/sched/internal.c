/* lib/sched/internal.c - orderings that follow from what a resource is.  Layer 3, pure. */
#include <string.h>

#include "sched/planner_priv.h"
#include "sched/bundle_priv.h"
#include "sched/rsc_priv.h"

#define UP (SCHED_R_REQUIRES_THEN | SCHED_R_BLOCKS)

static void
order(struct sched_work *work, struct sched_rsc *a, enum sched_task first, struct sched_rsc *b, guint64 then)
{
    sched_order_tasks(work, a, first, b, then);
}

static struct sched_action *
load_stopped(struct sched_work *work, struct sched_node *node)
{
    struct sched_action *action =
        sched_action_event(work, cox_arena_printf(work->arena, "load_stopped_%s", node->name));

    action->node = node;
    action->flags &= ~(guint32) SCHED_OPTIONAL;
    return action;
}

static void
utilization_orders(struct sched_work *work, struct sched_rsc *rsc)
{
    for (guint i = 0; i < rsc->running_on.n; i++) {
        sched_order_task_action(work, rsc, SCHED_TASK_STOP,
                                load_stopped(work, rsc->running_on.items[i]), SCHED_R_LOAD);
    }
    for (guint32 i = 0; i < work->n_nodes; i++) {
        struct sched_node *node = g_ptr_array_index(work->nodes, i);

        if (rsc->cells != NULL && rsc->cells[i].is_present) {
            sched_order_action_task(work, load_stopped(work, node), rsc, SCHED_TASK_START, SCHED_R_LOAD);
            sched_order_action_task(work, load_stopped(work, node), rsc, SCHED_TASK_MIGRATE_TO, SCHED_R_LOAD);
        }
    }
}

static void
unfencing_orders(struct sched_work *work, struct sched_rsc *rsc)
{
    for (guint32 i = 0; i < work->n_nodes; i++) {
        struct sched_node *node = g_ptr_array_index(work->nodes, i);
        struct sched_action *unfence;

        if (node->kind == SCHED_NODE_PING || rsc->cells == NULL || !rsc->cells[i].is_present) {
            continue;
        }
        unfence = sched_fence_action(work, node, "on", true, NULL);
        sched_order_task_action(work, rsc, SCHED_TASK_STOP, unfence, SCHED_R_ORDERED | SCHED_R_IF_SAME_NODE);
        sched_order_action_task(work, unfence, rsc, SCHED_TASK_START,
                                SCHED_R_UNFENCES_THEN | SCHED_R_IF_SAME_NODE);
    }
}

static bool
is_in_promotable(const struct sched_rsc *rsc)
{
    for (const struct sched_rsc *r = rsc; r != NULL; r = r->parent) {
        if (r->variant == COX_CLONE) {
            return r->meta.is_promotable;
        }
    }
    return false;
}

static void
primitive_orders(struct sched_work *work, struct sched_rsc *rsc)
{
    if (!rsc->is_managed) {
        return;
    }
    order(work, rsc, SCHED_TASK_STOP, rsc,
          SCHED_THEN(SCHED_TASK_START, SCHED_R_ORDERED | SCHED_R_REQUIRES_THEN | SCHED_R_RESTART));
    if (is_in_promotable(rsc) || rsc->role > COX_ROLE_UNPROMOTED) {
        order(work, rsc, SCHED_TASK_DEMOTE, rsc, SCHED_THEN(SCHED_TASK_STOP, SCHED_R_PROMOTED_FIRST));
        order(work, rsc, SCHED_TASK_START, rsc, SCHED_THEN(SCHED_TASK_PROMOTE, SCHED_R_BLOCKS));
    }
    order(work, rsc, SCHED_TASK_DELETE, rsc,
          SCHED_THEN(SCHED_TASK_MONITOR, SCHED_R_IF_SAME_NODE | SCHED_R_CANCELS_FIRST));
    if (work->has_unfencing_device && !rsc->is_fence_device && rsc->meta.requires_ == SCHED_REQUIRES_UNFENCING) {
        unfencing_orders(work, rsc);
    }
    if (rsc->utilization.n_pairs > 0 && work->opt.placement_strategy != NULL
        && strcmp(work->opt.placement_strategy, "default") != 0) {
        utilization_orders(work, rsc);
    }
    if (rsc->container != NULL && rsc->container != rsc && (rsc->remote_node != NULL || !sched_rsc_holds_guest(rsc->container))) {
        order(work, rsc->container, SCHED_TASK_START, rsc, SCHED_THEN(SCHED_TASK_START, UP));
        order(work, rsc, SCHED_TASK_STOP, rsc->container, SCHED_THEN(SCHED_TASK_STOP, SCHED_R_REQUIRES_FIRST));
    }
}

static bool
is_active(const struct sched_rsc *rsc)
{
    if (rsc->variant == COX_PRIMITIVE) {
        return rsc->running_on.n > 0;
    }
    for (guint i = 0; rsc->children != NULL && i < rsc->children->len; i++) {
        if (is_active(g_ptr_array_index(rsc->children, i))) {
            return true;
        }
    }
    return false;
}

struct member_walk {
    bool is_ordered, is_promotable;
    struct sched_rsc *previous, *last_active;
};

static void
member_with_previous(struct sched_work *work, const struct member_walk *walk, struct sched_rsc *member)
{
    struct sched_rsc *prev = walk->previous;

    order(work, prev, SCHED_TASK_START, member, SCHED_THEN(SCHED_TASK_START, UP));
    order(work, member, SCHED_TASK_STOP, prev, SCHED_THEN(SCHED_TASK_STOP, SCHED_R_ORDERED | SCHED_R_RESTART));
    if (is_active(member) && !is_active(prev)) {
        order(work, member, SCHED_TASK_STOP, prev,
              SCHED_THEN(SCHED_TASK_START, SCHED_R_REQUIRES_FIRST | SCHED_R_BLOCKS));
    }
    if (walk->is_promotable) {
        order(work, prev, SCHED_TASK_PROMOTE, member, SCHED_THEN(SCHED_TASK_PROMOTE, UP));
        order(work, member, SCHED_TASK_DEMOTE, prev, SCHED_THEN(SCHED_TASK_DEMOTE, SCHED_R_ORDERED));
    }
}

static void
member_orders(struct sched_work *work, struct sched_rsc *group, struct member_walk *walk, struct sched_rsc *member)
{
    guint32 down = SCHED_R_SHOWS_FIRST, post_down = SCHED_R_SHOWS_THEN;
    guint32 post_up = UP | SCHED_R_SHOWS_THEN;

    sched_internal_orders(work, member);
    if (walk->previous == NULL && walk->is_ordered) {
        down |= SCHED_R_ORDERED;
        post_down = SCHED_R_REQUIRES_THEN;
    }
    if (walk->is_promotable) {
        order(work, group, SCHED_TASK_DEMOTE, member, SCHED_THEN(SCHED_TASK_DEMOTE, down));
        order(work, member, SCHED_TASK_DEMOTE, group, SCHED_THEN(SCHED_TASK_DEMOTED, post_down));
        order(work, member, SCHED_TASK_PROMOTE, group, SCHED_THEN(SCHED_TASK_PROMOTED, post_up));
        order(work, group, SCHED_TASK_PROMOTE, member, SCHED_THEN(SCHED_TASK_PROMOTE, SCHED_R_SHOWS_FIRST));
    }
    order(work, group, SCHED_TASK_STOP, member, SCHED_THEN(SCHED_TASK_STOP, down));
    order(work, member, SCHED_TASK_STOP, group, SCHED_THEN(SCHED_TASK_STOPPED, post_down));
    order(work, group, SCHED_TASK_START, member, SCHED_THEN(SCHED_TASK_START, SCHED_R_SHOWS_FIRST));
    order(work, member, SCHED_TASK_START, group, SCHED_THEN(SCHED_TASK_RUNNING, post_up));
    if (!walk->is_ordered) {
        order(work, group, SCHED_TASK_START, member, SCHED_THEN(SCHED_TASK_START, UP | SCHED_R_SHOWS_FIRST));
        if (walk->is_promotable) {
            order(work, group, SCHED_TASK_PROMOTE, member, SCHED_THEN(SCHED_TASK_PROMOTE, UP | SCHED_R_SHOWS_FIRST));
        }
    } else if (walk->previous == NULL) {
        order(work, group, SCHED_TASK_START, member, SCHED_THEN(SCHED_TASK_START, SCHED_R_ORDERED));
        if (walk->is_promotable) {
            order(work, group, SCHED_TASK_PROMOTE, member, SCHED_THEN(SCHED_TASK_PROMOTE, SCHED_R_ORDERED));
        }
    } else {
        member_with_previous(work, walk, member);
    }
    if (is_active(member)) {
        if (walk->is_ordered && walk->previous != NULL && !is_active(walk->previous) && walk->last_active != NULL) {
            order(work, member, SCHED_TASK_STOP, walk->last_active, SCHED_THEN(SCHED_TASK_STOP, SCHED_R_ORDERED));
            if (walk->is_promotable) {
                order(work, member, SCHED_TASK_DEMOTE, walk->last_active,
                      SCHED_THEN(SCHED_TASK_DEMOTE, SCHED_R_ORDERED));
            }
        }
        walk->last_active = member;
    }
    walk->previous = member;
}

static void
group_orders(struct sched_work *work, struct sched_rsc *group)
{
    struct member_walk walk = { .is_ordered = sched_rsc_is_ordered(group),
                                .is_promotable = is_in_promotable(group) };

    order(work, group, SCHED_TASK_START, group, SCHED_THEN(SCHED_TASK_RUNNING, SCHED_R_BLOCKS));
    order(work, group, SCHED_TASK_STOP, group, SCHED_THEN(SCHED_TASK_STOPPED, SCHED_R_BLOCKS));
    order(work, group, SCHED_TASK_STOPPED, group, SCHED_THEN(SCHED_TASK_START, SCHED_R_ORDERED));
    for (guint i = 0; i < group->children->len; i++) {
        member_orders(work, group, &walk, g_ptr_array_index(group->children, i));
    }
}

/* All of a promotable clone or bundle is down before any of it goes up again, and up before any is promoted. */
static void
role_orders(struct sched_work *work, struct sched_rsc *rsc)
{
    static const struct {
        enum sched_task first, then;
    } rows[] = {
        { SCHED_TASK_STOPPED, SCHED_TASK_START },   { SCHED_TASK_STOPPED, SCHED_TASK_PROMOTE },
        { SCHED_TASK_DEMOTED, SCHED_TASK_STOP },    { SCHED_TASK_DEMOTED, SCHED_TASK_START },
        { SCHED_TASK_DEMOTED, SCHED_TASK_PROMOTE }, { SCHED_TASK_RUNNING, SCHED_TASK_PROMOTE },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        order(work, rsc, rows[i].first, rsc, SCHED_THEN(rows[i].then, SCHED_R_ORDERED));
    }
}

static void
promotable_orders(struct sched_work *work, struct sched_rsc *clone)
{
    struct sched_rsc *previous = NULL;

    role_orders(work, clone);
    order(work, clone, SCHED_TASK_RUNNING, clone, SCHED_THEN(SCHED_TASK_PROMOTE, SCHED_R_BLOCKS));
    order(work, clone, SCHED_TASK_DEMOTE, clone, SCHED_THEN(SCHED_TASK_DEMOTED, SCHED_R_BLOCKS));
    for (guint i = 0; i < clone->children->len; i++) {
        struct sched_rsc *instance = g_ptr_array_index(clone->children, i);

        order(work, clone, SCHED_TASK_PROMOTE, instance, SCHED_THEN(SCHED_TASK_PROMOTE, SCHED_R_SHOWS_FIRST));
        order(work, instance, SCHED_TASK_PROMOTE, clone, SCHED_THEN(SCHED_TASK_PROMOTED, SCHED_R_SHOWS_THEN));
        order(work, clone, SCHED_TASK_DEMOTE, instance, SCHED_THEN(SCHED_TASK_DEMOTE, SCHED_R_SHOWS_FIRST));
        order(work, instance, SCHED_TASK_DEMOTE, clone, SCHED_THEN(SCHED_TASK_DEMOTED, SCHED_R_SHOWS_THEN));
        order(work, instance, SCHED_TASK_DEMOTE, instance, SCHED_THEN(SCHED_TASK_PROMOTE, SCHED_R_ORDERED));
        if (clone->meta.is_ordered && previous != NULL) {
            order(work, previous, SCHED_TASK_PROMOTE, instance, SCHED_THEN(SCHED_TASK_PROMOTE, SCHED_R_ORDERED));
            order(work, instance, SCHED_TASK_DEMOTE, previous, SCHED_THEN(SCHED_TASK_DEMOTE, SCHED_R_ORDERED));
        }
        previous = instance;
    }
}

static int
by_instance(const void *a, const void *b)
{
    const struct sched_rsc *first = *(struct sched_rsc *const *) a, *second = *(struct sched_rsc *const *) b;

    return first->instance - second->instance;
}

static void
clone_orders(struct sched_work *work, struct sched_rsc *clone)
{
    g_autofree struct sched_rsc **sorted = g_memdup2(clone->children->pdata, clone->children->len * sizeof(void *));
    guint n = clone->children->len;

    order(work, clone, SCHED_TASK_STOPPED, clone, SCHED_THEN(SCHED_TASK_START, SCHED_R_ORDERED));
    order(work, clone, SCHED_TASK_START, clone, SCHED_THEN(SCHED_TASK_RUNNING, SCHED_R_BLOCKS));
    order(work, clone, SCHED_TASK_STOP, clone, SCHED_THEN(SCHED_TASK_STOPPED, SCHED_R_BLOCKS));
    if (n > 1) {
        qsort(sorted, n, sizeof(sorted[0]), by_instance);
    }
    for (guint i = 0; i < n; i++) {
        struct sched_rsc *instance = sorted[i];

        sched_internal_orders(work, instance);
        order(work, clone, SCHED_TASK_START, instance,
              SCHED_THEN(SCHED_TASK_START, SCHED_R_BLOCKS | SCHED_R_SHOWS_FIRST));
        order(work, instance, SCHED_TASK_START, clone, SCHED_THEN(SCHED_TASK_RUNNING, SCHED_R_SHOWS_THEN));
        order(work, clone, SCHED_TASK_STOP, instance, SCHED_THEN(SCHED_TASK_STOP, SCHED_R_SHOWS_FIRST));
        order(work, instance, SCHED_TASK_STOP, clone, SCHED_THEN(SCHED_TASK_STOPPED, SCHED_R_SHOWS_THEN));
        for (guint k = i + 1; clone->meta.is_ordered && k < n; k++) {
            order(work, instance, SCHED_TASK_START, sorted[k], SCHED_THEN(SCHED_TASK_START, SCHED_R_ORDERED));
            order(work, sorted[k], SCHED_TASK_STOP, instance, SCHED_THEN(SCHED_TASK_STOP, SCHED_R_ORDERED));
        }
    }
    if (clone->meta.is_promotable) {
        promotable_orders(work, clone);
    }
}

/* A bundle's own events enclose those of its containers and of the clone inside. */
static void
bundle_orders(struct sched_work *work, struct sched_rsc *rsc)
{
    struct sched_bundle *bundle = sched_bundle_of(rsc);

    if (bundle == NULL) {
        return;
    }
    if (bundle->child != NULL) {
        order(work, rsc, SCHED_TASK_START, bundle->child, SCHED_THEN(SCHED_TASK_START, SCHED_R_SHOWS_FIRST));
        order(work, rsc, SCHED_TASK_STOP, bundle->child, SCHED_THEN(SCHED_TASK_STOP, SCHED_R_SHOWS_FIRST));
        order(work, bundle->child, SCHED_TASK_RUNNING, rsc, SCHED_THEN(SCHED_TASK_RUNNING, SCHED_R_SHOWS_THEN));
        order(work, bundle->child, SCHED_TASK_STOPPED, rsc, SCHED_THEN(SCHED_TASK_STOPPED, SCHED_R_SHOWS_THEN));
        sched_internal_orders(work, bundle->child);
        if (bundle->child->meta.is_promotable) {
            role_orders(work, rsc);
            order(work, rsc, SCHED_TASK_DEMOTE, rsc, SCHED_THEN(SCHED_TASK_DEMOTED, SCHED_R_BLOCKS));
            order(work, rsc, SCHED_TASK_PROMOTE, bundle->child, SCHED_THEN(SCHED_TASK_PROMOTE, SCHED_R_SHOWS_FIRST));
            order(work, bundle->child, SCHED_TASK_PROMOTED, rsc,
                  SCHED_THEN(SCHED_TASK_PROMOTED, SCHED_R_SHOWS_THEN));
            order(work, rsc, SCHED_TASK_DEMOTE, bundle->child, SCHED_THEN(SCHED_TASK_DEMOTE, SCHED_R_SHOWS_FIRST));
            order(work, bundle->child, SCHED_TASK_DEMOTED, rsc, SCHED_THEN(SCHED_TASK_DEMOTED, SCHED_R_SHOWS_THEN));
        }
    }
    for (int i = 0; i < bundle->n_replicas; i++) {
        struct sched_replica *replica = &bundle->replicas[i];
        struct sched_rsc *container = replica->container;

        sched_internal_orders(work, container);
        order(work, rsc, SCHED_TASK_START, container, SCHED_THEN(SCHED_TASK_START, SCHED_R_BLOCKS | SCHED_R_SHOWS_FIRST));
        if (replica->child != NULL) {
            order(work, rsc, SCHED_TASK_STOP, replica->child, SCHED_THEN(SCHED_TASK_STOP, SCHED_R_SHOWS_FIRST));
        }
        order(work, rsc, SCHED_TASK_STOP, container, SCHED_THEN(SCHED_TASK_STOP, SCHED_R_SHOWS_FIRST));
        order(work, container, SCHED_TASK_START, rsc, SCHED_THEN(SCHED_TASK_RUNNING, SCHED_R_SHOWS_THEN));
        order(work, container, SCHED_TASK_STOP, rsc, SCHED_THEN(SCHED_TASK_STOPPED, SCHED_R_SHOWS_THEN));
        if (replica->ip != NULL) {
            sched_internal_orders(work, replica->ip);
            /* A container that is up goes on while its address starts. */
            order(work, replica->ip, SCHED_TASK_START, container, SCHED_THEN(SCHED_TASK_START, SCHED_R_BLOCKS));
            order(work, container, SCHED_TASK_STOP, replica->ip,
                  SCHED_THEN(SCHED_TASK_STOP, SCHED_R_REQUIRES_FIRST | SCHED_R_ORDERED));
        }
        if (replica->remote != NULL) {
            sched_internal_orders(work, replica->remote);
            if (replica->ip != NULL) {
                order(work, replica->ip, SCHED_TASK_START, replica->remote, SCHED_THEN(SCHED_TASK_START, SCHED_R_ORDERED));
            }
        }
    }
}

void
sched_internal_orders(struct sched_work *work, struct sched_rsc *rsc)
{
    switch (rsc->variant) {
    case COX_PRIMITIVE:
        primitive_orders(work, rsc);
        break;
    case COX_GROUP:
        group_orders(work, rsc);
        break;
    case COX_CLONE:
        clone_orders(work, rsc);
        break;
    case COX_BUNDLE:
        bundle_orders(work, rsc);
        break;
    }
}

static size_t
tasks_that_lose(enum cox_role role, enum sched_task tasks[2])
{
    if (role == COX_ROLE_PROMOTED) {
        tasks[0] = SCHED_TASK_DEMOTE;
        return 1;
    }
    tasks[0] = SCHED_TASK_STOP;
    tasks[1] = SCHED_TASK_PROMOTE;
    return (role == COX_ROLE_UNPROMOTED) ? 2 : 1;
}

static size_t
tasks_that_gain(enum cox_role role, enum sched_task tasks[2])
{
    if (role == COX_ROLE_PROMOTED) {
        tasks[0] = SCHED_TASK_PROMOTE;
        return 1;
    }
    tasks[0] = SCHED_TASK_START;
    tasks[1] = SCHED_TASK_DEMOTE;
    return (role == COX_ROLE_UNPROMOTED) ? 2 : 1;
}

static void
leave_before_enter(struct sched_work *work, struct sched_rsc *const pair[2], const enum cox_role roles[2])
{
    enum sched_task first[2], then[2];
    size_t n = tasks_that_lose(roles[0], first), m = tasks_that_gain(roles[1], then);

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < m; k++) {
            order(work, pair[0], first[i], pair[1], SCHED_THEN(then[k], SCHED_R_ANTI));
        }
    }
}

void
sched_internal_apart(struct sched_work *work)
{
    for (guint i = 0; i < work->colocations->len; i++) {
        const struct sched_colocation *apart = g_ptr_array_index(work->colocations, i);
        struct sched_rsc *pair[2] = { apart->dependent, apart->primary };
        struct sched_rsc *riap[2] = { apart->primary, apart->dependent };
        enum cox_role roles[2] = { apart->dependent_role, apart->primary_role };
        enum cox_role selor[2] = { apart->primary_role, apart->dependent_role };

        if (apart->score <= -COX_SCORE_INFINITY && !apart->is_internal) {
            leave_before_enter(work, pair, roles);
            leave_before_enter(work, riap, selor);
        }
    }
}
