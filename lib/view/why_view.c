/* lib/view/why_view.c - why a resource does not run, or not there.  Layer 4. */
#include "view/why_view.h"

#include <string.h>

#include "view/rsc_view.h"

static bool
runs_on(const struct cox_cluster *cluster, guint32 rsc, guint32 node)
{
    guint32 end = cox_rsc_view_next(cluster, rsc);

    for (guint32 i = rsc; i < end; i++) {
        const struct cox_rsc_state *state = &cluster->rscs[i];

        for (size_t k = 0; state->variant == COX_PRIMITIVE && k < state->n_running_on; k++) {
            if (node == COX_NODE_NONE || state->running_on[k] == node) {
                return true;
            }
        }
    }
    return false;
}

static bool
is_unhealthy(const struct cox_node_state *node, const char *strategy)
{
    return node->health < 0 && strategy != NULL && strcmp(strategy, "none") != 0;
}

/* Is the node, or are all nodes that are up, too sick for resources? */
static bool
keeps_away(const struct cox_cluster *cluster, guint32 node, const char *strategy)
{
    bool is_any_up = false;

    if (node != COX_NODE_NONE) {
        return is_unhealthy(&cluster->nodes[node], strategy);
    }
    for (size_t i = 0; i < cluster->n_nodes; i++) {
        if (cluster->nodes[i].is_online && !is_unhealthy(&cluster->nodes[i], strategy)) {
            return false;
        }
        is_any_up = is_any_up || cluster->nodes[i].is_online;
    }
    return is_any_up;
}

/* What the configuration and the nodes say against it. */
static void
print_check(struct cox_out *out, const struct cox_cluster *cluster, guint32 rsc, guint32 node, const char *strategy)
{
    const struct cox_rsc_state *state = &cluster->rscs[rsc];
    guint32 top = rsc;

    while (cluster->rscs[top].parent != COX_RSC_NONE) {
        top = cluster->rscs[top].parent;
    }
    cox_out_begin(out, "check", "id", cluster->rscs[top].id, NULL);
    if (state->target_role == COX_ROLE_STOPPED) {
        cox_out_attr(out, "remain_stopped", "true");
        cox_out_line(out, "* Configuration specifies '%s' should remain stopped", cluster->rscs[top].id);
    } else if (state->target_role == COX_ROLE_UNPROMOTED && cluster->rscs[top].is_promotable) {
        cox_out_attr(out, "promotable", "false");
        cox_out_line(out, "* Configuration specifies '%s' should not be promoted", cluster->rscs[top].id);
    }
    if (!state->is_managed) {
        cox_out_attr(out, "unmanaged", "true");
        cox_out_line(out, "* Configuration prevents cluster from stopping or starting unmanaged '%s'", cluster->rscs[top].id);
    }
    if (state->locked_to != NULL) {
        cox_out_attr(out, "locked-to", state->locked_to);
        cox_out_line(out, "* '%s' is locked to node %s due to shutdown", cluster->rscs[top].id, state->locked_to);
    }
    if (keeps_away(cluster, node, strategy)) {
        cox_out_attr(out, "unhealthy", "true");
        cox_out_line(out, "* '%s' cannot run on unhealthy nodes due to node-health-strategy='%s'", cluster->rscs[top].id, strategy);
    }
    cox_out_end(out);
}

static void
explain_one(struct cox_out *out, const struct cox_cluster *cluster, guint32 rsc, guint32 node, const char *strategy)
{
    const char *id = cluster->rscs[rsc].id;
    bool runs = runs_on(cluster, rsc, node);

    if (node != COX_NODE_NONE) {
        cox_out_begin(out, "reason", "running_on", runs ? cluster->nodes[node].name : NULL, NULL);
        cox_out_line(out, "Resource %s is %srunning on host %s", id, runs ? "" : "not ", cluster->nodes[node].name);
    } else {
        cox_out_begin(out, "reason", "running", runs ? "true" : "false", NULL);
        cox_out_line(out, "Resource %s is %srunning", id, runs ? "" : "not ");
    }
    print_check(out, cluster, rsc, node, strategy);
    cox_out_end(out);
}

static void
explain_all(struct cox_out *out, const struct cox_cluster *cluster, guint32 node, const char *strategy)
{
    cox_out_begin(out, "reason", NULL);
    cox_out_begin(out, "resources", NULL);
    for (guint32 i = 0; i < cluster->n_rscs; i = cox_rsc_view_next(cluster, i)) {
        const char *id = cluster->rscs[i].id;
        bool runs = runs_on(cluster, i, node);

        cox_out_begin(out, "resource", "id", id, "running", runs ? "true" : "false", "host",
                      (node != COX_NODE_NONE) ? cluster->nodes[node].name : NULL, NULL);
        if (node != COX_NODE_NONE) {
            cox_out_line(out, "Resource %s is %srunning on host %s", id, runs ? "" : "not ", cluster->nodes[node].name);
        } else {
            cox_out_line(out, "Resource %s is %srunning", id, runs ? "" : "not ");
        }
        print_check(out, cluster, i, node, strategy);
        cox_out_end(out);
    }
    cox_out_end(out);
    cox_out_end(out);
}

void
cox_why_view(struct cox_out *out, const struct cox_cluster *cluster, guint32 rsc, guint32 node, const char *strategy)
{
    if (rsc == COX_RSC_NONE) {
        explain_all(out, cluster, node, strategy);
    } else {
        explain_one(out, cluster, rsc, node, strategy);
    }
}
