/* Tests of lib/election/election.c: stories */
#include "election/election.h"

#include <string.h>

#include "base/testkit.h"

#include "electionbus.h"

#define SECONDS(n) ((cox_usec) (n) * COX_USEC_PER_S)

static void
start_three(struct bus *bus)
{
    bus_init(bus, &bus_config, 0);
    for (guint i = 1; i <= 3; i++) {
        bus_start(bus, i, 3);
    }
    bus_run(bus, bus->net.now + 1000);
}

static void
nobody_waits_when_all_expected_nodes_are_there(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, &bus_config, 0);
    bus_start(&bus, 1, 3);
    bus_start(&bus, 2, 3);
    bus_run(&bus, bus.net.now + SECONDS(10));
    assert_false(bus.nodes[1].has_coordinator);
    bus_start(&bus, 3, 3);
    bus_run(&bus, bus.net.now + SECONDS(1) / 10);
    bus_check_settled(&bus);
    assert_int_equal(cox_election_term(bus.nodes[2].engine).coordinator, 1);
    assert_int_equal(bus.nodes[1].n_plans, 1);
    assert_int_equal(bus.nodes[3].n_admitted, 1);
    bus_clear(&bus);
}

static void
missing_nodes_are_waited_for_no_longer_than_dc_deadtime(void **state)
{
    struct bus bus;
    cox_usec begin = 0;

    (void) state;
    bus_init(&bus, &bus_config, 0);
    begin = bus.net.now;
    bus_start(&bus, 2, 3);
    bus_run(&bus, begin + SECONDS(12));
    bus_start(&bus, 3, 3);
    bus_run(&bus, begin + SECONDS(20) - 1000);
    assert_false(bus.nodes[2].has_coordinator);
    bus_run(&bus, begin + SECONDS(20) + SECONDS(1) / 10);
    bus_check_settled(&bus);
    assert_int_equal(cox_election_term(bus.nodes[3].engine).coordinator, 2);
    /* The late one changes nothing. */
    bus_start(&bus, 1, 3);
    bus_run(&bus, bus.net.now + SECONDS(1) / 10);
    bus_check_settled(&bus);
    assert_int_equal(cox_election_term(bus.nodes[1].engine).coordinator, 2);
    assert_int_equal(cox_election_term(bus.nodes[1].engine).generation, 1);
    bus_clear(&bus);
}

static void
what_is_expected_may_be_learned_late(void **state)
{
    static const guint32 only_me[] = { 1 };
    struct cox_election_event event = { .kind = COX_ELECTION_ON_EXPECTED };
    struct cox_election_effects out;
    struct bus bus;

    (void) state;
    bus_init(&bus, &bus_config, 0);
    bus_start(&bus, 1, 2);
    bus_run(&bus, bus.net.now + 1000);
    cox_election_effects_init(&out);
    event.nodes.nodes = only_me;
    event.nodes.n = 1;
    cox_election_step(bus.nodes[1].engine, &event, bus.net.now, &out);
    assert_int_equal(cox_election_effects_get(&out, 0)->kind, COX_ELECTION_DO_SEND);
    assert_int_equal(cox_election_effects_get(&out, 0)->message.kind, COX_ELECTION_CALL);
    cox_election_effects_clear(&out);
    bus_clear(&bus);
}

static void
a_dead_coordinator_is_replaced_at_once_under_a_new_number(void **state)
{
    struct bus bus;

    (void) state;
    start_three(&bus);
    bus_crash(&bus, 1);
    bus_run(&bus, bus.net.now + SECONDS(1) / 10);
    bus_check_settled(&bus);
    assert_int_equal(cox_election_term(bus.nodes[3].engine).coordinator, 2);
    assert_int_equal(cox_election_term(bus.nodes[3].engine).generation, 2);
    assert_false(bus_accepts(&bus, 3, 1, 1));
    assert_true(bus_accepts(&bus, 3, 2, 2));
    assert_int_equal(bus.nodes[2].n_plans, 1);
    bus_clear(&bus);
}

/* Each of these messages would be waited for before there is a plan. */
static void
who_has_voted_is_not_asked_what_it_can_do(void **state)
{
    struct bus bus;

    (void) state;
    start_three(&bus);
    memset(bus.n_sent, 0, sizeof bus.n_sent);
    bus_crash(&bus, 1);
    bus_run(&bus, bus.net.now + SECONDS(1) / 10);
    bus_check_settled(&bus);
    assert_int_equal(bus.n_sent[COX_ELECTION_OFFER], 0);
    assert_int_equal(bus.n_sent[COX_ELECTION_REQUEST], 0);
    assert_int_equal(bus.n_sent[COX_ELECTION_ACK], 0); /* each knows that its vote has counted */
    assert_int_equal(bus.n_sent[COX_ELECTION_CONFIRM], 2);
    bus_clear(&bus);
}

static void
a_dead_member_does_not_disturb_the_coordinator(void **state)
{
    struct bus bus;
    guint n_messages = 0;

    (void) state;
    start_three(&bus);
    n_messages = bus.net.n_messages;
    bus_crash(&bus, 3);
    bus_run(&bus, bus.net.now + 1000);
    bus_check_settled(&bus);
    assert_int_equal(bus.net.n_messages, n_messages);
    assert_int_equal(bus.nodes[1].n_settled, 1);
    bus_clear(&bus);
}

static void
an_older_node_takes_over_and_a_too_old_one_is_refused(void **state)
{
    struct bus bus;
    struct cox_election_event event = { .kind = COX_ELECTION_ON_REQUIRED };
    struct cox_election_effects out;

    (void) state;
    bus_init(&bus, &bus_config, 0);
    bus.nodes[3].features = 4;
    bus.nodes[4].features = 3;
    bus_start(&bus, 1, 2);
    bus_start(&bus, 2, 2);
    bus_run(&bus, bus.net.now + 1000);
    cox_election_effects_init(&out);
    event.required = 4;
    cox_election_step(bus.nodes[1].engine, &event, bus.net.now, &out);
    cox_election_effects_clear(&out);
    bus_start(&bus, 3, 2);
    bus_run(&bus, bus.net.now + SECONDS(1) / 10);
    bus_check_settled(&bus);
    assert_int_equal(cox_election_term(bus.nodes[1].engine).coordinator, 3);
    assert_int_equal(bus.nodes[1].settled.features, 4);
    bus_start(&bus, 4, 2);
    bus_run(&bus, bus.net.now + SECONDS(1) / 10);
    assert_int_equal(bus.nodes[4].n_refused, 1);
    assert_int_equal(cox_election_phase(bus.nodes[3].engine, 4), COX_JOIN_REFUSED);
    assert_int_equal(bus.nodes[1].settled.features, 4);
    assert_true(cox_election_may_act(bus.nodes[3].engine));
    bus_clear(&bus);
}

static void
a_stopped_coordinator_is_replaced_and_comes_back_as_a_member(void **state)
{
    struct bus bus;

    (void) state;
    start_three(&bus);
    bus.net.is_stopped[1] = true;
    bus_run(&bus, bus.net.now + SECONDS(9));
    assert_true(bus_accepts(&bus, 2, 2, 2));
    assert_true(bus_accepts(&bus, 3, 2, 2));
    assert_false(cox_election_may_act(bus.nodes[2].engine)); /* node 1 has not reported */
    assert_int_equal(cox_election_phase(bus.nodes[2].engine, 1), COX_JOIN_OFFERED);
    assert_true(cox_election_may_act(bus.nodes[1].engine));  /* it still thinks so ... */
    assert_false(bus_accepts(&bus, 3, 1, 1));                /* ... but nobody listens */
    bus.net.is_stopped[1] = false;
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_check_settled(&bus);
    assert_int_equal(cox_election_term(bus.nodes[1].engine).coordinator, 2);
    bus_clear(&bus);
}

static void
who_was_stopped_itself_reads_its_queue_before_it_blames_others(void **state)
{
    struct bus bus;

    (void) state;
    start_three(&bus);
    bus.net.is_stopped[3] = true;
    bus_run(&bus, bus.net.now + SECONDS(20));
    bus.net.is_stopped[3] = false;
    /* Its timer fires first, the beacons are still queued. */
    for (guint i = 0; i < 2; i++) {
        struct cox_election_effects out;

        cox_election_effects_init(&out);
        cox_election_step(bus.nodes[3].engine, &(struct cox_election_event) { .kind = COX_ELECTION_ON_WAKE }, bus.net.now, &out);
        for (guint e = 0; e < cox_election_effects_count(&out); e++) {
            assert_int_equal(cox_election_effects_get(&out, e)->kind, COX_ELECTION_DO_WAKE);
        }
        cox_election_effects_clear(&out);
    }
    bus.net.wake_at[3] = bus.net.now + SECONDS(1);
    bus_run(&bus, bus.net.now + SECONDS(5));
    bus_check_settled(&bus);
    assert_int_equal(cox_election_term(bus.nodes[3].engine).generation, 1);
    bus_clear(&bus);
}

static void
a_mute_member_delays_the_vote_and_then_only_itself(void **state)
{
    struct bus bus;

    (void) state;
    start_three(&bus);
    bus.net.is_stopped[3] = true;
    bus_crash(&bus, 1);
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_false(bus.nodes[2].has_coordinator);
    bus_run(&bus, bus.net.now + SECONDS(2));
    assert_true(bus_accepts(&bus, 2, 2, 2));
    assert_false(cox_election_may_act(bus.nodes[2].engine));
    bus_run(&bus, bus.net.now + SECONDS(181));
    assert_int_equal(cox_election_phase(bus.nodes[2].engine, 3), COX_JOIN_SILENT);
    assert_true(cox_election_may_act(bus.nodes[2].engine));
    bus.net.is_stopped[3] = false;
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_check_settled(&bus);
    assert_int_equal(cox_election_phase(bus.nodes[2].engine, 3), COX_JOIN_JOINED);
    bus_clear(&bus);
}

static void
a_mute_member_with_older_software_leads_when_it_wakes(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, &bus_config, 0);
    bus.nodes[3].features = 4;
    for (guint i = 1; i <= 3; i++) {
        bus_start(&bus, i, 3);
    }
    bus.net.is_stopped[3] = true;
    bus_run(&bus, bus.net.now + SECONDS(3));
    assert_int_equal(cox_election_term(bus.nodes[2].engine).coordinator, 1);
    bus.net.is_stopped[3] = false;
    bus_run(&bus, bus.net.now + SECONDS(5));
    bus_check_settled(&bus);
    assert_int_equal(cox_election_term(bus.nodes[1].engine).coordinator, 3);
    assert_int_equal(bus.nodes[2].settled.features, 4);
    bus_clear(&bus);
}

static void
two_coordinators_after_a_heal_become_one(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, &bus_config, 0);
    for (guint i = 1; i <= 5; i++) {
        bus_start(&bus, i, 5);
    }
    bus_run(&bus, bus.net.now + 5000);
    bus_move(&bus, 4, 1);
    bus_move(&bus, 5, 1);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_check_settled(&bus);
    assert_int_equal(cox_election_term(bus.nodes[5].engine).coordinator, 4);
    assert_int_equal(cox_election_term(bus.nodes[2].engine).coordinator, 1);
    bus_move(&bus, 4, 0);
    bus_move(&bus, 5, 0);
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_check_settled(&bus);
    for (guint i = 1; i <= 5; i++) {
        assert_int_equal(cox_election_term(bus.nodes[i].engine).coordinator,
                         cox_election_term(bus.nodes[1].engine).coordinator);
        assert_false(bus_accepts(&bus, i, 1, 1));
        assert_false(bus_accepts(&bus, i, 4, 2));
    }
    bus_clear(&bus);
}

static void
who_leaves_in_the_middle_is_not_waited_for(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, &bus_config, 0);
    for (guint i = 1; i <= 3; i++) {
        bus_start(&bus, i, 3);
    }
    /* Run until node 1 waits for node 3's report only, which has got nothing done since it voted. */
    while (cox_election_phase(bus.nodes[1].engine, 2) != COX_JOIN_JOINED) {
        bus.net.is_stopped[3] = bus.nodes[3].has_coordinator;
        assert_true(bus_step(&bus, bus.net.now + 1000));
    }
    assert_false(cox_election_may_act(bus.nodes[1].engine));
    bus_crash(&bus, 3);
    bus_run(&bus, bus.net.now + 1000);
    assert_true(cox_election_may_act(bus.nodes[1].engine));
    assert_int_equal(bus.nodes[1].n_plans, 1);
    bus_clear(&bus);
}

static void
who_is_leaving_hands_over_at_the_next_election(void **state)
{
    struct bus bus;
    struct cox_election_effects out;

    (void) state;
    start_three(&bus);
    cox_election_effects_init(&out);
    cox_election_step(bus.nodes[1].engine, &(struct cox_election_event) { .kind = COX_ELECTION_ON_LEAVING }, bus.net.now, &out);
    assert_int_equal(cox_election_effects_count(&out), 0);
    cox_election_effects_clear(&out);
    bus_start(&bus, 4, 3);
    bus_run(&bus, bus.net.now + 1000);
    bus_check_settled(&bus);
    assert_int_equal(cox_election_term(bus.nodes[4].engine).coordinator, 2);
    bus_clear(&bus);
}

static void
a_younger_order_met_by_an_executor_renews_the_reign(void **state)
{
    struct bus bus;
    struct cox_election_event event = { .kind = COX_ELECTION_ON_SEEN, .seen = { 3, 41 } };
    struct cox_election_effects out;

    (void) state;
    start_three(&bus);
    cox_election_effects_init(&out);
    cox_election_step(bus.nodes[1].engine, &event, bus.net.now, &out);
    assert_int_equal(cox_election_effects_get(&out, 0)->message.kind, COX_ELECTION_CALL);
    cox_election_effects_clear(&out);
    bus_start(&bus, 4, 3);
    bus_run(&bus, bus.net.now + 1000);
    bus_check_settled(&bus);
    assert_int_equal(cox_election_term(bus.nodes[4].engine).generation, 42);
    bus_clear(&bus);
}

/* All controllers have restarted and count from one again; the executors remember. */
static void
a_reign_of_the_same_number_met_by_an_executor_renews_the_reign(void **state)
{
    (void) state;
    for (guint at = 1; at <= 3; at++) { /* its controller need not be the coordinator */
        struct bus bus;
        struct cox_election_event event = { .kind = COX_ELECTION_ON_SEEN };
        guint64 generation = 0;

        start_three(&bus);
        generation = cox_election_term(bus.nodes[1].engine).generation;
        assert_int_equal(cox_election_term(bus.nodes[1].engine).coordinator, 1);
        event.seen = (struct cox_term) { 3, generation };
        bus_feed(&bus, at, &event);
        bus_run(&bus, bus.net.now + 1000);
        bus_check_settled(&bus);
        assert_int_equal(cox_election_term(bus.nodes[2].engine).generation, generation + 1);
        bus_feed(&bus, at, &event); /* an old story now */
        bus_run(&bus, bus.net.now + 1000);
        assert_int_equal(cox_election_term(bus.nodes[2].engine).generation, generation + 1);
        bus_clear(&bus);
    }
}

/* Feed one message of node 2 to node 1 and say how many effects it has. */
static guint
effects_of(struct bus *bus, guint32 sender, struct cox_election_message message)
{
    struct cox_election_event event = { .kind = COX_ELECTION_ON_MESSAGE };
    struct cox_election_effects out;
    guint n = 0;

    cox_election_effects_init(&out);
    event.message.sender = sender;
    event.message.message = &message;
    cox_election_step(bus->nodes[1].engine, &event, bus->net.now, &out);
    n = cox_election_effects_count(&out);
    cox_election_effects_clear(&out);
    return n;
}

static void
what_does_not_fit_is_ignored(void **state)
{
    struct bus bus;
    struct cox_election_message m = { .kind = COX_ELECTION_CALL, .round_caller = 6, .round_serial = 1 };

    (void) state;
    start_three(&bus);
    assert_int_equal(effects_of(&bus, 6, m), 0); /* not in the view */
    m.kind = COX_ELECTION_VOTE;
    assert_int_equal(effects_of(&bus, 2, m), 0); /* no round is open */
    m.kind = COX_ELECTION_OFFER;
    m.generation = 1;
    assert_int_equal(effects_of(&bus, 2, m), 0); /* node 2 is not the coordinator */
    m.kind = COX_ELECTION_REQUEST;
    m.join_id = 99;
    assert_int_equal(effects_of(&bus, 2, m), 0); /* answers no offer of ours */
    m.join_id = 2;
    assert_int_equal(effects_of(&bus, 2, m), 0); /* has joined already */
    m.kind = COX_ELECTION_CONFIRM;
    assert_int_equal(effects_of(&bus, 2, m), 0);
    m.kind = COX_ELECTION_ACK;
    m.target = 3;
    assert_int_equal(effects_of(&bus, 1, m), 0); /* somebody else's */
    m.kind = COX_ELECTION_OFFER;
    assert_int_equal(effects_of(&bus, 1, m), 0);
    cox_election_free(NULL);
    bus_clear(&bus);
}

static void
a_vote_counts_once_and_only_in_its_round(void **state)
{
    struct bus bus;
    struct cox_election_message call = { .kind = COX_ELECTION_CALL, .round_caller = 2, .round_serial = 77 };
    struct cox_election_message vote = { .kind = COX_ELECTION_VOTE, .round_caller = 2, .round_serial = 76 };

    (void) state;
    start_three(&bus);
    assert_int_equal(effects_of(&bus, 2, call), 2); /* its vote, a timer */
    assert_false(cox_election_may_act(bus.nodes[1].engine));
    assert_int_equal(effects_of(&bus, 3, call), 0); /* the same question again */
    assert_int_equal(effects_of(&bus, 2, vote), 0);
    vote.round_serial = 77;
    vote.round_caller = 3;
    assert_int_equal(effects_of(&bus, 2, vote), 0);
    vote.round_caller = 2;
    vote.vote = (struct cox_vote) { 2, 5, 0, { 1, 1 }, { 1, 1 }, false };
    assert_int_equal(effects_of(&bus, 2, vote), 0);
    assert_int_equal(effects_of(&bus, 2, vote), 0);
    assert_int_equal(effects_of(&bus, 3, vote), 0);
    vote.vote.features = 5;
    assert_true(effects_of(&bus, 1, vote) > 0); /* the last one: settled */
    assert_true(cox_election_may_act(bus.nodes[1].engine));
    bus_clear(&bus);
}

static void
without_beacons_nobody_minds_silence(void **state)
{
    struct cox_election_config config = bus_config;
    struct bus bus;

    (void) state;
    config.beacon_ms = 0;
    bus_init(&bus, &config, 0);
    bus_start(&bus, 1, 2);
    bus_start(&bus, 2, 2);
    bus_run(&bus, bus.net.now + SECONDS(3600));
    bus_check_settled(&bus);
    assert_int_equal(bus.nodes[2].n_settled, 1);
    assert_true(bus.net.n_messages < 20);
    bus_clear(&bus);
}

COX_TEST_MAIN(cmocka_unit_test(nobody_waits_when_all_expected_nodes_are_there),
              cmocka_unit_test(missing_nodes_are_waited_for_no_longer_than_dc_deadtime),
              cmocka_unit_test(what_is_expected_may_be_learned_late),
              cmocka_unit_test(a_dead_coordinator_is_replaced_at_once_under_a_new_number),
              cmocka_unit_test(who_has_voted_is_not_asked_what_it_can_do),
              cmocka_unit_test(a_dead_member_does_not_disturb_the_coordinator),
              cmocka_unit_test(an_older_node_takes_over_and_a_too_old_one_is_refused),
              cmocka_unit_test(a_stopped_coordinator_is_replaced_and_comes_back_as_a_member),
              cmocka_unit_test(who_was_stopped_itself_reads_its_queue_before_it_blames_others),
              cmocka_unit_test(a_mute_member_delays_the_vote_and_then_only_itself),
              cmocka_unit_test(a_mute_member_with_older_software_leads_when_it_wakes),
              cmocka_unit_test(two_coordinators_after_a_heal_become_one),
              cmocka_unit_test(who_leaves_in_the_middle_is_not_waited_for),
              cmocka_unit_test(who_is_leaving_hands_over_at_the_next_election),
              cmocka_unit_test(a_younger_order_met_by_an_executor_renews_the_reign),
              cmocka_unit_test(a_reign_of_the_same_number_met_by_an_executor_renews_the_reign),
              cmocka_unit_test(what_does_not_fit_is_ignored), cmocka_unit_test(a_vote_counts_once_and_only_in_its_round),
              cmocka_unit_test(without_beacons_nobody_minds_silence))
