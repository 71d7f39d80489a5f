/* lib/codec/status_refresh.c - a decoded status is kept up to date.  Layer 3. */
#include "codec/status_refresh.h"

#include <string.h>

#include "codec/load_status.h"
#include "codec/statusfield.h"

/* ---- parts ---- */

static void
clear_part(gpointer data)
{
    struct cox_status_part *part = data;

    g_free(part->node);
    g_free(part->rsc);
}

GArray *
cox_status_parts_new(void)
{
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(struct cox_status_part));

    g_array_set_clear_func(parts, clear_part);
    return parts;
}

void
cox_status_parts_add(GArray *parts, enum cox_status_part_kind kind, const char *node, const char *rsc)
{
    const struct cox_status_part part = { .kind = kind, .node = g_strdup(node), .rsc = g_strdup(rsc) };

    g_array_append_val(parts, part);
}

void
cox_status_parts_of_histories(GArray *parts, const struct cox_xml *status)
{
    for (const struct cox_xml *state = cox_xml_child(status, "node_state"); state != NULL;
         state = cox_xml_next_named(state, "node_state")) {
        const struct cox_xml *rscs = cox_xml_child(cox_xml_child(state, "lrm"), "lrm_resources");

        cox_status_parts_add(parts, COX_STATUS_PART_NODE, cox_xml_id(state), NULL);
        for (const struct cox_xml *rsc = cox_xml_child(rscs, "lrm_resource"); rsc != NULL;
             rsc = cox_xml_next_named(rsc, "lrm_resource")) {
            cox_status_parts_add(parts, COX_STATUS_PART_HISTORY, cox_xml_id(state), cox_xml_id(rsc));
        }
    }
}

/* If @path goes on with @step and an id: that id (the caller frees it), and what follows in @rest. */
static char *
step_id(const char *path, const char *step, const char **rest)
{
    g_autofree char *begin = g_strdup_printf("%s[@id='", step);
    const char *end = NULL;

    if (!g_str_has_prefix(path, begin)) {
        return NULL;
    }
    path += strlen(begin);
    end = strstr(path, "']");
    if (end == NULL) {
        return NULL;
    }
    *rest = end + 2;
    return g_strndup(path, (gsize) (end - path));
}

/* What lies below the lrm element of @node: at @path; @made is what was made there, or NULL. */
static bool
add_below_lrm(GArray *parts, const char *node, const char *path, bool is_removed, const struct cox_xml *made)
{
    static const char list[] = "/lrm_resources";
    g_autofree char *rsc = NULL;

    if (!g_str_has_prefix(path, list)) {
        return false;
    }
    path += sizeof(list) - 1;
    if (*path == '\0') {
        if (made == NULL || !cox_xml_is(made, "lrm_resource") || cox_xml_id(made) == NULL) {
            return false;
        }
        cox_status_parts_add(parts, COX_STATUS_PART_HISTORY, node, cox_xml_id(made));
        return true;
    }
    rsc = step_id(path, "/lrm_resource", &path);
    if (rsc != NULL) {
        cox_status_parts_add(parts, COX_STATUS_PART_HISTORY, node, rsc);
        g_array_index(parts, struct cox_status_part, parts->len - 1).is_new = is_removed && *path == '\0';
    }
    return rsc != NULL;
}

static bool
add_change(GArray *parts, const char *path, const char *operation, const struct cox_xml *made)
{
    static const char status[] = "/cib/status";
    g_autofree char *node = NULL, *lrm = NULL;
    const char *rest = NULL;

    if (!g_str_has_prefix(path, status)) {
        return true;
    }
    node = step_id(path + sizeof(status) - 1, "/node_state", &rest);
    if (node == NULL) {
        return false;
    }
    if (*rest == '\0') {
        if (strcmp(operation, "modify") == 0) {
            cox_status_parts_add(parts, COX_STATUS_PART_NODE, node, NULL);
            return true;
        }
        if (strcmp(operation, "create") != 0 || made == NULL || !cox_xml_is(made, "transient_attributes")) {
            return false;
        }
        cox_status_parts_add(parts, COX_STATUS_PART_ATTRIBUTES, node, NULL);
        return true;
    }
    if (g_str_has_prefix(rest, "/transient_attributes")) {
        cox_status_parts_add(parts, COX_STATUS_PART_ATTRIBUTES, node, NULL);
        return true;
    }
    lrm = step_id(rest, "/lrm", &rest);
    return lrm != NULL && add_below_lrm(parts, node, rest, strcmp(operation, "delete") == 0, strcmp(operation, "create") == 0 ? made : NULL);
}

bool
cox_status_parts_of_patch(GArray *parts, const struct cox_xml *patch)
{
    for (const struct cox_xml *change = cox_xml_child(patch, "change"); change != NULL;
         change = cox_xml_next_named(change, "change")) {
        const char *path = cox_xml_get(change, "path"), *operation = cox_xml_get(change, "operation");

        if (path == NULL || operation == NULL || strcmp(operation, "move") == 0
            || !add_change(parts, path, operation, cox_xml_child(change, NULL))) {
            return false;
        }
    }
    return true;
}

/* ---- reading again ---- */

/* Also takes over who wrote it last, which says nothing of its state. */
static bool
is_same_node(struct cox_status *status, struct cox_node_status *node, const struct cox_xml *state)
{
    struct cox_node_status now = { .id = cox_xml_id(state) };

    cox_codec_status_node_read(state, status, &now);
    node->crm_debug_origin = now.crm_debug_origin;
    return g_strcmp0(now.uname, node->uname) == 0 && g_strcmp0(now.in_ccm, node->in_ccm) == 0 && g_strcmp0(now.crmd, node->crmd) == 0
           && g_strcmp0(now.join, node->join) == 0 && g_strcmp0(now.expected, node->expected) == 0
           && g_strcmp0(now.node_fenced, node->node_fenced) == 0 && now.is_remote == node->is_remote
           && g_strcmp0(now.node_in_maintenance, node->node_in_maintenance) == 0;
}

/* By the number of its id, which is quicker to compare with than the id. */
static struct cox_rsc_history *
find_history(const struct cox_status *status, const struct cox_node_status *node, const char *id)
{
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(status->history_id_index, id));

    for (guint i = 0; number > 0 && i < node->resources->len; i++) {
        struct cox_rsc_history *rsc = g_ptr_array_index(node->resources, i);

        if (rsc->id_index == number - 1) {
            return rsc;
        }
    }
    return NULL;
}

static bool
refresh_history(struct cox_status *status, struct cox_node_status *node, const struct cox_xml *found, const struct cox_status_part *part)
{
    struct cox_rsc_history *kept = find_history(status, node, part->rsc);

    if (kept != NULL && (found == NULL || part->is_new)) {
        cox_status_rsc_remove(node, part->rsc);
        kept = NULL;
    }
    if (found == NULL) {
        return true;
    }
    if (kept == NULL) { /* the order of histories counts */
        if (cox_xml_next_named(found, "lrm_resource") != NULL) {
            return false;
        }
        kept = cox_status_rsc_add(status, node, part->rsc);
    }
    cox_codec_status_history(found, status, node, kept);
    return true;
}

static GPtrArray *
pairs_of(const GArray *sets)
{
    GPtrArray *pairs = g_ptr_array_new();

    for (guint i = 0; i < sets->len; i++) {
        const struct cox_nvset *set = &g_array_index(sets, struct cox_nvset, i);

        for (size_t k = 0; k < set->n_pairs; k++) {
            g_ptr_array_add(pairs, (gpointer) (guintptr) &set->pairs[k]);
        }
    }
    return pairs;
}

static bool
is_same_pair(const struct cox_nvpair *a, const struct cox_nvpair *b)
{
    return g_strcmp0(a->name, b->name) == 0 && g_strcmp0(a->value, b->value) == 0;
}

/* Names of all between what is the same at the beginning and at the end of both. */
static void
add_names(const GArray *before, const GArray *after, GPtrArray *names)
{
    g_autoptr(GPtrArray) old = pairs_of(before), new = pairs_of(after);
    guint begin = 0, n_old = old->len, n_new = new->len;

    while (begin < MIN(n_old, n_new) && is_same_pair(old->pdata[begin], new->pdata[begin])) {
        begin++;
    }
    while (MIN(n_old, n_new) > begin && is_same_pair(old->pdata[n_old - 1], new->pdata[n_new - 1])) {
        n_old--;
        n_new--;
    }
    for (guint i = begin; i < n_old; i++) {
        g_ptr_array_add(names, (gpointer) (guintptr) ((const struct cox_nvpair *) old->pdata[i])->name);
    }
    for (guint i = begin; i < n_new; i++) {
        g_ptr_array_add(names, (gpointer) (guintptr) ((const struct cox_nvpair *) new->pdata[i])->name);
    }
}

static bool
refresh_attributes(struct cox_status *status, struct cox_node_status *node, const struct cox_xml *state, GPtrArray *names)
{
    GArray *before = node->attr_sets, *utilization = node->utilization_sets;
    bool is_known;

    node->attr_sets = g_array_new(FALSE, FALSE, sizeof(struct cox_nvset));
    node->utilization_sets = g_array_new(FALSE, FALSE, sizeof(struct cox_nvset));
    for (const struct cox_xml *at = cox_xml_child(state, "transient_attributes"); at != NULL;
         at = cox_xml_next_named(at, "transient_attributes")) {
        cox_codec_status_attributes(at, status, node);
    }
    add_names(before, node->attr_sets, names);
    is_known = utilization->len == 0 && node->utilization_sets->len == 0;
    g_array_unref(before);
    g_array_unref(utilization);
    return is_known;
}

bool
cox_status_refresh(struct cox_status *status, struct cox_cib *cib, const struct cox_status_part *part, GPtrArray *names)
{
    struct cox_node_status *node = cox_status_node(status, part->node, NULL);
    const struct cox_xml *state = cox_xml_child_with_id(cox_xml_child(cox_cib_root(cib), "status"), "node_state", part->node);
    g_autoptr(cox_xmldoc) wanted = NULL;
    const struct cox_xml *rscs = NULL;

    if (node == NULL || state == NULL) {
        return false;
    }
    switch (part->kind) {
    case COX_STATUS_PART_NODE:
        return is_same_node(status, node, state);
    case COX_STATUS_PART_ATTRIBUTES:
        return refresh_attributes(status, node, state, names);
    case COX_STATUS_PART_HISTORY:
        break;
    }
    rscs = cox_xml_child(cox_xml_child(state, "lrm"), "lrm_resources");
    if (rscs == NULL) {
        return false;
    }
    wanted = cox_xmldoc_new("lrm_resource");
    cox_xml_set(cox_xmldoc_root(wanted), "id", part->rsc);
    return refresh_history(status, node, cox_cib_child(cib, rscs, cox_xmldoc_root(wanted)), part);
}
