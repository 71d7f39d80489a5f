/* Tests of lib/agents/agent_find.c. */
#include "agents/agent_find.h"

#include "agents/tests/agentkit.h"
#include "base/error.h"

static char *
joined(GPtrArray *names)
{
    g_ptr_array_add(names, NULL);
    {
        char *text = g_strjoinv(" ", (char **) names->pdata);

        g_ptr_array_unref(names);
        return text;
    }
}

static void
the_first_directory_that_has_a_program_wins(void **state)
{
    char *dir = agentkit_new();
    g_autofree char *ocf = g_strdup_printf("%s/a:%s/missing:%s/b", dir, dir, dir);
    const struct cox_agent_paths paths = { .ocf = ocf, .lsb = dir, .fence = dir };
    g_autoptr(cox_agent_name) both = cox_agent_name_parse("ocf:p:both", NULL);
    g_autoptr(cox_agent_name) second = cox_agent_name_parse("ocf:p:second", NULL);
    g_autofree char *path = NULL;
    g_autofree char *other = NULL;

    (void) state;
    agentkit_put(dir, "a/p/both", "", 0755);
    agentkit_put(dir, "b/p/both", "", 0755);
    agentkit_put(dir, "a/p/second", "", 0644);
    agentkit_put(dir, "b/p/second", "", 0755);
    path = cox_agent_find(&paths, both, NULL);
    other = cox_agent_find(&paths, second, NULL);
    assert_true(g_str_has_suffix(path, "/a/p/both"));
    assert_true(g_str_has_suffix(other, "/b/p/second"));
    agentkit_remove(dir);
}

static void
what_cannot_be_run_is_told_from_what_is_missing(void **state)
{
    char *dir = agentkit_new();
    const struct cox_agent_paths paths = { .ocf = dir, .lsb = dir, .fence = dir };
    static const struct {
        const char *name;
        enum cox_error code;
    } cases[] = {
        { "ocf:p:plain", COX_ERROR_PRIVILEGE },       { "ocf:p:gone", COX_ERROR_NOT_INSTALLED }, { "lsb:p", COX_ERROR_NOT_INSTALLED },
        { "systemd:nginx", COX_ERROR_NOT_INSTALLED }, { "service:x", COX_ERROR_NOT_INSTALLED },
    };

    (void) state;
    agentkit_put(dir, "p/plain", "", 0644);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(cox_agent_name) name = cox_agent_name_parse(cases[i].name, NULL);
        g_autoptr(GError) error = NULL;

        assert_null(cox_agent_find(&paths, name, &error));
        assert_true(g_error_matches(error, COX_ERROR, (int) cases[i].code));
        assert_non_null(strstr(error->message, cases[i].name));
    }
    agentkit_remove(dir);
}

static void
lists_are_sorted_and_hold_only_what_could_be_named(void **state)
{
    char *dir = agentkit_new();
    g_autofree char *ocf = g_strdup_printf("%s/a:%s/b", dir, dir);
    const struct cox_agent_paths paths = { .ocf = ocf, .lsb = dir, .fence = dir };
    g_autofree char *providers = NULL, *all = NULL, *one = NULL, *fence = NULL, *units = NULL;

    (void) state;
    agentkit_put(dir, "a/zeta/Two", "", 0755);
    agentkit_put(dir, "a/zeta/.hidden", "", 0755);
    agentkit_put(dir, "a/zeta/README", "", 0644);
    agentkit_put(dir, "b/zeta/Two", "", 0755);
    agentkit_put(dir, "b/alpha/One", "", 0755);
    agentkit_put(dir, "fence_x", "", 0755);
    agentkit_put(dir, "other", "", 0755);
    providers = joined(cox_agent_providers(&paths));
    all = joined(cox_agent_types(&paths, COX_AGENT_OCF, NULL));
    one = joined(cox_agent_types(&paths, COX_AGENT_OCF, "alpha"));
    fence = joined(cox_agent_types(&paths, COX_AGENT_STONITH, NULL));
    units = joined(cox_agent_types(&paths, COX_AGENT_SYSTEMD, NULL));
    assert_string_equal(providers, "alpha zeta");
    assert_string_equal(all, "One Two");
    assert_string_equal(one, "One");
    assert_string_equal(fence, "fence_x");
    assert_string_equal(units, "");
    agentkit_remove(dir);
}

COX_TEST_MAIN(cmocka_unit_test(the_first_directory_that_has_a_program_wins),
              cmocka_unit_test(what_cannot_be_run_is_told_from_what_is_missing),
              cmocka_unit_test(lists_are_sorted_and_hold_only_what_could_be_named))
