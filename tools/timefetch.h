/* tools/timefetch.h - the timelines of the cluster's nodes, asked for through this node's controller.  Layer 6. */
#ifndef COX_TOOLS_TIMEFETCH_H
#define COX_TOOLS_TIMEFETCH_H

#include <glib.h>

#include "base/arena.h"
#include "timeline/merge.h"

G_BEGIN_DECLS

/** What was found. */
struct cox_timefetch {
    struct cox_arena *arena;
    GArray *sources;      /**< struct cox_timeline_source; that of this node first */
    GPtrArray *missing;   /**< char *: whose timeline is not among them, and why */
    guint n_bad;          /**< lines that could not be read */
};

struct cox_timefetch_settings {
    const char *program;  /**< who asks, for the daemon's log */
    gint64 since_us;      /**< wall time; older facts are left out */
    bool is_local;        /**< this node's only */
};

/**
 * Ask all members, one after the other.  Without a controller on this node its files are read.
 * @return the caller frees it; NULL when the files of this node cannot be read, either, with the reason
 */
struct cox_timefetch *cox_timefetch_new(const struct cox_timefetch_settings *settings, GError **error);
void cox_timefetch_free(struct cox_timefetch *fetch);

typedef struct cox_timefetch cox_timefetch; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_timefetch, cox_timefetch_free)

G_END_DECLS

#endif
