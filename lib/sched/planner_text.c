/* lib/sched/planner_text.c - what a plan is used for, as text: two plans are the same when their texts are.  Layer 3, pure. */
#include "sched/planner.h"

static void
add(GString *text, const char *name, const char *value)
{
    if (value != NULL) {
        g_string_append_printf(text, " %s='%s'", name, value);
    }
}

static void
add_action(GString *text, const struct cox_action *action)
{
    const struct { const char *name, *value; } texts[] = {
        { "task", action->task }, { "key", action->key }, { "internal", action->internal_key }, { "node", action->node_name },
        { "uuid", action->node_uuid }, { "router", action->router_node }, { "rsc", action->rsc_id }, { "long", action->rsc_long_id },
        { "class", action->rsc_standard }, { "provider", action->rsc_provider }, { "type", action->rsc_type },
        { "shown", action->display_id },
    };

    g_string_append_printf(text, "action %u kind=%d interval=%" G_GINT64_FORMAT " priority=%d lock=%" G_GINT64_FORMAT, action->id,
                           (int) action->kind, action->interval_ms, action->priority, action->shutdown_lock_s);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        add(text, texts[i].name, texts[i].value);
    }
    for (size_t i = 0; i < action->n_attributes; i++) {
        add(text, action->attributes[i].name, action->attributes[i].value);
    }
    for (size_t i = 0; i < action->n_downed; i++) {
        add(text, "downs", action->downed[i].name);
    }
    g_string_append(text, " after");
    for (size_t i = 0; i < action->n_inputs; i++) {
        g_string_append_printf(text, " %u", action->inputs[i]);
    }
    g_string_append_c(text, '\n');
}

char *
cox_planner_text(const struct cox_plan *plan, const struct cox_diags *diags)
{
    GString *text = g_string_new(NULL);
    const struct cox_actions_header *header = &plan->graph.header;

    g_string_append_printf(text, "recheck %" G_GINT64_FORMAT "\ngraph",
                           cox_wall_is_set(plan->recheck_by) ? cox_wall_seconds(plan->recheck_by) : 0);
    add(text, "cluster-delay", header->cluster_delay);
    add(text, "fencing-timeout", header->fencing_timeout);
    add(text, "batch-limit", header->batch_limit);
    add(text, "migration-limit", header->migration_limit);
    add(text, "failed-stop", header->failed_stop_offset);
    add(text, "failed-start", header->failed_start_offset);
    g_string_append_c(text, '\n');
    for (size_t i = 0; i < plan->graph.n_actions; i++) {
        add_action(text, &plan->graph.actions[i]);
    }
    for (size_t i = 0; diags != NULL && i < cox_diags_count(diags); i++) {
        const struct cox_diag *diag = cox_diags_get(diags, i);

        g_string_append_printf(text, "problem %d %s: %s (%s)\n", (int) diag->severity, diag->object == NULL ? "-" : diag->object,
                               diag->text, diag->remedy == NULL ? "-" : diag->remedy);
    }
    return g_string_free(text, FALSE);
}
