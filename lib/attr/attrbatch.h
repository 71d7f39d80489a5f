/* lib/attr/attrbatch.h - values on their way into the document: one change at a time.  Layer 3, pure. */
#ifndef COX_ATTR_ATTRBATCH_H
#define COX_ATTR_ATTRBATCH_H

#include <stdbool.h>
#include <glib.h>

#include "attr/attrtable.h"
#include "base/monotime.h"

G_BEGIN_DECLS

struct cox_attrbatch {
    gint64 retry_ms, retry_max_ms;
    guint64 number;       /**< of the batch under way or the last one */
    bool is_open;         /**< no answer yet */
    GPtrArray *values;    /**< what it writes */
    const struct cox_attrtable *doubted; /**< its values of this table may be gone from the document again when it ends; or NULL */
    gint64 pause_ms;      /**< after the last one, which failed; 0: it went well */
    cox_usec pause_until;
};

/** The first pause after a failure is @retry_ms; it doubles up to @retry_max_ms until a write goes well. */
void cox_attrbatch_init(struct cox_attrbatch *batch, gint64 retry_ms, gint64 retry_max_ms);
void cox_attrbatch_clear(struct cox_attrbatch *batch);

bool cox_attrbatch_is_open(const struct cox_attrbatch *batch);

/** Is none under way and no pause going on? */
bool cox_attrbatch_may_begin(const struct cox_attrbatch *batch, cox_usec now);

/**
 * Take everything that is due in @table and not known to be stored.
 *
 * @param entries struct cox_attr_entry, appended to; texts borrowed from @table.  @table must live until the batch's end.
 */
void cox_attrbatch_collect(struct cox_attrbatch *batch, struct cox_attrtable *table, cox_usec now, GArray *entries);

/** Does the batch under way carry values of @table? */
bool cox_attrbatch_has_table(const struct cox_attrbatch *batch, const struct cox_attrtable *table);

/** The document may have lost what it had of @table: the batch under way may have been before that, so it proves nothing. */
void cox_attrbatch_doubt(struct cox_attrbatch *batch, const struct cox_attrtable *table);

/** What was collected is sent off; the number of the batch. */
guint64 cox_attrbatch_begin(struct cox_attrbatch *batch);

/**
 * The answer.  Well: remember what the document has now, and forget permanent values, which are the document's own.
 * Not well: due again after the pause.  The answer to another batch is ignored: false.
 */
bool cox_attrbatch_end(struct cox_attrbatch *batch, guint64 number, bool is_ok, cox_usec now);

G_END_DECLS

#endif
