/* lib/replica/replica_tally.c - the votes of a view: what is enough.  Layer 3, pure. */
#include "replica/replica_parts_priv.h"

static bool
takes_part(const struct replica_member *member)
{
    return member->has_state && !member->is_excused;
}

/*
 * A majority of the members, and as many as make a quorum by themselves: whoever has quorum later has one of them.
 * Votes that are no node's (a quorum device) cannot keep anything on disk, but they take part in deciding who has quorum.
 */
guint32
cox_replica_votes_needed(const struct replica_view *view)
{
    guint32 sum = 0, quorum = 0, other = G_MAXUINT32;

    for (guint32 i = 0; i < view->n; i++) {
        const struct replica_member *member = &view->members[i];

        if (takes_part(member)) {
            sum += member->quorum.own_votes;
            quorum = MAX(quorum, member->quorum.quorum_votes);
            other = MIN(other, member->quorum.other_votes);
        }
    }
    quorum = quorum > other ? quorum - other : 1;
    return MAX(quorum, sum / 2 + 1);
}

static guint32
votes_present(const struct replica_view *view)
{
    guint32 sum = 0;

    for (guint32 i = 0; i < view->n; i++) {
        if (takes_part(&view->members[i])) {
            sum += view->members[i].quorum.own_votes;
        }
    }
    return sum;
}

/*
 * All say so: quorum is told to each member on its own, out of step with the messages.  And they could be enough: nodes on which only
 * the membership service runs have votes there, but keep no document, and nobody should wait for them.
 */
bool
cox_replica_is_quorate(const struct replica_view *view)
{
    for (guint32 i = 0; i < view->n; i++) {
        if (takes_part(&view->members[i]) && !view->members[i].quorum.is_quorate) {
            return false;
        }
    }
    return view->is_decided && votes_present(view) >= cox_replica_votes_needed(view);
}

guint32
cox_replica_votes_ready(const struct replica_view *view)
{
    guint32 sum = 0;

    for (guint32 i = 0; i < view->n; i++) {
        if (takes_part(&view->members[i]) && view->members[i].is_ready) {
            sum += view->members[i].quorum.own_votes;
        }
    }
    return sum;
}

guint32
cox_replica_votes_acked(const struct replica_view *view, guint64 position)
{
    guint32 sum = 0;

    for (guint32 i = 0; i < view->n; i++) {
        const struct replica_member *member = &view->members[i];

        if (takes_part(member) && member->has_ack && member->acked >= position) {
            sum += member->quorum.own_votes;
        }
    }
    return sum;
}
