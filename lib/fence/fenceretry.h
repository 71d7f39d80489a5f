/* lib/fence/fenceretry.h - when a node that could not be fenced is tried again.  Layer 3, pure.
 *
 * The first fencing-max-attempts tries follow each other at once; after them come pauses that double.  A recheck or a change
 * of membership may find out that the pause is over.  It never gives up, and a failure is never taken for a success.
 */
#ifndef COX_FENCE_FENCERETRY_H
#define COX_FENCE_FENCERETRY_H

#include <stdbool.h>
#include <glib.h>

#include "base/monotime.h"

G_BEGIN_DECLS

struct cox_fenceretry {
    guint max_attempts;             /**< fencing-max-attempts */
    gint64 pause_ms, pause_max_ms;
    GHashTable *targets;            /**< name -> what is known of its failures */
};

void cox_fenceretry_init(struct cox_fenceretry *retry, guint max_attempts, gint64 pause_ms, gint64 pause_max_ms);
void cox_fenceretry_clear(struct cox_fenceretry *retry);

/** A try has failed, or (fenced, confirmed, or back as a member) nothing is left to be tried. */
void cox_fenceretry_note_failure(struct cox_fenceretry *retry, const char *target, cox_usec now);
void cox_fenceretry_note_success(struct cox_fenceretry *retry, const char *target);

/** When @target may be tried next; the past when it may be tried now. */
cox_usec cox_fenceretry_at(const struct cox_fenceretry *retry, const char *target);

/** Failures in a row. */
guint cox_fenceretry_failures(const struct cox_fenceretry *retry, const char *target);

G_END_DECLS

#endif
