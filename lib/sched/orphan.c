/* lib/sched/orphan.c - resources that only the history knows.  Layer 3, pure. */
#include "sched/work_priv.h"

#include "sched/rsc_priv.h"

struct sched_rsc *
sched_rsc_add_orphan(struct sched_work *work, const char *id, const char *standard, const char *provider,
                     const char *type)
{
    struct cox_rsc_def *def = cox_arena_new_array(work->arena, struct cox_rsc_def, 1);
    struct sched_rsc_spec spec = { .def = def, .instance = -1, .replica = -1 };
    struct sched_rsc *rsc;

    def->id = cox_arena_strdup(work->arena, id);
    def->variant = COX_PRIMITIVE;
    def->parent = COX_RSC_NONE;
    def->standard = cox_arena_strdup(work->arena, standard);
    def->provider = cox_arena_strdup(work->arena, provider);
    def->type = cox_arena_strdup(work->arena, type);
    rsc = sched_rsc_new(work, &spec);
    rsc->def = NULL;
    rsc->param_sets = NULL;
    rsc->is_orphan = true;
    sched_connection_link(work, rsc);
    return rsc;
}
