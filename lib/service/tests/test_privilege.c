/* Tests of lib/service/privilege.c: what is left of root after it was given up.  Needs root. */
#include "service/privilege.h"

#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "base/testkit.h"
#include "runtime/environment.h"

/* A number of /proc/self/status, read as hexadecimal. */
static guint64
status_of(const char *name)
{
    g_autofree char *text = NULL;
    const char *line;

    if (!g_file_get_contents("/proc/self/status", &text, NULL, NULL) || (line = strstr(text, name)) == NULL) {
        return G_MAXUINT64;
    }
    return g_ascii_strtoull(line + strlen(name), NULL, 16);
}

/* 0 when all is as promised, else the number of the promise. */
static int
drop_and_look(void)
{
    uid_t uid = 0;
    gid_t gid = 0, group = 0, groups[8];
    bool is_missing = true;

    if (!cox_privilege_drop(COX_DAEMON_CIB, &is_missing, NULL) || is_missing) {
        return 1;
    }
    (void) cox_environment_user(COX_DAEMON_CLUSTER_USER, &uid, &gid);
    (void) cox_environment_group(COX_DAEMON_CLUSTER_GROUP, &group);
    if (getuid() != uid || geteuid() != uid || getegid() != gid) {
        return 2;
    }
    if (getgroups(8, groups) != 1 || groups[0] != group) {
        return 3;
    }
    if (status_of("CapEff:") != 0 || status_of("CapPrm:") != 0 || status_of("CapInh:") != 0) {
        return 4;
    }
    if (status_of("NoNewPrivs:") != 1) {
        return 5;
    }
    if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0) {
        return 6;
    }
    return cox_privilege_drop(COX_DAEMON_CIB, &is_missing, NULL) ? 0 : 7; /* again: is already what it should be */
}

static int
in_child(int (*look)(void))
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        alarm(30);
        _exit(look());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

static void
nothing_of_root_is_left_and_nothing_can_be_gained(void **state)
{
    uid_t uid;

    (void) state;
    if (geteuid() != 0 || !cox_environment_user(COX_DAEMON_CLUSTER_USER, &uid, NULL)) {
        skip();
    }
    assert_int_equal(in_child(drop_and_look), 0);
}

static int
stays_root(void)
{
    bool is_missing = true;

    return cox_privilege_drop(COX_DAEMON_EXEC, &is_missing, NULL) && !is_missing && geteuid() == 0 ? 0 : 1;
}

static int
is_refused(void)
{
    g_autoptr(GError) error = NULL;
    bool is_missing;

    if (setgroups(0, NULL) != 0 || setgid(65534) != 0 || setuid(65534) != 0) {
        return 1;
    }
    if (cox_privilege_drop(COX_DAEMON_EXEC, &is_missing, &error) || !g_error_matches(error, COX_ERROR, COX_ERROR_PRIVILEGE)) {
        return 2;
    }
    g_clear_error(&error);
    return !cox_privilege_drop(COX_DAEMON_CIB, &is_missing, &error) && g_error_matches(error, COX_ERROR, COX_ERROR_PRIVILEGE) ? 0 : 3;
}

static void
root_daemons_stay_root_and_strangers_are_refused(void **state)
{
    (void) state;
    if (geteuid() != 0) {
        skip();
    }
    assert_int_equal(in_child(stays_root), 0);
    assert_int_equal(in_child(is_refused), 0);
}

static void
directories_and_the_log_are_made_for_the_cluster_and_what_is_there_is_left_alone(void **state)
{
    g_autofree char *top = g_dir_make_tmp("cox-XXXXXX", NULL);
    g_autofree char *made = g_build_filename(top, "lib", "cib", NULL);
    g_autofree char *theirs = g_build_filename(top, "theirs", NULL);
    g_autofree char *log = g_build_filename(made, "log", NULL);
    g_autofree char *linked = g_build_filename(made, "link", NULL);
    struct stat found;
    uid_t uid = 0;

    (void) state;
    if (geteuid() != 0 || !cox_environment_user(COX_DAEMON_CLUSTER_USER, &uid, NULL)) {
        skip();
    }
    cox_privilege_directory(made);
    assert_int_equal(lstat(made, &found), 0);
    assert_int_equal(found.st_uid, uid);
    assert_int_equal(found.st_mode & 07777, 0750);
    assert_int_equal(mkdir(theirs, 0700), 0);
    assert_int_equal(chown(theirs, 65534, 65534), 0);
    cox_privilege_directory(theirs);
    assert_int_equal(lstat(theirs, &found), 0);
    assert_int_equal(found.st_uid, 65534);
    cox_privilege_log_file(log);
    assert_int_equal(lstat(log, &found), 0);
    assert_int_equal(found.st_uid, uid);
    assert_int_equal(found.st_mode & 07777, 0660);
    assert_int_equal(symlink(theirs, linked), 0);
    cox_privilege_directory(linked);
    cox_privilege_log_file(linked);
    assert_int_equal(lstat(theirs, &found), 0);
    assert_int_equal(found.st_uid, 65534);
    assert_int_equal(g_unlink(linked) | g_unlink(log) | g_rmdir(theirs) | g_rmdir(made), 0);
    g_free(g_steal_pointer(&made));
    made = g_build_filename(top, "lib", NULL);
    assert_int_equal(g_rmdir(made) | g_rmdir(top), 0);
}

static void
the_run_directory_is_the_clusters_and_nobody_elses(void **state)
{
    g_autofree char *top = g_dir_make_tmp("cox-XXXXXX", NULL);
    g_autofree char *run = g_build_filename(top, "run", NULL);
    g_autoptr(GError) error = NULL;
    struct stat found;
    uid_t uid = geteuid();

    (void) state;
    if (geteuid() == 0) {
        (void) cox_environment_user(COX_DAEMON_CLUSTER_USER, &uid, NULL);
    }
    assert_true(cox_privilege_run_directory(run, NULL));
    assert_int_equal(lstat(run, &found), 0);
    assert_int_equal(found.st_uid, uid);
    assert_int_equal(found.st_mode & 022, 0);
    assert_true(cox_privilege_run_directory(run, NULL));
    assert_int_equal(g_chmod(run, 0775), 0);
    assert_false(cox_privilege_run_directory(run, &error));
    assert_non_null(strstr(error->message, run));
    (void) g_rmdir(run);
    assert_int_equal(symlink(top, run), 0);
    assert_false(cox_privilege_run_directory(run, NULL));
    (void) g_unlink(run);
    (void) g_rmdir(top);
}

/* Some containers let nobody lower an OOM score; then it stays. */
static int
protected_child(void)
{
    g_autofree char *score = NULL;
    int fd = open("/proc/self/oom_score_adj", O_WRONLY);
    bool may_lower = fd >= 0 && write(fd, "-899", 4) == 4;

    cox_privilege_protect();
    if (fd < 0 || getpriority(PRIO_PROCESS, 0) != -10 || !g_file_get_contents("/proc/self/oom_score_adj", &score, NULL, NULL)) {
        return 1;
    }
    return !may_lower || atoi(score) == -900 ? 0 : 2;
}

static void
daemons_of_root_come_before_their_agents(void **state)
{
    int status = -1;
    pid_t pid;

    (void) state;
    if (geteuid() != 0 || setpriority(PRIO_PROCESS, 0, -1) != 0) {
        skip(); /* needs root, and not only that of a namespace */
    }
    (void) setpriority(PRIO_PROCESS, 0, 0);
    pid = fork();
    if (pid == 0) {
        _exit(protected_child());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

COX_TEST_MAIN(cmocka_unit_test(nothing_of_root_is_left_and_nothing_can_be_gained),
              cmocka_unit_test(root_daemons_stay_root_and_strangers_are_refused),
              cmocka_unit_test(directories_and_the_log_are_made_for_the_cluster_and_what_is_there_is_left_alone),
              cmocka_unit_test(daemons_of_root_come_before_their_agents), cmocka_unit_test(the_run_directory_is_the_clusters_and_nobody_elses))
