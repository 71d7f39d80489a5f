/* lib/lvs/lvskeepalived.c - virtual servers as keepalived.conf says them: blocks to the configuration.  Layer 3, pure. */
#include "lvs/lvskeepalived_priv.h"

#include <string.h>

#define KW(block, name, kind, field, take, least, most, usual, help)                                                  \
    { block, name, COX_KEYWORD_##kind, field, take, least, most, usual, help },
static const struct cox_keyword keywords[] = {
#include "lvs/lvskeepalived.def"
};
#undef KW

const struct cox_keyword *
cox_lvs_keywords(size_t *n)
{
    *n = G_N_ELEMENTS(keywords);
    return keywords;
}

const char *
cox_lvsk_where(struct cox_arena *arena, const struct cox_ip *ip, guint16 port)
{
    char text[COX_IP_TEXT_SIZE];

    return cox_arena_printf(arena, (ip->family == COX_IP_V6) ? "[%s]:%u" : "%s:%u", cox_ip_format(ip, text), port);
}

/* ---- addresses and ports ---------------------------------------------------------------------------------- */

/* "ADDRESS [PORT]" from word @i on */
static bool
address_at(struct cox_keyword_reader *reader, const struct cox_block *block, guint i, struct cox_ip *ip, guint16 *port)
{
    static const gint64 bounds[] = { 0, 65535 };
    const char *word = cox_block_word(block, i);
    gint64 number = 0;

    if (word == NULL || !cox_ip_parse(word, ip)) {
        cox_keyword_refuse(reader, block, i, "write: ADDRESS [PORT]");
        return false;
    }
    if (block->n_words > i + 1 && !cox_keyword_number(reader, block, i + 1, bounds, &number)) {
        return false;
    }
    *port = (guint16) number;
    return true;
}

/* The last four bytes as a number: ranges are no longer than what they hold. */
static guint32
tail_of(const struct cox_ip *ip)
{
    const guint8 *at = ip->bytes + cox_ip_size(ip) - 4;

    return (guint32) at[0] << 24 | (guint32) at[1] << 16 | (guint32) at[2] << 8 | at[3];
}

/* FIRST-LAST, where LAST is an address or what replaces the end of FIRST; ADDRESS/PREFIX; ADDRESS */
static bool
range_of(const char *text, struct cox_ip *first, guint32 *count)
{
    size_t length = strcspn(text, "-/");
    g_autofree char *begin = g_strndup(text, length);
    const char *end = text + length + (text[length] == '\0' ? 0 : 1);
    struct cox_ip last;
    guint64 bits = 0, tail = 0;

    *count = 1;
    if (!cox_ip_parse(begin, first)) {
        return false;
    }
    if (text[length] == '\0') {
        return true;
    }
    if (text[length] == '/') {
        guint all = cox_ip_bits(first);

        if (!g_ascii_string_to_unsigned(end, 10, all - 16, all, &bits, NULL)) {
            return false;
        }
        *count = 1U << (all - bits);
        return true;
    }
    if (cox_ip_parse(end, &last)) {
        if (last.family != first->family || memcmp(last.bytes, first->bytes, cox_ip_size(first) - 4) != 0) {
            return false;
        }
        tail = tail_of(&last);
    } else if (first->family == COX_IP_V4 && g_ascii_string_to_unsigned(end, 10, 0, 255, &tail, NULL)) {
        tail |= tail_of(first) & 0xffffff00U;
    } else if (first->family == COX_IP_V6 && g_ascii_string_to_unsigned(end, 16, 0, 65535, &tail, NULL)) {
        tail |= tail_of(first) & 0xffff0000U;
    } else {
        return false;
    }
    *count = (guint32) tail - tail_of(first) + 1;
    return tail >= tail_of(first) && *count <= 65536;
}

/* A line of a group. */
static bool
front_of(struct cox_keyword_reader *reader, const struct cox_block *line, struct cox_lvs_front *front)
{
    static const gint64 marks[] = { 1, G_MAXUINT32 };
    static const gint64 ports[] = { 0, 65535 };
    gint64 number = 0;

    *front = (struct cox_lvs_front) { .count = 1 };
    if (strcmp(cox_block_keyword(line), "fwmark") == 0) {
        if (!cox_keyword_number(reader, line, 1, marks, &number)) {
            return false;
        }
        front->mark = (guint32) number;
        front->family = (g_strcmp0(cox_block_word(line, 2), "inet6") == 0) ? COX_IP_V6 : COX_IP_V4;
        return true;
    }
    if (!range_of(cox_block_keyword(line), &front->address, &front->count)) {
        cox_keyword_refuse(reader, line, 0, "write: ADDRESS [PORT], A.B.C.D-E [PORT], FIRST-LAST [PORT] (at most 65536), ADDRESS/PREFIX [PORT] or fwmark N");
        return false;
    }
    if (line->n_words > 1 && !cox_keyword_number(reader, line, 1, ports, &number)) {
        return false;
    }
    front->port = (guint16) number;
    front->family = front->address.family;
    return true;
}

static void
take_group(struct cox_keyword_reader *reader, const struct cox_block *block)
{
    struct cox_lvsk_load *load = reader->data;
    g_autoptr(GArray) fronts = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_front));
    struct cox_lvsk_group group = { .name = cox_keyword_text(reader, block, 1) };
    struct cox_lvs_front front;

    for (const struct cox_block *line = block->first; line != NULL; line = line->next) {
        if (front_of(reader, line, &front)) {
            g_array_append_val(fronts, front);
        }
    }
    group.fronts = cox_lvsk_keep(reader->arena, fronts, struct cox_lvs_front);
    group.n_fronts = fronts->len;
    if (group.n_fronts == 0) {
        cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, 0, "write a line: ADDRESS PORT", "the virtual_server_group has no addresses");
    } else if (group.name != NULL) {
        g_array_append_val(load->groups, group);
    }
}

/* ---- services --------------------------------------------------------------------------------------------- */

static bool
group_fronts(struct cox_keyword_reader *reader, const struct cox_block *block, struct cox_lvs_service *service)
{
    struct cox_lvsk_load *load = reader->data;
    const char *name = cox_block_word(block, 2);

    for (guint i = 0; i < load->groups->len && name != NULL; i++) {
        const struct cox_lvsk_group *group = &g_array_index(load->groups, struct cox_lvsk_group, i);

        if (strcmp(group->name, name) == 0) {
            service->fronts = group->fronts;
            service->n_fronts = group->n_fronts;
            service->name = group->name;
            return true;
        }
    }
    cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, 2, "write a virtual_server_group of this name", "group '%s' is not defined",
                  name == NULL ? "" : name);
    return false;
}

/* What stands behind "virtual_server". */
static bool
take_fronts(struct cox_keyword_reader *reader, const struct cox_block *block, struct cox_lvs_service *service)
{
    static const gint64 marks[] = { 1, G_MAXUINT32 };
    const char *word = cox_block_word(block, 1);
    struct cox_lvs_front *front = cox_arena_new_array(reader->arena, struct cox_lvs_front, 1);
    gint64 mark = 0;

    if (g_strcmp0(word, "group") == 0) {
        return group_fronts(reader, block, service);
    }
    front->count = 1;
    service->fronts = front;
    service->n_fronts = 1;
    if (g_strcmp0(word, "fwmark") == 0) {
        if (!cox_keyword_number(reader, block, 2, marks, &mark)) {
            return false;
        }
        front->mark = (guint32) mark;
        front->family = COX_IP_V4;
        service->protocol = COX_LVS_PROTOCOL_NONE;
        service->name = cox_arena_printf(reader->arena, "fwmark %u", front->mark);
        return true;
    }
    if (!address_at(reader, block, 1, &front->address, &front->port)) {
        return false;
    }
    front->family = front->address.family;
    service->name = cox_lvsk_where(reader->arena, &front->address, front->port);
    return true;
}

static void
take_server(struct cox_keyword_reader *reader, const struct cox_block *block, struct cox_lvsk_service *service)
{
    struct cox_lvsk_load *load = reader->data;
    struct cox_lvsk_server server = { .timing = service->timing, .host = service->host };

    cox_lvs_server_init(&server.own);
    if (!block->has_body || !address_at(reader, block, 1, &server.own.address, &server.own.port)) {
        cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, 0, "write: real_server ADDRESS [PORT] { ... }", "the real server has no address or no block");
        return;
    }
    server.own.forward = service->forward;
    server.own.is_inhibited = service->is_inhibited;
    server.own.slow_start_ms = service->slow_start_ms;
    server.own.drain_ms = service->drain_ms;
    server.own.has_mail = load->has_mail;
    server.checks = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_check));
    load->service = service;
    cox_keyword_read(reader, "real_server", block, &server);
    cox_lvsk_checks(reader, block, &server);
    server.own.checks = cox_lvsk_keep(reader->arena, server.checks, struct cox_lvs_check);
    server.own.n_checks = server.checks->len;
    g_array_unref(server.checks);
    g_array_append_val(service->servers, server.own);
}

/* Names and families that follow from what is in the block. */
static void
finish_service(struct cox_keyword_reader *reader, struct cox_lvsk_service *service)
{
    struct cox_lvs_service *own = &service->own;
    const char *protocol = (own->protocol == COX_LVS_PROTOCOL_UDP) ? "udp" : (own->protocol == COX_LVS_PROTOCOL_SCTP) ? "sctp" : "tcp";
    struct cox_lvs_front *mark = NULL;

    if (own->n_fronts == 1 && own->fronts[0].mark != 0) {
        mark = cox_arena_memdup(reader->arena, own->fronts, 1, sizeof *mark);
        mark->family = service->is_ipv6 ? COX_IP_V6 : mark->family;
        if (!service->is_ipv6 && service->servers->len > 0 && own->fronts[0].family == COX_IP_V4) {
            mark->family = g_array_index(service->servers, struct cox_lvs_server, 0).address.family;
        }
        own->fronts = mark;
        own->protocol = COX_LVS_PROTOCOL_NONE;
        if (service->is_group) {
            own->name = cox_arena_printf(reader->arena, "%s/fwmark", own->name);
        } else if (mark->family == COX_IP_V6) {
            own->name = cox_arena_printf(reader->arena, "%s inet6", own->name);
        }
    } else {
        own->name = cox_arena_printf(reader->arena, "%s/%s", own->name, protocol);
    }
    own->servers = cox_lvsk_keep(reader->arena, service->servers, struct cox_lvs_server);
    own->n_servers = service->servers->len;
    if (service->sorry.address.family != COX_IP_NONE) {
        service->sorry.forward = service->has_sorry_forward ? service->sorry_forward : service->forward;
        own->sorry = cox_arena_memdup(reader->arena, &service->sorry, 1, sizeof service->sorry);
    }
}

static void
take_service(struct cox_keyword_reader *reader, const struct cox_block *block)
{
    struct cox_lvsk_load *load = reader->data;
    struct cox_lvsk_service service = { .timing = COX_LVSK_UNSAID, .is_group = g_strcmp0(cox_block_word(block, 1), "group") == 0 };

    cox_lvs_service_init(&service.own);
    cox_lvs_server_init(&service.sorry);
    service.own.has_mail = load->has_mail;
    if (!take_fronts(reader, block, &service.own)) {
        return;
    }
    service.servers = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_server));
    cox_keyword_read(reader, "virtual_server", block, &service);
    for (const struct cox_block *inner = block->first; inner != NULL; inner = inner->next) {
        if (strcmp(cox_block_keyword(inner), "real_server") == 0) {
            take_server(reader, inner, &service);
        }
    }
    finish_service(reader, &service);
    g_array_unref(service.servers);
    g_array_append_val(load->services, service.own);
}

/* ---- the whole -------------------------------------------------------------------------------------------- */

/* What is read for FILE_CHECK; the reader of virtual routers speaks of what is wrong with it. */
static void
take_track_file(struct cox_keyword_reader *reader, const struct cox_block *block)
{
    struct cox_lvsk_load *load = reader->data;
    struct cox_lvsk_file file = { .name = cox_block_word(block, 1), .factor = 1 };

    for (const struct cox_block *line = block->first; line != NULL && file.name != NULL; line = line->next) {
        const char *word = cox_block_word(line, 1);

        if (strcmp(cox_block_keyword(line), "file") == 0) {
            file.path = cox_arena_strdup(reader->arena, word);
        } else if (strcmp(cox_block_keyword(line), "weight") == 0 && word != NULL) {
            file.factor = (gint32) g_ascii_strtoll(word, NULL, 10);
            file.is_reversed = g_strcmp0(cox_block_word(line, 2), "reverse") == 0;
        }
    }
    if (file.name != NULL) {
        file.name = cox_arena_strdup(reader->arena, file.name);
        g_array_append_val(load->files, file);
    }
}

/* Settings, then what is referred to, then the services, wherever they stand. */
static void
take_top(struct cox_keyword_reader *reader, const struct cox_block *block, guint turn)
{
    const char *name = cox_block_keyword(block);

    if (turn == 0 && strcmp(name, "global_defs") == 0) {
        for (const struct cox_block *line = block->first; line != NULL; line = line->next) {
            if (cox_keyword_find(reader, "global_defs", cox_block_keyword(line)) != NULL) {
                cox_keyword_read_one(reader, "global_defs", line, reader->data);
            }
        }
    } else if (turn == 1 && strcmp(name, "SSL") == 0) {
        cox_keyword_read(reader, "SSL", block, reader->data);
    } else if (turn == 1 && strcmp(name, "virtual_server_group") == 0) {
        take_group(reader, block);
    } else if (turn == 1 && (strcmp(name, "track_file") == 0 || strcmp(name, "vrrp_track_file") == 0)) {
        take_track_file(reader, block);
    } else if (turn == 2 && strcmp(name, "virtual_server") == 0) {
        take_service(reader, block);
    }
}

/* @tree: to be given back on the way, or NULL. */
static struct cox_lvs_config *
read_config(const struct cox_block *root, struct cox_block_tree *tree, struct cox_diags *diags)
{
    struct cox_lvs_config *config = cox_lvs_config_new();
    struct cox_lvsk_load load = { .config = config, .services = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_service)),
                                  .groups = g_array_new(FALSE, FALSE, sizeof(struct cox_lvsk_group)),
                                  .files = g_array_new(FALSE, FALSE, sizeof(struct cox_lvsk_file)) };
    struct cox_keyword_reader reader = { .arena = config->arena, .diags = diags, .data = &load };

    cox_keyword_reader_init(&reader, keywords, G_N_ELEMENTS(keywords));
    for (guint turn = 0; turn < 3; turn++) {
        for (const struct cox_block *block = root->first, *next; block != NULL; block = next) {
            next = block->next;
            take_top(&reader, block, turn);
            if (tree != NULL && turn == 2) {
                cox_block_tree_drop(tree, block);
            }
        }
    }
    cox_keyword_reader_clear(&reader);
    config->services = cox_lvsk_keep(config->arena, load.services, struct cox_lvs_service);
    config->n_services = load.services->len;
    g_array_unref(load.services);
    g_array_unref(load.groups);
    g_array_unref(load.files);
    cox_lvs_check_config(config, diags);
    return config;
}

struct cox_lvs_config *
cox_lvs_config_from_block(const struct cox_block *root, struct cox_diags *diags)
{
    return read_config(root, NULL, diags);
}

struct cox_lvs_config *
cox_lvs_config_from_tree(struct cox_block_tree *tree, struct cox_diags *diags)
{
    return read_config(&tree->root, tree, diags);
}

void
cox_lvs_say_protocols(const struct cox_block *root, struct cox_diags *diags)
{
    for (const struct cox_block *block = root->first; block != NULL; block = block->next) {
        bool is_asked = strcmp(cox_block_keyword(block), "virtual_server") == 0 && g_strcmp0(cox_block_word(block, 1), "fwmark") != 0;
        const struct cox_block *line = block->first;

        while (line != NULL && strcmp(cox_block_keyword(line), "protocol") != 0) {
            line = line->next;
        }
        if (is_asked && line == NULL) {
            cox_block_say(diags, COX_SEVERITY_WARNING, block, 0, "write: protocol TCP, or: protocol UDP",
                          "the virtual server has no protocol: TCP is taken; keepalived would take UDP");
        }
    }
}
