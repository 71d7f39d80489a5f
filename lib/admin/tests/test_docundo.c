/* lib/admin/tests/test_docundo.c */
#include "admin/docundo.h"

#include "admin/tests/formkit.h"

/* @after came from @before; taken back in @now it becomes @then. */
static void
taken_back(const char *before, const char *after, const char *now, const char *then)
{
    g_autoptr(cox_xmldoc) old = treekit_doc(before);
    g_autoptr(cox_xmldoc) new = treekit_doc(after);
    g_autoptr(cox_xmldoc) doc = treekit_doc(now);
    g_autoptr(cox_xmldoc) patch = cox_docundo_make(cox_xmldoc_root(old), cox_xmldoc_root(new), NULL);
    GError *error = NULL;

    assert_non_null(patch);
    cox_xml_set(cox_xmldoc_root(doc), "epoch", "99");
    if (!cox_docundo_apply(cox_xmldoc_root(doc), cox_xmldoc_root(patch), &error)) {
        fail_msg("%s", error->message);
    }
    formkit_is(doc, then);
}

static void
what_was_changed_is_as_before(void **state)
{
    const char *one = "<resources><primitive id='a' class='lsb' type='x'/></resources><constraints/>";
    const char *two = "<resources><primitive id='a' class='lsb' type='y'/><primitive id='b' class='lsb' type='z'/></resources>"
                      "<constraints><rsc_order id='o' first='a' then='b'/></constraints>";

    (void) state;
    taken_back(one, two, two, one);
    taken_back(two, one, one, two);
}

static void
what_others_have_changed_since_stays(void **state)
{
    (void) state;
    taken_back("<resources><primitive id='a' class='lsb' type='x'/></resources><constraints/>",
               "<resources><primitive id='a' class='lsb' type='y'/></resources><constraints><rsc_order id='o' first='a' then='a'/></constraints>",
               "<resources><primitive id='a' class='lsb' type='y' description='d'/><primitive id='c' class='lsb' type='z'/></resources>"
               "<constraints><rsc_order id='p' first='a' then='c'/><rsc_order id='o' first='a' then='a'/></constraints>",
               "<resources><primitive id='a' class='lsb' type='x' description='d'/><primitive id='c' class='lsb' type='z'/></resources>"
               "<constraints><rsc_order id='p' first='a' then='c'/></constraints>");
}

static void
what_is_gone_cannot_be_taken_back_and_nothing_is(void **state)
{
    g_autoptr(cox_xmldoc) old = treekit_doc("<tags/><resources><primitive id='a' type='x'/></resources>");
    g_autoptr(cox_xmldoc) new = treekit_doc("<tags><tag id='t'/></tags><resources><primitive id='a' type='y'/></resources>");
    g_autoptr(cox_xmldoc) now = treekit_doc("<tags><tag id='t'/></tags><resources/>");
    g_autoptr(cox_xmldoc) patch = cox_docundo_make(cox_xmldoc_root(old), cox_xmldoc_root(new), NULL);
    GError *error = NULL;

    (void) state;
    assert_false(cox_docundo_apply(cox_xmldoc_root(now), cox_xmldoc_root(patch), &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "primitive");
    formkit_is(now, "<tags><tag id='t'/></tags><resources/>");
}

static void
no_change_has_nothing_to_take_back(void **state)
{
    g_autoptr(cox_xmldoc) one = treekit_doc("<resources/>");
    GError *error = NULL;

    (void) state;
    assert_null(cox_docundo_make(cox_xmldoc_root(one), cox_xmldoc_root(one), &error));
    assert_null(error);
}

COX_TEST_MAIN(cmocka_unit_test(what_was_changed_is_as_before), cmocka_unit_test(what_others_have_changed_since_stays),
              cmocka_unit_test(what_is_gone_cannot_be_taken_back_and_nothing_is), cmocka_unit_test(no_change_has_nothing_to_take_back))
