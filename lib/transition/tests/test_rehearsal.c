/* lib/transition/tests/test_rehearsal.c - tests of lib/transition/rehearsal.c. */
#include "transition/rehearsal.h"

#include "graphkit.h"
#include "transition/pretend.h"

static struct cox_rehearsal *
rehearse(const struct graphkit *kit, struct cox_status *status, const struct cox_opspec *failures, size_t n_failures)
{
    struct cox_rehearsal_input input = { &kit->graph, status, failures, n_failures, cox_wall_from_seconds(100) };

    return cox_rehearsal_run(&input);
}

static const struct cox_op_history *
last_op(const struct cox_status *status, const char *rsc)
{
    const struct cox_node_status *node = cox_status_node(status, "1", "n1");
    const struct cox_rsc_history *history = node != NULL ? cox_status_rsc(node, rsc) : NULL;

    return history != NULL && history->n_ops > 0 ? &history->ops[history->n_ops - 1] : NULL;
}

static void
results_are_those_that_the_graph_wants(void **state)
{
    static const struct cox_nvpair wanted[] = { { .name = "CRM_meta_op_target_rc", .value = "7" } };
    g_autoptr(cox_status) status = cox_status_new();
    g_autoptr(cox_rehearsal) done = NULL;
    struct graphkit kit = { 0 };
    guint32 probe = graphkit_add(&kit, "web", "monitor");

    (void) state;
    kit.actions[probe].attributes = wanted;
    kit.actions[probe].n_attributes = 1;
    done = rehearse(&kit, status, NULL, 0);
    assert_true(done->is_complete);
    assert_int_equal(done->n_actions, 1);
    assert_int_equal(done->actions[0].rc, 7);
    assert_false(done->actions[0].has_failed);
    assert_string_equal(done->actions[0].rsc_name, "web");
    assert_int_equal(last_op(status, "web")->rc, 7);
    assert_int_equal(last_op(status, "web")->last_rc_change_s, 100);
}

static void
a_planned_failure_is_counted_and_ends_the_rehearsal(void **state)
{
    static const struct {
        const char *spec;
        bool hits;
    } cases[] = {
        { "web_start_0@n1=5", true },  { "web:0_start_0@n1=5", true }, { "db_start_0@n1=0", false },
        { "web_stop_0@n1=5", false },  { "web_start_1@n1=5", false },  { "web_start_0@n2=5", false },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(cox_status) status = cox_status_new();
        g_autoptr(cox_rehearsal) done = NULL;
        struct graphkit kit = { 0 };
        guint32 start = graphkit_add(&kit, "web", "start");
        struct cox_opspec spec;

        assert_true(cox_opspec_parse(cases[i].spec, &spec, NULL));
        kit.actions[start].rsc_long_id = "web:0";
        graphkit_order(&kit, start, graphkit_add(&kit, "db", "start"));
        done = rehearse(&kit, status, &spec, 1);
        cox_opspec_clear(&spec);
        assert_int_equal(done->is_complete, !cases[i].hits);
        assert_int_equal(done->n_actions, cases[i].hits ? 1 : 2);
        assert_int_equal(done->actions[0].has_failed, cases[i].hits);
        assert_int_equal(last_op(status, "web:0")->rc, cases[i].hits ? 5 : 0);
        assert_int_equal(cox_status_node(status, "1", "n1")->attr_sets->len, cases[i].hits ? 1 : 0);
    }
}

static void
an_instance_takes_the_name_that_other_nodes_know(void **state)
{
    g_autoptr(cox_status) status = cox_status_new();
    g_autoptr(cox_rehearsal) done = NULL;
    struct graphkit kit = { 0 };
    guint32 web = graphkit_add(&kit, "web", "start"), db = graphkit_add(&kit, "db", "start");

    (void) state;
    cox_status_rsc_add(status, cox_status_node_ensure(status, "2", "n2"), "web");
    kit.actions[web].rsc_long_id = "web:1";
    kit.actions[db].rsc_long_id = "db:1";
    done = rehearse(&kit, status, NULL, 0);
    assert_true(done->is_complete);
    assert_non_null(last_op(status, "web"));
    assert_non_null(last_op(status, "db:1"));
}

static void
a_failure_that_is_what_is_wanted_is_none(void **state)
{
    g_autoptr(cox_status) status = cox_status_new();
    g_autoptr(cox_rehearsal) done = NULL;
    struct graphkit kit = { 0 };
    struct cox_opspec spec;

    (void) state;
    assert_true(cox_opspec_parse("web_start_0@n1=0", &spec, NULL));
    graphkit_add(&kit, "web", "start");
    done = rehearse(&kit, status, &spec, 1);
    cox_opspec_clear(&spec);
    assert_true(done->is_complete);
}

static void
some_operations_leave_no_history(void **state)
{
    static const char *const tasks[] = { "delete", "meta-data", "notify", "cancel", "lrm_delete" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(tasks); i++) {
        g_autoptr(cox_status) status = cox_status_new();
        g_autoptr(cox_rehearsal) unknown = NULL, known = NULL;
        struct graphkit kit = { 0 };

        graphkit_add(&kit, "web", tasks[i]);
        unknown = rehearse(&kit, status, NULL, 0);
        assert_string_equal(unknown->actions[0].rsc_name, "web");
        cox_pretend_node_up(status, "1", "n1");
        known = rehearse(&kit, status, NULL, 0);
        assert_true(known->is_complete);
        assert_null(last_op(status, "web"));
    }
}

/* What controllers do besides, when it is asked for. */
static void
a_thorough_rehearsal_forgets_and_cancels(void **state)
{
    static const struct cox_nvpair cancelled[] = { { .name = "CRM_meta_operation", .value = "monitor" },
                                                   { .name = "CRM_meta_interval", .value = "10000" } };
    static const struct {
        const char *task;
        enum cox_action_kind kind;
        bool is_kept; /* the history of web, if empty */
    } cases[] = { { "delete", COX_ACTION_RSC, false },        { "lrm_delete", COX_ACTION_CRM, false },
                  { "clear_failcount", COX_ACTION_CRM, true }, { "cancel", COX_ACTION_RSC, true },
                  { "stonith", COX_ACTION_PSEUDO, false } };

    (void) state;
    for (size_t i = 0; i < 2 * G_N_ELEMENTS(cases); i++) {
        g_autoptr(cox_status) status = cox_status_new();
        g_autoptr(cox_rehearsal) done = NULL;
        struct graphkit kit = { 0 };
        struct cox_rehearsal_input input = { &kit.graph, status, NULL, 0, cox_wall_from_seconds(100), .is_thorough = i % 2 == 1 };
        struct cox_pretend_result result = { .task = "monitor", .interval_ms = 10000, .status = COX_OP_STATUS_DONE };
        guint32 index = graphkit_add(&kit, "web", cases[i / 2].task);
        const struct cox_node_status *node = NULL;

        kit.actions[index].kind = cases[i / 2].kind;
        kit.actions[index].attributes = cancelled;
        kit.actions[index].n_attributes = G_N_ELEMENTS(cancelled);
        cox_pretend_node_up(status, "1", "n1");
        result.rc = g_str_equal(cases[i / 2].task, "clear_failcount") ? 1 : 0;
        (void) cox_pretend_result(status, cox_status_node(status, "1", "n1"), &(struct cox_pretend_rsc) { .id = "web" }, &result);
        done = cox_rehearsal_run(&input);
        node = cox_status_node(status, "1", "n1");
        assert_int_equal(last_op(status, "web") != NULL, !input.is_thorough);
        assert_int_equal(cox_status_rsc(node, "web") != NULL, !input.is_thorough || cases[i / 2].is_kept);
    }
}

static void
a_thorough_rehearsal_notes_that_a_node_was_fenced(void **state)
{
    (void) state;
    for (int is_thorough = 0; is_thorough < 2; is_thorough++) {
        g_autoptr(cox_status) status = cox_status_new();
        g_autoptr(cox_rehearsal) done = NULL;
        struct graphkit kit = { 0 };
        struct cox_rehearsal_input input = { &kit.graph, status, NULL, 0, cox_wall_from_seconds(100), .is_thorough = is_thorough == 1 };

        kit.actions[graphkit_add(&kit, NULL, "stonith")].kind = COX_ACTION_CRM;
        done = cox_rehearsal_run(&input);
        assert_int_equal(cox_status_node(status, "1", "n1")->node_fenced != NULL, is_thorough);
    }
}

static void
digests_are_of_the_parameters_and_of_the_timeout_of_monitors(void **state)
{
    static const struct cox_nvpair attributes[] = {
        { .name = "CRM_meta_name", .value = "x" }, { .name = "CRM_meta_timeout", .value = "20000" },
        { .name = "crm_feature_set", .value = "3.1" }, { .name = "ip", .value = "10.0.0.1" },
    };
    g_autoptr(cox_status) status = cox_status_new();
    g_autoptr(cox_rehearsal) done = NULL;
    g_autofree char *start = g_compute_checksum_for_string(G_CHECKSUM_MD5, " <parameters ip=\"10.0.0.1\"/>\n", -1);
    g_autofree char *monitor =
        g_compute_checksum_for_string(G_CHECKSUM_MD5, " <parameters CRM_meta_timeout=\"20000\" ip=\"10.0.0.1\"/>\n", -1);
    struct graphkit kit = { 0 };

    (void) state;
    graphkit_add(&kit, "web", "start");
    graphkit_add(&kit, "db", "monitor");
    kit.actions[1].interval_ms = 10000;
    for (size_t i = 0; i < 2; i++) {
        kit.actions[i].attributes = attributes;
        kit.actions[i].n_attributes = G_N_ELEMENTS(attributes);
    }
    done = rehearse(&kit, status, NULL, 0);
    assert_string_equal(last_op(status, "web")->op_digest, start);
    assert_string_equal(last_op(status, "db")->op_digest, monitor);
}

static void
migrations_say_from_where_to_where(void **state)
{
    static const struct cox_nvpair attributes[] = { { .name = "CRM_meta_migrate_source", .value = "n1" },
                                                    { .name = "CRM_meta_migrate_target", .value = "n2" } };
    g_autoptr(cox_status) status = cox_status_new();
    g_autoptr(cox_rehearsal) done = NULL;
    struct graphkit kit = { 0 };

    (void) state;
    graphkit_add(&kit, "vm", "migrate_to");
    kit.actions[0].attributes = attributes;
    kit.actions[0].n_attributes = G_N_ELEMENTS(attributes);
    done = rehearse(&kit, status, NULL, 0);
    assert_string_equal(last_op(status, "vm")->migrate_source, "n1");
    assert_string_equal(last_op(status, "vm")->migrate_target, "n2");
}

static void
fencing_takes_nodes_down_and_unfencing_does_not(void **state)
{
    static const struct {
        const char *task, *how, *expected_crmd;
    } cases[] = { { "stonith", "reboot", "offline" }, { "stonith", NULL, "offline" }, { "stonith", "on", "online" },
                  { "do_shutdown", NULL, "online" } };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(cox_status) status = cox_status_new();
        g_autoptr(cox_rehearsal) done = NULL;
        struct cox_nvpair how = { .name = "CRM_meta_stonith_action", .value = cases[i].how };
        struct graphkit kit = { 0 };

        graphkit_add(&kit, NULL, cases[i].task);
        kit.actions[0].kind = COX_ACTION_CRM;
        kit.actions[0].attributes = &how;
        kit.actions[0].n_attributes = cases[i].how != NULL ? 1 : 0;
        cox_pretend_node_up(status, "1", "n1");
        done = rehearse(&kit, status, NULL, 0);
        assert_true(done->is_complete);
        assert_string_equal(cox_status_node(status, "1", "n1")->crmd, cases[i].expected_crmd);
    }
}

static void
steps_without_agent_or_node_change_nothing(void **state)
{
    g_autoptr(cox_status) status = cox_status_new();
    g_autoptr(cox_rehearsal) done = NULL;
    struct graphkit kit = { 0 };

    (void) state;
    kit.actions[graphkit_add(&kit, "web", "start")].kind = COX_ACTION_PSEUDO;
    kit.actions[graphkit_add(&kit, "web", "start")].node_name = NULL;
    graphkit_add(&kit, NULL, "start");
    done = rehearse(&kit, status, NULL, 0);
    assert_true(done->is_complete);
    assert_int_equal(status->nodes->len, 0);
    cox_rehearsal_free(NULL);
}

static void
a_circle_is_never_complete(void **state)
{
    g_autoptr(cox_status) status = cox_status_new();
    g_autoptr(cox_rehearsal) done = NULL;
    struct graphkit kit = { 0 };

    (void) state;
    graphkit_add(&kit, "a", "start");
    graphkit_add(&kit, "b", "start");
    graphkit_order(&kit, 0, 1);
    graphkit_order(&kit, 1, 0);
    done = rehearse(&kit, status, NULL, 0);
    assert_false(done->is_complete);
    assert_int_equal(done->n_actions, 0);
}

COX_TEST_MAIN(cmocka_unit_test(results_are_those_that_the_graph_wants),
              cmocka_unit_test(an_instance_takes_the_name_that_other_nodes_know),
              cmocka_unit_test(a_planned_failure_is_counted_and_ends_the_rehearsal),
              cmocka_unit_test(a_failure_that_is_what_is_wanted_is_none), cmocka_unit_test(some_operations_leave_no_history),
              cmocka_unit_test(a_thorough_rehearsal_forgets_and_cancels), cmocka_unit_test(a_thorough_rehearsal_notes_that_a_node_was_fenced),
              cmocka_unit_test(digests_are_of_the_parameters_and_of_the_timeout_of_monitors),
              cmocka_unit_test(migrations_say_from_where_to_where),
              cmocka_unit_test(fencing_takes_nodes_down_and_unfencing_does_not),
              cmocka_unit_test(steps_without_agent_or_node_change_nothing), cmocka_unit_test(a_circle_is_never_complete))
