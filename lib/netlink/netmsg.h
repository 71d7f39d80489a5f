/* lib/netlink/netmsg.h - changes as messages of rtnetlink, and what it tells of links and addresses.  Layer 3, adapter. */
#ifndef COX_NETLINK_NETMSG_H
#define COX_NETLINK_NETMSG_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "netlink/nettypes.h"

G_BEGIN_DECLS

/** Append the message that asks for @change and for an answer, with sequence number @seq, to @out. */
void cox_netmsg_change(GByteArray *out, const struct cox_net_change *change, guint32 seq);

/** Append the question for all interfaces, or for all addresses. */
void cox_netmsg_dump(GByteArray *out, bool wants_addresses, guint32 seq);

/** Append the question for all routes, or for all rules, of all tables. */
void cox_netmsg_dump_items(GByteArray *out, bool wants_rules, guint32 seq);

/** Append the question for the route that packets to @to would take, as it stands in its table. */
void cox_netmsg_route_to(GByteArray *out, const struct cox_ip *to, guint32 seq);

enum cox_netmsg_kind {
    COX_NETMSG_OTHER = 0, /**< nothing that we know, or too short for what it says to be */
    COX_NETMSG_LINK,
    COX_NETMSG_LINK_GONE,
    COX_NETMSG_ADDRESS,
    COX_NETMSG_ADDRESS_GONE,
    COX_NETMSG_ROUTE,
    COX_NETMSG_ROUTE_GONE,
    COX_NETMSG_RULE,
    COX_NETMSG_RULE_GONE,
    COX_NETMSG_ANSWER,    /**< to a change; error is 0 when it was made */
    COX_NETMSG_DONE,      /**< the end of a dump */
};

/** One message of the kernel. */
struct cox_netmsg {
    enum cox_netmsg_kind kind;
    guint32 seq;
    bool was_interrupted; /**< of a dump: what it tells does not fit together, ask again */
    int error;            /**< of an answer or the end of a dump: an errno */
    union {
        struct cox_net_link link;
        struct cox_net_address address;
        struct cox_net_route route; /**< without metrics; with several hops, or one of another family, none is told */
        struct cox_net_rule rule;   /**< addresses, table, preference, target, mark and interfaces */
    };
};

/**
 * Read the message at *@at of @data and move *@at behind it.  Whatever the bytes are, nothing outside them is read.
 * @return false when there is no further whole message
 */
bool cox_netmsg_next(const guint8 *data, size_t size, size_t *at, struct cox_netmsg *out);

G_END_DECLS

#endif
