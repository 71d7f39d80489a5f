/* lib/view/operation_view.c - the history of operations as a flat list.  Layer 4. */
#include "view/operation_view.h"

#include <string.h>

#include "view/names.h"
#include "view/rsc_view.h"

static guint32
find_rsc(const struct cox_cluster *cluster, const char *id)
{
    for (guint32 i = 0; i < cluster->n_rscs; i++) {
        const struct cox_rsc_state *rsc = &cluster->rscs[i];

        if (rsc->variant == COX_PRIMITIVE && (g_strcmp0(rsc->id, id) == 0 || g_strcmp0(rsc->short_id, id) == 0)) {
            return i;
        }
    }
    return COX_RSC_NONE;
}

static bool
is_up(const struct cox_cluster *cluster, const char *node)
{
    for (size_t i = 0; i < cluster->n_nodes; i++) {
        if (g_strcmp0(cluster->nodes[i].name, node) == 0) {
            return cluster->nodes[i].is_online;
        }
    }
    return false;
}

/* The resource as it stands: its line without the node, which the operation has. */
static void
append_rsc(GString *line, const struct cox_cluster *cluster, guint32 index, const struct cox_rsc_history *history)
{
    const struct cox_view_how how = { .is_by_node = true };

    if (index == COX_RSC_NONE) {
        g_string_append_printf(line, "%s\t(orphan):\t", history->id);
    } else {
        g_autofree char *text = cox_rsc_view_line(cluster, index, history->id, COX_NODE_NONE, &how);

        g_string_append(line, text);
    }
}

static void
print_operation(struct cox_out *out, const struct cox_cluster *cluster, const struct cox_rsc_history *history,
                const struct cox_op_history *op, const struct cox_operation_filter *filter)
{
    guint32 index = find_rsc(cluster, history->id);
    g_autoptr(GString) line = g_string_new(NULL);
    g_autoptr(GString) agent = g_string_new((history->standard != NULL) ? history->standard : "");
    g_autofree char *changed = cox_names_clock(op->last_rc_change_s, filter->zone);
    const char *key = (op->operation_key != NULL) ? op->operation_key : op->id;
    const char *node = (op->on_node != NULL) ? op->on_node : filter->node;

    g_string_append_printf(agent, ":%s:%s", (history->provider != NULL) ? history->provider : "",
                           (history->type != NULL) ? history->type : "");
    cox_out_begin(out, "operation", "op", key, "node", node, NULL);
    cox_out_attrf(out, "call", "%d", op->call_id);
    cox_out_attrf(out, "rc", "%d", op->rc);
    cox_out_attr(out, "status", cox_names_status(op->status));
    cox_out_attr(out, "rsc", history->id);
    cox_out_attr(out, "agent", agent->str);
    append_rsc(line, cluster, index, history);
    g_string_append_printf(line, ": %s (node=%s, call=%d, rc=%d", key, (node != NULL) ? node : "unknown", op->call_id, op->rc);
    if (op->has_last_rc_change && op->last_rc_change_s > 0) {
        cox_out_attr(out, "last-rc-change", changed);
        cox_out_attrf(out, "exec-time", "%" G_GINT64_FORMAT, op->exec_time_ms);
        g_string_append_printf(line, ", last-rc-change='%s', exec=%" G_GINT64_FORMAT "ms", changed, op->exec_time_ms);
    }
    cox_out_end(out);
    cox_out_line(out, "%s): %s", line->str, cox_names_status(op->status));
}

/* What is pending has no number yet: it comes after all others. */
static gint
compare_calls(gconstpointer a, gconstpointer b)
{
    const struct cox_op_history *first = *(const struct cox_op_history *const *) a;
    const struct cox_op_history *second = *(const struct cox_op_history *const *) b;

    if ((first->call_id < 0) != (second->call_id < 0)) {
        return (first->call_id < 0) ? 1 : -1;
    }
    return (first->call_id > second->call_id) - (first->call_id < second->call_id);
}

/* A failure is kept twice while it is the last thing that happened. */
static bool
is_same(const struct cox_op_history *a, const struct cox_op_history *b)
{
    return a->call_id == b->call_id && g_strcmp0(a->operation_key, b->operation_key) == 0;
}

/* Number of the first operation that still says something: the last start, or what looked whether it runs. */
static guint
first_active(const GPtrArray *ops)
{
    guint first = 0;

    for (guint i = 0; i < ops->len; i++) {
        const struct cox_op_history *op = ops->pdata[i];

        if (g_strcmp0(op->operation, "start") == 0 || g_strcmp0(op->operation, "migrate_from") == 0) {
            first = i;
        } else if (g_strcmp0(op->operation, "stop") == 0 && op->rc == 0) {
            first = i + 1;
        }
    }
    return first;
}

void
cox_operation_view(struct cox_out *out, const struct cox_cluster *cluster, const struct cox_status *status,
                   const struct cox_operation_filter *filter)
{
    cox_out_begin(out, "operations", NULL);
    for (guint n = 0; n < status->nodes->len; n++) {
        const struct cox_node_status *node = status->nodes->pdata[n];
        const struct cox_operation_filter here = { .rsc = filter->rsc, .node = node->uname, .only_active = filter->only_active, .zone = filter->zone };

        if ((filter->node != NULL && g_strcmp0(node->uname, filter->node) != 0)
            || (filter->only_active && !is_up(cluster, node->uname))) {
            continue;
        }
        for (guint r = 0; r < node->resources->len; r++) {
            const struct cox_rsc_history *history = node->resources->pdata[r];
            g_autoptr(GPtrArray) ops = g_ptr_array_new();

            for (guint32 i = 0; i < history->n_ops; i++) {
                g_ptr_array_add(ops, &history->ops[i]);
            }
            g_ptr_array_sort(ops, compare_calls);
            for (guint i = filter->only_active ? first_active(ops) : 0; i < ops->len; i++) {
                if (i > 0 && is_same(ops->pdata[i - 1], ops->pdata[i])) {
                    continue;
                }
                if (filter->rsc == NULL || g_strcmp0(history->id, filter->rsc) == 0) {
                    print_operation(out, cluster, history, ops->pdata[i], &here);
                }
            }
        }
    }
    cox_out_end(out);
}
