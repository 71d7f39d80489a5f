/* lib/model/rule.h - rules: when does a set of values or a constraint count?  Layer 1, pure. */
#ifndef COX_MODEL_RULE_H
#define COX_MODEL_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/walltime.h"
#include "model/compare.h"
#include "model/date_spec.h"
#include "model/ids.h"
#include "model/score.h"

G_BEGIN_DECLS

enum cox_expr_kind {
    COX_EXPR_RULE = 0, /**< a nested rule */
    COX_EXPR_ATTRIBUTE,
    COX_EXPR_DATE,
    COX_EXPR_RESOURCE,  /**< rsc_expression */
    COX_EXPR_OPERATION, /**< op_expression */
};

enum cox_value_source {
    COX_VALUE_LITERAL = 0,
    COX_VALUE_PARAM, /**< value names an instance parameter of the resource */
    COX_VALUE_META,  /**< value names a meta-attribute of the resource */
};

/** A duration element: amounts by unit, not normalised. */
struct cox_date_duration {
    const char *id;
    gint64 years, months, weeks, days, hours, minutes, seconds;
    bool is_valid;
};

struct cox_expr_attribute {
    const char *name; /**< may hold %0..%9 in rules of constraints with a pattern */
    enum cox_compare compare;
    enum cox_compare_type type;
    enum cox_value_source source;
    const char *value; /**< NULL for defined and not_defined */
};

struct cox_expr_date {
    enum cox_compare compare; /**< LT, GT, IN_RANGE, DATE_SPEC, EQ, NE or INVALID */
    cox_wall start;           /**< COX_WALL_NONE when not given */
    cox_wall end;             /**< COX_WALL_NONE when not given */
    bool is_valid;            /**< false: a date could not be parsed */
    const struct cox_date_duration *duration; /**< or NULL */
    const struct cox_date_spec *spec;         /**< or NULL */
};

struct cox_expr_resource {
    const char *standard, *provider, *type; /**< each NULL = any */
};

struct cox_expr_operation {
    const char *name;
    bool has_interval;
    gint64 interval_ms;
};

struct cox_rule;

struct cox_expr {
    const char *id;
    enum cox_expr_kind kind;
    union {
        const struct cox_rule *rule;
        struct cox_expr_attribute attribute;
        struct cox_expr_date date;
        struct cox_expr_resource resource;
        struct cox_expr_operation operation;
    };
};

struct cox_rule {
    const char *id;
    bool is_or; /**< boolean-op="or"; else all must hold */
    const struct cox_expr *exprs;
    size_t n_exprs;
    /* Only for rules of location constraints: */
    bool has_score;
    cox_score score;
    const char *score_attribute; /**< node attribute that holds the score, or NULL */
    enum cox_role role;          /**< COX_ROLE_UNKNOWN when not given */
};

/** Looks up one attribute of the node in question; NULL when it has none.  @data from cox_rule_input. */
typedef const char *(*cox_rule_lookup)(const void *data, const char *name);

/** All that a rule may look at.  Zeroed members mean "not known here": expressions on them do not hold. */
struct cox_rule_input {
    cox_wall now;
    GTimeZone *zone; /**< of date specifications; NULL: UTC */
    cox_rule_lookup node_attribute; /**< includes #uname, #id, #kind, #is_dc, #cluster-name, #site-name, #role */
    const void *node_data;
    cox_rule_lookup param; /**< instance parameters of the resource, for value-source="param" */
    const void *param_data;
    cox_rule_lookup meta; /**< meta-attributes of the resource */
    const void *meta_data;
    const char *rsc_standard, *rsc_provider, *rsc_type; /**< rsc_expression */
    bool has_resource;
    const char *op_name; /**< op_expression; NULL when no operation is meant */
    gint64 op_interval_ms;
    const char *pattern_text; /**< what a constraint's pattern matched, for %0..%9; or NULL */
    const GMatchInfo *match;  /**< may be NULL */
};

enum cox_rule_result {
    COX_RULE_IN_EFFECT = 0,
    COX_RULE_NOT_IN_EFFECT, /**< for another reason than time */
    COX_RULE_BEFORE,        /**< not yet in effect */
    COX_RULE_AFTER,         /**< expired */
    COX_RULE_INVALID,       /**< it cannot be evaluated; counts as not in effect */
};

/**
 * Evaluate @rule.
 * @param next  if not NULL: lowered to the next time after now at which the result may change
 */
enum cox_rule_result cox_rule_eval(const struct cox_rule *rule, const struct cox_rule_input *input, cox_wall *next);

/** Evaluate one date expression, as cox_rule_eval does. */
enum cox_rule_result cox_rule_eval_date(const struct cox_expr_date *date, const struct cox_rule_input *input,
                                        cox_wall *next);

/**
 * Replace %0 to %9 in @text (an attribute name) by what the constraint's pattern matched.
 * @return NULL when there is nothing to replace (use @text), else the new text, caller frees
 */
char *cox_rule_expand(const char *text, const struct cox_rule_input *input);

G_END_DECLS

#endif
