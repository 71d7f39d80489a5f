/* Tests of lib/cib/patchcalls.c. */
#include "cib/patchcalls.h"

#include "base/testkit.h"
#include "xml/xmldoc.h"

#define OP "/lrm[@id='2']/lrm_resources/lrm_resource[@id='r']/lrm_rsc_op[@id='r_last_0']"

static void
results_are_found_in_what_was_made_and_in_what_was_changed(void **state)
{
    static const struct {
        guint32 node; /* 0: nothing is found */
        gint64 call_id;
        const char *change;
    } cases[] = {
        { 2, 7, "<change operation='modify' path=\"/cib/status/node_state[@id='2']" OP "\"><change-list><change-attr name='rc-code'"
                " operation='set' value='0'/><change-attr name='call-id' operation='set' value='7'/></change-list></change>" },
        { 2, 9, "<change operation='create' path=\"/cib/status/node_state[@id='2']/lrm[@id='2']/lrm_resources\"><lrm_resource id='r'>"
                "<lrm_rsc_op id='a' call-id='9'/><lrm_rsc_op id='b' call-id='8'/></lrm_resource></change>" },
        { 3, 4, "<change operation='create' path='/cib/status'><node_state id='3'><lrm><lrm_resources><lrm_resource id='r'>"
                "<lrm_rsc_op id='a' call-id='4'/></lrm_resource></lrm_resources></lrm></node_state></change>" },
        { 0, 0, "<change operation='create' path='/cib/status'><node_state id='far'><lrm><lrm_resources><lrm_resource id='r'>"
                "<lrm_rsc_op id='a' call-id='4'/></lrm_resource></lrm_resources></lrm></node_state></change>" },
        { 0, 0, "<change operation='modify' path=\"/cib/status/node_state[@id='2']" OP "\"><change-list><change-attr name='rc-code'"
                " operation='set' value='0'/></change-list></change>" },
        { 0, 0, "<change operation='delete' path=\"/cib/status/node_state[@id='2']" OP "\"/>" },
        { 0, 0, "<change operation='create' path='/cib/configuration'><lrm_rsc_op id='2' call-id='4'/></change>" },
        { 0, 0, "<change/>" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf("<diff format='2'><version/>%s</diff>", cases[i].change);
        g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL);
        g_autoptr(GArray) calls = g_array_new(FALSE, FALSE, sizeof(struct cox_patchcall));
        const struct cox_patchcall *call = (const struct cox_patchcall *) (const void *) calls->data;

        assert_non_null(doc);
        cox_patchcalls(cox_xmldoc_root(doc), calls);
        call = (const struct cox_patchcall *) (const void *) calls->data;
        assert_int_equal(calls->len, cases[i].node == 0 ? 0 : 1);
        if (calls->len == 1 && (call->node != cases[i].node || call->call_id != cases[i].call_id)) {
            fail_msg("%s: node %u call %d", text, (unsigned int) call->node, (int) call->call_id);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_found_in_what_was_made_and_in_what_was_changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
