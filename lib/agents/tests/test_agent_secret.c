/* Tests of lib/agents/agent_secret.c. */
#include "agents/agent_secret.h"

#include <unistd.h>

#include "agents/agent_env.h"
#include "agents/tests/agentkit.h"
#include "base/error.h"

static const struct cox_secret_name password = { "db", "password" };

static int
setup(void **state)
{
    g_autofree char *secrets = NULL;

    *state = agentkit_new();
    secrets = g_build_filename(*state, "lrm/secrets", NULL);
    g_setenv("COX_SECRETS_DIRECTORY", secrets, TRUE);
    return 0;
}

static int
teardown(void **state)
{
    g_unsetenv("COX_SECRETS_DIRECTORY");
    agentkit_remove(*state);
    return 0;
}

static void
what_is_put_is_got_and_only_its_owner_may_read_it(void **state)
{
    static const char *const names[] = { "lrm/secrets/db/password", "lrm/secrets/db/password.sign" };
    g_autofree char *value = NULL;
    g_autofree char *of_instance = NULL;
    g_autofree char *other = NULL;
    struct stat info;

    assert_true(cox_secret_put(&password, "first", NULL));
    assert_true(cox_secret_put(&password, "hunter two", NULL));
    value = cox_secret_get("db", "password", NULL);
    assert_string_equal(value, "hunter two");
    of_instance = cox_secret_get("db:1", "password", NULL);
    assert_string_equal(of_instance, "hunter two");
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(*state, names[i], NULL);

        assert_int_equal(stat(path, &info), 0);
        assert_int_equal(info.st_mode & 07777, 0600);
    }
    other = g_build_filename(*state, "lrm/secrets/db", NULL);
    assert_int_equal(stat(other, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0700);
}

static void
a_value_that_does_not_have_its_digest_is_not_given_and_in_no_error(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) missing = NULL;

    assert_null(cox_secret_get("db", "password", &missing));
    assert_int_equal(missing->code, COX_ERROR_NOT_FOUND);
    assert_true(cox_secret_put(&password, "hunter two", NULL));
    agentkit_put(*state, "lrm/secrets/db/password", "hunter three\n", 0600);
    assert_null(cox_secret_get("db", "password", &error));
    assert_int_equal(error->code, COX_ERROR_DIGEST);
    assert_null(strstr(error->message, "hunter"));
}

static void
what_is_removed_is_gone_and_may_be_removed_again(void **state)
{
    g_autofree char *directory = g_build_filename(*state, "lrm/secrets/db", NULL);

    assert_true(cox_secret_put(&password, "x", NULL));
    assert_true(cox_secret_remove(&password, NULL));
    assert_true(cox_secret_remove(&password, NULL));
    assert_null(cox_secret_get("db", "password", NULL));
    assert_false(g_file_test(directory, G_FILE_TEST_EXISTS));
}

static void
names_lead_nowhere_else(void **state)
{
    static const char *const bad[] = { "", ".", "..", "../x", "a/b", "-x", "a b", "a;b", "$x", "a'b", "x.sign" };

    (void) state;
    assert_true(cox_secret_is_name("db", "password"));
    assert_true(cox_secret_is_name("db:3", "pass-word_1.x"));
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        assert_false(cox_secret_is_name("db", bad[i]));
        assert_null(cox_secret_get("db", bad[i], NULL));
    }
    for (gsize i = 0; i + 1 < G_N_ELEMENTS(bad); i++) {
        assert_false(cox_secret_is_name(bad[i], "password"));
    }
}

static void
values_are_what_every_reader_gives_back(void **state)
{
    static const char *const bad[] = { "", "a\n", "a\nb", "a\r", "a ", "a\t" };
    g_autofree char *longest = g_strnfill(COX_SECRET_BYTES, 'x'), *too_long = g_strnfill(COX_SECRET_BYTES + 1, 'x');

    (void) state;
    assert_true(cox_secret_is_value(longest, NULL));
    assert_false(cox_secret_is_value(too_long, NULL));
    assert_true(cox_secret_is_value(" pass word'\"$;\xc3\xa4", NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        assert_false(cox_secret_is_value(bad[i], NULL));
    }
}

static void
all_are_listed_in_order(void **state)
{
    static const struct cox_secret_name user = { "db", "user" }, key = { "ab", "key" };
    g_autoptr(GPtrArray) none = cox_secret_list(NULL);
    g_autoptr(GPtrArray) all = NULL;
    g_autoptr(GString) text = g_string_new(NULL);

    (void) state;
    assert_int_equal(none->len, 0);
    assert_true(cox_secret_put(&user, "x", NULL) && cox_secret_put(&password, "x", NULL) && cox_secret_put(&key, "x", NULL));
    all = cox_secret_list(NULL);
    for (guint i = 0; i < all->len; i++) {
        const struct cox_secret_name *name = all->pdata[i];

        g_string_append_printf(text, "%s/%s ", name->rsc, name->param);
    }
    assert_string_equal(text->str, "ab/key db/password db/user ");
}

static void
what_cannot_be_read_is_no_empty_list(void **state)
{
    g_autofree char *loop = g_build_filename(*state, "loop", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) below = NULL;

    assert_int_equal(symlink("loop", loop), 0);
    g_setenv("COX_SECRETS_DIRECTORY", loop, TRUE);
    assert_null(cox_secret_list(&error));
    assert_int_equal(error->code, COX_ERROR_IO);
    assert_non_null(strstr(error->message, loop));
    g_setenv("COX_SECRETS_DIRECTORY", *state, TRUE);
    assert_null(cox_secret_list(&below));
    assert_non_null(strstr(below->message, loop));
}

/* The name is so long that its digest finds no room beside it. */
static void
a_value_is_not_replaced_without_its_digest(void **state)
{
    g_autofree char *param = g_strnfill(245, 'p');
    g_autofree char *directory = g_build_filename(*state, "lrm/secrets/db", NULL);
    const struct cox_secret_name name = { "db", param };
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = NULL;

    assert_false(cox_secret_put(&name, "hunter two", &error));
    assert_int_equal(error->code, COX_ERROR_CANNOT_CREATE);
    assert_null(strstr(error->message, "hunter"));
    dir = g_dir_open(directory, 0, NULL);
    assert_null(g_dir_read_name(dir));
}

static void
what_was_not_finished_is_not_left_behind(void **state)
{
    g_autofree char *path = g_build_filename(*state, "lrm/secrets/db/password", NULL);
    g_autofree char *directory = g_path_get_dirname(path);
    g_autoptr(GDir) dir = NULL;

    assert_int_equal(g_mkdir_with_parents(path, 0700), 0); /* it cannot be replaced by a file */
    assert_false(cox_secret_put(&password, "hunter two", NULL));
    dir = g_dir_open(directory, 0, NULL);
    assert_string_equal(g_dir_read_name(dir), "password");
    assert_null(g_dir_read_name(dir));
}

static void
values_are_masked_wherever_they_stand(void **state)
{
    static const struct cox_secret_name user = { "db", "user" };
    g_autoptr(GPtrArray) values = NULL;
    g_autoptr(GPtrArray) none = cox_secret_values("db");
    g_autofree char *masked = NULL;
    g_autofree char *same = cox_secret_mask("hunter two", NULL);

    (void) state;
    assert_int_equal(none->len, 0);
    assert_true(cox_secret_put(&password, "hunter", NULL) && cox_secret_put(&user, "the hunter two", NULL));
    values = cox_secret_values("db:1");
    assert_int_equal(values->len, 2);
    g_ptr_array_add(values, g_strdup("ab")); /* too short to be one */
    masked = cox_secret_mask("hunter: the hunter two, xhunterx, cab", values);
    assert_string_equal(masked, "***: ***, x***x, cab");
    assert_string_equal(same, "hunter two");
    assert_null(cox_secret_mask(NULL, values));
}

static void
marks_are_filled_and_a_missing_value_is_refused(void **state)
{
    const struct cox_agent_pair pairs[] = { { "user", "me" }, { "password", COX_SECRET_MARK }, { "key", COX_SECRET_MARK } };
    g_autoptr(GArray) params = g_array_new(FALSE, FALSE, sizeof(struct cox_agent_pair));
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;

    (void) state;
    g_array_append_vals(params, pairs, 2);
    assert_true(cox_secret_put(&password, "hunter two", NULL));
    assert_true(cox_secret_fill("db:0", params, values, NULL));
    assert_string_equal(g_array_index(params, struct cox_agent_pair, 0).value, "me");
    assert_string_equal(g_array_index(params, struct cox_agent_pair, 1).value, "hunter two");
    g_array_append_vals(params, pairs + 2, 1);
    assert_false(cox_secret_fill("db:0", params, values, &error));
    assert_int_equal(error->code, COX_ERROR_NOT_CONFIGURED);
    assert_non_null(strstr(error->message, "'key'"));
    assert_non_null(strstr(error->message, "run cibsecret sync on a node that has the right one"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

COX_TEST_MAIN(TEST(what_is_put_is_got_and_only_its_owner_may_read_it), TEST(a_value_that_does_not_have_its_digest_is_not_given_and_in_no_error),
              TEST(what_is_removed_is_gone_and_may_be_removed_again), TEST(names_lead_nowhere_else), TEST(values_are_what_every_reader_gives_back),
              TEST(all_are_listed_in_order), TEST(what_cannot_be_read_is_no_empty_list), TEST(a_value_is_not_replaced_without_its_digest),
              TEST(what_was_not_finished_is_not_left_behind), TEST(values_are_masked_wherever_they_stand), TEST(marks_are_filled_and_a_missing_value_is_refused))
