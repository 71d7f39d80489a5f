/* Tests of lib/runtime/timerq.c. */
#include "runtime/timerq.h"

#include "base/testkit.h"

static void
nothing(void *context)
{
    (void) context;
}

static void
add(struct cox_timerq *queue, cox_usec when, guint64 id)
{
    cox_timerq_add(queue, &(struct cox_timerq_entry) { when, id, nothing, NULL });
}

static void
timers_come_by_time_and_equal_ones_by_age(void **state)
{
    static const guint64 expected[] = { 4, 1, 3, 2 };
    struct cox_timerq *queue = cox_timerq_new();
    struct cox_timerq_entry entry;

    (void) state;
    add(queue, 10, 1);
    add(queue, 20, 2);
    add(queue, 10, 3);
    add(queue, -5, 4);
    assert_int_equal(cox_timerq_next(queue), -5);
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        assert_true(cox_timerq_pop(queue, 20, 4, &entry));
        assert_int_equal(entry.id, expected[i]);
    }
    assert_false(cox_timerq_pop(queue, 1000, 4, &entry));
    assert_true(cox_timerq_next(queue) == COX_USEC_NEVER);
    cox_timerq_free(queue);
}

static void
what_is_not_due_or_too_young_stays(void **state)
{
    struct cox_timerq *queue = cox_timerq_new();
    struct cox_timerq_entry entry = { .id = 17 };

    (void) state;
    add(queue, 10, 5);
    assert_false(cox_timerq_pop(queue, 9, 5, &entry));
    assert_false(cox_timerq_pop(queue, 10, 4, &entry));
    assert_int_equal(entry.id, 17);
    assert_true(cox_timerq_pop(queue, 10, 5, &entry));
    cox_timerq_free(queue);
}

static void
a_removed_timer_is_gone_and_a_stale_id_is_harmless(void **state)
{
    struct cox_timerq *queue = cox_timerq_new();

    (void) state;
    add(queue, 10, 1);
    add(queue, 5, 2);
    assert_true(cox_timerq_remove(queue, 2));
    assert_false(cox_timerq_remove(queue, 2));
    assert_int_equal(cox_timerq_next(queue), 10);
    cox_timerq_free(queue);
}

static void
ten_thousand_timers_leave_in_order(void **state)
{
    struct cox_timerq *queue = cox_timerq_new();
    struct cox_timerq_entry entry;
    cox_usec last = -1;
    size_t n = 0;

    (void) state;
    for (guint64 i = 1; i <= 10000; i++) {
        add(queue, (cox_usec) (i * 7919 % 10007), i);
    }
    for (guint64 i = 1; i <= 10000; i += 2) {
        assert_true(cox_timerq_remove(queue, i));
    }
    while (cox_timerq_pop(queue, COX_USEC_NEVER - 1, 10000, &entry)) {
        assert_true(entry.when >= last && entry.id % 2 == 0);
        last = entry.when;
        n++;
    }
    assert_int_equal(n, 5000);
    cox_timerq_free(queue);
}

COX_TEST_MAIN(cmocka_unit_test(timers_come_by_time_and_equal_ones_by_age),
              cmocka_unit_test(what_is_not_due_or_too_young_stays),
              cmocka_unit_test(a_removed_timer_is_gone_and_a_stale_id_is_harmless),
              cmocka_unit_test(ten_thousand_timers_leave_in_order))
