/* lib/vrrp/vrrpreload.c - from one configuration to the next.  Layer 3, pure. */
#include "vrrp/vrrp_priv.h"

#include <string.h>

#include "vrrp/vrrpdiff.h"

static void
add_plain(enum cox_vrrp_effect_kind kind, const struct cox_vrrp_instance *instance, struct cox_vrrp_effects *out)
{
    struct cox_vrrp_effect *effect = cox_effects_add(&out->list);

    effect->kind = kind;
    effect->instance = instance;
}

static void
add_items(enum cox_vrrp_effect_kind kind, const struct cox_vrrp_instance *instance, const struct cox_vrrp_items *items,
          struct cox_vrrp_effects *out)
{
    if (!cox_vrrp_items_is_empty(items)) {
        add_plain(kind, instance, out);
        g_array_index(out->list.items, struct cox_vrrp_effect, out->list.items->len - 1).items = *items;
    }
}

/* ---- routers ---- */

static void
remove_router(struct cox_vrrp *vrrp, const struct cox_vrrp_op *op, const struct cox_vrrp_turn *turn)
{
    struct cox_vrrp_unit *unit = g_hash_table_lookup(vrrp->by_name, op->before->name);

    cox_vrrp_router_to_init(&unit->router, op->after == NULL ? COX_VRRP_END_DELETED : COX_VRRP_END_REPLACED, turn);
    add_plain(COX_VRRP_DO_CLOSE, op->before, turn->out);
    cox_vrrp_router_clear(&unit->router, &vrrp->heap);
    g_hash_table_remove(vrrp->by_name, op->before->name);
    cox_vrrp_unit_free(unit);
}

/* What it holds no longer; before anything is set, as items may go from one router to another. */
static void
shed(struct cox_vrrp *vrrp, const struct cox_vrrp_op *op, const struct cox_vrrp_turn *turn)
{
    const struct cox_vrrp_unit *unit = g_hash_table_lookup(vrrp->by_name, op->before->name);
    struct cox_vrrp_items had = cox_vrrp_router_items(op->before, turn->out), has = cox_vrrp_router_items(op->after, turn->out), gone;

    if (unit->router.state == COX_VRRP_MASTER) {
        gone = cox_vrrp_items_minus(&had, &has, turn->out);
        cox_vrrp_own_leave(op->before, &gone, turn);
        add_items(COX_VRRP_DO_REMOVE, op->after, &gone, turn->out);
    }
}

static void
change_router(struct cox_vrrp *vrrp, const struct cox_vrrp_op *op, const struct cox_vrrp_turn *turn)
{
    struct cox_vrrp_unit *unit = g_hash_table_lookup(vrrp->by_name, op->before->name);
    struct cox_vrrp_items had = cox_vrrp_router_items(op->before, turn->out), has = cox_vrrp_router_items(op->after, turn->out), more;

    if (op->before->name != op->after->name) { /* the key is a text of the old set */
        g_hash_table_steal(vrrp->by_name, op->before->name);
        g_hash_table_insert(vrrp->by_name, (gpointer) (guintptr) op->after->name, unit);
    }
    cox_vrrp_router_reconfigure(&unit->router, op->after, turn);
    if (cox_vrrp_unit_is_risen(unit)) {
        cox_vrrp_own_find(vrrp, unit);
        cox_vrrp_own_place(vrrp, unit);
    }
    if (unit->router.state == COX_VRRP_MASTER) {
        more = cox_vrrp_items_minus(&has, &had, turn->out);
        cox_vrrp_own_leave(op->after, &more, turn);
        add_items(COX_VRRP_DO_INSTALL, op->after, &more, turn->out);
        if (more.n_addresses > 0) {
            cox_vrrp_router_announce(&unit->router, op->after->garp.repeat, op->after->garp.delay, turn);
        }
    }
    unit->router.is_ready = unit->router.is_ready
                            || (op->after->priority == 255 && op->before->priority != 255 && op->after->authority == COX_VRRP_AUTHORITY_VRRP);
    g_ptr_array_add(vrrp->units, unit);
}

static void
add_router(struct cox_vrrp *vrrp, const struct cox_vrrp_op *op, const struct cox_vrrp_turn *turn)
{
    struct cox_vrrp_unit *unit = g_new0(struct cox_vrrp_unit, 1);

    cox_vrrp_router_init(&unit->router, op->after, turn->now);
    unit->restored_at = COX_USEC_NEVER;
    g_hash_table_insert(vrrp->by_name, (gpointer) (guintptr) op->after->name, unit);
    g_ptr_array_add(vrrp->units, unit);
    add_plain(COX_VRRP_DO_OPEN, op->after, turn->out);
}

static void
change_routers(struct cox_vrrp *vrrp, const struct cox_vrrp_set *set, const struct cox_vrrp_turn *turn)
{
    g_autoptr(GArray) ops = cox_vrrp_diff(vrrp->set, set);
    static void (*const doers[])(struct cox_vrrp *, const struct cox_vrrp_op *, const struct cox_vrrp_turn *) = {
        [COX_VRRP_OP_REMOVE] = remove_router, [COX_VRRP_OP_CHANGE] = change_router, [COX_VRRP_OP_ADD] = add_router,
    };

    for (guint i = 0; i < ops->len; i++) {
        const struct cox_vrrp_op *op = &g_array_index(ops, struct cox_vrrp_op, i);

        if (op->kind == COX_VRRP_OP_CHANGE) {
            shed(vrrp, op, turn);
        }
    }
    g_ptr_array_set_size(vrrp->units, 0);
    for (guint i = 0; i < ops->len; i++) {
        const struct cox_vrrp_op *op = &g_array_index(ops, struct cox_vrrp_op, i);

        doers[op->kind](vrrp, op, turn);
    }
}

/* ---- groups ---- */

static enum cox_vrrp_state
state_before(const GPtrArray *groups, const char *name)
{
    for (guint i = 0; groups != NULL && i < groups->len; i++) {
        const struct cox_vrrp_syncgroup *group = g_ptr_array_index(groups, i);

        if (strcmp(group->conf->name, name) == 0) {
            return group->state;
        }
    }
    return COX_VRRP_INIT;
}

static void
free_group(gpointer data)
{
    struct cox_vrrp_syncgroup *group = data;

    g_ptr_array_unref(group->members);
    g_free(group);
}

/* An order is for the whole group: for who comes to it, too. */
static void
inherit_order(struct cox_vrrp_syncgroup *group)
{
    bool is_promoted = false;

    for (guint i = 0; i < group->members->len; i++) {
        const struct cox_vrrp_router *router = g_ptr_array_index(group->members, i);

        is_promoted = is_promoted || router->is_promoted;
    }
    for (guint i = 0; is_promoted && i < group->members->len; i++) {
        struct cox_vrrp_router *router = g_ptr_array_index(group->members, i);

        router->is_promoted = router->conf->authority == COX_VRRP_AUTHORITY_CLUSTER;
        router->is_ready = router->is_ready || (router->is_promoted && router->state == COX_VRRP_BACKUP);
    }
}

static void
make_group(struct cox_vrrp *vrrp, const struct cox_vrrp_group *conf, enum cox_vrrp_state state)
{
    struct cox_vrrp_syncgroup *group = g_new0(struct cox_vrrp_syncgroup, 1);

    group->conf = conf;
    group->state = state;
    group->members = g_ptr_array_new();
    for (size_t i = 0; i < conf->n_members; i++) {
        struct cox_vrrp_unit *unit = g_hash_table_lookup(vrrp->by_name, conf->members[i]);

        if (unit != NULL && unit->group == NULL) {
            unit->group = group;
            g_ptr_array_add(group->members, &unit->router);
        }
    }
    inherit_order(group);
    g_ptr_array_add(vrrp->groups, group);
}

static void
change_groups(struct cox_vrrp *vrrp, const struct cox_vrrp_set *set)
{
    g_autoptr(GPtrArray) before = g_steal_pointer(&vrrp->groups);

    for (guint i = 0; i < vrrp->units->len; i++) {
        cox_vrrp_unit_at(vrrp, i)->group = NULL;
    }
    vrrp->groups = g_ptr_array_new_with_free_func(free_group);
    for (size_t i = 0; i < set->n_groups; i++) {
        make_group(vrrp, &set->groups[i], state_before(before, set->groups[i].name));
    }
}

/* ---- the whole ---- */

static void
collect_held(struct cox_vrrp *vrrp, const struct cox_vrrp_set *set)
{
    g_hash_table_remove_all(vrrp->held);
    for (size_t i = 0; i < set->n_instances; i++) {
        const struct cox_vrrp_instance *conf = &set->instances[i];

        for (size_t k = 0; k < conf->items.n_addresses; k++) {
            g_hash_table_add(vrrp->held, (gpointer) (guintptr) &conf->items.addresses[k].ip);
        }
        for (size_t k = 0; k < conf->n_excluded; k++) {
            g_hash_table_add(vrrp->held, (gpointer) (guintptr) &conf->excluded[k].ip);
        }
    }
}

static void
change_statics(const struct cox_vrrp_set *before, const struct cox_vrrp_set *after, struct cox_vrrp_effects *out)
{
    struct cox_vrrp_items none = { 0 }, gone = cox_vrrp_items_minus(before != NULL ? &before->statics : &none, &after->statics, out),
                          more = cox_vrrp_items_minus(&after->statics, before != NULL ? &before->statics : &none, out);

    add_items(COX_VRRP_DO_REMOVE, NULL, &gone, out);
    add_items(COX_VRRP_DO_INSTALL, NULL, &more, out);
}

void
cox_vrrp_reload(struct cox_vrrp *vrrp, struct cox_vrrp_set *set, const struct cox_vrrp_turn *turn)
{
    if (vrrp->set == NULL && set->global.startup_delay > 0) {
        vrrp->start_at = turn->now + set->global.startup_delay;
    }
    if (vrrp->set != NULL) {
        cox_vrrp_set_keep_names(set, vrrp->set);
    }
    change_statics(vrrp->set, set, turn->out);
    change_routers(vrrp, set, turn);
    change_groups(vrrp, set);
    collect_held(vrrp, set);
    cox_vrrp_own_keep(vrrp, set);
    cox_vrrp_facts_configure(&vrrp->facts, set, turn->now);
    cox_vrrp_index(vrrp);
    vrrp->retired = vrrp->set;
    vrrp->set = set;
    cox_vrrp_judge(vrrp, turn);
    for (guint i = 0; i < vrrp->groups->len; i++) {
        cox_vrrp_syncgroup_gather(g_ptr_array_index(vrrp->groups, i), turn);
    }
    for (guint i = 0; i < vrrp->units->len; i++) {
        struct cox_vrrp_unit *unit = cox_vrrp_unit_at(vrrp, i);

        if (unit->router.state == COX_VRRP_BACKUP && unit->router.is_ready) {
            cox_vrrp_grant(unit, COX_VRRP_WISH_MASTER, turn); /* it owns the addresses now, or its group lets it */
        }
    }
}
