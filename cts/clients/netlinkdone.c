/* cts/clients/netlinkdone.c - preloaded into booth by check-booth.  Since Linux 6.9 the end of a list of addresses comes in one datagram with the
 * list; booth 1.0 looks for it at the beginning of the next one, and waits for ever.  It gets it there. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

static struct nlmsghdr done;

static ssize_t
split(char *text, ssize_t size)
{
    for (ssize_t at = 0; at + (ssize_t) sizeof(done) <= size;) {
        const struct nlmsghdr *header = (const struct nlmsghdr *) (const void *) (text + at);

        if (header->nlmsg_type == NLMSG_DONE && at > 0) {
            done = *header;
            done.nlmsg_len = sizeof(done);
            return at;
        }
        if (header->nlmsg_len < sizeof(done)) {
            break;
        }
        at += NLMSG_ALIGN((ssize_t) header->nlmsg_len);
    }
    return size;
}

ssize_t
recvmsg(int fd, struct msghdr *message, int flags)
{
    static ssize_t (*real)(int, struct msghdr *, int);
    int domain = 0;
    ssize_t size;

    if (real == NULL) {
        real = (ssize_t(*)(int, struct msghdr *, int)) dlsym(RTLD_NEXT, "recvmsg");
    }
    (void) getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &(socklen_t){ sizeof(domain) });
    if (domain == AF_NETLINK && done.nlmsg_type == NLMSG_DONE && message->msg_iov[0].iov_len >= sizeof(done)) {
        memcpy(message->msg_iov[0].iov_base, &done, sizeof(done));
        done.nlmsg_type = 0;
        return sizeof(done);
    }
    size = real(fd, message, flags);
    return (domain == AF_NETLINK && size > 0) ? split(message->msg_iov[0].iov_base, size) : size;
}
