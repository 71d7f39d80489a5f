/* lib/base/tests/test_ipaddr.c */
#include "base/ipaddr.h"

#include "base/testkit.h"

static struct cox_ip
ip_of(const char *text)
{
    struct cox_ip ip;

    assert_true(cox_ip_parse(text, &ip));
    return ip;
}

static void
addresses_are_read_and_written(void **state)
{
    static const char *const good[] = { "0.0.0.0", "192.0.2.1", "255.255.255.255", "::", "2001:db8::1", "fe80::77:100" };
    static const char *const bad[] = { "", "192.0.2", "192.0.2.256", "192.0.2.1/24", " 192.0.2.1", "::1 ", "fe80::1%eth0", "host" };
    char text[COX_IP_TEXT_SIZE];
    struct cox_ip ip;

    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        ip = ip_of(good[i]);
        assert_string_equal(cox_ip_format(&ip, text), good[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        assert_false(cox_ip_parse(bad[i], &ip));
        assert_int_equal(ip.family, COX_IP_NONE);
        assert_string_equal(cox_ip_format(&ip, text), "");
    }
    (void) state;
}

static void
sizes_follow_the_family(void **state)
{
    struct cox_ip none = { 0 }, four = ip_of("192.0.2.1"), six = ip_of("2001:db8::1");

    assert_int_equal(cox_ip_size(&none), 0);
    assert_int_equal(cox_ip_bits(&four), 32);
    assert_int_equal(cox_ip_bits(&six), 128);
    struct cox_ip again = cox_ip_from_bytes(COX_IP_V4, four.bytes);
    assert_true(cox_ip_equal(&again, &four));
    assert_int_equal(cox_ip_hash(&again), cox_ip_hash(&four));
    assert_true(cox_ip_equal_key(&again, &four));
    (void) state;
}

static void
order_is_by_family_and_number(void **state)
{
    struct cox_ip low = ip_of("10.0.0.9"), high = ip_of("10.0.0.10"), six = ip_of("::1");

    assert_true(cox_ip_compare(&low, &high) < 0);
    assert_true(cox_ip_compare(&high, &low) > 0);
    assert_true(cox_ip_compare(&high, &six) < 0);
    assert_false(cox_ip_equal(&low, &high));
    (void) state;
}

static void
kinds_are_told_apart(void **state)
{
    struct cox_ip ip = { 0 };

    assert_false(cox_ip_is_set(&ip));
    assert_false(cox_ip_is_multicast(&ip) || cox_ip_is_link_local(&ip));
    ip = ip_of("0.0.0.0");
    assert_false(cox_ip_is_set(&ip));
    ip = ip_of("224.0.0.18");
    assert_true(cox_ip_is_set(&ip) && cox_ip_is_multicast(&ip));
    ip = ip_of("ff02::12");
    assert_true(cox_ip_is_multicast(&ip) && !cox_ip_is_link_local(&ip));
    ip = ip_of("169.254.3.4");
    assert_true(cox_ip_is_link_local(&ip));
    ip = ip_of("febf::1");
    assert_true(cox_ip_is_link_local(&ip));
    ip = ip_of("fec0::1");
    assert_false(cox_ip_is_link_local(&ip));
    (void) state;
}

static void
networks_hold_what_has_their_first_bits(void **state)
{
    struct cox_ip a = ip_of("10.77.3.255"), net = ip_of("10.77.0.0"), six = ip_of("2001:db8::1");

    assert_true(cox_ip_is_in(&a, &net, 0));
    assert_true(cox_ip_is_in(&a, &net, 22));
    assert_false(cox_ip_is_in(&a, &net, 23));
    assert_false(cox_ip_is_in(&a, &net, 33));
    assert_true(cox_ip_is_in(&a, &a, 32));
    assert_false(cox_ip_is_in(&a, &six, 0));
    (void) state;
}

COX_TEST_MAIN(cmocka_unit_test(addresses_are_read_and_written), cmocka_unit_test(sizes_follow_the_family),
              cmocka_unit_test(order_is_by_family_and_number), cmocka_unit_test(kinds_are_told_apart),
              cmocka_unit_test(networks_hold_what_has_their_first_bits))
