/* lib/sched/failcount.c - how often something failed on a node, and whether that bans it from there.  Layer 3, pure. */
#include "sched/work_priv.h"

#include <string.h>

#include "model/option.h"

/*
 * Does attribute @name belong to @rsc?  It is @prefix RSC[:N][#OP_INTERVAL]; instances of anonymous clones share what is
 * written for any of them.
 */
static bool
matches(const char *name, const char *prefix, const struct sched_rsc *rsc)
{
    size_t prefix_length = strlen(prefix);
    size_t id_length = strlen(rsc->history_id);
    const char *rest;

    if (strncmp(name, prefix, prefix_length) != 0 || strncmp(name + prefix_length, rsc->history_id, id_length) != 0) {
        return false;
    }
    rest = name + prefix_length + id_length;
    if (*rest == ':' && rsc->instance >= 0 && strcmp(rsc->history_id, rsc->id) != 0) {
        for (rest++; g_ascii_isdigit(*rest); rest++) {
        }
    }
    return *rest == '\0' || *rest == '#';
}

static bool
has_blocking_operation(const struct sched_rsc *rsc)
{
    for (size_t i = 0; rsc->def != NULL && i < rsc->def->n_ops; i++) {
        const char *on_fail = cox_nvpairs_get(rsc->def->ops[i].attrs, rsc->def->ops[i].n_attrs, cox_option(COX_OPT_OP_ON_FAIL)->name);

        if (on_fail != NULL && strcmp(on_fail, "block") == 0) {
            return true;
        }
    }
    return false;
}

static cox_score
sum_of_node(const struct sched_rsc *rsc, const struct sched_node *node, gint64 *last_failure_s)
{
    cox_score sum = 0;

    for (size_t i = 0; i < node->attrs.n_pairs; i++) {
        const struct cox_nvpair *pair = &node->attrs.pairs[i];
        cox_score score = 0;

        if (pair->value == NULL) {
            continue;
        }
        if (matches(pair->name, "fail-count-", rsc)) {
            if (cox_score_parse(pair->value, &score, NULL)) {
                sum = cox_score_add(sum, score);
            }
        } else if (matches(pair->name, "last-failure-", rsc)) {
            *last_failure_s = MAX(*last_failure_s, g_ascii_strtoll(pair->value, NULL, 10));
        }
    }
    return sum;
}

cox_score
sched_failcount(struct sched_work *work, const struct sched_rsc *rsc, const struct sched_node *node,
                gint64 *last_failure_s, bool consider_timeout)
{
    gint64 last = 0;
    cox_score sum = 0;
    gint64 timeout_s = rsc->meta.failure_timeout_ms / 1000;

    if (node->attrs.n_pairs > 0) {
        sum = sum_of_node(rsc, node, &last);
    }
    if (last_failure_s != NULL) {
        *last_failure_s = last;
    }
    /* A failure that blocks stays until somebody looks. */
    if (sum > 0 && consider_timeout && timeout_s > 0 && last > 0 && !has_blocking_operation(rsc)) {
        if (work->now_s > last + timeout_s) {
            sum = 0;
        } else {
            work->recheck_by = cox_wall_min(work->recheck_by, cox_wall_from_seconds(last + timeout_s + 1));
        }
    }
    return sum;
}

/* What happens inside a container counts for it, unless the connection's own failures do already. */
static cox_score
with_fillers(struct sched_work *work, const struct sched_rsc *rsc, const struct sched_node *node)
{
    cox_score sum = sched_failcount(work, rsc, node, NULL, true);

    for (guint i = 0; rsc->fillers != NULL && i < rsc->fillers->len; i++) {
        sum = cox_score_add(sum, sched_failcount(work, g_ptr_array_index(rsc->fillers, i), node, NULL, true));
    }
    return sum;
}

bool
sched_failcount_bans(struct sched_work *work, struct sched_rsc *rsc, const struct sched_node *node,
                     struct sched_rsc **which)
{
    cox_score count;

    if (rsc->meta.migration_threshold == 0 || rsc->is_failure_ignored) {
        return false;
    }
    count = with_fillers(work, rsc, node);
    if (count <= 0 || count < rsc->meta.migration_threshold) {
        return false;
    }
    if (which != NULL) {
        bool anonymous = rsc->instance >= 0 && strcmp(rsc->history_id, rsc->id) != 0;

        *which = anonymous ? rsc->top : rsc;
        if (anonymous && rsc->top->variant == COX_BUNDLE) {
            *which = rsc->parent;
        }
    }
    return true;
}
