/* daemons/coxd/coxd_handlers.c - begins, answers, stops in order.  Layer 6. */
#include "daemons/coxd/coxd.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/error.h"
#include "proto/stopflag.h"
#include "runtime/environment.h"
#include "service/settings.h"

/* controld gives up its own waiting before (shutdown-escalation); systemd's limit for the unit is beyond. */
enum { LEAVE_MS = 25 * 60 * 1000 };

static const struct cox_supervise_config defaults = {
    .ping_ms = 1000, .pong_ms = 8000, .start_ms = 60000, .stop_ms = 45000, .starve_ms = 120000, .kill_ms = 5000, .restart_ms = 500,
    .restart_max_ms = 30000, .stable_ms = 5000, .unmonitored_ms = 10000, .stop_tries = 3,
};

/* Those on demand stop after cox-execd, which may use them to the last. */
static const struct {
    enum cox_daemon daemon;
    guint stage;
} order[COX_COXD_CHILDREN] = {
    { COX_DAEMON_CIB, 0 },   { COX_DAEMON_EXEC, 1 }, { COX_DAEMON_FENCE, 1 }, { COX_DAEMON_ATTR, 1 },
    { COX_DAEMON_SCHED, 1 }, { COX_DAEMON_VRRP, 0 }, { COX_DAEMON_LVS, 0 },   { COX_DAEMON_CONTROL, 2 },
};

bool
cox_coxd_is_on_demand(const struct cox_coxd_child *child)
{
    return child->daemon >= COX_DAEMON_EVERY_N;
}

static void
on_child_signal(void *context, int signo)
{
    (void) signo;
    cox_coxd_reap(context);
}

/* Where the other programs lie: as installed, unless COX_DAEMON_DIRECTORY says otherwise (tests).  Started as pacemakerd, by the names that the field
 * has for them: clients end processes by name (pcs cluster kill). */
static char *
program_path(enum cox_daemon daemon)
{
    const struct cox_daemon_row *row = cox_daemon_row(daemon);
    const char *given = cox_environment_get("COX_DAEMON_DIRECTORY");
    const char *directory = given != NULL && given[0] == '/' ? given : NULL;
    g_autofree char *alias = g_build_filename(directory != NULL ? directory : COX_CLIENTDAEMONDIR, row->alias, NULL);
    char name[16] = "";

    if (prctl(PR_GET_NAME, name) == 0 && strcmp(name, "pacemakerd") == 0 && g_file_test(alias, G_FILE_TEST_IS_EXECUTABLE)) {
        return g_steal_pointer(&alias);
    }
    return g_build_filename(directory != NULL ? directory : COX_DAEMONDIR, row->process, NULL);
}

/* COX_LIVENESS_MS: how long a daemon may be silent before it is killed. */
static struct cox_supervise_config
config(void)
{
    const char *text = cox_environment_get("COX_LIVENESS_MS");
    struct cox_supervise_config config = defaults;
    gint64 value;

    if (text != NULL && g_ascii_string_to_signed(text, 10, 100, 3600000, &value, NULL)) {
        config.pong_ms = value;
        config.ping_ms = MIN(config.ping_ms, value / 2);
    }
    return config;
}

static bool
is_yes(const char *setting)
{
    const char *value = cox_environment_setting(setting);

    return value != NULL && (g_ascii_strcasecmp(value, "yes") == 0 || g_ascii_strcasecmp(value, "true") == 0
                             || g_ascii_strcasecmp(value, "on") == 0 || g_strcmp0(value, "1") == 0);
}

/* Once for the node, not by every daemon. */
static void
say_settings(struct cox_ctx *ctx)
{
    g_autoptr(GPtrArray) complaints = cox_settings_complaints();

    for (guint i = 0; i < complaints->len; i++) {
        cox_log_event(cox_service_log(ctx), COX_EVENT_SETTING, "setting=\"%s\"", (const char *) complaints->pdata[i]);
    }
}

static bool
start(struct cox_ctx *ctx, GError **error)
{
    struct cox_coxd *coxd = g_new0(struct cox_coxd, 1);
    struct cox_supervise_daemon daemons[COX_COXD_CHILDREN];
    const struct cox_supervise_config chosen = config();
    const struct cox_supervise_event begin = { .kind = COX_SUPERVISE_ON_BEGIN };

    (void) error;
    cox_service_set_data(ctx, coxd);
    coxd->ctx = ctx;
    g_queue_init(&coxd->events);
    coxd->records = g_build_filename(cox_service_run_directory(ctx), "coxd.children", NULL);
    coxd->environment = g_environ_unsetenv(cox_environment_copy(), "NOTIFY_SOCKET");
    coxd->environment = g_environ_unsetenv(coxd->environment, "WATCHDOG_USEC"); /* systemd means us */
    coxd->environment = g_environ_unsetenv(coxd->environment, "WATCHDOG_PID");
    say_settings(ctx);
    coxd->fails_fast = is_yes("fail_fast");
    coxd->late_ms = chosen.ping_ms;
    for (guint i = 0; i < COX_COXD_CHILDREN; i++) {
        coxd->children[i] = (struct cox_coxd_child) { .coxd = coxd, .daemon = order[i].daemon, .index = i };
        coxd->children[i].path = program_path(order[i].daemon);
        daemons[i] = (struct cox_supervise_daemon) { cox_daemon_row(order[i].daemon)->process, order[i].stage,
                                                     cox_coxd_is_on_demand(&coxd->children[i]) };
    }
    coxd->engine = cox_supervise_new(&chosen, daemons, COX_COXD_CHILDREN);
    /* What a daemon leaves behind when it dies stays below us, so that it is found there and does not stay a zombie. */
    (void) prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    (void) cox_runtime_signal(cox_service_runtime(ctx), SIGCHLD, on_child_signal, coxd);
    cox_coxd_step(coxd, &begin);
    return true;
}

static void
destroy(struct cox_ctx *ctx)
{
    struct cox_coxd *coxd = cox_service_data(ctx);

    for (guint i = 0; i < COX_COXD_CHILDREN; i++) {
        cox_runtime_cancel(cox_service_runtime(ctx), coxd->children[i].reconnect);
        cox_runtime_cancel(cox_service_runtime(ctx), coxd->children[i].inspection);
        cox_client_free(coxd->children[i].client);
        g_free(coxd->children[i].path);
    }
    cox_supervise_free(coxd->engine);
    g_queue_clear_full(&coxd->events, g_free);
    g_strfreev(coxd->environment);
    g_free(coxd->records);
    g_free(coxd);
}

/* ---- stop ---- */

void
cox_coxd_left(struct cox_coxd *coxd)
{
    const struct cox_supervise_event event = { .kind = COX_SUPERVISE_ON_STOP };

    if (coxd->is_leaving) {
        cox_runtime_cancel(cox_service_runtime(coxd->ctx), coxd->leave_timer);
        coxd->is_leaving = false;
        coxd->is_stopping = true;
        cox_coxd_step(coxd, &event);
    }
}

static void
on_leave_limit(void *context)
{
    struct cox_coxd *coxd = context;

    cox_log_event(cox_service_log(coxd->ctx), COX_EVENT_LEAVE_FAILED, "error=\"no answer within %d minutes\"", LEAVE_MS / 60000);
    cox_coxd_left(coxd);
}

/* Does something run here that controld has to see to?  It has begun, and is here or will come back. */
static bool
has_controller(const struct cox_coxd *coxd)
{
    const struct cox_coxd_child *control = &coxd->children[COX_COXD_CHILDREN - 1];

    switch (cox_supervise_state(coxd->engine, control->index)) {
    case COX_SUPERVISE_STARTING:
    case COX_SUPERVISE_RUNNING:
    case COX_SUPERVISE_KILLING:
        return true;
    case COX_SUPERVISE_WAITING:
        return cox_supervise_restarts(coxd->engine, control->index) > 0;
    case COX_SUPERVISE_LOOKING:
    case COX_SUPERVISE_STOPPING:
    case COX_SUPERVISE_STOPPED:
    case COX_SUPERVISE_FAILED:
    case COX_SUPERVISE_UNWANTED:
        break;
    }
    return false;
}

static void
stop(struct cox_ctx *ctx)
{
    struct cox_coxd *coxd = cox_service_data(ctx);
    struct cox_runtime *runtime = cox_service_runtime(ctx);

    if (coxd->is_done) {
        return; /* the engine has stopped everything because a daemon cannot work */
    }
    coxd->is_leaving = true;
    if (coxd->stays_down || !has_controller(coxd)) {
        cox_coxd_left(coxd);
        return;
    }
    coxd->leave_timer = cox_runtime_timer(runtime, cox_usec_after_ms(cox_runtime_now(runtime), LEAVE_MS), on_leave_limit, coxd);
    cox_coxd_leave(coxd);
}

/* ---- requests ---- */

static const char *
state_text(enum cox_supervise_state state)
{
    static const char *const texts[] = { "looking", "waiting", "starting", "running", "stopping", "killing", "stopped", "failed", "unwanted" };

    return texts[state];
}

/* As clients of the field know them. */
static const char *
whole_state(const struct cox_coxd *coxd)
{
    if (coxd->is_done) {
        return "shutdown_complete";
    }
    if (coxd->is_leaving || coxd->is_stopping) {
        return "shutting_down";
    }
    return coxd->is_ready ? "running" : "starting_daemons";
}

static bool
on_query(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_coxd *coxd = cox_service_data(ctx);
    struct cox_msg_supervised daemons[COX_COXD_CHILDREN];
    struct cox_msg_supervisor_state answer = { .state = whole_state(coxd), .daemons = daemons };

    (void) request;
    (void) error;
    for (guint i = 0; i < COX_COXD_CHILDREN; i++) {
        if (cox_supervise_state(coxd->engine, i) != COX_SUPERVISE_UNWANTED) {
            daemons[answer.n_daemons++] = (struct cox_msg_supervised) {
                .name = cox_supervise_name(coxd->engine, i), .pid = (guint64) coxd->children[i].pid,
                .state = state_text(cox_supervise_state(coxd->engine, i)), .restarts = cox_supervise_restarts(coxd->engine, i),
            };
        }
    }
    cox_reply_set(reply, COX_MSG_SUPERVISOR_STATE, &answer);
    return true;
}

static void
quit(void *context)
{
    cox_service_quit(context, 0);
}

/* A leave that is under way already is waited for no longer. */
static void
quit_at_once(void *context)
{
    struct cox_coxd *coxd = cox_service_data(context);

    coxd->stays_down = true;
    cox_service_quit(context, cox_error_exit_status(COX_ERROR_FATAL));
    cox_coxd_left(coxd);
}

/* Returns only when the kernel does not let us. */
static void
panic_at_once(void *context)
{
    cox_coxd_take_down(cox_service_data(context), "cox-fenced");
    quit_at_once(context);
}

static bool
on_stop(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_supervisor_stop *body = request->body;
    bool is_at_once = (body->flags & COX_STOP_AT_ONCE) != 0;

    (void) reply;
    if ((body->flags & COX_STOP_PANIC) != 0) {
        if (request->uid != 0) {
            g_set_error(error, COX_ERROR, COX_ERROR_PRIVILEGE, "panic: only root may take the machine down, not uid %u", (unsigned int) request->uid);
            return false;
        }
        (void) cox_runtime_defer(cox_service_runtime(ctx), panic_at_once, ctx);
        return true;
    }
    cox_log_line(cox_service_log(ctx), COX_LOG_NOTICE, "asked to stop%s client=%s pid=%d uid=%u",
                 is_at_once ? " at once and to stay down" : "", request->program, (int) request->pid, (unsigned int) request->uid);
    (void) cox_runtime_defer(cox_service_runtime(ctx), is_at_once ? quit_at_once : quit, ctx);
    return true;
}

static struct cox_coxd_child *
find_on_demand(struct cox_coxd *coxd, const char *name)
{
    for (guint i = 0; i < COX_COXD_CHILDREN; i++) {
        if (cox_coxd_is_on_demand(&coxd->children[i]) && g_strcmp0(cox_supervise_name(coxd->engine, i), name) == 0) {
            return &coxd->children[i];
        }
    }
    return NULL;
}

static bool
on_need(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct cox_coxd *coxd = cox_service_data(ctx);
    const struct cox_msg_supervisor_need *body = request->body;
    struct cox_coxd_child *child = find_on_demand(coxd, body->daemon);
    struct cox_supervise_event event = { .kind = COX_SUPERVISE_ON_WANTED };

    (void) reply;
    if (child == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "daemon '%s': there is no such daemon that runs only where it is wanted",
                    body->daemon == NULL ? "" : body->daemon);
        return false;
    }
    if (access(child->path, X_OK) != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_INSTALLED, "program '%s' cannot be run: install it on this node", child->path);
        return false;
    }
    if (!child->is_wanted) {
        child->is_wanted = true;
        cox_coxd_note(coxd);
        cox_log_line(cox_service_log(ctx), COX_LOG_NOTICE, "daemon is wanted daemon=%s client=%s pid=%d", body->daemon, request->program,
                     (int) request->pid);
    }
    event.daemon = child->index;
    cox_coxd_step(coxd, &event);
    return true;
}

static void
health(struct cox_ctx *ctx)
{
    const struct cox_coxd *coxd = cox_service_data(ctx);

    for (guint i = 0; i < COX_COXD_CHILDREN; i++) {
        const char *name = cox_supervise_name(coxd->engine, i);
        g_autofree char *slowest = g_strconcat(name, "_slowest_ms", NULL);
        g_autofree char *late = g_strconcat(name, "_late", NULL);

        if (cox_supervise_state(coxd->engine, i) == COX_SUPERVISE_UNWANTED) {
            continue;
        }
        cox_service_add_stat(ctx, name, (gint64) cox_supervise_restarts(coxd->engine, i));
        cox_service_add_stat(ctx, g_intern_string(slowest), coxd->children[i].slowest_ms);
        cox_service_add_stat(ctx, g_intern_string(late), (gint64) coxd->children[i].n_late);
        if (coxd->children[i].is_unmonitored) {
            cox_service_add_complaint(ctx, "%s is away", cox_supervise_name(coxd->engine, i));
        }
    }
}

static const struct cox_op ops[] = {
    { COX_MSG_SUPERVISOR_QUERY, on_query, COX_FROM_LOCAL, COX_ROLE_READ },
    { COX_MSG_SUPERVISOR_STOP, on_stop, COX_FROM_LOCAL, COX_ROLE_ADMIN, true },
    { COX_MSG_SUPERVISOR_NEED, on_need, COX_FROM_LOCAL, COX_ROLE_ADMIN, true },
};

const struct cox_service cox_coxd_service = {
    .daemon = COX_DAEMON_SUPERVISOR,
    .ops = ops,
    .n_ops = G_N_ELEMENTS(ops),
    .start = start,
    .stop = stop,
    .destroy = destroy,
    .health = health,
    .stop_limit_ms = -1,
};
