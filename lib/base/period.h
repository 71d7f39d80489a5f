/* lib/base/period.h - stretches of time with a start and an end, ISO 8601 "START/END".  Layer 0. */
#ifndef COX_BASE_PERIOD_H
#define COX_BASE_PERIOD_H

#include "base/datetime.h"

G_BEGIN_DECLS

struct cox_period {
    struct cox_datetime start;
    struct cox_datetime end;
};

/**
 * Parse "START/END", "START/DURATION" or "DURATION/END".
 *
 * @param context  as for cox_datetime_parse()
 * @param error    COX_ERROR_INVALID_PARAM naming the part that is wrong; @period untouched then
 */
bool cox_period_parse(const char *text, const struct cox_datetime_context *context, struct cox_period *period,
                      GError **error);

G_END_DECLS

#endif
