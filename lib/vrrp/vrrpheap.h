/* lib/vrrp/vrrpheap.h - what is to be done when: a heap of timers that live in the objects they are for.  Layer 3, pure. */
#ifndef COX_VRRP_VRRPHEAP_H
#define COX_VRRP_VRRPHEAP_H

#include <glib.h>

#include "base/monotime.h"

G_BEGIN_DECLS

/** One timer; part of an object, which must outlive its stay in the heap.  Zeroed (or after _remove) it is in none. */
struct cox_vrrp_timer {
    cox_usec at;
    guint place; /**< in the heap, from 1; 0: not in it */
    void *owner;   /**< the object */
};

struct cox_vrrp_heap {
    GArray *places; /**< struct cox_vrrp_place; their times are here, so that nobody has to go to the objects to compare them */
    guint64 n_set; /**< how often one was set */
};

void cox_vrrp_heap_init(struct cox_vrrp_heap *heap);
void cox_vrrp_heap_clear(struct cox_vrrp_heap *heap);

/** Put it in, or move it; COX_USEC_NEVER takes it out.  Costs the logarithm of their number. */
void cox_vrrp_heap_set(struct cox_vrrp_heap *heap, struct cox_vrrp_timer *timer, cox_usec at);

/** The earliest, or NULL.  Of timers with one time that which was set first: what is set again and again in one turn keeps its order. */
struct cox_vrrp_timer *cox_vrrp_heap_first(const struct cox_vrrp_heap *heap);

G_END_DECLS

#endif
