/* Tests of lib/election/join.c */
#include "election/join.h"

#include "base/testkit.h"

static void
members_are_sorted_and_keep_their_phase_while_they_stay(void **state)
{
    static const guint32 first[] = { 9, 2, 5 };
    static const guint32 second[] = { 1, 5, 9 };
    struct cox_join join;

    (void) state;
    cox_join_init(&join);
    assert_true(cox_join_is_complete(&join));
    cox_join_set_nodes(&join, first, 3);
    cox_join_find(&join, 5)->phase = COX_JOIN_JOINED;
    cox_join_set_nodes(&join, second, 3);
    assert_null(cox_join_find(&join, 2));
    assert_int_equal(cox_join_find(&join, 5)->phase, COX_JOIN_JOINED);
    assert_int_equal(cox_join_find(&join, 1)->phase, COX_JOIN_NEW);
    assert_int_equal(g_array_index(join.members, struct cox_join_member, 0).node, 1);
    assert_int_equal(g_array_index(join.members, struct cox_join_member, 2).node, 9);
    cox_join_restart(&join);
    assert_int_equal(cox_join_find(&join, 5)->phase, COX_JOIN_NEW);
    cox_join_clear(&join);
}

static void
complete_means_that_nobody_is_waited_for(void **state)
{
    static const guint32 nodes[] = { 1 };
    static const struct {
        enum cox_join_phase phase;
        bool is_complete;
        const char *text;
    } cases[] = {
        { COX_JOIN_NEW, false, "new" },        { COX_JOIN_OFFERED, false, "offered" }, { COX_JOIN_ACKED, false, "acked" },
        { COX_JOIN_JOINED, true, "joined" },   { COX_JOIN_REFUSED, true, "refused" },  { COX_JOIN_SILENT, true, "silent" },
    };
    struct cox_join join;

    (void) state;
    cox_join_init(&join);
    cox_join_set_nodes(&join, nodes, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        cox_join_find(&join, 1)->phase = cases[i].phase;
        assert_int_equal(cox_join_is_complete(&join), cases[i].is_complete);
        assert_string_equal(cox_join_phase_text(cases[i].phase), cases[i].text);
    }
    assert_string_equal(cox_join_phase_text(COX_JOIN_UNKNOWN), "unknown");
    cox_join_clear(&join);
}

static void
the_first_deadline_counts(void **state)
{
    static const guint32 nodes[] = { 1, 2 };
    struct cox_join join;

    (void) state;
    cox_join_init(&join);
    cox_join_set_nodes(&join, nodes, 2);
    assert_int_equal(cox_join_deadline(&join), COX_USEC_NEVER);
    cox_join_find(&join, 2)->silent_at = 700;
    assert_int_equal(cox_join_deadline(&join), 700);
    cox_join_find(&join, 1)->silent_at = 500;
    assert_int_equal(cox_join_deadline(&join), 500);
    cox_join_clear(&join);
}

COX_TEST_MAIN(cmocka_unit_test(members_are_sorted_and_keep_their_phase_while_they_stay),
              cmocka_unit_test(complete_means_that_nobody_is_waited_for), cmocka_unit_test(the_first_deadline_counts))
