/* lib/sched/node.c - the nodes of a run.  Layer 3, pure. */
#include "sched/work_priv.h"

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

void
sched_node_fence(struct sched_work *work, struct sched_node *node, const char *reason, bool priority_delay)
{
    (void) work;
    if (node->fence_reason == NULL) {
        node->fence_reason = reason;
        node->fence_priority_delay = priority_delay;
    }
    node->is_unclean = true;
}

bool
sched_node_available(const struct sched_work *work, const struct sched_node *node, bool consider_score,
                     const struct sched_rsc *rsc, bool consider_guest)
{
    (void) work;
    (void) consider_score;
    (void) rsc;
    (void) consider_guest;
    return node->is_online && !node->is_shutdown && !node->is_standby && !node->is_unclean && !node->is_maintenance;
}

void
sched_nodes_run(struct sched_work *work)
{
    (void) work;
}
