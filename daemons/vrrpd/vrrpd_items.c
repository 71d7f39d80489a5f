/* daemons/vrrpd/vrrpd_items.c - addresses, routes and rules of routers in the kernel, their announcement, and the guard's list.  Layer 6. */
#include "daemons/vrrpd/vrrpd_pace.h"
#include "daemons/vrrpd/vrrpd_resource.h"

#include <string.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "netlink/netframes.h"
#include "netlink/netmsg.h"

/* Changes with what they point to; the arrays are never moved after the first pointer was taken. */
struct batch {
    struct cox_net_address *addresses;
    struct cox_net_route *routes;
    struct cox_net_rule *rules;
    struct cox_net_change *changes;
    gsize n_addresses, n_routes, n_rules, n_changes;
    bool removes;
};

static void
batch_init(struct batch *batch, gsize n_addresses, gsize n_routes, gsize n_rules)
{
    *batch = (struct batch) {
        .addresses = g_new0(struct cox_net_address, n_addresses), .routes = g_new0(struct cox_net_route, n_routes),
        .rules = g_new0(struct cox_net_rule, n_rules), .changes = g_new0(struct cox_net_change, n_addresses + n_routes + n_rules),
    };
}

static void
batch_clear(struct batch *batch)
{
    g_free(batch->addresses);
    g_free(batch->routes);
    g_free(batch->rules);
    g_free(batch->changes);
}

/* Number of an interface by name; of the router's own one for NULL; 0 when it is not there. */
static gint32
ifindex_of(const struct cox_vrrpd *vrrpd, const struct cox_vrrpd_router *router, const char *interface)
{
    const struct cox_net_link *link;

    if (interface == NULL) {
        return router == NULL ? 0 : router->vmac[0] != '\0' ? router->vmac_ifindex : router->ifindex;
    }
    link = cox_net_link_named(vrrpd->net, interface);
    return link == NULL ? 0 : link->ifindex;
}

/* Where an address was set: its interface may have another name now. */
static gint32
held_on(const struct cox_vrrpd *vrrpd, const struct cox_vrrpd_router *router, const struct cox_ip *ip)
{
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, vrrpd->held);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const struct cox_vrrpd_held *held = key;

        if (cox_ip_equal(&held->ip, ip) && g_strcmp0(held->instance, router == NULL ? NULL : router->name) == 0) {
            return held->ifindex;
        }
    }
    return 0;
}

static void
copy_name(char *out, const char *name)
{
    if (name != NULL) {
        g_strlcpy(out, name, COX_NET_NAME_BYTES);
    }
}

static void
add_address(const struct cox_vrrpd *vrrpd, const struct cox_vrrpd_router *router, const struct cox_vrrp_address *from, struct batch *batch)
{
    struct cox_net_address *to = &batch->addresses[batch->n_addresses];

    to->ifindex = ifindex_of(vrrpd, router, from->interface);
    if (to->ifindex == 0 && batch->removes) {
        to->ifindex = held_on(vrrpd, router, &from->ip);
    }
    if (to->ifindex == 0) {
        return; /* the engine is in fault, or will hear of the interface when it comes */
    }
    to->local = (struct cox_net_prefix) { from->ip, from->prefix };
    to->broadcast = from->broadcast;
    if (from->peer.ip.family != COX_IP_NONE) {
        to->peer = from->peer.ip;
        to->local.bits = from->peer.prefix;
    }
    copy_name(to->label, from->label);
    to->scope = from->scope;
    to->preferred_s = from->preferred_s < 0 ? COX_NET_FOREVER : (guint32) MIN(from->preferred_s, (gint64) COX_NET_FOREVER - 1);
    to->flags = (from->is_home ? IFA_F_HOMEADDRESS : 0U) | (from->is_mngtmpaddr ? IFA_F_MANAGETEMPADDR : 0U)
                | (from->is_noprefixroute ? IFA_F_NOPREFIXROUTE : 0U) | (from->is_autojoin ? IFA_F_MCAUTOJOIN : 0U);
    if (from->ip.family == COX_IP_V6) {
        to->flags |= IFA_F_NODAD; /* the election says who has it; a second of detection would be a second of outage */
    }
    batch->changes[batch->n_changes++] = (struct cox_net_change) { .kind = COX_NET_ADDRESS, .address = to };
    batch->n_addresses++;
}

/* false: an interface is not there. */
static bool
add_hops(const struct cox_vrrpd *vrrpd, const struct cox_vrrpd_router *router, const struct cox_vrrp_route *from, struct cox_net_route *to)
{
    for (gsize i = 0; i < MIN(from->n_nexthops, (gsize) COX_NET_MAX_HOPS); i++) {
        const struct cox_vrrp_nexthop *hop = &from->nexthops[i];

        to->hops[i] = (struct cox_net_hop) {
            .via = hop->via, .weight = (guint8) MIN(hop->weight, 255U), .is_onlink = hop->is_onlink,
            .ifindex = hop->interface != NULL ? ifindex_of(vrrpd, router, hop->interface) : 0,
        };
        if (hop->interface != NULL && to->hops[i].ifindex == 0) {
            return false;
        }
        to->n_hops++;
    }
    return true;
}

static void
add_route(const struct cox_vrrpd *vrrpd, const struct cox_vrrpd_router *router, const struct cox_vrrp_route *from, struct batch *batch)
{
    struct cox_net_route *to = &batch->routes[batch->n_routes];

    *to = (struct cox_net_route) {
        .family = from->family, .type = from->type, .to = { from->to.ip, from->to.prefix }, .from = { from->from.ip, from->from.prefix },
        .source = from->source, .table = from->table, .metric = from->priority, .protocol = from->protocol, .tos = from->tos,
        .scope = from->scope, .has_preference = from->pref != 0, .preference = from->pref < 0 ? 3 : from->pref > 0 ? 1 : 0,
        .is_appended = from->is_appended,
    };
    if (to->to.bits == 0) {
        to->to.ip = (struct cox_ip) { 0 };
    }
    if (!add_hops(vrrpd, router, from, to)) {
        return; /* it went with the interface, or will be set when that comes */
    }
    if (!from->has_scope && to->n_hops == 1 && to->hops[0].via.family == COX_IP_NONE && from->family == COX_IP_V4) {
        to->scope = RT_SCOPE_LINK; /* a net without a gateway is on the link, as ip(8) has it */
    }
    for (gsize i = 0; i < from->n_metrics; i++) {
        const struct cox_vrrp_metric *metric = &from->metrics[i];

        if (metric->kind > 0 && metric->kind < COX_NET_N_METRICS && metric->text == NULL) {
            to->metrics[metric->kind] = metric->value;
            to->has_metrics |= 1U << metric->kind;
            to->locked_metrics |= metric->is_locked ? 1U << metric->kind : 0;
        }
    }
    batch->changes[batch->n_changes++] = (struct cox_net_change) { .kind = COX_NET_ROUTE, .route = to };
    batch->n_routes++;
}

static void
add_rule(const struct cox_vrrp_rule *from, struct batch *batch)
{
    struct cox_net_rule *to = &batch->rules[batch->n_rules++];

    *to = (struct cox_net_rule) {
        .family = from->family, .is_not = from->is_inverted, .from = { from->from.ip, from->from.prefix }, .to = { from->to.ip, from->to.prefix },
        .tos = from->tos, .action = from->goto_preference != 0 ? FR_ACT_GOTO : from->action, .ip_protocol = from->ip_protocol, .protocol = from->protocol, .mark = from->mark,
        .mark_mask = from->mark_mask, .table = from->table, .preference = from->preference, .has_preference = from->preference != 0,
        .target = from->goto_preference, .realms = from->realms, .suppress_bits = from->suppress_prefix, .suppress_group = from->suppress_group,
        .source_ports = { from->source_ports.first, from->source_ports.last }, .target_ports = { from->target_ports.first, from->target_ports.last },
        .users = { from->uids.first, from->uids.last }, .has_users = from->uids.is_set, .is_l3mdev = from->is_l3mdev,
    };
    copy_name(to->in, from->in_interface);
    copy_name(to->out, from->out_interface);
    batch->changes[batch->n_changes++] = (struct cox_net_change) { .kind = COX_NET_RULE, .rule = to };
}

static void
add_items(const struct cox_vrrpd *vrrpd, const char *instance, const struct cox_vrrp_items *items, struct batch *batch)
{
    const struct cox_vrrpd_router *router = instance == NULL ? NULL : g_hash_table_lookup(vrrpd->routers, instance);

    for (gsize i = 0; i < items->n_addresses; i++) {
        add_address(vrrpd, router, &items->addresses[i], batch);
    }
    for (gsize i = 0; i < items->n_routes; i++) { /* after the addresses, which their sources and gateways may need */
        add_route(vrrpd, router, &items->routes[i], batch);
    }
    for (gsize i = 0; i < items->n_rules; i++) {
        add_rule(&items->rules[i], batch);
    }
}

static void
remember(struct cox_vrrpd *vrrpd, const struct cox_vrrpd_owner *owner, const struct batch *batch)
{
    for (gsize i = 0; i < batch->n_addresses; i++) {
        struct cox_vrrpd_held *held = g_new0(struct cox_vrrpd_held, 1);

        *held = (struct cox_vrrpd_held) { batch->addresses[i].local.ip, batch->addresses[i].ifindex, g_strdup(owner->instance), g_strdup(owner->resource) };
        g_hash_table_replace(vrrpd->held, held, held);
    }
    if (batch->n_routes + batch->n_rules > 0) {
        cox_net_watch_items(vrrpd->net);
    }
}

/* Routes and rules go before the addresses that they need. */
static void
turn_round(struct batch *batch)
{
    for (gsize i = 0; i < batch->n_changes; i++) {
        batch->changes[i].removes = true;
    }
    for (gsize i = 0; i < batch->n_changes / 2; i++) {
        struct cox_net_change change = batch->changes[i];

        batch->changes[i] = batch->changes[batch->n_changes - 1 - i];
        batch->changes[batch->n_changes - 1 - i] = change;
    }
}

/* What the kernel refuses is said, and told to who collects it. */
static void
say_failures(struct cox_vrrpd *vrrpd, const struct cox_vrrpd_owner *owner, const struct batch *batch)
{
    for (gsize i = 0; i < batch->n_changes; i++) {
        g_autofree char *text = batch->changes[i].result == 0 ? NULL : cox_net_change_text(vrrpd->net, &batch->changes[i]);

        if (text == NULL) {
            continue;
        }
        cox_log_event(vrrpd->log, COX_EVENT_VRRP_ITEM, "%s=%s error=\"%s\"", owner->resource != NULL ? "resource" : "router",
                      owner->resource != NULL ? owner->resource : owner->instance != NULL ? owner->instance : "-", text);
        if (vrrpd->failures != NULL) {
            g_string_append_printf(vrrpd->failures, "%s%s", vrrpd->failures->len > 0 ? ", " : "", text);
        }
    }
}

void
cox_vrrpd_set_items(struct cox_vrrpd *vrrpd, const struct cox_vrrpd_owner *owner, const struct cox_vrrp_items *items, bool removes)
{
    struct batch batch;

    batch_init(&batch, items->n_addresses, items->n_routes, items->n_rules);
    batch.removes = removes;
    add_items(vrrpd, owner->instance, items, &batch);
    if (removes) {
        for (gsize i = 0; i < batch.n_addresses; i++) {
            const struct cox_vrrpd_held key = { .ip = batch.addresses[i].local.ip, .ifindex = batch.addresses[i].ifindex };

            g_hash_table_remove(vrrpd->held, &key);
        }
        turn_round(&batch);
    } else {
        remember(vrrpd, owner, &batch);
    }
    if (cox_net_apply(vrrpd->net, batch.changes, batch.n_changes) > 0) {
        say_failures(vrrpd, owner, &batch);
    }
    batch_clear(&batch);
}

void
cox_vrrpd_install(struct cox_vrrpd *vrrpd, const struct cox_vrrp_instance *instance, const struct cox_vrrp_items *items, bool removes)
{
    const struct cox_vrrpd_owner owner = { .instance = instance == NULL ? NULL : instance->name };

    cox_vrrpd_set_items(vrrpd, &owner, items, removes);
}

char *
cox_vrrpd_missing(const struct cox_vrrpd *vrrpd, const char *instance, const struct cox_vrrp_items *items)
{
    const struct cox_vrrpd_router *router = instance == NULL ? NULL : g_hash_table_lookup(vrrpd->routers, instance);

    for (gsize i = 0; i < items->n_addresses; i++) {
        const struct cox_vrrp_address *address = &items->addresses[i];
        gint32 ifindex = ifindex_of(vrrpd, router, address->interface);

        if (ifindex == 0 || !cox_net_has_address(vrrpd->net, ifindex, &address->ip)) {
            const char *own = router == NULL ? "?" : router->vmac[0] != '\0' ? router->vmac : router->base;
            char text[COX_IP_TEXT_SIZE];

            return g_strdup_printf("address %s on %s", cox_ip_format(&address->ip, text), address->interface != NULL ? address->interface : own);
        }
    }
    return NULL;
}

/* Would a route to this gateway go out here? */
static bool
has_net_of(const struct cox_vrrpd *vrrpd, const struct cox_net_link *link, const struct cox_ip *via)
{
    const struct cox_net_address *address;

    for (gsize i = 0; (address = cox_net_address(vrrpd->net, link->ifindex, i)) != NULL; i++) {
        if (address->local.ip.family == via->family && cox_ip_is_in(via, &address->local.ip, address->local.bits)) {
            return true;
        }
    }
    return false;
}

static bool
misses_address(const struct cox_vrrpd *vrrpd, const struct cox_vrrpd_router *router, const struct cox_vrrp_address *address, gint32 ifindex)
{
    return ifindex_of(vrrpd, router, address->interface) == ifindex && !cox_net_has_address(vrrpd->net, ifindex, &address->ip);
}

bool
cox_vrrpd_misses(const struct cox_vrrpd *vrrpd, const char *instance, const struct cox_vrrp_items *items, const struct cox_net_link *link)
{
    const struct cox_vrrpd_router *router = instance == NULL ? NULL : g_hash_table_lookup(vrrpd->routers, instance);

    for (gsize i = 0; i < items->n_addresses; i++) {
        if (misses_address(vrrpd, router, &items->addresses[i], link->ifindex)) {
            return true;
        }
    }
    for (gsize i = 0; i < items->n_routes; i++) { /* nobody has told what became of them */
        for (gsize k = 0; k < items->routes[i].n_nexthops; k++) {
            const struct cox_vrrp_nexthop *hop = &items->routes[i].nexthops[k];

            if (hop->interface != NULL ? strcmp(hop->interface, link->name) == 0 : has_net_of(vrrpd, link, &hop->via)) {
                return true;
            }
        }
    }
    return false;
}

static bool
is_net(const struct cox_vrrp_net *ours, const struct cox_net_prefix *told)
{
    return ours->prefix == told->bits && (told->bits == 0 || cox_ip_is_in(&ours->ip, &told->ip, told->bits));
}

/* Are all ways that are told of (of several only some may be) ours?  Where none are told the net decides. */
static bool
has_ways(const struct cox_vrrp_route *ours, const struct cox_net_route *told)
{
    for (guint i = 0; i < told->n_hops && ours->n_nexthops > 0; i++) {
        bool is_found = false;

        for (gsize k = 0; k < ours->n_nexthops; k++) {
            is_found = is_found || cox_ip_equal(&ours->nexthops[k].via, &told->hops[i].via);
        }
        if (!is_found) {
            return false;
        }
    }
    return true;
}

static bool
is_route(const struct cox_vrrp_route *ours, const struct cox_net_route *told)
{
    return ours->family == told->family && is_net(&ours->to, &told->to) && (ours->table == 0 ? RT_TABLE_MAIN : ours->table) == told->table
           && (ours->priority == 0 || ours->priority == told->metric) && ours->tos == told->tos && has_ways(ours, told);
}

static bool
is_rule(const struct cox_vrrp_rule *ours, const struct cox_net_rule *told)
{
    return ours->family == told->family && is_net(&ours->from, &told->from) && is_net(&ours->to, &told->to)
           && (ours->preference == 0 || ours->preference == told->preference) && ours->mark == told->mark && ours->mark_mask == told->mark_mask;
}

bool
cox_vrrpd_has_item(const struct cox_vrrp_items *items, const struct cox_net_route *route, const struct cox_net_rule *rule)
{
    if (route == NULL && rule == NULL) {
        return items->n_routes + items->n_rules > 0;
    }
    for (gsize i = 0; route != NULL && i < items->n_routes; i++) {
        if (is_route(&items->routes[i], route)) {
            return true;
        }
    }
    for (gsize i = 0; rule != NULL && i < items->n_rules; i++) {
        if (is_rule(&items->rules[i], rule)) {
            return true;
        }
    }
    return false;
}

/* A search in the kernel for items that nobody has started here. */
struct search {
    const struct cox_vrrpd *vrrpd;
    const struct cox_vrrp_items *items;
    bool *is_found;          /* routes, then rules */
    GArray *routes, *rules;  /* struct cox_net_route, struct cox_net_rule: as they were told */
};

static bool
goes_out_there(const struct cox_vrrpd *vrrpd, const struct cox_vrrp_route *ours, const struct cox_net_route *told)
{
    const char *interface = ours->n_nexthops == 1 ? ours->nexthops[0].interface : NULL;

    return interface == NULL || (told->n_hops == 1 && told->hops[0].ifindex == ifindex_of(vrrpd, NULL, interface));
}

static void
compare(void *context, const struct cox_net_route *route, const struct cox_net_rule *rule)
{
    const struct search *search = context;
    const struct cox_vrrp_items *items = search->items;
    bool is_one = false;

    for (gsize i = 0; route != NULL && route->protocol != RTPROT_KERNEL && i < items->n_routes; i++) {
        if (is_route(&items->routes[i], route) && goes_out_there(search->vrrpd, &items->routes[i], route)) {
            search->is_found[i] = is_one = true;
        }
    }
    for (gsize i = 0; rule != NULL && i < items->n_rules; i++) {
        if (is_rule(&items->rules[i], rule) && (items->rules[i].table == 0 || items->rules[i].table == rule->table)) {
            search->is_found[items->n_routes + i] = is_one = true;
        }
    }
    if (is_one && route != NULL) {
        g_array_append_vals(search->routes, route, 1);
    } else if (is_one) {
        g_array_append_vals(search->rules, rule, 1);
    }
}

static gssize
find(struct cox_vrrpd *vrrpd, const struct cox_vrrp_items *items, GArray *routes, GArray *rules)
{
    const gsize n = items->n_routes + items->n_rules;
    g_autofree bool *is_found = g_new0(bool, n);
    struct search search = { vrrpd, items, is_found, routes, rules };
    gssize n_found = 0;

    if (!cox_net_tell_items(vrrpd->net, compare, &search)) {
        return -1;
    }
    for (gsize i = 0; i < n; i++) {
        n_found += is_found[i];
    }
    return n_found;
}

gssize
cox_vrrpd_count_items(struct cox_vrrpd *vrrpd, const struct cox_vrrp_items *items)
{
    g_autoptr(GArray) routes = g_array_new(FALSE, FALSE, sizeof(struct cox_net_route)), rules = g_array_new(FALSE, FALSE, sizeof(struct cox_net_rule));

    return find(vrrpd, items, routes, rules);
}

char *
cox_vrrpd_sweep_items(struct cox_vrrpd *vrrpd, const struct cox_vrrp_items *items)
{
    g_autoptr(GArray) routes = g_array_new(FALSE, FALSE, sizeof(struct cox_net_route)), rules = g_array_new(FALSE, FALSE, sizeof(struct cox_net_rule));
    gssize n = find(vrrpd, items, routes, rules);
    char *refused = n < 0 ? g_strdup("the kernel does not tell its routes") : NULL;

    for (guint i = 0; i < routes->len + rules->len && refused == NULL; i++) {
        struct cox_net_change change = { .kind = COX_NET_ROUTE, .removes = true };

        if (i < routes->len) {
            change.route = &g_array_index(routes, struct cox_net_route, i);
        } else {
            struct cox_net_rule *rule = &g_array_index(rules, struct cox_net_rule, i - routes->len);

            rule->is_anybodys = true;
            change.kind = COX_NET_RULE;
            change.rule = rule;
        }
        refused = cox_net_apply(vrrpd->net, &change, 1) == 0 ? NULL : cox_net_change_text(vrrpd->net, &change);
    }
    return refused;
}

/* Announcements. */

static bool
is_forwarding(struct cox_vrrpd *vrrpd, const char *interface)
{
    g_autofree char *key = g_strdup_printf("ipv6/conf/%s/forwarding", interface);
    g_autofree char *value = cox_net_sysctl_value(vrrpd->net, key);

    return value != NULL && strcmp(value, "0") != 0;
}

void
cox_vrrpd_announce_addresses(struct cox_vrrpd *vrrpd, const struct cox_vrrpd_router *router, const struct cox_vrrp_address *addresses, gsize n_addresses)
{
    g_autofree struct cox_net_frame *frames = g_new0(struct cox_net_frame, n_addresses);
    gint32 last = 0;
    bool is_router = false;
    gsize n = 0;

    for (gsize i = 0; i < n_addresses; i++) {
        const struct cox_net_link *link = cox_net_link(vrrpd->net, ifindex_of(vrrpd, router, addresses[i].interface));

        if (link == NULL || !link->has_mac) {
            continue; /* without a MAC there are no neighbours to tell */
        }
        if (addresses[i].ip.family == COX_IP_V6 && link->ifindex != last) {
            is_router = is_forwarding(vrrpd, link->name);
            last = link->ifindex;
        }
        cox_netframe_announce(&(struct cox_netframe_spec) { link, &addresses[i].ip, false, is_router }, &frames[n++]);
    }
    if (router != NULL) {
        cox_vrrpd_pacing_send(vrrpd->pacing, router->name, frames, n);
    } else {
        (void) cox_net_send(vrrpd->net, frames, n);
    }
}

void
cox_vrrpd_announce(struct cox_vrrpd *vrrpd, const struct cox_vrrp_effect *effect)
{
    const struct cox_vrrpd_router *router = g_hash_table_lookup(vrrpd->routers, effect->instance->name);

    for (guint i = 0; i < effect->announce.repeat; i++) {
        cox_vrrpd_announce_addresses(vrrpd, router, effect->announce.addresses, effect->announce.n_addresses);
    }
}

/* The guard. */

/* Not those that are the host's own. */
static void
list_items(const struct cox_vrrpd *vrrpd, const struct cox_vrrp_instance *instance, const struct cox_vrrp_items *items, GByteArray *list)
{
    g_autofree struct cox_vrrp_address *addresses = g_new(struct cox_vrrp_address, items->n_addresses);
    struct cox_vrrp_items ours = *items;
    struct batch batch;

    ours.addresses = addresses;
    ours.n_addresses = 0;
    for (gsize i = 0; i < items->n_addresses; i++) {
        if (!cox_vrrp_is_own(vrrpd->engine, instance, &items->addresses[i])) {
            addresses[ours.n_addresses++] = items->addresses[i];
        }
    }
    batch_init(&batch, ours.n_addresses, ours.n_routes, ours.n_rules);
    batch.removes = true;
    add_items(vrrpd, instance->name, &ours, &batch);
    turn_round(&batch);
    for (gsize i = 0; i < batch.n_changes; i++) {
        cox_netmsg_change(list, &batch.changes[i], (guint32) i);
    }
    batch_clear(&batch);
}

void
cox_vrrpd_brief_guard(struct cox_vrrpd *vrrpd)
{
    const struct cox_vrrp_set *set = cox_vrrp_set_of(vrrpd->engine);
    g_autoptr(GByteArray) list = g_byte_array_new();

    vrrpd->needs_brief = false;
    for (gsize i = 0; set != NULL && i < set->n_instances; i++) {
        const struct cox_vrrp_instance *instance = &set->instances[i];
        const struct cox_vrrp_items excluded = { .addresses = instance->excluded, .n_addresses = instance->n_excluded };

        if (instance->authority == COX_VRRP_AUTHORITY_CLUSTER) {
            continue; /* no other node takes them before the cluster has seen to this one; we are back before that */
        }
        list_items(vrrpd, instance, &instance->items, list);
        list_items(vrrpd, instance, &excluded, list);
    }
    if (vrrpd->guard != NULL) {
        cox_vrrpguard_brief(vrrpd->guard, list);
    }
}
