/* Tests of lib/sched/planner.c and of what it stands on: when a plan is made of an excerpt, and when never.  cts/scheduler/test_incremental
 * compares such plans with full ones. */
#include "sched/planner.h"

#include "statekit.h"

#define HISTORY(id, operation)                                                                                                 \
    "<lrm_resource id=\"" id "\" class=\"ocf\" provider=\"heartbeat\" type=\"Dummy\"><lrm_rsc_op id=\"" id "_last_0\" operation=\"" operation \
    "\" operation_key=\"" id "_" operation "_0\" call-id=\"3\" rc-code=\"0\" op-status=\"0\" interval=\"0\" op-digest=\"f2317cad3d54cec5d7d7aa7d0bf35cf8\" transition-key=\"1:1:0:x\""  \
    " transition-magic=\"0:0;1:1:0:x\"/></lrm_resource>"
#define STATE(id, histories)                                                                                                   \
    "<node_state id=\"" id "\" uname=\"n" id "\" in_ccm=\"true\" crmd=\"online\" join=\"member\" expected=\"member\"><lrm id=\"" id \
    "\"><lrm_resources>" histories "</lrm_resources></lrm></node_state>"
#define ABC DUMMY("a", "") DUMMY("b", "") DUMMY("c", "")
#define ABC_RUN HISTORY("a", "start") HISTORY("b", "start") HISTORY("c", "start")
#define NO_FENCING NV("stonith-enabled", "false") NV("startup-fencing", "false")

/* A cluster, and what remembers its plans; on one node, so that nothing is probed elsewhere. */
struct bed {
    struct statekit kit;
    struct cox_planner *planner;
};

static void
bed_init(struct bed *bed, const char *options, const char *resources, const char *histories)
{
    g_autofree char *status = g_strdup_printf("<node_state id=\"1\" uname=\"n1\" in_ccm=\"true\" crmd=\"online\" join=\"member\" expected=\"member\">"
                                              "<lrm id=\"1\"><lrm_resources>%s</lrm_resources></lrm></node_state>", histories);

    statekit_init(&bed->kit, &(struct statekit_text) { .header = "have-quorum=\"1\"", .options = options,
                                                       .nodes = "<node id=\"1\" uname=\"n1\"/>", .resources = resources, .status = status });
    bed->planner = cox_planner_new();
    cox_planner_limit(bed->planner, 100);
}

static void
bed_clear(struct bed *bed)
{
    cox_planner_free(bed->planner);
    statekit_clear(&bed->kit);
}

/* Plans, holds it against a full plan, and gives why it was a full one (NULL: it was not). */
static const char *
plan(struct bed *bed)
{
    struct cox_sched_input numbered = bed->kit.input;
    g_autoptr(cox_diags) diags = cox_diags_new(), full_diags = cox_diags_new();
    g_autoptr(cox_plan) made = cox_planner_run(bed->planner, &bed->kit.input, diags), full = NULL;
    g_autofree char *text = cox_planner_text(made, diags), *full_text = NULL;

    numbered.is_numbered_by_list = true;
    full = cox_sched_run(&numbered, full_diags);
    full_text = cox_planner_text(full, full_diags);
    assert_string_equal(text, full_text);
    return cox_planner_stats(bed->planner)->obstacle;
}

/* The node's last operation of @id is a start (or there is none yet and now is one). */
static void
starts(struct bed *bed, const char *id)
{
    struct cox_status *status = bed->kit.read.status;
    struct cox_node_status *node = g_ptr_array_index(status->nodes, 0);
    struct cox_rsc_history *like = g_ptr_array_index(node->resources, 0), *history = cox_status_rsc_add(status, node, id);

    history->standard = like->standard;
    history->provider = like->provider;
    history->type = like->type;
    cox_status_op_put(status, history, &like->ops[0]);
    cox_planner_touch_history(bed->planner, id);
}

static void
what_is_touched_is_planned_again_and_then_rests(void **state)
{
    struct bed bed;

    (void) state;
    bed_init(&bed, NO_FENCING, ABC, ABC_RUN);
    assert_string_equal(plan(&bed), "it is the first");
    cox_planner_touch_history(bed.planner, "b");
    assert_null(plan(&bed));
    assert_int_equal(cox_planner_stats(bed.planner)->n_planned, 1);
    assert_null(plan(&bed));
    assert_int_equal(cox_planner_stats(bed.planner)->n_planned, 0);
    cox_planner_touch_attribute(bed.planner, "fail-count-c#monitor_10000");
    assert_null(plan(&bed));
    assert_int_equal(cox_planner_stats(bed.planner)->n_planned, 1);
    cox_planner_touch_attribute(bed.planner, "rack");
    assert_string_equal(plan(&bed), "nodes, attributes or tickets have changed");
    bed_clear(&bed);
}

/* Nothing runs inside of it, so it has no guest nodes: but its address and container are resources that no configuration names. */
static void
a_cluster_with_a_bundle_is_planned_in_full(void **state)
{
    struct bed bed;

    (void) state;
    bed_init(&bed, NO_FENCING, ABC "<bundle id=\"k\"><podman image=\"i\"/><network ip-range-start=\"10.0.0.1\"/></bundle>", ABC_RUN);
    assert_non_null(plan(&bed));
    for (int i = 0; i < 2; i++) {
        cox_planner_touch_history(bed.planner, i == 0 ? "a" : "k-podman-0");
        assert_string_equal(plan(&bed), "bundles");
    }
    assert_int_equal(cox_planner_stats(bed.planner)->n_incremental, 0);
    bed_clear(&bed);
}

/* "b:7" is no instance of anything, but of the unit of b: it must not be left out when b is at rest. */
static void
what_has_the_name_of_an_instance_stays_in_the_excerpts_of_its_unit(void **state)
{
    struct bed bed;

    (void) state;
    bed_init(&bed, NO_FENCING NV("stop-orphan-resources", "true"), ABC, ABC_RUN);
    (void) plan(&bed);
    starts(&bed, "b:7");
    assert_null(plan(&bed));
    for (int i = 0; i < 3; i++) {
        cox_planner_touch_history(bed.planner, "c");
        assert_null(plan(&bed));
    }
    bed_clear(&bed);
}

/* The container is configured, what was inside is not: no unit ties them. */
static void
what_was_inside_of_something_makes_plans_full_ones(void **state)
{
    struct cox_rsc_history *history = NULL;
    struct bed bed;

    (void) state;
    bed_init(&bed, NO_FENCING, ABC, ABC_RUN);
    (void) plan(&bed);
    starts(&bed, "inner");
    history = cox_status_rsc(g_ptr_array_index(bed.kit.read.status->nodes, 0), "inner");
    history->container = "b";
    assert_string_equal(plan(&bed), "an action of the cluster as such, or nodes or resources inside of others");
    bed_clear(&bed);
}

static void
a_date_for_all_resources_makes_plans_full_ones(void **state)
{
    static const char defaults[] =
        "<rsc_defaults><meta_attributes id=\"d\"><rule id=\"r\" score=\"0\"><date_expression id=\"e\" operation=\"gt\" start=\"2001-01-01\"/></rule>"
        "<nvpair id=\"d1\" name=\"priority\" value=\"1\"/></meta_attributes></rsc_defaults>";
    struct bed bed = { .planner = cox_planner_new() };

    (void) state;
    statekit_init(&bed.kit, &(struct statekit_text) { .header = "have-quorum=\"1\"", .options = NO_FENCING, .nodes = "<node id=\"1\" uname=\"n1\"/>", .resources = ABC,
                                                      .rest = defaults, .status = STATE("1", ABC_RUN) });
    assert_string_equal(plan(&bed), "it is the first");
    assert_string_equal(plan(&bed), "a date is of all resources");
    bed_clear(&bed);
}

/* Failures may be counted by hand, in what is configured of a node. */
static void
a_count_that_is_configured_is_looked_at_each_time(void **state)
{
    struct bed bed = { .planner = cox_planner_new() };

    (void) state;
    statekit_init(&bed.kit, &(struct statekit_text) {
        .header = "have-quorum=\"1\"", .options = NO_FENCING, .resources = ABC, .status = STATE("1", ABC_RUN),
        .nodes = "<node id=\"1\" uname=\"n1\"><instance_attributes id=\"x\">" NV("fail-count-a", "2") "</instance_attributes></node>" });
    cox_planner_limit(bed.planner, 100);
    (void) plan(&bed);
    cox_planner_touch_history(bed.planner, "b");
    assert_null(plan(&bed));
    assert_int_equal(cox_planner_stats(bed.planner)->n_planned, 2);
    bed_clear(&bed);
}

/* Scores, a state alone, and reasons are of all resources. */
static void
more_than_a_graph_is_planned_in_full(void **state)
{
    struct bed bed;
    g_autoptr(cox_plan) settled = NULL, scored = NULL;

    (void) state;
    bed_init(&bed, NO_FENCING, ABC, ABC_RUN);
    (void) plan(&bed);
    bed.kit.input.with_scores = true;
    scored = cox_planner_run(bed.planner, &bed.kit.input, NULL);
    bed.kit.input.with_scores = false;
    assert_true(scored->n_scores >= 3);
    bed.kit.input.is_settled = true;
    settled = cox_planner_run(bed.planner, &bed.kit.input, NULL);
    assert_non_null(settled);
    assert_int_equal(cox_planner_stats(bed.planner)->n_incremental, 0);
    bed_clear(&bed);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_touched_is_planned_again_and_then_rests),
        cmocka_unit_test(a_cluster_with_a_bundle_is_planned_in_full),
        cmocka_unit_test(what_has_the_name_of_an_instance_stays_in_the_excerpts_of_its_unit),
        cmocka_unit_test(what_was_inside_of_something_makes_plans_full_ones),
        cmocka_unit_test(a_date_for_all_resources_makes_plans_full_ones),
        cmocka_unit_test(a_count_that_is_configured_is_looked_at_each_time),
        cmocka_unit_test(more_than_a_graph_is_planned_in_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
