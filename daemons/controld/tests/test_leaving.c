/* Tests of cox-controld as a whole: a node that leaves in order, and what it wants of attributes. */
#include "daemons/controld/tests/life.h"

#include <glib/gstdio.h>

#include "daemons/controld/wishes.h"

static void
a_node_that_leaves_stops_what_it_runs_first(void **state)
{
    struct world *w = *state;
    const struct cox_msg_control_leave body = { 0 };
    const struct cox_service_fake_call call = { .message = COX_MSG_CONTROL_LEAVE, .body = &body };
    g_autofree char *mark = g_build_filename(w->directory, "control.history", NULL);
    guint32 id;

    life_create(w, "", DUMMY, "");
    assert_true(g_file_test(mark, G_FILE_TEST_EXISTS));
    g_string_truncate(w->log, 0);
    id = cox_service_fake_ask(w->fake, &call);
    assert_null(cox_service_fake_answer(w->fake, id));
    life_pass(w, 1000);
    assert_non_null(strstr(w->log->str, "shutdown="));
    assert_non_null(strstr(w->log->str, "r_stop_0 "));
    assert_non_null(cox_service_fake_answer(w->fake, id));
    assert_int_equal(cox_service_fake_answer(w->fake, id)->message, COX_MSG_DONE);
    assert_false(g_file_test(mark, G_FILE_TEST_EXISTS));
}

static void
the_last_node_that_left_does_not_leave_again_when_it_comes_back(void **state)
{
    struct world *w = *state;
    const struct cox_msg_control_leave body = { 0 };
    const struct cox_service_fake_call call = { .message = COX_MSG_CONTROL_LEAVE, .body = &body };
    g_autofree char *document = NULL;

    life_create(w, "", DUMMY, "");
    (void) cox_service_fake_ask(w->fake, &call);
    life_pass(w, 1000);
    document = life_text(w);
    assert_non_null(strstr(document, "name=\"shutdown\""));
    life_stop(w);
    g_string_truncate(w->log, 0);
    life_start(w, document);
    assert_false(life_has(w, "name=\"shutdown\""));
    assert_true(g_str_has_suffix(w->log->str, "r_monitor_0 r_start_0 r_monitor_10000 "));
    assert_string_equal(life_query(w)->phase, "S_IDLE");
}

/* cts/sim found it: attributes of the life before, which others remember, would have it leave again. */
static void
attributes_of_the_life_before_are_forgotten_but_not_those_of_this_one(void **state)
{
    struct world *w = *state;
    g_autofree char *document = NULL;

    life_create(w, "", DUMMY, "");
    assert_int_equal(w->n_forgotten, 1);
    assert_int_equal(w->n_rewritten, 1); /* who erases in the document erases also what was set since the boot */
    document = life_text(w);
    life_stop(w);
    life_start(w, document);
    assert_int_equal(w->n_forgotten, 1);
    assert_int_equal(w->n_rewritten, 1); /* who erases in the document erases also what was set since the boot */
}

/* After what was set in the life before is forgotten, else it would be forgotten with that; and again in each reign. */
static void
a_node_tells_its_feature_set_when_it_is_admitted(void **state)
{
    struct world *w = *state;

    life_create(w, "", DUMMY, "");
    assert_int_equal(w->n_forgotten, 1);
    assert_int_equal(w->n_introduced, 1);
    controld_crew_outdated(w->controld, life_query(w)->generation); /* an order of this reign was refused: another one begins */
    life_pass(w, 1000);
    assert_int_equal(w->n_introduced, 2);
}

/* cts/sim found it: the supervisor asks again when the controller has died, and it said that the node may leave. */
static void
a_controller_that_was_killed_does_not_let_the_node_leave_with_what_runs(void **state)
{
    struct world *w = *state;
    const struct cox_msg_control_leave body = { 0 };
    const struct cox_service_fake_call call = { .message = COX_MSG_CONTROL_LEAVE, .body = &body };
    g_autofree char *document = NULL;
    guint32 id;

    life_create(w, "", DUMMY, "");
    document = life_text(w);
    life_stop(w);
    g_string_truncate(w->log, 0);
    life_begin(w, document); /* it is there, and has not heard of the group yet */
    assert_null(w->controld->election);
    id = cox_service_fake_ask(w->fake, &call);
    assert_null(cox_service_fake_answer(w->fake, id));
    life_pass(w, 1000);
    assert_non_null(strstr(w->log->str, "shutdown="));
    assert_non_null(strstr(w->log->str, "r_stop_0 "));
    assert_non_null(cox_service_fake_answer(w->fake, id));
}

/* cts/sim found it: the others saw a node that had left and had not stopped its resources, and fenced it. */
static void
a_node_leaves_when_its_results_are_in_the_document(void **state)
{
    struct world *w = *state;
    const struct cox_msg_control_leave body = { 0 };
    const struct cox_service_fake_call call = { .message = COX_MSG_CONTROL_LEAVE, .body = &body };
    guint32 id;

    life_create(w, "", DUMMY, "");
    w->is_holding = true;
    id = cox_service_fake_ask(w->fake, &call);
    life_pass(w, 1000);
    assert_non_null(strstr(w->log->str, "r_stop_0 "));
    cox_follow_fake_outcome(w->controld->follow, COX_CIB_UNCERTAIN, true);
    life_release(w);
    life_pass(w, 500);
    assert_false(w->controld->is_dismissed); /* not even that it may leave is written */
    assert_null(cox_service_fake_answer(w->fake, id));
    cox_follow_fake_outcome(w->controld->follow, COX_CIB_KEPT, true);
    for (int i = 0; i < 20 && cox_service_fake_answer(w->fake, id) == NULL; i++) {
        life_pass(w, 100);
    }
    assert_non_null(cox_service_fake_answer(w->fake, id));
    assert_true(life_has(w, "operation_key=\"r_stop_0\""));
    assert_true(life_has(w, "expected=\"down\""));
}

/* cts/sim found it: the attribute went with the side of a split that lost, and nobody knew any more that the node wanted to leave. */
static void
whoever_leads_hears_again_that_a_node_wants_to_leave(void **state)
{
    struct world *w = *state;
    const struct cox_msg_control_leave body = { 0 };
    const struct cox_service_fake_call call = { .message = COX_MSG_CONTROL_LEAVE, .body = &body };

    life_create(w, "", DUMMY, "");
    w->is_holding = true;
    (void) cox_service_fake_ask(w->fake, &call);
    life_pass(w, 1000);
    assert_non_null(strstr(w->log->str, "shutdown="));
    g_string_truncate(w->log, 0);
    controld_crew_outdated(w->controld, life_query(w)->generation); /* an order of this reign was refused: another one begins */
    life_pass(w, 1000);
    assert_non_null(strstr(w->log->str, "shutdown="));
}

/* cts/sim found it: all daemons that keep attributes died together, before the document had it. */
static void
a_new_keeper_of_attributes_hears_again_that_a_node_wants_to_leave(void **state)
{
    struct world *w = *state;
    const struct cox_msg_control_leave body = { 0 };
    const struct cox_service_fake_call call = { .message = COX_MSG_CONTROL_LEAVE, .body = &body };

    life_create(w, "", DUMMY, "");
    w->is_holding = true;
    controld_leave_on_attr(w->controld, true, NULL);
    life_pass(w, 1000);
    assert_null(strstr(w->log->str, "shutdown=")); /* it does not want to */
    (void) cox_service_fake_ask(w->fake, &call);
    life_pass(w, 1000);
    assert_non_null(strstr(w->log->str, "shutdown="));
    g_string_truncate(w->log, 0);
    controld_leave_on_attr(w->controld, false, NULL);
    life_pass(w, 1000);
    assert_null(strstr(w->log->str, "shutdown="));
    controld_leave_on_attr(w->controld, true, NULL);
    life_pass(w, 1000);
    assert_non_null(strstr(w->log->str, "shutdown="));
}

static void
what_is_wanted_of_an_attribute_is_asked_for_until_it_is_done(void **state)
{
    struct world *w = *state;

    life_create(w, "", DUMMY, "");
    g_string_truncate(w->log, 0);
    w->refused = COX_MSG_ATTR_UPDATE;
    w->n_refused = 3;
    w->refusal = COX_ERROR_DISCONNECTED;
    life_fail_recurring(w);
    life_pass(w, 200);
    assert_non_null(strstr(w->log->str, "fail-count-r#monitor_10000=value++ last-failure-r#monitor_10000=1700000000 "));
    g_string_truncate(w->log, 0);
    life_pass(w, 3000);
    assert_non_null(strstr(w->log->str, "fail-count-r#monitor_10000=value++ last-failure-r#monitor_10000=1700000000 "
                                        "fail-count-r#monitor_10000=value++ "));
    g_string_truncate(w->log, 0);
    w->n_refused = 1;
    w->refusal = COX_ERROR_INVALID_PARAM; /* this will not be otherwise the next time */
    life_fail_recurring(w);
    life_pass(w, 3000);
    assert_null(strstr(strstr(w->log->str, "fail-count-r") + 1, "fail-count-r"));
}

/* What is wanted later is what shall be true in the end. */
static void
what_is_wanted_of_an_attribute_later_does_not_come_first(void **state)
{
    const struct cox_reign_attribute first = { "a", "1", false, false }, second = { "a", "2", false, false }, other = { "b", "3", false, false };
    struct world *w = *state;

    life_create(w, "", "", "");
    g_string_truncate(w->log, 0);
    w->refused = COX_MSG_ATTR_UPDATE;
    w->n_refused = 1;
    w->refusal = COX_ERROR_DISCONNECTED;
    controld_wish_attribute(w->controld, "n1", &first);
    controld_wish_attribute(w->controld, "n1", &second);
    controld_wish_attribute(w->controld, "n1", &other);
    life_pass(w, 3000);
    life_expect(w, "a=1 b=3 a=1 a=2 ");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_node_that_leaves_stops_what_it_runs_first),
        STORY(the_last_node_that_left_does_not_leave_again_when_it_comes_back),
        STORY(attributes_of_the_life_before_are_forgotten_but_not_those_of_this_one),
        STORY(a_node_tells_its_feature_set_when_it_is_admitted),
        STORY(a_controller_that_was_killed_does_not_let_the_node_leave_with_what_runs),
        STORY(a_node_leaves_when_its_results_are_in_the_document),
        STORY(whoever_leads_hears_again_that_a_node_wants_to_leave),
        STORY(a_new_keeper_of_attributes_hears_again_that_a_node_wants_to_leave),
        STORY(what_is_wanted_of_an_attribute_is_asked_for_until_it_is_done),
        STORY(what_is_wanted_of_an_attribute_later_does_not_come_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
