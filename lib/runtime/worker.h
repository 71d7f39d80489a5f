/* lib/runtime/worker.h - a thread for what a disk may keep waiting, so that the loop does not.  Layer 1. */
#ifndef COX_RUNTIME_WORKER_H
#define COX_RUNTIME_WORKER_H

#include <stdbool.h>
#include <glib.h>

#include "runtime/runtime.h"

G_BEGIN_DECLS

/** Does one job after the other, or as many at a time as it has threads.  Used by one loop. */
struct cox_worker;

/** What is to be done. */
struct cox_worker_job {
    void (*work)(void *data); /**< runs in the thread: touches nothing but @data, never logs */
    void (*done)(void *data); /**< runs in the loop, afterwards: takes the outcome out of @data and frees it */
    void (*drop)(void *data); /**< frees @data of a job that was not begun when the worker ended, or that outlived it; any thread */
    void *data;
};

/** The thread begins with the first job. */
struct cox_worker *cox_worker_new(struct cox_runtime *runtime);

/** Drops what has not begun.  A job that hangs is left behind with its thread.  NULL is allowed. */
void cox_worker_free(struct cox_worker *worker);

/** One thread more, for when those that are there may hang. */
void cox_worker_add_thread(struct cox_worker *worker);

/** Threads so far, those that hang included. */
guint cox_worker_threads(const struct cox_worker *worker);

/** Queue a job (copied). */
void cox_worker_put(struct cox_worker *worker, const struct cox_worker_job *job);

/** Jobs that are not done yet, the present one included. */
guint cox_worker_waiting(const struct cox_worker *worker);

/** How long the loop has seen no job end although some wait; 0: nothing waits. */
gint64 cox_worker_stalled_ms(const struct cox_worker *worker);

typedef struct cox_worker cox_worker; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_worker, cox_worker_free)

G_END_DECLS

#endif
