/* lib/lvs/lvsconf.h - what is wanted of the balancer: virtual servers, real servers, connection synchronization.  Layer 3, pure.
 *
 * A configuration is built once (lvs/lvskeepalived.h, or from a resource), validated and then only read.  Everything that a file
 * says once and that holds for many is resolved: each server and each check has its own values.
 */
#ifndef COX_LVS_LVSCONF_H
#define COX_LVS_LVSCONF_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/arena.h"
#include "base/ipaddr.h"
#include "lvs/checkconf.h"

G_BEGIN_DECLS

/** Protocols have their numbers of IANA; 0 with firewall marks. */
enum cox_lvs_protocol {
    COX_LVS_PROTOCOL_NONE = 0,
    COX_LVS_PROTOCOL_TCP = 6,
    COX_LVS_PROTOCOL_UDP = 17,
    COX_LVS_PROTOCOL_SCTP = 132,
};

enum cox_lvs_method {
    COX_LVS_NAT = 0,
    COX_LVS_DIRECT,
    COX_LVS_TUNNEL,
};

enum cox_lvs_tunnel {
    COX_LVS_IPIP = 0,
    COX_LVS_GUE,
    COX_LVS_GRE,
};

enum cox_lvs_checksum {
    COX_LVS_NO_CHECKSUM = 0,
    COX_LVS_CHECKSUM,
    COX_LVS_REMOTE_CHECKSUM, /**< GUE only */
};

/** How packets get to a server. */
struct cox_lvs_forward {
    enum cox_lvs_method method : 8;
    enum cox_lvs_tunnel tunnel : 8; /**< the last three: TUNNEL only, else 0 */
    enum cox_lvs_checksum checksum : 8;
    guint16 gue_port;
};

/** Where clients knock: @count addresses from @address on, or a firewall mark. */
struct cox_lvs_front {
    struct cox_ip address;
    guint32 count;                  /**< 1 at least */
    guint16 port;                   /**< 0: all, with persistence */
    guint32 mark;                   /**< not 0: a mark; no address, no port */
    guint8 family;                  /**< of what carries the mark: 4 or 6; with an address the address's */
};

/** Flags of a virtual server, as the kernel numbers them (linux/ip_vs.h). */
enum cox_lvs_flag {
    COX_LVS_PERSISTENT = 1,         /**< set by persist_s */
    COX_LVS_ONE_PACKET = 4,
    COX_LVS_FLAG_1 = 8,             /**< scheduler's: sh-fallback, mh-fallback */
    COX_LVS_FLAG_2 = 16,            /**< sh-port, mh-port */
    COX_LVS_FLAG_3 = 32,
};

#define COX_LVS_WEIGHT_MAX 65535

struct cox_lvs_server {
    struct cox_ip address;
    guint16 port;                   /**< 0: that of the virtual server (marks, all ports) */
    gint weight;                    /**< 0 to COX_LVS_WEIGHT_MAX */
    struct cox_lvs_forward forward;
    guint upper, lower;             /**< connections at which it gets no more, and again; 0: no limit */
    guint passive_conns;            /**< new connections between two looks, none answered, until its checks are run at once; 0: never */
    bool is_inhibited;              /**< when bad: weight 0 instead of removal */
    bool is_quiesced;               /**< weight 0 by order: connections stay, no new ones */
    bool has_mail;                  /**< mail when it comes or goes */
    gint64 drain_ms;                /**< removed by configuration: may keep its connections so long with weight 0; 0: removed at once */
    gint64 slow_start_ms;           /**< back from a failure: the weight grows over so long; 0: whole at once */
    struct cox_lvs_script notify_up, notify_down;
    const char *label;              /**< for people and SNMP, or NULL */
    const struct cox_lvs_check *checks;
    size_t n_checks;                /**< all must be good */
};

struct cox_lvs_service {
    const char *name;               /**< unique; "192.0.2.1:80/tcp", "fwmark 7", "fwmark 7 inet6", the group's with "/tcp" (of one mark "/fwmark"), or the resource's id */
    const struct cox_lvs_front *fronts;
    size_t n_fronts;                /**< 1 at least; more with a group */
    enum cox_lvs_protocol protocol;
    const char *scheduler;          /**< name of the kernel module without "ip_vs_": "wlc"; 15 bytes at most */
    guint flags;                    /**< enum cox_lvs_flag but PERSISTENT */
    guint persist_s;                /**< 0: none */
    guint8 persist_bits;            /**< clients are told apart by so many bits; 0: all of the family */
    const char *persist_engine;     /**< "sip", or NULL */
    bool is_suspended_alone;        /**< no checks while the address is not on this node (ha_suspend) */
    bool is_omega;                  /**< at a stop the down hooks are run */
    gint64 quorum;                  /**< total weight needed; 1 */
    gint64 hysteresis;              /**< gained at quorum + this, lost below quorum - this, or 1; below quorum */
    struct cox_lvs_script quorum_up, quorum_down;
    bool has_mail;
    guint panic_percent;            /**< when less of the total weight is good, all servers are used; 0: never */
    const struct cox_lvs_server *servers;
    size_t n_servers;
    const struct cox_lvs_server *sorry; /**< used without quorum; its checks are not looked at; NULL: none */
    const char *label;              /**< for SNMP, or NULL */
};

#define COX_LVS_SYNC_PORT 8848

/** Connection synchronization by the kernel. */
struct cox_lvs_sync {
    const char *device;             /**< NULL: not wanted */
    const char *router;             /**< master or backup as this virtual router is; NULL: both at once */
    guint8 id;
    guint16 max_bytes;              /**< of a packet; 0: kernel's choice */
    guint16 port;
    guint8 ttl;                     /**< 0: kernel's choice */
    struct cox_ip group;        /**< none: 224.0.0.81 */
};

enum cox_lvs_flush {
    COX_LVS_FLUSH_OWN = 0,          /**< at a stop: entries of our own, server after server; at a start: nothing */
    COX_LVS_FLUSH_SERVICES,         /**< at a stop: our own, a whole virtual server with each operation */
    COX_LVS_FLUSH_ALL,              /**< the whole table, also what others have put there */
};

struct cox_lvs_config {
    struct cox_arena *arena;        /**< owns every text and array in here, but those of parts */
    guint n_owners;
    GPtrArray *parts;               /**< struct cox_lvs_config that this one was joined of; NULL: none */
    const struct cox_lvs_service *services;
    size_t n_services;
    struct cox_lvs_sync sync;
    enum cox_lvs_flush flush_start, flush_stop;
    guint timeout_tcp_s, timeout_fin_s, timeout_udp_s; /**< of connections; 0: as the kernel has it */
};

/** A configuration that wants nothing, with an empty arena.  The caller owns it. */
struct cox_lvs_config *cox_lvs_config_new(void);

/** One more owner; each frees it. */
struct cox_lvs_config *cox_lvs_config_ref(struct cox_lvs_config *config);

/** One owner less; the last one frees it, with the arena.  NULL is allowed. */
void cox_lvs_config_free(struct cox_lvs_config *config);

/** A configuration that is to be a part of another. */
struct cox_lvs_part {
    struct cox_lvs_config *config;
    const char *name; /**< of its only virtual server from now on; NULL: all keep theirs */
};

/**
 * One configuration of several, whose virtual servers it has, without a copy: it is one more owner of each.  What is set once is that of the
 * first part which says it.  The caller owns it; cox_lvs_check_config() says what does not go together.
 */
struct cox_lvs_config *cox_lvs_config_join(const struct cox_lvs_part *parts, size_t n);

/** A virtual server or real server with what holds when nothing is said: wlc, TCP, quorum 1; weight 1, NAT. */
void cox_lvs_service_init(struct cox_lvs_service *service);
void cox_lvs_server_init(struct cox_lvs_server *server);

typedef struct cox_lvs_config cox_lvs_config; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_lvs_config, cox_lvs_config_free)

G_END_DECLS

#endif
