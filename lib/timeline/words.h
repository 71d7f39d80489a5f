/* lib/timeline/words.h - what has happened, in words.  Layer 3, pure. */
#ifndef COX_TIMELINE_WORDS_H
#define COX_TIMELINE_WORDS_H

#include "timeline/record.h"

G_BEGIN_DECLS

/** One line for people, without time and node: what, how it ended, how long it took, and why; the caller frees it. */
char *cox_timeline_words(const struct cox_timeline_record *record);

/** "310 ms", "3.55 s", "2 min 5 s"; the caller frees it. */
char *cox_timeline_span(gint64 ms);

G_END_DECLS

#endif
