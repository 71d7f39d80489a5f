/* lib/client/dial.h - reach a daemon's socket and make sure that it is the daemon's.  Layer 5. */
#ifndef COX_CLIENT_DIAL_H
#define COX_CLIENT_DIAL_H

#include <stdbool.h>
#include <sys/types.h>
#include <glib.h>

#include "proto/daemons.h"

G_BEGIN_DECLS

/**
 * Connect, without waiting.
 *
 * @param run_directory  NULL: as cox_environment_run_directory() says
 * @return the descriptor, or -1 with COX_ERROR_DISCONNECTED (nobody there, or busy), COX_ERROR_PERMISSION (we may not, or whoever
 *         serves the socket must not), both naming the path
 */
int cox_dial(const char *run_directory, enum cox_daemon daemon, GError **error);

/**
 * May a process of user @uid serve @daemon?  Root may serve all, the cluster's user its daemons, and we ourselves anything (tests
 * and the lab; whoever is us already can do what we can).
 */
bool cox_dial_may_serve(enum cox_daemon daemon, uid_t uid);

G_END_DECLS

#endif
