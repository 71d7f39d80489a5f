/* Tests of lib/fence/fencequorum.c: quorum that is away for a moment */
#include "fence/fence.h"

#include "base/testkit.h"

#include "fencebus.h"

#define SECONDS(n) ((cox_usec) (n) * COX_USEC_PER_S)
#define CAN_ALL { true, true, true, true, true, true }

static const struct cox_fencedevice_def both[] = {
    { .id = "pdu1", .host_check = "none", .can = CAN_ALL, .action_limit = 1 },
    { .id = "pdu2", .host_check = "none", .can = CAN_ALL, .action_limit = 1 },
};

static const char *const ids[] = { "pdu1", "pdu2" };
static const struct cox_fencelevel levels[] = { { COX_FENCE_TARGET_PATTERN, "^n[0-9]$", NULL, 1, ids, 2 } };

/* n1 has asked for n3 to be off, of both power supplies one after the other, and the first is at work. */
static void
begin(struct bus *bus)
{
    bus_init(bus, both, 2, 0);
    bus->levels = levels;
    bus->n_levels = 1;
    bus->no_reboot = true;
    bus_start_many(bus, 3);
    bus_ask(bus, 1, 3, COX_FENCE_OFF);
    while (strstr(bus->log->str, "pdu1 off") == NULL) {
        bus_step(bus, bus->net.now);
    }
}

static void
a_half_done_fencing_goes_on_when_quorum_was_away_for_a_moment(void **state)
{
    struct bus bus;

    (void) state;
    begin(&bus);
    bus_quorum(&bus, 1, false);
    bus_run(&bus, bus.net.now + SECONDS(1) / 4);
    assert_string_equal(bus.log->str, "n1:pdu1 off n3;");
    assert_int_equal(bus.nodes[1].n_failed, 0);
    bus_quorum(&bus, 1, true);
    bus_run(&bus, bus.net.now + SECONDS(2));
    assert_string_equal(bus.log->str, "n1:pdu1 off n3;n1:pdu2 off n3;");
    assert_int_equal(bus.nodes[1].n_ok, 1);
    bus_clear(&bus);
}

static void
quorum_that_stays_away_ends_it(void **state)
{
    struct bus bus;

    (void) state;
    begin(&bus);
    bus_quorum(&bus, 1, false);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n1:pdu1 off n3;");
    assert_int_equal(bus.nodes[1].n_failed, 1);
    assert_string_equal(bus.nodes[1].reason, "this partition has no quorum");
    /* What is asked for now need not wait: nothing has changed a moment ago. */
    bus_ask(&bus, 1, 2, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(1) / 4);
    assert_int_equal(bus.nodes[1].n_failed, 2);
    bus_clear(&bus);
}

/* The executor has heard less of quorum than the origin when the order comes. */
static void
an_executor_waits_for_quorum_as_well(void **state)
{
    static const struct cox_fencedevice_def far[] = {
        { .id = "far", .host_check = "none", .can = CAN_ALL, .action_limit = 1, .delay_base = "2s" },
    };
    struct bus bus;

    (void) state;
    bus_init(&bus, far, 1, 0);
    bus_start_many(&bus, 3);
    bus_ask(&bus, 1, 3, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(19) / 10); /* in its delay */
    bus_quorum(&bus, 1, false);
    bus_run(&bus, bus.net.now + SECONDS(1) / 4);
    assert_string_equal(bus.log->str, "");
    assert_int_equal(bus.nodes[1].n_failed, 0);
    bus_quorum(&bus, 1, true);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n1:far off n3;");
    assert_int_equal(bus.nodes[1].n_ok, 1);
    bus_clear(&bus);
}

/* A node with a watchdog took itself down when it was told to; with the news of it quorum was away for a moment. */
static void
the_member_that_has_left_is_still_waited_for(void **state)
{
    static const struct cox_fencedevice_def dog[] = {
        { .id = "watchdog", .host_check = "none", .can = { true, true }, .watchdog_ms = 10000, .timeout_ms = { 20000, 20000 }, .retries = { 1, 1 },
          .action_limit = -1 },
    };
    struct bus bus;

    (void) state;
    bus_init(&bus, dog, 1, 0);
    bus_start_many(&bus, 3);
    bus_ask(&bus, 1, 3, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(bus.nodes[3].n_panics, 1);
    bus_quorum(&bus, 1, false);
    bus_quorum(&bus, 2, false);
    bus_crash(&bus, 3);
    bus_run(&bus, bus.net.now + SECONDS(1) / 4);
    bus_quorum(&bus, 1, true);
    bus_quorum(&bus, 2, true);
    bus_run(&bus, bus.net.now + SECONDS(9));
    assert_int_equal(bus.nodes[1].n_ok + bus.nodes[1].n_failed, 0);
    bus_run(&bus, bus.net.now + SECONDS(3));
    assert_int_equal(bus.nodes[1].n_ok, 1);
    assert_int_equal(bus.nodes[1].n_failed, 0);
    bus_clear(&bus);
}

COX_TEST_MAIN(cmocka_unit_test(a_half_done_fencing_goes_on_when_quorum_was_away_for_a_moment), cmocka_unit_test(quorum_that_stays_away_ends_it),
              cmocka_unit_test(an_executor_waits_for_quorum_as_well), cmocka_unit_test(the_member_that_has_left_is_still_waited_for))
