/* tools/report_look.c - what of the logs of a report somebody should look at first.  Layer 6. */
#include <string.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "tools/report.h"
#include "view/names.h"
#include "xml/textfile.h"

/* What the field's programs and ours write before what is wrong. */
#define USUAL "\\b(crit|critical|error|emerg|emergency):"

enum { MOST_BYTES = 1024 * 1024 };

static bool
matches(const GPtrArray *patterns, const char *line)
{
    for (guint i = 0; i < patterns->len; i++) {
        if (g_regex_match(patterns->pdata[i], line, 0, NULL)) {
            return true;
        }
    }
    return false;
}

static void
look_at(const char *path, const char *name, const GPtrArray *patterns, GString *found)
{
    gsize length = 0;
    g_autofree char *text = cox_report_read(path, COX_REPORT_LOG_BYTES, &length);
    char *line = text;

    while (line != NULL && *line != '\0') {
        gsize size = strcspn(line, "\n");
        char *next = line[size] == '\0' ? line + size : line + size + 1;

        line[size] = '\0';
        if (matches(patterns, line)) {
            if (found->len > MOST_BYTES) {
                g_string_append_printf(found, "%s: more, which is in that file only\n", name);
                return;
            }
            g_string_append_printf(found, "%s: %s\n", name, line);
        }
        line = next;
    }
}

static GPtrArray *
sorted_names(const char *directory)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);

    for (const char *name = dir == NULL ? NULL : g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_ptr_array_add(names, g_strdup(name));
    }
    cox_names_sort(names);
    return names;
}

static void
look_at_node(const char *directory, const char *node, const GPtrArray *patterns, GString *found)
{
    g_autofree char *place = g_build_filename(directory, node, NULL);
    g_autoptr(GPtrArray) files = sorted_names(place);

    for (guint i = 0; i < files->len; i++) {
        g_autofree char *path = g_build_filename(place, files->pdata[i], NULL);
        g_autofree char *name = g_build_filename(node, files->pdata[i], NULL);

        if (cox_report_is_log(files->pdata[i])) {
            look_at(path, name, patterns, found);
        }
    }
}

static bool
add_pattern(GPtrArray *patterns, const char *text, GError **error)
{
    g_autoptr(GError) problem = NULL;
    GRegex *regex = g_regex_new(text, G_REGEX_CASELESS | G_REGEX_OPTIMIZE | G_REGEX_RAW, 0, &problem);

    if (regex == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is no pattern: %s", text, problem->message);
        return false;
    }
    g_ptr_array_add(patterns, regex);
    return true;
}

static void
free_regex(gpointer regex)
{
    g_regex_unref(regex);
}

/* GRegex *; NULL with an error: one is no pattern. */
static GPtrArray *
patterns_of(const struct cox_report *report, GError **error)
{
    g_autoptr(GPtrArray) patterns = g_ptr_array_new_with_free_func(free_regex);
    bool is_good = add_pattern(patterns, USUAL, error);

    for (gsize i = 0; is_good && report->looks != NULL && report->looks[i] != NULL; i++) {
        is_good = add_pattern(patterns, report->looks[i], error);
    }
    return is_good ? g_steal_pointer(&patterns) : NULL;
}

bool
cox_report_check_looks(const struct cox_report *report, GError **error)
{
    g_autoptr(GPtrArray) patterns = patterns_of(report, error);

    return patterns != NULL;
}

bool
cox_report_look(const struct cox_report *report, const char *directory, GError **error)
{
    g_autoptr(GPtrArray) patterns = patterns_of(report, error);
    g_autoptr(GPtrArray) nodes = NULL;
    g_autoptr(GString) found = g_string_new(NULL);
    g_autofree char *path = g_build_filename(directory, "analysis.txt", NULL);

    if (patterns == NULL) {
        return false;
    }
    nodes = sorted_names(directory);
    for (guint i = 0; i < nodes->len; i++) {
        look_at_node(directory, nodes->pdata[i], patterns, found);
    }
    return cox_textfile_put(path, found->str, found->len, error);
}
