/* lib/model/date_spec.h - dates that repeat, such as "hours 9-16 on weekdays 1-5".  Layer 1, pure. */
#ifndef COX_MODEL_DATE_SPEC_H
#define COX_MODEL_DATE_SPEC_H

#include "base/datetime.h"

G_BEGIN_DECLS

/** The fields of a date_spec, in the order in which they decide. */
enum cox_date_field {
    COX_DATE_YEARS = 0,
    COX_DATE_MONTHS,
    COX_DATE_MONTHDAYS,
    COX_DATE_HOURS,
    COX_DATE_MINUTES,
    COX_DATE_SECONDS,
    COX_DATE_YEARDAYS,
    COX_DATE_WEEKYEARS,
    COX_DATE_WEEKS,
    COX_DATE_WEEKDAYS,
    COX_DATE_N_FIELDS
};

/** One field of a date_spec: "9-16", "9-", "-16" or "9". */
struct cox_date_range {
    bool is_set;
    bool is_valid; /**< false: the text made no sense; the expression then fails */
    guint32 low;   /**< 0 when open */
    guint32 high;  /**< G_MAXUINT32 when open */
};

struct cox_date_spec {
    const char *id;
    struct cox_date_range fields[COX_DATE_N_FIELDS];
};

enum cox_date_spec_result {
    COX_DATE_SPEC_WITHIN = 0,
    COX_DATE_SPEC_BEFORE, /**< the first field that does not fit is below its range */
    COX_DATE_SPEC_AFTER,  /**< ... above it */
    COX_DATE_SPEC_INVALID, /**< a field made no sense */
};

/** Name of a field as in configuration, such as "monthdays". */
const char *cox_date_spec_field_name(enum cox_date_field field);

/** Read "5", "1-5", "5-" or "-5" into @range, which is set in any case, and valid when the text is one of these. */
void cox_date_spec_range_parse(const char *text, struct cox_date_range *range);

/** Does @moment, in its own offset, fit? */
enum cox_date_spec_result cox_date_spec_match(const struct cox_date_spec *spec, const struct cox_datetime *moment);

/**
 * A time after @moment until which cox_date_spec_match() keeps saying the same about within or not; exact when the change
 * is near, else an earlier time at which it is worth asking again.  COX_WALL_NONE: never changes.
 */
cox_wall cox_date_spec_next_change(const struct cox_date_spec *spec, const struct cox_datetime *moment);

G_END_DECLS

#endif
