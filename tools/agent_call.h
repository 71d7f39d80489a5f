/* tools/agent_call.h - run one action of an agent of this machine and wait for it.  Layer 6. */
#ifndef COX_TOOLS_AGENT_CALL_H
#define COX_TOOLS_AGENT_CALL_H

#include <sys/types.h>
#include <glib.h>

#include "agents/agent_env.h"
#include "agents/agent_find.h"
#include "agents/agent_result.h"

G_BEGIN_DECLS

/** crm_feature_set, as agents are told: what the field's agents expect of the newest cluster. */
#define COX_AGENT_CALL_FEATURES "3.20.5"

/** What is to be called.  Borrowed for the call. */
struct cox_agent_call {
    struct cox_agent_env env;
    const char *action;
    gint64 timeout_ms;         /**< it is killed after that; 0: 30 s */
    const char *const *before; /**< words before the agent's path, NULL-terminated: an interpreter that traces; NULL: none */
    const char *directory;     /**< where PROVIDER/TYPE lies; NULL: where this process finds agents */
    void (*tick)(void *context, pid_t agent); /**< is called often while it runs; NULL: nothing is */
    void *context;
};

/** What came of it; freed with cox_agent_outcome_clear(). */
struct cox_agent_outcome {
    struct cox_agent_result result;
    int signo;       /**< that ended it, else 0 */
    char *out, *err; /**< what it printed; never NULL */
};

/**
 * Run @action with the environment of @env; what goes wrong is in the outcome.
 * @param timeout_ms  it is killed after that; 0: 30 s
 */
void cox_agent_call(const struct cox_agent_env *env, const char *action, gint64 timeout_ms, struct cox_agent_outcome *outcome);

/** The same with all that can be said. */
void cox_agent_call_as(const struct cox_agent_call *call, struct cox_agent_outcome *outcome);

/** Ask an agent of a standard that has programs (ocf, stonith) for its metadata. */
void cox_agent_call_metadata(const struct cox_agent_name *name, struct cox_agent_outcome *outcome);

/** Where this process finds agents: in the directory of OCF agents when that is set, which the caller frees, else as usual. */
struct cox_agent_paths cox_agent_call_paths(char **ocf_directory);
void cox_agent_outcome_clear(struct cox_agent_outcome *outcome);

G_END_DECLS

#endif
