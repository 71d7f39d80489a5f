/* Tests of lib/attr/attrwait.c */
#include "attr/attrwait.h"

#include "base/testkit.h"

static void
a_request_is_over_when_all_have_it_or_have_left(void **state)
{
    static const guint32 ids[] = { 1, 2, 3 };
    g_autoptr(GArray) members = g_array_new(FALSE, FALSE, sizeof(guint32));
    struct cox_attrwait wait;

    (void) state;
    cox_attrwait_init(&wait);
    g_array_append_vals(members, ids, 3);
    cox_attrwait_add(&wait, 7, members);
    cox_attrwait_add(&wait, 8, members);
    cox_attrwait_confirm(&wait, 7, 2);
    cox_attrwait_confirm(&wait, 7, 2);
    cox_attrwait_confirm(&wait, 9, 1);
    cox_attrwait_confirm(&wait, 7, 1);
    assert_int_equal(cox_attrwait_take_complete(&wait), 0);
    cox_attrwait_confirm(&wait, 8, 1);
    cox_attrwait_confirm(&wait, 8, 3);
    g_array_set_size(members, 2); /* node 3 has left */
    cox_attrwait_keep_members(&wait, members);
    assert_int_equal(cox_attrwait_take_complete(&wait), 7);
    assert_int_equal(cox_attrwait_take_complete(&wait), 0);
    cox_attrwait_confirm(&wait, 8, 2);
    assert_int_equal(cox_attrwait_take_complete(&wait), 8);
    assert_int_equal(cox_attrwait_take_complete(&wait), 0);
    cox_attrwait_add(&wait, 9, members); /* left over: freed */
    cox_attrwait_clear(&wait);
}

COX_TEST_MAIN(cmocka_unit_test(a_request_is_over_when_all_have_it_or_have_left))
