/* lib/admin/remedy_apply.c - remedies made in a document, which need not be kept.  Layer 4. */
#include <string.h>

#include "admin/remedy.h"

/* Ids of what is added: documents do not have them, and the result is planned from, not kept. */
#define ADDED "cox-explain"

static struct cox_xml *
section(struct cox_xml *root, const char *outer, const char *inner)
{
    struct cox_xml *xml = cox_xml_child(root, outer);

    if (xml == NULL) {
        xml = cox_xml_new_child(root, outer);
    }
    if (inner != NULL && cox_xml_child(xml, inner) == NULL) {
        return cox_xml_new_child(xml, inner);
    }
    return inner == NULL ? xml : cox_xml_child(xml, inner);
}

static struct cox_xml *
find_with(struct cox_xml *top, const char *attribute, const char *value)
{
    for (struct cox_xml *xml = cox_xml_walk(top, top); xml != NULL; xml = cox_xml_walk(xml, top)) {
        if (g_strcmp0(cox_xml_get(xml, attribute), value) == 0) {
            return xml;
        }
    }
    return NULL;
}

static struct cox_xml *
node_state(struct cox_xml *root, const char *node)
{
    return find_with(section(root, "status", NULL), "uname", node);
}

static struct cox_xml *
node_element(struct cox_xml *root, const char *node)
{
    return find_with(section(root, "configuration", "nodes"), "uname", node);
}

/* Remove all pairs whose name begins with @prefix (is it, with @is_whole) below @top; was there one? */
static bool
remove_pairs(struct cox_xml *top, const char *prefix, bool is_whole)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new();

    for (struct cox_xml *xml = top; xml != NULL; xml = cox_xml_walk(xml, top)) {
        const char *name = cox_xml_is(xml, "nvpair") ? cox_xml_get(xml, "name") : NULL;

        if (name != NULL && (is_whole ? strcmp(name, prefix) == 0 : g_str_has_prefix(name, prefix))) {
            g_ptr_array_add(found, xml);
        }
    }
    for (guint i = 0; i < found->len; i++) {
        cox_xml_free(g_ptr_array_index(found, i));
    }
    return found->len > 0;
}

static bool
remove_node_pairs(struct cox_xml *root, const char *node, const char *prefix)
{
    bool was_there = remove_pairs(node_element(root, node), prefix, false);

    return remove_pairs(node_state(root, node), prefix, false) || was_there;
}

static void
add_pair(struct cox_xml *set, const char *name, const char *value)
{
    struct cox_xml *pair = cox_xml_new_child(set, "nvpair");

    cox_xml_set(pair, "id", ADDED);
    cox_xml_set(pair, "name", name);
    cox_xml_set(pair, "value", value);
}

static bool
set_meta(struct cox_xml *root, const struct cox_remedy *remedy)
{
    struct cox_xml *rsc = find_with(section(root, "configuration", "resources"), "id", remedy->id);
    struct cox_xml *set = NULL;

    if (rsc == NULL) {
        return false;
    }
    for (struct cox_xml *own = cox_xml_child(rsc, "meta_attributes"); own != NULL; own = cox_xml_next_named(own, "meta_attributes")) {
        remove_pairs(own, remedy->name, true);
    }
    if (remedy->value != NULL) {
        set = cox_xml_new_loose("meta_attributes", rsc);
        cox_xml_insert(rsc, set, 0);
        cox_xml_set(set, "id", ADDED);
        cox_xml_set(set, "score", "INFINITY");
        add_pair(set, remedy->name, remedy->value);
    }
    return true;
}

static bool
set_property(struct cox_xml *root, const struct cox_remedy *remedy)
{
    struct cox_xml *config = section(root, "configuration", "crm_config");
    struct cox_xml *set = cox_xml_child(config, "cluster_property_set");

    remove_pairs(config, remedy->name, true);
    if (set == NULL) {
        set = cox_xml_new_child(config, "cluster_property_set");
        cox_xml_set(set, "id", "cib-bootstrap-options");
    }
    add_pair(set, remedy->name, remedy->value);
    return true;
}

static bool
remove_constraint(struct cox_xml *root, const char *id)
{
    struct cox_xml *xml = cox_xml_child_with_id(section(root, "configuration", "constraints"), NULL, id);

    cox_xml_free(xml);
    return xml != NULL;
}

static bool
prefer(struct cox_xml *root, const struct cox_remedy *remedy)
{
    struct cox_xml *xml = cox_xml_new_child(section(root, "configuration", "constraints"), "rsc_location");
    char score[COX_SCORE_TEXT_BYTES];

    cox_xml_set(xml, "id", ADDED);
    cox_xml_set(xml, "rsc", remedy->id);
    cox_xml_set(xml, "node", remedy->node);
    cox_xml_set(xml, "score", cox_score_format(remedy->score, score));
    cox_xml_set(xml, "role", remedy->kind == COX_REMEDY_PREFER_PROMOTED ? "Promoted" : NULL);
    return true;
}

/* As after a cleanup: what is recorded of the resource there is forgotten, with the counts. */
static bool
cleanup(struct cox_xml *root, const struct cox_remedy *remedy)
{
    struct cox_xml *state = node_state(root, remedy->node);
    g_autofree char *count = g_strdup_printf("fail-count-%s", remedy->id);
    g_autofree char *last = g_strdup_printf("last-failure-%s", remedy->id);
    struct cox_xml *lrm = state == NULL ? NULL : cox_xml_child(cox_xml_child(state, "lrm"), "lrm_resources");
    struct cox_xml *history = lrm == NULL ? NULL : cox_xml_child_with_id(lrm, "lrm_resource", remedy->id);
    bool was_there = state != NULL && remove_pairs(state, count, false);

    was_there = (state != NULL && remove_pairs(state, last, false)) || was_there || history != NULL;
    cox_xml_free(history);
    return was_there;
}

/* It has been started anew: nothing runs there yet. */
static bool
bring_back(struct cox_xml *root, const char *node)
{
    struct cox_xml *state = node_state(root, node);
    const struct cox_xml *element = node_element(root, node);

    if (state == NULL) {
        state = cox_xml_new_child(section(root, "status", NULL), "node_state");
        cox_xml_set(state, "id", element != NULL ? cox_xml_id(element) : node);
        cox_xml_set(state, "uname", node);
    }
    cox_xml_set(state, "in_ccm", "true");
    cox_xml_set(state, "crmd", "online");
    cox_xml_set(state, "join", "member");
    cox_xml_set(state, "expected", "member");
    remove_pairs(state, "shutdown", true);
    remove_pairs(state, "terminate", true);
    if (cox_xml_child(cox_xml_child(state, "lrm"), "lrm_resources") != NULL) {
        cox_xml_clear(cox_xml_child(cox_xml_child(state, "lrm"), "lrm_resources"));
    }
    return true;
}

static bool
grant(struct cox_xml *root, const char *id)
{
    struct cox_xml *tickets = section(root, "status", "tickets");
    struct cox_xml *ticket = cox_xml_child_with_id(tickets, "ticket_state", id);

    if (ticket == NULL) {
        ticket = cox_xml_new_child(tickets, "ticket_state");
        cox_xml_set(ticket, "id", id);
    }
    cox_xml_set(ticket, "granted", "true");
    cox_xml_set(ticket, "standby", "false");
    return true;
}

static bool
raise_capacity(struct cox_xml *root, const struct cox_remedy *remedy)
{
    struct cox_xml *node = node_element(root, remedy->node);
    struct cox_xml *set = node == NULL ? NULL : cox_xml_child(node, "utilization");
    struct cox_xml *pair = set == NULL ? NULL : find_with(set, "name", remedy->name);
    gint64 more = g_ascii_strtoll(remedy->value, NULL, 10);

    if (node == NULL) {
        return false;
    }
    if (set == NULL) {
        set = cox_xml_new_child(node, "utilization");
        cox_xml_set(set, "id", ADDED "-utilization");
    }
    if (pair == NULL) {
        add_pair(set, remedy->name, remedy->value);
    } else {
        g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, g_ascii_strtoll(cox_xml_get(pair, "value"), NULL, 10) + more);

        cox_xml_set(pair, "value", value);
    }
    return true;
}

bool
cox_remedy_apply(struct cox_xml *root, const struct cox_remedy *remedy)
{
    switch (remedy->kind) {
    case COX_REMEDY_CLEANUP:
        return cleanup(root, remedy);
    case COX_REMEDY_UNSTANDBY:
        return remove_node_pairs(root, remedy->node, "standby");
    case COX_REMEDY_UNMAINTAIN:
        return remove_node_pairs(root, remedy->node, "maintenance");
    case COX_REMEDY_BACK:
        return bring_back(root, remedy->node);
    case COX_REMEDY_GRANT:
        return grant(root, remedy->id);
    case COX_REMEDY_HEALTHY:
        return remove_node_pairs(root, remedy->node, "#health");
    case COX_REMEDY_META:
        return set_meta(root, remedy);
    case COX_REMEDY_PROPERTY:
        return set_property(root, remedy);
    case COX_REMEDY_QUORUM:
        cox_xml_set(root, "have-quorum", "1");
        return true;
    case COX_REMEDY_REMOVE:
        return remove_constraint(root, remedy->id);
    case COX_REMEDY_CAPACITY:
        return raise_capacity(root, remedy);
    case COX_REMEDY_PREFER:
    case COX_REMEDY_PREFER_PROMOTED:
        return prefer(root, remedy);
    case COX_REMEDY_KIND_N:
        break;
    }
    return false;
}
