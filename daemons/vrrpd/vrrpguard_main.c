/* daemons/vrrpd/vrrpguard_main.c - the guard itself: it waits, and takes away what it was told.  Layer 6. */
#include "daemons/vrrpd/vrrpguard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>
#include <linux/netlink.h>

#include "netlink/netsocket.h"

enum {
    LIST_BYTES = 64 * 1024 * 1024, /* the longest list that is believed */
    BATCH = 200,                   /* messages in one send: their answers fit into the smallest buffer */
};

struct watcher {
    int fd;
    struct cox_netsocket kernel;
    GByteArray *list;
    int silence;
    bool is_armed; /* nothing was taken away since the last sign of life */
};

static void
load(struct watcher *watcher, int fd)
{
    struct stat found;
    gsize done = 0;

    if (fstat(fd, &found) != 0 || found.st_size < 0 || found.st_size > LIST_BYTES) {
        return;
    }
    g_byte_array_set_size(watcher->list, (guint) found.st_size);
    while (done < watcher->list->len) {
        ssize_t n = pread(fd, watcher->list->data + done, watcher->list->len - done, (off_t) done);

        if (n <= 0) {
            g_byte_array_set_size(watcher->list, 0);
            return;
        }
        done += (gsize) n;
    }
}

static void
take_away(struct watcher *watcher, const char *why)
{
    g_autoptr(GByteArray) batch = g_byte_array_new();
    gsize at = 0;
    guint n = 0, n_all = 0;

    watcher->is_armed = false;
    while (at + sizeof(struct nlmsghdr) <= watcher->list->len) {
        const struct nlmsghdr *head = (const struct nlmsghdr *) (const void *) (watcher->list->data + at);
        gsize length = NLMSG_ALIGN(head->nlmsg_len);

        if (head->nlmsg_len < sizeof *head || length > watcher->list->len - at) {
            break;
        }
        g_byte_array_append(batch, watcher->list->data + at, (guint) length);
        at += length;
        n_all++;
        if (++n == BATCH || at + sizeof *head > watcher->list->len) {
            (void) cox_netsocket_send(&watcher->kernel, batch);
            while (cox_netsocket_receive(&watcher->kernel, false) > 0) {
            }
            g_byte_array_set_size(batch, 0);
            n = 0;
        }
    }
    if (n_all > 0) {
        syslog(LOG_WARNING, "the daemon %s: its %u addresses, routes and rules are taken away", why, n_all);
    }
}

/* Read a word.  false: it is over. */
static bool
hear(struct watcher *watcher)
{
    char word = 0;
    struct iovec part = { &word, 1 };
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    struct msghdr head = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
    ssize_t n = recvmsg(watcher->fd, &head, MSG_CMSG_CLOEXEC);
    const struct cmsghdr *note = n > 0 ? CMSG_FIRSTHDR(&head) : NULL;

    if (n < 0 && errno == EINTR) {
        return true;
    }
    if (n <= 0) {
        take_away(watcher, "is dead");
        return false;
    }
    watcher->silence = 0;
    watcher->is_armed = true;
    if (note != NULL && note->cmsg_level == SOL_SOCKET && note->cmsg_type == SCM_RIGHTS && note->cmsg_len == CMSG_LEN(sizeof(int))) {
        int fd;

        memcpy(&fd, CMSG_DATA(note), sizeof fd);
        load(watcher, fd);
        close(fd);
    }
    return word != 'e';
}

int
cox_vrrpguard_main(int fd)
{
    struct watcher watcher = { .fd = fd, .list = g_byte_array_new() };
    const struct sched_param priority = { .sched_priority = 1 };
    pid_t pid = getpid();
    bool goes_on = true;

    (void) prctl(PR_SET_NAME, "cox-vrrp-guard");
    openlog("cox-vrrp-guard", LOG_PID, LOG_DAEMON);
    signal(SIGTERM, SIG_IGN); /* whoever ends the whole group ends the daemon, too, and we see to what it leaves behind */
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    if (!cox_netsocket_open(&watcher.kernel, NETLINK_ROUTE, 0, NULL)) {
        syslog(LOG_ERR, "no netlink socket");
        return 1;
    }
    (void) sched_setscheduler(0, SCHED_RR, &priority);
    (void) mlockall(MCL_CURRENT | MCL_FUTURE);
    (void) send(fd, &pid, sizeof pid, MSG_NOSIGNAL);
    while (goes_on) {
        struct pollfd wait = { .fd = fd, .events = POLLIN };
        int n = poll(&wait, 1, COX_VRRPGUARD_SIGN_MS);

        if (n > 0) {
            goes_on = hear(&watcher);
        } else if (n == 0 && ++watcher.silence >= COX_VRRPGUARD_SILENCE && watcher.is_armed) {
            /* Counted in waits, not by the clock: a machine that stood still stood still for both. */
            take_away(&watcher, "does not run");
        }
    }
    cox_netsocket_close(&watcher.kernel);
    g_byte_array_unref(watcher.list);
    return 0;
}
