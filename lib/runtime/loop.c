/* lib/runtime/loop.c - timers, descriptors and signals as sources of glib's main loop.  Layer 1. */
#include "runtime/loop.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <glib-unix.h>

#include "base/error.h"
#include "runtime/childrun.h"
#include "runtime/runtime_priv.h"
#include "runtime/timerq.h"

struct handler {
    cox_source_id id; /* 0: nobody handles this signal */
    cox_signal_fn fn;
    void *context;
};

struct loop {
    struct cox_runtime base;
    GMainContext *context;
    struct cox_timerq *timers;
    GSource *timer_source;
    GHashTable *watches; /* id -> struct watch */
    struct cox_childrun *children;
    struct handler handlers[NSIG];
    sigset_t handled;
    int signal_fd;
    cox_source_id signal_watch;
    bool is_quitting;
};

/* A GSource with what we need to call back. */
struct watch {
    GSource source;
    struct loop *loop;
    GPollFD poll;
    cox_source_id id;
    struct cox_watch_request request;
};

static cox_usec
loop_now(const struct cox_runtime *runtime)
{
    (void) runtime;
    return g_get_monotonic_time();
}

static cox_wall
loop_wall(const struct cox_runtime *runtime)
{
    (void) runtime;
    return (cox_wall) { g_get_real_time() };
}

/* Timers: one source for all, ready when the first is due. */

struct timer_source {
    GSource source;
    struct loop *loop;
};

/*
 * When the first is due is asked for before each wait instead of being told to the source: to tell it wakes the context, and that costs
 * three system calls and a turn of the loop.
 */
static gboolean
prepare_timers(GSource *source, gint *timeout_ms)
{
    struct loop *loop = ((struct timer_source *) source)->loop;
    cox_usec next = cox_timerq_next(loop->timers);
    cox_usec left = cox_usec_is_set(next) ? MAX(next - loop_now(&loop->base), 0) : 0;

    *timeout_ms = cox_usec_is_set(next) ? (gint) MIN((left + COX_USEC_PER_MS - 1) / COX_USEC_PER_MS, G_MAXINT) : -1;
    return cox_usec_is_set(next) && left == 0;
}

static gboolean
check_timers(GSource *source)
{
    struct loop *loop = ((struct timer_source *) source)->loop;
    cox_usec next = cox_timerq_next(loop->timers);

    return cox_usec_is_set(next) && next <= loop_now(&loop->base);
}

static gboolean
dispatch_timers(GSource *source, GSourceFunc unused_fn, gpointer unused)
{
    struct loop *loop = ((struct timer_source *) source)->loop;
    cox_usec now = loop_now(&loop->base);
    cox_source_id last_id = loop->base.last_id;
    struct cox_timerq_entry entry;

    (void) unused_fn;
    (void) unused;
    while (cox_timerq_pop(loop->timers, now, last_id, &entry)) {
        entry.fn(entry.context);
    }
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs timer_funcs = { prepare_timers, check_timers, dispatch_timers, NULL, NULL, NULL };

static void
loop_timer(struct cox_runtime *runtime, cox_source_id id, cox_usec when, cox_timer_fn fn, void *context)
{
    struct loop *loop = (struct loop *) runtime;

    cox_timerq_add(loop->timers, &(struct cox_timerq_entry) { when, id, fn, context });
}

/* Watches. */

static gushort
conditions(unsigned int events)
{
    return (gushort) (((events & COX_WATCH_READ) ? G_IO_IN : 0) | ((events & COX_WATCH_WRITE) ? G_IO_OUT : 0));
}

static gboolean
check_watch(GSource *source)
{
    return ((const struct watch *) source)->poll.revents != 0;
}

static gboolean
dispatch_watch(GSource *source, GSourceFunc unused_fn, gpointer unused)
{
    struct watch *watch = (struct watch *) source;
    unsigned int ready = watch->poll.revents & (watch->poll.events | G_IO_ERR | G_IO_HUP | G_IO_NVAL); /* it may be paused since the wait */
    unsigned int events = ((ready & G_IO_IN) ? COX_WATCH_READ : 0U) | ((ready & G_IO_OUT) ? COX_WATCH_WRITE : 0U)
                          | ((ready & (G_IO_HUP | G_IO_ERR | G_IO_NVAL)) ? COX_WATCH_HANGUP : 0U);

    (void) unused_fn;
    (void) unused;
    if (events != 0) {
        watch->request.fn(watch->request.context, watch->request.fd, events);
    }
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs watch_funcs = { NULL, check_watch, dispatch_watch, NULL, NULL, NULL };

static void
loop_watch(struct cox_runtime *runtime, cox_source_id id, const struct cox_watch_request *request)
{
    struct loop *loop = (struct loop *) runtime;
    struct watch *watch = (struct watch *) g_source_new(&watch_funcs, sizeof *watch);

    watch->loop = loop;
    watch->id = id;
    watch->request = *request;
    watch->poll = (GPollFD) { request->fd, conditions(request->events), 0 };
    g_source_add_poll(&watch->source, &watch->poll);
    /* No handler runs the loop, but glib cannot know: it would take the descriptor out and put it in again with each call, and wake itself. */
    g_source_set_can_recurse(&watch->source, TRUE);
    g_source_attach(&watch->source, loop->context);
    g_hash_table_insert(loop->watches, &watch->id, watch);
}

static void
loop_watch_set(struct cox_runtime *runtime, cox_source_id id, unsigned int events)
{
    struct loop *loop = (struct loop *) runtime;
    struct watch *watch = g_hash_table_lookup(loop->watches, &id);

    if (watch != NULL) { /* glib reads it before each wait; g_source_modify_unix_fd() would wake the context, too, with three system calls */
        watch->poll.events = conditions(events);
    }
}

static void
destroy_watch(gpointer data)
{
    struct watch *watch = data;

    g_source_destroy(&watch->source);
    g_source_unref(&watch->source);
}

/* Signals: blocked, and read from one signalfd. */

static void
on_signal_fd(void *context, int fd, unsigned int events)
{
    struct loop *loop = context;
    struct signalfd_siginfo info;

    (void) events;
    while (read(fd, &info, sizeof info) == (ssize_t) sizeof info) {
        const struct handler *handler = &loop->handlers[info.ssi_signo % NSIG];

        if (handler->id != 0) {
            handler->fn(handler->context, (int) info.ssi_signo);
        }
    }
}

static void
loop_signal(struct cox_runtime *runtime, cox_source_id id, int signo, cox_signal_fn fn, void *context)
{
    struct loop *loop = (struct loop *) runtime;

    COX_BUG_ON(signo <= 0 || signo >= NSIG || loop->handlers[signo].id != 0);
    loop->handlers[signo] = (struct handler) { id, fn, context };
    sigaddset(&loop->handled, signo);
    COX_BUG_ON(pthread_sigmask(SIG_BLOCK, &loop->handled, NULL) != 0);
    loop->signal_fd = signalfd(loop->signal_fd, &loop->handled, SFD_NONBLOCK | SFD_CLOEXEC);
    COX_BUG_ON(loop->signal_fd < 0);
    if (loop->signal_watch == 0) {
        loop->signal_watch = cox_runtime_watch(runtime, loop->signal_fd, COX_WATCH_READ, on_signal_fd, loop);
    }
}

static bool
cancel_signal(struct loop *loop, cox_source_id id)
{
    for (int signo = 1; signo < NSIG; signo++) {
        if (loop->handlers[signo].id == id) {
            sigset_t one;

            sigemptyset(&one);
            sigaddset(&one, signo);
            loop->handlers[signo].id = 0;
            sigdelset(&loop->handled, signo);
            (void) signalfd(loop->signal_fd, &loop->handled, SFD_NONBLOCK | SFD_CLOEXEC);
            pthread_sigmask(SIG_UNBLOCK, &one, NULL);
            return true;
        }
    }
    return false;
}

static void
loop_cancel(struct cox_runtime *runtime, cox_source_id id)
{
    struct loop *loop = (struct loop *) runtime;

    if (!cox_timerq_remove(loop->timers, id) && !g_hash_table_remove(loop->watches, &id)) {
        (void) cancel_signal(loop, id);
    }
}

/* Children. */

static void
loop_spawn(struct cox_runtime *runtime, cox_source_id id, const struct cox_child_spec *spec, cox_child_fn fn, void *context)
{
    cox_childrun_spawn(((struct loop *) runtime)->children, id, spec, fn, context);
}

static bool
loop_adopt(struct cox_runtime *runtime, cox_source_id id, pid_t pid, cox_child_fn fn, void *context)
{
    return cox_childrun_adopt(((struct loop *) runtime)->children, id, pid, fn, context);
}

static pid_t
loop_child_pid(const struct cox_runtime *runtime, cox_source_id id)
{
    return cox_childrun_pid(((const struct loop *) runtime)->children, id);
}

static bool
loop_child_signal(struct cox_runtime *runtime, cox_source_id id, int signo)
{
    return cox_childrun_signal(((struct loop *) runtime)->children, id, signo);
}

static void
loop_child_stop(struct cox_runtime *runtime, cox_source_id id, gint64 kill_after_ms)
{
    cox_childrun_stop(((struct loop *) runtime)->children, id, kill_after_ms);
}

static void
loop_child_forget(struct cox_runtime *runtime, cox_source_id id)
{
    cox_childrun_forget(((struct loop *) runtime)->children, id);
}

/* Running. */

static bool
loop_step(struct cox_runtime *runtime, bool may_block)
{
    return g_main_context_iteration(((struct loop *) runtime)->context, may_block);
}

static void
loop_run(struct cox_runtime *runtime)
{
    struct loop *loop = (struct loop *) runtime;

    loop->is_quitting = false;
    while (!loop->is_quitting) {
        (void) loop_step(runtime, true);
    }
}

static void
loop_quit(struct cox_runtime *runtime)
{
    struct loop *loop = (struct loop *) runtime;

    loop->is_quitting = true;
    g_main_context_wakeup(loop->context);
}

static void
loop_free(struct cox_runtime *runtime)
{
    struct loop *loop = (struct loop *) runtime;

    cox_childrun_free(loop->children);
    for (int signo = 1; signo < NSIG; signo++) {
        if (loop->handlers[signo].id != 0) {
            (void) cancel_signal(loop, loop->handlers[signo].id);
        }
    }
    g_hash_table_destroy(loop->watches);
    if (loop->signal_fd >= 0) {
        close(loop->signal_fd);
    }
    g_source_destroy(loop->timer_source);
    g_source_unref(loop->timer_source);
    cox_timerq_free(loop->timers);
    g_main_context_unref(loop->context);
    g_free(loop);
}

static const struct cox_runtime_ops loop_ops = {
    .free = loop_free,
    .now = loop_now,
    .wall = loop_wall,
    .timer = loop_timer,
    .watch = loop_watch,
    .watch_set = loop_watch_set,
    .signal = loop_signal,
    .cancel = loop_cancel,
    .spawn = loop_spawn,
    .adopt = loop_adopt,
    .child_pid = loop_child_pid,
    .child_signal = loop_child_signal,
    .child_stop = loop_child_stop,
    .child_forget = loop_child_forget,
    .run = loop_run,
    .quit = loop_quit,
    .step = loop_step,
};

struct cox_runtime *
cox_loop_new(GMainContext *context)
{
    struct loop *loop = g_new0(struct loop, 1);

    loop->base.ops = &loop_ops;
    loop->context = g_main_context_ref(context != NULL ? context : g_main_context_default());
    loop->timers = cox_timerq_new();
    loop->timer_source = g_source_new(&timer_funcs, sizeof(struct timer_source));
    ((struct timer_source *) loop->timer_source)->loop = loop;
    g_source_attach(loop->timer_source, loop->context);
    loop->watches = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, destroy_watch);
    sigemptyset(&loop->handled);
    loop->signal_fd = -1;
    loop->children = cox_childrun_new(&loop->base);
    signal(SIGPIPE, SIG_IGN);
    return &loop->base;
}
