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

COX_TEST_MAIN(cmocka_unit_test(changes_are_told_at_the_next_dispatch))
