/* lib/exec/execwait.c - operations that wait for others of the same node.  Layer 3, pure. */
#include "exec/execwait.h"

static void
clear_name(gpointer data)
{
    struct cox_opname *name = data;

    g_free((char *) (gsize) name->rsc_id);
    g_free((char *) (gsize) name->task);
}

void
cox_execwait_begin(struct cox_execop *op, const struct cox_opname *after, size_t n)
{
    if (n == 0) {
        return;
    }
    op->after = g_array_new(FALSE, FALSE, sizeof(struct cox_opname));
    g_array_set_clear_func(op->after, clear_name);
    for (size_t i = 0; i < n; i++) {
        const struct cox_opname name = { g_strdup(after[i].rsc_id), g_strdup(after[i].task) };

        g_array_append_val(op->after, name);
    }
    op->due_at = COX_USEC_NEVER;
}

void
cox_execwait_note(struct cox_execrsc *rsc, const struct cox_execop *op, const struct cox_exec_result *result)
{
    if (op->interval_ms > 0) {
        return;
    }
    g_free(rsc->ended.task);
    rsc->ended.task = g_strdup(op->task);
    rsc->ended.is_ok = result != NULL && result->status == COX_OP_STATUS_DONE && result->rc == COX_EXEC_RC_OK;
}

void
cox_execwait_forget(const GPtrArray *rscs)
{
    for (guint r = 0; r < rscs->len; r++) {
        g_clear_pointer(&((struct cox_execrsc *) rscs->pdata[r])->ended.task, g_free);
    }
}

enum outlook {
    WAITS = 0, /* for one that is in hand */
    OVER,      /* all have ended with success */
    VAIN,      /* one has not, or is not known */
};

/* One whose time is up is over, although its process is not gone. */
static bool
is_in_hand(const struct cox_execrsc *rsc, const struct cox_opname *name, guint64 before)
{
    for (guint i = 0; i < rsc->ops->len; i++) {
        const struct cox_execop *op = rsc->ops->pdata[i];

        if (op->interval_ms == 0 && op->seq < before && !op->is_timed_out && g_strcmp0(op->task, name->task) == 0) {
            return true;
        }
    }
    return false;
}

static enum outlook
look_at(const GPtrArray *rscs, const struct cox_opname *name, const struct cox_execop *op)
{
    const struct cox_execrsc *rsc = name->rsc_id == NULL ? NULL : cox_execrscs_find(rscs, name->rsc_id);

    if (rsc != NULL && is_in_hand(rsc, name, op->seq)) {
        return WAITS;
    }
    return rsc != NULL && rsc->ended.is_ok && g_strcmp0(rsc->ended.task, name->task) == 0 ? OVER : VAIN;
}

/* What has ended with success is taken from the list. */
static enum outlook
look(const GPtrArray *rscs, struct cox_execop *op)
{
    for (guint i = op->after->len; i > 0; i--) {
        enum outlook one = look_at(rscs, &g_array_index(op->after, struct cox_opname, i - 1), op);

        if (one == VAIN) {
            return VAIN;
        }
        if (one == OVER) {
            g_array_remove_index(op->after, i - 1);
        }
    }
    return op->after->len > 0 ? WAITS : OVER;
}

struct cox_execop *
cox_execwait_vain(const GPtrArray *rscs, cox_usec now, struct cox_execrsc **rsc)
{
    for (guint r = 0; r < rscs->len; r++) {
        *rsc = rscs->pdata[r];
        for (guint i = 0; i < (*rsc)->ops->len; i++) {
            struct cox_execop *op = (*rsc)->ops->pdata[i];
            enum outlook how = op->after == NULL || (*rsc)->busy == op ? WAITS : look(rscs, op); /* busy: it was found running */

            if (how == VAIN) {
                return op;
            }
            if (how == OVER) {
                g_clear_pointer(&op->after, g_array_unref);
                op->due_at = cox_usec_after_ms(now, op->start_delay_ms);
            }
        }
    }
    return NULL;
}
