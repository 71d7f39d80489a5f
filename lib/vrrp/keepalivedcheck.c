/* lib/vrrp/keepalivedcheck.c - what is wrong with virtual routers together, or with values together.  Layer 3, pure. */
#include "vrrp/keepalived.h"

#include <string.h>

static void
say(struct cox_diags *diags, enum cox_severity severity, const struct cox_vrrp_instance *router, const char *remedy, const char *text)
{
    cox_diags_add(diags, severity, router->where != NULL ? router->where : router->name, remedy, "router '%s': %s", router->name, text);
}

/* A check of one router. */
typedef void router_check(const struct cox_vrrp_set *set, const struct cox_vrrp_instance *router, struct cox_diags *diags);

static void
check_vrid(const struct cox_vrrp_set *set, const struct cox_vrrp_instance *router, struct cox_diags *diags)
{
    (void) set;
    if (router->vrid == 0) {
        say(diags, COX_SEVERITY_ERROR, router, "write: virtual_router_id 1 to 255", "it has no VRID");
    }
}

static void
check_interface(const struct cox_vrrp_set *set, const struct cox_vrrp_instance *router, struct cox_diags *diags)
{
    (void) set;
    if (router->interface == NULL && router->n_peers == 0) {
        say(diags, COX_SEVERITY_ERROR, router, "write: interface NAME", "it has neither interface nor unicast peers");
    }
}

/* Do two routers hear each other's adverts? */
static bool
share_adverts(const struct cox_vrrp_instance *a, const struct cox_vrrp_instance *b)
{
    if (g_strcmp0(a->interface, b->interface) != 0 || a->family != b->family || a->vrid != b->vrid || (a->n_peers > 0) != (b->n_peers > 0)) {
        return false;
    }
    if (a->n_peers == 0) {
        return cox_ip_equal(&a->group, &b->group);
    }
    for (size_t i = 0; i < a->n_peers; i++) {
        for (size_t k = 0; k < b->n_peers; k++) {
            if (cox_ip_equal(&a->peers[i].ip, &b->peers[k].ip)) {
                return true;
            }
        }
    }
    return false;
}

static void
check_family(const struct cox_vrrp_set *set, const struct cox_vrrp_instance *router, struct cox_diags *diags)
{
    (void) set;
    for (size_t i = 0; i < router->items.n_addresses; i++) {
        if (router->items.addresses[i].ip.family != router->family) {
            say(diags, COX_SEVERITY_ERROR, router, "write those of the other family in virtual_ipaddress_excluded",
                "its virtual addresses are of both families");
            return;
        }
    }
    for (size_t i = 0; i < router->n_peers; i++) {
        if (router->peers[i].ip.family != router->family) {
            say(diags, COX_SEVERITY_ERROR, router, "write peers of the family of the addresses", "its peers and its addresses are of two families");
            return;
        }
    }
    if ((router->source.family != COX_IP_NONE && router->source.family != router->family) || router->group.family != router->family) {
        say(diags, COX_SEVERITY_ERROR, router, "write addresses of one family", "its source or group is of another family than its addresses");
    }
}

static void
check_addresses(const struct cox_vrrp_set *set, const struct cox_vrrp_instance *router, struct cox_diags *diags)
{
    (void) set;
    if (router->items.n_addresses == 0) {
        say(diags, COX_SEVERITY_ERROR, router, "write virtual_ipaddress { ADDRESS }", "it has no virtual address"); /* RFC 9568 5.2.5 */
    }
    if (router->items.n_addresses > 255) {
        say(diags, COX_SEVERITY_WARNING, router, "write those beyond 255 in virtual_ipaddress_excluded",
            "an advert has room for 255 addresses: the first 255 are sent, all are held");
    }
    for (size_t i = 0; i < router->items.n_addresses; i++) {
        for (size_t k = i + 1; k < router->items.n_addresses && k < 256; k++) {
            if (cox_ip_equal(&router->items.addresses[i].ip, &router->items.addresses[k].ip)) {
                say(diags, COX_SEVERITY_ERROR, router, "leave one of them out", "an address is there twice");
                return;
            }
        }
    }
}

static void
check_version(const struct cox_vrrp_set *set, const struct cox_vrrp_instance *router, struct cox_diags *diags)
{
    (void) set;
    if (router->family == COX_IP_V6 && router->version == 2) {
        say(diags, COX_SEVERITY_ERROR, router, "write: version 3", "version 2 has no IPv6");
    }
    if (router->version == 3 && router->auth.kind == COX_VRRP_AUTH_PASS) {
        say(diags, COX_SEVERITY_WARNING, router, "leave the authentication out, or write: version 2", "version 3 has no password: it is not sent");
    }
}

static void
check_advert(const struct cox_vrrp_set *set, const struct cox_vrrp_instance *router, struct cox_diags *diags)
{
    (void) set;
    if (router->version == 2 && router->advert % COX_USEC_PER_S != 0) {
        say(diags, COX_SEVERITY_ERROR, router, "write: version 3, or whole seconds", "version 2 cannot carry parts of a second in adverts");
    }
    if (router->version == 3 && router->advert > 40950 * COX_USEC_PER_MS) {
        say(diags, COX_SEVERITY_ERROR, router, "write at most 40.95 seconds", "version 3 cannot carry so long an advert interval");
    }
    if (router->version == 3 && router->advert % (10 * COX_USEC_PER_MS) != 0) {
        say(diags, COX_SEVERITY_WARNING, router, "write hundredths of a second",
            "version 3 carries advert intervals in steps of 0.01 seconds: others are told the next longer one");
    }
}

static void
check_auth(const struct cox_vrrp_set *set, const struct cox_vrrp_instance *router, struct cox_diags *diags)
{
    (void) set;
    if (router->auth.kind == COX_VRRP_AUTH_PASS && router->auth.n_keys == 0) {
        say(diags, COX_SEVERITY_ERROR, router, "write: auth_pass PASSWORD", "it has authentication and no password");
    }
    if (router->auth.kind == COX_VRRP_AUTH_HASH && router->auth.n_keys == 0) {
        say(diags, COX_SEVERITY_ERROR, router, "write: auth_key ID SECRET", "its adverts are to be signed and it has no key");
    }
    for (size_t i = 0; i < router->auth.n_keys; i++) {
        bool is_password = router->auth.keys[i].id == 0;

        if (is_password != (router->auth.kind != COX_VRRP_AUTH_HASH)) {
            say(diags, COX_SEVERITY_ERROR, router, "write auth_pass with PASS, auth_key with HASH", "its password or key is not of its auth_type");
        }
        for (size_t k = 0; k < i && !is_password; k++) {
            if (router->auth.keys[k].id == router->auth.keys[i].id) {
                say(diags, COX_SEVERITY_ERROR, router, "give each key a number of its own", "two of its keys have the same number");
            }
        }
    }
}

static void
check_preempt(const struct cox_vrrp_set *set, const struct cox_vrrp_instance *router, struct cox_diags *diags)
{
    (void) set;
    if (router->is_master_first && (!router->is_preempting || router->preempt_delay > 0) && router->priority != 255) {
        say(diags, COX_SEVERITY_WARNING, router, "write: state BACKUP", "nopreempt and preempt_delay do not go with state MASTER");
    }
    if (!router->is_preempting && router->preempt_delay > 0) {
        say(diags, COX_SEVERITY_WARNING, router, "leave one of them out", "preempt_delay means nothing with nopreempt");
    }
}

static void
check_strict(const struct cox_vrrp_set *set, const struct cox_vrrp_instance *router, struct cox_diags *diags)
{
    (void) set;
    if (!router->is_strict) {
        return;
    }
    if (router->n_peers > 0) {
        say(diags, COX_SEVERITY_ERROR, router, "leave the peers or vrrp_strict out", "strict mode has no unicast");
    }
    if (router->auth.kind != COX_VRRP_AUTH_NONE) {
        say(diags, COX_SEVERITY_ERROR, router, "leave the authentication or vrrp_strict out", "strict mode has no authentication");
    }
    if (router->preempt_delay > 0) {
        say(diags, COX_SEVERITY_ERROR, router, "leave preempt_delay or vrrp_strict out", "strict mode has no preempt_delay");
    }
    if (router->is_master_first != (router->priority == 255)) {
        say(diags, COX_SEVERITY_WARNING, router, "write MASTER with priority 255 only", "in strict mode the owner, and only it, is MASTER first");
    }
}

static void
check_vmac(const struct cox_vrrp_set *set, const struct cox_vrrp_instance *router, struct cox_diags *diags)
{
    (void) set;
    if (router->vmac.kind != COX_VRRP_VMAC_NONE && router->interface == NULL) {
        say(diags, COX_SEVERITY_ERROR, router, "write: interface NAME", "use_vmac needs an interface");
    }
    if (router->vmac.kind == COX_VRRP_VMAC_MACVLAN && router->n_peers > 0 && !router->vmac.sends_from_base) {
        say(diags, COX_SEVERITY_WARNING, router, "write: vmac_xmit_base", "unicast peers are reached from the interface below only");
    }
}

/* Have two routers the same virtual interface, though it cannot be the same one? */
static void
check_vmac_names(const struct cox_vrrp_set *set, struct cox_diags *diags)
{
    g_autoptr(GHashTable) taken = g_hash_table_new(g_str_hash, g_str_equal); /* name -> router */

    for (size_t i = 0; i < set->n_instances; i++) {
        const struct cox_vrrp_instance *router = &set->instances[i], *other;

        if (router->vmac.kind == COX_VRRP_VMAC_NONE || router->vmac.name == NULL) {
            continue;
        }
        other = g_hash_table_lookup(taken, router->vmac.name);
        if (other == NULL) {
            g_hash_table_insert(taken, (gpointer) (guintptr) router->vmac.name, (gpointer) (guintptr) router);
        } else if (!cox_vrrp_has_same_vmac(other, router)) {
            g_autofree char *text = g_strdup_printf("the virtual interface '%s' is that of router '%s' already", router->vmac.name, other->name);

            say(diags, COX_SEVERITY_ERROR, router, "write use_vmac with another name, or without one", text);
        }
    }
}

/* Is the followed thing there? */
static bool
is_there(const struct cox_vrrp_set *set, const struct cox_vrrp_track *track)
{
    bool is_found = track->kind != COX_VRRP_TRACK_SCRIPT && track->kind != COX_VRRP_TRACK_FILE && track->kind != COX_VRRP_TRACK_PROCESS;

    for (size_t i = 0; track->kind == COX_VRRP_TRACK_SCRIPT && i < set->n_scripts; i++) {
        is_found = is_found || strcmp(set->scripts[i].name, track->name) == 0;
    }
    for (size_t i = 0; track->kind == COX_VRRP_TRACK_FILE && i < set->n_files; i++) {
        is_found = is_found || strcmp(set->files[i].name, track->name) == 0;
    }
    for (size_t i = 0; track->kind == COX_VRRP_TRACK_PROCESS && i < set->n_processes; i++) {
        is_found = is_found || strcmp(set->processes[i].name, track->name) == 0;
    }
    return is_found;
}

static void
check_track_list(const struct cox_vrrp_set *set, const struct cox_vrrp_track *tracks, size_t n, const char *object, struct cox_diags *diags)
{
    for (size_t i = 0; i < n; i++) {
        if (!is_there(set, &tracks[i])) {
            cox_diags_add(diags, COX_SEVERITY_ERROR, object, "define it, or correct the name", "'%s' is followed and not defined", tracks[i].name);
        }
        for (size_t k = 0; k < i; k++) {
            if (tracks[k].kind == tracks[i].kind && strcmp(tracks[k].name, tracks[i].name) == 0) {
                cox_diags_add(diags, COX_SEVERITY_WARNING, object, "leave one of them out", "'%s' is followed twice", tracks[i].name);
            }
        }
    }
}

static void
check_tracks(const struct cox_vrrp_set *set, const struct cox_vrrp_instance *router, struct cox_diags *diags)
{
    check_track_list(set, router->tracks, router->n_tracks, router->where != NULL ? router->where : router->name, diags);
    for (size_t i = 0; i < router->n_tracks && router->priority == 255; i++) {
        if (router->tracks[i].weight.value != 0) {
            say(diags, COX_SEVERITY_WARNING, router, "write weight 0", "the priority of the owner of the addresses does not change");
            return;
        }
    }
}

/* ---- the set ---------------------------------------------------------------------------------------------- */

/* Interface and VRID. */
static guint
hash_of_place(gconstpointer data)
{
    const struct cox_vrrp_instance *router = data;

    return (router->interface == NULL ? 0 : g_str_hash(router->interface)) * 256 + router->vrid;
}

static gboolean
has_same_place(gconstpointer a, gconstpointer b)
{
    const struct cox_vrrp_instance *one = a, *other = b;

    return one->vrid == other->vrid && g_strcmp0(one->interface, other->interface) == 0;
}

static void
check_twins(const struct cox_vrrp_set *set, struct cox_diags *diags)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) first = g_hash_table_new(hash_of_place, has_same_place); /* to the chain of routers of one place */
    g_autofree gsize *before = g_new0(gsize, set->n_instances + 1);

    for (size_t i = 0; i < set->n_instances; i++) {
        const struct cox_vrrp_instance *router = &set->instances[i];

        if (!g_hash_table_add(names, (gpointer) (guintptr) router->name)) {
            say(diags, COX_SEVERITY_ERROR, router, "give each its own name", "another router has this name");
        }
        before[i] = GPOINTER_TO_SIZE(g_hash_table_lookup(first, router)); /* index + 1 */
        g_hash_table_insert(first, (gpointer) (guintptr) router, GSIZE_TO_POINTER(i + 1));
        for (gsize k = before[i]; k > 0 && router->vrid > 0; k = before[k - 1]) {
            if (share_adverts(&set->instances[k - 1], router)) {
                g_autofree char *text = g_strdup_printf("VRID %u is on this interface already, of router '%s'", router->vrid,
                                                        set->instances[k - 1].name);

                say(diags, COX_SEVERITY_ERROR, router, "give each router of an interface its own virtual_router_id", text);
                break;
            }
        }
    }
}

static const struct cox_vrrp_instance *
find(GHashTable *routers, const char *name)
{
    return g_hash_table_lookup(routers, name);
}

static void
check_groups(const struct cox_vrrp_set *set, GHashTable *routers, struct cox_diags *diags)
{
    g_autoptr(GHashTable) taken = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = 0; i < set->n_groups; i++) {
        const struct cox_vrrp_group *group = &set->groups[i];
        const char *object = group->where != NULL ? group->where : group->name;

        if (group->n_members == 0) {
            cox_diags_add(diags, COX_SEVERITY_ERROR, object, "write: group { ROUTER ROUTER }", "sync group '%s' has no routers", group->name);
        }
        for (size_t k = 0; k < group->n_members; k++) {
            if (find(routers, group->members[k]) == NULL) {
                cox_diags_add(diags, COX_SEVERITY_ERROR, object, "define the vrrp_instance, or correct the name",
                              "sync group '%s' names the router '%s', which is not defined", group->name, group->members[k]);
            } else if (!g_hash_table_add(taken, (gpointer) (guintptr) group->members[k])) {
                cox_diags_add(diags, COX_SEVERITY_ERROR, object, "leave it in one group", "router '%s' is in a sync group already",
                              group->members[k]);
            }
        }
        check_track_list(set, group->tracks, group->n_tracks, object, diags);
    }
    for (size_t i = 0; i < set->n_track_groups; i++) {
        for (size_t k = 0; k < set->track_groups[i].n_members; k++) {
            if (find(routers, set->track_groups[i].members[k]) == NULL) {
                cox_diags_add(diags, COX_SEVERITY_ERROR, set->track_groups[i].name, "define the vrrp_instance, or correct the name",
                              "the track group names the router '%s', which is not defined", set->track_groups[i].members[k]);
            }
        }
    }
}

void
cox_vrrp_check(const struct cox_vrrp_set *set, struct cox_diags *diags)
{
    static router_check *const checks[] = { check_vrid, check_interface, check_family, check_addresses, check_version, check_advert,
                                            check_auth, check_preempt, check_strict, check_vmac, check_tracks };
    g_autoptr(GHashTable) routers = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = 0; i < set->n_instances; i++) {
        g_hash_table_insert(routers, (gpointer) (guintptr) set->instances[i].name, (gpointer) (guintptr) &set->instances[i]);
        for (size_t k = 0; k < G_N_ELEMENTS(checks); k++) {
            checks[k](set, &set->instances[i], diags);
        }
    }
    check_twins(set, diags);
    check_vmac_names(set, diags);
    check_groups(set, routers, diags);
}
