/* lib/admin/lint_order.c - orders that wait for each other.  Layer 4. */
#include "admin/lint_priv.h"

/* ---- what starts after what ------------------------------------------------------------------------------- */

/* An order, or a pair of a set or of two of them, says so; the others of the same order lie beside it. */
struct edge {
    cox_rsc_id first, then;
    size_t order; /* index into config->orders */
};

static bool
is_start(const char *action)
{
    return action == NULL || g_ascii_strcasecmp(action, "start") == 0;
}

/* @kind: of a set that has its own, or of the order. */
static bool
is_mandatory(const struct cox_order *order, const char *kind)
{
    return (kind != NULL) ? g_ascii_strcasecmp(kind, "Mandatory") == 0 : !(order->has_score && order->score == 0);
}

/* Members of a resource and itself cannot wait for each other: the scheduler passes over such an order. */
static bool
is_inside(const struct cox_config *config, cox_rsc_id inner, cox_rsc_id outer)
{
    return inner > outer && inner < config->resources[outer].end;
}

static void
add_pair(GArray *edges, const struct cox_config *config, const struct edge *edge)
{
    if (edge->first != COX_RSC_NONE && edge->then != COX_RSC_NONE && !is_inside(config, edge->first, edge->then)
        && !is_inside(config, edge->then, edge->first)) {
        g_array_append_val(edges, *edge);
    }
}

static void
add_set(GArray *edges, const struct cox_config *config, size_t order, const struct cox_rsc_set *set)
{
    const char *kind = (set->kind != NULL) ? set->kind : config->orders[order].kind;

    for (size_t i = 1; i < set->n_members && set->sequential != COX_FALSE && is_mandatory(&config->orders[order], kind); i++) {
        add_pair(edges, config, &(struct edge) { set->members[i - 1], set->members[i], order });
    }
}

/* Who waits for one of several only may wait for one that does not wait for him. */
static void
add_sets(GArray *edges, const struct cox_config *config, size_t order, const struct cox_rsc_set *sets)
{
    const struct cox_rsc_set *before = &sets[0], *after = &sets[1];
    size_t begin = (before->sequential != COX_FALSE && before->n_members > 0) ? before->n_members - 1 : 0;
    size_t end = (after->sequential != COX_FALSE && after->n_members > 0) ? 1 : after->n_members;

    if (!is_mandatory(&config->orders[order], config->orders[order].kind) || (before->require_all == COX_FALSE && before->n_members > 1)) {
        return;
    }
    for (size_t i = begin; i < before->n_members; i++) {
        for (size_t k = 0; k < end; k++) {
            add_pair(edges, config, &(struct edge) { before->members[i], after->members[k], order });
        }
    }
}

static void
add_order(GArray *edges, const struct cox_config *config, size_t index)
{
    const struct cox_order *order = &config->orders[index];

    if (order->lifetime != NULL) {
        return;
    }
    for (size_t i = 0; i < order->n_sets; i++) {
        if (!is_start(order->sets[i].action)) {
            continue;
        }
        if (i > 0 && is_start(order->sets[i - 1].action)) {
            add_sets(edges, config, index, &order->sets[i - 1]);
        }
        add_set(edges, config, index, &order->sets[i]);
    }
    if (order->n_sets == 0 && is_mandatory(order, order->kind) && is_start(order->first_action) && is_start(order->then_action)) {
        add_pair(edges, config, &(struct edge) { order->first, order->then, index });
    }
}

/* ---- loops ------------------------------------------------------------------------------------------------ */

/* A graph of what starts after what: the edges by what they begin with, and members of a group one after the other. */
struct graph {
    const struct cox_config *config;
    GArray *edges;  /* in the order of the document */
    size_t *begin;  /* for each resource, and one past the last: where in sorted its own begin */
    size_t *sorted; /* indices into edges */
};

enum { NO_EDGE = -1 };

/* On the way down: a resource, the next of its edges, and the edge by which it was reached (NO_EDGE: by its group, or as the first). */
struct step {
    cox_rsc_id at;
    size_t next;
    gssize via;
};

static const struct edge *
edge_of(const struct graph *graph, size_t index)
{
    return &g_array_index(graph->edges, struct edge, index);
}

static void
graph_init(struct graph *graph, const struct cox_config *config)
{
    g_autofree size_t *filled = g_new0(size_t, config->n_resources + 1);
    GArray *edges = g_array_new(FALSE, FALSE, sizeof(struct edge));

    for (size_t i = 0; i < config->n_orders; i++) {
        add_order(edges, config, i);
    }
    *graph = (struct graph) { config, edges, g_new0(size_t, config->n_resources + 2), g_new0(size_t, edges->len + 1) };
    for (size_t i = 0; i < edges->len; i++) {
        graph->begin[edge_of(graph, i)->first + 1]++;
    }
    for (size_t i = 0; i < config->n_resources; i++) {
        graph->begin[i + 1] += graph->begin[i];
    }
    for (size_t i = 0; i < edges->len; i++) {
        cox_rsc_id first = edge_of(graph, i)->first;

        graph->sorted[graph->begin[first] + filled[first]++] = i;
    }
}

/* The member of its group that starts after it, or COX_RSC_NONE. */
static cox_rsc_id
next_member(const struct cox_config *config, cox_rsc_id id)
{
    const struct cox_rsc_def *rsc = &config->resources[id];
    const struct cox_rsc_def *parent = (rsc->parent == COX_RSC_NONE) ? NULL : &config->resources[rsc->parent];

    return (parent != NULL && parent->variant == COX_GROUP && rsc->end < parent->end) ? rsc->end : COX_RSC_NONE;
}

/* Take the next edge of a step: where it leads and by which one; false: there are no more. */
static bool
take_edge(const struct graph *graph, struct step *from, struct step *to)
{
    size_t end = graph->begin[from->at + 1];

    if (from->next < end) {
        to->via = (gssize) graph->sorted[from->next];
        to->at = edge_of(graph, graph->sorted[from->next])->then;
    } else {
        to->via = NO_EDGE;
        to->at = (from->next == end) ? next_member(graph->config, from->at) : COX_RSC_NONE;
    }
    from->next++;
    to->next = (to->at == COX_RSC_NONE) ? 0 : graph->begin[to->at];
    return to->at != COX_RSC_NONE;
}

/* The first in the document of the edges in the loop that @closing makes with the end of the way. */
static gssize
first_of_loop(const GArray *way, const struct step *closing)
{
    gssize first = closing->via;

    for (guint i = way->len; i > 0 && g_array_index(way, struct step, i - 1).at != closing->at; i--) {
        gssize via = g_array_index(way, struct step, i - 1).via;

        first = (first == NO_EDGE || (via != NO_EDGE && via < first)) ? via : first;
    }
    return first;
}

/* Depth first from @root; an edge of the first loop that is met, or NO_EDGE.  Everything that was seen is done with afterwards. */
static gssize
find_loop(const struct graph *graph, cox_rsc_id root, guint8 *colours)
{
    enum { WHITE, GREY, BLACK };
    g_autoptr(GArray) way = g_array_new(FALSE, FALSE, sizeof(struct step));
    struct step next = { root, graph->begin[root], NO_EDGE };

    if (colours[root] == WHITE) {
        colours[root] = GREY;
        g_array_append_val(way, next);
    }
    while (way->len > 0) {
        struct step *last = &g_array_index(way, struct step, way->len - 1);

        if (!take_edge(graph, last, &next)) {
            colours[last->at] = BLACK;
            g_array_set_size(way, way->len - 1);
        } else if (colours[next.at] == GREY) {
            return first_of_loop(way, &next);
        } else if (colours[next.at] == WHITE) {
            colours[next.at] = GREY;
            g_array_append_val(way, next);
        }
    }
    return NO_EDGE;
}

void
cox_lint_orders(const struct cox_lint *lint, struct cox_diags *diags)
{
    const struct cox_config *config = lint->config;
    g_autofree guint8 *colours = g_new0(guint8, config->n_resources + 1);
    struct graph graph;
    gssize found = NO_EDGE;

    graph_init(&graph, config);
    for (cox_rsc_id root = 0; graph.edges->len > 0 && root < config->n_resources && found == NO_EDGE; root++) {
        found = find_loop(&graph, root, colours);
    }
    if (found != NO_EDGE) { /* the others of the same loop say nothing new */
        const struct edge *edge = edge_of(&graph, (size_t) found);
        const char *id = config->orders[edge->order].id;
        g_autofree char *remedy = g_strdup_printf("cox constraint delete %s", id);

        cox_diags_add(diags, COX_SEVERITY_ERROR, id, remedy, "constraint '%s' closes a loop: '%s' starts after '%s', which starts after it", id,
                      config->resources[edge->then].id, config->resources[edge->first].id);
    }
    g_array_unref(graph.edges);
    g_free(graph.begin);
    g_free(graph.sorted);
}
