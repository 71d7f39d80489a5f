/* lib/admin/tests/test_lapse.c */
#include "admin/lapse.h"

#include "admin/tests/treekit.h"

#define UNTIL                                                                                                                       \
    "<meta_attributes id='a-maintenance-until' score='INFINITY'><rule id='a-maintenance-until-rule' score='0'>"                     \
    "<date_expression id='a-maintenance-until-end' operation='lt' end='2026-01-31 12:00:00Z'/></rule>"                              \
    "<nvpair id='a-maintenance-until-value' name='maintenance' value='true'/></meta_attributes>"

/* The resource 'a' of a document, and what is set there. */
static struct cox_lapse
lapse_of(const struct cox_xmldoc *doc)
{
    struct cox_xml *rsc = cox_xml_first(cox_xml_first(cox_xmldoc_root(doc)));

    return (struct cox_lapse) { { rsc, "meta_attributes", NULL }, "a", "maintenance", "true" };
}

static void
sets(const char *before, const char *until, const char *after)
{
    g_autofree char *start = g_strdup_printf("<primitive id='a'>%s</primitive>", before);
    g_autofree char *wanted = g_strdup_printf("<primitive id='a'>%s</primitive>", after);
    g_autoptr(cox_xmldoc) doc = treekit_doc(start);
    const struct cox_lapse lapse = lapse_of(doc);

    cox_lapse_set(&lapse, until);
    treekit_is(doc, wanted);
}

static void
what_ends_has_a_set_of_its_own_before_the_others(void **state)
{
    (void) state;
    sets("", "2026-01-31 12:00:00Z", UNTIL);
    sets("<meta_attributes id='m'><nvpair id='p' name='priority' value='1'/></meta_attributes>", "2026-01-31 12:00:00Z",
         UNTIL "<meta_attributes id='m'><nvpair id='p' name='priority' value='1'/></meta_attributes>");
}

static void
another_value_counts_again_when_it_has_ended_and_the_same_does_not(void **state)
{
    (void) state;
    sets("<meta_attributes id='m'><nvpair id='p' name='maintenance' value='false'/></meta_attributes>", "2026-01-31 12:00:00Z",
         UNTIL "<meta_attributes id='m'><nvpair id='p' name='maintenance' value='false'/></meta_attributes>");
    sets("<meta_attributes id='m'><nvpair id='p' name='maintenance' value='true'/></meta_attributes>", "2026-01-31 12:00:00Z", UNTIL);
}

static void
the_same_in_other_words_does_not_count_again_in_whatever_set(void **state)
{
    static const char *const words[] = { "on", "1", "YES", "y", "True" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *before = g_strdup_printf("<meta_attributes id='m'><nvpair id='p' name='maintenance' value='%s'/></meta_attributes>", words[i]);

        sets(before, "2026-01-31 12:00:00Z", UNTIL);
    }
    sets("<meta_attributes id='m'><nvpair id='p' name='maintenance' value='off'/></meta_attributes>"
         "<meta_attributes id='n'><nvpair id='q' name='maintenance' value='on'/><nvpair id='r' name='maintenance' value='1'/></meta_attributes>"
         "<meta_attributes id='o'><nvpair id='s' name='priority' value='1'/><nvpair id='t' name='maintenance' value='true'/></meta_attributes>",
         "2026-01-31 12:00:00Z",
         UNTIL "<meta_attributes id='m'><nvpair id='p' name='maintenance' value='off'/></meta_attributes>"
               "<meta_attributes id='o'><nvpair id='s' name='priority' value='1'/></meta_attributes>");
}

static void
without_an_end_it_is_a_usual_setting_and_the_end_is_forgotten(void **state)
{
    (void) state;
    sets(UNTIL, NULL,
         "<meta_attributes id='a-meta_attributes'><nvpair id='a-meta_attributes-maintenance' name='maintenance' value='true'/></meta_attributes>");
    sets(UNTIL, "2026-01-31 12:00:00Z", UNTIL);
}

static void
cluster_options_lose_what_would_win(void **state)
{
    g_autoptr(cox_xmldoc) doc
        = treekit_doc("<crm_config><cluster_property_set id='cib-bootstrap-options'><nvpair id='p' name='maintenance-mode' value='false'/>"
                      "</cluster_property_set></crm_config>");
    const struct cox_lapse lapse
        = { { cox_xml_first(cox_xml_first(cox_xmldoc_root(doc))), "cluster_property_set", "cib-bootstrap-options" }, "cluster", "maintenance-mode", "true" };

    (void) state;
    cox_lapse_set(&lapse, "2026-01-31");
    treekit_is(doc, "<crm_config><cluster_property_set id='cluster-maintenance-mode-until' score='INFINITY'>"
                    "<rule id='cluster-maintenance-mode-until-rule' score='0'><date_expression id='cluster-maintenance-mode-until-end' "
                    "operation='lt' end='2026-01-31'/></rule><nvpair id='cluster-maintenance-mode-until-value' name='maintenance-mode' "
                    "value='true'/></cluster_property_set></crm_config>");
    cox_lapse_clear(&lapse);
    treekit_is(doc, "<crm_config/>");
}

static void
the_end_of_a_setting_can_be_read(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("<primitive id='a'>" UNTIL "<meta_attributes id='m'><nvpair id='p' name='maintenance' value='true'/>"
                                            "</meta_attributes></primitive>");
    const struct cox_xml *rsc = cox_xml_first(cox_xml_first(cox_xmldoc_root(doc)));
    const struct cox_lapse lapse = lapse_of(doc);

    (void) state;
    assert_string_equal(cox_lapse_end(cox_xml_child(cox_xml_first(rsc), "nvpair")), "2026-01-31 12:00:00Z");
    assert_null(cox_lapse_end(cox_xml_child(cox_xml_last(rsc), "nvpair")));
    cox_lapse_clear(&lapse);
    treekit_is(doc, "<primitive id='a'/>");
}

COX_TEST_MAIN(cmocka_unit_test(what_ends_has_a_set_of_its_own_before_the_others),
              cmocka_unit_test(another_value_counts_again_when_it_has_ended_and_the_same_does_not),
              cmocka_unit_test(the_same_in_other_words_does_not_count_again_in_whatever_set),
              cmocka_unit_test(without_an_end_it_is_a_usual_setting_and_the_end_is_forgotten),
              cmocka_unit_test(cluster_options_lose_what_would_win), cmocka_unit_test(the_end_of_a_setting_can_be_read))
