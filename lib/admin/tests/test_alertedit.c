/* lib/admin/tests/test_alertedit.c */
#include "admin/alertedit.h"

#include "admin/tests/treekit.h"

static bool
create(struct cox_xmldoc *doc, const struct cox_alertedit *edit, const char *text, GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    char *none[] = { NULL };
    struct cox_alertedit whole = *edit;

    whole.words = (*text == '\0') ? none : words;
    return cox_alertedit_create(cox_xmldoc_root(doc), &whole, error);
}

static void
refuses(const struct cox_alertedit *edit, const char *text, int code, const char *part)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("<resources><primitive id='a'/></resources>");
    GError *error = NULL;

    assert_false(create(doc, edit, text, &error));
    treekit_failed(&error, code, part);
}

static void
an_alert_has_a_path_parameters_and_events(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("");

    (void) state;
    assert_true(create(doc, &(struct cox_alertedit) { .path = "/bin/x" }, "", NULL));
    assert_true(create(doc, &(struct cox_alertedit) { .path = "/bin/y", .select = "fencing,attributes:a b" }, "to=me meta timeout=5s", NULL));
    treekit_is(doc, "<alerts><alert id='alert' path='/bin/x'/><alert id='alert-1' path='/bin/y'>"
                    "<meta_attributes id='alert-1-meta_attributes'><nvpair id='alert-1-meta_attributes-timeout' name='timeout' value='5s'/></meta_attributes>"
                    "<instance_attributes id='alert-1-instance_attributes'><nvpair id='alert-1-instance_attributes-to' name='to' value='me'/>"
                    "</instance_attributes><select><select_fencing/><select_attributes><attribute id='alert-1-attribute-a.b' name='a b'/>"
                    "</select_attributes></select></alert></alerts>");
}

static void
what_makes_no_sense_is_refused(void **state)
{
    (void) state;
    refuses(&(struct cox_alertedit) { .path = "x" }, "", COX_ERROR_USAGE, "'x' is no whole path");
    refuses(&(struct cox_alertedit) { .path = "/x\xff" }, "", COX_ERROR_USAGE, "no whole path");
    refuses(&(struct cox_alertedit) { .path = "/x", .id = "a" }, "", COX_ERROR_EXISTS, "'a' exists already");
    refuses(&(struct cox_alertedit) { .path = "/x", .select = "node" }, "", COX_ERROR_USAGE, "'node' is no kind of event; did you mean 'nodes'?");
    refuses(&(struct cox_alertedit) { .path = "/x", .select = "nodes:n1" }, "", COX_ERROR_USAGE, "'nodes:n1' is no kind");
    refuses(&(struct cox_alertedit) { .path = "/x" }, "meta timeot=5s", COX_ERROR_USAGE, "'timeot' is no meta-attribute of alerts; did you mean 'timeout'?");
    refuses(&(struct cox_alertedit) { .path = "/x" }, "meta timeout=soon", COX_ERROR_INVALID_PARAM, "soon");
    refuses(&(struct cox_alertedit) { .path = "/x" }, "op monitor", COX_ERROR_USAGE, "neither operations nor utilization");
    refuses(&(struct cox_alertedit) { .path = "/x" }, "word", COX_ERROR_USAGE, "'word'");
}

static void
an_alert_changes_only_in_what_is_said(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("<alerts><alert id='z' path='/x'><select><select_nodes/></select></alert></alerts>");
    struct cox_xml *root = cox_xmldoc_root(doc);
    GError *error = NULL;

    (void) state;
    assert_false(cox_alertedit_update(root, "zz", &(struct cox_alertedit) { NULL }, &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "alert 'zz' does not exist; did you mean 'z'?");
    assert_true(cox_alertedit_update(root, "z", &(struct cox_alertedit) { .path = "/y" }, NULL));
    treekit_is(doc, "<alerts><alert id='z' path='/y'><select><select_nodes/></select></alert></alerts>");
    assert_true(cox_alertedit_update(root, "z", &(struct cox_alertedit) { .select = "" }, NULL));
    treekit_is(doc, "<alerts><alert id='z' path='/y'/></alerts>");
    assert_true(cox_alertedit_delete(root, (char *[]) { (char[]) { "z" }, NULL }, NULL));
    treekit_is(doc, "<alerts/>");
}

static void
recipients_belong_to_an_alert_and_are_told_once(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("<alerts><alert id='z' path='/x'/></alerts>");
    struct cox_xml *root = cox_xmldoc_root(doc);
    const struct cox_alertedit plain = { NULL };
    char *words[] = { (char[]) { "meta" }, (char[]) { "enabled=false" }, NULL };
    GError *error = NULL;

    (void) state;
    assert_true(cox_alertedit_add_recipient(root, "z", "ann", &plain, NULL));
    assert_true(cox_alertedit_add_recipient(root, "z", "bob", &(struct cox_alertedit) { .id = "b", .words = words }, NULL));
    assert_true(cox_alertedit_update_recipient(root, "b", "eve", &plain, NULL));
    assert_false(cox_alertedit_delete_recipients(root, (char *[]) { (char[]) { "z" }, NULL }, &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "recipient 'z' does not exist");
    assert_true(cox_alertedit_delete_recipients(root, (char *[]) { (char[]) { "z-recipient" }, NULL }, NULL));
    treekit_is(doc, "<alerts><alert id='z' path='/x'><recipient id='b' value='eve'><meta_attributes id='b-meta_attributes'>"
                    "<nvpair id='b-meta_attributes-enabled' name='enabled' value='false'/></meta_attributes></recipient></alert></alerts>");
    assert_false(cox_alertedit_add_recipient(root, "z", "eve", &plain, &error));
    treekit_failed(&error, COX_ERROR_EXISTS, "alert 'z' tells 'eve' already: recipient 'b'");
    assert_false(cox_alertedit_add_recipient(root, "z", "", &plain, &error));
    treekit_failed(&error, COX_ERROR_USAGE, "say who is to be told");
    assert_false(cox_alertedit_update_recipient(root, "b", "", &plain, &error));
    treekit_failed(&error, COX_ERROR_USAGE, "say who");
}

COX_TEST_MAIN(cmocka_unit_test(an_alert_has_a_path_parameters_and_events), cmocka_unit_test(what_makes_no_sense_is_refused),
              cmocka_unit_test(an_alert_changes_only_in_what_is_said), cmocka_unit_test(recipients_belong_to_an_alert_and_are_told_once))
