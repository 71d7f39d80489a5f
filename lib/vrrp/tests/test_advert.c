/* lib/vrrp/tests/test_advert.c */
#include "vrrp/advert.h"

#include <string.h>

#include "base/testkit.h"

/* Own packets; what tshark says of them was looked at by hand: no malformed one, valid checksums (but of the old one, which it does not know). */
static const char golden_v2[] = "214dc8020001014c0a4d00640a4d00650000000000000000";
static const char golden_pass[] = "214dc8020101a3e10a4d00640a4d006561206c6f6e672073";
static const char golden_v3[] = "314dc802001406580a4d00640a4d0065";
static const char golden_v3_old[] = "314dc8020014f1380a4d00640a4d0065";
static const char golden_v6[] = "314dc80200010a10fe800000000000000000000000770100fd770000000000000000000000000100";
static const char golden_signed[] = "314dc802001477be0a4d00640a4d006543580107010203040506070826c6a37a4f055ae6107c790cc225bdff04426599bfd73313f6808884ee91f1c1";

static const struct cox_vrrp_key key = { 7, "a long secret" }, other_key = { 7, "another" }, old_keys[] = { { 8, "new one" }, { 7, "a long secret" } };

static struct cox_ip
ip_of(const char *text)
{
    struct cox_ip ip;

    assert_true(cox_ip_parse(text, &ip));
    return ip;
}

static struct cox_vrrp_instance
router(enum cox_ip_family family, guint8 version)
{
    static struct cox_vrrp_address four[2], six[2];
    struct cox_vrrp_instance conf;

    four[0].ip = ip_of("10.77.0.100");
    four[1].ip = ip_of("10.77.0.101");
    six[0].ip = ip_of("fe80::77:100");
    six[1].ip = ip_of("fd77::100");
    cox_vrrp_instance_defaults(&conf, family);
    conf.version = version;
    conf.vrid = 77;
    conf.items.addresses = family == COX_IP_V6 ? six : four;
    conf.items.n_addresses = 2;
    return conf;
}

static struct cox_vrrp_outgoing
from(const struct cox_vrrp_instance *conf)
{
    return (struct cox_vrrp_outgoing) { ip_of(conf->family == COX_IP_V6 ? "fe80::1" : "10.77.0.1"), conf->group, 200, 0x0102030405060708 };
}

static struct cox_vrrp_packet
packet_of(const struct cox_vrrp_instance *conf, GByteArray *bytes)
{
    struct cox_vrrp_outgoing outgoing = from(conf);

    g_byte_array_set_size(bytes, 0);
    cox_vrrp_advert_build(conf, &outgoing, bytes);
    return (struct cox_vrrp_packet) { .source = outgoing.source, .destination = outgoing.destination, .ttl = 255, .data = bytes->data, .size = bytes->len };
}

static char *
hex_of(const GByteArray *bytes)
{
    GString *hex = g_string_new(NULL);

    for (guint i = 0; i < bytes->len; i++) {
        g_string_append_printf(hex, "%02x", bytes->data[i]);
    }
    return g_string_free(hex, FALSE);
}

static void
check_golden(const struct cox_vrrp_instance *conf, const char *golden)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct cox_vrrp_packet packet = packet_of(conf, bytes);
    struct cox_vrrp_advert advert;
    g_autofree char *hex = hex_of(bytes);

    assert_string_equal(hex, golden);
    assert_int_equal(cox_vrrp_advert_parse(&packet, &advert), COX_VRRP_ACCEPTED);
    assert_true(cox_vrrp_advert_has_checksum(&packet, conf->checksum));
    assert_int_equal(cox_vrrp_advert_authenticate(&packet, &advert, &conf->auth), COX_VRRP_ACCEPTED);
    assert_true(cox_vrrp_advert_has_addresses(&advert, &conf->items));
    assert_int_equal(advert.version, conf->version);
    assert_int_equal(advert.family, conf->family);
    assert_int_equal(advert.vrid, 77);
    assert_int_equal(advert.priority, 200);
    assert_int_equal(advert.interval, conf->advert);
}

static void
packets_are_as_they_were_and_are_read_back(void **state)
{
    struct cox_vrrp_instance conf = router(COX_IP_V4, 2);

    check_golden(&conf, golden_v2);
    conf.auth = (struct cox_vrrp_auth) { COX_VRRP_AUTH_PASS, &key, 1, 0 };
    check_golden(&conf, golden_pass);
    conf = router(COX_IP_V4, 3);
    conf.advert = 200 * COX_USEC_PER_MS;
    check_golden(&conf, golden_v3);
    conf.checksum = COX_VRRP_CHECKSUM_OLD;
    check_golden(&conf, golden_v3_old);
    conf.checksum = COX_VRRP_CHECKSUM_AUTO;
    conf.auth = (struct cox_vrrp_auth) { COX_VRRP_AUTH_HASH, &key, 1, 0 };
    check_golden(&conf, golden_signed);
    conf = router(COX_IP_V6, 3);
    conf.advert = 10 * COX_USEC_PER_MS;
    check_golden(&conf, golden_v6);
    (void) state;
}

static enum cox_vrrp_refusal
parsed(const struct cox_vrrp_packet *packet)
{
    struct cox_vrrp_advert advert;

    return cox_vrrp_advert_parse(packet, &advert);
}

static void
what_is_wrong_in_itself_is_refused_by_name(void **state)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct cox_vrrp_instance conf = router(COX_IP_V4, 3);
    struct cox_vrrp_packet packet = packet_of(&conf, bytes);

    for (packet.size = 0; packet.size < bytes->len; packet.size++) {
        assert_int_equal(parsed(&packet), COX_VRRP_REFUSED_LENGTH);
    }
    bytes->data[3] = 1; /* longer than its count says */
    assert_int_equal(parsed(&packet), COX_VRRP_REFUSED_LENGTH);
    bytes->data[3] = 0;
    packet.size = 8;
    assert_int_equal(parsed(&packet), COX_VRRP_REFUSED_COUNT);
    packet.size = bytes->len;
    bytes->data[3] = 2;
    bytes->data[0] = 0x32;
    assert_int_equal(parsed(&packet), COX_VRRP_REFUSED_TYPE);
    bytes->data[0] = 0x41;
    assert_int_equal(parsed(&packet), COX_VRRP_REFUSED_VERSION);
    bytes->data[0] = 0x11;
    assert_int_equal(parsed(&packet), COX_VRRP_REFUSED_VERSION);
    bytes->data[0] = 0x21;
    assert_int_equal(parsed(&packet), COX_VRRP_REFUSED_LENGTH); /* no place for the password */
    packet.source = ip_of("fe80::1");
    assert_int_equal(parsed(&packet), COX_VRRP_REFUSED_FAMILY);
    (void) state;
}

static void
every_changed_bit_breaks_the_checksum(void **state)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct cox_vrrp_instance confs[] = { router(COX_IP_V4, 2), router(COX_IP_V4, 3), router(COX_IP_V6, 3) };

    for (size_t i = 0; i < G_N_ELEMENTS(confs); i++) {
        struct cox_vrrp_packet packet = packet_of(&confs[i], bytes);

        for (guint bit = 4; bit < bytes->len * 8; bit++) { /* the first four are the version, which says how it is made */
            bytes->data[bit / 8] ^= (guint8) (0x80 >> bit % 8);
            assert_false(cox_vrrp_advert_has_checksum(&packet, COX_VRRP_CHECKSUM_NEW));
            bytes->data[bit / 8] ^= (guint8) (0x80 >> bit % 8);
        }
        assert_true(cox_vrrp_advert_has_checksum(&packet, COX_VRRP_CHECKSUM_NEW));
        packet.size = 7;
        assert_false(cox_vrrp_advert_has_checksum(&packet, COX_VRRP_CHECKSUM_NEW));
    }
    (void) state;
}

static void
ipv4_of_version_3_is_checked_with_or_without_pseudo_header(void **state)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct cox_vrrp_instance conf = router(COX_IP_V4, 3);
    struct cox_vrrp_packet packet = packet_of(&conf, bytes);

    assert_true(cox_vrrp_advert_has_checksum(&packet, COX_VRRP_CHECKSUM_AUTO));
    assert_false(cox_vrrp_advert_has_checksum(&packet, COX_VRRP_CHECKSUM_OLD));
    conf.checksum = COX_VRRP_CHECKSUM_OLD;
    packet = packet_of(&conf, bytes);
    assert_true(cox_vrrp_advert_has_checksum(&packet, COX_VRRP_CHECKSUM_AUTO));
    assert_false(cox_vrrp_advert_has_checksum(&packet, COX_VRRP_CHECKSUM_NEW));
    packet.source = ip_of("10.77.0.9"); /* is not covered */
    assert_true(cox_vrrp_advert_has_checksum(&packet, COX_VRRP_CHECKSUM_OLD));
    (void) state;
}

static enum cox_vrrp_refusal
authenticated(const struct cox_vrrp_packet *packet, const struct cox_vrrp_auth *auth)
{
    struct cox_vrrp_advert advert;

    assert_int_equal(cox_vrrp_advert_parse(packet, &advert), COX_VRRP_ACCEPTED);
    return cox_vrrp_advert_authenticate(packet, &advert, auth);
}

static void
passwords_are_of_version_2(void **state)
{
    static const struct cox_vrrp_key longer = { 0, "a long secret indeed" };
    const struct cox_vrrp_auth none = { COX_VRRP_AUTH_NONE, NULL, 0, 0 }, pass = { COX_VRRP_AUTH_PASS, &key, 1, 0 };
    const struct cox_vrrp_auth same = { COX_VRRP_AUTH_PASS, &longer, 1, 0 }, wrong = { COX_VRRP_AUTH_PASS, &other_key, 1, 0 };
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct cox_vrrp_instance conf = router(COX_IP_V4, 2);
    struct cox_vrrp_packet packet = packet_of(&conf, bytes);

    assert_int_equal(authenticated(&packet, &none), COX_VRRP_ACCEPTED);
    assert_int_equal(authenticated(&packet, &pass), COX_VRRP_REFUSED_AUTH_TYPE);
    conf.auth = pass;
    packet = packet_of(&conf, bytes);
    assert_int_equal(authenticated(&packet, &none), COX_VRRP_REFUSED_AUTH_TYPE);
    assert_int_equal(authenticated(&packet, &same), COX_VRRP_ACCEPTED); /* eight bytes count */
    assert_int_equal(authenticated(&packet, &wrong), COX_VRRP_REFUSED_AUTH_PASS);
    conf.version = 3;
    packet = packet_of(&conf, bytes);
    assert_int_equal(authenticated(&packet, &pass), COX_VRRP_ACCEPTED); /* version 3 has none */
    (void) state;
}

static void
a_signature_covers_everything_and_both_ends(void **state)
{
    const struct cox_vrrp_auth hash = { COX_VRRP_AUTH_HASH, &key, 1, 0 }, wrong = { COX_VRRP_AUTH_HASH, &other_key, 1, 0 };
    const struct cox_vrrp_auth rolling = { COX_VRRP_AUTH_HASH, old_keys, 2, 0 }, newer = { COX_VRRP_AUTH_HASH, old_keys, 1, 0 };
    const struct cox_vrrp_auth none = { COX_VRRP_AUTH_NONE, NULL, 0, 0 };
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct cox_vrrp_instance conf = router(COX_IP_V4, 3);
    struct cox_vrrp_packet packet = packet_of(&conf, bytes);
    struct cox_vrrp_advert advert;

    assert_int_equal(authenticated(&packet, &hash), COX_VRRP_REFUSED_AUTH_TYPE);
    conf.auth = hash;
    packet = packet_of(&conf, bytes);
    assert_int_equal(cox_vrrp_advert_parse(&packet, &advert), COX_VRRP_ACCEPTED);
    assert_true(cox_vrrp_advert_stamp(&advert) == 0x0102030405060708);
    assert_int_equal(authenticated(&packet, &none), COX_VRRP_REFUSED_AUTH_TYPE);
    assert_int_equal(authenticated(&packet, &hash), COX_VRRP_ACCEPTED);
    assert_int_equal(authenticated(&packet, &rolling), COX_VRRP_ACCEPTED);
    assert_int_equal(authenticated(&packet, &wrong), COX_VRRP_REFUSED_AUTH_HASH);
    assert_int_equal(authenticated(&packet, &newer), COX_VRRP_REFUSED_AUTH_KEY);
    for (guint i = 0; i < bytes->len; i++) {
        if (i == 0 || i == 3 || i == 6 || i == 7 || (i >= 16 && i < 20)) {
            continue; /* what it is read by, and the checksum */
        }
        bytes->data[i] ^= 0x10;
        assert_int_not_equal(authenticated(&packet, &hash), COX_VRRP_ACCEPTED);
        bytes->data[i] ^= 0x10;
    }
    packet.destination = ip_of("10.77.0.2");
    assert_int_equal(authenticated(&packet, &hash), COX_VRRP_REFUSED_AUTH_HASH);
    packet = packet_of(&conf, bytes);
    packet.source = ip_of("10.77.0.2");
    assert_int_equal(authenticated(&packet, &hash), COX_VRRP_REFUSED_AUTH_HASH);
    (void) state;
}

static void
intervals_fit_their_fields(void **state)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct cox_vrrp_instance conf = router(COX_IP_V4, 3);
    struct cox_vrrp_packet packet;
    struct cox_vrrp_advert advert;

    conf.advert = 15 * COX_USEC_PER_MS; /* rounded up: a listener must not wait too short */
    packet = packet_of(&conf, bytes);
    cox_vrrp_advert_parse(&packet, &advert);
    assert_int_equal(advert.interval, 20 * COX_USEC_PER_MS);
    conf.advert = 41 * COX_USEC_PER_S;
    packet = packet_of(&conf, bytes);
    cox_vrrp_advert_parse(&packet, &advert);
    assert_int_equal(advert.interval, 40950 * COX_USEC_PER_MS);
    conf.version = 2;
    conf.advert = 300 * COX_USEC_PER_S;
    packet = packet_of(&conf, bytes);
    cox_vrrp_advert_parse(&packet, &advert);
    assert_int_equal(advert.interval, 255 * COX_USEC_PER_S);
    (void) state;
}

static void
addresses_are_compared_as_sets_of_at_most_255(void **state)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct cox_vrrp_instance conf = router(COX_IP_V6, 3);
    struct cox_vrrp_packet packet = packet_of(&conf, bytes);
    struct cox_vrrp_address turned[300] = { conf.items.addresses[1], conf.items.addresses[0] };
    struct cox_vrrp_items items = { .addresses = turned, .n_addresses = 2 };
    struct cox_vrrp_advert advert;

    assert_int_equal(cox_vrrp_advert_parse(&packet, &advert), COX_VRRP_ACCEPTED);
    assert_true(cox_vrrp_advert_has_addresses(&advert, &items));
    items.n_addresses = 1;
    assert_false(cox_vrrp_advert_has_addresses(&advert, &items));
    items.n_addresses = 2;
    turned[0].ip.bytes[15]++;
    assert_false(cox_vrrp_advert_has_addresses(&advert, &items));
    for (guint i = 0; i < G_N_ELEMENTS(turned); i++) {
        turned[i].ip = ip_of("fd77::");
        turned[i].ip.bytes[14] = (guint8) (i >> 8);
        turned[i].ip.bytes[15] = (guint8) i;
    }
    items.n_addresses = G_N_ELEMENTS(turned);
    conf.items = items;
    packet = packet_of(&conf, bytes);
    assert_int_equal(cox_vrrp_advert_parse(&packet, &advert), COX_VRRP_ACCEPTED);
    assert_int_equal(advert.n_addresses, 255);
    assert_true(cox_vrrp_advert_has_addresses(&advert, &items));
    (void) state;
}

COX_TEST_MAIN(cmocka_unit_test(packets_are_as_they_were_and_are_read_back), cmocka_unit_test(what_is_wrong_in_itself_is_refused_by_name),
              cmocka_unit_test(every_changed_bit_breaks_the_checksum), cmocka_unit_test(ipv4_of_version_3_is_checked_with_or_without_pseudo_header),
              cmocka_unit_test(passwords_are_of_version_2), cmocka_unit_test(a_signature_covers_everything_and_both_ends),
              cmocka_unit_test(intervals_fit_their_fields), cmocka_unit_test(addresses_are_compared_as_sets_of_at_most_255))
