/* Tests of lib/exec/exec.c: stories, told as what the engine asks for in words */
#include "exec/tests/execkit.h"

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
    assert_string_equal(order(&w, "a", "stop", 0), "");
    assert_string_equal(feed(&w, &event), "report a stop 1/1;cancelled a stop 0;report a monitor 1/1;cancelled a monitor 10000;");
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
limit_to(struct world *w, guint limit)
{
    feed(w, &(struct cox_exec_event) { .kind = COX_EXEC_ON_LIMIT, .limit = limit });
}

static void
monitoring_goes_on_beside_what_waits_and_takes_no_room(void **state)
{
    guint64 monitor;
    struct world w;

    (void) state;
    setup(&w);
    order(&w, "a", "monitor", 10000);
    result(&w, 0);
    limit_to(&w, 1);
    order(&w, "b", "start", 0);
    w.now += MS(100);
    assert_string_equal(order(&w, "a", "notify", 0), ""); /* waits for room */
    w.now += MS(9900);
    assert_string_equal(simply(&w, COX_EXEC_ON_WAKE), "run a monitor 10000;");
    monitor = w.run;
    assert_string_equal(result_of(&w, 2, 0, NULL), "report b start 0/0;"); /* one at a time of a resource */
    assert_string_equal(order(&w, "c", "start", 0), "run c start 0;"); /* the monitor takes no room */
    assert_string_equal(result_of(&w, monitor, 7, NULL), "report a monitor 0/7;"); /* and failures are found */
    assert_string_equal(result(&w, 0), "report c start 0/0;run a notify 0;");
    teardown(&w);
}

static void
what_is_stopped_is_monitored_until_then(void **state)
{
    guint64 start;
    struct world w;

    (void) state;
    setup(&w);
    order(&w, "a", "monitor", 10000);
    result(&w, 0);
    limit_to(&w, 1);
    order(&w, "b", "start", 0);
    start = w.run;
    assert_string_equal(order(&w, "a", "stop", 0), "");
    assert_string_equal(wake(&w), "run a monitor 10000;"); /* and it hangs */
    assert_string_equal(tell(&w, COX_EXEC_ON_WITHDRAW, "a", "stop", 0), "report a stop 1/1;cancelled a stop 0;");
    assert_string_equal(order(&w, "a", "stop", 0), ""); /* no room, no need to kill it */
    assert_string_equal(result_of(&w, start, 0, NULL), "report b start 0/0;kill a monitor;");
    assert_string_equal(result(&w, 1), "cancelled a monitor 10000;run a stop 0;");
    assert_string_equal(result(&w, 0), "report a stop 0/0;");
    assert_int_equal(w.wake_at, COX_USEC_NEVER);
    teardown(&w);
}

static void
a_stop_does_not_wait_for_a_monitor_of_a_service_on_its_way(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    order(&w, "a", "monitor", 10000);
    simply(&w, COX_EXEC_ON_PENDING);
    assert_string_equal(order(&w, "a", "stop", 0), "report a monitor 1/1;cancelled a monitor 10000;run a stop 0;");
    teardown(&w);
}

static void
stops_and_demotions_go_before_what_others_are_given(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    limit_to(&w, 1);
    order(&w, "a", "start", 0);
    order(&w, "b", "start", 0);
    order(&w, "c", "monitor", 0);
    order(&w, "d", "stop", 0);
    order(&w, "e", "demote", 0);
    assert_string_equal(result(&w, 0), "report a start 0/0;run d stop 0;");
    assert_string_equal(result(&w, 0), "report d stop 0/0;run e demote 0;");
    assert_string_equal(result(&w, 0), "report e demote 0/0;run b start 0;");
    teardown(&w);
}

static void
what_has_not_begun_can_be_withdrawn(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    limit_to(&w, 1);
    order(&w, "a", "start", 0);
    order(&w, "b", "start", 0);
    order(&w, "c", "monitor", 10000);
    assert_string_equal(tell(&w, COX_EXEC_ON_WITHDRAW, "a", "start", 0), ""); /* it has begun */
    assert_string_equal(tell(&w, COX_EXEC_ON_WITHDRAW, "b", "stop", 0), "");
    assert_string_equal(tell(&w, COX_EXEC_ON_WITHDRAW, "z", "stop", 0), "");
    assert_string_equal(tell(&w, COX_EXEC_ON_WITHDRAW, "b", "start", 0), "report b start 1/1;cancelled b start 0;");
    assert_string_equal(tell(&w, COX_EXEC_ON_WITHDRAW, "c", "monitor", 10000), "report c monitor 1/1;cancelled c monitor 10000;");
    order(&w, "c", "monitor", 10000);
    assert_string_equal(result(&w, 0), "report a start 0/0;run c monitor 10000;");
    assert_string_equal(tell(&w, COX_EXEC_ON_WITHDRAW, "c", "monitor", 10000), "");
    assert_string_equal(result(&w, 0), "report c monitor 0/0;");
    assert_string_equal(tell(&w, COX_EXEC_ON_WITHDRAW, "c", "monitor", 10000), ""); /* monitoring is ended by a cancellation only */
    w.term = (struct cox_exec_term) { w.term.generation - 1, w.term.coordinator };
    assert_string_equal(tell(&w, COX_EXEC_ON_WITHDRAW, "c", "monitor", 10000), "refuse c monitor;");
    teardown(&w);
}

/* The other ones would wait for ever for a process that the kernel does not let go. */
static void
what_hangs_after_its_time_takes_no_room(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    limit_to(&w, 1);
    order(&w, "a", "start", 0);
    order(&w, "b", "start", 0);
    assert_string_equal(wake(&w), "report a start 2/1 timed out;kill a start;run b start 0;");
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

COX_TEST_MAIN(cmocka_unit_test(one_operation_at_a_time_for_each_resource),
              cmocka_unit_test(a_recurring_operation_reports_its_first_result_and_then_changes),
              cmocka_unit_test(the_same_order_sent_twice_runs_once),
              cmocka_unit_test(orders_of_an_older_reign_are_refused_and_its_queue_is_dropped),
              cmocka_unit_test(time_is_up_means_reported_and_killed_but_busy_until_it_is_gone),
              cmocka_unit_test(an_operation_without_limit_is_not_killed),
              cmocka_unit_test(who_was_stopped_itself_looks_into_its_queue_first),
              cmocka_unit_test(no_more_than_the_limit_run_and_one_shots_go_first),
              cmocka_unit_test(monitoring_goes_on_beside_what_waits_and_takes_no_room),
              cmocka_unit_test(what_is_stopped_is_monitored_until_then),
              cmocka_unit_test(a_stop_does_not_wait_for_a_monitor_of_a_service_on_its_way),
              cmocka_unit_test(stops_and_demotions_go_before_what_others_are_given),
              cmocka_unit_test(what_has_not_begun_can_be_withdrawn),
              cmocka_unit_test(what_hangs_after_its_time_takes_no_room),
              cmocka_unit_test(a_start_delay_delays_only_the_operation),
              cmocka_unit_test(cancelling),
              cmocka_unit_test(a_resource_is_forgotten_when_nothing_runs_any_more),
              cmocka_unit_test(a_service_on_its_way_is_asked_again_until_its_time_is_up),
              cmocka_unit_test(what_is_in_flight_is_known),
              cmocka_unit_test(an_order_that_names_nothing_is_ignored))
