/* tools/net_call.c - have one action of a network resource done by the daemon of this node, by hand.  Layer 6. */
#include "tools/net_call.h"

#include <string.h>
#include <unistd.h>

#include "client/dial.h"
#include "client/netact.h"
#include "runtime/loop.h"

enum { TIMEOUT_MS = 30000 };

struct wait {
    const char *daemon;
    struct cox_agent_outcome *outcome;
    bool is_over;
};

static void
on_acted(void *context, const struct cox_msg_net_acted *acted, const GError *error)
{
    struct wait *wait = context;
    struct cox_agent_outcome *outcome = wait->outcome;
    const char *reason;

    wait->is_over = true;
    if (acted != NULL) {
        cox_agent_result_of(acted->code, acted->reason, &outcome->result);
    } else {
        cox_agent_result_from_error(error, &outcome->result);
    }
    reason = outcome->result.exit_reason;
    outcome->signo = 0;
    outcome->out = g_strdup(acted == NULL || acted->output == NULL ? "" : acted->output);
    outcome->err = g_strdup_printf("%s was asked, as it is for the cluster\n%s%s%s", wait->daemon, reason == NULL ? "" : "ocf-exit-reason:",
                                   reason == NULL ? "" : reason, reason == NULL ? "" : "\n");
}

static bool
runs_supervisor(void)
{
    int fd = cox_dial(NULL, COX_DAEMON_SUPERVISOR, NULL);

    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0;
}

static void
ask(const struct cox_msg_net_act *act, struct wait *wait)
{
    GMainContext *context = g_main_context_new();
    struct cox_runtime *runtime = cox_loop_new(context);
    struct cox_netacts *netacts = cox_netacts_new(runtime, "by hand", NULL);
    cox_usec begun = cox_runtime_now(runtime);

    (void) cox_netact_ask(netacts, act, on_acted, wait);
    while (!wait->is_over) {
        (void) cox_runtime_step(runtime, true);
    }
    wait->outcome->result.exec_ms = (cox_runtime_now(runtime) - begun) / COX_USEC_PER_MS;
    cox_netacts_free(netacts);
    cox_runtime_free(runtime);
    g_main_context_unref(context);
}

bool
cox_net_call(const struct cox_agent_env *env, const char *action, gint64 timeout_ms, struct cox_agent_outcome *outcome)
{
    g_autofree struct cox_msg_pair *params = g_new0(struct cox_msg_pair, env->n_params);
    const struct cox_msg_net_act act = { .rsc_id = env->rsc_id, .type = env->agent->type, .action = action, .n_params = env->n_params, .params = params,
                                         .timeout_ms = timeout_ms > 0 ? timeout_ms : TIMEOUT_MS };
    enum cox_daemon daemon = COX_DAEMON_N;
    struct wait wait = { .outcome = outcome };

    if (env->agent->standard != COX_AGENT_OCF || !cox_netact_daemon(env->agent->provider, env->agent->type, &daemon)
        || strcmp(action, "meta-data") == 0 || !runs_supervisor()) {
        return false;
    }
    for (gsize i = 0; i < env->n_params; i++) {
        params[i] = (struct cox_msg_pair) { env->params[i].name, env->params[i].value };
    }
    wait.daemon = cox_daemon_row(daemon)->process;
    ask(&act, &wait);
    return true;
}
