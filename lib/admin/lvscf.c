/* lib/admin/lvscf.c - an lvs.cf (Piranha, pulse) as text in the language of keepalived.conf.  Layer 4. */
#include "admin/lvscf.h"

#include <string.h>

#include "base/ipaddr.h"
#include "lvs/lvstalk.h"

/* "10.0.0.1 eth0:1" */
struct place {
    struct cox_ip address;
    const char *device; /* without the alias; NULL: not said */
    guint prefix;
};

/* A virtual block while it is read. */
struct service {
    const char *name;
    struct place place;
    guint32 mark, persist_s, timeout_s, reentry_s;
    guint16 port;
    guint8 is_active, has_regex, is_quiescing, granularity;
    const char *protocol, *scheduler, *expect, *send, *program;
    struct cox_ip sorry;
    GArray *servers;
};

struct server {
    struct cox_ip address;
    guint16 port, weight;
    guint8 is_active;
};

struct whole {
    const char *service, *primary, *backup, *network, *sync_device;
    struct place nat;
    guint8 has_backup, has_sync, sync_id;
    guint32 dead_s, tcp_s, fin_s, udp_s;
    struct cox_keyword_writer addresses, services; /* text so far */
    GHashTable *known;                             /* addresses in it */
    const char *device;                            /* of the first address */
};

/* ---- values ----------------------------------------------------------------------------------------------- */

static void
take_place(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct place *place = (struct place *) (void *) ((char *) target + row->offset);
    const char *word = cox_block_word(block, 1), *device = cox_block_word(block, 2);

    if (word == NULL || !cox_ip_parse(word, &place->address)) {
        cox_keyword_refuse(reader, block, 1, "write: ADDRESS DEVICE");
    } else if (device == NULL || strcspn(device, ":") == 0) {
        cox_keyword_refuse(reader, block, 2, "write the interface behind the address");
    } else {
        place->device = cox_arena_strndup(reader->arena, device, strcspn(device, ":"));
    }
}

/* A netmask as a number of bits; 0: it is none. */
static guint
bits_of(const struct cox_keyword_reader *reader, const struct cox_block *block)
{
    struct cox_ip mask;
    guint32 bytes = 0;
    guint n = 0;

    if (block->n_words >= 2 && cox_ip_parse(block->words[1].text, &mask) && mask.family == COX_IP_V4) {
        memcpy(&bytes, mask.bytes, sizeof bytes);
        bytes = GUINT32_FROM_BE(bytes);
        while (n < 32 && (bytes & (0x80000000U >> n)) != 0) {
            n++;
        }
    }
    if (n == 0 || (n < 32 && bytes << n != 0)) {
        cox_keyword_refuse(reader, block, 1, "write a netmask, 255.255.255.0");
        return 0;
    }
    return n;
}

static void
take_mask(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    ((struct place *) (void *) ((char *) target + row->offset))->prefix = bits_of(reader, block);
}

static void
take_pmask(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    (void) row;
    ((struct service *) target)->granularity = (guint8) bits_of(reader, block);
}

static void
take_choice(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    static const struct {
        const char *name, *words, *remedy;
    } choices[] = { { "service", " lvs fos ", "write lvs or fos" },
                    { "network", " nat direct tunnel ", "write nat, direct or tunnel" },
                    { "protocol", " tcp udp ", "write tcp or udp" },
                    { "scheduler", " rr wrr lc wlc lblc lblcr dh sh sed nq ", "write rr, wrr, lc, wlc, lblc, lblcr, dh, sh, sed or nq" } };
    const char *word = cox_block_word(block, 1);
    g_autofree char *key = g_strdup_printf(" %s ", word == NULL ? "" : word);

    for (guint i = 0; i < G_N_ELEMENTS(choices); i++) {
        if (strcmp(choices[i].name, row->name) == 0 && (word == NULL || strpbrk(word, " ") != NULL || strstr(choices[i].words, key) == NULL)) {
            cox_keyword_refuse(reader, block, 1, choices[i].remedy);
            return;
        }
    }
    *(const char **) (void *) ((char *) target + row->offset) = cox_arena_intern(reader->arena, word);
}

/* The escapes are those of TALK_CHECK. */
static void
take_talk(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    const char *word = cox_keyword_text(reader, block, 1);
    size_t size = 0;
    g_autoptr(GError) error = NULL;
    g_autofree guint8 *bytes = (word == NULL) ? NULL : cox_lvs_talk_unescape(word, &size, &error);

    if (error != NULL) {
        cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, 1, "write a backslash as \\\\", "%s", error->message);
    } else if (bytes != NULL) {
        *(const char **) (void *) ((char *) target + row->offset) = word;
    }
}

static void
take_monitor(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    (void) row;
    (void) target;
    if (g_strcmp0(cox_block_word(block, 1), "none") != 0) {
        cox_block_say(reader->diags, COX_SEVERITY_WARNING, block, 0, "write a MISC_CHECK with misc_dynamic that asks the server for its load",
                      "a weight by load (load_monitor) is not carried over");
    }
}

/* ---- servers ---------------------------------------------------------------------------------------------- */

static void
take_server(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct server server = { .weight = 1, .is_active = 1 };

    (void) row;
    cox_keyword_read(reader, "server", block, &server);
    if (!cox_ip_is_set(&server.address)) {
        cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, 0, "write: address = ADDRESS", "server '%s' has no address",
                      block->n_words > 1 ? block->words[1].text : "");
    } else if (server.is_active == 0) {
        cox_block_say(reader->diags, COX_SEVERITY_WARNING, block, 0, "add it when it shall serve: cox lb server add",
                      "server '%s' is not active and left out", block->n_words > 1 ? block->words[1].text : "");
    } else {
        g_array_append_val(((struct service *) target)->servers, server);
    }
}

/* Out within the timeout: begin to begin, the second failure, and its own limit are a third each. */
static void
write_rhythm(struct cox_keyword_writer *writer, const struct service *service, const char *limit)
{
    guint third = MAX(1, service->timeout_s / 3);
    guint rise = service->reentry_s == 0 ? 1 : 1 + (service->reentry_s + third - 1) / third;

    cox_keyword_line(writer, "%s %u", limit, third);
    cox_keyword_line(writer, "retry 1");
    cox_keyword_line(writer, "delay_before_retry %u", third);
    cox_keyword_line(writer, "delay_loop %u", third);
    if (rise > 1) {
        cox_keyword_line(writer, "rise %u", MIN(rise, 1000));
    }
}

/* The program's output is compared: a shell does that. */
static void
write_program(struct cox_keyword_writer *writer, const struct service *service, const struct server *server)
{
    static const char script[] = "case $($1) in \"$2\"*) ;; *) exit 1 ;; esac";
    char address[COX_IP_TEXT_SIZE];
    g_auto(GStrv) parts = g_strsplit(service->program, "%h", -1);
    g_autofree char *program = g_strjoinv(cox_ip_format(&server->address, address), parts);
    g_autofree char *command = NULL;
    g_autofree char *word = NULL;

    if (service->expect == NULL) {
        command = g_strdup(program);
    } else {
        g_autofree char *judge = cox_block_quote(script);
        g_autofree char *first = cox_block_quote(program);
        g_autofree char *second = cox_block_quote(service->expect);

        command = g_strdup_printf("/bin/sh -c %s check %s %s", judge, first, second);
    }
    word = cox_block_quote(command);
    cox_keyword_open(writer, "MISC_CHECK");
    cox_keyword_line(writer, "misc_path %s", word);
    write_rhythm(writer, service, "misc_timeout");
    cox_keyword_close(writer);
}

/* As it was read: a quote in it has a backslash already. */
static void
write_text(struct cox_keyword_writer *writer, const char *name, const char *text)
{
    if (text != NULL) {
        cox_keyword_line(writer, "%s \"%s\"", name, text);
    }
}

static void
write_check(struct cox_keyword_writer *writer, const struct service *service, const struct server *server)
{
    bool is_talk = (service->send != NULL || service->expect != NULL) && service->has_regex == 0;

    if (service->program != NULL) {
        write_program(writer, service, server);
        return;
    }
    if (g_strcmp0(service->protocol, "udp") == 0) {
        return;
    }
    cox_keyword_open(writer, is_talk ? "TALK_CHECK" : "TCP_CHECK");
    write_text(writer, "send", is_talk ? service->send : NULL);
    write_text(writer, "expect", is_talk ? service->expect : NULL);
    cox_keyword_line(writer, "connect_port %u", server->port != 0 ? server->port : service->port);
    write_rhythm(writer, service, "connect_timeout");
    cox_keyword_close(writer);
}

static void
say_checks(struct cox_keyword_reader *reader, const struct cox_block *block, const struct service *service)
{
    if (service->program == NULL && g_strcmp0(service->protocol, "udp") == 0) {
        cox_block_say(reader->diags, COX_SEVERITY_WARNING, block, 0, "write a UDP_CHECK, DNS_CHECK or PING_CHECK", "servers of '%s' are not checked",
                      service->name);
    } else if (service->has_regex != 0) {
        cox_block_say(reader->diags, COX_SEVERITY_WARNING, block, 0, "write an HTTP_GET with regex where the answer is a page",
                      "a regular expression (use_regex) is not carried over: '%s' is checked by a connection, or what the program prints by its begin",
                      service->name);
    }
}

static void
write_service(struct whole *whole, const struct service *service)
{
    struct cox_keyword_writer *writer = &whole->services;
    const char *method = g_strcmp0(whole->network, "direct") == 0 ? "DR" : g_strcmp0(whole->network, "tunnel") == 0 ? "TUN" : "NAT";
    g_autofree char *name = cox_keyword_quote(service->name);
    char address[COX_IP_TEXT_SIZE];

    if (service->mark != 0) {
        cox_keyword_open(writer, "virtual_server fwmark %u", service->mark);
    } else {
        cox_keyword_open(writer, "virtual_server %s %u", cox_ip_format(&service->place.address, address), service->port);
    }
    cox_keyword_line(writer, "snmp_name %s", name);
    cox_keyword_line(writer, "lvs_sched %s", service->scheduler == NULL ? "wlc" : service->scheduler);
    cox_keyword_line(writer, "lvs_method %s", method);
    cox_keyword_line(writer, "protocol %s", g_strcmp0(service->protocol, "udp") == 0 ? "UDP" : "TCP");
    cox_keyword_line(writer, "alpha");
    if (service->persist_s != 0) {
        cox_keyword_line(writer, "persistence_timeout %u", service->persist_s);
    }
    if (service->granularity != 0 && service->granularity != 32) {
        cox_keyword_line(writer, "persistence_granularity %u", service->granularity);
    }
    if (service->is_quiescing != 0) {
        cox_keyword_line(writer, "inhibit_on_failure");
    }
    if (cox_ip_is_set(&service->sorry)) {
        cox_keyword_line(writer, "sorry_server %s %u", cox_ip_format(&service->sorry, address), service->port);
    }
    for (guint i = 0; i < service->servers->len; i++) {
        const struct server *server = &g_array_index(service->servers, struct server, i);
        guint port = server->port != 0 ? server->port : service->mark != 0 ? 0 : service->port;

        cox_keyword_open(writer, "real_server %s %u", cox_ip_format(&server->address, address), port);
        cox_keyword_line(writer, "weight %u", server->weight);
        write_check(writer, service, server);
        cox_keyword_close(writer);
    }
    cox_keyword_close(writer);
}

/* ---- the whole -------------------------------------------------------------------------------------------- */

static void
add_address(struct whole *whole, const struct place *place)
{
    char address[COX_IP_TEXT_SIZE];

    if (place->device != NULL && g_hash_table_add(whole->known, g_strdup(cox_ip_format(&place->address, address)))) {
        guint prefix = place->prefix != 0 ? place->prefix : cox_ip_bits(&place->address);
        g_autofree char *device = cox_keyword_quote(place->device);

        cox_keyword_line(&whole->addresses, "%s/%u dev %s", address, prefix, device);
        whole->device = whole->device == NULL ? place->device : whole->device;
    }
}

static void
take_virtual(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct whole *whole = target;
    struct service service = { .is_active = 1, .port = 80, .timeout_s = 10, .name = block->n_words > 1 ? block->words[1].text : "" };

    (void) row;
    service.servers = g_array_new(FALSE, FALSE, sizeof(struct server));
    cox_keyword_read(reader, "virtual", block, &service);
    if (service.is_active == 0) {
        cox_block_say(reader->diags, COX_SEVERITY_WARNING, block, 0, "set active = 1 to have it", "virtual server '%s' is not active and left out", service.name);
    } else if (service.place.device == NULL && service.mark == 0) {
        cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, 0, "write: address = ADDRESS DEVICE", "virtual server '%s' has no address", service.name);
    } else {
        add_address(whole, &service.place);
        say_checks(reader, block, &service);
        write_service(whole, &service);
    }
    g_array_unref(service.servers);
}

/* "NAME = VALUE ...", with or without blanks at the "=", as a statement "NAME VALUE ...". */
static struct cox_block *
plain(struct cox_arena *arena, const struct cox_block *from)
{
    struct cox_block *block = cox_arena_memdup(arena, from, 1, sizeof *from);
    struct cox_block_word *words = cox_arena_new_array(arena, struct cox_block_word, from->n_words + 1);
    guint n = 0;

    block->first = block->last = block->next = NULL;
    for (guint i = 0; i < from->n_words; i++) {
        const struct cox_block_word *word = &from->words[i];
        const char *sign = (i < 2 && n < 2 && !word->is_quoted) ? strchr(word->text, '=') : NULL;

        if (sign == NULL || (i == 1 && sign != word->text)) {
            words[n++] = *word;
            continue;
        }
        if (sign != word->text) {
            words[n] = *word;
            words[n++].text = cox_arena_strndup(arena, word->text, (size_t) (sign - word->text));
        }
        if (sign[1] != '\0') {
            words[n] = *word;
            words[n++].text = sign + 1;
        }
    }
    block->words = words;
    block->n_words = n;
    for (const struct cox_block *inner = from->first; inner != NULL; inner = inner->next) {
        struct cox_block *copy = plain(arena, inner);

        if (block->last == NULL) {
            block->first = copy;
        } else {
            block->last->next = copy;
        }
        block->last = copy;
    }
    return block;
}

static void
say_directors(const struct whole *whole, const struct cox_block *root, struct cox_diags *diags)
{
    if (whole->primary != NULL || whole->backup != NULL) {
        cox_diags_add(diags, COX_SEVERITY_WARNING, root->file, "make a cluster of them: cox cluster create CLUSTER NODE=ADDRESS ...",
                      "the directors %s%s%s are nodes of the cluster: none of them is preferred", whole->primary == NULL ? "" : whole->primary,
                      whole->primary != NULL && whole->backup != NULL ? " and " : "", whole->backup == NULL ? "" : whole->backup);
    }
    if (g_strcmp0(whole->service, "fos") == 0) {
        cox_diags_add(diags, COX_SEVERITY_WARNING, root->file, "make resources of the services: cox resource create",
                      "service = fos: failover services are not carried over");
    }
    if (whole->device != NULL) {
        cox_diags_add(diags, COX_SEVERITY_WARNING, root->file, "choose another virtual_router_id if the network has that one already",
                      "lvs.cf has no VRID: the router gets %d", COX_LVSCF_VRID);
    }
}

static void
write_whole(const struct whole *whole, GString *out)
{
    struct cox_keyword_writer writer = { .out = out };
    g_autofree char *device = whole->device == NULL ? NULL : cox_keyword_quote(whole->device);
    g_autofree char *sync = whole->sync_device == NULL ? NULL : cox_keyword_quote(whole->sync_device);

    cox_keyword_open(&writer, "global_defs");
    if (whole->has_sync != 0 && (sync != NULL || device != NULL)) {
        cox_keyword_line(&writer, "lvs_sync_daemon %s%s id %u", sync != NULL ? sync : device, device != NULL ? " inst lvs" : "", whole->sync_id);
    }
    if (whole->tcp_s != 0 || whole->fin_s != 0 || whole->udp_s != 0) {
        cox_keyword_line(&writer, "lvs_timeouts tcp %u tcpfin %u udp %u", whole->tcp_s, whole->fin_s, whole->udp_s);
    }
    cox_keyword_close(&writer);
    if (device != NULL) {
        cox_keyword_open(&writer, "vrrp_instance lvs");
        cox_keyword_line(&writer, "interface %s", device);
        cox_keyword_line(&writer, "virtual_router_id %d", COX_LVSCF_VRID);
        cox_keyword_line(&writer, "advert_int %u", CLAMP(whole->dead_s / 3, 1, 255));
        cox_keyword_open(&writer, "virtual_ipaddress");
        g_string_append(out, whole->addresses.out->str);
        cox_keyword_close(&writer);
        cox_keyword_close(&writer);
    }
    g_string_append(out, whole->services.out->str);
}

#define KW(block, name, kind, field, take, least, most, usual, help)                                                  \
    { block, name, COX_KEYWORD_##kind, field, take, least, most, usual, help },
static const struct cox_keyword keywords[] = {
#include "admin/lvscf.def"
};
#undef KW

const struct cox_keyword *
cox_lvscf_keywords(size_t *n)
{
    *n = G_N_ELEMENTS(keywords);
    return keywords;
}

void
cox_lvscf_write(const struct cox_block *root, GString *out, struct cox_diags *diags)
{
    struct cox_arena *arena = cox_arena_new();
    struct whole whole = { .addresses = { .out = g_string_new(NULL), .depth = 2 }, .services = { .out = g_string_new(NULL) } };
    struct cox_keyword_reader reader = { .arena = arena, .diags = diags, .data = &whole };

    whole.known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    cox_keyword_reader_init(&reader, keywords, G_N_ELEMENTS(keywords));
    for (guint turn = 0; turn < 2; turn++) { /* settings hold for virtual servers before them */
        for (const struct cox_block *block = plain(arena, root)->first; block != NULL; block = block->next) {
            if ((strcmp(cox_block_keyword(block), "virtual") == 0) == (turn == 1)) {
                cox_keyword_read_one(&reader, "top", block, &whole);
            }
        }
    }
    if (whole.network == NULL || strcmp(whole.network, "nat") == 0) {
        add_address(&whole, &whole.nat);
    }
    if (whole.services.out->len == 0 && !cox_diags_has(diags, COX_SEVERITY_ERROR)) {
        cox_diags_add(diags, COX_SEVERITY_ERROR, root->file, "is it an lvs.cf?", "there is no virtual server in it");
    }
    if (!cox_diags_has(diags, COX_SEVERITY_ERROR)) {
        say_directors(&whole, root, diags);
        write_whole(&whole, out);
    }
    cox_keyword_reader_clear(&reader);
    g_hash_table_unref(whole.known);
    g_string_free(whole.addresses.out, TRUE);
    g_string_free(whole.services.out, TRUE);
    cox_arena_free(arena);
}
