/* lib/service/privilege.c - setuid and what goes with it.  Layer 5. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* setresuid */
#endif
#include "service/privilege.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/environment.h"

bool
cox_privilege_run_directory(const char *run_directory, GError **error)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    struct stat found;

    if (geteuid() == 0) {
        (void) cox_environment_user(COX_DAEMON_CLUSTER_USER, &uid, &gid);
    }
    if (mkdir(run_directory, 0755) == 0) {
        if (chown(run_directory, uid, gid) != 0) {
            g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "cannot give directory '%s' to its user: %s", run_directory,
                        g_strerror(errno));
            return false;
        }
    } else if (errno != EEXIST) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "cannot make directory '%s': %s", run_directory, g_strerror(errno));
        return false;
    }
    if (lstat(run_directory, &found) != 0 || !S_ISDIR(found.st_mode) || (found.st_mode & 022) != 0
        || (found.st_uid != uid && found.st_uid != geteuid() && found.st_uid != 0)) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE,
                    "'%s' is no directory that only the cluster's user may write to; remove it or change its owner and mode",
                    run_directory);
        return false;
    }
    return true;
}

bool
cox_privilege_drop(enum cox_daemon daemon, bool *is_missing, GError **error)
{
    const struct cox_daemon_row *row = cox_daemon_row(daemon);
    uid_t uid = 0;
    gid_t gid = 0, group;
    gid_t groups[1];

    *is_missing = row->user == COX_DAEMON_USER_CLUSTER && !cox_environment_user(COX_DAEMON_CLUSTER_USER, &uid, &gid);
    if (geteuid() == uid) {
        return true;
    }
    if (geteuid() != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_PRIVILEGE, "%s: must be started as root", row->process);
        return false;
    }
    groups[0] = cox_environment_group(COX_DAEMON_CLUSTER_GROUP, &group) ? group : gid;
    if (setgroups(1, groups) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0
        || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || setuid(0) == 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_PRIVILEGE, "cannot become user '%s': %s", COX_DAEMON_CLUSTER_USER,
                    g_strerror(errno));
        return false;
    }
    return true;
}

void
cox_privilege_directory(const char *path)
{
    g_autofree char *above = g_path_get_dirname(path);
    struct stat found;
    uid_t uid = 0;
    gid_t gid = 0, group;
    int fd;

    if (geteuid() != 0 || !cox_environment_user(COX_DAEMON_CLUSTER_USER, &uid, &gid)) {
        return;
    }
    (void) g_mkdir_with_parents(above, 0755);
    (void) mkdir(path, 0750);
    fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return; /* who needs it says so */
    }
    if (fstat(fd, &found) == 0 && found.st_uid == 0
        && fchown(fd, uid, cox_environment_group(COX_DAEMON_CLUSTER_GROUP, &group) ? group : gid) == 0) {
        (void) fchmod(fd, 0750);
    }
    close(fd);
}

void
cox_privilege_log_file(const char *path)
{
    uid_t uid = 0;
    gid_t gid = 0, group;
    int fd;

    if (geteuid() != 0 || !cox_environment_user(COX_DAEMON_CLUSTER_USER, &uid, &gid)) {
        return;
    }
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        return; /* it exists, or cannot be made: who opens it says so */
    }
    if (fchown(fd, uid, cox_environment_group(COX_DAEMON_CLUSTER_GROUP, &group) ? group : gid) != 0 || fchmod(fd, 0660) != 0) {
        (void) unlink(path); /* better none than one that only root can write */
    }
    close(fd);
}

void
cox_privilege_protect(void)
{
    static const char score[] = "-900";
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

    if (fd >= 0) {
        (void) !write(fd, score, sizeof score - 1);
        close(fd);
    }
    (void) setpriority(PRIO_PROCESS, 0, -10);
}
