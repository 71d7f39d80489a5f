/* lib/admin/rscedit.c - resources in a configuration that is one's own: find, put into and out of groups and clones, remove.  Layer 4. */
#include "admin/rscedit.h"

#include <string.h>

#include "base/error.h"
#include "base/nearest.h"
#include "cib/section.h"

/* ---- find ------------------------------------------------------------------------------------------------- */

static bool
is_rsc(const struct cox_xml *xml)
{
    static const char *const names[] = { "primitive", "group", "clone", "master", "bundle", "template" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (cox_xml_is(xml, names[i])) {
            return true;
        }
    }
    return false;
}

static GPtrArray *
all_ids(const struct cox_xml *section)
{
    GPtrArray *ids = g_ptr_array_new();

    for (struct cox_xml *xml = (section == NULL) ? NULL : cox_xml_first(section); xml != NULL; xml = cox_xml_walk(xml, section)) {
        if (is_rsc(xml) && cox_xml_id(xml) != NULL) {
            g_ptr_array_add(ids, (gpointer) (guintptr) cox_xml_id(xml));
        }
    }
    return ids;
}

struct cox_xml *
cox_rscedit_find(const struct cox_xml *root, const char *id, GError **error)
{
    const struct cox_xml *section = cox_section_find(root, "resources");
    g_autoptr(GPtrArray) ids = NULL;
    g_autofree char *hint = NULL;

    for (struct cox_xml *xml = (section == NULL) ? NULL : cox_xml_first(section); xml != NULL; xml = cox_xml_walk(xml, section)) {
        if (is_rsc(xml) && g_strcmp0(cox_xml_id(xml), id) == 0) {
            return xml;
        }
    }
    ids = all_ids(section);
    hint = cox_nearest_hint(id, (const char *const *) ids->pdata, ids->len);
    g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "resource '%s' does not exist%s", id, hint);
    return NULL;
}

/* What XML lets an id be (NCName), as far as people write them. */
static bool
is_good_id(const char *id)
{
    if (!g_utf8_validate(id, -1, NULL) || !(g_ascii_isalpha(*id) || *id == '_' || (guchar) *id >= 0x80)) {
        return false;
    }
    for (const char *c = id; *c != '\0'; c++) {
        if (!g_ascii_isalnum(*c) && strchr("._-", *c) == NULL && (guchar) *c < 0x80) {
            return false;
        }
    }
    return true;
}

bool
cox_rscedit_is_free(const struct cox_xml *root, const char *id, GError **error)
{
    const struct cox_xml *configuration = cox_section_find(root, "configuration");

    if (!is_good_id(id)) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' cannot be an id: use letters, digits, '.', '_' and '-', a letter or '_' first", id);
        return false;
    }
    for (struct cox_xml *xml = (configuration == NULL) ? NULL : cox_xml_first(configuration); xml != NULL;
         xml = cox_xml_walk(xml, configuration)) {
        if (g_strcmp0(cox_xml_id(xml), id) == 0 && !cox_xml_is(xml, "obj_ref") && !cox_xml_is(xml, "resource_ref")) {
            g_set_error(error, COX_ERROR, COX_ERROR_EXISTS, "'%s' exists already: it is the id of a %s", id, cox_xml_name(xml));
            return false;
        }
    }
    return true;
}

struct cox_xml *
cox_rscedit_section(struct cox_xml *root, const char *name)
{
    struct cox_xml *section = cox_section_find(root, name);

    return (section != NULL) ? section : cox_xml_new_child(cox_section_find(root, "configuration"), name);
}

/* ---- remove ----------------------------------------------------------------------------------------------- */

static bool
refers(const struct cox_xml *xml, const char *id)
{
    static const char *const attributes[] = { "rsc", "with-rsc", "first", "then", "reference", "template" };

    for (size_t i = 0; i < G_N_ELEMENTS(attributes); i++) {
        if (g_strcmp0(cox_xml_get(xml, attributes[i]), id) == 0) {
            return true;
        }
    }
    return (cox_xml_is(xml, "resource_ref") || cox_xml_is(xml, "obj_ref")) && g_strcmp0(cox_xml_id(xml), id) == 0;
}

/* Take @device off a level; is the level empty then? */
static bool
drop_device(struct cox_xml *level, const char *device)
{
    g_auto(GStrv) devices = g_strsplit((cox_xml_get(level, "devices") != NULL) ? cox_xml_get(level, "devices") : "", ",", -1);
    g_autoptr(GString) left = g_string_new(NULL);
    bool is_there = false;

    for (guint i = 0; devices[i] != NULL; i++) {
        if (strcmp(g_strstrip(devices[i]), device) == 0) {
            is_there = true;
        } else {
            g_string_append_printf(left, "%s%s", (left->len == 0) ? "" : ",", devices[i]);
        }
    }
    if (is_there && left->len > 0) {
        cox_xml_set(level, "devices", left->str);
    }
    return is_there && left->len == 0;
}

/* Remove @xml and what is around it and has nothing else: a set of a constraint, the constraint, a tag, a role. */
static void
remove_with_empty(struct cox_xml *xml)
{
    struct cox_xml *parent = cox_xml_parent(xml);

    cox_xml_free(xml);
    if (parent != NULL && cox_xml_first(parent) == NULL
        && (cox_xml_is(parent, "resource_set") || cox_xml_is(parent, "tag") || g_str_has_prefix(cox_xml_name(parent), "rsc_"))) {
        g_autofree char *id = g_strdup(cox_xml_id(parent));
        bool is_tag = cox_xml_is(parent, "tag");
        struct cox_xml *root = parent;

        while (cox_xml_parent(root) != NULL) {
            root = cox_xml_parent(root);
        }
        remove_with_empty(parent);
        if (is_tag && id != NULL) {
            cox_rscedit_forget(root, id); /* constraints may name a tag */
        }
    }
}

static struct cox_xml *
next_reference(const struct cox_xml *configuration, const char *id)
{
    for (struct cox_xml *xml = cox_xml_first(configuration); xml != NULL; xml = cox_xml_walk(xml, configuration)) {
        if (refers(xml, id) && !is_rsc(xml)) {
            return xml;
        }
        if (cox_xml_is(xml, "fencing-level") && drop_device(xml, id)) {
            return xml;
        }
    }
    return NULL;
}

void
cox_rscedit_forget(struct cox_xml *root, const char *id)
{
    struct cox_xml *configuration = cox_section_find(root, "configuration");

    for (struct cox_xml *xml = next_reference(configuration, id); xml != NULL; xml = next_reference(configuration, id)) {
        remove_with_empty(xml);
    }
}

/* The group or clone around a resource, or NULL. */
static struct cox_xml *
container_of(const struct cox_xml *rsc)
{
    struct cox_xml *parent = cox_xml_parent(rsc);

    return is_rsc(parent) ? parent : NULL;
}

static size_t
n_members(const struct cox_xml *container)
{
    size_t n = 0;

    for (const struct cox_xml *xml = cox_xml_first(container); xml != NULL; xml = cox_xml_next(xml)) {
        n += is_rsc(xml) ? 1 : 0;
    }
    return n;
}

/* Is @rsc all there is in its group or clone?  A bundle can be without. */
static bool
is_alone(const struct cox_xml *rsc)
{
    const struct cox_xml *container = container_of(rsc);

    return container != NULL && !cox_xml_is(container, "bundle") && n_members(container) == 1;
}

/* Ids of @rsc and of all in it. */
static GPtrArray *
ids_below(const struct cox_xml *rsc)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);

    for (const struct cox_xml *xml = rsc; xml != NULL; xml = cox_xml_walk(xml, rsc)) {
        if (is_rsc(xml) && cox_xml_id(xml) != NULL) {
            g_ptr_array_add(ids, g_strdup(cox_xml_id(xml)));
        }
    }
    return ids;
}

static void
remove_rsc(struct cox_xml *root, struct cox_xml *rsc)
{
    g_autoptr(GPtrArray) ids = ids_below(rsc);

    cox_xml_free(rsc);
    for (guint i = 0; i < ids->len; i++) {
        cox_rscedit_forget(root, ids->pdata[i]);
    }
}

bool
cox_rscedit_delete(struct cox_xml *root, const char *id, GError **error)
{
    struct cox_xml *rsc = cox_rscedit_find(root, id, error);
    const struct cox_xml *section = cox_section_find(root, "resources");

    for (struct cox_xml *xml = (rsc == NULL) ? NULL : cox_xml_first(section); xml != NULL; xml = cox_xml_walk(xml, section)) {
        if (g_strcmp0(cox_xml_get(xml, "template"), id) == 0) {
            g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "template '%s' is used by resource '%s': delete that first", id, cox_xml_id(xml));
            return false;
        }
    }
    while (rsc != NULL && is_alone(rsc)) {
        rsc = container_of(rsc);
    }
    if (rsc != NULL) {
        remove_rsc(root, rsc);
    }
    return rsc != NULL;
}

/* ---- groups ----------------------------------------------------------------------------------------------- */

static bool
must_be(const struct cox_xml *rsc, const char *what, GError **error)
{
    if (cox_xml_is(rsc, what)) {
        return true;
    }
    g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is a %s and no %s", cox_xml_id(rsc), cox_xml_name(rsc), what);
    return false;
}

/* Take a primitive from where it is, loose; what was around it goes when it is empty. */
static struct cox_xml *
take_out(struct cox_xml *root, struct cox_xml *rsc)
{
    struct cox_xml *container = container_of(rsc);

    cox_xml_unlink(rsc);
    while (container != NULL && n_members(container) == 0 && !cox_xml_is(container, "bundle")) {
        struct cox_xml *empty = container;

        container = container_of(empty);
        remove_rsc(root, empty);
    }
    return rsc;
}

static bool
check_members(const struct cox_xml *root, char *const *ids, GError **error)
{
    for (guint i = 0; ids[i] != NULL; i++) {
        const struct cox_xml *rsc = cox_rscedit_find(root, ids[i], error);

        if (rsc == NULL || !must_be(rsc, "primitive", error)) {
            return false;
        }
        for (guint k = 0; k < i; k++) {
            if (strcmp(ids[k], ids[i]) == 0) {
                g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "resource '%s' is named twice", ids[i]);
                return false;
            }
        }
    }
    return true;
}

static struct cox_xml *
group_for(struct cox_xml *root, const char *group, const char *first, GError **error)
{
    const struct cox_xml *section = cox_section_find(root, "resources");
    struct cox_xml *top = NULL, *xml = NULL;

    for (xml = cox_xml_first(section); xml != NULL; xml = cox_xml_walk(xml, section)) {
        if (is_rsc(xml) && g_strcmp0(cox_xml_id(xml), group) == 0) {
            return must_be(xml, "group", error) ? xml : NULL;
        }
    }
    if (!cox_rscedit_is_free(root, group, error)) {
        return NULL;
    }
    top = cox_rscedit_find(root, first, NULL);
    while (container_of(top) != NULL) {
        top = container_of(top);
    }
    xml = cox_xml_new_loose("group", root);
    cox_xml_set(xml, "id", group);
    cox_xml_insert_before(cox_xml_parent(top), xml, top);
    return xml;
}

/* The member that the new ones come before, or NULL for the end; false: there is no such member. */
static bool
find_place(const struct cox_xml *group, const struct cox_rscedit_place *place, struct cox_xml **next, GError **error)
{
    const char *name = (place->after != NULL) ? place->after : place->before;

    *next = NULL;
    if (name == NULL) {
        return true;
    }
    for (struct cox_xml *xml = cox_xml_first(group); xml != NULL; xml = cox_xml_next(xml)) {
        if (g_strcmp0(cox_xml_id(xml), name) == 0) {
            *next = (place->after != NULL) ? cox_xml_next(xml) : xml;
            return true;
        }
    }
    g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "resource '%s' is not in group '%s'", name, cox_xml_id(group));
    return false;
}

bool
cox_rscedit_group(struct cox_xml *root, const struct cox_rscedit_place *place, char *const *ids, GError **error)
{
    struct cox_xml *group = NULL, *next = NULL;

    if (!check_members(root, ids, error)) {
        return false;
    }
    group = group_for(root, place->group, ids[0], error);
    if (group == NULL || !find_place(group, place, &next, error)) {
        return false;
    }
    for (guint i = 0; ids[i] != NULL; i++) {
        struct cox_xml *rsc = cox_rscedit_find(root, ids[i], NULL);

        if (strcmp(ids[i], (place->after != NULL) ? place->after : (place->before != NULL) ? place->before : "") == 0) {
            g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "resource '%s' cannot be put beside itself", ids[i]);
            return false;
        }
        if (rsc == next) {
            next = cox_xml_next(next);
        }
        if (container_of(rsc) == group) {
            cox_xml_unlink(rsc); /* the group stays even if it was the only one */
        } else {
            (void) take_out(root, rsc);
        }
        cox_xml_insert_before(group, rsc, next);
    }
    return true;
}

/* Put a member of @group behind it, and out of the clone that the group may be in. */
static void
release(struct cox_xml *group, struct cox_xml *rsc)
{
    const struct cox_xml *top = group;

    while (container_of(top) != NULL) {
        top = container_of(top);
    }
    cox_xml_unlink(rsc);
    cox_xml_insert_before(cox_xml_parent(top), rsc, cox_xml_next_node(top));
}

static bool
release_some(struct cox_xml *root, struct cox_xml *group, char *const *ids, GError **error)
{
    for (guint i = g_strv_length((char **) (guintptr) ids); i > 0; i--) { /* from the last: they end up in their order */
        struct cox_xml *rsc = cox_rscedit_find(root, ids[i - 1], error);

        if (rsc == NULL) {
            return false;
        }
        if (container_of(rsc) != group) {
            g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "resource '%s' is not in group '%s'", ids[i - 1], cox_xml_id(group));
            return false;
        }
        release(group, rsc);
    }
    return true;
}

bool
cox_rscedit_ungroup(struct cox_xml *root, const char *id, char *const *ids, GError **error)
{
    struct cox_xml *group = cox_rscedit_find(root, id, error);
    size_t n_leaving = 0;

    if (group == NULL || !must_be(group, "group", error)) {
        return false;
    }
    n_leaving = (ids == NULL) ? n_members(group) : g_strv_length((char **) (guintptr) ids);
    if (container_of(group) != NULL && n_leaving >= n_members(group)) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "group '%s' is cloned: take the clone '%s' away first", id, cox_xml_id(container_of(group)));
        return false;
    }
    if (ids != NULL && !release_some(root, group, ids, error)) {
        return false;
    }
    for (struct cox_xml *rsc = cox_xml_last(group); ids == NULL && rsc != NULL; ) {
        struct cox_xml *before = cox_xml_prev(rsc);

        if (is_rsc(rsc)) {
            release(group, rsc);
        }
        rsc = before;
    }
    if (n_members(group) == 0) {
        remove_rsc(root, group);
    }
    return true;
}

/* ---- clones ----------------------------------------------------------------------------------------------- */

struct cox_xml *
cox_rscedit_clone(struct cox_xml *root, const char *id, const char *clone, GError **error)
{
    struct cox_xml *rsc = cox_rscedit_find(root, id, error), *made = NULL;
    g_autofree char *name = (clone != NULL) ? g_strdup(clone) : g_strdup_printf("%s-clone", id);

    if (rsc == NULL || !cox_rscedit_is_free(root, name, error)) {
        return NULL;
    }
    if (container_of(rsc) != NULL || !(cox_xml_is(rsc, "primitive") || cox_xml_is(rsc, "group"))) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "%s '%s'%s%s%s cannot be cloned: only primitives and groups that stand alone can be",
                    cox_xml_name(rsc), id, (container_of(rsc) != NULL) ? " in '" : "",
                    (container_of(rsc) != NULL) ? cox_xml_id(container_of(rsc)) : "", (container_of(rsc) != NULL) ? "'" : "");
        return NULL;
    }
    made = cox_xml_new_loose("clone", root);
    cox_xml_set(made, "id", name);
    cox_xml_insert_before(cox_xml_parent(rsc), made, rsc);
    cox_xml_unlink(rsc);
    cox_xml_insert_before(made, rsc, NULL);
    return made;
}

static void
rename_references(struct cox_xml *root, const char *from, const char *to)
{
    static const char *const attributes[] = { "rsc", "with-rsc", "first", "then", "reference" };
    const struct cox_xml *configuration = cox_section_find(root, "configuration");

    for (struct cox_xml *xml = cox_xml_first(configuration); xml != NULL; xml = cox_xml_walk(xml, configuration)) {
        for (size_t i = 0; i < G_N_ELEMENTS(attributes); i++) {
            if (g_strcmp0(cox_xml_get(xml, attributes[i]), from) == 0) {
                cox_xml_set(xml, attributes[i], to);
            }
        }
        if ((cox_xml_is(xml, "resource_ref") || cox_xml_is(xml, "obj_ref")) && g_strcmp0(cox_xml_id(xml), from) == 0) {
            cox_xml_set(xml, "id", to);
        }
    }
}

bool
cox_rscedit_unclone(struct cox_xml *root, const char *id, GError **error)
{
    struct cox_xml *clone = cox_rscedit_find(root, id, error), *rsc = NULL;

    if (clone != NULL && !cox_xml_is(clone, "clone") && !cox_xml_is(clone, "master")) {
        clone = container_of(clone);
    }
    if (clone == NULL || !(cox_xml_is(clone, "clone") || cox_xml_is(clone, "master"))) {
        if (error != NULL && *error == NULL) {
            g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "resource '%s' is not cloned", id);
        }
        return false;
    }
    for (rsc = cox_xml_first(clone); !is_rsc(rsc); ) {
        rsc = cox_xml_next(rsc);
    }
    rename_references(root, cox_xml_id(clone), cox_xml_id(rsc));
    cox_xml_unlink(rsc);
    cox_xml_insert_before(cox_xml_parent(clone), rsc, clone);
    cox_xml_free(clone);
    return true;
}
