/* lib/vrrp/tests/test_vrrp.c */
#include "vrrp/vrrp.h"

#include "base/testkit.h"
#include "vrrplan.h"

#define MS COX_USEC_PER_MS
#define S COX_USEC_PER_S
#define VIP "10.0.0.100"

/* Two nodes with these sets; both start at once and have 4 s. */
static struct lan *
pair(struct cox_vrrp_set *a, struct cox_vrrp_set *b)
{
    struct lan *lan = lan_new(2, 1);

    lan_give(lan, 0, a);
    lan_give(lan, 1, b);
    lan_run(lan, 4 * S);
    return lan;
}

static void
the_higher_one_is_master_and_comes_back(void **state)
{
    struct lan *lan = pair(lan_set(200, 200 * MS), lan_set(100, 200 * MS));

    assert_string_equal(lan_holders(lan, VIP), "a");
    lan_stop(lan, 0);
    assert_string_equal(lan_holders(lan, VIP), "-");
    lan_run(lan, 130 * MS); /* skew: 156/256 of 200 ms */
    assert_string_equal(lan_holders(lan, VIP), "b");
    assert_int_equal(lan_client(lan, 0, VIP), 'b');
    lan_give(lan, 0, lan_set(200, 200 * MS));
    lan_run(lan, 700 * MS);
    assert_string_equal(lan_holders(lan, VIP), "a");
    assert_string_equal(lan->nodes[1].told->str, "V1:BACKUP V1:MASTER V1:BACKUP ");
    lan_free(lan);
    (void) state;
}

COX_TEST_MAIN(cmocka_unit_test(the_higher_one_is_master_and_comes_back))
