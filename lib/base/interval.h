/* lib/base/interval.h - lengths of time as people write them in configuration: "10s", "1min", "PT10S".  Layer 0. */
#ifndef COX_BASE_INTERVAL_H
#define COX_BASE_INTERVAL_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/**
 * Parse a length of time: a whole number with a unit (us usec ms msec s sec m min h hr, any case; none means seconds), or
 * an ISO 8601 duration (a year is 365 days and a month 30 there).  Parts of a millisecond are dropped; too large
 * values are clamped to G_MAXINT64 / 1000 milliseconds.
 *
 * @param interval_ms  set on success only
 * @param error        COX_ERROR_INVALID_PARAM quoting @text
 */
bool cox_interval_parse(const char *text, gint64 *interval_ms, GError **error);

/** As people read it, without what is nought: "1m", "1h30m", "1.500s"; "0s" for nothing.  Not negative.  The caller frees. */
char *cox_interval_text(gint64 interval_ms);

G_END_DECLS

#endif
