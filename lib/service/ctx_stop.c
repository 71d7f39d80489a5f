/* lib/service/ctx_stop.c - the orderly end of a daemon.  Layer 5. */
#include "service/service.h"

#include "runtime/environment.h"
#include "service/ctx_priv.h"
#include "service/sdnotify.h"

/* A stop that takes longer is cut off (the supervisor would kill us soon after). */
enum { STOP_LIMIT_MS = 30000 };

static gint64
stop_limit_ms(const struct cox_ctx *ctx)
{
    return ctx->service->stop_limit_ms > 0 ? ctx->service->stop_limit_ms : STOP_LIMIT_MS;
}

static void
finish(void *context)
{
    struct cox_ctx *ctx = context;

    if (!ctx->has_stopped) {
        cox_log_event(ctx->log, COX_EVENT_STOP_SLOW, "limit_ms=%" G_GINT64_FORMAT " requests_waiting=%" G_GSIZE_FORMAT, stop_limit_ms(ctx),
                      cox_tickets_count(ctx->tickets));
    }
    cox_runtime_quit(ctx->runtime);
}

void
cox_service_stopped(struct cox_ctx *ctx)
{
    if (ctx->state == COX_CTX_STOPPING && !ctx->has_stopped) {
        ctx->has_stopped = true;
        (void) cox_runtime_defer(ctx->runtime, finish, ctx); /* answers of this moment still go out */
    }
}

void
cox_service_quit(struct cox_ctx *ctx, int exit_status)
{
    if (ctx->state == COX_CTX_STOPPING) {
        ctx->exit_status = ctx->exit_status == 0 ? exit_status : ctx->exit_status;
        return;
    }
    ctx->state = COX_CTX_STOPPING;
    ctx->exit_status = exit_status;
    cox_overseer_rest(ctx->overseer);
    cox_log_line(ctx->log, COX_LOG_NOTICE, "stopping requests_waiting=%" G_GSIZE_FORMAT, cox_tickets_count(ctx->tickets));
    (void) cox_sdnotify(cox_environment_get("NOTIFY_SOCKET"), "STOPPING=1");
    if (ctx->service->stop_limit_ms >= 0) {
        cox_server_close_door(ctx->server);
        (void) cox_runtime_timer(ctx->runtime, cox_usec_after_ms(cox_runtime_now(ctx->runtime), stop_limit_ms(ctx)), finish, ctx);
    }
    if (ctx->service->stop != NULL) {
        ctx->service->stop(ctx);
    } else {
        cox_service_stopped(ctx);
    }
}
