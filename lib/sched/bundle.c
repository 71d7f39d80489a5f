/* lib/sched/bundle.c - expansion of bundles to replicas.  Layer 3, pure. */
#include "sched/work_priv.h"

#include "sched/bundle_priv.h"

struct sched_replica *
sched_bundle_replica(const struct sched_rsc *rsc)
{
    struct sched_bundle *bundle = sched_bundle_of(rsc->top);

    return (bundle == NULL || rsc->replica < 0) ? NULL : &bundle->replicas[rsc->replica];
}

void
sched_bundle_expand(struct sched_work *work, struct sched_rsc *bundle)
{
    (void) work;
    (void) bundle;
}
