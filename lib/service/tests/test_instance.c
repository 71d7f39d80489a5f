/* Tests of lib/service/instance.c, sdnotify.c and privilege.c where no daemon is needed. */
#include "service/instance.h"

#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "base/testkit.h"
#include "service/privilege.h"
#include "service/sdnotify.h"

static int
setup(void **state)
{
    *state = g_dir_make_tmp("inst-XXXXXX", NULL);
    return *state == NULL;
}

static int
teardown(void **state)
{
    static const char *const names[] = { "x.lock", "notify", "run", "link" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(*state, names[i], NULL);

        (void) remove(path);
    }
    (void) g_rmdir(*state);
    g_free(*state);
    return 0;
}

static void
one_of_a_name_at_a_time_and_the_next_when_it_is_gone(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) nowhere = NULL;
    int first = cox_instance_lock(*state, "x", NULL);

    assert_true(first >= 0);
    assert_int_equal(cox_instance_holder(*state, "x"), getpid());
    assert_int_equal(cox_instance_lock(*state, "x", &error), -1);
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_EXISTS));
    close(first);
    assert_int_equal(cox_instance_holder(*state, "x"), 0);
    first = cox_instance_lock(*state, "x", NULL);
    assert_true(first >= 0);
    close(first);
    assert_int_equal(cox_instance_lock("/nonexistent", "x", &nowhere), -1);
    assert_true(g_error_matches(nowhere, COX_ERROR, COX_ERROR_CANNOT_CREATE));
}

/* Whoever asks who runs must never be taken for one that runs. */
static void
a_look_at_who_has_a_name_never_refuses_it_to_anybody(void **state)
{
    pid_t looker = fork();
    int n_refused = 0;

    if (looker == 0) {
        (void) alarm(60);
        for (;;) {
            (void) cox_instance_holder(*state, "x");
        }
    }
    for (int i = 0; i < 5000; i++) {
        int fd = cox_instance_lock(*state, "x", NULL);

        if (fd < 0) {
            n_refused++;
        } else {
            close(fd);
        }
    }
    kill(looker, SIGKILL);
    waitpid(looker, NULL, 0);
    assert_int_equal(n_refused, 0);
}

static void
a_program_that_was_executed_meanwhile_does_not_keep_the_lock(void **state)
{
    int fd = cox_instance_lock(*state, "x", NULL);
    pid_t pid = fork();
    int pipe_fds[2];

    assert_int_equal(pipe(pipe_fds), 0);
    if (pid == 0) {
        execl("/bin/sleep", "sleep", "100", (char *) NULL);
        _exit(127);
    }
    close(fd);
    for (int i = 0; i < 2000 && cox_instance_holder(*state, "x") != 0; i++) { /* until it has come to exec */
        g_usleep(1000);
    }
    assert_int_equal(cox_instance_holder(*state, "x"), 0);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
}

static void
systemd_is_told_over_a_path_or_an_abstract_name(void **state)
{
    g_autofree char *path = g_build_filename(*state, "notify", NULL);
    g_autofree char *abstract = g_strdup_printf("@cox-test-%d", (int) getpid());
    const char *const names[] = { path, abstract };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
        char said[32] = "";

        memcpy(address.sun_path, names[i], strlen(names[i]));
        if (names[i][0] == '@') {
            address.sun_path[0] = '\0';
        }
        assert_int_equal(bind(fd, (struct sockaddr *) &address,
                              (socklen_t) (offsetof(struct sockaddr_un, sun_path) + strlen(names[i]))), 0);
        assert_true(cox_sdnotify(names[i], "READY=1"));
        assert_int_equal(recv(fd, said, sizeof said - 1, 0), 7);
        assert_string_equal(said, "READY=1");
        close(fd);
    }
    assert_false(cox_sdnotify(NULL, "READY=1"));
    assert_false(cox_sdnotify("relative", "READY=1"));
    assert_false(cox_sdnotify("/nonexistent/socket", "READY=1"));
}

static void
a_run_directory_is_made_closed_and_refused_when_it_is_open(void **state)
{
    g_autofree char *path = g_build_filename(*state, "run", NULL);
    g_autofree char *link_path = g_build_filename(*state, "link", NULL);
    g_autoptr(GError) open_to_all = NULL;
    g_autoptr(GError) linked = NULL;
    struct stat made;

    assert_true(cox_privilege_run_directory(path, NULL));
    assert_int_equal(stat(path, &made), 0);
    assert_int_equal(made.st_mode & 022, 0);
    assert_true(cox_privilege_run_directory(path, NULL));
    assert_int_equal(symlink(path, link_path), 0);
    assert_false(cox_privilege_run_directory(link_path, &linked));
    assert_int_equal(chmod(path, 0757), 0);
    assert_false(cox_privilege_run_directory(path, &open_to_all));
    assert_non_null(strstr(open_to_all->message, path));
    assert_false(cox_privilege_run_directory("/nonexistent/x", NULL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
COX_TEST_MAIN(TEST(one_of_a_name_at_a_time_and_the_next_when_it_is_gone),
              TEST(a_look_at_who_has_a_name_never_refuses_it_to_anybody),
              TEST(a_program_that_was_executed_meanwhile_does_not_keep_the_lock),
              TEST(systemd_is_told_over_a_path_or_an_abstract_name),
              TEST(a_run_directory_is_made_closed_and_refused_when_it_is_open))
