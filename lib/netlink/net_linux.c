/* lib/netlink/net_linux.c - the network namespace of this process: rtnetlink, packet sockets, /proc/sys/net.  Layer 3, adapter. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sendmmsg() */
#endif
#include "netlink/net.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>

#include "base/error.h"
#include "netlink/netmsg.h"
#include "netlink/netsocket.h"
#include "netlink/nettable.h"

enum {
    BATCH_MAX = 200,        /* changes in one send: their answers fit into the smallest buffer of a socket */
    BATCH_BYTES = 32 * 1024,
    FRAMES_MAX = 64,        /* in one system call */
    DUMP_TRIES = 10,
};

struct net_linux {
    struct cox_net base;
    struct cox_netsocket asking, hearing;
    int packet_fd;
    guint32 seq;
    GByteArray *out;
    bool watches_items;
};

/* Changes. */

/* Answers to the changes [first, first + n), the first of which was sent as @seq. */
static void
gather(struct net_linux *net, struct cox_net_change *changes, size_t n, guint32 seq)
{
    size_t n_missing = n;

    while (n_missing > 0) {
        gssize size = cox_netsocket_receive(&net->asking, true);
        struct cox_netmsg message;
        size_t at = 0;

        if (size <= 0) {
            break;
        }
        while (cox_netmsg_next(net->asking.room, (size_t) size, &at, &message)) {
            guint32 number = message.seq - seq;

            if (message.kind == COX_NETMSG_ANSWER && number < n && changes[number].result == -1) {
                changes[number].result = message.error;
                n_missing--;
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (changes[i].result == -1) {
            changes[i].result = ETIMEDOUT;
        }
    }
}

static void
linux_apply(struct cox_net *base, struct cox_net_change *changes, size_t n)
{
    struct net_linux *net = (struct net_linux *) base;

    for (size_t first = 0, count; first < n; first += count) {
        guint32 seq = net->seq + 1;
        int failure;

        g_byte_array_set_size(net->out, 0);
        for (count = 0; first + count < n && count < BATCH_MAX && net->out->len < BATCH_BYTES; count++) {
            changes[first + count].result = -1;
            cox_netmsg_change(net->out, &changes[first + count], ++net->seq);
        }
        failure = cox_netsocket_send(&net->asking, net->out);
        if (failure == 0) {
            gather(net, changes + first, count, seq);
            continue;
        }
        for (size_t i = 0; i < count; i++) {
            changes[first + i].result = failure;
        }
    }
}

/* What is there. */

static void
take(struct cox_nettable *table, const struct cox_netmsg *message, const struct cox_net_handler *handler)
{
    switch (message->kind) {
        case COX_NETMSG_LINK:
            cox_nettable_put_link(table, &message->link, handler);
            break;
        case COX_NETMSG_LINK_GONE:
            cox_nettable_drop_link(table, message->link.ifindex, handler);
            break;
        case COX_NETMSG_ADDRESS:
            cox_nettable_put_address(table, &message->address, handler);
            break;
        case COX_NETMSG_ADDRESS_GONE:
            cox_nettable_drop_address(table, &message->address, handler);
            break;
        case COX_NETMSG_ROUTE_GONE:
        case COX_NETMSG_RULE_GONE:
            if (handler != NULL && handler->item_gone != NULL) {
                bool is_route = message->kind == COX_NETMSG_ROUTE_GONE;

                handler->item_gone(handler->context, is_route ? &message->route : NULL, is_route ? NULL : &message->rule);
            }
            break;
        default:
            break;
    }
}

enum dump { DUMP_DONE = 0, DUMP_AGAIN, DUMP_FAILED };

typedef void (*heard_fn)(void *context, const struct cox_netmsg *message);

/* The answers to what is in out, a question for all of something with the last number. */
static enum dump
hear_dump(struct net_linux *net, heard_fn heard, void *context)
{
    bool was_interrupted = false;

    if (cox_netsocket_send(&net->asking, net->out) != 0) {
        return DUMP_FAILED;
    }
    for (;;) {
        gssize size = cox_netsocket_receive(&net->asking, true);
        struct cox_netmsg message;
        size_t at = 0;

        if (size <= 0) {
            return size == -ENOBUFS ? DUMP_AGAIN : DUMP_FAILED;
        }
        while (cox_netmsg_next(net->asking.room, (size_t) size, &at, &message)) {
            if (message.seq != net->seq) {
                continue;
            }
            was_interrupted = was_interrupted || message.was_interrupted;
            if (message.kind == COX_NETMSG_DONE || message.kind == COX_NETMSG_ANSWER) {
                return message.error != 0 && message.error != EBUSY ? DUMP_FAILED : was_interrupted || message.error != 0 ? DUMP_AGAIN : DUMP_DONE;
            }
            heard(context, &message);
        }
    }
}

static void
take_heard(void *table, const struct cox_netmsg *message)
{
    take(table, message, NULL);
}

static enum dump
read_dump(struct net_linux *net, struct cox_nettable *table, bool wants_addresses)
{
    g_byte_array_set_size(net->out, 0);
    cox_netmsg_dump(net->out, wants_addresses, ++net->seq);
    return hear_dump(net, take_heard, table);
}

/* All interfaces and addresses, or NULL. */
static struct cox_nettable *
read_all(struct net_linux *net, GError **error)
{
    for (int i = 0; i < DUMP_TRIES; i++) {
        struct cox_nettable *table = cox_nettable_new();
        enum dump links = read_dump(net, table, false), addresses = links == DUMP_DONE ? read_dump(net, table, true) : links;

        if (addresses == DUMP_DONE) {
            return table;
        }
        cox_nettable_free(table);
        if (addresses == DUMP_FAILED) {
            break;
        }
    }
    g_set_error(error, COX_ERROR, COX_ERROR_OS, "the kernel does not tell the interfaces and addresses of this machine");
    return NULL;
}

static bool
read_again(struct net_linux *net, GError **error)
{
    struct cox_nettable *fresh = read_all(net, error);

    if (fresh == NULL) {
        return false;
    }
    cox_nettable_become(net->base.table, fresh, &net->base.handler);
    cox_nettable_free(fresh);
    if (net->watches_items && net->base.handler.item_gone != NULL) {
        net->base.handler.item_gone(net->base.handler.context, NULL, NULL);
    }
    return true;
}

static bool
linux_dispatch(struct cox_net *base, GError **error)
{
    struct net_linux *net = (struct net_linux *) base;
    bool has_lost = false;
    gssize size;

    while ((size = cox_netsocket_receive(&net->hearing, false)) != 0) {
        struct cox_netmsg message;
        size_t at = 0;

        if (size == -ENOBUFS) {
            has_lost = true;
            continue;
        }
        if (size < 0) {
            g_set_error(error, COX_ERROR, COX_ERROR_OS, "events of interfaces and addresses: %s", g_strerror((int) -size));
            return false;
        }
        while (cox_netmsg_next(net->hearing.room, (size_t) size, &at, &message)) {
            take(net->base.table, &message, &net->base.handler);
        }
    }
    return !has_lost || read_again(net, error);
}

/* Routes. */

static bool
linux_route_to(struct cox_net *base, const struct cox_ip *to, struct cox_net_route *route)
{
    struct net_linux *net = (struct net_linux *) base;

    g_byte_array_set_size(net->out, 0);
    cox_netmsg_route_to(net->out, to, ++net->seq);
    if (cox_netsocket_send(&net->asking, net->out) != 0) {
        return false;
    }
    for (;;) {
        gssize size = cox_netsocket_receive(&net->asking, true);
        struct cox_netmsg message;
        size_t at = 0;

        if (size <= 0) {
            return false;
        }
        while (cox_netmsg_next(net->asking.room, (size_t) size, &at, &message)) {
            if (message.seq == net->seq && message.kind == COX_NETMSG_ROUTE) {
                *route = message.route;
                return true;
            }
            if (message.seq == net->seq) {
                return false; /* an error: there is none */
            }
        }
    }
}

struct teller {
    cox_net_item_fn tell;
    void *context;
};

static void
tell_heard(void *context, const struct cox_netmsg *message)
{
    const struct teller *teller = context;

    if (message->kind == COX_NETMSG_ROUTE) {
        teller->tell(teller->context, &message->route, NULL);
    } else if (message->kind == COX_NETMSG_RULE) {
        teller->tell(teller->context, NULL, &message->rule);
    }
}

static bool
linux_tell_items(struct cox_net *base, cox_net_item_fn tell, void *context)
{
    struct net_linux *net = (struct net_linux *) base;
    struct teller teller = { tell, context };

    for (int wants_rules = 0; wants_rules < 2; wants_rules++) {
        enum dump done = DUMP_AGAIN;

        for (int i = 0; i < DUMP_TRIES && done == DUMP_AGAIN; i++) {
            g_byte_array_set_size(net->out, 0);
            cox_netmsg_dump_items(net->out, wants_rules != 0, ++net->seq);
            done = hear_dump(net, tell_heard, &teller);
        }
        if (done != DUMP_DONE) {
            return false;
        }
    }
    return true;
}

/* New routes, which a routing daemon may have by the hundred thousand, stay outside. */
static void
filter_new(int fd)
{
    const guint32 type = offsetof(struct nlmsghdr, nlmsg_type);
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, type), /* in network order, the machine's is other */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, g_htons(RTM_NEWROUTE), 1, 0),
        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    const struct sock_fprog program = { .len = G_N_ELEMENTS(steps), .filter = steps };

    (void) setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program); /* without, they are read and dropped */
}

static void
linux_watch_items(struct cox_net *base)
{
    static const int groups[] = { RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE };
    struct net_linux *net = (struct net_linux *) base;

    if (net->watches_items) {
        return;
    }
    net->watches_items = true;
    filter_new(net->hearing.fd);
    for (gsize i = 0; i < G_N_ELEMENTS(groups); i++) {
        (void) setsockopt(net->hearing.fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i], sizeof groups[i]);
    }
}

/* Frames. */

static size_t
linux_send(struct cox_net *base, const struct cox_net_frame *frames, size_t n)
{
    struct net_linux *net = (struct net_linux *) base;
    struct sockaddr_ll to[FRAMES_MAX];
    struct iovec parts[FRAMES_MAX];
    struct mmsghdr messages[FRAMES_MAX];
    size_t n_sent = 0;

    for (size_t first = 0, count; first < n; first += count) {
        count = MIN(n - first, (size_t) FRAMES_MAX);
        for (size_t i = 0; i < count; i++) {
            const struct cox_net_frame *frame = &frames[first + i];

            to[i] = (struct sockaddr_ll) { .sll_family = AF_PACKET, .sll_ifindex = frame->ifindex, .sll_halen = COX_NET_MAC_BYTES };
            memcpy(to[i].sll_addr, frame->bytes, COX_NET_MAC_BYTES);
            memcpy(&to[i].sll_protocol, frame->bytes + 2 * COX_NET_MAC_BYTES, sizeof to[i].sll_protocol);
            parts[i] = (struct iovec) { (void *) (guintptr) frame->bytes, frame->size };
            messages[i] = (struct mmsghdr) { .msg_hdr = { .msg_name = &to[i], .msg_namelen = sizeof to[i], .msg_iov = &parts[i], .msg_iovlen = 1 } };
        }
        /* One that cannot be sent (an interface that is down) ends the call: go on behind it. */
        for (size_t done = 0; done < count;) {
            int sent = sendmmsg(net->packet_fd, messages + done, (unsigned int) (count - done), MSG_DONTWAIT);

            n_sent += sent > 0 ? (size_t) sent : 0;
            done += sent > 0 ? (size_t) sent : 1;
        }
    }
    return n_sent;
}

/* Settings. */

static char *
sysctl_path(const char *key)
{
    return strstr(key, "..") != NULL ? NULL : g_strconcat("/proc/sys/net/", key, NULL);
}

static bool
linux_sysctl(struct cox_net *net, const char *key, const char *value, GError **error)
{
    g_autofree char *path = sysctl_path(key);
    int fd = path == NULL ? -1 : open(path, O_WRONLY | O_CLOEXEC);
    bool is_set = fd >= 0 && write(fd, value, strlen(value)) == (ssize_t) strlen(value);

    (void) net;
    if (!is_set) {
        g_set_error(error, COX_ERROR, COX_ERROR_OS, "cannot set net/%s to %s: %s", key, value, g_strerror(path == NULL ? EINVAL : errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    return is_set;
}

static char *
linux_sysctl_value(struct cox_net *net, const char *key)
{
    g_autofree char *path = sysctl_path(key);
    char *value = NULL;

    (void) net;
    return path != NULL && g_file_get_contents(path, &value, NULL, NULL) ? g_strchomp(value) : NULL;
}

static void
linux_free(struct cox_net *base)
{
    struct net_linux *net = (struct net_linux *) base;

    cox_netsocket_close(&net->asking);
    cox_netsocket_close(&net->hearing);
    if (net->packet_fd >= 0) {
        close(net->packet_fd);
    }
    g_byte_array_unref(net->out);
    cox_nettable_free(net->base.table);
    g_free(net);
}

static const struct cox_net_ops linux_ops = {
    .apply = linux_apply,
    .send = linux_send,
    .sysctl = linux_sysctl,
    .sysctl_value = linux_sysctl_value,
    .dispatch = linux_dispatch,
    .route_to = linux_route_to,
    .tell_items = linux_tell_items,
    .watch_items = linux_watch_items,
    .free = linux_free,
};

struct cox_net *
cox_net_linux_new(const struct cox_net_handler *handler, GError **error)
{
    struct net_linux *net = g_new0(struct net_linux, 1);

    net->base = (struct cox_net) { .ops = &linux_ops, .handler = *handler, .fd = -1 };
    net->asking.fd = net->hearing.fd = -1;
    net->out = g_byte_array_new();
    net->packet_fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); /* protocol 0: it hears nothing */
    if (net->packet_fd < 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_OS, "packet socket: %s; it needs root, or CAP_NET_RAW", g_strerror(errno));
    } else if (cox_netsocket_open(&net->asking, NETLINK_ROUTE, 0, error)
               && cox_netsocket_open(&net->hearing, NETLINK_ROUTE, RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR, error)) {
        net->base.fd = net->hearing.fd;
        net->base.table = read_all(net, error);
    }
    if (net->base.table == NULL) {
        linux_free(&net->base);
        return NULL;
    }
    return &net->base;
}
