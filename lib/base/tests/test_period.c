/* Tests of lib/base/period.c. */
#include "base/error.h"
#include "base/period.h"
#include "base/testkit.h"

static void
periods_have_two_ends(void **state)
{
    static const struct {
        const char *text, *start, *end;
    } cases[] = {
        { "2005-040/2005-043", "2005-02-09 00:00:00Z", "2005-02-12 00:00:00Z" },
        { "2019-01-01/P1M", "2019-01-01 00:00:00Z", "2019-02-01 00:00:00Z" },
        { "P1M/2019-01-01", "2018-12-01 00:00:00Z", "2019-01-01 00:00:00Z" },
        { "2019-02-01 / 2019-01-01", "2019-02-01 00:00:00Z", "2019-01-01 00:00:00Z" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_period period;
        g_autofree char *start = NULL, *end = NULL;

        assert_true(cox_period_parse(cases[i].text, NULL, &period, NULL));
        start = cox_datetime_format(&period.start, COX_DATETIME_CALENDAR);
        end = cox_datetime_format(&period.end, COX_DATETIME_CALENDAR);
        assert_string_equal(start, cases[i].start);
        assert_string_equal(end, cases[i].end);
    }
}

static void
what_is_no_period_is_refused(void **state)
{
    static const char *const cases[] = { "", "2019-01-01", "2019-01-01/", "/2019-01-01", "PT2S/P1M", "2019-13-01/P1M", "2019-01-01/P",
                                         "P1Y/2019-02-29", "P3000Y/2019-01-01", "2019-01-01/P9000Y", "2019-01-01/2020-01-01/2021-01-01" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_period period = { .start = { .usec = 3 } };
        g_autoptr(GError) error = NULL;

        if (cox_period_parse(cases[i], NULL, &period, &error)) {
            fail_msg("'%s' was accepted", cases[i]);
        }
        assert_int_equal(cox_error_status_of(error), 2);
        assert_int_equal(period.start.usec, 3);
    }
}

COX_TEST_MAIN(cmocka_unit_test(periods_have_two_ends), cmocka_unit_test(what_is_no_period_is_refused))
