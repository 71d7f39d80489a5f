/* Tests of lib/fence/fence.c: requests that are about the same life of a node */
#include "fence/fence.h"

#include "base/testkit.h"

#include "fencebus.h"

#define SECONDS(n) ((cox_usec) (n) * COX_USEC_PER_S)

static const struct cox_fencedevice_def one[] = {
    { .id = "d1", .host_check = "none", .can = { true, true, true, true, true, true }, .action_limit = 1 },
};

static void
what_is_off_on_purpose_is_not_switched_on_by_a_reboot_that_waited(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus.no_reboot = true;
    bus_start_many(&bus, 3);
    bus_ask(&bus, 1, 3, COX_FENCE_OFF);
    bus_ask(&bus, 2, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(60));
    assert_string_equal(bus.log->str, "n1:d1 off n3;");
    assert_int_equal(bus.nodes[1].n_ok, 1);
    assert_int_equal(bus.nodes[2].n_ok, 1);
    /* The other way round it is not the same. */
    g_string_truncate(bus.log, 0);
    bus_start(&bus, 3);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_ask(&bus, 1, 3, COX_FENCE_REBOOT);
    bus_ask(&bus, 2, 3, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(60));
    assert_string_equal(bus.log->str, "n1:d1 reboot n3;n2:d1 off n3;");
    bus_clear(&bus);
}

COX_TEST_MAIN(cmocka_unit_test(what_is_off_on_purpose_is_not_switched_on_by_a_reboot_that_waited))
