/* Tests of lib/model/date_spec.c. */
#include "base/testkit.h"
#include "model/date_spec.h"

/* "hours=9-16 weekdays=1-5" */
static struct cox_date_spec
spec_of(const char *text)
{
    struct cox_date_spec spec = { 0 };
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    for (char **word = words; *word != NULL && **word != '\0'; word++) {
        g_auto(GStrv) sides = g_strsplit(*word, "=", 2);
        bool found = false;

        for (int i = 0; i < COX_DATE_N_FIELDS; i++) {
            if (g_str_equal(cox_date_spec_field_name((enum cox_date_field) i), sides[0])) {
                cox_date_spec_range_parse(sides[1], &spec.fields[i]);
                found = spec.fields[i].is_valid;
            }
        }
        assert_true(found);
    }
    return spec;
}

static struct cox_datetime
moment_of(const char *text)
{
    struct cox_datetime moment = { .hour = 0 };

    assert_true(cox_datetime_parse(text, NULL, &moment, NULL));
    return moment;
}

static void
the_first_field_that_does_not_fit_decides(void **state)
{
    static const struct {
        const char *spec;
        enum cox_date_spec_result expected; /* on Wednesday 2026-01-28 12:00:30 */
    } cases[] = {
        { "", COX_DATE_SPEC_WITHIN },           { "hours=12", COX_DATE_SPEC_WITHIN },
        { "hours=9-11", COX_DATE_SPEC_AFTER },  { "hours=9-", COX_DATE_SPEC_WITHIN },
        { "hours=-11", COX_DATE_SPEC_AFTER },   { "hours=-12", COX_DATE_SPEC_WITHIN },
        { "hours=13-", COX_DATE_SPEC_BEFORE },  { "weekdays=3", COX_DATE_SPEC_WITHIN },
        { "weekdays=6-7", COX_DATE_SPEC_BEFORE }, { "weeks=5", COX_DATE_SPEC_WITHIN },
        { "weekyears=2026", COX_DATE_SPEC_WITHIN }, { "weekyears=2027", COX_DATE_SPEC_BEFORE },
        { "yeardays=28", COX_DATE_SPEC_WITHIN }, { "yeardays=29", COX_DATE_SPEC_BEFORE },
        { "monthdays=28", COX_DATE_SPEC_WITHIN }, { "months=1 years=2026", COX_DATE_SPEC_WITHIN },
        { "years=2027 months=-0", COX_DATE_SPEC_BEFORE }, { "years=2019 months=2", COX_DATE_SPEC_AFTER },
        { "minutes=0 seconds=30", COX_DATE_SPEC_WITHIN }, { "seconds=31", COX_DATE_SPEC_BEFORE },
        { "minutes=1", COX_DATE_SPEC_BEFORE },  { "hours=22-2", COX_DATE_SPEC_BEFORE },
    };
    struct cox_datetime moment = moment_of("2026-01-28 12:00:30Z");

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_date_spec spec = spec_of(cases[i].spec);

        if (cox_date_spec_match(&spec, &moment) != cases[i].expected) {
            fail_msg("%s", cases[i].spec);
        }
    }
}

static void
what_is_no_range_is_refused(void **state)
{
    static const char *const cases[] = { "", "-", "foo", "5-foo", "1,2", "5--7", "-5-", "1234567890", "5 7", "- 5" };
    struct cox_datetime moment = moment_of("2026-01-28 12:00:30Z");
    struct cox_date_spec spec = { .id = "s" };
    struct cox_date_range *range = &spec.fields[COX_DATE_HOURS];

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        cox_date_spec_range_parse(cases[i], range);
        if (!range->is_set || range->is_valid) {
            fail_msg("'%s' was accepted", cases[i]);
        }
    }
    assert_int_equal(cox_date_spec_match(&spec, &moment), COX_DATE_SPEC_INVALID);
    assert_false(cox_wall_is_set(cox_date_spec_next_change(&spec, &moment)));
    cox_date_spec_range_parse(" 12 ", range);
    assert_true(range->is_valid);
    assert_int_equal(range->low, 12);
    assert_int_equal(range->high, 12);
}

static void
the_next_change_is_found(void **state)
{
    static const struct {
        const char *spec, *expected; /* from Wednesday 2026-01-28 12:00:30.25 */
    } cases[] = {
        { "", NULL },
        { "hours=9-16", "2026-01-28 17:00:00Z" },
        { "hours=9-16 weekdays=1-5", "2026-01-28 17:00:00Z" },
        { "hours=18-20", "2026-01-28 18:00:00Z" },
        { "hours=9-10", "2026-01-29 09:00:00Z" },
        { "weekdays=6-7", "2026-01-31 00:00:00Z" },
        { "weekdays=6 hours=8", "2026-01-31 08:00:00Z" },
        { "minutes=30", "2026-01-28 12:30:00Z" },
        { "seconds=31", "2026-01-28 12:00:31Z" },
        { "seconds=30", "2026-01-28 12:00:31Z" },
        { "years=2026", "2027-01-01 00:00:00Z" },
        { "years=2040", "2040-01-01 00:00:00Z" },
        { "years=2040 months=3", "2040-03-01 00:00:00Z" },
        { "years=2019-2025", NULL },
        { "years=10000", NULL },
        { "years=2026 months=1 monthdays=1-5", NULL }, /* January is over when it comes again */
        { "months=2", "2026-02-01 00:00:00Z" },
        { "weeks=6", "2026-02-02 00:00:00Z" },
        { "yeardays=30", "2026-01-30 00:00:00Z" },
        { "years=9999 months=13", NULL },
        { "seconds=0-59 hours=0-", NULL },
        { "hours=9-16 months=1-12", "2026-01-28 17:00:00Z" },
        { "months=1-6", "2026-07-01 00:00:00Z" },
        { "months=12-", "2026-12-01 00:00:00Z" },
        { "yeardays=20", "2027-01-20 00:00:00Z" },
        { "monthdays=31 months=2-4", "2026-03-31 00:00:00Z" },
        { "weekyears=2026", "2027-01-04 00:00:00Z" },
        { "minutes=0-29 hours=12", "2026-01-28 12:30:00Z" },
        { "hours=22-2", NULL },
    };
    struct cox_datetime moment = moment_of("2026-01-28 12:00:30.25Z");

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_date_spec spec = spec_of(cases[i].spec);
        cox_wall next = cox_date_spec_next_change(&spec, &moment);

        if (cases[i].expected == NULL) {
            if (cox_wall_is_set(next)) {
                fail_msg("%s changes", cases[i].spec);
            }
        } else {
            struct cox_datetime expected = moment_of(cases[i].expected);

            if (next.usec != cox_datetime_to_wall(&expected).usec) {
                fail_msg("%s: %" G_GINT64_FORMAT, cases[i].spec, next.usec);
            }
        }
    }
}

static void
a_change_far_away_gives_a_time_to_ask_again(void **state)
{
    struct cox_date_spec spec = spec_of("months=6 weeks=1");
    struct cox_datetime moment = moment_of("2026-01-28 12:00:30Z");
    cox_wall next = cox_date_spec_next_change(&spec, &moment);

    (void) state;
    assert_true(cox_wall_before(cox_datetime_to_wall(&moment), next));
    assert_true(cox_wall_is_set(next));
}

COX_TEST_MAIN(cmocka_unit_test(the_first_field_that_does_not_fit_decides), cmocka_unit_test(what_is_no_range_is_refused),
              cmocka_unit_test(the_next_change_is_found), cmocka_unit_test(a_change_far_away_gives_a_time_to_ask_again))
