/* daemons/execd/effects.c - what the engine asks for, and the life of the daemon.  Layer 6. */
#include "config.h"

#include "execd.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/environment.h"

/* Where agents keep their state; the field's name for it is HA_RSCTMP. */
#define AGENT_DIRECTORY "/run/resource-agents"
#define USUAL_OCF_ROOT "/usr/lib/ocf"

static const struct cox_exec_config engine_config = { .pending_ms = 2000, .probe_timeout_ms = 20000 };

/* ---- effects ---- */

static void
answer_waiters(struct execd *execd, const struct cox_exec_effect *effect)
{
    bool is_forgotten = effect->kind == COX_EXEC_DO_FORGOTTEN;

    for (guint i = execd->waiters->len; i > 0; i--) {
        const struct execd_waiter *waiter = execd->waiters->pdata[i - 1];
        const struct cox_msg_done done = { 0 };

        if (strcmp(waiter->rsc_id, effect->rsc_id) == 0 && (waiter->task == NULL) == is_forgotten
            && (is_forgotten || (strcmp(waiter->task, effect->task) == 0 && waiter->interval_ms == effect->interval_ms))) {
            cox_ticket_answer(execd->ctx, waiter->ticket, COX_MSG_DONE, &done, NULL);
            g_ptr_array_remove_index(execd->waiters, i - 1);
        }
    }
}

static void
on_wake(void *context)
{
    struct execd *execd = context;

    execd->wake = 0;
    execd_step(execd, &(struct cox_exec_event) { .kind = COX_EXEC_ON_WAKE });
}

static void
carry_out(struct execd *execd, const struct cox_exec_effect *effect)
{
    struct execd_order *order = NULL;

    switch (effect->kind) {
        case COX_EXEC_DO_RUN:
            execd_run_begin(execd, effect);
            break;
        case COX_EXEC_DO_KILL:
            execd_run_kill(execd, effect->run);
            break;
        case COX_EXEC_DO_REPORT:
            execd_result_report(execd, effect);
            break;
        case COX_EXEC_DO_REFUSE:
            execd->is_refused = true;
            execd->refused_by = effect->term;
            break;
        case COX_EXEC_DO_CANCELLED:
            order = execd_order_find(execd, effect->rsc_id, effect->key);
            if (order != NULL) {
                execd_order_drop(execd, order);
            }
            answer_waiters(execd, effect);
            break;
        case COX_EXEC_DO_FORGOTTEN:
            answer_waiters(execd, effect);
            break;
        case COX_EXEC_DO_WAKE:
            cox_runtime_cancel(execd->runtime, execd->wake);
            execd->wake = cox_runtime_timer(execd->runtime, effect->at, on_wake, execd);
            break;
    }
}

void
execd_step(struct execd *execd, const struct cox_exec_event *event)
{
    struct cox_exec_effects out;

    cox_exec_effects_init(&out);
    cox_exec_step(execd->engine, event, cox_runtime_now(execd->runtime), &out);
    for (guint i = 0; i < cox_exec_effects_count(&out); i++) {
        carry_out(execd, cox_exec_effects_get(&out, i));
    }
    cox_exec_effects_clear(&out);
}

/* ---- life ---- */

static void
waiter_free(gpointer data)
{
    struct execd_waiter *waiter = data;

    g_free(waiter->rsc_id);
    g_free(waiter->task);
    g_free(waiter);
}

static void
order_free(gpointer data)
{
    execd_order_free(data);
}

/* Settings of logs, under both names that agents know. */
static GArray *
inherited_settings(void)
{
    static const struct {
        const char *setting, *names[3];
    } rows[] = {
        { "logfacility", { "PCMK_logfacility", "HA_logfacility", "HA_LOGFACILITY" } },
        { "logfile", { "PCMK_logfile", "HA_logfile", "HA_LOGFILE" } },
        { "debug", { "PCMK_debug", "HA_debug", NULL } },
        { "cluster_type", { "PCMK_cluster_type", "HA_cluster_type", NULL } },
    };
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(struct cox_agent_pair));

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *value = cox_environment_setting(rows[i].setting);

        for (gsize j = 0; value != NULL && j < G_N_ELEMENTS(rows[i].names) && rows[i].names[j] != NULL; j++) {
            const struct cox_agent_pair pair = { rows[i].names[j], value };

            g_array_append_val(pairs, pair);
        }
    }
    return pairs;
}

/* Beside this program where that is (the build tree, and where both are installed). */
static char *
find_keeper(void)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *here = self == NULL ? NULL : g_path_get_dirname(self);
    g_autofree char *beside = here == NULL ? NULL : g_build_filename(here, "cox-agent-keeper", NULL);

    return beside != NULL && access(beside, X_OK) == 0 ? g_steal_pointer(&beside) : g_strdup(COX_DAEMONDIR "/cox-agent-keeper");
}

/* COX_OCF_ROOT replaces the usual places: for tests and the lab. */
static void
find_agents(struct execd *execd)
{
    const char *root = cox_environment_get("COX_OCF_ROOT");

    execd->ocf_root = g_strdup(root != NULL ? root : USUAL_OCF_ROOT);
    execd->ocf_directories = root != NULL || strcmp(COX_OCFDIR, USUAL_OCF_ROOT) == 0
                                 ? g_strconcat(execd->ocf_root, "/resource.d", NULL)
                                 : g_strdup(USUAL_OCF_ROOT "/resource.d:" COX_OCFDIR "/resource.d");
    execd->paths.ocf = execd->ocf_directories;
    execd->paths.lsb = cox_environment_get("COX_LSB_DIRECTORY");
    execd->paths.fence = cox_environment_get("COX_FENCE_DIRECTORY");
}

/* COX_SYSTEMD_BUS is another bus, with files below the run directory: for tests. */
static void
reach_systemd(struct execd *execd)
{
    const char *address = cox_environment_get("COX_SYSTEMD_BUS");
    const struct cox_systemd_settings settings = {
        .address = address,
        .drop_in_root = address == NULL ? NULL : execd->directory,
        .has_systemd = address != NULL || cox_systemd_is_init(),
        .changed = execd_unit_changed,
        .context = execd,
    };

    execd->systemd = cox_systemd_new(&settings);
}

static void
tell_rearmed(struct execd *execd)
{
    for (guint i = 0; i < execd->orders->len; i++) {
        const struct execd_order *order = execd->orders->pdata[i];
        const struct cox_exec_result last = { order->last_status, order->last_rc, order->last_reason };
        struct cox_exec_event event = { .kind = COX_EXEC_ON_REARMED, .last = order->has_last ? &last : NULL };

        event.order = execd_order_told(order);
        execd_step(execd, &event);
    }
}

/* An order that has a result is over; then the engine hears what was accepted, then what runs. */
static void
recover(struct execd *execd)
{
    execd_serial_load(execd);
    execd_stonith_load(execd);
    execd_term_load(execd);
    execd_orders_load(execd);
    execd_results_load(execd);
    tell_rearmed(execd);
    execd_runs_recover(execd);
    execd_step(execd, &(struct cox_exec_event) { .kind = COX_EXEC_ON_READY });
    cox_log_line(execd->log, COX_LOG_INFO, "recovered orders=%u running=%" G_GINT64_FORMAT " results=%u", execd->orders->len,
                 execd->n_recovered, execd->results->len);
}

static struct execd *
execd_new(struct cox_ctx *ctx)
{
    struct execd *execd = g_new0(struct execd, 1);
    struct cox_exec_config config = engine_config;

    execd->ctx = ctx;
    execd->runtime = cox_service_runtime(ctx);
    execd->log = cox_service_log(ctx);
    execd->directory = g_build_filename(cox_service_run_directory(ctx), "exec", NULL);
    config.seed = (guint64) getpid() ^ (guint64) cox_runtime_wall(execd->runtime).usec;
    execd->engine = cox_exec_new(&config);
    execd->orders = g_ptr_array_new_with_free_func(order_free);
    execd_results_init(execd);
    execd_runs_init(execd);
    execd->started = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    execd->waiters = g_ptr_array_new_with_free_func(waiter_free);
    execd->keeper = find_keeper();
    execd->keep = (struct cox_agent_keep) { execd->runtime, execd->directory, execd->keeper };
    execd->inherited = inherited_settings();
    execd->metadata = execd_metadata_new(execd);
    execd->alerts = execd_alerts_new(execd);
    execd->net = cox_netacts_new(execd->runtime, "cox-execd", cox_service_run_directory(ctx));
    find_agents(execd);
    reach_systemd(execd);
    return execd;
}

/* As the controller will tell; until then what it will tell if the cluster says nothing else, as queues go on at once. */
static void
limit(struct execd *execd)
{
    const char *setting = cox_environment_setting("node_action_limit");
    gint64 wanted = setting == NULL ? 0 : g_ascii_strtoll(setting, NULL, 10);
    struct cox_exec_event event = { .kind = COX_EXEC_ON_LIMIT };

    event.limit = (guint) CLAMP(wanted > 0 ? wanted : 2 * sysconf(_SC_NPROCESSORS_ONLN), 0, EXECD_MOST_ACTIONS);
    execd_step(execd, &event);
}

bool
execd_start(struct cox_ctx *ctx, GError **error)
{
    struct execd *execd = execd_new(ctx);

    cox_service_set_data(ctx, execd);
    if (mkdir(execd->directory, 0700) != 0 && errno != EEXIST) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "directory '%s': %s", execd->directory, g_strerror(errno));
        return false;
    }
    if (mkdir(AGENT_DIRECTORY, 0755) != 0 && errno != EEXIST) {
        cox_log_event(execd->log, COX_EVENT_EXEC_AGENT_DIR, "path=%s error=\"%s\"", AGENT_DIRECTORY, g_strerror(errno));
    }
    limit(execd);
    recover(execd);
    return true;
}

void
execd_stop(struct cox_ctx *ctx)
{
    struct execd *execd = cox_service_data(ctx);

    /* Resources and what is under way go on; the next process of ours finds them. */
    execd_runs_forget(execd);
    cox_runtime_cancel(execd->runtime, execd->wake);
    execd->wake = 0;
    cox_service_stopped(ctx);
}

void
execd_destroy(struct cox_ctx *ctx)
{
    struct execd *execd = cox_service_data(ctx);

    if (execd == NULL) {
        return;
    }
    execd_runs_forget(execd);
    g_hash_table_unref(execd->runs);
    execd_metadata_free(execd->metadata);
    execd_alerts_free(execd->alerts);
    cox_client_free(execd->fenced);
    cox_netacts_free(execd->net);
    cox_systemd_free(execd->systemd);
    cox_exec_free(execd->engine);
    g_ptr_array_unref(execd->orders);
    execd_results_free(execd);
    g_hash_table_unref(execd->started);
    g_ptr_array_unref(execd->waiters);
    g_array_unref(execd->inherited);
    g_free(execd->directory);
    g_free(execd->keeper);
    g_free(execd->ocf_root);
    g_free(execd->ocf_directories);
    g_free(execd);
}
