/* lib/admin/tests/test_param.c - tests of whose setting is meant. */
#include "admin/param.h"

#include "admin/tests/test_admin.h"
#include "base/error.h"

static struct cox_param_request
meta(const char *rsc)
{
    return (struct cox_param_request) { .rsc = rsc, .set_type = "meta_attributes", .name = "is-managed" };
}

/* Set through what the room chooses. */
static void
set(struct cox_cib *cib, const struct cox_param_request *request, const char *value, enum cox_param_owner owner)
{
    struct cox_param_choice choice = { 0 };
    g_autofree char *set_id = NULL;
    g_autofree char *pair_id = NULL;
    struct cox_step *step = NULL;

    assert_true(cox_param_choose(cox_cib_root(cib), request, &choice, NULL));
    assert_int_equal(choice.owner, owner);
    step = cox_param_set(request, &choice, value, &set_id, &pair_id);
    cox_param_choice_clear(&choice);
    test_make(cib, step);
}

static void
a_setting_of_a_cloned_resource_is_the_clones(void **state)
{
    g_autoptr(cox_cib) cib = test_cib();
    const struct cox_param_request request = meta("p");

    (void) state;
    set(cib, &request, "false", COX_PARAM_OF_PARENT);
    assert_string_equal(test_value(cib, "//clone/meta_attributes[@id='c-meta_attributes']/nvpair", "value"), "false");
}

static void
a_value_in_the_child_is_the_one_that_counts(void **state)
{
    g_autoptr(cox_cib) cib = test_cib();
    struct cox_param_request request = meta("p");

    (void) state;
    request.is_forced = true;
    set(cib, &request, "false", COX_PARAM_OWN);
    request = meta("c");
    set(cib, &request, "true", COX_PARAM_OF_CHILD);
    assert_string_equal(test_value(cib, "//clone/primitive/meta_attributes/nvpair", "value"), "true");
    assert_null(cox_xpath_first(cox_cib_root(cib), "//clone/meta_attributes"));
    request.is_forced = true;
    set(cib, &request, "false", COX_PARAM_OWN);
    assert_string_equal(test_value(cib, "//clone/meta_attributes/nvpair", "value"), "false");
}

static void
a_set_that_is_referenced_is_changed_where_it_is(void **state)
{
    g_autoptr(cox_cib) cib = test_cib();
    const struct cox_param_request request = { .rsc = "r", .set_type = "instance_attributes", .name = "a" };

    (void) state;
    set(cib, &request, "2", COX_PARAM_OWN);
    assert_string_equal(test_value(cib, "//nvpair[@id='sh-a']", "value"), "2");
}

static void
settings_of_operations_are_not_the_resources(void **state)
{
    g_autoptr(cox_cib) cib = test_cib();
    const struct cox_param_request request = meta("r");
    struct cox_param_choice choice = { 0 };

    (void) state;
    assert_true(cox_param_choose(cox_cib_root(cib), &request, &choice, NULL));
    assert_null(choice.pair);
    cox_param_choice_clear(&choice);
}

static void
an_unknown_resource_is_named(void **state)
{
    g_autoptr(cox_cib) cib = test_cib();
    const struct cox_param_request request = meta("nobody");
    struct cox_param_choice choice = { 0 };
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_false(cox_param_choose(cox_cib_root(cib), &request, &choice, &error));
    assert_int_equal(error->code, COX_ERROR_NOT_FOUND);
    assert_non_null(strstr(error->message, "'nobody'"));
}

static void
attributes_of_the_element_come_and_go(void **state)
{
    g_autoptr(cox_cib) cib = test_cib();

    (void) state;
    test_make(cib, cox_param_set_element(cox_param_rsc(cox_cib_root(cib), "r"), "description", "what it is"));
    assert_string_equal(test_value(cib, "//primitive[@id='r']", "description"), "what it is");
    test_make(cib, cox_param_set_element(cox_param_rsc(cox_cib_root(cib), "r"), "description", NULL));
    assert_null(test_value(cib, "//primitive[@id='r']", "description"));
    assert_non_null(cox_xpath_first(cox_cib_root(cib), "//primitive[@id='r']/operations/op"));
}

static void
a_template_fills_in_what_the_resource_does_not_say(void **state)
{
    g_autoptr(cox_cib) cib = test_cib();
    const struct cox_xml *root = cox_cib_root(cib);
    g_autoptr(cox_xmldoc) doc = cox_param_expand(root, cox_param_rsc(root, "u"));
    const struct cox_xml *xml = cox_xmldoc_root(doc);

    (void) state;
    assert_null(cox_xml_get(xml, "template"));
    assert_string_equal(cox_xml_get(xml, "type"), "U");
    assert_int_equal(cox_xml_n_children(cox_xml_child(xml, "operations")), 2); /* its own monitor, the template's stop */
    assert_non_null(cox_xml_child(xml, "meta_attributes"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_setting_of_a_cloned_resource_is_the_clones),
        cmocka_unit_test(a_value_in_the_child_is_the_one_that_counts),
        cmocka_unit_test(a_set_that_is_referenced_is_changed_where_it_is),
        cmocka_unit_test(settings_of_operations_are_not_the_resources),
        cmocka_unit_test(an_unknown_resource_is_named),
        cmocka_unit_test(attributes_of_the_element_come_and_go),
        cmocka_unit_test(a_template_fills_in_what_the_resource_does_not_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
