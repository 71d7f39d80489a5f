/* lib/view/rsc_view.c - one resource instance as printed: primitives and groups; questions about instances.  Layer 4. */
#include "view/rsc_view.h"

#include <stdint.h>
#include <string.h>

#include "view/names.h"

guint32
cox_rsc_view_next(const struct cox_cluster *cluster, guint32 rsc)
{
    guint32 end = cluster->rscs[rsc].end;

    return (end > rsc) ? end : rsc + 1;
}

static bool
primitive_active(const struct cox_cluster *cluster, const struct cox_rsc_state *rsc)
{
    for (size_t i = 0; i < rsc->n_running_on; i++) {
        const struct cox_node_state *node = &cluster->nodes[rsc->running_on[i]];

        if (node->is_online || node->is_unclean || !rsc->is_managed) {
            return true;
        }
    }
    return false;
}

bool
cox_rsc_view_active(const struct cox_cluster *cluster, guint32 rsc, bool all)
{
    guint32 end = cox_rsc_view_next(cluster, rsc);
    bool is_active = false;

    for (guint32 i = rsc; i < end; i++) {
        if (cluster->rscs[i].variant != COX_PRIMITIVE) {
            continue;
        }
        if (primitive_active(cluster, &cluster->rscs[i])) {
            is_active = true;
        } else if (all) {
            return false;
        }
    }
    return is_active;
}

/* Is the primitive, or something it is in, promotable? */
static bool
is_in_promotable(const struct cox_cluster *cluster, guint32 rsc)
{
    while (rsc != COX_RSC_NONE) {
        if (cluster->rscs[rsc].is_promotable) {
            return true;
        }
        rsc = cluster->rscs[rsc].parent;
    }
    return false;
}

static enum cox_role
primitive_role(const struct cox_cluster *cluster, guint32 rsc)
{
    enum cox_role role = cluster->rscs[rsc].role;

    return (role == COX_ROLE_STARTED && is_in_promotable(cluster, rsc)) ? COX_ROLE_UNPROMOTED : role;
}

enum cox_role
cox_rsc_view_role(const struct cox_cluster *cluster, guint32 rsc)
{
    guint32 end = cox_rsc_view_next(cluster, rsc);
    enum cox_role highest = COX_ROLE_UNKNOWN;

    for (guint32 i = rsc; i < end; i++) {
        if (cluster->rscs[i].variant == COX_PRIMITIVE) {
            enum cox_role role = primitive_role(cluster, i);

            highest = MAX(highest, role);
        }
    }
    return highest;
}

guint32
cox_rsc_view_location(const struct cox_cluster *cluster, guint32 rsc)
{
    guint32 end = cox_rsc_view_next(cluster, rsc);
    guint32 found = COX_NODE_NONE;

    for (guint32 i = rsc; i < end; i++) {
        const struct cox_rsc_state *part = &cluster->rscs[i];

        for (size_t k = 0; part->variant == COX_PRIMITIVE && k < part->n_running_on; k++) {
            if (found != COX_NODE_NONE && found != part->running_on[k]) {
                return COX_NODE_NONE;
            }
            found = part->running_on[k];
        }
    }
    return found;
}

const char *
cox_rsc_view_failed_probe(const struct cox_cluster *cluster, const struct cox_rsc_state *rsc, guint32 node)
{
    for (size_t i = 0; i < cluster->n_failures; i++) {
        const struct cox_failure *failure = &cluster->failures[i];
        bool is_same = g_strcmp0(failure->rsc_id, rsc->id) == 0 || g_strcmp0(failure->rsc_id, rsc->short_id) == 0;

        if (!is_same || (node != COX_NODE_NONE && failure->node != node)) {
            continue;
        }
        if (g_strcmp0(failure->op->operation, "monitor") == 0 && failure->op->interval_ms == 0
            && (failure->op->rc == 5 || failure->op->status == COX_OP_STATUS_NOT_INSTALLED)) {
            return cox_names_result(failure->op->rc);
        }
    }
    return NULL;
}

/* ---- primitives ------------------------------------------------------------------------------------------- */

/* A recurring check that is running is said in the flags; what changes the state takes the state's place. */
static bool
is_check(const char *task)
{
    return g_str_equal(task, "Monitoring");
}

static const char *
shown_state(const struct cox_cluster *cluster, guint32 rsc)
{
    const char *task = cluster->rscs[rsc].pending_task;

    return (task != NULL && !is_check(task)) ? task : cox_role_text(primitive_role(cluster, rsc));
}

static bool
is_node_lost(const struct cox_cluster *cluster, guint32 node)
{
    return node != COX_NODE_NONE && !cluster->nodes[node].is_online && cluster->nodes[node].is_unclean;
}

static void
primitive_flags(const struct cox_cluster *cluster, guint32 index, guint32 node, GString *flags)
{
    const struct cox_rsc_state *rsc = &cluster->rscs[index];

    if (is_node_lost(cluster, node)) {
        cox_names_flag(flags, "UNCLEAN");
    }
    if (rsc->locked_to != NULL) {
        cox_names_flag(flags, "LOCKED");
    }
    if (rsc->pending_task != NULL && is_check(rsc->pending_task)) {
        cox_names_flag(flags, rsc->pending_task);
    }
    if (rsc->target_role == COX_ROLE_STOPPED) {
        cox_names_flag(flags, "disabled");
    } else if (rsc->target_role == COX_ROLE_UNPROMOTED && is_in_promotable(cluster, index)) {
        cox_names_flag(flags, "target-role:Unpromoted");
    }
    if (rsc->is_blocked) {
        cox_names_flag(flags, "blocked");
    } else if (rsc->is_maintenance) {
        cox_names_flag(flags, "maintenance");
    } else if (!rsc->is_managed) {
        cox_names_flag(flags, "unmanaged");
    }
    if (rsc->is_ignored_failure) {
        cox_names_flag(flags, "failure ignored");
    }
    cox_names_flags_close(flags);
}

static void
append_nodes(const struct cox_cluster *cluster, const struct cox_rsc_state *rsc, GString *line)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *joined = NULL;

    for (size_t i = 0; i < rsc->n_running_on; i++) {
        g_ptr_array_add(names, (gpointer) (uintptr_t) cluster->nodes[rsc->running_on[i]].name);
    }
    joined = cox_names_join(names);
    g_string_append_printf(line, " [ %s ]", joined);
}

char *
cox_rsc_view_line(const struct cox_cluster *cluster, guint32 index, const char *name, guint32 node)
{
    const struct cox_rsc_state *rsc = &cluster->rscs[index];
    enum cox_role role = primitive_role(cluster, index);
    g_autofree char *agent = cox_names_agent(rsc);
    GString *line = g_string_new(NULL);
    g_autoptr(GString) flags = g_string_new(NULL);
    const char *probe = NULL;

    g_string_append_printf(line, "%s\t(%s):\t", name, agent);
    if (rsc->is_orphan) {
        g_string_append(line, " ORPHANED");
    }
    if (rsc->is_failed) {
        g_string_append(line, " FAILED");
        if (role > COX_ROLE_UNPROMOTED) {
            g_string_append_printf(line, " %s", cox_role_text(role));
        }
    } else {
        g_string_append_printf(line, " %s", shown_state(cluster, index));
    }
    if (node != COX_NODE_NONE) {
        g_string_append_printf(line, " %s", cluster->nodes[node].name);
    } else if (rsc->locked_to != NULL) {
        g_string_append_printf(line, " %s", rsc->locked_to);
    }
    if (role == COX_ROLE_STOPPED) {
        probe = cox_rsc_view_failed_probe(cluster, rsc, node);
        if (probe != NULL) {
            g_string_append_printf(line, " (%s) ", probe);
        }
    }
    primitive_flags(cluster, index, node, flags);
    g_string_append(line, flags->str);
    if (node == COX_NODE_NONE && rsc->n_running_on > 1) {
        append_nodes(cluster, rsc, line);
    }
    return g_string_free(line, FALSE);
}

static void
primitive_element(struct cox_out *out, const struct cox_cluster *cluster, guint32 index)
{
    const struct cox_rsc_state *rsc = &cluster->rscs[index];
    g_autofree char *agent = cox_names_agent(rsc);
    bool keeps_number = rsc->is_unique || rsc->is_orphan || rsc->short_id == NULL;

    cox_out_begin(out, "resource", "id", keeps_number ? rsc->id : rsc->short_id, "resource_agent", agent, "role",
                  cox_role_text(primitive_role(cluster, index)), NULL);
    if (rsc->target_role != COX_ROLE_UNKNOWN) {
        cox_out_attr(out, "target_role", cox_role_text(rsc->target_role));
    }
    cox_out_attr_bool(out, "active", primitive_active(cluster, rsc));
    cox_out_attr_bool(out, "orphaned", rsc->is_orphan);
    cox_out_attr_bool(out, "removed", rsc->is_orphan);
    cox_out_attr_bool(out, "blocked", rsc->is_blocked);
    cox_out_attr_bool(out, "maintenance", rsc->is_maintenance);
    cox_out_attr_bool(out, "managed", rsc->is_managed);
    cox_out_attr_bool(out, "failed", rsc->is_failed);
    cox_out_attr_bool(out, "failure_ignored", rsc->is_ignored_failure);
    cox_out_attrf(out, "nodes_running_on", "%zu", rsc->n_running_on);
    cox_out_attr(out, "pending", rsc->pending_task);
    cox_out_attr(out, "locked_to", rsc->locked_to);
    cox_out_attr(out, "description", (rsc->def != NULL) ? rsc->def->description : NULL);
    for (size_t i = 0; i < rsc->n_running_on; i++) {
        const struct cox_node_state *node = &cluster->nodes[rsc->running_on[i]];

        cox_out_begin(out, "node", "name", node->name, "id", node->id, NULL);
        cox_out_attr_bool(out, "cached", !node->is_online);
        cox_out_end(out);
    }
    cox_out_end(out);
}

void
cox_rsc_view_primitive(struct cox_out *out, const struct cox_cluster *cluster, guint32 index)
{
    const struct cox_rsc_state *rsc = &cluster->rscs[index];
    guint32 node = (rsc->n_running_on == 1) ? rsc->running_on[0] : COX_NODE_NONE;
    bool keeps_number = rsc->is_unique || rsc->short_id == NULL;
    g_autofree char *line = NULL;

    primitive_element(out, cluster, index);
    if (node == COX_NODE_NONE && rsc->n_running_on == 0 && rsc->pending_task != NULL) {
        node = rsc->pending_node;
    }
    line = cox_rsc_view_line(cluster, index, keeps_number ? rsc->id : rsc->short_id, node);
    cox_out_line(out, "%s", line);
}

/* ---- groups ----------------------------------------------------------------------------------------------- */

void
cox_rsc_view_collective_flags(const struct cox_rsc_state *rsc, GString *flags)
{
    if (rsc->is_disabled) {
        cox_names_flag(flags, "disabled");
    }
    if (rsc->is_maintenance) {
        cox_names_flag(flags, "maintenance");
    } else if (!rsc->is_managed) {
        cox_names_flag(flags, "unmanaged");
    }
}

void
cox_rsc_view_group(struct cox_out *out, const struct cox_cluster *cluster, guint32 index)
{
    const struct cox_rsc_state *rsc = &cluster->rscs[index];
    guint32 end = cox_rsc_view_next(cluster, index);
    g_autoptr(GString) flags = g_string_new(NULL);
    guint32 n_members = 0;

    for (guint32 i = index + 1; i < end; i = cox_rsc_view_next(cluster, i)) {
        n_members++;
    }
    cox_rsc_view_collective_flags(rsc, flags);
    cox_names_flags_close(flags);
    cox_out_begin(out, "group", "id", rsc->id, NULL);
    cox_out_attrf(out, "number_resources", "%u", n_members);
    cox_out_attr_bool(out, "maintenance", rsc->is_maintenance);
    cox_out_attr_bool(out, "managed", rsc->is_managed);
    cox_out_attr_bool(out, "disabled", rsc->target_role == COX_ROLE_STOPPED);
    cox_out_attr(out, "description", (rsc->def != NULL) ? rsc->def->description : NULL);
    cox_out_list_begin(out, "Resource Group: %s%s", rsc->id, flags->str);
    for (guint32 i = index + 1; i < end; i = cox_rsc_view_next(cluster, i)) {
        cox_rsc_view_primitive(out, cluster, i);
    }
    cox_out_list_end(out);
    cox_out_end(out);
}
