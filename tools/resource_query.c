/* tools/resource_query.c - crm_resource: commands that only look.  Layer 6. */
#include <string.h>

#include "admin/param.h"
#include "base/error.h"
#include "model/option.h"
#include "model/param_digest.h"
#include "tools/resource_priv.h"
#include "view/cluster_view.h"
#include "view/constraint_view.h"
#include "view/names.h"
#include "view/operation_view.h"
#include "view/rsc_view.h"
#include "view/why_view.h"
#include "xml/xmlwrite.h"

/* The status of a list: without resources it has failed, as clients know it. */
static int
end_of_list(const struct cox_resource_call *call)
{
    if (call->state->plan->cluster.n_rscs > 0) {
        return 0;
    }
    if (cox_out_is_text(call->ctx->out)) {
        cox_out_error(call->ctx->out, "crm_resource: Error performing operation: %s", cox_error_text(COX_ERROR_NOT_FOUND));
    }
    return cox_error_exit_status(COX_ERROR_NOT_FOUND);
}

int
cox_resource_list(struct cox_resource_call *call)
{
    cox_cluster_view_resources(call->ctx->out, &call->state->plan->cluster, cox_view_how_full());
    return end_of_list(call);
}

int
cox_resource_list_raw(struct cox_resource_call *call)
{
    const struct cox_cluster *cluster = &call->state->plan->cluster;

    cox_out_begin(call->ctx->out, "resources", NULL);
    for (guint32 i = 0; i < cluster->n_rscs; i++) {
        if (cluster->rscs[i].variant == COX_PRIMITIVE) {
            cox_out_leaf(call->ctx->out, "resource", "id", cluster->rscs[i].id, NULL);
            cox_out_line(call->ctx->out, "%s", cluster->rscs[i].id);
        }
    }
    cox_out_end(call->ctx->out);
    return end_of_list(call);
}

int
cox_resource_list_operations(struct cox_resource_call *call)
{
    const struct cox_resource_settings *settings = call->settings;
    const struct cox_cluster *cluster = &call->state->plan->cluster;
    const struct cox_operation_filter filter = {
        .rsc = (call->rsc == COX_RSC_NONE) ? NULL : cluster->rscs[call->rsc].short_id,
        .node = settings->node,
        .only_active = settings->command == 3,
        .zone = call->state->zone,
    };

    cox_operation_view(call->ctx->out, cluster, call->state->input.status, &filter);
    return 0;
}

/* ---- definition ---- */

static int
print_definition(struct cox_resource_call *call, const struct cox_xml *xml)
{
    struct cox_out *out = call->ctx->out;
    g_autofree char *text = cox_xmlwrite_text(xml, COX_XMLWRITE_FORMATTED);

    cox_out_begin(out, "resource_config", NULL);
    cox_cluster_view_rsc(out, &call->state->plan->cluster, call->rsc, cox_view_how_full());
    cox_out_cdata(out, "xml", text);
    cox_out_line(out, "Resource XML:");
    cox_out_raw(out, text);
    cox_out_end(out);
    return 0;
}

static const struct cox_xml *
definition(struct cox_resource_call *call)
{
    const struct cox_rsc_def *def = cox_resource_def(call);

    return (def == NULL) ? NULL : cox_param_rsc(call->root, def->id);
}

int
cox_resource_query(struct cox_resource_call *call)
{
    const struct cox_xml *rsc = definition(call);
    g_autoptr(cox_xmldoc) expanded = (rsc == NULL) ? NULL : cox_param_expand(call->root, rsc);

    if (expanded == NULL) {
        return cox_resource_fail(call, COX_ERROR_NOT_FOUND, "Resource '%s' is not in the configuration", call->settings->rsc);
    }
    return print_definition(call, cox_xmldoc_root(expanded));
}

int
cox_resource_query_raw(struct cox_resource_call *call)
{
    const struct cox_xml *rsc = definition(call);

    if (rsc == NULL) {
        return cox_resource_fail(call, COX_ERROR_NOT_FOUND, "Resource '%s' is not in the configuration", call->settings->rsc);
    }
    return print_definition(call, rsc);
}

/* ---- where ---- */

/* Does the instance at @index belong to what was asked for by the name of all instances? */
static bool
is_meant(const struct cox_cluster *cluster, guint32 asked, guint32 index, const char *name)
{
    const struct cox_rsc_state *rsc = &cluster->rscs[index];

    if (index >= asked && index < cox_rsc_view_next(cluster, asked)) {
        return true;
    }
    return strcmp(cluster->rscs[asked].id, name) != 0
           && (g_strcmp0(rsc->short_id, name) == 0 || (rsc->def != NULL && strcmp(rsc->def->id, name) == 0));
}

static gint
compare_nodes(gconstpointer a, gconstpointer b, gpointer data)
{
    const struct cox_cluster *cluster = data;

    return cox_names_compare(cluster->nodes[*(const guint32 *) a].name, cluster->nodes[*(const guint32 *) b].name);
}

/* Roles by node, UNKNOWN where it does not run. */
static enum cox_role *
roles_by_node(const struct cox_resource_call *call)
{
    const struct cox_cluster *cluster = &call->state->plan->cluster;
    enum cox_role *roles = g_new0(enum cox_role, cluster->n_nodes + 1);

    for (guint32 i = 0; i < cluster->n_rscs; i++) {
        const struct cox_rsc_state *rsc = &cluster->rscs[i];

        for (size_t k = 0; rsc->variant == COX_PRIMITIVE && k < rsc->n_running_on; k++) {
            enum cox_role *role = &roles[rsc->running_on[k]];

            if (is_meant(cluster, call->rsc, i, call->settings->rsc) && !(rsc->is_implicit && call->rsc != i)) {
                *role = MAX(*role, MAX(rsc->role, COX_ROLE_STARTED));
            }
        }
    }
    return roles;
}

int
cox_resource_locate(struct cox_resource_call *call)
{
    struct cox_cluster *cluster = &call->state->plan->cluster;
    g_autofree enum cox_role *roles = roles_by_node(call);
    g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(guint32));
    struct cox_out *out = call->ctx->out;
    const char *name = call->settings->rsc;

    for (guint32 n = 0; n < cluster->n_nodes; n++) {
        if (roles[n] != COX_ROLE_UNKNOWN) {
            g_array_append_val(order, n);
        }
    }
    g_array_sort_with_data(order, compare_nodes, cluster);
    cox_out_begin(out, "nodes", "resource", name, NULL);
    for (guint i = 0; i < order->len; i++) {
        guint32 node = g_array_index(order, guint32, i);
        bool is_promoted = roles[node] == COX_ROLE_PROMOTED;

        cox_out_begin(out, "node", "state", is_promoted ? "promoted" : NULL, NULL);
        cox_out_text(out, cluster->nodes[node].name);
        cox_out_end(out);
        if (call->ctx->is_quiet) {
            cox_out_line(out, "%s", cluster->nodes[node].name);
        } else {
            cox_out_line(out, "resource %s is running on: %s%s", name, cluster->nodes[node].name, is_promoted ? " Promoted" : "");
        }
    }
    cox_out_end(out);
    if (order->len == 0 && cox_out_is_text(out)) {
        cox_out_error(out, "resource %s is NOT running", name);
    }
    return 0;
}

/* ---- constraints ---- */

static int
constraints(struct cox_resource_call *call, bool follows)
{
    const struct cox_config *config = call->state->input.config;
    const struct cox_rsc_def *def = cox_resource_def(call);

    if (def == NULL) {
        return cox_resource_fail(call, COX_ERROR_NOT_FOUND, "Resource '%s' is not in the configuration", call->settings->rsc);
    }
    cox_constraint_view(call->ctx->out, config, (cox_rsc_id) (def - config->resources), follows);
    return 0;
}

int
cox_resource_constraints(struct cox_resource_call *call)
{
    return constraints(call, call->settings->is_recursive);
}

int
cox_resource_stack(struct cox_resource_call *call)
{
    return constraints(call, true);
}

int
cox_resource_why(struct cox_resource_call *call)
{
    struct cox_nvlist properties = COX_NVLIST_INIT;
    const struct cox_rule_input input = { .now = call->state->now, .zone = call->state->zone };
    const char *strategy = NULL;

    cox_nvsets_resolve(&call->state->input.config->properties, "cib-bootstrap-options", &input, &properties, NULL);
    strategy = cox_option_get(COX_OPT_CLUSTER_NODE_HEALTH_STRATEGY, &properties);
    cox_why_view(call->ctx->out, &call->state->plan->cluster, call->rsc, call->node, strategy);
    cox_nvlist_clear(&properties);
    return 0;
}

/* ---- digests ---- */

static const char *
node_attribute(const void *data, const char *name)
{
    const struct cox_node_state *node = data;

    if (strcmp(name, "#uname") == 0) {
        return node->name;
    }
    if (strcmp(name, "#id") == 0) {
        return node->id;
    }
    return (node->attributes == NULL) ? NULL : cox_nvlist_get(node->attributes, name);
}

/* The parameters as the node would get them, and what the command line says otherwise. */
static void
collect_params(struct cox_resource_call *call, const struct cox_rsc_def *def, struct cox_nvlist *params, gint64 *interval_ms)
{
    const struct cox_node_state *node = &call->state->plan->cluster.nodes[call->node];
    const struct cox_rule_input input
        = { .now = call->state->now, .zone = call->state->zone, .node_attribute = node_attribute, .node_data = node };

    cox_nvsets_resolve(&def->params, NULL, &input, params, NULL);
    for (char **word = call->ctx->words; *word != NULL; word++) {
        char *equals = strchr(*word, '=');

        if (equals == NULL) {
            continue;
        }
        *equals = '\0'; /* the words are this process's own */
        if (strcmp(*word, "CRM_meta_interval") == 0) {
            *interval_ms = g_ascii_strtoll(equals + 1, NULL, 10);
        } else {
            cox_nvlist_set(params, *word, equals + 1);
        }
    }
}

static bool
is_listed(const char *list, const char *name)
{
    g_auto(GStrv) words = g_strsplit_set((list == NULL) ? "" : list, " ", -1);

    return g_strv_contains((const char *const *) words, name);
}

static void
print_digest(struct cox_resource_call *call, const char *type, const struct cox_nvlist *params, const struct cox_op_history *op)
{
    g_autofree struct cox_nvpair *pairs = g_new0(struct cox_nvpair, params->n_pairs + 1);
    g_autofree char *hash = NULL;
    struct cox_out *out = call->ctx->out;
    size_t n = 0;

    for (size_t i = 0; i < params->n_pairs; i++) {
        const char *name = params->pairs[i].name;

        if (strcmp(type, "nonprivate") == 0
            && (is_listed(op->op_secure_params, name) || g_str_has_prefix(name, "CRM_meta_"))) {
            continue;
        }
        if (strcmp(type, "nonreloadable") == 0 && !is_listed(op->op_force_restart, name)) {
            continue;
        }
        pairs[n++] = params->pairs[i];
    }
    hash = cox_param_digest(pairs, n);
    cox_out_begin(out, "digest", "type", type, "hash", hash, NULL);
    cox_out_begin(out, "parameters", NULL);
    for (size_t i = 0; i < n; i++) {
        cox_out_attr(out, pairs[i].name, pairs[i].value);
    }
    cox_out_end(out);
    cox_out_end(out);
    cox_out_line(out, "%s: %s", type, hash);
}

/* What the history of the node says about the parameters, each from the first operation that says it. */
static struct cox_op_history
find_operation(const struct cox_resource_call *call)
{
    const struct cox_cluster *cluster = &call->state->plan->cluster;
    const struct cox_node_status *node = cox_status_node(call->state->input.status, NULL, cluster->nodes[call->node].name);
    const struct cox_rsc_history *history = (node == NULL) ? NULL : cox_status_rsc(node, cluster->rscs[call->rsc].short_id);
    struct cox_op_history found = { 0 };

    for (guint32 i = 0; history != NULL && i < history->n_ops; i++) {
        const struct cox_op_history *op = &history->ops[i];

        found.op_secure_params = (found.op_secure_params == NULL) ? op->op_secure_params : found.op_secure_params;
        found.op_force_restart = (found.op_force_restart == NULL) ? op->op_force_restart : found.op_force_restart;
    }
    return found;
}

int
cox_resource_digests(struct cox_resource_call *call)
{
    const struct cox_rsc_def *def = cox_resource_def(call);
    struct cox_nvlist params = COX_NVLIST_INIT;
    const struct cox_op_history op = find_operation(call);
    gint64 interval_ms = 0;
    struct cox_out *out = call->ctx->out;

    if (def == NULL || def->variant != COX_PRIMITIVE) {
        return cox_tool_usage(call->ctx, "--digests: '%s' is not a primitive resource: name one", call->settings->rsc);
    }
    collect_params(call, def, &params, &interval_ms);
    cox_out_begin(out, "digests", "resource", def->id, "node", call->settings->node, "task", "start", NULL);
    cox_out_attrf(out, "interval", "%" G_GINT64_FORMAT "ms", interval_ms);
    print_digest(call, "all", &params, &op);
    print_digest(call, "nonprivate", &params, &op);
    if (op.op_force_restart != NULL) {
        print_digest(call, "nonreloadable", &params, &op);
    }
    cox_out_end(out);
    cox_nvlist_clear(&params);
    return 0;
}
