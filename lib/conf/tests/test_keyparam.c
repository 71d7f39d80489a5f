/* lib/conf/tests/test_keyparam.c */
#include "conf/keyparam.h"

#include "base/error.h"
#include "base/testkit.h"

static void
values_are_found_by_name(void **state)
{
    const struct cox_param list[] = { { "a", "1" }, { "b", "" }, { "c", NULL }, { "a", "2" } };
    const struct cox_params params = { list, G_N_ELEMENTS(list) }, none = { 0 };

    (void) state;
    assert_string_equal(cox_params_get(&params, "a"), "1");
    assert_null(cox_params_get(&params, "b"));
    assert_null(cox_params_get(&params, "c"));
    assert_null(cox_params_get(&none, "a"));
}

static void
what_the_cluster_adds_is_known(void **state)
{
    const struct cox_param list[] = { { "CRM_meta_promoted_max", "1" } }, older[] = { { "CRM_meta_master_max", "1" } }, plain[] = { { "CRM_meta_clone", "0" } };

    (void) state;
    assert_true(cox_param_is_clusters("CRM_meta_timeout"));
    assert_true(cox_param_is_clusters("OCF_CHECK_LEVEL"));
    assert_true(cox_param_is_clusters("crm_feature_set"));
    assert_true(cox_param_is_clusters("trace_ra"));
    assert_false(cox_param_is_clusters("priority"));
    assert_true(cox_params_is_promotable(&(struct cox_params) { list, 1 }));
    assert_true(cox_params_is_promotable(&(struct cox_params) { older, 1 }));
    assert_false(cox_params_is_promotable(&(struct cox_params) { plain, 1 }));
}

static void
a_parameter_is_written_as_its_keyword_is(void **state)
{
    static const struct cox_keyword flag = { .kind = COX_KEYWORD_FLAG }, worded = { .kind = COX_KEYWORD_UNFLAG, .most = 1 },
                                    special = { .kind = COX_KEYWORD_SPECIAL, .most = 8 }, number = { .kind = COX_KEYWORD_NUMBER, .most = 1 };
    static const struct {
        const struct cox_keyword *row;
        const char *value, *text;
    } cases[] = {
        { &flag, "true", "  k\n" },   { &flag, "false", "" },       { &flag, "on", "  k on\n" }, { &worded, "true", "  k\n" }, { &worded, "false", "  k false\n" },
        { &special, "true", "  k\n" }, { &special, "false", "" },   { &special, "a b", "  k a b\n" }, { &number, "true", "  k true\n" },
        { &number, "1", "  k 1\n" },  { NULL, "false", "  k false\n" },
    };

    (void) state;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct cox_param param = { "k", cases[i].value };
        g_autoptr(GString) out = g_string_new(NULL);

        assert_true(cox_param_write(out, &param, cases[i].row, NULL));
        assert_string_equal(out->str, cases[i].text);
    }
}

static void
a_value_of_several_lines_is_refused(void **state)
{
    const struct cox_param param = { "k", "1\n}" };
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_false(cox_param_write(out, &param, NULL, &error));
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED));
    assert_non_null(strstr(error->message, "parameter k"));
    assert_string_equal(out->str, "");
}

COX_TEST_MAIN(cmocka_unit_test(values_are_found_by_name), cmocka_unit_test(what_the_cluster_adds_is_known),
              cmocka_unit_test(a_parameter_is_written_as_its_keyword_is), cmocka_unit_test(a_value_of_several_lines_is_refused))
