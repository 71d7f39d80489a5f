/* daemons/controld/mark.c - fingerprints of the history that was written of this node, in this life of it.  Layer 6.
 *
 * The file goes with /run.  The document has one of these histories, or it is that of another side, which does not know what was done
 * here since.
 */
#include "daemons/controld/mark.h"

#include <string.h>

static char *
path_of(const struct controld *controld)
{
    return g_build_filename(cox_service_run_directory(controld->ctx), "control.history", NULL);
}

bool
controld_mark_set(const struct controld *controld, guint64 next)
{
    g_autofree char *path = path_of(controld);
    g_autofree char *text = g_strdup_printf("%016" G_GINT64_MODIFIER "x %016" G_GINT64_MODIFIER "x\n", controld->written, next);

    if (controld->is_released) {
        return false;
    }
    if (!g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0640, NULL)) {
        cox_log_line(controld->log, COX_LOG_NOTICE, "cannot write path=%s: after a restart resources will be probed", path);
        (void) remove(path);
        return false;
    }
    return true;
}

bool
controld_mark_matches(const struct controld *controld, guint64 fingerprint)
{
    g_autofree char *path = path_of(controld);
    g_autofree char *text = NULL;
    g_autofree char *wanted = g_strdup_printf("%016" G_GINT64_MODIFIER "x", fingerprint);

    return g_file_get_contents(path, &text, NULL, NULL) && strstr(text, wanted) != NULL;
}

bool
controld_mark_exists(const struct controld *controld)
{
    g_autofree char *path = path_of(controld);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

void
controld_mark_remove(const struct controld *controld)
{
    g_autofree char *path = path_of(controld);

    (void) remove(path);
}
