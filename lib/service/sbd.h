/* lib/service/sbd.h - is this node watched by sbd, which lets its watchdog strike when it loses quorum?  Layer 5. */
#ifndef COX_SERVICE_SBD_H
#define COX_SERVICE_SBD_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/** SBD_WATCHDOG_TIMEOUT (seconds) of sbd's settings, which the unit reads, in ms; 0: not set. */
gint64 cox_sbd_timeout_ms(void);

/**
 * Is sbd running?  Its pid file says so (SBD_PIDFILE, else /run/sbd.pid), if the process is there.  Where SBD_WATCHDOG_TIMEOUT is not
 * set, or nothing, there is no watchdog, whoever runs.
 */
bool cox_sbd_is_running(void);

G_END_DECLS

#endif
