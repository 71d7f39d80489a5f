/* lib/cluster/admit.h - who may talk to corosync.  Layer 3, adapter. */
#ifndef COX_CLUSTER_ADMIT_H
#define COX_CLUSTER_ADMIT_H

#include <stdbool.h>
#include <sys/types.h>
#include <glib.h>

G_BEGIN_DECLS

/**
 * As root: let processes of group @gid talk to corosync as long as it runs, without a file in uidgid.d (cmap key uidgid.gid.GID, see
 * cmap_keys(7)).
 *
 * @return false with COX_ERROR_DISCONNECTED when corosync does not run, or does not let us say so
 */
bool cox_admit_group(gid_t gid, GError **error);

G_END_DECLS

#endif
