/* Tests of lib/fence/fencewatch.c */
#include "fence/fencewatch.h"

#include "base/testkit.h"

static const struct cox_fence_member all[] = { { 3, "n3" }, { 1, "n1" }, { 2, "n2" } };

static void
setup(struct cox_fencewatch *watch)
{
    bool is_spokesman = false;

    cox_fencewatch_init(watch, 1, 3000, 60000, 120000);
    assert_true(cox_fencewatch_set_members(watch, all, 3, &is_spokesman));
    assert_false(is_spokesman); /* has nothing to tell yet */
}

static void
members_are_known_by_id_and_name(void **state)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(guint32));
    struct cox_fencewatch watch;
    bool is_spokesman = false;

    (void) state;
    setup(&watch);
    assert_string_equal(cox_fencewatch_name(&watch, 2), "n2");
    assert_null(cox_fencewatch_name(&watch, 4));
    assert_int_equal(cox_fencewatch_member(&watch, "n3"), 3);
    assert_int_equal(cox_fencewatch_member(&watch, "n4"), 0);
    assert_int_equal(cox_fencewatch_speaker(&watch, "n2"), 1);
    assert_int_equal(cox_fencewatch_speaker(&watch, "n1"), 2);
    for (guint32 id = 1; id <= 4; id++) {
        assert_int_equal(cox_fencewatch_has_all(&watch, ids), id > 3);
        g_array_append_val(ids, id);
    }
    cox_fencewatch_keep_members(&watch, ids);
    assert_int_equal(ids->len, 3);
    assert_false(cox_fencewatch_set_members(&watch, &all[1], 1, &is_spokesman));
    assert_true(is_spokesman);
    assert_int_equal(cox_fencewatch_speaker(&watch, "n1"), 0);
    assert_true(cox_fencewatch_set_members(&watch, all, 2, &is_spokesman));
    assert_true(is_spokesman);
    cox_fencewatch_clear(&watch);
}

static void
fencing_that_was_about_the_boot_before_makes_no_liar(void **state)
{
    struct cox_fencewatch watch;

    (void) state;
    setup(&watch);
    assert_int_equal(cox_fencewatch_incarnation(&watch, "n3"), 0);
    cox_fencewatch_note_hello(&watch, "n3", 8);
    assert_int_equal(cox_fencewatch_incarnation(&watch, "n3"), 8);
    cox_fencewatch_note_fenced(&watch, "n3", 7, 0); /* it has booted since */
    assert_int_equal(cox_fencewatch_wake_at(&watch, true), COX_USEC_NEVER);
    cox_fencewatch_note_fenced(&watch, "n3", 8, 0);
    assert_int_equal(cox_fencewatch_wake_at(&watch, true), 3000000);
    cox_fencewatch_clear(&watch);
}

static void
a_member_that_was_fenced_must_leave_in_time(void **state)
{
    struct cox_fencewatch watch;
    bool is_spokesman = false;

    (void) state;
    setup(&watch);
    cox_fencewatch_note_hello(&watch, "n3", 7);
    cox_fencewatch_note_fenced(&watch, "n3", 7, 0);
    assert_int_equal(cox_fencewatch_wake_at(&watch, true), 3000000);
    assert_null(cox_fencewatch_next_liar(&watch, 2999999));
    assert_string_equal(cox_fencewatch_next_liar(&watch, 3000000), "n3");
    assert_null(cox_fencewatch_next_liar(&watch, 3000000));
    assert_true(cox_fencewatch_is_barred(&watch, "n3"));
    assert_int_equal(cox_fencewatch_wake_at(&watch, true), 3000000);
    assert_int_equal(cox_fencewatch_wake_at(&watch, false), COX_USEC_NEVER);
    assert_string_equal(cox_fencewatch_next_refence(&watch, 3000000), "n3"); /* the first time at once */
    assert_null(cox_fencewatch_next_refence(&watch, 3000000));
    cox_fencewatch_note_failure(&watch, "n3", 4000000);
    assert_null(cox_fencewatch_next_refence(&watch, 63999999));
    assert_string_equal(cox_fencewatch_next_refence(&watch, 64000000), "n3");
    cox_fencewatch_note_fenced(&watch, "n3", 7, 65000000);
    cox_fencewatch_set_members(&watch, &all[1], 2, &is_spokesman);
    assert_true(cox_fencewatch_is_barred(&watch, "n3")); /* only its fencer has left */
    cox_fencewatch_note_lost(&watch, 3);
    assert_false(cox_fencewatch_is_barred(&watch, "n3"));
    assert_int_equal(cox_fencewatch_wake_at(&watch, true), COX_USEC_NEVER);
    cox_fencewatch_note_failure(&watch, "n3", 66000000); /* not barred: not our business */
    cox_fencewatch_note_failure(&watch, "n4", 66000000);
    assert_int_equal(cox_fencewatch_wake_at(&watch, true), COX_USEC_NEVER);
    cox_fencewatch_clear(&watch);
}

static void
who_comes_back_must_have_booted(void **state)
{
    struct cox_fencewatch watch;
    bool is_spokesman = false;

    (void) state;
    setup(&watch);
    cox_fencewatch_note_hello(&watch, "n3", 7);
    cox_fencewatch_set_members(&watch, &all[1], 2, &is_spokesman);
    cox_fencewatch_note_lost(&watch, 3);
    cox_fencewatch_note_fenced(&watch, "n3", 7, 0);
    assert_false(cox_fencewatch_is_barred(&watch, "n3"));
    cox_fencewatch_set_members(&watch, all, 3, &is_spokesman);
    cox_fencewatch_note_hello(&watch, "n3", 7);
    cox_fencewatch_note_hello(&watch, "n1", 1);
    assert_string_equal(cox_fencewatch_next_liar(&watch, 1), "n3");
    cox_fencewatch_note_hello(&watch, "n3", 7); /* once is enough */
    assert_null(cox_fencewatch_next_liar(&watch, 1));
    cox_fencewatch_note_hello(&watch, "n3", 8);
    assert_false(cox_fencewatch_is_barred(&watch, "n3"));
    assert_null(cox_fencewatch_next_refence(&watch, 1));
    assert_false(cox_fencewatch_is_barred(&watch, "n9"));
    cox_fencewatch_clear(&watch);
}

static void
the_ring_keeps_who_only_left_the_group(void **state)
{
    struct cox_fencewatch watch;
    bool is_spokesman = false;

    (void) state;
    setup(&watch);
    cox_fencewatch_set_members(&watch, &all[1], 2, &is_spokesman);
    assert_string_equal(cox_fencewatch_ring_name(&watch, 3), "n3");
    cox_fencewatch_note_lost(&watch, 3);
    cox_fencewatch_note_lost(&watch, 9);
    assert_null(cox_fencewatch_ring_name(&watch, 3));
    assert_false(cox_fencewatch_is_in_ring(&watch, "n3"));
    assert_true(cox_fencewatch_is_in_ring(&watch, "n2"));
    cox_fencewatch_clear(&watch);
}

static void
what_an_earlier_life_lost_is_not_held_against_a_later_one(void **state)
{
    struct cox_fencewatch watch;

    (void) state;
    setup(&watch);
    assert_int_equal(cox_fencewatch_incarnation(&watch, "n3"), 0);
    cox_fencewatch_note_hello(&watch, "n3", 8);
    assert_int_equal(cox_fencewatch_incarnation(&watch, "n3"), 8);
    cox_fencewatch_note_fenced(&watch, "n3", 7, 0); /* told after it has booted */
    assert_int_equal(cox_fencewatch_wake_at(&watch, true), COX_USEC_NEVER);
    cox_fencewatch_note_hello(&watch, "n3", 8);
    assert_null(cox_fencewatch_next_liar(&watch, 5000000));
    cox_fencewatch_note_alive(&watch, "n3");
    assert_string_equal(cox_fencewatch_next_liar(&watch, 0), "n3");
    cox_fencewatch_note_alive(&watch, "n3"); /* said once */
    assert_null(cox_fencewatch_next_liar(&watch, 0));
    cox_fencewatch_clear(&watch);
}

static void
the_lowest_other_member_acts(void **state)
{
    struct cox_fencewatch watch;
    bool is_spokesman = false;

    (void) state;
    setup(&watch);
    watch.self = 2;
    cox_fencewatch_note_fenced(&watch, "n3", 0, 0);
    assert_string_equal(cox_fencewatch_next_liar(&watch, 3000000), "n3");
    assert_null(cox_fencewatch_next_refence(&watch, 3000000));
    assert_int_equal(cox_fencewatch_wake_at(&watch, true), COX_USEC_NEVER);
    cox_fencewatch_set_members(&watch, (const struct cox_fence_member[]) { { 2, "n2" }, { 3, "n3" } }, 2, &is_spokesman);
    assert_string_equal(cox_fencewatch_next_refence(&watch, 3000000), "n3");
    cox_fencewatch_clear(&watch);
}

/* A request may name a life that fencers have not heard of yet: what they remember of the node is the one before. */
static void
what_is_remembered_of_a_node_is_no_new_life(void **state)
{
    struct cox_fencewatch watch;
    bool is_spokesman = false;

    (void) state;
    setup(&watch);
    cox_fencewatch_note_hello(&watch, "n3", 7);
    assert_false(cox_fencewatch_has_new_life(&watch, "n3", 7));
    cox_fencewatch_set_members(&watch, &all[1], 2, &is_spokesman);
    cox_fencewatch_note_lost(&watch, 3);
    assert_false(cox_fencewatch_has_new_life(&watch, "n3", 8)); /* it is away */
    cox_fencewatch_set_members(&watch, all, 3, &is_spokesman);
    assert_int_equal(cox_fencewatch_incarnation(&watch, "n3"), 7);
    assert_false(cox_fencewatch_has_new_life(&watch, "n3", 8)); /* it is there, and has not spoken */
    cox_fencewatch_note_hello(&watch, "n3", 8);
    assert_false(cox_fencewatch_has_new_life(&watch, "n3", 8));
    assert_true(cox_fencewatch_has_new_life(&watch, "n3", 7));
    assert_false(cox_fencewatch_has_new_life(&watch, "n4", 7));
    cox_fencewatch_clear(&watch);
}

COX_TEST_MAIN(cmocka_unit_test(what_is_remembered_of_a_node_is_no_new_life), cmocka_unit_test(members_are_known_by_id_and_name),
              cmocka_unit_test(fencing_that_was_about_the_boot_before_makes_no_liar),
              cmocka_unit_test(a_member_that_was_fenced_must_leave_in_time),
              cmocka_unit_test(who_comes_back_must_have_booted), cmocka_unit_test(the_lowest_other_member_acts),
              cmocka_unit_test(the_ring_keeps_who_only_left_the_group),
              cmocka_unit_test(what_an_earlier_life_lost_is_not_held_against_a_later_one))
