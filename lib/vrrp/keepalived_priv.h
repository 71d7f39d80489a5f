/* lib/vrrp/keepalived_priv.h - what the files that read and write keepalived.conf share.  Layer 3, pure. */
#ifndef COX_VRRP_KEEPALIVED_PRIV_H
#define COX_VRRP_KEEPALIVED_PRIV_H

#include "vrrp/keepalived.h"

/* What global_defs says: of the process, and what routers inherit. */
struct cox_vrrpk_global {
    struct cox_vrrp_global own;
    struct cox_vrrp_instance router;
    cox_usec garp_interval, gna_interval;
    bool has_min_garp;
    guint8 version; /* 0: not said */
    struct cox_ip group4, group6;
    guint rx_factor;
};

/* While a set is being read: what is there so far, and the lists of the block that is being read. */
struct cox_vrrpk_load {
    struct cox_vrrpk_global global;
    GArray *instances, *groups, *scripts, *files, *processes, *track_groups, *paces, *linkbeats, *debounces;
    GArray *static_addresses, *static_routes, *static_rules;
    GArray *tracks, *members, *addresses, *excluded, *routes, *rules, *peers;
    bool has_accept;
    guint32 preferences[2]; /* of the next rule without one: IPv4, IPv6 */
};

/* Marks of lower_repeat and lower_delay: as for a master. */
#define COX_VRRPK_LIKE_MASTER_REPEAT G_MAXUINT
#define COX_VRRPK_LIKE_MASTER_DELAY G_GINT64_CONSTANT(-1)

void cox_vrrpk_global_init(struct cox_vrrpk_global *global);

typedef void cox_vrrpk_take(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target);

cox_vrrpk_take cox_vrrpk_nothing, cox_vrrpk_instance, cox_vrrpk_group, cox_vrrpk_script, cox_vrrpk_file, cox_vrrpk_process,
    cox_vrrpk_track_group, cox_vrrpk_pace, cox_vrrpk_static, cox_vrrpk_linkbeats, cox_vrrpk_debounces;
cox_vrrpk_take cox_vrrpk_script_user, cox_vrrpk_command, cox_vrrpk_program, cox_vrrpk_user, cox_vrrpk_fifo, cox_vrrpk_micros, cox_vrrpk_cpus,
    cox_vrrpk_mail_to, cox_vrrpk_mail_server, cox_vrrpk_extra_if, cox_vrrpk_dynamic, cox_vrrpk_reload_check, cox_vrrpk_nftables,
    cox_vrrpk_rx_policy, cox_vrrpk_umask;
cox_vrrpk_take cox_vrrpk_authority, cox_vrrpk_state, cox_vrrpk_authentication, cox_vrrpk_auth_type, cox_vrrpk_auth_pass, cox_vrrpk_auth_key, cox_vrrpk_use_vmac,
    cox_vrrpk_use_ipvlan, cox_vrrpk_track, cox_vrrpk_source, cox_vrrpk_peers, cox_vrrpk_checksum, cox_vrrpk_addresses, cox_vrrpk_routes, cox_vrrpk_rules,
    cox_vrrpk_accept, cox_vrrpk_deleted, cox_vrrpk_group_deleted, cox_vrrpk_members;
cox_vrrpk_take cox_vrrpk_weight, cox_vrrpk_init_file, cox_vrrpk_argv, cox_vrrpk_param_match, cox_vrrpk_process_delay, cox_vrrpk_pace_interface;

/* One line of a block of items; false: said why. */
bool cox_vrrpk_address_parse(struct cox_keyword_reader *reader, const struct cox_block *line, struct cox_vrrp_address *address);
bool cox_vrrpk_route_parse(struct cox_keyword_reader *reader, const struct cox_block *line, struct cox_vrrp_route *route);
bool cox_vrrpk_rule_parse(struct cox_keyword_reader *reader, const struct cox_block *line, struct cox_vrrp_rule *rule);

/* The same as a line.  For g_free. */
char *cox_vrrpk_address_text(const struct cox_vrrp_address *address);
char *cox_vrrpk_route_text(const struct cox_vrrp_route *route);
char *cox_vrrpk_rule_text(const struct cox_vrrp_rule *rule);

/* ADDRESS[/PREFIX] */
bool cox_vrrpk_net_parse(const char *text, struct cox_vrrp_net *net);

/* The elements of an array, in the arena. */
#define cox_vrrpk_keep(arena, array, type) ((const type *) cox_arena_memdup((arena), (array)->data, (array)->len, sizeof(type)))

#endif
