/* lib/vrrp/router.h - one virtual router: its state, timers and words.  Layer 3, pure.
 *
 * Handlers say which state the router should have; who calls decides, as the members of a sync group change together, and calls the
 * transition.  Nothing here looks at other routers.
 */
#ifndef COX_VRRP_ROUTER_H
#define COX_VRRP_ROUTER_H

#include "vrrp/advert.h"
#include "vrrp/replay.h"
#include "vrrp/vrrp.h"
#include "vrrp/vrrpheap.h"

G_BEGIN_DECLS

/** What every function needs of the step that it is in. */
struct cox_vrrp_turn {
    cox_usec now;
    guint64 *last_stamp;           /**< of signed adverts; rises with each */
    guint64 stamp;                 /**< of this moment */
    struct cox_vrrp_heap *heap;
    struct cox_vrrp_effects *out;
    guint *n_adverts;              /**< that masters have sent in this step, all routers together */
    GHashTable *own;               /**< struct cox_ip: the host's own addresses that a router owns */
};

enum cox_vrrp_router_timer {
    COX_VRRP_TIMER_ADVERT = 0,     /**< MASTER: next advert */
    COX_VRRP_TIMER_DOWN,           /**< BACKUP: the master counts as lost */
    COX_VRRP_TIMER_PREEMPT,        /**< BACKUP: a lower master was heard; its time ends */
    COX_VRRP_TIMER_REPEAT,         /**< MASTER: announce once more */
    COX_VRRP_TIMER_REFRESH,
    COX_VRRP_TIMER_EXTRA,          /**< MASTER: refresh on other interfaces */
    COX_VRRP_TIMER_N
};

enum cox_vrrp_wish { COX_VRRP_WISH_NONE = 0, COX_VRRP_WISH_MASTER, COX_VRRP_WISH_BACKUP };

struct cox_vrrp_router {
    const struct cox_vrrp_instance *conf;
    enum cox_vrrp_state state;
    char *fault;                   /**< FAULT: why */
    cox_usec since;
    guint8 priority;               /**< with weights */
    struct cox_ip source;          /**< COX_IP_NONE: it cannot send */
    bool can_send;                 /**< its interface is there */
    bool is_ready;                 /**< it would be master, the others of its group are not yet ready */
    bool is_promoted;              /**< by order */
    cox_usec at[COX_VRRP_TIMER_N];
    struct cox_vrrp_timer timer;   /**< the earliest of them, in the heap */
    guint repeat;                  /**< of COX_VRRP_TIMER_REPEAT */
    bool is_after_lower;           /**< that timer was set because a lower master was heard */
    cox_usec last_sent;
    struct cox_ip master;
    guint8 master_priority;
    cox_usec master_interval;
    struct cox_vrrp_replay replay;
    struct cox_vrrp_stats stats;
    cox_usec said[COX_VRRP_SAY_KEPT + 1];
    cox_usec said_refused[COX_VRRP_REFUSAL_N];
};

void cox_vrrp_router_init(struct cox_vrrp_router *router, const struct cox_vrrp_instance *conf, cox_usec now);

/** Give back what it has, and take it out of the heap. */
void cox_vrrp_router_clear(struct cox_vrrp_router *router, struct cox_vrrp_heap *heap);

/* ---- transitions; to the state that it has already: nothing ---- */

void cox_vrrp_router_to_master(struct cox_vrrp_router *router, const struct cox_vrrp_turn *turn);

/** @says_zero: a master that leaves for another reason than a higher master says so, to be replaced quickly. */
void cox_vrrp_router_to_backup(struct cox_vrrp_router *router, bool says_zero, const struct cox_vrrp_turn *turn);

void cox_vrrp_router_to_fault(struct cox_vrrp_router *router, const char *reason, const struct cox_vrrp_turn *turn);

enum cox_vrrp_end { COX_VRRP_END_STOP = 0, COX_VRRP_END_DELETED, COX_VRRP_END_REPLACED };

/** The end: of the process, of the router, or of the router as it was (which is not told). */
void cox_vrrp_router_to_init(struct cox_vrrp_router *router, enum cox_vrrp_end end, const struct cox_vrrp_turn *turn);

/** It goes on with another configuration; items are not looked at. */
void cox_vrrp_router_reconfigure(struct cox_vrrp_router *router, const struct cox_vrrp_instance *conf, const struct cox_vrrp_turn *turn);

/* ---- handlers ---- */

/** How well a packet of its VRID and family goes with it: 0: it is for others; the greatest of several routers has it. */
guint cox_vrrp_router_fit(const struct cox_vrrp_instance *conf, const struct cox_vrrp_packet *packet);

/** An advert for it was parsed. */
enum cox_vrrp_wish cox_vrrp_router_hear(struct cox_vrrp_router *router, const struct cox_vrrp_packet *packet,
                                        const struct cox_vrrp_advert *advert, const struct cox_vrrp_turn *turn);

/** Its timer is due, or nearly (adverts may be sent a little early, so that many are sent together). */
enum cox_vrrp_wish cox_vrrp_router_wake(struct cox_vrrp_router *router, const struct cox_vrrp_turn *turn);

/** By how much its timer may be handled too early. */
cox_usec cox_vrrp_router_slack(const struct cox_vrrp_router *router);

/** The weights give another priority, 1 to 254; the owner's is never changed. */
void cox_vrrp_router_set_priority(struct cox_vrrp_router *router, guint8 priority, const struct cox_vrrp_turn *turn);

/** An advert for it is refused: counted, and said. */
void cox_vrrp_router_refuse(struct cox_vrrp_router *router, enum cox_vrrp_refusal refusal, const struct cox_ip *peer,
                            const struct cox_vrrp_turn *turn);

/** Announce its addresses, again after @delay (0: not again); a master only. */
void cox_vrrp_router_announce(struct cox_vrrp_router *router, guint repeat, cox_usec delay, const struct cox_vrrp_turn *turn);

/** A master sends an advert now; the next one follows an interval later, or sooner where many go in one step: so they go in small groups from then on. */
void cox_vrrp_router_advert(struct cox_vrrp_router *router, const struct cox_vrrp_turn *turn);

/** Is it the one that owns the addresses? */
bool cox_vrrp_router_is_owner(const struct cox_vrrp_router *router);

/** All that it holds, excluded addresses as well; in @out's memory. */
struct cox_vrrp_items cox_vrrp_router_items(const struct cox_vrrp_instance *conf, struct cox_vrrp_effects *out);

/** Leave out those of @items that are the host's own (vrrpown.c). */
void cox_vrrp_own_leave(const struct cox_vrrp_instance *conf, struct cox_vrrp_items *items, const struct cox_vrrp_turn *turn);

/** Say something, at most once a minute for one kind of it. */
void cox_vrrp_router_say(struct cox_vrrp_router *router, enum cox_vrrp_notice notice, const struct cox_ip *peer, const struct cox_vrrp_turn *turn);

G_END_DECLS

#endif
