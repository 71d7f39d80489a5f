/* lib/agents/agent_run.h - run one action of an ocf, lsb or stonith agent.  Layer 3, adapter. */
#ifndef COX_AGENTS_AGENT_RUN_H
#define COX_AGENTS_AGENT_RUN_H

#include <stddef.h>
#include <glib.h>

#include "agents/agent_env.h"
#include "agents/agent_find.h"
#include "agents/agent_result.h"
#include "runtime/runtime.h"

G_BEGIN_DECLS

/** What is kept of an agent's output; more is read and dropped. */
#define COX_AGENT_OUTPUT_BYTES ((size_t) 10 * 1024 * 1024)

/** One action to run.  Everything is borrowed for the call of cox_agent_run(). */
struct cox_agent_action {
    const struct cox_agent_paths *paths;
    struct cox_agent_env env;          /**< agent, parameters, ... ; for stonith the parameters become lines of input, after the action if none is among them */
    const char *action;                /**< as the cluster calls it; "monitor" becomes "status" for lsb */
    gint64 timeout_ms;                 /**< the whole process group is killed after that; 0: none */
    const struct cox_child_user *user; /**< NULL: as we are */
    const char *const *before;         /**< words put before the agent's path, such as an interpreter that traces; NULL: none */
};

/** A running action; freed by itself after its callback. */
struct cox_agent_job;

/**
 * The end of an action.  @result and @child are borrowed for the call; @child is NULL when nothing was started.
 * @refused: names of parameters that the agent did not get, char *; never NULL.
 */
typedef void (*cox_agent_fn)(void *context, const struct cox_agent_result *result, const struct cox_child_result *child,
                             const GPtrArray *refused);

/**
 * Start an action.  Calls @fn exactly once, never from inside this call, also when the agent does not exist, unless
 * cox_agent_forget() comes first.  The agent is killed when this process ends, in whatever way: nobody would hear of what it
 * has done, and whoever asks again must not have it done twice.  systemd and service are not for this room's files and end as not installed.
 */
struct cox_agent_job *cox_agent_run(struct cox_runtime *runtime, const struct cox_agent_action *action, cox_agent_fn fn,
                                    void *context);

/** Process id, or 0 when nothing runs. */
pid_t cox_agent_job_pid(const struct cox_agent_job *job);

/** Kill the agent's whole process group; the callback comes with its end. */
void cox_agent_kill(struct cox_agent_job *job);

/** Take no more interest: the agent runs on, the callback is not called, the job is freed. */
void cox_agent_forget(struct cox_agent_job *job);

G_END_DECLS

#endif
