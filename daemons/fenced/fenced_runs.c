/* daemons/fenced/fenced_runs.c - fence agents at work on this node.  Layer 6. */
#include "daemons/fenced/fenced.h"

#include <string.h>

#include "agents/agent_secret.h"
#include "base/error.h"
#include "base/text.h"

/* The engine kills in time; this is for the case that it could not. */
enum { SPARE_MS = 5000 };

/* An agent that works; freed with its end. */
struct cox_fenced_run {
    struct cox_fenced *fenced;
    struct cox_agent_job *job;
    guint64 number;
    cox_fenced_end_fn fn;
    void *context;
    GPtrArray *secrets; /* char *, values of parameters: they do not reach logs and histories, whatever an agent prints */
};

/* ---- what it says ---- */

/* The last line that says something. */
static char *
last_line(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    char *found = NULL;

    for (guint i = g_strv_length(lines); i > 0 && found == NULL; i--) {
        g_strstrip(lines[i - 1]);
        found = lines[i - 1][0] == '\0' ? NULL : g_strdup(lines[i - 1]);
    }
    return found;
}

static char *
reason_of(const struct cox_fenced_run *run, const struct cox_agent_result *result, const struct cox_child_result *child)
{
    g_autofree char *said = cox_secret_mask(child == NULL ? NULL : child->err, run->secrets); /* before anything is cut */
    g_autofree char *line = said == NULL ? NULL : last_line(said);

    return cox_text_cut(line != NULL ? line : result->exit_reason != NULL ? result->exit_reason : "no reason told", COX_FENCED_REASON_BYTES);
}

/* ---- life ---- */

static void
free_run(struct cox_fenced_run *run)
{
    g_ptr_array_unref(run->secrets);
    g_free(run);
}

static void
on_end(void *context, const struct cox_agent_result *result, const struct cox_child_result *child, const GPtrArray *refused)
{
    struct cox_fenced_run *run = context;
    bool is_over = child != NULL && child->end == COX_CHILD_EXITED;
    g_autoptr(GError) error = NULL;
    struct cox_fenced_end end = { .exit_status = is_over ? child->exit_status : -1, .output = child == NULL ? "" : child->out,
                                  .is_timed_out = child != NULL && child->end == COX_CHILD_TIMED_OUT };

    (void) refused;
    if (child == NULL) {
        error = g_error_new(COX_ERROR, result->code == COX_AGENT_CODE_NOT_INSTALLED ? COX_ERROR_NOT_INSTALLED : COX_ERROR_GENERIC, "%s",
                            result->exit_reason != NULL ? result->exit_reason : "the agent could not be started");
        end.error = error;
    }
    end.reason = end.exit_status == 0 ? NULL : reason_of(run, result, child);
    g_ptr_array_remove_fast(run->fenced->runs, run);
    run->fn(run->fenced, run->context, &end);
    g_free(end.reason);
    free_run(run);
}

static void
add_param(GArray *params, const char *name, const char *value)
{
    const struct cox_agent_pair pair = { name, value };

    if (value != NULL) {
        g_array_append_val(params, pair);
    }
}

static GArray *
params_of(const struct cox_fenced_order *order)
{
    GArray *params = g_array_new(FALSE, FALSE, sizeof(struct cox_agent_pair));

    add_param(params, "action", order->command);
    add_param(params, "nodename", order->target);
    if (order->device == NULL) {
        return params;
    }
    if (order->device->target_param != NULL) {
        add_param(params, order->device->target_param, order->port);
    }
    for (size_t i = 0; i < order->device->n_params; i++) {
        add_param(params, order->device->params[i].name, order->device->params[i].value);
    }
    return params;
}

/* What must not be in a log: what sounds like a secret, and what cibsecret keeps (@kept). */
static GPtrArray *
secrets_of(const struct cox_fenced_order *order, const GPtrArray *kept)
{
    GPtrArray *values = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < kept->len; i++) {
        g_ptr_array_add(values, g_strdup(kept->pdata[i]));
    }
    for (size_t i = 0; order->device != NULL && i < order->device->n_params; i++) {
        const char *name = order->device->params[i].name;

        if (strstr(name, "pass") != NULL || strstr(name, "secret") != NULL || strstr(name, "key") != NULL
            || strstr(name, "token") != NULL || strcmp(name, "login") == 0 || strcmp(name, "username") == 0) {
            g_ptr_array_add(values, g_strdup(order->device->params[i].value));
        }
    }
    return values;
}

struct refusal {
    struct cox_fenced_run *run;
    GError *error;
};

static void
on_refusal(void *context)
{
    struct refusal *refusal = context;
    const struct cox_fenced_end end = { .exit_status = -1, .output = "", .reason = refusal->error->message, .error = refusal->error };

    refusal->run->fn(refusal->run->fenced, refusal->run->context, &end);
    free_run(refusal->run);
    g_error_free(refusal->error);
    g_free(refusal);
}

void
cox_fenced_run(struct cox_fenced *fenced, const struct cox_fenced_order *order)
{
    struct cox_fenced_run *run = g_new0(struct cox_fenced_run, 1);
    GError *error = NULL;
    g_autoptr(cox_agent_name) name = cox_agent_name_new("stonith", NULL, order->device == NULL ? order->agent : order->device->agent, &error);
    g_autoptr(GArray) params = params_of(order);
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(g_free);
    bool has_all = name != NULL && (order->device == NULL || cox_secret_fill(order->device->id, params, kept, &error));
    const struct cox_agent_action action = {
        .paths = &fenced->paths,
        .env = { .agent = name, .rsc_id = order->device == NULL ? NULL : order->device->id,
                 .params = (const struct cox_agent_pair *) params->data, .n_params = params->len, .service = "pacemaker-fenced" },
        .action = order->command,
        .timeout_ms = order->number != 0 ? order->timeout_ms + SPARE_MS : order->timeout_ms,
    };

    *run = (struct cox_fenced_run) { fenced, NULL, order->number, order->fn, order->context, secrets_of(order, kept) };
    if (!has_all) {
        struct refusal *refusal = g_new0(struct refusal, 1);

        *refusal = (struct refusal) { run, error };
        (void) cox_runtime_defer(cox_service_runtime(fenced->ctx), on_refusal, refusal);
        return;
    }
    run->job = cox_agent_run(cox_service_runtime(fenced->ctx), &action, on_end, run);
    g_ptr_array_add(fenced->runs, run);
    cox_log_line(cox_service_log(fenced->ctx), COX_LOG_DEBUG, "agent begun agent=%s device=%s command=%s target=%s", name->type,
                 order->device == NULL ? "-" : order->device->id, order->command, order->target == NULL ? "-" : order->target);
}

void
cox_fenced_kill(struct cox_fenced *fenced, guint64 number)
{
    for (guint i = 0; i < fenced->runs->len; i++) {
        struct cox_fenced_run *run = fenced->runs->pdata[i];

        if (run->number == number && number != 0) {
            cox_agent_kill(run->job);
        }
    }
}

/* The daemon ends: agents are killed, since nobody would hear of what they have done (those of one that is killed: lib/agents/agent_run). */
void
cox_fenced_forget_runs(struct cox_fenced *fenced)
{
    for (guint i = 0; i < fenced->runs->len; i++) {
        struct cox_fenced_run *run = fenced->runs->pdata[i];

        cox_agent_kill(run->job);
        cox_agent_forget(run->job);
        free_run(run);
    }
    g_ptr_array_set_size(fenced->runs, 0);
}
