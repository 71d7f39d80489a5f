/* Tests of lib/fence/fence.c: who leads the fencing of a node that asks for its own */
#include "fence/fence.h"

#include "base/testkit.h"

#include "fencebus.h"

#define SECONDS(n) ((cox_usec) (n) * COX_USEC_PER_S)
#define CAN_ALL { true, true, true, true, true, true }

static const struct cox_fencedevice_def one[] = { { .id = "d1", .host_check = "none", .can = CAN_ALL, .action_limit = 1 } };

static const struct cox_fencedevice_def supplies[] = {
    { .id = "pdu1", .host_map = "n1:1;n2:2;n3:3", .can = CAN_ALL, .action_limit = 1 },
    { .id = "pdu2", .host_map = "n1:11;n2:12;n3:13", .can = CAN_ALL, .action_limit = 1 },
};

/* cts/sim found it: nobody was left who knew that a node, which had asked for its own fencing, was to get its power back. */
static void
who_is_to_be_fenced_leaves_the_work_to_another_member(void **state)
{
    static const char *const both[] = { "pdu1", "pdu2" };
    static const struct cox_fencelevel levels[] = { { COX_FENCE_TARGET_PATTERN, "^n[0-9]$", NULL, 1, both, 2 } };
    struct bus bus;

    (void) state;
    bus_init(&bus, supplies, 2, 0);
    bus.levels = levels;
    bus.n_levels = 1;
    bus.no_reboot = true;
    bus_start_many(&bus, 3);
    bus_ask(&bus, 1, 1, COX_FENCE_REBOOT);
    while (strstr(bus.log->str, "pdu2 on") == NULL) {
        assert_true(bus_step(&bus, bus.net.now + SECONDS(1)));
    }
    assert_null(bus.nodes[1].engine);
    bus_start(&bus, 1); /* one supply suffices: back before it is over, it does not take its old request for a mistake */
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n2:pdu1 off 1;n2:pdu2 off 11;n2:pdu1 on 1;n2:pdu2 on 11;");
    for (guint i = 1; i <= 3; i++) {
        const struct cox_fence_record *record = cox_fence_history(bus.nodes[i].engine, 0);

        assert_true(record->is_ok);
        assert_int_equal(record->id.origin, 1);
        assert_null(cox_fence_history(bus.nodes[i].engine, 1));
        assert_int_equal(cox_fence_pending(bus.nodes[i].engine), 0);
    }
    assert_int_equal(bus.nodes[1].n_reacts, 0); /* it was the life before */
    bus_clear(&bus);
}

static void
who_worked_for_the_target_and_leaves_is_replaced_on_request(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 3);
    bus.agent = AGENT_HANGS;
    bus_ask(&bus, 1, 1, COX_FENCE_REBOOT);
    while (strstr(bus.log->str, "reboot") == NULL) {
        assert_true(bus_step(&bus, bus.net.now + SECONDS(1)));
    }
    bus_crash(&bus, 2);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(bus.nodes[1].n_failed, 1);
    assert_string_equal(bus.nodes[1].reason, "the member that did it has left");
    bus.agent = AGENT_WORKS;
    bus_ask(&bus, 1, 1, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n2:d1 reboot n1;n3:d1 reboot n1;");
    assert_int_equal(bus.nodes[1].n_fenced, 1);
    assert_true(cox_fence_history(bus.nodes[3].engine, 1)->is_ok);
    bus_clear(&bus);
}

/* cts/sim found it: a split had ended the first operation for the target, but not where that is done; the second merged with it only there. */
static void
who_was_away_hears_that_its_request_is_over_with_an_earlier_one(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 3);
    bus.agent = AGENT_HANGS;
    bus_ask(&bus, 2, 1, COX_FENCE_REBOOT);
    while (strstr(bus.log->str, "reboot") == NULL) {
        assert_true(bus_step(&bus, bus.net.now + SECONDS(1)));
    }
    bus_move(&bus, 1, 1);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(cox_fence_pending(bus.nodes[1].engine), 0);
    bus_move(&bus, 1, 0);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_ask(&bus, 1, 1, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(bus.nodes[1].n_failed, 0);
    bus_run(&bus, bus.net.now + SECONDS(120));
    assert_int_equal(bus.nodes[2].n_failed, 1);
    assert_int_equal(bus.nodes[1].n_failed, 1);
    for (guint i = 1; i <= 3; i++) {
        assert_int_equal(cox_fence_pending(bus.nodes[i].engine), 0);
    }
    bus_clear(&bus);
}

static void
who_is_at_work_goes_on_when_another_calls_it_over(void **state)
{
    static const char *const both[] = { "pdu1", "pdu2" };
    static const struct cox_fencelevel levels[] = { { COX_FENCE_TARGET_PATTERN, "^n[0-9]$", NULL, 1, both, 2 } };
    struct cox_fence_message closed = { .kind = COX_FENCE_CLOSED, .is_ok = true };
    struct cox_fence_event event = { .kind = COX_FENCE_ON_MESSAGE };
    struct bus bus;

    (void) state;
    bus_init(&bus, supplies, 2, 0);
    bus.levels = levels;
    bus.n_levels = 1;
    bus_start_many(&bus, 3);
    bus_ask(&bus, 1, 3, COX_FENCE_REBOOT);
    while (strstr(bus.log->str, "pdu2 off") == NULL) {
        assert_true(bus_step(&bus, bus.net.now + SECONDS(1)));
    }
    closed.id = cox_fence_op(bus.nodes[1].engine, 0)->id;
    event.message.sender = 2;
    event.message.message = &closed;
    bus_feed(&bus, 1, &event);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n1:pdu1 off 3;n1:pdu2 off 13;n1:pdu1 on 3;n1:pdu2 on 13;");
    assert_int_equal(bus.nodes[1].n_ok, 1);
    assert_int_equal(cox_fence_pending(bus.nodes[1].engine), 0);
    bus_clear(&bus);
}

COX_TEST_MAIN(cmocka_unit_test(who_is_to_be_fenced_leaves_the_work_to_another_member),
              cmocka_unit_test(who_worked_for_the_target_and_leaves_is_replaced_on_request),
              cmocka_unit_test(who_was_away_hears_that_its_request_is_over_with_an_earlier_one),
              cmocka_unit_test(who_is_at_work_goes_on_when_another_calls_it_over))
