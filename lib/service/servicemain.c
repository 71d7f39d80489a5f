/* lib/service/servicemain.c - main() of every daemon: options, user, lock, log, socket, loop, end.  Layer 5. */
#include "config.h"

#include "service/service.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cluster/admit.h"
#include "runtime/environment.h"
#include "runtime/loop.h"
#include "service/ctx_priv.h"
#include "service/instance.h"
#include "service/sdnotify.h"
#include "service/privilege.h"
#include "service/settings.h"

struct options {
    gboolean shows_version, keeps_user, is_verbose, uses_stderr;
    char *run_directory;
    char *config, *config_id;
    char **rest;
};

struct life {
    struct options options;
    struct cox_runtime *runtime;
    struct cox_log *log;
    struct cox_ctx *ctx;
    int lock_fd;
};

static void
on_stop_signal(void *context, int signo)
{
    struct cox_ctx *ctx = context;

    cox_log_line(ctx->log, COX_LOG_NOTICE, "asked to stop signal=%d", signo);
    cox_service_quit(ctx, 0);
}

static void
on_hangup(void *context, int signo)
{
    struct cox_ctx *ctx = context;

    (void) signo;
    cox_log_reopen(ctx->log);
    if (ctx->service->reload != NULL && ctx->state == COX_CTX_RUNNING) {
        ctx->service->reload(ctx);
    }
}

/* Settings of the sysconfig file.  "yes", or a list of daemons that holds this one. */
static bool
is_set_for(const char *setting, const char *process)
{
    const char *value = cox_environment_setting(setting);
    g_auto(GStrv) words = value == NULL ? NULL : g_strsplit_set(value, ", ", 0);

    for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
        if (g_ascii_strcasecmp(words[i], "yes") == 0 || g_ascii_strcasecmp(words[i], "true") == 0
            || g_ascii_strcasecmp(words[i], "on") == 0 || strcmp(words[i], "1") == 0 || strcmp(words[i], process) == 0) {
            return true;
        }
    }
    return false;
}

/* PCMK_logfile, or the usual file when this is the node's own daemon and not a test's. */
static const char *
log_file(const struct life *life)
{
    const char *file = cox_environment_setting("logfile");

    if (file == NULL && !life->options.keeps_user && strcmp(life->options.run_directory, COX_RUNDIR) == 0) {
        return COX_LOGDIR "/pacemaker.log";
    }
    return file != NULL && file[0] == '/' ? file : NULL;
}

static struct cox_log *
open_log(const struct life *life, const char *process)
{
    g_autofree char *flight = g_strconcat(life->options.run_directory, "/", process, ".flight", NULL);
    bool is_verbose = life->options.is_verbose || is_set_for("debug", process);
    const struct cox_log_settings settings = {
        .name = process,
        .level = is_verbose ? COX_LOG_DEBUG : COX_LOG_INFO,
        .uses_stderr = life->options.uses_stderr || is_set_for("stderr", process),
        .file_path = log_file(life),
        .syslog_path = g_strcmp0(cox_environment_setting("logfacility"), "none") == 0 ? NULL : "/dev/log",
        .syslog_level = cox_settings_log_priority(),
        .file_mode = cox_settings_log_mode(),
        .flight_path = flight,
    };

    return cox_log_new(life->runtime, &settings);
}

/* What can be asked instead of being started. */
static bool
is_word(const char *word)
{
    return strcmp(word, "metadata") == 0 || strcmp(word, "version") == 0;
}

static bool
parse_options(const struct cox_service *service, struct options *options, int argc, char **argv, GError **error)
{
    const GOptionEntry entries[] = {
        { "version", 0, 0, G_OPTION_ARG_NONE, &options->shows_version, "Print the version and exit", NULL },
        { "run-directory", 0, 0, G_OPTION_ARG_FILENAME, &options->run_directory, "Where sockets and locks lie", "DIR" },
        { "keep-user", 0, 0, G_OPTION_ARG_NONE, &options->keeps_user, "Do not change the user: for tests and the lab", NULL },
        { "verbose", 'V', 0, G_OPTION_ARG_NONE, &options->is_verbose, "Log more", NULL },
        { "stderr", 0, 0, G_OPTION_ARG_NONE, &options->uses_stderr, "Log to standard error too", NULL },
        { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->rest, NULL, "[metadata|version]" },
        { NULL },
    };
    const GOptionEntry config[] = {
        { "config", 'f', 0, G_OPTION_ARG_FILENAME, &options->config, "What to do, as a file; read again at SIGHUP", "FILE" },
        { "config-id", 'i', 0, G_OPTION_ARG_STRING, &options->config_id, "What @ID before a line of it is compared with, instead of this host's name", "ID" },
        { NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    const struct cox_daemon_row *row = cox_daemon_row(service->daemon);

    g_option_context_set_summary(context, row->summary);
    g_option_context_add_main_entries(context, entries, NULL);
    if (service->has_config) {
        g_option_context_add_main_entries(context, config, NULL);
    }
    if (!g_option_context_parse(context, &argc, &argv, error)) {
        return false;
    }
    if (options->rest != NULL && (!is_word(options->rest[0]) || options->rest[1] != NULL)) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s': not understood; the only words are 'metadata' and 'version', one of them",
                    options->rest[0]);
        return false;
    }
    if (options->run_directory == NULL) {
        options->run_directory = g_strdup(cox_environment_run_directory());
    }
    return true;
}

static void
print_metadata(const struct cox_service *service)
{
    const struct cox_daemon_row *row = cox_daemon_row(service->daemon);

    if (service->metadata != NULL) {
        g_autofree char *text = service->metadata();

        fputs(text, stdout);
        return;
    }
    printf("<?xml version=\"1.0\"?>\n<resource-agent name=\"%s\" version=\"%s\">\n"
           "  <version>1.1</version>\n  <longdesc lang=\"en\">%s</longdesc>\n  <shortdesc lang=\"en\">%s</shortdesc>\n"
           "  <parameters/>\n</resource-agent>\n",
           row->process, PACKAGE_VERSION, row->summary, row->summary);
}

/* COX_CLUSTER, or the setting cluster_type: a cluster of this node alone, without corosync? */
static bool
is_local(void)
{
    const char *kind = cox_environment_get("COX_CLUSTER");

    return g_strcmp0(kind == NULL ? cox_environment_setting("cluster_type") : kind, "local") == 0;
}

/* Let the daemons of the cluster's user talk to corosync, too. */
static void
admit_cluster_group(bool keeps_user)
{
    gid_t group = 0;

    if (geteuid() == 0 && !keeps_user && cox_environment_group(COX_DAEMON_CLUSTER_GROUP, &group)) {
        (void) cox_admit_group(group, NULL); /* the next root daemon that joins tries again, and uidgid.d may say the same */
    }
}

static struct cox_peers *
join(void *context, const struct cox_peers_handler *handler, GError **error)
{
    const struct cox_ctx *ctx = context;
    struct cox_peers *peers;

    if (is_local()) {
        return cox_peers_local_new(1, g_get_host_name(), handler, error);
    }
    peers = cox_peers_corosync_new(ctx->group_name, handler, error);
    if (peers != NULL) {
        admit_cluster_group(ctx->keeps_user);
    }
    return peers;
}

/* What only root can do for the cluster's user.  All of it is the packages' and the administrator's in the first place: an error shows
 * where what is missing is used. */
static void
prepare_as_root(const struct life *life)
{
    if (geteuid() != 0 || life->options.keeps_user) {
        return;
    }
    cox_privilege_protect();
    cox_privilege_directory(COX_STATEDIR "/cib");
    cox_privilege_directory(COX_STATEDIR "/pengine");
    cox_privilege_directory(COX_LOGDIR);
    if (log_file(life) != NULL) {
        cox_privilege_log_file(log_file(life));
    }
    if (!is_local()) {
        admit_cluster_group(false);
    }
}

/* From nothing to a socket that answers. */
static bool
begin(struct life *life, const struct cox_service *service, GError **error)
{
    const struct cox_daemon_row *row = cox_daemon_row(service->daemon);
    bool is_missing = false;

    prepare_as_root(life);
    if (!cox_privilege_run_directory(life->options.run_directory, error)
        || (!life->options.keeps_user && !cox_privilege_drop(service->daemon, &is_missing, error))) {
        return false;
    }
    life->lock_fd = cox_instance_lock(life->options.run_directory, row->socket, error);
    if (life->lock_fd < 0) {
        return false;
    }
    life->log = open_log(life, row->process);
    if (is_missing) {
        cox_log_event(life->log, COX_EVENT_USER_MISSING, "user=%s", COX_DAEMON_CLUSTER_USER);
    }
    life->ctx = cox_ctx_new(service, life->runtime, life->log, life->options.run_directory);
    life->ctx->keeps_user = life->options.keeps_user;
    life->ctx->config = life->options.config;
    life->ctx->config_id = life->options.config_id;
    (void) cox_runtime_signal(life->runtime, SIGTERM, on_stop_signal, life->ctx);
    (void) cox_runtime_signal(life->runtime, SIGINT, on_stop_signal, life->ctx);
    (void) cox_runtime_signal(life->runtime, SIGHUP, on_hangup, life->ctx);
    if ((service->start != NULL && !service->start(life->ctx, error)) || !cox_ctx_listen(life->ctx, error)) {
        return false;
    }
    if (service->group != NULL || (service->needs & COX_NEED_CLUSTER) != 0) {
        cox_ctx_join(life->ctx, join, life->ctx);
    }
    return true;
}

static int
live(struct life *life, const struct cox_service *service)
{
    g_autoptr(GError) error = NULL;
    int status;

    if (!begin(life, service, &error)) {
        if (life->log != NULL) {
            cox_log_event(life->log, COX_EVENT_START_FAILED, "error=\"%s\"", error->message);
        }
        fprintf(stderr, "%s: %s\n", cox_daemon_row(service->daemon)->process, error->message);
        return cox_error_status_of(error);
    }
    if (life->ctx->state == COX_CTX_STARTING) {
        life->ctx->state = COX_CTX_RUNNING;
    }
    cox_log_line(life->log, COX_LOG_NOTICE, "ready version=%s pid=%d", PACKAGE_VERSION, (int) getpid());
    (void) cox_sdnotify(cox_environment_get("NOTIFY_SOCKET"), "READY=1");
    (void) cox_overseer_watchdog(life->ctx->overseer, cox_environment_get("NOTIFY_SOCKET"), cox_environment_get("WATCHDOG_USEC"),
                                 cox_environment_get("WATCHDOG_PID"));
    cox_runtime_run(life->runtime);
    status = life->ctx->exit_status;
    cox_log_line(life->log, COX_LOG_NOTICE, "stopped status=%d", status);
    return status;
}

int
cox_service_main(const struct cox_service *service, int argc, char **argv)
{
    struct life life = { .lock_fd = -1 };
    g_autoptr(GError) error = NULL;
    int status = 0;

    if (!parse_options(service, &life.options, argc, argv, &error)) {
        fprintf(stderr, "%s: %s\n", cox_daemon_row(service->daemon)->process, error->message);
        status = cox_error_exit_status(COX_ERROR_USAGE);
    } else if (life.options.shows_version) {
        printf("Coxswain %s\n", PACKAGE_VERSION);
    } else if (life.options.rest != NULL && strcmp(life.options.rest[0], "version") == 0) {
        printf("CRM Version: %s (coxswain %s)\n", COX_COMPAT_VERSION, PACKAGE_VERSION); /* crmsh takes the third word */
    } else if (life.options.rest != NULL) {
        print_metadata(service);
    } else {
        life.runtime = cox_loop_new(NULL);
        status = live(&life, service);
        if (life.ctx != NULL) {
            cox_ctx_leave(life.ctx);
            cox_ctx_free(life.ctx);
        }
        cox_log_free(life.log);
        signal(SIGTERM, SIG_IGN); /* asked twice: once is enough, and the status is ours */
        signal(SIGINT, SIG_IGN);
        signal(SIGHUP, SIG_IGN);
        cox_runtime_free(life.runtime);
    }
    if (life.lock_fd >= 0) {
        close(life.lock_fd);
    }
    g_free(life.options.run_directory);
    g_free(life.options.config);
    g_free(life.options.config_id);
    g_strfreev(life.options.rest);
    return status;
}
