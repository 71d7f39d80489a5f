/* lib/runtime/runtime.h - one event loop: clocks, timers, descriptors, signals, children; real or fake.  Layer 1. */
#ifndef COX_RUNTIME_RUNTIME_H
#define COX_RUNTIME_RUNTIME_H

#include <stdbool.h>
#include <sys/types.h>
#include <glib.h>

#include "base/monotime.h"
#include "base/walltime.h"
#include "runtime/child.h"

G_BEGIN_DECLS

/**
 * The world as a daemon sees it.  cox_loop_new() makes the real one, cox_fake_new() one for tests, whose time advances only
 * when told.  Everything runs in one thread; callbacks never run from inside a call of this interface, except in
 * cox_runtime_run() and cox_runtime_step().
 */
struct cox_runtime;

/** A timer, watch, signal handler or child; 0 is none.  A runtime never uses a number twice, so a stale one is harmless. */
typedef guint64 cox_source_id;

/** What a watch waits for, and what is reported to it. */
enum cox_watch_event {
    COX_WATCH_READ = 1,
    COX_WATCH_WRITE = 2,
    COX_WATCH_HANGUP = 4, /**< error or hang-up; reported even when not asked for */
};

typedef void (*cox_timer_fn)(void *context);
typedef void (*cox_watch_fn)(void *context, int fd, unsigned int events);
typedef void (*cox_signal_fn)(void *context, int signo);

/** The end of a child: @result is borrowed for the call. */
typedef void (*cox_child_fn)(void *context, cox_source_id id, const struct cox_child_result *result);

/** Free a runtime with all its sources.  Children that still run are left alone and their ends go unnoticed. */
void cox_runtime_free(struct cox_runtime *runtime);
typedef struct cox_runtime cox_runtime; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_runtime, cox_runtime_free)

/** Monotonic time now. */
cox_usec cox_runtime_now(const struct cox_runtime *runtime);

/** Wall time now. */
cox_wall cox_runtime_wall(const struct cox_runtime *runtime);

/**
 * Call @fn once at @when (at once, but never from inside this call, when that has passed).  Timers that are due together run
 * in the order of their times, equal ones in the order in which they were made.
 *
 * @return 0 for COX_USEC_NEVER: no timer
 */
cox_source_id cox_runtime_timer(struct cox_runtime *runtime, cox_usec when, cox_timer_fn fn, void *context);

/** Call @fn once, after the present callback has returned. */
cox_source_id cox_runtime_defer(struct cox_runtime *runtime, cox_timer_fn fn, void *context);

/** Call @fn whenever @fd (borrowed) is ready for one of @events; level-triggered.  Cancel before closing the descriptor. */
cox_source_id cox_runtime_watch(struct cox_runtime *runtime, int fd, unsigned int events, cox_watch_fn fn, void *context);

/** Wait for other events from now on; 0 pauses (hang-ups are still reported). */
void cox_runtime_watch_set(struct cox_runtime *runtime, cox_source_id id, unsigned int events);

/**
 * Call @fn for each delivery of @signo, from the loop and not from a signal handler.  One handler per signal; the signal
 * is blocked in this process until the handler is cancelled.  (Children start with nothing blocked.)
 */
cox_source_id cox_runtime_signal(struct cox_runtime *runtime, int signo, cox_signal_fn fn, void *context);

/** Forget a timer, watch or signal handler.  0 and what is over already are fine. */
void cox_runtime_cancel(struct cox_runtime *runtime, cox_source_id id);

/**
 * Start a program in its own process group with exactly the given environment: default signals, no other descriptors, umask
 * 022, directory /, and nice value, scheduling, limits and OOM score as they were when the loop was made.
 *
 * Always gives an id and always calls @fn exactly once, also when the program cannot be started (COX_CHILD_NOT_STARTED),
 * unless cox_runtime_child_forget() comes first.
 */
cox_source_id cox_runtime_spawn(struct cox_runtime *runtime, const struct cox_child_spec *spec, cox_child_fn fn,
                                void *context);

/**
 * Watch a process that somebody else started.  Its exit status is known only if it became our child.
 *
 * @return 0 when there is no such process
 */
cox_source_id cox_runtime_adopt(struct cox_runtime *runtime, pid_t pid, cox_child_fn fn, void *context);

/** Process id of a running child, or 0. */
pid_t cox_runtime_child_pid(const struct cox_runtime *runtime, cox_source_id id);

/** Send a signal to a child and to its whole process group (adopted: to the process only).  false when it is over. */
bool cox_runtime_child_signal(struct cox_runtime *runtime, cox_source_id id, int signo);

/** Send SIGTERM, and SIGKILL when it is still there @kill_after_ms later; then the rest of its group is killed too. */
void cox_runtime_child_stop(struct cox_runtime *runtime, cox_source_id id, gint64 kill_after_ms);

/** Take no more interest in a child and leave it running; its callback is not called. */
void cox_runtime_child_forget(struct cox_runtime *runtime, cox_source_id id);

/** Run until cox_runtime_quit().  A fake runtime advances to each next timer and ends when there is none. */
void cox_runtime_run(struct cox_runtime *runtime);

/** Make cox_runtime_run() return after the present callback. */
void cox_runtime_quit(struct cox_runtime *runtime);

/** Handle what is ready; wait for something first if @may_block.  false when nothing was. */
bool cox_runtime_step(struct cox_runtime *runtime, bool may_block);

G_END_DECLS

#endif
