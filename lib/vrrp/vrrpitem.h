/* lib/vrrp/vrrpitem.h - addresses, routes and rules that a router holds while it is master, or that are always there.  Layer 3, pure.
 *
 * Numbers that the kernel defines (scope, table, protocol, metric, type) are the kernel's: rtnetlink(7).
 */
#ifndef COX_VRRP_VRRPITEM_H
#define COX_VRRP_VRRPITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/ipaddr.h"

G_BEGIN_DECLS

/** A network: the first @prefix bits of @ip.  COX_IP_NONE: not given; 0.0.0.0/0 and ::/0 are the default route. */
struct cox_vrrp_net {
    struct cox_ip ip;
    guint8 prefix;
};

struct cox_vrrp_address {
    struct cox_ip ip;
    guint8 prefix;
    struct cox_ip broadcast;   /**< COX_IP_NONE: none */
    struct cox_vrrp_net peer;  /**< other end of a point-to-point link */
    const char *interface;     /**< NULL: the router's own (the virtual one with use_vmac) */
    const char *label;         /**< NULL: none */
    guint8 scope;              /**< RT_SCOPE_*; 0: global */
    gint64 preferred_s;        /**< -1: for ever */
    bool is_home, is_nodad, is_mngtmpaddr, is_noprefixroute, is_autojoin;
    bool is_untracked;         /**< no_track: that it is gone changes no state */
    bool has_vmac;             /**< use_vmac: on a macvlan of its own (with interface) */
    const char *track_group;   /**< static ones: the group that depends on it; NULL: none */
};

struct cox_vrrp_nexthop {
    struct cox_ip via;     /**< COX_IP_NONE: straight */
    const char *interface; /**< NULL: the kernel looks for it */
    guint weight;          /**< 1 and more; 0: not given */
    bool is_onlink;
    guint32 realms;        /**< from << 16 | to; 0: not given */
};

struct cox_vrrp_metric {
    guint8 kind;      /**< RTAX_*: mtu, advmss, window, rtt, hoplimit, initcwnd ... */
    bool is_locked;
    guint32 value;
    const char *text; /**< RTAX_CC_ALGO: name; NULL for the others */
};

struct cox_vrrp_route {
    guint8 family; /**< enum cox_ip_family */
    guint8 type;   /**< RTN_*; 0: unicast */
    struct cox_vrrp_net to, from;
    struct cox_ip source; /**< preferred source */
    const struct cox_vrrp_nexthop *nexthops;
    size_t n_nexthops;
    const struct cox_vrrp_metric *metrics;
    size_t n_metrics;
    guint32 table;    /**< 0: main */
    guint32 priority; /**< "metric", "preference"; 0: the kernel's */
    guint8 scope;
    bool has_scope;
    guint8 protocol;  /**< RTPROT_*; 0: not given */
    guint8 tos;
    gint8 pref;       /**< IPv6: -1 low, 0 medium, 1 high */
    bool is_appended; /**< beside others to the same net */
    bool is_untracked;
    const char *track_group;
};

struct cox_vrrp_range {
    guint32 first, last;
    bool is_set;
};

struct cox_vrrp_rule {
    guint8 family;
    guint8 action; /**< FR_ACT_*; 0: to a table */
    bool is_inverted;
    struct cox_vrrp_net from, to;
    guint32 table;      /**< 0: main */
    guint32 preference; /**< 0: the daemon finds a free one */
    guint32 goto_preference;
    const char *in_interface, *out_interface;
    guint8 tos;
    guint32 mark, mark_mask; /**< fwmark; mask 0: no mark */
    guint32 realms;
    gint32 suppress_prefix, suppress_group; /**< -1: not given */
    guint64 tunnel_id;                      /**< 0: not given */
    bool is_l3mdev;
    guint8 protocol;    /**< RTPROT_*; 0: not given */
    guint8 ip_protocol; /**< 0: any */
    struct cox_vrrp_range uids, source_ports, target_ports;
    bool is_untracked;
    const char *track_group;
};

/** What an object needs of addresses, routes and rules. */
struct cox_vrrp_items {
    const struct cox_vrrp_address *addresses;
    size_t n_addresses;
    const struct cox_vrrp_route *routes;
    size_t n_routes;
    const struct cox_vrrp_rule *rules;
    size_t n_rules;
};

G_END_DECLS

#endif
