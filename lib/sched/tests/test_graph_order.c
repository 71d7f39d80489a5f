/* Tests of lib/sched/graph_order.c. */
#include "statekit.h"

#include "sched/planner_priv.h"

/* In the order in which they are planned: an action of each of these resources ("" for none), and the order listed. */
static void
check(struct statekit *kit, const char *const *planned, const char *wanted)
{
    struct sched_action actions[16] = { 0 };
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_autoptr(GString) listed = g_string_new(NULL);

    for (size_t i = 0; planned[i] != NULL; i++) {
        actions[i].rsc = *planned[i] == '\0' ? NULL : statekit_rsc(kit, planned[i]);
        g_ptr_array_add(list, &actions[i]);
    }
    sched_graph_order(&kit->work, list);
    for (guint i = 0; i < list->len; i++) {
        const struct sched_action *action = g_ptr_array_index(list, i);

        assert_int_equal(action->graph_index, i);
        g_string_append_printf(listed, " %s%d", action->rsc == NULL ? "-" : action->rsc->id, (int) (action - actions));
    }
    assert_string_equal(listed->str, wanted);
    statekit_clear(kit);
}

static void
plan(struct statekit *kit, const char *resources)
{
    statekit_init(kit, &(struct statekit_text) { .nodes = TWO_NODES, .resources = resources });
    statekit_run(kit);
}

static void
resources_come_by_priority_and_what_was_planned_last_first(void **state)
{
    static const char *const planned[] = { "", "a", "b", "a", "", NULL };
    struct statekit kit;

    (void) state;
    plan(&kit, DUMMY("a", "") DUMMY("b", META(NV("priority", "9"))));
    check(&kit, planned, " b2 a3 a1 -4 -0");
}

static void
a_group_comes_before_its_members_and_a_clone_after_its_instances(void **state)
{
    static const char *const planned[] = { "b", "g", "a", "c:1", "c-clone", "c:0", "g", NULL };
    struct statekit kit;

    (void) state;
    plan(&kit, "<group id=\"g\">" DUMMY("a", "") DUMMY("b", "") "</group><clone id=\"c-clone\">" DUMMY("c", "") "</clone>");
    check(&kit, planned, " g6 g1 a2 b0 c:05 c:13 c-clone4");
}

static void
instances_come_by_number_however_they_were_assigned(void **state)
{
    static const char *const planned[] = { "c:1", "c:0", NULL };
    struct statekit kit;
    GPtrArray *children;

    (void) state;
    plan(&kit, "<clone id=\"c-clone\">" DUMMY("c", "") "</clone>");
    children = statekit_rsc(&kit, "c-clone")->children;
    g_ptr_array_add(children, g_ptr_array_steal_index(children, 0));
    check(&kit, planned, " c:01 c:10");
}

static void
a_bundle_comes_with_its_inside_first_and_its_own_actions_last(void **state)
{
    static const char *const planned[] = { "w", "w-0", "w-podman-1", "w-podman-0", "d:0", "w-clone", "z", NULL };
    struct statekit kit;

    (void) state;
    plan(&kit, "<bundle id=\"w\"><podman image=\"i\" replicas=\"2\"/><network control-port=\"9\"/>" DUMMY("d", "") "</bundle>"
               DUMMY("z", ""));
    check(&kit, planned, " d:04 w-clone5 w-podman-03 w-01 w-podman-12 z6 w0");
}

static void
a_replica_comes_from_the_outside_in(void **state)
{
    static const char *const planned[] = { "w-0", "w-podman-0", "w-ip-192.0.2.1", NULL };
    struct statekit kit;

    (void) state;
    plan(&kit, "<bundle id=\"w\"><podman image=\"i\" replicas=\"1\"/><network ip-range-start=\"192.0.2.1\"/>" DUMMY("d", "")
               "</bundle>");
    check(&kit, planned, " w-ip-192.0.2.12 w-podman-01 w-00");
}

static void
what_is_inside_a_bundle_comes_as_it_was_assigned(void **state)
{
    static const char *const planned[] = { "d:0", "d:1", NULL };
    struct statekit kit;
    GPtrArray *children;

    (void) state;
    plan(&kit, "<bundle id=\"w\"><podman image=\"i\" replicas=\"2\"/><network control-port=\"9\"/>" DUMMY("d", "") "</bundle>");
    children = statekit_rsc(&kit, "w-clone")->children;
    g_ptr_array_add(children, g_ptr_array_steal_index(children, 0));
    check(&kit, planned, " d:11 d:00");
}

COX_TEST_MAIN(cmocka_unit_test(resources_come_by_priority_and_what_was_planned_last_first),
              cmocka_unit_test(a_group_comes_before_its_members_and_a_clone_after_its_instances),
              cmocka_unit_test(instances_come_by_number_however_they_were_assigned),
              cmocka_unit_test(a_bundle_comes_with_its_inside_first_and_its_own_actions_last),
              cmocka_unit_test(a_replica_comes_from_the_outside_in),
              cmocka_unit_test(what_is_inside_a_bundle_comes_as_it_was_assigned))
