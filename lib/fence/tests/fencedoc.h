/* lib/fence/tests/fencedoc.h - a document with given resources and constraints, for tests only. */
#ifndef COX_FENCE_TESTS_FENCEDOC_H
#define COX_FENCE_TESTS_FENCEDOC_H

#include "base/testkit.h"
#include "codec/load.h"

/* The parts of the configuration as XML; NULL: none. */
struct fencedoc {
    const char *options, *resources, *constraints, *topology, *status, *node_attributes;
};

static inline void
fencedoc_load(const struct fencedoc *parts, struct cox_codec_result *result)
{
    g_autofree char *text = g_strdup_printf(
        "<cib><configuration><crm_config><cluster_property_set id='cib-bootstrap-options'>%s</cluster_property_set></crm_config>"
        "<nodes><node id='1' uname='n1'><instance_attributes id='nodes-1'>%s</instance_attributes></node><node id='2' uname='n2'/>"
        "</nodes><resources>%s</resources><constraints>%s</constraints><fencing-topology>%s</fencing-topology></configuration>"
        "<status>%s</status></cib>",
        parts->options == NULL ? "" : parts->options, parts->node_attributes == NULL ? "" : parts->node_attributes,
        parts->resources == NULL ? "" : parts->resources, parts->constraints == NULL ? "" : parts->constraints,
        parts->topology == NULL ? "" : parts->topology, parts->status == NULL ? "" : parts->status);
    struct cox_xmldoc *doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL);

    if (doc == NULL) {
        fail_msg("not XML: %s", text);
    }
    assert_true(cox_codec_load_tree(cox_xmldoc_root(doc), NULL, result, NULL, NULL));
    cox_xmldoc_free(doc);
}

#endif
