/* lib/agents/systemd_job.c - start, stop and watch systemd units through D-Bus.  Layer 3, adapter. */
#include "agents/systemd_job.h"

#include <string.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

#define BUS_NAME "org.freedesktop.systemd1"
#define MANAGER_PATH "/org/freedesktop/systemd1"
#define MANAGER "org.freedesktop.systemd1.Manager"
#define UNIT "org.freedesktop.systemd1.Unit"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define DROP_IN "50-pacemaker.conf"
#define NO_TIMEOUT G_MAXINT

enum { ENDED_JOBS_MAX = 64 };

/* A job of systemd that ended before we knew its path. */
struct ended {
    char *path, *result;
};

struct cox_systemd {
    char *address, *drop_in_root;
    bool has_systemd;
    void (*changed)(void *context, const char *type);
    void *context;
    GDBusConnection *connection;
    GCancellable *cancellable; /* of the connection */
    bool is_connecting;
    guint idle;                /* jobs wait to be begun */
    guint subscriptions[3];
    GPtrArray *jobs;           /* struct cox_systemd_job, not owned */
    GHashTable *units;         /* object path -> type */
    GQueue ended;              /* struct ended, oldest first */
};

struct cox_systemd_job {
    struct cox_systemd *systemd;
    char *type, *unit, *action, *path, *systemd_job;
    cox_systemd_fn fn;
    void *context;
    GCancellable *cancellable;
    bool is_begun;
};

bool
cox_systemd_is_init(void)
{
    return g_file_test("/run/systemd/system", G_FILE_TEST_IS_DIR);
}

char *
cox_systemd_unit_name(const char *type)
{
    static const char *const suffixes[] = { ".service", ".socket", ".target", ".mount", ".automount", ".timer", ".path", ".slice",
                                            ".scope", ".device", ".swap" };

    for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        if (g_str_has_suffix(type, suffixes[i])) {
            return g_strdup(type);
        }
    }
    return g_strconcat(type, ".service", NULL);
}

/* ---- the end of a job ---- */

static void
job_free(struct cox_systemd_job *job)
{
    g_ptr_array_remove(job->systemd->jobs, job);
    g_object_unref(job->cancellable);
    g_free(job->type);
    g_free(job->unit);
    g_free(job->action);
    g_free(job->path);
    g_free(job->systemd_job);
    g_free(job);
}

static void
give(struct cox_systemd_job *job, int code, enum cox_op_status status, const char *reason)
{
    struct cox_agent_result result = { .code = code, .status = status, .exit_reason = g_strdup(reason), .raw_status = -1 };

    job->fn(job->context, &result, false);
    cox_agent_result_clear(&result);
    job_free(job);
}

static void
give_pending(struct cox_systemd_job *job)
{
    const struct cox_agent_result result = { .status = COX_OP_STATUS_PENDING, .raw_status = -1 };

    job->fn(job->context, &result, true);
    job_free(job);
}

static bool
is_action(const struct cox_systemd_job *job, const char *action)
{
    return strcmp(job->action, action) == 0;
}

static void
give_missing(struct cox_systemd_job *job)
{
    g_autofree char *reason = g_strdup_printf("there is no systemd unit '%s'", job->unit);

    if (is_action(job, "stop")) {
        give(job, COX_AGENT_CODE_OK, COX_OP_STATUS_DONE, NULL);
    } else {
        give(job, COX_AGENT_CODE_NOT_INSTALLED, COX_OP_STATUS_NOT_INSTALLED, reason);
    }
}

/* systemd said no, or could not be asked. */
static void
give_error(struct cox_systemd_job *job, const GError *error)
{
    static const char *const missing[] = { "NoSuchUnit", "LoadFailed", "InvalidName" };
    g_autofree char *name = g_dbus_error_get_remote_error(error);
    g_autoptr(GError) plain = g_error_copy(error);
    g_autofree char *reason = NULL;

    for (size_t i = 0; name != NULL && i < G_N_ELEMENTS(missing); i++) {
        if (g_str_has_suffix(name, missing[i])) {
            give_missing(job);
            return;
        }
    }
    (void) g_dbus_error_strip_remote_error(plain);
    reason = g_strdup_printf("systemd: %s", plain->message);
    if (!job->systemd->has_systemd && (name == NULL || !g_str_has_prefix(name, BUS_NAME))) {
        give_missing(job); /* nobody is there to be asked, and nobody who could have started a unit */
    } else {
        give(job, COX_AGENT_CODE_GENERIC, COX_OP_STATUS_ERROR, reason);
    }
}

/* ---- calls ---- */

static void
call_manager(struct cox_systemd_job *job, const char *method, GVariant *arguments, const char *type, GAsyncReadyCallback fn)
{
    g_dbus_connection_call(job->systemd->connection, BUS_NAME, MANAGER_PATH, MANAGER, method, arguments, G_VARIANT_TYPE(type),
                           G_DBUS_CALL_FLAGS_NONE, NO_TIMEOUT, job->cancellable, fn, job);
}

/* The answer of a call; NULL when the job has ended or was forgotten (it must not be touched then). */
static GVariant *
finish(GObject *source, GAsyncResult *result, struct cox_systemd_job *job)
{
    g_autoptr(GError) error = NULL;
    GVariant *answer = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

    if (answer == NULL && !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        give_error(job, error);
    }
    return answer;
}

/* ---- what the unit's state means ---- */

static void
on_state(GObject *source, GAsyncResult *result, gpointer data)
{
    struct cox_systemd_job *job = data;
    g_autoptr(GVariant) answer = finish(source, result, job);
    g_autoptr(GVariant) properties = NULL;
    const char *active = "", *load = "", *sub = "";
    g_autofree char *reason = NULL;
    bool is_up, is_moving;

    if (answer == NULL) {
        return;
    }
    properties = g_variant_get_child_value(answer, 0);
    (void) g_variant_lookup(properties, "ActiveState", "&s", &active);
    (void) g_variant_lookup(properties, "LoadState", "&s", &load);
    (void) g_variant_lookup(properties, "SubState", "&s", &sub);
    is_up = strcmp(active, "active") == 0 || strcmp(active, "reloading") == 0;
    is_moving = strcmp(active, "activating") == 0 || strcmp(active, "deactivating") == 0;
    reason = g_strdup_printf("unit '%s' is %s (%s)", job->unit, active, sub);
    if (strcmp(load, "not-found") == 0 && !is_up && !is_moving) {
        give_missing(job);
    } else if (is_action(job, COX_SYSTEMD_EXISTS)) {
        give(job, COX_AGENT_CODE_OK, COX_OP_STATUS_DONE, NULL);
    } else if (is_moving) {
        give_pending(job);
    } else if (is_action(job, "start")) {
        give(job, is_up ? COX_AGENT_CODE_OK : COX_AGENT_CODE_GENERIC, COX_OP_STATUS_DONE, is_up ? NULL : reason);
    } else if (is_action(job, "stop")) {
        give(job, is_up ? COX_AGENT_CODE_GENERIC : COX_AGENT_CODE_OK, COX_OP_STATUS_DONE, is_up ? reason : NULL);
    } else {
        give(job, is_up ? COX_AGENT_CODE_OK : COX_AGENT_CODE_NOT_RUNNING, COX_OP_STATUS_DONE,
             strcmp(active, "failed") == 0 ? reason : NULL);
    }
}

static void
ask_state(struct cox_systemd_job *job)
{
    g_dbus_connection_call(job->systemd->connection, BUS_NAME, job->path, PROPERTIES, "GetAll", g_variant_new("(s)", UNIT),
                           G_VARIANT_TYPE("(a{sv})"), G_DBUS_CALL_FLAGS_NONE, NO_TIMEOUT, job->cancellable, on_state, job);
}

/* ---- jobs of systemd ---- */

static void
systemd_job_ended(struct cox_systemd_job *job, const char *result)
{
    g_autofree char *reason = NULL;

    if (strcmp(result, "done") == 0) {
        ask_state(job);
        return;
    }
    reason = g_strdup_printf("systemd's job to %s '%s' ended with '%s'", job->action, job->unit, result);
    give(job, COX_AGENT_CODE_GENERIC, strcmp(result, "timeout") == 0 ? COX_OP_STATUS_TIMEOUT : COX_OP_STATUS_ERROR, reason);
}

static void
ended_free(gpointer data)
{
    struct ended *ended = data;

    g_free(ended->path);
    g_free(ended->result);
    g_free(ended);
}

static void
on_systemd_job(GObject *source, GAsyncResult *result, gpointer data)
{
    struct cox_systemd_job *job = data;
    g_autoptr(GVariant) answer = finish(source, result, job);

    if (answer == NULL) {
        return;
    }
    g_variant_get(answer, "(o)", &job->systemd_job);
    for (GList *link = job->systemd->ended.head; link != NULL; link = link->next) {
        const struct ended *ended = link->data;

        if (strcmp(ended->path, job->systemd_job) == 0) { /* the signal came before the answer */
            systemd_job_ended(job, ended->result);
            return;
        }
    }
}

static void
on_job_removed(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *signal,
               GVariant *parameters, gpointer data)
{
    struct cox_systemd *systemd = data;
    const char *job_path = NULL, *result = NULL;
    struct ended *ended = NULL;

    (void) connection, (void) sender, (void) path, (void) interface, (void) signal;
    if (!g_variant_is_of_type(parameters, G_VARIANT_TYPE("(uoss)"))) {
        return;
    }
    g_variant_get(parameters, "(u&o&s&s)", NULL, &job_path, NULL, &result);
    for (guint i = 0; i < systemd->jobs->len; i++) {
        struct cox_systemd_job *job = systemd->jobs->pdata[i];

        if (g_strcmp0(job->systemd_job, job_path) == 0) {
            g_clear_pointer(&job->systemd_job, g_free);
            systemd_job_ended(job, result);
            return;
        }
    }
    ended = g_new0(struct ended, 1);
    ended->path = g_strdup(job_path);
    ended->result = g_strdup(result);
    g_queue_push_tail(&systemd->ended, ended);
    if (g_queue_get_length(&systemd->ended) > ENDED_JOBS_MAX) {
        ended_free(g_queue_pop_head(&systemd->ended));
    }
}

static void
change_unit(struct cox_systemd_job *job)
{
    call_manager(job, is_action(job, "start") ? "StartUnit" : "StopUnit", g_variant_new("(ss)", job->unit, "replace"), "(o)",
                 on_systemd_job);
}

/* ---- the drop-in: the cluster restarts, nobody else, and at shutdown the cluster stops first ---- */

static char *
drop_in_directory(const struct cox_systemd_job *job)
{
    return g_strdup_printf("%s/%s.d", job->systemd->drop_in_root, job->unit);
}

/* true: something has changed, systemd must read it. */
static bool
put_drop_in(const struct cox_systemd_job *job)
{
    g_autofree char *directory = drop_in_directory(job);
    g_autofree char *path = g_build_filename(directory, DROP_IN, NULL);
    g_autofree char *text = g_strdup_printf("[Unit]\nDescription=Cluster controlled %s\n"
                                            "Before=coxd.service pacemaker.service pacemaker_remote.service\n%s",
                                            job->type, g_str_has_suffix(job->unit, ".service") ? "\n[Service]\nRestart=no\n" : "");
    g_autofree char *before = NULL;

    if (g_file_get_contents(path, &before, NULL, NULL) && strcmp(before, text) == 0) {
        return false;
    }
    /* Without it the unit runs all the same; only its place at shutdown and its own restarts are not as they should be. */
    return g_mkdir_with_parents(directory, 0755) == 0 && g_file_set_contents(path, text, -1, NULL) && chmod(path, 0644) == 0;
}

static bool
remove_drop_in(const struct cox_systemd_job *job)
{
    g_autofree char *directory = drop_in_directory(job);
    g_autofree char *path = g_build_filename(directory, DROP_IN, NULL);
    bool was_there = g_unlink(path) == 0;

    (void) g_rmdir(directory); /* unless somebody else has something there */
    return was_there;
}

static void
on_reloaded(GObject *source, GAsyncResult *result, gpointer data)
{
    struct cox_systemd_job *job = data;
    g_autoptr(GVariant) answer = finish(source, result, job);

    if (answer != NULL) {
        change_unit(job);
    }
}

static void
on_loaded(GObject *source, GAsyncResult *result, gpointer data)
{
    struct cox_systemd_job *job = data;
    g_autoptr(GVariant) answer = finish(source, result, job);

    if (answer == NULL) {
        return;
    }
    g_variant_get(answer, "(o)", &job->path);
    g_hash_table_insert(job->systemd->units, g_strdup(job->path), g_strdup(job->type));
    if (is_action(job, "start") ? put_drop_in(job) : is_action(job, "stop") && remove_drop_in(job)) {
        call_manager(job, "Reload", NULL, "()", on_reloaded);
    } else if (is_action(job, "start") || is_action(job, "stop")) {
        change_unit(job);
    } else {
        ask_state(job);
    }
}

static void
begin(struct cox_systemd_job *job)
{
    job->is_begun = true;
    if (is_action(job, "start") || is_action(job, "stop") || is_action(job, "monitor") || is_action(job, "status")
        || is_action(job, COX_SYSTEMD_EXISTS)) {
        call_manager(job, "LoadUnit", g_variant_new("(s)", job->unit), "(o)", on_loaded);
    } else {
        give(job, COX_AGENT_CODE_UNIMPLEMENTED, COX_OP_STATUS_NOT_SUPPORTED, "a systemd unit can be started, stopped and monitored");
    }
}

/* ---- the connection ---- */

static void
on_properties(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *signal,
              GVariant *parameters, gpointer data)
{
    struct cox_systemd *systemd = data;
    const char *type = g_hash_table_lookup(systemd->units, path);
    g_autoptr(GVariant) changed = NULL;
    const char *state = NULL;

    (void) connection, (void) sender, (void) interface, (void) signal;
    if (type == NULL || !g_variant_is_of_type(parameters, G_VARIANT_TYPE("(sa{sv}as)"))) {
        return;
    }
    changed = g_variant_get_child_value(parameters, 1);
    if (g_variant_lookup(changed, "ActiveState", "&s", &state) && systemd->changed != NULL) {
        g_autofree char *copy = g_strdup(type);

        systemd->changed(systemd->context, copy);
    }
}

static void
subscribe(struct cox_systemd *systemd)
{
    g_dbus_connection_call(systemd->connection, BUS_NAME, MANAGER_PATH, MANAGER, "Subscribe", NULL, NULL, G_DBUS_CALL_FLAGS_NONE,
                           -1, systemd->cancellable, NULL, NULL);
}

/* A service manager that was started anew knows neither us nor the jobs that we wait for: their units' states tell. */
static void
on_owner(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *signal,
         GVariant *parameters, gpointer data)
{
    struct cox_systemd *systemd = data;
    const char *owner = "";

    (void) connection, (void) sender, (void) path, (void) interface, (void) signal;
    if (!g_variant_is_of_type(parameters, G_VARIANT_TYPE("(sss)"))) {
        return;
    }
    g_variant_get(parameters, "(&s&s&s)", NULL, NULL, &owner);
    if (owner[0] == '\0') {
        return;
    }
    subscribe(systemd);
    for (guint i = 0; i < systemd->jobs->len; i++) {
        struct cox_systemd_job *job = systemd->jobs->pdata[i];

        if (job->systemd_job != NULL) {
            g_clear_pointer(&job->systemd_job, g_free);
            ask_state(job);
        }
    }
}

/* The jobs of this moment; a callback may remove any of them. */
static void
for_all_jobs(struct cox_systemd *systemd, bool only_begun, const GError *error)
{
    g_autoptr(GPtrArray) jobs = g_ptr_array_copy(systemd->jobs, NULL, NULL);

    for (guint i = 0; i < jobs->len; i++) {
        struct cox_systemd_job *job = jobs->pdata[i];

        if (!g_ptr_array_find(systemd->jobs, job, NULL) || job->is_begun != only_begun) {
            continue;
        }
        if (error != NULL) {
            g_cancellable_cancel(job->cancellable);
            give_error(job, error);
        } else {
            begin(job);
        }
    }
}

static void
disconnect(struct cox_systemd *systemd)
{
    for (size_t i = 0; systemd->connection != NULL && i < G_N_ELEMENTS(systemd->subscriptions); i++) {
        g_dbus_connection_signal_unsubscribe(systemd->connection, systemd->subscriptions[i]);
    }
    if (systemd->connection != NULL) {
        g_signal_handlers_disconnect_by_data(systemd->connection, systemd);
        g_dbus_connection_close(systemd->connection, NULL, NULL, NULL);
    }
    g_clear_object(&systemd->connection);
    g_hash_table_remove_all(systemd->units);
}

static void
on_closed(GDBusConnection *connection, gboolean is_remote, GError *why, gpointer data)
{
    struct cox_systemd *systemd = data;
    g_autoptr(GError) error = g_error_new(G_IO_ERROR, G_IO_ERROR_CLOSED, "the connection to the bus was lost%s%s", why == NULL ? "" : ": ",
                                          why == NULL ? "" : why->message);

    (void) connection, (void) is_remote;
    disconnect(systemd);
    for_all_jobs(systemd, true, error);
}

static void
on_connected(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;
    GDBusConnection *connection = g_dbus_connection_new_for_address_finish(result, &error);
    struct cox_systemd *systemd = data;

    (void) source;
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        return; /* freed meanwhile */
    }
    systemd->is_connecting = false;
    if (connection == NULL) {
        for_all_jobs(systemd, false, error);
        return;
    }
    g_dbus_connection_set_exit_on_close(connection, FALSE);
    systemd->connection = connection;
    g_signal_connect(connection, "closed", G_CALLBACK(on_closed), systemd);
    systemd->subscriptions[0] = g_dbus_connection_signal_subscribe(connection, BUS_NAME, MANAGER, "JobRemoved", MANAGER_PATH, NULL,
                                                                   G_DBUS_SIGNAL_FLAGS_NONE, on_job_removed, systemd, NULL);
    systemd->subscriptions[1] = g_dbus_connection_signal_subscribe(connection, BUS_NAME, PROPERTIES, "PropertiesChanged", NULL, UNIT,
                                                                   G_DBUS_SIGNAL_FLAGS_NONE, on_properties, systemd, NULL);
    systemd->subscriptions[2] =
        g_dbus_connection_signal_subscribe(connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
                                           "/org/freedesktop/DBus", BUS_NAME, G_DBUS_SIGNAL_FLAGS_NONE, on_owner, systemd, NULL);
    subscribe(systemd);
    for_all_jobs(systemd, false, NULL);
}

static void
connect_bus(struct cox_systemd *systemd)
{
    g_autofree char *address = systemd->address != NULL ? g_strdup(systemd->address)
                                                        : g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SYSTEM, NULL, NULL);

    systemd->is_connecting = true;
    g_dbus_connection_new_for_address(address == NULL ? "unix:path=/run/dbus/system_bus_socket" : address,
                                      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                      NULL, systemd->cancellable, on_connected, systemd);
}

struct cox_systemd *
cox_systemd_new(const struct cox_systemd_settings *settings)
{
    struct cox_systemd *systemd = g_new0(struct cox_systemd, 1);

    systemd->address = g_strdup(settings->address);
    systemd->drop_in_root = g_strdup(settings->drop_in_root == NULL ? "/run/systemd/system" : settings->drop_in_root);
    systemd->has_systemd = settings->has_systemd;
    systemd->changed = settings->changed;
    systemd->context = settings->context;
    systemd->cancellable = g_cancellable_new();
    systemd->jobs = g_ptr_array_new();
    systemd->units = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return systemd;
}

void
cox_systemd_free(struct cox_systemd *systemd)
{
    if (systemd == NULL) {
        return;
    }
    g_cancellable_cancel(systemd->cancellable);
    if (systemd->idle != 0) {
        g_source_remove(systemd->idle);
    }
    disconnect(systemd);
    g_queue_clear_full(&systemd->ended, ended_free);
    g_object_unref(systemd->cancellable);
    g_ptr_array_unref(systemd->jobs);
    g_hash_table_unref(systemd->units);
    g_free(systemd->address);
    g_free(systemd->drop_in_root);
    g_free(systemd);
}

static gboolean
on_begin(gpointer data)
{
    struct cox_systemd *systemd = data;

    systemd->idle = 0;
    if (systemd->connection != NULL) {
        for_all_jobs(systemd, false, NULL);
    } else if (!systemd->is_connecting) {
        connect_bus(systemd);
    }
    return G_SOURCE_REMOVE;
}

struct cox_systemd_job *
cox_systemd_run(struct cox_systemd *systemd, const char *type, const char *action, cox_systemd_fn fn, void *context)
{
    struct cox_systemd_job *job = g_new0(struct cox_systemd_job, 1);

    job->systemd = systemd;
    job->type = g_strdup(type);
    job->unit = cox_systemd_unit_name(type);
    job->action = g_strdup(action);
    job->fn = fn;
    job->context = context;
    job->cancellable = g_cancellable_new();
    g_ptr_array_add(systemd->jobs, job);
    if (systemd->idle == 0) {
        systemd->idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_begin, systemd, NULL);
    }
    return job;
}

void
cox_systemd_forget(struct cox_systemd_job *job)
{
    g_cancellable_cancel(job->cancellable);
    job_free(job);
}
