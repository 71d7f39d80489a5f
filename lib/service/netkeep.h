/* lib/service/netkeep.h - the network resources that a daemon has started, kept in a file for its next life (ADR 083).  Layer 5. */
#ifndef COX_SERVICE_NETKEEP_H
#define COX_SERVICE_NETKEEP_H

#include <stdbool.h>
#include <glib.h>

#include "proto/messages.h"

G_BEGIN_DECLS

/** Orders (NET_ACT), one for each resource, in the order of their first start.  What they mean is the daemon's. */
struct cox_netkeep;

/**
 * Read what the life before this one has written to RUNDIR/@name; nothing is there after a boot.
 *
 * @param error  set (COX_ERROR_IO) when there is a file that cannot be read as a whole; what could be read is kept
 * @return never NULL
 */
struct cox_netkeep *cox_netkeep_new(const char *run_directory, const char *name, GError **error);

/** Free it; the file stays.  NULL is allowed. */
void cox_netkeep_free(struct cox_netkeep *keep);

guint cox_netkeep_count(const struct cox_netkeep *keep);

/** Order number @i; borrowed until it is put anew or dropped. */
const struct cox_msg_net_act *cox_netkeep_at(const struct cox_netkeep *keep, guint i);

/** That of a resource, or NULL. */
const struct cox_msg_net_act *cox_netkeep_find(const struct cox_netkeep *keep, const char *rsc_id);

/**
 * Remember a copy of @act, in the place of an earlier one of its resource (which it may point into), and write the file.
 * @return false with COX_ERROR_CANNOT_CREATE when that failed: then all is as before
 */
bool cox_netkeep_put(struct cox_netkeep *keep, const struct cox_msg_net_act *act, GError **error);

/** Forget a resource; one that is not there is fine.  As above when the file cannot be written, but it is forgotten here. */
bool cox_netkeep_drop(struct cox_netkeep *keep, const char *rsc_id, GError **error);

/** Forget all, and remove the file. */
void cox_netkeep_erase(struct cox_netkeep *keep);

/**
 * Write a file of a run directory whole or not at all.  It is not synced: the directory is in memory, and gone with the boot.
 * @return false with COX_ERROR_CANNOT_CREATE naming it
 */
bool cox_netkeep_write(const char *path, const void *data, gsize size, GError **error);

G_END_DECLS

#endif
