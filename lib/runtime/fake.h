/* lib/runtime/fake.h - a runtime for tests: time stands still until told, children follow a script.  Layer 1. */
#ifndef COX_RUNTIME_FAKE_H
#define COX_RUNTIME_FAKE_H

#include <stdbool.h>
#include <glib.h>

#include "runtime/runtime.h"

G_BEGIN_DECLS

/**
 * A runtime whose clocks show @now and @wall until cox_fake_advance() moves both.  Timers and children run only inside
 * cox_fake_advance(), cox_runtime_step() (what is due now) and cox_runtime_run() (to the last timer).  No process is started, no
 * descriptor is looked at, no signal is caught: tests say when something happens.
 *
 * The functions below take only runtimes made by this one.
 */
struct cox_runtime *cox_fake_new(cox_usec now, cox_wall wall);

/** Move time forward by @delta, running everything that becomes due on the way, each at its own time. */
void cox_fake_advance(struct cox_runtime *runtime, cox_usec delta);

/** Move time forward by @delta without running anything, as if the process had been stopped. */
void cox_fake_freeze(struct cox_runtime *runtime, cox_usec delta);

/** Pretend that @fd is ready.  false when nobody watches it for one of @events. */
bool cox_fake_ready(struct cox_runtime *runtime, int fd, unsigned int events);

/** Pretend that a signal came.  false when nobody handles it. */
bool cox_fake_signal(struct cox_runtime *runtime, int signo);

/** How a child that is started shall behave. */
struct cox_fake_script {
    const char *path;       /**< for which argv[0]; NULL: any */
    cox_usec duration;      /**< ends by itself after this time; COX_USEC_NEVER: does not */
    bool ignores_term;      /**< only SIGKILL ends it */
    int start_errno;        /**< not 0: cannot be started */
    int exit_status;
    const char *out;        /**< NULL: none */
    const char *err;
};

/**
 * Add a script (copied).  Each start uses up the oldest script that fits; a start without script runs until it is
 * stopped or cox_fake_child_end() is called.
 */
void cox_fake_script_add(struct cox_runtime *runtime, const struct cox_fake_script *script);

/** The child started last that still runs, or 0. */
cox_source_id cox_fake_child_last(const struct cox_runtime *runtime);

/** How many children run. */
size_t cox_fake_child_count(const struct cox_runtime *runtime);

/** A command line, environment ("A=1 B=2") or input of a running child; NULL when it does not run.  Borrowed. */
const char *cox_fake_child_command(const struct cox_runtime *runtime, cox_source_id id);
const char *cox_fake_child_environment(const struct cox_runtime *runtime, cox_source_id id);
const char *cox_fake_child_input(const struct cox_runtime *runtime, cox_source_id id);

/** End a child now with an exit status and output (NULL: none).  Its callback runs inside this call. */
void cox_fake_child_end(struct cox_runtime *runtime, cox_source_id id, int exit_status, const char *out);

/** A process that cox_runtime_adopt() finds; every other does not exist. */
void cox_fake_process_add(struct cox_runtime *runtime, pid_t pid);

G_END_DECLS

#endif
