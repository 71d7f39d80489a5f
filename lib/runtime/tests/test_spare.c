/* Tests of lib/runtime/spare.c. */
#include "runtime/spare.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/testkit.h"

enum { N_PIECES = 20000, PIECE_BYTES = 1000 };

static long
resident_pages(void)
{
    long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld", &size, &resident), 2);
    (void) fclose(file);
    return resident;
}

/* Memory is taken and freed, but for the last piece, which keeps malloc() from giving it back by itself; NULL: another allocator. */
static void *
leave_a_hole(void)
{
    gsize before = mallinfo2().uordblks;
    void **pieces = g_new(void *, N_PIECES);
    void *last;
    bool is_glibc;

    for (int i = 0; i < N_PIECES; i++) {
        pieces[i] = malloc(PIECE_BYTES);
        assert_non_null(pieces[i]);
        memset(pieces[i], 1, PIECE_BYTES);
    }
    is_glibc = mallinfo2().uordblks > before + (gsize) N_PIECES * PIECE_BYTES / 2;
    last = pieces[N_PIECES - 1];
    for (int i = 0; i < N_PIECES - 1; i++) {
        free(pieces[i]);
    }
    g_free(pieces);
    if (!is_glibc) { /* a sanitizer's, say */
        free(last);
        return NULL;
    }
    return last;
}

static void
what_is_free_goes_back(void **state)
{
    struct cox_spare spare = { 0 };
    void *last = leave_a_hole();
    long before = resident_pages(), after;
    bool is_done = cox_spare_release(&spare, 1);

    (void) state;
    after = resident_pages();
    if (last != NULL) {
        assert_true(is_done);
        assert_true((before - after) * sysconf(_SC_PAGESIZE) > (long) N_PIECES * PIECE_BYTES / 2);
    } else {
        assert_false(is_done);
    }
    free(last);
}

static void
it_is_not_done_again_before_ten_seconds_are_over(void **state)
{
    struct cox_spare spare = { .next = COX_USEC_PER_S };
    void *last = leave_a_hole();

    (void) state;
    assert_false(cox_spare_release(&spare, COX_USEC_PER_S - 1));
    assert_int_equal(cox_spare_release(&spare, COX_USEC_PER_S), last != NULL);
    assert_int_equal(spare.next, 11 * COX_USEC_PER_S);
    free(last);
}

static void
it_is_not_done_again_when_nothing_has_changed(void **state)
{
    struct cox_spare spare = { 0 };
    void *last = leave_a_hole();

    (void) state;
    (void) cox_spare_release(&spare, 1);
    assert_false(cox_spare_release(&spare, 60 * COX_USEC_PER_S));
    free(last);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_free_goes_back),
        cmocka_unit_test(it_is_not_done_again_before_ten_seconds_are_over),
        cmocka_unit_test(it_is_not_done_again_when_nothing_has_changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
