/* lib/netlink/netfilter.h - a table of nftables that drops packets to some addresses.  Layer 3, adapter. */
#ifndef COX_NETLINK_NETFILTER_H
#define COX_NETLINK_NETFILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/ipaddr.h"

G_BEGIN_DECLS

/**
 * From now on the table @table (family inet) of this network namespace drops what comes in for these addresses, but neighbour discovery, and nothing else,
 * whatever it held before; without addresses it is removed.  One transaction: there is no moment without the filter.
 *
 * @param priority  of its chain at the hook "input"
 * @return false with COX_ERROR_OS, and all is as before
 */
bool cox_netfilter_drop(const char *table, gint32 priority, const struct cox_ip *addresses, size_t n, GError **error);

G_END_DECLS

#endif
