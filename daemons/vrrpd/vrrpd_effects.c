/* daemons/vrrpd/vrrpd_effects.c - what the engine asks for, in its order.  Layer 6. */
#include "daemons/vrrpd/vrrpd_pace.h"
#include "daemons/vrrpd/vrrpd_resource.h"

#include <string.h>
#include <sys/timerfd.h>

#include "base/error.h"

enum { OWNER = 255 };

void
cox_vrrpd_arm(struct cox_vrrpd *vrrpd)
{
    struct itimerspec when = { 0 };

    vrrpd->armed = vrrpd->wanted;
    if (cox_usec_is_set(vrrpd->armed)) {
        cox_usec due = MAX(vrrpd->armed, 1); /* 0 would mean never */

        when.it_value.tv_sec = (time_t) (due / COX_USEC_PER_S);
        when.it_value.tv_nsec = (long) (due % COX_USEC_PER_S) * 1000;
    }
    COX_BUG_ON(timerfd_settime(vrrpd->timer_fd, TFD_TIMER_ABSTIME, &when, NULL) != 0);
}

/* Each advert that a backup hears moves a deadline back: the timer stays, and is armed again when it comes too early, which is seldom. */
static void
set_timer(struct cox_vrrpd *vrrpd, cox_usec at)
{
    vrrpd->wanted = at;
    if (at < vrrpd->armed) {
        cox_vrrpd_arm(vrrpd);
    }
}

static void
send_advert(struct cox_vrrpd *vrrpd, const struct cox_vrrp_effect *effect)
{
    const struct cox_vrrpd_router *router = g_hash_table_lookup(vrrpd->routers, effect->instance->name);
    struct cox_vrrpsock_packet packet = {
        .source = effect->send.source, .destination = effect->send.destination, .ttl = effect->send.ttl,
        .data = effect->send.data, .size = effect->send.size,
    };

    if (router == NULL || router->closed != NULL) {
        return;
    }
    /* Unicast goes where the routes say, but for a neighbour on the link. */
    if (cox_ip_is_multicast(&packet.destination) || cox_ip_is_link_local(&packet.destination)) {
        packet.ifindex = router->vmac_ifindex != 0 && !router->sends_from_base ? router->vmac_ifindex : router->ifindex;
    }
    cox_vrrpsock_send(vrrpd->sockets, &packet);
}

/* An owner that rises knows which addresses are the host's own: the guard has to leave them. */
static void
learn_own(struct cox_vrrpd *vrrpd, const struct cox_vrrp_change *change)
{
    if (change->instance != NULL && change->instance->priority == OWNER && change->state != COX_VRRP_FAULT) {
        vrrpd->needs_brief = true;
        cox_vrrpd_tell_soon(vrrpd);
    }
}

static void
carry_out(struct cox_vrrpd *vrrpd, const struct cox_vrrp_effect *effect)
{
    switch (effect->kind) {
        case COX_VRRP_DO_WAKE:
            set_timer(vrrpd, effect->at);
            break;
        case COX_VRRP_DO_OPEN:
            cox_vrrpd_open(vrrpd, effect->instance);
            break;
        case COX_VRRP_DO_CLOSE:
            cox_vrrpd_close(vrrpd, effect->instance->name);
            break;
        case COX_VRRP_DO_SEND:
            send_advert(vrrpd, effect);
            break;
        case COX_VRRP_DO_ANNOUNCE:
            cox_vrrpd_announce(vrrpd, effect);
            break;
        case COX_VRRP_DO_INSTALL:
            cox_vrrpd_install(vrrpd, effect->instance, &effect->items, false);
            break;
        case COX_VRRP_DO_REMOVE:
            if (effect->instance != NULL) { /* else static ones */
                cox_vrrpd_pacing_drop(vrrpd->pacing, effect->instance->name);
            }
            cox_vrrpd_install(vrrpd, effect->instance, &effect->items, true);
            break;
        case COX_VRRP_DO_RUN:
            cox_vrrpd_tracking_run(vrrpd->tracking, effect->script);
            break;
        case COX_VRRP_DO_NOTIFY:
            cox_vrrpd_notify(vrrpd, &effect->change);
            learn_own(vrrpd, &effect->change);
            if (effect->change.instance != NULL && cox_vrrpd_resource_find(vrrpd, effect->change.instance->name) != NULL) {
                cox_vrrpd_attrs_tell(vrrpd, effect->change.instance->name);
            }
            break;
        case COX_VRRP_DO_SAY:
            cox_vrrpd_say(vrrpd, effect);
            break;
    }
}

void
cox_vrrpd_carry_out(struct cox_vrrpd *vrrpd)
{
    for (guint i = 0; i < cox_vrrp_effects_count(&vrrpd->effects); i++) {
        const struct cox_vrrp_effect *effect = cox_vrrp_effects_get(&vrrpd->effects, i);

        /* Adverts that follow each other go together, but before anything that comes after them. */
        if (effect->kind != COX_VRRP_DO_SEND && effect->kind != COX_VRRP_DO_WAKE) {
            cox_vrrpsock_flush(vrrpd->sockets);
        }
        carry_out(vrrpd, effect);
    }
    cox_vrrpsock_flush(vrrpd->sockets);
}
