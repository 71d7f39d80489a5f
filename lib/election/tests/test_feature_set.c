/* Tests of lib/election/feature_set.c */
#include "election/feature_set.h"

#include "base/testkit.h"

static void
versions_compare_by_number_and_not_by_text(void **state)
{
    static const char *const rising[] = { "3", "3.0.1", "3.2", "3.10.0", "3.19.7", "3.20.5", "10.0.0", "10.65535.65535" };
    cox_feature_set before = 0;

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rising); i++) {
        cox_feature_set features = 0;

        assert_true(cox_feature_set_parse(rising[i], &features));
        assert_true(features > before);
        before = features;
    }
}

static void
what_is_written_is_what_was_read(void **state)
{
    char buffer[COX_FEATURE_SET_TEXT_BYTES];
    cox_feature_set features = 0;

    (void) state;
    assert_true(cox_feature_set_parse("3.20.5", &features));
    assert_string_equal(cox_feature_set_format(features, buffer), "3.20.5");
    assert_true(cox_feature_set_parse("65535.65535.65535", &features));
    assert_string_equal(cox_feature_set_format(features, buffer), "65535.65535.65535");
    assert_string_equal(cox_feature_set_format(0, buffer), "0.0.0");
}

static void
anything_else_is_refused_and_leaves_the_value_alone(void **state)
{
    static const char *const bad[] = { "", ".", "3.", "3..1", "3.1.2.4", "3a", "x", "3.65536", "-1", " 3" };
    cox_feature_set features = 17;

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        if (cox_feature_set_parse(bad[i], &features)) {
            fail_msg("'%s' was taken", bad[i]);
        }
    }
    assert_false(cox_feature_set_parse(NULL, &features));
    assert_int_equal(features, 17);
}

COX_TEST_MAIN(cmocka_unit_test(versions_compare_by_number_and_not_by_text),
              cmocka_unit_test(what_is_written_is_what_was_read),
              cmocka_unit_test(anything_else_is_refused_and_leaves_the_value_alone))
