/* daemons/vrrpd/vrrpguard.c - the daemon's side of its guard: started, told, and started again when it dies.  Layer 6. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create() */
#endif
#include "daemons/vrrpd/vrrpguard.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

enum { AGAIN_MS = 100 };

struct cox_vrrpguard {
    struct cox_runtime *runtime;
    int fd; /* -1: it does not run */
    pid_t pid;
    cox_source_id watch, sign, again;
    GByteArray *list;
    bool knows; /* the list */
};

static void on_sign(void *context);

/* Between fork and exec, where only what is safe in a signal handler may be called. */
static void G_GNUC_NORETURN
become_guard(int fd)
{
    char name[] = "cox-vrrpd", word[] = COX_VRRPGUARD_WORD;
    char *const argv[] = { name, word, NULL }, *const envp[] = { NULL };

    pid_t pid = setsid() < 0 ? -1 : fork();

    if (pid != 0) {
        _exit(pid < 0 ? errno : 0);
    }
    if (dup2(fd, STDIN_FILENO) < 0) {
        _exit(127);
    }
    (void) execve("/proc/self/exe", argv, envp);
    _exit(127);
}

static void
bury(struct cox_vrrpguard *guard)
{
    cox_runtime_cancel(guard->runtime, guard->watch);
    cox_runtime_cancel(guard->runtime, guard->sign);
    guard->watch = guard->sign = 0;
    guard->knows = false;
    if (guard->fd >= 0) {
        close(guard->fd);
        guard->fd = -1;
    }
    guard->pid = 0;
}

/* A word to the guard, with a descriptor beside it unless that is -1.  false: it does not listen. */
static bool
tell(const struct cox_vrrpguard *guard, char word, int fd)
{
    struct iovec part = { &word, 1 };
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof fd)] = { 0 };
    struct msghdr head = { .msg_iov = &part, .msg_iovlen = 1 };

    if (fd >= 0) {
        struct cmsghdr *note;

        head.msg_control = control;
        head.msg_controllen = sizeof control;
        note = CMSG_FIRSTHDR(&head);
        note->cmsg_level = SOL_SOCKET;
        note->cmsg_type = SCM_RIGHTS;
        note->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(note), &fd, sizeof fd);
    }
    return sendmsg(guard->fd, &head, MSG_DONTWAIT | MSG_NOSIGNAL) == 1;
}

static void on_again(void *context);

/* It does not run, or does not know the list: try again. */
static void
try_again(struct cox_vrrpguard *guard)
{
    if (guard->again == 0) {
        guard->again = cox_runtime_timer(guard->runtime, cox_usec_after_ms(cox_runtime_now(guard->runtime), AGAIN_MS), on_again, guard);
    }
}

/* When that fails it goes on with the list that it has: to close its pipe would be the daemon's death to it. */
static void
tell_list(struct cox_vrrpguard *guard)
{
    int fd = memfd_create("cox-vrrpd list", MFD_CLOEXEC);
    gsize done = 0;

    while (fd >= 0 && done < guard->list->len) {
        ssize_t n = write(fd, guard->list->data + done, guard->list->len - done);

        if (n <= 0) {
            break;
        }
        done += (gsize) n;
    }
    guard->knows = fd >= 0 && done == guard->list->len && tell(guard, 'l', fd);
    if (!guard->knows) {
        try_again(guard);
    }
    if (fd >= 0) {
        close(fd);
    }
}

static bool start(struct cox_vrrpguard *guard, GError **error);

static void
on_again(void *context)
{
    struct cox_vrrpguard *guard = context;

    guard->again = 0;
    if (guard->fd < 0) {
        (void) start(guard, NULL);
    } else if (!guard->knows) {
        tell_list(guard);
    }
}

static void
on_guard(void *context, int fd, unsigned int events)
{
    struct cox_vrrpguard *guard = context;
    pid_t pid = 0;
    ssize_t n = recv(fd, &pid, sizeof pid, MSG_DONTWAIT);

    (void) events;
    if (n == (ssize_t) sizeof pid) {
        guard->pid = pid;
    } else if (n >= 0 || (errno != EAGAIN && errno != EINTR)) {
        bury(guard);
        try_again(guard);
    }
}

static void
on_sign(void *context)
{
    struct cox_vrrpguard *guard = context;

    guard->sign = cox_runtime_timer(guard->runtime, cox_usec_after_ms(cox_runtime_now(guard->runtime), COX_VRRPGUARD_SIGN_MS), on_sign, guard);
    (void) tell(guard, 's', -1); /* one that is full has enough of them */
}

/* The first child has ended at once: with 0 when there is a second one, else with an errno. */
static int
wait_for(pid_t pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return errno;
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

static bool
start(struct cox_vrrpguard *guard, GError **error)
{
    int ends[2], failure;
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_OS, "pipe to the guard: %s", g_strerror(errno));
        try_again(guard);
        return false;
    }
    pid = fork();
    if (pid == 0) {
        become_guard(ends[1]);
    }
    failure = pid < 0 ? errno : wait_for(pid);
    close(ends[1]);
    if (failure != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_OS, "start of the guard: %s", g_strerror(failure));
        close(ends[0]);
        try_again(guard);
        return false;
    }
    guard->fd = ends[0];
    guard->watch = cox_runtime_watch(guard->runtime, guard->fd, COX_WATCH_READ, on_guard, guard);
    tell_list(guard);
    on_sign(guard);
    return true;
}

struct cox_vrrpguard *
cox_vrrpguard_new(struct cox_runtime *runtime, GError **error)
{
    struct cox_vrrpguard *guard = g_new0(struct cox_vrrpguard, 1);

    guard->runtime = runtime;
    guard->fd = -1;
    guard->list = g_byte_array_new();
    (void) start(guard, error);
    return guard;
}

void
cox_vrrpguard_brief(struct cox_vrrpguard *guard, const GByteArray *messages)
{
    bool is_empty = messages->len == 0; /* it has no memory then */

    if (guard->list->len == messages->len && (is_empty || memcmp(guard->list->data, messages->data, messages->len) == 0)) {
        return;
    }
    g_byte_array_set_size(guard->list, 0);
    if (!is_empty) {
        g_byte_array_append(guard->list, messages->data, messages->len);
    }
    guard->knows = false;
    if (guard->fd >= 0) {
        tell_list(guard);
    } else {
        try_again(guard);
    }
}

void
cox_vrrpguard_dismiss(struct cox_vrrpguard *guard)
{
    if (guard == NULL) {
        return;
    }
    if (guard->fd >= 0) {
        (void) tell(guard, 'e', -1);
    }
    cox_runtime_cancel(guard->runtime, guard->again);
    bury(guard);
    g_byte_array_unref(guard->list);
    g_free(guard);
}

bool
cox_vrrpguard_is_ready(const struct cox_vrrpguard *guard)
{
    return guard->pid != 0 && guard->knows;
}

pid_t
cox_vrrpguard_pid(const struct cox_vrrpguard *guard)
{
    return guard->pid;
}
