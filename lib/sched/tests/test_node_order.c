/* lib/sched/tests/test_node_order.c - tests of lib/sched/node_order.c and capacity.c. */
#include "base/testkit.h"

#include "placementkit.h"

static void
best_node_by_score_load_place_and_name(void **state)
{
    static const struct {
        const char *why;
        cox_score scores[KIT_NODES];
        guint32 assigned[KIT_NODES];
        int current;
        const char *expected;
    } cases[] = {
        { "the highest score wins", { 1, 7, 3 }, { 0, 9, 0 }, -1, "b" },
        { "then the fewest resources", { 5, 5, 5 }, { 2, 1, 2 }, -1, "b" },
        { "then where it is", { 5, 5, 5 }, { 1, 1, 1 }, 2, "c" },
        { "then the name", { 0, 0, 0 }, { 0, 0, 0 }, -1, "a" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct kit *kit = kit_new();
        struct sched_rsc *rsc = kit_rsc(kit, "rsc", COX_PRIMITIVE);
        const struct sched_node *current = cases[i].current < 0 ? NULL : &kit->nodes[cases[i].current];

        for (guint32 n = 0; n < KIT_NODES; n++) {
            rsc->cells[n].score = cases[i].scores[n];
            kit->nodes[n].n_assigned = cases[i].assigned[n];
        }
        assert_string_equal(sched_node_best(&kit->work, rsc->cells, current)->name, cases[i].expected);
        kit_free(kit);
    }
}

static void
a_node_that_cannot_be_used_comes_last(void **state)
{
    struct kit *kit = kit_new();
    struct sched_rsc *rsc = kit_rsc(kit, "rsc", COX_PRIMITIVE);
    guint32 order[KIT_NODES];

    (void) state;
    rsc->cells[0].score = 100;
    kit->nodes[0].is_standby = true;
    assert_int_equal(sched_node_order(&kit->work, rsc->cells, NULL, order), KIT_NODES);
    assert_int_equal(order[0], 1);
    assert_int_equal(order[2], 0);
    kit_free(kit);
}

static void
balanced_prefers_room_and_minimal_only_the_name(void **state)
{
    struct kit *kit = kit_new();
    struct sched_rsc *rsc = kit_rsc(kit, "rsc", COX_PRIMITIVE);
    gint64 capacity[KIT_NODES][1] = { { 1 }, { 4 }, { 2 } };

    (void) state;
    kit->work.n_utilization = 1;
    for (guint32 n = 0; n < KIT_NODES; n++) {
        kit->nodes[n].capacity = capacity[n];
    }
    kit->nodes[0].n_assigned = 5;
    kit->work.opt.placement_strategy = "balanced";
    assert_string_equal(sched_node_best(&kit->work, rsc->cells, NULL)->name, "b");
    kit->work.opt.placement_strategy = "minimal";
    assert_string_equal(sched_node_best(&kit->work, rsc->cells, NULL)->name, "a");
    kit_free(kit);
}

static void
who_does_not_fit_goes_elsewhere_and_takes_its_room(void **state)
{
    struct kit *kit = kit_new();
    struct sched_rsc *rsc = kit_rsc(kit, "rsc", COX_PRIMITIVE);
    gint64 capacity[KIT_NODES][1] = { { 1 }, { 2 }, { 4 } }, need[1] = { 3 };

    (void) state;
    kit->work.n_utilization = 1;
    kit->work.opt.placement_strategy = "utilization";
    for (guint32 n = 0; n < KIT_NODES; n++) {
        kit->nodes[n].capacity = capacity[n];
    }
    rsc->need = need;
    assert_string_equal(kit_assign(kit, rsc)->name, "c");
    assert_int_equal(capacity[2][0], 1);
    sched_place_unset(&kit->work, rsc);
    assert_int_equal(capacity[2][0], 4);
    kit_free(kit);
}

COX_TEST_MAIN(cmocka_unit_test(best_node_by_score_load_place_and_name),
              cmocka_unit_test(a_node_that_cannot_be_used_comes_last),
              cmocka_unit_test(balanced_prefers_room_and_minimal_only_the_name),
              cmocka_unit_test(who_does_not_fit_goes_elsewhere_and_takes_its_room))
