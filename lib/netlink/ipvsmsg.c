/* lib/netlink/ipvsmsg.c - messages of IPVS, to the kernel and from it.  Layer 3, adapter. */
#include "netlink/ipvsmsg.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <linux/genetlink.h>
#include <linux/ip_vs.h>

#include "base/error.h"
#include "netlink/netput.h"

enum { MESSAGE_BYTES = 1024, VERSION = 1, OWN_FLAGS = IP_VS_SVC_F_HASHED /* that the kernel sets for itself */ };

static struct cox_netput *
begin(const struct cox_ipvsmsg_to *to, guint8 command, int flags)
{
    const struct genlmsghdr head = { .cmd = command, .version = VERSION };
    struct cox_netput *message = cox_netput_begin(to->family, flags, to->seq, MESSAGE_BYTES);

    cox_netput_head(message, &head, sizeof head);
    return message;
}

static guint16
system_family(guint8 family)
{
    return family == COX_IP_V6 ? AF_INET6 : AF_INET;
}

static void
put_service(struct cox_netput *message, const struct cox_ipvs_service *service, bool is_whole)
{
    guint8 family = service->address.family != COX_IP_NONE ? service->address.family : service->family;
    const struct ip_vs_flags flags = { .flags = service->flags, .mask = ~(guint32) 0 };
    guint32 bits = service->persist_bits == 0 || service->persist_bits > (family == COX_IP_V6 ? 128 : 32) ? (family == COX_IP_V6 ? 128 : 32)
                                                                                                        : service->persist_bits;
    guint32 mask = family == COX_IP_V6 ? bits : htonl(~(guint32) 0 << (32 - bits));
    struct nlattr *all = cox_netput_nest(message, IPVS_CMD_ATTR_SERVICE);

    cox_netput_u16(message, IPVS_SVC_ATTR_AF, system_family(family));
    if (service->mark != 0) {
        cox_netput_u32(message, IPVS_SVC_ATTR_FWMARK, service->mark);
    } else {
        cox_netput_u16(message, IPVS_SVC_ATTR_PROTOCOL, service->protocol);
        cox_netput(message, IPVS_SVC_ATTR_ADDR, service->address.bytes, sizeof service->address.bytes);
        cox_netput_u16(message, IPVS_SVC_ATTR_PORT, htons(service->port));
    }
    if (is_whole) {
        cox_netput_text(message, IPVS_SVC_ATTR_SCHED_NAME, service->scheduler);
        cox_netput_text(message, IPVS_SVC_ATTR_PE_NAME, service->engine);
        cox_netput(message, IPVS_SVC_ATTR_FLAGS, &flags, sizeof flags);
        cox_netput_u32(message, IPVS_SVC_ATTR_TIMEOUT, service->persist_s);
        cox_netput_u32(message, IPVS_SVC_ATTR_NETMASK, mask);
    }
    cox_netput_nest_end(message, all);
}

/* What the kernel counts: a fake kernel tells it, and it is nothing in what the kernel is told. */
static void
put_counters(struct cox_netput *message, const struct cox_ipvs_dest *dest)
{
    const struct cox_ipvs_traffic *traffic = &dest->traffic;
    const guint64 values[] = { traffic->conns, traffic->in_packets, traffic->out_packets, traffic->in_bytes, traffic->out_bytes,
                               traffic->conn_rate, traffic->in_packet_rate, traffic->out_packet_rate, traffic->in_byte_rate, traffic->out_byte_rate };
    struct nlattr *all = NULL;

    if (dest->active != 0 || dest->inactive != 0 || dest->persistent != 0) {
        cox_netput_u32(message, IPVS_DEST_ATTR_ACTIVE_CONNS, dest->active);
        cox_netput_u32(message, IPVS_DEST_ATTR_INACT_CONNS, dest->inactive);
        cox_netput_u32(message, IPVS_DEST_ATTR_PERSIST_CONNS, dest->persistent);
    }
    for (int i = 0; i < (int) G_N_ELEMENTS(values); i++) {
        if (values[i] != 0) {
            all = all != NULL ? all : cox_netput_nest(message, IPVS_DEST_ATTR_STATS64);
            cox_netput(message, IPVS_STATS_ATTR_CONNS + i, &values[i], sizeof values[i]);
        }
    }
    if (all != NULL) {
        cox_netput_nest_end(message, all);
    }
}

static void
put_dest(struct cox_netput *message, const struct cox_ipvs_dest *dest, bool is_whole)
{
    struct nlattr *all = cox_netput_nest(message, IPVS_CMD_ATTR_DEST);

    cox_netput_u16(message, IPVS_DEST_ATTR_ADDR_FAMILY, system_family(dest->address.family));
    cox_netput(message, IPVS_DEST_ATTR_ADDR, dest->address.bytes, sizeof dest->address.bytes);
    cox_netput_u16(message, IPVS_DEST_ATTR_PORT, htons(dest->port));
    if (is_whole) {
        cox_netput_u32(message, IPVS_DEST_ATTR_FWD_METHOD, dest->method);
        cox_netput_u32(message, IPVS_DEST_ATTR_WEIGHT, dest->weight);
        cox_netput_u32(message, IPVS_DEST_ATTR_U_THRESH, dest->upper);
        cox_netput_u32(message, IPVS_DEST_ATTR_L_THRESH, dest->lower);
        if (dest->method == IP_VS_CONN_F_TUNNEL) {
            cox_netput(message, IPVS_DEST_ATTR_TUN_TYPE, &dest->tunnel, 1);
            cox_netput_u16(message, IPVS_DEST_ATTR_TUN_PORT, htons(dest->tunnel_port));
            cox_netput_u16(message, IPVS_DEST_ATTR_TUN_FLAGS, dest->tunnel_flags);
        }
        put_counters(message, dest);
    }
    cox_netput_nest_end(message, all);
}

void
cox_ipvsmsg_family(GByteArray *out, guint32 seq)
{
    struct cox_netput *message = begin(&(struct cox_ipvsmsg_to) { .family = GENL_ID_CTRL, .seq = seq }, CTRL_CMD_GETFAMILY, 0);

    cox_netput_text(message, CTRL_ATTR_FAMILY_NAME, IPVS_GENL_NAME);
    cox_netput_end(out, message);
}

void
cox_ipvsmsg_change(GByteArray *out, const struct cox_ipvsmsg_to *to, const struct cox_ipvs_change *change)
{
    static const guint8 commands[] = { IPVS_CMD_NEW_SERVICE, IPVS_CMD_SET_SERVICE, IPVS_CMD_DEL_SERVICE,
                                       IPVS_CMD_NEW_DEST,    IPVS_CMD_SET_DEST,    IPVS_CMD_DEL_DEST };
    struct cox_netput *message = begin(to, commands[change->op], to->is_quiet ? 0 : NLM_F_ACK);

    put_service(message, change->service, change->op == COX_IPVS_ADD_SERVICE || change->op == COX_IPVS_SET_SERVICE);
    if (change->op >= COX_IPVS_ADD_DEST) {
        COX_BUG_ON(change->dest == NULL);
        put_dest(message, change->dest, change->op != COX_IPVS_DEL_DEST);
    }
    cox_netput_end(out, message);
}

void
cox_ipvsmsg_dump(GByteArray *out, const struct cox_ipvsmsg_to *to, const struct cox_ipvs_service *service)
{
    struct cox_netput *message = begin(to, service == NULL ? IPVS_CMD_GET_SERVICE : IPVS_CMD_GET_DEST, NLM_F_DUMP);

    if (service != NULL) {
        put_service(message, service, false);
    }
    cox_netput_end(out, message);
}

void
cox_ipvsmsg_timeouts(GByteArray *out, const struct cox_ipvsmsg_to *to, const struct cox_ipvs_timeouts *timeouts)
{
    struct cox_netput *message = begin(to, timeouts == NULL ? IPVS_CMD_GET_CONFIG : IPVS_CMD_SET_CONFIG, NLM_F_ACK);

    if (timeouts != NULL) {
        cox_netput_u32(message, IPVS_CMD_ATTR_TIMEOUT_TCP, timeouts->tcp);
        cox_netput_u32(message, IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, timeouts->tcp_fin);
        cox_netput_u32(message, IPVS_CMD_ATTR_TIMEOUT_UDP, timeouts->udp);
    }
    cox_netput_end(out, message);
}

void
cox_ipvsmsg_daemon(GByteArray *out, const struct cox_ipvsmsg_to *to, const struct cox_ipvs_daemon *daemon, bool runs)
{
    struct cox_netput *message = daemon == NULL ? begin(to, IPVS_CMD_GET_DAEMON, NLM_F_DUMP)
                                            : begin(to, runs ? IPVS_CMD_NEW_DAEMON : IPVS_CMD_DEL_DAEMON, NLM_F_ACK);
    struct nlattr *all;

    if (daemon != NULL) {
        all = cox_netput_nest(message, IPVS_CMD_ATTR_DAEMON);
        cox_netput_u32(message, IPVS_DAEMON_ATTR_STATE, daemon->is_backup ? IP_VS_STATE_BACKUP : IP_VS_STATE_MASTER);
        cox_netput_text(message, IPVS_DAEMON_ATTR_MCAST_IFN, daemon->interface);
        cox_netput_u32(message, IPVS_DAEMON_ATTR_SYNC_ID, daemon->id);
        if (daemon->max_bytes != 0) {
            cox_netput_u16(message, IPVS_DAEMON_ATTR_SYNC_MAXLEN, daemon->max_bytes);
        }
        if (daemon->group.family != COX_IP_NONE) {
            cox_netput(message, daemon->group.family == COX_IP_V6 ? IPVS_DAEMON_ATTR_MCAST_GROUP6 : IPVS_DAEMON_ATTR_MCAST_GROUP, daemon->group.bytes,
                cox_ip_size(&daemon->group));
        }
        if (daemon->port != 0) {
            cox_netput_u16(message, IPVS_DAEMON_ATTR_MCAST_PORT, daemon->port);
        }
        if (daemon->ttl != 0) {
            cox_netput(message, IPVS_DAEMON_ATTR_MCAST_TTL, &daemon->ttl, 1);
        }
        cox_netput_nest_end(message, all);
    }
    cox_netput_end(out, message);
}

void
cox_ipvsmsg_flush(GByteArray *out, const struct cox_ipvsmsg_to *to)
{
    cox_netput_end(out, begin(to, IPVS_CMD_FLUSH, NLM_F_ACK));
}

/* Reading. */

/* A number of whatever width up to 64 bits; 0 when it is not there or shorter than @size. */
static guint64
number(struct nlattr *const *attributes, int type, size_t size)
{
    guint64 wide = 0;
    guint32 word;
    guint16 half;
    const struct nlattr *found = attributes[type];

    if (found == NULL || nla_len(found) < (int) size) {
        return 0;
    }
    switch (size) {
        case 1:
            return *(const guint8 *) nla_data(found);
        case 2:
            memcpy(&half, nla_data(found), sizeof half);
            return half;
        case 4:
            memcpy(&word, nla_data(found), sizeof word);
            return word;
        default:
            memcpy(&wide, nla_data(found), sizeof wide);
            return wide;
    }
}

static void
read_name(struct nlattr *const *attributes, int type, char *out)
{
    if (attributes[type] != NULL && nla_len(attributes[type]) > 0) {
        memcpy(out, nla_data(attributes[type]), (size_t) MIN(nla_len(attributes[type]), COX_IPVS_NAME_BYTES - 1));
    }
}

static struct cox_ip
read_ip(struct nlattr *const *attributes, int type, guint8 family)
{
    struct cox_ip ip = { .family = family };

    if (attributes[type] == NULL || nla_len(attributes[type]) < (int) cox_ip_size(&ip)) {
        return (struct cox_ip) { 0 };
    }
    memcpy(ip.bytes, nla_data(attributes[type]), cox_ip_size(&ip));
    return ip;
}

static void
read_traffic(struct nlattr *all, struct cox_ipvs_traffic *out)
{
    struct nlattr *attributes[IPVS_STATS_ATTR_MAX + 1] = { NULL };

    if (all != NULL && nla_parse_nested(attributes, IPVS_STATS_ATTR_MAX, all, NULL) >= 0) {
        *out = (struct cox_ipvs_traffic) {
            number(attributes, IPVS_STATS_ATTR_CONNS, 8), number(attributes, IPVS_STATS_ATTR_INPKTS, 8), number(attributes, IPVS_STATS_ATTR_OUTPKTS, 8),
            number(attributes, IPVS_STATS_ATTR_INBYTES, 8), number(attributes, IPVS_STATS_ATTR_OUTBYTES, 8), number(attributes, IPVS_STATS_ATTR_CPS, 8),
            number(attributes, IPVS_STATS_ATTR_INPPS, 8), number(attributes, IPVS_STATS_ATTR_OUTPPS, 8), number(attributes, IPVS_STATS_ATTR_INBPS, 8),
            number(attributes, IPVS_STATS_ATTR_OUTBPS, 8),
        };
    }
}

/* Length of a network mask, which an IPv4 service has in place of it. */
static guint8
bits_of(guint8 family, guint32 mask)
{
    return family == COX_IP_V6 ? (guint8) MIN(mask, 128U) : (guint8) __builtin_popcount(mask);
}

static bool
read_service(struct nlattr *all, struct cox_ipvs_service *out)
{
    struct nlattr *attributes[IPVS_SVC_ATTR_MAX + 1] = { NULL };

    if (nla_parse_nested(attributes, IPVS_SVC_ATTR_MAX, all, NULL) < 0) {
        return false;
    }
    *out = (struct cox_ipvs_service) {
        .family = number(attributes, IPVS_SVC_ATTR_AF, 2) == AF_INET6 ? COX_IP_V6 : COX_IP_V4,
        .protocol = (guint8) number(attributes, IPVS_SVC_ATTR_PROTOCOL, 2),
        .port = ntohs((guint16) number(attributes, IPVS_SVC_ATTR_PORT, 2)),
        .mark = (guint32) number(attributes, IPVS_SVC_ATTR_FWMARK, 4),
        .flags = (guint32) number(attributes, IPVS_SVC_ATTR_FLAGS, 4) & ~(guint32) OWN_FLAGS,
        .persist_s = (guint32) number(attributes, IPVS_SVC_ATTR_TIMEOUT, 4),
    };
    out->persist_bits = bits_of(out->family, (guint32) number(attributes, IPVS_SVC_ATTR_NETMASK, 4));
    if (out->mark == 0) {
        out->address = read_ip(attributes, IPVS_SVC_ATTR_ADDR, out->family);
    } else {
        out->protocol = 0;
        out->port = 0;
    }
    read_name(attributes, IPVS_SVC_ATTR_SCHED_NAME, out->scheduler);
    read_name(attributes, IPVS_SVC_ATTR_PE_NAME, out->engine);
    read_traffic(attributes[IPVS_SVC_ATTR_STATS64], &out->traffic);
    return out->mark != 0 || out->address.family != COX_IP_NONE;
}

static bool
read_dest(struct nlattr *all, struct cox_ipvs_dest *out)
{
    struct nlattr *attributes[IPVS_DEST_ATTR_MAX + 1] = { NULL };

    if (nla_parse_nested(attributes, IPVS_DEST_ATTR_MAX, all, NULL) < 0) {
        return false;
    }
    *out = (struct cox_ipvs_dest) {
        .address = read_ip(attributes, IPVS_DEST_ATTR_ADDR, number(attributes, IPVS_DEST_ATTR_ADDR_FAMILY, 2) == AF_INET6 ? COX_IP_V6 : COX_IP_V4),
        .port = ntohs((guint16) number(attributes, IPVS_DEST_ATTR_PORT, 2)),
        .method = (guint32) number(attributes, IPVS_DEST_ATTR_FWD_METHOD, 4) & IP_VS_CONN_F_FWD_MASK,
        .weight = (guint32) number(attributes, IPVS_DEST_ATTR_WEIGHT, 4),
        .upper = (guint32) number(attributes, IPVS_DEST_ATTR_U_THRESH, 4),
        .lower = (guint32) number(attributes, IPVS_DEST_ATTR_L_THRESH, 4),
        .tunnel = (guint8) number(attributes, IPVS_DEST_ATTR_TUN_TYPE, 1),
        .tunnel_port = ntohs((guint16) number(attributes, IPVS_DEST_ATTR_TUN_PORT, 2)),
        .tunnel_flags = (guint16) number(attributes, IPVS_DEST_ATTR_TUN_FLAGS, 2),
        .active = (guint32) number(attributes, IPVS_DEST_ATTR_ACTIVE_CONNS, 4),
        .inactive = (guint32) number(attributes, IPVS_DEST_ATTR_INACT_CONNS, 4),
        .persistent = (guint32) number(attributes, IPVS_DEST_ATTR_PERSIST_CONNS, 4),
    };
    read_traffic(attributes[IPVS_DEST_ATTR_STATS64], &out->traffic);
    return out->address.family != COX_IP_NONE;
}

static bool
read_daemon(struct nlattr *all, struct cox_ipvs_daemon *out)
{
    struct nlattr *attributes[IPVS_DAEMON_ATTR_MAX + 1] = { NULL };

    if (nla_parse_nested(attributes, IPVS_DAEMON_ATTR_MAX, all, NULL) < 0) {
        return false;
    }
    *out = (struct cox_ipvs_daemon) {
        .is_backup = number(attributes, IPVS_DAEMON_ATTR_STATE, 4) == IP_VS_STATE_BACKUP,
        .id = (guint32) number(attributes, IPVS_DAEMON_ATTR_SYNC_ID, 4),
        .max_bytes = (guint16) number(attributes, IPVS_DAEMON_ATTR_SYNC_MAXLEN, 2),
        .port = (guint16) number(attributes, IPVS_DAEMON_ATTR_MCAST_PORT, 2),
        .ttl = (guint8) number(attributes, IPVS_DAEMON_ATTR_MCAST_TTL, 1),
        .group = attributes[IPVS_DAEMON_ATTR_MCAST_GROUP6] != NULL ? read_ip(attributes, IPVS_DAEMON_ATTR_MCAST_GROUP6, COX_IP_V6)
                                                                   : read_ip(attributes, IPVS_DAEMON_ATTR_MCAST_GROUP, COX_IP_V4),
    };
    read_name(attributes, IPVS_DAEMON_ATTR_MCAST_IFN, out->interface);
    return true;
}

static void
read_body(struct nlmsghdr *head, struct cox_ipvsmsg *out)
{
    struct nlattr *attributes[MAX(IPVS_CMD_ATTR_MAX, CTRL_ATTR_MAX) + 1] = { NULL };

    if (nlmsg_parse(head, sizeof(struct genlmsghdr), attributes, MAX(IPVS_CMD_ATTR_MAX, CTRL_ATTR_MAX), NULL) < 0) {
        return;
    }
    out->command = ((const struct genlmsghdr *) nlmsg_data(head))->cmd;
    if (head->nlmsg_type == GENL_ID_CTRL) {
        out->family = (guint16) number(attributes, CTRL_ATTR_FAMILY_ID, 2);
        return;
    }
    out->has_service = attributes[IPVS_CMD_ATTR_SERVICE] != NULL && read_service(attributes[IPVS_CMD_ATTR_SERVICE], &out->service);
    out->has_dest = attributes[IPVS_CMD_ATTR_DEST] != NULL && read_dest(attributes[IPVS_CMD_ATTR_DEST], &out->dest);
    out->has_daemon = attributes[IPVS_CMD_ATTR_DAEMON] != NULL && read_daemon(attributes[IPVS_CMD_ATTR_DAEMON], &out->daemon);
    out->has_timeouts = attributes[IPVS_CMD_ATTR_TIMEOUT_TCP] != NULL;
    out->timeouts = (struct cox_ipvs_timeouts) {
        (guint32) number(attributes, IPVS_CMD_ATTR_TIMEOUT_TCP, 4), (guint32) number(attributes, IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, 4),
        (guint32) number(attributes, IPVS_CMD_ATTR_TIMEOUT_UDP, 4),
    };
}

bool
cox_ipvsmsg_next(const guint8 *data, size_t size, size_t *at, struct cox_ipvsmsg *out)
{
    struct nlmsghdr *head;
    int error = -EPROTO;

    *out = (struct cox_ipvsmsg) { 0 };
    if (size > G_MAXINT || *at >= size || size - *at < sizeof *head) {
        return false;
    }
    head = (struct nlmsghdr *) (guintptr) (data + *at); /* the buffer and all lengths are aligned */
    if (head->nlmsg_len < sizeof *head || head->nlmsg_len > size - *at) {
        return false;
    }
    *at += MIN((size_t) NLMSG_ALIGN(head->nlmsg_len), size - *at);
    out->type = head->nlmsg_type;
    out->seq = head->nlmsg_seq;
    out->is_dump = (head->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
    out->is_quiet = (head->nlmsg_flags & NLM_F_ACK) == 0;
    out->is_answer = head->nlmsg_type == NLMSG_ERROR;
    out->is_done = head->nlmsg_type == NLMSG_DONE;
    if (out->is_answer || out->is_done) {
        if (out->is_done) {
            error = 0; /* it may say nothing more */
        }
        if (nlmsg_datalen(head) >= (int) sizeof error) {
            memcpy(&error, nlmsg_data(head), sizeof error);
        }
        out->error = error < 0 && error > -4096 ? -error : 0;
    } else if (head->nlmsg_type >= NLMSG_MIN_TYPE) {
        read_body(head, out);
    }
    return true;
}
