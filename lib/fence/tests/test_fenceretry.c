/* Tests of lib/fence/fenceretry.c */
#include "fence/fenceretry.h"

#include "base/testkit.h"

static void
after_the_first_attempts_come_growing_pauses_and_no_end(void **state)
{
    struct cox_fenceretry retry;
    cox_usec now = 1000;

    (void) state;
    cox_fenceretry_init(&retry, 3, 60000, 240000);
    assert_true(cox_fenceretry_at(&retry, "n1") < now);
    assert_int_equal(cox_fenceretry_failures(&retry, "n1"), 0);
    for (guint i = 1; i <= 8; i++) {
        static const gint64 pauses_ms[] = { 0, 0, 60000, 120000, 240000, 240000, 240000, 240000 };

        cox_fenceretry_note_failure(&retry, "n1", now);
        assert_int_equal(cox_fenceretry_at(&retry, "n1"), now + pauses_ms[i - 1] * 1000);
        assert_int_equal(cox_fenceretry_failures(&retry, "n1"), i);
        now = cox_fenceretry_at(&retry, "n1") + 5;
    }
    assert_int_equal(cox_fenceretry_failures(&retry, "n2"), 0);
    cox_fenceretry_note_success(&retry, "n1");
    assert_int_equal(cox_fenceretry_failures(&retry, "n1"), 0);
    cox_fenceretry_note_failure(&retry, "n1", now);
    assert_int_equal(cox_fenceretry_at(&retry, "n1"), now);
    cox_fenceretry_clear(&retry);
}

COX_TEST_MAIN(cmocka_unit_test(after_the_first_attempts_come_growing_pauses_and_no_end))
