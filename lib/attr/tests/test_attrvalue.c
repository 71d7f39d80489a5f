/* Tests of lib/attr/attrvalue.c */
#include "attr/attrvalue.h"

#include "base/testkit.h"

static void
relative_values_are_sums_of_scores(void **state)
{
    static const struct {
        const char *text, *current, *expected;
    } cases[] = {
        { "value++", NULL, "1" },
        { "value++", "4", "5" },
        { "fail-count-r++", "4", "5" },
        { "value+=10", "4", "14" },
        { "fail-count-r+=INFINITY", "4", "INFINITY" },
        { "value++", "INFINITY", "INFINITY" },
        { "value++", "blue", "1" },
        { "value+=-3", "1", "-2" },
        { "value+=blue", "1", "value+=blue" },
        { "value+", "1", "value+" },
        { "value+-", "1", "value+-" },
        { "fail-count-r", "1", "fail-count-r" },
        { "fail-count-r2++", "1", "fail-count-r2++" },
        { "c++", "1", "c++" },
        { "", "1", "" },
        { "42", NULL, "42" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = cox_attrvalue_expand(cases[i].text, "fail-count-r", cases[i].current);

        if (g_strcmp0(got, cases[i].expected) != 0) {
            fail_msg("%s after %s: %s", cases[i].text, cases[i].current, got);
        }
    }
    assert_null(cox_attrvalue_expand(NULL, "x", "1"));
}

COX_TEST_MAIN(cmocka_unit_test(relative_values_are_sums_of_scores))
