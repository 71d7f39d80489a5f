/* Tests of lib/control/reign*.c: stories of a coordinator, told by what it asks for. */
#include "base/testkit.h"

#include "reignworld.h"

static void
a_coordinator_writes_who_is_there_and_plans_from_that_version(void **state)
{
    struct world w;

    (void) state;
    world_start(&w);
    world_reign(&w);
    assert_int_equal(w.asked.num_updates, 1);
    assert_int_equal(cox_reign_phase(w.reign), COX_REIGN_PLANNING);
    world_end(&w);
}

/* Nothing may have to be written at the beginning of a reign, so that nothing else says what the scheduler has to know. */
static void
a_new_coordinator_plans_from_what_it_has_seen_in_the_document(void **state)
{
    struct cox_reign_event event = { .kind = COX_REIGN_ON_DOCUMENT, .document.changes = COX_REIGN_RESULTS };
    struct world w;

    (void) state;
    world_start(&w);
    event.document.version = (struct cox_version) { 0, 1, 50 };
    world_step(&w, &event);
    world_reign(&w);
    assert_int_equal(w.asked.num_updates, 50);
    world_end(&w);
}

static void
a_plan_is_carried_out_and_results_end_it(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    world_settle(&w);
    plan_add_action(&plan, "a", "start", "n2");
    plan_add_action(&plan, "b", "start", "n3");
    world_document(&w, COX_REIGN_CONFIGURATION, NULL);
    world_expect(&w, "plan; ");
    world_planned(&w, &plan);
    world_expect(&w, "begin 2; run start a@n2; run start b@n3; ");
    world_result(&w, 2, "a", "start", 0, 1);
    world_result(&w, 3, "b", "start", 0, 1);
    world_expect(&w, "end; ");
    world_document(&w, COX_REIGN_RESULTS, NULL); /* what we know from the results */
    world_expect(&w, "");
    assert_int_equal(cox_reign_phase(w.reign), COX_REIGN_IDLE);
    world_end(&w);
}

static void
a_failure_is_counted_and_waited_for_before_the_next_plan(void **state)
{
    struct cox_reign_event event;
    struct world w;

    (void) state;
    world_settle(&w);
    event = world_result_of(2, "a", "monitor", 7, 5);
    event.result.interval_ms = 10000;
    world_step(&w, &event);
    world_expect(&w, "attribute fail-count-a#monitor_10000=value++@n2 and; attribute last-failure-a#monitor_10000=77@n2; ");
    world_document(&w, COX_REIGN_ATTRIBUTES, NULL);
    world_expect(&w, "");
    world_recorded(&w, 2, 5);
    world_expect(&w, "plan; ");
    assert_int_equal(w.asked.num_updates, 105);
    world_end(&w);
}

static void
one_failure_is_one_plan(void **state)
{
    struct plan plan = { 0 };
    struct cox_reign_event event;
    struct world w;

    (void) state;
    world_settle(&w);
    plan_add_action(&plan, "a", "stop", "n2");
    event = world_result_of(2, "a", "monitor", 7, 5);
    event.result.interval_ms = 10000;
    world_step(&w, &event);
    world_expect(&w, "attribute fail-count-a#monitor_10000=value++@n2 and; attribute last-failure-a#monitor_10000=77@n2; ");
    world_recorded(&w, 2, 5);
    world_document(&w, COX_REIGN_RESULTS, NULL);
    world_expect(&w, "");
    world_document(&w, COX_REIGN_ATTRIBUTES, NULL);
    world_expect(&w, "plan; ");
    world_recorded(&w, 2, 5); /* the node says so as well */
    world_planned(&w, &plan);
    world_expect(&w, "begin 1; run stop a@n2; ");
    world_document(&w, COX_REIGN_ATTRIBUTES, NULL); /* this one we have not asked for */
    world_expect(&w, "plan; ");
    world_end(&w);
}

static void
the_document_may_be_faster_than_the_word_of_a_result(void **state)
{
    struct world w;

    (void) state;
    world_start(&w);
    world_recorded(&w, 2, 5);
    world_reign(&w);
    world_planned(&w, NULL);
    world_expect(&w, "");
    world_result(&w, 2, "a", "notasked", 0, 5);
    world_expect(&w, "plan; ");
    world_end(&w);
}

static void
nothing_is_planned_without_a_result_that_is_not_in_the_document_yet(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    world_result(&w, 2, "a", "notasked", 0, 5);
    w.now += MS(19000);
    world_want(&w);
    world_expect(&w, "");
    assert_string_equal(cox_reign_waits_for(w.reign), "results to be in the document");
    world_result(&w, 2, "a", "notasked", 0, 6);
    world_recorded(&w, 2, 5); /* it goes on, if slowly */
    w.now += MS(19000);
    world_want(&w);
    world_expect(&w, "");
    world_recorded(&w, 2, 6);
    world_expect(&w, "plan; ");
    world_end(&w);
}

/* The count of a failure is late, and so is its result: the first of the two must not keep the engine busy. */
static void
a_time_that_is_over_wakes_the_engine_once(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    world_result(&w, 2, "a", "start", 1, 5);
    g_string_truncate(w.log, 0);
    world_want(&w);
    world_wake(&w);
    world_expect(&w, "");
    assert_true(w.wake_at > w.now);
    world_recorded(&w, 2, 5);
    world_expect(&w, "plan; ");
    world_end(&w);
}

static void
a_node_whose_results_never_reach_the_document_is_no_member_until_they_do(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    world_result(&w, 2, "a", "notasked", 0, 5);
    world_expect(&w, "");
    world_wake(&w);
    world_expect(&w, "node n2 true offline down member; "); /* the plan will have it fenced */
    world_written(&w, true);
    world_expect(&w, "plan; ");
    world_planned(&w, NULL);
    world_recorded(&w, 2, 5);
    world_expect(&w, "node n2 true online member member; ");
    world_written(&w, true);
    world_expect(&w, "plan; ");
    world_end(&w);
}

static void
what_was_seen_in_a_document_that_lost_is_not_recorded(void **state)
{
    struct world w;
    struct cox_reign_event seen = { .kind = COX_REIGN_ON_RECORDED, .node = 2 }, another = { .kind = COX_REIGN_ON_DOCUMENT };

    (void) state;
    world_settle(&w);
    world_result(&w, 2, "a", "notasked", 0, 5);
    seen.done.call_id = 5;
    seen.done.is_seen = true;
    another.document.is_another = true;
    world_step(&w, &another); /* not yet seen */
    world_expect(&w, "");
    world_step(&w, &seen);
    world_step(&w, &another);
    world_planned(&w, NULL);
    g_string_truncate(w.log, 0);
    world_want(&w);
    world_expect(&w, "");
    world_recorded(&w, 2, 5);
    world_expect(&w, "plan; ");
    world_step(&w, &another);
    world_expect(&w, "plan; "); /* the other one waits for a document that will not come */
    world_end(&w);
}

static void
a_change_during_planning_makes_the_plan_worthless(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    world_settle(&w);
    plan_add_action(&plan, "a", "start", "n2");
    world_want(&w);
    world_expect(&w, "plan; ");
    for (int i = 0; i < 3; i++) {
        world_document(&w, COX_REIGN_CONFIGURATION, NULL);
        world_planned(&w, &plan);
        world_expect(&w, "plan; ");
    }
    world_document(&w, COX_REIGN_CONFIGURATION, NULL); /* but not for ever */
    world_planned(&w, &plan);
    world_expect(&w, "begin 1; run start a@n2; plan; ");
    assert_ptr_equal(cox_reign_graph(w.reign), &plan.graph);
    world_end(&w);
}

static void
a_plan_that_is_used_although_it_is_old_orders_nothing_that_has_ended_meanwhile(void **state)
{
    struct plan plan = { 0 }, next = { 0 };
    struct world w;

    (void) state;
    world_settle(&w);
    plan_add_action(&plan, "a", "start", "n2");
    plan_add_action(&plan, "b", "start", "n2");
    world_want(&w);
    world_planned(&w, &plan);
    world_expect(&w, "plan; begin 2; run start a@n2; run start b@n2; ");
    world_want(&w);
    for (int i = 0; i < 3; i++) {
        world_document(&w, COX_REIGN_CONFIGURATION, NULL);
        world_planned(&w, &plan);
    }
    world_expect(&w, "plan; plan; plan; plan; ");
    world_result(&w, 2, "a", "start", 0, 1);
    world_planned(&w, &plan);
    world_expect(&w, "end early; begin 2; ");
    world_recorded(&w, 2, 1);
    world_expect(&w, "plan; ");
    world_result(&w, 2, "b", "start", 0, 2);
    world_recorded(&w, 2, 2);
    world_planned(&w, &next);
    world_planned(&w, &next);
    world_expect(&w, "plan; end early; ");
    world_end(&w);
}

static void
a_change_during_the_work_holds_back_what_has_not_begun(void **state)
{
    struct plan plan = { 0 }, next = { 0 };
    struct world w;
    g_autoptr(GArray) inflight = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));

    (void) state;
    world_settle(&w);
    plan_add_action(&plan, "a", "start", "n2");
    plan_add_action(&plan, "b", "start", "n2");
    plan_chain(&plan);
    plan_add_action(&next, "a", "start", "n2");
    world_want(&w);
    world_planned(&w, &plan);
    world_expect(&w, "plan; begin 2; run start a@n2; ");
    world_document(&w, COX_REIGN_CONFIGURATION, "0.2");
    world_expect(&w, "plan; ");
    cox_reign_inflight(w.reign, inflight);
    assert_int_equal(inflight->len, 1);
    world_planned(&w, &next);
    world_expect(&w, "end early; begin 1; "); /* it runs already */
    world_result(&w, 2, "a", "start", 0, 9);
    world_expect(&w, "end; ");
    world_end(&w);
}

static void
a_controller_that_comes_back_in_time_was_not_lost(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    world_view(&w, 2, 3);
    world_expect(&w, "");
    world_view(&w, 3, 3);
    world_document(&w, COX_REIGN_CONFIGURATION, NULL);
    world_expect(&w, ""); /* no plan without its report, and its resources stay where they are */
    world_phase(&w, 3, COX_JOIN_JOINED);
    world_expect(&w, "");
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_MAY_PLAN });
    world_expect(&w, "plan; ");
    world_end(&w);
}

static void
a_controller_that_stays_away_is_reported(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    world_view(&w, 2, 3);
    world_expect(&w, "");
    world_wake(&w);
    world_expect(&w, "node n3 true offline down (as before); ");
    world_written(&w, true);
    world_expect(&w, "plan; ");
    world_end(&w);
}

/* n3 coordinated and died over a start on itself: nobody else knows of it, and its executor goes on. */
static void
lose_the_controller_of_n3_and_reign(struct world *w)
{
    struct cox_reign_event node = { .kind = COX_REIGN_ON_NODE, .node = 3, .name = "n3" };

    world_start(w);
    node.state = (struct cox_reign_state) { "true", "online", "member", "member" };
    world_step(w, &node);
    world_view(w, 2, 3);
    world_step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM, .node = 1, .generation = 4 });
    world_phase(w, 1, COX_JOIN_JOINED);
    world_phase(w, 2, COX_JOIN_JOINED);
    world_step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_MAY_PLAN });
    world_expect(w, "node n1 true online member member; node n2 true online member member; ");
    world_written(w, true);
    world_expect(w, "");
    assert_string_equal(cox_reign_waits_for(w->reign), "a controller that is away, and that has not reported what it is running");
}

/* The controllers of n1 and n3 died together; that of n1 is back and coordinates, and has never heard that of n3. */
static void
begin_without_the_controller_of_n3(struct world *w)
{
    static const char *const names[] = { "n1", "n2", "n3" };
    const struct cox_reign_config config = { .self = 1, .process_grace_ms = 5000, .retry_ms = 1000, .settle_ms = 2000, .crash_limit = 3 };

    world_start(w);
    cox_reign_free(w->reign);
    w->reign = cox_reign_new(&config);
    w->wake_at = COX_USEC_NEVER;
    world_view(w, 2, 2);
    for (guint32 id = 1; id <= 3; id++) {
        world_step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_NODE, .node = id, .name = names[id - 1],
                                                  .state = { "true", "online", "member", "member" } });
    }
    world_view(w, 2, 3); /* now it is told which nodes are there */
    world_document(w, COX_REIGN_CONFIGURATION, "0.1");
    world_step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM, .node = 1, .generation = 4 });
    world_phase(w, 1, COX_JOIN_JOINED);
    world_phase(w, 2, COX_JOIN_JOINED);
    world_step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_MAY_PLAN });
    world_expect(w, ""); /* neither lost nor planned without */
}

static void
a_controller_that_begins_waits_for_those_of_other_nodes_that_are_there(void **state)
{
    struct world w;

    (void) state;
    begin_without_the_controller_of_n3(&w);
    world_view(&w, 3, 3);
    world_phase(&w, 3, COX_JOIN_JOINED);
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_MAY_PLAN });
    world_expect(&w, "plan; ");
    world_end(&w);
    begin_without_the_controller_of_n3(&w);
    world_wake(&w); /* it does not come */
    world_expect(&w, "node n3 true offline down (as before); ");
    world_written(&w, true);
    world_expect(&w, "plan; ");
    world_end(&w);
}

/* Its controller was away for a moment; the history of its node says where it was sending something. */
static void
what_a_node_reports_twice_is_under_way_once(void **state)
{
    const struct cox_inflight sent = { "a", "migrate_to", 0, NULL, "key", 3, true, "n2", "n3" };
    const struct cox_reign_event report = { .kind = COX_REIGN_ON_PHASE, .node = 2, .join = { COX_JOIN_JOINED, &sent, 1 } };
    g_autoptr(GArray) inflight = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));
    struct world w;

    (void) state;
    world_settle(&w);
    world_step(&w, &report);
    world_step(&w, &report);
    cox_reign_inflight(w.reign, inflight);
    assert_int_equal(inflight->len, 1);
    assert_string_equal(g_array_index(inflight, struct cox_inflight, 0).task, "migrate_to");
    world_end(&w);
}

static void
a_new_coordinator_plans_nothing_while_a_controller_is_away_that_never_reported_to_it(void **state)
{
    struct world w;

    (void) state;
    lose_the_controller_of_n3_and_reign(&w);
    world_view(&w, 3, 3);
    world_phase(&w, 3, COX_JOIN_JOINED);
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_MAY_PLAN });
    world_expect(&w, "plan; ");
    world_end(&w);
    lose_the_controller_of_n3_and_reign(&w);
    world_wake(&w); /* it does not come back: it will be fenced */
    world_expect(&w, "node n3 true offline down (as before); ");
    world_written(&w, true);
    world_expect(&w, "plan; ");
    world_end(&w);
}

static void
a_node_that_was_told_to_leave_is_expected_to_be_gone(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    world_settle(&w);
    world_document(&w, COX_REIGN_ATTRIBUTES, NULL);
    plan_add_action(&plan, NULL, "do_shutdown", "n3");
    world_planned(&w, &plan);
    world_expect(&w, "plan; begin 1; end; node n3 true online member down; ");
    world_written(&w, true);
    world_expect(&w, "plan; ");
    world_planned(&w, &plan);
    world_expect(&w, "begin 1; shutdown do_shutdown -@n3; end; ");
    world_document(&w, COX_REIGN_ATTRIBUTES, NULL);
    world_expect(&w, "plan; ");
    world_planned(&w, &plan); /* told again as long as it is there */
    world_expect(&w, "begin 1; shutdown do_shutdown -@n3; end; ");
    world_view(&w, 2, 3); /* its controller goes first */
    assert_non_null(strstr(w.log->str, "forget attributes of n3; "));
    assert_non_null(strstr(w.log->str, "node n3 true offline down down; "));
    world_written(&w, true);
    g_string_truncate(w.log, 0);
    world_view(&w, 2, 2);
    assert_non_null(strstr(w.log->str, "node n3 false offline down down; "));
    world_end(&w);
}

/* cts/sim found it: it left, the write had no majority and was lost, and who led next had it fenced. */
static void
a_node_is_not_told_that_it_may_leave_before_the_document_says_so(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    world_settle(&w);
    world_document(&w, COX_REIGN_ATTRIBUTES, NULL);
    plan_add_action(&plan, NULL, "do_shutdown", "n3");
    world_planned(&w, &plan);
    world_expect(&w, "plan; begin 1; end; node n3 true online member down; ");
    world_written(&w, false);
    world_expect(&w, "");
    world_wake(&w);
    assert_non_null(strstr(w.log->str, "node n3 true online member down; "));
    assert_null(strstr(w.log->str, "shutdown do_shutdown"));
    g_string_truncate(w.log, 0);
    world_written(&w, true);
    world_expect(&w, "plan; ");
    world_planned(&w, &plan);
    world_expect(&w, "begin 1; shutdown do_shutdown -@n3; end; ");
    world_end(&w);
}

/* It was told to leave on account of what was known of its life before. */
static void
a_node_that_does_not_want_to_leave_any_more_is_a_member_again(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    world_settle(&w);
    world_document(&w, COX_REIGN_ATTRIBUTES, NULL);
    plan_add_action(&plan, NULL, "do_shutdown", "n3");
    world_planned(&w, &plan);
    world_written(&w, true);
    g_string_truncate(w.log, 0);
    world_planned(&w, NULL);
    world_expect(&w, "node n3 true online member member; ");
    world_end(&w);
}

/* What said so was lost with the coordinator's own cibd, and the document that it has now is older. */
static void
a_node_that_has_left_is_not_missed_because_the_document_forgot(void **state)
{
    struct cox_reign_event node = { .kind = COX_REIGN_ON_NODE, .node = 3, .name = "n3" };
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    world_settle(&w);
    world_document(&w, COX_REIGN_ATTRIBUTES, NULL);
    plan_add_action(&plan, NULL, "do_shutdown", "n3");
    world_planned(&w, &plan);
    world_view(&w, 2, 3);
    world_written(&w, false);
    node.state = (struct cox_reign_state) { "true", "online", "member", "member" };
    world_step(&w, &node);
    g_string_truncate(w.log, 0);
    world_wake(&w);
    assert_non_null(strstr(w.log->str, "node n3 true offline down down; "));
    world_end(&w);
}

static void
who_does_not_reign_any_more_forgets_everything(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    world_settle(&w);
    plan_add_action(&plan, "a", "start", "n2");
    plan_add_action(&plan, "b", "start", "n2");
    plan_chain(&plan);
    world_want(&w);
    world_planned(&w, &plan);
    g_string_truncate(w.log, 0);
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM, .node = 2, .generation = 5 });
    world_expect(&w, "end early; "); /* who follows its transitions must not wait for ever */
    assert_null(cox_reign_graph(w.reign));
    assert_int_equal(cox_reign_phase(w.reign), COX_REIGN_SUBJECT);
    world_result(&w, 2, "a", "start", 0, 9);
    world_document(&w, COX_REIGN_CONFIGURATION, "0.3");
    world_view(&w, 2, 2);
    world_expect(&w, "");
    world_end(&w);
}

static void
a_configuration_that_crashes_the_scheduler_is_set_aside(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    world_document(&w, COX_REIGN_CONFIGURATION, "0.2");
    world_expect(&w, "plan; ");
    world_no_plan(&w, true);
    world_no_plan(&w, true);
    world_expect(&w, "plan; plan; ");
    world_no_plan(&w, true);
    world_expect(&w, "save; aside culprit; plan fallback; ");
    world_planned(&w, NULL);
    world_document(&w, COX_REIGN_CONFIGURATION, "0.3");
    world_expect(&w, "plan; ");
    world_planned(&w, NULL);
    world_expect(&w, "works again; ");
    world_end(&w);
}

static void
a_plan_that_could_not_be_made_is_asked_for_again(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    world_want(&w);
    world_no_plan(&w, false);
    world_expect(&w, "plan; ");
    world_wake(&w);
    world_expect(&w, "plan; ");
    world_end(&w);
}

static void
the_plan_is_looked_at_again_after_the_recheck_interval(void **state)
{
    struct cox_reign_event options = { .kind = COX_REIGN_ON_OPTIONS };
    struct cox_reign_event plan = { .kind = COX_REIGN_ON_PLAN };
    const struct cox_graph nothing = { .n_actions = 0 };
    struct world w;

    (void) state;
    world_settle(&w);
    options.options.recheck_ms = 60000;
    options.options.fence_attempts = 3;
    world_step(&w, &options);
    assert_int_equal(w.wake_at, w.now + MS(60000));
    world_wake(&w);
    world_expect(&w, "plan; ");
    plan.plan.graph = &nothing;
    plan.plan.wall = cox_wall_from_seconds(100);
    plan.plan.recheck_by = cox_wall_from_seconds(130);
    world_step(&w, &plan);
    assert_int_equal(w.wake_at, w.now + MS(30000));
    world_wake(&w);
    world_expect(&w, "plan; ");
    world_end(&w);
}

/* cts/sim found it: what the coordinator before has ordered may fail before the new one has a plan. */
static void
a_failed_start_counts_as_configured_before_there_is_a_plan(void **state)
{
    struct cox_reign_event options = { .kind = COX_REIGN_ON_OPTIONS };
    struct cox_reign_event failed;
    struct world w;

    (void) state;
    world_start(&w);
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM, .node = 1, .generation = 4 });
    failed = world_result_of(2, "a", "start", 1, 7);
    world_step(&w, &failed);
    world_expect(&w, "attribute fail-count-a#start_0=INFINITY@n2 and; attribute last-failure-a#start_0=77@n2; ");
    options.options.fence_attempts = 2;
    options.options.forgives_start = true;
    world_step(&w, &options);
    failed.result.call_id = 8;
    world_step(&w, &failed);
    world_expect(&w, "attribute fail-count-a#start_0=value++@n2 and; attribute last-failure-a#start_0=77@n2; ");
    world_end(&w);
}

static void
other_orders_reach_their_node_and_are_answered(void **state)
{
    struct plan plan = { 0 };
    struct cox_reign_event event;
    struct world w;

    (void) state;
    world_settle(&w);
    plan_add_action(&plan, "a", "cancel", "n2")->interval_ms = 10000;
    plan_add_action(&plan, "b", "lrm_delete", "n2")->kind = COX_ACTION_CRM;
    plan_add_action(&plan, "c", "clear_failcount", "n2")->kind = COX_ACTION_CRM;
    plan_add_action(&plan, NULL, "maintenance_nodes", NULL);
    world_want(&w);
    world_planned(&w, &plan);
    world_expect(&w, "plan; begin 4; cancel cancel a@n2; forget lrm_delete b@n2; "
               "attribute ^(fail-count|last-failure)-c(:[0-9]+)?(#.+)?$=(none)@n2; clear clear_failcount c@n2; ");
    event = world_result_of(2, "a", "monitor", 0, 0);
    event.result.interval_ms = 10000;
    event.result.order = COX_REIGN_CANCEL;
    world_step(&w, &event);
    event = world_result_of(2, "b", "lrm_delete", 0, 0);
    event.result.order = COX_REIGN_FORGET;
    world_step(&w, &event);
    event = world_result_of(2, "c", "clear_failcount", 0, 0);
    event.result.order = COX_REIGN_CLEAR;
    world_step(&w, &event);
    world_expect(&w, "end; ");
    world_end(&w);
}

static void
what_was_removed_is_forgotten_and_no_agent_hears_of_it(void **state)
{
    struct plan plan = { 0 };
    struct cox_reign_event event;
    struct world w;

    (void) state;
    world_settle(&w);
    plan_add_action(&plan, "b", "delete", "n2");
    world_want(&w);
    world_planned(&w, &plan);
    world_expect(&w, "plan; begin 1; forget delete b@n2; ");
    event = world_result_of(2, "b", "delete", 0, 0);
    event.result.order = COX_REIGN_FORGET;
    world_step(&w, &event);
    world_expect(&w, "end; ");
    world_end(&w);
}

static void
what_a_member_reports_as_running_is_in_flight(void **state)
{
    const struct cox_inflight running = { "a", "start", 0, NULL, "k", 3, true, NULL, NULL };
    struct cox_reign_event event = { .kind = COX_REIGN_ON_PHASE, .node = 2 };
    g_autoptr(GArray) inflight = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));
    struct world w;

    (void) state;
    world_start(&w);
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM, .node = 1, .generation = 4 });
    event.join.phase = COX_JOIN_JOINED;
    event.join.inflight = &running;
    event.join.n_inflight = 1;
    world_step(&w, &event);
    cox_reign_inflight(w.reign, inflight);
    assert_int_equal(inflight->len, 1);
    assert_string_equal(g_array_index(inflight, struct cox_inflight, 0).node, "n2");
    world_end(&w);
}

static void
list(struct world *w, bool is_complete)
{
    world_step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_LIST, .done = { .is_ok = is_complete } });
}

/* They would be no nodes in it, and what they run would be started elsewhere. */
static void
nothing_is_planned_while_the_document_does_not_list_all_members(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    list(&w, false);
    world_document(&w, COX_REIGN_CONFIGURATION, NULL);
    world_expect(&w, "");
    assert_string_equal(cox_reign_waits_for(w.reign), "the document to list all members");
    world_document(&w, COX_REIGN_CONFIGURATION, NULL);
    world_expect(&w, "");
    list(&w, true);
    world_expect(&w, "plan; ");
    world_end(&w);
}

static void
a_list_that_stays_as_it_is_holds_up_plans_for_a_while_only(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    list(&w, false);
    world_document(&w, COX_REIGN_CONFIGURATION, NULL);
    w.now += MS(500);
    list(&w, false); /* said again: the time goes on */
    world_expect(&w, "");
    world_wake(&w);
    world_expect(&w, "plan; ");
    world_end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_coordinator_writes_who_is_there_and_plans_from_that_version),
        cmocka_unit_test(a_new_coordinator_plans_from_what_it_has_seen_in_the_document),
        cmocka_unit_test(a_plan_is_carried_out_and_results_end_it),
        cmocka_unit_test(a_failure_is_counted_and_waited_for_before_the_next_plan),
        cmocka_unit_test(one_failure_is_one_plan),
        cmocka_unit_test(the_document_may_be_faster_than_the_word_of_a_result),
        cmocka_unit_test(nothing_is_planned_without_a_result_that_is_not_in_the_document_yet),
        cmocka_unit_test(a_time_that_is_over_wakes_the_engine_once),
        cmocka_unit_test(a_node_whose_results_never_reach_the_document_is_no_member_until_they_do),
        cmocka_unit_test(what_was_seen_in_a_document_that_lost_is_not_recorded),
        cmocka_unit_test(nothing_is_planned_while_the_document_does_not_list_all_members),
        cmocka_unit_test(a_list_that_stays_as_it_is_holds_up_plans_for_a_while_only),
        cmocka_unit_test(a_change_during_planning_makes_the_plan_worthless),
        cmocka_unit_test(a_plan_that_is_used_although_it_is_old_orders_nothing_that_has_ended_meanwhile),
        cmocka_unit_test(a_change_during_the_work_holds_back_what_has_not_begun),
        cmocka_unit_test(a_controller_that_comes_back_in_time_was_not_lost),
        cmocka_unit_test(a_controller_that_stays_away_is_reported),
        cmocka_unit_test(a_controller_that_begins_waits_for_those_of_other_nodes_that_are_there),
        cmocka_unit_test(what_a_node_reports_twice_is_under_way_once),
        cmocka_unit_test(a_new_coordinator_plans_nothing_while_a_controller_is_away_that_never_reported_to_it),
              cmocka_unit_test(a_node_that_was_told_to_leave_is_expected_to_be_gone),
              cmocka_unit_test(a_node_is_not_told_that_it_may_leave_before_the_document_says_so),
              cmocka_unit_test(a_node_that_does_not_want_to_leave_any_more_is_a_member_again),
        cmocka_unit_test(a_node_that_has_left_is_not_missed_because_the_document_forgot),
        cmocka_unit_test(who_does_not_reign_any_more_forgets_everything),
        cmocka_unit_test(a_configuration_that_crashes_the_scheduler_is_set_aside),
        cmocka_unit_test(a_plan_that_could_not_be_made_is_asked_for_again),
        cmocka_unit_test(the_plan_is_looked_at_again_after_the_recheck_interval),
        cmocka_unit_test(a_failed_start_counts_as_configured_before_there_is_a_plan),
        cmocka_unit_test(other_orders_reach_their_node_and_are_answered),
              cmocka_unit_test(what_was_removed_is_forgotten_and_no_agent_hears_of_it),
        cmocka_unit_test(what_a_member_reports_as_running_is_in_flight),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
