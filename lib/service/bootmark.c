/* lib/service/bootmark.c - a number for this boot of this node, the same for all its daemons.  Layer 5. */
#include "service/bootmark.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"

#define FILE_NAME "boot.mark"
#define KERNEL_MARK "/proc/sys/kernel/random/boot_id"

/* What the kernel calls this boot; "-" where there is no such file. */
static char *
kernel_mark(void)
{
    char *text = NULL;

    return g_file_get_contents(KERNEL_MARK, &text, NULL, NULL) ? g_strstrip(text) : g_strdup("-");
}

static bool
read_mark(const char *path, const char *kernel, guint64 *mark)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) words = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        return false;
    }
    words = g_strsplit(g_strstrip(text), " ", 2);
    return g_strv_length(words) == 2 && g_str_equal(words[1], kernel)
           && g_ascii_string_to_unsigned(words[0], 10, 1, G_MAXUINT64, mark, NULL);
}

bool
cox_bootmark_get(const char *run_directory, guint64 *mark, GError **error)
{
    g_autofree char *path = g_build_filename(run_directory, FILE_NAME, NULL);
    g_autofree char *own = g_strdup_printf("%s.%d", path, (int) getpid());
    g_autofree char *kernel = kernel_mark();
    g_autofree char *text = NULL;
    g_autoptr(GError) problem = NULL;
    guint64 drawn = 0;
    bool is_written = false;

    if (read_mark(path, kernel, mark)) {
        return true;
    }
    do {
        drawn = (guint64) g_random_int() << 32 | g_random_int();
    } while (drawn == 0);
    text = g_strdup_printf("%" G_GUINT64_FORMAT " %s\n", drawn, kernel);
    if (!g_file_set_contents_full(own, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, &problem)) {
        g_set_error(error, COX_ERROR, COX_ERROR_IO, "%s: %s: make the run directory writable", own, problem->message);
        return false;
    }
    if (g_file_test(path, G_FILE_TEST_EXISTS)) { /* of another boot, or no number */
        is_written = read_mark(path, kernel, mark) || rename(own, path) == 0;
    } else { /* whoever is first; all others take its number */
        is_written = link(own, path) == 0 || errno == EEXIST;
    }
    (void) unlink(own);
    if (!is_written || !read_mark(path, kernel, mark)) {
        g_set_error(error, COX_ERROR, COX_ERROR_IO, "%s: the number of this boot cannot be kept: %s; remove the file, or make the run "
                    "directory writable", path, g_strerror(errno));
        return false;
    }
    return true;
}
