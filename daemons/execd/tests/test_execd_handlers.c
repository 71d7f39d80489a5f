/* Tests of cox-execd's handlers on paper: no process is started, time stands still until told. */
#include "../execd.h"

#include <unistd.h>

#include "agents/tests/agentkit.h"
#include "base/error.h"
#include "runtime/fake.h"
#include "service/servicefake.h"

static const struct cox_op ops[] = {
    { COX_MSG_EXEC_ORDER, execd_on_order, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_EXEC_FOLLOW, execd_on_follow, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_EXEC_CANCEL, execd_on_cancel, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_EXEC_WITHDRAW, execd_on_withdraw, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_EXEC_LIMIT, execd_on_limit, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_EXEC_FORGET, execd_on_forget, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_EXEC_TAKEN, execd_on_taken, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_EXEC_ALERT, execd_on_alert, COX_FROM_LOCAL, COX_ROLE_ADMIN },
};
static const char *const topics[] = { EXECD_TOPIC_RESULTS, NULL };
static const struct cox_service service = {
    .daemon = COX_DAEMON_EXEC, .ops = ops, .n_ops = G_N_ELEMENTS(ops), .topics = topics, .start = execd_start, .stop = execd_stop,
    .destroy = execd_destroy, .subscribed = execd_on_subscribed, .health = execd_on_health,
};

struct world {
    struct cox_runtime *runtime;
    struct cox_service_fake *fake;
    char *directory, *root;
    guint n_keys;
};

static void
start(struct world *world)
{
    const struct cox_service_fake_setup setup = { .service = &service, .runtime = world->runtime, .node = 1, .run_directory = world->directory };
    g_autoptr(GError) error = NULL;

    world->fake = cox_service_fake_new(&setup, &error);
    if (world->fake == NULL) {
        fail_msg("%s", error->message);
    }
}

static int
setup(void **state)
{
    struct world *world = g_new0(struct world, 1);

    alarm(60);
    world->runtime = cox_fake_new(1000000, (cox_wall) { G_GINT64_CONSTANT(1700000000000000) });
    world->directory = agentkit_new();
    world->root = agentkit_new();
    agentkit_put(world->root, "resource.d/test/a", "#!/bin/sh\n", 0755);
    g_setenv("COX_OCF_ROOT", world->root, TRUE);
    start(world);
    *state = world;
    return 0;
}

static int
teardown(void **state)
{
    struct world *world = *state;

    cox_service_fake_free(world->fake);
    cox_runtime_free(world->runtime);
    agentkit_remove(world->directory);
    agentkit_remove(world->root);
    g_free(world);
    return 0;
}

static guint64
order(struct world *world, const char *rsc, const char *task, gint64 interval_ms)
{
    g_autofree char *key = g_strdup_printf("%u:3:0:u", ++world->n_keys);
    static const struct cox_msg_pair params[] = { { "ip", "10.0.0.1" }, { "CRM_meta_on_node", "n1" } };
    const struct cox_msg_exec_order body = { .rsc_id = rsc, .standard = "ocf", .provider = "test", .type = "a", .task = task, .key = key,
                                             .interval_ms = interval_ms, .timeout_ms = 20000, .generation = 1, .coordinator = 1,
                                             .n_params = 2, .params = params };
    const struct cox_msg_done *done = cox_service_fake_get(world->fake, COX_MSG_EXEC_ORDER, &body, COX_MSG_DONE, NULL);

    return done == NULL ? 0 : done->number;
}

/* What the keeper leaves of @run. */
static void
leave_end(struct world *world, guint run, int status, const char *reason)
{
    g_autofree char *name = g_strdup_printf("exec/run-%u.end", run);
    g_autofree char *text = g_strdup_printf("end exited %d\nran 5\nreason %d %d\n%s\nout 0 0\n\nerr 0 0\n\n", status, (int) strlen(reason),
                                            (int) strlen(reason), reason);

    agentkit_put(world->directory, name, text, 0600);
}

/* The agent of @run ends: what its keeper would leave, and the keeper's end. */
static void
end_run(struct world *world, guint run, int status, const char *reason)
{
    leave_end(world, run, status, reason);
    cox_fake_child_end(world->runtime, cox_fake_child_last(world->runtime), 0, NULL);
}

static const struct cox_msg_exec_result *
last_result(const struct world *world)
{
    return cox_service_fake_event(world->fake, cox_service_fake_n_events(world->fake) - 1)->body;
}

static guint
count_files(const struct world *world, const char *prefix)
{
    g_autofree char *path = g_build_filename(world->directory, "exec", NULL);
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;
    guint n = 0;

    while ((name = g_dir_read_name(dir)) != NULL) {
        n += g_str_has_prefix(name, prefix);
    }
    g_dir_close(dir);
    return n;
}

static void
an_order_becomes_a_keeper_with_the_agent_and_its_end_a_result(void **state)
{
    struct world *world = *state;
    cox_source_id child;

    assert_true(order(world, "r", "start", 0) > 0);
    child = cox_fake_child_last(world->runtime);
    assert_non_null(strstr(cox_fake_child_command(world->runtime, child), "cox-agent-keeper"));
    assert_non_null(strstr(cox_fake_child_command(world->runtime, child), "/resource.d/test/a start"));
    assert_non_null(strstr(cox_fake_child_environment(world->runtime, child), "OCF_RESKEY_ip=10.0.0.1"));
    assert_int_equal(count_files(world, "order-"), 1);
    assert_int_equal(count_files(world, "run-1"), 1);
    end_run(world, 1, 1, "ocf-exit-reason:no luck");
    assert_int_equal(cox_service_fake_n_events(world->fake), 1);
    assert_int_equal(last_result(world)->rc, 1);
    assert_string_equal(last_result(world)->reason, "no luck");
    assert_string_equal(last_result(world)->params[0].value, "10.0.0.1");
    assert_string_equal(last_result(world)->provider, "test");
    assert_int_equal(count_files(world, "order-"), 0);
    assert_int_equal(count_files(world, "run-"), 0);
    assert_int_equal(count_files(world, "result-"), 1);
    {
        const struct cox_msg_exec_taken taken = { .call_id = last_result(world)->call_id };

        assert_non_null(cox_service_fake_get(world->fake, COX_MSG_EXEC_TAKEN, &taken, COX_MSG_DONE, NULL));
    }
    assert_int_equal(count_files(world, "result-"), 0);
}

static void
at_the_deadline_the_agent_is_killed_and_reported_at_once(void **state)
{
    struct world *world = *state;

    assert_true(order(world, "r", "start", 0) > 0);
    assert_true(order(world, "r", "stop", 0) > 0);
    cox_fake_advance(world->runtime, 20 * COX_USEC_PER_S);
    assert_int_equal(cox_service_fake_n_events(world->fake), 1);
    assert_int_equal(last_result(world)->status, COX_OP_STATUS_TIMEOUT);
}

static void
a_new_order_of_a_monitor_takes_the_place_of_the_old_one(void **state)
{
    struct world *world = *state;
    const struct cox_msg_exec_cancel cancel = { .rsc_id = "r", .task = "monitor", .interval_ms = 10000, .generation = 1, .coordinator = 1 };

    assert_true(order(world, "r", "monitor", 10000) > 0);
    end_run(world, 1, 0, "");
    assert_int_equal(last_result(world)->is_first, 1);
    assert_true(order(world, "r", "monitor", 10000) > 0);
    assert_int_equal(count_files(world, "order-"), 1);
    end_run(world, 2, 0, "");
    assert_int_equal(cox_service_fake_n_events(world->fake), 2); /* no news, but somebody asked */
    assert_string_equal(last_result(world)->key, "2:3:0:u");
    cox_fake_advance(world->runtime, 10 * COX_USEC_PER_S);
    assert_int_equal(cox_fake_child_count(world->runtime), 1);
    end_run(world, 3, 0, "");
    assert_int_equal(cox_service_fake_n_events(world->fake), 2);
    assert_non_null(cox_service_fake_get(world->fake, COX_MSG_EXEC_CANCEL, &cancel, COX_MSG_DONE, NULL));
    assert_int_equal(count_files(world, "order-"), 0);
}

static void
a_cancellation_waits_for_the_run_under_way(void **state)
{
    struct world *world = *state;
    const struct cox_msg_exec_cancel cancel = { .rsc_id = "r", .task = "monitor", .interval_ms = 10000, .generation = 1, .coordinator = 1 };
    const struct cox_service_fake_call call = { .message = COX_MSG_EXEC_CANCEL, .body = &cancel };
    guint32 id;

    assert_true(order(world, "r", "monitor", 10000) > 0);
    id = cox_service_fake_ask(world->fake, &call);
    assert_null(cox_service_fake_answer(world->fake, id));
    end_run(world, 1, 0, "");
    assert_int_equal(cox_service_fake_answer(world->fake, id)->message, COX_MSG_DONE);
    assert_int_equal(cox_service_fake_n_events(world->fake), 1); /* who waits for the first result must not wait for ever */
    assert_int_equal(last_result(world)->status, COX_OP_STATUS_CANCELLED);
}

static void
no_more_than_the_controller_says_run_at_a_time(void **state)
{
    struct world *world = *state;
    struct cox_msg_exec_limit limit = { .limit = 1 };

    assert_non_null(cox_service_fake_get(world->fake, COX_MSG_EXEC_LIMIT, &limit, COX_MSG_DONE, NULL));
    assert_true(order(world, "a", "start", 0) > 0);
    assert_true(order(world, "b", "start", 0) > 0);
    assert_true(order(world, "c", "start", 0) > 0);
    assert_int_equal(cox_fake_child_count(world->runtime), 1);
    limit.limit = 2;
    assert_non_null(cox_service_fake_get(world->fake, COX_MSG_EXEC_LIMIT, &limit, COX_MSG_DONE, NULL));
    assert_int_equal(cox_fake_child_count(world->runtime), 2);
    cox_service_fake_free(world->fake); /* the next one does not begin everything before it is told */
    start(world);
    assert_true(cox_exec_running(((struct execd *) cox_service_data(cox_service_fake_ctx(world->fake)))->engine) <= MAX(2, 2 * sysconf(_SC_NPROCESSORS_ONLN)));
}

static void
what_is_withdrawn_before_it_has_begun_is_answered_as_cancelled(void **state)
{
    struct world *world = *state;
    const struct cox_msg_exec_limit limit = { .limit = 1 };
    struct cox_msg_exec_withdraw withdrawal = { .rsc_id = "b", .task = "start", .generation = 1, .coordinator = 1 };
    g_autoptr(GError) error = NULL;

    assert_non_null(cox_service_fake_get(world->fake, COX_MSG_EXEC_LIMIT, &limit, COX_MSG_DONE, NULL));
    assert_true(order(world, "a", "start", 0) > 0);
    assert_true(order(world, "b", "start", 0) > 0);
    assert_non_null(cox_service_fake_get(world->fake, COX_MSG_EXEC_WITHDRAW, &withdrawal, COX_MSG_DONE, NULL));
    assert_int_equal(cox_service_fake_n_events(world->fake), 1);
    assert_string_equal(last_result(world)->key, "2:3:0:u");
    assert_int_equal(last_result(world)->status, COX_OP_STATUS_CANCELLED);
    assert_int_equal(count_files(world, "order-"), 1);
    withdrawal.rsc_id = "a"; /* that has begun */
    assert_non_null(cox_service_fake_get(world->fake, COX_MSG_EXEC_WITHDRAW, &withdrawal, COX_MSG_DONE, NULL));
    assert_int_equal(cox_service_fake_n_events(world->fake), 1);
    withdrawal.generation = 0;
    assert_null(cox_service_fake_get(world->fake, COX_MSG_EXEC_WITHDRAW, &withdrawal, COX_MSG_DONE, &error));
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_OLD));
    g_clear_error(&error);
    withdrawal.rsc_id = NULL;
    assert_null(cox_service_fake_get(world->fake, COX_MSG_EXEC_WITHDRAW, &withdrawal, COX_MSG_DONE, &error));
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_INVALID_PARAM));
    end_run(world, 1, 0, "");
    assert_int_equal(cox_fake_child_count(world->runtime), 0);
}

static guint64
follow(struct world *world, const char *rsc, const char *after, GError **error)
{
    g_autofree char *key = g_strdup_printf("%u:3:0:u", ++world->n_keys);
    const struct cox_msg_exec_order order = { .rsc_id = rsc, .standard = "ocf", .provider = "test", .type = "a", .task = "start", .key = key,
                                              .timeout_ms = 20000, .generation = 1, .coordinator = 1 };
    const struct cox_msg_exec_name name = { after, "start" };
    const struct cox_msg_exec_follow body = { 1, &name, 1, &order };
    const struct cox_msg_done *done = cox_service_fake_get(world->fake, COX_MSG_EXEC_FOLLOW, &body, COX_MSG_DONE, error);

    return done == NULL ? 0 : done->number;
}

static void
what_comes_after_another_waits_for_it_also_over_a_restart(void **state)
{
    struct world *world = *state;

    assert_true(order(world, "a", "start", 0) > 0);
    assert_true(follow(world, "b", "a", NULL) > 0);
    assert_true(follow(world, "c", "b", NULL) > 0);
    assert_int_equal(cox_fake_child_count(world->runtime), 1);
    assert_int_equal(count_files(world, "order-"), 3);
    cox_service_fake_free(world->fake);
    start(world);
    assert_int_equal(cox_service_fake_n_events(world->fake), 0);
    assert_int_equal(count_files(world, "order-"), 3);
    leave_end(world, 1, 0, "");
    cox_fake_advance(world->runtime, 5 * COX_USEC_PER_S);
    assert_int_equal(count_files(world, "order-"), 2);
    assert_non_null(strstr(cox_fake_child_command(world->runtime, cox_fake_child_last(world->runtime)), " start"));
    end_run(world, 2, 1, "broken");
    assert_int_equal(count_files(world, "order-"), 0);
    assert_int_equal(cox_service_fake_n_events(world->fake), 3);
    assert_string_equal(last_result(world)->rsc_id, "c");
    assert_int_equal(last_result(world)->status, COX_OP_STATUS_CANCELLED);
}

/* As one reads it that knows only orders that may begin. */
static void
the_file_of_one_that_waits_is_no_order_for_older_executors(void **state)
{
    struct world *world = *state;
    g_autofree char *path = g_build_filename(world->directory, "exec", "order-2", NULL);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    guint32 size = 0;

    assert_true(order(world, "a", "start", 0) > 0);
    assert_true(follow(world, "b", "a", NULL) > 0);
    assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    memcpy(&size, bytes, sizeof size);
    assert_true(size > length);
}

static void
an_order_that_does_not_say_what_it_comes_after_is_refused(void **state)
{
    struct world *world = *state;
    const struct cox_msg_exec_order order = { .rsc_id = "b", .standard = "ocf", .provider = "test", .type = "a", .task = "monitor", .key = "k",
                                              .interval_ms = 1000, .timeout_ms = 20000, .generation = 1, .coordinator = 1 };
    const struct cox_msg_exec_name name = { "a", "start" };
    struct cox_msg_exec_follow body = { 1, &name, 1, &order };
    g_autoptr(GError) error = NULL;

    assert_int_equal(follow(world, "b", NULL, &error), 0);
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_INVALID_PARAM));
    for (guint i = 0; i < 3; i++) { /* it recurs; it comes after nothing; it is none */
        g_clear_error(&error);
        assert_null(cox_service_fake_get(world->fake, COX_MSG_EXEC_FOLLOW, &body, COX_MSG_DONE, &error));
        assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_INVALID_PARAM));
        body.n_after = i == 0 ? 0 : 1;
        body.n_order = i == 1 ? 0 : 1;
    }
    assert_int_equal(count_files(world, "order-"), 0);
}

static const char alerts_xml[] =
    "<alerts><alert id='a' path='/usr/bin/tell'><instance_attributes id='i'><nvpair id='i1' name='mood' value='calm'/></instance_attributes>"
    "<recipient id='r1' value='one'/><recipient id='r2' value='two'/></alert>"
    "<alert id='b' path='/usr/bin/attrs'><select><select_attributes><attribute id='x' name='pingd'/></select_attributes></select></alert>"
    "<alert id='c' path='relative'/></alerts>";

static void
alerts_are_run_once_for_each_recipient(void **state)
{
    struct world *world = *state;
    struct execd *execd = cox_service_data(cox_service_fake_ctx(world->fake));
    struct cox_msg_exec_alert body = { .kind = "node", .node = "n2", .nodeid = 2, .desc = "lost", .happened_us = 5 };
    const char *env;

    assert_true(execd_alerts_configure(execd->alerts, alerts_xml, strlen(alerts_xml), NULL));
    assert_non_null(cox_service_fake_get(world->fake, COX_MSG_EXEC_ALERT, &body, COX_MSG_DONE, NULL));
    assert_int_equal(cox_fake_child_count(world->runtime), 2);
    env = cox_fake_child_environment(world->runtime, cox_fake_child_last(world->runtime));
    assert_non_null(strstr(env, "CRM_alert_kind=node"));
    assert_non_null(strstr(env, "CRM_alert_recipient=two"));
    assert_non_null(strstr(env, "CRM_alert_node_sequence=1"));
    assert_non_null(strstr(env, "mood=calm"));
    cox_fake_child_end(world->runtime, cox_fake_child_last(world->runtime), 0, NULL);
    cox_fake_child_end(world->runtime, cox_fake_child_last(world->runtime), 1, NULL);
    assert_non_null(strstr(cox_service_fake_log(world->fake), "CXW043"));
    body = (struct cox_msg_exec_alert) { .kind = "attribute", .node = "n1", .attribute_name = "other", .attribute_value = "1" };
    assert_non_null(cox_service_fake_get(world->fake, COX_MSG_EXEC_ALERT, &body, COX_MSG_DONE, NULL));
    assert_int_equal(cox_fake_child_count(world->runtime), 0);
    body.attribute_name = "pingd";
    assert_non_null(cox_service_fake_get(world->fake, COX_MSG_EXEC_ALERT, &body, COX_MSG_DONE, NULL));
    assert_int_equal(cox_fake_child_count(world->runtime), 1);
    assert_string_equal(cox_fake_child_command(world->runtime, cox_fake_child_last(world->runtime)), "/usr/bin/attrs");
    body.kind = "party";
    assert_null(cox_service_fake_get(world->fake, COX_MSG_EXEC_ALERT, &body, COX_MSG_DONE, NULL));
}

static void
results_are_alerts_but_for_probes_that_were_expected(void **state)
{
    struct world *world = *state;
    struct execd *execd = cox_service_data(cox_service_fake_ctx(world->fake));
    static const char xml[] = "<alerts><alert id='a' path='/usr/bin/tell'/></alerts>";
    const char *env;

    assert_true(execd_alerts_configure(execd->alerts, xml, strlen(xml), NULL));
    assert_true(order(world, "r", "start", 0) > 0);
    end_run(world, 1, 0, "");
    assert_int_equal(cox_fake_child_count(world->runtime), 1);
    env = cox_fake_child_environment(world->runtime, cox_fake_child_last(world->runtime));
    assert_non_null(strstr(env, "CRM_alert_kind=resource"));
    assert_non_null(strstr(env, "CRM_alert_node=n1"));
    assert_non_null(strstr(env, "CRM_alert_rsc=r"));
    assert_non_null(strstr(env, "CRM_alert_desc=OK"));
    assert_non_null(strstr(env, "CRM_alert_target_rc=0"));
    cox_fake_child_end(world->runtime, cox_fake_child_last(world->runtime), 0, NULL);
    assert_true(order(world, "r", "monitor", 0) > 0); /* its key says that 0 is expected */
    end_run(world, 2, 0, "");
    assert_int_equal(cox_fake_child_count(world->runtime), 0);
    assert_true(order(world, "r", "monitor", 0) > 0);
    end_run(world, 3, 7, "");
    assert_int_equal(cox_fake_child_count(world->runtime), 1);
}

static void
an_alerts_section_that_makes_no_sense_changes_nothing(void **state)
{
    struct world *world = *state;
    struct execd *execd = cox_service_data(cox_service_fake_ctx(world->fake));
    g_autoptr(GError) error = NULL;
    const struct cox_msg_exec_alert body = { .kind = "fencing", .node = "n2", .task = "off", .desc = "done" };

    assert_true(execd_alerts_configure(execd->alerts, alerts_xml, strlen(alerts_xml), NULL));
    assert_false(execd_alerts_configure(execd->alerts, "<alerts>", 8, &error));
    assert_non_null(error);
    assert_non_null(cox_service_fake_get(world->fake, COX_MSG_EXEC_ALERT, &body, COX_MSG_DONE, NULL));
    assert_int_equal(cox_fake_child_count(world->runtime), 2);
}

static void
a_storm_of_alerts_waits_and_then_is_cut(void **state)
{
    struct world *world = *state;
    struct execd *execd = cox_service_data(cox_service_fake_ctx(world->fake));
    static const char xml[] = "<alerts><alert id='a' path='/usr/bin/tell'/></alerts>";
    const struct cox_msg_exec_alert body = { .kind = "node", .node = "n2", .desc = "member" };

    assert_true(execd_alerts_configure(execd->alerts, xml, strlen(xml), NULL));
    for (guint i = 0; i < 1100; i++) {
        assert_non_null(cox_service_fake_get(world->fake, COX_MSG_EXEC_ALERT, &body, COX_MSG_DONE, NULL));
    }
    assert_int_equal(cox_fake_child_count(world->runtime), 20);
    assert_non_null(strstr(cox_service_fake_log(world->fake), "CXW044"));
    cox_fake_child_end(world->runtime, cox_fake_child_last(world->runtime), 0, NULL);
    assert_int_equal(cox_fake_child_count(world->runtime), 20);
    assert_null(strstr(cox_service_fake_log(world->fake), "CXW043"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

COX_TEST_MAIN(TEST(an_order_becomes_a_keeper_with_the_agent_and_its_end_a_result),
              TEST(at_the_deadline_the_agent_is_killed_and_reported_at_once),
              TEST(a_new_order_of_a_monitor_takes_the_place_of_the_old_one), TEST(a_cancellation_waits_for_the_run_under_way),
              TEST(no_more_than_the_controller_says_run_at_a_time), TEST(what_is_withdrawn_before_it_has_begun_is_answered_as_cancelled),
              TEST(what_comes_after_another_waits_for_it_also_over_a_restart), TEST(the_file_of_one_that_waits_is_no_order_for_older_executors),
              TEST(an_order_that_does_not_say_what_it_comes_after_is_refused),
              TEST(alerts_are_run_once_for_each_recipient), TEST(results_are_alerts_but_for_probes_that_were_expected),
              TEST(an_alerts_section_that_makes_no_sense_changes_nothing), TEST(a_storm_of_alerts_waits_and_then_is_cut))
