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
              cmocka_unit_test(access_is_checked_before_the_counters_are_raised), cmocka_unit_test(an_upgrade_is_another_tree),
              cmocka_unit_test(commands_have_names))
