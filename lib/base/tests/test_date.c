/* Tests of lib/base/date.c. */
#include "base/date.h"
#include "base/testkit.h"

#define FIRST_DAY (-719162) /* 0001-01-01 */
#define LAST_DAY 2932896    /* 9999-12-31 */

/* Every day from year 1 to 9999, against GLib's calendar. */
static void
every_day_agrees_with_glib_in_all_forms(void **state)
{
    GDate *glib = g_date_new_dmy(1, G_DATE_JANUARY, 1);

    (void) state;
    for (gint64 days = FIRST_DAY; days <= LAST_DAY; days++) {
        struct cox_date date, back;
        struct cox_date_week week;

        if (!cox_date_from_days(days, &date) || date.year != g_date_get_year(glib)
            || date.month != (int) g_date_get_month(glib) || date.day != g_date_get_day(glib)) {
            fail_msg("day %" G_GINT64_FORMAT " became %d-%d-%d", days, date.year, date.month, date.day);
        }
        week = cox_date_to_week(&date);
        if (cox_date_to_days(&date) != days || cox_date_ordinal(&date) != (int) g_date_get_day_of_year(glib)
            || cox_date_weekday(&date) != (int) g_date_get_weekday(glib)
            || week.week != (int) g_date_get_iso8601_week_of_year(glib) || week.day != cox_date_weekday(&date)) {
            fail_msg("%d-%d-%d has a wrong form", date.year, date.month, date.day);
        }
        if (!cox_date_from_ordinal(date.year, cox_date_ordinal(&date), &back) || cox_date_to_days(&back) != days) {
            fail_msg("ordinal of %d-%d-%d does not lead back", date.year, date.month, date.day);
        }
        if (week.year <= COX_DATE_YEAR_MAX && (!cox_date_from_week(&week, &back) || cox_date_to_days(&back) != days)) {
            fail_msg("week of %d-%d-%d does not lead back", date.year, date.month, date.day);
        }
        if (days < LAST_DAY) {
            g_date_add_days(glib, 1);
        }
    }
    g_date_free(glib);
}

static void
outside_the_calendar_there_is_nothing(void **state)
{
    static const struct cox_date_week no_weeks[] = {
        { 0, 1, 1 }, { 10000, 1, 1 }, { 2016, 53, 1 }, { 2015, 54, 1 }, { 2015, 0, 1 }, { 2015, 1, 0 }, { 2015, 1, 8 },
    };
    static const struct cox_date no_dates[] = { { 0, 1, 1 },     { 10000, 1, 1 }, { 2019, 0, 1 },  { 2019, 13, 1 },
                                                { 2019, 2, 29 }, { 2019, 1, 0 },  { 1900, 2, 29 } };
    struct cox_date date = { 7, 7, 7 };

    (void) state;
    assert_false(cox_date_from_days(FIRST_DAY - 1, &date));
    assert_false(cox_date_from_days(LAST_DAY + 1, &date));
    assert_false(cox_date_from_days(G_MININT64, &date));
    assert_false(cox_date_from_days(G_MAXINT64, &date));
    assert_false(cox_date_from_ordinal(2019, 366, &date));
    assert_false(cox_date_from_ordinal(2019, 0, &date));
    assert_false(cox_date_from_ordinal(0, 1, &date));
    assert_false(cox_date_from_ordinal(10000, 1, &date));
    for (size_t i = 0; i < G_N_ELEMENTS(no_weeks); i++) {
        assert_false(cox_date_from_week(&no_weeks[i], &date));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(no_dates); i++) {
        assert_false(cox_date_is_valid(&no_dates[i]));
    }
    assert_int_equal(date.year, 7);
}

static void
leap_years_and_long_years(void **state)
{
    (void) state;
    assert_true(cox_date_is_leap(2000));
    assert_true(cox_date_is_leap(2024));
    assert_false(cox_date_is_leap(1900));
    assert_false(cox_date_is_leap(2023));
    assert_int_equal(cox_date_month_days(2024, 2), 29);
    assert_int_equal(cox_date_year_weeks(2020), 53);
    assert_int_equal(cox_date_year_weeks(2015), 53);
    assert_int_equal(cox_date_year_weeks(2019), 52);
}

static void
months_are_added_to_the_last_day_at_most(void **state)
{
    static const struct {
        struct cox_date date;
        gint64 months;
        struct cox_date expected;
    } cases[] = {
        { { 2009, 1, 31 }, 1, { 2009, 2, 28 } },   { { 2009, 1, 31 }, 2, { 2009, 3, 31 } },
        { { 2020, 2, 29 }, 12, { 2021, 2, 28 } },  { { 2020, 1, 1 }, -1, { 2019, 12, 1 } },
        { { 2020, 3, 31 }, -1, { 2020, 2, 29 } },  { { 9999, 11, 30 }, 1, { 9999, 12, 30 } },
        { { 1, 2, 1 }, -1, { 1, 1, 1 } },          { { 2019, 3, 1 }, 12, { 2020, 3, 1 } },
    };
    struct cox_date last = { 9999, 12, 1 }, first = { 1, 1, 1 };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_date date = cases[i].date;

        assert_true(cox_date_add_months(&date, cases[i].months));
        assert_int_equal(cox_date_to_days(&date), cox_date_to_days(&cases[i].expected));
    }
    assert_false(cox_date_add_months(&last, 1));
    assert_false(cox_date_add_months(&first, -1));
}

COX_TEST_MAIN(cmocka_unit_test(every_day_agrees_with_glib_in_all_forms),
              cmocka_unit_test(outside_the_calendar_there_is_nothing), cmocka_unit_test(leap_years_and_long_years),
              cmocka_unit_test(months_are_added_to_the_last_day_at_most))
