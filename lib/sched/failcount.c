/* lib/sched/failcount.c - how often something failed on a node, and whether that bans it from there.  Layer 3, pure. */
#include "sched/action_priv.h"
#include "sched/attr_index_priv.h"

#include <string.h>

#include "model/option.h"

/*
 * Does the attribute belong to @rsc whose name has @rest after a prefix and the resource's id?  The whole is PREFIX
 * RSC[:N][#OP_INTERVAL]; instances of anonymous clones share what is written for any of them.
 */
static bool
belongs_to(const char *rest, const struct sched_rsc *rsc)
{
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
    static const char counts[] = "fail-count-", times[] = "last-failure-";
    const size_t length = strlen(rsc->history_id);
    struct sched_attr_range range = sched_attr_range(node, counts, rsc->history_id);
    cox_score sum = 0;

    for (guint32 i = 0; i < range.n; i++) {
        const struct cox_nvpair *pair = &range.pairs[range.order[i]];
        cox_score score = 0;

        if (belongs_to(pair->name + strlen(counts) + length, rsc) && cox_score_parse(pair->value, &score, NULL)) {
            sum = cox_score_add(sum, score);
        }
    }
    range = sched_attr_range(node, times, rsc->history_id);
    for (guint32 i = 0; i < range.n; i++) {
        const struct cox_nvpair *pair = &range.pairs[range.order[i]];

        if (belongs_to(pair->name + strlen(times) + length, rsc)) {
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

/* What the node has of it was done by another agent: those failures say nothing of the one that it has now. */
static bool
is_of_another_agent(const struct sched_rsc *rsc, const struct sched_node *node)
{
    const struct cox_rsc_history *history = (node->status != NULL) ? cox_status_rsc(node->status, rsc->history_id) : NULL;

    return history != NULL && sched_rsc_is_changed(rsc, history);
}

/* Does something within @whole clear the count on @node of what is called @history_id there? */
static bool
has_clearing(const struct sched_rsc *whole, const char *history_id, const struct sched_node *node)
{
    if (whole->variant == COX_PRIMITIVE) {
        return strcmp(whole->history_id, history_id) == 0 && sched_action_find(whole, SCHED_TASK_CLEAR_FAILCOUNT, node) != NULL;
    }
    for (guint i = 0; whole->children != NULL && i < whole->children->len; i++) {
        if (has_clearing(g_ptr_array_index(whole->children, i), history_id, node)) {
            return true;
        }
    }
    return false;
}

/* Is it an instance of an anonymous clone?  They share their counts, and one of them clears these for all. */
static bool
is_anonymous(const struct sched_rsc *rsc)
{
    return rsc->instance >= 0 && strcmp(rsc->history_id, rsc->id) != 0;
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
    if (count <= 0 || count < rsc->meta.migration_threshold || is_of_another_agent(rsc, node)) {
        return false;
    }
    if (has_clearing(is_anonymous(rsc) ? rsc->top : rsc, rsc->history_id, node)) {
        return false;
    }
    if (which != NULL) {
        *which = is_anonymous(rsc) ? rsc->top : rsc;
        if (is_anonymous(rsc) && rsc->top->variant == COX_BUNDLE) {
            *which = rsc->parent;
        }
    }
    return true;
}
