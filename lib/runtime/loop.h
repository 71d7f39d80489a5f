/* lib/runtime/loop.h - the real runtime: glib's main loop, signalfd, pidfd.  Layer 1. */
#ifndef COX_RUNTIME_LOOP_H
#define COX_RUNTIME_LOOP_H

#include <glib.h>

#include "runtime/runtime.h"

G_BEGIN_DECLS

/**
 * The real runtime on @context (borrowed; NULL: the default one, which libraries such as GDBus use too).  Make it before limits,
 * nice value or OOM score of this process are changed: children get them as they are now.  Ignores SIGPIPE.
 */
struct cox_runtime *cox_loop_new(GMainContext *context);

G_END_DECLS

#endif
