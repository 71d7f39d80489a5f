/* lib/sched/relation.c - what one relation does to its two actions.  Layer 3, pure. */
#include <string.h>

#include "model/option.h"
#include "sched/explain_priv.h"
#include "sched/planner_priv.h"
#include "sched/bundle_priv.h"

/** One application: what the first side has, which of it counts, and of which kind the relation is. */
struct effect {
    struct sched_action *first, *then;
    const struct sched_node *node;
    guint32 first_flags, then_flags, filter, type;
    bool *is_partial; /* set when it is to be applied again, once what has changed is settled */
};

enum { NEWS = SCHED_OPTIONAL | SCHED_RUNNABLE | SCHED_MIGRATABLE | SCHED_PSEUDO };

/* Whoever applies the relation looks after what follows then. */
static void
clear(struct sched_work *work, struct sched_action *action, guint32 flag, const struct sched_action *cause)
{
    sched_action_because(work, action, flag, cause);
}

/* The same for the first of a relation: it has said what it asks for already, what waits for it has not heard. */
static void
clear_first(struct sched_work *work, struct sched_action *action, guint32 flag, const struct sched_action *cause)
{
    if (action->flags & flag) {
        sched_action_because(work, action, flag, cause);
        sched_propagate_touch_first(work, action);
    }
}

/* An asymmetric order only holds back what is started; the way down is free. */
static void
apply_asymmetric(struct sched_work *work, struct sched_action *first, struct sched_action *then)
{
    struct sched_rsc *rsc = then->rsc;
    enum cox_role is = rsc->role, will_be = rsc->next_role;

    if ((first->flags & SCHED_RUNNABLE) && !(first->flags & SCHED_OPTIONAL)) {
        return;
    }
    if (then->task == SCHED_TASK_STOP && will_be == COX_ROLE_STOPPED && is == COX_ROLE_STOPPED) {
        return;
    }
    if (then->task == SCHED_TASK_START && is >= COX_ROLE_STARTED && sched_is_optional(then)) {
        return;
    }
    /* QUIRK 34: what would start again where it is, stays down.  case: asymmetrical-order-restart */
    if (then->task == SCHED_TASK_START && is >= COX_ROLE_STARTED && rsc->running_on.n == 1
        && rsc->running_on.items[0] == then->node) {
        clear(work, then, SCHED_RUNNABLE, first);
        return;
    }
    if (then->task == SCHED_TASK_PROMOTE && is == COX_ROLE_PROMOTED) {
        return;
    }
    if (!(first->flags & SCHED_RUNNABLE)) {
        clear(work, then, SCHED_OPTIONAL, first);
        clear(work, then, SCHED_RUNNABLE, first);
    }
}

static void
apply_restart(struct sched_work *work, struct sched_action *first, struct sched_action *then, guint32 filter)
{
    bool matters = false;

    /* What cannot come up takes down what it comes up with; what cannot go down stays, and with it all that would follow. */
    if ((filter & SCHED_RUNNABLE) && then->task != SCHED_TASK_STOP && !sched_is_runnable(then) && then->rsc->is_managed
        && !then->rsc->is_blocked) {
        matters = true;
    }
    if ((filter & SCHED_OPTIONAL) && !sched_is_optional(then)) {
        matters = true;
    }
    if (!matters) {
        return;
    }
    if (sched_is_runnable(first)) {
        clear_first(work, first, SCHED_OPTIONAL, then);
    }
    if (!sched_is_optional(then)) {
        clear_first(work, first, SCHED_OPTIONAL, then);
    }
    if (!(then->flags & SCHED_MIGRATABLE)) {
        clear_first(work, first, SCHED_MIGRATABLE, then);
    }
    if (!sched_is_optional(first) && !sched_is_runnable(first)) {
        clear(work, then, SCHED_RUNNABLE, first);
    }
}

/* Is the way down part of a restart or move? */
static bool
comes_back(const struct sched_action *down)
{
    const struct sched_action *start =
        (down->rsc != NULL && down->task == SCHED_TASK_STOP) ? sched_action_find(down->rsc, SCHED_TASK_START, NULL) : NULL;

    return start != NULL && !sched_is_optional(start);
}

static void
apply_to_first(struct sched_work *work, const struct effect *e)
{
    struct sched_action *first = e->first, *then = e->then;

    if ((e->type & SCHED_R_REQUIRES_FIRST) && !sched_is_optional(then) && !(e->then_flags & SCHED_OPTIONAL)) {
        if ((e->filter & SCHED_OPTIONAL) && !(then->flags & SCHED_MIGRATABLE)
            && !(first->rsc != NULL && first->rsc->variant != COX_PRIMITIVE && sched_flags_base_task(first) != first->task)) {
            clear_first(work, first, SCHED_OPTIONAL, then);
        }
        if (!(then->flags & SCHED_MIGRATABLE) && comes_back(then)) {
            clear_first(work, first, SCHED_MIGRATABLE, then);
        }
    }
    if ((e->type & SCHED_R_PROMOTED_FIRST) && (e->filter & SCHED_OPTIONAL) && !sched_is_optional(then)
        && then->rsc != NULL && then->rsc->role == COX_ROLE_PROMOTED) {
        clear_first(work, first, SCHED_OPTIONAL, then);
        if (!(then->flags & SCHED_MIGRATABLE)) {
            clear_first(work, first, SCHED_MIGRATABLE, then);
        }
    }
    if ((e->type & SCHED_R_THEN_UNMIGRATABLE) && (e->filter & SCHED_OPTIONAL)) {
        if (!(then->flags & SCHED_MIGRATABLE) || !(then->flags & SCHED_RUNNABLE)) {
            clear_first(work, first, SCHED_RUNNABLE, then);
        }
        if (!sched_is_optional(then)) {
            clear_first(work, first, SCHED_OPTIONAL, then);
        }
    }
}

static void
apply_plain(struct sched_work *work, const struct effect *e)
{
    struct sched_action *first = e->first, *then = e->then;

    if (e->type & SCHED_R_ASYMMETRIC) {
        apply_asymmetric(work, first, then);
    }
    apply_to_first(work, e);
    if ((e->type & SCHED_R_FIRST_OR_THEN) && (e->filter & SCHED_OPTIONAL) && !sched_is_runnable(first)) {
        clear(work, then, SCHED_MIGRATABLE, first);
        clear(work, then, SCHED_PSEUDO, first);
    }
    if ((e->type & SCHED_R_REQUIRES_THEN) && (e->filter & SCHED_OPTIONAL) && sched_is_optional(then)
        && !(e->first_flags & SCHED_OPTIONAL) && !(first->flags & SCHED_MIGRATABLE)) {
        clear(work, then, SCHED_OPTIONAL, first);
    }
    if ((e->type & SCHED_R_BLOCKS) && (e->filter & SCHED_RUNNABLE) && !(e->first_flags & SCHED_RUNNABLE)) {
        clear(work, then, SCHED_RUNNABLE, first);
        clear(work, then, SCHED_MIGRATABLE, first);
    }
    if ((e->type & SCHED_R_RESTART) && then->rsc != NULL) {
        apply_restart(work, first, then, e->filter);
    }
}

/* To what is part of something: whoever looks at the whole does not hear that it has changed. */
static bool
apply_inside(struct sched_work *work, const struct effect *e)
{
    guint32 before = e->then->flags;

    apply_plain(work, e);
    if (((before ^ e->then->flags) & (guint32) NEWS) == 0) {
        return false;
    }
    sched_propagate_touch(work, e->then);
    return true;
}

/* One member at a time: the others are told by it if they wait for it. */
static void
apply_group(struct sched_work *work, const struct effect *e)
{
    const struct sched_rsc *group = e->then->rsc;

    apply_plain(work, e);
    for (guint i = 0; i < group->children->len; i++) {
        struct sched_action *member =
            sched_action_find(g_ptr_array_index(group->children, i), e->then->task, e->node);

        if (member != NULL) {
            struct effect on_member = *e;

            on_member.then = member;
            if (apply_inside(work, &on_member)) {
                *e->is_partial = true;
                return;
            }
        }
    }
}

static void
apply_instance(struct sched_work *work, const struct effect *e)
{
    guint32 before = e->then->flags;

    if (e->then->rsc->variant == COX_GROUP) {
        apply_group(work, e);
        if (((before ^ e->then->flags) & (guint32) NEWS) != 0) {
            sched_propagate_touch(work, e->then);
        }
    } else {
        apply_inside(work, e);
    }
}

static const struct sched_node *
location(const struct sched_rsc *rsc, bool is_current)
{
    while (rsc->variant != COX_PRIMITIVE && rsc->children->len > 0) {
        rsc = g_ptr_array_index(rsc->children, 0);
    }
    if (!is_current) {
        return rsc->assigned;
    }
    return (rsc->running_on.n > 0) ? rsc->running_on.items[0] : NULL;
}

static guint
n_instances(const struct sched_rsc *rsc)
{
    if (rsc->variant == COX_BUNDLE) {
        return (sched_bundle_of(rsc) != NULL) ? (guint) sched_bundle_of(rsc)->n_replicas : 0;
    }
    return rsc->children->len;
}

/* Instance @i: of bundles the container, which has the host as its location. */
static struct sched_rsc *
instance_at(const struct sched_rsc *rsc, guint i)
{
    return (rsc->variant == COX_BUNDLE) ? sched_bundle_of(rsc)->replicas[i].container
                                        : g_ptr_array_index(rsc->children, i);
}

static struct sched_rsc *
compatible_instance(struct sched_work *work, const struct sched_rsc *match, const struct sched_rsc *among,
                    bool is_current)
{
    const struct sched_node *node = location(match, is_current);
    const struct sched_rsc *scored = match;

    for (guint i = 0; node != NULL && i < n_instances(among); i++) {
        if (location(instance_at(among, i), is_current) == node) {
            return instance_at(among, i);
        }
    }
    if (node != NULL) {
        return NULL;
    }
    while (scored->variant != COX_PRIMITIVE && scored->children->len > 0) {
        scored = g_ptr_array_index(scored->children, 0);
    }
    for (guint32 k = 0; scored->cells != NULL && k < work->n_nodes; k++) {
        if (!scored->cells[k].is_present || scored->cells[k].score < 0) {
            continue;
        }
        for (guint i = 0; i < n_instances(among); i++) {
            const struct sched_node *at = location(instance_at(among, i), is_current);

            if (at != NULL && at->idx == k) {
                return instance_at(among, i);
            }
        }
    }
    return NULL;
}

static struct sched_action *
instance_action(struct sched_rsc *instance, enum sched_task task, const struct sched_node *node)
{
    if (instance->replica >= 0 && (task == SCHED_TASK_PROMOTE || task == SCHED_TASK_DEMOTE)) {
        struct sched_replica *replica = sched_bundle_replica(instance);

        return (replica != NULL && replica->child != NULL) ? sched_action_find(replica->child, task, NULL) : NULL;
    }
    return sched_action_find(instance, task, node);
}

/* The instance lacks its partner: it cannot come up. */
static void
inhibit(struct sched_work *work, struct sched_rsc *instance, const struct sched_action *cause)
{
    for (guint i = 0; instance->children != NULL && i < instance->children->len; i++) {
        inhibit(work, g_ptr_array_index(instance->children, i), cause);
    }
    sched_explain_partner(work, instance, cause->rsc);
    instance->next_role = COX_ROLE_STOPPED;
    instance->assigned = NULL;
    for (guint i = 0; i < instance->actions.n; i++) {
        struct sched_action *action = instance->actions.items[i];
        const char *rc = sched_action_meta(action, "op_target_rc");
        guint32 flag = 0;

        if (action->task == SCHED_TASK_STOP) {
            flag = SCHED_OPTIONAL;
        } else if (action->task == SCHED_TASK_START
                   || (action->interval_ms > 0 && action->task != SCHED_TASK_CANCEL && (rc == NULL || strcmp(rc, "7") != 0))) {
            flag = SCHED_RUNNABLE;
        }
        if (action->flags & flag) {
            sched_action_flags(work, action, flag, false); /* the field tells no reason; explanations do */
            sched_propagate_touch(work, action);
        }
    }
}

static void
apply_interleaved(struct sched_work *work, const struct effect *e)
{
    struct sched_rsc *then_rsc = e->then->rsc;
    bool is_current = e->first->task == SCHED_TASK_STOPPED || e->first->task == SCHED_TASK_DEMOTED;
    enum sched_task task = sched_flags_base_task(e->first);

    for (guint i = 0; i < n_instances(then_rsc); i++) {
        struct sched_rsc *instance = instance_at(then_rsc, i);
        struct sched_rsc *partner = compatible_instance(work, instance, e->first->rsc, is_current);
        struct sched_action *first, *then;
        struct effect pair = *e;

        if (partner == NULL) {
            if (!is_current && (e->type & (SCHED_R_BLOCKS | SCHED_R_REQUIRES_THEN))
                && (location(instance, false) != NULL)) {
                inhibit(work, instance, e->first);
            }
            continue;
        }
        first = instance_action(partner, task, e->node);
        then = instance_action(instance, e->then->task, e->node);
        if (first == NULL || then == NULL) {
            continue;
        }
        if (sched_edge_add(work, first, then, e->type)) {
            sched_propagate_touch(work, then);
        }
        pair.first = first;
        pair.then = then;
        pair.first_flags = sched_flags_of(work, first, e->node);
        apply_instance(work, &pair);
    }
}

static bool
can_interleave(const struct effect *e)
{
    const struct sched_rsc *rsc;

    if (e->first->rsc == NULL || e->first->rsc == e->then->rsc || !sched_is_collective(e->first->rsc)) {
        return false;
    }
    rsc = (e->then->task == SCHED_TASK_STOP || e->then->task == SCHED_TASK_DEMOTE) ? e->first->rsc : e->then->rsc;
    return (rsc->variant == COX_BUNDLE) ? cox_option_of(COX_OPT_CLONE_INTERLEAVE, &rsc->meta_raw) != 0
                                        : rsc->meta.is_interleaved;
}

/* Can the relation change a then of any kind? */
static bool
can_matter(const struct effect *e)
{
    const struct sched_action *first = e->first;
    guint32 type = e->type;

    return (type & (SCHED_R_PROMOTED_FIRST | SCHED_R_THEN_UNMIGRATABLE | SCHED_R_RESTART | SCHED_R_REQUIRES_FIRST))
           || ((type & SCHED_R_ASYMMETRIC) && (sched_is_optional(first) || !sched_is_runnable(first)))
           || ((type & SCHED_R_FIRST_OR_THEN) && !sched_is_runnable(first))
           || ((type & SCHED_R_REQUIRES_THEN) && !(e->first_flags & SCHED_OPTIONAL) && !(first->flags & SCHED_MIGRATABLE))
           || ((type & SCHED_R_BLOCKS) && !(e->first_flags & SCHED_RUNNABLE));
}

static void
apply(struct sched_work *work, const struct effect *e)
{
    struct sched_rsc *rsc = e->then->rsc;

    switch (rsc->variant) {
    case COX_PRIMITIVE:
        apply_plain(work, e);
        return;
    case COX_GROUP:
        apply_group(work, e);
        return;
    case COX_CLONE:
    case COX_BUNDLE:
        break;
    }
    if (can_interleave(e)) {
        apply_interleaved(work, e);
        return;
    }
    apply_plain(work, e);
    /* What cannot matter need not be told to each of many instances; of groups it is looked at how they are. */
    for (guint i = 0; i < n_instances(rsc) && (can_matter(e) || instance_at(rsc, i)->variant == COX_GROUP); i++) {
        struct sched_rsc *instance = instance_at(rsc, i);
        struct sched_action *action = instance_action(instance, e->then->task,
                                                      instance->variant == COX_PRIMITIVE ? e->node : NULL);
        struct effect on_instance = *e;

        if (action != NULL && (sched_flags_of(work, action, e->node) & SCHED_RUNNABLE)) {
            on_instance.then = action;
            apply_instance(work, &on_instance);
        }
    }
}

static void
apply_first(struct sched_work *work, const struct effect *e)
{
    /* What then requires of a clone's or group's event, it requires of the event; members follow by their edges. */
    apply_plain(work, e);
}

/* Relations whose then belongs to no resource. */
static void
apply_without_rsc(struct sched_work *work, const struct effect *e)
{
    struct sched_action *then = e->then;

    if ((e->type & SCHED_R_REQUIRES_THEN) && !(e->first_flags & SCHED_OPTIONAL)) {
        clear(work, then, SCHED_OPTIONAL, e->first);
    }
    if ((e->type & SCHED_R_MIN_RUNNABLE) && (e->first_flags & SCHED_RUNNABLE)) {
        then->n_runnable++; /* propagate.c draws the conclusion */
    }
    if ((e->type & SCHED_R_BLOCKS) && !(e->first_flags & SCHED_RUNNABLE)) {
        clear(work, then, SCHED_RUNNABLE, e->first);
    }
}

/* Is any of what an event encloses both required and possible? */
static bool
any_happens(const struct sched_action *event)
{
    if (event->rsc == NULL || event->rsc->variant != COX_CLONE) {
        return true;
    }
    for (guint i = 0; i < event->rsc->children->len; i++) {
        const struct sched_rsc *instance = g_ptr_array_index(event->rsc->children, i);

        for (guint k = 0; k < instance->actions.n; k++) {
            const struct sched_action *action = instance->actions.items[k];

            if (action->task == event->task && !sched_is_optional(action) && sched_is_runnable(action)) {
                return true;
            }
        }
    }
    return false;
}

/*
 * That something stops because what it is ordered after stops: mostly they restart together, which tells more, so this is left
 * for the end.  Not with migrations: what cannot migrate must be known before.
 */
static bool
can_wait(struct sched_work *work, const struct effect *e)
{
    if (sched_order_data(work)->is_late || sched_is_collective(e->first->rsc) || e->first->rsc->meta.allow_migrate
        || (e->then->rsc != NULL && e->then->rsc->meta.allow_migrate)) {
        return false;
    }
    if (sched_is_optional(e->first) && !(e->then_flags & SCHED_OPTIONAL)) {
        sched_propagate_late(work, e->then);
    }
    return true;
}

/** Ways down in something. */
struct departure {
    bool is_needed, is_coming;
};

static void
look_for_departure(const struct sched_rsc *rsc, struct departure *departure)
{
    for (guint i = 0; rsc->children != NULL && i < rsc->children->len; i++) {
        look_for_departure(g_ptr_array_index(rsc->children, i), departure);
    }
    for (guint i = 0; rsc->variant == COX_PRIMITIVE && i < rsc->actions.n; i++) {
        const struct sched_action *action = rsc->actions.items[i];

        if (action->task == SCHED_TASK_STOP && !sched_is_optional(action)) {
            departure->is_needed = true;
            departure->is_coming = departure->is_coming || sched_is_runnable(action);
        }
    }
}

/* Does a group have members that should stop, none of which can?  What is ordered after it need not stop before that. */
static bool
cannot_stop(const struct sched_action *action)
{
    struct departure departure = { false, false };

    if (action->rsc == NULL || action->rsc->variant != COX_GROUP || action->task != SCHED_TASK_STOP) {
        return false;
    }
    look_for_departure(action->rsc, &departure);
    return departure.is_needed && !departure.is_coming;
}

struct arrival {
    bool is_active, is_needed, is_coming; /* something is up already; something that is not is to come up; and can */
};

static void
look_for_arrival(const struct sched_rsc *rsc, enum sched_task task, struct arrival *arrival)
{
    if (rsc->variant == COX_BUNDLE) {
        const struct sched_bundle *bundle = sched_bundle_of(rsc);

        for (int i = 0; bundle != NULL && i < bundle->n_replicas; i++) {
            look_for_arrival(bundle->replicas[i].container, task, arrival);
        }
        if (task == SCHED_TASK_PROMOTE && bundle != NULL && bundle->child != NULL) {
            look_for_arrival(bundle->child, task, arrival);
        }
        return;
    }
    for (guint i = 0; rsc->children != NULL && i < rsc->children->len; i++) {
        look_for_arrival(g_ptr_array_index(rsc->children, i), task, arrival);
    }
    if (rsc->variant != COX_PRIMITIVE) {
        return;
    }
    arrival->is_active = arrival->is_active || rsc->running_on.n > 0;
    for (guint i = 0; i < rsc->actions.n; i++) {
        const struct sched_action *action = rsc->actions.items[i];

        if (action->task == task && !sched_is_optional(action)) {
            arrival->is_needed = arrival->is_needed || rsc->running_on.n == 0;
            arrival->is_coming = arrival->is_coming || sched_is_runnable(action);
        }
    }
}

/*
 * What is up already and comes after a clone or bundle starts again when an instance of that comes up.  It does not for one that has to
 * come up but cannot, with each plan again; whether it can is known at the end.
 */
static bool
is_in_vain(struct sched_work *work, const struct effect *e)
{
    const struct sched_rsc *rsc = e->first->rsc;
    enum sched_task task = sched_flags_base_task(e->first);
    struct arrival arrival = { 0 };

    if (rsc == NULL || e->then->rsc == NULL || !sched_is_collective(rsc) || (task != SCHED_TASK_START && task != SCHED_TASK_PROMOTE)
        || (e->first_flags & SCHED_OPTIONAL) || sched_rsc_is_inside(e->then->rsc, rsc)) {
        return false;
    }
    look_for_arrival(rsc, task, &arrival);
    if (!arrival.is_active || !arrival.is_needed) {
        return false;
    }
    if (!sched_order_data(work)->is_late) {
        sched_propagate_late(work, e->then);
        return true;
    }
    return !arrival.is_coming;
}

/* What the relation between an unfencing and a start is at the moment.  Devices start on any node. */
static guint32
unfencing_type(const struct sched_action *unfencing, const struct sched_action *start)
{
    if (sched_is_runnable(unfencing)) {
        return SCHED_R_REQUIRES_THEN;
    }
    return sched_is_optional(unfencing) || sched_is_optional(start) || start->rsc->is_fence_device ? SCHED_R_NONE : SCHED_R_BLOCKS;
}

guint32
sched_relation_apply(struct sched_work *work, struct sched_action *first, struct sched_action *then, guint32 type)
{
    guint32 before_first = first->flags, before_then = then->flags, changed = 0, seen;
    bool is_partial = false;
    struct effect e = { .first = first, .then = then, .node = then->node, .type = type, .is_partial = &is_partial };
    guint32 both = SCHED_OPTIONAL | SCHED_RUNNABLE;

    e.first_flags = sched_flags_for_ordering(work, first, sched_action_place(then));
    e.then_flags = sched_flags_for_ordering(work, then, sched_action_place(first));
    seen = (((before_first ^ first->flags) & (guint32) NEWS) ? SCHED_SEEN_FIRST : 0)
           | (((before_then ^ then->flags) & (guint32) NEWS) ? SCHED_SEEN_THEN : 0);
    before_first = first->flags;
    before_then = then->flags;
    if (type & SCHED_R_UNFENCES_THEN) {
        e.type |= unfencing_type(first, then);
        e.node = first->node;
    }
    if ((e.type & SCHED_R_REQUIRES_THEN) && is_in_vain(work, &e)) {
        e.type &= ~(guint32) SCHED_R_REQUIRES_THEN;
    }
    if ((e.type & SCHED_R_NESTED_PROBE) && (first->rsc == NULL || first->rsc->running_on.n == 0)) {
        e.type |= SCHED_R_BLOCKS;
    }
    if ((then->task == SCHED_TASK_STONITH && !sched_is_runnable(then)) || cannot_stop(then)) {
        e.type &= ~(guint32) SCHED_R_REQUIRES_FIRST; /* nothing stops for what will not be */
    } else if (first->rsc != NULL && (type & SCHED_R_REQUIRES_FIRST) && !can_wait(work, &e)) {
        struct effect up = e;

        up.type = SCHED_R_REQUIRES_FIRST;
        up.filter = SCHED_OPTIONAL;
        apply_first(work, &up);
    }
    e.filter = both;
    if (then->rsc != NULL) {
        e.type &= ~(guint32) SCHED_R_REQUIRES_FIRST;
        apply(work, &e);
    } else {
        apply_without_rsc(work, &e);
    }
    if ((first->flags & SCHED_RUNNABLE) && (type & SCHED_R_SHOWS_THEN) && !(e.first_flags & SCHED_OPTIONAL)) {
        then->flags |= SCHED_ALWAYS;
    }
    if ((type & SCHED_R_SHOWS_FIRST) && !(sched_flags_for_ordering(work, then, first->node) & SCHED_OPTIONAL)
        && any_happens(then)) {
        first->flags |= SCHED_ALWAYS;
    }
    if ((type & (SCHED_R_REQUIRES_THEN | SCHED_R_REQUIRES_FIRST | SCHED_R_RESTART)) && first->rsc != NULL
        && !first->rsc->is_managed && first->rsc->is_blocked && !sched_is_runnable(first)
        && first->task == SCHED_TASK_STOP) {
        /* No reason: that it is needed tells more than what keeps it from happening. */
        sched_action_flags(work, then, SCHED_RUNNABLE, false);
    }
    changed |= ((before_first ^ first->flags) & (guint32) NEWS) ? SCHED_CHANGED_FIRST : 0;
    changed |= ((before_then ^ then->flags) & (guint32) NEWS) ? SCHED_CHANGED_THEN : 0;
    changed |= is_partial ? SCHED_CHANGED_PARTLY : 0;
    return changed | seen;
}
