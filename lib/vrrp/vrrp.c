/* lib/vrrp/vrrp.c - all virtual routers of a process: the engine.  Layer 3, pure. */
#include "vrrp/vrrp_priv.h"

#include <string.h>

struct cox_vrrp *
cox_vrrp_new(guint64 first_stamp, cox_usec now)
{
    struct cox_vrrp *vrrp = g_new0(struct cox_vrrp, 1);

    vrrp->units = g_ptr_array_new();
    vrrp->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    vrrp->by_key = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    vrrp->held = g_hash_table_new(cox_ip_hash, cox_ip_equal_key);
    vrrp->own = g_hash_table_new_full(cox_ip_hash, cox_ip_equal_key, g_free, NULL);
    vrrp->placed = g_hash_table_new_full(cox_ip_hash, cox_ip_equal_key, g_free, NULL);
    vrrp->groups = g_ptr_array_new();
    cox_vrrp_facts_init(&vrrp->facts);
    cox_vrrp_heap_init(&vrrp->heap);
    vrrp->first_stamp = first_stamp;
    vrrp->made_at = now;
    vrrp->start_at = vrrp->restore_at = vrrp->wake_at = COX_USEC_NEVER;
    return vrrp;
}

void
cox_vrrp_free(struct cox_vrrp *vrrp)
{
    if (vrrp == NULL) {
        return;
    }
    for (guint i = 0; i < vrrp->units->len; i++) {
        cox_vrrp_router_clear(&cox_vrrp_unit_at(vrrp, i)->router, &vrrp->heap);
        cox_vrrp_unit_free(cox_vrrp_unit_at(vrrp, i));
    }
    g_ptr_array_unref(vrrp->units);
    g_ptr_array_unref(vrrp->groups);
    g_hash_table_unref(vrrp->by_name);
    g_hash_table_unref(vrrp->by_key);
    g_hash_table_unref(vrrp->held);
    g_hash_table_unref(vrrp->own);
    g_hash_table_unref(vrrp->placed);
    cox_vrrp_facts_clear(&vrrp->facts);
    cox_vrrp_heap_clear(&vrrp->heap);
    cox_vrrp_set_free(vrrp->set);
    cox_vrrp_set_free(vrrp->retired);
    g_free(vrrp);
}

guint64
cox_vrrp_stamp(const struct cox_vrrp *vrrp, cox_usec now)
{
    return MAX(vrrp->first_stamp + (guint64) MAX(now - vrrp->made_at, 0), vrrp->last_stamp);
}

/* Only forward: others refuse what is not later than what they have heard. */
static void
on_clock(struct cox_vrrp *vrrp, guint64 clock, cox_usec now)
{
    guint64 stamp = cox_vrrp_stamp(vrrp, now);

    if (clock > stamp) {
        vrrp->first_stamp += clock - stamp;
    }
}

/* ---- packets ---- */

static void
on_packet(struct cox_vrrp *vrrp, const struct cox_vrrp_packet *packet, const struct cox_vrrp_turn *turn)
{
    struct cox_vrrp_unit *unit = packet->size < 2 ? NULL : cox_vrrp_find(vrrp, packet, packet->data[1]);
    struct cox_vrrp_advert advert;
    enum cox_vrrp_refusal refusal = cox_vrrp_advert_parse(packet, &advert);

    if (unit == NULL) {
        vrrp->refused[refusal != COX_VRRP_ACCEPTED ? refusal : COX_VRRP_REFUSED_VRID]++;
    } else if (refusal != COX_VRRP_ACCEPTED) {
        cox_vrrp_router_refuse(&unit->router, refusal, &packet->source, turn);
    } else {
        enum cox_vrrp_wish wish = cox_vrrp_router_hear(&unit->router, packet, &advert, turn);

        if (wish != COX_VRRP_WISH_NONE) {
            cox_vrrp_grant(unit, wish, turn);
        }
    }
}

/* ---- what was lost ---- */

static void
restore(struct cox_vrrp_unit *unit, const struct cox_vrrp_turn *turn)
{
    struct cox_vrrp_router *router = &unit->router;
    struct cox_vrrp_items items;
    struct cox_vrrp_effect *effect;

    unit->must_restore = false;
    if (router->state != COX_VRRP_MASTER) {
        return;
    }
    unit->restored_at = turn->now;
    items = cox_vrrp_router_items(router->conf, turn->out);
    cox_vrrp_own_leave(router->conf, &items, turn);
    effect = cox_effects_add(&turn->out->list);
    effect->kind = COX_VRRP_DO_INSTALL;
    effect->instance = router->conf;
    effect->items = items;
    cox_vrrp_router_announce(router, router->conf->garp.repeat, router->conf->garp.delay, turn);
    cox_vrrp_router_say(router, COX_VRRP_SAY_LOST, NULL, turn);
}

/* At once, but when somebody goes on taking it away only once in an interval of its adverts. */
static void
on_lost(struct cox_vrrp *vrrp, const char *name, const struct cox_vrrp_turn *turn)
{
    struct cox_vrrp_unit *unit = g_hash_table_lookup(vrrp->by_name, name);

    if (unit == NULL || unit->router.state != COX_VRRP_MASTER || unit->must_restore) {
        return;
    }
    if (unit->restored_at == COX_USEC_NEVER || turn->now - unit->restored_at >= unit->router.conf->advert) {
        restore(unit, turn);
        return;
    }
    unit->must_restore = true;
    vrrp->restore_at = cox_usec_min(vrrp->restore_at, unit->restored_at + unit->router.conf->advert);
}

/* An interface has changed. */
static void
on_link(struct cox_vrrp *vrrp, const struct cox_vrrp_turn *turn)
{
    cox_vrrp_index(vrrp);
    cox_vrrp_judge(vrrp, turn);
    for (guint i = 0; i < vrrp->units->len; i++) {
        const struct cox_vrrp_unit *unit = cox_vrrp_unit_at(vrrp, i);

        if (cox_vrrp_unit_is_risen(unit) && cox_vrrp_own_lost(vrrp, unit)) {
            on_lost(vrrp, unit->router.conf->name, turn);
        }
    }
}

static void
restore_due(struct cox_vrrp *vrrp, const struct cox_vrrp_turn *turn)
{
    if (!cox_usec_is_due(vrrp->restore_at, turn->now)) {
        return;
    }
    vrrp->restore_at = COX_USEC_NEVER;
    for (guint i = 0; i < vrrp->units->len; i++) {
        struct cox_vrrp_unit *unit = cox_vrrp_unit_at(vrrp, i);
        cox_usec at = unit->must_restore ? unit->restored_at + unit->router.conf->advert : COX_USEC_NEVER;

        if (cox_usec_is_due(at, turn->now)) {
            restore(unit, turn);
        } else {
            vrrp->restore_at = cox_usec_min(vrrp->restore_at, at);
        }
    }
}

/* ---- orders ---- */

static void
obey(struct cox_vrrp_router *router, enum cox_vrrp_order order, const struct cox_vrrp_turn *turn)
{
    if (router->conf->authority != COX_VRRP_AUTHORITY_CLUSTER) {
        return;
    }
    router->is_promoted = order == COX_VRRP_ORDER_PROMOTE;
    if (router->is_promoted && router->state == COX_VRRP_BACKUP) {
        cox_vrrp_router_to_master(router, turn);
    } else if (!router->is_promoted && router->state == COX_VRRP_MASTER) {
        cox_vrrp_router_to_backup(router, true, turn);
    }
}

static void
on_order(struct cox_vrrp *vrrp, const char *name, enum cox_vrrp_order order, const struct cox_vrrp_turn *turn)
{
    struct cox_vrrp_unit *unit = g_hash_table_lookup(vrrp->by_name, name);

    if (unit == NULL || vrrp->is_stopping) {
        return;
    }
    if (unit->group == NULL) {
        obey(&unit->router, order, turn);
        return;
    }
    for (guint i = 0; i < unit->group->members->len; i++) {
        obey(g_ptr_array_index(unit->group->members, i), order, turn);
    }
    cox_vrrp_syncgroup_tell(unit->group, false, turn);
}

/* ---- the other events ---- */

static void
on_open(struct cox_vrrp *vrrp, const char *name, const char *reason, const struct cox_vrrp_turn *turn)
{
    struct cox_vrrp_unit *unit = g_hash_table_lookup(vrrp->by_name, name);

    if (unit != NULL && g_strcmp0(unit->closed, reason) != 0) {
        g_free(unit->closed);
        unit->closed = g_strdup(reason);
        cox_vrrp_judge(vrrp, turn);
    }
}

static void
on_stop(struct cox_vrrp *vrrp, const struct cox_vrrp_turn *turn)
{
    if (vrrp->is_stopping) {
        return;
    }
    vrrp->is_stopping = true;
    for (guint i = 0; i < vrrp->units->len; i++) {
        struct cox_vrrp_unit *unit = cox_vrrp_unit_at(vrrp, i);
        struct cox_vrrp_effect *effect;

        if (unit->router.conf->authority == COX_VRRP_AUTHORITY_CLUSTER) {
            continue;
        }
        cox_vrrp_router_to_init(&unit->router, COX_VRRP_END_STOP, turn);
        effect = cox_effects_add(&turn->out->list);
        effect->kind = COX_VRRP_DO_CLOSE;
        effect->instance = unit->router.conf;
    }
    for (guint i = 0; i < vrrp->groups->len; i++) {
        cox_vrrp_syncgroup_tell(g_ptr_array_index(vrrp->groups, i), true, turn);
    }
    if (vrrp->set != NULL && vrrp->set->statics.n_addresses + vrrp->set->statics.n_routes + vrrp->set->statics.n_rules > 0) {
        struct cox_vrrp_effect *effect = cox_effects_add(&turn->out->list);

        effect->kind = COX_VRRP_DO_REMOVE;
        effect->items = vrrp->set->statics;
    }
}

static void
on_wake(struct cox_vrrp *vrrp, const struct cox_vrrp_turn *turn)
{
    struct cox_vrrp_timer *timer;

    if (vrrp->is_stopping) {
        return;
    }
    if (cox_usec_is_due(vrrp->start_at, turn->now)) {
        vrrp->start_at = COX_USEC_NEVER;
        cox_vrrp_judge(vrrp, turn);
    }
    while ((timer = cox_vrrp_heap_first(&vrrp->heap)) != NULL && timer->at - cox_vrrp_router_slack(timer->owner) <= turn->now) {
        struct cox_vrrp_unit *unit = timer->owner;
        enum cox_vrrp_wish wish = cox_vrrp_router_wake(&unit->router, turn);

        if (wish != COX_VRRP_WISH_NONE) {
            cox_vrrp_grant(unit, wish, turn);
        }
    }
    restore_due(vrrp, turn);
    if (cox_vrrp_facts_wake(&vrrp->facts, turn->now, turn->out)) {
        cox_vrrp_judge(vrrp, turn);
    }
}

static void
wish_wake(struct cox_vrrp *vrrp, struct cox_vrrp_effects *out)
{
    const struct cox_vrrp_timer *first = cox_vrrp_heap_first(&vrrp->heap);
    cox_usec at = cox_usec_min(first != NULL ? first->at : COX_USEC_NEVER, cox_vrrp_facts_next(&vrrp->facts));

    at = vrrp->is_stopping ? COX_USEC_NEVER : cox_usec_min(at, cox_usec_min(vrrp->start_at, vrrp->restore_at));
    if (at != vrrp->wake_at) {
        struct cox_vrrp_effect *effect = cox_effects_add(&out->list);

        effect->kind = COX_VRRP_DO_WAKE;
        effect->at = vrrp->wake_at = at;
    }
}

void
cox_vrrp_step(struct cox_vrrp *vrrp, const struct cox_vrrp_event *event, cox_usec now, struct cox_vrrp_effects *out)
{
    guint n_adverts = 0;
    const struct cox_vrrp_turn turn = { now, &vrrp->last_stamp, cox_vrrp_stamp(vrrp, now), &vrrp->heap, out, &n_adverts, vrrp->own };

    g_clear_pointer(&vrrp->retired, cox_vrrp_set_free);
    switch (event->kind) {
        case COX_VRRP_ON_SET:
            cox_vrrp_reload(vrrp, event->set, &turn);
            break;
        case COX_VRRP_ON_WAKE:
            on_wake(vrrp, &turn);
            break;
        case COX_VRRP_ON_PACKET:
            on_packet(vrrp, event->packet, &turn);
            break;
        case COX_VRRP_ON_LINK:
            if (cox_vrrp_facts_link(&vrrp->facts, event->link, now)) {
                on_link(vrrp, &turn);
            }
            break;
        case COX_VRRP_ON_TRACK:
            if (cox_vrrp_facts_result(&vrrp->facts, event->track.kind, event->track.name, event->track.value)) {
                cox_vrrp_judge(vrrp, &turn);
            }
            break;
        case COX_VRRP_ON_LOST:
            on_lost(vrrp, event->lost, &turn);
            break;
        case COX_VRRP_ON_ORDER:
            on_order(vrrp, event->order.instance, event->order.order, &turn);
            break;
        case COX_VRRP_ON_STOP:
            on_stop(vrrp, &turn);
            break;
        case COX_VRRP_ON_CLOCK:
            on_clock(vrrp, event->clock, now);
            break;
        case COX_VRRP_ON_OPEN:
            on_open(vrrp, event->open.instance, event->open.reason, &turn);
            break;
    }
    wish_wake(vrrp, out);
}

/* ---- what is ---- */

size_t
cox_vrrp_count(const struct cox_vrrp *vrrp)
{
    return vrrp->units->len;
}

static struct cox_vrrp_status
status_of(const struct cox_vrrp_router *router)
{
    return (struct cox_vrrp_status) {
        .instance = router->conf,
        .state = router->state,
        .fault = router->state == COX_VRRP_FAULT ? router->fault : NULL,
        .since = router->since,
        .priority = router->priority,
        .source = router->source,
        .master = router->master,
        .master_priority = router->master_priority,
        .master_interval = router->master_interval,
        .stats = &router->stats,
    };
}

struct cox_vrrp_status
cox_vrrp_status_at(const struct cox_vrrp *vrrp, size_t i)
{
    return status_of(&cox_vrrp_unit_at(vrrp, (guint) i)->router);
}

bool
cox_vrrp_status_of(const struct cox_vrrp *vrrp, const char *name, struct cox_vrrp_status *status)
{
    const struct cox_vrrp_unit *unit = g_hash_table_lookup(vrrp->by_name, name);

    if (unit != NULL) {
        *status = status_of(&unit->router);
    }
    return unit != NULL;
}

const guint64 *
cox_vrrp_refused(const struct cox_vrrp *vrrp)
{
    return vrrp->refused;
}

const struct cox_vrrp_set *
cox_vrrp_set_of(const struct cox_vrrp *vrrp)
{
    return vrrp->set;
}

const char *
cox_vrrp_state_name(enum cox_vrrp_state state)
{
    static const char *const names[] = { "INIT", "BACKUP", "MASTER", "FAULT" };

    return names[state];
}

#define COX_VRRP_REFUSAL(symbol, name, text) { name, text },
static const struct {
    const char *name, *text;
} refusals[] = { { "accepted", "nothing is wrong with it" },
#include "vrrp/refusal.def"
};
#undef COX_VRRP_REFUSAL

const char *
cox_vrrp_refusal_name(enum cox_vrrp_refusal refusal)
{
    return refusals[refusal].name;
}

const char *
cox_vrrp_refusal_text(enum cox_vrrp_refusal refusal)
{
    return refusals[refusal].text;
}
