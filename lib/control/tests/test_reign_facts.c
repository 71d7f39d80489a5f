/* Tests of lib/control/reignfacts.c: a plan is made with what is known before the document has it. */
#include "base/testkit.h"

#include "cib/patchscope.h"
#include "reignworld.h"

#define COUNTED "attribute fail-count-a#monitor_10000=value++@n2 and; attribute last-failure-a#monitor_10000=77@n2 and; "

/* "history of n2's last result, ...; name=value@node, ..." */
static void
expect_facts(const struct world *w, const char *wanted)
{
    g_autoptr(GPtrArray) histories = g_ptr_array_new();
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(struct cox_reign_value));
    g_autoptr(GString) text = g_string_new(NULL);

    cox_reign_facts(w->reign, histories, values);
    for (guint i = 0; i < histories->len; i++) {
        g_string_append_printf(text, "%s; ", (const char *) histories->pdata[i]);
    }
    for (guint i = 0; i < values->len; i++) {
        const struct cox_reign_value *value = &g_array_index(values, struct cox_reign_value, i);

        g_string_append_printf(text, "%s=%s@%s; ", value->name, value->value, value->node);
    }
    assert_string_equal(text->str, wanted);
}

/* A monitor of "a" fails on n2; the document has this count. */
static void
fails(struct world *w, gint64 call_id, const char *history, const char *count_now)
{
    struct cox_reign_event event = world_result_of(2, "a", "monitor", 7, call_id);

    event.result.interval_ms = 10000;
    event.result.history = history;
    event.result.has_counts = true;
    event.result.count_now = count_now;
    world_step(w, &event);
}

static void
document_says(struct world *w, const char *name, const char *value, bool are_all)
{
    const struct cox_reign_value told = { "n2", name, value };
    struct cox_reign_event event = { .kind = COX_REIGN_ON_DOCUMENT };

    event.document.changes = COX_REIGN_ATTRIBUTES;
    event.document.values = &told;
    event.document.n_values = 1;
    event.document.are_all_values = are_all;
    world_step(w, &event);
}

static void
a_failure_is_planned_with_at_once(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    world_settle(&w);
    plan_add_action(&plan, "a", "stop", "n2");
    fails(&w, 5, "<a5>", NULL);
    world_expect(&w, COUNTED "plan; ");
    expect_facts(&w, "<a5>; fail-count-a#monitor_10000=1@n2; last-failure-a#monitor_10000=77@n2; ");
    world_planned(&w, &plan);
    world_expect(&w, "begin 1; run stop a@n2; ");
    world_recorded(&w, 2, 5);
    world_document(&w, COX_REIGN_RESULTS, NULL);
    document_says(&w, "fail-count-a#monitor_10000", "1", true);
    document_says(&w, "last-failure-a#monitor_10000", "77", true);
    world_expect(&w, ""); /* nothing of it is new */
    expect_facts(&w, "");
    assert_int_equal(cox_reign_phase(w.reign), COX_REIGN_WORKING);
    world_end(&w);
}

static void
what_others_write_besides_is_news(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    fails(&w, 5, "<a5>", "3");
    world_planned(&w, NULL);
    g_string_truncate(w.log, 0);
    expect_facts(&w, "<a5>; fail-count-a#monitor_10000=4@n2; last-failure-a#monitor_10000=77@n2; ");
    document_says(&w, "fail-count-a#monitor_10000", "3", true);
    world_expect(&w, "plan; ");
    world_planned(&w, NULL);
    document_says(&w, "fail-count-a#monitor_10000", "4", false); /* something went as well */
    world_expect(&w, "plan; ");
    world_planned(&w, NULL);
    document_says(&w, "pingd", "100", true);
    world_expect(&w, "plan; ");
    world_end(&w);
}

static void
counts_go_on_from_those_that_are_on_their_way(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    fails(&w, 5, "<a5>", "999998");
    fails(&w, 6, "<a6>", "999998");
    fails(&w, 7, "<a7>", "999998");
    expect_facts(&w, "<a7>; fail-count-a#monitor_10000=999999@n2; last-failure-a#monitor_10000=77@n2; "
                     "fail-count-a#monitor_10000=INFINITY@n2; last-failure-a#monitor_10000=77@n2; "
                     "fail-count-a#monitor_10000=INFINITY@n2; last-failure-a#monitor_10000=77@n2; ");
    document_says(&w, "fail-count-a#monitor_10000", "999999", true);
    document_says(&w, "last-failure-a#monitor_10000", "77", true);
    expect_facts(&w, "<a7>; fail-count-a#monitor_10000=INFINITY@n2; fail-count-a#monitor_10000=INFINITY@n2; ");
    document_says(&w, "fail-count-a#monitor_10000", "INFINITY", true);
    expect_facts(&w, "<a7>; ");
    fails(&w, 8, "<a8>", "INFINITY"); /* which nobody will write again */
    expect_facts(&w, "<a8>; last-failure-a#monitor_10000=77@n2; ");
    world_end(&w);
}

static void
a_count_that_never_comes_is_given_up_and_planned_without(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    fails(&w, 5, "<a5>", NULL);
    world_recorded(&w, 2, 5);
    world_planned(&w, NULL);
    g_string_truncate(w.log, 0);
    world_wake(&w);
    expect_facts(&w, "");
    world_expect(&w, "plan; ");
    world_end(&w);
}

static void
without_its_history_a_result_is_waited_for(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    fails(&w, 5, NULL, NULL);
    fails(&w, 6, "<a6>", NULL);
    world_expect(&w, COUNTED COUNTED);
    world_recorded(&w, 2, 5);
    world_expect(&w, "plan; ");
    expect_facts(&w, "<a6>; fail-count-a#monitor_10000=1@n2; last-failure-a#monitor_10000=77@n2; "
                     "fail-count-a#monitor_10000=2@n2; last-failure-a#monitor_10000=77@n2; ");
    world_end(&w);
}

static void
more_than_a_message_holds_is_waited_for(void **state)
{
    g_autofree char *long_text = g_strnfill(30000, 'x');
    struct world w;
    struct cox_reign_event event;

    (void) state;
    world_settle(&w);
    for (int i = 1; i <= 2; i++) {
        event = world_result_of(2, i == 1 ? "a" : "b", "notasked", 0, i);
        event.result.history = long_text;
        world_step(&w, &event);
    }
    world_expect(&w, "plan; ");
    world_planned(&w, NULL);
    world_expect(&w, "");
    world_recorded(&w, 2, 1);
    world_expect(&w, "plan; ");
    world_end(&w);
}

static void
what_was_seen_in_a_document_that_lost_is_waited_for(void **state)
{
    struct cox_reign_event seen = { .kind = COX_REIGN_ON_RECORDED, .node = 2 }, another = { .kind = COX_REIGN_ON_DOCUMENT };
    struct world w;

    (void) state;
    world_settle(&w);
    fails(&w, 5, "<a5>", NULL);
    world_planned(&w, NULL);
    seen.done.call_id = 5;
    seen.done.is_seen = true;
    another.document.is_another = true;
    world_step(&w, &seen);
    g_string_truncate(w.log, 0);
    world_want(&w);
    world_expect(&w, "plan; ");
    world_planned(&w, NULL);
    world_step(&w, &another);
    world_want(&w);
    world_expect(&w, "");
    world_recorded(&w, 2, 5);
    world_expect(&w, "plan; ");
    world_end(&w);
}

/* It has said that all is written, then the document lost, and a plan was made with the other one before the history was in there. */
static void
what_is_written_anew_into_another_document_is_planned_with(void **state)
{
    struct cox_reign_event another = { .kind = COX_REIGN_ON_DOCUMENT };
    struct world w;

    (void) state;
    world_settle(&w);
    world_recorded(&w, 2, 5);
    another.document.is_another = true;
    world_step(&w, &another);
    world_want(&w);
    world_planned(&w, NULL);
    g_string_truncate(w.log, 0);
    world_recorded(&w, 2, 5);
    world_expect(&w, "plan; ");
    world_planned(&w, NULL);
    world_recorded(&w, 2, 6); /* from now on as ever */
    world_expect(&w, "");
    world_end(&w);
}

/* What was seen before this reign began has nothing to do with its results. */
static void
what_was_seen_before_the_reign_is_not_waited_for(void **state)
{
    struct cox_reign_event seen = { .kind = COX_REIGN_ON_RECORDED, .node = 2 }, another = { .kind = COX_REIGN_ON_DOCUMENT };
    struct world w;

    (void) state;
    world_start(&w);
    seen.done.call_id = 8;
    seen.done.is_seen = true;
    world_step(&w, &seen);
    world_reign(&w);
    world_planned(&w, NULL);
    another.document.is_another = true;
    world_step(&w, &another);
    world_want(&w);
    world_expect(&w, "plan; ");
    world_end(&w);
}

static void
what_is_to_be_forgotten_is_not_laid_over_the_document(void **state)
{
    struct cox_reign_event forgotten = world_result_of(2, "a", "lrm_delete", 0, 0);
    struct world w;

    (void) state;
    world_settle(&w);
    fails(&w, 5, "<a5>", NULL);
    forgotten.result.order = COX_REIGN_FORGET;
    world_step(&w, &forgotten);
    expect_facts(&w, "");
    world_end(&w);
}

static void
nobody_else_s_reign_begins_with_what_was_known_before(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    fails(&w, 5, "<a5>", NULL);
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM, .node = 1, .generation = 6 });
    expect_facts(&w, "");
    world_end(&w);
}

static void
results_of_a_controller_that_went_are_forgotten(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    fails(&w, 5, "<a5>", "1");
    world_view(&w, 1, 1);
    expect_facts(&w, "fail-count-a#monitor_10000=2@n2; last-failure-a#monitor_10000=77@n2; ");
    world_end(&w);
}

/* A start of "a" on n3 is told, and its controller dies before it is written. */
static void
starts_and_dies(struct world *w, const char *history)
{
    struct cox_reign_event started = world_result_of(3, "a", "start", 0, 5);

    world_settle(w);
    started.result.history = history;
    world_step(w, &started);
    world_view(w, 2, 3);
    g_string_truncate(w->log, 0);
}

static void
what_was_done_while_a_controller_is_away_is_known_until_it_is_back(void **state)
{
    struct world w;

    (void) state;
    starts_and_dies(&w, "<a5>");
    expect_facts(&w, "<a5>; ");
    world_view(&w, 2, 3); /* something else happens meanwhile */
    expect_facts(&w, "<a5>; ");
    world_view(&w, 3, 3); /* it tells all anew */
    expect_facts(&w, "");
    world_end(&w);
}

static void
what_was_done_while_a_controller_is_away_is_known_until_it_is_given_up(void **state)
{
    struct world w;

    (void) state;
    starts_and_dies(&w, "<a5>");
    world_wake(&w);
    expect_facts(&w, ""); /* and the plan has it fenced */
    world_end(&w);
}

static void
what_nobody_knows_is_waited_for_while_a_controller_is_away(void **state)
{
    struct world w;

    (void) state;
    starts_and_dies(&w, NULL);
    world_want(&w);
    world_expect(&w, "");
    world_wake(&w);
    assert_true(g_str_has_prefix(w.log->str, "node n3 true offline down "));
    world_end(&w);
}

/* It stops "a", says that this is written, though only into its own document, and leaves in order. */
static void
leaves(struct world *w, struct plan plans[2])
{
    struct cox_reign_event stopped = world_result_of(3, "a", "stop", 0, 5);

    world_settle(w);
    world_document(w, COX_REIGN_ATTRIBUTES, NULL);
    plan_add_action(&plans[0], "a", "stop", "n3");
    plan_add_action(&plans[0], NULL, "do_shutdown", "n3");
    plan_chain(&plans[0]);
    world_planned(w, &plans[0]);
    stopped.result.history = "<a5>";
    world_step(w, &stopped);
    world_expect(w, "plan; begin 2; run stop a@n3; end; node n3 true online member down; ");
    world_written(w, true);
    plan_add_action(&plans[1], NULL, "do_shutdown", "n3");
    world_planned(w, &plans[1]);
    world_expect(w, "plan; begin 1; shutdown do_shutdown -@n3; end; ");
    world_recorded(w, 3, 5);
    world_view(w, 2, 3);
    world_view(w, 2, 2);
    expect_facts(w, "<a5>; ");
}

static void
what_a_node_has_done_before_it_left_is_known_until_it_is_seen_in_the_document(void **state)
{
    struct cox_reign_event seen = { .kind = COX_REIGN_ON_RECORDED, .node = 3 };
    struct plan plans[2] = { 0 };
    struct world w;

    (void) state;
    leaves(&w, plans);
    seen.done.is_seen = true;
    seen.done.call_id = 4;
    world_step(&w, &seen);
    expect_facts(&w, "<a5>; ");
    seen.done.call_id = 5;
    world_step(&w, &seen);
    expect_facts(&w, "");
    world_end(&w);
}

static void
what_a_node_has_done_before_it_left_says_nothing_of_its_next_life(void **state)
{
    struct plan plans[2] = { 0 };
    struct world w;

    (void) state;
    leaves(&w, plans);
    world_view(&w, 3, 3);
    expect_facts(&w, "");
    world_end(&w);
}

static void
what_a_node_has_done_before_it_left_is_of_no_use_when_it_was_fenced(void **state)
{
    struct plan plans[2] = { 0 };
    struct world w;

    (void) state;
    leaves(&w, plans);
    world_fenced(&w, "n3", true, COX_REIGN_ON_FENCE_NEWS);
    expect_facts(&w, "");
    world_end(&w);
}

/* Node states tell nobody anything: they are written by those who know. */
static void
a_patch_means_what_it_touches(void **state)
{
    (void) state;
    assert_int_equal(cox_reign_changes(0), 0);
    assert_int_equal(cox_reign_changes(COX_PATCHSCOPE_NODES), 0);
    assert_int_equal(cox_reign_changes(COX_PATCHSCOPE_OTHER), COX_REIGN_CONFIGURATION);
    assert_int_equal(cox_reign_changes(COX_PATCHSCOPE_ROOT | COX_PATCHSCOPE_HISTORY), COX_REIGN_CONFIGURATION | COX_REIGN_RESULTS);
    assert_int_equal(cox_reign_changes(COX_PATCHSCOPE_ATTRIBUTES | COX_PATCHSCOPE_HISTORY_GONE), COX_REIGN_ATTRIBUTES | COX_REIGN_HISTORY_GONE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_is_planned_with_at_once),
        cmocka_unit_test(what_others_write_besides_is_news),
        cmocka_unit_test(counts_go_on_from_those_that_are_on_their_way),
        cmocka_unit_test(a_count_that_never_comes_is_given_up_and_planned_without),
        cmocka_unit_test(without_its_history_a_result_is_waited_for),
        cmocka_unit_test(more_than_a_message_holds_is_waited_for),
        cmocka_unit_test(what_was_seen_in_a_document_that_lost_is_waited_for),
        cmocka_unit_test(what_is_written_anew_into_another_document_is_planned_with),
        cmocka_unit_test(what_was_seen_before_the_reign_is_not_waited_for),
        cmocka_unit_test(what_is_to_be_forgotten_is_not_laid_over_the_document),
        cmocka_unit_test(nobody_else_s_reign_begins_with_what_was_known_before),
        cmocka_unit_test(results_of_a_controller_that_went_are_forgotten),
        cmocka_unit_test(what_was_done_while_a_controller_is_away_is_known_until_it_is_back),
        cmocka_unit_test(what_was_done_while_a_controller_is_away_is_known_until_it_is_given_up),
        cmocka_unit_test(what_nobody_knows_is_waited_for_while_a_controller_is_away),
        cmocka_unit_test(what_a_node_has_done_before_it_left_is_known_until_it_is_seen_in_the_document),
        cmocka_unit_test(what_a_node_has_done_before_it_left_says_nothing_of_its_next_life),
        cmocka_unit_test(what_a_node_has_done_before_it_left_is_of_no_use_when_it_was_fenced),
        cmocka_unit_test(a_patch_means_what_it_touches),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
