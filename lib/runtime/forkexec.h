/* lib/runtime/forkexec.h - fork, put the child into a clean state, exec.  Layer 1. */
#ifndef COX_RUNTIME_FORKEXEC_H
#define COX_RUNTIME_FORKEXEC_H

#include <sys/resource.h>
#include <sys/types.h>
#include <glib.h>

#include "runtime/child.h"

G_BEGIN_DECLS

/** Limits and OOM score that children shall have, whatever this process does to its own. */
struct cox_forkexec_defaults {
    struct rlimit limits[RLIM_NLIMITS];
    int oom_score_adj; /**< never below 0: agents are not protected */
};

/** Descriptors of a started child; each -1 where there is none.  All are close-on-exec, the pipes do not block. */
struct cox_forkexec_fds {
    int pid;    /**< pidfd */
    int in;     /**< write end */
    int out;    /**< read end */
    int err;    /**< read end */
    int status; /**< read end: an int errno arrives when exec failed, else only the end of file */
};

/** Remember the present state of this process for its children. */
void cox_forkexec_defaults_read(struct cox_forkexec_defaults *defaults);

/**
 * Start @spec.
 *
 * @param fds  set on success only; the caller closes them
 * @return the process id, or -errno when there is no process (no pipe, no fork)
 */
pid_t cox_forkexec_start(const struct cox_child_spec *spec, const struct cox_forkexec_defaults *defaults,
                         struct cox_forkexec_fds *fds);

G_END_DECLS

#endif
