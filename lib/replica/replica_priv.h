/* lib/replica/replica_priv.h - the state of a replica and what its files offer each other.  Layer 3, pure. */
#ifndef COX_REPLICA_REPLICA_PRIV_H
#define COX_REPLICA_REPLICA_PRIV_H

#include "replica/replica.h"
#include "replica/replica_message.h"

/*
 *           VIEW                    last STATE, own = winner's
 *   IDLE ---------> STATES ------------------------------------------> ACTIVE
 *                     |  ^ \                                             |
 *      own != winner's|  |  \ EXCUSE of this node                        | VIEW, CHECK
 *                     v  |   v                                           v
 *                  FETCH |  OUTSIDE -- asks with CHECK --> STATES      STATES
 *                     '--+--> ACTIVE when the document is there
 */
enum replica_phase {
    PHASE_IDLE = 0, /* not in the group */
    PHASE_STATES,   /* everybody says what it has; changes wait */
    PHASE_FETCH,    /* the winning document is on its way; changes wait, but others may be applying them */
    PHASE_ACTIVE,   /* has it, and applies changes as they come */
    PHASE_OUTSIDE,  /* left out of this round; changes pass by */
};

enum replica_busy {
    BUSY_NOT = 0,
    BUSY_CHANGE,  /* APPLY of a change that was delivered */
    BUSY_PATCH,   /* APPLY of a change that was fetched */
    BUSY_INSTALL, /* INSTALL of a document that was fetched */
};

struct replica_member {
    guint32 id;
    bool has_state, is_excused, is_coordinator;
    bool is_ready, has_ack; /* for the number of the view that is being agreed on */
    guint64 nonce, promised, acked, state_number;
    guint64 changes_place; /* of its last changes, see struct replica_held */
    struct cox_stamp stamp;
    struct cox_replica_document document;
    struct cox_replica_quorum quorum;
};

/* A place in the order that waits: a change, or the moment where quorum began or ended. */
struct replica_queued {
    enum { QUEUED_CHANGE = 0, QUEUED_ESTABLISH, QUEUED_LAPSE } kind;
    guint64 place; /* how many such there were before it, and itself */
    guint32 node;
    guint64 nonce, seq; /* of a change: who submitted it, and as which of his */
    GBytes *bytes;      /* of a change */
};

/* Something from the group that was handed in while the document was busy. */
struct replica_inbox {
    bool is_view;
    guint32 node;
    GBytes *bytes;
    guint32 nodes[COX_REPLICA_MAX_NODES];
    size_t n_nodes;
};

struct replica_pending {
    guint64 seq;
    guint64 request;
    GBytes *payload;
    enum { PENDING_UNSENT = 0, PENDING_SENT, PENDING_APPLIED } state;
    guint64 position;
    cox_usec deadline;
};

struct replica_tail {
    guint64 position;
    char digest[COX_REPLICA_DIGEST_ROOM];
    GBytes *record;
};

struct replica_unsynced {
    guint64 seq, position;
};

/*
 * Something done in an established view that is not yet known to be in its place on all members: when a membership breaks, the
 * last messages of the old one may be delivered with gaps.  A message that a member, this one or another, has sent after it was delivered
 * there, and that comes within the same view, proves that there was no gap: not there, because the membership still worked, and not here,
 * because what a message may depend on is delivered before it or not without it.  Only then is it written down as agreed.
 *
 * Who has sent changes sends such a message: a PROBE, when none of its own is under way, or its next changes, one message at a time.  So
 * either says that its last changes have come back to it.  The others wait for that, HELD_MS at most.
 */
struct replica_held {
    guint64 place; /* in the order */
    cox_usec since;
    enum { HELD_CHANGE = 0, HELD_VIEW, HELD_REFUSAL } kind;
    guint64 term, tag, position;
    GBytes *record; /* of a change */
    guint64 seq;    /* of a refused change that was submitted here */
};

struct replica_own {
    guint64 round, place; /* of the last thing that had been delivered when the message was sent */
    bool has_changes;
};

/* What the whole view agrees on; the same on all members at the same place in the order. */
struct replica_view {
    struct replica_member members[COX_REPLICA_MAX_NODES]; /* sorted by id */
    guint32 n;
    bool is_collecting;   /* STATEs are waited for; also true for a node that the others have excused from it */
    bool is_decided;      /* all STATEs are in */
    bool is_reading;      /* quorate: READYs for term are being collected, or have been */
    bool is_established;
    guint64 term, tag, term_next, round;
    guint32 winner;       /* whose document won; it also sends it */
};

struct replica_stream {
    bool is_snapshot, is_wanted, is_begun, is_done;
    guint32 members[COX_REPLICA_MAX_NODES];
    guint32 n_members;
    GBytes *bytes; /* NULL: not captured yet */
    guint64 offset;
};

struct replica_donor {
    struct replica_stream streams[2]; /* changes first, then the document */
    struct cox_stamp stamp;           /* as decided */
    struct cox_replica_document document;
    GArray *lineage;
    bool in_flight;
    cox_usec next_chunk_at;
};

struct replica_fetch {
    bool is_begun, is_snapshot;
    struct cox_stamp stamp;
    struct cox_replica_document document;
    GArray *lineage;
    guint64 size;
    GByteArray *buffer;
    GBytes *bytes; /* complete */
    size_t at;     /* records up to here are done */
    cox_usec deadline;
};

struct cox_replica {
    struct cox_replica_options options;
    struct cox_replica_effects *out; /* of the step that is running */
    cox_usec now;

    enum replica_phase phase;
    enum replica_busy busy;
    cox_usec busy_since; /* when the document's owner was asked last */
    GQueue inbox; /* struct replica_inbox */
    GQueue queue; /* struct replica_queued */
    struct replica_queued *current; /* being applied */

    /* the document and its history */
    struct cox_stamp stamp;
    struct cox_replica_document document;
    GArray *lineage;
    GQueue tail; /* struct replica_tail, oldest first */
    size_t tail_bytes;
    bool has_quorum; /* what is applied now is in an established view */
    GQueue held;     /* struct replica_held */
    guint64 last_place, place; /* of what was delivered last; of what is being done, or was done last */
    guint64 sure_place, probe_place; /* no gap up to here; that is for this node to find out up to here */
    guint64 round_number;
    GQueue own;      /* struct replica_own: messages sent that have not come back */
    bool are_changes_sent; /* one of them has changes: what is submitted meanwhile travels together, in the next one */

    /* the disk */
    bool disk_ok;
    guint64 seq, synced_seq, promised;
    guint64 written, synced_position; /* changes up to here have been handed to the disk, are on it */
    GQueue unsynced; /* struct replica_unsynced */
    guint64 promise_seq, view_seq;
    guint64 wanted; /* position of the last change that another node has submitted, and waits for */
    bool is_ready_sent, ack_in_flight, has_acked;
    guint64 acked;

    struct replica_view view;
    struct cox_replica_quorum quorum; /* of this node, as told last */
    guint32 coordinator;
    bool check_sent;
    guint64 state_number, state_returned; /* STATEs sent, and the last that came back */
    guint64 state_members;                /* whom the last one was for */
    cox_usec state_deadline, outside_retry;
    struct replica_donor donor;
    struct replica_fetch fetch;
    guint64 capture;

    GQueue pending;          /* struct replica_pending in the order of submission */
    GHashTable *pending_seq; /* seq -> its link */
    guint64 next_seq;
};

#endif
