/* lib/admin/docdiff.c - the difference of two configurations: as a patch that only fits the first, and as lines for people.  Layer 4. */
#include "admin/docdiff.h"

#include <string.h>

#include "cib/cib.h"
#include "cib/diff.h"
#include "cib/section.h"

static void
clear_line(gpointer data)
{
    struct cox_docdiff_line *line = data;

    g_free(line->kind);
    g_free(line->id);
    g_free(line->owner);
    g_free(line->detail);
    g_free(line->from);
    g_free(line->to);
}

/* A document that has nothing but the configuration of this one, and the tickets: the part of the status that people change. */
static struct cox_xmldoc *
configuration_of(const struct cox_xml *root)
{
    const struct cox_xml *configuration = cox_section_find(root, "configuration");
    const struct cox_xml *tickets = cox_xml_child(cox_section_find(root, "status"), "tickets");
    struct cox_xmldoc *doc = cox_xmldoc_new("cib");
    struct cox_xml *status = NULL;

    if (configuration != NULL) {
        (void) cox_xml_add_copy(cox_xmldoc_root(doc), configuration);
    }
    status = cox_xml_new_child(cox_xmldoc_root(doc), "status");
    if (tickets != NULL) {
        (void) cox_xml_add_copy(status, tickets);
    }
    return doc;
}

/* ---- lines ------------------------------------------------------------------------------------------------ */

/* The attributes by which people know what an object is. */
static char *
describe(const struct cox_xml *xml)
{
    static const char *const telling[] = { "class", "provider", "type" };
    static const char *const others[] = { "name", "interval", "timeout", "value", "rsc", "node", "with-rsc", "first", "then", "ticket", "score", "kind",
                                          "uname", "devices", "target", "index", "path", "role", "xpath", "reference", "object-type", "start", "end", "granted", "standby" };
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(telling); i++) {
        const char *value = cox_xml_get(xml, telling[i]);

        if (value != NULL && cox_xml_get(xml, "class") != NULL) {
            g_string_append_printf(text, "%s%s", (text->len > 0) ? ":" : "", value);
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        const char *value = cox_xml_get(xml, others[i]);

        if (value != NULL) {
            g_string_append_printf(text, "%s%s=%s", (text->len > 0) ? " " : "", others[i], value);
        }
    }
    return (text->len == 0) ? NULL : g_string_free(g_steal_pointer(&text), FALSE);
}

/* Sets and the like belong to an object; this is the object. */
static bool
is_inner(const struct cox_xml *xml)
{
    static const char *const inner[] = { "nvpair", "instance_attributes", "meta_attributes", "utilization", "operations",
                                         "cluster_property_set", "resource_set" };

    for (size_t i = 0; i < G_N_ELEMENTS(inner); i++) {
        if (cox_xml_is(xml, inner[i])) {
            return true;
        }
    }
    return false;
}

static char *
owner_of(const struct cox_xml *xml)
{
    const struct cox_xml *parent = cox_xml_parent(xml);

    while (parent != NULL && (cox_xml_id(parent) == NULL || is_inner(parent))) {
        parent = cox_xml_parent(parent);
    }
    return (parent == NULL) ? NULL : g_strdup(cox_xml_id(parent));
}

static void
add_line(GArray *lines, char sign, const struct cox_xml *xml, const char *owner)
{
    struct cox_docdiff_line line = { .sign = sign, .kind = g_strdup(cox_xml_name(xml)), .id = g_strdup(cox_xml_id(xml)),
                                     .owner = (owner != NULL) ? g_strdup(owner) : owner_of(xml), .detail = describe(xml) };

    g_array_append_val(lines, line);
}

/* An added or removed object, and what is in it: sets are only told when they are all there is. */
static void
add_tree(GArray *lines, char sign, const struct cox_xml *top, const char *owner)
{
    for (const struct cox_xml *xml = top; xml != NULL; xml = cox_xml_walk(xml, top)) {
        bool is_plain_set = is_inner(xml) && !cox_xml_is(xml, "nvpair") && cox_xml_first(xml) != NULL;

        if (!is_plain_set) {
            g_autofree char *inside = (xml == top) ? NULL : owner_of(xml);

            add_line(lines, sign, xml, (xml == top || inside == NULL) ? owner : inside);
        }
    }
}

static void
add_attribute(GArray *lines, const struct cox_xml *xml, const struct cox_xml *change)
{
    const char *name = cox_xml_get(change, "name");
    bool is_set = g_strcmp0(cox_xml_get(change, "operation"), "set") == 0;
    const char *said = cox_xml_is(xml, "nvpair") ? cox_xml_get(xml, "name") : NULL;
    struct cox_docdiff_line line = { .sign = '~', .kind = g_strdup(cox_xml_name(xml)), .id = g_strdup(cox_xml_id(xml)),
                                     .owner = owner_of(xml),
                                     .detail = g_strdup((said != NULL && g_strcmp0(name, "value") == 0) ? said : name),
                                     .from = g_strdup(cox_xml_get(xml, name)),
                                     .to = is_set ? g_strdup(cox_xml_get(change, "value")) : NULL };

    g_array_append_val(lines, line);
}

/* One change of the patch; @old is the document before it. */
static void
add_change(GArray *lines, struct cox_cib *old, const struct cox_xml *change)
{
    const char *operation = cox_xml_get(change, "operation");
    const char *position = cox_xml_get(change, "position");
    bool is_create = g_strcmp0(operation, "create") == 0;
    size_t place = (position == NULL || is_create) ? 0 : (size_t) g_ascii_strtoull(position, NULL, 10); /* only comments are found by it */
    const struct cox_xml *xml = cox_cib_find(old, cox_xml_get(change, "path"), place);

    if (is_create) {
        const char *owner = (xml != NULL && !is_inner(xml)) ? cox_xml_id(xml) : NULL;
        g_autofree char *around = (xml != NULL && is_inner(xml)) ? owner_of(xml) : NULL;

        add_tree(lines, '+', cox_xml_first(change), (owner != NULL) ? owner : around);
    } else if (xml == NULL) {
        return; /* a comment, or what an earlier change has made */
    } else if (g_strcmp0(operation, "delete") == 0) {
        add_tree(lines, '-', xml, NULL);
    } else if (g_strcmp0(operation, "move") == 0) {
        add_line(lines, '>', xml, NULL);
    } else {
        for (const struct cox_xml *attr = cox_xml_first(cox_xml_child(change, "change-list")); attr != NULL; attr = cox_xml_next(attr)) {
            add_attribute(lines, xml, attr);
        }
    }
}

/* ---- patch ------------------------------------------------------------------------------------------------ */

/* Let the patch fit only documents with this configuration (cib/patch.h). */
static void
guard(struct cox_xmldoc *patch, const struct cox_xml *root)
{
    static const char *const counters[] = { "admin_epoch", "epoch" };
    struct cox_xml *version = cox_xml_new_loose("version", cox_xmldoc_root(patch));
    struct cox_xml *source = cox_xml_new_child(version, "source");

    for (size_t i = 0; i < G_N_ELEMENTS(counters); i++) {
        const char *value = cox_xml_get(root, counters[i]);

        cox_xml_set(source, counters[i], (value != NULL) ? value : "0");
    }
    cox_xml_insert(cox_xmldoc_root(patch), version, 0);
}

GArray *
cox_docdiff_make(const struct cox_xml *before, const struct cox_xml *after, struct cox_xmldoc **patch, GError **error)
{
    g_autoptr(cox_cib) old = cox_cib_new(configuration_of(before));
    g_autoptr(cox_xmldoc) new = configuration_of(after);
    g_autoptr(cox_xmldoc) diff = cox_diff_make(cox_cib_root(old), cox_xmldoc_root(new), false, error);
    GArray *lines = NULL;

    *patch = NULL;
    if (diff == NULL) {
        return NULL;
    }
    lines = g_array_new(FALSE, FALSE, sizeof(struct cox_docdiff_line));
    g_array_set_clear_func(lines, clear_line);
    for (const struct cox_xml *change = cox_xml_child(cox_xmldoc_root(diff), "change"); change != NULL;
         change = cox_xml_next_named(change, "change")) {
        add_change(lines, old, change);
    }
    if (cox_xml_child(cox_xmldoc_root(diff), "change") != NULL) {
        guard(diff, before);
        *patch = g_steal_pointer(&diff);
    }
    return lines;
}
