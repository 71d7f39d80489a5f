/* lib/base/interval.c - lengths of time as people write them in configuration: "10s", "1min", "PT10S".  Layer 0. */
#include "base/interval.h"

#include <string.h>

#include "base/duration.h"
#include "base/error.h"

#define LARGEST_MS (G_MAXINT64 / 1000)

enum { MS_PER_S = 1000, S_PER_DAY = 86400 };

static const struct {
    const char *unit;
    gint64 factor;
    gint64 divisor;
} units[] = {
    { "", MS_PER_S, 1 },     { "s", MS_PER_S, 1 },        { "sec", MS_PER_S, 1 },      { "ms", 1, 1 },
    { "msec", 1, 1 },        { "us", 1, 1000 },           { "usec", 1, 1000 },         { "m", 60 * MS_PER_S, 1 },
    { "min", 60 * MS_PER_S, 1 }, { "h", 3600 * MS_PER_S, 1 }, { "hr", 3600 * MS_PER_S, 1 },
};

static bool
fail(const char *text, GError **error)
{
    g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM,
                "'%s' is not a length of time (write a number with a unit such as '10s', or 'PT10S')", text);
    return false;
}

static bool
parse_iso(const char *text, gint64 *interval_ms, GError **error)
{
    struct cox_duration duration;
    gint64 days;

    if (!cox_duration_parse(text, &duration, NULL)) {
        return fail(text, error);
    }
    /* The parts are bounded by cox_duration_parse, so that nothing here can overflow. */
    days = duration.years * 365 + duration.months * 30 + duration.days;
    *interval_ms = CLAMP(days * S_PER_DAY + duration.seconds, 0, LARGEST_MS / MS_PER_S) * MS_PER_S;
    return true;
}

bool
cox_interval_parse(const char *text, gint64 *interval_ms, GError **error)
{
    const char *start = text + strspn(text, " \t\r\n");
    char *end = NULL;
    g_autofree char *unit = NULL;
    gint64 value;

    if (*start == 'P') {
        return parse_iso(start, interval_ms, error);
    }
    if (!g_ascii_isdigit(*start)) {
        return fail(text, error);
    }
    value = g_ascii_strtoll(start, &end, 10);
    unit = g_strstrip(g_strdup(end));
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        if (g_ascii_strcasecmp(unit, units[i].unit) == 0) {
            *interval_ms = value > LARGEST_MS / units[i].factor ? LARGEST_MS
                                                                : value * units[i].factor / units[i].divisor;
            return true;
        }
    }
    return fail(text, error);
}

char *
cox_interval_text(gint64 interval_ms)
{
    static const struct {
        const char *letter;
        gint64 ms;
    } parts[] = { { "d", S_PER_DAY * MS_PER_S }, { "h", 3600 * MS_PER_S }, { "m", 60 * MS_PER_S } };
    GString *text = g_string_new(NULL);
    gint64 left_ms = interval_ms;

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (left_ms >= parts[i].ms) {
            g_string_append_printf(text, "%" G_GINT64_FORMAT "%s", left_ms / parts[i].ms, parts[i].letter);
        }
        left_ms %= parts[i].ms;
    }
    if (left_ms > 0 || text->len == 0) {
        g_string_append_printf(text, "%" G_GINT64_FORMAT, left_ms / MS_PER_S);
        if (left_ms % MS_PER_S > 0) {
            g_string_append_printf(text, ".%03d", (int) (left_ms % MS_PER_S));
        }
        g_string_append_c(text, 's');
    }
    return g_string_free(text, FALSE);
}
