/* lib/netlink/net.c - hands each call to the implementation behind it.  Layer 3, adapter. */
#include "netlink/net.h"

#include <errno.h>
#include <string.h>

#include "netlink/nettable.h"

void
cox_net_free(struct cox_net *net)
{
    if (net != NULL) {
        net->ops->free(net);
    }
}

int
cox_net_fd(const struct cox_net *net)
{
    return net->fd;
}

bool
cox_net_dispatch(struct cox_net *net, GError **error)
{
    return net->ops->dispatch(net, error);
}

/* What is already as it was asked to be. */
static bool
is_fine(const struct cox_net_change *change)
{
    if (!change->removes) {
        return change->result == EEXIST;
    }
    return change->result == EADDRNOTAVAIL || change->result == ESRCH || change->result == ENOENT || change->result == ENODEV
           || change->result == ENXIO;
}

size_t
cox_net_apply(struct cox_net *net, struct cox_net_change *changes, size_t n)
{
    size_t n_failed = 0;

    net->ops->apply(net, changes, n);
    for (size_t i = 0; i < n; i++) {
        if (is_fine(&changes[i])) {
            changes[i].result = 0;
        }
        n_failed += changes[i].result != 0;
    }
    return n_failed;
}

static void
put_prefix(GString *text, const char *word, const struct cox_net_prefix *prefix)
{
    char ip[COX_IP_TEXT_SIZE];

    if (prefix->ip.family != 0) {
        g_string_append_printf(text, " %s%s/%u", word, cox_ip_format(&prefix->ip, ip), prefix->bits);
    }
}

static const char *
link_name(const struct cox_net *net, gint32 ifindex)
{
    const struct cox_net_link *link = cox_net_link(net, ifindex);

    return link == NULL ? "an interface that is not there" : link->name;
}

static void
put_route(GString *text, const struct cox_net *net, const struct cox_net_route *route)
{
    char ip[COX_IP_TEXT_SIZE];

    if (route->to.ip.family == 0) {
        g_string_append(text, " default");
    }
    put_prefix(text, "", &route->to);
    for (guint i = 0; i < route->n_hops; i++) {
        if (route->hops[i].via.family != 0) {
            g_string_append_printf(text, " via %s", cox_ip_format(&route->hops[i].via, ip));
        }
        if (route->hops[i].ifindex != 0) {
            g_string_append_printf(text, " dev %s", link_name(net, route->hops[i].ifindex));
        }
    }
    if (route->table != 0) {
        g_string_append_printf(text, " table %u", route->table);
    }
}

char *
cox_net_change_text(const struct cox_net *net, const struct cox_net_change *change)
{
    static const char *const kinds[] = { "?", "address", "route", "rule", "state of", "macvlan" };
    GString *text = g_string_new(change->removes ? "remove " : change->kind == COX_NET_LINK_STATE ? "set " : "add ");

    g_string_append(text, kinds[change->kind]);
    switch (change->kind) {
        case COX_NET_ADDRESS:
            put_prefix(text, "", &change->address->local);
            g_string_append_printf(text, " %s %s", change->removes ? "from" : "to", link_name(net, change->address->ifindex));
            break;
        case COX_NET_ROUTE:
            put_route(text, net, change->route);
            break;
        case COX_NET_RULE:
            put_prefix(text, "from ", &change->rule->from);
            put_prefix(text, "to ", &change->rule->to);
            g_string_append_printf(text, " table %u", change->rule->table);
            break;
        case COX_NET_LINK_STATE:
            g_string_append_printf(text, " %s to %s", link_name(net, change->link->ifindex), change->link->is_up ? "up" : "down");
            break;
        case COX_NET_MACVLAN:
            g_string_append_printf(text, " %s", change->link->name);
            break;
    }
    g_string_append_printf(text, ": %s", change->result == 0 ? "done" : g_strerror(change->result));
    return g_string_free(text, FALSE);
}

bool
cox_net_route_to(struct cox_net *net, const struct cox_ip *to, struct cox_net_route *route)
{
    return net->ops->route_to(net, to, route);
}

bool
cox_net_tell_items(struct cox_net *net, cox_net_item_fn tell, void *context)
{
    return net->ops->tell_items(net, tell, context);
}

void
cox_net_watch_items(struct cox_net *net)
{
    net->ops->watch_items(net);
}

size_t
cox_net_send(struct cox_net *net, const struct cox_net_frame *frames, size_t n)
{
    return n == 0 ? 0 : net->ops->send(net, frames, n);
}

bool
cox_net_sysctl(struct cox_net *net, const char *key, const char *value, GError **error)
{
    return net->ops->sysctl(net, key, value, error);
}

char *
cox_net_sysctl_value(struct cox_net *net, const char *key)
{
    return net->ops->sysctl_value(net, key);
}

const struct cox_net_link *
cox_net_link(const struct cox_net *net, gint32 ifindex)
{
    return cox_nettable_link(net->table, ifindex);
}

const struct cox_net_link *
cox_net_link_named(const struct cox_net *net, const char *name)
{
    return cox_nettable_link_named(net->table, name);
}

const struct cox_net_link *
cox_net_link_after(const struct cox_net *net, gint32 ifindex)
{
    return cox_nettable_link_after(net->table, ifindex);
}

const struct cox_net_address *
cox_net_address(const struct cox_net *net, gint32 ifindex, size_t number)
{
    return cox_nettable_address(net->table, ifindex, number);
}

bool
cox_net_has_address(const struct cox_net *net, gint32 ifindex, const struct cox_ip *ip)
{
    return cox_nettable_has(net->table, ifindex, ip);
}
