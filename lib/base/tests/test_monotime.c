/* Tests of lib/base/monotime.h. */
#include "base/monotime.h"

#include "base/testkit.h"

static void
a_delay_beyond_the_end_of_time_is_never(void **state)
{
    (void) state;
    assert_int_equal(cox_usec_after_ms(5, 3), 3005);
    assert_int_equal(cox_usec_after_ms(5, 0), 5);
    assert_int_equal(cox_usec_after_ms(5, -7), 5);
    assert_true(cox_usec_after_ms(5, G_MAXINT64) == COX_USEC_NEVER);
    assert_true(cox_usec_after_ms(COX_USEC_NEVER, 1) == COX_USEC_NEVER);
    assert_true(cox_usec_after_ms(COX_USEC_NEVER - 10, 1) == COX_USEC_NEVER);
}

static void
never_is_later_than_everything_and_never_due(void **state)
{
    (void) state;
    assert_false(cox_usec_is_set(COX_USEC_NEVER));
    assert_true(cox_usec_is_set(0));
    assert_int_equal(cox_usec_min(COX_USEC_NEVER, 7), 7);
    assert_int_equal(cox_usec_min(8, 7), 7);
    assert_false(cox_usec_is_due(COX_USEC_NEVER, COX_USEC_NEVER));
    assert_true(cox_usec_is_due(7, 7));
    assert_false(cox_usec_is_due(8, 7));
}

static void
a_wait_is_rounded_up_so_that_no_timer_fires_early(void **state)
{
    (void) state;
    assert_int_equal(cox_usec_ms_until(1001, 0), 2);
    assert_int_equal(cox_usec_ms_until(1000, 0), 1);
    assert_int_equal(cox_usec_ms_until(5, 5), 0);
    assert_int_equal(cox_usec_ms_until(4, 5), 0);
    assert_int_equal(cox_usec_ms_until(COX_USEC_NEVER, 5), -1);
}

COX_TEST_MAIN(cmocka_unit_test(a_delay_beyond_the_end_of_time_is_never),
              cmocka_unit_test(never_is_later_than_everything_and_never_due),
              cmocka_unit_test(a_wait_is_rounded_up_so_that_no_timer_fires_early))
