/* lib/sched/on_fail.c - what a failed operation leads to.  Layer 3, pure. */
#include "sched/history_priv.h"

#include <string.h>

#include "model/option.h"

static const struct cox_op_def *
find_op(const struct sched_rsc *rsc, const char *task, gint64 interval_ms)
{
    for (size_t i = 0; rsc->def != NULL && i < rsc->def->n_ops; i++) {
        const struct cox_op_def *op = &rsc->def->ops[i];

        if (strcmp(op->name, task) == 0 && op->interval_ms == interval_ms
            && cox_option_number(COX_OPT_OP_ENABLED, cox_nvpairs_get(op->attrs, op->n_attrs, cox_option(COX_OPT_OP_ENABLED)->name)) != 0) {
            return op;
        }
    }
    return NULL;
}

static const char *
meta_of(const struct sched_work *work, const struct cox_op_def *op, const char *name)
{
    struct cox_rule_input input = { .now = work->input->now };
    struct cox_nvlist list = { 0 };
    const char *value = cox_nvpairs_get(op->attrs, op->n_attrs, name);

    if (value == NULL && op->meta.n_sets > 0) {
        cox_nvsets_resolve(&op->meta, NULL, &input, &list, NULL);
        value = cox_nvlist_get(&list, name);
        cox_nvlist_clear(&list);
    }
    return value;
}

/* A demote fails as the promoted role's monitor would, unless it says something itself. */
static const char *
of_promoted_monitor(const struct sched_work *work, const struct sched_rsc *rsc)
{
    for (size_t i = 0; rsc->def != NULL && i < rsc->def->n_ops; i++) {
        const struct cox_op_def *op = &rsc->def->ops[i];
        const char *value;

        if (strcmp(op->name, "monitor") != 0 || op->interval_ms == 0
            || cox_role_parse(cox_nvpairs_get(op->attrs, op->n_attrs, "role")) != COX_ROLE_PROMOTED) {
            continue;
        }
        value = meta_of(work, op, cox_option(COX_OPT_OP_ON_FAIL)->name);
        if (value != NULL && strcmp(value, "demote") != 0) {
            return value;
        }
    }
    return NULL;
}

static const char *
configured(const struct sched_work *work, const struct sched_rsc *rsc, const char *task, gint64 interval_ms)
{
    const struct cox_op_def *op = find_op(rsc, task, interval_ms);
    const char *value = (op == NULL) ? NULL : meta_of(work, op, cox_option(COX_OPT_OP_ON_FAIL)->name);

    if (value == NULL && work->config->op_defaults.n_sets > 0) {
        struct cox_rule_input input = {
            .now = work->input->now, .has_resource = true, .rsc_standard = rsc->standard,
            .rsc_provider = rsc->provider, .rsc_type = rsc->type, .op_name = task, .op_interval_ms = interval_ms
        };
        struct cox_nvlist list = { 0 };

        cox_nvsets_resolve(&work->config->op_defaults, NULL, &input, &list, NULL);
        value = cox_option_get(COX_OPT_OP_ON_FAIL, &list);
        cox_nvlist_clear(&list);
    }
    if (value == NULL && strcmp(task, "demote") == 0) {
        value = of_promoted_monitor(work, rsc);
    }
    return value;
}

static enum sched_on_fail
by_default(const struct sched_work *work, const struct sched_rsc *rsc, const char *task, gint64 interval_ms)
{
    if (rsc->container != NULL) {
        return SCHED_ON_FAIL_RESTART_CONTAINER; /* which helps against a failed stop, too */
    }
    if (strcmp(task, "stop") == 0) {
        return work->opt.fencing_enabled ? SCHED_ON_FAIL_FENCE : SCHED_ON_FAIL_BLOCK;
    }
    /* The connection of a remote node: losing it means that node must be reset, not just the connection tried again. */
    if (rsc->remote_node != NULL && strcmp(task, "start") != 0
        && !(strcmp(task, "monitor") == 0 && interval_ms == 0)) {
        return rsc->is_managed ? SCHED_ON_FAIL_RESET_REMOTE : SCHED_ON_FAIL_STOP;
    }
    return SCHED_ON_FAIL_RESTART;
}

static enum cox_role
role_after(const struct sched_rsc *rsc, const char *task, enum sched_on_fail on_fail)
{
    if (on_fail == SCHED_ON_FAIL_STOP
        || (on_fail == SCHED_ON_FAIL_RESET_REMOTE && rsc->meta.reconnect_ms > 0)) {
        return COX_ROLE_STOPPED; /* a connection that is tried again after a while stays down until then */
    }
    return (strcmp(task, "promote") == 0) ? COX_ROLE_UNPROMOTED : COX_ROLE_STARTED;
}

/* What may follow a failed stop: that it is stopped, demoted or leaves its node is what has just failed. */
static bool
is_allowed(const char *task, enum sched_on_fail on_fail)
{
    return strcmp(task, "stop") != 0
           || (on_fail != SCHED_ON_FAIL_STOP && on_fail != SCHED_ON_FAIL_DEMOTE && on_fail != SCHED_ON_FAIL_STANDBY);
}

enum sched_on_fail
sched_on_fail_of(const struct sched_work *work, const struct sched_rsc *rsc, const char *task, gint64 interval_ms,
                 enum cox_role *role)
{
    /* In the order of the table. */
    static const enum sched_on_fail values[]
        = { SCHED_ON_FAIL_IGNORE, SCHED_ON_FAIL_BLOCK,   SCHED_ON_FAIL_STOP,              SCHED_ON_FAIL_DEMOTE, SCHED_ON_FAIL_RESTART,
            SCHED_ON_FAIL_FENCE,  SCHED_ON_FAIL_STANDBY, SCHED_ON_FAIL_RESTART_CONTAINER, SCHED_ON_FAIL_IGNORE, SCHED_ON_FAIL_BAN };
    const char *text = configured(work, rsc, task, interval_ms);
    enum sched_on_fail result = by_default(work, rsc, task, interval_ms);
    gint64 word = 0;

    if (text != NULL && cox_option_parse(cox_option(COX_OPT_OP_ON_FAIL), text, &word, NULL) && is_allowed(task, values[word])) {
        result = values[word];
    }
    if (result == SCHED_ON_FAIL_FENCE && !work->opt.fencing_enabled) {
        /* Without fencing the nearest that keeps the promise "it does not run there". */
        result = (strcmp(task, "stop") == 0) ? SCHED_ON_FAIL_BLOCK : SCHED_ON_FAIL_STOP;
    }
    if (result == SCHED_ON_FAIL_RESTART_CONTAINER && rsc->container == NULL) {
        result = SCHED_ON_FAIL_RESTART;
    }
    if (role != NULL) {
        *role = role_after(rsc, task, result);
    }
    return result;
}
