/* daemons/cibd/tests/stuck.c - a disk and a name service that hang as long as a file is there.  For tests only.
 *
 * Linked into a cox-cibd of its own, whose calls to the C library come here first.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pwd.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void
hang_while_there(const char *variable)
{
    const struct timespec pause = { .tv_nsec = 2000000 };
    const char *path = getenv(variable);

    while (path != NULL && access(path, F_OK) == 0) {
        (void) nanosleep(&pause, NULL);
    }
}

int
fsync(int fd)
{
    hang_while_there("COX_TEST_STUCK_DISK");
    return (int) syscall(SYS_fsync, fd);
}

int
fdatasync(int fd)
{
    hang_while_there("COX_TEST_STUCK_DISK");
    return (int) syscall(SYS_fdatasync, fd);
}

/* There is one user, and he takes his time. */
int
getpwuid_r(uid_t uid, struct passwd *user, char *buffer, size_t size, struct passwd **result)
{
    static char name[] = "somebody";

    (void) buffer;
    (void) size;
    hang_while_there("COX_TEST_STUCK_NAMES");
    *user = (struct passwd) { .pw_name = name, .pw_uid = uid, .pw_gid = (gid_t) -2 };
    *result = user;
    return 0;
}
