/* Tests of lib/fence/fence.c: stories */
#include "fence/fence.h"

#include "base/testkit.h"

#include "fencebus.h"

#define SECONDS(n) ((cox_usec) (n) * COX_USEC_PER_S)
#define CAN_ALL { true, true, true, true, true, true }
#define CAN_NO_REBOOT { false, true, true, true, true, true }

/* One device that can fence any node. */
static const struct cox_fencedevice_def one[] = { { .id = "d1", .host_check = "none", .can = CAN_ALL, .action_limit = 1 } };

static const struct cox_fencedevice_def many[] = {
    { .id = "ipmi", .host_list = "n1 n2 n3", .can = CAN_ALL, .action_limit = 1, .priority = 5 },
    { .id = "pdu1", .host_map = "n1:1;n2:2;n3:3", .can = CAN_ALL, .action_limit = 1 },
    { .id = "pdu2", .host_map = "n1:11;n2:12;n3:13", .can = CAN_ALL, .action_limit = 1 },
    { .id = "fabric", .host_list = "n1 n2 n3", .can = CAN_NO_REBOOT, .action_limit = 1, .is_automatic = true,
      .is_on_target = true, .priority = -1 },
};

static void
a_lost_node_is_fenced_and_everybody_knows(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 3);
    bus_move(&bus, 3, 1); /* alive, but cut off */
    bus_ask(&bus, 1, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(bus.nodes[3].n_fenced, 1);
    assert_int_equal(bus.nodes[1].n_accepted, 1);
    assert_int_equal(bus.nodes[1].n_ok, 1);
    assert_int_equal(bus.nodes[2].n_ok, 0);
    assert_int_equal(bus.nodes[1].n_records, 1);
    assert_int_equal(bus.nodes[2].n_records, 1);
    assert_string_equal(cox_fence_history(bus.nodes[2].engine, 0)->delegate, "n1");
    assert_true(cox_fence_history(bus.nodes[2].engine, 0)->is_ok);
    assert_null(cox_fence_history(bus.nodes[2].engine, 1));
    assert_string_equal(bus.log->str, "n1:d1 reboot n3;");
    /* It is back after its boot, knows what was, and nobody holds anything against it. */
    assert_string_equal(cox_fence_history(bus.nodes[3].engine, 0)->target, "n3");
    bus_run(&bus, bus.net.now + SECONDS(1000));
    assert_int_equal(bus.nodes[1].n_bars, 0);
    assert_int_equal(bus.nodes[3].n_fenced, 1);
    bus_clear(&bus);
}

static void
without_quorum_nobody_is_fenced(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 2);
    bus_quorum(&bus, 1, false);
    bus_ask(&bus, 1, 2, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(100));
    assert_int_equal(bus.nodes[1].n_failed, 1);
    assert_string_equal(bus.nodes[1].reason, "this partition has no quorum");
    assert_int_equal(bus.nodes[2].n_fenced, 0);
    /* Lost in the middle: no further step. */
    bus_quorum(&bus, 1, true);
    bus.agent = AGENT_HANGS;
    bus_ask(&bus, 1, 2, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_quorum(&bus, 1, false);
    bus_run(&bus, bus.net.now + SECONDS(200));
    assert_int_equal(bus.nodes[1].n_failed, 2);
    assert_string_equal(bus.nodes[1].reason, "this partition has no quorum");
    bus_clear(&bus);
}

static void
a_failing_agent_is_tried_twice_and_then_from_another_node(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 3);
    bus_crash(&bus, 3);
    bus.fails_on = 1;
    bus_ask(&bus, 1, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n1:d1 reboot n3;n1:d1 reboot n3;n2:d1 reboot n3;");
    assert_string_equal(cox_fence_history(bus.nodes[1].engine, 0)->delegate, "n2");
    g_string_truncate(bus.log, 0);
    bus.agent = AGENT_FAILS;
    bus_ask(&bus, 2, 4, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(bus.nodes[2].n_failed, 1);
    assert_string_equal(bus.nodes[2].reason, "no light");
    assert_false(cox_fence_history(bus.nodes[1].engine, 1)->is_ok);
    bus_clear(&bus);
}

static void
a_hanging_agent_is_killed_and_never_counts_as_success(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 2);
    bus.agent = AGENT_HANGS;
    bus_ask(&bus, 1, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(59));
    assert_int_equal(bus.nodes[1].n_ok + bus.nodes[1].n_failed, 0);
    bus_run(&bus, bus.net.now + SECONDS(62));
    assert_int_equal(bus.nodes[1].n_failed, 1);
    assert_string_equal(bus.nodes[1].reason, "timed out");
    assert_string_equal(bus.log->str, "n1:d1 reboot n3;n2:d1 reboot n3;");
    bus_clear(&bus);
}

static void
an_executor_that_stays_mute_or_leaves_is_replaced(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 3);
    bus.fails_on = 1;
    bus_ask(&bus, 1, 4, COX_FENCE_REBOOT);
    while (strstr(bus.log->str, "n2") == NULL) {
        bus_step(&bus, bus.net.now);
    }
    bus.net.is_stopped[2] = true;
    bus_run(&bus, bus.net.now + SECONDS(66));
    assert_non_null(strstr(bus.log->str, "n3:d1 reboot n4"));
    assert_int_equal(bus.nodes[1].n_ok, 1);
    bus.net.is_stopped[2] = false;
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_ask(&bus, 1, 4, COX_FENCE_OFF);
    g_string_truncate(bus.log, 0);
    while (strstr(bus.log->str, "n2") == NULL) {
        bus_step(&bus, bus.net.now);
    }
    bus_crash(&bus, 2);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_non_null(strstr(bus.log->str, "n3:d1 off n4"));
    assert_int_equal(bus.nodes[1].n_ok, 2);
    bus_clear(&bus);
}

static void
an_operation_ends_when_its_origin_leaves(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 3);
    bus.agent = AGENT_HANGS;
    bus_ask(&bus, 1, 4, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_ask(&bus, 2, 4, COX_FENCE_REBOOT); /* merges */
    bus_ask(&bus, 2, 4, COX_FENCE_OFF);    /* waits */
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(cox_fence_pending(bus.nodes[3].engine), 2);
    bus.agent = AGENT_WORKS;
    bus_crash(&bus, 1);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(cox_fence_pending(bus.nodes[3].engine), 0);
    assert_int_equal(bus.nodes[2].n_failed, 1);
    assert_string_equal(cox_fence_history(bus.nodes[3].engine, 0)->reason, "its origin has left");
    assert_int_equal(bus.nodes[2].n_ok, 1);
    bus_clear(&bus);
}

static void
equal_requests_merge_and_different_ones_queue(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus.no_reboot = true;
    bus_start_many(&bus, 3);
    bus_ask(&bus, 1, 4, COX_FENCE_OFF);
    bus_ask(&bus, 2, 4, COX_FENCE_OFF);
    bus_ask(&bus, 2, 4, COX_FENCE_ON);
    bus_ask(&bus, 3, 4, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n1:d1 off n4;n2:d1 on n4;");
    assert_int_equal(bus.nodes[1].n_ok, 1);
    assert_int_equal(bus.nodes[2].n_ok, 2);
    assert_int_equal(bus.nodes[3].n_ok, 1);
    bus_clear(&bus);
}

static void
who_joined_in_between_hears_that_a_merged_request_is_over(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 2);
    bus.agent = AGENT_HANGS;
    bus_ask(&bus, 1, 4, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_start(&bus, 3);
    bus_ask(&bus, 2, 4, COX_FENCE_OFF);
    bus_ask(&bus, 3, 4, COX_FENCE_ON);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(cox_fence_pending(bus.nodes[2].engine), 2);
    bus.agent = AGENT_WORKS;
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(bus.nodes[1].n_ok, 1);
    assert_int_equal(bus.nodes[2].n_ok, 1);
    assert_int_equal(bus.nodes[3].n_ok, 1);
    assert_int_equal(cox_fence_pending(bus.nodes[3].engine), 0);
    bus_clear(&bus);
}

static void
what_was_done_a_moment_ago_may_be_good_enough(void **state)
{
    struct cox_fence_request request = { .target = "n4", .action = COX_FENCE_OFF, .client = "test", .tolerance_ms = 10000 };
    struct cox_fence_event event = { .kind = COX_FENCE_ON_ASKED };
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 2);
    bus_ask(&bus, 1, 4, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(1));
    event.request = &request;
    bus_feed(&bus, 2, &event);
    assert_int_equal(bus.nodes[2].n_ok, 1);
    bus_run(&bus, bus.net.now + SECONDS(10));
    bus_feed(&bus, 2, &event);
    assert_int_equal(bus.nodes[2].n_ok, 1);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(bus.nodes[2].n_ok, 2);
    bus_clear(&bus);
}

static void
devices_go_by_priority_and_the_next_one_helps_out(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, many, 4, 0);
    bus_start_many(&bus, 2);
    bus.odd_device = "ipmi";
    bus.odd_agent = AGENT_FAILS;
    bus_ask(&bus, 1, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str,
                        "n1:ipmi reboot n3;n1:ipmi reboot n3;n2:ipmi reboot n3;n2:ipmi reboot n3;n1:pdu1 reboot 3;");
    assert_int_equal(bus.nodes[1].n_ok, 1);
    bus_ask(&bus, 1, 5, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.nodes[1].reason, "no member has a device that can do this for the node");
    bus_clear(&bus);
}

static void
levels_are_tried_in_order_and_their_devices_together(void **state)
{
    static const char *const first[] = { "ipmi" };
    static const char *const second[] = { "pdu1", "pdu2" };
    static const char *const unknown[] = { "pdu1", "nothing" };
    static const struct cox_fencelevel levels[] = {
        { COX_FENCE_TARGET_PATTERN, "^n[0-9]$", NULL, 3, second, 2 },
        { COX_FENCE_TARGET_PATTERN, "^n[0-9]$", NULL, 2, unknown, 2 },
        { COX_FENCE_TARGET_NAME, "n3", NULL, 1, first, 1 },
    };
    struct bus bus;

    (void) state;
    bus_init(&bus, many, 4, 0);
    bus.levels = levels;
    bus.n_levels = 3;
    bus.no_reboot = true;
    bus_start_many(&bus, 1);
    bus_ask(&bus, 1, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n1:ipmi reboot n3;");
    g_string_truncate(bus.log, 0);
    bus.odd_device = "ipmi";
    bus.odd_agent = AGENT_FAILS;
    bus_ask(&bus, 1, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n1:ipmi reboot n3;n1:ipmi reboot n3;n1:pdu1 off 3;n1:pdu2 off 13;n1:pdu1 on 3;n1:pdu2 on 13;");
    assert_int_equal(bus.nodes[1].n_ok, 2);
    /* Half of it is not enough. */
    g_string_truncate(bus.log, 0);
    bus.odd_device = "pdu2";
    bus_ask(&bus, 1, 2, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n1:pdu1 off 2;n1:pdu2 off 12;n1:pdu2 off 12;");
    assert_int_equal(bus.nodes[1].n_failed, 1);
    bus_clear(&bus);
}

/* cts/sim found it: two of three nodes were cut off, and stayed without power since the third had no quorum any more. */
static void
who_loses_quorum_by_fencing_gives_the_power_back(void **state)
{
    static const char *const both[] = { "pdu1", "pdu2" };
    static const struct cox_fencelevel levels[] = { { COX_FENCE_TARGET_PATTERN, "^n[0-9]$", NULL, 1, both, 2 } };
    struct bus bus;

    (void) state;
    bus_init(&bus, many, 4, 0);
    bus.levels = levels;
    bus.n_levels = 1;
    bus.no_reboot = true;
    bus_start_many(&bus, 1);
    bus_ask(&bus, 1, 3, COX_FENCE_REBOOT);
    while (strstr(bus.log->str, "pdu2 off") == NULL) {
        bus_step(&bus, bus.net.now);
    }
    bus_quorum(&bus, 1, false);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n1:pdu1 off 3;n1:pdu2 off 13;n1:pdu1 on 3;n1:pdu2 on 13;");
    assert_int_equal(bus.nodes[1].n_ok, 1);
    /* Half a fencing is not gone on with. */
    g_string_truncate(bus.log, 0);
    bus_quorum(&bus, 1, true);
    bus_ask(&bus, 1, 2, COX_FENCE_REBOOT);
    while (strstr(bus.log->str, "pdu1 off") == NULL) {
        bus_step(&bus, bus.net.now);
    }
    bus_quorum(&bus, 1, false);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n1:pdu1 off 2;");
    assert_int_equal(bus.nodes[1].n_failed, 1);
    bus_clear(&bus);
}

static void
switching_on_again_is_a_favour(void **state)
{
    static const struct cox_fencedevice_def old[] = { { .id = "old", .host_check = "none", .can = CAN_NO_REBOOT,
                                                        .action_names = { NULL, NULL, "fail", NULL, NULL, NULL } } };
    struct bus bus;

    (void) state;
    bus_init(&bus, old, 1, 0);
    bus_start_many(&bus, 1);
    bus_ask(&bus, 1, 3, COX_FENCE_REBOOT);
    while (strstr(bus.log->str, "fail") == NULL) {
        bus_step(&bus, bus.net.now);
    }
    bus.agent = AGENT_FAILS;
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n1:old off n3;n1:old fail n3;n1:old fail n3;");
    assert_int_equal(bus.nodes[1].n_ok, 1);
    bus_clear(&bus);
}

static void
unfencing_runs_on_the_node_itself(void **state)
{
    struct cox_fence_request request = { .target = "n2", .action = COX_FENCE_ON, .client = "test", .is_unfencing = true };
    struct cox_fence_event event = { .kind = COX_FENCE_ON_ASKED };
    struct bus bus;

    (void) state;
    bus_init(&bus, many, 4, 0);
    bus_start_many(&bus, 3);
    event.request = &request;
    bus_feed(&bus, 1, &event);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n2:fabric on n2;");
    assert_int_equal(bus.nodes[1].n_ok, 1);
    request.target = "n1";
    bus_crash(&bus, 1);
    bus_feed(&bus, 2, &event);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(bus.nodes[2].n_failed, 1); /* it must be there to be unfenced */
    bus_clear(&bus);
}

static void
delays_hold_back_the_first_device_only(void **state)
{
    static const struct cox_fencedevice_def slow[] = {
        { .id = "a", .host_check = "none", .delay_base = "n3:5s;n4:1s", .delay_max = "5s", .can = CAN_ALL },
        { .id = "b", .host_check = "none", .delay_base = "60s", .can = CAN_ALL },
    };
    struct cox_fence_request request = { .target = "n3", .action = COX_FENCE_REBOOT, .client = "test", .delay_ms = 10000 };
    struct cox_fence_event event = { .kind = COX_FENCE_ON_ASKED };
    struct bus bus;

    (void) state;
    bus_init(&bus, slow, 2, 0);
    bus_start_many(&bus, 1);
    bus.odd_device = "a";
    bus.odd_agent = AGENT_FAILS;
    event.request = &request;
    bus_feed(&bus, 1, &event);
    bus_run(&bus, bus.net.now + SECONDS(15) - 1000);
    assert_string_equal(bus.log->str, "");
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n1:a reboot n3;n1:a reboot n3;n1:b reboot n3;");
    request.delay_ms = -1;
    bus_feed(&bus, 1, &event);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(bus.nodes[1].n_ok, 2);
    bus_clear(&bus);
}

static void
agents_are_asked_whom_they_know(void **state)
{
    static const struct cox_fencedevice_def asked[] = {
        { .id = "list", .can = CAN_ALL, .host_map = "n3:three", .host_check = "dynamic-list", .action_limit = 1 },
        { .id = "status", .can = { true, true, true, false, true, true }, .action_limit = 1 },
        { .id = "banned", .host_check = "none", .can = CAN_ALL, .is_banned_here = true },
        { .id = "useless", .host_check = "none", .can = { false } },
    };
    struct bus bus;

    (void) state;
    bus_init(&bus, asked, 4, 0);
    bus.list_output = "three\nother\n";
    bus_start_many(&bus, 2);
    bus_ask(&bus, 1, 3, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n1:list off three;");
    bus.list_output = "other\n";
    bus_ask(&bus, 1, 3, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n1:list off three;n1:status off n3;");
    /* A list that hangs holds nothing up for longer than the grace, as others know the node. */
    bus.odd_device = "list";
    bus.odd_agent = AGENT_HANGS;
    g_string_truncate(bus.log, 0);
    bus_ask(&bus, 1, 3, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n1:status off n3;");
    bus_run(&bus, bus.net.now + SECONDS(200)); /* the killed runs end without having anybody to tell */
    /* If nobody knows it, the answers are waited for no longer than that. */
    bus.agent = AGENT_FAILS;
    bus.net.is_stopped[2] = true;
    bus_ask(&bus, 1, 3, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(19));
    assert_int_equal(cox_fence_pending(bus.nodes[1].engine), 1);
    bus_run(&bus, bus.net.now + SECONDS(2));
    assert_int_equal(cox_fence_pending(bus.nodes[1].engine), 0);
    bus_clear(&bus);
}

static void
a_human_s_word_releases_what_waits(void **state)
{
    struct cox_fence_request request = { .target = "n4", .client = "root" };
    struct cox_fence_event event = { .kind = COX_FENCE_ON_CONFIRMED };
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 2);
    bus.agent = AGENT_HANGS;
    bus_ask(&bus, 1, 4, COX_FENCE_REBOOT);
    bus_ask(&bus, 1, 4, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_quorum(&bus, 2, false);
    event.request = &request;
    bus_feed(&bus, 2, &event);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(bus.nodes[1].n_ok, 2);
    assert_int_equal(cox_fence_pending(bus.nodes[2].engine), 0);
    assert_true(cox_fence_history(bus.nodes[1].engine, 0)->is_confirmed);
    assert_string_equal(cox_fence_history(bus.nodes[1].engine, 0)->client, "root");
    bus_run(&bus, bus.net.now + SECONDS(100)); /* the agent's end interests nobody any more */
    assert_int_equal(bus.nodes[1].n_records, 1);
    bus_clear(&bus);
}

static void
a_device_that_lies_is_found_out_before_it_is_believed(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 3);
    bus.agent = AGENT_LIES;
    bus_ask(&bus, 1, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + 390000);
    assert_int_equal(bus.nodes[1].n_failed, 0); /* it may go down a moment later */
    bus_run(&bus, bus.net.now + 100000);
    assert_int_equal(bus.nodes[1].n_ok, 0); /* nobody ever thought that it is down */
    assert_int_equal(bus.nodes[1].n_failed, 1);
    assert_non_null(strstr(bus.nodes[1].reason, "still there"));
    assert_true(bus.nodes[3].n_reacts >= 1); /* it hears that it should be dead */
    assert_int_equal(bus.nodes[1].n_bars, 1);
    assert_int_equal(bus.nodes[2].n_bars, 1);
    assert_int_equal(bus.nodes[3].n_bars, 0);
    assert_int_equal(bus.nodes[1].n_bars_to_say + bus.nodes[2].n_bars_to_say, 1);
    assert_true(cox_fence_is_barred(bus.nodes[2].engine, "n3"));
    bus_run(&bus, bus.net.now + SECONDS(50));
    assert_string_equal(bus.log->str, "n1:d1 reboot n3;n1:d1 reboot n3;"); /* again at once, then after a pause */
    bus_run(&bus, bus.net.now + SECONDS(80));
    assert_string_equal(bus.log->str, "n1:d1 reboot n3;n1:d1 reboot n3;n1:d1 reboot n3;");
    assert_int_equal(bus.nodes[1].n_bars, 1); /* said once */
    bus.agent = AGENT_WORKS;
    bus_run(&bus, bus.net.now + SECONDS(600));
    assert_int_equal(bus.nodes[3].n_fenced, 1);
    assert_false(cox_fence_is_barred(bus.nodes[2].engine, "n3"));
    bus_clear(&bus);
}

static void
a_liar_s_fencer_that_leaves_is_no_proof(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 3);
    bus.agent = AGENT_LIES;
    bus_ask(&bus, 1, 3, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + 100000);
    cox_testbus_leave(&bus.net, 3, false); /* only the process */
    g_clear_pointer(&bus.nodes[3].engine, cox_fence_free);
    bus_run(&bus, bus.net.now + 500000);
    assert_int_equal(bus.nodes[1].n_ok, 0);
    assert_int_equal(bus.nodes[1].n_failed, 1);
    assert_int_equal(bus.nodes[2].n_bars, 1);
    bus_clear(&bus);
}

static void
a_device_may_be_late_and_a_node_quick(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 3);
    bus.agent = AGENT_LIES;
    bus_ask(&bus, 1, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + 200000);
    assert_int_equal(bus.nodes[1].n_ok, 0);
    bus_crash(&bus, 3); /* the power goes a moment after the device said so */
    bus_run(&bus, bus.net.now + 1000);
    assert_int_equal(bus.nodes[1].n_ok, 1);
    assert_int_equal(bus.nodes[2].n_records, 1);
    bus.nodes[3].incarnation += 100;
    bus_start(&bus, 3);
    bus_run(&bus, bus.net.now + SECONDS(100));
    assert_int_equal(bus.nodes[1].n_bars + bus.nodes[2].n_bars + bus.nodes[3].n_reacts, 0);
    assert_int_equal(bus.nodes[1].n_failed, 0);
    bus_clear(&bus);
}

static void
a_new_life_in_the_ring_is_proof_of_the_end_of_the_old_one(void **state)
{
    struct cox_fence_event event = { .kind = COX_FENCE_ON_MESSAGE };
    struct cox_fence_message hello = { .kind = COX_FENCE_HELLO, .name = "n3", .incarnation = 77 };
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 3);
    bus.agent = AGENT_LIES;
    bus_ask(&bus, 1, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + 100000);
    event.message.sender = 3;
    event.message.message = &hello;
    bus_feed(&bus, 1, &event);
    bus_run(&bus, bus.net.now + 1000);
    assert_int_equal(bus.nodes[1].n_ok, 1);
    bus_run(&bus, bus.net.now + SECONDS(100));
    assert_int_equal(bus.nodes[1].n_bars, 0);
    bus_clear(&bus);
}

static void
what_is_said_late_about_an_earlier_life_concerns_nobody(void **state)
{
    struct cox_fence_event event = { .kind = COX_FENCE_ON_MESSAGE };
    struct cox_fence_message done = { .kind = COX_FENCE_DONE, .record = { .id = { 1, 99 }, .target = "n3", .action = COX_FENCE_REBOOT,
                                                                              .is_ok = true, .incarnation = 4711 } };
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 3);
    event.message.sender = 1;
    event.message.message = &done;
    bus_feed(&bus, 3, &event);
    bus_feed(&bus, 2, &event);
    assert_int_equal(bus.nodes[3].n_reacts, 0);
    bus_start(&bus, 4); /* all say who they are */
    bus_run(&bus, bus.net.now + SECONDS(100));
    assert_int_equal(bus.nodes[2].n_bars, 0);
    done.record.id.serial++;
    done.record.incarnation = bus.nodes[3].incarnation;
    bus_feed(&bus, 3, &event);
    assert_int_equal(bus.nodes[3].n_reacts, 1);
    bus_clear(&bus);
}

static void
without_a_ring_and_quorum_a_doubt_is_no_proof(void **state)
{
    struct cox_fence_event event = { .kind = COX_FENCE_ON_VIEW };
    const struct cox_fence_member self = { 1, "n1" };
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 3);
    bus.agent = AGENT_LIES;
    bus_ask(&bus, 1, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + 100000);
    bus_quorum(&bus, 1, false);
    event.view.members = &self; /* the connection is gone */
    event.view.n = 1;
    bus_feed(&bus, 1, &event);
    bus_run(&bus, bus.net.now + 1000);
    assert_int_equal(bus.nodes[1].n_ok, 0);
    assert_int_equal(bus.nodes[1].n_failed, 1);
    assert_string_equal(bus.nodes[1].reason, "this partition has no quorum");
    bus_clear(&bus);
}

static void
a_fenced_node_that_comes_back_without_a_boot_is_barred(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 3);
    bus_move(&bus, 3, 1);
    bus_quorum(&bus, 3, false);
    bus.agent = AGENT_LIES;
    bus_ask(&bus, 2, 3, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(10));
    assert_int_equal(bus.nodes[2].n_ok, 1);
    assert_int_equal(bus.nodes[1].n_bars, 0);
    bus.agent = AGENT_WORKS;
    bus.no_reboot = true;
    bus_move(&bus, 3, 0);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(bus.nodes[1].n_bars, 1);
    assert_int_equal(bus.nodes[3].n_reacts, 1); /* it takes itself down, whatever its device does */
    assert_int_equal(bus.nodes[3].n_fenced, 1);
    assert_false(cox_fence_is_barred(bus.nodes[1].engine, "n3")); /* now it is down */
    bus_clear(&bus);
}

static void
a_liar_whose_fencing_fails_stays_barred_and_is_tried_on(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 3);
    bus.agent = AGENT_LIES;
    bus_ask(&bus, 1, 3, COX_FENCE_REBOOT);
    bus_run(&bus, bus.net.now + SECONDS(2));
    bus.agent = AGENT_FAILS;
    bus_run(&bus, bus.net.now + SECONDS(600));
    assert_true(cox_fence_is_barred(bus.nodes[1].engine, "n3"));
    assert_true(bus.nodes[1].n_records >= 4);
    bus_crash(&bus, 1); /* the next member goes on */
    bus.agent = AGENT_WORKS;
    bus_run(&bus, bus.net.now + SECONDS(600));
    assert_int_equal(bus.nodes[3].n_fenced, 1);
    bus_clear(&bus);
}

static void
a_newcomer_learns_the_history(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 2);
    bus_ask(&bus, 1, 4, COX_FENCE_OFF);
    bus_ask(&bus, 1, 5, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_start(&bus, 3);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(cox_fence_history(bus.nodes[3].engine, 0)->target, "n4");
    assert_string_equal(cox_fence_history(bus.nodes[3].engine, 1)->target, "n5");
    assert_null(cox_fence_history(bus.nodes[1].engine, 2)); /* and nobody hears it twice */
    bus_clear(&bus);
}

static void
a_device_that_disappears_meanwhile_fails_its_way(void **state)
{
    struct cox_fence_event event = { .kind = COX_FENCE_ON_DEVICES };
    struct bus bus;

    (void) state;
    bus_init(&bus, many, 4, 0);
    bus_start_many(&bus, 2);
    bus.agent = AGENT_HANGS;
    bus_ask(&bus, 1, 3, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(1));
    event.devices.defs = many;
    event.devices.n = 1;
    bus_feed(&bus, 1, &event);
    event.devices.n = 0;
    bus_feed(&bus, 2, &event);
    bus_run(&bus, bus.net.now + SECONDS(200));
    assert_int_equal(bus.nodes[1].n_failed, 1);
    assert_string_equal(bus.nodes[1].reason, "this member does not know the device");
    bus_clear(&bus);
}

static void
what_does_not_fit_is_ignored(void **state)
{
    struct cox_fence_message message = { .kind = COX_FENCE_CAN, .id = { 1, 9 }, .executor = 1 };
    struct cox_fence_event event = { .kind = COX_FENCE_ON_MESSAGE };
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 2);
    event.message.sender = 2;
    event.message.message = &message;
    bus_feed(&bus, 1, &event);
    message.kind = COX_FENCE_RESULT;
    bus_feed(&bus, 1, &event);
    message.kind = COX_FENCE_EXEC; /* not from the origin */
    message.device = "d1";
    bus_feed(&bus, 1, &event);
    event.kind = COX_FENCE_ON_ENDED;
    event.ended.run = 99;
    bus_feed(&bus, 1, &event);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "");
    event.kind = COX_FENCE_ON_ATTRIBUTE;
    event.attribute.node = "n1";
    event.attribute.name = "rack";
    event.attribute.value = "1";
    bus_feed(&bus, 1, &event);
    cox_fence_free(NULL);
    bus_clear(&bus);
}

COX_TEST_MAIN(cmocka_unit_test(a_lost_node_is_fenced_and_everybody_knows),
              cmocka_unit_test(without_quorum_nobody_is_fenced),
              cmocka_unit_test(a_failing_agent_is_tried_twice_and_then_from_another_node),
              cmocka_unit_test(a_hanging_agent_is_killed_and_never_counts_as_success),
              cmocka_unit_test(an_executor_that_stays_mute_or_leaves_is_replaced),
              cmocka_unit_test(an_operation_ends_when_its_origin_leaves),
              cmocka_unit_test(equal_requests_merge_and_different_ones_queue),
              cmocka_unit_test(who_joined_in_between_hears_that_a_merged_request_is_over),
              cmocka_unit_test(what_was_done_a_moment_ago_may_be_good_enough),
              cmocka_unit_test(devices_go_by_priority_and_the_next_one_helps_out),
              cmocka_unit_test(levels_are_tried_in_order_and_their_devices_together),
              cmocka_unit_test(who_loses_quorum_by_fencing_gives_the_power_back),
              cmocka_unit_test(switching_on_again_is_a_favour), cmocka_unit_test(unfencing_runs_on_the_node_itself),
              cmocka_unit_test(delays_hold_back_the_first_device_only), cmocka_unit_test(agents_are_asked_whom_they_know),
              cmocka_unit_test(a_human_s_word_releases_what_waits),
              cmocka_unit_test(a_device_that_lies_is_found_out_before_it_is_believed),
              cmocka_unit_test(a_liar_s_fencer_that_leaves_is_no_proof),
              cmocka_unit_test(a_device_may_be_late_and_a_node_quick),
              cmocka_unit_test(a_new_life_in_the_ring_is_proof_of_the_end_of_the_old_one),
              cmocka_unit_test(what_is_said_late_about_an_earlier_life_concerns_nobody),
              cmocka_unit_test(without_a_ring_and_quorum_a_doubt_is_no_proof),
              cmocka_unit_test(a_fenced_node_that_comes_back_without_a_boot_is_barred),
              cmocka_unit_test(a_liar_whose_fencing_fails_stays_barred_and_is_tried_on),
              cmocka_unit_test(a_newcomer_learns_the_history),
              cmocka_unit_test(a_device_that_disappears_meanwhile_fails_its_way),
              cmocka_unit_test(what_does_not_fit_is_ignored))
