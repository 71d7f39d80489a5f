/* lib/transition/tests/test_pretend.c - tests of lib/transition/pretend.c. */
#include "transition/pretend.h"

#include "base/testkit.h"

static const struct cox_pretend_rsc web = { "web", NULL, "ocf", "heartbeat", "Dummy" };

static struct cox_node_status *
node_up(struct cox_status *status)
{
    cox_pretend_node_up(status, "1", "n1");
    return cox_status_node(status, "1", "n1");
}

static const char *
attr(const struct cox_node_status *node, const char *name)
{
    for (guint i = 0; i < node->attr_sets->len; i++) {
        const struct cox_nvset *set = &g_array_index(node->attr_sets, struct cox_nvset, i);

        for (size_t k = 0; k < set->n_pairs; k++) {
            if (g_str_equal(set->pairs[k].name, name)) {
                return set->pairs[k].value;
            }
        }
    }
    return NULL;
}

static const struct cox_op_history *
op_called(const struct cox_node_status *node, const char *rsc, const char *id)
{
    const struct cox_rsc_history *history = cox_status_rsc(node, rsc);

    for (guint32 i = 0; history != NULL && i < history->n_ops; i++) {
        const struct cox_op_history *op = &history->ops[i];

        if (g_str_equal(op->id, id)) {
            return op;
        }
    }
    return NULL;
}

static void
results_have_an_entry_for_what_is_last_of_their_kind(void **state)
{
    static const struct {
        struct cox_pretend_result result;
        const char *id;
    } cases[] = {
        { { .task = "start" }, "web_last_0" },
        { { .task = "monitor", .interval_ms = 5000 }, "web_monitor_5000" },
        { { .task = "monitor", .interval_ms = 5000, .rc = 7 }, "web_last_failure_0" },
        { { .task = "start", .status = COX_OP_STATUS_TIMEOUT }, "web_last_failure_0" },
        { { .task = "start", .rc = 193, .status = COX_OP_STATUS_PENDING }, "web_last_0" },
        { { .task = "monitor", .interval_ms = 5000, .rc = 1, .status = COX_OP_STATUS_CANCELLED }, "web_monitor_5000" },
        { { .task = "monitor", .rc = 7, .target_rc = 7 }, "web_last_0" },
        { { .task = "migrate_to", .rc = 1, .migrate_source = "n1", .migrate_target = "n2" }, "web_migrate_to_0" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(cox_status) status = cox_status_new();
        struct cox_node_status *node = node_up(status);

        assert_string_equal(cox_pretend_result(status, node, &web, &cases[i].result), "web");
        if (op_called(node, "web", cases[i].id) == NULL) {
            fail_msg("case %zu: no entry %s", i, cases[i].id);
        }
    }
}

static void
a_migration_is_expected_until_a_start_or_a_stop_has_ended(void **state)
{
    static const struct {
        struct cox_pretend_result result;
        bool is_expected;
    } cases[] = {
        { { .task = "stop" }, false },
        { { .task = "start" }, false },
        { { .task = "start", .rc = 1 }, false },
        { { .task = "stop", .rc = 1 }, true },
        { { .task = "stop", .status = COX_OP_STATUS_PENDING }, true },
        { { .task = "start", .status = COX_OP_STATUS_PENDING }, true },
        { { .task = "monitor", .rc = 7, .target_rc = 7 }, true },
    };
    static const struct cox_pretend_result sent = { .task = "migrate_from", .rc = 193, .status = COX_OP_STATUS_PENDING,
                                                    .migrate_source = "n2", .migrate_target = "n1" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(cox_status) status = cox_status_new();
        struct cox_node_status *node = node_up(status);

        cox_pretend_result(status, node, &web, &sent);
        cox_pretend_result(status, node, &web, &cases[i].result);
        if ((op_called(node, "web", "web_migrate_from_0") != NULL) != cases[i].is_expected) {
            fail_msg("case %zu: %s", i, cases[i].is_expected ? "not expected any more" : "still expected");
        }
    }
}

/* It ran there once: that stays. */
static void
a_migration_that_has_ended_stays_in_the_history(void **state)
{
    g_autoptr(cox_status) status = cox_status_new();
    struct cox_node_status *node = node_up(status);

    (void) state;
    cox_pretend_result(status, node, &web, &(const struct cox_pretend_result) { .task = "migrate_from" });
    cox_pretend_result(status, node, &web, &(const struct cox_pretend_result) { .task = "stop" });
    assert_non_null(op_called(node, "web", "web_migrate_from_0"));
}

static void
later_results_have_higher_call_ids(void **state)
{
    g_autoptr(cox_status) status = cox_status_new();
    struct cox_node_status *node = node_up(status);

    (void) state;
    cox_pretend_result(status, node, &web, &(struct cox_pretend_result) { .task = "start", .digest = "d" });
    cox_pretend_result(status, node, &web, &(struct cox_pretend_result) { .task = "monitor", .interval_ms = 10 });
    assert_int_equal(op_called(node, "web", "web_last_0")->call_id, 1);
    assert_string_equal(op_called(node, "web", "web_last_0")->op_digest, "d");
    assert_int_equal(op_called(node, "web", "web_monitor_10")->call_id, 2);
    assert_null(op_called(node, "web", "web_monitor_10")->op_digest);
    assert_string_equal(cox_status_rsc(node, "web")->type, "Dummy");
}

static void
the_name_that_the_history_has_is_kept(void **state)
{
    g_autoptr(cox_status) status = cox_status_new();
    struct cox_node_status *node = node_up(status);

    const struct cox_pretend_rsc instance = { "web", "web:0", "ocf", "heartbeat", "Dummy" };
    const struct cox_pretend_rsc elsewhere = { "web", "web:0", "ocf", "heartbeat", "Dummy", .is_short = true };

    (void) state;
    assert_string_equal(cox_pretend_history_name(node, &web), "web");
    assert_string_equal(cox_pretend_history_name(node, &instance), "web:0"); /* the history has neither */
    assert_string_equal(cox_pretend_history_name(node, &elsewhere), "web");
    cox_status_rsc_add(status, node, "web");
    assert_string_equal(cox_pretend_history_name(node, &instance), "web");
    cox_status_rsc_add(status, node, "web:0");
    assert_string_equal(cox_pretend_history_name(node, &instance), "web:0");
    cox_status_op_put(status, cox_status_rsc(node, "web"), &(struct cox_op_history) { .id = "web_last_0", .operation = "start" });
    assert_string_equal(cox_pretend_history_name(node, &instance), "web"); /* nothing is known under the other name */
    (void) cox_status_op_remove(status, cox_status_rsc(node, "web"), "web_last_0");
    assert_string_equal(cox_pretend_history_name(node, &elsewhere), "web:0");
    assert_string_equal(cox_pretend_history_name(node, &(struct cox_pretend_rsc) { .id = "db" }), "db");
}

static void
a_new_agent_begins_without_history(void **state)
{
    const struct cox_pretend_rsc old = { "web", NULL, "ocf", "heartbeat", "Old" };
    const struct cox_pretend_result start = { .task = "start", .status = COX_OP_STATUS_DONE, .now = cox_wall_from_seconds(100) };
    const struct cox_pretend_result failed = { .task = "monitor", .interval_ms = 10, .rc = 1, .status = COX_OP_STATUS_DONE };
    g_autoptr(cox_status) status = cox_status_new();
    struct cox_node_status *node = node_up(status);

    (void) state;
    cox_pretend_result(status, node, &old, &failed);
    cox_pretend_result(status, node, &web, &start);
    assert_int_equal(cox_status_rsc(node, "web")->n_ops, 1);
    assert_string_equal(cox_status_rsc(node, "web")->type, "Dummy");
}

static void
nodes_come_and_go(void **state)
{
    g_autoptr(cox_status) status = cox_status_new();
    struct cox_node_status *node = node_up(status);

    (void) state;
    assert_string_equal(node->crmd, "online");
    assert_string_equal(node->join, "member");
    cox_pretend_node_lost(status, "1", "n1");
    assert_string_equal(node->crmd, "offline");
    assert_string_equal(node->expected, "member");
    cox_pretend_result(status, node, &web, &(struct cox_pretend_result) { .task = "start" });
    cox_pretend_node_down(status, "1", "n1");
    assert_string_equal(node->expected, "down");
    assert_int_equal(node->resources->len, 0);
}

static void
fencing_forgets_what_ran_there(void **state)
{
    g_autoptr(cox_status) status = cox_status_new();
    struct cox_node_status *node = node_up(status);

    (void) state;
    cox_status_attr_set(status, node, "standby", "on");
    cox_pretend_result(status, node, &web, &(struct cox_pretend_result) { .task = "start" });
    cox_pretend_node_fenced(status, "1", "n1");
    assert_int_equal(node->resources->len, 0);
    assert_null(attr(node, "standby"));
    assert_string_equal(node->expected, "down");
}

static void
unfencing_notes_when_and_by_what(void **state)
{
    g_autoptr(cox_status) status = cox_status_new();
    struct cox_node_status *node = node_up(status);
    struct cox_pretend_unfencing unfencing = { "f:fence_x:d,", NULL, cox_wall_from_seconds(99) };

    (void) state;
    cox_pretend_node_unfenced(status, "1", "n1", &unfencing);
    assert_string_equal(attr(node, "#node-unfenced"), "99");
    assert_string_equal(attr(node, "#digests-all"), "f:fence_x:d,");
    assert_null(attr(node, "#digests-secure"));
}

static void
failures_add_up(void **state)
{
    g_autoptr(cox_status) status = cox_status_new();
    struct cox_node_status *node = node_up(status);
    struct cox_pretend_result result = { .task = "monitor", .interval_ms = 10000, .now = cox_wall_from_seconds(5) };

    (void) state;
    cox_pretend_failure(status, node, "web", &result);
    assert_string_equal(attr(node, "fail-count-web#monitor_10000"), "1");
    assert_string_equal(attr(node, "last-failure-web#monitor_10000"), "5");
    result.now = cox_wall_from_seconds(6);
    cox_pretend_failure(status, node, "web", &result);
    assert_string_equal(attr(node, "fail-count-web#monitor_10000"), "2");
    assert_string_equal(attr(node, "last-failure-web#monitor_10000"), "6");
    cox_status_attr_set(status, node, "fail-count-web#monitor_10000", "INFINITY");
    cox_pretend_failure(status, node, "web", &result);
    assert_string_equal(attr(node, "fail-count-web#monitor_10000"), "INFINITY");
}

static void
failures_that_are_cleared_leave_those_of_others(void **state)
{
    g_autoptr(cox_status) status = cox_status_new();
    struct cox_node_status *node = node_up(status);
    struct cox_pretend_result result = { .task = "monitor", .interval_ms = 10000, .rc = 1, .now = cox_wall_from_seconds(5) };

    (void) state;
    cox_pretend_failures_cleared(status, node, &web); /* none is there */
    (void) cox_pretend_result(status, node, &web, &result);
    cox_pretend_failure(status, node, "web", &result);
    cox_pretend_failure(status, node, "webs", &result);
    cox_status_attr_set(status, node, "fail-count-web", "3");
    cox_status_attr_set(status, node, "fail-count-web:0#monitor_10000", "1");
    cox_pretend_failures_cleared(status, node, &web);
    assert_null(attr(node, "fail-count-web:0#monitor_10000"));
    assert_null(attr(node, "fail-count-web#monitor_10000"));
    assert_null(attr(node, "last-failure-web#monitor_10000"));
    assert_null(attr(node, "fail-count-web"));
    assert_string_equal(attr(node, "fail-count-webs#monitor_10000"), "1");
    assert_int_equal(cox_status_rsc(node, "web")->n_ops, 0);
}

/* The plan after a reload must see an agent that runs, with the parameters that it has now. */
static void
a_reload_is_recorded_as_a_start(void **state)
{
    struct cox_status *status = cox_status_new();
    struct cox_node_status *node = node_up(status);
    const struct cox_pretend_result reload = { .task = "reload-agent", .digest = "new" };
    const struct cox_op_history *op;

    (void) state;
    cox_pretend_result(status, node, &web, &reload);
    op = op_called(node, "web", "web_last_0");
    assert_non_null(op);
    assert_string_equal(op->operation, "start");
    assert_string_equal(op->operation_key, "web_start_0");
    assert_string_equal(op->op_digest, "new");
    cox_status_free(status);
}

COX_TEST_MAIN(cmocka_unit_test(a_reload_is_recorded_as_a_start),
              cmocka_unit_test(results_have_an_entry_for_what_is_last_of_their_kind),
              cmocka_unit_test(a_migration_is_expected_until_a_start_or_a_stop_has_ended),
              cmocka_unit_test(a_migration_that_has_ended_stays_in_the_history),
              cmocka_unit_test(later_results_have_higher_call_ids), cmocka_unit_test(the_name_that_the_history_has_is_kept),
              cmocka_unit_test(nodes_come_and_go), cmocka_unit_test(a_new_agent_begins_without_history), cmocka_unit_test(fencing_forgets_what_ran_there),
              cmocka_unit_test(unfencing_notes_when_and_by_what), cmocka_unit_test(failures_add_up), cmocka_unit_test(failures_that_are_cleared_leave_those_of_others))
