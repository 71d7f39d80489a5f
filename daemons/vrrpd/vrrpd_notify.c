/* daemons/vrrpd/vrrpd_notify.c - who is told of a change: scripts, pipes, the log.  Layer 6. */
#include "daemons/vrrpd/vrrpd_resource.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/environment.h"

enum { SCRIPT_LIMIT_MS = 60 * 1000 };

/* Commands. */

static void
on_notified(void *context, cox_source_id id, const struct cox_child_result *result)
{
    struct cox_vrrpd *vrrpd = context;

    (void) id;
    if (result->end != COX_CHILD_EXITED) {
        cox_log_event(vrrpd->log, COX_EVENT_VRRP_SCRIPT, "reason=\"%s\"",
                      result->end == COX_CHILD_NOT_STARTED ? g_strerror(result->start_errno)
                      : result->end == COX_CHILD_TIMED_OUT ? "it took longer than a minute" : "it was killed");
    }
}

/* Whom a command runs as: its own user, else that of the settings.  false: there is no such user. */
static bool
user_of(const struct cox_vrrpd *vrrpd, const struct cox_vrrp_command *command, struct cox_child_user *user, bool *has_user)
{
    const struct cox_vrrp_global *global = &cox_vrrp_set_of(vrrpd->engine)->global;
    const char *name = command->user != NULL ? command->user : global->script_user;
    const char *group = command->user != NULL ? command->group : global->script_group;

    return cox_environment_script_user(name, group, user, has_user);
}

cox_source_id
cox_vrrpd_spawn(struct cox_vrrpd *vrrpd, const struct cox_vrrp_command *command, const char *const *more, gint64 timeout_ms, cox_child_fn fn)
{
    static const char *const envp[] = { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL };
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    struct cox_child_user user = { 0 };
    struct cox_child_spec spec = { .envp = envp, .timeout_ms = timeout_ms, .kill_after_ms = 1000 };
    bool has_user = false;

    for (gsize i = 0; command->argv[i] != NULL; i++) {
        g_ptr_array_add(argv, (gpointer) (guintptr) command->argv[i]);
    }
    for (gsize i = 0; more != NULL && more[i] != NULL; i++) {
        g_ptr_array_add(argv, (gpointer) (guintptr) more[i]);
    }
    g_ptr_array_add(argv, NULL);
    if (!user_of(vrrpd, command, &user, &has_user)) {
        cox_log_event(vrrpd->log, COX_EVENT_VRRP_SCRIPT, "script=%s reason=\"there is no user %s, or no such group\"", command->argv[0],
                      command->user != NULL ? command->user : cox_vrrp_set_of(vrrpd->engine)->global.script_user);
        return 0;
    }
    spec.argv = (const char *const *) argv->pdata;
    spec.user = has_user ? &user : NULL;
    return cox_runtime_spawn(vrrpd->runtime, &spec, fn, vrrpd);
}

/* Pipes. */

static void
write_pipe(struct cox_vrrpd *vrrpd, const struct cox_vrrp_fifo *pipe, const char *line)
{
    int fd = pipe->path == NULL ? -1 : open(pipe->path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
    struct stat found;

    if (pipe->path == NULL || (fd < 0 && errno == ENXIO)) { /* nobody reads it */
        return;
    }
    if (fd < 0 || fstat(fd, &found) != 0 || !S_ISFIFO(found.st_mode) || write(fd, line, strlen(line)) < 0) {
        cox_log_line(vrrpd->log, COX_LOG_INFO, "pipe not written path=%s error=\"%s\"", pipe->path, g_strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
}

void
cox_vrrpd_make_pipes(struct cox_vrrpd *vrrpd)
{
    const struct cox_vrrp_global *global = &cox_vrrp_set_of(vrrpd->engine)->global;
    const char *const paths[] = { global->notify_fifo.path, global->vrrp_notify_fifo.path };

    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        if (paths[i] != NULL && mkfifo(paths[i], 0600) != 0 && errno != EEXIST) {
            cox_log_line(vrrpd->log, COX_LOG_INFO, "pipe not made path=%s error=\"%s\"", paths[i], g_strerror(errno));
        }
    }
}

/* The words that scripts and pipes of the field know. */
static const char *
state_word(const struct cox_vrrp_change *change)
{
    return change->is_deleted ? "DELETED" : change->is_stop ? "STOP" : change->is_priority ? "PRIORITY" : cox_vrrp_state_name(change->state);
}

static const struct cox_vrrp_command *
command_for(const struct cox_vrrp_notify *notify, const struct cox_vrrp_change *change)
{
    if (change->is_priority) {
        return NULL;
    }
    if (change->is_deleted) {
        return &notify->deleted;
    }
    if (change->is_stop) {
        return &notify->stop;
    }
    switch (change->state) {
        case COX_VRRP_MASTER:
            return &notify->master;
        case COX_VRRP_BACKUP:
            return &notify->backup;
        case COX_VRRP_FAULT:
            return &notify->fault;
        default:
            return NULL;
    }
}

/* Whoever follows routers; one that is gone is what it was before it began. */
static void
publish(struct cox_vrrpd *vrrpd, const struct cox_vrrp_change *change)
{
    const enum cox_vrrp_state state = change->is_deleted || change->is_stop ? COX_VRRP_INIT : change->state;
    const struct cox_msg_router router = { .name = change->instance->name, .state = cox_vrrp_state_name(state) };
    const struct cox_msg_router_state message = { .routers = &router, .n_routers = 1 };

    cox_service_publish(vrrpd->ctx, "routers", COX_MSG_ROUTER_STATE, &message, NULL);
}

void
cox_vrrpd_notify(struct cox_vrrpd *vrrpd, const struct cox_vrrp_change *change)
{
    const struct cox_vrrp_notify *notify = change->instance != NULL ? &change->instance->notify : &change->group->notify;
    const char *kind = change->instance != NULL ? "INSTANCE" : "GROUP";
    const char *name = change->instance != NULL ? change->instance->name : change->group->name;
    const struct cox_vrrp_command *command = command_for(notify, change);
    const struct cox_vrrp_global *global = &cox_vrrp_set_of(vrrpd->engine)->global;
    g_autofree char *priority = g_strdup_printf("%u", change->priority);
    g_autofree char *line = g_strdup_printf("%s \"%s\" %s %s\n", kind, name, state_word(change), priority);
    const char *const more[] = { kind, name, state_word(change), priority, NULL };

    cox_log_line(vrrpd->log, change->is_priority ? COX_LOG_INFO : COX_LOG_NOTICE, "%s %s=%s state=%s priority=%s",
                 change->is_priority ? "priority changed" : "state changed", change->instance != NULL ? "router" : "group", name, state_word(change),
                 priority);
    if (change->instance != NULL && !change->is_priority) {
        publish(vrrpd, change);
    }
    if (command != NULL && command->argv != NULL) {
        (void) cox_vrrpd_spawn(vrrpd, command, NULL, SCRIPT_LIMIT_MS, on_notified);
    }
    if (notify->any.argv != NULL && !change->is_priority) {
        (void) cox_vrrpd_spawn(vrrpd, &notify->any, more, SCRIPT_LIMIT_MS, on_notified);
    }
    if (!change->is_priority || notify->has_priority) {
        write_pipe(vrrpd, &global->notify_fifo, line);
        write_pipe(vrrpd, &global->vrrp_notify_fifo, line);
    }
}

/* Words. */

static void
say_refused(struct cox_vrrpd *vrrpd, const char *router, const struct cox_vrrp_effect *effect, const char *peer)
{
    cox_log_event(vrrpd->log, COX_EVENT_VRRP_REFUSED, "router=%s from=%s reason=%s text=\"%s\"", router, peer,
                  cox_vrrp_refusal_name(effect->say.refusal), cox_vrrp_refusal_text(effect->say.refusal));
}

void
cox_vrrpd_say(struct cox_vrrpd *vrrpd, const struct cox_vrrp_effect *effect)
{
    const char *router = effect->instance == NULL ? "-" : effect->instance->name;
    char text[COX_IP_TEXT_SIZE];
    const char *peer = cox_ip_format(&effect->say.peer, text);

    switch (effect->say.notice) {
        case COX_VRRP_SAY_REFUSED:
            say_refused(vrrpd, router, effect, peer);
            break;
        case COX_VRRP_SAY_ADDRESSES:
            cox_log_event(vrrpd->log, COX_EVENT_VRRP_ADDRESSES, "router=%s from=%s", router, peer);
            break;
        case COX_VRRP_SAY_RIVAL:
            cox_log_event(vrrpd->log, COX_EVENT_VRRP_RIVAL, "router=%s from=%s", router, peer);
            break;
        case COX_VRRP_SAY_LOST:
            cox_log_event(vrrpd->log, COX_EVENT_VRRP_LOST, "router=%s", router);
            break;
        case COX_VRRP_SAY_KEPT:
            cox_log_event(vrrpd->log, COX_EVENT_VRRP_KEPT, "router=%s address=%s", router, peer);
            break;
        case COX_VRRP_SAY_FAULT:
            cox_log_event(vrrpd->log, COX_EVENT_VRRP_FAULT, "router=%s reason=\"%s\"", router, effect->say.reason);
            break;
        case COX_VRRP_SAY_INTERVAL:
            cox_log_line(vrrpd->log, COX_LOG_NOTICE, "another interval is heard, and learned router=%s from=%s", router, peer);
            break;
        case COX_VRRP_SAY_LOWER:
            cox_log_line(vrrpd->log, COX_LOG_NOTICE, "a lower master is heard, and outvoted router=%s from=%s", router, peer);
            break;
        case COX_VRRP_SAY_HIGHER:
            cox_log_line(vrrpd->log, COX_LOG_NOTICE, "a higher master is heard, and obeyed router=%s from=%s", router, peer);
            break;
        case COX_VRRP_SAY_MASTER:
            cox_log_line(vrrpd->log, COX_LOG_NOTICE, "the master is known router=%s from=%s", router, peer);
            break;
    }
}
