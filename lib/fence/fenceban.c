/* lib/fence/fenceban.c - may a node use a fence device, by the location constraints?  Layer 3, pure. */
#include "fence/fenceban.h"

#include "model/option.h"

/* What the constraints say of one resource and the node. */
struct verdict {
    const char *node;
    const struct cox_rule_input *rule;
    cox_wall *next;
    cox_score score;
    bool is_named; /* some constraint names the node */
};

static void
count(struct verdict *verdict, cox_score score)
{
    verdict->is_named = true;
    verdict->score = cox_score_add(verdict->score, score);
}

static void
count_rule(struct verdict *verdict, const struct cox_rule *rule)
{
    cox_score score = rule->has_score ? rule->score : 0;

    if (cox_rule_eval(rule, verdict->rule, verdict->next) != COX_RULE_IN_EFFECT) {
        return;
    }
    if (rule->score_attribute != NULL) {
        const char *text = verdict->rule->node_attribute == NULL
                               ? NULL
                               : verdict->rule->node_attribute(verdict->rule->node_data, rule->score_attribute);

        if (text == NULL || !cox_score_parse(text, &score, NULL)) {
            score = -COX_SCORE_INFINITY;
        }
    }
    count(verdict, score);
}

static void
count_location(struct verdict *verdict, const struct cox_location *location, bool has_score, cox_score score)
{
    if (location->node != NULL) {
        if (g_ascii_strcasecmp(location->node, verdict->node) == 0) {
            count(verdict, has_score ? score : 0);
        }
        return;
    }
    for (size_t i = 0; i < location->n_rules; i++) {
        count_rule(verdict, location->rules[i]);
    }
}

static bool
is_promoted_only(enum cox_role role)
{
    return role == COX_ROLE_PROMOTED || role == COX_ROLE_STOPPED; /* a device is neither */
}

static bool
contains(const cox_rsc_id *ids, size_t n, cox_rsc_id rsc)
{
    for (size_t i = 0; i < n; i++) {
        if (ids[i] == rsc) {
            return true;
        }
    }
    return false;
}

static bool
matches_pattern(const struct cox_location *location, const char *id)
{
    return location->pattern != NULL && g_regex_match_simple(location->pattern, id, 0, 0) != location->is_inverted;
}

static void
judge(struct verdict *verdict, const struct cox_location *location, const struct cox_config *config, cox_rsc_id rsc)
{
    if (location->lifetime != NULL
        && cox_rule_eval(location->lifetime, verdict->rule, verdict->next) != COX_RULE_IN_EFFECT) {
        return;
    }
    if (!is_promoted_only(location->role)
        && (contains(location->rscs, location->n_rscs, rsc) || matches_pattern(location, config->resources[rsc].id))) {
        count_location(verdict, location, location->has_score, location->score);
    }
    for (size_t s = 0; s < location->n_sets; s++) {
        const struct cox_rsc_set *set = &location->sets[s];

        if (!is_promoted_only(set->role) && contains(set->members, set->n_members, rsc)) {
            count_location(verdict, location, set->has_score || location->has_score,
                           set->has_score ? set->score : location->score);
        }
    }
}

static bool
is_symmetric(const struct cox_config *config, const struct cox_rule_input *rule, cox_wall *next)
{
    struct cox_nvlist options = COX_NVLIST_INIT;
    bool result;

    cox_nvsets_resolve(&config->properties, "cib-bootstrap-options", rule, &options, next);
    result = cox_option_of(COX_OPT_CLUSTER_SYMMETRIC_CLUSTER, &options) != 0;
    cox_nvlist_clear(&options);
    return result;
}

bool
cox_fenceban_is_banned(const struct cox_config *config, cox_rsc_id rsc, const char *node, const struct cox_rule_input *rule,
                       cox_wall *next)
{
    bool is_named = false;

    for (; rsc != COX_RSC_NONE; rsc = config->resources[rsc].parent) {
        struct verdict verdict = { .node = node, .rule = rule, .next = next };

        for (size_t i = 0; i < config->n_locations; i++) {
            judge(&verdict, &config->locations[i], config, rsc);
        }
        if (verdict.score < 0) {
            return true;
        }
        is_named = is_named || verdict.is_named;
    }
    return !is_named && !is_symmetric(config, rule, next);
}
