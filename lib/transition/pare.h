/* lib/transition/pare.h - of a graph only what may be done with a configuration that is not in force: watch, and fence.  Layer 3, pure. */
#ifndef COX_TRANSITION_PARE_H
#define COX_TRANSITION_PARE_H

#include "base/arena.h"
#include "model/graph.h"
#include "model/status.h"

G_BEGIN_DECLS

/**
 * Keep monitors, probes included, and the fencing of nodes that @status says are no members; drop everything else, and what waits for
 * something that is dropped.
 *
 * @return the actions share texts with @graph, which must outlive it; its arrays live in @arena
 */
struct cox_graph cox_pare_graph(const struct cox_graph *graph, const struct cox_status *status, struct cox_arena *arena);

G_END_DECLS

#endif
