/* daemons/lvsd/lvsd_owned.h - what of the kernel's is ours, kept in a file for the next life.  Layer 6.
 *
 * A daemon that was killed leaves its virtual servers in the kernel.  The next one must take away what is not wanted any more, and must not
 * touch what others have put there.  So what is ours stands in RUNDIR/lvs.owned before it is put into the kernel:
 *
 *     tcp 192.0.2.1 80
 *     fwmark 7 inet6
 *     sync master 1
 *     setting expire_nodest_conn 0
 */
#ifndef COX_DAEMONS_LVSD_OWNED_H
#define COX_DAEMONS_LVSD_OWNED_H

#include <stdbool.h>
#include <glib.h>

#include "lvs/lvs.h"

G_BEGIN_DECLS

struct cox_lvsd_owned;

/** What the life before has left in @directory.  A line that cannot be understood is left out. */
struct cox_lvsd_owned *cox_lvsd_owned_new(const char *directory);
void cox_lvsd_owned_free(struct cox_lvsd_owned *owned);

/** Virtual servers of the life before (keys count), until cox_lvsd_owned_forget(); never NULL. */
const struct cox_lvs_table *cox_lvsd_owned_before(const struct cox_lvsd_owned *owned);

/** The engine knows of them now. */
void cox_lvsd_owned_forget(struct cox_lvsd_owned *owned);

/** Number of the synchronization that runs in this role, or was left running; -1: none. */
gint cox_lvsd_owned_sync(const struct cox_lvsd_owned *owned, enum cox_lvs_role role);
void cox_lvsd_owned_set_sync(struct cox_lvsd_owned *owned, enum cox_lvs_role role, gint number);

/** Was the setting of connections whose server is gone 0 before this life, or one before it, has made it 1? */
bool cox_lvsd_owned_has_expiry(const struct cox_lvsd_owned *owned);
void cox_lvsd_owned_set_expiry(struct cox_lvsd_owned *owned, bool has_expiry);

/** Write @table (keys count; NULL: none), what is left from before, the synchronization and the setting, if that differs from what stands there. */
bool cox_lvsd_owned_write(struct cox_lvsd_owned *owned, const struct cox_lvs_table *table, GError **error);

/** Nothing is ours any more. */
void cox_lvsd_owned_remove(struct cox_lvsd_owned *owned);

G_END_DECLS

#endif
