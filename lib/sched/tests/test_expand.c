/* Tests of lib/sched/expand.c, with what it uses of rsc.c, attrs.c, amounts.c and connection.c. */
#include "statekit.h"

static void
expand(struct statekit *kit, const char *options, const char *resources)
{
    statekit_init(kit, &(struct statekit_text) { .options = options, .nodes = TWO_NODES, .resources = resources });
    statekit_run(kit);
}

static void
a_primitive_may_use_every_node_unless_the_cluster_is_opt_in(void **state)
{
    struct statekit kit;
    struct sched_rsc *rsc;

    (void) state;
    expand(&kit, "", DUMMY("a", META(NV("priority", "7") NV("target-role", "Stopped") NV("is-managed", "false"))));
    rsc = statekit_rsc(&kit, "a");
    assert_ptr_equal(rsc->top, rsc);
    assert_ptr_equal(kit.work.rsc_of_def[0], rsc);
    assert_true(rsc->cells[0].is_present && rsc->cells[1].is_present);
    assert_int_equal(rsc->meta.priority, 7);
    assert_int_equal(rsc->meta.stickiness, 0);
    assert_int_equal(rsc->next_role, COX_ROLE_STOPPED);
    assert_true(rsc->is_disabled);
    assert_false(rsc->is_managed);
    statekit_clear(&kit);
    expand(&kit, NV("symmetric-cluster", "false"), DUMMY("a", ""));
    assert_false(statekit_rsc(&kit, "a")->cells[0].is_present);
    statekit_clear(&kit);
}

static void
members_inherit_from_their_group(void **state)
{
    struct statekit kit;
    struct sched_rsc *group;

    (void) state;
    expand(&kit, "", "<group id=\"g\">" META(NV("resource-stickiness", "5")) DUMMY("a", "") DUMMY("b", "") "</group>");
    group = statekit_rsc(&kit, "g");
    assert_int_equal(group->children->len, 2);
    assert_ptr_equal(statekit_rsc(&kit, "b")->parent, group);
    assert_int_equal(statekit_rsc(&kit, "b")->meta.stickiness, 5);
    assert_true(sched_rsc_is_inside(statekit_rsc(&kit, "b"), group));
    assert_false(sched_rsc_is_inside(group, statekit_rsc(&kit, "b")));
    statekit_clear(&kit);
}

static void
a_clone_has_an_instance_for_each_node(void **state)
{
    struct statekit kit;
    struct sched_rsc *clone;

    (void) state;
    expand(&kit, "", "<clone id=\"c\"><group id=\"g\">" DUMMY("a", "") "</group></clone>");
    clone = statekit_rsc(&kit, "c");
    assert_int_equal(clone->children->len, 2);
    assert_int_equal(clone->meta.clone_max, 2);
    assert_string_equal(statekit_rsc(&kit, "a:1")->history_id, "a");
    assert_ptr_equal(statekit_rsc(&kit, "a"), statekit_rsc(&kit, "a:0"));
    assert_ptr_equal(kit.work.rsc_of_def[2], statekit_rsc(&kit, "a:0"));
    assert_int_equal(statekit_rsc(&kit, "a:1")->meta.stickiness, 1);
    assert_int_equal(statekit_rsc(&kit, "g:1")->instance, 1);
    assert_true(sched_rsc_add_instance(&kit.work, clone)->is_orphan);
    assert_true(statekit_rsc(&kit, "a:2")->is_orphan);
    statekit_clear(&kit);
}

static void
unique_instances_have_histories_of_their_own(void **state)
{
    struct statekit kit;

    (void) state;
    expand(&kit, "", "<clone id=\"c\">" META(NV("clone-node-max", "2") NV("clone-max", "4")) DUMMY("a", "") "</clone>");
    assert_true(statekit_rsc(&kit, "c")->meta.is_unique);
    assert_string_equal(statekit_rsc(&kit, "a:3")->history_id, "a:3");
    statekit_clear(&kit);
    /* What cannot tell its instances apart is anonymous whatever is wished. */
    expand(&kit, "", "<clone id=\"c\">" META(NV("globally-unique", "true") NV("clone-max", "4"))
                     "<primitive id=\"l\" class=\"lsb\" type=\"x\"/></clone>");
    assert_false(statekit_rsc(&kit, "c")->meta.is_unique);
    assert_int_equal(statekit_rsc(&kit, "c")->meta.clone_max, 2);
    statekit_clear(&kit);
    expand(&kit, "", "<clone id=\"c\">" META(NV("globally-unique", "false") NV("clone-node-max", "2")
                                             NV("clone-max", "0") NV("promotable", "true") NV("promoted-max", "2"))
                     DUMMY("a", "") "</clone>");
    assert_int_equal(statekit_rsc(&kit, "c")->meta.clone_node_max, 1);
    assert_int_equal(statekit_rsc(&kit, "c")->meta.promoted_max, 2);
    assert_int_equal(statekit_rsc(&kit, "c")->children->len, 1);
    assert_true(statekit_rsc(&kit, "a:0")->is_orphan);
    statekit_clear(&kit);
}

static void
a_guest_gets_a_connection(void **state)
{
    struct statekit kit;
    struct sched_rsc *connection;

    (void) state;
    expand(&kit, NV("symmetric-cluster", "false"),
           DUMMY("vm", META(NV("remote-node", "guest") NV("remote-connect-timeout", "90s") NV("remote-addr", "x")))
               DUMMY("bad", META(NV("remote-node", "vm"))));
    connection = statekit_rsc(&kit, "guest");
    assert_true(connection->is_implicit);
    assert_ptr_equal(connection->container, statekit_rsc(&kit, "vm"));
    assert_ptr_equal(g_ptr_array_index(statekit_rsc(&kit, "vm")->fillers, 0), connection);
    assert_ptr_equal(connection->remote_node, statekit_node(&kit, "guest"));
    assert_true(statekit_node(&kit, "guest")->is_guest);
    assert_int_equal(connection->def->n_ops, 2);
    assert_true(connection->cells[0].is_present);
    assert_false(connection->meta.allow_migrate);
    assert_int_equal(cox_diags_count(kit.diags), 1);
    sched_node_fence(&kit.work, statekit_node(&kit, "guest"), "x", false);
    assert_true(statekit_rsc(&kit, "vm")->is_failed);
    assert_false(statekit_node(&kit, "guest")->is_unclean);
    statekit_clear(&kit);
}

static void
instances_hold_no_guest(void **state)
{
    struct statekit kit;

    (void) state;
    expand(&kit, "", "<clone id='c'>" DUMMY("vm", META(NV("remote-node", "guest"))) "</clone>");
    assert_null(sched_rsc_find(&kit.work, "guest"));
    assert_null(sched_node_find(&kit.work, "guest"));
    assert_int_equal(cox_diags_count(kit.diags), 1);
    statekit_clear(&kit);
}

static void
what_a_resource_requires(void **state)
{
    static const struct {
        const char *options, *meta;
        enum sched_requires requires_;
        size_t n_diags;
    } cases[] = {
        { "", "", SCHED_REQUIRES_FENCING, 0 },
        { NV("fencing-enabled", "false"), "", SCHED_REQUIRES_QUORUM, 0 },
        { NV("fencing-enabled", "false") NV("no-quorum-policy", "ignore"), "", SCHED_REQUIRES_NOTHING, 0 },
        { NV("fencing-enabled", "false"), META(NV("requires", "unfencing")), SCHED_REQUIRES_QUORUM, 1 },
        { "", META(NV("requires", "unfencing")), SCHED_REQUIRES_UNFENCING, 0 },
        { "", META(NV("requires", "nothing")), SCHED_REQUIRES_NOTHING, 0 },
        { "", META(NV("requires", "luck")), SCHED_REQUIRES_FENCING, 1 },
        { "", META(NV("multiple-active", "luck") NV("migration-threshold", "-3")), SCHED_REQUIRES_FENCING, 2 },
    };
    struct statekit kit;

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *resource = g_strconcat("<primitive id=\"a\" class=\"ocf\" provider=\"heartbeat\" type=\"D\">",
                                                cases[i].meta, "</primitive>", NULL);

        expand(&kit, cases[i].options, resource);
        assert_int_equal(statekit_rsc(&kit, "a")->meta.requires_, cases[i].requires_);
        assert_int_equal(cox_diags_count(kit.diags), cases[i].n_diags);
        statekit_clear(&kit);
    }
    expand(&kit, "", "<primitive id=\"f\" class=\"stonith\" type=\"x\">" META(NV("provides", "unfencing"))
                     "</primitive>" DUMMY("a", META(NV("multiple-active", "block"))));
    assert_int_equal(statekit_rsc(&kit, "f")->meta.requires_, SCHED_REQUIRES_QUORUM);
    assert_int_equal(statekit_rsc(&kit, "a")->meta.requires_, SCHED_REQUIRES_UNFENCING);
    assert_int_equal(statekit_rsc(&kit, "a")->meta.multiple_active, SCHED_MULTIPLE_BLOCK);
    assert_true(kit.work.has_fence_device && kit.work.has_unfencing_device);
    statekit_clear(&kit);
}

static void
utilization_becomes_columns(void **state)
{
    struct statekit kit;

    (void) state;
    statekit_init(&kit, &(struct statekit_text) {
        .nodes = "<node id=\"1\" uname=\"n1\"><utilization id=\"u\">" NV("cpu", "8") "</utilization></node>",
        .resources = DUMMY("a", "<utilization id=\"v\">" NV("ram", "5") "</utilization>"),
        .status = "<tickets><ticket_state id=\"t\" granted=\"true\"/></tickets>" });
    statekit_run(&kit);
    sched_amounts_run(&kit.work);
    assert_int_equal(kit.work.n_utilization, 2);
    assert_int_equal(statekit_node(&kit, "n1")->capacity[0], 8);
    assert_int_equal(statekit_rsc(&kit, "a")->need[0], 0);
    assert_int_equal(statekit_rsc(&kit, "a")->need[1], 5);
    assert_int_equal(kit.work.tickets->len, 1);
    assert_true(((struct sched_ticket *) g_ptr_array_index(kit.work.tickets, 0))->is_granted);
    statekit_clear(&kit);
}

static void
parameters_may_depend_on_the_node(void **state)
{
    struct cox_nvlist list = COX_NVLIST_INIT;
    struct statekit kit;

    (void) state;
    expand(&kit, NV("cluster-name", "c"),
           DUMMY("a", "<instance_attributes id=\"p\" score=\"2\"><rule id=\"r\"><expression id=\"e\" "
                      "attribute=\"#uname\" operation=\"eq\" value=\"n2\"/></rule>" NV("x", "on-n2")
                      "</instance_attributes><instance_attributes id=\"q\">" NV("x", "else") "</instance_attributes>"));
    sched_attrs_params(&kit.work, statekit_rsc(&kit, "a"), statekit_node(&kit, "n2"), &list);
    assert_string_equal(cox_nvlist_get(&list, "x"), "on-n2");
    cox_nvlist_clear(&list);
    sched_attrs_params(&kit.work, statekit_rsc(&kit, "a"), NULL, &list);
    assert_string_equal(cox_nvlist_get(&list, "x"), "else");
    cox_nvlist_clear(&list);
    statekit_clear(&kit);
}

static void
where_something_is_active(void **state)
{
    struct statekit kit;
    struct sched_rsc *rsc;
    guint32 n_all, n_clean;

    (void) state;
    expand(&kit, "", "<group id=\"g\">" DUMMY("a", META(NV("requires", "quorum"))) "</group>");
    rsc = statekit_rsc(&kit, "a");
    assert_null(sched_rsc_active_node(rsc, NULL, NULL));
    sched_rsc_note_active(&kit.work, rsc, statekit_node(&kit, "n1"));
    sched_rsc_note_active(&kit.work, rsc, statekit_node(&kit, "n2"));
    statekit_node(&kit, "n2")->is_online = true;
    statekit_node(&kit, "n2")->is_unclean = false;
    assert_ptr_equal(sched_rsc_active_node(rsc, &n_all, &n_clean), statekit_node(&kit, "n2"));
    assert_int_equal(n_all, 2);
    assert_int_equal(n_clean, 1);
    assert_non_null(sched_rsc_active_node(statekit_rsc(&kit, "g"), NULL, NULL));
    rsc->partial_migration_source = statekit_node(&kit, "n1");
    assert_ptr_equal(sched_rsc_active_node(rsc, NULL, NULL), statekit_node(&kit, "n1"));
    assert_true(sched_rsc_is_active_on(rsc, statekit_node(&kit, "n1")));
    rsc = sched_rsc_add_orphan(&kit.work, "old", "ocf", "pacemaker", "Dummy");
    assert_true(rsc->is_orphan);
    assert_null(rsc->def);
    assert_null(sched_rsc_find(&kit.work, NULL));
    statekit_clear(&kit);
}

/* Sets of nodes lie in the resource for the first 64 nodes only. */
static void
any_number_of_nodes_may_be_active_and_known(void **state)
{
    g_autoptr(GString) nodes = g_string_new(NULL);
    struct statekit_text text = { .resources = DUMMY("a", "") DUMMY("b", "") };
    struct statekit kit;
    struct sched_rsc *a, *b;

    (void) state;
    for (int i = 1; i <= 200; i++) {
        g_string_append_printf(nodes, "<node id=\"%d\" uname=\"n%d\"/>", i, i);
    }
    text.nodes = nodes->str;
    statekit_init(&kit, &text);
    statekit_run(&kit);
    a = statekit_rsc(&kit, "a");
    b = statekit_rsc(&kit, "b");
    for (guint32 n = 0; n < 200; n += 3) {
        struct sched_node *node = g_ptr_array_index(kit.work.nodes, n);

        assert_true(sched_rsc_note_active(&kit.work, a, node));
        assert_false(sched_rsc_note_active(&kit.work, a, node));
        sched_rsc_note_known(b, node);
    }
    assert_int_equal(a->running_on.n, 67);
    for (guint32 n = 0; n < 200; n++) {
        const struct sched_node *node = g_ptr_array_index(kit.work.nodes, n);

        assert_int_equal(sched_rsc_is_active_on(a, node), n % 3 == 0);
        assert_int_equal(sched_rsc_is_known_on(b, node), n % 3 == 0);
        assert_false(sched_rsc_is_known_on(a, node) || sched_rsc_is_active_on(b, node));
    }
    assert_false(sched_rsc_is_active_on(a, NULL));
    statekit_clear(&kit);
}

COX_TEST_MAIN(cmocka_unit_test(a_primitive_may_use_every_node_unless_the_cluster_is_opt_in),
              cmocka_unit_test(members_inherit_from_their_group), cmocka_unit_test(a_clone_has_an_instance_for_each_node),
              cmocka_unit_test(unique_instances_have_histories_of_their_own), cmocka_unit_test(a_guest_gets_a_connection), cmocka_unit_test(instances_hold_no_guest),
              cmocka_unit_test(what_a_resource_requires), cmocka_unit_test(utilization_becomes_columns),
              cmocka_unit_test(parameters_may_depend_on_the_node), cmocka_unit_test(where_something_is_active),
              cmocka_unit_test(any_number_of_nodes_may_be_active_and_known))
