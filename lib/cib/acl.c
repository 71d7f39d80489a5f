/* lib/cib/acl.c - who may read and write which parts of the document.  Layer 2. */
#include "cib/acl.h"

#include <string.h>

#include "base/error.h"
#include "cib/diff.h"
#include "cib/path.h"
#include "cib/section.h"
#include "xml/xpath.h"

enum mode {
    MODE_READ = 1,
    MODE_WRITE = 2,
    MODE_DENY = 4,
};

/* One permission: what it allows, and for which elements. */
struct permission {
    enum mode mode;
    char *xpath;
};

struct cox_acl {
    char *user;
    GArray *permissions; /* struct permission */
};

static void
clear_permission(gpointer data)
{
    g_free(((struct permission *) data)->xpath);
}

bool
cox_acl_applies(const struct cox_xml *root, const char *user)
{
    const struct cox_xml *options = cox_section_find(root, "crm_config");

    if (user == NULL || strcmp(user, "root") == 0 || strcmp(user, "hacluster") == 0) {
        return false;
    }
    for (const struct cox_xml *set = cox_xml_child(options, "cluster_property_set"); set != NULL;
         set = cox_xml_next_named(set, "cluster_property_set")) {
        for (const struct cox_xml *pair = cox_xml_child(set, "nvpair"); pair != NULL;
             pair = cox_xml_next_named(pair, "nvpair")) {
            const char *value = cox_xml_get(pair, "value");

            if (g_strcmp0(cox_xml_get(pair, "name"), "enable-acl") == 0 && value != NULL) {
                /* The first set that has the option decides. */
                return g_ascii_strcasecmp(value, "true") == 0 || g_ascii_strcasecmp(value, "yes") == 0
                       || g_ascii_strcasecmp(value, "on") == 0 || g_ascii_strcasecmp(value, "y") == 0
                       || strcmp(value, "1") == 0;
            }
        }
    }
    return false;
}

/* ---- collecting ---- */

static bool
mode_of(const struct cox_xml *xml, enum mode *mode)
{
    const char *kind = cox_xml_is(xml, "acl_permission") ? cox_xml_get(xml, "kind") : cox_xml_name(xml);

    if (kind == NULL) {
        return false;
    }
    if (strcmp(kind, "read") == 0) {
        *mode = MODE_READ;
    } else if (strcmp(kind, "write") == 0) {
        *mode = MODE_WRITE;
    } else if (strcmp(kind, "deny") == 0) {
        *mode = MODE_DENY;
    } else {
        return false;
    }
    return true;
}

static const char *
either(const struct cox_xml *xml, const char *now, const char *formerly)
{
    const char *value = cox_xml_get(xml, now);

    return value == NULL ? cox_xml_get(xml, formerly) : value;
}

/* Every way to name elements becomes an XPath. */
static char *
xpath_of(const struct cox_xml *xml)
{
    const char *xpath = cox_xml_get(xml, "xpath");
    const char *reference = either(xml, "reference", "ref");
    const char *type = either(xml, "object-type", "tag");
    const char *attribute = cox_xml_get(xml, "attribute");
    GString *made;

    if (xpath != NULL) {
        return g_strdup(xpath);
    }
    if (reference == NULL && type == NULL) {
        return NULL;
    }
    made = g_string_new("//");
    g_string_append(made, type == NULL ? "*" : type);
    if (reference != NULL) {
        const char *quote = strchr(reference, '\'') == NULL ? "'" : "\"";

        g_string_append_printf(made, "[@id=%s%s%s]", quote, reference, quote);
    }
    if (attribute != NULL) {
        g_string_append_printf(made, "[@%s]", attribute);
    }
    return g_string_free(made, FALSE);
}

static void
take_permissions(struct cox_acl *acl, const struct cox_xml *holder)
{
    for (const struct cox_xml *xml = cox_xml_first(holder); xml != NULL; xml = cox_xml_next(xml)) {
        struct permission permission = { 0 };

        if (mode_of(xml, &permission.mode)) {
            permission.xpath = xpath_of(xml);
            if (permission.xpath != NULL) {
                g_array_append_val(acl->permissions, permission);
            }
        }
    }
}

static void
take_roles(struct cox_acl *acl, const struct cox_xml *acls, const struct cox_xml *holder)
{
    for (const struct cox_xml *xml = cox_xml_first(holder); xml != NULL; xml = cox_xml_next(xml)) {
        if ((cox_xml_is(xml, "role") || cox_xml_is(xml, "role_ref")) && cox_xml_id(xml) != NULL) {
            take_permissions(acl, cox_xml_child_with_id(acls, "acl_role", cox_xml_id(xml)));
        }
    }
}

struct cox_acl *
cox_acl_new(const struct cox_xml *root, const char *user, const char *const *groups)
{
    const struct cox_xml *acls = cox_section_find(root, "acls");
    struct cox_acl *acl = g_new0(struct cox_acl, 1);

    acl->user = g_strdup(user);
    acl->permissions = g_array_new(FALSE, FALSE, sizeof(struct permission));
    g_array_set_clear_func(acl->permissions, clear_permission);
    for (const struct cox_xml *xml = cox_xml_first(acls); xml != NULL; xml = cox_xml_next(xml)) {
        const char *name = either(xml, "name", "id");
        bool is_user = cox_xml_is(xml, "acl_target") || cox_xml_is(xml, "acl_user");

        if (name == NULL) {
            continue;
        }
        if ((is_user && strcmp(name, user) == 0)
            || (cox_xml_is(xml, "acl_group") && groups != NULL && g_strv_contains(groups, name))) {
            take_roles(acl, acls, xml);
            take_permissions(acl, xml);
        }
    }
    return acl;
}

void
cox_acl_free(struct cox_acl *acl)
{
    if (acl != NULL) {
        g_array_free(acl->permissions, TRUE);
        g_free(acl->user);
        g_free(acl);
    }
}

/* ---- evaluating ---- */

static GHashTable *
named_elements(const struct cox_acl *acl, struct cox_xml *root)
{
    GHashTable *named = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < acl->permissions->len; i++) {
        const struct permission *permission = &g_array_index(acl->permissions, struct permission, i);
        g_autoptr(GPtrArray) found = cox_xpath_find(root, permission->xpath, NULL);

        if (found == NULL && permission->mode == MODE_DENY) {
            /* A denial that nobody can evaluate must not turn into access. */
            found = g_ptr_array_new();
            g_ptr_array_add(found, root);
        }
        for (guint k = 0; found != NULL && k < found->len; k++) {
            guint modes = GPOINTER_TO_UINT(g_hash_table_lookup(named, g_ptr_array_index(found, k)));

            g_hash_table_insert(named, g_ptr_array_index(found, k), GUINT_TO_POINTER(modes | permission->mode));
        }
    }
    return named;
}

static void
decide(GHashTable *result, GHashTable *named, const struct cox_xml *xml)
{
    guint modes = GPOINTER_TO_UINT(g_hash_table_lookup(named, xml));
    const struct cox_xml *parent = cox_xml_parent(xml);
    enum cox_acl_access access = parent == NULL ? COX_ACL_DENIED : cox_acl_access(result, parent);

    if ((modes & MODE_DENY) != 0) {
        access = COX_ACL_DENIED;
    } else if ((modes & MODE_WRITE) != 0) {
        access = COX_ACL_WRITABLE;
    } else if ((modes & MODE_READ) != 0) {
        /* Reading is granted here, writing may still come from above. */
        access = access == COX_ACL_WRITABLE ? COX_ACL_WRITABLE : COX_ACL_READABLE;
    }
    g_hash_table_insert(result, (gpointer) (guintptr) xml, GUINT_TO_POINTER(access + 1));
}

GHashTable *
cox_acl_evaluate(const struct cox_acl *acl, struct cox_xml *root)
{
    g_autoptr(GHashTable) named = named_elements(acl, root);
    GHashTable *result = g_hash_table_new(NULL, NULL);

    for (struct cox_xml *xml = root; xml != NULL; xml = cox_xml_walk(xml, root)) {
        decide(result, named, xml);
    }
    return result;
}

enum cox_acl_access
cox_acl_access(GHashTable *evaluated, const struct cox_xml *xml)
{
    guint value = GPOINTER_TO_UINT(g_hash_table_lookup(evaluated, xml));

    return value == 0 ? COX_ACL_DENIED : (enum cox_acl_access) (value - 1);
}

/* ---- reading ---- */

static void
strip(struct cox_xml *xml)
{
    struct cox_xml_attr *attr = cox_xml_first_attr(xml);

    while (attr != NULL) {
        g_autofree char *name = g_strdup(cox_xml_attr_name(attr));

        attr = cox_xml_next_attr(attr);
        if (strcmp(name, "id") != 0) {
            cox_xml_unset(xml, name);
        }
    }
}

static void
drop_comments(struct cox_xml *xml)
{
    struct cox_xml *node = cox_xml_first_node(xml);

    while (node != NULL) {
        struct cox_xml *next = cox_xml_next_node(node);

        if (cox_xml_is_comment(node)) {
            cox_xml_free(node);
        }
        node = next;
    }
}

struct cox_xmldoc *
cox_acl_filter(const struct cox_acl *acl, const struct cox_xml *root)
{
    g_autoptr(cox_xmldoc) copy = cox_xmldoc_new_copy(root);
    struct cox_xml *top = cox_xmldoc_root(copy);
    g_autoptr(GHashTable) evaluated = cox_acl_evaluate(acl, top);
    g_autoptr(GPtrArray) order = g_ptr_array_new();

    for (struct cox_xml *xml = top; xml != NULL; xml = cox_xml_walk(xml, top)) {
        g_ptr_array_add(order, xml);
    }
    /* Children before parents, so that a parent knows whether something is left of them. */
    for (guint i = order->len; i > 0; i--) {
        struct cox_xml *xml = g_ptr_array_index(order, i - 1);

        if (cox_acl_access(evaluated, xml) != COX_ACL_DENIED) {
            continue;
        }
        drop_comments(xml);
        if (cox_xml_first(xml) != NULL) {
            strip(xml);
        } else if (xml != top) {
            cox_xml_free(xml);
        } else {
            return NULL;
        }
    }
    return g_steal_pointer(&copy);
}

/* ---- writing ---- */

static bool
refuse(const struct cox_acl *acl, const char *what, const char *path, GError **error)
{
    g_set_error(error, COX_ERROR, COX_ERROR_PRIVILEGE,
                "user '%s' may not %s %s; an administrator can grant it in the section acls", acl->user, what, path);
    return false;
}

/* What only holds other elements; what says something by being there is none, though it has nothing but an id. */
static bool
is_scaffolding(const struct cox_xml *xml)
{
    static const char *const saying[] = { "obj_ref", "resource_ref", "select", "select_attributes", "select_fencing", "select_nodes", "select_resources" };

    for (size_t i = 0; i < G_N_ELEMENTS(saying); i++) {
        if (cox_xml_is(xml, saying[i])) {
            return false;
        }
    }
    for (const struct cox_xml *up = xml; up != NULL; up = cox_xml_parent(up)) {
        if (cox_xml_is(up, "acls")) {
            return false;
        }
    }
    for (struct cox_xml_attr *attr = cox_xml_first_attr(xml); attr != NULL; attr = cox_xml_next_attr(attr)) {
        if (strcmp(cox_xml_attr_name(attr), "id") != 0) {
            return false;
        }
    }
    return true;
}

static bool
check_created(const struct cox_acl *acl, GHashTable *evaluated, struct cox_xml *top, GError **error)
{
    for (struct cox_xml *xml = top; xml != NULL && !cox_xml_is_comment(xml); xml = cox_xml_walk(xml, top)) {
        if (!is_scaffolding(xml) && cox_acl_access(evaluated, xml) != COX_ACL_WRITABLE) {
            g_autofree char *path = cox_path_of(xml);

            return refuse(acl, "create", path, error);
        }
    }
    return true;
}

static struct cox_xml *
node_at(const struct cox_xml *parent, const char *position)
{
    struct cox_xml *node = cox_xml_first_node(parent);

    for (gint64 left = g_ascii_strtoll(position, NULL, 10); node != NULL && left > 0; left--) {
        node = cox_xml_next_node(node);
    }
    return node;
}

static bool
check_change(const struct cox_acl *acl, const struct cox_xml *change, struct cox_xml *tops[2], GHashTable *evaluated[2],
             GError **error)
{
    const char *operation = cox_xml_get(change, "operation");
    const char *path = cox_xml_get(change, "path");
    const char *position = cox_xml_get(change, "position");
    const struct cox_xml *xml;

    if (strcmp(operation, "create") == 0) {
        struct cox_xml *parent = cox_path_find(tops[1], NULL, path, 0);
        struct cox_xml *created = parent == NULL ? NULL : node_at(parent, position);

        return created == NULL || check_created(acl, evaluated[1], created, error);
    }
    xml = cox_path_find(tops[0], NULL, path, position == NULL ? 0 : (size_t) g_ascii_strtoll(position, NULL, 10));
    if (xml == NULL || cox_xml_is_comment(xml)) {
        return true;
    }
    return cox_acl_access(evaluated[0], xml) == COX_ACL_WRITABLE
           || refuse(acl, strcmp(operation, "modify") == 0 ? "change" : operation, path, error);
}

bool
cox_acl_check(const struct cox_acl *acl, struct cox_xml *before, struct cox_xml *after, GError **error)
{
    g_autoptr(cox_xmldoc) patch = cox_diff_make(before, after, false, error);
    g_autoptr(GHashTable) then = cox_acl_evaluate(acl, before);
    g_autoptr(GHashTable) now = cox_acl_evaluate(acl, after);
    struct cox_xml *tops[2] = { before, after };
    GHashTable *evaluated[2] = { then, now };

    if (patch == NULL) {
        return false;
    }
    for (struct cox_xml *change = cox_xml_first(cox_xmldoc_root(patch)); change != NULL;
         change = cox_xml_next(change)) {
        if (!check_change(acl, change, tops, evaluated, error)) {
            return false;
        }
    }
    return true;
}
