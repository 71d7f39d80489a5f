/* Tests of lib/codec/status_write.c, load_status.c and statusfield.c: what is written is what is read. */
#include "codec/load_status.h"
#include "codec/status_write.h"

#include "base/testkit.h"
#include "xml/xmldoc.h"
#include "xml/xmlwrite.h"

static char *
through_the_model(const char *text)
{
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL);
    g_autoptr(cox_xmldoc) out = cox_xmldoc_new("status");
    g_autoptr(cox_status) status = cox_status_new();
    g_autoptr(cox_status) copy = NULL;

    assert_non_null(doc);
    cox_codec_status(cox_xmldoc_root(doc), status);
    copy = cox_status_copy(status);
    cox_codec_status_write(copy, cox_xmldoc_root(out));
    return cox_xmlwrite_text(cox_xmldoc_root(out), COX_XMLWRITE_FORMATTED);
}

static void
what_the_field_writes_comes_back_unchanged(void **state)
{
    static const char *const cases[] = {
        "<status/>\n",
        "<status>\n"
        "  <tickets>\n"
        "    <ticket_state id=\"T\" granted=\"true\" standby=\"false\" last-granted=\"17\"/>\n"
        "  </tickets>\n"
        "  <node_state id=\"1\" uname=\"n1\" in_ccm=\"true\" crmd=\"online\" crm-debug-origin=\"x\" join=\"member\""
        " expected=\"member\">\n"
        "    <lrm id=\"1\">\n"
        "      <lrm_resources>\n"
        "        <lrm_resource id=\"r\" type=\"Dummy\" class=\"ocf\" provider=\"heartbeat\" shutdown-lock=\"9\">\n"
        "          <lrm_rsc_op id=\"r_last_0\" operation_key=\"r_start_0\" operation=\"start\""
        " crm-debug-origin=\"x\" crm_feature_set=\"3.16.2\" transition-key=\"1:2:0:u\""
        " transition-magic=\"0:0;1:2:0:u\" exit-reason=\"&lt;why&gt;\" on_node=\"n1\" call-id=\"3\" rc-code=\"0\""
        " op-status=\"0\" interval=\"0\" last-rc-change=\"1600000000\" exec-time=\"0\" queue-time=\"1\""
        " migrate_source=\"a\" migrate_target=\"b\" op-digest=\"d\" op-force-restart=\" state \""
        " op-restart-digest=\"e\" op-secure-params=\" passwd \" op-secure-digest=\"f\"/>\n"
        "        </lrm_resource>\n"
        "      </lrm_resources>\n"
        "    </lrm>\n"
        "    <transient_attributes id=\"1\">\n"
        "      <instance_attributes id=\"status-1\">\n"
        "        <nvpair id=\"status-1-a\" name=\"a\" value=\"\"/>\n"
        "      </instance_attributes>\n"
        "      <utilization id=\"status-1-u\">\n"
        "        <nvpair id=\"status-1-u-cpu\" name=\"cpu\" value=\"4\"/>\n"
        "      </utilization>\n"
        "    </transient_attributes>\n"
        "  </node_state>\n"
        "  <node_state remote_node=\"true\" id=\"r1\" uname=\"r1\" node_fenced=\"0\" node_in_maintenance=\"0\"/>\n"
        "</status>\n",
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = through_the_model(cases[i]);

        assert_string_equal(got, cases[i]);
    }
}

static void
what_is_not_known_or_not_usable_is_skipped(void **state)
{
    g_autofree char *got = through_the_model(
        "<status><node_state/><future><node_state id='x' uname='x'/></future>"
        "<node_state id='1' uname='n1'><lrm><lrm_resources><lrm_resource/><lrm_resource id='r'><lrm_rsc_op/>"
        "<lrm_rsc_op id='o' call-id='no' last-run='5' rc-code='99999999999999'/></lrm_resource></lrm_resources></lrm>"
        "<transient_attributes><instance_attributes id='s'><nvpair name='a'/><nvpair value='b'/></instance_attributes>"
        "</transient_attributes></node_state><tickets><ticket_state granted='1'/><instance_attributes>"
        "<nvpair name='last-granted-T' value='9'/><nvpair name='other' value='9'/></instance_attributes></tickets>"
        "</status>");

    (void) state;
    assert_string_equal(got, "<status>\n"
                             "  <tickets>\n"
                             "    <ticket_state id=\"T\" last-granted=\"9\"/>\n"
                             "  </tickets>\n"
                             "  <node_state id=\"1\" uname=\"n1\">\n"
                             "    <lrm id=\"1\">\n"
                             "      <lrm_resources>\n"
                             "        <lrm_resource id=\"r\">\n"
                             "          <lrm_rsc_op id=\"o\" call-id=\"-1\" rc-code=\"2147483647\" op-status=\"-2\""
                             " interval=\"0\" last-run=\"5\"/>\n"
                             "        </lrm_resource>\n"
                             "      </lrm_resources>\n"
                             "    </lrm>\n"
                             "    <transient_attributes id=\"1\">\n"
                             "      <instance_attributes id=\"s\"/>\n"
                             "    </transient_attributes>\n"
                             "  </node_state>\n"
                             "</status>\n");
}

static void
results_come_from_the_magic_when_nothing_else_says_them(void **state)
{
    static const struct {
        const char *attrs;
        int status, rc, target_rc;
    } cases[] = {
        { "transition-magic='4:1;9:4:7:abc'", 4, 1, 7 },
        { "transition-magic='4:1;9:4:7:abc' op-status='0' rc-code='8'", 0, 8, 7 },
        { "transition-magic='4:1;9:4:7:abc' transition-key='9:4:0:abc'", 4, 1, 0 },
        { "transition-key='9:4:0'", -2, -1, -1 },
        { "transition-key='9'", -2, -1, -1 },
        { "transition-magic='nonsense'", -2, -1, -1 },
        { "transition-magic='4:1'", -2, -1, -1 },
        { "", -2, -1, -1 },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf("<status><node_state id='1' uname='n'><lrm><lrm_resources>"
                                                "<lrm_resource id='r'><lrm_rsc_op id='o' %s/></lrm_resource>"
                                                "</lrm_resources></lrm></node_state></status>", cases[i].attrs);
        g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL);
        g_autoptr(cox_status) status = cox_status_new();
        const struct cox_op_history *op;

        cox_codec_status(cox_xmldoc_root(doc), status);
        op = cox_status_rsc(g_ptr_array_index(status->nodes, 0), "r")->ops;
        if (op->status != cases[i].status || op->rc != cases[i].rc || op->target_rc != cases[i].target_rc) {
            fail_msg("%s: got %d %d %d", cases[i].attrs, op->status, op->rc, op->target_rc);
        }
    }
}

COX_TEST_MAIN(cmocka_unit_test(what_the_field_writes_comes_back_unchanged),
              cmocka_unit_test(what_is_not_known_or_not_usable_is_skipped),
              cmocka_unit_test(results_come_from_the_magic_when_nothing_else_says_them))
