/* lib/view/clone_view.c - a clone as printed: its instances in one line where they are alike.  Layer 4. */
#include "view/clone_view.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "view/names.h"
#include "view/rsc_view.h"

struct gathered {
    const struct cox_view_how *how;
    GPtrArray *promoted; /* node names, borrowed */
    GPtrArray *started;
    guint32 n_active;
};

static void
print_instance(struct cox_out *out, const struct cox_cluster *cluster, guint32 rsc, const struct cox_view_how *how)
{
    if (cluster->rscs[rsc].variant == COX_GROUP) {
        cox_rsc_view_group(out, cluster, rsc, how);
    } else {
        cox_rsc_view_primitive(out, cluster, rsc, how);
    }
}

/* Has something below @rsc what makes an instance worth its own lines? */
static bool
is_special(const struct cox_cluster *cluster, guint32 rsc)
{
    guint32 end = cox_rsc_view_next(cluster, rsc);
    bool all_unmanaged = true;

    for (guint32 i = rsc; i < end; i++) {
        const struct cox_rsc_state *part = &cluster->rscs[i];

        if (part->is_orphan || (part->variant == COX_PRIMITIVE && part->is_failed)) {
            return true;
        }
        if (part->variant == COX_PRIMITIVE && part->is_managed) {
            all_unmanaged = false;
        }
    }
    return all_unmanaged;
}

static bool
is_pending(const struct cox_cluster *cluster, guint32 rsc)
{
    guint32 end = cox_rsc_view_next(cluster, rsc);

    for (guint32 i = rsc; i < end; i++) {
        if (cluster->rscs[i].pending_task != NULL) {
            return true;
        }
    }
    return false;
}

/* Does the instance get lines of its own?  If not, it is counted in @gathered. */
static bool
gather(const struct cox_cluster *cluster, guint32 clone, guint32 rsc, struct gathered *gathered)
{
    const struct cox_rsc_state *instance = &cluster->rscs[rsc];
    bool is_active = cox_rsc_view_active(cluster, rsc, false);
    guint32 node = COX_NODE_NONE;

    if (gathered->how->with_details) {
        return is_active || !instance->is_orphan;
    }
    if (cluster->rscs[clone].is_unique) {
        return is_active || !instance->is_orphan;
    }
    if (is_pending(cluster, rsc)) {
        return true;
    }
    if (!is_active) {
        return false;
    }
    if (is_special(cluster, rsc) || !cox_rsc_view_active(cluster, rsc, true)) {
        return true;
    }
    node = cox_rsc_view_location(cluster, rsc);
    if (node == COX_NODE_NONE || (!cluster->nodes[node].is_online && cluster->nodes[node].is_unclean)) {
        return true;
    }
    gathered->n_active++;
    g_ptr_array_add((cox_rsc_view_role(cluster, rsc) > COX_ROLE_UNPROMOTED) ? gathered->promoted : gathered->started,
                    (gpointer) (uintptr_t) cluster->nodes[node].name);
    return false;
}

static void
print_nodes(struct cox_out *out, const char *heading, GPtrArray *names)
{
    g_autofree char *joined = NULL;

    if (names->len == 0) {
        return;
    }
    cox_names_sort(names);
    joined = cox_names_join(names);
    cox_out_line(out, "%s: [ %s ]", heading, joined);
}

static bool
runs_on(const struct cox_cluster *cluster, guint32 clone, guint32 node)
{
    guint32 end = cox_rsc_view_next(cluster, clone);

    for (guint32 i = clone + 1; i < end; i++) {
        const struct cox_rsc_state *part = &cluster->rscs[i];

        for (size_t k = 0; k < part->n_running_on; k++) {
            if (part->running_on[k] == node) {
                return true;
            }
        }
    }
    return false;
}

/* Could the clone be looked for on this node? */
static bool
is_candidate(const struct cox_cluster *cluster, const struct cox_rsc_state *clone, guint32 node,
             const struct cox_view_how *how)
{
    if (cluster->nodes[node].is_ping || !cox_view_how_has_node(how, node)) {
        return false;
    }
    if (cluster->symmetric && clone->known_on == NULL) {
        return true;
    }
    for (size_t i = 0; i < clone->n_known_on; i++) {
        if (clone->known_on[i] == node) {
            return true;
        }
    }
    return false;
}

/* Nodes without an instance, by why: the heading is "Stopped", "Stopped (disabled)" or "Stopped (Not installed)". */
static void
print_stopped(struct cox_out *out, const struct cox_cluster *cluster, guint32 index, const struct cox_view_how *how)
{
    const struct cox_rsc_state *clone = &cluster->rscs[index];
    const char *usual = (clone->target_role == COX_ROLE_STOPPED) ? "Stopped (disabled)" : "Stopped";
    g_autoptr(GPtrArray) plain = g_ptr_array_new();
    g_autoptr(GPtrArray) reasons = g_ptr_array_new(); /* texts */
    g_autoptr(GPtrArray) lists = g_ptr_array_new_with_free_func((GDestroyNotify) g_ptr_array_unref);
    const struct cox_rsc_state *child = &cluster->rscs[MIN((size_t) index + 1, cluster->n_rscs - 1)];

    for (guint32 node = 0; node < cluster->n_nodes; node++) {
        const char *probe = NULL;
        guint at = 0;

        if (!is_candidate(cluster, clone, node, how) || runs_on(cluster, index, node)) {
            continue;
        }
        probe = cox_rsc_view_failed_probe(cluster, child, node);
        if (probe == NULL) {
            g_ptr_array_add(plain, (gpointer) (uintptr_t) cluster->nodes[node].name);
            continue;
        }
        while (at < reasons->len && strcmp(reasons->pdata[at], probe) != 0) {
            at++;
        }
        if (at == reasons->len) {
            g_ptr_array_add(reasons, (gpointer) (uintptr_t) probe);
            g_ptr_array_add(lists, g_ptr_array_new());
        }
        g_ptr_array_add(lists->pdata[at], (gpointer) (uintptr_t) cluster->nodes[node].name);
    }
    print_nodes(out, usual, plain);
    for (guint i = 0; i < reasons->len; i++) {
        g_autofree char *heading = g_strdup_printf("Stopped (%s)", (const char *) reasons->pdata[i]);

        print_nodes(out, heading, lists->pdata[i]);
    }
}

static void
begin_clone(struct cox_out *out, const struct cox_cluster *cluster, guint32 index, const struct cox_view_how *how)
{
    const struct cox_rsc_state *rsc = &cluster->rscs[index];
    g_autoptr(GString) flags = g_string_new(NULL);
    const char *child = "";

    if (cox_rsc_view_next(cluster, index) > index + 1) {
        const struct cox_rsc_state *first = &cluster->rscs[index + 1];

        child = (first->def != NULL) ? first->def->id : ((first->short_id != NULL) ? first->short_id : first->id);
    }
    if (rsc->is_promotable) {
        cox_names_flag(flags, "promotable");
    }
    if (rsc->is_unique) {
        cox_names_flag(flags, "unique");
    }
    cox_rsc_view_collective_flags(rsc, flags);
    cox_names_flags_close(flags);
    cox_out_begin(out, "clone", "id", rsc->id, NULL);
    cox_out_attr_bool(out, "multi_state", rsc->is_promotable);
    cox_out_attr_bool(out, "unique", rsc->is_unique);
    cox_out_attr_bool(out, "maintenance", rsc->is_maintenance);
    cox_out_attr_bool(out, "managed", rsc->is_managed);
    cox_out_attr_bool(out, "disabled", rsc->target_role == COX_ROLE_STOPPED);
    cox_out_attr_bool(out, "failed", rsc->is_failed);
    cox_out_attr_bool(out, "failure_ignored", rsc->is_ignored_failure);
    cox_out_attr(out, "target_role", cox_rsc_view_target_role(rsc));
    cox_out_attr(out, "description", (how->with_descriptions && rsc->def != NULL) ? rsc->def->description : NULL);
    cox_out_list_begin(out, "Clone Set: %s [%s]%s", rsc->id, child, flags->str);
}

/* How many instances the clone may have. */
static guint32
clone_max(const struct cox_cluster *cluster, guint32 index)
{
    const struct cox_rsc_state *clone = &cluster->rscs[index];
    const char *text = (clone->meta != NULL) ? cox_nvlist_get(clone->meta, "clone-max") : NULL;
    guint32 end = cox_rsc_view_next(cluster, index);
    guint32 n = 0;

    if (text != NULL) {
        return (guint32) MAX(0, atoi(text));
    }
    for (guint32 i = index + 1; i < end; i = cox_rsc_view_next(cluster, i)) {
        n += cluster->rscs[i].is_orphan ? 0 : 1;
    }
    return n;
}

void
cox_clone_view(struct cox_out *out, const struct cox_cluster *cluster, guint32 index, const struct cox_view_how *how)
{
    const struct cox_rsc_state *clone = &cluster->rscs[index];
    guint32 end = cox_rsc_view_next(cluster, index);
    struct gathered gathered = { how, g_ptr_array_new(), g_ptr_array_new(), 0 };

    begin_clone(out, cluster, index, how);
    for (guint32 i = index + 1; i < end; i = cox_rsc_view_next(cluster, i)) {
        bool has_lines = cox_view_how_wants_any(how, cluster, i) && gather(cluster, index, i, &gathered);

        if (!cox_view_how_wants_any(how, cluster, i)) {
            continue;
        }
        if (cox_out_is_text(out) ? has_lines : (!cluster->rscs[i].is_orphan || has_lines)) {
            print_instance(out, cluster, i, how);
        }
    }
    print_nodes(out, "Promoted", gathered.promoted);
    if (!clone->is_promotable) {
        print_nodes(out, "Started", gathered.started);
    } else if (clone->target_role == COX_ROLE_UNPROMOTED) {
        print_nodes(out, "Unpromoted (target-role)", gathered.started);
    } else {
        print_nodes(out, "Unpromoted", gathered.started);
    }
    if (how->with_inactive && !how->with_details && !clone->is_unique && clone_max(cluster, index) > gathered.n_active) {
        print_stopped(out, cluster, index, how);
    }
    cox_out_list_end(out);
    cox_out_end(out);
    g_ptr_array_free(gathered.promoted, TRUE);
    g_ptr_array_free(gathered.started, TRUE);
}
