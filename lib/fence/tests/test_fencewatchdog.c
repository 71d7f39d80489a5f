/* Tests of lib/fence/fencewatchdog.c: nodes that take themselves down */
#include "fence/fencewatchdog.h"

#include "base/testkit.h"

#include "fencebus.h"

#define SECONDS(n) ((cox_usec) (n) * COX_USEC_PER_S)

static const struct cox_fencedevice_def dog[] = {
    { .id = COX_FENCE_WATCHDOG_ID, .host_check = "static-list", .host_list = "n1 n2 n3 n4", .can = { true, true }, .watchdog_ms = 10000,
      .timeout_ms = { 20000, 20000 }, .retries = { 1, 1 }, .action_limit = -1 },
};

static void
a_lost_node_is_down_when_its_watchdog_has_had_its_time(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, dog, 1, 0);
    bus_start_many(&bus, 3);
    bus_crash(&bus, 3);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_ask(&bus, 1, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(9));
    assert_int_equal(bus.nodes[1].n_ok + bus.nodes[1].n_failed, 0);
    bus_run(&bus, bus.net.now + SECONDS(2));
    assert_int_equal(bus.nodes[1].n_ok, 1);
    assert_string_equal(bus.log->str, ""); /* no agent was run */
    assert_int_equal(cox_fence_history(bus.nodes[2].engine, 0)->incarnation, 103);
    bus_clear(&bus);
}

static void
a_member_takes_itself_down_and_is_waited_for_from_then_on(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, dog, 1, 0);
    bus_start_many(&bus, 3);
    bus_ask(&bus, 1, 3, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(bus.nodes[3].n_panics, 1);
    assert_int_equal(bus.nodes[1].n_panics + bus.nodes[2].n_panics, 0);
    assert_int_equal(bus.nodes[1].n_ok, 0); /* that it wants to is no proof */
    bus_crash(&bus, 3);
    bus_run(&bus, bus.net.now + SECONDS(9));
    assert_int_equal(bus.nodes[1].n_ok, 0);
    bus_run(&bus, bus.net.now + SECONDS(2));
    assert_int_equal(bus.nodes[1].n_ok, 1);
    bus_clear(&bus);
}

static void
a_partition_without_quorum_waits_for_nothing(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, dog, 1, 0);
    bus_start_many(&bus, 3);
    bus_crash(&bus, 3);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_ask(&bus, 1, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(5));
    bus_quorum(&bus, 1, false);
    bus_quorum(&bus, 2, false);
    bus_run(&bus, bus.net.now + SECONDS(60));
    assert_int_equal(bus.nodes[1].n_ok, 0);
    assert_int_equal(bus.nodes[1].n_failed, 1);
    bus_clear(&bus);
}

static void
a_node_that_never_panics_is_not_proven(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, dog, 1, 0);
    bus_start_many(&bus, 3);
    bus_ask(&bus, 1, 3, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(100)); /* it does not answer, and goes on being there */
    assert_int_equal(bus.nodes[1].n_ok, 0);
    assert_int_equal(bus.nodes[1].n_failed, 1);
    assert_string_equal(bus.nodes[1].reason, "the node is still a member, its watchdog has not struck");
    bus_clear(&bus);
}

static void
a_wait_that_is_not_longer_than_the_watchdog_proves_nothing(void **state)
{
    static const gint64 cases[][3] = { { 10000, 5000, 10000 }, { -1, 5000, 10000 }, { 5000, 5000, 0 }, { 4000, 5000, 0 },
                                       { 0, 5000, 0 }, { 10000, 0, 10000 }, { -1, 0, 0 } };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(cox_fencewatchdog_wait_ms(cases[i][0], cases[i][1]), cases[i][2]);
    }
}

static void
the_wait_begins_anew_when_the_node_leaves(void **state)
{
    g_autoptr(GPtrArray) devices = g_ptr_array_new_with_free_func((GDestroyNotify) cox_fencedevice_free);
    struct cox_fencelocal local;
    struct cox_fencejob job = { .id = { 1, 1 }, .attempt = 1, .device = (char *) (guintptr) COX_FENCE_WATCHDOG_ID,
                                .target = (char *) (guintptr) "n3", .due_at = SECONDS(11) };

    (void) state;
    g_ptr_array_add(devices, cox_fencedevice_new(dog, 60000));
    cox_fencelocal_init(&local);
    cox_fencelocal_add(&local, &job);
    cox_fencewatchdog_note_lost(&local, devices, "n2", SECONDS(5));
    assert_int_equal(((struct cox_fencejob *) local.jobs->pdata[0])->due_at, SECONDS(11));
    cox_fencewatchdog_note_lost(&local, devices, "n3", SECONDS(5));
    assert_int_equal(((struct cox_fencejob *) local.jobs->pdata[0])->due_at, SECONDS(15));
    /* It was over while quorum was away; quorum's return must not make it shorter. */
    cox_fencelocal_hold(cox_fencelocal_begin(&local, devices, SECONDS(15)), SECONDS(17));
    cox_fencewatchdog_note_lost(&local, devices, "n3", SECONDS(16));
    cox_fencelocal_let_go(&local, SECONDS(16));
    assert_null(cox_fencelocal_begin(&local, devices, SECONDS(25)));
    assert_non_null(cox_fencelocal_begin(&local, devices, SECONDS(26)));
    cox_fencelocal_clear(&local);
}

/* The live play found it: a reboot that waited behind an off, for the same loss, took the node down again after it had booted. */
static void
what_waited_for_the_end_of_an_earlier_life_does_not_end_the_next(void **state)
{
    static const enum cox_fence_action firsts[] = { COX_FENCE_OFF, COX_FENCE_REBOOT };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(firsts); i++) {
        struct bus bus;

        bus_init(&bus, dog, 1, 0);
        bus_start_many(&bus, 3);
        bus_crash(&bus, 3);
        bus_run(&bus, bus.net.now + SECONDS(1));
        if (firsts[i] == COX_FENCE_OFF) {
            bus_ask(&bus, 1, 3, COX_FENCE_OFF);
        }
        bus_ask(&bus, 1, 3, COX_FENCE_REBOOT);
        bus_run(&bus, bus.net.now + SECONDS(firsts[i] == COX_FENCE_OFF ? 11 : 5));
        bus.nodes[3].incarnation++;
        bus_start(&bus, 3); /* off: proven, and another reboot would wait until now; reboot: it comes back before the watchdog has had its time */
        bus_run(&bus, bus.net.now + SECONDS(60));
        assert_int_equal(bus.nodes[1].n_ok, firsts[i] == COX_FENCE_OFF ? 2 : 1);
        assert_int_equal(bus.nodes[1].n_failed, 0);
        assert_int_equal(bus.nodes[3].n_panics, 0);
        bus_clear(&bus);
    }
}

COX_TEST_MAIN(cmocka_unit_test(what_waited_for_the_end_of_an_earlier_life_does_not_end_the_next),cmocka_unit_test(a_lost_node_is_down_when_its_watchdog_has_had_its_time),
              cmocka_unit_test(a_member_takes_itself_down_and_is_waited_for_from_then_on),
              cmocka_unit_test(a_partition_without_quorum_waits_for_nothing), cmocka_unit_test(a_node_that_never_panics_is_not_proven),
              cmocka_unit_test(a_wait_that_is_not_longer_than_the_watchdog_proves_nothing),
              cmocka_unit_test(the_wait_begins_anew_when_the_node_leaves))
