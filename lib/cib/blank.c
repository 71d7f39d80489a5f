/* lib/cib/blank.c - the document that a cluster begins with.  Layer 2. */
#include "cib/blank.h"

#include "cib/schemas.h"
#include "cib/version.h"

struct cox_xmldoc *
cox_blank_new(const char *schema)
{
    static const char *const sections[] = { "crm_config", "nodes", "resources", "constraints" };
    struct cox_xmldoc *doc = cox_xmldoc_new("cib");
    struct cox_xml *root = cox_xmldoc_root(doc);
    struct cox_xml *configuration = cox_xml_new_child(root, "configuration");

    cox_xml_set(root, "crm_feature_set", COX_BLANK_FEATURE_SET);
    cox_xml_set(root, "validate-with", schema == NULL ? COX_SCHEMAS_INITIAL : schema);
    cox_xml_set(root, "epoch", "0");
    cox_xml_set(root, "num_updates", "0");
    cox_xml_set(root, "admin_epoch", "0");
    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
        cox_xml_new_child(configuration, sections[i]);
    }
    cox_xml_new_child(root, "status");
    return doc;
}

bool
cox_blank_is(const struct cox_xml *root)
{
    const struct cox_version never = { 0 };
    struct cox_version version = cox_version_of(root);

    return cox_version_compare(&version, &never) == 0;
}
