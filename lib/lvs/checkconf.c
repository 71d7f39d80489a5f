/* lib/lvs/checkconf.c - how a real server is to be checked: defaults, and what makes two checks the same.  Layer 3, pure. */
#include "lvs/checkconf.h"

#include <string.h>

#include "base/bytes.h"

/* As keepalived.conf(5) says. */
enum {
    DELAY_MS = 60000,
    TIMEOUT_MS = 5000,
    RETRY_MS = 1000,
    HTTP_RETRY_MS = 3000,
    DNS_RETRIES = 3,
    UDP_REPLY_MAX = 255,
    FILE_DELAY_MS = 1000, /* keepalived is told of a change at once */
};

void
cox_lvs_check_init(struct cox_lvs_check *check, enum cox_lvs_check_kind kind)
{
    memset(check, 0, sizeof *check);
    check->kind = kind;
    check->delay_ms = check->warmup_ms = DELAY_MS;
    check->timeout_ms = TIMEOUT_MS;
    check->retry_ms = RETRY_MS;
    check->retries = 1;
    check->rise = 1;
    switch (kind) {
        case COX_LVS_CHECK_HTTP:
            check->retry_ms = HTTP_RETRY_MS;
            check->http.version = COX_LVS_HTTP_1_0;
            break;
        case COX_LVS_CHECK_DNS:
            check->retries = DNS_RETRIES;
            check->retry_ms = DELAY_MS;
            check->dns.type = 6;
            check->dns.name = ".";
            break;
        case COX_LVS_CHECK_UDP:
            check->udp.max_bytes = UDP_REPLY_MAX;
            break;
        case COX_LVS_CHECK_PROGRAM:
            check->retries = 0;
            break;
        case COX_LVS_CHECK_FILE:
            check->delay_ms = check->warmup_ms = FILE_DELAY_MS;
            check->file.factor = 1;
            break;
        case COX_LVS_CHECK_TCP:
        case COX_LVS_CHECK_SMTP:
        case COX_LVS_CHECK_PING:
        case COX_LVS_CHECK_TALK:
            break;
    }
}

const char *
cox_lvs_check_name(enum cox_lvs_check_kind kind)
{
    static const char *const names[] = {
        [COX_LVS_CHECK_TCP] = "TCP",   [COX_LVS_CHECK_HTTP] = "HTTP",       [COX_LVS_CHECK_SMTP] = "SMTP", [COX_LVS_CHECK_DNS] = "DNS",
        [COX_LVS_CHECK_UDP] = "UDP",   [COX_LVS_CHECK_PING] = "PING",       [COX_LVS_CHECK_TALK] = "TALK",
        [COX_LVS_CHECK_PROGRAM] = "PROGRAM", [COX_LVS_CHECK_FILE] = "FILE",
    };

    return names[kind];
}

/* An absent text and an empty one differ. */
static void
put_text(GByteArray *key, const char *text)
{
    cox_bytes_put_u8(key, text != NULL);
    if (text != NULL) {
        cox_bytes_put_text(key, text);
    }
}

static void
put_bytes(GByteArray *key, const guint8 *data, size_t size)
{
    cox_bytes_put_u8(key, data != NULL);
    cox_bytes_put_blob(key, data, data != NULL ? size : 0);
}

static void
put_ip(GByteArray *key, const struct cox_ip *ip)
{
    cox_bytes_put_u8(key, ip->family);
    cox_bytes_put_blob(key, ip->bytes, sizeof ip->bytes);
}

static void
put_path(GByteArray *key, const struct cox_lvs_path *path)
{
    put_ip(key, &path->to);
    cox_bytes_put_u32(key, path->to_port);
    put_ip(key, &path->from);
    cox_bytes_put_u32(key, path->from_port);
    put_text(key, path->device);
    cox_bytes_put_u32(key, path->mark);
}

static void
put_url(GByteArray *key, const struct cox_lvs_url *url)
{
    put_text(key, url->path);
    put_text(key, url->host);
    put_bytes(key, url->has_digest ? url->digest : NULL, sizeof url->digest);
    cox_bytes_put_u64(key, url->n_codes);
    for (size_t i = 0; i < url->n_codes; i++) {
        cox_bytes_put_u32(key, url->codes[i].first);
        cox_bytes_put_u32(key, url->codes[i].last);
    }
    put_text(key, url->regex);
    cox_bytes_put_u8(key, url->is_regex_negated);
    cox_bytes_put_u32(key, url->regex_flags);
    cox_bytes_put_u64(key, url->regex_min_offset);
    cox_bytes_put_u64(key, url->regex_max_offset);
}

static void
put_http(GByteArray *key, const struct cox_lvs_http *http)
{
    cox_bytes_put_u8(key, http->is_tls);
    cox_bytes_put_u8(key, http->has_sni);
    cox_bytes_put_u8(key, (guint8) http->version);
    cox_bytes_put_u8(key, http->is_fast);
    cox_bytes_put_u32(key, http->min_days);
    cox_bytes_put_u8(key, http->is_verified);
    put_text(key, http->ca);
    put_text(key, http->cert);
    put_text(key, http->key);
    put_text(key, http->password);
    for (size_t i = 0; i < http->n_urls; i++) {
        put_url(key, &http->urls[i]);
    }
}

static void
put_udp(GByteArray *key, const struct cox_lvs_udp *udp)
{
    put_bytes(key, udp->payload, udp->payload_bytes);
    cox_bytes_put_u8(key, udp->is_reply_wanted);
    put_bytes(key, udp->reply, udp->reply_bytes);
    put_bytes(key, udp->reply_mask, udp->reply_bytes);
    cox_bytes_put_u64(key, udp->min_bytes);
    cox_bytes_put_u64(key, udp->max_bytes);
}

static void
put_program(GByteArray *key, const struct cox_lvs_program *program)
{
    put_text(key, program->script.command);
    put_text(key, program->script.user);
    put_text(key, program->script.group);
    cox_bytes_put_u8(key, (guint8) program->weigh);
    cox_bytes_put_u32(key, program->full_milli);
}

static void
put_file(GByteArray *key, const struct cox_lvs_file *file)
{
    put_text(key, file->name);
    put_text(key, file->path);
    cox_bytes_put_u32(key, (guint32) file->factor);
    cox_bytes_put_u8(key, file->is_reversed);
    cox_bytes_put_u8(key, (guint8) file->weigh);
}

static void
put_kind(GByteArray *key, const struct cox_lvs_check *check)
{
    switch (check->kind) {
        case COX_LVS_CHECK_TCP:
        case COX_LVS_CHECK_PING:
            break;
        case COX_LVS_CHECK_HTTP:
            put_http(key, &check->http);
            break;
        case COX_LVS_CHECK_SMTP:
            put_text(key, check->helo);
            break;
        case COX_LVS_CHECK_DNS:
            cox_bytes_put_u32(key, check->dns.type);
            put_text(key, check->dns.name);
            break;
        case COX_LVS_CHECK_UDP:
            put_udp(key, &check->udp);
            break;
        case COX_LVS_CHECK_TALK:
            put_bytes(key, check->talk.send, check->talk.send_bytes);
            put_bytes(key, check->talk.expect, check->talk.expect_bytes);
            break;
        case COX_LVS_CHECK_PROGRAM:
            put_program(key, &check->program);
            break;
        case COX_LVS_CHECK_FILE:
            put_file(key, &check->file);
            break;
    }
}

GBytes *
cox_lvs_check_key(const struct cox_lvs_check *check)
{
    GByteArray *key = g_byte_array_new();

    cox_bytes_put_u8(key, (guint8) check->kind);
    cox_bytes_put_u64(key, (guint64) check->delay_ms);
    cox_bytes_put_u64(key, (guint64) check->retry_ms);
    cox_bytes_put_u64(key, (guint64) check->timeout_ms);
    cox_bytes_put_u64(key, (guint64) check->warmup_ms);
    cox_bytes_put_u32(key, check->retries);
    cox_bytes_put_u32(key, check->rise);
    cox_bytes_put_u32(key, check->jitter_percent);
    cox_bytes_put_u8(key, check->is_alpha);
    cox_bytes_put_u8(key, check->logs_all);
    put_path(key, &check->path);
    put_kind(key, check);
    return g_byte_array_free_to_bytes(key);
}
