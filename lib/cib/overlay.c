/* lib/cib/overlay.c - what is on its way into the document, laid over it for a while.  Layer 2. */
#include "cib/overlay.h"

#include <string.h>

#include "cib/edit.h"
#include "cib/section.h"
#include "xml/xmldoc.h"

/* ---- history ---- */

static struct cox_xml *
history_of(const struct cox_xml *state, const char *id)
{
    return cox_xml_child_with_id(cox_xml_child(cox_xml_child(state, "lrm"), "lrm_resources"), "lrm_resource", id);
}

static void
take_away_others(struct cox_cib *cib, const struct cox_xml *rsc, const struct cox_xml *model)
{
    struct cox_xml *op = rsc == NULL ? NULL : cox_xml_child(rsc, "lrm_rsc_op"), *next = NULL;

    for (; op != NULL; op = next) {
        next = cox_xml_next_named(op, "lrm_rsc_op");
        if (cox_xml_child_with_id(model, "lrm_rsc_op", cox_xml_id(op)) == NULL) {
            cox_cib_remove(cib, op);
        }
    }
}

bool
cox_overlay_history(struct cox_cib *cib, const struct cox_xml *status, GError **error)
{
    const struct cox_edit edit = { .kind = COX_EDIT_MODIFY, .input = status, .section = "status", .allows_creation = true };

    for (const struct cox_xml *state = cox_xml_child(status, "node_state"); state != NULL;
         state = cox_xml_next_named(state, "node_state")) {
        const struct cox_xml *rscs = cox_xml_child(cox_xml_child(state, "lrm"), "lrm_resources");
        const struct cox_xml *have = cox_xml_child_with_id(cox_section_find(cox_cib_root(cib), "status"), "node_state",
                                                           cox_xml_id(state));

        for (const struct cox_xml *rsc = cox_xml_child(rscs, "lrm_resource"); rsc != NULL && have != NULL;
             rsc = cox_xml_next_named(rsc, "lrm_resource")) {
            take_away_others(cib, history_of(have, cox_xml_id(rsc)), rsc);
        }
    }
    return cox_edit_run(cib, &edit, error);
}

/* ---- attributes ---- */

static struct cox_xml *
state_named(const struct cox_xml *root, const char *node)
{
    struct cox_xml *state = cox_xml_child(cox_section_find(root, "status"), "node_state");

    while (state != NULL && g_strcmp0(cox_xml_get(state, "uname"), node) != 0) {
        state = cox_xml_next_named(state, "node_state");
    }
    return state;
}

static struct cox_xml *
pair_named(const struct cox_xml *transient, const char *name)
{
    const struct cox_xml *set = cox_xml_child(transient, "instance_attributes");

    for (; set != NULL; set = cox_xml_next_named(set, "instance_attributes")) {
        for (struct cox_xml *pair = cox_xml_child(set, "nvpair"); pair != NULL; pair = cox_xml_next_named(pair, "nvpair")) {
            if (g_strcmp0(cox_xml_get(pair, "name"), name) == 0) {
                return pair;
            }
        }
    }
    return NULL;
}

/* The child of @parent with this name, made when it is not there. */
static struct cox_xml *
need(struct cox_cib *cib, struct cox_xml *parent, const char *name, const char *id)
{
    struct cox_xml *child = cox_xml_child(parent, name);
    g_autoptr(cox_xmldoc) model = NULL;

    if (child == NULL) {
        model = cox_xmldoc_new(name);
        cox_xml_set(cox_xmldoc_root(model), "id", id);
        child = cox_cib_add(cib, parent, cox_xmldoc_root(model), NULL);
    }
    return child;
}

/* Ids are XML names; which one it is does not matter, as long as it is the only one. */
static char *
pair_id(const char *set, const char *name)
{
    char *id = g_strdup_printf("%s-%s", set, name);

    for (char *at = id; *at != '\0'; at++) {
        if (!g_ascii_isalnum(*at) && strchr("_-.", *at) == NULL && (guchar) *at < 0x80) {
            *at = '.';
        }
    }
    return id;
}

void
cox_overlay_value(struct cox_cib *cib, const struct cox_overlay_value *value)
{
    struct cox_xml *state = state_named(cox_cib_root(cib), value->node);
    struct cox_xml *pair = pair_named(cox_xml_child(state, "transient_attributes"), value->name);
    g_autofree char *set_id = NULL, *id = NULL;
    g_autoptr(cox_xmldoc) model = NULL;
    struct cox_xml *set = NULL;

    if (state == NULL) {
        return;
    }
    if (pair != NULL) {
        cox_cib_set(cib, pair, "value", value->value);
        return;
    }
    set_id = g_strdup_printf("status-%s", cox_xml_id(state));
    set = need(cib, need(cib, state, "transient_attributes", cox_xml_id(state)), "instance_attributes", set_id);
    model = cox_xmldoc_new("nvpair");
    id = pair_id(set_id, value->name);
    cox_xml_set(cox_xmldoc_root(model), "id", id);
    cox_xml_set(cox_xmldoc_root(model), "name", value->name);
    cox_xml_set(cox_xmldoc_root(model), "value", value->value);
    (void) cox_cib_add(cib, set, cox_xmldoc_root(model), NULL);
}

const char *
cox_overlay_now(const struct cox_xml *root, const char *node, const char *name)
{
    const struct cox_xml *pair = pair_named(cox_xml_child(state_named(root, node), "transient_attributes"), name);

    return pair == NULL ? NULL : cox_xml_get(pair, "value");
}

bool
cox_overlay_put(struct cox_cib *cib, const struct cox_overlay *overlay, GError **error)
{
    for (size_t i = 0; i < overlay->n_histories; i++) {
        g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(overlay->histories[i], strlen(overlay->histories[i]), NULL, error);

        if (doc == NULL || !cox_overlay_history(cib, cox_xmldoc_root(doc), error)) {
            return false;
        }
    }
    for (size_t i = 0; i < overlay->n_values; i++) {
        cox_overlay_value(cib, &overlay->values[i]);
    }
    return true;
}
