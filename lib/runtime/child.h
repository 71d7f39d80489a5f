/* lib/runtime/child.h - what to start as a child process, and how it ended.  Layer 1. */
#ifndef COX_RUNTIME_CHILD_H
#define COX_RUNTIME_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <glib.h>

#include "base/monotime.h"

G_BEGIN_DECLS

/** Time between SIGTERM and SIGKILL after a timeout, when the spec does not say. */
#define COX_CHILD_KILL_AFTER_MS 5000

/** Whom a child shall be. */
struct cox_child_user {
    uid_t uid;
    gid_t gid;
    const gid_t *groups; /**< supplementary groups, all of them */
    size_t n_groups;
};

/** What to start.  All pointers are borrowed for the call of cox_runtime_spawn(). */
struct cox_child_spec {
    const char *const *argv;            /**< NULL at the end; argv[0] is the path that is executed, no PATH search */
    const char *const *envp;            /**< the whole environment, NULL at the end */
    const char *input;                  /**< written to its standard input, which is then closed; NULL: /dev/null */
    size_t input_size;
    size_t out_limit_bytes;             /**< how much of standard output is kept; the rest is read and dropped */
    size_t err_limit_bytes;             /**< the same for standard error */
    gint64 timeout_ms;                  /**< SIGTERM after this time; 0: none */
    gint64 kill_after_ms;               /**< SIGKILL this much later; 0: COX_CHILD_KILL_AFTER_MS */
    const struct cox_child_user *user;  /**< NULL: as we are */
    bool shares_output;                 /**< standard output and error are ours; nothing is kept */
    bool dies_with_us;                  /**< it is killed when this process ends, in whatever way (what it has started itself is not) */
};

enum cox_child_end {
    COX_CHILD_EXITED = 0,
    COX_CHILD_SIGNALED,    /**< died of a signal, not because of the timeout */
    COX_CHILD_TIMED_OUT,   /**< was killed because of the timeout, or exited after it */
    COX_CHILD_NOT_STARTED, /**< fork or exec failed, see start_errno */
    COX_CHILD_VANISHED,    /**< an adopted process is gone; nobody knows how it ended */
};

/** How a child ended. */
struct cox_child_result {
    enum cox_child_end end;
    int exit_status;    /**< when EXITED, or TIMED_OUT and exited in the end; else -1 */
    int signo;          /**< when it died of a signal, else 0 */
    int start_errno;    /**< when NOT_STARTED, else 0 */
    const char *out;    /**< what was kept of standard output, NUL after it; may hold NUL bytes; never NULL */
    size_t out_size;
    const char *err;    /**< the same of standard error */
    size_t err_size;
    bool out_is_cut;    /**< there was more than out_limit_bytes */
    bool err_is_cut;
    cox_usec started;
    cox_usec ended;
    gint64 cpu_usec;    /**< user and system time of it and of those it waited for */
};

G_END_DECLS

#endif
