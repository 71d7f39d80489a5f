/* lib/netlink/nettypes.h - addresses, routes, rules, links and frames as the kernel is told of them.  Layer 3, adapter. */
#ifndef COX_NETLINK_NETTYPES_H
#define COX_NETLINK_NETTYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/ipaddr.h"

G_BEGIN_DECLS

enum {
    COX_NET_NAME_BYTES = 16, /**< longest name of an interface, with the zero behind it */
    COX_NET_MAC_BYTES = 6,
    COX_NET_MAX_HOPS = 16,   /**< of one route */
    COX_NET_N_METRICS = 20,  /**< numbers of RTAX_* are below */
};

/** A lifetime that does not end. */
#define COX_NET_FOREVER G_MAXUINT32

struct cox_net_prefix {
    struct cox_ip ip;
    guint8 bits;
};

/** An address of an interface. */
struct cox_net_address {
    struct cox_net_prefix local;
    struct cox_ip peer;
    struct cox_ip broadcast;
    gint32 ifindex;
    char label[COX_NET_NAME_BYTES]; /**< IPv4 only; empty: none */
    guint8 scope;                   /**< RT_SCOPE_*; 0 is global */
    guint32 flags;                  /**< IFA_F_* */
    guint32 preferred_s;            /**< COX_NET_FOREVER; 0: deprecated, not chosen as a source */
};

/** One way of a route. */
struct cox_net_hop {
    struct cox_ip via; /**< may be of another family than the route */
    gint32 ifindex;        /**< 0: found by the kernel */
    guint8 weight;         /**< 1 and up; 0 is 1 */
    bool is_onlink;
};

struct cox_net_route {
    guint8 family;              /**< enum cox_ip_family */
    struct cox_net_prefix to;   /**< COX_IP_NONE: default */
    struct cox_net_prefix from; /**< IPv6 only */
    struct cox_ip source;   /**< preferred source address */
    guint32 table;              /**< 0: main */
    guint8 type;                /**< RTN_*; 0: unicast */
    guint8 scope;               /**< RT_SCOPE_* */
    guint8 protocol;            /**< RTPROT_*; 0: that of virtual routers */
    guint8 tos;
    guint8 preference;          /**< of an IPv6 router, as ICMPv6 has it */
    bool has_preference;
    bool is_appended;           /**< beside others to the same net, which it would take the place of */
    guint32 metric;             /**< priority among routes to one destination; 0: the kernel's choice */
    struct cox_net_hop hops[COX_NET_MAX_HOPS];
    guint n_hops;
    guint32 metrics[COX_NET_N_METRICS]; /**< by RTAX_* */
    guint32 has_metrics;                /**< bit n: metrics[n] is set */
    guint32 locked_metrics;             /**< bit n: it is locked */
};

/** A range of ports or users; both 0: none. */
struct cox_net_range {
    guint32 first, last;
};

struct cox_net_rule {
    guint8 family;              /**< enum cox_ip_family */
    bool is_not;
    bool is_anybodys;           /**< to be removed whoever has made it: the protocol does not count */
    struct cox_net_prefix from, to;
    guint8 tos;
    guint8 action;              /**< FR_ACT_*; 0: look into the table */
    guint8 ip_protocol;         /**< 0: any */
    guint8 protocol;            /**< who made it: RTPROT_*; 0: that of virtual routers */
    guint32 mark, mark_mask;    /**< mask 0: no condition */
    guint32 table;              /**< 0: main, if the action needs one */
    guint32 preference;
    bool has_preference;
    guint32 target;             /**< of a goto */
    guint32 realms;
    gint32 suppress_bits;       /**< ignore routes with prefixes this short; negative: no */
    gint32 suppress_group;      /**< the same for groups of interfaces; negative: no */
    struct cox_net_range source_ports, target_ports;
    struct cox_net_range users;
    bool has_users;
    bool is_l3mdev;
    char in[COX_NET_NAME_BYTES], out[COX_NET_NAME_BYTES]; /**< interfaces; empty: any */
};

/** An interface. */
struct cox_net_link {
    gint32 ifindex;
    gint32 parent;      /**< of a macvlan or VLAN; 0: none */
    char name[COX_NET_NAME_BYTES];
    guint8 mac[COX_NET_MAC_BYTES];
    bool has_mac;       /**< an Ethernet address */
    bool is_up;         /**< it was switched on */
    bool has_carrier;   /**< and it works: IFF_RUNNING */
    bool is_macvlan;
    guint32 mtu;
};

/** A whole Ethernet frame to be sent out of an interface. */
struct cox_net_frame {
    gint32 ifindex;
    guint8 bytes[96];
    guint8 size;
};

enum cox_net_kind {
    COX_NET_ADDRESS = 1,
    COX_NET_ROUTE,
    COX_NET_RULE,
    COX_NET_LINK_STATE, /**< is_up of the interface with this number */
    COX_NET_MACVLAN,    /**< made by name, parent and mac, in private mode, down; removed by number */
};

/** One change; what it points to is borrowed. */
struct cox_net_change {
    enum cox_net_kind kind;
    bool removes;
    union {
        const struct cox_net_address *address;
        const struct cox_net_route *route;
        const struct cox_net_rule *rule;
        const struct cox_net_link *link;
    };
    int result; /**< set by cox_net_apply(): 0, or the errno of the kernel */
};

G_END_DECLS

#endif
