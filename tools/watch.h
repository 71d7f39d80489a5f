/* tools/watch.h - look again every second until somebody interrupts.  Layer 6. */
#ifndef COX_TOOLS_WATCH_H
#define COX_TOOLS_WATCH_H

#include "runtime/runtime.h"
#include "tools/tool.h"

/** Look, and print what is new; @runtime is for questions to daemons. */
typedef bool (*cox_look_fn)(struct cox_runtime *runtime, void *context, GError **error);

/**
 * Call @look until SIGINT, SIGTERM or the end of standard output.  When the first look fails, that is the end; later ones are told once, for a daemon
 * may be on its way back.
 *
 * @return exit status
 */
int cox_watch(struct cox_tool_ctx *ctx, cox_look_fn look, void *context);

#endif
