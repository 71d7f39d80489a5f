/* lib/sched/rsc.c - resource instances: making them, finding them, where they are.  Layer 3, pure. */
#include "sched/work_priv.h"

#include <stdint.h>
#include <string.h>

#include "sched/rsc_priv.h"

/* ---- lists and sets ---- */

void
sched_list_add(GPtrArray **list, void *item)
{
    if (*list == NULL) {
        *list = g_ptr_array_new();
    }
    g_ptr_array_add(*list, item);
}

void
sched_vec_add(struct sched_work *work, struct sched_vec *vec, void *item)
{
    if (vec->n == vec->room) {
        guint32 room = (vec->room == 0) ? 4 : vec->room * 2;
        void **items = cox_arena_new_array(work->arena, void *, room);

        if (vec->n > 0) {
            memcpy(items, vec->items, vec->n * sizeof(void *));
        }
        vec->items = items;
        vec->room = room;
    }
    vec->items[vec->n++] = item;
}

/* ---- finding ---- */

struct sched_rsc *
sched_rsc_find(const struct sched_work *work, const char *id)
{
    return id == NULL ? NULL : g_hash_table_lookup(work->rsc_by_id, id);
}

static void
set_bit(struct sched_rsc *rsc, bool of_active, guint32 idx)
{
    guint64 *near = of_active ? &rsc->active : &rsc->known;
    guint64 *word = (idx < 64) ? near : &rsc->node_sets[2 * (idx / 64 - 1) + (of_active ? 0 : 1)];

    *word |= G_GUINT64_CONSTANT(1) << (idx % 64);
}

void
sched_rsc_note_known(struct sched_rsc *rsc, const struct sched_node *node)
{
    set_bit(rsc, false, node->idx);
}

bool
sched_rsc_note_active(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node)
{
    if (sched_rsc_is_active_on(rsc, node)) {
        return false;
    }
    set_bit(rsc, true, node->idx);
    sched_vec_add(work, &rsc->running_on, node);
    return true;
}

bool
sched_rsc_is_changed(const struct sched_rsc *rsc, const struct cox_rsc_history *history)
{
    return g_strcmp0(rsc->standard, history->standard) != 0 || g_strcmp0(rsc->type, history->type) != 0
           || g_strcmp0(rsc->provider, history->provider) != 0;
}

bool
sched_rsc_is_inside(const struct sched_rsc *rsc, const struct sched_rsc *ancestor)
{
    while (rsc != NULL && rsc != ancestor) {
        rsc = rsc->parent;
    }
    return rsc != NULL;
}

/* Nodes where @rsc or anything below it is active, each once, into @nodes. */
static void
collect_active(const struct sched_rsc *rsc, GPtrArray *nodes)
{
    if (rsc->variant == COX_PRIMITIVE) {
        for (guint i = 0; i < rsc->running_on.n; i++) {
            gpointer node = rsc->running_on.items[i];

            if (!g_ptr_array_find(nodes, node, NULL)) {
                g_ptr_array_add(nodes, node);
            }
        }
        return;
    }
    for (guint i = 0; i < rsc->children->len; i++) {
        collect_active(g_ptr_array_index(rsc->children, i), nodes);
    }
}

struct sched_node *
sched_rsc_active_node(const struct sched_rsc *rsc, guint32 *n_all, guint32 *n_clean)
{
    g_autoptr(GPtrArray) below = NULL;
    void *const *nodes = rsc->running_on.items;
    guint32 n = rsc->running_on.n;
    struct sched_node *active = NULL;
    bool is_active_clean = false;
    guint32 clean = 0;

    if (rsc->variant != COX_PRIMITIVE) {
        below = g_ptr_array_new();
        collect_active(rsc, below);
        nodes = below->pdata;
        n = below->len;
    }
    /* QUIRK 20: of several nodes the first that the status lists is the current one.  case: rec-rsc-6, stopped-monitor-25 */
    for (guint32 i = 0; i < n; i++) {
        struct sched_node *node = nodes[i];
        bool is_clean = node->is_online && !node->is_unclean;

        clean += is_clean;
        if (rsc->partial_migration_source != NULL) {
            active = node == rsc->partial_migration_source ? node : active;
        } else if (rsc->meta.requires_ < SCHED_REQUIRES_FENCING && is_clean && !is_active_clean) {
            active = node;
            is_active_clean = true;
        }
        active = active == NULL ? node : active;
    }
    if (n_all != NULL) {
        *n_all = n;
    }
    if (n_clean != NULL) {
        *n_clean = clean;
    }
    return active;
}

/* ---- making ---- */

void
sched_rsc_allow(struct sched_rsc *rsc, const struct sched_node *node, cox_score score)
{
    struct sched_cell *cell = &rsc->cells[node->idx];

    cell->score = cox_score_add(score, node->def != NULL ? node->def->score : 0);
    cell->is_present = true;
}

/* A guest's connection goes where its container goes, so it is free everywhere even where clusters are opt-in. */
static bool
is_free(const struct sched_work *work, const struct sched_rsc *rsc)
{
    return work->opt.symmetric
           || (rsc->is_implicit && g_strcmp0(rsc->type, "remote") == 0
               && cox_nvlist_get(&rsc->meta_raw, "container") != NULL);
}

static void
make_cells(struct sched_work *work, struct sched_rsc *rsc)
{
    const bool is_everywhere = is_free(work, rsc);

    rsc->cells = cox_arena_new_array(work->arena, struct sched_cell, work->n_nodes);
    if (work->n_nodes > 64) {
        rsc->node_sets = cox_arena_new_array(work->arena, guint64, 2 * ((work->n_nodes - 1) / 64));
    }
    for (guint32 i = 0; is_everywhere && i < work->n_nodes; i++) {
        const struct sched_node *node = g_ptr_array_index(work->nodes, i);

        /* Only what is inside a bundle may use its guest nodes; see bundle.c. */
        if (!node->is_bundle_node && !(node->is_removed && node->remote_rsc == NULL)) {
            sched_rsc_allow(rsc, node, 0);
        }
    }
}

/* Is @rsc an anonymous instance or inside one: does its history lack the instance number? */
static bool
is_anonymous(const struct sched_rsc *rsc)
{
    for (rsc = rsc->parent; rsc != NULL; rsc = rsc->parent) {
        if (rsc->variant == COX_CLONE) {
            return !rsc->meta.is_unique;
        }
    }
    return false;
}

static void
take_roles(const struct sched_work *work, struct sched_rsc *rsc)
{
    const struct sched_rsc *clone = rsc;

    while (clone != NULL && clone->variant != COX_CLONE) {
        clone = clone->parent;
    }
    rsc->role = COX_ROLE_STOPPED;
    rsc->next_role = COX_ROLE_UNKNOWN;
    if (rsc->meta.target_role == COX_ROLE_STOPPED
        || (rsc->meta.target_role == COX_ROLE_UNPROMOTED && clone != NULL && clone->meta.is_promotable)) {
        rsc->next_role = rsc->meta.target_role;
        rsc->next_role_reason = "target-role";
        rsc->is_disabled = true;
    }
    rsc->is_maintenance = rsc->meta.is_maintenance || work->opt.maintenance_mode;
    rsc->is_managed = rsc->meta.is_managed && !rsc->is_maintenance;
}

static void
take_place(struct sched_work *work, struct sched_rsc *rsc)
{
    rsc->idx = work->rscs->len;
    g_ptr_array_add(work->rscs, rsc);
    g_ptr_array_add(rsc->parent == NULL ? work->tops : rsc->parent->children, rsc);
    rsc->top = rsc->parent == NULL ? rsc : rsc->parent->top;
    if (sched_rsc_find(work, rsc->id) == NULL) {
        g_hash_table_insert(work->rsc_by_id, sched_key(rsc->id), rsc);
    }
    if (sched_rsc_find(work, rsc->def->id) == NULL) {
        g_hash_table_insert(work->rsc_by_id, sched_key(rsc->def->id), rsc);
    }
}

/* The arena aligns for any type, not for what the cache would like. */
struct sched_rsc *
sched_rsc_room(struct sched_work *work)
{
    enum { AT_ONCE = 32 };

    if (work->n_spare_rscs == 0) {
        char *room = cox_arena_alloc(work->arena, AT_ONCE * sizeof(struct sched_rsc) + SCHED_HOT_BYTES - 1);
        size_t over = (uintptr_t) room % SCHED_HOT_BYTES;

        work->spare_rscs = (void *) (room + (over == 0 ? 0 : SCHED_HOT_BYTES - over));
        work->n_spare_rscs = AT_ONCE;
    }
    work->n_spare_rscs--;
    return work->spare_rscs++;
}

struct sched_rsc *
sched_rsc_new(struct sched_work *work, const struct sched_rsc_spec *spec)
{
    struct sched_rsc *rsc = sched_rsc_room(work);
    const struct cox_rule_input input = { .now = work->input->now };

    rsc->def = spec->def;
    rsc->id = spec->id != NULL ? spec->id : spec->def->id;
    rsc->variant = spec->def->variant;
    rsc->standard = spec->def->standard;
    rsc->provider = spec->def->provider;
    rsc->type = spec->def->type;
    rsc->parent = spec->parent;
    rsc->instance = spec->instance;
    rsc->replica = spec->replica;
    rsc->is_implicit = spec->is_implicit;
    rsc->param_sets = &spec->def->params;
    rsc->is_fence_device = g_strcmp0(rsc->standard, "stonith") == 0;
    work->has_fence_device = work->has_fence_device || rsc->is_fence_device;
    rsc->children = g_ptr_array_new();
    take_place(work, rsc);
    rsc->history_id = is_anonymous(rsc) ? rsc->def->id : rsc->id;
    sched_attrs_meta(work, rsc);
    cox_nvsets_resolve(&rsc->def->utilization, NULL, &input, &rsc->utilization, &work->recheck_by);
    sched_attrs_freeze(work, &rsc->utilization);
    take_roles(work, rsc);
    make_cells(work, rsc);
    return rsc;
}

struct sched_rsc *
sched_rsc_new_tree(struct sched_work *work, const struct sched_rsc_spec *spec)
{
    struct sched_rsc *rsc = sched_rsc_new(work, spec);
    const struct cox_rsc_def *end = work->config->resources + spec->def->end;

    for (const struct cox_rsc_def *def = spec->def + 1; rsc->variant == COX_GROUP && def < end;
         def = work->config->resources + def->end) {
        struct sched_rsc_spec member = *spec;

        member.def = def;
        member.parent = rsc;
        member.id = spec->instance < 0 ? NULL : cox_arena_printf(work->arena, "%s:%d", def->id, spec->instance);
        sched_rsc_new(work, &member);
    }
    return rsc;
}

const struct cox_rsc_def *
sched_rsc_child_def(const struct sched_work *work, const struct cox_rsc_def *def)
{
    size_t i = (size_t) (def - work->config->resources);

    return def->end > i + 1 ? def + 1 : NULL;
}

static void
mark_orphan(struct sched_rsc *rsc)
{
    rsc->is_orphan = true;
    for (guint i = 0; i < rsc->children->len; i++) {
        mark_orphan(g_ptr_array_index(rsc->children, i));
    }
}

struct sched_rsc *
sched_rsc_add_instance(struct sched_work *work, struct sched_rsc *clone)
{
    const struct sched_rsc *first = clone->children->len == 0 ? NULL : g_ptr_array_index(clone->children, 0);
    const struct cox_rsc_def *def = first != NULL ? first->def : sched_rsc_child_def(work, clone->def);
    int number = (int) clone->children->len;
    struct sched_rsc_spec spec = { .def = def, .parent = clone, .instance = number, .replica = -1 };
    struct sched_rsc *rsc;

    if (def == NULL) {
        return NULL;
    }
    spec.id = cox_arena_printf(work->arena, "%s:%d", def->id, number);
    rsc = sched_rsc_new_tree(work, &spec);
    if (number >= clone->meta.clone_max) {
        mark_orphan(rsc);
    }
    return rsc;
}

/* Only what the group itself says counts: "ordered" of a clone around it is about the clone's instances. */
static bool
says_of_itself(const struct sched_rsc *group, const char *name)
{
    for (size_t i = 0; group->def != NULL && i < group->def->meta.n_sets; i++) {
        const struct cox_nvset *set = &group->def->meta.sets[i];
        const char *value = cox_nvpairs_get(set->pairs, set->n_pairs, name);

        if (value != NULL) {
            return sched_attrs_bool(value, true);
        }
    }
    return true;
}

bool
sched_rsc_is_ordered(const struct sched_rsc *group)
{
    return says_of_itself(group, "ordered");
}

bool
sched_rsc_is_collocated(const struct sched_rsc *group)
{
    return group->parent != NULL || says_of_itself(group, "collocated");
}

bool
sched_rsc_stays(const struct sched_rsc *rsc)
{
    const struct sched_rsc *group = rsc->parent;
    bool is_later = false;

    if (rsc->running_on.n == 0 || !rsc->is_managed) {
        return rsc->running_on.n > 0;
    }
    if (group == NULL || group->variant != COX_GROUP || !sched_rsc_is_ordered(group)) {
        return false;
    }
    for (guint i = 0; i < group->children->len; i++) {
        const struct sched_rsc *member = g_ptr_array_index(group->children, i);

        if (is_later && member->running_on.n > 0 && !member->is_managed) {
            return true;
        }
        is_later = is_later || member == rsc;
    }
    return false;
}
