/* lib/lvs/lvskeepalivedtake.c - keywords of virtual servers that are more than a value.  Layer 3, pure. */
#include "lvs/lvskeepalived_priv.h"

#include <string.h>

#define FIELD(type) ((type *) (void *) ((char *) target + row->offset))

static bool
is_word(const struct cox_block *block, guint i, const char *word)
{
    return g_strcmp0(cox_block_word(block, i), word) == 0;
}

void
cox_lvsk_nothing(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    (void) reader;
    (void) row;
    (void) block;
    (void) target;
}

/* ---- global_defs ------------------------------------------------------------------------------------------ */

/* A name and its value in a line of lvs_sync_daemon; false: it is none. */
static bool
sync_option(struct cox_keyword_reader *reader, const struct cox_block *block, guint i, struct cox_lvs_sync *sync)
{
    static const struct {
        const char *name;
        gint64 bounds[2];
    } rows[] = { { "id", { 0, 255 } }, { "maxlen", { 1, 65507 } }, { "port", { 1, 65535 } }, { "ttl", { 1, 255 } } };
    gint64 number = 0;

    if (is_word(block, i, "inst")) {
        sync->router = cox_keyword_text(reader, block, i + 1);
        return true;
    }
    if (is_word(block, i, "group")) {
        if (block->n_words <= i + 1 || !cox_ip_parse(block->words[i + 1].text, &sync->group)) {
            cox_keyword_refuse(reader, block, i + 1, "write an address");
        }
        return true;
    }
    for (guint k = 0; k < G_N_ELEMENTS(rows); k++) {
        if (is_word(block, i, rows[k].name)) {
            if (cox_keyword_number(reader, block, i + 1, rows[k].bounds, &number)) {
                sync->id = (k == 0) ? (guint8) number : sync->id;
                sync->max_bytes = (k == 1) ? (guint16) number : sync->max_bytes;
                sync->port = (k == 2) ? (guint16) number : sync->port;
                sync->ttl = (k == 3) ? (guint8) number : sync->ttl;
            }
            return true;
        }
    }
    return false;
}

void
cox_lvsk_sync(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_lvs_sync *sync = &((struct cox_lvsk_load *) target)->config->sync;

    (void) row;
    sync->device = cox_keyword_text(reader, block, 1);
    for (guint i = 2; i < block->n_words;) {
        if (sync_option(reader, block, i, sync)) {
            i += 2;
        } else if (i == 2) {
            sync->router = cox_keyword_text(reader, block, i++);
        } else {
            cox_keyword_refuse(reader, block, i++, "write: INTERFACE [[inst] ROUTER] [id N] [maxlen N] [port N] [ttl N] [group ADDRESS]");
        }
    }
}

void
cox_lvsk_script_user(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_lvsk_load *load = target;

    (void) row;
    load->script_user = cox_keyword_text(reader, block, 1);
    load->script_group = block->n_words > 2 ? cox_keyword_text(reader, block, 2) : NULL;
}

void
cox_lvsk_timeouts(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    static const gint64 bounds[] = { 1, 31 * 86400 };
    struct cox_lvs_config *config = ((struct cox_lvsk_load *) target)->config;

    (void) row;
    for (guint i = 1; i < block->n_words; i += 2) {
        guint *field = is_word(block, i, "tcp")      ? &config->timeout_tcp_s
                       : is_word(block, i, "tcpfin") ? &config->timeout_fin_s
                       : is_word(block, i, "udp")    ? &config->timeout_udp_s : NULL;
        gint64 seconds = 0;

        if (field == NULL) {
            cox_keyword_refuse(reader, block, i, "write: [tcp SECONDS] [tcpfin SECONDS] [udp SECONDS]");
        } else if (cox_keyword_number(reader, block, i + 1, bounds, &seconds)) {
            *field = (guint) seconds;
        }
    }
}

void
cox_lvsk_flush(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_lvs_config *config = ((struct cox_lvsk_load *) target)->config;

    if (strcmp(row->name, "lvs_flush") == 0) {
        config->flush_start = COX_LVS_FLUSH_ALL;
    } else if (block->n_words > 1 && !is_word(block, 1, "VS")) {
        cox_keyword_refuse(reader, block, 1, "write VS or nothing");
    } else {
        config->flush_stop = (block->n_words > 1) ? COX_LVS_FLUSH_SERVICES : COX_LVS_FLUSH_ALL;
    }
}

/* ---- services --------------------------------------------------------------------------------------------- */

void
cox_lvsk_scheduler(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    const char *name = cox_keyword_text(reader, block, 1);

    (void) row;
    if (name != NULL && (strlen(name) > 15 || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(name))) {
        cox_keyword_refuse(reader, block, 1, "write the name of a scheduler: rr wrr lc wlc lblc sh mh dh fo ovf lblcr sed nq twos");
    } else if (name != NULL) {
        ((struct cox_lvsk_service *) target)->own.scheduler = name;
    }
}

void
cox_lvsk_flag(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    (void) reader;
    (void) block;
    ((struct cox_lvsk_service *) target)->own.flags |= (guint) row->least;
}

/* What is behind TUN. */
static bool
tunnel(struct cox_keyword_reader *reader, const struct cox_block *block, struct cox_lvs_forward *forward)
{
    static const gint64 ports[] = { 1, 65535 };
    gint64 port = 0;

    for (guint i = 2; i < block->n_words; i++) {
        if (is_word(block, i, "type") && i == 2) {
            continue;
        }
        if (is_word(block, i, "ipip") || is_word(block, i, "gre") || is_word(block, i, "gue")) {
            forward->tunnel = is_word(block, i, "ipip") ? COX_LVS_IPIP : is_word(block, i, "gre") ? COX_LVS_GRE : COX_LVS_GUE;
        } else if (is_word(block, i, "port") && forward->tunnel == COX_LVS_GUE) {
            if (!cox_keyword_number(reader, block, ++i, ports, &port)) {
                return false;
            }
        } else if (is_word(block, i, "nocsum") || is_word(block, i, "csum") || is_word(block, i, "remcsum")) {
            forward->checksum = is_word(block, i, "nocsum") ? COX_LVS_NO_CHECKSUM
                                : is_word(block, i, "csum") ? COX_LVS_CHECKSUM : COX_LVS_REMOTE_CHECKSUM;
        } else {
            cox_keyword_refuse(reader, block, i, "write: TUN [type ipip|gue port N|gre] [nocsum|csum|remcsum]");
            return false;
        }
    }
    forward->gue_port = (guint16) port;
    if (forward->tunnel == COX_LVS_GUE && port == 0) {
        cox_keyword_refuse(reader, block, block->n_words, "write: TUN type gue port N");
        return false;
    }
    return true;
}

bool
cox_lvsk_forward(struct cox_keyword_reader *reader, const struct cox_block *block, struct cox_lvs_forward *forward)
{
    struct cox_lvs_forward said = { .method = COX_LVS_NAT };

    if (is_word(block, 1, "TUN")) {
        said.method = COX_LVS_TUNNEL;
        if (!tunnel(reader, block, &said)) {
            return false;
        }
    } else if (is_word(block, 1, "DR")) {
        said.method = COX_LVS_DIRECT;
    } else if (!is_word(block, 1, "NAT")) {
        cox_keyword_refuse(reader, block, 1, "write NAT, DR or TUN");
        return false;
    }
    *forward = said;
    return true;
}

void
cox_lvsk_method(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    (void) cox_lvsk_forward(reader, block, FIELD(struct cox_lvs_forward));
}

void
cox_lvsk_persist(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    static const gint64 bounds[] = { 1, 31 * 86400 };
    gint64 seconds = 360;

    (void) row;
    if (block->n_words == 1 || cox_keyword_number(reader, block, 1, bounds, &seconds)) {
        ((struct cox_lvsk_service *) target)->own.persist_s = (guint) seconds;
    }
}

void
cox_lvsk_granularity(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    static const gint64 bounds[] = { 1, 128 };
    guint8 *bits = &((struct cox_lvsk_service *) target)->own.persist_bits;
    gint64 number = 0;
    struct cox_ip mask;
    guint n = 0;

    (void) row;
    if (block->n_words < 2 || !cox_ip_parse(block->words[1].text, &mask) || mask.family != COX_IP_V4) {
        *bits = cox_keyword_number(reader, block, 1, bounds, &number) ? (guint8) number : *bits;
        return;
    }
    while (n < 32 && (mask.bytes[n / 8] & (0x80 >> (n % 8))) != 0) {
        n++;
    }
    for (guint i = n; i < 32; i++) {
        if ((mask.bytes[i / 8] & (0x80 >> (i % 8))) != 0) {
            cox_keyword_refuse(reader, block, 1, "write a netmask, 255.255.255.0");
            return;
        }
    }
    *bits = (guint8) n;
}

void
cox_lvsk_protocol(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    enum cox_lvs_protocol *protocol = &((struct cox_lvsk_service *) target)->own.protocol;

    (void) row;
    if (is_word(block, 1, "TCP")) {
        *protocol = COX_LVS_PROTOCOL_TCP;
    } else if (is_word(block, 1, "UDP")) {
        *protocol = COX_LVS_PROTOCOL_UDP;
    } else if (is_word(block, 1, "SCTP")) {
        *protocol = COX_LVS_PROTOCOL_SCTP;
    } else {
        cox_keyword_refuse(reader, block, 1, "write TCP, UDP or SCTP");
    }
}

void
cox_lvsk_family(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    (void) row;
    if (!is_word(block, 1, "inet") && !is_word(block, 1, "inet6")) {
        cox_keyword_refuse(reader, block, 1, "write inet or inet6");
        return;
    }
    ((struct cox_lvsk_service *) target)->is_ipv6 = is_word(block, 1, "inet6");
}

void
cox_lvsk_sorry(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    static const gint64 bounds[] = { 0, 65535 };
    struct cox_lvs_server *sorry = &((struct cox_lvsk_service *) target)->sorry;
    gint64 port = 0;

    (void) row;
    if (block->n_words < 2 || !cox_ip_parse(block->words[1].text, &sorry->address)) {
        cox_keyword_refuse(reader, block, 1, "write: sorry_server ADDRESS [PORT]");
    } else if (block->n_words == 2 || cox_keyword_number(reader, block, 2, bounds, &port)) {
        sorry->port = (guint16) port;
    }
}

void
cox_lvsk_sorry_inhibit(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    (void) reader;
    (void) row;
    (void) block;
    ((struct cox_lvsk_service *) target)->sorry.is_inhibited = true;
}

void
cox_lvsk_sorry_method(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_lvsk_service *service = target;

    (void) row;
    service->has_sorry_forward = cox_lvsk_forward(reader, block, &service->sorry_forward);
}

void
cox_lvsk_alpha(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    bool is_on = true;

    if (block->n_words == 1 || cox_keyword_bool(reader, block, 1, &is_on)) {
        *FIELD(gint32) = is_on ? 1 : 0;
    }
}

/* COMMAND [USER [GROUP]] */
void
cox_lvsk_script(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    const struct cox_lvsk_load *load = reader->data;
    struct cox_lvs_script *script = FIELD(struct cox_lvs_script);
    guint n = 0;
    g_auto(GStrv) words = cox_block_split(block->rest, &n);

    if (words == NULL || n == 0 || n > 3) {
        cox_keyword_refuse(reader, block, 1, "write: COMMAND [USER [GROUP]], and a command with arguments in quotes");
        return;
    }
    script->command = cox_arena_intern(reader->arena, words[0]);
    script->user = (n > 1) ? cox_arena_intern(reader->arena, words[1]) : load->script_user;
    script->group = (n > 2) ? cox_arena_intern(reader->arena, words[2]) : (n > 1) ? NULL : load->script_group;
}
