/* cts/scheduler/laws.c - what holds for every plan, whatever the cluster looks like.  For tests. */
#include "laws.h"

#include <string.h>

#include "transition/rehearsal.h"

char *
laws_action_name(const struct cox_action *action)
{
    const char *key = action->internal_key != NULL ? action->internal_key : action->key;

    return g_strdup_printf("%s%s%s%s", g_strcmp0(action->task, "cancel") == 0 ? "cancel " : "", key != NULL ? key : action->task,
                           action->node_name != NULL ? " " : "", action->node_name != NULL ? action->node_name : "");
}

static void
complain(GString *problems, const char *law, const struct cox_action *action, const char *what)
{
    g_autofree char *name = laws_action_name(action);

    g_string_append_printf(problems, "%s: %s %s\n", law, name, what);
}

static bool
is_start(const struct cox_action *action)
{
    return action->kind == COX_ACTION_RSC
           && (g_str_equal(action->task, "start") || g_str_equal(action->task, "promote")
               || g_str_equal(action->task, "migrate_from"));
}

/* ---- closed and acyclic ---- */

static bool
check_inputs(const struct cox_graph *graph, GString *problems)
{
    bool good = true;

    for (size_t a = 0; a < graph->n_actions; a++) {
        const struct cox_action *action = &graph->actions[a];

        for (size_t i = 0; i < action->n_inputs; i++) {
            if (action->inputs[i] >= graph->n_actions || action->inputs[i] == a) {
                complain(problems, "closed", action, "waits for something that is not in the graph, or for itself");
                good = false;
            }
            for (size_t k = 0; k < i; k++) {
                if (action->inputs[i] == action->inputs[k]) {
                    complain(problems, "closed", action, "waits twice for the same");
                    good = false;
                }
            }
        }
    }
    return good;
}

/* Actions in an order in which they can be done; shorter than the graph when there is a circle. */
static GArray *
sorted_actions(const struct cox_graph *graph)
{
    GArray *order = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autofree bool *is_done = g_new0(bool, graph->n_actions + 1);
    bool progress = true;

    while (progress) {
        progress = false;
        for (guint32 a = 0; a < graph->n_actions; a++) {
            const struct cox_action *action = &graph->actions[a];
            size_t i = 0;

            while (!is_done[a] && i < action->n_inputs && is_done[action->inputs[i]]) {
                i++;
            }
            if (!is_done[a] && i == action->n_inputs) {
                is_done[a] = true;
                progress = true;
                g_array_append_val(order, a);
            }
        }
    }
    for (guint32 a = 0; a < graph->n_actions && order->len < graph->n_actions; a++) {
        if (!is_done[a]) {
            g_array_append_val(order, a); /* the first that cannot be done, for the message */
            break;
        }
    }
    return order;
}

static bool
check_circles(const struct cox_graph *graph, GString *problems)
{
    g_autoptr(GArray) order = sorted_actions(graph);
    g_autofree bool *is_done = g_new0(bool, graph->n_actions + 1);

    for (guint n = 0; n < order->len; n++) {
        guint32 a = g_array_index(order, guint32, n);

        for (size_t i = 0; i < graph->actions[a].n_inputs; i++) {
            if (!is_done[graph->actions[a].inputs[i]]) {
                complain(problems, "acyclic", &graph->actions[a], "is in a circle or waits for one");
                return false;
            }
        }
        is_done[a] = true;
    }
    return true;
}

/* ---- scores and nodes ---- */

static void
check_scores(const struct cox_plan *plan, GString *problems)
{
    g_autoptr(GHashTable) scores = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; i < plan->n_scores; i++) {
        const struct cox_score_entry *entry = &plan->scores[i];

        if (entry->node != NULL && !entry->is_promotion) { /* later entries replace earlier ones */
            g_hash_table_insert(scores, g_strdup_printf("%s %s", entry->rsc_id, entry->node), GINT_TO_POINTER(entry->score));
        }
    }
    for (size_t a = 0; a < plan->graph.n_actions; a++) {
        const struct cox_action *action = &plan->graph.actions[a];
        g_autofree char *where = NULL;
        gpointer score = NULL;

        if (!is_start(action)) {
            continue;
        }
        where = g_strdup_printf("%s %s", action->display_id, action->node_name);
        if (g_hash_table_lookup_extended(scores, where, NULL, &score) && GPOINTER_TO_INT(score) < 0) {
            complain(problems, "scores", action, "though the score there is negative");
        }
    }
}

static const struct cox_node_state *
node_called(const struct cox_cluster *cluster, const char *name)
{
    for (size_t i = 0; i < cluster->n_nodes; i++) {
        if (g_strcmp0(cluster->nodes[i].name, name) == 0) {
            return &cluster->nodes[i];
        }
    }
    return NULL;
}

static void
check_nodes(const struct cox_plan *plan, GString *problems)
{
    for (size_t a = 0; a < plan->graph.n_actions; a++) {
        const struct cox_action *action = &plan->graph.actions[a];
        const struct cox_node_state *node = is_start(action) ? node_called(&plan->cluster, action->node_name) : NULL;

        if (node == NULL || node->is_remote) {
            continue; /* a remote node may become reachable through the plan */
        }
        if (!node->is_online || node->is_standby || node->is_standby_onfail || node->is_maintenance || node->is_unclean) {
            complain(problems, "nodes", action, "though the node cannot run anything");
        }
    }
}

/* ---- one place ---- */

static bool
is_before(const struct cox_graph *graph, guint32 first, guint32 then)
{
    g_autofree bool *is_seen = g_new0(bool, graph->n_actions + 1);
    g_autoptr(GArray) todo = g_array_new(FALSE, FALSE, sizeof(guint32));

    g_array_append_val(todo, then);
    while (todo->len > 0) {
        const struct cox_action *action = &graph->actions[g_array_index(todo, guint32, todo->len - 1)];

        g_array_set_size(todo, todo->len - 1);
        for (size_t i = 0; i < action->n_inputs; i++) {
            if (action->inputs[i] == first) {
                return true;
            }
            if (!is_seen[action->inputs[i]]) {
                is_seen[action->inputs[i]] = true;
                g_array_append_val(todo, action->inputs[i]);
            }
        }
    }
    return false;
}

static const struct cox_rsc_state *
rsc_called(const struct cox_cluster *cluster, const char *id)
{
    for (size_t i = 0; i < cluster->n_rscs; i++) {
        if (g_strcmp0(cluster->rscs[i].id, id) == 0) {
            return &cluster->rscs[i];
        }
    }
    return NULL;
}

static bool
is_in_clone(const struct cox_cluster *cluster, const struct cox_rsc_state *rsc)
{
    while (rsc->parent != COX_RSC_NONE) {
        rsc = &cluster->rscs[rsc->parent];
        if (rsc->variant == COX_CLONE || rsc->variant == COX_BUNDLE) {
            return true;
        }
    }
    return false;
}

static void
check_places(const struct cox_plan *plan, GString *problems)
{
    const struct cox_graph *graph = &plan->graph;

    for (guint32 a = 0; a < graph->n_actions; a++) {
        const struct cox_action *start = &graph->actions[a];
        const struct cox_rsc_state *rsc = NULL;

        if (start->kind != COX_ACTION_RSC || !g_str_equal(start->task, "start")) {
            continue;
        }
        rsc = rsc_called(&plan->cluster, start->display_id);
        if (rsc == NULL || is_in_clone(&plan->cluster, rsc)) {
            continue;
        }
        for (guint32 b = 0; b < graph->n_actions; b++) {
            const struct cox_action *stop = &graph->actions[b];

            if (g_strcmp0(stop->task, "stop") == 0 && g_strcmp0(stop->display_id, start->display_id) == 0
                && stop->node_name != NULL && !is_before(graph, b, a)) {
                complain(problems, "one place", start, "before it has stopped elsewhere");
            }
        }
    }
}

void
laws_of_plan(const struct cox_plan *plan, GString *problems)
{
    if (check_inputs(&plan->graph, problems) && check_circles(&plan->graph, problems)) {
        check_places(plan, problems);
    }
    check_scores(plan, problems);
    check_nodes(plan, problems);
}

/* ---- outcome ---- */

/* What a plan of a settled cluster has none of. The rest (clearing of failure counts, cancelling, forgetting, telling
 * of notifications) leaves no trace in what a rehearsal writes down, so that it may be planned again. */
static bool
changes_something(const struct cox_action *action)
{
    static const char *const tasks[] = { "start", "stop", "promote", "demote", "migrate_to", "migrate_from", "monitor", "stonith" };

    for (size_t i = 0; action->kind != COX_ACTION_PSEUDO && i < G_N_ELEMENTS(tasks); i++) {
        if (g_strcmp0(action->task, tasks[i]) == 0) {
            return true;
        }
    }
    return false;
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

static const struct cox_rsc_state *
plain(const struct cox_config *config, const struct cox_cluster *cluster, cox_rsc_id id)
{
    const struct cox_rsc_def *def = id != COX_RSC_NONE ? &config->resources[id] : NULL;
    const struct cox_rsc_state *rsc = NULL;

    if (def == NULL || def->variant != COX_PRIMITIVE || def->parent != COX_RSC_NONE) {
        return NULL;
    }
    rsc = rsc_called(cluster, def->id);
    return rsc != NULL && rsc->is_managed && !rsc->is_failed && !rsc->is_blocked ? rsc : NULL;
}

/* Two that each depend on the other: one of them has to come first, and decides without the other. */
static bool
is_in_circle(const struct cox_config *config, cox_rsc_id primary)
{
    for (size_t i = 0; i < config->n_colocations; i++) {
        if (config->colocations[i].dependent == primary || config->colocations[i].n_sets > 0) {
            return true;
        }
    }
    return false;
}

static void
check_together(const struct cox_config *config, const struct cox_cluster *cluster, GString *problems)
{
    for (size_t i = 0; i < config->n_colocations; i++) {
        const struct cox_colocation *row = &config->colocations[i];
        const struct cox_rsc_state *dependent = plain(config, cluster, row->dependent);
        const struct cox_rsc_state *primary = plain(config, cluster, row->primary);
        bool is_same = false;

        if (dependent == NULL || primary == NULL || row->node_attribute != NULL || row->lifetime != NULL
            || row->dependent_role > COX_ROLE_STARTED || row->primary_role > COX_ROLE_STARTED || dependent->n_running_on == 0 || is_in_circle(config, row->primary)) {
            continue;
        }
        is_same = primary->n_running_on > 0 && primary->running_on[0] == dependent->running_on[0];
        if ((row->score >= COX_SCORE_INFINITY && !is_same) || (row->score <= -COX_SCORE_INFINITY && is_same)) {
            g_string_append_printf(problems, "together: %s is broken: %s runs on %s, %s on %s\n", row->id, dependent->id,
                                   cluster->nodes[dependent->running_on[0]].name, primary->id,
                                   primary->n_running_on > 0 ? cluster->nodes[primary->running_on[0]].name : "no node");
        }
    }
}

/* What the cluster may not move does not count. */
static gint64
used_on(const struct cox_cluster *cluster, guint32 node, const char *name)
{
    gint64 used = 0;

    for (size_t r = 0; r < cluster->n_rscs; r++) {
        const struct cox_rsc_state *rsc = &cluster->rscs[r];
        const char *text = rsc->variant == COX_PRIMITIVE && rsc->utilization != NULL ? cox_nvlist_get(rsc->utilization, name) : NULL;

        for (size_t i = 0; text != NULL && rsc->is_managed && !rsc->is_blocked && !rsc->is_failed && i < rsc->n_running_on; i++) {
            used += rsc->running_on[i] == node ? g_ascii_strtoll(text, NULL, 10) : 0;
        }
    }
    return used;
}

static void
check_room(const struct cox_cluster *cluster, GString *problems)
{
    for (guint32 n = 0; n < cluster->n_nodes; n++) {
        const struct cox_nvlist *capacity = cluster->nodes[n].utilization;

        for (size_t i = 0; capacity != NULL && i < capacity->n_pairs; i++) {
            gint64 has = g_ascii_strtoll(capacity->pairs[i].value, NULL, 10);
            gint64 used = used_on(cluster, n, capacity->pairs[i].name);

            if (used > has) {
                g_string_append_printf(problems, "room: %s has %s=%" G_GINT64_FORMAT " and holds %" G_GINT64_FORMAT "\n",
                                       cluster->nodes[n].name, capacity->pairs[i].name, has, used);
            }
        }
    }
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

static bool
has_strategy(const struct cox_config *config)
{
    const char *strategy = option(config, "placement-strategy");

    return strategy != NULL && !g_str_equal(strategy, "default");
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

void
laws_of_outcome(const struct cox_sched_input *input, struct cox_status *status, unsigned max_rounds, GString *problems)
{
    struct cox_sched_input next = *input;

    next.status = status;
    for (unsigned round = 0; round <= max_rounds; round++) {
        g_autoptr(cox_plan) plan = cox_sched_run(&next, NULL);
        const struct cox_action *left = first_change(&plan->graph);
        struct cox_rehearsal_input rehearsal_input = { .graph = &plan->graph, .status = status, .now = input->now,
                                                         .is_thorough = true };
        g_autoptr(cox_rehearsal) rehearsal = NULL;

        if (left == NULL) {
            if (plan->n_changes > 0 || !may_move(input->config)) {
                return; /* something is wanted that cannot be done: nobody promises anything */
            }
            check_together(input->config, &plan->cluster, problems);
            if (has_strategy(input->config)) {
                check_room(&plan->cluster, problems);
            }
            return;
        }
        if (round == max_rounds) {
            g_autofree char *text = laws_plan_text(plan);

            complain(problems, "settled", left, "is still wanted when all was done");
            g_string_append(problems, text);
            return;
        }
        rehearsal = cox_rehearsal_run(&rehearsal_input);
        if (!rehearsal->is_complete) {
            g_string_append(problems, "settled: the rehearsal did not come to its end\n");
            return;
        }
    }
}

/* ---- text ---- */

static int
compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

static char *
joined(GPtrArray *texts, const char *between)
{
    g_ptr_array_sort(texts, compare_texts);
    g_ptr_array_add(texts, NULL);
    return g_strjoinv(between, (char **) texts->pdata);
}

/* Which instance of an anonymous clone gets which number follows from the order of the nodes' states: left out. */
static char *
without_numbers(const char *text)
{
    GString *out = g_string_new(NULL);

    for (const char *at = text; *at != '\0';) {
        if (at[0] == ':' && g_ascii_isdigit(at[1])) {
            for (at++; g_ascii_isdigit(*at); at++) {
            }
        } else {
            g_string_append_c(out, *at++);
        }
    }
    return g_string_free(out, FALSE);
}

static void
add_line(GPtrArray *lines, char *line)
{
    g_ptr_array_add(lines, without_numbers(line));
    g_free(line);
}

static char *
plain_name(const struct cox_action *action)
{
    g_autofree char *name = laws_action_name(action);

    return without_numbers(name);
}

char *
laws_plan_text(const struct cox_plan *plan)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    for (size_t a = 0; a < plan->graph.n_actions; a++) {
        const struct cox_action *action = &plan->graph.actions[a];
        g_autoptr(GPtrArray) inputs = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *name = laws_action_name(action);
        g_autofree char *after = NULL;

        for (size_t i = 0; i < action->n_inputs; i++) {
            g_ptr_array_add(inputs, plain_name(&plan->graph.actions[action->inputs[i]]));
        }
        after = joined(inputs, ", ");
        add_line(lines, g_strdup_printf("%s%s after [%s]\n", action->kind == COX_ACTION_PSEUDO ? "" : "do ", name, after));
    }
    for (size_t c = 0; c < plan->n_changes; c++) {
        const struct cox_change *change = &plan->changes[c];

        add_line(lines, g_strdup_printf("change %s %s %s %s\n", change->verb, change->name, change->details,
                                               change->reason != NULL && !change->is_node ? change->reason : ""));
    }
    return joined(lines, "");
}
