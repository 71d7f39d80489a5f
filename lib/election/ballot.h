/* lib/election/ballot.h - who wins when all votes are in.  Layer 3, pure.
 *
 * Every member counts the same votes, which a totally ordered bus delivered in the same order, and so comes to the same
 * result without another message.
 */
#ifndef COX_ELECTION_BALLOT_H
#define COX_ELECTION_BALLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "election/feature_set.h"

G_BEGIN_DECLS

/** A coordinator and the number of its reign.  Orders are obeyed only from this node and with this number. */
struct cox_term {
    guint32 coordinator; /**< cluster node id; 0: none */
    guint64 generation;  /**< grows with each coordinator; 0: none yet */
};

/** What a member says about itself. */
struct cox_vote {
    guint32 voter;
    cox_feature_set features; /**< what its software can do */
    cox_feature_set required; /**< what the document demands at least, as far as it knows; 0: nothing */
    struct cox_term seen;     /**< the one with the highest generation that it or its executor has ever met */
    struct cox_term term;     /**< whom it obeys at the moment */
    bool is_leaving;          /**< on its way out: coordinator only if all are */
};

struct cox_ballot_result {
    struct cox_term term;
    bool is_confirmed;        /**< the coordinator that all who had one obeyed goes on under its old number */
    cox_feature_set features; /**< what all members can do that are not too old */
    cox_feature_set required; /**< the highest demand */
};

/**
 * Count @n votes (at least one, one per voter).
 *
 * The winner is, in this order: not older than the document demands; not leaving; the oldest feature set, because newer
 * software can give orders to older only in the older language; the coordinator of the highest generation; the lowest
 * id.  It gets a generation above everything that was seen, unless nothing has changed for it.
 */
struct cox_ballot_result cox_ballot_count(const struct cox_vote *votes, size_t n);

G_END_DECLS

#endif
