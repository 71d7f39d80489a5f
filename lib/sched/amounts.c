/* lib/sched/amounts.c - utilization as numbers: what nodes offer and resources need.  Layer 3, pure. */
#include "sched/work_priv.h"

#include <stdlib.h>
#include <string.h>

#include "sched/rsc_priv.h"

static void
add_names(GPtrArray *names, const struct cox_nvlist *list)
{
    for (size_t i = 0; i < list->n_pairs; i++) {
        if (!g_ptr_array_find_with_equal_func(names, list->pairs[i].name, g_str_equal, NULL)) {
            g_ptr_array_add(names, sched_key(list->pairs[i].name));
        }
    }
}

static gint64 *
amounts_of(struct sched_work *work, const struct cox_nvlist *list)
{
    gint64 *amounts = cox_arena_new_array(work->arena, gint64, work->n_utilization);

    for (guint32 i = 0; i < work->n_utilization; i++) {
        const char *text = cox_nvlist_get(list, work->utilization_names[i]);

        amounts[i] = text == NULL ? 0 : CLAMP(strtoll(text, NULL, 10), G_MININT, G_MAXINT);
    }
    return amounts;
}

void
sched_amounts_run(struct sched_work *work)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint32 i = 0; i < work->n_nodes; i++) {
        add_names(names, &((struct sched_node *) g_ptr_array_index(work->nodes, i))->utilization);
    }
    for (guint i = 0; i < work->rscs->len; i++) {
        add_names(names, &((struct sched_rsc *) g_ptr_array_index(work->rscs, i))->utilization);
    }
    work->n_utilization = names->len;
    work->utilization_names = cox_arena_memdup(work->arena, names->pdata, names->len, sizeof(char *));
    for (guint32 i = 0; i < work->n_nodes; i++) {
        struct sched_node *node = g_ptr_array_index(work->nodes, i);

        node->capacity = amounts_of(work, &node->utilization);
    }
    for (guint i = 0; i < work->rscs->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(work->rscs, i);

        if (rsc->variant == COX_PRIMITIVE && rsc->utilization.n_pairs > 0) {
            rsc->need = amounts_of(work, &rsc->utilization);
        }
    }
}
