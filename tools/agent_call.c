/* tools/agent_call.c - run one action of an agent of this machine and wait for it.  Layer 6. */
#include "tools/agent_call.h"

#include "agents/agent_run.h"
#include "runtime/environment.h"
#include "runtime/loop.h"

enum { TIMEOUT_MS = 30000 };

struct wait {
    struct cox_agent_outcome *outcome;
    bool is_over;
};

static void
on_end(void *context, const struct cox_agent_result *result, const struct cox_child_result *child, const GPtrArray *refused)
{
    struct wait *wait = context;

    (void) refused;
    wait->is_over = true;
    wait->outcome->result = *result;
    wait->outcome->result.exit_reason = g_strdup(result->exit_reason);
    wait->outcome->out = g_strdup((child != NULL) ? child->out : "");
    wait->outcome->err = g_strdup((child != NULL) ? child->err : "");
}

struct cox_agent_paths
cox_agent_call_paths(void)
{
    return (struct cox_agent_paths) { .lsb = cox_environment_get("COX_LSB_DIRECTORY"), .fence = cox_environment_get("COX_FENCE_DIRECTORY") };
}

void
cox_agent_call(const struct cox_agent_env *env, const char *action, gint64 timeout_ms, struct cox_agent_outcome *outcome)
{
    cox_agent_call_through(env, action, timeout_ms, NULL, outcome);
}

void
cox_agent_call_through(const struct cox_agent_env *env, const char *action, gint64 timeout_ms, const char *const *before,
                       struct cox_agent_outcome *outcome)
{
    const char *root = cox_environment_get("COX_OCF_ROOT");
    g_autofree char *directory = (root == NULL) ? NULL : g_build_filename(root, "resource.d", NULL);
    struct cox_agent_paths paths = cox_agent_call_paths();
    struct cox_agent_action wanted
        = { .paths = &paths, .env = *env, .action = action, .before = before, .timeout_ms = (timeout_ms > 0) ? timeout_ms : TIMEOUT_MS };
    GMainContext *context = g_main_context_new();
    struct cox_runtime *runtime = cox_loop_new(context);
    struct wait wait = { .outcome = outcome };

    paths.ocf = directory;
    if (wanted.env.ocf_root == NULL) {
        wanted.env.ocf_root = root;
    }
    (void) cox_agent_run(runtime, &wanted, on_end, &wait);
    while (!wait.is_over) {
        (void) cox_runtime_step(runtime, true);
    }
    cox_runtime_free(runtime);
    g_main_context_unref(context);
}

void
cox_agent_outcome_clear(struct cox_agent_outcome *outcome)
{
    cox_agent_result_clear(&outcome->result);
    g_free(outcome->out);
    g_free(outcome->err);
}
