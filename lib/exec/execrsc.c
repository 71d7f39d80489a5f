/* lib/exec/execrsc.c - resources of a node and the operations that wait or run for each.  Layer 3, pure. */
#include "exec/execrsc.h"

#include <string.h>

#include "base/error.h"

static void
free_op(gpointer data)
{
    struct cox_execop *op = data;

    g_free(op->key);
    g_free(op->task);
    g_free(op->last_reason);
    if (op->after != NULL) {
        g_array_unref(op->after);
    }
    g_free(op);
}

static void
free_rsc(gpointer data)
{
    struct cox_execrsc *rsc = data;

    g_free(rsc->id);
    g_ptr_array_unref(rsc->ops);
    g_array_unref(rsc->others);
    g_free(rsc->ended.task);
    g_free(rsc);
}

GPtrArray *
cox_execrscs_new(void)
{
    return g_ptr_array_new_with_free_func(free_rsc);
}

static guint
lower_bound(const GPtrArray *rscs, const char *id)
{
    guint low = 0;
    guint high = rscs->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (strcmp(((const struct cox_execrsc *) rscs->pdata[middle])->id, id) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct cox_execrsc *
cox_execrscs_find(const GPtrArray *rscs, const char *id)
{
    guint i = lower_bound(rscs, id);

    return i < rscs->len && g_str_equal(((struct cox_execrsc *) rscs->pdata[i])->id, id) ? rscs->pdata[i] : NULL;
}

struct cox_execrsc *
cox_execrscs_need(GPtrArray *rscs, const char *id)
{
    struct cox_execrsc *rsc = cox_execrscs_find(rscs, id);

    if (rsc == NULL) {
        rsc = g_new0(struct cox_execrsc, 1);
        rsc->id = g_strdup(id);
        rsc->ops = g_ptr_array_new_with_free_func(free_op);
        rsc->others = g_array_new(FALSE, FALSE, sizeof(guint64));
        g_ptr_array_insert(rscs, (gint) lower_bound(rscs, id), rsc);
    }
    return rsc;
}

void
cox_execrscs_remove(GPtrArray *rscs, struct cox_execrsc *rsc)
{
    g_ptr_array_remove(rscs, rsc);
}

struct cox_execop *
cox_execrsc_find(const struct cox_execrsc *rsc, const char *task, gint64 interval_ms)
{
    for (guint i = 0; i < rsc->ops->len; i++) {
        struct cox_execop *op = rsc->ops->pdata[i];

        if (op->interval_ms == interval_ms && g_str_equal(op->task, task)) {
            return op;
        }
    }
    return NULL;
}

struct cox_execop *
cox_execrsc_add(struct cox_execrsc *rsc, const char *task, gint64 interval_ms)
{
    struct cox_execop *op = g_new0(struct cox_execop, 1);

    op->task = g_strdup(task);
    op->interval_ms = interval_ms;
    op->deadline = op->again_at = COX_USEC_NEVER;
    g_ptr_array_add(rsc->ops, op);
    return op;
}

void
cox_execrsc_drop(struct cox_execrsc *rsc, struct cox_execop *op)
{
    COX_BUG_ON(rsc->busy == op);
    g_ptr_array_remove(rsc->ops, op);
}

void
cox_execop_note(struct cox_execop *op, const struct cox_exec_result *result)
{
    char *reason = g_strdup(result->reason);

    g_free(op->last_reason);
    op->last_reason = reason;
    op->last = *result;
    op->last.reason = reason;
    op->has_reported = true;
}

struct cox_execop *
cox_execrsc_first(const struct cox_execrsc *rsc)
{
    for (guint i = 0; i < rsc->ops->len; i++) {
        struct cox_execop *op = rsc->ops->pdata[i];

        if (op->interval_ms == 0) {
            return op;
        }
    }
    return NULL;
}

struct cox_execop *
cox_execrsc_next(const struct cox_execrsc *rsc, cox_usec now)
{
    struct cox_execop *oneshot = cox_execrsc_first(rsc), *recurring = NULL;

    if (rsc->busy != NULL || rsc->others->len > 0) {
        return NULL;
    }
    for (guint i = 0; i < rsc->ops->len; i++) {
        struct cox_execop *op = rsc->ops->pdata[i];

        if (op->interval_ms > 0 && (recurring == NULL || op->due_at < recurring->due_at)) {
            recurring = op;
        }
    }
    if (oneshot == NULL || recurring == NULL) {
        return oneshot == NULL ? recurring : oneshot;
    }
    return oneshot->due_at <= now || oneshot->due_at <= recurring->due_at ? oneshot : recurring;
}
