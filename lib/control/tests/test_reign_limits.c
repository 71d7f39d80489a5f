/* Tests of lib/control/reignnode.c and reignwork.c: how much is ordered at a time, and how long one waits for it. */
#include "base/testkit.h"

#include "reignworld.h"

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
    plan_add_action(&plan, "a", "start", "n2");
    plan_add_action(&plan, "b", "start", "n2");
    plan_add_action(&plan, "c", "start", "n3");
    plan_add_attribute(&plan.actions[0], &plan, "CRM_meta_timeout", "20000");
    world_want(&w);
    world_planned(&w, &plan);
    world_expect(&w, "plan; begin 3; run start a@n2; run start c@n3; ");
    assert_int_equal(w.wake_at, w.now + MS(25000)); /* nobody has answered then */
    world_result(&w, 2, "a", "start", 0, 1);
    world_expect(&w, "run start b@n2; ");
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
    plan_add_action(&plan, "a", "start", "n2");
    plan_add_action(&plan, "b", "start", "n2");
    plan_add_action(&plan, "c", "start", "n2");
    plan_add_action(&plan, "d", "start", "n2");
    plan_add_action(&plan, "e", "start", "n2");
    plan_add_action(&plan, "f", "start", "n2");
    plan_add_action(&plan, "g", "start", "n3"); /* it has told nothing */
    plan_add_action(&plan, "h", "start", "n3");
    world_want(&w);
    world_planned(&w, &plan);
    world_expect(&w, "plan; begin 8; run start a@n2; run start b@n2; run start g@n3; run start h@n3; ");
    options.options.node_action_limit = 1;
    world_step(&w, &options);
    world_result(&w, 2, "a", "start", 0, 1);
    world_expect(&w, "");
    life.life.action_limit = 3; /* what the host wants comes first */
    world_step(&w, &life);
    world_result(&w, 2, "b", "start", 0, 2);
    world_expect(&w, "run start c@n2; run start d@n2; run start e@n2; ");
    world_result(&w, 2, "c", "start", 0, 3);
    world_expect(&w, "run start f@n2; ");
    world_end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(node_action_limit_and_cluster_delay_are_obeyed),
        cmocka_unit_test(a_node_gets_twice_its_cores_of_operations_at_a_time_unless_somebody_says_otherwise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
