/* lib/netlink/tests/test_net_linux.c - the kernel does what it is asked for, and tells what others do; in a namespace of our own. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* unshare() */
#endif
#include "base/testkit.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "netlink/net.h"
#include "netlink/netframes.h"

struct world {
    struct cox_net *net;
    int n_added, n_removed, n_links, n_links_gone, n_items_gone;
    struct cox_net_route route; /* the last that was told to be gone */
    struct cox_net_rule rule;
};

static void
on_link(void *context, const struct cox_net_link *link)
{
    (void) link;
    ((struct world *) context)->n_links++;
}

static void
on_link_gone(void *context, const struct cox_net_link *link)
{
    (void) link;
    ((struct world *) context)->n_links_gone++;
}

static void
on_address(void *context, const struct cox_net_address *address, bool is_there)
{
    (void) address;
    *(is_there ? &((struct world *) context)->n_added : &((struct world *) context)->n_removed) += 1;
}

static void
on_item_gone(void *context, const struct cox_net_route *route, const struct cox_net_rule *rule)
{
    struct world *world = context;

    world->n_items_gone++;
    if (route != NULL) {
        world->route = *route;
    }
    if (rule != NULL) {
        world->rule = *rule;
    }
}

static void
ip(const char *words)
{
    g_autofree char *command = g_strconcat("ip ", words, NULL);

    assert_int_equal(system(command), 0);
}

/* Does the output of this command hold these words? */
static bool
shows(const char *command, const char *words)
{
    g_autofree char *text = g_malloc0(1 << 20);
    FILE *output = popen(command, "r");

    assert_non_null(output);
    (void) !fread(text, 1, (1 << 20) - 1, output);
    pclose(output);
    return strstr(text, words) != NULL;
}

/* A pair eth0 - peer0 in a new namespace; NULL where we may not make one. */
static int
setup(void **state)
{
    struct world *world = g_new0(struct world, 1);
    const struct cox_net_handler handler = { .link = on_link, .link_gone = on_link_gone, .address = on_address, .item_gone = on_item_gone,
                                             .context = world };
    g_autoptr(GError) error = NULL;

    if (geteuid() != 0 || unshare(CLONE_NEWNET) != 0 || system("ip link set lo up >/dev/null 2>&1") != 0) {
        g_free(world);
        *state = NULL;
        return 0;
    }
    ip("link add eth0 address 02:00:00:00:00:01 type veth peer name peer0 address 02:00:00:00:00:02");
    ip("link set eth0 up");
    ip("link set peer0 up");
    ip("addr add 10.77.0.1/24 dev eth0");
    ip("addr add 10.77.0.3/24 dev peer0");
    world->net = cox_net_linux_new(&handler, &error);
    if (error != NULL) {
        print_error("%s\n", error->message);
    }
    assert_non_null(world->net);
    *state = world;
    return 0;
}

static int
teardown(void **state)
{
    struct world *world = *state;

    if (world != NULL) {
        cox_net_free(world->net);
        g_free(world);
    }
    return 0;
}

static struct world *
world_of(void **state)
{
    if (*state == NULL) {
        skip(); /* needs root and network namespaces */
    }
    return *state;
}

static gint32
index_of(struct world *world, const char *name)
{
    const struct cox_net_link *link = cox_net_link_named(world->net, name);

    assert_non_null(link);
    return link->ifindex;
}

static struct cox_net_address
address_of(gint32 ifindex, const char *text, guint8 bits)
{
    struct cox_net_address address = { .ifindex = ifindex, .local.bits = bits, .preferred_s = COX_NET_FOREVER };

    assert_true(cox_ip_parse(text, &address.local.ip));
    return address;
}

static void
what_is_there_is_read_as_it_is_in_a_namespace(void **state)
{
    struct world *world = world_of(state);
    const struct cox_net_link *eth0 = cox_net_link_named(world->net, "eth0");

    assert_true(eth0->is_up && eth0->has_carrier && eth0->has_mac && !eth0->is_macvlan);
    assert_int_equal(eth0->mac[5], 1);
    assert_true(cox_net_has_address(world->net, eth0->ifindex, &(struct cox_ip) { COX_IP_V4, { 10, 77, 0, 1 } }));
    assert_false(cox_net_has_address(world->net, eth0->ifindex, &(struct cox_ip) { COX_IP_V4, { 10, 77, 0, 3 } }));
    assert_int_equal(world->n_links + world->n_added, 0); /* what was there is not news */
}

static void
a_thousand_addresses_come_and_go_in_batches_in_a_namespace(void **state)
{
    struct world *world = world_of(state);
    g_autofree struct cox_net_address *addresses = g_new0(struct cox_net_address, 1000);
    g_autofree struct cox_net_change *changes = g_new0(struct cox_net_change, 1000);

    for (guint i = 0; i < 1000; i++) {
        g_autofree char *text = i % 2 == 0 ? g_strdup_printf("10.88.%u.%u", i / 250, i % 250 + 1) : g_strdup_printf("fd88::%x", i + 1);

        addresses[i] = address_of(index_of(world, "eth0"), text, i % 2 == 0 ? 32 : 128);
        addresses[i].flags = IFA_F_NODAD;
        changes[i] = (struct cox_net_change) { .kind = COX_NET_ADDRESS, .address = &addresses[i] };
    }
    assert_int_equal(cox_net_apply(world->net, changes, 1000), 0);
    assert_int_equal(cox_net_apply(world->net, changes, 1000), 0); /* they are there already */
    assert_true(cox_net_dispatch(world->net, NULL));
    assert_true(world->n_added >= 1000);
    assert_true(cox_net_has_address(world->net, 0, &addresses[999].local.ip));
    world->n_removed = 0;
    for (guint i = 0; i < 1000; i++) {
        changes[i].removes = true;
    }
    assert_int_equal(cox_net_apply(world->net, changes, 1000), 0);
    assert_int_equal(cox_net_apply(world->net, changes, 1000), 0);
    assert_true(cox_net_dispatch(world->net, NULL));
    assert_int_equal(world->n_removed, 1000);
    assert_false(cox_net_has_address(world->net, 0, &addresses[999].local.ip));
}

static void
one_refusal_keeps_nothing_else_from_being_done_in_a_namespace(void **state)
{
    struct world *world = world_of(state);
    struct cox_net_address good = address_of(index_of(world, "eth0"), "10.77.0.100", 24), bad = address_of(9999, "10.77.0.101", 24),
                           also_good = address_of(index_of(world, "eth0"), "10.77.0.102", 24);
    struct cox_net_change changes[] = {
        { .kind = COX_NET_ADDRESS, .address = &good }, { .kind = COX_NET_ADDRESS, .address = &bad }, { .kind = COX_NET_ADDRESS, .address = &also_good },
    };
    g_autofree char *text = NULL;

    assert_int_equal(cox_net_apply(world->net, changes, 3), 1);
    assert_int_equal(changes[0].result, 0);
    assert_int_equal(changes[1].result, ENODEV);
    assert_int_equal(changes[2].result, 0);
    text = cox_net_change_text(world->net, &changes[1]);
    assert_string_equal(text, "add address 10.77.0.101/24 to an interface that is not there: No such device");
    assert_true(cox_net_dispatch(world->net, NULL));
    assert_true(cox_net_has_address(world->net, 0, &also_good.local.ip));
}

static void
an_address_is_as_it_was_asked_for_in_a_namespace(void **state)
{
    struct world *world = world_of(state);
    struct cox_net_address four = address_of(index_of(world, "eth0"), "10.78.0.100", 24), six = address_of(four.ifindex, "fd77::100", 64);
    struct cox_net_change changes[] = { { .kind = COX_NET_ADDRESS, .address = &four }, { .kind = COX_NET_ADDRESS, .address = &six } };

    strcpy(four.label, "eth0:vip");
    four.scope = RT_SCOPE_LINK;
    assert_true(cox_ip_parse("10.78.0.255", &four.broadcast));
    six.flags = IFA_F_NODAD | IFA_F_NOPREFIXROUTE;
    six.preferred_s = 0;
    assert_int_equal(cox_net_apply(world->net, changes, 2), 0);
    assert_true(shows("ip addr show dev eth0", "inet 10.78.0.100/24 brd 10.78.0.255 scope link eth0:vip"));
    assert_true(shows("ip addr show dev eth0", "inet6 fd77::100/64 scope global nodad deprecated noprefixroute"));
}

static void
routes_and_rules_come_and_go_in_a_namespace(void **state)
{
    struct world *world = world_of(state);
    gint32 eth0 = index_of(world, "eth0");
    struct cox_net_route one = { .family = COX_IP_V4, .to.bits = 16, .n_hops = 1, .hops[0].ifindex = eth0, .table = 99 };
    struct cox_net_route two = { .family = COX_IP_V4, .to.bits = 24, .n_hops = 2, .metric = 5, .hops = { { .ifindex = eth0, .weight = 2 }, { .ifindex = eth0 } } };
    struct cox_net_route hole = { .family = COX_IP_V6, .to.bits = 64, .type = RTN_BLACKHOLE };
    struct cox_net_rule rule = {
        .family = COX_IP_V4, .from.bits = 16, .table = 99, .preference = 500, .has_preference = true, .suppress_bits = -1, .suppress_group = -1,
    };
    struct cox_net_change changes[] = {
        { .kind = COX_NET_ROUTE, .route = &one }, { .kind = COX_NET_ROUTE, .route = &two }, { .kind = COX_NET_ROUTE, .route = &hole },
        { .kind = COX_NET_RULE, .rule = &rule },
    };

    assert_true(cox_ip_parse("10.99.0.0", &one.to.ip) && cox_ip_parse("10.77.0.3", &one.hops[0].via) && cox_ip_parse("10.98.0.0", &two.to.ip)
                && cox_ip_parse("10.77.0.4", &two.hops[0].via) && cox_ip_parse("10.77.0.5", &two.hops[1].via)
                && cox_ip_parse("fd99::", &hole.to.ip) && cox_ip_parse("10.99.0.0", &rule.from.ip));
    one.has_metrics = 1U << RTAX_MTU;
    one.metrics[RTAX_MTU] = 1400;
    assert_int_equal(cox_net_apply(world->net, changes, 4), 0);
    assert_int_equal(cox_net_apply(world->net, changes, 4), 0);
    assert_true(shows("ip route show table 99", "10.99.0.0/16 via 10.77.0.3 dev eth0 proto keepalived mtu 1400"));
    assert_true(shows("ip route", "10.98.0.0/24 proto keepalived metric 5"));
    assert_true(shows("ip route", "nexthop via 10.77.0.4 dev eth0 weight 2"));
    assert_true(shows("ip -6 route show type blackhole", "blackhole fd99::/64"));
    assert_true(shows("ip rule", "500:\tfrom 10.99.0.0/16 lookup 99"));
    for (guint i = 0; i < 4; i++) {
        changes[i].removes = true;
    }
    assert_int_equal(cox_net_apply(world->net, changes, 4), 0);
    assert_int_equal(cox_net_apply(world->net, changes, 4), 0);
    assert_false(shows("ip route show table all", "10.9"));
    assert_false(shows("ip -6 route show table all", "fd99"));
    assert_false(shows("ip rule", "500:"));
}

static void
a_virtual_interface_has_the_mac_and_settings_asked_for_in_a_namespace(void **state)
{
    struct world *world = world_of(state);
    struct cox_net_link wanted = { .name = "vrrp.77", .parent = index_of(world, "eth0"), .mac = { 0, 0, 0x5e, 0, 1, 77 } };
    struct cox_net_change make = { .kind = COX_NET_MACVLAN, .link = &wanted }, up = { .kind = COX_NET_LINK_STATE, .link = &wanted };
    const struct cox_net_link *made;
    g_autofree char *value = NULL;
    g_autoptr(GError) error = NULL;

    assert_int_equal(cox_net_apply(world->net, &make, 1), 0);
    assert_true(cox_net_dispatch(world->net, NULL));
    made = cox_net_link_named(world->net, "vrrp.77");
    assert_non_null(made);
    assert_true(made->is_macvlan && !made->is_up);
    assert_int_equal(made->parent, wanted.parent);
    assert_memory_equal(made->mac, wanted.mac, 6);
    assert_true(cox_net_sysctl(world->net, "ipv4/conf/vrrp.77/arp_ignore", "1", &error));
    assert_true(cox_net_sysctl(world->net, "ipv6/conf/vrrp.77/addr_gen_mode", "1", &error));
    value = cox_net_sysctl_value(world->net, "ipv4/conf/vrrp.77/arp_ignore");
    assert_string_equal(value, "1");
    assert_false(cox_net_sysctl(world->net, "ipv4/conf/nosuch/arp_ignore", "1", &error));
    assert_string_equal(error->message, "cannot set net/ipv4/conf/nosuch/arp_ignore to 1: No such file or directory");
    wanted.ifindex = made->ifindex;
    wanted.is_up = true;
    assert_int_equal(cox_net_apply(world->net, &up, 1), 0);
    assert_true(cox_net_dispatch(world->net, NULL));
    assert_true(cox_net_link_named(world->net, "vrrp.77")->has_carrier);
    assert_null(cox_net_address(world->net, wanted.ifindex, 0)); /* not even a link-local one */
    make.removes = true;
    assert_int_equal(cox_net_apply(world->net, &make, 1), 0);
    assert_int_equal(cox_net_apply(world->net, &make, 1), 0);
    assert_true(cox_net_dispatch(world->net, NULL));
    assert_int_equal(world->n_links_gone, 1);
}

static void
what_others_do_is_told_in_a_namespace(void **state)
{
    struct world *world = world_of(state);
    struct pollfd wait = { .fd = cox_net_fd(world->net), .events = POLLIN };

    ip("addr del 10.77.0.1/24 dev eth0");
    assert_int_equal(poll(&wait, 1, 0), 1); /* told when the command returns, not later */
    assert_true(cox_net_dispatch(world->net, NULL));
    assert_int_equal(world->n_removed, 1);
    ip("link set peer0 down");
    for (int i = 0; i < 200 && cox_net_link_named(world->net, "eth0")->has_carrier; i++) { /* the kernel tells of a lost carrier a little later */
        assert_true(poll(&wait, 1, 1000) >= 0);
        assert_true(cox_net_dispatch(world->net, NULL));
    }
    assert_false(cox_net_link_named(world->net, "eth0")->has_carrier);
    assert_true(cox_net_link_named(world->net, "eth0")->is_up);
}

static void
when_events_were_lost_everything_is_read_again_in_a_namespace(void **state)
{
    struct world *world = world_of(state);
    const int tiny = 1;
    FILE *batch = popen("ip -batch -", "w");

    /* The smallest buffer that the kernel gives holds a few events; more are made. */
    assert_int_equal(setsockopt(cox_net_fd(world->net), SOL_SOCKET, SO_RCVBUF, &tiny, sizeof tiny), 0);
    assert_non_null(batch);
    for (int i = 1; i <= 200; i++) {
        fprintf(batch, "addr add 10.90.0.%d/32 dev eth0\n", i);
    }
    fprintf(batch, "addr del 10.77.0.1/24 dev eth0\n");
    assert_int_equal(pclose(batch), 0);
    assert_true(cox_net_dispatch(world->net, NULL));
    assert_true(cox_net_has_address(world->net, 0, &(struct cox_ip) { COX_IP_V4, { 10, 90, 0, 200 } }));
    assert_false(cox_net_has_address(world->net, 0, &(struct cox_ip) { COX_IP_V4, { 10, 77, 0, 1 } }));
    assert_int_equal(world->n_added, 200);
    assert_int_equal(world->n_removed, 1);
}

static void
announcements_arrive_at_the_neighbour_in_a_namespace(void **state)
{
    struct world *world = world_of(state);
    struct cox_net_frame frames[201], gone;
    int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ARP));
    struct sockaddr_ll peer = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ARP), .sll_ifindex = index_of(world, "peer0") };
    guint8 heard[256];
    int n_heard = 0;

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *) &peer, sizeof peer), 0);
    while (recv(fd, heard, sizeof heard, MSG_DONTWAIT) > 0) {
    }
    for (guint i = 0; i < G_N_ELEMENTS(frames); i++) {
        struct cox_ip ip = { COX_IP_V4, { 10, 77, 1, (guint8) i } };

        cox_netframe_announce(&(struct cox_netframe_spec) { cox_net_link_named(world->net, "eth0"), &ip, false, false }, &frames[i]);
    }
    gone = frames[100];
    frames[100].ifindex = 9999; /* one that cannot be sent does not keep the others */
    assert_int_equal(cox_net_send(world->net, frames, G_N_ELEMENTS(frames)), 200);
    while (recv(fd, heard, sizeof heard, MSG_DONTWAIT) == gone.size) {
        assert_memory_equal(heard, gone.bytes, 28);
        assert_int_equal(heard[31], n_heard + (n_heard >= 100));
        n_heard++;
    }
    assert_int_equal(n_heard, 200);
    close(fd);
}

static void
the_route_to_an_address_is_told_with_its_net_in_a_namespace(void **state)
{
    struct world *world = world_of(state);
    struct cox_ip near, far, six;
    struct cox_net_route route;

    assert_true(cox_ip_parse("10.77.0.99", &near) && cox_ip_parse("192.0.2.1", &far) && cox_ip_parse("fd77::99", &six));
    ip("link set peer0 down"); /* both are in the same net */
    assert_true(cox_net_route_to(world->net, &near, &route));
    assert_int_equal(route.to.bits, 24);
    assert_int_equal(route.n_hops, 1);
    assert_int_equal(route.hops[0].ifindex, index_of(world, "eth0"));
    assert_int_equal(route.hops[0].via.family, COX_IP_NONE);
    assert_false(cox_net_route_to(world->net, &far, &route));
    assert_false(cox_net_route_to(world->net, &six, &route));
    ip("route add default via 10.77.0.254");
    ip("addr add fd77::1/64 dev eth0 nodad");
    assert_true(cox_net_route_to(world->net, &far, &route));
    assert_int_equal(route.to.bits, 0);
    assert_int_equal(route.hops[0].via.bytes[3], 254);
    assert_true(cox_net_route_to(world->net, &six, &route));
    assert_int_equal(route.to.bits, 64);
    assert_int_equal(route.hops[0].ifindex, index_of(world, "eth0"));
}

static void
routes_and_rules_that_are_gone_are_told_when_watched_in_a_namespace(void **state)
{
    struct world *world = world_of(state);

    ip("route add 10.99.0.0/16 via 10.77.0.9");
    ip("route del 10.99.0.0/16");
    assert_true(cox_net_dispatch(world->net, NULL));
    assert_int_equal(world->n_items_gone, 0);
    cox_net_watch_items(world->net);
    cox_net_watch_items(world->net);
    ip("route add 10.99.0.0/16 via 10.77.0.9 metric 7 table 44");
    ip("route del 10.99.0.0/16 via 10.77.0.9 metric 7 table 44");
    ip("rule add from 10.98.0.0/16 lookup 44 pref 1234");
    ip("rule del from 10.98.0.0/16 lookup 44 pref 1234");
    assert_true(cox_net_dispatch(world->net, NULL));
    assert_int_equal(world->n_items_gone, 2);
    assert_int_equal(world->route.to.bits, 16);
    assert_int_equal(world->route.to.ip.bytes[1], 99);
    assert_int_equal(world->route.table, 44);
    assert_int_equal(world->route.metric, 7);
    assert_int_equal(world->route.hops[0].via.bytes[3], 9);
    assert_int_equal(world->rule.from.ip.bytes[1], 98);
    assert_int_equal(world->rule.preference, 1234);
    assert_int_equal(world->rule.table, 44);
    ip("route add 10.99.0.0/16 nexthop via 10.77.0.8 nexthop via 10.77.0.9 weight 4");
    ip("route del 10.99.0.0/16");
    assert_true(cox_net_dispatch(world->net, NULL));
    assert_int_equal(world->n_items_gone, 3);
    assert_int_equal(world->route.n_hops, 2);
    assert_int_equal(world->route.hops[0].via.bytes[3], 8);
    assert_int_equal(world->route.hops[1].via.bytes[3], 9);
    assert_int_equal(world->route.hops[1].weight, 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

COX_TEST_MAIN(TEST(what_is_there_is_read_as_it_is_in_a_namespace), TEST(a_thousand_addresses_come_and_go_in_batches_in_a_namespace),
              TEST(one_refusal_keeps_nothing_else_from_being_done_in_a_namespace), TEST(an_address_is_as_it_was_asked_for_in_a_namespace),
              TEST(routes_and_rules_come_and_go_in_a_namespace), TEST(a_virtual_interface_has_the_mac_and_settings_asked_for_in_a_namespace),
              TEST(what_others_do_is_told_in_a_namespace), TEST(when_events_were_lost_everything_is_read_again_in_a_namespace),
              TEST(the_route_to_an_address_is_told_with_its_net_in_a_namespace),
              TEST(routes_and_rules_that_are_gone_are_told_when_watched_in_a_namespace),
              TEST(announcements_arrive_at_the_neighbour_in_a_namespace))
