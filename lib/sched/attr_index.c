/* lib/sched/attr_index.c - a node's attributes by name.  Layer 3, pure. */
#include "sched/attr_index_priv.h"

#include <string.h>

static gint
by_name(gconstpointer a, gconstpointer b, gpointer pairs)
{
    const struct cox_nvpair *list = pairs;

    return strcmp(list[*(const guint32 *) a].name, list[*(const guint32 *) b].name);
}

void
sched_attr_index(struct sched_work *work, struct sched_node *node)
{
    guint32 n = (guint32) node->attrs.n_pairs;
    guint32 *order = cox_arena_new_array(work->arena, guint32, n);

    for (guint32 i = 0; i < n; i++) {
        order[i] = i;
    }
    g_qsort_with_data(order, (gint) n, sizeof(order[0]), by_name, node->attrs.pairs);
    node->attr_order = order;
}

/* A text made of two parts, never put together: it is asked for too often. */
struct key {
    const char *prefix, *stem;
    size_t prefix_length, stem_length;
};

/* <0: @name comes before all names that begin with @key; 0: it is one of them; >0: it comes after. */
static int
compare(const char *name, const struct key *key)
{
    int order = strncmp(name, key->prefix, key->prefix_length);

    return order != 0 ? order : strncmp(name + key->prefix_length, key->stem, key->stem_length);
}

/* The first position whose name is not before (@after: is after) those that begin with @key. */
static guint32
bound(const struct sched_node *node, const struct key *key, bool after, guint32 low)
{
    guint32 high = (guint32) node->attrs.n_pairs;

    while (low < high) {
        guint32 middle = low + (high - low) / 2;
        int order = compare(node->attrs.pairs[node->attr_order[middle]].name, key);

        if (order < 0 || (after && order == 0)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct sched_attr_range
sched_attr_range(const struct sched_node *node, const char *prefix, const char *stem)
{
    const struct key key = { prefix, stem, strlen(prefix), strlen(stem) };
    guint32 first = bound(node, &key, false, 0);

    return (struct sched_attr_range) { .pairs = node->attrs.pairs,
                                       .order = node->attr_order + first,
                                       .n = bound(node, &key, true, first) - first };
}

const char *
sched_attr_get(const struct sched_node *node, const char *name)
{
    const struct key key = { "", name, 0, strlen(name) };
    guint32 first = bound(node, &key, false, 0);
    const struct cox_nvpair *pair = NULL;

    if (first == node->attrs.n_pairs) {
        return NULL;
    }
    pair = &node->attrs.pairs[node->attr_order[first]];
    return strcmp(pair->name, name) == 0 ? pair->value : NULL;
}
