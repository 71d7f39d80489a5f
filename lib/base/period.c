/* lib/base/period.c - stretches of time with a start and an end, ISO 8601 "START/END".  Layer 0. */
#include "base/period.h"

#include <string.h>

#include "base/error.h"

static bool
fail(const char *text, const char *why, GError **error)
{
    g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "'%s' is not a valid ISO 8601 time period: %s", text, why);
    return false;
}

/* One side: a moment into @moment, or a duration when it begins with 'P'. */
static bool
parse_side(const char *text, const struct cox_datetime_context *context, struct cox_datetime *moment,
           struct cox_duration *duration, GError **error)
{
    return (*text == 'P') ? cox_duration_parse(text, duration, error) : cox_datetime_parse(text, context, moment, error);
}

bool
cox_period_parse(const char *text, const struct cox_datetime_context *context, struct cox_period *period, GError **error)
{
    g_auto(GStrv) sides = g_strsplit(text, "/", -1);
    struct cox_duration duration = { 0 };
    struct cox_period result = { .start = { .hour = 0 } };

    if (g_strv_length(sides) != 2) {
        return fail(text, "it needs a start and an end, or one of them and a duration, separated by '/'", error);
    }
    g_strstrip(sides[0]);
    g_strstrip(sides[1]);
    if (sides[0][0] == 'P' && sides[1][0] == 'P') {
        return fail(text, "it has two durations", error);
    }
    if (!parse_side(sides[0], context, &result.start, &duration, error)
        || !parse_side(sides[1], context, &result.end, &duration, error)) {
        return false;
    }
    if (sides[0][0] == 'P') {
        duration = cox_duration_negate(&duration);
        result.start = result.end;
        if (!cox_datetime_add(&result.start, &duration, error)) {
            return false;
        }
    } else if (sides[1][0] == 'P') {
        result.end = result.start;
        if (!cox_datetime_add(&result.end, &duration, error)) {
            return false;
        }
    }
    *period = result;
    return true;
}
