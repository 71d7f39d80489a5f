/* Tests of lib/sched/node.c. */
#include "statekit.h"

#define REMOTE(id, inside)                                                                                           \
    "<primitive id=\"" id "\" class=\"ocf\" provider=\"pacemaker\" type=\"remote\">" inside "</primitive>"

static void
nodes_come_from_everywhere_in_order_of_their_names(void **state)
{
    static const char *const names[] = { "b-0", "b-1", "guest", "n2", "n10", "old", "r" };
    struct statekit kit;

    (void) state;
    statekit_init(&kit, &(struct statekit_text) {
        .header = "dc-uuid=\"2\"",
        .nodes = "<node id=\"1\" uname=\"n10\"/><node id=\"2\" uname=\"n2\"/>",
        .resources = REMOTE("r", "") DUMMY("vm", META(NV("remote-node", "guest")))
            "<bundle id=\"b\"><podman image=\"i\" replicas=\"2\"/><network control-port=\"9\"/>" DUMMY("d", "") "</bundle>"
            "<bundle id=\"empty\"><podman image=\"i\"/></bundle>",
        .status = "<node_state id=\"1\" uname=\"n10\"><lrm id=\"1\"><lrm_resources><lrm_resource id=\"old\" class=\"ocf\" "
                  "provider=\"pacemaker\" type=\"remote\"/><lrm_resource id=\"vm\" class=\"ocf\" provider=\"pacemaker\" "
                  "type=\"remote\"/></lrm_resources></lrm></node_state>" });
    statekit_run(&kit);
    assert_int_equal(kit.work.n_nodes, G_N_ELEMENTS(names));
    for (guint32 i = 0; i < kit.work.n_nodes; i++) {
        const struct sched_node *node = g_ptr_array_index(kit.work.nodes, i);

        assert_string_equal(node->name, names[i]);
        assert_int_equal(node->idx, i);
    }
    assert_true(kit.work.has_remote_nodes);
    assert_ptr_equal(kit.work.dc, statekit_node(&kit, "N2"));
    assert_ptr_equal(sched_node_find_id(&kit.work, "1"), statekit_node(&kit, "n10"));
    assert_null(sched_node_find_id(&kit.work, "77"));
    assert_null(sched_node_find(&kit.work, NULL));
    assert_true(statekit_node(&kit, "old")->is_removed);
    assert_null(sched_node_find(&kit.work, "vm")); /* it is something else by now */
    assert_false(statekit_rsc(&kit, "vm")->cells[statekit_node(&kit, "old")->idx].is_present);
    assert_true(sched_rsc_add_orphan(&kit.work, "old", "ocf", "pacemaker", "remote")->remote_node
                == statekit_node(&kit, "old"));
    statekit_clear(&kit);
}

static void
rules_see_special_attributes(void **state)
{
    struct statekit kit;
    const struct sched_node *node;

    (void) state;
    statekit_init(&kit, &(struct statekit_text) {
        .header = "dc-uuid=\"1\"", .options = NV("cluster-name", "c"),
        .nodes = "<node id=\"1\" uname=\"n1\"><instance_attributes id=\"a\">" NV("site-name", "s") NV("x", "permanent")
                 NV("y", "1") "</instance_attributes></node><node id=\"2\" uname=\"n2\"/>",
        .resources = REMOTE("r", "") DUMMY("vm", META(NV("remote-node", "guest"))),
        .status = "<node_state id=\"1\" uname=\"n1\"><transient_attributes id=\"1\"><instance_attributes id=\"t\">"
                  NV("x", "transient") "</instance_attributes></transient_attributes></node_state>" });
    statekit_run(&kit);
    node = statekit_node(&kit, "n1");
    assert_string_equal(sched_node_attr(&kit.work, node, "#uname"), "n1");
    assert_string_equal(sched_node_attr(&kit.work, node, "#id"), "1");
    assert_string_equal(sched_node_attr(&kit.work, node, "#is_dc"), "true");
    assert_string_equal(sched_node_attr(&kit.work, node, "#kind"), "cluster");
    assert_string_equal(sched_node_attr(&kit.work, node, "#cluster-name"), "c");
    assert_string_equal(sched_node_attr(&kit.work, node, "#site-name"), "s");
    assert_string_equal(sched_node_attr(&kit.work, node, "x"), "transient");
    assert_string_equal(sched_node_attr(&kit.work, node, "y"), "1");
    assert_string_equal(sched_node_attr(&kit.work, statekit_node(&kit, "n2"), "#site-name"), "c");
    assert_string_equal(sched_node_attr(&kit.work, statekit_node(&kit, "n2"), "#is_dc"), "false");
    assert_string_equal(sched_node_attr(&kit.work, statekit_node(&kit, "r"), "#kind"), "remote");
    assert_string_equal(sched_node_attr(&kit.work, statekit_node(&kit, "guest"), "#kind"), "container");
    statekit_clear(&kit);
}

static void
what_can_run_resources(void **state)
{
    struct statekit kit;
    struct sched_node *node, *guest;
    struct sched_rsc *vm;

    (void) state;
    statekit_init(&kit, &(struct statekit_text) { .nodes = TWO_NODES,
                                                  .resources = DUMMY("vm", META(NV("remote-node", "guest"))) });
    statekit_run(&kit);
    node = statekit_node(&kit, "n1");
    guest = statekit_node(&kit, "guest");
    vm = statekit_rsc(&kit, "vm");
    assert_false(sched_node_available(&kit.work, node, false, NULL, false));
    node->is_online = guest->is_online = true;
    node->is_unclean = false;
    assert_true(sched_node_available(&kit.work, node, true, vm, false));
    vm->cells[node->idx].score = -1;
    assert_false(sched_node_available(&kit.work, node, true, vm, false));
    assert_true(sched_node_available(&kit.work, guest, false, NULL, true));
    vm->is_assigned = true;
    assert_false(sched_node_available(&kit.work, guest, false, NULL, true));
    vm->assigned = node;
    assert_true(sched_node_available(&kit.work, guest, false, NULL, true));
    statekit_clear(&kit);
}

static void
the_first_reason_for_fencing_stays(void **state)
{
    struct statekit kit;
    struct sched_node *node;

    (void) state;
    statekit_init(&kit, &(struct statekit_text) {
        .options = NV("startup-fencing", "false"), .nodes = TWO_NODES,
        .resources = REMOTE("r", "") REMOTE("u", META(NV("is-managed", "false"))) });
    statekit_run(&kit);
    node = statekit_node(&kit, "n1");
    sched_node_fence(&kit.work, node, "first", true);
    sched_node_fence(&kit.work, node, "second", false);
    assert_string_equal(node->fence_reason, "first");
    assert_true(node->fence_priority_delay && node->is_unclean);
    sched_node_fence(&kit.work, statekit_node(&kit, "r"), "x", false);
    assert_true(statekit_node(&kit, "r")->remote_requires_reset && statekit_node(&kit, "r")->is_unclean);
    sched_node_fence(&kit.work, statekit_node(&kit, "u"), "x", false);
    assert_false(statekit_node(&kit, "u")->is_unclean);
    statekit_clear(&kit);
}

COX_TEST_MAIN(cmocka_unit_test(nodes_come_from_everywhere_in_order_of_their_names),
              cmocka_unit_test(rules_see_special_attributes), cmocka_unit_test(what_can_run_resources),
              cmocka_unit_test(the_first_reason_for_fencing_stays))
