/* lib/view/fencing_view.h - who was fenced, by whom, and how it ended.  Layer 4. */
#ifndef COX_VIEW_FENCING_VIEW_H
#define COX_VIEW_FENCING_VIEW_H

#include <glib.h>

#include "view/monitor_view.h"

G_BEGIN_DECLS

enum cox_fencing_state {
    COX_FENCING_FAILED = 0,
    COX_FENCING_SUCCEEDED,
    COX_FENCING_PENDING,
};

/** One event; texts are borrowed and may be NULL. */
struct cox_fencing_event {
    const char *target, *action; /**< "reboot", "off", "on" */
    const char *client, *origin, *delegate, *reason;
    enum cox_fencing_state state;
    gint64 completed_s; /**< epoch seconds, 0 while it is pending */
};

/** One event: element fence_event, or a line.  @zone: of the line's time; NULL: UTC. */
void cox_fencing_view_event(struct cox_out *out, const struct cox_fencing_event *event, GTimeZone *zone);

/**
 * Print the sections "Failed Fencing Actions", "Pending Fencing Actions" and, when what succeeded is asked for, "Fencing History".
 * @param sections  of which those about fencing count
 */
void cox_fencing_view(struct cox_out *out, const struct cox_fencing_event *events, size_t n_events, guint32 sections,
                      const struct cox_view_how *how);

G_END_DECLS

#endif
