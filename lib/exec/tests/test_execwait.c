/* Tests of lib/exec/execwait.c: operations that wait for others of the same node, with the engine around it */
#include "exec/tests/execkit.h"

static void
one_begins_when_those_before_it_have_ended_well(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    assert_string_equal(order(&w, "a", "start", 0), "run a start 0;");
    assert_string_equal(order_after(&w, "b", "start", "a", "start"), "");
    assert_string_equal(order_after(&w, "c", "start", "a,b", "start"), "");
    assert_string_equal(result(&w, 0), "report a start 0/0;run b start 0;");
    assert_string_equal(result(&w, 0), "report b start 0/0;run c start 0;");
    assert_string_equal(result(&w, 0), "report c start 0/0;");
    teardown(&w);
}

/* Order and result may meet on their way: what has ended is remembered. */
static void
one_that_has_ended_well_is_not_waited_for(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    order(&w, "a", "stop", 0);
    result(&w, 0);
    assert_string_equal(order_after(&w, "b", "stop", "a", "stop"), "run b stop 0;");
    result(&w, 0);
    order(&w, "a", "monitor", 10000); /* what recurs is not what was done last */
    result(&w, 7);
    assert_string_equal(order_after(&w, "c", "stop", "a", "stop"), "run c stop 0;");
    teardown(&w);
}

static void
none_begins_after_one_that_has_failed(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    order(&w, "a", "start", 0);
    order_after(&w, "b", "start", "a", "start");
    order_after(&w, "c", "start", "b", "start");
    assert_string_equal(result(&w, 1), "report a start 0/1;report b start 1/1;cancelled b start 0;report c start 1/1;cancelled c start 0;");
    assert_string_equal(order_after(&w, "b", "start", "a", "start"), "report b start 1/1;cancelled b start 0;"); /* and was ordered too late */
    assert_true(cox_exec_is_idle(w.exec, "b"));
    teardown(&w);
}

static void
none_begins_after_one_that_nobody_knows(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    assert_string_equal(order_after(&w, "b", "start", "a", "start"), "report b start 1/1;cancelled b start 0;");
    order(&w, "a", "start", 0);
    assert_string_equal(order_after(&w, "b", "stop", "a", "stop"), "report b stop 1/1;cancelled b stop 0;"); /* something else of it */
    assert_string_equal(order_after(&w, "b", "start", "b", "start"), "report b start 1/1;cancelled b start 0;"); /* itself */
    result(&w, 0);
    order(&w, "a", "monitor", 0);
    result(&w, 0);
    assert_string_equal(order_after(&w, "b", "start", "a", "start"), "report b start 1/1;cancelled b start 0;"); /* something was done since */
    teardown(&w);
}

/* What is ordered again later is not what was meant. */
static void
only_what_was_ordered_before_is_waited_for(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    order(&w, "a", "start", 0);
    order_after(&w, "b", "start", "a", "start");
    order(&w, "a", "start", 0);
    assert_string_equal(result(&w, 0), "report a start 0/0;run b start 0;run a start 0;");
    teardown(&w);
}

static void
one_whose_time_is_up_is_not_waited_for(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    order(&w, "a", "start", 0);
    order_after(&w, "b", "start", "a", "start");
    assert_string_equal(wake(&w), "report a start 2/1 timed out;kill a start;report b start 1/1;cancelled b start 0;");
    teardown(&w);
}

static void
with_one_that_is_withdrawn_go_those_that_wait_for_it(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    order(&w, "a", "stop", 0);
    order_after(&w, "b", "stop", "a", "stop");
    order_after(&w, "c", "stop", "b", "stop");
    assert_string_equal(tell(&w, COX_EXEC_ON_WITHDRAW, "b", "stop", 0), "report b stop 1/1;cancelled b stop 0;report c stop 1/1;cancelled c stop 0;");
    assert_string_equal(result(&w, 0), "report a stop 0/0;");
    teardown(&w);
}

static void
what_waits_is_dropped_with_its_coordinator(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    order(&w, "a", "start", 0);
    order_after(&w, "b", "start", "a", "start");
    w.term.generation++;
    assert_string_equal(feed(&w, &(struct cox_exec_event) { .kind = COX_EXEC_ON_TERM, .term = w.term }), "report b start 1/1;cancelled b start 0;");
    assert_string_equal(order_after(&w, "c", "start", "a", "start"), ""); /* but what runs still may be waited for */
    assert_string_equal(result(&w, 0), "report a start 0/0;run c start 0;");
    w.term.generation++;
    assert_string_equal(order_after(&w, "d", "start", "a", "start"), "report d start 1/1;cancelled d start 0;"); /* it ended in another reign */
    teardown(&w);
}

static void
monitoring_goes_on_while_a_stop_waits(void **state)
{
    struct world w;
    guint64 stop = 0;

    (void) state;
    setup(&w);
    order(&w, "b", "monitor", 10000);
    result(&w, 0);
    order(&w, "a", "stop", 0);
    stop = w.run;
    assert_string_equal(order_after(&w, "b", "stop", "a", "stop"), "");
    w.now += MS(10000);
    assert_string_equal(simply(&w, COX_EXEC_ON_WAKE), "run b monitor 10000;");
    assert_string_equal(result_of(&w, stop, 0, NULL), "report a stop 0/0;kill b monitor;"); /* now it is in the way */
    teardown(&w);
}

static void
a_start_delay_begins_when_nothing_is_waited_for(void **state)
{
    const struct cox_opname after = { "a", "start" };
    struct cox_exec_event event = { .kind = COX_EXEC_ON_ORDER };
    struct world w;

    (void) state;
    setup(&w);
    order(&w, "a", "start", 0);
    event.order = (struct cox_exec_order) { "b", "start", "key", 0, 20000, 700, w.term, &after, 1 };
    feed(&w, &event);
    w.now += MS(5000);
    assert_string_equal(result(&w, 0), "report a start 0/0;");
    assert_int_equal(w.wake_at, w.now + MS(700));
    assert_string_equal(wake(&w), "run b start 0;");
    teardown(&w);
}

/* It knows how what it has begun ends; of what has ended before it, nothing. */
static void
a_new_executor_goes_on_with_what_it_still_has(void **state)
{
    const struct cox_opname after_a = { "a", "start" }, after_z = { "z", "start" };
    struct world w;
    struct cox_exec_event event = { .kind = COX_EXEC_ON_REARMED, .run = 7 };

    (void) state;
    setup(&w);
    cox_exec_free(w.exec);
    w.exec = cox_exec_new(&config);
    feed(&w, &(struct cox_exec_event) { .kind = COX_EXEC_ON_TERM, .term = w.term });
    event.order = (struct cox_exec_order) { "a", "start", "ka", 0, 20000, 0, w.term, NULL, 0 };
    feed(&w, &event);
    event.order = (struct cox_exec_order) { "b", "start", "kb", 0, 20000, 0, w.term, &after_a, 1 };
    feed(&w, &event);
    event.order = (struct cox_exec_order) { "c", "start", "kc", 0, 20000, 0, w.term, &after_z, 1 };
    assert_string_equal(feed(&w, &event), "");
    event.kind = COX_EXEC_ON_RECOVERED;
    event.begun_at = w.now;
    event.order = (struct cox_exec_order) { "a", "start", "ka", 0, 20000, 0, w.term, NULL, 0 };
    feed(&w, &event);
    assert_string_equal(simply(&w, COX_EXEC_ON_READY), "report c start 1/1;cancelled c start 0;");
    assert_string_equal(result_of(&w, 7, 0, NULL), "report a start 0/0;run b start 0;");
    teardown(&w);
}

static void
what_waits_is_in_flight_and_has_not_begun(void **state)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));
    struct world w;

    (void) state;
    setup(&w);
    order(&w, "a", "start", 0);
    order_after(&w, "b", "start", "a", "start");
    cox_exec_inflight(w.exec, list);
    assert_int_equal(list->len, 2);
    assert_true(g_array_index(list, struct cox_inflight, 0).is_running);
    assert_false(g_array_index(list, struct cox_inflight, 1).is_running);
    teardown(&w);
}

COX_TEST_MAIN(cmocka_unit_test(one_begins_when_those_before_it_have_ended_well),
              cmocka_unit_test(one_that_has_ended_well_is_not_waited_for),
              cmocka_unit_test(none_begins_after_one_that_has_failed),
              cmocka_unit_test(none_begins_after_one_that_nobody_knows),
              cmocka_unit_test(only_what_was_ordered_before_is_waited_for),
              cmocka_unit_test(one_whose_time_is_up_is_not_waited_for),
              cmocka_unit_test(with_one_that_is_withdrawn_go_those_that_wait_for_it),
              cmocka_unit_test(what_waits_is_dropped_with_its_coordinator),
              cmocka_unit_test(monitoring_goes_on_while_a_stop_waits),
              cmocka_unit_test(a_start_delay_begins_when_nothing_is_waited_for),
              cmocka_unit_test(a_new_executor_goes_on_with_what_it_still_has),
              cmocka_unit_test(what_waits_is_in_flight_and_has_not_begun))
