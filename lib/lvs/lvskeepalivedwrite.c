/* lib/lvs/lvskeepalivedwrite.c - virtual servers as text of a keepalived.conf.  Layer 3, pure. */
#include "lvs/lvskeepalived_priv.h"

#include <string.h>

static void
rows(struct cox_keyword_writer *writer, const char *block, const void *value, const void *usual)
{
    const void *const targets[] = { value, usual };
    size_t n = 0;
    const struct cox_keyword *keywords = cox_lvs_keywords(&n);

    cox_keyword_write(writer, keywords, n, block, targets);
}

static void
write_script(struct cox_keyword_writer *writer, const char *name, const struct cox_lvs_script *script)
{
    g_autofree char *word = (script->command == NULL) ? NULL : cox_block_quote(script->command);
    g_autofree char *who = cox_keyword_two(script->user, script->group);

    if (word != NULL) {
        cox_keyword_line(writer, "%s %s%s%s", name, word, *who != '\0' ? " " : "", who);
    }
}

static void
write_forward(struct cox_keyword_writer *writer, const char *name, const struct cox_lvs_forward *forward)
{
    static const char *const checksums[] = { "", " csum", " remcsum" };
    g_autofree char *gue = g_strdup_printf(" type gue port %u", forward->gue_port);

    if (forward->method != COX_LVS_TUNNEL) {
        cox_keyword_line(writer, "%s %s", name, forward->method == COX_LVS_NAT ? "NAT" : "DR");
        return;
    }
    cox_keyword_line(writer, "%s TUN%s%s", name, forward->tunnel == COX_LVS_GUE ? gue : (forward->tunnel == COX_LVS_GRE) ? " type gre" : "",
                     checksums[forward->checksum]);
}

/* ---- checks ----------------------------------------------------------------------------------------------- */

static void
write_url(struct cox_keyword_writer *writer, const struct cox_lvs_url *url)
{
    static const struct cox_lvs_url usual = { .path = NULL };
    static const char *const names[] = { "caseless", "multiline", "dotall",    "extended", "ungreedy", "dollar_endonly",
                                         NULL,       "firstline", "dupnames", "utf",      "no_auto_capture" };
    g_autoptr(GString) line = g_string_new(NULL);

    cox_keyword_open(writer, "url");
    rows(writer, "url", url, &usual);
    for (guint i = 0; url->has_digest && i < sizeof url->digest; i++) {
        g_string_append_printf(line, "%02x", url->digest[i]);
    }
    if (url->has_digest) {
        cox_keyword_line(writer, "digest %s", line->str);
    }
    g_string_truncate(line, 0);
    for (size_t i = 0; i < url->n_codes; i++) {
        if (url->codes[i].first == url->codes[i].last) {
            g_string_append_printf(line, " %u", url->codes[i].first);
        } else {
            g_string_append_printf(line, " %u-%u", url->codes[i].first, url->codes[i].last);
        }
    }
    if (url->n_codes > 0) {
        cox_keyword_line(writer, "status_code%s", line->str);
    }
    if (url->regex != NULL) {
        g_autofree char *regex = cox_block_quote(url->regex);

        cox_keyword_line(writer, "regex %s", regex);
    }
    g_string_truncate(line, 0);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (names[i] != NULL && (url->regex_flags & (1U << i)) != 0) {
            g_string_append_printf(line, " %s", names[i]);
        }
    }
    if (line->len > 0) {
        cox_keyword_line(writer, "regex_options%s", line->str);
    }
    cox_keyword_close(writer);
}

static void
write_hex(struct cox_keyword_writer *writer, const char *name, const guint8 *bytes, const guint8 *mask, size_t n)
{
    g_autoptr(GString) hex = g_string_new(NULL);

    for (size_t i = 0; i < n; i++) {
        guint8 known = (mask == NULL) ? 0xff : mask[i];

        g_string_append_printf(hex, (known & 0xf0) != 0 ? "%x" : "x", bytes[i] >> 4);
        g_string_append_printf(hex, (known & 0x0f) != 0 ? "%x" : "x", bytes[i] & 0xf);
    }
    cox_keyword_line(writer, "%s%s%s", name, n > 0 ? " " : "", hex->str);
}

/* So that neither the reader of the language nor that of escapes sees anything in it. */
static void
write_bytes(struct cox_keyword_writer *writer, const char *name, const guint8 *bytes, size_t n)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; i < n; i++) {
        if (g_ascii_isalnum(bytes[i]) || (bytes[i] != 0 && strchr(" /.,:;-+*=?_()<>|&%", bytes[i]) != NULL)) {
            g_string_append_c(text, (char) bytes[i]);
        } else {
            g_string_append_printf(text, bytes[i] == '\r' ? "\\r" : bytes[i] == '\n' ? "\\n" : "\\x%02x", bytes[i]);
        }
    }
    cox_keyword_line(writer, "%s \"%s\"", name, text->str);
}

static void
write_dns(struct cox_keyword_writer *writer, const struct cox_lvs_dns *dns)
{
    static const struct {
        guint16 type;
        const char *name;
    } types[] = { { 1, "A" }, { 2, "NS" }, { 5, "CNAME" }, { 6, "SOA" }, { 15, "MX" }, { 16, "TXT" }, { 28, "AAAA" } };

    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        if (types[i].type == dns->type) {
            cox_keyword_line(writer, "type %s", types[i].name);
        }
    }
}

/* What is of the kind and no value of a row. */
static void
write_kind(struct cox_keyword_writer *writer, const struct cox_lvs_check *check)
{
    static const char *const versions[] = { "1.0", "1.0C", "1.1" };

    switch (check->kind) {
    case COX_LVS_CHECK_HTTP:
        cox_keyword_line(writer, "http_protocol %s", versions[check->http.version]);
        for (size_t i = 0; i < check->http.n_urls; i++) {
            write_url(writer, &check->http.urls[i]);
        }
        break;
    case COX_LVS_CHECK_DNS:
        write_dns(writer, &check->dns);
        break;
    case COX_LVS_CHECK_UDP:
        if (check->udp.payload != NULL) {
            write_hex(writer, "payload", check->udp.payload, NULL, check->udp.payload_bytes);
        }
        if (check->udp.is_reply_wanted) {
            write_hex(writer, "require_reply", check->udp.reply, check->udp.reply_mask, check->udp.reply_bytes);
        }
        break;
    case COX_LVS_CHECK_TALK:
        if (check->talk.send != NULL) {
            write_bytes(writer, "send", check->talk.send, check->talk.send_bytes);
        }
        if (check->talk.expect != NULL) {
            write_bytes(writer, "expect", check->talk.expect, check->talk.expect_bytes);
        }
        break;
    case COX_LVS_CHECK_PROGRAM:
        write_script(writer, "misc_path", &(struct cox_lvs_script) { .command = check->program.script.command });
        if (check->program.script.user != NULL) {
            g_autofree char *who = cox_keyword_two(check->program.script.user, check->program.script.group);

            cox_keyword_line(writer, "user %s", who);
        }
        if (check->program.weigh == COX_LVS_WEIGH_STATUS) {
            cox_keyword_line(writer, "misc_dynamic");
        }
        break;
    case COX_LVS_CHECK_FILE: {
        g_autofree char *name = cox_keyword_quote(check->file.name);

        cox_keyword_line(writer, "track_file %s", name);
        cox_keyword_line(writer, "weight %d%s", check->file.factor, check->file.is_reversed ? " reverse" : "");
        if (check->file.weigh == COX_LVS_WEIGH_STATUS) {
            cox_keyword_line(writer, "dynamic");
        }
        break;
    }
    default:
        break;
    }
}

static const char *
block_of(const struct cox_lvs_check *check)
{
    static const char *const names[] = {
        [COX_LVS_CHECK_TCP] = "TCP_CHECK",     [COX_LVS_CHECK_HTTP] = "HTTP_GET", [COX_LVS_CHECK_SMTP] = "SMTP_CHECK",
        [COX_LVS_CHECK_DNS] = "DNS_CHECK",     [COX_LVS_CHECK_UDP] = "UDP_CHECK", [COX_LVS_CHECK_PING] = "PING_CHECK",
        [COX_LVS_CHECK_PROGRAM] = "MISC_CHECK", [COX_LVS_CHECK_FILE] = "FILE_CHECK", [COX_LVS_CHECK_TALK] = "TALK_CHECK",
    };

    return (check->kind == COX_LVS_CHECK_HTTP && check->http.is_tls) ? "SSL_GET" : names[check->kind];
}

/* What the language has no words for. */
enum {
    LOST_JITTER = 1,
    LOST_CERTIFICATE = 2,
    LOST_LOAD = 4,
};

static guint
lost_check(const struct cox_lvs_check *check)
{
    const bool is_http = check->kind == COX_LVS_CHECK_HTTP, is_program = check->kind == COX_LVS_CHECK_PROGRAM;

    return (check->jitter_percent != 0 ? LOST_JITTER : 0)
           | (is_http && (check->http.min_days > 0 || check->http.is_verified) ? LOST_CERTIFICATE : 0)
           | (is_program && check->program.weigh == COX_LVS_WEIGH_LOAD ? LOST_LOAD : 0);
}

static guint
lost_server(const struct cox_lvs_server *server)
{
    guint lost = 0;

    for (size_t i = 0; i < server->n_checks; i++) {
        lost |= lost_check(&server->checks[i]);
    }
    return lost;
}

/* Each thing once, however many servers have it. */
static void
say_lost(const struct cox_lvs_service *service, struct cox_diags *diags)
{
    static const char *const names[] = { "pauses that vary (jitter)",
                                         "the days and the signature of certificates",
                                         "a weight by load" };
    guint lost = 0;

    for (size_t i = 0; i < service->n_servers; i++) {
        lost |= lost_server(&service->servers[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if ((lost & 1U << i) != 0) {
            cox_diags_add(diags, COX_SEVERITY_WARNING, service->name, "leave it to Coxswain", "virtual server '%s': keepalived has no words for %s",
                          service->name, names[i]);
        }
    }
}

static void
write_seconds(struct cox_keyword_writer *writer, const char *name, gint64 ms)
{
    g_autofree char *seconds = cox_keyword_seconds(ms * 1000);

    cox_keyword_line(writer, "%s %s", name, seconds);
}

/* That of a file only where it was said: keepalived, which is told of changes, has no words for it. */
static void
write_timing(struct cox_keyword_writer *writer, const struct cox_lvs_check *check, const struct cox_lvs_check *usual)
{
    const bool is_all = check->kind != COX_LVS_CHECK_FILE;

    if (is_all || check->timeout_ms != usual->timeout_ms) {
        write_seconds(writer, check->kind == COX_LVS_CHECK_PROGRAM ? "misc_timeout" : "connect_timeout", check->timeout_ms);
    }
    if (is_all || check->retries != usual->retries) {
        cox_keyword_line(writer, "retry %u", check->retries);
    }
    if (is_all || check->retry_ms != usual->retry_ms) {
        write_seconds(writer, "delay_before_retry", check->retry_ms);
    }
    if (is_all || check->warmup_ms != usual->warmup_ms) {
        write_seconds(writer, "warmup", check->warmup_ms);
    }
    if (is_all || check->delay_ms != usual->delay_ms) {
        write_seconds(writer, "delay_loop", check->delay_ms);
    }
    if (check->is_alpha) {
        cox_keyword_line(writer, "alpha");
    }
}

static void
write_check(struct cox_keyword_writer *writer, const struct cox_lvs_server *server, const struct cox_lvs_check *check)
{
    struct cox_lvsk_check value = { .own = *check };
    struct cox_lvsk_check usual = { .host = NULL };

    cox_lvs_check_init(&usual.own, check->kind);
    usual.own.path = (struct cox_lvs_path) { .to = server->address, .to_port = server->port };
    if (check->kind == COX_LVS_CHECK_PROGRAM || check->kind == COX_LVS_CHECK_FILE) {
        value.own.path = usual.own.path; /* there is none */
    }
    cox_keyword_open(writer, "%s", block_of(check));
    if (check->kind == COX_LVS_CHECK_HTTP || check->kind == COX_LVS_CHECK_SMTP || check->kind == COX_LVS_CHECK_DNS
        || check->kind == COX_LVS_CHECK_UDP) {
        rows(writer, check->kind == COX_LVS_CHECK_HTTP ? "HTTP_GET" : block_of(check), &value, &usual);
    }
    rows(writer, "checker", &value, &usual);
    write_kind(writer, check);
    write_timing(writer, check, &usual.own);
    cox_keyword_close(writer);
}

/* ---- services --------------------------------------------------------------------------------------------- */

static void
write_server(struct cox_keyword_writer *writer, const struct cox_lvs_service *service, const struct cox_lvs_server *server)
{
    struct cox_lvsk_server value = { .own = *server };
    struct cox_lvsk_server usual = { .host = NULL };
    char address[COX_IP_TEXT_SIZE];

    cox_lvs_server_init(&usual.own);
    usual.own.weight = -1; /* always said */
    cox_keyword_open(writer, "real_server %s %u", cox_ip_format(&server->address, address), server->port);
    rows(writer, "real_server", &value, &usual);
    if (memcmp(&server->forward, &service->servers[0].forward, sizeof server->forward) != 0) {
        write_forward(writer, "lvs_method", &server->forward);
    }
    write_script(writer, "notify_up", &server->notify_up);
    write_script(writer, "notify_down", &server->notify_down);
    for (size_t i = 0; i < server->n_checks; i++) {
        write_check(writer, server, &server->checks[i]);
    }
    cox_keyword_close(writer);
}

static void
write_flags(struct cox_keyword_writer *writer, guint flags)
{
    static const struct {
        guint flag;
        const char *name;
    } names[] = { { COX_LVS_ONE_PACKET, "ops" }, { COX_LVS_FLAG_1, "flag-1" }, { COX_LVS_FLAG_2, "flag-2" }, { COX_LVS_FLAG_3, "flag-3" } };

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if ((flags & names[i].flag) != 0) {
            cox_keyword_line(writer, "%s", names[i].name);
        }
    }
}

static void
write_granularity(struct cox_keyword_writer *writer, const struct cox_lvs_service *service)
{
    guint32 mask = (service->persist_bits == 0 || service->persist_bits > 32) ? G_MAXUINT32 : G_MAXUINT32 << (32 - service->persist_bits);

    if (service->persist_bits == 0) {
        return;
    }
    if (service->fronts[0].family == COX_IP_V6) {
        cox_keyword_line(writer, "persistence_granularity %u", service->persist_bits);
    } else {
        cox_keyword_line(writer, "persistence_granularity %u.%u.%u.%u", mask >> 24, mask >> 16 & 0xff, mask >> 8 & 0xff, mask & 0xff);
    }
}

static void
write_sorry(struct cox_keyword_writer *writer, const struct cox_lvs_service *service)
{
    char address[COX_IP_TEXT_SIZE];

    if (service->sorry == NULL) {
        return;
    }
    cox_keyword_line(writer, "sorry_server %s %u", cox_ip_format(&service->sorry->address, address), service->sorry->port);
    write_forward(writer, "sorry_server_lvs_method", &service->sorry->forward);
    if (service->sorry->is_inhibited) {
        cox_keyword_line(writer, "sorry_server_inhibit");
    }
}

/* "ADDRESS PORT" of a front with one address or a range of them; "fwmark N". */
static char *
front_text(const struct cox_lvs_front *front)
{
    char first[COX_IP_TEXT_SIZE], last[COX_IP_TEXT_SIZE];
    struct cox_ip ip = front->address;
    guint32 more = front->count - 1;

    if (front->mark != 0) {
        return g_strdup_printf("fwmark %u%s", front->mark, front->family == COX_IP_V6 ? " inet6" : "");
    }
    for (size_t i = cox_ip_size(&ip); more > 0 && i > 0; i--) {
        more += ip.bytes[i - 1];
        ip.bytes[i - 1] = (guint8) (more & 0xff);
        more >>= 8;
    }
    (void) cox_ip_format(&front->address, first);
    if (front->count == 1) {
        return g_strdup_printf("%s %u", first, front->port);
    }
    return g_strdup_printf("%s-%s %u", first, cox_ip_format(&ip, last), front->port);
}

/* "G/tcp" is the service of a group "G", "G/fwmark" that of one with a single mark. */
static char *
group_name(const struct cox_lvs_service *service)
{
    const char *slash = strrchr(service->name, '/');

    return (slash == NULL) ? g_strdup(service->name) : g_strndup(service->name, (size_t) (slash - service->name));
}

/* With one address or mark it is one by its name; what has no slash in it is a resource's. */
static bool
is_group(const struct cox_lvs_service *service)
{
    const struct cox_lvs_front *front = &service->fronts[0];
    char ip[COX_IP_TEXT_SIZE];
    g_autofree char *name = group_name(service), *address = NULL;

    if (service->n_fronts > 1 || front->count > 1 || strchr(service->name, '/') == NULL) {
        return service->n_fronts > 1 || front->count > 1;
    }
    address = front->mark != 0 ? NULL : g_strdup_printf(front->address.family == COX_IP_V6 ? "[%s]:%u" : "%s:%u", cox_ip_format(&front->address, ip), front->port);
    return g_strcmp0(name, address) != 0;
}

static void
write_groups(struct cox_keyword_writer *writer, const struct cox_lvs_config *config)
{
    g_autoptr(GHashTable) written = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; i < config->n_services; i++) {
        const struct cox_lvs_service *service = &config->services[i];
        g_autofree char *name = group_name(service);
        g_autofree char *word = cox_keyword_quote(name);

        if (!is_group(service) || !g_hash_table_add(written, g_strdup(name))) {
            continue;
        }
        cox_keyword_open(writer, "virtual_server_group %s", word);
        for (size_t k = 0; k < service->n_fronts; k++) {
            g_autofree char *front = front_text(&service->fronts[k]);

            cox_keyword_line(writer, "%s", front);
        }
        cox_keyword_close(writer);
    }
}

static void
write_service(struct cox_keyword_writer *writer, const struct cox_lvs_service *service, struct cox_diags *diags)
{
    struct cox_lvsk_service value = { .own = *service };
    struct cox_lvsk_service usual = { .is_ipv6 = false };
    g_autofree char *name = group_name(service);
    g_autofree char *word = cox_keyword_quote(name);
    g_autofree char *front = front_text(&service->fronts[0]);
    bool is_mark = !is_group(service) && service->fronts[0].mark != 0;
    g_autofree char *mark = g_strdup_printf("fwmark %u", service->fronts[0].mark);
    g_autofree char *scheduler = cox_keyword_quote(service->scheduler);

    cox_lvs_service_init(&usual.own);
    cox_keyword_open(writer, "virtual_server %s%s", is_group(service) ? "group " : "", is_group(service) ? word : is_mark ? mark : front);
    cox_keyword_line(writer, "lvs_sched %s", scheduler);
    write_flags(writer, service->flags);
    write_forward(writer, "lvs_method", service->n_servers > 0 ? &service->servers[0].forward : &(struct cox_lvs_forward) { .method = COX_LVS_NAT });
    if (service->protocol != COX_LVS_PROTOCOL_NONE) {
        cox_keyword_line(writer, "protocol %s", service->protocol == COX_LVS_PROTOCOL_UDP    ? "UDP"
                                                : service->protocol == COX_LVS_PROTOCOL_SCTP ? "SCTP" : "TCP");
    }
    if (is_mark && service->fronts[0].family == COX_IP_V6) {
        cox_keyword_line(writer, "ip_family inet6");
    }
    if (service->persist_s > 0) {
        cox_keyword_line(writer, "persistence_timeout %u", service->persist_s);
    }
    write_granularity(writer, service);
    rows(writer, "virtual_server", &value, &usual);
    write_script(writer, "quorum_up", &service->quorum_up);
    write_script(writer, "quorum_down", &service->quorum_down);
    write_sorry(writer, service);
    for (size_t i = 0; i < service->n_servers; i++) {
        write_server(writer, service, &service->servers[i]);
    }
    say_lost(service, diags);
    cox_keyword_close(writer);
}

/* ---- the rest --------------------------------------------------------------------------------------------- */

static void
write_sync(struct cox_keyword_writer *writer, const struct cox_lvs_sync *sync)
{
    g_autoptr(GString) line = g_string_new(NULL);
    g_autofree char *device = NULL;
    g_autofree char *router = NULL;
    char address[COX_IP_TEXT_SIZE];

    if (sync->device == NULL) {
        return;
    }
    device = cox_keyword_quote(sync->device);
    g_string_append_printf(line, "lvs_sync_daemon %s", device);
    if (sync->router != NULL) {
        router = cox_keyword_quote(sync->router);
        g_string_append_printf(line, " inst %s", router);
    }
    g_string_append_printf(line, " id %u port %u", sync->id, sync->port);
    if (sync->max_bytes > 0) {
        g_string_append_printf(line, " maxlen %u", sync->max_bytes);
    }
    if (sync->ttl > 0) {
        g_string_append_printf(line, " ttl %u", sync->ttl);
    }
    if (sync->group.family != COX_IP_NONE) {
        g_string_append_printf(line, " group %s", cox_ip_format(&sync->group, address));
    }
    cox_keyword_line(writer, "%s", line->str);
}

static void
write_global(struct cox_keyword_writer *writer, const struct cox_lvs_config *config)
{
    g_autoptr(GString) timeouts = g_string_new(NULL);

    cox_keyword_open(writer, "global_defs");
    write_sync(writer, &config->sync);
    if (config->timeout_tcp_s > 0) {
        g_string_append_printf(timeouts, " tcp %u", config->timeout_tcp_s);
    }
    if (config->timeout_fin_s > 0) {
        g_string_append_printf(timeouts, " tcpfin %u", config->timeout_fin_s);
    }
    if (config->timeout_udp_s > 0) {
        g_string_append_printf(timeouts, " udp %u", config->timeout_udp_s);
    }
    if (timeouts->len > 0) {
        cox_keyword_line(writer, "lvs_timeouts%s", timeouts->str);
    }
    if (config->flush_start == COX_LVS_FLUSH_ALL) {
        cox_keyword_line(writer, "lvs_flush");
    }
    if (config->flush_stop != COX_LVS_FLUSH_OWN) {
        cox_keyword_line(writer, "lvs_flush_on_stop%s", config->flush_stop == COX_LVS_FLUSH_SERVICES ? " VS" : "");
    }
    cox_keyword_close(writer);
}

/* Keys of checks with TLS are said once for all: those of the first such check. */
static void
write_keys(struct cox_keyword_writer *writer, const struct cox_lvs_config *config)
{
    static const struct cox_lvsk_load usual = { .ca = NULL };

    for (size_t i = 0; i < config->n_services; i++) {
        for (size_t k = 0; k < config->services[i].n_servers; k++) {
            const struct cox_lvs_server *server = &config->services[i].servers[k];

            for (size_t m = 0; m < server->n_checks; m++) {
                const struct cox_lvs_http *http = &server->checks[m].http;

                if (server->checks[m].kind == COX_LVS_CHECK_HTTP && (http->ca != NULL || http->cert != NULL)) {
                    struct cox_lvsk_load keys = { .ca = http->ca, .certificate = http->cert, .key = http->key, .password = http->password };

                    cox_keyword_open(writer, "SSL");
                    rows(writer, "SSL", &keys, &usual);
                    cox_keyword_close(writer);
                    return;
                }
            }
        }
    }
}

/* The files that are looked at, once each, unless a set of virtual routers has written them. */
static void
write_files(struct cox_keyword_writer *writer, const struct cox_lvs_config *config)
{
    g_autoptr(GHashTable) written = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = 0; i < config->n_services; i++) {
        for (size_t k = 0; k < config->services[i].n_servers; k++) {
            const struct cox_lvs_server *server = &config->services[i].servers[k];

            for (size_t m = 0; m < server->n_checks; m++) {
                const struct cox_lvs_file *file = &server->checks[m].file;

                if (server->checks[m].kind == COX_LVS_CHECK_FILE && file->name != NULL && g_hash_table_add(written, (gpointer) (guintptr) file->name)) {
                    g_autofree char *name = cox_keyword_quote(file->name);
                    g_autofree char *path = cox_keyword_quote(file->path);
                    g_autofree char *head = g_strdup_printf("track_file %s {\n", name);

                    if (strstr(writer->out->str, head) != NULL) {
                        continue; /* virtual routers, written before, have the same blocks */
                    }
                    cox_keyword_open(writer, "track_file %s", name);
                    cox_keyword_line(writer, "file %s", path);
                    cox_keyword_close(writer);
                }
            }
        }
    }
}

void
cox_lvs_config_write(const struct cox_lvs_config *config, GString *out, struct cox_diags *diags)
{
    struct cox_keyword_writer writer = { .out = out };

    write_global(&writer, config);
    write_keys(&writer, config);
    write_files(&writer, config);
    write_groups(&writer, config);
    for (size_t i = 0; i < config->n_services; i++) {
        write_service(&writer, &config->services[i], diags);
    }
}
