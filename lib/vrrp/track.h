/* lib/vrrp/track.h - what is known of the things that routers follow, and what that means for a priority.  Layer 3, pure. */
#ifndef COX_VRRP_TRACK_H
#define COX_VRRP_TRACK_H

#include "vrrp/vrrpevent.h"
#include "vrrp/vrrpheap.h"

G_BEGIN_DECLS

/** An interface as far as routers are concerned. */
struct cox_vrrp_port {
    char *name;
    guint index;                  /**< 0: it is not there */
    bool is_up;                   /**< as it counts: after the delays of the configuration */
    bool is_seen_up;              /**< as it was told last */
    cox_usec down_delay, up_delay;
    struct cox_ip *addresses;
    size_t n_addresses;
    struct cox_vrrp_timer timer;  /**< end of a delay; the owner is the port */
};

/** A script, file, process, attribute or resource. */
struct cox_vrrp_fact {
    char *name;
    gint64 value;                 /**< a number, or 1 up and 0 down */
    const struct cox_vrrp_script *script; /**< of the present set; else NULL */
    bool is_running;              /**< a run was asked for and has not ended */
    guint run;                    /**< results in a row that speak against its value */
    struct cox_vrrp_timer timer;  /**< script: next run; the owner is the fact */
};

/** All of them.  */
struct cox_vrrp_facts {
    GHashTable *ports;            /**< name -> struct cox_vrrp_port */
    GHashTable *known[COX_VRRP_TRACK_RESOURCE + 1]; /**< by kind: name -> struct cox_vrrp_fact */
    struct cox_vrrp_heap heap;    /**< of scripts */
    struct cox_vrrp_heap delays;  /**< of ports */
};

void cox_vrrp_facts_init(struct cox_vrrp_facts *facts);
void cox_vrrp_facts_clear(struct cox_vrrp_facts *facts);

/** A new set: scripts that are new run at once, those that are gone no more; what is known stays. */
void cox_vrrp_facts_configure(struct cox_vrrp_facts *facts, const struct cox_vrrp_set *set, cox_usec now);

/** An interface is as @link says.  True when that changes what counts. */
bool cox_vrrp_facts_link(struct cox_vrrp_facts *facts, const struct cox_vrrp_link *link, cox_usec now);

/** A result or value has come.  True when that changes what counts. */
bool cox_vrrp_facts_result(struct cox_vrrp_facts *facts, enum cox_vrrp_track_kind kind, const char *name, gint64 value);

/** Delays that have ended, scripts that are to run.  True when what counts has changed. */
bool cox_vrrp_facts_wake(struct cox_vrrp_facts *facts, cox_usec now, struct cox_vrrp_effects *out);

/** When cox_vrrp_facts_wake() is wanted. */
cox_usec cox_vrrp_facts_next(const struct cox_vrrp_facts *facts);

/** The interface, or NULL. */
const struct cox_vrrp_port *cox_vrrp_facts_port(const struct cox_vrrp_facts *facts, const char *name);

/** Has the interface, NULL allowed, this address? */
bool cox_vrrp_port_has(const struct cox_vrrp_port *port, const struct cox_ip *ip);

/** What a list of followed things comes to. */
struct cox_vrrp_verdict {
    gint64 weight;                    /**< to be added to the priority */
    const struct cox_vrrp_track *bad; /**< the first that is a fault; NULL: none */
};

/** Add to @verdict; the weights only @has_weights. */
void cox_vrrp_facts_judge(const struct cox_vrrp_facts *facts, const struct cox_vrrp_track *tracks, size_t n, bool has_weights,
                          struct cox_vrrp_verdict *verdict);

G_END_DECLS

#endif
