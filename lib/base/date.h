/* lib/base/date.h - days of the Gregorian calendar: month, ordinal and ISO week forms of the same day.  Layer 0. */
#ifndef COX_BASE_DATE_H
#define COX_BASE_DATE_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

#define COX_DATE_YEAR_MIN 1
#define COX_DATE_YEAR_MAX 9999

/** A day; valid when cox_date_is_valid() says so. */
struct cox_date {
    int year;  /**< 1 to 9999 */
    int month; /**< 1 to 12 */
    int day;   /**< 1 to 31 */
};

/** The ISO 8601 week form of a day. */
struct cox_date_week {
    int year; /**< of the week, which may differ from the calendar year around 1 January */
    int week; /**< 1 to 53 */
    int day;  /**< 1 (Monday) to 7 */
};

bool cox_date_is_leap(int year);

/** Days of @month (1 to 12) in @year. */
int cox_date_month_days(int year, int month);

/** 52 or 53. */
int cox_date_year_weeks(int year);

bool cox_date_is_valid(const struct cox_date *date);

/** Days since 1970-01-01, negative before. */
gint64 cox_date_to_days(const struct cox_date *date);

/** The day @days after 1970-01-01.  @return false when the year would be outside 1 to 9999; @date untouched then */
bool cox_date_from_days(gint64 days, struct cox_date *date);

/** Day of the year, 1 to 366. */
int cox_date_ordinal(const struct cox_date *date);

/** Day of the week, 1 (Monday) to 7. */
int cox_date_weekday(const struct cox_date *date);

struct cox_date_week cox_date_to_week(const struct cox_date *date);

/** @return false when there is no such day; @date untouched then */
bool cox_date_from_ordinal(int year, int ordinal, struct cox_date *date);
bool cox_date_from_week(const struct cox_date_week *week, struct cox_date *date);

/** Add months (12 for a year); a day that the month does not have becomes its last one.  @return as cox_date_from_days */
bool cox_date_add_months(struct cox_date *date, gint64 months);

G_END_DECLS

#endif
