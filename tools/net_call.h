/* tools/net_call.h - have one action of a network resource done by the daemon of this node, by hand.  Layer 6. */
#ifndef COX_TOOLS_NET_CALL_H
#define COX_TOOLS_NET_CALL_H

#include <stdbool.h>

#include "tools/agent_call.h"

G_BEGIN_DECLS

/**
 * What the executor would have done for the cluster (ADR 083): cox-vrrpd or cox-lvsd does @action.  Two owners of an address would be worse than no
 * trace of what is done.
 *
 * @param timeout_ms  nobody waits any longer; 0: 30 s
 * @return false when no daemon does this type or this action, or no supervisor runs here: the agent is to be run; @outcome is as it was
 */
bool cox_net_call(const struct cox_agent_env *env, const char *action, gint64 timeout_ms, struct cox_agent_outcome *outcome);

G_END_DECLS

#endif
