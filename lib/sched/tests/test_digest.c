/* Tests of lib/sched/digest.c: what of a changed configuration is seen.  Cases of cts/scheduler/cases_operations.py show more, all from files. */
#include "statekit.h"

#define OP(id, task, milliseconds, digest)                                                                                           \
    "<lrm_rsc_op id=\"" id "\" operation=\"" task "\" operation_key=\"a_" task "_" milliseconds "\" call-id=\"3\" rc-code=\"0\" op-status=\"0\"" \
    " interval=\"" milliseconds "\" op-digest=\"" digest "\" op-secure-params=\" passwd \" op-secure-digest=\"" NO_PARAMETERS "\""     \
    " transition-key=\"1:1:0:x\" transition-magic=\"0:0;1:1:0:x\"/>"
#define NO_PARAMETERS "f2317cad3d54cec5d7d7aa7d0bf35cf8"
#define TIMEOUT_20S "4811cef7f7f94e3a35a70be7916cb2fd"

/* How many actions it takes when @inside is what a resource has now that began without anything but a monitor of 20 s. */
static size_t
n_actions(const char *inside, bool is_from_file)
{
    g_autofree char *rsc = g_strdup_printf(DUMMY("a", "%s"), inside);
    struct cox_plan *plan = NULL;
    struct statekit kit;
    size_t n;

    statekit_init(&kit, &(struct statekit_text) {
        .header = "have-quorum=\"1\"", .options = NV("stonith-enabled", "false"), .nodes = "<node id=\"1\" uname=\"n1\"/>", .resources = rsc,
        .status = "<node_state id=\"1\" uname=\"n1\" in_ccm=\"true\" crmd=\"online\" join=\"member\" expected=\"member\"><lrm id=\"1\">"
                  "<lrm_resources><lrm_resource id=\"a\" class=\"ocf\" provider=\"heartbeat\" type=\"Dummy\">"
                  OP("a_last_0", "start", "0", NO_PARAMETERS) OP("a_monitor_10000", "monitor", "10000", TIMEOUT_20S)
                  "</lrm_resource></lrm_resources></lrm></node_state>" });
    kit.input.is_from_file = is_from_file;
    plan = cox_sched_run(&kit.input, NULL);
    n = plan->graph.n_actions;
    cox_plan_free(plan);
    statekit_clear(&kit);
    return n;
}

#define MONITOR(timeout) "<operations><op id=\"m\" name=\"monitor\" interval=\"10s\" timeout=\"" timeout "\"/></operations>"
#define PASSWORD(value) "<instance_attributes id=\"p\">" NV("passwd", value) "</instance_attributes>"

static void
what_is_as_it_was_asks_for_nothing(void **state)
{
    (void) state;
    assert_int_equal(n_actions(MONITOR("20s"), false), 0);
    assert_int_equal(n_actions(MONITOR("20s"), true), 0);
}

static void
another_timeout_is_seen_though_the_agent_has_secrets(void **state)
{
    (void) state;
    assert_int_equal(n_actions(MONITOR("30s"), false), 1);
}

static void
from_a_file_without_any_secret_only_the_digest_without_secrets_counts(void **state)
{
    (void) state;
    assert_int_equal(n_actions(MONITOR("30s"), true), 0);
}

static void
a_secret_that_is_not_blanked_out_has_changed_wherever_it_comes_from(void **state)
{
    (void) state;
    assert_int_equal(n_actions(PASSWORD("new") MONITOR("20s"), false), 3); /* stop, start, monitor */
    assert_int_equal(n_actions(PASSWORD("new") MONITOR("20s"), true), 3);
    assert_int_equal(n_actions(PASSWORD("****") MONITOR("20s"), false), 0);
    assert_int_equal(n_actions(PASSWORD("****") MONITOR("20s"), true), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_as_it_was_asks_for_nothing),
        cmocka_unit_test(another_timeout_is_seen_though_the_agent_has_secrets),
        cmocka_unit_test(from_a_file_without_any_secret_only_the_digest_without_secrets_counts),
        cmocka_unit_test(a_secret_that_is_not_blanked_out_has_changed_wherever_it_comes_from),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
