/* Tests of lib/view/fencing_view.c */
#include "view/fencing_view.h"

#include "base/testkit.h"

static const struct cox_fencing_event events[] = {
    { "n3", "reboot", "cox-controld", "n1", "n2", NULL, COX_FENCING_SUCCEEDED, 1795687200 },
    { "n3", "off", "stonith_admin.5", "n1", NULL, "no power", COX_FENCING_FAILED, 1795687201 },
    { "n3", "off", NULL, NULL, NULL, NULL, COX_FENCING_PENDING, 0 },
};

static char *
print_all(enum cox_out_format format)
{
    const struct cox_out_options options = { .format = format, .root = "test", .plain_lists = true };
    g_autoptr(cox_out) out = cox_out_new(&options);
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();

    for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
        cox_fencing_view_event(out, &events[i], utc);
    }
    if (format != COX_OUT_TEXT) {
        assert_true(cox_out_finish(out, 0, NULL, NULL));
    }
    return g_strdup(cox_out_content(out));
}

static void
people_read_one_line_for_each_operation(void **state)
{
    g_autofree char *text = print_all(COX_OUT_TEXT);

    (void) state;
    assert_string_equal(text,
                        "reboot of n3 successful: delegate=n2, client=cox-controld, origin=n1, completed='Thu Nov 26 10:00:00 2026'\n"
                        "off of n3 failed (no power): delegate=, client=stonith_admin.5, origin=n1, last-failed='Thu Nov 26 10:00:01 2026'\n"
                        "off of n3 pending: client=, origin=\n");
}

static void
programs_read_elements_that_say_what_is_pending(void **state)
{
    g_autofree char *xml = print_all(COX_OUT_XML);

    (void) state;
    assert_non_null(strstr(xml, "<fence_event status=\"success\" delegate=\"n2\" action=\"reboot\" target=\"n3\" client=\"cox-controld\" "
                                "origin=\"n1\" completed="));
    assert_non_null(strstr(xml, "<fence_event status=\"failed\" exit-reason=\"no power\" action=\"off\""));
    assert_non_null(strstr(xml, "<fence_event status=\"pending\" extended-status=\"pending\" action=\"off\""));
}

COX_TEST_MAIN(cmocka_unit_test(people_read_one_line_for_each_operation),
              cmocka_unit_test(programs_read_elements_that_say_what_is_pending))
