/* lib/replica/replica.h - the engine that keeps one document equal on all nodes: events in, effects out.  Layer 3, pure. */
#ifndef COX_REPLICA_REPLICA_H
#define COX_REPLICA_REPLICA_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/monotime.h"
#include "cib/version.h"
#include "replica/stamp.h"

G_BEGIN_DECLS

enum {
    COX_REPLICA_MAX_NODES = 64,
    COX_REPLICA_DIGEST_ROOM = 64, /**< with the terminating zero */
};

/** What the owner of the document says about it after each change. */
struct cox_replica_document {
    char digest[COX_REPLICA_DIGEST_ROOM]; /**< equal documents have equal digests, unequal ones different ones */
    struct cox_version version;
    bool is_blank; /**< there is no document yet: any other one is better */
};

/** Zero means the default. */
struct cox_replica_options {
    guint32 node_id;
    guint64 nonce;           /**< different for each start of the process: random, or time and pid */
    guint32 answer_ms;       /**< after this, and twice what the document itself took, a change that did not get through is answered uncertain; default 30000 */
    guint32 state_ms;        /**< how long a silent member may hold up the others; default 2000 */
    guint32 stall_ms;        /**< how long a transfer may stand still before it is begun anew; default 5000 */
    guint32 chunk_bytes;     /**< of a transfer at a time; default 64 KiB */
    guint32 chunk_rate;      /**< bytes of a transfer per second; default 32 MiB */
    guint32 tail_changes;    /**< recent changes kept for those who come back; default 1024 */
    guint32 tail_bytes;      /**< and how large they may be together; default 4 MiB */
    size_t document_bytes;   /**< largest document that is accepted from others; default 512 MiB */
};

enum cox_replica_event_kind {
    COX_REPLICA_VIEW = 0,    /**< the membership is now nodes[]; none: not connected.  In order with DELIVER */
    COX_REPLICA_DELIVER,     /**< bytes arrived from node, in the order that all members see; own ones too */
    COX_REPLICA_QUORUM,      /**< quorum as this node sees it, see struct cox_replica_quorum */
    COX_REPLICA_COORDINATOR, /**< the coordinator is node (0: unknown) */
    COX_REPLICA_SUBMIT,      /**< a client wants the change bytes; answered under number; has_more: another one follows at once */
    COX_REPLICA_APPLIED,     /**< answers APPLY: is_ok or refused, and the document now */
    COX_REPLICA_INSTALLED,   /**< answers INSTALL: is_ok, and the document now */
    COX_REPLICA_CAPTURED,    /**< answers CAPTURE number with bytes */
    COX_REPLICA_SYNCED,      /**< everything that was to be journaled or saved up to number is on disk */
    COX_REPLICA_DISK,        /**< the disk works (is_ok) or does not; when it does not, number is never SYNCED */
    COX_REPLICA_TICK,        /**< the time that was asked for has come */
};

struct cox_replica_quorum {
    bool is_quorate;
    guint32 quorum_votes; /**< votes that make a quorum */
    guint32 own_votes;    /**< of this node */
    guint32 other_votes;  /**< that count for the members without being a node's (quorum device) */
};

struct cox_replica_event {
    enum cox_replica_event_kind kind;
    const guint32 *nodes; /**< VIEW: in any order */
    size_t n_nodes;
    guint32 node;
    guint64 number;
    bool is_ok, has_more;
    GBytes *bytes;                              /**< borrowed */
    struct cox_replica_quorum quorum;           /**< QUORUM */
    const struct cox_replica_document *document; /**< APPLIED, INSTALLED */
};

enum cox_replica_effect_kind {
    COX_REPLICA_SEND = 0,  /**< bytes to the whole group */
    COX_REPLICA_APPLY,     /**< do the change bytes; hand in APPLIED as the next event */
    COX_REPLICA_CAPTURE,   /**< the document as it is now, as bytes: number says which request; may be answered later */
    COX_REPLICA_SET_ASIDE, /**< keep a copy of the document in a file and name it: another history won, that of node */
    COX_REPLICA_INSTALL,   /**< put the document bytes in the place of the present one, then INSTALLED */
    COX_REPLICA_JOURNAL,   /**< append bytes to the journal; SYNCED number when it is on disk */
    COX_REPLICA_SAVE,      /**< write the whole document with meta data bytes, journal from there on; SYNCED number */
    COX_REPLICA_ANSWER,    /**< tell the client that submitted number */
    COX_REPLICA_NOTE,      /**< something that belongs in the log */
};

enum cox_replica_answer {
    COX_REPLICA_KEPT = 0,    /**< on disk on enough nodes */
    COX_REPLICA_PROVISIONAL, /**< on disk here, but made without quorum: may lose */
    COX_REPLICA_UNCERTAIN,   /**< may have happened, may be lost */
    COX_REPLICA_REFUSED,     /**< the document's owner refused it, on all nodes alike */
    COX_REPLICA_UNSENT,      /**< certainly not done: it never left this node */
};

enum cox_replica_note {
    COX_REPLICA_ESTABLISHED = 0, /**< changes are kept from now on; number: the view's */
    COX_REPLICA_NO_QUORUM,       /**< changes are provisional from now on */
    COX_REPLICA_CURRENT,         /**< this node has the winning document; node: whose it was */
    COX_REPLICA_FETCHING,        /**< waiting for the winning document, which node sends */
    COX_REPLICA_DIVERGED,        /**< error: node had another digest after the same changes (at number) */
    COX_REPLICA_EXCUSED,         /**< warning: node did not say what it has; going on without it */
    COX_REPLICA_LEFT_OUT,        /**< warning: the others went on without this node; coming back */
    COX_REPLICA_BAD_DOCUMENT,    /**< error: what was transferred cannot be used; trying again */
    COX_REPLICA_STALLED,         /**< warning: the transfer from node stands still; trying again */
    COX_REPLICA_BAD_MESSAGE,     /**< warning: a message of node cannot be read */
};

struct cox_replica_effect {
    enum cox_replica_effect_kind kind;
    guint64 number;
    guint32 node;
    GBytes *bytes;                   /**< owned by the list of effects */
    enum cox_replica_answer answer;  /**< ANSWER */
    enum cox_replica_note note;      /**< NOTE */
    struct cox_stamp stamp;          /**< APPLY, ANSWER: place of the change; SET_ASIDE: of what is set aside; NOTE */
    bool has_quorum;                 /**< APPLY */
};

struct cox_replica_effects {
    GArray *list;     /**< struct cox_replica_effect, to be carried out in this order */
    cox_usec wake_at; /**< hand in TICK then; COX_USEC_NEVER */
};

void cox_replica_effects_init(struct cox_replica_effects *effects);
void cox_replica_effects_clear(struct cox_replica_effects *effects); /**< empty it for the next step */
void cox_replica_effects_free(struct cox_replica_effects *effects);  /**< free what it holds */

struct cox_replica;

struct cox_replica *cox_replica_new(const struct cox_replica_options *options);
void cox_replica_free(struct cox_replica *replica); /**< NULL is allowed */

/** Tell it the node's id when that becomes known; before the first VIEW. */
void cox_replica_set_node(struct cox_replica *replica, guint32 node_id);

/* ---- before the first step: what is on disk ---- */

/** Meta data of the saved document (bytes of SAVE, or of cox_replica_meta).  COX_ERROR_SYNTAX when it cannot be read. */
bool cox_replica_restore_meta(struct cox_replica *replica, GBytes *meta, GError **error);

/**
 * The next record of the journal.
 * @param change  set to the change to be applied again, which the caller frees, or to NULL when the record has none
 * @param digest  of the document after it; room for COX_REPLICA_DIGEST_ROOM
 */
bool cox_replica_restore_record(struct cox_replica *replica, GBytes *record, GBytes **change, char *digest, GError **error);

/** End of the above.  @was_edited: somebody changed the document behind our back; counts as a change without quorum. */
void cox_replica_restored(struct cox_replica *replica, const struct cox_replica_document *document, bool was_edited);

/* ---- running ---- */

/**
 * One step.  Total: nonsense from outside is noted and dropped.  A step asks for at most one APPLY or INSTALL; its answer is
 * the next event for the document's owner, after all effects of the step have been carried out in order.
 * @param out  filled anew
 */
void cox_replica_step(struct cox_replica *replica, const struct cox_replica_event *event, cox_usec now,
                      struct cox_replica_effects *out);

/** Meta data for a snapshot of the document as it is now; the caller unrefs it. */
GBytes *cox_replica_meta(const struct cox_replica *replica);

/** What is true now, for status and tests. */
struct cox_replica_status {
    struct cox_stamp stamp;
    struct cox_replica_document document;
    bool is_current;     /**< has the winning document and follows the group */
    bool is_established; /**< changes can be kept */
    guint32 n_members, n_pending;
};

struct cox_replica_status cox_replica_status(const struct cox_replica *replica);

typedef struct cox_replica cox_replica; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_replica, cox_replica_free)

G_END_DECLS

#endif
