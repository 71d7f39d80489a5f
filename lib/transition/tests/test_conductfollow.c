/* Tests of lib/transition/conductfollow.c, through the engine: actions that are ordered before their inputs are done. */
#include "transition/tests/conductkit.h"

static const char *
take_followers(struct world *w, const char *node, guint limit)
{
    struct cox_conduct_event event = { .kind = COX_CONDUCT_ON_LIMIT };

    event.node.name = node;
    event.node.limit = limit;
    event.node.takes_followers = true;
    return feed(w, &event);
}

/* Each waits for the one before. */
static void
add_chain(struct plan *plan, const char *task, const char *node, const char *const *rscs)
{
    for (size_t i = 0; rscs[i] != NULL; i++) {
        guint32 index = add_action(plan, rscs[i], task, node);

        if (i > 0) {
            order(plan, index - 1, index);
        }
    }
}

static const char *const abc[] = { "a", "b", "c", NULL };

static void
a_chain_at_one_executor_is_ordered_at_once(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    assert_string_equal(take_followers(&w, "n1", 4), "");
    add_chain(&plan, "start", "n1", abc);
    assert_string_equal(begin(&w, &plan), "start a start n1;start b start n1 after a start;start c start n1 after b start;");
    expect_inflight(&w, 3);
    assert_string_equal(result(&w, "a", "start", "n1", 0), "");
    assert_string_equal(result(&w, "b", "start", "n1", 0), "");
    assert_string_equal(result(&w, "c", "start", "n1", 0), "complete;");
    teardown(&w);
}

static void
an_executor_that_does_not_know_how_gets_no_followers(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    take_followers(&w, "n1", 4);
    about_node(&w, COX_CONDUCT_ON_LIMIT, "n1", 4); /* the next one of this name */
    add_chain(&plan, "start", "n1", abc);
    assert_string_equal(begin(&w, &plan), "start a start n1;");
    assert_string_equal(result(&w, "a", "start", "n1", 0), "start b start n1;");
    teardown(&w);
}

static void
nothing_follows_what_is_under_way_elsewhere(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    take_followers(&w, "n1", 4);
    take_followers(&w, "n2", 4);
    add_action(&plan, "a", "stop", "n1");
    add_action(&plan, "b", "start", "n2");
    add_action(&plan, "a", "start", "n2");
    order(&plan, 0, 2); /* it is stopped elsewhere */
    order(&plan, 1, 2);
    assert_string_equal(begin(&w, &plan), "start a stop n1;start b start n2;");
    assert_string_equal(result(&w, "a", "stop", "n1", 0), "start a start n2 after b start;");
    teardown(&w);
}

/* Probes and monitors, migrations, what a remote node is asked for by its connection, two actions of one resource, and what is no action of an agent. */
static void
only_what_is_plain_follows_and_is_followed(void **state)
{
    static const char *const others[] = { "monitor", "migrate_to", "migrate_from", "notify", "delete", "cancel" };
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    take_followers(&w, "n1", 4);
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        plan = (struct plan) { 0 };
        add_action(&plan, "a", "start", "n1");
        add_action(&plan, "b", others[i], "n1");
        add_action(&plan, "c", others[i], "n1");
        add_action(&plan, "d", "start", "n1");
        order(&plan, 0, 1);
        order(&plan, 2, 3);
        feed(&w, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_RESET });
        begin(&w, &plan);
        expect_inflight(&w, 2);
    }
    plan = (struct plan) { 0 };
    feed(&w, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_RESET });
    add_action(&plan, "a", "start", "n1");
    add_action(&plan, "b", "start", "remote"); /* by its connection */
    plan.actions[1].router_node = "n1";
    add_action(&plan, "a", "promote", "n1");
    add_action(&plan, "c", "pseudo", NULL);
    plan.actions[3].kind = COX_ACTION_PSEUDO;
    add_action(&plan, "d", "start", "n1");
    order(&plan, 0, 1);
    order(&plan, 0, 2);
    order(&plan, 0, 3);
    order(&plan, 3, 4);
    assert_string_equal(begin(&w, &plan), "start a start n1;");
    teardown(&w);
}

static void
one_follows_all_of_its_open_inputs_or_none(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    take_followers(&w, "n1", 0);
    add_action(&plan, "a", "start", "n1");
    add_action(&plan, "b", "start", "n1");
    add_action(&plan, "c", "start", "n1");
    add_action(&plan, "d", "start", "n1");
    add_action(&plan, "x", "start", "n2");
    order(&plan, 0, 2);
    order(&plan, 1, 2);
    order(&plan, 0, 3);
    order(&plan, 4, 3);
    assert_string_equal(begin(&w, &plan), "start a start n1;start b start n1;start x start n2;start c start n1 after a start after b start;");
    assert_string_equal(result(&w, "x", "start", "n2", 0), "start d start n1 after a start;");
    assert_string_equal(result(&w, "a", "start", "n1", 0), "");
    teardown(&w);
}

static void
a_failure_before_it_brings_it_back_and_the_plan_is_made_anew(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    take_followers(&w, "n1", 4);
    add_chain(&plan, "start", "n1", abc);
    begin(&w, &plan);
    assert_string_equal(result(&w, "a", "start", "n1", 1), "replan;");
    assert_string_equal(not_begun(&w, "b", "start", "n1"), "replan;");
    assert_string_equal(not_begun(&w, "c", "start", "n1"), "replan;complete;");
    assert_string_equal(begin(&w, &plan), "start a start n1;start b start n1 after a start;start c start n1 after b start;"); /* that was no whim */
    teardown(&w);
}

/* It may be an older one, or one that has just been started again: it is not asked for the same again and again. */
static void
an_executor_that_gives_one_back_for_no_reason_gets_none_until_a_plan_is_done(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    take_followers(&w, "n1", 4);
    add_chain(&plan, "start", "n1", abc);
    begin(&w, &plan);
    assert_string_equal(not_begun(&w, "b", "start", "n1"), "replan;");
    assert_string_equal(not_begun(&w, "c", "start", "n1"), "replan;");
    assert_string_equal(begin(&w, &plan), "");
    assert_string_equal(result(&w, "a", "start", "n1", 0), "start b start n1;");
    result(&w, "b", "start", "n1", 0);
    assert_string_equal(result(&w, "c", "start", "n1", 0), "complete;");
    assert_string_equal(begin(&w, &plan), "start a start n1;start b start n1 after a start;start c start n1 after b start;");
    teardown(&w);
}

static void
the_next_graph_adopts_what_still_waits_for_the_same(void **state)
{
    struct plan plan = { 0 }, rest = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    take_followers(&w, "n1", 4);
    add_chain(&plan, "start", "n1", abc);
    begin(&w, &plan);
    assert_string_equal(begin(&w, &plan), "");
    assert_string_equal(result(&w, "a", "start", "n1", 0), "");
    add_chain(&rest, "start", "n1", abc + 1);
    assert_string_equal(begin(&w, &rest), "");
    assert_string_equal(result(&w, "b", "start", "n1", 0), "");
    assert_string_equal(result(&w, "c", "start", "n1", 0), "complete;");
    teardown(&w);
}

static void
what_waits_for_something_else_in_the_next_graph_is_withdrawn(void **state)
{
    struct plan first = { 0 }, second = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    take_followers(&w, "n1", 4);
    add_chain(&first, "stop", "n1", abc);
    begin(&w, &first);
    add_action(&second, "a", "stop", "n1");
    add_action(&second, "x", "stop", "n2");
    add_action(&second, "b", "stop", "n1");
    add_action(&second, "c", "stop", "n1");
    order(&second, 0, 2);
    order(&second, 1, 2);
    order(&second, 2, 3);
    assert_string_equal(begin(&w, &second), "start x stop n2;withdraw b stop n1;withdraw c stop n1;");
    assert_string_equal(not_begun(&w, "b", "stop", "n1"), "replan;");
    assert_string_equal(not_begun(&w, "c", "stop", "n1"), "replan;");
    teardown(&w);
}

static void
a_stop_that_waits_for_another_is_withdrawn_when_nobody_wants_it_any_more(void **state)
{
    struct plan first = { 0 }, second = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    take_followers(&w, "n1", 4);
    add_chain(&first, "stop", "n1", abc);
    begin(&w, &first);
    assert_string_equal(result(&w, "a", "stop", "n1", 0), "");
    add_action(&second, "a", "start", "n1");
    assert_string_equal(begin(&w, &second), "withdraw c stop n1;start a start n1;"); /* b has begun, for all that is known here */
    teardown(&w);
}

static void
followers_leave_room_for_what_can_begin(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    take_followers(&w, "n1", 1);
    for (guint i = 0; i < 12; i++) {
        static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l" };

        add_action(&plan, names[i], "start", "n1");
        if (i > 0) {
            order(&plan, i - 1, i);
        }
    }
    begin(&w, &plan);
    expect_inflight(&w, 1 + 8); /* half of what is sent ahead */
    assert_string_equal(result(&w, "a", "start", "n1", 0), "start j start n1 after i start;");
    feed(&w, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_RESET });
    begin_limited(&w, &plan, 6, -1);
    expect_inflight(&w, 1 + 3);
    teardown(&w);
}

/* While it waits its time begins anew with each result from there. */
static void
what_waits_is_not_late_while_there_are_results(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    take_followers(&w, "n1", 4);
    add_chain(&plan, "start", "n1", abc);
    begin(&w, &plan);
    w.now += MS(70000);
    assert_string_equal(result(&w, "a", "start", "n1", 0), "");
    assert_int_equal(w.wake_at, w.now + MS(80000));
    w.now += MS(70000);
    assert_string_equal(result(&w, "b", "start", "n1", 0), "");
    assert_int_equal(w.wake_at, w.now + MS(80000));
    w.now = w.wake_at;
    assert_string_equal(feed(&w, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_WAKE }), "lost c start n1;replan;complete;");
    teardown(&w);
}

static void
an_abort_holds_back_followers(void **state)
{
    struct cox_conduct_event event = { .kind = COX_CONDUCT_ON_ABORT, .priority = 100 };
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    add_chain(&plan, "start", "n1", abc);
    begin(&w, &plan);
    feed(&w, &event);
    assert_string_equal(take_followers(&w, "n1", 4), "");
    teardown(&w);
}

/* With its node, or by what the node reports. */
static void
what_is_gone_is_followed_by_nothing(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    take_followers(&w, "n1", 4);
    add_chain(&plan, "start", "n1", abc);
    begin(&w, &plan);
    assert_string_equal(about_node(&w, COX_CONDUCT_ON_REPORT, "n1", 0), "replan;complete;");
    expect_inflight(&w, 0);
    begin(&w, &plan);
    expect_inflight(&w, 3);
    assert_string_equal(about_node(&w, COX_CONDUCT_ON_NODE_LOST, "n1", 0), "replan;complete;");
    expect_inflight(&w, 0);
    teardown(&w);
}

COX_TEST_MAIN(cmocka_unit_test(a_chain_at_one_executor_is_ordered_at_once),
              cmocka_unit_test(an_executor_that_does_not_know_how_gets_no_followers),
              cmocka_unit_test(nothing_follows_what_is_under_way_elsewhere),
              cmocka_unit_test(only_what_is_plain_follows_and_is_followed),
              cmocka_unit_test(one_follows_all_of_its_open_inputs_or_none),
              cmocka_unit_test(a_failure_before_it_brings_it_back_and_the_plan_is_made_anew),
              cmocka_unit_test(an_executor_that_gives_one_back_for_no_reason_gets_none_until_a_plan_is_done),
              cmocka_unit_test(the_next_graph_adopts_what_still_waits_for_the_same),
              cmocka_unit_test(what_waits_for_something_else_in_the_next_graph_is_withdrawn),
              cmocka_unit_test(a_stop_that_waits_for_another_is_withdrawn_when_nobody_wants_it_any_more),
              cmocka_unit_test(followers_leave_room_for_what_can_begin),
              cmocka_unit_test(what_waits_is_not_late_while_there_are_results),
              cmocka_unit_test(an_abort_holds_back_followers),
              cmocka_unit_test(what_is_gone_is_followed_by_nothing))
