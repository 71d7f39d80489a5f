/* lib/vrrp/vrrpdiff.h - what a reload changes.  Layer 3, pure. */
#ifndef COX_VRRP_VRRPDIFF_H
#define COX_VRRP_VRRPDIFF_H

#include "vrrp/vrrpevent.h"

G_BEGIN_DECLS

enum cox_vrrp_op_kind {
    COX_VRRP_OP_REMOVE = 0, /**< @before is gone, or became another virtual router (then an ADD follows) */
    COX_VRRP_OP_CHANGE,     /**< @before goes on as @after, whatever else of it has changed */
    COX_VRRP_OP_ADD,        /**< @after is new */
};

struct cox_vrrp_op {
    enum cox_vrrp_op_kind kind;
    const struct cox_vrrp_instance *before, *after;
};

/**
 * From one set to another: removals first, then changes and additions in the order of @after.  A router goes on when its name, family,
 * VRID, interface, group or way (multicast, unicast) and virtual interface are the same; peers, and whether it sends from the base of its
 * virtual interface, may be others.
 *
 * @param before NULL: none
 * @return struct cox_vrrp_op; the caller frees it
 */
GArray *cox_vrrp_diff(const struct cox_vrrp_set *before, const struct cox_vrrp_set *after);

/** What is in @a and not in @b, item by item with all their fields; in @out's memory. */
struct cox_vrrp_items cox_vrrp_items_minus(const struct cox_vrrp_items *a, const struct cox_vrrp_items *b, struct cox_vrrp_effects *out);

bool cox_vrrp_items_is_empty(const struct cox_vrrp_items *items);

G_END_DECLS

#endif
