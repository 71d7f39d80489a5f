/* lib/vrrp/syncgroup.c - routers that change together.  Layer 3, pure. */
#include "vrrp/syncgroup.h"

static struct cox_vrrp_router *
member(const struct cox_vrrp_syncgroup *group, guint i)
{
    return g_ptr_array_index(group->members, i);
}

static bool
is_all_ready(const struct cox_vrrp_syncgroup *group)
{
    for (guint i = 0; i < group->members->len; i++) {
        if (member(group, i)->state != COX_VRRP_MASTER && !member(group, i)->is_ready) {
            return false;
        }
    }
    return true;
}

void
cox_vrrp_syncgroup_wish(struct cox_vrrp_syncgroup *group, struct cox_vrrp_router *who, enum cox_vrrp_wish wish,
                        const struct cox_vrrp_turn *turn)
{
    if (wish == COX_VRRP_WISH_MASTER && is_all_ready(group)) {
        for (guint i = 0; i < group->members->len; i++) {
            cox_vrrp_router_to_master(member(group, i), turn);
        }
    } else if (wish == COX_VRRP_WISH_BACKUP) {
        cox_vrrp_router_to_backup(who, false, turn);
        for (guint i = 0; i < group->members->len; i++) {
            if (member(group, i)->state == COX_VRRP_MASTER) {
                cox_vrrp_router_to_backup(member(group, i), true, turn);
            }
        }
    }
    cox_vrrp_syncgroup_tell(group, false, turn);
}

void
cox_vrrp_syncgroup_gather(struct cox_vrrp_syncgroup *group, const struct cox_vrrp_turn *turn)
{
    for (guint i = 0; !is_all_ready(group) && i < group->members->len; i++) {
        if (member(group, i)->state == COX_VRRP_MASTER) {
            cox_vrrp_router_to_backup(member(group, i), true, turn);
        }
    }
    cox_vrrp_syncgroup_tell(group, false, turn);
}

void
cox_vrrp_syncgroup_tell(struct cox_vrrp_syncgroup *group, bool is_stop, const struct cox_vrrp_turn *turn)
{
    enum cox_vrrp_state state = group->members->len > 0 ? member(group, 0)->state : COX_VRRP_INIT;
    struct cox_vrrp_effect *effect;

    for (guint i = 1; i < group->members->len; i++) {
        if (member(group, i)->state != state) {
            return;
        }
    }
    if (state == group->state) {
        return;
    }
    group->state = state;
    effect = cox_effects_add(&turn->out->list);
    effect->kind = COX_VRRP_DO_NOTIFY;
    effect->change.group = group->conf;
    effect->change.state = state;
    effect->change.is_stop = is_stop;
    effect->change.priority = group->members->len > 0 ? member(group, 0)->priority : 0;
}
