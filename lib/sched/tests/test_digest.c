/* lib/sched/tests/test_digest.c - tests of lib/sched/digest.c and of the tasks' names in lib/sched/action.c. */
#include "base/testkit.h"

#include "sched/planner_priv.h"

static void
digest_is_that_of_the_sorted_parameters(void **state)
{
    struct cox_nvpair one[] = { { .name = "b", .value = "2" }, { .name = "a", .value = "1" } };
    struct cox_nvpair two[] = { { .name = "a", .value = "1" }, { .name = "b", .value = "2" } };
    g_autofree char *first = sched_digest_params(one, 2);
    g_autofree char *second = sched_digest_params(two, 2);
    g_autofree char *known = g_compute_checksum_for_string(G_CHECKSUM_MD5, " <parameters a=\"1\" b=\"2\"/>\n", -1);

    (void) state;
    assert_string_equal(first, second);
    assert_string_equal(first, known);
}

static void
digest_of_no_parameters_is_the_known_one(void **state)
{
    g_autofree char *digest = sched_digest_params(NULL, 0);

    (void) state;
    assert_string_equal(digest, "f2317cad3d54cec5d7d7aa7d0bf35cf8");
}

static void
digest_escapes_what_xml_would(void **state)
{
    struct cox_nvpair pairs[] = { { .name = "a", .value = "<&>\"\t\n\r" } };
    g_autofree char *digest = sched_digest_params(pairs, 1);
    g_autofree char *known = g_compute_checksum_for_string(
        G_CHECKSUM_MD5, " <parameters a=\"&lt;&amp;&gt;&quot;&#9;&#10;&#13;\"/>\n", -1);

    (void) state;
    assert_string_equal(digest, known);
}

static void
tasks_are_found_by_their_names(void **state)
{
    (void) state;
    for (int i = 1; i < SCHED_N_TASKS; i++) {
        assert_int_equal(sched_task_parse(sched_task_text((enum sched_task) i)), i);
    }
    assert_int_equal(sched_task_parse("no-such-task"), SCHED_TASK_NONE);
}

COX_TEST_MAIN(cmocka_unit_test(digest_is_that_of_the_sorted_parameters),
              cmocka_unit_test(digest_of_no_parameters_is_the_known_one),
              cmocka_unit_test(digest_escapes_what_xml_would), cmocka_unit_test(tasks_are_found_by_their_names))
