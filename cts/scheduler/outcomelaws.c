/* cts/scheduler/outcomelaws.c - what holds once plans have been carried out.  For tests. */
#include "outcomelaws.h"

#include "afterlaws.h"
#include "laws.h"
#include "transition/rehearsal.h"

/*
 * What a plan of a settled cluster has none of.  Not counted are notifications, which come with others, that a node wants to leave, which
 * is not rehearsed, and cancelling: that a monitor failed is remembered after it was cancelled, so that it is cancelled again, which costs
 * nothing.
 */
static bool
changes_something(const struct cox_action *action)
{
    static const char *const others[] = { "notify", "do_shutdown", "cancel", NULL };

    return action->kind != COX_ACTION_PSEUDO && !g_strv_contains(others, action->task);
}

static const struct cox_action *
first_change(const struct cox_graph *graph)
{
    for (size_t a = 0; a < graph->n_actions; a++) {
        if (changes_something(&graph->actions[a])) {
            return &graph->actions[a];
        }
    }
    return NULL;
}

/* The value of a cluster option as written, or NULL. */
static const char *
option(const struct cox_config *config, const char *name)
{
    for (size_t i = 0; i < config->properties.n_sets; i++) {
        for (size_t k = 0; k < config->properties.sets[i].n_pairs; k++) {
            const struct cox_nvpair *pair = &config->properties.sets[i].pairs[k];

            if (g_str_equal(pair->name, name)) {
                return pair->value;
            }
        }
    }
    return NULL;
}

/* While fencing is wanted and nobody can be fenced, everything stays where it is. */
static bool
may_move(const struct cox_config *config)
{
    bool may = g_strcmp0(option(config, "stonith-enabled"), "false") == 0 || g_strcmp0(option(config, "have-watchdog"), "true") == 0;

    for (size_t i = 0; i < config->n_resources && !may; i++) {
        may = g_strcmp0(config->resources[i].standard, "stonith") == 0;
    }
    return may;
}

/* Is it within a clone? */
static bool
is_inside(const struct cox_config *config, cox_rsc_id id)
{
    for (; id != COX_RSC_NONE; id = config->resources[id].parent) {
        if (config->resources[id].parent != COX_RSC_NONE && config->resources[config->resources[id].parent].variant == COX_CLONE) {
            return true;
        }
    }
    return false;
}

static bool
has_inside(const struct cox_config *config, const struct cox_rsc_set *sets, size_t n_sets)
{
    for (size_t s = 0; s < n_sets; s++) {
        for (size_t i = 0; i < sets[s].n_members; i++) {
            if (is_inside(config, sets[s].members[i])) {
                return true;
            }
        }
    }
    return false;
}

/* What a constraint says of a member of a clone's instances it says of the first of them, as the field does: which that is may
 * change from plan to plan. */
static bool
is_about_first_instance(const struct cox_config *config)
{
    for (size_t i = 0; i < config->n_orders; i++) {
        const struct cox_order *row = &config->orders[i];

        if (is_inside(config, row->first) || is_inside(config, row->then) || has_inside(config, row->sets, row->n_sets)) {
            return true;
        }
    }
    for (size_t i = 0; i < config->n_colocations; i++) {
        const struct cox_colocation *row = &config->colocations[i];

        if (is_inside(config, row->dependent) || is_inside(config, row->primary) || has_inside(config, row->sets, row->n_sets)) {
            return true;
        }
    }
    return false;
}

/* Something is wanted that cannot be done: nobody promises anything then. */
static void
check_settled(const struct cox_sched_input *input, const struct cox_plan *plan, GString *problems)
{
    if (plan->n_changes == 0 && may_move(input->config)) {
        laws_of_places(input->config, plan, true, problems);
    }
}

void
laws_of_outcome(const struct cox_sched_input *input, const struct laws_outcome *how, GString *problems)
{
    struct cox_sched_input next = *input;
    struct cox_plan *own = NULL;
    const struct cox_plan *plan = how->plan;

    next.status = how->status;
    for (unsigned round = 0;; round++) {
        const struct cox_action *left = first_change(&plan->graph);
        struct cox_rehearsal_input rehearsal_input = { .graph = &plan->graph, .status = how->status, .now = input->now,
                                                         .is_thorough = true };
        g_autoptr(cox_rehearsal) rehearsal = NULL;

        if (left == NULL) {
            check_settled(input, plan, problems);
            break;
        }
        if (round == how->max_rounds && is_about_first_instance(input->config)) {
            break;
        }
        if (round == how->max_rounds) {
            g_autofree char *text = laws_plan_text(plan);

            laws_complain(problems, "settled", left, "is still wanted when all was done");
            g_string_append(problems, text);
            break;
        }
        rehearsal = cox_rehearsal_run(&rehearsal_input);
        if (!rehearsal->is_complete) {
            g_string_append(problems, "settled: the rehearsal did not come to its end\n");
            break;
        }
        cox_plan_free(own);
        plan = own = planted_run(&next, how->bug, PLANTED_NEXT);
        laws_of_plan(input->config, plan, problems);
    }
    cox_plan_free(own);
}
