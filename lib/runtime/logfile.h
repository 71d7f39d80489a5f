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
 * new one is begun.
 */
struct cox_logfile *cox_logfile_open_bounded(const char *path, guint mode, gsize most_bytes, GError **error);

/** Times that something could not be written, or the file not be begun anew: a full disk, a directory that is gone. */
guint64 cox_logfile_failures(struct cox_logfile *file);

/** Write what is queued, waiting for at most a second, and close.  A stuck writer is left behind.  NULL is allowed. */
void cox_logfile_close(struct cox_logfile *file);

/** Queue text with its line end; false when the queue (256 KiB) is full and the text is dropped. */
bool cox_logfile_write(struct cox_logfile *file, const char *text, gsize length);

/** Open the path again before the next line is written. */
void cox_logfile_reopen(struct cox_logfile *file);

G_END_DECLS

#endif
