/* lib/sched/location.c - location constraints, turned into scores by resource and node.  Layer 3, pure. */
#include <string.h>

#include "sched/assign_priv.h"
#include "sched/explain_priv.h"

/** One resource named by one constraint. */
struct site {
    const struct cox_location *def;
    struct sched_rsc *rsc;
    enum cox_role role;
    bool has_score;
    cox_score score;
    const char *matched;     /* the id that the pattern matched, or NULL */
    const GMatchInfo *match;
};

/** What a rule's look-ups need. */
struct lookup {
    const struct sched_work *work;
    const struct sched_node *node;
    const struct cox_nvlist *params;
    const struct cox_nvlist *meta;
};

static const char *
lookup_node(const void *data, const char *name)
{
    const struct lookup *lookup = data;

    return sched_node_attr(lookup->work, lookup->node, name);
}

static const char *
lookup_list(const void *data, const char *name)
{
    return cox_nvlist_get(data, name);
}

void
sched_location_add(struct sched_work *work, struct sched_location *location)
{
    struct sched_rsc *rsc = location->rsc;

    g_ptr_array_add(work->locations, location);
    sched_list_add(&rsc->locations, location);
}

static struct sched_location *
location_new(struct sched_work *work, const struct site *site, enum cox_role role)
{
    struct sched_location *location = cox_arena_new_array(work->arena, struct sched_location, 1);

    location->id = site->def->id;
    location->rsc = site->rsc;
    /* Every instance is started unpromoted first, so these two roles mean any. */
    location->role_filter = role == COX_ROLE_STARTED || role == COX_ROLE_UNPROMOTED ? COX_ROLE_UNKNOWN : role;
    location->scores = cox_arena_new_array(work->arena, cox_score, work->n_nodes + 1);
    location->listed = cox_arena_new_array(work->arena, bool, work->n_nodes + 1);
    location->has_discovery = site->def->has_discovery;
    location->discovery = site->def->discovery;
    return location;
}

/* "%1" and the like in names stand for parts of what the pattern matched. */
static char *
expand(const struct site *site, const char *text)
{
    GString *out = NULL;

    if (site->match == NULL || strchr(text, '%') == NULL) {
        return g_strdup(text);
    }
    out = g_string_new(NULL);
    for (; *text != '\0'; text++) {
        if (text[0] == '%' && g_ascii_isdigit(text[1])) {
            g_autofree char *part = g_match_info_fetch(site->match, text[1] - '0');

            g_string_append(out, part == NULL ? "" : part);
            text++;
        } else {
            g_string_append_c(out, *text);
        }
    }
    return g_string_free(out, FALSE);
}

static cox_score
rule_score(const struct site *site, const struct cox_rule *rule, const struct lookup *lookup)
{
    cox_score score = 0;

    if (rule->score_attribute != NULL) {
        g_autofree char *name = expand(site, rule->score_attribute);
        const char *text = sched_node_attr(lookup->work, lookup->node, name);

        return text != NULL && cox_score_parse(text, &score, NULL) ? score : -COX_SCORE_INFINITY;
    }
    return rule->has_score ? rule->score : 0;
}

static void
expand_rule(struct sched_work *work, const struct site *site, const struct cox_rule *rule)
{
    enum cox_role role = rule->role != COX_ROLE_UNKNOWN ? rule->role : site->role;
    struct sched_location *location = location_new(work, site, role);
    struct cox_nvlist params = { .pairs = NULL };
    struct lookup lookup = { .work = work, .params = &params, .meta = &site->rsc->meta_raw };
    struct cox_rule_input input = {
        .now = work->input->now,
        .node_attribute = lookup_node,
        .node_data = &lookup,
        .param = lookup_list,
        .param_data = &params,
        .meta = lookup_list,
        .meta_data = &site->rsc->meta_raw,
        .pattern_text = site->matched,
        .match = site->match,
    };
    bool any = false;

    for (guint32 i = 0; i < work->n_nodes; i++) {
        lookup.node = sched_node_at(work, i);
        sched_attrs_params(work, site->rsc, lookup.node, &params);
        if (cox_rule_eval(rule, &input, &work->recheck_by) == COX_RULE_IN_EFFECT) {
            location->listed[i] = true;
            location->scores[i] = rule_score(site, rule, &lookup);
            any = true;
        }
        cox_nvlist_clear(&params);
    }
    location->is_of_rule = true;
    if (any) {
        sched_explain_name(work, location, rule->id);
        sched_location_add(work, location);
    }
}

static void
expand_site(struct sched_work *work, const struct site *site)
{
    const struct cox_location *def = site->def;

    if (def->node != NULL) {
        const struct sched_node *node = sched_node_find(work, def->node);
        struct sched_location *location = NULL;

        if (node == NULL) {
            return;
        }
        location = location_new(work, site, site->role);
        location->listed[node->idx] = true;
        location->scores[node->idx] = site->has_score ? site->score : 0;
        sched_location_add(work, location);
        return;
    }
    for (size_t i = 0; i < def->n_rules; i++) {
        expand_rule(work, site, def->rules[i]);
    }
}

static void
expand_pattern(struct sched_work *work, struct site *site)
{
    const struct cox_location *def = site->def;
    g_autoptr(GRegex) regex = g_regex_new(def->pattern, G_REGEX_OPTIMIZE, 0, NULL);

    for (guint i = 0; regex != NULL && i < work->tops->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(work->tops, i);
        g_autoptr(GMatchInfo) match = NULL;
        bool matches = g_regex_match(regex, rsc->id, 0, &match);

        if (matches != def->is_inverted) {
            site->rsc = rsc;
            site->matched = def->is_inverted ? NULL : rsc->id;
            site->match = def->is_inverted ? NULL : match;
            expand_site(work, site);
        }
    }
}

static void
expand_sets(struct sched_work *work, const struct cox_location *def)
{
    for (size_t s = 0; s < def->n_sets; s++) {
        const struct cox_rsc_set *set = &def->sets[s];

        for (size_t m = 0; m < set->n_members; m++) {
            struct site site = { .def = def, .rsc = sched_constraint_rsc(work, set->members[m]) };

            site.role = set->role != COX_ROLE_UNKNOWN ? set->role : def->role;
            site.has_score = set->has_score || def->has_score;
            site.score = set->has_score ? set->score : def->score;
            if (site.rsc != NULL) {
                expand_site(work, &site);
            }
        }
    }
}

void
sched_location_expand(struct sched_work *work)
{
    for (size_t i = 0; i < work->config->n_locations; i++) {
        const struct cox_location *def = &work->config->locations[i];
        struct cox_rule_input input = { .now = work->input->now };
        struct site site = { .def = def, .role = def->role, .has_score = def->has_score, .score = def->score };

        if (def->lifetime != NULL && cox_rule_eval(def->lifetime, &input, &work->recheck_by) != COX_RULE_IN_EFFECT) {
            continue;
        }
        if (def->pattern != NULL) {
            expand_pattern(work, &site);
        }
        for (size_t r = 0; r < def->n_rscs; r++) {
            site.rsc = sched_constraint_rsc(work, def->rscs[r]);
            if (site.rsc != NULL) {
                expand_site(work, &site);
            }
        }
        expand_sets(work, def);
    }
}

/* A location of no score is told as well: it lets an opt-in cluster know the node. */
static inline void
explain_term(const struct sched_work *work, struct sched_rsc *rsc, const struct sched_location *location, guint32 idx, bool with_score)
{
    if (G_UNLIKELY(work->explain != NULL)) {
        sched_location_cause(work, location);
        sched_explain_add(work, rsc, idx, with_score ? location->scores[idx] : 0);
    }
}

/*
 * A bundle's node is for what is bundled in it; a rule that holds for many nodes opens it for nothing else, naming the node does; a score
 * below zero leaves it closed, too, as others may outweigh that, but what bans it is known to do so.  For what
 * makes the bundle, its containers among them, it is closed always: none can run inside another.
 */
static inline bool
is_closed(const struct sched_work *work, const struct sched_rsc *rsc, const struct sched_location *location, guint32 idx)
{
    const struct sched_node *node = sched_node_at(work, idx);

    if (!node->is_bundle_node || rsc->cells[idx].is_present || location->scores[idx] <= -COX_SCORE_INFINITY) {
        return false;
    }
    return location->is_of_rule || (node->remote_rsc != NULL && node->remote_rsc->top == rsc->top);
}

static void
apply_to(const struct sched_work *work, struct sched_rsc *rsc, const struct sched_location *location, bool with_score)
{
    if (location->role_filter != COX_ROLE_UNKNOWN && location->role_filter != rsc->next_role) {
        return;
    }
    for (guint32 i = 0; i < work->n_nodes; i++) {
        struct sched_cell *cell = &rsc->cells[i];

        if (!location->listed[i] || is_closed(work, rsc, location, i)) {
            continue;
        }
        explain_term(work, rsc, location, i, with_score);
        cell->is_present = true;
        cell->score = cox_score_add(cell->score, with_score ? location->scores[i] : 0);
        if (location->has_discovery && cell->discovery < location->discovery) {
            rsc->has_exclusive_discovery |= location->discovery == COX_DISCOVERY_EXCLUSIVE;
            cell->discovery = (guint8) location->discovery;
        }
    }
}

/* Members of a group after the first only learn which nodes are known; their scores reach them through the first. */
static void
apply_tree(const struct sched_work *work, struct sched_rsc *rsc, const struct sched_location *location,
           bool with_score)
{
    bool skip_implicit = rsc->variant == COX_BUNDLE;

    apply_to(work, rsc, location, with_score);
    for (guint i = 0; i < sched_n_children(rsc); i++) {
        struct sched_rsc *child = sched_child(rsc, i);

        if (skip_implicit && (child->variant == COX_CLONE || child->remote_node != NULL)
            && (child->variant != COX_CLONE || location->role_filter < COX_ROLE_UNPROMOTED)) {
            continue;
        }
        apply_tree(work, child, location, with_score && (rsc->variant != COX_GROUP || i == 0 || !sched_rsc_is_collocated(rsc)));
    }
}

void
sched_location_cause(const struct sched_work *work, const struct sched_location *location)
{
    const char *rule = sched_explain_name_of(work, location);
    const bool is_health = rule == location->id; /* as constraints.c names it */

    sched_explain_cause(work, is_health ? COX_TERM_HEALTH : COX_TERM_LOCATION, location->id, NULL);
    sched_explain_rule(work, is_health ? NULL : rule);
}

void
sched_location_apply(struct sched_work *work)
{
    /* Those of rules last: only where a node was named before does a rule count inside a bundle, in whichever order they are written. */
    for (int of_rule = 0; of_rule <= 1; of_rule++) {
        for (guint i = 0; i < work->locations->len; i++) {
            const struct sched_location *location = g_ptr_array_index(work->locations, i);

            if (location->is_of_rule == of_rule) {
                apply_tree(work, location->rsc, location, true);
            }
        }
    }
}
