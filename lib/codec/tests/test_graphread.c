/* Tests of lib/codec/graphread.c. */
#include "codec/graphread.h"

#include <string.h>

#include "base/error.h"
#include "base/testkit.h"
#include "codec/graphwrite.h"
#include "codec/load.h"
#include "sched/sched.h"

static char *
written(const struct cox_graph *graph)
{
    GString *out = g_string_new(NULL);

    cox_codec_graph_write(graph, out);
    return g_string_free(out, FALSE);
}

/* What is written, read and written again must be the same text. */
static void
check_round_trip(const struct cox_graph *graph, const char *name)
{
    g_autofree char *before = written(graph), *after = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(cox_codec_graph) copy = cox_codec_graph_read(before, strlen(before), &error);

    if (copy == NULL) {
        fail_msg("%s: %s", name, error->message);
        return;
    }
    after = written(&copy->graph);
    if (strcmp(before, after) != 0) {
        fail_msg("%s: differs:\n%s\n%s", name, before, after);
    }
    for (size_t i = 0; i < graph->n_actions; i++) {
        if (graph->actions[i].kind == COX_ACTION_RSC) {
            assert_int_equal(copy->graph.actions[i].interval_ms, graph->actions[i].interval_ms);
        }
    }
}

static void
every_plan_of_our_own_cases_survives_a_round_trip(void **state)
{
    const char *top = g_getenv("top_srcdir");
    g_autofree char *folder = g_build_filename(top == NULL ? "." : top, "cts", "scheduler", "cases", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    guint n_actions = 0;

    (void) state;
    if (dir == NULL) {
        fail_msg("no cases in %s", folder);
        return;
    }
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, "input.xml", NULL);
        struct cox_stream_input input = { .path = path };
        struct cox_codec_result result = { NULL, NULL, NULL };
        g_autoptr(cox_plan) plan = NULL;

        if (!g_file_test(path, G_FILE_TEST_EXISTS) || !cox_codec_load(&input, NULL, &result, NULL, NULL)) {
            continue;
        }
        plan = cox_sched_run(&(struct cox_sched_input) { .config = result.config, .status = result.status,
                                                         .now = cox_wall_from_seconds(1767225600) },
                             NULL);
        check_round_trip(&plan->graph, name);
        n_actions += (guint) plan->graph.n_actions;
        g_clear_pointer(&plan, cox_plan_free);
        cox_codec_result_clear(&result);
    }
    assert_true(n_actions > 500);
}

#define SYNAPSE(id, inputs)                                                                                          \
    "<synapse><action_set><rsc_op id='" id "' operation='monitor' operation_key='r" id "_monitor_10000'/></action_set>" \
    "<inputs>" inputs "</inputs></synapse>"
#define TRIGGER(id) "<trigger><rsc_op id='" id "'/></trigger>"

static void
what_is_no_graph_is_refused_with_the_reason(void **state)
{
    static const struct {
        const char *text, *reason;
    } cases[] = {
        { "nonsense", "" },
        { "<cib/>", "'cib'" },
        { "<transition_graph><synapse/></transition_graph>", "none of" },
        { "<transition_graph><synapse><action_set><other id='1' operation='x'/></action_set></synapse></transition_graph>",
          "'other'" },
        { "<transition_graph><synapse><action_set><rsc_op operation='x' operation_key='k'/></action_set></synapse>"
          "</transition_graph>", "'k'" },
        { "<transition_graph><synapse><action_set><rsc_op id='4294967297' operation='x'/></action_set></synapse>"
          "</transition_graph>", "id" },
        { "<transition_graph>" SYNAPSE("1", "") SYNAPSE("1", "") "</transition_graph>", "twice" },
        { "<transition_graph>" SYNAPSE("1", TRIGGER("2")) "</transition_graph>", "not in it" },
        { "<transition_graph>" SYNAPSE("1", "<trigger/>") "</transition_graph>", "not in it" },
        { "<transition_graph>" SYNAPSE("1", TRIGGER("1")) "</transition_graph>", "itself" },
        { "<transition_graph>" SYNAPSE("3", "") SYNAPSE("1", TRIGGER("2")) SYNAPSE("2", TRIGGER("1") TRIGGER("3"))
          "</transition_graph>", "itself" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        if (cox_codec_graph_read(cases[i].text, (size_t) -1, &error) != NULL) {
            fail_msg("accepted: %s", cases[i].text);
            return;
        }
        assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_SYNTAX));
        if (strstr(error->message, cases[i].reason) == NULL) {
            fail_msg("%s: %s", cases[i].text, error->message);
        }
    }
}

static void
an_input_named_twice_counts_once_and_intervals_come_from_the_key(void **state)
{
    g_autoptr(cox_codec_graph) graph = cox_codec_graph_read(
        "<transition_graph>" SYNAPSE("5", TRIGGER("7") TRIGGER("7")) SYNAPSE("7", "") "</transition_graph>", (size_t) -1, NULL);

    (void) state;
    assert_non_null(graph);
    assert_int_equal(graph->graph.n_actions, 2);
    assert_int_equal(graph->graph.actions[0].n_inputs, 1);
    assert_int_equal(graph->graph.actions[0].inputs[0], 1);
    assert_int_equal(graph->graph.actions[0].interval_ms, 10000);
    cox_codec_graph_free(NULL);
}

static void
parameters_that_are_no_attribute_names_are_read(void **state)
{
    static const struct cox_nvpair pairs[] = { { NULL, "1", "a" }, { NULL, "b", "<" } };
    static const struct cox_nvpair down[] = { { NULL, "2", NULL } };
    static const struct cox_action action
        = { .id = 1, .kind = COX_ACTION_CRM, .task = "stonith", .node_name = "n", .attributes = pairs, .n_attributes = 2,
            .priority = 5, .downed = down, .n_downed = 1 };
    static const struct cox_graph graph = { .actions = &action, .n_actions = 1 };

    (void) state;
    check_round_trip(&graph, "made by hand");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_plan_of_our_own_cases_survives_a_round_trip),
        cmocka_unit_test(what_is_no_graph_is_refused_with_the_reason),
        cmocka_unit_test(an_input_named_twice_counts_once_and_intervals_come_from_the_key),
        cmocka_unit_test(parameters_that_are_no_attribute_names_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
