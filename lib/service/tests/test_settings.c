/* Tests of lib/service/settings.c. */
#include "service/settings.h"

#include "base/testkit.h"

static char *
complaints(void)
{
    g_autoptr(GPtrArray) list = cox_settings_complaints();

    g_ptr_array_add(list, NULL);
    return g_strjoinv("; ", (char **) list->pdata);
}

static void
settings_are_in_order_and_say_what_they_do(void **state)
{
    gsize n = 0;
    const struct cox_setting *settings = cox_settings_list(&n);

    (void) state;
    assert_true(n > 30);
    for (gsize i = 0; i < n; i++) {
        assert_true(settings[i].text[0] != '\0');
        assert_true(i == 0 || strcmp(settings[i - 1].name, settings[i].name) < 0);
        assert_true(settings[i].is_honoured || settings[i].same != NULL);
    }
}

static void
what_is_not_honoured_is_said_unless_it_asks_for_what_happens_anyway(void **state)
{
    g_autofree char *none = NULL, *some = NULL;

    (void) state;
    g_setenv("PCMK_remote_port", "3121", TRUE);
    g_setenv("PCMK_valgrind_enabled", "No", TRUE);
    g_setenv("PCMK_ipc_type", "socket", TRUE);
    none = complaints();
    assert_string_equal(none, "");
    g_setenv("PCMK_remote_port", "3122", TRUE);
    g_setenv("HA_node_start_state", "standby", TRUE);
    some = complaints();
    assert_string_equal(some, "PCMK_node_start_state=standby is not honoured: set the node to standby before it starts instead: "
                              "crm_standby --node NAME --update on; PCMK_remote_port=3122 is not honoured: there are no remote nodes yet");
    g_unsetenv("PCMK_remote_port");
    g_unsetenv("HA_node_start_state");
}

static void
priority_and_mode_are_read_and_nonsense_is_said(void **state)
{
    static const char *const bad_modes[] = { "rw", "0777", "0444", "066a", "" };

    (void) state;
    assert_int_equal(cox_settings_log_priority(), COX_LOG_NOTICE);
    assert_int_equal(cox_settings_log_mode(), 0660);
    g_setenv("PCMK_logpriority", "Debug", TRUE);
    g_setenv("PCMK_logfile_mode", "0640", TRUE);
    assert_int_equal(cox_settings_log_priority(), COX_LOG_DEBUG);
    assert_int_equal(cox_settings_log_mode(), 0640);
    g_setenv("PCMK_logpriority", "crit", TRUE);
    assert_int_equal(cox_settings_log_priority(), COX_LOG_ERR);
    g_setenv("PCMK_logpriority", "loud", TRUE);
    assert_int_equal(cox_settings_log_priority(), COX_LOG_NOTICE);
    for (gsize i = 0; i < G_N_ELEMENTS(bad_modes); i++) {
        g_autofree char *said = NULL;

        g_setenv("PCMK_logfile_mode", bad_modes[i], TRUE);
        assert_int_equal(cox_settings_log_mode(), 0660);
        said = complaints();
        assert_non_null(strstr(said, "PCMK_logpriority=loud is no priority"));
        assert_non_null(strstr(said, "is no octal mode"));
    }
    g_unsetenv("PCMK_logpriority");
    g_unsetenv("PCMK_logfile_mode");
}

COX_TEST_MAIN(cmocka_unit_test(settings_are_in_order_and_say_what_they_do),
              cmocka_unit_test(what_is_not_honoured_is_said_unless_it_asks_for_what_happens_anyway),
              cmocka_unit_test(priority_and_mode_are_read_and_nonsense_is_said))
