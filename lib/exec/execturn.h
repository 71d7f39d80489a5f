/* lib/exec/execturn.h - whose turn it is: which operation of a node may begin next.  Layer 3, pure.
 *
 * A limit says how many operations run at a time that somebody waits for.  A recurring operation that has run before is no such one: it neither
 * waits for room nor takes any, so that monitoring goes on, and failures are found, while a long queue is worked off.
 */
#ifndef COX_EXEC_EXECTURN_H
#define COX_EXEC_EXECTURN_H

#include <stdbool.h>
#include <glib.h>

#include "base/monotime.h"
#include "exec/execrsc.h"

G_BEGIN_DECLS

/** Whoever ordered it waits for it: one-shot operations, and the first run of recurring ones. */
bool cox_execturn_is_limited(const struct cox_execop *op);

/**
 * May one more begin that is limited?  One that runs for long takes its room for long; one whose time is up, or that was cancelled, takes none while its
 * process is not gone: nothing would ever begin where as many of them hang as may run.
 *
 * @param limit 0: any number
 */
bool cox_execturn_has_room(const GPtrArray *rscs, guint limit);

/**
 * What is to begin now: one-shot operations before recurring ones; of those stops and demotions first, as they are what a changed plan begins with; then
 * what waits longest.  While what was ordered for a resource waits for room its recurring operations go on.
 *
 * @param[out] rsc its resource
 * @return the operation, or NULL: nothing is due, or has room
 */
struct cox_execop *cox_execturn_next(const GPtrArray *rscs, guint limit, cox_usec now, struct cox_execrsc **rsc);

/** When something is due, a service is asked again, or a time is up; COX_USEC_NEVER: what waits does so for room, or for other operations. */
cox_usec cox_execturn_wake_at(const GPtrArray *rscs, cox_usec now);

/** After it the resource is not what its recurring operations expect: stop, migrate_to. */
bool cox_execturn_ends_monitoring(const struct cox_execop *op);

G_END_DECLS

#endif
