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

/* Whatever is put and dropped, the next life finds the same; and the file does not grow for ever. */
static void
a_long_life_is_found_as_it_was_at_its_end(void **state)
{
    g_autofree char *path = g_build_filename(*state, "kept", NULL);
    GRand *rand = g_rand_new_with_seed(7);
    struct cox_netkeep *keep = cox_netkeep_new(*state, "kept", NULL);
    gsize most = 0;

    for (guint life = 0; life < 3; life++) {
        g_autoptr(GString) wanted = g_string_new(NULL), found = g_string_new(NULL);
        g_autoptr(GError) error = NULL;

        for (guint i = 0; i < 3000; i++) {
            g_autofree char *id = g_strdup_printf("r%d", g_rand_int_range(rand, 0, 20)), *ip = g_strdup_printf("10.0.0.%u", i % 250);
            GStatBuf now;

            if (g_rand_int_range(rand, 0, 3) == 0) {
                assert_true(cox_netkeep_drop(keep, id, NULL));
            } else {
                put(keep, id, i % 2 == 0 ? "start" : "promote", ip);
            }
            most = g_stat(path, &now) == 0 ? MAX(most, (gsize) now.st_size) : most;
        }
        for (guint i = 0; i < cox_netkeep_count(keep); i++) {
            const struct cox_msg_net_act *act = cox_netkeep_at(keep, i);

            g_string_append_printf(wanted, "%s %s %s\n", act->rsc_id, act->action, act->params[0].value);
        }
        cox_netkeep_free(keep);
        keep = cox_netkeep_new(*state, "kept", &error);
        assert_null(error);
        for (guint i = 0; i < cox_netkeep_count(keep); i++) {
            const struct cox_msg_net_act *act = cox_netkeep_at(keep, i);

            g_string_append_printf(found, "%s %s %s\n", act->rsc_id, act->action, act->params[0].value);
        }
        assert_true(wanted->len > 0);
        assert_string_equal(found->str, wanted->str);
    }
    assert_in_range(most, 64 * 1024, 80 * 1024);
    cox_netkeep_free(keep);
    g_rand_free(rand);
}

static void
a_file_that_somebody_has_changed_or_removed_is_written_whole(void **state)
{
    g_autofree char *path = g_build_filename(*state, "kept", NULL);
    struct cox_netkeep *keep = cox_netkeep_new(*state, "kept", NULL);

    for (guint i = 0; i < 3; i++) {
        put(keep, "a", "start", "10.0.0.2");
        put(keep, "b", "start", "10.0.0.3");
        assert_true(i == 0 ? g_unlink(path) == 0 : g_file_set_contents(path, "?", 1, NULL));
        put(keep, "c", "start", "10.0.0.4");
        cox_netkeep_free(keep);
        keep = cox_netkeep_new(*state, "kept", NULL);
        assert_int_equal(cox_netkeep_count(keep), 3);
    }
    cox_netkeep_free(keep);
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
              TEST(a_file_that_is_cut_off_gives_what_is_whole_and_says_so),
              TEST(a_long_life_is_found_as_it_was_at_its_end), TEST(a_file_that_somebody_has_changed_or_removed_is_written_whole),
              TEST(what_cannot_be_written_is_not_remembered))
