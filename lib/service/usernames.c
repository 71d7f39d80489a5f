/* lib/service/usernames.c - a cache in front of a worker.  Layer 5. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "service/usernames.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/worker.h"

/* Threads at most: one more is started when all hang, so that one dead server does not stop local look-ups at once. */
enum { THREADS_MAX = 4, CACHE_MAX = 4096, GROUPS_MAX = 1024, BUFFER_BYTES = 65536 };

/* What a thread finds out. */
struct lookup {
    struct cox_usernames *names; /* for the loop only */
    cox_usernames_resolver resolver;
    struct cox_usernames_entry entry;
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
    struct cox_worker *worker;
    cox_usernames_resolver resolver;
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
free_lookup(void *data)
{
    struct lookup *lookup = data;

    clear_entry(&lookup->entry);
    g_free(lookup);
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

static void
resolve(void *data)
{
    struct lookup *lookup = data;

    lookup->resolver(&lookup->entry);
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
learn(void *data)
{
    struct lookup *lookup = data;
    struct cox_usernames *names = lookup->names;
    struct known *known = g_new0(struct known, 1);
    cox_usec now = cox_runtime_now(names->runtime);

    known->entry = lookup->entry;
    known->until = cox_usec_after_ms(now, known->entry.user == NULL ? COX_USERNAMES_KEEP_UNKNOWN_MS : COX_USERNAMES_KEEP_MS);
    g_free(lookup);
    if (g_hash_table_size(names->known) >= CACHE_MAX) {
        g_hash_table_remove_all(names->known);
    }
    g_hash_table_insert(names->known, GUINT_TO_POINTER(known->entry.uid), known);
    tell(names, known->entry.uid, &known->entry, NULL);
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
    if (cox_worker_threads(names->worker) < THREADS_MAX) {
        cox_worker_add_thread(names->worker);
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
            struct lookup *lookup = g_new0(struct lookup, 1);

            *lookup = (struct lookup) { names, names->resolver, { .uid = uid } };
            cox_worker_put(names->worker, &(struct cox_worker_job) { resolve, learn, free_lookup, lookup });
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
    names->worker = cox_worker_new(runtime);
    names->resolver = resolver != NULL ? resolver : ask_system;
    names->known = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_known);
    names->pending = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_pending);
    return names;
}

void
cox_usernames_free(struct cox_usernames *names)
{
    if (names == NULL) {
        return;
    }
    cox_worker_free(names->worker);
    g_hash_table_destroy(names->pending);
    g_hash_table_destroy(names->known);
    g_free(names);
}
