/* daemons/lvsd/tests/test_lvsd_config.c - the file is read with what it includes, and what is wrong is said with its place. */
#include "base/testkit.h"

#include <glib/gstdio.h>

#include "base/error.h"
#include "daemons/lvsd/lvsd.h"

#define SERVER "real_server 10.1.0.1 80 {\n TCP_CHECK {\n }\n }\n"

struct files {
    char *directory, *main, *other;
};

static int
setup(void **state)
{
    struct files *files = g_new0(struct files, 1);

    files->directory = g_dir_make_tmp("cox-lvsd-XXXXXX", NULL);
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

/* The configuration of a text; what is said, line by line, in @said. */
static struct cox_lvs_config *
read_text(const struct files *files, const char *text, GString *said)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    struct cox_lvs_config *config;

    assert_true(g_file_set_contents(files->main, text, -1, NULL));
    config = cox_lvsd_read_config(files->main, NULL, warnings, &error);
    for (guint i = 0; i < warnings->len; i++) {
        g_string_append_printf(said, "%s\n", (const char *) g_ptr_array_index(warnings, i));
    }
    if (error != NULL) {
        assert_null(config);
        assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_CONFIG));
        g_string_append_printf(said, "ERROR %s\n", error->message);
    }
    return config;
}

static void
parts_of_virtual_routers_are_passed_over_and_included_files_are_part_of_it(void **state)
{
    const struct files *files = *state;
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(cox_lvs_config) config = NULL;

    assert_true(g_file_set_contents(files->other, "virtual_server 10.0.0.1 80 {\n protocol TCP\n" SERVER "}\n", -1, NULL));
    config = read_text(files,
                       "global_defs {\n router_id x\n vrrp_version 3\n script_user nobody\n nothing_known\n}\n"
                       "vrrp_instance V {\n interface nowhere\n virtual_router_id 9999\n}\nvrrp_script s {\n script /bin/true\n}\ninclude oth*.conf\n",
                       said);
    assert_string_equal(said->str, "");
    assert_non_null(config);
    assert_int_equal(config->n_services, 1);
    assert_string_equal(config->services[0].name, "10.0.0.1:80/tcp");
}

static void
a_word_that_nobody_knows_at_the_top_is_said(void **state)
{
    const struct files *files = *state;
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(cox_lvs_config) config = read_text(files, "virtual_sever 10.0.0.1 80 {\n" SERVER "}\n", said);

    assert_non_null(config);
    assert_int_equal(config->n_services, 0);
    assert_non_null(strstr(said->str, "main.conf:1"));
    assert_non_null(strstr(said->str, "'virtual_sever'"));
    assert_non_null(strstr(said->str, "virtual_server"));
}

static void
an_error_names_file_and_line_and_all_of_them(void **state)
{
    const struct files *files = *state;
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(cox_lvs_config) config = read_text(files, "virtual_server 10.0.0.1 80 {\n quorum 0\n real_server 10.1.0.1 80 {\n weight heavy\n }\n}\n", said);

    assert_null(config);
    assert_non_null(strstr(said->str, "main.conf:2"));
    assert_non_null(strstr(said->str, "main.conf:4"));
    assert_non_null(strstr(said->str, " | "));
}

static void
a_file_that_is_not_there_is_an_error(void **state)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_null(cox_lvsd_read_config("/nonexistent/x.conf", NULL, warnings, &error));
    assert_non_null(strstr(error->message, "/nonexistent/x.conf"));
}

static void
what_is_not_honoured_is_said(void **state)
{
    const struct files *files = *state;
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(cox_lvs_config) config = read_text(files, "virtual_server 10.0.0.1 80 {\n real_server 10.1.0.1 80 {\n smtp_alert\n TCP_CHECK {\n }\n }\n}\n", said);

    assert_non_null(config);
    assert_non_null(strstr(said->str, "there is no mail"));
    assert_non_null(strstr(said->str, "main.conf:1:1: the virtual server has no protocol"));
}

static void
a_protocol_that_is_said_or_needs_not_be_is_no_complaint(void **state)
{
    const struct files *files = *state;
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(cox_lvs_config) config = read_text(files, "virtual_server 10.0.0.1 80 {\n protocol UDP\n real_server 10.1.0.1 80 {\n weight 1\n }\n}\n"
                                                        "virtual_server fwmark 7 {\n real_server 10.1.0.1 0 {\n weight 1\n }\n}\n", said);

    assert_non_null(config);
    assert_string_equal(said->str, "");
}

static void
the_router_that_synchronization_follows_is_no_warning(void **state)
{
    const struct files *files = *state;
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(cox_lvs_config) config = read_text(files, "global_defs {\n lvs_sync_daemon eth0 V1 id 3\n}\n", said);

    assert_non_null(config);
    assert_string_equal(said->str, "");
    assert_string_equal(config->sync.device, "eth0");
    assert_string_equal(config->sync.router, "V1");
}

COX_TEST_MAIN(cmocka_unit_test_setup_teardown(parts_of_virtual_routers_are_passed_over_and_included_files_are_part_of_it, setup, teardown),
              cmocka_unit_test_setup_teardown(a_word_that_nobody_knows_at_the_top_is_said, setup, teardown),
              cmocka_unit_test_setup_teardown(an_error_names_file_and_line_and_all_of_them, setup, teardown),
              cmocka_unit_test_setup_teardown(a_file_that_is_not_there_is_an_error, setup, teardown),
              cmocka_unit_test_setup_teardown(what_is_not_honoured_is_said, setup, teardown),
              cmocka_unit_test_setup_teardown(a_protocol_that_is_said_or_needs_not_be_is_no_complaint, setup, teardown),
              cmocka_unit_test_setup_teardown(the_router_that_synchronization_follows_is_no_warning, setup, teardown))
