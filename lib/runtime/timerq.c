/* lib/runtime/timerq.c - a balanced tree by time and an index by id.  Layer 1. */
#include "runtime/timerq.h"

#include "base/error.h"

struct cox_timerq {
    GTree *by_time;    /* struct cox_timerq_entry -> itself; owns them */
    GHashTable *by_id; /* id -> struct cox_timerq_entry */
};

static int
by_time_then_id(const void *a, const void *b, void *unused)
{
    const struct cox_timerq_entry *x = a, *y = b;

    (void) unused;
    if (x->when != y->when) {
        return x->when < y->when ? -1 : 1;
    }
    return x->id < y->id ? -1 : x->id > y->id;
}

struct cox_timerq *
cox_timerq_new(void)
{
    struct cox_timerq *queue = g_new(struct cox_timerq, 1);

    queue->by_time = g_tree_new_full(by_time_then_id, NULL, g_free, NULL);
    queue->by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
    return queue;
}

void
cox_timerq_free(struct cox_timerq *queue)
{
    if (queue != NULL) {
        g_hash_table_destroy(queue->by_id);
        g_tree_destroy(queue->by_time);
        g_free(queue);
    }
}

void
cox_timerq_add(struct cox_timerq *queue, const struct cox_timerq_entry *entry)
{
    struct cox_timerq_entry *own = g_new(struct cox_timerq_entry, 1);

    COX_BUG_ON(g_hash_table_contains(queue->by_id, &entry->id));
    *own = *entry;
    g_tree_insert(queue->by_time, own, own);
    g_hash_table_insert(queue->by_id, &own->id, own);
}

bool
cox_timerq_remove(struct cox_timerq *queue, guint64 id)
{
    struct cox_timerq_entry *entry = g_hash_table_lookup(queue->by_id, &id);

    if (entry == NULL) {
        return false;
    }
    g_hash_table_remove(queue->by_id, &id);
    g_tree_remove(queue->by_time, entry);
    return true;
}

static const struct cox_timerq_entry *
first(const struct cox_timerq *queue)
{
    GTreeNode *node = g_tree_node_first(queue->by_time);

    return node == NULL ? NULL : g_tree_node_key(node);
}

cox_usec
cox_timerq_next(const struct cox_timerq *queue)
{
    const struct cox_timerq_entry *entry = first(queue);

    return entry == NULL ? COX_USEC_NEVER : entry->when;
}

bool
cox_timerq_pop(struct cox_timerq *queue, cox_usec now, guint64 last_id, struct cox_timerq_entry *entry)
{
    const struct cox_timerq_entry *found = first(queue);

    if (found == NULL || !cox_usec_is_due(found->when, now) || found->id > last_id) {
        return false;
    }
    *entry = *found;
    return cox_timerq_remove(queue, entry->id);
}
