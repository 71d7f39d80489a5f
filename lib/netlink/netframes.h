/* lib/netlink/netframes.h - frames that tell the neighbours where an address is now.  Layer 3, adapter; pure. */
#ifndef COX_NETLINK_NETFRAMES_H
#define COX_NETLINK_NETFRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "netlink/nettypes.h"

G_BEGIN_DECLS

/** How an address is announced. */
struct cox_netframe_spec {
    const struct cox_net_link *link; /**< out of which, and whose MAC the address has; it must have one */
    const struct cox_ip *ip;
    bool is_reply;                   /**< IPv4: as an ARP reply, else as a request, which all must heed (RFC 5227, 3) */
    bool is_router;                  /**< IPv6: the flag that it routes (RFC 4861, 4.4) */
};

/** A gratuitous ARP (RFC 826, 5227) or an unsolicited neighbour advertisement (RFC 4861, 7.2.6) for one address. */
void cox_netframe_announce(const struct cox_netframe_spec *spec, struct cox_net_frame *out);

/**
 * Ask for the MAC of @target, a neighbour, as @spec's address: an ARP request or a neighbour solicitation (RFC 4861, 4.3) to all that may have
 * it.  The answer goes to the kernel, which looks itself only once in a second after it has failed.
 */
void cox_netframe_ask(const struct cox_netframe_spec *spec, const struct cox_ip *target, struct cox_net_frame *out);

/** The checksum of the Internet (RFC 1071) over @size bytes and what is in @sum already; in the order of the machine. */
guint16 cox_netframe_checksum(const guint8 *data, size_t size, guint32 sum);

G_END_DECLS

#endif
