/* Tests of lib/model/option.c. */
#include "model/option.h"

#include "base/testkit.h"

static void
options_are_found_by_either_name_in_their_scope(void **state)
{
    size_t n;

    (void) state;
    assert_string_equal(cox_option_find(COX_OPTION_CLUSTER, "stonith-enabled")->name, "fencing-enabled");
    assert_string_equal(cox_option_find(COX_OPTION_CLUSTER, "batch-limit")->fallback, "0");
    assert_null(cox_option_find(COX_OPTION_CLONE_META, "batch-limit"));
    assert_null(cox_option_find(COX_OPTION_CLUSTER, NULL));
    assert_non_null(cox_options(&n));
    assert_true(n > 100);
}

static void
every_default_is_valid(void **state)
{
    size_t n;
    const struct cox_option *options = cox_options(&n);

    (void) state;
    for (size_t i = 0; i < n; i++) {
        if (options[i].fallback != NULL && !cox_option_accepts(&options[i], options[i].fallback)) {
            fail_msg("%s: %s", options[i].name, options[i].fallback);
        }
    }
}

static void
values_are_checked_by_type(void **state)
{
    static const struct {
        struct cox_option option;
        const char *good, *bad;
    } cases[] = {
        { { .type = COX_OPTION_BOOLEAN }, "Yes", "maybe" },
        { { .type = COX_OPTION_INTEGER }, "-5", "5x" },
        { { .type = COX_OPTION_NONNEGATIVE }, "5", "-5" },
        { { .type = COX_OPTION_SCORE }, "-INFINITY", "red" },
        { { .type = COX_OPTION_PERCENTAGE }, "80%", "x%" },
        { { .type = COX_OPTION_DURATION }, "PT5M", "soon" },
        { { .type = COX_OPTION_TIMEOUT }, "-1", "soon" },
        { { .type = COX_OPTION_TIMEOUT }, "10s", "" },
        { { .type = COX_OPTION_PORT }, "3121", "70000" },
        { { .type = COX_OPTION_SELECT, .choices = "a|b" }, "B", "c" },
    };
    const struct cox_option text = { .type = COX_OPTION_STRING }, any = { .type = COX_OPTION_SELECT };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_true(cox_option_accepts(&cases[i].option, cases[i].good));
        assert_false(cox_option_accepts(&cases[i].option, cases[i].bad));
    }
    assert_true(cox_option_accepts(&text, "anything"));
    assert_true(cox_option_accepts(&any, "anything"));
}

static void
booleans_have_many_spellings(void **state)
{
    bool value = false;

    (void) state;
    assert_true(cox_bool_parse("ON", &value) && value);
    assert_true(cox_bool_parse("n", &value) && !value);
    assert_false(cox_bool_parse("2", &value));
    assert_false(cox_bool_parse(NULL, &value));
}

COX_TEST_MAIN(cmocka_unit_test(options_are_found_by_either_name_in_their_scope),
              cmocka_unit_test(every_default_is_valid), cmocka_unit_test(values_are_checked_by_type),
              cmocka_unit_test(booleans_have_many_spellings))
