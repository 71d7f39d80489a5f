/* lib/admin/param.c - which object's setting is meant when a resource's is to be set, got or deleted.  Layer 4. */
#include "admin/param.h"

#include <string.h>

#include "base/error.h"
#include "cib/section.h"

static bool
is_resource(const struct cox_xml *xml)
{
    static const char *const names[] = { "primitive", "group", "clone", "master", "bundle", "template" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (cox_xml_is(xml, names[i])) {
            return true;
        }
    }
    return false;
}

struct cox_xml *
cox_param_rsc(const struct cox_xml *root, const char *id)
{
    struct cox_xml *section = cox_section_find(root, "resources");

    for (struct cox_xml *xml = section; xml != NULL; xml = cox_xml_walk(xml, section)) {
        if (is_resource(xml) && g_strcmp0(cox_xml_id(xml), id) == 0) {
            return xml;
        }
    }
    return NULL;
}

static bool
is_clone(const struct cox_xml *xml)
{
    return cox_xml_is(xml, "clone") || cox_xml_is(xml, "master");
}

/* The resource that a clone or a bundle has instances of, or NULL. */
static const struct cox_xml *
child_of(const struct cox_xml *clone)
{
    const struct cox_xml *child = cox_xml_child(clone, "primitive");

    return (child != NULL) ? child : cox_xml_child(clone, "group");
}

/* ---- choose ---- */

static void
choose_owner(const struct cox_xml *rsc, const struct cox_setting_query *query, struct cox_param_choice *choice)
{
    const struct cox_xml *parent = cox_xml_parent(rsc);
    g_autoptr(GPtrArray) own = cox_setting_find(rsc, query, false);
    bool has_parent = is_clone(parent) || cox_xml_is(parent, "bundle");

    choice->rsc = rsc;
    g_ptr_array_unref(choice->matches);
    choice->matches = cox_setting_find(has_parent ? parent : rsc, query, true);
    if (has_parent && own->len == 0) {
        choice->rsc = parent;
        choice->owner = COX_PARAM_OF_PARENT;
    } else if (is_clone(rsc) && child_of(rsc) != NULL) {
        g_autoptr(GPtrArray) inner = cox_setting_find(child_of(rsc), query, false);

        if (inner->len > 0) {
            choice->rsc = child_of(rsc);
            choice->owner = COX_PARAM_OF_CHILD;
        }
    }
}

bool
cox_param_choose(const struct cox_xml *root, const struct cox_param_request *request, struct cox_param_choice *choice, GError **error)
{
    const struct cox_setting_query query
        = { .set_type = request->set_type, .set_id = request->set_id, .id = request->id, .name = request->name };
    const struct cox_xml *rsc = cox_param_rsc(root, request->rsc);
    bool is_meta = strcmp(request->set_type, "meta_attributes") == 0;
    g_autoptr(GPtrArray) found = NULL;

    if (rsc == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "Resource '%s' not found", request->rsc);
        return false;
    }
    *choice = (struct cox_param_choice) { .rsc = rsc, .matches = cox_setting_find(rsc, &query, false) };
    if (is_meta && !request->is_forced) {
        choose_owner(rsc, &query, choice);
    }
    found = cox_setting_find(choice->rsc, &query, false);
    choice->pair = (found->len > 0) ? found->pdata[0] : NULL;
    return true;
}

void
cox_param_choice_clear(struct cox_param_choice *choice)
{
    g_clear_pointer(&choice->matches, g_ptr_array_unref);
}

/* ---- change ---- */

struct cox_step *
cox_param_set(const struct cox_param_request *request, const struct cox_param_choice *choice, const char *value, char **set_id,
              char **pair_id)
{
    struct cox_setting_place place = { .section = "resources", .owner = choice->rsc, .set_type = request->set_type };
    const struct cox_xml *set = NULL;

    *set_id = NULL;
    if (choice->pair != NULL) {
        struct cox_step *step = cox_setting_change(choice->pair, NULL, value);

        step->counts = false; /* "x++" may be what a resource needs */
        *pair_id = g_strdup(cox_xml_id(choice->pair));
        return step;
    }
    set = (request->set_id != NULL) ? NULL : cox_setting_default_set(choice->rsc, request->set_type);
    if (request->set_id != NULL) {
        *set_id = g_strdup(request->set_id);
    } else if (set != NULL) {
        *set_id = g_strdup(cox_xml_id(set));
    } else {
        *set_id = g_strdup_printf("%s-%s", cox_xml_id(choice->rsc), request->set_type);
    }
    *pair_id = (request->id != NULL) ? g_strdup(request->id) : cox_setting_id(*set_id, request->name);
    place.set_id = *set_id;
    {
        struct cox_step *step = cox_setting_add(&place, *pair_id, request->name, value);

        step->counts = false;
        return step;
    }
}

struct cox_step *
cox_param_set_element(const struct cox_xml *rsc, const char *name, const char *value)
{
    bool is_other = value != NULL && g_strcmp0(cox_xml_get(rsc, name), value) != 0;
    /* An attribute goes only when the element is replaced by itself without it; what changes nothing counts only so. */
    struct cox_step *step = cox_step_new(is_other ? COX_EDIT_MODIFY : COX_EDIT_REPLACE, "resources", cox_xml_name(rsc),
                                         is_other ? cox_xml_id(rsc) : NULL);

    if (is_other) {
        cox_xml_set(cox_step_root(step), name, value);
        return step;
    }
    cox_xmldoc_free(step->input);
    step->input = cox_xmldoc_new_copy(rsc);
    if (value == NULL) {
        cox_xml_unset(cox_step_root(step), name);
    }
    return step;
}

/* ---- templates ---- */

static void
merge_operations(struct cox_xml *own, const struct cox_xml *from)
{
    for (const struct cox_xml *op = cox_xml_child(from, "op"); op != NULL; op = cox_xml_next_named(op, "op")) {
        bool is_own = false;

        for (const struct cox_xml *mine = cox_xml_child(own, "op"); mine != NULL; mine = cox_xml_next_named(mine, "op")) {
            is_own = is_own
                     || (g_strcmp0(cox_xml_get(mine, "name"), cox_xml_get(op, "name")) == 0
                         && g_strcmp0(cox_xml_get(mine, "interval"), cox_xml_get(op, "interval")) == 0);
        }
        if (!is_own) {
            cox_xml_add_copy(own, op);
        }
    }
}

struct cox_xmldoc *
cox_param_expand(const struct cox_xml *root, const struct cox_xml *rsc)
{
    static const char *const agent[] = { "class", "provider", "type" };
    struct cox_xmldoc *doc = cox_xmldoc_new_copy(rsc);
    struct cox_xml *own = cox_xmldoc_root(doc);
    const char *name = cox_xml_get(rsc, "template");
    const struct cox_xml *from = (name == NULL) ? NULL : cox_param_rsc(root, name);

    if (from == NULL) {
        return doc;
    }
    cox_xml_unset(own, "template");
    for (size_t i = 0; i < G_N_ELEMENTS(agent); i++) {
        cox_xml_set(own, agent[i], cox_xml_get(from, agent[i]));
    }
    for (const struct cox_xml *child = cox_xml_first(from); child != NULL; child = cox_xml_next(child)) {
        struct cox_xml *mine = cox_xml_is(child, "operations") ? cox_xml_child(own, "operations") : NULL;

        if (mine != NULL) {
            merge_operations(mine, child);
        } else {
            cox_xml_add_copy(own, child);
        }
    }
    return doc;
}
