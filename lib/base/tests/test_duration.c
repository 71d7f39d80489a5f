/* Tests of lib/base/duration.c. */
#include "base/duration.h"
#include "base/error.h"
#include "base/testkit.h"

static void
parts_add_up_and_print_as_people_read_them(void **state)
{
    static const struct {
        const char *text;
        struct cox_duration expected;
        const char *printed;
    } cases[] = {
        { "P1Y2M3DT4H5M6S", { 1, 2, 3, 14706 }, "   1 year  2 months  3 days 14706 seconds (4 hours 5 minutes 6 seconds)" },
        { "P1W", { 0, 0, 7, 0 }, " 7 days " },
        { "PT90S", { 0, 0, 0, 90 }, "90 seconds (1 minute 30 seconds)" },
        { "PT60S", { 0, 0, 0, 60 }, "60 seconds (1 minute)" },
        { "PT59S", { 0, 0, 0, 59 }, "59 seconds" },
        { "PT1S", { 0, 0, 0, 1 }, "1 second" },
        { "PT", { 0, 0, 0, 0 }, "0 seconds" },
        { "P0D", { 0, 0, 0, 0 }, "0 seconds" },
        { "P2Y5MT6M", { 2, 5, 0, 360 }, "   2 years  5 months 360 seconds (6 minutes)" },
        { "P-1H", { 0, 0, 0, -3600 }, "-3600 seconds (1 hour)" },
        { "P-1M", { 0, -1, 0, 0 }, "-1 months " },
        { "P-1DT-1S", { 0, 0, -1, -1 }, "-1 days -1 seconds" },
        { "PT1H1H", { 0, 0, 0, 7200 }, "7200 seconds (2 hours)" },
        { " P1D ", { 0, 0, 1, 0 }, " 1 day " },
        { "P400D", { 0, 0, 400, 0 }, "400 days " },
        { "P+1M1D", { 0, 1, 1, 0 }, " 1 month  1 day " },
        { "PT7201S", { 0, 0, 0, 7201 }, "7201 seconds (2 hours 1 second)" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_duration got = { 0 };
        g_autofree char *printed = NULL;

        assert_true(cox_duration_parse(cases[i].text, &got, NULL));
        if (memcmp(&got, &cases[i].expected, sizeof(got)) != 0) {
            fail_msg("%s was read wrongly", cases[i].text);
        }
        printed = cox_duration_format(&got);
        assert_string_equal(printed, cases[i].printed);
        got = cox_duration_negate(&got);
        assert_int_equal(got.years, -cases[i].expected.years);
        assert_int_equal(cox_duration_is_zero(&got), g_str_equal(cases[i].printed, "0 seconds"));
    }
}

static void
what_is_no_duration_is_refused(void **state)
{
    static const char *const cases[] = { "",      "P",     "1D",    "-P1D", "P1",  "P1.5D", "P1X", "PD", "PTT1S", "P99999999999D",
                                         "P-99999999999D", "P99999999999999999999999D", "P1D2", "p1d", "P-", "P 1D" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_duration got = { .days = 17 };
        g_autoptr(GError) error = NULL;

        if (cox_duration_parse(cases[i], &got, &error)) {
            fail_msg("'%s' was accepted", cases[i]);
        }
        assert_int_equal(cox_error_status_of(error), 2);
        assert_non_null(strstr(error->message, cases[i]));
        assert_int_equal(got.days, 17);
    }
}

static void
endless_parts_are_refused(void **state)
{
    g_autoptr(GString) text = g_string_new("P");
    struct cox_duration got;

    (void) state;
    for (int i = 0; i < 2000; i++) {
        g_string_append(text, "2147483647D");
    }
    assert_false(cox_duration_parse(text->str, &got, NULL));
}

COX_TEST_MAIN(cmocka_unit_test(parts_add_up_and_print_as_people_read_them),
              cmocka_unit_test(what_is_no_duration_is_refused), cmocka_unit_test(endless_parts_are_refused))
