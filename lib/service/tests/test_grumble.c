/* Tests of lib/service/grumble.c. */
#include "service/grumble.h"

#include "base/testkit.h"

static void
the_first_is_told_at_once_and_the_next_after_a_minute_with_the_number_between(void **state)
{
    g_autoptr(cox_grumble) grumble = cox_grumble_new();
    guint64 more = 99;

    (void) state;
    assert_true(cox_grumble_is_due(grumble, 1, 7, 1000, &more));
    assert_int_equal(more, 0);
    for (int i = 0; i < 50; i++) {
        assert_false(cox_grumble_is_due(grumble, 1, 7, 1000 + i * COX_USEC_PER_S, &more));
    }
    assert_true(cox_grumble_is_due(grumble, 1, 7, 1000 + COX_GRUMBLE_PAUSE_S * COX_USEC_PER_S, &more));
    assert_int_equal(more, 50);
}

static void
another_node_and_another_matter_have_lines_of_their_own(void **state)
{
    g_autoptr(cox_grumble) grumble = cox_grumble_new();
    guint64 more = 99;

    (void) state;
    assert_true(cox_grumble_is_due(grumble, 1, 7, 0, &more));
    assert_true(cox_grumble_is_due(grumble, 1, 8, 0, &more));
    assert_true(cox_grumble_is_due(grumble, 2, 7, 0, &more));
    assert_false(cox_grumble_is_due(grumble, 1, 8, 1, &more));
    assert_true(cox_grumble_is_due(grumble, G_MAXUINT, G_MAXUINT32, 1, &more));
    cox_grumble_free(NULL);
}

COX_TEST_MAIN(cmocka_unit_test(the_first_is_told_at_once_and_the_next_after_a_minute_with_the_number_between),
              cmocka_unit_test(another_node_and_another_matter_have_lines_of_their_own))
