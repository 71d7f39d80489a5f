/* lib/admin/lbconvert.h - virtual routers and virtual servers of a keepalived.conf as resources of a cluster.  Layer 4.
 *
 * ADR 082 says how parameters are called: as the keywords of keepalived.conf, with their values.
 */
#ifndef COX_ADMIN_LBCONVERT_H
#define COX_ADMIN_LBCONVERT_H

#include "base/diag.h"
#include "conf/block.h"
#include "conf/conf.h"

G_BEGIN_DECLS

/**
 * A declarative file (admin/form.h) with a resource for each virtual router, each virtual server and the synchronization of connections.
 *
 * @param root        what was read of the keepalived.conf
 * @param by_cluster  the cluster decides who is master: promotable clones; else adverts do
 * @param diags       all that is wrong, and all that is not carried over
 * @return the caller owns it; NULL when @diags has an error
 */
struct cox_conf *cox_lbconvert(const struct cox_block *root, bool by_cluster, struct cox_diags *diags);

G_END_DECLS

#endif
