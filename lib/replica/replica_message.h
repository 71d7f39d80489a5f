/* lib/replica/replica_message.h - what replicas say to each other and write into their journals.  Layer 3, pure. */
#ifndef COX_REPLICA_REPLICA_MESSAGE_H
#define COX_REPLICA_REPLICA_MESSAGE_H

#include <stdbool.h>
#include <glib.h>

#include "base/bytes.h"
#include "replica/replica.h"
#include "replica/stamp.h"

G_BEGIN_DECLS

enum {
    COX_REPLICA_PROTOCOL = 2,    /**< first byte of each message */
    COX_REPLICA_RECORD_FORMAT = 1, /**< first byte of each record */
};

enum cox_replica_message_kind {
    COX_REPLICA_MSG_CHANGES = 0, /**< nonce, number of the first, bytes: changes that were submitted one after the other */
    COX_REPLICA_MSG_STATE,      /**< nonce, members, number (highest promise), flags, stamp, document, quorum,
                                     offset (how many the sender has sent) */
    COX_REPLICA_MSG_QUORUM,     /**< quorum: the sender's word changed */
    COX_REPLICA_MSG_READY,      /**< stamp (term, tag of the view, position), document.digest: on disk */
    COX_REPLICA_MSG_ACK,        /**< as READY: on disk up to there */
    COX_REPLICA_MSG_EXCUSE,     /**< node: go on without its STATE */
    COX_REPLICA_MSG_PROBE,      /**< nothing but its place in the order */
    COX_REPLICA_MSG_CHECK,      /**< begin again: compare what we have */
    COX_REPLICA_MSG_BEGIN,      /**< number (round), flags, members (who it is for), stamp, document, lineage, size */
    COX_REPLICA_MSG_CHUNK,      /**< number (round), flags, offset, bytes */
    COX_REPLICA_MSG_N
};

enum {
    COX_REPLICA_FLAG_COORDINATOR = 1, /**< STATE: the sender takes itself for the coordinator */
    COX_REPLICA_FLAG_SNAPSHOT = 1,    /**< BEGIN, CHUNK: a whole document, not changes */
};

/** Fields that a kind does not name are zero. */
struct cox_replica_message {
    enum cox_replica_message_kind kind;
    guint8 flags;
    guint32 node;
    guint64 nonce, number, offset, size;
    struct cox_stamp stamp;
    struct cox_replica_document document;
    struct cox_replica_quorum quorum;
    guint32 members[COX_REPLICA_MAX_NODES];
    guint32 n_members;
    GArray *lineage;     /**< BEGIN; writing: borrowed or NULL; reading: made by the reader */
    const guint8 *data;  /**< CHANGES, CHUNK: into the message */
    size_t data_size;
};

/** The caller unrefs it. */
GBytes *cox_replica_message_write(const struct cox_replica_message *message);

/**
 * Read any bytes.
 * @return false when it is no message of this protocol; otherwise cox_replica_message_clear() frees the lineage
 */
bool cox_replica_message_read(struct cox_replica_message *message, GBytes *bytes);
void cox_replica_message_clear(struct cox_replica_message *message);

/** Add the next change to the data of CHANGES. */
void cox_replica_changes_add(GByteArray *data, GBytes *change);

/** The first of the changes at @in, which goes on to the next: a part of @message, the caller unrefs it.  NULL after the last. */
GBytes *cox_replica_changes_next(struct cox_bytes_reader *in, GBytes *message);

enum cox_replica_record_kind {
    COX_REPLICA_REC_CHANGE = 0, /**< is_agreed, stamp.position, nonce, number, digest, data */
    COX_REPLICA_REC_VIEW,       /**< stamp.term, stamp.tag: everything up to here is written with quorum */
    COX_REPLICA_REC_PROMISE,    /**< number: no view of this number or below will be joined again */
    COX_REPLICA_REC_META,       /**< stamp, number (highest promise), digest, lineage: what precedes has this history */
    COX_REPLICA_REC_N
};

struct cox_replica_record {
    enum cox_replica_record_kind kind;
    bool is_agreed;
    guint64 nonce, number;
    struct cox_stamp stamp;
    char digest[COX_REPLICA_DIGEST_ROOM];
    GArray *lineage; /**< as in messages */
    const guint8 *data;
    size_t data_size;
};

GBytes *cox_replica_record_write(const struct cox_replica_record *record);
bool cox_replica_record_read(struct cox_replica_record *record, const void *data, size_t size);
void cox_replica_record_clear(struct cox_replica_record *record);

G_END_DECLS

#endif
