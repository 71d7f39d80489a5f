/* Tests of lib/exec/execturn.c: whose turn it is */
#include "exec/execturn.h"

#include "base/testkit.h"

static struct cox_execop *
add(GPtrArray *rscs, const char *rsc, const char *task, gint64 interval_ms, cox_usec due_at)
{
    struct cox_execop *op = cox_execrsc_add(cox_execrscs_need(rscs, rsc), task, interval_ms);

    op->due_at = due_at;
    return op;
}

static struct cox_execop *
run(GPtrArray *rscs, const char *rsc, const char *task)
{
    struct cox_execop *op = add(rscs, rsc, task, 0, 0);

    op->is_counted = true;
    cox_execrscs_need(rscs, rsc)->busy = op;
    return op;
}

static void
only_what_somebody_waits_for_is_limited(void **state)
{
    g_autoptr(GPtrArray) rscs = cox_execrscs_new();
    struct cox_execop *op = add(rscs, "a", "monitor", 0, 0);

    (void) state;
    assert_true(cox_execturn_is_limited(op));
    op = add(rscs, "a", "monitor", 1000, 0);
    assert_true(cox_execturn_is_limited(op));
    op->n_runs = 1;
    assert_false(cox_execturn_is_limited(op));
}

static void
room_is_taken_by_what_is_counted_and_was_not_told_to_end(void **state)
{
    g_autoptr(GPtrArray) rscs = cox_execrscs_new();
    struct cox_execop *one = run(rscs, "a", "start"), *other = run(rscs, "b", "start");

    (void) state;
    assert_true(cox_execturn_has_room(rscs, 0));
    assert_true(cox_execturn_has_room(rscs, 3));
    assert_false(cox_execturn_has_room(rscs, 2));
    one->is_timed_out = true;
    assert_true(cox_execturn_has_room(rscs, 2));
    assert_false(cox_execturn_has_room(rscs, 1));
    other->is_killed = true;
    assert_true(cox_execturn_has_room(rscs, 1));
    one->is_timed_out = one->is_counted = false; /* a monitor that has run before */
    assert_true(cox_execturn_has_room(rscs, 1));
}

static void
the_best_of_what_is_due_is_next(void **state)
{
    g_autoptr(GPtrArray) rscs = cox_execrscs_new();
    struct cox_execrsc *rsc = NULL;

    (void) state;
    assert_null(cox_execturn_next(rscs, 0, 10, &rsc));
    add(rscs, "a", "monitor", 1000, 0);
    assert_string_equal(cox_execturn_next(rscs, 0, 10, &rsc)->task, "monitor");
    add(rscs, "b", "start", 0, 5);
    assert_string_equal(cox_execturn_next(rscs, 0, 10, &rsc)->task, "start");
    add(rscs, "c", "promote", 0, 4);
    assert_string_equal(cox_execturn_next(rscs, 0, 10, &rsc)->task, "promote");
    add(rscs, "d", "demote", 0, 11);
    assert_string_equal(cox_execturn_next(rscs, 0, 10, &rsc)->task, "promote");
    assert_string_equal(cox_execturn_next(rscs, 0, 11, &rsc)->task, "demote");
    assert_string_equal(rsc->id, "d");
}

static void
without_room_only_monitors_go_on_also_of_what_waits(void **state)
{
    g_autoptr(GPtrArray) rscs = cox_execrscs_new();
    struct cox_execop *late = NULL, *soon = NULL;
    struct cox_execrsc *rsc = NULL;

    (void) state;
    run(rscs, "a", "start");
    add(rscs, "b", "stop", 0, 0);
    add(rscs, "b", "monitor", 1000, 0); /* that has not run yet */
    assert_null(cox_execturn_next(rscs, 1, 10, &rsc));
    late = add(rscs, "b", "monitor", 2000, 9);
    soon = add(rscs, "b", "monitor", 3000, 8);
    late->n_runs = soon->n_runs = 1;
    assert_ptr_equal(cox_execturn_next(rscs, 1, 10, &rsc), soon);
    assert_ptr_equal(cox_execturn_next(rscs, 1, 8, &rsc), soon);
    assert_null(cox_execturn_next(rscs, 1, 7, &rsc));
    assert_string_equal(cox_execturn_next(rscs, 2, 10, &rsc)->task, "stop");
}

static void
what_ends_monitoring(void **state)
{
    static const struct {
        const char *task;
        gint64 interval_ms;
        bool ends;
    } rows[] = { { "stop", 0, true }, { "migrate_to", 0, true }, { "migrate_from", 0, false }, { "demote", 0, false }, { "monitor", 1000, false } };
    g_autoptr(GPtrArray) rscs = cox_execrscs_new();

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_int_equal(cox_execturn_ends_monitoring(add(rscs, "a", rows[i].task, rows[i].interval_ms, 0)), rows[i].ends);
    }
}

COX_TEST_MAIN(cmocka_unit_test(only_what_somebody_waits_for_is_limited),
              cmocka_unit_test(room_is_taken_by_what_is_counted_and_was_not_told_to_end),
              cmocka_unit_test(the_best_of_what_is_due_is_next),
              cmocka_unit_test(without_room_only_monitors_go_on_also_of_what_waits), cmocka_unit_test(what_ends_monitoring))
