/* lib/codec/graphread.c - a transition graph from its XML: what an executor of plans gets from the scheduler.  Layer 3. */
#include "codec/graphread.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "model/graphattr.h"
#include "xml/xmldoc.h"

struct reader {
    struct cox_arena *arena;
    struct cox_action *actions;
    guint32 n;
    GHashTable *by_id; /* id of the action -> its index + 1 */
};

static const char *
word(struct reader *reader, const struct cox_xml *xml, const char *name)
{
    return cox_arena_intern(reader->arena, cox_xml_get(xml, name));
}

static gint64
number(const struct cox_xml *xml, const char *name)
{
    const char *text = cox_xml_get(xml, name);

    return text == NULL ? 0 : g_ascii_strtoll(text, NULL, 10);
}

/* @what is the name of an action or element, @problem the rest of the sentence. */
static bool
fail(GError **error, const char *what, const char *problem)
{
    g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "no transition graph: '%s' %s", what == NULL ? "" : what, problem);
    return false;
}

static bool
kind_of(const struct cox_xml *xml, enum cox_action_kind *kind)
{
    if (cox_xml_is(xml, "rsc_op")) {
        *kind = COX_ACTION_RSC;
    } else if (cox_xml_is(xml, "crm_event")) {
        *kind = COX_ACTION_CRM;
    } else if (cox_xml_is(xml, "pseudo_event")) {
        *kind = COX_ACTION_PSEUDO;
    } else {
        return false;
    }
    return true;
}

/* ---- one action ---- */

static int
by_name(const void *a, const void *b)
{
    return strcmp(((const struct cox_nvpair *) a)->name, ((const struct cox_nvpair *) b)->name);
}

/* Attributes of the element, and its param children, in the order of the model. */
static void
read_attributes(struct reader *reader, const struct cox_xml *xml, struct cox_action *action)
{
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(struct cox_nvpair));

    if (xml == NULL) {
        return;
    }
    for (const struct cox_xml_attr *attr = cox_xml_first_attr(xml); attr != NULL; attr = cox_xml_next_attr(attr)) {
        struct cox_nvpair pair = { NULL, cox_arena_intern(reader->arena, cox_xml_attr_name(attr)),
                                   cox_arena_intern(reader->arena, cox_xml_attr_value(attr)) };

        g_array_append_val(pairs, pair);
    }
    for (const struct cox_xml *param = cox_xml_child(xml, "param"); param != NULL;
         param = cox_xml_next_named(param, "param")) {
        struct cox_nvpair pair = { NULL, word(reader, param, "name"), word(reader, param, "value") };

        if (pair.name != NULL) {
            g_array_append_val(pairs, pair);
        }
    }
    if (pairs->len > 1) {
        qsort(pairs->data, pairs->len, sizeof(struct cox_nvpair), by_name);
    }
    action->attributes = cox_arena_memdup(reader->arena, pairs->data, pairs->len, sizeof(struct cox_nvpair));
    action->n_attributes = pairs->len;
}

static void
read_downed(struct reader *reader, const struct cox_xml *xml, struct cox_action *action)
{
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(struct cox_nvpair));

    for (const struct cox_xml *node = cox_xml_child(xml, "node"); node != NULL; node = cox_xml_next_named(node, "node")) {
        struct cox_nvpair pair = { NULL, word(reader, node, "id"), NULL };

        if (pair.name != NULL) {
            g_array_append_val(pairs, pair);
        }
    }
    action->downed = cox_arena_memdup(reader->arena, pairs->data, pairs->len, sizeof(struct cox_nvpair));
    action->n_downed = pairs->len;
}

/* "rsc_monitor_10000": what is behind the last underscore. */
static gint64
interval_of(const struct cox_action *action)
{
    const char *last = action->key == NULL ? NULL : strrchr(action->key, '_');
    const char *meta = cox_action_attribute(action, "CRM_meta_interval");

    if (meta != NULL) {
        return g_ascii_strtoll(meta, NULL, 10);
    }
    return action->kind == COX_ACTION_RSC && last != NULL ? g_ascii_strtoll(last + 1, NULL, 10) : 0;
}

static void
read_primitive(struct reader *reader, const struct cox_xml *xml, struct cox_action *action)
{
    action->rsc_id = word(reader, xml, "id");
    action->rsc_long_id = word(reader, xml, "long-id");
    action->rsc_standard = word(reader, xml, "class");
    action->rsc_provider = word(reader, xml, "provider");
    action->rsc_type = word(reader, xml, "type");
    action->display_id = action->rsc_long_id == NULL ? action->rsc_id : action->rsc_long_id;
}

static bool
read_action(struct reader *reader, const struct cox_xml *xml, struct cox_action *action, GError **error)
{
    const struct cox_xml *primitive = cox_xml_child(xml, "primitive"), *downed = cox_xml_child(xml, "downed");
    gint64 id = xml == NULL ? 0 : number(xml, "id");

    if (xml == NULL || !kind_of(xml, &action->kind)) {
        return fail(error, xml == NULL ? NULL : cox_xml_name(xml), "is none of rsc_op, crm_event, pseudo_event");
    }
    action->task = word(reader, xml, "operation");
    if (action->task == NULL || id <= 0 || id > G_MAXINT32) {
        return fail(error, cox_xml_get(xml, "operation_key"), "lacks its id or operation");
    }
    action->id = (guint32) id;
    action->key = word(reader, xml, "operation_key");
    action->internal_key = word(reader, xml, "internal_operation_key");
    action->node_name = word(reader, xml, "on_node");
    action->node_uuid = word(reader, xml, "on_node_uuid");
    action->router_node = word(reader, xml, "router_node");
    action->shutdown_lock_s = number(xml, "shutdown-lock");
    if (primitive != NULL) {
        read_primitive(reader, primitive, action);
    }
    read_attributes(reader, cox_xml_child(xml, "attributes"), action);
    if (downed != NULL) {
        read_downed(reader, downed, action);
    }
    action->interval_ms = interval_of(action);
    return true;
}

/* ---- what waits for what ---- */

static bool
read_inputs(struct reader *reader, const struct cox_xml *xml, struct cox_action *action, GError **error)
{
    g_autoptr(GArray) inputs = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

    for (const struct cox_xml *trigger = cox_xml_child(xml, "trigger"); trigger != NULL;
         trigger = cox_xml_next_named(trigger, "trigger")) {
        const struct cox_xml *input = cox_xml_child(trigger, NULL);
        gint64 id = input == NULL ? 0 : number(input, "id");
        gpointer found = id <= 0 || id > G_MAXINT32 ? NULL : g_hash_table_lookup(reader->by_id, GINT_TO_POINTER(id));
        guint32 index = GPOINTER_TO_UINT(found) - 1;

        if (found == NULL) {
            return fail(error, action->key, "waits for an action that is not in it");
        }
        if (g_hash_table_add(seen, found)) {
            g_array_append_val(inputs, index);
        }
    }
    action->inputs = cox_arena_memdup(reader->arena, inputs->data, inputs->len, sizeof(guint32));
    action->n_inputs = inputs->len;
    return true;
}

/* Take away what waits for nothing, again and again (Kahn 1962): what is left waits for itself. */
static bool
is_acyclic(const struct reader *reader, GError **error)
{
    g_autofree guint32 *first = g_new0(guint32, (gsize) reader->n + 2), *missing = g_new0(guint32, (gsize) reader->n + 1);
    g_autofree guint32 *users = NULL, *queue = g_new(guint32, (gsize) reader->n + 1);
    guint32 n_queued = 0, n_done = 0;

    for (guint32 a = 0; a < reader->n; a++) {
        for (size_t i = 0; i < reader->actions[a].n_inputs; i++) {
            first[reader->actions[a].inputs[i] + 2]++;
        }
    }
    for (guint32 a = 2; a < reader->n + 2; a++) {
        first[a] += first[a - 1];
    }
    users = g_new(guint32, (gsize) first[reader->n + 1] + 1);
    for (guint32 a = 0; a < reader->n; a++) {
        missing[a] = (guint32) reader->actions[a].n_inputs;
        for (size_t i = 0; i < reader->actions[a].n_inputs; i++) {
            users[first[reader->actions[a].inputs[i] + 1]++] = a;
        }
        if (missing[a] == 0) {
            queue[n_queued++] = a;
        }
    }
    while (n_done < n_queued) {
        guint32 a = queue[n_done++];

        for (guint32 u = first[a]; u < first[a + 1]; u++) {
            if (--missing[users[u]] == 0) {
                queue[n_queued++] = users[u];
            }
        }
    }
    for (guint32 a = 0; a < reader->n && n_done < reader->n; a++) {
        if (missing[a] > 0) {
            return fail(error, reader->actions[a].key, "waits for itself");
        }
    }
    return true;
}

/* ---- the whole ---- */

static void
read_header(struct reader *reader, const struct cox_xml *root, struct cox_graph *graph)
{
    graph->header.cluster_delay = word(reader, root, "cluster-delay");
    graph->header.fencing_timeout = word(reader, root, "fencing-timeout");
    graph->header.batch_limit = word(reader, root, "batch-limit");
    graph->header.migration_limit = word(reader, root, "migration-limit");
    graph->header.failed_stop_offset = word(reader, root, "failed-stop-offset");
    graph->header.failed_start_offset = word(reader, root, "failed-start-offset");
    graph->header.recheck_by = word(reader, root, "recheck-by");
    graph->header.transition_id = (int) number(root, "transition_id");
}

static bool
read_graph(struct reader *reader, const struct cox_xml *root, GError **error)
{
    guint32 i = 0;

    reader->actions = cox_arena_new_array(reader->arena, struct cox_action, cox_xml_n_children(root) + 1);
    for (const struct cox_xml *synapse = cox_xml_child(root, "synapse"); synapse != NULL;
         synapse = cox_xml_next_named(synapse, "synapse")) {
        struct cox_action *action = &reader->actions[reader->n];

        if (!read_action(reader, cox_xml_child(cox_xml_child(synapse, "action_set"), NULL), action, error)) {
            return false;
        }
        action->priority = (gint32) CLAMP(number(synapse, "priority"), G_MININT32, G_MAXINT32);
        if (!g_hash_table_insert(reader->by_id, GUINT_TO_POINTER(action->id), GUINT_TO_POINTER(++reader->n))) {
            return fail(error, action->key, "has an id that comes twice");
        }
    }
    for (const struct cox_xml *synapse = cox_xml_child(root, "synapse"); synapse != NULL;
         synapse = cox_xml_next_named(synapse, "synapse")) {
        const struct cox_xml *inputs = cox_xml_child(synapse, "inputs");

        if (inputs != NULL && !read_inputs(reader, inputs, &reader->actions[i], error)) {
            return false;
        }
        i++;
    }
    return is_acyclic(reader, error);
}

struct cox_codec_graph *
cox_codec_graph_read(const char *text, size_t length, GError **error)
{
    static const struct cox_xml_limits limits = { .bytes = COX_CODEC_GRAPH_MAX_BYTES, .depth = 16, .nodes = 50000000 };
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(text, length, &limits, error);
    g_autoptr(cox_codec_graph) result = NULL;
    struct reader reader = { .arena = NULL };
    bool is_read;

    if (doc == NULL) {
        return NULL;
    }
    if (!cox_xml_is(cox_xmldoc_root(doc), "transition_graph")) {
        fail(error, cox_xml_name(cox_xmldoc_root(doc)), "is the name of its element");
        return NULL;
    }
    result = g_new0(struct cox_codec_graph, 1);
    result->arena = reader.arena = cox_arena_new();
    reader.by_id = g_hash_table_new(NULL, NULL);
    read_header(&reader, cox_xmldoc_root(doc), &result->graph);
    is_read = read_graph(&reader, cox_xmldoc_root(doc), error);
    g_hash_table_unref(reader.by_id);
    if (!is_read) {
        return NULL;
    }
    result->graph.actions = reader.actions;
    result->graph.n_actions = reader.n;
    return g_steal_pointer(&result);
}

void
cox_codec_graph_free(struct cox_codec_graph *graph)
{
    if (graph == NULL) {
        return;
    }
    cox_arena_free(graph->arena);
    g_free(graph);
}
