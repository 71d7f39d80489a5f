/* lib/admin/setting.c - names with values in the document: find them, set them, delete them.  Layer 4. */
#include "admin/setting.h"

#include <stdint.h>
#include <string.h>

/* ---- find ---- */

static bool
is_set(const struct cox_xml *xml, const char *set_type)
{
    static const char *const types[] = { "meta_attributes", "instance_attributes", "utilization", "cluster_property_set" };

    if (set_type != NULL) {
        return cox_xml_is(xml, set_type);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        if (cox_xml_is(xml, types[i])) {
            return true;
        }
    }
    return false;
}

/* The set that an id-ref means. */
static const struct cox_xml *
resolve(const struct cox_xml *set)
{
    const char *ref = cox_xml_get(set, "id-ref");
    struct cox_xml *top = (struct cox_xml *) (uintptr_t) set;

    if (ref == NULL) {
        return set;
    }
    while (cox_xml_parent(top) != NULL) {
        top = cox_xml_parent(top);
    }
    for (struct cox_xml *xml = top; xml != NULL; xml = cox_xml_walk(xml, top)) {
        if (cox_xml_is(xml, cox_xml_name(set)) && g_strcmp0(cox_xml_id(xml), ref) == 0) {
            return xml;
        }
    }
    return set;
}

static bool
is_meant(const struct cox_xml *pair, const struct cox_setting_query *query)
{
    const char *name = cox_xml_get(pair, "name");

    if (!cox_xml_is(pair, "nvpair") || (query->id != NULL && g_strcmp0(cox_xml_id(pair), query->id) != 0)) {
        return false;
    }
    if (query->pattern != NULL) {
        return name != NULL && g_regex_match(query->pattern, name, 0, NULL);
    }
    return query->name == NULL || g_strcmp0(name, query->name) == 0;
}

static void
find_in_set(const struct cox_xml *set, const struct cox_setting_query *query, GPtrArray *found)
{
    set = resolve(set);
    if (query->set_id != NULL && g_strcmp0(cox_xml_id(set), query->set_id) != 0) {
        return;
    }
    for (struct cox_xml *pair = cox_xml_first(set); pair != NULL; pair = cox_xml_next(pair)) {
        if (is_meant(pair, query)) {
            g_ptr_array_add(found, pair);
        }
    }
}

/* Operations and rules have sets of their own that are nobody else's. */
static bool
is_foreign(const struct cox_xml *xml)
{
    return cox_xml_is(xml, "operations") || cox_xml_is(xml, "op") || cox_xml_is(xml, "rule") || cox_xml_is(xml, "lrm");
}

GPtrArray *
cox_setting_find(const struct cox_xml *home, const struct cox_setting_query *query, bool deep)
{
    GPtrArray *found = g_ptr_array_new();
    g_autoptr(GPtrArray) todo = g_ptr_array_new(); /* children that come next are put last */

    for (struct cox_xml *child = cox_xml_last(home); child != NULL; child = cox_xml_prev(child)) {
        g_ptr_array_add(todo, child);
    }
    while (todo->len > 0) {
        struct cox_xml *xml = g_ptr_array_steal_index(todo, todo->len - 1);

        if (is_set(xml, query->set_type)) {
            find_in_set(xml, query, found);
            continue;
        }
        for (struct cox_xml *child = cox_xml_last(xml); deep && !is_foreign(xml) && child != NULL; child = cox_xml_prev(child)) {
            g_ptr_array_add(todo, child);
        }
    }
    return found;
}

const struct cox_xml *
cox_setting_default_set(const struct cox_xml *owner, const char *set_type)
{
    for (const struct cox_xml *set = cox_xml_child(owner, set_type); set != NULL; set = cox_xml_next_named(set, set_type)) {
        if (cox_xml_get(set, "id-ref") == NULL && cox_xml_child(set, "rule") == NULL) {
            return set;
        }
    }
    return NULL;
}

/* ---- change ---- */

char *
cox_setting_id(const char *set_id, const char *name)
{
    char *id = g_strdup_printf("%s-%s", set_id, name);

    for (char *c = id; *c != '\0'; c++) {
        if (!g_ascii_isalnum(*c) && strchr("_-.", *c) == NULL && (*c & 0x80) == 0) {
            *c = '.';
        }
    }
    return id;
}

struct cox_step *
cox_setting_change(const struct cox_xml *pair, const char *section, const char *value)
{
    const struct cox_xml *set = cox_xml_parent(pair);
    struct cox_step *step = cox_step_new(COX_EDIT_MODIFY, section, cox_xml_name(set), cox_xml_id(set));
    struct cox_xml *changed = cox_xml_new_child(cox_step_root(step), "nvpair");

    step->counts = true;
    cox_xml_set(changed, "id", cox_xml_id(pair));
    cox_xml_set(changed, "name", cox_xml_get(pair, "name"));
    cox_xml_set(changed, "value", value);
    return step;
}

struct cox_step *
cox_setting_add(const struct cox_setting_place *place, const char *id, const char *name, const char *value)
{
    const char *owner_name = (place->owner != NULL) ? cox_xml_name(place->owner) : place->owner_name;
    const char *owner_id = (place->owner != NULL) ? cox_xml_id(place->owner) : place->owner_id;
    g_autofree char *made = (id == NULL) ? cox_setting_id(place->set_id, name) : g_strdup(id);
    struct cox_step *step = NULL;
    struct cox_xml *at = NULL;

    if (owner_name == NULL) {
        step = cox_step_new(COX_EDIT_MODIFY, place->section, place->set_type, place->set_id);
        at = cox_step_root(step);
    } else {
        step = cox_step_new(COX_EDIT_MODIFY, place->section, owner_name, owner_id);
        at = cox_step_root(step);
        if (place->middle != NULL) {
            at = cox_xml_new_child(at, place->middle);
            cox_xml_set(at, "id", owner_id);
        }
        at = cox_xml_new_child(at, place->set_type);
        cox_xml_set(at, "id", place->set_id);
    }
    at = cox_xml_new_child(at, "nvpair");
    step->counts = true;
    cox_xml_set(at, "id", made);
    cox_xml_set(at, "name", name);
    cox_xml_set(at, "value", value);
    return step;
}

struct cox_step *
cox_setting_delete(const struct cox_xml *pair, const char *section)
{
    struct cox_step *step = cox_step_new(COX_EDIT_DELETE, section, "nvpair", cox_xml_id(pair));

    return step;
}
