/* Tests of lib/base/interval.c. */
#include "base/interval.h"

#include "base/error.h"
#include "base/testkit.h"

static void
lengths_are_read_in_milliseconds(void **state)
{
    static const struct {
        const char *text;
        gint64 expected_ms;
    } cases[] = {
        { "0", 0 },           { "10", 10000 },      { "10s", 10000 },    { " 10 s ", 10000 }, { "10000ms", 10000 },
        { "1500us", 1 },      { "2m", 120000 },     { "2MIN", 120000 },  { "1h", 3600000 },   { "1hr", 3600000 },
        { "3sec", 3000 },     { "7msec", 7 },       { "9usec", 0 },      { "PT10S", 10000 },  { "PT1M", 60000 },
        { "P1D", 86400000 },  { "P1M", 2592000000 }, { "P-1D", 0 },      { "P1Y", 31536000000 },
        { "99999999999999999999h", G_MAXINT64 / 1000 },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        gint64 got = -1;

        if (!cox_interval_parse(cases[i].text, &got, NULL) || got != cases[i].expected_ms) {
            fail_msg("'%s': got %" G_GINT64_FORMAT, cases[i].text, got);
        }
    }
}

static void
nonsense_is_refused_and_quoted(void **state)
{
    static const char *const cases[] = { "", "ten", "-5s", "10 years", "s", "P", "10s10", "1.5s" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        gint64 got = 17;

        if (cox_interval_parse(cases[i], &got, &error)) {
            fail_msg("'%s' is accepted", cases[i]);
        }
        assert_int_equal(got, 17);
        assert_int_equal(error->code, COX_ERROR_INVALID_PARAM);
        assert_non_null(strstr(error->message, cases[i]));
    }
}

static void
lengths_are_written_without_what_is_nought(void **state)
{
    static const struct {
        gint64 ms;
        const char *text;
    } cases[] = {
        { 0, "0s" },         { 10000, "10s" },   { 60000, "1m" },           { 90000, "1m30s" },
        { 3600000, "1h" },   { 1500, "1.500s" }, { 86400000 + 7, "1d0.007s" }, { 5400000, "1h30m" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = cox_interval_text(cases[i].ms);

        assert_string_equal(text, cases[i].text);
    }
}

COX_TEST_MAIN(cmocka_unit_test(lengths_are_written_without_what_is_nought), cmocka_unit_test(lengths_are_read_in_milliseconds), cmocka_unit_test(nonsense_is_refused_and_quoted))
