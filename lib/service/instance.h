/* lib/service/instance.h - one daemon of a name on a node.  Layer 5. */
#ifndef COX_SERVICE_INSTANCE_H
#define COX_SERVICE_INSTANCE_H

#include <stdbool.h>
#include <sys/types.h>
#include <glib.h>

G_BEGIN_DECLS

/**
 * Make sure that nobody else runs under this name: take the lock on RUNDIR/NAME.lock, which the kernel drops with the last process that
 * has it (children never do), and write our process id into it.
 *
 * @return the descriptor to keep open, or -1 with COX_ERROR_EXISTS naming the one that runs, or COX_ERROR_CANNOT_CREATE
 */
int cox_instance_lock(const char *run_directory, const char *name, GError **error);

/** The process that holds the lock, or 0 when nobody does.  Takes nothing: who locks at that moment does not notice. */
pid_t cox_instance_holder(const char *run_directory, const char *name);

G_END_DECLS

#endif
