/* lib/vrrp/keepalived.c - virtual routers as keepalived.conf says them: blocks to the set.  Layer 3, pure. */
#include "vrrp/keepalived_priv.h"

#include <string.h>

enum { FIRST_PREFERENCE = 16384 };

#define KW(block, name, kind, field, take, least, most, usual, help)                                                  \
    { block, name, COX_KEYWORD_##kind, field, take, least, most, usual, help },
static const struct cox_keyword keywords[] = {
#include "vrrp/keepalived.def"
};
#undef KW

const struct cox_keyword *
cox_vrrp_keywords(size_t *n)
{
    *n = G_N_ELEMENTS(keywords);
    return keywords;
}

void
cox_vrrpk_global_init(struct cox_vrrpk_global *global)
{
    g_autoptr(cox_vrrp_set) usual = cox_vrrp_set_new();

    *global = (struct cox_vrrpk_global) { .own = usual->global };
    cox_vrrp_instance_defaults(&global->router, COX_IP_V4);
    global->router.garp.lower_repeat = COX_VRRPK_LIKE_MASTER_REPEAT;
    global->router.garp.lower_delay = COX_VRRPK_LIKE_MASTER_DELAY;
    global->rx_factor = 3;
    (void) cox_ip_parse("224.0.0.18", &global->group4);
    (void) cox_ip_parse("ff02::12", &global->group6);
}

static const char *
where_of(const struct cox_keyword_reader *reader, const struct cox_block *block)
{
    return cox_arena_printf(reader->arena, "%s:%u", block->file, block->line);
}

/* The name of a block, and that it is one; NULL: said why. */
static const char *
name_of(const struct cox_keyword_reader *reader, const struct cox_block *block)
{
    if (block->n_words != 2 || !block->has_body) {
        cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, 0, "write: KEYWORD NAME { ... }", "'%s' is a block with one name",
                      cox_block_keyword(block));
        return NULL;
    }
    return cox_keyword_text(reader, block, 1);
}

/* ---- routers ---------------------------------------------------------------------------------------------- */

static enum cox_ip_family
family_of_block(const struct cox_block *router, const char *keyword)
{
    for (const struct cox_block *block = router->first; block != NULL; block = block->next) {
        struct cox_vrrp_net net = { .prefix = 0 };
        const struct cox_block *line = block->has_body ? block->first : NULL;

        if (strcmp(cox_block_keyword(block), keyword) != 0) {
            continue;
        }
        if (cox_vrrpk_net_parse(line != NULL ? cox_block_keyword(line) : block->rest, &net)) {
            return net.ip.family;
        }
    }
    return COX_IP_NONE;
}

/* What the first address says, or the first peer, or the source: what stands there decides before anything else is read. */
static enum cox_ip_family
family_of(const struct cox_block *router)
{
    static const char *const keywords_of_family[] = { "virtual_ipaddress", "unicast_peer", "unicast_src_ip", "mcast_src_ip",
                                                      "virtual_ipaddress_excluded" };
    enum cox_ip_family family = COX_IP_NONE;

    for (size_t i = 0; i < G_N_ELEMENTS(keywords_of_family) && family == COX_IP_NONE; i++) {
        family = family_of_block(router, keywords_of_family[i]);
    }
    return (family == COX_IP_NONE) ? COX_IP_V4 : family;
}

static void
inherit(const struct cox_vrrpk_global *global, enum cox_ip_family family, struct cox_vrrp_instance *instance)
{
    *instance = global->router;
    instance->family = (guint8) family;
    instance->priority = 0; /* not said */
    instance->version = (guint8) (family == COX_IP_V6 ? 3 : global->version != 0 ? global->version : 2);
    instance->group = (family == COX_IP_V6) ? global->group6 : global->group4;
    if (global->has_min_garp) {
        instance->garp.repeat = 1;
        instance->garp.delay = 0;
    }
}

static void
reset_lists(struct cox_vrrpk_load *load)
{
    GArray *const lists[] = { load->tracks, load->members, load->addresses, load->excluded, load->routes, load->rules, load->peers };

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_array_set_size(lists[i], 0);
    }
    load->has_accept = false;
}

static void
finish_instance(struct cox_arena *arena, struct cox_vrrpk_load *load, struct cox_vrrp_instance *instance)
{
    struct cox_vrrp_garp *garp = &instance->garp;

    if (instance->priority == 0) {
        instance->priority = instance->is_master_first ? 255 : 100;
    }
    garp->lower_repeat = (garp->lower_repeat == COX_VRRPK_LIKE_MASTER_REPEAT) ? garp->repeat : garp->lower_repeat;
    garp->lower_delay = (garp->lower_delay == COX_VRRPK_LIKE_MASTER_DELAY) ? garp->delay : garp->lower_delay;
    if (instance->is_strict) {
        instance->answers_lower = instance->answers_higher = false;
        instance->is_accepting = load->has_accept ? instance->is_accepting : instance->priority == 255;
    }
    instance->tracks = cox_vrrpk_keep(arena, load->tracks, struct cox_vrrp_track);
    instance->n_tracks = load->tracks->len;
    instance->peers = cox_vrrpk_keep(arena, load->peers, struct cox_vrrp_peer);
    instance->n_peers = load->peers->len;
    instance->items = (struct cox_vrrp_items) { cox_vrrpk_keep(arena, load->addresses, struct cox_vrrp_address), load->addresses->len,
                                                cox_vrrpk_keep(arena, load->routes, struct cox_vrrp_route), load->routes->len,
                                                cox_vrrpk_keep(arena, load->rules, struct cox_vrrp_rule), load->rules->len };
    instance->excluded = cox_vrrpk_keep(arena, load->excluded, struct cox_vrrp_address);
    instance->n_excluded = load->excluded->len;
}

void
cox_vrrpk_instance(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrpk_load *load = reader->data;
    struct cox_vrrp_instance instance;
    const char *name = name_of(reader, block);

    (void) row;
    (void) target;
    if (name == NULL) {
        return;
    }
    reset_lists(load);
    inherit(&load->global, family_of(block), &instance);
    instance.name = name;
    instance.where = where_of(reader, block);
    cox_keyword_read(reader, "vrrp_instance", block, &instance);
    finish_instance(reader->arena, load, &instance);
    g_array_append_val(load->instances, instance);
}

/* ---- items ------------------------------------------------------------------------------------------------ */

static bool
has_address(const GArray *list, const struct cox_vrrp_address *address)
{
    for (guint i = 0; i < list->len; i++) {
        const struct cox_vrrp_address *other = &g_array_index(list, struct cox_vrrp_address, i);

        if (cox_ip_equal(&other->ip, &address->ip) && other->prefix == address->prefix && g_strcmp0(other->interface, address->interface) == 0) {
            return true;
        }
    }
    return false;
}

static void
addresses(struct cox_keyword_reader *reader, const struct cox_block *block, GArray *out)
{
    for (const struct cox_block *line = block->first; line != NULL; line = line->next) {
        struct cox_vrrp_address address;

        if (!cox_vrrpk_address_parse(reader, line, &address)) {
            continue;
        }
        if (has_address(out, &address)) {
            cox_block_say(reader->diags, COX_SEVERITY_WARNING, line, 0, "leave one of them out", "'%s' is there twice: once is enough",
                          cox_block_keyword(line));
            continue;
        }
        g_array_append_val(out, address);
    }
}

static void
routes(struct cox_keyword_reader *reader, const struct cox_block *block, GArray *out)
{
    for (const struct cox_block *line = block->first; line != NULL; line = line->next) {
        struct cox_vrrp_route route;

        if (cox_vrrpk_route_parse(reader, line, &route)) {
            g_array_append_val(out, route);
        }
    }
}

/* As keepalived has it: before the kernel's own rules, and before those that stand above in the file. */
static guint32
next_preference(struct cox_vrrpk_load *load, guint8 family)
{
    return load->preferences[family == COX_IP_V6]--;
}

static void
rules(struct cox_keyword_reader *reader, const struct cox_block *block, GArray *out)
{
    for (const struct cox_block *line = block->first; line != NULL; line = line->next) {
        struct cox_vrrp_rule rule;

        if (cox_vrrpk_rule_parse(reader, line, &rule)) {
            rule.preference = rule.preference != 0 ? rule.preference : next_preference(reader->data, rule.family);
            g_array_append_val(out, rule);
        }
    }
}

void
cox_vrrpk_addresses(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrpk_load *load = reader->data;

    (void) target;
    addresses(reader, block, strcmp(row->name, "virtual_ipaddress") == 0 ? load->addresses : load->excluded);
}

void
cox_vrrpk_routes(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    (void) row;
    (void) target;
    routes(reader, block, ((struct cox_vrrpk_load *) reader->data)->routes);
}

void
cox_vrrpk_rules(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    (void) row;
    (void) target;
    rules(reader, block, ((struct cox_vrrpk_load *) reader->data)->rules);
}

void
cox_vrrpk_static(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrpk_load *load = reader->data;

    (void) target;
    if (strcmp(row->name, "static_ipaddress") == 0) {
        addresses(reader, block, load->static_addresses);
    } else if (strcmp(row->name, "static_routes") == 0) {
        routes(reader, block, load->static_routes);
    } else {
        rules(reader, block, load->static_rules);
    }
}

/* ---- other blocks ----------------------------------------------------------------------------------------- */

static const char *const *
members_of(struct cox_arena *arena, const struct cox_vrrpk_load *load)
{
    return cox_arena_memdup(arena, load->members->data, load->members->len, sizeof(char *));
}

void
cox_vrrpk_group(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrpk_load *load = reader->data;
    struct cox_vrrp_group group = { .name = name_of(reader, block), .where = where_of(reader, block) };

    (void) row;
    (void) target;
    if (group.name == NULL) {
        return;
    }
    reset_lists(load);
    group.notify.has_mail = load->global.router.notify.has_mail;
    group.notify.has_priority = load->global.router.notify.has_priority;
    cox_keyword_read(reader, "vrrp_sync_group", block, &group);
    group.members = members_of(reader->arena, load);
    group.n_members = load->members->len;
    group.tracks = cox_vrrpk_keep(reader->arena, load->tracks, struct cox_vrrp_track);
    group.n_tracks = load->tracks->len;
    if (group.n_members == 0) {
        cox_block_say(reader->diags, COX_SEVERITY_WARNING, block, 0, "write: group { ROUTER ROUTER }", "sync group '%s' has no routers: left out",
                      group.name);
        return;
    }
    g_array_append_val(load->groups, group);
}

void
cox_vrrpk_script(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrpk_load *load = reader->data;
    struct cox_vrrp_script script = { .name = name_of(reader, block), .interval = COX_USEC_PER_S, .rise = 1, .fall = 1 };

    (void) row;
    (void) target;
    if (script.name != NULL) {
        cox_keyword_read(reader, "vrrp_script", block, &script);
        g_array_append_val(load->scripts, script);
        if (script.command.argv == NULL) {
            cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, 0, "write: script COMMAND", "vrrp_script '%s' has no script", script.name);
        }
    }
}

void
cox_vrrpk_file(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrpk_load *load = reader->data;
    struct cox_vrrp_file file = { .name = name_of(reader, block), .weight = { .value = 1 } };

    (void) row;
    (void) target;
    if (file.name != NULL) {
        cox_keyword_read(reader, "track_file", block, &file);
        g_array_append_val(load->files, file);
        if (file.path == NULL) {
            cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, 0, "write: file PATH", "track_file '%s' has no file", file.name);
        }
    }
}

void
cox_vrrpk_process(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrpk_load *load = reader->data;
    struct cox_vrrp_process process = { .name = name_of(reader, block), .weight = { .value = 1 }, .quorum = 1 };

    (void) row;
    (void) target;
    if (process.name != NULL) {
        cox_keyword_read(reader, "vrrp_track_process", block, &process);
        g_array_append_val(load->processes, process);
        if (process.argv == NULL) {
            cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, 0, "write: process NAME", "vrrp_track_process '%s' has no process",
                          process.name);
        }
    }
}

void
cox_vrrpk_track_group(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrpk_load *load = reader->data;
    struct cox_vrrp_track_group group = { .name = name_of(reader, block) };

    (void) row;
    (void) target;
    if (group.name == NULL) {
        return;
    }
    reset_lists(load);
    cox_keyword_read(reader, "track_group", block, &group);
    group.members = members_of(reader->arena, load);
    group.n_members = load->members->len;
    g_array_append_val(load->track_groups, group);
}

void
cox_vrrpk_pace(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrpk_load *load = reader->data;
    struct cox_vrrp_pace pace = { .arp = load->global.garp_interval, .na = load->global.gna_interval };

    (void) row;
    (void) target;
    reset_lists(load);
    cox_keyword_read(reader, "garp_group", block, &pace);
    pace.interfaces = members_of(reader->arena, load);
    pace.n_interfaces = load->members->len;
    if (pace.n_interfaces == 0) {
        cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, 0, "write: interface NAME", "the garp_group has no interface");
        return;
    }
    g_array_append_val(load->paces, pace);
}

void
cox_vrrpk_linkbeats(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    static const char *const ways[] = { "", "", "MII", "ETHTOOL", "IOCTL" };
    struct cox_vrrpk_load *load = reader->data;

    (void) row;
    (void) target;
    for (const struct cox_block *line = block->first; line != NULL; line = line->next) {
        struct cox_vrrp_linkbeat beat = { .interface = cox_keyword_text(reader, line, 0), .how = COX_VRRP_BEAT_ANY };

        for (guint k = COX_VRRP_BEAT_MII; k < G_N_ELEMENTS(ways) && line->n_words > 1; k++) {
            beat.how = (g_ascii_strcasecmp(line->words[1].text, ways[k]) == 0) ? (enum cox_vrrp_beat) k : beat.how;
        }
        if (line->n_words > 1 && beat.how == COX_VRRP_BEAT_ANY) {
            cox_keyword_refuse(reader, line, 1, "write MII, ETHTOOL or IOCTL");
            continue;
        }
        g_array_append_val(load->linkbeats, beat);
    }
}

void
cox_vrrpk_debounces(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    static const gint64 bounds[] = { 0, 255 * COX_USEC_PER_S };
    struct cox_vrrpk_load *load = reader->data;

    (void) row;
    (void) target;
    for (const struct cox_block *line = block->first; line != NULL; line = line->next) {
        struct cox_vrrp_debounce debounce = { .interface = cox_keyword_text(reader, line, 0) };

        if (!cox_keyword_usec(reader, line, 1, bounds, &debounce.down)) {
            continue;
        }
        debounce.up = debounce.down;
        if (line->n_words == 2 || cox_keyword_usec(reader, line, 2, bounds, &debounce.up)) {
            g_array_append_val(load->debounces, debounce);
        }
    }
}

/* ---- the whole -------------------------------------------------------------------------------------------- */

static bool
is_one_of(const char *word, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strcmp(word, *words) == 0) {
            return true;
        }
    }
    return false;
}

/* What others refer to comes before them, wherever it stands: settings, followed things, the rest. */
static guint
turn_of(const char *keyword)
{
    static const char *const settings[] = { "global_defs", "net_namespace", "instance", "linkbeat_use_polling", NULL };
    static const char *const followed[] = { "vrrp_script", "track_file", "vrrp_track_file", "vrrp_track_process", NULL };

    if (strcmp(keyword, "vrrp_instance") == 0) {
        return 2; /* thousands may be */
    }
    return is_one_of(keyword, settings) ? 0 : is_one_of(keyword, followed) ? 1 : 2;
}

/* The trees of a configuration, and who has defined what is followed. */
struct roots {
    const struct cox_vrrp_tree *list;
    size_t n;
    GHashTable *defined; /* "KEYWORD NAME" -> block of an earlier tree */
    guint8 *has;         /* of each tree: bits of enum has */
};

enum has { HAS_ROUTERS = 1, HAS_OTHERS = 2 /* in their turn */, HAS_BEFORE = 4 /* settings, followed things */ };

/* Nothing in it points into a set: what routers inherit, and weights, are values. */
struct cox_vrrp_reading {
    struct cox_arena *arena;
    struct cox_diags *diags;
    GArray *instances;   /* struct cox_vrrp_instance */
    char *basis;
};

void
cox_vrrp_reading_free(struct cox_vrrp_reading *reading)
{
    if (reading != NULL) {
        cox_arena_free(reading->arena);
        cox_diags_free(reading->diags);
        g_array_unref(reading->instances);
        g_free(reading->basis);
        g_free(reading);
    }
}

static char *
key_of(const struct cox_block *block)
{
    return g_strdup_printf("%s %s", cox_block_keyword(block), block->n_words > 1 ? cox_block_word(block, 1) : "");
}

/* Has an earlier tree defined it in the same words? */
static bool
is_known(struct cox_keyword_reader *reader, const struct roots *roots, const struct cox_block *block)
{
    g_autofree char *key = key_of(block);
    const struct cox_block *first = g_hash_table_lookup(roots->defined, key);

    if (first != NULL && !cox_block_equal(first, block)) {
        cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, 1, "give it another name, or define it as there", "%s is defined in another way by %s",
                      key, first->file);
    }
    return first != NULL;
}

static void
remember(struct roots *roots, const struct cox_block *root)
{
    for (const struct cox_block *block = root->first; block != NULL; block = block->next) {
        if (turn_of(cox_block_keyword(block)) == 1) {
            g_hash_table_insert(roots->defined, key_of(block), (gpointer) (guintptr) block);
        }
    }
}

static void
read_turn(struct cox_keyword_reader *reader, struct roots *roots, const struct cox_block *root, guint turn)
{
    struct cox_vrrpk_load *load = reader->data;

    for (const struct cox_block *block = root->first; block != NULL; block = block->next) {
        if (turn_of(cox_block_keyword(block)) != turn || (turn == 1 && is_known(reader, roots, block))) {
            continue;
        }
        if (strcmp(cox_block_keyword(block), "global_defs") == 0) {
            cox_keyword_read(reader, "global_defs", block, &load->global);
        } else {
            cox_keyword_read_one(reader, "top", block, &load->global);
        }
    }
}

static guint8
look(const struct cox_block *root)
{
    guint8 has = 0;

    for (const struct cox_block *block = root->first; block != NULL; block = block->next) {
        const char *keyword = cox_block_keyword(block);

        has |= strcmp(keyword, "vrrp_instance") == 0 ? HAS_ROUTERS : turn_of(keyword) < 2 ? HAS_BEFORE : HAS_OTHERS;
    }
    return has;
}

/* All that a router depends on but its own block, short.  For g_free. */
static char *
basis_of(const struct roots *roots)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; i < roots->n; i++) {
        for (const struct cox_block *block = roots->list[i].root->first; block != NULL && (roots->has[i] & HAS_BEFORE) != 0; block = block->next) {
            if (turn_of(cox_block_keyword(block)) < 2) {
                cox_keyword_copy(text, block, 0);
            }
        }
    }
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, (gssize) text->len);
}

static struct cox_vrrp_reading *
read_anew(struct cox_keyword_reader *reader, struct roots *roots, const struct cox_vrrp_tree *tree, const char *basis)
{
    struct cox_vrrpk_load *load = reader->data;
    struct cox_vrrp_reading *reading = g_new0(struct cox_vrrp_reading, 1);
    struct cox_arena *arena = reader->arena;
    struct cox_diags *diags = reader->diags;
    GArray *instances = load->instances;

    reader->arena = reading->arena = cox_arena_new();
    reader->diags = reading->diags = cox_diags_new();
    load->instances = reading->instances = g_array_new(FALSE, FALSE, sizeof(struct cox_vrrp_instance));
    reading->basis = g_strdup(basis);
    load->preferences[0] = load->preferences[1] = FIRST_PREFERENCE;
    read_turn(reader, roots, tree->root, 2);
    reader->arena = arena;
    reader->diags = diags;
    load->instances = instances;
    return reading;
}

static void
read_routers(struct cox_keyword_reader *reader, struct roots *roots, const struct cox_vrrp_tree *tree, const char *basis)
{
    struct cox_vrrpk_load *load = reader->data;

    if (*tree->kept == NULL || strcmp((*tree->kept)->basis, basis) != 0) {
        cox_vrrp_reading_free(*tree->kept);
        *tree->kept = read_anew(reader, roots, tree, basis);
    }
    for (size_t i = 0; i < cox_diags_count((*tree->kept)->diags); i++) {
        cox_diags_add_at(reader->diags, cox_diags_get((*tree->kept)->diags, i));
    }
    g_array_append_vals(load->instances, (*tree->kept)->instances->data, (*tree->kept)->instances->len);
    cox_arena_hold(reader->arena, (*tree->kept)->arena);
}

/* A tree in one turn. */
static void
read_tree(struct cox_keyword_reader *reader, struct roots *roots, size_t i, guint turn)
{
    struct cox_vrrpk_load *load = reader->data;

    load->preferences[0] = load->preferences[1] = FIRST_PREFERENCE;
    if (turn == 2 || (roots->has[i] & HAS_BEFORE) != 0) {
        read_turn(reader, roots, roots->list[i].root, turn);
    }
    if (turn == 1 && i + 1 < roots->n && (roots->has[i] & HAS_BEFORE) != 0) {
        remember(roots, roots->list[i].root);
    }
}

static void
read_all(struct cox_keyword_reader *reader, struct roots *roots)
{
    struct cox_vrrpk_load *load = reader->data;
    struct cox_vrrp_pace pace = { .n_interfaces = 0 };
    g_autofree guint8 *has = roots->has = g_new(guint8, roots->n + 1);
    g_autofree char *basis = NULL;

    roots->defined = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < roots->n; i++) {
        has[i] = look(roots->list[i].root);
    }
    basis = basis_of(roots);
    for (guint turn = 0; turn < 3; turn++) {
        for (size_t i = 0; i < roots->n; i++) {
            if (turn == 2 && roots->list[i].kept != NULL && (has[i] & HAS_OTHERS) == 0) {
                read_routers(reader, roots, &roots->list[i], basis);
            } else {
                read_tree(reader, roots, i, turn);
            }
        }
    }
    g_hash_table_unref(roots->defined);
    pace.arp = load->global.garp_interval;
    pace.na = load->global.gna_interval;
    if (pace.arp > 0 || pace.na > 0) {
        g_array_append_val(load->paces, pace);
    }
    load->global.own.receive_adverts *= load->global.rx_factor;
}

#define ALL_LISTS(X)                                                                                                 \
    X(instances, cox_vrrp_instance) X(groups, cox_vrrp_group) X(scripts, cox_vrrp_script) X(files, cox_vrrp_file)     \
    X(processes, cox_vrrp_process) X(track_groups, cox_vrrp_track_group) X(paces, cox_vrrp_pace)                      \
    X(linkbeats, cox_vrrp_linkbeat) X(debounces, cox_vrrp_debounce)
#define ITEM_LISTS(X)                                                                                                \
    X(static_addresses, cox_vrrp_address) X(static_routes, cox_vrrp_route) X(static_rules, cox_vrrp_rule)             \
    X(tracks, cox_vrrp_track) X(addresses, cox_vrrp_address) X(excluded, cox_vrrp_address)                            \
    X(routes, cox_vrrp_route) X(rules, cox_vrrp_rule) X(peers, cox_vrrp_peer)

struct cox_vrrp_set *
cox_vrrp_set_from_block(const struct cox_block *root, struct cox_diags *diags)
{
    return cox_vrrp_set_from_trees(&(struct cox_vrrp_tree) { .root = root }, 1, diags);
}

struct cox_vrrp_set *
cox_vrrp_set_from_trees(const struct cox_vrrp_tree *trees, size_t n, struct cox_diags *diags)
{
    struct roots all = { .list = trees, .n = n };
    struct cox_vrrp_set *set = cox_vrrp_set_new();
    struct cox_vrrpk_load load = { .members = g_array_new(FALSE, FALSE, sizeof(char *)) };
    struct cox_keyword_reader reader = { .arena = set->arena, .diags = diags, .data = &load };

#define MAKE(list, type) load.list = g_array_new(FALSE, FALSE, sizeof(struct type));
#define KEEP(list, type)                                                                                             \
    set->list = cox_vrrpk_keep(set->arena, load.list, struct type);                                                   \
    set->n_##list = load.list->len;
#define FREE(list, type) g_array_unref(load.list);
    ALL_LISTS(MAKE)
    ITEM_LISTS(MAKE)
    cox_vrrpk_global_init(&load.global);
    cox_keyword_reader_init(&reader, keywords, G_N_ELEMENTS(keywords));
    read_all(&reader, &all);
    cox_keyword_reader_clear(&reader);
    set->global = load.global.own;
    ALL_LISTS(KEEP)
    set->statics = (struct cox_vrrp_items) { cox_vrrpk_keep(set->arena, load.static_addresses, struct cox_vrrp_address),
                                             load.static_addresses->len,
                                             cox_vrrpk_keep(set->arena, load.static_routes, struct cox_vrrp_route), load.static_routes->len,
                                             cox_vrrpk_keep(set->arena, load.static_rules, struct cox_vrrp_rule), load.static_rules->len };
    ALL_LISTS(FREE)
    ITEM_LISTS(FREE)
    g_array_unref(load.members);
    cox_vrrp_set_finish(set);
    cox_vrrp_check(set, diags);
    return set;
}
