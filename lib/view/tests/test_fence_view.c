/* Tests of lib/view/fence_view.c */
#include "view/fence_view.h"

#include "base/testkit.h"

static const struct cox_fence_view events[] = {
    { "reboot", "n3", "cox-controld", "n1", "n2", NULL, "2026-11-26 10:00:00 +00:00", COX_FENCE_VIEW_SUCCESS },
    { "off", "n3", "stonith_admin.5", "n1", NULL, "no power", "2026-11-26 10:00:01 +00:00", COX_FENCE_VIEW_FAILED },
    { "off", "n3", NULL, NULL, NULL, NULL, NULL, COX_FENCE_VIEW_PENDING },
};

static char *
print_all(enum cox_out_format format)
{
    const struct cox_out_options options = { .format = format, .root = "test", .plain_lists = true };
    g_autoptr(cox_out) out = cox_out_new(&options);

    for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
        cox_fence_view_event(out, &events[i]);
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
                        "reboot of n3 successful: delegate=n2, client=cox-controld, origin=n1, completed='2026-11-26 10:00:00 +00:00'\n"
                        "off of n3 failed (no power): client=stonith_admin.5, origin=n1, last-failed='2026-11-26 10:00:01 +00:00'\n"
                        "off of n3 pending: client=(unknown), origin=(unknown)\n");
}

static void
programs_read_elements_that_say_what_is_pending(void **state)
{
    g_autofree char *xml = print_all(COX_OUT_XML);

    (void) state;
    assert_non_null(strstr(xml, "<fence_event status=\"success\" delegate=\"n2\" action=\"reboot\" target=\"n3\" client=\"cox-controld\" "
                                "origin=\"n1\" completed=\"2026-11-26 10:00:00 +00:00\"/>"));
    assert_non_null(strstr(xml, "<fence_event status=\"failed\" exit-reason=\"no power\" action=\"off\""));
    assert_non_null(strstr(xml, "<fence_event status=\"pending\" extended-status=\"pending\" action=\"off\""));
}

COX_TEST_MAIN(cmocka_unit_test(people_read_one_line_for_each_operation),
              cmocka_unit_test(programs_read_elements_that_say_what_is_pending))
