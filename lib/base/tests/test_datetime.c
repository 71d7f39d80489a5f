/* Tests of lib/base/datetime.c. */
#include "base/datetime.h"
#include "base/error.h"
#include "base/testkit.h"

static void
every_form_is_read_and_printed(void **state)
{
    static const struct {
        const char *text, *calendar, *ordinal, *week;
    } cases[] = {
        { "2019-09-24 00:30:00 +01:00", "2019-09-24 00:30:00 +01:00", "2019-267 00:30:00 +01:00", "2019-W39-2 00:30:00 +01:00" },
        { "2019-040", "2019-02-09 00:00:00Z", "2019-040 00:00:00Z", "2019-W06-6 00:00:00Z" },
        { "2019040", "2019-02-09 00:00:00Z", "2019-040 00:00:00Z", "2019-W06-6 00:00:00Z" },
        { "20190131", "2019-01-31 00:00:00Z", "2019-031 00:00:00Z", "2019-W05-4 00:00:00Z" },
        { "2026-W05-3", "2026-01-28 00:00:00Z", "2026-028 00:00:00Z", "2026-W05-3 00:00:00Z" },
        { "2026W053", "2026-01-28 00:00:00Z", "2026-028 00:00:00Z", "2026-W05-3 00:00:00Z" },
        { "2015-W53-7", "2016-01-03 00:00:00Z", "2016-003 00:00:00Z", "2015-W53-7 00:00:00Z" },
        { "2008-W01-1 00Z", "2007-12-31 00:00:00Z", "2007-365 00:00:00Z", "2008-W01-1 00:00:00Z" },
        { "2019-1-1", "2019-01-01 00:00:00Z", "2019-001 00:00:00Z", "2019-W01-2 00:00:00Z" },
        { "2019-01-01Z", "2019-01-01 00:00:00Z", "2019-001 00:00:00Z", "2019-W01-2 00:00:00Z" },
        { "99-01-01", "0099-01-01 00:00:00Z", "0099-001 00:00:00Z", "0099-W01-4 00:00:00Z" },
        { "0001-01-01", "0001-01-01 00:00:00Z", "0001-001 00:00:00Z", "0001-W01-1 00:00:00Z" },
        { "9999-12-31 23:59:59Z", "9999-12-31 23:59:59Z", "9999-365 23:59:59Z", "9999-W52-5 23:59:59Z" },
        { "2020-366", "2020-12-31 00:00:00Z", "2020-366 00:00:00Z", "2020-W53-4 00:00:00Z" },
        { "2019-01-01T12", "2019-01-01 12:00:00Z", "2019-001 12:00:00Z", "2019-W01-2 12:00:00Z" },
        { "20190101T123045", "2019-01-01 12:30:45Z", "2019-001 12:30:45Z", "2019-W01-2 12:30:45Z" },
        { "2019-01-01T1230", "2019-01-01 12:30:00Z", "2019-001 12:30:00Z", "2019-W01-2 12:30:00Z" },
        { "2019-01-01T12:30 +2", "2019-01-01 12:30:00 +02:00", "2019-001 12:30:00 +02:00", "2019-W01-2 12:30:00 +02:00" },
        { "2019-01-01T12:30-0530", "2019-01-01 12:30:00 -05:30", "2019-001 12:30:00 -05:30", "2019-W01-2 12:30:00 -05:30" },
        { "2019-01-01  12:30:45 z", "2019-01-01 12:30:45Z", "2019-001 12:30:45Z", "2019-W01-2 12:30:45Z" },
        { "2019-12-31 24:00:00Z", "2020-01-01 00:00:00Z", "2020-001 00:00:00Z", "2020-W01-3 00:00:00Z" },
        { "epoch", "1970-01-01 00:00:00Z", "1970-001 00:00:00Z", "1970-W01-4 00:00:00Z" },
        { "epoch 12:00", "1970-01-01 12:00:00Z", "1970-001 12:00:00Z", "1970-W01-4 12:00:00Z" },
        { "  2019-01-01 ", "2019-01-01 00:00:00Z", "2019-001 00:00:00Z", "2019-W01-2 00:00:00Z" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_datetime moment, back;
        g_autoptr(GError) error = NULL;
        g_autofree char *calendar = NULL, *ordinal = NULL, *week = NULL;

        if (!cox_datetime_parse(cases[i].text, NULL, &moment, &error)) {
            fail_msg("%s", error->message);
        }
        calendar = cox_datetime_format(&moment, COX_DATETIME_CALENDAR);
        ordinal = cox_datetime_format(&moment, COX_DATETIME_ORDINAL);
        week = cox_datetime_format(&moment, COX_DATETIME_WEEK);
        assert_string_equal(calendar, cases[i].calendar);
        assert_string_equal(ordinal, cases[i].ordinal);
        assert_string_equal(week, cases[i].week);
        assert_true(cox_datetime_parse(week, NULL, &back, NULL));
        assert_int_equal(cox_datetime_to_wall(&back).usec, cox_datetime_to_wall(&moment).usec);
        assert_true(cox_datetime_parse(ordinal, NULL, &back, NULL));
        assert_int_equal(cox_datetime_to_wall(&back).usec, cox_datetime_to_wall(&moment).usec);
    }
}

static void
garbage_is_refused_and_named(void **state)
{
    static const char *const cases[] = {
        "", " ", "2019", "2019-01", "2019-1", "2019-13-01", "2019-12-32", "2019-02-29", "2019-366", "2019-000", "2016-W53-1",
        "2019-W05", "2019-W5-1", "2019-W05-8", "2019W05", "2019-W05-12", "20191077", "0000-01-01", "-0001-01-01",
        "10000-01-01", "123045", "12:30", "2019-01-01 Z", "2019-01-01 foo", "2019-01-01T12:30 foo", "2019-01-01x",
        "2019-01-01T25:00", "2019-01-01T24:00:01", "2019-01-01T24:00:00.5", "2019-01-01T12:60", "2019-01-01T12:30:60", "2019-01-01T1:2",
        "2019-01-01T123", "2019-01-01T12:30 +25", "2019-01-01T12:30 +24", "2019-01-01T12:30 -00:61", "2019-01-01T12:30 +", "2019-01-01T12:30 +01:00:01",
        "2019-01-01T12:30:45:50", "9999-12-31 24:00:00", "2019-0001", "2019-01-", "2019-01-001", "2019-01-01T12:30Zx",
        "epochal", "now", "2019-", "2019-W", "2019-01-01T", "2019-01-01T12:3045:", "99999999999999999999-01-01",
        "\xff\xfe", "2019-01-01T00:00:00.",
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_datetime moment = { .usec = 4 };
        g_autoptr(GError) error = NULL;

        if (cox_datetime_parse(cases[i], NULL, &moment, &error)) {
            fail_msg("'%s' was accepted", cases[i]);
        }
        assert_int_equal(cox_error_status_of(error), 2);
        assert_non_null(strstr(error->message, cases[i]));
        assert_int_equal(moment.usec, 4);
    }
}

static void
random_moments_agree_with_glib(void **state)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(17);

    (void) state;
    for (int i = 0; i < 20000; i++) {
        gint64 seconds = (gint64) (g_rand_double(rand) * (253402300799.0 + 62135596800.0)) - 62135596800;
        int offset = g_rand_int_range(rand, -12 * 60, 14 * 60) * 60;
        cox_wall wall = { seconds * G_USEC_PER_SEC + g_rand_int_range(rand, 0, 1000000) };
        g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(seconds);
        g_autofree char *expected = g_date_time_format(utc, "%Y-%m-%d %H:%M:%SZ"), *got = NULL, *local = NULL;
        struct cox_datetime moment, back;

        assert_true(cox_datetime_from_wall(wall, 0, &moment));
        assert_int_equal(cox_datetime_to_wall(&moment).usec, wall.usec);
        got = cox_datetime_format(&moment, COX_DATETIME_CALENDAR);
        if (strcmp(got, expected) != 0 && strlen(expected) == strlen(got)) {
            fail_msg("%s is not %s", got, expected);
        }
        if (cox_datetime_from_wall(wall, offset, &moment)) {
            local = cox_datetime_format(&moment, COX_DATETIME_CALENDAR);
            assert_true(cox_datetime_parse(local, NULL, &back, NULL));
            assert_int_equal(cox_wall_seconds(cox_datetime_to_wall(&back)), seconds);
        }
    }
}

static void
before_the_epoch_seconds_are_rounded_down(void **state)
{
    struct cox_datetime moment;
    g_autofree char *text = NULL;

    (void) state;
    assert_true(cox_datetime_from_wall((cox_wall) { -1 }, 0, &moment));
    assert_int_equal(moment.usec, 999999);
    text = cox_datetime_format(&moment, COX_DATETIME_CALENDAR);
    assert_string_equal(text, "1969-12-31 23:59:59Z");
    assert_int_equal(cox_wall_seconds((cox_wall) { -1 }), -1);
    assert_int_equal(cox_wall_seconds((cox_wall) { 1999999 }), 1);
    assert_false(cox_datetime_from_wall(COX_WALL_NONE, 0, &moment));
}

static void
times_without_offset_take_the_zone(void **state)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_offset(2 * 3600);
    struct cox_datetime_context context = { zone, cox_wall_from_seconds(1795226571) };
    struct cox_datetime moment;
    g_autofree char *naive = NULL, *alone = NULL, *date = NULL;

    (void) state;
    assert_true(cox_datetime_parse("2020-07-01 12:00", &context, &moment, NULL));
    naive = cox_datetime_format(&moment, COX_DATETIME_CALENDAR);
    assert_string_equal(naive, "2020-07-01 12:00:00 +02:00");
    assert_true(cox_datetime_parse("T12:30", &context, &moment, NULL));
    alone = cox_datetime_format(&moment, COX_DATETIME_CALENDAR);
    assert_string_equal(alone, "2026-11-21 12:30:00 +02:00");
    assert_true(cox_datetime_parse("2020-07-01", &context, &moment, NULL));
    date = cox_datetime_format(&moment, COX_DATETIME_CALENDAR);
    assert_string_equal(date, "2020-07-01 00:00:00Z");
    assert_int_equal(cox_datetime_offset_at(zone, context.now), 7200);
    assert_int_equal(cox_datetime_offset_at(NULL, context.now), 0);
}

static void
durations_are_added_in_calendar_order(void **state)
{
    static const struct {
        const char *text, *duration, *expected;
    } cases[] = {
        { "2009-01-31 00:00:00Z", "P1M", "2009-02-28 00:00:00Z" },
        { "2009-01-31 00:00:00Z", "P2M", "2009-03-31 00:00:00Z" },
        { "2009-03-31 01:00:00 +01:00", "P-1M", "2009-02-28 01:00:00 +01:00" },
        { "epoch", "P2Y5MT6M", "1972-06-01 00:06:00Z" },
        { "2014-01-01 00:30:00Z", "P-1H", "2013-12-31 23:30:00Z" },
        { "2020-01-31", "P1M1D", "2020-03-01 00:00:00Z" },
        { "2019-03-01", "P1Y", "2020-03-01 00:00:00Z" },
        { "2020-02-29", "P1Y", "2021-02-28 00:00:00Z" },
        { "2020-01-31", "P-1DT-1S", "2020-01-29 23:59:59Z" },
    };
    static const struct cox_duration too_long[] = {
        { .years = 9000 }, { .years = G_MAXINT64 }, { .years = G_MININT64 }, { .months = G_MININT64 },
        { .days = G_MAXINT64 }, { .seconds = G_MININT64 }, { .days = -800000 }, { .days = 5000000 },
    };
    struct cox_datetime moment;

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_duration duration;
        g_autofree char *got = NULL;

        assert_true(cox_datetime_parse(cases[i].text, NULL, &moment, NULL));
        assert_true(cox_duration_parse(cases[i].duration, &duration, NULL));
        assert_true(cox_datetime_add(&moment, &duration, NULL));
        got = cox_datetime_format(&moment, COX_DATETIME_CALENDAR);
        assert_string_equal(got, cases[i].expected);
    }
    assert_true(cox_datetime_parse("2019-01-01", NULL, &moment, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(too_long); i++) {
        g_autoptr(GError) error = NULL;

        assert_false(cox_datetime_add(&moment, &too_long[i], &error));
        assert_int_equal(cox_error_status_of(error), 2);
    }
    assert_int_equal(moment.date.year, 2019);
}

static void
formats_may_ask_for_fractions(void **state)
{
    struct cox_datetime moment;
    static const struct {
        const char *format, *expected;
    } cases[] = {
        { "%Y-%m-%d %H:%M:%S.%06N", "2019-01-01 12:30:45.123456" }, { "%N", "123456000" }, { "%3N", "123" },
        { "%%N", "%N" },                                            { "%H", "12" },        { "x%9999999999N", "x123456000" },
    };

    (void) state;
    assert_true(cox_datetime_parse("2019-01-01 12:30:45.1234567 +01:00", NULL, &moment, NULL));
    assert_int_equal(moment.usec, 123456);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = cox_datetime_strftime(&moment, cases[i].format);

        assert_string_equal(got, cases[i].expected);
    }
    {
        g_autofree char *got = cox_datetime_strftime(&moment, "100%");

        assert_true(got == NULL || g_str_has_prefix(got, "100"));
    }
}

COX_TEST_MAIN(cmocka_unit_test(every_form_is_read_and_printed), cmocka_unit_test(garbage_is_refused_and_named),
              cmocka_unit_test(random_moments_agree_with_glib), cmocka_unit_test(before_the_epoch_seconds_are_rounded_down),
              cmocka_unit_test(times_without_offset_take_the_zone), cmocka_unit_test(durations_are_added_in_calendar_order),
              cmocka_unit_test(formats_may_ask_for_fractions))
