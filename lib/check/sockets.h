/* lib/check/sockets.h - sockets for probes: to where, from where.  Layer 4. */
#ifndef COX_CHECK_SOCKETS_H
#define COX_CHECK_SOCKETS_H

#include <stdbool.h>
#include <sys/socket.h>

#include "lvs/checkconf.h"

/** An address of the kernel for @ip and @port; @device, or NULL, gives link-local ones their scope.  Returns its size. */
socklen_t cox_socket_address(const struct cox_ip *ip, guint16 port, const char *device, struct sockaddr_storage *address);

/** A socket that does not block, bound and marked as @path wants; -1: errno says why not. */
int cox_socket_open(const struct cox_lvs_path *path, int type, int protocol);

/** Begin to connect it: 0 done or under way, else errno. */
int cox_socket_connect(int fd, const struct cox_lvs_path *path);

/** What has become of a connection: 0, or the error. */
int cox_socket_error(int fd);

#endif
