/* tools/watch.c - look again every second until somebody interrupts.  Layer 6. */
#include "tools/watch.h"

#include <signal.h>
#include <string.h>

#include "base/error.h"
#include "runtime/loop.h"

enum { PAUSE_US = 1000 * 1000 };

struct watch {
    struct cox_runtime *runtime;
    bool is_over, is_due;
};

static void
on_signal(void *context, int signo)
{
    struct watch *watch = context;

    (void) signo;
    watch->is_over = true;
}

static void
on_timer(void *context)
{
    struct watch *watch = context;

    watch->is_due = true;
}

static void
wait_a_second(struct watch *watch)
{
    watch->is_due = false;
    (void) cox_runtime_timer(watch->runtime, cox_runtime_now(watch->runtime) + PAUSE_US, on_timer, watch);
    while (!watch->is_due && !watch->is_over) {
        (void) cox_runtime_step(watch->runtime, true);
    }
}

int
cox_watch(struct cox_tool_ctx *ctx, cox_look_fn look, void *context)
{
    GMainContext *loop = g_main_context_new();
    struct watch watch = { .runtime = cox_loop_new(loop) };
    bool was_good = false;
    int status = 0;

    (void) cox_runtime_signal(watch.runtime, SIGINT, on_signal, &watch);
    (void) cox_runtime_signal(watch.runtime, SIGTERM, on_signal, &watch);
    for (bool is_first = true; !watch.is_over && ferror(stdout) == 0; is_first = false) {
        GError *error = NULL;
        bool is_good = look(watch.runtime, context, &error);

        if (!is_good && is_first) {
            status = cox_tool_fail(ctx, error);
            break;
        }
        if (!is_good && was_good) {
            cox_out_error(ctx->out, "cox: %s", error->message);
        }
        g_clear_error(&error);
        was_good = is_good;
        cox_out_flush(ctx->out);
        wait_a_second(&watch);
    }
    cox_runtime_free(watch.runtime);
    g_main_context_unref(loop);
    return status;
}
