/* daemons/vrrpd/vrrpd_track.c - what routers follow: scripts, files, processes.  Layer 6. */
#include "daemons/vrrpd/vrrpd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    LOOK_MS = 100,      /* between two looks at files */
    PROCESS_LOOKS = 5,  /* so many of them to one look at all processes */
    FILE_BYTES = 64,    /* a number is no longer */
};


struct cox_vrrpd_tracking {
    struct cox_vrrpd *vrrpd;
    GHashTable *running;  /* name of a script -> id of its child */
    GHashTable *names;    /* id of a child -> name of the script */
    GPtrArray *failed;    /* names of scripts that could not be started, and the engine does not know it yet */
    cox_source_id failure;
    GHashTable *files;    /* name -> gint64: the number told last */
    GHashTable *processes; /* the same */
    cox_source_id look;
    guint n_looks;
};

struct cox_vrrpd_tracking *
cox_vrrpd_tracking_new(struct cox_vrrpd *vrrpd)
{
    struct cox_vrrpd_tracking *tracking = g_new0(struct cox_vrrpd_tracking, 1);

    tracking->vrrpd = vrrpd;
    tracking->running = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    tracking->names = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    tracking->failed = g_ptr_array_new_with_free_func(g_free);
    tracking->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    tracking->processes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return tracking;
}

void
cox_vrrpd_tracking_free(struct cox_vrrpd_tracking *tracking)
{
    GHashTableIter iter;
    gpointer id;

    if (tracking == NULL) {
        return;
    }
    cox_runtime_cancel(tracking->vrrpd->runtime, tracking->look);
    cox_runtime_cancel(tracking->vrrpd->runtime, tracking->failure);
    g_ptr_array_unref(tracking->failed);
    g_hash_table_iter_init(&iter, tracking->names);
    while (g_hash_table_iter_next(&iter, &id, NULL)) {
        (void) cox_runtime_child_signal(tracking->vrrpd->runtime, *(guint64 *) id, SIGKILL);
    }
    g_hash_table_unref(tracking->running);
    g_hash_table_unref(tracking->names);
    g_hash_table_unref(tracking->files);
    g_hash_table_unref(tracking->processes);
    g_free(tracking);
}

static void
tell(struct cox_vrrpd *vrrpd, enum cox_vrrp_track_kind kind, const char *name, gint64 value)
{
    const struct cox_vrrp_event event = { .kind = COX_VRRP_ON_TRACK, .track = { kind, name, value } };

    cox_vrrpd_step(vrrpd, &event);
}

/* Scripts. */

static void
on_script(void *context, cox_source_id id, const struct cox_child_result *result)
{
    struct cox_vrrpd *vrrpd = context;
    struct cox_vrrpd_tracking *tracking = vrrpd->tracking;
    const guint64 key = id;
    g_autofree char *name = g_strdup(tracking == NULL ? NULL : g_hash_table_lookup(tracking->names, &key));

    if (name == NULL) {
        return;
    }
    g_hash_table_remove(tracking->names, &key);
    g_hash_table_remove(tracking->running, name);
    if (result->end == COX_CHILD_NOT_STARTED) {
        cox_log_event(vrrpd->log, COX_EVENT_VRRP_SCRIPT, "script=%s reason=\"%s\"", name, g_strerror(result->start_errno));
    }
    tell(vrrpd, COX_VRRP_TRACK_SCRIPT, name, result->end == COX_CHILD_EXITED && result->exit_status == 0);
}

static void
on_failure(void *context)
{
    struct cox_vrrpd_tracking *tracking = context;
    g_autoptr(GPtrArray) failed = tracking->failed;

    tracking->failed = g_ptr_array_new_with_free_func(g_free);
    tracking->failure = 0;
    for (guint i = 0; i < failed->len; i++) {
        tell(tracking->vrrpd, COX_VRRP_TRACK_SCRIPT, g_ptr_array_index(failed, i), 0);
    }
}

/* One that cannot be started has failed, and is tried again in its time; the engine is in a step now. */
static void
fail_soon(struct cox_vrrpd_tracking *tracking, const char *name)
{
    g_ptr_array_add(tracking->failed, g_strdup(name));
    if (tracking->failure == 0) {
        tracking->failure = cox_runtime_defer(tracking->vrrpd->runtime, on_failure, tracking);
    }
}

void
cox_vrrpd_tracking_run(struct cox_vrrpd_tracking *tracking, const struct cox_vrrp_script *script)
{
    gint64 limit_ms = (script->timeout != 0 ? script->timeout : script->interval) / COX_USEC_PER_MS;
    guint64 *key;

    if (script->command.argv == NULL || g_hash_table_contains(tracking->running, script->name)) {
        return;
    }
    key = g_new(guint64, 1);
    *key = cox_vrrpd_spawn(tracking->vrrpd, &script->command, NULL, MAX(limit_ms, 1), on_script);
    if (*key == 0) {
        g_free(key);
        fail_soon(tracking, script->name);
        return;
    }
    g_hash_table_insert(tracking->running, g_strdup(script->name), NULL);
    g_hash_table_insert(tracking->names, key, g_strdup(script->name));
}

/* Files and processes. */

static void
tell_if_new(struct cox_vrrpd *vrrpd, GHashTable *known, enum cox_vrrp_track_kind kind, const char *name, gint64 value)
{
    gint64 *last = g_hash_table_lookup(known, name);

    if (last != NULL && *last == value) {
        return;
    }
    g_hash_table_insert(known, g_strdup(name), g_memdup2(&value, sizeof value));
    tell(vrrpd, kind, name, value);
}

/* The number at the beginning of a file; 0 when there is none. */
static gint64
number_in(const char *path)
{
    char text[FILE_BYTES + 1] = "";
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, FILE_BYTES);

    if (fd >= 0) {
        close(fd);
    }
    text[MAX(n, 0)] = '\0';
    return CLAMP(g_ascii_strtoll(text, NULL, 10), G_MININT32, G_MAXINT32);
}

static bool
has_words(const struct cox_vrrp_process *wanted, const char *line, gsize size)
{
    const char *at = line, *end = line + size;
    const char *program = strrchr(line, '/');
    gsize i = 1;

    if (strcmp(wanted->is_full_command || wanted->argv[0][0] == '/' ? line : program == NULL ? line : program + 1, wanted->argv[0]) != 0) {
        return false;
    }
    if (wanted->match == COX_VRRP_PARAMS_ANY) {
        return true;
    }
    for (at += strlen(at) + 1; at < end && wanted->argv[i] != NULL; at += strlen(at) + 1, i++) {
        bool is_last = wanted->argv[i + 1] == NULL && wanted->match == COX_VRRP_PARAMS_PARTIAL;

        if (is_last ? !g_str_has_prefix(at, wanted->argv[i]) : strcmp(at, wanted->argv[i]) != 0) {
            return false;
        }
    }
    return wanted->argv[i] == NULL && (wanted->match != COX_VRRP_PARAMS_EXACT || at >= end);
}

/* How many processes run as each of the set wants: one look at /proc for all. */
static void
count_processes(const struct cox_vrrp_set *set, guint *counts)
{
    GDir *directory = g_dir_open("/proc", 0, NULL);
    const char *entry;

    while (directory != NULL && (entry = g_dir_read_name(directory)) != NULL) {
        g_autofree char *path = g_ascii_isdigit(entry[0]) ? g_strconcat("/proc/", entry, "/cmdline", NULL) : NULL;
        g_autofree char *line = NULL;
        gsize size = 0;

        if (path == NULL || !g_file_get_contents(path, &line, &size, NULL) || size == 0) {
            continue;
        }
        for (gsize i = 0; i < set->n_processes; i++) {
            counts[i] += has_words(&set->processes[i], line, size);
        }
    }
    if (directory != NULL) {
        g_dir_close(directory);
    }
}

static bool
is_enough(const struct cox_vrrp_process *process, guint n)
{
    return n >= process->quorum && (process->quorum_max == 0 || n <= process->quorum_max);
}

static void
look(struct cox_vrrpd_tracking *tracking)
{
    struct cox_vrrpd *vrrpd = tracking->vrrpd;
    const struct cox_vrrp_set *set = cox_vrrp_set_of(vrrpd->engine);
    bool counts_now = set->n_processes > 0 && tracking->n_looks++ % PROCESS_LOOKS == 0;
    g_autofree guint *counts = counts_now ? g_new0(guint, set->n_processes) : NULL;

    for (gsize i = 0; i < set->n_files; i++) {
        tell_if_new(vrrpd, tracking->files, COX_VRRP_TRACK_FILE, set->files[i].name, number_in(set->files[i].path));
    }
    if (counts_now) {
        count_processes(set, counts);
    }
    for (gsize i = 0; counts_now && i < set->n_processes; i++) {
        tell_if_new(vrrpd, tracking->processes, COX_VRRP_TRACK_PROCESS, set->processes[i].name, is_enough(&set->processes[i], counts[i]));
    }
}

static void
on_look(void *context)
{
    struct cox_vrrpd_tracking *tracking = context;

    tracking->look = cox_runtime_timer(tracking->vrrpd->runtime, cox_usec_after_ms(cox_runtime_now(tracking->vrrpd->runtime), LOOK_MS), on_look,
                                       tracking);
    look(tracking);
}

static void
make_file(struct cox_vrrpd *vrrpd, const struct cox_vrrp_file *file)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT "\n", file->first_value);
    g_autoptr(GError) error = NULL;

    if (file->is_made && (file->is_overwritten || !g_file_test(file->path, G_FILE_TEST_EXISTS))
        && !g_file_set_contents(file->path, text, -1, &error)) {
        cox_log_line(vrrpd->log, COX_LOG_INFO, "followed file not made file=%s error=\"%s\"", file->name, error->message);
    }
}

void
cox_vrrpd_tracking_prepare(struct cox_vrrpd_tracking *tracking, const struct cox_vrrp_set *set)
{
    g_autofree guint *counts = g_new0(guint, set->n_processes);

    for (gsize i = 0; i < set->n_files; i++) {
        const struct cox_vrrp_file *file = &set->files[i];

        if (!g_hash_table_contains(tracking->files, file->name)) {
            make_file(tracking->vrrpd, file);
            tell(tracking->vrrpd, COX_VRRP_TRACK_FILE, file->name, number_in(file->path));
        }
    }
    if (set->n_processes > 0) {
        count_processes(set, counts);
    }
    for (gsize i = 0; i < set->n_processes; i++) {
        const struct cox_vrrp_process *process = &set->processes[i];

        if (!g_hash_table_contains(tracking->processes, process->name)) {
            tell(tracking->vrrpd, COX_VRRP_TRACK_PROCESS, process->name, is_enough(process, counts[i]));
        }
    }
}

void
cox_vrrpd_tracking_update(struct cox_vrrpd_tracking *tracking)
{
    const struct cox_vrrp_set *set = cox_vrrp_set_of(tracking->vrrpd->engine);

    /* The set is another one: everything is told again. */
    g_hash_table_remove_all(tracking->files);
    g_hash_table_remove_all(tracking->processes);
    cox_runtime_cancel(tracking->vrrpd->runtime, tracking->look);
    tracking->look = 0;
    tracking->n_looks = 0;
    if (set->n_files + set->n_processes > 0) {
        on_look(tracking);
    }
}
