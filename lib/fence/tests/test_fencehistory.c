/* Tests of lib/fence/fencehistory.c */
#include "fence/fencehistory.h"

#include "base/testkit.h"

static bool
add(struct cox_fencehistory *history, guint64 serial, gint64 second, bool is_ok)
{
    struct cox_fence_record record = { { 1, serial }, "n1", "client", "n2", NULL, COX_FENCE_OFF, is_ok, false,
                                       { second * G_USEC_PER_SEC } };

    return cox_fencehistory_add(history, &record);
}

static guint64
serial_at(const struct cox_fencehistory *history, guint i)
{
    return ((const struct cox_fence_record *) history->records->pdata[i])->id.serial;
}

static void
records_are_kept_once_in_order_of_time_and_not_for_ever(void **state)
{
    struct cox_fencehistory history;

    (void) state;
    cox_fencehistory_init(&history);
    assert_true(add(&history, 1, 100, true));
    assert_true(add(&history, 2, 300, true));
    assert_true(add(&history, 3, 200, true));
    assert_false(add(&history, 3, 900, false));
    assert_int_equal(serial_at(&history, 0), 1);
    assert_int_equal(serial_at(&history, 1), 3);
    assert_int_equal(serial_at(&history, 2), 2);
    for (guint64 serial = 10; serial < 10 + COX_FENCE_HISTORY_MAX; serial++) {
        add(&history, serial, 1000 + (gint64) serial, true);
    }
    assert_int_equal(history.records->len, COX_FENCE_HISTORY_MAX);
    assert_int_equal(serial_at(&history, 0), 10);
    cox_fencehistory_clear(&history);
}

static void
only_a_recent_success_of_the_same_action_counts(void **state)
{
    struct cox_fence_request request = { .target = "n1", .action = COX_FENCE_OFF, .tolerance_ms = 10000 };
    struct cox_fencehistory history;

    (void) state;
    cox_fencehistory_init(&history);
    add(&history, 1, 100, true);
    add(&history, 2, 105, false);
    assert_true(cox_fencehistory_has_success(&history, &request, 0, cox_wall_from_seconds(109)));
    assert_false(cox_fencehistory_has_success(&history, &request, 0, cox_wall_from_seconds(110)));
    assert_false(cox_fencehistory_has_success(&history, &request, 0, cox_wall_from_seconds(99))); /* a clock set back */
    request.tolerance_ms = 0;
    assert_false(cox_fencehistory_has_success(&history, &request, 0, cox_wall_from_seconds(100)));
    request.tolerance_ms = 10000;
    request.action = COX_FENCE_REBOOT;
    assert_false(cox_fencehistory_has_success(&history, &request, 0, cox_wall_from_seconds(101)));
    request.action = COX_FENCE_OFF;
    request.target = "n2";
    assert_false(cox_fencehistory_has_success(&history, &request, 0, cox_wall_from_seconds(101)));
    cox_fencehistory_clear(&history);
}

static void
it_can_be_forgotten_for_one_node_or_for_all(void **state)
{
    struct cox_fencehistory history;

    (void) state;
    cox_fencehistory_init(&history);
    add(&history, 1, 100, true);
    add(&history, 2, 105, false);
    cox_fencehistory_forget(&history, "n2");
    assert_int_equal(history.records->len, 2);
    cox_fencehistory_forget(&history, "n1");
    assert_int_equal(history.records->len, 0);
    add(&history, 3, 100, true);
    cox_fencehistory_forget(&history, NULL);
    assert_int_equal(history.records->len, 0);
    cox_fencehistory_clear(&history);
}

COX_TEST_MAIN(cmocka_unit_test(it_can_be_forgotten_for_one_node_or_for_all),
              cmocka_unit_test(records_are_kept_once_in_order_of_time_and_not_for_ever),
              cmocka_unit_test(only_a_recent_success_of_the_same_action_counts))
