/* lib/sched/tests/placementkit.h - a small cluster by hand, for the tests of placement. */
#ifndef COX_SCHED_TESTS_PLACEMENTKIT_H
#define COX_SCHED_TESTS_PLACEMENTKIT_H

#include "sched/assign_priv.h"
#include "sched/rsc_priv.h"

enum { KIT_NODES = 3 };

struct kit {
    struct cox_arena *arena;
    struct cox_sched_input input;
    struct sched_work work;
    struct sched_node nodes[KIT_NODES];
};

static const struct sched_placer kit_placers[] = {
    [COX_PRIMITIVE] = { sched_primitive_assign },
    [COX_GROUP] = { sched_group_assign },
    [COX_CLONE] = { sched_clone_assign },
    [COX_BUNDLE] = { sched_bundle_assign },
};

/** Three usable nodes, a, b and c; symmetric, quorate, no fencing. */
static inline struct kit *
kit_new(void)
{
    static const char *const names[KIT_NODES] = { "a", "b", "c" };
    struct kit *kit = g_new0(struct kit, 1);

    kit->arena = cox_arena_new();
    kit->work.arena = kit->arena;
    kit->work.input = &kit->input;
    kit->work.nodes = g_ptr_array_new();
    kit->work.rscs = g_ptr_array_new();
    kit->work.colocations = g_ptr_array_new();
    kit->work.scores = g_array_new(FALSE, FALSE, sizeof(struct cox_score_entry));
    kit->work.utilization_lines = g_ptr_array_new();
    kit->work.n_nodes = KIT_NODES;
    kit->work.has_quorum = true;
    kit->work.opt.symmetric = true;
    kit->work.opt.placement_strategy = "default";
    kit->work.placers = kit_placers;
    for (guint32 i = 0; i < KIT_NODES; i++) {
        kit->nodes[i] = (struct sched_node) { .idx = i, .name = names[i], .id = names[i], .is_online = true };
        g_ptr_array_add(kit->work.nodes, &kit->nodes[i]);
    }
    return kit;
}

/** A managed resource that may run everywhere. */
static inline struct sched_rsc *
kit_rsc(struct kit *kit, const char *id, enum cox_variant variant)
{
    struct sched_rsc *rsc = sched_rsc_room(&kit->work);

    rsc->idx = kit->work.rscs->len;
    rsc->id = id;
    rsc->history_id = id;
    rsc->variant = variant;
    rsc->top = rsc;
    rsc->instance = -1;
    rsc->replica = -1;
    rsc->is_managed = true;
    rsc->role = COX_ROLE_STOPPED;
    rsc->meta.is_critical = true;
    rsc->children = g_ptr_array_new();
    rsc->cells = cox_arena_new_array(kit->arena, struct sched_cell, KIT_NODES);
    for (guint32 i = 0; i < KIT_NODES; i++) {
        rsc->cells[i].is_present = true;
    }
    g_ptr_array_add(kit->work.rscs, rsc);
    return rsc;
}

/** Put @child into @parent, after what is there. */
static inline void
kit_adopt(struct sched_rsc *parent, struct sched_rsc *child)
{
    child->parent = parent;
    child->top = parent->top;
    child->instance = parent->variant == COX_CLONE ? (int) parent->children->len : -1;
    g_ptr_array_add(parent->children, child);
}

static inline void
kit_run_on(struct kit *kit, struct sched_rsc *rsc, guint32 node)
{
    sched_rsc_note_active(&kit->work, rsc, &kit->nodes[node]);
    rsc->role = COX_ROLE_STARTED;
}

static inline void
kit_colocate(struct kit *kit, struct sched_rsc *dependent, struct sched_rsc *primary, cox_score score)
{
    struct sched_colocation row = {
        .id = "c", .dependent = dependent, .primary = primary, .score = score, .influence = true,
    };

    sched_colocation_add(&kit->work, &row);
}

/** Assign as the pass does, without the criteria that come from configuration. */
static inline struct sched_node *
kit_assign(struct kit *kit, struct sched_rsc *rsc)
{
    sched_colocation_sort(&kit->work);
    return sched_place(&kit->work, rsc, NULL, true);
}

static inline void
kit_free(struct kit *kit)
{
    for (guint i = 0; i < kit->work.rscs->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(kit->work.rscs, i);
        GPtrArray *lists[] = { rsc->children, rsc->this_with, rsc->with_this, rsc->all_this_with, rsc->all_with_this };

        for (size_t l = 0; l < G_N_ELEMENTS(lists); l++) {
            if (lists[l] != NULL) {
                g_ptr_array_free(lists[l], TRUE);
            }
        }
    }
    g_ptr_array_free(kit->work.nodes, TRUE);
    g_ptr_array_free(kit->work.rscs, TRUE);
    g_ptr_array_free(kit->work.colocations, TRUE);
    g_ptr_array_free(kit->work.utilization_lines, TRUE);
    g_array_free(kit->work.scores, TRUE);
    cox_arena_free(kit->arena);
    g_free(kit);
}

#endif
