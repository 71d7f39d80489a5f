/* lib/vrrp/tests/test_vrrpheap.c */
#include "vrrp/vrrpheap.h"

#include "base/testkit.h"

#define N 300

static cox_usec
earliest(const struct cox_vrrp_timer *timers)
{
    cox_usec first = COX_USEC_NEVER;

    for (guint i = 0; i < N; i++) {
        first = timers[i].place != 0 ? cox_usec_min(first, timers[i].at) : first;
    }
    return first;
}

static void
the_first_is_the_earliest_whatever_is_moved(void **state)
{
    struct cox_vrrp_timer timers[N] = { 0 };
    struct cox_vrrp_heap heap;
    GRand *rand = g_rand_new_with_seed(5);

    cox_vrrp_heap_init(&heap);
    assert_null(cox_vrrp_heap_first(&heap));
    for (guint i = 0; i < 20000; i++) {
        struct cox_vrrp_timer *timer = &timers[g_rand_int_range(rand, 0, N)];
        const struct cox_vrrp_timer *first;
        gint at = g_rand_int_range(rand, -100, 1000);

        cox_vrrp_heap_set(&heap, timer, at < 0 ? COX_USEC_NEVER : at);
        assert_int_equal(timer->place != 0, at >= 0);
        first = cox_vrrp_heap_first(&heap);
        assert_true((first == NULL ? COX_USEC_NEVER : first->at) == earliest(timers));
    }
    for (guint i = 0; i < N; i++) {
        cox_vrrp_heap_set(&heap, &timers[i], COX_USEC_NEVER);
    }
    assert_null(cox_vrrp_heap_first(&heap));
    cox_vrrp_heap_clear(&heap);
    g_rand_free(rand);
    (void) state;
}

static void
of_timers_with_one_time_that_which_was_set_first_comes_first(void **state)
{
    struct cox_vrrp_timer timers[N] = { 0 };
    struct cox_vrrp_heap heap;

    cox_vrrp_heap_init(&heap);
    for (guint i = 0; i < N; i++) {
        cox_vrrp_heap_set(&heap, &timers[i], 1);
    }
    for (guint round = 1; round < 4; round++) {
        for (guint i = 0; i < N; i++) {
            assert_ptr_equal(cox_vrrp_heap_first(&heap), &timers[i]);
            cox_vrrp_heap_set(&heap, &timers[i], (cox_usec) round + 1);
        }
    }
    cox_vrrp_heap_clear(&heap);
    (void) state;
}

COX_TEST_MAIN(cmocka_unit_test(the_first_is_the_earliest_whatever_is_moved),
              cmocka_unit_test(of_timers_with_one_time_that_which_was_set_first_comes_first))
