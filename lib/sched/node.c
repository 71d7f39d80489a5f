/* lib/sched/node.c - the nodes of a run.  Layer 3, pure. */
#include "sched/work_priv.h"

#include <stdlib.h>
#include <string.h>

#include "model/option.h"
#include "sched/attr_index_priv.h"
#include "sched/rsc_priv.h"

struct sched_node *
sched_node_find(const struct sched_work *work, const char *name)
{
    for (guint i = 0; name != NULL && i < work->nodes->len; i++) {
        struct sched_node *node = g_ptr_array_index(work->nodes, i);

        if (g_ascii_strcasecmp(node->name, name) == 0) {
            return node;
        }
    }
    return NULL;
}

struct sched_node *
sched_node_find_id(const struct sched_work *work, const char *id)
{
    for (guint i = 0; id != NULL && i < work->nodes->len; i++) {
        struct sched_node *node = g_ptr_array_index(work->nodes, i);

        if (g_ascii_strcasecmp(node->id, id) == 0) {
            return node;
        }
    }
    return NULL;
}

/* A guest cannot be fenced: what it runs in is recovered instead, and that stops the guest. */
static void
fence_guest(struct sched_node *node)
{
    struct sched_rsc *container = node->remote_rsc->container;

    if (container->is_failed || !container->is_managed) {
        return;
    }
    node->remote_requires_reset = true;
    container->is_failed = true;
    container->has_stop_needed = true;
}

void
sched_node_fence(struct sched_work *work, struct sched_node *node, const char *reason, bool priority_delay)
{
    if (node->is_guest && node->remote_rsc != NULL && node->remote_rsc->container != NULL) {
        fence_guest(node);
        return;
    }
    if (node->kind == SCHED_NODE_REMOTE) {
        /* A remote node is reached through its connection: without one, or with an unmanaged one, nothing can be done. */
        if (node->remote_rsc != NULL && !node->remote_rsc->is_managed) {
            return;
        }
        if (node->remote_rsc != NULL) {
            node->remote_requires_reset = true;
        }
    }
    if (!node->is_unclean) {
        sched_wish(work, SCHED_WISH_FENCE, NULL, node);
    }
    if (node->fence_reason == NULL) {
        node->fence_reason = reason;
        node->fence_priority_delay = priority_delay;
    }
    node->is_unclean = true;
}

/* Will what the guest runs in be up? Before placement is known: is it. */
static bool
guest_has_host(const struct sched_node *node)
{
    const struct sched_rsc *container = node->remote_rsc == NULL ? NULL : node->remote_rsc->container;

    if (container == NULL) {
        return true;
    }
    return container->is_assigned ? container->assigned != NULL : true;
}

bool
sched_node_available(const struct sched_work *work, const struct sched_node *node, bool consider_score,
                     const struct sched_rsc *rsc, bool consider_guest)
{
    (void) work;
    if (!node->is_online || node->is_shutdown || node->is_unclean || node->is_standby || node->is_maintenance) {
        return false;
    }
    if (consider_score && rsc != NULL && rsc->cells != NULL
        && (!rsc->cells[node->idx].is_present || rsc->cells[node->idx].score < 0)) {
        return false;
    }
    return !consider_guest || !node->is_guest || guest_has_host(node);
}

/* ---- who is there ---- */

static struct sched_node *
node_new(struct sched_work *work, const char *id, const char *name, enum sched_node_kind kind)
{
    struct sched_node *node = sched_node_find(work, name);

    if (node == NULL) {
        node = cox_arena_new_array(work->arena, struct sched_node, 1);
        node->id = id == NULL ? name : id;
        node->name = name;
        node->kind = kind;
        node->is_unseen = true;
        node->discovery_enabled = true;
        node->health = 1;
        node->running = g_ptr_array_new();
        g_ptr_array_add(work->nodes, node);
    }
    return node;
}

static void
add_configured(struct sched_work *work)
{
    for (size_t i = 0; i < work->config->n_nodes; i++) {
        const struct cox_node_def *def = &work->config->nodes[i];
        struct sched_node *node;

        if (def->uname == NULL) {
            continue;
        }
        node = node_new(work, def->id, def->uname, (enum sched_node_kind) def->kind);
        node->def = def;
        node->is_unclean = work->opt.startup_fencing && node->kind != SCHED_NODE_REMOTE;
    }
}

static const char *
attr_in_sets(const struct cox_nvsets *sets, const char *name)
{
    for (size_t i = 0; i < sets->n_sets; i++) {
        const char *value = cox_nvpairs_get(sets->sets[i].pairs, sets->sets[i].n_pairs, name);

        if (value != NULL) {
            return value;
        }
    }
    return NULL;
}

static bool
is_in_instance(const struct sched_work *work, const struct cox_rsc_def *def)
{
    for (cox_rsc_id up = def->parent; up != COX_RSC_NONE; up = work->config->resources[up].parent) {
        if (work->config->resources[up].variant == COX_CLONE || work->config->resources[up].variant == COX_BUNDLE) {
            return true;
        }
    }
    return false;
}

const char *
sched_guest_name(const struct sched_work *work, const struct cox_rsc_def *def)
{
    return is_in_instance(work, def) ? NULL : attr_in_sets(&def->meta, cox_option(COX_OPT_META_REMOTE_NODE)->name);
}

static void
add_remote(struct sched_work *work, const struct cox_rsc_def *def)
{
    const char *guest = sched_guest_name(work, def);

    if (g_strcmp0(def->standard, "ocf") == 0 && g_strcmp0(def->provider, "pacemaker") == 0
        && g_strcmp0(def->type, "remote") == 0) {
        node_new(work, def->id, def->id, SCHED_NODE_REMOTE);
        work->has_remote_nodes = true;
    }
    if (guest != NULL) {
        struct sched_node *node = node_new(work, guest, guest, SCHED_NODE_REMOTE);

        node->kind = SCHED_NODE_REMOTE;
        node->is_guest = true;
        work->has_remote_nodes = true;
    }
}

int
sched_bundle_count(const struct cox_bundle_def *def)
{
    const char *replicas = cox_nvpairs_get(def->container_attrs, def->n_container_attrs,
                                           cox_option(COX_OPT_BUNDLE_REPLICAS)->name);
    const char *promoted = cox_nvpairs_get(def->container_attrs, def->n_container_attrs,
                                           cox_option(COX_OPT_BUNDLE_PROMOTED_MAX)->name);

    return MAX((int) cox_option_number(COX_OPT_BUNDLE_REPLICAS, replicas != NULL ? replicas : promoted), 1);
}

/* A bundle with a resource inside has a guest node for each replica. */
static void
add_bundle(struct sched_work *work, const struct cox_rsc_def *def, cox_rsc_id i)
{
    if (def->end <= i + 1 || def->bundle == NULL) {
        return;
    }
    for (int n = 0; n < sched_bundle_count(def->bundle); n++) {
        const char *name = cox_arena_printf(work->arena, "%s-%d", def->id, n);
        struct sched_node *node = node_new(work, name, name, SCHED_NODE_REMOTE);

        node->is_guest = node->is_bundle_node = true;
        node->kind = SCHED_NODE_REMOTE;
    }
    work->has_remote_nodes = true;
}

static void
add_from_resources(struct sched_work *work)
{
    for (size_t i = 0; i < work->config->n_resources; i++) {
        const struct cox_rsc_def *def = &work->config->resources[i];

        if (def->variant == COX_BUNDLE) {
            add_bundle(work, def, (cox_rsc_id) i);
        } else if (def->variant == COX_PRIMITIVE) {
            add_remote(work, def);
        }
    }
}

static bool
is_configured(const struct sched_work *work, const char *id)
{
    for (size_t i = 0; i < work->config->n_resources; i++) {
        if (strcmp(work->config->resources[i].id, id) == 0) {
            return true;
        }
    }
    return false;
}

/* A connection that only the history knows had a node too: that may still be up. */
static void
add_removed(struct sched_work *work, const struct cox_node_status *status)
{
    for (guint i = 0; i < status->resources->len; i++) {
        const struct cox_rsc_history *history = g_ptr_array_index(status->resources, i);

        if (g_strcmp0(history->type, "remote") == 0 && g_strcmp0(history->provider, "pacemaker") == 0
            && sched_node_find(work, history->id) == NULL && !is_configured(work, history->id)) {
            node_new(work, history->id, history->id, SCHED_NODE_REMOTE)->is_removed = true;
            work->has_remote_nodes = true;
        }
    }
}

static void
add_from_history(struct sched_work *work)
{
    for (guint i = 0; work->status->has_remote && i < work->status->nodes->len; i++) {
        const struct cox_node_status *status = g_ptr_array_index(work->status->nodes, i);

        if (status->resources != NULL) {
            add_removed(work, status);
        }
    }
}

/* ---- attributes ---- */

static void
read_attributes(struct sched_work *work, struct sched_node *node)
{
    const struct cox_rule_input input = { .now = work->input->now };

    if (node->status != NULL) {
        const GArray *sets = node->status->attr_sets;
        const struct cox_nvsets transient = { (const struct cox_nvset *) (void *) sets->data, sets->len };

        cox_nvsets_resolve(&transient, NULL, &input, &node->attrs, &work->recheck_by);
    }
    if (node->def != NULL) {
        cox_nvsets_resolve(&node->def->attributes, NULL, &input, &node->permanent, &work->recheck_by);
        cox_nvsets_resolve(&node->def->utilization, NULL, &input, &node->utilization, &work->recheck_by);
    }
    for (size_t i = 0; i < node->permanent.n_pairs; i++) {
        cox_nvlist_add(&node->attrs, node->permanent.pairs[i].name, node->permanent.pairs[i].value);
    }
    if (node->status != NULL && node->status->utilization_sets != NULL) {
        const GArray *sets = node->status->utilization_sets;
        const struct cox_nvsets transient = { (const struct cox_nvset *) (void *) sets->data, sets->len };

        cox_nvsets_resolve(&transient, NULL, &input, &node->utilization, &work->recheck_by);
    }
    sched_attrs_freeze(work, &node->attrs);
    sched_attr_index(work, node);
    sched_attrs_freeze(work, &node->permanent);
    sched_attrs_freeze(work, &node->utilization);
}

/* Digits compare as numbers, other characters without regard to case: node2 comes before node10. */
static gint
compare_names(gconstpointer a, gconstpointer b)
{
    const char *x = (*(const struct sched_node *const *) a)->name;
    const char *y = (*(const struct sched_node *const *) b)->name;

    while (*x != '\0' && *y != '\0') {
        if (g_ascii_isdigit(*x) && g_ascii_isdigit(*y)) {
            char *x_end, *y_end;
            guint64 x_number = g_ascii_strtoull(x, &x_end, 10), y_number = g_ascii_strtoull(y, &y_end, 10);

            if (x_number != y_number) {
                return x_number < y_number ? -1 : 1;
            }
            x = x_end;
            y = y_end;
            continue;
        }
        if (g_ascii_tolower(*x) != g_ascii_tolower(*y)) {
            return g_ascii_tolower(*x) < g_ascii_tolower(*y) ? -1 : 1;
        }
        x++;
        y++;
    }
    return (*x != '\0') - (*y != '\0');
}

void
sched_nodes_run(struct sched_work *work)
{
    const char *dc = work->config->header.dc_uuid;

    add_configured(work);
    add_from_resources(work);
    add_from_history(work);
    g_ptr_array_sort(work->nodes, compare_names);
    work->n_nodes = work->nodes->len;
    for (guint32 i = 0; i < work->n_nodes; i++) {
        struct sched_node *node = g_ptr_array_index(work->nodes, i);

        node->idx = i;
        node->status = cox_status_node(work->status, node->id, node->name);
        if (node->status == NULL) {
            node->status = cox_status_node(work->status, node->id, NULL);
        }
        if (dc != NULL && g_ascii_strcasecmp(node->id, dc) == 0) {
            node->is_dc = true;
            work->dc = node;
        }
        read_attributes(work, node);
    }
}

static bool
can_fence_member(const struct sched_work *work, const struct sched_node *node)
{
    if (!work->opt.fencing_enabled || (!work->has_fence_device && !work->opt.have_watchdog)) {
        return false;
    }
    if (work->has_quorum || work->opt.no_quorum_policy == SCHED_NO_QUORUM_IGNORE) {
        return true;
    }
    return node->is_online || (node->kind == SCHED_NODE_REMOTE && work->opt.fence_remote_without_quorum);
}

bool
sched_node_can_fence(const struct sched_work *work, const struct sched_node *node)
{
    const struct sched_rsc *container = (node->is_guest && node->remote_rsc != NULL) ? node->remote_rsc->container : NULL;

    if (!node->is_guest) {
        return can_fence_member(work, node);
    }
    /* A guest goes down with its container, which needs a host that can be told or be fenced. */
    for (guint i = 0; container != NULL && i < container->running_on.n; i++) {
        const struct sched_node *host = container->running_on.items[i];

        if (!host->is_online && !can_fence_member(work, host)) {
            return false;
        }
    }
    return true;
}
