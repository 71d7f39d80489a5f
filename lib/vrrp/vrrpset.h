/* lib/vrrp/vrrpset.h - all that is configured for a process with virtual routers.  Layer 3, pure. */
#ifndef COX_VRRP_VRRPSET_H
#define COX_VRRP_VRRPSET_H

#include "vrrp/vrrpconf.h"

G_BEGIN_DECLS

/** Routers that are in fault while a static item of this group is missing. */
struct cox_vrrp_track_group {
    const char *name;
    const char *const *members; /**< names of routers */
    size_t n_members;
};

/** Space between packets of ARP and NA on a set of interfaces together. */
struct cox_vrrp_pace {
    const char *const *interfaces; /**< none: every interface that no other row names, each for itself */
    size_t n_interfaces;
    cox_usec arp, na;              /**< 0: none */
};

enum cox_vrrp_beat { COX_VRRP_BEAT_NONE = 0, COX_VRRP_BEAT_ANY, COX_VRRP_BEAT_MII, COX_VRRP_BEAT_ETHTOOL, COX_VRRP_BEAT_IOCTL };

/** An interface whose link is asked for, as netlink does not tell. */
struct cox_vrrp_linkbeat {
    const char *interface;
    enum cox_vrrp_beat how;
};

/** Pipe that events are written to, one line each, and what is started to read it. */
struct cox_vrrp_fifo {
    const char *path, *user, *group; /**< path NULL: none */
    struct cox_vrrp_command reader;
};

/** Scheduling of the process. */
struct cox_vrrp_sched {
    int nice;                      /**< 0: as it is */
    int rt_priority;               /**< 1 to 99; 0: none; -1: by itself when it is late */
    int rt_priority_most;          /**< max_auto_priority */
    cox_usec rt_late;              /**< min_auto_priority_delay */
    cox_usec rt_limit;             /**< vrrp_rlimit_rttime */
    bool is_locked;                /**< memory stays in core */
    const guint *cpus;             /**< affinity */
    size_t n_cpus;
};

struct cox_vrrp_mail {
    const char *const *to;
    size_t n_to;
    const char *from, *server, *helo; /**< server: HOST or HOST:PORT; NULL: no mail */
    cox_usec timeout;
    bool has_no_faults;
};

/** What a router takes when it does not say its own, and what concerns the process. */
struct cox_vrrp_global {
    const char *router_id;         /**< name of this machine; NULL: the host's */
    const char *instance;          /**< name of this process among several */
    const char *net_namespace;
    const char *default_interface; /**< of static addresses; NULL: eth0.  cox_vrrp_set_finish() has put it into them */
    cox_usec startup_delay;        /**< routers say nothing and take nothing until then */
    const char *script_user, *script_group;
    bool has_script_security;
    struct cox_vrrp_command startup, shutdown;
    cox_usec startup_limit, shutdown_limit;
    struct cox_vrrp_fifo notify_fifo, vrrp_notify_fifo;
    bool tells_on_reload;          /**< fifo_write_vrrp_states_on_reload */
    struct cox_vrrp_sched sched;
    struct cox_vrrp_mail mail;
    bool has_dynamic_interfaces, has_changing_interfaces;
    bool logs_unknown_vrids;
    bool has_igmp_disabled;
    bool checks_before_reload;     /**< reload_check_config */
    bool polls_links;              /**< linkbeat_use_polling */
    const char *vmac_prefix;       /**< of names of virtual interfaces; NULL: vrrp, IPv6 vrrp6 */
    const char *vmac_address_prefix; /**< of those for addresses on other interfaces; NULL: vmac_prefix */
    const char *nft_table;
    int nft_priority;
    bool has_nft_counters;
    guint64 command_bytes, monitor_bytes, process_bytes; /**< netlink buffers; 0: the system's */
    guint receive_adverts;         /**< vrrp_rx_bufs_policy as a number of adverts; 0: the system's */
    gint32 umask;                  /**< -1: as it is */
};

struct cox_vrrp_set {
    struct cox_vrrp_global global;
    const struct cox_vrrp_instance *instances;
    size_t n_instances;
    const struct cox_vrrp_group *groups;
    size_t n_groups;
    const struct cox_vrrp_script *scripts;
    size_t n_scripts;
    const struct cox_vrrp_file *files;
    size_t n_files;
    const struct cox_vrrp_process *processes;
    size_t n_processes;
    struct cox_vrrp_items statics; /**< there as long as the process runs */
    const struct cox_vrrp_track_group *track_groups;
    size_t n_track_groups;
    const struct cox_vrrp_pace *paces;
    size_t n_paces;
    const struct cox_vrrp_linkbeat *linkbeats;
    size_t n_linkbeats;
    const struct cox_vrrp_debounce *debounces;
    size_t n_debounces;
    struct cox_arena *arena;       /**< owns all of it and the set itself; NULL when it is not of cox_vrrp_set_new() */
};

/** An empty set with the defaults of the process, in an arena of its own, to be filled by its builder. */
struct cox_vrrp_set *cox_vrrp_set_new(void);

/**
 * What a set of cox_vrrp_set_new() leaves out when it is filled, its builder's last step:
 *   - each router with a virtual interface has its name: PREFIX.VRID, and where a router before it or a given name has that already,
 *     PREFIX6.VRID (IPv6), PREFIX.VRID.INTERFACE or, when that is too long or not free, PREFIX.VRID.NUMBER.  Names have at most 15
 *     characters (a long PREFIX is cut) and differ, but of routers with the same interface, family, VRID and MAC, which share one;
 *   - each static address has its interface.
 */
void cox_vrrp_set_finish(struct cox_vrrp_set *set);

/** May both routers have one and the same virtual interface, as they have the same interface, family, VRID and MAC? */
bool cox_vrrp_has_same_vmac(const struct cox_vrrp_instance *a, const struct cox_vrrp_instance *b);

/**
 * Made names of virtual interfaces depend on the order of the routers.  Those that the routers of @before have, and may have, stay theirs, so that
 * who comes or goes changes nobody's interface; @set is finished and nobody's yet.
 */
void cox_vrrp_set_keep_names(struct cox_vrrp_set *set, const struct cox_vrrp_set *before);

/** The space between announcements on an interface: the row that names it, or that of all others; NULL: none. */
const struct cox_vrrp_pace *cox_vrrp_set_pace(const struct cox_vrrp_set *set, const char *interface);

/** Free a set of cox_vrrp_set_new().  NULL is allowed. */
void cox_vrrp_set_free(struct cox_vrrp_set *set);

/**
 * What a router is that says nothing of itself: version 2 (IPv6: 3), priority 100, adverts every second, preempting, accepting,
 * groups 224.0.0.18 and ff02::12, five gratuitous ARPs at once and after 5 s.  A name, VRID, interface and addresses are missing.
 */
void cox_vrrp_instance_defaults(struct cox_vrrp_instance *instance, enum cox_ip_family family);

typedef struct cox_vrrp_set cox_vrrp_set; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_vrrp_set, cox_vrrp_set_free)

G_END_DECLS

#endif
