/* lib/cib/change.c - write the single changes that a patch of format 2 consists of.  Layer 2. */
#include "cib/change.h"

#include <string.h>

#include "cib/path.h"

struct cox_xmldoc *
cox_change_new_patch(void)
{
    struct cox_xmldoc *patch = cox_xmldoc_new("diff");

    cox_xml_set(cox_xmldoc_root(patch), "format", "2");
    return patch;
}

static void
set_number(struct cox_xml *xml, const char *name, gint64 value)
{
    char text[32];

    g_snprintf(text, sizeof(text), "%" G_GINT64_FORMAT, value);
    cox_xml_set(xml, name, text);
}

static void
add_version(struct cox_xml *parent, const char *name, const struct cox_version *version)
{
    struct cox_xml *xml = cox_xml_new_child(parent, name);

    set_number(xml, "admin_epoch", version->admin_epoch);
    set_number(xml, "epoch", version->epoch);
    set_number(xml, "num_updates", version->num_updates);
}

void
cox_change_set_versions(struct cox_xmldoc *patch, const struct cox_version *before, const struct cox_version *after)
{
    struct cox_xml *diff = cox_xmldoc_root(patch);
    struct cox_xml *version = cox_xml_new_loose("version", diff);

    cox_xml_free(cox_xml_child(diff, "version"));
    add_version(version, "source", before);
    add_version(version, "target", after);
    cox_xml_insert(diff, version, 0);
}

static struct cox_xml *
add_change(struct cox_xmldoc *patch, const char *operation, const char *path)
{
    struct cox_xml *change = cox_xml_new_child(cox_xmldoc_root(patch), "change");

    cox_xml_set(change, "operation", operation);
    cox_xml_set(change, "path", path);
    return change;
}

void
cox_change_add_delete(struct cox_xmldoc *patch, const char *path, int position)
{
    struct cox_xml *change = add_change(patch, "delete", path);

    if (position >= 0) {
        set_number(change, "position", position);
    }
}

void
cox_change_add_create(struct cox_xmldoc *patch, struct cox_xml *xml, size_t position)
{
    g_autofree char *path = cox_path_of(cox_xml_parent(xml));
    struct cox_xml *change = add_change(patch, "create", path);

    set_number(change, "position", (gint64) position);
    cox_xml_add_copy(change, xml);
}

void
cox_change_add_move(struct cox_xmldoc *patch, struct cox_xml *xml, size_t position)
{
    g_autofree char *path = cox_path_of(xml);
    struct cox_xml *change = add_change(patch, "move", path);

    set_number(change, "position", (gint64) position);
}

struct cox_attrs *
cox_change_attrs(const struct cox_xml *xml)
{
    struct cox_attrs *attrs;
    gsize size = 0;
    guint n = 0;
    char *at;

    for (struct cox_xml_attr *attr = cox_xml_first_attr(xml); attr != NULL; attr = cox_xml_next_attr(attr), n += 2) {
        size += strlen(cox_xml_attr_name(attr)) + strlen(cox_xml_attr_value(attr)) + 2;
    }
    attrs = g_malloc(sizeof(*attrs) + n * sizeof(attrs->texts[0]) + size);
    attrs->len = 0;
    at = (char *) (attrs->texts + n);
    for (struct cox_xml_attr *attr = cox_xml_first_attr(xml); attr != NULL; attr = cox_xml_next_attr(attr)) {
        attrs->texts[attrs->len++] = at;
        at = stpcpy(at, cox_xml_attr_name(attr)) + 1;
        attrs->texts[attrs->len++] = at;
        at = stpcpy(at, cox_xml_attr_value(attr)) + 1;
    }
    return attrs;
}

/* Index of attribute @name in @attrs, or -1. */
static int
place_of(const struct cox_attrs *attrs, const char *name)
{
    for (guint i = 0; i < attrs->len; i += 2) {
        if (strcmp(attrs->texts[i], name) == 0) {
            return (int) i;
        }
    }
    return -1;
}

static void
note(struct cox_xml *list, const char *name, const char *value)
{
    struct cox_xml *entry = cox_xml_new_child(list, "change-attr");

    cox_xml_set(entry, "name", name);
    cox_xml_set(entry, "operation", value == NULL ? "unset" : "set");
    cox_xml_set(entry, "value", value);
}

static void
note_differences(struct cox_xml *list, const struct cox_xml *xml, const struct cox_attrs *before, bool by_place)
{
    int place = 0;

    for (struct cox_xml_attr *attr = cox_xml_first_attr(xml); attr != NULL; attr = cox_xml_next_attr(attr)) {
        const char *name = cox_xml_attr_name(attr);
        int was = place_of(before, name);

        if (was < 0 || strcmp(before->texts[was + 1], cox_xml_attr_value(attr)) != 0
            || (by_place && was != place)) {
            note(list, name, cox_xml_attr_value(attr));
        }
        place += 2;
    }
    for (guint i = 0; i < before->len; i += 2) {
        if (cox_xml_get(xml, before->texts[i]) == NULL) {
            note(list, before->texts[i], NULL);
        }
    }
}

bool
cox_change_add_modify(struct cox_xmldoc *patch, const struct cox_xml *xml, const struct cox_attrs *before, bool by_place)
{
    struct cox_xml *list = cox_xml_new_loose("change-list", cox_xmldoc_root(patch));
    g_autofree char *path = NULL;
    struct cox_xml *change;
    struct cox_xml *after;

    note_differences(list, xml, before, by_place);
    if (cox_xml_first(list) == NULL) {
        cox_xml_free(list);
        return false;
    }
    path = cox_path_of(xml);
    change = add_change(patch, "modify", path);
    cox_xml_insert_before(change, list, NULL);
    after = cox_xml_new_child(cox_xml_new_child(change, "change-result"), cox_xml_name(xml));
    for (struct cox_xml_attr *attr = cox_xml_first_attr(xml); attr != NULL; attr = cox_xml_next_attr(attr)) {
        cox_xml_set(after, cox_xml_attr_name(attr), cox_xml_attr_value(attr));
    }
    return true;
}
