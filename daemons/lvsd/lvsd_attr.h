/* daemons/lvsd/lvsd_attr.h - virtual servers of resources as attributes of this node, which rules can use (ADR 083).  Layer 6.
 *
 *     lvs-RESOURCE               good servers
 *     lvs-RESOURCE-ADDRESS:PORT  weight in force; 0: out
 */
#ifndef COX_DAEMONS_LVSD_ATTR_H
#define COX_DAEMONS_LVSD_ATTR_H

#include <glib.h>

G_BEGIN_DECLS

struct cox_lvsd;
struct cox_lvsd_attrs;

/** Nothing told yet; there is no connection before there is something to tell. */
struct cox_lvsd_attrs *cox_lvsd_attrs_new(struct cox_lvsd *lvsd);
void cox_lvsd_attrs_free(struct cox_lvsd_attrs *attrs);

/** Something may have changed: soon, once for all that changes meanwhile, cox-attrd is told what differs from what it was told before. */
void cox_lvsd_attrs_update(struct cox_lvsd_attrs *attrs);

G_END_DECLS

#endif
