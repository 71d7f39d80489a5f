/* lib/vrrp/router.c - one virtual router.  Layer 3, pure. */
#include "vrrp/router.h"

#include <string.h>

#define SAY_AGAIN (60 * COX_USEC_PER_S)
#define GROUP_MOST 32     /* adverts that go together */
#define SLACK_SHARE 500   /* of an interval: so much too early an advert may go, with others */

static bool
is_ordered(const struct cox_vrrp_router *router)
{
    return router->conf->authority == COX_VRRP_AUTHORITY_CLUSTER;
}

void
cox_vrrp_router_init(struct cox_vrrp_router *router, const struct cox_vrrp_instance *conf, cox_usec now)
{
    memset(router, 0, sizeof *router);
    router->conf = conf;
    router->since = now;
    router->priority = conf->priority;
    router->is_promoted = is_ordered(router) && conf->is_promoted;
    router->master_interval = conf->advert;
    router->last_sent = COX_USEC_NEVER;
    router->timer.owner = router;
    for (guint i = 0; i < COX_VRRP_TIMER_N; i++) {
        router->at[i] = COX_USEC_NEVER;
    }
}

void
cox_vrrp_router_clear(struct cox_vrrp_router *router, struct cox_vrrp_heap *heap)
{
    cox_vrrp_heap_set(heap, &router->timer, COX_USEC_NEVER);
    cox_vrrp_replay_clear(&router->replay);
    g_clear_pointer(&router->fault, g_free);
}

bool
cox_vrrp_router_is_owner(const struct cox_vrrp_router *router)
{
    return router->conf->priority == 255;
}

/* ---- timers ---- */

static void
set_timer(struct cox_vrrp_router *router, enum cox_vrrp_router_timer timer, cox_usec at, const struct cox_vrrp_turn *turn)
{
    cox_usec first = COX_USEC_NEVER;

    router->at[timer] = at;
    for (guint i = 0; i < COX_VRRP_TIMER_N; i++) {
        first = cox_usec_min(first, router->at[i]);
    }
    if (first != router->timer.at || router->timer.place == 0) {
        cox_vrrp_heap_set(turn->heap, &router->timer, first);
    }
}

static void
clear_timers(struct cox_vrrp_router *router, const struct cox_vrrp_turn *turn)
{
    for (guint i = 0; i < COX_VRRP_TIMER_N; i++) {
        router->at[i] = COX_USEC_NEVER;
    }
    cox_vrrp_heap_set(turn->heap, &router->timer, COX_USEC_NEVER);
}

/* Skew_Time: RFC 3768 6.1 counts in seconds, RFC 9568 6.1 in intervals of the master. */
static cox_usec
skew(const struct cox_vrrp_router *router)
{
    cox_usec unit = router->conf->version == 2 ? COX_USEC_PER_S : router->master_interval;

    return unit * (256 - router->priority) / 256;
}

static cox_usec
down_interval(const struct cox_vrrp_router *router)
{
    return router->master_interval * router->conf->down_adverts + skew(router);
}

cox_usec
cox_vrrp_router_slack(const struct cox_vrrp_router *router)
{
    bool is_advert = router->state == COX_VRRP_MASTER && router->timer.at == router->at[COX_VRRP_TIMER_ADVERT];

    return is_advert ? router->conf->advert / SLACK_SHARE : 0;
}

/* ---- words ---- */

static struct cox_vrrp_effect *
add(const struct cox_vrrp_router *router, enum cox_vrrp_effect_kind kind, const struct cox_vrrp_turn *turn)
{
    struct cox_vrrp_effect *effect = cox_effects_add(&turn->out->list);

    effect->kind = kind;
    effect->instance = router->conf;
    return effect;
}

static bool
may_say(cox_usec *said, cox_usec now)
{
    if (*said != 0 && now - *said < SAY_AGAIN) {
        return false;
    }
    *said = MAX(now, 1);
    return true;
}

void
cox_vrrp_router_say(struct cox_vrrp_router *router, enum cox_vrrp_notice notice, const struct cox_ip *peer, const struct cox_vrrp_turn *turn)
{
    if (may_say(&router->said[notice], turn->now)) {
        struct cox_vrrp_effect *effect = add(router, COX_VRRP_DO_SAY, turn);

        effect->say.notice = notice;
        if (peer != NULL) {
            effect->say.peer = *peer;
        }
    }
}

static struct cox_vrrp_change *
notify(struct cox_vrrp_router *router, const struct cox_vrrp_turn *turn)
{
    struct cox_vrrp_change *change = &add(router, COX_VRRP_DO_NOTIFY, turn)->change;

    change->instance = router->conf;
    change->state = router->state;
    change->priority = router->priority;
    return change;
}

static void
enter(struct cox_vrrp_router *router, enum cox_vrrp_state state, const struct cox_vrrp_turn *turn)
{
    router->state = state;
    router->since = turn->now;
    router->is_ready = false;
    notify(router, turn);
}

/* ---- adverts ---- */

static void
send_to(struct cox_vrrp_router *router, const struct cox_vrrp_outgoing *outgoing, const struct cox_vrrp_turn *turn)
{
    const struct cox_vrrp_instance *conf = router->conf;
    g_autoptr(GByteArray) bytes = g_byte_array_sized_new(64);
    struct cox_vrrp_effect *effect;

    cox_vrrp_advert_build(conf, outgoing, bytes);
    effect = add(router, COX_VRRP_DO_SEND, turn);
    effect->send.source = outgoing->source;
    effect->send.destination = outgoing->destination;
    effect->send.ttl = conf->n_peers > 0 && conf->unicast_ttl >= 0 ? (guint8) conf->unicast_ttl : 255;
    effect->send.data = cox_effects_array(&turn->out->list, bytes->data, bytes->len, 1);
    effect->send.size = bytes->len;
}

static void
send_advert(struct cox_vrrp_router *router, guint8 priority, const struct cox_vrrp_turn *turn)
{
    struct cox_vrrp_outgoing outgoing = { .source = router->source, .destination = router->conf->group, .priority = priority };

    if (!router->can_send || router->source.family == COX_IP_NONE) {
        return;
    }
    outgoing.stamp = *turn->last_stamp = MAX(turn->stamp, *turn->last_stamp + 1);
    for (size_t i = 0; i < router->conf->n_peers; i++) {
        outgoing.destination = router->conf->peers[i].ip;
        send_to(router, &outgoing, turn);
    }
    if (router->conf->n_peers == 0) {
        send_to(router, &outgoing, turn);
    }
    router->stats.sent++;
    router->stats.zero_sent += priority == 0;
}

/*
 * Routers that begin together would send all their adverts in one moment of each interval: too many at once for those that hear them, and the last ones
 * are late by what the first ones take.  Each further group takes another place, once; twice the slack apart, so that groups stay apart.
 */
static cox_usec
ease(const struct cox_vrrp_router *router, const struct cox_vrrp_turn *turn)
{
    guint n_before = (*turn->n_adverts)++ / GROUP_MOST;

    return MIN(n_before, SLACK_SHARE / 4) * (router->conf->advert / SLACK_SHARE) * 2;
}

void
cox_vrrp_router_advert(struct cox_vrrp_router *router, const struct cox_vrrp_turn *turn)
{
    cox_usec planned = router->at[COX_VRRP_TIMER_ADVERT], from = turn->now;

    if (router->last_sent != COX_USEC_NEVER) {
        router->stats.longest_gap = MAX(router->stats.longest_gap, turn->now - router->last_sent);
    }
    router->last_sent = turn->now;
    send_advert(router, router->priority, turn);
    if (planned <= turn->now && turn->now - planned < router->conf->advert / 10) {
        from = planned; /* a little late: the rhythm is kept */
    }
    set_timer(router, COX_VRRP_TIMER_ADVERT, from + router->conf->advert - ease(router, turn), turn);
}

/* ---- addresses ---- */

struct cox_vrrp_items
cox_vrrp_router_items(const struct cox_vrrp_instance *conf, struct cox_vrrp_effects *out)
{
    struct cox_vrrp_items items = conf->items;
    g_autofree struct cox_vrrp_address *all = NULL;

    if (conf->n_excluded > 0) {
        items.n_addresses += conf->n_excluded;
        all = g_new(struct cox_vrrp_address, items.n_addresses);
        if (conf->items.n_addresses > 0) {
            memcpy(all, conf->items.addresses, conf->items.n_addresses * sizeof *all);
        }
        memcpy(all + conf->items.n_addresses, conf->excluded, conf->n_excluded * sizeof *all);
        items.addresses = cox_effects_array(&out->list, all, items.n_addresses, sizeof *all);
    }
    return items;
}

static void
hold(struct cox_vrrp_router *router, enum cox_vrrp_effect_kind kind, const struct cox_vrrp_turn *turn)
{
    const struct cox_vrrp_items all = cox_vrrp_router_items(router->conf, turn->out);
    struct cox_vrrp_items items = all;

    cox_vrrp_own_leave(router->conf, &items, turn);
    add(router, kind, turn)->items = items;
    for (size_t i = 0; kind == COX_VRRP_DO_REMOVE && i < all.n_addresses && items.n_addresses < all.n_addresses; i++) {
        if (i == items.n_addresses || !cox_ip_equal(&all.addresses[i].ip, &items.addresses[i].ip)) {
            cox_vrrp_router_say(router, COX_VRRP_SAY_KEPT, &all.addresses[i].ip, turn);
            return; /* one is enough */
        }
    }
}

static void
announce_items(struct cox_vrrp_router *router, const struct cox_vrrp_items *items, guint repeat, const struct cox_vrrp_turn *turn)
{
    struct cox_vrrp_effect *effect;

    if (repeat == 0 || items->n_addresses == 0) {
        return;
    }
    effect = add(router, COX_VRRP_DO_ANNOUNCE, turn);
    effect->announce.addresses = items->addresses;
    effect->announce.n_addresses = items->n_addresses;
    effect->announce.repeat = repeat;
    router->stats.announcements++;
}

static void
announce(struct cox_vrrp_router *router, guint repeat, const struct cox_vrrp_turn *turn)
{
    const struct cox_vrrp_items items = cox_vrrp_router_items(router->conf, turn->out);

    announce_items(router, &items, repeat, turn);
}

/* Is it on an interface that sends no adverts, so that switches would forget it (garp_extra_if)? */
static bool
is_elsewhere(const struct cox_vrrp_instance *conf, const struct cox_vrrp_address *address)
{
    bool is_meant = conf->garp.has_extra_all || address->has_vmac || conf->vmac.is_for_others;

    return is_meant && address->interface != NULL && g_strcmp0(address->interface, conf->interface) != 0;
}

static void
announce_elsewhere(struct cox_vrrp_router *router, const struct cox_vrrp_turn *turn)
{
    const struct cox_vrrp_items all = cox_vrrp_router_items(router->conf, turn->out);
    g_autofree struct cox_vrrp_address *addresses = g_new(struct cox_vrrp_address, all.n_addresses);
    struct cox_vrrp_items items = { 0 };

    for (size_t i = 0; i < all.n_addresses; i++) {
        if (is_elsewhere(router->conf, &all.addresses[i])) {
            addresses[items.n_addresses++] = all.addresses[i];
        }
    }
    items.addresses = cox_effects_array(&turn->out->list, addresses, items.n_addresses, sizeof *addresses);
    announce_items(router, &items, 1, turn);
}

/* A master's announcement that comes again and again; @interval 0: never. */
static void
set_rhythm(struct cox_vrrp_router *router, enum cox_vrrp_router_timer timer, cox_usec interval, const struct cox_vrrp_turn *turn)
{
    set_timer(router, timer, interval > 0 ? turn->now + interval : COX_USEC_NEVER, turn);
}

void
cox_vrrp_router_announce(struct cox_vrrp_router *router, guint repeat, cox_usec delay, const struct cox_vrrp_turn *turn)
{
    if (router->state != COX_VRRP_MASTER) {
        return;
    }
    announce(router, repeat, turn);
    router->repeat = repeat;
    router->is_after_lower = false;
    set_timer(router, COX_VRRP_TIMER_REPEAT, delay > 0 && repeat > 0 ? turn->now + delay : COX_USEC_NEVER, turn);
}

/* ---- transitions ---- */

void
cox_vrrp_router_to_master(struct cox_vrrp_router *router, const struct cox_vrrp_turn *turn)
{
    const struct cox_vrrp_garp *garp = &router->conf->garp;

    if (router->state == COX_VRRP_MASTER) {
        return;
    }
    clear_timers(router, turn);
    router->last_sent = COX_USEC_NEVER;
    router->master = (struct cox_ip) { 0 };
    router->master_interval = router->conf->advert;
    router->stats.became_master++;
    router->state = COX_VRRP_MASTER;
    cox_vrrp_router_advert(router, turn); /* first: a lower master that hears it lets go while the addresses are set here */
    hold(router, COX_VRRP_DO_INSTALL, turn);
    cox_vrrp_router_announce(router, garp->repeat, garp->delay, turn);
    set_rhythm(router, COX_VRRP_TIMER_REFRESH, garp->refresh, turn);
    set_rhythm(router, COX_VRRP_TIMER_EXTRA, garp->extra_if, turn);
    enter(router, COX_VRRP_MASTER, turn);
}

/* A master lets go. */
static void
leave_master(struct cox_vrrp_router *router, bool says_zero, const struct cox_vrrp_turn *turn)
{
    if (router->state == COX_VRRP_MASTER) {
        if (says_zero) {
            send_advert(router, 0, turn);
        }
        hold(router, COX_VRRP_DO_REMOVE, turn);
        router->stats.left_master++;
    }
    clear_timers(router, turn);
}

void
cox_vrrp_router_to_backup(struct cox_vrrp_router *router, bool says_zero, const struct cox_vrrp_turn *turn)
{
    if (router->state == COX_VRRP_BACKUP) {
        return;
    }
    leave_master(router, says_zero, turn);
    if (router->state != COX_VRRP_MASTER) {
        router->master = (struct cox_ip) { 0 };
        router->master_interval = router->conf->advert;
    }
    enter(router, COX_VRRP_BACKUP, turn);
    if (!is_ordered(router)) {
        set_timer(router, COX_VRRP_TIMER_DOWN, turn->now + down_interval(router), turn);
    }
}

void
cox_vrrp_router_to_fault(struct cox_vrrp_router *router, const char *reason, const struct cox_vrrp_turn *turn)
{
    struct cox_vrrp_effect *effect;

    if (g_strcmp0(router->fault, reason) != 0) {
        g_free(router->fault);
        router->fault = g_strdup(reason);
    }
    if (router->state == COX_VRRP_FAULT) {
        return;
    }
    leave_master(router, true, turn);
    router->master = (struct cox_ip) { 0 };
    effect = add(router, COX_VRRP_DO_SAY, turn);
    effect->say.notice = COX_VRRP_SAY_FAULT;
    effect->say.reason = cox_effects_text(&turn->out->list, reason);
    enter(router, COX_VRRP_FAULT, turn);
}

void
cox_vrrp_router_to_init(struct cox_vrrp_router *router, enum cox_vrrp_end end, const struct cox_vrrp_turn *turn)
{
    struct cox_vrrp_change *change;

    leave_master(router, true, turn);
    router->state = COX_VRRP_INIT;
    router->since = turn->now;
    router->is_ready = false;
    if (end != COX_VRRP_END_REPLACED) {
        change = notify(router, turn);
        change->is_deleted = end == COX_VRRP_END_DELETED;
        change->is_stop = end == COX_VRRP_END_STOP;
    }
}

/* The same after a reload: what goes on comes when it was to come. */
static void
keep_rhythm(struct cox_vrrp_router *router, enum cox_vrrp_router_timer timer, cox_usec interval, const struct cox_vrrp_turn *turn)
{
    if (interval == 0 || !cox_usec_is_set(router->at[timer])) {
        set_rhythm(router, timer, interval, turn);
    }
}

void
cox_vrrp_router_reconfigure(struct cox_vrrp_router *router, const struct cox_vrrp_instance *conf, const struct cox_vrrp_turn *turn)
{
    bool is_heard = router->master.family != COX_IP_NONE;

    router->conf = conf;
    if (router->state == COX_VRRP_MASTER) {
        set_timer(router, COX_VRRP_TIMER_ADVERT, cox_usec_min(router->at[COX_VRRP_TIMER_ADVERT], turn->now + conf->advert), turn);
        keep_rhythm(router, COX_VRRP_TIMER_REFRESH, conf->garp.refresh, turn);
        keep_rhythm(router, COX_VRRP_TIMER_EXTRA, conf->garp.extra_if, turn);
    }
    router->master_interval = is_heard && conf->version == 3 ? router->master_interval : conf->advert;
    if (router->state == COX_VRRP_BACKUP && cox_usec_is_set(router->at[COX_VRRP_TIMER_DOWN])) {
        set_timer(router, COX_VRRP_TIMER_DOWN, cox_usec_min(router->at[COX_VRRP_TIMER_DOWN], turn->now + down_interval(router)), turn);
    }
}

/* ---- adverts of others ---- */

/* Which TTL is wanted: 255 (RFC 9568 7.1), but what a peer's row says with unicast. */
static bool
has_good_ttl(const struct cox_vrrp_instance *conf, const struct cox_vrrp_packet *packet)
{
    if (conf->n_peers == 0) {
        return packet->ttl == 255;
    }
    for (size_t i = 0; i < conf->n_peers; i++) {
        const struct cox_vrrp_peer *peer = &conf->peers[i];

        if (cox_ip_equal(&peer->ip, &packet->source)) {
            return packet->ttl >= peer->min_ttl && (peer->max_ttl == 0 || packet->ttl <= peer->max_ttl);
        }
    }
    return true;
}

static bool
is_peer(const struct cox_vrrp_instance *conf, const struct cox_ip *source)
{
    for (size_t i = 0; i < conf->n_peers; i++) {
        if (cox_ip_equal(&conf->peers[i].ip, source)) {
            return true;
        }
    }
    return false;
}

/* One that sends in the other way is heard as well, but where there is a router of the same way. */
guint
cox_vrrp_router_fit(const struct cox_vrrp_instance *conf, const struct cox_vrrp_packet *packet)
{
    bool is_unicast = conf->n_peers > 0;

    if (cox_ip_is_multicast(&packet->destination)) {
        return !cox_ip_equal(&packet->destination, &conf->group) ? 0 : is_unicast ? 1 : 3;
    }
    return !is_unicast ? 1 : is_peer(conf, &packet->source) ? 3 : 2;
}

static enum cox_vrrp_refusal
judge(struct cox_vrrp_router *router, const struct cox_vrrp_packet *packet, const struct cox_vrrp_advert *advert,
      const struct cox_vrrp_turn *turn)
{
    const struct cox_vrrp_instance *conf = router->conf;
    enum cox_vrrp_refusal refusal;

    if (!has_good_ttl(conf, packet)) {
        return COX_VRRP_REFUSED_TTL;
    }
    if (advert->version != conf->version) {
        return COX_VRRP_REFUSED_VERSION;
    }
    if (!cox_vrrp_advert_has_checksum(packet, conf->checksum)) {
        return COX_VRRP_REFUSED_CHECKSUM;
    }
    if (cox_ip_equal(&packet->source, &router->source)) {
        return COX_VRRP_REFUSED_OWN;
    }
    if (conf->checks_peers && conf->n_peers > 0 && !is_peer(conf, &packet->source)) {
        return COX_VRRP_REFUSED_STRANGER;
    }
    refusal = cox_vrrp_advert_authenticate(packet, advert, &conf->auth);
    if (refusal != COX_VRRP_ACCEPTED) {
        return refusal;
    }
    if (conf->version == 2 && advert->interval != conf->advert) {
        return COX_VRRP_REFUSED_INTERVAL;
    }
    if (router->state != COX_VRRP_BACKUP && router->state != COX_VRRP_MASTER) {
        return COX_VRRP_REFUSED_SLEEPING;
    }
    if (conf->auth.kind == COX_VRRP_AUTH_HASH) {
        struct cox_vrrp_heard heard = { packet->source, cox_vrrp_advert_stamp(advert), turn->stamp };

        return cox_vrrp_replay_check(&router->replay, &heard, conf->auth.window);
    }
    return COX_VRRP_ACCEPTED;
}

void
cox_vrrp_router_refuse(struct cox_vrrp_router *router, enum cox_vrrp_refusal refusal, const struct cox_ip *peer,
                       const struct cox_vrrp_turn *turn)
{
    router->stats.refused[refusal]++;
    if (refusal != COX_VRRP_REFUSED_OWN && refusal != COX_VRRP_REFUSED_SLEEPING && may_say(&router->said_refused[refusal], turn->now)) {
        struct cox_vrrp_effect *effect = add(router, COX_VRRP_DO_SAY, turn);

        effect->say.notice = COX_VRRP_SAY_REFUSED;
        effect->say.refusal = refusal;
        effect->say.peer = *peer;
    }
}

/* An interval as version 3 carries it; those of version 2 are whole seconds anyway. */
static cox_usec
on_the_wire(cox_usec interval)
{
    const cox_usec step = 10 * COX_USEC_PER_MS;

    return (interval + step - 1) / step * step;
}

/* A backup obeys: the master lives. */
static void
follow(struct cox_vrrp_router *router, const struct cox_vrrp_packet *packet, const struct cox_vrrp_advert *advert,
       const struct cox_vrrp_turn *turn)
{
    if (!cox_ip_equal(&router->master, &packet->source)) {
        cox_vrrp_router_say(router, COX_VRRP_SAY_MASTER, &packet->source, turn);
    }
    if (advert->interval != on_the_wire(router->conf->advert)) {
        cox_vrrp_router_say(router, COX_VRRP_SAY_INTERVAL, &packet->source, turn);
    }
    router->master = packet->source;
    router->master_priority = advert->priority;
    router->master_interval = advert->interval > 0 ? advert->interval : router->conf->advert;
    router->is_ready = false;
    if (!is_ordered(router)) {
        set_timer(router, COX_VRRP_TIMER_DOWN, turn->now + down_interval(router), turn);
    }
}

static enum cox_vrrp_wish
hear_as_backup(struct cox_vrrp_router *router, const struct cox_vrrp_packet *packet, const struct cox_vrrp_advert *advert,
               const struct cox_vrrp_turn *turn)
{
    const struct cox_vrrp_instance *conf = router->conf;
    bool is_lower = advert->priority < router->priority && (conf->is_preempting || conf->is_master_first || cox_vrrp_router_is_owner(router));

    if (advert->priority == 0) {
        router->stats.zero_received++;
        if (!is_ordered(router) && !router->is_ready) {
            set_timer(router, COX_VRRP_TIMER_DOWN, turn->now + skew(router), turn);
        }
        return COX_VRRP_WISH_NONE;
    }
    if (!is_lower || is_ordered(router)) {
        set_timer(router, COX_VRRP_TIMER_PREEMPT, COX_USEC_NEVER, turn);
        follow(router, packet, advert, turn);
        return COX_VRRP_WISH_NONE;
    }
    if (conf->preempt_delay > 0 && !router->is_ready) {
        if (router->at[COX_VRRP_TIMER_PREEMPT] == COX_USEC_NEVER) {
            set_timer(router, COX_VRRP_TIMER_PREEMPT, turn->now + conf->preempt_delay, turn);
        }
        follow(router, packet, advert, turn);
    }
    return COX_VRRP_WISH_NONE;
}

static enum cox_vrrp_wish
hear_as_master(struct cox_vrrp_router *router, const struct cox_vrrp_packet *packet, const struct cox_vrrp_advert *advert,
               const struct cox_vrrp_turn *turn)
{
    const struct cox_vrrp_instance *conf = router->conf;

    if (advert->priority == 0) {
        router->stats.zero_received++;
        cox_vrrp_router_advert(router, turn);
        return COX_VRRP_WISH_NONE;
    }
    if (is_ordered(router)) {
        cox_vrrp_router_say(router, COX_VRRP_SAY_RIVAL, &packet->source, turn);
        return COX_VRRP_WISH_NONE;
    }
    if (advert->priority > router->priority ||
        (advert->priority == router->priority && cox_ip_compare(&packet->source, &router->source) > 0)) {
        cox_vrrp_router_say(router, COX_VRRP_SAY_HIGHER, &packet->source, turn);
        if (conf->answers_higher) {
            send_advert(router, router->priority, turn);
        }
        return COX_VRRP_WISH_BACKUP;
    }
    cox_vrrp_router_say(router, COX_VRRP_SAY_LOWER, &packet->source, turn);
    if (conf->answers_lower) {
        cox_vrrp_router_advert(router, turn);
    }
    if (conf->garp.lower_repeat == 0) {
        return COX_VRRP_WISH_NONE; /* what is to be announced again anyway stays so */
    }
    if (router->is_after_lower && cox_usec_is_set(router->at[COX_VRRP_TIMER_REPEAT])) {
        announce(router, 1, turn); /* it goes on: no flood */
    } else {
        cox_vrrp_router_announce(router, conf->garp.lower_repeat, conf->garp.lower_delay, turn);
        router->is_after_lower = true;
    }
    return COX_VRRP_WISH_NONE;
}

enum cox_vrrp_wish
cox_vrrp_router_hear(struct cox_vrrp_router *router, const struct cox_vrrp_packet *packet, const struct cox_vrrp_advert *advert,
                     const struct cox_vrrp_turn *turn)
{
    enum cox_vrrp_refusal refusal = judge(router, packet, advert, turn);
    enum cox_vrrp_wish wish;

    if (refusal != COX_VRRP_ACCEPTED) {
        cox_vrrp_router_refuse(router, refusal, &packet->source, turn);
        return COX_VRRP_WISH_NONE;
    }
    router->stats.received++;
    if (!cox_vrrp_advert_has_addresses(advert, &router->conf->items)) {
        router->stats.differing++;
        if (!router->conf->skips_address_check || !cox_ip_equal(&router->master, &packet->source)) {
            cox_vrrp_router_say(router, COX_VRRP_SAY_ADDRESSES, &packet->source, turn);
        }
    }
    if (router->state == COX_VRRP_BACKUP) {
        return hear_as_backup(router, packet, advert, turn);
    }
    wish = hear_as_master(router, packet, advert, turn);
    if (wish == COX_VRRP_WISH_BACKUP) {
        router->master = packet->source;
        router->master_priority = advert->priority;
        router->master_interval = advert->interval > 0 ? advert->interval : router->conf->advert;
    }
    return wish;
}

/* ---- time ---- */

static bool
is_due(const struct cox_vrrp_router *router, enum cox_vrrp_router_timer timer, cox_usec now)
{
    return cox_usec_is_due(router->at[timer], now);
}

static enum cox_vrrp_wish
wake_as_backup(struct cox_vrrp_router *router, const struct cox_vrrp_turn *turn)
{
    if (is_due(router, COX_VRRP_TIMER_PREEMPT, turn->now) || is_due(router, COX_VRRP_TIMER_DOWN, turn->now)) {
        set_timer(router, COX_VRRP_TIMER_PREEMPT, COX_USEC_NEVER, turn);
        set_timer(router, COX_VRRP_TIMER_DOWN, COX_USEC_NEVER, turn);
        router->is_ready = true;
        return COX_VRRP_WISH_MASTER;
    }
    return COX_VRRP_WISH_NONE;
}

static void
wake_as_master(struct cox_vrrp_router *router, const struct cox_vrrp_turn *turn)
{
    const struct cox_vrrp_garp *garp = &router->conf->garp;

    if (is_due(router, COX_VRRP_TIMER_ADVERT, turn->now + cox_vrrp_router_slack(router))) {
        cox_vrrp_router_advert(router, turn);
    }
    if (is_due(router, COX_VRRP_TIMER_REPEAT, turn->now)) {
        announce(router, router->repeat, turn);
        set_timer(router, COX_VRRP_TIMER_REPEAT, COX_USEC_NEVER, turn);
    }
    if (is_due(router, COX_VRRP_TIMER_REFRESH, turn->now)) {
        announce(router, garp->refresh_repeat, turn);
        set_rhythm(router, COX_VRRP_TIMER_REFRESH, garp->refresh, turn);
    }
    if (is_due(router, COX_VRRP_TIMER_EXTRA, turn->now)) {
        announce_elsewhere(router, turn);
        set_rhythm(router, COX_VRRP_TIMER_EXTRA, garp->extra_if, turn);
    }
}

enum cox_vrrp_wish
cox_vrrp_router_wake(struct cox_vrrp_router *router, const struct cox_vrrp_turn *turn)
{
    if (router->state == COX_VRRP_MASTER) {
        wake_as_master(router, turn);
        return COX_VRRP_WISH_NONE;
    }
    return wake_as_backup(router, turn);
}

void
cox_vrrp_router_set_priority(struct cox_vrrp_router *router, guint8 priority, const struct cox_vrrp_turn *turn)
{
    bool is_lowered = priority < router->priority;

    if (router->priority == priority) {
        return;
    }
    router->priority = priority;
    if (router->conf->notify.has_priority || is_ordered(router)) { /* the cluster goes by it */
        notify(router, turn)->is_priority = true;
    }
    if (router->state == COX_VRRP_MASTER && is_lowered) {
        cox_vrrp_router_advert(router, turn); /* who is higher now should know soon */
    }
}
