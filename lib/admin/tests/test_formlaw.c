/* lib/admin/tests/test_formlaw.c - law: whatever the configuration is, written as a file and put into the document it is no change.
 * Arguments: other documents, or directories of them, than the cases of the scheduler; --show prints the first one's file. */
#include "admin/form.h"

#include <stdio.h>

#include "admin/docdiff.h"
#include "admin/tests/treekit.h"
#include "conf/yamlread.h"
#include "conf/yamlwrite.h"

/* What the group's test gets. */
struct inputs {
    GPtrArray *paths;
    bool is_shown;
};

static struct cox_conf *
through_text(const struct cox_conf *conf, bool is_shown, const char *path)
{
    g_autofree char *text = cox_yamlwrite_text(conf);
    GError *error = NULL;
    struct cox_conf *again = cox_yamlread_parse(text, strlen(text), &error);

    if (again == NULL) {
        fail_msg("%s: %s\n%s", path, error->message, text);
    }
    if (is_shown) {
        fputs(text, stdout);
    }
    return again;
}

static void
no_change(const struct cox_xml *before, const struct cox_xml *after, const char *path)
{
    g_autoptr(cox_xmldoc) patch = NULL;
    g_autoptr(GArray) lines = cox_docdiff_make(before, after, &patch, NULL);

    assert_non_null(lines);
    if (patch != NULL) {
        g_autofree char *text = cox_xmlwrite_text(cox_xmldoc_root(patch), COX_XMLWRITE_FORMATTED);

        fail_msg("%s: %u changes:\n%s", path, lines->len, text);
    }
}

static void
check(const char *path, bool is_shown)
{
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_file(path, NULL, NULL);
    g_autoptr(cox_xmldoc) same = NULL, empty = NULL;
    g_autoptr(cox_conf) file = NULL, again = NULL, from_empty = NULL;
    g_autofree char *once = NULL, *twice = NULL;
    GError *error = NULL;

    if (doc == NULL || cox_xml_child(cox_xmldoc_root(doc), "configuration") == NULL) {
        return; /* no document of a cluster */
    }
    file = cox_form_write(cox_xmldoc_root(doc));
    again = through_text(file, is_shown, path);
    same = cox_xmldoc_new_copy(cox_xmldoc_root(doc));
    if (!cox_form_read(cox_xmldoc_root(same), again, &error)) {
        fail_msg("%s: %s", path, error->message);
    }
    no_change(cox_xmldoc_root(doc), cox_xmldoc_root(same), path);

    /* Into an empty document: the same file comes out again. */
    empty = treekit_doc("");
    if (!cox_form_read(cox_xmldoc_root(empty), again, &error)) {
        fail_msg("%s: into an empty one: %s", path, error->message);
    }
    from_empty = cox_form_write(cox_xmldoc_root(empty));
    once = cox_yamlwrite_text(file);
    twice = cox_yamlwrite_text(from_empty);
    if (strcmp(once, twice) != 0 && strstr(once, ": []\n") == NULL) { /* empty sections are not made */
        fail_msg("%s: into an empty document and out again:\n%s\nis\n%s", path, once, twice);
    }
}

static void
a_configuration_that_was_written_is_no_change(void **state)
{
    const struct inputs *inputs = *state;

    for (guint i = 0; i < inputs->paths->len; i++) {
        check(g_ptr_array_index(inputs->paths, i), inputs->is_shown);
    }
    assert_true(inputs->paths->len > 0);
    printf("# %u documents\n", inputs->paths->len);
}

static void
add_directory(GPtrArray *paths, const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name = NULL;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *below = g_build_filename(path, name, NULL);
        g_autofree char *input = g_build_filename(below, "input.xml", NULL);

        if (g_str_has_suffix(name, ".xml")) {
            g_ptr_array_add(paths, g_steal_pointer(&below));
        } else if (g_file_test(input, G_FILE_TEST_EXISTS)) {
            g_ptr_array_add(paths, g_steal_pointer(&input));
        }
    }
}

int
main(int argc, char **argv)
{
    const char *top = g_getenv("top_srcdir");
    g_autofree char *cases = g_build_filename((top == NULL) ? "." : top, "cts/scheduler/cases", NULL);
    g_autofree char *samples = g_build_filename((top == NULL) ? "." : top, "schemas/tests", NULL);
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    struct inputs inputs = { paths, false };
    const struct CMUnitTest tests[] = { cmocka_unit_test_prestate(a_configuration_that_was_written_is_no_change, &inputs) };

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--show") == 0) {
            inputs.is_shown = true;
        } else if (g_file_test(argv[i], G_FILE_TEST_IS_DIR)) {
            add_directory(paths, argv[i]);
        } else {
            g_ptr_array_add(paths, g_strdup(argv[i]));
        }
    }
    if (argc == 1) {
        add_directory(paths, cases);
        add_directory(paths, samples);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
