/* Tests of lib/control/oplog.c. */
#include "control/oplog.h"

#include "base/testkit.h"

static struct cox_oplog_result
result_of(const char *task, gint64 interval_ms, int rc, int call_id)
{
    return (struct cox_oplog_result) { .rsc_id = "r", .standard = "ocf", .provider = "p", .type = "T", .task = task,
                                       .key = g_str_equal(task, "monitor") && interval_ms == 0 ? "1:2:7:u" : "1:2:0:u",
                                       .interval_ms = interval_ms, .rc = rc, .call_id = call_id, .exec_ms = 5,
                                       .feature_set = "3.20.5", .began = cox_wall_from_seconds(50) };
}

static void
note(struct cox_oplog *log, const char *task, gint64 interval_ms, int rc, int call_id)
{
    struct cox_oplog_result result = result_of(task, interval_ms, rc, call_id);

    cox_oplog_note(log, &result);
}

/* "id=rc ..." of the resource's entries, in order. */
static char *
entries(const struct cox_oplog *log)
{
    const struct cox_rsc_history *rsc = cox_status_rsc(cox_oplog_node(log), "r");
    GString *text = g_string_new(NULL);

    for (guint i = 0; rsc != NULL && i < rsc->n_ops; i++) {
        const struct cox_op_history *op = &rsc->ops[i];

        g_string_append_printf(text, "%s%s=%d", i == 0 ? "" : " ", op->id, op->rc);
    }
    return g_string_free(text, FALSE);
}

static void
expect(const struct cox_oplog *log, const char *text)
{
    g_autofree char *found = entries(log);

    assert_string_equal(found, text);
}

static const struct cox_op_history *
entry(const struct cox_node_status *node, const char *id)
{
    const struct cox_rsc_history *rsc = cox_status_rsc(node, "r");

    for (guint i = 0; rsc != NULL && i < rsc->n_ops; i++) {
        if (g_str_equal(rsc->ops[i].id, id)) {
            return &rsc->ops[i];
        }
    }
    return NULL;
}

static void
each_kind_of_operation_has_its_entry(void **state)
{
    g_autoptr(cox_oplog) log = cox_oplog_new("1", "n1");

    (void) state;
    note(log, "monitor", 0, 7, 1);
    expect(log, "r_last_0=7");
    note(log, "start", 0, 0, 2);
    note(log, "monitor", 10000, 0, 3);
    note(log, "notify", 0, 0, 4);
    expect(log, "r_last_0=0 r_monitor_10000=0");
    note(log, "monitor", 10000, 7, 5);
    expect(log, "r_last_0=0 r_monitor_10000=0 r_last_failure_0=7");
    note(log, "stop", 0, 0, 6);
    expect(log, "r_last_0=0 r_last_failure_0=7");
    note(log, "start", 0, 1, 7);
    expect(log, "r_last_0=1 r_last_failure_0=1");
    cox_oplog_clear_failure(log, "r");
    note(log, "migrate_from", 0, 0, 8);
    expect(log, "r_last_0=1 r_migrate_from_0=0");
}

/* cts/sim found it: the scheduler took an old failure for a new one, since a demotion had taken the place of what had ended it. */
static void
a_failure_that_was_overcome_does_not_come_back_with_a_demotion(void **state)
{
    g_autoptr(cox_oplog) log = cox_oplog_new("1", "n1");
    struct cox_oplog_changes changes = { NULL, NULL, NULL };

    (void) state;
    note(log, "start", 0, 1, 1);
    note(log, "stop", 0, 0, 2);
    note(log, "start", 0, 0, 3);
    note(log, "promote", 0, 0, 4);
    expect(log, "r_last_failure_0=1 r_last_0=0");
    assert_true(cox_oplog_take(log, &changes));
    cox_oplog_changes_clear(&changes);
    note(log, "demote", 0, 0, 5);
    expect(log, "r_last_0=0");
    assert_true(cox_oplog_take(log, &changes));
    assert_string_equal(changes.gone_ops->pdata[0], "r_last_failure_0");
    cox_oplog_changes_clear(&changes);

    note(log, "promote", 0, 0, 6);
    note(log, "monitor", 10000, 9, 7);
    note(log, "demote", 0, 0, 8); /* because of the failure: not over yet */
    expect(log, "r_last_0=0 r_last_failure_0=9");
    note(log, "start", 0, 0, 9);
    note(log, "demote", 0, 1, 10);
    expect(log, "r_last_0=1 r_last_failure_0=1");
}

static void
ten_thousand_results_take_no_more_room_than_a_few(void **state)
{
    g_autoptr(cox_oplog) log = cox_oplog_new("1", "n1");

    (void) state;
    note(log, "start", 0, 0, 1);
    for (int i = 0; i < 10000; i++) {
        note(log, "monitor", 10000, i % 2 == 0 ? 0 : 7, 2 + i);
    }
    expect(log, "r_last_0=0 r_monitor_10000=0 r_last_failure_0=7");
    assert_true(cox_oplog_bytes(log) < 1024 * 1024);
}

static void
an_entry_says_what_clients_and_scheduler_read(void **state)
{
    static const struct cox_nvpair params[] = { { NULL, "b", "2" },           { NULL, "CRM_meta_timeout", "20000" },
                                                { NULL, "crm_feature_set", "3.20.5" }, { NULL, "a", "1" },
                                                { NULL, "CRM_meta_migrate_target", "n2" } };
    g_autoptr(cox_oplog) log = cox_oplog_new("1", "n1");
    struct cox_oplog_result result = result_of("monitor", 10000, 0, 9);
    const struct cox_op_history *op = NULL;
    g_autofree char *digest = g_compute_checksum_for_string(
        G_CHECKSUM_MD5, " <parameters CRM_meta_timeout=\"20000\" a=\"1\" b=\"2\"/>\n", -1);
    g_autofree char *restart = g_compute_checksum_for_string(G_CHECKSUM_MD5, " <parameters a=\"1\"/>\n", -1);
    g_autofree char *public = g_compute_checksum_for_string(G_CHECKSUM_MD5, " <parameters a=\"1\"/>\n", -1);

    (void) state;
    result.params = params;
    result.n_params = G_N_ELEMENTS(params);
    result.restart_params = " a ";
    result.secure_params = " b ";
    cox_oplog_note(log, &result);
    op = entry(cox_oplog_node(log), "r_monitor_10000");
    assert_string_equal(op->operation, "monitor");
    assert_string_equal(op->operation_key, "r_monitor_10000");
    assert_string_equal(op->transition_key, "1:2:0:u");
    assert_string_equal(op->transition_magic, "0:0;1:2:0:u");
    assert_string_equal(op->on_node, "n1");
    assert_string_equal(op->exit_reason, "");
    assert_string_equal(op->crm_feature_set, "3.20.5");
    assert_string_equal(op->op_digest, digest);
    assert_string_equal(op->op_restart_digest, restart);
    assert_string_equal(op->op_secure_digest, public);
    assert_string_equal(op->migrate_target, "n2");
    assert_int_equal(op->call_id, 9);
    assert_int_equal(op->target_rc, 0);
    assert_int_equal(op->last_rc_change_s, 50);
    assert_int_equal(op->exec_time_ms, 5);
}

static void
changes_are_given_once_and_together(void **state)
{
    g_autoptr(cox_oplog) log = cox_oplog_new("1", "n1");
    struct cox_oplog_changes changes = { NULL, NULL, NULL };

    (void) state;
    assert_false(cox_oplog_take(log, &changes));
    note(log, "start", 0, 0, 1);
    note(log, "monitor", 10000, 0, 2);
    assert_true(cox_oplog_take(log, &changes));
    assert_non_null(entry(changes.status->nodes->pdata[0], "r_monitor_10000"));
    assert_int_equal(changes.gone_ops->len, 0);
    cox_oplog_changes_clear(&changes);
    assert_false(cox_oplog_take(log, &changes));

    cox_oplog_cancelled(log, "r", "monitor", 10000);
    assert_true(cox_oplog_take(log, &changes));
    assert_null(changes.status);
    assert_string_equal(changes.gone_ops->pdata[0], "r_monitor_10000");
    cox_oplog_changes_clear(&changes);

    cox_oplog_forget(log, "r");
    assert_true(cox_oplog_take(log, &changes));
    assert_string_equal(changes.gone_rscs->pdata[0], "r");
    cox_oplog_changes_clear(&changes);
}

static void
what_was_removed_and_came_back_is_not_gone(void **state)
{
    g_autoptr(cox_oplog) log = cox_oplog_new("1", "n1");
    struct cox_oplog_changes changes = { NULL, NULL, NULL };

    (void) state;
    note(log, "monitor", 10000, 0, 1);
    cox_oplog_cancelled(log, "r", "monitor", 10000);
    note(log, "monitor", 10000, 0, 2);
    cox_oplog_forget(log, "r");
    note(log, "monitor", 0, 7, 3);
    note(log, "monitor", 10000, 0, 4);
    assert_true(cox_oplog_take(log, &changes));
    assert_int_equal(changes.gone_ops->len, 0);
    assert_int_equal(changes.gone_rscs->len, 0);
    assert_non_null(changes.status);
    cox_oplog_changes_clear(&changes);
}

static void
a_history_is_loaded_compared_and_written_again(void **state)
{
    g_autoptr(cox_oplog) log = cox_oplog_new("1", "n1"), copy = cox_oplog_new("1", "n1");
    struct cox_oplog_changes changes = { NULL, NULL, NULL };

    (void) state;
    assert_true(cox_oplog_is_same(copy, NULL));
    note(log, "start", 0, 0, 1);
    assert_false(cox_oplog_is_same(copy, cox_oplog_node(log)));
    cox_oplog_load(copy, cox_oplog_node(log));
    assert_true(cox_oplog_is_same(copy, cox_oplog_node(log)));
    assert_false(cox_oplog_take(copy, &changes));
    cox_oplog_touch(copy);
    assert_true(cox_oplog_take(copy, &changes));
    cox_oplog_changes_clear(&changes);
    note(log, "stop", 0, 0, 2);
    assert_false(cox_oplog_is_same(copy, cox_oplog_node(log)));
    note(log, "monitor", 10000, 0, 2);
    assert_false(cox_oplog_is_same(copy, cox_oplog_node(log)));
    cox_oplog_load(copy, NULL);
    expect(copy, "");
}

static void
histories_that_differ_have_different_fingerprints(void **state)
{
    g_autoptr(cox_oplog) log = cox_oplog_new("1", "n1"), copy = cox_oplog_new("1", "n1");
    guint64 empty = cox_oplog_fingerprint(NULL), started = 0, stopped = 0;

    (void) state;
    assert_true(cox_oplog_fingerprint(cox_oplog_node(log)) == empty);
    note(log, "start", 0, 0, 1);
    started = cox_oplog_fingerprint(cox_oplog_node(log));
    note(log, "stop", 0, 0, 2);
    stopped = cox_oplog_fingerprint(cox_oplog_node(log));
    assert_true(started != empty && stopped != empty && stopped != started);
    note(copy, "monitor", 10000, 0, 3);
    note(copy, "stop", 0, 0, 2); /* ends the monitor */
    assert_true(cox_oplog_fingerprint(cox_oplog_node(copy)) == stopped);
    note(copy, "stop", 0, 1, 2); /* another result */
    assert_false(cox_oplog_fingerprint(cox_oplog_node(copy)) == stopped);
    cox_oplog_load(copy, cox_oplog_node(log));
    assert_true(cox_oplog_fingerprint(cox_oplog_node(copy)) == stopped);
    cox_oplog_forget(copy, "r");
    assert_true(cox_oplog_fingerprint(cox_oplog_node(copy)) == empty);
}

/* cts/sim found it: the source was fenced, and nobody knew any more that the target had got it. */
static void
what_is_sent_here_is_expected_until_something_is_known_of_it(void **state)
{
    static const struct cox_nvpair params[] = { { NULL, "CRM_meta_migrate_source", "n2" }, { NULL, "CRM_meta_migrate_target", "n1" } };
    static const struct {
        const char *task;
        int rc;
        const char *left;
    } news[] = {
        { "monitor", 7, "r_last_0=7 r_migrate_from_0=193" }, { "stop", 1, "r_last_0=1 r_migrate_from_0=193 r_last_failure_0=1" },
        { "stop", 0, "r_last_0=0" },                         { "start", 0, "r_last_0=0" },
        { "start", 1, "r_last_0=1 r_last_failure_0=1" },     { "migrate_from", 0, "r_last_0=7 r_migrate_from_0=0" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(news); i++) {
        g_autoptr(cox_oplog) log = cox_oplog_new("1", "n1");
        struct cox_oplog_result order = result_of("migrate_to", 0, 0, 0);
        struct cox_oplog_changes changes = { NULL, NULL, NULL };
        const struct cox_op_history *op = NULL;

        note(log, "monitor", 0, 7, 1);
        assert_true(cox_oplog_take(log, &changes));
        cox_oplog_changes_clear(&changes);
        order.params = params;
        order.n_params = G_N_ELEMENTS(params);
        cox_oplog_expect(log, &order);
        assert_true(cox_oplog_take(log, &changes));
        op = entry(changes.status->nodes->pdata[0], "r_migrate_from_0");
        assert_int_equal(op->status, COX_OP_STATUS_PENDING);
        assert_int_equal(op->call_id, -1);
        assert_string_equal(op->operation, "migrate_from");
        assert_string_equal(op->transition_magic, "-1:193;1:2:0:u");
        assert_string_equal(op->migrate_source, "n2");
        cox_oplog_changes_clear(&changes);

        note(log, news[i].task, 0, news[i].rc, 2);
        expect(log, news[i].left);
        assert_true(cox_oplog_take(log, &changes));
        assert_int_equal(changes.gone_ops->len, strstr(news[i].left, "migrate_from") == NULL ? 1 : 0);
        cox_oplog_changes_clear(&changes);
    }
}

/* A migrate_from that has ended stays what it is: nothing is expected any more. */
static void
a_stop_leaves_a_migration_that_has_ended_alone(void **state)
{
    g_autoptr(cox_oplog) log = cox_oplog_new("1", "n1");

    (void) state;
    note(log, "migrate_from", 0, 0, 1);
    note(log, "stop", 0, 0, 2);
    expect(log, "r_migrate_from_0=0 r_last_0=0");
}

static void
the_wanted_result_is_the_third_field_of_the_key(void **state)
{
    (void) state;
    assert_int_equal(cox_oplog_target_rc("4:6:7:b6c50b72-6759-4b4f-afaf-8dbaca5fbaa2"), 7);
    assert_int_equal(cox_oplog_target_rc("4:6:x:b"), -1);
    assert_int_equal(cox_oplog_target_rc("refresh:1"), -1);
    assert_int_equal(cox_oplog_target_rc(NULL), -1);
}

static void
a_degraded_service_has_not_failed(void **state)
{
    static const struct {
        enum cox_op_status status;
        int rc, target_rc;
        const char *outcome;
    } cases[] = {
        { COX_OP_STATUS_DONE, 0, 0, "ok" },
        { COX_OP_STATUS_DONE, 0, -1, "ok" },
        { COX_OP_STATUS_DONE, 7, 7, "ok" },
        { COX_OP_STATUS_DONE, 7, 0, "failed" },
        { COX_OP_STATUS_DONE, 1, -1, "failed" },
        { COX_OP_STATUS_DONE, 0, 7, "found running" },
        { COX_OP_STATUS_DONE, 8, 7, "found running" },
        { COX_OP_STATUS_DONE, 190, 0, "degraded" },
        { COX_OP_STATUS_DONE, 190, -1, "degraded" },
        { COX_OP_STATUS_DONE, 191, 8, "degraded" },
        { COX_OP_STATUS_DONE, 190, 7, "found running" },
        { COX_OP_STATUS_DONE, 191, 7, "found running" },
        { COX_OP_STATUS_DONE, 190, 8, "failed" },
        { COX_OP_STATUS_DONE, 191, 0, "failed" },
        { COX_OP_STATUS_TIMEOUT, 1, 0, "timed out" },
        { COX_OP_STATUS_CANCELLED, 0, 0, "cancelled" },
        { COX_OP_STATUS_NOT_INSTALLED, 5, 0, "not installed" },
        { COX_OP_STATUS_ERROR, 190, 0, "failed" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_string_equal(cox_oplog_outcome(cases[i].status, cases[i].rc, cases[i].target_rc), cases[i].outcome);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_operation_has_its_entry),
        cmocka_unit_test(a_failure_that_was_overcome_does_not_come_back_with_a_demotion),
        cmocka_unit_test(ten_thousand_results_take_no_more_room_than_a_few),
        cmocka_unit_test(an_entry_says_what_clients_and_scheduler_read),
        cmocka_unit_test(changes_are_given_once_and_together),
        cmocka_unit_test(what_was_removed_and_came_back_is_not_gone),
        cmocka_unit_test(a_history_is_loaded_compared_and_written_again),
        cmocka_unit_test(histories_that_differ_have_different_fingerprints),
        cmocka_unit_test(what_is_sent_here_is_expected_until_something_is_known_of_it),
        cmocka_unit_test(a_stop_leaves_a_migration_that_has_ended_alone),
        cmocka_unit_test(the_wanted_result_is_the_third_field_of_the_key),
        cmocka_unit_test(a_degraded_service_has_not_failed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
