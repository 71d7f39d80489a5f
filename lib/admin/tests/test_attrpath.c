/* lib/admin/tests/test_attrpath.c - tests of where attributes are, and of how they are set and deleted. */
#include "admin/attrpath.h"

#include "admin/tests/test_admin.h"
#include "base/error.h"

/* Set (or with a NULL @value delete) through the room; the number of steps that took. */
static guint
change(struct cox_cib *cib, const struct cox_attrpath_request *request, const char *value, GError **error)
{
    struct cox_attrpath_match match = { 0 };
    g_autoptr(GPtrArray) steps = g_ptr_array_new();

    if (!cox_attrpath_find(cox_cib_root(cib), request, &match, error)) {
        return 0;
    }
    if (value != NULL) {
        (void) cox_attrpath_update(request, &match, value, steps, error);
    } else {
        (void) cox_attrpath_delete(request, &match, steps, error);
    }
    cox_attrpath_match_clear(&match);
    for (guint i = 0; i < steps->len; i++) {
        test_make(cib, steps->pdata[i]);
    }
    return steps->len;
}

static void
options_and_attributes_get_the_places_that_clients_know(void **state)
{
    static const struct {
        struct cox_attrpath_request request;
        const char *xpath;
    } cases[] = {
        { { .scope = COX_ATTRPATH_CLUSTER, .name = "x" }, "//nvpair[@id='cib-bootstrap-options-x']" },
        { { .scope = COX_ATTRPATH_NODE, .node = "n2", .name = "x" }, "//node[@id='2']/instance_attributes[@id='nodes-2']/nvpair[@id='nodes-2-x']" },
        { { .scope = COX_ATTRPATH_NODE, .node = "n2", .name = "x", .is_utilization = true },
          "//node[@id='2']/utilization[@id='nodes-2-utilization']/nvpair" },
        { { .scope = COX_ATTRPATH_TRANSIENT, .node = "n2", .name = "#x y" },
          "//node_state[@id='2']/transient_attributes[@id='2']/instance_attributes[@id='status-2']/nvpair[@id='status-2-.x.y']" },
        { { .scope = COX_ATTRPATH_NODE, .node = "far", .name = "x" }, "//node[@id='far']/instance_attributes/nvpair" },
        { { .scope = COX_ATTRPATH_RSC_DEFAULTS, .name = "x" }, "//rsc_defaults/meta_attributes[@id='rsc_defaults-options']/nvpair" },
        { { .scope = COX_ATTRPATH_CLUSTER, .name = "x", .set_id = "other", .id = "my-id" }, "//cluster_property_set[@id='other']/nvpair[@id='my-id']" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(cox_cib) cib = test_cib();

        assert_int_equal(change(cib, &cases[i].request, "v", NULL), 1);
        assert_string_equal(test_value(cib, cases[i].xpath, "value"), "v");
    }
}

static void
what_is_there_is_changed_where_it_is_and_counts(void **state)
{
    g_autoptr(cox_cib) cib = test_cib();
    const struct cox_attrpath_request request = { .scope = COX_ATTRPATH_CLUSTER, .name = "batch-limit" };

    (void) state;
    assert_int_equal(change(cib, &request, "value++", NULL), 1);
    assert_string_equal(test_value(cib, "//nvpair[@id='o1']", "value"), "6");
    assert_int_equal(change(cib, &request, "value+=4", NULL), 1);
    assert_string_equal(test_value(cib, "//nvpair[@id='o1']", "value"), "10");
}

static void
a_pattern_means_all_that_it_finds(void **state)
{
    g_autoptr(cox_cib) cib = test_cib();
    g_autoptr(GRegex) pattern = g_regex_new("fail-count", 0, 0, NULL);
    g_autoptr(GRegex) nothing = g_regex_new("^none$", 0, 0, NULL);
    struct cox_attrpath_request request = { .scope = COX_ATTRPATH_TRANSIENT, .node = "n1", .pattern = pattern };
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_int_equal(change(cib, &request, "7", NULL), 2);
    assert_string_equal(test_value(cib, "//nvpair[@id='f2']", "value"), "7");
    assert_int_equal(change(cib, &request, NULL, NULL), 2);
    assert_null(cox_xpath_first(cox_cib_root(cib), "//nvpair[@id='f1']"));
    request.pattern = nothing;
    assert_int_equal(change(cib, &request, "7", &error), 0);
    assert_int_equal(error->code, COX_ERROR_NOT_FOUND);
}

static void
several_of_a_name_are_not_changed_by_guess(void **state)
{
    g_autoptr(cox_cib) cib = test_cib();
    struct cox_attrpath_request request = { .scope = COX_ATTRPATH_CLUSTER, .name = "double" };
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_int_equal(change(cib, &request, "9", &error), 0);
    assert_int_equal(error->code, COX_ERROR_MULTIPLE);
    request.id = "m2";
    assert_int_equal(change(cib, &request, "9", NULL), 1);
    assert_string_equal(test_value(cib, "//nvpair[@id='m1']", "value"), "1");
    assert_string_equal(test_value(cib, "//nvpair[@id='m2']", "value"), "9");
}

static void
an_unknown_node_is_named_and_nothing_is_done(void **state)
{
    g_autoptr(cox_cib) cib = test_cib();
    const struct cox_attrpath_request request = { .scope = COX_ATTRPATH_NODE, .node = "n9", .name = "x" };
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_int_equal(change(cib, &request, "1", &error), 0);
    assert_int_equal(error->code, COX_ERROR_NOT_FOUND);
    assert_non_null(strstr(error->message, "name=n9"));
}

static void
words_of_the_command_line_mean_scopes(void **state)
{
    enum cox_attrpath_scope scope = COX_ATTRPATH_CLUSTER;

    (void) state;
    assert_true(cox_attrpath_scope_parse("reboot", &scope));
    assert_int_equal(scope, COX_ATTRPATH_TRANSIENT);
    assert_true(cox_attrpath_scope_parse("forever", &scope));
    assert_int_equal(scope, COX_ATTRPATH_NODE);
    assert_true(cox_attrpath_scope_parse("op_defaults", &scope));
    assert_string_equal(cox_attrpath_section(scope), "op_defaults");
    assert_false(cox_attrpath_scope_parse("tickets", &scope));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_and_attributes_get_the_places_that_clients_know),
        cmocka_unit_test(what_is_there_is_changed_where_it_is_and_counts),
        cmocka_unit_test(a_pattern_means_all_that_it_finds),
        cmocka_unit_test(several_of_a_name_are_not_changed_by_guess),
        cmocka_unit_test(an_unknown_node_is_named_and_nothing_is_done),
        cmocka_unit_test(words_of_the_command_line_mean_scopes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
