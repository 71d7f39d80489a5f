/* lib/transition/pare.c - of a graph only what may be done with a configuration that is not in force: watch, and fence.  Layer 3, pure. */
#include "transition/pare.h"

#include <string.h>

#define DROPPED G_MAXUINT32

static bool
is_member(const struct cox_status *status, const char *name)
{
    const struct cox_node_status *node = name == NULL ? NULL : cox_status_node(status, NULL, name);

    return node != NULL && node->in_ccm != NULL && strcmp(node->in_ccm, "false") != 0 && strcmp(node->in_ccm, "0") != 0;
}

static bool
is_harmless(const struct cox_action *action, const struct cox_status *status)
{
    switch (action->kind) {
        case COX_ACTION_PSEUDO:
            return true;
        case COX_ACTION_RSC:
            return g_str_equal(action->task, "monitor");
        case COX_ACTION_CRM:
            return g_str_equal(action->task, "stonith") && !is_member(status, action->node_name);
    }
    return false;
}

/* Dropping one drops those that wait for it, and so on until nothing changes; graphs are acyclic, so it ends. */
static void
drop(const struct cox_graph *graph, const struct cox_status *status, bool *keeps)
{
    bool has_changed = true;

    for (size_t a = 0; a < graph->n_actions; a++) {
        keeps[a] = is_harmless(&graph->actions[a], status);
    }
    while (has_changed) {
        has_changed = false;
        for (size_t a = 0; a < graph->n_actions; a++) {
            for (size_t i = 0; keeps[a] && i < graph->actions[a].n_inputs; i++) {
                if (!keeps[graph->actions[a].inputs[i]]) {
                    keeps[a] = false;
                    has_changed = true;
                }
            }
        }
    }
}

struct cox_graph
cox_pare_graph(const struct cox_graph *graph, const struct cox_status *status, struct cox_arena *arena)
{
    struct cox_graph pared = { .header = graph->header };
    struct cox_action *actions = cox_arena_new_array(arena, struct cox_action, graph->n_actions + 1);
    g_autofree bool *keeps = g_new0(bool, graph->n_actions + 1);
    g_autofree guint32 *place = g_new0(guint32, graph->n_actions + 1);

    drop(graph, status, keeps);
    for (size_t a = 0; a < graph->n_actions; a++) {
        place[a] = keeps[a] ? (guint32) pared.n_actions++ : DROPPED;
    }
    for (size_t a = 0; a < graph->n_actions; a++) {
        const struct cox_action *from = &graph->actions[a];
        guint32 *inputs = NULL;

        if (!keeps[a]) {
            continue;
        }
        inputs = cox_arena_new_array(arena, guint32, from->n_inputs + 1);
        for (size_t i = 0; i < from->n_inputs; i++) {
            inputs[i] = place[from->inputs[i]];
        }
        actions[place[a]] = *from;
        actions[place[a]].inputs = inputs;
    }
    pared.actions = actions;
    return pared;
}
