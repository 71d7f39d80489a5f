/* daemons/vrrpd/vrrpd_config.c - the file of --config, in the language of keepalived.conf.  Layer 6. */
#include "daemons/vrrpd/vrrpd.h"

#include <glob.h>

#include "base/error.h"
#include "conf/block.h"
#include "vrrp/keepalived.h"

enum { SHOWN = 20 };

static char *
read_file(const char *name, gsize *length, void *data, GError **error)
{
    g_autoptr(GError) cause = NULL;
    char *text = NULL;

    (void) data;
    if (!g_file_get_contents(name, &text, length, &cause)) {
        g_set_error(error, COX_ERROR, COX_ERROR_NO_INPUT, "%s", cause->message);
        return NULL;
    }
    return text;
}

/* Names of the files that a pattern stands for: what is special in it may only be in its last part. */
static char **
match_files(const char *pattern, void *data)
{
    glob_t found = { 0 };
    char **names = NULL;

    (void) data;
    if (glob(pattern, 0, NULL, &found) == 0) {
        names = g_strdupv(found.gl_pathv);
    }
    globfree(&found);
    return names != NULL ? names : g_new0(char *, 1);
}

/* All complaints of one severity, with their places, as one text; each warning by itself. */
static char *
errors_of(const struct cox_diags *diags, GPtrArray *warnings)
{
    GString *text = g_string_new(NULL);
    gsize n_errors = 0;

    for (gsize i = 0; i < cox_diags_count(diags); i++) {
        const struct cox_diag *diag = cox_diags_get(diags, i);
        g_autofree char *line = g_strdup_printf("%s%s%s%s%s", diag->object == NULL ? "" : diag->object, diag->object == NULL ? "" : ": ", diag->text,
                                                diag->remedy == NULL ? "" : "; ", diag->remedy == NULL ? "" : diag->remedy);

        if (diag->severity != COX_SEVERITY_ERROR) {
            g_ptr_array_add(warnings, g_steal_pointer(&line));
        } else if (++n_errors <= SHOWN) {
            g_string_append_printf(text, "%s%s", n_errors > 1 ? " | " : "", line);
        }
    }
    if (n_errors > SHOWN) {
        g_string_append_printf(text, " | and %zu more", n_errors - SHOWN);
    }
    return g_string_free(text, FALSE);
}

struct cox_vrrp_set *
cox_vrrpd_read_config(const char *path, GPtrArray *warnings, GError **error)
{
    const struct cox_block_source source = { .match = match_files, .read = read_file, .seed = g_random_int() };
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = cox_block_read(path, &source, diags);
    g_autoptr(cox_vrrp_set) set = cox_vrrp_set_from_block(&tree->root, diags);
    g_autofree char *errors = errors_of(diags, warnings);

    if (cox_diags_has(diags, COX_SEVERITY_ERROR)) {
        g_set_error(error, COX_ERROR, COX_ERROR_CONFIG, "%s", errors);
        return NULL;
    }
    return g_steal_pointer(&set);
}
