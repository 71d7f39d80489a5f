/* lib/model/date_spec.c - dates that repeat, such as "hours 9-16 on weekdays 1-5".  Layer 1, pure. */
#include "model/date_spec.h"

#include <string.h>

#define DAY_SECONDS 86400
/* How far ahead to look for a change: a year of days, or sixteen days of hours. */
#define STEPS_MAX 400

static const char *const field_names[] = { "years",   "months",   "monthdays", "hours", "minutes",
                                           "seconds", "yeardays", "weekyears", "weeks", "weekdays" };

G_STATIC_ASSERT(G_N_ELEMENTS(field_names) == COX_DATE_N_FIELDS);

const char *
cox_date_spec_field_name(enum cox_date_field field)
{
    return field_names[field];
}

/* Digits at @text as a number; false when there are none; more than nine stop there and make the text invalid. */
static bool
take_number(const char **text, guint32 *value)
{
    guint32 n = 0;

    *value = 0;
    while (g_ascii_isdigit((*text)[n]) && n < 9) {
        *value = *value * 10 + (guint32) ((*text)[n] - '0');
        n++;
    }
    *text += n;
    return n > 0;
}

void
cox_date_spec_range_parse(const char *text, struct cox_date_range *range)
{
    struct cox_date_range result = { .is_set = true };
    g_autofree char *trimmed = g_strstrip(g_strdup(text));
    const char *p = trimmed;
    bool has_low = take_number(&p, &result.low);
    bool has_high = false;

    if (*p == '-') {
        p++;
        has_high = take_number(&p, &result.high);
        if (!has_high) {
            result.high = G_MAXUINT32;
        }
    } else {
        result.high = result.low;
    }
    result.is_valid = (*p == '\0' && (has_low || has_high));
    *range = result;
}

static int
field_value(enum cox_date_field field, const struct cox_datetime *moment)
{
    switch (field) {
    case COX_DATE_YEARS:
        return moment->date.year;
    case COX_DATE_MONTHS:
        return moment->date.month;
    case COX_DATE_MONTHDAYS:
        return moment->date.day;
    case COX_DATE_HOURS:
        return moment->hour;
    case COX_DATE_MINUTES:
        return moment->minute;
    case COX_DATE_SECONDS:
        return moment->second;
    case COX_DATE_YEARDAYS:
        return cox_date_ordinal(&moment->date);
    case COX_DATE_WEEKYEARS:
        return cox_date_to_week(&moment->date).year;
    case COX_DATE_WEEKS:
        return cox_date_to_week(&moment->date).week;
    case COX_DATE_WEEKDAYS:
        return cox_date_weekday(&moment->date);
    case COX_DATE_N_FIELDS:
        break;
    }
    return 0;
}

static enum cox_date_spec_result
match_field(const struct cox_date_spec *spec, enum cox_date_field field, const struct cox_datetime *moment)
{
    const struct cox_date_range *range = &spec->fields[field];
    guint32 value;

    if (!range->is_set) {
        return COX_DATE_SPEC_WITHIN;
    }
    if (!range->is_valid) {
        return COX_DATE_SPEC_INVALID;
    }
    value = (guint32) field_value(field, moment);
    if (value < range->low) {
        return COX_DATE_SPEC_BEFORE;
    }
    return (value > range->high) ? COX_DATE_SPEC_AFTER : COX_DATE_SPEC_WITHIN;
}

enum cox_date_spec_result
cox_date_spec_match(const struct cox_date_spec *spec, const struct cox_datetime *moment)
{
    for (size_t field = 0; field < COX_DATE_N_FIELDS; field++) {
        enum cox_date_spec_result result = match_field(spec, (enum cox_date_field) field, moment);

        if (result != COX_DATE_SPEC_WITHIN) {
            return result;
        }
    }
    return COX_DATE_SPEC_WITHIN;
}

/* ---- next change ------------------------------------------------------------------------------------------ */

/* Seconds after which @field can change at the earliest. */
static int
unit_of(enum cox_date_field field)
{
    switch (field) {
    case COX_DATE_SECONDS:
        return 1;
    case COX_DATE_MINUTES:
        return 60;
    case COX_DATE_HOURS:
        return 3600;
    case COX_DATE_YEARS:
    case COX_DATE_MONTHS:
    case COX_DATE_MONTHDAYS:
    case COX_DATE_YEARDAYS:
    case COX_DATE_WEEKYEARS:
    case COX_DATE_WEEKS:
    case COX_DATE_WEEKDAYS:
    case COX_DATE_N_FIELDS:
        break;
    }
    return DAY_SECONDS;
}

/*
 * While it fits, the finest field in use may end that; while it does not, nothing can change before the coarsest field
 * that does not fit has changed.  0: no field is in use.
 */
static int
step_of(const struct cox_date_spec *spec, const struct cox_datetime *moment, bool is_within)
{
    int step = 0;

    for (size_t i = 0; i < COX_DATE_N_FIELDS; i++) {
        enum cox_date_field field = (enum cox_date_field) i;

        if (!spec->fields[i].is_set || (!is_within && match_field(spec, field, moment) == COX_DATE_SPEC_WITHIN)) {
            continue;
        }
        if (step == 0 || (is_within ? unit_of(field) < step : unit_of(field) > step)) {
            step = unit_of(field);
        }
    }
    return step;
}

/* Years pass once: beyond their range nothing changes any more, before it nothing until it begins. */
static bool
skip_years(const struct cox_date_spec *spec, struct cox_datetime *moment)
{
    const struct cox_date_range *years = &spec->fields[COX_DATE_YEARS];

    guint32 year = (guint32) moment->date.year;

    if (years->is_set && year > years->high) {
        return false;
    }
    if (years->is_set && year < years->low) {
        if (years->low > COX_DATE_YEAR_MAX) {
            return false;
        }
        *moment = (struct cox_datetime) { .date = { (int) years->low, 1, 1 }, .offset_seconds = moment->offset_seconds };
    }
    return true;
}

/* The next multiple of @step seconds, counted from midnight. */
static bool
advance(struct cox_datetime *moment, int step)
{
    int since_midnight = moment->hour * 3600 + moment->minute * 60 + moment->second;
    cox_wall wall = cox_datetime_to_wall(moment);

    wall.usec += (gint64) (step - since_midnight % step) * G_USEC_PER_SEC - moment->usec;
    return cox_datetime_from_wall(wall, moment->offset_seconds, moment);
}

static bool
is_valid(const struct cox_date_spec *spec)
{
    for (size_t i = 0; i < COX_DATE_N_FIELDS; i++) {
        if (spec->fields[i].is_set && !spec->fields[i].is_valid) {
            return false;
        }
    }
    return true;
}

cox_wall
cox_date_spec_next_change(const struct cox_date_spec *spec, const struct cox_datetime *moment)
{
    struct cox_datetime at = *moment;
    bool is_within = cox_date_spec_match(spec, moment) == COX_DATE_SPEC_WITHIN;

    if (!is_valid(spec) || (!is_within && !skip_years(spec, &at))) {
        return COX_WALL_NONE;
    }
    for (int i = 0; i < STEPS_MAX && (cox_date_spec_match(spec, &at) == COX_DATE_SPEC_WITHIN) == is_within; i++) {
        int step = step_of(spec, &at, is_within);

        if (step == 0 || !advance(&at, step) || (!is_within && !skip_years(spec, &at))) {
            return COX_WALL_NONE;
        }
    }
    return cox_datetime_to_wall(&at);
}
