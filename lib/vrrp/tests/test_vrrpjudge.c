/* lib/vrrp/tests/test_vrrpjudge.c */
#include "vrrp/vrrp.h"

#include <string.h>

#include "base/testkit.h"
#include "vrrplan.h"

#define MS COX_USEC_PER_MS
#define S COX_USEC_PER_S
#define VIP "10.0.0.100"
#define VIP2 "10.0.0.101"

/* V1 as it is, and V2 of the same VRID and interface for another address. */
static struct cox_vrrp_instance *
add_twin(struct cox_vrrp_set *set, const char *interface)
{
    struct cox_vrrp_instance *twin = lan_add(set, "V2", interface, lan_first(set)->vrid, VIP2);

    twin->priority = lan_first(set)->priority;
    twin->advert = lan_first(set)->advert;
    return twin;
}

static void
send_to_peer(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance, const char *own, const char *to)
{
    struct cox_vrrp_peer *peer = cox_arena_new_array(set->arena, struct cox_vrrp_peer, 1);

    peer->ip = lan_ip(to);
    instance->source = lan_ip(own);
    instance->peers = peer;
    instance->n_peers = 1;
}

/* Two nodes, both routers of which have one master, in whatever order they are written. */
static void
play_twins(void (*make)(struct cox_vrrp_set *set, guint node))
{
    struct lan *lan = lan_new(2, 1);

    for (guint i = 0; i < 2; i++) {
        struct cox_vrrp_set *set = lan_set(i == 0 ? 200 : 100, 200 * MS);

        make(set, i);
        lan_give(lan, i, set);
    }
    lan_run(lan, 4 * S);
    assert_string_equal(lan_holders(lan, VIP), "a");
    assert_string_equal(lan_holders(lan, VIP2), "a");
    lan_crash(lan, 0);
    lan_run(lan, S);
    assert_string_equal(lan_holders(lan, VIP), "b");
    assert_string_equal(lan_holders(lan, VIP2), "b");
    lan_free(lan);
}

static void
other_group(struct cox_vrrp_set *set, guint node)
{
    add_twin(set, "eth0")->group = lan_ip("224.0.0.19");
    (void) node;
}

static void
unicast_beside_multicast(struct cox_vrrp_set *set, guint node)
{
    send_to_peer(set, add_twin(set, "eth0"), node == 0 ? "10.0.0.1" : "10.0.0.2", node == 0 ? "10.0.0.2" : "10.0.0.1");
}

static void
unicast_from_anywhere_beside_an_absent_interface(struct cox_vrrp_set *set, guint node)
{
    struct cox_vrrp_instance *twin = add_twin(set, "eth0"), *absent;

    twin->interface = NULL;
    send_to_peer(set, twin, node == 0 ? "10.0.0.1" : "10.0.0.2", node == 0 ? "10.0.0.2" : "10.0.0.1");
    absent = lan_add(set, "V3", "eth9", twin->vrid, "10.9.0.100");
    absent->advert = twin->advert;
}

static void
routers_of_one_vrid_are_told_apart(void **state)
{
    play_twins(other_group);
    play_twins(unicast_beside_multicast);
    play_twins(unicast_from_anywhere_beside_an_absent_interface);
    (void) state;
}

/* a and b, and a and c, share a VRID with different peers: a is the lower one of both pairs. */
static void
unicast_routers_are_told_apart_by_their_peers(void **state)
{
    struct cox_vrrp_set *a = lan_set(100, 200 * MS), *b = lan_set(200, 200 * MS), *c = lan_set(200, 200 * MS);
    struct lan *lan = lan_new(3, 1);

    send_to_peer(a, lan_first(a), "10.0.0.1", "10.0.0.2");
    send_to_peer(a, add_twin(a, "eth0"), "10.0.0.1", "10.0.0.3");
    send_to_peer(b, lan_first(b), "10.0.0.2", "10.0.0.1");
    send_to_peer(c, lan_first(c), "10.0.0.3", "10.0.0.1");
    lan_first(c)->items.n_addresses = 0;
    lan_add_address(c, lan_first(c), VIP2);
    lan_give(lan, 0, a);
    lan_give(lan, 1, b);
    lan_give(lan, 2, c);
    lan_run(lan, 4 * S);
    assert_string_equal(lan_holders(lan, VIP), "b");
    assert_string_equal(lan_holders(lan, VIP2), "c");
    lan_crash(lan, 2);
    lan_run(lan, S);
    assert_string_equal(lan_holders(lan, VIP), "b");
    assert_string_equal(lan_holders(lan, VIP2), "a");
    lan_free(lan);
    (void) state;
}

/* RFC 9568 4.2: each of two hosts owns its only address, and is backup for the other's. */
static struct cox_vrrp_set *
sharing_set(guint node, guint8 priority)
{
    struct cox_vrrp_set *set = cox_vrrp_set_new();

    for (guint i = 0; i < 2; i++) {
        struct cox_vrrp_instance *router = lan_add(set, i == 0 ? "V1" : "V2", "eth0", (guint8) (i + 1), i == 0 ? "10.0.0.1" : "10.0.0.2");

        router->priority = i == node ? priority : 100;
        router->advert = 200 * MS;
    }
    return set;
}

static void
hosts_may_share_the_load_with_their_only_addresses(void **state)
{
    struct lan *lan = lan_new(2, 1);
    struct cox_vrrp_status status;

    for (guint i = 0; i < 2; i++) {
        lan_give(lan, i, sharing_set(i, 255));
    }
    lan_run(lan, 2 * S);
    assert_int_equal(lan_status(lan, 0, "V1").state, COX_VRRP_MASTER);
    assert_int_equal(lan_status(lan, 0, "V2").state, COX_VRRP_BACKUP);
    assert_int_equal(lan_status(lan, 1, "V1").state, COX_VRRP_BACKUP);
    status = lan_status(lan, 0, "V1");
    assert_true(cox_vrrp_is_own(lan->nodes[0].vrrp, status.instance, &status.instance->items.addresses[0]));
    status = lan_status(lan, 0, "V2");
    assert_false(cox_vrrp_is_own(lan->nodes[0].vrrp, status.instance, &status.instance->items.addresses[0]));
    lan_crash(lan, 0);
    lan_run(lan, S);
    assert_string_equal(lan_holders(lan, "10.0.0.1"), "b");
    lan_give(lan, 0, sharing_set(0, 255));
    lan_run(lan, S);
    assert_string_equal(lan_holders(lan, "10.0.0.1"), "-"); /* the host has it: nobody had to set it */
    lan_free(lan);
    (void) state;
}

static void
the_own_address_of_a_host_stays_when_its_router_goes(void **state)
{
    struct lan *lan = lan_new(1, 1);
    struct cox_vrrp_set *more = sharing_set(0, 255);

    lan_give(lan, 0, sharing_set(0, 255));
    lan_event(lan, 0, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_LOST, .lost = "V1" });
    lan_add_address(more, lan_first(more), VIP);
    lan_give(lan, 0, more);
    assert_string_equal(lan_holders(lan, VIP), "a");
    lan_give(lan, 0, sharing_set(0, 255));
    lan->nodes[0].is_down[0] = true;
    lan_link(lan, 0, 0);
    assert_int_equal(lan_status(lan, 0, "V1").state, COX_VRRP_FAULT);
    lan->nodes[0].is_down[0] = false;
    lan_link(lan, 0, 0);
    assert_int_equal(lan_status(lan, 0, "V1").state, COX_VRRP_MASTER);
    assert_int_equal(lan->nodes[0].installs, 1);
    assert_int_equal(lan->nodes[0].removes, 1); /* VIP */
    lan_stop(lan, 0);
    assert_int_equal(lan->nodes[0].removes, 1);
    lan_free(lan);
    (void) state;
}

/* One that the router has set is not the host's, though it is on the interface when the router rises again. */
static void
what_an_owner_has_set_it_takes_away(void **state)
{
    struct cox_ip addresses[2] = { lan_ip("10.0.0.1"), lan_ip(VIP) };
    struct cox_vrrp_link link = { .name = "eth0", .index = 1, .is_up = true, .addresses = addresses, .n_addresses = 2 };
    struct lan *lan = lan_new(1, 1);

    lan_give(lan, 0, lan_set(255, 200 * MS));
    assert_string_equal(lan_holders(lan, VIP), "a");
    lan_event(lan, 0, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_LINK, .link = &link });
    link.is_up = false;
    lan_event(lan, 0, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_LINK, .link = &link });
    assert_string_equal(lan_holders(lan, VIP), "-");
    link.is_up = true;
    lan_event(lan, 0, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_LINK, .link = &link });
    assert_string_equal(lan_holders(lan, VIP), "a");
    lan_stop(lan, 0);
    assert_int_equal(lan->nodes[0].removes, 2);
    lan_free(lan);
    (void) state;
}

static void
an_address_that_the_host_loses_is_set_by_its_router(void **state)
{
    struct cox_ip other = lan_ip("10.0.0.9");
    struct cox_vrrp_link link = { .name = "eth0", .index = 1, .is_up = true, .addresses = &other, .n_addresses = 1 };
    struct lan *lan = lan_new(1, 1);

    lan_give(lan, 0, sharing_set(0, 255));
    assert_string_equal(lan_holders(lan, "10.0.0.1"), "-");
    lan_event(lan, 0, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_LINK, .link = &link });
    assert_string_equal(lan_holders(lan, "10.0.0.1"), "a");
    assert_non_null(strstr(lan->nodes[0].said->str, "V1:7 "));
    lan_stop(lan, 0);
    assert_int_equal(lan->nodes[0].removes, 1);
    lan_free(lan);
    (void) state;
}

/* What RFC 9568 leaves to the host is said, as it is there twice now. */
static void
an_owner_that_leaves_says_what_its_host_keeps(void **state)
{
    struct lan *lan = lan_new(2, 1);

    for (guint i = 0; i < 2; i++) {
        lan_give(lan, i, sharing_set(i, 255));
    }
    lan_run(lan, S);
    assert_null(strstr(lan->nodes[0].said->str, "V1:9 "));
    lan_stop(lan, 0);
    assert_non_null(strstr(lan->nodes[0].said->str, "V1:9 "));
    assert_null(strstr(lan->nodes[0].said->str, "V2:9 "));
    lan_free(lan);
    (void) state;
}

/* The cluster says who has the addresses: none is the host's own, whatever the priority. */
static void
with_authority_of_the_cluster_nobody_owns_an_address(void **state)
{
    const struct cox_vrrp_event promote = { .kind = COX_VRRP_ON_ORDER, .order = { "V1", COX_VRRP_ORDER_PROMOTE } };
    const struct cox_vrrp_event demote = { .kind = COX_VRRP_ON_ORDER, .order = { "V1", COX_VRRP_ORDER_DEMOTE } };
    struct cox_ip addresses[2] = { lan_ip("10.0.0.1"), lan_ip(VIP2) };
    struct cox_vrrp_link link = { .name = "eth0", .index = 1, .is_up = true, .addresses = addresses, .n_addresses = 2 };
    struct cox_vrrp_set *before = lan_set(100, 200 * MS), *after = lan_set(255, 200 * MS);
    struct lan *lan = lan_new(1, 1);

    lan_first(before)->authority = lan_first(after)->authority = COX_VRRP_AUTHORITY_CLUSTER;
    lan_add_address(after, lan_first(after), VIP2); /* which the host has */
    lan_give(lan, 0, before);
    lan_event(lan, 0, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_LINK, .link = &link });
    lan_give(lan, 0, after);
    lan_run(lan, S);
    assert_int_equal(lan_status(lan, 0, "V1").state, COX_VRRP_BACKUP); /* nor is it master for its priority */
    lan_event(lan, 0, &promote);
    assert_string_equal(lan_holders(lan, VIP2), "a");
    lan_event(lan, 0, &demote);
    assert_string_equal(lan_holders(lan, VIP2), "-");
    assert_null(strstr(lan->nodes[0].said->str, "V1:9 "));
    lan_free(lan);
    (void) state;
}

/* On a virtual interface the address is set, beside the host's own. */
static void
a_virtual_interface_has_the_address_as_well(void **state)
{
    struct cox_vrrp_set *set = sharing_set(0, 255);
    struct lan *lan = lan_new(1, 1);

    lan_first(set)->vmac.kind = COX_VRRP_VMAC_MACVLAN;
    lan_give(lan, 0, set);
    assert_string_equal(lan_holders(lan, "10.0.0.1"), "a");
    assert_int_equal(lan_status(lan, 0, "V2").state, COX_VRRP_BACKUP);
    lan_stop(lan, 0);
    assert_int_equal(lan->nodes[0].removes, 1);
    lan_free(lan);
    (void) state;
}

COX_TEST_MAIN(cmocka_unit_test(hosts_may_share_the_load_with_their_only_addresses), cmocka_unit_test(the_own_address_of_a_host_stays_when_its_router_goes),
              cmocka_unit_test(what_an_owner_has_set_it_takes_away), cmocka_unit_test(an_address_that_the_host_loses_is_set_by_its_router),
              cmocka_unit_test(a_virtual_interface_has_the_address_as_well), cmocka_unit_test(an_owner_that_leaves_says_what_its_host_keeps),
              cmocka_unit_test(with_authority_of_the_cluster_nobody_owns_an_address),
              cmocka_unit_test(routers_of_one_vrid_are_told_apart), cmocka_unit_test(unicast_routers_are_told_apart_by_their_peers))
