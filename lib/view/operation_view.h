/* lib/view/operation_view.h - the history of operations as a flat list.  Layer 4. */
#ifndef COX_VIEW_OPERATION_VIEW_H
#define COX_VIEW_OPERATION_VIEW_H

#include <stdbool.h>
#include <glib.h>

#include "model/cluster.h"
#include "model/status.h"
#include "view/out.h"

G_BEGIN_DECLS

/** Which operations. */
struct cox_operation_filter {
    const char *rsc;  /**< name in the history; NULL: all */
    const char *node; /**< NULL: all */
    bool only_active; /**< only those since the resource was last started or looked for there, on nodes that are up */
    GTimeZone *zone;  /**< of printed times; NULL: UTC */
};

/** Print the operations. */
void cox_operation_view(struct cox_out *out, const struct cox_cluster *cluster, const struct cox_status *status,
                        const struct cox_operation_filter *filter);

G_END_DECLS

#endif
