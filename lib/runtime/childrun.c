/* lib/runtime/childrun.c - watches what forkexec.c started: input, output, timeout, end.  Layer 1. */
#include "runtime/childrun.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/forkexec.h"

enum {
    READ_CHUNK = 16384,       /* read at once */
    READ_ROUND = 65536,       /* read from one child before others have their turn */
    DRAIN_MAX = 1024 * 1024,  /* read after its end: a pipe holds no more */
};

struct cox_childrun {
    struct cox_runtime *runtime;
    GHashTable *children; /* id -> struct child, owns them */
    struct cox_forkexec_defaults defaults;
};

/* One output of a child. */
struct stream {
    int fd;
    cox_source_id watch;
    GString *kept;
    size_t limit_bytes;
    bool is_cut;
};

struct child {
    cox_source_id id;
    struct cox_childrun *owner;
    cox_child_fn fn;
    void *context;
    pid_t pid; /* 0: not started */
    bool is_adopted;
    struct cox_forkexec_fds fds;
    cox_source_id end_watch, in_watch, timer;
    struct stream out, err;
    char *input;
    size_t input_size, input_done;
    gint64 kill_after_ms;
    bool is_timed_out, is_stopping;
    int start_errno;
    cox_usec started;
};

static void
close_fd(struct child *child, cox_source_id *watch, int *fd)
{
    cox_runtime_cancel(child->owner->runtime, *watch);
    *watch = 0;
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

static void
free_child(gpointer data)
{
    struct child *child = data;

    close_fd(child, &child->end_watch, &child->fds.pid);
    close_fd(child, &child->in_watch, &child->fds.in);
    close_fd(child, &child->out.watch, &child->out.fd);
    close_fd(child, &child->err.watch, &child->err.fd);
    if (child->fds.status >= 0) {
        close(child->fds.status);
    }
    cox_runtime_cancel(child->owner->runtime, child->timer);
    g_string_free(child->out.kept, TRUE);
    g_string_free(child->err.kept, TRUE);
    g_free(child->input);
    g_free(child);
}

struct cox_childrun *
cox_childrun_new(struct cox_runtime *runtime)
{
    struct cox_childrun *children = g_new0(struct cox_childrun, 1);

    children->runtime = runtime;
    children->children = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, free_child);
    cox_forkexec_defaults_read(&children->defaults);
    return children;
}

void
cox_childrun_free(struct cox_childrun *children)
{
    g_hash_table_destroy(children->children);
    g_free(children);
}

static struct child *
find(const struct cox_childrun *children, cox_source_id id)
{
    return g_hash_table_lookup(children->children, &id);
}

/* Output: keep up to the limit, read on so that the child does not block. */

static void
keep(struct stream *stream, const char *data, size_t size)
{
    size_t room = stream->limit_bytes - stream->kept->len;

    if (size > room) {
        stream->is_cut = true;
        size = room;
    }
    g_string_append_len(stream->kept, data, (gssize) size);
}

/* Read up to @max bytes; false at the end of the output. */
static bool
drain(struct stream *stream, size_t max)
{
    char chunk[READ_CHUNK];

    for (size_t total = 0; total < max;) {
        ssize_t n = read(stream->fd, chunk, sizeof chunk);

        if (n > 0) {
            keep(stream, chunk, (size_t) n);
            total += (size_t) n;
        } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
            return false;
        } else if (errno == EAGAIN) {
            return true;
        }
    }
    return true;
}

static void
on_output(void *context, int fd, unsigned int events)
{
    struct child *child = context;
    struct stream *stream = fd == child->out.fd ? &child->out : &child->err;

    (void) events;
    if (!drain(stream, READ_ROUND)) {
        close_fd(child, &stream->watch, &stream->fd);
    }
}

static void
on_input(void *context, int fd, unsigned int events)
{
    struct child *child = context;
    ssize_t n = write(fd, child->input + child->input_done, child->input_size - child->input_done);

    (void) events;
    if (n > 0) {
        child->input_done += (size_t) n;
    }
    if (child->input_done == child->input_size || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        close_fd(child, &child->in_watch, &child->fds.in);
    }
}

/* Signals go through the group while the leader has not been waited for: until then nobody else can have its number. */

static bool
send_signal(const struct child *child, int signo)
{
    if (child->pid == 0) {
        return false;
    }
    if (!child->is_adopted && kill(-child->pid, signo) == 0 && getpgid(child->pid) == child->pid) {
        return true;
    }
    /* It has left its group, or never had one of ours. */
    return syscall(SYS_pidfd_send_signal, child->fds.pid, signo, NULL, 0) == 0;
}

static void
on_kill(void *context)
{
    struct child *child = context;

    child->timer = 0;
    (void) send_signal(child, SIGKILL);
}

static void
stop(struct child *child, gint64 kill_after_ms)
{
    struct cox_runtime *runtime = child->owner->runtime;

    child->is_stopping = true;
    (void) send_signal(child, SIGTERM);
    (void) send_signal(child, SIGCONT); /* a stopped process takes no notice of SIGTERM */
    cox_runtime_cancel(runtime, child->timer);
    child->timer = cox_runtime_timer(runtime, cox_usec_after_ms(cox_runtime_now(runtime), kill_after_ms), on_kill, child);
}

static void
on_timeout(void *context)
{
    struct child *child = context;

    child->timer = 0;
    child->is_timed_out = true;
    stop(child, child->kill_after_ms);
}

/* The end. */

static void
report(struct child *child, struct cox_child_result *result)
{
    struct cox_childrun *children = child->owner;

    result->out = child->out.kept->str;
    result->out_size = child->out.kept->len;
    result->out_is_cut = child->out.is_cut;
    result->err = child->err.kept->str;
    result->err_size = child->err.kept->len;
    result->err_is_cut = child->err.is_cut;
    result->started = child->started;
    result->ended = cox_runtime_now(children->runtime);
    g_hash_table_steal(children->children, &child->id);
    child->fn(child->context, child->id, result);
    free_child(child);
}

static void
on_not_started(void *context)
{
    struct child *child = context;
    struct cox_child_result result = { .end = COX_CHILD_NOT_STARTED, .exit_status = -1, .start_errno = child->start_errno };

    child->timer = 0;
    report(child, &result);
}

static void
fill_result(const struct child *child, const siginfo_t *info, const struct rusage *usage, struct cox_child_result *result)
{
    result->exit_status = -1;
    result->cpu_usec = (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * G_USEC_PER_SEC + usage->ru_utime.tv_usec
                       + usage->ru_stime.tv_usec;
    if (info->si_code == CLD_EXITED) {
        result->end = COX_CHILD_EXITED;
        result->exit_status = info->si_status;
    } else {
        result->end = COX_CHILD_SIGNALED;
        result->signo = info->si_status;
    }
    if (child->is_timed_out) {
        result->end = COX_CHILD_TIMED_OUT;
    }
    if (child->fds.status >= 0
        && read(child->fds.status, &result->start_errno, sizeof result->start_errno) == (ssize_t) sizeof(int)) {
        result->end = COX_CHILD_NOT_STARTED;
        result->exit_status = -1;
    }
}

static void
on_end(void *context, int fd, unsigned int events)
{
    struct child *child = context;
    struct cox_child_result result = { .end = COX_CHILD_VANISHED, .exit_status = -1 };
    struct rusage usage;
    siginfo_t info;

    (void) events;
    if (child->is_stopping && !child->is_adopted) {
        (void) kill(-child->pid, SIGKILL); /* those that it left behind in its group */
    }
    if (child->out.fd >= 0) {
        (void) drain(&child->out, DRAIN_MAX);
    }
    if (child->err.fd >= 0) {
        (void) drain(&child->err, DRAIN_MAX);
    }
    memset(&info, 0, sizeof info);
    memset(&usage, 0, sizeof usage);
    if (syscall(SYS_waitid, 3 /* P_PIDFD */, fd, &info, WEXITED | WNOHANG, &usage) == 0) {
        if (info.si_pid == 0) {
            return; /* not over after all */
        }
        fill_result(child, &info, &usage, &result);
    }
    report(child, &result);
}

static struct child *
new_child(struct cox_childrun *children, cox_source_id id, cox_child_fn fn, void *context)
{
    struct child *child = g_new0(struct child, 1);

    child->id = id;
    child->owner = children;
    child->fn = fn;
    child->context = context;
    child->fds = (struct cox_forkexec_fds) { -1, -1, -1, -1, -1 };
    child->out.fd = child->err.fd = -1;
    child->out.kept = g_string_new(NULL);
    child->err.kept = g_string_new(NULL);
    child->started = cox_runtime_now(children->runtime);
    g_hash_table_insert(children->children, &child->id, child);
    return child;
}

static void
watch_child(struct child *child)
{
    struct cox_runtime *runtime = child->owner->runtime;

    child->end_watch = cox_runtime_watch(runtime, child->fds.pid, COX_WATCH_READ, on_end, child);
    if (child->fds.in >= 0) {
        child->in_watch = cox_runtime_watch(runtime, child->fds.in, COX_WATCH_WRITE, on_input, child);
    }
    child->out.fd = child->fds.out;
    child->err.fd = child->fds.err;
    if (child->out.fd >= 0) {
        child->out.watch = cox_runtime_watch(runtime, child->out.fd, COX_WATCH_READ, on_output, child);
        child->err.watch = cox_runtime_watch(runtime, child->err.fd, COX_WATCH_READ, on_output, child);
    }
}

void
cox_childrun_spawn(struct cox_childrun *children, cox_source_id id, const struct cox_child_spec *spec, cox_child_fn fn,
                   void *context)
{
    struct child *child = new_child(children, id, fn, context);
    pid_t pid = cox_forkexec_start(spec, &children->defaults, &child->fds);

    if (pid < 0) {
        child->start_errno = (int) -pid;
        child->timer = cox_runtime_defer(children->runtime, on_not_started, child);
        return;
    }
    child->pid = pid;
    child->out.limit_bytes = spec->out_limit_bytes;
    child->err.limit_bytes = spec->err_limit_bytes;
    child->input = g_memdup2(spec->input, spec->input_size);
    child->input_size = spec->input_size;
    child->kill_after_ms = spec->kill_after_ms > 0 ? spec->kill_after_ms : COX_CHILD_KILL_AFTER_MS;
    watch_child(child);
    if (spec->timeout_ms > 0) {
        child->timer = cox_runtime_timer(children->runtime, cox_usec_after_ms(child->started, spec->timeout_ms),
                                         on_timeout, child);
    }
}

bool
cox_childrun_adopt(struct cox_childrun *children, cox_source_id id, pid_t pid, cox_child_fn fn, void *context)
{
    int pidfd = (int) syscall(SYS_pidfd_open, pid, 0);
    struct child *child;

    if (pidfd < 0) {
        return false;
    }
    child = new_child(children, id, fn, context);
    child->pid = pid;
    child->is_adopted = true;
    child->fds.pid = pidfd;
    child->kill_after_ms = COX_CHILD_KILL_AFTER_MS;
    watch_child(child);
    return true;
}

pid_t
cox_childrun_pid(const struct cox_childrun *children, cox_source_id id)
{
    const struct child *child = find(children, id);

    return child == NULL ? 0 : child->pid;
}

bool
cox_childrun_signal(struct cox_childrun *children, cox_source_id id, int signo)
{
    const struct child *child = find(children, id);

    return child != NULL && send_signal(child, signo);
}

void
cox_childrun_stop(struct cox_childrun *children, cox_source_id id, gint64 kill_after_ms)
{
    struct child *child = find(children, id);

    if (child != NULL && child->pid != 0) {
        stop(child, kill_after_ms);
    }
}

void
cox_childrun_forget(struct cox_childrun *children, cox_source_id id)
{
    g_hash_table_remove(children->children, &id);
}
