/* lib/base/datetime.h - a moment as date, time of day and offset from UTC; ISO 8601 in and out.  Layer 0. */
#ifndef COX_BASE_DATETIME_H
#define COX_BASE_DATETIME_H

#include "base/date.h"
#include "base/duration.h"
#include "base/walltime.h"

G_BEGIN_DECLS

/** A moment, broken down. */
struct cox_datetime {
    struct cox_date date;
    int hour;   /**< 0 to 23 */
    int minute; /**< 0 to 59 */
    int second; /**< 0 to 59: there are no leap seconds here */
    int usec;   /**< 0 to 999999 */
    int offset_seconds; /**< local time minus UTC */
};

/** What an incomplete text is completed with. */
struct cox_datetime_context {
    GTimeZone *zone; /**< of times without an offset; NULL: UTC */
    cox_wall now;    /**< its day is taken for a time alone; COX_WALL_NONE: a time alone is an error */
};

enum cox_datetime_style {
    COX_DATETIME_CALENDAR = 0, /**< 2026-01-28 */
    COX_DATETIME_ORDINAL,      /**< 2026-028 */
    COX_DATETIME_WEEK,         /**< 2026-W05-3 */
};

/**
 * Parse a date (calendar "2026-01-28" "20260128", ordinal "2026-028" "2026028", week "2026-W05-3" "2026W053"), then
 * optionally "T" or blanks and a time ("12", "12:30", "12:30:45", "123045", a fraction after "." or ","), then
 * optionally an offset ("Z", "+01:00", "-0530", "+2").  Also "epoch", and a time alone.  A date alone is midnight UTC.
 * "24:00:00" is midnight of the next day.
 *
 * @param context  NULL: UTC, and a time alone is an error
 * @param error    COX_ERROR_INVALID_PARAM quoting @text and the part that is wrong; @datetime untouched then
 */
bool cox_datetime_parse(const char *text, const struct cox_datetime_context *context, struct cox_datetime *datetime,
                        GError **error);

/** The point in time; cannot fail for a valid moment. */
cox_wall cox_datetime_to_wall(const struct cox_datetime *datetime);

/** @wall as seen at @offset_seconds from UTC.  @return false when the year would be outside 1 to 9999 */
bool cox_datetime_from_wall(cox_wall wall, int offset_seconds, struct cox_datetime *datetime);

/** Offset of @zone from UTC at @wall, in seconds; NULL: 0. */
int cox_datetime_offset_at(GTimeZone *zone, cox_wall wall);

/**
 * Add years and months (a day that the month does not have becomes its last one), then days, then seconds.
 * @param error  COX_ERROR_INVALID_PARAM when the year would be outside 1 to 9999; @datetime untouched then
 */
bool cox_datetime_add(struct cox_datetime *datetime, const struct cox_duration *duration, GError **error);

/** "2026-01-28 12:30:45Z" or, with an offset, "2026-01-28 12:30:45 +01:00".  Caller frees. */
char *cox_datetime_format(const struct cox_datetime *datetime, enum cox_datetime_style style);

/**
 * strftime with one addition: "%N" and "%06N" are the fraction of the second in nanoseconds, or its leading digits.
 * @return the text, caller frees; NULL when @format is not valid
 */
char *cox_datetime_strftime(const struct cox_datetime *datetime, const char *format);

G_END_DECLS

#endif
