/* lib/proto/cibflag.h - flags and outcomes of the messages of cibd.  Layer 4. */
#ifndef COX_PROTO_CIBFLAG_H
#define COX_PROTO_CIBFLAG_H

#include <glib.h>

G_BEGIN_DECLS

/** The topics of cibd: patches, for those who may read everything, and mere news that something has changed. */
#define COX_CIBFLAG_TOPIC "cib"
#define COX_CIBFLAG_NEWS "cib-news"

enum cox_cib_flag {
    COX_CIB_CREATES = 1,       /**< change: modify creates what is not there */
    COX_CIB_COUNTS = 2,        /**< change: "name++" and "name+=5" are computed for every attribute */
    COX_CIB_WITHOUT_CHILDREN = 4, /**< query: only the element itself */
    COX_CIB_PATHS = 8,         /**< query: paths of what an XPath finds, instead of the contents */
    COX_CIB_COUNTING = 16,     /**< query: wait, however long, until this node has the document that counts */
};

/** Outcome of a change that was not refused: numbers of enum cox_replica_answer (lib/replica). */
enum cox_cib_outcome {
    COX_CIB_KEPT = 0,    /**< on disk on enough nodes */
    COX_CIB_PROVISIONAL, /**< on disk here, but made without quorum: may lose */
    COX_CIB_UNCERTAIN,   /**< may have happened, may be lost: look at the document */
};

enum {
    COX_CIB_INLINE_BYTES = 48 * 1024, /**< XML up to this size goes in the message, longer one in a body behind it */
};

G_END_DECLS

#endif
