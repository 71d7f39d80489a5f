/* lib/vrrp/tests/test_vrrpreload.c */
#include "vrrp/vrrp.h"

#include "base/testkit.h"
#include "vrrplan.h"

#define MS COX_USEC_PER_MS
#define S COX_USEC_PER_S
#define VIP "10.0.0.100"
#define VIP2 "10.1.0.100"

/* V1 and V2 with these priorities, in a group or not. */
static struct cox_vrrp_set *
two(guint8 first, guint8 second, bool is_group)
{
    struct cox_vrrp_set *set = lan_group_set(first, 200 * MS);

    lan_first(set)[1].priority = second;
    set->n_groups = is_group ? 1 : 0;
    return set;
}

static void
routers_that_become_a_group_come_together(void **state)
{
    struct lan *lan = lan_new(2, 1);

    lan_give(lan, 0, two(200, 100, false));
    lan_give(lan, 1, two(150, 150, false));
    lan_run(lan, 4 * S);
    assert_string_equal(lan_holders(lan, VIP), "a");
    assert_string_equal(lan_holders(lan, VIP2), "b");
    lan_give(lan, 0, two(200, 100, true));
    assert_string_equal(lan_holders(lan, VIP), "-"); /* V2 is a backup, and with it now V1 */
    lan_run(lan, S);
    assert_string_equal(lan_holders(lan, VIP), "b");
    assert_string_equal(lan_holders(lan, VIP2), "b");
    lan_crash(lan, 1);
    lan_run(lan, S);
    assert_string_equal(lan_holders(lan, VIP), "a");
    assert_string_equal(lan_holders(lan, VIP2), "a");
    lan_free(lan);
    (void) state;
}

static void
a_router_that_comes_to_a_group_of_masters_is_waited_for(void **state)
{
    struct cox_vrrp_set *alone = lan_set(200, 200 * MS);
    struct lan *lan = lan_new(1, 1);

    lan_give(lan, 0, alone);
    lan_run(lan, 2 * S);
    assert_string_equal(lan_holders(lan, VIP), "a");
    lan_give(lan, 0, two(200, 200, true));
    assert_string_equal(lan_holders(lan, VIP), "-");
    lan_run(lan, S);
    assert_string_equal(lan_holders(lan, VIP), "a");
    assert_string_equal(lan_holders(lan, VIP2), "a");
    lan_free(lan);
    (void) state;
}

static void
masters_that_become_a_group_stay_masters(void **state)
{
    struct lan *lan = lan_new(1, 1);

    lan_give(lan, 0, two(200, 200, false));
    lan_run(lan, 2 * S);
    lan_give(lan, 0, two(200, 200, true));
    assert_string_equal(lan_holders(lan, VIP), "a");
    assert_string_equal(lan_holders(lan, VIP2), "a");
    assert_string_equal(lan->nodes[0].told->str, "V1:BACKUP V2:BACKUP V1:MASTER V2:MASTER G:MASTER ");
    lan_free(lan);
    (void) state;
}

static void
an_order_holds_for_who_comes_to_the_group(void **state)
{
    struct cox_vrrp_event promote = { .kind = COX_VRRP_ON_ORDER, .order = { "V1", COX_VRRP_ORDER_PROMOTE } };
    struct cox_vrrp_set *sets[] = { two(200, 200, false), two(200, 200, true), two(200, 200, false), lan_set(200, 200 * MS), two(200, 200, true) };
    struct lan *lan = lan_new(1, 1);

    for (guint i = 0; i < G_N_ELEMENTS(sets); i++) {
        for (size_t k = 0; k < sets[i]->n_instances; k++) {
            lan_first(sets[i])[k].authority = COX_VRRP_AUTHORITY_CLUSTER;
        }
    }
    lan_give(lan, 0, sets[0]);
    lan_event(lan, 0, &promote);
    assert_string_equal(lan_holders(lan, VIP2), "-");
    lan_give(lan, 0, sets[1]); /* one that was there */
    assert_string_equal(lan_holders(lan, VIP), "a");
    assert_string_equal(lan_holders(lan, VIP2), "a");
    lan_give(lan, 0, sets[2]);
    lan_give(lan, 0, sets[3]);
    assert_string_equal(lan_holders(lan, VIP2), "-");
    lan_give(lan, 0, sets[4]); /* a new one */
    assert_string_equal(lan_holders(lan, VIP), "a");
    assert_string_equal(lan_holders(lan, VIP2), "a");
    assert_int_equal(lan_status(lan, 0, "V1").stats->became_master, 1);
    lan_free(lan);
    (void) state;
}

COX_TEST_MAIN(cmocka_unit_test(routers_that_become_a_group_come_together), cmocka_unit_test(a_router_that_comes_to_a_group_of_masters_is_waited_for),
              cmocka_unit_test(masters_that_become_a_group_stay_masters), cmocka_unit_test(an_order_holds_for_who_comes_to_the_group))
