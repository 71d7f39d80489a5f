/* lib/vrrp/keepaliveditem.c - addresses, routes and rules as lines of ip(8), to and from structs.  Layer 3, pure. */
#include "vrrp/keepalived_priv.h"

#include <string.h>

/* ---- options of a line ------------------------------------------------------------------------------------ */

enum option_kind { OPTION_FLAG, OPTION_NUMBER, OPTION_TEXT, OPTION_IP, OPTION_NET, OPTION_RANGE, OPTION_PAIR };

struct name {
    const char *name;
    gint64 number;
};

/* "NAME VALUE" to a field; names of numbers end with NULL. */
struct option {
    const char *name;
    enum option_kind kind;
    size_t offset, size;
    gint64 most;
    const struct name *names;
    bool is_alias; /* another name of the row above: not written */
};

static const struct name scopes[] = { { "global", 0 }, { "site", 200 }, { "link", 253 }, { "host", 254 }, { "nowhere", 255 }, { NULL, 0 } };
static const struct name tables[] = { { "default", 253 }, { "main", 254 }, { "local", 255 }, { NULL, 0 } };
static const struct name protocols[] = { { "redirect", 1 }, { "kernel", 2 }, { "boot", 3 }, { "static", 4 },  { "ra", 9 },    { "zebra", 11 },
                                         { "bird", 12 },    { "dhcp", 16 },  { "keepalived", 18 }, { "bgp", 186 }, { "ospf", 188 }, { NULL, 0 } };
static const struct name types[] = { { "unicast", 1 },   { "local", 2 },       { "broadcast", 3 }, { "anycast", 4 }, { "multicast", 5 },
                                     { "blackhole", 6 }, { "unreachable", 7 }, { "prohibit", 8 },  { "throw", 9 },   { NULL, 0 } };
static const struct name actions[] = { { "nop", 3 }, { "blackhole", 6 }, { "unreachable", 7 }, { "prohibit", 8 }, { NULL, 0 } };
static const struct name ip_protocols[] = { { "icmp", 1 }, { "tcp", 6 }, { "udp", 17 }, { "ICMP", 1 }, { "TCP", 6 }, { "UDP", 17 },
                                            { "sctp", 132 }, { NULL, 0 } };
static const struct name metrics[] = { { "mtu", 2 },  { "window", 3 },      { "rtt", 4 },       { "rttvar", 5 },    { "ssthresh", 6 },
                                       { "cwnd", 7 }, { "advmss", 8 },      { "reordering", 9 }, { "hoplimit", 10 }, { "initcwnd", 11 },
                                       { "features", 12 }, { "rto_min", 13 }, { "initrwnd", 14 }, { "quickack", 15 }, { "congctl", 16 },
                                       { "fastopen_no_cookie", 17 }, { NULL, 0 } };
enum { METRIC_RTT = 4, METRIC_RTTVAR = 5, METRIC_FEATURES = 12, METRIC_CONGCTL = 16 };

#define ADDRESS(field) COX_KEYWORD_AT(struct cox_vrrp_address, field)
static const struct option address_options[] = {
    { "dev", OPTION_TEXT, ADDRESS(interface), 0, NULL, false },
    { "scope", OPTION_NUMBER, ADDRESS(scope), 255, scopes, false },
    { "label", OPTION_TEXT, ADDRESS(label), 0, NULL, false },
    { "peer", OPTION_NET, ADDRESS(peer), 0, NULL, false },
    { "home", OPTION_FLAG, ADDRESS(is_home), 0, NULL, false },
    { "-nodad", OPTION_FLAG, ADDRESS(is_nodad), 0, NULL, false },
    { "nodad", OPTION_FLAG, ADDRESS(is_nodad), 0, NULL, true },
    { "mngtmpaddr", OPTION_FLAG, ADDRESS(is_mngtmpaddr), 0, NULL, false },
    { "noprefixroute", OPTION_FLAG, ADDRESS(is_noprefixroute), 0, NULL, false },
    { "autojoin", OPTION_FLAG, ADDRESS(is_autojoin), 0, NULL, false },
    { "no_track", OPTION_FLAG, ADDRESS(is_untracked), 0, NULL, false },
    { "use_vmac", OPTION_FLAG, ADDRESS(has_vmac), 0, NULL, false },
    { "track_group", OPTION_TEXT, ADDRESS(track_group), 0, NULL, false },
};

#define ROUTE(field) COX_KEYWORD_AT(struct cox_vrrp_route, field)
static const struct option route_options[] = {
    { "from", OPTION_NET, ROUTE(from), 0, NULL, false },
    { "src", OPTION_IP, ROUTE(source), 0, NULL, false },
    { "table", OPTION_NUMBER, ROUTE(table), G_MAXUINT32, tables, false },
    { "metric", OPTION_NUMBER, ROUTE(priority), G_MAXUINT32, NULL, false },
    { "priority", OPTION_NUMBER, ROUTE(priority), G_MAXUINT32, NULL, true },
    { "preference", OPTION_NUMBER, ROUTE(priority), G_MAXUINT32, NULL, true },
    { "protocol", OPTION_NUMBER, ROUTE(protocol), 255, protocols, false },
    { "proto", OPTION_NUMBER, ROUTE(protocol), 255, protocols, true },
    { "tos", OPTION_NUMBER, ROUTE(tos), 255, NULL, false },
    { "dsfield", OPTION_NUMBER, ROUTE(tos), 255, NULL, true },
    { "append", OPTION_FLAG, ROUTE(is_appended), 0, NULL, false },
    { "no_track", OPTION_FLAG, ROUTE(is_untracked), 0, NULL, false },
    { "track_group", OPTION_TEXT, ROUTE(track_group), 0, NULL, false },
};

#define NEXTHOP(field) COX_KEYWORD_AT(struct cox_vrrp_nexthop, field)
static const struct option nexthop_options[] = {
    { "via", OPTION_IP, NEXTHOP(via), 0, NULL, false },
    { "gw", OPTION_IP, NEXTHOP(via), 0, NULL, true },
    { "dev", OPTION_TEXT, NEXTHOP(interface), 0, NULL, false },
    { "oif", OPTION_TEXT, NEXTHOP(interface), 0, NULL, true },
    { "weight", OPTION_NUMBER, NEXTHOP(weight), 256, NULL, false },
    { "onlink", OPTION_FLAG, NEXTHOP(is_onlink), 0, NULL, false },
    { "realms", OPTION_PAIR, NEXTHOP(realms), 65535, NULL, false },
};

#define RULE(field) COX_KEYWORD_AT(struct cox_vrrp_rule, field)
static const struct option rule_options[] = {
    { "not", OPTION_FLAG, RULE(is_inverted), 0, NULL, false },
    { "from", OPTION_NET, RULE(from), 0, NULL, false },
    { "to", OPTION_NET, RULE(to), 0, NULL, false },
    { "table", OPTION_NUMBER, RULE(table), G_MAXUINT32, tables, false },
    { "lookup", OPTION_NUMBER, RULE(table), G_MAXUINT32, tables, true },
    { "preference", OPTION_NUMBER, RULE(preference), G_MAXUINT32, NULL, false },
    { "priority", OPTION_NUMBER, RULE(preference), G_MAXUINT32, NULL, true },
    { "order", OPTION_NUMBER, RULE(preference), G_MAXUINT32, NULL, true },
    { "pref", OPTION_NUMBER, RULE(preference), G_MAXUINT32, NULL, true },
    { "goto", OPTION_NUMBER, RULE(goto_preference), G_MAXUINT32, NULL, false },
    { "iif", OPTION_TEXT, RULE(in_interface), 0, NULL, false },
    { "dev", OPTION_TEXT, RULE(in_interface), 0, NULL, true },
    { "oif", OPTION_TEXT, RULE(out_interface), 0, NULL, false },
    { "tos", OPTION_NUMBER, RULE(tos), 255, NULL, false },
    { "dsfield", OPTION_NUMBER, RULE(tos), 255, NULL, true },
    { "realms", OPTION_PAIR, RULE(realms), 65535, NULL, false },
    { "tun_id", OPTION_NUMBER, RULE(tunnel_id), G_MAXINT64, NULL, false },
    { "l3mdev", OPTION_FLAG, RULE(is_l3mdev), 0, NULL, false },
    { "protocol", OPTION_NUMBER, RULE(protocol), 255, protocols, true }, /* read so; written as a number, keepalived knows no names here */
    { "protocol", OPTION_NUMBER, RULE(protocol), 255, NULL, false },
    { "ipproto", OPTION_NUMBER, RULE(ip_protocol), 255, ip_protocols, false },
    { "ip_proto", OPTION_NUMBER, RULE(ip_protocol), 255, ip_protocols, true },
    { "uidrange", OPTION_RANGE, RULE(uids), G_MAXUINT32, NULL, false },
    { "sport", OPTION_RANGE, RULE(source_ports), 65535, NULL, false },
    { "dport", OPTION_RANGE, RULE(target_ports), 65535, NULL, false },
    { "no_track", OPTION_FLAG, RULE(is_untracked), 0, NULL, false },
    { "track_group", OPTION_TEXT, RULE(track_group), 0, NULL, false },
};

struct options {
    const struct option *rows;
    size_t n;
};

static const struct options address_set = { address_options, G_N_ELEMENTS(address_options) };
static const struct options route_set = { route_options, G_N_ELEMENTS(route_options) };
static const struct options nexthop_set = { nexthop_options, G_N_ELEMENTS(nexthop_options) };
static const struct options rule_set = { rule_options, G_N_ELEMENTS(rule_options) };

static bool
number_of(const char *text, gint64 most, const struct name *names, gint64 *number)
{
    char *end = NULL;

    for (; names != NULL && names->name != NULL; names++) {
        if (strcmp(names->name, text) == 0) {
            *number = names->number;
            return true;
        }
    }
    if (!g_ascii_isdigit(*text)) {
        return false;
    }
    *number = g_ascii_strtoll(text, &end, 0);
    return *end == '\0' && *number >= 0 && *number <= most;
}

static const char *
name_of(const struct name *names, gint64 number)
{
    for (; names != NULL && names->name != NULL; names++) {
        if (names->number == number) {
            return names->name;
        }
    }
    return NULL;
}

bool
cox_vrrpk_net_parse(const char *text, struct cox_vrrp_net *net)
{
    const char *slash = strchr(text, '/');
    g_autofree char *address = (slash == NULL) ? g_strdup(text) : g_strndup(text, (size_t) (slash - text));
    guint64 prefix = 0;

    if (strcmp(text, "default") == 0) {
        (void) cox_ip_parse("0.0.0.0", &net->ip);
        net->prefix = 0;
        return true;
    }
    if (!cox_ip_parse(address, &net->ip)) {
        return false;
    }
    prefix = cox_ip_bits(&net->ip);
    if (slash != NULL && !g_ascii_string_to_unsigned(slash + 1, 10, 0, prefix, &prefix, NULL)) {
        net->ip = (struct cox_ip) { .family = COX_IP_NONE };
        return false;
    }
    net->prefix = (guint8) prefix;
    return true;
}

/* "A-B", "A": bounds of a range; "A/B": both halves of a number */
static bool
two_of(const char *text, const char *between, gint64 most, gint64 two[2])
{
    g_auto(GStrv) parts = g_strsplit(text, between, 2);

    if (parts[0] == NULL || !number_of(parts[0], most, NULL, &two[0])) {
        return false;
    }
    two[1] = two[0];
    return parts[1] == NULL || number_of(parts[1], most, NULL, &two[1]);
}

static void
put_number(void *field, size_t size, gint64 number)
{
    switch (size) {
    case 1: *(guint8 *) field = (guint8) number; break;
    case 4: *(guint32 *) field = (guint32) number; break;
    default: *(guint64 *) field = (guint64) number; break;
    }
}

static bool
put_option(struct cox_keyword_reader *reader, const struct option *row, const char *word, void *field)
{
    gint64 two[2] = { 0, 0 };

    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *) field = true;
        return true;
    case OPTION_TEXT:
        *(const char **) field = cox_arena_intern(reader->arena, word);
        return true;
    case OPTION_IP:
        return cox_ip_parse(word, field);
    case OPTION_NET:
        return cox_vrrpk_net_parse(word, field);
    case OPTION_NUMBER:
        if (!number_of(word, row->most, row->names, &two[0])) {
            return false;
        }
        put_number(field, row->size, two[0]);
        return true;
    case OPTION_RANGE:
        if (!two_of(word, "-", row->most, two) || two[0] > two[1]) {
            return false;
        }
        *(struct cox_vrrp_range *) field = (struct cox_vrrp_range) { (guint32) two[0], (guint32) two[1], true };
        return true;
    case OPTION_PAIR:
        if (!two_of(word, "/", row->most, two)) {
            return false;
        }
        *(guint32 *) field = (guint32) (strchr(word, '/') == NULL ? two[1] : two[0] << 16 | two[1]);
        return true;
    }
    return false;
}

/* Does the option at word @i belong to the set?  Then it is taken and @i is its last word; 0: no, 1: yes, -1: said why it is wrong. */
static int
take_option(struct cox_keyword_reader *reader, const struct options *set, const struct cox_block *line, guint *i, void *target)
{
    for (size_t k = 0; k < set->n; k++) {
        const struct option *row = &set->rows[k];
        const char *word = NULL;

        if (strcmp(row->name, line->words[*i].text) != 0) {
            continue;
        }
        *i += (row->kind == OPTION_FLAG) ? 0 : 1;
        word = cox_block_word(line, *i);
        if (word != NULL && row->kind == OPTION_IP && (strcmp(word, "inet") == 0 || strcmp(word, "inet6") == 0)) {
            word = cox_block_word(line, ++*i);
        }
        if (word == NULL || !put_option(reader, row, word, (char *) target + row->offset)) {
            cox_block_say(reader->diags, COX_SEVERITY_ERROR, line, *i, "see ip-address(8), ip-route(8), ip-rule(8)", "'%s' is no value of '%s'",
                          (word == NULL) ? "" : word, row->name);
            return -1;
        }
        return 1;
    }
    return 0;
}

static bool
refuse_word(struct cox_keyword_reader *reader, const struct cox_block *line, guint i)
{
    const char *word = cox_block_word(line, i);

    cox_block_say(reader->diags, COX_SEVERITY_ERROR, line, i, "see ip-address(8), ip-route(8), ip-rule(8)",
                  (word == NULL) ? "the line is not complete: '%s'" : "'%s' is not known here", (word == NULL) ? cox_block_keyword(line) : word);
    return false;
}

/* ---- options as text -------------------------------------------------------------------------------------- */

static gint64
get_number(const void *field, size_t size)
{
    return (size == 1) ? *(const guint8 *) field : (size == 4) ? (gint64) *(const guint32 *) field : (gint64) *(const guint64 *) field;
}

static void
append_net(GString *out, const char *before, const struct cox_vrrp_net *net)
{
    char text[COX_IP_TEXT_SIZE];

    g_string_append_printf(out, "%s%s/%u", before, cox_ip_format(&net->ip, text), net->prefix);
}

static void
append_number(GString *out, const struct option *row, gint64 number)
{
    const char *name = name_of(row->names, number);

    if (number == 0) {
        return;
    }
    if (name != NULL) {
        g_string_append_printf(out, " %s %s", row->name, name);
    } else {
        g_string_append_printf(out, " %s %" G_GINT64_FORMAT, row->name, number);
    }
}

static void
append_option(GString *out, const struct option *row, const void *field)
{
    char text[COX_IP_TEXT_SIZE];
    const struct cox_vrrp_range *range = field;
    const struct cox_vrrp_net *net = field;
    const char *const *word = field;

    if (row->kind == OPTION_FLAG && *(const bool *) field) {
        g_string_append_printf(out, " %s", row->name);
    } else if (row->kind == OPTION_TEXT && *word != NULL) {
        g_string_append_printf(out, " %s %s", row->name, *word);
    } else if (row->kind == OPTION_IP && ((const struct cox_ip *) field)->family != COX_IP_NONE) {
        g_string_append_printf(out, " %s %s", row->name, cox_ip_format(field, text));
    } else if (row->kind == OPTION_NET && net->ip.family != COX_IP_NONE && net->prefix == cox_ip_bits(&net->ip)) {
        g_string_append_printf(out, " %s %s", row->name, cox_ip_format(&net->ip, text)); /* keepalived takes no prefix of a peer */
    } else if (row->kind == OPTION_NET && net->ip.family != COX_IP_NONE) {
        g_string_append_printf(out, " %s", row->name);
        append_net(out, " ", net);
    } else if (row->kind == OPTION_NUMBER) {
        append_number(out, row, get_number(field, row->size));
    } else if (row->kind == OPTION_RANGE && range->is_set) {
        g_string_append_printf(out, " %s %u-%u", row->name, range->first, range->last);
    } else if (row->kind == OPTION_PAIR && *(const guint32 *) field != 0) {
        g_string_append_printf(out, " %s %u/%u", row->name, *(const guint32 *) field >> 16, *(const guint32 *) field & 0xffff);
    }
}

static void
append_options(GString *out, const struct options *set, const void *target)
{
    for (size_t i = 0; i < set->n; i++) {
        if (!set->rows[i].is_alias) {
            append_option(out, &set->rows[i], (const char *) target + set->rows[i].offset);
        }
    }
}

/* ---- addresses -------------------------------------------------------------------------------------------- */

/* "-" and "+": the host bits are 0 or 1. */
static bool
broadcast_of(const char *word, struct cox_vrrp_address *address)
{
    guint bits = cox_ip_bits(&address->ip);

    if (word == NULL || (*word != '-' && *word != '+')) {
        return word != NULL && cox_ip_parse(word, &address->broadcast);
    }
    address->broadcast = address->ip;
    for (guint i = address->prefix; i < bits; i++) {
        guint8 bit = (guint8) (0x80 >> (i % 8));

        address->broadcast.bytes[i / 8] = (guint8) ((*word == '+') ? address->broadcast.bytes[i / 8] | bit
                                                                   : address->broadcast.bytes[i / 8] & ~bit);
    }
    return true;
}

/* brd, preferred_lft: as take_option() */
static int
take_address_word(struct cox_keyword_reader *reader, const struct cox_block *line, guint *i, struct cox_vrrp_address *address)
{
    static const gint64 bounds[] = { 0, G_MAXUINT32 };
    const char *word = line->words[*i].text;

    if (strcmp(word, "brd") == 0 || strcmp(word, "broadcast") == 0) {
        *i += 1;
        return broadcast_of(cox_block_word(line, *i), address) ? 1 : (refuse_word(reader, line, *i), -1);
    }
    if (strcmp(word, "preferred_lft") == 0) {
        *i += 1;
        if (g_strcmp0(cox_block_word(line, *i), "forever") == 0) {
            address->preferred_s = -1;
            return 1;
        }
        return cox_keyword_number(reader, line, *i, bounds, &address->preferred_s) ? 1 : -1;
    }
    return take_option(reader, &address_set, line, i, address);
}

/* An IPv6 address with all its bits is not used as source: it is deprecated. */
static gint64
usual_preferred(const struct cox_vrrp_address *address)
{
    return (address->ip.family == COX_IP_V6 && address->prefix == 128) ? 0 : -1;
}

bool
cox_vrrpk_address_parse(struct cox_keyword_reader *reader, const struct cox_block *line, struct cox_vrrp_address *address)
{
    struct cox_vrrp_net net = { .prefix = 0 };

    *address = (struct cox_vrrp_address) { .prefix = 0 };
    if (!cox_vrrpk_net_parse(cox_block_keyword(line), &net)) {
        cox_block_say(reader->diags, COX_SEVERITY_ERROR, line, 0, "write an IPv4 or IPv6 address with or without /PREFIX",
                      "'%s' is no address", cox_block_keyword(line));
        return false;
    }
    address->ip = net.ip;
    address->prefix = net.prefix;
    address->preferred_s = usual_preferred(address);
    for (guint i = 1; i < line->n_words; i++) {
        int taken = take_address_word(reader, line, &i, address);

        if (taken <= 0) {
            return taken == 0 ? refuse_word(reader, line, i) : false;
        }
    }
    return true;
}

char *
cox_vrrpk_address_text(const struct cox_vrrp_address *address)
{
    const struct cox_vrrp_net net = { address->ip, address->prefix };
    char text[COX_IP_TEXT_SIZE];
    GString *out = g_string_new(NULL);

    append_net(out, "", &net);
    if (address->broadcast.family != COX_IP_NONE) {
        g_string_append_printf(out, " brd %s", cox_ip_format(&address->broadcast, text));
    }
    append_options(out, &address_set, address);
    if (address->preferred_s != usual_preferred(address)) {
        if (address->preferred_s < 0) {
            g_string_append(out, " preferred_lft forever");
        } else {
            g_string_append_printf(out, " preferred_lft %" G_GINT64_FORMAT, address->preferred_s);
        }
    }
    return g_string_free(out, FALSE);
}

/* ---- routes ----------------------------------------------------------------------------------------------- */

/* What a line says before it is a route. */
struct route_line {
    struct cox_vrrp_route *route;
    GArray *nexthops, *metrics;
    bool is_inet6;
};

static struct cox_vrrp_nexthop *
hop_of(struct route_line *said, bool is_new)
{
    static const struct cox_vrrp_nexthop none = { .weight = 0 };

    if (is_new || said->nexthops->len == 0) {
        g_array_append_val(said->nexthops, none);
    }
    return &g_array_index(said->nexthops, struct cox_vrrp_nexthop, said->nexthops->len - 1);
}

static int
take_metric(struct cox_keyword_reader *reader, const struct cox_block *line, guint *i, struct route_line *said)
{
    struct cox_vrrp_metric metric = { .kind = 0 };
    gint64 kind = 0, value = 0;
    const char *word = NULL;

    if (!number_of(line->words[*i].text, -1, metrics, &kind)) {
        return 0;
    }
    metric.kind = (guint8) kind;
    word = cox_block_word(line, ++*i);
    if (g_strcmp0(word, "lock") == 0) {
        metric.is_locked = true;
        word = cox_block_word(line, ++*i);
    }
    if (word != NULL && kind == METRIC_CONGCTL) {
        metric.text = cox_arena_intern(reader->arena, word);
    } else if (word != NULL && kind == METRIC_FEATURES && strcmp(word, "ecn") == 0) {
        value = 1;
    } else if (word == NULL || !number_of(word, G_MAXUINT32 / 8, NULL, &value)) {
        refuse_word(reader, line, *i);
        return -1;
    }
    metric.value = (guint32) (value * (kind == METRIC_RTT ? 8 : kind == METRIC_RTTVAR ? 4 : 1));
    g_array_append_val(said->metrics, metric);
    return 1;
}

/* to, scope, pref, or, nexthop, inet6 */
static int
take_route_word(struct cox_keyword_reader *reader, const struct cox_block *line, guint *i, struct route_line *said)
{
    const char *word = line->words[*i].text;
    bool has_value = strcmp(word, "to") == 0 || strcmp(word, "scope") == 0 || strcmp(word, "pref") == 0 || strcmp(word, "or") == 0;
    const char *value = has_value ? cox_block_word(line, ++*i) : NULL;
    gint64 number = 0;
    bool is_good = value != NULL;

    if (strcmp(word, "nexthop") == 0) {
        (void) hop_of(said, true);
        return 1;
    }
    if (strcmp(word, "inet6") == 0 || strcmp(word, "inet") == 0) {
        said->is_inet6 = strcmp(word, "inet6") == 0;
        return 1;
    }
    if (!has_value) {
        return cox_vrrpk_net_parse(word, &said->route->to) ? 1 : 0;
    }
    if (is_good && strcmp(word, "to") == 0) {
        is_good = cox_vrrpk_net_parse(value, &said->route->to);
    } else if (is_good && strcmp(word, "scope") == 0) {
        is_good = number_of(value, 255, scopes, &number);
        said->route->scope = (guint8) number;
        said->route->has_scope = true;
    } else if (is_good && strcmp(word, "pref") == 0) {
        said->route->pref = (gint8) (strcmp(value, "low") == 0 ? -1 : strcmp(value, "high") == 0 ? 1 : 0);
    } else if (is_good) {
        is_good = cox_ip_parse(value, &hop_of(said, true)->via);
    }
    return is_good ? 1 : (refuse_word(reader, line, *i), -1);
}

static int
take_any_route_word(struct cox_keyword_reader *reader, const struct cox_block *line, guint *i, struct route_line *said)
{
    struct cox_vrrp_nexthop hop = (said->nexthops->len == 0) ? (struct cox_vrrp_nexthop) { .weight = 0 } : *hop_of(said, false);
    int taken = take_option(reader, &route_set, line, i, said->route);

    if (taken == 0) {
        taken = take_option(reader, &nexthop_set, line, i, &hop);
        if (taken > 0) {
            *hop_of(said, false) = hop;
        }
    }
    taken = (taken == 0) ? take_metric(reader, line, i, said) : taken;
    return (taken == 0) ? take_route_word(reader, line, i, said) : taken;
}

static bool
finish_route(struct cox_keyword_reader *reader, const struct cox_block *line, struct route_line *said)
{
    struct cox_vrrp_route *route = said->route;

    if (route->to.ip.family == COX_IP_NONE) {
        return refuse_word(reader, line, line->n_words);
    }
    if (route->to.prefix == 0 && said->nexthops->len > 0 && hop_of(said, false)->via.family == COX_IP_V6) {
        said->is_inet6 = true;
    }
    if (said->is_inet6 && route->to.ip.family == COX_IP_V4 && route->to.prefix == 0) {
        (void) cox_ip_parse("::", &route->to.ip);
    }
    route->family = route->to.ip.family;
    route->nexthops = cox_vrrpk_keep(reader->arena, said->nexthops, struct cox_vrrp_nexthop);
    route->n_nexthops = said->nexthops->len;
    route->metrics = cox_vrrpk_keep(reader->arena, said->metrics, struct cox_vrrp_metric);
    route->n_metrics = said->metrics->len;
    return true;
}

bool
cox_vrrpk_route_parse(struct cox_keyword_reader *reader, const struct cox_block *line, struct cox_vrrp_route *route)
{
    g_autoptr(GArray) nexthops = g_array_new(FALSE, TRUE, sizeof(struct cox_vrrp_nexthop));
    g_autoptr(GArray) values = g_array_new(FALSE, TRUE, sizeof(struct cox_vrrp_metric));
    struct route_line said = { .route = route, .nexthops = nexthops, .metrics = values };
    gint64 type = 0;
    guint i = 0;

    *route = (struct cox_vrrp_route) { .family = 0 };
    if (number_of(cox_block_keyword(line), -1, types, &type)) {
        route->type = (guint8) (type == 1 ? 0 : type);
        i++;
    }
    for (; i < line->n_words; i++) {
        int taken = take_any_route_word(reader, line, &i, &said);

        if (taken <= 0) {
            return taken == 0 ? refuse_word(reader, line, i) : false;
        }
    }
    return finish_route(reader, line, &said);
}

static void
append_metrics(GString *out, const struct cox_vrrp_route *route)
{
    for (size_t i = 0; i < route->n_metrics; i++) {
        const struct cox_vrrp_metric *metric = &route->metrics[i];
        guint32 unit = (metric->kind == METRIC_RTT) ? 8 : (metric->kind == METRIC_RTTVAR) ? 4 : 1;
        const char *name = name_of(metrics, metric->kind);

        g_string_append_printf(out, " %s%s ", name, metric->is_locked ? " lock" : "");
        if (metric->text != NULL) {
            g_string_append(out, metric->text);
        } else if (metric->kind == METRIC_FEATURES) {
            g_string_append(out, "ecn");
        } else {
            g_string_append_printf(out, "%u", metric->value / unit);
        }
    }
}

char *
cox_vrrpk_route_text(const struct cox_vrrp_route *route)
{
    GString *out = g_string_new(route->type == 0 ? "" : name_of(types, route->type));
    const char *scope = name_of(scopes, route->scope);

    append_net(out, out->len > 0 ? " " : "", &route->to);
    append_options(out, &route_set, route);
    if (route->has_scope && scope != NULL) {
        g_string_append_printf(out, " scope %s", scope);
    } else if (route->has_scope) {
        g_string_append_printf(out, " scope %u", route->scope);
    }
    if (route->pref != 0) {
        g_string_append(out, route->pref < 0 ? " pref low" : " pref high");
    }
    append_metrics(out, route);
    for (size_t i = 0; i < route->n_nexthops; i++) {
        g_string_append(out, route->n_nexthops > 1 ? " nexthop" : "");
        append_options(out, &nexthop_set, &route->nexthops[i]);
    }
    return g_string_free(out, FALSE);
}

/* ---- rules ------------------------------------------------------------------------------------------------ */

/* fwmark, suppress_*, actions, families */
static int
take_rule_word(struct cox_keyword_reader *reader, const struct cox_block *line, guint *i, struct cox_vrrp_rule *rule)
{
    const char *word = line->words[*i].text;
    bool is_mark = strcmp(word, "fwmark") == 0;
    bool is_prefix = strcmp(word, "suppress_prefixlength") == 0 || strcmp(word, "suppress_prefixlen") == 0;
    bool is_group = strcmp(word, "suppress_ifgroup") == 0;
    const char *value = (is_mark || is_prefix || is_group) ? cox_block_word(line, ++*i) : NULL;
    gint64 two[2] = { 0, 0 };

    if (number_of(word, -1, actions, &two[0])) {
        rule->action = (guint8) two[0];
        return 1;
    }
    if (strcmp(word, "inet6") == 0 || strcmp(word, "inet") == 0) {
        rule->family = (strcmp(word, "inet6") == 0) ? COX_IP_V6 : COX_IP_V4;
        return 1;
    }
    if (!is_mark && !is_prefix && !is_group) {
        return take_option(reader, &rule_set, line, i, rule);
    }
    if (value == NULL || !two_of(value, "/", G_MAXUINT32, two) || (!is_mark && two[0] > G_MAXINT32)) {
        refuse_word(reader, line, *i);
        return -1;
    }
    if (is_mark) {
        rule->mark = (guint32) two[0];
        rule->mark_mask = (strchr(value, '/') == NULL) ? G_MAXUINT32 : (guint32) two[1];
    } else {
        *(is_prefix ? &rule->suppress_prefix : &rule->suppress_group) = (gint32) two[0];
    }
    return 1;
}

bool
cox_vrrpk_rule_parse(struct cox_keyword_reader *reader, const struct cox_block *line, struct cox_vrrp_rule *rule)
{
    *rule = (struct cox_vrrp_rule) { .suppress_prefix = -1, .suppress_group = -1 };
    for (guint i = 0; i < line->n_words; i++) {
        int taken = take_rule_word(reader, line, &i, rule);

        if (taken <= 0) {
            return taken == 0 ? refuse_word(reader, line, i) : false;
        }
    }
    if (rule->from.ip.family != COX_IP_NONE || rule->to.ip.family != COX_IP_NONE) {
        rule->family = (rule->from.ip.family != COX_IP_NONE) ? rule->from.ip.family : rule->to.ip.family;
    }
    rule->family = (rule->family == COX_IP_NONE) ? COX_IP_V4 : rule->family;
    return true;
}

char *
cox_vrrpk_rule_text(const struct cox_vrrp_rule *rule)
{
    GString *out = g_string_new(NULL);

    if (rule->action != 0) {
        g_string_append_printf(out, " %s", name_of(actions, rule->action));
    }
    append_options(out, &rule_set, rule);
    if (rule->mark_mask == G_MAXUINT32) {
        g_string_append_printf(out, " fwmark %u", rule->mark);
    } else if (rule->mark_mask != 0) {
        g_string_append_printf(out, " fwmark %u/%u", rule->mark, rule->mark_mask);
    }
    if (rule->suppress_prefix >= 0) {
        g_string_append_printf(out, " suppress_prefixlength %d", rule->suppress_prefix);
    }
    if (rule->suppress_group >= 0) {
        g_string_append_printf(out, " suppress_ifgroup %d", rule->suppress_group);
    }
    if (rule->family == COX_IP_V6 && rule->from.ip.family == COX_IP_NONE && rule->to.ip.family == COX_IP_NONE) {
        g_string_append(out, " inet6");
    }
    g_string_erase(out, 0, 1);
    return g_string_free(out, FALSE);
}
