/* lib/vrrp/vrrpconf.h - the configuration of all virtual routers of a process.  Layer 3, pure.
 *
 * Plain values.  Who builds one (a file reader, an agent, a test) fills it from the defaults below and resolves what is inherited:
 * what a router, group or track entry takes from the global part is already in its fields.  The engine never writes to it.
 */
#ifndef COX_VRRP_VRRPCONF_H
#define COX_VRRP_VRRPCONF_H

#include "base/arena.h"
#include "vrrp/vrrpitem.h"
#include "vrrp/vrrptrack.h"

G_BEGIN_DECLS

enum cox_vrrp_authority {
    COX_VRRP_AUTHORITY_VRRP = 0, /**< adverts decide who is master */
    COX_VRRP_AUTHORITY_CLUSTER,  /**< orders from outside decide: only the promoted router adverts and holds addresses */
};

enum cox_vrrp_auth_kind {
    COX_VRRP_AUTH_NONE = 0,
    COX_VRRP_AUTH_PASS, /**< version 2: the first 8 bytes of the secret, in clear (RFC 2338) */
    COX_VRRP_AUTH_AH,   /**< version 2, historic; read for a message, not supported */
    COX_VRRP_AUTH_HASH, /**< ours, both versions: keyed hash with protection against replay (doc/adr/080-vrrp.md) */
};

struct cox_vrrp_key {
    guint8 id;          /**< on the wire; keys of one router have different ids */
    const char *secret;
};

struct cox_vrrp_auth {
    enum cox_vrrp_auth_kind kind;
    const struct cox_vrrp_key *keys; /**< the first is for sending; PASS: only one, its id is not used */
    size_t n_keys;
    cox_usec window;             /**< HASH: how far the time of a sender not heard before may be from ours; 0: not compared */
};

struct cox_vrrp_peer {
    struct cox_ip ip;
    guint8 min_ttl, max_ttl; /**< of what it sends; 0: 255 for max, no check for min (unicast needs none by default) */
};

enum cox_vrrp_vmac_kind { COX_VRRP_VMAC_NONE = 0, COX_VRRP_VMAC_MACVLAN, COX_VRRP_VMAC_IPVLAN };
enum cox_vrrp_ipvlan_mode { COX_VRRP_IPVLAN_BRIDGE = 0, COX_VRRP_IPVLAN_PRIVATE, COX_VRRP_IPVLAN_VEPA };

struct cox_vrrp_vmac {
    enum cox_vrrp_vmac_kind kind;
    const char *name;             /**< of the interface to make; never NULL after cox_vrrp_set_finish() */
    bool is_name_made;            /**< by that, not given */
    guint8 mac[6];                /**< 00:...:00: of RFC 9568 7.3 */
    struct cox_ip ipvlan_address;
    enum cox_vrrp_ipvlan_mode ipvlan_mode;
    bool sends_from_base;         /**< vmac_xmit_base */
    bool is_for_others;           /**< use_vmac_addr: for addresses on other interfaces, too */
};

/** Gratuitous ARP and unsolicited neighbour advertisements. */
struct cox_vrrp_garp {
    guint repeat;                /**< of each address, when it becomes master */
    cox_usec delay;              /**< until they are repeated; 0: not */
    guint lower_repeat;          /**< the same after a lower master was heard */
    cox_usec lower_delay;
    cox_usec refresh;            /**< 0: never */
    guint refresh_repeat;
    cox_usec extra_if;           /**< garp_extra_if: so often on interfaces of addresses that are not the router's; 0: never */
    bool has_extra_all;          /**< on all of them; else on virtual ones (use_vmac of an address) */
};

struct cox_vrrp_notify {
    struct cox_vrrp_command master, backup, fault, stop, deleted, any, lower; /**< lower: a master heard a lower one */
    bool has_deleted;            /**< notify_deleted: DELETED and not FAULT for what a reload removes */
    bool has_priority;           /**< changes of priority, too, to the pipes */
    bool has_mail;
};

enum cox_vrrp_checksum { COX_VRRP_CHECKSUM_AUTO = 0, COX_VRRP_CHECKSUM_OLD, COX_VRRP_CHECKSUM_NEW }; /**< v3 IPv4 unicast: without, with pseudo header */

/** One virtual router. */
struct cox_vrrp_instance {
    const char *name;            /**< unique */
    const char *where;           /**< "FILE:LINE" for messages; NULL: none */
    guint8 family;               /**< enum cox_ip_family: of what is sent */
    guint8 version;              /**< 2 or 3; IPv6: 3 */
    guint8 vrid;                 /**< 1 and more; one per interface and family */
    guint8 priority;             /**< 1 to 255 (owner of the addresses) */
    bool is_master_first;        /**< state MASTER: it preempts whatever is_preempting says, and is no sooner master for it (RFC 9568 6.4.1) */
    enum cox_vrrp_authority authority;
    bool is_promoted;            /**< CLUSTER: the order to be master has been given already; of a router that is new only */
    const char *interface;       /**< NULL: none, unicast only */
    const char *vrf;
    cox_usec advert;             /**< interval; v2: whole seconds; v3: 10 ms to 40.95 s, in adverts rounded up to 10 ms */
    guint down_adverts;          /**< intervals until the master counts as lost: 3 */
    bool is_preempting;
    cox_usec preempt_delay;
    bool is_accepting;           /**< false: packets for the addresses are dropped, unless it is the owner */
    bool is_strict;
    bool ignores_link;           /**< dont_track_primary */
    bool skips_address_check;    /**< skip_check_adv_addr */
    bool answers_lower;          /**< a master that hears a lower one sends at once (not lower_prio_no_advert) */
    bool answers_higher;         /**< higher_prio_send_advert: once more before it steps down; a partition that ends then costs its clients nothing */
    struct cox_vrrp_auth auth;
    struct cox_ip source;        /**< mcast_src_ip, unicast_src_ip; COX_IP_NONE: the interface's primary */
    bool is_source_tracked;      /**< track_src_ip */
    struct cox_ip group;         /**< destination of multicast adverts */
    const struct cox_vrrp_peer *peers; /**< some: unicast */
    size_t n_peers;
    bool checks_peers;           /**< check_unicast_src: from others is refused */
    bool is_fault_without_peer;  /**< unicast_fault_no_peer */
    gint16 unicast_ttl;          /**< -1: 255 */
    enum cox_vrrp_checksum checksum;
    struct cox_vrrp_vmac vmac;
    struct cox_vrrp_garp garp;
    const struct cox_vrrp_track *tracks;
    size_t n_tracks;
    struct cox_vrrp_items items; /**< addresses: those of the adverts */
    const struct cox_vrrp_address *excluded; /**< held, but not in adverts */
    size_t n_excluded;
    bool promotes_secondaries;
    guint64 receive_bytes;       /**< kernel_rx_buf_size; 0: the system's */
    struct cox_vrrp_notify notify;
};

/** Routers that change together. */
struct cox_vrrp_group {
    const char *name, *where;
    const char *const *members;  /**< names of routers */
    size_t n_members;
    const struct cox_vrrp_track *tracks;
    size_t n_tracks;
    bool keeps_weights;          /**< sync_group_tracking_weight */
    struct cox_vrrp_notify notify;
};

G_END_DECLS

#endif
