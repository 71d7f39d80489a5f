/* Tests of lib/cib/overlay.c. */
#include "cib/overlay.h"

#include "base/testkit.h"
#include "cib/edit.h"
#include "xml/xmlwrite.h"

#define STATE1(history, attributes) "<node_state id=\"1\" uname=\"n1\">" history attributes "</node_state>"
#define LRM(inside) "<lrm id=\"1\"><lrm_resources>" inside "</lrm_resources></lrm>"
#define WEB(ops) "<lrm_resource id=\"web\" type=\"Dummy\">" ops "</lrm_resource>"
#define DB "<lrm_resource id=\"db\" type=\"Dummy\"><lrm_rsc_op id=\"db_last_0\" call-id=\"3\"/></lrm_resource>"
#define BEFORE "<lrm_rsc_op id=\"web_last_0\" call-id=\"4\" rc-code=\"0\" exec-time=\"9\"/><lrm_rsc_op id=\"web_monitor_10000\" call-id=\"6\"/>"
#define FAILED "<lrm_rsc_op id=\"web_last_failure_0\" call-id=\"8\" rc-code=\"7\"/>"
#define ATTRIBUTES(pairs) "<transient_attributes id=\"1\"><instance_attributes id=\"status-1\">" pairs "</instance_attributes></transient_attributes>"
#define PAIR(name, value) "<nvpair id=\"status-1-" name "\" name=\"" name "\" value=\"" value "\"/>"
#define COUNT(value) "<nvpair id=\"status-1-fail-count-web.monitor_10000\" name=\"fail-count-web#monitor_10000\" value=\"" value "\"/>"

static struct cox_cib *
make(const char *status)
{
    g_autofree char *text = g_strdup_printf("<cib epoch=\"1\"><configuration/><status>%s</status></cib>", status);
    struct cox_xmldoc *doc = cox_xmldoc_parse_text(text, strlen(text), NULL, NULL);

    assert_non_null(doc);
    return cox_cib_new(doc);
}

static void
expect(const struct cox_cib *cib, const char *status)
{
    g_autoptr(cox_cib) model = make(status);
    g_autofree char *wanted = cox_xmlwrite_text(cox_cib_root(model), COX_XMLWRITE_PLAIN);
    g_autofree char *text = cox_xmlwrite_text(cox_cib_root(cib), COX_XMLWRITE_PLAIN);

    assert_string_equal(text, wanted);
}

static void
histories_and_values_are_laid_over_and_taken_off_again(void **state)
{
    static const struct {
        const char *before, *history, *value, *after;
    } rows[] = {
        /* a failure: one more entry, the others as they are */
        { STATE1(LRM(WEB(BEFORE) DB), ""), LRM(WEB(BEFORE FAILED)), NULL, STATE1(LRM(WEB(BEFORE FAILED) DB), "") },
        /* a stop ends the recurring ones and overwrites the last one; what it does not say of that stays, as in the document */
        { STATE1(LRM(WEB(BEFORE) DB), ""), LRM(WEB("<lrm_rsc_op id=\"web_last_0\" call-id=\"9\"/>")), NULL,
          STATE1(LRM(WEB("<lrm_rsc_op id=\"web_last_0\" call-id=\"9\" rc-code=\"0\" exec-time=\"9\"/>") DB), "") },
        /* a resource, a history, a node that were not there */
        { STATE1(LRM(DB), ""), LRM(WEB(BEFORE)), NULL, STATE1(LRM(DB WEB(BEFORE)), "") },
        { STATE1("", ""), LRM(WEB(BEFORE)), NULL, STATE1(LRM(WEB(BEFORE)), "") },
        { "", LRM(WEB(BEFORE)), NULL, STATE1(LRM(WEB(BEFORE)), "") },
        /* counts of failures */
        { STATE1("", ""), NULL, "1", STATE1("", ATTRIBUTES(COUNT("1"))) },
        { STATE1("", ATTRIBUTES(PAIR("ping", "5"))), NULL, "1", STATE1("", ATTRIBUTES(PAIR("ping", "5") COUNT("1"))) },
        { STATE1("", ATTRIBUTES(COUNT("1") PAIR("ping", "5"))), NULL, "2", STATE1("", ATTRIBUTES(COUNT("2") PAIR("ping", "5"))) },
        { "<node_state id=\"2\" uname=\"n2\"/>", NULL, "2", "<node_state id=\"2\" uname=\"n2\"/>" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(cox_cib) cib = make(rows[i].before);
        g_autofree char *text = rows[i].history == NULL ? NULL
                                    : g_strdup_printf("<status><node_state id=\"1\" uname=\"n1\">%s</node_state></status>", rows[i].history);
        const char *const histories[] = { text };
        const struct cox_overlay_value value = { "n1", "fail-count-web#monitor_10000", rows[i].value };
        const struct cox_overlay overlay = { histories, text == NULL ? 0 : 1, &value, rows[i].value == NULL ? 0 : 1 };
        g_autofree char *digest = cox_cib_digest(cib), *after = NULL;

        cox_cib_begin(cib);
        assert_true(cox_overlay_put(cib, &overlay, NULL));
        expect(cib, rows[i].after);
        assert_true(cox_overlay_put(cib, &overlay, NULL)); /* the document may have it already */
        expect(cib, rows[i].after);
        cox_cib_rollback(cib);
        expect(cib, rows[i].before);
        after = cox_cib_digest(cib);
        assert_string_equal(after, digest);
    }
}

static void
what_is_no_history_is_an_error(void **state)
{
    const char *const histories[] = { "<status><node_state id='1'>" };
    const struct cox_overlay overlay = { histories, 1, NULL, 0 };
    g_autoptr(cox_cib) cib = make("");
    g_autoptr(GError) error = NULL;

    (void) state;
    cox_cib_begin(cib);
    assert_false(cox_overlay_put(cib, &overlay, &error));
    assert_non_null(error);
    cox_cib_rollback(cib);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(histories_and_values_are_laid_over_and_taken_off_again),
        cmocka_unit_test(what_is_no_history_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
