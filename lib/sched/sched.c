/* lib/sched/sched.c - the reading guide of the room: the passes of a run, in order.  Layer 3, pure. */
#include "sched/sched.h"

#include "sched/explain_priv.h"
#include "sched/footprint_priv.h"
#include "sched/work_priv.h"

/** One pass; @in_state: also run when only the state is wanted. */
struct pass {
    const char *name;
    const char *reads;
    const char *writes;
    void (*run)(struct sched_work *work);
    bool in_state;
};

static const struct pass passes[] = {
    { "options", "config.properties", "opt, has_quorum", sched_options_run, true },
    { "nodes", "config.nodes, status, opt", "nodes", sched_nodes_run, true },
    { "rscs", "config.resources, nodes, opt", "rscs, tops, tickets", sched_rscs_run, true },
    { "node_state", "status, nodes, rscs", "nodes' flags, fence reasons", sched_node_state_run, true },
    { "history", "status, nodes, rscs", "role, running_on, failures, orphans, fence reasons", sched_history_run, true },
    { "amounts", "nodes, rscs", "capacity, need", sched_amounts_run, false },
    { "constraints", "config constraints, rscs", "locations, colocations, ticket uses", sched_constraints_run, false },
    { "orders", "config.orders, rscs", "order_data", sched_orders_run, false },
    { "early", "wishes, history, config", "actions of before placement, order_data", sched_early_run, false },
    { "assign", "nodes, rscs, constraints", "cells, assigned, next_role, scores", sched_assign_run, false },
    { "actions", "placement, history, order_data", "actions and their edges", sched_actions_run, false },
    { "propagate", "actions", "actions' flags, fence reasons", sched_propagate_run, false },
};

static struct sched_work *
work_new(const struct cox_sched_input *input, struct cox_arena *arena, struct cox_diags *diags)
{
    struct sched_work *work = cox_arena_new_array(arena, struct sched_work, 1);

    work->input = input;
    work->config = input->config;
    work->status = input->status;
    work->now_s = cox_wall_seconds(input->now);
    work->recheck_by = COX_WALL_NONE;
    work->diags = diags;
    work->arena = arena;
    work->nodes = g_ptr_array_new();
    work->rscs = g_ptr_array_new();
    work->tops = g_ptr_array_new();
    work->rsc_by_id = g_hash_table_new(g_str_hash, g_str_equal);
    work->tickets = g_ptr_array_new();
    work->colocations = g_ptr_array_new();
    work->locations = g_ptr_array_new();
    work->failures = g_ptr_array_new();
    work->clears = g_ptr_array_new();
    work->wishes = g_array_new(FALSE, FALSE, sizeof(struct sched_wish));
    work->actions = g_ptr_array_new();
    work->scores = g_array_new(FALSE, FALSE, sizeof(struct cox_score_entry));
    work->utilization_lines = g_ptr_array_new();
    work->notes = g_ptr_array_new();
    return work;
}

static void
free_list(GPtrArray *list)
{
    if (list != NULL) {
        g_ptr_array_free(list, TRUE);
    }
}

static void
rsc_clear(struct sched_rsc *rsc)
{
    GPtrArray *lists[] = { rsc->children,  rsc->fillers,   rsc->dangling_migrations, rsc->with_this,
                           rsc->this_with, rsc->locations, rsc->ticket_constraints };

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        free_list(lists[i]);
    }
}

/* The plan keeps the arena and, within it, the resolved attribute lists; everything else of the work goes. */
static void
work_clear(struct sched_work *work)
{
    for (guint i = 0; i < work->rscs->len; i++) {
        rsc_clear(g_ptr_array_index(work->rscs, i));
    }
    for (guint i = 0; i < work->nodes->len; i++) {
        free_list(((struct sched_node *) g_ptr_array_index(work->nodes, i))->running);
    }
    free_list(work->nodes);
    free_list(work->rscs);
    free_list(work->tops);
    free_list(work->tickets);
    free_list(work->colocations);
    free_list(work->locations);
    free_list(work->failures);
    free_list(work->clears);
    free_list(work->actions);
    free_list(work->utilization_lines);
    free_list(work->notes);
    g_hash_table_destroy(work->rsc_by_id);
    if (work->action_by_key != NULL) {
        g_hash_table_destroy(work->action_by_key);
    }
    g_array_free(work->scores, TRUE);
    g_array_free(work->wishes, TRUE);
    sched_explain_end(work);
}

static void
utilization_fill(const struct sched_work *work, struct cox_plan *plan)
{
    struct cox_utilization_entry *entries = cox_arena_new_array(work->arena, struct cox_utilization_entry,
                                                                work->utilization_lines->len + 1);

    for (guint i = 0; i < work->utilization_lines->len; i++) {
        entries[i].text = g_ptr_array_index(work->utilization_lines, i);
    }
    plan->utilization = entries;
    plan->n_utilization = work->utilization_lines->len;
}

struct cox_plan *
sched_run_traced(const struct cox_sched_input *input, struct cox_diags *diags, struct sched_footprint *footprint)
{
    struct cox_arena *arena = cox_arena_new();
    struct cox_plan *plan = cox_arena_new_array(arena, struct cox_plan, 1);
    struct sched_work *work = work_new(input, arena, diags);

    plan->arena = arena;
    work->footprint = footprint;
    sched_explain_begin(work);
    for (size_t i = 0; i < G_N_ELEMENTS(passes); i++) {
        if (passes[i].in_state || !input->state_only) {
            passes[i].run(work);
        }
        if (passes[i].run == sched_history_run) {
            sched_cluster_fill(work, &plan->cluster);
        }
    }
    if (!input->state_only) {
        sched_graph_fill(work, plan);
        plan->scores = cox_arena_memdup(arena, work->scores->data, work->scores->len, sizeof(struct cox_score_entry));
        plan->n_scores = work->scores->len;
        utilization_fill(work, plan);
        plan->notes = cox_arena_memdup(arena, work->notes->pdata, work->notes->len, sizeof(const char *));
        plan->n_notes = work->notes->len;
        sched_explain_fill(work, plan);
        sched_footprint_close(work);
    }
    plan->recheck_by = work->recheck_by;
    work_clear(work);
    return plan;
}

struct cox_plan *
cox_sched_run(const struct cox_sched_input *input, struct cox_diags *diags)
{
    return sched_run_traced(input, diags, NULL);
}
