/* lib/view/bundle_view.h - a bundle as printed: a line per replica.  Layer 4. */
#ifndef COX_VIEW_BUNDLE_VIEW_H
#define COX_VIEW_BUNDLE_VIEW_H

#include "model/cluster.h"
#include "view/how.h"
#include "view/out.h"

G_BEGIN_DECLS

/** The parts of one replica: indices into cluster.rscs or COX_RSC_NONE. */
struct cox_bundle_parts {
    int number;
    guint32 address, child, container, connection;
};

/** The replicas of the bundle at index @rsc in order of number; the caller frees the array. */
GArray *cox_bundle_view_replicas(const struct cox_cluster *cluster, guint32 rsc);

/** Print the bundle at index @rsc. */
void cox_bundle_view(struct cox_out *out, const struct cox_cluster *cluster, guint32 rsc, const struct cox_view_how *how);

G_END_DECLS

#endif
