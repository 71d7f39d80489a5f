/* lib/client/netact.h - have a network resource's action done by the daemon that does it (ADR 083).  Layer 5.
 *
 * The daemons run only where they are wanted: the supervisor is told before anything is asked of one that is not there.  What was asked of one
 * that died in the middle is asked of the next one, until its time is over.
 */
#ifndef COX_CLIENT_NETACT_H
#define COX_CLIENT_NETACT_H

#include <stdbool.h>
#include <glib.h>

#include "proto/daemons.h"
#include "proto/messages.h"
#include "runtime/runtime.h"

G_BEGIN_DECLS

/** All that was asked of such daemons of this node and has no answer yet. */
struct cox_netacts;

/** The answer: @acted, or @error when there is none (COX_ERROR_TIMEOUT, COX_ERROR_NOT_INSTALLED, or what the daemon refused with).  Borrowed. */
typedef void (*cox_netact_fn)(void *context, const struct cox_msg_net_acted *acted, const GError *error);

/** Which daemon does the actions of ocf:@provider:@type?  false: none does, its agent is run; either may be NULL. */
bool cox_netact_daemon(const char *provider, const char *type, enum cox_daemon *daemon);

/** Nothing asked, nothing connected.  @program: who we are; @run_directory NULL: the usual one. */
struct cox_netacts *cox_netacts_new(struct cox_runtime *runtime, const char *program, const char *run_directory);

/** End it; callbacks that wait are not called.  NULL is allowed; not from inside one of its callbacks. */
void cox_netacts_free(struct cox_netacts *netacts);
typedef struct cox_netacts cox_netacts; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_netacts, cox_netacts_free)

/**
 * Ask for an action, whose type some daemon does; @fn is called once, from the loop, unless it is cancelled.
 *
 * @param act  borrowed for the call; its timeout_ms is the time for all tries together
 * @return its id, for cox_netact_cancel(); never 0
 */
guint32 cox_netact_ask(struct cox_netacts *netacts, const struct cox_msg_net_act *act, cox_netact_fn fn, void *context);

/** Nobody waits for it any more.  What the daemon does is not undone.  Ids without an action are ignored. */
void cox_netact_cancel(struct cox_netacts *netacts, guint32 id);

G_END_DECLS

#endif
