/* lib/netlink/net_fake.c - a network in memory, for tests.  Layer 3, adapter. */
#include "netlink/net_fake.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "netlink/nettable.h"

struct net_fake {
    struct cox_net base;
    struct cox_nettable *now; /* as it is; base.table is what was told */
    GHashTable *sysctls;
    GString *text;
    int refusals[COX_NET_MACVLAN + 1];
    guint n_batches;
    gint32 last_ifindex;
    bool watches_items;
};

static int
change_address(struct net_fake *net, const struct cox_net_change *change)
{
    const struct cox_net_address *address = change->address;

    if (cox_nettable_link(net->now, address->ifindex) == NULL) {
        return ENODEV;
    }
    if (change->removes && !cox_nettable_has(net->now, address->ifindex, &address->local.ip)) {
        return EADDRNOTAVAIL;
    }
    if (change->removes) {
        cox_nettable_drop_address(net->now, address, NULL);
    } else {
        cox_nettable_put_address(net->now, address, NULL);
    }
    return 0;
}

static int
change_link(struct net_fake *net, const struct cox_net_change *change)
{
    struct cox_net_link link = *change->link;
    const struct cox_net_link *known = cox_nettable_link(net->now, link.ifindex);

    if (change->kind == COX_NET_MACVLAN && !change->removes) {
        if (cox_nettable_link_named(net->now, link.name) != NULL) {
            return EEXIST;
        }
        link.ifindex = ++net->last_ifindex;
        link.is_macvlan = link.has_mac = true;
        cox_nettable_put_link(net->now, &link, NULL);
        return 0;
    }
    if (known == NULL) {
        return ENODEV;
    }
    if (change->removes) {
        cox_nettable_drop_link(net->now, link.ifindex, NULL);
        return 0;
    }
    link = *known;
    link.is_up = link.has_carrier = change->link->is_up;
    cox_nettable_put_link(net->now, &link, NULL);
    return 0;
}

static void
fake_apply(struct cox_net *base, struct cox_net_change *changes, size_t n)
{
    struct net_fake *net = (struct net_fake *) base;

    net->n_batches++;
    for (size_t i = 0; i < n; i++) {
        g_autofree char *text = NULL;

        changes[i].result = net->refusals[changes[i].kind];
        if (changes[i].result == 0 && changes[i].kind == COX_NET_ADDRESS) {
            changes[i].result = change_address(net, &changes[i]);
        } else if (changes[i].result == 0 && (changes[i].kind == COX_NET_LINK_STATE || changes[i].kind == COX_NET_MACVLAN)) {
            changes[i].result = change_link(net, &changes[i]);
        }
        text = cox_net_change_text(base, &changes[i]);
        g_string_append_printf(net->text, "%s\n", text);
    }
}

static size_t
fake_send(struct cox_net *base, const struct cox_net_frame *frames, size_t n)
{
    struct net_fake *net = (struct net_fake *) base;
    size_t n_sent = 0;

    for (size_t i = 0; i < n; i++) {
        const struct cox_net_link *link = cox_nettable_link(net->now, frames[i].ifindex);

        if (link != NULL && link->is_up) {
            g_string_append_printf(net->text, "frame to %s\n", link->name);
            n_sent++;
        }
    }
    return n_sent;
}

static bool
fake_sysctl(struct cox_net *base, const char *key, const char *value, GError **error)
{
    struct net_fake *net = (struct net_fake *) base;

    (void) error;
    g_hash_table_insert(net->sysctls, g_strdup(key), g_strdup(value));
    g_string_append_printf(net->text, "sysctl %s=%s\n", key, value);
    return true;
}

static char *
fake_sysctl_value(struct cox_net *base, const char *key)
{
    return g_strdup(g_hash_table_lookup(((struct net_fake *) base)->sysctls, key));
}

static bool
fake_dispatch(struct cox_net *base, GError **error)
{
    struct net_fake *net = (struct net_fake *) base;

    (void) error;
    cox_nettable_become(net->base.table, net->now, &net->base.handler);
    return true;
}

/* Nets of interfaces only. */
static bool
fake_route_to(struct cox_net *base, const struct cox_ip *to, struct cox_net_route *route)
{
    const struct net_fake *net = (struct net_fake *) base;
    const struct cox_net_link *link;
    const struct cox_net_address *address;
    gint32 ifindex = 0;
    int best = -1;

    while ((link = cox_nettable_link_after(net->now, ifindex)) != NULL) {
        ifindex = link->ifindex;
        for (size_t i = 0; (address = cox_nettable_address(net->now, ifindex, i)) != NULL; i++) {
            const struct cox_net_prefix *own = &address->local;

            if (link->is_up && own->ip.family == to->family && cox_ip_is_in(to, &own->ip, own->bits) && own->bits > best) {
                best = own->bits;
                *route = (struct cox_net_route) { .family = to->family, .type = 1, .to = *own, .hops = { { .ifindex = ifindex } }, .n_hops = 1 };
            }
        }
    }
    return best >= 0;
}

/* It keeps none. */
static bool
fake_tell_items(struct cox_net *net, cox_net_item_fn tell, void *context)
{
    (void) net;
    (void) tell;
    (void) context;
    return true;
}

static void
fake_watch_items(struct cox_net *net)
{
    ((struct net_fake *) net)->watches_items = true;
}

static void
fake_free(struct cox_net *base)
{
    struct net_fake *net = (struct net_fake *) base;

    cox_nettable_free(net->base.table);
    cox_nettable_free(net->now);
    g_hash_table_destroy(net->sysctls);
    g_string_free(net->text, TRUE);
    g_free(net);
}

static const struct cox_net_ops fake_ops = {
    .apply = fake_apply,
    .send = fake_send,
    .sysctl = fake_sysctl,
    .sysctl_value = fake_sysctl_value,
    .dispatch = fake_dispatch,
    .route_to = fake_route_to,
    .tell_items = fake_tell_items,
    .watch_items = fake_watch_items,
    .free = fake_free,
};

struct cox_net *
cox_net_fake_new(const struct cox_net_handler *handler)
{
    struct net_fake *net = g_new0(struct net_fake, 1);

    net->base = (struct cox_net) { .ops = &fake_ops, .handler = *handler, .table = cox_nettable_new(), .fd = -1 };
    net->now = cox_nettable_new();
    net->sysctls = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    net->text = g_string_new(NULL);
    net->last_ifindex = 1000;
    return &net->base;
}

void
cox_net_fake_link(struct cox_net *net, const struct cox_net_link *link)
{
    cox_nettable_put_link(((struct net_fake *) net)->now, link, NULL);
}

void
cox_net_fake_link_gone(struct cox_net *net, gint32 ifindex)
{
    cox_nettable_drop_link(((struct net_fake *) net)->now, ifindex, NULL);
}

void
cox_net_fake_address(struct cox_net *net, const struct cox_net_address *address, bool is_there)
{
    if (is_there) {
        cox_nettable_put_address(((struct net_fake *) net)->now, address, NULL);
    } else {
        cox_nettable_drop_address(((struct net_fake *) net)->now, address, NULL);
    }
}

void
cox_net_fake_item_gone(struct cox_net *net, const struct cox_net_route *route, const struct cox_net_rule *rule)
{
    if (((struct net_fake *) net)->watches_items && net->handler.item_gone != NULL) {
        net->handler.item_gone(net->handler.context, route, rule);
    }
}

void
cox_net_fake_refuse(struct cox_net *net, enum cox_net_kind kind, int number)
{
    ((struct net_fake *) net)->refusals[kind] = number;
}

char *
cox_net_fake_text(struct cox_net *net, bool clears)
{
    struct net_fake *fake = (struct net_fake *) net;
    char *text = g_strdup(fake->text->str);

    if (clears) {
        g_string_truncate(fake->text, 0);
    }
    return text;
}

guint
cox_net_fake_batches(const struct cox_net *net)
{
    return ((const struct net_fake *) net)->n_batches;
}
