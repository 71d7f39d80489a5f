/* lib/agents/agent_keep.h - run an action so that its result survives the death of the executor.  Layer 3, adapter.
 *
 * Each action has a keeper (cox-agent-keeper), a small process that outlives us, and a record DIRECTORY/run-N, which the
 * keeper locks while it lives.  What a process of ours that died had started is found by cox_agent_keep_list() and taken over
 * by cox_agent_keep_adopt(): the result if there is one, else the end of what still runs.
 */
#ifndef COX_AGENTS_AGENT_KEEP_H
#define COX_AGENTS_AGENT_KEEP_H

#include <stdbool.h>
#include <glib.h>

#include "agents/agent_result.h"
#include "agents/agent_run.h"
#include "runtime/runtime.h"

G_BEGIN_DECLS

/** Where records lie and who keeps.  Borrowed; outlives the jobs. */
struct cox_agent_keep {
    struct cox_runtime *runtime;
    const char *directory; /**< in memory, ours alone, gone after a reboot */
    const char *keeper;    /**< path of cox-agent-keeper */
};

/** What a former process of ours has left.  Owned by its array. */
struct cox_agent_kept {
    guint64 run;
    GBytes *note; /**< as given to cox_agent_keep_run() */
};

enum cox_agent_keep_end {
    COX_AGENT_KEEP_ENDED = 0, /**< with a result */
    COX_AGENT_KEEP_LOST,      /**< it was begun and is over, and nobody knows how it ended */
    COX_AGENT_KEEP_NEVER,     /**< it was never begun, and will not be: the record is gone */
};

/** The end of an action; borrowed for the call. */
struct cox_agent_keep_result {
    enum cox_agent_keep_end end;
    struct cox_agent_result result; /**< when ENDED */
    const char *out, *err;          /**< the last 16 KiB of each output; never NULL */
    gsize out_size, err_size;
    guint64 out_total, err_total;   /**< bytes that the agent has written */
    const GPtrArray *refused;       /**< names of parameters that the agent did not get, char *; NULL: not known any more */
};

/** A running action; freed by itself after its callback. */
struct cox_agent_keep_job;

typedef void (*cox_agent_keep_fn)(void *context, const struct cox_agent_keep_result *result);

/** The records in the directory, in the order of their numbers; struct cox_agent_kept; the caller unrefs.  Unreadable ones are left out. */
GPtrArray *cox_agent_keep_list(const struct cox_agent_keep *keep);

/**
 * Start an action of an ocf or lsb agent as @run, which no record may have.  @note is for cox_agent_keep_list().  As cox_agent_run():
 * @fn comes exactly once, not from inside this call.  The keeper kills the agent a second after its timeout, in case that we do not.
 */
struct cox_agent_keep_job *cox_agent_keep_run(const struct cox_agent_keep *keep, const struct cox_agent_kept *kept,
                                              const struct cox_agent_action *action, cox_agent_keep_fn fn, void *context);

/** Take over a run of the list.  Of @action only agent, action and timeout_ms count, for the meaning of the result. */
struct cox_agent_keep_job *cox_agent_keep_adopt(const struct cox_agent_keep *keep, guint64 run,
                                                const struct cox_agent_action *action, cox_agent_keep_fn fn, void *context);

/** Kill the agent's whole process group; the callback comes with its end. */
void cox_agent_keep_kill(struct cox_agent_keep_job *job);

/** Take no more interest: the agent and its keeper go on, the record stays, the job is freed. */
void cox_agent_keep_forget(struct cox_agent_keep_job *job);

/** The result is in safe hands: remove the record.  Only after the end. */
void cox_agent_keep_clear(const struct cox_agent_keep *keep, guint64 run);

G_END_DECLS

#endif
