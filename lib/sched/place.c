/* lib/sched/place.c - putting a resource on a node and taking it back.  Layer 3, pure. */
#include "sched/assign_priv.h"

void
sched_place_role_set(struct sched_rsc *rsc, enum cox_role role, const char *reason)
{
    rsc->next_role = role;
    if (reason != NULL) {
        rsc->next_role_reason = reason;
    }
}

void
sched_place_unset(struct sched_work *work, struct sched_rsc *rsc)
{
    for (guint i = 0; i < sched_n_children(rsc); i++) {
        sched_place_unset(work, sched_child(rsc, i));
    }
    rsc->is_assigned = false;
    if (rsc->assigned != NULL && sched_n_children(rsc) == 0) {
        rsc->assigned->n_assigned--;
        sched_capacity_take(work, rsc->assigned, rsc, -1);
    }
    rsc->assigned = NULL;
}

void
sched_place_set(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node, bool force, bool stop_if_fail)
{
    if (sched_n_children(rsc) > 0) {
        for (guint i = 0; i < sched_n_children(rsc); i++) {
            sched_place_set(work, sched_child(rsc, i), node, force, stop_if_fail);
        }
        return;
    }
    /* A guest node may come up in this very plan, so that it is offline does not speak against it; that it stands by does. */
    if (!force && node != NULL
        && (rsc->cells[node->idx].score < 0 || (!sched_node_usable(node) && (!node->is_guest || node->is_standby)))) {
        if (stop_if_fail) {
            sched_place_role_set(rsc, COX_ROLE_STOPPED, "node availability");
        }
        node = NULL;
    }
    sched_place_unset(work, rsc);
    rsc->is_assigned = true;
    if (node == NULL) {
        if (stop_if_fail) {
            sched_place_role_set(rsc, COX_ROLE_STOPPED, "unable to assign");
        }
        return;
    }
    rsc->assigned = node;
    node->n_assigned++;
    sched_capacity_take(work, node, rsc, 1);
    sched_capacity_show_rsc(work, rsc, node);
}

/* Collects into @found; false when there are several. */
static bool
collect(const struct sched_rsc *rsc, struct sched_node **found)
{
    if (sched_n_children(rsc) == 0) {
        if (rsc->assigned != NULL && *found != NULL && *found != rsc->assigned) {
            return false;
        }
        *found = rsc->assigned != NULL ? rsc->assigned : *found;
        return true;
    }
    for (guint i = 0; i < sched_n_children(rsc); i++) {
        if (!collect(sched_child(rsc, i), found)) {
            return false;
        }
    }
    return true;
}

struct sched_node *
sched_place_of(const struct sched_rsc *rsc)
{
    struct sched_node *found = NULL;

    return collect(rsc, &found) ? found : NULL;
}

enum cox_role
sched_place_role(const struct sched_rsc *rsc, bool current)
{
    enum cox_role highest = COX_ROLE_UNKNOWN;

    if (sched_n_children(rsc) == 0) {
        return current ? rsc->role : rsc->next_role;
    }
    for (guint i = 0; i < rsc->children->len; i++) {
        enum cox_role role = sched_place_role(sched_child(rsc, i), current);

        highest = MAX(highest, role);
    }
    return highest;
}
