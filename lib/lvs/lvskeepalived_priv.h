/* lib/lvs/lvskeepalived_priv.h - what the files that read and write keepalived.conf share.  Layer 3, pure. */
#ifndef COX_LVS_LVSKEEPALIVED_PRIV_H
#define COX_LVS_LVSKEEPALIVED_PRIV_H

#include "lvs/lvskeepalived.h"

/* Rhythm of checks; -1: not said here. */
struct cox_lvsk_timing {
    gint64 delay_ms, retry_ms, timeout_ms, warmup_ms;
    gint32 retries;
    gint32 alpha;
};

/* A virtual_server block while it is read. */
struct cox_lvsk_service {
    struct cox_lvs_service own;
    struct cox_lvsk_timing timing;
    struct cox_lvs_forward forward, sorry_forward;
    bool has_sorry_forward;
    struct cox_lvs_server sorry;
    bool is_inhibited;
    gint64 slow_start_ms, drain_ms;
    const char *host;
    bool is_ipv6; /* ip_family */
    bool is_group;
    GArray *servers;
};

/* A real_server block. */
struct cox_lvsk_server {
    struct cox_lvs_server own;
    struct cox_lvsk_timing timing;
    const char *host;
    GArray *checks;
};

/* A block of a check. */
struct cox_lvsk_check {
    struct cox_lvs_check own;
    struct cox_lvsk_timing timing;
    const char *host;
    bool has_weight; /* FILE_CHECK says its own */
    GArray *urls;
};

struct cox_lvsk_group {
    const char *name;
    const struct cox_lvs_front *fronts;
    size_t n_fronts;
};

/* A track_file block. */
struct cox_lvsk_file {
    const char *name, *path;
    gint32 factor;
    bool is_reversed;
};

/* Nothing is said. */
#define COX_LVSK_UNSAID ((struct cox_lvsk_timing) { -1, -1, -1, -1, -1, -1 })

struct cox_lvsk_load {
    struct cox_lvs_config *config;
    GArray *services, *groups, *files;
    const char *ca, *certificate, *key, *password; /* SSL */
    const char *script_user, *script_group;
    bool has_mail, logs_all;
    const struct cox_lvsk_service *service; /* that is being read */
    const struct cox_lvsk_server *server;
};

typedef void cox_lvsk_take(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target);

cox_lvsk_take cox_lvsk_nothing, cox_lvsk_sync, cox_lvsk_script_user, cox_lvsk_timeouts, cox_lvsk_flush, cox_lvsk_scheduler, cox_lvsk_flag, cox_lvsk_method,
    cox_lvsk_persist, cox_lvsk_granularity, cox_lvsk_protocol, cox_lvsk_family, cox_lvsk_sorry, cox_lvsk_sorry_method, cox_lvsk_sorry_inhibit,
    cox_lvsk_script, cox_lvsk_alpha, cox_lvsk_check, cox_lvsk_url, cox_lvsk_digest, cox_lvsk_codes, cox_lvsk_regex, cox_lvsk_regex_options,
    cox_lvsk_http_version, cox_lvsk_host, cox_lvsk_dns_type, cox_lvsk_dynamic, cox_lvsk_user, cox_lvsk_payload, cox_lvsk_reply, cox_lvsk_file,
    cox_lvsk_file_weight, cox_lvsk_misc_path, cox_lvsk_talk;

/* The checks in a real_server block, into @server->checks. */
void cox_lvsk_checks(struct cox_keyword_reader *reader, const struct cox_block *block, struct cox_lvsk_server *server);

/* NAT, DR, TUN [type ...] from word 1 on; false: said why. */
bool cox_lvsk_forward(struct cox_keyword_reader *reader, const struct cox_block *block, struct cox_lvs_forward *forward);

/* "192.0.2.1:80", "[2001:db8::1]:80" in the arena. */
const char *cox_lvsk_where(struct cox_arena *arena, const struct cox_ip *ip, guint16 port);

#define cox_lvsk_keep(arena, array, type) ((const type *) cox_arena_memdup((arena), (array)->data, (array)->len, sizeof(type)))

#endif
