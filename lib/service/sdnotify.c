/* lib/service/sdnotify.c - one datagram.  Layer 5. */
#include "service/sdnotify.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

bool
cox_sdnotify(const char *socket_name, const char *lines)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t length = socket_name == NULL ? 0 : strlen(socket_name);
    bool is_sent;
    int fd;

    if (length < 2 || length >= sizeof address.sun_path || (socket_name[0] != '/' && socket_name[0] != '@')) {
        return false;
    }
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return false;
    }
    memcpy(address.sun_path, socket_name, length);
    if (address.sun_path[0] == '@') {
        address.sun_path[0] = '\0';
    }
    is_sent = sendto(fd, lines, strlen(lines), MSG_NOSIGNAL, (const struct sockaddr *) &address,
                     (socklen_t) (offsetof(struct sockaddr_un, sun_path) + length)) >= 0;
    close(fd);
    return is_sent;
}
