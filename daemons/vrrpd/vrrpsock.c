/* daemons/vrrpd/vrrpsock.c - raw sockets of protocol 112: one to receive per interface and family, one to send per family.  Layer 6. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sendmmsg(), struct in6_pktinfo */
#endif
#include "daemons/vrrpd/vrrpsock.h"

#include <errno.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/error.h"

enum {
    ROOM_BYTES = 1024 * 1024, /* of a receive buffer: a thousand adverts at once */
    PACKET_BYTES = 8192,      /* no advert is longer: 255 addresses of 16 bytes */
    BATCH = 32,               /* packets in one system call */
    CONTROL_BYTES = 128,
    MANY_PER_S = 200,         /* packets: from so many on, sockets rest after each reading */
    REST_USEC = 500,
};

/* To receive on one interface in one family. */
struct ear {
    struct cox_vrrpsock *sockets;
    gint32 ifindex, base;
    guint8 family;
    int fd;
    cox_source_id watch;
    bool is_resting;
    guint n_users;
};

/* A packet on its way out, in the form that the kernel wants. */
struct parcel {
    struct sockaddr_storage to;
    struct iovec part;
    _Alignas(struct cmsghdr) guint8 control[CONTROL_BYTES];
};

struct cox_vrrpsock {
    struct cox_runtime *runtime;
    cox_vrrpsock_fn fn;
    void *context;
    GPtrArray *ears;
    int rest_fd;          /* the timer of rests; -1: none was needed yet */
    cox_source_id rest_watch;
    bool is_resting;      /* the timer runs */
    cox_usec counted_from; /* begin of the present second */
    guint n_counted, n_counted_before; /* packets in it, and in the one before */
    int mouths[2];        /* IPv4, IPv6; -1: not open */
    struct mmsghdr heads[BATCH];
    struct parcel parcels[BATCH];
    guint n_waiting;
    guint8 waiting_family;
    guint64 n_unsent;
    int last_error;
    guint8 room[BATCH][PACKET_BYTES];
};

static void
set_int(int fd, int level, int option, int value)
{
    (void) setsockopt(fd, level, option, &value, sizeof value); /* those that matter fail where they are used, with a reason */
}

static int
open_raw(guint8 family)
{
    return socket(family == COX_IP_V4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, COX_VRRPSOCK_PROTOCOL);
}

static void
free_ear(gpointer data)
{
    struct ear *ear = data;

    cox_runtime_cancel(ear->sockets->runtime, ear->watch);
    close(ear->fd);
    g_free(ear);
}

struct cox_vrrpsock *
cox_vrrpsock_new(struct cox_runtime *runtime, cox_vrrpsock_fn fn, void *context)
{
    struct cox_vrrpsock *sockets = g_new0(struct cox_vrrpsock, 1);

    sockets->runtime = runtime;
    sockets->fn = fn;
    sockets->context = context;
    sockets->ears = g_ptr_array_new_with_free_func(free_ear);
    sockets->mouths[0] = sockets->mouths[1] = sockets->rest_fd = -1;
    return sockets;
}

void
cox_vrrpsock_free(struct cox_vrrpsock *sockets)
{
    if (sockets == NULL) {
        return;
    }
    g_ptr_array_unref(sockets->ears);
    cox_runtime_cancel(sockets->runtime, sockets->rest_watch);
    if (sockets->rest_fd >= 0) {
        close(sockets->rest_fd);
    }
    for (int i = 0; i < 2; i++) {
        if (sockets->mouths[i] >= 0) {
            close(sockets->mouths[i]);
        }
    }
    g_free(sockets);
}

/* Receiving. */

/* What the kernel says beside a datagram. */
static void
read_control(struct msghdr *head, struct cox_vrrp_packet *packet)
{
    for (struct cmsghdr *note = CMSG_FIRSTHDR(head); note != NULL; note = CMSG_NXTHDR(head, note)) {
        int number = 0;

        if (note->cmsg_level == IPPROTO_IPV6 && note->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;

            memcpy(&info, CMSG_DATA(note), sizeof info);
            packet->destination = cox_ip_from_bytes(COX_IP_V6, &info.ipi6_addr);
        } else if (note->cmsg_level == IPPROTO_IPV6 && note->cmsg_type == IPV6_HOPLIMIT) {
            memcpy(&number, CMSG_DATA(note), sizeof number);
            packet->ttl = (guint8) number;
        }
    }
}

/* An IPv4 socket gives the IP header, too; false: it is none. */
static bool
read_header(struct cox_vrrp_packet *packet)
{
    gsize length = packet->size < 20 ? 0 : (gsize) (packet->data[0] & 0x0f) * 4;

    if (length < 20 || length > packet->size) {
        return false;
    }
    packet->ttl = packet->data[8];
    packet->source = cox_ip_from_bytes(COX_IP_V4, packet->data + 12);
    packet->destination = cox_ip_from_bytes(COX_IP_V4, packet->data + 16);
    packet->data += length;
    packet->size -= length;
    return true;
}

static void
take(struct ear *ear, struct mmsghdr *head, const guint8 *data)
{
    const struct sockaddr_in6 *from = head->msg_hdr.msg_name;
    struct cox_vrrp_packet packet = { .interface = (guint) ear->base, .data = data, .size = head->msg_len };

    if ((head->msg_hdr.msg_flags & MSG_TRUNC) != 0) {
        return; /* longer than any advert */
    }
    if (ear->family == COX_IP_V4) {
        if (!read_header(&packet)) {
            return;
        }
    } else {
        packet.source = cox_ip_from_bytes(COX_IP_V6, &from->sin6_addr);
        read_control(&head->msg_hdr, &packet);
    }
    ear->sockets->fn(ear->sockets->context, &packet);
}

/* What has come; how many packets. */
static guint
read_ear(struct ear *ear)
{
    struct cox_vrrpsock *sockets = ear->sockets;
    struct sockaddr_in6 from[BATCH];
    struct iovec parts[BATCH];
    struct mmsghdr heads[BATCH];
    _Alignas(struct cmsghdr) guint8 control[BATCH][CONTROL_BYTES];
    int n;

    for (int i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec) { sockets->room[i], PACKET_BYTES };
        heads[i] = (struct mmsghdr) { .msg_hdr = {
            .msg_name = &from[i], .msg_namelen = sizeof from[i], .msg_iov = &parts[i], .msg_iovlen = 1,
            .msg_control = control[i], .msg_controllen = CONTROL_BYTES,
        } };
    }
    n = recvmmsg(ear->fd, heads, BATCH, MSG_DONTWAIT, NULL); /* what is left comes with the next turn of the loop, after what is due */
    for (int i = 0; i < n; i++) {
        take(ear, &heads[i], sockets->room[i]);
    }
    return n > 0 ? (guint) n : 0;
}

static void
hear_again(struct ear *ear)
{
    ear->is_resting = false;
    cox_runtime_watch_set(ear->sockets->runtime, ear->watch, COX_WATCH_READ);
}

static void
on_rested(void *context, int fd, unsigned int events)
{
    struct cox_vrrpsock *sockets = context;
    guint64 n;

    (void) events;
    if (read(fd, &n, sizeof n) == (ssize_t) sizeof n) {
        sockets->is_resting = false;
        cox_vrrpsock_catch_up(sockets);
    }
}

/* Packets of many routers come one by one in quick succession: to wake for each costs more than all that is done with it. */
static void
rest(struct ear *ear)
{
    const struct itimerspec when = { .it_value.tv_nsec = REST_USEC * 1000 };
    struct cox_vrrpsock *sockets = ear->sockets;

    if (sockets->rest_fd < 0) {
        sockets->rest_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
        if (sockets->rest_fd < 0) {
            return;
        }
        sockets->rest_watch = cox_runtime_watch(sockets->runtime, sockets->rest_fd, COX_WATCH_READ, on_rested, sockets);
    }
    COX_BUG_ON(!sockets->is_resting && timerfd_settime(sockets->rest_fd, 0, &when, NULL) != 0);
    sockets->is_resting = ear->is_resting = true;
    cox_runtime_watch_set(sockets->runtime, ear->watch, 0);
}

/* Do many packets come? */
static bool
count(struct cox_vrrpsock *sockets, guint n)
{
    cox_usec now = cox_runtime_now(sockets->runtime), age = now - sockets->counted_from;

    if (age >= COX_USEC_PER_S) {
        sockets->n_counted_before = age < 2 * COX_USEC_PER_S ? sockets->n_counted : 0;
        sockets->n_counted = 0;
        sockets->counted_from = now;
    }
    sockets->n_counted += n;
    return MAX(sockets->n_counted, sockets->n_counted_before) > MANY_PER_S;
}

static void
on_readable(void *context, int fd, unsigned int events)
{
    struct ear *ear = context;

    (void) fd;
    (void) events;
    if (count(ear->sockets, read_ear(ear))) {
        rest(ear);
    }
}

void
cox_vrrpsock_catch_up(struct cox_vrrpsock *sockets)
{
    for (guint i = 0; i < sockets->ears->len; i++) {
        struct ear *ear = g_ptr_array_index(sockets->ears, i);

        if (ear->is_resting) {
            hear_again(ear);
            (void) count(sockets, read_ear(ear));
        }
    }
}

static struct ear *
find_ear(const struct cox_vrrpsock *sockets, const struct cox_vrrpsock_place *place, guint *at)
{
    for (guint i = 0; i < sockets->ears->len; i++) {
        struct ear *ear = g_ptr_array_index(sockets->ears, i);

        if (ear->ifindex == place->ifindex && ear->family == place->family) {
            *at = i;
            return ear;
        }
    }
    return NULL;
}

static bool
set_group(int fd, const struct cox_vrrpsock_place *place, bool joins)
{
    if (place->group.family == COX_IP_V4) {
        struct ip_mreqn request = { .imr_ifindex = place->ifindex };

        memcpy(&request.imr_multiaddr, place->group.bytes, 4);
        return setsockopt(fd, IPPROTO_IP, joins ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &request, sizeof request) == 0;
    }
    if (place->group.family == COX_IP_V6) {
        struct ipv6_mreq request = { .ipv6mr_interface = (unsigned int) place->ifindex };

        memcpy(&request.ipv6mr_multiaddr, place->group.bytes, 16);
        return setsockopt(fd, IPPROTO_IPV6, joins ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP, &request, sizeof request) == 0;
    }
    return true;
}

/* Adverts to other routers never leave the kernel. */
static void
filter(int fd, guint8 family, guint8 vrid)
{
    struct sock_filter four[] = { /* an IPv4 socket sees the IP header, too */
        BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0), BPF_STMT(BPF_LD | BPF_B | BPF_IND, 1), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, vrid, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, PACKET_BYTES), BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_filter six[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 1), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, vrid, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, PACKET_BYTES), BPF_STMT(BPF_RET | BPF_K, 0),
    };
    const struct sock_fprog program = family == COX_IP_V4 ? (struct sock_fprog) { G_N_ELEMENTS(four), four }
                                                          : (struct sock_fprog) { G_N_ELEMENTS(six), six };

    (void) setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

static bool
open_ear(struct cox_vrrpsock *sockets, const struct cox_vrrpsock_place *place, struct ear **out, GError **error)
{
    int fd = open_raw(place->family), room = place->room_bytes != 0 ? (int) MIN(place->room_bytes, (guint64) G_MAXINT / 2) : ROOM_BYTES;

    if (fd < 0 || (place->ifindex != 0 && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, place->name, (socklen_t) strlen(place->name)) != 0)) {
        g_set_error(error, COX_ERROR, COX_ERROR_OS, "cannot receive VRRP on interface %s: %s", place->ifindex != 0 ? place->name : "any",
                    g_strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return false;
    }
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) != 0) {
        set_int(fd, SOL_SOCKET, SO_RCVBUF, room);
    }
    if (place->family == COX_IP_V6) {
        set_int(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
        set_int(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
        set_int(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0);
    } else {
        set_int(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0);
    }
    if (place->vrid != 0) {
        filter(fd, place->family, place->vrid);
    }
    *out = g_new0(struct ear, 1);
    **out = (struct ear) { .sockets = sockets, .ifindex = place->ifindex, .base = place->base, .family = place->family, .fd = fd };
    (*out)->watch = cox_runtime_watch(sockets->runtime, fd, COX_WATCH_READ, on_readable, *out);
    g_ptr_array_add(sockets->ears, *out);
    return true;
}

bool
cox_vrrpsock_join(struct cox_vrrpsock *sockets, const struct cox_vrrpsock_place *place, GError **error)
{
    guint at = 0;
    struct ear *ear = find_ear(sockets, place, &at);

    if (ear == NULL && !open_ear(sockets, place, &ear, error)) {
        return false;
    }
    ear->n_users++;
    if (!set_group(ear->fd, place, true) && errno != EADDRINUSE) {
        char text[COX_IP_TEXT_SIZE];

        g_set_error(error, COX_ERROR, COX_ERROR_OS, "cannot join group %s on interface %s: %s", cox_ip_format(&place->group, text), place->name,
                    g_strerror(errno));
        cox_vrrpsock_leave(sockets, place);
        return false;
    }
    return true;
}

void
cox_vrrpsock_leave(struct cox_vrrpsock *sockets, const struct cox_vrrpsock_place *place)
{
    guint at = 0;
    struct ear *ear = find_ear(sockets, place, &at);

    /* Groups are left with the socket: which routers still want one is not kept. */
    if (ear != NULL && --ear->n_users == 0) {
        g_ptr_array_remove_index_fast(sockets->ears, at);
    }
}

/* Sending. */

static int
mouth_of(struct cox_vrrpsock *sockets, guint8 family)
{
    int *mouth = &sockets->mouths[family == COX_IP_V6];

    if (*mouth >= 0) {
        return *mouth;
    }
    *mouth = open_raw(family);
    if (*mouth < 0) {
        return -1;
    }
    set_int(*mouth, SOL_SOCKET, SO_RCVBUF, 0); /* nothing is read from it */
    (void) shutdown(*mouth, SHUT_RD);
    set_int(*mouth, SOL_SOCKET, SO_PRIORITY, 6);
    if (family == COX_IP_V6) {
        set_int(*mouth, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0);
        set_int(*mouth, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, COX_VRRPSOCK_TTL);
        set_int(*mouth, IPPROTO_IPV6, IPV6_UNICAST_HOPS, COX_VRRPSOCK_TTL);
        set_int(*mouth, IPPROTO_IPV6, IPV6_TCLASS, 0xc0);
        set_int(*mouth, IPPROTO_IPV6, IPV6_FREEBIND, 1); /* the source may be the address of the interface below a virtual one */
    } else {
        set_int(*mouth, IPPROTO_IP, IP_MULTICAST_LOOP, 0);
        set_int(*mouth, IPPROTO_IP, IP_MULTICAST_TTL, COX_VRRPSOCK_TTL);
        set_int(*mouth, IPPROTO_IP, IP_TTL, COX_VRRPSOCK_TTL);
        set_int(*mouth, IPPROTO_IP, IP_TOS, 0xc0);
        set_int(*mouth, IPPROTO_IP, IP_FREEBIND, 1);
        set_int(*mouth, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
    }
    return *mouth;
}

static void
add_note(struct msghdr *head, const struct cmsghdr *what, const void *data, gsize size)
{
    struct cmsghdr *note = (struct cmsghdr *) (void *) ((guint8 *) head->msg_control + head->msg_controllen);

    COX_BUG_ON(head->msg_controllen + CMSG_SPACE(size) > CONTROL_BYTES);
    *note = (struct cmsghdr) { .cmsg_len = CMSG_LEN(size), .cmsg_level = what->cmsg_level, .cmsg_type = what->cmsg_type };
    memcpy(CMSG_DATA(note), data, size);
    head->msg_controllen += CMSG_SPACE(size);
}

static void
address_four(struct parcel *parcel, struct msghdr *head, const struct cox_vrrpsock_packet *packet)
{
    struct sockaddr_in *to = (struct sockaddr_in *) &parcel->to;
    struct in_pktinfo info = { .ipi_ifindex = packet->ifindex };
    int ttl = packet->ttl;

    *to = (struct sockaddr_in) { .sin_family = AF_INET };
    memcpy(&to->sin_addr, packet->destination.bytes, 4);
    memcpy(&info.ipi_spec_dst, packet->source.bytes, 4);
    head->msg_namelen = sizeof *to;
    add_note(head, &(struct cmsghdr) { .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO }, &info, sizeof info);
    add_note(head, &(struct cmsghdr) { .cmsg_level = IPPROTO_IP, .cmsg_type = IP_TTL }, &ttl, sizeof ttl);
}

static void
address_six(struct parcel *parcel, struct msghdr *head, const struct cox_vrrpsock_packet *packet)
{
    struct sockaddr_in6 *to = (struct sockaddr_in6 *) &parcel->to;
    struct in6_pktinfo info = { .ipi6_ifindex = (unsigned int) packet->ifindex };
    int ttl = packet->ttl;

    *to = (struct sockaddr_in6) { .sin6_family = AF_INET6, .sin6_scope_id = (unsigned int) packet->ifindex };
    memcpy(&to->sin6_addr, packet->destination.bytes, 16);
    memcpy(&info.ipi6_addr, packet->source.bytes, 16);
    head->msg_namelen = sizeof *to;
    add_note(head, &(struct cmsghdr) { .cmsg_level = IPPROTO_IPV6, .cmsg_type = IPV6_PKTINFO }, &info, sizeof info);
    add_note(head, &(struct cmsghdr) { .cmsg_level = IPPROTO_IPV6, .cmsg_type = IPV6_HOPLIMIT }, &ttl, sizeof ttl);
}

void
cox_vrrpsock_send(struct cox_vrrpsock *sockets, const struct cox_vrrpsock_packet *packet)
{
    struct parcel *parcel;
    struct msghdr *head;

    if (sockets->n_waiting == BATCH || (sockets->n_waiting > 0 && sockets->waiting_family != packet->destination.family)) {
        cox_vrrpsock_flush(sockets);
    }
    parcel = &sockets->parcels[sockets->n_waiting];
    sockets->heads[sockets->n_waiting] = (struct mmsghdr) { 0 };
    head = &sockets->heads[sockets->n_waiting].msg_hdr;
    memset(parcel->control, 0, sizeof parcel->control);
    parcel->part = (struct iovec) { (void *) (guintptr) packet->data, packet->size }; /* it is only read */
    *head = (struct msghdr) { .msg_name = &parcel->to, .msg_iov = &parcel->part, .msg_iovlen = 1, .msg_control = parcel->control };
    if (packet->destination.family == COX_IP_V4) {
        address_four(parcel, head, packet);
    } else {
        address_six(parcel, head, packet);
    }
    sockets->waiting_family = packet->destination.family;
    sockets->n_waiting++;
}

void
cox_vrrpsock_flush(struct cox_vrrpsock *sockets)
{
    guint n = sockets->n_waiting;
    int mouth = n == 0 ? -1 : mouth_of(sockets, sockets->waiting_family);

    sockets->n_waiting = 0;
    for (guint done = 0; done < n;) {
        int sent = sendmmsg(mouth, sockets->heads + done, n - done, MSG_DONTWAIT);

        if (sent <= 0) { /* this one cannot be sent: an interface that is down, e.g.; the others shall be */
            sockets->n_unsent++;
            sockets->last_error = errno;
        }
        done += sent > 0 ? (guint) sent : 1;
    }
}

guint64
cox_vrrpsock_unsent(const struct cox_vrrpsock *sockets, int *error_number)
{
    *error_number = sockets->last_error;
    return sockets->n_unsent;
}
