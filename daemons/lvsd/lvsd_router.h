/* daemons/lvsd/lvsd_router.h - the virtual router that synchronization of connections follows, as cox-vrrpd tells of it.  Layer 6. */
#ifndef COX_DAEMONS_LVSD_ROUTER_H
#define COX_DAEMONS_LVSD_ROUTER_H

#include <glib.h>

G_BEGIN_DECLS

struct cox_lvsd;
struct cox_lvsd_router;

/** Nobody is followed yet. */
struct cox_lvsd_router *cox_lvsd_router_new(struct cox_lvsd *lvsd);
void cox_lvsd_router_free(struct cox_lvsd_router *router);

/**
 * Follow the router of this name, which is copied; NULL: none.  The engine hears of its role when cox-vrrpd tells it: master when the router is
 * that, else backup.  It is backup, too, when nobody has told anything for a second; a role lasts for five when cox-vrrpd has gone.
 */
void cox_lvsd_router_follow(struct cox_lvsd_router *router, const char *name);

G_END_DECLS

#endif
