/* cts/scheduler/ordercircles.h - orders that cannot all be kept.  For tests. */
#ifndef COX_CTS_ORDERCIRCLES_H
#define COX_CTS_ORDERCIRCLES_H

#include "model/config.h"

/**
 * May a resource have to wait for itself?  Orders of any kind count, the members of groups, which come one after the other, and
 * guests, of which anything may be inside.  Where that is so one of the orders must give way, and which is nobody's promise.
 */
bool ordercircles_are_there(const struct cox_config *config);

#endif
