/* Tests of lib/attr/attr.c: stories */
#include "attr/attr.h"

#include "base/testkit.h"

#include "attrbus.h"

#define SECONDS(n) ((cox_usec) (n) * COX_USEC_PER_S)

static void
start_three(struct bus *bus)
{
    bus_init(bus, 0);
    for (guint i = 1; i <= 3; i++) {
        bus_start(bus, i);
    }
    bus_run(bus, bus->net.now + 1000);
}

static void
a_value_is_known_everywhere_and_written_once(void **state)
{
    struct bus bus;

    (void) state;
    start_three(&bus);
    bus_set(&bus, 3, "a", 2, "7");
    bus_run(&bus, bus.net.now + 1000);
    for (guint i = 1; i <= 3; i++) {
        assert_string_equal(bus_get(&bus, i, "a", 2), "7");
        assert_int_equal(bus.nodes[i].n_changed, 1);
    }
    assert_string_equal(bus_document(&bus, 1, "a", 2), "7");
    assert_int_equal(bus.nodes[1].n_writes + bus.nodes[2].n_writes + bus.nodes[3].n_writes, 1);
    assert_int_equal(cox_attr_writer(bus.nodes[2].engine), 1);
    bus_set(&bus, 3, "a", 2, "7"); /* the same again: nothing to write */
    bus_run(&bus, bus.net.now + 1000);
    assert_int_equal(bus.nodes[1].n_writes, 1);
    bus_set(&bus, 3, "a", 2, NULL);
    bus_run(&bus, bus.net.now + 1000);
    assert_null(bus_document(&bus, 1, "a", 2));
    assert_null(bus_get(&bus, 1, "b", 2));
    bus_clear(&bus);
}

static void
the_asking_node_hears_that_its_request_is_applied(void **state)
{
    struct cox_attr_change change = { .kind = COX_ATTR_SET, .name = "a", .node = "n1", .value = "1", .dampening_ms = -1,
                                      .request = 77 };
    struct bus bus;

    (void) state;
    start_three(&bus);
    bus_request(&bus, 2, &change);
    bus_run(&bus, bus.net.now + 1000);
    assert_int_equal(bus.nodes[2].n_applied, 1);
    assert_int_equal(bus.nodes[2].last_request, 77);
    assert_int_equal(bus.nodes[1].n_applied, 0);
    bus_clear(&bus);
}

static void
it_may_also_hear_that_all_members_have_it(void **state)
{
    struct cox_attr_change change = { .kind = COX_ATTR_SET, .name = "a", .node = "n1", .value = "1", .dampening_ms = -1,
                                      .request = 77, .wants_all = true };
    struct bus bus;

    (void) state;
    start_three(&bus);
    bus.net.is_stopped[3] = true;
    bus_request(&bus, 2, &change);
    bus_run(&bus, bus.net.now + 1000);
    assert_int_equal(bus.nodes[2].n_applied, 1);
    assert_int_equal(bus.nodes[2].n_confirmed, 0);
    bus.net.is_stopped[3] = false;
    bus_run(&bus, bus.net.now + 1000);
    assert_int_equal(bus.nodes[2].n_confirmed, 1);
    assert_int_equal(bus.nodes[1].n_confirmed + bus.nodes[3].n_confirmed, 0);
    bus.net.is_stopped[3] = true;
    bus_request(&bus, 2, &change);
    bus_run(&bus, bus.net.now + 1000);
    bus_crash(&bus, 3, true); /* not waited for any more */
    bus_run(&bus, bus.net.now + 1000);
    assert_int_equal(bus.nodes[2].n_confirmed, 2);
    bus_clear(&bus);
}

static void
changes_during_a_write_go_into_the_next_one_together(void **state)
{
    struct bus bus;

    (void) state;
    start_three(&bus);
    bus.writes_hang = true;
    bus_set(&bus, 1, "a", 1, "1");
    bus_run(&bus, bus.net.now + 1000);
    assert_int_equal(bus.nodes[1].n_writes, 1);
    for (guint i = 1; i <= 3; i++) {
        bus_set(&bus, i, "a", i, "2");
        bus_set(&bus, i, "b", i, "3");
    }
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_int_equal(bus.nodes[1].n_writes, 1);
    bus.writes_hang = false;
    bus_run(&bus, bus.net.now + 1000);
    assert_int_equal(bus.nodes[1].n_writes, 2);
    assert_int_equal(bus.nodes[1].n_written_values, 7);
    bus_check_equal(&bus);
    bus_clear(&bus);
}

static void
a_change_that_may_wait_goes_into_the_document_with_the_next_one(void **state)
{
    struct cox_attr_change change = { .kind = COX_ATTR_SET, .name = "last-failure", .node = "n1", .value = "77", .dampening_ms = -1,
                                      .may_wait = true };
    struct bus bus;

    (void) state;
    start_three(&bus);
    bus_request(&bus, 2, &change);
    bus_run(&bus, bus.net.now + 1000);
    assert_int_equal(bus.nodes[1].n_writes, 0);
    bus_set(&bus, 2, "fail-count", 1, "1");
    bus_run(&bus, bus.net.now + 1000);
    assert_int_equal(bus.nodes[1].n_writes, 1);
    assert_int_equal(bus.nodes[1].n_written_values, 2);
    change.value = "78"; /* and nothing follows */
    bus_request(&bus, 2, &change);
    bus_run(&bus, bus.net.now + 50000);
    assert_int_equal(bus.nodes[1].n_writes, 1);
    bus_run(&bus, bus.net.now + 60000);
    assert_int_equal(bus.nodes[1].n_writes, 2);
    assert_string_equal(bus_document(&bus, 1, "last-failure", 1), "78");
    bus_check_equal(&bus);
    bus_clear(&bus);
}

static void
a_dampened_attribute_waits_for_further_changes_but_not_for_ever(void **state)
{
    struct cox_attr_change change = { .kind = COX_ATTR_SET, .name = "ping", .node = "n1", .value = "0", .dampening_ms = 5000 };
    struct bus bus;

    (void) state;
    start_three(&bus);
    bus_request(&bus, 1, &change);
    for (guint i = 0; i < 4; i++) {
        bus_run(&bus, bus.net.now + SECONDS(1));
        bus_set(&bus, 2, "ping", 2, i % 2 == 0 ? "100" : "0");
    }
    assert_null(bus_document(&bus, 1, "ping", 1));
    bus_run(&bus, bus.net.now + SECONDS(1) + 10000);
    assert_string_equal(bus_document(&bus, 1, "ping", 1), "0");
    assert_string_equal(bus_document(&bus, 1, "ping", 2), "0");
    assert_int_equal(bus.nodes[1].n_writes, 1);
    /* A shorter time takes effect at once. */
    bus_set(&bus, 1, "ping", 1, "1");
    bus_run(&bus, bus.net.now + 1000);
    change.kind = COX_ATTR_DAMPEN;
    change.dampening_ms = 0;
    bus_request(&bus, 1, &change);
    bus_run(&bus, bus.net.now + 1000);
    assert_string_equal(bus_document(&bus, 1, "ping", 1), "1");
    /* It may be set before there is a value. */
    change.name = "other";
    change.dampening_ms = 5000;
    bus_request(&bus, 1, &change);
    bus_set(&bus, 1, "other", 1, "1");
    bus_run(&bus, bus.net.now + SECONDS(4));
    assert_null(bus_document(&bus, 1, "other", 1));
    bus_clear(&bus);
}

static void
private_values_never_reach_the_document(void **state)
{
    struct cox_attr_change change = { .kind = COX_ATTR_SET, .name = "secret", .node = "n1", .value = "1",
                                      .value_kind = COX_ATTR_PRIVATE, .dampening_ms = 0 };
    struct bus bus;

    (void) state;
    start_three(&bus);
    bus_request(&bus, 1, &change);
    bus_run(&bus, bus.net.now + 1000);
    assert_string_equal(bus_get(&bus, 3, "secret", 1), "1");
    change.kind = COX_ATTR_REFRESH;
    bus_request(&bus, 2, &change);
    bus_run(&bus, bus.net.now + SECONDS(10));
    change.kind = COX_ATTR_REMOVE;
    bus_request(&bus, 2, &change);
    bus_run(&bus, bus.net.now + SECONDS(10));
    assert_null(bus_get(&bus, 3, "secret", 1));
    assert_int_equal(bus.nodes[1].n_writes, 0);
    bus_clear(&bus);
}

static void
permanent_values_are_written_by_the_node_that_is_asked(void **state)
{
    struct cox_attr_change change = { .kind = COX_ATTR_SET, .name = "site", .node = "n2", .value = "value++", .current = "4",
                                      .value_kind = COX_ATTR_PERMANENT, .dampening_ms = -1, .request = 5 };
    struct bus bus;

    (void) state;
    start_three(&bus);
    bus.writes_hang = true;
    bus_request(&bus, 3, &change);
    bus_request(&bus, 3, &change); /* counts on from what is on its way */
    change.request = 0;
    change.name = "other";
    bus_request(&bus, 3, &change);
    bus.writes_hang = false;
    bus_run(&bus, bus.net.now + 1000);
    assert_int_equal(bus.nodes[3].n_applied, 2);
    assert_int_equal(bus.nodes[3].n_writes, 2);
    assert_int_equal(bus.nodes[1].n_writes, 0);
    assert_string_equal(bus_document(&bus, 3, "site", 2), "6");
    assert_null(bus_get(&bus, 3, "site", 2));
    bus_clear(&bus);
}

static void
the_values_of_a_lost_node_are_dropped_but_not_those_of_a_lost_daemon(void **state)
{
    struct bus bus;

    (void) state;
    start_three(&bus);
    bus_set(&bus, 2, "a", 2, "1");
    bus_set(&bus, 3, "a", 3, "1");
    bus_run(&bus, bus.net.now + 1000);
    bus_crash(&bus, 2, false);
    bus_run(&bus, bus.net.now + 1000);
    assert_string_equal(bus_get(&bus, 1, "a", 2), "1");
    bus_start(&bus, 2);
    bus_run(&bus, bus.net.now + 1000);
    assert_string_equal(bus_get(&bus, 2, "a", 2), "1");
    bus_crash(&bus, 3, true);
    bus_run(&bus, bus.net.now + 1000);
    assert_null(bus_get(&bus, 1, "a", 3));
    assert_null(bus_document(&bus, 1, "a", 3));
    bus_check_equal(&bus);
    bus_clear(&bus);
}

static void
the_next_writer_takes_over_what_the_dead_one_did_not_write(void **state)
{
    struct bus bus;

    (void) state;
    start_three(&bus);
    bus.writes_hang = true;
    bus_set(&bus, 3, "a", 3, "1");
    bus_run(&bus, bus.net.now + 1000);
    bus_crash(&bus, 1, true);
    bus.writes_hang = false;
    bus_run(&bus, bus.net.now + 1000);
    assert_int_equal(cox_attr_writer(bus.nodes[3].engine), 2);
    assert_string_equal(bus_document(&bus, 2, "a", 3), "1");
    bus_start(&bus, 1); /* does not take the office back */
    bus_run(&bus, bus.net.now + 1000);
    assert_int_equal(cox_attr_writer(bus.nodes[1].engine), 2);
    bus_check_equal(&bus);
    bus_clear(&bus);
}

static void
a_refused_write_is_tried_again_after_a_pause(void **state)
{
    struct bus bus;

    (void) state;
    start_three(&bus);
    bus.failing_writes = 2;
    bus_set(&bus, 3, "a", 3, "1");
    bus_run(&bus, bus.net.now + SECONDS(2));
    assert_null(bus_document(&bus, 1, "a", 3));
    bus_run(&bus, bus.net.now + SECONDS(2));
    assert_string_equal(bus_document(&bus, 1, "a", 3), "1");
    assert_int_equal(bus.nodes[1].n_writes, 3);
    bus_clear(&bus);
}

static void
a_refresh_writes_everything_again(void **state)
{
    struct cox_attr_change change = { .kind = COX_ATTR_REFRESH, .request = 4 };
    struct bus bus;

    (void) state;
    start_three(&bus);
    bus_set(&bus, 3, "a", 3, "1");
    bus_run(&bus, bus.net.now + 1000);
    bus_request(&bus, 2, &change);
    bus_run(&bus, bus.net.now + 1000);
    assert_int_equal(bus.nodes[1].n_writes, 2);
    assert_int_equal(bus.nodes[2].n_applied, 1);
    bus_step_node(&bus, 1, &(struct cox_attr_event) { .kind = COX_ATTR_ON_REPLACED });
    bus_run(&bus, bus.net.now + 1000);
    assert_int_equal(bus.nodes[1].n_writes, 3);
    bus_clear(&bus);
}

static void
changes_during_a_sync_wait_and_are_not_lost(void **state)
{
    struct bus bus;

    (void) state;
    start_three(&bus);
    bus_set(&bus, 1, "n", 1, "5");
    bus_run(&bus, bus.net.now + 1000);
    bus_start(&bus, 4);
    bus_set(&bus, 1, "n", 1, "value++");
    bus_set(&bus, 2, "n", 1, "value++");
    bus_run(&bus, bus.net.now + 1000);
    assert_string_equal(bus_get(&bus, 4, "n", 1), "7");
    bus_check_equal(&bus);
    bus_clear(&bus);
}

static void
a_mute_member_does_not_hold_up_the_others_for_long(void **state)
{
    struct bus bus;

    (void) state;
    start_three(&bus);
    bus.net.is_stopped[3] = true;
    bus_start(&bus, 4);
    bus_set(&bus, 1, "a", 1, "1");
    bus_run(&bus, bus.net.now + SECONDS(1));
    assert_null(bus_get(&bus, 1, "a", 1));
    bus_run(&bus, bus.net.now + SECONDS(2));
    assert_string_equal(bus_get(&bus, 4, "a", 1), "1");
    bus.net.is_stopped[3] = false;
    bus_run(&bus, bus.net.now + SECONDS(1));
    bus_check_equal(&bus);
    assert_string_equal(bus_get(&bus, 3, "a", 1), "1");
    bus_clear(&bus);
}

static void
a_call_that_got_lost_is_made_again(void **state)
{
    struct bus bus;

    (void) state;
    bus_init(&bus, 0);
    bus_start(&bus, 1);
    bus_start(&bus, 2);
    bus_step_node(&bus, 1, &(struct cox_attr_event) { .kind = COX_ATTR_ON_WAKE }); /* nothing due: nothing happens */
    for (guint i = 0; i < 2; i++) { /* both views, without the messages that they lead to */
        bus_step(&bus, bus.net.now);
    }
    g_queue_clear_full(&bus.net.outbox[1], g_free);
    bus_run(&bus, bus.net.now + SECONDS(5));
    bus_check_equal(&bus);
    bus_clear(&bus);
}

static guint
effects_of(struct bus *bus, guint32 sender, struct cox_attr_message message)
{
    struct cox_attr_event event = { .kind = COX_ATTR_ON_MESSAGE };
    struct cox_attr_effects out;
    guint n = 0;

    cox_attr_effects_init(&out);
    event.message.sender = sender;
    event.message.message = &message;
    cox_attr_step(bus->nodes[1].engine, &event, bus->net.now, &out);
    n = cox_attr_effects_count(&out);
    cox_attr_effects_clear(&out);
    return n;
}

static void
what_does_not_fit_is_ignored(void **state)
{
    struct bus bus;
    struct cox_attr_message m = { .kind = COX_ATTR_CALL, .round_caller = 5, .round_serial = 9 };

    (void) state;
    start_three(&bus);
    assert_int_equal(effects_of(&bus, 5, m), 0);
    m.kind = COX_ATTR_WORD;
    assert_int_equal(effects_of(&bus, 2, m), 0); /* no round is open */
    m.kind = COX_ATTR_CALL;
    m.round_caller = 2;
    assert_int_equal(effects_of(&bus, 2, m), 2); /* its word, a timer */
    assert_int_equal(effects_of(&bus, 3, m), 0);
    m.kind = COX_ATTR_WORD;
    m.round_serial = 8;
    assert_int_equal(effects_of(&bus, 2, m), 0);
    m.round_serial = 9;
    m.round_caller = 3;
    assert_int_equal(effects_of(&bus, 2, m), 0);
    m.round_caller = 2;
    m.writer = 5; /* no member */
    assert_int_equal(effects_of(&bus, 2, m), 0);
    assert_int_equal(effects_of(&bus, 2, m), 0);
    cox_attr_free(NULL);
    bus_clear(&bus);
}

static void
a_change_that_names_nothing_is_ignored(void **state)
{
    struct cox_attr_message m = { .kind = COX_ATTR_CHANGE, .change = { .kind = COX_ATTR_SET, .name = "a", .value = "1" } };
    struct bus bus;

    (void) state;
    start_three(&bus);
    assert_int_equal(effects_of(&bus, 2, m), 0);
    m.change.name = NULL;
    m.change.node = "n1";
    assert_int_equal(effects_of(&bus, 2, m), 0);
    m.change.kind = COX_ATTR_DAMPEN;
    assert_int_equal(effects_of(&bus, 2, m), 0);
    m.change.kind = COX_ATTR_REMOVE;
    m.change.node = NULL;
    assert_int_equal(effects_of(&bus, 2, m), 0);
    m.change.kind = (enum cox_attr_change_kind) 99;
    assert_int_equal(effects_of(&bus, 2, m), 0);
    bus_clear(&bus);
}

static void
where_a_value_goes_is_known_everywhere_and_the_first_word_counts(void **state)
{
    struct cox_attr_change change = { .kind = COX_ATTR_SET, .name = "a", .node = "n1", .value = "1", .dampening_ms = -1,
                                      .set_name = "mine" };
    struct bus bus;

    (void) state;
    start_three(&bus);
    bus_request(&bus, 2, &change);
    bus_run(&bus, bus.net.now + 1000);
    change.set_name = "other";
    bus_request(&bus, 1, &change);
    change = (struct cox_attr_change) { .kind = COX_ATTR_SET, .name = "used", .node = "n1", .value = "1", .dampening_ms = -1,
                                        .is_utilization = true };
    bus_request(&bus, 2, &change);
    bus_run(&bus, bus.net.now + 1000);
    bus_crash(&bus, 2, false);
    bus_start(&bus, 2); /* it hears it in the round */
    bus_run(&bus, bus.net.now + SECONDS(3));
    for (guint i = 1; i <= 3; i++) {
        const struct cox_attrtable *table = cox_attr_table(bus.nodes[i].engine);

        assert_string_equal(cox_attrtable_find(table, "a")->set_name, "mine");
        assert_false(cox_attrtable_find(table, "a")->is_utilization);
        assert_true(cox_attrtable_find(table, "used")->is_utilization);
        assert_null(cox_attrtable_find(table, "used")->set_name);
    }
    bus_clear(&bus);
}

COX_TEST_MAIN(cmocka_unit_test(a_value_is_known_everywhere_and_written_once),
              cmocka_unit_test(the_asking_node_hears_that_its_request_is_applied),
              cmocka_unit_test(it_may_also_hear_that_all_members_have_it),
              cmocka_unit_test(changes_during_a_write_go_into_the_next_one_together),
              cmocka_unit_test(a_change_that_may_wait_goes_into_the_document_with_the_next_one),
        cmocka_unit_test(a_dampened_attribute_waits_for_further_changes_but_not_for_ever),
              cmocka_unit_test(private_values_never_reach_the_document),
              cmocka_unit_test(permanent_values_are_written_by_the_node_that_is_asked),
              cmocka_unit_test(the_values_of_a_lost_node_are_dropped_but_not_those_of_a_lost_daemon),
              cmocka_unit_test(the_next_writer_takes_over_what_the_dead_one_did_not_write),
              cmocka_unit_test(a_refused_write_is_tried_again_after_a_pause),
              cmocka_unit_test(a_refresh_writes_everything_again),
              cmocka_unit_test(changes_during_a_sync_wait_and_are_not_lost),
              cmocka_unit_test(a_mute_member_does_not_hold_up_the_others_for_long),
              cmocka_unit_test(a_call_that_got_lost_is_made_again), cmocka_unit_test(what_does_not_fit_is_ignored),
              cmocka_unit_test(a_change_that_names_nothing_is_ignored),
              cmocka_unit_test(where_a_value_goes_is_known_everywhere_and_the_first_word_counts))
