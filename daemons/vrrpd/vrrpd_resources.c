/* daemons/vrrpd/vrrpd_resources.c - resources of a cluster: the list of those that are started, and what is set for them.  Layer 6. */
#include "daemons/vrrpd/vrrpd_resource.h"

#include <string.h>
#include <linux/rtnetlink.h>

#include "base/error.h"
#include "vrrp/keepalived.h"
#include "vrrp/vrrpdiff.h"

enum { RESTORE_MS = 100 };

struct cox_params
cox_vrrpd_params(const struct cox_msg_net_act *act)
{
    struct cox_param *list = g_new(struct cox_param, act->n_params + 1);
    struct cox_params params = { .list = list };

    for (gsize i = 0; i < act->n_params; i++) {
        if (act->params[i].name != NULL) {
            list[params.n++] = (struct cox_param) { act->params[i].name, act->params[i].value };
        }
    }
    return params;
}

/* Where an address belongs. */

static const struct cox_net_address *
address_on(const struct cox_vrrpd *vrrpd, gint32 ifindex, const struct cox_ip *ip)
{
    const struct cox_net_address *address;

    for (gsize i = 0; (address = cox_net_address(vrrpd->net, ifindex, i)) != NULL; i++) {
        if (cox_ip_equal(&address->local.ip, ip)) {
            return address;
        }
    }
    return NULL;
}

const struct cox_net_address *
cox_vrrpd_find_address(const struct cox_vrrpd *vrrpd, const struct cox_ip *ip, const char *interface)
{
    const struct cox_net_link *link;
    gint32 ifindex = 0;

    while ((link = cox_net_link_after(vrrpd->net, ifindex)) != NULL) {
        const struct cox_net_address *address = address_on(vrrpd, link->ifindex, ip);
        bool is_meant = interface != NULL ? strcmp(interface, link->name) == 0 : strcmp(link->name, "lo") != 0;

        ifindex = link->ifindex;
        if (address != NULL && is_meant) {
            return address;
        }
    }
    return NULL;
}

/* The longest prefix of the interface's nets that has the address; COX_VRRPRES_NO_PREFIX: none has. */
static guint8
prefix_on(const struct cox_vrrpd *vrrpd, gint32 ifindex, const struct cox_ip *ip)
{
    const struct cox_net_address *address;
    int best = -1;

    for (gsize i = 0; (address = cox_net_address(vrrpd->net, ifindex, i)) != NULL; i++) {
        if (address->local.ip.family == ip->family && cox_ip_is_in(ip, &address->local.ip, address->local.bits)) {
            best = MAX(best, address->local.bits);
        }
    }
    return best < 0 ? COX_VRRPRES_NO_PREFIX : (guint8) best;
}

static bool
find_by_route(const struct cox_vrrpd *vrrpd, const struct cox_ip *ip, const struct cox_net_link *link, struct cox_vrrpres_place *place)
{
    const struct cox_net_link *out;
    struct cox_net_route route;

    if (!cox_net_route_to(vrrpd->net, ip, &route) || route.n_hops != 1 || route.hops[0].via.family != COX_IP_NONE || route.type != RTN_UNICAST
        || (route.to.bits == 0 && place->prefix == COX_VRRPRES_NO_PREFIX)) {
        return false;
    }
    out = cox_net_link(vrrpd->net, route.hops[0].ifindex);
    if (out == NULL || (link != NULL && link->ifindex != out->ifindex)) {
        return false;
    }
    place->interface = out->name;
    place->prefix = place->prefix == COX_VRRPRES_NO_PREFIX ? route.to.bits : place->prefix;
    return true;
}

/* Where the routes say nothing, as for an address that a real server has on lo: the longest net of an interface. */
static bool
find_by_net(const struct cox_vrrpd *vrrpd, const struct cox_ip *ip, struct cox_vrrpres_place *place)
{
    const struct cox_net_link *link;
    gint32 ifindex = 0;
    int best = -1;

    while ((link = cox_net_link_after(vrrpd->net, ifindex)) != NULL) {
        guint8 bits = prefix_on(vrrpd, link->ifindex, ip);

        ifindex = link->ifindex;
        if (strcmp(link->name, "lo") != 0 && bits != COX_VRRPRES_NO_PREFIX && bits > best) {
            best = bits;
            place->interface = link->name;
        }
    }
    if (best >= 0 && place->prefix == COX_VRRPRES_NO_PREFIX) {
        place->prefix = (guint8) best;
    }
    return best >= 0;
}

/* As IPaddr2 has it: by the routes; but first where the address is already. */
static bool
find_place(void *context, const struct cox_ip *ip, struct cox_vrrpres_place *place, GError **error)
{
    const struct cox_vrrpd *vrrpd = context;
    const struct cox_net_link *link = place->interface == NULL ? NULL : cox_net_link_named(vrrpd->net, place->interface);
    const struct cox_net_address *address = NULL;
    char text[COX_IP_TEXT_SIZE];

    if (link == NULL && place->interface != NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_INSTALLED, "parameter nic: interface '%s' is not there on this node; correct the name, or make it",
                    place->interface);
        return false;
    }
    address = cox_vrrpd_find_address(vrrpd, ip, place->interface);
    if (link == NULL && address != NULL) {
        link = cox_net_link(vrrpd->net, address->ifindex);
    }
    if (place->prefix == COX_VRRPRES_NO_PREFIX && link != NULL) {
        place->prefix = address != NULL ? address->local.bits : prefix_on(vrrpd, link->ifindex, ip);
    }
    place->interface = link != NULL ? link->name : NULL;
    if ((link != NULL && place->prefix != COX_VRRPRES_NO_PREFIX) || find_by_route(vrrpd, ip, link, place)
        || (link == NULL && find_by_net(vrrpd, ip, place))) {
        return true;
    }
    g_set_error(error, COX_ERROR, COX_ERROR_GENERIC, "parameter ip: no network of %s%s has %s; name the interface and the prefix: nic, cidr_netmask",
                link != NULL ? "interface " : "this node", link != NULL ? link->name : "", cox_ip_format(ip, text));
    return false;
}

/* The list. */

struct cox_vrrpd_resource *
cox_vrrpd_resource_find(const struct cox_vrrpd *vrrpd, const char *id)
{
    for (guint i = 0; i < vrrpd->resources->len; i++) {
        struct cox_vrrpd_resource *resource = g_ptr_array_index(vrrpd->resources, i);

        if (strcmp(resource->id, id) == 0) {
            return resource;
        }
    }
    return NULL;
}

void
cox_vrrpd_resource_free(gpointer data)
{
    struct cox_vrrpd_resource *resource = data;

    if (resource == NULL) {
        return;
    }
    cox_runtime_cancel(resource->vrrpd->runtime, resource->announce_timer);
    cox_runtime_cancel(resource->vrrpd->runtime, resource->restore_timer);
    cox_block_tree_free(resource->tree);
    cox_vrrp_reading_free(resource->reading);
    cox_vrrp_set_free(resource->set);
    cox_arena_free(resource->arena);
    g_free(resource->group);
    g_free(resource->broken);
    g_free(resource->id);
    g_free(resource);
}

void
cox_vrrpd_resource_put(struct cox_vrrpd *vrrpd, struct cox_vrrpd_resource *resource, struct cox_vrrpd_resource *before)
{
    guint place = 0;

    if (before != NULL && g_ptr_array_find(vrrpd->resources, before, &place)) {
        g_ptr_array_index(vrrpd->resources, place) = resource;
        cox_vrrpd_resource_free(before);
    } else {
        g_ptr_array_add(vrrpd->resources, resource);
    }
}

void
cox_vrrpd_resource_drop(struct cox_vrrpd *vrrpd, struct cox_vrrpd_resource *resource)
{
    (void) g_ptr_array_remove(vrrpd->resources, resource);
}

static bool
read_ipaddr(struct cox_vrrpd_resource *resource, const struct cox_params *params, bool is_kept, GError **error)
{
    const struct cox_vrrpres_finder finder = { is_kept ? NULL : find_place, resource->vrrpd };
    struct cox_vrrpres_ipaddr ipaddr;

    resource->arena = cox_arena_new();
    if (!cox_vrrpres_ipaddr(params, &finder, resource->arena, &ipaddr, error)) {
        return false;
    }
    resource->items = (struct cox_vrrp_items) { .addresses = ipaddr.addresses, .n_addresses = ipaddr.n };
    resource->announcements = ipaddr.announcements;
    resource->announce_ms = ipaddr.interval_ms;
    return true;
}

static bool
read_iproute(struct cox_vrrpd_resource *resource, const struct cox_params *params, GError **error)
{
    g_autoptr(cox_diags) diags = cox_diags_new();

    resource->tree = cox_vrrpres_iproute(resource->id, params, error);
    if (resource->tree == NULL) {
        return false;
    }
    resource->set = cox_vrrp_set_from_block(&resource->tree->root, diags);
    resource->items = resource->set->statics;
    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        const struct cox_diag *diag = cox_diags_get(diags, i);

        if (diag->severity == COX_SEVERITY_ERROR) {
            g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED, "%s: %s; %s", diag->object, diag->text,
                        diag->remedy == NULL ? "correct the parameter" : diag->remedy);
            return false;
        }
    }
    return true;
}

static bool
read_router(struct cox_vrrpd_resource *resource, const struct cox_params *params, GError **error)
{
    bool is_clone = cox_params_get(params, "CRM_meta_clone") != NULL;

    resource->is_promotable = cox_params_is_promotable(params);
    resource->group = g_strdup(cox_params_get(params, "sync_group"));
    if (!cox_vrrpres_authority(params, &resource->authority, error)) {
        return false;
    }
    if (resource->authority == COX_VRRP_AUTHORITY_VRRP && resource->is_promotable) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED,
                    "resource %s: with authority=vrrp adverts say who is master; make its clone not promotable, or write authority=cluster", resource->id);
        return false;
    }
    if (resource->authority == COX_VRRP_AUTHORITY_CLUSTER && is_clone && !resource->is_promotable) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED,
                    "resource %s: with authority=cluster all instances of a clone would be master; make it promotable, or write authority=vrrp",
                    resource->id);
        return false;
    }
    resource->tree = cox_vrrpres_router(resource->id, params, error);
    return resource->tree != NULL;
}

struct cox_vrrpd_resource *
cox_vrrpd_resource_new(struct cox_vrrpd *vrrpd, const struct cox_msg_net_act *act, bool is_kept, GError **error)
{
    static const char *const types[] = { "IPaddr", "IProute", "VirtualRouter" };
    struct cox_vrrpd_resource *resource = g_new0(struct cox_vrrpd_resource, 1);
    struct cox_params params = cox_vrrpd_params(act);
    bool is_good = false;

    resource->vrrpd = vrrpd;
    resource->id = g_strdup(act->rsc_id);
    resource->restored_at = COX_USEC_NEVER;
    if (strcmp(act->type, types[COX_VRRPD_IPADDR]) == 0) {
        resource->type = COX_VRRPD_IPADDR;
        is_good = read_ipaddr(resource, &params, is_kept, error);
    } else if (strcmp(act->type, types[COX_VRRPD_IPROUTE]) == 0) {
        resource->type = COX_VRRPD_IPROUTE;
        is_good = read_iproute(resource, &params, error);
    } else if (strcmp(act->type, types[COX_VRRPD_ROUTER]) == 0) {
        resource->type = COX_VRRPD_ROUTER;
        is_good = read_router(resource, &params, error);
    } else {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_INSTALLED, "resource %s: cox-vrrpd has no type '%s', but IPaddr, IProute and VirtualRouter", act->rsc_id,
                    act->type);
    }
    g_free((gpointer) (guintptr) params.list);
    if (!is_good) {
        g_clear_pointer(&resource, cox_vrrpd_resource_free);
    }
    return resource;
}

/* Items. */

/* NULL, or what the kernel refuses, for g_free. */
static char *
install(struct cox_vrrpd *vrrpd, const struct cox_vrrpd_resource *resource, const struct cox_vrrp_items *items, bool removes)
{
    const struct cox_vrrpd_owner owner = { .resource = resource->id };
    g_autoptr(GString) refused = g_string_new(NULL);

    vrrpd->failures = refused;
    cox_vrrpd_set_items(vrrpd, &owner, items, removes);
    vrrpd->failures = NULL;
    return refused->len == 0 ? NULL : g_strdup(refused->str);
}

static void
set_items(struct cox_vrrpd *vrrpd, struct cox_vrrpd_resource *resource)
{
    g_free(resource->broken);
    resource->broken = install(vrrpd, resource, &resource->items, false);
}

static void
on_announce(void *context)
{
    struct cox_vrrpd_resource *resource = context;
    struct cox_vrrpd *vrrpd = resource->vrrpd;

    resource->announce_timer = 0;
    if (resource->n_left == 0) {
        return;
    }
    resource->n_left--;
    cox_vrrpd_announce_addresses(vrrpd, NULL, resource->items.addresses, resource->items.n_addresses);
    if (resource->n_left > 0) {
        resource->announce_timer = cox_runtime_timer(vrrpd->runtime, cox_usec_after_ms(cox_runtime_now(vrrpd->runtime), resource->announce_ms),
                                                     on_announce, resource);
    }
}

/* The first at once, the others later. */
static void
announce(struct cox_vrrpd_resource *resource)
{
    cox_runtime_cancel(resource->vrrpd->runtime, resource->announce_timer);
    resource->n_left = resource->announcements;
    on_announce(resource);
}

void
cox_vrrpd_resource_hold(struct cox_vrrpd *vrrpd, struct cox_vrrpd_resource *resource, const struct cox_vrrpd_resource *before)
{
    if (before != NULL) {
        struct cox_vrrp_effects memory;
        struct cox_vrrp_items gone;

        cox_vrrp_effects_init(&memory);
        gone = cox_vrrp_items_minus(&before->items, &resource->items, &memory);
        g_free(install(vrrpd, before, &gone, true));
        cox_vrrp_effects_clear(&memory);
    }
    set_items(vrrpd, resource);
    announce(resource);
}

char *
cox_vrrpd_resource_release(struct cox_vrrpd *vrrpd, struct cox_vrrpd_resource *resource)
{
    cox_runtime_cancel(vrrpd->runtime, resource->announce_timer);
    cox_runtime_cancel(vrrpd->runtime, resource->restore_timer);
    resource->announce_timer = resource->restore_timer = 0;
    return install(vrrpd, resource, &resource->items, true);
}

static void
on_restore(void *context)
{
    struct cox_vrrpd_resource *resource = context;

    resource->restore_timer = 0;
    cox_vrrpd_resource_restore(resource->vrrpd, resource);
}

void
cox_vrrpd_resource_restore(struct cox_vrrpd *vrrpd, struct cox_vrrpd_resource *resource)
{
    cox_usec now = cox_runtime_now(vrrpd->runtime);
    cox_usec next = cox_usec_is_set(resource->restored_at) ? cox_usec_after_ms(resource->restored_at, RESTORE_MS) : now;

    if (resource->restore_timer != 0 || vrrpd->is_stopping) {
        return;
    }
    if (next > now) { /* who takes it away again and again gets no storm */
        resource->restore_timer = cox_runtime_timer(vrrpd->runtime, next, on_restore, resource);
        return;
    }
    resource->restored_at = now;
    set_items(vrrpd, resource);
    announce(resource);
    cox_log_event(vrrpd->log, COX_EVENT_VRRP_LOST, "resource=%s", resource->id);
}

/* Routers. */

/* The members of the groups that resources name, in the order of their first ones. */
static void
add_groups(const GPtrArray *routers, GPtrArray *trees)
{
    g_autoptr(GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < routers->len; i++) {
        const struct cox_vrrpd_resource *first = g_ptr_array_index(routers, i);
        g_autoptr(GPtrArray) members = g_ptr_array_new();

        /* Where the cluster says who is master it keeps the members together: colocations. */
        if (first->group == NULL || first->authority != COX_VRRP_AUTHORITY_VRRP || !g_hash_table_add(done, first->group)) {
            continue;
        }
        for (guint k = i; k < routers->len; k++) {
            const struct cox_vrrpd_resource *resource = g_ptr_array_index(routers, k);

            if (g_strcmp0(resource->group, first->group) == 0 && resource->authority == first->authority) {
                g_ptr_array_add(members, resource->id);
            }
        }
        g_ptr_array_add(trees, cox_vrrpres_group(first->group, (const char *const *) members->pdata, members->len));
    }
}

static struct cox_vrrp_set *
make_set(struct cox_vrrpd *vrrpd, const GPtrArray *routers, GPtrArray *warnings, GError **error)
{
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func((GDestroyNotify) cox_block_tree_free);
    g_autofree struct cox_vrrp_tree *trees = NULL;
    gsize n = 0;

    add_groups(routers, groups);
    trees = g_new0(struct cox_vrrp_tree, routers->len + groups->len + 1);
    if (vrrpd->file != NULL) {
        trees[n++].root = &vrrpd->file->root;
    }
    for (guint i = 0; i < routers->len; i++) {
        struct cox_vrrpd_resource *resource = g_ptr_array_index(routers, i);

        trees[n++] = (struct cox_vrrp_tree) { &resource->tree->root, &resource->reading };
    }
    for (guint i = 0; i < groups->len; i++) {
        trees[n++].root = &((struct cox_block_tree *) g_ptr_array_index(groups, i))->root;
    }
    return cox_vrrpd_make_set(trees, n, warnings, error);
}

/* Who is to be master by an order is it at once, in its first moment and when it is made anew.  Those of the file are before all others. */
static void
give_roles(struct cox_vrrp_set *set, const GPtrArray *routers)
{
    struct cox_vrrp_instance *instances = (struct cox_vrrp_instance *) (guintptr) set->instances; /* of the set's own arena */

    for (gsize i = 0, k = 0; i < set->n_instances; i++) {
        const struct cox_vrrpd_resource *resource = k < routers->len ? g_ptr_array_index(routers, k) : NULL;
        bool is_it = resource != NULL && strcmp(instances[i].name, resource->id) == 0;

        instances[i].is_promoted = is_it && cox_vrrpd_is_master(resource);
        k += is_it;
    }
}

bool
cox_vrrpd_is_master(const struct cox_vrrpd_resource *resource)
{
    return resource->authority == COX_VRRP_AUTHORITY_CLUSTER && (resource->is_promoted || !resource->is_promotable);
}

static bool
is_right_alone(const struct cox_vrrpd_resource *resource)
{
    const struct cox_vrrp_tree only = { .root = &resource->tree->root };
    g_autoptr(cox_vrrp_set) set = cox_vrrpd_make_set(&only, 1, NULL, NULL);

    return set != NULL;
}

/* What is said about this resource; what is said about others was said before. */
static void
say_warnings(struct cox_vrrpd *vrrpd, const struct cox_vrrpd_resource *candidate, const GPtrArray *warnings)
{
    g_autofree char *place = g_strdup_printf("%s:", candidate->id);

    for (guint i = 0; i < warnings->len; i++) {
        if (g_str_has_prefix(g_ptr_array_index(warnings, i), place)) {
            cox_log_event(vrrpd->log, COX_EVENT_VRRP_CONFIG, "%s", (const char *) g_ptr_array_index(warnings, i));
        }
    }
}

struct cox_vrrp_set *
cox_vrrpd_combine(struct cox_vrrpd *vrrpd, const struct cox_vrrpd_resource *candidate, GError **error)
{
    g_autoptr(GPtrArray) routers = g_ptr_array_new(), warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) problem = NULL;
    struct cox_vrrp_set *set;
    bool is_in = candidate == NULL;

    for (guint i = 0; i < vrrpd->resources->len; i++) {
        struct cox_vrrpd_resource *resource = g_ptr_array_index(vrrpd->resources, i);
        bool is_it = candidate != NULL && strcmp(resource->id, candidate->id) == 0;

        if (resource->type == COX_VRRPD_ROUTER) {
            g_ptr_array_add(routers, is_it ? (gpointer) (guintptr) candidate : resource);
            is_in = is_in || is_it;
        }
    }
    if (!is_in) {
        g_ptr_array_add(routers, (gpointer) (guintptr) candidate);
    }
    set = make_set(vrrpd, routers, warnings, &problem);
    if (set == NULL) {
        bool is_wrong = candidate != NULL && !is_right_alone(candidate);

        g_set_error(error, COX_ERROR, is_wrong ? COX_ERROR_NOT_CONFIGURED : COX_ERROR_INVALID_PARAM, "%s", problem->message);
    } else if (candidate != NULL) {
        say_warnings(vrrpd, candidate, warnings);
    }
    if (set != NULL) {
        give_roles(set, routers);
    }
    return set;
}

/* For the next life. */

static char *
joined(const struct cox_vrrpd_resource *resource, bool wants_prefix)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (gsize i = 0; i < resource->items.n_addresses; i++) {
        const struct cox_vrrp_address *address = &resource->items.addresses[i];

        g_string_append(text, i > 0 ? " " : "");
        if (wants_prefix) {
            g_string_append_printf(text, "%u", address->prefix);
        } else {
            g_string_append(text, address->interface);
        }
    }
    return g_strdup(text->str);
}

bool
cox_vrrpd_resource_keep(struct cox_vrrpd *vrrpd, const struct cox_vrrpd_resource *resource, const struct cox_msg_net_act *act, GError **error)
{
    g_autofree struct cox_msg_pair *params = g_new0(struct cox_msg_pair, act->n_params + 2);
    g_autofree char *nics = NULL, *prefixes = NULL;
    struct cox_msg_net_act kept = *act;
    gsize n = 0;

    kept.action = resource->is_promoted ? "promote" : "start";
    if (resource->type == COX_VRRPD_IPADDR) {
        for (gsize i = 0; i < act->n_params; i++) {
            if (g_strcmp0(act->params[i].name, "nic") != 0 && g_strcmp0(act->params[i].name, "cidr_netmask") != 0) {
                params[n++] = act->params[i];
            }
        }
        nics = joined(resource, false);
        prefixes = joined(resource, true);
        params[n++] = (struct cox_msg_pair) { .name = "nic", .value = nics };
        params[n++] = (struct cox_msg_pair) { .name = "cidr_netmask", .value = prefixes };
        kept.params = params;
        kept.n_params = n;
    }
    return cox_netkeep_put(vrrpd->keep, &kept, error);
}

void
cox_vrrpd_adopt(struct cox_vrrpd *vrrpd)
{
    for (guint i = 0; i < cox_netkeep_count(vrrpd->keep); i++) {
        const struct cox_msg_net_act *act = cox_netkeep_at(vrrpd->keep, i);
        g_autoptr(GError) error = NULL;
        struct cox_vrrpd_resource *resource = cox_vrrpd_resource_new(vrrpd, act, true, &error);

        if (resource == NULL) {
            cox_log_event(vrrpd->log, COX_EVENT_VRRP_RESOURCE, "resource=%s error=\"%s\"", act->rsc_id, error->message);
            continue;
        }
        resource->is_promoted = strcmp(act->action, "promote") == 0;
        cox_vrrpd_resource_put(vrrpd, resource, NULL);
        if (resource->type != COX_VRRPD_ROUTER) {
            cox_vrrpd_resource_hold(vrrpd, resource, NULL);
        }
    }
}

void
cox_vrrpd_forget_routers(struct cox_vrrpd *vrrpd)
{
    for (guint i = vrrpd->resources->len; i-- > 0;) {
        struct cox_vrrpd_resource *resource = g_ptr_array_index(vrrpd->resources, i);

        if (resource->type == COX_VRRPD_ROUTER) {
            (void) cox_netkeep_drop(vrrpd->keep, resource->id, NULL);
            cox_vrrpd_resource_drop(vrrpd, resource);
        }
    }
}
