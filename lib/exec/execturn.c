/* lib/exec/execturn.c - whose turn it is: which operation of a node may begin next.  Layer 3, pure. */
#include "exec/execturn.h"

bool
cox_execturn_is_limited(const struct cox_execop *op)
{
    return op->interval_ms == 0 || op->n_runs == 0;
}

bool
cox_execturn_has_room(const GPtrArray *rscs, guint limit)
{
    guint n = 0;

    for (guint r = 0; limit > 0 && r < rscs->len; r++) {
        const struct cox_execop *op = ((const struct cox_execrsc *) rscs->pdata[r])->busy;

        n += op != NULL && op->is_counted && !op->is_timed_out && !op->is_killed;
    }
    return limit == 0 || n < limit;
}

static bool
is_urgent(const struct cox_execop *op)
{
    return op->interval_ms == 0 && (g_str_equal(op->task, "stop") || g_str_equal(op->task, "demote"));
}

static bool
is_before(const struct cox_execop *a, const struct cox_execop *b)
{
    if ((a->interval_ms == 0) != (b->interval_ms == 0)) {
        return a->interval_ms == 0;
    }
    if (is_urgent(a) != is_urgent(b)) {
        return is_urgent(a);
    }
    return a->due_at != b->due_at ? a->due_at < b->due_at : a->seq < b->seq;
}

/* Of one resource. */
static struct cox_execop *
may_begin(const struct cox_execrsc *rsc, bool has_room, cox_usec now)
{
    struct cox_execop *op = cox_execrsc_next(rsc, now), *monitor = NULL;

    if (op == NULL || op->due_at > now || has_room || !cox_execturn_is_limited(op)) {
        return op == NULL || op->due_at > now ? NULL : op;
    }
    for (guint i = 0; i < rsc->ops->len; i++) {
        op = rsc->ops->pdata[i];
        if (!cox_execturn_is_limited(op) && op->due_at <= now && (monitor == NULL || op->due_at < monitor->due_at)) {
            monitor = op;
        }
    }
    return monitor;
}

struct cox_execop *
cox_execturn_next(const GPtrArray *rscs, guint limit, cox_usec now, struct cox_execrsc **rsc)
{
    bool has_room = cox_execturn_has_room(rscs, limit);
    struct cox_execop *best = NULL;

    for (guint r = 0; r < rscs->len; r++) {
        struct cox_execop *op = may_begin(rscs->pdata[r], has_room, now);

        if (op != NULL && (best == NULL || is_before(op, best))) {
            *rsc = rscs->pdata[r];
            best = op;
        }
    }
    return best;
}

bool
cox_execturn_ends_monitoring(const struct cox_execop *op)
{
    return op->interval_ms == 0 && (g_str_equal(op->task, "stop") || g_str_equal(op->task, "migrate_to"));
}

cox_usec
cox_execturn_wake_at(const GPtrArray *rscs, cox_usec now)
{
    cox_usec at = COX_USEC_NEVER;

    for (guint r = 0; r < rscs->len; r++) {
        const struct cox_execrsc *rsc = rscs->pdata[r];

        if (rsc->busy != NULL) {
            at = cox_usec_min(at, cox_usec_min(rsc->busy->deadline, rsc->busy->again_at));
        }
        for (guint i = 0; rsc->busy == NULL && rsc->others->len == 0 && i < rsc->ops->len; i++) {
            const struct cox_execop *op = rsc->ops->pdata[i];

            at = op->due_at > now ? cox_usec_min(at, op->due_at) : at; /* else it waits for room, not for a time */
        }
    }
    return at;
}
