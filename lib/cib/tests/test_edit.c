/* Tests of lib/cib/edit.c and section.c. */
#include "cib/edit.h"
#include "cib/section.h"

#include "base/error.h"
#include "base/testkit.h"
#include "xml/xmlwrite.h"

#define DOCUMENT(inside) "<cib admin_epoch=\"0\" epoch=\"4\" num_updates=\"7\">" inside "</cib>"
#define RESOURCES(inside)                                                                                            \
    "<configuration><crm_config/><nodes/><resources>" inside "</resources><constraints/></configuration><status/>"
#define START DOCUMENT(RESOURCES("<primitive id=\"a\" type=\"x\"/><group id=\"g\"><primitive id=\"b\"/></group>"))
#define RAISED(inside) "<cib admin_epoch=\"0\" epoch=\"5\" num_updates=\"0\">" inside "</cib>"

struct row {
    const char *why;
    struct cox_edit edit;
    const char *input;
    const char *after; /* NULL: as before */
    int status;
};

static const struct row rows[] = {
    { "create in a section", { COX_EDIT_CREATE, .section = "resources" }, "<primitive id='c'/>",
      RAISED(RESOURCES("<primitive id=\"a\" type=\"x\"/><group id=\"g\"><primitive id=\"b\"/></group><primitive id=\"c\"/>")), 0 },
    { "create without a section", { COX_EDIT_CREATE }, "<primitive id='c'/>", NULL, 105 },
    { "create what is there", { COX_EDIT_CREATE, .section = "resources" }, "<primitive id='a'/>", NULL, 108 },
    { "create a whole section", { COX_EDIT_CREATE }, "<nodes><node id='1'/></nodes>",
      RAISED("<configuration><crm_config/><nodes><node id=\"1\"/></nodes><resources><primitive id=\"a\" type=\"x\"/>"
             "<group id=\"g\"><primitive id=\"b\"/></group></resources><constraints/></configuration><status/>"), 0 },
    { "create from a document", { COX_EDIT_CREATE },
      "<cib><configuration><nodes><node id='1'/></nodes></configuration></cib>",
      RAISED("<configuration><crm_config/><nodes><node id=\"1\"/></nodes><resources><primitive id=\"a\" type=\"x\"/>"
             "<group id=\"g\"><primitive id=\"b\"/></group></resources><constraints/></configuration><status/>"), 0 },
    { "create from a document what is there", { COX_EDIT_CREATE },
      "<cib><configuration><resources><primitive id='a'/></resources></configuration></cib>", NULL, 108 },
    { "create a section that is absent", { COX_EDIT_CREATE, .section = "tags" }, "<tag id='t'/>",
      RAISED("<configuration><crm_config/><nodes/><resources><primitive id=\"a\" type=\"x\"/><group id=\"g\">"
             "<primitive id=\"b\"/></group></resources><constraints/><tags><tag id=\"t\"/></tags></configuration><status/>"), 0 },
    { "create by path", { COX_EDIT_CREATE, .xpath = "//group" }, "<primitive id='c'/>",
      RAISED(RESOURCES("<primitive id=\"a\" type=\"x\"/><group id=\"g\"><primitive id=\"b\"/><primitive id=\"c\"/></group>")), 0 },
    { "create by a path that leads nowhere", { COX_EDIT_CREATE, .xpath = "//clone" }, "<primitive id='c'/>", NULL, 105 },
    { "bad path", { COX_EDIT_CREATE, .xpath = "//[" }, "<primitive id='c'/>", NULL, 65 },
    { "unknown section", { COX_EDIT_CREATE, .section = "moon" }, "<primitive id='c'/>", NULL, 105 },
    { "nothing to create", { COX_EDIT_CREATE }, NULL, NULL, 64 },
    { "modify anywhere", { COX_EDIT_MODIFY }, "<primitive id='b' type='y'><op id='o'/></primitive>",
      RAISED(RESOURCES("<primitive id=\"a\" type=\"x\"/><group id=\"g\"><primitive id=\"b\" type=\"y\"><op id=\"o\"/></primitive></group>")), 0 },
    { "modify what is absent", { COX_EDIT_MODIFY, .section = "resources" }, "<primitive id='z'/>", NULL, 105 },
    { "modify or create", { COX_EDIT_MODIFY, .section = "resources", .allows_creation = true }, "<primitive id='z'/>",
      RAISED(RESOURCES("<primitive id=\"a\" type=\"x\"/><group id=\"g\"><primitive id=\"b\"/></group><primitive id=\"z\"/>")), 0 },
    { "modify in a section that is absent", { COX_EDIT_MODIFY, .section = "acls" }, "<acl_role id='z'/>", NULL, 105 },
    { "modify an unknown section", { COX_EDIT_MODIFY, .section = "moon", .allows_creation = true }, "<z/>", NULL, 105 },
    { "modify a section as a whole", { COX_EDIT_MODIFY, .section = "acls" }, "<acls><acl_role id='z'/></acls>",
      RAISED("<configuration><crm_config/><nodes/><resources><primitive id=\"a\" type=\"x\"/><group id=\"g\">"
             "<primitive id=\"b\"/></group></resources><constraints/><acls><acl_role id=\"z\"/></acls></configuration><status/>"), 0 },
    { "modify by path", { COX_EDIT_MODIFY, .xpath = "//group" }, "<primitive id='b' x='1'/>",
      RAISED(RESOURCES("<primitive id=\"a\" type=\"x\"/><group id=\"g\"><primitive id=\"b\" x=\"1\"/></group>")), 0 },
    { "modify by path, other object", { COX_EDIT_MODIFY, .xpath = "//group" }, "<primitive id='a' x='1'/>", NULL, 105 },
    { "nothing changes", { COX_EDIT_MODIFY }, "<primitive id='a' type='x'/>", NULL, 0 },
    { "counters always count", { COX_EDIT_MODIFY }, "<cib admin_epoch='admin_epoch+=2'/>",
      "<cib admin_epoch=\"2\" epoch=\"4\" num_updates=\"8\">" RESOURCES(
          "<primitive id=\"a\" type=\"x\"/><group id=\"g\"><primitive id=\"b\"/></group>") "</cib>", 0 },
    { "others count on request", { COX_EDIT_MODIFY, .counts = true }, "<primitive id='a' n='n++'/>",
      RAISED(RESOURCES("<primitive id=\"a\" type=\"x\" n=\"1\"/><group id=\"g\"><primitive id=\"b\"/></group>")), 0 },
    { "status counts apart", { COX_EDIT_MODIFY, .section = "status", .allows_creation = true }, "<node_state id='1'/>",
      "<cib admin_epoch=\"0\" epoch=\"4\" num_updates=\"8\"><configuration><crm_config/><nodes/><resources>"
      "<primitive id=\"a\" type=\"x\"/><group id=\"g\"><primitive id=\"b\"/></group></resources><constraints/>"
      "</configuration><status><node_state id=\"1\"/></status></cib>", 0 },
    { "replace an object", { COX_EDIT_REPLACE }, "<primitive id='b' k='1'><op id='o'/></primitive>",
      RAISED(RESOURCES("<primitive id=\"a\" type=\"x\"/><group id=\"g\"><primitive id=\"b\" k=\"1\"><op id=\"o\"/></primitive></group>")), 0 },
    { "replace an object by its like", { COX_EDIT_REPLACE }, "<primitive id='a' type='x'/>",
      RAISED(RESOURCES("<primitive id=\"a\" type=\"x\"/><group id=\"g\"><primitive id=\"b\"/></group>")), 0 },
    { "replace what is absent", { COX_EDIT_REPLACE }, "<primitive id='z'/>", NULL, 105 },
    { "replace a section", { COX_EDIT_REPLACE }, "<resources><primitive id='b'/></resources>",
      RAISED(RESOURCES("<primitive id=\"b\"/>")), 0 },
    { "replace a section from a document", { COX_EDIT_REPLACE, .section = "resources" },
      "<cib><configuration><resources/></configuration></cib>", RAISED(
          "<configuration><crm_config/><nodes/><resources/><constraints/></configuration><status/>"), 0 },
    { "a section that the input lacks", { COX_EDIT_REPLACE, .section = "tags" }, "<cib/>", NULL, 105 },
    { "replace by path, another id", { COX_EDIT_REPLACE, .xpath = "//group" }, "<clone id='q'/>",
      RAISED(RESOURCES("<primitive id=\"a\" type=\"x\"/><clone id=\"q\"/>")), 0 },
    { "replace by a path that leads nowhere", { COX_EDIT_REPLACE, .xpath = "//q" }, "<clone id='q'/>", NULL, 105 },
    { "replace all by something older", { COX_EDIT_REPLACE }, "<cib epoch='3'/>", NULL, 103 },
    { "replace all by something newer", { COX_EDIT_REPLACE }, "<cib epoch='9' admin_epoch='0' num_updates='3'><status/></cib>",
      "<cib epoch=\"10\" admin_epoch=\"0\" num_updates=\"0\"><status/></cib>", 0 },
    { "replace all by path", { COX_EDIT_REPLACE, .xpath = "/cib" }, "<cib epoch='3'/>", NULL, 103 },
    { "delete the first match", { COX_EDIT_DELETE }, "<primitive/>",
      RAISED(RESOURCES("<group id=\"g\"><primitive id=\"b\"/></group>")), 0 },
    { "all attributes must match", { COX_EDIT_DELETE }, "<primitive id='a' type='y'/>", NULL, 0 },
    { "delete in a section", { COX_EDIT_DELETE, .section = "constraints" }, "<primitive id='a'/>", NULL, 0 },
    { "delete all", { COX_EDIT_DELETE_ALL, .xpath = "//primitive" }, NULL, RAISED(RESOURCES("<group id=\"g\"/>")), 0 },
    { "delete what is inside what is deleted", { COX_EDIT_DELETE_ALL, .xpath = "//group|//group/primitive" }, NULL,
      RAISED(RESOURCES("<primitive id=\"a\" type=\"x\"/>")), 0 },
    { "delete nothing by path", { COX_EDIT_DELETE, .xpath = "//zz" }, NULL, NULL, 0 },
    { "delete the root", { COX_EDIT_DELETE, .xpath = "/cib" }, NULL, NULL, 2 },
    { "patch", { COX_EDIT_PATCH },
      "<diff format='2'><version><source admin_epoch='0' epoch='4' num_updates='7'/><target epoch='5'/></version>"
      "<change operation='delete' path=\"/cib/configuration/resources/group[@id='g']\"/></diff>",
      RAISED(RESOURCES("<primitive id=\"a\" type=\"x\"/>")), 0 },
    { "patch that leads to nothing newer", { COX_EDIT_PATCH },
      "<diff format='2'><version><source epoch='4' num_updates='7'/><target epoch='4' num_updates='7'/></version></diff>",
      NULL, 103 },
    { "patch with another digest", { COX_EDIT_PATCH },
      "<diff format='2' digest='00'><change operation='delete' path=\"/cib/configuration/resources\"/></diff>", NULL, 104 },
    { "patch for another version", { COX_EDIT_PATCH },
      "<diff format='2'><version><source epoch='3'/><target/></version></diff>", NULL, 103 },
    { "no patch", { COX_EDIT_PATCH }, "<cib/>", NULL, 65 },
    { "erase", { COX_EDIT_ERASE }, NULL,
      "<cib admin_epoch=\"1\" epoch=\"5\" num_updates=\"0\"><configuration><crm_config/><nodes/><resources/><constraints/>"
      "</configuration><status/></cib>", 0 },
    { "bump", { COX_EDIT_BUMP }, NULL,
      "<cib admin_epoch=\"0\" epoch=\"5\" num_updates=\"8\">" RESOURCES(
          "<primitive id=\"a\" type=\"x\"/><group id=\"g\"><primitive id=\"b\"/></group>") "</cib>", 0 },
};

static void
each_command_does_what_it_says(void **state)
{
    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct row *row = &rows[i];
        g_autoptr(cox_cib) cib = cox_cib_new(cox_xmldoc_parse_text(START, (size_t) -1, NULL, NULL));
        g_autoptr(cox_xmldoc) input
            = row->input == NULL ? NULL : cox_xmldoc_parse_text(row->input, (size_t) -1, NULL, NULL);
        struct cox_edit edit = row->edit;
        g_autoptr(GError) error = NULL;
        g_autofree char *got = NULL;
        bool done;

        edit.input = input == NULL ? NULL : cox_xmldoc_root(input);
        cox_cib_begin(cib);
        done = cox_edit_run(cib, &edit, &error);
        if (done) {
            cox_edit_count(cib, row->after != NULL);
            cox_cib_keep(cib);
        } else {
            cox_cib_rollback(cib);
        }
        got = cox_xmlwrite_text(cox_cib_root(cib), COX_XMLWRITE_PLAIN);
        if (cox_error_status_of(error) != row->status) {
            fail_msg("%s: status %d: %s", row->why, cox_error_status_of(error), error == NULL ? "" : error->message);
        }
        if (strcmp(got, row->after == NULL ? START : row->after) != 0) {
            fail_msg("%s: %s", row->why, got);
        }
    }
}

static void
nothing_grows_beyond_the_greatest_depth(void **state)
{
    g_autoptr(cox_xmldoc) tall = cox_xmldoc_new("a");
    g_autoptr(cox_xmldoc) patch = cox_xmldoc_parse_text(
        "<diff format='2'><change operation='create' path='/cib' position='0'><a/></change></diff>", (size_t) -1, NULL, NULL);
    struct cox_xml *xml = cox_xmldoc_root(tall);
    struct cox_edit edit = { COX_EDIT_CREATE, .section = "resources" };

    (void) state;
    for (int level = 1; level < 254; level++) {
        xml = cox_xml_new_child(xml, "a");
    }
    cox_xml_new_child(cox_xmldoc_root(tall), "b");
    for (int is_patch = 0; is_patch < 2; is_patch++) {
        g_autoptr(cox_cib) cib = cox_cib_new(cox_xmldoc_parse_text(START, (size_t) -1, NULL, NULL));
        g_autoptr(GError) error = NULL;

        if (is_patch) {
            edit = (struct cox_edit) { COX_EDIT_PATCH };
            cox_xml_new_child(xml, "a");
            cox_xml_add_copy(cox_xml_first(cox_xml_first(cox_xmldoc_root(patch))), cox_xmldoc_root(tall));
        }
        edit.input = is_patch ? cox_xmldoc_root(patch) : cox_xmldoc_root(tall);
        cox_cib_begin(cib);
        assert_false(cox_edit_run(cib, &edit, &error));
        cox_cib_rollback(cib);
        assert_non_null(strstr(error->message, "deeper than 256"));
    }
}

static void
sections_are_found_by_name(void **state)
{
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(START, (size_t) -1, NULL, NULL);
    const struct cox_xml *root = cox_xmldoc_root(doc);

    (void) state;
    assert_ptr_equal(cox_section_find(root, NULL), root);
    assert_ptr_equal(cox_section_find(root, "all"), root);
    assert_string_equal(cox_xml_name(cox_section_find(root, "nodes")), "nodes");
    assert_string_equal(cox_xml_name(cox_section_find(root, "status")), "status");
    assert_null(cox_section_find(root, "tags"));
    assert_null(cox_section_find(root, "moon"));
    assert_false(cox_section_is_known("moon"));
    assert_string_equal(cox_section_parent("tags"), "configuration");
    assert_null(cox_section_parent("cib"));
}

COX_TEST_MAIN(cmocka_unit_test(each_command_does_what_it_says),
              cmocka_unit_test(nothing_grows_beyond_the_greatest_depth), cmocka_unit_test(sections_are_found_by_name))
