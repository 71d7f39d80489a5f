/* lib/base/date.c - days of the Gregorian calendar: month, ordinal and ISO week forms of the same day.  Layer 0. */
#include "base/date.h"

/* Days from 0001-01-01 to 1970-01-01. */
#define EPOCH_DAYS 719162

bool
cox_date_is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int
cox_date_month_days(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return days[month - 1] + ((month == 2 && cox_date_is_leap(year)) ? 1 : 0);
}

bool
cox_date_is_valid(const struct cox_date *date)
{
    return date->year >= COX_DATE_YEAR_MIN && date->year <= COX_DATE_YEAR_MAX && date->month >= 1 && date->month <= 12
           && date->day >= 1 && date->day <= cox_date_month_days(date->year, date->month);
}

/* Days from 0001-01-01 to 1 January of @year. */
static gint64
days_before_year(gint64 year)
{
    gint64 y = year - 1;

    return y * 365 + y / 4 - y / 100 + y / 400;
}

int
cox_date_ordinal(const struct cox_date *date)
{
    int ordinal = date->day;

    for (int month = 1; month < date->month; month++) {
        ordinal += cox_date_month_days(date->year, month);
    }
    return ordinal;
}

gint64
cox_date_to_days(const struct cox_date *date)
{
    return days_before_year(date->year) + cox_date_ordinal(date) - 1 - EPOCH_DAYS;
}

bool
cox_date_from_ordinal(int year, int ordinal, struct cox_date *date)
{
    struct cox_date result = { year, 1, ordinal };

    if (year < COX_DATE_YEAR_MIN || year > COX_DATE_YEAR_MAX || ordinal < 1
        || ordinal > (cox_date_is_leap(year) ? 366 : 365)) {
        return false;
    }
    while (result.day > cox_date_month_days(year, result.month)) {
        result.day -= cox_date_month_days(year, result.month);
        result.month++;
    }
    *date = result;
    return true;
}

bool
cox_date_from_days(gint64 days, struct cox_date *date)
{
    gint64 since;
    gint64 year;

    if (days < -EPOCH_DAYS || days >= days_before_year(COX_DATE_YEAR_MAX + 1) - EPOCH_DAYS) {
        return false;
    }
    since = days + EPOCH_DAYS;
    year = since / 366 + 1; /* never too late, and at most seven years too early */
    while (days_before_year(year + 1) <= since) {
        year++;
    }
    return cox_date_from_ordinal((int) year, (int) (since - days_before_year(year)) + 1, date);
}

int
cox_date_weekday(const struct cox_date *date)
{
    return (int) ((cox_date_to_days(date) + EPOCH_DAYS) % 7) + 1; /* 0001-01-01 was a Monday */
}

/* Day of the week of 1 January. */
static int
first_weekday(int year)
{
    return (int) (days_before_year(year) % 7) + 1;
}

/* Week 1 is the one with the year's first Thursday. */
int
cox_date_year_weeks(int year)
{
    int first = first_weekday(year);

    return (first == 4 || (first == 3 && cox_date_is_leap(year))) ? 53 : 52;
}

struct cox_date_week
cox_date_to_week(const struct cox_date *date)
{
    struct cox_date_week result = { date->year, 0, cox_date_weekday(date) };

    result.week = (cox_date_ordinal(date) - result.day + 10) / 7;
    if (result.week < 1) {
        result.year--;
        result.week = cox_date_year_weeks(result.year);
    } else if (result.week > cox_date_year_weeks(result.year)) {
        result.year++;
        result.week = 1;
    }
    return result;
}

bool
cox_date_from_week(const struct cox_date_week *week, struct cox_date *date)
{
    gint64 first_monday;

    if (week->year < COX_DATE_YEAR_MIN || week->year > COX_DATE_YEAR_MAX || week->week < 1
        || week->week > cox_date_year_weeks(week->year) || week->day < 1 || week->day > 7) {
        return false;
    }
    first_monday = days_before_year(week->year) - first_weekday(week->year) + 1;
    if (first_weekday(week->year) > 4) {
        first_monday += 7;
    }
    return cox_date_from_days(first_monday + (week->week - 1) * 7 + week->day - 1 - EPOCH_DAYS, date);
}

bool
cox_date_add_months(struct cox_date *date, gint64 months)
{
    gint64 total = (gint64) date->year * 12 + date->month - 1 + months;

    if (total < COX_DATE_YEAR_MIN * 12 || total >= (COX_DATE_YEAR_MAX + 1) * 12) {
        return false;
    }
    date->year = (int) (total / 12);
    date->month = (int) (total % 12) + 1;
    date->day = MIN(date->day, cox_date_month_days(date->year, date->month));
    return true;
}
