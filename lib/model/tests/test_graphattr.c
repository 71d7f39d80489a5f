/* Tests of lib/model/graphattr.c. */
#include "base/testkit.h"
#include "model/graphattr.h"

static void
an_attribute_is_found_by_name_and_read_as_a_number(void **state)
{
    static const struct cox_nvpair pairs[] = { { NULL, "CRM_meta_timeout", "20000" }, { NULL, "ip", "10.0.0.1" } };
    const struct cox_action action = { .attributes = pairs, .n_attributes = 2 }, bare = { 0 };

    (void) state;
    assert_string_equal(cox_action_attribute(&action, "ip"), "10.0.0.1");
    assert_null(cox_action_attribute(&action, "CRM_meta"));
    assert_int_equal(cox_action_number(&action, "CRM_meta_timeout"), 20000);
    assert_int_equal(cox_action_number(&bare, "CRM_meta_timeout"), 0);
}

COX_TEST_MAIN(cmocka_unit_test(an_attribute_is_found_by_name_and_read_as_a_number))
