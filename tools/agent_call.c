/* tools/agent_call.c - run one action of an agent of this machine and wait for it.  Layer 6. */
#include "tools/agent_call.h"

#include "agents/agent_run.h"
#include "runtime/environment.h"
#include "runtime/loop.h"

enum { TIMEOUT_MS = 30000, TICK_US = 20 * 1000 };

struct wait {
    const struct cox_agent_call *call;
    struct cox_agent_outcome *outcome;
    struct cox_runtime *runtime;
    struct cox_agent_job *job;
    bool is_over;
};

static void
on_tick(void *context)
{
    struct wait *wait = context;

    if (!wait->is_over) {
        wait->call->tick(wait->call->context, cox_agent_job_pid(wait->job));
        (void) cox_runtime_timer(wait->runtime, cox_runtime_now(wait->runtime) + TICK_US, on_tick, wait);
    }
}

static void
on_end(void *context, const struct cox_agent_result *result, const struct cox_child_result *child, const GPtrArray *refused)
{
    struct wait *wait = context;

    (void) refused;
    wait->is_over = true;
    wait->outcome->result = *result;
    wait->outcome->result.exit_reason = g_strdup(result->exit_reason);
    wait->outcome->signo = (child != NULL) ? child->signo : 0;
    wait->outcome->out = g_strdup((child != NULL) ? child->out : "");
    wait->outcome->err = g_strdup((child != NULL) ? child->err : "");
}

struct cox_agent_paths
cox_agent_call_paths(char **ocf_directory)
{
    const char *root = cox_environment_get("COX_OCF_ROOT");

    *ocf_directory = (root == NULL) ? NULL : g_build_filename(root, "resource.d", NULL);
    return (struct cox_agent_paths) { .ocf = *ocf_directory,
                                      .lsb = cox_environment_get("COX_LSB_DIRECTORY"),
                                      .fence = cox_environment_get("COX_FENCE_DIRECTORY") };
}

void
cox_agent_call(const struct cox_agent_env *env, const char *action, gint64 timeout_ms, struct cox_agent_outcome *outcome)
{
    const struct cox_agent_call call = { .env = *env, .action = action, .timeout_ms = timeout_ms };

    cox_agent_call_as(&call, outcome);
}

void
cox_agent_call_as(const struct cox_agent_call *call, struct cox_agent_outcome *outcome)
{
    g_autofree char *directory = NULL;
    struct cox_agent_paths paths = cox_agent_call_paths(&directory);
    struct cox_agent_action wanted = { .paths = &paths,
                                       .env = call->env,
                                       .action = call->action,
                                       .before = call->before,
                                       .timeout_ms = (call->timeout_ms > 0) ? call->timeout_ms : TIMEOUT_MS };
    GMainContext *context = g_main_context_new();
    struct cox_runtime *runtime = cox_loop_new(context);
    struct wait wait = { .call = call, .outcome = outcome, .runtime = runtime };

    paths.ocf = (call->directory != NULL) ? call->directory : paths.ocf;
    if (wanted.env.ocf_root == NULL) {
        wanted.env.ocf_root = cox_environment_get("COX_OCF_ROOT");
    }
    wait.job = cox_agent_run(runtime, &wanted, on_end, &wait);
    if (call->tick != NULL) {
        (void) cox_runtime_timer(runtime, cox_runtime_now(runtime) + TICK_US, on_tick, &wait);
    }
    while (!wait.is_over) {
        (void) cox_runtime_step(runtime, true);
    }
    cox_runtime_free(runtime);
    g_main_context_unref(context);
}

void
cox_agent_call_metadata(const struct cox_agent_name *name, struct cox_agent_outcome *outcome)
{
    struct cox_agent_env env = { .agent = name, .service = "pacemaker-execd" };

    cox_agent_call(&env, (name->standard == COX_AGENT_STONITH) ? "metadata" : "meta-data", 0, outcome);
}

void
cox_agent_outcome_clear(struct cox_agent_outcome *outcome)
{
    cox_agent_result_clear(&outcome->result);
    g_free(outcome->out);
    g_free(outcome->err);
}
