/* Tests of lib/cib/amend.c and blank.c. */
#include "cib/amend.h"
#include "cib/blank.h"

#include "base/error.h"
#include "base/testkit.h"
#include "cib/patch.h"
#include "xml/xmlwrite.h"

static struct cox_xmldoc *
parsed(const char *text)
{
    struct cox_xmldoc *doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL);

    assert_non_null(doc);
    return doc;
}

static struct cox_schemas *
schemas_new(void)
{
    const char *directory = g_getenv("COX_SCHEMA_DIRECTORY");

    return cox_schemas_new(directory == NULL ? "schemas" : directory);
}

/* One edit by somebody on n1 at a certain time. */
static bool
run(struct cox_cib *cib, const struct cox_edit *edit, const struct cox_acl *acl, struct cox_amend_result *result, GError **error)
{
    g_autoptr(cox_schemas) schemas = schemas_new();
    const struct cox_amend amend = {
        .edit = edit, .schemas = schemas, .acl = acl, .origin = "n1", .client = "test", .user = "root", .written = "Thu Jan  1 00:00:00 1970",
    };

    return cox_amend_run(cib, &amend, result, NULL, error);
}

static void
the_same_change_gives_the_same_document_and_its_patch_leads_there(void **state)
{
    g_autoptr(cox_xmldoc) input = parsed("<primitive id='a' class='ocf' provider='x' type='Dummy'/>");
    const struct cox_edit edit = { COX_EDIT_CREATE, cox_xmldoc_root(input), "resources" };
    g_autoptr(cox_cib) one = cox_cib_new(cox_blank_new(NULL));
    g_autoptr(cox_cib) two = cox_cib_new(cox_blank_new(NULL));
    g_autoptr(cox_cib) three = cox_cib_new(cox_blank_new(NULL));
    struct cox_amend_result result = { 0 }, other = { 0 };
    g_autofree char *first = NULL, *second = NULL, *third = NULL;

    (void) state;
    assert_true(cox_blank_is(cox_cib_root(one)));
    assert_true(run(one, &edit, NULL, &result, NULL));
    assert_true(run(two, &edit, NULL, &other, NULL));
    assert_true(result.is_changed);
    cox_cib_begin(three);
    assert_true(cox_patch_apply(three, cox_xmldoc_root(result.patch), NULL));
    cox_cib_keep(three);
    first = cox_cib_digest(one);
    second = cox_cib_digest(two);
    third = cox_cib_digest(three);
    assert_string_equal(first, second);
    assert_string_equal(first, third);
    assert_string_equal(cox_xml_get(cox_cib_root(three), "update-origin"), "n1");
    assert_string_equal(cox_xml_get(cox_cib_root(three), "cib-last-written"), "Thu Jan  1 00:00:00 1970");
    assert_string_equal(cox_xml_get(cox_cib_root(three), "epoch"), "1");
    assert_false(cox_blank_is(cox_cib_root(one)));
    cox_xmldoc_free(result.patch);
    cox_xmldoc_free(other.patch);
}

static void
what_is_refused_leaves_no_trace(void **state)
{
    static const struct {
        const char *why, *xml;
        enum cox_edit_kind kind;
        int code;
    } rows[] = {
        { "does not conform", "<primitive id='a'/>", COX_EDIT_CREATE, COX_ERROR_CONFIG },
        { "is not there", "<primitive id='a' class='ocf' provider='x' type='Dummy'/>", COX_EDIT_MODIFY, COX_ERROR_NOT_FOUND },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(cox_xmldoc) input = parsed(rows[i].xml);
        const struct cox_edit edit = { rows[i].kind, cox_xmldoc_root(input), "resources" };
        g_autoptr(cox_cib) cib = cox_cib_new(cox_blank_new(NULL));
        g_autofree char *before = cox_xmlwrite_text(cox_cib_root(cib), COX_XMLWRITE_PLAIN), *after = NULL;
        struct cox_amend_result result = { 0 };
        g_autoptr(GError) error = NULL;

        if (run(cib, &edit, NULL, &result, &error) || error->code != rows[i].code) {
            fail_msg("%s: %s", rows[i].why, error == NULL ? "accepted" : error->message);
        }
        after = cox_xmlwrite_text(cox_cib_root(cib), COX_XMLWRITE_PLAIN);
        assert_string_equal(before, after);
    }
}

static void
status_is_not_signed_and_nothing_is_nothing(void **state)
{
    g_autoptr(cox_xmldoc) input = parsed("<node_state id='1'/>");
    const struct cox_edit edit = { COX_EDIT_MODIFY, cox_xmldoc_root(input), "status", .allows_creation = true };
    g_autoptr(cox_cib) cib = cox_cib_new(cox_blank_new(NULL));
    struct cox_amend_result result = { 0 };

    (void) state;
    assert_true(run(cib, &edit, NULL, &result, NULL));
    assert_non_null(result.patch);
    assert_null(cox_xml_get(cox_cib_root(cib), "update-origin"));
    assert_string_equal(cox_xml_get(cox_cib_root(cib), "num_updates"), "1");
    g_clear_pointer(&result.patch, cox_xmldoc_free);
    assert_true(run(cib, &edit, NULL, &result, NULL));
    assert_false(result.is_changed);
    assert_null(result.patch);
    assert_string_equal(cox_xml_get(cox_cib_root(cib), "num_updates"), "1");
}

static void
access_is_checked_before_the_counters_are_raised(void **state)
{
    g_autoptr(cox_xmldoc) input = parsed("<nvpair id='n' name='maintenance-mode' value='true'/>");
    const struct cox_edit edit = { COX_EDIT_MODIFY, cox_xmldoc_root(input) };
    g_autoptr(cox_cib) cib = cox_cib_new(parsed(
        "<cib admin_epoch='0' epoch='3' num_updates='0' validate-with='none'><configuration><crm_config><cluster_property_set id='s'>"
        "<nvpair id='e' name='enable-acl' value='true'/><nvpair id='n' name='maintenance-mode' value='false'/></cluster_property_set>"
        "</crm_config><nodes/><resources/><constraints/><acls><acl_target id='tony'/></acls></configuration><status/></cib>"));
    g_autoptr(cox_acl) acl = cox_acl_new(cox_cib_root(cib), "tony", NULL);
    struct cox_amend_result result = { 0 };
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_false(run(cib, &edit, acl, &result, &error));
    assert_int_equal(error->code, COX_ERROR_PRIVILEGE);
    assert_string_equal(cox_xml_get(cox_cib_root(cib), "epoch"), "3");
    assert_true(run(cib, &edit, NULL, &result, NULL));
    cox_xmldoc_free(result.patch);
}

#define RSC(id, inside) "<primitive id='" id "' class='ocf' provider='x' type='Dummy'>" inside "</primitive>"
#define PARAM(id, name, value) "<instance_attributes id='" id "-s'><nvpair id='" id "' name='" name "' value='" value "'/></instance_attributes>"

/* A document whose validity is known is only looked at where it was changed; what comes out must be the same as when all is looked at. */
static void
a_part_is_validated_as_the_whole_would_be(void **state)
{
    static const char start[] = "<configuration><crm_config/><nodes><node id='1' uname='n1'/></nodes><resources>" RSC("a", PARAM("a-p", "k", "v"))
                                "<group id='g'>" RSC("b", "") RSC("c", "") "</group>" RSC("d", "") "</resources><constraints>"
                                "<rsc_location id='l' rsc='a' node='n1' score='1'/></constraints></configuration>";
    static const struct {
        struct cox_edit edit;
        const char *xml;
    } rows[] = {
        { { COX_EDIT_CREATE, NULL, "resources" }, RSC("e", "") },
        { { COX_EDIT_CREATE, NULL, "resources" }, RSC("e", PARAM("a-p", "k", "v")) }, /* id twice */
        { { COX_EDIT_CREATE, NULL, "resources" }, "<primitive id='e' class='moon' type='x'/>" },
        { { COX_EDIT_CREATE, NULL, "constraints" }, "<rsc_location id='m' rsc='nobody' node='n1' score='1'/>" },
        { { COX_EDIT_CREATE, NULL, "constraints" }, "<rsc_location id='m' rsc='d' node='n1' score='1'/>" },
        { { COX_EDIT_MODIFY }, "<nvpair id='a-p' value='w'/>" },
        { { COX_EDIT_MODIFY }, "<nvpair id='a-p' odd='w'/>" },
        { { COX_EDIT_MODIFY }, "<primitive id='c' class='moon'/>" },
        { { COX_EDIT_MODIFY }, "<primitive id='c' description='far'/>" },
        { { COX_EDIT_MODIFY }, "<primitive id='c'><moon/></primitive>" },
        { { COX_EDIT_MODIFY }, "<rsc_location id='l' rsc='nobody'/>" },
        { { COX_EDIT_DELETE }, "<primitive id='a'/>" }, /* a constraint still names it */
        { { COX_EDIT_DELETE }, "<primitive id='d'/>" },
        { { COX_EDIT_DELETE }, "<constraints/>" },
        { { COX_EDIT_DELETE }, "<group id='g'/>" },
        { { COX_EDIT_REPLACE, NULL, "resources" }, "<resources>" RSC("a", "") "<moon/></resources>" },
        { { COX_EDIT_REPLACE, NULL, "resources" }, "<resources>" RSC("d", "") RSC("a", "") "</resources>" },
        { { COX_EDIT_MODIFY }, "<cib validate-with='pacemaker-2.0'/>" },
        { { COX_EDIT_MODIFY }, "<cib validate-with='moon'/>" },
        { { COX_EDIT_MODIFY }, "<nodes><node id='2' uname='n2'/></nodes>" },
        { { COX_EDIT_MODIFY }, "<nodes><node id='2'/></nodes>" },
        { { COX_EDIT_CREATE, NULL, "crm_config" }, "<cluster_property_set id='s'><nvpair id='s-1' name='x' value='1'/></cluster_property_set>" },
        { { COX_EDIT_CREATE, NULL, "crm_config" }, "<moon/>" },
        { { COX_EDIT_ERASE }, NULL },
    };
    g_autofree char *text = g_strdup_printf("<cib admin_epoch='0' epoch='1' num_updates='0' crm_feature_set='3.19.6' validate-with='"
                                            COX_SCHEMAS_INITIAL "'>%s<status/></cib>", start);
    unsigned n_good = 0;

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(cox_xmldoc) input = rows[i].xml == NULL ? NULL : parsed(rows[i].xml);
        g_autoptr(cox_cib) known = cox_cib_new(parsed(text)), unknown = cox_cib_new(parsed(text));
        struct cox_amend_result one = { 0 }, two = { 0 };
        g_autoptr(GError) first = NULL, second = NULL;
        g_autofree char *a = NULL, *b = NULL;
        struct cox_edit edit = rows[i].edit;

        edit.input = input == NULL ? NULL : cox_xmldoc_root(input);
        edit.allows_creation = true;
        cox_cib_set_valid(known, true);
        (void) run(known, &edit, NULL, &one, &first);
        (void) run(unknown, &edit, NULL, &two, &second);
        a = cox_xmlwrite_text(cox_cib_root(known), COX_XMLWRITE_PLAIN);
        b = cox_xmlwrite_text(cox_cib_root(unknown), COX_XMLWRITE_PLAIN);
        if ((first == NULL) != (second == NULL) || strcmp(a, b) != 0
            || (first != NULL && (first->code != second->code || strcmp(first->message, second->message) != 0))) {
            fail_msg("row %zu: part: %s; whole: %s", i, first == NULL ? "good" : first->message, second == NULL ? "good" : second->message);
        }
        assert_true(cox_cib_is_valid(known)); /* kept, or undone */
        n_good += first == NULL;
        cox_xmldoc_free(one.patch);
        cox_xmldoc_free(two.patch);
    }
    assert_in_range(n_good, 8, 16);
}

static void
an_upgrade_is_another_tree(void **state)
{
    g_autoptr(cox_schemas) schemas = schemas_new();
    g_autoptr(cox_cib) cib = cox_cib_new(cox_blank_new("pacemaker-3.0"));
    const struct cox_amend amend = { .schemas = schemas, .upgrade_to = COX_SCHEMAS_INITIAL, .coordinator = "2" };
    struct cox_amend_result result = { 0 };

    (void) state;
    assert_true(cox_amend_run(cib, &amend, &result, NULL, NULL));
    assert_true(result.is_changed);
    assert_null(result.patch);
    assert_string_equal(cox_xml_get(cox_cib_root(cib), "validate-with"), COX_SCHEMAS_INITIAL);
    assert_string_equal(cox_xml_get(cox_cib_root(cib), "admin_epoch"), "1");
    assert_string_equal(cox_xml_get(cox_cib_root(cib), "dc-uuid"), "2");
    assert_true(cox_amend_run(cib, &amend, &result, NULL, NULL));
    assert_false(result.is_changed);
}

static void
commands_have_names(void **state)
{
    enum cox_edit_kind kind = COX_EDIT_CREATE;

    (void) state;
    for (int i = COX_EDIT_CREATE; i <= COX_EDIT_BUMP; i++) {
        assert_true(cox_amend_kind(cox_amend_command((enum cox_edit_kind) i), &kind));
        assert_int_equal(kind, i);
    }
    assert_false(cox_amend_kind(COX_AMEND_UPGRADE, &kind));
    assert_false(cox_amend_kind(NULL, &kind));
}

COX_TEST_MAIN(cmocka_unit_test(the_same_change_gives_the_same_document_and_its_patch_leads_there),
              cmocka_unit_test(what_is_refused_leaves_no_trace), cmocka_unit_test(status_is_not_signed_and_nothing_is_nothing),
              cmocka_unit_test(access_is_checked_before_the_counters_are_raised), cmocka_unit_test(a_part_is_validated_as_the_whole_would_be), cmocka_unit_test(an_upgrade_is_another_tree),
              cmocka_unit_test(commands_have_names))
