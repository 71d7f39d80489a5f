/* lib/store/store.c - writing the document without waiting: a queue in, one thread, completions out.  Layer 3, adapter. */
#include "store/store.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"

enum { QUEUE_BYTES = 256 * 1024 * 1024 }; /* by default: days of a quiet cluster, two minutes of 2000 changes a second */

enum job_kind { JOB_APPEND = 0, JOB_SAVE, JOB_REFRESH, JOB_SET_ASIDE, JOB_PROBE, JOB_NOTE, JOB_NOTE_ANEW, JOB_END };

struct job {
    enum job_kind kind;
    guint64 number;
    GBytes *bytes, *meta;
};

struct completion {
    struct cox_store_done done;
    char *text;
};

struct cox_store {
    struct cox_disk *disk;
    struct cox_storefiles *files; /* of the thread, once it runs */
    GThread *thread;
    GQueue appended; /* struct job, of the loop: not handed over yet */
    GMutex lock; /* of what follows */
    GCond work;
    GQueue jobs, completions;
    size_t n_working;
    size_t queued_bytes;  /* of records and documents in appended and jobs */
    bool has_overflowed;  /* they were dropped, which the thread does not know yet */
    size_t queue_bytes;   /* so many may be queued; constant */
    int fd;
    bool has_failed, wants_save; /* of the thread */
    gint has_lost_note; /* atomic: nobody has been told of it yet */
};

static void
job_free(gpointer data)
{
    struct job *job = data;

    g_clear_pointer(&job->bytes, g_bytes_unref);
    g_clear_pointer(&job->meta, g_bytes_unref);
    g_free(job);
}

static void
completion_free(gpointer data)
{
    struct completion *completion = data;

    g_free(completion->text);
    g_free(completion);
}

/* ---- in the thread ---- */

static void
complete(struct cox_store *store, enum cox_store_done_kind kind, guint64 number, const char *text)
{
    struct completion *completion = g_new0(struct completion, 1);
    guint64 one = 1;

    completion->done.kind = kind;
    completion->done.number = number;
    completion->text = g_strdup(text);
    completion->done.text = completion->text;
    g_mutex_lock(&store->lock);
    g_queue_push_tail(&store->completions, completion);
    g_mutex_unlock(&store->lock);
    while (write(store->fd, &one, sizeof(one)) < 0 && errno == EINTR) {
    }
}

static void
finished(struct cox_store *store, bool is_ok, guint64 number, const GError *error)
{
    if (is_ok) {
        store->has_failed = false;
        complete(store, COX_STORE_SYNCED, number, NULL);
        if (cox_storefiles_wants_save(store->files) != store->wants_save) {
            store->wants_save = !store->wants_save;
            if (store->wants_save) {
                complete(store, COX_STORE_WANTS_SAVE, 0, NULL);
            }
        }
    } else if (!store->has_failed) {
        store->has_failed = true;
        complete(store, COX_STORE_FAILED, 0, error->message);
    }
}

/* So many of what is being worked on are done: before anybody is told so, because who hears it may ask whether anything waits. */
static void
settle(struct cox_store *store, guint n)
{
    g_mutex_lock(&store->lock);
    store->n_working -= n;
    g_mutex_unlock(&store->lock);
}

/* All records up to the next thing of another kind, as one write and one sync. */
static void
append_together(struct cox_store *store, GQueue *jobs)
{
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func((GDestroyNotify) g_bytes_unref);
    g_autoptr(GError) error = NULL;
    guint64 number = 0;
    struct job *job;
    bool is_ok = false;

    while ((job = g_queue_peek_head(jobs)) != NULL && job->kind == JOB_APPEND) {
        number = job->number;
        g_ptr_array_add(records, g_bytes_ref(job->bytes));
        job_free(g_queue_pop_head(jobs));
    }
    if (store->has_failed) { /* only a save helps */
        settle(store, records->len);
        return;
    }
    is_ok = cox_storefiles_append(store->files, records, &error);
    settle(store, records->len);
    finished(store, is_ok, number, error);
}

static void
do_one(struct cox_store *store, const struct job *job)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = NULL;
    bool is_ok;

    switch (job->kind) {
    case JOB_SAVE:
        is_ok = cox_storefiles_save(store->files, job->bytes, job->meta, &error);
        settle(store, 1);
        finished(store, is_ok, job->number, error);
        break;
    case JOB_REFRESH: /* after a failure it helps as a save does */
        is_ok = store->has_failed ? cox_storefiles_save(store->files, job->bytes, job->meta, &error)
                                  : cox_storefiles_refresh(store->files, job->bytes, job->meta, &error);
        settle(store, 1);
        if (is_ok || store->has_failed || !cox_storefiles_can_append(store->files)) {
            finished(store, is_ok, job->number, error);
        } else {
            complete(store, COX_STORE_NOT_REFRESHED, 0, error->message);
        }
        break;
    case JOB_SET_ASIDE:
        name = cox_storefiles_name_aside(job->bytes);
        is_ok = cox_storefiles_set_aside(store->files, job->bytes, &error);
        settle(store, 1);
        if (is_ok) {
            complete(store, COX_STORE_KEPT, 0, name);
        } else {
            finished(store, false, 0, error);
        }
        break;
    case JOB_PROBE:
        is_ok = store->has_failed && cox_storefiles_probe(store->files, NULL);
        settle(store, 1);
        if (is_ok) {
            complete(store, COX_STORE_USABLE, 0, NULL);
        }
        break;
    case JOB_NOTE:
    case JOB_NOTE_ANEW:
        if (!cox_storefiles_note(store->files, job->bytes, job->kind == JOB_NOTE_ANEW, NULL)) {
            g_atomic_int_set(&store->has_lost_note, 1); /* the next record may have more luck */
        }
        settle(store, 1);
        break;
    case JOB_APPEND:
    case JOB_END:
        settle(store, 1);
        break;
    }
}

static bool
is_note(const struct job *job)
{
    return job->kind == JOB_NOTE || job->kind == JOB_NOTE_ANEW;
}

/* Notes wait for what somebody waits for, and do not part records that can be written together. */
static void
postpone_notes(GQueue *batch)
{
    GQueue notes = G_QUEUE_INIT;

    for (GList *link = batch->head, *next = NULL; link != NULL; link = next) {
        next = link->next;
        if (is_note(link->data)) {
            g_queue_unlink(batch, link);
            g_queue_push_tail_link(&notes, link);
        }
    }
    while (notes.head != NULL) {
        g_queue_push_tail_link(batch, g_queue_pop_head_link(&notes));
    }
}

static gpointer
run(gpointer data)
{
    struct cox_store *store = data;
    bool is_ending = false;

    while (!is_ending) {
        GQueue batch = G_QUEUE_INIT;
        struct job *job;

        g_mutex_lock(&store->lock);
        while (store->jobs.length == 0) {
            g_cond_wait(&store->work, &store->lock);
        }
        batch = store->jobs;
        store->n_working = batch.length;
        store->queued_bytes = 0; /* of what is being appended the little that is not handed over yet */
        store->has_failed = store->has_failed || store->has_overflowed; /* records are missing: only a save helps */
        store->has_overflowed = false;
        g_queue_init(&store->jobs);
        g_mutex_unlock(&store->lock);
        postpone_notes(&batch);
        while ((job = g_queue_peek_head(&batch)) != NULL) {
            if (job->kind == JOB_APPEND) {
                append_together(store, &batch);
            } else {
                is_ending = is_ending || job->kind == JOB_END;
                do_one(store, job);
                job_free(g_queue_pop_head(&batch));
            }
        }
    }
    return NULL;
}

/* ---- in the loop ---- */

static bool
is_droppable(const struct job *job)
{
    return job->kind == JOB_APPEND || job->kind == JOB_SAVE || job->kind == JOB_REFRESH || is_note(job);
}

static void
drop(struct cox_store *store, struct job *job)
{
    if (is_note(job)) {
        g_atomic_int_set(&store->has_lost_note, 1);
    }
    job_free(job);
}

static void
drop_from(struct cox_store *store, GQueue *jobs)
{
    for (GList *link = jobs->head, *next = NULL; link != NULL; link = next) {
        next = link->next;
        if (is_droppable(link->data)) {
            drop(store, link->data);
            g_queue_delete_link(jobs, link);
        }
    }
}

/*
 * The disk hangs, and what waits for it has become too much: it is given up, none of it has been told to be synced.  What the thread is
 * at is let finish, and counts when it does.  From here on this is a disk that has failed: a save of the whole is what helps.
 */
static void
overflow(struct cox_store *store)
{
    g_autofree char *text = NULL;

    text = g_strdup_printf("it has not answered for so long that %" G_GSIZE_FORMAT " bytes waited for it: they are dropped, and the whole document "
                           "is written when it answers", store->queued_bytes);
    drop_from(store, &store->appended);
    drop_from(store, &store->jobs);
    store->queued_bytes = 0;
    store->has_overflowed = true;
    g_mutex_unlock(&store->lock);
    complete(store, COX_STORE_FAILED, 0, text);
    g_mutex_lock(&store->lock);
}

/* Is there room for @job?  Otherwise it is dropped with the rest.  A document alone may be as large as it is. */
static bool
takes(struct cox_store *store, const struct job *job)
{
    size_t size = g_bytes_get_size(job->bytes);
    bool has_room;

    g_mutex_lock(&store->lock);
    if (!store->has_overflowed && store->queued_bytes > 0 && store->queued_bytes + size > store->queue_bytes) {
        overflow(store);
    }
    has_room = !store->has_overflowed;
    store->queued_bytes += has_room ? size : 0;
    g_mutex_unlock(&store->lock);
    return has_room;
}

struct cox_store *
cox_store_open(struct cox_disk *disk, const struct cox_store_options *options, struct cox_store_loaded *loaded,
               GError **error)
{
    struct cox_store *store = g_new0(struct cox_store, 1);

    store->disk = disk;
    store->files = cox_storefiles_new(disk, options);
    store->queue_bytes = options->queue_bytes == 0 ? QUEUE_BYTES : options->queue_bytes;
    store->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    g_mutex_init(&store->lock);
    g_cond_init(&store->work);
    if (store->fd < 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_OS, "no event descriptor: %s: raise the limit of open files",
                    g_strerror(errno));
    }
    if (store->fd < 0 || !cox_storefiles_load(store->files, loaded, error)) {
        cox_store_close(store);
        return NULL;
    }
    store->thread = g_thread_new("store", run, store);
    return store;
}

/* Takes the references. */
static void
append_job(struct cox_store *store, enum job_kind kind, guint64 number, GBytes *bytes, GBytes *meta)
{
    struct job *job = g_new0(struct job, 1);

    job->kind = kind;
    job->number = number;
    job->bytes = bytes;
    job->meta = meta;
    if (is_droppable(job) && !takes(store, job)) {
        drop(store, job);
        return;
    }
    g_queue_push_tail(&store->appended, job);
}

static void
queue_job(struct cox_store *store, enum job_kind kind, guint64 number, GBytes *bytes, GBytes *meta)
{
    append_job(store, kind, number, bytes, meta);
    cox_store_flush(store);
}

void
cox_store_note(struct cox_store *store, GBytes *record, bool is_anew)
{
    append_job(store, is_anew ? JOB_NOTE_ANEW : JOB_NOTE, 0, g_bytes_ref(record), NULL);
}

bool
cox_store_has_lost_note(struct cox_store *store)
{
    return g_atomic_int_compare_and_exchange(&store->has_lost_note, 1, 0);
}

void
cox_store_flush(struct cox_store *store)
{
    struct job *job;

    if (store->appended.length == 0) {
        return;
    }
    g_mutex_lock(&store->lock);
    while ((job = g_queue_pop_head(&store->appended)) != NULL) {
        g_queue_push_tail(&store->jobs, job);
    }
    g_cond_signal(&store->work);
    g_mutex_unlock(&store->lock);
}

void
cox_store_close(struct cox_store *store)
{
    if (store == NULL) {
        return;
    }
    if (store->thread != NULL) {
        queue_job(store, JOB_END, 0, NULL, NULL);
        g_thread_join(store->thread);
    }
    g_queue_clear_full(&store->appended, job_free);
    g_queue_clear_full(&store->jobs, job_free);
    g_queue_clear_full(&store->completions, completion_free);
    cox_storefiles_free(store->files);
    cox_disk_free(store->disk);
    if (store->fd >= 0) {
        (void) close(store->fd);
    }
    g_mutex_clear(&store->lock);
    g_cond_clear(&store->work);
    g_free(store);
}

void
cox_store_append(struct cox_store *store, guint64 number, GBytes *record)
{
    append_job(store, JOB_APPEND, number, g_bytes_ref(record), NULL);
}

void
cox_store_save(struct cox_store *store, guint64 number, GBytes *xml, GBytes *meta)
{
    queue_job(store, JOB_SAVE, number, g_bytes_ref(xml), g_bytes_ref(meta));
}

void
cox_store_refresh(struct cox_store *store, guint64 number, GBytes *xml, GBytes *meta)
{
    queue_job(store, JOB_REFRESH, number, g_bytes_ref(xml), g_bytes_ref(meta));
}

void
cox_store_set_aside(struct cox_store *store, GBytes *xml)
{
    queue_job(store, JOB_SET_ASIDE, 0, g_bytes_ref(xml), NULL);
}

void
cox_store_probe(struct cox_store *store)
{
    bool is_queued = false;

    g_mutex_lock(&store->lock); /* while the disk hangs one is enough */
    for (const GList *link = store->jobs.head; link != NULL; link = link->next) {
        is_queued = is_queued || ((const struct job *) link->data)->kind == JOB_PROBE;
    }
    g_mutex_unlock(&store->lock);
    if (!is_queued) {
        queue_job(store, JOB_PROBE, 0, NULL, NULL);
    }
}

int
cox_store_fd(const struct cox_store *store)
{
    return store->fd;
}

size_t
cox_store_waiting(struct cox_store *store)
{
    size_t n;

    g_mutex_lock(&store->lock);
    n = store->appended.length + store->jobs.length + store->n_working;
    g_mutex_unlock(&store->lock);
    return n;
}

void
cox_store_dispatch(struct cox_store *store, void (*done)(void *context, const struct cox_store_done *what), void *context)
{
    guint64 count;
    GQueue completions;
    struct completion *completion;

    if (read(store->fd, &count, sizeof(count)) < 0) {
        return; /* nothing new */
    }
    g_mutex_lock(&store->lock);
    completions = store->completions;
    g_queue_init(&store->completions);
    g_mutex_unlock(&store->lock);
    while ((completion = g_queue_pop_head(&completions)) != NULL) {
        done(context, &completion->done);
        completion_free(completion);
    }
}
