/* lib/admin/lint_constraint.c - constraints that dangle or contradict each other.  Layer 4. */
#include <string.h>

#include "admin/lint_priv.h"
#include "base/nearest.h"

static const char *
id_of(const struct cox_lint *lint, cox_rsc_id rsc)
{
    return lint->config->resources[rsc].id;
}

/* ---- nodes ------------------------------------------------------------------------------------------------ */

/* Remote nodes and guests may have no element, and are no mistake. */
static bool
is_node(const struct cox_config *config, const char *name)
{
    if (cox_config_find_node(config, name, true) != COX_NODE_NONE) {
        return true;
    }
    for (cox_rsc_id id = 0; id < config->n_resources; id++) {
        const struct cox_rsc_def *rsc = &config->resources[id];

        if (rsc->variant == COX_BUNDLE && g_str_has_prefix(name, rsc->id)) {
            return true;
        }
        if (rsc->variant == COX_PRIMITIVE && g_strcmp0(rsc->type, "remote") == 0 && strcmp(rsc->id, name) == 0) {
            return true;
        }
        for (size_t i = 0; i < rsc->meta.n_sets; i++) {
            for (size_t k = 0; k < rsc->meta.sets[i].n_pairs; k++) {
                if (g_strcmp0(rsc->meta.sets[i].pairs[k].name, "remote-node") == 0 && g_strcmp0(rsc->meta.sets[i].pairs[k].value, name) == 0) {
                    return true;
                }
            }
        }
    }
    return false;
}

static void
check_node(const struct cox_lint *lint, const struct cox_location *location, struct cox_diags *diags)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *hint = NULL;
    g_autofree char *remedy = NULL;

    if (location->node == NULL || is_node(lint->config, location->node)) {
        return;
    }
    for (size_t i = 0; i < lint->config->n_nodes; i++) {
        g_ptr_array_add(names, (gpointer) (guintptr) lint->config->nodes[i].uname);
    }
    hint = cox_nearest_hint(location->node, (const char *const *) names->pdata, names->len);
    remedy = g_strdup_printf("cox constraint delete %s", location->id);
    cox_diags_add(diags, COX_SEVERITY_WARNING, location->id, remedy, "constraint '%s' is about node '%s', which does not exist%s", location->id,
                  location->node, hint);
}

/* Is the resource kept off every member by constraints without rules? */
static void
check_banned(const struct cox_lint *lint, cox_rsc_id rsc, struct cox_diags *diags)
{
    const struct cox_config *config = lint->config;
    const char *last = NULL;
    size_t n_members = 0, n_banned = 0;

    for (size_t n = 0; n < config->n_nodes; n++) {
        bool is_banned = false;

        if (config->nodes[n].kind == COX_NODE_PING) {
            continue;
        }
        n_members++;
        for (size_t i = 0; i < config->n_locations; i++) {
            const struct cox_location *location = &config->locations[i];

            for (size_t k = 0; k < location->n_rscs; k++) {
                if (location->rscs[k] == rsc && location->has_score && location->score <= -COX_SCORE_INFINITY && location->role <= COX_ROLE_STARTED
                    && g_strcmp0(location->node, config->nodes[n].uname) == 0) {
                    is_banned = true;
                    last = location->id;
                }
            }
        }
        n_banned += is_banned ? 1 : 0;
    }
    if (n_members > 0 && n_banned == n_members) {
        g_autofree char *remedy = g_strdup_printf("cox constraint delete %s", last);

        cox_diags_add(diags, COX_SEVERITY_WARNING, id_of(lint, rsc), remedy, "resource '%s' may run nowhere: constraints keep it off all %zu nodes",
                      id_of(lint, rsc), n_members);
    }
}

static void
check_locations(const struct cox_lint *lint, struct cox_diags *diags)
{
    const struct cox_config *config = lint->config;

    for (size_t i = 0; i < config->n_locations; i++) {
        const struct cox_location *a = &config->locations[i];

        check_node(lint, a, diags);
        for (size_t k = 0; k < i; k++) {
            const struct cox_location *b = &config->locations[k];
            bool is_same = a->n_rscs == 1 && b->n_rscs == 1 && a->rscs[0] == b->rscs[0] && a->node != NULL && a->role == b->role
                           && g_strcmp0(a->node, b->node) == 0 && a->has_score && b->has_score;

            if (is_same && ((a->score >= COX_SCORE_INFINITY && b->score <= -COX_SCORE_INFINITY)
                            || (a->score <= -COX_SCORE_INFINITY && b->score >= COX_SCORE_INFINITY))) {
                g_autofree char *remedy = g_strdup_printf("cox constraint delete %s", a->score > 0 ? a->id : b->id);

                cox_diags_add(diags, COX_SEVERITY_WARNING, a->id, remedy, "constraints '%s' and '%s' contradict each other: one wants '%s' on node '%s', one keeps it off, "
                              "which wins", b->id, a->id, id_of(lint, a->rscs[0]), a->node);
            }
        }
    }
    for (cox_rsc_id rsc = 0; rsc < config->n_resources && config->n_locations > 0; rsc++) {
        check_banned(lint, rsc, diags);
    }
}

/* ---- colocations ------------------------------------------------------------------------------------------ */

static bool
is_pair(const struct cox_colocation *colocation)
{
    return colocation->dependent != COX_RSC_NONE && colocation->primary != COX_RSC_NONE && colocation->lifetime == NULL;
}

static bool
are_opposite(const struct cox_colocation *a, const struct cox_colocation *b)
{
    bool is_same = a->dependent == b->dependent && a->primary == b->primary && a->dependent_role == b->dependent_role
                   && a->primary_role == b->primary_role;
    bool is_reverse = a->dependent == b->primary && a->primary == b->dependent && a->dependent_role == b->primary_role
                      && a->primary_role == b->dependent_role;

    return (is_same || is_reverse) && g_strcmp0(a->node_attribute, b->node_attribute) == 0
           && ((a->score >= COX_SCORE_INFINITY && b->score <= -COX_SCORE_INFINITY)
               || (a->score <= -COX_SCORE_INFINITY && b->score >= COX_SCORE_INFINITY));
}

/* Members of one group are together anyway. */
static bool
are_in_one_group(const struct cox_config *config, cox_rsc_id a, cox_rsc_id b)
{
    cox_rsc_id parent = config->resources[a].parent;

    return parent != COX_RSC_NONE && parent == config->resources[b].parent && config->resources[parent].variant == COX_GROUP;
}

static void
check_colocations(const struct cox_lint *lint, struct cox_diags *diags)
{
    const struct cox_config *config = lint->config;

    for (size_t i = 0; i < config->n_colocations; i++) {
        const struct cox_colocation *a = &config->colocations[i];
        g_autofree char *remedy = g_strdup_printf("cox constraint delete %s", a->id);

        if (!is_pair(a)) {
            continue;
        }
        if (a->score <= -COX_SCORE_INFINITY && are_in_one_group(config, a->dependent, a->primary)) {
            cox_diags_add(diags, COX_SEVERITY_WARNING, a->id, remedy, "constraint '%s' keeps '%s' and '%s' apart, which are in one group", a->id,
                          id_of(lint, a->dependent), id_of(lint, a->primary));
        }
        for (size_t k = 0; k < i; k++) {
            if (is_pair(&config->colocations[k]) && are_opposite(a, &config->colocations[k])) {
                cox_diags_add(diags, COX_SEVERITY_WARNING, a->id, remedy, "constraints '%s' and '%s' contradict each other: '%s' must be where '%s' is, and must not",
                              config->colocations[k].id, a->id, id_of(lint, a->dependent), id_of(lint, a->primary));
            }
        }
    }
}

/* ---- orders ----------------------------------------------------------------------------------------------- */

static bool
is_start(const char *action)
{
    return action == NULL || g_ascii_strcasecmp(action, "start") == 0;
}

static bool
is_mandatory_start(const struct cox_order *order)
{
    bool is_optional = (order->kind != NULL) ? g_ascii_strcasecmp(order->kind, "Mandatory") != 0 : (order->has_score && order->score == 0);

    return order->first != COX_RSC_NONE && order->then != COX_RSC_NONE && !is_optional && is_start(order->first_action)
           && is_start(order->then_action) && order->lifetime == NULL;
}

/* Can one come from @from to @to along orders?  @via: the first step of that way. */
static bool
leads_to(const struct cox_config *config, cox_rsc_id from, cox_rsc_id to, guint8 *seen)
{
    g_autoptr(GArray) left = g_array_new(FALSE, FALSE, sizeof(cox_rsc_id));

    g_array_append_val(left, from);
    while (left->len > 0) {
        cox_rsc_id at = g_array_index(left, cox_rsc_id, left->len - 1);

        g_array_set_size(left, left->len - 1);
        if (at == to) {
            return true;
        }
        if (seen[at] != 0) {
            continue;
        }
        seen[at] = 1;
        for (size_t i = 0; i < config->n_orders; i++) {
            if (is_mandatory_start(&config->orders[i]) && config->orders[i].first == at) {
                g_array_append_val(left, config->orders[i].then);
            }
        }
        if (config->resources[at].parent != COX_RSC_NONE && config->resources[config->resources[at].parent].variant == COX_GROUP
            && config->resources[at].end < config->resources[config->resources[at].parent].end) {
            g_array_append_val(left, config->resources[at].end); /* the next member of its group */
        }
    }
    return false;
}

static void
check_orders(const struct cox_lint *lint, struct cox_diags *diags)
{
    const struct cox_config *config = lint->config;

    for (size_t i = 0; i < config->n_orders; i++) {
        const struct cox_order *order = &config->orders[i];
        g_autofree guint8 *seen = g_new0(guint8, config->n_resources + 1);
        g_autofree char *remedy = g_strdup_printf("cox constraint delete %s", order->id);

        if (is_mandatory_start(order) && leads_to(config, order->then, order->first, seen)) {
            cox_diags_add(diags, COX_SEVERITY_ERROR, order->id, remedy, "constraint '%s' closes a loop: '%s' starts after '%s', which starts after it", order->id,
                          id_of(lint, order->then), id_of(lint, order->first));
            return; /* the others of the same loop say nothing new */
        }
    }
}

void
cox_lint_constraints(const struct cox_lint *lint, struct cox_diags *diags)
{
    check_locations(lint, diags);
    check_colocations(lint, diags);
    check_orders(lint, diags);
}
