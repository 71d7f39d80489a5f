/* lib/netlink/tests/test_netmsg.c - messages have the shape of rtnetlink(7), and no bytes of the kernel lead outside of them. */
#include "base/testkit.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "netlink/netmsg.h"

static struct cox_ip
ip(const char *text)
{
    struct cox_ip ip;

    assert_true(cox_ip_parse(text, &ip));
    return ip;
}

/* The attribute of @type in the message at the beginning of @bytes, behind @head bytes; NULL when it is not there. */
static const struct rtattr *
attribute(const GByteArray *bytes, size_t head, int type)
{
    const struct nlmsghdr *message = (const struct nlmsghdr *) bytes->data;
    size_t at = NLMSG_HDRLEN + NLMSG_ALIGN(head);

    assert_int_equal(NLMSG_ALIGN(message->nlmsg_len), bytes->len);
    while (at + sizeof(struct rtattr) <= message->nlmsg_len) {
        const struct rtattr *found = (const struct rtattr *) (bytes->data + at);

        assert_true(found->rta_len >= sizeof *found && at + found->rta_len <= message->nlmsg_len);
        if ((found->rta_type & NLA_TYPE_MASK) == type) {
            return found;
        }
        at += RTA_ALIGN(found->rta_len);
    }
    return NULL;
}

static guint32
number(const GByteArray *bytes, size_t head, int type)
{
    const struct rtattr *found = attribute(bytes, head, type);

    assert_non_null(found);
    return *(const guint32 *) RTA_DATA(found);
}

static void
an_address_has_label_scope_flags_and_lifetime(void **state)
{
    struct cox_net_address address = {
        .local = { ip("10.77.0.100"), 24 }, .broadcast = ip("10.77.0.255"), .ifindex = 3, .label = "eth0:1", .scope = RT_SCOPE_LINK,
        .flags = IFA_F_NODAD | IFA_F_NOPREFIXROUTE, .preferred_s = 0,
    };
    const struct cox_net_change change = { .kind = COX_NET_ADDRESS, .address = &address };
    g_autoptr(GByteArray) out = g_byte_array_new();
    const struct nlmsghdr *head;
    const struct ifaddrmsg *body;

    (void) state;
    cox_netmsg_change(out, &change, 42);
    head = (const struct nlmsghdr *) out->data;
    body = NLMSG_DATA(head);
    assert_int_equal(head->nlmsg_type, RTM_NEWADDR);
    assert_int_equal(head->nlmsg_seq, 42);
    assert_int_equal(head->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE);
    assert_int_equal(body->ifa_family, AF_INET);
    assert_int_equal(body->ifa_prefixlen, 24);
    assert_int_equal(body->ifa_scope, RT_SCOPE_LINK);
    assert_int_equal(body->ifa_index, 3);
    assert_memory_equal(RTA_DATA(attribute(out, sizeof *body, IFA_LOCAL)), address.local.ip.bytes, 4);
    assert_memory_equal(RTA_DATA(attribute(out, sizeof *body, IFA_BROADCAST)), address.broadcast.bytes, 4);
    assert_string_equal(RTA_DATA(attribute(out, sizeof *body, IFA_LABEL)), "eth0:1");
    assert_int_equal(number(out, sizeof *body, IFA_FLAGS), IFA_F_NODAD | IFA_F_NOPREFIXROUTE);
    assert_int_equal(((const struct ifa_cacheinfo *) RTA_DATA(attribute(out, sizeof *body, IFA_CACHEINFO)))->ifa_prefered, 0);
    assert_int_equal(((const struct ifa_cacheinfo *) RTA_DATA(attribute(out, sizeof *body, IFA_CACHEINFO)))->ifa_valid, COX_NET_FOREVER);
}

static void
a_route_has_its_ways_and_metrics(void **state)
{
    struct cox_net_route route = {
        .family = COX_IP_V4, .to = { ip("10.99.0.0"), 16 }, .table = 1000, .metric = 7, .n_hops = 2,
        .hops = { { .via = ip("10.77.0.3"), .ifindex = 2, .weight = 3 }, { .via = ip("fd77::3"), .ifindex = 4 } },
        .has_metrics = 1U << RTAX_MTU, .locked_metrics = 1U << RTAX_MTU, .metrics = { [RTAX_MTU] = 1400 },
    };
    const struct cox_net_change change = { .kind = COX_NET_ROUTE, .route = &route };
    g_autoptr(GByteArray) out = g_byte_array_new();
    const struct rtmsg *body;
    const struct rtattr *metrics, *ways;
    const struct rtnexthop *hop;

    (void) state;
    cox_netmsg_change(out, &change, 1);
    body = NLMSG_DATA(out->data);
    assert_int_equal(body->rtm_dst_len, 16);
    assert_int_equal(body->rtm_table, RT_TABLE_UNSPEC); /* too large for a byte */
    assert_int_equal(number(out, sizeof *body, RTA_TABLE), 1000);
    assert_int_equal(number(out, sizeof *body, RTA_PRIORITY), 7);
    metrics = attribute(out, sizeof *body, RTA_METRICS);
    assert_int_equal(((const struct rtattr *) RTA_DATA(metrics))->rta_type, RTAX_MTU);
    ways = attribute(out, sizeof *body, RTA_MULTIPATH);
    hop = RTA_DATA(ways);
    assert_int_equal(hop->rtnh_hops, 2);
    assert_int_equal(hop->rtnh_ifindex, 2);
    assert_int_equal(RTNH_DATA(hop)->rta_type, RTA_GATEWAY);
    assert_int_equal(hop->rtnh_len, sizeof *hop + RTA_LENGTH(4));
    hop = RTNH_NEXT(hop);
    assert_int_equal(hop->rtnh_hops, 0);
    assert_int_equal(RTNH_DATA(hop)->rta_type, RTA_VIA); /* of the other family */
    assert_int_equal(*(const guint16 *) RTA_DATA(RTNH_DATA(hop)), AF_INET6);
}

static void
a_route_takes_the_place_of_another_unless_it_is_appended(void **state)
{
    struct cox_net_route route = { .family = COX_IP_V4, .to = { ip("10.99.0.0"), 16 } };
    const struct cox_net_change change = { .kind = COX_NET_ROUTE, .route = &route };
    g_autoptr(GByteArray) out = g_byte_array_new();

    (void) state;
    cox_netmsg_change(out, &change, 1);
    assert_int_equal(((const struct nlmsghdr *) out->data)->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE);
    g_byte_array_set_size(out, 0);
    route.is_appended = true;
    cox_netmsg_change(out, &change, 1);
    assert_int_equal(((const struct nlmsghdr *) out->data)->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_APPEND);
}

static void
a_rule_looks_into_its_table(void **state)
{
    struct cox_net_rule rule = {
        .family = COX_IP_V4, .from = { ip("10.99.0.0"), 16 }, .table = 99, .preference = 500, .has_preference = true,
        .suppress_bits = -1, .suppress_group = -1, .in = "eth1", .mark = 5, .mark_mask = 0xff, .target_ports = { 80, 90 },
    };
    const struct cox_net_change change = { .kind = COX_NET_RULE, .removes = true, .rule = &rule };
    g_autoptr(GByteArray) out = g_byte_array_new();
    const struct fib_rule_hdr *body;

    (void) state;
    cox_netmsg_change(out, &change, 1);
    body = NLMSG_DATA(out->data);
    assert_int_equal(((const struct nlmsghdr *) out->data)->nlmsg_type, RTM_DELRULE);
    assert_int_equal(body->action, FR_ACT_TO_TBL);
    assert_int_equal(body->table, 99);
    assert_int_equal(body->src_len, 16);
    assert_int_equal(number(out, sizeof *body, FRA_PRIORITY), 500);
    assert_int_equal(number(out, sizeof *body, FRA_FWMASK), 0xff);
    assert_string_equal(RTA_DATA(attribute(out, sizeof *body, FRA_IIFNAME)), "eth1");
    assert_int_equal(((const struct fib_rule_port_range *) RTA_DATA(attribute(out, sizeof *body, FRA_DPORT_RANGE)))->end, 90);
    assert_null(attribute(out, sizeof *body, FRA_SUPPRESS_PREFIXLEN));
}

/* A link as the kernel tells it. */
static GByteArray *
link_message(void)
{
    GByteArray *out = g_byte_array_new();
    struct {
        struct nlmsghdr head;
        struct ifinfomsg body;
        struct rtattr name;
        char name_text[8];
        struct rtattr mac;
        guint8 mac_bytes[8];
    } message = {
        .head = { .nlmsg_len = sizeof message, .nlmsg_type = RTM_NEWLINK },
        .body = { .ifi_index = 5, .ifi_flags = IFF_UP | IFF_RUNNING, .ifi_type = 1 },
        .name = { .rta_len = RTA_LENGTH(5), .rta_type = IFLA_IFNAME },
        .name_text = "eth7",
        .mac = { .rta_len = RTA_LENGTH(6), .rta_type = IFLA_ADDRESS },
        .mac_bytes = { 2, 0, 0, 0, 0, 9 },
    };

    g_byte_array_append(out, (const guint8 *) &message, sizeof message);
    return out;
}

static void
a_link_is_read(void **state)
{
    g_autoptr(GByteArray) bytes = link_message();
    struct cox_netmsg message;
    size_t at = 0;

    (void) state;
    assert_true(cox_netmsg_next(bytes->data, bytes->len, &at, &message));
    assert_int_equal(message.kind, COX_NETMSG_LINK);
    assert_int_equal(message.link.ifindex, 5);
    assert_string_equal(message.link.name, "eth7");
    assert_true(message.link.has_carrier && message.link.has_mac);
    assert_int_equal(message.link.mac[5], 9);
    assert_false(cox_netmsg_next(bytes->data, bytes->len, &at, &message));
}

static void
what_was_written_as_a_change_is_read_as_an_event(void **state)
{
    struct cox_net_address address = { .local = { ip("fd77::100"), 64 }, .ifindex = 3, .flags = IFA_F_NODAD, .preferred_s = 60 };
    const struct cox_net_change change = { .kind = COX_NET_ADDRESS, .address = &address };
    g_autoptr(GByteArray) out = g_byte_array_new();
    struct cox_netmsg message;
    size_t at = 0;

    (void) state;
    cox_netmsg_change(out, &change, 42);
    cox_netmsg_change(out, &(struct cox_net_change) { .kind = COX_NET_ADDRESS, .removes = true, .address = &address }, 43);
    assert_true(cox_netmsg_next(out->data, out->len, &at, &message));
    assert_int_equal(message.kind, COX_NETMSG_ADDRESS);
    assert_int_equal(message.seq, 42);
    assert_true(cox_ip_equal(&message.address.local.ip, &address.local.ip));
    assert_int_equal(message.address.peer.family, COX_IP_NONE);
    assert_int_equal(message.address.preferred_s, 60);
    assert_int_equal(message.address.flags, IFA_F_NODAD);
    assert_true(cox_netmsg_next(out->data, out->len, &at, &message));
    assert_int_equal(message.kind, COX_NETMSG_ADDRESS_GONE);
    assert_int_equal(message.seq, 43);
}

static void
routes_and_rules_that_are_removed_are_read_as_gone(void **state)
{
    struct cox_net_route route = { .family = COX_IP_V4, .to = { ip("10.9.0.0"), 16 }, .table = 44, .metric = 7, .n_hops = 1, .hops = { { .via = ip("10.0.0.9"), .ifindex = 3 } } };
    struct cox_net_rule rule = { .family = COX_IP_V6, .from = { ip("fd09::"), 64 }, .table = 1000, .preference = 5, .has_preference = true, .in = "eth0",
                                 .mark = 3, .mark_mask = 255, .suppress_bits = -1, .suppress_group = -1 };
    g_autoptr(GByteArray) out = g_byte_array_new();
    struct cox_netmsg message;
    size_t at = 0;

    (void) state;
    cox_netmsg_change(out, &(struct cox_net_change) { .kind = COX_NET_ROUTE, .route = &route }, 1);
    cox_netmsg_change(out, &(struct cox_net_change) { .kind = COX_NET_ROUTE, .removes = true, .route = &route }, 2);
    route.n_hops = 2;
    route.hops[1] = (struct cox_net_hop) { .via = ip("fd00::9"), .ifindex = 4, .weight = 3, .is_onlink = true };
    cox_netmsg_change(out, &(struct cox_net_change) { .kind = COX_NET_ROUTE, .removes = true, .route = &route }, 3);
    cox_netmsg_change(out, &(struct cox_net_change) { .kind = COX_NET_RULE, .removes = true, .rule = &rule }, 4);
    assert_true(cox_netmsg_next(out->data, out->len, &at, &message));
    assert_int_equal(message.kind, COX_NETMSG_ROUTE);
    assert_true(cox_netmsg_next(out->data, out->len, &at, &message));
    assert_int_equal(message.kind, COX_NETMSG_ROUTE_GONE);
    assert_true(cox_ip_equal(&message.route.to.ip, &route.to.ip) && cox_ip_equal(&message.route.hops[0].via, &route.hops[0].via));
    assert_int_equal(message.route.to.bits, 16);
    assert_int_equal(message.route.table, 44);
    assert_int_equal(message.route.metric, 7);
    assert_int_equal(message.route.n_hops, 1);
    assert_true(cox_netmsg_next(out->data, out->len, &at, &message));
    assert_int_equal(message.route.n_hops, 2);
    assert_true(cox_ip_equal(&message.route.hops[0].via, &route.hops[0].via) && cox_ip_equal(&message.route.hops[1].via, &route.hops[1].via));
    assert_int_equal(message.route.hops[0].weight, 1);
    assert_int_equal(message.route.hops[1].ifindex, 4);
    assert_int_equal(message.route.hops[1].weight, 3);
    assert_true(message.route.hops[1].is_onlink);
    assert_true(cox_netmsg_next(out->data, out->len, &at, &message));
    assert_int_equal(message.kind, COX_NETMSG_RULE_GONE);
    assert_true(cox_ip_equal(&message.rule.from.ip, &rule.from.ip));
    assert_int_equal(message.rule.table, 1000);
    assert_int_equal(message.rule.preference, 5);
    assert_int_equal(message.rule.mark_mask, 255);
    assert_string_equal(message.rule.in, "eth0");
}

static void
an_answer_tells_the_errno(void **state)
{
    struct {
        struct nlmsghdr head;
        struct nlmsgerr body;
    } answer = { .head = { .nlmsg_len = sizeof answer, .nlmsg_type = NLMSG_ERROR, .nlmsg_seq = 9 }, .body = { .error = -EEXIST } };
    struct cox_netmsg message;
    size_t at = 0;

    (void) state;
    assert_true(cox_netmsg_next((const guint8 *) &answer, sizeof answer, &at, &message));
    assert_int_equal(message.kind, COX_NETMSG_ANSWER);
    assert_int_equal(message.error, EEXIST);
    assert_int_equal(message.seq, 9);
    at = 0;
    answer.head.nlmsg_len = NLMSG_HDRLEN; /* an answer without a number is no success */
    assert_true(cox_netmsg_next((const guint8 *) &answer, sizeof answer, &at, &message));
    assert_int_equal(message.error, EPROTO);
}

/* Cut at every length, in a buffer of just that size, and with every byte changed at random: the sanitizers watch. */
static void
read_damaged(const GByteArray *whole)
{
    GRand *random = g_rand_new_with_seed(6);

    for (guint round = 0; round < 20000; round++) {
        guint size = round < whole->len ? round : whole->len;
        g_autofree guint8 *bytes = g_memdup2(whole->data, size);
        struct cox_netmsg message;
        size_t at = 0;

        for (guint k = 0; round >= whole->len && k < 3; k++) {
            bytes[g_rand_int_range(random, 0, (gint32) size)] = (guint8) g_rand_int(random);
        }
        while (cox_netmsg_next(bytes, size, &at, &message)) {
            assert_true(at <= size);
            assert_true(message.kind != COX_NETMSG_LINK || message.link.name[COX_NET_NAME_BYTES - 1] == '\0');
            assert_true(message.kind != COX_NETMSG_RULE_GONE || message.rule.in[COX_NET_NAME_BYTES - 1] == '\0');
        }
    }
    g_rand_free(random);
}

static void
no_length_leads_outside(void **state)
{
    struct cox_net_route route = { .family = COX_IP_V4, .to = { ip("10.9.0.0"), 16 }, .n_hops = 1, .hops = { { .via = ip("10.0.0.9"), .ifindex = 3 } } };
    struct cox_net_rule rule = { .family = COX_IP_V4, .from = { ip("10.9.0.0"), 16 }, .in = "eth0", .suppress_bits = -1, .suppress_group = -1 };
    g_autoptr(GByteArray) link = link_message(), items = g_byte_array_new();

    (void) state;
    cox_netmsg_change(items, &(struct cox_net_change) { .kind = COX_NET_ROUTE, .removes = true, .route = &route }, 1);
    cox_netmsg_change(items, &(struct cox_net_change) { .kind = COX_NET_RULE, .removes = true, .rule = &rule }, 2);
    read_damaged(link);
    read_damaged(items);
}

COX_TEST_MAIN(cmocka_unit_test(an_address_has_label_scope_flags_and_lifetime), cmocka_unit_test(a_route_has_its_ways_and_metrics),
              cmocka_unit_test(a_route_takes_the_place_of_another_unless_it_is_appended),
              cmocka_unit_test(a_rule_looks_into_its_table), cmocka_unit_test(a_link_is_read),
              cmocka_unit_test(what_was_written_as_a_change_is_read_as_an_event),
              cmocka_unit_test(routes_and_rules_that_are_removed_are_read_as_gone), cmocka_unit_test(an_answer_tells_the_errno),
              cmocka_unit_test(no_length_leads_outside))
