/* lib/sched/failcount.c - how often something failed on a node.  Layer 3, pure. */
#include "sched/work_priv.h"

cox_score
sched_failcount(struct sched_work *work, const struct sched_rsc *rsc, const struct sched_node *node,
                gint64 *last_failure_s, bool consider_timeout)
{
    (void) work;
    (void) rsc;
    (void) node;
    (void) last_failure_s;
    (void) consider_timeout;
    return 0;
}

bool
sched_failcount_bans(struct sched_work *work, struct sched_rsc *rsc, const struct sched_node *node,
                     struct sched_rsc **which)
{
    (void) work;
    (void) rsc;
    (void) node;
    (void) which;
    return false;
}
