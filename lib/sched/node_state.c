/* lib/sched/node_state.c - which nodes are up, and which must be fenced.  Layer 3, pure. */
#include "sched/work_priv.h"

void
sched_node_state_run(struct sched_work *work)
{
    (void) work;
}
