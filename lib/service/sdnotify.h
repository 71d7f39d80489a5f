/* lib/service/sdnotify.h - tell systemd how we are.  Layer 5. */
#ifndef COX_SERVICE_SDNOTIFY_H
#define COX_SERVICE_SDNOTIFY_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/**
 * Send lines such as "READY=1" to the socket in NOTIFY_SOCKET (sd_notify(3) describes the protocol).
 *
 * @param socket  value of NOTIFY_SOCKET: a path, or '@' and an abstract name; NULL: nobody wants to know
 * @return whether somebody was told
 */
bool cox_sdnotify(const char *socket, const char *lines);

G_END_DECLS

#endif
