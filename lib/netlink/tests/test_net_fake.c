/* lib/netlink/tests/test_net_fake.c - the network in memory keeps the contract that the kernel's keeps (test_net_linux). */
#include "base/testkit.h"

#include <errno.h>

#include "netlink/net_fake.h"

static void
count(void *context, const struct cox_net_address *address, bool is_there)
{
    (void) address;
    *(int *) context += is_there ? 1 : -1;
}

static void
changes_are_told_at_the_next_dispatch(void **state)
{
    int n = 0;
    const struct cox_net_handler handler = { .address = count, .context = &n };
    g_autoptr(cox_net) net = cox_net_fake_new(&handler);
    struct cox_net_link eth0 = { .ifindex = 2, .name = "eth0", .is_up = true, .has_carrier = true };
    struct cox_net_address address = { .ifindex = 2, .local.bits = 24, .preferred_s = COX_NET_FOREVER };
    struct cox_net_change change = { .kind = COX_NET_ADDRESS, .address = &address };
    g_autofree char *text = NULL;

    (void) state;
    assert_true(cox_ip_parse("10.0.0.9", &address.local.ip));
    cox_net_fake_link(net, &eth0);
    assert_null(cox_net_link_named(net, "eth0"));
    assert_true(cox_net_dispatch(net, NULL));
    assert_int_equal(cox_net_link_named(net, "eth0")->ifindex, 2);
    assert_int_equal(cox_net_apply(net, &change, 1), 0);
    assert_int_equal(cox_net_apply(net, &change, 1), 0); /* it is there */
    assert_int_equal(n, 0);
    assert_true(cox_net_dispatch(net, NULL));
    assert_int_equal(n, 1);
    assert_true(cox_net_has_address(net, 2, &address.local.ip));
    cox_net_fake_address(net, &address, false);
    assert_true(cox_net_dispatch(net, NULL));
    assert_int_equal(n, 0);
    change.removes = true;
    assert_int_equal(cox_net_apply(net, &change, 1), 0); /* it is gone already */
    change.removes = false;
    cox_net_fake_refuse(net, COX_NET_ADDRESS, EPERM);
    assert_int_equal(cox_net_apply(net, &change, 1), 1);
    assert_int_equal(change.result, EPERM);
    text = cox_net_change_text(net, &change);
    assert_string_equal(text, "add address 10.0.0.9/24 to eth0: Operation not permitted");
}

static void
count_items(void *context, const struct cox_net_route *route, const struct cox_net_rule *rule)
{
    (void) route;
    (void) rule;
    ++*(int *) context;
}

static void
the_longest_net_of_an_interface_is_the_route(void **state)
{
    int n = 0;
    const struct cox_net_handler handler = { .item_gone = count_items, .context = &n };
    g_autoptr(cox_net) net = cox_net_fake_new(&handler);
    struct cox_net_address address = { .local.bits = 16 };
    struct cox_net_route route;
    struct cox_ip near, far;

    (void) state;
    assert_true(cox_ip_parse("10.0.0.9", &address.local.ip) && cox_ip_parse("10.0.0.1", &near) && cox_ip_parse("10.1.0.1", &far));
    for (gint32 i = 2; i < 4; i++) {
        const struct cox_net_link link = { .ifindex = i, .name = { 'e', (char) ('0' + i) }, .is_up = true };

        cox_net_fake_link(net, &link);
        address.ifindex = i;
        cox_net_fake_address(net, &address, true);
        address.local.bits = 24;
    }
    assert_true(cox_net_route_to(net, &near, &route));
    assert_int_equal(route.hops[0].ifindex, 3);
    assert_int_equal(route.to.bits, 24);
    assert_false(cox_net_route_to(net, &far, &route));
    cox_net_fake_item_gone(net, &route, NULL);
    cox_net_watch_items(net);
    cox_net_fake_item_gone(net, &route, NULL);
    assert_int_equal(n, 1);
}

COX_TEST_MAIN(cmocka_unit_test(the_longest_net_of_an_interface_is_the_route), cmocka_unit_test(changes_are_told_at_the_next_dispatch))
