/* lib/fence/tests/fencebus.h - fencers on a fake totally ordered bus, with fake devices and a power switch.  For tests only. */
#ifndef COX_FENCE_TESTS_FENCEBUS_H
#define COX_FENCE_TESTS_FENCEBUS_H

#include "base/testbus.h"
#include "fence/fence.h"

enum { BUS_MAX = 6, BUS_RUNS = 64 }; /* nodes 1 to 5, called n1 to n5 */

enum bus_agent {
    AGENT_WORKS = 0,
    AGENT_FAILS,
    AGENT_HANGS,
    AGENT_LIES,  /* says that it has done it */
};

struct bus_run {
    guint node;              /* where the agent works; 0: free */
    guint64 run;
    bool is_killed;
    char device[16], command[16], target[16];
};

struct bus_node {
    struct cox_fence *engine; /* NULL: down */
    bool has_quorum;
    guint64 incarnation;
    guint n_ok, n_failed, n_reacts, n_panics, n_bars, n_bars_to_say, n_accepted, n_records;
    char reason[80];          /* of the last request that failed */
    guint n_fenced;           /* times that its power was cut */
    guint n_successes;        /* operations that are said to have done so */
};

struct bus {
    struct cox_testbus net;
    struct cox_fence_config config;
    struct bus_node nodes[BUS_MAX];
    const struct cox_fencedevice_def *devices;
    size_t n_devices;
    const struct cox_fencelevel *levels;
    size_t n_levels;
    struct bus_run runs[BUS_RUNS];
    enum bus_agent agent;     /* what all devices do ... */
    const char *odd_device;   /* ... but this one (or NULL) */
    enum bus_agent odd_agent;
    guint fails_on;           /* agents fail on this node; 0: none */
    bool no_reboot;           /* fenced nodes stay down */
    const char *list_output;
    GString *log;             /* "n1:device command target;" as agents begin, without list and status */
    gint64 wall_usec;
    GHashTable *successes;    /* "origin/serial" */
    bool is_honest;           /* no device lies in this test: count_success() checks */
};

extern const char *const bus_names[BUS_MAX];

void bus_init(struct bus *bus, const struct cox_fencedevice_def *devices, size_t n_devices, guint32 seed);
void bus_clear(struct bus *bus);
void bus_start(struct bus *bus, guint node);
void bus_start_many(struct bus *bus, guint n);

/** Stop the fencer (and, as far as others see, the node). */
void bus_crash(struct bus *bus, guint node);
void bus_move(struct bus *bus, guint node, guint part);
void bus_ask(struct bus *bus, guint at, guint target, enum cox_fence_action action);
void bus_feed(struct bus *bus, guint node, struct cox_fence_event *event);
void bus_quorum(struct bus *bus, guint node, bool has_quorum);
bool bus_step(struct bus *bus, cox_usec until);
void bus_run(struct bus *bus, cox_usec until);

#endif
