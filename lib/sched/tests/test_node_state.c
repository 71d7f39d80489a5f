/* Tests of lib/sched/node_state.c and health.c. */
#include "statekit.h"

#define ONE_NODE "<node id=\"1\" uname=\"n1\"/>"

/* What a node_state with these attributes comes to. */
struct outcome {
    const char *options, *state, *attrs;
    const char *reason; /* NULL: not to be fenced */
    bool is_online, is_pending;
};

static void
expect_outcome(const struct outcome *wanted)
{
    g_autofree char *status = g_strdup_printf(
        "<node_state id=\"1\" uname=\"n1\" %s><transient_attributes id=\"1\"><instance_attributes id=\"i\">%s"
        "</instance_attributes></transient_attributes></node_state>",
        wanted->state, wanted->attrs);
    struct statekit kit;
    const struct sched_node *node;

    statekit_init(&kit, &(struct statekit_text) { .header = "have-quorum=\"1\"", .options = wanted->options,
                                                  .nodes = ONE_NODE, .status = status });
    statekit_run(&kit);
    node = statekit_node(&kit, "n1");
    if (g_strcmp0(node->fence_reason, wanted->reason) != 0 || node->is_online != wanted->is_online
        || node->is_pending != wanted->is_pending) {
        fail_msg("%s %s: reason %s, online %d, pending %d", wanted->state, wanted->attrs, node->fence_reason,
                 node->is_online, node->is_pending);
    }
    assert_int_equal(node->is_unclean, wanted->reason != NULL);
    statekit_clear(&kit);
}

static void
with_fencing_what_is_lost_is_fenced(void **state)
{
    static const struct outcome cases[] = {
        { "", "in_ccm='true' crmd='online' join='member' expected='member'", "", NULL, true, false },
        { "", "in_ccm='500' crmd='600' join='member' expected='member'", "", NULL, true, false },
        { "", "in_ccm='1' crmd='1' join='member' expected='member'", "", NULL, true, false },
        { "", "in_ccm='0' crmd='0' join='down' expected='down'", "", NULL, false, false },
        { "", "in_ccm='true' crmd='online' join='down' expected='down'", "", NULL, true, true },
        { "", "in_ccm='true' crmd='online' join='pending' expected='member'", "", NULL, true, true },
        { "", "crmd='online' join='member' expected='member'", "", "peer has not been seen by the cluster", false, false },
        { "", "in_ccm='true' crmd='online' join='banned'", "", "peer failed Pacemaker membership criteria", true, false },
        { "", "in_ccm='false' crmd='offline' join='down' expected='member'", "",
          "peer is no longer part of the cluster", false, false },
        { "", "in_ccm='true' crmd='offline' join='down' expected='member'", "",
          "peer process is no longer available", true, false },
        { "", "in_ccm='true' crmd='online' join='odd' expected='member'", "", "peer was in an unknown state", true, false },
        { "", "in_ccm='true' crmd='online' join='member' expected='member'", NV("terminate", "true"),
          "fencing was requested", true, false },
        { "", "in_ccm='true' crmd='online' join='member' expected='member'", NV("terminate", "500"),
          "fencing was requested", true, false },
        { "", "in_ccm='false' crmd='offline' join='down' expected='down'", NV("terminate", "true"), NULL, false, false },
        { "", "in_ccm='false' crmd='online' join='down' expected='member'", NV("shutdown", "99"), NULL, true, false },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        expect_outcome(&cases[i]);
    }
}

static void
a_node_may_be_pending_only_so_long(void **state)
{
    static const struct outcome cases[] = {
        { NV("node-pending-timeout", "60s"), "in_ccm='900' crmd='0' join='down' expected='down'", "",
          "peer pending timed out on joining the process group", true, false },
        { NV("node-pending-timeout", "60s"), "in_ccm='990' crmd='0' join='down' expected='down'", "", NULL, true, true },
        { "", "in_ccm='900' crmd='0' join='down' expected='down'", "", NULL, true, true },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        expect_outcome(&cases[i]);
    }
}

static void
without_fencing_what_is_lost_is_down(void **state)
{
    static const struct outcome cases[] = {
        { NV("fencing-enabled", "false"), "in_ccm='true' crmd='online' join='member' expected='member'", "", NULL, true,
          false },
        { NV("fencing-enabled", "false"), "in_ccm='true' crmd='online' join='down' expected='member'", "", NULL, false,
          false },
        { NV("fencing-enabled", "false"), "in_ccm='false' expected='member'", "", NULL, false, false },
        { NV("fencing-enabled", "false"), "in_ccm='true' crmd='offline' expected='member'", "",
          "peer is unexpectedly down", false, false },
        { NV("fencing-enabled", "false"), "in_ccm='true' crmd='offline' expected='down'", "", NULL, false, false },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        expect_outcome(&cases[i]);
    }
}

static void
what_was_never_seen_is_fenced_at_startup_only_if_wanted(void **state)
{
    struct statekit kit;

    (void) state;
    statekit_init(&kit, &(struct statekit_text) { .nodes = ONE_NODE });
    statekit_run(&kit);
    assert_true(statekit_node(&kit, "n1")->is_unseen);
    assert_true(statekit_node(&kit, "n1")->is_unclean);
    statekit_clear(&kit);
    statekit_init(&kit, &(struct statekit_text) { .options = NV("startup-fencing", "false"), .nodes = ONE_NODE });
    statekit_run(&kit);
    assert_false(statekit_node(&kit, "n1")->is_unclean);
    statekit_clear(&kit);
}

static void
a_partition_without_quorum_may_fence_itself(void **state)
{
    struct statekit kit;

    (void) state;
    statekit_init(&kit, &(struct statekit_text) {
        .header = "have-quorum=\"0\" no-quorum-panic=\"1\"", .options = NV("no-quorum-policy", "fence"),
        .nodes = ONE_NODE "<node id=\"9\" uname=\"p\" type=\"ping\"/>",
        .status = "<node_state id=\"1\" uname=\"n1\" in_ccm=\"true\" crmd=\"online\" join=\"member\" expected=\"member\"/>"
                  "<node_state id=\"9\" uname=\"p\" in_ccm=\"true\"/>" });
    statekit_run(&kit);
    assert_string_equal(statekit_node(&kit, "n1")->fence_reason, "cluster does not have quorum");
    assert_false(statekit_node(&kit, "p")->is_online);
    statekit_clear(&kit);
}

static void
flags_come_from_attributes(void **state)
{
    struct statekit kit;
    struct sched_node *node;

    (void) state;
    statekit_init(&kit, &(struct statekit_text) {
        .nodes = "<node id=\"1\" uname=\"n1\"><instance_attributes id=\"a\">" NV("standby", "on") NV("maintenance", "1")
                 "</instance_attributes></node>",
        .resources = "<primitive id=\"r\" class=\"ocf\" provider=\"pacemaker\" type=\"remote\">"
                     META(NV("is-managed", "false")) "</primitive>",
        .status = "<node_state id=\"1\" uname=\"n1\" in_ccm=\"true\" crmd=\"online\" join=\"member\" expected=\"member\"/>"
                  "<node_state id=\"r\" uname=\"r\" remote_node=\"true\" node_fenced=\"1\" node_in_maintenance=\"true\">"
                  "<transient_attributes id=\"r\"><instance_attributes id=\"t\">" NV("shutdown", "5")
                  NV("resource-discovery-enabled", "no") "</instance_attributes></transient_attributes></node_state>" });
    statekit_run(&kit);
    node = statekit_node(&kit, "n1");
    assert_true(node->is_standby && node->is_maintenance);
    node = statekit_node(&kit, "r");
    assert_true(node->remote_was_fenced && node->remote_maintenance);
    assert_true(node->is_unseen);
    sched_node_read_remote(node);
    assert_false(node->is_unseen);
    assert_true(node->is_maintenance && node->is_shutdown);
    assert_false(node->discovery_enabled);
    statekit_clear(&kit);
}

static void
health_is_a_sum_by_strategy(void **state)
{
    static const struct {
        const char *options;
        cox_score score;
        int colour; /* green unless a strategy makes the attributes count */
    } cases[] = {
        { "", 0, 1 },
        { NV("node-health-strategy", "only-green"), -COX_SCORE_INFINITY, 0 },
        { NV("node-health-strategy", "migrate-on-red"), 5, 0 },
        { NV("node-health-strategy", "custom") NV("node-health-yellow", "-10") NV("node-health-green", "1"), -4, 0 },
        { NV("node-health-strategy", "progressive") NV("node-health-yellow", "-10") NV("node-health-base", "100"), 95, 0 },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct statekit kit;

        statekit_init(&kit, &(struct statekit_text) {
            .options = cases[i].options,
            .nodes = "<node id=\"1\" uname=\"n1\"><instance_attributes id=\"a\">" NV("#health-a", "yellow")
                     NV("#health-b", "green") NV("#health-c", "5") "</instance_attributes></node>" });
        statekit_run(&kit);
        assert_int_equal(statekit_node(&kit, "n1")->health_score, cases[i].score);
        assert_int_equal(statekit_node(&kit, "n1")->health, cases[i].colour);
        statekit_clear(&kit);
    }
}

COX_TEST_MAIN(cmocka_unit_test(with_fencing_what_is_lost_is_fenced), cmocka_unit_test(a_node_may_be_pending_only_so_long),
              cmocka_unit_test(without_fencing_what_is_lost_is_down),
              cmocka_unit_test(what_was_never_seen_is_fenced_at_startup_only_if_wanted),
              cmocka_unit_test(a_partition_without_quorum_may_fence_itself),
              cmocka_unit_test(flags_come_from_attributes), cmocka_unit_test(health_is_a_sum_by_strategy))
