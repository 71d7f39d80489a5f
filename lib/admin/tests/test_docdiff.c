/* lib/admin/tests/test_docdiff.c */
#include "admin/docdiff.h"

#include "admin/tests/treekit.h"
#include "cib/cib.h"
#include "cib/patch.h"

/* The lines of the difference, one a line of text; the patch leads from one to the other. */
static void
differ(const char *before, const char *after, const char *wanted)
{
    g_autoptr(cox_xmldoc) old = treekit_doc(before);
    g_autoptr(cox_xmldoc) new = treekit_doc(after);
    g_autoptr(cox_xmldoc) patch = NULL;
    g_autoptr(GArray) lines = cox_docdiff_make(cox_xmldoc_root(old), cox_xmldoc_root(new), &patch, NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    struct cox_cib *cib = cox_cib_new(g_steal_pointer(&old));

    for (guint i = 0; i < lines->len; i++) {
        const struct cox_docdiff_line *line = &g_array_index(lines, struct cox_docdiff_line, i);

        g_string_append_printf(text, "%c %s %s of %s: %s (%s -> %s)\n", line->sign, line->kind, (line->id != NULL) ? line->id : "-",
                               (line->owner != NULL) ? line->owner : "-", (line->detail != NULL) ? line->detail : "-",
                               (line->from != NULL) ? line->from : "-", (line->to != NULL) ? line->to : "-");
    }
    assert_string_equal(text->str, wanted);
    assert_non_null(patch);
    cox_cib_begin(cib);
    cox_cib_set_number(cib, cox_cib_root(cib), "num_updates", 12345); /* the status may go on */
    assert_true(cox_patch_check(cox_xmldoc_root(patch), NULL));
    assert_true(cox_patch_fits(cox_xmldoc_root(patch), cox_cib_root(cib), NULL));
    assert_true(cox_patch_apply(cib, cox_xmldoc_root(patch), NULL));
    treekit_is(cox_cib_doc(cib), after);
    cox_cib_set_number(cib, cox_cib_root(cib), "epoch", 8);
    {
        GError *error = NULL;

        assert_false(cox_patch_fits(cox_xmldoc_root(patch), cox_cib_root(cib), &error));
        treekit_failed(&error, COX_ERROR_OLD, "configuration 0.7, which has changed meanwhile: the document is at 0.8");
    }
    cox_cib_keep(cib);
    cox_cib_free(cib);
}

static void
equal_configurations_have_no_patch(void **state)
{
    g_autoptr(cox_xmldoc) a = treekit_doc("<resources><primitive id='a'/></resources>");
    g_autoptr(cox_xmldoc) b = treekit_doc("<resources><primitive id='a'/></resources>");
    g_autoptr(cox_xmldoc) patch = NULL;
    g_autoptr(GArray) lines = NULL;

    (void) state;
    cox_xml_set(cox_xmldoc_root(b), "num_updates", "77");
    lines = cox_docdiff_make(cox_xmldoc_root(a), cox_xmldoc_root(b), &patch, NULL);
    assert_int_equal(lines->len, 0);
    assert_null(patch);
}

static void
objects_that_come_are_told_with_what_is_in_them(void **state)
{
    (void) state;
    differ("<resources/>",
           "<resources><primitive id='a' class='ocf' provider='p' type='T'><instance_attributes id='s'><nvpair id='v' name='x' value='1'/>"
           "</instance_attributes></primitive></resources>",
           "+ primitive a of -: ocf:p:T (- -> -)\n+ nvpair v of a: name=x value=1 (- -> -)\n");
    differ("<resources><primitive id='a'/></resources>",
           "<resources><primitive id='a'><meta_attributes id='m'><nvpair id='v' name='x' value='1'/></meta_attributes></primitive></resources>",
           "+ nvpair v of a: name=x value=1 (- -> -)\n");
}

static void
objects_that_go_and_values_that_change_are_told_with_their_owner(void **state)
{
    (void) state;
    differ("<resources><primitive id='a'><meta_attributes id='m'><nvpair id='v' name='x' value='1'/><nvpair id='w' name='y' value='2'/>"
           "</meta_attributes></primitive></resources><constraints><rsc_location id='l' rsc='a' node='n1' score='5'/></constraints>",
           "<resources><primitive id='a' description='d'><meta_attributes id='m'><nvpair id='v' name='x' value='3'/></meta_attributes></primitive>"
           "</resources><constraints/>",
           "- nvpair w of a: name=y value=2 (- -> -)\n- rsc_location l of -: rsc=a node=n1 score=5 (- -> -)\n"
           "~ primitive a of -: description (- -> d)\n~ nvpair v of a: x (1 -> 3)\n");
}

static void
what_moves_is_told(void **state)
{
    (void) state;
    differ("<resources><primitive id='a'/><primitive id='b'/></resources>", "<resources><primitive id='b'/><primitive id='a'/></resources>",
           "> primitive b of -: - (- -> -)\n> primitive a of -: - (- -> -)\n");
}

COX_TEST_MAIN(cmocka_unit_test(equal_configurations_have_no_patch), cmocka_unit_test(objects_that_come_are_told_with_what_is_in_them),
              cmocka_unit_test(objects_that_go_and_values_that_change_are_told_with_their_owner), cmocka_unit_test(what_moves_is_told))
