/* cts/fuzz/fuzz_rule.c - libFuzzer target: rules from any XML, judged at several times.  Layer 6. */
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "codec/context.h"
#include "codec/load_rule.h"
#include "codec/rulecheck.h"
#include "xml/xmldoc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every attribute is its own value, but those that begin with "n" are not there. */
static const char *
look_up(const void *data, const char *name)
{
    (void) data;
    return (*name == 'n') ? NULL : name;
}

/* A rule whose next change is known must not have changed just before it. */
static void
judge(const struct cox_rule *rule, struct cox_rule_input *input)
{
    cox_wall next = COX_WALL_NONE;
    enum cox_rule_result now = cox_rule_eval(rule, input, &next);

    COX_BUG_ON(cox_rule_eval(rule, input, NULL) != now);
    COX_BUG_ON(!cox_wall_before(input->now, next));
    if (cox_wall_is_set(next)) {
        struct cox_rule_input later = *input;

        later.now.usec = next.usec - 1;
        COX_BUG_ON((cox_rule_eval(rule, &later, NULL) == COX_RULE_IN_EFFECT) != (now == COX_RULE_IN_EFFECT));
    }
}

static void
judge_all(const struct cox_xml *top, struct cox_context *context)
{
    static const gint64 seconds[] = { 0, 951782399, 1795226571, 4102444800 };

    for (const struct cox_xml *xml = top; xml != NULL; xml = cox_xml_walk(xml, top)) {
        const struct cox_rule *rule = cox_xml_is(xml, "rule") ? cox_codec_rule(context, xml) : NULL;

        for (size_t i = 0; rule != NULL && i < G_N_ELEMENTS(seconds); i++) {
            struct cox_rule_input input = { .now = cox_wall_from_seconds(seconds[i]), .node_attribute = look_up,
                                            .param = look_up, .has_resource = true, .rsc_standard = "ocf",
                                            .op_name = "monitor", .op_interval_ms = 10000 };
            struct cox_rulecheck check;

            judge(rule, &input);
            if (rule->id != NULL) {
                (void) cox_rulecheck_run(top, rule->id, &input, &check, NULL);
            }
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct cox_xml_limits limits = { .bytes = 65536, .depth = 64, .nodes = 2000 };
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text((const char *) data, size, &limits, NULL);
    struct cox_context context = { .top = NULL };

    if (doc == NULL) {
        return 0;
    }
    context.top = cox_xmldoc_root(doc);
    context.arena = cox_arena_new();
    context.diags = cox_diags_new();
    context.rule_by_xml = g_hash_table_new(NULL, NULL);
    judge_all(context.top, &context);
    g_hash_table_unref(context.rule_by_xml);
    g_clear_pointer(&context.by_id, g_hash_table_unref);
    cox_diags_free(context.diags);
    cox_arena_free(context.arena);
    return 0;
}
