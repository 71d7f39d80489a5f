/* daemons/vrrpd/vrrpd_resource.h - resources of a cluster that this daemon has started.  Layer 6. */
#ifndef COX_DAEMONS_VRRPD_RESOURCE_H
#define COX_DAEMONS_VRRPD_RESOURCE_H

#include "daemons/vrrpd/vrrpd.h"
#include "vrrp/vrrpres.h"

G_BEGIN_DECLS

enum cox_vrrpd_type { COX_VRRPD_IPADDR = 0, COX_VRRPD_IPROUTE, COX_VRRPD_ROUTER };

/** One that is started; in cox_vrrpd's list in the order of the first starts. */
struct cox_vrrpd_resource {
    char *id;
    enum cox_vrrpd_type type;
    struct cox_block_tree *tree;  /**< IPROUTE, ROUTER: as it would stand in a file */
    struct cox_vrrp_reading *reading; /**< ROUTER: of the tree; NULL: not yet */
    struct cox_vrrp_set *set;     /**< IPROUTE: the items are its static ones */
    struct cox_arena *arena;      /**< IPADDR: of its items */
    struct cox_vrrp_items items;  /**< IPADDR, IPROUTE */
    guint announcements, n_left;  /**< of the addresses of an IPADDR: wanted, and still to be sent */
    gint64 announce_ms;           /**< between two of them */
    cox_source_id announce_timer, restore_timer;
    cox_usec restored_at;         /**< when what was lost was set again last; COX_USEC_NEVER: not yet */
    enum cox_vrrp_authority authority;
    char *group;                  /**< ROUTER: of routers that change together; NULL: none */
    bool is_promotable, is_promoted;
    char *broken;                 /**< what the kernel refused when the items were set last; NULL: nothing */
    struct cox_vrrpd *vrrpd;
};

/** Parameters of an order; the list is freed by the caller. */
struct cox_params cox_vrrpd_params(const struct cox_msg_net_act *act);

/**
 * What an order describes; nothing is done yet.
 *
 * @param is_kept  the order is one of an earlier life: places of addresses are known, and interfaces may be missing now
 * @return NULL with an error whose code is the OCF exit code
 */
struct cox_vrrpd_resource *cox_vrrpd_resource_new(struct cox_vrrpd *vrrpd, const struct cox_msg_net_act *act, bool is_kept, GError **error);
void cox_vrrpd_resource_free(gpointer resource);

struct cox_vrrpd_resource *cox_vrrpd_resource_find(const struct cox_vrrpd *vrrpd, const char *id);

/** Put a resource into the list, in the place of @before (which is freed; NULL: at the end). */
void cox_vrrpd_resource_put(struct cox_vrrpd *vrrpd, struct cox_vrrpd_resource *resource, struct cox_vrrpd_resource *before);

/** Take it out of the list and free it; its items stay as they are. */
void cox_vrrpd_resource_drop(struct cox_vrrpd *vrrpd, struct cox_vrrpd_resource *resource);

/** Set the items of an IPADDR or IPROUTE (see its field broken), and take away those of @before (NULL: none) that it has no more. */
void cox_vrrpd_resource_hold(struct cox_vrrpd *vrrpd, struct cox_vrrpd_resource *resource, const struct cox_vrrpd_resource *before);

/** Take them away.  @return what the kernel refuses, for g_free; NULL: nothing */
char *cox_vrrpd_resource_release(struct cox_vrrpd *vrrpd, struct cox_vrrpd_resource *resource);

/** Something of it was taken away by others, or went with an interface: it is set again, at once but not more often than ten times a second. */
void cox_vrrpd_resource_restore(struct cox_vrrpd *vrrpd, struct cox_vrrpd_resource *resource);

/** The address as it is on @interface; NULL: on any but lo, where a real server has addresses that are another node's.  NULL: it is not there. */
const struct cox_net_address *cox_vrrpd_find_address(const struct cox_vrrpd *vrrpd, const struct cox_ip *ip, const char *interface);

/** How many of these routes and rules the kernel has, whoever else has made them; -1: it does not tell. */
gssize cox_vrrpd_count_items(struct cox_vrrpd *vrrpd, const struct cox_vrrp_items *items);

/** Remove those that it has; NULL, or what the kernel refuses, for g_free. */
char *cox_vrrpd_sweep_items(struct cox_vrrpd *vrrpd, const struct cox_vrrp_items *items);

/** Is a router to be master because of an order? */
bool cox_vrrpd_is_master(const struct cox_vrrpd_resource *resource);

/** An address of @items that is not on its interface now, as "ADDRESS on INTERFACE" for g_free; NULL: all are there. */
char *cox_vrrpd_missing(const struct cox_vrrpd *vrrpd, const char *instance, const struct cox_vrrp_items *items);

/** The order as it is kept, with the interfaces and prefixes that were found; for cox_netkeep_put(). */
bool cox_vrrpd_resource_keep(struct cox_vrrpd *vrrpd, const struct cox_vrrpd_resource *resource, const struct cox_msg_net_act *act, GError **error);

/**
 * The set of the file and of all routers that are started; @candidate (NULL: none) in the place of the resource with its id, or beside them.
 * @return NULL with COX_ERROR_NOT_CONFIGURED, or COX_ERROR_INVALID_PARAM when @candidate is right by itself and does not go with the others
 */
struct cox_vrrp_set *cox_vrrpd_combine(struct cox_vrrpd *vrrpd, const struct cox_vrrpd_resource *candidate, GError **error);

/** After the start of the daemon: what was started in an earlier life is in force again. */
void cox_vrrpd_adopt(struct cox_vrrpd *vrrpd);

/** Those of another life do not go with the file: the cluster hears that they are not started. */
void cox_vrrpd_forget_routers(struct cox_vrrpd *vrrpd);

/** Node attributes (vrrpd_attrs.c): the state of a router that is a resource, and its promotion score; or that it is gone. */
void cox_vrrpd_attrs_tell(struct cox_vrrpd *vrrpd, const char *router);

/** NET_ACT (vrrpd_act.c). */
bool cox_vrrpd_on_act(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);

G_END_DECLS

#endif
