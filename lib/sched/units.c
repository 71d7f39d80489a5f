/* lib/sched/units.c - what of a configuration is tied together: families, colocations, orders.  Layer 3, pure. */
#include "sched/units_priv.h"

#include <string.h>

#include "model/rule.h"

/* ---- finding sets: the lowest resource of each stands for it ---- */

static cox_rsc_id
root_of(guint32 *parents, cox_rsc_id id)
{
    while (parents[id] != id) {
        parents[id] = parents[parents[id]];
        id = parents[id];
    }
    return id;
}

/* @last: what was tied before, or COX_RSC_NONE; references to nothing tie nothing. */
static cox_rsc_id
tie(guint32 *parents, cox_rsc_id last, cox_rsc_id id)
{
    cox_rsc_id a, b;

    if (id == COX_RSC_NONE) {
        return last;
    }
    if (last == COX_RSC_NONE) {
        return id;
    }
    a = root_of(parents, last);
    b = root_of(parents, id);
    parents[MAX(a, b)] = MIN(a, b);
    return id;
}

static cox_rsc_id
tie_sets(guint32 *parents, cox_rsc_id last, const struct cox_rsc_set *sets, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < sets[i].n_members; k++) {
            last = tie(parents, last, sets[i].members[k]);
        }
    }
    return last;
}

/* ---- rules ---- */

static bool
has_date(const struct cox_rule *rule)
{
    for (size_t i = 0; rule != NULL && i < rule->n_exprs; i++) {
        const struct cox_expr *expr = &rule->exprs[i];

        if (expr->kind == COX_EXPR_DATE || (expr->kind == COX_EXPR_RULE && has_date(expr->rule))) {
            return true;
        }
    }
    return false;
}

static void
watch(struct sched_units *units, const char *name)
{
    if (name != NULL) {
        g_hash_table_add(units->watched, g_strdup(name));
        units->is_any_watched = units->is_any_watched || strchr(name, '%') != NULL;
    }
}

static void
watch_rule(struct sched_units *units, const struct cox_rule *rule)
{
    if (rule == NULL) {
        return;
    }
    watch(units, rule->score_attribute);
    for (size_t i = 0; i < rule->n_exprs; i++) {
        const struct cox_expr *expr = &rule->exprs[i];

        if (expr->kind == COX_EXPR_ATTRIBUTE) {
            watch(units, expr->attribute.name);
        } else if (expr->kind == COX_EXPR_RULE) {
            watch_rule(units, expr->rule);
        }
    }
}

/* Watches what they look at. */
static bool
have_date(struct sched_units *units, const struct cox_nvsets *sets)
{
    bool is_dated = false;

    for (size_t i = 0; i < sets->n_sets; i++) {
        watch_rule(units, sets->sets[i].rule);
        is_dated = is_dated || has_date(sets->sets[i].rule);
    }
    return is_dated;
}

static bool
is_constant_rsc(struct sched_units *units, const struct cox_rsc_def *def)
{
    bool is_constant = g_strcmp0(def->standard, "stonith") == 0;

    is_constant = have_date(units, &def->meta) || is_constant;
    is_constant = have_date(units, &def->params) || is_constant;
    is_constant = have_date(units, &def->utilization) || is_constant;
    for (size_t i = 0; i < def->n_ops; i++) {
        is_constant = have_date(units, &def->ops[i].meta) || is_constant;
        is_constant = have_date(units, &def->ops[i].params) || is_constant;
    }
    return is_constant;
}

/* @why: NULL: nothing stands there. */
static void
stand_in_the_way(struct sched_units *units, const char *why)
{
    if (units->obstacle == NULL) {
        units->obstacle = why;
    }
}

/* ---- constraints ---- */

static void
tie_all(const struct cox_config *config, guint32 *parents)
{
    for (cox_rsc_id i = 0; i < config->n_resources; i++) {
        (void) tie(parents, config->resources[i].parent, i);
    }
    for (size_t i = 0; i < config->n_colocations; i++) {
        const struct cox_colocation *row = &config->colocations[i];

        (void) tie_sets(parents, tie(parents, tie(parents, COX_RSC_NONE, row->dependent), row->primary), row->sets, row->n_sets);
    }
    for (size_t i = 0; i < config->n_orders; i++) {
        const struct cox_order *row = &config->orders[i];

        (void) tie_sets(parents, tie(parents, tie(parents, COX_RSC_NONE, row->first), row->then), row->sets, row->n_sets);
    }
}

static void
make_constant(struct sched_units *units, cox_rsc_id id)
{
    if (id != COX_RSC_NONE) {
        units->is_constant[units->of[id]] = true;
    }
}

static void
make_sets_constant(struct sched_units *units, const struct cox_rsc_set *sets, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < sets[i].n_members; k++) {
            make_constant(units, sets[i].members[k]);
        }
    }
}

static void
look_at_location(struct sched_units *units, const struct cox_location *row)
{
    bool is_dated = has_date(row->lifetime);

    watch_rule(units, row->lifetime);
    for (size_t i = 0; i < row->n_rules; i++) {
        watch_rule(units, row->rules[i]);
        is_dated = is_dated || has_date(row->rules[i]);
    }
    if (is_dated) {
        stand_in_the_way(units, row->pattern != NULL ? "a date is of all resources" : NULL);
        for (size_t i = 0; i < row->n_rscs; i++) {
            make_constant(units, row->rscs[i]);
        }
        make_sets_constant(units, row->sets, row->n_sets);
    }
}

static void
look_at_constraints(struct sched_units *units)
{
    const struct cox_config *config = units->config;

    for (size_t i = 0; i < config->n_locations; i++) {
        look_at_location(units, &config->locations[i]);
    }
    for (size_t i = 0; i < config->n_colocations; i++) {
        const struct cox_colocation *row = &config->colocations[i];

        watch(units, row->node_attribute);
        watch_rule(units, row->lifetime);
        if (has_date(row->lifetime)) {
            make_constant(units, row->dependent);
            make_sets_constant(units, row->sets, row->n_sets);
        }
    }
    for (size_t i = 0; i < config->n_orders; i++) {
        const struct cox_order *row = &config->orders[i];

        watch_rule(units, row->lifetime);
        if (has_date(row->lifetime)) {
            make_constant(units, row->first);
            make_sets_constant(units, row->sets, row->n_sets);
        }
    }
}

/* ---- the whole ---- */

static void
number_units(struct sched_units *units)
{
    const struct cox_config *config = units->config;
    g_autofree guint32 *parents = g_new(guint32, config->n_resources + 1);

    for (cox_rsc_id i = 0; i < config->n_resources; i++) {
        parents[i] = i;
    }
    tie_all(config, parents);
    units->of = g_new0(guint32, config->n_resources + 1);
    for (cox_rsc_id i = 0; i < config->n_resources; i++) {
        cox_rsc_id root = root_of(parents, i);

        units->of[i] = root == i ? units->n++ : units->of[root];
    }
}

struct sched_units *
sched_units_new(const struct cox_config *config)
{
    struct sched_units *units = g_new0(struct sched_units, 1);

    units->config = config;
    units->watched = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    number_units(units);
    units->weights = g_new0(guint32, units->n + 1);
    units->is_constant = g_new0(bool, units->n + 1);
    for (cox_rsc_id i = 0; i < config->n_resources; i++) {
        units->weights[units->of[i]]++;
        if (is_constant_rsc(units, &config->resources[i])) {
            make_constant(units, i);
        }
        /* Its parts are in no configuration, so that their histories and counts would be of nobody. */
        stand_in_the_way(units, config->resources[i].variant == COX_BUNDLE ? "bundles" : NULL);
    }
    look_at_constraints(units);
    stand_in_the_way(units, have_date(units, &config->rsc_defaults) ? "a date is of all resources" : NULL);
    stand_in_the_way(units, have_date(units, &config->op_defaults) ? "a date is of all resources" : NULL);
    (void) have_date(units, &config->properties);
    for (size_t i = 0; i < config->n_nodes; i++) {
        (void) have_date(units, &config->nodes[i].attributes);
        (void) have_date(units, &config->nodes[i].utilization);
    }
    return units;
}

void
sched_units_free(struct sched_units *units)
{
    if (units != NULL) {
        g_hash_table_destroy(units->watched);
        g_free(units->of);
        g_free(units->weights);
        g_free(units->is_constant);
        g_free(units);
    }
}

/* ---- whose is it? ---- */

gint64
sched_units_find(const struct sched_units *units, const char *id, size_t length)
{
    g_autofree char *plain = g_strndup(id, length);
    cox_rsc_id found = cox_config_find_rsc(units->config, plain);
    char *colon = strrchr(plain, ':');

    if (found == COX_RSC_NONE && colon != NULL && colon[1] != '\0' && colon[1 + strspn(colon + 1, "0123456789")] == '\0') {
        *colon = '\0'; /* an instance */
        found = cox_config_find_rsc(units->config, plain);
    }
    return found == COX_RSC_NONE ? SCHED_UNIT_NONE : (gint64) units->of[found];
}

gint64
sched_units_of_attribute(const struct sched_units *units, const char *name)
{
    static const char *const prefixes[] = { "fail-count-", "last-failure-", "master-" };

    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (g_str_has_prefix(name, prefixes[i])) {
            const char *id = name + strlen(prefixes[i]);

            return sched_units_find(units, id, strcspn(id, "#"));
        }
    }
    return SCHED_UNIT_NONE;
}
