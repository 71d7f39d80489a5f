/* daemons/vrrpd/vrrpd_links.c - interfaces: what is told of them, virtual ones, and where routers listen.  Layer 6. */
#include "daemons/vrrpd/vrrpd_kept.h"
#include "daemons/vrrpd/vrrpd_resource.h"

#include <string.h>
#include <linux/if_addr.h>

#include "base/error.h"
#include "netlink/netframes.h"

enum { OWNER = 255, OPEN_AGAIN_MS = 1000 }; /* between two tries of a router that is not open, for what nobody tells the end of */

guint
cox_vrrpd_held_hash(gconstpointer key)
{
    const struct cox_vrrpd_held *held = key;

    return cox_ip_hash(&held->ip) ^ (guint) held->ifindex;
}

gboolean
cox_vrrpd_held_equal(gconstpointer a, gconstpointer b)
{
    const struct cox_vrrpd_held *one = a, *other = b;

    return one->ifindex == other->ifindex && cox_ip_equal(&one->ip, &other->ip);
}

void
cox_vrrpd_held_free(gpointer data)
{
    struct cox_vrrpd_held *held = data;

    g_free(held->instance);
    g_free(held->resource);
    g_free(held);
}

void
cox_vrrpd_router_free(gpointer data)
{
    struct cox_vrrpd_router *router = data;

    g_array_unref(router->peers);
    g_free(router->name);
    g_free(router->closed);
    g_free(router->told);
    g_free(router);
}

/*
 * Where a router listens.  A frame from the virtual MAC of another router of the group comes in at the virtual interface with that MAC, and
 * at no other; unicast comes in below.
 */
static struct cox_vrrpsock_place
place_of(const struct cox_vrrpd_router *router)
{
    if (router->vmac_ifindex != 0 && router->group.family != COX_IP_NONE) {
        return (struct cox_vrrpsock_place) { router->vmac_ifindex, router->ifindex, router->vrid, router->vmac, router->family, router->group, 0 };
    }
    return (struct cox_vrrpsock_place) { router->ifindex, router->ifindex, 0, router->base, router->family, router->group, 0 };
}

static void
stop_listening(struct cox_vrrpd *vrrpd, struct cox_vrrpd_router *router)
{
    const struct cox_vrrpsock_place place = { .ifindex = router->listens, .family = router->family };

    if (router->is_listening) {
        cox_vrrpsock_leave(vrrpd->sockets, &place);
        router->is_listening = false;
    }
}

static void
start_listening(struct cox_vrrpd *vrrpd, struct cox_vrrpd_router *router, GError **error)
{
    const struct cox_vrrpsock_place place = place_of(router);

    if (router->is_listening && router->listens != place.ifindex) {
        stop_listening(vrrpd, router);
    }
    if (!router->is_listening) {
        router->is_listening = cox_vrrpsock_join(vrrpd->sockets, &place, error);
        router->listens = place.ifindex;
    }
}

/* Virtual interfaces. */

static void
set(struct cox_vrrpd *vrrpd, const char *family, const char *interface, const char *key, const char *value)
{
    g_autofree char *path = g_strdup_printf("%s/conf/%s/%s", family, interface, key);
    g_autoptr(GError) error = NULL;

    if (!cox_net_sysctl(vrrpd->net, path, value, &error)) {
        cox_log_line(vrrpd->log, COX_LOG_INFO, "setting not made error=\"%s\"", error->message);
    }
}

static void
prepare_vmac(struct cox_vrrpd *vrrpd, const struct cox_vrrpd_router *router)
{
    static const struct {
        const char *family, *key, *value;
    } settings[] = {
        { "ipv4", "arp_ignore", "1" }, { "ipv4", "arp_filter", "0" }, { "ipv4", "rp_filter", "0" }, { "ipv4", "accept_local", "1" },
        { "ipv4", "promote_secondaries", "1" },
        { "ipv6", "addr_gen_mode", "1" }, { "ipv6", "accept_ra", "0" }, { "ipv6", "autoconf", "0" }, { "ipv6", "accept_dad", "0" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(settings); i++) {
        set(vrrpd, settings[i].family, router->vmac, settings[i].key, settings[i].value);
    }
    cox_vrrpd_settle(vrrpd, router->base);
}

/* Left behind by a daemon that was killed: a macvlan with a MAC of virtual routers, or with ours, that no router of this process uses. */
static bool
is_left_over(const struct cox_vrrpd *vrrpd, const struct cox_vrrpd_router *router, const struct cox_net_link *link)
{
    static const guint8 virtual[4] = { 0x00, 0x00, 0x5e, 0x00 };
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, vrrpd->routers);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (((const struct cox_vrrpd_router *) value)->vmac_ifindex == link->ifindex) {
            return false;
        }
    }
    return link->is_macvlan && (memcmp(link->mac, virtual, sizeof virtual) == 0 || memcmp(link->mac, router->mac, sizeof link->mac) == 0);
}

/* Has this process made it, or an earlier one that was killed?  Then it goes with its last router. */
static bool
is_ours(const struct cox_vrrpd *vrrpd, const struct cox_vrrpd_router *router, const struct cox_net_link *link)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, vrrpd->routers);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct cox_vrrpd_router *other = value;

        if (other->vmac_ifindex == link->ifindex && other->has_made_vmac) {
            return true;
        }
    }
    return is_left_over(vrrpd, router, link);
}

/* Make or remove an interface, and see that it is so. */
static bool
change_vmac(struct cox_vrrpd *vrrpd, const struct cox_net_link *link, bool removes, GError **error)
{
    struct cox_net_change change = { .kind = COX_NET_MACVLAN, .removes = removes, .link = link };

    if (cox_net_apply(vrrpd->net, &change, 1) != 0) {
        g_autofree char *text = cox_net_change_text(vrrpd->net, &change);

        g_set_error(error, COX_ERROR, COX_ERROR_OS, "%s", text);
        return false;
    }
    return cox_net_dispatch(vrrpd->net, error);
}

static bool
make_vmac(struct cox_vrrpd *vrrpd, struct cox_vrrpd_router *router, GError **error)
{
    struct cox_net_link wanted = { .parent = router->ifindex };
    const struct cox_net_link *link = cox_net_link_named(vrrpd->net, router->vmac);

    g_strlcpy(wanted.name, router->vmac, sizeof wanted.name);
    memcpy(wanted.mac, router->mac, sizeof wanted.mac);
    if (link != NULL && (!link->is_macvlan || link->parent != router->ifindex || memcmp(link->mac, router->mac, sizeof wanted.mac) != 0)) {
        const struct cox_net_link other = *link;

        if (!is_left_over(vrrpd, router, link)) {
            g_set_error(error, COX_ERROR, COX_ERROR_OS, "interface %s: there is another one of this name; remove it, or name ours: use_vmac NAME",
                        router->vmac);
            return false;
        }
        if (!change_vmac(vrrpd, &other, true, error)) {
            return false;
        }
        link = NULL;
    }
    router->has_made_vmac = link == NULL || is_ours(vrrpd, router, link);
    if (link == NULL) {
        if (!change_vmac(vrrpd, &wanted, false, error)) {
            return false;
        }
        link = cox_net_link_named(vrrpd->net, router->vmac);
    }
    if (link == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_OS, "interface %s was made, and is not there", router->vmac);
        return false;
    }
    router->vmac_ifindex = link->ifindex;
    return true;
}

static bool
raise_vmac(struct cox_vrrpd *vrrpd, struct cox_vrrpd_router *router, GError **error)
{
    struct cox_net_link link = { .ifindex = router->vmac_ifindex, .is_up = true };
    struct cox_net_change up = { .kind = COX_NET_LINK_STATE, .link = &link };

    prepare_vmac(vrrpd, router);
    if (cox_net_apply(vrrpd->net, &up, 1) != 0) {
        g_autofree char *text = cox_net_change_text(vrrpd->net, &up);

        g_set_error(error, COX_ERROR, COX_ERROR_OS, "%s", text);
        return false;
    }
    return cox_net_dispatch(vrrpd->net, error);
}

static void
set_closed(struct cox_vrrpd *vrrpd, struct cox_vrrpd_router *router, const char *reason)
{
    bool is_vmac = router->vmac[0] != '\0' && router->vmac_ifindex == 0;

    if (g_strcmp0(router->closed, reason) == 0) {
        return;
    }
    if (reason != NULL && (router->ifindex != 0 || router->base[0] == '\0')) { /* that an interface is not there the engine says itself */
        cox_log_event(vrrpd->log, is_vmac ? COX_EVENT_VRRP_VMAC : COX_EVENT_VRRP_SOCKET, "router=%s error=\"%s\"", router->name, reason);
    }
    g_free(router->closed);
    router->closed = g_strdup(reason);
}

/* All that a router needs to send and receive. */
static void
ready(struct cox_vrrpd *vrrpd, struct cox_vrrpd_router *router)
{
    const struct cox_net_link *link = cox_net_link_named(vrrpd->net, router->base);
    g_autoptr(GError) error = NULL;

    router->ifindex = link == NULL ? 0 : link->ifindex;
    if (router->vmac[0] != '\0' && cox_net_link(vrrpd->net, router->vmac_ifindex) == NULL) {
        router->vmac_ifindex = 0;
        if (router->ifindex != 0 && make_vmac(vrrpd, router, &error) && !raise_vmac(vrrpd, router, &error)) {
            router->vmac_ifindex = 0;
        }
    }
    if (router->ifindex == 0 && router->base[0] != '\0') {
        g_set_error(&error, COX_ERROR, COX_ERROR_OS, "interface %s is not there", router->base);
    }
    if (error == NULL) {
        start_listening(vrrpd, router, &error);
    } else {
        stop_listening(vrrpd, router);
    }
    set_closed(vrrpd, router, error == NULL ? NULL : error->message);
}

static void
take_settings(struct cox_vrrpd_router *router, const struct cox_vrrp_instance *instance)
{
    bool follows_owner = instance->vmac.kind == COX_VRRP_VMAC_NONE && instance->priority != OWNER && instance->authority == COX_VRRP_AUTHORITY_VRRP;

    router->must_settle = router->must_settle || follows_owner != router->follows_owner;
    router->follows_owner = follows_owner;
    router->sends_from_base = instance->vmac.sends_from_base;
    g_array_set_size(router->peers, 0);
    for (gsize i = 0; i < instance->n_peers; i++) {
        g_array_append_val(router->peers, instance->peers[i].ip);
    }
}

void
cox_vrrpd_refresh(struct cox_vrrpd *vrrpd)
{
    const struct cox_vrrp_set *set = cox_vrrp_set_of(vrrpd->engine);

    for (gsize i = 0; i < set->n_instances; i++) {
        struct cox_vrrpd_router *router = g_hash_table_lookup(vrrpd->routers, set->instances[i].name);

        if (router == NULL) {
            continue;
        }
        take_settings(router, &set->instances[i]);
        if (router->must_settle) {
            router->must_settle = false;
            cox_vrrpd_settle(vrrpd, router->base);
        }
    }
}

static void
name_vmac(struct cox_vrrpd_router *router, const struct cox_vrrp_instance *instance)
{
    static const guint8 four[5] = { 0x00, 0x00, 0x5e, 0x00, 0x01 }, six[5] = { 0x00, 0x00, 0x5e, 0x00, 0x02 }, none[6];

    g_strlcpy(router->vmac, instance->vmac.name, sizeof router->vmac);
    memcpy(router->mac, instance->family == COX_IP_V6 ? six : four, 5);
    router->mac[5] = instance->vrid;
    if (memcmp(instance->vmac.mac, none, sizeof none) != 0) {
        memcpy(router->mac, instance->vmac.mac, sizeof router->mac);
    }
}

/* Was it not there before, or another one? */
static bool
is_new(struct cox_vrrpd *vrrpd, const char *name, gint32 ifindex)
{
    gint32 before = GPOINTER_TO_INT(g_hash_table_lookup(vrrpd->there, name));

    if (ifindex == 0) {
        g_hash_table_remove(vrrpd->there, name);
    } else {
        g_hash_table_replace(vrrpd->there, g_strdup(name), GINT_TO_POINTER(ifindex));
    }
    return ifindex != 0 && ifindex != before;
}

/* Has it just begun to work? */
static bool
has_come_up(struct cox_vrrpd *vrrpd, const char *name, bool is_up)
{
    return is_up ? g_hash_table_add(vrrpd->up, g_strdup(name)) : (g_hash_table_remove(vrrpd->up, name), false);
}

/* A virtual interface that was made with its router has not come back: nothing that was on it is lost. */
static void
know_vmac(struct cox_vrrpd *vrrpd, const struct cox_vrrpd_router *router)
{
    const struct cox_net_link *link = router->has_made_vmac ? cox_net_link(vrrpd->net, router->vmac_ifindex) : NULL;

    if (link != NULL) {
        (void) is_new(vrrpd, link->name, link->ifindex);
        (void) has_come_up(vrrpd, link->name, link->is_up && link->has_carrier);
    }
}

void
cox_vrrpd_open(struct cox_vrrpd *vrrpd, const struct cox_vrrp_instance *instance)
{
    struct cox_vrrpd_router *router = g_new0(struct cox_vrrpd_router, 1);

    cox_vrrpd_close(vrrpd, instance->name);
    router->name = g_strdup(instance->name);
    router->peers = g_array_new(FALSE, FALSE, sizeof(struct cox_ip));
    router->family = instance->family;
    router->vrid = instance->vrid;
    if (instance->interface != NULL) {
        g_strlcpy(router->base, instance->interface, sizeof router->base);
    }
    if (instance->n_peers == 0) {
        router->group = instance->group;
    }
    take_settings(router, instance);
    if (instance->vmac.kind == COX_VRRP_VMAC_MACVLAN && instance->interface != NULL) {
        name_vmac(router, instance);
    }
    g_hash_table_insert(vrrpd->routers, router->name, router);
    ready(vrrpd, router);
    know_vmac(vrrpd, router);
}

/* Is a virtual interface still somebody's? */
static bool
is_used(const struct cox_vrrpd *vrrpd, const char *interface)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, vrrpd->routers);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct cox_vrrpd_router *router = value;

        if (strcmp(router->vmac, interface) == 0) {
            return true;
        }
    }
    return false;
}

void
cox_vrrpd_close(struct cox_vrrpd *vrrpd, const char *name)
{
    gpointer key = NULL, value = NULL;
    struct cox_vrrpd_router *router;

    if (!g_hash_table_steal_extended(vrrpd->routers, name, &key, &value)) {
        return;
    }
    router = value;
    stop_listening(vrrpd, router);
    if (router->has_made_vmac && !is_used(vrrpd, router->vmac)) {
        const struct cox_net_link link = { .ifindex = router->vmac_ifindex };
        struct cox_net_change change = { .kind = COX_NET_MACVLAN, .removes = true, .link = &link };

        (void) cox_net_apply(vrrpd->net, &change, 1);
    }
    cox_vrrpd_settle(vrrpd, router->base);
    cox_vrrpd_router_free(router);
}

/* What the network tells. */

static void
on_link(void *context, const struct cox_net_link *link)
{
    struct cox_vrrpd *vrrpd = context;

    g_hash_table_add(vrrpd->news, g_strdup(link->name));
    vrrpd->needs_brief = true;
    cox_vrrpd_tell_soon(vrrpd);
}

static void
add_lost(struct cox_vrrpd *vrrpd, const struct cox_vrrpd_held *held)
{
    struct cox_vrrpd_held *lost = g_memdup2(held, sizeof *held);

    lost->instance = g_strdup(held->instance);
    lost->resource = g_strdup(held->resource);
    g_ptr_array_add(vrrpd->lost, lost);
}

static void
on_address(void *context, const struct cox_net_address *address, bool is_there)
{
    struct cox_vrrpd *vrrpd = context;
    const struct cox_net_link *link = cox_net_link(vrrpd->net, address->ifindex);
    const struct cox_vrrpd_held key = { .ip = address->local.ip, .ifindex = address->ifindex };
    const struct cox_vrrpd_held *held = is_there ? NULL : g_hash_table_lookup(vrrpd->held, &key);

    if (link != NULL) {
        g_hash_table_add(vrrpd->news, g_strdup(link->name));
    }
    if (held != NULL) {
        add_lost(vrrpd, held);
    } else if (!is_there) {
        vrrpd->needs_brief = true; /* it may be the host's own that a router owns, and ours to set now */
    }
    cox_vrrpd_tell_soon(vrrpd);
}

/* A route or rule is gone, or (both NULL) some may be: whoever holds such a one sets it again. */
static void
on_item_gone(void *context, const struct cox_net_route *route, const struct cox_net_rule *rule)
{
    struct cox_vrrpd *vrrpd = context;
    const struct cox_vrrp_set *set = vrrpd->engine == NULL ? NULL : cox_vrrp_set_of(vrrpd->engine);

    for (gsize i = 0; set != NULL && i < set->n_instances; i++) {
        const struct cox_vrrpd_held held = { .instance = (char *) (guintptr) set->instances[i].name };

        if (cox_vrrpd_has_item(&set->instances[i].items, route, rule)) {
            add_lost(vrrpd, &held);
        }
    }
    for (guint i = 0; i < vrrpd->resources->len; i++) {
        const struct cox_vrrpd_resource *resource = g_ptr_array_index(vrrpd->resources, i);
        const struct cox_vrrpd_held held = { .resource = resource->id };

        if (cox_vrrpd_has_item(&resource->items, route, rule)) {
            add_lost(vrrpd, &held);
        }
    }
    if (set != NULL && cox_vrrpd_has_item(&set->statics, route, rule)) {
        add_lost(vrrpd, &(struct cox_vrrpd_held) { 0 });
    }
    if (vrrpd->lost->len > 0) {
        cox_vrrpd_tell_soon(vrrpd);
    }
}

struct cox_net_handler
cox_vrrpd_net_handler(struct cox_vrrpd *vrrpd)
{
    return (struct cox_net_handler) { .link = on_link, .link_gone = on_link, .address = on_address, .item_gone = on_item_gone, .context = vrrpd };
}

static bool
is_usable(const struct cox_net_address *address)
{
    return (address->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) == 0;
}

/* An address of ours that a neighbour at @peer knows us by; NULL: none. */
static const struct cox_ip *
own_address(const struct cox_vrrpd *vrrpd, const struct cox_net_link *link, const struct cox_ip *peer)
{
    const struct cox_net_address *address;

    for (gsize i = 0; (address = cox_net_address(vrrpd->net, link->ifindex, i)) != NULL; i++) {
        const struct cox_ip *ip = &address->local.ip;
        const struct cox_vrrpd_held key = { .ip = *ip, .ifindex = link->ifindex };

        if (ip->family == peer->family && is_usable(address) && cox_ip_is_in(peer, ip, address->local.bits)
            && !g_hash_table_contains(vrrpd->held, &key)) {
            return ip;
        }
    }
    return NULL;
}

/*
 * An interface works again.  What was sent to unicast peers meanwhile found no MAC, and the kernel looks again only once in a second: our
 * adverts would come too late, and there would be two masters.
 */
static void
greet_peers(struct cox_vrrpd *vrrpd, const struct cox_net_link *link)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, vrrpd->routers);
    while (link->has_mac && g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct cox_vrrpd_router *router = value;

        for (guint i = 0; router->ifindex == link->ifindex && i < router->peers->len; i++) {
            const struct cox_ip *peer = &g_array_index(router->peers, struct cox_ip, i);
            const struct cox_netframe_spec spec = { .link = link, .ip = own_address(vrrpd, link, peer) };
            struct cox_net_frame frame;

            if (spec.ip != NULL) {
                cox_netframe_ask(&spec, peer, &frame);
                (void) cox_net_send(vrrpd->net, &frame, 1);
            }
        }
    }
}

/* An interface is there, or works, again: what belongs on it was not set, or went with it. */
static void
set_again(struct cox_vrrpd *vrrpd, const char *name)
{
    const struct cox_vrrp_set *set = cox_vrrp_set_of(vrrpd->engine);
    const struct cox_net_link *link;

    (void) cox_net_dispatch(vrrpd->net, NULL); /* what was set just now is there; a failure is seen by who waits for it */
    link = cox_net_link_named(vrrpd->net, name);
    if (link == NULL || vrrpd->is_stopping) {
        return;
    }
    for (guint i = 0; i < vrrpd->resources->len; i++) {
        struct cox_vrrpd_resource *resource = g_ptr_array_index(vrrpd->resources, i);

        if (cox_vrrpd_misses(vrrpd, NULL, &resource->items, link)) {
            cox_vrrpd_resource_restore(vrrpd, resource);
        }
    }
    if (set != NULL && cox_vrrpd_misses(vrrpd, NULL, &set->statics, link)) {
        cox_vrrpd_install(vrrpd, NULL, &set->statics, false);
    }
    for (gsize i = 0; set != NULL && i < set->n_instances; i++) {
        const struct cox_vrrp_instance *instance = &set->instances[i];
        const struct cox_vrrp_items excluded = { .addresses = instance->excluded, .n_addresses = instance->n_excluded };
        const struct cox_vrrp_event event = { .kind = COX_VRRP_ON_LOST, .lost = instance->name };

        if (cox_vrrpd_misses(vrrpd, instance->name, &instance->items, link) || cox_vrrpd_misses(vrrpd, instance->name, &excluded, link)) {
            cox_vrrpd_step(vrrpd, &event); /* it is for a master only */
        }
    }
}

/* What a resource holds moves as what a router holds: it comes last, and is no primary address that adverts are sent from. */
static bool
is_of_resource(const struct cox_vrrpd *vrrpd, const struct cox_net_address *address)
{
    const struct cox_vrrpd_held key = { .ip = address->local.ip, .ifindex = address->ifindex };
    const struct cox_vrrpd_held *held = g_hash_table_lookup(vrrpd->held, &key);

    return held != NULL && held->resource != NULL;
}

static void
add_addresses(const struct cox_vrrpd *vrrpd, gint32 ifindex, bool wants_resources, GArray *addresses)
{
    const struct cox_net_address *address;

    for (gsize i = 0; (address = cox_net_address(vrrpd->net, ifindex, i)) != NULL; i++) {
        if (is_usable(address) && is_of_resource(vrrpd, address) == wants_resources) {
            g_array_append_val(addresses, address->local.ip);
        }
    }
}

static void
tell_link(struct cox_vrrpd *vrrpd, const char *name)
{
    const struct cox_net_link *found = cox_net_link_named(vrrpd->net, name);
    g_autoptr(GArray) addresses = g_array_new(FALSE, FALSE, sizeof(struct cox_ip));
    struct cox_vrrp_link link = { .name = name };
    struct cox_vrrp_event event = { .kind = COX_VRRP_ON_LINK, .link = &link };
    bool is_back = is_new(vrrpd, name, found == NULL ? 0 : found->ifindex);

    if (found != NULL) {
        add_addresses(vrrpd, found->ifindex, false, addresses);
        add_addresses(vrrpd, found->ifindex, true, addresses);
        link.index = (guint) found->ifindex;
        link.is_up = found->is_up && found->has_carrier;
    }
    link.addresses = (const struct cox_ip *) (const void *) addresses->data;
    link.n_addresses = addresses->len;
    if (has_come_up(vrrpd, name, link.is_up)) {
        is_back = true;
        greet_peers(vrrpd, found);
    }
    cox_vrrpd_step(vrrpd, &event);
    if (is_back) {
        set_again(vrrpd, name);
    }
}

/* Interfaces come and go: routers that waited for theirs go on. */
static void
ready_all(struct cox_vrrpd *vrrpd)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, vrrpd->routers);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct cox_vrrpd_router *router = value;
        const struct cox_net_link *link = cox_net_link_named(vrrpd->net, router->base);

        if ((link == NULL ? 0 : link->ifindex) != router->ifindex || router->closed != NULL
            || (router->vmac_ifindex != 0 && cox_net_link(vrrpd->net, router->vmac_ifindex) == NULL)) {
            ready(vrrpd, router);
        }
    }
}

static void
on_open_timer(void *context)
{
    struct cox_vrrpd *vrrpd = context;

    vrrpd->open_timer = 0;
    ready_all(vrrpd);
    cox_vrrpd_tell_open(vrrpd);
}

void
cox_vrrpd_tell_open(struct cox_vrrpd *vrrpd)
{
    g_autofree gpointer *names = NULL;
    bool has_closed = false;
    guint n = 0;

    names = g_hash_table_get_keys_as_array(vrrpd->routers, &n);
    for (guint i = 0; i < n; i++) {
        struct cox_vrrpd_router *router = g_hash_table_lookup(vrrpd->routers, names[i]);
        const struct cox_vrrp_event event = { .kind = COX_VRRP_ON_OPEN, .open = { router->name, router->closed } };

        has_closed = has_closed || router->closed != NULL;
        if (g_strcmp0(router->closed, router->told) != 0) {
            g_free(router->told);
            router->told = g_strdup(router->closed);
            cox_vrrpd_step(vrrpd, &event); /* it opens and closes none */
        }
    }
    if (has_closed && vrrpd->open_timer == 0 && !vrrpd->is_stopping) {
        vrrpd->open_timer = cox_runtime_timer(vrrpd->runtime, cox_usec_after_ms(cox_runtime_now(vrrpd->runtime), OPEN_AGAIN_MS), on_open_timer, vrrpd);
    }
}

/* The kernel does not tell of routes that go with the address that is their source. */
static void
restore_routes(struct cox_vrrpd *vrrpd)
{
    for (guint i = 0; i < vrrpd->resources->len; i++) {
        struct cox_vrrpd_resource *resource = g_ptr_array_index(vrrpd->resources, i);

        if (resource->type == COX_VRRPD_IPROUTE && !vrrpd->is_stopping) {
            cox_vrrpd_resource_hold(vrrpd, resource, NULL);
        }
    }
}

static void
tell_lost(struct cox_vrrpd *vrrpd)
{
    g_autoptr(GPtrArray) lost = vrrpd->lost;
    bool has_address = false;

    vrrpd->lost = g_ptr_array_new_with_free_func(cox_vrrpd_held_free);
    for (guint i = 0; i < lost->len; i++) {
        const struct cox_vrrpd_held *held = g_ptr_array_index(lost, i);
        const struct cox_vrrp_event event = { .kind = COX_VRRP_ON_LOST, .lost = held->instance };

        bool is_address = held->ip.family != COX_IP_NONE;

        /* It may have been given up by the steps before this one, or be back. */
        if (is_address && (!g_hash_table_contains(vrrpd->held, held) || cox_net_has_address(vrrpd->net, held->ifindex, &held->ip))) {
            continue;
        }
        has_address = has_address || is_address;
        if (is_address && cox_net_link(vrrpd->net, held->ifindex) == NULL) {
            g_hash_table_remove(vrrpd->held, held);
        }
        if (held->instance != NULL) {
            cox_vrrpd_step(vrrpd, &event);
        } else if (held->resource != NULL) {
            struct cox_vrrpd_resource *resource = cox_vrrpd_resource_find(vrrpd, held->resource);

            if (resource != NULL) {
                cox_vrrpd_resource_restore(vrrpd, resource);
            }
        } else if (!vrrpd->is_stopping) { /* a static one belongs to nobody who could have given it up */
            cox_vrrpd_install(vrrpd, NULL, &cox_vrrp_set_of(vrrpd->engine)->statics, false);
        }
    }
    if (has_address) {
        restore_routes(vrrpd);
    }
}

void
cox_vrrpd_tell_news(struct cox_vrrpd *vrrpd)
{
    g_autoptr(GHashTable) news = vrrpd->news;
    GHashTableIter iter;
    gpointer key;

    vrrpd->news = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    ready_all(vrrpd);
    g_hash_table_iter_init(&iter, news);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        tell_link(vrrpd, key);
    }
    cox_vrrpd_tell_open(vrrpd);
    tell_lost(vrrpd);
    if (vrrpd->needs_brief) {
        cox_vrrpd_brief_guard(vrrpd);
    }
}

static void
on_news(void *context)
{
    struct cox_vrrpd *vrrpd = context;

    vrrpd->news_timer = 0;
    cox_vrrpd_tell_news(vrrpd);
}

void
cox_vrrpd_tell_soon(struct cox_vrrpd *vrrpd)
{
    if (vrrpd->news_timer == 0 && vrrpd->engine != NULL) {
        vrrpd->news_timer = cox_runtime_defer(vrrpd->runtime, on_news, vrrpd);
    }
}
