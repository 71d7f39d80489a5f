/* lib/exec/exec.c - which operation runs when on this node: the engine.  Layer 3, pure. */
#include "exec/exec.h"

#include "exec/execrsc.h"
#include "exec/execturn.h"
#include "exec/execwait.h"

/* A deadline noticed so late means that this process did not run itself: a result may be in its queue and comes first. */
enum { LATE_MS = 1000, GRACE_MS = 200 };

struct cox_exec {
    struct cox_exec_config config;
    GPtrArray *rscs;          /* struct cox_execrsc */
    struct cox_exec_term term;
    bool is_ready;
    guint limit;
    guint n_running;          /* agents at work */
    guint64 runs, seqs;
    cox_usec wake_at;
};

struct cox_exec *
cox_exec_new(const struct cox_exec_config *config)
{
    struct cox_exec *exec = g_new0(struct cox_exec, 1);

    exec->config = *config;
    exec->rscs = cox_execrscs_new();
    exec->wake_at = COX_USEC_NEVER;
    return exec;
}

void
cox_exec_free(struct cox_exec *exec)
{
    if (exec == NULL) {
        return;
    }
    g_ptr_array_unref(exec->rscs);
    g_free(exec);
}

guint
cox_exec_running(const struct cox_exec *exec)
{
    return exec->n_running;
}

bool
cox_exec_is_idle(const struct cox_exec *exec, const char *rsc_id)
{
    const struct cox_execrsc *rsc = cox_execrscs_find(exec->rscs, rsc_id);

    return rsc == NULL || rsc->busy == NULL;
}

void
cox_exec_inflight(const struct cox_exec *exec, GArray *list)
{
    for (guint r = 0; r < exec->rscs->len; r++) {
        const struct cox_execrsc *rsc = exec->rscs->pdata[r];

        for (guint i = 0; i < rsc->ops->len; i++) {
            const struct cox_execop *op = rsc->ops->pdata[i];
            struct cox_inflight inflight = { rsc->id, op->task, op->interval_ms, NULL, op->key, op->generation,
                                             rsc->busy == op, NULL, NULL };

            if (!op->is_timed_out && (op->interval_ms == 0 || !op->has_reported)) {
                g_array_append_val(list, inflight);
            }
        }
    }
}

/* ---- effects ---- */

static struct cox_exec_effect *
add(struct cox_exec_effects *out, enum cox_exec_effect_kind kind, const char *rsc_id, const char *task, gint64 interval_ms)
{
    struct cox_exec_effect *effect = cox_effects_add(&out->list);

    effect->kind = kind;
    effect->rsc_id = cox_effects_text(&out->list, rsc_id);
    effect->task = cox_effects_text(&out->list, task);
    effect->interval_ms = interval_ms;
    return effect;
}

static void
report(struct cox_execrsc *rsc, struct cox_execop *op, const struct cox_exec_result *result, cox_usec now, struct cox_exec_effects *out)
{
    struct cox_exec_effect *effect = NULL;

    cox_execwait_note(rsc, op, result);
    if (op->has_reported && cox_exec_result_is_same(&op->last, result)) {
        return;
    }
    effect = add(out, COX_EXEC_DO_REPORT, rsc->id, op->task, op->interval_ms);
    effect->run = op->run;
    effect->key = cox_effects_text(&out->list, op->key);
    effect->is_first = !op->has_reported;
    effect->result = *result;
    effect->result.reason = cox_effects_text(&out->list, result->reason);
    effect->queue_ms = MAX(op->begun_at - op->queued_at, 0) / COX_USEC_PER_MS;
    effect->exec_ms = MAX(now - op->begun_at, 0) / COX_USEC_PER_MS;
    cox_execop_note(op, result);
}

/* ---- one operation ---- */

static void
begin_run(struct cox_exec *exec, struct cox_execrsc *rsc, struct cox_execop *op, cox_usec now, struct cox_exec_effects *out)
{
    struct cox_exec_effect *effect = add(out, COX_EXEC_DO_RUN, rsc->id, op->task, op->interval_ms);

    if (rsc->busy == NULL) { /* not when a service is asked again: its time goes on */
        op->begun_at = now;
        op->deadline = op->timeout_ms > 0 ? cox_usec_after_ms(now, op->timeout_ms) : COX_USEC_NEVER;
        op->is_counted = cox_execturn_is_limited(op);
        op->n_runs++;
    }
    rsc->busy = op;
    op->state = COX_EXECOP_RUNNING;
    op->again_at = COX_USEC_NEVER;
    op->run = ++exec->runs;
    exec->n_running++;
    effect->run = op->run;
    effect->key = cox_effects_text(&out->list, op->key);
    effect->timeout_ms = op->timeout_ms > 0 ? MAX((op->deadline - now) / COX_USEC_PER_MS, 1) : 0;
}

/* Ask what has become of an operation whose end was not seen; its deadline is set. */
static void
begin_probe(struct cox_exec *exec, const struct cox_execrsc *rsc, struct cox_execop *op, cox_usec now,
            struct cox_exec_effects *out)
{
    struct cox_exec_effect *effect = add(out, COX_EXEC_DO_RUN, rsc->id, "monitor", 0);

    op->run = effect->run = ++exec->runs;
    op->again_at = COX_USEC_NEVER;
    exec->n_running++;
    effect->key = cox_effects_text(&out->list, op->key);
    effect->is_probe = true;
    effect->timeout_ms = MAX((op->deadline - now) / COX_USEC_PER_MS, 1);
}

/* Whoever ordered it and has not heard of it yet must learn that there will be no result: it waits for one. */
static void
tell_cancelled(struct cox_execrsc *rsc, const struct cox_execop *op, struct cox_exec_effects *out)
{
    struct cox_exec_effect *effect = NULL;

    cox_execwait_note(rsc, op, NULL);
    if (op->key != NULL && !op->has_reported) {
        effect = add(out, COX_EXEC_DO_REPORT, rsc->id, op->task, op->interval_ms);
        effect->key = cox_effects_text(&out->list, op->key);
        effect->timeout_ms = op->timeout_ms;
        effect->result = (struct cox_exec_result) { COX_OP_STATUS_CANCELLED, COX_EXEC_RC_ERROR, NULL };
    }
    effect = add(out, COX_EXEC_DO_CANCELLED, rsc->id, op->task, op->interval_ms);
    effect->key = cox_effects_text(&out->list, op->key);
}

/* The operation is over; a recurring one waits for its next run: true.  Else it is gone. */
static bool
end_run(struct cox_exec *exec, struct cox_execrsc *rsc, struct cox_execop *op, cox_usec now, struct cox_exec_effects *out)
{
    rsc->busy = NULL;
    op->state = COX_EXECOP_QUEUED;
    op->run = 0;
    op->deadline = op->again_at = COX_USEC_NEVER;
    op->is_timed_out = op->is_killed = false;
    if (op->is_cancelled && op->interval_ms > 0) {
        tell_cancelled(rsc, op, out);
    }
    if (op->interval_ms == 0 || op->is_cancelled) {
        cox_execrsc_drop(rsc, op);
        return false;
    }
    op->due_at = cox_usec_after_ms(
        now, op->interval_ms - cox_exec_jitter_ms(exec->config.seed, rsc->id, op->interval_ms, op->n_runs));
    op->queued_at = op->due_at;
    return true;
}

static void
time_is_up(struct cox_execrsc *rsc, struct cox_execop *op, cox_usec now, struct cox_exec_effects *out)
{
    struct cox_exec_result result = { COX_OP_STATUS_TIMEOUT, COX_EXEC_RC_ERROR, "timed out" };

    op->deadline = COX_USEC_NEVER;
    if (op->state == COX_EXECOP_PROBING) {
        result = cox_exec_result_from_probe(op->task, &result);
    }
    if (!op->is_killed) { /* nobody wants to know any more, not even that it cannot be killed */
        report(rsc, op, &result, now, out);
    }
    op->is_timed_out = true;
}

static struct cox_execop *
find_run(const struct cox_exec *exec, guint64 run, struct cox_execrsc **rsc)
{
    for (guint r = 0; run != 0 && r < exec->rscs->len; r++) {
        *rsc = exec->rscs->pdata[r];
        if ((*rsc)->busy != NULL && (*rsc)->busy->run == run) {
            return (*rsc)->busy;
        }
    }
    return NULL;
}

/* ---- results ---- */

/* The end of a second process that was found for one resource. */
static bool
is_end_of_other(struct cox_exec *exec, guint64 run)
{
    for (guint r = 0; r < exec->rscs->len; r++) {
        GArray *others = ((struct cox_execrsc *) exec->rscs->pdata[r])->others;

        for (guint i = 0; i < others->len; i++) {
            if (g_array_index(others, guint64, i) == run) {
                g_array_remove_index(others, i);
                return true;
            }
        }
    }
    return false;
}

static void
on_result(struct cox_exec *exec, const struct cox_exec_event *event, cox_usec now, struct cox_exec_effects *out)
{
    struct cox_execrsc *rsc = NULL;
    struct cox_execop *op = find_run(exec, event->run, &rsc);
    struct cox_exec_result result = event->ended.result;
    bool is_killed = op != NULL && op->is_killed;

    if (op == NULL) {
        return;
    }
    exec->n_running--;
    if (!op->is_timed_out) {
        if (op->state == COX_EXECOP_PROBING) {
            result = cox_exec_result_from_probe(op->task, &result);
        }
        if (!op->is_cancelled && !is_killed) {
            report(rsc, op, &result, now, out);
        }
    }
    if (end_run(exec, rsc, op, now, out) && is_killed) { /* it was ordered anew meanwhile */
        op->due_at = op->queued_at = now;
    }
}

/* A monitor that is lost is simply due again; of anything else the state of the resource tells the result. */
static void
on_lost(struct cox_exec *exec, guint64 run, cox_usec now, struct cox_exec_effects *out)
{
    struct cox_execrsc *rsc = NULL;
    struct cox_execop *op = find_run(exec, run, &rsc);
    struct cox_exec_result lost = { COX_OP_STATUS_ERROR, COX_EXEC_RC_ERROR, "the probe's end was not seen either" };

    if (op == NULL) {
        return;
    }
    exec->n_running--;
    if (op->is_timed_out || (op->interval_ms > 0 && op->state == COX_EXECOP_RUNNING)) {
        if (end_run(exec, rsc, op, now, out)) {
            op->due_at = op->queued_at = now;
        }
        return;
    }
    if (op->state == COX_EXECOP_PROBING) {
        report(rsc, op, &lost, now, out);
        end_run(exec, rsc, op, now, out);
        return;
    }
    op->state = COX_EXECOP_PROBING;
    op->deadline = cox_usec_after_ms(now, exec->config.probe_timeout_ms);
    begin_probe(exec, rsc, op, now, out);
}

static void
on_pending(struct cox_exec *exec, guint64 run, cox_usec now, struct cox_exec_effects *out)
{
    struct cox_execrsc *rsc = NULL;
    struct cox_execop *op = find_run(exec, run, &rsc);

    if (op == NULL) {
        return;
    }
    exec->n_running--;
    if (op->is_timed_out || (op->is_cancelled && op->interval_ms > 0)) {
        end_run(exec, rsc, op, now, out);
        return;
    }
    if (op->state == COX_EXECOP_RUNNING) {
        op->state = COX_EXECOP_PENDING;
    }
    op->run = 0;
    op->again_at = cox_usec_after_ms(now, exec->config.pending_ms);
}

/* ---- orders ---- */

/* Nobody wants to know any more what a monitor finds: it is killed, so that a stop need not wait for one that hangs. */
static void
cancel(struct cox_execrsc *rsc, struct cox_execop *op, struct cox_exec_effects *out)
{
    if (rsc->busy == op && op->state != COX_EXECOP_PENDING) {
        op->is_cancelled = true;
        if (op->interval_ms > 0 && op->run != 0 && !op->is_timed_out && !op->is_killed) {
            op->is_killed = true;
            add(out, COX_EXEC_DO_KILL, rsc->id, op->task, op->interval_ms)->run = op->run;
        }
        return;
    }
    if (rsc->busy == op) {
        rsc->busy = NULL;
    }
    tell_cancelled(rsc, op, out);
    cox_execrsc_drop(rsc, op);
}

static void
cancel_recurring(struct cox_execrsc *rsc, struct cox_exec_effects *out)
{
    for (guint i = rsc->ops->len; i > 0; i--) {
        struct cox_execop *op = rsc->ops->pdata[i - 1];

        if (op->interval_ms > 0) {
            cancel(rsc, op, out);
        }
    }
}

/* What older reigns have ordered and what has not begun is dropped; the present coordinator plans afresh. */
static void
drop_outdated(struct cox_exec *exec, struct cox_exec_effects *out)
{
    for (guint r = 0; r < exec->rscs->len; r++) {
        struct cox_execrsc *rsc = exec->rscs->pdata[r];

        for (guint i = rsc->ops->len; i > 0; i--) {
            struct cox_execop *op = rsc->ops->pdata[i - 1];

            if (rsc->busy != op && op->n_runs == 0 && op->generation < exec->term.generation) {
                cancel(rsc, op, out);
            }
        }
    }
}

/* Before it is ready the executor does not know yet what has begun. */
static void
on_term(struct cox_exec *exec, struct cox_exec_term term, struct cox_exec_effects *out)
{
    if (term.generation > exec->term.generation) {
        exec->term = term;
        cox_execwait_forget(exec->rscs);
        if (exec->is_ready) {
            drop_outdated(exec, out);
        }
    }
}

/* What was accepted in the last life may be of a reign that was over when that life ended. */
static void
on_ready(struct cox_exec *exec, struct cox_exec_effects *out)
{
    exec->is_ready = true;
    drop_outdated(exec, out);
}

/* Is the order of an older reign, or of another coordinator of the same?  A younger one counts from now on. */
static bool
is_refused(struct cox_exec *exec, const struct cox_exec_order *order, struct cox_exec_effects *out)
{
    struct cox_exec_effect *effect = NULL;

    on_term(exec, order->term, out);
    if (order->term.generation == exec->term.generation && order->term.coordinator == exec->term.coordinator) {
        return false;
    }
    effect = add(out, COX_EXEC_DO_REFUSE, order->rsc_id, order->task, order->interval_ms);
    effect->key = cox_effects_text(&out->list, order->key);
    effect->term = exec->term;
    return true;
}

static struct cox_execop *
add_op(struct cox_exec *exec, struct cox_execrsc *rsc, const struct cox_exec_order *order, cox_usec now)
{
    struct cox_execop *op = cox_execrsc_add(rsc, order->task, order->interval_ms);

    op->key = g_strdup(order->key);
    op->timeout_ms = order->timeout_ms;
    op->generation = order->term.generation;
    op->seq = ++exec->seqs;
    op->start_delay_ms = order->start_delay_ms;
    op->due_at = op->queued_at = cox_usec_after_ms(now, order->start_delay_ms);
    cox_execwait_begin(op, order->after, order->n_after);
    return op;
}

static struct cox_execop *
find_key(const struct cox_execrsc *rsc, const char *key)
{
    for (guint i = 0; i < rsc->ops->len; i++) {
        struct cox_execop *op = rsc->ops->pdata[i];

        if (key != NULL && g_strcmp0(op->key, key) == 0) {
            return op;
        }
    }
    return NULL;
}

/* The same recurring operation ordered anew: once more at once, and the result is reported even if it is no news. */
static void
renew(struct cox_execop *op, const struct cox_exec_order *order, cox_usec now)
{
    g_free(op->key);
    op->key = g_strdup(order->key);
    op->timeout_ms = order->timeout_ms;
    op->generation = order->term.generation;
    op->has_reported = false;
    op->is_cancelled = false;
    if (op->state == COX_EXECOP_QUEUED) {
        op->due_at = op->queued_at = cox_usec_after_ms(now, order->start_delay_ms);
    }
}

static void
on_order(struct cox_exec *exec, const struct cox_exec_order *order, cox_usec now, struct cox_exec_effects *out)
{
    struct cox_execrsc *rsc = NULL;
    struct cox_execop *op = NULL;

    if (is_refused(exec, order, out)) {
        return;
    }
    rsc = cox_execrscs_need(exec->rscs, order->rsc_id);
    if (find_key(rsc, order->key) != NULL) {
        return; /* sent again: the report will come */
    }
    if (rsc->is_forgotten) { /* it stays; who waits for the end of what was there is told now */
        rsc->is_forgotten = false;
        add(out, COX_EXEC_DO_FORGOTTEN, rsc->id, NULL, 0);
    }
    if (order->interval_ms == 0) {
        add_op(exec, rsc, order, now);
        return;
    }
    op = cox_execrsc_find(rsc, order->task, order->interval_ms);
    if (op == NULL) {
        add_op(exec, rsc, order, now);
        return;
    }
    if (op->is_cancelled) {
        tell_cancelled(rsc, op, out);
    }
    renew(op, order, now);
}

static void
on_cancel(struct cox_exec *exec, const struct cox_exec_order *order, struct cox_exec_effects *out)
{
    struct cox_execrsc *rsc = cox_execrscs_find(exec->rscs, order->rsc_id);
    struct cox_execop *op = rsc == NULL ? NULL : cox_execrsc_find(rsc, order->task, order->interval_ms);

    if (is_refused(exec, order, out)) {
        return;
    }
    if (op == NULL) {
        add(out, COX_EXEC_DO_CANCELLED, order->rsc_id, order->task, order->interval_ms);
    } else if (op->interval_ms > 0 || rsc->busy != op) { /* what has begun is not undone */
        cancel(rsc, op, out);
    }
}

/* Before it is ready the executor does not know yet what has begun; and what has begun gives its result. */
static void
on_withdraw(struct cox_exec *exec, const struct cox_exec_order *order, struct cox_exec_effects *out)
{
    struct cox_execrsc *rsc = cox_execrscs_find(exec->rscs, order->rsc_id);
    struct cox_execop *op = rsc == NULL ? NULL : cox_execrsc_find(rsc, order->task, order->interval_ms);

    if (!is_refused(exec, order, out) && exec->is_ready && op != NULL && rsc->busy != op && op->n_runs == 0) {
        cancel(rsc, op, out);
    }
}

static void
on_forget(struct cox_exec *exec, const struct cox_exec_order *order, struct cox_exec_effects *out)
{
    struct cox_execrsc *rsc = cox_execrscs_find(exec->rscs, order->rsc_id);

    if (is_refused(exec, order, out)) {
        return;
    }
    if (rsc == NULL) {
        add(out, COX_EXEC_DO_FORGOTTEN, order->rsc_id, NULL, 0);
        return;
    }
    rsc->is_forgotten = true;
    for (guint i = rsc->ops->len; i > 0; i--) {
        struct cox_execop *op = rsc->ops->pdata[i - 1];

        if (op->interval_ms > 0 || rsc->busy != op) {
            cancel(rsc, op, out);
        }
    }
}

/* What was due in the last life is not due all at once: runs are spread over the interval, as if they had gone on. */
static void
on_rearmed(struct cox_exec *exec, const struct cox_exec_event *event, cox_usec now)
{
    const struct cox_exec_order *order = &event->order;
    struct cox_execrsc *rsc = cox_execrscs_need(exec->rscs, order->rsc_id);
    struct cox_execop *op = add_op(exec, rsc, order, now);

    op->is_recovered = true;
    if (order->interval_ms > 0 && event->last != NULL) {
        cox_execop_note(op, event->last);
        op->n_runs = 1;
        op->due_at = op->queued_at = cox_usec_after_ms(now, cox_exec_spread_ms(exec->config.seed, order->rsc_id, order->interval_ms));
    }
}

static void
on_recovered(struct cox_exec *exec, const struct cox_exec_event *event, cox_usec now)
{
    struct cox_execrsc *rsc = cox_execrscs_need(exec->rscs, event->order.rsc_id);
    struct cox_execop *op = find_key(rsc, event->order.key);
    gint64 timeout_ms = event->is_probe ? exec->config.probe_timeout_ms : event->order.timeout_ms;

    exec->runs = MAX(exec->runs, event->run);
    if (rsc->busy != NULL) {
        g_array_append_val(rsc->others, event->run); /* should not be; nothing begins before it has ended, too */
        return;
    }
    if (op == NULL) {
        op = add_op(exec, rsc, &event->order, now);
    }
    op->is_recovered = true;
    op->state = event->is_probe ? COX_EXECOP_PROBING : COX_EXECOP_RUNNING;
    op->run = event->run;
    op->begun_at = MIN(event->begun_at, now);
    op->deadline = timeout_ms > 0 && !event->is_reported ? cox_usec_after_ms(op->begun_at, timeout_ms) : COX_USEC_NEVER;
    op->is_timed_out = event->is_reported;
    op->is_counted = op->interval_ms == 0;
    op->n_runs++;
    rsc->busy = op;
    exec->n_running++;
}

/* ---- time ---- */

static void
on_wake(struct cox_exec *exec, cox_usec now, struct cox_exec_effects *out)
{
    exec->wake_at = COX_USEC_NEVER;
    for (guint r = 0; r < exec->rscs->len; r++) {
        struct cox_execrsc *rsc = exec->rscs->pdata[r];
        struct cox_execop *op = rsc->busy;

        if (op == NULL || !cox_usec_is_due(op->deadline, now)) {
            continue;
        }
        if (now > cox_usec_after_ms(op->deadline, LATE_MS)) {
            op->deadline = cox_usec_after_ms(now, GRACE_MS);
            continue;
        }
        time_is_up(rsc, op, now, out);
        if (op->run != 0) {
            add(out, COX_EXEC_DO_KILL, rsc->id, op->task, op->interval_ms)->run = op->run;
        } else {
            end_run(exec, rsc, op, now, out); /* a service on its way: there is no process to kill */
        }
    }
}

static void
ask_again(struct cox_exec *exec, struct cox_execrsc *rsc, cox_usec now, struct cox_exec_effects *out)
{
    struct cox_execop *op = rsc->busy;

    if (op->state == COX_EXECOP_PROBING) { /* the probe of a lost operation met a service on its way */
        begin_probe(exec, rsc, op, now, out);
    } else {
        begin_run(exec, rsc, op, now, out);
    }
}

static void
begin_best(struct cox_exec *exec, cox_usec now, struct cox_exec_effects *out)
{
    struct cox_execrsc *rsc = NULL;
    struct cox_execop *op = NULL;

    while ((op = cox_execturn_next(exec->rscs, exec->limit, now, &rsc)) != NULL) {
        if (cox_execturn_ends_monitoring(op)) {
            cancel_recurring(rsc, out);
        }
        begin_run(exec, rsc, op, now, out);
    }
}

/* A stop that could begin does not wait for a monitor, which may hang: that is killed, or asks no more.  true: there is something to begin. */
static bool
make_way(struct cox_exec *exec, cox_usec now, struct cox_exec_effects *out)
{
    bool is_any = false;

    for (guint r = 0; r < exec->rscs->len; r++) {
        struct cox_execrsc *rsc = exec->rscs->pdata[r];
        struct cox_execop *busy = rsc->busy;
        const struct cox_execop *first = busy == NULL || busy->interval_ms == 0 ? NULL : cox_execrsc_first(rsc);

        if (first == NULL || !cox_execturn_ends_monitoring(first) || first->due_at > now) {
            continue;
        }
        if (busy->run == 0) {
            is_any = true;
            (void) end_run(exec, rsc, busy, now, out);
        } else if (!busy->is_timed_out && !busy->is_killed) {
            busy->is_killed = true;
            add(out, COX_EXEC_DO_KILL, rsc->id, busy->task, busy->interval_ms)->run = busy->run;
        }
    }
    return is_any;
}

static void
begin_due(struct cox_exec *exec, cox_usec now, struct cox_exec_effects *out)
{
    struct cox_execrsc *rsc = NULL;
    struct cox_execop *op = NULL;

    for (guint r = 0; r < exec->rscs->len; r++) {
        rsc = exec->rscs->pdata[r];
        if (rsc->busy != NULL && cox_usec_is_due(rsc->busy->again_at, now)) {
            ask_again(exec, rsc, now, out);
        }
    }
    if (!exec->is_ready) {
        return;
    }
    while ((op = cox_execwait_vain(exec->rscs, now, &rsc)) != NULL) {
        cancel(rsc, op, out); /* it may be waited for itself */
    }
    begin_best(exec, now, out);
    if (cox_execturn_has_room(exec->rscs, exec->limit) && make_way(exec, now, out)) {
        begin_best(exec, now, out);
    }
}

static void
forget_idle(struct cox_exec *exec, struct cox_exec_effects *out)
{
    for (guint r = exec->rscs->len; r > 0; r--) {
        struct cox_execrsc *rsc = exec->rscs->pdata[r - 1];

        if (rsc->is_forgotten && rsc->ops->len == 0 && rsc->others->len == 0) {
            add(out, COX_EXEC_DO_FORGOTTEN, rsc->id, NULL, 0);
            cox_execrscs_remove(exec->rscs, rsc);
        }
    }
}

static void
ask_to_be_woken(struct cox_exec *exec, cox_usec now, struct cox_exec_effects *out)
{
    cox_usec at = cox_execturn_wake_at(exec->rscs, now);

    if (at != exec->wake_at) {
        exec->wake_at = at;
        add(out, COX_EXEC_DO_WAKE, NULL, NULL, 0)->at = at;
    }
}

/* What the service is now, the pending operation or the next monitors will say. */
static void
on_signal(struct cox_exec *exec, const char *rsc_id, cox_usec now)
{
    struct cox_execrsc *rsc = cox_execrscs_find(exec->rscs, rsc_id);

    if (rsc != NULL && rsc->busy != NULL && cox_usec_is_set(rsc->busy->again_at)) {
        rsc->busy->again_at = now;
    }
    for (guint i = 0; rsc != NULL && i < rsc->ops->len; i++) {
        struct cox_execop *op = rsc->ops->pdata[i];

        if (op->interval_ms > 0 && op != rsc->busy && op->n_runs > 0 && op->due_at > now) {
            op->due_at = op->queued_at = now;
        }
    }
}

/* Does the order name what it is about?  One that does not is ignored. */
static bool
is_sane(const struct cox_exec_event *event)
{
    switch (event->kind) {
        case COX_EXEC_ON_REARMED:
        case COX_EXEC_ON_RECOVERED:
        case COX_EXEC_ON_ORDER:
        case COX_EXEC_ON_CANCEL:
        case COX_EXEC_ON_WITHDRAW:
            return event->order.rsc_id != NULL && event->order.task != NULL && event->order.interval_ms >= 0;
        case COX_EXEC_ON_FORGET:
        case COX_EXEC_ON_SIGNAL:
            return event->order.rsc_id != NULL;
        case COX_EXEC_ON_READY:
        case COX_EXEC_ON_TERM:
        case COX_EXEC_ON_LIMIT:
        case COX_EXEC_ON_RESULT:
        case COX_EXEC_ON_LOST:
        case COX_EXEC_ON_PENDING:
        case COX_EXEC_ON_WAKE:
            break;
    }
    return true;
}

void
cox_exec_step(struct cox_exec *exec, const struct cox_exec_event *event, cox_usec now, struct cox_exec_effects *out)
{
    if (!is_sane(event)) {
        return;
    }
    switch (event->kind) {
        case COX_EXEC_ON_REARMED:
            on_rearmed(exec, event, now);
            break;
        case COX_EXEC_ON_RECOVERED:
            on_recovered(exec, event, now);
            break;
        case COX_EXEC_ON_READY:
            on_ready(exec, out);
            break;
        case COX_EXEC_ON_TERM:
            on_term(exec, event->term, out);
            break;
        case COX_EXEC_ON_LIMIT:
            exec->limit = event->limit;
            break;
        case COX_EXEC_ON_ORDER:
            on_order(exec, &event->order, now, out);
            break;
        case COX_EXEC_ON_CANCEL:
            on_cancel(exec, &event->order, out);
            break;
        case COX_EXEC_ON_WITHDRAW:
            on_withdraw(exec, &event->order, out);
            break;
        case COX_EXEC_ON_FORGET:
            on_forget(exec, &event->order, out);
            break;
        case COX_EXEC_ON_RESULT:
            if (!is_end_of_other(exec, event->run)) {
                on_result(exec, event, now, out);
            }
            break;
        case COX_EXEC_ON_LOST:
            if (!is_end_of_other(exec, event->run)) {
                on_lost(exec, event->run, now, out);
            }
            break;
        case COX_EXEC_ON_PENDING:
            on_pending(exec, event->run, now, out);
            break;
        case COX_EXEC_ON_SIGNAL:
            on_signal(exec, event->order.rsc_id, now);
            break;
        case COX_EXEC_ON_WAKE:
            on_wake(exec, now, out);
            break;
    }
    begin_due(exec, now, out);
    forget_idle(exec, out);
    ask_to_be_woken(exec, now, out);
}
