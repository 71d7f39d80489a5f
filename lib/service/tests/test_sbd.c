/* Tests of lib/service/sbd.c: is this node watched? */
#include "service/sbd.h"

#include "base/testkit.h"

#include <glib/gstdio.h>
#include <unistd.h>

static void
settings_say_how_long_the_watchdog_takes(void **state)
{
    static const struct {
        const char *text;
        gint64 ms;
    } cases[] = { { "5", 5000 }, { "0", 0 }, { "", 0 }, { "x", 0 }, { "-3", 0 }, { "99999999", 0 } };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_setenv("SBD_WATCHDOG_TIMEOUT", cases[i].text, TRUE);
        assert_int_equal(cox_sbd_timeout_ms(), cases[i].ms);
    }
    g_unsetenv("SBD_WATCHDOG_TIMEOUT");
    assert_int_equal(cox_sbd_timeout_ms(), 0);
}

static void
it_runs_when_its_pid_file_names_a_process_and_there_is_a_watchdog(void **state)
{
    g_autofree char *directory = g_dir_make_tmp("cox-sbd-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "pid", NULL);
    g_autofree char *own = g_strdup_printf("%d\n", (int) getpid());

    (void) state;
    g_setenv("SBD_PIDFILE", path, TRUE);
    g_setenv("SBD_WATCHDOG_TIMEOUT", "5", TRUE);
    assert_false(cox_sbd_is_running()); /* no file */
    assert_true(g_file_set_contents(path, own, -1, NULL));
    assert_true(cox_sbd_is_running());
    g_setenv("SBD_WATCHDOG_TIMEOUT", "0", TRUE);
    assert_false(cox_sbd_is_running());
    g_setenv("SBD_WATCHDOG_TIMEOUT", "5", TRUE);
    assert_true(g_file_set_contents(path, "2147483646\n", -1, NULL)); /* nobody */
    assert_false(cox_sbd_is_running());
    assert_true(g_file_set_contents(path, "sbd\n", -1, NULL));
    assert_false(cox_sbd_is_running());
    assert_int_equal(g_unlink(path), 0);
    assert_int_equal(g_rmdir(directory), 0);
}

COX_TEST_MAIN(cmocka_unit_test(settings_say_how_long_the_watchdog_takes),
              cmocka_unit_test(it_runs_when_its_pid_file_names_a_process_and_there_is_a_watchdog))
