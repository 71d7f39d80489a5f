/* lib/runtime/environment.h - the few things that are taken from the environment of this process.  Layer 1. */
#ifndef COX_RUNTIME_ENVIRONMENT_H
#define COX_RUNTIME_ENVIRONMENT_H

#include <stdbool.h>
#include <sys/types.h>
#include <glib.h>

#include "runtime/child.h"

G_BEGIN_DECLS

/** What clients of the field parse: the version whose interfaces we have. */
#define COX_COMPAT_VERSION "3.0.2"

/** A variable, or NULL when it is not set, or when this process has more rights than its caller (setuid).  Borrowed. */
const char *cox_environment_get(const char *name);

/** All of it, "NAME=value", for a child that is to have the same; g_strfreev(). */
char **cox_environment_copy(void);

/** A setting of the sysconfig file: PCMK_@name, else HA_@name, else NULL.  Borrowed. */
const char *cox_environment_setting(const char *name);

/**
 * Where sockets, locks and flight recorders of this node lie: COX_RUN_DIRECTORY (tests and the lab), else the directory set at
 * build time.  Borrowed.
 */
const char *cox_environment_run_directory(void);

/** RUNDIR/NAME.sock; caller frees. */
char *cox_environment_socket_path(const char *run_directory, const char *name);

/**
 * A user or group of /etc/passwd or /etc/group.  The cluster's own accounts are local, so no name service that may hang is
 * asked.
 *
 * @param gid  primary group; NULL if not wanted
 */
bool cox_environment_user(const char *name, uid_t *uid, gid_t *gid);
bool cox_environment_group(const char *name, gid_t *gid);

/**
 * Whom a script of keepalived's language runs as: @name and @group (NULL: its own); for NULL keepalived_script, if there is such a user.
 *
 * @param user       filled, without supplementary groups, when @is_other is set
 * @param is_other   false: as this process
 * @return false when there is no such user or group
 */
bool cox_environment_script_user(const char *name, const char *group, struct cox_child_user *user, bool *is_other);

G_END_DECLS

#endif
