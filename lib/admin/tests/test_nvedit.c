/* lib/admin/tests/test_nvedit.c */
#include "admin/nvedit.h"

#include "admin/tests/treekit.h"

/* Apply @words to the document @before and compare the text. */
static guint
edit(const char *before, const char *after, char *const *words)
{
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(before, strlen(before), NULL, NULL);
    g_autoptr(GArray) pairs = cox_nvedit_parse_all(words, NULL);
    const struct cox_nvedit_home home = { cox_xmldoc_root(doc), "meta_attributes", NULL };
    g_autofree char *text = NULL;
    guint n = 0;

    assert_non_null(pairs);
    n = cox_nvedit_apply(&home, pairs);
    text = cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_PLAIN);
    assert_string_equal(g_strchomp(text), after);
    return n;
}

static void
words_are_names_with_values(void **state)
{
    static const char *const bad[] = { "port", "=80", "", "a\xff=b", "a=\xff" };
    struct cox_nvedit pair = { NULL, NULL };
    GError *error = NULL;

    (void) state;
    assert_true(cox_nvedit_parse("port=80=x", &pair, NULL));
    assert_string_equal(pair.name, "port");
    assert_string_equal(pair.value, "80=x");
    cox_nvedit_clear(&pair);
    assert_true(cox_nvedit_parse("port=", &pair, NULL));
    assert_null(pair.value);
    cox_nvedit_clear(&pair);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        assert_false(cox_nvedit_parse(bad[i], &pair, &error));
        assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_USAGE));
        g_clear_error(&error);
        assert_null(pair.name);
    }
    assert_null(cox_nvedit_parse_all((char *[]) { (char[]) { "a=b" }, (char[]) { "c" }, NULL }, NULL));
}

static void
a_new_pair_makes_its_set_where_the_schema_wants_it(void **state)
{
    char port[] = "priority=80";

    (void) state;
    assert_int_equal(edit("<primitive id=\"a\"><instance_attributes id=\"x\"/><operations/></primitive>",
                          "<primitive id=\"a\"><instance_attributes id=\"x\"/><meta_attributes id=\"a-meta_attributes\">"
                          "<nvpair id=\"a-meta_attributes-priority\" name=\"priority\" value=\"80\"/></meta_attributes>"
                          "<operations/></primitive>",
                          (char *[]) { port, NULL }),
                     1);
}

static void
a_pair_that_is_there_changes_in_its_place_and_sets_with_rules_are_left_alone(void **state)
{
    char a[] = "a=2", b[] = "b=3", same[] = "c=4";

    (void) state;
    assert_int_equal(edit("<primitive id=\"r\"><meta_attributes id=\"m1\"><rule/><nvpair name=\"a\" value=\"1\"/></meta_attributes>"
                          "<meta_attributes id=\"m2\"/><meta_attributes id=\"m3\"><nvpair name=\"a\" value=\"1\"/>"
                          "<nvpair name=\"c\" value=\"4\"/></meta_attributes></primitive>",
                          "<primitive id=\"r\"><meta_attributes id=\"m1\"><rule/><nvpair name=\"a\" value=\"1\"/></meta_attributes>"
                          "<meta_attributes id=\"m2\"><nvpair id=\"m2-b\" name=\"b\" value=\"3\"/></meta_attributes>"
                          "<meta_attributes id=\"m3\"><nvpair name=\"a\" value=\"2\"/><nvpair name=\"c\" value=\"4\"/></meta_attributes>"
                          "</primitive>",
                          (char *[]) { a, b, same, NULL }),
                     2);
}

static void
what_is_taken_away_goes_everywhere_and_empty_sets_with_it(void **state)
{
    char a[] = "a=", none[] = "none=";

    (void) state;
    assert_int_equal(edit("<primitive id=\"r\"><meta_attributes id=\"m1\"><nvpair name=\"a\" value=\"1\"/></meta_attributes>"
                          "<meta_attributes id=\"m2\"><nvpair name=\"a\" value=\"2\"/><nvpair name=\"b\" value=\"2\"/></meta_attributes>"
                          "</primitive>",
                          "<primitive id=\"r\"><meta_attributes id=\"m2\"><nvpair name=\"b\" value=\"2\"/></meta_attributes></primitive>",
                          (char *[]) { a, none, NULL }),
                     1);
}

static void
what_means_the_same_is_forgotten_but_for_sets_with_rules(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("<primitive id='r'><meta_attributes id='m1'><rule id='x'/><nvpair id='1' name='a' value='true'/></meta_attributes>"
                                            "<meta_attributes id='m2'><nvpair id='2' name='a' value='on'/></meta_attributes>"
                                            "<meta_attributes id='m3'><nvpair id='3' name='a' value='no'/><nvpair id='4' name='b' value='1'/>"
                                            "<nvpair id='5' name='a' value='1'/></meta_attributes></primitive>");
    const struct cox_nvedit_home home = { cox_xml_first(cox_xml_first(cox_xmldoc_root(doc))), "meta_attributes", NULL };

    (void) state;
    assert_int_equal(cox_nvedit_forget(&home, "a", "yes"), 2);
    assert_int_equal(cox_nvedit_forget(&home, "a", "yes"), 0);
    assert_int_equal(cox_nvedit_forget(&home, "b", "01"), 0); /* other text, and no truth value */
    treekit_is(doc, "<primitive id='r'><meta_attributes id='m1'><rule id='x'/><nvpair id='1' name='a' value='true'/></meta_attributes>"
                    "<meta_attributes id='m3'><nvpair id='3' name='a' value='no'/><nvpair id='4' name='b' value='1'/></meta_attributes></primitive>");
}

static void
amounts_are_whole_numbers(void **state)
{
    static const char *const bad[] = { "cpu=much", "cpu=1.5", "cpu=-1", "cpu=99999999999", "cpu=1k", "cpu= 1" };
    char good[] = "cpu=8", gone[] = "ram=";
    g_autoptr(GArray) pairs = cox_nvedit_parse_all((char *[]) { good, gone, NULL }, NULL);

    (void) state;
    assert_true(cox_nvedit_check_amounts(pairs, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *word = g_strdup(bad[i]);
        g_autoptr(GArray) wrong = cox_nvedit_parse_all((char *[]) { word, NULL }, NULL);
        GError *error = NULL;

        assert_false(cox_nvedit_check_amounts(wrong, &error));
        assert_non_null(strstr(error->message, bad[i]));
        g_clear_error(&error);
    }
}

COX_TEST_MAIN(cmocka_unit_test(amounts_are_whole_numbers), cmocka_unit_test(words_are_names_with_values), cmocka_unit_test(a_new_pair_makes_its_set_where_the_schema_wants_it),
              cmocka_unit_test(a_pair_that_is_there_changes_in_its_place_and_sets_with_rules_are_left_alone),
              cmocka_unit_test(what_is_taken_away_goes_everywhere_and_empty_sets_with_it),
              cmocka_unit_test(what_means_the_same_is_forgotten_but_for_sets_with_rules))
