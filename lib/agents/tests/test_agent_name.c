/* Tests of lib/agents/agent_name.c. */
#include "agents/agent_name.h"

#include "base/error.h"
#include "base/testkit.h"

static void
names_are_read_and_written_alike(void **state)
{
    static const char *const names[] = { "ocf:heartbeat:IPaddr2", "systemd:getty@tty1", "lsb:my_script.sh", "stonith:fence_xvm",
                                         "service:nginx" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(cox_agent_name) name = cox_agent_name_parse(names[i], NULL);
        g_autofree char *text = name == NULL ? NULL : cox_agent_name_text(name);

        assert_non_null(name);
        assert_string_equal(text, names[i]);
        assert_true(g_str_has_prefix(text, cox_agent_standard_text(name->standard)));
        assert_int_equal(name->provider != NULL, name->standard == COX_AGENT_OCF);
    }
}

static void
names_that_could_leave_their_directory_are_refused(void **state)
{
    static const struct {
        const char *text, *culprit;
    } cases[] = {
        { "ocf:heartbeat:../../bin/sh", "'../../bin/sh'" },
        { "ocf:..:sh", "'..'" },
        { "ocf:heart/beat:x", "'heart/beat'" },
        { "lsb:.hidden", "'.hidden'" },
        { "lsb:a..b", "'a..b'" },
        { "systemd:", "''" },
        { "stonith:fence_x;reboot", "'fence_x;reboot'" },
        { "lsb:with space", "'with space'" },
        { "lsb:line\nbreak", "'line\nbreak'" },
        { "ocf::x", "provider ''" },
        { "ocf:x", "'ocf:x'" },
        { "nagios:check", "'nagios'" },
        { "systemd:a:b", "provider 'a'" },
        { "", "''" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        assert_null(cox_agent_name_parse(cases[i].text, &error));
        assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_INVALID_PARAM));
        if (strstr(error->message, cases[i].culprit) == NULL) {
            fail_msg("'%s': %s", cases[i].text, error->message);
        }
    }
}

static void
a_name_that_is_too_long_is_refused(void **state)
{
    g_autofree char *type = g_strnfill(256, 'a');

    (void) state;
    assert_null(cox_agent_name_new("lsb", NULL, type, NULL));
    type[255] = '\0';
    {
        g_autoptr(cox_agent_name) name = cox_agent_name_new("lsb", "", type, NULL);

        assert_non_null(name);
    }
    assert_null(cox_agent_name_new(NULL, NULL, "x", NULL));
    cox_agent_name_free(NULL);
}

COX_TEST_MAIN(cmocka_unit_test(names_are_read_and_written_alike),
              cmocka_unit_test(names_that_could_leave_their_directory_are_refused),
              cmocka_unit_test(a_name_that_is_too_long_is_refused))
