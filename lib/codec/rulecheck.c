/* lib/codec/load_rule.heck.c - find one rule in a document and judge its only date expression.  Layer 3. */
#include "codec/rulecheck.h"

#include "base/arena.h"
#include "base/error.h"
#include "codec/context.h"
#include "codec/load_rule.h"
#include "xml/xpath.h"

#define DEPTH_MAX 32

/* The only rule with the id; ids are compared here so that any text may be asked for. */
static struct cox_xml *
find_rule(const struct cox_xml *top, const char *id, GError **error)
{
    struct cox_xml *found = NULL;

    for (const struct cox_xml *xml = top; xml != NULL; xml = cox_xml_walk(xml, top)) {
        if (!cox_xml_is(xml, "rule") || g_strcmp0(cox_xml_id(xml), id) != 0) {
            continue;
        }
        if (found != NULL) {
            g_set_error_literal(error, COX_ERROR, COX_ERROR_MULTIPLE, "Found more than one rule with matching ID");
            return NULL;
        }
        found = (struct cox_xml *) (guintptr) xml;
    }
    if (found == NULL) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_NOT_FOUND, "Rule not found");
    }
    return found;
}

/* Exactly one date expression, and not one that comes back every day. */
static bool
can_be_checked(const struct cox_xml *rule, GError **error)
{
    const struct cox_xml *date = NULL;
    const struct cox_xml *spec;

    for (const struct cox_xml *xml = rule; xml != NULL; xml = cox_xml_walk(xml, rule)) {
        if (!cox_xml_is(xml, "date_expression")) {
            continue;
        }
        if (date != NULL) {
            g_set_error_literal(error, COX_ERROR, COX_ERROR_UNIMPLEMENTED, "Rule has more than one date expression");
            return false;
        }
        date = xml;
    }
    if (date == NULL) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_UNIMPLEMENTED, "Rule does not have a date expression");
        return false;
    }
    spec = cox_xml_child(date, "date_spec");
    if (g_strcmp0(cox_xml_get(date, "operation"), "date_spec") == 0
        && (spec == NULL || cox_xml_get(spec, "years") == NULL || cox_xml_get(spec, "moon") != NULL)) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_UNIMPLEMENTED,
                            "Rule must either not use date_spec, or use date_spec with years= but not moon=");
        return false;
    }
    return true;
}

static const struct cox_expr_date *
find_date(const struct cox_rule *rule, int depth)
{
    for (size_t i = 0; rule != NULL && depth < DEPTH_MAX && i < rule->n_exprs; i++) {
        const struct cox_expr_date *date = NULL;

        if (rule->exprs[i].kind == COX_EXPR_DATE) {
            return &rule->exprs[i].date;
        }
        if (rule->exprs[i].kind == COX_EXPR_RULE) {
            date = find_date(rule->exprs[i].rule, depth + 1);
        }
        if (date != NULL) {
            return date;
        }
    }
    return NULL;
}

bool
cox_rulecheck_run(const struct cox_xml *top, const char *id, const struct cox_rule_input *input,
                  struct cox_rulecheck *check, GError **error)
{
    const struct cox_xml *xml = find_rule(top, id, error);
    struct cox_context context = { .top = top, .zone = input->zone };
    const struct cox_expr_date *date;

    if (xml == NULL || !can_be_checked(xml, error)) {
        return false;
    }
    context.arena = cox_arena_new();
    context.rule_by_xml = g_hash_table_new(NULL, NULL);
    date = find_date(cox_codec_rule(&context, xml), 0);
    check->result = COX_RULE_INVALID;
    check->repeats = false;
    check->next = COX_WALL_NONE;
    if (date != NULL) {
        check->result = cox_rule_eval_date(date, input, &check->next);
        check->repeats = (date->compare == COX_COMPARE_DATE_SPEC);
    }
    g_hash_table_unref(context.rule_by_xml);
    g_clear_pointer(&context.by_id, g_hash_table_unref);
    cox_arena_free(context.arena);
    return true;
}
