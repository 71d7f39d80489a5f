/* lib/sched/assign_clone.c - assignment of a clone: its primaries, then its instances.  Layer 3, pure. */
#include "sched/assign_priv.h"

struct sched_node *
sched_clone_assign(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *prefer, bool stop_if_fail)
{
    g_autoptr(GPtrArray) primaries = NULL;
    const GPtrArray *list = NULL;
    struct sched_instances what;

    if (rsc->is_assigned || rsc->is_assigning) {
        return NULL;
    }
    if (rsc->meta.is_promotable) {
        sched_promotable_add_scores(work, rsc);
    }
    rsc->is_assigning = true;
    primaries = sched_colocation_hold_this_with(rsc);
    for (guint i = 0; primaries != NULL && i < primaries->len; i++) {
        const struct sched_colocation *row = g_ptr_array_index(primaries, i);

        if (!sched_colocation_is_turned(work, rsc, row)) {
            sched_place(work, row->primary, prefer, stop_if_fail);
        }
    }
    list = sched_colocation_with_this(work, rsc);
    for (guint i = 0; list != NULL && i < list->len; i++) {
        sched_merge_dependent(work, g_ptr_array_index(list, i), rsc);
    }
    sched_score_trace(work, rsc, "pcmk__clone_assign");
    what = (struct sched_instances) { rsc->children, rsc->meta.clone_max, rsc->meta.clone_node_max };
    if (rsc->children != NULL) {
        sched_instances_sort(work, rsc->children, false);
        sched_instances_assign(work, rsc, &what);
        if (rsc->meta.is_promotable) {
            sched_promotable_choose(work, rsc);
        }
    }
    rsc->is_assigning = false;
    rsc->is_assigned = true;
    return NULL;
}
