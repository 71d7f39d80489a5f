/* lib/admin/tests/test_rscedit.c */
#include "admin/rscedit.h"

#include "admin/tests/treekit.h"

#define ABC "<primitive id='a'/><primitive id='b'/><primitive id='c'/>"

/* Words of @text, NULL-terminated. */
static bool
group(struct cox_xmldoc *doc, const struct cox_rscedit_place *place, const char *text, GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    return cox_rscedit_group(cox_xmldoc_root(doc), place, words, error);
}

static bool
ungroup(struct cox_xmldoc *doc, const char *id, const char *text, GError **error)
{
    g_auto(GStrv) words = (text == NULL) ? NULL : g_strsplit(text, " ", -1);

    return cox_rscedit_ungroup(cox_xmldoc_root(doc), id, words, error);
}

static void
what_is_not_there_is_told_with_what_was_probably_meant(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("<resources><primitive id='webserver'/></resources>");
    g_autoptr(cox_xmldoc) empty = treekit_doc("");
    GError *error = NULL;

    (void) state;
    assert_non_null(cox_rscedit_find(cox_xmldoc_root(doc), "webserver", NULL));
    assert_null(cox_rscedit_find(cox_xmldoc_root(doc), "webservre", &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "'webservre' does not exist; did you mean 'webserver'?");
    assert_null(cox_rscedit_find(cox_xmldoc_root(empty), "a", &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "resource 'a' does not exist");
    assert_string_equal(cox_xml_name(cox_rscedit_section(cox_xmldoc_root(empty), "resources")), "resources");
}

static void
ids_must_be_free_and_good(void **state)
{
    static const char *const bad[] = { "", "1a", "a b", "a:b", "-a", "a\xff" };
    g_autoptr(cox_xmldoc) doc = treekit_doc("<resources>" ABC "</resources><tags><tag id='t'><obj_ref id='x'/></tag></tags>");
    GError *error = NULL;

    (void) state;
    assert_true(cox_rscedit_is_free(cox_xmldoc_root(doc), "web-1.x_\xc3\xa4", NULL));
    assert_true(cox_rscedit_is_free(cox_xmldoc_root(doc), "x", NULL));
    assert_false(cox_rscedit_is_free(cox_xmldoc_root(doc), "t", &error));
    treekit_failed(&error, COX_ERROR_EXISTS, "'t' exists already: it is the id of a tag");
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        assert_false(cox_rscedit_is_free(cox_xmldoc_root(doc), bad[i], &error));
        treekit_failed(&error, COX_ERROR_USAGE, "cannot be an id");
    }
}

static void
a_group_is_made_in_the_place_of_the_first_and_keeps_the_order_of_the_words(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("<resources>" ABC "</resources>");
    const struct cox_rscedit_place last = { "g", NULL, NULL }, before = { "g", NULL, "b" }, after = { "g", "b", NULL };

    (void) state;
    assert_true(group(doc, &last, "b a", NULL));
    treekit_is(doc, "<resources><group id='g'><primitive id='b'/><primitive id='a'/></group><primitive id='c'/></resources>");
    assert_true(group(doc, &before, "c", NULL));
    treekit_is(doc, "<resources><group id='g'><primitive id='c'/><primitive id='b'/><primitive id='a'/></group></resources>");
    assert_true(group(doc, &after, "c", NULL));
    treekit_is(doc, "<resources><group id='g'><primitive id='b'/><primitive id='c'/><primitive id='a'/></group></resources>");
    assert_true(group(doc, &last, "b c", NULL));
    treekit_is(doc, "<resources><group id='g'><primitive id='a'/><primitive id='b'/><primitive id='c'/></group></resources>");
}

static void
a_group_that_is_empty_goes_with_what_refers_to_it(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("<resources><group id='g'><primitive id='a'/></group></resources>"
                                            "<constraints><rsc_location id='l' rsc='g'/><rsc_location id='m' rsc='a'/></constraints>");
    const struct cox_rscedit_place last = { "h", NULL, NULL };

    (void) state;
    assert_true(group(doc, &last, "a", NULL));
    treekit_is(doc, "<resources><group id='h'><primitive id='a'/></group></resources>"
                    "<constraints><rsc_location id='m' rsc='a'/></constraints>");
}

static void
groups_take_primitives_once_and_places_that_there_are(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("<resources>" ABC "<clone id='k'><primitive id='d'/></clone></resources>");
    const struct cox_rscedit_place last = { "g", NULL, NULL }, nowhere = { "g", "c", NULL }, taken = { "k", NULL, NULL }, itself = { "n", NULL, "a" };
    GError *error = NULL;

    (void) state;
    assert_false(group(doc, &last, "a k", &error));
    treekit_failed(&error, COX_ERROR_USAGE, "'k' is a clone and no primitive");
    assert_false(group(doc, &last, "a b a", &error));
    treekit_failed(&error, COX_ERROR_USAGE, "'a' is named twice");
    assert_false(group(doc, &taken, "a", &error));
    treekit_failed(&error, COX_ERROR_USAGE, "'k' is a clone and no group");
    assert_false(group(doc, &nowhere, "a", &error));
    treekit_failed(&error, COX_ERROR_USAGE, "'c' is not in group 'g'");
    assert_false(group(doc, &itself, "a", &error));
    treekit_failed(&error, COX_ERROR_USAGE, "'a' is not in group 'n'");
}

static void
members_leave_behind_the_group_and_the_last_ends_it(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("<resources><group id='g'>" ABC "</group><primitive id='z'/></resources>"
                                            "<tags><tag id='t'><obj_ref id='g'/></tag></tags>");
    GError *error = NULL;

    (void) state;
    assert_false(ungroup(doc, "g", "z", &error));
    treekit_failed(&error, COX_ERROR_USAGE, "'z' is not in group 'g'");
    assert_true(ungroup(doc, "g", "c a", NULL));
    treekit_is(doc, "<resources><group id='g'><primitive id='b'/></group><primitive id='c'/><primitive id='a'/><primitive id='z'/></resources>"
                    "<tags><tag id='t'><obj_ref id='g'/></tag></tags>");
    assert_true(ungroup(doc, "g", NULL, NULL));
    treekit_is(doc, "<resources><primitive id='b'/><primitive id='c'/><primitive id='a'/><primitive id='z'/></resources><tags/>");
}

static void
a_cloned_group_cannot_be_emptied(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("<resources><clone id='k'><group id='g'>" ABC "</group></clone></resources>");
    GError *error = NULL;

    (void) state;
    assert_false(ungroup(doc, "g", NULL, &error));
    treekit_failed(&error, COX_ERROR_USAGE, "group 'g' is cloned: take the clone 'k' away first");
    assert_false(ungroup(doc, "g", "a b c", &error));
    treekit_failed(&error, COX_ERROR_USAGE, "is cloned");
    assert_true(ungroup(doc, "g", "b", NULL));
    treekit_is(doc, "<resources><clone id='k'><group id='g'><primitive id='a'/><primitive id='c'/></group></clone><primitive id='b'/></resources>");
}

static void
clones_come_and_go_around_what_they_clone(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("<resources><primitive id='a'/><group id='g'><primitive id='b'/></group></resources>"
                                            "<constraints><rsc_order id='o' first='a-clone' then='g'/></constraints>");
    GError *error = NULL;

    (void) state;
    assert_non_null(cox_rscedit_clone(cox_xmldoc_root(doc), "a", NULL, NULL));
    treekit_is(doc, "<resources><clone id='a-clone'><primitive id='a'/></clone><group id='g'><primitive id='b'/></group></resources>"
                    "<constraints><rsc_order id='o' first='a-clone' then='g'/></constraints>");
    assert_null(cox_rscedit_clone(cox_xmldoc_root(doc), "a", "other", &error));
    treekit_failed(&error, COX_ERROR_USAGE, "primitive 'a' in 'a-clone' cannot be cloned");
    assert_null(cox_rscedit_clone(cox_xmldoc_root(doc), "g", "a", &error));
    treekit_failed(&error, COX_ERROR_EXISTS, "'a'");
    assert_true(cox_rscedit_unclone(cox_xmldoc_root(doc), "a", NULL));
    treekit_is(doc, "<resources><primitive id='a'/><group id='g'><primitive id='b'/></group></resources>"
                    "<constraints><rsc_order id='o' first='a' then='g'/></constraints>");
    assert_false(cox_rscedit_unclone(cox_xmldoc_root(doc), "b", &error));
    treekit_failed(&error, COX_ERROR_USAGE, "'b' is not cloned");
    assert_false(cox_rscedit_unclone(cox_xmldoc_root(doc), "nothing", &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "'nothing'");
}

static void
what_is_deleted_takes_along_what_refers_to_it(void **state)
{
    g_autoptr(cox_xmldoc) doc
        = treekit_doc("<resources><clone id='k'><group id='g'><primitive id='a'/></group></clone><primitive id='b'/></resources>"
                      "<constraints><rsc_location id='l1' rsc='k'/><rsc_colocation id='c1' rsc='b' with-rsc='a'/><rsc_location id='l2' rsc='t'/>"
                      "<rsc_order id='o1'><resource_set id='s1'><resource_ref id='a'/></resource_set></rsc_order>"
                      "<rsc_order id='o2'><resource_set id='s2'><resource_ref id='a'/><resource_ref id='b'/></resource_set></rsc_order>"
                      "<rsc_location id='l3' rsc='b'/></constraints><fencing-topology><fencing-level id='f1' devices='a'/>"
                      "<fencing-level id='f2' devices='b,a'/></fencing-topology><tags><tag id='t'><obj_ref id='a'/></tag></tags>"
                      "<acls><acl_role id='r'><acl_permission id='p' reference='g'/></acl_role></acls>");
    GError *error = NULL;

    (void) state;
    assert_true(cox_rscedit_delete(cox_xmldoc_root(doc), "a", NULL));
    treekit_is(doc, "<resources><primitive id='b'/></resources><constraints>"
                    "<rsc_order id='o2'><resource_set id='s2'><resource_ref id='b'/></resource_set></rsc_order>"
                    "<rsc_location id='l3' rsc='b'/></constraints><fencing-topology><fencing-level id='f2' devices='b'/></fencing-topology>"
                    "<tags/><acls><acl_role id='r'/></acls>");
    assert_false(cox_rscedit_delete(cox_xmldoc_root(doc), "a", &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "resource 'a' does not exist");
}

static void
a_template_in_use_stays_and_a_bundle_may_lose_what_is_in_it(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("<resources><template id='t'/><primitive id='a' template='t'/><bundle id='b'><docker/>"
                                            "<primitive id='c'/></bundle></resources>");
    GError *error = NULL;

    (void) state;
    assert_false(cox_rscedit_delete(cox_xmldoc_root(doc), "t", &error));
    treekit_failed(&error, COX_ERROR_USAGE, "template 't' is used by resource 'a'");
    assert_true(cox_rscedit_delete(cox_xmldoc_root(doc), "c", NULL));
    assert_true(cox_rscedit_delete(cox_xmldoc_root(doc), "a", NULL));
    assert_true(cox_rscedit_delete(cox_xmldoc_root(doc), "t", NULL));
    treekit_is(doc, "<resources><bundle id='b'><docker/></bundle></resources>");
}

COX_TEST_MAIN(cmocka_unit_test(what_is_not_there_is_told_with_what_was_probably_meant), cmocka_unit_test(ids_must_be_free_and_good),
              cmocka_unit_test(a_group_is_made_in_the_place_of_the_first_and_keeps_the_order_of_the_words),
              cmocka_unit_test(a_group_that_is_empty_goes_with_what_refers_to_it),
              cmocka_unit_test(groups_take_primitives_once_and_places_that_there_are),
              cmocka_unit_test(members_leave_behind_the_group_and_the_last_ends_it), cmocka_unit_test(a_cloned_group_cannot_be_emptied),
              cmocka_unit_test(clones_come_and_go_around_what_they_clone), cmocka_unit_test(what_is_deleted_takes_along_what_refers_to_it),
              cmocka_unit_test(a_template_in_use_stays_and_a_bundle_may_lose_what_is_in_it))
