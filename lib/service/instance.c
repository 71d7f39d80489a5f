/* lib/service/instance.c - a lock with a process id in the file.  Layer 5.
 *
 * It is a lock of the open file description: like flock() it lasts as long as the descriptor, but one can ask whether
 * somebody has it without taking it, and so without refusing a daemon that begins in that moment.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* F_OFD_SETLK */
#endif
#include "service/instance.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"

static pid_t
read_pid(int fd)
{
    char text[32] = "";

    return pread(fd, text, sizeof text - 1, 0) <= 0 ? 0 : (pid_t) atoi(text);
}

static char *
path_of(const char *run_directory, const char *name)
{
    return g_strconcat(run_directory, "/", name, ".lock", NULL);
}

int
cox_instance_lock(const char *run_directory, const char *name, GError **error)
{
    g_autofree char *path = path_of(run_directory, name);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

    if (fd < 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "cannot open lock '%s': %s", path, g_strerror(errno));
        return -1;
    }
    if (fcntl(fd, F_OFD_SETLK, &lock) != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_EXISTS, "'%s' runs already as process %d; stop that one first", name,
                    (int) read_pid(fd));
        close(fd);
        return -1;
    }
    if (ftruncate(fd, 0) != 0 || dprintf(fd, "%d\n", (int) getpid()) < 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "cannot write lock '%s': %s", path, g_strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}

pid_t
cox_instance_holder(const char *run_directory, const char *name)
{
    g_autofree char *path = path_of(run_directory, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
    pid_t holder = 0;

    if (fd >= 0) {
        if (fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK) {
            holder = read_pid(fd);
        }
        close(fd);
    }
    return holder;
}
