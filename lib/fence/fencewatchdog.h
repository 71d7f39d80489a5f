/* lib/fence/fencewatchdog.h - nodes that take themselves down: fencing without a device.  Layer 3, pure.
 *
 * Where every node has a hardware watchdog that sbd feeds as long as the node has quorum, a node that was lost is down when the watchdog
 * has had its time.  The device of such nodes is a clock:
 *
 *     target is a member --> it is the executor, and takes itself down at once (DO_PANIC); when it has left, another one waits
 *     target is away     --> an executor with quorum waits for watchdog_ms, from the moment in which the target left the ring if it
 *                            was in it; still there then: failed
 *
 * The wait must be longer than what the watchdog may take.  With two nodes and two_node both sides keep quorum: then it proves nothing, and
 * is refused (fencebuild.h).
 */
#ifndef COX_FENCE_FENCEWATCHDOG_H
#define COX_FENCE_FENCEWATCHDOG_H

#include <stdbool.h>
#include <glib.h>

#include "base/monotime.h"
#include "fence/fencelocal.h"
#include "fence/fencewatch.h"

G_BEGIN_DECLS

/** Id of the device that is there by itself, and agent of one that is configured. */
#define COX_FENCE_WATCHDOG_ID "watchdog"
#define COX_FENCE_WATCHDOG_AGENT "fence_watchdog"

/**
 * How long to wait, as configured: fencing-watchdog-timeout, which is twice SBD_WATCHDOG_TIMEOUT when it is negative; 0: not at all, which
 * it also is when it is not longer than SBD_WATCHDOG_TIMEOUT, since then it would prove nothing.
 *
 * @param sbd_ms  SBD_WATCHDOG_TIMEOUT; 0: not known
 */
gint64 cox_fencewatchdog_wait_ms(gint64 option_ms, gint64 sbd_ms);

/** @target has just left the ring: waits for it begin now.  @devices: struct cox_fencedevice. */
void cox_fencewatchdog_note_lost(const struct cox_fencelocal *local, const GPtrArray *devices, const char *target, cox_usec now);

G_END_DECLS

#endif
