/* lib/base/walltime.h - a point in wall-clock time as a type of its own.  Layer 0. */
#ifndef COX_BASE_WALLTIME_H
#define COX_BASE_WALLTIME_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/**
 * Wall time: microseconds since 1970-01-01 00:00:00Z, negative before.  A struct, so that it cannot be mixed up with
 * a duration or with monotonic time.  `now` is always an argument of this type.
 */
typedef struct {
    gint64 usec;
} cox_wall;

/** No time: unknown, or "never" where a next change is meant. */
#define COX_WALL_NONE ((cox_wall) { G_MAXINT64 })

/** The point @seconds after the epoch. */
static inline cox_wall
cox_wall_from_seconds(gint64 seconds)
{
    return (cox_wall) { seconds * G_USEC_PER_SEC };
}

/** Whole seconds since the epoch, rounded down. */
static inline gint64
cox_wall_seconds(cox_wall wall)
{
    gint64 seconds = wall.usec / G_USEC_PER_SEC;

    return (wall.usec % G_USEC_PER_SEC < 0) ? seconds - 1 : seconds;
}

static inline bool
cox_wall_is_set(cox_wall wall)
{
    return wall.usec != G_MAXINT64;
}

static inline bool
cox_wall_before(cox_wall a, cox_wall b)
{
    return a.usec < b.usec;
}

/** The earlier of two; COX_WALL_NONE is later than everything. */
static inline cox_wall
cox_wall_min(cox_wall a, cox_wall b)
{
    return cox_wall_before(b, a) ? b : a;
}

G_END_DECLS

#endif
