/* lib/runtime/logfile.h - append lines to a file without ever waiting for its disk.  Layer 1. */
#ifndef COX_RUNTIME_LOGFILE_H
#define COX_RUNTIME_LOGFILE_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/** A file with a thread that writes to it; a regular file cannot be written without the risk of blocking. */
struct cox_logfile;

/** Open @path for appending (with permissions @mode, whatever the umask, when new).  COX_ERROR_CANNOT_CREATE names it. */
struct cox_logfile *cox_logfile_open(const char *path, guint mode, GError **error);

/**
 * The same for a file with a bound: what would grow beyond @most_bytes is renamed to @path with ".1" behind, in place of what had that name, and a
 * new one is begun.  If that cannot be, the file stays as it is, and what comes is lost until it can.
 */
struct cox_logfile *cox_logfile_open_bounded(const char *path, guint mode, gsize most_bytes, GError **error);

/** What became of what was queued, a piece of one or more lines at a time. */
struct cox_logfile_counts {
    guint64 written;  /**< whole pieces */
    guint64 failures; /**< pieces that could not be written, or the file not be begun anew: a full disk, a directory that is gone */
};

/** Since it was opened. */
struct cox_logfile_counts cox_logfile_counts(struct cox_logfile *file);

/** What somebody has seen of them who says when lines are lost; all 0 at first. */
struct cox_logfile_watch {
    struct cox_logfile_counts seen;
    bool is_losing; /**< was said, and nothing was written since */
};

/** Is it news that lines are lost, now that the counts are @counts and the last line @was_queued?  Not again before one was really written.  Pure. */
bool cox_logfile_lost(struct cox_logfile_watch *watch, const struct cox_logfile_counts *counts, bool was_queued);

/** Write what is queued, waiting for at most a second, and close.  A stuck writer is left behind.  NULL is allowed. */
void cox_logfile_close(struct cox_logfile *file);

/** Queue text with its line end; false when the queue (256 KiB) is full and the text is dropped. */
bool cox_logfile_write(struct cox_logfile *file, const char *text, gsize length);

/** Open the path again before the next line is written. */
void cox_logfile_reopen(struct cox_logfile *file);

G_END_DECLS

#endif
