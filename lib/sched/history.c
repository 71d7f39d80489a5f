/* lib/sched/history.c - what runs where, from the history of operations.  Layer 3, pure. */
#include "sched/history_priv.h"
#include "sched/rsc_priv.h"
#include "sched/explain_priv.h"

#include <string.h>

static struct sched_rsc *
make_orphan(struct sched_work *work, const struct sched_node *node, const struct cox_rsc_history *history)
{
    const struct sched_rsc *namesake = sched_rsc_find(work, history->id);
    struct sched_rsc *rsc = sched_rsc_add_orphan(work, history->id, history->standard, history->provider, history->type);

    rsc->is_orphan = true;
    if (namesake != NULL && strcmp(namesake->history_id, namesake->id) == 0) {
        /* Unique instances have histories of their own, so those under the configured name are of this resource. */
        g_hash_table_replace(work->rsc_by_id, sched_key(rsc->id), rsc);
    }
    if (history->container != NULL) {
        const struct cox_rsc_history *holder = cox_status_rsc(node->status, history->container);
        struct sched_rsc *container = sched_rsc_find(work, history->container);

        if (container == NULL && holder != NULL && holder->container == NULL) {
            container = make_orphan(work, node, holder); /* removed together with it, and listed after it */
        }
        rsc->is_orphan_container_filler = true;
        if (container != NULL) {
            rsc->container = container;
            sched_list_add(&container->fillers, rsc);
            if (rsc->remote_node != NULL) {
                rsc->remote_node->is_guest = true;
            }
        }
    }
    if (!work->opt.stop_orphans) {
        rsc->is_managed = false;
    } else {
        sched_explain_cause(work, COX_TERM_TARGET_ROLE, "stop-orphan-resources", NULL);
        sched_history_ban(work, rsc, NULL);
    }
    return rsc;
}

static void
apply_target_role(struct sched_rsc *rsc)
{
    enum cox_role wanted = rsc->meta.target_role;

    /* "Started" and "Promoted" are no wishes of their own: they are what happens anyway. */
    if (wanted == COX_ROLE_UNKNOWN || wanted == COX_ROLE_STARTED || wanted == COX_ROLE_PROMOTED) {
        return;
    }
    if (rsc->next_role == COX_ROLE_UNKNOWN || wanted < rsc->next_role) {
        rsc->next_role = wanted;
        rsc->next_role_reason = "target-role";
    }
}

static void
shutdown_lock(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node,
              const struct cox_rsc_history *history)
{
    gint64 limit_s = work->opt.shutdown_lock_limit_ms / 1000;

    if (!work->opt.shutdown_lock || history->shutdown_lock_s <= 0) {
        return;
    }
    rsc->is_clocked = true;
    if (limit_s > 0 && work->now_s > history->shutdown_lock_s + limit_s) {
        return; /* expired; the controller clears it */
    }
    rsc->lock_node = node;
    rsc->lock_time_s = history->shutdown_lock_s;
}

static bool
has_recurring(const struct cox_rsc_history *history)
{
    for (guint32 i = 0; i < history->n_ops; i++) {
        if (history->ops[i].interval_ms > 0) {
            return true;
        }
    }
    return false;
}

/* Is there nothing in it that concerns a plan unless the resource is active on that node?  cancel.c asks. */
static bool
is_quiet(const struct sched_rsc *rsc, const struct cox_rsc_history *history)
{
    return !rsc->is_orphan && history->shutdown_lock_s == 0 && !sched_rsc_is_changed(rsc, history)
           && !has_recurring(history);
}

/*
 * Roles are worked out per node; the highest that any node has is the role of the resource.  @ops is scratch: most
 * entries of a large status are single probes, which should cost no allocation.
 */
static void
read_resource(struct sched_work *work, struct sched_node *node, guint at, GPtrArray *ops)
{
    const struct cox_rsc_history *history = g_ptr_array_index(node->status->resources, at);
    struct sched_verdict verdict = { .on_fail = SCHED_ON_FAIL_IGNORE };
    struct sched_rsc *rsc = NULL;
    enum cox_role saved;

    sched_history_sorted(history, ops);
    if (ops->len == 0 && history->shutdown_lock_s == 0) {
        return; /* it must not even use up an instance of an anonymous clone */
    }
    rsc = sched_history_find(work, node, history);
    if (rsc == NULL) {
        rsc = make_orphan(work, node, history);
    }
    if (work->rsc_of_history[history->id_index] == rsc) {
        node->owners[at] = rsc;
        node->is_quiet[at] = is_quiet(rsc, history);
    }
    saved = rsc->role;
    rsc->role = COX_ROLE_UNKNOWN;
    for (guint i = 0; i < ops->len; i++) {
        sched_history_op(work, rsc, node, g_ptr_array_index(ops, i), &verdict);
    }
    if (node->is_online && has_recurring(history)) {
        const struct sched_wish wish = { .kind = SCHED_WISH_RECURRING, .rsc = rsc, .node = node, .at = at };

        g_array_append_val(work->wishes, wish);
    }
    sched_history_process(work, rsc, node, &verdict);
    if (rsc->role <= COX_ROLE_STOPPED && rsc->recorded_id != NULL && strchr(rsc->recorded_id, ':') != NULL) {
        rsc->recorded_id = NULL; /* of an instance that is not there its old number tells nothing */
    }
    apply_target_role(rsc);
    shutdown_lock(work, rsc, node, history);
    if (saved > rsc->role) {
        rsc->role = saved;
    }
}

/*
 * Whether containers are where something in them failed, and whether anybody may do something about that, is known when all members have been
 * read.  What is not managed, or also on a node in maintenance, is left alone, and would be found failed again after each restart.
 */
static void
fail_containers(const struct sched_work *work)
{
    for (guint i = 0; i < work->wishes->len; i++) {
        const struct sched_wish *wish = &g_array_index(work->wishes, struct sched_wish, i);

        if (wish->kind == SCHED_WISH_FAIL && sched_rsc_is_active_on(wish->rsc, wish->node) && wish->filler->is_managed) {
            wish->rsc->is_failed = true;
            wish->rsc->has_stop_needed = true;
        }
    }
}

/*
 * QUIRK 25: the resources of a node are read in the order of its history, but for numbered instances.  case: inc9, cloned-group
 * Without fencing nothing runs on a node that is not there; what waits for it to come back does so all the same.
 */
static void
read_node(struct sched_work *work, struct sched_node *node)
{
    g_autoptr(GPtrArray) ops = g_ptr_array_new();
    g_autofree guint *order = sched_history_order(work, node);
    const bool is_taken_for_down = node->kind == SCHED_NODE_MEMBER && !node->is_online && !work->opt.fencing_enabled;

    node->was_online = node->is_online;
    node->was_unclean = node->is_unclean;
    node->owners = cox_arena_new_array(work->arena, struct sched_rsc *, node->status->resources->len);
    node->is_quiet = cox_arena_new_array(work->arena, guint8, node->status->resources->len);
    for (guint i = 0; i < node->status->resources->len; i++) {
        const struct cox_rsc_history *history = g_ptr_array_index(node->status->resources, order[i]);

        if ((!is_taken_for_down || history->shutdown_lock_s > 0) && !sched_history_is_overtaken(work, node, history)) {
            read_resource(work, node, order[i], ops);
        }
    }
}

/* A remote node is what its connection is. */
static void
remote_state(struct sched_work *work, struct sched_node *node)
{
    struct sched_rsc *connection = node->remote_rsc;
    struct sched_rsc *container = (connection == NULL) ? NULL : connection->container;
    const struct sched_node *host = NULL;

    (void) work;
    if (connection == NULL) {
        node->is_online = false;
        return;
    }
    if (container != NULL && container->running_on.n == 1) {
        host = container->running_on.items[0];
    }
    /* What is in a container that nobody may touch would be started again and again, and might be in vain. */
    node->is_maintenance = container != NULL && container->is_maintenance && container->running_on.n > 0;
    if (connection->role == COX_ROLE_STARTED) {
        node->is_online = true;
    }
    if (connection->role == COX_ROLE_STARTED && connection->next_role == COX_ROLE_STOPPED) {
        node->is_shutdown = true;
    }
    if (container != NULL && container->is_failed) {
        node->is_online = false;
        node->remote_requires_reset = !container->is_maintenance;
    } else if (connection->is_failed) {
        node->is_online = false;
    } else if (connection->role == COX_ROLE_STOPPED || connection->role == COX_ROLE_UNKNOWN
               || (container != NULL && container->role == COX_ROLE_STOPPED)) {
        node->is_online = false;
        node->remote_requires_reset = false;
    } else if (host != NULL && !host->is_online && host->is_unclean) {
        node->is_online = false;
        node->remote_requires_reset = true;
    }
}

static bool
is_readable(const struct sched_work *work, const struct sched_node *node)
{
    if (node->status == NULL || node->status->resources == NULL) {
        return false;
    }
    if (node->kind == SCHED_NODE_REMOTE) {
        return node->remote_rsc != NULL && (node->remote_rsc->role == COX_ROLE_STARTED)
               && (node->remote_rsc->container == NULL || node->remote_rsc->container->role >= COX_ROLE_STARTED);
    }
    return node->is_online || work->opt.fencing_enabled || work->opt.shutdown_lock;
}

static void
read_unreachable_node(struct sched_work *work, struct sched_node *node, bool *done)
{
    if (node == NULL || node->kind != SCHED_NODE_REMOTE || done[node->idx]) {
        return;
    }
    done[node->idx] = true;
    remote_state(work, node);
    sched_node_read_discovery(node);
    if (work->opt.fencing_enabled && node->status != NULL && node->status->resources != NULL) {
        read_node(work, node);
    }
}

/* What ran on remote nodes whose connection is not up, in the order of the status as well; those that it does not know last. */
static void
read_unreachable(struct sched_work *work, bool *done)
{
    for (guint i = 0; i < work->status->nodes->len; i++) {
        const struct cox_node_status *status = g_ptr_array_index(work->status->nodes, i);

        read_unreachable_node(work, sched_node_find(work, status->uname != NULL ? status->uname : status->id), done);
    }
    for (guint32 n = 0; n < work->n_nodes; n++) {
        read_unreachable_node(work, g_ptr_array_index(work->nodes, n), done);
    }
}

/* Those of the status that can be read and have not been; of one kind.  Was there any? */
static bool
read_known(struct sched_work *work, bool *done, bool is_remote)
{
    bool any = false;

    for (guint i = 0; i < work->status->nodes->len; i++) {
        const struct cox_node_status *status = g_ptr_array_index(work->status->nodes, i);
        struct sched_node *node = sched_node_find(work, status->uname != NULL ? status->uname : status->id);

        if (node == NULL || done[node->idx] || node->status != status || (node->kind == SCHED_NODE_REMOTE) != is_remote
            || !is_readable(work, node)) {
            continue;
        }
        if (is_remote) {
            remote_state(work, node);
            sched_node_read_remote(node);
        }
        done[node->idx] = true;
        any = true;
        read_node(work, node);
    }
    return any;
}

/*
 * Remote nodes wait until all is known of their connections.
 * QUIRK 24: nodes are read in the order of the status.  case: clone-require-all-5, failed-probe-clone,
 *           remote-orphaned2
 */
static void
read_nodes(struct sched_work *work)
{
    g_autofree bool *done = g_new0(bool, MAX(work->n_nodes, 1));

    (void) read_known(work, done, false);
    fail_containers(work);
    while (read_known(work, done, true)) {
    }
    read_unreachable(work, done);
}

/* A remote node that wants to go needs its connection no more, whatever the nodes that were read after it tell of that. */
static void
let_leave(struct sched_work *work)
{
    for (guint32 n = 0; work->has_remote_nodes && n < work->n_nodes; n++) {
        const struct sched_node *node = g_ptr_array_index(work->nodes, n);
        struct sched_rsc *connection = node->remote_rsc;

        if (node->kind == SCHED_NODE_REMOTE && node->is_shutdown && connection != NULL && connection->next_role != COX_ROLE_STOPPED) {
            connection->next_role = COX_ROLE_STOPPED;
            connection->next_role_reason = "remote shutdown";
        }
    }
}

void
sched_history_run(struct sched_work *work)
{
    work->rsc_of_history = cox_arena_new_array(work->arena, struct sched_rsc *, work->status->n_history_ids);
    read_nodes(work);
    let_leave(work);
    for (guint i = 0; i < work->rscs->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(work->rscs, i);

        rsc->stop_if_fail = rsc->stop_if_fail || rsc->has_stop_needed;
        if (rsc->role == COX_ROLE_UNKNOWN && rsc->variant == COX_PRIMITIVE) {
            rsc->role = COX_ROLE_STOPPED;
            apply_target_role(rsc);
        }
    }
}
