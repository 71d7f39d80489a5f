/* lib/conf/blockfile.c - files of the system as the source of a keepalived.conf.  Layer 1. */
#include "conf/blockfile.h"

#include <string.h>
#include <glob.h>

static char **
match(const char *pattern, void *data)
{
    GPtrArray *names = g_ptr_array_new();
    glob_t found;

    (void) data;
    if (glob(pattern, GLOB_BRACE, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            g_ptr_array_add(names, g_strdup(found.gl_pathv[i]));
        }
        globfree(&found);
    }
    g_ptr_array_add(names, NULL);
    return (char **) g_ptr_array_free(names, FALSE);
}

static char *
read_file(const char *name, gsize *length, void *data, GError **error)
{
    char *text = NULL;

    (void) data;
    return g_file_get_contents(name, &text, length, error) ? text : NULL;
}

static const char *
host_name(void)
{
    const char *whole = g_get_host_name();
    g_autofree char *name = g_strndup(whole, strcspn(whole, "."));

    return g_intern_string(name);
}

struct cox_block_source
cox_blockfile_source(const char *config_id)
{
    return (struct cox_block_source) { .match = match, .read = read_file, .config_id = (config_id == NULL) ? host_name() : config_id };
}
