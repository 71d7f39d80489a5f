/* daemons/lvsd/lvsd_hooks.c - who is told of a change: scripts and the log.  Layer 6. */
#include "daemons/lvsd/lvsd.h"

#include "runtime/environment.h"

enum { SCRIPT_LIMIT_MS = 60 * 1000 };

char *
cox_lvsd_endpoint(const struct cox_ip *address, guint16 port)
{
    char text[COX_IP_TEXT_SIZE];

    return g_strdup_printf(address->family == COX_IP_V6 ? "[%s]:%u" : "%s:%u", cox_ip_format(address, text), port);
}

/* ---- scripts ---- */

static void
on_hook_end(void *context, cox_source_id id, const struct cox_child_result *result)
{
    struct cox_lvsd *lvsd = context;

    (void) id;
    if (result->end != COX_CHILD_EXITED) {
        cox_log_event(lvsd->log, COX_EVENT_LVS_SCRIPT, "reason=\"%s\"",
                      result->end == COX_CHILD_NOT_STARTED ? g_strerror(result->start_errno)
                      : result->end == COX_CHILD_TIMED_OUT ? "it took longer than a minute" : "it was killed");
    } else if (result->exit_status != 0) {
        cox_log_line(lvsd->log, COX_LOG_INFO, "script has ended status=%d", result->exit_status);
    }
}

void
cox_lvsd_run(struct cox_lvsd *lvsd, const struct cox_lvs_effect *effect)
{
    static const char *const envp[] = { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL };
    const struct cox_lvs_script *script = &effect->script;
    struct cox_child_user user;
    struct cox_child_spec spec = { .envp = envp, .timeout_ms = SCRIPT_LIMIT_MS, .kill_after_ms = 1000 };
    g_auto(GStrv) argv = NULL;
    g_autoptr(GError) error = NULL;
    bool is_other = false;

    if (!g_shell_parse_argv(script->command, NULL, &argv, &error)) {
        cox_log_event(lvsd->log, COX_EVENT_LVS_SCRIPT, "script=\"%s\" reason=\"%s\"", script->command, error->message);
    } else if (!cox_environment_script_user(script->user, script->group, &user, &is_other)) {
        cox_log_event(lvsd->log, COX_EVENT_LVS_SCRIPT, "script=\"%s\" reason=\"there is no user %s, or no such group\"", script->command, script->user);
    } else {
        spec.argv = (const char *const *) argv;
        spec.user = is_other ? &user : NULL;
        (void) cox_runtime_spawn(lvsd->runtime, &spec, on_hook_end, lvsd);
    }
}

/* ---- words ---- */

static void
say_server(struct cox_lvsd *lvsd, const struct cox_lvs_effect *effect, const char *server)
{
    const char *text = effect->text == NULL ? "" : effect->text;

    switch (effect->notice) {
        case COX_LVS_NOTICE_UP:
            cox_log_line(lvsd->log, COX_LOG_NOTICE, "server is up service=\"%s\" server=%s", effect->service, server);
            break;
        case COX_LVS_NOTICE_DOWN:
            cox_log_event(lvsd->log, COX_EVENT_LVS_DOWN, "service=\"%s\" server=%s reason=\"%s\"", effect->service, server, text);
            break;
        case COX_LVS_NOTICE_FAILURE:
            cox_log_line(lvsd->log, COX_LOG_INFO, "check has failed service=\"%s\" server=%s reason=\"%s\"", effect->service, server, text);
            break;
        case COX_LVS_NOTICE_DRAINED:
            cox_log_line(lvsd->log, COX_LOG_NOTICE, "server is drained service=\"%s\" server=%s", effect->service, server);
            break;
        case COX_LVS_NOTICE_SUSPECT:
            cox_log_event(lvsd->log, COX_EVENT_LVS_SUSPECT, "service=\"%s\" server=%s", effect->service, server);
            break;
        default:
            cox_log_line(lvsd->log, COX_LOG_NOTICE, "there is no such server service=\"%s\" server=%s", effect->service, server);
            break;
    }
}

void
cox_lvsd_say(struct cox_lvsd *lvsd, const struct cox_lvs_effect *effect)
{
    g_autofree char *server = cox_lvsd_endpoint(&effect->address, effect->port);

    switch (effect->notice) {
        case COX_LVS_NOTICE_QUORUM:
            cox_log_line(lvsd->log, COX_LOG_NOTICE, "quorum is gained service=\"%s\"", effect->service);
            break;
        case COX_LVS_NOTICE_NO_QUORUM:
            cox_log_event(lvsd->log, COX_EVENT_LVS_NO_QUORUM, "service=\"%s\"", effect->service);
            break;
        case COX_LVS_NOTICE_PANIC:
            cox_log_event(lvsd->log, COX_EVENT_LVS_PANIC, "service=\"%s\"", effect->service);
            break;
        case COX_LVS_NOTICE_NO_PANIC:
            cox_log_line(lvsd->log, COX_LOG_NOTICE, "enough servers look good again service=\"%s\"", effect->service);
            break;
        default:
            say_server(lvsd, effect, server);
            break;
    }
}
