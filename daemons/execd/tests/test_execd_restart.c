/* Tests of cox-execd: what is there when it comes back after SIGKILL or an orderly stop, and what strangers can do to it. */
#include "execdkit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"

static void
a_start_goes_on_while_the_executor_is_dead_and_its_result_is_recovered(void **state)
{
    struct place *place = *state;
    g_autofree char *trace = NULL;

    place_start(place);
    assert_true(place_order(place, NULL, "a", "start@gate", 0, NULL) > 0);
    trace = place_wait_trace(place, "begin a start");
    place_end(place, SIGKILL);
    place_start(place);
    assert_int_equal(place_stat(place, "running"), 1);
    assert_true(place_order(place, NULL, "a", "stop", 0, NULL) > 0); /* must wait */
    place_pass(place, 100);
    place_open_gate(place);
    assert_string_equal(place_wait_results(place, 1), "a start 0 0/0");
    assert_true(place->last_exec_ms >= 100);
    assert_string_equal(place_wait_results(place, 2), "a stop 0 0/0");
    assert_int_equal(place_count(place, "begin"), 2); /* neither a second start nor a probe */
    place_check_no_overlap(place);
}

static void
a_start_that_ended_while_the_executor_was_dead_has_its_result(void **state)
{
    struct place *place = *state;
    g_autofree char *begun = NULL;
    g_autofree char *ended = NULL;

    place_start(place);
    assert_true(place_order(place, NULL, "a", "start@gate", 0, NULL) > 0);
    begun = place_wait_trace(place, "begin a start");
    place_end(place, SIGKILL);
    place_open_gate(place);
    ended = place_wait_trace(place, "end a start");
    place_pass(place, 50); /* the keeper may or may not be done: both must do */
    place_start(place);
    assert_string_equal(place_wait_results(place, 1), "a start 0 0/0");
    assert_int_equal(place_count(place, "begin"), 1);
}

static void
a_secret_value_is_masked_by_who_recovers_the_action(void **state)
{
    struct place *place = *state;
    const struct cox_msg_pair params[] = { { "trace", place->trace }, { "seconds", "gate" }, { "password", "lrm://" } };
    const struct cox_msg_exec_order order = { .rsc_id = "db:0", .standard = "ocf", .provider = "test", .type = "slow", .task = "tells", .key = "1:1:0:x",
                                              .timeout_ms = 90000, .n_params = 3, .params = params, .generation = 1, .coordinator = 1 };
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_MD5, "hunter two", -1);
    g_autofree char *begun = NULL;
    g_autofree char *log = NULL;

    agentkit_put(place->root, "secrets/db/password", "hunter two\n", 0600);
    agentkit_put(place->root, "secrets/db/password.sign", digest, 0600);
    place->extra = g_strdup_printf("COX_SECRETS_DIRECTORY=%s/secrets", place->root);
    place_start(place);
    assert_true(place_order_message(place, &order, NULL) > 0);
    begun = place_wait_trace(place, "begin db:0 tells");
    place_end(place, SIGKILL);
    place_start(place);
    place_open_gate(place);
    assert_string_equal(place_wait_results(place, 1), "db:0 tells 0 1/0 *** is wrong");
    place_end(place, SIGTERM);
    assert_true(g_file_get_contents(place->log, &log, NULL, NULL));
    assert_non_null(strstr(log, "logs in with ***"));
    assert_null(strstr(log, "hunter"));
}

static void
ten_restarts_in_ten_operations_lose_and_repeat_nothing(void **state)
{
    struct place *place = *state;

    place_start(place);
    for (guint i = 0; i < 10; i++) {
        assert_true(place_order(place, NULL, "a", i % 2 == 0 ? "start@0.15" : "stop@0.15", 0, NULL) > 0);
        assert_true(place_order(place, NULL, "b", i % 2 == 0 ? "start" : "stop", 0, NULL) > 0);
        place_pass(place, 17 * i);
        place_end(place, SIGKILL);
        place_start(place);
    }
    (void) place_wait_results(place, 20);
    place_pass(place, 100);
    assert_int_equal(place->results->len, 20);
    for (guint i = 0; i < 20; i++) {
        assert_true(g_str_has_suffix(place->results->pdata[i], " 0/0"));
    }
    assert_int_equal(place_count(place, "begin a start"), 5);
    assert_int_equal(place_count(place, "begin a stop"), 5);
    assert_int_equal(place_count(place, "begin b start"), 5);
    place_check_no_overlap(place);
    for (guint i = 1; i < place->calls->len; i++) {
        assert_true(g_array_index(place->calls, gint64, i) > g_array_index(place->calls, gint64, i - 1));
    }
}

static pid_t
parent_of(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int) pid);
    g_autofree char *text = NULL;
    int parent = 0;

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_int_equal(sscanf(strrchr(text, ')') + 1, " %*c %d", &parent), 1);
    return parent;
}

static void
when_the_keeper_was_killed_too_a_probe_decides_after_the_end(void **state)
{
    struct place *place = *state;
    g_autofree char *trace = NULL;
    pid_t keeper;

    place_start(place);
    assert_true(place_order(place, NULL, "a", "start@gate", 0, NULL) > 0);
    trace = place_wait_trace(place, "begin a start");
    keeper = parent_of(atoi(strstr(trace, "begin a start") + 14));
    place_end(place, SIGKILL);
    assert_int_equal(kill(keeper, SIGKILL), 0);
    place_start(place);
    place_pass(place, 50);
    assert_int_equal(place_count(place, "begin"), 1);
    place_open_gate(place);
    assert_string_equal(place_wait_results(place, 1), "a start 0 0/0");
    assert_int_equal(place_count(place, "begin a start"), 1);
    assert_int_equal(place_count(place, "begin a monitor"), 1);
    place_check_no_overlap(place);
}

static void
monitors_go_on_after_a_restart_and_tell_only_news(void **state)
{
    struct place *place = *state;
    g_autofree char *file = g_strconcat(place->trace, ".a", NULL);
    guint n;

    place_start(place);
    assert_true(place_order(place, NULL, "a", "start", 0, NULL) > 0);
    assert_true(place_order(place, NULL, "a", "monitor", 100, NULL) > 0);
    assert_string_equal(place_wait_results(place, 2), "a monitor 100 0/0");
    place_end(place, SIGKILL);
    place_start(place);
    n = place_count(place, "begin a monitor");
    while (place_count(place, "begin a monitor") < n + 3) {
        place_pass(place, 10);
    }
    for (guint i = 2; i < place->results->len; i++) {
        fail_msg("no news: %s", (const char *) place->results->pdata[i]);
    }
    assert_int_equal(unlink(file), 0);
    assert_string_equal(place_wait_results(place, 3), "a monitor 100 7/0");
    assert_int_equal(place->last_is_first, 0);
    place_check_no_overlap(place);
}

static void
what_waits_in_the_queue_is_done_after_a_restart(void **state)
{
    struct place *place = *state;
    g_autofree char *trace = NULL;

    place_start(place);
    assert_true(place_order(place, NULL, "a", "start@gate", 0, NULL) > 0);
    assert_true(place_order(place, NULL, "a", "stop", 0, NULL) > 0);
    assert_true(place_order(place, NULL, "a", "monitor", 0, NULL) > 0);
    trace = place_wait_trace(place, "begin a start");
    place_end(place, SIGKILL);
    place_start(place);
    place_open_gate(place);
    assert_string_equal(place_wait_results(place, 3), "a monitor 0 7/0");
    assert_string_equal(place->results->pdata[1], "a stop 0 0/0");
    place_check_no_overlap(place);
}

static void
results_are_told_again_until_they_are_taken(void **state)
{
    struct place *place = *state;
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_msg_exec_taken taken = { 0 };

    place_start(place);
    assert_true(place_order(place, NULL, "a", "start", 0, NULL) > 0);
    assert_true(place_order(place, NULL, "b", "start", 0, NULL) > 0);
    (void) place_wait_results(place, 2);
    g_ptr_array_set_size(place->results, 0); /* as if somebody else asked */
    g_array_set_size(place->calls, 0);
    place_end(place, SIGKILL);
    place_start(place);
    (void) place_wait_results(place, 2);
    assert_int_equal(place_stat(place, "orders"), 0);
    taken.call_id = g_array_index(place->calls, gint64, 0);
    assert_non_null(place_ask(place, arena, COX_MSG_EXEC_TAKEN, &taken, COX_MSG_DONE, NULL));
    g_ptr_array_set_size(place->results, 0);
    g_array_set_size(place->calls, 0);
    place_end(place, SIGKILL);
    place_start(place);
    (void) place_wait_results(place, 1);
    place_pass(place, 50);
    assert_int_equal(place->results->len, 1);
}

static void
an_orderly_stop_leaves_resources_and_what_is_under_way_alone(void **state)
{
    struct place *place = *state;
    g_autofree char *file = g_strconcat(place->trace, ".a", NULL);
    g_autofree char *trace = NULL;

    place_start(place);
    assert_true(place_order(place, NULL, "a", "start", 0, NULL) > 0);
    assert_true(place_order(place, NULL, "b", "start@gate", 0, NULL) > 0);
    (void) place_wait_results(place, 1);
    trace = place_wait_trace(place, "begin b start");
    place_end(place, SIGTERM);
    assert_int_equal(place->end.end, COX_CHILD_EXITED);
    assert_int_equal(place->end.exit_status, 0);
    assert_int_equal(place_count(place, "stop"), 0);
    assert_true(g_file_test(file, G_FILE_TEST_EXISTS));
    place_start(place);
    place_open_gate(place);
    assert_string_equal(place_wait_results(place, 2), "b start 0 0/0");
    assert_int_equal(place_count(place, "begin b"), 1);
}

static void
time_goes_on_while_the_executor_is_dead(void **state)
{
    struct place *place = *state;
    g_autofree char *end = g_build_filename(place->directory, "exec/run-1.end", NULL);
    g_autofree char *trace = NULL;

    place_start(place);
    assert_true(place_order(place, NULL, "a", "hang", 0, NULL) > 0); /* 300 ms, and the keeper's second */
    trace = place_wait_trace(place, "begin a hang");
    place_end(place, SIGKILL);
    while (!g_file_test(end, G_FILE_TEST_EXISTS)) {
        place_pass(place, 10);
    }
    place_start(place);
    assert_string_equal(place_wait_results(place, 1), "a hang 0 1/2 The agent did not finish within 300ms");
    assert_true(place_order(place, NULL, "a", "start", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 2), "a start 0 0/0");
}

static void
an_agent_that_was_taken_over_is_killed_when_its_time_is_up(void **state)
{
    struct place *place = *state;
    g_autofree char *trace = NULL;
    const struct cox_msg_pair params[] = { { "trace", place->trace }, { "seconds", "0" } };
    const struct cox_msg_exec_order order = { .rsc_id = "a", .standard = "ocf", .provider = "test", .type = "slow", .task = "hang", .key = "1:1:0:x",
                                              .timeout_ms = 1500, .n_params = 2, .params = params, .generation = 1, .coordinator = 1 };

    place_start(place);
    assert_true(place_order_message(place, &order, NULL) > 0);
    trace = place_wait_trace(place, "begin a hang");
    place_end(place, SIGKILL);
    place_start(place);
    assert_true(place_order(place, NULL, "a", "monitor", 0, NULL) > 0);
    assert_true(g_str_has_prefix(place_wait_results(place, 1), "a hang 0 1/2 "));
    assert_string_equal(place_wait_results(place, 2), "a monitor 0 7/0"); /* it is gone */
}

static void
a_fence_device_stays_started_over_a_restart(void **state)
{
    struct place *place = *state;
    g_autofree char *file = g_build_filename(place->directory, "exec/stonith", NULL);

    place_start(place);
    place_end(place, SIGKILL);
    assert_true(g_file_set_contents(file, "f\n", -1, NULL));
    place_start(place);
    assert_true(place_order(place, "stonith:fence_x", "f", "monitor", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 1), "f monitor 0 0/0");
    assert_true(place_order(place, "stonith:fence_x", "f", "stop", 0, NULL) > 0);
    (void) place_wait_results(place, 2);
    place_end(place, SIGKILL);
    place_start(place);
    assert_true(place_order(place, "stonith:fence_x", "f", "monitor", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 3), "f monitor 0 7/0");
}

static void
files_that_make_no_sense_are_removed(void **state)
{
    struct place *place = *state;
    static const char *const names[] = { "order-5", "result-6", "run-7", "serial", "term", "stonith" };

    place_start(place);
    place_end(place, SIGKILL);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(place->directory, "exec", names[i], NULL);

        assert_true(g_file_set_contents(path, "\xff\xff\xff\x7f nonsense \x01", -1, NULL));
    }
    place_start(place);
    assert_true(place_order(place, NULL, "a", "start", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 1), "a start 0 0/0");
    for (gsize i = 0; i < 3; i++) {
        g_autofree char *path = g_build_filename(place->directory, "exec", names[i], NULL);

        assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    }
}

static void
garbage_on_the_socket_is_refused_and_orders_go_on(void **state)
{
    struct place *place = *state;
    g_autofree char *socket_path = g_build_filename(place->directory, "exec.sock", NULL);
    guint8 bytes[200];
    g_autoptr(GRand) random = g_rand_new_with_seed(4);

    place_start(place);
    for (guint i = 0; i < 200; i++) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

        g_strlcpy(address.sun_path, socket_path, sizeof address.sun_path);
        while (connect(fd, (const struct sockaddr *) &address, sizeof address) != 0) {
            place_pass(place, 1);
        }
        for (gsize j = 0; j < sizeof bytes; j++) {
            bytes[j] = (guint8) g_rand_int_range(random, 0, 256);
        }
        (void) send(fd, bytes, 1 + i % sizeof bytes, MSG_NOSIGNAL);
        close(fd);
    }
    assert_true(place_order(place, NULL, "a", "start", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 1), "a start 0 0/0");
    place_end(place, SIGTERM);
    assert_int_equal(place->end.exit_status, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

COX_TEST_MAIN(TEST(a_secret_value_is_masked_by_who_recovers_the_action),
              TEST(a_start_goes_on_while_the_executor_is_dead_and_its_result_is_recovered),
              TEST(a_start_that_ended_while_the_executor_was_dead_has_its_result),
              TEST(ten_restarts_in_ten_operations_lose_and_repeat_nothing),
              TEST(when_the_keeper_was_killed_too_a_probe_decides_after_the_end),
              TEST(monitors_go_on_after_a_restart_and_tell_only_news), TEST(what_waits_in_the_queue_is_done_after_a_restart),
              TEST(results_are_told_again_until_they_are_taken),
              TEST(an_orderly_stop_leaves_resources_and_what_is_under_way_alone), TEST(time_goes_on_while_the_executor_is_dead),
              TEST(an_agent_that_was_taken_over_is_killed_when_its_time_is_up),
              TEST(a_fence_device_stays_started_over_a_restart), TEST(files_that_make_no_sense_are_removed),
              TEST(garbage_on_the_socket_is_refused_and_orders_go_on))
