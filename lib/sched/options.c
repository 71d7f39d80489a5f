/* lib/sched/options.c - cluster options as values.  Layer 3, pure. */
#include "sched/work_priv.h"

void
sched_options_run(struct sched_work *work)
{
    work->has_quorum = true;
}
