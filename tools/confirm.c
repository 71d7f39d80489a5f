/* tools/confirm.c - a change that is taken back unless somebody confirms it in time: a process of its own waits for that.  Layer 6.
 *
 *   command ---- 'y' made / 'n' not made / end: perhaps made ----> process ---- syslog
 *   cox confirm ------ 'c' (abstract socket, same user) ---------> process ---- 'k'
 */
#define _GNU_SOURCE 1 /* struct ucred, accept4 */
#include "tools/confirm.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "base/error.h"

enum { ANSWER_MS = 2000, PAUSE_S = 3, MOST_TRIES = 200 };

struct cox_confirm {
    int control;
    gint64 pid;
};

/* ---- sockets ---------------------------------------------------------------------------------------------- */

/* The name is no file: it goes with the process. */
static socklen_t
address_of(const char *id, struct sockaddr_un *address)
{
    memset(address, 0, sizeof(*address));
    address->sun_family = AF_UNIX;
    (void) g_snprintf(address->sun_path + 1, sizeof(address->sun_path) - 1, "cox-apply-%s", id);
    return (socklen_t) (offsetof(struct sockaddr_un, sun_path) + 1 + strlen(address->sun_path + 1));
}

/* Root, or whoever this process belongs to. */
static bool
is_trusted(int fd)
{
    struct ucred peer = { 0 };
    socklen_t length = sizeof(peer);

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && (peer.uid == 0 || peer.uid == getuid());
}

static bool
is_readable(int fd, int timeout_ms)
{
    struct pollfd wait = { .fd = fd, .events = POLLIN };

    return poll(&wait, 1, timeout_ms) > 0;
}

static int
listen_as(const char *id, GError **error)
{
    struct sockaddr_un address;
    socklen_t length = address_of(id, &address);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    if (fd >= 0 && bind(fd, (const struct sockaddr *) &address, length) == 0 && listen(fd, 4) == 0) {
        return fd;
    }
    g_set_error(error, COX_ERROR, (errno == EADDRINUSE) ? COX_ERROR_EXISTS : COX_ERROR_OS, "%s: %s", id,
                (errno == EADDRINUSE) ? "this change waits to be confirmed already" : g_strerror(errno));
    if (fd >= 0) {
        (void) close(fd);
    }
    return -1;
}

/* ---- the process ------------------------------------------------------------------------------------------ */

/* Nothing of the command's is kept: neither its terminal, nor its pipes, nor its connections. */
static void
detach(int control, int listener)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    (void) signal(SIGHUP, SIG_IGN);
    (void) signal(SIGINT, SIG_IGN);
    for (int fd = 0; fd < 3 && null >= 0; fd++) {
        (void) dup2(null, fd);
    }
    for (int fd = 3; fd < (int) sysconf(_SC_OPEN_MAX) && fd < 65536; fd++) {
        if (fd != control && fd != listener) {
            (void) close(fd);
        }
    }
    openlog("cox", LOG_PID, LOG_DAEMON);
}

/* Somebody speaks to the process: is it a confirmation? */
static bool
is_confirmed(int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    char word = '\0';
    bool is_it = fd >= 0 && is_trusted(fd) && is_readable(fd, ANSWER_MS) && read(fd, &word, 1) == 1 && word == 'c';

    if (is_it) {
        (void) send(fd, "k", 1, MSG_NOSIGNAL);
    }
    if (fd >= 0) {
        (void) close(fd);
    }
    return is_it;
}

/* May it have been taken back all the same? */
static bool
is_doubtful(const GError *error)
{
    return g_error_matches(error, COX_ERROR, COX_ERROR_INDETERMINATE) || g_error_matches(error, COX_ERROR, COX_ERROR_TIMEOUT)
           || g_error_matches(error, COX_ERROR, COX_ERROR_DISCONNECTED);
}

static void
take_back(const struct cox_confirm_settings *settings)
{
    bool is_perhaps_done = false;

    for (int i = 0; i < MOST_TRIES; i++) {
        g_autoptr(GError) error = NULL;
        bool is_done = settings->take_back(settings->context, &error);

        if (is_done) {
            syslog(LOG_NOTICE, "plan %s was not confirmed in time and is taken back", settings->id);
            return;
        }
        syslog(LOG_ERR, "plan %s was not confirmed in time and %s: %s", settings->id,
               is_perhaps_done ? "has perhaps been taken back, by a try whose end was not heard; cox history shows it" : "cannot be taken back",
               error->message);
        if (!is_doubtful(error) && !g_error_matches(error, COX_ERROR, COX_ERROR_TRY_AGAIN) && !g_error_matches(error, COX_ERROR, COX_ERROR_OLD)) {
            return;
        }
        is_perhaps_done = is_perhaps_done || is_doubtful(error);
        (void) sleep(PAUSE_S);
    }
}

/* Until it was made, confirmed, or the time is over. */
static void
attend(const struct cox_confirm_settings *settings, int control, int listener)
{
    gint64 deadline = G_MAXINT64;

    for (;;) {
        gint64 left = (deadline == G_MAXINT64) ? -1 : MAX((deadline - g_get_monotonic_time()) / 1000, 0);
        struct pollfd waits[] = { { .fd = listener, .events = POLLIN }, { .fd = (deadline == G_MAXINT64) ? control : -1, .events = POLLIN } };
        int n = 0;

        if (left == 0) { /* however many speak to the process */
            (void) close(listener); /* from here it is too late to confirm */
            take_back(settings);
            return;
        }
        n = poll(waits, G_N_ELEMENTS(waits), (int) MIN(left, G_MAXINT));
        if (n > 0 && waits[0].revents != 0 && is_confirmed(listener)) {
            syslog(LOG_NOTICE, "plan %s is confirmed", settings->id);
            return;
        }
        if (n > 0 && waits[1].revents != 0) {
            char word = '\0';

            if (read(control, &word, 1) == 1 && word == 'n') {
                return;
            }
            deadline = g_get_monotonic_time() + settings->within_ms * 1000;
        }
    }
}

/* Twice forked: nobody has to wait for it. */
static void
become_process(const struct cox_confirm_settings *settings, int control, int listener)
{
    gint64 pid = 0;

    (void) setsid();
    if (fork() != 0) {
        _exit(0);
    }
    pid = getpid();
    detach(control, listener);
    if (write(control, &pid, sizeof(pid)) == (ssize_t) sizeof(pid)) {
        attend(settings, control, listener);
    }
    _exit(0);
}

/* ---- the command ------------------------------------------------------------------------------------------ */

struct cox_confirm *
cox_confirm_arm(const struct cox_confirm_settings *settings, GError **error)
{
    int ends[2] = { -1, -1 };
    int listener = listen_as(settings->id, error);
    struct cox_confirm *confirm = NULL;
    gint64 pid = 0;
    pid_t child = -1;

    if (listener < 0) {
        return NULL;
    }
    child = (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0) ? fork() : -1;
    if (child == 0) {
        become_process(settings, ends[1], listener);
    }
    (void) close(listener);
    if (ends[1] >= 0) {
        (void) close(ends[1]);
    }
    if (child > 0) {
        (void) waitpid(child, NULL, 0);
    }
    if (child < 0 || read(ends[0], &pid, sizeof(pid)) != (ssize_t) sizeof(pid)) {
        g_set_error(error, COX_ERROR, COX_ERROR_OS, "the process that would take the change back cannot be started: %s", g_strerror(errno));
        if (ends[0] >= 0) {
            (void) close(ends[0]);
        }
        return NULL;
    }
    confirm = g_new0(struct cox_confirm, 1);
    confirm->control = ends[0];
    confirm->pid = pid;
    return confirm;
}

gint64
cox_confirm_pid(const struct cox_confirm *confirm)
{
    return confirm->pid;
}

void
cox_confirm_made(struct cox_confirm *confirm, bool is_made)
{
    (void) send(confirm->control, is_made ? "y" : "n", 1, MSG_NOSIGNAL); /* the end would be "perhaps" */
    (void) close(confirm->control);
    g_free(confirm);
}

bool
cox_confirm_send(const char *id, GError **error)
{
    struct sockaddr_un address;
    socklen_t length = address_of(id, &address);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    bool is_there = fd >= 0 && connect(fd, (const struct sockaddr *) &address, length) == 0;
    bool is_ours = is_there && is_trusted(fd);
    char word = '\0';
    bool is_done = is_ours && send(fd, "c", 1, MSG_NOSIGNAL) == 1 && is_readable(fd, ANSWER_MS) && read(fd, &word, 1) == 1 && word == 'k';

    if (!is_there) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND,
                    "plan '%s' does not wait on this node: it is confirmed, or taken back, or was made on another node", id);
    } else if (!is_done) {
        g_set_error(error, COX_ERROR, COX_ERROR_PRIVILEGE, "plan '%s' belongs to another user: only they or root confirm it", id);
    }
    if (fd >= 0) {
        (void) close(fd);
    }
    return is_done;
}
