/* Tests of lib/transition/pare.c. */
#include "transition/pare.h"

#include "base/testkit.h"

static const guint32 after_fence[] = { 0 }, after_start[] = { 1 }, after_probe[] = { 3 };

static const struct cox_action actions[] = {
    { .id = 1, .kind = COX_ACTION_CRM, .task = "stonith", .node_name = "lost" },
    { .id = 2, .kind = COX_ACTION_RSC, .task = "start", .rsc_id = "a", .node_name = "n1", .inputs = after_fence, .n_inputs = 1 },
    { .id = 3, .kind = COX_ACTION_RSC, .task = "monitor", .rsc_id = "a", .node_name = "n1", .inputs = after_start, .n_inputs = 1 },
    { .id = 4, .kind = COX_ACTION_RSC, .task = "monitor", .rsc_id = "b", .node_name = "n1" },
    { .id = 5, .kind = COX_ACTION_PSEUDO, .task = "probed", .inputs = after_probe, .n_inputs = 1 },
    { .id = 6, .kind = COX_ACTION_CRM, .task = "stonith", .node_name = "n1" },
    { .id = 7, .kind = COX_ACTION_CRM, .task = "do_shutdown", .node_name = "n1" },
};

static void
only_watching_and_the_fencing_of_lost_nodes_is_left(void **state)
{
    static const struct cox_graph graph = { .actions = actions, .n_actions = G_N_ELEMENTS(actions) };
    g_autoptr(cox_status) status = cox_status_new();
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_graph pared;

    (void) state;
    cox_status_node_ensure(status, "1", "n1")->in_ccm = "true";
    cox_status_node_ensure(status, "2", "lost")->in_ccm = "false";
    pared = cox_pare_graph(&graph, status, arena);
    assert_int_equal(pared.n_actions, 3);
    assert_int_equal(pared.actions[0].id, 1);
    assert_int_equal(pared.actions[1].id, 4);
    assert_int_equal(pared.actions[2].id, 5);
    assert_int_equal(pared.actions[2].inputs[0], 1);
}

static void
an_empty_graph_stays_empty(void **state)
{
    static const struct cox_graph graph = { .n_actions = 0 };
    g_autoptr(cox_status) status = cox_status_new();
    g_autoptr(cox_arena) arena = cox_arena_new();

    (void) state;
    assert_int_equal(cox_pare_graph(&graph, status, arena).n_actions, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_watching_and_the_fencing_of_lost_nodes_is_left),
        cmocka_unit_test(an_empty_graph_stays_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
