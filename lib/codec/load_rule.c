/* lib/codec/load_rule.c - rule elements to expressions.  Layer 3. */
#include "codec/load_rule.h"

#include <string.h>

#include "base/datetime.h"
#include "base/interval.h"

/* Rules may be nested as deep as the document may (the reader bounds it); ours are bounded lower. */
enum { RULE_DEPTH_MAX = 32 };

struct word {
    const char *text;
    int value;
};

static int
word_value(const char *text, const struct word *words, size_t n, int fallback)
{
    for (size_t i = 0; i < n; i++) {
        if (g_ascii_strcasecmp(text, words[i].text) == 0) {
            return words[i].value;
        }
    }
    return fallback;
}

static enum cox_compare
compare_of(struct cox_context *context, const struct cox_xml *xml, const char *missing)
{
    static const struct word words[] = {
        { "lt", COX_COMPARE_LT },           { "lte", COX_COMPARE_LTE },
        { "gt", COX_COMPARE_GT },           { "gte", COX_COMPARE_GTE },
        { "eq", COX_COMPARE_EQ },           { "ne", COX_COMPARE_NE },
        { "neq", COX_COMPARE_NE },          { "defined", COX_COMPARE_DEFINED },
        { "not_defined", COX_COMPARE_NOT_DEFINED }, { "in_range", COX_COMPARE_IN_RANGE },
        { "date_spec", COX_COMPARE_DATE_SPEC },
    };
    const char *text = cox_xml_get(xml, "operation");
    int value;

    text = text == NULL ? missing : text;
    value = word_value(text, words, G_N_ELEMENTS(words), COX_COMPARE_INVALID);
    if (value == COX_COMPARE_INVALID) {
        cox_context_problem(context, xml, "write one of lt, lte, gt, gte, eq, ne, defined, not_defined, in_range, date_spec",
                            "%s '%s': operation '%s' is unknown", cox_xml_name(xml), cox_xml_id(xml), text);
    }
    return (enum cox_compare) value;
}

static void
read_attribute(struct cox_context *context, const struct cox_xml *xml, struct cox_expr_attribute *attribute)
{
    static const struct word types[] = {
        { "string", COX_COMPARE_TYPE_STRING },
        { "integer", COX_COMPARE_TYPE_INTEGER },
        { "number", COX_COMPARE_TYPE_NUMBER },
        { "version", COX_COMPARE_TYPE_VERSION },
    };
    static const struct word sources[] = {
        { "literal", COX_VALUE_LITERAL },
        { "param", COX_VALUE_PARAM },
        { "meta", COX_VALUE_META },
    };
    const char *type = cox_xml_get(xml, "type");
    const char *source = cox_xml_get(xml, "value-source");

    attribute->name = cox_context_text(context, xml, "attribute");
    attribute->value = cox_context_text(context, xml, "value");
    attribute->compare = compare_of(context, xml, "");
    if (type != NULL) {
        attribute->type = (enum cox_compare_type) word_value(type, types, G_N_ELEMENTS(types),
                                                             COX_COMPARE_TYPE_DEFAULT);
    }
    if (source != NULL) {
        attribute->source = (enum cox_value_source) word_value(source, sources, G_N_ELEMENTS(sources),
                                                               COX_VALUE_LITERAL);
    }
    if (attribute->name == NULL) {
        cox_context_problem(context, xml, "add the attribute 'attribute'", "expression '%s' names no attribute",
                            cox_xml_id(xml));
        attribute->compare = COX_COMPARE_INVALID;
    }
}

/* Whole non-negative number at *@at, which moves behind it. */
static bool
take_number(const char **at, guint32 *number)
{
    char *end = NULL;
    guint64 value;

    if (!g_ascii_isdigit(**at)) {
        return false;
    }
    value = g_ascii_strtoull(*at, &end, 10);
    *at = end;
    *number = (guint32) MIN(value, G_MAXUINT32 - 1);
    return true;
}

static struct cox_date_range
range_of(const char *text)
{
    struct cox_date_range range = { .is_set = true, .high = G_MAXUINT32 };
    const char *at = text;
    bool has_low = take_number(&at, &range.low);
    bool has_high;

    if (*at == '\0') {
        range.high = range.low;
        range.is_valid = has_low;
        return range;
    }
    if (*at++ != '-') {
        return range;
    }
    has_high = take_number(&at, &range.high);
    range.is_valid = *at == '\0' && (has_low || has_high);
    return range;
}

static const struct cox_date_spec *
spec_of(struct cox_context *context, const struct cox_xml *xml)
{
    static const char *const fields[COX_DATE_N_FIELDS] = {
        [COX_DATE_YEARS] = "years",     [COX_DATE_MONTHS] = "months",       [COX_DATE_MONTHDAYS] = "monthdays",
        [COX_DATE_HOURS] = "hours",     [COX_DATE_MINUTES] = "minutes",     [COX_DATE_SECONDS] = "seconds",
        [COX_DATE_YEARDAYS] = "yeardays", [COX_DATE_WEEKYEARS] = "weekyears", [COX_DATE_WEEKS] = "weeks",
        [COX_DATE_WEEKDAYS] = "weekdays",
    };
    struct cox_date_spec *spec;

    if (xml == NULL) {
        return NULL;
    }
    spec = cox_arena_new_array(context->arena, struct cox_date_spec, 1);
    spec->id = cox_context_text(context, xml, "id");
    for (size_t i = 0; i < COX_DATE_N_FIELDS; i++) {
        const char *text = cox_xml_get(xml, fields[i]);

        if (text == NULL) {
            continue;
        }
        spec->fields[i] = range_of(text);
        if (!spec->fields[i].is_valid) {
            cox_context_problem(context, xml, "write a number or a range such as 9-16, 9- or -16",
                                "date_spec '%s': %s '%s' is not a range", cox_xml_id(xml), fields[i], text);
        }
    }
    return spec;
}

static const struct cox_date_duration *
duration_of(struct cox_context *context, const struct cox_xml *xml)
{
    static const struct {
        const char *name;
        size_t offset;
    } fields[] = {
        { "years", offsetof(struct cox_date_duration, years) },
        { "months", offsetof(struct cox_date_duration, months) },
        { "weeks", offsetof(struct cox_date_duration, weeks) },
        { "days", offsetof(struct cox_date_duration, days) },
        { "hours", offsetof(struct cox_date_duration, hours) },
        { "minutes", offsetof(struct cox_date_duration, minutes) },
        { "seconds", offsetof(struct cox_date_duration, seconds) },
    };
    struct cox_date_duration *duration;

    if (xml == NULL) {
        return NULL;
    }
    duration = cox_arena_new_array(context->arena, struct cox_date_duration, 1);
    duration->id = cox_context_text(context, xml, "id");
    duration->is_valid = true;
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        const char *text = cox_xml_get(xml, fields[i].name);
        gint64 *amount = (gint64 *) (void *) ((char *) duration + fields[i].offset);

        if (text != NULL && !g_ascii_string_to_signed(text, 10, -G_MAXINT32, G_MAXINT32, amount, NULL)) {
            duration->is_valid = false;
            cox_context_problem(context, xml, "write a whole number", "duration '%s': %s '%s' is not a number",
                                cox_xml_id(xml), fields[i].name, text);
        }
    }
    return duration;
}

static cox_wall
moment_of(struct cox_context *context, const struct cox_xml *xml, const char *name, bool *is_valid)
{
    const struct cox_datetime_context dates = { .zone = context->zone, .now = COX_WALL_NONE };
    const char *text = cox_xml_get(xml, name);
    g_autoptr(GError) error = NULL;
    struct cox_datetime moment;

    if (text == NULL) {
        return COX_WALL_NONE;
    }
    if (!cox_datetime_parse(text, &dates, &moment, &error)) {
        *is_valid = false;
        cox_context_problem(context, xml, "write an ISO 8601 date such as 2026-01-28 12:30:00Z",
                            "date_expression '%s': %s: %s", cox_xml_id(xml), name, error->message);
        return COX_WALL_NONE;
    }
    return cox_datetime_to_wall(&moment);
}

static void
read_date(struct cox_context *context, const struct cox_xml *xml, struct cox_expr_date *date)
{
    date->is_valid = true;
    date->compare = compare_of(context, xml, "in_range");
    date->start = moment_of(context, xml, "start", &date->is_valid);
    date->end = moment_of(context, xml, "end", &date->is_valid);
    date->duration = duration_of(context, cox_xml_child(xml, "duration"));
    date->spec = spec_of(context, cox_xml_child(xml, "date_spec"));
}

static void
read_operation(struct cox_context *context, const struct cox_xml *xml, struct cox_expr_operation *operation)
{
    const char *interval = cox_xml_get(xml, "interval");
    g_autoptr(GError) error = NULL;

    operation->name = cox_context_text(context, xml, "name");
    operation->has_interval = interval != NULL;
    if (interval != NULL && !cox_interval_parse(interval, &operation->interval_ms, &error)) {
        cox_context_problem(context, xml, NULL, "op_expression '%s': %s", cox_xml_id(xml), error->message);
    }
}

static const struct cox_rule *rule_at(struct cox_context *context, const struct cox_xml *xml, int depth);

/* Is @xml an expression at all?  If so it is read to @expr. */
static bool
read_expr(struct cox_context *context, const struct cox_xml *xml, struct cox_expr *expr, int depth)
{
    *expr = (struct cox_expr) { .id = cox_context_text(context, xml, "id") };
    if (cox_xml_is(xml, "rule")) {
        expr->kind = COX_EXPR_RULE;
        expr->rule = rule_at(context, xml, depth + 1);
        return expr->rule != NULL;
    }
    if (cox_xml_is(xml, "expression")) {
        expr->kind = COX_EXPR_ATTRIBUTE;
        read_attribute(context, xml, &expr->attribute);
    } else if (cox_xml_is(xml, "date_expression")) {
        expr->kind = COX_EXPR_DATE;
        read_date(context, xml, &expr->date);
    } else if (cox_xml_is(xml, "rsc_expression")) {
        expr->kind = COX_EXPR_RESOURCE;
        expr->resource = (struct cox_expr_resource) {
            .standard = cox_context_text(context, xml, "class"),
            .provider = cox_context_text(context, xml, "provider"),
            .type = cox_context_text(context, xml, "type"),
        };
    } else if (cox_xml_is(xml, "op_expression")) {
        expr->kind = COX_EXPR_OPERATION;
        read_operation(context, xml, &expr->operation);
    } else {
        return false;
    }
    return true;
}

static struct cox_rule *
read_rule(struct cox_context *context, const struct cox_xml *xml, int depth)
{
    struct cox_rule *rule = cox_arena_new_array(context->arena, struct cox_rule, 1);
    GArray *exprs = g_array_new(FALSE, FALSE, sizeof(struct cox_expr));
    const char *op = cox_xml_get(xml, "boolean-op");

    rule->id = cox_context_text(context, xml, "id");
    rule->is_or = op != NULL && g_ascii_strcasecmp(op, "or") == 0;
    rule->has_score = cox_context_score(context, xml, "score", &rule->score);
    rule->score_attribute = cox_context_text(context, xml, "score-attribute");
    rule->role = cox_context_role(context, xml, "role");
    for (struct cox_xml *child = cox_xml_first(xml); child != NULL; child = cox_xml_next(child)) {
        const struct cox_xml *real = cox_context_deref(context, child);
        struct cox_expr expr;

        if (real != NULL && read_expr(context, real, &expr, depth)) {
            g_array_append_val(exprs, expr);
        }
    }
    rule->exprs = cox_context_freeze(context, exprs, &rule->n_exprs);
    return rule;
}

static const struct cox_rule *
rule_at(struct cox_context *context, const struct cox_xml *xml, int depth)
{
    struct cox_rule *rule;
    gpointer known;

    xml = cox_context_deref(context, xml);
    if (xml == NULL) {
        return NULL;
    }
    if (g_hash_table_lookup_extended(context->rule_by_xml, xml, NULL, &known)) {
        if (known == NULL) {
            cox_context_problem(context, xml, "remove the id-ref", "rule '%s' refers to itself", cox_xml_id(xml));
        }
        return known;
    }
    if (depth > RULE_DEPTH_MAX) {
        cox_context_problem(context, xml, "simplify the rule", "rule '%s': rules are nested deeper than %d levels",
                            cox_xml_id(xml), (int) RULE_DEPTH_MAX);
        return NULL;
    }
    g_hash_table_insert(context->rule_by_xml, (gpointer) (guintptr) xml, NULL);
    rule = read_rule(context, xml, depth);
    g_hash_table_insert(context->rule_by_xml, (gpointer) (guintptr) xml, rule);
    return rule;
}

const struct cox_rule *
cox_codec_rule(struct cox_context *context, const struct cox_xml *xml)
{
    return rule_at(context, xml, 0);
}

const struct cox_rule *
cox_codec_rules_inside(struct cox_context *context, const struct cox_xml *xml)
{
    GArray *exprs = g_array_new(FALSE, FALSE, sizeof(struct cox_expr));
    struct cox_rule *any;

    for (struct cox_xml *child = cox_xml_child(xml, "rule"); child != NULL; child = cox_xml_next_named(child, "rule")) {
        struct cox_expr expr = { .kind = COX_EXPR_RULE, .rule = cox_codec_rule(context, child) };

        if (expr.rule != NULL) {
            expr.id = expr.rule->id;
            g_array_append_val(exprs, expr);
        }
    }
    if (exprs->len <= 1) {
        const struct cox_rule *only = exprs->len == 0 ? NULL : g_array_index(exprs, struct cox_expr, 0).rule;

        g_array_free(exprs, TRUE);
        return only;
    }
    any = cox_arena_new_array(context->arena, struct cox_rule, 1);
    any->is_or = true;
    any->exprs = cox_context_freeze(context, exprs, &any->n_exprs);
    return any;
}
