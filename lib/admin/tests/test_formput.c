/* lib/admin/tests/test_formput.c */
#include "admin/form_priv.h"

#include "admin/tests/formkit.h"

static void
sections_that_are_not_named_stay(void **state)
{
    (void) state;
    formkit_becomes("<resources><primitive id='a' class='lsb' type='x'/></resources><!--c--><constraints><rsc_order id='o'/></constraints>",
                    "constraints: []\n", "<resources><primitive id='a' class='lsb' type='x'/></resources><!--c--><constraints/>");
    formkit_becomes("<resources/>", "tags: []\n", "<resources/>");
    formkit_becomes("<resources/>", "tags: [{tag: t}]\n", "<resources/><tags><tag id='t'/></tags>");
}

static void
others_take_each_others_place(void **state)
{
    (void) state;
    formkit_becomes("<odd a='1'/><resources/><odd a='2'/><resources b='1'/>", "others:\n- xml: <even/>\n",
                    "<even/><resources/>");
    formkit_becomes("<odd a='1'/><resources/>", "others:\n- xml: <odd a='3'/>\n- xml: <new/>\n", "<odd a='3'/><resources/><new/>");
}

static void
what_is_no_section_is_refused(void **state)
{
    (void) state;
    formkit_refused("constraint: []\n", "line 1, column 1: 'constraint' is no section; did you mean 'constraints'?");
    formkit_refused("- resources\n", "the file must be a map of sections");
    formkit_refused("", "the file must be a map of sections");
    formkit_refused("resources:\n", "line 1, column 11: resources: nothing is said of it: leave it out, or write []");
    formkit_refused("resources:\n  xml: <nodes/>\n", "xml: 'nodes' cannot be here: use one of: resources");
    formkit_refused("resources:\n  xml: <!--c-->\n", "resources: xml: a comment is no section");
    formkit_refused("others: x\n", "others: there must be a list");
    formkit_refused("others: [x]\n", "others: each must be a map with the key xml, and no other");
}

static void
a_section_may_be_xml(void **state)
{
    (void) state;
    formkit_both("<crm_config odd='1'/>", "options:\n  xml: |\n    <crm_config odd=\"1\"/>\n");
}

static void
a_document_without_a_configuration_gets_one(void **state)
{
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_new("cib");

    (void) state;
    assert_true(formkit_read(doc, "tags: [{tag: t}]\n", NULL));
    formkit_is(doc, "<tags><tag id='t'/></tags>");
}

COX_TEST_MAIN(cmocka_unit_test(sections_that_are_not_named_stay), cmocka_unit_test(others_take_each_others_place),
              cmocka_unit_test(what_is_no_section_is_refused), cmocka_unit_test(a_section_may_be_xml),
              cmocka_unit_test(a_document_without_a_configuration_gets_one))
