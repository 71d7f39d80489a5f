/* tools/daemon.c - ask a daemon of this node one thing.  Layer 6. */
#include "tools/daemon.h"

#include "client/ask.h"
#include "runtime/loop.h"

enum { TIMEOUT_MS = 30000 };

static void
on_connection(void *context, bool is_up, const GError *problem)
{
    GError **kept = context;

    if (!is_up && *kept == NULL && problem != NULL) {
        *kept = g_error_copy(problem);
    }
}

static const void *
ask(struct cox_runtime *runtime, const struct cox_daemon_question *question, struct cox_arena *arena, GError **error)
{
    g_autoptr(GError) problem = NULL;
    const struct cox_client_settings settings
        = { .daemon = question->daemon, .program = question->program, .changed = on_connection, .context = &problem };
    struct cox_client *client = cox_client_new(runtime, &settings);
    struct cox_ask asked = {
        .call = { .message = question->message,
                  .body = question->body,
                  .timeout_ms = (question->timeout_ms > 0) ? question->timeout_ms : TIMEOUT_MS },
        .expected = question->expected,
        .arena = arena,
    };
    const void *answer = NULL;

    while (!cox_client_is_up(client) && problem == NULL) {
        (void) cox_runtime_step(runtime, true);
    }
    if (problem == NULL) {
        answer = cox_ask(runtime, client, &asked, error);
    } else {
        g_propagate_prefixed_error(error, g_error_copy(problem), "Not connected: start the cluster: ");
    }
    cox_client_free(client);
    return answer;
}

const void *
cox_daemon_ask(struct cox_runtime *runtime, const struct cox_daemon_question *question, struct cox_arena *arena, GError **error)
{
    GMainContext *context = NULL;
    const void *answer = NULL;

    if (runtime != NULL) {
        return ask(runtime, question, arena, error);
    }
    context = g_main_context_new();
    runtime = cox_loop_new(context);
    answer = ask(runtime, question, arena, error);
    cox_runtime_free(runtime);
    g_main_context_unref(context);
    return answer;
}
