/* daemons/vrrpd/tests/test_vrrpd_config.c - the file is read with what it includes, and what is wrong is said with its place. */
#include "base/testkit.h"

#include <glib/gstdio.h>

#include "base/error.h"
#include "daemons/vrrpd/vrrpd.h"

#define ROUTER "vrrp_instance V1 {\n interface eth0\n virtual_router_id %s\n virtual_ipaddress {\n  10.0.0.1/24\n }\n}\n"

struct files {
    char *directory, *main, *other;
};

static int
setup(void **state)
{
    struct files *files = g_new0(struct files, 1);

    files->directory = g_dir_make_tmp("cox-vrrpd-XXXXXX", NULL);
    assert_non_null(files->directory);
    files->main = g_build_filename(files->directory, "main.conf", NULL);
    files->other = g_build_filename(files->directory, "other.conf", NULL);
    *state = files;
    return 0;
}

static int
teardown(void **state)
{
    struct files *files = *state;

    (void) g_unlink(files->main);
    (void) g_unlink(files->other);
    (void) g_rmdir(files->directory);
    g_free(files->directory);
    g_free(files->main);
    g_free(files->other);
    g_free(files);
    return 0;
}

static void
put(const char *path, const char *text)
{
    assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
included_files_are_part_of_it(void **state)
{
    const struct files *files = *state;
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *router = g_strdup_printf(ROUTER, "77");
    g_autoptr(GError) error = NULL;
    g_autoptr(cox_vrrp_set) set = NULL;

    put(files->main, "global_defs {\n vrrp_version 3\n}\ninclude oth*.conf\n");
    put(files->other, router);
    set = cox_vrrpd_read_config(files->main, warnings, &error);
    assert_null(error);
    assert_non_null(set);
    assert_int_equal(set->n_instances, 1);
    assert_int_equal(set->instances[0].vrid, 77);
    assert_int_equal(set->instances[0].version, 3);
}

static void
an_error_names_file_and_line(void **state)
{
    const struct files *files = *state;
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *router = g_strdup_printf(ROUTER, "999");
    g_autofree char *place = g_strconcat(files->other, ":3", NULL);
    g_autoptr(GError) error = NULL;

    put(files->main, "include other.conf\n");
    put(files->other, router);
    assert_null(cox_vrrpd_read_config(files->main, warnings, &error));
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_CONFIG));
    assert_non_null(strstr(error->message, place));
    assert_non_null(strstr(error->message, "999"));
}

static void
a_missing_file_is_an_error(void **state)
{
    const struct files *files = *state;
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;

    assert_null(cox_vrrpd_read_config(files->main, warnings, &error));
    assert_non_null(strstr(error->message, files->main));
}

static void
what_is_not_known_is_a_warning_with_its_place(void **state)
{
    const struct files *files = *state;
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *router = g_strdup_printf("vrrp_garp_surprise 3\n" ROUTER, "77");
    g_autofree char *place = g_strconcat(files->main, ":1", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(cox_vrrp_set) set = NULL;

    put(files->main, router);
    set = cox_vrrpd_read_config(files->main, warnings, &error);
    assert_non_null(set);
    assert_null(error);
    assert_int_equal(warnings->len, 1);
    assert_non_null(strstr(g_ptr_array_index(warnings, 0), place));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

COX_TEST_MAIN(TEST(included_files_are_part_of_it), TEST(an_error_names_file_and_line), TEST(a_missing_file_is_an_error),
              TEST(what_is_not_known_is_a_warning_with_its_place))
