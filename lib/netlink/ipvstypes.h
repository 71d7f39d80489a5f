/* lib/netlink/ipvstypes.h - virtual servers as the kernel is told of them.  Numbers are those of linux/ip_vs.h.  Layer 3, adapter. */
#ifndef COX_NETLINK_IPVSTYPES_H
#define COX_NETLINK_IPVSTYPES_H

#include <stdbool.h>
#include <glib.h>

#include "base/ipaddr.h"

G_BEGIN_DECLS

enum { COX_IPVS_NAME_BYTES = 16 };

/** What has gone through; read from the kernel, never written. */
struct cox_ipvs_traffic {
    guint64 conns, in_packets, out_packets, in_bytes, out_bytes;
    guint64 conn_rate, in_packet_rate, out_packet_rate, in_byte_rate, out_byte_rate; /**< per second, now */
};

/** A virtual server.  What tells it from others: a mark and a family; or address, port and protocol. */
struct cox_ipvs_service {
    struct cox_ip address;               /**< COX_IP_NONE with a mark */
    guint8 family;                       /**< enum cox_ip_family; with an address the address's */
    guint8 protocol;                     /**< IPPROTO_*; 0 with a mark */
    guint16 port;
    guint32 mark;
    char scheduler[COX_IPVS_NAME_BYTES];
    char engine[COX_IPVS_NAME_BYTES];    /**< of persistence; empty: none */
    guint32 flags;                       /**< IP_VS_SVC_F_*, without the kernel's own */
    guint32 persist_s;
    guint8 persist_bits;                 /**< prefix by which clients are told apart; 0: the whole address */
    struct cox_ipvs_traffic traffic;
};

/** A real server. */
struct cox_ipvs_dest {
    struct cox_ip address;
    guint16 port;
    guint32 method;                      /**< IP_VS_CONN_F_MASQ, TUNNEL or DROUTE */
    guint32 weight, upper, lower;
    guint8 tunnel;                       /**< IP_VS_CONN_F_TUNNEL_TYPE_*: IPIP, GUE, GRE */
    guint16 tunnel_port, tunnel_flags;
    guint32 active, inactive, persistent; /**< connections now; read only */
    struct cox_ipvs_traffic traffic;
};

enum cox_ipvs_op {
    COX_IPVS_ADD_SERVICE = 0,
    COX_IPVS_SET_SERVICE,
    COX_IPVS_DEL_SERVICE, /**< with its servers */
    COX_IPVS_ADD_DEST,
    COX_IPVS_SET_DEST,
    COX_IPVS_DEL_DEST,
};

/** One change; what it points to is borrowed. */
struct cox_ipvs_change {
    enum cox_ipvs_op op;
    const struct cox_ipvs_service *service;
    const struct cox_ipvs_dest *dest; /**< NULL for changes of services */
    int result;                       /**< set: 0, or the errno of the kernel */
};

/** In seconds; 0: as it is. */
struct cox_ipvs_timeouts {
    guint32 tcp, tcp_fin, udp;
};

/** A daemon that tells, or hears, of connections. */
struct cox_ipvs_daemon {
    bool is_backup;                      /**< it hears; else it tells */
    char interface[COX_IPVS_NAME_BYTES];
    guint32 id;
    guint16 max_bytes, port;             /**< 0: the kernel's choice */
    guint8 ttl;
    struct cox_ip group;                 /**< COX_IP_NONE: the kernel's choice */
};

G_END_DECLS

#endif
