/*
 * Every input of the scheduler corpus and of the command line corpus fits the version that it names, and after an
 * upgrade the newest.  The corpora are found through COX_SHARED or beside the source tree; without them: skipped.
 */
#include "cib/schemas.h"

#include "base/error.h"
#include "base/testkit.h"

/* Caller frees; NULL when it is not there. */
static char *
shared_folder(const char *name)
{
    const char *shared = g_getenv("COX_SHARED");
    g_autofree char *path = shared != NULL ? g_build_filename(shared, name, NULL)
                                           : g_build_filename(g_getenv("top_srcdir"), "..", "shared", name, NULL);

    return g_file_test(path, G_FILE_TEST_IS_DIR) ? g_steal_pointer(&path) : NULL;
}

static void
check_file(struct cox_schemas *schemas, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(cox_diags) diags = cox_diags_new();
    struct cox_xmldoc *doc = cox_xmldoc_parse_file(path, NULL, &error);

    if (doc == NULL) {
        fail_msg("%s", error->message);
    }
    if (!cox_xml_is(cox_xmldoc_root(doc), "cib")) {
        cox_xmldoc_free(doc);
        return; /* the command line corpus has patches, too */
    }
    if (!cox_schemas_validate(schemas, doc, diags, &error)
        || !cox_schemas_upgrade(schemas, &doc, NULL, diags, &error)
        || !cox_schemas_validate(schemas, doc, diags, &error)) {
        fail_msg("%s: %s: %s", path, error->message,
                 cox_diags_count(diags) > 0 ? cox_diags_get(diags, 0)->text : "");
    }
    if (!g_str_equal(cox_xml_get(cox_xmldoc_root(doc), "validate-with"), COX_SCHEMAS_NONE)) {
        assert_string_equal(cox_xml_get(cox_xmldoc_root(doc), "validate-with"), cox_schemas_newest());
    }
    cox_xmldoc_free(doc);
}

static void
check_folder(const char *name)
{
    g_autofree char *folder = shared_folder(name);
    g_autoptr(cox_schemas) schemas = cox_schemas_new(g_getenv("COX_SCHEMA_DIRECTORY"));
    g_autoptr(GDir) dir = folder != NULL ? g_dir_open(folder, 0, NULL) : NULL;
    const char *file = NULL;

    if (dir == NULL) {
        print_message("# skipped: no %s (set COX_SHARED)\n", name);
        return;
    }
    while ((file = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, file, NULL);

        if (g_str_has_suffix(file, ".xml")) {
            check_file(schemas, path);
        }
    }
}

static void
scheduler_inputs_are_valid_and_upgrade(void **state)
{
    (void) state;
    check_folder("scheduler-corpus/xml");
}

static void
command_line_inputs_are_valid_and_upgrade(void **state)
{
    (void) state;
    check_folder("cli-corpus/cibs");
}

COX_TEST_MAIN(cmocka_unit_test(scheduler_inputs_are_valid_and_upgrade),
              cmocka_unit_test(command_line_inputs_are_valid_and_upgrade))
