/* lib/codec/status_refresh.h - a status that was decoded once is kept up to date: what changed in the document is read again.  Layer 3. */
#ifndef COX_CODEC_STATUS_REFRESH_H
#define COX_CODEC_STATUS_REFRESH_H

#include <stdbool.h>
#include <glib.h>

#include "cib/cib.h"
#include "model/status.h"

G_BEGIN_DECLS

enum cox_status_part_kind {
    COX_STATUS_PART_NODE = 0,   /**< attributes of a node_state element */
    COX_STATUS_PART_HISTORY,    /**< a resource on a node */
    COX_STATUS_PART_ATTRIBUTES, /**< transient attributes of a node */
};

/** What is read again as a whole. */
struct cox_status_part {
    enum cox_status_part_kind kind;
    char *node; /**< id */
    char *rsc;  /**< id of a history, else NULL */
    bool is_new; /**< a history that is there was made after the one before was removed: it has another place */
};

/** An empty list of struct cox_status_part; the caller unrefs it. */
GArray *cox_status_parts_new(void);

/** Add a part; texts are copied. */
void cox_status_parts_add(GArray *parts, enum cox_status_part_kind kind, const char *node, const char *rsc);

/** Add the histories that @status, a status element as cox_overlay_history() takes it, is about, and their nodes. */
void cox_status_parts_of_histories(GArray *parts, const struct cox_xml *status);

/**
 * Add what @patch, a `<diff>` element of format 2, changes.
 * @return false when it changes something that is no such part: then all must be read anew (what is outside of the status does not count)
 */
bool cox_status_parts_of_patch(GArray *parts, const struct cox_xml *patch);

/**
 * Make @part of @status what the document says.
 *
 * @param names  transient attributes that have another value now are added: const char *, borrowed from @status
 * @return false when @status is not to be used any more, since a node is in another state, or histories are in another order
 */
bool cox_status_refresh(struct cox_status *status, struct cox_cib *cib, const struct cox_status_part *part, GPtrArray *names);

G_END_DECLS

#endif
