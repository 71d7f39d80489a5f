/* Tests of lib/fence/fenceanswer.c: who can do it, as far as is known */
#include "fence/fence.h"

#include "base/testkit.h"

#include "fencebus.h"

#define SECONDS(n) ((cox_usec) (n) * COX_USEC_PER_S)
#define CAN_ALL { true, true, true, true, true, true }

static const struct cox_fencedevice_def anyone[] = { { .id = "d1", .host_check = "none", .can = CAN_ALL, .action_limit = 1 } };
static const struct cox_fencedevice_def listed[] = { { .id = "d1", .host_check = "dynamic-list", .can = CAN_ALL, .action_limit = 1 } };

/* @node knows @n of @devices, and of others that there are some. */
static void
know(struct bus *bus, guint node, const struct cox_fencedevice_def *devices, size_t n, bool is_partial)
{
    struct cox_fence_event event = { .kind = COX_FENCE_ON_DEVICES };

    event.devices.defs = devices;
    event.devices.n = n;
    event.devices.is_partial = is_partial;
    bus_feed(bus, node, &event);
}

/* All nodes, and n1 alone has only just begun: its agents have not said yet what they can do. */
static void
begin(struct bus *bus, const struct cox_fencedevice_def *devices)
{
    bus_init(bus, devices, 1, 0);
    bus_start_many(bus, 3);
    know(bus, 1, NULL, 0, true);
    bus_ask(bus, 1, 3, COX_FENCE_OFF);
    bus_run(bus, bus->net.now + SECONDS(1));
    assert_string_equal(bus->log->str, "");
    assert_int_equal(bus->nodes[1].n_failed, 0);
}

static void
who_has_just_begun_waits_for_its_agents(void **state)
{
    struct bus bus;

    (void) state;
    begin(&bus, anyone);
    know(&bus, 1, anyone, 1, false);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n1:d1 off n3;");
    assert_int_equal(bus.nodes[1].n_ok, 1);
    bus_clear(&bus);
}

static void
what_is_learnt_late_is_asked_late(void **state)
{
    struct bus bus;

    (void) state;
    begin(&bus, listed);
    bus.list_output = "n3\n";
    know(&bus, 1, listed, 1, false);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n1:d1 off n3;");
    assert_int_equal(bus.nodes[1].n_ok, 1);
    bus_clear(&bus);
}

/* An agent that is broken or hangs must not hold up those that work for longer than the grace. */
static void
an_agent_that_never_tells_holds_up_nobody(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, anyone, 1, 0);
    bus_start_many(&bus, 3);
    know(&bus, 1, anyone, 1, true);
    know(&bus, 2, anyone, 1, true);
    bus_ask(&bus, 1, 3, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(bus.nodes[1].n_ok, 1);
    bus_clear(&bus);
}

static void
it_fails_when_all_have_told_and_nobody_can(void **state)
{
    struct bus bus;

    (void) state;
    begin(&bus, anyone);
    know(&bus, 2, NULL, 0, false);
    know(&bus, 3, NULL, 0, false);
    know(&bus, 1, NULL, 0, false);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(bus.nodes[1].n_failed, 1);
    assert_string_equal(bus.nodes[1].reason, "no member has a device that can do this for the node");
    bus_clear(&bus);
}

COX_TEST_MAIN(cmocka_unit_test(who_has_just_begun_waits_for_its_agents), cmocka_unit_test(what_is_learnt_late_is_asked_late),
              cmocka_unit_test(an_agent_that_never_tells_holds_up_nobody),
              cmocka_unit_test(it_fails_when_all_have_told_and_nobody_can))
