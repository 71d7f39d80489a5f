/* lib/runtime/worker.c - a queue in, threads, completions out.  Layer 1. */
#include "runtime/worker.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"

/* What loop and threads share; the last one frees it. */
struct shared {
    gint n_users; /* atomic */
    gint is_over; /* atomic: nobody hears of completions any more */
    GAsyncQueue *jobs, *done; /* struct cox_worker_job */
    int event_fd;
};

struct cox_worker {
    struct cox_runtime *runtime;
    struct shared *shared;
    cox_source_id watch;
    guint n_threads;
    guint n_waiting;
    cox_usec since; /* of the last completion, or of the first job after nothing waited */
};

static void
drop_job(gpointer data)
{
    struct cox_worker_job *job = data;

    if (job->drop != NULL) {
        job->drop(job->data);
    }
    g_free(job);
}

static void
leave(struct shared *shared)
{
    if (g_atomic_int_dec_and_test(&shared->n_users)) {
        g_async_queue_unref(shared->jobs);
        g_async_queue_unref(shared->done);
        close(shared->event_fd);
        g_free(shared);
    }
}

/* A job without work() says: go home. */
static gpointer
run(gpointer data)
{
    struct shared *shared = data;
    struct cox_worker_job *job = g_async_queue_pop(shared->jobs);
    const guint64 one = 1;

    for (; job->work != NULL; job = g_async_queue_pop(shared->jobs)) {
        if (g_atomic_int_get(&shared->is_over)) {
            drop_job(job);
            continue;
        }
        job->work(job->data);
        g_async_queue_push(shared->done, job);
        (void) !write(shared->event_fd, &one, sizeof one);
    }
    drop_job(job);
    leave(shared);
    return NULL;
}

void
cox_worker_add_thread(struct cox_worker *worker)
{
    sigset_t all, before;

    worker->n_threads++;
    g_atomic_int_inc(&worker->shared->n_users);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for the loop's thread */
    g_thread_unref(g_thread_new("worker", run, worker->shared));
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void
on_done(void *context, int fd, unsigned int events)
{
    struct cox_worker *worker = context;
    struct cox_worker_job *job;
    guint64 n;

    (void) events;
    (void) !read(fd, &n, sizeof n);
    while ((job = g_async_queue_try_pop(worker->shared->done)) != NULL) {
        worker->n_waiting--;
        worker->since = cox_runtime_now(worker->runtime);
        job->done(job->data);
        g_free(job);
    }
}

struct cox_worker *
cox_worker_new(struct cox_runtime *runtime)
{
    struct cox_worker *worker = g_new0(struct cox_worker, 1);

    worker->runtime = runtime;
    worker->shared = g_new0(struct shared, 1);
    worker->shared->n_users = 1;
    worker->shared->jobs = g_async_queue_new_full(drop_job);
    worker->shared->done = g_async_queue_new_full(drop_job);
    worker->shared->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    COX_BUG_ON(worker->shared->event_fd < 0);
    worker->watch = cox_runtime_watch(runtime, worker->shared->event_fd, COX_WATCH_READ, on_done, worker);
    return worker;
}

void
cox_worker_free(struct cox_worker *worker)
{
    if (worker == NULL) {
        return;
    }
    cox_runtime_cancel(worker->runtime, worker->watch);
    g_atomic_int_set(&worker->shared->is_over, 1);
    for (guint i = 0; i < worker->n_threads; i++) {
        g_async_queue_push(worker->shared->jobs, g_new0(struct cox_worker_job, 1));
    }
    leave(worker->shared);
    g_free(worker);
}

void
cox_worker_put(struct cox_worker *worker, const struct cox_worker_job *job)
{
    if (worker->n_waiting++ == 0) {
        worker->since = cox_runtime_now(worker->runtime);
    }
    if (worker->n_threads == 0) {
        cox_worker_add_thread(worker);
    }
    g_async_queue_push(worker->shared->jobs, g_memdup2(job, sizeof *job));
}

guint
cox_worker_threads(const struct cox_worker *worker)
{
    return worker->n_threads;
}

guint
cox_worker_waiting(const struct cox_worker *worker)
{
    return worker->n_waiting;
}

gint64
cox_worker_stalled_ms(const struct cox_worker *worker)
{
    return worker->n_waiting == 0 ? 0 : (cox_runtime_now(worker->runtime) - worker->since) / COX_USEC_PER_MS;
}
