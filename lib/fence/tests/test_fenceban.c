/* Tests of lib/fence/fenceban.c */
#include "fence/fenceban.h"

#include "fence/tests/fencedoc.h"

#define DEVICE "<primitive id='d' class='stonith' type='fence_x'/>"
#define IN_CLONE "<clone id='c'>" DEVICE "</clone>"
#define IN_GROUP "<group id='g'><primitive id='first' class='stonith' type='fence_x'/>" DEVICE "</group>"
#define OPT_IN "<nvpair id='s' name='symmetric-cluster' value='false'/>"
#define RULE(score, expression) \
    "<rsc_location id='l' rsc='d'><rule id='r' " score ">" expression "</rule></rsc_location>"
#define IS_RED "<expression id='e' attribute='colour' operation='eq' value='red'/>"

static const char *
colour_red(const void *data, const char *name)
{
    (void) data;
    return strcmp(name, "colour") == 0 ? "red" : strcmp(name, "weight") == 0 ? "-3" : NULL;
}

static void
the_scores_that_name_the_node_decide(void **state)
{
    static const struct {
        const char *why, *resources, *constraints, *options;
        bool is_banned;
    } cases[] = {
        { "nothing said", DEVICE, NULL, NULL, false },
        { "minus infinity", DEVICE, "<rsc_location id='l' rsc='d' node='n1' score='-INFINITY'/>", NULL, true },
        { "less than 0, as the field has it", DEVICE, "<rsc_location id='l' rsc='d' node='n1' score='-1'/>", NULL, true },
        { "a preference", DEVICE, "<rsc_location id='l' rsc='d' node='n1' score='100'/>", NULL, false },
        { "another node", DEVICE, "<rsc_location id='l' rsc='d' node='n2' score='-INFINITY'/>", NULL, false },
        { "another resource", DEVICE DEVICE, "<rsc_location id='l' rsc='x' node='n1' score='-INFINITY'/>", NULL, false },
        { "scores add up", DEVICE,
          "<rsc_location id='l' rsc='d' node='n1' score='-5'/><rsc_location id='m' rsc='d' node='n1' score='7'/>", NULL, false },
        { "the clone is banned", IN_CLONE, "<rsc_location id='l' rsc='c' node='n1' score='-INFINITY'/>", NULL, true },
        { "the group is banned", IN_GROUP, "<rsc_location id='l' rsc='g' node='n1' score='-INFINITY'/>", NULL, true },
        { "a fellow is banned", IN_GROUP, "<rsc_location id='l' rsc='first' node='n1' score='-INFINITY'/>", NULL, false },
        { "a pattern", DEVICE, "<rsc_location id='l' rsc-pattern='^d' node='n1' score='-INFINITY'/>", NULL, true },
        { "a pattern turned round", DEVICE, "<rsc_location id='l' rsc-pattern='!^d' node='n1' score='-INFINITY'/>", NULL, false },
        { "a set", DEVICE,
          "<rsc_location id='l' node='n1' score='-INFINITY'><resource_set id='s'><resource_ref id='d'/></resource_set></rsc_location>",
          NULL, true },
        { "promoted instances only", DEVICE, "<rsc_location id='l' rsc='d' role='Promoted' node='n1' score='-INFINITY'/>", NULL, false },
        { "a rule in effect", DEVICE, RULE("score='-INFINITY'", IS_RED), NULL, true },
        { "a rule not in effect", DEVICE,
          RULE("score='-INFINITY'", "<expression id='e' attribute='colour' operation='ne' value='red'/>"), NULL, false },
        { "score of an attribute", DEVICE, RULE("score-attribute='weight'", IS_RED), NULL, true },
        { "score of no attribute", DEVICE, RULE("score-attribute='none'", IS_RED), NULL, true },
        { "opt-in, not named", DEVICE, NULL, OPT_IN, true },
        { "opt-in, named", DEVICE, "<rsc_location id='l' rsc='d' node='n1' score='0'/>", OPT_IN, false },
        { "opt-in, the clone is named", IN_CLONE, "<rsc_location id='l' rsc='c' node='n1' score='1'/>", OPT_IN, false },
        { "a lifetime that has not begun", DEVICE,
          "<rsc_location id='l' rsc='d' node='n1' score='-INFINITY'><lifetime><rule id='r' score='0'>"
          "<date_expression id='e' operation='gt' start='2030-01-01'/></rule></lifetime></rsc_location>", NULL, false },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct fencedoc doc = { .resources = cases[i].resources, .constraints = cases[i].constraints, .options = cases[i].options };
        const struct cox_rule_input rule = { .now = cox_wall_from_seconds(1700000000), .node_attribute = colour_red };
        struct cox_codec_result loaded = { 0 };
        cox_wall next = COX_WALL_NONE;

        fencedoc_load(&doc, &loaded);
        if (cox_fenceban_is_banned(loaded.config, cox_config_find_rsc(loaded.config, "d"), "n1", &rule, &next) != cases[i].is_banned) {
            fail_msg("%s", cases[i].why);
        }
        cox_codec_result_clear(&loaded);
    }
}

static void
the_time_at_which_it_may_change_is_told(void **state)
{
    const struct fencedoc doc = { .resources = DEVICE,
                                  .constraints = RULE("score='-INFINITY'", "<date_expression id='e' operation='gt' start='2030-01-01 00:00:00Z'/>") };
    const struct cox_rule_input rule = { .now = cox_wall_from_seconds(1700000000) };
    struct cox_codec_result loaded = { 0 };
    cox_wall next = COX_WALL_NONE;

    (void) state;
    fencedoc_load(&doc, &loaded);
    assert_false(cox_fenceban_is_banned(loaded.config, 0, "n1", &rule, &next));
    assert_in_range(cox_wall_seconds(next), 1893456000, 1893456001);
    cox_codec_result_clear(&loaded);
}

COX_TEST_MAIN(cmocka_unit_test(the_scores_that_name_the_node_decide), cmocka_unit_test(the_time_at_which_it_may_change_is_told))
