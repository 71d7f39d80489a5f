/* Tests of daemons/schedd/series.c and lib/xml/bzip.c. */
#include "daemons/schedd/series.h"

#include <glib/gstdio.h>

#include "base/error.h"
#include "base/testkit.h"
#include "xml/bzip.h"
#include "xml/xmldoc.h"

static char *
folder(void)
{
    char *path = g_dir_make_tmp("cox-series-XXXXXX", NULL);

    assert_non_null(path);
    return path;
}

static void
remove_folder(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);

        g_unlink(file);
    }
    g_rmdir(path);
}

static void
inputs_are_numbered_and_begin_anew_at_the_limit(void **state)
{
    g_autofree char *path = folder();
    g_autoptr(cox_series) series = cox_series_new(path);
    static const char *const expected[] = { "pe-input-0.bz2", "pe-input-1.bz2", "pe-input-0.bz2" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_autofree char *next = cox_series_next(series, COX_SERIES_INPUT, 2);
        g_autofree char *name = g_path_get_basename(next);

        assert_string_equal(name, expected[i]);
        assert_true(cox_series_save(series, next, "<cib/>", 6, NULL));
    }
    assert_null(cox_series_next(series, COX_SERIES_WARN, 0));
    remove_folder(path);
}

static void
what_was_saved_can_be_read_and_the_number_survives_a_restart(void **state)
{
    g_autofree char *path = folder();
    g_autofree char *first = NULL, *second = NULL;
    g_autoptr(cox_xmldoc) doc = NULL;

    (void) state;
    for (int life = 0; life < 2; life++) {
        g_autoptr(cox_series) series = cox_series_new(path);
        char **at = life == 0 ? &first : &second;

        *at = cox_series_next(series, COX_SERIES_ERROR, -1);
        assert_true(cox_series_save(series, *at, "<cib epoch='7'/>", 16, NULL));
    }
    assert_true(g_str_has_suffix(first, "/pe-error-0.bz2"));
    assert_true(g_str_has_suffix(second, "/pe-error-1.bz2"));
    doc = cox_xmldoc_parse_file(first, NULL, NULL);
    assert_non_null(doc);
    assert_string_equal(cox_xml_get(cox_xmldoc_root(doc), "epoch"), "7");
    remove_folder(path);
}

static void
what_was_being_written_when_a_process_ended_is_removed(void **state)
{
    static const char *const unfinished[] = { "pe-input.last.A1b2C3", "pe-error-12.bz2.ZZZZZZ", "pe-warn.last.000000" };
    static const char *const kept[] = { "pe-input.last", "pe-input-1.bz2", "pe-input-1.bz2.old", "pe-warn.last.00000_", "notes.last.A1b2C3", "pe-input.A1b2C3" };
    g_autofree char *path = folder();
    g_autoptr(cox_series) series = cox_series_new(path), nowhere = cox_series_new("/proc/none");

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(unfinished) + G_N_ELEMENTS(kept); i++) {
        g_autofree char *file = g_build_filename(path, i < G_N_ELEMENTS(unfinished) ? unfinished[i] : kept[i - G_N_ELEMENTS(unfinished)], NULL);

        assert_true(g_file_set_contents(file, "x", 1, NULL));
    }
    cox_series_tidy(series);
    cox_series_tidy(nowhere); /* that there is no folder yet is no error */
    for (size_t i = 0; i < G_N_ELEMENTS(unfinished); i++) {
        g_autofree char *file = g_build_filename(path, unfinished[i], NULL);

        assert_false(g_file_test(file, G_FILE_TEST_EXISTS));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        g_autofree char *file = g_build_filename(path, kept[i], NULL);

        assert_true(g_file_test(file, G_FILE_TEST_EXISTS));
    }
    remove_folder(path);
}

static void
a_folder_that_cannot_be_is_an_error_with_the_path(void **state)
{
    g_autoptr(cox_series) series = cox_series_new("/proc/none");
    g_autofree char *next = cox_series_next(series, COX_SERIES_INPUT, -1);
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_false(cox_series_save(series, next, "<cib/>", 6, &error));
    assert_non_null(strstr(error->message, "/proc/none/pe-input-0.bz2"));
    assert_int_equal(error->code, COX_ERROR_CANNOT_CREATE);
}

static void
large_and_empty_texts_are_packed(void **state)
{
    g_autofree char *large = g_malloc(3000000);
    guint32 noise = 1;
    g_autoptr(GBytes) packed = NULL, empty = cox_bzip_pack("", 0);

    (void) state;
    for (gsize i = 0; i < 3000000; i++) { /* as good as noise (Numerical Recipes' generator) */
        noise = noise * 1664525 + 1013904223;
        large[i] = (char) ('a' + noise / 65536 % 26);
    }
    packed = cox_bzip_pack(large, 3000000);
    assert_true(g_bytes_get_size(packed) > 64 * 1024 && g_bytes_get_size(packed) < 3000000);
    assert_int_equal(g_bytes_get_size(empty), 14);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inputs_are_numbered_and_begin_anew_at_the_limit),
        cmocka_unit_test(what_was_saved_can_be_read_and_the_number_survives_a_restart),
        cmocka_unit_test(what_was_being_written_when_a_process_ended_is_removed),
        cmocka_unit_test(a_folder_that_cannot_be_is_an_error_with_the_path),
        cmocka_unit_test(large_and_empty_texts_are_packed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
