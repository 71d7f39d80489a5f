/* lib/cib/slim.c - the document without histories, for those who need none: most of a running cluster's document is histories.  Layer 2. */
#include "cib/slim.h"

#include "cib/path.h"

bool
cox_slim_is_hollow(const struct cox_xml *xml)
{
    const struct cox_xml *node = cox_xml_is(xml, "lrm") ? cox_xml_parent(xml) : NULL;
    const struct cox_xml *status = cox_xml_is(node, "node_state") ? cox_xml_parent(node) : NULL;
    const struct cox_xml *root = cox_xml_is(status, "status") ? cox_xml_parent(status) : NULL;

    return cox_xml_is(root, "cib") && cox_xml_parent(root) == NULL;
}

bool
cox_slim_leaves_out(const char *path, bool makes)
{
    const char *rest = cox_path_after(cox_path_after(cox_path_after(cox_path_after(path, "cib"), "status"), "node_state"), "lrm");

    return rest != NULL && (makes || *rest == '/');
}

void
cox_slim_empty(struct cox_cib *cib, struct cox_xml *top)
{
    for (struct cox_xml *xml = top; xml != NULL; xml = cox_xml_walk(xml, top)) {
        struct cox_xml *inside = cox_slim_is_hollow(xml) ? cox_xml_first_node(xml) : NULL;

        while (inside != NULL) {
            struct cox_xml *next = cox_xml_next_node(inside);

            cox_cib_remove(cib, inside);
            inside = next;
        }
    }
}
