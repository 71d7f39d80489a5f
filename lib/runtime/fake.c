/* lib/runtime/fake.c - a world on paper.  Layer 1. */
#include "runtime/fake.h"

#include "base/error.h"
#include "runtime/fakechild.h"
#include "runtime/runtime_priv.h"
#include "runtime/timerq.h"

/* More than this many timers at one moment is a loop that does not end. */
enum { ROUNDS_MAX = 1000000 };

struct fake {
    struct cox_runtime base;
    cox_usec now;
    cox_wall wall;
    struct cox_timerq *timers;
    GHashTable *watches;  /* id -> struct cox_watch_request */
    GHashTable *handlers; /* id -> struct handler */
    struct cox_fakechild *children;
    bool is_quitting;
};

struct handler {
    int signo;
    cox_signal_fn fn;
    void *context;
};

static struct fake *
fake_of(struct cox_runtime *runtime)
{
    return (struct fake *) runtime;
}

static cox_usec
fake_now(const struct cox_runtime *runtime)
{
    return ((const struct fake *) runtime)->now;
}

static cox_wall
fake_wall(const struct cox_runtime *runtime)
{
    return ((const struct fake *) runtime)->wall;
}

static void
fake_timer(struct cox_runtime *runtime, cox_source_id id, cox_usec when, cox_timer_fn fn, void *context)
{
    cox_timerq_add(fake_of(runtime)->timers, &(struct cox_timerq_entry) { when, id, fn, context });
}

static gpointer
new_key(cox_source_id id)
{
    return g_memdup2(&id, sizeof id);
}

static void
fake_watch(struct cox_runtime *runtime, cox_source_id id, const struct cox_watch_request *request)
{
    g_hash_table_insert(fake_of(runtime)->watches, new_key(id), g_memdup2(request, sizeof *request));
}

static void
fake_watch_set(struct cox_runtime *runtime, cox_source_id id, unsigned int events)
{
    struct cox_watch_request *request = g_hash_table_lookup(fake_of(runtime)->watches, &id);

    if (request != NULL) {
        request->events = events;
    }
}

static void
fake_signal(struct cox_runtime *runtime, cox_source_id id, int signo, cox_signal_fn fn, void *context)
{
    struct handler handler = { signo, fn, context };

    g_hash_table_insert(fake_of(runtime)->handlers, new_key(id), g_memdup2(&handler, sizeof handler));
}

static void
fake_cancel(struct cox_runtime *runtime, cox_source_id id)
{
    struct fake *fake = fake_of(runtime);

    if (!cox_timerq_remove(fake->timers, id) && !g_hash_table_remove(fake->watches, &id)) {
        g_hash_table_remove(fake->handlers, &id);
    }
}

static void
fake_spawn(struct cox_runtime *runtime, cox_source_id id, const struct cox_child_spec *spec, cox_child_fn fn, void *context)
{
    cox_fakechild_spawn(fake_of(runtime)->children, id, spec, fn, context);
}

static bool
fake_adopt(struct cox_runtime *runtime, cox_source_id id, pid_t pid, cox_child_fn fn, void *context)
{
    return cox_fakechild_adopt(fake_of(runtime)->children, id, pid, fn, context);
}

static pid_t
fake_child_pid(const struct cox_runtime *runtime, cox_source_id id)
{
    return cox_fakechild_pid(((const struct fake *) runtime)->children, id);
}

static bool
fake_child_signal(struct cox_runtime *runtime, cox_source_id id, int signo)
{
    return cox_fakechild_signal(fake_of(runtime)->children, id, signo);
}

static void
fake_child_stop(struct cox_runtime *runtime, cox_source_id id, gint64 kill_after_ms)
{
    cox_fakechild_stop(fake_of(runtime)->children, id, kill_after_ms);
}

static void
fake_child_forget(struct cox_runtime *runtime, cox_source_id id)
{
    cox_fakechild_forget(fake_of(runtime)->children, id);
}

static void
move_clock(struct fake *fake, cox_usec to)
{
    if (to > fake->now) {
        fake->wall.usec += to - fake->now;
        fake->now = to;
    }
}

/* Run what is due now; false when nothing was. */
static bool
fake_step(struct cox_runtime *runtime, bool may_block)
{
    struct fake *fake = fake_of(runtime);
    cox_source_id last_id = fake->base.last_id;
    struct cox_timerq_entry entry;
    bool ran = false;

    if (may_block && cox_usec_is_set(cox_timerq_next(fake->timers))) {
        move_clock(fake, cox_timerq_next(fake->timers));
    }
    while (cox_timerq_pop(fake->timers, fake->now, last_id, &entry)) {
        entry.fn(entry.context);
        ran = true;
    }
    return ran;
}

static void
fake_run(struct cox_runtime *runtime)
{
    struct fake *fake = fake_of(runtime);

    fake->is_quitting = false;
    for (unsigned int rounds = 0; !fake->is_quitting && fake_step(runtime, true); rounds++) {
        COX_BUG_ON(rounds > ROUNDS_MAX);
    }
}

static void
fake_quit(struct cox_runtime *runtime)
{
    fake_of(runtime)->is_quitting = true;
}

static void
fake_free(struct cox_runtime *runtime)
{
    struct fake *fake = fake_of(runtime);

    cox_fakechild_free(fake->children);
    cox_timerq_free(fake->timers);
    g_hash_table_destroy(fake->watches);
    g_hash_table_destroy(fake->handlers);
    g_free(fake);
}

static const struct cox_runtime_ops fake_ops = {
    .free = fake_free,
    .now = fake_now,
    .wall = fake_wall,
    .timer = fake_timer,
    .watch = fake_watch,
    .watch_set = fake_watch_set,
    .signal = fake_signal,
    .cancel = fake_cancel,
    .spawn = fake_spawn,
    .adopt = fake_adopt,
    .child_pid = fake_child_pid,
    .child_signal = fake_child_signal,
    .child_stop = fake_child_stop,
    .child_forget = fake_child_forget,
    .run = fake_run,
    .quit = fake_quit,
    .step = fake_step,
};

struct cox_runtime *
cox_fake_new(cox_usec now, cox_wall wall)
{
    struct fake *fake = g_new0(struct fake, 1);

    fake->base.ops = &fake_ops;
    fake->now = now;
    fake->wall = wall;
    fake->timers = cox_timerq_new();
    fake->watches = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    fake->handlers = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    fake->children = cox_fakechild_new(&fake->base);
    return &fake->base;
}

void
cox_fake_advance(struct cox_runtime *runtime, cox_usec delta)
{
    struct fake *fake = fake_of(runtime);
    cox_usec until = fake->now + delta;
    unsigned int rounds = 0;

    while (cox_usec_is_due(cox_timerq_next(fake->timers), until)) {
        move_clock(fake, cox_timerq_next(fake->timers));
        (void) fake_step(runtime, false);
        COX_BUG_ON(++rounds > ROUNDS_MAX);
    }
    move_clock(fake, until);
}

void
cox_fake_freeze(struct cox_runtime *runtime, cox_usec delta)
{
    struct fake *fake = fake_of(runtime);

    move_clock(fake, fake->now + delta);
}

bool
cox_fake_ready(struct cox_runtime *runtime, int fd, unsigned int events)
{
    struct fake *fake = fake_of(runtime);
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, fake->watches);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct cox_watch_request request = *(struct cox_watch_request *) value;

        if (request.fd == fd && ((request.events | COX_WATCH_HANGUP) & events) != 0) {
            request.fn(request.context, fd, events & (request.events | COX_WATCH_HANGUP));
            return true;
        }
    }
    return false;
}

bool
cox_fake_signal(struct cox_runtime *runtime, int signo)
{
    struct fake *fake = fake_of(runtime);
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, fake->handlers);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct handler handler = *(struct handler *) value;

        if (handler.signo == signo) {
            handler.fn(handler.context, signo);
            return true;
        }
    }
    return false;
}

void
cox_fake_script_add(struct cox_runtime *runtime, const struct cox_fake_script *script)
{
    cox_fakechild_script_add(fake_of(runtime)->children, script);
}

cox_source_id
cox_fake_child_last(const struct cox_runtime *runtime)
{
    return cox_fakechild_last(((const struct fake *) runtime)->children);
}

size_t
cox_fake_child_count(const struct cox_runtime *runtime)
{
    return cox_fakechild_count(((const struct fake *) runtime)->children);
}

const char *
cox_fake_child_command(const struct cox_runtime *runtime, cox_source_id id)
{
    return cox_fakechild_command(((const struct fake *) runtime)->children, id);
}

const char *
cox_fake_child_environment(const struct cox_runtime *runtime, cox_source_id id)
{
    return cox_fakechild_environment(((const struct fake *) runtime)->children, id);
}

const char *
cox_fake_child_input(const struct cox_runtime *runtime, cox_source_id id)
{
    return cox_fakechild_input(((const struct fake *) runtime)->children, id);
}

void
cox_fake_child_end(struct cox_runtime *runtime, cox_source_id id, int exit_status, const char *out)
{
    cox_fakechild_end(fake_of(runtime)->children, id, exit_status, out);
}

void
cox_fake_process_add(struct cox_runtime *runtime, pid_t pid)
{
    cox_fakechild_process_add(fake_of(runtime)->children, pid);
}
