/* lib/admin/lint_rule.c - rules that can never be true.  Layer 4. */
#include <string.h>

#include "admin/lint_priv.h"

/* Why a rule is of no use. */
enum verdict { POSSIBLE = 0, NEVER, OVER };

static enum verdict judge(const struct cox_lint *lint, const struct cox_rule *rule, const char **why);

static enum verdict
judge_date(const struct cox_lint *lint, const struct cox_expr_date *date, const char **why)
{
    const struct cox_rule_input input = { .now = lint->now };

    if (!date->is_valid) {
        *why = "a date in it cannot be read";
        return NEVER;
    }
    if (cox_wall_is_set(date->start) && cox_wall_is_set(date->end) && cox_wall_before(date->end, date->start)) {
        *why = "it ends before it begins";
        return NEVER;
    }
    if (date->compare != COX_COMPARE_DATE_SPEC && cox_rule_eval_date(date, &input, NULL) == COX_RULE_AFTER) {
        *why = "its time has passed";
        return OVER;
    }
    return POSSIBLE;
}

/* Two conditions on one attribute that exclude each other. */
static bool
exclude(const struct cox_expr_attribute *a, const struct cox_expr_attribute *b)
{
    if (g_strcmp0(a->name, b->name) != 0 || a->source != COX_VALUE_LITERAL || b->source != COX_VALUE_LITERAL) {
        return false;
    }
    if (a->compare == COX_COMPARE_EQ && b->compare == COX_COMPARE_EQ) {
        return g_strcmp0(a->value, b->value) != 0;
    }
    if (a->compare == COX_COMPARE_EQ && b->compare == COX_COMPARE_NE) {
        return g_strcmp0(a->value, b->value) == 0;
    }
    return a->compare == COX_COMPARE_NOT_DEFINED && (b->compare == COX_COMPARE_DEFINED || b->compare == COX_COMPARE_EQ);
}

static bool
has_conflict(const struct cox_rule *rule)
{
    for (size_t i = 0; i < rule->n_exprs; i++) {
        for (size_t k = 0; k < rule->n_exprs; k++) {
            if (i != k && rule->exprs[i].kind == COX_EXPR_ATTRIBUTE && rule->exprs[k].kind == COX_EXPR_ATTRIBUTE
                && exclude(&rule->exprs[i].attribute, &rule->exprs[k].attribute)) {
                return true;
            }
        }
    }
    return false;
}

static enum verdict
judge_expr(const struct cox_lint *lint, const struct cox_expr *expr, const char **why)
{
    switch (expr->kind) {
    case COX_EXPR_RULE:
        return judge(lint, expr->rule, why);
    case COX_EXPR_DATE:
        return judge_date(lint, &expr->date, why);
    case COX_EXPR_ATTRIBUTE:
        if (expr->attribute.compare == COX_COMPARE_INVALID) {
            *why = "it has a comparison that does not exist";
            return NEVER;
        }
        break;
    case COX_EXPR_RESOURCE:
    case COX_EXPR_OPERATION:
        break;
    }
    return POSSIBLE;
}

static enum verdict
judge(const struct cox_lint *lint, const struct cox_rule *rule, const char **why)
{
    enum verdict worst = POSSIBLE;
    size_t n_possible = 0;

    if (!rule->is_or && has_conflict(rule)) {
        *why = "two of its conditions exclude each other";
        return NEVER;
    }
    for (size_t i = 0; i < rule->n_exprs; i++) {
        enum verdict one = judge_expr(lint, &rule->exprs[i], why);

        if (one == POSSIBLE) {
            n_possible++;
        } else if (!rule->is_or) {
            return one;
        }
        worst = MAX(worst, one);
    }
    return (n_possible > 0) ? POSSIBLE : worst;
}

/* What is under a rule. */
struct ruled {
    const char *id;
    const char *remedy; /* when the rule is wrong; what only has ended can be deleted */
};

static void
check_rule(const struct cox_lint *lint, const struct cox_rule *rule, const struct ruled *ruled, struct cox_diags *diags)
{
    const char *why = NULL;
    enum verdict verdict = (rule == NULL) ? POSSIBLE : judge(lint, rule, &why);
    const char *object = ruled->id;
    g_autofree char *command = g_strdup_printf("cibadmin --delete --xpath \"//*[@id='%s']\"", object);
    const char *remedy = (verdict == OVER || ruled->remedy == NULL) ? command : ruled->remedy;

    if (verdict != POSSIBLE && why != NULL) {
        cox_diags_add(diags, (verdict == OVER) ? COX_SEVERITY_INFO : COX_SEVERITY_WARNING, object, remedy, "rule '%s' of '%s' can never be true%s: %s",
                      (rule->id != NULL) ? rule->id : "", object, (verdict == OVER) ? " again" : "", why);
    }
}

static void
check_sets(const struct cox_lint *lint, const struct cox_nvsets *sets, struct cox_diags *diags)
{
    for (size_t i = 0; i < sets->n_sets; i++) {
        const struct ruled ruled = { sets->sets[i].id, "correct the rule, or take it away when what is in the set is always to count" };

        check_rule(lint, sets->sets[i].rule, &ruled, diags);
    }
}

void
cox_lint_rules(const struct cox_lint *lint, struct cox_diags *diags)
{
    const struct cox_config *config = lint->config;

    check_sets(lint, &config->properties, diags);
    check_sets(lint, &config->rsc_defaults, diags);
    check_sets(lint, &config->op_defaults, diags);
    for (size_t i = 0; i < config->n_nodes; i++) {
        check_sets(lint, &config->nodes[i].attributes, diags);
        check_sets(lint, &config->nodes[i].utilization, diags);
    }
    for (cox_rsc_id rsc = 0; rsc < config->n_resources; rsc++) {
        check_sets(lint, &config->resources[rsc].meta, diags);
        check_sets(lint, &config->resources[rsc].params, diags);
        check_sets(lint, &config->resources[rsc].utilization, diags);
    }
    for (size_t i = 0; i < config->n_locations; i++) {
        for (size_t k = 0; k < config->locations[i].n_rules; k++) {
            const struct ruled ruled = { config->locations[i].id, NULL };

            check_rule(lint, config->locations[i].rules[k], &ruled, diags);
        }
    }
}
