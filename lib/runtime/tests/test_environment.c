/* Tests of lib/runtime/environment.c. */
#include "runtime/environment.h"

#include "base/testkit.h"

static void
settings_are_found_under_both_prefixes(void **state)
{
    (void) state;
    g_setenv("HA_logpriority", "info", TRUE);
    assert_string_equal(cox_environment_setting("logpriority"), "info");
    g_setenv("PCMK_logpriority", "debug", TRUE);
    assert_string_equal(cox_environment_setting("logpriority"), "debug");
    assert_null(cox_environment_setting("nosuchsetting"));
}

static void
the_run_directory_can_be_changed_to_an_absolute_one(void **state)
{
    g_autofree char *path = cox_environment_socket_path("/x", "cib");

    (void) state;
    g_unsetenv("COX_RUN_DIRECTORY");
    assert_string_equal(cox_environment_run_directory(), COX_RUNDIR);
    g_setenv("COX_RUN_DIRECTORY", "relative", TRUE);
    assert_string_equal(cox_environment_run_directory(), COX_RUNDIR);
    g_setenv("COX_RUN_DIRECTORY", "/x", TRUE);
    assert_string_equal(cox_environment_run_directory(), "/x");
    assert_string_equal(path, "/x/cib.sock");
}

static void
local_accounts_are_found(void **state)
{
    uid_t uid = 17;
    gid_t gid = 17;

    (void) state;
    assert_true(cox_environment_user("root", &uid, &gid));
    assert_int_equal(uid, 0);
    assert_int_equal(gid, 0);
    assert_true(cox_environment_group("root", &gid));
    assert_false(cox_environment_user("no-such-user", &uid, NULL));
    assert_false(cox_environment_group("no-such-group", &gid));
    assert_int_equal(uid, 0);
}

static void
scripts_run_as_their_user_and_group(void **state)
{
    struct cox_child_user user = { .uid = 17 };
    uid_t script = 0, nobody = 0;
    gid_t gid = 0, root = 17;
    bool is_other = false, has_script = cox_environment_user("keepalived_script", &script, NULL);

    (void) state;
    assert_true(cox_environment_user("nobody", &nobody, &gid));
    assert_true(cox_environment_group("root", &root));
    assert_true(cox_environment_script_user("nobody", NULL, &user, &is_other));
    assert_true(is_other && user.uid == nobody && user.gid == gid && user.n_groups == 0);
    assert_true(cox_environment_script_user("nobody", "root", &user, &is_other));
    assert_true(is_other && user.uid == nobody && user.gid == root);
    assert_false(cox_environment_script_user("no-such-user", NULL, &user, &is_other));
    assert_false(cox_environment_script_user("nobody", "no-such-group", &user, &is_other));
    assert_true(cox_environment_script_user(NULL, NULL, &user, &is_other));
    assert_int_equal(is_other, has_script);
    assert_true(!has_script || user.uid == script);
}

COX_TEST_MAIN(cmocka_unit_test(settings_are_found_under_both_prefixes),
              cmocka_unit_test(the_run_directory_can_be_changed_to_an_absolute_one), cmocka_unit_test(local_accounts_are_found),
              cmocka_unit_test(scripts_run_as_their_user_and_group))
