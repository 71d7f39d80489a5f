/* lib/agents/agent_trial.h - does an agent keep its contract?  Which actions to try one after the other, and what their ends mean.  Layer 3, pure.
 *
 * Sources: OCF resource agent API 1.1, sections 4 and 5; resource-agents' developer guide; ocf-tester.  Nothing is run here:
 *
 *     new --> next --> (the caller runs it) --> see --> next --> ... --> NULL: all is said
 *
 * Each step becomes one line: kept, broken, or not tried and why.
 */
#ifndef COX_AGENTS_AGENT_TRIAL_H
#define COX_AGENTS_AGENT_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "agents/agent_env.h"
#include "agents/agent_meta.h"

G_BEGIN_DECLS

/** The usual time limit of an action that says none. */
#define COX_AGENT_TRIAL_TIMEOUT_MS ((gint64) 20000)

/** How an action is called. */
enum cox_agent_trial_how {
    COX_AGENT_TRIAL_USUAL = 0, /**< with the parameters, recurring when it is a monitor */
    COX_AGENT_TRIAL_PROBE,     /**< interval 0 */
    COX_AGENT_TRIAL_BARE,      /**< interval 0, with no program but the base system's, and OCF_TESTER_FAIL_HAVE_BINARY=1 */
    COX_AGENT_TRIAL_STRANGE,   /**< in another language and with variables that scripts should not care for */
    COX_AGENT_TRIAL_NAKED,     /**< BARE and STRANGE, and without any parameter */
    COX_AGENT_TRIAL_WITHOUT,   /**< without the parameter @param */
    COX_AGENT_TRIAL_WITH,      /**< with @value for the parameter @param */
    COX_AGENT_TRIAL_DEPTH,     /**< with OCF_CHECK_LEVEL @value */
};

/** An action to be run.  Borrowed until the next call. */
struct cox_agent_trial_step {
    const char *action;
    enum cox_agent_trial_how how;
    const char *param, *value; /**< NULL where they mean nothing */
    gint64 timeout_ms;         /**< as the agent advertises it */
};

/** What came of it.  Everything is borrowed for the call. */
struct cox_agent_trial_seen {
    int exit_status;   /**< as it was; -1: it did not end by itself */
    bool is_timed_out;
    int signo;         /**< that ended it, else 0 */
    gint64 exec_ms;
    const char *reason; /**< NULL: none was given on standard error */
    const char *out;    /**< standard output */
    const char *const *processes; /**< "PID NAME" of what lives now of all that the agent has ever started; NULL-terminated */
    const char *const *files;     /**< what lies in the directory in which agents work, and in TMPDIR; NULL-terminated */
};

enum cox_agent_trial_verdict {
    COX_AGENT_TRIAL_OK = 0,
    COX_AGENT_TRIAL_FAILED,
    COX_AGENT_TRIAL_SKIPPED,
    COX_AGENT_TRIAL_PLANNED, /**< of cox_agent_trial_plan() */
};

/** What is said of one step.  Owned by the trial. */
struct cox_agent_trial_line {
    const char *check;    /**< "start-again" */
    const char *about;    /**< parameter or action that it is about, NULL: none */
    const char *sentence; /**< what is to be so */
    const char *action;   /**< NULL: none was run for it */
    enum cox_agent_trial_verdict verdict;
    char *why;            /**< what is wrong, or why it was not tried; NULL: nothing to say */
    gint64 exec_ms;       /**< -1: nothing was run */
};

/** What is tried.  Borrowed for the life of the trial. */
struct cox_agent_trial_input {
    const char *type;                           /**< name of the agent's file */
    const struct cox_agent_metadata *metadata;  /**< NULL: it could not be read, @metadata_problem says why */
    const char *metadata_problem;
    const char *metadata_text;
    struct cox_agent_trial_seen metadata_seen;  /**< the end of the meta-data action */
    const char *schema_problem;                 /**< where the description is not as the schema says; NULL: it is */
    const struct cox_agent_pair *params;        /**< instance parameters */
    size_t n_params;
    const struct cox_agent_pair *changes;       /**< other valid values of reloadable parameters, for reload-agent */
    size_t n_changes;
    bool is_forced;                             /**< go on although something runs already */
};

struct cox_agent_trial;

struct cox_agent_trial *cox_agent_trial_new(const struct cox_agent_trial_input *input);
void cox_agent_trial_free(struct cox_agent_trial *trial);
typedef struct cox_agent_trial cox_agent_trial; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_agent_trial, cox_agent_trial_free)

/** The next action to run; NULL: all is tried.  What was tried before must have been seen. */
const struct cox_agent_trial_step *cox_agent_trial_next(struct cox_agent_trial *trial);

/** How the action of the last cox_agent_trial_next() ended. */
void cox_agent_trial_see(struct cox_agent_trial *trial, const struct cox_agent_trial_seen *seen);

/** What was said up to now: struct cox_agent_trial_line *, in the order of the steps.  Borrowed. */
const GPtrArray *cox_agent_trial_lines(const struct cox_agent_trial *trial);

/** May something run now because of a step? */
bool cox_agent_trial_has_begun(const struct cox_agent_trial *trial);

/** Say of all steps, instead of running them, that they are planned.  Instead of the first cox_agent_trial_next(). */
void cox_agent_trial_plan(struct cox_agent_trial *trial);

G_END_DECLS

#endif
