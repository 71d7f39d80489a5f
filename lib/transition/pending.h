/* lib/transition/pending.h - what is in flight, as the history says it: so that a plan takes it for a fact.  Layer 3, pure. */
#ifndef COX_TRANSITION_PENDING_H
#define COX_TRANSITION_PENDING_H

#include "base/walltime.h"
#include "model/inflight.h"
#include "model/status.h"

G_BEGIN_DECLS

/**
 * Write actions in flight into @status as operations that are under way.  Left out are those of nodes and resources that it has no
 * history of (a probe is under way there: nothing is known yet), probes and cancellations, and an operation that the history has
 * as pending already.  Nothing changes when @n is 0.
 *
 * @return how many were written
 */
size_t cox_pending_note(struct cox_status *status, const struct cox_inflight *inflight, size_t n, cox_wall now);

G_END_DECLS

#endif
