/* daemons/coxd/coxd_record.c - which processes this supervisor, or the one before it, has started.  Layer 6. */
#include "daemons/coxd/coxd_record.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/environment.h"
#include "runtime/process.h"
#include "service/instance.h"

/* A line for each: NAME PID START.  One that is wanted here and does not run now has 0 0: the next supervisor starts it. */

bool
cox_coxd_record_write(const struct cox_coxd *coxd, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < COX_COXD_CHILDREN; i++) {
        const struct cox_coxd_child *child = &coxd->children[i];

        if (child->pid != 0 || (child->is_wanted && !coxd->is_stopping)) {
            g_string_append_printf(text, "%s %d %" G_GUINT64_FORMAT "\n", cox_daemon_row(child->daemon)->process, (int) child->pid,
                                   child->start_ticks);
        }
    }
    return g_file_set_contents(coxd->records, text->str, (gssize) text->len, error);
}

/* The lines of this daemon; the caller frees them. */
static char **
lines_of(const struct cox_coxd *coxd, const char *name)
{
    g_autofree char *text = NULL;
    g_autofree char *start = g_strconcat(name, " ", NULL);
    g_autoptr(GStrvBuilder) found = g_strv_builder_new();
    g_auto(GStrv) lines = NULL;

    (void) g_file_get_contents(coxd->records, &text, NULL, NULL);
    lines = g_strsplit(text == NULL ? "" : text, "\n", 0);
    for (gsize i = 0; lines[i] != NULL; i++) {
        if (g_str_has_prefix(lines[i], start)) {
            g_strv_builder_add(found, lines[i]);
        }
    }
    return g_strv_builder_end(found);
}

static uid_t
wanted_uid(const struct cox_coxd_child *child)
{
    uid_t uid = geteuid();

    if (!cox_service_keeps_user(child->coxd->ctx) && cox_daemon_row(child->daemon)->user == COX_DAEMON_USER_CLUSTER) {
        (void) cox_environment_user(COX_DAEMON_CLUSTER_USER, &uid, NULL);
    }
    return uid;
}

/* The same file, also when it was replaced since (an update of the software). */
static bool
is_program(const char *path, const char *executable)
{
    static const char gone[] = " (deleted)";
    g_autofree char *name = g_strdup(executable == NULL ? "" : executable);
    char *real = realpath(path, NULL);
    bool is_same;

    if (g_str_has_suffix(name, gone)) {
        name[strlen(name) - strlen(gone)] = '\0';
    }
    is_same = strcmp(name, real == NULL ? path : real) == 0;
    free(real);
    return is_same;
}

void
cox_coxd_record_look(struct cox_coxd_child *child, struct cox_supervise_event *event)
{
    const struct cox_daemon_row *row = cox_daemon_row(child->daemon);
    pid_t pid = cox_instance_holder(cox_service_run_directory(child->coxd->ctx), row->socket);
    struct cox_process process = { 0 };
    g_auto(GStrv) lines = lines_of(child->coxd, row->process);

    child->is_wanted = child->is_wanted || (cox_coxd_is_on_demand(child) && lines[0] != NULL);
    event->found.was_wanted = child->is_wanted;
    event->found.is_there = pid != 0 && cox_process_read(pid, &process, NULL);
    if (event->found.is_there) {
        g_autofree char *line = g_strdup_printf("%s %d %" G_GUINT64_FORMAT, row->process, (int) process.pid, process.start_ticks);

        event->found.is_our_user = process.uid == wanted_uid(child);
        event->found.is_our_program = is_program(child->path, process.executable);
        event->found.is_our_start = g_strv_contains((const char *const *) lines, line);
        child->pid = pid;
        child->start_ticks = process.start_ticks;
        cox_process_clear(&process);
    }
}
