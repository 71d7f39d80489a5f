/* lib/sched/cluster.c - the state for people: a frozen copy for views.  Layer 3, pure. */
#include "sched/work_priv.h"

void
sched_cluster_fill(struct sched_work *work, struct cox_cluster *cluster)
{
    cluster->has_quorum = work->has_quorum;
    cluster->dc = COX_NODE_NONE;
}
