/* lib/control/failure.h - which failures of operations are counted, and under which names.  Layer 4, pure. */
#ifndef COX_CONTROL_FAILURE_H
#define COX_CONTROL_FAILURE_H

#include <stdbool.h>
#include <glib.h>

#include "base/walltime.h"

G_BEGIN_DECLS

/** A result, as far as counting goes. */
struct cox_failed {
    const char *rsc_id, *task;
    gint64 interval_ms;
    int rc, status; /**< status: enum cox_op_status */
    int target_rc;  /**< what was wanted; -1: unknown */
};

/** Two attributes of a node.  Texts are owned: cox_failure_clear(). */
struct cox_failure_count {
    char *count_name, *time_name; /**< fail-count-RSC#TASK_INTERVAL, last-failure-... */
    char *count;                  /**< "value++" or "INFINITY" */
    char *time;                   /**< seconds since 1970 */
};

/** Did it end otherwise than wanted?  What is under way or was cancelled did not. */
bool cox_failure_is(const struct cox_failed *result);

/**
 * What to count for it: failures of recurring operations and of start, stop, promote and demote; probes find out what is, and
 * others (notify, migrations, reload) have consequences of their own.
 *
 * @param start_offset, stop_offset  what the plan says of failed starts and stops ("INFINITY", or a number: one more); NULL: INFINITY
 * @return false: nothing; @count is untouched
 */
bool cox_failure_count(const struct cox_failed *result, const char *start_offset, const char *stop_offset, cox_wall when,
                       struct cox_failure_count *count);

/** Names of these attributes; the caller frees them. */
char *cox_failure_count_name(const char *rsc_id, const char *task, gint64 interval_ms);
char *cox_failure_time_name(const char *rsc_id, const char *task, gint64 interval_ms);

void cox_failure_clear(struct cox_failure_count *count);

/** A regular expression for what cox_status_is_failure() holds to be of the resource; the caller frees it. */
char *cox_failure_pattern(const char *rsc_id);

G_END_DECLS

#endif
