/* lib/netlink/tests/test_ipvsmsg.c - messages of IPVS have the kernel's layout, byte by byte, and no bytes lead outside of them. */
#include "base/testkit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <linux/netlink.h>

#include "netlink/ipvsmsg.h"

static const struct cox_ipvsmsg_to to = { 27, 42 };

static struct cox_ip
ip(const char *text)
{
    struct cox_ip ip;

    assert_true(cox_ip_parse(text, &ip));
    return ip;
}

/* The attribute of @type among those of @size bytes at @data. */
static const struct nlattr *
attribute(const guint8 *data, size_t size, int type)
{
    for (size_t at = 0; at + NLA_HDRLEN <= size;) {
        const struct nlattr *found = (const struct nlattr *) (const void *) (data + at);

        assert_true(found->nla_len >= NLA_HDRLEN && at + found->nla_len <= size);
        if ((found->nla_type & NLA_TYPE_MASK) == type) {
            return found;
        }
        at += NLA_ALIGN(found->nla_len);
    }
    return NULL;
}

static const guint8 *
value(const struct nlattr *all, int type, size_t size)
{
    const struct nlattr *found = attribute((const guint8 *) all + NLA_HDRLEN, all->nla_len - (size_t) NLA_HDRLEN, type);

    assert_non_null(found);
    assert_true(found->nla_len == NLA_HDRLEN + size);
    return (const guint8 *) found + NLA_HDRLEN;
}

static const struct nlattr *
part(const GByteArray *message, int type)
{
    const struct nlattr *found = attribute(message->data + NLMSG_HDRLEN + GENL_HDRLEN, message->len - NLMSG_HDRLEN - GENL_HDRLEN, type);

    assert_non_null(found);
    return found;
}

static void
a_server_is_added_with_what_the_kernel_wants(void **state)
{
    struct cox_ipvs_service service = { .address = ip("192.0.2.1"), .protocol = 6, .port = 80 };
    struct cox_ipvs_dest dest = { .address = ip("2001:db8::7"), .port = 8080, .method = IP_VS_CONN_F_TUNNEL, .weight = 3, .upper = 9, .tunnel = 1, .tunnel_port = 6080 };
    const struct cox_ipvs_change change = { COX_IPVS_ADD_DEST, &service, &dest, 0 };
    g_autoptr(GByteArray) out = g_byte_array_new();
    const struct nlmsghdr *head;
    guint16 port = htons(80), tunnel_port = htons(6080);

    (void) state;
    cox_ipvsmsg_change(out, &to, &change);
    head = (const struct nlmsghdr *) (const void *) out->data;
    assert_int_equal(head->nlmsg_len, out->len);
    assert_int_equal(head->nlmsg_type, 27);
    assert_int_equal(head->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
    assert_int_equal(out->data[NLMSG_HDRLEN], IPVS_CMD_NEW_DEST);
    assert_int_equal(out->data[NLMSG_HDRLEN + 1], 1);
    assert_memory_equal(value(part(out, IPVS_CMD_ATTR_SERVICE), IPVS_SVC_ATTR_PORT, 2), &port, 2);
    assert_memory_equal(value(part(out, IPVS_CMD_ATTR_SERVICE), IPVS_SVC_ATTR_ADDR, 16), service.address.bytes, 16);
    assert_memory_equal(value(part(out, IPVS_CMD_ATTR_DEST), IPVS_DEST_ATTR_ADDR, 16), dest.address.bytes, 16);
    assert_int_equal(*(const guint16 *) (const void *) value(part(out, IPVS_CMD_ATTR_DEST), IPVS_DEST_ATTR_ADDR_FAMILY, 2), AF_INET6);
    assert_int_equal(*(const guint32 *) (const void *) value(part(out, IPVS_CMD_ATTR_DEST), IPVS_DEST_ATTR_WEIGHT, 4), 3);
    assert_int_equal(*value(part(out, IPVS_CMD_ATTR_DEST), IPVS_DEST_ATTR_TUN_TYPE, 1), 1);
    assert_memory_equal(value(part(out, IPVS_CMD_ATTR_DEST), IPVS_DEST_ATTR_TUN_PORT, 2), &tunnel_port, 2);
    g_byte_array_set_size(out, 0);
    cox_ipvsmsg_change(out, &(struct cox_ipvsmsg_to) { 27, 1, .is_quiet = true }, &change);
    head = (const struct nlmsghdr *) (const void *) out->data;
    assert_int_equal(head->nlmsg_flags, NLM_F_REQUEST);
}

static void
a_mask_is_one_for_ipv4_and_a_length_for_ipv6(void **state)
{
    struct cox_ipvs_service four = { .address = ip("192.0.2.1"), .persist_bits = 24, .scheduler = "wlc" };
    struct cox_ipvs_service six = { .family = COX_IP_V6, .mark = 5, .persist_bits = 64, .scheduler = "rr" };
    g_autoptr(GByteArray) one = g_byte_array_new(), other = g_byte_array_new();
    static const guint8 mask[4] = { 255, 255, 255, 0 };

    (void) state;
    cox_ipvsmsg_change(one, &to, &(struct cox_ipvs_change) { COX_IPVS_ADD_SERVICE, &four, NULL, 0 });
    assert_memory_equal(value(part(one, IPVS_CMD_ATTR_SERVICE), IPVS_SVC_ATTR_NETMASK, 4), mask, 4);
    assert_string_equal((const char *) value(part(one, IPVS_CMD_ATTR_SERVICE), IPVS_SVC_ATTR_SCHED_NAME, 4), "wlc");
    cox_ipvsmsg_change(other, &to, &(struct cox_ipvs_change) { COX_IPVS_ADD_SERVICE, &six, NULL, 0 });
    assert_int_equal(*(const guint32 *) (const void *) value(part(other, IPVS_CMD_ATTR_SERVICE), IPVS_SVC_ATTR_NETMASK, 4), 64);
    assert_int_equal(*(const guint16 *) (const void *) value(part(other, IPVS_CMD_ATTR_SERVICE), IPVS_SVC_ATTR_AF, 2), AF_INET6);
}

static void
what_was_written_is_read(void **state)
{
    struct cox_ipvs_service service = {
        .address = ip("192.0.2.1"), .family = COX_IP_V4, .protocol = 17, .port = 53, .scheduler = "mh", .engine = "sip", .flags = 1 | 8, .persist_s = 60,
        .persist_bits = 32,
    };
    struct cox_ipvs_dest dest = { .address = ip("10.0.0.1"), .port = 53, .method = IP_VS_CONN_F_DROUTE, .weight = 65535, .upper = 7, .lower = 5 };
    struct cox_ipvs_daemon daemon = { true, "eth0", 7, 1400, 8848, 3, ip("224.0.0.81") };
    g_autoptr(GByteArray) out = g_byte_array_new();
    struct cox_ipvsmsg message;
    size_t at = 0;

    (void) state;
    cox_ipvsmsg_change(out, &to, &(struct cox_ipvs_change) { COX_IPVS_SET_SERVICE, &service, NULL, 0 });
    cox_ipvsmsg_change(out, &to, &(struct cox_ipvs_change) { COX_IPVS_SET_DEST, &service, &dest, 0 });
    cox_ipvsmsg_daemon(out, &to, &daemon, true);
    assert_true(cox_ipvsmsg_next(out->data, out->len, &at, &message));
    assert_true(message.has_service && !message.has_dest);
    assert_memory_equal(&message.service, &service, sizeof service);
    assert_true(cox_ipvsmsg_next(out->data, out->len, &at, &message));
    assert_true(message.has_dest);
    assert_memory_equal(&message.dest, &dest, sizeof dest);
    assert_true(cox_ipvsmsg_next(out->data, out->len, &at, &message));
    assert_true(message.has_daemon && message.daemon.is_backup);
    assert_string_equal(message.daemon.interface, "eth0");
    assert_int_equal(message.daemon.max_bytes, 1400);
    assert_true(cox_ip_equal(&message.daemon.group, &daemon.group));
    assert_false(cox_ipvsmsg_next(out->data, out->len, &at, &message));
}

static void
no_length_leads_outside(void **state)
{
    struct cox_ipvs_service service = { .address = ip("2001:db8::1"), .protocol = 6, .port = 80, .scheduler = "wrr" };
    struct cox_ipvs_dest dest = { .address = ip("10.0.0.1"), .port = 80 };
    g_autoptr(GByteArray) whole = g_byte_array_new();
    GRand *random = g_rand_new_with_seed(6);

    (void) state;
    cox_ipvsmsg_change(whole, &to, &(struct cox_ipvs_change) { COX_IPVS_ADD_DEST, &service, &dest, 0 });
    cox_ipvsmsg_change(whole, &to, &(struct cox_ipvs_change) { COX_IPVS_ADD_SERVICE, &service, NULL, 0 });
    for (guint round = 0; round < 20000; round++) {
        guint size = round < whole->len ? round : whole->len;
        g_autofree guint8 *bytes = g_memdup2(whole->data, size);
        struct cox_ipvsmsg message;
        size_t at = 0;

        for (guint k = 0; round >= whole->len && k < 3; k++) {
            bytes[g_rand_int_range(random, 0, (gint32) size)] = (guint8) g_rand_int(random);
        }
        while (cox_ipvsmsg_next(bytes, size, &at, &message)) {
            assert_true(at <= size);
            assert_int_equal(message.service.scheduler[COX_IPVS_NAME_BYTES - 1], '\0');
        }
    }
    g_rand_free(random);
}

COX_TEST_MAIN(cmocka_unit_test(a_server_is_added_with_what_the_kernel_wants), cmocka_unit_test(a_mask_is_one_for_ipv4_and_a_length_for_ipv6),
              cmocka_unit_test(what_was_written_is_read), cmocka_unit_test(no_length_leads_outside))
