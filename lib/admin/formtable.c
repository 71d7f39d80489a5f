/* lib/admin/formtable.c - the table of a declarative file: elements of the configuration, their keys and what is in them.  Layer 4. */
#include <string.h>

#include "admin/form_priv.h"

#define SETS(key, element) { key, COX_FORM_SETS, element, NULL }
#define LIST(key, elements) { key, COX_FORM_LIST, elements, NULL }
#define WRAP(key, wrapper, elements) { key, COX_FORM_WRAP, elements, wrapper }
#define ONE(key, elements) { key, COX_FORM_ONE, elements, NULL }
#define SINGLE(element) { element, COX_FORM_SINGLE, element, NULL }
#define REFS(key, element) { key, COX_FORM_REFS, element, NULL }

#define META SETS("meta", "meta_attributes")
#define PARAMETERS SETS("parameters", "instance_attributes")

static const struct cox_form_section sections[] = {
    { "crm_config", SETS("options", "cluster_property_set") },
    { "rsc_defaults", SETS("resource-defaults", "meta_attributes") },
    { "op_defaults", SETS("operation-defaults", "meta_attributes") },
    { "nodes", LIST("nodes", "node") },
    { "resources", LIST("resources", "primitive group clone master bundle template") },
    { "constraints", LIST("constraints", "rsc_location rsc_colocation rsc_order rsc_ticket") },
    { "fencing-topology", LIST("fencing-levels", "fencing-level") },
    { "acls", LIST("acls", "acl_role acl_target acl_group acl_user") },
    { "tags", LIST("tags", "tag") },
    { "alerts", LIST("alerts", "alert") },
};

#define PRIMITIVE META, PARAMETERS, SETS("utilization", "utilization"), WRAP("operations", "operations", "op")
#define CLONE META, PARAMETERS, ONE("of", "primitive group")
#define CONTAINER "image replicas replicas-per-host masters promoted-max network run-command options"
#define DATE_PARTS "seconds minutes hours monthdays weekdays days yeardays yearsdays moon months weeks years weekyears"
#define RULES LIST("rules", "rule"), WRAP("lifetime", "lifetime", "rule")
#define RIGHTS "acl_permission read write deny"

/* { element, key, name, attributes, id, id_part, is_fixed, parts } */
static const struct cox_form_row rows[] = {
    { "node", "node", "uname", "id type score description", COX_FORM_ID_NODE, NULL, false,
      { SETS("attributes", "instance_attributes"), SETS("utilization", "utilization") } },

    { "primitive", "primitive", "id", "agent class provider type template description", COX_FORM_ID_GIVEN, NULL, false, { PRIMITIVE } },
    { "template", "template", "id", "agent class provider type description", COX_FORM_ID_GIVEN, NULL, false, { PRIMITIVE } },
    { "op", "op", "name", "id interval timeout on-fail role enabled record-pending requires start-delay interval-origin description",
      COX_FORM_ID_OP, NULL, false, { META, PARAMETERS } },
    { "group", "group", "id", "description", COX_FORM_ID_GIVEN, NULL, false, { META, PARAMETERS, LIST("members", "primitive") } },
    { "clone", "clone", "id", "description", COX_FORM_ID_GIVEN, NULL, false, { CLONE } },
    { "master", "master", "id", "description", COX_FORM_ID_GIVEN, NULL, false, { CLONE } },
    { "bundle", "bundle", "id", "description", COX_FORM_ID_GIVEN, NULL, false,
      { META, PARAMETERS, SINGLE("docker"), SINGLE("podman"), SINGLE("rkt"), SINGLE("network"), WRAP("storage", "storage", "storage-mapping"),
        ONE("of", "primitive") } },
    { "docker", NULL, NULL, CONTAINER, COX_FORM_ID_NONE, NULL, false, { { 0 } } },
    { "podman", NULL, NULL, CONTAINER, COX_FORM_ID_NONE, NULL, false, { { 0 } } },
    { "rkt", NULL, NULL, CONTAINER, COX_FORM_ID_NONE, NULL, false, { { 0 } } },
    { "network", NULL, NULL, "ip-range-start control-port host-interface host-netmask add-host", COX_FORM_ID_NONE, NULL, false,
      { LIST("ports", "port-mapping") } },
    { "port-mapping", "mapping", "id", "port internal-port range", COX_FORM_ID_CHILD, "port-map", false, { { 0 } } },
    { "storage-mapping", "mapping", "id", "source-dir source-dir-root target-dir options", COX_FORM_ID_CHILD, "storage-map", false, { { 0 } } },

    { "rsc_location", "location", "id", "rsc rsc-pattern node score role resource-discovery", COX_FORM_ID_JOIN, "rsc rsc-pattern node score", true,
      { LIST("sets", "resource_set"), RULES } },
    { "rsc_colocation", "colocation", "id",
      "rsc with-rsc score score-attribute score-attribute-mangle rsc-role with-rsc-role node-attribute influence", COX_FORM_ID_JOIN,
      "rsc rsc-role with-rsc with-rsc-role", true, { LIST("sets", "resource_set"), RULES } },
    { "rsc_order", "order", "id", "first then first-action then-action kind score symmetrical require-all", COX_FORM_ID_JOIN,
      "first first-action then then-action", true, { LIST("sets", "resource_set"), RULES } },
    { "rsc_ticket", "rsc-ticket", "id", "ticket rsc rsc-role loss-policy", COX_FORM_ID_JOIN, "ticket rsc rsc-role", true,
      { LIST("sets", "resource_set"), RULES } },
    { "resource_set", "set", "id", "id-ref sequential require-all ordering action role score kind", COX_FORM_ID_CHILD, "set", false,
      { REFS("resources", "resource_ref") } },

    { "rule", "rule", "id", "id-ref score score-attribute boolean-op role", COX_FORM_ID_CHILD, "rule", false,
      { LIST("expressions", "expression date_expression rsc_expression op_expression rule") } },
    { "expression", "expression", "id", "attribute operation value type value-source", COX_FORM_ID_CHILD, "expr", false, { { 0 } } },
    { "date_expression", "date_expression", "id", "operation start end", COX_FORM_ID_CHILD, "date", false,
      { SINGLE("duration"), SINGLE("date_spec") } },
    { "rsc_expression", "rsc_expression", "id", "class provider type", COX_FORM_ID_CHILD, "rsc", false, { { 0 } } },
    { "op_expression", "op_expression", "id", "name interval", COX_FORM_ID_CHILD, "op", false, { { 0 } } },
    { "duration", NULL, NULL, "id " DATE_PARTS, COX_FORM_ID_CHILD, "duration", false, { { 0 } } },
    { "date_spec", NULL, NULL, "id " DATE_PARTS, COX_FORM_ID_CHILD, "datespec", false, { { 0 } } },

    { "fencing-level", "level", "id", "target target-pattern target-attribute target-value index devices", COX_FORM_ID_JOIN,
      "target target-pattern target-attribute target-value index", false, { { 0 } } },

    { "acl_role", "role", "id", "description", COX_FORM_ID_GIVEN, NULL, false, { LIST("permissions", RIGHTS) } },
    { "acl_target", "user", "id", "name", COX_FORM_ID_GIVEN, NULL, false, { REFS("roles", "role") } },
    { "acl_group", "group", "id", "name", COX_FORM_ID_GIVEN, NULL, false, { REFS("roles", "role") } },
    { "acl_user", "acl_user", "id", "", COX_FORM_ID_GIVEN, NULL, false, { REFS("roles", "role_ref"), LIST("permissions", "read write deny") } },
    { "acl_permission", "permission", "id", "kind xpath reference object-type attribute description", COX_FORM_ID_CHILD, "permission", false,
      { { 0 } } },
    { "read", "read", "id", "xpath tag ref attribute", COX_FORM_ID_CHILD, "read", false, { { 0 } } },
    { "write", "write", "id", "xpath tag ref attribute", COX_FORM_ID_CHILD, "write", false, { { 0 } } },
    { "deny", "deny", "id", "xpath tag ref attribute", COX_FORM_ID_CHILD, "deny", false, { { 0 } } },

    { "tag", "tag", "id", "", COX_FORM_ID_GIVEN, NULL, false, { REFS("objects", "obj_ref") } },

    { "alert", "alert", "id", "path description", COX_FORM_ID_GIVEN, NULL, false,
      { META, PARAMETERS, SINGLE("select"), LIST("recipients", "recipient") } },
    { "recipient", "recipient", "id", "value description", COX_FORM_ID_CHILD, "recipient", false, { META, PARAMETERS } },
    { "select", NULL, NULL, "", COX_FORM_ID_NONE, NULL, false,
      { SINGLE("select_nodes"), SINGLE("select_fencing"), SINGLE("select_resources"), WRAP("select_attributes", "select_attributes", "attribute") } },
    { "select_nodes", NULL, NULL, "", COX_FORM_ID_NONE, NULL, false, { { 0 } } },
    { "select_fencing", NULL, NULL, "", COX_FORM_ID_NONE, NULL, false, { { 0 } } },
    { "select_resources", NULL, NULL, "", COX_FORM_ID_NONE, NULL, false, { { 0 } } },
    { "attribute", "attribute", "id", "name", COX_FORM_ID_CHILD, "attribute", false, { { 0 } } },
};

const struct cox_form_section *
cox_form_section(guint i)
{
    return (i < G_N_ELEMENTS(sections)) ? &sections[i] : NULL;
}

const struct cox_form_row *
cox_form_row(const char *element)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(rows[i].element, element) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

bool
cox_form_has_word(const char *words, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = words; *at != '\0'; at += strspn(at, " ")) {
        size_t n = strcspn(at, " ");

        if (n == length && strncmp(at, word, n) == 0) {
            return true;
        }
        at += n;
    }
    return false;
}

const struct cox_form_part *
cox_form_part_of(const struct cox_form_row *row, const char *element)
{
    for (size_t i = 0; i < COX_FORM_MOST_PARTS && row->parts[i].key != NULL; i++) {
        const struct cox_form_part *part = &row->parts[i];

        if ((part->kind == COX_FORM_WRAP) ? strcmp(part->wrapper, element) == 0 : cox_form_has_word(part->elements, element)) {
            return part;
        }
    }
    return NULL;
}

bool
cox_form_is_set(const struct cox_xml *xml)
{
    return cox_form_has_word("cluster_property_set meta_attributes instance_attributes utilization", cox_xml_name(xml));
}

bool
cox_form_is_reference(const struct cox_xml *xml)
{
    return cox_form_has_word("resource_ref obj_ref role role_ref", cox_xml_name(xml));
}
