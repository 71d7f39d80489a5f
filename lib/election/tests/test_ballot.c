/* Tests of lib/election/ballot.c */
#include "election/ballot.h"

#include "base/testkit.h"

/* Columns: voter, features, required, seen, term, is_leaving. */
static const struct {
    const char *why;
    struct cox_vote votes[3];
    guint32 coordinator;
    guint64 generation;
    bool is_confirmed;
    cox_feature_set features;
} cases[] = {
    { "a new cluster: the lowest id",
      { { 3, 5, 0, { 0, 0 }, { 0, 0 }, false }, { 1, 5, 0, { 0, 0 }, { 0, 0 }, false }, { 2, 5, 0, { 0, 0 }, { 0, 0 }, false } },
      1, 1, false, 5 },
    { "the oldest feature set leads",
      { { 1, 6, 0, { 0, 0 }, { 0, 0 }, false }, { 2, 5, 0, { 0, 0 }, { 0, 0 }, false }, { 3, 6, 0, { 0, 0 }, { 0, 0 }, false } },
      2, 1, false, 5 },
    { "a joiner changes nothing",
      { { 1, 5, 0, { 0, 0 }, { 0, 0 }, false }, { 2, 5, 0, { 2, 7 }, { 2, 7 }, false }, { 3, 5, 0, { 2, 7 }, { 2, 7 }, false } },
      2, 7, true, 5 },
    { "an older joiner takes over",
      { { 1, 4, 0, { 0, 0 }, { 0, 0 }, false }, { 2, 5, 0, { 2, 7 }, { 2, 7 }, false }, { 3, 5, 0, { 2, 7 }, { 2, 7 }, false } },
      1, 8, false, 4 },
    { "too old for the document: takes no part",
      { { 1, 4, 0, { 0, 0 }, { 0, 0 }, false }, { 2, 5, 5, { 2, 7 }, { 2, 7 }, false }, { 3, 6, 5, { 2, 7 }, { 2, 7 }, false } },
      2, 7, true, 5 },
    { "all too old: the oldest leads all the same",
      { { 1, 4, 9, { 0, 0 }, { 0, 0 }, false }, { 2, 3, 0, { 0, 0 }, { 0, 0 }, false }, { 3, 4, 0, { 0, 0 }, { 0, 0 }, false } },
      2, 1, false, 3 },
    { "two coordinators after a heal: the higher generation, under a new one",
      { { 1, 5, 0, { 1, 6 }, { 1, 6 }, false }, { 2, 5, 0, { 2, 7 }, { 2, 7 }, false }, { 3, 5, 0, { 2, 7 }, { 2, 7 }, false } },
      2, 8, false, 5 },
    { "two coordinators with one number",
      { { 1, 5, 0, { 1, 7 }, { 1, 7 }, false }, { 2, 5, 0, { 2, 7 }, { 2, 7 }, false }, { 3, 5, 0, { 2, 7 }, { 2, 7 }, false } },
      1, 8, false, 5 },
    { "an executor that obeyed a younger reign forces a new number",
      { { 1, 5, 0, { 1, 7 }, { 1, 7 }, false }, { 2, 5, 0, { 2, 9 }, { 0, 0 }, false }, { 3, 5, 0, { 1, 7 }, { 1, 7 }, false } },
      1, 10, false, 5 },
    { "an executor that obeyed another reign of the same number, too",
      { { 1, 5, 0, { 1, 7 }, { 1, 7 }, false }, { 2, 5, 0, { 2, 7 }, { 0, 0 }, false }, { 3, 5, 0, { 1, 7 }, { 1, 7 }, false } },
      1, 8, false, 5 },
    { "who leaves does not lead",
      { { 1, 5, 0, { 1, 7 }, { 1, 7 }, true }, { 2, 5, 0, { 1, 7 }, { 1, 7 }, false }, { 3, 5, 0, { 1, 7 }, { 1, 7 }, false } },
      2, 8, false, 5 },
    { "all leave: the coordinator stays",
      { { 1, 5, 0, { 2, 7 }, { 2, 7 }, true }, { 2, 5, 0, { 2, 7 }, { 2, 7 }, true }, { 3, 5, 0, { 2, 7 }, { 2, 7 }, true } },
      2, 7, true, 5 },
    { "the coordinator does not know that it is one any more",
      { { 1, 5, 0, { 0, 0 }, { 0, 0 }, false }, { 2, 5, 0, { 1, 7 }, { 1, 7 }, false }, { 3, 5, 0, { 1, 7 }, { 1, 7 }, false } },
      1, 8, false, 5 },
};

static void
the_best_candidate_wins_under_the_right_number(void **state)
{
    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_ballot_result got = cox_ballot_count(cases[i].votes, 3);

        if (got.term.coordinator != cases[i].coordinator || got.term.generation != cases[i].generation
            || got.is_confirmed != cases[i].is_confirmed || got.features != cases[i].features) {
            fail_msg("%s: node %u, generation %" G_GUINT64_FORMAT ", confirmed %d, features %" G_GUINT64_FORMAT,
                     cases[i].why, got.term.coordinator, got.term.generation, got.is_confirmed, got.features);
        }
    }
}

static void
the_order_of_the_votes_does_not_matter(void **state)
{
    static const int orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_ballot_result first = cox_ballot_count(cases[i].votes, 3);

        for (size_t o = 0; o < G_N_ELEMENTS(orders); o++) {
            struct cox_vote votes[3];
            struct cox_ballot_result got;

            for (int v = 0; v < 3; v++) {
                votes[v] = cases[i].votes[orders[o][v]];
            }
            got = cox_ballot_count(votes, 3);
            assert_int_equal(got.term.coordinator, first.term.coordinator);
            assert_int_equal(got.term.generation, first.term.generation);
            assert_int_equal(got.is_confirmed, first.is_confirmed);
            assert_int_equal(got.features, first.features);
        }
    }
}

COX_TEST_MAIN(cmocka_unit_test(the_best_candidate_wins_under_the_right_number),
              cmocka_unit_test(the_order_of_the_votes_does_not_matter))
