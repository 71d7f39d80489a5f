/* lib/vrrp/vrrpjudge.c - faults, priorities and sources of all routers.  Layer 3, pure. */
#include "vrrp/vrrp_priv.h"

static guint64
key_of(guint interface, guint8 family, guint8 vrid)
{
    return (guint64) interface << 16 | (guint64) family << 8 | vrid;
}

/* Routers of one key are a chain in the order of the set; one whose interface is not there hears nothing. */
void
cox_vrrp_index(struct cox_vrrp *vrrp)
{
    g_hash_table_remove_all(vrrp->by_key);
    for (guint i = vrrp->units->len; i-- > 0;) {
        struct cox_vrrp_unit *unit = cox_vrrp_unit_at(vrrp, i);
        const struct cox_vrrp_instance *conf = unit->router.conf;
        const struct cox_vrrp_port *port = cox_vrrp_facts_port(&vrrp->facts, conf->interface);
        guint64 key = key_of(port != NULL ? port->index : 0, conf->family, conf->vrid);

        unit->next = NULL;
        if (conf->interface == NULL || (port != NULL && port->index != 0)) {
            unit->next = g_hash_table_lookup(vrrp->by_key, &key);
            g_hash_table_insert(vrrp->by_key, g_memdup2(&key, sizeof key), unit);
        }
    }
}

struct cox_vrrp_unit *
cox_vrrp_find(const struct cox_vrrp *vrrp, const struct cox_vrrp_packet *packet, guint8 vrid)
{
    guint64 keys[] = { key_of(packet->interface, packet->source.family, vrid), key_of(0, packet->source.family, vrid) }; /* unicast from anywhere */
    struct cox_vrrp_unit *best = NULL;
    guint best_fit = 0;

    for (guint i = packet->interface == 0; i < G_N_ELEMENTS(keys); i++) {
        for (struct cox_vrrp_unit *unit = g_hash_table_lookup(vrrp->by_key, &keys[i]); unit != NULL; unit = unit->next) {
            guint fit = cox_vrrp_router_fit(unit->router.conf, packet);

            if (fit > best_fit) {
                best = unit;
                best_fit = fit;
            }
        }
    }
    return best;
}

/* ---- sources ---- */

/* The interface's primary address: not one that moves, unless it is the owner's; the host's own stay (vrrpown.c).  IPv6: link-local
 * (RFC 9568 5.1.2.1). */
static struct cox_ip
primary_of(const struct cox_vrrp *vrrp, const struct cox_vrrp_router *router, const struct cox_vrrp_port *port)
{
    const struct cox_ip *moving = NULL;

    for (size_t i = 0; port != NULL && i < port->n_addresses; i++) {
        const struct cox_ip *ip = &port->addresses[i];

        if (ip->family != router->conf->family || (ip->family == COX_IP_V6 && !cox_ip_is_link_local(ip))) {
            continue;
        }
        if (!g_hash_table_contains(vrrp->held, ip) || g_hash_table_contains(vrrp->own, ip)) {
            return *ip;
        }
        moving = moving == NULL ? ip : moving;
    }
    return moving != NULL && cox_vrrp_router_is_owner(router) ? *moving : (struct cox_ip) { 0 };
}

static struct cox_ip
source_of(const struct cox_vrrp *vrrp, const struct cox_vrrp_router *router)
{
    const struct cox_vrrp_instance *conf = router->conf;

    return cox_ip_is_set(&conf->source) ? conf->source : primary_of(vrrp, router, cox_vrrp_facts_port(&vrrp->facts, conf->interface));
}

/* ---- faults ---- */

static const char *
track_text(const struct cox_vrrp_track *track)
{
    static const char *const words[] = { "interface", "script", "file", "process", "attribute", "resource" };

    return words[track->kind];
}

/* What is wrong with this router alone, as a text of @out; NULL: nothing. */
static const char *
fault_of(const struct cox_vrrp *vrrp, const struct cox_vrrp_unit *unit, const struct cox_vrrp_verdict *verdict, struct cox_vrrp_effects *out)
{
    const struct cox_vrrp_instance *conf = unit->router.conf;
    const struct cox_vrrp_port *port = cox_vrrp_facts_port(&vrrp->facts, conf->interface);
    struct cox_ip source = source_of(vrrp, &unit->router);
    g_autofree char *text = NULL;

    if (conf->interface != NULL && (port == NULL || port->index == 0)) {
        text = g_strdup_printf("interface %s is not there", conf->interface);
    } else if (conf->interface != NULL && !port->is_up && !conf->ignores_link) {
        text = g_strdup_printf("interface %s is down", conf->interface);
    } else if (source.family == COX_IP_NONE) {
        text = g_strdup_printf("interface %s has no address to send from", conf->interface != NULL ? conf->interface : "(none)");
    } else if (conf->is_source_tracked && !cox_vrrp_port_has(port, &source)) {
        text = g_strdup_printf("interface %s has lost the source address", conf->interface != NULL ? conf->interface : "(none)");
    } else if (conf->is_fault_without_peer && conf->n_peers == 0) {
        text = g_strdup("it has no peer");
    } else if (unit->closed != NULL) {
        text = g_strdup(unit->closed);
    } else if (verdict->bad != NULL) {
        text = g_strdup_printf("%s %s is bad", track_text(verdict->bad), verdict->bad->name);
    }
    return cox_effects_text(&out->list, text);
}

static guint8
priority_of(const struct cox_vrrp_instance *conf, gint64 weight)
{
    return conf->priority == 255 ? 255 : (guint8) CLAMP(conf->priority + weight, 1, 254);
}

/* ---- rising and falling ---- */

void
cox_vrrp_grant(struct cox_vrrp_unit *unit, enum cox_vrrp_wish wish, const struct cox_vrrp_turn *turn)
{
    if (unit->group != NULL) {
        cox_vrrp_syncgroup_wish(unit->group, &unit->router, wish, turn);
    } else if (wish == COX_VRRP_WISH_MASTER) {
        cox_vrrp_router_to_master(&unit->router, turn);
    } else if (wish == COX_VRRP_WISH_BACKUP) {
        cox_vrrp_router_to_backup(&unit->router, false, turn);
    }
}

static bool
is_master_at_once(const struct cox_vrrp_router *router)
{
    return router->conf->authority == COX_VRRP_AUTHORITY_CLUSTER ? router->is_promoted : cox_vrrp_router_is_owner(router);
}

/* From INIT or FAULT.  All that rise do so before any of them becomes master: the members of a group wait for each other. */
static void
rise(struct cox_vrrp *vrrp, struct cox_vrrp_unit *unit, const struct cox_vrrp_turn *turn)
{
    struct cox_vrrp_router *router = &unit->router;

    cox_vrrp_own_place(vrrp, unit);
    if (is_master_at_once(router)) {
        router->is_ready = true;
        if (unit->group == NULL) {
            cox_vrrp_router_to_master(router, turn);
            return;
        }
    }
    if (unit->group == NULL || !router->is_ready) {
        cox_vrrp_router_to_backup(router, false, turn);
    }
}

struct cox_vrrp_finding {
    const char *fault;
    gint64 weight;
};

static void
judge_unit(const struct cox_vrrp *vrrp, const struct cox_vrrp_unit *unit, struct cox_vrrp_finding *finding, struct cox_vrrp_effects *out)
{
    const struct cox_vrrp_instance *conf = unit->router.conf;
    const struct cox_vrrp_group *group = unit->group != NULL ? unit->group->conf : NULL;
    struct cox_vrrp_verdict verdict = { 0 };

    cox_vrrp_facts_judge(&vrrp->facts, conf->tracks, conf->n_tracks, group == NULL || group->keeps_weights, &verdict);
    if (group != NULL) {
        cox_vrrp_facts_judge(&vrrp->facts, group->tracks, group->n_tracks, true, &verdict);
    }
    finding->fault = fault_of(vrrp, unit, &verdict, out);
    finding->weight = verdict.weight;
}

/* The fault of a member is that of all. */
static void
spread(struct cox_vrrp *vrrp, struct cox_vrrp_finding *findings, struct cox_vrrp_effects *out)
{
    g_autoptr(GHashTable) bad = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < vrrp->units->len; i++) {
        const struct cox_vrrp_unit *unit = cox_vrrp_unit_at(vrrp, i);

        if (unit->group != NULL && findings[i].fault != NULL && !g_hash_table_contains(bad, unit->group)) {
            g_autofree char *text = g_strdup_printf("%s, of the same group: %s", unit->router.conf->name, findings[i].fault);

            g_hash_table_insert(bad, unit->group, (gpointer) (guintptr) cox_effects_text(&out->list, text));
        }
    }
    for (guint i = 0; i < vrrp->units->len; i++) {
        const struct cox_vrrp_unit *unit = cox_vrrp_unit_at(vrrp, i);

        if (unit->group != NULL && findings[i].fault == NULL) {
            findings[i].fault = g_hash_table_lookup(bad, unit->group);
        }
    }
}

static void
apply(struct cox_vrrp *vrrp, struct cox_vrrp_unit *unit, const struct cox_vrrp_finding *finding, const struct cox_vrrp_turn *turn)
{
    struct cox_vrrp_router *router = &unit->router;
    const struct cox_vrrp_port *port = cox_vrrp_facts_port(&vrrp->facts, router->conf->interface);

    if (finding->fault != NULL) {
        cox_vrrp_router_to_fault(router, finding->fault, turn); /* with the source that it had: the last word */
    }
    router->source = source_of(vrrp, router);
    router->can_send = router->conf->interface == NULL || (port != NULL && port->index != 0);
    if (!cox_vrrp_router_is_owner(router)) {
        cox_vrrp_router_set_priority(router, priority_of(router->conf, finding->weight), turn);
    } else {
        router->priority = 255;
    }
    if (finding->fault == NULL && (router->state == COX_VRRP_INIT || router->state == COX_VRRP_FAULT)) {
        rise(vrrp, unit, turn);
    }
}

/* Groups whose owners or promoted members have just risen. */
static void
rise_groups(struct cox_vrrp *vrrp, const struct cox_vrrp_turn *turn)
{
    for (guint i = 0; i < vrrp->units->len; i++) {
        struct cox_vrrp_unit *unit = cox_vrrp_unit_at(vrrp, i);

        if (unit->group == NULL || !unit->router.is_ready || unit->router.state == COX_VRRP_MASTER || !is_master_at_once(&unit->router)) {
            continue;
        }
        cox_vrrp_syncgroup_wish(unit->group, &unit->router, COX_VRRP_WISH_MASTER, turn);
        if (unit->router.state == COX_VRRP_INIT || unit->router.state == COX_VRRP_FAULT) {
            cox_vrrp_router_to_backup(&unit->router, false, turn); /* the others are not ready */
        }
    }
}

void
cox_vrrp_judge(struct cox_vrrp *vrrp, const struct cox_vrrp_turn *turn)
{
    g_autofree struct cox_vrrp_finding *findings = NULL;

    if (vrrp->is_stopping || cox_usec_is_set(vrrp->start_at)) {
        return;
    }
    findings = g_new0(struct cox_vrrp_finding, MAX(vrrp->units->len, 1));
    for (guint i = 0; i < vrrp->units->len; i++) {
        if (!cox_vrrp_unit_is_risen(cox_vrrp_unit_at(vrrp, i))) {
            cox_vrrp_own_find(vrrp, cox_vrrp_unit_at(vrrp, i));
        }
    }
    for (guint i = 0; i < vrrp->units->len; i++) {
        judge_unit(vrrp, cox_vrrp_unit_at(vrrp, i), &findings[i], turn->out);
    }
    spread(vrrp, findings, turn->out);
    for (guint i = 0; i < vrrp->units->len; i++) {
        apply(vrrp, cox_vrrp_unit_at(vrrp, i), &findings[i], turn);
    }
    rise_groups(vrrp, turn);
    for (guint i = 0; i < vrrp->groups->len; i++) {
        cox_vrrp_syncgroup_tell(g_ptr_array_index(vrrp->groups, i), false, turn);
    }
}
