/* lib/view/history_view.h - what was done on the nodes: operations, fail counts, failures, bans.  Layer 4. */
#ifndef COX_VIEW_HISTORY_VIEW_H
#define COX_VIEW_HISTORY_VIEW_H

#include "view/monitor_view.h"

G_BEGIN_DECLS

/** Print the section "Operations", or with fail counts alone "Migration Summary". @return was something printed? */
bool cox_history_view(struct cox_out *out, const struct cox_monitor_view *view);

/** Print the section "Failed Resource Actions". @return was something printed? */
bool cox_history_view_failures(struct cox_out *out, const struct cox_monitor_view *view);

/** Print the section "Negative Location Constraints". @return was something printed? */
bool cox_history_view_bans(struct cox_out *out, const struct cox_monitor_view *view);

/** Failures of resource @rsc on node @node that count against its migration-threshold: the sum of its operations'. */
gint64 cox_history_fail_count(const struct cox_node_state *node, const char *rsc);

G_END_DECLS

#endif
