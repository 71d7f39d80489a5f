/* lib/lvs/lvskeepalivedcheck.c - blocks of checks in keepalived.conf.  Layer 3, pure. */
#include "lvs/lvskeepalived_priv.h"

#include <string.h>

#include "lvs/lvspool.h"
#include "lvs/lvstalk.h"

static struct cox_lvs_check *
own_of(void *target)
{
    return &((struct cox_lvsk_check *) target)->own;
}

static struct cox_lvs_url *
add_url(struct cox_lvsk_check *check)
{
    static const struct cox_lvs_url none = { .path = "/" };

    g_array_append_val(check->urls, none);
    return &g_array_index(check->urls, struct cox_lvs_url, check->urls->len - 1);
}

void
cox_lvsk_url(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    (void) row;
    cox_keyword_read(reader, "url", block, add_url(target));
}

void
cox_lvsk_digest(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_lvs_url *url = target;
    const char *word = cox_block_word(block, 1);

    (void) row;
    if (word == NULL || strlen(word) != 32 || strspn(word, "0123456789abcdefABCDEF") != 32) {
        cox_keyword_refuse(reader, block, 1, "write 32 hexadecimal digits (MD5 of the page)");
        return;
    }
    for (guint i = 0; i < 16; i++) {
        url->digest[i] = (guint8) (g_ascii_xdigit_value(word[2 * i]) << 4 | g_ascii_xdigit_value(word[2 * i + 1]));
    }
    url->has_digest = true;
}

void
cox_lvsk_codes(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_lvs_url *url = target;
    struct cox_lvs_range *codes = cox_arena_new_array(reader->arena, struct cox_lvs_range, block->n_words);
    guint n = 0;

    (void) row;
    for (guint i = 1; i < block->n_words; i++) {
        g_auto(GStrv) parts = g_strsplit(block->words[i].text, "-", 2);
        guint64 first = 0, last = 0;
        bool is_good = parts[0] != NULL && g_ascii_string_to_unsigned(parts[0], 10, 100, 999, &first, NULL);

        last = first;
        is_good = is_good && (parts[1] == NULL || g_ascii_string_to_unsigned(parts[1], 10, first, 999, &last, NULL));
        if (!is_good) {
            cox_keyword_refuse(reader, block, i, "write codes from 100 to 999, or FIRST-LAST");
            return;
        }
        codes[n++] = (struct cox_lvs_range) { (guint) first, (guint) last };
    }
    url->codes = codes;
    url->n_codes = n;
}

/* A word as a shell has it: a backslash of the expression is written twice. */
void
cox_lvsk_regex(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    g_auto(GStrv) words = cox_block_split(block->rest, NULL);

    (void) row;
    if (words == NULL || words[0] == NULL) {
        cox_keyword_refuse(reader, block, 1, "write an expression in quotes");
        return;
    }
    ((struct cox_lvs_url *) target)->regex = cox_arena_strdup(reader->arena, words[0]);
}

static const struct {
    const char *name;
    guint flag;
} regex_names[] = {
    { "caseless", COX_LVS_REGEX_CASELESS },     { "multiline", COX_LVS_REGEX_MULTILINE }, { "dotall", COX_LVS_REGEX_DOTALL },
    { "extended", COX_LVS_REGEX_EXTENDED },     { "ungreedy", COX_LVS_REGEX_UNGREEDY },   { "dollar_endonly", COX_LVS_REGEX_DOLLAR_ENDONLY },
    { "firstline", COX_LVS_REGEX_FIRSTLINE },   { "dupnames", COX_LVS_REGEX_DUPNAMES },   { "utf", COX_LVS_REGEX_UTF },
    { "no_auto_capture", COX_LVS_REGEX_NO_AUTO_CAPTURE },
};

void
cox_lvsk_regex_options(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    (void) row;
    for (guint i = 1; i < block->n_words; i++) {
        guint flag = 0;

        for (guint k = 0; k < G_N_ELEMENTS(regex_names); k++) {
            flag |= (strcmp(block->words[i].text, regex_names[k].name) == 0) ? regex_names[k].flag : 0;
        }
        if (flag == 0) {
            cox_block_say(reader->diags, COX_SEVERITY_WARNING, block, i, "leave it out", "'%s' of regex_options is not carried over",
                          block->words[i].text);
        }
        ((struct cox_lvs_url *) target)->regex_flags |= flag;
    }
}

void
cox_lvsk_http_version(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    static const char *const names[] = { "1.0", "1.0C", "1.1" };

    (void) row;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_strcmp0(cox_block_word(block, 1), names[i]) == 0) {
            own_of(target)->http.version = (enum cox_lvs_http_version) i;
            return;
        }
    }
    cox_keyword_refuse(reader, block, 1, "write 1.0, 1.0C or 1.1");
}

/* The older "host" block of SMTP_CHECK. */
void
cox_lvsk_host(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    (void) row;
    cox_keyword_read(reader, "checker", block, target);
}

void
cox_lvsk_dns_type(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    static const struct {
        const char *name;
        guint16 type;
    } rows[] = { { "A", 1 }, { "NS", 2 }, { "CNAME", 5 }, { "SOA", 6 }, { "MX", 15 }, { "TXT", 16 }, { "AAAA", 28 } };

    (void) row;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (g_strcmp0(cox_block_word(block, 1), rows[i].name) == 0) {
            own_of(target)->dns.type = rows[i].type;
            return;
        }
    }
    cox_keyword_refuse(reader, block, 1, "write A, NS, CNAME, SOA, MX, TXT or AAAA");
}

void
cox_lvsk_dynamic(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    (void) reader;
    (void) row;
    (void) block;
    if (own_of(target)->kind == COX_LVS_CHECK_PROGRAM) {
        own_of(target)->program.weigh = COX_LVS_WEIGH_STATUS;
    } else {
        own_of(target)->file.weigh = COX_LVS_WEIGH_STATUS;
    }
}

void
cox_lvsk_user(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_lvs_script *script = &own_of(target)->program.script;

    (void) row;
    script->user = cox_keyword_text(reader, block, 1);
    script->group = (block->n_words > 2) ? cox_keyword_text(reader, block, 2) : NULL;
}

/* misc_path: all words are the command's. */
void
cox_lvsk_misc_path(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    guint n = 0;
    g_auto(GStrv) words = cox_block_split(block->rest, &n);

    (void) row;
    if (words == NULL || n == 0) {
        cox_keyword_refuse(reader, block, 1, "write a command, with its arguments in quotes");
        return;
    }
    own_of(target)->program.script.command = cox_arena_strdup(reader->arena, n == 1 ? words[0] : block->rest);
}

/* ---- UDP -------------------------------------------------------------------------------------------------- */

/* "Ab12f 3" is AB 12 0F 03; "x" is any digit.  Both arrays are in the arena; 0: said why. */
static size_t
hex_of(struct cox_keyword_reader *reader, const struct cox_block *block, guint8 **bytes, guint8 **mask)
{
    size_t n = 0;

    *bytes = cox_arena_new_array(reader->arena, guint8, strlen(block->rest) + 1);
    *mask = cox_arena_new_array(reader->arena, guint8, strlen(block->rest) + 1);
    for (guint i = 1; i < block->n_words; i++) {
        guint digits = 0;

        for (const char *at = block->words[i].text; *at != '\0'; at++) {
            if (g_ascii_isspace(*at)) {
                digits = 0;
                continue;
            }
            if (!g_ascii_isxdigit(*at) && *at != 'x' && *at != 'X') {
                cox_keyword_refuse(reader, block, i, "write hexadecimal digits");
                return 0;
            }
            n += (digits++ % 2 == 0) ? 1 : 0;
            if (digits % 2 == 1) {
                (*bytes)[n - 1] = 0;
                (*mask)[n - 1] = 0xf0; /* a single digit is the lower one */
            }
            (*bytes)[n - 1] = (guint8) ((*bytes)[n - 1] << 4 | (g_ascii_isxdigit(*at) ? g_ascii_xdigit_value(*at) : 0));
            (*mask)[n - 1] = (guint8) ((*mask)[n - 1] << 4 | (g_ascii_isxdigit(*at) ? 0xf : 0) | (digits % 2 == 1 ? 0xf0 : 0));
        }
    }
    return n;
}

void
cox_lvsk_payload(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    guint8 *bytes = NULL, *mask = NULL;
    size_t n = hex_of(reader, block, &bytes, &mask);

    (void) row;
    if (n == 0 || strpbrk(block->rest, "xX") != NULL) {
        cox_keyword_refuse(reader, block, 1, "write hexadecimal digits");
        return;
    }
    own_of(target)->udp.payload = bytes;
    own_of(target)->udp.payload_bytes = n;
}

void
cox_lvsk_reply(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_lvs_udp *udp = &own_of(target)->udp;
    guint8 *bytes = NULL, *mask = NULL;

    (void) row;
    udp->is_reply_wanted = true;
    if (block->n_words > 1) {
        udp->reply_bytes = hex_of(reader, block, &bytes, &mask);
        udp->reply = bytes;
        udp->reply_mask = mask;
    }
}

/* ---- send and expect ------------------------------------------------------------------------------------- */

void
cox_lvsk_talk(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_lvs_talk *talk = &own_of(target)->talk;
    const char *word = cox_keyword_text(reader, block, 1);
    size_t size = 0;
    g_autoptr(GError) error = NULL;
    g_autofree guint8 *bytes = (word == NULL) ? NULL : cox_lvs_talk_unescape(word, &size, &error);
    const guint8 *kept = (bytes == NULL) ? NULL : cox_arena_memdup(reader->arena, bytes, size + 1, 1);

    if (error != NULL) {
        cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, 1, "write a backslash as \\\\", "%s", error->message);
    } else if (strcmp(row->name, "send") == 0) {
        talk->send = kept;
        talk->send_bytes = size;
    } else {
        talk->expect = kept;
        talk->expect_bytes = size;
    }
}

/* ---- files ------------------------------------------------------------------------------------------------ */

void
cox_lvsk_file(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    const struct cox_lvsk_load *load = reader->data;
    struct cox_lvs_file *file = &own_of(target)->file;
    const char *name = cox_keyword_text(reader, block, 1);
    bool has_weight = ((struct cox_lvsk_check *) target)->has_weight;

    (void) row;
    for (guint i = 0; i < load->files->len && name != NULL; i++) {
        const struct cox_lvsk_file *known = &g_array_index(load->files, struct cox_lvsk_file, i);

        if (strcmp(known->name, name) == 0) {
            file->name = known->name;
            file->path = known->path;
            file->factor = has_weight ? file->factor : known->factor;
            file->is_reversed = has_weight ? file->is_reversed : known->is_reversed;
            return;
        }
    }
    cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, 1, "write a track_file of this name", "file '%s' is not defined", name == NULL ? "" : name);
}

void
cox_lvsk_file_weight(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    static const gint64 bounds[] = { -G_MAXINT32, G_MAXINT32 };
    struct cox_lvs_file *file = &own_of(target)->file;
    gint64 factor = 0;

    (void) row;
    if (cox_keyword_number(reader, block, 1, bounds, &factor)) {
        file->factor = (gint) factor;
        file->is_reversed = g_strcmp0(cox_block_word(block, 2), "reverse") == 0;
        ((struct cox_lvsk_check *) target)->has_weight = true;
    }
}

/* ---- blocks ----------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum cox_lvs_check_kind kind;
} kinds[] = {
    { "HTTP_GET", COX_LVS_CHECK_HTTP }, { "SSL_GET", COX_LVS_CHECK_HTTP },     { "TCP_CHECK", COX_LVS_CHECK_TCP },
    { "SMTP_CHECK", COX_LVS_CHECK_SMTP }, { "DNS_CHECK", COX_LVS_CHECK_DNS },  { "MISC_CHECK", COX_LVS_CHECK_PROGRAM },
    { "UDP_CHECK", COX_LVS_CHECK_UDP }, { "PING_CHECK", COX_LVS_CHECK_PING },  { "FILE_CHECK", COX_LVS_CHECK_FILE },
    { "TALK_CHECK", COX_LVS_CHECK_TALK },
};

/* The rhythm: what is said nearest, else what holds for the kind. */
static void
set_timing(struct cox_lvs_check *check, const struct cox_lvsk_timing *timing)
{
    bool is_program = check->kind == COX_LVS_CHECK_PROGRAM;

    check->delay_ms = (timing->delay_ms >= 0) ? timing->delay_ms : check->delay_ms;
    check->retry_ms = (timing->retry_ms >= 0) ? timing->retry_ms : (check->kind == COX_LVS_CHECK_DNS) ? check->delay_ms : check->retry_ms;
    check->timeout_ms = (timing->timeout_ms >= 0) ? timing->timeout_ms : is_program ? check->delay_ms : check->timeout_ms;
    check->warmup_ms = (timing->warmup_ms >= 0) ? timing->warmup_ms : check->delay_ms;
    check->retries = (timing->retries >= 0) ? (guint) timing->retries : check->retries;
    check->is_alpha = timing->alpha == 1;
}

static void
finish_http(struct cox_keyword_reader *reader, struct cox_lvsk_check *check)
{
    const struct cox_lvsk_load *load = reader->data;
    struct cox_lvs_http *http = &check->own.http;

    for (guint i = 0; i < check->urls->len; i++) {
        struct cox_lvs_url *url = &g_array_index(check->urls, struct cox_lvs_url, i);

        url->host = (url->host != NULL) ? url->host : check->host;
    }
    http->urls = cox_lvsk_keep(reader->arena, check->urls, struct cox_lvs_url);
    http->n_urls = check->urls->len;
    if (http->is_tls) {
        http->ca = load->ca;
        http->cert = load->certificate;
        http->key = load->key;
        http->password = load->password;
    }
}

static void
take_check(struct cox_keyword_reader *reader, const struct cox_block *block, enum cox_lvs_check_kind kind, struct cox_lvsk_server *server)
{
    const struct cox_lvsk_load *load = reader->data;
    const char *table = (kind == COX_LVS_CHECK_HTTP) ? "HTTP_GET" : cox_block_keyword(block);
    struct cox_lvsk_check check = { .timing = server->timing, .host = server->host };
    bool is_file = kind == COX_LVS_CHECK_FILE;
    bool has_path = !is_file && kind != COX_LVS_CHECK_PROGRAM;

    cox_lvs_check_init(&check.own, kind);
    check.own.logs_all = load->logs_all && !is_file;
    if (is_file) {
        check.timing = COX_LVSK_UNSAID; /* its rhythm is its own: keepalived sees a change at once */
    }
    if (kind == COX_LVS_CHECK_PROGRAM) {
        check.timing.timeout_ms = -1; /* connect_timeout is none of a program */
        check.own.program.script.user = load->script_user;
        check.own.program.script.group = load->script_group;
    }
    if (has_path) {
        check.own.path.to = server->own.address;
        check.own.path.to_port = server->own.port;
        if (server->own.port == 0 && load->service->own.n_fronts > 0) {
            check.own.path.to_port = load->service->own.fronts[0].port;
        }
    }
    check.urls = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_url));
    for (const struct cox_block *line = block->first; line != NULL; line = line->next) {
        bool is_own = cox_keyword_find(reader, table, cox_block_keyword(line)) != NULL;

        cox_keyword_read_one(reader, is_own ? table : "checker", line, &check);
    }
    set_timing(&check.own, &check.timing);
    if (kind == COX_LVS_CHECK_HTTP) {
        check.own.http.is_tls = strcmp(cox_block_keyword(block), "SSL_GET") == 0;
        finish_http(reader, &check);
    }
    g_array_unref(check.urls);
    g_array_append_val(server->checks, check.own);
}

void
cox_lvsk_checks(struct cox_keyword_reader *reader, const struct cox_block *block, struct cox_lvsk_server *server)
{
    for (const struct cox_block *inner = block->first; inner != NULL; inner = inner->next) {
        for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
            if (strcmp(kinds[i].name, cox_block_keyword(inner)) == 0) {
                take_check(reader, inner, kinds[i].kind, server);
            }
        }
    }
}

/* ---- what is wrong together ------------------------------------------------------------------------------- */

static void
check_service(const struct cox_lvs_service *service, struct cox_diags *diags)
{
    for (size_t i = 0; i < service->n_fronts; i++) {
        if (service->fronts[i].mark == 0 && service->fronts[i].port == 0 && service->persist_s == 0) {
            cox_diags_add(diags, COX_SEVERITY_ERROR, service->name, "write a port, or persistence_timeout",
                          "virtual server '%s' is for all ports and not persistent", service->name);
            break;
        }
    }
    for (size_t i = 0; i < service->n_fronts && service->is_suspended_alone; i++) {
        if (service->fronts[i].mark != 0) {
            cox_diags_add(diags, COX_SEVERITY_WARNING, service->name, "leave ha_suspend out",
                          "virtual server '%s': ha_suspend does nothing with a firewall mark, whose addresses are not known", service->name);
            break;
        }
    }
    if (service->hysteresis >= service->quorum) {
        cox_diags_add(diags, COX_SEVERITY_ERROR, service->name, "write a hysteresis below the quorum",
                      "virtual server '%s' has a hysteresis of %" G_GINT64_FORMAT " with a quorum of %" G_GINT64_FORMAT, service->name,
                      service->hysteresis, service->quorum);
    }
    if (service->n_servers == 0 && service->sorry == NULL) {
        cox_diags_add(diags, COX_SEVERITY_WARNING, service->name, "write a real_server", "virtual server '%s' has no servers", service->name);
    }
    if ((service->flags & COX_LVS_ONE_PACKET) != 0 && service->protocol == COX_LVS_PROTOCOL_TCP) {
        cox_diags_add(diags, COX_SEVERITY_ERROR, service->name, "leave ops out, or write: protocol UDP",
                      "virtual server '%s': packets are scheduled one by one with UDP only", service->name);
    }
}

static void
check_server(const struct cox_lvs_service *service, const struct cox_lvs_server *server, struct cox_diags *diags)
{
    char address[COX_IP_TEXT_SIZE];

    (void) cox_ip_format(&server->address, address);
    if (server->address.family != service->fronts[0].family && server->forward.method != COX_LVS_TUNNEL) {
        cox_diags_add(diags, COX_SEVERITY_ERROR, service->name, "write servers of the family of the service, or lvs_method TUN",
                      "server %s of virtual server '%s' is of another family", address, service->name);
    }
    if (server->forward.method != COX_LVS_NAT && server->port != 0 && service->fronts[0].mark == 0 && server->port != service->fronts[0].port) {
        cox_diags_add(diags, COX_SEVERITY_WARNING, service->name, "write the port of the virtual server, or lvs_method NAT",
                      "server %s of virtual server '%s' gets connections at the port of the virtual server, not at %u", address, service->name,
                      server->port);
    }
    if (server->lower > server->upper && server->upper != 0) {
        cox_diags_add(diags, COX_SEVERITY_ERROR, service->name, "write a lthreshold below it", "server %s of virtual server '%s' has an uthreshold below its lthreshold",
                      address, service->name);
    }
    for (size_t i = 0; i < server->n_checks; i++) {
        const struct cox_lvs_check *check = &server->checks[i];

        if ((check->kind == COX_LVS_CHECK_HTTP && check->http.n_urls == 0)
            || (check->kind == COX_LVS_CHECK_PROGRAM && check->program.script.command == NULL)
            || (check->kind == COX_LVS_CHECK_FILE && check->file.path == NULL)) {
            cox_diags_add(diags, COX_SEVERITY_ERROR, service->name, "write url, misc_path or track_file",
                          "a check of server %s of virtual server '%s' does not say what is looked at", address, service->name);
        }
    }
}

static void
check_twins(const struct cox_lvs_config *config, struct cox_diags *diags)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = 0; i < config->n_services; i++) {
        const struct cox_lvs_service *service = &config->services[i];
        g_autoptr(GHashTable) servers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

        if (!g_hash_table_add(names, (gpointer) (guintptr) service->name)) {
            cox_diags_add(diags, COX_SEVERITY_ERROR, service->name, "leave one of them out", "virtual server '%s' is there twice", service->name);
        }
        for (size_t k = 0; k < service->n_servers; k++) {
            char address[COX_IP_TEXT_SIZE];
            const struct cox_lvs_server *server = &service->servers[k];

            if (!g_hash_table_add(servers, g_strdup_printf("%s %u", cox_ip_format(&server->address, address), server->port))) {
                cox_diags_add(diags, COX_SEVERITY_ERROR, service->name, "leave one of them out", "server %s of virtual server '%s' is there twice",
                              address, service->name);
            }
        }
    }
}

/* Entries of the kernel that a front makes: from the first address to the last. */
struct span {
    struct cox_lvs_key first, last;
    const struct cox_lvs_service *service;
};

static int
compare_place(const struct cox_lvs_key *a, const struct cox_lvs_key *b)
{
    const gint64 differences[] = { (gint64) a->mark - b->mark, a->family - b->family, a->protocol - b->protocol, a->port - b->port };

    for (size_t i = 0; i < G_N_ELEMENTS(differences); i++) {
        if (differences[i] != 0) {
            return differences[i] < 0 ? -1 : 1;
        }
    }
    return 0;
}

static gint
by_place(gconstpointer a, gconstpointer b)
{
    const struct cox_lvs_key *one = &((const struct span *) a)->first, *other = &((const struct span *) b)->first;
    const int order = compare_place(one, other);

    return order != 0 ? order : cox_ip_compare(&one->address, &other->address);
}

static void
say_shared(const struct span *a, const struct span *b, struct cox_diags *diags)
{
    char address[COX_IP_TEXT_SIZE];
    g_autofree char *where = b->first.mark != 0 ? g_strdup_printf("fwmark %u", b->first.mark)
                                                : g_strdup_printf("%s port %u", cox_ip_format(&b->first.address, address), b->first.port);

    if (a->service == b->service) {
        cox_diags_add(diags, COX_SEVERITY_ERROR, b->service->name, "leave one of them out", "virtual server '%s' has %s twice", b->service->name,
                      where);
    } else if (strcmp(a->service->name, b->service->name) != 0) { /* else said already */
        cox_diags_add(diags, COX_SEVERITY_ERROR, b->service->name, "leave it to one of them", "virtual servers '%s' and '%s' both have %s",
                      a->service->name, b->service->name, where);
    }
}

/* The kernel has one virtual server for an address, port and protocol, or for a mark and family. */
static void
check_shared(const struct cox_lvs_config *config, struct cox_diags *diags)
{
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(struct span));
    guint widest = 0;

    for (size_t i = 0; i < config->n_services; i++) {
        const struct cox_lvs_service *service = &config->services[i];

        for (size_t k = 0; k < service->n_fronts; k++) {
            const struct cox_lvs_front *front = &service->fronts[k];
            const struct span span = { cox_lvs_pool_vs(service, front, 0).key, cox_lvs_pool_vs(service, front, MAX(front->count, 1) - 1).key, service };

            g_array_append_val(spans, span);
        }
    }
    g_array_sort(spans, by_place);
    for (guint i = 1; i < spans->len; i++) {
        const struct span *before = &g_array_index(spans, struct span, widest), *now = &g_array_index(spans, struct span, i);
        const bool is_same = compare_place(&before->first, &now->first) == 0;

        if (is_same && cox_ip_compare(&now->first.address, &before->last.address) <= 0) {
            say_shared(before, now, diags);
        }
        widest = is_same && cox_ip_compare(&before->last.address, &now->last.address) > 0 ? widest : i;
    }
}

void
cox_lvs_check_config(const struct cox_lvs_config *config, struct cox_diags *diags)
{
    for (size_t i = 0; i < config->n_services; i++) {
        check_service(&config->services[i], diags);
        for (size_t k = 0; k < config->services[i].n_servers && config->services[i].n_fronts > 0; k++) {
            check_server(&config->services[i], &config->services[i].servers[k], diags);
        }
    }
    check_twins(config, diags);
    check_shared(config, diags);
}
