/* Tests of lib/base/error.c and lib/base/diag.c. */
#include "base/diag.h"
#include "base/error.h"
#include "base/testkit.h"

static void
every_row_maps_to_its_status_and_back(void **state)
{
    (void) state;
    for (int code = 0; code < COX_ERROR_N; code++) {
        int status = cox_error_exit_status((enum cox_error) code);

        assert_int_equal(cox_error_from_status(status), code);
        assert_true(g_str_has_prefix(cox_error_name((enum cox_error) code), "CRM_EX_"));
        assert_true(strlen(cox_error_text((enum cox_error) code)) > 1);
    }
    assert_int_equal(cox_error_exit_status(COX_ERROR_NOT_FOUND), 105);
    assert_int_equal(cox_error_from_status(99), COX_ERROR_GENERIC);
}

static void
a_gerror_gives_its_exit_status(void **state)
{
    g_autoptr(GError) ours = g_error_new(COX_ERROR, COX_ERROR_CONFIG, "x");
    g_autoptr(GError) other = g_error_new(G_FILE_ERROR, G_FILE_ERROR_NOENT, "x");

    (void) state;
    assert_int_equal(cox_error_status_of(NULL), 0);
    assert_int_equal(cox_error_status_of(ours), 78);
    assert_int_equal(cox_error_status_of(other), 1);
}

static void
problems_are_collected_with_object_and_remedy(void **state)
{
    g_autoptr(cox_diags) diags = cox_diags_new();
    struct cox_diag at = { .severity = COX_SEVERITY_ERROR, .object = "c1", .text = "broken", .line = 12 };

    (void) state;
    cox_diags_add(NULL, COX_SEVERITY_ERROR, NULL, NULL, "dropped");
    cox_diags_add(diags, COX_SEVERITY_WARNING, "c0", "write a number", "c0: score '%s' is not a number", "12q");
    assert_false(cox_diags_has(diags, COX_SEVERITY_ERROR));
    assert_true(cox_diags_has(diags, COX_SEVERITY_WARNING));
    cox_diags_add_at(diags, &at);
    assert_true(cox_diags_has(diags, COX_SEVERITY_ERROR));
    assert_int_equal(cox_diags_count(diags), 2);
    assert_string_equal(cox_diags_get(diags, 0)->text, "c0: score '12q' is not a number");
    assert_string_equal(cox_diags_get(diags, 0)->remedy, "write a number");
    assert_int_equal(cox_diags_get(diags, 1)->line, 12);
    cox_diags_free(NULL);
}

COX_TEST_MAIN(cmocka_unit_test(every_row_maps_to_its_status_and_back), cmocka_unit_test(a_gerror_gives_its_exit_status),
              cmocka_unit_test(problems_are_collected_with_object_and_remedy))
