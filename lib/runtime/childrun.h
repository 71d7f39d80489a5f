/* lib/runtime/childrun.h - real child processes for loop.c: pidfd, pipes, limits, timeouts.  Layer 1. */
#ifndef COX_RUNTIME_CHILDRUN_H
#define COX_RUNTIME_CHILDRUN_H

#include <stdbool.h>
#include <sys/types.h>
#include <glib.h>

#include "runtime/runtime.h"

G_BEGIN_DECLS

/** The children of one runtime.  The functions are those of runtime.h with the same names. */
struct cox_childrun;

/** @runtime is borrowed and must outlive the children's owner. */
struct cox_childrun *cox_childrun_new(struct cox_runtime *runtime);
void cox_childrun_free(struct cox_childrun *children);

void cox_childrun_spawn(struct cox_childrun *children, cox_source_id id, const struct cox_child_spec *spec,
                        cox_child_fn fn, void *context);
bool cox_childrun_adopt(struct cox_childrun *children, cox_source_id id, pid_t pid, cox_child_fn fn, void *context);
pid_t cox_childrun_pid(const struct cox_childrun *children, cox_source_id id);
bool cox_childrun_signal(struct cox_childrun *children, cox_source_id id, int signo);
void cox_childrun_stop(struct cox_childrun *children, cox_source_id id, gint64 kill_after_ms);
void cox_childrun_forget(struct cox_childrun *children, cox_source_id id);

G_END_DECLS

#endif
