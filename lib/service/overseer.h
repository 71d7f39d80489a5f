/* lib/service/overseer.h - who watches a daemon is watched in turn.  Layer 5.
 *
 * Upwards, systemd: it is told that we live as often as it wants to hear it, and kills us when we fall silent (the watchdog of
 * sd_notify(3)).  Downwards, the supervisor: its liveness requests come every second; when they stay away, nobody restarts this
 * node's daemons, and that is said, once, until they come again.
 */
#ifndef COX_SERVICE_OVERSEER_H
#define COX_SERVICE_OVERSEER_H

#include <stdbool.h>
#include <glib.h>

#include "runtime/log.h"
#include "runtime/runtime.h"

G_BEGIN_DECLS

/** So long the supervisor may be silent before it is said. */
#define COX_OVERSEER_SILENCE_MS 8000

struct cox_overseer;

/** Nobody has been heard yet, so nobody is missed.  Both are borrowed until cox_overseer_free(). */
struct cox_overseer *cox_overseer_new(struct cox_runtime *runtime, struct cox_log *log);

/** Free.  NULL is allowed. */
void cox_overseer_free(struct cox_overseer *overseer);

/** A liveness request of the supervisor has come. */
void cox_overseer_heard(struct cox_overseer *overseer);

/** We stop: it has no reason to ask any more. */
void cox_overseer_rest(struct cox_overseer *overseer);

/** Has the supervisor been there, and is it silent now? */
bool cox_overseer_is_missed(const struct cox_overseer *overseer);

/**
 * Begin to tell systemd that we live, twice in the time that it gives.
 *
 * @param socket         value of NOTIFY_SOCKET, or NULL; borrowed until cox_overseer_free()
 * @param watchdog_usec  value of WATCHDOG_USEC, or NULL
 * @param watchdog_pid   value of WATCHDOG_PID: whom it means; NULL: everybody
 * @return whether systemd wants to hear of us
 */
bool cox_overseer_watchdog(struct cox_overseer *overseer, const char *socket, const char *watchdog_usec, const char *watchdog_pid);

G_END_DECLS

#endif
