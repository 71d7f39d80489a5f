/* Tests of lib/cluster/accord.c: members and quorum, in whatever order they are told. */
#include "cluster/accord.h"

#include "base/testkit.h"

/* Both have told of ring 4, with quorum. */
static struct cox_accord
in_accord(void)
{
    struct cox_accord accord = { 0 };

    cox_accord_on_ring(&accord, 4);
    cox_accord_on_quorum(&accord, 4, true);
    return accord;
}

static void
nothing_is_known_in_the_beginning_and_quorum_waits(void **state)
{
    struct cox_accord accord = { 0 };

    (void) state;
    assert_true(cox_accord_quorum_waits(&accord));
    assert_false(cox_accord_members_wait(&accord));
    assert_false(cox_accord_is_quorate(&accord));
    cox_accord_on_quorum(&accord, 4, true);
    assert_true(cox_accord_quorum_waits(&accord));
    assert_false(cox_accord_members_wait(&accord)); /* a process joins a group of a ring that has been there */
    cox_accord_on_ring(&accord, 4);
    assert_false(cox_accord_quorum_waits(&accord));
    assert_true(cox_accord_is_quorate(&accord));
}

static void
members_wait_for_their_quorum(void **state)
{
    struct cox_accord accord = in_accord();

    (void) state;
    cox_accord_on_nodes(&accord);
    assert_true(cox_accord_members_wait(&accord) && cox_accord_quorum_waits(&accord) && !cox_accord_is_quorate(&accord));
    cox_accord_on_ring(&accord, 8);
    assert_true(cox_accord_members_wait(&accord) && cox_accord_quorum_waits(&accord) && !cox_accord_is_quorate(&accord));
    cox_accord_on_quorum(&accord, 8, true);
    assert_true(!cox_accord_members_wait(&accord) && !cox_accord_quorum_waits(&accord) && cox_accord_is_quorate(&accord));
}

static void
quorum_waits_for_its_members(void **state)
{
    struct cox_accord accord = in_accord();

    (void) state;
    cox_accord_on_quorum(&accord, 8, false);
    assert_true(cox_accord_quorum_waits(&accord) && !cox_accord_members_wait(&accord)); /* what the old members say comes first */
    cox_accord_on_nodes(&accord);
    assert_true(cox_accord_members_wait(&accord));
    cox_accord_on_ring(&accord, 8);
    assert_true(!cox_accord_members_wait(&accord) && !cox_accord_quorum_waits(&accord) && !cox_accord_is_quorate(&accord));
}

static void
a_change_of_quorum_in_the_same_ring_is_told_at_once(void **state)
{
    struct cox_accord accord = in_accord();

    (void) state;
    cox_accord_on_quorum(&accord, 4, false);
    assert_true(!cox_accord_quorum_waits(&accord) && !cox_accord_is_quorate(&accord));
    cox_accord_on_quorum(&accord, 4, true);
    assert_true(cox_accord_is_quorate(&accord));
}

/* Its members are told, and none may have the quorum of another ring with them. */
static void
a_ring_that_was_left_before_its_quorum_was_known_has_none(void **state)
{
    struct cox_accord accord = in_accord();

    (void) state;
    cox_accord_on_nodes(&accord);
    cox_accord_on_ring(&accord, 8);
    cox_accord_on_quorum(&accord, 12, true);
    assert_true(!cox_accord_members_wait(&accord) && !cox_accord_quorum_waits(&accord) && !cox_accord_is_quorate(&accord));
    cox_accord_on_nodes(&accord);
    cox_accord_on_ring(&accord, 12);
    assert_true(cox_accord_is_quorate(&accord));

    accord = in_accord();
    cox_accord_on_quorum(&accord, 12, true);
    cox_accord_on_ring(&accord, 8);
    assert_true(!cox_accord_members_wait(&accord) && !cox_accord_quorum_waits(&accord) && !cox_accord_is_quorate(&accord));
    cox_accord_on_ring(&accord, 12);
    assert_true(cox_accord_is_quorate(&accord));
}

static void
patience_ends_and_there_is_no_quorum_until_both_agree_again(void **state)
{
    struct cox_accord accord = in_accord();

    (void) state;
    cox_accord_on_nodes(&accord);
    cox_accord_on_ring(&accord, 8);
    cox_accord_on_patience_end(&accord);
    assert_true(!cox_accord_members_wait(&accord) && !cox_accord_quorum_waits(&accord) && !cox_accord_is_quorate(&accord));
    cox_accord_on_nodes(&accord);
    assert_false(cox_accord_members_wait(&accord)); /* no more patience than before */
    cox_accord_on_ring(&accord, 12);
    cox_accord_on_quorum(&accord, 12, true);
    assert_true(cox_accord_is_quorate(&accord));
    cox_accord_on_nodes(&accord);
    assert_true(cox_accord_members_wait(&accord));

    accord = in_accord();
    cox_accord_on_patience_end(&accord); /* nothing waits */
    assert_true(cox_accord_is_quorate(&accord));
}

/* Whatever comes in whatever order: quorum is never that of another ring, and nobody waits for what has come. */
static void
quorum_is_never_that_of_another_ring(void **state)
{
    GRand *rand = g_rand_new_with_seed(3);

    (void) state;
    for (unsigned run = 0; run < 2000; run++) {
        struct cox_accord accord = { 0 };
        guint64 members = 0, quorum = 0, newest = 1;

        for (unsigned step = 0; step < 40; step++) {
            switch (g_rand_int_range(rand, 0, 5)) {
                case 0:
                    newest++;
                    break;
                case 1:
                    cox_accord_on_nodes(&accord);
                    break;
                case 2:
                    members = (guint64) g_rand_int_range(rand, (gint32) members, (gint32) newest + 1);
                    cox_accord_on_ring(&accord, members);
                    break;
                case 3:
                    quorum = (guint64) g_rand_int_range(rand, (gint32) quorum, (gint32) newest + 1);
                    cox_accord_on_quorum(&accord, quorum, true);
                    break;
                default:
                    cox_accord_on_patience_end(&accord);
                    break;
            }
            assert_true(!cox_accord_is_quorate(&accord) || (members == quorum && members != 0));
            assert_true(!cox_accord_members_wait(&accord) || cox_accord_quorum_waits(&accord)); /* so somebody looks at the clock */
            assert_true(!cox_accord_members_wait(&accord) || !cox_accord_is_quorate(&accord));
        }
        cox_accord_on_ring(&accord, newest);
        cox_accord_on_quorum(&accord, newest, true);
        assert_true(cox_accord_is_quorate(&accord) && !cox_accord_quorum_waits(&accord));
    }
    g_rand_free(rand);
}

COX_TEST_MAIN(cmocka_unit_test(nothing_is_known_in_the_beginning_and_quorum_waits), cmocka_unit_test(members_wait_for_their_quorum),
              cmocka_unit_test(quorum_waits_for_its_members), cmocka_unit_test(a_change_of_quorum_in_the_same_ring_is_told_at_once),
              cmocka_unit_test(a_ring_that_was_left_before_its_quorum_was_known_has_none),
              cmocka_unit_test(patience_ends_and_there_is_no_quorum_until_both_agree_again),
              cmocka_unit_test(quorum_is_never_that_of_another_ring))
