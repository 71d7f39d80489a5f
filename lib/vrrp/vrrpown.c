/* lib/vrrp/vrrpown.c - addresses that are the host's own: their owner (priority 255) is their router, and never sets them or takes them away.
 * Layer 3, pure.
 */
#include "vrrp/vrrp_priv.h"

/* Can addresses of the host be its own?  Where the cluster says who is master it says who has the addresses, whatever the priority. */
static bool
may_own(const struct cox_vrrp_instance *conf)
{
    return conf->priority == 255 && conf->authority == COX_VRRP_AUTHORITY_VRRP;
}

/* Does it go to an interface of the host, and not to a virtual one of its own? */
static bool
is_on_host(const struct cox_vrrp_instance *conf, const struct cox_vrrp_address *address)
{
    return conf->vmac.kind == COX_VRRP_VMAC_NONE || (address->interface != NULL && !address->has_vmac);
}

static const struct cox_vrrp_address *
address_at(const struct cox_vrrp_instance *conf, size_t i)
{
    return i < conf->items.n_addresses ? &conf->items.addresses[i] : &conf->excluded[i - conf->items.n_addresses];
}

static size_t
n_addresses(const struct cox_vrrp_instance *conf)
{
    return conf->items.n_addresses + conf->n_excluded;
}

static void
put(GHashTable *set, const struct cox_ip *ip)
{
    if (!g_hash_table_contains(set, ip)) {
        g_hash_table_add(set, g_memdup2(ip, sizeof *ip));
    }
}

static bool
is_there(const struct cox_vrrp *vrrp, const struct cox_vrrp_instance *conf, const struct cox_vrrp_address *address)
{
    const char *interface = address->interface != NULL ? address->interface : conf->interface;

    return cox_vrrp_port_has(cox_vrrp_facts_port(&vrrp->facts, interface), &address->ip);
}

void
cox_vrrp_own_find(struct cox_vrrp *vrrp, const struct cox_vrrp_unit *unit)
{
    const struct cox_vrrp_instance *conf = unit->router.conf;

    for (size_t i = 0; may_own(conf) && i < n_addresses(conf); i++) {
        const struct cox_vrrp_address *address = address_at(conf, i);

        if (is_there(vrrp, conf, address) && !g_hash_table_contains(vrrp->placed, &address->ip)) {
            put(vrrp->own, &address->ip);
        } else {
            g_hash_table_remove(vrrp->own, &address->ip);
        }
    }
}

void
cox_vrrp_own_place(struct cox_vrrp *vrrp, const struct cox_vrrp_unit *unit)
{
    const struct cox_vrrp_instance *conf = unit->router.conf;

    for (size_t i = 0; i < n_addresses(conf); i++) {
        const struct cox_vrrp_address *address = address_at(conf, i);

        if (is_on_host(conf, address) && !g_hash_table_contains(vrrp->own, &address->ip)) {
            put(vrrp->placed, &address->ip);
        }
    }
}

bool
cox_vrrp_own_lost(struct cox_vrrp *vrrp, const struct cox_vrrp_unit *unit)
{
    const struct cox_vrrp_instance *conf = unit->router.conf;
    bool is_lost = false;

    for (size_t i = 0; may_own(conf) && i < n_addresses(conf); i++) {
        const struct cox_vrrp_address *address = address_at(conf, i);

        if (!is_there(vrrp, conf, address) && g_hash_table_remove(vrrp->own, &address->ip) && is_on_host(conf, address)) {
            put(vrrp->placed, &address->ip);
            is_lost = true;
        }
    }
    return is_lost;
}

static gboolean
is_unowned(gpointer ip, gpointer value, gpointer owned)
{
    (void) value;
    return !g_hash_table_contains(owned, ip);
}

void
cox_vrrp_own_keep(struct cox_vrrp *vrrp, const struct cox_vrrp_set *set)
{
    g_autoptr(GHashTable) owned = g_hash_table_new(cox_ip_hash, cox_ip_equal_key);

    for (size_t i = 0; i < set->n_instances; i++) {
        const struct cox_vrrp_instance *conf = &set->instances[i];

        for (size_t k = 0; may_own(conf) && k < n_addresses(conf); k++) {
            g_hash_table_add(owned, (gpointer) (guintptr) &address_at(conf, k)->ip);
        }
    }
    g_hash_table_foreach_remove(vrrp->own, is_unowned, owned);
}

/* Is it left alone? */
static bool
is_left(GHashTable *own, const struct cox_vrrp_instance *conf, const struct cox_vrrp_address *address)
{
    return is_on_host(conf, address) && g_hash_table_contains(own, &address->ip);
}

bool
cox_vrrp_is_own(const struct cox_vrrp *vrrp, const struct cox_vrrp_instance *instance, const struct cox_vrrp_address *address)
{
    return is_left(vrrp->own, instance, address);
}

void
cox_vrrp_own_leave(const struct cox_vrrp_instance *conf, struct cox_vrrp_items *items, const struct cox_vrrp_turn *turn)
{
    g_autoptr(GArray) others = NULL;

    if (g_hash_table_size(turn->own) == 0) {
        return;
    }
    others = g_array_new(FALSE, FALSE, sizeof(struct cox_vrrp_address));
    for (size_t i = 0; i < items->n_addresses; i++) {
        if (!is_left(turn->own, conf, &items->addresses[i])) {
            g_array_append_val(others, items->addresses[i]);
        }
    }
    items->n_addresses = others->len;
    items->addresses = cox_effects_array(&turn->out->list, others->data, others->len, sizeof(struct cox_vrrp_address));
}
