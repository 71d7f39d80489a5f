/* lib/exec/tests/execkit.h - an executor's engine, told what happens, answers in words; for tests. */
#ifndef COX_EXEC_TESTS_EXECKIT_H
#define COX_EXEC_TESTS_EXECKIT_H

#include "base/testkit.h"
#include "exec/exec.h"

#define MS(n) ((cox_usec) (n) * COX_USEC_PER_MS)

static const struct cox_exec_config config = { .seed = 1, .pending_ms = 1000, .probe_timeout_ms = 20000 };

struct world {
    struct cox_exec *exec;
    cox_usec now, wake_at;
    struct cox_exec_term term;
    guint64 run; /* begun last */
    guint n_keys;
    GString *log;
};

static inline const char *
feed(struct world *w, const struct cox_exec_event *event)
{
    struct cox_exec_effects out;

    g_string_truncate(w->log, 0);
    cox_exec_effects_init(&out);
    cox_exec_step(w->exec, event, w->now, &out);
    for (guint i = 0; i < cox_exec_effects_count(&out); i++) {
        const struct cox_exec_effect *e = cox_exec_effects_get(&out, i);

        switch (e->kind) {
            case COX_EXEC_DO_RUN:
                g_string_append_printf(w->log, "run %s %s %d;", e->rsc_id, e->task, (int) e->interval_ms);
                w->run = e->run;
                break;
            case COX_EXEC_DO_KILL:
                g_string_append_printf(w->log, "kill %s %s;", e->rsc_id, e->task);
                break;
            case COX_EXEC_DO_REPORT:
                g_string_append_printf(w->log, "report %s %s %d/%d%s%s;", e->rsc_id, e->task, e->result.status, e->result.rc,
                                       e->result.reason ? " " : "", e->result.reason ? e->result.reason : "");
                break;
            case COX_EXEC_DO_REFUSE:
                g_string_append_printf(w->log, "refuse %s %s;", e->rsc_id, e->task);
                break;
            case COX_EXEC_DO_CANCELLED:
                g_string_append_printf(w->log, "cancelled %s %s %d;", e->rsc_id, e->task, (int) e->interval_ms);
                break;
            case COX_EXEC_DO_FORGOTTEN:
                g_string_append_printf(w->log, "forgotten %s;", e->rsc_id);
                break;
            case COX_EXEC_DO_WAKE:
                w->wake_at = e->at;
                break;
        }
    }
    cox_exec_effects_clear(&out);
    return w->log->str;
}

static inline const char *
tell(struct world *w, enum cox_exec_event_kind kind, const char *rsc, const char *task, gint64 interval_ms)
{
    g_autofree char *key = g_strdup_printf("key%u", ++w->n_keys);
    struct cox_exec_event event = { .kind = kind };

    event.order = (struct cox_exec_order) { rsc, task, key, interval_ms, 20000, 0, w->term };
    return feed(w, &event);
}

static inline const char *
order(struct world *w, const char *rsc, const char *task, gint64 interval_ms)
{
    return tell(w, COX_EXEC_ON_ORDER, rsc, task, interval_ms);
}

/* An order that comes after the operation @task of @rscs, a list with commas. */
static inline const char *
order_after(struct world *w, const char *rsc, const char *task, const char *rscs, const char *after)
{
    g_auto(GStrv) names = g_strsplit(rscs, ",", -1);
    g_autofree char *key = g_strdup_printf("key%u", ++w->n_keys);
    struct cox_exec_event event = { .kind = COX_EXEC_ON_ORDER };
    struct cox_opname list[4];

    event.order = (struct cox_exec_order) { rsc, task, key, 0, 20000, 0, w->term, list, g_strv_length(names) };
    for (size_t i = 0; i < event.order.n_after; i++) {
        list[i] = (struct cox_opname) { names[i], after };
    }
    return feed(w, &event);
}

static inline const char *
result_of(struct world *w, guint64 run, int rc, const char *reason)
{
    struct cox_exec_event event = { .kind = COX_EXEC_ON_RESULT, .run = run };

    event.ended.result = (struct cox_exec_result) { COX_OP_STATUS_DONE, rc, reason };
    return feed(w, &event);
}

static inline const char *
result(struct world *w, int rc)
{
    return result_of(w, w->run, rc, NULL);
}

static inline const char *
simply(struct world *w, enum cox_exec_event_kind kind)
{
    struct cox_exec_event event = { .kind = kind, .run = w->run };

    return feed(w, &event);
}

/* Let the time of the last wake effect come. */
static inline const char *
wake(struct world *w)
{
    assert_true(w->wake_at != COX_USEC_NEVER);
    w->now = MAX(w->now, w->wake_at);
    w->wake_at = COX_USEC_NEVER;
    return simply(w, COX_EXEC_ON_WAKE);
}

static inline void
setup(struct world *w)
{
    memset(w, 0, sizeof(*w));
    w->exec = cox_exec_new(&config);
    w->now = MS(1000);
    w->wake_at = COX_USEC_NEVER;
    w->log = g_string_new(NULL);
    w->term = (struct cox_exec_term) { 5, 1 };
    simply(w, COX_EXEC_ON_READY);
}

static inline void
teardown(struct world *w)
{
    cox_exec_free(w->exec);
    g_string_free(w->log, TRUE);
}

#endif
