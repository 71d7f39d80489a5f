/* Tests of lib/fence/fencegreet.c and fencejoin.c: who joins hears what is under way */
#include "fence/fencegreet.h"

#include "base/testkit.h"

#include "fencebus.h"

#define SECONDS(n) ((cox_usec) (n) * COX_USEC_PER_S)
#define CAN_ALL { true, true, true, true, true, true }

static const struct cox_fencedevice_def one[] = { { .id = "d1", .host_check = "none", .can = CAN_ALL, .action_limit = 1 } };

/* n1 has n4 fenced, which takes its time; n2 is there. */
static void
begin(struct bus *bus)
{
    bus_init(bus, one, 1, 0);
    bus->no_reboot = true;
    bus_start_many(bus, 2);
    bus->agent = AGENT_HANGS;
    bus_ask(bus, 1, 4, COX_FENCE_OFF);
    bus_run(bus, bus->net.now + SECONDS(1));
}

static void
who_joins_hears_what_is_under_way(void **state)
{
    struct bus bus;

    (void) state;
    begin(&bus);
    bus_ask(&bus, 2, 4, COX_FENCE_OFF);
    bus_start(&bus, 3);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(cox_fence_pending(bus.nodes[3].engine), 1);
    assert_int_equal(cox_fence_op(bus.nodes[3].engine, 0)->id.origin, 1);
    bus_ask(&bus, 3, 4, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus.agent = AGENT_WORKS;
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n1:d1 off n4;");
    for (guint i = 1; i <= 3; i++) {
        assert_int_equal(bus.nodes[i].n_ok, 1);
        assert_int_equal(cox_fence_pending(bus.nodes[i].engine), 0);
    }
    bus_clear(&bus);
}

/* Whatever of the two is heard first by whom. */
static void
a_request_at_the_moment_of_joining_merges_too(void **state)
{
    (void) state;
    for (guint steps = 0; steps < 30; steps++) {
        struct bus bus;

        begin(&bus);
        bus_start(&bus, 3);
        for (guint i = 0; i < steps; i++) {
            bus_step(&bus, bus.net.now);
        }
        bus_ask(&bus, 3, 4, COX_FENCE_OFF);
        bus_ask(&bus, 2, 4, COX_FENCE_OFF);
        bus_run(&bus, bus.net.now + SECONDS(1));
        bus.agent = AGENT_WORKS;
        bus_run(&bus, bus.net.now + SECONDS(1));
        assert_string_equal(bus.log->str, "n1:d1 off n4;");
        for (guint i = 1; i <= 3; i++) {
            assert_int_equal(bus.nodes[i].n_ok, 1);
            assert_int_equal(cox_fence_pending(bus.nodes[i].engine), 0);
        }
        bus_clear(&bus);
    }
}

/* The fencer that was asked first dies and comes back, then the other one; who was asked last by then merges with what is under way. */
static void
fencers_that_die_one_after_the_other_do_not_fence_twice(void **state)
{
    struct bus bus;

    (void) state;
    begin(&bus);
    bus_crash(&bus, 1); /* its agent with it */
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_start(&bus, 1);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_ask(&bus, 1, 4, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_crash(&bus, 2);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_start(&bus, 2);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_ask(&bus, 2, 4, COX_FENCE_OFF);
    bus.agent = AGENT_WORKS;
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n1:d1 off n4;n1:d1 off n4;");
    assert_int_equal(bus.nodes[1].n_ok, 1);
    assert_int_equal(bus.nodes[2].n_ok, 1);
    bus_clear(&bus);
}

static void
what_waits_its_turn_stays_behind(void **state)
{
    struct bus bus;

    (void) state;
    begin(&bus);
    bus_ask(&bus, 2, 4, COX_FENCE_ON);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_start(&bus, 3);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(cox_fence_pending(bus.nodes[3].engine), 2);
    assert_int_equal(cox_fence_op(bus.nodes[3].engine, 0)->action, COX_FENCE_OFF);
    assert_int_equal(cox_fence_op(bus.nodes[3].engine, 1)->state, COX_FENCEOP_QUEUED);
    bus.agent = AGENT_WORKS;
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_string_equal(bus.log->str, "n1:d1 off n4;n2:d1 on n4;");
    assert_int_equal(cox_fence_pending(bus.nodes[3].engine), 0);
    bus_clear(&bus);
}

static void
a_member_that_stays_mute_holds_nothing_up_for_long(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus.no_reboot = true;
    bus_start_many(&bus, 2);
    bus.net.is_stopped[2] = true;
    bus_start(&bus, 3);
    bus_run(&bus, bus.net.now + COX_USEC_PER_MS);
    bus_ask(&bus, 3, 4, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(2));
    assert_string_equal(bus.log->str, "");
    bus_run(&bus, bus.net.now + SECONDS(2));
    assert_non_null(strstr(bus.log->str, "off n4;"));
    bus_clear(&bus);
}

static void
what_a_human_confirmed_meanwhile_is_over_for_who_joined(void **state)
{
    struct cox_fence_request request = { .target = "n4", .client = "root" };
    struct cox_fence_event event = { .kind = COX_FENCE_ON_CONFIRMED };

    (void) state;
    for (guint steps = 0; steps < 30; steps++) {
        struct bus bus;

        begin(&bus);
        bus_start(&bus, 3);
        for (guint i = 0; i < steps; i++) {
            bus_step(&bus, bus.net.now);
        }
        event.request = &request;
        bus_feed(&bus, 2, &event);
        bus_run(&bus, bus.net.now + SECONDS(1));
        assert_int_equal(cox_fence_pending(bus.nodes[3].engine), 0);
        assert_int_equal(bus.nodes[1].n_ok, 1);
        bus_clear(&bus);
    }
}

/* ---- lives ---- */

static void
ask_life(struct bus *bus, guint at, guint64 life)
{
    const struct cox_fence_request request = { .target = "n3", .action = COX_FENCE_OFF, .client = "test", .life = life };
    struct cox_fence_event event = { .kind = COX_FENCE_ON_ASKED };

    event.request = &request;
    bus_feed(bus, at, &event);
}

/* The device has done its work and goes on working; the node boots, and is lost again: that is another matter. */
static void
a_request_for_a_later_life_does_not_merge_with_an_operation_for_an_earlier_one(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 3);
    bus.no_reboot = true;
    bus.agent = AGENT_HANGS;
    bus_crash(&bus, 3);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_ask(&bus, 1, 3, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(cox_fence_op(bus.nodes[2].engine, 0)->incarnation, 103);
    bus.nodes[3].incarnation = 203;
    bus_start(&bus, 3);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_crash(&bus, 3);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_ask(&bus, 2, 3, COX_FENCE_OFF); /* for 203, which the fencer knows */
    ask_life(&bus, 2, 103);             /* who asks has not heard of 203 yet */
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(cox_fence_pending(bus.nodes[1].engine), 2);
    bus.agent = AGENT_WORKS;
    bus_run(&bus, bus.net.now + SECONDS(2));
    assert_string_equal(bus.log->str, "n1:d1 off n3;n2:d1 off n3;");
    assert_int_equal(bus.nodes[2].n_ok, 2);
    assert_int_equal(cox_fence_history(bus.nodes[1].engine, 0)->incarnation, 103);
    assert_int_equal(cox_fence_history(bus.nodes[1].engine, 1)->incarnation, 203);
    bus_clear(&bus);
}

static void
a_fencer_that_joins_learns_in_which_life_a_lost_node_was(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, one, 1, 0);
    bus_start_many(&bus, 3);
    bus.no_reboot = true;
    bus_crash(&bus, 3);
    bus_crash(&bus, 2);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_start(&bus, 2);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_ask(&bus, 2, 3, COX_FENCE_OFF);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(cox_fence_history(bus.nodes[1].engine, 0)->incarnation, 103);
    bus_clear(&bus);
}

/* ---- by itself ---- */

static void
a_hello_counts_for_its_view_only(void **state)
{
    const guint32 two[] = { 1, 2 }, three[] = { 1, 2, 3 };
    g_autoptr(GArray) members = g_array_new(FALSE, FALSE, sizeof(guint32));
    struct cox_fencegreet greet;
    guint64 mark = 0;

    (void) state;
    cox_fencegreet_init(&greet);
    assert_false(cox_fencegreet_is_waiting(&greet, 0));
    g_array_append_vals(members, two, 2);
    cox_fencegreet_begin(&greet, members, SECONDS(5));
    mark = greet.mark;
    g_array_set_size(members, 0);
    g_array_append_vals(members, three, 3);
    cox_fencegreet_begin(&greet, members, SECONDS(5));
    assert_true(greet.mark != mark);
    cox_fencegreet_note_hello(&greet, 1, mark); /* of the view before */
    cox_fencegreet_note_hello(&greet, 1, greet.mark);
    cox_fencegreet_note_hello(&greet, 2, greet.mark);
    cox_fencegreet_note_hello(&greet, 9, greet.mark);
    assert_true(cox_fencegreet_is_waiting(&greet, SECONDS(4)));
    assert_false(cox_fencegreet_is_waiting(&greet, SECONDS(5)));
    g_array_set_size(members, 2);
    cox_fencegreet_shrink(&greet, members); /* the one that was missing has left */
    assert_false(cox_fencegreet_is_waiting(&greet, SECONDS(4)));
    cox_fencegreet_clear(&greet);
}

COX_TEST_MAIN(cmocka_unit_test(who_joins_hears_what_is_under_way), cmocka_unit_test(a_request_at_the_moment_of_joining_merges_too),
              cmocka_unit_test(fencers_that_die_one_after_the_other_do_not_fence_twice),
              cmocka_unit_test(what_waits_its_turn_stays_behind), cmocka_unit_test(a_member_that_stays_mute_holds_nothing_up_for_long),
              cmocka_unit_test(what_a_human_confirmed_meanwhile_is_over_for_who_joined),
              cmocka_unit_test(a_request_for_a_later_life_does_not_merge_with_an_operation_for_an_earlier_one),
              cmocka_unit_test(a_fencer_that_joins_learns_in_which_life_a_lost_node_was),
              cmocka_unit_test(a_hello_counts_for_its_view_only))
