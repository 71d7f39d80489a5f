/* cts/sim/sim.h - the engines of several nodes in one process, with fake clock, network, disks and agents.  For tests only.
 *
 *     simstory.c what goes wrong, and when it ends          simlaws.c  what must always be true
 *     simworld.c time, processes, calls between them        simtruth.c power, agents and fence devices: what is really so
 *     node_*.c   thin stand-ins for the daemons: engines' events and effects, nothing decided
 *     simdoc.c   a node's document
 *
 * Everything is drawn from one seed.
 */
#ifndef COX_CTS_SIM_SIM_H
#define COX_CTS_SIM_SIM_H

#include <stdbool.h>
#include <stdio.h>
#include <glib.h>

#include "base/arena.h"
#include "base/testbus.h"
#include "base/walltime.h"
#include "exec/exec.h"

struct sim;
struct sim_node;
struct sim_call;

enum { SIM_MAX = COX_TESTBUS_MAX, SIM_TIMERS = 5, SIM_CORES = 1 };
enum { SIM_RSC_DEVICE = 0, SIM_RSC_WEB, SIM_RSC_IP, SIM_RSC_STORE, SIM_RSC_CLONE, SIM_RSC_FIRST, SIM_RSC_SECOND, SIM_RSC_APP, SIM_RSCS };

/** The daemons of a node; the first four have a group. */
enum sim_daemon { SIM_CIB = 0, SIM_CONTROL, SIM_FENCE, SIM_ATTR, SIM_EXEC, SIM_DAEMONS };
enum { SIM_GROUPS = SIM_EXEC };

enum sim_law {
    SIM_LAW_ONCE = 0, /**< no resource is active on two nodes */
    SIM_LAW_PROOF,    /**< nothing starts before the fence of its last node is proven */
    SIM_LAW_EQUAL,    /**< documents at the same place of a history are equal */
    SIM_LAW_KEPT,     /**< an acknowledged change is not lost */
    SIM_LAW_REIGN,    /**< no order of an older coordinator runs after a younger one was obeyed */
    SIM_LAW_OVERLAP,  /**< operations of one resource do not overlap on a node */
    SIM_LAW_PROMOTED, /**< one instance at most is promoted, and only when nothing may be promoted elsewhere */
    SIM_LAW_INSTANCES, /**< no more instances of a clone run than are allowed */
    SIM_LAW_MIGRATES, /**< what migrates is active in two places only between the two, and not for long */
    SIM_LAW_LEAVES,   /**< who leaves in order leaves nothing running, and is not fenced for it */
    SIM_LAW_FOLLOWS,  /**< what was ordered to come after others begins when these have ended with success */
    SIM_LAW_MEMBERS,  /**< a member of a group does not start before the start of the one before it has done its work */
    SIM_LAW_ENDS,     /**< every transition ends */
    SIM_LAW_SETTLES,  /**< after the trouble the cluster comes to rest, and nothing is left to do */
    SIM_LAWS,
    SIM_LAW_NONE = SIM_LAWS,
};

/** A call between processes of a node, or something that happens later. */
struct sim_call {
    void (*fn)(struct sim *sim, struct sim_node *node, struct sim_call *call);
    gpointer data;  /* in the arena of the sim, or not owned */
    guint64 number;
    guint64 boot;   /* of a node that is to be fenced, or was */
    cox_usec at;    /* of what happens later */
    guint node;
    guint64 life;   /* of the process it is for; others must not get it */
    enum sim_daemon daemon;
};

struct sim_process {
    bool is_up, is_stopped;
    guint64 life;            /* a new number for each start */
    GQueue inbox;            /* struct sim_call */
    cox_usec timer[SIM_TIMERS];
};

/** A fake agent at work: a process of the node, not of its executor. */
struct sim_agent {
    guint node;
    guint64 run;             /* 0: the executor that knew it is gone and its successor does not know it yet */
    guint rsc;
    guint peer;              /* migration: the other node */
    guint peer_life;         /* migration: the boot of the other node in which this began */
    const char *task, *key;
    const char *probes;      /* task whose end was not seen, when this is the executor's own probe; else NULL */
    gint64 interval_ms, timeout_ms;
    struct cox_exec_term term;
    cox_usec begun_at, ends_at;
    bool fails, hangs, is_killed, is_over, was_recovered;
    struct cox_exec_result result;
    guint64 order;
    const struct cox_opname *after; /**< as it was ordered */
    size_t n_after;
};

/** What the cluster is asked to run; beside a device, a group of three and a store. */
struct sim_shape {
    bool migrates;    /**< the store */
    guint n_clones;   /**< instances of the clone; 0: there is none */
    bool is_promotable, is_graded; /**< that clone; and some nodes are better than others */
    bool is_unique;   /**< two instances of a clone that are told apart */
    bool has_levels;  /**< two power supplies that must be cut together are tried first, then the device */
};

struct sim_node {
    guint id;
    const char *name;
    bool is_on;
    bool is_leaving;         /* it was asked to leave in order ... */
    bool is_released;        /* ... and may */
    bool goes_off;           /* ... and its power goes off, else its daemons are started again */
    guint unpowered;         /* of its two supplies: bits */
    guint n_boots;
    guint64 incarnation;     /* of the boot */
    struct sim_process process[SIM_DAEMONS];
    bool is_active[SIM_RSCS]; /* the truth */
    bool is_promoted;         /* the instance of SIM_RSC_CLONE */
    struct sim_state *doc;    /* what the processes of the node know of the document; NULL: nothing yet */
    struct sim_disk *disk;    /* survives */
    struct sim_run *run;      /* what lies below RUNDIR: survives the processes, not the node */
    struct sim_cib *cib;      /* NULL: not running; and so on */
    struct sim_control *control;
    struct sim_fence *fence;
    struct sim_attr *attr;
    struct sim_exec *exec;
};

struct sim {
    guint32 seed;
    guint action_limit; /* node-action-limit: operations at a time; 0: twice SIM_CORES */
    GRand *random;
    FILE *trace;
    enum sim_law bug;         /* the planted one: of this law; SIM_LAW_NONE */
    guint n;                  /* nodes 1 to n */
    struct sim_shape shape;
    guint n_troubles;
    cox_usec now;
    struct cox_testbus bus[SIM_GROUPS];
    struct sim_node nodes[SIM_MAX];
    GPtrArray *later;         /* struct sim_call */
    cox_usec timers_from, later_from; /* not before these is any of them due */
    GPtrArray *agents;        /* struct sim_agent */
    GPtrArray *owned_bytes;   /* GBytes of changes on their way */
    struct cox_arena *arena;
    guint64 next_life, next_change, next_order, next_incarnation;
    guint n_steps;
    bool is_calm;             /* the trouble is over */
    struct sim_book *book;    /* what simlaws.c remembers */
    struct sim_docs *docs;
    struct cox_schemas *schemas; /* shared by all seeds; not owned */
};

extern const char *const sim_rsc_names[SIM_RSCS];
extern const char *const sim_law_names[SIM_LAWS];

/* ---- simworld.c ---- */

void sim_init(struct sim *sim, guint32 seed, guint n);
void sim_clear(struct sim *sim);
/** One thing happens; false: nothing up to @until. */
bool sim_step(struct sim *sim, cox_usec until);
void sim_run(struct sim *sim, cox_usec until);
guint sim_pick(struct sim *sim, guint n);
gint64 sim_between(struct sim *sim, gint64 from, gint64 to);
cox_wall sim_wall(const struct sim *sim);
/** A line of the story; @node NULL: of nobody. */
void sim_say(struct sim *sim, const struct sim_node *node, const char *format, ...) G_GNUC_PRINTF(3, 4);
/** Wake the process at @at; COX_USEC_NEVER: not at all. */
void sim_timer(struct sim *sim, struct sim_process *process, guint timer, cox_usec at);
/** A call to a process of the node; gets lost when it is not running. */
void sim_post(struct sim *sim, struct sim_node *node, enum sim_daemon daemon, const struct sim_call *call);
/** The same after a while; also when it has another life then is it lost.  SIM_DAEMONS: to the world. */
void sim_after(struct sim *sim, struct sim_node *node, enum sim_daemon daemon, gint64 usec, const struct sim_call *call);
void sim_start(struct sim *sim, struct sim_node *node, enum sim_daemon daemon);
void sim_kill(struct sim *sim, struct sim_node *node, enum sim_daemon daemon);
struct sim_node *sim_node_named(struct sim *sim, const char *name);

/* ---- simtruth.c ---- */

void sim_power_on(struct sim *sim, struct sim_node *node);
/** The daemons of a node that is on are started one after the other. */
void sim_boot_daemons(struct sim *sim, struct sim_node *node);
/** The node is off at once; @by_device: that was proven by a fence device. */
void sim_power_off(struct sim *sim, struct sim_node *node, bool by_device);
guint sim_rsc_index(const char *id);

/* ---- node_leave.c: stands for the supervisor of a node that leaves in order ---- */

void sim_leave(struct sim *sim, struct sim_node *node);
/** The controller has come (again), and it must know that the node is leaving. */
void sim_leave_again(struct sim *sim, struct sim_node *node);
/** The controller says that the node may leave. */
void sim_leave_now(struct sim *sim, struct sim_node *node);

/* ---- simconfig.c ---- */

void sim_configure(struct sim *sim);
void sim_change_note(struct sim *sim, struct sim_node *node);
void sim_move_store(struct sim *sim, struct sim_node *node);

/* ---- simstory.c ---- */

/** The whole life of a cluster; false when a law was broken. */
bool sim_tell(struct sim *sim);

#endif
