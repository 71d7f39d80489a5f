/* lib/sched/tests/test_instances.c - tests of lib/sched/instances.c, assign_clone.c and assign_group.c. */
#include "base/testkit.h"

#include "placementkit.h"

static struct sched_rsc *
clone_of(struct kit *kit, int clone_max, int clone_node_max)
{
    static const char *const ids[] = { "rsc:0", "rsc:1", "rsc:2" };
    struct sched_rsc *clone = kit_rsc(kit, "clone", COX_CLONE);

    clone->meta.clone_max = clone_max;
    clone->meta.clone_node_max = clone_node_max;
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        kit_adopt(clone, kit_rsc(kit, ids[i], COX_PRIMITIVE));
    }
    return clone;
}

static void
instances_spread_over_nodes(void **state)
{
    struct kit *kit = kit_new();
    struct sched_rsc *clone = clone_of(kit, 3, 1);

    (void) state;
    kit_assign(kit, clone);
    for (guint32 i = 0; i < KIT_NODES; i++) {
        assert_int_equal(kit->nodes[i].n_assigned, 1);
    }
    kit_free(kit);
}

static void
no_more_than_clone_max_are_placed(void **state)
{
    struct kit *kit = kit_new();
    struct sched_rsc *clone = clone_of(kit, 2, 1);

    (void) state;
    kit_assign(kit, clone);
    assert_int_equal(kit->nodes[0].n_assigned + kit->nodes[1].n_assigned + kit->nodes[2].n_assigned, 2);
    assert_int_equal(sched_child(clone, 2)->next_role, COX_ROLE_STOPPED);
    kit_free(kit);
}

static void
active_instances_are_placed_first_and_stay(void **state)
{
    struct kit *kit = kit_new();
    struct sched_rsc *clone = clone_of(kit, 2, 1);
    struct sched_rsc *last = sched_child(clone, 2);

    (void) state;
    kit_run_on(kit, last, 2);
    last->cells[2].score = 1;
    kit_assign(kit, clone);
    assert_ptr_equal(sched_child(clone, 0), last);
    assert_string_equal(last->assigned->name, "c");
    kit_free(kit);
}

static void
a_node_that_the_clone_may_not_use_gets_no_instance(void **state)
{
    struct kit *kit = kit_new();
    struct sched_rsc *clone = clone_of(kit, 3, 1);

    (void) state;
    clone->cells[1].score = -COX_SCORE_INFINITY;
    kit_assign(kit, clone);
    assert_int_equal(kit->nodes[1].n_assigned, 0);
    kit_free(kit);
}

static void
members_of_a_group_stay_together(void **state)
{
    struct kit *kit = kit_new();
    struct sched_rsc *group = kit_rsc(kit, "group", COX_GROUP);
    struct sched_rsc *one = kit_rsc(kit, "one", COX_PRIMITIVE), *two = kit_rsc(kit, "two", COX_PRIMITIVE);

    (void) state;
    kit_adopt(group, one);
    kit_adopt(group, two);
    two->cells[1].score = 5;
    sched_colocation_internal(&kit->work);
    assert_string_equal(kit_assign(kit, group)->name, "b");
    assert_ptr_equal(one->assigned, two->assigned);
    assert_ptr_equal(sched_place_of(group), one->assigned);
    kit_free(kit);
}

COX_TEST_MAIN(cmocka_unit_test(instances_spread_over_nodes), cmocka_unit_test(no_more_than_clone_max_are_placed),
              cmocka_unit_test(active_instances_are_placed_first_and_stay),
              cmocka_unit_test(a_node_that_the_clone_may_not_use_gets_no_instance),
              cmocka_unit_test(members_of_a_group_stay_together))
