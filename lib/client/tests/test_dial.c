/* Tests of lib/client/dial.c; the impostor is in lib/service/tests/test_hostile.c. */
#include "client/dial.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <stdio.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "base/testkit.h"

static void
only_root_and_the_right_user_may_serve(void **state)
{
    (void) state;
    assert_true(cox_dial_may_serve(COX_DAEMON_CIB, 0));
    assert_true(cox_dial_may_serve(COX_DAEMON_EXEC, 0));
    assert_true(cox_dial_may_serve(COX_DAEMON_CIB, geteuid()));
    assert_false(cox_dial_may_serve(COX_DAEMON_CIB, 54321));
    assert_false(cox_dial_may_serve(COX_DAEMON_EXEC, 54321));
}

static void
who_is_not_there_is_named(void **state)
{
    g_autoptr(GError) absent = NULL;
    g_autoptr(GError) too_long = NULL;
    g_autofree char *far = g_strnfill(200, 'x');
    g_autofree char *long_path = g_strconcat("/", far, NULL);

    (void) state;
    assert_int_equal(cox_dial("/nonexistent", COX_DAEMON_CIB, &absent), -1);
    assert_true(g_error_matches(absent, COX_ERROR, COX_ERROR_DISCONNECTED));
    assert_non_null(strstr(absent->message, "'/nonexistent/cib.sock'"));
    assert_int_equal(cox_dial(long_path, COX_DAEMON_CIB, &too_long), -1);
    assert_true(g_error_matches(too_long, COX_ERROR, COX_ERROR_DISCONNECTED));
}

static void
a_socket_of_our_own_is_good_enough(void **state)
{
    g_autofree char *directory = g_dir_make_tmp("dial-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "cib.sock", NULL);
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int server = socket(AF_UNIX, SOCK_SEQPACKET, 0), client;

    (void) state;
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    assert_int_equal(bind(server, (struct sockaddr *) &address, sizeof address), 0);
    assert_int_equal(listen(server, 1), 0);
    client = cox_dial(directory, COX_DAEMON_CIB, NULL);
    assert_true(client >= 0);
    close(client);
    close(server);
    (void) remove(path);
    (void) g_rmdir(directory);
}

COX_TEST_MAIN(cmocka_unit_test(only_root_and_the_right_user_may_serve), cmocka_unit_test(who_is_not_there_is_named),
              cmocka_unit_test(a_socket_of_our_own_is_good_enough))
