/* lib/view/why_view.h - why a resource does not run, or not there.  Layer 4. */
#ifndef COX_VIEW_WHY_VIEW_H
#define COX_VIEW_WHY_VIEW_H

#include <glib.h>

#include "model/cluster.h"
#include "view/out.h"

G_BEGIN_DECLS

/** Answer for one resource (COX_RSC_NONE: for all) on one node (COX_NODE_NONE: anywhere); @strategy is node-health-strategy or NULL. */
void cox_why_view(struct cox_out *out, const struct cox_cluster *cluster, guint32 rsc, guint32 node, const char *strategy);

G_END_DECLS

#endif
