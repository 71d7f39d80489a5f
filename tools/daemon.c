/* tools/daemon.c - ask a daemon of this node one thing.  Layer 6. */
#include "tools/daemon.h"

#include "base/error.h"
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

/* What goes wrong before the daemon has greeted us is the connection's, unless it stands still. */
static void
explain(const struct cox_client *client, GError *problem, GError **error)
{
    if (cox_client_boot(client) == 0 && !g_error_matches(problem, COX_ERROR, COX_ERROR_TIMEOUT)) {
        g_propagate_prefixed_error(error, problem, "Not connected: start the cluster: ");
    } else {
        g_propagate_error(error, problem);
    }
}

static const void *
ask(struct cox_runtime *runtime, const struct cox_daemon_question *question, struct cox_arena *arena, GError **error)
{
    GError *problem = NULL;
    const struct cox_client_settings settings
        = { .daemon = question->daemon, .program = question->program, .changed = on_connection, .context = &problem };
    struct cox_client *client = cox_client_new(runtime, &settings);
    struct cox_ask asked = {
        .call = { .message = question->message,
                  .body = question->body,
                  .timeout_ms = question->timeout_ms > 0 ? question->timeout_ms : TIMEOUT_MS },
        .expected = question->expected,
        .arena = arena,
    };
    const void *answer = NULL;

    while (!cox_client_is_reached(client) && problem == NULL) {
        (void) cox_runtime_step(runtime, true);
    }
    if (problem == NULL) {
        GError *refusal = NULL;

        answer = cox_ask(runtime, client, &asked, &refusal);
        if (answer == NULL) {
            explain(client, refusal, error);
        }
        g_clear_error(&problem);
    } else {
        explain(client, problem, error);
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

const void *
cox_daemon_ask_more(struct cox_runtime *runtime, const struct cox_daemon_question *question, GPtrArray *arenas, GError **error)
{
    struct cox_arena *arena = cox_arena_new();

    g_ptr_array_add(arenas, arena);
    return cox_daemon_ask(runtime, question, arena, error);
}
