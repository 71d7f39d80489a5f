/* lib/sched/rsc.c - expansion of configured resources to instances.  Layer 3, pure. */
#include "sched/work_priv.h"

struct sched_rsc *
sched_rsc_find(const struct sched_work *work, const char *id)
{
    return id == NULL ? NULL : g_hash_table_lookup(work->rsc_by_id, id);
}

struct sched_node *
sched_rsc_active_node(const struct sched_rsc *rsc, guint32 *n_all, guint32 *n_clean)
{
    (void) rsc;
    (void) n_all;
    (void) n_clean;
    return NULL;
}

bool
sched_rsc_is_active_on(const struct sched_rsc *rsc, const struct sched_node *node)
{
    for (guint i = 0; rsc->running_on != NULL && i < rsc->running_on->len; i++) {
        if (g_ptr_array_index(rsc->running_on, i) == node) {
            return true;
        }
    }
    return false;
}

bool
sched_rsc_is_inside(const struct sched_rsc *rsc, const struct sched_rsc *ancestor)
{
    while (rsc != NULL && rsc != ancestor) {
        rsc = rsc->parent;
    }
    return rsc != NULL;
}

void
sched_rscs_run(struct sched_work *work)
{
    (void) work;
}
