/* Tests of lib/exec/execrsc.c */
#include "exec/execrsc.h"

#include "base/testkit.h"

static void
resources_are_sorted_and_found(void **state)
{
    GPtrArray *rscs = cox_execrscs_new();

    (void) state;
    cox_execrscs_need(rscs, "m");
    cox_execrscs_need(rscs, "a");
    cox_execrscs_need(rscs, "z");
    assert_ptr_equal(cox_execrscs_need(rscs, "m"), cox_execrscs_find(rscs, "m"));
    assert_int_equal(rscs->len, 3);
    assert_null(cox_execrscs_find(rscs, "n"));
    assert_null(cox_execrscs_find(rscs, "zz"));
    cox_execrscs_remove(rscs, cox_execrscs_find(rscs, "a"));
    assert_null(cox_execrscs_find(rscs, "a"));
    assert_string_equal(((struct cox_execrsc *) rscs->pdata[0])->id, "m");
    g_ptr_array_unref(rscs);
}

static struct cox_execop *
add(struct cox_execrsc *rsc, const char *task, gint64 interval_ms, cox_usec due_at)
{
    struct cox_execop *op = cox_execrsc_add(rsc, task, interval_ms);

    op->due_at = due_at;
    return op;
}

static void
one_shots_go_first_in_their_order_and_delayed_ones_let_monitors_pass(void **state)
{
    GPtrArray *rscs = cox_execrscs_new();
    struct cox_execrsc *rsc = cox_execrscs_need(rscs, "r");
    struct cox_execop *late = NULL, *early = NULL, *start = NULL, *stop = NULL;

    (void) state;
    assert_null(cox_execrsc_next(rsc, 100));
    late = add(rsc, "monitor", 20, 90);
    early = add(rsc, "monitor", 10, 80);
    assert_ptr_equal(cox_execrsc_next(rsc, 100), early);
    start = add(rsc, "start", 0, 150);
    stop = add(rsc, "stop", 0, 100);
    assert_ptr_equal(cox_execrsc_next(rsc, 100), early); /* the start is not due */
    assert_ptr_equal(cox_execrsc_next(rsc, 150), start);
    early->due_at = late->due_at = 500;
    assert_ptr_equal(cox_execrsc_next(rsc, 100), start); /* what comes first, for the timer */
    assert_ptr_equal(cox_execrsc_find(rsc, "monitor", 20), late);
    assert_null(cox_execrsc_find(rsc, "monitor", 30));
    assert_null(cox_execrsc_find(rsc, "demote", 0));
    rsc->busy = start;
    assert_null(cox_execrsc_next(rsc, 1000));
    rsc->busy = NULL;
    cox_execrsc_drop(rsc, start);
    assert_ptr_equal(cox_execrsc_next(rsc, 1000), stop);
    cox_execrsc_drop(rsc, early);
    cox_execrsc_drop(rsc, late);
    assert_ptr_equal(cox_execrsc_next(rsc, 1000), stop);
    g_ptr_array_unref(rscs);
}

static void
a_noted_result_keeps_its_own_reason(void **state)
{
    GPtrArray *rscs = cox_execrscs_new();
    struct cox_execop *op = cox_execrsc_add(cox_execrscs_need(rscs, "r"), "monitor", 10);
    char reason[] = "why";

    (void) state;
    cox_execop_note(op, &(struct cox_exec_result) { COX_OP_STATUS_DONE, 1, reason });
    reason[0] = 'X';
    assert_string_equal(op->last.reason, "why");
    cox_execop_note(op, &op->last);
    assert_string_equal(op->last.reason, "why");
    cox_execop_note(op, &(struct cox_exec_result) { COX_OP_STATUS_DONE, 0, NULL });
    assert_null(op->last.reason);
    g_ptr_array_unref(rscs);
}

COX_TEST_MAIN(cmocka_unit_test(resources_are_sorted_and_found),
              cmocka_unit_test(one_shots_go_first_in_their_order_and_delayed_ones_let_monitors_pass),
              cmocka_unit_test(a_noted_result_keeps_its_own_reason))
