/* Tests of lib/xml/parse.c, source.c and stream.c. */
#include "xml/stream.h"
#include "xml/xmldoc.h"
#include "xml/xmlwrite.h"

#include "base/error.h"
#include "base/testkit.h"

#include <stdio.h>
#include <unistd.h>

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

static const unsigned char packed[] = { /* printf '<a><b/></a>' | bzip2 | xxd -i */
    0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0xf3, 0xf7, 0x9d, 0xf3, 0x00, 0x00,
    0x01, 0x99, 0x00, 0x00, 0x00, 0x80, 0x05, 0x30, 0x00, 0x20, 0x00, 0x21, 0x86, 0x81, 0x9a, 0x0d,
    0x46, 0x65, 0x05, 0xc5, 0xdc, 0x91, 0x4e, 0x14, 0x24, 0x3c, 0xfd, 0xe7, 0x7c, 0xc0,
};

/* A file with @length bytes of @data; the caller removes it and frees the name. */
static char *
file_with(const void *data, size_t length)
{
    char *path = g_strdup("test_parse.XXXXXX");
    int fd = g_mkstemp(path);

    assert_true(fd >= 0);
    close(fd);
    assert_true(g_file_set_contents(path, data, (gssize) length, NULL));
    return path;
}

static void
files_descriptors_and_streams_are_read_packed_or_not(void **state)
{
    static const char plain[] = "<a><b/></a>";

    (void) state;
    for (int is_packed = 0; is_packed < 2; is_packed++) {
        g_autofree char *path = is_packed ? file_with(packed, sizeof(packed)) : file_with(plain, sizeof(plain) - 1);
        struct cox_stream_input input = { .path = path };
        FILE *stream = fopen(path, "r");
        struct cox_xmldoc *docs[5];

        docs[0] = cox_xmldoc_parse_file(path, NULL, NULL);
        docs[1] = cox_xmldoc_parse_stdio(stream, path, NULL, NULL);
        rewind(stream);
        docs[2] = cox_xmldoc_parse_fd(fileno(stream), path, NULL, NULL);
        docs[3] = cox_stream_read(&input, NULL, NULL, NULL, NULL);
        input = (struct cox_stream_input) { .fd = fileno(stream), .name = "x" };
        (void) lseek(fileno(stream), 0, SEEK_SET);
        docs[4] = cox_stream_read(&input, NULL, NULL, NULL, NULL);
        for (size_t i = 0; i < G_N_ELEMENTS(docs); i++) {
            assert_non_null(docs[i]);
            assert_string_equal(cox_xml_name(cox_xml_first(cox_xmldoc_root(docs[i]))), "b");
            cox_xmldoc_free(docs[i]);
        }
        fclose(stream);
        unlink(path);
    }
}

static void
damaged_and_truncated_packing_is_named(void **state)
{
    g_autofree char *cut = file_with(packed, sizeof(packed) - 6);
    g_autoptr(GError) error = NULL;
    struct cox_stream_input missing = { .path = "/no/such/file" };

    (void) state;
    assert_null(cox_xmldoc_parse_file(cut, NULL, &error));
    assert_non_null(strstr(error->message, "truncated"));
    unlink(cut);
    assert_null(cox_stream_read(&missing, NULL, NULL, NULL, NULL));
}

static void
a_file_above_the_limit_is_refused_before_it_is_read(void **state)
{
    const struct cox_xml_limits small = { .bytes = 4 };
    g_autofree char *path = file_with("<abc/>", 6);
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_null(cox_xmldoc_parse_file(path, &small, &error));
    assert_non_null(strstr(error->message, "more than the limit of 4"));
    unlink(path);
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
              cmocka_unit_test(files_descriptors_and_streams_are_read_packed_or_not),
              cmocka_unit_test(damaged_and_truncated_packing_is_named),
              cmocka_unit_test(a_file_above_the_limit_is_refused_before_it_is_read),
              cmocka_unit_test(white_space_goes_and_text_stays), cmocka_unit_test(lines_beyond_65535_are_kept),
              cmocka_unit_test(status_goes_to_the_events_and_the_rest_to_the_tree),
              cmocka_unit_test(a_callback_can_stop_the_reading))
