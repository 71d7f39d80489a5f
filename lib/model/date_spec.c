/* lib/model/date_spec.c - dates that repeat, such as "hours 9-16 on weekdays 1-5".  Layer 1, pure. */
#include "model/date_spec.h"

#include <string.h>

#define DAY_SECONDS 86400
/* How often to look ahead for a change; a step is at least up to where a field may turn. */
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

static int
since_midnight(const struct cox_datetime *moment)
{
    return moment->hour * 3600 + moment->minute * 60 + moment->second;
}

/*
 * The value of a field at which its verdict may change next: just above the range while within, the low end while
 * before it.  Values run up to @last and begin anew, which is @last + 1 here.
 */
static guint32
turn_of(const struct cox_date_range *range, guint32 value, guint32 last, bool is_within)
{
    guint32 turn = last + 1;

    if (is_within && range->high < last) {
        turn = range->high + 1;
    } else if (!is_within && value < range->low && range->low <= last) {
        turn = range->low;
    }
    return turn;
}

/* Seconds until a field of the clock, counted from 0 in units of @unit seconds, turns. */
static int
clock_wait(const struct cox_date_range *range, const struct cox_datetime *moment, int unit, int cycle, bool is_within)
{
    int passed = since_midnight(moment) % cycle;

    return (int) turn_of(range, (guint32) (passed / unit), (guint32) (cycle / unit - 1), is_within) * unit - passed;
}

/* Days until the first of the month in which the months field turns. */
static int
month_wait(const struct cox_date_range *range, const struct cox_date *date, bool is_within)
{
    struct cox_date first = { date->year, (int) turn_of(range, (guint32) date->month, 12, is_within), 1 };

    if (first.month > 12) {
        first.year++;
        first.month = 1;
    }
    return (int) (cox_date_to_days(&first) - cox_date_to_days(date));
}

/* Seconds until @field may change its verdict; at least 1. */
static gint64
wait_of(const struct cox_date_spec *spec, enum cox_date_field field, const struct cox_datetime *moment, bool is_within)
{
    const struct cox_date_range *range = &spec->fields[field];
    const struct cox_date *date = &moment->date;
    guint32 value = (guint32) field_value(field, moment);
    guint32 year_days = cox_date_is_leap(date->year) ? 366 : 365;
    guint32 days = 1;

    switch (field) {
    case COX_DATE_HOURS:
        return clock_wait(range, moment, 3600, DAY_SECONDS, is_within);
    case COX_DATE_MINUTES:
        return clock_wait(range, moment, 60, 3600, is_within);
    case COX_DATE_SECONDS:
        return clock_wait(range, moment, 1, 60, is_within);
    case COX_DATE_MONTHDAYS:
        days = turn_of(range, value, (guint32) cox_date_month_days(date->year, date->month), is_within) - value;
        break;
    case COX_DATE_YEARDAYS:
        days = turn_of(range, value, year_days, is_within) - value;
        break;
    case COX_DATE_WEEKDAYS:
        days = turn_of(range, value, 7, is_within) - value;
        break;
    case COX_DATE_MONTHS:
        days = (guint32) month_wait(range, date, is_within);
        break;
    case COX_DATE_YEARS:
        days = year_days + 1 - (guint32) cox_date_ordinal(date);
        break;
    case COX_DATE_WEEKS:
    case COX_DATE_WEEKYEARS: /* years begin with different weeks: look at each Monday */
        days = 8 - (guint32) cox_date_weekday(date);
        break;
    case COX_DATE_N_FIELDS:
        break;
    }
    return (gint64) days * DAY_SECONDS - since_midnight(moment);
}

/* Does the range hold all values that the field can have?  Then it never turns. */
static bool
holds_all(enum cox_date_field field, const struct cox_date_range *range)
{
    static const struct {
        guint32 first, last;
    } bounds[] = {
        [COX_DATE_YEARS] = { COX_DATE_YEAR_MIN, COX_DATE_YEAR_MAX },
        [COX_DATE_MONTHS] = { 1, 12 },
        [COX_DATE_MONTHDAYS] = { 1, 31 },
        [COX_DATE_HOURS] = { 0, 23 },
        [COX_DATE_MINUTES] = { 0, 59 },
        [COX_DATE_SECONDS] = { 0, 59 },
        [COX_DATE_YEARDAYS] = { 1, 366 },
        [COX_DATE_WEEKYEARS] = { COX_DATE_YEAR_MIN, COX_DATE_YEAR_MAX },
        [COX_DATE_WEEKS] = { 1, 53 },
        [COX_DATE_WEEKDAYS] = { 1, 7 },
    };

    return range->low <= bounds[field].first && range->high >= bounds[field].last;
}

/*
 * While all fields fit, the first that may turn may end that; while some do not, nothing can change before each of them
 * has turned.  0: no field is in use.
 */
static gint64
wait_for_change(const struct cox_date_spec *spec, const struct cox_datetime *moment, bool is_within)
{
    gint64 wait = 0;

    for (size_t i = 0; i < COX_DATE_N_FIELDS; i++) {
        enum cox_date_field field = (enum cox_date_field) i;
        gint64 own;

        if (!spec->fields[i].is_set || holds_all(field, &spec->fields[i])
            || (!is_within && match_field(spec, field, moment) == COX_DATE_SPEC_WITHIN)) {
            continue;
        }
        own = wait_of(spec, field, moment, is_within);
        if (wait == 0 || (is_within ? own < wait : own > wait)) {
            wait = own;
        }
    }
    return wait;
}

static bool
advance(struct cox_datetime *moment, gint64 seconds)
{
    cox_wall wall = cox_datetime_to_wall(moment);

    wall.usec += seconds * G_USEC_PER_SEC - moment->usec;
    return cox_datetime_from_wall(wall, moment->offset_seconds, moment);
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

/* Not when a field made no sense or its range is empty ("22-2"). */
static bool
can_ever_match(const struct cox_date_spec *spec)
{
    for (size_t i = 0; i < COX_DATE_N_FIELDS; i++) {
        const struct cox_date_range *range = &spec->fields[i];

        if (range->is_set && (!range->is_valid || range->low > range->high)) {
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

    if (!can_ever_match(spec) || (!is_within && !skip_years(spec, &at))) {
        return COX_WALL_NONE;
    }
    for (int i = 0; i < STEPS_MAX && (cox_date_spec_match(spec, &at) == COX_DATE_SPEC_WITHIN) == is_within; i++) {
        gint64 wait = wait_for_change(spec, &at, is_within);

        if (wait == 0 || !advance(&at, wait) || (!is_within && !skip_years(spec, &at))) {
            return COX_WALL_NONE;
        }
    }
    return cox_datetime_to_wall(&at);
}
