/* lib/sched/history.c - what runs where, from the history of operations.  Layer 3, pure. */
#include "sched/work_priv.h"

void
sched_history_run(struct sched_work *work)
{
    (void) work;
}
