/* lib/admin/tests/test_acledit.c */
#include "admin/acledit.h"

#include "admin/tests/treekit.h"

#define RSC "<resources><primitive id='a'/></resources>"

static bool
role(struct cox_xmldoc *doc, const char *name, const char *text, GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    char *none[] = { NULL };

    return cox_acledit_role_add(cox_xmldoc_root(doc), name, (*text == '\0') ? none : words, NULL, error);
}

static bool
grant(struct cox_xmldoc *doc, enum cox_acledit_subject subject, const char *name, const char *one, GError **error)
{
    char *roles[] = { (char *) (guintptr) one, NULL };

    return cox_acledit_grant(cox_xmldoc_root(doc), subject, name, roles, error);
}

static void
a_role_has_permissions_of_three_kinds_by_three_ways(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc(RSC);
    char *none[] = { NULL };

    (void) state;
    assert_true(role(doc, "ops", "read xpath /cib write id a deny type nvpair write xpath //crm_config", NULL));
    assert_true(cox_acledit_role_add(cox_xmldoc_root(doc), "ops", none, "who is on duty", NULL));
    treekit_is(doc, RSC "<acls><acl_role id='ops' description='who is on duty'><acl_permission id='ops-read' kind='read' xpath='/cib'/>"
                        "<acl_permission id='ops-write' kind='write' reference='a'/>"
                        "<acl_permission id='ops-deny' kind='deny' object-type='nvpair'/>"
                        "<acl_permission id='ops-write-1' kind='write' xpath='//crm_config'/></acl_role></acls>");
}

static void
permissions_that_say_nothing_are_refused(void **state)
{
    static const struct {
        const char *words;
        int code;
        const char *part;
    } rows[] = {
        { "raed xpath /cib", COX_ERROR_USAGE, "'raed' is no kind of permission; did you mean 'read'?: use read, write, deny" },
        { "read", COX_ERROR_USAGE, "'read': what?" },
        { "read xpath", COX_ERROR_USAGE, "'read': what?" },
        { "read path /cib", COX_ERROR_USAGE, "'path' is no way" },
        { "read xpath //[", COX_ERROR_SYNTAX, "//[" },
        { "read id b", COX_ERROR_NOT_FOUND, "'b' is the id of nothing" },
        { "read type \xff", COX_ERROR_USAGE, "no UTF-8" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(cox_xmldoc) doc = treekit_doc(RSC);
        GError *error = NULL;

        assert_false(role(doc, "r", rows[i].words, &error));
        treekit_failed(&error, rows[i].code, rows[i].part);
        assert_false(role(doc, "a", "", &error));
        treekit_failed(&error, COX_ERROR_EXISTS, "'a' exists already: it is the id of a primitive");
    }
}

static void
users_and_groups_get_roles_that_exist(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("<acls><acl_role id='ops'/><acl_role id='dev'/></acls>");
    GError *error = NULL;

    (void) state;
    assert_true(grant(doc, COX_ACLEDIT_USER, "ann", "ops", NULL));
    assert_true(grant(doc, COX_ACLEDIT_USER, "ann", "dev", NULL));
    assert_true(grant(doc, COX_ACLEDIT_USER, "ann", "dev", NULL));
    assert_true(grant(doc, COX_ACLEDIT_GROUP, "staff", "dev", NULL));
    assert_false(grant(doc, COX_ACLEDIT_USER, "bob", "op", &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "role 'op' does not exist; did you mean 'ops'?");
    assert_false(grant(doc, COX_ACLEDIT_USER, "", "ops", &error));
    treekit_failed(&error, COX_ERROR_USAGE, "cannot be the name of a user");
}

static void
what_has_no_role_left_goes(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("<acls><acl_role id='ops'><acl_permission id='p' kind='read' xpath='/cib'/></acl_role>"
                                            "<acl_target id='ann'><role id='ops'/></acl_target><acl_target id='eve'/>"
                                            "<acl_group id='staff'><role id='ops'/><role id='dev'/></acl_group><acl_role id='dev'/></acls>");
    struct cox_xml *root = cox_xmldoc_root(doc);
    char p[] = "p", dev[] = "dev";
    GError *error = NULL;

    (void) state;
    assert_false(cox_acledit_role_remove(root, "ops", (char *[]) { dev, NULL }, &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "role 'ops' has no permission 'dev'");
    assert_true(cox_acledit_role_remove(root, "ops", (char *[]) { p, NULL }, NULL));
    assert_true(cox_acledit_role_remove(root, "ops", (char *[]) { NULL }, NULL));
    treekit_is(doc, "<acls><acl_target id='eve'/><acl_group id='staff'><role id='dev'/></acl_group><acl_role id='dev'/></acls>");
    assert_false(cox_acledit_revoke(root, COX_ACLEDIT_GROUP, "staff", (char *[]) { p, NULL }, &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "group 'staff' has no role 'p'");
    assert_false(cox_acledit_revoke(root, COX_ACLEDIT_USER, "stafff", (char *[]) { NULL }, &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "user 'stafff' has no roles");
    assert_true(cox_acledit_revoke(root, COX_ACLEDIT_GROUP, "staff", (char *[]) { dev, NULL }, NULL));
    assert_true(cox_acledit_revoke(root, COX_ACLEDIT_USER, "eve", (char *[]) { NULL }, NULL));
    treekit_is(doc, "<acls><acl_role id='dev'/></acls>");
}

COX_TEST_MAIN(cmocka_unit_test(a_role_has_permissions_of_three_kinds_by_three_ways), cmocka_unit_test(permissions_that_say_nothing_are_refused),
              cmocka_unit_test(users_and_groups_get_roles_that_exist), cmocka_unit_test(what_has_no_role_left_goes))
