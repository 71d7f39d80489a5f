/* lib/admin/docundo.c - taking a change of the configuration back, also when others have changed other things since.  Layer 4. */
#include "admin/docundo.h"

#include "admin/docdiff.h"
#include "cib/cib.h"
#include "cib/patch.h"
#include "cib/section.h"

struct cox_xmldoc *
cox_docundo_make(const struct cox_xml *before, const struct cox_xml *after, GError **error)
{
    struct cox_xmldoc *patch = NULL;
    g_autoptr(GArray) lines = cox_docdiff_make(after, before, &patch, error);

    if (lines != NULL && patch != NULL) {
        cox_xml_free(cox_xml_child(cox_xmldoc_root(patch), "version")); /* fits other versions, too */
    }
    return patch;
}

/* A patch says what all attributes of an element are afterwards: let it be those that are there now, with those changed that it changes. */
static void
keep_others(struct cox_xml *change, const struct cox_xml *now)
{
    struct cox_xml *result = cox_xml_child(change, "change-result");
    struct cox_xml *xml = NULL;

    if (result == NULL) {
        return;
    }
    cox_xml_clear(result);
    xml = cox_xml_new_child(result, cox_xml_name(now));
    for (const struct cox_xml_attr *attr = cox_xml_first_attr(now); attr != NULL; attr = cox_xml_next_attr(attr)) {
        cox_xml_set(xml, cox_xml_attr_name(attr), cox_xml_attr_value(attr));
    }
    for (const struct cox_xml *attr = cox_xml_first(cox_xml_child(change, "change-list")); attr != NULL; attr = cox_xml_next(attr)) {
        if (cox_xml_get(attr, "name") != NULL) {
            cox_xml_set(xml, cox_xml_get(attr, "name"), cox_xml_get(attr, "value")); /* without a value it goes */
        }
    }
}

static void
keep_all_others(struct cox_xml *patch, struct cox_cib *cib)
{
    for (struct cox_xml *change = cox_xml_child(patch, "change"); change != NULL; change = cox_xml_next_named(change, "change")) {
        const char *path = cox_xml_get(change, "path");
        bool is_modify = g_strcmp0(cox_xml_get(change, "operation"), "modify") == 0;
        const struct cox_xml *now = (is_modify && path != NULL) ? cox_cib_find(cib, path, 0) : NULL;

        if (now != NULL) {
            keep_others(change, now);
        }
    }
}

bool
cox_docundo_apply(struct cox_xml *root, const struct cox_xml *patch, GError **error)
{
    g_autoptr(cox_cib) cib = cox_cib_new(cox_xmldoc_new_copy(root));
    struct cox_xml *old = cox_section_find(root, "configuration");
    struct cox_xml *new = NULL;
    g_autoptr(cox_xmldoc) fitted = cox_xmldoc_new_copy(patch);

    if (!cox_patch_check(patch, error)) {
        return false;
    }
    keep_all_others(cox_xmldoc_root(fitted), cib);
    cox_cib_begin(cib);
    if (!cox_patch_apply(cib, cox_xmldoc_root(fitted), error)) {
        cox_cib_rollback(cib);
        return false;
    }
    cox_cib_keep(cib);
    new = cox_section_find(cox_cib_root(cib), "configuration");
    if (old != NULL && new != NULL) {
        cox_xml_swap(old, cox_xml_copy(new, root));
        cox_xml_free(old);
    }
    return true;
}
