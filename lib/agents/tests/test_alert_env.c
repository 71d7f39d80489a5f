/* Tests of lib/agents/alert_env.c. */
#include "agents/alert_env.h"

#include "base/testkit.h"

static const struct cox_alert_event resource = {
    .kind = COX_ALERT_RESOURCE, .happened = { 1769603445123456 }, .node = "n1", .desc = "not running", .task = "monitor", .rsc = "web",
    .interval_ms = 10000, .exec_ms = 12, .rc = 7, .target_rc = 0, .status = 0,
};

static bool
has(char **envp, const char *line)
{
    return g_strv_contains((const char *const *) envp, line);
}

static bool
has_name(char **envp, const char *name)
{
    return g_environ_getenv(envp, name) != NULL;
}

static void
an_agent_is_told_what_happened(void **state)
{
    const struct cox_alert alert = { .id = "a", .path = "/bin/x", .kinds = COX_ALERT_USUAL };
    const struct cox_alert_recipient recipient = { .id = "r", .value = "me@here" };
    struct cox_alert_run run;

    (void) state;
    assert_true(cox_alert_prepare(&alert, &recipient, &resource, 42, &run));
    assert_string_equal(run.path, "/bin/x");
    assert_int_equal(run.timeout_ms, 30000);
    assert_true(has(run.envp, "CRM_alert_kind=resource"));
    assert_true(has(run.envp, "CRM_alert_recipient=me@here"));
    assert_true(has(run.envp, "CRM_alert_node=n1"));
    assert_true(has(run.envp, "CRM_alert_rsc=web"));
    assert_true(has(run.envp, "CRM_alert_task=monitor"));
    assert_true(has(run.envp, "CRM_alert_interval=10000"));
    assert_true(has(run.envp, "CRM_alert_desc=not running"));
    assert_true(has(run.envp, "CRM_alert_rc=7"));
    assert_true(has(run.envp, "CRM_alert_target_rc=0"));
    assert_true(has(run.envp, "CRM_alert_status=0"));
    assert_true(has(run.envp, "CRM_alert_exec_time=12"));
    assert_true(has(run.envp, "CRM_alert_node_sequence=42"));
    assert_true(has(run.envp, "CRM_alert_timestamp_epoch=1769603445"));
    assert_true(has(run.envp, "CRM_alert_timestamp_usec=123456"));
    assert_true(has(run.envp, "CRM_alert_timestamp=12:30:45.123456"));
    assert_false(has_name(run.envp, "CRM_alert_nodeid"));
    assert_false(has_name(run.envp, "CRM_alert_attribute_name"));
    cox_alert_run_clear(&run);
}

static void
events_of_nodes_attributes_and_fencing_have_their_own_words(void **state)
{
    const struct cox_alert alert = { .id = "a", .path = "/bin/x" };
    const struct cox_alert_event node = { .kind = COX_ALERT_NODE, .node = "n2", .nodeid = 2, .desc = "lost" };
    const struct cox_alert_event attribute = { .kind = COX_ALERT_ATTRIBUTE, .node = "n2", .nodeid = 2, .attribute_name = "pingd",
                                               .attribute_value = "100" };
    const struct cox_alert_event fencing = { .kind = COX_ALERT_FENCING, .node = "n2", .task = "off", .desc = "done", .rc = 0 };
    struct cox_alert_run run;

    (void) state;
    assert_true(cox_alert_prepare(&alert, NULL, &node, 1, &run));
    assert_true(has(run.envp, "CRM_alert_kind=node") && has(run.envp, "CRM_alert_nodeid=2") && has(run.envp, "CRM_alert_desc=lost"));
    assert_false(has_name(run.envp, "CRM_alert_recipient") || has_name(run.envp, "CRM_alert_rc"));
    cox_alert_run_clear(&run);
    assert_true(cox_alert_prepare(&alert, NULL, &attribute, 1, &run));
    assert_true(has(run.envp, "CRM_alert_attribute_name=pingd") && has(run.envp, "CRM_alert_attribute_value=100"));
    cox_alert_run_clear(&run);
    assert_true(cox_alert_prepare(&alert, NULL, &fencing, 1, &run));
    assert_true(has(run.envp, "CRM_alert_task=off") && has(run.envp, "CRM_alert_rc=0"));
    assert_false(has_name(run.envp, "CRM_alert_target_rc"));
    cox_alert_run_clear(&run);
}

static void
settings_of_the_recipient_win_and_dangerous_ones_are_left_out(void **state)
{
    static const struct cox_nvpair alert_meta[] = { { NULL, "timeout", "5s" }, { NULL, "timestamp-format", "%Y" } };
    static const struct cox_nvpair recipient_meta[] = { { NULL, "timestamp-format", "%s" } };
    static const struct cox_nvpair alert_params[] = { { NULL, "debug", "1" }, { NULL, "level", "low" }, { NULL, "LD_PRELOAD", "/x.so" },
                                                      { NULL, "CRM_alert_kind", "lie" }, { NULL, "PATH", "/tmp" }, { NULL, "a b", "x" } };
    static const struct cox_nvpair recipient_params[] = { { NULL, "level", "high" } };
    const struct cox_nvset sets[] = { { .pairs = alert_meta, .n_pairs = 2 }, { .pairs = recipient_meta, .n_pairs = 1 },
                                      { .pairs = alert_params, .n_pairs = 6 }, { .pairs = recipient_params, .n_pairs = 1 } };
    const struct cox_alert alert = { .path = "/x", .meta = { &sets[0], 1 }, .params = { &sets[2], 1 } };
    const struct cox_alert_recipient recipient = { .value = "v", .meta = { &sets[1], 1 }, .params = { &sets[3], 1 } };
    struct cox_alert_run run;

    (void) state;
    assert_true(cox_alert_prepare(&alert, &recipient, &resource, 1, &run));
    assert_int_equal(run.timeout_ms, 5000);
    assert_true(has(run.envp, "CRM_alert_timestamp=1769603445"));
    assert_true(has(run.envp, "debug=1") && has(run.envp, "level=high"));
    assert_false(has_name(run.envp, "LD_PRELOAD") || has_name(run.envp, "a b"));
    assert_true(has(run.envp, "CRM_alert_kind=resource"));
    assert_int_equal(run.refused->len, 4);
    assert_true(g_str_has_prefix(g_environ_getenv(run.envp, "PATH"), "/usr/local"));
    cox_alert_run_clear(&run);
}

static void
an_alert_may_be_switched_off_and_nonsense_in_it_gives_defaults(void **state)
{
    static const struct cox_nvpair off[] = { { NULL, "enabled", "false" } };
    static const struct cox_nvpair odd[] = { { NULL, "timeout", "soon" }, { NULL, "enabled", "perhaps" } };
    const struct cox_nvset sets[] = { { .pairs = off, .n_pairs = 1 }, { .pairs = odd, .n_pairs = 2 } };
    struct cox_alert alert = { .path = "/x", .meta = { &sets[0], 1 } };
    struct cox_alert_run run;

    (void) state;
    assert_false(cox_alert_prepare(&alert, NULL, &resource, 1, &run));
    cox_alert_run_clear(&run);
    alert.meta.sets = &sets[1];
    assert_true(cox_alert_prepare(&alert, NULL, &resource, 1, &run));
    assert_int_equal(run.timeout_ms, 30000);
    cox_alert_run_clear(&run);
}

static void
alerts_select_kinds_attributes_and_unexpected_probes(void **state)
{
    static const char *const names[] = { "pingd" };
    struct cox_alert alert = { .kinds = COX_ALERT_USUAL };
    struct cox_alert_event event = { .kind = COX_ALERT_NODE };

    (void) state;
    assert_true(cox_alert_wants(&alert, &event));
    event.kind = COX_ALERT_ATTRIBUTE;
    event.attribute_name = "other";
    assert_false(cox_alert_wants(&alert, &event));
    alert.kinds = COX_ALERT_ATTRIBUTE;
    assert_true(cox_alert_wants(&alert, &event));
    alert.attributes = names;
    alert.n_attributes = 1;
    assert_false(cox_alert_wants(&alert, &event));
    event.attribute_name = "pingd";
    assert_true(cox_alert_wants(&alert, &event));
    alert.kinds = COX_ALERT_RESOURCE;
    event = resource;
    assert_true(cox_alert_wants(&alert, &event));
    event.interval_ms = 0;
    event.rc = event.target_rc = 7;
    assert_false(cox_alert_wants(&alert, &event));
    event.rc = 0;
    assert_true(cox_alert_wants(&alert, &event));
    event.task = "start";
    event.target_rc = 0;
    assert_true(cox_alert_wants(&alert, &event));
}

COX_TEST_MAIN(cmocka_unit_test(an_agent_is_told_what_happened),
              cmocka_unit_test(events_of_nodes_attributes_and_fencing_have_their_own_words),
              cmocka_unit_test(settings_of_the_recipient_win_and_dangerous_ones_are_left_out),
              cmocka_unit_test(an_alert_may_be_switched_off_and_nonsense_in_it_gives_defaults),
              cmocka_unit_test(alerts_select_kinds_attributes_and_unexpected_probes))
