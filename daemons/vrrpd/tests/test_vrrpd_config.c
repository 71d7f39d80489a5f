/* daemons/vrrpd/tests/test_vrrpd_config.c - the file is read with what it includes, and what is wrong is said with its place. */
#include "base/testkit.h"

#include <glib/gstdio.h>

#include "base/error.h"
#include "daemons/vrrpd/vrrpd.h"

#define ROUTER "vrrp_instance V1 {\n interface eth0\n virtual_router_id %s\n virtual_ipaddress {\n  10.0.0.1/24\n }\n}\n"

struct files {
    char *directory, *main, *other;
};

/* The file as the daemon reads it. */
static struct cox_vrrp_set *
read_config_of(const char *path, const char *config_id, GPtrArray *warnings, GError **error)
{
    g_autoptr(cox_block_tree) tree = cox_vrrpd_read_file(path, config_id, warnings, error);
    const struct cox_vrrp_tree only = { .root = tree == NULL ? NULL : &tree->root };

    return tree == NULL ? NULL : cox_vrrpd_make_set(&only, 1, warnings, error);
}

static struct cox_vrrp_set *
read_config(const char *path, GPtrArray *warnings, GError **error)
{
    return read_config_of(path, NULL, warnings, error);
}

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
    set = read_config(files->main, warnings, &error);
    assert_null(error);
    assert_non_null(set);
    assert_int_equal(set->n_instances, 1);
    assert_int_equal(set->instances[0].vrid, 77);
    assert_int_equal(set->instances[0].version, 3);
}

/* keepalived(8): the configuration id is the name of the host without the domain, unless it is said. */
static void
a_line_may_be_for_one_host(void **state)
{
    const struct files *files = *state;
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    const char *whole = g_get_host_name();
    g_autofree char *host = g_strndup(whole, strcspn(whole, "."));
    g_autofree char *text = g_strdup_printf("vrrp_instance V1 {\n interface eth0\n@%s virtual_router_id 7\n@^%s virtual_router_id 8\n"
                                            " virtual_ipaddress {\n 10.0.0.1/24\n }\n}\n", host, host);
    g_autoptr(cox_vrrp_set) here = NULL;
    g_autoptr(cox_vrrp_set) there = NULL;

    put(files->main, text);
    here = read_config(files->main, warnings, NULL);
    assert_non_null(here);
    assert_int_equal(here->instances[0].vrid, 7);
    there = read_config_of(files->main, "another", warnings, NULL);
    assert_non_null(there);
    assert_int_equal(there->instances[0].vrid, 8);
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
    assert_null(read_config(files->main, warnings, &error));
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

    assert_null(read_config(files->main, warnings, &error));
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
    set = read_config(files->main, warnings, &error);
    assert_non_null(set);
    assert_null(error);
    assert_int_equal(warnings->len, 1);
    assert_non_null(strstr(g_ptr_array_index(warnings, 0), place));
}

/* The set of a file with @globals in global_defs and @more in its router, with all that is said of it as one text. */
static struct cox_vrrp_set *
read_with(const struct files *files, const char *globals, const char *more, char **said)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *text = g_strdup_printf("global_defs {\n %s\n}\nvrrp_instance V1 {\n interface eth0\n virtual_router_id 7\n virtual_ipaddress {\n"
                                            "  10.0.0.1/24\n }\n %s\n}\n", globals, more);
    g_autoptr(GError) error = NULL;
    struct cox_vrrp_set *set;

    put(files->main, text);
    set = read_config(files->main, warnings, &error);
    g_ptr_array_add(warnings, g_strdup(error == NULL ? "" : error->message));
    g_ptr_array_add(warnings, NULL);
    *said = g_strjoinv("\n", (char **) warnings->pdata);
    return set;
}

static void
what_does_nothing_here_is_said(void **state)
{
    static const struct {
        const char *globals, *more, *said;
    } cases[] = {
        { "startup_script /bin/true", "", "startup_script is not honoured" },
        { "shutdown_script /bin/true", "", "shutdown_script is not honoured" },
        { "vrrp_rlimit_rttime 20000", "", "vrrp_rlimit_rttime is not honoured" },
        { "enable_script_security", "", "enable_script_security is not honoured" },
        { "linkbeat_use_polling", "", "linkbeat_use_polling is not honoured" },
        { "", "use_ipvlan", "use_ipvlan is not honoured" },
        { "", "notify_master_rx_lower_pri /bin/true", "notify_master_rx_lower_pri is not honoured" },
        { "", "smtp_alert", "smtp_alert is not honoured" },
        { "", "virtual_routes {\n 10.9.0.0/16 via 10.0.0.9 congctl cubic\n }", "congctl of a route is not honoured" },
        { "", "}\nlinkbeat_interfaces {\n eth0", "linkbeat_interfaces is not honoured" },
        { "", "}\nvrrp_track_process p {\n process x\n fork_delay 3",
          "p: delay, fork_delay, terminate_delay is not honoured" },
        { "", "}\ntrack_group g {\n group {\n V1\n }", "track_group is not honoured" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *said = NULL;
        g_autoptr(cox_vrrp_set) set = read_with(*state, cases[i].globals, cases[i].more, &said);

        if (set == NULL || strstr(said, cases[i].said) == NULL) {
            fail_msg("%s %s: %s", cases[i].globals, cases[i].more, said);
        }
    }
}

static void
what_is_honoured_is_not_complained_of(void **state)
{
    g_autofree char *said = NULL;
    g_autoptr(cox_vrrp_set) set = read_with(*state, "router_id lab\n vrrp_version 3\n script_user root", "use_vmac\n nopreempt\n notify /bin/true", &said);

    assert_non_null(set);
    assert_string_equal(said, "");
}

static void
what_would_do_harm_is_refused(void **state)
{
    g_autofree char *said = NULL, *other = NULL;

    assert_null(read_with(*state, "router_id lab", "authority cluster", &said));
    assert_non_null(strstr(said, "resource of the cluster"));
    g_clear_pointer(&said, g_free);
    assert_null(read_with(*state, "net_namespace blue", "", &said));
    assert_non_null(strstr(said, "blue"));
    assert_null(read_with(*state, "", "virtual_rules {\n from 10.9.0.0/16 tun_id 5 table 9\n }", &other));
    assert_non_null(strstr(other, "tun_id"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

COX_TEST_MAIN(TEST(included_files_are_part_of_it), TEST(a_line_may_be_for_one_host), TEST(an_error_names_file_and_line), TEST(a_missing_file_is_an_error),
              TEST(what_is_not_known_is_a_warning_with_its_place),
              TEST(what_does_nothing_here_is_said), TEST(what_is_honoured_is_not_complained_of), TEST(what_would_do_harm_is_refused))
