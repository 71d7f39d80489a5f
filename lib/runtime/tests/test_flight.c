/* Tests of lib/runtime/flight.c. */
#include "runtime/flight.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "base/testkit.h"

static int
setup(void **state)
{
    *state = g_dir_make_tmp("flight-XXXXXX", NULL);
    return *state == NULL;
}

static int
teardown(void **state)
{
    static const char *const names[] = { "x", "x.old" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(*state, names[i], NULL);

        (void) remove(path);
    }
    (void) g_rmdir(*state);
    g_free(*state);
    return 0;
}

static void
lines_come_back_in_order_and_the_last_recorder_is_kept(void **state)
{
    g_autofree char *path = g_build_filename(*state, "x", NULL), *old = g_strconcat(path, ".old", NULL);
    struct cox_flight *flight = cox_flight_open(path, NULL);
    g_autofree char *now = NULL, *before = NULL;

    assert_non_null(flight);
    cox_flight_write(flight, "one", 3);
    cox_flight_write(flight, "two", 3);
    cox_flight_close(flight);
    flight = cox_flight_open(path, NULL);
    cox_flight_write(flight, "three", 5);
    cox_flight_close(flight);
    now = cox_flight_read(path, NULL);
    before = cox_flight_read(old, NULL);
    assert_string_equal(now, "three\n");
    assert_string_equal(before, "one\ntwo\n");
}

static void
a_full_ring_keeps_the_newest_whole_lines(void **state)
{
    g_autofree char *path = g_build_filename(*state, "x", NULL);
    struct cox_flight *flight = cox_flight_open(path, NULL);
    g_autofree char *text = NULL;
    unsigned int first = 0, n = 0;

    for (unsigned int i = 0; i < 50000; i++) {
        char line[32];
        int length = snprintf(line, sizeof line, "line %u", i);

        cox_flight_write(flight, line, (gsize) length);
    }
    cox_flight_close(flight);
    text = cox_flight_read(path, NULL);
    assert_int_equal(sscanf(text, "line %u\n", &first), 1);
    for (const char *p = text; *p != '\0'; p = strchr(p, '\n') + 1) {
        unsigned int got = 0;

        assert_int_equal(sscanf(p, "line %u\n", &got), 1);
        assert_int_equal(got, first + n++);
    }
    assert_int_equal(first + n, 50000);
    assert_true(n > 10000);
}

static void
lines_survive_kill_9(void **state)
{
    g_autofree char *path = g_build_filename(*state, "x", NULL);
    g_autofree char *text = NULL;
    pid_t pid = fork();

    if (pid == 0) {
        struct cox_flight *flight = cox_flight_open(path, NULL);

        cox_flight_write(flight, "last words", 10);
        kill(getpid(), SIGKILL);
    }
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    text = cox_flight_read(path, NULL);
    assert_string_equal(text, "last words\n");
}

static void
what_is_no_recorder_is_refused(void **state)
{
    g_autofree char *path = g_build_filename(*state, "x", NULL);
    g_autofree char *missing = g_build_filename(*state, "no", "such", "directory", NULL);
    g_autoptr(GError) error = NULL;

    assert_true(g_file_set_contents(path, "COXFLY1\nbut too short", -1, NULL));
    assert_null(cox_flight_read(path, &error));
    assert_non_null(strstr(error->message, path));
    g_clear_error(&error);
    assert_null(cox_flight_open(missing, &error));
    assert_non_null(strstr(error->message, missing));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
COX_TEST_MAIN(TEST(lines_come_back_in_order_and_the_last_recorder_is_kept), TEST(a_full_ring_keeps_the_newest_whole_lines),
              TEST(lines_survive_kill_9), TEST(what_is_no_recorder_is_refused))
