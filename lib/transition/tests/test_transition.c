/* lib/transition/tests/test_transition.c - tests of lib/transition/transition.c. */
#include "transition/transition.h"

#include "graphkit.h"
#include "model/score.h"

struct run {
    struct cox_transition *transition;
    struct cox_transition_effects effects;
};

static struct run
begin(const struct graphkit *kit, guint32 batch_limit)
{
    struct run run = { cox_transition_new(&kit->graph, batch_limit), { g_array_new(FALSE, FALSE, sizeof(guint32)), false } };
    struct cox_transition_event event = { .kind = COX_TRANSITION_RUN };

    cox_transition_step(run.transition, &event, &run.effects);
    return run;
}

static void
end(struct run *run)
{
    g_array_free(run->effects.start, TRUE);
    cox_transition_free(run->transition);
}

static void
result(struct run *run, guint32 action, bool is_expected)
{
    struct cox_transition_event event = { .kind = COX_TRANSITION_RESULT, .action = action, .is_expected = is_expected };

    g_array_set_size(run->effects.start, 0);
    cox_transition_step(run->transition, &event, &run->effects);
}

static void
assert_started(const struct run *run, const char *expected)
{
    g_autoptr(GString) have = g_string_new(NULL);

    for (guint i = 0; i < run->effects.start->len; i++) {
        g_string_append_printf(have, "%u ", g_array_index(run->effects.start, guint32, i));
    }
    assert_string_equal(have->str, expected);
}

static void
actions_start_when_all_that_they_wait_for_is_done(void **state)
{
    struct graphkit kit = { 0 };
    struct run run;

    (void) state;
    graphkit_add(&kit, "a", "start");
    graphkit_add(&kit, "b", "start");
    graphkit_add(&kit, "c", "start");
    graphkit_order(&kit, 0, 2);
    graphkit_order(&kit, 1, 2);
    run = begin(&kit, 0);
    assert_started(&run, "0 1 ");
    result(&run, 0, true);
    assert_started(&run, "");
    assert_false(run.effects.is_complete);
    result(&run, 1, true);
    assert_started(&run, "2 ");
    assert_int_equal(cox_transition_action(run.transition, 2), COX_ACTION_STARTED);
    result(&run, 2, true);
    assert_true(run.effects.is_complete);
    assert_int_equal(cox_transition_count(run.transition).n_done, 3);
    end(&run);
}

static void
the_limit_holds_back_what_is_ready(void **state)
{
    struct graphkit kit = { 0 };
    struct run run;

    (void) state;
    graphkit_add(&kit, "a", "start");
    graphkit_add(&kit, "b", "start");
    graphkit_add(&kit, "c", "start");
    run = begin(&kit, 2);
    assert_started(&run, "0 1 ");
    assert_false(run.effects.is_complete);
    result(&run, 1, true);
    assert_started(&run, "2 ");
    result(&run, 0, true);
    result(&run, 2, true);
    assert_true(run.effects.is_complete);
    end(&run);
}

static void
ready_actions_start_in_the_order_of_the_graph(void **state)
{
    struct graphkit kit = { 0 };
    struct run run;

    (void) state;
    graphkit_add(&kit, "a", "start");
    graphkit_add(&kit, "b", "start");
    graphkit_add(&kit, "c", "start");
    graphkit_add(&kit, "d", "start");
    graphkit_order(&kit, 3, 0);
    run = begin(&kit, 1);
    assert_started(&run, "1 ");
    result(&run, 1, true);
    assert_started(&run, "2 ");
    result(&run, 2, true);
    assert_started(&run, "3 ");
    result(&run, 3, true);
    assert_started(&run, "0 ");
    end(&run);
}

static void
a_failure_ends_the_transition_once_what_runs_has_ended(void **state)
{
    struct graphkit kit = { 0 };
    struct cox_transition_counts counts;
    struct run run;

    (void) state;
    graphkit_add(&kit, "a", "start");
    graphkit_add(&kit, "b", "start");
    graphkit_add(&kit, "c", "start");
    graphkit_order(&kit, 1, 2);
    run = begin(&kit, 0);
    result(&run, 0, false);
    assert_false(run.effects.is_complete);
    result(&run, 1, true);
    assert_started(&run, "");
    assert_true(run.effects.is_complete);
    counts = cox_transition_count(run.transition);
    assert_int_equal(counts.n_failed, 1);
    assert_int_equal(counts.n_done, 1);
    assert_int_equal(counts.n_waiting, 1);
    assert_int_equal(counts.n_started, 0);
    end(&run);
}

static void
an_abort_lets_only_what_is_as_important_start(void **state)
{
    struct graphkit kit = { 0 };
    struct cox_transition_event abort_event = { .kind = COX_TRANSITION_ABORT, .priority = 100 };
    struct run run;

    (void) state;
    graphkit_add(&kit, "a", "stop");
    graphkit_add(&kit, "b", "start");
    graphkit_add(&kit, "c", "stop");
    kit.actions[1].priority = 99;
    kit.actions[2].priority = COX_SCORE_INFINITY;
    graphkit_order(&kit, 0, 1);
    graphkit_order(&kit, 0, 2);
    run = begin(&kit, 0);
    g_array_set_size(run.effects.start, 0);
    cox_transition_step(run.transition, &abort_event, &run.effects);
    assert_started(&run, "");
    result(&run, 0, true);
    assert_started(&run, "2 ");
    assert_int_equal(cox_transition_count(run.transition).n_started, 1);
    end(&run);
}

static void
results_of_what_does_not_run_are_ignored(void **state)
{
    struct graphkit kit = { 0 };
    struct run run;

    (void) state;
    graphkit_add(&kit, "a", "start");
    graphkit_add(&kit, "b", "start");
    graphkit_order(&kit, 0, 1);
    run = begin(&kit, 0);
    result(&run, 1, true);
    result(&run, 7, true);
    assert_started(&run, "");
    result(&run, 0, true);
    result(&run, 0, true);
    assert_int_equal(cox_transition_count(run.transition).n_done, 1);
    end(&run);
}

static void
what_was_begun_ahead_is_not_started_again(void **state)
{
    struct cox_transition_event ahead = { .kind = COX_TRANSITION_AHEAD, .action = 1 };
    struct graphkit kit = { 0 };
    struct run run;
    size_t n = 0;

    (void) state;
    graphkit_add(&kit, "a", "start");
    graphkit_add(&kit, "b", "start");
    graphkit_add(&kit, "c", "start");
    graphkit_order(&kit, 0, 1);
    graphkit_order(&kit, 1, 2);
    run = begin(&kit, 0);
    assert_int_equal(cox_transition_users(run.transition, 0, &n)[0], 1);
    assert_int_equal(n, 1);
    (void) cox_transition_users(run.transition, 2, &n);
    assert_int_equal(n, 0);
    g_array_set_size(run.effects.start, 0);
    cox_transition_step(run.transition, &ahead, &run.effects);
    assert_int_equal(cox_transition_action(run.transition, 1), COX_ACTION_STARTED);
    assert_int_equal(cox_transition_count(run.transition).n_started, 2);
    ahead.action = 0; /* it was begun when it should be */
    cox_transition_step(run.transition, &ahead, &run.effects);
    ahead.action = 9;
    cox_transition_step(run.transition, &ahead, &run.effects);
    assert_int_equal(cox_transition_count(run.transition).n_started, 2);
    result(&run, 0, true);
    assert_started(&run, "");
    result(&run, 1, true);
    assert_started(&run, "2 ");
    result(&run, 2, true);
    assert_true(run.effects.is_complete);
    end(&run);
}

static void
an_empty_graph_is_complete_at_once(void **state)
{
    struct graphkit kit = { 0 };
    struct run run = begin(&kit, 0);

    (void) state;
    assert_true(run.effects.is_complete);
    end(&run);
    cox_transition_free(NULL);
}

COX_TEST_MAIN(cmocka_unit_test(actions_start_when_all_that_they_wait_for_is_done),
              cmocka_unit_test(the_limit_holds_back_what_is_ready),
              cmocka_unit_test(ready_actions_start_in_the_order_of_the_graph),
              cmocka_unit_test(a_failure_ends_the_transition_once_what_runs_has_ended),
              cmocka_unit_test(an_abort_lets_only_what_is_as_important_start),
              cmocka_unit_test(results_of_what_does_not_run_are_ignored), cmocka_unit_test(what_was_begun_ahead_is_not_started_again),
              cmocka_unit_test(an_empty_graph_is_complete_at_once))
