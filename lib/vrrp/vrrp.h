/* lib/vrrp/vrrp.h - all virtual routers of a process: the engine.  Layer 3, pure.
 *
 *                                     no fault
 *      INIT ----------------------------------------------> BACKUP <--------.
 *        |  owner: at once                                  |    ^          |
 *        '-----------------------> MASTER <----------------'     |          |
 *                                     |   nobody adverts         |   higher |
 *                                     '--------------------------+----------'
 *      any ---- interface, source, tracking, group ----> FAULT --'  all is well again
 *
 * RFC 9568 6.4 (RFC 3768 for version 2), with preemption delay, tracking, sync groups and unicast.  Beyond it:
 *   - a refused advert (refusal.def) changes a counter and nothing else;
 *   - other addresses in an advert are said, and the advert is obeyed, so that addresses can be added on one node after the other;
 *   - a master that hears a higher one sends once more before it steps down, and a master that hears a lower one announces its
 *     addresses again: clients find the one that stays as soon as a partition ends.
 * With authority "cluster" a router never becomes master by silence: it waits for the order, and does not step down for others.
 *
 * Who calls: effects are to be carried out in their order before the next step; the texts and items in them are valid until then.
 * Costs: an advert in or out is O(log n) in the number of routers; a change of configuration or of an interface is O(n).
 */
#ifndef COX_VRRP_VRRP_H
#define COX_VRRP_VRRP_H

#include "vrrp/vrrpevent.h"

G_BEGIN_DECLS

struct cox_vrrp;

/** Counters of one router since it was configured. */
struct cox_vrrp_stats {
    guint64 sent, received, refused[COX_VRRP_REFUSAL_N]; /**< received: accepted ones */
    guint64 zero_sent, zero_received;                    /**< with priority 0 */
    guint64 became_master, left_master, announcements;
    guint64 differing;           /**< accepted ones with other addresses */
    cox_usec longest_gap;        /**< between two adverts sent as master */
};

/** What one router is now. */
struct cox_vrrp_status {
    const struct cox_vrrp_instance *instance;
    enum cox_vrrp_state state;
    const char *fault;           /**< FAULT: why; until the next step.  Else NULL */
    cox_usec since;              /**< begin of the state */
    guint8 priority;             /**< with all weights; what it adverts */
    struct cox_ip source;        /**< of its adverts; COX_IP_NONE: none yet */
    struct cox_ip master;        /**< last heard; COX_IP_NONE: none, or itself */
    guint8 master_priority;
    cox_usec master_interval;
    const struct cox_vrrp_stats *stats;
};

/**
 * An engine without routers.
 *
 * @param first_stamp  greater than every stamp that an earlier run on this node can have used, best the wall time in microseconds;
 *                     stamps of signed adverts count microseconds from it (doc/adr/080-vrrp.md)
 */
struct cox_vrrp *cox_vrrp_new(guint64 first_stamp, cox_usec now);

/** Free; nothing is sent.  NULL is allowed. */
void cox_vrrp_free(struct cox_vrrp *vrrp);

/** One step.  Total: unknown names, interfaces and packets are ignored or counted. */
void cox_vrrp_step(struct cox_vrrp *vrrp, const struct cox_vrrp_event *event, cox_usec now, struct cox_vrrp_effects *out);

/** How many routers there are. */
size_t cox_vrrp_count(const struct cox_vrrp *vrrp);

/** What router @i is now, in the order of the set. */
struct cox_vrrp_status cox_vrrp_status_at(const struct cox_vrrp *vrrp, size_t i);

/** The same for the one called @name; false when there is none. */
bool cox_vrrp_status_of(const struct cox_vrrp *vrrp, const char *name, struct cox_vrrp_status *status);

/** Adverts that were refused before they could be given to a router, by reason. */
const guint64 *cox_vrrp_refused(const struct cox_vrrp *vrrp);

/** The present set; NULL before the first. */
const struct cox_vrrp_set *cox_vrrp_set_of(const struct cox_vrrp *vrrp);

/**
 * Is @address of @instance, a router of the present set, the host's own?  That of an owner (priority 255, by adverts) that was on its interface when the
 * router rose: it is never in INSTALL or REMOVE, and nobody else, as a guard that cleans up, may take it away.  Changes in steps only.
 */
bool cox_vrrp_is_own(const struct cox_vrrp *vrrp, const struct cox_vrrp_instance *instance, const struct cox_vrrp_address *address);

/** The stamp that a signed advert of this moment would have: to be kept over a restart. */
guint64 cox_vrrp_stamp(const struct cox_vrrp *vrrp, cox_usec now);

/** "BACKUP" and so on. */
const char *cox_vrrp_state_name(enum cox_vrrp_state state);

/** Name and text of a refusal. */
const char *cox_vrrp_refusal_name(enum cox_vrrp_refusal refusal);
const char *cox_vrrp_refusal_text(enum cox_vrrp_refusal refusal);

typedef struct cox_vrrp cox_vrrp; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_vrrp, cox_vrrp_free)

G_END_DECLS

#endif
