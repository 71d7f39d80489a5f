/* daemons/vrrpd/vrrpguard.h - a small process that takes our addresses away when we are dead or frozen.  Layer 6.
 *
 * It has no part of the daemon's state but the netlink messages that remove what a router may hold, which it is given in advance.
 *
 *     daemon --a pipe: lists of messages, and signs of life--> guard --netlink--> kernel
 *
 * The end of the pipe is the end of the daemon: the guard takes everything away, and ends.  Silence is a daemon that does not run: the
 * guard takes everything away and waits; a daemon that goes on sees what was taken, as from anybody.  doc/adr/081-vrrpd.md.
 */
#ifndef COX_DAEMONS_VRRPGUARD_H
#define COX_DAEMONS_VRRPGUARD_H

#include <stdbool.h>
#include <glib.h>

#include "runtime/runtime.h"

G_BEGIN_DECLS

/** The word that makes this program the guard, with the pipe as standard input. */
#define COX_VRRPGUARD_WORD "guard"

enum {
    COX_VRRPGUARD_SIGN_MS = 200,    /**< between two signs of life */
    COX_VRRPGUARD_SILENCE = 4,      /**< so many times this without one is a daemon that does not run */
};

/** main() of the guard.  It is not a child that anybody waits for, and a process group of its own. */
int cox_vrrpguard_main(int fd);

/** The daemon's side. */
struct cox_vrrpguard;

/** Start one.  When that fails @error says why (COX_ERROR_OS), and it is tried again. */
struct cox_vrrpguard *cox_vrrpguard_new(struct cox_runtime *runtime, GError **error);

/**
 * Give it another list (as of cox_netmsg_change(), removing; empty: nothing to do).  It is started again if it has died.  When the list cannot
 * be handed over it keeps the former one, and it is tried again.
 */
void cox_vrrpguard_brief(struct cox_vrrpguard *guard, const GByteArray *messages);

/** Everything is in order: it ends without doing anything.  NULL is allowed. */
void cox_vrrpguard_dismiss(struct cox_vrrpguard *guard);

/** Does it run, and know the present list? */
bool cox_vrrpguard_is_ready(const struct cox_vrrpguard *guard);

/** Its process id; 0: it does not run, or has not said so yet. */
pid_t cox_vrrpguard_pid(const struct cox_vrrpguard *guard);

G_END_DECLS

#endif
