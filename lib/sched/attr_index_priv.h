/* lib/sched/attr_index_priv.h - a node's attributes by name, for passes that ask once for each resource.
 * Layer 3, private.
 *
 * Nodes have an attribute or two for each resource (fail counts, promotion scores), so that looking through the list for
 * each resource would cost their product.  See doc/adr/004-dense-data.md.
 */
#ifndef COX_SCHED_ATTR_INDEX_PRIV_H
#define COX_SCHED_ATTR_INDEX_PRIV_H

#include "sched/work_priv.h"

/** Attributes of a node whose names begin alike: pairs[order[0]] .. pairs[order[n - 1]], by name; borrowed from the node. */
struct sched_attr_range {
    const struct cox_nvpair *pairs; /**< the node's list, in its own order */
    const guint32 *order;
    guint32 n;
};

/** Sort the attributes of @node, once they are known. */
void sched_attr_index(struct sched_work *work, struct sched_node *node);

/** Value of attribute @name of @node, or NULL. */
const char *sched_attr_get(const struct sched_node *node, const char *name);

/** Attributes of @node whose names begin with @prefix followed by @stem; the one called just so comes first. */
struct sched_attr_range sched_attr_range(const struct sched_node *node, const char *prefix, const char *stem);

#endif
