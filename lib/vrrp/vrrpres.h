/* lib/vrrp/vrrpres.h - resources of a cluster: their parameters as what a file would say.  Layer 3, pure.
 *
 * IPaddr takes the parameters that ocf:heartbeat:IPaddr2 has, VirtualRouter the keywords of a vrrp_instance (doc/adr/082-keepalived.md), IProute
 * those of ocf:heartbeat:Route, and lines of virtual_routes and virtual_rules.  A GError's code is the OCF exit code.
 */
#ifndef COX_VRRP_VRRPRES_H
#define COX_VRRP_VRRPRES_H

#include "conf/block.h"
#include "conf/keyparam.h"
#include "vrrp/vrrpconf.h"

G_BEGIN_DECLS

/** The prefix of an address that says none. */
#define COX_VRRPRES_NO_PREFIX 255

/** Where an address belongs. */
struct cox_vrrpres_place {
    const char *interface; /**< NULL: not known */
    guint8 prefix;         /**< COX_VRRPRES_NO_PREFIX: not known */
};

/**
 * Find what is not known of the place of @ip; also called when both are, to see whether the interface is there.
 * @return false with an error: COX_ERROR_NOT_INSTALLED when the interface is not there, COX_ERROR_GENERIC when no net has the address
 */
typedef bool cox_vrrpres_find(void *context, const struct cox_ip *ip, struct cox_vrrpres_place *place, GError **error);

struct cox_vrrpres_finder {
    cox_vrrpres_find *find; /**< NULL: nobody looks; interface and prefix stay unknown */
    void *context;
};

/** The addresses of an IPaddr. */
struct cox_vrrpres_ipaddr {
    struct cox_vrrp_address *addresses; /**< in the arena */
    size_t n;
    guint announcements;                /**< of each, */
    gint64 interval_ms;                 /**< so long after another */
};

/**
 * Parameters: ip (one or several, with blanks or commas between them), nic and cidr_netmask (one for all, or one for each), broadcast
 * ("+", the default, "-", none or an address), iflabel, noprefixroute, preferred_lft, arp_count (5), arp_interval (200 ms).
 *
 * @return false with COX_ERROR_NOT_CONFIGURED naming parameter, value and remedy, or what @finder says
 */
bool cox_vrrpres_ipaddr(const struct cox_params *params, const struct cox_vrrpres_finder *finder, struct cox_arena *arena,
                        struct cox_vrrpres_ipaddr *out, GError **error);

/**
 * The text of a keepalived.conf with the router, called @id, and what its parameter "definitions" holds, as a tree.
 *
 * @return NULL with COX_ERROR_NOT_CONFIGURED
 */
struct cox_block_tree *cox_vrrpres_router(const char *id, const struct cox_params *params, GError **error);

/** The same with static_routes and static_rules.  destination, gateway, device, source, table, metric, family; virtual_routes, virtual_rules. */
struct cox_block_tree *cox_vrrpres_iproute(const char *id, const struct cox_params *params, GError **error);

/** The text of a sync group of these routers, as a tree. */
struct cox_block_tree *cox_vrrpres_group(const char *name, const char *const *members, size_t n);

/** Is the cluster to say who is master?  False with COX_ERROR_NOT_CONFIGURED when "authority" is neither cluster (the default) nor vrrp. */
bool cox_vrrpres_authority(const struct cox_params *params, enum cox_vrrp_authority *authority, GError **error);

G_END_DECLS

#endif
