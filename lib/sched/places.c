/* lib/sched/places.c - the histories of some units, found without a look at all others.  Layer 3, pure. */
#include "sched/excerpt_priv.h"

#include <stdlib.h>
#include <string.h>

/* Where one node has the history of each id: its place + 1, or 0. */
struct row {
    const struct cox_node_status *node;
    guint32 n_moves; /* of the node when it was made */
    guint32 n_ids;
    guint32 *at;     /* [n_ids] */
    bool is_twice;   /* an id is there twice */
};

struct sched_places {
    GPtrArray *rows; /* struct row, by node */
    gint64 *units;   /* [n_ids] whose history it is, or SCHED_UNIT_NONE */
    guint32 n_ids;
};

static void
free_row(gpointer data)
{
    g_free(((struct row *) data)->at);
    g_free(data);
}

struct sched_places *
sched_places_new(void)
{
    struct sched_places *places = g_new0(struct sched_places, 1);

    places->rows = g_ptr_array_new_with_free_func(free_row);
    return places;
}

void
sched_places_free(struct sched_places *places)
{
    if (places != NULL) {
        g_ptr_array_unref(places->rows);
        g_free(places->units);
        g_free(places);
    }
}

/* The order in which the table is looked through does not show: each id has its own place. */
static void
find_units(struct sched_places *places, const struct sched_units *units, const struct cox_status *status)
{
    GHashTableIter iter;
    gpointer id, number;

    if (places->n_ids == status->n_history_ids && places->units != NULL) {
        return;
    }
    g_free(places->units);
    places->n_ids = status->n_history_ids;
    places->units = g_new0(gint64, places->n_ids + 1);
    g_hash_table_iter_init(&iter, status->history_id_index);
    while (g_hash_table_iter_next(&iter, &id, &number)) {
        places->units[GPOINTER_TO_UINT(number) - 1] = sched_units_find(units, id, strlen(id));
    }
}

static void
fill_row(struct row *row, const struct cox_node_status *node, guint32 n_ids)
{
    g_free(row->at);
    *row = (struct row) { .node = node, .n_moves = node->n_moves, .n_ids = n_ids, .at = g_new0(guint32, n_ids + 1) };
    for (guint i = 0; i < node->resources->len; i++) {
        guint32 *at = &row->at[((const struct cox_rsc_history *) g_ptr_array_index(node->resources, i))->id_index];

        row->is_twice = row->is_twice || *at != 0;
        *at = i + 1;
    }
}

static const struct row *
row_of(struct sched_places *places, const struct cox_status *status, guint n)
{
    const struct cox_node_status *node = g_ptr_array_index(status->nodes, n);
    struct row *row;

    while (places->rows->len <= n) {
        g_ptr_array_add(places->rows, g_new0(struct row, 1));
    }
    row = g_ptr_array_index(places->rows, n);
    if (row->node != node || row->n_moves != node->n_moves || row->n_ids != places->n_ids || row->at == NULL) {
        fill_row(row, node, places->n_ids);
    }
    return row;
}

static int
by_place(const void *a, const void *b)
{
    const guint32 *one = a, *two = b;

    return (*one > *two) - (*one < *two);
}

/* In the order of the whole. */
static GPtrArray *
histories_of(const struct row *row, const GArray *ids, GArray *scratch)
{
    GPtrArray *histories = NULL;

    g_array_set_size(scratch, 0);
    for (guint i = 0; i < ids->len; i++) {
        guint32 at = row->at[g_array_index(ids, guint32, i)];

        if (at > 0) {
            g_array_append_val(scratch, at);
        }
    }
    if (scratch->len > 1) {
        qsort(scratch->data, scratch->len, sizeof(guint32), by_place);
    }
    histories = g_ptr_array_sized_new(scratch->len);
    for (guint i = 0; i < scratch->len; i++) {
        g_ptr_array_add(histories, g_ptr_array_index(row->node->resources, g_array_index(scratch, guint32, i) - 1));
    }
    return histories;
}

bool
sched_excerpt_status(struct sched_excerpt *excerpt, struct sched_places *places, const struct sched_units *units,
                     const struct cox_status *status, const bool *wanted)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) scratch = g_array_new(FALSE, FALSE, sizeof(guint32));
    bool is_clear = true;

    find_units(places, units, status);
    for (guint32 i = 0; i < places->n_ids; i++) {
        if (places->units[i] == SCHED_UNIT_NONE || wanted[places->units[i]]) {
            g_array_append_val(ids, i);
        }
    }
    excerpt->status = *status;
    excerpt->status.nodes = g_ptr_array_sized_new(status->nodes->len);
    for (guint n = 0; n < status->nodes->len; n++) {
        const struct row *row = row_of(places, status, n);
        struct cox_node_status *node = cox_arena_new_array(excerpt->arena, struct cox_node_status, 1);

        *node = *row->node;
        node->resources = histories_of(row, ids, scratch);
        is_clear = is_clear && !row->is_twice;
        g_ptr_array_add(excerpt->status.nodes, node);
    }
    return is_clear;
}
