/* Tests of lib/fence/fencedevice.c */
#include "fence/fencedevice.h"

#include "base/testkit.h"

#define CAN_ALL { true, true, true, true, true, true }

static struct cox_fencedevice *
device(struct cox_fencedevice_def def)
{
    def.id = "d";
    return cox_fencedevice_new(&def, 60000);
}

static void
the_default_check_depends_on_what_is_known(void **state)
{
    static const struct {
        struct cox_fencedevice_def def;
        enum cox_fence_check expected;
    } cases[] = {
        { { .host_list = "n1", .can = CAN_ALL }, COX_FENCE_CHECK_STATIC },
        { { .host_map = "n1:1", .can = CAN_ALL }, COX_FENCE_CHECK_STATIC },
        { { .can = CAN_ALL }, COX_FENCE_CHECK_LIST },
        { { .can = { true, true, true, false, true, true } }, COX_FENCE_CHECK_STATUS },
        { { .can = { true, true } }, COX_FENCE_CHECK_NONE },
        { { .host_list = "n1", .host_check = "status", .can = CAN_ALL }, COX_FENCE_CHECK_STATUS },
        { { .host_check = "static-list", .can = CAN_ALL }, COX_FENCE_CHECK_STATIC },
        { { .host_check = "dynamic-list" }, COX_FENCE_CHECK_LIST },
        { { .host_check = "none", .can = CAN_ALL }, COX_FENCE_CHECK_NONE },
        { { .host_check = "odd" }, COX_FENCE_CHECK_NONE },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_fencedevice *d = device(cases[i].def);

        if (d->check != cases[i].expected) {
            fail_msg("case %zu: %d", i, d->check);
        }
        cox_fencedevice_free(d);
    }
    cox_fencedevice_free(NULL);
}

static void
host_lists_and_maps_are_read_with_all_their_separators(void **state)
{
    struct cox_fencedevice *d = device((struct cox_fencedevice_def) {
        .host_list = "n1, n2;n3\tn4", .host_map = "n5:p5;n6=p6 ;:x;n7:;n8" });

    (void) state;
    assert_int_equal(cox_fencedevice_knows(d, "n3"), COX_FENCE_YES);
    assert_int_equal(cox_fencedevice_knows(d, "N4"), COX_FENCE_YES);
    assert_int_equal(cox_fencedevice_knows(d, "n6"), COX_FENCE_YES);
    assert_int_equal(cox_fencedevice_knows(d, "n7"), COX_FENCE_NO);
    assert_int_equal(cox_fencedevice_knows(d, "n8"), COX_FENCE_NO);
    assert_string_equal(cox_fencedevice_port(d, "n5"), "p5");
    assert_string_equal(cox_fencedevice_port(d, "n6"), "p6");
    assert_string_equal(cox_fencedevice_port(d, "n1"), "n1");
    cox_fencedevice_free(d);
}

static void
what_an_agent_lists_is_compared_by_port(void **state)
{
    struct cox_fencedevice *d = device((struct cox_fencedevice_def) { .host_check = "dynamic-list", .host_map = "n1:vm1" });

    (void) state;
    assert_int_equal(cox_fencedevice_knows(d, "n1"), COX_FENCE_ASK_AGENT);
    cox_fencedevice_take_list(d, "VM1,alias on\nn2;n3\r\ninvalid n4\nvariable n5\noff\n\n");
    assert_int_equal(cox_fencedevice_knows(d, "n1"), COX_FENCE_YES);
    assert_int_equal(cox_fencedevice_knows(d, "alias"), COX_FENCE_YES);
    assert_int_equal(cox_fencedevice_knows(d, "n3"), COX_FENCE_YES);
    assert_int_equal(cox_fencedevice_knows(d, "n4"), COX_FENCE_NO);
    assert_int_equal(cox_fencedevice_knows(d, "n5"), COX_FENCE_NO);
    assert_int_equal(cox_fencedevice_knows(d, "on"), COX_FENCE_NO);
    assert_int_equal(d->listed->len, 4);
    cox_fencedevice_take_list(d, NULL);
    assert_int_equal(cox_fencedevice_knows(d, "n3"), COX_FENCE_NO);
    cox_fencedevice_forget(d, "n1");
    assert_int_equal(cox_fencedevice_knows(d, "n3"), COX_FENCE_ASK_AGENT);
    cox_fencedevice_free(d);
}

static void
status_zero_and_two_mean_that_the_node_is_known(void **state)
{
    struct cox_fencedevice *d = device((struct cox_fencedevice_def) { .host_check = "status" });

    (void) state;
    assert_int_equal(cox_fencedevice_knows(d, "n1"), COX_FENCE_ASK_AGENT);
    cox_fencedevice_take_status(d, "n1", 0);
    cox_fencedevice_take_status(d, "n2", 1);
    cox_fencedevice_take_status(d, "n3", 2);
    assert_int_equal(cox_fencedevice_knows(d, "n1"), COX_FENCE_YES);
    assert_int_equal(cox_fencedevice_knows(d, "n2"), COX_FENCE_NO);
    assert_int_equal(cox_fencedevice_knows(d, "n3"), COX_FENCE_YES);
    cox_fencedevice_forget(d, "n2");
    assert_int_equal(cox_fencedevice_knows(d, "n2"), COX_FENCE_ASK_AGENT);
    cox_fencedevice_free(d);
}

static void
defaults_are_filled_in_and_settings_kept(void **state)
{
    struct cox_fencedevice *d = device((struct cox_fencedevice_def) {
        .timeout_ms = { 5000 }, .retries = { 4 }, .action_names = { "cycle" } });

    (void) state;
    assert_int_equal(d->def.timeout_ms[COX_FENCE_REBOOT], 5000);
    assert_int_equal(d->def.timeout_ms[COX_FENCE_OFF], 60000);
    assert_int_equal(d->def.retries[COX_FENCE_REBOOT], 4);
    assert_int_equal(d->def.retries[COX_FENCE_OFF], 2);
    assert_string_equal(d->def.action_names[COX_FENCE_REBOOT], "cycle");
    assert_string_equal(d->def.action_names[COX_FENCE_LIST], cox_fence_action_text(COX_FENCE_LIST));
    cox_fencedevice_free(d);
}

static void
a_delay_is_its_base_and_something_up_to_the_maximum(void **state)
{
    struct cox_fencedevice *d = device((struct cox_fencedevice_def) { .delay_base = "n1:4s;n2=60s; odd", .delay_max = "10s" });
    struct cox_fencedevice *fixed = device((struct cox_fencedevice_def) { .delay_base = "3s" });
    struct cox_fencedevice *odd = device((struct cox_fencedevice_def) { .delay_base = "soon", .delay_max = "later" });
    guint n_low = 0;

    (void) state;
    for (guint64 seed = 1; seed <= 200; seed++) {
        gint64 delay_ms = cox_fencedevice_delay_ms(d, "n1", seed);

        assert_in_range(delay_ms, 4000, 10000);
        n_low += delay_ms < 7000;
        assert_int_equal(delay_ms, cox_fencedevice_delay_ms(d, "n1", seed));
        assert_int_equal(cox_fencedevice_delay_ms(d, "n2", seed), 60000); /* the base may be above the maximum */
        assert_in_range(cox_fencedevice_delay_ms(d, "n3", seed), 0, 10000);
        assert_int_equal(cox_fencedevice_delay_ms(fixed, "n1", seed), 3000);
        assert_int_equal(cox_fencedevice_delay_ms(odd, "n1", seed), 0);
    }
    assert_in_range(n_low, 60, 140);
    assert_int_equal(cox_fencedevice_delay_limit_ms(d, "n1"), 10000);
    assert_int_equal(cox_fencedevice_delay_limit_ms(d, "n2"), 60000);
    cox_fencedevice_free(d);
    cox_fencedevice_free(fixed);
    cox_fencedevice_free(odd);
}

COX_TEST_MAIN(cmocka_unit_test(the_default_check_depends_on_what_is_known),
              cmocka_unit_test(host_lists_and_maps_are_read_with_all_their_separators),
              cmocka_unit_test(what_an_agent_lists_is_compared_by_port),
              cmocka_unit_test(status_zero_and_two_mean_that_the_node_is_known),
              cmocka_unit_test(defaults_are_filled_in_and_settings_kept),
              cmocka_unit_test(a_delay_is_its_base_and_something_up_to_the_maximum))
