/* lib/election/join.h - how far each member has come on its way into the coordinator's crew.  Layer 3, pure.
 *
 *     coordinator              member                    phase of the member
 *         | ------- OFFER ------> |                      NEW -> OFFERED
 *         | <------ REQUEST ----- |   what it can do     OFFERED -> ACKED (or REFUSED: too old for the document)
 *         | -------- ACK -------> |
 *         | <------ CONFIRM ----- |   what it is running ACKED -> JOINED
 *
 *     Who has just voted has said all that a REQUEST says, and is sent the ACK at once (NEW -> ACKED).  When a reign begins each of them
 *     knows that by itself, as all count the same votes, and CONFIRMs without being sent one: there are three messages less, one after the other,
 *     between the death of a coordinator and the next plan.  The round's serial is the number of the offer that was not made.
 *
 *     Who stays silent too long becomes SILENT; its REQUEST still counts when it comes.  Who leaves is forgotten.
 */
#ifndef COX_ELECTION_JOIN_H
#define COX_ELECTION_JOIN_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/monotime.h"

G_BEGIN_DECLS

enum cox_join_phase {
    COX_JOIN_UNKNOWN = 0, /**< no member */
    COX_JOIN_NEW,
    COX_JOIN_OFFERED,
    COX_JOIN_ACKED,
    COX_JOIN_JOINED,
    COX_JOIN_REFUSED,
    COX_JOIN_SILENT,
};

/** A member as the coordinator sees it. */
struct cox_join_member {
    guint32 node;
    enum cox_join_phase phase;
    guint32 join_id;     /**< of the offer made last; answers to older ones do not count */
    cox_usec silent_at;  /**< when patience ends, while OFFERED or ACKED; else COX_USEC_NEVER */
};

/** The members by node id. */
struct cox_join {
    GArray *members; /**< struct cox_join_member, ascending by node */
};

void cox_join_init(struct cox_join *join);
void cox_join_clear(struct cox_join *join);

/** Forget who is not among the @n @nodes, add the others as NEW. */
void cox_join_set_nodes(struct cox_join *join, const guint32 *nodes, size_t n);

/** All members are NEW again: a reign begins. */
void cox_join_restart(struct cox_join *join);

/** The member, to be changed, or NULL. */
struct cox_join_member *cox_join_find(const struct cox_join *join, guint32 node);

/** Is nobody left whose answer is waited for? */
bool cox_join_is_complete(const struct cox_join *join);

/** When the first patience ends, or COX_USEC_NEVER. */
cox_usec cox_join_deadline(const struct cox_join *join);

/** Lower-case name for logs and status: "new", "offered", ... */
const char *cox_join_phase_text(enum cox_join_phase phase);

G_END_DECLS

#endif
