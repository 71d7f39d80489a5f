/* lib/replica/tests/test_replica.c - one story each: whose document wins, what is answered, who gets what. */
#include "base/testkit.h"

#include "replica/replica_message.h"
#include "replica/tests/replica_sim.h"

static struct sim *
started(unsigned n)
{
    struct sim *sim = sim_new(1, n);

    for (unsigned i = 0; i < n; i++) {
        sim_start(sim, i);
    }
    assert_true(sim_settle(sim));
    return sim;
}

static void
finish(struct sim *sim)
{
    sim_check_end(sim);
    if (sim->violation != NULL) {
        fail_msg("%s", sim->violation);
    }
    sim_free(sim);
}

static int
answer_of(const struct sim *sim, guint64 id)
{
    return (int) GPOINTER_TO_UINT(g_hash_table_lookup(sim->answers, &id)) - 1; /* -1: none yet */
}

static void
split(struct sim *sim, int a, int b, int c)
{
    const int component[SIM_MAX] = { a, b, c };

    sim_split(sim, component);
}

static void
a_change_is_kept_on_all(void **state)
{
    struct sim *sim = started(3);
    guint64 id = sim_submit(sim, 1, 'u');

    (void) state;
    assert_int_equal(answer_of(sim, id), -1);
    assert_true(sim_settle(sim));
    assert_int_equal(answer_of(sim, id), COX_REPLICA_KEPT);
    for (unsigned i = 0; i < 3; i++) {
        assert_true(sim_has(&sim->nodes[i].doc, id));
    }
    finish(sim);
}

/* Messages with changes that @effects sends. */
static unsigned
count_changes(const struct cox_replica_effects *effects)
{
    unsigned n = 0;

    for (guint i = 0; i < effects->list->len; i++) {
        const struct cox_replica_effect *effect = &g_array_index(effects->list, struct cox_replica_effect, i);
        struct cox_replica_message m;

        if (effect->kind == COX_REPLICA_SEND) {
            assert_true(cox_replica_message_read(&m, effect->bytes));
            n += m.kind == COX_REPLICA_MSG_CHANGES;
            cox_replica_message_clear(&m);
        }
    }
    return n;
}

static void
what_is_submitted_while_a_message_is_under_way_waits_for_it_and_goes_together(void **state)
{
    struct sim *sim = started(3);
    struct cox_replica_effects effects;
    g_autoptr(GBytes) change = g_bytes_new_static("u12345678", 9), first = NULL;
    struct cox_replica_event event = { .kind = COX_REPLICA_SUBMIT, .number = 1000, .bytes = change };

    (void) state;
    cox_replica_effects_init(&effects);
    cox_replica_step(sim->nodes[0].replica, &event, sim->bus.now, &effects);
    assert_int_equal(count_changes(&effects), 1); /* alone it goes at once */
    first = g_bytes_ref(g_array_index(effects.list, struct cox_replica_effect, 0).bytes);
    for (unsigned i = 1; i <= 20; i++) {
        event.number++;
        cox_replica_step(sim->nodes[0].replica, &event, sim->bus.now, &effects);
        assert_int_equal(count_changes(&effects), 0);
    }
    event = (struct cox_replica_event) { .kind = COX_REPLICA_DELIVER, .node = 1, .bytes = first };
    cox_replica_step(sim->nodes[0].replica, &event, sim->bus.now, &effects);
    assert_int_equal(count_changes(&effects), 1);
    cox_replica_effects_free(&effects);
    sim_free(sim);
}

static void
what_comes_together_goes_together_and_what_is_long_goes_alone(void **state)
{
    struct sim *sim = started(3);
    struct cox_replica_effects effects;
    g_autoptr(GBytes) change = g_bytes_new_static("u12345678", 9), large = g_bytes_new_take(g_malloc0(100000), 100000);
    struct cox_replica_event event = { .kind = COX_REPLICA_SUBMIT, .number = 1000, .bytes = change, .has_more = true };

    (void) state;
    cox_replica_effects_init(&effects);
    for (unsigned i = 0; i < 3; i++) {
        event.number++;
        event.bytes = i == 2 ? large : change;
        cox_replica_step(sim->nodes[0].replica, &event, sim->bus.now, &effects);
        assert_int_equal(count_changes(&effects), 0);
    }
    event = (struct cox_replica_event) { .kind = COX_REPLICA_TICK };
    cox_replica_step(sim->nodes[0].replica, &event, sim->bus.now, &effects);
    assert_int_equal(count_changes(&effects), 1);
    for (guint i = 0; i < effects.list->len; i++) {
        const struct cox_replica_effect *effect = &g_array_index(effects.list, struct cox_replica_effect, i);

        assert_true(effect->kind != COX_REPLICA_SEND || g_bytes_get_size(effect->bytes) < 1000);
    }
    cox_replica_effects_free(&effects);
    sim_free(sim);
}

static void
one_that_is_refused_leaves_those_beside_it_alone(void **state)
{
    struct sim *sim = started(3);
    guint64 ids[24];
    unsigned n_kept = 0, n_refused = 0;

    (void) state;
    for (unsigned i = 0; i < 24; i++) { /* 'c': each third is refused, by the digest */
        sim->more_follows = i < 23;
        ids[i] = sim_submit(sim, 1, i % 2 == 0 ? 'u' : 'c');
    }
    assert_true(sim_settle(sim));
    for (unsigned i = 0; i < 24; i++) {
        n_kept += answer_of(sim, ids[i]) == COX_REPLICA_KEPT;
        n_refused += answer_of(sim, ids[i]) == COX_REPLICA_REFUSED;
        assert_true(i % 2 != 0 || answer_of(sim, ids[i]) == COX_REPLICA_KEPT);
    }
    assert_true(n_refused > 0);
    assert_int_equal(n_kept + n_refused, 24);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(sim->nodes[i].doc.ids->len, n_kept);
    }
    finish(sim);
}

static void
one_change_with_quorum_beats_fifty_without(void **state)
{
    struct sim *sim = started(3);
    guint64 kept, lost;

    (void) state;
    (void) sim_submit(sim, 0, 'u');
    assert_true(sim_settle(sim));
    split(sim, 0, 0, 1);
    assert_true(sim_settle(sim));
    kept = sim_submit(sim, 0, 'u');
    for (unsigned i = 0; i < 50; i++) {
        lost = sim_submit(sim, 2, 'e');
    }
    assert_true(sim_settle(sim));
    assert_int_equal(answer_of(sim, kept), COX_REPLICA_KEPT);
    assert_int_equal(answer_of(sim, lost), COX_REPLICA_PROVISIONAL);
    split(sim, 0, 0, 0);
    assert_true(sim_settle(sim));
    assert_true(sim_has(&sim->nodes[2].doc, kept));
    assert_false(sim_has(&sim->nodes[2].doc, lost));
    assert_int_equal(sim->n_set_aside, 1);
    finish(sim);
}

static void
a_quorum_that_changed_nothing_still_beats_changes_without(void **state)
{
    struct sim *sim = started(3);
    guint64 lost;

    (void) state;
    split(sim, 0, 0, 1);
    assert_true(sim_settle(sim));
    lost = sim_submit(sim, 2, 'e');
    assert_true(sim_settle(sim));
    split(sim, 0, 0, 0);
    assert_true(sim_settle(sim));
    assert_false(sim_has(&sim->nodes[0].doc, lost));
    assert_int_equal(sim->n_set_aside, 1);
    finish(sim);
}

static void
between_equals_the_version_decides(void **state)
{
    struct sim *sim = started(3);
    guint64 newer, older;

    (void) state;
    (void) sim_submit(sim, 0, 'u');
    assert_true(sim_settle(sim));
    split(sim, 0, 1, 2);
    assert_true(sim_settle(sim));
    older = sim_submit(sim, 0, 'u');
    newer = sim_submit(sim, 1, 'e');
    assert_true(sim_settle(sim));
    split(sim, 0, 0, 0);
    assert_true(sim_settle(sim));
    assert_true(sim_has(&sim->nodes[2].doc, newer));
    assert_false(sim_has(&sim->nodes[2].doc, older));
    assert_int_equal(sim->n_set_aside, 1); /* node 1's; node 3 had nothing of its own */
    finish(sim);
}

static void
who_was_away_shortly_gets_the_changes_and_who_was_away_long_the_document(void **state)
{
    struct sim *sim = started(3);

    (void) state;
    for (unsigned i = 0; i < 3; i++) {
        (void) sim_submit(sim, 0, 'u');
    }
    assert_true(sim_settle(sim));
    sim_crash(sim, 2);
    (void) sim_submit(sim, 0, 'u');
    assert_true(sim_settle(sim));
    sim_start(sim, 2);
    assert_true(sim_settle(sim));
    assert_int_equal(sim->n_installed, 0);
    sim_crash(sim, 2);
    for (unsigned i = 0; i < 30; i++) {
        (void) sim_submit(sim, 1, 'u');
    }
    assert_true(sim_settle(sim));
    sim_start(sim, 2);
    assert_true(sim_settle(sim));
    assert_int_equal(sim->n_installed, 1);
    assert_int_equal(sim->n_set_aside, 0); /* it had only what the others had as well */
    finish(sim);
}

static void
all_down_and_up_again_keeps_everything(void **state)
{
    struct sim *sim = started(3);
    guint64 id = sim_submit(sim, 2, 'u');

    (void) state;
    assert_true(sim_settle(sim));
    for (unsigned i = 0; i < 3; i++) {
        sim_crash(sim, i);
    }
    sim_start(sim, 1);
    assert_true(sim_settle(sim));
    assert_true(sim_has(&sim->nodes[1].doc, id));
    finish(sim);
}

static void
a_node_that_diverges_is_found_and_gets_the_document_of_the_majority(void **state)
{
    struct sim *sim = started(3);

    (void) state;
    (void) sim_submit(sim, 0, 'u');
    assert_true(sim_settle(sim));
    sim_corrupt(sim, 0);
    (void) sim_submit(sim, 1, 'u');
    assert_true(sim_settle(sim));
    assert_true(sim->nodes[0].notes[COX_REPLICA_DIVERGED] + sim->nodes[1].notes[COX_REPLICA_DIVERGED] > 0);
    assert_int_equal(sim->n_installed, 1);
    assert_int_equal(sim->n_set_aside, 1);
    g_clear_pointer(&sim->violation, g_free); /* the simulator sees the damage as well */
    finish(sim);
}

static void
a_silent_member_does_not_hold_up_the_others(void **state)
{
    struct sim *sim = started(3);
    guint64 id;

    (void) state;
    sim->nodes[2].is_paused = true;
    sim_crash(sim, 1);
    assert_true(sim_settle(sim));
    sim_start(sim, 1);
    assert_true(sim_settle(sim));
    id = sim_submit(sim, 0, 'u');
    assert_true(sim_settle(sim));
    assert_int_equal(answer_of(sim, id), COX_REPLICA_KEPT);
    assert_true(sim->nodes[0].notes[COX_REPLICA_EXCUSED] > 0);
    sim->nodes[2].is_paused = false;
    assert_true(sim_settle(sim));
    assert_true(sim->nodes[2].notes[COX_REPLICA_LEFT_OUT] > 0);
    assert_true(sim_has(&sim->nodes[2].doc, id));
    finish(sim);
}

static void
nothing_is_called_kept_while_the_disks_fail(void **state)
{
    struct sim *sim = started(3);
    guint64 id;

    (void) state;
    sim_disk(sim, 0, false);
    id = sim_submit(sim, 0, 'u');
    assert_true(sim_settle(sim));
    assert_int_equal(answer_of(sim, id), COX_REPLICA_KEPT); /* two of three have it */
    sim_disk(sim, 1, false);
    id = sim_submit(sim, 0, 'u');
    assert_true(sim_settle(sim));
    assert_int_equal(answer_of(sim, id), COX_REPLICA_UNCERTAIN);
    assert_true(sim_has(&sim->nodes[2].doc, id)); /* operation goes on in memory */
    sim_disk(sim, 1, true);
    id = sim_submit(sim, 0, 'u');
    assert_true(sim_settle(sim));
    assert_int_equal(answer_of(sim, id), COX_REPLICA_KEPT);
    finish(sim);
}

static void
who_is_too_few_to_keep_a_change_does_not_wait_for_votes_without_documents(void **state)
{
    struct sim *sim = started(3);
    guint64 id;

    (void) state;
    sim->has_quorum_anyway = true;
    sim_crash(sim, 1);
    sim_crash(sim, 2);
    assert_true(sim_settle(sim));
    id = sim_submit(sim, 0, 'u');
    assert_true(sim_settle(sim));
    assert_int_equal(answer_of(sim, id), COX_REPLICA_PROVISIONAL);
    sim_start(sim, 1);
    sim_start(sim, 2);
    assert_true(sim_settle(sim));
    assert_true(sim_has(&sim->nodes[1].doc, id) && sim_has(&sim->nodes[2].doc, id));
    id = sim_submit(sim, 0, 'u');
    assert_true(sim_settle(sim));
    assert_int_equal(answer_of(sim, id), COX_REPLICA_KEPT);
    finish(sim);
}

static void
alone_without_a_disk_a_change_is_uncertain(void **state)
{
    struct sim *sim = started(3);
    guint64 id;

    (void) state;
    split(sim, 0, 1, 2);
    assert_true(sim_settle(sim));
    sim_disk(sim, 0, false);
    id = sim_submit(sim, 0, 'u');
    assert_true(sim_settle(sim));
    assert_int_equal(answer_of(sim, id), COX_REPLICA_UNCERTAIN);
    finish(sim);
}

static void
the_time_that_a_large_change_takes_is_not_held_against_it(void **state)
{
    struct sim *sim = started(1);
    guint64 ids[3];

    (void) state;
    sim->apply_usec = 40 * COX_USEC_PER_S; /* longer than a client waits for an answer */
    for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
        ids[i] = sim_submit(sim, 0, 'u');
    }
    assert_true(sim_settle(sim));
    for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
        assert_int_equal(answer_of(sim, ids[i]), COX_REPLICA_KEPT);
    }
    finish(sim);
}

static void
what_never_left_the_node_is_certainly_not_done(void **state)
{
    struct sim *sim = sim_new(3, 1);
    struct cox_replica_effects effects;
    g_autoptr(GBytes) bytes = g_bytes_new_static("u12345678", 9);
    struct cox_replica_event event = { .kind = COX_REPLICA_SUBMIT, .number = 7, .bytes = bytes };
    struct cox_replica *replica = cox_replica_new(&(struct cox_replica_options) { .node_id = 1, .answer_ms = 50 });

    (void) state;
    cox_replica_effects_init(&effects);
    cox_replica_step(replica, &event, 1000, &effects);
    assert_int_equal(effects.list->len, 0);
    assert_true(effects.wake_at == 51000);
    event.kind = COX_REPLICA_TICK;
    cox_replica_step(replica, &event, 51000, &effects);
    assert_int_equal(effects.list->len, 1);
    assert_int_equal(g_array_index(effects.list, struct cox_replica_effect, 0).answer, COX_REPLICA_UNSENT);
    assert_int_equal(g_array_index(effects.list, struct cox_replica_effect, 0).number, 7);
    cox_replica_effects_free(&effects);
    cox_replica_free(replica);
    sim_free(sim);
}

static void
nonsense_from_the_group_is_noted_and_dropped(void **state)
{
    struct sim *sim = started(2);
    struct cox_replica_effects effects;
    g_autoptr(GBytes) bytes = g_bytes_new_static("\xff\xff\xff", 3);
    struct cox_replica_event event = { .kind = COX_REPLICA_DELIVER, .node = 2, .bytes = bytes };

    (void) state;
    cox_replica_effects_init(&effects);
    cox_replica_step(sim->nodes[0].replica, &event, sim->bus.now, &effects);
    assert_int_equal(effects.list->len, 1);
    assert_int_equal(g_array_index(effects.list, struct cox_replica_effect, 0).note, COX_REPLICA_BAD_MESSAGE);
    event.node = 99; /* nobody we know */
    cox_replica_step(sim->nodes[0].replica, &event, sim->bus.now, &effects);
    assert_int_equal(effects.list->len, 0);
    cox_replica_effects_free(&effects);
    finish(sim);
}

static void
a_document_that_was_edited_behind_our_back_wins_only_between_equals(void **state)
{
    struct sim *sim = started(3);
    struct cox_replica_document document = { .version = { 0, 9, 0 }, .digest = "edited" };
    g_autoptr(GBytes) meta = cox_replica_meta(sim->nodes[0].replica);
    g_autoptr(cox_replica) replica = cox_replica_new(&(struct cox_replica_options) { .node_id = 1 });
    struct cox_replica_status before = cox_replica_status(sim->nodes[0].replica), after;
    GError *error = NULL;
    g_autoptr(GBytes) nonsense = g_bytes_new_static("abc", 3);

    (void) state;
    assert_true(cox_replica_restore_meta(replica, meta, &error));
    cox_replica_restored(replica, &document, true);
    after = cox_replica_status(replica);
    assert_int_equal(cox_stamp_compare(&before.stamp, &after.stamp), 0);
    assert_true(cox_stamp_is_agreed(&before.stamp));
    assert_false(cox_stamp_is_agreed(&after.stamp));
    assert_false(cox_replica_restore_meta(replica, nonsense, &error));
    assert_non_null(strstr(error->message, "3 bytes"));
    g_clear_error(&error);
    finish(sim);
}

/* The document may be saved between the beginning of a view and the proof of it: later changes are in it, but not agreed. */
static void
a_view_found_on_disk_vouches_for_no_more_than_it_saw(void **state)
{
    g_autoptr(cox_replica) replica = cox_replica_new(&(struct cox_replica_options) { .node_id = 1 });
    g_autoptr(GArray) lineage = cox_lineage_new();
    const struct cox_replica_record meta = {
        .kind = COX_REPLICA_REC_META, .stamp = { .base = 0, .position = 5 }, .lineage = lineage, .digest = "five",
    };
    const struct cox_replica_record view = { .kind = COX_REPLICA_REC_VIEW, .stamp = { 2, 9, 3, 3 } };
    const struct cox_replica_document document = { .digest = "five" };
    g_autoptr(GBytes) meta_bytes = cox_replica_record_write(&meta);
    g_autoptr(GBytes) view_bytes = cox_replica_record_write(&view);
    g_autoptr(GBytes) change = NULL;
    char digest[COX_REPLICA_DIGEST_ROOM];
    struct cox_replica_status status;

    (void) state;
    assert_true(cox_replica_restore_meta(replica, meta_bytes, NULL));
    assert_true(cox_replica_restore_record(replica, view_bytes, &change, digest, NULL));
    assert_null(change);
    cox_replica_restored(replica, &document, false);
    status = cox_replica_status(replica);
    assert_true(cox_stamp_is_same(&status.stamp, &(struct cox_stamp) { 2, 9, 3, 5 }));
}

/* CHANGES and a PROBE of the node with the client, an ACK of each other one: who waits for nothing says nothing. */
static void
a_change_alone_costs_four_messages(void **state)
{
    struct sim *sim = started(3);
    guint before;
    guint64 id;

    (void) state;
    (void) sim_submit(sim, 0, 'u');
    assert_true(sim_settle(sim));
    before = sim->bus.n_messages;
    id = sim_submit(sim, 0, 'u');
    assert_true(sim_settle(sim));
    assert_int_equal(answer_of(sim, id), COX_REPLICA_KEPT);
    assert_int_equal(sim->bus.n_messages - before, 4);
    finish(sim);
}

/* Its client has to wait, but the change gets to the disks of the others. */
static void
a_node_that_stands_still_after_its_changes_does_not_keep_others_from_writing_them(void **state)
{
    struct sim *sim = started(3);
    guint64 id = sim_submit(sim, 0, 'u');

    (void) state;
    assert_true(cox_testbus_order(&sim->bus, sim->nodes[0].id));
    sim->nodes[0].is_paused = true;
    assert_true(sim_settle(sim));
    for (unsigned i = 1; i < 3; i++) {
        struct cox_replica_status status = cox_replica_status(sim->nodes[i].replica);

        assert_true(sim_has(&sim->nodes[i].doc, id));
        assert_true(cox_stamp_is_agreed(&status.stamp));
        assert_int_equal(sim->nodes[i].writes.length, 0);
    }
    assert_int_equal(answer_of(sim, id), -1);
    sim->nodes[0].is_paused = false;
    assert_true(sim_settle(sim));
    assert_int_equal(answer_of(sim, id), COX_REPLICA_KEPT);
    finish(sim);
}

COX_TEST_MAIN(cmocka_unit_test(a_change_is_kept_on_all),
              cmocka_unit_test(a_change_alone_costs_four_messages),
              cmocka_unit_test(a_node_that_stands_still_after_its_changes_does_not_keep_others_from_writing_them),
              cmocka_unit_test(what_is_submitted_while_a_message_is_under_way_waits_for_it_and_goes_together),
              cmocka_unit_test(what_comes_together_goes_together_and_what_is_long_goes_alone),
              cmocka_unit_test(one_that_is_refused_leaves_those_beside_it_alone),
              cmocka_unit_test(one_change_with_quorum_beats_fifty_without),
              cmocka_unit_test(a_quorum_that_changed_nothing_still_beats_changes_without),
              cmocka_unit_test(between_equals_the_version_decides),
              cmocka_unit_test(who_was_away_shortly_gets_the_changes_and_who_was_away_long_the_document),
              cmocka_unit_test(all_down_and_up_again_keeps_everything),
              cmocka_unit_test(a_node_that_diverges_is_found_and_gets_the_document_of_the_majority),
              cmocka_unit_test(a_silent_member_does_not_hold_up_the_others),
              cmocka_unit_test(nothing_is_called_kept_while_the_disks_fail),
              cmocka_unit_test(who_is_too_few_to_keep_a_change_does_not_wait_for_votes_without_documents),
              cmocka_unit_test(alone_without_a_disk_a_change_is_uncertain),
              cmocka_unit_test(the_time_that_a_large_change_takes_is_not_held_against_it),
              cmocka_unit_test(what_never_left_the_node_is_certainly_not_done),
              cmocka_unit_test(nonsense_from_the_group_is_noted_and_dropped),
              cmocka_unit_test(a_document_that_was_edited_behind_our_back_wins_only_between_equals),
              cmocka_unit_test(a_view_found_on_disk_vouches_for_no_more_than_it_saw))
