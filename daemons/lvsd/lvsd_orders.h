/* daemons/lvsd/lvsd_orders.h - what people have ordered at run time, kept in a file for the next life.  Layer 6.
 *
 * An order holds until another one takes it back, over reloads and over the death of the daemon.  It goes with its server, when the configuration or a stop of the
 * resource takes that away, and with an orderly end of a daemon that leaves nothing.  RUNDIR/lvs.orders has a line for each:
 *
 *     weight 9 192.0.2.11 80 192.0.2.1:80/tcp
 *     disable 0 192.0.2.12 80 web
 *     drain UNTIL 192.0.2.13 80 fwmark 7        UNTIL: seconds since 1970, 0 when it is out already, -1 without a limit
 */
#ifndef COX_DAEMONS_LVSD_ORDERS_H
#define COX_DAEMONS_LVSD_ORDERS_H

#include <stdbool.h>
#include <glib.h>

#include "base/monotime.h"
#include "lvs/lvs.h"

G_BEGIN_DECLS

struct cox_lvsd_orders;

/** What stands in @directory.  A line that cannot be understood is left out. */
struct cox_lvsd_orders *cox_lvsd_orders_new(const char *directory);
void cox_lvsd_orders_free(struct cox_lvsd_orders *orders);

/**
 * The next order of the life before, as an event for the engine; *@i counts them, from 0.  @wall_s: seconds since 1970.
 *
 * @return false when there is no more; from then on cox_lvsd_orders_write() writes
 */
bool cox_lvsd_orders_next(struct cox_lvsd_orders *orders, guint *i, gint64 wall_s, struct cox_lvs_event *event);

/** Write what the engine has, if that differs from what stands there; nothing before all that stood there has been told. */
bool cox_lvsd_orders_write(struct cox_lvsd_orders *orders, const struct cox_lvs *lvs, cox_usec now, gint64 wall_s, GError **error);

/** No order holds any more. */
void cox_lvsd_orders_remove(struct cox_lvsd_orders *orders);

G_END_DECLS

#endif
