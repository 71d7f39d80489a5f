/* lib/runtime/logread.h - read a file that lib/runtime/logfile.h keeps within a bound, piece by piece, while it is written.  Layer 1. */
#ifndef COX_RUNTIME_LOGREAD_H
#define COX_RUNTIME_LOGREAD_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/** How far a reader has come; all 0: nowhere.  It holds when the file becomes the former one meanwhile. */
struct cox_logread_place {
    guint64 file;   /**< number of the file, made of its inode and its first line */
    guint64 offset; /**< bytes of it that were read */
};

/**
 * Append whole lines from @place on to @out, the former file (@path with ".1" behind) before the present one; may wait for the disk.
 *
 * @param place       moves behind what was read; what it names may be gone, then it begins with the oldest there is
 * @param most_bytes  no more than this at a time; a line that is longer is left out
 * @return true: there may be more; false: that was all, or neither file is there
 */
bool cox_logread(const char *path, struct cox_logread_place *place, gsize most_bytes, GString *out);

G_END_DECLS

#endif
