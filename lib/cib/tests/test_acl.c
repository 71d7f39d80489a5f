/* Tests of lib/cib/acl.c, aclview.c and patchview.c. */
#include "cib/acl.h"
#include "cib/aclview.h"
#include "cib/patchview.h"

#include "base/error.h"
#include "base/testkit.h"
#include "xml/xmlwrite.h"

static const char document[]
    = "<cib epoch='1'><configuration><crm_config><cluster_property_set id='s'>"
      "<nvpair id='e' name='enable-acl' value='true'/></cluster_property_set></crm_config>"
      "<resources><!--secret--><primitive id='r1' type='t' description='d'><meta_attributes id='m'>"
      "<nvpair id='n' name='target-role' value='x'/></meta_attributes></primitive>"
      "<primitive id='r2' type='t'/></resources><acls>"
      "<acl_role id='reader'><acl_permission id='p1' kind='read' xpath='/cib'/></acl_role>"
      "<acl_role id='meta'><acl_permission id='p2' kind='read' xpath='//meta_attributes'/></acl_role>"
      "<acl_role id='byref'><acl_permission id='p3' kind='write' reference='r1'/></acl_role>"
      "<acl_role id='bytype'><acl_permission id='p4' kind='write' object-type='primitive' attribute='description'/></acl_role>"
      "<acl_role id='blind'><acl_permission id='p5' kind='deny' xpath='//resources'/>"
      "<acl_permission id='p6' kind='read' xpath='/cib'/><acl_permission id='p7' kind='odd' xpath='/cib'/>"
      "<acl_permission id='p8' kind='read'/></acl_role>"
      "<acl_role id='broken'><acl_permission id='p9' kind='deny' xpath='//['/><acl_permission id='p0' kind='read' xpath='/cib'/></acl_role>"
      "<acl_role id='old'><read id='o1' ref='r2'/><write id='o2' tag='nvpair'/></acl_role>"
      "<acl_target id='ann'><role id='reader'/></acl_target><acl_target id='ben'><role id='meta'/></acl_target>"
      "<acl_target id='x' name='cat'><role id='reader'/><role id='byref'/></acl_target>"
      "<acl_target id='dan'><role id='bytype'/><role id='reader'/></acl_target>"
      "<acl_target id='eve'><role id='blind'/></acl_target><acl_target id='fay'><role id='broken'/></acl_target>"
      "<acl_user id='gus'><role_ref id='old'/><deny id='o3' xpath='//meta_attributes'/></acl_user>"
      "<acl_group id='staff'><role id='reader'/></acl_group><acl_target/></acls></configuration><status/></cib>";

static struct cox_xmldoc *
parsed(const char *text)
{
    struct cox_xmldoc *doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL);

    assert_non_null(doc);
    return doc;
}

static void
permissions_apply_when_they_are_enabled(void **state)
{
    static const struct {
        const char *value;
        bool applies;
    } cases[] = { { "true", true }, { "yes", true }, { "on", true }, { "y", true }, { "1", true }, { "false", false } };
    g_autoptr(cox_xmldoc) doc = parsed(document);
    g_autoptr(cox_xmldoc) bare = parsed("<cib/>");

    (void) state;
    assert_true(cox_acl_applies(cox_xmldoc_root(doc), "ann"));
    assert_false(cox_acl_applies(cox_xmldoc_root(doc), "root"));
    assert_false(cox_acl_applies(cox_xmldoc_root(doc), "hacluster"));
    assert_false(cox_acl_applies(cox_xmldoc_root(doc), NULL));
    assert_false(cox_acl_applies(cox_xmldoc_root(bare), "ann"));
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text
            = g_strdup_printf("<cib><configuration><crm_config><cluster_property_set id='s'><nvpair id='x' name='other' "
                              "value='1'/><nvpair id='e' name='enable-acl' value='%s'/></cluster_property_set></crm_config>"
                              "</configuration></cib>",
                              cases[i].value);
        g_autoptr(cox_xmldoc) other = parsed(text);

        assert_true(cox_acl_applies(cox_xmldoc_root(other), "ann") == cases[i].applies);
    }
}

static void
a_reader_sees_what_he_may(void **state)
{
    static const struct {
        const char *user, *has, *lacks; /* in what he sees */
    } cases[] = {
        { "ann", "secret", "nothing of that kind" },
        { "ben", "<cib><configuration><resources><primitive id=\"r1\"><meta_attributes id=\"m\"><nvpair", "r2" },
        { "cat", "description", "nothing of that kind" },
        { "eve", "acl_role", "primitive id=\"r1\"" },
        { "gus", "<primitive id=\"r2\" type=\"t\"/>", "type=\"t\" description" },
        { "fay", NULL, NULL },
        { "nobody", NULL, NULL },
    };
    g_autoptr(cox_xmldoc) doc = parsed(document);

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(cox_acl) acl = cox_acl_new(cox_xmldoc_root(doc), cases[i].user, NULL);
        g_autoptr(cox_xmldoc) visible = cox_acl_filter(acl, cox_xmldoc_root(doc));
        g_autofree char *text = visible == NULL ? NULL : cox_xmlwrite_text(cox_xmldoc_root(visible), COX_XMLWRITE_PLAIN);

        assert_true((text == NULL) == (cases[i].has == NULL));
        if (text != NULL && (strstr(text, cases[i].has) == NULL || strstr(text, cases[i].lacks) != NULL)) {
            fail_msg("%s: %s", cases[i].user, text);
        }
    }
}

static void
groups_grant_too(void **state)
{
    const char *const groups[] = { "wheel", "staff", NULL };
    g_autoptr(cox_xmldoc) doc = parsed(document);
    g_autoptr(cox_acl) acl = cox_acl_new(cox_xmldoc_root(doc), "nobody", groups);
    g_autoptr(cox_xmldoc) visible = cox_acl_filter(acl, cox_xmldoc_root(doc));

    (void) state;
    assert_non_null(visible);
}

static void
a_writer_changes_what_he_may(void **state)
{
    static const struct {
        const char *why, *user, *from, *to; /* text replaced */
        bool is_allowed;
    } cases[] = {
        { "read is not write", "ann", "type='t' description='d'", "type='u' description='d'", false },
        { "write by reference", "cat", "type='t' description='d'", "type='u' description='d'", true },
        { "write inside", "cat", "value='x'", "value='y'", true },
        { "create inside", "cat", "value='x'/>", "value='x'/><nvpair id='q' name='z' value='1'/>", true },
        { "not the neighbour", "cat", "<primitive id='r2' type='t'/>", "", false },
        { "write by type and attribute", "dan", "type='t' description='d'", "type='t' description='e'", true },
        { "type without the attribute", "dan", "id='r2' type='t'", "id='r2' type='s'", false },
        { "create without permission", "ann", "<status/>", "<status><node_state id='1' x='1'/></status>", false },
        { "scaffolding may be created", "ann", "<status/>", "<status><node_state id='1'/></status>", true },
        { "but not in acls", "ann", "<acl_target/>", "<acl_target/><acl_target id='z'/>", false },
        { "an id alone may say something", "ann", "<status/>", "<tags><tag id='t'><obj_ref id='r2'/></tag></tags><status/>", false },
        { "order is a change, too", "ann", "<acl_target id='eve'><role id='blind'/></acl_target><acl_target id='fay'><role id='broken'/></acl_target>",
          "<acl_target id='fay'><role id='broken'/></acl_target><acl_target id='eve'><role id='blind'/></acl_target>", false },
        { "comments do not matter", "ann", "<!--secret-->", "", true },
        { "nothing changes", "nobody", "<status/>", "<status/>", true },
        { "old syntax", "gus", "name='enable-acl' value='true'", "name='enable-acl' value='false'", true },
        { "old syntax denies", "gus", "value='x'", "value='y'", true },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(cox_xmldoc) before = parsed(document);
        g_auto(GStrv) parts = g_strsplit(document, cases[i].from, 2);
        g_autofree char *text = g_strconcat(parts[0], cases[i].to, parts[1], NULL);
        g_autoptr(cox_xmldoc) after = parsed(text);
        g_autoptr(cox_acl) acl = cox_acl_new(cox_xmldoc_root(before), cases[i].user, NULL);
        g_autoptr(GError) error = NULL;

        if (cox_acl_check(acl, cox_xmldoc_root(before), cox_xmldoc_root(after), &error) != cases[i].is_allowed) {
            fail_msg("%s: %s", cases[i].why, error == NULL ? "allowed" : error->message);
        }
        if (error != NULL) {
            assert_int_equal(cox_error_status_of(error), 4);
            assert_non_null(strstr(error->message, cases[i].user));
        }
    }
}

static void
moving_needs_permission_and_another_root_is_an_error(void **state)
{
    g_autoptr(cox_xmldoc) before = parsed("<cib><a/><b/></cib>");
    g_autoptr(cox_xmldoc) after = parsed("<cib><b/><a/></cib>");
    g_autoptr(cox_xmldoc) other = parsed("<x/>");
    g_autoptr(cox_acl) acl = cox_acl_new(cox_xmldoc_root(before), "nobody", NULL);

    (void) state;
    assert_false(cox_acl_check(acl, cox_xmldoc_root(before), cox_xmldoc_root(after), NULL));
    assert_false(cox_acl_check(acl, cox_xmldoc_root(before), cox_xmldoc_root(other), NULL));
    cox_acl_free(NULL);
}

static void
access_is_shown_in_three_styles(void **state)
{
    static const char *const texts[] = {
        [COX_ACLVIEW_COLOR] = "<!-- ACLs as evaluated for user u -->\n\x1b[34m<cib>\n  \x1b[32m<a x=\"1\"/>\x1b[0m\n"
                              "  \x1b[34m<b/>\x1b[0m\n\x1b[34m</cib>\x1b[0m\n",
        [COX_ACLVIEW_TEXT] = "<!-- ACLs as evaluated for user u -->\nvvv---[ READABLE ]---vvv\n<cib>\n  \n"
                             "  vvv---[ WRITABLE ]---vvv\n  <a x=\"1\"/>\n  <b/>\n</cib>\n",
        [COX_ACLVIEW_NAMESPACE]
        = "<!-- ACLs as evaluated for user u -->\n<pcmk-access-readable:cib "
          "xmlns:pcmk-access-writable=\"http://clusterlabs.org/ns/pacemaker/access/writable\" "
          "xmlns:pcmk-access-readable=\"http://clusterlabs.org/ns/pacemaker/access/readable\" "
          "xmlns:pcmk-access-denied=\"http://clusterlabs.org/ns/pacemaker/access/denied\">\n"
          "  <pcmk-access-writable:a x=\"1\"/>\n  <b/>\n</pcmk-access-readable:cib>\n",
    };
    g_autoptr(cox_xmldoc) rules
        = parsed("<cib><configuration><acls><acl_user id='u'><read id='1' xpath='/cib'/><write id='2' xpath='//a'/>"
                 "</acl_user></acls></configuration></cib>");
    g_autoptr(cox_xmldoc) doc = parsed("<cib><a x='1'/><b/></cib>");
    g_autoptr(cox_acl) acl = cox_acl_new(cox_xmldoc_root(rules), "u", NULL);

    (void) state;
    for (int style = 0; style <= COX_ACLVIEW_NAMESPACE; style++) {
        g_autofree char *text = cox_aclview_text(acl, cox_xmldoc_root(doc), "u", (enum cox_aclview_style) style);

        assert_string_equal(text, texts[style]);
    }
}

static void
a_patch_is_shown_as_lines(void **state)
{
    g_autoptr(cox_xmldoc) patch = parsed(
        "<diff format='2'><version><source admin_epoch='1' epoch='2' num_updates='3'/><target admin_epoch='1' epoch='3' "
        "num_updates='0'/></version><change operation='delete' path='/cib/a'/><change operation='delete' "
        "path='/cib/comment' position='2'/><change operation='modify' path='/cib'><change-list><change-attr name='x' "
        "operation='set' value='1'/><change-attr name='y' operation='set'/><change-attr name='z' operation='unset'/>"
        "<change-attr name='w' operation='unset'/></change-list></change><change operation='create' path='/cib' "
        "position='0'><b><c/></b></change><change operation='create' path='/cib'/><change operation='move' path='/cib/d' "
        "position='1'/></diff>");
    g_autoptr(cox_xmldoc) bare = parsed("<diff digest='q'><version><source/><target/></version></diff>");
    g_autofree char *text = cox_patchview_text(cox_xmldoc_root(patch));
    g_autofree char *other = cox_patchview_text(cox_xmldoc_root(bare));

    (void) state;
    assert_string_equal(text, "Diff: --- 1.2.3 2\nDiff: +++ 1.3.0 (no digest)\n-- /cib/a\n-- /cib/comment (2)\n"
                              "+  /cib:  @x=1, @y=\n-- /cib:  @z, @w\n++ /cib:  <b>\n++          <c/>\n"
                              "++        </b>\n+~ /cib/d moved to offset 1\n");
    assert_string_equal(other, "Diff: --- 0.0.0 1\nDiff: +++ 0.0.0 q\n");
}

COX_TEST_MAIN(cmocka_unit_test(permissions_apply_when_they_are_enabled), cmocka_unit_test(a_reader_sees_what_he_may),
              cmocka_unit_test(groups_grant_too), cmocka_unit_test(a_writer_changes_what_he_may),
              cmocka_unit_test(moving_needs_permission_and_another_root_is_an_error),
              cmocka_unit_test(access_is_shown_in_three_styles), cmocka_unit_test(a_patch_is_shown_as_lines))
