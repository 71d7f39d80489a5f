/* lib/service/privilege.h - become the user that a daemon is meant to run as.  Layer 5. */
#ifndef COX_SERVICE_PRIVILEGE_H
#define COX_SERVICE_PRIVILEGE_H

#include <stdbool.h>
#include <glib.h>

#include "proto/daemons.h"

G_BEGIN_DECLS

/**
 * Make the run directory, if it is missing: owned by the cluster's user, so that its daemons can bind there, closed for writing to
 * everybody else.  COX_ERROR_CANNOT_CREATE names it, also when it belongs to somebody else or others may write.
 */
bool cox_privilege_run_directory(const char *run_directory, GError **error);

/**
 * Become what the table says (services.def): root stays root; the cluster's user gets its groups, no capabilities and no way
 * to gain any.  COX_ERROR_PRIVILEGE when we are not root, and not that user.
 *
 * @param is_missing  set to whether there is no such user on this machine and we stay root; whoever calls must say so
 */
bool cox_privilege_drop(enum cox_daemon daemon, bool *is_missing, GError **error);

/**
 * As root: make a directory of the cluster's user and group (mode 0750) and those above it, if they are missing.  What is there is
 * left alone, unless it is root's, as after a first start from an empty disk.
 */
void cox_privilege_directory(const char *path);

/**
 * As root: make the log file, if it is missing, for the cluster's user and group, because daemons of both users append to one file.
 * What is there stays as it is, and a link is not followed: the directory may belong to a less trusted user.
 */
void cox_privilege_log_file(const char *path);

/**
 * As root, as far as the kernel lets us: get the processor before the agents (nice -10) and be the last to fall to a lack of memory
 * (OOM score -900).  A daemon that waits for its turn behind its own agents does not answer the supervisor in time.  Children get
 * what was before (runtime/forkexec.h).
 */
void cox_privilege_protect(void);

G_END_DECLS

#endif
