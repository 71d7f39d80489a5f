/* lib/admin/lint_constraint.c - locations and colocations that dangle or contradict each other.  Layer 4. */
#include <string.h>

#include "admin/lint_priv.h"
#include "base/nearest.h"
#include "model/reach.h"

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

/* ---- nowhere ---------------------------------------------------------------------------------------------- */

/* Where resources may run, by name: cluster nodes first, then remote nodes and guests. */
struct places {
    GHashTable *by_name; /* name -> number + 1; owns the names */
    size_t n, n_members;
};

/* How many places are forbidden to one resource. */
struct bans {
    size_t n, n_members;
    const char *last; /* constraint */
};

static void
places_add(struct places *places, char *name)
{
    if (!g_hash_table_contains(places->by_name, name)) {
        g_hash_table_insert(places->by_name, name, GSIZE_TO_POINTER(++places->n));
    } else {
        g_free(name);
    }
}

/* Remote nodes and guests of one resource. */
static void
places_add_guests(struct places *places, const struct cox_config *config, cox_rsc_id id)
{
    const struct cox_rsc_def *rsc = &config->resources[id];

    if (rsc->variant == COX_BUNDLE && rsc->bundle != NULL && rsc->end > id + 1) {
        gint64 n = cox_lint_replicas(rsc->bundle);

        for (gint64 i = 0; i < n; i++) {
            places_add(places, g_strdup_printf("%s-%" G_GINT64_FORMAT, rsc->id, i));
        }
    }
    if (rsc->variant == COX_PRIMITIVE && g_strcmp0(rsc->type, "remote") == 0) {
        places_add(places, g_strdup(rsc->id));
    }
    for (size_t i = 0; i < rsc->meta.n_sets; i++) {
        for (size_t k = 0; k < rsc->meta.sets[i].n_pairs; k++) {
            const struct cox_nvpair *pair = &rsc->meta.sets[i].pairs[k];

            if (g_strcmp0(pair->name, "remote-node") == 0 && pair->value != NULL) {
                places_add(places, g_strdup(pair->value));
            }
        }
    }
}

static void
places_init(struct places *places, const struct cox_config *config)
{
    *places = (struct places) { .by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) };
    for (int is_remote = 0; is_remote <= 1; is_remote++) {
        for (size_t i = 0; i < config->n_nodes; i++) {
            const struct cox_node_def *node = &config->nodes[i];

            if (node->uname != NULL && node->kind == (is_remote ? COX_NODE_REMOTE : COX_NODE_MEMBER)) {
                places_add(places, g_strdup(node->uname));
            }
        }
        places->n_members = is_remote ? places->n_members : places->n;
    }
    for (cox_rsc_id id = 0; id < config->n_resources; id++) {
        places_add_guests(places, config, id);
    }
}

/* Connections to remote nodes, fence devices and containers run on cluster nodes only. */
static bool
needs_member(const struct cox_rsc_def *rsc)
{
    return rsc->variant == COX_BUNDLE || cox_reach_is_device(rsc) || (rsc->variant == COX_PRIMITIVE && g_strcmp0(rsc->type, "remote") == 0);
}

/* Count each place once for each resource that a constraint without rules keeps off it. */
static void
count_bans(const struct cox_config *config, const struct places *places, struct bans *bans)
{
    g_autoptr(GHashTable) counted = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL); /* resource and place */

    for (size_t i = 0; i < config->n_locations; i++) {
        const struct cox_location *location = &config->locations[i];
        size_t place = (location->node == NULL) ? 0 : GPOINTER_TO_SIZE(g_hash_table_lookup(places->by_name, location->node));
        bool is_ban = location->has_score && location->score <= -COX_SCORE_INFINITY && location->role <= COX_ROLE_STARTED;

        for (size_t k = 0; is_ban && place > 0 && k < location->n_rscs; k++) {
            struct bans *of = &bans[location->rscs[k]];
            gint64 *key = g_new(gint64, 1);

            *key = (gint64) ((guint64) location->rscs[k] * (places->n + 1) + place);
            if (g_hash_table_add(counted, key)) {
                of->n++;
                of->n_members += (place <= places->n_members) ? 1 : 0;
                of->last = location->id;
            }
        }
    }
}

/* Which resources are kept off every place by constraints without rules? */
static void
check_banned(const struct cox_lint *lint, struct cox_diags *diags)
{
    const struct cox_config *config = lint->config;
    g_autofree struct bans *bans = g_new0(struct bans, config->n_resources + 1);
    struct places places;

    places_init(&places, config);
    count_bans(config, &places, bans);
    for (cox_rsc_id rsc = 0; rsc < config->n_resources; rsc++) {
        bool is_for_members = needs_member(&config->resources[rsc]);
        size_t n_wanted = is_for_members ? places.n_members : places.n;

        if (n_wanted > 0 && (is_for_members ? bans[rsc].n_members : bans[rsc].n) == n_wanted) {
            g_autofree char *remedy = g_strdup_printf("cox constraint delete %s", bans[rsc].last);

            cox_diags_add(diags, COX_SEVERITY_WARNING, id_of(lint, rsc), remedy, "resource '%s' may run nowhere: constraints keep it off all %zu nodes",
                          id_of(lint, rsc), n_wanted);
        }
    }
    g_hash_table_unref(places.by_name);
}

/* ---- locations -------------------------------------------------------------------------------------------- */

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
    if (config->n_locations > 0) {
        check_banned(lint, diags);
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

void
cox_lint_constraints(const struct cox_lint *lint, struct cox_diags *diags)
{
    check_locations(lint, diags);
    check_colocations(lint, diags);
}
