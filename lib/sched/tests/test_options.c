/* Tests of lib/sched/options.c. */
#include "statekit.h"

static void
run_options(struct statekit *kit, const char *header, const char *options)
{
    statekit_init(kit, &(struct statekit_text) { .header = header, .options = options });
    sched_options_run(&kit->work);
}

static void
what_is_not_set_has_the_default_of_the_table(void **state)
{
    struct statekit kit;

    (void) state;
    run_options(&kit, "", "");
    assert_true(kit.work.opt.fencing_enabled);
    assert_true(kit.work.opt.startup_fencing);
    assert_true(kit.work.opt.symmetric);
    assert_true(kit.work.opt.stop_orphans);
    assert_false(kit.work.opt.maintenance_mode);
    assert_false(kit.work.has_quorum);
    assert_int_equal(kit.work.opt.no_quorum_policy, SCHED_NO_QUORUM_STOP);
    assert_int_equal(kit.work.opt.fencing_timeout_ms, 60000);
    assert_int_equal(kit.work.opt.migration_limit, -1);
    assert_int_equal(kit.work.opt.health_red, -COX_SCORE_INFINITY);
    assert_string_equal(kit.work.opt.fencing_action, "reboot");
    assert_string_equal(kit.work.opt.placement_strategy, "default");
    assert_string_equal(kit.work.opt.health_strategy, "none");
    assert_int_equal(cox_diags_count(kit.diags), 0);
    statekit_clear(&kit);
}

static void
old_names_are_understood_and_new_ones_added(void **state)
{
    struct statekit kit;

    (void) state;
    run_options(&kit, "have-quorum=\"1\"",
                NV("stonith-enabled", "false") NV("stonith-action", "poweroff") NV("stonith-timeout", "5min")
                    NV("stop-orphan-resources", "no") NV("cluster-name", "c"));
    assert_false(kit.work.opt.fencing_enabled);
    assert_false(kit.work.opt.stop_orphans);
    assert_string_equal(kit.work.opt.fencing_action, "off");
    assert_int_equal(kit.work.opt.fencing_timeout_ms, 300000);
    assert_string_equal(cox_nvlist_get(&kit.work.opt.raw, "fencing-enabled"), "false");
    assert_string_equal(kit.work.opt.cluster_name, "c");
    assert_true(kit.work.has_quorum);
    statekit_clear(&kit);
}

static void
invalid_values_are_reported_and_replaced(void **state)
{
    struct statekit kit;

    (void) state;
    run_options(&kit, "", NV("fencing-enabled", "perhaps") NV("batch-limit", "many") NV("placement-strategy", "x"));
    assert_true(kit.work.opt.fencing_enabled);
    assert_int_equal(kit.work.opt.batch_limit, 0);
    assert_string_equal(kit.work.opt.placement_strategy, "default");
    assert_int_equal(cox_diags_count(kit.diags), 3);
    statekit_clear(&kit);
}

static void
policies_without_quorum(void **state)
{
    static const struct {
        const char *header, *options;
        enum sched_no_quorum policy;
    } cases[] = {
        { "have-quorum=\"1\"", NV("no-quorum-policy", "freeze"), SCHED_NO_QUORUM_FREEZE },
        { "have-quorum=\"1\"", NV("no-quorum-policy", "ignore"), SCHED_NO_QUORUM_IGNORE },
        { "have-quorum=\"1\"", NV("no-quorum-policy", "demote"), SCHED_NO_QUORUM_DEMOTE },
        { "have-quorum=\"1\"", NV("no-quorum-policy", "fence"), SCHED_NO_QUORUM_FENCE },
        { "have-quorum=\"1\"", NV("no-quorum-policy", "suicide"), SCHED_NO_QUORUM_FENCE },
        { "have-quorum=\"0\"", NV("no-quorum-policy", "suicide"), SCHED_NO_QUORUM_STOP },
        { "have-quorum=\"0\" no-quorum-panic=\"1\"", NV("no-quorum-policy", "suicide"), SCHED_NO_QUORUM_FENCE },
        { "have-quorum=\"1\"", NV("no-quorum-policy", "fence") NV("fencing-enabled", "false"), SCHED_NO_QUORUM_STOP },
        { "", NV("no-quorum-policy", "nonsense"), SCHED_NO_QUORUM_STOP },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct statekit kit;

        run_options(&kit, cases[i].header, cases[i].options);
        assert_int_equal(kit.work.opt.no_quorum_policy, cases[i].policy);
        statekit_clear(&kit);
    }
}

static void
the_caller_can_override_quorum_and_watchdog(void **state)
{
    struct statekit kit;

    (void) state;
    statekit_init(&kit, &(struct statekit_text) { .header = "have-quorum=\"1\"" });
    kit.input.quorum = COX_FALSE;
    kit.input.watchdog = COX_TRUE;
    sched_options_run(&kit.work);
    assert_false(kit.work.has_quorum);
    assert_true(kit.work.opt.have_watchdog);
    statekit_clear(&kit);
}

static void
strategies_fix_the_scores_of_colours(void **state)
{
    struct statekit kit;

    (void) state;
    run_options(&kit, "", NV("node-health-strategy", "migrate-on-red") NV("node-health-yellow", "-7"));
    assert_int_equal(kit.work.opt.health_yellow, 0);
    assert_int_equal(kit.work.opt.health_red, -COX_SCORE_INFINITY);
    statekit_clear(&kit);
    run_options(&kit, "", NV("node-health-strategy", "only-green"));
    assert_int_equal(kit.work.opt.health_yellow, -COX_SCORE_INFINITY);
    statekit_clear(&kit);
    run_options(&kit, "", NV("node-health-strategy", "progressive") NV("node-health-base", "9"));
    assert_int_equal(kit.work.opt.health_base, 9);
    statekit_clear(&kit);
}

COX_TEST_MAIN(cmocka_unit_test(what_is_not_set_has_the_default_of_the_table),
              cmocka_unit_test(old_names_are_understood_and_new_ones_added),
              cmocka_unit_test(invalid_values_are_reported_and_replaced), cmocka_unit_test(policies_without_quorum),
              cmocka_unit_test(the_caller_can_override_quorum_and_watchdog),
              cmocka_unit_test(strategies_fix_the_scores_of_colours))
