/* Tests of lib/view/option_man.c. */
#include "view/option_man.h"

#include "base/testkit.h"
#include "model/option.h"
#include "view/troff.h"

static void
every_option_has_a_paragraph(void **state)
{
    g_autofree char *page = cox_option_man();

    (void) state;
    for (enum cox_option_id id = 0; id < COX_N_OPTIONS; id++) {
        g_autoptr(GString) heading = g_string_new(".TP\n.B ");

        cox_troff_append(heading, cox_option(id)->name);
        g_string_append_c(heading, '\n');
        if (strstr(page, heading->str) == NULL) {
            fail_msg("%s is not in the page", cox_option(id)->name);
        }
    }
}

static void
values_defaults_bounds_and_older_names_are_said(void **state)
{
    g_autofree char *page = cox_option_man();

    (void) state;
    assert_non_null(strstr(page, "Value: reboot, off; default: reboot.\nOlder name, still accepted: stonith\\-action.\n"));
    assert_non_null(strstr(page, "Value: integer, 0..1000; default: 1.\n"));
    assert_non_null(strstr(page, "Value: score; default: \\-INFINITY.\n"));
    assert_non_null(strstr(page, "Value: version.\nWritten by the cluster.\n"));
    assert_non_null(strstr(page, "Where: transient.\n"));
    assert_null(strstr(page, "||"));
}

COX_TEST_MAIN(cmocka_unit_test(every_option_has_a_paragraph),
              cmocka_unit_test(values_defaults_bounds_and_older_names_are_said))
