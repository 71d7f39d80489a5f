/* Tests of daemons/attrd/attrdoc.c: values and the document. */
#include "daemons/attrd/attrdoc.h"

#include "base/testkit.h"
#include "cib/cib.h"
#include "cib/edit.h"
#include "xml/xmlwrite.h"

#define DOCUMENT                                                                                                     \
    "<cib epoch='1'><configuration><crm_config/><nodes>"                                                             \
    "<node id='1' uname='n1'><instance_attributes id='nodes-1'><nvpair id='nodes-1-rack' name='rack' value='a'/>"    \
    "</instance_attributes></node><node id='2' uname='n2'/><node id='far' uname='far' type='remote'/></nodes>"       \
    "<resources><primitive id='bridge' class='ocf' provider='pacemaker' type='remote'/>"                             \
    "<primitive id='vm' class='ocf' provider='heartbeat' type='VirtualDomain'><meta_attributes id='m'>"              \
    "<nvpair id='m-r' name='remote-node' value='guest'/></meta_attributes></primitive></resources><constraints/>"    \
    "</configuration><status><node_state id='1' uname='n1' in_ccm='true' crmd='online'><lrm id='1'/>"                \
    "<transient_attributes id='1'><instance_attributes id='status-1'>"                                               \
    "<nvpair id='odd' name='ping' value='100'/></instance_attributes></transient_attributes></node_state>"           \
    "</status></cib>"

static struct cox_cib *
load(const char *text)
{
    struct cox_xmldoc *doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL);

    assert_non_null(doc);
    return cox_cib_new(doc);
}

static const struct cox_attr_member members[] = { { 1, "n1" }, { 3, "n3" } };

static struct cox_attrdoc
view_of(const struct cox_cib *cib)
{
    return (struct cox_attrdoc) { cox_cib_root(cib), members, G_N_ELEMENTS(members) };
}

/* Carry out what is asked as the owner of the document does. */
static guint
apply(struct cox_cib *cib, const struct cox_attr_entry *entries, size_t n, bool is_current)
{
    struct cox_attrdoc doc = view_of(cib);
    struct cox_attrdoc_changes changes;
    guint n_changes = 0;

    cox_attrdoc_changes(&doc, entries, n, is_current, &changes);
    if (changes.sets != NULL) {
        const struct cox_edit edit = { .kind = COX_EDIT_MODIFY, .input = cox_xmldoc_root(changes.sets), .allows_creation = true };

        cox_cib_begin(cib);
        assert_true(cox_edit_run(cib, &edit, NULL));
        cox_cib_keep(cib);
        n_changes++;
    }
    for (guint i = 0; i < changes.deletions->len; i++) {
        const struct cox_edit edit = { .kind = COX_EDIT_DELETE_ALL, .xpath = changes.deletions->pdata[i] };

        cox_cib_begin(cib);
        assert_true(cox_edit_run(cib, &edit, NULL));
        cox_cib_keep(cib);
        n_changes++;
    }
    cox_attrdoc_changes_clear(&changes);
    return n_changes;
}

static void
expect_status(const struct cox_cib *cib, const char *node, const char *text)
{
    const struct cox_xml *state = cox_xml_child_with_id(cox_xml_child(cox_cib_root(cib), "status"), "node_state", node);
    g_autofree char *got = state == NULL ? g_strdup("none") : cox_xmlwrite_text(state, COX_XMLWRITE_PLAIN);

    assert_string_equal(g_strstrip(got), text);
}

static void
ids_come_from_members_configuration_status_and_remote_resources(void **state)
{
    static const struct {
        const char *node, *id;
        bool is_remote;
    } cases[] = { { "n1", "1", false }, { "n2", "2", false }, { "n3", "3", false }, { "far", "far", true },
                  { "bridge", "bridge", true }, { "guest", "guest", true }, { "vm", NULL, false }, { "nobody", NULL, false } };
    g_autoptr(cox_cib) cib = load(DOCUMENT);
    struct cox_attrdoc doc = view_of(cib);

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        bool is_remote = false;
        g_autofree char *id = cox_attrdoc_node_id(&doc, cases[i].node, &is_remote);

        if (g_strcmp0(id, cases[i].id) != 0 || is_remote != cases[i].is_remote) {
            fail_msg("%s: %s", cases[i].node, id);
        }
    }
}

static void
values_go_where_clients_look_for_them(void **state)
{
    static const struct cox_attr_entry entries[] = {
        { .name = "new", .node = "n1", .value = "1" },
        { .name = "ping", .node = "n1", .value = "200" },
        { .name = "fail-count-x#monitor_10000", .node = "n3", .value = "INFINITY" },
        { .name = "other", .node = "n3", .value = "<&>" },
        { .name = "cpu", .node = "n3", .value = "4", .is_utilization = true },
        { .name = "a", .node = "bridge", .value = "1", .set_name = "mine" },
        { .name = "rack", .node = "n1", .value = "b", .kind = COX_ATTR_PERMANENT },
        { .name = "site", .node = "n2", .value = "x", .kind = COX_ATTR_PERMANENT },
    };
    g_autoptr(cox_cib) cib = load(DOCUMENT);
    struct cox_attrdoc doc = view_of(cib);

    (void) state;
    assert_int_equal(apply(cib, entries, G_N_ELEMENTS(entries), false), 1);
    expect_status(cib, "1",
                  "<node_state id=\"1\" uname=\"n1\" in_ccm=\"true\" crmd=\"online\"><lrm id=\"1\"/><transient_attributes id=\"1\">"
                  "<instance_attributes id=\"status-1\"><nvpair id=\"odd\" name=\"ping\" value=\"200\"/>"
                  "<nvpair id=\"status-1-new\" name=\"new\" value=\"1\"/></instance_attributes></transient_attributes></node_state>");
    expect_status(cib, "3",
                  "<node_state id=\"3\" uname=\"n3\"><transient_attributes id=\"3\"><instance_attributes id=\"status-3\">"
                  "<nvpair id=\"status-3-fail-count-x.monitor_10000\" name=\"fail-count-x#monitor_10000\" value=\"INFINITY\"/>"
                  "<nvpair id=\"status-3-other\" name=\"other\" value=\"&lt;&amp;&gt;\"/></instance_attributes>"
                  "<utilization id=\"status-3-utilization\"><nvpair id=\"status-3-utilization-cpu\" name=\"cpu\" value=\"4\"/>"
                  "</utilization></transient_attributes></node_state>");
    expect_status(cib, "bridge",
                  "<node_state id=\"bridge\" uname=\"bridge\" remote_node=\"true\"><transient_attributes id=\"bridge\">"
                  "<instance_attributes id=\"mine\"><nvpair id=\"mine-a\" name=\"a\" value=\"1\"/></instance_attributes>"
                  "</transient_attributes></node_state>");
    assert_string_equal(cox_attrdoc_get(&doc, &entries[6]), "b");
    assert_string_equal(cox_attrdoc_get(&doc, &entries[7]), "x");
    assert_string_equal(cox_attrdoc_get(&doc, &entries[2]), "INFINITY");
    assert_int_equal(apply(cib, entries, G_N_ELEMENTS(entries), true), 0); /* it has all of it */
}

static void
deleted_values_vanish_and_what_is_not_there_does_no_harm(void **state)
{
    static const struct cox_attr_entry entries[] = {
        { .name = "ping", .node = "n1" },
        { .name = "rack", .node = "n1", .kind = COX_ATTR_PERMANENT },
        { .name = "never", .node = "n2" },
        { .name = "it's \"odd\"", .node = "n1" },
        { .name = "it's", .node = "n1" },
    };
    static const struct cox_attr_entry odd[] = { { .name = "it's \"odd\"", .node = "n1", .value = "1" },
                                                 { .name = "it's", .node = "n1", .value = "1" } };
    g_autoptr(cox_cib) cib = load(DOCUMENT);
    struct cox_attrdoc doc = view_of(cib);

    (void) state;
    apply(cib, odd, 2, false);
    assert_string_equal(cox_attrdoc_get(&doc, &odd[0]), "1");
    assert_int_equal(apply(cib, entries, G_N_ELEMENTS(entries), false), 1);
    for (size_t i = 0; i < G_N_ELEMENTS(entries); i++) {
        assert_null(cox_attrdoc_get(&doc, &entries[i]));
    }
    expect_status(cib, "2", "none"); /* a deletion creates no node_state */
    assert_int_equal(apply(cib, entries, G_N_ELEMENTS(entries), true), 0);
}

static void
many_deletions_are_asked_for_in_expressions_that_are_not_too_long(void **state)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autofree struct cox_attr_entry *entries = g_new0(struct cox_attr_entry, 1000);
    g_autoptr(cox_cib) cib = load(DOCUMENT);
    struct cox_attrdoc doc = view_of(cib);

    (void) state;
    for (guint i = 0; i < 1000; i++) {
        g_ptr_array_add(names, g_strdup_printf("attribute-%u", i));
        entries[i] = (struct cox_attr_entry) { .name = names->pdata[i], .node = "n1", .value = "1" };
    }
    assert_int_equal(apply(cib, entries, 1000, false), 1);
    for (guint i = 0; i < 1000; i++) {
        entries[i].value = NULL;
    }
    assert_in_range(apply(cib, entries, 1000, false), 2, 20);
    for (guint i = 0; i < 1000; i++) {
        assert_null(cox_attrdoc_get(&doc, &entries[i]));
    }
}

static void
nodes_that_nobody_knows_are_named_and_left_out(void **state)
{
    static const struct cox_attr_entry entries[] = { { .name = "a", .node = "nobody", .value = "1" },
                                                     { .name = "a", .node = "n2", .value = "1" },
                                                     { .name = "a", .node = "removed" } };
    g_autoptr(cox_cib) cib = load(DOCUMENT);
    struct cox_attrdoc doc = view_of(cib);
    struct cox_attrdoc_changes changes;

    (void) state;
    cox_attrdoc_changes(&doc, entries, 3, false, &changes);
    assert_int_equal(changes.unknown->len, 1);
    assert_string_equal(changes.unknown->pdata[0], "nobody");
    assert_non_null(changes.sets);
    cox_attrdoc_changes_clear(&changes);
}

static void
patches_that_may_touch_values_are_told_from_others(void **state)
{
    static const struct {
        const char *change;
        bool touches;
    } cases[] = {
        { "<change operation='delete' path=\"/cib/status/node_state[@id='1']\"/>", true },
        { "<change operation='delete' path='/cib/status'/>", true },
        { "<change operation='create' path=\"/cib/status/node_state[@id='1']/transient_attributes[@id='1']\"><x/></change>", true },
        { "<change operation='delete' path=\"/cib/status/node_state[@id='1']/transient_attributes[@id='1']\"/>", true },
        { "<change operation='delete' path=\"/cib/status/node_state[@id='1']/lrm[@id='1']\"/>", false },
        { "<change operation='delete' path=\"/cib/configuration/resources/primitive[@id='a']\"/>", false },
        { "<change operation='create' path='/cib/status'><node_state id='2'/></change>", false },
        { "<change operation='create' path='/cib/status'><node_state id='2'><lrm id='2'/></node_state></change>", false },
        { "<change operation='create' path='/cib/status'><node_state id='2'><transient_attributes id='2'/></node_state></change>", true },
        { "<change operation='create' path=\"/cib/status/node_state[@id='1']\"><transient_attributes id='1'/></change>", true },
        { "<change operation='create' path=\"/cib/status/node_state[@id='1']\"><lrm id='1'/></change>", false },
        { "<change operation='create' path='/cib'><status><node_state id='2'/><node_state id='3'><transient_attributes id='3'/></node_state></status></change>",
          true },
    };

    (void) state;
    assert_true(cox_attrdoc_touches(NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strconcat("<diff format='2'>", cases[i].change, "</diff>", NULL);
        g_autoptr(cox_xmldoc) patch = cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL);

        if (cox_attrdoc_touches(cox_xmldoc_root(patch)) != cases[i].touches) {
            fail_msg("%s", cases[i].change);
        }
    }
}

COX_TEST_MAIN(cmocka_unit_test(ids_come_from_members_configuration_status_and_remote_resources),
              cmocka_unit_test(values_go_where_clients_look_for_them),
              cmocka_unit_test(deleted_values_vanish_and_what_is_not_there_does_no_harm),
              cmocka_unit_test(many_deletions_are_asked_for_in_expressions_that_are_not_too_long),
              cmocka_unit_test(nodes_that_nobody_knows_are_named_and_left_out),
              cmocka_unit_test(patches_that_may_touch_values_are_told_from_others))
