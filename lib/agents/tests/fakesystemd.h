/* lib/agents/tests/fakesystemd.h - a bus of our own and a service manager on it that does what the test says.  For tests only. */
#ifndef COX_AGENTS_FAKESYSTEMD_H
#define COX_AGENTS_FAKESYSTEMD_H

#include <stdbool.h>
#include <gio/gio.h>

/* One unit. */
struct fakeunit {
    const char *name;
    const char *load;          /* LoadState */
    const char *active;        /* ActiveState now */
    const char *after_start;   /* ActiveState when a start job is over */
    const char *start_result;  /* of the job: done, failed, timeout, ... */
    const char *stop_result;
    bool signals_early;        /* JobRemoved goes out before the answer that names the job */
    guint n_starts, n_stops;
};

struct fakesystemd {
    GTestDBus *bus;
    GDBusConnection *connection;
    guint name;
    struct fakeunit *units;
    gsize n_units;
    guint n_jobs, n_reloads, n_subscribes;
    bool never_ends; /* jobs do not end by themselves */
    char *last_job, *last_unit; /* of a job that does not end */
};

/* NULL when there is no dbus-daemon.  @units is borrowed. */
struct fakesystemd *fakesystemd_new(struct fakeunit *units, gsize n_units);
void fakesystemd_free(struct fakesystemd *fake);

const char *fakesystemd_address(struct fakesystemd *fake);

/* Change a unit's state and say so. */
void fakesystemd_set(struct fakesystemd *fake, struct fakeunit *unit, const char *active);

/* End the job that does not end by itself. */
void fakesystemd_end_job(struct fakesystemd *fake, const char *result);

/* Give up the bus name and take it again, as a service manager that executes itself anew. */
void fakesystemd_reexecute(struct fakesystemd *fake);

#endif
