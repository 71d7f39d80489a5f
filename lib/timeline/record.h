/* lib/timeline/record.h - one thing that has happened in a cluster, and the line that keeps it.  Layer 3, pure. */
#ifndef COX_TIMELINE_RECORD_H
#define COX_TIMELINE_RECORD_H

#include <stdbool.h>
#include <glib.h>

#include "base/arena.h"

G_BEGIN_DECLS

/*
 * A line is
 *
 *     1 1795226571123456 action node=n1 object=db task=start outcome=ok took=310 call=12 link="7@3f2a8c91"
 *
 * the version of the format, the time by the clock of the node that wrote it (microseconds since 1970), the kind, and what is known.  A reader
 * passes over keys that it does not know, and over lines of a kind or version that it does not know.
 */
enum {
    COX_TIMELINE_LINE_BYTES = 8192, /**< no line is longer */
    COX_TIMELINE_TEXT_BYTES = 512,  /**< what is longer is cut */
};

enum cox_timeline_kind {
    COX_TIMELINE_RECORDER = 0, /**< a node began, or ended, to keep its timeline: what happened before, others may know */
    COX_TIMELINE_MEMBER,       /**< a node became a member, or was lost */
    COX_TIMELINE_COORDINATOR,  /**< who leads */
    COX_TIMELINE_QUORUM,       /**< gained or lost, as the node sees it */
    COX_TIMELINE_CONFIG,       /**< another version of the configuration */
    COX_TIMELINE_TRANSITION,   /**< began or ended */
    COX_TIMELINE_ACTION,       /**< an operation of a resource has ended */
    COX_TIMELINE_FENCE,        /**< was asked for, or has ended */
    COX_TIMELINE_TROUBLE,      /**< what keeps the cluster from acting */
};

/** Texts may be NULL: not known.  Numbers: 0 is not known, but where it is said otherwise. */
struct cox_timeline_record {
    enum cox_timeline_kind kind;
    gint64 at_us;         /**< wall time of the node that wrote it */
    const char *node;     /**< that it is about, or where it happened */
    const char *object;   /**< resource; version of the configuration */
    const char *task;     /**< start, monitor ...; reboot, off, on; begin, end; joined, lost ... */
    const char *outcome;  /**< ok, failed, asked, aborted ... */
    const char *cause;    /**< for people */
    const char *who;      /**< client, user or device */
    const char *link;     /**< what it belongs to, the same wherever it is kept: the transition NUMBER@LEADER, the fencing, the reign */
    gint64 interval_ms;
    gint64 took_ms;       /**< negative: not known */
    gint64 waited_ms;     /**< before it began */
    gint64 call;          /**< number that the executor of the node gave it */
    gint64 rc;            /**< of the agent; 0: done */
    gint64 count, failed; /**< actions of a transition, and those of them that have failed */
};

/** Nothing known, but the kind. */
struct cox_timeline_record cox_timeline_record_of(enum cox_timeline_kind kind);

/** "action", ... */
const char *cox_timeline_kind_text(enum cox_timeline_kind kind);

/** The line, with its end; the caller frees it.  Bytes that no line may have are replaced, texts that are too long are cut. */
char *cox_timeline_write(const struct cox_timeline_record *record);

/** Read a line of @length bytes, without its end; texts live in @arena.  false: it is none, and @record is untouched. */
bool cox_timeline_read(const char *line, gsize length, struct cox_arena *arena, struct cox_timeline_record *record);

/** Append what the lines of @text are (struct cox_timeline_record) to @records; returns how many lines were none. */
guint cox_timeline_read_all(const char *text, gsize length, struct cox_arena *arena, GArray *records);

/**
 * Does it change nothing, having found what was expected: a probe or monitor, a notification, a recurring operation that was cancelled?  That is
 * not kept: at a start it would be a line for each resource and node, and push out what people look for.
 */
bool cox_timeline_is_dull(const struct cox_timeline_record *record);

/** Keep of whole lines those that are not older than @since_us, in place; returns the new length. */
gsize cox_timeline_since(char *text, gsize length, gint64 since_us);

/** Has it a number of its own?  Others are the same fact, kept by two nodes, when they agree and are near in time. */
bool cox_timeline_has_identity(const struct cox_timeline_record *record);

/** A name that is the same wherever the fact is kept; the caller frees it. */
char *cox_timeline_identity(const struct cox_timeline_record *record);

G_END_DECLS

#endif
