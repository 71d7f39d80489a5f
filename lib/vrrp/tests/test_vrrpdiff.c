/* lib/vrrp/tests/test_vrrpdiff.c */
#include "vrrp/vrrpdiff.h"

#include "base/testkit.h"

static struct cox_vrrp_instance
router(const char *name)
{
    struct cox_vrrp_instance conf;

    cox_vrrp_instance_defaults(&conf, COX_IP_V4);
    conf.name = name;
    conf.interface = "eth0";
    conf.vrid = 77;
    return conf;
}

static char *
diff(const struct cox_vrrp_instance *before, size_t n_before, const struct cox_vrrp_instance *after, size_t n_after)
{
    struct cox_vrrp_set old = { .instances = before, .n_instances = n_before }, new = { .instances = after, .n_instances = n_after };
    g_autoptr(GArray) ops = cox_vrrp_diff(before != NULL ? &old : NULL, &new);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < ops->len; i++) {
        const struct cox_vrrp_op *op = &g_array_index(ops, struct cox_vrrp_op, i);

        g_string_append_printf(text, "%c%s ", "-=+"[op->kind], op->before != NULL ? op->before->name : op->after->name);
    }
    return g_string_free(text, FALSE);
}

static void
expect(char *text, const char *wanted)
{
    assert_string_equal(text, wanted);
    g_free(text);
}

static void
routers_go_on_by_their_name(void **state)
{
    struct cox_vrrp_instance before[] = { router("a"), router("b"), router("c") }, after[] = { router("d"), router("c"), router("a") };

    expect(diff(NULL, 0, after, 3), "+d +c +a ");
    expect(diff(before, 3, after, 3), "-b +d =c =a ");
    expect(diff(before, 3, after, 0), "-a -b -c ");
    after[0].name = before[0].name; /* the same text */
    after[2].name = "d";
    expect(diff(before, 3, after, 3), "-b =a =c +d ");
    after[2].name = "a";
    after[0].vrid = 78;
    expect(diff(before, 1, after, 1), "-a +a ");
    after[0].vrid = 77;
    after[2].priority = 7;
    after[2].advert = 5;
    after[2].version = 3;
    expect(diff(before, 1, after + 2, 1), "=a ");
    (void) state;
}

static void
what_makes_it_another_router_replaces_it(void **state)
{
    struct cox_vrrp_instance before = router("a"), after[10];
    struct cox_vrrp_peer peer = { 0 };

    for (guint i = 0; i < G_N_ELEMENTS(after); i++) {
        after[i] = router("a");
    }
    after[0].family = COX_IP_V6;
    after[1].vrid = 78;
    after[2].interface = "eth1";
    after[3].vrf = "red";
    after[4].group.bytes[3]++;
    after[5].peers = &peer;
    after[5].n_peers = 1;
    after[6].authority = COX_VRRP_AUTHORITY_CLUSTER;
    after[7].vmac.kind = COX_VRRP_VMAC_MACVLAN;
    after[8].vmac.mac[5] = 1;
    after[9].vmac.name = "vrrp.77";
    for (guint i = 0; i < G_N_ELEMENTS(after); i++) {
        expect(diff(&before, 1, &after[i], 1), "-a +a ");
    }
    (void) state;
}

/* ---- items ---- */

static struct cox_vrrp_items
minus(const struct cox_vrrp_items *a, const struct cox_vrrp_items *b)
{
    struct cox_vrrp_effects out;
    struct cox_vrrp_items left;

    cox_vrrp_effects_init(&out);
    left = cox_vrrp_items_minus(a, b, &out);
    cox_vrrp_effects_clear(&out); /* only the numbers are looked at */
    return left;
}

static void
addresses_are_told_apart_by_all_that_the_kernel_is_told(void **state)
{
    struct cox_vrrp_address base = { .ip = { COX_IP_V4, { 10, 0, 0, 1 } }, .prefix = 24, .preferred_s = -1 }, other[13];
    struct cox_vrrp_items a = { .addresses = &base, .n_addresses = 1 }, b = { .addresses = other, .n_addresses = 1 }, none = { 0 };

    for (guint i = 0; i < G_N_ELEMENTS(other); i++) {
        other[i] = base;
    }
    assert_true(cox_vrrp_items_is_empty(&none));
    assert_false(cox_vrrp_items_is_empty(&a));
    assert_int_equal(minus(&a, &b).n_addresses, 0);
    assert_int_equal(minus(&a, &none).n_addresses, 1);
    assert_int_equal(minus(&none, &a).n_addresses, 0);
    other[0].ip.bytes[3] = 2;
    other[1].prefix = 32;
    other[2].broadcast = base.ip;
    other[3].peer.ip = base.ip;
    other[4].interface = "eth1";
    other[5].label = "eth0:1";
    other[6].scope = 253;
    other[7].preferred_s = 0;
    other[8].is_home = true;
    other[9].is_nodad = true;
    other[10].is_mngtmpaddr = true;
    other[11].is_noprefixroute = true;
    other[12].is_autojoin = true;
    for (guint i = 0; i < G_N_ELEMENTS(other); i++) {
        b.addresses = &other[i];
        assert_int_equal(minus(&a, &b).n_addresses, 1);
    }
    b.addresses = other;
    b.n_addresses = G_N_ELEMENTS(other);
    assert_int_equal(minus(&b, &a).n_addresses, G_N_ELEMENTS(other));
    (void) state;
}

static void
routes_are_told_apart(void **state)
{
    struct cox_vrrp_nexthop hops[] = { { .via = { COX_IP_V4, { 10, 0, 0, 9 } } }, { .via = { COX_IP_V4, { 10, 0, 0, 9 } }, .weight = 2 } };
    struct cox_vrrp_metric metrics[] = { { .kind = 2, .value = 1400 }, { .kind = 2, .value = 1300 } };
    struct cox_vrrp_route base = { .family = 4, .to = { { COX_IP_V4, { 10, 9 } }, 16 }, .nexthops = hops, .n_nexthops = 1, .metrics = metrics, .n_metrics = 1 };
    struct cox_vrrp_route other[5] = { base, base, base, base, base };
    struct cox_vrrp_items a = { .routes = &base, .n_routes = 1 }, b = { .routes = other, .n_routes = 1 };

    assert_int_equal(minus(&a, &b).n_routes, 0);
    other[0].table = 99;
    other[1].nexthops = &hops[1];
    other[2].metrics = &metrics[1];
    other[3].to.prefix = 17;
    other[4].source = base.to.ip;
    for (guint i = 0; i < G_N_ELEMENTS(other); i++) {
        b.routes = &other[i];
        assert_int_equal(minus(&a, &b).n_routes, 1);
    }
    (void) state;
}

static void
rules_are_told_apart(void **state)
{
    struct cox_vrrp_rule base = { .family = 4, .from = { { COX_IP_V4, { 10, 9 } }, 16 }, .table = 99, .preference = 500 };
    struct cox_vrrp_rule other[4] = { base, base, base, base };
    struct cox_vrrp_items a = { .rules = &base, .n_rules = 1 }, b = { .rules = other, .n_rules = 1 };

    assert_int_equal(minus(&a, &b).n_rules, 0);
    other[0].mark = 1;
    other[1].in_interface = "eth1";
    other[2].uids = (struct cox_vrrp_range) { 0, 10, true };
    other[3].preference = 501;
    for (guint i = 0; i < G_N_ELEMENTS(other); i++) {
        b.rules = &other[i];
        assert_int_equal(minus(&a, &b).n_rules, 1);
    }
    (void) state;
}

COX_TEST_MAIN(cmocka_unit_test(routers_go_on_by_their_name), cmocka_unit_test(what_makes_it_another_router_replaces_it),
              cmocka_unit_test(addresses_are_told_apart_by_all_that_the_kernel_is_told), cmocka_unit_test(routes_are_told_apart),
              cmocka_unit_test(rules_are_told_apart))
