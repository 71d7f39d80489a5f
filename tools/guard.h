/* tools/guard.h - leave nothing behind, whatever ends a tool.  Layer 6. */
#ifndef COX_TOOLS_GUARD_H
#define COX_TOOLS_GUARD_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/** Removes what is not to stay.  @is_done: the tool has ended with status 0. */
typedef void (*cox_guard_fn)(void *context, bool is_done);

/**
 * Go on in a child of this process, which from now on waits: for its end, or for a signal that is to end it (SIGINT, SIGTERM, SIGHUP).  Then
 * whatever it has started and still runs is killed, @clean is called, and this process ends as the child did.
 *
 * @return true in the child; false with errno when there can be none
 */
bool cox_guard_begin(cox_guard_fn clean, void *context);

G_END_DECLS

#endif
