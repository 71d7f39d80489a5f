/* Tests of lib/exec/exec.c: stories, told as what the engine asks for in words */
#include "exec/exec.h"

#include "base/testkit.h"

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

static const char *
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

static const char *
tell(struct world *w, enum cox_exec_event_kind kind, const char *rsc, const char *task, gint64 interval_ms)
{
    g_autofree char *key = g_strdup_printf("key%u", ++w->n_keys);
    struct cox_exec_event event = { .kind = kind };

    event.order = (struct cox_exec_order) { rsc, task, key, interval_ms, 20000, 0, w->term };
    return feed(w, &event);
}

static const char *
order(struct world *w, const char *rsc, const char *task, gint64 interval_ms)
{
    return tell(w, COX_EXEC_ON_ORDER, rsc, task, interval_ms);
}

static const char *
result_of(struct world *w, guint64 run, int rc, const char *reason)
{
    struct cox_exec_event event = { .kind = COX_EXEC_ON_RESULT, .run = run };

    event.ended.result = (struct cox_exec_result) { COX_OP_STATUS_DONE, rc, reason };
    return feed(w, &event);
}

static const char *
result(struct world *w, int rc)
{
    return result_of(w, w->run, rc, NULL);
}

static const char *
simply(struct world *w, enum cox_exec_event_kind kind)
{
    struct cox_exec_event event = { .kind = kind, .run = w->run };

    return feed(w, &event);
}

/* Let the time of the last wake effect come. */
static const char *
wake(struct world *w)
{
    assert_true(w->wake_at != COX_USEC_NEVER);
    w->now = MAX(w->now, w->wake_at);
    w->wake_at = COX_USEC_NEVER;
    return simply(w, COX_EXEC_ON_WAKE);
}

static void
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

static void
teardown(struct world *w)
{
    cox_exec_free(w->exec);
    g_string_free(w->log, TRUE);
}

static void
one_operation_at_a_time_for_each_resource(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    assert_string_equal(order(&w, "a", "start", 0), "run a start 0;");
    assert_string_equal(order(&w, "a", "monitor", 10000), "");
    assert_string_equal(order(&w, "b", "start", 0), "run b start 0;");
    assert_int_equal(cox_exec_running(w.exec), 2);
    assert_false(cox_exec_is_idle(w.exec, "a"));
    assert_true(cox_exec_is_idle(w.exec, "c"));
    assert_string_equal(result_of(&w, 1, 0, NULL), "report a start 0/0;run a monitor 10000;");
    assert_string_equal(result_of(&w, 1, 0, NULL), ""); /* nobody waits for it any more */
    assert_string_equal(order(&w, "a", "stop", 0), "kill a monitor;"); /* it may hang */
    assert_string_equal(result(&w, 1), "report a monitor 1/1;cancelled a monitor 10000;run a stop 0;");
    teardown(&w);
}

static void
a_recurring_operation_reports_its_first_result_and_then_changes(void **state)
{
    struct world w;
    cox_usec begin = 0;

    (void) state;
    setup(&w);
    order(&w, "a", "monitor", 10000);
    w.now += MS(50);
    assert_string_equal(result(&w, 0), "report a monitor 0/0;");
    for (int i = 0; i < 5; i++) {
        begin = w.now;
        assert_string_equal(wake(&w), "run a monitor 10000;");
        assert_in_range(w.now - begin, MS(9000), MS(10000));
        assert_string_equal(result(&w, 0), "");
    }
    wake(&w);
    assert_string_equal(result_of(&w, w.run, 7, "it is gone"), "report a monitor 0/7 it is gone;");
    wake(&w);
    assert_string_equal(result_of(&w, w.run, 7, "it is gone"), "");
    wake(&w);
    assert_string_equal(result_of(&w, w.run, 7, "really"), "report a monitor 0/7 really;");
    /* Ordered anew: at once, and reported even if it is no news. */
    assert_string_equal(order(&w, "a", "monitor", 10000), "run a monitor 10000;");
    assert_string_equal(order(&w, "a", "monitor", 10000), "");
    assert_string_equal(result_of(&w, w.run, 7, "really"), "report a monitor 0/7 really;");
    teardown(&w);
}

static void
the_same_order_sent_twice_runs_once(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    order(&w, "a", "start", 0);
    w.n_keys--;
    assert_string_equal(order(&w, "a", "start", 0), "");
    assert_string_equal(result(&w, 0), "report a start 0/0;");
    teardown(&w);
}

static void
orders_of_an_older_reign_are_refused_and_its_queue_is_dropped(void **state)
{
    struct world w;
    struct cox_exec_event event = { .kind = COX_EXEC_ON_TERM, .term = { 6, 2 } };

    (void) state;
    setup(&w);
    order(&w, "a", "start", 0);
    assert_string_equal(order(&w, "a", "monitor", 10000), "");
    assert_string_equal(order(&w, "a", "stop", 0), "report a monitor 1/1;cancelled a monitor 10000;");
    assert_string_equal(feed(&w, &event), "report a stop 1/1;cancelled a stop 0;");
    assert_string_equal(order(&w, "a", "stop", 0), "refuse a stop;");
    assert_string_equal(tell(&w, COX_EXEC_ON_CANCEL, "a", "monitor", 10000), "refuse a monitor;");
    assert_string_equal(tell(&w, COX_EXEC_ON_FORGET, "a", NULL, 0), "refuse a (null);");
    w.term = (struct cox_exec_term) { 6, 3 }; /* the same number, but somebody else */
    assert_string_equal(order(&w, "a", "stop", 0), "refuse a stop;");
    event.term.generation = 4;
    assert_string_equal(feed(&w, &event), "");
    assert_string_equal(result(&w, 0), "report a start 0/0;"); /* what has begun goes on */
    w.term = (struct cox_exec_term) { 7, 3 }; /* a younger one needs no announcement */
    assert_string_equal(order(&w, "a", "stop", 0), "run a stop 0;");
    teardown(&w);
}

static void
time_is_up_means_reported_and_killed_but_busy_until_it_is_gone(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    order(&w, "a", "start", 0);
    order(&w, "a", "stop", 0);
    assert_string_equal(wake(&w), "report a start 2/1 timed out;kill a start;");
    assert_int_equal(w.now, MS(21000));
    w.now += MS(60000); /* a process that the kernel does not let go */
    assert_string_equal(simply(&w, COX_EXEC_ON_WAKE), "");
    assert_string_equal(result(&w, 0), "run a stop 0;");
    teardown(&w);
}

static void
an_operation_without_limit_is_not_killed(void **state)
{
    struct world w;
    struct cox_exec_event event = { .kind = COX_EXEC_ON_ORDER };

    (void) state;
    setup(&w);
    event.order = (struct cox_exec_order) { "a", "start", "k", 0, 0, 0, w.term };
    assert_string_equal(feed(&w, &event), "run a start 0;");
    assert_int_equal(w.wake_at, COX_USEC_NEVER);
    teardown(&w);
}

static void
who_was_stopped_itself_looks_into_its_queue_first(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    order(&w, "a", "start", 0);
    w.now += MS(100000);
    assert_string_equal(simply(&w, COX_EXEC_ON_WAKE), "");
    assert_string_equal(result(&w, 0), "report a start 0/0;");
    order(&w, "a", "stop", 0);
    w.now += MS(100000);
    assert_string_equal(simply(&w, COX_EXEC_ON_WAKE), "");
    assert_string_equal(wake(&w), "report a stop 2/1 timed out;kill a stop;");
    teardown(&w);
}

static void
no_more_than_the_limit_run_and_one_shots_go_first(void **state)
{
    struct world w;
    struct cox_exec_event event = { .kind = COX_EXEC_ON_LIMIT, .limit = 1 };

    (void) state;
    setup(&w);
    feed(&w, &event);
    assert_string_equal(order(&w, "a", "start", 0), "run a start 0;");
    w.now += 10;
    assert_string_equal(order(&w, "b", "monitor", 10000), "");
    w.now += 10;
    assert_string_equal(order(&w, "d", "start", 0), "");
    assert_string_equal(order(&w, "c", "start", 0), "");
    assert_string_equal(result(&w, 0), "report a start 0/0;run d start 0;");
    assert_string_equal(result(&w, 0), "report d start 0/0;run c start 0;");
    event.limit = 0;
    assert_string_equal(feed(&w, &event), "run b monitor 10000;");
    teardown(&w);
}

static void
a_start_delay_delays_only_the_operation(void **state)
{
    struct world w;
    struct cox_exec_event event = { .kind = COX_EXEC_ON_ORDER };

    (void) state;
    setup(&w);
    event.order = (struct cox_exec_order) { "a", "monitor", "k", 10000, 20000, 5000, w.term };
    assert_string_equal(feed(&w, &event), "");
    assert_string_equal(order(&w, "a", "notify", 0), "run a notify 0;");
    result(&w, 0);
    assert_int_equal(w.wake_at, MS(6000));
    assert_string_equal(wake(&w), "run a monitor 10000;");
    teardown(&w);
}

static void
cancelling(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    assert_string_equal(tell(&w, COX_EXEC_ON_CANCEL, "a", "monitor", 10000), "cancelled a monitor 10000;");
    order(&w, "a", "monitor", 10000);
    assert_string_equal(tell(&w, COX_EXEC_ON_CANCEL, "a", "monitor", 10000), "kill a monitor;"); /* it is running */
    assert_string_equal(tell(&w, COX_EXEC_ON_CANCEL, "a", "monitor", 10000), "");
    assert_string_equal(result(&w, 0), "report a monitor 1/1;cancelled a monitor 10000;");
    order(&w, "a", "monitor", 10000);
    result(&w, 0);
    assert_string_equal(tell(&w, COX_EXEC_ON_CANCEL, "a", "monitor", 10000), "cancelled a monitor 10000;");
    assert_int_equal(w.wake_at, COX_USEC_NEVER);
    order(&w, "a", "start", 0);
    order(&w, "a", "promote", 0);
    assert_string_equal(tell(&w, COX_EXEC_ON_CANCEL, "a", "promote", 0), "report a promote 1/1;cancelled a promote 0;");
    assert_string_equal(tell(&w, COX_EXEC_ON_CANCEL, "a", "start", 0), ""); /* what has begun is not undone */
    assert_string_equal(result(&w, 0), "report a start 0/0;");
    /* Cancelled and ordered again before it has ended: that it was killed is no failure, and it runs again. */
    order(&w, "a", "monitor", 10000);
    tell(&w, COX_EXEC_ON_CANCEL, "a", "monitor", 10000);
    assert_string_equal(order(&w, "a", "monitor", 10000), "report a monitor 1/1;cancelled a monitor 10000;");
    assert_string_equal(result(&w, 1), "run a monitor 10000;");
    assert_string_equal(result(&w, 0), "report a monitor 0/0;");
    assert_int_not_equal(w.wake_at, COX_USEC_NEVER);
    teardown(&w);
}

static void
a_resource_is_forgotten_when_nothing_runs_any_more(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    assert_string_equal(tell(&w, COX_EXEC_ON_FORGET, "a", NULL, 0), "forgotten a;");
    order(&w, "a", "start", 0);
    order(&w, "a", "monitor", 10000);
    assert_string_equal(tell(&w, COX_EXEC_ON_FORGET, "a", NULL, 0), "report a monitor 1/1;cancelled a monitor 10000;");
    assert_string_equal(result(&w, 0), "report a start 0/0;forgotten a;");
    order(&w, "a", "monitor", 10000);
    result(&w, 0);
    assert_string_equal(tell(&w, COX_EXEC_ON_FORGET, "a", NULL, 0), "cancelled a monitor 10000;forgotten a;");
    /* Ordered again before it is gone: it stays. */
    order(&w, "a", "start", 0);
    tell(&w, COX_EXEC_ON_FORGET, "a", NULL, 0);
    assert_string_equal(order(&w, "a", "monitor", 10000), "forgotten a;");
    assert_string_equal(result(&w, 0), "report a start 0/0;run a monitor 10000;");
    tell(&w, COX_EXEC_ON_FORGET, "a", NULL, 0);
    assert_string_equal(order(&w, "a", "monitor", 10000), "forgotten a;report a monitor 1/1;cancelled a monitor 10000;");
    teardown(&w);
}

static void
a_service_on_its_way_is_asked_again_until_its_time_is_up(void **state)
{
    struct world w;
    struct cox_exec_event event = { .kind = COX_EXEC_ON_SIGNAL };

    (void) state;
    setup(&w);
    order(&w, "a", "monitor", 10000);
    assert_string_equal(simply(&w, COX_EXEC_ON_PENDING), "");
    assert_int_equal(cox_exec_running(w.exec), 0);
    assert_string_equal(wake(&w), "run a monitor 10000;");
    simply(&w, COX_EXEC_ON_PENDING);
    event.order.rsc_id = "b";
    assert_string_equal(feed(&w, &event), "");
    event.order.rsc_id = "a";
    assert_string_equal(feed(&w, &event), "run a monitor 10000;");
    assert_string_equal(feed(&w, &event), "");
    assert_string_equal(result(&w, 0), "report a monitor 0/0;");
    assert_string_equal(feed(&w, &event), "run a monitor 10000;"); /* what it is now, the monitor says before its time */
    assert_string_equal(result(&w, 0), "");
    wake(&w);
    for (int i = 0; i < 19; i++) {
        simply(&w, COX_EXEC_ON_PENDING);
        assert_string_equal(wake(&w), "run a monitor 10000;");
    }
    simply(&w, COX_EXEC_ON_PENDING);
    assert_string_equal(wake(&w), "report a monitor 2/1 timed out;");
    /* Cancelled meanwhile. */
    wake(&w);
    simply(&w, COX_EXEC_ON_PENDING);
    assert_string_equal(tell(&w, COX_EXEC_ON_CANCEL, "a", "monitor", 10000), "cancelled a monitor 10000;");
    order(&w, "a", "monitor", 10000);
    tell(&w, COX_EXEC_ON_CANCEL, "a", "monitor", 10000);
    assert_string_equal(simply(&w, COX_EXEC_ON_PENDING), "report a monitor 1/1;cancelled a monitor 10000;");
    assert_string_equal(simply(&w, COX_EXEC_ON_PENDING), "");
    /* Killed because it took too long, and then it says that it is on its way. */
    order(&w, "a", "start", 0);
    assert_string_equal(wake(&w), "report a start 2/1 timed out;kill a start;");
    simply(&w, COX_EXEC_ON_PENDING);
    assert_true(cox_exec_is_idle(w.exec, "a"));
    teardown(&w);
}

static void
recover(struct world *w, const char *rsc, const char *task, gint64 interval_ms, guint64 run)
{
    struct cox_exec_event event = { .kind = COX_EXEC_ON_RECOVERED, .run = run };

    event.order = (struct cox_exec_order) { rsc, task, "old", interval_ms, 20000, 0, { 4, 1 } };
    event.begun_at = w->now;
    w->run = run;
    assert_string_equal(feed(w, &event), "");
}

static void
restart(struct world *w)
{
    setup(w);
    cox_exec_free(w->exec);
    w->exec = cox_exec_new(&config);
}

static void
after_a_restart_nothing_begins_before_what_still_runs_is_known(void **state)
{
    struct world w;

    (void) state;
    restart(&w);
    assert_string_equal(order(&w, "a", "stop", 0), "");
    assert_string_equal(order(&w, "b", "stop", 0), "");
    recover(&w, "a", "start", 0, 77);
    assert_string_equal(simply(&w, COX_EXEC_ON_READY), "run b stop 0;");
    assert_true(w.run > 77);
    assert_string_equal(result_of(&w, 77, 0, NULL), "report a start 0/0;run a stop 0;");
    teardown(&w);
}

static void
a_result_that_nobody_saw_is_found_out_by_a_probe(void **state)
{
    struct world w;

    (void) state;
    restart(&w);
    recover(&w, "a", "start", 0, 77);
    simply(&w, COX_EXEC_ON_READY);
    order(&w, "a", "monitor", 10000);
    w.run = 77;
    assert_string_equal(simply(&w, COX_EXEC_ON_LOST), "run a monitor 0;");
    assert_string_equal(result(&w, 0), "report a start 0/0;run a monitor 10000;");
    assert_string_equal(simply(&w, COX_EXEC_ON_LOST), "run a monitor 10000;"); /* a lost monitor is due again */
    result(&w, 0);
    order(&w, "a", "stop", 0);
    simply(&w, COX_EXEC_ON_LOST);
    assert_string_equal(simply(&w, COX_EXEC_ON_PENDING), "");
    assert_string_equal(wake(&w), "run a monitor 0;");
    assert_string_equal(result(&w, 0), "report a stop 4/1 its end was not seen, and a probe does not show the wanted state;");
    order(&w, "a", "stop", 0);
    simply(&w, COX_EXEC_ON_LOST);
    assert_string_equal(simply(&w, COX_EXEC_ON_LOST), "report a stop 4/1 the probe's end was not seen either;");
    order(&w, "a", "stop", 0);
    simply(&w, COX_EXEC_ON_LOST);
    assert_string_equal(wake(&w), "report a stop 4/1 its end was not seen, and a probe does not show the wanted state;kill a stop;");
    assert_string_equal(simply(&w, COX_EXEC_ON_LOST), "");
    assert_true(cox_exec_is_idle(w.exec, "a"));
    assert_string_equal(simply(&w, COX_EXEC_ON_LOST), "");
    teardown(&w);
}

static void
two_processes_of_one_resource_must_both_be_gone(void **state)
{
    struct world w;

    (void) state;
    restart(&w);
    recover(&w, "a", "start", 0, 77);
    recover(&w, "a", "monitor", 10000, 78);
    recover(&w, "a", "monitor", 20000, 79);
    simply(&w, COX_EXEC_ON_READY);
    order(&w, "a", "stop", 0);
    assert_string_equal(result_of(&w, 77, 0, NULL), "report a start 0/0;");
    w.run = 79;
    assert_string_equal(simply(&w, COX_EXEC_ON_LOST), "");
    assert_string_equal(result_of(&w, 78, 0, NULL), "run a stop 0;");
    teardown(&w);
}

static void
what_is_in_flight_is_known(void **state)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));
    const struct cox_inflight *first = NULL;
    struct world w;

    (void) state;
    setup(&w);
    order(&w, "b", "monitor", 10000);
    result(&w, 0); /* has reported: a part of the status, not in flight */
    order(&w, "a", "start", 0);
    order(&w, "a", "monitor", 10000);
    cox_exec_inflight(w.exec, list);
    assert_int_equal(list->len, 2);
    first = &g_array_index(list, struct cox_inflight, 0);
    assert_string_equal(first->rsc_id, "a");
    assert_string_equal(first->task, "start");
    assert_string_equal(first->key, "key2");
    assert_int_equal(first->generation, 5);
    assert_true(first->is_running);
    assert_false(g_array_index(list, struct cox_inflight, 1).is_running);
    wake(&w); /* b's monitor again */
    assert_string_equal(wake(&w), "report a start 2/1 timed out;kill a start;");
    g_array_set_size(list, 0);
    cox_exec_inflight(w.exec, list);
    assert_int_equal(list->len, 1);
    cox_exec_free(NULL);
    teardown(&w);
}

static void
an_order_that_names_nothing_is_ignored(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    assert_string_equal(order(&w, NULL, "start", 0), "");
    assert_string_equal(order(&w, "a", NULL, 0), "");
    assert_string_equal(order(&w, "a", "monitor", -5), "");
    assert_string_equal(tell(&w, COX_EXEC_ON_CANCEL, NULL, "monitor", 10), "");
    assert_string_equal(tell(&w, COX_EXEC_ON_FORGET, NULL, NULL, 0), "");
    assert_string_equal(tell(&w, COX_EXEC_ON_SIGNAL, NULL, NULL, 0), "");
    assert_int_equal(cox_exec_running(w.exec), 0);
    teardown(&w);
}

static struct cox_exec_event
kept(const char *task, gint64 interval_ms)
{
    struct cox_exec_event event = { .kind = COX_EXEC_ON_REARMED };

    event.order = (struct cox_exec_order) { "a", task, "old", interval_ms, 20000, 0, { 4, 1 } };
    return event;
}

static void
what_was_accepted_before_a_restart_goes_on_without_an_order(void **state)
{
    struct world w;
    struct cox_exec_event event = kept("start", 0);
    struct cox_exec_result last = { COX_OP_STATUS_DONE, 0, NULL };

    (void) state;
    restart(&w);
    feed(&w, &event);
    event = kept("monitor", 10000);
    event.last = &last;
    event.order.key = "older";
    feed(&w, &event);
    assert_string_equal(simply(&w, COX_EXEC_ON_READY), "run a start 0;");
    assert_string_equal(result(&w, 0), "report a start 0/0;");
    assert_true(w.wake_at <= w.now + MS(10000));
    assert_string_equal(wake(&w), "run a monitor 10000;");
    assert_string_equal(result(&w, 0), ""); /* the coordinator knows */
    assert_in_range(w.wake_at - w.now, MS(9000), MS(10000));
    wake(&w);
    assert_string_equal(result(&w, 7), "report a monitor 0/7;");
    /* A younger coordinator does not drop a monitor that has run. */
    w.term.generation = 9;
    assert_string_equal(order(&w, "b", "start", 0), "run b start 0;");
    assert_string_equal(wake(&w), "run a monitor 10000;");
    teardown(&w);
}

/* The executor died after it had noted a younger reign and before it had dropped what older ones had ordered. */
static void
what_an_older_reign_ordered_before_a_restart_does_not_begin_after_it(void **state)
{
    struct world w;
    struct cox_exec_event term = { .kind = COX_EXEC_ON_TERM, .term = { 6, 2 } }, event = kept("monitor", 10000);
    struct cox_exec_result last = { COX_OP_STATUS_DONE, 0, NULL };

    (void) state;
    restart(&w);
    feed(&w, &term);
    event.last = &last;
    feed(&w, &event);
    event = kept("monitor", 20000); /* nobody has heard of a result of this one */
    feed(&w, &event);
    event = kept("start", 0);
    event.order.key = "running";
    feed(&w, &event);
    event.kind = COX_EXEC_ON_RECOVERED;
    event.run = 7;
    event.begun_at = w.now;
    feed(&w, &event);
    event = kept("stop", 0);
    event.order.key = "waiting";
    feed(&w, &event);
    assert_string_equal(simply(&w, COX_EXEC_ON_READY), "report a stop 1/1;cancelled a stop 0;report a monitor 1/1;"
                                                       "cancelled a monitor 20000;");
    assert_string_equal(result_of(&w, 7, 0, NULL), "report a start 0/0;"); /* it had begun */
    assert_string_equal(wake(&w), "run a monitor 10000;");
    teardown(&w);
}

/* Who reigns may be told before it is known what still runs. */
static void
a_younger_reign_is_heard_of_before_the_running_operations(void **state)
{
    struct world w;
    struct cox_exec_event term = { .kind = COX_EXEC_ON_TERM, .term = { 6, 2 } }, event = kept("start", 0);

    (void) state;
    restart(&w);
    feed(&w, &event);
    assert_string_equal(feed(&w, &term), "");
    event.kind = COX_EXEC_ON_RECOVERED;
    event.run = 7;
    event.begun_at = w.now;
    feed(&w, &event);
    assert_string_equal(simply(&w, COX_EXEC_ON_READY), "");
    assert_string_equal(result_of(&w, 7, 0, NULL), "report a start 0/0;");
    teardown(&w);
}

static void
what_ran_before_a_restart_is_the_operation_that_was_accepted(void **state)
{
    struct world w;
    struct cox_exec_event event = kept("start", 0);
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));

    (void) state;
    restart(&w);
    feed(&w, &event);
    w.now += MS(5000);
    event.kind = COX_EXEC_ON_RECOVERED;
    event.run = 7;
    event.begun_at = w.now - MS(4000);
    feed(&w, &event);
    assert_string_equal(simply(&w, COX_EXEC_ON_READY), "");
    cox_exec_inflight(w.exec, list);
    assert_int_equal(list->len, 1);
    assert_int_equal(w.wake_at, w.now + MS(16000)); /* its time has gone on */
    assert_string_equal(result_of(&w, 7, 0, NULL), "report a start 0/0;");
    teardown(&w);
}

static void
a_restart_in_the_middle_of_a_probe_does_not_take_its_result_for_that_of_the_operation(void **state)
{
    struct world w;
    struct cox_exec_event event = kept("start", 0);

    (void) state;
    restart(&w);
    feed(&w, &event);
    event.kind = COX_EXEC_ON_RECOVERED;
    event.run = 7;
    event.begun_at = w.now;
    event.is_probe = true;
    feed(&w, &event);
    simply(&w, COX_EXEC_ON_READY);
    assert_string_equal(result_of(&w, 7, 7, NULL), "report a start 4/1 its end was not seen, and a probe does not show the wanted state;");
    teardown(&w);
}

static void
a_process_that_is_not_gone_after_its_result_was_told_only_keeps_the_resource_busy(void **state)
{
    struct world w;
    struct cox_exec_event event = kept("start", 0);

    (void) state;
    restart(&w);
    event.kind = COX_EXEC_ON_RECOVERED;
    event.run = 7;
    event.is_reported = true;
    feed(&w, &event);
    simply(&w, COX_EXEC_ON_READY);
    assert_string_equal(order(&w, "a", "stop", 0), "");
    assert_string_equal(result_of(&w, 7, 0, NULL), "run a stop 0;");
    teardown(&w);
}

COX_TEST_MAIN(cmocka_unit_test(what_was_accepted_before_a_restart_goes_on_without_an_order),
              cmocka_unit_test(what_an_older_reign_ordered_before_a_restart_does_not_begin_after_it),
              cmocka_unit_test(a_younger_reign_is_heard_of_before_the_running_operations),
              cmocka_unit_test(what_ran_before_a_restart_is_the_operation_that_was_accepted),
              cmocka_unit_test(a_restart_in_the_middle_of_a_probe_does_not_take_its_result_for_that_of_the_operation),
              cmocka_unit_test(a_process_that_is_not_gone_after_its_result_was_told_only_keeps_the_resource_busy),
              cmocka_unit_test(one_operation_at_a_time_for_each_resource),
              cmocka_unit_test(a_recurring_operation_reports_its_first_result_and_then_changes),
              cmocka_unit_test(the_same_order_sent_twice_runs_once),
              cmocka_unit_test(orders_of_an_older_reign_are_refused_and_its_queue_is_dropped),
              cmocka_unit_test(time_is_up_means_reported_and_killed_but_busy_until_it_is_gone),
              cmocka_unit_test(an_operation_without_limit_is_not_killed),
              cmocka_unit_test(who_was_stopped_itself_looks_into_its_queue_first),
              cmocka_unit_test(no_more_than_the_limit_run_and_one_shots_go_first),
              cmocka_unit_test(a_start_delay_delays_only_the_operation), cmocka_unit_test(cancelling),
              cmocka_unit_test(a_resource_is_forgotten_when_nothing_runs_any_more),
              cmocka_unit_test(a_service_on_its_way_is_asked_again_until_its_time_is_up),
              cmocka_unit_test(after_a_restart_nothing_begins_before_what_still_runs_is_known),
              cmocka_unit_test(a_result_that_nobody_saw_is_found_out_by_a_probe),
              cmocka_unit_test(two_processes_of_one_resource_must_both_be_gone),
              cmocka_unit_test(what_is_in_flight_is_known), cmocka_unit_test(an_order_that_names_nothing_is_ignored))
