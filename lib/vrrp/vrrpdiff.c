/* lib/vrrp/vrrpdiff.c - what a reload changes.  Layer 3, pure. */
#include "vrrp/vrrpdiff.h"

#include <string.h>

/* ---- routers ---- */

static bool
is_same_vmac(const struct cox_vrrp_vmac *a, const struct cox_vrrp_vmac *b)
{
    return a->kind == b->kind && g_strcmp0(a->name, b->name) == 0 && memcmp(a->mac, b->mac, sizeof a->mac) == 0 &&
           cox_ip_equal(&a->ipvlan_address, &b->ipvlan_address) && a->ipvlan_mode == b->ipvlan_mode && a->is_for_others == b->is_for_others;
}

static bool
goes_on(const struct cox_vrrp_instance *a, const struct cox_vrrp_instance *b)
{
    return a->family == b->family && a->vrid == b->vrid && g_strcmp0(a->interface, b->interface) == 0 && g_strcmp0(a->vrf, b->vrf) == 0 &&
           cox_ip_equal(&a->group, &b->group) && (a->n_peers > 0) == (b->n_peers > 0) && a->authority == b->authority &&
           is_same_vmac(&a->vmac, &b->vmac);
}

/* How many of the first routers have the very same name in both sets, as they are of a text that was not read anew. */
static size_t
n_in_place(const struct cox_vrrp_set *before, const struct cox_vrrp_set *after)
{
    size_t n = 0;

    while (before != NULL && n < MIN(before->n_instances, after->n_instances) && before->instances[n].name == after->instances[n].name) {
        n++;
    }
    return n;
}

static GHashTable *
by_name(const struct cox_vrrp_set *set, size_t from)
{
    GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = from; set != NULL && i < set->n_instances; i++) {
        g_hash_table_insert(names, (gpointer) (guintptr) set->instances[i].name, (gpointer) (guintptr) &set->instances[i]);
    }
    return names;
}

static void
add_op(GArray *ops, enum cox_vrrp_op_kind kind, const struct cox_vrrp_instance *before, const struct cox_vrrp_instance *after)
{
    struct cox_vrrp_op op = { kind, before, after };

    g_array_append_val(ops, op);
}

GArray *
cox_vrrp_diff(const struct cox_vrrp_set *before, const struct cox_vrrp_set *after)
{
    size_t n_same = n_in_place(before, after);
    g_autoptr(GHashTable) old = by_name(before, n_same), new = by_name(after, n_same);
    GArray *ops = g_array_new(FALSE, FALSE, sizeof(struct cox_vrrp_op));

    for (size_t i = 0; before != NULL && i < before->n_instances; i++) {
        const struct cox_vrrp_instance *follower = i < n_same ? &after->instances[i] : g_hash_table_lookup(new, before->instances[i].name);

        if (follower == NULL || !goes_on(&before->instances[i], follower)) {
            add_op(ops, COX_VRRP_OP_REMOVE, &before->instances[i], follower);
        }
    }
    for (size_t i = 0; i < after->n_instances; i++) {
        const struct cox_vrrp_instance *earlier = i < n_same ? &before->instances[i] : g_hash_table_lookup(old, after->instances[i].name);
        bool is_kept = earlier != NULL && goes_on(earlier, &after->instances[i]);

        add_op(ops, is_kept ? COX_VRRP_OP_CHANGE : COX_VRRP_OP_ADD, is_kept ? earlier : NULL, &after->instances[i]);
    }
    return ops;
}

/* ---- items: each as a text with all that the kernel is told ---- */

static void
put_text(GString *key, const char *text)
{
    g_string_append_printf(key, "%s|", text != NULL ? text : "");
}

static void
put_ip(GString *key, const struct cox_ip *ip)
{
    char text[COX_IP_TEXT_SIZE];

    put_text(key, cox_ip_format(ip, text));
}

static void
put_number(GString *key, gint64 value)
{
    g_string_append_printf(key, "%" G_GINT64_FORMAT "|", value);
}

static void
put_net(GString *key, const struct cox_vrrp_net *net)
{
    put_ip(key, &net->ip);
    put_number(key, net->prefix);
}

static void
put_address(GString *key, gconstpointer item)
{
    const struct cox_vrrp_address *address = item;

    put_ip(key, &address->ip);
    put_number(key, address->prefix);
    put_ip(key, &address->broadcast);
    put_net(key, &address->peer);
    put_text(key, address->interface);
    put_text(key, address->label);
    put_number(key, address->scope);
    put_number(key, address->preferred_s);
    put_number(key, address->is_home | address->is_nodad << 1 | address->is_mngtmpaddr << 2 | address->is_noprefixroute << 3 |
                        address->is_autojoin << 4 | address->has_vmac << 5);
}

static void
put_route(GString *key, gconstpointer item)
{
    const struct cox_vrrp_route *route = item;
    const gint64 numbers[] = { route->family, route->type, route->table, route->priority, route->scope, route->has_scope, route->protocol,
                               route->tos, route->pref, route->is_appended };

    put_net(key, &route->to);
    put_net(key, &route->from);
    put_ip(key, &route->source);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        put_number(key, numbers[i]);
    }
    for (size_t i = 0; i < route->n_nexthops; i++) {
        put_ip(key, &route->nexthops[i].via);
        put_text(key, route->nexthops[i].interface);
        put_number(key, route->nexthops[i].weight);
        put_number(key, route->nexthops[i].is_onlink);
        put_number(key, route->nexthops[i].realms);
    }
    for (size_t i = 0; i < route->n_metrics; i++) {
        put_number(key, route->metrics[i].kind);
        put_number(key, route->metrics[i].is_locked);
        put_number(key, route->metrics[i].value);
        put_text(key, route->metrics[i].text);
    }
}

static void
put_range(GString *key, const struct cox_vrrp_range *range)
{
    put_number(key, range->is_set);
    put_number(key, range->first);
    put_number(key, range->last);
}

static void
put_rule(GString *key, gconstpointer item)
{
    const struct cox_vrrp_rule *rule = item;
    const gint64 numbers[] = { rule->family, rule->action, rule->is_inverted, rule->table, rule->preference, rule->goto_preference, rule->tos,
                               rule->mark, rule->mark_mask, rule->realms, rule->suppress_prefix, rule->suppress_group,
                               (gint64) rule->tunnel_id, rule->is_l3mdev, rule->protocol, rule->ip_protocol };

    put_net(key, &rule->from);
    put_net(key, &rule->to);
    put_text(key, rule->in_interface);
    put_text(key, rule->out_interface);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        put_number(key, numbers[i]);
    }
    put_range(key, &rule->uids);
    put_range(key, &rule->source_ports);
    put_range(key, &rule->target_ports);
}

/* One of the three arrays of struct cox_vrrp_items. */
struct items {
    const guint8 *first;
    size_t n, size_bytes;
    void (*put)(GString *key, gconstpointer item);
};

static const void *
minus(const struct items *a, const struct items *b, size_t *n, struct cox_vrrp_effects *out)
{
    g_autoptr(GHashTable) there = NULL;
    g_autoptr(GString) key = NULL;
    g_autoptr(GByteArray) left = NULL;

    *n = 0;
    if (a->n == 0 || (a->first == b->first && a->n == b->n)) { /* the same, of a text that was not read anew */
        return NULL;
    }
    there = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    key = g_string_new(NULL);
    left = g_byte_array_new();
    for (size_t i = 0; i < b->n; i++) {
        g_string_truncate(key, 0);
        b->put(key, b->first + i * b->size_bytes);
        g_hash_table_add(there, g_strdup(key->str));
    }
    for (size_t i = 0; i < a->n; i++) {
        g_string_truncate(key, 0);
        a->put(key, a->first + i * a->size_bytes);
        if (!g_hash_table_contains(there, key->str)) {
            g_byte_array_append(left, a->first + i * a->size_bytes, (guint) a->size_bytes);
        }
    }
    *n = left->len / a->size_bytes;
    return cox_effects_array(&out->list, left->data, *n, a->size_bytes);
}

#define ITEMS(first, n, put) (&(struct items) { (const guint8 *) (first), n, sizeof *(first), put })

struct cox_vrrp_items
cox_vrrp_items_minus(const struct cox_vrrp_items *a, const struct cox_vrrp_items *b, struct cox_vrrp_effects *out)
{
    struct cox_vrrp_items left = { 0 };

    left.addresses = minus(ITEMS(a->addresses, a->n_addresses, put_address), ITEMS(b->addresses, b->n_addresses, put_address),
                           &left.n_addresses, out);
    left.routes = minus(ITEMS(a->routes, a->n_routes, put_route), ITEMS(b->routes, b->n_routes, put_route), &left.n_routes, out);
    left.rules = minus(ITEMS(a->rules, a->n_rules, put_rule), ITEMS(b->rules, b->n_rules, put_rule), &left.n_rules, out);
    return left;
}

bool
cox_vrrp_items_is_empty(const struct cox_vrrp_items *items)
{
    return items->n_addresses + items->n_routes + items->n_rules == 0;
}
