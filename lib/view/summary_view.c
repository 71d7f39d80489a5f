/* lib/view/summary_view.c - the head of a cluster's state: who leads, is there quorum, how much is configured.  Layer 4. */
#include "view/summary_view.h"

#include "view/cluster_view.h"
#include "view/names.h"
#include "view/node_view.h"

static const char *
or_empty(const char *text)
{
    return (text != NULL) ? text : "";
}

static void
print_stack(struct cox_out *out, const struct cox_cluster *cluster)
{
    const char *stack = (cluster->stack != NULL) ? cluster->stack : "unknown";

    cox_out_leaf(out, "stack", "type", stack, NULL);
    cox_out_line(out, "Stack: %s", stack);
}

static void
print_dc(struct cox_out *out, const struct cox_cluster *cluster, const struct cox_view_how *how)
{
    const struct cox_node_state *dc = (cluster->dc == COX_NODE_NONE) ? NULL : &cluster->nodes[cluster->dc];
    bool mixed = cox_node_view_is_mixed(cluster);

    cox_out_begin(out, "current_dc", NULL);
    cox_out_attr_bool(out, "present", dc != NULL);
    if (dc == NULL) {
        cox_out_line(out, "Current DC: NONE");
    } else {
        g_autofree char *name = cox_node_view_name(cluster, cluster->dc, how);

        cox_out_attr(out, "version", or_empty(cluster->dc_version));
        cox_out_attr(out, "name", dc->name);
        cox_out_attr(out, "id", dc->id);
        cox_out_attr_bool(out, "with_quorum", cluster->has_quorum);
        cox_out_attr_bool(out, "mixed_version", mixed);
        cox_out_line(out, "Current DC: %s (version %s) - %spartition %s quorum", name,
                     (cluster->dc_version != NULL) ? cluster->dc_version : "unknown", mixed ? "MIXED-VERSION " : "",
                     cluster->has_quorum ? "with" : "WITHOUT");
    }
    cox_out_end(out);
}

static void
print_times(struct cox_out *out, const struct cox_monitor_view *view)
{
    const struct cox_cib_header *header = &view->config->header;
    g_autofree char *now = cox_names_clock(cox_wall_seconds(view->now), view->how->zone);
    g_autoptr(GString) who = g_string_new(NULL);

    cox_out_leaf(out, "last_update", "time", now, "origin", view->origin, NULL);
    cox_out_leaf(out, "last_change", "time", or_empty(header->last_written), "user", or_empty(header->update_user), "client",
                 or_empty(header->update_client), "origin", or_empty(header->update_origin), NULL);
    if (header->update_user != NULL) {
        g_string_append_printf(who, " by %s", header->update_user);
    }
    if (header->update_client != NULL) {
        g_string_append_printf(who, " via %s", header->update_client);
    }
    if (header->update_origin != NULL) {
        g_string_append_printf(who, " on %s", header->update_origin);
    }
    cox_out_line(out, "Last updated: %s%s%s", now, (view->origin != NULL) ? " on " : "", or_empty(view->origin));
    cox_out_line(out, "Last change:  %s%s", or_empty(header->last_written), who->str);
}

static void
print_counts(struct cox_out *out, const struct cox_cluster *cluster)
{
    guint32 n_rscs = cox_cluster_view_count(cluster);
    g_autoptr(GString) remark = g_string_new(NULL);

    cox_out_begin(out, "nodes_configured", NULL);
    cox_out_attrf(out, "number", "%zu", cluster->n_nodes);
    cox_out_end(out);
    cox_out_line(out, "%zu node%s configured", cluster->n_nodes, (cluster->n_nodes == 1) ? "" : "s");
    if (cluster->n_disabled > 0) {
        g_autofree char *text = g_strdup_printf("%u DISABLED", cluster->n_disabled);

        cox_names_flag(remark, text);
    }
    if (cluster->n_blocked > 0) {
        g_autofree char *text = g_strdup_printf("%u BLOCKED from further action due to failure", cluster->n_blocked);

        cox_names_flag(remark, text);
    }
    cox_names_flags_close(remark);
    cox_out_begin(out, "resources_configured", NULL);
    cox_out_attrf(out, "number", "%u", n_rscs);
    cox_out_attrf(out, "disabled", "%u", cluster->n_disabled);
    cox_out_attrf(out, "blocked", "%u", cluster->n_blocked);
    cox_out_end(out);
    cox_out_line(out, "%u resource instance%s configured%s", n_rscs, (n_rscs == 1) ? "" : "s", remark->str);
}

static const char *
policy_meaning(const char *policy)
{
    static const struct {
        const char *policy, *meaning;
    } rows[] = {
        { "freeze", "Freeze resources" },
        { "stop", "Stop ALL resources" },
        { "demote", "Demote promotable resources and stop all other resources" },
        { "ignore", "Ignore" },
        { "fence", "Suicide" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (g_strcmp0(rows[i].policy, policy) == 0) {
            return rows[i].meaning;
        }
    }
    return or_empty(policy);
}

static void
print_options(struct cox_out *out, const struct cox_cluster *cluster)
{
    cox_out_begin(out, "cluster_options", NULL);
    cox_out_attr_bool(out, "fencing-enabled", cluster->fencing_enabled);
    cox_out_attrf(out, "fencing-timeout-ms", "%" G_GINT64_FORMAT, cluster->fencing_timeout_ms);
    cox_out_attr_bool(out, "symmetric-cluster", cluster->symmetric);
    cox_out_attr(out, "no-quorum-policy", cluster->no_quorum_policy);
    cox_out_attr_bool(out, "maintenance-mode", cluster->maintenance_mode);
    cox_out_attr_bool(out, "stop-all-resources", cluster->stop_all);
    cox_out_attrf(out, "priority-fencing-delay-ms", "%" G_GINT64_FORMAT, cluster->priority_fencing_delay_ms);
    cox_out_attr_bool(out, "stonith-enabled", cluster->fencing_enabled);
    cox_out_attrf(out, "stonith-timeout-ms", "%" G_GINT64_FORMAT, cluster->fencing_timeout_ms);
    cox_out_end(out);
    cox_out_line(out, "Fencing of failed nodes %s", cluster->fencing_enabled ? "enabled" : "disabled");
    cox_out_line(out, "%s cluster", cluster->symmetric ? "Symmetric" : "Asymmetric");
    cox_out_line(out, "No quorum policy: %s", policy_meaning(cluster->no_quorum_policy));
}

bool
cox_summary_view(struct cox_out *out, const struct cox_monitor_view *view)
{
    guint32 wanted = view->sections & (COX_MONITOR_SUMMARY | COX_MONITOR_OPTIONS) & ~(guint32) COX_MONITOR_MAINTENANCE;

    if (wanted == 0) {
        return false;
    }
    cox_out_begin(out, "summary", NULL);
    cox_out_list_begin(out, "Cluster Summary");
    if ((wanted & COX_MONITOR_STACK) != 0) {
        print_stack(out, view->cluster);
    }
    if ((wanted & COX_MONITOR_DC) != 0) {
        print_dc(out, view->cluster, view->how);
    }
    if ((wanted & COX_MONITOR_TIMES) != 0) {
        print_times(out, view);
    }
    if ((wanted & COX_MONITOR_COUNTS) != 0) {
        print_counts(out, view->cluster);
    }
    if ((wanted & COX_MONITOR_OPTIONS) != 0) {
        print_options(out, view->cluster);
    }
    cox_out_list_end(out);
    cox_out_end(out);
    return true;
}
