/* lib/admin/tests/test_ticketedit.c */
#include "admin/ticketedit.h"

#include "admin/tests/treekit.h"

/* A document with a constraint for ticket A, and what is known of tickets. */
static struct cox_xmldoc *
doc_of(const char *tickets)
{
    g_autofree char *text = g_strdup_printf("<cib><configuration><constraints><rsc_ticket id='c' rsc='a' ticket='siteA'/></constraints>"
                                            "</configuration><status>%s</status></cib>", tickets);
    struct cox_xmldoc *doc = cox_xmldoc_parse_text(text, strlen(text), NULL, NULL);

    assert_non_null(doc);
    return doc;
}

static void
becomes(const char *before, enum cox_ticketedit_act act, bool is_forced, const char *after)
{
    g_autoptr(cox_xmldoc) doc = doc_of(before);
    const struct cox_ticketedit edit = { act, "siteA", cox_wall_from_seconds(1000), is_forced };
    g_autofree char *wanted = g_strdup_printf("<status>%s</status>", after);
    g_autofree char *text = NULL;

    assert_true(cox_ticketedit_run(cox_xmldoc_root(doc), &edit, NULL));
    text = cox_xmlwrite_text(cox_xml_last(cox_xmldoc_root(doc)), COX_XMLWRITE_PLAIN);
    assert_string_equal(g_strdelimit(g_strchomp(text), "\"", '\''), wanted);
}

static void
refuses(const char *before, const struct cox_ticketedit *edit, int code, const char *part)
{
    g_autoptr(cox_xmldoc) doc = doc_of(before);
    GError *error = NULL;

    assert_false(cox_ticketedit_run(cox_xmldoc_root(doc), edit, &error));
    treekit_failed(&error, code, part);
}

#define STATE(attributes) "<tickets><ticket_state id='siteA' " attributes "/></tickets>"

static void
granting_notes_when_and_keeps_what_else_is_known(void **state)
{
    (void) state;
    becomes("", COX_TICKETEDIT_GRANT, true, STATE("last-granted='1000' granted='true'"));
    becomes(STATE("owner='7' granted='false'"), COX_TICKETEDIT_GRANT, true, STATE("owner='7' granted='true' last-granted='1000'"));
    becomes(STATE("granted='true' last-granted='5'"), COX_TICKETEDIT_GRANT, false, STATE("granted='true' last-granted='5'"));
}

static void
standby_needs_no_force_and_then_revoking_neither(void **state)
{
    (void) state;
    becomes(STATE("granted='true'"), COX_TICKETEDIT_STANDBY, false, STATE("granted='true' standby='true'"));
    becomes(STATE("granted='true' standby='true'"), COX_TICKETEDIT_REVOKE, false, STATE("granted='false' standby='true'"));
    becomes(STATE("granted='true' standby='true'"), COX_TICKETEDIT_ACTIVATE, false, STATE("granted='true' standby='false'"));
    becomes(STATE("granted='true'"), COX_TICKETEDIT_REVOKE, true, STATE("granted='false'"));
    becomes(STATE("granted='false'"), COX_TICKETEDIT_FORGET, false, "<tickets/>");
    becomes("<tickets/>", COX_TICKETEDIT_FORGET, false, "<tickets/>");
}

static void
what_may_do_harm_has_to_be_forced(void **state)
{
    const cox_wall now = cox_wall_from_seconds(1000);

    (void) state;
    refuses("", &(struct cox_ticketedit) { COX_TICKETEDIT_GRANT, "siteA", now, false }, COX_ERROR_PRIVILEGE, "whether another site has ticket 'siteA'");
    refuses(STATE("granted='true'"), &(struct cox_ticketedit) { COX_TICKETEDIT_REVOKE, "siteA", now, false }, COX_ERROR_PRIVILEGE, "standby first");
    refuses(STATE("granted='true'"), &(struct cox_ticketedit) { COX_TICKETEDIT_FORGET, "siteA", now, false }, COX_ERROR_PRIVILEGE, "standby first");
}

static void
unknown_tickets_are_answered_with_the_nearest(void **state)
{
    const cox_wall now = cox_wall_from_seconds(1000);

    (void) state;
    refuses("", &(struct cox_ticketedit) { COX_TICKETEDIT_STANDBY, "siteB", now, false }, COX_ERROR_NOT_FOUND,
            "ticket 'siteB' does not exist: no constraint names it; did you mean 'siteA'?");
    refuses("", &(struct cox_ticketedit) { COX_TICKETEDIT_FORGET, "siteB", now, true }, COX_ERROR_NOT_FOUND, "'siteB'");
    refuses("", &(struct cox_ticketedit) { COX_TICKETEDIT_STANDBY, "a'b", now, true }, COX_ERROR_USAGE, "cannot be the name");
    refuses("", &(struct cox_ticketedit) { COX_TICKETEDIT_STANDBY, "\xff", now, true }, COX_ERROR_USAGE, "cannot be the name");
}

static void
names_come_from_constraints_and_from_what_is_known(void **state)
{
    g_autoptr(cox_xmldoc) doc = doc_of("<tickets><ticket_state id='siteA'/><ticket_state id='B'/></tickets>");
    g_autoptr(GPtrArray) names = cox_ticketedit_names(cox_xmldoc_root(doc));
    enum cox_ticketedit_act act = COX_TICKETEDIT_GRANT;

    (void) state;
    assert_int_equal(names->len, 2);
    assert_string_equal(names->pdata[0], "B");
    assert_string_equal(names->pdata[1], "siteA");
    assert_true(cox_ticketedit_parse("standby", &act));
    assert_int_equal(act, COX_TICKETEDIT_STANDBY);
    assert_false(cox_ticketedit_parse("steal", &act));
}

COX_TEST_MAIN(cmocka_unit_test(granting_notes_when_and_keeps_what_else_is_known), cmocka_unit_test(standby_needs_no_force_and_then_revoking_neither),
              cmocka_unit_test(what_may_do_harm_has_to_be_forced), cmocka_unit_test(unknown_tickets_are_answered_with_the_nearest),
              cmocka_unit_test(names_come_from_constraints_and_from_what_is_known))
