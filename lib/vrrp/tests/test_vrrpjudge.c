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

COX_TEST_MAIN(cmocka_unit_test(routers_of_one_vrid_are_told_apart), cmocka_unit_test(unicast_routers_are_told_apart_by_their_peers))
