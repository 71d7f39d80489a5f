/* lib/sched/footprint.c - what a run leaves behind for the planner.  Layer 3, pure. */
#include "sched/footprint_priv.h"

#include <string.h>

#include "base/error.h"
#include "sched/action_priv.h"
#include "sched/assign_priv.h"

static void
mark_clear(gpointer data)
{
    g_free(((struct sched_node_mark *) data)->name);
}

static void
step_clear(gpointer data)
{
    g_free(((struct sched_step *) data)->removed);
}

struct sched_footprint *
sched_footprint_new(const guint32 *const *others, guint32 n_others)
{
    struct sched_footprint *footprint = g_new0(struct sched_footprint, 1);

    footprint->others = others;
    footprint->n_others = n_others;
    footprint->steps = g_array_new(FALSE, FALSE, sizeof(struct sched_step));
    g_array_set_clear_func(footprint->steps, step_clear);
    footprint->loads = g_array_new(FALSE, FALSE, sizeof(struct sched_load));
    footprint->marks = g_array_new(FALSE, FALSE, sizeof(struct sched_node_mark));
    g_array_set_clear_func(footprint->marks, mark_clear);
    return footprint;
}

void
sched_footprint_free(struct sched_footprint *footprint)
{
    if (footprint != NULL) {
        g_array_unref(footprint->steps);
        g_array_unref(footprint->loads);
        g_array_unref(footprint->marks);
        g_free(footprint->before);
        g_free(footprint->others_now);
        g_free(footprint);
    }
}

bool
sched_footprint_same_nodes(const struct sched_footprint *a, const struct sched_footprint *b)
{
    if (a->marks->len != b->marks->len) {
        return false;
    }
    for (guint i = 0; i < a->marks->len; i++) {
        const struct sched_node_mark *one = &g_array_index(a->marks, struct sched_node_mark, i);
        const struct sched_node_mark *two = &g_array_index(b->marks, struct sched_node_mark, i);

        if (one->flags != two->flags || strcmp(one->name, two->name) != 0) {
            return false;
        }
    }
    return true;
}

static cox_rsc_id
def_of(const struct sched_work *work, const struct sched_rsc *rsc)
{
    const struct cox_rsc_def *first = work->config->resources;

    return rsc->def >= first && rsc->def < first + work->config->n_resources ? (cox_rsc_id) (rsc->def - first) : COX_RSC_NONE;
}

void
sched_footprint_begin(struct sched_work *work, const struct sched_rsc *top)
{
    struct sched_footprint *footprint = work->footprint;
    cox_rsc_id def;
    const guint32 *others;

    if (footprint == NULL) {
        return;
    }
    if (footprint->before == NULL) {
        footprint->before = g_new0(guint32, work->n_nodes + 1);
        footprint->others_now = g_new0(guint32, work->n_nodes + 1);
    }
    def = def_of(work, top);
    others = footprint->others == NULL || def == COX_RSC_NONE || footprint->n_others != work->n_nodes ? NULL : footprint->others[def];
    for (guint32 i = 0; i < work->n_nodes; i++) {
        struct sched_node *node = sched_node_at(work, i);

        if (others != NULL) {
            node->n_assigned += others[i] - footprint->others_now[i];
            footprint->others_now[i] = others[i];
        }
        footprint->before[i] = node->n_assigned;
    }
    footprint->is_tied = false;
}

void
sched_footprint_end(struct sched_work *work, const struct sched_rsc *top)
{
    struct sched_footprint *footprint = work->footprint;
    struct sched_step step = { .def = COX_RSC_NONE };

    if (footprint == NULL) {
        return;
    }
    step.def = def_of(work, top);
    step.removed = step.def == COX_RSC_NONE ? g_strdup(top->id) : NULL;
    step.first_load = footprint->loads->len;
    step.depends_on_load = footprint->is_tied;
    for (guint32 i = 0; i < work->n_nodes; i++) {
        const struct sched_load load = { i, (gint32) (sched_node_at(work, i)->n_assigned - footprint->before[i]) };

        if (load.change != 0) {
            g_array_append_val(footprint->loads, load);
        }
    }
    step.n_loads = footprint->loads->len - step.first_load;
    g_array_append_val(footprint->steps, step);
}

void
sched_footprint_tie(const struct sched_work *work)
{
    if (work->footprint != NULL) {
        work->footprint->is_tied = true;
    }
}

static guint32
flags_of(const struct sched_node *node)
{
    const bool flags[] = { node->is_online, node->is_standby, node->is_standby_onfail, node->is_maintenance, node->is_pending,
                           node->is_unclean, node->is_unseen, node->is_shutdown, node->is_expected_up, node->was_online,
                           node->resources_disallowed, node->discovery_enabled, node->status != NULL, node->is_dc,
                           node->is_fixed, node->is_shutdown_lock_target };
    guint32 all = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(flags); i++) {
        all |= flags[i] ? (guint32) 1 << i : 0;
    }
    return all;
}

static bool
close_nodes(struct sched_work *work)
{
    bool is_local = true;

    for (guint32 i = 0; i < work->n_nodes; i++) {
        const struct sched_node *node = sched_node_at(work, i);
        const struct sched_node_mark mark = { g_strdup(node->name), flags_of(node) };

        g_array_append_val(work->footprint->marks, mark);
        is_local = is_local && !node->is_unclean && !node->is_shutdown && node->fence_reason == NULL && node->kind != SCHED_NODE_REMOTE;
    }
    return is_local;
}

/* What is inside of something else is tied to it by no constraint. */
static bool
are_apart(const struct sched_work *work)
{
    for (guint i = 0; i < work->rscs->len; i++) {
        const struct sched_rsc *rsc = g_ptr_array_index(work->rscs, i);

        if (rsc->container != NULL || rsc->fillers != NULL || rsc->is_orphan_container_filler || rsc->variant == COX_BUNDLE) {
            return false;
        }
    }
    return true;
}

void
sched_footprint_close(struct sched_work *work)
{
    struct sched_footprint *footprint = work->footprint;
    g_autofree bool *speaks = NULL; /* by resource, of tops */

    if (footprint == NULL) {
        return;
    }
    speaks = g_new0(bool, work->rscs->len + 1);
    footprint->is_local = close_nodes(work) && !work->has_remote_nodes && !work->has_unfencing_device
                          && !sched_capacity_counts(work) && are_apart(work);
    for (guint i = 0; i < work->actions->len; i++) {
        const struct sched_action *action = g_ptr_array_index(work->actions, i);

        if ((action->flags & SCHED_IN_GRAPH) && action->rsc == NULL) {
            footprint->is_local = false;
        } else if (action->flags & SCHED_IN_GRAPH) {
            speaks[action->rsc->top->idx] = true;
        }
    }
    for (guint i = 0; i < work->rscs->len; i++) {
        const struct sched_rsc *rsc = g_ptr_array_index(work->rscs, i);

        speaks[rsc->top->idx] = speaks[rsc->top->idx] || rsc->is_clocked;
    }
    /* Tops have been brought in the order of assignment by now. */
    COX_BUG_ON(footprint->steps->len != work->tops->len);
    for (guint i = 0; i < work->tops->len; i++) {
        g_array_index(footprint->steps, struct sched_step, i).speaks =
            speaks[((struct sched_rsc *) g_ptr_array_index(work->tops, i))->idx];
    }
}
