/* tools/schemadir.c - where a tool finds the schemas.  Layer 6. */
#include "tools/schemadir.h"

/* The schemas folder beside the folder of this program, as in a build tree; NULL when there is none. */
static char *
beside_program(void)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = program != NULL ? g_path_get_dirname(program) : NULL;
    g_autofree char *parent = folder != NULL ? g_path_get_dirname(folder) : NULL;
    g_autofree char *schemas = parent != NULL ? g_build_filename(parent, "schemas", NULL) : NULL;
    g_autofree char *newest = schemas != NULL ? g_build_filename(schemas, "upgrade-3.xsl", NULL) : NULL;

    if (newest == NULL || !g_file_test(newest, G_FILE_TEST_IS_REGULAR)) {
        return NULL;
    }
    return g_steal_pointer(&schemas);
}

char *
cox_schemadir_find(void)
{
    static const char *const variables[] = { "COX_SCHEMA_DIRECTORY", "PCMK_schema_directory" };
    char *found = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(variables); i++) {
        const char *value = g_getenv(variables[i]);

        if (value != NULL && value[0] != '\0') {
            return g_strdup(value);
        }
    }
    found = beside_program();
    return found != NULL ? found : g_strdup(COX_SCHEMADIR);
}
