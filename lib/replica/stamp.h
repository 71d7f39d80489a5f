/* lib/replica/stamp.h - how a history was written, and which of two goes before the other.  Layer 3, pure. */
#ifndef COX_REPLICA_STAMP_H
#define COX_REPLICA_STAMP_H

#include <stdbool.h>
#include <glib.h>

#include "base/bytes.h"

G_BEGIN_DECLS

/**
 * Where a document stands in its history.  A view is a membership that agreed on a document; it is established when
 * members with enough votes have that document and the view's number on disk (doc/adr/043-replica.md).
 */
struct cox_stamp {
    guint64 term;     /**< number of the last established view that the history went through; 0: none */
    guint64 tag;      /**< tells views of the same number apart */
    guint64 base;     /**< the changes up to this one belong to what was agreed with quorum */
    guint64 position; /**< changes in all; those beyond base were made without quorum */
};

/** One established view of a history. */
struct cox_stamp_term {
    guint64 term;
    guint64 tag;
    guint64 end; /**< the last position that was written in it */
};

enum {
    COX_STAMP_MAX_TERMS = 256, /**< older ones are forgotten: who comes from there counts as having lost */
};

/**
 * Compare what was written with quorum: the later view goes first; in the same view the one with more changes.
 * @return below, equal to or above 0; 0 says that something else has to decide
 */
int cox_stamp_compare(const struct cox_stamp *a, const struct cox_stamp *b);

/** Are all fields equal? */
bool cox_stamp_is_same(const struct cox_stamp *a, const struct cox_stamp *b);

/** Has nothing been changed without quorum since the last established view? */
bool cox_stamp_is_agreed(const struct cox_stamp *stamp);

/** "term.base" and, when there are changes without quorum, "+N"; the caller frees it with g_free. */
char *cox_stamp_text(const struct cox_stamp *stamp);

/* ---- lineage: the established views of a history, oldest first; an array of struct cox_stamp_term ---- */

GArray *cox_lineage_new(void);

/** Note that position @end was written in the view; repeats of the last view move its end. */
void cox_lineage_extend(GArray *lineage, guint64 term, guint64 tag, guint64 end);

/** Does the history with this lineage go on from @stamp?  Only agreed stamps can be found; the stamp of nothing always is. */
bool cox_lineage_contains(const GArray *lineage, const struct cox_stamp *stamp);

/* ---- as bytes ---- */

void cox_stamp_put(GByteArray *out, const struct cox_stamp *stamp);
struct cox_stamp cox_stamp_get(struct cox_bytes_reader *in);
void cox_lineage_put(GByteArray *out, const GArray *lineage);

/** Replaces the contents of @lineage; too many terms are bad. */
void cox_lineage_get(struct cox_bytes_reader *in, GArray *lineage);

G_END_DECLS

#endif
