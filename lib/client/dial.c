/* lib/client/dial.c - connect() and a look at who listens.  Layer 5. */
#include "client/dial.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/channel.h"
#include "runtime/environment.h"

bool
cox_dial_may_serve(enum cox_daemon daemon, uid_t uid)
{
    uid_t cluster_uid;

    if (uid == 0 || uid == geteuid()) {
        return true;
    }
    return cox_daemon_row(daemon)->user == COX_DAEMON_USER_CLUSTER
           && cox_environment_user(COX_DAEMON_CLUSTER_USER, &cluster_uid, NULL) && uid == cluster_uid;
}

static bool
reach(int fd, const char *path, GError **error)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
    } else {
        g_strlcpy(address.sun_path, path, sizeof address.sun_path);
        if (fd >= 0 && connect(fd, (const struct sockaddr *) &address, sizeof address) == 0) {
            return true;
        }
    }
    g_set_error(error, COX_ERROR, errno == EACCES || errno == EPERM ? COX_ERROR_PERMISSION : COX_ERROR_DISCONNECTED,
                "cannot reach '%s': %s; %s", path, g_strerror(errno),
                errno == EACCES || errno == EPERM ? "only root, " COX_DAEMON_CLUSTER_USER " and members of " COX_DAEMON_CLUSTER_GROUP " may"
                                                  : "does the daemon run?");
    return false;
}

int
cox_dial(const char *run_directory, enum cox_daemon daemon, GError **error)
{
    g_autofree char *path = cox_environment_socket_path(
        run_directory == NULL ? cox_environment_run_directory() : run_directory, cox_daemon_row(daemon)->socket);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct cox_channel_peer server;

    if (!reach(fd, path, error)) {
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    if (!cox_channel_peer_of(fd, &server) || !cox_dial_may_serve(daemon, server.uid)) {
        g_set_error(error, COX_ERROR, COX_ERROR_PERMISSION, "'%s' is served by process %d of user '%u', who is not %s; find out why",
                    path, (int) server.pid, (unsigned int) server.uid, cox_daemon_row(daemon)->process);
        close(fd);
        return -1;
    }
    return fd;
}
