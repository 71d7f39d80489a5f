/* lib/view/clone_view.h - a clone as printed: its instances in one line where they are alike.  Layer 4. */
#ifndef COX_VIEW_CLONE_VIEW_H
#define COX_VIEW_CLONE_VIEW_H

#include "model/cluster.h"
#include "view/how.h"
#include "view/out.h"

G_BEGIN_DECLS

/** Print the clone at index @rsc. */
void cox_clone_view(struct cox_out *out, const struct cox_cluster *cluster, guint32 rsc, const struct cox_view_how *how);

G_END_DECLS

#endif
