/* lib/admin/tests/test_leveledit.c */
#include "admin/leveledit.h"

#include "admin/tests/treekit.h"

#define THINGS                                                                                                                          \
    "<nodes><node id='1' uname='n1'/><node id='2' uname='n2'/></nodes><resources><primitive id='ipmi' class='stonith' type='fence_x'/>" \
    "<primitive id='pdu' class='stonith' type='fence_y'/><primitive id='web' class='ocf' provider='p' type='t'/></resources>"

static bool
add(struct cox_xmldoc *doc, const char *text, GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    return cox_leveledit_add(cox_xmldoc_root(doc), words[0], words[1], words + 2, error);
}

static void
makes(const char *text, const char *level)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc(THINGS);
    g_autofree char *wanted = g_strdup_printf(THINGS "<fencing-topology>%s</fencing-topology>", level);

    assert_true(add(doc, text, NULL));
    treekit_is(doc, wanted);
}

static void
refuses(const char *text, int code, const char *part)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc(THINGS);
    GError *error = NULL;

    assert_false(add(doc, text, &error));
    treekit_failed(&error, code, part);
}

static void
levels_are_for_a_node_a_pattern_or_an_attribute(void **state)
{
    (void) state;
    makes("n1 1 ipmi", "<fencing-level id='fl-n1-1' index='1' devices='ipmi' target='n1'/>");
    makes("n2 9 ipmi pdu", "<fencing-level id='fl-n2-9' index='9' devices='ipmi,pdu' target='n2'/>");
    makes("regexp%n[12] 2 pdu", "<fencing-level id='fl-regexp.n.12.-2' index='2' devices='pdu' target-pattern='n[12]'/>");
    makes("attrib%rack=7 1 pdu", "<fencing-level id='fl-attrib.rack.7-1' index='1' devices='pdu' target-attribute='rack' target-value='7'/>");
}

static void
what_makes_no_sense_is_refused(void **state)
{
    (void) state;
    refuses("n11 1 ipmi", COX_ERROR_NOT_FOUND, "node 'n11' does not exist; did you mean 'n1'?");
    refuses("n1 0 ipmi", COX_ERROR_USAGE, "'0' is no level");
    refuses("n1 10 ipmi", COX_ERROR_USAGE, "'10' is no level");
    refuses("n1 one ipmi", COX_ERROR_USAGE, "'one' is no level");
    refuses("n1 1 ipmmi", COX_ERROR_NOT_FOUND, "fence device 'ipmmi' does not exist; did you mean 'ipmi'?");
    refuses("n1 1 web", COX_ERROR_USAGE, "resource 'web' is no fence device");
    refuses("n1 1 pdu pdu", COX_ERROR_USAGE, "'pdu' is named twice");
    refuses("regexp%n( 1 pdu", COX_ERROR_USAGE, "no regular expression");
    refuses("attrib%rack 1 pdu", COX_ERROR_USAGE, "not attrib%NAME=VALUE");
}

static void
a_level_is_not_defined_twice_and_goes_alone_or_with_the_others(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc(THINGS);
    struct cox_xml *root = cox_xmldoc_root(doc);
    GError *error = NULL;

    (void) state;
    assert_true(add(doc, "n1 1 ipmi", NULL));
    assert_true(add(doc, "n1 2 pdu", NULL));
    assert_true(add(doc, "attrib%rack=7 1 pdu", NULL));
    assert_false(add(doc, "n1 1 pdu", &error));
    treekit_failed(&error, COX_ERROR_EXISTS, "level 1 of 'n1' is there already, with ipmi");
    assert_false(cox_leveledit_remove(root, "n1", "3", &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "'n1' has no level 3");
    assert_false(cox_leveledit_remove(root, "n11", NULL, &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "'n11' has no levels of fencing; did you mean 'n1'?");
    assert_true(cox_leveledit_remove(root, "attrib%rack=7", "1", NULL));
    assert_true(cox_leveledit_remove(root, "n1", NULL, NULL));
    treekit_is(doc, THINGS "<fencing-topology/>");
}

COX_TEST_MAIN(cmocka_unit_test(levels_are_for_a_node_a_pattern_or_an_attribute), cmocka_unit_test(what_makes_no_sense_is_refused),
              cmocka_unit_test(a_level_is_not_defined_twice_and_goes_alone_or_with_the_others))
