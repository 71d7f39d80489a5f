/* lib/sched/order.c - order constraints become orderings by task.  Layer 3, pure. */
#include <string.h>

#include "sched/explain_priv.h"
#include "sched/planner_priv.h"

enum order_kind {
    KIND_OPTIONAL,
    KIND_MANDATORY,
    KIND_SERIALIZE,
};

enum order_symmetry {
    ASYMMETRIC,
    SYMMETRIC,
    INVERSE,
};

struct order_set {
    const struct cox_rsc_set *def;
    struct sched_rsc **rscs;
    size_t n;
    bool is_sequential, require_all;
    enum sched_task task;
};

static enum order_kind
parse_kind(struct sched_work *work, const struct cox_order *order, const char *text)
{
    if (text == NULL) {
        return (order->has_score && order->score == 0) ? KIND_OPTIONAL : KIND_MANDATORY;
    }
    if (g_ascii_strcasecmp(text, "Mandatory") == 0) {
        return KIND_MANDATORY;
    }
    if (g_ascii_strcasecmp(text, "Optional") == 0) {
        return KIND_OPTIONAL;
    }
    if (g_ascii_strcasecmp(text, "Serialize") == 0) {
        return KIND_SERIALIZE;
    }
    cox_diags_add(work->diags, COX_SEVERITY_ERROR, order->id, "use Mandatory, Optional or Serialize",
                  "order constraint %s has the unknown kind '%s'; Mandatory is assumed", order->id, text);
    return KIND_MANDATORY;
}

static guint32
kind_flags(enum order_kind kind, enum sched_task first_task, enum order_symmetry symmetry)
{
    guint32 flags = SCHED_R_NONE;

    switch (kind) {
    case KIND_OPTIONAL:
        return SCHED_R_ORDERED;
    case KIND_SERIALIZE:
        return SCHED_R_SERIALIZE;
    case KIND_MANDATORY:
        flags = SCHED_R_ORDERED;
        switch (symmetry) {
        case ASYMMETRIC:
            flags |= SCHED_R_ASYMMETRIC;
            break;
        case SYMMETRIC:
            flags |= SCHED_R_REQUIRES_THEN;
            if (first_task == SCHED_TASK_START || first_task == SCHED_TASK_PROMOTE) {
                flags |= SCHED_R_BLOCKS;
            }
            break;
        case INVERSE:
            flags |= SCHED_R_REQUIRES_FIRST;
            break;
        }
        break;
    }
    return flags;
}

static enum sched_task
invert(enum sched_task task)
{
    switch (task) {
    case SCHED_TASK_START:
        return SCHED_TASK_STOP;
    case SCHED_TASK_STOP:
        return SCHED_TASK_START;
    case SCHED_TASK_PROMOTE:
        return SCHED_TASK_DEMOTE;
    case SCHED_TASK_DEMOTE:
        return SCHED_TASK_PROMOTE;
    case SCHED_TASK_PROMOTED:
        return SCHED_TASK_DEMOTED;
    case SCHED_TASK_DEMOTED:
        return SCHED_TASK_PROMOTED;
    case SCHED_TASK_RUNNING:
        return SCHED_TASK_STOPPED;
    case SCHED_TASK_STOPPED:
        return SCHED_TASK_RUNNING;
    default: /* other tasks have no opposite */
        return SCHED_TASK_NONE;
    }
}

static struct sched_rsc *
rsc_of(struct sched_work *work, cox_rsc_id id)
{
    struct sched_rsc *rsc;

    if (id == COX_RSC_NONE) {
        return NULL;
    }
    rsc = (work->rsc_of_def != NULL) ? work->rsc_of_def[id] : NULL;
    if (rsc != NULL && rsc->parent != NULL && sched_is_collective(rsc->parent)) {
        return rsc->parent; /* named by what the clone holds */
    }
    return rsc;
}

static enum order_symmetry
symmetry_of(struct sched_work *work, const struct cox_order *order, enum order_kind kind)
{
    switch (order->symmetrical) {
    case COX_FALSE:
        return ASYMMETRIC;
    case COX_TRUE:
        if (kind == KIND_SERIALIZE) {
            cox_diags_add(work->diags, COX_SEVERITY_WARNING, order->id, "remove symmetrical",
                          "order constraint %s cannot be symmetrical with kind Serialize", order->id);
            return ASYMMETRIC;
        }
        return SYMMETRIC;
    case COX_UNSET:
        break;
    }
    return (kind == KIND_SERIALIZE) ? ASYMMETRIC : SYMMETRIC;
}

/* How many instances of a clone are enough for what comes after; 0: the usual rule. */
static int
enough_instances(const struct cox_order *order, const struct sched_rsc *first)
{
    if (first->variant != COX_CLONE) {
        return 0;
    }
    if (first->meta.clone_min > 0) {
        return first->meta.clone_min;
    }
    return (order->require_all == COX_FALSE) ? 1 : 0;
}

static void
order_after_some(struct sched_work *work, const struct cox_order *order, struct sched_rsc *first,
                 const struct sched_ordering *ordering)
{
    struct sched_action *met =
        sched_action_event(work, cox_arena_printf(work->arena, "clone-one-or-more:%s", order->id));

    met->flags |= SCHED_MIN_RUNNABLE;
    met->need_runnable = (guint32) enough_instances(order, first);
    for (guint i = 0; first->children != NULL && i < first->children->len; i++) {
        sched_order_task_action(work, g_ptr_array_index(first->children, i), ordering->first_task, met,
                                SCHED_R_MIN_RUNNABLE | SCHED_R_SHOWS_THEN);
    }
    sched_order_action_task(work, met, ordering->then_rsc, ordering->then_task, ordering->flags | SCHED_R_BLOCKS);
}

/* A member and its own group or clone cannot wait for each other: such an order is passed over. */
static bool
is_apart(const struct sched_rsc *first, const struct sched_rsc *then)
{
    return !sched_rsc_is_inside(first, then) && !sched_rsc_is_inside(then, first);
}

static void
simple_order(struct sched_work *work, const struct cox_order *order)
{
    struct sched_rsc *first = rsc_of(work, order->first), *then = rsc_of(work, order->then);
    enum order_kind kind = parse_kind(work, order, order->kind);
    enum order_symmetry symmetry = symmetry_of(work, order, kind);
    enum sched_task first_task =
        (order->first_action != NULL) ? sched_task_parse(order->first_action) : SCHED_TASK_START;
    enum sched_task then_task = (order->then_action != NULL) ? sched_task_parse(order->then_action) : first_task;
    struct sched_ordering ordering = { .first_rsc = first, .first_task = first_task };

    if (first == NULL || then == NULL || !is_apart(first, then)) {
        return;
    }
    ordering.then_rsc = then;
    ordering.then_task = then_task;
    ordering.flags = kind_flags(kind, first_task, symmetry);
    if (enough_instances(order, first) > 0) {
        order_after_some(work, order, first, &ordering);
    } else {
        sched_ordering_add(work, &ordering);
    }
    if (symmetry == ASYMMETRIC) {
        return;
    }
    first_task = invert(first_task);
    then_task = invert(then_task);
    if (first_task == SCHED_TASK_NONE || then_task == SCHED_TASK_NONE) {
        cox_diags_add(work->diags, COX_SEVERITY_WARNING, order->id, "set symmetrical=\"false\"",
                      "order constraint %s names an action that has no opposite", order->id);
        return;
    }
    sched_ordering_add(work, &(struct sched_ordering) { .first_rsc = then,
                                                        .first_task = then_task,
                                                        .then_rsc = first,
                                                        .then_task = first_task,
                                                        .flags = kind_flags(kind, first_task, INVERSE) });
}

static void
set_load(struct sched_work *work, const struct cox_rsc_set *def, struct order_set *set)
{
    set->def = def;
    set->rscs = cox_arena_new_array(work->arena, struct sched_rsc *, def->n_members + 1);
    for (size_t i = 0; i < def->n_members; i++) {
        struct sched_rsc *rsc = rsc_of(work, def->members[i]);

        if (rsc != NULL) {
            set->rscs[set->n++] = rsc;
        }
    }
    set->is_sequential = def->sequential != COX_FALSE;
    set->require_all = def->require_all != COX_FALSE;
    set->task = (def->action != NULL) ? sched_task_parse(def->action) : SCHED_TASK_START;
}

static void
order_within(struct sched_work *work, const struct order_set *set, enum order_kind kind,
             enum order_symmetry symmetry)
{
    guint32 flags = kind_flags(kind, set->task, symmetry);
    enum sched_task opposite = invert(set->task);

    for (size_t i = 0; i < set->n; i++) {
        if (kind == KIND_SERIALIZE) {
            for (size_t k = i + 1; k < set->n; k++) {
                sched_order_tasks(work, set->rscs[i], set->task, set->rscs[k], SCHED_THEN(set->task, flags));
            }
        } else if (set->is_sequential && i > 0 && is_apart(set->rscs[i - 1], set->rscs[i])) {
            sched_order_tasks(work, set->rscs[i - 1], set->task, set->rscs[i], SCHED_THEN(set->task, flags));
            if (symmetry == SYMMETRIC && opposite != SCHED_TASK_NONE) {
                sched_order_tasks(work, set->rscs[i], opposite, set->rscs[i - 1],
                                  SCHED_THEN(opposite, kind_flags(kind, opposite, INVERSE)));
            }
        }
    }
}

/* One of @before is enough for all of @after. */
static void
order_after_any(struct sched_work *work, const struct order_set *before, const struct order_set *after,
                const enum sched_task tasks[2])
{
    struct sched_action *any =
        sched_action_event(work, cox_arena_printf(work->arena, "one-or-more:%s", before->def->id));

    any->flags |= SCHED_MIN_RUNNABLE;
    for (size_t i = 0; i < before->n; i++) {
        sched_order_task_action(work, before->rscs[i], tasks[0], any, SCHED_R_MIN_RUNNABLE | SCHED_R_SHOWS_THEN);
    }
    for (size_t i = 0; i < after->n; i++) {
        sched_order_action_task(work, any, after->rscs[i], tasks[1], SCHED_R_BLOCKS);
    }
}

static void
order_sets(struct sched_work *work, const struct order_set *before, const struct order_set *after,
           enum order_kind kind, enum order_symmetry symmetry)
{
    bool inverse = symmetry == INVERSE;
    enum sched_task tasks[2] = { inverse ? invert(before->task) : before->task,
                                 inverse ? invert(after->task) : after->task };
    guint32 flags = kind_flags(kind, tasks[0], symmetry);
    size_t i = 0, n = before->n, k0 = 0, m = after->n;

    if (before->n == 0 || after->n == 0) {
        return;
    }
    if (!before->require_all && !inverse) {
        order_after_any(work, before, after, tasks);
        return;
    }
    if (before->is_sequential) {
        i = inverse ? 0 : before->n - 1;
        n = i + 1;
    }
    if (after->is_sequential) {
        k0 = inverse ? after->n - 1 : 0;
        m = k0 + 1;
    }
    for (; i < n; i++) {
        for (size_t k = k0; k < m; k++) {
            if (!is_apart(before->rscs[i], after->rscs[k])) {
                continue;
            }
            sched_order_tasks(work, before->rscs[i], tasks[0], after->rscs[k], SCHED_THEN(tasks[1], flags));
        }
    }
}

static void
set_order(struct sched_work *work, const struct cox_order *order)
{
    enum order_kind kind = parse_kind(work, order, order->kind);
    enum order_symmetry symmetry = symmetry_of(work, order, kind);
    struct order_set last = { 0 };

    for (size_t i = 0; i < order->n_sets; i++) {
        struct order_set set = { 0 };
        const char *own_kind = order->sets[i].kind;

        set_load(work, &order->sets[i], &set);
        order_within(work, &set, (own_kind != NULL) ? parse_kind(work, order, own_kind) : kind, symmetry);
        if (i > 0) {
            order_sets(work, &last, &set, kind, symmetry);
            if (symmetry == SYMMETRIC) {
                order_sets(work, &set, &last, kind, INVERSE);
            }
        }
        last = set;
    }
}

static bool
is_in_effect(struct sched_work *work, const struct cox_rule *rule)
{
    const struct cox_rule_input input = { .now = work->input->now };

    return rule == NULL || cox_rule_eval(rule, &input, &work->recheck_by) == COX_RULE_IN_EFFECT;
}

static int
by_id(const void *a, const void *b)
{
    const struct cox_order *one = *(const struct cox_order *const *) a, *other = *(const struct cox_order *const *) b;

    return strcmp(one->id, other->id);
}

/* By their ids: where they stand in the configuration must not matter. */
static const struct cox_order **
sorted_orders(const struct sched_work *work)
{
    const struct cox_order **sorted = g_new(const struct cox_order *, work->config->n_orders + 1);

    for (size_t i = 0; i < work->config->n_orders; i++) {
        sorted[i] = &work->config->orders[i];
    }
    qsort(sorted, work->config->n_orders, sizeof(sorted[0]), by_id);
    return sorted;
}

void
sched_orders_run(struct sched_work *work)
{
    g_autofree const struct cox_order **sorted = sorted_orders(work);

    for (size_t i = 0; i < work->config->n_orders; i++) {
        const struct cox_order *order = sorted[i];

        if (!is_in_effect(work, order->lifetime)) {
            continue;
        }
        sched_explain_naming_text(work, order->id);
        if (order->n_sets > 0) {
            set_order(work, order);
        } else {
            simple_order(work, order);
        }
    }
    sched_explain_naming_text(work, NULL);
    sched_order_data(work)->n_configured = sched_order_data(work)->orderings.n;
}
