/* lib/admin/tests/test_admin.h - a document, and steps carried out on it, for the tests of this room. */
#ifndef COX_ADMIN_TESTS_TEST_ADMIN_H
#define COX_ADMIN_TESTS_TEST_ADMIN_H

#include <string.h>

#include "base/testkit.h"

#include "admin/step.h"
#include "cib/cib.h"
#include "xml/xmlwrite.h"
#include "xml/xpath.h"

#define TEST_CIB                                                                                                          \
    "<cib><configuration>"                                                                                                \
    "<crm_config><cluster_property_set id=\"cib-bootstrap-options\"><nvpair id=\"o1\" name=\"batch-limit\" value=\"5\"/>"   \
    "</cluster_property_set><cluster_property_set id=\"mine\"><nvpair id=\"m1\" name=\"double\" value=\"1\"/>"              \
    "<nvpair id=\"m2\" name=\"double\" value=\"2\"/></cluster_property_set></crm_config>"                                  \
    "<nodes><node id=\"1\" uname=\"n1\"><instance_attributes id=\"nodes-1\"><nvpair id=\"n1-rack\" name=\"rack\" value=\"a\"/>" \
    "</instance_attributes></node><node id=\"2\" uname=\"n2\"/></nodes>"                                                   \
    "<resources><primitive id=\"r\" class=\"ocf\" provider=\"p\" type=\"T\"><instance_attributes id-ref=\"shared\"/>"        \
    "<operations><op id=\"r-mon\" name=\"monitor\" interval=\"10s\"><meta_attributes id=\"om\">"                            \
    "<nvpair id=\"om1\" name=\"is-managed\" value=\"x\"/></meta_attributes></op></operations></primitive>"                  \
    "<primitive id=\"far\" class=\"ocf\" provider=\"pacemaker\" type=\"remote\"/>"                                          \
    "<clone id=\"c\"><primitive id=\"p\" class=\"ocf\" provider=\"p\" type=\"T\"/></clone>"                                 \
    "<template id=\"t\" class=\"ocf\" provider=\"q\" type=\"U\"><operations><op id=\"t-mon\" name=\"monitor\" interval=\"10s\"/>" \
    "<op id=\"t-stop\" name=\"stop\" interval=\"0\"/></operations><meta_attributes id=\"t-meta\"/></template>"              \
    "<primitive id=\"u\" template=\"t\"><operations><op id=\"u-mon\" name=\"monitor\" interval=\"10s\"/></operations></primitive>" \
    "<primitive id=\"s\" class=\"ocf\" provider=\"p\" type=\"T\"><instance_attributes id=\"shared\">"                        \
    "<nvpair id=\"sh-a\" name=\"a\" value=\"1\"/></instance_attributes></primitive></resources><constraints/>"              \
    "</configuration><status><node_state id=\"1\" uname=\"n1\"><transient_attributes id=\"1\"><instance_attributes id=\"status-1\">" \
    "<nvpair id=\"f1\" name=\"fail-count-r\" value=\"3\"/><nvpair id=\"f2\" name=\"fail-count-s\" value=\"1\"/>"            \
    "</instance_attributes></transient_attributes></node_state></status></cib>"

static inline struct cox_cib *
test_cib(void)
{
    struct cox_xmldoc *doc = cox_xmldoc_parse_text(TEST_CIB, (size_t) -1, NULL, NULL);

    assert_non_null(doc);
    return cox_cib_new(doc);
}

/* Carry a step out and free it. */
static inline void
test_make(struct cox_cib *cib, struct cox_step *step)
{
    const struct cox_edit edit = cox_step_edit(step);
    g_autoptr(GError) error = NULL;

    cox_cib_begin(cib);
    if (!cox_edit_run(cib, &edit, &error)) {
        fail_msg("%s", error->message);
    }
    cox_cib_keep(cib);
    cox_step_free(step);
}

/* Value of the attribute @name of what @xpath selects, which must be there. */
static inline const char *
test_value(struct cox_cib *cib, const char *xpath, const char *name)
{
    const struct cox_xml *xml = cox_xpath_first(cox_cib_root(cib), xpath);

    if (xml == NULL) {
        g_autofree char *text = cox_xmlwrite_text(cox_cib_root(cib), COX_XMLWRITE_FORMATTED);

        fail_msg("nothing matches %s in:\n%s", xpath, text);
    }
    return cox_xml_get(xml, name);
}

#endif
