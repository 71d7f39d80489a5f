/* lib/election/ballot.c - who wins when all votes are in.  Layer 3, pure. */
#include "election/ballot.h"

#include "base/error.h"

/* The generation under which the voter itself is coordinator, or 0. */
static guint64
own_generation(const struct cox_vote *vote)
{
    return vote->term.coordinator == vote->voter ? vote->term.generation : 0;
}

static bool
is_better(const struct cox_vote *a, const struct cox_vote *b, cox_feature_set required)
{
    bool a_is_old = a->features < required;
    bool b_is_old = b->features < required;

    if (a_is_old != b_is_old) {
        return b_is_old;
    }
    if (a->is_leaving != b->is_leaving) {
        return b->is_leaving;
    }
    if (a->features != b->features) {
        return a->features < b->features;
    }
    if (own_generation(a) != own_generation(b)) {
        return own_generation(a) > own_generation(b);
    }
    return a->voter < b->voter;
}

/* Nobody obeys anybody else, and nobody has seen a number that would make orders of the winner look old. */
static bool
can_go_on(const struct cox_vote *votes, size_t n, const struct cox_vote *winner)
{
    guint64 generation = own_generation(winner);

    if (generation == 0) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const struct cox_term *term = &votes[i].term;

        const struct cox_term *seen = &votes[i].seen;

        if (seen->generation > generation
            || (seen->generation == generation && seen->coordinator != winner->voter)
            || (term->coordinator != 0
                && (term->coordinator != winner->voter || term->generation != generation))) {
            return false;
        }
    }
    return true;
}

struct cox_ballot_result
cox_ballot_count(const struct cox_vote *votes, size_t n)
{
    struct cox_ballot_result result = { { 0, 0 }, false, 0, 0 };
    const struct cox_vote *winner = NULL;
    guint64 seen = 0;

    COX_BUG_ON(n == 0);
    for (size_t i = 0; i < n; i++) {
        result.required = MAX(result.required, votes[i].required);
        seen = MAX(seen, MAX(votes[i].seen.generation, votes[i].term.generation));
    }
    for (size_t i = 0; i < n; i++) {
        if (winner == NULL || is_better(&votes[i], winner, result.required)) {
            winner = &votes[i];
        }
    }
    result.features = winner->features;
    for (size_t i = 0; i < n; i++) {
        if (votes[i].features >= result.required) {
            result.features = MIN(result.features, votes[i].features);
        }
    }
    result.is_confirmed = can_go_on(votes, n, winner);
    result.term.coordinator = winner->voter;
    result.term.generation = result.is_confirmed ? winner->term.generation : seen + 1;
    return result;
}
