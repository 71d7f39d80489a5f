/* Tests of lib/xml/plain.c: the same trees as the parser's, or none. */
#include "xml/plain_priv.h"

#include "base/testkit.h"
#include "xml/parse_priv.h"
#include "xml/xml.h"
#include "xml/xmlwrite.h"

static struct cox_xmldoc *
parser(const char *text, size_t size)
{
    struct cox_source *source = cox_source_from_text(text, size, 1024 * 1024);
    g_autoptr(GError) error = NULL;
    const struct cox_parse_wishes all = { 0 };
    struct cox_xmldoc *doc = cox_parse_run(source, NULL, &all, &error);

    cox_source_close(source);
    return doc;
}

/* Is there a plain tree of @text?  Then it is the parser's, with the same lines. */
static bool
is_plain(const char *text, size_t size)
{
    g_autoptr(cox_xmldoc) plain = cox_plain_parse(text, size), doc = NULL;
    g_autofree char *ours = NULL, *theirs = NULL;

    if (plain == NULL) {
        return false;
    }
    doc = parser(text, size);
    if (doc == NULL) {
        fail_msg("'%.*s' is no XML", (int) size, text);
    }
    ours = cox_xmlwrite_text(cox_xmldoc_root(plain), COX_XMLWRITE_PLAIN);
    theirs = cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_PLAIN);
    assert_string_equal(ours, theirs);
    for (const struct cox_xml *a = cox_xmldoc_root(plain), *b = cox_xmldoc_root(doc); a != NULL; a = cox_xml_walk(a, cox_xmldoc_root(plain))) {
        assert_non_null(b);
        assert_int_equal(cox_xml_line(a), cox_xml_line(b));
        b = cox_xml_walk(b, cox_xmldoc_root(doc));
    }
    return true;
}

static void
what_is_plain_is_read_as_the_parser_does(void **state)
{
    static const char *const texts[] = {
        "<a/>", "<a></a>", " <a b='c'/>\n", "<a b=\"c'd\" e='f\"g>'/>", "<a\n b = 'c'\n/>", "<a>\n <b/>\n <c d='e'>\t</c >\n</a>",
        "<a-b._1 x.y-z='~ !'/>", "<a b=''/>", "<a><a><a/></a></a>", "<a\t\n>\n\n<b\n\n/></a>",
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (!is_plain(texts[i], strlen(texts[i]))) {
            fail_msg("'%s' is left to the parser", texts[i]);
        }
    }
}

static void
everything_else_is_left_to_the_parser(void **state)
{
    static const char *const texts[] = {
        "", " ", "x", "<", "<a", "<a>", "<a/", "<a/>x", "<a/><b/>", "</a>", "<a></b>", "<a></ab>", "<ab></a>", "<a b/>", "<a b=c/>", "<a b='c/>",
        "<a b='c'd='e'/>", "<a b='1' b='2'/>", "<a b='&lt;'/>", "<a b='<'/>", "<a b='\n'/>", "<a b='\t'/>", "<a b='\xc3\xa4'/>", "<a b='\x01'/>",
        "<a>text</a>", "<a><!-- c --></a>", "<a><![CDATA[x]]></a>", "<?xml version='1.0'?><a/>", "<!DOCTYPE a><a/>", "<a:b/>", "<a xmlns='x'/>",
        "<a xml:id='x'/>", "<a x:y='z'/>", "<1a/>", "<a / >", "<a>\r\n</a>", "< a/>", "<a></ a>", "<a><?pi?></a>", "<a/>&", "BZh9",
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (is_plain(texts[i], strlen(texts[i]))) {
            fail_msg("'%s' was taken", texts[i]);
        }
    }
    assert_false(is_plain("<a/>\0", 5));
    assert_false(is_plain("<a b='\0'/>", 10));
}

static void
too_deep_or_too_long_is_left_to_the_parser(void **state)
{
    g_autoptr(GString) deep = g_string_new(NULL), longer = g_string_new("<a b='");

    (void) state;
    for (unsigned i = 0; i < COX_PLAIN_MAX_DEPTH; i++) {
        g_string_insert(deep, (gssize) (3 * i), "<a></a>");
    }
    assert_true(is_plain(deep->str, deep->len));
    g_string_prepend(deep, "<a>");
    g_string_append(deep, "</a>");
    assert_false(is_plain(deep->str, deep->len));
    while (longer->len < COX_PLAIN_MAX_BYTES) {
        g_string_append_c(longer, 'x');
    }
    g_string_append(longer, "'/>");
    assert_false(is_plain(longer->str, longer->len));
}

/* Pieces put together at random: whatever is taken is what the parser makes of it. */
static void
random_texts_give_the_parsers_tree_or_none(void **state)
{
    static const char *const pieces[] = {
        "<", ">", "/>", "</", "<a", "<b ", "</a>", "</b>", "<a>", "<b>", " x='1'", " y=\"2\"", " x = 'a'", "\n", " ", "=", "'", "\"", "a", "x", ":", "&amp;",
        "<a/>", "<b x='1'/>", "<!--", "-->", "\r", "<?", "?>", "]]>", "\t", "-", ".", "1",
    };
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    unsigned n_taken = 0;

    (void) state;
    for (unsigned i = 0; i < 30000; i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        int n = g_rand_int_range(random, 1, 9);

        for (int k = 0; k < n; k++) {
            g_string_append(text, pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
        }
        n_taken += is_plain(text->str, text->len);
    }
    assert_true(n_taken > 100);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_plain_is_read_as_the_parser_does),
        cmocka_unit_test(everything_else_is_left_to_the_parser),
        cmocka_unit_test(too_deep_or_too_long_is_left_to_the_parser),
        cmocka_unit_test(random_texts_give_the_parsers_tree_or_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
