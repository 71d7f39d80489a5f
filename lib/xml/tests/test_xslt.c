/* Tests of lib/xml/xslt.c. */
#include "xml/xslt.h"

#include <glib/gstdio.h>

#include "base/error.h"
#include "base/testkit.h"
#include "xml/xmlwrite.h"

#define SHEET_HEAD                                                                                                   \
    "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform' "                                \
    "xmlns:u='urn:coxswain:upgrade' exclude-result-prefixes='u'>"                                                    \
    "<u:when element='old'/><u:when element='b' attribute='x'/><u:when element='c' attribute='x' value='1'/>"        \
    "<u:when element='d' child='e'/><u:when element='f' repeats='g'/>"                                               \
    "<u:blocker element='bad' what='evil'/><u:blocker element='worse' attribute='x'/><u:when/>"
#define SHEET_TAIL                                                                                                   \
    "<xsl:template match='@*|node()'><xsl:copy><xsl:apply-templates select='@*|node()'/></xsl:copy></xsl:template>"  \
    "<xsl:template match='old'><xsl:message>was <xsl:value-of select='@id'/></xsl:message><new id='{@id}'/>"         \
    "</xsl:template></xsl:stylesheet>"

static struct cox_xslt *
load(const char *text)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("sheet-XXXXXX", &path, NULL);
    struct cox_xslt *xslt = NULL;

    assert_true(fd >= 0);
    assert_true(g_close(fd, NULL));
    assert_true(g_file_set_contents(path, text, -1, NULL));
    xslt = cox_xslt_load(path, NULL);
    assert_non_null(xslt);
    assert_int_equal(g_unlink(path), 0);
    return xslt;
}

static struct cox_xmldoc *
parse(const char *text)
{
    struct cox_xmldoc *doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL);

    assert_non_null(doc);
    return doc;
}

static void
it_is_needed_when_a_row_holds(void **state)
{
    static const struct {
        const char *text;
        bool is_needed;
    } cases[] = {
        { "<cib/>", false },
        { "<old/>", true },
        { "<cib><old/></cib>", true },
        { "<cib><configuration/><status><old/></status></cib>", false },
        { "<cib><configuration><a><old/></a></configuration></cib>", true },
        { "<b/>", false },
        { "<b x=''/>", true },
        { "<c x='2'/>", false },
        { "<c x='1'/>", true },
        { "<d><f/></d>", false },
        { "<d><f/><e/></d>", true },
        { "<f><g/><h/></f>", false },
        { "<f><g/><h/><g/></f>", true },
    };
    g_autoptr(cox_xslt) xslt = load(SHEET_HEAD SHEET_TAIL);

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(cox_xmldoc) doc = parse(cases[i].text);

        if (cox_xslt_is_needed(xslt, doc) != cases[i].is_needed) {
            fail_msg("%s", cases[i].text);
        }
    }
}

static void
blockers_are_reported_each(void **state)
{
    g_autoptr(cox_xslt) xslt = load(SHEET_HEAD SHEET_TAIL);
    g_autoptr(cox_xmldoc) doc = parse("<a><bad id='b1'/><worse/><worse x='1'/></a>");
    g_autoptr(cox_xmldoc) good = parse("<a><worse/></a>");
    g_autoptr(cox_diags) diags = cox_diags_new();

    (void) state;
    assert_true(cox_xslt_is_blocked(xslt, doc, diags));
    assert_int_equal(cox_diags_count(diags), 2);
    assert_non_null(strstr(cox_diags_get(diags, 0)->text, "bad 'b1' uses evil"));
    assert_int_equal(cox_diags_get(diags, 0)->severity, COX_SEVERITY_WARNING);
    assert_false(cox_xslt_is_blocked(xslt, good, NULL));
}

static void
it_makes_a_new_document_again_and_again(void **state)
{
    g_autoptr(cox_xslt) xslt = load(SHEET_HEAD SHEET_TAIL);

    (void) state;
    for (int i = 0; i < 3; i++) {
        g_autoptr(cox_xmldoc) doc = parse("<a b='c'><!-- kept --><old id='7'/><d/></a>");
        g_autoptr(cox_diags) diags = cox_diags_new();
        g_autoptr(GError) error = NULL;
        g_autoptr(cox_xmldoc) result = NULL;
        g_autofree char *text = NULL;

        assert_true(cox_xslt_is_needed(xslt, doc));
        result = cox_xslt_apply(xslt, doc, diags, &error);
        assert_non_null(result);
        text = cox_xmlwrite_text(cox_xmldoc_root(result), COX_XMLWRITE_PLAIN);
        assert_non_null(strstr(text, "<a b=\"c\"><!-- kept --><new id=\"7\"/><d/></a>"));
        assert_int_equal(cox_diags_count(diags), 1);
        assert_string_equal(cox_diags_get(diags, 0)->text, "was 7");
        assert_false(cox_xslt_is_needed(xslt, result));
    }
}

static void
a_wrong_stylesheet_is_an_error(void **state)
{
    static const char *const sheets[] = {
        "<nothing/>",
        "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>"
        "<xsl:template match='/'/></xsl:stylesheet>",
        "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>"
        "<xsl:template match='/'><xsl:message terminate='yes'>no</xsl:message></xsl:template></xsl:stylesheet>",
        "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>"
        "<xsl:template match='['/></xsl:stylesheet>",
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(sheets); i++) {
        g_autoptr(cox_xslt) xslt = load(sheets[i]);
        g_autoptr(cox_xmldoc) doc = parse("<a/>");
        g_autoptr(GError) error = NULL;

        assert_null(cox_xslt_apply(xslt, doc, NULL, &error));
        assert_int_equal(error->code, COX_ERROR_SOFTWARE);
    }
}

COX_TEST_MAIN(cmocka_unit_test(it_is_needed_when_a_row_holds), cmocka_unit_test(blockers_are_reported_each),
              cmocka_unit_test(it_makes_a_new_document_again_and_again), cmocka_unit_test(a_wrong_stylesheet_is_an_error))
