/* lib/sched/order_held.c - what will not start, whatever is decided: constraints say so before anything has a place.  Layer 3, pure. */
#include "sched/planner_priv.h"

enum { MOST_STEPS = 1000 }; /* from one to the next, for the stack */

/* One look: constraints may lead to the same resource in many ways, and round in a circle. */
struct look {
    const struct sched_work *work;
    GHashTable *known; /* resource -> itself when it is held, else NULL: as far as it has been looked at */
};

static bool is_held(const struct look *look, const struct sched_rsc *rsc, int steps);

/* By what was said before anything had a place: tickets, locations, failures. */
static bool
is_banned(const struct look *look, const struct sched_rsc *rsc)
{
    for (guint32 i = 0; i < look->work->n_nodes; i++) {
        if (rsc->cells[i].is_present && rsc->cells[i].score > -COX_SCORE_INFINITY) {
            return false;
        }
    }
    return true;
}

/* It is down, and stays so: nobody may start it, or it may go nowhere, or what comes before it does not start either. */
static bool
stays_down(const struct look *look, const struct sched_rsc *rsc, int steps)
{
    if (rsc->variant == COX_PRIMITIVE) {
        return rsc->running_on.n == 0
               && (!rsc->is_managed || rsc->next_role == COX_ROLE_STOPPED || is_banned(look, rsc) || is_held(look, rsc, steps));
    }
    for (guint i = 0; rsc->variant == COX_GROUP && i < rsc->children->len; i++) {
        if (stays_down(look, g_ptr_array_index(rsc->children, i), steps)) {
            return true;
        }
    }
    return false;
}

/* An earlier member starts only when the later ones are down. */
static bool
is_held_by_later(const struct sched_rsc *rsc)
{
    const struct sched_rsc *group = rsc->parent;

    for (guint i = group->children->len; i > 0 && g_ptr_array_index(group->children, i - 1) != rsc; i--) {
        const struct sched_rsc *later = g_ptr_array_index(group->children, i - 1);

        if (later->running_on.n > 0 && !later->is_managed) {
            return true;
        }
    }
    return false;
}

static bool
is_held_by_earlier(const struct look *look, const struct sched_rsc *rsc, int steps)
{
    const struct sched_rsc *group = rsc->parent;

    for (guint i = 0; i < group->children->len && g_ptr_array_index(group->children, i) != rsc; i++) {
        if (stays_down(look, g_ptr_array_index(group->children, i), steps)) {
            return true;
        }
    }
    return false;
}

/* What it must be with is nowhere. */
static bool
is_held_by_primary(const struct look *look, const struct sched_rsc *rsc, int steps)
{
    for (guint i = 0; rsc->this_with != NULL && i < rsc->this_with->len; i++) {
        const struct sched_colocation *row = g_ptr_array_index(rsc->this_with, i);

        if (row->score >= COX_SCORE_INFINITY && row->dependent_role == COX_ROLE_UNKNOWN && !row->is_internal
            && stays_down(look, row->primary, steps)) {
            return true;
        }
    }
    return false;
}

/* Too few start of those of which some are enough. */
static bool
is_out_of_reach(const struct look *look, const struct sched_action *some, int steps)
{
    const struct sched_order_data *data = look->work->order_data;
    guint32 n = 0;

    for (guint32 i = 0; i < data->n_configured; i++) {
        const struct sched_ordering *ordering = data->orderings.items[i];

        n += ordering->then == some && ordering->first_rsc != NULL
             && (ordering->first_task != SCHED_TASK_START || !stays_down(look, ordering->first_rsc, steps));
    }
    return n < MAX(some->need_runnable, 1);
}

/* Does what comes first in it not come about? */
static bool
is_in_vain(const struct look *look, const struct sched_ordering *ordering, int steps)
{
    if (ordering->first != NULL) {
        return (ordering->first->flags & SCHED_MIN_RUNNABLE) && is_out_of_reach(look, ordering->first, steps);
    }
    return ordering->first_task == SCHED_TASK_START && stays_down(look, ordering->first_rsc, steps);
}

static bool
is_held_by_any(const struct look *look, const struct sched_rsc *rsc, int steps)
{
    const struct sched_order_data *data = look->work->order_data;
    const struct sched_rsc *group = rsc->parent != NULL && rsc->parent->variant == COX_GROUP ? rsc->parent : NULL;

    if (group != NULL && sched_rsc_is_ordered(group) && (is_held_by_later(rsc) || is_held_by_earlier(look, rsc, steps))) {
        return true;
    }
    if (is_held_by_primary(look, rsc, steps) || (group != NULL && is_held_by_primary(look, group, steps))) {
        return true;
    }
    for (guint32 i = 0; data != NULL && i < data->n_configured; i++) {
        const struct sched_ordering *ordering = data->orderings.items[i];

        if ((ordering->flags & (SCHED_R_BLOCKS | SCHED_R_ASYMMETRIC)) && ordering->then_task == SCHED_TASK_START
            && ordering->then_rsc != NULL && (ordering->then_rsc == rsc || ordering->then_rsc == group) && is_in_vain(look, ordering, steps)) {
            return true;
        }
    }
    return false;
}

static bool
is_held(const struct look *look, const struct sched_rsc *rsc, int steps)
{
    gpointer known = NULL, key = (gpointer) (gsize) rsc;

    if (steps == 0 || g_hash_table_lookup_extended(look->known, rsc, NULL, &known)) {
        return known != NULL;
    }
    g_hash_table_insert(look->known, key, NULL);
    if (!is_held_by_any(look, rsc, steps - 1)) {
        return false;
    }
    g_hash_table_insert(look->known, key, key);
    return true;
}

bool
sched_order_holds(const struct sched_work *work, const struct sched_rsc *rsc)
{
    g_autoptr(GHashTable) known = g_hash_table_new(NULL, NULL);
    const struct look look = { work, known };

    return rsc->running_on.n == 0 && is_held(&look, rsc, MOST_STEPS);
}

/* ---- what stays up ---- */

static bool
keep(bool *is_kept, const struct sched_rsc *rsc)
{
    const bool is_new = rsc->variant == COX_PRIMITIVE && rsc->running_on.n > 0 && !is_kept[rsc->idx];

    is_kept[rsc->idx] = is_kept[rsc->idx] || is_new;
    return is_new;
}

/* Does it say that what is kept stops before something else does? */
static bool
is_of_kept(const bool *is_kept, const struct sched_ordering *ordering)
{
    return ordering->first_rsc != NULL && is_kept[ordering->first_rsc->idx] && ordering->then_rsc != NULL
           && ordering->first_task == SCHED_TASK_STOP && ordering->then_task == SCHED_TASK_STOP && (ordering->flags & SCHED_R_REQUIRES_FIRST);
}

bool *
sched_order_kept(const struct sched_work *work)
{
    const struct sched_order_data *data = work->order_data;
    bool *is_kept = g_new0(bool, work->rscs->len + 1);
    bool is_more = false;

    for (guint i = 0; i < work->rscs->len; i++) {
        const struct sched_rsc *rsc = g_ptr_array_index(work->rscs, i);

        is_more = (rsc->is_blocked && keep(is_kept, rsc)) || is_more;
    }
    while (is_more && data != NULL) {
        is_more = false;
        for (guint32 i = 0; i < data->n_configured; i++) {
            const struct sched_ordering *ordering = data->orderings.items[i];

            is_more = (is_of_kept(is_kept, ordering) && keep(is_kept, ordering->then_rsc)) || is_more;
        }
    }
    return is_kept;
}
