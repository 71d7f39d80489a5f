/* Tests of lib/cib/keeper.c. */
#include "cib/keeper.h"

#include "base/error.h"
#include "base/testkit.h"
#include "xml/xmlwrite.h"

static struct cox_schemas *
schemas_new(void)
{
    const char *directory = g_getenv("COX_SCHEMA_DIRECTORY");

    return cox_schemas_new(directory == NULL ? "schemas" : directory);
}

static int
run(struct cox_keeper *keeper, const struct cox_ciborder *order)
{
    g_autoptr(GBytes) bytes = cox_ciborder_pack(order);
    struct cox_keeper_result result;
    int code;

    cox_keeper_apply_bytes(keeper, bytes, &result);
    assert_true(result.is_done == (result.error == NULL));
    code = result.error == NULL ? 0 : result.error->code;
    cox_keeper_result_clear(&result);
    return code;
}

static int
status(struct cox_keeper *keeper, guint64 generation, guint32 coordinator, const char *xml)
{
    const struct cox_ciborder order = {
        .command = "modify", .section = "status", .allows_creation = true, .generation = generation, .coordinator = coordinator, .xml = xml,
        .xml_size = strlen(xml), .origin = "n1", .client = "test", .written = "Thu Jan  1 00:00:00 1970",
    };

    return run(keeper, &order);
}

static void
the_younger_coordinator_counts_and_the_digest_knows(void **state)
{
    g_autoptr(cox_schemas) schemas = schemas_new();
    g_autoptr(cox_keeper) keeper = cox_keeper_new(schemas);
    char first[COX_KEEPER_DIGEST_ROOM], second[COX_KEEPER_DIGEST_ROOM];
    guint32 coordinator = 0;

    (void) state;
    assert_int_equal(status(keeper, 3, 1, "<node_state id='1'/>"), 0);
    cox_keeper_digest(keeper, first);
    assert_int_equal(status(keeper, 2, 9, "<node_state id='2'/>"), COX_ERROR_OLD);
    assert_int_equal(status(keeper, 3, 0, "<node_state id='2'/>"), COX_ERROR_OLD);
    cox_keeper_digest(keeper, second);
    assert_string_equal(first, second);
    assert_int_equal(status(keeper, 3, 2, "<node_state id='1'/>"), 0); /* the same contents, another coordinator */
    cox_keeper_digest(keeper, second);
    assert_string_not_equal(first, second);
    assert_int_equal(cox_keeper_generation(keeper, &coordinator), 3);
    assert_int_equal(coordinator, 2);
    assert_int_equal(status(keeper, 0, 0, "<node_state id='2'/>"), 0); /* no order: anybody may */
    assert_int_equal(status(keeper, 9, 9, "<wrong"), COX_ERROR_SYNTAX);
    assert_int_equal(cox_keeper_generation(keeper, &coordinator), 3);
}

static void
what_is_captured_can_be_installed_and_goes_on_alike(void **state)
{
    g_autoptr(cox_schemas) schemas = schemas_new();
    g_autoptr(cox_keeper) one = cox_keeper_new(schemas);
    g_autoptr(cox_keeper) two = cox_keeper_new(schemas);
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GBytes) rubbish = g_bytes_new_static("0123456789abcdef", 16);
    g_autoptr(GBytes) little = g_bytes_new_static("0123", 4);
    g_autoptr(GError) error = NULL;
    char first[COX_KEEPER_DIGEST_ROOM], second[COX_KEEPER_DIGEST_ROOM];

    (void) state;
    assert_int_equal(status(one, 5, 1, "<node_state id='1' uname='a &lt; &quot;b&#10;c'/>"), 0);
    bytes = cox_keeper_capture(one);
    assert_true(cox_keeper_install(two, bytes, NULL));
    assert_false(cox_keeper_install(two, rubbish, &error));
    assert_false(cox_keeper_install(two, little, NULL));
    cox_keeper_digest(one, first);
    cox_keeper_digest(two, second);
    assert_string_equal(first, second);
    assert_int_equal(status(two, 4, 1, "<node_state id='2'/>"), COX_ERROR_OLD);
    assert_int_equal(status(one, 6, 1, "<node_state id='2'/>"), 0);
    assert_int_equal(status(two, 6, 1, "<node_state id='2'/>"), 0);
    cox_keeper_digest(one, first);
    cox_keeper_digest(two, second);
    assert_string_equal(first, second);
}

static void
the_generation_survives_beside_a_snapshot(void **state)
{
    g_autoptr(cox_schemas) schemas = schemas_new();
    g_autoptr(cox_keeper) one = cox_keeper_new(schemas);
    g_autoptr(cox_keeper) two = cox_keeper_new(schemas);
    g_autoptr(GBytes) meta = g_bytes_new_static("meta", 4);
    g_autoptr(GBytes) wrapped = NULL, out = NULL;
    guint32 coordinator = 0;

    (void) state;
    assert_int_equal(status(one, 5, 1, "<node_state id='1'/>"), 0);
    wrapped = cox_keeper_wrap(one, meta);
    out = cox_keeper_unwrap(two, wrapped, NULL);
    assert_true(g_bytes_equal(out, meta));
    assert_int_equal(cox_keeper_generation(two, &coordinator), 5);
    assert_null(cox_keeper_unwrap(two, meta, NULL));
}

static void
a_refusal_says_what_does_not_conform(void **state)
{
    static const char xml[] = "<primitive id='a' class='moon'/>";
    static const struct cox_ciborder order = { .command = "create", .section = "resources", .xml = xml, .xml_size = sizeof xml - 1 };
    g_autoptr(cox_schemas) schemas = schemas_new();
    g_autoptr(cox_keeper) keeper = cox_keeper_new(schemas);
    const struct cox_ciborder strange = { .command = "dance" };
    const struct cox_ciborder upgrade = { .command = "upgrade" };
    struct cox_keeper_result result;

    (void) state;
    cox_keeper_apply(keeper, &order, NULL, &result);
    assert_false(result.is_done);
    assert_int_equal(result.error->code, COX_ERROR_CONFIG);
    assert_non_null(strstr(result.error->message, "\n"));
    assert_non_null(strstr(result.error->message, "moon"));
    cox_keeper_result_clear(&result);
    assert_int_equal(run(keeper, &strange), COX_ERROR_UNIMPLEMENTED);
    assert_int_equal(run(keeper, &upgrade), 0);
    assert_string_equal(cox_xml_get(cox_cib_root(cox_keeper_cib(keeper)), "validate-with"), cox_schemas_newest());
}

static void
access_rules_are_those_of_the_document_and_the_groups_of_the_order(void **state)
{
    static const char rules[]
        = "<cib admin_epoch='0' epoch='3' num_updates='0' validate-with='none'><configuration><crm_config><cluster_property_set id='s'>"
          "<nvpair id='e' name='enable-acl' value='true'/></cluster_property_set></crm_config><nodes/><resources/><constraints/><acls>"
          "<acl_role id='w'><acl_permission id='p' kind='write' xpath='/cib'/></acl_role><acl_target id='tony'/>"
          "<acl_group id='ops'><role id='w'/></acl_group></acls></configuration><status/></cib>";
    static const char *const ops[] = { "ops", NULL };
    static const char xml[] = "<node_state id='1'/>";
    struct cox_ciborder order = {
        .command = "modify", .section = "status", .allows_creation = true, .xml = xml, .xml_size = sizeof xml - 1, .user = "tony",
    };
    g_autoptr(cox_schemas) schemas = schemas_new();
    g_autoptr(cox_keeper) keeper = cox_keeper_new(schemas);

    (void) state;
    cox_keeper_put(keeper, cox_xmldoc_parse_text(rules, (size_t) -1, NULL, NULL));
    order.xml = "<node_state id='1' uname='n1'/>";
    order.xml_size = strlen(order.xml);
    assert_int_equal(run(keeper, &order), COX_ERROR_PRIVILEGE);
    order.groups = ops;
    assert_int_equal(run(keeper, &order), 0);
    order.user = "hacluster";
    order.groups = NULL;
    assert_int_equal(run(keeper, &order), 0);
}

COX_TEST_MAIN(cmocka_unit_test(the_younger_coordinator_counts_and_the_digest_knows),
              cmocka_unit_test(what_is_captured_can_be_installed_and_goes_on_alike), cmocka_unit_test(the_generation_survives_beside_a_snapshot),
              cmocka_unit_test(a_refusal_says_what_does_not_conform),
              cmocka_unit_test(access_rules_are_those_of_the_document_and_the_groups_of_the_order))
