/* daemons/attrd/attrdoc.c - values in the document: where they are, and the changes that bring them there.  Layer 6.
 *
 *   status/node_state @id @uname/transient_attributes @id/instance_attributes @id="status-ID"/nvpair @id="status-ID-NAME"
 *                                                        /utilization
 *   configuration/nodes/node @id @uname/instance_attributes @id="nodes-ID"/nvpair @id="nodes-ID-NAME"
 */
#include "daemons/attrd/attrdoc.h"

#include <string.h>

#include "cib/section.h"

enum { XPATH_BYTES = 16 * 1024 }; /* of one deletion; more names go into another one */

/* ---- nodes ---- */

static const struct cox_xml *
child_with(const struct cox_xml *parent, const char *name, const char *attribute, const char *value)
{
    const struct cox_xml *child = parent == NULL ? NULL : cox_xml_child(parent, name);

    while (child != NULL && g_strcmp0(cox_xml_get(child, attribute), value) != 0) {
        child = cox_xml_next_named(child, name);
    }
    return child;
}

static bool
is_remote_type(const struct cox_xml *node)
{
    return g_strcmp0(cox_xml_get(node, "type"), "remote") == 0 || g_strcmp0(cox_xml_get(node, "remote_node"), "true") == 0;
}

/* A connection resource, the meta-attribute of a guest, or the like: only cluster nodes have to be in the nodes section. */
static bool
is_remote_name(const struct cox_xml *root, const char *node)
{
    const struct cox_xml *resources = cox_section_find(root, "resources");

    for (const struct cox_xml *xml = resources; xml != NULL; xml = cox_xml_walk(xml, resources)) {
        if (cox_xml_is(xml, "primitive") && g_strcmp0(cox_xml_get(xml, "type"), "remote") == 0
            && g_strcmp0(cox_xml_id(xml), node) == 0) {
            return true;
        }
        if (cox_xml_is(xml, "nvpair") && g_strcmp0(cox_xml_get(xml, "name"), "remote-node") == 0
            && g_strcmp0(cox_xml_get(xml, "value"), node) == 0) {
            return true;
        }
    }
    return false;
}

char *
cox_attrdoc_node_id(const struct cox_attrdoc *doc, const char *node, bool *is_remote)
{
    const struct cox_xml *found = NULL;
    bool unused = false;

    is_remote = is_remote == NULL ? &unused : is_remote;
    *is_remote = false;
    for (size_t i = 0; i < doc->n_members; i++) {
        if (g_str_equal(doc->members[i].name, node)) {
            return g_strdup_printf("%u", doc->members[i].id);
        }
    }
    found = child_with(cox_section_find(doc->root, "nodes"), "node", "uname", node);
    if (found == NULL) {
        found = child_with(cox_section_find(doc->root, "status"), "node_state", "uname", node);
    }
    if (found != NULL) {
        *is_remote = is_remote_type(found);
        return g_strdup(cox_xml_id(found));
    }
    if (is_remote_name(doc->root, node)) {
        *is_remote = true;
        return g_strdup(node);
    }
    return NULL;
}

/* ---- finding ---- */

static const char *
kind_of_set(const struct cox_attr_entry *entry)
{
    return entry->is_utilization ? "utilization" : "instance_attributes";
}

/* The element that holds the sets, or NULL. */
static const struct cox_xml *
holder(const struct cox_attrdoc *doc, const struct cox_attr_entry *entry, const char *id)
{
    if (entry->kind == COX_ATTR_PERMANENT) {
        return child_with(cox_section_find(doc->root, "nodes"), "node", "id", id);
    }
    return cox_xml_child(child_with(cox_section_find(doc->root, "status"), "node_state", "id", id), "transient_attributes");
}

static const struct cox_xml *
find_pair(const struct cox_xml *where, const struct cox_attr_entry *entry)
{
    const struct cox_xml *set = where == NULL ? NULL : cox_xml_child(where, kind_of_set(entry));

    for (; set != NULL; set = cox_xml_next_named(set, kind_of_set(entry))) {
        const struct cox_xml *pair = child_with(set, "nvpair", "name", entry->name);

        if (pair != NULL) {
            return pair;
        }
    }
    return NULL;
}

const struct cox_xml *
cox_attrdoc_find(const struct cox_attrdoc *doc, const struct cox_attr_entry *entry)
{
    g_autofree char *id = cox_attrdoc_node_id(doc, entry->node, NULL);

    return id == NULL ? NULL : find_pair(holder(doc, entry, id), entry);
}

const char *
cox_attrdoc_get(const struct cox_attrdoc *doc, const struct cox_attr_entry *entry)
{
    const struct cox_xml *pair = cox_attrdoc_find(doc, entry);

    return pair == NULL ? NULL : cox_xml_get(pair, "value");
}

/* ---- changing ---- */

/* Ids are XML names: what may not be in one becomes a dot, as the field has it ("fail-count-x#monitor_0"). */
static char *
sanitised(char *id)
{
    for (char *at = id; *at != '\0'; at++) {
        if (!g_ascii_isalnum(*at) && strchr("_-.", *at) == NULL && (guchar) *at < 0x80) {
            *at = '.';
        }
    }
    return id;
}

static struct cox_xml *
need_child(struct cox_xml *parent, const char *name, const char *id)
{
    struct cox_xml *child = id == NULL ? cox_xml_child(parent, name) : cox_xml_child_with_id(parent, name, id);

    if (child == NULL) {
        child = cox_xml_new_child(parent, name);
        cox_xml_set(child, "id", id);
    }
    return child;
}

/* The element of the change that holds the sets of the node, made if necessary. */
static struct cox_xml *
need_holder(struct cox_xml *root, const struct cox_attr_entry *entry, const char *id, bool is_remote)
{
    struct cox_xml *xml = NULL;

    if (entry->kind == COX_ATTR_PERMANENT) {
        xml = need_child(need_child(need_child(root, "configuration", NULL), "nodes", NULL), "node", id);
        cox_xml_set(xml, "uname", entry->node);
        return xml;
    }
    xml = need_child(need_child(root, "status", NULL), "node_state", id);
    cox_xml_set(xml, "uname", entry->node);
    if (is_remote) {
        cox_xml_set(xml, "remote_node", "true");
    }
    return need_child(xml, "transient_attributes", id);
}

/* Id of the set that a new value goes to. */
static char *
set_id(const struct cox_attr_entry *entry, const char *id)
{
    if (entry->set_name != NULL) {
        return sanitised(g_strdup(entry->set_name));
    }
    return sanitised(g_strdup_printf("%s-%s%s", entry->kind == COX_ATTR_PERMANENT ? "nodes" : "status", id,
                                     entry->is_utilization ? "-utilization" : ""));
}

static void
add_set(struct cox_xml *place, const struct cox_attr_entry *entry, const char *id, const struct cox_xml *pair)
{
    g_autofree char *set = pair == NULL ? set_id(entry, id) : g_strdup(cox_xml_id(cox_xml_parent(pair)));
    g_autofree char *pair_id = pair == NULL ? sanitised(g_strdup_printf("%s-%s", set, entry->name)) : g_strdup(cox_xml_id(pair));
    struct cox_xml *xml = need_child(need_child(place, kind_of_set(entry), set), "nvpair", pair_id);

    cox_xml_set(xml, "name", entry->name);
    cox_xml_set(xml, "value", entry->value);
}

/* XPath 1.0 has no escapes: a text with both kinds of quotes has to be put together. */
static void
append_literal(GString *xpath, const char *text)
{
    g_auto(GStrv) parts = NULL;

    if (strchr(text, '\'') == NULL) {
        g_string_append_printf(xpath, "'%s'", text);
        return;
    }
    if (strchr(text, '"') == NULL) {
        g_string_append_printf(xpath, "\"%s\"", text);
        return;
    }
    parts = g_strsplit(text, "'", -1);
    g_string_append(xpath, "concat(");
    for (guint i = 0; parts[i] != NULL; i++) {
        g_string_append_printf(xpath, "%s'%s'", i == 0 ? "" : ",\"'\",", parts[i]);
    }
    g_string_append_c(xpath, ')');
}

/* Add one value to the last deletion, or begin another one when that is long enough. */
static void
add_deletion(struct cox_attrdoc_changes *changes, const struct cox_attr_entry *entry, const char *id)
{
    GString *xpath = g_string_new(entry->kind == COX_ATTR_PERMANENT ? "/cib/configuration/nodes/node[@id=" : "/cib/status/node_state[@id=");
    guint last = changes->deletions->len;
    char **before = last == 0 ? NULL : (char **) &changes->deletions->pdata[last - 1];

    append_literal(xpath, id);
    g_string_append_printf(xpath, "]%s/%s/nvpair[@name=", entry->kind == COX_ATTR_PERMANENT ? "" : "/transient_attributes",
                           kind_of_set(entry));
    append_literal(xpath, entry->name);
    g_string_append_c(xpath, ']');
    if (before != NULL && strlen(*before) + xpath->len < XPATH_BYTES) {
        char *joined = g_strconcat(*before, " | ", xpath->str, NULL);

        g_free(*before);
        *before = joined;
        g_string_free(xpath, TRUE);
    } else {
        g_ptr_array_add(changes->deletions, g_string_free(xpath, FALSE));
    }
}

static void
add_entry(const struct cox_attrdoc *doc, const struct cox_attr_entry *entry, bool is_current, struct cox_attrdoc_changes *changes)
{
    bool is_remote = false;
    g_autofree char *id = cox_attrdoc_node_id(doc, entry->node, &is_remote);
    const struct cox_xml *pair = id == NULL ? NULL : find_pair(holder(doc, entry, id), entry);

    if (id == NULL) { /* what is deleted there is not in the document either: the node was removed */
        if (entry->value != NULL) {
            g_ptr_array_add(changes->unknown, (gpointer) (guintptr) entry->node);
        }
        return;
    }
    if (is_current && g_strcmp0(pair == NULL ? NULL : cox_xml_get(pair, "value"), entry->value) == 0) {
        return;
    }
    if (entry->value == NULL) {
        add_deletion(changes, entry, id);
        return;
    }
    if (changes->sets == NULL) {
        changes->sets = cox_xmldoc_new("cib");
    }
    add_set(need_holder(cox_xmldoc_root(changes->sets), entry, id, is_remote), entry, id, pair);
}

void
cox_attrdoc_changes(const struct cox_attrdoc *doc, const struct cox_attr_entry *entries, size_t n_entries, bool is_current,
                    struct cox_attrdoc_changes *changes)
{
    *changes = (struct cox_attrdoc_changes) { .deletions = g_ptr_array_new_with_free_func(g_free), .unknown = g_ptr_array_new() };
    for (size_t i = 0; i < n_entries; i++) {
        add_entry(doc, &entries[i], is_current, changes);
    }
}

void
cox_attrdoc_changes_clear(struct cox_attrdoc_changes *changes)
{
    g_clear_pointer(&changes->sets, cox_xmldoc_free);
    g_clear_pointer(&changes->deletions, g_ptr_array_unref);
    g_clear_pointer(&changes->unknown, g_ptr_array_unref);
}

/* Is @made, which a patch makes, a node's attributes or something with such? */
static bool
has_values(const struct cox_xml *made)
{
    if (cox_xml_is(made, "status")) {
        for (const struct cox_xml *node = cox_xml_child(made, "node_state"); node != NULL; node = cox_xml_next_named(node, "node_state")) {
            if (has_values(node)) {
                return true;
            }
        }
        return false;
    }
    return cox_xml_is(made, "transient_attributes") || (cox_xml_is(made, "node_state") && cox_xml_child(made, "transient_attributes") != NULL);
}

bool
cox_attrdoc_touches(const struct cox_xml *patch)
{
    if (patch == NULL) {
        return true;
    }
    for (const struct cox_xml *change = cox_xml_child(patch, "change"); change != NULL;
         change = cox_xml_next_named(change, "change")) {
        const char *path = cox_xml_get(change, "path");
        const char *operation = cox_xml_get(change, "operation");
        bool is_below_status = path != NULL && g_str_has_prefix(path, "/cib/status");

        if (is_below_status && strstr(path, "transient_attributes") != NULL) {
            return true;
        }
        if (g_strcmp0(operation, "create") == 0 && has_values(cox_xml_first(change))) {
            return true;
        }
        /* a whole node_state, or more: gone or exchanged; what happens inside of lrm is not our business */
        if (g_strcmp0(operation, "delete") == 0 && (!is_below_status ? g_strcmp0(path, "/cib") == 0 : strstr(path, "/lrm") == NULL)) {
            return true;
        }
    }
    return false;
}
