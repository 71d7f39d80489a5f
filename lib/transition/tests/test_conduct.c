/* Tests of lib/transition/conduct.c: stories, and random graphs on executors that take their time */
#include "transition/tests/conductkit.h"

#include "model/score.h"

static void
actions_begin_when_their_inputs_are_done(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    add_action(&plan, "a", "start", "n1");
    add_action(&plan, "a", "pseudo", NULL);
    plan.actions[1].kind = COX_ACTION_PSEUDO;
    add_action(&plan, "b", "monitor", "n2");
    plan.attributes[2][1] = (struct cox_nvpair) { NULL, "CRM_meta_op_target_rc", "7" };
    plan.actions[2].n_attributes = 2;
    order(&plan, 0, 1);
    order(&plan, 1, 2);
    assert_string_equal(begin(&w, &plan), "start a start n1;");
    assert_string_equal(result(&w, "a", "start", "n1", 0), "start b monitor n2;");
    assert_string_equal(result(&w, "b", "monitor", "n2", 7), "complete;");
    assert_string_equal(result(&w, "b", "monitor", "n2", 7), "replan;"); /* nobody waited for that */
    teardown(&w);
}

static void
an_unexpected_result_stops_what_is_less_urgent(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    add_action(&plan, "a", "start", "n1");
    add_action(&plan, "b", "start", "n1");
    add_action(&plan, "c", "start", "n1");
    add_action(&plan, NULL, "stonith", "n2");
    plan.actions[3].priority = COX_SCORE_INFINITY;
    order(&plan, 1, 2);
    order(&plan, 1, 3);
    assert_string_equal(begin(&w, &plan), "start a start n1;start b start n1;");
    assert_string_equal(result(&w, "a", "start", "n1", 1), "replan;");
    assert_string_equal(result(&w, "b", "start", "n1", 0), "start - stonith n2;");
    assert_string_equal(result(&w, NULL, "stonith", "n2", 0), "complete;");
    teardown(&w);
}

static void
an_abort_lets_only_the_urgent_begin(void **state)
{
    struct plan plan = { 0 };
    struct cox_conduct_event event = { .kind = COX_CONDUCT_ON_ABORT, .priority = 100 };
    struct world w;

    (void) state;
    setup(&w);
    assert_string_equal(feed(&w, &event), ""); /* without a graph */
    add_action(&plan, "a", "start", "n1");
    add_action(&plan, "b", "start", "n1");
    add_action(&plan, "c", "start", "n1");
    plan.actions[2].priority = 100;
    order(&plan, 0, 1);
    order(&plan, 0, 2);
    begin(&w, &plan);
    feed(&w, &event);
    assert_string_equal(result(&w, "a", "start", "n1", 0), "start c start n1;");
    assert_string_equal(result(&w, "c", "start", "n1", 0), "complete;");
    teardown(&w);
}

static void
what_is_in_flight_is_adopted_by_the_next_graph(void **state)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));
    struct plan first = { 0 }, second = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    add_action(&first, "slow", "start", "n1");
    add_action(&first, "old", "start", "n2");
    begin(&w, &first);
    add_action(&second, "slow", "start", "n1");
    add_action(&second, "next", "start", "n1");
    add_action(&second, "old", "stop", "n2");
    order(&second, 0, 1);
    assert_string_equal(begin(&w, &second), ""); /* the stop waits for the start that nobody wants any more */
    cox_conduct_inflight(w.conduct, list);
    assert_int_equal(list->len, 2);
    assert_string_equal(g_array_index(list, struct cox_inflight, 0).rsc_id, "slow");
    assert_string_equal(result(&w, "slow", "start", "n1", 0), "start next start n1;");
    assert_string_equal(result(&w, "old", "start", "n2", 0), "replan;");
    assert_string_equal(result(&w, "next", "start", "n1", 0), "complete;");
    teardown(&w);
}

/* cts/sim found it: a plan that is made while a stop is under way only probes there, and lets the node go at once. */
static void
a_node_does_not_leave_while_something_is_under_way_there(void **state)
{
    struct plan first = { 0 }, second = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    add_action(&first, "a", "stop", "n1");
    add_action(&first, "b", "stop", "n2");
    begin(&w, &first);
    add_action(&second, "a", "monitor", "n1");
    add_action(&second, NULL, "do_shutdown", "n1");
    assert_string_equal(begin(&w, &second), "");
    assert_string_equal(result(&w, "a", "stop", "n1", 0), "replan;complete;");
    first.graph.n_actions = 0;
    add_action(&first, NULL, "do_shutdown", "n1");
    assert_string_equal(begin(&w, &first), "start - do_shutdown n1;"); /* that of another node is no matter */
    teardown(&w);
}

/* A fencing is answered by the fencer; what a controller is asked for it may have died over. */
static void
what_a_controller_is_asked_for_does_not_take_for_ever(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    add_action(&plan, "a", "lrm_delete", "n1");
    add_action(&plan, NULL, "stonith", "n2");
    plan.actions[0].kind = COX_ACTION_CRM;
    plan.actions[0].n_attributes = plan.actions[1].n_attributes = 0;
    begin(&w, &plan);
    assert_int_equal(w.wake_at, w.now + MS(60000));
    teardown(&w);
}

static void
a_migration_to_elsewhere_is_not_adopted(void **state)
{
    static const struct cox_nvpair to_n2[] = { { NULL, "CRM_meta_migrate_source", "n1" }, { NULL, "CRM_meta_migrate_target", "n2" } };
    static const struct cox_nvpair to_n3[] = { { NULL, "CRM_meta_migrate_source", "n1" }, { NULL, "CRM_meta_migrate_target", "n3" } };
    struct plan first = { 0 }, second = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    add_action(&first, "vm", "migrate_to", "n1");
    first.actions[0].attributes = to_n2;
    first.actions[0].n_attributes = 2;
    begin(&w, &first);
    add_action(&second, "vm", "migrate_to", "n1");
    second.actions[0].attributes = to_n3;
    second.actions[0].n_attributes = 2;
    add_action(&second, "vm", "migrate_from", "n3");
    order(&second, 0, 1);
    assert_string_equal(begin(&w, &second), "");
    assert_string_equal(result(&w, "vm", "migrate_to", "n1", 0), "replan;complete;"); /* it is on n2 now */
    teardown(&w);
}

/* The target takes the next stop there for the end of what is sent to it. */
static void
nothing_is_sent_where_something_of_the_resource_is_under_way(void **state)
{
    const struct cox_inflight stopping = { "a", "stop", 0, "n2", "key", 3, true, NULL, NULL };
    struct cox_conduct_event event = { .kind = COX_CONDUCT_ON_INFLIGHT, .inflight = &stopping };
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    add_action(&plan, "a", "migrate_to", "n1");
    plan.attributes[0][1] = (struct cox_nvpair) { NULL, "CRM_meta_migrate_target", "n2" };
    plan.actions[0].n_attributes = 2;
    assert_string_equal(feed(&w, &event), "");
    assert_string_equal(begin(&w, &plan), "");
    assert_string_equal(result(&w, "a", "stop", "n2", 0), "replan;complete;");
    assert_string_equal(begin(&w, &plan), "start a migrate_to n1;");
    teardown(&w);
}

/* A stop that is done before the resource arrives would leave it there. */
static void
nothing_begins_where_the_resource_is_being_sent_to(void **state)
{
    const struct cox_inflight sent = { "a", "migrate_to", 0, "n1", "key", 3, true, "n1", "n2" };
    struct cox_conduct_event event = { .kind = COX_CONDUCT_ON_INFLIGHT, .inflight = &sent };
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    add_action(&plan, "a", "stop", "n2");
    add_action(&plan, "b", "stop", "n2");
    add_action(&plan, "a", "stop", "n3");
    assert_string_equal(feed(&w, &event), "");
    assert_string_equal(begin(&w, &plan), "start b stop n2;start a stop n3;");
    result(&w, "a", "migrate_to", "n1", 0);
    result(&w, "b", "stop", "n2", 0);
    assert_string_equal(result(&w, "a", "stop", "n3", 0), "complete;");
    assert_string_equal(begin(&w, &plan), "start a stop n2;start b stop n2;start a stop n3;");
    teardown(&w);
}

static void
nothing_is_ordered_where_a_fencing_is_under_way_that_the_plan_does_not_know(void **state)
{
    struct plan first = { 0 }, second = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    add_action(&first, NULL, "stonith", "n1");
    begin(&w, &first);
    add_action(&second, "a", "start", "n1");
    add_action(&second, "b", "start", "n2");
    assert_string_equal(begin(&w, &second), "start b start n2;"); /* n1 is back before it was cut off */
    assert_string_equal(result(&w, NULL, "stonith", "n1", 0), "replan;");
    teardown(&w);
}

static void
a_new_coordinator_knows_what_executors_report(void **state)
{
    struct cox_inflight inflight = { "a", "start", 0, "n1", "key", 3, true, NULL, NULL };
    struct cox_conduct_event event = { .kind = COX_CONDUCT_ON_INFLIGHT };
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    event.inflight = &inflight;
    assert_string_equal(feed(&w, &event), "");
    assert_string_equal(feed(&w, &event), ""); /* reported twice */
    add_action(&plan, "a", "start", "n1");
    assert_string_equal(begin(&w, &plan), "");
    assert_string_equal(result(&w, "a", "start", "n1", 0), "complete;");
    feed(&w, &event);
    assert_string_equal(feed(&w, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_RESET }), "");
    assert_string_equal(begin(&w, &plan), "start a start n1;");
    teardown(&w);
}

static void
what_migrates_is_told_with_its_source_and_target(void **state)
{
    static const struct cox_nvpair between[] = { { NULL, "CRM_meta_migrate_source", "n1" },
                                                  { NULL, "CRM_meta_migrate_target", "n2" } };
    const struct cox_inflight inflight = { "b", "migrate_from", 0, "n3", "key", 3, true, "n2", "n3" };
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));
    struct cox_conduct_event event = { .kind = COX_CONDUCT_ON_INFLIGHT };
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    add_action(&plan, "a", "migrate_to", "n1");
    plan.actions[0].attributes = between;
    plan.actions[0].n_attributes = 2;
    begin(&w, &plan);
    event.inflight = &inflight;
    feed(&w, &event);
    cox_conduct_inflight(w.conduct, list);
    assert_int_equal(list->len, 2);
    for (guint i = 0; i < 2; i++) {
        assert_string_equal(g_array_index(list, struct cox_inflight, i).migrate_source, i == 0 ? "n1" : "n2");
        assert_string_equal(g_array_index(list, struct cox_inflight, i).migrate_target, i == 0 ? "n2" : "n3");
    }
    teardown(&w);
}

static const struct cox_nvpair to_n2[] = { { NULL, "CRM_meta_migrate_source", "n1" }, { NULL, "CRM_meta_migrate_target", "n2" } };

/* "a n1>n2" for each migrate_from that is told but has not begun. */
static char *
orphans(const struct world *w)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));
    GString *text = g_string_new(NULL);

    cox_conduct_inflight(w->conduct, list);
    for (guint i = 0; i < list->len; i++) {
        const struct cox_inflight *one = &g_array_index(list, struct cox_inflight, i);

        if (!one->is_running) {
            assert_string_equal(one->task, "migrate_from");
            assert_string_equal(one->node, one->migrate_target);
            g_string_append_printf(text, "%s %s>%s;", one->rsc_id, one->migrate_source, one->migrate_target);
        }
    }
    return g_string_free(text, FALSE);
}

static void
expect_orphans(const struct world *w, const char *expected)
{
    g_autofree char *text = orphans(w);

    assert_string_equal(text, expected);
}

static void
what_was_sent_by_a_node_that_is_lost_is_told_until_its_target_has_said_something(void **state)
{
    static const char *const tasks[] = { "stop", "migrate_from", "start" };
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    add_action(&plan, "a", "migrate_to", "n1");
    plan.actions[0].attributes = to_n2;
    plan.actions[0].n_attributes = 2;
    for (guint i = 0; i < 2 * G_N_ELEMENTS(tasks); i++) {
        const char *task = tasks[i / 2];

        setup(&w);
        begin(&w, &plan);
        if (i % 2 == 1) { /* also when it has been sent */
            result(&w, "a", "migrate_to", "n1", 0);
        }
        expect_orphans(&w, "");
        about_node(&w, COX_CONDUCT_ON_NODE_LOST, "n1", 0);
        expect_orphans(&w, "a n1>n2;");
        result(&w, "b", task, "n2", 0);
        result(&w, "a", "monitor", "n2", 7);
        if (!g_str_equal(task, "start")) {
            result(&w, "a", task, "n3", 0);
        }
        expect_orphans(&w, "a n1>n2;");
        result(&w, "a", task, g_str_equal(task, "start") ? "n3" : "n2", 1);
        expect_orphans(&w, "");
        teardown(&w);
    }
}

/* Its controller was away for a moment, and tells again what its executor is doing. */
static void
what_a_node_that_reports_again_was_sending_is_told_by_its_own_history(void **state)
{
    const struct cox_inflight sent = { "a", "migrate_to", 0, "n1", "key", 3, true, "n1", "n3" };
    const struct cox_conduct_event event = { .kind = COX_CONDUCT_ON_INFLIGHT, .inflight = &sent };
    struct world w;

    (void) state;
    setup(&w);
    feed(&w, &event);
    about_node(&w, COX_CONDUCT_ON_REPORT, "n1", 0);
    expect_orphans(&w, "");
    feed(&w, &event);
    about_node(&w, COX_CONDUCT_ON_NODE_LOST, "n1", 0);
    expect_orphans(&w, "a n1>n3;");
    teardown(&w);
}

static void
what_is_sent_again_or_really_arriving_is_told_once(void **state)
{
    const struct cox_inflight sent = { "a", "migrate_to", 0, "n1", "key", 3, true, "n1", "n3" };
    const struct cox_inflight arriving = { "a", "migrate_from", 0, "n3", "key", 3, true, "n1", "n3" };
    struct cox_conduct_event event = { .kind = COX_CONDUCT_ON_INFLIGHT, .inflight = &sent };
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    add_action(&plan, "a", "migrate_to", "n1");
    plan.actions[0].attributes = to_n2;
    plan.actions[0].n_attributes = 2;
    begin(&w, &plan);
    result(&w, "a", "migrate_to", "n1", 0);
    feed(&w, &event);
    about_node(&w, COX_CONDUCT_ON_NODE_LOST, "n1", 0);
    expect_orphans(&w, "a n1>n3;");
    event.inflight = &arriving;
    feed(&w, &event);
    expect_orphans(&w, "");
    feed(&w, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_RESET });
    expect_orphans(&w, "");
    teardown(&w);
}

static void
what_has_ended_while_a_plan_was_made_is_left_to_the_next_one(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    add_action(&plan, "a", "start", "n1");
    add_action(&plan, NULL, "stonith", "n3");
    add_action(&plan, "b", "start", "n1");
    result(&w, "b", "start", "n1", 0); /* the plan knows it */
    feed(&w, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_ASKED });
    result(&w, "a", "start", "n1", 0);
    result(&w, NULL, "stonith", "n3", 0);
    assert_string_equal(begin(&w, &plan), "start b start n1;");
    assert_string_equal(result(&w, "b", "start", "n1", 0), "");
    feed(&w, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_ASKED });
    assert_string_equal(begin(&w, &plan), "start a start n1;start - stonith n3;start b start n1;");
    teardown(&w);
}

static void
what_waits_for_an_action_of_a_lost_node_does_not_begin_there(void **state)
{
    const struct cox_inflight sent = { "a", "migrate_to", 0, "n1", "key", 3, true, "n1", "n3" };
    const struct cox_conduct_event event = { .kind = COX_CONDUCT_ON_INFLIGHT, .inflight = &sent };
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    add_action(&plan, "a", "migrate_to", "n1");
    plan.actions[0].attributes = to_n2;
    plan.actions[0].n_attributes = 2;
    feed(&w, &event);
    assert_string_equal(begin(&w, &plan), "");
    assert_string_equal(about_node(&w, COX_CONDUCT_ON_NODE_LOST, "n1", 0), "replan;complete;");
    expect_orphans(&w, "a n1>n3;");
    teardown(&w);
}

static void
a_node_does_not_leave_while_something_is_sent_to_it(void **state)
{
    struct plan plan = { 0 }, leaving = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    add_action(&plan, "a", "migrate_to", "n1");
    plan.actions[0].attributes = to_n2;
    plan.actions[0].n_attributes = 2;
    add_action(&leaving, NULL, "do_shutdown", "n2");
    begin(&w, &plan);
    assert_string_equal(begin(&w, &leaving), "");
    assert_string_equal(result(&w, "a", "migrate_to", "n1", 1), "replan;complete;"); /* it has to be stopped there first */
    teardown(&w);
}

static void
a_lost_node_sends_no_results(void **state)
{
    struct plan plan = { 0 }, leaving = { 0 }, remote = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    add_action(&plan, "a", "start", "n1");
    add_action(&plan, "b", "start", "n2");
    add_action(&plan, NULL, "stonith", "n1");
    begin(&w, &plan);
    assert_string_equal(about_node(&w, COX_CONDUCT_ON_NODE_LOST, "n1", 0), "replan;");
    assert_string_equal(result(&w, "b", "start", "n2", 0), "");
    assert_string_equal(result(&w, NULL, "stonith", "n1", 0), "complete;");
    assert_string_equal(about_node(&w, COX_CONDUCT_ON_NODE_LOST, "n2", 0), "");
    add_action(&leaving, NULL, "do_shutdown", "n3");
    add_action(&leaving, "c", "start", "n1");
    order(&leaving, 0, 1);
    begin(&w, &leaving);
    assert_string_equal(about_node(&w, COX_CONDUCT_ON_NODE_LOST, "n3", 0), "start c start n1;");
    result(&w, "c", "start", "n1", 0);
    /* A remote node, and the node that its connection runs on. */
    add_action(&remote, "d", "start", "r1");
    add_action(&remote, "e", "start", "r2");
    remote.actions[0].router_node = remote.actions[1].router_node = "n4";
    begin(&w, &remote);
    assert_string_equal(about_node(&w, COX_CONDUCT_ON_NODE_LOST, "r1", 0), "replan;");
    assert_string_equal(about_node(&w, COX_CONDUCT_ON_NODE_LOST, "n4", 0), "replan;complete;");
    /* Also what an earlier plan has begun there. */
    begin(&w, &plan);
    begin(&w, &plan);
    assert_string_equal(about_node(&w, COX_CONDUCT_ON_NODE_LOST, "n2", 0), "replan;");
    teardown(&w);
}

static void
an_action_without_result_counts_as_failed_but_stays_in_flight(void **state)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));
    struct plan plan = { 0 }, nothing = { 0 };
    struct world w;

    (void) state;
    setup(&w);
    add_action(&plan, "a", "start", "n1");
    add_action(&plan, NULL, "stonith", "n2");
    plan.actions[1].n_attributes = 0; /* no limit of its own */
    begin(&w, &plan);
    assert_int_equal(w.wake_at, MS(81000));
    w.now = w.wake_at;
    w.wake_at = COX_USEC_NEVER;
    assert_string_equal(feed(&w, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_WAKE }), "lost a start n1;replan;");
    cox_conduct_inflight(w.conduct, list);
    assert_int_equal(list->len, 2);
    assert_int_equal(w.wake_at, COX_USEC_NEVER);
    assert_string_equal(result(&w, "a", "start", "n1", 0), "replan;"); /* late, but news */
    /* Of an earlier graph: nothing to count as failed. */
    begin(&w, &plan);
    assert_string_equal(begin(&w, &nothing), "complete;");
    w.now = w.wake_at;
    assert_string_equal(feed(&w, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_WAKE }), "");
    cox_conduct_free(NULL);
    teardown(&w);
}

/* ---- random graphs ---- */

static void
random_plan(struct plan *plan, GRand *random)
{
    static const char *const rscs[] = { "a", "b", "c", "d", "e" };
    static const char *const tasks[] = { "start", "stop", "monitor" };
    static const char *const nodes[] = { "n1", "n2" };

    memset(plan, 0, sizeof(*plan));
    for (gint n = g_rand_int_range(random, 1, MAX_ACTIONS); n > 0; n--) {
        guint32 index = add_action(plan, rscs[g_rand_int_range(random, 0, 5)], tasks[g_rand_int_range(random, 0, 3)],
                                   nodes[g_rand_int_range(random, 0, 2)]);

        if (g_rand_int_range(random, 0, 5) == 0) {
            plan->actions[index].kind = COX_ACTION_PSEUDO;
        }
        for (guint32 input = 0; input < index; input++) {
            /* Actions of one resource on one node are ordered, as the scheduler does; others at random. */
            if ((plan->actions[input].rsc_id == plan->actions[index].rsc_id
                 && plan->actions[input].node_name == plan->actions[index].node_name)
                || g_rand_int_range(random, 0, 12) == 0) {
                order(plan, input, index);
            }
        }
    }
}

struct order_given {
    const char *rsc, *task, *node;
};

/* Carry out the orders of one step; an order must never meet another one of its resource on its node. */
static void
take_orders(struct world *w, const struct cox_conduct_event *event, GArray *orders, guint batch_limit)
{
    struct cox_conduct_effects out;

    cox_conduct_effects_init(&out);
    cox_conduct_step(w->conduct, event, w->now, &out);
    for (guint i = 0; i < cox_conduct_effects_count(&out); i++) {
        const struct cox_conduct_effect *e = cox_conduct_effects_get(&out, i);
        struct order_given given;

        if (e->kind == COX_CONDUCT_DO_COMPLETE) {
            w->wake_at = 0; /* a mark */
        }
        if (e->kind != COX_CONDUCT_DO_START) {
            continue;
        }
        given = (struct order_given) { w->graph->actions[e->action].rsc_id, w->graph->actions[e->action].task,
                                       w->graph->actions[e->action].node_name };
        for (guint o = 0; o < orders->len; o++) {
            const struct order_given *other = &g_array_index(orders, struct order_given, o);

            assert_false(g_str_equal(other->rsc, given.rsc) && g_str_equal(other->node, given.node));
        }
        g_array_append_val(orders, given);
        assert_true(batch_limit == 0 || orders->len <= batch_limit);
    }
    cox_conduct_effects_clear(&out);
}

static void
every_graph_ends_and_operations_of_a_resource_never_overlap(void **state)
{
    guint n_graphs = 0;

    (void) state;
    for (guint32 seed = 1; seed <= 200; seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        g_autoptr(GArray) orders = g_array_new(FALSE, FALSE, sizeof(struct order_given));
        struct plan plans[2];
        struct world w;

        setup(&w);
        for (guint g = 0; g < 12; g++) {
            struct cox_conduct_event event = { .kind = COX_CONDUCT_ON_GRAPH };
            guint batch_limit = orders->len > 0 ? 0 : (guint) g_rand_int_range(random, 0, 4);
            gint n_steps = g == 11 ? 1000 : g_rand_int_range(random, 0, 30);

            random_plan(&plans[g % 2], random);
            w.graph = event.graph.graph = &plans[g % 2].graph;
            event.graph.batch_limit = batch_limit;
            event.graph.migration_limit = -1;
            w.wake_at = 1;
            n_graphs++;
            take_orders(&w, &event, orders, batch_limit);
            for (; n_steps > 0 && orders->len > 0; n_steps--) {
                guint at = (guint) g_rand_int_range(random, 0, (gint32) orders->len);
                struct order_given given = g_array_index(orders, struct order_given, at);

                g_array_remove_index(orders, at);
                event.kind = COX_CONDUCT_ON_RESULT;
                event.result.identity = (struct cox_conduct_identity) { given.rsc, given.task, 0, given.node };
                event.result.rc = g_rand_int_range(random, 0, 10) == 0 ? 1 : 0;
                take_orders(&w, &event, orders, batch_limit);
            }
        }
        assert_int_equal(orders->len, 0);
        assert_int_equal(w.wake_at, 0); /* the last one is complete */
        teardown(&w);
    }
    assert_int_equal(n_graphs, 2400);
}

COX_TEST_MAIN(cmocka_unit_test(actions_begin_when_their_inputs_are_done),
              cmocka_unit_test(an_unexpected_result_stops_what_is_less_urgent),
              cmocka_unit_test(an_abort_lets_only_the_urgent_begin),
              cmocka_unit_test(what_is_in_flight_is_adopted_by_the_next_graph),
              cmocka_unit_test(a_migration_to_elsewhere_is_not_adopted),
              cmocka_unit_test(nothing_is_sent_where_something_of_the_resource_is_under_way),
              cmocka_unit_test(nothing_begins_where_the_resource_is_being_sent_to),
              cmocka_unit_test(nothing_is_ordered_where_a_fencing_is_under_way_that_the_plan_does_not_know),
              cmocka_unit_test(a_node_does_not_leave_while_something_is_under_way_there),
              cmocka_unit_test(what_a_controller_is_asked_for_does_not_take_for_ever),
              cmocka_unit_test(a_new_coordinator_knows_what_executors_report),
              cmocka_unit_test(what_migrates_is_told_with_its_source_and_target),
              cmocka_unit_test(what_was_sent_by_a_node_that_is_lost_is_told_until_its_target_has_said_something),
              cmocka_unit_test(what_has_ended_while_a_plan_was_made_is_left_to_the_next_one),
              cmocka_unit_test(what_a_node_that_reports_again_was_sending_is_told_by_its_own_history),
              cmocka_unit_test(what_is_sent_again_or_really_arriving_is_told_once),
              cmocka_unit_test(what_waits_for_an_action_of_a_lost_node_does_not_begin_there),
              cmocka_unit_test(a_node_does_not_leave_while_something_is_sent_to_it),
              cmocka_unit_test(a_lost_node_sends_no_results),
              cmocka_unit_test(an_action_without_result_counts_as_failed_but_stays_in_flight),
              cmocka_unit_test(every_graph_ends_and_operations_of_a_resource_never_overlap))
