/* lib/runtime/process.h - who is process N?  Read from /proc before one that was not started by us is trusted.  Layer 1. */
#ifndef COX_RUNTIME_PROCESS_H
#define COX_RUNTIME_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>
#include <glib.h>

G_BEGIN_DECLS

/** A process at one moment. */
struct cox_process {
    pid_t pid;
    uid_t uid;           /**< effective */
    guint64 start_ticks; /**< clock ticks after boot at which it started: with the pid unique during a boot */
    char state;          /**< as in /proc/PID/stat: 'R', 'S', 'T', 'Z' ... */
    gint64 ran_ms;       /**< that its first thread ran since its start; -1: the kernel does not say */
    gint64 starved_ms;   /**< that it could have run and got no processor, as of when it got one last; -1: the same */
    char *executable;    /**< path, " (deleted)" after it when it was replaced; NULL when we may not know */
};

/** Read one.  COX_ERROR_NOT_FOUND when there is none.  @process is set on success only; clear it afterwards. */
bool cox_process_read(pid_t pid, struct cox_process *process, GError **error);

void cox_process_clear(struct cox_process *process);

G_END_DECLS

#endif
