/* lib/agents/agent_run.c - run one action of an agent.  Layer 3, adapter. */
#include "agents/agent_run.h"

#include <signal.h>
#include <string.h>

#include "base/error.h"

/* The contract of the field: no grace after a timeout. */
#define KILL_AFTER_MS 1

struct cox_agent_job {
    struct cox_runtime *runtime;
    enum cox_agent_standard standard;
    char *action;
    gint64 timeout_ms;
    cox_agent_fn fn;
    void *context;
    cox_source_id child; /* 0: nothing was started */
    cox_source_id defer;
    GError *error; /* why nothing was started */
    GPtrArray *refused;
};

static void
job_free(struct cox_agent_job *job)
{
    g_free(job->action);
    g_clear_error(&job->error);
    g_ptr_array_unref(job->refused);
    g_free(job);
}

static void
on_child(void *context, cox_source_id id, const struct cox_child_result *child)
{
    struct cox_agent_job *job = context;
    struct cox_agent_result result;

    COX_BUG_ON(id != job->child);
    cox_agent_result_from(job->standard, job->action, child, job->timeout_ms, &result);
    job->fn(job->context, &result, child, job->refused);
    cox_agent_result_clear(&result);
    job_free(job);
}

static void
on_refusal(void *context)
{
    struct cox_agent_job *job = context;
    struct cox_agent_result result;

    cox_agent_result_from_error(job->error, &result);
    job->fn(job->context, &result, NULL, job->refused);
    cox_agent_result_clear(&result);
    job_free(job);
}

/* Fence agents take no argument; an lsb script knows "status" only. */
static const char *
argument(const struct cox_agent_job *job)
{
    switch (job->standard) {
    case COX_AGENT_STONITH:
        return NULL;
    case COX_AGENT_LSB:
        return strcmp(job->action, "monitor") == 0 ? "status" : job->action;
    case COX_AGENT_OCF:
    case COX_AGENT_SYSTEMD:
    case COX_AGENT_SERVICE:
        break;
    }
    return job->action;
}

/* Whoever names no action gets the one that is run: a fence agent that is not told what to do cuts the power. */
static char *
fence_input(const struct cox_agent_action *action, GError **error)
{
    const struct cox_agent_pair implied = { "action", action->action };
    g_autoptr(GArray) params = g_array_new(FALSE, FALSE, sizeof(struct cox_agent_pair));
    bool has_action = false;

    for (size_t i = 0; i < action->env.n_params; i++) {
        g_array_append_val(params, action->env.params[i]);
        has_action = has_action || strcmp(action->env.params[i].name, implied.name) == 0;
    }
    if (!has_action) {
        g_array_prepend_val(params, implied);
    }
    return cox_agent_stdin_new((const struct cox_agent_pair *) (gpointer) params->data, params->len, error);
}

static bool
start(struct cox_agent_job *job, const struct cox_agent_action *action, GError **error)
{
    g_autofree char *path = cox_agent_find(action->paths, action->env.agent, error);
    g_auto(GStrv) envp = NULL;
    g_autofree char *input = NULL;
    g_autoptr(GPtrArray) argv = g_ptr_array_new();

    if (path == NULL) {
        return false;
    }
    if (job->standard == COX_AGENT_STONITH) {
        input = fence_input(action, error);
        if (input == NULL) {
            return false;
        }
    }
    for (const char *const *word = action->before; word != NULL && *word != NULL; word++) {
        g_ptr_array_add(argv, (gpointer) (guintptr) *word);
    }
    g_ptr_array_add(argv, path);
    g_ptr_array_add(argv, (gpointer) (guintptr) argument(job));
    g_ptr_array_add(argv, NULL);
    envp = cox_agent_env_new(&action->env, job->refused);
    job->child = cox_runtime_spawn(job->runtime,
                                   &(struct cox_child_spec) {
                                       .argv = (const char *const *) argv->pdata,
                                       .envp = (const char *const *) envp,
                                       .input = input,
                                       .input_size = input == NULL ? 0 : strlen(input),
                                       .out_limit_bytes = COX_AGENT_OUTPUT_BYTES,
                                       .err_limit_bytes = COX_AGENT_OUTPUT_BYTES,
                                       .timeout_ms = action->timeout_ms,
                                       .kill_after_ms = KILL_AFTER_MS,
                                       .user = action->user,
                                       .dies_with_us = true,
                                   },
                                   on_child, job);
    return true;
}

struct cox_agent_job *
cox_agent_run(struct cox_runtime *runtime, const struct cox_agent_action *action, cox_agent_fn fn, void *context)
{
    struct cox_agent_job *job = g_new0(struct cox_agent_job, 1);

    job->runtime = runtime;
    job->standard = action->env.agent->standard;
    job->action = g_strdup(action->action);
    job->timeout_ms = action->timeout_ms;
    job->fn = fn;
    job->context = context;
    job->refused = g_ptr_array_new_with_free_func(g_free);
    if (!start(job, action, &job->error)) {
        job->defer = cox_runtime_defer(runtime, on_refusal, job);
    }
    return job;
}

pid_t
cox_agent_job_pid(const struct cox_agent_job *job)
{
    return job->child == 0 ? 0 : cox_runtime_child_pid(job->runtime, job->child);
}

void
cox_agent_kill(struct cox_agent_job *job)
{
    if (job->child != 0) {
        (void) cox_runtime_child_signal(job->runtime, job->child, SIGKILL);
    }
}

void
cox_agent_forget(struct cox_agent_job *job)
{
    if (job->child != 0) {
        cox_runtime_child_forget(job->runtime, job->child);
    }
    cox_runtime_cancel(job->runtime, job->defer);
    job_free(job);
}
