/* cts/scheduler/afterlaws.c - where everything is when a plan has been carried out.  For tests. */
#include "afterlaws.h"

#include <string.h>

#include "laws.h"
#include "model/option.h"

/** What one resource does on one node. */
struct place {
    bool is_active, is_promoted;
    bool was_active;
    bool is_new;          /**< the plan brings it there */
    bool is_promoted_now; /**< the plan promotes it there */
};

/** What is known of a plan's end. */
struct after {
    const struct cox_config *config;
    const struct cox_cluster *cluster;
    struct place *places; /* [resource * n_nodes + node] */
    bool is_settled;
    GString *problems;
};

static struct place *
place_at(const struct after *after, size_t rsc, size_t node)
{
    return &after->places[rsc * after->cluster->n_nodes + node];
}

/* ---- what the cluster may not stop ---- */

static bool
is_granted(const struct after *after, const char *ticket)
{
    for (size_t i = 0; i < after->cluster->n_tickets; i++) {
        if (g_str_equal(after->cluster->tickets[i].id, ticket)) {
            return after->cluster->tickets[i].is_granted;
        }
    }
    return false;
}

/* Its own definition, or that of the bundle that a container, an address or a connection is made for. */
static const struct cox_rsc_def *
written_for(const struct after *after, const struct cox_rsc_state *rsc)
{
    while (rsc->is_implicit && rsc->parent != COX_RSC_NONE) {
        rsc = &after->cluster->rscs[rsc->parent];
    }
    return rsc->def;
}

/* Has a lost ticket frozen it?  That was not known yet when the state was told. */
static bool
is_frozen(const struct after *after, const struct cox_rsc_state *rsc)
{
    const struct cox_rsc_def *own = written_for(after, rsc);

    for (size_t i = 0; i < after->config->n_tickets; i++) {
        const struct cox_ticket_constraint *row = &after->config->tickets[i];
        const struct cox_rsc_def *def = row->rsc == COX_RSC_NONE ? NULL : &after->config->resources[row->rsc];

        if (def != NULL && own >= def && own < &after->config->resources[def->end] && g_strcmp0(row->loss_policy, "freeze") == 0
            && !is_granted(after, row->ticket) && (row->role == COX_ROLE_UNKNOWN || (row->role == rsc->role && !rsc->is_implicit))) {
            return rsc->n_running_on > 0;
        }
    }
    return false;
}

static bool
is_free(const struct after *after, const struct cox_rsc_state *rsc)
{
    return rsc->is_managed && !rsc->is_blocked && !is_frozen(after, rsc);
}

/* Nor is a member of a group stopped before a later one that stays. */
static bool
may_stop(const struct after *after, const struct cox_rsc_state *rsc)
{
    const struct cox_rsc_state *group = rsc->parent == COX_RSC_NONE ? NULL : &after->cluster->rscs[rsc->parent];
    bool may = is_free(after, rsc);

    for (const struct cox_rsc_state *later = rsc + 1;
         may && group != NULL && group->variant == COX_GROUP && later < after->cluster->rscs + after->cluster->n_rscs; later++) {
        may = later->parent != rsc->parent || later->n_running_on == 0 || is_free(after, later);
    }
    return may;
}

/* ---- where everything is ---- */

static void
begin(struct after *after)
{
    const struct cox_cluster *cluster = after->cluster;

    after->places = g_new0(struct place, cluster->n_rscs * cluster->n_nodes + 1);
    for (size_t r = 0; r < cluster->n_rscs; r++) {
        const struct cox_rsc_state *rsc = &cluster->rscs[r];

        for (size_t i = 0; rsc->variant == COX_PRIMITIVE && i < rsc->n_running_on; i++) {
            const struct cox_node_state *node = &cluster->nodes[rsc->running_on[i]];
            struct place *place = place_at(after, r, rsc->running_on[i]);

            place->is_active = node->is_online || node->is_unclean; /* a node that left in order runs nothing */
            place->was_active = place->is_active;
            place->is_promoted = place->is_active && rsc->role == COX_ROLE_PROMOTED;
        }
    }
}

/* Something ends; what begins comes after that, whatever the order in the graph. */
static void
end(struct place *place, const struct cox_action *action)
{
    if (g_str_equal(action->task, "stop")) {
        *place = (struct place) { .was_active = place->was_active };
    } else if (g_str_equal(action->task, "demote")) {
        place->is_promoted = false;
    }
}

static void
start(struct place *place, const struct cox_action *action)
{
    if (g_str_equal(action->task, "start") || g_str_equal(action->task, "migrate_from")) {
        place->is_active = place->is_new = true;
    } else if (g_str_equal(action->task, "promote")) {
        place->is_promoted = place->is_promoted_now = true;
    }
}

/* Nothing is left of what ran on a node that is fenced. */
static void
fence(struct after *after, const struct cox_graph *graph)
{
    for (size_t a = 0; a < graph->n_actions; a++) {
        const struct cox_node_state *node = !laws_is_fencing(&graph->actions[a]) ? NULL : laws_node(after->cluster, graph->actions[a].node_name);

        for (size_t r = 0; node != NULL && r < after->cluster->n_rscs; r++) {
            *place_at(after, r, (size_t) (node - after->cluster->nodes)) = (struct place) { .is_active = false };
        }
    }
}

static void
carry_out(struct after *after, const struct cox_graph *graph, void (*what)(struct place *, const struct cox_action *))
{
    for (size_t a = 0; a < graph->n_actions; a++) {
        const struct cox_action *action = &graph->actions[a];
        const struct cox_rsc_state *rsc = action->display_id == NULL ? NULL : laws_rsc(after->cluster, action->display_id);
        const struct cox_node_state *node = action->node_name == NULL ? NULL : laws_node(after->cluster, action->node_name);

        if (rsc != NULL && node != NULL && rsc->variant == COX_PRIMITIVE) {
            what(place_at(after, (size_t) (rsc - after->cluster->rscs), (size_t) (node - after->cluster->nodes)), action);
        }
    }
}

/* ---- together ---- */

static const struct cox_rsc_state *
plain(const struct after *after, cox_rsc_id id)
{
    const struct cox_rsc_def *def = id != COX_RSC_NONE ? &after->config->resources[id] : NULL;
    const struct cox_rsc_state *rsc = NULL;

    if (def == NULL || def->variant != COX_PRIMITIVE || def->parent != COX_RSC_NONE) {
        return NULL;
    }
    rsc = laws_rsc(after->cluster, def->id);
    return rsc != NULL && may_stop(after, rsc) && !rsc->is_failed ? rsc : NULL;
}

/* Does @one depend on @other, by way of others, too?  Of sets, which are not looked into, each member may depend on each. */
static bool
depends_on(const struct cox_config *config, cox_rsc_id one, cox_rsc_id other)
{
    g_autofree bool *is_reached = g_new0(bool, config->n_resources + 1);
    bool is_new = true;

    is_reached[one] = true;
    while (is_new) {
        is_new = false;
        for (size_t i = 0; i < config->n_colocations; i++) {
            const struct cox_colocation *row = &config->colocations[i];

            if (row->n_sets > 0) {
                return true;
            }
            if (row->dependent != COX_RSC_NONE && row->primary != COX_RSC_NONE && is_reached[row->dependent] && !is_reached[row->primary]) {
                is_reached[row->primary] = is_new = true;
            }
        }
    }
    return is_reached[other];
}

static bool
is_mandatory(const struct cox_colocation *row)
{
    return row->node_attribute == NULL && row->lifetime == NULL && row->dependent_role <= COX_ROLE_STARTED
           && row->primary_role <= COX_ROLE_STARTED && (row->score >= COX_SCORE_INFINITY || row->score <= -COX_SCORE_INFINITY);
}

static void
check_together(const struct after *after)
{
    for (size_t i = 0; i < after->config->n_colocations; i++) {
        const struct cox_colocation *row = &after->config->colocations[i];
        const struct cox_rsc_state *dependent = plain(after, row->dependent), *primary = plain(after, row->primary);

        if (dependent == NULL || primary == NULL || !is_mandatory(row) || depends_on(after->config, row->primary, row->dependent)) {
            continue;
        }
        for (size_t n = 0; n < after->cluster->n_nodes; n++) {
            const struct place *mine = place_at(after, (size_t) (dependent - after->cluster->rscs), n);
            const struct place *other = place_at(after, (size_t) (primary - after->cluster->rscs), n);

            if (mine->is_active && (after->is_settled || mine->is_new) && other->is_active != (row->score > 0)) {
                g_string_append_printf(after->problems, "together: %s is broken: %s is on %s, %s is %s\n", row->id, dependent->id,
                                       after->cluster->nodes[n].name, primary->id, other->is_active ? "there, too" : "not");
            }
        }
    }
}

/* ---- room ---- */

static bool
has_strategy(const struct cox_config *config)
{
    for (size_t i = 0; i < config->properties.n_sets; i++) {
        for (size_t k = 0; k < config->properties.sets[i].n_pairs; k++) {
            const struct cox_nvpair *pair = &config->properties.sets[i].pairs[k];

            if (g_str_equal(pair->name, cox_option(COX_OPT_CLUSTER_PLACEMENT_STRATEGY)->name)) {
                return !g_str_equal(pair->value, "default");
            }
        }
    }
    return false;
}

/* What may not be stopped takes room from what is new; that it takes too much itself is nobody's decision. */
static void
check_room_of(const struct after *after, size_t node, const struct cox_nvpair *capacity)
{
    gint64 has = g_ascii_strtoll(capacity->value, NULL, 10), all = 0, moved = 0;
    bool has_new = false;

    for (size_t r = 0; r < after->cluster->n_rscs; r++) {
        const struct cox_rsc_state *rsc = &after->cluster->rscs[r];
        const struct place *place = place_at(after, r, node);
        const char *text = place->is_active && rsc->utilization != NULL ? cox_nvlist_get(rsc->utilization, capacity->name) : NULL;
        gint64 need = text == NULL ? 0 : g_ascii_strtoll(text, NULL, 10);

        all += need;
        moved += may_stop(after, rsc) && !rsc->is_failed ? need : 0;
        has_new = has_new || (need > 0 && place->is_new && !place->was_active); /* what is recovered needs no more than before */
    }
    if ((all > has && has_new) || (moved > has && after->is_settled)) {
        g_string_append_printf(after->problems, "room: %s has %s=%" G_GINT64_FORMAT " and holds %" G_GINT64_FORMAT "\n",
                               after->cluster->nodes[node].name, capacity->name, has, all);
    }
}

static void
check_room(const struct after *after)
{
    for (size_t n = 0; has_strategy(after->config) && n < after->cluster->n_nodes; n++) {
        const struct cox_nvlist *capacity = after->cluster->nodes[n].utilization;

        for (size_t i = 0; capacity != NULL && i < capacity->n_pairs; i++) {
            check_room_of(after, n, &capacity->pairs[i]);
        }
    }
}

/* ---- instances ---- */

/** How many instances there may be. */
struct limits {
    const char *of; /* the clone or bundle */
    gint64 per_node, in_all, promoted_per_node, promoted_in_all;
};

static const struct cox_rsc_state *
clone_of(const struct cox_cluster *cluster, const struct cox_rsc_state *rsc)
{
    while (rsc->parent != COX_RSC_NONE) {
        rsc = &cluster->rscs[rsc->parent];
        if (rsc->variant == COX_CLONE || rsc->variant == COX_BUNDLE) {
            return rsc;
        }
    }
    return NULL;
}

static gint64
limit(const struct cox_rsc_state *clone, enum cox_option_id id, gint64 fallback)
{
    const char *text = clone->meta == NULL ? NULL : cox_option_get(id, clone->meta);

    return text == NULL ? fallback : cox_option_number(id, text);
}

static bool
is_container(const struct cox_rsc_state *rsc)
{
    return rsc->is_implicit && (g_strcmp0(rsc->type, "podman") == 0 || g_strcmp0(rsc->type, "docker") == 0);
}

/* Of a primitive that is an instance, or in one; false: of what else there is. */
static bool
limits_of(const struct cox_cluster *cluster, const struct cox_rsc_state *rsc, struct limits *limits)
{
    const struct cox_rsc_state *clone = clone_of(cluster, rsc);

    if (clone == NULL || rsc->variant != COX_PRIMITIVE) {
        return false;
    }
    if (clone->variant == COX_BUNDLE) {
        const struct cox_bundle_def *def = clone->def == NULL ? NULL : clone->def->bundle;
        const char *text = def == NULL ? NULL : cox_nvpairs_get(def->container_attrs, def->n_container_attrs, "replicas-per-host");

        *limits = (struct limits) { clone->id, text == NULL ? 1 : g_ascii_strtoll(text, NULL, 10), G_MAXINT64, 0, 0 };
        return is_container(rsc) && def != NULL;
    }
    *limits = (struct limits) { clone->id, clone->is_unique ? limit(clone, COX_OPT_CLONE_CLONE_NODE_MAX, 1) : 1,
                                limit(clone, COX_OPT_CLONE_CLONE_MAX, G_MAXINT64),
                                clone->is_promotable ? limit(clone, COX_OPT_CLONE_PROMOTED_NODE_MAX, 1) : 0,
                                clone->is_promotable ? limit(clone, COX_OPT_CLONE_PROMOTED_MAX, 1) : 0 };
    return true;
}

/* The same in another instance; what was removed from the configuration is none any more. */
static bool
is_sibling(const struct cox_cluster *cluster, const struct cox_rsc_state *one, const struct cox_rsc_state *other)
{
    return one == other
           || (clone_of(cluster, one) == clone_of(cluster, other)
               && (is_container(one) ? is_container(other) : one->def == other->def && one->def != NULL && !other->is_implicit));
}

/** Instances that are there, and whether one of them is by the plan. */
struct number {
    gint64 n, n_promoted;
    bool is_new, is_promoted_now;
};

static void
add(struct number *number, const struct place *place)
{
    number->n += place->is_active;
    number->n_promoted += place->is_promoted;
    number->is_new = number->is_new || place->is_new;
    number->is_promoted_now = number->is_promoted_now || place->is_promoted_now;
}

static void
compare(const struct after *after, const struct number *number, const struct limits *limits, const char *node)
{
    gint64 most = node != NULL ? limits->per_node : limits->in_all;
    gint64 most_promoted = node != NULL ? limits->promoted_per_node : limits->promoted_in_all;

    if (number->n > most && (number->is_new || after->is_settled)) {
        g_string_append_printf(after->problems, "instances: %s has %d active of %d on %s\n", limits->of, (int) number->n, (int) most,
                               node != NULL ? node : "all nodes");
    }
    if (number->n_promoted > most_promoted && (number->is_promoted_now || after->is_settled)) {
        g_string_append_printf(after->problems, "instances: %s has %d promoted of %d on %s\n", limits->of, (int) number->n_promoted,
                               (int) most_promoted, node != NULL ? node : "all nodes");
    }
}

/* The cluster may not stop it, or failed to: nobody promises how often that is there. */
static bool
is_out_of_hand(const struct after *after, const struct cox_rsc_state *rsc)
{
    return (rsc->is_blocked && rsc->n_running_on > 1) || (after->is_settled && (!may_stop(after, rsc) || rsc->is_failed));
}

static void
count_siblings(const struct after *after, size_t first, const struct limits *limits)
{
    const struct cox_cluster *cluster = after->cluster;
    struct number in_all = { 0 };

    for (size_t n = 0; n < cluster->n_nodes; n++) {
        struct number here = { 0 };

        for (size_t r = first; r < cluster->n_rscs; r++) {
            if (is_sibling(cluster, &cluster->rscs[first], &cluster->rscs[r]) && !is_out_of_hand(after, &cluster->rscs[r])) {
                add(&here, place_at(after, r, n));
                if (may_stop(after, &cluster->rscs[r])) {
                    add(&in_all, place_at(after, r, n)); /* what is left alone may be one too many */
                }
            }
        }
        compare(after, &here, limits, cluster->nodes[n].name);
    }
    compare(after, &in_all, limits, NULL);
}

static void
check_instances(const struct after *after)
{
    const struct cox_cluster *cluster = after->cluster;

    for (size_t r = 0; r < cluster->n_rscs; r++) {
        struct limits limits;
        bool is_first = limits_of(cluster, &cluster->rscs[r], &limits);

        for (size_t i = 0; is_first && i < r; i++) {
            is_first = !is_sibling(cluster, &cluster->rscs[i], &cluster->rscs[r]);
        }
        if (is_first) {
            count_siblings(after, r, &limits);
        }
    }
}

void
laws_of_places(const struct cox_config *config, const struct cox_plan *plan, bool is_settled, GString *problems)
{
    struct after after = { .config = config, .cluster = &plan->cluster, .is_settled = is_settled, .problems = problems };

    begin(&after);
    fence(&after, &plan->graph);
    carry_out(&after, &plan->graph, end);
    carry_out(&after, &plan->graph, start);
    check_together(&after);
    check_room(&after);
    check_instances(&after);
    g_free(after.places);
}
