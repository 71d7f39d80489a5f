/* tools/agent_call.h - run one action of an agent of this machine and wait for it.  Layer 6. */
#ifndef COX_TOOLS_AGENT_CALL_H
#define COX_TOOLS_AGENT_CALL_H

#include <glib.h>

#include "agents/agent_env.h"
#include "agents/agent_find.h"
#include "agents/agent_result.h"

G_BEGIN_DECLS

/** What came of it; freed with cox_agent_outcome_clear(). */
struct cox_agent_outcome {
    struct cox_agent_result result;
    char *out, *err; /**< what it printed; never NULL */
};

/**
 * Run @action with the environment of @env; what goes wrong is in the outcome.
 * @param timeout_ms  it is killed after that; 0: 30 s
 */
void cox_agent_call(const struct cox_agent_env *env, const char *action, gint64 timeout_ms, struct cox_agent_outcome *outcome);

/** The same with words put before the agent's path, NULL-terminated: an interpreter that traces.  @before NULL: none. */
void cox_agent_call_through(const struct cox_agent_env *env, const char *action, gint64 timeout_ms, const char *const *before,
                            struct cox_agent_outcome *outcome);

/** Where this process finds agents. */
struct cox_agent_paths cox_agent_call_paths(void);
void cox_agent_outcome_clear(struct cox_agent_outcome *outcome);

G_END_DECLS

#endif
