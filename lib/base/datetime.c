/* lib/base/datetime.c - a moment as date, time of day and offset from UTC; ISO 8601 in and out.  Layer 0. */
#include "base/datetime.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define DAY_SECONDS 86400
/* Parts of a duration beyond this lead outside the calendar anyway; within it sums cannot overflow. */
#define YEARS_LIMIT ((gint64) 20000)

/* The text and how far it was read. */
struct cursor {
    const char *whole;
    const char *p;
    GError **error;
};

static bool G_GNUC_PRINTF(2, 3)
fail(struct cursor *at, const char *format, ...)
{
    va_list args;
    g_autofree char *why = NULL;

    va_start(args, format);
    why = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(at->error, COX_ERROR, COX_ERROR_INVALID_PARAM, "'%s' is not a valid ISO 8601 date/time: %s", at->whole, why);
    return false;
}

/* Number of digits at the cursor. */
static size_t
digits(const char *p)
{
    size_t n = 0;

    while (g_ascii_isdigit(p[n])) {
        n++;
    }
    return n;
}

/* Read exactly @n digits, of which the caller knows that they are there; at most nine. */
static int
take_digits(struct cursor *at, size_t n)
{
    int value = 0;

    for (size_t i = 0; i < n; i++) {
        value = value * 10 + (*at->p++ - '0');
    }
    return value;
}

/* ---- date ------------------------------------------------------------------------------------------------- */

/* At what follows "2026-W" or "2026W". */
static bool
parse_week(struct cursor *at, int year, struct cox_date *date)
{
    struct cox_date_week week = { .year = year };

    if (digits(at->p) < 2) {
        return fail(at, "a week needs two digits");
    }
    week.week = take_digits(at, 2);
    if (*at->p == '-') {
        at->p++;
    }
    if (digits(at->p) != 1) {
        return fail(at, "after the week comes its day, 1 to 7");
    }
    week.day = take_digits(at, 1);
    if (!cox_date_from_week(&week, date)) {
        return fail(at, "year %d has no day %d in week %d", year, week.day, week.week);
    }
    return true;
}

static bool
check_date(struct cursor *at, const struct cox_date *date)
{
    if (date->month < 1 || date->month > 12) {
        return fail(at, "%d is not a month", date->month);
    }
    if (date->year < COX_DATE_YEAR_MIN) {
        return fail(at, "%d is not a year between 1 and 9999", date->year);
    }
    if (!cox_date_is_valid(date)) {
        return fail(at, "month %d of %d has no day %d", date->month, date->year, date->day);
    }
    return true;
}

static bool
parse_ordinal(struct cursor *at, int year, struct cox_date *date)
{
    int ordinal = take_digits(at, 3);

    if (!cox_date_from_ordinal(year, ordinal, date)) {
        return fail(at, "year %d has no day %d", year, ordinal);
    }
    return true;
}

/* At what follows "2026-". */
static bool
parse_after_year(struct cursor *at, int year, struct cox_date *date)
{
    struct cox_date result = { .year = year };
    size_t n = digits(at->p);

    if (*at->p == 'W') {
        at->p++;
        return parse_week(at, year, date);
    }
    if (n == 3) {
        return parse_ordinal(at, year, date);
    }
    if (n != 1 && n != 2) {
        return fail(at, "after the year comes a month, a week or a day of three digits");
    }
    result.month = take_digits(at, n);
    n = (*at->p == '-') ? digits(at->p + 1) : 0;
    if (n != 1 && n != 2) {
        return fail(at, "after the month comes a day");
    }
    at->p++;
    result.day = take_digits(at, n);
    if (!check_date(at, &result)) {
        return false;
    }
    *date = result;
    return true;
}

static bool
parse_date(struct cursor *at, struct cox_date *date)
{
    size_t n = digits(at->p);

    if (n >= 1 && n <= 4 && at->p[n] == '-') {
        int year = take_digits(at, n);

        at->p++;
        return parse_after_year(at, year, date);
    }
    if (n == 4 && at->p[4] == 'W') {
        int year = take_digits(at, 4);

        at->p++;
        return parse_week(at, year, date);
    }
    if (n == 7) {
        return parse_ordinal(at, take_digits(at, 4), date);
    }
    if (n == 8) {
        struct cox_date result = { .year = take_digits(at, 4) };

        result.month = take_digits(at, 2);
        result.day = take_digits(at, 2);
        if (check_date(at, &result)) {
            *date = result;
            return true;
        }
        return false;
    }
    return fail(at, "a date looks like 2026-01-28, 2026-028 or 2026-W05-3, with a year from 1 to 9999");
}

/* ---- time of day ------------------------------------------------------------------------------------------ */

/* "12", "12:30", "1230", "12:30:45", "123045": how many parts were there, 0 on error.  One digit is enough for hours. */
static int
take_clock(struct cursor *at, int parts[3])
{
    size_t n = digits(at->p);
    int count = 0;

    if (n == 0 || n > 6 || (n > 2 && n % 2 != 0)) {
        fail(at, "hours are missing in '%s'", at->p);
        return 0;
    }
    parts[count++] = take_digits(at, MIN(n, 2));
    while (count < 3) {
        const char *next = (*at->p == ':') ? at->p + 1 : at->p;

        if (digits(next) < 2) {
            break;
        }
        at->p = next;
        parts[count++] = take_digits(at, 2);
    }
    if (*at->p == ':' || g_ascii_isdigit(*at->p)) {
        fail(at, "'%s' is no part of a time", at->p);
        return 0;
    }
    return count;
}

static bool
check_clock(struct cursor *at, const int parts[3], bool allows_24)
{
    if (parts[0] > 24 || (parts[0] == 24 && (!allows_24 || parts[1] != 0 || parts[2] != 0))) {
        return fail(at, "%d is not an hour", parts[0]);
    }
    if (parts[1] > 59) {
        return fail(at, "%d is not a minute", parts[1]);
    }
    if (parts[2] > 59) {
        return fail(at, "%d is not a second", parts[2]);
    }
    return true;
}

static int
take_fraction(struct cursor *at)
{
    int usec = 0;
    int scale = 100000;

    if ((*at->p != '.' && *at->p != ',') || !g_ascii_isdigit(at->p[1])) {
        return 0;
    }
    for (at->p++; g_ascii_isdigit(*at->p); at->p++) {
        usec += (*at->p - '0') * scale;
        scale /= 10;
    }
    return usec;
}

/* "Z", "+01:00" ...: @found tells whether there was one. */
static bool
parse_offset(struct cursor *at, int *offset_seconds, bool *found)
{
    int parts[3] = { 0 };
    int count;
    int sign;

    while (g_ascii_isspace(*at->p)) {
        at->p++;
    }
    *found = (*at->p != '\0');
    if (*at->p == '\0') {
        return true;
    }
    if (*at->p == 'Z' || *at->p == 'z') {
        at->p++;
        *offset_seconds = 0;
        return true;
    }
    if (*at->p != '+' && *at->p != '-') {
        return fail(at, "'%s' is not an offset from UTC", at->p);
    }
    sign = (*at->p++ == '-') ? -1 : 1;
    count = take_clock(at, parts);
    if (count == 0 || !check_clock(at, parts, false)) {
        return false;
    }
    if (count > 2) {
        return fail(at, "an offset has hours and minutes only");
    }
    *offset_seconds = sign * (parts[0] * 3600 + parts[1] * 60);
    return true;
}

/* Offset that @zone has when its clocks show @local (seconds since the epoch as if they were UTC). */
static int
offset_of_local(GTimeZone *zone, gint64 local)
{
    int interval;

    if (zone == NULL) {
        return 0;
    }
    interval = g_time_zone_adjust_time(zone, G_TIME_TYPE_STANDARD, &local);
    return g_time_zone_get_offset(zone, interval);
}

int
cox_datetime_offset_at(GTimeZone *zone, cox_wall wall)
{
    int interval;

    if (zone == NULL) {
        return 0;
    }
    interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, cox_wall_seconds(wall));
    return (interval < 0) ? 0 : g_time_zone_get_offset(zone, interval);
}

/* ---- conversion ------------------------------------------------------------------------------------------- */

cox_wall
cox_datetime_to_wall(const struct cox_datetime *datetime)
{
    gint64 seconds = cox_date_to_days(&datetime->date) * DAY_SECONDS + datetime->hour * 3600 + datetime->minute * 60
                     + datetime->second - datetime->offset_seconds;

    return (cox_wall) { seconds * G_USEC_PER_SEC + datetime->usec };
}

bool
cox_datetime_from_wall(cox_wall wall, int offset_seconds, struct cox_datetime *datetime)
{
    struct cox_datetime result = { .offset_seconds = offset_seconds };
    gint64 seconds = cox_wall_seconds(wall);
    gint64 local = seconds + offset_seconds;
    gint64 days = local / DAY_SECONDS;
    int rest = (int) (local % DAY_SECONDS);

    if (rest < 0) {
        rest += DAY_SECONDS;
        days--;
    }
    if (!cox_date_from_days(days, &result.date)) {
        return false;
    }
    result.hour = rest / 3600;
    result.minute = rest / 60 % 60;
    result.second = rest % 60;
    result.usec = (int) (wall.usec - seconds * G_USEC_PER_SEC);
    *datetime = result;
    return true;
}

/* ---- parse ------------------------------------------------------------------------------------------------ */

static bool
parse_clock(struct cursor *at, const struct cox_datetime_context *context, struct cox_datetime *result)
{
    int parts[3] = { 0 };
    bool has_offset = false;
    int count = take_clock(at, parts);

    if (count == 0 || !check_clock(at, parts, true)) {
        return false;
    }
    if (count == 3) {
        result->usec = take_fraction(at);
    }
    if (!parse_offset(at, &result->offset_seconds, &has_offset)) {
        return false;
    }
    if (parts[0] == 24) {
        if (result->usec != 0) {
            return fail(at, "24 is not an hour");
        }
        parts[0] = 0;
        if (!cox_date_from_days(cox_date_to_days(&result->date) + 1, &result->date)) {
            return fail(at, "the year is outside 1 to 9999");
        }
    }
    result->hour = parts[0];
    result->minute = parts[1];
    result->second = parts[2];
    if (!has_offset) {
        result->offset_seconds = 0;
        result->offset_seconds = offset_of_local(context->zone, cox_wall_seconds(cox_datetime_to_wall(result)));
    }
    return true;
}

/* "12:30" or "T1230": the day is today. */
static bool
is_time_alone(const char *p)
{
    size_t n = digits(p);

    return *p == 'T' || (n >= 1 && n <= 2 && p[n] == ':');
}

static bool
parse_parts(struct cursor *at, const struct cox_datetime_context *context, struct cox_datetime *result)
{
    if (is_time_alone(at->p)) {
        if (!cox_wall_is_set(context->now)
            || !cox_datetime_from_wall(context->now, cox_datetime_offset_at(context->zone, context->now), result)) {
            return fail(at, "the date is missing");
        }
        result->usec = 0;
        if (*at->p == 'T') {
            at->p++;
        }
        return parse_clock(at, context, result);
    }
    if (g_str_has_prefix(at->p, "epoch")) {
        result->date = (struct cox_date) { 1970, 1, 1 };
        at->p += strlen("epoch");
    } else if (!parse_date(at, &result->date)) {
        return false;
    }
    if (*at->p == '\0' || g_str_equal(at->p, "Z")) {
        at->p += strlen(at->p);
        return true;
    }
    if (*at->p != 'T' && *at->p != ' ') {
        return fail(at, "'%s' follows the date", at->p);
    }
    at->p++;
    while (*at->p == ' ') {
        at->p++;
    }
    return parse_clock(at, context, result);
}

bool
cox_datetime_parse(const char *text, const struct cox_datetime_context *context, struct cox_datetime *datetime,
                   GError **error)
{
    static const struct cox_datetime_context utc = { NULL, { G_MAXINT64 } };
    g_autofree char *trimmed = g_strstrip(g_strdup(text));
    struct cursor at = { .whole = text, .p = trimmed, .error = error };
    struct cox_datetime result = { .hour = 0 };

    if (*trimmed == '\0') {
        return fail(&at, "it is empty");
    }
    if (!parse_parts(&at, (context != NULL) ? context : &utc, &result)) {
        return false;
    }
    if (*at.p != '\0') {
        return fail(&at, "'%s' follows it", at.p);
    }
    *datetime = result;
    return true;
}

/* ---- arithmetic and format -------------------------------------------------------------------------------- */

static bool
is_within(gint64 value, gint64 limit)
{
    return value >= -limit && value <= limit;
}

bool
cox_datetime_add(struct cox_datetime *datetime, const struct cox_duration *duration, GError **error)
{
    struct cox_datetime result = *datetime;
    gint64 months;

    if (is_within(duration->years, YEARS_LIMIT) && is_within(duration->months, YEARS_LIMIT * 12)
        && is_within(duration->days, YEARS_LIMIT * 366)
        && is_within(duration->seconds, YEARS_LIMIT * 366 * DAY_SECONDS)) {
        months = duration->years * 12 + duration->months;
    } else {
        months = G_MAXINT32; /* beyond any year */
    }
    if (cox_date_add_months(&result.date, months)) {
        cox_wall wall = cox_datetime_to_wall(&result);

        wall.usec += (duration->days * DAY_SECONDS + duration->seconds) * G_USEC_PER_SEC;
        if (cox_datetime_from_wall(wall, datetime->offset_seconds, &result)) {
            *datetime = result;
            return true;
        }
    }
    g_set_error_literal(error, COX_ERROR, COX_ERROR_INVALID_PARAM,
                        "The result is outside 0001-01-01 00:00:00 to 9999-12-31 23:59:59: use a shorter duration");
    return false;
}

char *
cox_datetime_format(const struct cox_datetime *datetime, enum cox_datetime_style style)
{
    GString *out = g_string_new(NULL);
    int offset = datetime->offset_seconds;
    struct cox_date_week week;

    switch (style) {
    case COX_DATETIME_CALENDAR:
        g_string_append_printf(out, "%04d-%02d-%02d", datetime->date.year, datetime->date.month, datetime->date.day);
        break;
    case COX_DATETIME_ORDINAL:
        g_string_append_printf(out, "%04d-%03d", datetime->date.year, cox_date_ordinal(&datetime->date));
        break;
    case COX_DATETIME_WEEK:
        week = cox_date_to_week(&datetime->date);
        g_string_append_printf(out, "%04d-W%02d-%d", week.year, week.week, week.day);
        break;
    }
    g_string_append_printf(out, " %02d:%02d:%02d", datetime->hour, datetime->minute, datetime->second);
    if (offset == 0) {
        g_string_append_c(out, 'Z');
    } else {
        g_string_append_printf(out, " %c%02d:%02d", (offset < 0) ? '-' : '+', ABS(offset) / 3600, ABS(offset) / 60 % 60);
    }
    return g_string_free(out, FALSE);
}

/* Replace "%N", "%06N" by digits of the fraction; everything else stays for GLib. */
static char *
expand_fraction(const char *format, int usec)
{
    GString *out = g_string_new(NULL);
    g_autofree char *nsec = g_strdup_printf("%06d000", usec);

    for (const char *p = format; *p != '\0'; p++) {
        size_t n;

        if (*p != '%') {
            g_string_append_c(out, *p);
            continue;
        }
        n = digits(p + 1);
        if (p[1 + n] == 'N') {
            int width = (n == 0 || n > 3) ? 9 : atoi(p + 1);

            g_string_append_len(out, nsec, CLAMP(width, 1, 9));
            p += n + 1;
        } else {
            g_string_append_c(out, '%');
            if (p[1] != '\0') {
                g_string_append_c(out, *++p); /* keeps "%%N" together */
            }
        }
    }
    return g_string_free(out, FALSE);
}

char *
cox_datetime_strftime(const struct cox_datetime *datetime, const char *format)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_offset(datetime->offset_seconds);
    g_autoptr(GDateTime) moment = g_date_time_new(zone, datetime->date.year, datetime->date.month, datetime->date.day,
                                                  datetime->hour, datetime->minute, datetime->second);
    g_autofree char *expanded = expand_fraction(format, datetime->usec);

    return (moment == NULL) ? NULL : g_date_time_format(moment, expanded);
}
