/* Tests of lib/view/out.c. */
#include "base/error.h"
#include "base/testkit.h"
#include "view/out.h"

static struct cox_out *
new_out(enum cox_out_format format)
{
    struct cox_out_options options = { .format = format, .request = "tool -x '<a>'" };

    return cox_out_new(&options);
}

/* The same calls for every format. */
static void
sample(struct cox_out *out)
{
    cox_out_list_begin(out, "Node %s", "List");
    cox_out_begin(out, "nodes", NULL);
    cox_out_begin(out, "node", "name", "a\"<\n", "id", "1", "skipped", NULL, "n", "2", NULL);
    cox_out_attrf(out, "score", "%d", 5);
    cox_out_attr(out, "nothing", NULL);
    cox_out_attr_bool(out, "is", true);
    cox_out_attr_bool(out, "not", false);
    cox_out_line(out, "Node %s", "a");
    cox_out_end(out);
    cox_out_list_begin(out, "Inner");
    cox_out_line(out, "x");
    cox_out_indented(out, "y");
    cox_out_list_end(out);
    cox_out_leaf(out, "leaf", "element", "e", NULL);
    cox_out_end(out);
    cox_out_list_end(out);
    cox_out_value(out, "date", "2 < 3 \x01");
    cox_out_cdata(out, "output", "<x>]]></x>\t\"\\");
    cox_out_spacer(out);
    cox_out_raw(out, "raw\n");
    cox_out_rawf(out, "%d\n", 7);
}

static void
text_has_nested_lists(void **state)
{
    g_autoptr(cox_out) out = new_out(COX_OUT_TEXT);

    (void) state;
    cox_out_spacer(out);
    sample(out);
    cox_out_set_plain_lists(out, true);
    cox_out_list_begin(out, NULL);
    assert_int_equal(cox_out_depth(out), 1);
    cox_out_line(out, "plain");
    cox_out_list_end(out);
    assert_true(cox_out_is_text(out));
    assert_true(cox_out_finish(out, 0, NULL, NULL));
    cox_out_line(out, "too late");
    assert_string_equal(cox_out_content(out),
                        "Node List:\n  * Node a\n  * Inner:\n    * x\n    y\n\nraw\n7\nplain\n");
}

static void
xml_has_the_envelope_and_two_blanks_per_level(void **state)
{
    g_autoptr(cox_out) out = new_out(COX_OUT_XML);

    (void) state;
    sample(out);
    cox_out_error(out, "no %s & such", "a");
    assert_true(cox_out_finish(out, 105, NULL, NULL));
    assert_true(cox_out_finish(out, 1, NULL, NULL)); /* ignored */
    assert_string_equal(cox_out_content(out),
                        "<pacemaker-result api-version=\"2.42\" request=\"tool -x '&lt;a&gt;'\">\n"
                        "  <nodes>\n"
                        "    <node name=\"a&quot;&lt;&#10;\" id=\"1\" n=\"2\" score=\"5\" is=\"true\" not=\"false\"/>\n"
                        "    <leaf element=\"e\"/>\n"
                        "  </nodes>\n"
                        "  <date>2 &lt; 3 \xEF\xBF\xBD</date>\n"
                        "  <output><![CDATA[<x>]]]]><![CDATA[></x>\t\"\\]]></output>\n"
                        "  <status code=\"105\" message=\"No such object\">\n"
                        "    <errors>\n"
                        "      <error>no a &amp; such</error>\n"
                        "    </errors>\n"
                        "  </status>\n"
                        "</pacemaker-result>\n");
}

static void
json_is_the_same_tree(void **state)
{
    g_autoptr(cox_out) out = new_out(COX_OUT_JSON);

    (void) state;
    sample(out);
    assert_true(cox_out_finish(out, 0, "fine", NULL));
    assert_string_equal(cox_out_content(out),
                        "{\"element\": \"pacemaker-result\", \"api-version\": \"2.42\", \"request\": \"tool -x '<a>'\","
                        " \"children\": [\n"
                        "  {\"element\": \"nodes\", \"children\": [\n"
                        "    {\"element\": \"node\", \"name\": \"a\\\"<\\n\", \"id\": \"1\", \"n\": \"2\", \"score\": \"5\","
                        " \"is\": \"true\", \"not\": \"false\"},\n"
                        "    {\"element\": \"leaf\", \"@element\": \"e\"}\n"
                        "  ]},\n"
                        "  {\"element\": \"date\", \"text\": \"2 < 3 \\u0001\"},\n"
                        "  {\"element\": \"output\", \"text\": \"<x>]]></x>\\t\\\"\\\\\"},\n"
                        "  {\"element\": \"status\", \"code\": \"0\", \"message\": \"fine\"}\n"
                        "]}\n");
}

static void
none_prints_nothing(void **state)
{
    g_autoptr(cox_out) out = new_out(COX_OUT_NONE);

    (void) state;
    sample(out);
    cox_out_error(out, "x");
    assert_true(cox_out_finish(out, 1, NULL, NULL));
    assert_string_equal(cox_out_content(out), "");
    cox_out_free(NULL);
}

static void
a_fragment_is_indented_and_open_elements_are_closed(void **state)
{
    g_autoptr(cox_out) out = new_out(COX_OUT_XML);

    (void) state;
    cox_out_begin(out, "xml", NULL);
    cox_out_fragment(out, "<a>\n  <b/>\n</a>\n");
    assert_true(cox_out_finish(out, 0, NULL, NULL));
    assert_non_null(strstr(cox_out_content(out), "  <xml>\n    <a>\n      <b/>\n    </a>\n  </xml>\n  <status"));
}

static void
another_root_has_no_status_and_errors_go_to_the_error_file(void **state)
{
    FILE *errors = tmpfile();
    struct cox_out_options options = { .format = COX_OUT_XML, .root = "crm_mon", .error_file = errors };
    g_autoptr(cox_out) out = cox_out_new(&options);
    char line[64] = "";

    (void) state;
    cox_out_attr(out, "version", "1");
    cox_out_error(out, "bad");
    assert_true(cox_out_finish(out, 1, NULL, NULL));
    assert_string_equal(cox_out_content(out), "<?xml version=\"1.0\"?>\n<crm_mon version=\"1\"/>\n");
    rewind(errors);
    assert_non_null(fgets(line, sizeof(line), errors));
    assert_string_equal(line, "bad\n");
    fclose(errors);
}

static void
output_reaches_the_file_before_an_error(void **state)
{
    FILE *file = tmpfile();
    struct cox_out_options options = { .file = file, .error_file = file, .is_quiet = true };
    g_autoptr(cox_out) out = cox_out_new(&options);
    char text[64] = "";

    (void) state;
    cox_out_list_begin(out, "no heading when quiet");
    cox_out_line(out, "first");
    cox_out_list_end(out);
    cox_out_error(out, "second");
    assert_true(cox_out_finish(out, 0, NULL, NULL));
    rewind(file);
    assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
    assert_string_equal(text, "  * first\nsecond\n");
    fclose(file);
}

static void
a_full_disk_is_an_error(void **state)
{
    FILE *full = fopen("/dev/full", "w");
    struct cox_out_options options = { .file = full };
    g_autoptr(cox_out) out = cox_out_new(&options);
    g_autoptr(GError) error = NULL;

    (void) state;
    if (full == NULL) {
        skip();
    }
    for (int i = 0; i < 10000; i++) {
        cox_out_line(out, "many lines %d", i);
    }
    assert_false(cox_out_finish(out, 0, NULL, &error));
    assert_int_equal(cox_error_status_of(error), 74);
    fclose(full);
}

static void
formats_have_names(void **state)
{
    enum cox_out_format format = COX_OUT_TEXT;
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_true(cox_out_format_parse("json", &format, NULL));
    assert_int_equal(format, COX_OUT_JSON);
    assert_false(cox_out_format_parse("yaml", &format, &error));
    assert_int_equal(cox_error_status_of(error), 64);
    assert_int_equal(format, COX_OUT_JSON);
}

COX_TEST_MAIN(cmocka_unit_test(text_has_nested_lists), cmocka_unit_test(xml_has_the_envelope_and_two_blanks_per_level),
              cmocka_unit_test(json_is_the_same_tree), cmocka_unit_test(none_prints_nothing),
              cmocka_unit_test(a_fragment_is_indented_and_open_elements_are_closed),
              cmocka_unit_test(another_root_has_no_status_and_errors_go_to_the_error_file),
              cmocka_unit_test(output_reaches_the_file_before_an_error), cmocka_unit_test(a_full_disk_is_an_error),
              cmocka_unit_test(formats_have_names))
