/* cts/scheduler/ordercircles.h - orders that cannot all be kept.  For tests. */
#ifndef COX_CTS_ORDERCIRCLES_H
#define COX_CTS_ORDERCIRCLES_H

#include "model/config.h"

/**
 * Which resource may have to wait for which?  Orders of any kind count, the members of groups, which come one after the other, and
 * guests, of which anything may be inside.
 *
 * @return [first * n_resources + then], by way of others, too; g_free it
 */
bool *ordercircles_who_waits(const struct cox_config *config);

/** May a resource have to wait for itself?  One of the orders must give way then, and which is nobody's promise. */
bool ordercircles_are_there(const struct cox_config *config);

#endif
