/* lib/vrrp/vrrp_priv.h - the state of the engine, for its files.  Layer 3, pure. */
#ifndef COX_VRRP_VRRP_PRIV_H
#define COX_VRRP_VRRP_PRIV_H

#include "vrrp/router.h"
#include "vrrp/syncgroup.h"
#include "vrrp/track.h"

/* A router among the others. */
struct cox_vrrp_unit {
    struct cox_vrrp_router router;    /* first: the owner of a timer is one */
    struct cox_vrrp_syncgroup *group; /* NULL: none */
    struct cox_vrrp_unit *next;       /* of the same interface, family and VRID: other groups or peers */
    cox_usec restored_at;             /* lost items were set again; COX_USEC_NEVER: not yet */
    bool must_restore;                /* and are to be set once more, not at once */
    char *closed;                     /* why it cannot send and receive; NULL: it can */
};

struct cox_vrrp {
    struct cox_vrrp_set *set, *retired; /* the one before, until the next step: effects may point to it */
    GPtrArray *units;                   /* struct cox_vrrp_unit, in the order of the set */
    GHashTable *by_name;                /* -> struct cox_vrrp_unit */
    GHashTable *by_key;                 /* interface, family, VRID -> struct cox_vrrp_unit, the first of a chain */
    GHashTable *held;                   /* struct cox_ip of all routers, in the set */
    GHashTable *own;                    /* struct cox_ip of the host that routers own */
    GHashTable *placed;                 /* struct cox_ip that routers may ever have set: on an interface, they are ours */
    GPtrArray *groups;                  /* struct cox_vrrp_syncgroup */
    struct cox_vrrp_facts facts;
    struct cox_vrrp_heap heap;
    guint64 refused[COX_VRRP_REFUSAL_N];
    guint64 first_stamp, last_stamp;
    cox_usec made_at, start_at;         /* end of the delay of the start; COX_USEC_NEVER: it is over */
    cox_usec restore_at;                /* the first unit that must restore */
    cox_usec wake_at;                   /* last wished */
    bool is_stopping;
};

static inline struct cox_vrrp_unit *
cox_vrrp_unit_at(const struct cox_vrrp *vrrp, guint i)
{
    return g_ptr_array_index(vrrp->units, i);
}

static inline void
cox_vrrp_unit_free(struct cox_vrrp_unit *unit)
{
    g_free(unit->closed);
    g_free(unit);
}

static inline bool
cox_vrrp_unit_is_risen(const struct cox_vrrp_unit *unit)
{
    return unit->router.state == COX_VRRP_BACKUP || unit->router.state == COX_VRRP_MASTER;
}

/* ---- vrrpjudge.c ---- */

/* Faults, priorities and sources from what is known now; all routers. */
void cox_vrrp_judge(struct cox_vrrp *vrrp, const struct cox_vrrp_turn *turn);

/* Carry out what a router wishes, alone or with its group. */
void cox_vrrp_grant(struct cox_vrrp_unit *unit, enum cox_vrrp_wish wish, const struct cox_vrrp_turn *turn);

/* Which packets are for which router: after a change of routers or of an interface. */
void cox_vrrp_index(struct cox_vrrp *vrrp);

/* The router that a packet with this VRID is for, or NULL. */
struct cox_vrrp_unit *cox_vrrp_find(const struct cox_vrrp *vrrp, const struct cox_vrrp_packet *packet, guint8 vrid);

/* ---- vrrpown.c ---- */

/* Which addresses of an owner that rises are the host's own: there, and never set by a router. */
void cox_vrrp_own_find(struct cox_vrrp *vrrp, const struct cox_vrrp_unit *unit);

/* The other addresses of a router may be set from now on. */
void cox_vrrp_own_place(struct cox_vrrp *vrrp, const struct cox_vrrp_unit *unit);

/* The host has lost one while its router goes on: it is as any other from now on, and to be set. */
bool cox_vrrp_own_lost(struct cox_vrrp *vrrp, const struct cox_vrrp_unit *unit);

/* Forget those without an owner in @set. */
void cox_vrrp_own_keep(struct cox_vrrp *vrrp, const struct cox_vrrp_set *set);

/* ---- vrrpreload.c ---- */

/* From the present set to @set, which is taken over. */
void cox_vrrp_reload(struct cox_vrrp *vrrp, struct cox_vrrp_set *set, const struct cox_vrrp_turn *turn);

#endif
