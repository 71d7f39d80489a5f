/* Tests of lib/model/rule.c. */
#include "base/testkit.h"
#include "model/rule.h"

static cox_wall
at(const char *text)
{
    struct cox_datetime moment = { .hour = 0 };

    if (text == NULL) {
        return COX_WALL_NONE;
    }
    assert_true(cox_datetime_parse(text, NULL, &moment, NULL));
    return cox_datetime_to_wall(&moment);
}

static const char *const node_pairs[] = { "#uname", "n1", "db1", "yes", "cpu", "8", NULL };
static const char *const param_pairs[] = { "cores", "8", NULL };
static const char *const meta_pairs[] = { "need", "9", NULL };

static const char *
look_up(const void *data, const char *name)
{
    for (const char *const *pair = data; *pair != NULL; pair += 2) {
        if (g_str_equal(pair[0], name)) {
            return pair[1];
        }
    }
    return NULL;
}

static struct cox_rule_input
input_at(const char *now)
{
    return (struct cox_rule_input) {
        .now = at(now),
        .node_attribute = look_up, .node_data = node_pairs,
        .param = look_up, .param_data = param_pairs,
        .meta = look_up, .meta_data = meta_pairs,
        .has_resource = true, .rsc_standard = "ocf", .rsc_provider = "heartbeat", .rsc_type = "IPaddr2",
        .op_name = "monitor", .op_interval_ms = 10000,
    };
}

/* Judge a rule with a single expression. */
static enum cox_rule_result
judge(struct cox_expr expr, const struct cox_rule_input *input)
{
    struct cox_rule rule = { .id = "r", .exprs = &expr, .n_exprs = 1 };

    return cox_rule_eval(&rule, input, NULL);
}

static struct cox_expr
attribute(const char *name, enum cox_compare compare, const char *value, enum cox_value_source source)
{
    return (struct cox_expr) { .kind = COX_EXPR_ATTRIBUTE,
                               .attribute = { .name = name, .compare = compare, .source = source, .value = value } };
}

static void
attributes_compare_with_values_parameters_and_meta_attributes(void **state)
{
    struct cox_rule_input input = input_at("2026-01-28"), nobody = { .now = at("2026-01-28") };

    (void) state;
    assert_int_equal(judge(attribute("#uname", COX_COMPARE_EQ, "n1", COX_VALUE_LITERAL), &input), COX_RULE_IN_EFFECT);
    assert_int_equal(judge(attribute("#uname", COX_COMPARE_EQ, "n2", COX_VALUE_LITERAL), &input), COX_RULE_NOT_IN_EFFECT);
    assert_int_equal(judge(attribute("cpu", COX_COMPARE_EQ, "cores", COX_VALUE_PARAM), &input), COX_RULE_IN_EFFECT);
    assert_int_equal(judge(attribute("cpu", COX_COMPARE_GTE, "need", COX_VALUE_META), &input), COX_RULE_NOT_IN_EFFECT);
    assert_int_equal(judge(attribute("cpu", COX_COMPARE_EQ, "none", COX_VALUE_PARAM), &input), COX_RULE_NOT_IN_EFFECT);
    assert_int_equal(judge(attribute("no", COX_COMPARE_NOT_DEFINED, NULL, COX_VALUE_LITERAL), &input), COX_RULE_IN_EFFECT);
    assert_int_equal(judge(attribute("no", COX_COMPARE_EQ, NULL, COX_VALUE_PARAM), &input), COX_RULE_IN_EFFECT);
    assert_int_equal(judge(attribute("cpu", COX_COMPARE_EQ, "8", COX_VALUE_LITERAL), &nobody), COX_RULE_NOT_IN_EFFECT);
    assert_int_equal(judge(attribute("cpu", COX_COMPARE_INVALID, "8", COX_VALUE_LITERAL), &input), COX_RULE_INVALID);
    assert_int_equal(judge(attribute(NULL, COX_COMPARE_EQ, "8", COX_VALUE_LITERAL), &input), COX_RULE_INVALID);
    input.param = NULL;
    assert_int_equal(judge(attribute("cpu", COX_COMPARE_EQ, "cores", COX_VALUE_PARAM), &input), COX_RULE_NOT_IN_EFFECT);
}

static void
names_take_parts_of_the_matched_resource_id(void **state)
{
    g_autoptr(GRegex) pattern = g_regex_new("(db.)-(x)?.*", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    struct cox_rule_input input = input_at("2026-01-28");
    g_autofree char *all = NULL, *gone = NULL;

    (void) state;
    assert_null(cox_rule_expand("%1", &input));
    input.pattern_text = "db1-rest";
    assert_true(g_regex_match(pattern, input.pattern_text, 0, &match));
    input.match = match;
    assert_int_equal(judge(attribute("%1", COX_COMPARE_EQ, "yes", COX_VALUE_LITERAL), &input), COX_RULE_IN_EFFECT);
    assert_int_equal(judge(attribute("cpu", COX_COMPARE_EQ, "8", COX_VALUE_LITERAL), &input), COX_RULE_IN_EFFECT);
    all = cox_rule_expand("x-%0-%%y%", &input);
    assert_string_equal(all, "x-db1-rest-%%y%");
    gone = cox_rule_expand("a%2b%9", &input);
    assert_string_equal(gone, "ab");
    assert_null(cox_rule_expand("plain", &input));
    input.match = NULL;
    g_free(gone);
    gone = cox_rule_expand("a%1", &input);
    assert_string_equal(gone, "a");
}

static void
dates_are_judged_to_the_second(void **state)
{
    static const struct {
        enum cox_compare compare;
        const char *start, *end;
        enum cox_rule_result expected;
        const char *next;
    } cases[] = { /* at 2026-01-28 12:00:00.5 */
        { COX_COMPARE_LT, NULL, "2026-01-28 12:00:00Z", COX_RULE_AFTER, NULL },
        { COX_COMPARE_LT, NULL, "2026-01-28 12:00:01Z", COX_RULE_IN_EFFECT, "2026-01-28 12:00:01Z" },
        { COX_COMPARE_LT, "2026-01-28", NULL, COX_RULE_INVALID, NULL },
        { COX_COMPARE_GT, "2026-01-28 12:00:00Z", NULL, COX_RULE_BEFORE, "2026-01-28 12:00:01Z" },
        { COX_COMPARE_GT, "2026-01-28 11:59:59Z", NULL, COX_RULE_IN_EFFECT, NULL },
        { COX_COMPARE_GT, NULL, "2026-01-28", COX_RULE_INVALID, NULL },
        { COX_COMPARE_IN_RANGE, "2026-01-28 12:00:00Z", "2026-01-29", COX_RULE_IN_EFFECT, "2026-01-29 00:00:01Z" },
        { COX_COMPARE_IN_RANGE, "2026-01-27", "2026-01-28 12:00:00Z", COX_RULE_IN_EFFECT, "2026-01-28 12:00:01Z" },
        { COX_COMPARE_IN_RANGE, "2026-01-27", "2026-01-28 11:59:59Z", COX_RULE_AFTER, NULL },
        { COX_COMPARE_IN_RANGE, "2026-01-29", NULL, COX_RULE_BEFORE, "2026-01-29" },
        { COX_COMPARE_IN_RANGE, NULL, "2026-01-29", COX_RULE_IN_EFFECT, "2026-01-29 00:00:01Z" },
        { COX_COMPARE_IN_RANGE, "2026-01-01", NULL, COX_RULE_IN_EFFECT, NULL },
        { COX_COMPARE_IN_RANGE, NULL, NULL, COX_RULE_INVALID, NULL },
        { COX_COMPARE_IN_RANGE, "2026-01-30", "2026-01-20", COX_RULE_BEFORE, "2026-01-30" },
        { COX_COMPARE_DATE_SPEC, NULL, NULL, COX_RULE_INVALID, NULL },
        { COX_COMPARE_EQ, "2026-01-30", "2026-01-20", COX_RULE_INVALID, NULL },
        { COX_COMPARE_INVALID, "2026-01-30", "2026-01-20", COX_RULE_INVALID, NULL },
    };
    struct cox_rule_input input = input_at("2026-01-28 12:00:00.5Z");

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_expr_date date = { .compare = cases[i].compare, .start = at(cases[i].start), .end = at(cases[i].end),
                                      .is_valid = true };
        cox_wall next = COX_WALL_NONE;

        if (cox_rule_eval_date(&date, &input, &next) != cases[i].expected || next.usec != at(cases[i].next).usec) {
            fail_msg("case %zu", i);
        }
        assert_int_equal(cox_rule_eval_date(&date, &input, NULL), cases[i].expected);
    }
}

static void
date_specifications_are_local_time(void **state)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_offset(7200);
    struct cox_rule_input input = input_at("2026-01-28 12:00:00Z");
    struct cox_date_spec spec = { .id = "s" };
    struct cox_expr_date date = { .compare = COX_COMPARE_DATE_SPEC, .start = COX_WALL_NONE, .end = COX_WALL_NONE,
                                  .is_valid = true, .spec = &spec };
    cox_wall next = COX_WALL_NONE;

    (void) state;
    cox_date_spec_range_parse("14", &spec.fields[COX_DATE_HOURS]);
    assert_int_equal(cox_rule_eval_date(&date, &input, &next), COX_RULE_BEFORE);
    assert_int_equal(next.usec, at("2026-01-28 14:00:00Z").usec);
    input.zone = zone;
    next = COX_WALL_NONE;
    assert_int_equal(cox_rule_eval_date(&date, &input, &next), COX_RULE_IN_EFFECT);
    assert_int_equal(next.usec, at("2026-01-28 13:00:00Z").usec);
    input.now = at("2026-01-28 22:30:00Z");
    assert_int_equal(cox_rule_eval_date(&date, &input, NULL), COX_RULE_BEFORE);
    input.now = at("2026-01-28 20:30:00Z");
    assert_int_equal(cox_rule_eval_date(&date, &input, NULL), COX_RULE_AFTER);
    cox_date_spec_range_parse("x", &spec.fields[COX_DATE_YEARS]);
    assert_int_equal(cox_rule_eval_date(&date, &input, NULL), COX_RULE_INVALID);
    input.now = (cox_wall) { G_MININT64 / 2 };
    assert_int_equal(cox_rule_eval_date(&date, &input, NULL), COX_RULE_INVALID);
}

static void
resources_and_operations_are_matched_by_what_is_given(void **state)
{
    struct cox_rule_input input = input_at("2026-01-28"), nothing = { .now = at("2026-01-28") };
    struct cox_expr rsc = { .kind = COX_EXPR_RESOURCE, .resource = { "ocf", NULL, "IPaddr2" } };
    struct cox_expr op = { .kind = COX_EXPR_OPERATION, .operation = { "monitor", true, 10000 } };

    (void) state;
    assert_int_equal(judge(rsc, &input), COX_RULE_IN_EFFECT);
    rsc.resource.provider = "pacemaker";
    assert_int_equal(judge(rsc, &input), COX_RULE_NOT_IN_EFFECT);
    rsc.resource = (struct cox_expr_resource) { "lsb", NULL, NULL };
    assert_int_equal(judge(rsc, &input), COX_RULE_NOT_IN_EFFECT);
    rsc.resource = (struct cox_expr_resource) { NULL, NULL, "Dummy" };
    assert_int_equal(judge(rsc, &input), COX_RULE_NOT_IN_EFFECT);
    assert_int_equal(judge(rsc, &nothing), COX_RULE_NOT_IN_EFFECT);
    assert_int_equal(judge(op, &input), COX_RULE_IN_EFFECT);
    op.operation.interval_ms = 0;
    assert_int_equal(judge(op, &input), COX_RULE_NOT_IN_EFFECT);
    op.operation.has_interval = false;
    assert_int_equal(judge(op, &input), COX_RULE_IN_EFFECT);
    op.operation.name = "start";
    assert_int_equal(judge(op, &input), COX_RULE_NOT_IN_EFFECT);
    assert_int_equal(judge(op, &nothing), COX_RULE_NOT_IN_EFFECT);
}

static void
a_duration_gives_the_end_unless_one_is_written(void **state)
{
    static const struct {
        const char *start, *end;
        struct cox_date_duration length;
        enum cox_rule_result expected;
    } cases[] = { /* at 2026-01-28 12:00:00 */
        { "2026-01-27", NULL, { .days = 2, .is_valid = true }, COX_RULE_IN_EFFECT },
        { "2026-01-27", NULL, { .hours = 36, .is_valid = true }, COX_RULE_IN_EFFECT },
        { "2026-01-27", NULL, { .hours = 35, .minutes = 59, .seconds = 59, .is_valid = true }, COX_RULE_AFTER },
        { "2026-01-27", NULL, { .weeks = 1, .is_valid = true }, COX_RULE_IN_EFFECT },
        { "2025-01-28", NULL, { .years = 1, .is_valid = true }, COX_RULE_AFTER },
        { "2025-01-28", NULL, { .months = 12, .days = 1, .is_valid = true }, COX_RULE_IN_EFFECT },
        { "2026-01-27", "2026-01-28", { .days = 20, .is_valid = true }, COX_RULE_AFTER },
        { NULL, "2026-02-01", { .days = 1, .is_valid = true }, COX_RULE_IN_EFFECT },
        { "2026-01-27", NULL, { .days = 2, .is_valid = false }, COX_RULE_INVALID },
        { "2026-01-27", NULL, { .years = 9000, .is_valid = true }, COX_RULE_INVALID },
    };
    struct cox_rule_input input = input_at("2026-01-28 12:00:00Z");
    struct cox_expr_date bad = { .compare = COX_COMPARE_GT, .start = at("2026-01-01"), .is_valid = false };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_expr_date date = { .compare = COX_COMPARE_IN_RANGE, .start = at(cases[i].start),
                                      .end = at(cases[i].end), .is_valid = true, .duration = &cases[i].length };

        if (cox_rule_eval_date(&date, &input, NULL) != cases[i].expected) {
            fail_msg("case %zu", i);
        }
    }
    assert_int_equal(cox_rule_eval_date(&bad, &input, NULL), COX_RULE_INVALID);
}

static struct cox_expr
range(const char *start, const char *end)
{
    return (struct cox_expr) { .kind = COX_EXPR_DATE,
                                    .date = { .compare = COX_COMPARE_IN_RANGE, .start = at(start), .end = at(end), .is_valid = true } };
}

static void
parts_are_combined(void **state)
{
    struct cox_rule_input input = input_at("2026-01-28");
    struct cox_expr yes = attribute("cpu", COX_COMPARE_EQ, "8", COX_VALUE_LITERAL);
    struct cox_expr no = attribute("cpu", COX_COMPARE_EQ, "9", COX_VALUE_LITERAL);
    struct cox_expr early = range("2026-02-01", NULL), late = range(NULL, "2026-01-01"), soon = range(NULL, "2026-01-30");
    struct cox_expr bad = attribute("x", COX_COMPARE_INVALID, NULL, COX_VALUE_LITERAL);
    const struct {
        bool is_or;
        struct cox_expr exprs[2];
        enum cox_rule_result expected;
    } cases[] = {
        { false, { yes, yes }, COX_RULE_IN_EFFECT },  { false, { yes, no }, COX_RULE_NOT_IN_EFFECT },
        { false, { yes, early }, COX_RULE_BEFORE },  { false, { early, late }, COX_RULE_AFTER },
        { false, { no, early }, COX_RULE_NOT_IN_EFFECT },   { false, { bad, yes }, COX_RULE_INVALID },
        { true, { no, yes }, COX_RULE_IN_EFFECT },    { true, { yes, bad }, COX_RULE_IN_EFFECT },
        { true, { no, no }, COX_RULE_NOT_IN_EFFECT },       { true, { late, early }, COX_RULE_BEFORE },
        { true, { late, late }, COX_RULE_AFTER },   { true, { bad, no }, COX_RULE_INVALID },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_rule rule = { .is_or = cases[i].is_or, .exprs = cases[i].exprs, .n_exprs = 2 };
        cox_wall next = COX_WALL_NONE;

        if (cox_rule_eval(&rule, &input, NULL) != cases[i].expected
            || cox_rule_eval(&rule, &input, &next) != cases[i].expected) {
            fail_msg("case %zu", i);
        }
    }
    {
        struct cox_expr both[] = { yes, soon, early };
        struct cox_rule rule = { .is_or = true, .exprs = both, .n_exprs = 3 };
        cox_wall next = COX_WALL_NONE;

        assert_int_equal(cox_rule_eval(&rule, &input, &next), COX_RULE_IN_EFFECT);
        assert_int_equal(next.usec, at("2026-01-30 00:00:01Z").usec); /* the earliest of all parts */
    }
}

static void
an_empty_rule_holds_when_all_are_needed(void **state)
{
    struct cox_rule_input input = input_at("2026-01-28");
    struct cox_rule all = { .is_or = false }, one = { .is_or = true };

    (void) state;
    assert_int_equal(cox_rule_eval(&all, &input, NULL), COX_RULE_IN_EFFECT);
    assert_int_equal(cox_rule_eval(&one, &input, NULL), COX_RULE_NOT_IN_EFFECT);
}

static void
rules_nest_but_not_without_end(void **state)
{
    struct cox_rule_input input = input_at("2026-01-28");
    struct cox_rule rules[40];
    struct cox_expr exprs[40];

    (void) state;
    for (int i = 0; i < 40; i++) {
        exprs[i] = (struct cox_expr) { .kind = COX_EXPR_RULE, .rule = (i < 39) ? &rules[i + 1] : &rules[39] };
        rules[i] = (struct cox_rule) { .exprs = &exprs[i], .n_exprs = (i < 39) ? 1 : 0 };
    }
    assert_int_equal(cox_rule_eval(&rules[30], &input, NULL), COX_RULE_IN_EFFECT);
    assert_int_equal(cox_rule_eval(&rules[0], &input, NULL), COX_RULE_INVALID);
}

COX_TEST_MAIN(cmocka_unit_test(attributes_compare_with_values_parameters_and_meta_attributes),
              cmocka_unit_test(names_take_parts_of_the_matched_resource_id), cmocka_unit_test(dates_are_judged_to_the_second),
              cmocka_unit_test(date_specifications_are_local_time),
              cmocka_unit_test(resources_and_operations_are_matched_by_what_is_given),
              cmocka_unit_test(a_duration_gives_the_end_unless_one_is_written), cmocka_unit_test(parts_are_combined),
              cmocka_unit_test(an_empty_rule_holds_when_all_are_needed), cmocka_unit_test(rules_nest_but_not_without_end))
