/* daemons/schedd/series.c - the saved inputs of the scheduler: pe-input-N.bz2 and its like, in rotation.  Layer 6. */
#include "daemons/schedd/series.h"

#include <string.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "xml/bzip.h"

static const char *const names[COX_SERIES_N_KINDS] = { "pe-input", "pe-warn", "pe-error" };

struct cox_series {
    char *directory;
    gint64 next[COX_SERIES_N_KINDS]; /* -1: not known yet */
};

struct cox_series *
cox_series_new(const char *directory)
{
    struct cox_series *series = g_new0(struct cox_series, 1);

    series->directory = g_strdup(directory);
    for (int i = 0; i < COX_SERIES_N_KINDS; i++) {
        series->next[i] = -1;
    }
    return series;
}

void
cox_series_free(struct cox_series *series)
{
    if (series != NULL) {
        g_free(series->directory);
        g_free(series);
    }
}

/* The file pe-input.last holds the number that comes next. */
static char *
counter_path(const struct cox_series *series, enum cox_series_kind kind)
{
    g_autofree char *name = g_strconcat(names[kind], ".last", NULL);

    return g_build_filename(series->directory, name, NULL);
}

static gint64
read_counter(const struct cox_series *series, enum cox_series_kind kind)
{
    g_autofree char *path = counter_path(series, kind);
    g_autofree char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        return 0;
    }
    return CLAMP(g_ascii_strtoll(text, NULL, 10), 0, G_MAXINT32);
}

char *
cox_series_next(struct cox_series *series, enum cox_series_kind kind, gint64 limit)
{
    g_autofree char *name = NULL;

    if (limit == 0) {
        return NULL;
    }
    if (series->next[kind] < 0) {
        series->next[kind] = read_counter(series, kind);
    }
    if (limit > 0 && series->next[kind] >= limit) {
        series->next[kind] = 0;
    }
    name = g_strdup_printf("%s-%" G_GINT64_FORMAT ".bz2", names[kind], series->next[kind]++);
    return g_build_filename(series->directory, name, NULL);
}

static bool
write_file(const char *path, const char *data, gsize size, GError **error)
{
    g_autoptr(GError) problem = NULL;

    if (!g_file_set_contents_full(path, data, (gssize) size, G_FILE_SET_CONTENTS_CONSISTENT, 0640, &problem)) {
        g_set_error(error, COX_ERROR,
                    g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ? COX_ERROR_IO : COX_ERROR_CANNOT_CREATE,
                    "%s: cannot be written: %s", path, problem->message);
        return false;
    }
    return true;
}

/* Files come into being under their name, a dot, and six letters or digits. */
static bool
is_unfinished(const char *file)
{
    const char *dot = strrchr(file, '.');
    g_autofree char *whole = dot == NULL ? NULL : g_strndup(file, (gsize) (dot - file));
    bool is_ours = false;

    for (int kind = 0; dot != NULL && kind < COX_SERIES_N_KINDS; kind++) {
        is_ours = is_ours || g_str_has_prefix(file, names[kind]);
    }
    if (!is_ours || strlen(dot + 1) != 6 || !(g_str_has_suffix(whole, ".bz2") || g_str_has_suffix(whole, ".last"))) {
        return false;
    }
    for (dot++; *dot != '\0'; dot++) {
        if (!g_ascii_isalnum(*dot)) {
            return false;
        }
    }
    return true;
}

void
cox_series_tidy(const struct cox_series *series)
{
    GDir *dir = g_dir_open(series->directory, 0, NULL);

    for (const char *file = dir == NULL ? NULL : g_dir_read_name(dir); file != NULL; file = g_dir_read_name(dir)) {
        if (is_unfinished(file)) {
            g_autofree char *path = g_build_filename(series->directory, file, NULL);

            (void) g_unlink(path);
        }
    }
    g_clear_pointer(&dir, g_dir_close);
}

bool
cox_series_save(const struct cox_series *series, const char *path, const char *text, gsize length, GError **error)
{
    g_autoptr(GBytes) packed = cox_bzip_pack(text, length);
    g_autofree char *base = g_path_get_basename(path);
    gsize size = 0;
    const char *data = g_bytes_get_data(packed, &size);

    (void) g_mkdir_with_parents(series->directory, 0750); /* what is wrong with it shows in the next line */
    if (!write_file(path, data, size, error)) {
        return false;
    }
    for (int kind = 0; kind < COX_SERIES_N_KINDS; kind++) {
        if (g_str_has_prefix(base, names[kind]) && base[strlen(names[kind])] == '-') {
            g_autofree char *counter = counter_path(series, (enum cox_series_kind) kind);
            gint64 saved = g_ascii_strtoll(base + strlen(names[kind]) + 1, NULL, 10);
            g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT "\n", saved + 1);

            return write_file(counter, number, strlen(number), error);
        }
    }
    return true;
}
