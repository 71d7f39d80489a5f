/* daemons/vrrpd/vrrpd.h - what the parts of this daemon share.  Layer 6. */
#ifndef COX_DAEMONS_VRRPD_H
#define COX_DAEMONS_VRRPD_H

#include <stdbool.h>
#include <glib.h>

#include "client/nodeattrs.h"
#include "conf/block.h"
#include "daemons/vrrpd/vrrpguard.h"
#include "daemons/vrrpd/vrrpsock.h"
#include "netlink/net.h"
#include "service/netkeep.h"
#include "service/service.h"
#include "vrrp/keepalived.h"
#include "vrrp/vrrp.h"

G_BEGIN_DECLS

/** What a router has of this machine, while the engine has it open. */
struct cox_vrrpd_router {
    char *name;                             /**< of the router */
    guint8 family, vrid;
    char base[COX_NET_NAME_BYTES];          /**< its interface; empty: none */
    char vmac[COX_NET_NAME_BYTES];          /**< its virtual interface; empty: none */
    guint8 mac[COX_NET_MAC_BYTES];          /**< of that */
    bool sends_from_base;
    bool follows_owner;                     /**< IPv4, on the interface itself: the owner of its addresses may send from one that is here */
    bool must_settle;                       /**< its needs have changed: settings of its interface */
    bool has_made_vmac;
    struct cox_ip group;                    /**< that it listens to; COX_IP_NONE: unicast only */
    GArray *peers;                          /**< struct cox_ip */
    gint32 ifindex, vmac_ifindex;           /**< 0: not there now */
    gint32 listens;                         /**< on which interface; 0: on none, or on all */
    bool is_listening;
    char *closed, *told;                    /**< why it cannot send and receive, now and as the engine was told; NULL: it can */
};

/** An address that a router holds. */
struct cox_vrrpd_held {
    struct cox_ip ip;
    gint32 ifindex;
    char *instance; /**< NULL: a static one, or of a resource */
    char *resource; /**< id of a resource that is no router; NULL: of none */
};

/** Whose items are set: a router's, a resource's, or (both NULL) static ones. */
struct cox_vrrpd_owner {
    const char *instance, *resource;
};

struct cox_vrrpd {
    struct cox_ctx *ctx;
    struct cox_runtime *runtime;
    struct cox_log *log;
    struct cox_net *net;
    struct cox_vrrp *engine;
    struct cox_vrrp_effects effects;
    struct cox_vrrpsock *sockets;
    struct cox_vrrpguard *guard;
    GHashTable *routers;   /**< name -> struct cox_vrrpd_router */
    GHashTable *held;      /**< set of struct cox_vrrpd_held, by address and interface */
    GHashTable *news;      /**< set: names of interfaces that the engine has not been told of as they are */
    GPtrArray *lost;       /**< struct cox_vrrpd_held: addresses that others took away */
    GHashTable *up;        /**< set: names of interfaces that worked when the engine was told of them last */
    GHashTable *there;     /**< name -> number of interfaces that were there then */
    GHashTable *quieted;   /**< set: settings of interfaces that were 0 and are not now (vrrpd_kept.c) */
    GPtrArray *resources;  /**< struct cox_vrrpd_resource */
    struct cox_netkeep *keep; /**< the same for the next life */
    struct cox_block_tree *file; /**< of --config; NULL: none */
    struct cox_nodeattrs *attrs; /**< of routers that are resources */
    GString *failures;     /**< what the kernel refuses is collected here; NULL: nobody asks */
    struct cox_vrrpd_tracking *tracking;
    struct cox_vrrpd_pacing *pacing;
    int timer_fd, clock_fd; /**< clock_fd: tells that somebody has set the wall clock */
    GArray *dropped;       /**< struct cox_ip: what the filter drops now */
    char *filter_table;    /**< its table; NULL: none was made */
    bool is_stepping, is_stopping;
    bool needs_brief;      /**< interfaces have changed since the guard was told */
    cox_source_id news_timer;
    cox_source_id open_timer; /**< to the next try for routers that are not open */
    cox_source_id stamp_timer; /**< to the next time that the stamp of signed adverts is kept */
    guint64 n_late;        /**< wake-ups more than 5 ms late */
    cox_usec wanted, armed;  /**< the wake-up that was asked for; that of the timer, perhaps sooner */
    cox_usec latest;         /**< the worst delay so far */
};

/** One step of the engine, and all that it asks for. */
void cox_vrrpd_step(struct cox_vrrpd *vrrpd, const struct cox_vrrp_event *event);

/** What the engine asked for (vrrpd_effects.c). */
void cox_vrrpd_carry_out(struct cox_vrrpd *vrrpd);

/** The timer is for the wake-up that is wanted. */
void cox_vrrpd_arm(struct cox_vrrpd *vrrpd);

/** Interfaces and virtual interfaces (vrrpd_links.c): what cox_net tells. */
struct cox_net_handler cox_vrrpd_net_handler(struct cox_vrrpd *vrrpd);

/** The engine is told of all interfaces that are news, then of all addresses that are lost; not from inside of a step. */
void cox_vrrpd_tell_news(struct cox_vrrpd *vrrpd);

/** Tell soon. */
void cox_vrrpd_tell_soon(struct cox_vrrpd *vrrpd);

/** A router is there, or is gone: its virtual interface and its place in a socket. */
void cox_vrrpd_open(struct cox_vrrpd *vrrpd, const struct cox_vrrp_instance *instance);
void cox_vrrpd_close(struct cox_vrrpd *vrrpd, const char *name);

/** After a step that may have opened routers: the engine is told which are not, and they are tried again. */
void cox_vrrpd_tell_open(struct cox_vrrpd *vrrpd);

/** Another set is in force: what routers that went on take from it. */
void cox_vrrpd_refresh(struct cox_vrrpd *vrrpd);
void cox_vrrpd_router_free(gpointer router);

/** Another set comes into force; the engine takes it over. */
void cox_vrrpd_use(struct cox_vrrpd *vrrpd, struct cox_vrrp_set *set);

/** Addresses, routes and rules in one batch (vrrpd_items.c). */
void cox_vrrpd_set_items(struct cox_vrrpd *vrrpd, const struct cox_vrrpd_owner *owner, const struct cox_vrrp_items *items, bool removes);

/** The same of a router (NULL: static ones). */
void cox_vrrpd_install(struct cox_vrrpd *vrrpd, const struct cox_vrrp_instance *instance, const struct cox_vrrp_items *items, bool removes);

/** May some of these items be missing on this interface? */
bool cox_vrrpd_misses(const struct cox_vrrpd *vrrpd, const char *instance, const struct cox_vrrp_items *items, const struct cox_net_link *link);

/** Is this route or rule (the other one is NULL; both NULL: any) one of these items? */
bool cox_vrrpd_has_item(const struct cox_vrrp_items *items, const struct cox_net_route *route, const struct cox_net_rule *rule);

/** Announce addresses of a router. */
void cox_vrrpd_announce(struct cox_vrrpd *vrrpd, const struct cox_vrrp_effect *effect);

/** Announce addresses once, on the interface of @router where they have none of their own. */
void cox_vrrpd_announce_addresses(struct cox_vrrpd *vrrpd, const struct cox_vrrpd_router *router, const struct cox_vrrp_address *addresses,
                                  gsize n_addresses);

/** The guard learns what to take away when we cannot. */
void cox_vrrpd_brief_guard(struct cox_vrrpd *vrrpd);

guint cox_vrrpd_held_hash(gconstpointer held);
gboolean cox_vrrpd_held_equal(gconstpointer a, gconstpointer b);
void cox_vrrpd_held_free(gpointer held);

/** Scripts, pipes and words about a change (vrrpd_notify.c). */
void cox_vrrpd_notify(struct cox_vrrpd *vrrpd, const struct cox_vrrp_change *change);
/** Make the pipes of the present set that are not there. */
void cox_vrrpd_make_pipes(struct cox_vrrpd *vrrpd);
void cox_vrrpd_say(struct cox_vrrpd *vrrpd, const struct cox_vrrp_effect *effect);

/** Start a command of the configuration, with @more (NULL at the end, may be NULL) behind its words. */
cox_source_id cox_vrrpd_spawn(struct cox_vrrpd *vrrpd, const struct cox_vrrp_command *command, const char *const *more, gint64 timeout_ms,
                              cox_child_fn fn);

/** Scripts, files and processes that routers follow (vrrpd_track.c). */
struct cox_vrrpd_tracking *cox_vrrpd_tracking_new(struct cox_vrrpd *vrrpd);
void cox_vrrpd_tracking_free(struct cox_vrrpd_tracking *tracking);

/**
 * Before a set comes into force: the engine is told of the files and processes that only this one names, which nothing depends on yet.
 * It would take them for bad until it was told, and give masters up.
 */
void cox_vrrpd_tracking_prepare(struct cox_vrrpd_tracking *tracking, const struct cox_vrrp_set *set);

/** Follow what the present set names. */
void cox_vrrpd_tracking_update(struct cox_vrrpd_tracking *tracking);

/** Run a script now, if it does not run. */
void cox_vrrpd_tracking_run(struct cox_vrrpd_tracking *tracking, const struct cox_vrrp_script *script);

/** Read the file of --config: a tree, or NULL with an error that holds every complaint, each with its place (vrrpd_config.c). */
struct cox_block_tree *cox_vrrpd_read_file(const char *path, const char *config_id, GPtrArray *warnings, GError **error);

/** The set of several trees; NULL as above.  @warnings: texts are added; may be NULL. */
struct cox_vrrp_set *cox_vrrpd_make_set(const struct cox_vrrp_tree *trees, gsize n, GPtrArray *warnings, GError **error);

/** What comes in for addresses of routers of @set with no_accept is dropped, but by their owner (vrrpd_filter.c); NULL: no filter is left. */
void cox_vrrpd_filter(struct cox_vrrpd *vrrpd, const struct cox_vrrp_set *set);

/** At the start: there may be one that an earlier life has left. */
void cox_vrrpd_recall_filter(struct cox_vrrpd *vrrpd);

/** What all routers are now: as text for people (vrrpd_report.c), and for programs, ROUTER_QUERY (vrrpd_query.c). */
char *cox_vrrpd_report(const struct cox_vrrpd *vrrpd);
bool cox_vrrpd_on_query(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);

/** The whole daemon, for main() and for tests. */
extern const struct cox_service cox_vrrpd_service;

G_END_DECLS

#endif
