/* lib/netlink/netsocket.c - a netlink socket that asks many questions at once.  Layer 3, adapter. */
#include "netlink/netsocket.h"

#include <errno.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <linux/netlink.h>

#include "base/error.h"

enum { BUFFER_BYTES = 8 * 1024 * 1024 };

/* Beyond what is allowed to everybody, if we may. */
static void
widen(int fd, int forced, int plain)
{
    const int size = BUFFER_BYTES;

    if (setsockopt(fd, SOL_SOCKET, forced, &size, sizeof size) != 0) {
        (void) setsockopt(fd, SOL_SOCKET, plain, &size, sizeof size);
    }
}

bool
cox_netsocket_open(struct cox_netsocket *netsocket, int protocol, guint32 groups, GError **error)
{
    const struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = groups };
    const struct timeval limit = { .tv_sec = 1 };
    const int on = 1;
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

    netsocket->fd = -1;
    if (fd < 0 || bind(fd, (const struct sockaddr *) &address, sizeof address) != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_OS, "netlink socket of protocol %d: %s", protocol, g_strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return false;
    }
    widen(fd, SO_RCVBUFFORCE, SO_RCVBUF);
    widen(fd, SO_SNDBUFFORCE, SO_SNDBUF);
    (void) setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on); /* answers without the question */
    (void) setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    netsocket->fd = fd;
    netsocket->room = g_malloc(COX_NETSOCKET_ROOM_BYTES);
    return true;
}

void
cox_netsocket_close(struct cox_netsocket *netsocket)
{
    if (netsocket->fd >= 0) {
        close(netsocket->fd);
        g_free(netsocket->room);
        netsocket->fd = -1;
    }
}

int
cox_netsocket_send(struct cox_netsocket *netsocket, const GByteArray *messages)
{
    const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
    ssize_t sent;

    do {
        sent = sendto(netsocket->fd, messages->data, messages->len, 0, (const struct sockaddr *) &kernel, sizeof kernel);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? errno : 0;
}

gssize
cox_netsocket_receive(struct cox_netsocket *netsocket, bool may_wait)
{
    for (;;) {
        struct sockaddr_nl from = { .nl_pid = 1 };
        socklen_t length = sizeof from;
        ssize_t size = recvfrom(netsocket->fd, netsocket->room, COX_NETSOCKET_ROOM_BYTES, MSG_TRUNC | (may_wait ? 0 : MSG_DONTWAIT),
                                (struct sockaddr *) &from, &length);

        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size < 0) {
            return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -errno;
        }
        if (size > COX_NETSOCKET_ROOM_BYTES) {
            return -ENOBUFS; /* the rest is lost */
        }
        if (size > 0 && from.nl_pid == 0) {
            return size;
        }
    }
}
