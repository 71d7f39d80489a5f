/* Tests of lib/xml/schemarng.c, schemaids.c, schemaexplain.c and grammar.c with small grammars (see test_schemas.c, too). */
#include "xml/schemarng.h"

#include <glib/gstdio.h>

#include "base/error.h"
#include "base/testkit.h"

#define RNG_HEAD                                                                                                     \
    "<grammar xmlns='http://relaxng.org/ns/structure/1.0' "                                                          \
    "datatypeLibrary='http://www.w3.org/2001/XMLSchema-datatypes'><start><element name='top'>"
#define RNG_TAIL "</element></start></grammar>"

static struct cox_schemarng *
load(const char *content, GError **error)
{
    g_autofree char *text = g_strdup_printf(RNG_HEAD "%s" RNG_TAIL, content);
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("schema-XXXXXX", &path, NULL);
    struct cox_schemarng *rng = NULL;

    assert_true(fd >= 0);
    assert_true(g_close(fd, NULL));
    assert_true(g_file_set_contents(path, text, -1, NULL));
    rng = cox_schemarng_load(path, error);
    assert_int_equal(g_unlink(path), 0);
    return rng;
}

static void
complaints_say_what_is_wrong(void **state)
{
    static const struct {
        const char *why;
        const char *rng;
        const char *doc;
        const char *part; /* of the first complaint; NULL: valid */
    } cases[] = {
        { "another root", "<empty/>", "<bottom/>", "begins with 'bottom' instead of 'top'" },
        { "ids differ", "<zeroOrMore><element name='a'><attribute name='id'><data type='ID'/></attribute></element></zeroOrMore>",
          "<top><a id='x'/><a id='y'/></top>", NULL },
        { "id twice", "<zeroOrMore><element name='a'><attribute name='id'><data type='ID'/></attribute></element></zeroOrMore>",
          "<top>\n<a id='x'/>\n<a id='x'/></top>", "id 'x' is used twice, first by the a in line 2" },
        { "reference ahead", "<element name='r'><attribute name='to'><data type='IDREF'/></attribute></element>"
                             "<element name='a'><attribute name='id'><data type='ID'/></attribute></element>",
          "<top><r to='x'/><a id='x'/></top>", NULL },
        { "order", "<element name='a'><empty/></element><element name='b'><empty/></element>", "<top><b/><a/></top>",
          "element b there" },
        { "text", "<empty/>", "<top>words</top>", "element top" },
        { "no attribute at all", "<empty/>", "<top a='1'/>", "attribute a (value '1') is not allowed here" },
        { "no element at all", "<empty/>", "<top><a/></top>", "element a is not allowed inside top" },
        { "one of two", "<choice><attribute name='a'><text/></attribute><attribute name='b'><text/></attribute></choice>",
          "<top a='1' b='2'/>", "these do not go together: attribute a, attribute b" },
        { "neither of two", "<choice><attribute name='a'><text/></attribute><attribute name='b'><text/></attribute></choice>",
          "<top/>", "attribute a or attribute b is missing" },
        { "inside optional", "<optional><choice><attribute name='a'><text/></attribute><attribute name='b'><text/>"
                             "</attribute></choice></optional>",
          "<top a='1' b='2'/>", "these do not go together" },
        { "half of a group", "<oneOrMore><group><element name='a'><empty/></element><element name='b'><empty/></element>"
                             "</group></oneOrMore>",
          "<top><a/></top>", "element b is missing" },
        { "whole number", "<attribute name='n'><data type='nonNegativeInteger'/></attribute>", "<top n='-1'/>",
          "attribute n has the invalid value '-1'" },
        { "other type", "<attribute name='n'><data type='decimal'/></attribute>", "<top n='x'/>", "invalid value 'x'" },
        { "empty value", "<attribute name='n'><value>a</value></attribute>", "<top n=''/>", "invalid value ''" },
        { "anything", "<zeroOrMore><choice><attribute><anyName/></attribute><element><anyName/><text/></element>"
                      "</choice></zeroOrMore><element name='must'><empty/></element>",
          "<top q='1'><w/></top>", "element must is missing" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(cox_schemarng) rng = load(cases[i].rng, &error);
        g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(cases[i].doc, (size_t) -1, NULL, NULL);
        g_autoptr(cox_diags) diags = cox_diags_new();
        const char *said = NULL;

        if (rng == NULL) {
            fail_msg("%s: %s", cases[i].why, error->message);
        }
        assert_int_equal(cox_schemarng_validate(rng, doc, NULL, diags), cases[i].part == NULL);
        assert_int_equal(cox_schemarng_validate(rng, doc, NULL, NULL), cases[i].part == NULL);
        said = cox_diags_count(diags) > 0 ? cox_diags_get(diags, 0)->text : NULL;
        if ((said == NULL) != (cases[i].part == NULL) || (said != NULL && strstr(said, cases[i].part) == NULL)) {
            fail_msg("%s: %s", cases[i].why, said != NULL ? said : "(nothing)");
        }
    }
}

static void
a_document_may_change_between_checks(void **state)
{
    g_autoptr(cox_schemarng) rng = load("<zeroOrMore><element name='a'><attribute name='id'><data type='ID'/></attribute>"
                                        "<optional><attribute name='to'><data type='IDREF'/></attribute></optional>"
                                        "</element></zeroOrMore>", NULL);
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text("<top><a id='x' to='y'/><a id='y'/></top>", (size_t) -1, NULL, NULL);
    struct cox_xml *first = cox_xml_first(cox_xmldoc_root(doc));

    (void) state;
    cox_xml_set_tag(first, &rng);
    assert_true(cox_schemarng_validate(rng, doc, NULL, NULL));
    assert_ptr_equal(cox_xml_tag(first), &rng);
    cox_xml_set(first, "to", "z");
    assert_false(cox_schemarng_validate(rng, doc, NULL, NULL));
    cox_xml_set(first, "to", NULL);
    cox_xml_free(cox_xml_next(first));
    assert_true(cox_schemarng_validate(rng, doc, NULL, NULL));
    cox_xml_set(cox_xml_new_child(cox_xmldoc_root(doc), "a"), "id", "y");
    assert_true(cox_schemarng_validate(rng, doc, NULL, NULL));
}

static void
status_in_the_middle_is_left_out(void **state)
{
    g_autoptr(cox_schemarng) rng = load("<element name='status'><empty/></element>"
                                        "<element name='a'><attribute name='id'><data type='ID'/></attribute></element>", NULL);
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text("<top><status><a id='x'/><a id='x'/></status><a id='x'/></top>",
                                                      (size_t) -1, NULL, NULL);

    (void) state;
    assert_true(cox_schemarng_validate(rng, doc, NULL, NULL));
    assert_int_equal(cox_xml_n_children(cox_xml_first(cox_xmldoc_root(doc))), 2);
}

/* One of these would do for libxml2 to find a fault: wherever it is in a long list, it is found, and the list is as before. */
static void
a_fault_is_found_anywhere_in_long_lists(void **state)
{
    g_autoptr(cox_schemarng) rng = load("<element name='l'><zeroOrMore><element name='a'><attribute name='n'><data type='integer'/></attribute>"
                                        "</element></zeroOrMore></element><element name='m'><zeroOrMore><element name='a'>"
                                        "<attribute name='n'/></element></zeroOrMore></element>", NULL);

    (void) state;
    for (int length = 0; length <= 300; length += 50) {
        g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text("<top><l/><m/></top>", (size_t) -1, NULL, NULL);
        struct cox_xml *l = cox_xml_first(cox_xmldoc_root(doc)), *m = cox_xml_next(l);
        const struct cox_xml *const items[] = { l, m };
        const struct cox_schemarng_lists lists = { items, 2 };
        int n = 0;

        for (int i = 0; i < length; i++) {
            g_autofree char *number = g_strdup_printf("%d", i);

            cox_xml_set(cox_xml_new_child(l, "a"), "n", number);
            cox_xml_set(cox_xml_new_child(m, "a"), "n", "any");
        }
        assert_true(cox_schemarng_validate(rng, doc, &lists, NULL));
        for (struct cox_xml *a = cox_xml_first(l); a != NULL; a = cox_xml_next(a)) {
            g_autofree char *number = g_strdup_printf("%d", n++);
            g_autoptr(cox_diags) diags = cox_diags_new();

            assert_string_equal(cox_xml_get(a, "n"), number);
            cox_xml_set(a, "n", "many");
            assert_false(cox_schemarng_validate(rng, doc, &lists, diags));
            assert_int_equal(cox_diags_count(diags), 1);
            assert_non_null(strstr(cox_diags_get(diags, 0)->text, "'many'"));
            cox_xml_set(a, "n", number);
        }
        assert_int_equal(n, length);
        assert_int_equal(cox_xml_n_children(l), length);
        assert_int_equal(cox_xml_n_children(m), length);
        assert_true(cox_schemarng_validate(rng, doc, NULL, NULL));
    }
}

/* Never said yes wrongly; what is left to libxml2 is said no to. */
static void
values_make_no_difference_where_all_patterns_take_them(void **state)
{
    static const char rng_text[]
        = "<attribute name='n'><data type='integer'/></attribute><attribute name='p'><data type='positiveInteger'/></attribute>"
          "<attribute name='b'><data type='boolean'/></attribute><attribute name='t'/><attribute name='w'><choice><value>one</value>"
          "<value>two</value></choice></attribute><attribute name='m'><choice><value>INF</value><data type='integer'/></choice></attribute>"
          "<attribute name='d'><data type='decimal'/></attribute><attribute name='s'><data type='string'><param name='pattern'>a*</param></data>"
          "</attribute><attribute name='id'><data type='ID'/></attribute><attribute name='ref'><data type='IDREF'/></attribute>"
          "<attribute name='l'><list><value>one</value><value>two</value></list></attribute>"
          "<element name='a'><attribute name='x'><text/></attribute></element>"
          "<element name='b'><element name='a'><attribute name='x'><value>only</value></attribute></element></element>";
    static const struct {
        const char *element, *name, *before, *after;
        bool is_indifferent;
    } cases[] = {
        { "top", "n", "1", "2", true },      { "top", "n", "1", "x", false },     { "top", "n", "x", "1", false },
        { "top", "n", "1", " 2", false },    { "top", "n", "1", "-2", false },    { "top", "n", "1", "", false },
        { "top", "p", "1", "20", true },     { "top", "p", "1", "00", false },    { "top", "b", "true", "0", true },
        { "top", "b", "true", "yes", false }, { "top", "t", "", "any thing", true }, { "top", "w", "one", "two", true },
        { "top", "w", "one", "three", false }, { "top", "w", "one", " two", false }, { "top", "m", "INF", "7", true },
        { "top", "d", "1", "2", false },     { "top", "s", "a", "aa", false },    { "top", "id", "a", "b", false },
        { "top", "ref", "a", "b", false },   { "top", "l", "one", "two", false }, { "top", "unknown", "a", "b", false },
        { "unknown", "n", "1", "2", false }, { "a", "x", "only", "other", false }, { "a", "x", "only", "only", true },
    };
    g_autoptr(cox_schemarng) rng = load(rng_text, NULL);

    (void) state;
    assert_non_null(rng);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (cox_schemarng_is_indifferent(rng, cases[i].element, cases[i].name, cases[i].before, cases[i].after) != cases[i].is_indifferent) {
            fail_msg("%s/%s, '%s' to '%s': wanted %d", cases[i].element, cases[i].name, cases[i].before, cases[i].after, cases[i].is_indifferent);
        }
    }
}

static void
a_pattern_for_any_attribute_makes_all_unclear_unless_it_takes_all(void **state)
{
    g_autoptr(cox_schemarng) strict = load("<attribute name='t'><text/></attribute><element name='a'><zeroOrMore><attribute><anyName/><data type='integer'/></attribute></zeroOrMore></element>", NULL);
    g_autoptr(cox_schemarng) mild = load("<attribute name='t'><text/></attribute><element name='a'><zeroOrMore><attribute><anyName/></attribute></zeroOrMore></element>", NULL);

    (void) state;
    assert_non_null(strict);
    assert_non_null(mild);
    assert_false(cox_schemarng_is_indifferent(strict, "top", "t", "a", "b"));
    assert_true(cox_schemarng_is_indifferent(mild, "top", "t", "a", "b"));
    assert_false(cox_schemarng_is_indifferent(mild, "a", "t", "a", "b")); /* no pattern names it */
}

COX_TEST_MAIN(cmocka_unit_test(values_make_no_difference_where_all_patterns_take_them),
              cmocka_unit_test(a_pattern_for_any_attribute_makes_all_unclear_unless_it_takes_all),
              cmocka_unit_test(complaints_say_what_is_wrong), cmocka_unit_test(a_document_may_change_between_checks),
              cmocka_unit_test(status_in_the_middle_is_left_out),
              cmocka_unit_test(a_fault_is_found_anywhere_in_long_lists))
