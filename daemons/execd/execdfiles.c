/* daemons/execd/execdfiles.c - files below RUNDIR/exec: whole or not at all, gone after a reboot.  Layer 6. */
#include "execd.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

enum { SERIAL_BLOCK = 1000 };

static char *
path_of(const struct execd *execd, const char *name)
{
    return g_build_filename(execd->directory, name, NULL);
}

bool
execd_file_save(const struct execd *execd, const char *name, const void *data, gsize size, GError **error)
{
    g_autofree char *path = path_of(execd, name);
    g_autofree char *temporary = g_strconcat(path, ".new", NULL);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool is_ok = fd >= 0 && write(fd, data, size) == (ssize_t) size;

    /* Not synced: the directory is in memory, and after a power cut nothing of this counts. */
    if (fd >= 0) {
        is_ok = close(fd) == 0 && is_ok;
    }
    is_ok = is_ok && rename(temporary, path) == 0;
    if (!is_ok) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "file '%s': %m; look at the space that is left there", path);
        (void) unlink(temporary);
    }
    return is_ok;
}

GBytes *
execd_file_load(const struct execd *execd, const char *name)
{
    g_autofree char *path = path_of(execd, name);
    char *data = NULL;
    gsize size = 0;

    return g_file_get_contents(path, &data, &size, NULL) ? g_bytes_new_take(data, size) : NULL;
}

void
execd_file_remove(const struct execd *execd, const char *name)
{
    g_autofree char *path = path_of(execd, name);

    (void) unlink(path);
}

static int
by_number(gconstpointer a, gconstpointer b)
{
    guint64 left = *(const guint64 *) a;
    guint64 right = *(const guint64 *) b;

    return left < right ? -1 : left > right;
}

GArray *
execd_file_list(const struct execd *execd, const char *prefix)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(guint64));
    GDir *dir = g_dir_open(execd->directory, 0, NULL);
    gsize length = strlen(prefix);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        guint64 number = 0;

        if (strncmp(name, prefix, length) == 0 && name[length] == '-'
            && g_ascii_string_to_unsigned(name + length + 1, 10, 1, G_MAXUINT64, &number, NULL)) {
            g_array_append_val(list, number);
        }
    }
    if (dir != NULL) {
        g_dir_close(dir);
    }
    g_array_sort(list, by_number);
    return list;
}

/* ---- numbers ---- */

static void
save_or_complain(struct execd *execd, const char *name, const char *text)
{
    g_autoptr(GError) error = NULL;

    if (!execd_file_save(execd, name, text, strlen(text), &error)) {
        cox_log_event(execd->log, COX_EVENT_EXEC_RECORD, "error=\"%s\"", error->message);
    }
}

/* Those up to the limit may have been given: a limit far ahead costs one write for many. */
guint64
execd_serial(struct execd *execd)
{
    if (execd->serial >= execd->serial_limit) {
        g_autofree char *text = NULL;

        execd->serial_limit = execd->serial + SERIAL_BLOCK;
        text = g_strdup_printf("%" G_GUINT64_FORMAT "\n", execd->serial_limit);
        save_or_complain(execd, "serial", text);
    }
    return ++execd->serial;
}

void
execd_serial_load(struct execd *execd)
{
    g_autoptr(GBytes) bytes = execd_file_load(execd, "serial");

    if (bytes != NULL) {
        g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));

        execd->serial = execd->serial_limit = g_ascii_strtoull(text, NULL, 10);
    }
}

void
execd_term_load(struct execd *execd)
{
    g_autoptr(GBytes) bytes = execd_file_load(execd, "term");
    struct cox_exec_event event = { .kind = COX_EXEC_ON_TERM };

    if (bytes != NULL) {
        g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
        unsigned int coordinator = 0;

        if (sscanf(text, "%" G_GUINT64_FORMAT " %u", &event.term.generation, &coordinator) == 2) {
            event.term.coordinator = coordinator;
            execd->term = event.term;
            execd_step(execd, &event);
        }
    }
}

void
execd_term_note(struct execd *execd, struct cox_exec_term term)
{
    g_autofree char *text = NULL;

    if (term.generation <= execd->term.generation) {
        return;
    }
    execd->term = term;
    text = g_strdup_printf("%" G_GUINT64_FORMAT " %u\n", term.generation, (unsigned int) term.coordinator);
    save_or_complain(execd, "term", text);
    cox_log_line(execd->log, COX_LOG_NOTICE, "orders count from generation=%" G_GUINT64_FORMAT " coordinator=%u", term.generation,
                 (unsigned int) term.coordinator);
}
