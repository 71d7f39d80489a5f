/* tools/mon_daemon.c - crm_mon: into the background, with a pid file.  Layer 6. */
#include "config.h"

#include "tools/mon_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

/* The lock on the file, not what is in it, says whether somebody has it: a process that was killed leaves it behind. */
static int
take_pid_file(const char *path, GError **error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    char other[16] = "";

    if (fd < 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "pid file '%s': %s", path, g_strerror(errno));
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        ssize_t size = read(fd, other, sizeof other - 1);

        other[MAX(size, 0)] = '\0';
        g_set_error(error, COX_ERROR, COX_ERROR_EXISTS, "pid file '%s': process %s has it; end that first, or name another file", path,
                    g_strstrip(other));
        close(fd);
        return -1;
    }
    if (ftruncate(fd, 0) != 0 || dprintf(fd, "%d\n", (int) getpid()) < 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "pid file '%s': %s", path, g_strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}

/* Nothing of the caller's is held on to. */
static void
detach(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    (void) setsid();
    (void) !chdir("/");
    for (int fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++) {
        (void) dup2(null, fd);
    }
    if (null > STDERR_FILENO) {
        close(null);
    }
}

/* What the one in the background says before it is ready: an error, or nothing. */
static void
wait_for_word(int from, GError **error)
{
    char word[512];
    ssize_t size = 0;

    do {
        size = read(from, word, sizeof word - 1);
    } while (size < 0 && errno == EINTR);
    if (size == 0) {
        _exit(0); /* what this process has not written is the other's business now */
    }
    word[MAX(size, 0)] = '\0';
    g_set_error_literal(error, COX_ERROR, (size > 0) ? (gint) (guchar) word[0] : COX_ERROR_OS, (size > 0) ? word + 1 : g_strerror(errno));
}

bool
cox_mon_daemon_begin(const char *pid_file, int *lock, GError **error)
{
    int ends[2];
    pid_t child;
    g_autoptr(GError) problem = NULL;
    g_autofree char *word = NULL;

    if (pipe2(ends, O_CLOEXEC) != 0 || (child = fork()) < 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_OS, "no process for the background: %s", g_strerror(errno));
        return false;
    }
    if (child > 0) {
        close(ends[1]);
        wait_for_word(ends[0], error);
        close(ends[0]);
        (void) waitpid(child, NULL, 0);
        return false;
    }
    close(ends[0]);
    detach();
    *lock = (pid_file == NULL) ? -1 : take_pid_file(pid_file, &problem);
    if (problem != NULL) {
        word = g_strdup_printf("%c%s", (char) problem->code, problem->message);
        (void) !write(ends[1], word, strlen(word));
        _exit(1);
    }
    close(ends[1]);
    return true;
}

void
cox_mon_daemon_end(const char *pid_file, int lock)
{
    if (lock >= 0) {
        (void) unlink(pid_file);
        close(lock);
    }
}
