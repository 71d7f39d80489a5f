/* Tests of lib/exec/exec.c: what an executor that was started again goes on with */
#include "exec/tests/execkit.h"

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

COX_TEST_MAIN(cmocka_unit_test(after_a_restart_nothing_begins_before_what_still_runs_is_known),
              cmocka_unit_test(a_result_that_nobody_saw_is_found_out_by_a_probe),
              cmocka_unit_test(two_processes_of_one_resource_must_both_be_gone),
              cmocka_unit_test(what_was_accepted_before_a_restart_goes_on_without_an_order),
              cmocka_unit_test(what_an_older_reign_ordered_before_a_restart_does_not_begin_after_it),
              cmocka_unit_test(a_younger_reign_is_heard_of_before_the_running_operations),
              cmocka_unit_test(what_ran_before_a_restart_is_the_operation_that_was_accepted),
              cmocka_unit_test(a_restart_in_the_middle_of_a_probe_does_not_take_its_result_for_that_of_the_operation),
              cmocka_unit_test(a_process_that_is_not_gone_after_its_result_was_told_only_keeps_the_resource_busy))
