/* lib/runtime/logfile.c - a bounded queue and one writer thread.  Layer 1. */
#include "runtime/logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

enum { QUEUE_BYTES = 256 * 1024 };

struct cox_logfile {
    GMutex lock;
    GCond changed;
    GString *queue; /* text that waits */
    char *path;
    guint mode;
    int fd; /* the thread's, once it runs */
    gsize most_bytes, bytes; /* 0: no bound; what the file has, which is the thread's, too */
    bool is_torn; /* the last line has no end; the thread's */
    guint64 n_failures, n_written;
    bool wants_reopen, is_closing, is_done;
    GThread *thread;
};

static int
open_for_append(const char *path, guint mode)
{
    const int flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW;
    int fd = open(path, flags | O_CREAT | O_EXCL, 0600);

    if (fd >= 0) {
        (void) fchmod(fd, mode); /* what was asked for, not what the umask leaves of it */
    }
    return fd >= 0 || errno != EEXIST ? fd : open(path, flags);
}

static void
free_file(struct cox_logfile *file)
{
    g_mutex_clear(&file->lock);
    g_cond_clear(&file->changed);
    g_string_free(file->queue, TRUE);
    g_free(file->path);
    if (file->fd >= 0) {
        close(file->fd);
    }
    g_free(file);
}

static void
count(struct cox_logfile *file, guint64 *what)
{
    g_mutex_lock(&file->lock);
    (*what)++;
    g_mutex_unlock(&file->lock);
}

static void
count_failure(struct cox_logfile *file)
{
    count(file, &file->n_failures);
}

static void
write_all(struct cox_logfile *file, const char *text, gsize length)
{
    for (gsize done = 0; done < length;) {
        ssize_t n = write(file->fd, text + done, length - done);

        if (n < 0 && errno != EINTR) { /* a full disk: this piece is lost, the next one may fit */
            file->is_torn = file->is_torn || done > 0;
            count_failure(file);
            return;
        }
        done += n > 0 ? (gsize) n : 0;
        file->bytes += n > 0 ? (gsize) n : 0;
    }
    file->is_torn = false;
    count(file, &file->n_written);
}

/* false: it goes on with what is open. */
static bool
open_again(struct cox_logfile *file)
{
    struct stat found;
    int fd = open_for_append(file->path, file->mode);

    if (fd < 0) {
        count_failure(file);
        return false;
    }
    close(file->fd);
    file->fd = fd;
    file->bytes = fstat(fd, &found) == 0 ? (gsize) found.st_size : 0;
    file->is_torn = false;
    return true;
}

/* The file is full: it becomes the former one.  false: it cannot, and what it has is worth more than what comes. */
static bool
begin_anew(struct cox_logfile *file)
{
    g_autofree char *former = g_strconcat(file->path, ".1", NULL);

    if (rename(file->path, former) != 0 && errno != ENOENT) { /* ENOENT: somebody took it away, or the new one could not be made the last time */
        count_failure(file);
        return false;
    }
    return open_again(file);
}

static void
write_text(struct cox_logfile *file, GString *text)
{
    if (text->len == 0) {
        return;
    }
    if (file->most_bytes > 0 && file->bytes > 0 && file->bytes + text->len > file->most_bytes && !begin_anew(file)) {
        return;
    }
    if (file->is_torn) { /* what comes is not to be part of a line that has lost its end */
        g_string_prepend_c(text, '\n');
    }
    write_all(file, text->str, text->len);
}

/* Wait for work and take it: true while there may be more. */
static bool
take_work(struct cox_logfile *file, GString **work, bool *reopens)
{
    bool goes_on;

    g_mutex_lock(&file->lock);
    while (file->queue->len == 0 && !file->is_closing && !file->wants_reopen) {
        g_cond_wait(&file->changed, &file->lock);
    }
    *work = file->queue;
    file->queue = g_string_new(NULL);
    *reopens = file->wants_reopen;
    file->wants_reopen = false;
    goes_on = (*work)->len > 0 || *reopens || !file->is_closing;
    g_mutex_unlock(&file->lock);
    return goes_on;
}

static gpointer
writer(gpointer data)
{
    struct cox_logfile *file = data;
    GString *work;
    bool reopens, goes_on;

    do {
        goes_on = take_work(file, &work, &reopens);
        if (reopens) {
            (void) open_again(file);
        }
        write_text(file, work);
        g_string_free(work, TRUE);
    } while (goes_on);
    g_mutex_lock(&file->lock);
    file->is_done = true;
    g_cond_broadcast(&file->changed);
    g_mutex_unlock(&file->lock);
    return NULL;
}

struct cox_logfile *
cox_logfile_open(const char *path, guint mode, GError **error)
{
    return cox_logfile_open_bounded(path, mode, 0, error);
}

struct cox_logfile *
cox_logfile_open_bounded(const char *path, guint mode, gsize most_bytes, GError **error)
{
    struct cox_logfile *file;
    struct stat found;
    sigset_t all, before;
    int fd = open_for_append(path, mode);

    if (fd < 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "cannot open log file '%s': %s", path, g_strerror(errno));
        return NULL;
    }
    file = g_new0(struct cox_logfile, 1);
    g_mutex_init(&file->lock);
    g_cond_init(&file->changed);
    file->queue = g_string_new(NULL);
    file->path = g_strdup(path);
    file->mode = mode;
    file->fd = fd;
    file->most_bytes = most_bytes;
    file->bytes = fstat(fd, &found) == 0 ? (gsize) found.st_size : 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for the loop's thread */
    file->thread = g_thread_new("log", writer, file);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return file;
}

struct cox_logfile_counts
cox_logfile_counts(struct cox_logfile *file)
{
    struct cox_logfile_counts counts;

    g_mutex_lock(&file->lock);
    counts = (struct cox_logfile_counts) { file->n_written, file->n_failures };
    g_mutex_unlock(&file->lock);
    return counts;
}

void
cox_logfile_close(struct cox_logfile *file)
{
    gint64 deadline = g_get_monotonic_time() + G_TIME_SPAN_SECOND;
    bool is_done;

    if (file == NULL) {
        return;
    }
    g_mutex_lock(&file->lock);
    file->is_closing = true;
    g_cond_broadcast(&file->changed);
    while (!file->is_done && g_cond_wait_until(&file->changed, &file->lock, deadline)) {
    }
    is_done = file->is_done;
    g_mutex_unlock(&file->lock);
    if (is_done) {
        g_thread_join(file->thread);
        free_file(file);
    } else {
        g_thread_unref(file->thread); /* stuck in the kernel; its memory stays its own */
    }
}

bool
cox_logfile_lost(struct cox_logfile_watch *watch, const struct cox_logfile_counts *counts, bool was_queued)
{
    bool was_losing = watch->is_losing;

    if (!was_queued || counts->failures != watch->seen.failures) {
        watch->is_losing = true;
    } else if (counts->written != watch->seen.written) {
        watch->is_losing = false;
    }
    watch->seen = *counts;
    return watch->is_losing && !was_losing;
}

bool
cox_logfile_write(struct cox_logfile *file, const char *text, gsize length)
{
    bool fits;

    g_mutex_lock(&file->lock);
    fits = file->queue->len + length <= QUEUE_BYTES;
    if (fits) {
        g_string_append_len(file->queue, text, (gssize) length);
        g_cond_signal(&file->changed);
    }
    g_mutex_unlock(&file->lock);
    return fits;
}

void
cox_logfile_reopen(struct cox_logfile *file)
{
    g_mutex_lock(&file->lock);
    file->wants_reopen = true;
    g_cond_signal(&file->changed);
    g_mutex_unlock(&file->lock);
}
