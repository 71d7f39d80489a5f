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

/* Instances of an anonymous clone are one resource to the history: "ping:0" is "ping". */
static bool
is_same_rsc(const struct cox_rsc_state *rsc, const char *id)
{
    size_t length = (rsc->short_id != NULL) ? strlen(rsc->short_id) : 0;

    return g_strcmp0(id, rsc->id) == 0 || g_strcmp0(id, rsc->short_id) == 0
           || (!rsc->is_unique && length > 0 && strncmp(id, rsc->short_id, length) == 0 && id[length] == ':');
}

const char *
cox_rsc_view_failed_probe(const struct cox_cluster *cluster, const struct cox_rsc_state *rsc, guint32 node)
{
    for (size_t i = 0; i < cluster->n_failures; i++) {
        const struct cox_failure *failure = &cluster->failures[i];
        bool is_same = is_same_rsc(rsc, failure->rsc_id);

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

const char *
cox_rsc_view_target_role(const struct cox_rsc_state *rsc)
{
    return (rsc->meta != NULL) ? cox_nvlist_get(rsc->meta, "target-role") : NULL;
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
cox_rsc_view_line(const struct cox_cluster *cluster, guint32 index, const char *name, guint32 node,
                  const struct cox_view_how *how)
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
    if (node != COX_NODE_NONE && how->is_by_node) {
        /* It stands below its node. */
    } else if (node != COX_NODE_NONE) {
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
    if (how->with_descriptions && rsc->def != NULL && rsc->def->description != NULL) {
        g_string_append_printf(line, " (%s)", rsc->def->description);
    }
    if (node == COX_NODE_NONE && rsc->n_running_on > 1) {
        append_nodes(cluster, rsc, line);
    }
    return g_string_free(line, FALSE);
}

static void
primitive_element(struct cox_out *out, const struct cox_cluster *cluster, guint32 index, const struct cox_view_how *how)
{
    const struct cox_rsc_state *rsc = &cluster->rscs[index];
    g_autofree char *agent = cox_names_agent(rsc);
    bool keeps_number = rsc->is_unique || rsc->is_orphan || rsc->short_id == NULL;

    cox_out_begin(out, "resource", "id", keeps_number ? rsc->id : rsc->short_id, "resource_agent", agent, "role",
                  cox_role_text(primitive_role(cluster, index)), NULL);
    cox_out_attr(out, "target_role", cox_rsc_view_target_role(rsc));
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
    cox_out_attr(out, "description", (how->with_descriptions && rsc->def != NULL) ? rsc->def->description : NULL);
    for (size_t i = 0; i < rsc->n_running_on; i++) {
        const struct cox_node_state *node = &cluster->nodes[rsc->running_on[i]];

        cox_out_begin(out, "node", "name", node->name, "id", node->id, NULL);
        cox_out_attr_bool(out, "cached", node->is_online);
        cox_out_end(out);
    }
    cox_out_end(out);
}

void
cox_rsc_view_primitive(struct cox_out *out, const struct cox_cluster *cluster, guint32 index,
                       const struct cox_view_how *how)
{
    const struct cox_rsc_state *rsc = &cluster->rscs[index];
    guint32 node = (rsc->n_running_on == 1) ? rsc->running_on[0] : COX_NODE_NONE;
    bool keeps_number = rsc->is_unique || rsc->short_id == NULL;
    g_autofree char *line = NULL;

    primitive_element(out, cluster, index, how);
    if (node == COX_NODE_NONE && rsc->n_running_on == 0 && rsc->pending_task != NULL) {
        node = rsc->pending_node;
    }
    line = cox_rsc_view_line(cluster, index, keeps_number ? rsc->id : rsc->short_id, node, how);
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

/* Without the inactive, a group says how many of its members are. */
static void
group_flags(const struct cox_cluster *cluster, guint32 index, const struct cox_view_how *how, GString *flags)
{
    guint32 end = cox_rsc_view_next(cluster, index);
    guint32 n_inactive = 0;

    for (guint32 i = index + 1; i < end && !how->with_inactive; i++) {
        n_inactive += cox_rsc_view_active(cluster, i, false) ? 0 : 1;
    }
    if (n_inactive > 0) {
        g_autofree char *text = g_strdup_printf("%u member%s inactive", n_inactive, (n_inactive == 1) ? "" : "s");

        cox_names_flag(flags, text);
    }
    cox_rsc_view_collective_flags(&cluster->rscs[index], flags);
    cox_names_flags_close(flags);
}

static void
print_members(struct cox_out *out, const struct cox_cluster *cluster, guint32 index, const struct cox_view_how *how)
{
    guint32 end = cox_rsc_view_next(cluster, index);

    if (how->is_brief && cox_out_is_text(out)) {
        cox_rsc_view_brief(out, cluster, index, how);
        return;
    }
    for (guint32 i = index + 1; i < end; i = cox_rsc_view_next(cluster, i)) {
        if (cox_view_how_wants(how, cluster, i) && (how->with_inactive || cox_rsc_view_active(cluster, i, false))) {
            cox_rsc_view_primitive(out, cluster, i, how);
        }
    }
}

void
cox_rsc_view_group(struct cox_out *out, const struct cox_cluster *cluster, guint32 index,
                   const struct cox_view_how *how)
{
    const struct cox_rsc_state *rsc = &cluster->rscs[index];
    guint32 end = cox_rsc_view_next(cluster, index);
    g_autoptr(GString) flags = g_string_new(NULL);
    guint32 n_members = 0;

    if (!how->with_inactive && !cox_rsc_view_active(cluster, index, false)) {
        return;
    }
    for (guint32 i = index + 1; i < end; i = cox_rsc_view_next(cluster, i)) {
        n_members += cox_view_how_has_rsc(how, i) ? 1 : 0;
    }
    group_flags(cluster, index, how, flags);
    cox_out_begin(out, "group", "id", rsc->id, NULL);
    cox_out_attrf(out, "number_resources", "%u", n_members);
    cox_out_attr_bool(out, "maintenance", rsc->is_maintenance);
    cox_out_attr_bool(out, "managed", rsc->is_managed);
    cox_out_attr_bool(out, "disabled", rsc->target_role == COX_ROLE_STOPPED);
    cox_out_attr(out, "description", (how->with_descriptions && rsc->def != NULL) ? rsc->def->description : NULL);
    cox_out_list_begin(out, "Resource Group: %s%s", rsc->id, flags->str);
    print_members(out, cluster, index, how);
    cox_out_list_end(out);
    cox_out_end(out);
}

/* ---- numbers by agent ------------------------------------------------------------------------------------- */

/* A line of the short list. */
struct tally {
    char *agent;
    guint32 node; /* COX_NODE_NONE: runs nowhere */
    guint32 n_active, n_all;
};

static struct tally *
tally_of(GArray *tallies, const struct cox_rsc_state *rsc, guint32 node)
{
    g_autofree char *agent = cox_names_agent(rsc);
    struct tally fresh = { NULL, node, 0, 0 };

    for (guint i = 0; i < tallies->len; i++) {
        struct tally *tally = &g_array_index(tallies, struct tally, i);

        if (tally->node == node && strcmp(tally->agent, agent) == 0) {
            return tally;
        }
    }
    fresh.agent = g_steal_pointer(&agent);
    g_array_append_val(tallies, fresh);
    return &g_array_index(tallies, struct tally, tallies->len - 1);
}

static void
tally_clear(gpointer data)
{
    g_free(((struct tally *) data)->agent);
}

static gint
compare_tallies(gconstpointer a, gconstpointer b)
{
    const struct tally *first = a;
    const struct tally *second = b;
    int by_agent = strcmp(first->agent, second->agent);

    return (by_agent != 0) ? by_agent : (first->node > second->node) - (first->node < second->node);
}

/* Members that run nowhere belong to every line of their agent ("2/4"), or get one of their own. */
static void
count_inactive(GArray *tallies, const struct cox_rsc_state *rsc)
{
    g_autofree char *agent = cox_names_agent(rsc);
    bool is_counted = false;

    for (guint i = 0; i < tallies->len; i++) {
        struct tally *tally = &g_array_index(tallies, struct tally, i);

        if (strcmp(tally->agent, agent) == 0) {
            tally->n_all++;
            is_counted = true;
        }
    }
    if (!is_counted) {
        tally_of(tallies, rsc, COX_NODE_NONE)->n_all++;
    }
}

static void
print_tally(struct cox_out *out, const struct cox_cluster *cluster, const struct tally *tally,
            const struct cox_view_how *how)
{
    const char *node = (tally->node == COX_NODE_NONE || how->is_by_node) ? "" : cluster->nodes[tally->node].name;

    if (tally->n_all > tally->n_active && how->with_inactive) {
        cox_out_line(out, "%u/%u\t(%s):\tActive %s", tally->n_active, tally->n_all, tally->agent, node);
    } else if (tally->n_active > 0) {
        cox_out_line(out, "%u\t(%s):\tActive %s", tally->n_active, tally->agent, node);
    }
}

static void
print_tallies(struct cox_out *out, const struct cox_cluster *cluster, GArray *tallies, const struct cox_view_how *how)
{
    g_array_sort(tallies, compare_tallies);
    for (guint i = 0; i < tallies->len; i++) {
        print_tally(out, cluster, &g_array_index(tallies, struct tally, i), how);
    }
}

static GArray *
new_tallies(void)
{
    GArray *tallies = g_array_new(FALSE, FALSE, sizeof(struct tally));

    g_array_set_clear_func(tallies, tally_clear);
    return tallies;
}

void
cox_rsc_view_brief(struct cox_out *out, const struct cox_cluster *cluster, guint32 parent,
                   const struct cox_view_how *how)
{
    g_autoptr(GArray) tallies = new_tallies();
    guint32 begin = (parent == COX_RSC_NONE) ? 0 : parent + 1;
    guint32 end = (parent == COX_RSC_NONE) ? (guint32) cluster->n_rscs : cox_rsc_view_next(cluster, parent);

    for (int pass = 0; pass < 2; pass++) {
        for (guint32 i = begin; i < end; i = cox_rsc_view_next(cluster, i)) {
            const struct cox_rsc_state *rsc = &cluster->rscs[i];

            if (rsc->variant != COX_PRIMITIVE || rsc->is_implicit || !cox_view_how_wants(how, cluster, i)) {
                continue;
            }
            if (pass == 1 && rsc->n_running_on == 0) {
                count_inactive(tallies, rsc);
            }
            for (size_t k = 0; pass == 0 && k < rsc->n_running_on; k++) {
                struct tally *tally = tally_of(tallies, rsc, rsc->running_on[k]);

                tally->n_active++;
                tally->n_all++;
            }
        }
    }
    print_tallies(out, cluster, tallies, how);
}

void
cox_rsc_view_brief_on(struct cox_out *out, const struct cox_cluster *cluster, guint32 node,
                      const struct cox_view_how *how)
{
    g_autoptr(GArray) tallies = new_tallies();

    for (guint32 i = 0; i < cluster->n_rscs; i++) {
        const struct cox_rsc_state *rsc = &cluster->rscs[i];

        for (size_t k = 0; rsc->variant == COX_PRIMITIVE && cox_view_how_has_rsc(how, i) && k < rsc->n_running_on; k++) {
            if (rsc->running_on[k] == node) {
                struct tally *tally = tally_of(tallies, rsc, node);

                tally->n_active++;
                tally->n_all++;
            }
        }
    }
    print_tallies(out, cluster, tallies, how);
}
