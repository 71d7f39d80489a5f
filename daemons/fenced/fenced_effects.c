/* daemons/fenced/fenced_effects.c - what the engine asks for becomes messages, timers, agents and answers.  Layer 6. */
#include "daemons/fenced/fenced.h"

#include <string.h>

#include "base/error.h"
#include "daemons/fenced/fencewire.h"
#include "fence/fencehistory.h"

enum fence_state { FENCE_FAILED = 0, FENCE_DONE, FENCE_UNDER_WAY };

/* ---- messages and time ---- */

static void
send_piece(void *context, const struct cox_msg_fence_peer *piece)
{
    struct cox_fenced *fenced = context;

    (void) cox_service_send(fenced->ctx, COX_MSG_FENCE_PEER, piece); /* view() tells when there is no connection */
}

static void
on_timer(void *context)
{
    struct cox_fenced *fenced = context;
    struct cox_fence_event event = { .kind = COX_FENCE_ON_WAKE };

    fenced->timer = 0;
    cox_fenced_step(fenced, &event);
}

static void
set_timer(struct cox_fenced *fenced, cox_usec at)
{
    struct cox_runtime *runtime = cox_service_runtime(fenced->ctx);

    cox_runtime_cancel(runtime, fenced->timer);
    fenced->timer = cox_runtime_timer(runtime, at, on_timer, fenced);
}

/* ---- agents ---- */

struct job {
    struct cox_fenced *fenced;
    guint64 run;
};

static void
on_agent_end(struct cox_fenced *fenced, void *context, const struct cox_fenced_end *end)
{
    struct job *job = context;
    struct cox_fence_event event = { .kind = COX_FENCE_ON_ENDED };

    event.ended.run = job->run;
    event.ended.exit_status = end->exit_status;
    event.ended.output = end->output;
    event.ended.reason = end->reason;
    g_free(job);
    cox_fenced_step(fenced, &event);
}

/* The configuration has lost the device since the engine chose it. */
static void
on_no_device(void *context)
{
    struct job *job = context;
    const struct cox_fenced_end end = { .exit_status = -1, .output = "", .reason = (char *) (guintptr) "the device is not configured any more" };

    on_agent_end(job->fenced, job, &end);
}

static void
run_agent(struct cox_fenced *fenced, const struct cox_fence_effect *effect)
{
    struct job *job = g_new0(struct job, 1);
    const struct cox_fencebuilt *device = fenced->build == NULL ? NULL : cox_fencebuild_find(fenced->build, effect->run.device);

    *job = (struct job) { fenced, effect->run.run };
    if (device == NULL) {
        (void) cox_runtime_defer(cox_service_runtime(fenced->ctx), on_no_device, job);
        return;
    }
    cox_fenced_run(fenced, &(struct cox_fenced_order) {
        .device = device, .command = effect->run.command, .target = effect->run.target, .port = effect->run.port,
        .timeout_ms = effect->run.timeout_ms, .number = effect->run.run, .fn = on_agent_end, .context = job });
}

/* ---- records ---- */

struct cox_msg_fence_event
cox_fenced_event(const struct cox_fenced *fenced, const struct cox_fence_record *record, struct cox_arena *arena)
{
    return (struct cox_msg_fence_event) {
        .target = record->target, .action = record->action, .client = record->client,
        .origin = cox_service_node_name(fenced->ctx, record->id.origin), .delegate = record->delegate, .reason = record->reason,
        .state = record->is_ok ? FENCE_DONE : FENCE_FAILED, .is_confirmed = record->is_confirmed, .done_at_us = record->done_at.usec,
        .life = record->incarnation,
        .id = cox_arena_printf(arena, "%u.%" G_GUINT64_FORMAT, record->id.origin, record->id.serial),
    };
}

static const char *
or_dash(const char *text)
{
    return text == NULL ? "-" : text;
}

static void
log_record(struct cox_fenced *fenced, const struct cox_fence_record *record)
{
    struct cox_log *log = cox_service_log(fenced->ctx);
    const char *action = cox_fence_action_text(record->action);
    const char *origin = or_dash(cox_service_node_name(fenced->ctx, record->id.origin));

    if (record->is_ok) {
        cox_log_line(log, COX_LOG_NOTICE, "%s target=%s action=%s by=%s for=%s@%s",
                     record->is_confirmed ? "node is down, says a person" : record->action == COX_FENCE_ON ? "node unfenced" : "node fenced",
                     record->target, action, or_dash(record->delegate), or_dash(record->client), origin);
    } else {
        cox_log_event(log, COX_EVENT_FENCE_OP_FAILED, "target=%s action=%s for=%s@%s reason=\"%s\"", record->target, action,
                      or_dash(record->client), origin, or_dash(record->reason));
    }
}

/* A person's word is known to all now: who gave it here hears so. */
static void
end_confirmations(struct cox_fenced *fenced, const struct cox_fence_record *record)
{
    const struct cox_msg_done done = { 0 };

    for (guint i = fenced->waits->len; i > 0; i--) {
        struct cox_fenced_wait *wait = fenced->waits->pdata[i - 1];

        if (wait->id.serial == 0 && record->is_confirmed && strcmp(wait->target, record->target) == 0) {
            cox_ticket_answer(fenced->ctx, wait->ticket, COX_MSG_DONE, &done, NULL);
            g_ptr_array_remove_index(fenced->waits, i - 1);
        }
    }
}

static void
tell_record(struct cox_fenced *fenced, const struct cox_fence_record *record)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_fence_event event = cox_fenced_event(fenced, record, arena);
    const struct cox_msg_fence_news news = { .event = &event, .n_event = 1 };

    log_record(fenced, record);
    cox_service_publish(fenced->ctx, COX_FENCED_TOPIC, COX_MSG_FENCE_NEWS, &news, NULL);
    end_confirmations(fenced, record);
}

static void
bar(struct cox_fenced *fenced, const struct cox_fence_effect *effect)
{
    const struct cox_msg_fence_news news = { .barred = effect->bar.node, .life = effect->bar.life,
                                             .is_ours_to_say = effect->bar.is_ours_to_say };

    if (effect->bar.is_ours_to_say) {
        cox_log_event(cox_service_log(fenced->ctx), COX_EVENT_NODE_BARRED, "node=%s", effect->bar.node);
    }
    cox_service_publish(fenced->ctx, COX_FENCED_TOPIC, COX_MSG_FENCE_NEWS, &news, NULL);
}

void
cox_fenced_tell_barred(struct cox_fenced *fenced)
{
    struct cox_msg_fence_news news = { 0 };

    for (guint i = 0; fenced->engine != NULL && (news.barred = cox_fence_barred(fenced->engine, i, &news.life)) != NULL; i++) {
        cox_service_publish(fenced->ctx, COX_FENCED_TOPIC, COX_MSG_FENCE_NEWS, &news, NULL);
    }
}

/* ---- answers ---- */

static const struct cox_fence_record *
last_record(const struct cox_fenced *fenced, const struct cox_fenced_wait *wait)
{
    const struct cox_fence_record *found = NULL;
    const struct cox_fence_record *record = NULL;

    for (guint i = 0; (record = cox_fence_history(fenced->engine, i)) != NULL; i++) {
        if (cox_fence_id_equal(record->id, wait->id)) {
            return record;
        }
        found = strcmp(record->target, wait->target) == 0 ? record : found; /* a request that merged with another one */
    }
    return found;
}

static void
answer_wait(struct cox_fenced *fenced, const struct cox_fenced_wait *wait, const struct cox_fence_effect *effect)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_fence_record *record = last_record(fenced, wait);
    struct cox_msg_fence_event event;
    struct cox_msg_fence_finished finished = { .is_ok = effect->finished.is_ok, .reason = effect->finished.reason,
                                                 .life = effect->finished.life };

    if (record != NULL) {
        event = cox_fenced_event(fenced, record, arena);
        finished.event = &event;
        finished.n_event = 1;
    }
    cox_ticket_answer(fenced->ctx, wait->ticket, COX_MSG_FENCE_FINISHED, &finished, NULL);
}

static void
end_waits(struct cox_fenced *fenced, const struct cox_fence_effect *effect)
{
    for (guint i = fenced->waits->len; i > 0; i--) {
        struct cox_fenced_wait *wait = fenced->waits->pdata[i - 1];

        if (wait->id.serial != 0 && cox_fence_id_equal(wait->id, effect->finished.id)) {
            answer_wait(fenced, wait, effect);
            g_ptr_array_remove_index(fenced->waits, i - 1);
        }
    }
}

void
cox_fenced_fail_waits(struct cox_fenced *fenced, const char *why)
{
    g_autoptr(GError) error = g_error_new(COX_ERROR, COX_ERROR_DISCONNECTED, "fencing: %s; look at the history for what has become of it", why);

    for (guint i = 0; i < fenced->waits->len; i++) {
        cox_ticket_fail(fenced->ctx, ((struct cox_fenced_wait *) fenced->waits->pdata[i])->ticket, error);
    }
    g_ptr_array_set_size(fenced->waits, 0);
    cox_fenced_registry_fail(fenced, why);
}

/* ---- all ---- */

static void
carry_out(struct cox_fenced *fenced, const struct cox_fence_effect *effect)
{
    switch (effect->kind) {
        case COX_FENCE_DO_SEND:
            cox_fencewire_write(&effect->message, send_piece, fenced);
            break;
        case COX_FENCE_DO_WAKE:
            set_timer(fenced, effect->at);
            break;
        case COX_FENCE_DO_RUN:
            run_agent(fenced, effect);
            break;
        case COX_FENCE_DO_KILL:
            cox_fenced_kill(fenced, effect->run.run);
            break;
        case COX_FENCE_DO_ACCEPTED:
            if (fenced->accepting != NULL) { /* else the fencer's own */
                fenced->accepting->id = effect->finished.id;
                g_ptr_array_add(fenced->waits, g_steal_pointer(&fenced->accepting));
            }
            break;
        case COX_FENCE_DO_FINISHED:
            end_waits(fenced, effect);
            break;
        case COX_FENCE_DO_RECORD:
            tell_record(fenced, &effect->record);
            break;
        case COX_FENCE_DO_REACT:
            cox_fenced_react(fenced);
            break;
        case COX_FENCE_DO_PANIC:
            cox_fenced_panic(fenced);
            break;
        case COX_FENCE_DO_BAR:
            bar(fenced, effect);
            break;
    }
}

void
cox_fenced_step(struct cox_fenced *fenced, struct cox_fence_event *event)
{
    struct cox_runtime *runtime = cox_service_runtime(fenced->ctx);
    struct cox_fence_effects out;

    event->wall = cox_runtime_wall(runtime);
    cox_fence_effects_init(&out);
    cox_fence_step(fenced->engine, event, cox_runtime_now(runtime), &out);
    for (guint i = 0; i < cox_fence_effects_count(&out); i++) {
        carry_out(fenced, cox_fence_effects_get(&out, i));
    }
    cox_fence_effects_clear(&out);
}
