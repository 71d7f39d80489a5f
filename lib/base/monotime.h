/* lib/base/monotime.h - a point in monotonic time: for deadlines and timers.  Layer 0. */
#ifndef COX_BASE_MONOTIME_H
#define COX_BASE_MONOTIME_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/**
 * Monotonic time: microseconds since a moment that only this boot of this node knows; never goes back.  A scalar, so that
 * deadlines are plain arithmetic; cox_wall (base/walltime.h) is a struct, so that the compiler refuses to mix the two.
 * A length of time in microseconds is a cox_usec as well; lengths that come from configuration are gint64 *_ms.
 */
typedef gint64 cox_usec;

/** A deadline that does not come: no timer is wanted. */
#define COX_USEC_NEVER G_MAXINT64

#define COX_USEC_PER_MS G_GINT64_CONSTANT(1000)
#define COX_USEC_PER_S G_GINT64_CONSTANT(1000000)

static inline bool
cox_usec_is_set(cox_usec when)
{
    return when != COX_USEC_NEVER;
}

/** The earlier of two; COX_USEC_NEVER is later than everything. */
static inline cox_usec
cox_usec_min(cox_usec a, cox_usec b)
{
    return a < b ? a : b;
}

/** The point @delay_ms after @now; what lies beyond the end of time is COX_USEC_NEVER, a negative delay is none. */
static inline cox_usec
cox_usec_after_ms(cox_usec now, gint64 delay_ms)
{
    if (delay_ms <= 0) {
        return now;
    }
    return delay_ms > (COX_USEC_NEVER - MAX(now, 0)) / COX_USEC_PER_MS ? COX_USEC_NEVER : now + delay_ms * COX_USEC_PER_MS;
}

/** Has @when come at @now?  COX_USEC_NEVER never comes. */
static inline bool
cox_usec_is_due(cox_usec when, cox_usec now)
{
    return when != COX_USEC_NEVER && when <= now;
}

/** Milliseconds from @now until @when, rounded up so that a timer does not fire early; 0 when due, -1 for COX_USEC_NEVER. */
static inline gint64
cox_usec_ms_until(cox_usec when, cox_usec now)
{
    if (when == COX_USEC_NEVER) {
        return -1;
    }
    return when <= now ? 0 : (when - now + COX_USEC_PER_MS - 1) / COX_USEC_PER_MS;
}

G_END_DECLS

#endif
