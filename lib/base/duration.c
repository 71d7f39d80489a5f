/* lib/base/duration.c - lengths of time in calendar units, ISO 8601 "P1Y2M3DT4H5M6S".  Layer 0. */
#include "base/duration.h"

#include <string.h>

#include "base/error.h"

/* Enough for any use; keeps sums of parts far from overflow. */
#define PART_MAX G_MAXINT32
#define PARTS_MAX 1000

static bool
fail(const char *text, const char *why, GError **error)
{
    g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "'%s' is not a valid ISO 8601 duration: %s", text, why);
    return false;
}

/* The field that @unit adds to, and by how much; NULL when there is no such unit. */
static gint64 *
field_of(struct cox_duration *duration, char unit, bool after_t, gint64 *factor)
{
    *factor = 1;
    switch (unit) {
    case 'Y':
        return &duration->years;
    case 'M':
        *factor = after_t ? 60 : 1;
        return after_t ? &duration->seconds : &duration->months;
    case 'W':
        *factor = 7;
        return &duration->days;
    case 'D':
        return &duration->days;
    case 'H':
        *factor = 3600;
        return &duration->seconds;
    case 'S':
        return &duration->seconds;
    default: /* a character, not one of our enums */
        return NULL;
    }
}

static bool
parse_parts(const char *text, struct cox_duration *duration, GError **error)
{
    bool after_t = false;
    int parts = 0;
    const char *p = text + 1;

    while (*p != '\0') {
        char *end = NULL;
        gint64 value;
        gint64 factor;
        gint64 *field;

        if (*p == 'T') {
            if (after_t) {
                return fail(text, "more than one 'T'", error);
            }
            after_t = true;
            p++;
            continue;
        }
        if (!g_ascii_isdigit(*p) && *p != '-' && *p != '+') {
            return fail(text, "a number is missing", error);
        }
        value = g_ascii_strtoll(p, &end, 10);
        if (end == p || value > PART_MAX || value < -PART_MAX) {
            return fail(text, "a number is missing or too large", error);
        }
        field = field_of(duration, *end, after_t, &factor);
        if (field == NULL) {
            return fail(text, "a number needs one of the units Y M W D H M S", error);
        }
        if (++parts > PARTS_MAX) {
            return fail(text, "too many parts", error);
        }
        *field += value * factor;
        p = end + 1;
    }
    return true;
}

bool
cox_duration_parse(const char *text, struct cox_duration *duration, GError **error)
{
    struct cox_duration result = { 0 };
    g_autofree char *trimmed = g_strstrip(g_strdup(text));

    if (trimmed[0] != 'P') {
        return fail(text, "it must begin with 'P'", error);
    }
    if (trimmed[1] == '\0') {
        return fail(text, "nothing follows 'P'", error);
    }
    if (!parse_parts(trimmed, &result, error)) {
        return false;
    }
    *duration = result;
    return true;
}

static void
append_unit(GString *out, int width, gint64 value, const char *unit)
{
    g_string_append_printf(out, "%*" G_GINT64_FORMAT " %s%s", width, value, unit, (value == 1) ? "" : "s");
}

/* " (4 hours 5 minutes 6 seconds)" for what is longer than a minute */
static void
append_clock(GString *out, gint64 seconds)
{
    const gint64 size = ABS(seconds);
    const gint64 parts[] = { size / 3600, size / 60 % 60, size % 60 };
    static const char *const names[] = { "hour", "minute", "second" };
    const char *separator = " (";

    if (size < 60) {
        return;
    }
    for (int i = 0; i < 3; i++) {
        if (parts[i] != 0) {
            g_string_append(out, separator);
            append_unit(out, 1, parts[i], names[i]);
            separator = " ";
        }
    }
    g_string_append_c(out, ')');
}

char *
cox_duration_format(const struct cox_duration *duration)
{
    GString *out = g_string_new(NULL);

    if (duration->years != 0) {
        append_unit(out, 4, duration->years, "year");
        g_string_append_c(out, ' ');
    }
    if (duration->months != 0) {
        append_unit(out, 2, duration->months, "month");
        g_string_append_c(out, ' ');
    }
    if (duration->days != 0) {
        append_unit(out, 2, duration->days, "day");
        g_string_append_c(out, ' ');
    }
    if (duration->seconds != 0 || out->len == 0) {
        append_unit(out, 1, duration->seconds, "second");
        append_clock(out, duration->seconds);
    }
    return g_string_free(out, FALSE);
}

struct cox_duration
cox_duration_negate(const struct cox_duration *duration)
{
    return (struct cox_duration) { -duration->years, -duration->months, -duration->days, -duration->seconds };
}

bool
cox_duration_is_zero(const struct cox_duration *duration)
{
    return duration->years == 0 && duration->months == 0 && duration->days == 0 && duration->seconds == 0;
}
