/* Tests of lib/model/compare.c. */
#include "base/testkit.h"
#include "model/compare.h"

static void
values_compare_as_the_field_does(void **state)
{
    static const struct {
        const char *actual, *op, *reference, *type;
        bool expected;
    } cases[] = {
        { "10", "lt", "9", NULL, false },        { "10", "gt", "9", NULL, true },
        { "10", "gt", "9", "string", false },    { "10", "lt", "9", "string", true },
        { "9.5", "lt", "10", NULL, true },       { "9.5", "lt", "10", "integer", true },
        { "9.5", "eq", "9.9", "integer", true }, { "9.5", "eq", "9.50", "number", true },
        { "9.5", "eq", "9.50", NULL, false },    { "Foo", "eq", "foo", NULL, true },
        { "Foo", "ne", "bar", NULL, true },      { "Foo", "lt", "goo", NULL, true },
        { "Foo", "gt", "goo", "string", false }, { "Foo", "eq", "foo", "integer", true },
        { "Foo", "gt", "5", "integer", true },   { "Foo", "eq", "0", "number", false },
        { "1.2.3", "lt", "1.10", "version", true }, { "1.2.3", "eq", "1.2.3.0", "version", true },
        { "1.2.3", "gt", "1.2", "version", true }, { "2", "gt", "1.9.9", "version", true },
        { "1.x", "eq", "1", "version", true },   { "", "eq", "", "version", true },
        { NULL, "eq", "1", NULL, false },        { NULL, "ne", "1", NULL, true },
        { NULL, "lt", "1", NULL, false },        { NULL, "gte", "1", NULL, false },
        { NULL, "not_defined", NULL, NULL, true }, { NULL, "defined", NULL, NULL, false },
        { "1", "defined", "5", NULL, true },     { "1", "not_defined", NULL, NULL, false },
        { NULL, "eq", NULL, NULL, true },        { "1", "eq", NULL, NULL, false },
        { "1", "ne", NULL, NULL, true },         { "1", "lte", NULL, NULL, false },
        { NULL, "ne", NULL, NULL, false },       { "-3", "lt", "0", NULL, true },
        { "10", "lte", "10.0", NULL, true },     { "10", "gte", "10.5", NULL, false },
        { "10", "gte", "10", NULL, true },       { "11", "lte", "10", NULL, false },
        { "10", "lt", "12345678901234567890", "integer", true }, /* too large: as strings */
        { "nan", "lt", "1", "number", false },   { "a", "lt", "b", "number", true },
        { "", "eq", "", NULL, true },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        enum cox_compare compare = cox_compare_parse(cases[i].op);
        enum cox_compare_type type = COX_COMPARE_TYPE_DEFAULT;

        assert_int_not_equal(compare, COX_COMPARE_INVALID);
        if (cases[i].type != NULL) {
            assert_true(cox_compare_type_parse(cases[i].type, &type));
        }
        if (cox_compare_holds(cases[i].actual, compare, cases[i].reference, type) != cases[i].expected) {
            fail_msg("%s %s %s as %s", cases[i].actual, cases[i].op, cases[i].reference, cases[i].type);
        }
    }
}

static void
unknown_words_are_refused(void **state)
{
    enum cox_compare_type type = COX_COMPARE_TYPE_NUMBER;

    (void) state;
    assert_int_equal(cox_compare_parse("equals"), COX_COMPARE_INVALID);
    assert_int_equal(cox_compare_parse(NULL), COX_COMPARE_INVALID);
    assert_int_equal(cox_compare_parse("date_spec"), COX_COMPARE_DATE_SPEC);
    assert_false(cox_compare_type_parse("", &type));
    assert_false(cox_compare_type_parse(NULL, &type));
    assert_false(cox_compare_type_parse("float", &type));
    assert_int_equal(type, COX_COMPARE_TYPE_NUMBER);
}

static void
operations_on_dates_do_not_hold_for_texts(void **state)
{
    (void) state;
    assert_false(cox_compare_holds("1", COX_COMPARE_IN_RANGE, "1", COX_COMPARE_TYPE_DEFAULT));
    assert_false(cox_compare_holds("1", COX_COMPARE_DATE_SPEC, "1", COX_COMPARE_TYPE_STRING));
    assert_false(cox_compare_holds("1", COX_COMPARE_INVALID, "1", COX_COMPARE_TYPE_STRING));
}

COX_TEST_MAIN(cmocka_unit_test(values_compare_as_the_field_does), cmocka_unit_test(unknown_words_are_refused),
              cmocka_unit_test(operations_on_dates_do_not_hold_for_texts))
