/* cts/scheduler/planted.c - plans with a fault that was put into them, to show that laws find it.  For tests. */
#include "planted.h"

#include <string.h>

#include "laws.h"

/** A plan that is being changed: what is changed is copied within its arena. */
struct bug {
    const struct cox_config *config;
    struct cox_plan *plan;
    struct cox_action *actions; /* of the plan's graph */
};

static bool
is_task(const struct cox_action *action, const char *task)
{
    return action->kind == COX_ACTION_RSC && g_strcmp0(action->task, task) == 0 && action->display_id != NULL;
}

static void
set_inputs(struct bug *bug, size_t action, const guint32 *inputs, size_t n)
{
    bug->actions[action].inputs = cox_arena_memdup(bug->plan->arena, inputs, n, sizeof(*inputs));
    bug->actions[action].n_inputs = n;
}

static void
add_input(struct bug *bug, size_t action, guint32 input)
{
    g_autoptr(GArray) inputs = g_array_new(FALSE, FALSE, sizeof(guint32));

    g_array_append_vals(inputs, bug->actions[action].inputs, (guint) bug->actions[action].n_inputs);
    g_array_append_val(inputs, input);
    set_inputs(bug, action, (const guint32 *) (void *) inputs->data, inputs->len);
}

/* ---- the graph ---- */

static void
wait_for_itself(struct bug *bug)
{
    if (bug->plan->graph.n_actions > 0) {
        add_input(bug, 0, 0);
    }
}

static void
wait_in_circle(struct bug *bug)
{
    for (guint32 a = 0; a < bug->plan->graph.n_actions; a++) {
        if (bug->actions[a].n_inputs > 0) {
            add_input(bug, bug->actions[a].inputs[0], a);
            return;
        }
    }
}

/* Whatever starts after a @task (of the resource itself, if @is_own) waits for nothing. */
static void
forget_waiting(struct bug *bug, const char *task, bool is_own)
{
    for (guint32 a = 0; a < bug->plan->graph.n_actions; a++) {
        for (guint32 b = 0; is_task(&bug->actions[a], "start") && b < bug->plan->graph.n_actions; b++) {
            if (g_strcmp0(bug->actions[b].task, task) == 0 && bug->actions[b].node_name != NULL
                && (!is_own || g_strcmp0(bug->actions[b].display_id, bug->actions[a].display_id) == 0)) {
                set_inputs(bug, a, NULL, 0);
            }
        }
    }
}

static void
forget_stops(struct bug *bug)
{
    forget_waiting(bug, "stop", true);
}

static void
forget_fencing(struct bug *bug)
{
    forget_waiting(bug, "stonith", false);
}

/* What is stopped is monitored instead. */
static void
leave_out_stops(struct bug *bug)
{
    for (size_t a = 0; a < bug->plan->graph.n_actions; a++) {
        if (is_task(&bug->actions[a], "stop")) {
            bug->actions[a].task = "monitor";
        }
    }
}

/* What is fenced is unfenced instead. */
static void
unfence_instead(struct bug *bug)
{
    for (size_t a = 0; a < bug->plan->graph.n_actions; a++) {
        struct cox_action *action = &bug->actions[a];

        if (laws_is_fencing(action)) {
            struct cox_nvpair *attributes = cox_arena_memdup(bug->plan->arena, action->attributes, action->n_attributes, sizeof(*attributes));

            for (size_t i = 0; i < action->n_attributes; i++) {
                attributes[i].value = g_str_equal(attributes[i].name, "CRM_meta_stonith_action") ? "on" : attributes[i].value;
            }
            action->attributes = attributes;
        }
    }
}

static void
forget_orders(struct bug *bug)
{
    forget_waiting(bug, "start", false);
}

/* The last action that waits for something waits for less. */
static void
forget_one(struct bug *bug)
{
    for (size_t a = bug->plan->graph.n_actions; a > 0; a--) {
        if (bug->actions[a - 1].n_inputs > 0) {
            bug->actions[a - 1].n_inputs--;
            return;
        }
    }
}

/* ---- places ---- */

static void
move(struct bug *bug, size_t action, const char *node)
{
    bug->actions[action].node_name = node;
}

static void
start_where_score_is_negative(struct bug *bug)
{
    for (size_t a = 0; a < bug->plan->graph.n_actions; a++) {
        for (size_t s = bug->plan->n_scores; is_task(&bug->actions[a], "start") && s > 0; s--) {
            const struct cox_score_entry *entry = &bug->plan->scores[s - 1];

            if (!entry->is_promotion && entry->node != NULL && entry->score < 0 && g_str_equal(entry->rsc_id, bug->actions[a].display_id)) {
                move(bug, a, entry->node);
                return;
            }
        }
    }
}

static void
start_where_nothing_may(struct bug *bug)
{
    const struct cox_cluster *cluster = &bug->plan->cluster;

    for (size_t n = 0; n < cluster->n_nodes; n++) {
        for (size_t a = 0; a < bug->plan->graph.n_actions; a++) {
            if (is_task(&bug->actions[a], "start") && !cluster->nodes[n].is_remote && !cluster->nodes[n].is_online) {
                move(bug, a, cluster->nodes[n].name);
                return;
            }
        }
    }
}

/* All starts on one node, as if there were no end of room. */
static void
start_all_in_one_place(struct bug *bug)
{
    const char *node = NULL;

    for (size_t a = 0; a < bug->plan->graph.n_actions; a++) {
        if (is_task(&bug->actions[a], "start")) {
            node = node == NULL ? bug->actions[a].node_name : node;
            move(bug, a, node);
        }
    }
}

static const char *
another_node(const struct cox_cluster *cluster, const char *than)
{
    for (size_t n = 0; n < cluster->n_nodes; n++) {
        if (g_strcmp0(cluster->nodes[n].name, than) != 0) {
            return cluster->nodes[n].name;
        }
    }
    return than;
}

/* What depends on something starts elsewhere. */
static void
start_apart(struct bug *bug)
{
    for (size_t i = 0; i < bug->config->n_colocations; i++) {
        const struct cox_colocation *row = &bug->config->colocations[i];

        for (size_t a = 0; row->dependent != COX_RSC_NONE && a < bug->plan->graph.n_actions; a++) {
            if (is_task(&bug->actions[a], "start")
                && g_str_equal(bug->actions[a].display_id, bug->config->resources[row->dependent].id)) {
                move(bug, a, another_node(&bug->plan->cluster, bug->actions[a].node_name));
            }
        }
    }
}

/* ---- outcome ---- */

/* Each plan stops something that is well where it is. */
static void
stop_what_is_well(struct bug *bug)
{
    const struct cox_cluster *cluster = &bug->plan->cluster;

    for (size_t r = 0; r < cluster->n_rscs; r++) {
        const struct cox_rsc_state *rsc = &cluster->rscs[r];

        if (rsc->variant == COX_PRIMITIVE && rsc->is_managed && !rsc->is_failed && rsc->n_running_on > 0) {
            size_t n = bug->plan->graph.n_actions;
            struct cox_action *actions = cox_arena_new_array(bug->plan->arena, struct cox_action, n + 1);

            memcpy(actions, bug->actions, n * sizeof(*actions));
            actions[n] = (struct cox_action) {
                .id = (guint32) n + 1, .kind = COX_ACTION_RSC, .task = "stop",
                .key = cox_arena_printf(bug->plan->arena, "%s_stop_0", rsc->short_id),
                .node_name = cluster->nodes[rsc->running_on[0]].name, .node_uuid = cluster->nodes[rsc->running_on[0]].id,
                .rsc_id = rsc->short_id, .rsc_long_id = rsc->id, .rsc_standard = rsc->standard,
                .rsc_provider = rsc->provider, .rsc_type = rsc->type, .display_id = rsc->id,
            };
            bug->actions = actions;
            bug->plan->graph.n_actions++;
            return;
        }
    }
}

/* ---- explanations ---- */

/* The first term of the first placing that has some becomes @term. */
static void
change_term(struct bug *bug, struct cox_score_term (*change)(struct cox_score_term))
{
    const struct cox_explanation *explanation = bug->plan->explanation;

    for (size_t r = 0; r < explanation->n_rscs; r++) {
        for (size_t n = 0; n < bug->plan->cluster.n_nodes; n++) {
            const struct cox_terms *terms = &explanation->rscs[r].placings[n].terms;

            if (terms->n > 0) { /* the plan is ours */
                struct cox_score_term *last = (struct cox_score_term *) (guintptr) &terms->items[terms->n - 1];

                *last = change(*last);
                return;
            }
        }
    }
}

static struct cox_score_term
other_score(struct cox_score_term term)
{
    term.score = term.score == 17 ? 18 : 17;
    term.is_set = true;
    return term;
}

static struct cox_score_term
without_source(struct cox_score_term term)
{
    term.kind = COX_TERM_UNEXPLAINED;
    return term;
}

static void
miscount(struct bug *bug)
{
    change_term(bug, other_score);
}

static void
forget_source(struct bug *bug)
{
    change_term(bug, without_source);
}

static void
forget_choice(struct bug *bug)
{
    for (size_t r = 0; r < bug->plan->explanation->n_rscs; r++) {
        struct cox_rsc_explanation *rsc = (struct cox_rsc_explanation *) (guintptr) &bug->plan->explanation->rscs[r];

        if (rsc->node != COX_NODE_NONE) {
            rsc->choice = COX_CHOICE_NONE;
        }
    }
}

/* ---- which for which law ---- */

static const struct {
    const char *law;
    enum planted_stage stage;
    void (*plant)(struct bug *bug);
    const char *name; /* NULL: that of the law */
} bugs[] = {
    { "closed", PLANTED_FIRST, wait_for_itself },
    { "acyclic", PLANTED_FIRST, wait_in_circle },
    { "scores", PLANTED_FIRST, start_where_score_is_negative },
    { "nodes", PLANTED_FIRST, start_where_nothing_may },
    { "one place", PLANTED_FIRST, forget_stops },
    { "fenced", PLANTED_FIRST, forget_fencing },
    { "ordered", PLANTED_FIRST, forget_orders },
    { "instances", PLANTED_FIRST, start_all_in_one_place },
    { "together", PLANTED_FIRST, start_apart },
    { "room", PLANTED_FIRST, start_all_in_one_place },
    { "settled", PLANTED_NEXT, stop_what_is_well },
    { "sum", PLANTED_EXPLAINED, miscount },
    { "explained", PLANTED_EXPLAINED, forget_source },
    { "choice", PLANTED_EXPLAINED, forget_choice },
    { "free", PLANTED_EXPLAINED, forget_one },
    { "order", PLANTED_SHUFFLED, forget_one },
    { "one place", PLANTED_FIRST, leave_out_stops, "no stop" },
    { "fenced", PLANTED_FIRST, unfence_instead, "unfencing" },
};

static bool
is_called(size_t bug, const char *name)
{
    return g_str_equal(bugs[bug].name != NULL ? bugs[bug].name : bugs[bug].law, name);
}

const char *
planted_law(const char *bug)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bugs); i++) {
        if (is_called(i, bug)) {
            return bugs[i].law;
        }
    }
    return NULL;
}

struct cox_plan *
planted_run(const struct cox_sched_input *input, const char *bug, enum planted_stage stage)
{
    struct cox_plan *plan = cox_sched_run(input, NULL);
    size_t n = plan->graph.n_actions;

    for (size_t i = 0; bug != NULL && i < G_N_ELEMENTS(bugs); i++) {
        if (bugs[i].stage == stage && is_called(i, bug)) {
            struct bug planted = { input->config, plan, cox_arena_memdup(plan->arena, plan->graph.actions, n, sizeof(struct cox_action)) };

            bugs[i].plant(&planted);
            plan->graph.actions = planted.actions;
        }
    }
    return plan;
}
