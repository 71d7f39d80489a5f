/* lib/admin/nodefind.c - the nodes that a configuration knows: cluster nodes, remote nodes, guests.  Layer 4. */
#include "admin/nodefind.h"

#include <string.h>

#include "admin/rscedit.h"
#include "base/error.h"
#include "base/nearest.h"
#include "cib/section.h"

enum {
    MOST_REPLICAS = 1024, /* more are a mistake that must not cost memory */
    MOST_NAMED = 6,       /* in an error */
};

static void
add(GPtrArray *names, const char *name)
{
    if (name != NULL && !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL)) {
        g_ptr_array_add(names, g_strdup(name));
    }
}

static bool
is_container(const struct cox_xml *xml)
{
    return cox_xml_is(xml, "docker") || cox_xml_is(xml, "podman") || cox_xml_is(xml, "rkt");
}

/* A bundle with a resource in it has a guest for each replica. */
static void
add_replicas(GPtrArray *names, const struct cox_xml *bundle)
{
    const struct cox_xml *container = cox_xml_first(bundle);
    const char *number = NULL;
    guint64 n = 1;

    while (container != NULL && !is_container(container)) {
        container = cox_xml_next(container);
    }
    if (container == NULL || cox_xml_id(bundle) == NULL || cox_xml_child(bundle, "primitive") == NULL) {
        return;
    }
    number = cox_xml_get(container, "replicas");
    if (number == NULL) {
        number = cox_xml_get(container, "promoted-max");
    }
    if (number != NULL) {
        n = MIN(g_ascii_strtoull(number, NULL, 10), MOST_REPLICAS);
    }
    for (guint64 i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf("%s-%" G_GUINT64_FORMAT, cox_xml_id(bundle), i);

        add(names, name);
    }
}

static const struct cox_xml *
find_element(const struct cox_xml *root, const char *name)
{
    const struct cox_xml *nodes = cox_section_find(root, "nodes");
    const struct cox_xml *node = cox_xml_child(nodes, "node");

    while (node != NULL && g_strcmp0(cox_xml_get(node, "uname"), name) != 0) {
        node = cox_xml_next_named(node, "node");
    }
    return node;
}

GPtrArray *
cox_nodefind_names(const struct cox_xml *root)
{
    const struct cox_xml *nodes = cox_section_find(root, "nodes");
    const struct cox_xml *resources = cox_section_find(root, "resources");
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    for (const struct cox_xml *node = cox_xml_child(nodes, "node"); node != NULL; node = cox_xml_next_named(node, "node")) {
        add(names, cox_xml_get(node, "uname"));
    }
    for (const struct cox_xml *xml = resources; xml != NULL; xml = cox_xml_walk(xml, resources)) {
        if (cox_xml_is(xml, "primitive") && g_strcmp0(cox_xml_get(xml, "class"), "ocf") == 0
            && g_strcmp0(cox_xml_get(xml, "type"), "remote") == 0) {
            add(names, cox_xml_id(xml));
        }
    }
    for (const struct cox_xml *xml = resources; xml != NULL; xml = cox_xml_walk(xml, resources)) {
        if (cox_xml_is(xml, "bundle")) {
            add_replicas(names, xml);
        } else if (cox_xml_is(xml, "nvpair") && g_strcmp0(cox_xml_get(xml, "name"), "remote-node") == 0) {
            add(names, cox_xml_get(xml, "value"));
        }
    }
    return names;
}

/* What was probably meant, else what there is; the caller frees it. */
static char *
hint_for(const char *name, GPtrArray *names)
{
    g_autofree char *nearest = cox_nearest_hint(name, (const char *const *) names->pdata, names->len);
    g_autofree char *joined = NULL;
    bool has_more = names->len > MOST_NAMED;

    if (*nearest != '\0' || names->len == 0) {
        return g_strdup((*nearest != '\0') ? nearest : "; the configuration has none yet");
    }
    g_ptr_array_set_size(names, (gint) MIN(names->len, MOST_NAMED));
    g_ptr_array_add(names, NULL);
    joined = g_strjoinv(", ", (char **) names->pdata);
    return g_strdup_printf("; use one of %s%s", joined, has_more ? " ..." : "");
}

bool
cox_nodefind_check(const struct cox_xml *root, const char *name, GError **error)
{
    g_autoptr(GPtrArray) names = NULL;
    g_autofree char *hint = NULL;

    if (find_element(root, name) != NULL) {
        return true; /* the usual case, without looking through all resources */
    }
    names = cox_nodefind_names(root);
    if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL)) {
        return true;
    }
    hint = hint_for(name, names);
    g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "node '%s' does not exist%s", name, hint);
    return false;
}

const struct cox_xml *
cox_nodefind_look(const struct cox_xml *root, const char *name, GError **error)
{
    return cox_nodefind_check(root, name, error) ? find_element(root, name) : NULL;
}

struct cox_xml *
cox_nodefind_element(struct cox_xml *root, const char *name, GError **error)
{
    struct cox_xml *node = NULL;

    if (!cox_nodefind_check(root, name, error)) {
        return NULL;
    }
    node = (struct cox_xml *) (guintptr) find_element(root, name); /* of a tree that the caller may change */
    if (node == NULL) {
        node = cox_xml_new_child(cox_rscedit_section(root, "nodes"), "node");
        cox_xml_set(node, "id", name);
        cox_xml_set(node, "type", "remote");
        cox_xml_set(node, "uname", name);
    }
    return node;
}
