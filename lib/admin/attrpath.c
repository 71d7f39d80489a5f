/* lib/admin/attrpath.c - cluster options, defaults and node attributes: which part of the document is meant.  Layer 4. */
#include "admin/attrpath.h"

#include <string.h>

#include "admin/nodefind.h"
#include "base/error.h"
#include "cib/section.h"

static const struct {
    enum cox_attrpath_scope scope;
    const char *section, *set_type, *set_id; /* set_id NULL: from section and node */
} rows[] = {
    { COX_ATTRPATH_CLUSTER, "crm_config", "cluster_property_set", "cib-bootstrap-options" },
    { COX_ATTRPATH_NODE, "nodes", "instance_attributes", NULL },
    { COX_ATTRPATH_TRANSIENT, "status", "instance_attributes", NULL },
    { COX_ATTRPATH_RSC_DEFAULTS, "rsc_defaults", "meta_attributes", "rsc_defaults-options" },
    { COX_ATTRPATH_OP_DEFAULTS, "op_defaults", "meta_attributes", "op_defaults-options" },
};

const char *
cox_attrpath_section(enum cox_attrpath_scope scope)
{
    return rows[scope].section;
}

bool
cox_attrpath_scope_parse(const char *word, enum cox_attrpath_scope *scope)
{
    if (strcmp(word, "reboot") == 0) {
        *scope = COX_ATTRPATH_TRANSIENT;
        return true;
    }
    if (strcmp(word, "forever") == 0) {
        *scope = COX_ATTRPATH_NODE;
        return true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(rows[i].section, word) == 0) {
            *scope = rows[i].scope;
            return true;
        }
    }
    return false;
}

/* ---- nodes ---- */

static const struct cox_xml *
find_by(const struct cox_xml *section, const char *element, const char *attribute, const char *value)
{
    for (const struct cox_xml *xml = cox_xml_child(section, element); xml != NULL; xml = cox_xml_next_named(xml, element)) {
        if (g_strcmp0(cox_xml_get(xml, attribute), value) == 0) {
            return xml;
        }
    }
    return NULL;
}

const char *
cox_attrpath_node_id(const struct cox_xml *root, const char *name)
{
    const struct cox_xml *found = find_by(cox_section_find(root, "nodes"), "node", "uname", name);

    if (found == NULL) {
        found = find_by(cox_section_find(root, "status"), "node_state", "uname", name);
    }
    if (found != NULL) {
        return cox_xml_id(found);
    }
    return cox_nodefind_check(root, name, NULL) ? name : NULL; /* a remote node or guest that has no element of its own yet */
}

/* ---- find ---- */

/* The element whose sets are meant; NULL: not there yet. */
static const struct cox_xml *
home_of(const struct cox_xml *section, enum cox_attrpath_scope scope, const char *node_id)
{
    const struct cox_xml *state = NULL;

    switch (scope) {
        case COX_ATTRPATH_CLUSTER:
        case COX_ATTRPATH_RSC_DEFAULTS:
        case COX_ATTRPATH_OP_DEFAULTS:
            return section;
        case COX_ATTRPATH_NODE:
            return find_by(section, "node", "id", node_id);
        case COX_ATTRPATH_TRANSIENT:
            state = find_by(section, "node_state", "id", node_id);
            return (state == NULL) ? NULL : cox_xml_child(state, "transient_attributes");
    }
    return NULL;
}

bool
cox_attrpath_find(const struct cox_xml *root, const struct cox_attrpath_request *request, struct cox_attrpath_match *match,
                   GError **error)
{
    const char *section = rows[request->scope].section;
    bool is_of_node = request->scope == COX_ATTRPATH_NODE || request->scope == COX_ATTRPATH_TRANSIENT;
    const char *node_id = is_of_node ? cox_attrpath_node_id(root, request->node) : NULL;
    const char *set_type = request->is_utilization ? "utilization" : rows[request->scope].set_type;
    const struct cox_setting_query query
        = { .set_type = set_type, .set_id = request->set_id, .id = request->id, .name = request->name, .pattern = request->pattern };
    const struct cox_xml *home = NULL;

    if (is_of_node && node_id == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "Could not map name=%s to a UUID: no node of the cluster is called so",
                    request->node);
        return false;
    }
    home = home_of(cox_section_find(root, section), request->scope, node_id);
    if (request->set_id != NULL) {
        match->set_id = g_strdup(request->set_id);
    } else if (is_of_node) {
        match->set_id = g_strdup_printf("%s-%s%s", section, node_id, request->is_utilization ? "-utilization" : "");
    } else {
        match->set_id = g_strdup(rows[request->scope].set_id);
    }
    match->pairs = (home == NULL) ? g_ptr_array_new() : cox_setting_find(home, &query, false);
    match->place = (struct cox_setting_place) { .section = section, .set_type = set_type, .set_id = match->set_id };
    if (is_of_node) {
        match->place.owner_name = (request->scope == COX_ATTRPATH_NODE) ? "node" : "node_state";
        match->place.owner_id = node_id;
        match->place.middle = (request->scope == COX_ATTRPATH_NODE) ? NULL : "transient_attributes";
    }
    return true;
}

void
cox_attrpath_match_clear(struct cox_attrpath_match *match)
{
    g_clear_pointer(&match->pairs, g_ptr_array_unref);
    g_clear_pointer(&match->set_id, g_free);
}

/* ---- change ---- */

/* Is it clear which of several is meant? */
static bool
is_clear(const struct cox_attrpath_request *request, const struct cox_attrpath_match *match, GError **error)
{
    if (match->pairs->len > 1 && request->pattern == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_MULTIPLE,
                    "Please choose from one of the matches below and supply the 'id' with --attr-id");
        return false;
    }
    return true;
}

bool
cox_attrpath_update(const struct cox_attrpath_request *request, const struct cox_attrpath_match *match, const char *value,
                     GPtrArray *steps, GError **error)
{
    if (!is_clear(request, match, error)) {
        return false;
    }
    for (guint i = 0; i < match->pairs->len; i++) {
        g_ptr_array_add(steps, cox_setting_change(match->pairs->pdata[i], match->place.section, value));
    }
    if (match->pairs->len > 0) {
        return true;
    }
    if (request->name == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "No attribute matches the pattern: query what there is, or give a name");
        return false;
    }
    g_ptr_array_add(steps, cox_setting_add(&match->place, request->id, request->name, value));
    return true;
}

bool
cox_attrpath_delete(const struct cox_attrpath_request *request, const struct cox_attrpath_match *match, GPtrArray *steps,
                     GError **error)
{
    if (!is_clear(request, match, error)) {
        return false;
    }
    for (guint i = 0; i < match->pairs->len; i++) {
        g_ptr_array_add(steps, cox_setting_delete(match->pairs->pdata[i], match->place.section));
    }
    return true;
}
