/* Tests of lib/cib/patchscope.c. */
#include "cib/patchscope.h"

#include "base/testkit.h"
#include "xml/xmldoc.h"

enum {
    CONF = COX_PATCHSCOPE_CONFIGURATION,
    NODES = COX_PATCHSCOPE_NODES,
    ATTRS = COX_PATCHSCOPE_ATTRIBUTES,
    HIST = COX_PATCHSCOPE_HISTORY,
    GONE = COX_PATCHSCOPE_HISTORY_GONE,
};

static void
each_change_belongs_to_its_part(void **state)
{
    static const struct {
        unsigned int scope;
        const char *object, *change;
    } cases[] = {
        { 0, NULL, "<change operation='modify' path='/cib'><change-list><change-attr name='num_updates' operation='set' value='1'/>"
                   "<change-attr name='dc-uuid' operation='set' value='1'/></change-list></change>" },
        { COX_PATCHSCOPE_ROOT, NULL, "<change operation='modify' path='/cib'><change-list><change-attr name='have-quorum'"
                                     " operation='set' value='1'/></change-list></change>" },
        { CONF, "r", "<change operation='modify' path=\"/cib/configuration/resources/primitive[@id='r']\"/>" },
        { CONF, "new", "<change operation='create' path='/cib/configuration/resources'><primitive id='new'/></change>" },
        { CONF, "o", "<change operation='delete' path=\"/cib/configuration/resources/primitive[@id='r']/op[@id='o']\"/>" },
        { NODES, NULL, "<change operation='modify' path=\"/cib/status/node_state[@id='1']\"/>" },
        { NODES | HIST | ATTRS, NULL, "<change operation='create' path='/cib/status'><node_state id='1'><lrm/>"
                                      "<transient_attributes/></node_state></change>" },
        { NODES | HIST | GONE | ATTRS, NULL, "<change operation='delete' path=\"/cib/status/node_state[@id='1']\"/>" },
        { HIST, NULL, "<change operation='create' path=\"/cib/status/node_state[@id='1']\"><lrm id='1'/></change>" },
        { ATTRS, NULL, "<change operation='create' path=\"/cib/status/node_state[@id='1']\"><transient_attributes/></change>" },
        { ATTRS, NULL, "<change operation='modify' path=\"/cib/status/node_state[@id='1']/transient_attributes[@id='1']\"/>" },
        { HIST, NULL, "<change operation='modify' path=\"/cib/status/node_state[@id='1']/lrm[@id='1']/lrm_resources/x\"/>" },
        { HIST, NULL, "<change operation='delete' path=\"/cib/status/node_state[@id='1']/lrm[@id='1']/lrm_resources"
                      "/lrm_resource[@id='r']/lrm_rsc_op[@id='o']\"/>" },
        { HIST | GONE, NULL, "<change operation='delete' path=\"/cib/status/node_state[@id='1']/lrm[@id='1']/lrm_resources"
                             "/lrm_resource[@id='r']\"/>" },
        { COX_PATCHSCOPE_OTHER, NULL, "<change operation='create' path='/cib/status'><tickets/></change>" },
        { 0, NULL, "<change/>" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf("<diff format='2'><version/>%s</diff>", cases[i].change);
        g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL);
        g_autofree char *object = NULL;

        assert_non_null(doc);
        if (cox_patchscope(cox_xmldoc_root(doc), &object) != cases[i].scope || g_strcmp0(object, cases[i].object) != 0) {
            fail_msg("%s: %u %s", text, cox_patchscope(cox_xmldoc_root(doc), NULL), object);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(each_change_belongs_to_its_part) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
