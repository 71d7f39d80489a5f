/* Tests of lib/xml/parse.c, source.c and stream.c. */
#include "xml/stream.h"
#include "xml/xmldoc.h"
#include "xml/xmlwrite.h"

#include "base/error.h"
#include "base/testkit.h"

static char *
nested(unsigned depth)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < depth; i++) {
        g_string_append(text, "<a>");
    }
    for (unsigned i = 0; i < depth; i++) {
        g_string_append(text, "</a>");
    }
    return g_string_free(text, FALSE);
}

static void
bad_text_is_refused_with_line_and_remedy(void **state)
{
    static const struct {
        const char *text;
        const char *part; /* of the message */
    } cases[] = {
        { "", "is empty" },
        { "   ", "text" },
        { "<a>\n<b>\n</a>", "line 3" },
        { "<a><b/>", "line 1" },
        { "<a b='\xff'/>", "UTF-8" },
        { "\xff\xfe<\0a\0", "not UTF-8" },
        { "<?xml version='1.0' encoding='latin1'?><a/>", "encoding other than UTF-8" },
        { "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "document type" },
        { "<a>&x;</a>", "line 1" },
        { "BZh9junk-that-is-no-bzip2-data", "damaged" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        struct cox_xmldoc *doc = cox_xmldoc_parse_text(cases[i].text, (size_t) -1, NULL, &error);

        assert_null(doc);
        assert_non_null(error);
        if (strstr(error->message, cases[i].part) == NULL) {
            fail_msg("%zu: '%s' lacks '%s'", i, error->message, cases[i].part);
        }
        assert_int_equal(cox_error_status_of(error), 65);
    }
}

static void
limits_hold(void **state)
{
    const struct cox_xml_limits few_bytes = { .bytes = 10 };
    const struct cox_xml_limits few_nodes = { .nodes = 3 };
    const struct {
        char *text;
        const struct cox_xml_limits *limits;
        const char *part;
    } cases[] = {
        { nested(100000), NULL, "deeper than 256" },
        { nested(256), NULL, NULL },
        { g_strdup("<abcdef>text</abcdef>"), &few_bytes, "limit of 10 bytes" },
        { g_strdup("<a b='1' c='2' d='3'/>"), &few_nodes, "more than 3 elements" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(cases[i].text, (size_t) -1, cases[i].limits, &error);

        assert_true((doc == NULL) == (cases[i].part != NULL));
        if (doc == NULL && strstr(error->message, cases[i].part) == NULL) {
            fail_msg("'%s' lacks '%s'", error->message, cases[i].part);
        }
        g_free(cases[i].text);
    }
}

static void
a_missing_file_and_a_directory_are_named(void **state)
{
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_null(cox_xmldoc_parse_file("/no/such/file.xml", NULL, &error));
    assert_non_null(strstr(error->message, "/no/such/file.xml"));
    assert_int_equal(cox_error_status_of(error), 66);
    g_clear_error(&error);
    assert_null(cox_xmldoc_parse_file("/", NULL, &error));
    assert_non_null(strstr(error->message, "directory"));
    g_clear_error(&error);
    assert_null(cox_xmldoc_parse_fd(-1, "x", NULL, &error));
}

static void
white_space_goes_and_text_stays(void **state)
{
    static const char text[] = "<?xml version='1.0' encoding='utf-8'?>\n<a x='1 &amp; 2'>\n  <!-- c -->\n"
                               "  <b>some &lt; text </b>\n  <c><![CDATA[<raw>]]></c>\n</a>\n";
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL);
    g_autofree char *plain = cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_PLAIN);

    (void) state;
    assert_string_equal(
        plain, "<a x=\"1 &amp; 2\"><!-- c --><b>some &lt; text </b><c><![CDATA[<raw>]]></c></a>");
    assert_int_equal(cox_xml_line(cox_xml_child(cox_xmldoc_root(doc), "b")), 4);
}

static void
lines_beyond_65535_are_kept(void **state)
{
    GString *text = g_string_new("<a>");
    struct cox_xmldoc *doc;

    (void) state;
    for (int i = 0; i < 70000; i++) {
        g_string_append_c(text, '\n');
    }
    g_string_append(text, "<b/></a>");
    doc = cox_xmldoc_parse_text(text->str, text->len, NULL, NULL);
    assert_int_equal(cox_xml_line(cox_xml_first(cox_xmldoc_root(doc))), 70001);
    cox_xmldoc_free(doc);
    g_string_free(text, TRUE);
}

static bool
note_start(void *data, const char *name, const char *const *attrs, int line, GError **error)
{
    GString *seen = data;

    (void) error;
    g_string_append_printf(seen, "<%s:%d", name, line);
    for (size_t i = 0; attrs[i] != NULL; i += 2) {
        g_string_append_printf(seen, " %s=%s", attrs[i], attrs[i + 1]);
    }
    if (g_str_equal(name, "stop")) {
        g_set_error(error, COX_ERROR, COX_ERROR_CONFIG, "stopped by the callback");
        return false;
    }
    return true;
}

static bool
note_end(void *data, const char *name, GError **error)
{
    (void) error;
    g_string_append_printf(data, "/%s", name);
    return true;
}

static const struct cox_stream_events notes = { note_start, note_end };

static void
status_goes_to_the_events_and_the_rest_to_the_tree(void **state)
{
    static const char text[] = "<cib epoch='1'><configuration><status in='no'/></configuration>\n"
                               "<status x='&lt;1&gt;&amp;&#10;'>t<!-- c --><node_state id='1'/><![CDATA[z]]></status><tail/></cib>";
    struct cox_stream_input input = { .text = text, .length = sizeof(text) - 1 };
    GString *seen = g_string_new(NULL);
    g_autoptr(cox_xmldoc) doc = cox_stream_read(&input, NULL, &notes, seen, NULL);
    g_autofree char *tree = cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_PLAIN);

    (void) state;
    assert_string_equal(seen->str, "<status:2 x=<1>&\n<node_state:2 id=1/node_state/status");
    assert_string_equal(tree, "<cib epoch=\"1\"><configuration><status in=\"no\"/></configuration>"
                              "<status x=\"&lt;1&gt;&amp;&#xA;\"/><tail/></cib>");
    g_string_free(seen, TRUE);
}

static void
a_callback_can_stop_the_reading(void **state)
{
    static const char text[] = "<cib><status><stop/><more/></status></cib>";
    struct cox_stream_input input = { .text = text, .length = sizeof(text) - 1 };
    GString *seen = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_null(cox_stream_read(&input, NULL, &notes, seen, &error));
    assert_string_equal(error->message, "stopped by the callback");
    assert_null(strstr(seen->str, "more"));
    g_string_free(seen, TRUE);
}

COX_TEST_MAIN(cmocka_unit_test(bad_text_is_refused_with_line_and_remedy), cmocka_unit_test(limits_hold),
              cmocka_unit_test(a_missing_file_and_a_directory_are_named),
              cmocka_unit_test(white_space_goes_and_text_stays), cmocka_unit_test(lines_beyond_65535_are_kept),
              cmocka_unit_test(status_goes_to_the_events_and_the_rest_to_the_tree),
              cmocka_unit_test(a_callback_can_stop_the_reading))
