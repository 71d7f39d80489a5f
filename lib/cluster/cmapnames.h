/* lib/cluster/cmapnames.h - names as corosync knows them, asked anew each time since a reload may change them.  Layer 3, adapter. */
#ifndef COX_CLUSTER_CMAPNAMES_H
#define COX_CLUSTER_CMAPNAMES_H

#include <glib.h>

G_BEGIN_DECLS

/** Name of the node with this id in nodelist, or NULL: it has none, or corosync does not answer.  The caller frees it. */
char *cox_cmapnames_node(guint32 node);

/** Name of the cluster, or NULL as above.  The caller frees it. */
char *cox_cmapnames_cluster(void);

G_END_DECLS

#endif
