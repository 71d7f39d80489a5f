/* Tests of lib/exec/execresult.c */
#include "exec/execresult.h"

#include "base/testkit.h"

static void
what_a_probe_says_about_a_lost_operation(void **state)
{
    static const struct {
        const char *task;
        enum cox_op_status status;
        int probe_rc;
        bool is_success;
    } cases[] = {
        { "start", COX_OP_STATUS_DONE, 0, true },        { "start", COX_OP_STATUS_DONE, 7, false },
        { "start", COX_OP_STATUS_DONE, 8, true },        { "start", COX_OP_STATUS_TIMEOUT, 0, false },
        { "stop", COX_OP_STATUS_DONE, 7, true },         { "stop", COX_OP_STATUS_DONE, 0, false },
        { "promote", COX_OP_STATUS_DONE, 8, true },      { "promote", COX_OP_STATUS_DONE, 0, false },
        { "demote", COX_OP_STATUS_DONE, 0, true },       { "demote", COX_OP_STATUS_DONE, 8, false },
        { "migrate_to", COX_OP_STATUS_DONE, 7, true },   { "migrate_to", COX_OP_STATUS_DONE, 0, false },
        { "migrate_from", COX_OP_STATUS_DONE, 0, true }, { "migrate_from", COX_OP_STATUS_DONE, 7, false },
        { "notify", COX_OP_STATUS_DONE, 0, false },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_exec_result probe = { cases[i].status, cases[i].probe_rc, NULL };
        struct cox_exec_result got = cox_exec_result_from_probe(cases[i].task, &probe);

        if ((got.status == COX_OP_STATUS_DONE && got.rc == 0) != cases[i].is_success
            || (got.reason == NULL) != cases[i].is_success) {
            fail_msg("%s, probe %d: %d", cases[i].task, cases[i].probe_rc, got.rc);
        }
    }
}

static void
results_differ_in_status_code_or_reason(void **state)
{
    struct cox_exec_result a = { COX_OP_STATUS_DONE, 0, NULL };
    struct cox_exec_result b = a;

    (void) state;
    assert_true(cox_exec_result_is_same(&a, &b));
    b.reason = "x";
    assert_false(cox_exec_result_is_same(&a, &b));
    b = (struct cox_exec_result) { COX_OP_STATUS_DONE, 7, NULL };
    assert_false(cox_exec_result_is_same(&a, &b));
    b = (struct cox_exec_result) { COX_OP_STATUS_TIMEOUT, 0, NULL };
    assert_false(cox_exec_result_is_same(&a, &b));
}

static void
jitter_is_repeatable_bounded_and_spread(void **state)
{
    guint buckets[10] = { 0 };

    (void) state;
    assert_int_equal(cox_exec_jitter_ms(1, "r", 5, 3), 0);
    assert_int_equal(cox_exec_jitter_ms(7, "r", 10000, 3), cox_exec_jitter_ms(7, "r", 10000, 3));
    for (guint i = 0; i < 1000; i++) {
        g_autofree char *id = g_strdup_printf("rsc%u", i % 100);
        gint64 jitter_ms = cox_exec_jitter_ms(42, id, 10000, i / 100);
        gint64 long_ms = cox_exec_jitter_ms(42, id, 3600000, i / 100);

        assert_in_range(jitter_ms, 0, 1000);
        assert_in_range(long_ms, 0, 5000);
        buckets[MIN(jitter_ms / 100, 9)]++;
    }
    for (guint i = 0; i < 10; i++) {
        assert_in_range(buckets[i], 60, 140);
    }
}

static void
a_spread_covers_the_whole_interval(void **state)
{
    guint n_late = 0;

    (void) state;
    for (guint i = 0; i < 1000; i++) {
        g_autofree char *id = g_strdup_printf("rsc%u", i);
        gint64 pause_ms = cox_exec_spread_ms(42, id, 10000);

        assert_in_range(pause_ms, 0, 10000);
        n_late += pause_ms > 5000;
    }
    assert_in_range(n_late, 400, 600);
    assert_int_equal(cox_exec_spread_ms(42, "a", 7000), cox_exec_spread_ms(42, "a", 7000));
}

COX_TEST_MAIN(cmocka_unit_test(what_a_probe_says_about_a_lost_operation),
              cmocka_unit_test(results_differ_in_status_code_or_reason),
              cmocka_unit_test(jitter_is_repeatable_bounded_and_spread),
              cmocka_unit_test(a_spread_covers_the_whole_interval))
