/* lib/vrrp/vrrpres.c - resources of a cluster: their parameters as what a file would say.  Layer 3, pure. */
#include "vrrp/vrrpres.h"

#include <string.h>

#include "base/error.h"
#include "vrrp/keepalived.h"

enum { NAME_MOST = 15 /* IFNAMSIZ - 1 */, ADDRESSES_MOST = 10000 };

static bool
wrong(GError **error, const char *name, const char *value, const char *remedy)
{
    g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED, "parameter %s: '%s' is no value of it; %s", name, value, remedy);
    return false;
}

/* ---- IPaddr ----------------------------------------------------------------------------------------------- */

/* The words of a list; empty when it is not given.  For g_strfreev. */
static char **
words_of(const struct cox_params *params, const char *name, guint *n)
{
    const char *value = cox_params_get(params, name);
    g_auto(GStrv) all = g_strsplit_set(value == NULL ? "" : value, " \t\n,", -1);
    GPtrArray *words = g_ptr_array_new();

    for (guint i = 0; all[i] != NULL; i++) {
        if (*all[i] != '\0') {
            g_ptr_array_add(words, g_strdup(all[i]));
        }
    }
    *n = words->len;
    g_ptr_array_add(words, NULL);
    return (char **) g_ptr_array_free(words, FALSE);
}

static bool
take_bool(const struct cox_params *params, const char *name, bool *out, GError **error)
{
    static const char *const yes[] = { "1", "true", "yes", "on", "y", "t", NULL }, *const no[] = { "0", "false", "no", "off", "n", "f", NULL };
    const char *value = cox_params_get(params, name);
    g_autofree char *word = value == NULL ? NULL : g_ascii_strdown(value, -1);

    if (word == NULL || g_strv_contains(no, word)) {
        *out = false;
        return true;
    }
    *out = true;
    return g_strv_contains(yes, word) || wrong(error, name, value, "write true or false");
}

static bool
take_number(const struct cox_params *params, const char *name, gint64 most, gint64 *number, GError **error)
{
    const char *value = cox_params_get(params, name);
    g_autofree char *remedy = g_strdup_printf("write a number from 0 to %" G_GINT64_FORMAT, most);

    return value == NULL || g_ascii_string_to_signed(value, 10, 0, most, number, NULL) || wrong(error, name, value, remedy);
}

static bool
is_interface(const char *name)
{
    return strlen(name) <= NAME_MOST && strpbrk(name, "/ \t\n\"'{}") == NULL && *name != '.' && *name != '\0';
}

/* "24", or for IPv4 "255.255.255.0" */
static bool
take_prefix(const char *word, const struct cox_ip *ip, guint8 *prefix, GError **error)
{
    guint64 number = 0;
    struct cox_ip mask;
    guint bits = 0;

    if (g_ascii_string_to_unsigned(word, 10, 0, cox_ip_bits(ip), &number, NULL)) {
        *prefix = (guint8) number;
        return true;
    }
    if (ip->family == COX_IP_V4 && cox_ip_parse(word, &mask) && mask.family == COX_IP_V4) {
        struct cox_ip ones = { COX_IP_V4, { 255, 255, 255, 255 } };

        while (bits < 32 && (mask.bytes[bits / 8] & 0x80 >> bits % 8) != 0) {
            bits++;
        }
        for (guint i = bits; i < 32; i++) {
            ones.bytes[i / 8] = (guint8) (ones.bytes[i / 8] & ~(0x80 >> i % 8));
        }
        *prefix = (guint8) bits;
        return cox_ip_equal(&mask, &ones) || wrong(error, "cidr_netmask", word, "write a prefix length, as 24");
    }
    return wrong(error, "cidr_netmask", word, ip->family == COX_IP_V4 ? "write a prefix length from 0 to 32" : "write a prefix length from 0 to 128");
}

static bool
take_broadcast(const struct cox_params *params, struct cox_vrrp_address *address, GError **error)
{
    const char *value = cox_params_get(params, "broadcast");
    bool is_ones = value == NULL || strcmp(value, "+") == 0;

    if (address->ip.family != COX_IP_V4 || g_strcmp0(value, "none") == 0 || (value == NULL && address->prefix > 30)) {
        return true;
    }
    if (!is_ones && strcmp(value, "-") != 0) {
        return (cox_ip_parse(value, &address->broadcast) && address->broadcast.family == COX_IP_V4)
               || wrong(error, "broadcast", value, "write an IPv4 address, +, - or none");
    }
    address->broadcast = address->ip;
    for (guint i = address->prefix; i < 32; i++) {
        guint8 bit = (guint8) (0x80 >> i % 8);

        address->broadcast.bytes[i / 8] = (guint8) (is_ones ? address->broadcast.bytes[i / 8] | bit : address->broadcast.bytes[i / 8] & ~bit);
    }
    return true;
}

static bool
take_label(const struct cox_params *params, struct cox_arena *arena, struct cox_vrrp_address *address, GError **error)
{
    const char *label = cox_params_get(params, "iflabel");

    if (label == NULL || address->ip.family != COX_IP_V4 || address->interface == NULL) {
        return true;
    }
    address->label = cox_arena_printf(arena, "%s:%s", address->interface, label);
    return is_interface(address->label) || wrong(error, "iflabel", label, "with the interface and a colon it may have 15 characters");
}

/* The number @i of a list that has one word for all, or one for each. */
static const char *
word_at(char *const *words, guint n, guint i)
{
    return n == 0 ? NULL : n == 1 ? words[0] : words[i];
}

static bool
place(const struct cox_vrrpres_finder *finder, struct cox_arena *arena, struct cox_vrrp_address *address, GError **error)
{
    struct cox_vrrpres_place place = { address->interface, address->prefix };

    if (address->interface == NULL && address->ip.family == COX_IP_V6 && cox_ip_is_link_local(&address->ip)) {
        char text[COX_IP_TEXT_SIZE];

        g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED, "parameter ip: %s is there on every link; name the interface: nic",
                    cox_ip_format(&address->ip, text));
        return false;
    }
    if (finder->find == NULL) {
        return true;
    }
    if (!finder->find(finder->context, &address->ip, &place, error)) {
        return false;
    }
    address->interface = cox_arena_intern(arena, place.interface);
    address->prefix = place.prefix;
    return true;
}

/* What all addresses of an IPaddr have of their parameters. */
struct ipaddr_lists {
    const struct cox_params *params;
    struct cox_arena *arena;
    char **ips, **nics, **masks;
    guint n_ips, n_nics, n_masks;
};

static bool
check_lists(const struct ipaddr_lists *lists, GError **error)
{
    const struct {
        const char *name;
        guint n;
    } others[] = { { "nic", lists->n_nics }, { "cidr_netmask", lists->n_masks } };

    if (lists->n_ips == 0 || lists->n_ips > ADDRESSES_MOST) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED, "parameter ip: there %s; write one or several addresses",
                    lists->n_ips == 0 ? "is none" : "are too many");
        return false;
    }
    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        if (others[i].n > 1 && others[i].n != lists->n_ips) {
            g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED, "parameter %s: %u values for %u addresses; write one for all, or one for each",
                        others[i].name, others[i].n, lists->n_ips);
            return false;
        }
    }
    return true;
}

static bool
take_address(const struct ipaddr_lists *lists, guint i, struct cox_vrrp_address *out, GError **error)
{
    const struct cox_params *params = lists->params;
    const char *nic = word_at(lists->nics, lists->n_nics, i), *mask = word_at(lists->masks, lists->n_masks, i);
    const char *preferred = cox_params_get(params, "preferred_lft");

    *out = (struct cox_vrrp_address) { .prefix = COX_VRRPRES_NO_PREFIX, .preferred_s = -1 };
    if (!cox_ip_parse(lists->ips[i], &out->ip) || !cox_ip_is_set(&out->ip) || cox_ip_is_multicast(&out->ip)) {
        return wrong(error, "ip", lists->ips[i], "write an IPv4 or IPv6 address");
    }
    if (nic != NULL && !is_interface(nic)) {
        return wrong(error, "nic", nic, "write the name of an interface");
    }
    out->interface = nic == NULL ? NULL : cox_arena_intern(lists->arena, nic);
    if (preferred != NULL && strcmp(preferred, "forever") != 0 && !take_number(params, "preferred_lft", G_MAXUINT32 - 1, &out->preferred_s, error)) {
        return false;
    }
    return (mask == NULL || take_prefix(mask, &out->ip, &out->prefix, error)) && take_bool(params, "noprefixroute", &out->is_noprefixroute, error);
}

/* What depends on its place. */
static bool
settle(const struct cox_params *params, struct cox_arena *arena, struct cox_vrrp_address *address, GError **error)
{
    return (address->prefix == COX_VRRPRES_NO_PREFIX || take_broadcast(params, address, error)) && take_label(params, arena, address, error);
}

bool
cox_vrrpres_ipaddr(const struct cox_params *params, const struct cox_vrrpres_finder *finder, struct cox_arena *arena,
                   struct cox_vrrpres_ipaddr *out, GError **error)
{
    struct ipaddr_lists lists = { .params = params, .arena = arena };
    gint64 count = 5;
    bool is_good;

    *out = (struct cox_vrrpres_ipaddr) { .interval_ms = 200 };
    lists.ips = words_of(params, "ip", &lists.n_ips);
    lists.nics = words_of(params, "nic", &lists.n_nics);
    lists.masks = words_of(params, "cidr_netmask", &lists.n_masks);
    is_good = check_lists(&lists, error) && take_number(params, "arp_count", 1000, &count, error)
              && take_number(params, "arp_interval", 3600 * 1000, &out->interval_ms, error);
    if (is_good) {
        out->announcements = (guint) count;
        out->addresses = cox_arena_new_array(arena, struct cox_vrrp_address, lists.n_ips);
    }
    for (guint i = 0; is_good && i < lists.n_ips; i++) {
        is_good = take_address(&lists, i, &out->addresses[i], error) && place(finder, arena, &out->addresses[i], error)
                  && settle(params, arena, &out->addresses[i], error);
        out->n = i + 1;
    }
    g_strfreev(lists.ips);
    g_strfreev(lists.nics);
    g_strfreev(lists.masks);
    return is_good;
}

/* ---- texts ------------------------------------------------------------------------------------------------ */

static char **
match_none(const char *pattern, void *data)
{
    (void) pattern;
    (void) data;
    return g_new0(char *, 1);
}

static char *
read_none(const char *name, gsize *length, void *data, GError **error)
{
    (void) length;
    (void) data;
    g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED, "a resource includes no files, and not '%s'", name);
    return NULL;
}

/* NULL with the first error of the text. */
static struct cox_block_tree *
tree_of(const char *id, const char *text, GError **error)
{
    const struct cox_block_source source = { .match = match_none, .read = read_none, .config_id = "" };
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = cox_block_read_text(id, text, &source, diags);

    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        const struct cox_diag *diag = cox_diags_get(diags, i);

        if (diag->severity == COX_SEVERITY_ERROR) {
            g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED, "%s: %s; %s", diag->object, diag->text,
                        diag->remedy == NULL ? "correct the parameter" : diag->remedy);
            return NULL;
        }
    }
    return g_steal_pointer(&tree);
}

/* Nothing but @wanted, once each at most, and @allowed: no value ends its block and begins another one. */
static bool
has_only(const struct cox_block *root, const char *const *wanted, const char *const *allowed, GError **error)
{
    guint n_wanted = 0;

    for (const struct cox_block *block = root->first; block != NULL; block = block->next) {
        const char *keyword = cox_block_keyword(block);
        bool is_wanted = g_strv_contains(wanted, keyword);

        n_wanted += is_wanted;
        if ((!is_wanted && !g_strv_contains(allowed, keyword)) || n_wanted > g_strv_length((char **) (guintptr) wanted)) {
            g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED,
                        "resource %s: '%s' cannot stand here; see whether the braces of its parameters are in pairs, and leave it out", root->file,
                        keyword);
            return false;
        }
    }
    return true;
}

/* ---- VirtualRouter ---------------------------------------------------------------------------------------- */

bool
cox_vrrpres_authority(const struct cox_params *params, enum cox_vrrp_authority *authority, GError **error)
{
    const char *value = cox_params_get(params, "authority");

    *authority = g_strcmp0(value, "vrrp") == 0 ? COX_VRRP_AUTHORITY_VRRP : COX_VRRP_AUTHORITY_CLUSTER;
    return value == NULL || strcmp(value, "vrrp") == 0 || strcmp(value, "cluster") == 0 || wrong(error, "authority", value, "write cluster or vrrp");
}

/* Is it not for the router itself? */
static bool
is_for_others(const char *name)
{
    static const char *const ours[] = { "authority", "sync_group", "definitions", NULL };

    return g_strv_contains(ours, name) || cox_param_is_clusters(name);
}

static const struct cox_keyword *
keyword_of(const char *name)
{
    size_t n = 0;
    const struct cox_keyword *rows = cox_vrrp_keywords(&n);

    for (size_t i = 0; i < n; i++) {
        if (strcmp(rows[i].block, "vrrp_instance") == 0 && strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

static bool
append_keyword(GString *text, const struct cox_param *param, GError **error)
{
    static const char *const blocks[] = { "authentication", "track_interface", "track_script", "track_file", "track_process", "track_bfd", "unicast_peer",
                                          "virtual_ipaddress", "virtual_ipaddress_excluded", "virtual_routes", "virtual_rules", NULL };
    const struct cox_keyword *row = keyword_of(param->name);

    if (row == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED, "parameter %s: there is none of this name; see the keywords of vrrp_instance", param->name);
        return false;
    }
    if (g_strv_contains(blocks, param->name)) {
        g_string_append_printf(text, "  %s {\n%s\n  }\n", param->name, param->value);
        return true;
    }
    return cox_param_write(text, param, row, error);
}

struct cox_block_tree *
cox_vrrpres_router(const char *id, const struct cox_params *params, GError **error)
{
    static const char *const wanted[] = { "vrrp_instance", NULL };
    static const char *const allowed[] = { "vrrp_script", "track_file", "vrrp_track_file", "vrrp_track_process", NULL };
    const char *definitions = cox_params_get(params, "definitions");
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *name = cox_keyword_quote(id);
    enum cox_vrrp_authority authority = COX_VRRP_AUTHORITY_CLUSTER;
    g_autoptr(cox_block_tree) tree = NULL;

    if (!cox_vrrpres_authority(params, &authority, error)) {
        return NULL;
    }
    g_string_append_printf(text, "vrrp_instance %s {\n", name);
    if (authority == COX_VRRP_AUTHORITY_CLUSTER) {
        g_string_append(text, "  authority cluster\n");
    }
    for (size_t i = 0; i < params->n; i++) {
        const struct cox_param *param = &params->list[i];

        if (is_for_others(param->name) || param->value == NULL || *param->value == '\0') {
            continue;
        }
        if (!append_keyword(text, param, error)) {
            return NULL;
        }
    }
    g_string_append_printf(text, "}\n%s\n", definitions == NULL ? "" : definitions);
    tree = tree_of(id, text->str, error);
    return tree != NULL && has_only(&tree->root, wanted, allowed, error) ? g_steal_pointer(&tree) : NULL;
}

struct cox_block_tree *
cox_vrrpres_group(const char *name, const char *const *members, size_t n)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *quoted = cox_keyword_quote(name);

    g_string_append_printf(text, "vrrp_sync_group %s {\n group {\n", quoted);
    for (size_t i = 0; i < n; i++) {
        g_autofree char *member = cox_keyword_quote(members[i]);

        g_string_append_printf(text, "  %s\n", member);
    }
    g_string_append(text, " }\n}\n");
    return tree_of(name, text->str, NULL);
}

/* ---- IProute ---------------------------------------------------------------------------------------------- */

/* One word of a line. */
static bool
append_word(GString *line, const struct cox_params *params, const char *name, const char *before, GError **error)
{
    const char *value = cox_params_get(params, name);

    if (value == NULL) {
        return true;
    }
    g_string_append_printf(line, " %s%s", before, value);
    return strpbrk(value, " \t\n\"'{}#!") == NULL || wrong(error, name, value, "write one word");
}

static bool
is_default_v6(const struct cox_params *params)
{
    const char *to = cox_params_get(params, "destination"), *gateway = cox_params_get(params, "gateway");

    return g_strcmp0(to, "default") == 0
           && (g_strcmp0(cox_params_get(params, "family"), "ip6") == 0 || (gateway != NULL && strchr(gateway, ':') != NULL));
}

/* The line of destination, gateway and the like; empty: they are not given. */
static bool
append_line(GString *text, const struct cox_params *params, GError **error)
{
    static const struct {
        const char *name, *before;
    } rows[] = { { "destination", "" }, { "gateway", "via " }, { "device", "dev " }, { "source", "src " }, { "table", "table " }, { "metric", "metric " } };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (i > 0 && cox_params_get(params, "destination") == NULL && cox_params_get(params, rows[i].name) != NULL) {
            g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED, "parameter destination: it is not given, and %s is; write where the route leads to",
                        rows[i].name);
            return false;
        }
        if (i == 0 && is_default_v6(params)) {
            g_string_append(text, "::/0");
        } else if (!append_word(text, params, rows[i].name, rows[i].before, error)) {
            return false;
        }
    }
    if (cox_params_get(params, "destination") != NULL && cox_params_get(params, "gateway") == NULL && cox_params_get(params, "device") == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED, "parameter gateway: neither it nor device is given; write one of them, or both");
        return false;
    }
    g_string_append_c(text, '\n');
    return true;
}

struct cox_block_tree *
cox_vrrpres_iproute(const char *id, const struct cox_params *params, GError **error)
{
    static const char *const wanted[] = { "static_routes", "static_rules", NULL }, *const allowed[] = { NULL };
    const char *routes = cox_params_get(params, "virtual_routes"), *rules = cox_params_get(params, "virtual_rules");
    g_autoptr(GString) text = g_string_new("static_routes {\n");
    g_autoptr(cox_block_tree) tree = NULL;

    if (routes == NULL && rules == NULL && cox_params_get(params, "destination") == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED, "parameter destination: it is not given; write where the route leads to");
        return NULL;
    }
    if (!append_line(text, params, error)) {
        return NULL;
    }
    g_string_append_printf(text, "%s\n}\nstatic_rules {\n%s\n}\n", routes == NULL ? "" : routes, rules == NULL ? "" : rules);
    tree = tree_of(id, text->str, error);
    return tree != NULL && has_only(&tree->root, wanted, allowed, error) ? g_steal_pointer(&tree) : NULL;
}
