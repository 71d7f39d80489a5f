/* lib/cib/section.c - the sections of the document that clients address by name.  Layer 2. */
#include "cib/section.h"

#include <string.h>

static const struct {
    const char *name;
    const char *parent; /* NULL: the whole document */
} sections[] = {
    { "all", NULL },
    { "cib", NULL },
    { "configuration", "cib" },
    { "status", "cib" },
    { "crm_config", "configuration" },
    { "nodes", "configuration" },
    { "resources", "configuration" },
    { "constraints", "configuration" },
    { "op_defaults", "configuration" },
    { "rsc_defaults", "configuration" },
    { "fencing-topology", "configuration" },
    { "acls", "configuration" },
    { "tags", "configuration" },
    { "alerts", "configuration" },
};

static int
row_of(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
        if (strcmp(sections[i].name, name) == 0) {
            return (int) i;
        }
    }
    return -1;
}

bool
cox_section_is_known(const char *name)
{
    return row_of(name) >= 0;
}

bool
cox_section_is_whole(const char *name)
{
    return name == NULL || strcmp(name, "all") == 0 || strcmp(name, "cib") == 0;
}

const char *
cox_section_parent(const char *name)
{
    int row = name == NULL ? -1 : row_of(name);

    return row < 0 ? NULL : sections[row].parent;
}

struct cox_xml *
cox_section_find(const struct cox_xml *root, const char *name)
{
    const char *parent = cox_section_parent(name);

    if (cox_section_is_whole(name)) {
        return (struct cox_xml *) (guintptr) root;
    }
    if (parent == NULL) {
        return NULL;
    }
    return cox_xml_child(strcmp(parent, "cib") == 0 ? root : cox_xml_child(root, parent), name);
}

bool
cox_section_is_member(const struct cox_xml *node)
{
    const char *type = cox_xml_get(node, "type");

    return cox_xml_is(node, "node") && (type == NULL || strcmp(type, "member") == 0 || strcmp(type, "normal") == 0);
}
