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

/* A daemon that stands still takes connections and says nothing. */
static void
on_late(void *context)
{
    GError **kept = context;

    if (*kept == NULL) {
        *kept = g_error_new_literal(COX_ERROR, COX_ERROR_TIMEOUT, "no answer: it may hang");
    }
}

static const void *
ask(struct cox_runtime *runtime, const struct cox_daemon_question *question, struct cox_arena *arena, GError **error)
{
    g_autoptr(GError) problem = NULL;
    const struct cox_client_settings settings
        = { .daemon = question->daemon, .program = question->program, .changed = on_connection, .context = &problem };
    struct cox_client *client = cox_client_new(runtime, &settings);
    gint64 limit_ms = question->timeout_ms > 0 ? question->timeout_ms : TIMEOUT_MS;
    cox_source_id late = cox_runtime_timer(runtime, cox_usec_after_ms(cox_runtime_now(runtime), limit_ms), on_late, &problem);
    struct cox_ask asked = {
        .call = { .message = question->message,
                  .body = question->body,
                  .timeout_ms = limit_ms },
        .expected = question->expected,
        .arena = arena,
    };
    const void *answer = NULL;

    while (!cox_client_is_up(client) && problem == NULL) {
        (void) cox_runtime_step(runtime, true);
    }
    cox_runtime_cancel(runtime, late);
    if (problem == NULL) {
        answer = cox_ask(runtime, client, &asked, error);
    } else if (g_error_matches(problem, COX_ERROR, COX_ERROR_TIMEOUT)) {
        g_propagate_error(error, g_error_copy(problem));
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
