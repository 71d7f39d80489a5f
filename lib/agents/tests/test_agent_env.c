/* Tests of lib/agents/agent_env.c. */
#include "agents/agent_env.h"

#include "base/error.h"
#include "base/testkit.h"

static const char *
value_of(char **env, const char *name)
{
    return g_environ_getenv(env, name);
}

static void
an_ocf_agent_gets_its_parameters_under_their_prefix(void **state)
{
    g_autoptr(cox_agent_name) agent = cox_agent_name_parse("ocf:heartbeat:IPaddr2", NULL);
    g_autoptr(GPtrArray) refused = g_ptr_array_new_with_free_func(g_free);
    const struct cox_agent_pair params[] = {
        { "ip", "10.0.0.1" },           { "CRM_meta_clone-max", "3" }, { "OCF_CHECK_LEVEL", "10" }, { "LD_PRELOAD", "/tmp/x.so" },
        { "not-an-identifier", "boo" }, { "1st", "boo" },              { "a=b", "boo" },           { "", "boo" },
        { "empty", NULL },
    };
    const struct cox_agent_pair inherited[] = {
        { "PCMK_logfile", "/var/log/x" }, { "HA_debug", "0" }, { "LD_LIBRARY_PATH", "/tmp" }, { "HOME", "/root" }, { "PCMK_a b", "x" },
    };
    g_auto(GStrv) env = cox_agent_env_new(
        &(struct cox_agent_env) {
            .agent = agent, .rsc_id = "ip1", .params = params, .n_params = G_N_ELEMENTS(params), .inherited = inherited,
            .n_inherited = G_N_ELEMENTS(inherited), .service = "pacemaker-execd",
        },
        refused);

    (void) state;
    assert_string_equal(value_of(env, "OCF_RESKEY_ip"), "10.0.0.1");
    assert_string_equal(value_of(env, "OCF_RESKEY_CRM_meta_clone_max"), "3");
    assert_string_equal(value_of(env, "OCF_CHECK_LEVEL"), "10");
    assert_string_equal(value_of(env, "OCF_RESKEY_empty"), "");
    assert_string_equal(value_of(env, "OCF_RESOURCE_INSTANCE"), "ip1");
    assert_string_equal(value_of(env, "OCF_RESOURCE_TYPE"), "IPaddr2");
    assert_string_equal(value_of(env, "OCF_RESOURCE_PROVIDER"), "heartbeat");
    assert_string_equal(value_of(env, "OCF_ROOT"), "/usr/lib/ocf");
    assert_string_equal(value_of(env, "OCF_RA_VERSION_MAJOR"), "1");
    assert_string_equal(value_of(env, "OCF_RA_VERSION_MINOR"), "1");
    assert_string_equal(value_of(env, "PCMK_service"), "pacemaker-execd");
    assert_string_equal(value_of(env, "PCMK_logfile"), "/var/log/x");
    assert_string_equal(value_of(env, "HA_debug"), "0");
    /* A parameter of that name is the agent's own business under its prefix, and never the linker's. */
    assert_string_equal(value_of(env, "OCF_RESKEY_LD_PRELOAD"), "/tmp/x.so");
    assert_null(value_of(env, "LD_PRELOAD"));
    assert_null(value_of(env, "LD_LIBRARY_PATH"));
    assert_null(value_of(env, "HOME"));
    assert_int_equal(refused->len, 4);
    assert_string_equal(g_ptr_array_index(refused, 0), "not-an-identifier");
}

static void
other_standards_get_no_parameters(void **state)
{
    g_autoptr(cox_agent_name) agent = cox_agent_name_parse("lsb:thing", NULL);
    const struct cox_agent_pair params[] = { { "ip", "10.0.0.1" }, { "no-name", "x" } };
    g_auto(GStrv) env = cox_agent_env_new(
        &(struct cox_agent_env) { .agent = agent, .rsc_id = "t", .params = params, .n_params = 2, .service = "pacemaker-execd" }, NULL);

    (void) state;
    assert_null(value_of(env, "OCF_RESKEY_ip"));
    assert_null(value_of(env, "OCF_ROOT"));
    assert_string_equal(value_of(env, "LC_ALL"), "C");
    assert_non_null(strstr(value_of(env, "PATH"), "/usr/sbin"));
}

static void
alerts_cannot_set_what_steers_the_linker_or_the_shell(void **state)
{
    static const char *const refused[] = { "LD_PRELOAD", "LD_x", "PATH", "IFS", "ENV", "BASH_ENV", "SHELLOPTS", "OCF_ROOT",
                                           "PYTHONPATH", "PERL5LIB", "a-b", "", "9x", "x=y", "NOTIFY_SOCKET" };
    static const char *const taken[] = { "debug_exec_order", "mail_to", "Path", "X_LD_PRELOAD" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        assert_false(cox_agent_env_may_set(refused[i]));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(taken); i++) {
        assert_true(cox_agent_env_may_set(taken[i]));
    }
}

static void
fence_agents_read_one_parameter_a_line(void **state)
{
    const struct cox_agent_pair pairs[] = { { "action", "off" }, { "nodename", "n1" }, { "plug", NULL } };
    g_autofree char *text = cox_agent_stdin_new(pairs, G_N_ELEMENTS(pairs), NULL);
    g_autofree char *none = cox_agent_stdin_new(NULL, 0, NULL);

    (void) state;
    assert_string_equal(text, "action=off\nnodename=n1\nplug=\n");
    assert_string_equal(none, "");
}

static void
a_line_break_never_reaches_a_fence_agent(void **state)
{
    static const struct cox_agent_pair cases[] = { { "plug", "1\naction=on" }, { "plug", "1\raction=on" }, { "plug\naction", "on" },
                                                   { "plug=1", "x" },          { "", "x" } };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        assert_null(cox_agent_stdin_new(&cases[i], 1, &error));
        assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_INVALID_PARAM));
    }
}

static void
the_message_about_a_value_does_not_show_it(void **state)
{
    const struct cox_agent_pair pair = { "passwd", "secret\nplug=2" };
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_null(cox_agent_stdin_new(&pair, 1, &error));
    assert_non_null(strstr(error->message, "'passwd'"));
    assert_null(strstr(error->message, "secret"));
}

COX_TEST_MAIN(cmocka_unit_test(an_ocf_agent_gets_its_parameters_under_their_prefix), cmocka_unit_test(other_standards_get_no_parameters),
              cmocka_unit_test(alerts_cannot_set_what_steers_the_linker_or_the_shell),
              cmocka_unit_test(fence_agents_read_one_parameter_a_line), cmocka_unit_test(a_line_break_never_reaches_a_fence_agent),
              cmocka_unit_test(the_message_about_a_value_does_not_show_it))
