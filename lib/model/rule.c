/* lib/model/rule.c - is a rule in effect, and when may that change?  Layer 1, pure. */
#include "model/rule.h"

#include <string.h>

/* Rules inside rules: deeper ones are not judged.  Nobody nests more than two or three. */
#define DEPTH_MAX 32

char *
cox_rule_expand(const char *text, const struct cox_rule_input *input)
{
    GString *out;

    if (input->pattern_text == NULL || strchr(text, '%') == NULL) {
        return NULL;
    }
    out = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p++) {
        int start = -1;
        int end = -1;

        if (*p != '%' || !g_ascii_isdigit(p[1])) {
            g_string_append_c(out, *p);
            continue;
        }
        p++;
        if (input->match != NULL && g_match_info_fetch_pos(input->match, *p - '0', &start, &end) && start >= 0) {
            g_string_append_len(out, input->pattern_text + start, end - start);
        }
    }
    return g_string_free(out, FALSE);
}

static const char *
look_up(cox_rule_lookup lookup, const void *data, const char *name)
{
    return (lookup != NULL && name != NULL) ? lookup(data, name) : NULL;
}

static enum cox_rule_result
holds(bool does_hold)
{
    return does_hold ? COX_RULE_IN_EFFECT : COX_RULE_NOT_IN_EFFECT;
}

static enum cox_rule_result
judge_attribute(const struct cox_expr_attribute *expr, const struct cox_rule_input *input)
{
    g_autofree char *expanded = NULL;
    const char *reference = expr->value;
    const char *actual;

    if (expr->compare == COX_COMPARE_INVALID || expr->name == NULL) {
        return COX_RULE_INVALID;
    }
    if (input->node_attribute == NULL) {
        return COX_RULE_NOT_IN_EFFECT;
    }
    switch (expr->source) {
    case COX_VALUE_LITERAL:
        break;
    case COX_VALUE_PARAM:
        reference = look_up(input->param, input->param_data, expr->value);
        break;
    case COX_VALUE_META:
        reference = look_up(input->meta, input->meta_data, expr->value);
        break;
    }
    expanded = cox_rule_expand(expr->name, input);
    actual = look_up(input->node_attribute, input->node_data, (expanded != NULL) ? expanded : expr->name);
    return holds(cox_compare_holds(actual, expr->compare, reference, expr->type));
}

static bool
is_wanted(const char *wanted, const char *actual)
{
    return wanted == NULL || g_strcmp0(wanted, actual) == 0;
}

static enum cox_rule_result
judge_resource(const struct cox_expr_resource *expr, const struct cox_rule_input *input)
{
    return holds(input->has_resource && is_wanted(expr->standard, input->rsc_standard)
                 && is_wanted(expr->provider, input->rsc_provider) && is_wanted(expr->type, input->rsc_type));
}

static enum cox_rule_result
judge_operation(const struct cox_expr_operation *expr, const struct cox_rule_input *input)
{
    return holds(input->op_name != NULL && is_wanted(expr->name, input->op_name)
                 && (!expr->has_interval || expr->interval_ms == input->op_interval_ms));
}

/* ---- dates: whole seconds, as they are written ------------------------------------------------------------- */

static void
may_change_at(cox_wall *next, cox_wall when)
{
    if (next != NULL) {
        *next = cox_wall_min(*next, when);
    }
}

static enum cox_rule_result
judge_spec(const struct cox_expr_date *date, const struct cox_rule_input *input, cox_wall *next)
{
    struct cox_datetime moment;

    if (date->spec == NULL
        || !cox_datetime_from_wall(input->now, cox_datetime_offset_at(input->zone, input->now), &moment)) {
        return COX_RULE_INVALID;
    }
    if (next != NULL) {
        may_change_at(next, cox_date_spec_next_change(date->spec, &moment));
    }
    switch (cox_date_spec_match(date->spec, &moment)) {
    case COX_DATE_SPEC_WITHIN:
        return COX_RULE_IN_EFFECT;
    case COX_DATE_SPEC_BEFORE:
        return COX_RULE_BEFORE;
    case COX_DATE_SPEC_AFTER:
        return COX_RULE_AFTER;
    case COX_DATE_SPEC_INVALID:
        break;
    }
    return COX_RULE_INVALID;
}

/* From @first to @last second, both included; G_MININT64 and G_MAXINT64: open. */
static enum cox_rule_result
judge_seconds(gint64 now, gint64 first, gint64 last, cox_wall *next)
{
    if (now < first) {
        may_change_at(next, cox_wall_from_seconds(first));
        return COX_RULE_BEFORE;
    }
    if (now > last) {
        return COX_RULE_AFTER;
    }
    if (last != G_MAXINT64) {
        may_change_at(next, cox_wall_from_seconds(last + 1));
    }
    return COX_RULE_IN_EFFECT;
}

/* The end that start and duration give; an end that is written wins over a duration.  False: it makes no sense. */
static bool
end_of(const struct cox_expr_date *date, cox_wall *end)
{
    const struct cox_date_duration *length = date->duration;
    struct cox_duration sum;
    struct cox_datetime moment;

    *end = date->end;
    if (length == NULL || cox_wall_is_set(date->end) || !cox_wall_is_set(date->start)) {
        return true;
    }
    sum = (struct cox_duration) { length->years, length->months, length->weeks * 7 + length->days,
                                  length->hours * 3600 + length->minutes * 60 + length->seconds };
    if (!length->is_valid || !cox_datetime_from_wall(date->start, 0, &moment)
        || !cox_datetime_add(&moment, &sum, NULL)) {
        return false;
    }
    *end = cox_datetime_to_wall(&moment);
    return true;
}

enum cox_rule_result
cox_rule_eval_date(const struct cox_expr_date *date, const struct cox_rule_input *input, cox_wall *next)
{
    gint64 now = cox_wall_seconds(input->now);
    gint64 start = cox_wall_is_set(date->start) ? cox_wall_seconds(date->start) : G_MININT64;
    cox_wall end_wall;
    gint64 end;

    if (!date->is_valid || !end_of(date, &end_wall)) {
        return COX_RULE_INVALID;
    }
    end = cox_wall_is_set(end_wall) ? cox_wall_seconds(end_wall) : G_MAXINT64;
    switch (date->compare) {
    case COX_COMPARE_LT:
        return (end == G_MAXINT64) ? COX_RULE_INVALID : judge_seconds(now, G_MININT64, end - 1, next);
    case COX_COMPARE_GT:
        return (start == G_MININT64) ? COX_RULE_INVALID : judge_seconds(now, start + 1, G_MAXINT64, next);
    case COX_COMPARE_IN_RANGE:
        if (start == G_MININT64 && end == G_MAXINT64) {
            return COX_RULE_INVALID;
        }
        return judge_seconds(now, start, end, next);
    case COX_COMPARE_DATE_SPEC:
        return judge_spec(date, input, next);
    case COX_COMPARE_INVALID:
    case COX_COMPARE_LTE:
    case COX_COMPARE_GTE:
    case COX_COMPARE_EQ:
    case COX_COMPARE_NE:
    case COX_COMPARE_DEFINED:
    case COX_COMPARE_NOT_DEFINED:
        break;
    }
    return COX_RULE_INVALID;
}

/* ---- rules ------------------------------------------------------------------------------------------------ */

static enum cox_rule_result judge_rule(const struct cox_rule *rule, const struct cox_rule_input *input, cox_wall *next,
                                       int depth);

static enum cox_rule_result
judge_expr(const struct cox_expr *expr, const struct cox_rule_input *input, cox_wall *next, int depth)
{
    switch (expr->kind) {
    case COX_EXPR_RULE:
        return (depth >= DEPTH_MAX) ? COX_RULE_INVALID : judge_rule(expr->rule, input, next, depth + 1);
    case COX_EXPR_ATTRIBUTE:
        return judge_attribute(&expr->attribute, input);
    case COX_EXPR_DATE:
        return cox_rule_eval_date(&expr->date, input, next);
    case COX_EXPR_RESOURCE:
        return judge_resource(&expr->resource, input);
    case COX_EXPR_OPERATION:
        return judge_operation(&expr->operation, input);
    }
    return COX_RULE_INVALID;
}

/* Which of two results of a rule's parts counts more: the one with the lower rank. */
static enum cox_rule_result
combine(bool is_or, enum cox_rule_result a, enum cox_rule_result b)
{
    static const int rank_and[] = { [COX_RULE_AFTER] = 0, [COX_RULE_NOT_IN_EFFECT] = 1, [COX_RULE_INVALID] = 2,
                                    [COX_RULE_BEFORE] = 3, [COX_RULE_IN_EFFECT] = 4 };
    static const int rank_or[] = { [COX_RULE_IN_EFFECT] = 0, [COX_RULE_BEFORE] = 1, [COX_RULE_INVALID] = 2,
                                   [COX_RULE_NOT_IN_EFFECT] = 3, [COX_RULE_AFTER] = 4 };
    const int *rank = is_or ? rank_or : rank_and;

    return (rank[a] <= rank[b]) ? a : b;
}

static enum cox_rule_result
judge_rule(const struct cox_rule *rule, const struct cox_rule_input *input, cox_wall *next, int depth)
{
    enum cox_rule_result result = rule->is_or ? COX_RULE_AFTER : COX_RULE_IN_EFFECT;

    if (rule->n_exprs == 0) {
        return holds(!rule->is_or);
    }
    for (size_t i = 0; i < rule->n_exprs; i++) {
        result = combine(rule->is_or, result, judge_expr(&rule->exprs[i], input, next, depth));
        if (next == NULL && result == (rule->is_or ? COX_RULE_IN_EFFECT : COX_RULE_AFTER)) {
            break; /* nothing can outrank it; only the next change would need the others */
        }
    }
    return result;
}

enum cox_rule_result
cox_rule_eval(const struct cox_rule *rule, const struct cox_rule_input *input, cox_wall *next)
{
    return judge_rule(rule, input, next, 0);
}
