/* lib/codec/graphwrite.c - a transition graph as XML and as a picture (dot).  Layer 3. */
#include "codec/graphwrite.h"

#include <string.h>

#include "model/config.h"
#include "xml/textfile.h"
#include "xml/xmlwrite.h"

static void
put(GString *out, const char *name, const char *value)
{
    if (value == NULL) {
        return;
    }
    g_string_append_c(out, ' ');
    g_string_append(out, name);
    g_string_append(out, "=\"");
    cox_xmlwrite_escaped(out, value, true);
    g_string_append_c(out, '"');
}

static void
put_number(GString *out, const char *name, gint64 value)
{
    g_string_append_printf(out, " %s=\"%" G_GINT64_FORMAT "\"", name, value);
}

static const char *
element_of(enum cox_action_kind kind)
{
    switch (kind) {
    case COX_ACTION_PSEUDO:
        return "pseudo_event";
    case COX_ACTION_RSC:
        return "rsc_op";
    case COX_ACTION_CRM:
        return "crm_event";
    }
    return NULL;
}

/* Pseudo events happen nowhere, except the fencing of a guest, which comes about by stopping its host's resource. */
static bool
shows_node(const struct cox_action *action)
{
    return action->node_name != NULL && (action->kind != COX_ACTION_PSEUDO || strcmp(action->task, "stonith") == 0);
}

/* "<rsc_op id=..." without the end of the tag. */
static void
put_head(GString *out, const struct cox_action *action, bool is_trigger)
{
    g_string_append_printf(out, "<%s", element_of(action->kind));
    if (!is_trigger && action->kind == COX_ACTION_CRM && strcmp(action->task, "lrm_delete") == 0) {
        put(out, "mode", "cib");
    }
    put_number(out, "id", action->id);
    put(out, "operation", action->task);
    put(out, "operation_key", action->key);
    put(out, "internal_operation_key", action->internal_key);
    if (shows_node(action)) {
        put(out, "on_node", action->node_name);
        put(out, "on_node_uuid", action->node_uuid);
        put(out, "router_node", action->router_node);
    }
    if (!is_trigger && action->shutdown_lock_s != 0) {
        put_number(out, "shutdown-lock", action->shutdown_lock_s);
    }
}

static void
put_primitive(GString *out, const struct cox_action *action)
{
    if (action->kind == COX_ACTION_PSEUDO || action->rsc_type == NULL) {
        return;
    }
    g_string_append(out, "        <primitive");
    put(out, "id", action->rsc_id);
    put(out, "long-id", action->rsc_long_id);
    put(out, "class", action->rsc_standard);
    put(out, "provider", action->rsc_provider);
    put(out, "type", action->rsc_type);
    g_string_append(out, "/>\n");
}

/* May the name of a parameter stand as the name of an XML attribute? */
static bool
is_attribute_name(const char *name)
{
    if (!g_ascii_isalpha(*name) && *name != '_') {
        return false;
    }
    for (const char *c = name; *c != '\0'; c++) {
        if (!g_ascii_isalnum(*c) && strchr("_.-", *c) == NULL) {
            return false;
        }
    }
    return true;
}

/* What cannot be an attribute (old agents have parameters called "1") becomes a param element. */
static void
put_attributes(GString *out, const struct cox_action *action)
{
    bool has_params = false;

    g_string_append(out, "        <attributes");
    for (size_t i = 0; i < action->n_attributes; i++) {
        if (is_attribute_name(action->attributes[i].name)) {
            put(out, action->attributes[i].name, action->attributes[i].value);
        } else {
            has_params = true;
        }
    }
    g_string_append(out, has_params ? ">\n" : "/>\n");
    for (size_t i = 0; has_params && i < action->n_attributes; i++) {
        if (!is_attribute_name(action->attributes[i].name)) {
            g_string_append(out, "          <param");
            put(out, "name", action->attributes[i].name);
            put(out, "value", action->attributes[i].value);
            g_string_append(out, "/>\n");
        }
    }
    if (has_params) {
        g_string_append(out, "        </attributes>\n");
    }
}

static void
put_action(GString *out, const struct cox_action *action)
{
    g_string_append(out, "    <action_set>\n      ");
    put_head(out, action, false);
    g_string_append(out, ">\n");
    put_primitive(out, action);
    put_attributes(out, action);
    if (action->n_downed > 0) {
        g_string_append(out, "        <downed>\n");
        for (size_t i = 0; i < action->n_downed; i++) {
            g_string_append(out, "          <node");
            put(out, "id", action->downed[i].name);
            g_string_append(out, "/>\n");
        }
        g_string_append(out, "        </downed>\n");
    }
    g_string_append_printf(out, "      </%s>\n    </action_set>\n", element_of(action->kind));
}

static const struct cox_action *
action_at(const struct cox_graph *graph, guint32 index)
{
    return index < graph->n_actions ? &graph->actions[index] : &graph->blocked[index - graph->n_actions];
}

static gint
by_id(gconstpointer a, gconstpointer b, gpointer graph)
{
    const guint32 id_a = action_at(graph, *(const guint32 *) a)->id;
    const guint32 id_b = action_at(graph, *(const guint32 *) b)->id;

    return id_a < id_b ? -1 : id_a > id_b;
}

static void
put_inputs(GString *out, const struct cox_graph *graph, const struct cox_action *action)
{
    g_autofree guint32 *inputs = g_new(guint32, action->n_inputs);

    if (action->n_inputs == 0) {
        g_string_append(out, "    <inputs/>\n");
        return;
    }
    memcpy(inputs, action->inputs, action->n_inputs * sizeof(guint32));
    g_qsort_with_data(inputs, (gint) action->n_inputs, sizeof(guint32), by_id, (gpointer) (guintptr) graph);
    g_string_append(out, "    <inputs>\n");
    for (size_t i = 0; i < action->n_inputs; i++) {
        g_string_append(out, "      <trigger>\n        ");
        put_head(out, action_at(graph, inputs[i]), true);
        g_string_append(out, "/>\n      </trigger>\n");
    }
    g_string_append(out, "    </inputs>\n");
}

void
cox_codec_graph_write(const struct cox_graph *graph, GString *out)
{
    g_string_append(out, "<transition_graph");
    put(out, "cluster-delay", graph->header.cluster_delay);
    put(out, "fencing-timeout", graph->header.fencing_timeout);
    put(out, "failed-stop-offset", graph->header.failed_stop_offset);
    put(out, "failed-start-offset", graph->header.failed_start_offset);
    put(out, "batch-limit", graph->header.batch_limit);
    put_number(out, "transition_id", graph->header.transition_id);
    put(out, "migration-limit", graph->header.migration_limit);
    put(out, "recheck-by", graph->header.recheck_by);
    g_string_append(out, graph->n_actions == 0 ? "/>\n" : ">\n");
    for (size_t i = 0; i < graph->n_actions; i++) {
        const struct cox_action *action = &graph->actions[i];

        g_string_append_printf(out, "  <synapse id=\"%zu\"", i);
        if (action->priority > 0) {
            put_number(out, "priority", action->priority);
        }
        g_string_append(out, ">\n");
        put_action(out, action);
        put_inputs(out, graph, action);
        g_string_append(out, "  </synapse>\n");
    }
    g_string_append(out, graph->n_actions == 0 ? "" : "</transition_graph>\n");
}

/* ---- dot ---- */

/* "rsc:1_start_0" -> "rsc_start_0": people see instances by the node beside. */
static char *
without_instance(const char *key)
{
    const char *colon = strchr(key, ':');
    size_t digits = colon == NULL ? 0 : strspn(colon + 1, "0123456789");

    if (digits == 0 || colon[1 + digits] != '_') {
        return g_strdup(key);
    }
    return g_strdup_printf("%.*s%s", (int) (colon - key), key, colon + 1 + digits);
}

static char *
label_of(const struct cox_action *action)
{
    const char *prefix = strcmp(action->task, "cancel") == 0 ? "Cancel " : "";
    const char *how = cox_nvpairs_get(action->attributes, action->n_attributes, "CRM_meta_stonith_action");
    const char *key = action->internal_key != NULL ? action->internal_key : action->key;
    g_autofree char *name = without_instance(key == NULL ? action->task : key);

    if (strcmp(action->task, "stonith") == 0 && action->node_name != NULL) {
        return g_strdup_printf("stonith '%s' %s", how == NULL ? "off" : how, action->node_name);
    }
    if (action->node_name == NULL) {
        return g_strdup_printf("%s%s", prefix, name);
    }
    if (action->kind == COX_ACTION_CRM && action->rsc_id == NULL) {
        return g_strdup_printf("%s %s", action->task, action->node_name);
    }
    return g_strdup_printf("%s%s %s", prefix, name, action->node_name);
}

void
cox_codec_graph_dot(const struct cox_graph *graph, GString *out)
{
    size_t n = graph->n_actions + graph->n_blocked;
    g_autoptr(GPtrArray) labels = g_ptr_array_new_with_free_func(g_free);

    g_string_append(out, " digraph \"g\" {\n");
    for (size_t i = 0; i < n; i++) {
        const struct cox_action *action = action_at(graph, (guint32) i);
        const char *font = action->kind == COX_ACTION_PSEUDO ? "orange" : "black";
        char *label = label_of(action);

        g_ptr_array_add(labels, label);
        g_string_append_printf(out, "\"%s\" [ style=%s fontcolor=\"%s\"]\n", label,
                               i < graph->n_actions ? "bold color=\"green\"" : "dashed color=\"red\"", font);
    }
    for (size_t i = 0; i < n; i++) {
        const struct cox_action *action = action_at(graph, (guint32) i);

        for (size_t j = 0; j < action->n_inputs; j++) {
            g_string_append_printf(out, "\"%s\" -> \"%s\" [ style = %s]\n",
                                   (const char *) g_ptr_array_index(labels, action->inputs[j]),
                                   (const char *) g_ptr_array_index(labels, i),
                                   i < graph->n_actions ? "bold" : "dashed");
        }
    }
    g_string_append(out, "}\n");
}

bool
cox_codec_graph_save(const struct cox_graph *graph, bool as_dot, const char *path, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (as_dot) {
        cox_codec_graph_dot(graph, text);
    } else {
        cox_codec_graph_write(graph, text);
    }
    return cox_textfile_put(path, text->str, text->len, error);
}
