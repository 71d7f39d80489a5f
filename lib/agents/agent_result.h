/* lib/agents/agent_result.h - what the end of an agent means.  Layer 3, adapter. */
#ifndef COX_AGENTS_AGENT_RESULT_H
#define COX_AGENTS_AGENT_RESULT_H

#include <glib.h>

#include "agents/agent_name.h"
#include "model/status.h"
#include "runtime/child.h"

G_BEGIN_DECLS

/** Exit codes of OCF 1.1 section 5.3 that this room itself gives. */
enum cox_agent_code {
    COX_AGENT_CODE_OK = 0,
    COX_AGENT_CODE_GENERIC = 1,
    COX_AGENT_CODE_UNIMPLEMENTED = 3,
    COX_AGENT_CODE_PERMISSION = 4,
    COX_AGENT_CODE_NOT_INSTALLED = 5,
    COX_AGENT_CODE_NOT_CONFIGURED = 6,
    COX_AGENT_CODE_NOT_RUNNING = 7,
    COX_AGENT_CODE_DEGRADED = 190,
    COX_AGENT_CODE_DEGRADED_PROMOTED = 191,
};

/** The result of one action.  Owned by whoever holds it; cox_agent_result_clear() frees what is inside. */
struct cox_agent_result {
    int code;                  /**< OCF exit code, whatever the agent's standard */
    enum cox_op_status status; /**< DONE: the agent ended by itself and the code is its answer */
    char *exit_reason;         /**< NULL: none */
    int raw_status;            /**< exit status as it was, or -1 */
    gint64 exec_ms;            /**< how long it ran */
};

/**
 * What @child's end means for @action of an agent of @standard (OCF 1.1 section 5.3; LSB 3.1 section 20.2 for lsb: the exit status of
 * "status" is translated for monitor).  A code that OCF does not know, or a death by signal, becomes GENERIC.
 *
 * @param timeout_ms  for the text of the reason
 * @param result      filled anew; the caller clears it
 */
void cox_agent_result_from(enum cox_agent_standard standard, const char *action, const struct cox_child_result *child,
                           gint64 timeout_ms, struct cox_agent_result *result);

/** The result of an action that a daemon has done instead of an agent, and answered with an OCF code and a reason (NULL: none), which is cut as an agent's is. */
void cox_agent_result_of(gint64 code, const char *reason, struct cox_agent_result *result);

/** The result of an action that was not begun because of @error (agent_find.h, agent_env.h), or to which a daemon gave no other answer. */
void cox_agent_result_from_error(const GError *error, struct cox_agent_result *result);

void cox_agent_result_clear(struct cox_agent_result *result);

/** The text after the last "ocf-exit-reason:" of an agent's standard error, to the end of its line; NULL: none.  Caller frees. */
char *cox_agent_exit_reason(const char *err, size_t err_size);

G_END_DECLS

#endif
