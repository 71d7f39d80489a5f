/* lib/service/usernames.c - a cache in front of worker threads.  Layer 5. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "service/usernames.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"

/* Workers at most: one more is started when all hang, so that one dead server does not stop local look-ups at once. */
enum { WORKERS_MAX = 4, CACHE_MAX = 4096, GROUPS_MAX = 1024, BUFFER_BYTES = 65536 };

/* What the loop and the workers share; the last one frees it. */
struct shared {
    gint n_users; /* atomic */
    GAsyncQueue *jobs, *done; /* struct job */
    int event_fd;
    cox_usernames_resolver resolver;
};

struct job {
    struct cox_usernames_entry entry;
    bool is_end; /* for the worker: go home */
};

struct waiter {
    cox_usernames_fn fn;
    void *context;
};

/* Those who wait for one uid. */
struct pending {
    struct cox_usernames *names;
    uid_t uid;
    GArray *waiters; /* struct waiter */
    cox_source_id timer;
};

struct known {
    struct cox_usernames_entry entry;
    cox_usec until;
};

struct cox_usernames {
    struct cox_runtime *runtime;
    struct shared *shared;
    unsigned int n_workers;
    cox_source_id watch;
    GHashTable *known;   /* uid -> struct known */
    GHashTable *pending; /* uid -> struct pending */
};

static void
clear_entry(struct cox_usernames_entry *entry)
{
    g_free(entry->user);
    g_strfreev(entry->groups);
}

static void
free_job(gpointer data)
{
    struct job *job = data;

    clear_entry(&job->entry);
    g_free(job);
}

static void
free_known(gpointer data)
{
    struct known *known = data;

    clear_entry(&known->entry);
    g_free(known);
}

static void
free_pending(gpointer data)
{
    struct pending *pending = data;

    cox_runtime_cancel(pending->names->runtime, pending->timer);
    g_array_unref(pending->waiters);
    g_free(pending);
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

static void
ask_system(struct cox_usernames_entry *entry)
{
    g_autofree char *buffer = g_malloc(BUFFER_BYTES);
    g_autofree gid_t *gids = g_new0(gid_t, GROUPS_MAX);
    int n = GROUPS_MAX;
    struct passwd user, *found = NULL;
    GPtrArray *groups;

    if (getpwuid_r(entry->uid, &user, buffer, BUFFER_BYTES, &found) != 0 || found == NULL) {
        return;
    }
    entry->user = g_strdup(user.pw_name);
    if (getgrouplist(entry->user, user.pw_gid, gids, &n) < 0) {
        n = GROUPS_MAX; /* more than we look at */
    }
    groups = g_ptr_array_new();
    for (int i = 0; i < n; i++) {
        struct group group, *known = NULL;

        if (getgrgid_r(gids[i], &group, buffer, BUFFER_BYTES, &known) == 0 && known != NULL) {
            g_ptr_array_add(groups, g_strdup(group.gr_name));
        }
    }
    g_ptr_array_add(groups, NULL);
    entry->groups = (char **) g_ptr_array_free(groups, FALSE);
}

static gpointer
work(gpointer data)
{
    struct shared *shared = data;
    struct job *job = g_async_queue_pop(shared->jobs);
    const guint64 one = 1;

    for (; !job->is_end; job = g_async_queue_pop(shared->jobs)) {
        shared->resolver(&job->entry);
        g_async_queue_push(shared->done, job);
        (void) !write(shared->event_fd, &one, sizeof one);
    }
    free_job(job);
    leave(shared);
    return NULL;
}

static void
add_worker(struct cox_usernames *names)
{
    sigset_t all, before;

    g_atomic_int_inc(&names->shared->n_users);
    names->n_workers++;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for the loop's thread */
    g_thread_unref(g_thread_new("names", work, names->shared));
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* Tell everybody who waits for a uid; their list is taken out first, so that they may ask again. */
static void
tell(struct cox_usernames *names, uid_t uid, const struct cox_usernames_entry *entry, const GError *error)
{
    struct pending *pending = g_hash_table_lookup(names->pending, GUINT_TO_POINTER(uid));

    if (pending != NULL) {
        g_hash_table_steal(names->pending, GUINT_TO_POINTER(uid));
        for (guint i = 0; i < pending->waiters->len; i++) {
            const struct waiter *waiter = &g_array_index(pending->waiters, struct waiter, i);

            waiter->fn(waiter->context, entry, error);
        }
        free_pending(pending);
    }
}

static void
learn(struct cox_usernames *names, struct job *job)
{
    struct known *known = g_new0(struct known, 1);
    cox_usec now = cox_runtime_now(names->runtime);

    known->entry = job->entry;
    known->until = cox_usec_after_ms(now, job->entry.user == NULL ? COX_USERNAMES_KEEP_UNKNOWN_MS : COX_USERNAMES_KEEP_MS);
    g_free(job);
    if (g_hash_table_size(names->known) >= CACHE_MAX) {
        g_hash_table_remove_all(names->known);
    }
    g_hash_table_insert(names->known, GUINT_TO_POINTER(known->entry.uid), known);
    tell(names, known->entry.uid, &known->entry, NULL);
}

static void
on_done(void *context, int fd, unsigned int events)
{
    struct cox_usernames *names = context;
    guint64 n;
    struct job *job;

    (void) events;
    (void) !read(fd, &n, sizeof n);
    while ((job = g_async_queue_try_pop(names->shared->done)) != NULL) {
        learn(names, job);
    }
}

static void
on_limit(void *context)
{
    struct pending *pending = context;
    struct cox_usernames *names = pending->names;
    g_autoptr(GError) error = g_error_new(COX_ERROR, COX_ERROR_TIMEOUT,
                                          "user '%u': the name service does not answer; look at its servers",
                                          (unsigned int) pending->uid);

    pending->timer = 0;
    if (names->n_workers < WORKERS_MAX) {
        add_worker(names);
    }
    tell(names, pending->uid, NULL, error);
}

/* The answer was there already; it is told from the loop all the same. */
static void
on_known(void *context)
{
    struct pending *pending = context;
    const struct cox_usernames_entry *entry = cox_usernames_known(pending->names, pending->uid);

    pending->timer = 0;
    if (entry != NULL) {
        tell(pending->names, pending->uid, entry, NULL);
    }
}

const struct cox_usernames_entry *
cox_usernames_known(struct cox_usernames *names, uid_t uid)
{
    const struct known *known = g_hash_table_lookup(names->known, GUINT_TO_POINTER(uid));

    return known != NULL && cox_runtime_now(names->runtime) < known->until ? &known->entry : NULL;
}

void
cox_usernames_ask(struct cox_usernames *names, uid_t uid, cox_usernames_fn fn, void *context)
{
    struct pending *pending = g_hash_table_lookup(names->pending, GUINT_TO_POINTER(uid));
    const struct waiter waiter = { fn, context };
    cox_usec now = cox_runtime_now(names->runtime);

    if (pending == NULL) {
        pending = g_new0(struct pending, 1);
        pending->names = names;
        pending->uid = uid;
        pending->waiters = g_array_new(FALSE, FALSE, sizeof(struct waiter));
        g_hash_table_insert(names->pending, GUINT_TO_POINTER(uid), pending);
        if (cox_usernames_known(names, uid) != NULL) {
            pending->timer = cox_runtime_defer(names->runtime, on_known, pending);
        } else {
            struct job *job = g_new0(struct job, 1);

            job->entry.uid = uid;
            g_async_queue_push(names->shared->jobs, job);
            pending->timer = cox_runtime_timer(names->runtime, cox_usec_after_ms(now, COX_USERNAMES_LIMIT_MS), on_limit, pending);
        }
    }
    g_array_append_val(pending->waiters, waiter);
}

struct cox_usernames *
cox_usernames_new(struct cox_runtime *runtime, cox_usernames_resolver resolver)
{
    struct cox_usernames *names = g_new0(struct cox_usernames, 1);

    names->runtime = runtime;
    names->shared = g_new0(struct shared, 1);
    names->shared->n_users = 1;
    names->shared->jobs = g_async_queue_new_full(free_job);
    names->shared->done = g_async_queue_new_full(free_job);
    names->shared->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    names->shared->resolver = resolver != NULL ? resolver : ask_system;
    COX_BUG_ON(names->shared->event_fd < 0);
    names->watch = cox_runtime_watch(runtime, names->shared->event_fd, COX_WATCH_READ, on_done, names);
    names->known = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_known);
    names->pending = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_pending);
    add_worker(names);
    return names;
}

void
cox_usernames_free(struct cox_usernames *names)
{
    if (names == NULL) {
        return;
    }
    cox_runtime_cancel(names->runtime, names->watch);
    g_hash_table_destroy(names->pending);
    g_hash_table_destroy(names->known);
    for (unsigned int i = 0; i < names->n_workers; i++) {
        struct job *end = g_new0(struct job, 1);

        end->is_end = true;
        g_async_queue_push(names->shared->jobs, end);
    }
    leave(names->shared);
    g_free(names);
}
