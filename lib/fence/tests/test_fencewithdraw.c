/* Tests of lib/fence/fencewithdraw.c */
#include "fence/fence.h"

#include "base/testkit.h"

#include "fencebus.h"

#define SECONDS(n) ((cox_usec) (n) * COX_USEC_PER_S)
#define CAN_ALL { true, true, true, true, true, true }

static const struct cox_fencedevice_def late[] = { { .id = "d1", .host_check = "none", .can = CAN_ALL, .action_limit = 1, .delay_base = "5s" } };

/* Three members, and a device that waits before it does anything. */
static void
begin(struct bus *bus)
{
    bus_init(bus, late, 1, 0);
    bus_start_many(bus, 3);
}

/* The device is reached from the others only. */
static void
keep_device_from_2(struct bus *bus)
{
    static const struct cox_fencedevice_def banned[]
        = { { .id = "d1", .host_check = "none", .can = CAN_ALL, .action_limit = 1, .delay_base = "5s", .is_banned_here = true } };
    struct cox_fence_event event = { .kind = COX_FENCE_ON_DEVICES };

    event.devices.defs = banned;
    event.devices.n = 1;
    bus_feed(bus, 2, &event);
}

static void
run_until_an_agent_begins(struct bus *bus)
{
    while (strstr(bus->log->str, "reboot") == NULL) {
        assert_true(bus_step(bus, bus->net.now + SECONDS(60)));
    }
}

static void
withdraw(struct bus *bus, guint at, guint target, const char *client)
{
    struct cox_fence_request request = { .target = bus_names[target], .client = client };
    struct cox_fence_event event = { .kind = COX_FENCE_ON_WITHDRAWN };

    event.request = &request;
    bus_feed(bus, at, &event);
}

static void
expect_nothing_left(const struct bus *bus, guint n)
{
    for (guint i = 1; i <= n; i++) {
        assert_int_equal(cox_fence_pending(bus->nodes[i].engine), 0);
    }
}

static void
what_waits_for_its_delay_ends_without_a_deed(void **state)
{
    struct bus bus;

    (void) state;
    begin(&bus);
    bus.is_honest = true;
    bus_ask(&bus, 2, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(2));
    withdraw(&bus, 2, 3, "another");
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(cox_fence_pending(bus.nodes[1].engine), 1);
    withdraw(&bus, 2, 3, "test");
    bus_run(&bus, bus.net.now + SECONDS(1));
    expect_nothing_left(&bus, 3);
    assert_int_equal(bus.nodes[2].n_failed, 1);
    assert_string_equal(bus.nodes[2].reason, "it is not wanted any more");
    bus_run(&bus, bus.net.now + SECONDS(60));
    assert_string_equal(bus.log->str, "");
    assert_int_equal(bus.nodes[3].n_reacts, 0);
    bus_ask(&bus, 2, 3, COX_FENCE_REBOOT); /* and when it is wanted again it is done */
    bus_run(&bus, bus.net.now + SECONDS(60));
    assert_string_equal(bus.log->str, "n2:d1 reboot n3;");
    assert_int_equal(bus.nodes[2].n_ok, 1);
    bus_clear(&bus);
}

static void
what_waits_elsewhere_ends_there(void **state)
{
    struct bus bus;

    (void) state;
    begin(&bus);
    keep_device_from_2(&bus);
    bus_ask(&bus, 2, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(2));
    withdraw(&bus, 2, 3, "test");
    bus_run(&bus, bus.net.now + SECONDS(1));
    expect_nothing_left(&bus, 3);
    assert_int_equal(bus.nodes[2].n_failed, 1);
    bus_ask(&bus, 3, 3, COX_FENCE_REBOOT); /* and for itself, by another member */
    bus_run(&bus, bus.net.now + SECONDS(2));
    withdraw(&bus, 3, 3, "test");
    bus_run(&bus, bus.net.now + SECONDS(60));
    expect_nothing_left(&bus, 3);
    assert_int_equal(bus.nodes[3].n_failed, 1);
    assert_string_equal(bus.log->str, "");
    bus_ask(&bus, 2, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(60));
    assert_string_equal(bus.log->str, "n1:d1 reboot n3;");
    bus_clear(&bus);
}

/* An agent that failed may have done half of it. */
static void
after_an_agent_has_begun_the_others_are_tried_as_ever(void **state)
{
    struct bus bus;

    (void) state;
    begin(&bus);
    bus.fails_on = 2;
    bus_ask(&bus, 2, 3, COX_FENCE_REBOOT);
    run_until_an_agent_begins(&bus);
    withdraw(&bus, 2, 3, "test");
    bus_run(&bus, bus.net.now + SECONDS(60));
    expect_nothing_left(&bus, 3);
    assert_string_equal(bus.log->str, "n2:d1 reboot n3;n2:d1 reboot n3;n1:d1 reboot n3;");
    assert_int_equal(bus.nodes[2].n_ok, 1);
    bus_clear(&bus);
}

static void
an_agent_that_has_begun_ends_its_work_and_nobody_repeats_it(void **state)
{
    struct bus bus;

    (void) state;
    begin(&bus);
    bus_ask(&bus, 2, 3, COX_FENCE_REBOOT);
    run_until_an_agent_begins(&bus);
    withdraw(&bus, 2, 3, "test");
    bus_ask(&bus, 1, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(60));
    expect_nothing_left(&bus, 3);
    assert_string_equal(bus.log->str, "n2:d1 reboot n3;");
    assert_int_equal(bus.nodes[1].n_ok, 1);
    assert_int_equal(bus.nodes[2].n_ok, 1);
    bus_clear(&bus);
}

static void
who_else_wants_it_gets_it(void **state)
{
    struct bus bus;

    (void) state;
    begin(&bus);
    bus_ask(&bus, 2, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_ask(&bus, 1, 3, COX_FENCE_REBOOT); /* merges */
    bus_run(&bus, bus.net.now + SECONDS(1));
    withdraw(&bus, 2, 3, "test");
    bus_run(&bus, bus.net.now + SECONDS(60));
    expect_nothing_left(&bus, 3);
    assert_string_equal(bus.log->str, "n2:d1 reboot n3;");
    assert_int_equal(bus.nodes[1].n_ok, 1);
    bus_clear(&bus);
}

static void
a_request_that_comes_after_is_another_one(void **state)
{
    struct bus bus;

    (void) state;
    begin(&bus);
    bus_ask(&bus, 2, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(1));
    withdraw(&bus, 2, 3, "test");
    bus_ask(&bus, 2, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(60));
    expect_nothing_left(&bus, 3);
    assert_string_equal(bus.log->str, "n2:d1 reboot n3;");
    assert_int_equal(bus.nodes[2].n_failed, 1);
    assert_int_equal(bus.nodes[2].n_ok, 1);
    bus_clear(&bus);
}

/* Answers are still awaited, and another operation for the node is before it. */
static void
what_is_queued_or_asks_ends_at_once(void **state)
{
    struct bus bus;

    (void) state;
    begin(&bus);
    bus_ask(&bus, 1, 3, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_ask(&bus, 2, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(1));
    withdraw(&bus, 2, 3, "test");
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(bus.nodes[2].n_failed, 1);
    assert_int_equal(cox_fence_pending(bus.nodes[2].engine), 1);
    bus_run(&bus, bus.net.now + SECONDS(60));
    assert_string_equal(bus.log->str, "n1:d1 off n3;");
    bus_ask(&bus, 2, 1, COX_FENCE_REBOOT);
    withdraw(&bus, 2, 1, "test"); /* its own request is not back yet: it goes on */
    bus_run(&bus, bus.net.now + SECONDS(60));
    assert_int_equal(bus.nodes[1].n_fenced, 1);
    bus_clear(&bus);
}

/* Who asks anew would have the node cut twice. */
static void
a_step_that_waits_goes_with_the_member_that_ordered_it(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, late, 1, 0);
    bus.no_reboot = true;
    bus_start_many(&bus, 4);
    keep_device_from_2(&bus);
    bus_ask(&bus, 2, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(2));
    bus_crash(&bus, 2);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_ask(&bus, 4, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(60));
    assert_string_equal(bus.log->str, "n4:d1 reboot n3;");
    assert_int_equal(bus.nodes[4].n_ok, 1);
    bus_clear(&bus);
}

static void
power_is_given_back_all_the_same(void **state)
{
    static const struct cox_fencedevice_def unfencing[] = { { .id = "d1", .host_check = "none", .can = CAN_ALL, .delay_base = "5s" } };
    struct bus bus;

    (void) state;
    bus_init(&bus, unfencing, 1, 0);
    bus_start_many(&bus, 3);
    bus_ask(&bus, 2, 3, COX_FENCE_ON);
    withdraw(&bus, 2, 3, "test");
    bus_run(&bus, bus.net.now + SECONDS(60));
    assert_string_equal(bus.log->str, "n2:d1 on n3;");
    bus_clear(&bus);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_waits_for_its_delay_ends_without_a_deed),
        cmocka_unit_test(what_waits_elsewhere_ends_there),
        cmocka_unit_test(after_an_agent_has_begun_the_others_are_tried_as_ever),
        cmocka_unit_test(an_agent_that_has_begun_ends_its_work_and_nobody_repeats_it),
        cmocka_unit_test(who_else_wants_it_gets_it),
        cmocka_unit_test(a_request_that_comes_after_is_another_one),
        cmocka_unit_test(what_is_queued_or_asks_ends_at_once),
        cmocka_unit_test(a_step_that_waits_goes_with_the_member_that_ordered_it),
        cmocka_unit_test(power_is_given_back_all_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
