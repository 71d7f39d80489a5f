/* lib/vrrp/vrrpset.c - all that is configured for a process with virtual routers.  Layer 3, pure. */
#include "vrrp/vrrpset.h"

#include <string.h>

struct cox_vrrp_set *
cox_vrrp_set_new(void)
{
    struct cox_arena *arena = cox_arena_new();
    struct cox_vrrp_set *set = cox_arena_new_array(arena, struct cox_vrrp_set, 1);

    set->arena = arena;
    set->global.startup_limit = set->global.shutdown_limit = 10 * COX_USEC_PER_S;
    set->global.sched.rt_late = COX_USEC_PER_S;
    set->global.sched.rt_limit = 10 * COX_USEC_PER_MS;
    set->global.nft_table = "coxswain";
    set->global.nft_priority = -1;
    set->global.umask = -1;
    return set;
}

/* ---- what is left out ---- */

#define NAME_MOST 15 /* IFNAMSIZ - 1 */

bool
cox_vrrp_has_same_vmac(const struct cox_vrrp_instance *a, const struct cox_vrrp_instance *b)
{
    return a->family == b->family && a->vrid == b->vrid && g_strcmp0(a->interface, b->interface) == 0 &&
           a->vmac.kind == b->vmac.kind && memcmp(a->vmac.mac, b->vmac.mac, sizeof a->vmac.mac) == 0;
}

static bool
is_free(GHashTable *taken, const char *name, const struct cox_vrrp_instance *router)
{
    const struct cox_vrrp_instance *who = g_hash_table_lookup(taken, name);

    return strlen(name) <= NAME_MOST && (who == NULL || cox_vrrp_has_same_vmac(who, router));
}

/* For g_free. */
static char *
free_name(GHashTable *taken, const struct cox_vrrp_instance *router, const char *prefix)
{
    const char *usual = prefix != NULL ? prefix : "vrrp", *interface = router->interface != NULL ? router->interface : "";
    const char *six = router->family == COX_IP_V6 ? "6" : "";
    char *names[] = {
        g_strdup_printf("%.11s.%u", usual, router->vrid),
        g_strdup_printf("%.10s%s.%u", usual, six, router->vrid),
        g_strdup_printf("%.10s%s.%u.%s", usual, six, router->vrid, interface),
    };
    char *name = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (name == NULL && is_free(taken, names[i], router)) {
            name = g_steal_pointer(&names[i]);
        }
        g_free(names[i]);
    }
    for (guint i = 2; name == NULL; i++) {
        name = g_strdup_printf("%.4s.%u.%u", usual, router->vrid, i);
        if (!is_free(taken, name, router)) {
            g_clear_pointer(&name, g_free);
        }
    }
    return name;
}

static void
name_interfaces(struct cox_vrrp_set *set, struct cox_vrrp_instance *routers)
{
    g_autoptr(GHashTable) taken = g_hash_table_new(g_str_hash, g_str_equal); /* name -> router */

    for (size_t i = 0; i < set->n_instances; i++) {
        if (routers[i].vmac.kind != COX_VRRP_VMAC_NONE && routers[i].vmac.name != NULL) {
            g_hash_table_insert(taken, (gpointer) (guintptr) routers[i].vmac.name, &routers[i]);
        }
    }
    for (size_t i = 0; i < set->n_instances; i++) {
        if (routers[i].vmac.kind != COX_VRRP_VMAC_NONE && routers[i].vmac.name == NULL) {
            g_autofree char *name = free_name(taken, &routers[i], set->global.vmac_prefix);

            routers[i].vmac.name = cox_arena_strdup(set->arena, name);
            routers[i].vmac.is_name_made = true;
            g_hash_table_insert(taken, (gpointer) (guintptr) routers[i].vmac.name, &routers[i]);
        }
    }
}

/* Who has this virtual interface, and cannot share it with @router? */
static struct cox_vrrp_instance *
holder_of(const struct cox_vrrp_set *set, const char *name, const struct cox_vrrp_instance *router)
{
    struct cox_vrrp_instance *routers = (struct cox_vrrp_instance *) (guintptr) set->instances; /* of the set's own arena */

    for (size_t i = 0; i < set->n_instances; i++) {
        if (g_strcmp0(routers[i].vmac.name, name) == 0 && !cox_vrrp_has_same_vmac(&routers[i], router)) {
            return &routers[i];
        }
    }
    return NULL;
}

/* All that share the virtual interface of @router. */
static void
rename_all(struct cox_vrrp_set *set, const struct cox_vrrp_instance *router, const char *name)
{
    struct cox_vrrp_instance *routers = (struct cox_vrrp_instance *) (guintptr) set->instances;

    for (size_t i = 0; i < set->n_instances; i++) {
        if (routers[i].vmac.is_name_made && cox_vrrp_has_same_vmac(&routers[i], router)) {
            routers[i].vmac.name = name;
        }
    }
}

void
cox_vrrp_set_keep_names(struct cox_vrrp_set *set, const struct cox_vrrp_set *before)
{
    struct cox_vrrp_instance *routers = (struct cox_vrrp_instance *) (guintptr) set->instances;
    g_autoptr(GHashTable) earlier = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = 0; i < before->n_instances && g_strcmp0(before->global.vmac_prefix, set->global.vmac_prefix) == 0; i++) {
        if (before->instances[i].vmac.is_name_made) {
            g_hash_table_insert(earlier, (gpointer) (guintptr) before->instances[i].name, (gpointer) (guintptr) &before->instances[i]);
        }
    }
    for (size_t i = 0; i < set->n_instances; i++) {
        const struct cox_vrrp_instance *was = g_hash_table_lookup(earlier, routers[i].name);
        struct cox_vrrp_instance *holder;

        if (was == NULL || !routers[i].vmac.is_name_made || !cox_vrrp_has_same_vmac(was, &routers[i]) || strcmp(was->vmac.name, routers[i].vmac.name) == 0) {
            continue;
        }
        holder = holder_of(set, was->vmac.name, &routers[i]);
        if (holder == NULL || holder->vmac.is_name_made) {
            const struct cox_vrrp_instance wanted = routers[i];

            if (holder != NULL) {
                rename_all(set, holder, wanted.vmac.name);
            }
            rename_all(set, &wanted, cox_arena_strdup(set->arena, was->vmac.name));
        }
    }
}

void
cox_vrrp_set_finish(struct cox_vrrp_set *set)
{
    struct cox_vrrp_address *addresses = (struct cox_vrrp_address *) (guintptr) set->statics.addresses; /* all of the set's own arena */

    name_interfaces(set, (struct cox_vrrp_instance *) (guintptr) set->instances);
    for (size_t i = 0; i < set->statics.n_addresses; i++) {
        if (addresses[i].interface == NULL) {
            addresses[i].interface = set->global.default_interface != NULL ? set->global.default_interface : "eth0";
        }
    }
}

const struct cox_vrrp_pace *
cox_vrrp_set_pace(const struct cox_vrrp_set *set, const char *interface)
{
    const struct cox_vrrp_pace *others = NULL;

    for (size_t i = 0; i < set->n_paces; i++) {
        const struct cox_vrrp_pace *pace = &set->paces[i];

        for (size_t k = 0; k < pace->n_interfaces; k++) {
            if (strcmp(pace->interfaces[k], interface) == 0) {
                return pace;
            }
        }
        others = pace->n_interfaces == 0 ? pace : others;
    }
    return others;
}

void
cox_vrrp_set_free(struct cox_vrrp_set *set)
{
    if (set != NULL) {
        cox_arena_free(set->arena); /* the set is in it */
    }
}

void
cox_vrrp_instance_defaults(struct cox_vrrp_instance *instance, enum cox_ip_family family)
{
    *instance = (struct cox_vrrp_instance) {
        .family = (guint8) family,
        .version = family == COX_IP_V6 ? 3 : 2,
        .priority = 100,
        .advert = COX_USEC_PER_S,
        .down_adverts = 3,
        .is_preempting = true,
        .is_accepting = true,
        .answers_lower = true,
        .answers_higher = true,
        .auth = { .window = 60 * COX_USEC_PER_S },
        .unicast_ttl = -1,
        .garp = { .repeat = 5, .delay = 5 * COX_USEC_PER_S, .lower_repeat = 5, .lower_delay = 5 * COX_USEC_PER_S, .refresh_repeat = 1 },
    };
    cox_ip_parse(family == COX_IP_V6 ? "ff02::12" : "224.0.0.18", &instance->group);
}
