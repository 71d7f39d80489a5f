/* lib/sched/graph_order.c - the order in which a graph lists its actions.  Layer 3, pure.
 *
 * Order matters only to people: what can be started at the same time is started, and told of, in the order of the list.
 * It is that of the field's graphs: resource by resource, what was planned last for one first.
 */
#include "base/error.h"

#include "sched/planner_priv.h"
#include "sched/bundle_priv.h"

struct listing {
    const GPtrArray *actions; /* as they were planned */
    GPtrArray *sorted;
    guint *latest;            /* by resource: place of its last action in the list + 1 */
    guint *earlier;           /* by action: place of the one planned before for the same resource + 1 */
};

static void
list_own(const struct listing *listing, const struct sched_rsc *rsc)
{
    for (guint at = listing->latest[rsc->idx]; at > 0; at = listing->earlier[at - 1]) {
        g_ptr_array_add(listing->sorted, g_ptr_array_index(listing->actions, at - 1));
    }
    listing->latest[rsc->idx] = 0;
}

/* A group is told of before its members, a clone after its instances.  The depth is that of resources in each other. */
static void
list_tree(const struct listing *listing, const struct sched_rsc *rsc)
{
    if (rsc->variant != COX_CLONE) {
        list_own(listing, rsc);
    }
    for (guint i = 0; rsc->children != NULL && i < rsc->children->len; i++) {
        list_tree(listing, g_ptr_array_index(rsc->children, i));
    }
    list_own(listing, rsc);
}

/* What is inside, then replica by replica from the outside in; the bundle's own actions are left for the end of the list. */
static void
list_bundle(const struct listing *listing, const struct sched_bundle *bundle)
{
    if (bundle->child != NULL) {
        list_tree(listing, bundle->child);
    }
    for (int i = 0; i < bundle->n_replicas; i++) {
        const struct sched_replica *replica = &bundle->replicas[i];
        const struct sched_rsc *const parts[] = { replica->ip, replica->container, replica->remote };

        for (size_t k = 0; k < G_N_ELEMENTS(parts); k++) {
            if (parts[k] != NULL) {
                list_own(listing, parts[k]);
            }
        }
    }
}

static gint
by_number(gconstpointer a, gconstpointer b)
{
    return (*(struct sched_rsc *const *) a)->instance - (*(struct sched_rsc *const *) b)->instance;
}

static bool
is_at_end(const struct sched_action *action)
{
    return action->rsc == NULL || action->rsc->variant == COX_BUNDLE;
}

static bool
is_inside_bundle(const struct sched_rsc *rsc)
{
    return rsc->parent != NULL && rsc->parent->variant == COX_BUNDLE;
}

void
sched_graph_order(const struct sched_work *work, GPtrArray *actions)
{
    g_autofree guint *latest = g_new0(guint, work->rscs->len + 1);
    g_autofree guint *earlier = g_new0(guint, actions->len + 1);
    g_autoptr(GPtrArray) sorted = g_ptr_array_sized_new(actions->len);
    const struct listing listing = { actions, sorted, latest, earlier };

    /*
     * Nothing is decided any more, so the order in which instances were assigned has done its duty.
     * QUIRK 36: what is inside a bundle keeps it.  case: bundle-interleave-start, bundle-promoted-colocation-5
     */
    for (guint i = 0; i < work->rscs->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(work->rscs, i);

        if (rsc->variant == COX_CLONE && rsc->children != NULL && !is_inside_bundle(rsc)) {
            g_ptr_array_sort(rsc->children, by_number);
        }
    }
    for (guint i = 0; i < actions->len; i++) {
        const struct sched_action *action = g_ptr_array_index(actions, i);

        if (!is_at_end(action)) {
            earlier[i] = latest[action->rsc->idx];
            latest[action->rsc->idx] = i + 1;
        }
    }
    for (guint i = 0; i < work->tops->len; i++) {
        const struct sched_rsc *rsc = g_ptr_array_index(work->tops, i);

        if (rsc->variant == COX_BUNDLE && sched_bundle_of(rsc) != NULL) {
            list_bundle(&listing, sched_bundle_of(rsc));
        } else {
            list_tree(&listing, rsc);
        }
    }
    for (guint i = actions->len; i > 0; i--) {
        if (is_at_end(g_ptr_array_index(actions, i - 1))) {
            g_ptr_array_add(sorted, g_ptr_array_index(actions, i - 1));
        }
    }
    COX_BUG_ON(sorted->len != actions->len);
    for (guint i = 0; i < sorted->len; i++) {
        struct sched_action *action = g_ptr_array_index(sorted, i);

        action->graph_index = i;
        g_ptr_array_index(actions, i) = action;
    }
}
