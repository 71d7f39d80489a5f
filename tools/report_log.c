/* tools/report_log.c - what a log has of the time of a report, with what was rotated away since.  Layer 6. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "base/datetime.h"
#include "tools/report.h"

enum { MOST_ROTATED = 8, UNPACK_S = 60 };

#define MOST_BYTES "33554432" /* COX_REPORT_LOG_BYTES as a word */

struct rotated {
    char *path;
    time_t at; /* when it was last written */
};

char *
cox_report_read(const char *path, gsize most, gsize *length)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat found;
    char *text = NULL;
    off_t begin = 0;

    if (fd < 0) {
        return NULL;
    }
    if (fstat(fd, &found) == 0 && S_ISREG(found.st_mode)) {
        begin = (found.st_size > (off_t) most) ? found.st_size - (off_t) most : 0;
        text = g_malloc((gsize) (found.st_size - begin) + 1);
        *length = 0;
        for (ssize_t n = 1; n > 0 && *length < (gsize) (found.st_size - begin); *length += (n > 0) ? (gsize) n : 0) {
            n = pread(fd, text + *length, (gsize) (found.st_size - begin) - *length, begin + (off_t) *length);
        }
        text[*length] = '\0';
    }
    close(fd);
    errno = (text == NULL) ? EINVAL : 0;
    return text;
}

/* ---- rotated logs ----------------------------------------------------------------------------------------- */

static void
clear_rotated(gpointer data)
{
    g_free(((struct rotated *) data)->path);
}

static int
oldest_first(gconstpointer a, gconstpointer b)
{
    const struct rotated *first = a, *second = b;

    return (first->at > second->at) - (first->at < second->at);
}

/* NAME.1, NAME-20261127, and the same with .gz */
static bool
is_rotated(const char *file, const char *name)
{
    gsize length = strlen(name);
    const char *rest = NULL;

    if (strncmp(file, name, length) != 0 || (file[length] != '.' && file[length] != '-') || !g_ascii_isdigit(file[length + 1])) {
        return false;
    }
    rest = file + length + 1;
    rest += strspn(rest, "0123456789-");
    return *rest == '\0' || strcmp(rest, ".gz") == 0;
}

/* Those of @path that were written since the report begins. */
static GArray *
find_rotated(const struct cox_report *report, const char *path)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(struct rotated));
    g_autofree char *directory = g_path_get_dirname(path), *name = g_path_get_basename(path);
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);

    g_array_set_clear_func(found, clear_rotated);
    for (const char *file = (dir == NULL) ? NULL : g_dir_read_name(dir); file != NULL; file = g_dir_read_name(dir)) {
        struct rotated rotated = { is_rotated(file, name) ? g_build_filename(directory, file, NULL) : NULL, 0 };
        GStatBuf status;

        if (rotated.path != NULL && g_stat(rotated.path, &status) == 0 && (gint64) (status.st_mtime + 1) * G_USEC_PER_SEC >= report->from_us) {
            rotated.at = status.st_mtime;
            g_array_append_val(found, rotated);
        } else {
            g_free(rotated.path);
        }
    }
    g_array_sort(found, oldest_first);
    return found;
}

static char *
read_rotated(const char *path, gsize *length)
{
    const char *const argv[] = { "sh", "-c", "gzip -dc <\"$0\" 2>/dev/null | tail -c " MOST_BYTES, path, NULL };
    int status = 0;

    return g_str_has_suffix(path, ".gz") ? cox_report_command(argv, UNPACK_S, length, &status, NULL) : cox_report_read(path, COX_REPORT_LOG_BYTES, length);
}

/* ---- all of it -------------------------------------------------------------------------------------------- */

struct taking {
    const struct cox_report *report;
    GString *out;
    gint64 first_us; /* time of the first line with a date; G_MAXINT64: there was none yet */
};

static void
take(struct taking *taking, const char *text, gsize length)
{
    gint64 now_us = g_get_real_time(), first_us = 0;

    if (cox_report_first(now_us, text, length, &first_us)) {
        taking->first_us = MIN(taking->first_us, first_us);
    }
    cox_report_window(taking->report, now_us, text, length, taking->out);
}

static void
say_late(const struct taking *taking, const char *path, GString *said)
{
    const cox_wall wall = { taking->first_us };
    struct cox_datetime when;

    if (taking->first_us != G_MAXINT64 && taking->first_us > taking->report->from_us && cox_datetime_from_wall(wall, 0, &when)) {
        g_autofree char *date = cox_datetime_strftime(&when, "%Y-%m-%dT%H:%M:%SZ");

        g_string_append_printf(said, "%s: what was before %s, where it begins\n", path, date);
    }
}

bool
cox_report_log(const struct cox_report *report, const char *path, GString *out, GString *said)
{
    g_autoptr(GArray) rotated = find_rotated(report, path);
    struct taking taking = { report, out, G_MAXINT64 };
    gsize length = 0;
    char *text = NULL;
    bool is_any = false;

    for (guint i = (rotated->len > MOST_ROTATED) ? rotated->len - MOST_ROTATED : 0; i < rotated->len; i++) {
        text = read_rotated(g_array_index(rotated, struct rotated, i).path, &length);
        if (text != NULL) {
            take(&taking, text, length);
            is_any = true;
        }
        g_free(text);
    }
    text = cox_report_read(path, COX_REPORT_LOG_BYTES, &length);
    if (text != NULL) {
        take(&taking, text, length);
    } else if (errno != ENOENT) {
        g_string_append_printf(said, "%s: %s\n", path, g_strerror(errno));
    }
    say_late(&taking, path, said);
    is_any = is_any || text != NULL;
    g_free(text);
    return is_any;
}

bool
cox_report_is_rotated(const char *directory, const char *file)
{
    for (gsize i = 1; file[i] != '\0'; i++) {
        g_autofree char *name = g_strndup(file, i);
        g_autofree char *path = g_build_filename(directory, name, NULL);

        if (is_rotated(file, name) && g_file_test(path, G_FILE_TEST_EXISTS)) {
            return true;
        }
    }
    return false;
}
