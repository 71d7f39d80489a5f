/* lib/vrrp/vrrpevent.h - what virtual routers are told, and what they ask for.  Layer 3, pure. */
#ifndef COX_VRRP_VRRPEVENT_H
#define COX_VRRP_VRRPEVENT_H

#include "base/effects.h"
#include "base/monotime.h"
#include "vrrp/vrrpset.h"

G_BEGIN_DECLS

enum cox_vrrp_state { COX_VRRP_INIT = 0, COX_VRRP_BACKUP, COX_VRRP_MASTER, COX_VRRP_FAULT };

enum cox_vrrp_refusal {
    COX_VRRP_ACCEPTED = 0,
#define COX_VRRP_REFUSAL(symbol, name, text) COX_VRRP_REFUSED_##symbol,
#include "vrrp/refusal.def"
#undef COX_VRRP_REFUSAL
    COX_VRRP_REFUSAL_N
};

/** One interface as it is now. */
struct cox_vrrp_link {
    const char *name;
    guint index;                 /**< 0: it is not there */
    bool is_up;                  /**< administratively, and has a carrier */
    const struct cox_ip *addresses; /**< all of it, of both families, primary first; those that routers hold, too, or not */
    size_t n_addresses;
};

/** A datagram of protocol 112. */
struct cox_vrrp_packet {
    guint interface;             /**< index where it came in (of a macvlan: its base); 0: not known (unicast) */
    struct cox_ip source, destination;
    guint8 ttl;                  /**< or hop limit */
    const guint8 *data;          /**< after the IP header */
    size_t size;
};

enum cox_vrrp_order {
    COX_VRRP_ORDER_DEMOTE = 0,   /**< give everything up, stay quiet */
    COX_VRRP_ORDER_PROMOTE,      /**< be master now */
};

enum cox_vrrp_event_kind {
    /** Start, or reload: the difference to the set before is carried out.  A router that goes on (vrrpdiff.h) is not opened anew: who keeps
     *  copies of peers, vmac.sends_from_base and the like takes them again from cox_vrrp_set_of() after the step. */
    COX_VRRP_ON_SET = 0,
    COX_VRRP_ON_WAKE,
    COX_VRRP_ON_PACKET,
    COX_VRRP_ON_LINK,     /**< an interface is there, has changed, or is gone; before ON_SET for those that are there */
    COX_VRRP_ON_TRACK,    /**< a script ended, a file, process, attribute or resource changed */
    COX_VRRP_ON_LOST,     /**< an address, route or rule that a router holds was taken away by others */
    COX_VRRP_ON_ORDER,    /**< authority is the cluster's */
    COX_VRRP_ON_STOP,     /**< the process will end: give everything up in good order, but routers of the cluster, whose end it orders (ADR 083) */
    COX_VRRP_ON_CLOCK,    /**< the wall clock was set: stamps of signed adverts follow it if it is later than they are */
    COX_VRRP_ON_OPEN,     /**< after DO_OPEN, or later: a router can, or cannot, send and receive; until told it counts as open */
};

struct cox_vrrp_event {
    enum cox_vrrp_event_kind kind;
    union {
        struct cox_vrrp_set *set; /**< of cox_vrrp_set_new(), finished and checked; the engine takes it over */
        const struct cox_vrrp_packet *packet;
        const struct cox_vrrp_link *link;
        struct {
            enum cox_vrrp_track_kind kind; /**< not INTERFACE */
            const char *name;
            gint64 value;         /**< file, attribute: the number; others: 1 up, 0 down */
        } track;
        const char *lost;         /**< name of the router */
        guint64 clock;            /**< as the first stamp of cox_vrrp_new() */
        struct {
            const char *instance;
            enum cox_vrrp_order order;
        } order;
        struct {
            const char *instance;
            const char *reason;   /**< NULL: it is open; else it is in fault with this: what could not be made or joined, and why */
        } open;
    };
};

enum cox_vrrp_effect_kind {
    COX_VRRP_DO_WAKE = 0,  /**< replaces the previous wish; COX_USEC_NEVER: not at all */
    COX_VRRP_DO_OPEN,      /**< a router is new: make its virtual interface, join its group, receive */
    COX_VRRP_DO_CLOSE,     /**< it is gone: the reverse */
    COX_VRRP_DO_SEND,      /**< an advert */
    COX_VRRP_DO_ANNOUNCE,  /**< gratuitous ARP or unsolicited NA for each address, "repeat" times; pacing is the sender's */
    COX_VRRP_DO_INSTALL,   /**< set items; those that are there already are fine */
    COX_VRRP_DO_REMOVE,    /**< take items away; those that are not there are fine */
    COX_VRRP_DO_RUN,       /**< run a script of tracking; answer with ON_TRACK; not while its last run goes on */
    COX_VRRP_DO_NOTIFY,    /**< a router or group has changed its state or priority: scripts, pipes, mail, log */
    COX_VRRP_DO_SAY,       /**< something an operator should know; repeated at most once a minute */
};

enum cox_vrrp_notice {
    COX_VRRP_SAY_REFUSED = 0,    /**< an advert from @peer was refused: @refusal */
    COX_VRRP_SAY_ADDRESSES,      /**< @peer sends other addresses than are configured here; it is obeyed all the same */
    COX_VRRP_SAY_INTERVAL,       /**< @peer has another interval; it is learned (version 3) */
    COX_VRRP_SAY_LOWER,          /**< a master heard a lower one, @peer: a partition has ended, or two sides differ */
    COX_VRRP_SAY_HIGHER,         /**< a master heard a higher one, @peer, and steps down */
    COX_VRRP_SAY_RIVAL,          /**< authority is the cluster's, and another master, @peer, is heard */
    COX_VRRP_SAY_MASTER,         /**< a backup follows another master: @peer */
    COX_VRRP_SAY_LOST,           /**< an item was taken away by others, and is set again */
    COX_VRRP_SAY_FAULT,          /**< @reason */
    COX_VRRP_SAY_KEPT,           /**< an owner leaves the role, and its host keeps the address @peer, which another router takes over */
};

/** Who is meant: a router, or a group. */
struct cox_vrrp_change {
    const struct cox_vrrp_instance *instance; /**< NULL: the group */
    const struct cox_vrrp_group *group;
    enum cox_vrrp_state state;
    guint8 priority;
    bool is_stop;                /**< the process ends: STOP */
    bool is_deleted;             /**< a reload removes it */
    bool is_priority;            /**< only its priority has changed */
};

struct cox_vrrp_effect {
    enum cox_vrrp_effect_kind kind;
    const struct cox_vrrp_instance *instance; /**< that it is about, if any; as all borrowed texts valid until the next step */
    union {
        cox_usec at;
        struct {
            struct cox_ip source, destination;
            guint8 ttl;
            const guint8 *data;  /**< of the datagram, without IP header */
            size_t size;
        } send;
        struct {
            const struct cox_vrrp_address *addresses;
            size_t n_addresses;
            guint repeat;
        } announce;
        struct cox_vrrp_items items; /**< INSTALL, REMOVE, without the host's own (cox_vrrp_is_own()); instance NULL: static ones */
        const struct cox_vrrp_script *script;
        struct cox_vrrp_change change;
        struct {
            enum cox_vrrp_notice notice;
            enum cox_vrrp_refusal refusal;
            struct cox_ip peer;
            const char *reason;  /**< FAULT: what is wrong, with the name of it */
        } say;
    };
};

COX_EFFECTS_DEFINE(vrrp)

G_END_DECLS

#endif
