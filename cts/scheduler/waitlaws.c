/* cts/scheduler/waitlaws.c - what must have been done before a resource starts or stops.  For tests. */
#include "waitlaws.h"

#include <string.h>

#include "laws.h"
#include "model/option.h"
#include "ordercircles.h"

static bool
is_task(const struct cox_action *action, const char *task)
{
    return action->task != NULL && action->display_id != NULL && g_str_equal(action->task, task);
}

/* ---- fenced ---- */

bool
laws_requires_fencing(const struct cox_plan *plan, const struct cox_rsc_state *rsc)
{
    const char *requires = rsc->meta == NULL ? NULL : cox_option_get(COX_OPT_META_REQUIRES, rsc->meta);

    return plan->cluster.fencing_enabled && g_strcmp0(rsc->standard, "stonith") != 0 && g_strcmp0(rsc->type, "remote") != 0
           && g_strcmp0(requires, "nothing") != 0 && g_strcmp0(requires, "quorum") != 0;
}

/* A stop that is carried out there is as good: a remote node may be reached again. */
static bool
is_proof(const struct cox_action *action, const char *node, const char *rsc)
{
    if (g_strcmp0(action->node_name, node) != 0) {
        return false;
    }
    return laws_is_fencing(action)
           || (action->kind == COX_ACTION_RSC && is_task(action, "stop") && g_str_equal(action->display_id, rsc));
}

static bool
is_proven_before(const struct cox_plan *plan, const char *node, guint32 start)
{
    for (guint32 a = 0; a < plan->graph.n_actions; a++) {
        if (is_proof(&plan->graph.actions[a], node, plan->graph.actions[start].display_id) && laws_is_before(&plan->graph, a, start)) {
            return true;
        }
    }
    return false;
}

static void
check_fenced(const struct cox_plan *plan, guint32 start, GString *problems)
{
    const struct cox_action *action = &plan->graph.actions[start];
    const struct cox_rsc_state *rsc = laws_rsc(&plan->cluster, action->display_id);

    if (rsc == NULL || rsc->variant != COX_PRIMITIVE || !laws_requires_fencing(plan, rsc)) {
        return;
    }
    for (size_t i = 0; i < rsc->n_running_on; i++) {
        const struct cox_node_state *node = &plan->cluster.nodes[rsc->running_on[i]];

        if (g_strcmp0(action->node_name, node->name) == 0) {
            continue; /* behind a connection that is made again: it begins where it may be, and nowhere else */
        }
        if (node->is_unclean && !is_proven_before(plan, node->name, start)) {
            g_autofree char *what = g_strdup_printf("before %s is fenced, where it is", node->name);

            laws_complain(problems, "fenced", action, what);
        }
    }
}

/* ---- ordered ---- */

/** What is checked. */
struct law {
    const struct cox_config *config;
    const struct cox_plan *plan;
    const bool *who_waits; /* of ordercircles.h */
    GString *problems;
};

/** One resource is to do one thing before another does another. */
struct wait {
    const char *why;
    const struct cox_rsc_def *first, *then;
    const char *first_task, *then_task;
};

/* Is it an action on @def or a member of it? */
static bool
is_about(const struct cox_config *config, const struct cox_action *action, const struct cox_rsc_def *def)
{
    size_t top = (size_t) (def - config->resources);

    for (size_t r = top; r < def->end; r++) {
        if (config->resources[r].variant == COX_PRIMITIVE && g_str_equal(config->resources[r].id, action->display_id)) {
            return true;
        }
    }
    return false;
}

/* Something in it is not managed, and may be there for ever. */
static bool
is_left_alone(const struct cox_config *config, const struct cox_plan *plan, const struct cox_rsc_def *def)
{
    for (size_t r = 0; r < plan->cluster.n_rscs; r++) {
        const struct cox_rsc_state *rsc = &plan->cluster.rscs[r];

        if (rsc->def >= def && rsc->def < &config->resources[def->end] && (!rsc->is_managed || rsc->is_blocked)) {
            return true;
        }
    }
    return false;
}

/* What migrates is there all the time. */
static bool
is_migrating(const struct cox_config *config, const struct cox_graph *graph, const struct cox_rsc_def *def)
{
    for (size_t a = 0; a < graph->n_actions; a++) {
        const struct cox_action *action = &graph->actions[a];

        if (action->display_id != NULL && g_str_has_prefix(action->task, "migrate_") && is_about(config, action, def)) {
            return true;
        }
    }
    return false;
}

/* Does the stop only say that a node was fenced, after @then?  A guest is fenced by the stop of its machine. */
static bool
is_by_fencing_after(const struct cox_graph *graph, guint32 stop, guint32 then)
{
    for (guint32 a = 0; graph->actions[stop].kind == COX_ACTION_PSEUDO && a < graph->n_actions; a++) {
        if (laws_is_fencing(&graph->actions[a]) && laws_is_before(graph, then, a) && laws_is_before(graph, a, stop)) {
            return true;
        }
    }
    return false;
}

static void
check_wait(const struct cox_config *config, const struct cox_plan *plan, const struct wait *wait, GString *problems)
{
    const struct cox_graph *graph = &plan->graph;

    for (guint32 t = 0; t < graph->n_actions; t++) {
        const struct cox_action *then = &graph->actions[t];

        if (!is_task(then, wait->then_task) || !is_about(config, then, wait->then)) {
            continue;
        }
        for (guint32 f = 0; f < graph->n_actions; f++) {
            const struct cox_action *first = &graph->actions[f];

            if (is_task(first, wait->first_task) && is_about(config, first, wait->first) && !laws_is_before(graph, f, t)
                && !is_by_fencing_after(graph, f, t)) {
                g_autofree char *name = laws_action_name(first);
                g_autofree char *what = g_strdup_printf("before %s (%s)", name, wait->why);

                laws_complain(problems, "ordered", then, what);
            }
        }
    }
}

/* Does the first wait for the other, too?  One of the orders in a circle must give way. */
static bool
is_in_circle(const struct cox_config *config, const bool *who_waits, const struct wait *wait)
{
    size_t n = config->n_resources, first = (size_t) (wait->first - config->resources), then = (size_t) (wait->then - config->resources);

    for (size_t f = first; f < wait->first->end; f++) {
        for (size_t t = then; t < wait->then->end; t++) {
            if (who_waits[t * n + f]) {
                return true;
            }
        }
    }
    return false;
}

/* Both ways: the last to start is the first to stop. */
static void
check_both(const struct law *law, const struct wait *start, bool is_symmetrical)
{
    const struct cox_config *config = law->config;
    const struct cox_plan *plan = law->plan;
    const struct cox_graph *graph = &plan->graph;
    struct wait stop = { start->why, start->then, start->first, "stop", "stop" };

    if (is_in_circle(config, law->who_waits, start) || is_migrating(config, graph, start->first) || is_migrating(config, graph, start->then)
        || is_left_alone(config, plan, start->first) || is_left_alone(config, plan, start->then)) {
        return;
    }
    check_wait(config, plan, start, law->problems);
    if (is_symmetrical) {
        check_wait(config, plan, &stop, law->problems);
    }
}

/* Plain resources and groups of the top level; members of a group as such. */
static const struct cox_rsc_def *
simple(const struct cox_config *config, cox_rsc_id id)
{
    const struct cox_rsc_def *def = id == COX_RSC_NONE ? NULL : &config->resources[id];
    const struct cox_rsc_def *parent = def == NULL || def->parent == COX_RSC_NONE ? NULL : &config->resources[def->parent];

    if (def == NULL || def->variant > COX_GROUP || (parent != NULL && (parent->variant != COX_GROUP || parent->parent != COX_RSC_NONE))) {
        return NULL;
    }
    return def;
}

static bool
is_start_then_start(const struct cox_order *order)
{
    return order->n_sets == 0 && order->lifetime == NULL && (order->first_action == NULL || g_str_equal(order->first_action, "start"))
           && (order->then_action == NULL || g_str_equal(order->then_action, "start"))
           && (order->kind == NULL ? !order->has_score || order->score > 0 : g_ascii_strcasecmp(order->kind, "Mandatory") == 0);
}

static void
check_orders(const struct law *law)
{
    const struct cox_config *config = law->config;

    for (size_t i = 0; i < config->n_orders; i++) {
        const struct cox_order *order = &config->orders[i];
        struct wait wait = { order->id, simple(config, order->first), simple(config, order->then), "start", "start" };

        if (is_start_then_start(order) && wait.first != NULL && wait.then != NULL) {
            check_both(law, &wait, order->symmetrical != COX_FALSE);
        }
    }
}

static bool
is_unordered(const struct cox_rsc_def *group)
{
    for (size_t s = 0; s < group->meta.n_sets; s++) {
        for (size_t i = 0; i < group->meta.sets[s].n_pairs; i++) {
            const struct cox_nvpair *pair = &group->meta.sets[s].pairs[i];

            if (g_str_equal(pair->name, cox_option(COX_OPT_CLONE_ORDERED)->name) && g_str_equal(pair->value, "false")) {
                return true;
            }
        }
    }
    return false;
}

static void
check_groups(const struct law *law)
{
    const struct cox_config *config = law->config;

    for (size_t r = 0; r < config->n_resources; r++) {
        const struct cox_rsc_def *group = &config->resources[r];

        for (size_t m = r + 2; group->variant == COX_GROUP && group->parent == COX_RSC_NONE && m < group->end && !is_unordered(group); m++) {
            struct wait wait = { group->id, &config->resources[m - 1], &config->resources[m], "start", "start" };

            check_both(law, &wait, true);
        }
    }
}

void
laws_of_waiting(const struct cox_config *config, const struct cox_plan *plan, GString *problems)
{
    g_autofree bool *who_waits = ordercircles_who_waits(config);
    const struct law law = { config, plan, who_waits, problems };

    for (guint32 a = 0; a < plan->graph.n_actions; a++) {
        if (plan->graph.actions[a].kind == COX_ACTION_RSC && is_task(&plan->graph.actions[a], "start")) {
            check_fenced(plan, a, problems);
        }
    }
    check_orders(&law);
    check_groups(&law);
}
