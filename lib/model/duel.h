/* lib/model/duel.h - could two nodes that do not see each other cut each other's power?  Layer 1, pure. */
#ifndef COX_MODEL_DUEL_H
#define COX_MODEL_DUEL_H

#include <stdbool.h>
#include <glib.h>

#include "base/walltime.h"
#include "model/config.h"

G_BEGIN_DECLS

/** The two nodes, and the device by which each would be fenced.  Borrowed from the configuration. */
struct cox_duel {
    const char *nodes[2], *devices[2];
};

/** What to do about it: a sentence. */
#define COX_DUEL_REMEDY "set pcmk_delay_base for one of the devices, pcmk_delay_max for both, or priority-fencing-delay"

/**
 * With two nodes both sides of a split have quorum and fence each other.  One device for both serves one after the other, so that one
 * node is left; when each node has a device of its own and neither waits, both may go down at the same time.
 *
 * A device counts for the nodes that it may reach (model/reach.h); of several the one of the highest
 * priority, then of the lowest id, as the fencers choose.  Devices that are meant to be stopped do not count, nor does anything when
 * fencing is disabled.  A quorum device cannot be seen from here.
 *
 * @param now   for rules in sets of values
 * @param duel  set when the answer is true
 */
bool cox_duel_is_possible(const struct cox_config *config, cox_wall now, struct cox_duel *duel);

G_END_DECLS

#endif
