/* lib/admin/tests/test_moving.c - tests of the constraints of move, ban and clear. */
#include "admin/moving.h"
#include "admin/tests/test_admin.h"

static void
a_ban_keeps_off_one_node(void **state)
{
    g_autoptr(cox_cib) cib = test_cib();
    const struct cox_moving moving = { .rsc = "r", .node = "n1", .role = COX_ROLE_STARTED };

    (void) state;
    test_make(cib, cox_moving_ban(&moving));
    assert_string_equal(test_value(cib, "//rsc_location[@id='cli-ban-r-on-n1']", "score"), "-INFINITY");
    assert_string_equal(test_value(cib, "//rsc_location", "node"), "n1");
    assert_string_equal(test_value(cib, "//rsc_location", "role"), "Started");
}

static void
a_move_with_an_end_becomes_a_rule(void **state)
{
    g_autoptr(cox_cib) cib = test_cib();
    const struct cox_moving moving
        = { .rsc = "c", .node = "n2", .role = COX_ROLE_PROMOTED, .until = "2026-01-31 12:00:00Z" };
    const struct cox_xml *constraint = NULL;

    (void) state;
    test_make(cib, cox_moving_prefer(&moving));
    constraint = cox_xpath_first(cox_cib_root(cib), "//rsc_location[@id='cli-prefer-c']");
    assert_non_null(constraint);
    assert_null(cox_xml_get(constraint, "node"));
    assert_string_equal(cox_xml_get(constraint, "role"), "Promoted");
    assert_string_equal(test_value(cib, "//rule[@id='cli-prefer-rule-c']", "score"), "INFINITY");
    assert_string_equal(test_value(cib, "//expression[@id='cli-prefer-expr-c']", "value"), "n2");
    assert_string_equal(cox_moving_end(constraint), "2026-01-31 12:00:00Z");
}

static void
a_second_move_takes_the_place_of_the_first(void **state)
{
    g_autoptr(cox_cib) cib = test_cib();
    struct cox_moving moving = { .rsc = "r", .node = "n1", .role = COX_ROLE_STARTED, .until = "2026-01-31 12:00:00Z" };
    g_autoptr(GPtrArray) found = NULL;

    (void) state;
    test_make(cib, cox_moving_prefer(&moving));
    moving.node = "n2";
    moving.until = NULL;
    moving.replaces = true;
    test_make(cib, cox_moving_prefer(&moving));
    found = cox_moving_find(cox_cib_root(cib), "r", NULL);
    assert_int_equal(found->len, 1);
    assert_string_equal(test_value(cib, "//rsc_location", "node"), "n2");
    assert_null(cox_xml_child(found->pdata[0], "rule"));
}

static void
only_own_constraints_are_found_and_cleared(void **state)
{
    g_autoptr(cox_cib) cib = test_cib();
    const struct cox_moving ban = { .rsc = "r", .node = "n1" };
    const struct cox_moving timed = { .rsc = "r", .node = "n2", .until = "2026-01-31 12:00:00Z" };
    const struct cox_moving other = { .rsc = "s", .node = "n1" };
    const struct {
        const char *rsc, *node;
        guint n;
    } cases[] = { { "r", NULL, 2 }, { "r", "n2", 1 }, { "r", "n3", 0 }, { "s", "n1", 1 }, { NULL, "n1", 2 }, { NULL, NULL, 3 } };
    g_autoptr(GPtrArray) found = NULL;

    (void) state;
    test_make(cib, cox_moving_ban(&ban));
    test_make(cib, cox_moving_ban(&timed));
    test_make(cib, cox_moving_ban(&other));
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) some = cox_moving_find(cox_cib_root(cib), cases[i].rsc, cases[i].node);

        assert_int_equal(some->len, cases[i].n);
    }
    found = cox_moving_find(cox_cib_root(cib), "r", "n2");
    test_make(cib, cox_moving_clear(found->pdata[0]));
    assert_null(cox_xpath_first(cox_cib_root(cib), "//rsc_location[@id='cli-ban-r-on-n2']"));
    assert_non_null(cox_xpath_first(cox_cib_root(cib), "//rsc_location[@id='cli-ban-r-on-n1']"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ban_keeps_off_one_node),
        cmocka_unit_test(a_move_with_an_end_becomes_a_rule),
        cmocka_unit_test(a_second_move_takes_the_place_of_the_first),
        cmocka_unit_test(only_own_constraints_are_found_and_cleared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
