/* lib/fence/fencegreet.h - who joins hears what the others are doing, before it asks for anything itself.  Layer 3, pure.
 *
 *     a view with a newcomer --> every member, of its own operations:  UNDERWAY each
 *                                one that was there before:            LIFE of each node that is away, HISTORY
 *                                every member, last:                   HELLO, with a mark of this view
 *
 * Messages are in total order, so who has heard HELLO with the mark of the last such view from all its members knows all that is under
 * way, on either side of a partition that has healed.  Until then it holds back what it is asked for here (no longer than a limit: a
 * member may be stopped), so that an equal request merges on all members alike.  Requests of the others that come before the
 * operation that they merged with are put where they belong when it is told.
 *
 * No clock decides what a proof is worth.  Each boot of a node has a number, told by HELLO and remembered after it has gone.  A request
 * names the life that is to end, as far as who asks, or its fencer, knows it; requests for different lives are different requests; the
 * record of an operation names the life that it ended.  So a request for a later life never merges with an operation that may be
 * done with an earlier one, and a proof is held against the life in which the node is, whenever it was made and by whose clock.
 */
#ifndef COX_FENCE_FENCEGREET_H
#define COX_FENCE_FENCEGREET_H

#include <stdbool.h>
#include <glib.h>

#include "base/monotime.h"
#include "fence/fencemsg.h"

G_BEGIN_DECLS

struct cox_fencegreet {
    guint64 mark;     /**< of the last view in which somebody was new */
    GArray *silent;   /**< guint32: its members that have not said hello since */
    GPtrArray *held;  /**< struct cox_fence_held: requests of this node that wait for them */
    cox_usec until;   /**< no longer than this */
};

struct cox_fence_held {
    struct cox_fence_id id;
    struct cox_fence_request request; /**< texts owned */
};

void cox_fencegreet_init(struct cox_fencegreet *greet);
void cox_fencegreet_clear(struct cox_fencegreet *greet);

/** Somebody is new in the view of these members (guint32). */
void cox_fencegreet_begin(struct cox_fencegreet *greet, const GArray *members, cox_usec until);

/** These are the members now, and nobody is new: who has left will not say hello. */
void cox_fencegreet_shrink(struct cox_fencegreet *greet, const GArray *members);

void cox_fencegreet_note_hello(struct cox_fencegreet *greet, guint32 member, guint64 mark);

/** Is somebody still to say hello? */
bool cox_fencegreet_is_waiting(const struct cox_fencegreet *greet, cox_usec now);

/** Keep a request; its texts are copied. */
void cox_fencegreet_hold(struct cox_fencegreet *greet, struct cox_fence_id id, const struct cox_fence_request *request);

G_END_DECLS

#endif
