/* lib/service/tests/test_netkeep.c - started resources are there again in the next life, as they were. */
#include "base/testkit.h"
#include "service/netkeep.h"

#include <glib/gstdio.h>

#include "base/error.h"

static int
setup(void **state)
{
    *state = g_dir_make_tmp("cox-netkeep-XXXXXX", NULL);
    return *state == NULL;
}

static int
teardown(void **state)
{
    g_autofree char *directory = *state, *path = g_build_filename(directory, "kept", NULL);

    (void) g_unlink(path);
    return g_rmdir(directory);
}

static void
put(struct cox_netkeep *keep, const char *id, const char *action, const char *ip)
{
    const struct cox_msg_pair params[] = { { .name = "ip", .value = ip }, { .name = "nic", .value = "eth0" } };
    const struct cox_msg_net_act act = { .rsc_id = id, .type = "IPaddr", .action = action, .n_params = 2, .params = params, .timeout_ms = 20000 };

    assert_true(cox_netkeep_put(keep, &act, NULL));
}

static void
the_next_life_finds_what_was_put_in_its_order(void **state)
{
    g_autoptr(GError) error = NULL;
    struct cox_netkeep *keep = cox_netkeep_new(*state, "kept", &error);

    assert_null(error);
    assert_int_equal(cox_netkeep_count(keep), 0);
    put(keep, "b", "start", "10.0.0.1");
    put(keep, "a", "start", "10.0.0.2");
    put(keep, "c", "start", "10.0.0.3");
    put(keep, "b", "promote", "10.0.0.9");
    assert_true(cox_netkeep_drop(keep, "c", NULL));
    assert_true(cox_netkeep_drop(keep, "never", NULL));
    cox_netkeep_free(keep);

    keep = cox_netkeep_new(*state, "kept", &error);
    assert_null(error);
    assert_int_equal(cox_netkeep_count(keep), 2);
    assert_string_equal(cox_netkeep_at(keep, 0)->rsc_id, "b");
    assert_string_equal(cox_netkeep_at(keep, 0)->action, "promote");
    assert_int_equal(cox_netkeep_at(keep, 0)->n_params, 2);
    assert_string_equal(cox_netkeep_at(keep, 0)->params[0].value, "10.0.0.9");
    assert_int_equal(cox_netkeep_find(keep, "a")->timeout_ms, 20000);
    assert_null(cox_netkeep_find(keep, "c"));
    cox_netkeep_erase(keep);
    cox_netkeep_free(keep);

    keep = cox_netkeep_new(*state, "kept", &error);
    assert_null(error);
    assert_int_equal(cox_netkeep_count(keep), 0);
    cox_netkeep_free(keep);
}

static void
an_order_may_replace_the_one_that_it_points_into(void **state)
{
    struct cox_netkeep *keep = cox_netkeep_new(*state, "kept", NULL);
    struct cox_msg_net_act act;

    put(keep, "a", "start", "10.0.0.2");
    act = *cox_netkeep_find(keep, "a");
    act.action = "promote";
    assert_true(cox_netkeep_put(keep, &act, NULL));
    assert_string_equal(cox_netkeep_find(keep, "a")->action, "promote");
    assert_string_equal(cox_netkeep_find(keep, "a")->params[0].value, "10.0.0.2");
    cox_netkeep_free(keep);
}

static void
a_file_that_is_cut_off_gives_what_is_whole_and_says_so(void **state)
{
    g_autofree char *path = g_build_filename(*state, "kept", NULL), *data = NULL;
    struct cox_netkeep *keep = cox_netkeep_new(*state, "kept", NULL);
    g_autoptr(GError) error = NULL;
    gsize size = 0;

    put(keep, "a", "start", "10.0.0.2");
    put(keep, "b", "start", "10.0.0.3");
    cox_netkeep_free(keep);
    assert_true(g_file_get_contents(path, &data, &size, NULL));
    for (gsize cut = 1; cut < size; cut++) {
        assert_true(g_file_set_contents(path, data, (gssize) cut, NULL));
        keep = cox_netkeep_new(*state, "kept", &error);
        assert_true(cox_netkeep_count(keep) < 2);
        assert_true(error != NULL || cox_netkeep_count(keep) == 1);
        g_clear_error(&error);
        cox_netkeep_free(keep);
    }
}

static void
what_cannot_be_written_is_not_remembered(void **state)
{
    g_autofree char *missing = g_build_filename(*state, "no-directory", NULL);
    struct cox_netkeep *keep = cox_netkeep_new(missing, "kept", NULL);
    const struct cox_msg_net_act act = { .rsc_id = "a", .type = "IPaddr", .action = "start" };
    g_autoptr(GError) error = NULL;

    assert_false(cox_netkeep_put(keep, &act, &error));
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_CANNOT_CREATE));
    assert_non_null(strstr(error->message, "no-directory"));
    assert_int_equal(cox_netkeep_count(keep), 0);
    cox_netkeep_free(keep);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

COX_TEST_MAIN(TEST(the_next_life_finds_what_was_put_in_its_order), TEST(an_order_may_replace_the_one_that_it_points_into),
              TEST(a_file_that_is_cut_off_gives_what_is_whole_and_says_so), TEST(what_cannot_be_written_is_not_remembered))
