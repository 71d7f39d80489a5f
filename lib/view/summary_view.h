/* lib/view/summary_view.h - the head of a cluster's state: who leads, is there quorum, how much is configured.  Layer 4. */
#ifndef COX_VIEW_SUMMARY_VIEW_H
#define COX_VIEW_SUMMARY_VIEW_H

#include "view/monitor_view.h"

G_BEGIN_DECLS

/** Print the section "Cluster Summary". @return was something printed? */
bool cox_summary_view(struct cox_out *out, const struct cox_monitor_view *view);

G_END_DECLS

#endif
