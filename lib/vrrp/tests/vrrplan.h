/* lib/vrrp/tests/vrrplan.h - nodes with virtual routers on a network that exists in a test only: packets, addresses, a client's view. */
#ifndef COX_VRRP_TESTS_VRRPLAN_H
#define COX_VRRP_TESTS_VRRPLAN_H

#include "vrrp/advert.h"
#include "vrrp/vrrp.h"

#define LAN_NODES_MOST 8
#define LAN_SEGMENTS 2   /* eth0 is on segment 0, eth1 on segment 1 */

struct lan_node {
    struct cox_vrrp *vrrp;           /* NULL: it does not run */
    cox_usec wake_at;
    bool is_cut[LAN_SEGMENTS];       /* its switch port forwards nothing; the carrier stays */
    bool is_down[LAN_SEGMENTS];      /* no carrier */
    bool is_gone[LAN_SEGMENTS];      /* no interface */
    bool is_bare[LAN_SEGMENTS];      /* no own address */
    GHashTable *held;                /* struct cox_ip that it holds */
    guint installs, removes;
    GString *told;                   /* "V1:BACKUP V1:MASTER " */
    GString *said;                   /* "V1:0 ": notices */
    guint sent;
    cox_usec last_sent, longest_gap; /* of all its adverts with a priority */
};

struct lan {
    struct lan_node nodes[LAN_NODES_MOST];
    guint n;
    cox_usec now;
    GPtrArray *flying;               /* packets under way */
    GRand *rand;
    guint loss_percent;
    cox_usec delay, jitter;
    GHashTable *client[LAN_SEGMENTS]; /* struct cox_ip -> node + 1: where the last announcement came from */
    GByteArray *last;                /* bytes of the last advert */
    guint announcements;
    guint8 ttl;                      /* of all that is sent; 255 */
    void (*every)(struct lan *lan);  /* called after each step; NULL: nothing */
};

struct lan *lan_new(guint n, guint32 seed);
void lan_free(struct lan *lan);

/* A set with one router called V1 on eth0, VRID 77, for 10.0.0.100; to be changed before it is given to a node. */
struct cox_vrrp_set *lan_set(guint8 priority, cox_usec advert);

/* A further router; returned to be changed. */
struct cox_vrrp_instance *lan_add(struct cox_vrrp_set *set, const char *name, const char *interface, guint8 vrid, const char *address);

/* The first router of a set, not const. */
struct cox_vrrp_instance *lan_first(struct cox_vrrp_set *set);

/* One address more. */
void lan_add_address(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance, const char *address);

/* V1 and V2 (eth1, VRID 78, 10.1.0.100) in a group G. */
struct cox_vrrp_set *lan_group_set(guint8 priority, cox_usec advert);

/* Start or reload. */
void lan_give(struct lan *lan, guint node, struct cox_vrrp_set *set);

/* The orderly end, and the other one: addresses are gone with the node. */
void lan_stop(struct lan *lan, guint node);
void lan_crash(struct lan *lan, guint node);

/* The interface is as the node's fields say now. */
void lan_link(struct lan *lan, guint node, guint segment);

void lan_track(struct lan *lan, guint node, enum cox_vrrp_track_kind kind, const char *name, gint64 value);
void lan_event(struct lan *lan, guint node, const struct cox_vrrp_event *event);

/* Let time pass. */
void lan_run(struct lan *lan, cox_usec duration);

/* Nodes that hold an address: "a", "ab", "-". */
const char *lan_holders(const struct lan *lan, const char *address);

/* The node that a client of the segment sends to: 'a', or '-' */
char lan_client(const struct lan *lan, guint segment, const char *address);

struct cox_vrrp_status lan_status(const struct lan *lan, guint node, const char *name);

/* A stranger's packet, to all nodes of the segment. */
void lan_inject(struct lan *lan, guint segment, const struct cox_vrrp_packet *packet);

struct cox_ip lan_ip(const char *text);

#endif
