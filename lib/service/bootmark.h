/* lib/service/bootmark.h - a number for this boot of this node, the same for all its daemons.  Layer 5. */
#ifndef COX_SERVICE_BOOTMARK_H
#define COX_SERVICE_BOOTMARK_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/**
 * The number of this boot: never 0, the same again after a restart of daemons, another one after a boot.  The first who asks draws it at random
 * and writes it into @run_directory, which lies in memory and goes with the boot; should the directory have survived, the
 * kernel's own mark of the boot gives it away.
 *
 * @param mark   set on success
 * @param error  COX_ERROR_IO, when it can neither be read nor written
 */
bool cox_bootmark_get(const char *run_directory, guint64 *mark, GError **error);

G_END_DECLS

#endif
