/* lib/attr/attr.h - node attributes shared by all nodes: the engine.  Layer 3, pure.
 *
 * Relies on a bus that delivers messages and changes of membership to all members in the same order.  A change is sent to
 * the bus and applied where it comes out, so that all members of a partition have equal tables.
 *
 *                      membership has a node whose table may differ
 *     SHARED ---------------------------------------------------------> SYNCING --.
 *        ^                                                                |       | a member stays mute:
 *        |   all members have spoken: merge, choose the writer,           |       | ask again without it
 *        '---  apply what came meanwhile  <-------------------------------'   <---'
 *
 * In a round of syncing, which a CALL opens, one speaker for each set of members with equal tables sends its table; the
 * others say only that they are there.  Changes that come meanwhile wait for the end of the round.
 *
 * One member, the writer, brings values into the document: all that are due in one change, one change at a time.  A
 * dampened attribute is due that long after its first unwritten change.  After a change of membership the
 * writer writes everything once more, because it does not know what an earlier one has done to the document.
 * Permanent values are not shared: the document owns them, and the node that is asked writes them.
 */
#ifndef COX_ATTR_ATTR_H
#define COX_ATTR_ATTR_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "attr/attrmsg.h"
#include "attr/attrtable.h"
#include "base/effects.h"
#include "base/monotime.h"

G_BEGIN_DECLS

struct cox_attr_config {
    gint64 sync_ms;      /**< wait for one round's words */
    gint64 retry_ms;     /**< first pause after a failed write; doubles each time */
    gint64 retry_max_ms;
};

struct cox_attr_member {
    guint32 id;       /**< cluster node id, not 0 */
    const char *name; /**< node name; borrowed */
};

enum cox_attr_event_kind {
    COX_ATTR_ON_VIEW = 0,
    COX_ATTR_ON_REQUEST,
    COX_ATTR_ON_MESSAGE,
    COX_ATTR_ON_WAKE,
    COX_ATTR_ON_WRITTEN,  /**< the document has, or has refused, the batch */
    COX_ATTR_ON_REPLACED, /**< somebody else replaced the document or its status */
};

struct cox_attr_event {
    enum cox_attr_event_kind kind;
    union {
        struct {
            const struct cox_attr_member *members; /**< this node included */
            size_t n_members;
            const char *const *lost;               /**< nodes (not only their processes) that went down */
            size_t n_lost;
        } view;
        const struct cox_attr_change *request;
        struct {
            guint32 sender;
            const struct cox_attr_message *message;
        } message;
        struct {
            guint64 batch;
            bool is_ok;
        } written;
    };
};

enum cox_attr_effect_kind {
    COX_ATTR_DO_SEND = 0,
    COX_ATTR_DO_WAKE,    /**< replaces the previous wish; COX_USEC_NEVER: not at all */
    COX_ATTR_DO_WRITE,   /**< bring all entries into the document in one change; answer with ON_WRITTEN */
    COX_ATTR_DO_APPLIED, /**< the request of this node's client is in the table (permanent: will be written) */
    COX_ATTR_DO_CONFIRMED, /**< a request that wants_all is in the tables of all members (permanent ones: never said) */
    COX_ATTR_DO_CHANGED, /**< a value is new here: for alerts and subscribers */
    COX_ATTR_DO_WRITER,  /**< who writes now; 0: not decided */
};

struct cox_attr_effect {
    enum cox_attr_effect_kind kind;
    union {
        struct cox_attr_message message;
        cox_usec at;
        struct {
            guint64 batch;
            const struct cox_attr_entry *entries;
            size_t n_entries;
        } write;
        guint64 request;             /**< APPLIED, CONFIRMED */
        struct cox_attr_entry changed;
        guint32 writer;
    };
};

COX_EFFECTS_DEFINE(attr)

struct cox_attr;

/**
 * An engine that knows no attribute.
 *
 * @param config copied
 * @param self   this node's cluster id, not 0
 * @param incarnation greater than that of each earlier run on this node by more than the calls it made, e.g. the wall time
 *                    of the start in microseconds: names of rounds must never come again
 */
struct cox_attr *cox_attr_new(const struct cox_attr_config *config, guint32 self, guint64 incarnation);

/** Free.  NULL is allowed. */
void cox_attr_free(struct cox_attr *attr);

/** One step.  Total: words of other rounds, and a message from outside the view, are ignored. */
void cox_attr_step(struct cox_attr *attr, const struct cox_attr_event *event, cox_usec now, struct cox_attr_effects *out);

/** The value of transient or private attribute @name of @node, or NULL. */
const char *cox_attr_get(const struct cox_attr *attr, const char *name, const char *node);

/** All transient and private attributes, deleted values included; for queries. */
const struct cox_attrtable *cox_attr_table(const struct cox_attr *attr);

/** Id of the writer; 0 while it is not decided. */
guint32 cox_attr_writer(const struct cox_attr *attr);

typedef struct cox_attr cox_attr; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_attr, cox_attr_free)

G_END_DECLS

#endif
