/* lib/netlink/tests/test_netframes.c - announcements are, byte by byte, what the RFCs say. */
#include "base/testkit.h"

#include "netlink/netframes.h"

static const struct cox_net_link eth0 = { .ifindex = 7, .name = "eth0", .mac = { 0x00, 0x00, 0x5e, 0x00, 0x01, 0x4d }, .has_mac = true };

static struct cox_net_frame
announce(const char *text, bool is_reply, bool is_router)
{
    struct cox_net_frame frame;
    struct cox_ip ip;
    const struct cox_netframe_spec spec = { &eth0, &ip, is_reply, is_router };

    assert_true(cox_ip_parse(text, &ip));
    cox_netframe_announce(&spec, &frame);
    assert_int_equal(frame.ifindex, 7);
    return frame;
}

static void
a_gratuitous_arp_asks_all_for_the_address_itself(void **state)
{
    static const guint8 wanted[] = {
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x5e, 0x00, 0x01, 0x4d, 0x08, 0x06,
        0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01,
        0x00, 0x00, 0x5e, 0x00, 0x01, 0x4d, 10, 77, 0, 100, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 10, 77, 0, 100,
    };
    struct cox_net_frame frame = announce("10.77.0.100", false, false);

    (void) state;
    assert_int_equal(frame.size, sizeof wanted);
    assert_memory_equal(frame.bytes, wanted, sizeof wanted);
}

static void
as_a_reply_it_names_the_owner_twice(void **state)
{
    struct cox_net_frame frame = announce("10.77.0.100", true, false);

    (void) state;
    assert_int_equal(frame.bytes[21], 2);
    assert_memory_equal(frame.bytes + 32, eth0.mac, 6);
}

static void
a_neighbour_advert_is_unsolicited_and_overrides(void **state)
{
    static const guint8 head[] = {
        0x33, 0x33, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x5e, 0x00, 0x01, 0x4d, 0x86, 0xdd,
        0x60, 0x00, 0x00, 0x00, 0x00, 0x20, 58, 255,
    };
    struct cox_net_frame frame = announce("fd77::100", false, false);
    const guint8 *icmp = frame.bytes + 54;

    (void) state;
    assert_int_equal(frame.size, 86);
    assert_memory_equal(frame.bytes, head, sizeof head);
    assert_memory_equal(frame.bytes + 22, icmp + 8, 16); /* from the address that it is about */
    assert_int_equal(icmp[0], 136);
    assert_int_equal(icmp[4], 0x20);
    assert_int_equal(icmp[24], 2);
    assert_int_equal(icmp[25], 1);
    assert_memory_equal(icmp + 26, eth0.mac, 6);
    assert_int_equal(announce("fd77::100", false, true).bytes[58], 0xa0);
}

static void
the_checksum_of_a_neighbour_advert_covers_its_pseudo_header(void **state)
{
    struct cox_net_frame frame = announce("fe80::77:100", false, true);
    guint32 sum = 32 + 58;

    (void) state;
    /* Summed by hand: with the checksum in its place everything together is all ones (RFC 1071). */
    for (size_t i = 22; i < frame.size; i += 2) {
        sum += (guint32) frame.bytes[i] * 256 + frame.bytes[i + 1];
    }
    while (sum > 0xffff) {
        sum = sum % 0x10000 + sum / 0x10000;
    }
    assert_int_equal(sum, 0xffff);
}

static void
a_checksum_takes_an_odd_byte_and_what_was_summed_before(void **state)
{
    static const guint8 data[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 }; /* the example of RFC 1071, 3 */
    static const guint8 odd[] = { 0x12, 0x34, 0x56 };

    (void) state;
    assert_int_equal(cox_netframe_checksum(data, sizeof data, 0), 0xffff - 0xddf2);
    assert_int_equal(cox_netframe_checksum(odd, sizeof odd, 0), 0xffff - 0x6834);
    assert_int_equal(cox_netframe_checksum(data + 4, 4, 0x0001 + 0xf203), 0xffff - 0xddf2);
}

static void
a_question_names_who_asks_and_who_is_meant(void **state)
{
    struct cox_net_frame frame;
    struct cox_ip me, peer;
    const struct cox_netframe_spec spec = { &eth0, &me, false, false };
    static const guint8 group[] = { 0x33, 0x33, 0xff, 0x00, 0x01, 0x02 }, address[] = { 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0, 1, 2 };

    (void) state;
    assert_true(cox_ip_parse("10.77.0.1", &me) && cox_ip_parse("10.77.0.2", &peer));
    cox_netframe_ask(&spec, &peer, &frame);
    assert_int_equal(frame.size, 42);
    assert_int_equal(frame.bytes[21], 1);
    assert_memory_equal(frame.bytes + 28, me.bytes, 4);
    assert_memory_equal(frame.bytes + 38, peer.bytes, 4);
    assert_true(cox_ip_parse("fd77::1", &me) && cox_ip_parse("fd77::102", &peer));
    cox_netframe_ask(&spec, &peer, &frame);
    assert_memory_equal(frame.bytes, group, 6);
    assert_memory_equal(frame.bytes + 22, me.bytes, 16);
    assert_memory_equal(frame.bytes + 38, address, 16);
    assert_int_equal(frame.bytes[54], 135);
    assert_int_equal(frame.bytes[58], 0);
    assert_memory_equal(frame.bytes + 62, peer.bytes, 16);
    assert_int_equal(frame.bytes[78], 1);
}

COX_TEST_MAIN(cmocka_unit_test(a_question_names_who_asks_and_who_is_meant), cmocka_unit_test(a_gratuitous_arp_asks_all_for_the_address_itself), cmocka_unit_test(as_a_reply_it_names_the_owner_twice),
              cmocka_unit_test(a_neighbour_advert_is_unsolicited_and_overrides),
              cmocka_unit_test(the_checksum_of_a_neighbour_advert_covers_its_pseudo_header),
              cmocka_unit_test(a_checksum_takes_an_odd_byte_and_what_was_summed_before))
