/* lib/election/election.h - which member coordinates, and when it may plan: the engine.  Layer 3, pure.
 *
 * Relies on a bus that delivers messages and changes of membership to all members of a partition in the same order (closed
 * process groups); a sender gets its own messages as well.
 *
 *            start                                   a call is delivered           all votes are delivered
 *     ALONE -------> CALLING ----------------------------> VOTING -------------------------> SETTLED
 *                     |  ^  all expected nodes are there,    ^  |  ^                            |
 *                     |  |  or dc-deadtime is over,          |  |  '----------------------------| a call is delivered
 *                     |  |  or it had a coordinator          '--'                               |
 *                     |  |                             voters stay mute:                        |
 *                     |  |                             call again without them                  |
 *                     |  '----------------------------------------------------------------------'
 *                     '--> (call)       somebody joins, the coordinator leaves or falls silent
 *
 * A round has a name (caller, serial), so that votes cannot be taken for those of another round.  Each member counts for
 * itself (election/ballot.h).  The coordinator then lets the members join (election/join.h) and may plan when every member
 * has reported what it is running.
 */
#ifndef COX_ELECTION_ELECTION_H
#define COX_ELECTION_ELECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/effects.h"
#include "base/monotime.h"
#include "election/ballot.h"
#include "election/join.h"

G_BEGIN_DECLS

/** Lengths of time; all in ms.  controld fills them from the options named. */
struct cox_election_config {
    gint64 dc_deadtime_ms;              /**< dc-deadtime: bounds the wait for nodes that are expected and missing */
    gint64 vote_ms;                     /**< wait for one round's votes, at most election-timeout */
    gint64 beacon_ms;                   /**< how often the coordinator is heard; 0: never, and nobody minds */
    gint64 silence_ms;                  /**< a coordinator not heard for so long is replaced; a few beacons */
    gint64 integration_ms;              /**< join-integration-timeout: from offer to request */
    gint64 finalization_ms;             /**< join-finalization-timeout: from ack to confirm */
};

enum cox_election_message_kind {
    COX_ELECTION_CALL = 0, /**< open a round */
    COX_ELECTION_VOTE,
    COX_ELECTION_BEACON,   /**< the coordinator is alive */
    COX_ELECTION_OFFER,
    COX_ELECTION_REQUEST,  /**< carries a vote, too: what the member can do */
    COX_ELECTION_ACK,
    COX_ELECTION_NACK,     /**< too old for the document */
    COX_ELECTION_CONFIRM,  /**< the shell adds what the node is running (history and actions in flight) */
};

struct cox_election_message {
    enum cox_election_message_kind kind;
    guint32 target;            /**< OFFER, ACK, NACK: for this node; 0: for all */
    guint32 join_id;           /**< OFFER to CONFIRM */
    guint64 generation;        /**< BEACON to CONFIRM: of the coordinator that sends or is answered */
    guint32 round_caller;      /**< CALL, VOTE: name of the round */
    guint64 round_serial;
    struct cox_vote vote;      /**< VOTE, REQUEST */
    const guint32 *excluded;   /**< CALL: mute members that are not waited for; borrowed */
    size_t n_excluded;
};

enum cox_election_event_kind {
    COX_ELECTION_ON_VIEW = 0,  /**< membership as the bus delivers it, this node included */
    COX_ELECTION_ON_EXPECTED,  /**< the nodes that the cluster layer's configuration lists */
    COX_ELECTION_ON_MESSAGE,
    COX_ELECTION_ON_WAKE,      /**< the time of the last wake effect has come */
    COX_ELECTION_ON_LEAVING,   /**< this node is going to leave */
    COX_ELECTION_ON_REQUIRED,  /**< the document demands at least these features */
    COX_ELECTION_ON_SEEN,      /**< the executor, fencer or CIB has met an order of this term; a younger one calls for a round */
};

struct cox_election_event {
    enum cox_election_event_kind kind;
    union {
        struct {
            const guint32 *nodes;
            size_t n;
        } nodes;                                /**< VIEW, EXPECTED */
        struct {
            guint32 sender;
            const struct cox_election_message *message;
        } message;
        cox_feature_set required;
        struct cox_term seen;
    };
};

enum cox_election_effect_kind {
    COX_ELECTION_DO_SEND = 0, /**< message to the whole group */
    COX_ELECTION_DO_WAKE,     /**< come back with ON_WAKE at the time; replaces the previous wish; NEVER: not at all */
    COX_ELECTION_DO_SETTLE,   /**< result of a round: obey this coordinator; also when it is the same as before */
    COX_ELECTION_DO_UNSETTLE, /**< there is no coordinator for now; if this node was it: give no more orders */
    COX_ELECTION_DO_PHASE,    /**< coordinator: a member has come this far */
    COX_ELECTION_DO_PLAN,     /**< coordinator: every member has reported, or its time is over: plan */
    COX_ELECTION_DO_ADMIT,    /**< member: the coordinator has accepted this node */
    COX_ELECTION_DO_REFUSE,   /**< member: refused, its software is too old for the document */
};

struct cox_election_effect {
    enum cox_election_effect_kind kind;
    union {
        struct cox_election_message message; /**< its arrays live as long as the effects */
        cox_usec at;
        struct cox_ballot_result settle;
        struct {
            guint32 node;
            enum cox_join_phase phase;
        } phase;
    };
};

COX_EFFECTS_DEFINE(election)

struct cox_election;

/**
 * An engine that has seen nothing.
 *
 * @param config copied
 * @param self   cluster node id, not 0
 * @param features what this node's software can do
 * @param incarnation greater than that of each earlier run on this node by more than the calls it made, e.g. the wall time
 *                    of the start in microseconds: names of rounds must never come again
 */
struct cox_election *cox_election_new(const struct cox_election_config *config, guint32 self, cox_feature_set features,
                                      guint64 incarnation);

/** Other lengths of time, for what begins from now on; dc-deadtime counts from the first view all the same. */
void cox_election_configure(struct cox_election *election, const struct cox_election_config *config);

/** Free.  NULL is allowed. */
void cox_election_free(struct cox_election *election);

/** One step.  Total: a message from outside the view, of another round or term is ignored. */
void cox_election_step(struct cox_election *election, const struct cox_election_event *event, cox_usec now,
                       struct cox_election_effects *out);

/** Whom this node obeys; coordinator 0 when nobody. */
struct cox_term cox_election_term(const struct cox_election *election);

/** Is an order of @sender with this @generation to be carried out? */
bool cox_election_accepts(const struct cox_election *election, guint32 sender, guint64 generation);

/** May this node give orders: is it the coordinator, no round is open, and has every member reported since it became it? */
bool cox_election_may_act(const struct cox_election *election);

/** How far @node has come, as this node knows if it is the coordinator; else COX_JOIN_UNKNOWN or stale. */
enum cox_join_phase cox_election_phase(const struct cox_election *election, guint32 node);

typedef struct cox_election cox_election; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_election, cox_election_free)

G_END_DECLS

#endif
