/* Tests of lib/control/failure.c. */
#include "control/failure.h"

#include "base/testkit.h"
#include "model/status.h"

static void
only_some_failures_are_counted(void **state)
{
    static const struct {
        struct cox_failed result;
        const char *start_offset, *name, *count;
    } cases[] = {
        { { "r", "monitor", 10000, 7, 0, 0 }, NULL, "fail-count-r#monitor_10000", "value++" },
        { { "r", "monitor", 10000, 1, COX_OP_STATUS_TIMEOUT, 1 }, NULL, "fail-count-r#monitor_10000", "value++" },
        { { "r", "start", 0, 1, 0, 0 }, NULL, "fail-count-r#start_0", "INFINITY" },
        { { "r", "start", 0, 1, 0, 0 }, "1", "fail-count-r#start_0", "value++" },
        { { "r", "stop", 0, 1, 0, 0 }, "1", "fail-count-r#stop_0", "INFINITY" },
        { { "r", "promote", 0, 1, 0, 0 }, NULL, "fail-count-r#promote_0", "value++" },
        { { "r", "demote", 0, 1, 0, 0 }, NULL, "fail-count-r#demote_0", "value++" },
        { { "r", "asyncmon", 0, 1, 0, 0 }, NULL, "fail-count-r#asyncmon_0", "value++" },
        { { "r", "monitor", 0, 0, 0, 7 }, NULL, NULL, NULL },      /* a probe that found something */
        { { "r", "migrate_to", 0, 1, 0, 0 }, NULL, NULL, NULL },
        { { "r", "notify", 0, 1, 0, 0 }, NULL, NULL, NULL },
        { { "r", "monitor", 10000, 0, 0, 0 }, NULL, NULL, NULL },
        { { "r", "monitor", 10000, 1, COX_OP_STATUS_CANCELLED, 0 }, NULL, NULL, NULL },
        { { "r", "monitor", 10000, 193, COX_OP_STATUS_PENDING, 0 }, NULL, NULL, NULL },
        { { "r", "monitor", 10000, 7, 0, -1 }, NULL, NULL, NULL }, /* nobody knows what was wanted */
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_failure_count count = { NULL, NULL, NULL, NULL };
        bool counts = cox_failure_count(&cases[i].result, cases[i].start_offset, NULL, cox_wall_from_seconds(99), &count);

        if (counts != (cases[i].name != NULL) || g_strcmp0(count.count_name, cases[i].name) != 0
            || g_strcmp0(count.count, cases[i].count) != 0) {
            fail_msg("case %zu: %s=%s", i, count.count_name, count.count);
        }
        if (counts) {
            assert_string_equal(count.time, "99");
            assert_true(g_str_has_prefix(count.time_name, "last-failure-r#"));
        }
        cox_failure_clear(&count);
    }
}

static void
the_pattern_finds_the_resources_attributes_and_no_others(void **state)
{
    g_autofree char *pattern = cox_failure_pattern("a.b");

    (void) state;
    assert_true(g_regex_match_simple(pattern, "fail-count-a.b#monitor_10000", 0, 0));
    assert_true(g_regex_match_simple(pattern, "last-failure-a.b#start_0", 0, 0));
    assert_true(g_regex_match_simple(pattern, "fail-count-a.b:12#start_0", 0, 0));
    assert_true(g_regex_match_simple(pattern, "fail-count-a.b", 0, 0));
    assert_false(g_regex_match_simple(pattern, "fail-count-a.b:12x#start_0", 0, 0));
    assert_false(g_regex_match_simple(pattern, "fail-count-axb#start_0", 0, 0));
    assert_false(g_regex_match_simple(pattern, "fail-count-a.bc#start_0", 0, 0));
    assert_false(g_regex_match_simple(pattern, "xfail-count-a.b#start_0", 0, 0));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_some_failures_are_counted),
        cmocka_unit_test(the_pattern_finds_the_resources_attributes_and_no_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
