/* cts/scheduler/laws.c - what holds for every plan, whatever the cluster looks like.  For tests. */
#include "laws.h"

#include <string.h>

#include "afterlaws.h"
#include "waitlaws.h"

const char *const laws_names[] = { "closed", "acyclic", "scores", "nodes", "one place", "fenced", "ordered", "instances", "together",
                                   "room", "settled", "sum", "explained", "choice", "free", "order", NULL };

/* A message of a law is at the beginning of a line. */
bool
laws_is_broken(const char *law, const GString *problems)
{
    g_autofree char *later = g_strconcat("\n", law, ":", NULL);

    return g_str_has_prefix(problems->str, later + 1) || strstr(problems->str, later) != NULL;
}

char *
laws_action_name(const struct cox_action *action)
{
    const char *key = action->internal_key != NULL ? action->internal_key : action->key;

    return g_strdup_printf("%s%s%s%s", g_strcmp0(action->task, "cancel") == 0 ? "cancel " : "", key != NULL ? key : action->task,
                           action->node_name != NULL ? " " : "", action->node_name != NULL ? action->node_name : "");
}

void
laws_complain(GString *problems, const char *law, const struct cox_action *action, const char *what)
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
                laws_complain(problems, "closed", action, "waits for something that is not in the graph, or for itself");
                good = false;
            }
            for (size_t k = 0; k < i; k++) {
                if (action->inputs[i] == action->inputs[k]) {
                    laws_complain(problems, "closed", action, "waits twice for the same");
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
                laws_complain(problems, "acyclic", &graph->actions[a], "is in a circle or waits for one");
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
            laws_complain(problems, "scores", action, "though the score there is negative");
        }
    }
}

const struct cox_node_state *
laws_node(const struct cox_cluster *cluster, const char *name)
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
        const struct cox_node_state *node = is_start(action) ? laws_node(&plan->cluster, action->node_name) : NULL;

        if (node == NULL || node->is_remote) {
            continue; /* a remote node may become reachable through the plan */
        }
        if (!node->is_online || node->is_standby || node->is_standby_onfail || node->is_maintenance || node->is_unclean) {
            laws_complain(problems, "nodes", action, "though the node cannot run anything");
        }
    }
}

/* ---- one place ---- */

bool
laws_is_before(const struct cox_graph *graph, guint32 first, guint32 then)
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

bool
laws_is_fencing(const struct cox_action *action)
{
    if (g_strcmp0(action->task, "stonith") != 0 || action->node_name == NULL) {
        return false;
    }
    for (size_t i = 0; i < action->n_attributes; i++) {
        if (g_str_equal(action->attributes[i].name, "CRM_meta_stonith_action")) {
            return !g_str_equal(action->attributes[i].value, "on");
        }
    }
    return true;
}

const struct cox_rsc_state *
laws_rsc(const struct cox_cluster *cluster, const char *id)
{
    for (size_t i = 0; i < cluster->n_rscs; i++) {
        if (g_strcmp0(cluster->rscs[i].id, id) == 0) {
            return &cluster->rscs[i];
        }
    }
    return NULL;
}

bool
laws_is_in_clone(const struct cox_cluster *cluster, const struct cox_rsc_state *rsc)
{
    while (rsc->parent != COX_RSC_NONE) {
        rsc = &cluster->rscs[rsc->parent];
        if (rsc->variant == COX_CLONE || rsc->variant == COX_BUNDLE) {
            return true;
        }
    }
    return false;
}

/* Does the action leave nothing of @rsc on the node? */
static bool
is_end_of(const struct cox_action *action, const struct cox_rsc_state *rsc, const char *node)
{
    if (g_strcmp0(action->node_name, node) != 0) {
        return false;
    }
    return laws_is_fencing(action) || (g_strcmp0(action->task, "stop") == 0 && g_strcmp0(action->display_id, rsc->id) == 0);
}

static bool
is_fenced(const struct cox_graph *graph, const char *node)
{
    for (size_t a = 0; a < graph->n_actions; a++) {
        if (laws_is_fencing(&graph->actions[a]) && g_str_equal(graph->actions[a].node_name, node)) {
            return true;
        }
    }
    return false;
}

/* What ends it on @node is before the start; there must be something of that if @is_there. */
static void
check_end(const struct cox_plan *plan, guint32 start, const char *node, bool is_there, GString *problems)
{
    const struct cox_graph *graph = &plan->graph;
    const struct cox_rsc_state *rsc = laws_rsc(&plan->cluster, graph->actions[start].display_id);
    bool is_ended = !is_there;

    for (guint32 a = 0; a < graph->n_actions; a++) {
        if (is_end_of(&graph->actions[a], rsc, node)) {
            bool is_before = laws_is_before(graph, a, start);

            is_ended = is_ended || is_before;
            if (!is_before && g_strcmp0(graph->actions[a].task, "stop") == 0) {
                laws_complain(problems, "one place", &graph->actions[start], "before it has stopped elsewhere");
                return;
            }
        }
    }
    if (!is_ended) {
        g_autofree char *what = g_strdup_printf("though nothing stops it on %s", node);

        laws_complain(problems, "one place", &graph->actions[start], what);
    }
}

static bool
is_on(const struct cox_rsc_state *rsc, size_t node)
{
    for (size_t i = 0; i < rsc->n_running_on; i++) {
        if (rsc->running_on[i] == node) {
            return true;
        }
    }
    return false;
}

static void
check_places(const struct cox_plan *plan, GString *problems)
{
    for (guint32 a = 0; a < plan->graph.n_actions; a++) {
        const struct cox_action *start = &plan->graph.actions[a];
        const struct cox_rsc_state *rsc =
            start->kind != COX_ACTION_RSC || !g_str_equal(start->task, "start") ? NULL : laws_rsc(&plan->cluster, start->display_id);

        for (size_t n = 0; rsc != NULL && !laws_is_in_clone(&plan->cluster, rsc) && n < plan->cluster.n_nodes; n++) {
            const struct cox_node_state *node = &plan->cluster.nodes[n];
            bool is_elsewhere = is_on(rsc, n) && node->is_online && !node->is_unclean && g_strcmp0(node->name, start->node_name) != 0;
            bool waits = laws_requires_fencing(plan, rsc) || !is_fenced(&plan->graph, node->name);

            check_end(plan, a, node->name, is_elsewhere && waits, problems);
        }
    }
}

void
laws_of_plan(const struct cox_config *config, const struct cox_plan *plan, GString *problems)
{
    if (check_inputs(&plan->graph, problems) && check_circles(&plan->graph, problems)) {
        check_places(plan, problems);
        laws_of_waiting(config, plan, problems);
    }
    check_scores(plan, problems);
    check_nodes(plan, problems);
    laws_of_places(config, plan, false, problems);
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
