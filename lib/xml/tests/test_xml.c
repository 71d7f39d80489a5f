/* Tests of lib/xml/xml.c, xmldoc.c, xmlwrite.c and xpath.c. */
#include "xml/xml.h"
#include "xml/xmldoc.h"
#include "xml/xmlwrite.h"
#include "xml/xpath.h"

#include "base/error.h"
#include "base/testkit.h"

static struct cox_xmldoc *
parsed(const char *text)
{
    struct cox_xmldoc *doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL);

    assert_non_null(doc);
    return doc;
}

static void
assert_xml(const struct cox_xmldoc *doc, const char *expected)
{
    g_autofree char *text = cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_PLAIN);

    assert_string_equal(text, expected);
}

static void
attributes_keep_their_order(void **state)
{
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_new("a");
    struct cox_xml *a = cox_xmldoc_root(doc);
    struct cox_xml_attr *attr;

    (void) state;
    cox_xml_set(a, "id", "1");
    cox_xml_set(a, "x", "");
    cox_xml_set(a, "y", "3");
    cox_xml_set(a, "x", "2 \"<&>\t");
    cox_xml_set(a, "y", NULL);
    assert_false(cox_xml_unset(a, "y"));
    assert_string_equal(cox_xml_get(a, "x"), "2 \"<&>\t");
    assert_null(cox_xml_get(a, "y"));
    assert_string_equal(cox_xml_id(a), "1");
    attr = cox_xml_next_attr(cox_xml_first_attr(a));
    assert_string_equal(cox_xml_attr_name(attr), "x");
    assert_string_equal(cox_xml_attr_value(attr), "2 \"<&>\t");
    assert_xml(doc, "<a id=\"1\" x=\"2 &quot;&lt;&amp;&gt;&#x9;\"/>");
}

static void
walking_sees_elements_only(void **state)
{
    g_autoptr(cox_xmldoc) doc = parsed("<a><!--x--><b id='1'>t<c/></b><b id='2'/><d/><!--y--></a>");
    struct cox_xml *a = cox_xmldoc_root(doc);
    struct cox_xml *d = cox_xml_last(a);
    GString *names = g_string_new(NULL);

    (void) state;
    for (struct cox_xml *xml = a; xml != NULL; xml = cox_xml_walk(xml, a)) {
        g_string_append(names, cox_xml_name(xml));
    }
    assert_string_equal(names->str, "abcbd");
    g_string_free(names, TRUE);
    assert_int_equal(cox_xml_n_children(a), 3);
    assert_true(cox_xml_is(d, "d"));
    assert_false(cox_xml_is(NULL, "d"));
    assert_int_equal(cox_xml_position(d), 3);
    assert_ptr_equal(cox_xml_prev(d), cox_xml_child_with_id(a, "b", "2"));
    assert_ptr_equal(cox_xml_next_named(cox_xml_child(a, "b"), "b"), cox_xml_prev(d));
    assert_null(cox_xml_child_with_id(a, "b", "3"));
    assert_null(cox_xml_parent(a));
    assert_ptr_equal(cox_xml_parent(d), a);
    assert_null(cox_xml_first(NULL));
    assert_null(cox_xml_last(NULL));
}

static void
elements_are_copied_moved_and_freed(void **state)
{
    g_autoptr(cox_xmldoc) doc = parsed("<a><!--x--><b id='1'><c/></b><d/></a>");
    g_autoptr(cox_xmldoc) other = cox_xmldoc_new_copy(cox_xml_first(cox_xmldoc_root(doc)));
    struct cox_xml *a = cox_xmldoc_root(doc);
    struct cox_xml *loose;

    (void) state;
    assert_xml(other, "<b id=\"1\"><c/></b>");
    cox_xml_add_copy(a, cox_xmldoc_root(other));
    cox_xml_set(cox_xml_last(a), "id", "2");
    loose = cox_xml_last(a);
    cox_xml_unlink(loose);
    cox_xml_insert(a, loose, 1);
    assert_int_equal(cox_xml_position(loose), 1);
    assert_xml(doc, "<a><!--x--><b id=\"2\"><c/></b><b id=\"1\"><c/></b><d/></a>");
    cox_xml_free(loose);
    cox_xml_insert(a, cox_xml_new_loose("z", a), 99);
    loose = cox_xml_copy(cox_xml_last(a), a);
    cox_xml_set(loose, "k", "v");
    {
        g_autoptr(cox_xml) old = cox_xml_child(a, "d");

        cox_xml_swap(old, loose);
    }
    cox_xml_clear(cox_xml_child(a, "b"));
    assert_xml(doc, "<a><!--x--><b id=\"1\"/><z k=\"v\"/><z/></a>");
    cox_xmldoc_set_root(doc, cox_xml_new_loose("root", a));
    assert_xml(doc, "<root/>");
    cox_xml_free(NULL);
    cox_xml_set_tag(cox_xmldoc_root(doc), &doc);
    assert_ptr_equal(cox_xml_tag(cox_xmldoc_root(doc)), &doc);
    cox_xmldoc_free(NULL);
}

static void
comments_are_nodes_too(void **state)
{
    g_autoptr(cox_xmldoc) doc = parsed("<a><!--x--><b><c/></b><!--y--></a>");
    struct cox_xml *a = cox_xmldoc_root(doc);
    struct cox_xml *x = cox_xml_first_node(a);
    struct cox_xml *b = cox_xml_next_node(x);
    GString *names = g_string_new(NULL);

    (void) state;
    assert_true(cox_xml_is_comment(x));
    assert_false(cox_xml_is_comment(a));
    assert_string_equal(cox_xml_comment_text(x), "x");
    for (struct cox_xml *node = a; node != NULL; node = cox_xml_walk_nodes(node, a)) {
        g_string_append_printf(names, "%s ", cox_xml_name(node));
    }
    assert_string_equal(names->str, "a comment b c comment ");
    g_string_free(names, TRUE);
    assert_string_equal(cox_xml_comment_text(cox_xml_skip_node(b, a)), "y");
    assert_null(cox_xml_first_node(NULL));
    cox_xml_insert_before(a, cox_xml_new_loose("n", a), x);
    cox_xml_insert_before(a, cox_xml_new_loose("m", a), NULL);
    assert_xml(doc, "<a><n/><!--x--><b><c/></b><!--y--><m/></a>");
}

static void
formatted_text_has_one_element_per_line(void **state)
{
    g_autoptr(cox_xmldoc) doc = parsed("<a x='1'><!-- n --><b><c/></b><t>text</t></a>");
    struct cox_xml *a = cox_xmldoc_root(doc);
    g_autofree char *text = cox_xmlwrite_text(a, COX_XMLWRITE_FORMATTED);
    g_autofree char *open = cox_xmlwrite_text(a, COX_XMLWRITE_OPEN);
    g_autofree char *content = cox_xml_text(cox_xml_last(a));
    struct cox_xml *t = cox_xml_new_child(a, "t2");

    (void) state;
    assert_string_equal(text, "<a x=\"1\">\n  <!-- n -->\n  <b>\n    <c/>\n  </b>\n  <t>text</t>\n</a>\n");
    assert_string_equal(open, "<a x=\"1\">\n");
    assert_string_equal(content, "text");
    assert_null(cox_xml_text(a));
    cox_xml_add_text(t, "<");
    cox_xml_add_cdata(t, "<");
    g_clear_pointer(&content, g_free);
    content = cox_xml_text(t);
    assert_string_equal(content, "<<");
    g_clear_pointer(&text, g_free);
    text = cox_xmlwrite_text(t, COX_XMLWRITE_FORMATTED);
    assert_string_equal(text, "<t2>&lt;<![CDATA[<]]></t2>\n");
}

static void
xpath_finds_elements_in_order(void **state)
{
    g_autoptr(cox_xmldoc) doc = parsed("<a><b id='1'><c/></b><b id='2'/></a>");
    struct cox_xml *a = cox_xmldoc_root(doc);
    g_autoptr(GPtrArray) found = cox_xpath_find(a, "//b/@id | //b | /", NULL);
    g_autofree char *path = cox_xpath_of(cox_xpath_first(a, "//c"));

    (void) state;
    assert_int_equal(found->len, 3);
    assert_ptr_equal(g_ptr_array_index(found, 0), a);
    assert_string_equal(path, "/a/b[@id='1']/c");
    assert_null(cox_xpath_first(a, "//nothing"));
    assert_true(cox_xml_is(cox_xpath_first(a, "b"), "b"));
}

static void
bad_xpath_is_quoted(void **state)
{
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_new("a");
    g_autofree char *endless = g_strnfill(COX_XPATH_MAX_BYTES + 1, '/');
    const char *cases[] = { "//b[", "count(//a)", "", endless };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        assert_null(cox_xpath_find(cox_xmldoc_root(doc), cases[i], &error));
        assert_int_equal(cox_error_status_of(error), 65);
    }
    assert_null(cox_xpath_first(cox_xmldoc_root(doc), "//b["));
}

COX_TEST_MAIN(cmocka_unit_test(attributes_keep_their_order), cmocka_unit_test(walking_sees_elements_only),
              cmocka_unit_test(elements_are_copied_moved_and_freed), cmocka_unit_test(comments_are_nodes_too),
              cmocka_unit_test(formatted_text_has_one_element_per_line),
              cmocka_unit_test(xpath_finds_elements_in_order), cmocka_unit_test(bad_xpath_is_quoted))
