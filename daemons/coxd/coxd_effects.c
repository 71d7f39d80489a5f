/* daemons/coxd/coxd_effects.c - what the engine asks for is done here; how processes end becomes its events.  Layer 6. */
#include "daemons/coxd/coxd.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/error.h"
#include "daemons/coxd/coxd_panic.h"
#include "daemons/coxd/coxd_record.h"
#include "runtime/environment.h"
#include "runtime/process.h"

/* Pause before the next connection when somebody else answered. */
enum { RECONNECT_MS = 500 };

/* Answers that have come already are read before a silent daemon is looked at. */
enum { INSPECT_AFTER_MS = 50 };

static void connect_to(struct cox_coxd_child *child);
static void send_ping(struct cox_coxd_child *child);

static const char *
name_of(const struct cox_coxd_child *child)
{
    return cox_daemon_row(child->daemon)->process;
}

void
cox_coxd_note(const struct cox_coxd *coxd)
{
    g_autoptr(GError) error = NULL;

    if (!cox_coxd_record_write(coxd, &error)) {
        cox_log_event(cox_service_log(coxd->ctx), COX_EVENT_RECORD_FAILED, "error=\"%s\"", error->message);
    }
}

void
cox_coxd_take_down(const struct cox_coxd *coxd, const char *why)
{
    const struct cox_coxd_panic how = cox_coxd_panic_parse(cox_environment_setting("panic_action"));

    cox_log_event(cox_service_log(coxd->ctx), COX_EVENT_PANIC, "daemon=%s", why);
    cox_coxd_panic_now(&how, &cox_coxd_panic_kernel);
}

/* ---- who answers ---- */

static void
disconnect(struct cox_coxd_child *child)
{
    cox_runtime_cancel(cox_service_runtime(child->coxd->ctx), child->reconnect);
    child->reconnect = 0;
    g_clear_pointer(&child->client, cox_client_free);
}

static void
on_reconnect(void *context)
{
    struct cox_coxd_child *child = context;

    child->reconnect = 0;
    connect_to(child);
    send_ping(child);
}

/*
 * Did our process answer, and not one that holds its socket?  A connection to another one is worth nothing and is given up, from the
 * loop, for we are in a callback of it.
 */
static bool
is_from(struct cox_coxd_child *child)
{
    struct cox_runtime *runtime = cox_service_runtime(child->coxd->ctx);
    pid_t pid = cox_client_peer_pid(child->client);

    if (pid == child->pid) {
        return true;
    }
    if (!child->is_imitated) {
        child->is_imitated = true;
        cox_log_event(cox_service_log(child->coxd->ctx), COX_EVENT_DAEMON_FOREIGN, "daemon=%s pid=%d answers_instead=%d", name_of(child),
                      (int) child->pid, (int) pid);
    }
    if (child->reconnect == 0) {
        child->reconnect = cox_runtime_timer(runtime, cox_usec_after_ms(cox_runtime_now(runtime), RECONNECT_MS), on_reconnect, child);
    }
    return false;
}

/* ---- ends ---- */

void
cox_coxd_reap(struct cox_coxd *coxd)
{
    for (;;) {
        siginfo_t info;

        memset(&info, 0, sizeof info);
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) {
            return;
        }
        for (guint i = 0; i < COX_COXD_CHILDREN; i++) {
            if (coxd->children[i].pid == info.si_pid) {
                return; /* one of ours: the loop will see, and then this is called again */
            }
        }
        (void) waitid(P_PID, (id_t) info.si_pid, &info, WEXITED | WNOHANG);
    }
}

static void
reap_later(void *context)
{
    cox_coxd_reap(context);
}

/* What an adopted process ended with is not known to us: in a stop that is as good as well. */
static enum cox_supervise_end
end_of(const struct cox_coxd *coxd, const struct cox_child_result *result)
{
    switch (result->end) {
    case COX_CHILD_EXITED:
        if (result->exit_status == cox_error_exit_status(COX_ERROR_FATAL)) {
            return COX_SUPERVISE_END_FATAL;
        }
        if (result->exit_status == cox_error_exit_status(COX_ERROR_PANIC)) {
            return COX_SUPERVISE_END_PANIC;
        }
        return result->exit_status == 0 ? COX_SUPERVISE_END_WELL : COX_SUPERVISE_END_CRASH;
    case COX_CHILD_VANISHED:
        return coxd->is_stopping ? COX_SUPERVISE_END_WELL : COX_SUPERVISE_END_CRASH;
    case COX_CHILD_SIGNALED:
    case COX_CHILD_TIMED_OUT:
    case COX_CHILD_NOT_STARTED:
        break;
    }
    return COX_SUPERVISE_END_CRASH;
}

static void
on_end(void *context, cox_source_id id, const struct cox_child_result *result)
{
    struct cox_coxd_child *child = context;
    struct cox_coxd *coxd = child->coxd;
    const struct cox_supervise_event event = {
        .kind = COX_SUPERVISE_ON_ENDED, .daemon = child->index, .end = end_of(coxd, result),
    };

    (void) id;
    cox_log_line(cox_service_log(coxd->ctx), COX_LOG_NOTICE, "daemon ended daemon=%s pid=%d status=%d signal=%d error=\"%s\"",
                 name_of(child), (int) child->pid, result->exit_status, result->signo,
                 result->start_errno == 0 ? "" : g_strerror(result->start_errno));
    child->child = 0;
    child->pid = 0;
    child->ping = 0;
    cox_runtime_cancel(cox_service_runtime(coxd->ctx), child->inspection);
    child->inspection = 0;
    disconnect(child);
    cox_coxd_note(coxd);
    if (coxd->fails_fast && event.end == COX_SUPERVISE_END_CRASH && !coxd->is_stopping) {
        cox_coxd_take_down(coxd, name_of(child));
    }
    cox_coxd_step(coxd, &event);
    (void) cox_runtime_defer(cox_service_runtime(coxd->ctx), reap_later, coxd);
}

/* ---- liveness ---- */

/* An early sign of what will end in a kill when it gets worse. */
static void
note_duration(struct cox_coxd_child *child)
{
    gint64 took_ms = (cox_runtime_now(cox_service_runtime(child->coxd->ctx)) - child->asked_at) / COX_USEC_PER_MS;

    child->slowest_ms = MAX(child->slowest_ms, took_ms);
    if (took_ms > child->coxd->late_ms) {
        child->n_late++;
        cox_log_line(cox_service_log(child->coxd->ctx), COX_LOG_NOTICE, "daemon answered late daemon=%s pid=%d ms=%" G_GINT64_FORMAT,
                     name_of(child), (int) child->pid, took_ms);
    }
}

static void
on_pong(void *context, const struct cox_client_reply *reply)
{
    struct cox_coxd_child *child = context;
    struct cox_supervise_event event = { .kind = COX_SUPERVISE_ON_PONG, .daemon = child->index };

    if (reply->error == NULL && reply->message == COX_MSG_PONG && is_from(child)) {
        event.ping = ((const struct cox_msg_pong *) reply->body)->token;
        if (event.ping == child->ping && cox_supervise_state(child->coxd->engine, child->index) == COX_SUPERVISE_RUNNING) {
            note_duration(child);
        }
        cox_coxd_step(child->coxd, &event);
    } else if (g_error_matches(reply->error, COX_ERROR, COX_ERROR_DISCONNECTED) && child->ping != 0) {
        send_ping(child); /* waits for the next connection; the engine has the patience */
    }
}

static void
send_ping(struct cox_coxd_child *child)
{
    const struct cox_msg_ping ping = { .token = child->ping };
    struct cox_client_call call = { .message = COX_MSG_PING, .body = &ping, .fn = on_pong, .context = child };

    if (child->client != NULL) {
        (void) cox_client_send(child->client, &call);
    }
}

/* ---- leave ---- */

static void
on_left(void *context, const struct cox_client_reply *reply)
{
    struct cox_coxd_child *child = context;
    struct cox_coxd *coxd = child->coxd;

    if (g_error_matches(reply->error, COX_ERROR, COX_ERROR_DISCONNECTED)) {
        cox_coxd_leave(coxd);
        return;
    }
    if (reply->frame != NULL && !is_from(child)) {
        return; /* the next connection asks again */
    }
    if (reply->error != NULL) {
        cox_log_event(cox_service_log(coxd->ctx), COX_EVENT_LEAVE_FAILED, "error=\"%s\"", reply->error->message);
    }
    cox_coxd_left(coxd);
}

void
cox_coxd_leave(struct cox_coxd *coxd)
{
    const struct cox_msg_control_leave leave = { 0 };
    struct cox_client_call call = { .message = COX_MSG_CONTROL_LEAVE, .body = &leave, .fn = on_left };

    for (guint i = 0; i < COX_COXD_CHILDREN && coxd->is_leaving; i++) {
        if (coxd->children[i].daemon == COX_DAEMON_CONTROL && coxd->children[i].client != NULL) {
            call.context = &coxd->children[i];
            (void) cox_client_send(coxd->children[i].client, &call);
        }
    }
}

/* ---- processes ---- */

static void
connect_to(struct cox_coxd_child *child)
{
    const struct cox_client_settings settings = {
        .daemon = child->daemon, .program = "coxd", .run_directory = cox_service_run_directory(child->coxd->ctx), .reconnects = true,
    };

    disconnect(child);
    child->client = cox_client_new(cox_service_runtime(child->coxd->ctx), &settings);
    if (child->daemon == COX_DAEMON_CONTROL && child->coxd->is_leaving) {
        cox_coxd_leave(child->coxd); /* it died before it had an answer */
    }
}

static void
start(struct cox_coxd_child *child)
{
    struct cox_coxd *coxd = child->coxd;
    struct cox_runtime *runtime = cox_service_runtime(coxd->ctx);
    const char *argv[] = { child->path, "--run-directory", cox_service_run_directory(coxd->ctx),
                           cox_service_keeps_user(coxd->ctx) ? "--keep-user" : NULL, NULL };
    const struct cox_child_spec spec = {
        .argv = argv, .envp = (const char *const *) coxd->environment, .shares_output = true,
    };
    struct cox_process process;

    child->child = cox_runtime_spawn(runtime, &spec, on_end, child);
    child->pid = cox_runtime_child_pid(runtime, child->child);
    child->start_ticks = 0;
    child->is_imitated = false;
    if (cox_process_read(child->pid, &process, NULL)) {
        child->start_ticks = process.start_ticks;
        cox_process_clear(&process);
    }
    cox_log_line(cox_service_log(coxd->ctx), COX_LOG_INFO, "daemon started daemon=%s pid=%d", name_of(child), (int) child->pid);
    cox_coxd_note(coxd);
    connect_to(child);
}

static void
adopt(struct cox_coxd_child *child)
{
    struct cox_coxd *coxd = child->coxd;
    struct cox_runtime *runtime = cox_service_runtime(coxd->ctx);
    struct cox_process process = { 0 };

    child->child = cox_runtime_adopt(runtime, child->pid, on_end, child);
    /* Held by its pidfd from here on: is it still the one that was looked at? */
    if (child->child == 0 || !cox_process_read(child->pid, &process, NULL) || process.start_ticks != child->start_ticks) {
        const struct cox_supervise_event event = {
            .kind = COX_SUPERVISE_ON_ENDED, .daemon = child->index, .end = COX_SUPERVISE_END_CRASH,
        };

        cox_runtime_child_forget(runtime, child->child);
        cox_process_clear(&process);
        child->child = 0;
        child->pid = 0;
        cox_coxd_step(coxd, &event);
        return;
    }
    cox_process_clear(&process);
    cox_log_line(cox_service_log(coxd->ctx), COX_LOG_NOTICE, "daemon taken over daemon=%s pid=%d", name_of(child), (int) child->pid);
    cox_coxd_note(coxd);
    connect_to(child);
}

/* ---- why it is silent ---- */

/* Where its counters stand when its patience begins. */
static void
note_counters(struct cox_coxd_child *child)
{
    struct cox_process process = { .ran_ms = -1, .starved_ms = -1 };

    if (cox_process_read(child->pid, &process, NULL)) {
        cox_process_clear(&process);
    }
    child->ran_before_ms = process.ran_ms;
    child->starved_before_ms = process.starved_ms;
}

static enum cox_supervise_doing
doing_of(char state)
{
    switch (state) {
    case 'R':
        return COX_SUPERVISE_DOING_RUN;
    case 'S':
        return COX_SUPERVISE_DOING_SLEEP;
    case 'D':
        return COX_SUPERVISE_DOING_BLOCK;
    case 'T':
    case 't':
    case 'Z':
    case 'X':
        return COX_SUPERVISE_DOING_STAND;
    default:
        return COX_SUPERVISE_DOING_UNKNOWN;
    }
}

static void
inspect(void *context)
{
    struct cox_coxd_child *child = context;
    struct cox_supervise_event event = { .kind = COX_SUPERVISE_ON_SEEN, .daemon = child->index };
    struct cox_process process = { .state = 'X', .ran_ms = -1 };

    child->inspection = 0;
    if (cox_process_read(child->pid, &process, NULL)) {
        cox_process_clear(&process);
    }
    event.seen.doing = doing_of(process.state);
    event.seen.ran_ms = process.ran_ms < 0 || child->ran_before_ms < 0 ? -1 : MAX(process.ran_ms - child->ran_before_ms, 0);
    event.seen.starved_ms = MAX(process.starved_ms - child->starved_before_ms, 0);
    cox_log_line(cox_service_log(child->coxd->ctx), COX_LOG_NOTICE,
                 "daemon is silent daemon=%s pid=%d process_state=%c ran_ms=%" G_GINT64_FORMAT " starved_ms=%" G_GINT64_FORMAT,
                 name_of(child), (int) child->pid, process.state, event.seen.ran_ms, event.seen.starved_ms);
    cox_coxd_step(child->coxd, &event);
}

/* ---- the engine ---- */

static void
say(struct cox_coxd_child *child, enum cox_supervise_notice notice)
{
    static const enum cox_event_id events[] = {
        [COX_SUPERVISE_NOTICE_ENDED] = COX_EVENT_DAEMON_ENDED, [COX_SUPERVISE_NOTICE_HUNG] = COX_EVENT_DAEMON_HUNG,
        [COX_SUPERVISE_NOTICE_STARVED] = COX_EVENT_DAEMON_STARVED,
        [COX_SUPERVISE_NOTICE_FOREIGN] = COX_EVENT_DAEMON_FOREIGN, [COX_SUPERVISE_NOTICE_FATAL] = COX_EVENT_DAEMON_FATAL,
        [COX_SUPERVISE_NOTICE_UNKILLABLE] = COX_EVENT_DAEMON_UNKILLABLE,
        [COX_SUPERVISE_NOTICE_UNMONITORED] = COX_EVENT_DAEMON_AWAY,
    };
    struct cox_log *log = cox_service_log(child->coxd->ctx);

    child->is_unmonitored = notice == COX_SUPERVISE_NOTICE_UNMONITORED
                            || (child->is_unmonitored && notice != COX_SUPERVISE_NOTICE_MONITORED);
    if (notice == COX_SUPERVISE_NOTICE_MONITORED) {
        cox_log_line(log, COX_LOG_NOTICE, "daemon is back daemon=%s", name_of(child));
    } else {
        cox_log_event(log, events[notice], "daemon=%s pid=%d", name_of(child), (int) child->pid);
    }
}

static void
look(struct cox_coxd_child *child)
{
    struct cox_supervise_event event = { .kind = COX_SUPERVISE_ON_FOUND, .daemon = child->index };

    cox_coxd_record_look(child, &event);
    if (!event.found.is_our_start || !event.found.is_our_program || !event.found.is_our_user) {
        if (event.found.is_there && (child->is_wanted || !cox_coxd_is_on_demand(child))) {
            cox_log_line(cox_service_log(child->coxd->ctx), COX_LOG_NOTICE,
                         "somebody has the name of a daemon daemon=%s pid=%d is_our_user=%d is_our_program=%d is_our_start=%d",
                         name_of(child), (int) child->pid, event.found.is_our_user, event.found.is_our_program,
                         event.found.is_our_start);
        }
        child->pid = 0;
    }
    cox_coxd_step(child->coxd, &event);
}

static void
on_wake(void *context)
{
    struct cox_coxd *coxd = context;
    const struct cox_supervise_event event = { .kind = COX_SUPERVISE_ON_WAKE };

    coxd->timer = 0;
    cox_coxd_step(coxd, &event);
}

static void
finish(struct cox_coxd *coxd)
{
    coxd->is_done = true;
    if (!coxd->is_stopping || coxd->stays_down) { /* nobody asked for the end, or not for the next start either */
        cox_service_quit(coxd->ctx, cox_error_exit_status(COX_ERROR_FATAL));
    }
    cox_service_stopped(coxd->ctx);
}

static void
carry_out(struct cox_coxd *coxd, const struct cox_supervise_effect *effect)
{
    struct cox_coxd_child *child = &coxd->children[effect->daemon];
    struct cox_runtime *runtime = cox_service_runtime(coxd->ctx);

    switch (effect->kind) {
    case COX_SUPERVISE_DO_LOOK:
        look(child);
        break;
    case COX_SUPERVISE_DO_ADOPT:
        adopt(child);
        break;
    case COX_SUPERVISE_DO_START:
        start(child);
        break;
    case COX_SUPERVISE_DO_PING:
        child->ping = effect->ping;
        child->asked_at = cox_runtime_now(runtime);
        note_counters(child);
        send_ping(child);
        break;
    case COX_SUPERVISE_DO_INSPECT:
        cox_runtime_cancel(runtime, child->inspection);
        child->inspection = cox_runtime_timer(runtime, cox_usec_after_ms(cox_runtime_now(runtime), INSPECT_AFTER_MS), inspect, child);
        break;
    case COX_SUPERVISE_DO_ASK_STOP:
        note_counters(child);
        (void) cox_runtime_child_signal(runtime, child->child, SIGTERM);
        break;
    case COX_SUPERVISE_DO_KILL:
        (void) cox_runtime_child_signal(runtime, child->child, SIGKILL);
        break;
    case COX_SUPERVISE_DO_WAKE:
        cox_runtime_cancel(runtime, coxd->timer);
        coxd->timer = cox_runtime_timer(runtime, effect->at, on_wake, coxd);
        break;
    case COX_SUPERVISE_DO_PANIC:
        cox_coxd_take_down(coxd, name_of(child));
        break;
    case COX_SUPERVISE_DO_READY:
        coxd->is_ready = true;
        cox_log_line(cox_service_log(coxd->ctx), COX_LOG_NOTICE, "all daemons are running");
        break;
    case COX_SUPERVISE_DO_DONE:
        finish(coxd);
        break;
    case COX_SUPERVISE_DO_SAY:
        say(child, effect->notice);
        break;
    }
}

/* Carrying out may bring events at once: they wait for the end of the list, so that effects keep their order. */
void
cox_coxd_step(struct cox_coxd *coxd, const struct cox_supervise_event *event)
{
    g_queue_push_tail(&coxd->events, g_memdup2(event, sizeof *event));
    if (coxd->is_stepping) {
        return;
    }
    coxd->is_stepping = true;
    while (coxd->events.length > 0) {
        g_autofree struct cox_supervise_event *next = g_queue_pop_head(&coxd->events);
        struct cox_supervise_effects effects;

        cox_supervise_effects_init(&effects);
        cox_supervise_step(coxd->engine, next, cox_runtime_now(cox_service_runtime(coxd->ctx)), &effects);
        for (guint i = 0; i < cox_supervise_effects_count(&effects); i++) {
            carry_out(coxd, cox_supervise_effects_get(&effects, i));
        }
        cox_supervise_effects_clear(&effects);
    }
    coxd->is_stepping = false;
}
