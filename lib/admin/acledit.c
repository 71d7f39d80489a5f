/* lib/admin/acledit.c - who may see and change what: roles and who has them, in a configuration that is one's own.  Layer 4. */
#include "admin/acledit.h"

#include <string.h>

#include "admin/rscedit.h"
#include "base/error.h"
#include "base/nearest.h"
#include "cib/section.h"
#include "xml/xpath.h"

static const char *const elements[] = { [COX_ACLEDIT_USER] = "acl_target", [COX_ACLEDIT_GROUP] = "acl_group" };
static const char *const nouns[] = { [COX_ACLEDIT_USER] = "user", [COX_ACLEDIT_GROUP] = "group" };

/* ---- find ------------------------------------------------------------------------------------------------- */

/* One of the section by element and id, or NULL with @error that calls it @noun. */
static struct cox_xml *
find(struct cox_xml *root, const char *element, const char *id, const char *noun, GError **error)
{
    struct cox_xml *section = cox_section_find(root, "acls");
    struct cox_xml *found = (section == NULL) ? NULL : cox_xml_child_with_id(section, element, id);
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    g_autofree char *hint = NULL;

    if (found != NULL) {
        return found;
    }
    for (const struct cox_xml *xml = cox_xml_child(section, element); xml != NULL; xml = cox_xml_next_named(xml, element)) {
        g_ptr_array_add(ids, (gpointer) (guintptr) cox_xml_id(xml));
    }
    hint = cox_nearest_hint(id, (const char *const *) ids->pdata, ids->len);
    g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "%s '%s' %s%s", noun, id,
                (strcmp(element, "acl_role") == 0) ? "does not exist" : "has no roles", hint);
    return NULL;
}

/* ---- permissions ------------------------------------------------------------------------------------------ */

static bool
is_one_of(const char *word, const char *const *words, size_t n_words, const char *what, GError **error)
{
    g_autofree char *hint = NULL;
    g_autofree char *joined = NULL;

    for (size_t i = 0; i < n_words; i++) {
        if (g_strcmp0(words[i], word) == 0) {
            return true;
        }
    }
    hint = cox_nearest_hint(word, words, n_words);
    joined = g_strjoin(", ", words[0], words[1], words[2], NULL);
    g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is no %s%s: use %s", word, what, hint, joined);
    return false;
}

/* Does it mean something here?  A query may select nothing yet. */
static bool
check_object(const struct cox_xml *root, const char *how, const char *object, GError **error)
{
    if (!g_utf8_validate(object, -1, NULL)) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "what is permitted is no UTF-8: '%s %s'", how, object);
        return false;
    }
    if (strcmp(how, "xpath") == 0) {
        g_autoptr(GPtrArray) found = cox_xpath_find(root, object, error);

        return found != NULL;
    }
    if (strcmp(how, "id") == 0 && cox_rscedit_is_free(root, object, NULL)) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "'%s' is the id of nothing: name what is there, or use xpath", object);
        return false;
    }
    return true;
}

static bool
add_permission(struct cox_xml *root, struct cox_xml *role, char *const *words, GError **error)
{
    static const char *const kinds[] = { "read", "write", "deny" };
    static const char *const ways[] = { "xpath", "id", "type" };
    static const char *const attributes[] = { "xpath", "reference", "object-type" };
    g_autofree char *base = g_strdup_printf("%s-%s", cox_xml_id(role), words[0]);
    g_autofree char *id = g_strdup(base);
    struct cox_xml *permission = NULL;

    if (!is_one_of(words[0], kinds, G_N_ELEMENTS(kinds), "kind of permission", error)) {
        return false;
    }
    if (words[1] == NULL || words[2] == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s': what?  Add xpath QUERY, id ID or type ELEMENT", words[0]);
        return false;
    }
    if (!is_one_of(words[1], ways, G_N_ELEMENTS(ways), "way to say what is permitted", error) || !check_object(root, words[1], words[2], error)) {
        return false;
    }
    for (guint number = 1; !cox_rscedit_is_free(root, id, NULL) && number < G_MAXUINT16; number++) {
        g_free(id);
        id = g_strdup_printf("%s-%u", base, number);
    }
    permission = cox_xml_new_child(role, "acl_permission");
    cox_xml_set(permission, "id", id);
    cox_xml_set(permission, "kind", words[0]);
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        if (strcmp(ways[i], words[1]) == 0) {
            cox_xml_set(permission, attributes[i], words[2]);
        }
    }
    return true;
}

bool
cox_acledit_role_add(struct cox_xml *root, const char *role, char *const *words, const char *description, GError **error)
{
    struct cox_xml *section = cox_section_find(root, "acls");
    struct cox_xml *xml = (section == NULL) ? NULL : cox_xml_child_with_id(section, "acl_role", role);

    if (xml == NULL) {
        if (!cox_rscedit_is_free(root, role, error)) {
            return false;
        }
        xml = cox_xml_new_child(cox_rscedit_section(root, "acls"), "acl_role");
        cox_xml_set(xml, "id", role);
    }
    if (description != NULL) {
        cox_xml_set(xml, "description", (*description != '\0') ? description : NULL);
    }
    for (guint i = 0; words[i] != NULL; i += 3) {
        if (!add_permission(root, xml, words + i, error)) {
            return false;
        }
    }
    return true;
}

/* Users and groups that have the role lose it, and go when it was all they had. */
static void
forget_role(struct cox_xml *section, const char *role)
{
    struct cox_xml *next = NULL;

    for (struct cox_xml *subject = cox_xml_first(section); subject != NULL; subject = next) {
        struct cox_xml *reference = cox_xml_child_with_id(subject, "role", role);

        next = cox_xml_next(subject);
        cox_xml_free(reference);
        if (reference != NULL && cox_xml_first(subject) == NULL) {
            cox_xml_free(subject);
        }
    }
}

bool
cox_acledit_role_remove(struct cox_xml *root, const char *role, char *const *permissions, GError **error)
{
    struct cox_xml *xml = find(root, "acl_role", role, "role", error);

    if (xml == NULL) {
        return false;
    }
    for (char *const *id = permissions; *id != NULL; id++) {
        struct cox_xml *permission = cox_xml_child_with_id(xml, "acl_permission", *id);

        if (permission == NULL) {
            g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "role '%s' has no permission '%s': cox acl list shows their ids", role, *id);
            return false;
        }
        cox_xml_free(permission);
    }
    if (*permissions == NULL) {
        forget_role(cox_xml_parent(xml), role);
        cox_xml_free(xml);
    }
    return true;
}

/* ---- who -------------------------------------------------------------------------------------------------- */

bool
cox_acledit_grant(struct cox_xml *root, enum cox_acledit_subject subject, const char *name, char *const *roles, GError **error)
{
    struct cox_xml *section = cox_rscedit_section(root, "acls");
    struct cox_xml *xml = cox_xml_child_with_id(section, elements[subject], name);

    if (*name == '\0' || !g_utf8_validate(name, -1, NULL)) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' cannot be the name of a %s", name, nouns[subject]);
        return false;
    }
    if (xml == NULL) {
        xml = cox_xml_new_child(section, elements[subject]);
        cox_xml_set(xml, "id", name);
    }
    for (; *roles != NULL; roles++) {
        if (find(root, "acl_role", *roles, "role", error) == NULL) {
            return false;
        }
        if (cox_xml_child_with_id(xml, "role", *roles) == NULL) {
            cox_xml_set(cox_xml_new_child(xml, "role"), "id", *roles);
        }
    }
    return true;
}

bool
cox_acledit_revoke(struct cox_xml *root, enum cox_acledit_subject subject, const char *name, char *const *roles, GError **error)
{
    struct cox_xml *xml = find(root, elements[subject], name, nouns[subject], error);
    bool is_all = *roles == NULL;

    if (xml == NULL) {
        return false;
    }
    for (; *roles != NULL; roles++) {
        struct cox_xml *reference = cox_xml_child_with_id(xml, "role", *roles);

        if (reference == NULL) {
            g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "%s '%s' has no role '%s'", nouns[subject], name, *roles);
            return false;
        }
        cox_xml_free(reference);
    }
    if (is_all || cox_xml_first(xml) == NULL) {
        cox_xml_free(xml);
    }
    return true;
}
