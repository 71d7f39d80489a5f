/* lib/sched/assign_group.c - assignment of a group: its members one after the other.  Layer 3, pure. */
#include "sched/assign_priv.h"

struct sched_node *
sched_group_assign(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *prefer, bool stop_if_fail)
{
    struct sched_node *first = NULL;

    if (rsc->is_assigned) {
        return sched_place_of(rsc);
    }
    if (!rsc->is_assigning && rsc->parent != NULL && !rsc->parent->is_assigning) {
        sched_place(work, rsc->parent, prefer, stop_if_fail);
    }
    if (rsc->is_assigned || rsc->is_assigning) {
        return sched_place_of(rsc);
    }
    if (sched_n_children(rsc) == 0) {
        rsc->is_assigned = true;
        return NULL;
    }
    rsc->is_assigning = true;
    rsc->role = sched_child(rsc, 0)->role;
    sched_score_trace(work, rsc, "pcmk__group_assign");
    for (guint i = 0; i < sched_n_children(rsc); i++) {
        struct sched_node *node = sched_place(work, sched_child(rsc, i), prefer, stop_if_fail);

        first = first == NULL ? node : first;
    }
    sched_place_role_set(rsc, sched_child(rsc, 0)->next_role, NULL);
    rsc->is_assigning = false;
    rsc->is_assigned = true;
    return first;
}
