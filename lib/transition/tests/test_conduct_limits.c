/* Tests of lib/transition/conductroom.c, through the engine: how much is ordered at a time, until when, and what is withdrawn. */
#include "transition/tests/conductkit.h"

static void
limits_count_own_actions_and_never_hold_back_fencing(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    add_action(&plan, "a", "start", "n1");
    add_action(&plan, "b", "start", "n1");
    add_action(&plan, "c", "start", "n2");
    add_action(&plan, NULL, "stonith", "n3");
    assert_string_equal(begin_limited(&w, &plan, 2, -1), "start a start n1;start b start n1;start - stonith n3;");
    assert_string_equal(result(&w, "a", "start", "n1", 0), "start c start n2;");
    teardown(&w);
}

/* More than its executor runs at a time, but not any number. */
enum { AHEAD = 16 };

static void
a_bounded_multiple_of_what_runs_at_a_time_is_sent_ahead(void **state)
{
    static const char *const names[AHEAD + 2] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r" };
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    for (guint i = 0; i < AHEAD + 2; i++) {
        add_action(&plan, names[i], "start", i == AHEAD ? "r1" : "n1");
        plan.actions[i].router_node = i == AHEAD ? "n1" : NULL; /* what runs by way of a node runs there */
    }
    about_node(&w, COX_CONDUCT_ON_LIMIT, "n1", 1);
    begin(&w, &plan);
    assert_non_null(strstr(w.log->str, "start p start n1;"));
    assert_null(strstr(w.log->str, "start q "));
    assert_string_equal(result(&w, "a", "start", "n1", 0), "start q start r1;");
    assert_string_equal(result(&w, "q", "start", "r1", 0), "start r start n1;");
    teardown(&w);
    setup(&w);
    about_node(&w, COX_CONDUCT_ON_LIMIT, "n1", 1);
    begin(&w, &plan);
    assert_string_equal(about_node(&w, COX_CONDUCT_ON_LIMIT, "n1", 0), "start q start r1;start r start n1;");
    teardown(&w);
}

static void
what_is_done_once_is_ordered_before_monitors(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    add_action(&plan, "a", "start", "n1");
    plan.actions[add_action(&plan, "a", "monitor", "n1")].interval_ms = 10000;
    add_action(&plan, "b", "start", "n1"); /* the next member of a group */
    order(&plan, 0, 1);
    order(&plan, 0, 2);
    begin(&w, &plan);
    assert_string_equal(result(&w, "a", "start", "n1", 0), "start b start n1;start a monitor n1;");
    teardown(&w);
}

static void
what_may_wait_is_withdrawn_when_the_next_graph_does_not_have_it(void **state)
{
    struct plan first = { 0 }, second = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    about_node(&w, COX_CONDUCT_ON_LIMIT, "n1", 1);
    add_action(&first, "a", "start", "n1"); /* has begun */
    add_action(&first, "b", "start", "n1");
    add_action(&first, "c", "start", "n1");
    add_action(&first, "d", "start", "n2"); /* where any number may run */
    begin(&w, &first);
    add_action(&second, "b", "start", "n1");
    add_action(&second, "e", "start", "n1");
    assert_string_equal(begin(&w, &second), "withdraw c start n1;start e start n1;");
    assert_string_equal(begin(&w, &second), ""); /* once is enough; b and e are adopted */
    assert_string_equal(not_begun(&w, "c", "start", "n1"), "replan;");
    assert_string_equal(not_begun(&w, "c", "start", "n1"), ""); /* nothing has changed */
    expect_inflight(&w, 4);
    teardown(&w);
}

static void
what_may_wait_is_withdrawn_when_it_is_in_the_way(void **state)
{
    struct plan first = { 0 }, second = { 0 }, leaving = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    about_node(&w, COX_CONDUCT_ON_LIMIT, "n1", 1);
    add_action(&first, "a", "start", "n1");
    add_action(&first, "b", "start", "n1");
    begin(&w, &first);
    add_action(&second, "b", "stop", "n1"); /* with other parameters */
    add_action(&second, "b", "start", "n1");
    order(&second, 0, 1);
    assert_string_equal(begin(&w, &second), "withdraw b start n1;");
    assert_string_equal(result(&w, "b", "start", "n1", 0), "replan;complete;"); /* it had begun */
    assert_string_equal(begin(&w, &second), "start b stop n1;");
    add_action(&leaving, NULL, "do_shutdown", "n1");
    assert_string_equal(begin(&w, &leaving), ""); /* a stop is soon done */
    assert_string_equal(result(&w, "a", "start", "n1", 0), "replan;complete;");
    first.graph.n_actions = 0;
    add_action(&first, "c", "start", "n1");
    begin(&w, &first);
    assert_string_equal(begin(&w, &leaving), "withdraw c start n1;");
    teardown(&w);
}

static void
what_was_adopted_and_has_not_begun_is_planned_again(void **state)
{
    const struct cox_inflight waiting = { "a", "start", 0, "n1", "key", 3, false, NULL, NULL };
    struct cox_conduct_event event = { .kind = COX_CONDUCT_ON_INFLIGHT, .inflight = &waiting };
    struct plan plan = { 0 }, nothing = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    feed(&w, &event);
    assert_string_equal(begin(&w, &nothing), "withdraw a start n1;complete;"); /* its executor says that it waits */
    add_action(&plan, "a", "start", "n1");
    assert_string_equal(begin(&w, &plan), "");
    assert_string_equal(not_begun(&w, "a", "start", "n1"), "replan;complete;");
    assert_string_equal(begin(&w, &plan), "start a start n1;");
    teardown(&w);
}

static void
what_waits_does_not_count_as_lost_while_there_are_results(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    about_node(&w, COX_CONDUCT_ON_LIMIT, "n1", 1);
    add_action(&plan, "a", "start", "n1");
    add_action(&plan, "b", "start", "n1");
    add_action(&plan, "c", "start", "n1");
    plan.attributes[2][0].value = "5000";
    begin(&w, &plan);
    assert_int_equal(w.wake_at, MS(81000));
    w.now += MS(79000);
    assert_string_equal(result(&w, "a", "start", "n1", 0), "");
    assert_int_equal(w.wake_at, w.now + MS(80000)); /* b may be running; for c no less, although its own time is shorter */
    w.now += MS(79000);
    assert_string_equal(result(&w, "b", "start", "n1", 0), "");
    assert_int_equal(w.wake_at, w.now + MS(65000)); /* it has begun by now */
    w.now = w.wake_at;
    assert_string_equal(feed(&w, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_WAKE }), "lost c start n1;replan;complete;");
    teardown(&w);
}

static void
where_there_are_no_results_what_waits_is_lost_as_well(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    about_node(&w, COX_CONDUCT_ON_LIMIT, "n1", 1);
    add_action(&plan, "a", "start", "n1");
    add_action(&plan, "b", "start", "n1");
    plan.attributes[1][0].value = "5000";
    begin(&w, &plan);
    w.now = w.wake_at;
    assert_int_equal(w.now, MS(81000));
    assert_string_equal(feed(&w, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_WAKE }), "lost a start n1;lost b start n1;replan;complete;");
    teardown(&w);
}

static void
migrations_are_neither_sent_ahead_nor_withdrawn(void **state)
{
    struct plan plan = { 0 }, nothing = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    about_node(&w, COX_CONDUCT_ON_LIMIT, "n1", 1);
    add_action(&plan, "a", "start", "n1");
    add_action(&plan, "b", "start", "n1");
    add_action(&plan, "v", "migrate_to", "n1");
    add_action(&plan, "w", "migrate_to", "n1");
    assert_string_equal(begin(&w, &plan), "start a start n1;start b start n1;start v migrate_to n1;");
    assert_string_equal(begin(&w, &nothing), "withdraw b start n1;complete;");
    teardown(&w);
}

static void
migrations_have_a_limit_of_their_own(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    add_action(&plan, "a", "migrate_to", "n1");
    add_action(&plan, "b", "migrate_to", "n1");
    add_action(&plan, "c", "migrate_from", "n2");
    add_action(&plan, "d", "start", "n1");
    assert_string_equal(begin_limited(&w, &plan, 0, 1), "start a migrate_to n1;start c migrate_from n2;start d start n1;");
    assert_string_equal(result(&w, "a", "migrate_to", "n1", 0), "start b migrate_to n1;");
    teardown(&w);
}

COX_TEST_MAIN(cmocka_unit_test(what_is_done_once_is_ordered_before_monitors),
              cmocka_unit_test(limits_count_own_actions_and_never_hold_back_fencing),
              cmocka_unit_test(a_bounded_multiple_of_what_runs_at_a_time_is_sent_ahead),
              cmocka_unit_test(what_may_wait_is_withdrawn_when_the_next_graph_does_not_have_it),
              cmocka_unit_test(what_may_wait_is_withdrawn_when_it_is_in_the_way),
              cmocka_unit_test(what_was_adopted_and_has_not_begun_is_planned_again),
              cmocka_unit_test(what_waits_does_not_count_as_lost_while_there_are_results),
              cmocka_unit_test(where_there_are_no_results_what_waits_is_lost_as_well),
              cmocka_unit_test(migrations_are_neither_sent_ahead_nor_withdrawn),
              cmocka_unit_test(migrations_have_a_limit_of_their_own))
