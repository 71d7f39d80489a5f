/* lib/timeline/merge.h - the timelines of several nodes as one, and what somebody wants to see of it.  Layer 3, pure. */
#ifndef COX_TIMELINE_MERGE_H
#define COX_TIMELINE_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "timeline/record.h"

G_BEGIN_DECLS

/** What one node has kept.  Borrowed. */
struct cox_timeline_source {
    const char *node;      /**< whose it is */
    const GArray *records; /**< struct cox_timeline_record, in the order in which they were written */
    gint64 ahead_us;       /**< its clock now, minus that of the first source */
};

/** A fact of the whole. */
struct cox_timeline_entry {
    const struct cox_timeline_record *record; /**< borrowed from its source */
    const char *by;                           /**< the node that kept it */
    gint64 at_us;                             /**< by the clock of the first source */
};

/**
 * All facts, each once, by the clock of the first source; the caller frees the list.
 *
 * What two nodes have kept tells how their clocks compared at that moment, whatever they did since: what only the other one has is placed by
 * the last such fact before it (the first one, before any; ahead_us when there is none).  The order in which a node has written is kept, for
 * the facts of the group come to all nodes in one order.
 */
GArray *cox_timeline_merge(const struct cox_timeline_source *sources, size_t n);

/** What is to be seen.  Texts NULL: whatever they are. */
struct cox_timeline_filter {
    gint64 since_us, until_us; /**< until: 0 is no end */
    const char *resource;      /**< its actions, with the transitions and fencing that they were part of */
    const char *node;          /**< the same */
    bool has_all;              /**< also what is dull (cox_timeline_is_dull): it comes to who follows, and stands in files of older versions */
};

/** Keep of @entries what is to be seen. */
void cox_timeline_select(GArray *entries, const struct cox_timeline_filter *filter);

G_END_DECLS

#endif
