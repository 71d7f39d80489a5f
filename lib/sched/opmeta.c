/* lib/sched/opmeta.c - what the configuration says about one operation.  Layer 3, pure. */
#include <string.h>

#include "model/option.h"
#include "sched/planner_priv.h"

const char *
sched_op_attr(const struct cox_op_def *op, const char *name)
{
    return cox_nvpairs_get(op->attrs, op->n_attrs, name);
}

gint64
sched_op_interval(const struct cox_op_def *op)
{
    return op->interval_ms;
}

bool
sched_op_is_enabled(const struct cox_op_def *op)
{
    return cox_option_number(COX_OPT_OP_ENABLED, sched_op_attr(op, cox_option(COX_OPT_OP_ENABLED)->name)) != 0;
}

static const struct cox_op_def *
find_named(const struct cox_rsc_def *def, const char *name, gint64 interval_ms, bool with_disabled)
{
    for (size_t i = 0; i < def->n_ops; i++) {
        const struct cox_op_def *op = &def->ops[i];

        if (op->name != NULL && strcmp(op->name, name) == 0 && op->interval_ms == interval_ms
            && (with_disabled || sched_op_is_enabled(op))) {
            return op;
        }
    }
    return NULL;
}

const struct cox_op_def *
sched_op_find(const struct sched_rsc *rsc, const char *task, gint64 interval_ms, bool with_disabled)
{
    const struct cox_op_def *op;

    if (rsc->def == NULL) {
        return NULL;
    }
    op = find_named(rsc->def, task, interval_ms, with_disabled);
    if (op == NULL && (strcmp(task, "migrate_to") == 0 || strcmp(task, "migrate_from") == 0)) {
        op = find_named(rsc->def, "migrate", interval_ms, with_disabled);
    }
    return op;
}

static const char *
op_lookup(const void *data, const char *name)
{
    (void) data;
    (void) name;
    return NULL;
}

const char *
sched_action_op_name(const struct sched_action *action)
{
    return action->task == SCHED_TASK_CANCEL ? sched_action_meta(action, "operation") : action->text;
}

static struct cox_rule_input
rule_input(struct sched_work *work, const struct sched_action *action)
{
    const struct sched_rsc *rsc = action->rsc;

    return (struct cox_rule_input) {
        .now = work->input->now,
        .node_attribute = op_lookup,
        .has_resource = true,
        .rsc_standard = rsc->standard,
        .rsc_provider = rsc->provider,
        .rsc_type = rsc->type,
        .op_name = sched_action_op_name(action),
        .op_interval_ms = action->interval_ms,
    };
}

/* A probe without an op element of its own has the timeout of the most frequent monitor. */
static const struct cox_op_def *
most_frequent_monitor(const struct cox_rsc_def *def)
{
    const struct cox_op_def *best = NULL;

    for (size_t i = 0; def != NULL && i < def->n_ops; i++) {
        const struct cox_op_def *op = &def->ops[i];

        if (op->name != NULL && strcmp(op->name, "monitor") == 0 && op->interval_ms > 0 && sched_op_is_enabled(op)
            && (best == NULL || op->interval_ms < best->interval_ms)) {
            best = op;
        }
    }
    return best;
}

static const char *
op_timeout(struct sched_work *work, const struct cox_op_def *op, const struct cox_rule_input *input)
{
    const char *timeout = sched_op_attr(op, "timeout");
    struct cox_nvlist list = { 0 };

    if (timeout == NULL) {
        cox_nvsets_resolve(&op->meta, NULL, input, &list, &work->recheck_by);
        timeout = cox_nvlist_get(&list, "timeout");
        cox_nvlist_clear(&list);
    }
    return timeout;
}

static void
set_msec(struct sched_work *work, struct cox_nvlist *list, enum cox_option_id id)
{
    gint64 ms = MAX(cox_option_of(id, list), 0);

    cox_nvlist_set(list, cox_option(id)->name, cox_arena_printf(work->arena, "%" G_GINT64_FORMAT, ms));
}

static void
add_configured(struct sched_work *work, const struct cox_op_def *op, const struct cox_rule_input *input,
               struct cox_nvlist *list)
{
    for (size_t i = 0; i < op->n_attrs; i++) {
        if (strcmp(op->name, "stop") == 0 && strcmp(op->attrs[i].name, cox_option(COX_OPT_OP_ON_FAIL)->name) == 0
            && strcmp(op->attrs[i].value, "stop") == 0) {
            continue; /* a stop that failed is not answered with a stop: as if it were not there */
        }
        cox_nvlist_add(list, op->attrs[i].name, op->attrs[i].value);
    }
    cox_nvlist_add(list, "name", op->name);
    cox_nvsets_resolve(&op->meta, NULL, input, list, &work->recheck_by);
}

void
sched_op_meta(struct sched_work *work, const struct sched_action *action, struct cox_nvlist *list)
{
    const struct sched_rsc *rsc = action->rsc;
    struct cox_rule_input input = rule_input(work, action);
    const struct cox_op_def *op = sched_op_find(rsc, sched_action_op_name(action), action->interval_ms, true);
    const char *device_timeout = NULL;

    if (op != NULL) {
        add_configured(work, op, &input, list);
    } else if (action->task == SCHED_TASK_MONITOR && action->interval_ms == 0) {
        const struct cox_op_def *monitor = most_frequent_monitor(rsc->def);
        const char *timeout = (monitor != NULL) ? op_timeout(work, monitor, &input) : NULL;

        if (timeout != NULL) {
            cox_nvlist_add(list, "timeout", timeout);
        }
    }
    cox_nvsets_resolve(&work->config->op_defaults, NULL, &input, list, &work->recheck_by);
    if (rsc->is_fence_device
        && (action->task == SCHED_TASK_START
            || (action->task == SCHED_TASK_MONITOR && action->interval_ms == 0))) {
        struct cox_nvlist params = { 0 };

        sched_attrs_params(work, rsc, action->node, &params);
        device_timeout = cox_arena_strdup(work->arena, cox_nvlist_get(&params, "pcmk_monitor_timeout"));
        cox_nvlist_clear(&params);
        if (device_timeout != NULL) {
            cox_nvlist_set(list, "timeout", device_timeout);
        }
    }
    set_msec(work, list, COX_OPT_OP_TIMEOUT);
    if (cox_option_get(COX_OPT_OP_START_DELAY, list) != NULL) {
        set_msec(work, list, COX_OPT_OP_START_DELAY);
    }
    if (action->interval_ms > 0) {
        cox_nvlist_set(list, "interval", cox_arena_printf(work->arena, "%" G_GINT64_FORMAT, action->interval_ms));
    }
}

void
sched_op_params(struct sched_work *work, const struct sched_action *action, const struct cox_op_def *op,
                struct cox_nvlist *list)
{
    struct cox_rule_input input = rule_input(work, action);

    if (op != NULL) {
        cox_nvsets_resolve(&op->params, NULL, &input, list, &work->recheck_by);
    }
}
