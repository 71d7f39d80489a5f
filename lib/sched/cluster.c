/* lib/sched/cluster.c - the state for people: a frozen copy for views.  Layer 3, pure. */
#include "sched/work_priv.h"

#include <stdint.h>
#include <string.h>

static bool
is_bundle_node(const struct sched_node *node)
{
    return node->remote_rsc != NULL && node->remote_rsc->replica >= 0;
}

static void
fill_node(const struct sched_work *work, const struct sched_node *node, struct cox_node_state *out)
{
    struct cox_nvlist *attrs = cox_arena_new_array(work->arena, struct cox_nvlist, 1);
    struct cox_nvlist *utilization = cox_arena_new_array(work->arena, struct cox_nvlist, 1);

    *attrs = node->attrs;
    *utilization = node->utilization;
    *out = (struct cox_node_state) {
        .name = node->name,
        .id = node->id,
        .is_remote = node->kind == SCHED_NODE_REMOTE,
        .is_guest = node->is_guest,
        .is_bundle_node = is_bundle_node(node),
        .is_ping = node->kind == SCHED_NODE_PING,
        .is_online = node->is_online,
        .is_standby = node->is_standby,
        .is_standby_onfail = node->is_standby_onfail,
        .is_maintenance = node->is_maintenance,
        .is_pending = node->is_pending,
        .is_unclean = node->is_unclean,
        .is_shutdown = node->is_shutdown,
        .is_expected_up = node->is_expected_up,
        .is_dc = node->is_dc,
        .is_unseen = node->is_unseen,
        .was_fenced = node->remote_was_fenced,
        .health = node->health,
        .n_running = node->running == NULL ? 0 : node->running->len,
        .guest_rsc = COX_RSC_NONE,
        .attributes = attrs,
        .utilization = utilization,
        .remaining = utilization,
        .feature_set = cox_nvlist_get(&node->attrs, "#feature-set"),
    };
}

static const char *
pending_text(const struct sched_rsc *rsc)
{
    static const struct {
        const char *task, *text;
    } texts[] = {
        { "start", "Starting" },         { "stop", "Stopping" },          { "migrate_to", "Migrating" },
        { "migrate_from", "Migrating" }, { "promote", "Promoting" },      { "demote", "Demoting" },
        { "monitor", "Monitoring" },     { "probe", NULL },
    };

    for (size_t i = 0; rsc->pending_task != NULL && i < G_N_ELEMENTS(texts); i++) {
        if (strcmp(rsc->pending_task, texts[i].task) == 0) {
            return texts[i].text;
        }
    }
    return NULL;
}

static bool
inside_container(const struct sched_rsc *rsc)
{
    return rsc->replica >= 0 && !rsc->is_implicit;
}

static void
fill_rsc(const struct sched_work *work, const struct sched_rsc *rsc, guint32 parent, struct cox_rsc_state *out)
{
    guint32 n = rsc->running_on.n;
    guint32 *running = cox_arena_new_array(work->arena, guint32, n);

    for (guint32 i = 0; i < n; i++) {
        running[i] = ((const struct sched_node *) rsc->running_on.items[i])->idx;
    }
    *out = (struct cox_rsc_state) {
        .id = rsc->id,
        .short_id = rsc->history_id != NULL ? rsc->history_id : rsc->id,
        .variant = rsc->variant,
        .parent = parent,
        .def = rsc->is_orphan && rsc->parent == NULL ? NULL : rsc->def,
        .standard = rsc->standard,
        .provider = rsc->provider,
        .type = rsc->type,
        .role = rsc->role,
        .next_role = rsc->next_role,
        .is_orphan = rsc->is_orphan,
        .is_managed = rsc->is_managed,
        .is_failed = rsc->is_failed,
        .is_blocked = rsc->is_blocked,
        .is_unique = rsc->meta.is_unique,
        .is_promotable = rsc->meta.is_promotable,
        .is_maintenance = rsc->is_maintenance,
        .is_ignored_failure = rsc->is_failure_ignored,
        .is_disabled = rsc->is_disabled,
        .is_container_child = inside_container(rsc),
        .target_role = rsc->meta.target_role,
        .pending_task = work->input->is_settled ? NULL : pending_text(rsc),
        .running_on = running,
        .n_running_on = n,
        .pending_node = rsc->pending_node == NULL ? COX_NODE_NONE : rsc->pending_node->idx,
        .locked_to = rsc->lock_node == NULL ? NULL : rsc->lock_node->name,
        .is_implicit = rsc->is_implicit,
        .replica = rsc->replica,
        .meta = &rsc->meta_raw,
        .utilization = &rsc->utilization,
    };
}

/* Where the status looks for instances of a clone. */
static void
fill_known_on(const struct sched_work *work, const struct sched_rsc *clone, struct cox_rsc_state *out)
{
    guint32 *nodes = cox_arena_new_array(work->arena, guint32, work->n_nodes);

    for (guint32 n = 0; n < work->n_nodes; n++) {
        if (work->opt.symmetric ? clone->cells[n].is_present : sched_rsc_is_known_on(clone, g_ptr_array_index(work->nodes, n))) {
            nodes[out->n_known_on++] = n;
        }
    }
    out->known_on = nodes;
}

/* Pre-order, as the header promises; the depth is that of the shapes, not of anything a user can choose. */
static guint32
fill_tree(const struct sched_work *work, const struct sched_rsc *rsc, guint32 parent, GArray *out, GHashTable *places)
{
    struct cox_rsc_state state;
    guint32 at = out->len;

    fill_rsc(work, rsc, parent, &state);
    if (rsc->variant == COX_CLONE) {
        fill_known_on(work, rsc, &state);
    }
    g_array_append_val(out, state);
    g_hash_table_insert(places, (gpointer) (uintptr_t) rsc, GUINT_TO_POINTER(at));
    for (guint i = 0; rsc->children != NULL && i < rsc->children->len; i++) {
        fill_tree(work, g_ptr_array_index(rsc->children, i), at, out, places);
    }
    g_array_index(out, struct cox_rsc_state, at).end = out->len;
    return at;
}

/* What a guest runs in; there are few guests, and this is asked once for a whole state. */
static void
fill_guests(const struct sched_work *work, const GArray *rscs, struct cox_node_state *nodes)
{
    for (guint32 n = 0; n < work->n_nodes; n++) {
        const struct sched_node *node = g_ptr_array_index(work->nodes, n);

        if (!node->is_guest || node->remote_rsc == NULL || node->remote_rsc->container == NULL) {
            continue;
        }
        for (guint32 i = 0; i < rscs->len && nodes[n].guest_rsc == COX_RSC_NONE; i++) {
            if (strcmp(g_array_index(rscs, struct cox_rsc_state, i).id, node->remote_rsc->container->id) == 0) {
                nodes[n].guest_rsc = i;
            }
        }
    }
}

/* What runs on each node, as indices of the frozen copy. */
static void
fill_running(const struct sched_work *work, GHashTable *places, struct cox_node_state *nodes)
{
    for (guint32 n = 0; n < work->n_nodes; n++) {
        const struct sched_node *node = g_ptr_array_index(work->nodes, n);
        guint32 *running = cox_arena_new_array(work->arena, guint32, nodes[n].n_running);

        for (guint32 i = 0; i < nodes[n].n_running; i++) {
            running[i] = GPOINTER_TO_UINT(g_hash_table_lookup(places, g_ptr_array_index(node->running, i)));
        }
        nodes[n].running = running;
    }
}

static void
fill_failures(const struct sched_work *work, struct cox_cluster *cluster)
{
    struct cox_failure *failures = cox_arena_new_array(work->arena, struct cox_failure, work->failures->len);

    for (guint i = 0; i < work->failures->len; i++) {
        const struct sched_failure *failure = g_ptr_array_index(work->failures, i);

        failures[i] = (struct cox_failure) { failure->op, failure->rsc->id, failure->node->idx };
    }
    cluster->failures = failures;
    cluster->n_failures = work->failures->len;
}

static void
fill_tickets(const struct sched_work *work, struct cox_cluster *cluster)
{
    struct cox_ticket_view *tickets = cox_arena_new_array(work->arena, struct cox_ticket_view, work->tickets->len);

    for (guint i = 0; i < work->tickets->len; i++) {
        const struct sched_ticket *ticket = g_ptr_array_index(work->tickets, i);

        tickets[i] = (struct cox_ticket_view) { ticket->state, ticket->id, ticket->is_granted, ticket->is_standby };
    }
    cluster->tickets = tickets;
    cluster->n_tickets = work->tickets->len;
}

static const char *
policy_text(enum sched_no_quorum policy)
{
    static const char *const texts[] = { "stop", "freeze", "ignore", "demote", "fence" };

    return texts[policy];
}

void
sched_cluster_fill(struct sched_work *work, struct cox_cluster *cluster)
{
    g_autoptr(GArray) rscs = g_array_new(FALSE, TRUE, sizeof(struct cox_rsc_state));
    g_autoptr(GHashTable) places = g_hash_table_new(NULL, NULL); /* struct sched_rsc * -> index into rscs */
    struct cox_node_state *nodes = cox_arena_new_array(work->arena, struct cox_node_state, work->n_nodes);

    cluster->dc = COX_NODE_NONE;
    for (guint32 n = 0; n < work->n_nodes; n++) {
        fill_node(work, g_ptr_array_index(work->nodes, n), &nodes[n]);
        if (nodes[n].is_dc) {
            cluster->dc = n;
        }
    }
    for (guint i = 0; i < work->tops->len; i++) {
        fill_tree(work, g_ptr_array_index(work->tops, i), COX_RSC_NONE, rscs, places);
    }
    for (guint i = 0; i < rscs->len; i++) {
        const struct cox_rsc_state *rsc = &g_array_index(rscs, struct cox_rsc_state, i);

        if (rsc->variant == COX_PRIMITIVE && !rsc->is_orphan) {
            cluster->n_disabled += rsc->is_disabled ? 1 : 0;
            cluster->n_blocked += rsc->is_blocked ? 1 : 0;
        }
    }
    fill_guests(work, rscs, nodes);
    fill_running(work, places, nodes);
    cluster->nodes = nodes;
    cluster->n_nodes = work->n_nodes;
    cluster->rscs = cox_arena_memdup(work->arena, rscs->data, rscs->len, sizeof(struct cox_rsc_state));
    cluster->n_rscs = rscs->len;
    fill_failures(work, cluster);
    fill_tickets(work, cluster);
    cluster->has_quorum = work->has_quorum;
    cluster->fencing_timeout_ms = work->opt.fencing_timeout_ms;
    cluster->priority_fencing_delay_ms = work->opt.priority_fencing_delay_ms;
    cluster->fencing_enabled = work->opt.fencing_enabled;
    cluster->has_watchdogs = work->opt.have_watchdog;
    cluster->watchdog_timeout_ms = work->opt.watchdog_timeout_ms;
    cluster->maintenance_mode = work->opt.maintenance_mode;
    cluster->stop_all = work->opt.stop_all;
    cluster->symmetric = work->opt.symmetric;
    cluster->no_quorum_policy = policy_text(work->opt.no_quorum_policy);
    cluster->dc_version = work->opt.dc_version;
    cluster->stack = work->opt.stack;
    cluster->cluster_name = work->opt.cluster_name;
}
