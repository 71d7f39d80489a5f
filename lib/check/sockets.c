/* lib/check/sockets.c - sockets for probes: to where, from where.  Layer 4. */
#include "check/sockets.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

socklen_t
cox_socket_address(const struct cox_ip *ip, guint16 port, const char *device, struct sockaddr_storage *address)
{
    memset(address, 0, sizeof *address);
    if (ip->family == COX_IP_V6) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *) (void *) address;

        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons(port);
        memcpy(&in6->sin6_addr, ip->bytes, 16);
        in6->sin6_scope_id = device != NULL && cox_ip_is_link_local(ip) ? if_nametoindex(device) : 0;
        return sizeof *in6;
    }
    struct sockaddr_in *in = (struct sockaddr_in *) (void *) address;

    in->sin_family = AF_INET;
    in->sin_port = htons(port);
    memcpy(&in->sin_addr, ip->bytes, 4);
    return sizeof *in;
}

static bool
set_up(int fd, const struct cox_lvs_path *path)
{
    struct sockaddr_storage from;
    const int on = 1;

    if (path->mark != 0 && setsockopt(fd, SOL_SOCKET, SO_MARK, &path->mark, sizeof path->mark) < 0) {
        return false;
    }
    if (path->from.family == COX_IP_NONE && path->from_port == 0) {
        return true;
    }
    struct cox_ip any = { .family = path->to.family };
    const struct cox_ip *ip = path->from.family != COX_IP_NONE ? &path->from : &any;
    const socklen_t size = cox_socket_address(ip, path->from_port, path->device, &from);

    return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 && bind(fd, (const struct sockaddr *) (const void *) &from, size) == 0;
}

int
cox_socket_open(const struct cox_lvs_path *path, int type, int protocol)
{
    const int fd = socket(path->to.family == COX_IP_V6 ? AF_INET6 : AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);

    if (fd >= 0 && !set_up(fd, path)) {
        const int reason = errno;

        close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

int
cox_socket_connect(int fd, const struct cox_lvs_path *path)
{
    struct sockaddr_storage to;
    const socklen_t size = cox_socket_address(&path->to, path->to_port, path->device, &to);

    return connect(fd, (const struct sockaddr *) (const void *) &to, size) == 0 || errno == EINPROGRESS ? 0 : errno;
}

int
cox_socket_error(int fd)
{
    int error = 0;
    socklen_t size = sizeof error;

    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 ? errno : error;
}
