/* Tests of cox-execd: a real daemon, real agents; what it does with orders. */
#include "execdkit.h"

#include <signal.h>
#include <sys/stat.h>

#include "base/error.h"
#include "model/status.h"

static void
orders_run_and_their_results_are_told(void **state)
{
    struct place *place = *state;

    place_start(place);
    assert_true(place_order(place, NULL, "a", "monitor", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 1), "a monitor 0 7/0");
    assert_true(place_order(place, NULL, "a", "start", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 2), "a start 0 0/0");
    assert_true(place_order(place, NULL, "a", "monitor", 100, NULL) > 0);
    assert_string_equal(place_wait_results(place, 3), "a monitor 100 0/0");
    assert_int_equal(place->last_is_first, 1);
    while (place_count(place, "begin a monitor") < 5) {
        place_pass(place, 10);
    }
    assert_int_equal(place->results->len, 3); /* only changes */
    assert_true(place_order(place, NULL, "a", "stop", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 4), "a stop 0 0/0");
    assert_true(place_order(place, NULL, "a", "notify", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 5), "a notify 0 0/0"); /* the agent says 1 */
    for (guint i = 1; i < place->calls->len; i++) {
        assert_true(g_array_index(place->calls, gint64, i) > g_array_index(place->calls, gint64, i - 1));
    }
    assert_int_equal(place_stat(place, "orders"), 0);
    place_check_no_overlap(place);
}

static void
an_operation_of_init_scripts_is_translated(void **state)
{
    struct place *place = *state;

    place_start(place);
    assert_true(place_order(place, "lsb:service", "s", "monitor", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 1), "s monitor 0 7/0");
    assert_true(place_order(place, "lsb:service", "s", "start", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 2), "s start 0 0/0");
}

static void
orders_of_an_older_reign_are_refused_also_after_a_restart(void **state)
{
    struct place *place = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) again = NULL;
    g_autoptr(GError) term_error = NULL;
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_exec_term term = { .generation = 7, .coordinator = 2 };
    const struct cox_msg_exec_term old = { .generation = 6, .coordinator = 1 };
    const struct cox_msg_exec_cancel cancel = { .rsc_id = "a", .task = "monitor", .interval_ms = 100, .generation = 3, .coordinator = 1 };

    place_start(place);
    assert_non_null(place_ask(place, arena, COX_MSG_EXEC_TERM, &term, COX_MSG_DONE, NULL));
    assert_null(place_ask(place, arena, COX_MSG_EXEC_TERM, &old, COX_MSG_DONE, &term_error));
    assert_true(g_error_matches(term_error, COX_ERROR, COX_ERROR_OLD));
    assert_int_equal(place_order(place, NULL, "a", "start", 0, &error), 0);
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_OLD));
    assert_non_null(strstr(error->message, "generation 7 node 2"));
    place_end(place, SIGKILL);
    place_start(place);
    assert_int_equal(place_order(place, NULL, "a", "start", 0, &again), 0);
    assert_true(g_error_matches(again, COX_ERROR, COX_ERROR_OLD));
    g_clear_error(&error);
    assert_null(place_ask(place, arena, COX_MSG_EXEC_CANCEL, &cancel, COX_MSG_DONE, &error));
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_OLD));
    place->generation = 7;
    place->coordinator = 2;
    assert_true(place_order(place, NULL, "a", "start", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 1), "a start 0 0/0");
    assert_int_equal(place_count(place, "begin"), 1);
}

static void
cancelling_and_forgetting_are_answered_when_it_is_done(void **state)
{
    struct place *place = *state;
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GError) error = NULL;
    struct cox_msg_exec_cancel cancel = { .rsc_id = "a", .task = "monitor", .interval_ms = 50, .generation = 1, .coordinator = 1 };
    const struct cox_msg_exec_forget forget = { .rsc_id = "a", .generation = 1, .coordinator = 1 };
    guint n;

    place_start(place);
    assert_true(place_order(place, NULL, "a", "monitor", 50, NULL) > 0);
    (void) place_wait_results(place, 1);
    assert_int_equal(place_stat(place, "orders"), 1);
    assert_non_null(place_ask(place, arena, COX_MSG_EXEC_CANCEL, &cancel, COX_MSG_DONE, NULL));
    assert_int_equal(place_stat(place, "orders"), 0);
    n = place_count(place, "begin a monitor");
    place_pass(place, 200);
    assert_int_equal(place_count(place, "begin a monitor"), n);
    assert_non_null(place_ask(place, arena, COX_MSG_EXEC_CANCEL, &cancel, COX_MSG_DONE, NULL)); /* it is gone already */
    assert_true(place_order(place, NULL, "a", "start@gate", 0, NULL) > 0);
    cancel.task = "start";
    cancel.interval_ms = 0;
    assert_null(place_ask(place, arena, COX_MSG_EXEC_CANCEL, &cancel, COX_MSG_DONE, &error));
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_UNSAFE));
    assert_int_equal(place->results->len, 1);
    place_open_gate(place);
    assert_non_null(place_ask(place, arena, COX_MSG_EXEC_FORGET, &forget, COX_MSG_DONE, NULL));
    assert_string_equal(place_wait_results(place, 2), "a start 0 0/0"); /* it ended first */
    assert_non_null(place_ask(place, arena, COX_MSG_EXEC_FORGET, &forget, COX_MSG_DONE, NULL));
}

static void
what_is_in_flight_is_told(void **state)
{
    struct place *place = *state;
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_exec_inflight_query query = { 0 };
    const struct cox_msg_exec_inflight *answer;

    place_start(place);
    assert_true(place_order(place, NULL, "a", "start@gate", 0, NULL) > 0);
    assert_true(place_order(place, NULL, "a", "monitor", 1000, NULL) > 0);
    answer = place_ask(place, arena, COX_MSG_EXEC_INFLIGHT_QUERY, &query, COX_MSG_EXEC_INFLIGHT, NULL);
    assert_int_equal(answer->n_actions, 2);
    assert_string_equal(answer->actions[0].task, "start");
    assert_string_equal(answer->actions[0].key, "1:1:0:test");
    assert_int_equal(answer->actions[0].is_running, 1);
    assert_int_equal(answer->actions[0].generation, 1);
    assert_string_equal(answer->actions[1].task, "monitor");
    assert_int_equal(answer->actions[1].is_running, 0);
    place_open_gate(place);
}

static void
an_order_sent_again_runs_once(void **state)
{
    struct place *place = *state;
    const struct cox_msg_pair params[] = { { "trace", place->trace }, { "seconds", "gate" } };
    const struct cox_msg_exec_order order = { .rsc_id = "a", .standard = "ocf", .provider = "test", .type = "slow", .task = "start",
                                              .key = "5:1:0:x", .timeout_ms = 9000, .n_params = 2, .params = params };
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_msg_exec_taken taken = { 0 };
    guint64 number;

    place_start(place);
    number = place_order_message(place, &order, NULL);
    assert_true(number > 0);
    assert_int_equal(place_order_message(place, &order, NULL), number);
    place_open_gate(place);
    (void) place_wait_results(place, 1);
    assert_int_equal(place_order_message(place, &order, NULL), number);
    assert_int_equal(place_count(place, "begin"), 1);
    taken.call_id = g_array_index(place->calls, gint64, 0);
    assert_int_equal(place_stat(place, "results-waiting"), 1);
    assert_non_null(place_ask(place, arena, COX_MSG_EXEC_TAKEN, &taken, COX_MSG_DONE, NULL));
    assert_int_equal(place_stat(place, "results-waiting"), 0);
}

/* As a monitor that hangs: what stops the resource does not wait until its time is up. */
static void
a_stop_ends_what_recurs(void **state)
{
    struct place *place = *state;
    g_autofree char *trace = NULL;

    place_start(place);
    assert_true(place_order(place, NULL, "a", "start@gate", 60000, NULL) > 0);
    trace = place_wait_trace(place, "begin a start");
    assert_non_null(trace);
    assert_true(place_order(place, NULL, "a", "stop", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 2), "a stop 0 0/0");
    assert_string_equal(place->results->pdata[0], "a start 60000 1/1");
    assert_int_equal(place_count(place, "end a start"), 0);
    assert_int_equal(place_stat(place, "orders"), 0);
}

static void
agents_that_misbehave_harm_nobody(void **state)
{
    struct place *place = *state;
    g_autofree char *trace = NULL;
    int group;

    place_start(place);
    assert_true(place_order(place, NULL, "a", "hang", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 1), "a hang 0 1/2 timed out");
    assert_true(place_order(place, NULL, "a", "monitor", 0, NULL) > 0); /* begins when the process is gone */
    assert_string_equal(place_wait_results(place, 2), "a monitor 0 7/0");
    assert_true(place_order(place, NULL, "a", "killed", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 3), "a killed 0 1/4 The agent was ended by signal 9");
    assert_true(place_order(place, NULL, "a", "flood", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 4), "a flood 0 1/0 flooded");
    assert_true(place_order(place, NULL, "a", "nonsense", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 5), "a nonsense 0 3/0");
    assert_true(place_order(place, NULL, "a", "forks", 0, NULL) > 0); /* its output stays open: nobody waits for that */
    assert_string_equal(place_wait_results(place, 6), "a forks 0 0/0");
    assert_true(place_order(place, "ocf:test:missing", "b", "start", 0, NULL) > 0);
    assert_non_null(strstr(place_wait_results(place, 7), "b start 0 5/7"));
    assert_true(place_order(place, "ocf:test:binary", "b", "start", 0, NULL) > 0);
    assert_non_null(strstr(place_wait_results(place, 8), "b start 0 5/7"));
    trace = place_wait_trace(place, "begin a hang");
    group = atoi(strstr(trace, "begin a hang") + 13);
    while (kill(-group, 0) == 0) { /* its whole group goes, as soon as init has noticed */
        place_pass(place, 5);
    }
}

static void
names_and_parameters_from_configuration_reach_no_path_and_no_linker(void **state)
{
    struct place *place = *state;
    g_autofree char *env_path = g_strconcat(place->trace, ".env", NULL);
    g_autofree char *env = NULL;
    g_autoptr(GError) error = NULL;

    place_start(place);
    assert_true(place_order(place, "ocf:test:../../bin/sh", "a", "start", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 1),
                        "a start 0 5/7 invalid agent type '../../bin/sh': use letters, digits, '_', '.', '@' and '-', and no '..'");
    assert_true(place_order(place, "lsb:../bin/sh", "a", "start", 0, NULL) > 0);
    assert_non_null(strstr(place_wait_results(place, 2), "a start 0 5/7 invalid agent type"));
    assert_int_equal(place_order(place, NULL, "a", "--start", 0, &error), 0);
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_INVALID_PARAM));
    assert_true(place_order(place, NULL, "a", "env", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 3), "a env 0 0/0");
    assert_true(g_file_get_contents(env_path, &env, NULL, NULL));
    assert_null(strstr(env, "\nLD_PRELOAD="));
    assert_non_null(strstr(env, "OCF_RESKEY_LD_PRELOAD=/nonexistent.so"));
    assert_null(strstr(env, "bad name"));
    assert_non_null(strstr(env, "OCF_RESOURCE_INSTANCE=a\n"));
    assert_non_null(strstr(env, "OCF_RA_VERSION_MAJOR=1\n"));
    assert_non_null(strstr(env, "OCF_RESOURCE_PROVIDER=test\n"));
    assert_non_null(strstr(env, "OCF_RESKEY_CRM_meta_name=env\n"));
    assert_non_null(strstr(env, "PCMK_service=pacemaker-execd\n"));
    assert_non_null(strstr(env, "PCMK_logfile="));
    assert_non_null(strstr(env, "HA_LOGFILE="));
    assert_non_null(strstr(env, "LC_ALL=C\n"));
    assert_null(strstr(env, "COX_"));
    assert_null(strstr(env, "NOTIFY_SOCKET"));
}

static void
agents_have_clean_surroundings(void **state)
{
    struct place *place = *state;
    g_autofree char *path = g_strconcat(place->trace, ".limits", NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    place->extra = g_strdup("NOTIFY_SOCKET=/nonexistent");
    place_start(place);
    assert_true(place_order(place, NULL, "a", "limits", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 1), "a limits 0 0/0");
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    lines = g_strsplit(text, "\n", 0);
    assert_string_equal(lines[0], "SigBlk:\t0000000000000000");
    assert_true(g_str_has_prefix(lines[1], "SigIgn:\t"));
    assert_int_equal(g_ascii_strtoull(lines[1] + 8, NULL, 16) & ~AGENTKIT_LIBC_SIGNALS, 0);
    assert_string_equal(lines[3], "0"); /* OOM score */
    assert_string_equal(lines[6], "0022");
    assert_string_equal(lines[7], "/");
    assert_string_equal(lines[8], "0"); /* descriptors: input, output, errors, and what ls itself has open */
    assert_string_equal(lines[9], "1");
    assert_true(strcmp(lines[10], "10") == 0 || strcmp(lines[10], "2") == 0);
}

static void
orders_that_name_nothing_are_errors(void **state)
{
    struct place *place = *state;
    const struct cox_msg_exec_order orders[] = {
        { .task = "start", .key = "k" },
        { .rsc_id = "a", .key = "k" },
        { .rsc_id = "a", .task = "start" },
        { .rsc_id = "a", .task = "sta rt", .key = "k" },
        { .rsc_id = "a", .task = "start", .key = "k", .interval_ms = -1 },
        { .rsc_id = "a", .task = "start", .key = "k", .timeout_ms = G_MAXINT64 },
        { .rsc_id = "a", .task = "start", .key = "k", .start_delay_ms = G_MININT64 },
        { .rsc_id = "a", .task = "start", .key = "k", .n_params = 1, .params = &(struct cox_msg_pair) { NULL, "x" } },
    };
    const struct cox_msg_exec_cancel cancel = { .rsc_id = "a" };
    const struct cox_msg_exec_forget forget = { .generation = 1 };
    g_autoptr(cox_arena) arena = cox_arena_new();

    place_start(place);
    for (gsize i = 0; i < G_N_ELEMENTS(orders); i++) {
        g_autoptr(GError) error = NULL;

        assert_int_equal(place_order_message(place, &orders[i], &error), 0);
        assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_INVALID_PARAM));
    }
    assert_null(place_ask(place, arena, COX_MSG_EXEC_CANCEL, &cancel, COX_MSG_DONE, NULL));
    assert_null(place_ask(place, arena, COX_MSG_EXEC_FORGET, &forget, COX_MSG_DONE, NULL));
    assert_int_equal(place_stat(place, "orders"), 0);
}

static void
metadata_is_asked_once_and_again_when_the_agent_changes(void **state)
{
    struct place *place = *state;
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GError) error = NULL;
    struct cox_msg_exec_metadata_query query = { .standard = "ocf", .provider = "test", .type = "slow" };
    const struct cox_msg_exec_metadata *answer;

    place_start(place);
    answer = place_ask(place, arena, COX_MSG_EXEC_METADATA_QUERY, &query, COX_MSG_EXEC_METADATA, NULL);
    assert_non_null(answer);
    assert_int_equal(answer->was_cached, 0);
    answer = place_ask(place, arena, COX_MSG_EXEC_METADATA_QUERY, &query, COX_MSG_EXEC_METADATA, NULL);
    assert_int_equal(answer->was_cached, 1);
    agentkit_put(place->root, "resource.d/test/slow", "#!/bin/sh\necho '<resource-agent/>'\n", 0755);
    answer = place_ask(place, arena, COX_MSG_EXEC_METADATA_QUERY, &query, COX_MSG_EXEC_METADATA, NULL);
    assert_int_equal(answer->was_cached, 0);
    query.standard = "lsb";
    query.provider = NULL;
    query.type = "service";
    assert_non_null(place_ask(place, arena, COX_MSG_EXEC_METADATA_QUERY, &query, COX_MSG_EXEC_METADATA, NULL));
    query.standard = "ocf";
    query.provider = "test";
    query.type = "missing";
    assert_null(place_ask(place, arena, COX_MSG_EXEC_METADATA_QUERY, &query, COX_MSG_EXEC_METADATA, &error));
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_NOT_INSTALLED));
    g_clear_error(&error);
    agentkit_put(place->root, "resource.d/test/slow", "#!/bin/sh\nexit 1\n", 0755);
    query.type = "slow";
    assert_null(place_ask(place, arena, COX_MSG_EXEC_METADATA_QUERY, &query, COX_MSG_EXEC_METADATA, &error));
    assert_non_null(strstr(error->message, "'ocf:test:slow'"));
}

static void
stonith_resources_are_started_by_the_fencer_and_probed_here(void **state)
{
    struct place *place = *state;
    const struct cox_msg_exec_order start = { .rsc_id = "f", .standard = "stonith", .type = "fence_x", .task = "start", .key = "1:1:0:f",
                                              .timeout_ms = 300, .generation = 1, .coordinator = 1 };

    place_start(place);
    assert_true(place_order(place, "stonith:fence_x", "f", "monitor", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 1), "f monitor 0 7/0");
    assert_true(place_order_message(place, &start, NULL) > 0); /* there is no fencer */
    assert_non_null(strstr(place_wait_results(place, 2), "f start 0 1/2"));
    assert_true(place_order(place, "stonith:fence_x", "f", "stop", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 3), "f stop 0 0/0");
    assert_true(place_order(place, "stonith:fence_x", "f", "promote", 0, NULL) > 0);
    assert_non_null(strstr(place_wait_results(place, 4), "f promote 0 3/3"));
}

static void
secret_values_come_from_files_and_reach_no_log(void **state)
{
    struct place *place = *state;
    const struct cox_msg_pair params[] = { { "trace", place->trace }, { "seconds", "0" }, { "password", "lrm://" } };
    struct cox_msg_exec_order order = { .rsc_id = "db:0", .standard = "ocf", .provider = "test", .type = "slow", .task = "env", .key = "1:1:0:x",
                                        .timeout_ms = 9000, .n_params = 3, .params = params, .generation = 1, .coordinator = 1 };
    g_autofree char *env_path = g_strconcat(place->trace, ".env", NULL);
    g_autofree char *env = NULL;
    g_autofree char *log = NULL;
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_MD5, "hunter two", -1);

    place->extra = g_strdup_printf("COX_SECRETS_DIRECTORY=%s/secrets", place->root);
    place_start(place);
    assert_true(place_order_message(place, &order, NULL) > 0);
    assert_non_null(strstr(place_wait_results(place, 1), "db:0 env 0 6/11 the secret value of parameter 'password' is missing"));
    agentkit_put(place->root, "secrets/db/password", "hunter two\n", 0600);
    agentkit_put(place->root, "secrets/db/password.sign", "0123\n", 0600);
    order.key = "2:1:0:x";
    assert_true(place_order_message(place, &order, NULL) > 0);
    assert_non_null(strstr(place_wait_results(place, 2), "db:0 env 0 6/11"));
    agentkit_put(place->root, "secrets/db/password.sign", digest, 0600);
    order.key = "3:1:0:x";
    assert_true(place_order_message(place, &order, NULL) > 0);
    assert_string_equal(place_wait_results(place, 3), "db:0 env 0 0/0");
    assert_true(g_file_get_contents(env_path, &env, NULL, NULL));
    assert_non_null(strstr(env, "OCF_RESKEY_password=hunter two\n"));
    order.key = "5:1:0:x";
    order.task = "tells"; /* the agent is careless */
    assert_true(place_order_message(place, &order, NULL) > 0);
    assert_string_equal(place_wait_results(place, 4), "db:0 tells 0 1/0 *** is wrong");
    order.key = "6:1:0:x";
    order.task = "tells-much"; /* only the beginning is kept, and of the value nothing */
    assert_true(place_order_message(place, &order, NULL) > 0);
    assert_true(g_str_has_suffix(place_wait_results(place, 5), "000***"));
    agentkit_put(place->root, "secrets/db/password.sign", "0123\n", 0600);
    order.key = "4:1:0:x";
    order.task = "stop"; /* a resource must be stoppable */
    assert_true(place_order_message(place, &order, NULL) > 0);
    assert_string_equal(place_wait_results(place, 6), "db:0 stop 0 0/0");
    place_end(place, SIGTERM);
    assert_true(g_file_get_contents(place->log, &log, NULL, NULL));
    assert_non_null(strstr(log, "logs in with ***"));
    assert_null(strstr(log, "hunter"));
    assert_null(strstr(log, digest));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

COX_TEST_MAIN(TEST(secret_values_come_from_files_and_reach_no_log), TEST(orders_run_and_their_results_are_told), TEST(an_operation_of_init_scripts_is_translated),
              TEST(orders_of_an_older_reign_are_refused_also_after_a_restart),
              TEST(cancelling_and_forgetting_are_answered_when_it_is_done), TEST(what_is_in_flight_is_told),
              TEST(an_order_sent_again_runs_once), TEST(a_stop_ends_what_recurs), TEST(agents_that_misbehave_harm_nobody),
              TEST(names_and_parameters_from_configuration_reach_no_path_and_no_linker), TEST(agents_have_clean_surroundings),
              TEST(orders_that_name_nothing_are_errors), TEST(metadata_is_asked_once_and_again_when_the_agent_changes),
              TEST(stonith_resources_are_started_by_the_fencer_and_probed_here))
