/* lib/base/duration.h - lengths of time in calendar units, ISO 8601 "P1Y2M3DT4H5M6S".  Layer 0. */
#ifndef COX_BASE_DURATION_H
#define COX_BASE_DURATION_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/**
 * A length of time.  Years, months, days and seconds are kept apart because they have no fixed ratio; weeks are
 * seven days, hours and minutes are seconds.  Each part may be negative.
 */
struct cox_duration {
    gint64 years;
    gint64 months;
    gint64 days;
    gint64 seconds;
};

/**
 * Parse "P" with parts such as 1Y 2M 1W 3D, then optionally "T" with 4H 5M 6S; numbers may be negative.
 * Parts may be repeated and add up.
 *
 * @param error  COX_ERROR_INVALID_PARAM quoting @text; @duration untouched then
 */
bool cox_duration_parse(const char *text, struct cox_duration *duration, GError **error);

/** For people: "   1 year  2 months  3 days 14706 seconds (4 hours 5 minutes 6 seconds)".  Caller frees. */
char *cox_duration_format(const struct cox_duration *duration);

/** The same length backwards. */
struct cox_duration cox_duration_negate(const struct cox_duration *duration);

bool cox_duration_is_zero(const struct cox_duration *duration);

G_END_DECLS

#endif
