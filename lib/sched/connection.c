/* lib/sched/connection.c - connections to remote, guest and bundle nodes.  Layer 3, pure. */
#include "sched/work_priv.h"

#include "sched/rsc_priv.h"

struct cox_nvsets
sched_made_up_set(struct sched_work *work, const struct cox_nvpair *pairs, size_t n_pairs)
{
    struct cox_nvset *set = cox_arena_new_array(work->arena, struct cox_nvset, 1);

    set->pairs = cox_arena_memdup(work->arena, pairs, n_pairs, sizeof(*pairs));
    set->n_pairs = n_pairs;
    return (struct cox_nvsets) { set, 1 };
}

static const struct cox_op_def *
connection_op(struct sched_work *work, struct cox_op_def *op, const char *rsc_id, const char *timeout)
{
    struct cox_nvpair *attr = cox_arena_new_array(work->arena, struct cox_nvpair, 1);

    attr->name = "timeout";
    attr->value = timeout;
    op->id = cox_arena_printf(work->arena, "%s-%s-%s", rsc_id, op->name, op->interval_spec);
    op->attrs = attr;
    op->n_attrs = 1;
    return op;
}

struct cox_rsc_def *
sched_connection_def(struct sched_work *work, const struct sched_connection *connection)
{
    struct cox_rsc_def *def = cox_arena_new_array(work->arena, struct cox_rsc_def, 1);
    struct cox_op_def *ops = cox_arena_new_array(work->arena, struct cox_op_def, 2);
    const struct cox_nvpair metas[] = {
        { NULL, "internal_rsc", "true" },
        { NULL, "container", connection->container },
        { NULL, "allow-migrate", connection->allow_migrate != NULL ? connection->allow_migrate : "false" },
        { NULL, "is-managed", connection->is_managed },
    };
    const struct cox_nvpair params[] = { { NULL, "addr", connection->address }, { NULL, "port", connection->port } };
    const size_t first = connection->address == NULL ? 1 : 0, n_params = connection->port == NULL ? 1 : 2;

    def->id = connection->name;
    def->variant = COX_PRIMITIVE;
    def->parent = COX_RSC_NONE;
    def->standard = "ocf";
    def->provider = "pacemaker";
    def->type = "remote";
    def->meta = sched_made_up_set(work, metas, connection->is_managed == NULL ? 3 : 4);
    if (n_params > first) {
        def->params = sched_made_up_set(work, params + first, n_params - first);
    }
    ops[0] = (struct cox_op_def) { .name = "monitor", .interval_spec = "30s", .interval_ms = 30000 };
    connection_op(work, &ops[0], def->id, "30s");
    def->n_ops = 1;
    if (connection->start_timeout != NULL) {
        ops[1] = (struct cox_op_def) { .name = "start", .interval_spec = "0" };
        connection_op(work, &ops[1], def->id, connection->start_timeout);
        def->n_ops = 2;
    }
    def->ops = ops;
    return def;
}

/* ---- connections and their nodes ---- */

void
sched_connection_link(struct sched_work *work, struct sched_rsc *rsc)
{
    const char *container_id = cox_nvlist_get(&rsc->meta_raw, "container");
    struct sched_node *node = NULL;

    if (rsc->variant != COX_PRIMITIVE) {
        return;
    }
    if (container_id != NULL && rsc->container == NULL) {
        rsc->container = sched_rsc_find(work, container_id);
        if (rsc->container != NULL) {
            sched_list_add(&rsc->container->fillers, rsc);
        }
    }
    if (rsc->remote_node == NULL && g_strcmp0(rsc->type, "remote") == 0 && g_strcmp0(rsc->provider, "pacemaker") == 0) {
        node = sched_node_find(work, rsc->id);
    }
    if (node != NULL && node->kind == SCHED_NODE_REMOTE && node->remote_rsc == NULL) {
        node->remote_rsc = rsc;
        node->is_guest = rsc->container != NULL;
        rsc->remote_node = node;
        /* What was never seen may run anything; a guest cannot without its container. */
        node->is_unclean = node->status == NULL && !node->is_guest && work->opt.startup_fencing;
    }
}

bool
sched_rsc_holds_guest(const struct sched_rsc *rsc)
{
    for (guint i = 0; rsc->fillers != NULL && i < rsc->fillers->len; i++) {
        const struct sched_rsc *filler = g_ptr_array_index(rsc->fillers, i);

        if (filler->remote_node != NULL) {
            return true;
        }
    }
    return false;
}

bool
sched_rsc_is_never_on(const struct sched_rsc *rsc, const struct sched_node *node)
{
    return node->kind == SCHED_NODE_REMOTE && (rsc->is_fence_device || rsc->remote_node != NULL || (node->is_guest && sched_rsc_holds_guest(rsc)));
}
