/* Tests of lib/control/reignnode.c and reignwork.c: how much is ordered at a time, and how long one waits for it. */
#include "base/testkit.h"
#include "model/status.h"

#include "reignworld.h"

enum { AHEAD = 16 }; /* so many times what runs at a time is ordered */

/* @n starts on a node: s01@n2 and so on. */
static void
add_starts(struct plan *plan, const char *node, guint n)
{
    for (guint i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf("s%02u", (guint) plan->graph.n_actions + 1);

        plan_add_action(plan, g_intern_string(name), "start", node);
    }
}

/* How many were ordered since the last time. */
static guint
count_orders(struct world *w, const char *node)
{
    g_auto(GStrv) words = g_strsplit(w->log->str, " ", -1);
    guint n = 0;

    for (guint i = 0; words[i] != NULL; i++) {
        n += g_str_has_suffix(words[i], node) && strchr(words[i], '@') != NULL;
    }
    g_string_truncate(w->log, 0);
    return n;
}

static void
node_action_limit_and_cluster_delay_are_obeyed(void **state)
{
    struct cox_reign_event options = { .kind = COX_REIGN_ON_OPTIONS };
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    world_settle(&w);
    options.options.fence_attempts = 2;
    options.options.node_action_limit = 1;
    options.options.cluster_delay_ms = 5000;
    world_step(&w, &options);
    add_starts(&plan, "n2", AHEAD + 1);
    plan_add_action(&plan, "c", "start", "n3");
    plan_add_attribute(&plan.actions[0], &plan, "CRM_meta_timeout", "20000");
    world_want(&w);
    world_planned(&w, &plan);
    assert_int_equal(w.wake_at, w.now + MS(25000)); /* nobody has answered then */
    assert_non_null(strstr(w.log->str, "run start c@n3; "));
    assert_int_equal(count_orders(&w, "n2;"), AHEAD);
    world_result(&w, 2, "s01", "start", 0, 1);
    world_expect(&w, "run start s17@n2; ");
    world_end(&w);
}

static void
a_node_gets_twice_its_cores_of_operations_at_a_time_unless_somebody_says_otherwise(void **state)
{
    struct cox_reign_event options = { .kind = COX_REIGN_ON_OPTIONS };
    struct cox_reign_event life = { .kind = COX_REIGN_ON_LIFE, .node = 2, .life = { .boot = WORLD_LIFE, .cores = 1 } };
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    world_settle(&w);
    options.options.fence_attempts = 2;
    world_step(&w, &options);
    world_step(&w, &life);
    add_starts(&plan, "n2", 2 * AHEAD + 2);
    add_starts(&plan, "n3", 4); /* it has told nothing */
    world_want(&w);
    world_planned(&w, &plan);
    assert_non_null(strstr(w.log->str, "run start s38@n3; "));
    assert_int_equal(count_orders(&w, "n2;"), 2 * AHEAD);
    options.options.node_action_limit = 1;
    world_step(&w, &options);
    world_result(&w, 2, "s01", "start", 0, 1);
    world_expect(&w, "");
    life.life.action_limit = 3; /* what the host wants comes first */
    world_step(&w, &life);
    world_result(&w, 2, "s02", "start", 0, 2);
    world_expect(&w, "run start s33@n2; run start s34@n2; ");
    world_end(&w);
}

static void
the_host_comes_before_the_option_and_that_before_the_cores(void **state)
{
    (void) state;
    assert_int_equal(cox_reign_action_limit(7, 5, 2), 7);
    assert_int_equal(cox_reign_action_limit(0, 5, 2), 5);
    assert_int_equal(cox_reign_action_limit(0, 0, 2), 4);
    assert_int_equal(cox_reign_action_limit(0, 0, 0), 0);
}

static struct cox_reign_event
never_begun(const char *rsc, const char *task, gint64 call_id)
{
    struct cox_reign_event event = world_result_of(2, rsc, task, 1, call_id);

    event.result.status = COX_OP_STATUS_CANCELLED;
    event.result.target_rc = 0;
    event.result.history = NULL;
    return event;
}

/* It is no failure, and there is nothing to be written that one had to wait for. */
static void
what_the_next_plan_does_not_want_and_has_not_begun_is_withdrawn(void **state)
{
    struct cox_reign_event options = { .kind = COX_REIGN_ON_OPTIONS }, dropped = never_begun("b", "start", 7);
    struct plan plan = { 0 }, other = { 0 };
    struct world w;

    (void) state;
    world_settle(&w);
    options.options.fence_attempts = 2;
    options.options.node_action_limit = 1;
    world_step(&w, &options);
    plan_add_action(&plan, "a", "start", "n2");
    plan_add_action(&plan, "b", "start", "n2");
    plan_add_action(&plan, "c", "start", "n2");
    world_want(&w);
    world_planned(&w, &plan);
    world_expect(&w, "plan; begin 3; run start a@n2; run start b@n2; run start c@n2; ");
    plan_add_action(&other, "a", "start", "n2");
    plan_add_action(&other, "c", "start", "n2");
    world_want(&w);
    world_planned(&w, &other);
    world_expect(&w, "plan; end early; begin 2; withdraw start b@n2; ");
    world_step(&w, &dropped);
    world_expect(&w, "plan; ");
    world_planned(&w, &other);
    world_expect(&w, "end early; begin 2; ");
    assert_string_equal(w.cause, "start of b on n2 was taken back before it began");
    world_end(&w);
}

/* A node says when it joins that it knows such orders; another one gets them when the results are there. */
static void
a_chain_is_ordered_at_once_where_it_is_understood(void **state)
{
    struct cox_reign_event life = { .kind = COX_REIGN_ON_LIFE, .node = 2, .life = { .boot = WORLD_LIFE, .cores = 2, .takes_followers = true } };
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    world_settle(&w);
    world_step(&w, &life);
    plan_add_action(&plan, "a", "start", "n2");
    plan_add_action(&plan, "b", "start", "n2");
    plan_chain(&plan);
    world_want(&w);
    world_planned(&w, &plan);
    world_expect(&w, "plan; begin 2; run start a@n2; run start b@n2 after start of a; ");
    world_end(&w);
    plan = (struct plan) { 0 };
    world_settle(&w);
    life.life.takes_followers = false;
    world_step(&w, &life);
    plan_add_action(&plan, "a", "start", "n2");
    plan_add_action(&plan, "b", "start", "n2");
    plan_chain(&plan);
    world_want(&w);
    world_planned(&w, &plan);
    world_expect(&w, "plan; begin 2; run start a@n2; ");
    world_end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(node_action_limit_and_cluster_delay_are_obeyed),
        cmocka_unit_test(a_node_gets_twice_its_cores_of_operations_at_a_time_unless_somebody_says_otherwise),
        cmocka_unit_test(the_host_comes_before_the_option_and_that_before_the_cores),
        cmocka_unit_test(a_chain_is_ordered_at_once_where_it_is_understood),
        cmocka_unit_test(what_the_next_plan_does_not_want_and_has_not_begun_is_withdrawn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
