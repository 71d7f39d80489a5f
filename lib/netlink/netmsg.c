/* lib/netlink/netmsg.c - changes as messages of rtnetlink, and what it tells of links and addresses.  Layer 3, adapter. */
#include "netlink/netmsg.h"

#include <errno.h>
#include <string.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "base/error.h"
#include "netlink/netput.h"

enum {
    MESSAGE_BYTES = 2048,        /* more than any of ours needs */
    ROUTE_PROTOCOL = 18,         /* RTPROT_KEEPALIVED: who looks at routes sees that they belong to a virtual router */
};

static guint8
system_family(guint8 family)
{
    return family == COX_IP_V6 ? AF_INET6 : family == COX_IP_V4 ? AF_INET : AF_UNSPEC;
}

static void
put_ip(struct cox_netput *message, int type, const struct cox_ip *ip)
{
    if (ip->family != 0) {
        cox_netput(message, type, ip->bytes, cox_ip_size(ip));
    }
}

static struct cox_netput *
address_message(const struct cox_net_address *address, bool removes, guint32 seq)
{
    const struct ifaddrmsg head = {
        .ifa_family = system_family(address->local.ip.family), .ifa_prefixlen = address->local.bits, .ifa_flags = (guint8) address->flags,
        .ifa_scope = address->scope, .ifa_index = (guint32) address->ifindex,
    };
    struct cox_netput *message = cox_netput_begin(removes ? RTM_DELADDR : RTM_NEWADDR, NLM_F_ACK | (removes ? 0 : NLM_F_CREATE | NLM_F_REPLACE), seq, MESSAGE_BYTES);
    const struct ifa_cacheinfo life = { .ifa_prefered = address->preferred_s, .ifa_valid = COX_NET_FOREVER };

    cox_netput_head(message, &head, sizeof head);
    put_ip(message, IFA_LOCAL, &address->local.ip);
    put_ip(message, IFA_ADDRESS, address->peer.family != 0 ? &address->peer : &address->local.ip);
    if (address->label[0] != '\0') {
        cox_netput(message, IFA_LABEL, address->label, strlen(address->label) + 1);
    }
    if (!removes) {
        put_ip(message, IFA_BROADCAST, &address->broadcast);
        cox_netput_u32(message, IFA_FLAGS, address->flags);
        cox_netput(message, IFA_CACHEINFO, &life, sizeof life);
    }
    return message;
}

static void
put_via(struct cox_netput *message, const struct cox_ip *via, guint8 family)
{
    guint8 other[2 + 16] = { 0 };
    guint16 via_family = system_family(via->family);

    if (via->family == family) {
        put_ip(message, RTA_GATEWAY, via);
    } else if (via->family != 0) {
        memcpy(other, &via_family, sizeof via_family);
        memcpy(other + 2, via->bytes, cox_ip_size(via));
        cox_netput(message, RTA_VIA, other, 2 + cox_ip_size(via));
    }
}

static void
put_hops(struct cox_netput *message, const struct cox_net_route *route)
{
    struct nlattr *all = cox_netput_nest(message, RTA_MULTIPATH);

    COX_BUG_ON(all == NULL);
    for (guint i = 0; i < MIN(route->n_hops, COX_NET_MAX_HOPS); i++) {
        const struct cox_net_hop *hop = &route->hops[i];
        const struct rtnexthop head = {
            .rtnh_ifindex = hop->ifindex, .rtnh_hops = (guint8) MAX(hop->weight, 1) - 1, .rtnh_flags = hop->is_onlink ? RTNH_F_ONLINK : 0,
        };
        struct rtnexthop *at = cox_netput_head(message, &head, sizeof head);

        put_via(message, &hop->via, route->family);
        at->rtnh_len = (guint16) cox_netput_since(message, at);
    }
    cox_netput_nest_end(message, all);
}

static void
put_metrics(struct cox_netput *message, const struct cox_net_route *route)
{
    struct nlattr *all = cox_netput_nest(message, RTA_METRICS);

    COX_BUG_ON(all == NULL);
    for (int i = 1; i < COX_NET_N_METRICS; i++) {
        if ((route->has_metrics & (1U << i)) != 0) {
            cox_netput_u32(message, i, route->metrics[i]);
        }
    }
    if (route->locked_metrics != 0) {
        cox_netput_u32(message, RTAX_LOCK, route->locked_metrics);
    }
    cox_netput_nest_end(message, all);
}

static struct cox_netput *
route_message(const struct cox_net_route *route, bool removes, guint32 seq)
{
    guint32 table = route->table == 0 ? RT_TABLE_MAIN : route->table;
    const struct cox_net_hop *hop = &route->hops[0];
    const struct rtmsg head = {
        .rtm_family = system_family(route->family), .rtm_dst_len = route->to.bits, .rtm_src_len = route->from.bits, .rtm_tos = route->tos,
        .rtm_table = (guint8) (table < 256 ? table : RT_TABLE_UNSPEC), .rtm_protocol = route->protocol != 0 ? route->protocol : ROUTE_PROTOCOL,
        .rtm_scope = route->scope, .rtm_type = route->type != 0 ? route->type : RTN_UNICAST,
        .rtm_flags = route->n_hops == 1 && hop->is_onlink ? RTNH_F_ONLINK : 0,
    };
    int how = removes ? 0 : NLM_F_CREATE | (route->is_appended ? NLM_F_APPEND : NLM_F_REPLACE);
    struct cox_netput *message = cox_netput_begin(removes ? RTM_DELROUTE : RTM_NEWROUTE, NLM_F_ACK | how, seq, MESSAGE_BYTES);

    cox_netput_head(message, &head, sizeof head);
    put_ip(message, RTA_DST, &route->to.ip);
    put_ip(message, RTA_SRC, &route->from.ip);
    put_ip(message, RTA_PREFSRC, &route->source);
    cox_netput_u32(message, RTA_TABLE, table);
    if (route->metric != 0) {
        cox_netput_u32(message, RTA_PRIORITY, route->metric);
    }
    if (route->has_preference) {
        cox_netput(message, RTA_PREF, &route->preference, 1);
    }
    if (route->n_hops > 1) {
        put_hops(message, route);
    } else if (route->n_hops == 1) {
        put_via(message, &hop->via, route->family);
        if (hop->ifindex != 0) {
            cox_netput_u32(message, RTA_OIF, (guint32) hop->ifindex);
        }
    }
    if (route->has_metrics != 0) {
        put_metrics(message, route);
    }
    return message;
}

static void
put_text(struct cox_netput *message, int type, const char *text)
{
    if (text[0] != '\0') {
        cox_netput(message, type, text, strlen(text) + 1);
    }
}

static void
put_ports(struct cox_netput *message, int type, const struct cox_net_range *ports)
{
    const struct fib_rule_port_range range = { .start = (guint16) ports->first, .end = (guint16) ports->last };

    if (ports->last != 0) {
        cox_netput(message, type, &range, sizeof range);
    }
}

/* The conditions of a rule beyond its addresses. */
static void
put_conditions(struct cox_netput *message, const struct cox_net_rule *rule)
{
    const struct fib_rule_uid_range users = { .start = rule->users.first, .end = rule->users.last };

    put_text(message, FRA_IIFNAME, rule->in);
    put_text(message, FRA_OIFNAME, rule->out);
    if (rule->mark_mask != 0) {
        cox_netput_u32(message, FRA_FWMARK, rule->mark);
        cox_netput_u32(message, FRA_FWMASK, rule->mark_mask);
    }
    if (rule->ip_protocol != 0) {
        cox_netput(message, FRA_IP_PROTO, &rule->ip_protocol, 1);
    }
    put_ports(message, FRA_SPORT_RANGE, &rule->source_ports);
    put_ports(message, FRA_DPORT_RANGE, &rule->target_ports);
    if (rule->has_users) {
        cox_netput(message, FRA_UID_RANGE, &users, sizeof users);
    }
    if (rule->is_l3mdev) {
        cox_netput(message, FRA_L3MDEV, &(guint8) { 1 }, 1);
    }
}

static struct cox_netput *
rule_message(const struct cox_net_rule *rule, bool removes, guint32 seq)
{
    bool looks_up = rule->action == 0 || rule->action == FR_ACT_TO_TBL;
    guint32 table = !looks_up ? 0 : rule->is_l3mdev ? 0 : rule->table == 0 ? RT_TABLE_MAIN : rule->table;
    guint8 protocol = rule->protocol != 0 ? rule->protocol : ROUTE_PROTOCOL;
    const struct fib_rule_hdr head = {
        .family = system_family(rule->family), .dst_len = rule->to.bits, .src_len = rule->from.bits, .tos = rule->tos,
        .table = (guint8) (table < 256 ? table : RT_TABLE_UNSPEC), .action = rule->action != 0 ? rule->action : FR_ACT_TO_TBL,
        .flags = rule->is_not ? FIB_RULE_INVERT : 0,
    };
    struct cox_netput *message = cox_netput_begin(removes ? RTM_DELRULE : RTM_NEWRULE, NLM_F_ACK | (removes ? 0 : NLM_F_CREATE | NLM_F_EXCL), seq, MESSAGE_BYTES);

    cox_netput_head(message, &head, sizeof head);
    put_ip(message, FRA_DST, &rule->to.ip);
    put_ip(message, FRA_SRC, &rule->from.ip);
    if (!rule->is_anybodys) {
        cox_netput(message, FRA_PROTOCOL, &protocol, 1);
    }
    if (table != 0) {
        cox_netput_u32(message, FRA_TABLE, table);
    }
    if (rule->has_preference) {
        cox_netput_u32(message, FRA_PRIORITY, rule->preference);
    }
    if (rule->action == FR_ACT_GOTO) {
        cox_netput_u32(message, FRA_GOTO, rule->target);
    }
    if (rule->realms != 0) {
        cox_netput_u32(message, FRA_FLOW, rule->realms);
    }
    if (rule->suppress_bits >= 0 && looks_up) {
        cox_netput_u32(message, FRA_SUPPRESS_PREFIXLEN, (guint32) rule->suppress_bits);
    }
    if (rule->suppress_group >= 0 && looks_up) {
        cox_netput_u32(message, FRA_SUPPRESS_IFGROUP, (guint32) rule->suppress_group);
    }
    put_conditions(message, rule);
    return message;
}

static struct cox_netput *
link_state_message(const struct cox_net_link *link, guint32 seq)
{
    const struct ifinfomsg head = { .ifi_index = link->ifindex, .ifi_flags = link->is_up ? IFF_UP : 0, .ifi_change = IFF_UP };
    struct cox_netput *message = cox_netput_begin(RTM_NEWLINK, NLM_F_ACK, seq, MESSAGE_BYTES);

    cox_netput_head(message, &head, sizeof head);
    return message;
}

static struct cox_netput *
macvlan_message(const struct cox_net_link *link, bool removes, guint32 seq)
{
    const struct ifinfomsg head = { .ifi_index = removes ? link->ifindex : 0 };
    struct cox_netput *message = cox_netput_begin(removes ? RTM_DELLINK : RTM_NEWLINK, NLM_F_ACK | (removes ? 0 : NLM_F_CREATE | NLM_F_EXCL), seq, MESSAGE_BYTES);
    struct nlattr *info, *data;

    cox_netput_head(message, &head, sizeof head);
    if (removes) {
        return message;
    }
    put_text(message, IFLA_IFNAME, link->name);
    cox_netput_u32(message, IFLA_LINK, (guint32) link->parent);
    cox_netput(message, IFLA_ADDRESS, link->mac, sizeof link->mac);
    info = cox_netput_nest(message, IFLA_LINKINFO);
    COX_BUG_ON(info == NULL);
    put_text(message, IFLA_INFO_KIND, "macvlan");
    data = cox_netput_nest(message, IFLA_INFO_DATA);
    COX_BUG_ON(data == NULL);
    cox_netput_u32(message, IFLA_MACVLAN_MODE, MACVLAN_MODE_PRIVATE);
    cox_netput_nest_end(message, data);
    cox_netput_nest_end(message, info);
    return message;
}

void
cox_netmsg_change(GByteArray *out, const struct cox_net_change *change, guint32 seq)
{
    struct cox_netput *message = NULL;

    switch (change->kind) {
        case COX_NET_ADDRESS:
            message = address_message(change->address, change->removes, seq);
            break;
        case COX_NET_ROUTE:
            message = route_message(change->route, change->removes, seq);
            break;
        case COX_NET_RULE:
            message = rule_message(change->rule, change->removes, seq);
            break;
        case COX_NET_LINK_STATE:
            message = link_state_message(change->link, seq);
            break;
        case COX_NET_MACVLAN:
            message = macvlan_message(change->link, change->removes, seq);
            break;
    }
    COX_BUG_ON(message == NULL);
    cox_netput_end(out, message);
}

void
cox_netmsg_dump(GByteArray *out, bool wants_addresses, guint32 seq)
{
    struct cox_netput *message = cox_netput_begin(wants_addresses ? RTM_GETADDR : RTM_GETLINK, NLM_F_DUMP, seq, MESSAGE_BYTES);
    const struct ifaddrmsg addresses = { .ifa_family = AF_UNSPEC };
    const struct ifinfomsg links = { .ifi_family = AF_UNSPEC };

    if (wants_addresses) {
        cox_netput_head(message, &addresses, sizeof addresses);
    } else {
        cox_netput_head(message, &links, sizeof links);
    }
    cox_netput_end(out, message);
}

void
cox_netmsg_dump_items(GByteArray *out, bool wants_rules, guint32 seq)
{
    struct cox_netput *message = cox_netput_begin(wants_rules ? RTM_GETRULE : RTM_GETROUTE, NLM_F_DUMP, seq, MESSAGE_BYTES);
    const struct rtmsg routes = { .rtm_family = AF_UNSPEC };
    const struct fib_rule_hdr rules = { .family = AF_UNSPEC };

    if (wants_rules) {
        cox_netput_head(message, &rules, sizeof rules);
    } else {
        cox_netput_head(message, &routes, sizeof routes);
    }
    cox_netput_end(out, message);
}

void
cox_netmsg_route_to(GByteArray *out, const struct cox_ip *to, guint32 seq)
{
    const struct rtmsg head = { .rtm_family = system_family(to->family), .rtm_dst_len = (guint8) cox_ip_bits(to), .rtm_flags = RTM_F_FIB_MATCH };
    struct cox_netput *message = cox_netput_begin(RTM_GETROUTE, 0, seq, MESSAGE_BYTES);

    cox_netput_head(message, &head, sizeof head);
    put_ip(message, RTA_DST, to);
    cox_netput_end(out, message);
}

/* Reading. */

/* The value of an attribute if it is there and at least so long. */
static const void *
value_of(struct nlattr *const *attributes, int type, int size)
{
    return attributes[type] != NULL && nla_len(attributes[type]) >= size ? nla_data(attributes[type]) : NULL;
}

static guint32
number_of(struct nlattr *const *attributes, int type)
{
    const void *value = value_of(attributes, type, sizeof(guint32));
    guint32 number = 0;

    if (value != NULL) {
        memcpy(&number, value, sizeof number);
    }
    return number;
}

static void
read_name(struct nlattr *const *attributes, int type, char *out)
{
    const void *value = value_of(attributes, type, 1);

    if (value != NULL) {
        memcpy(out, value, (size_t) MIN(nla_len(attributes[type]), COX_NET_NAME_BYTES - 1));
    }
}

static struct cox_ip
ip_of(struct nlattr *const *attributes, int type, guint8 family)
{
    struct cox_ip ip = { .family = family == AF_INET6 ? COX_IP_V6 : COX_IP_V4 };
    const void *value = value_of(attributes, type, (int) cox_ip_size(&ip));

    if (value == NULL) {
        return (struct cox_ip) { 0 };
    }
    memcpy(ip.bytes, value, cox_ip_size(&ip));
    return ip;
}

static bool
is_macvlan(const struct nlattr *info)
{
    struct nlattr *attributes[IFLA_INFO_MAX + 1] = { NULL };
    const char *kind;

    if (info == NULL || nla_parse_nested(attributes, IFLA_INFO_MAX, (struct nlattr *) (guintptr) info, NULL) < 0) {
        return false;
    }
    kind = value_of(attributes, IFLA_INFO_KIND, (int) strlen("macvlan"));
    return kind != NULL && strncmp(kind, "macvlan", strlen("macvlan")) == 0;
}

static bool
read_link(struct nlmsghdr *head, struct cox_net_link *out)
{
    struct nlattr *attributes[IFLA_MAX + 1] = { NULL };
    const struct ifinfomsg *info = nlmsg_data(head);
    const void *mac;

    if (nlmsg_parse(head, sizeof *info, attributes, IFLA_MAX, NULL) < 0 || info->ifi_family != AF_UNSPEC || info->ifi_index <= 0) {
        return false; /* of a bridge's port, e.g., which is told of as a link as well */
    }
    *out = (struct cox_net_link) {
        .ifindex = info->ifi_index,
        .is_up = (info->ifi_flags & IFF_UP) != 0,
        .has_carrier = (info->ifi_flags & IFF_UP) != 0 && (info->ifi_flags & IFF_RUNNING) != 0,
        .parent = (gint32) number_of(attributes, IFLA_LINK),
        .mtu = number_of(attributes, IFLA_MTU),
        .is_macvlan = is_macvlan(attributes[IFLA_LINKINFO]),
    };
    read_name(attributes, IFLA_IFNAME, out->name);
    mac = value_of(attributes, IFLA_ADDRESS, COX_NET_MAC_BYTES);
    if (mac != NULL && info->ifi_type == ARPHRD_ETHER) {
        memcpy(out->mac, mac, COX_NET_MAC_BYTES);
        out->has_mac = true;
    }
    return true;
}

static bool
read_address(struct nlmsghdr *head, struct cox_net_address *out)
{
    struct nlattr *attributes[IFA_MAX + 1] = { NULL };
    const struct ifaddrmsg *info = nlmsg_data(head);
    const void *life;

    if (nlmsg_parse(head, sizeof *info, attributes, IFA_MAX, NULL) < 0 || (info->ifa_family != AF_INET && info->ifa_family != AF_INET6)) {
        return false;
    }
    *out = (struct cox_net_address) {
        .ifindex = (gint32) info->ifa_index, .scope = info->ifa_scope, .preferred_s = COX_NET_FOREVER,
        .flags = attributes[IFA_FLAGS] != NULL ? number_of(attributes, IFA_FLAGS) : info->ifa_flags,
        .local = { .ip = ip_of(attributes, IFA_LOCAL, info->ifa_family), .bits = info->ifa_prefixlen },
        .peer = ip_of(attributes, IFA_ADDRESS, info->ifa_family),
        .broadcast = ip_of(attributes, IFA_BROADCAST, info->ifa_family),
    };
    if (out->local.ip.family == 0) { /* IPv6 has no local one unless there is a peer */
        out->local.ip = out->peer;
    }
    if (cox_ip_equal(&out->local.ip, &out->peer)) {
        out->peer = (struct cox_ip) { 0 };
    }
    read_name(attributes, IFA_LABEL, out->label);
    life = value_of(attributes, IFA_CACHEINFO, sizeof(struct ifa_cacheinfo));
    if (life != NULL) {
        out->preferred_s = ((const struct ifa_cacheinfo *) life)->ifa_prefered;
    }
    return out->local.ip.family != 0;
}

/* The gateway, which may be of the other family. */
static struct cox_ip
via_of(struct nlattr *const *attributes, int family)
{
    const struct rtvia *other = attributes[RTA_VIA] == NULL ? NULL : value_of(attributes, RTA_VIA, (int) sizeof *other);
    struct cox_ip ip = { .family = other != NULL && other->rtvia_family == AF_INET6 ? COX_IP_V6 : COX_IP_V4 };

    if (other == NULL) {
        return ip_of(attributes, RTA_GATEWAY, family);
    }
    if (nla_len(attributes[RTA_VIA]) < (int) (sizeof *other + cox_ip_size(&ip))) {
        return (struct cox_ip) { 0 };
    }
    memcpy(ip.bytes, other->rtvia_addr, cox_ip_size(&ip));
    return ip;
}

/* Several ways; more than there is room for: none. */
static void
read_hops(struct nlattr *all, struct cox_net_route *out, int family)
{
    const guint8 *data = nla_data(all);
    int left = nla_len(all);

    while (left >= (int) sizeof(struct rtnexthop)) {
        struct nlattr *attributes[RTA_MAX + 1] = { NULL };
        struct rtnexthop hop;

        memcpy(&hop, data, sizeof hop);
        if (hop.rtnh_len < sizeof hop || hop.rtnh_len > left || out->n_hops == COX_NET_MAX_HOPS
            || nla_parse(attributes, RTA_MAX, (struct nlattr *) (guintptr) (data + sizeof hop), hop.rtnh_len - (int) sizeof hop, NULL) < 0) {
            out->n_hops = 0;
            return;
        }
        out->hops[out->n_hops++] = (struct cox_net_hop) {
            .via = via_of(attributes, family), .ifindex = hop.rtnh_ifindex, .weight = (guint8) MIN(hop.rtnh_hops + 1, 255),
            .is_onlink = (hop.rtnh_flags & RTNH_F_ONLINK) != 0,
        };
        data += NLA_ALIGN(hop.rtnh_len);
        left -= NLA_ALIGN(hop.rtnh_len);
    }
}

static bool
read_route(struct nlmsghdr *head, struct cox_net_route *out)
{
    struct nlattr *attributes[RTA_MAX + 1] = { NULL };
    const struct rtmsg *info = nlmsg_data(head);

    if (nlmsg_parse(head, sizeof *info, attributes, RTA_MAX, NULL) < 0 || (info->rtm_family != AF_INET && info->rtm_family != AF_INET6)) {
        return false;
    }
    *out = (struct cox_net_route) {
        .family = info->rtm_family == AF_INET6 ? COX_IP_V6 : COX_IP_V4, .type = info->rtm_type, .scope = info->rtm_scope,
        .protocol = info->rtm_protocol, .tos = info->rtm_tos, .metric = number_of(attributes, RTA_PRIORITY),
        .table = attributes[RTA_TABLE] != NULL ? number_of(attributes, RTA_TABLE) : info->rtm_table,
        .to = { ip_of(attributes, RTA_DST, info->rtm_family), info->rtm_dst_len },
        .source = ip_of(attributes, RTA_PREFSRC, info->rtm_family),
    };
    if (attributes[RTA_MULTIPATH] != NULL) {
        read_hops(attributes[RTA_MULTIPATH], out, info->rtm_family);
    } else if (attributes[RTA_OIF] != NULL) {
        out->hops[0] = (struct cox_net_hop) { .via = via_of(attributes, info->rtm_family), .ifindex = (gint32) number_of(attributes, RTA_OIF) };
        out->n_hops = 1;
    }
    return true;
}

static bool
read_rule(struct nlmsghdr *head, struct cox_net_rule *out)
{
    struct nlattr *attributes[FRA_MAX + 1] = { NULL };
    const struct fib_rule_hdr *info = nlmsg_data(head);

    if (nlmsg_parse(head, sizeof *info, attributes, FRA_MAX, NULL) < 0 || (info->family != AF_INET && info->family != AF_INET6)) {
        return false;
    }
    *out = (struct cox_net_rule) {
        .family = info->family == AF_INET6 ? COX_IP_V6 : COX_IP_V4, .is_not = (info->flags & FIB_RULE_INVERT) != 0, .tos = info->tos,
        .from = { ip_of(attributes, FRA_SRC, info->family), info->src_len }, .to = { ip_of(attributes, FRA_DST, info->family), info->dst_len },
        .action = info->action, .table = attributes[FRA_TABLE] != NULL ? number_of(attributes, FRA_TABLE) : info->table,
        .preference = number_of(attributes, FRA_PRIORITY), .has_preference = true, .target = number_of(attributes, FRA_GOTO),
        .suppress_bits = -1, .suppress_group = -1,
        .mark = number_of(attributes, FRA_FWMARK), .mark_mask = number_of(attributes, FRA_FWMASK),
    };
    read_name(attributes, FRA_IIFNAME, out->in);
    read_name(attributes, FRA_OIFNAME, out->out);
    return true;
}

static void
read_end(struct nlmsghdr *head, struct cox_netmsg *out)
{
    int error = 0;

    out->kind = head->nlmsg_type == NLMSG_DONE ? COX_NETMSG_DONE : COX_NETMSG_ANSWER;
    if (nlmsg_datalen(head) >= (int) sizeof error) {
        memcpy(&error, nlmsg_data(head), sizeof error);
    } else if (head->nlmsg_type == NLMSG_ERROR) {
        error = -EPROTO;
    }
    out->error = error < 0 && error > -4096 ? -error : 0;
}

bool
cox_netmsg_next(const guint8 *data, size_t size, size_t *at, struct cox_netmsg *out)
{
    struct nlmsghdr *head;

    *out = (struct cox_netmsg) { .kind = COX_NETMSG_OTHER };
    if (size > G_MAXINT || *at >= size || size - *at < sizeof *head) {
        return false;
    }
    head = (struct nlmsghdr *) (guintptr) (data + *at); /* the buffer and all lengths are aligned */
    if (head->nlmsg_len < sizeof *head || head->nlmsg_len > size - *at) {
        return false;
    }
    *at += MIN((size_t) NLMSG_ALIGN(head->nlmsg_len), size - *at);
    out->seq = head->nlmsg_seq;
    out->was_interrupted = (head->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
    switch (head->nlmsg_type) {
        case RTM_NEWLINK:
        case RTM_DELLINK:
            if (read_link(head, &out->link)) {
                out->kind = head->nlmsg_type == RTM_NEWLINK ? COX_NETMSG_LINK : COX_NETMSG_LINK_GONE;
            }
            break;
        case RTM_NEWADDR:
        case RTM_DELADDR:
            if (read_address(head, &out->address)) {
                out->kind = head->nlmsg_type == RTM_NEWADDR ? COX_NETMSG_ADDRESS : COX_NETMSG_ADDRESS_GONE;
            }
            break;
        case RTM_NEWROUTE:
        case RTM_DELROUTE:
            if (read_route(head, &out->route)) {
                out->kind = head->nlmsg_type == RTM_NEWROUTE ? COX_NETMSG_ROUTE : COX_NETMSG_ROUTE_GONE;
            }
            break;
        case RTM_NEWRULE:
        case RTM_DELRULE:
            if (read_rule(head, &out->rule)) {
                out->kind = head->nlmsg_type == RTM_NEWRULE ? COX_NETMSG_RULE : COX_NETMSG_RULE_GONE;
            }
            break;
        case NLMSG_ERROR:
        case NLMSG_DONE:
            read_end(head, out);
            break;
        default:
            break;
    }
    return true;
}
