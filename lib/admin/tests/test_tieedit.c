/* lib/admin/tests/test_tieedit.c */
#include "admin/tieedit.h"

#include "admin/tests/treekit.h"

#define THINGS "<nodes><node id='1' uname='n1'/><node id='2' uname='n2'/></nodes><resources><primitive id='a'/><primitive id='b'/><primitive id='c'>" \
               "<meta_attributes id='m'><nvpair id='g' name='remote-node' value='guest1'/></meta_attributes></primitive></resources>"
#define TAGS "<tags><tag id='t'><obj_ref id='a'/></tag></tags>"

enum kind { LOCATION, ORDER, COLOCATION, TICKET, DELETE };

static bool
tie(struct cox_xmldoc *doc, enum kind kind, const char *text, const struct cox_tieedit *how, GError **error)
{
    static const struct cox_tieedit plain = { NULL };
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    struct cox_xml *root = cox_xmldoc_root(doc);

    how = (how == NULL) ? &plain : how;
    switch (kind) {
    case LOCATION:
        return cox_tieedit_location(root, words[0], words + 1, how, error);
    case ORDER:
        return cox_tieedit_order(root, words, how, error);
    case COLOCATION:
        return cox_tieedit_colocation(root, words[0], words[1], how, error);
    case TICKET:
        return cox_tieedit_ticket(root, words[0], words[1], how, error);
    case DELETE:
        return cox_tieedit_delete(root, words, error);
    }
    return false;
}

/* The constraint that the words make. */
static void
makes(enum kind kind, const char *text, const struct cox_tieedit *how, const char *constraint)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc(THINGS TAGS);
    g_autofree char *wanted = g_strdup_printf(THINGS TAGS "<constraints>%s</constraints>", constraint);

    assert_true(tie(doc, kind, text, how, NULL));
    treekit_is(doc, wanted);
}

static void
refuses(enum kind kind, const char *text, const struct cox_tieedit *how, int code, const char *part)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc(THINGS TAGS);
    GError *error = NULL;

    assert_false(tie(doc, kind, text, how, &error));
    treekit_failed(&error, code, part);
}

static void
locations_prefer_and_avoid_nodes(void **state)
{
    (void) state;
    makes(LOCATION, "a n1", NULL, "<rsc_location rsc='a' node='n1' score='INFINITY' id='location-a-n1-INFINITY'/>");
    makes(LOCATION, "t n1=50 n2=-INFINITY", NULL,
          "<rsc_location rsc='t' node='n1' score='50' id='location-t-n1-50'/>"
          "<rsc_location rsc='t' node='n2' score='-INFINITY' id='location-t-n2--INFINITY'/>");
    makes(LOCATION, "a guest1=1", &(struct cox_tieedit) { .id = "mine", .role = "promoted" },
          "<rsc_location rsc='a' role='Promoted' node='guest1' score='1' id='mine'/>");
    refuses(LOCATION, "a n11", NULL, COX_ERROR_NOT_FOUND, "node 'n11' does not exist; did you mean 'n1'?");
    refuses(LOCATION, "aa n1", NULL, COX_ERROR_NOT_FOUND, "resource 'aa' does not exist");
    refuses(LOCATION, "a n1=much", NULL, COX_ERROR_SYNTAX, "much");
    refuses(LOCATION, "a n1", &(struct cox_tieedit) { .role = "king" }, COX_ERROR_USAGE, "'king' is no role");
    refuses(LOCATION, "a n1", &(struct cox_tieedit) { .id = "b" }, COX_ERROR_EXISTS, "'b'");
}

static void
orders_are_pairs_or_rows(void **state)
{
    (void) state;
    makes(ORDER, "a b", NULL, "<rsc_order first='a' then='b' id='order-a-b'/>");
    makes(ORDER, "a:Promote b:start", &(struct cox_tieedit) { .kind = "optional", .symmetrical = "false" },
          "<rsc_order kind='Optional' symmetrical='false' first='a' first-action='promote' then='b' then-action='start' "
          "id='order-a-Promote-b-start'/>");
    makes(ORDER, "a b c", NULL,
          "<rsc_order id='order-a-b-c'><resource_set id='order-a-b-c-set'><resource_ref id='a'/><resource_ref id='b'/>"
          "<resource_ref id='c'/></resource_set></rsc_order>");
    refuses(ORDER, "a a", NULL, COX_ERROR_USAGE, "'a' cannot come before itself");
    refuses(ORDER, "a:strat b", NULL, COX_ERROR_USAGE, "'strat' is no action; did you mean 'start'?");
    refuses(ORDER, "a b c:stop", NULL, COX_ERROR_USAGE, "'c:stop'");
    refuses(ORDER, "a b", &(struct cox_tieedit) { .kind = "never" }, COX_ERROR_USAGE, "'never' is no kind");
    refuses(ORDER, "a b", &(struct cox_tieedit) { .symmetrical = "perhaps" }, COX_ERROR_USAGE, "not 'perhaps'");
    refuses(ORDER, "a x", NULL, COX_ERROR_NOT_FOUND, "'x'");
    refuses(ORDER, "a b x", NULL, COX_ERROR_NOT_FOUND, "'x'");
}

static void
colocations_have_a_score_and_roles(void **state)
{
    (void) state;
    makes(COLOCATION, "a b", NULL, "<rsc_colocation rsc='a' with-rsc='b' score='INFINITY' id='colocation-a-b-INFINITY'/>");
    makes(COLOCATION, "a:Started b:promoted", &(struct cox_tieedit) { .score = "-10" },
          "<rsc_colocation rsc='a' rsc-role='Started' with-rsc='b' with-rsc-role='Promoted' score='-10' id='colocation-a-b--10'/>");
    refuses(COLOCATION, "a a", NULL, COX_ERROR_USAGE, "'a' is always where it is itself");
    refuses(COLOCATION, "a b:boss", NULL, COX_ERROR_USAGE, "'boss' is no role");
    refuses(COLOCATION, "a b", &(struct cox_tieedit) { .score = "1.5" }, COX_ERROR_SYNTAX, "1.5");
}

static void
tickets_tie_a_resource(void **state)
{
    (void) state;
    makes(TICKET, "T a:Promoted", &(struct cox_tieedit) { .loss_policy = "fence" },
          "<rsc_ticket rsc='a' rsc-role='Promoted' ticket='T' loss-policy='fence' id='ticket-T-a'/>");
    refuses(TICKET, "T a", &(struct cox_tieedit) { .loss_policy = "cry" }, COX_ERROR_USAGE, "'cry' is no loss policy");
    refuses(TICKET, "T x", NULL, COX_ERROR_NOT_FOUND, "'x'");
}

static void
the_same_twice_is_refused_and_another_gets_another_id(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc(THINGS "<constraints><rsc_order id='order-a-b' first='b' then='a'/></constraints>");
    GError *error = NULL;

    (void) state;
    assert_true(tie(doc, ORDER, "a b", NULL, NULL));
    treekit_is(doc, THINGS "<constraints><rsc_order id='order-a-b' first='b' then='a'/><rsc_order first='a' then='b' id='order-a-b-1'/></constraints>");
    assert_false(tie(doc, ORDER, "a b", NULL, &error));
    treekit_failed(&error, COX_ERROR_EXISTS, "constraint 'order-a-b-1' says the same");
}

static void
constraints_are_deleted_by_their_ids(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("<constraints><rsc_order id='o1'/><rsc_location id='l1'/></constraints>");
    GError *error = NULL;

    (void) state;
    assert_false(tie(doc, DELETE, "o1 o11", NULL, &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "constraint 'o11' does not exist");
    assert_true(tie(doc, DELETE, "l1", NULL, NULL));
    treekit_is(doc, "<constraints/>");
}

COX_TEST_MAIN(cmocka_unit_test(locations_prefer_and_avoid_nodes), cmocka_unit_test(orders_are_pairs_or_rows),
              cmocka_unit_test(colocations_have_a_score_and_roles), cmocka_unit_test(tickets_tie_a_resource),
              cmocka_unit_test(the_same_twice_is_refused_and_another_gets_another_id),
              cmocka_unit_test(constraints_are_deleted_by_their_ids))
