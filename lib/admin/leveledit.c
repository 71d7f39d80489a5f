/* lib/admin/leveledit.c - levels of fencing in a configuration that is one's own: which devices, one after the other.  Layer 4. */
#include "admin/leveledit.h"

#include <string.h>

#include "admin/nodefind.h"
#include "admin/rscedit.h"
#include "base/error.h"
#include "base/nearest.h"
#include "cib/section.h"

#define PATTERN "regexp%"
#define ATTRIBUTE "attrib%"

/* ---- names ------------------------------------------------------------------------------------------------ */

static bool
is_device(const struct cox_xml *xml)
{
    return cox_xml_is(xml, "primitive") && g_strcmp0(cox_xml_get(xml, "class"), "stonith") == 0;
}

struct cox_xml *
cox_leveledit_device(const struct cox_xml *root, const char *id, GError **error)
{
    struct cox_xml *section = cox_section_find(root, "resources");
    struct cox_xml *other = cox_rscedit_find(root, id, NULL);
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    g_autofree char *hint = NULL;

    if (other != NULL && is_device(other)) {
        return other;
    }
    for (const struct cox_xml *xml = section; xml != NULL; xml = cox_xml_walk(xml, section)) {
        if (is_device(xml)) {
            g_ptr_array_add(ids, (gpointer) (guintptr) cox_xml_id(xml));
        }
    }
    hint = cox_nearest_hint(id, (const char *const *) ids->pdata, ids->len);
    if (other != NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "resource '%s' is no fence device%s", id, hint);
    } else {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "fence device '%s' does not exist%s", id, hint);
    }
    return NULL;
}

static bool
check_index(const char *index, GError **error)
{
    if (index[0] < '1' || index[0] > '9' || index[1] != '\0') {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is no level: use a number from 1 to 9, lower ones are tried first", index);
        return false;
    }
    return true;
}

/* Say of @level whose it is. */
static bool
set_target(const struct cox_xml *root, struct cox_xml *level, const char *target, GError **error)
{
    const char *rest = NULL;

    if (g_str_has_prefix(target, PATTERN)) {
        g_autoptr(GRegex) pattern = g_regex_new(target + strlen(PATTERN), 0, 0, NULL);

        if (pattern == NULL || target[strlen(PATTERN)] == '\0') {
            g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s': what follows regexp%% is no regular expression", target);
            return false;
        }
        cox_xml_set(level, "target-pattern", target + strlen(PATTERN));
        return true;
    }
    if (!g_str_has_prefix(target, ATTRIBUTE)) {
        cox_xml_set(level, "target", target);
        return cox_nodefind_check(root, target, error);
    }
    rest = target + strlen(ATTRIBUTE);
    if (strchr(rest, '=') == NULL || *rest == '=' || strchr(rest, '=')[1] == '\0' || !g_utf8_validate(rest, -1, NULL)) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is not attrib%%NAME=VALUE", target);
        return false;
    } else {
        g_autofree char *name = g_strndup(rest, strcspn(rest, "="));

        cox_xml_set(level, "target-attribute", name);
        cox_xml_set(level, "target-value", strchr(rest, '=') + 1);
    }
    return true;
}

char *
cox_leveledit_target(const struct cox_xml *level)
{
    if (cox_xml_get(level, "target") != NULL) {
        return g_strdup(cox_xml_get(level, "target"));
    }
    if (cox_xml_get(level, "target-pattern") != NULL) {
        return g_strconcat(PATTERN, cox_xml_get(level, "target-pattern"), NULL);
    }
    return g_strconcat(ATTRIBUTE, cox_xml_get(level, "target-attribute"), "=", cox_xml_get(level, "target-value"), NULL);
}

static struct cox_xml *
find_level(struct cox_xml *section, const char *target, const char *index)
{
    for (struct cox_xml *level = cox_xml_child(section, "fencing-level"); level != NULL; level = cox_xml_next_named(level, "fencing-level")) {
        g_autofree char *whose = cox_leveledit_target(level);

        if (strcmp(whose, target) == 0 && (index == NULL || g_strcmp0(cox_xml_get(level, "index"), index) == 0)) {
            return level;
        }
    }
    return NULL;
}

/* ---- add, remove ------------------------------------------------------------------------------------------ */

static char *
join_devices(const struct cox_xml *root, char *const *devices, GError **error)
{
    g_autoptr(GString) joined = g_string_new(NULL);

    for (guint i = 0; devices[i] != NULL; i++) {
        if (cox_leveledit_device(root, devices[i], error) == NULL) {
            return NULL;
        }
        for (guint k = 0; k < i; k++) {
            if (strcmp(devices[k], devices[i]) == 0) {
                g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "fence device '%s' is named twice", devices[i]);
                return NULL;
            }
        }
        g_string_append_printf(joined, "%s%s", (i == 0) ? "" : ",", devices[i]);
    }
    return g_string_free(g_steal_pointer(&joined), FALSE);
}

/* "fl-n1-1", free and fit to be an id whatever the target is. */
static char *
level_id(const struct cox_xml *root, const char *target, const char *index)
{
    g_autofree char *base = g_strdup_printf("fl-%s-%s", target, index);
    g_autofree char *id = NULL;

    for (char *c = base; *c != '\0'; c++) {
        *c = (g_ascii_isalnum(*c) || strchr("._-", *c) != NULL || (guchar) *c >= 0x80) ? *c : '.';
    }
    id = g_strdup(base);
    for (guint number = 1; !cox_rscedit_is_free(root, id, NULL) && number < G_MAXUINT16; number++) {
        g_free(id);
        id = g_strdup_printf("%s-%u", base, number);
    }
    return g_steal_pointer(&id);
}

bool
cox_leveledit_add(struct cox_xml *root, const char *target, const char *index, char *const *devices, GError **error)
{
    g_autofree char *joined = check_index(index, error) ? join_devices(root, devices, error) : NULL;
    g_autofree char *id = NULL;
    struct cox_xml *section = NULL;
    struct cox_xml *level = NULL;

    if (joined == NULL) {
        return false;
    }
    section = cox_rscedit_section(root, "fencing-topology");
    level = find_level(section, target, index);
    if (level != NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_EXISTS, "level %s of '%s' is there already, with %s: remove it first, or take another number", index,
                    target, cox_xml_get(level, "devices"));
        return false;
    }
    id = level_id(root, target, index);
    level = cox_xml_new_child(section, "fencing-level");
    cox_xml_set(level, "id", id);
    cox_xml_set(level, "index", index);
    cox_xml_set(level, "devices", joined);
    return set_target(root, level, target, error);
}

bool
cox_leveledit_remove(struct cox_xml *root, const char *target, const char *index, GError **error)
{
    struct cox_xml *section = cox_section_find(root, "fencing-topology");
    struct cox_xml *level = NULL;
    g_autoptr(GPtrArray) targets = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *hint = NULL;
    guint n = 0;

    if (index != NULL && !check_index(index, error)) {
        return false;
    }
    while ((level = find_level(section, target, index)) != NULL) {
        cox_xml_free(level);
        n++;
    }
    if (n > 0) {
        return true;
    }
    for (level = cox_xml_child(section, "fencing-level"); level != NULL; level = cox_xml_next_named(level, "fencing-level")) {
        g_ptr_array_add(targets, cox_leveledit_target(level));
    }
    hint = cox_nearest_hint(target, (const char *const *) targets->pdata, targets->len);
    g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "'%s' has no %s%s%s", target, (index != NULL) ? "level " : "levels of fencing",
                (index != NULL) ? index : "", (strcmp(hint, "") != 0 && find_level(section, target, NULL) == NULL) ? hint : "");
    return false;
}
