/* lib/vrrp/keepalived.h - virtual routers as keepalived.conf says them: to and from the set.  Layer 3, pure. */
#ifndef COX_VRRP_KEEPALIVED_H
#define COX_VRRP_KEEPALIVED_H

#include "conf/block.h"
#include "conf/keyword.h"
#include "vrrp/vrrpset.h"

G_BEGIN_DECLS

/** The keywords, for documentation and tests. */
const struct cox_keyword *cox_vrrp_keywords(size_t *n);

/**
 * The set that a keepalived.conf describes, with all that is inherited resolved.  The same tree gives the same set, whenever it is read.
 *
 * @param diags  what is not known, not carried over or wrong, with its place; also what cox_vrrp_check() finds
 * @return the set, as far as it could be read; the caller owns it and does not use it when @diags has an error
 */
struct cox_vrrp_set *cox_vrrp_set_from_block(const struct cox_block *root, struct cox_diags *diags);

/** What was read of the routers of a tree: used again as long as all else that it depends on (settings, followed things) is the same. */
struct cox_vrrp_reading;

/** Sets that were made with it stay whole.  NULL is allowed. */
void cox_vrrp_reading_free(struct cox_vrrp_reading *reading);

/** One tree of a configuration. */
struct cox_vrrp_tree {
    const struct cox_block *root;
    struct cox_vrrp_reading **kept; /**< of this very tree, kept by who has it, NULL before the first time; NULL: it is read each time */
};

/**
 * As above for several trees that together are one configuration.  Scripts, files and processes that a later one defines word for word as an
 * earlier one has them are the same; one that differs is an error.  What is kept changes nothing of the set or of @diags.
 */
struct cox_vrrp_set *cox_vrrp_set_from_trees(const struct cox_vrrp_tree *trees, size_t n, struct cox_diags *diags);

/** What is wrong with a set whose values are each for itself right: duplicate VRIDs, unknown names, mixed families... */
void cox_vrrp_check(const struct cox_vrrp_set *set, struct cox_diags *diags);

/** Append the set as text; cox_vrrp_set_from_block() makes the same set of it, and keepalived takes it. */
void cox_vrrp_set_write(const struct cox_vrrp_set *set, GString *out);

G_END_DECLS

#endif
