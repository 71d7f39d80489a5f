/* daemons/execd/tests/execdkit.h - a real cox-execd with agents of its own, and a client that keeps what it tells.  For tests only. */
#ifndef COX_DAEMONS_EXECDKIT_H
#define COX_DAEMONS_EXECDKIT_H

#include "agents/tests/agentkit.h"
#include "client/ask.h"
#include "client/client.h"
#include "runtime/runtime.h"

struct place {
    struct cox_runtime *runtime;
    char *directory;      /* run directory */
    char *root;           /* OCF_ROOT with resource.d/test/slow; also init scripts */
    char *trace;          /* the agents write begin and end of each action */
    char *log;
    char *extra;          /* one more environment variable, or NULL */
    cox_source_id daemon;
    bool has_ended;
    struct cox_child_result end;
    struct cox_client *client;
    GPtrArray *results;   /* char *: "RSC TASK INTERVAL RC/STATUS REASON" */
    GArray *calls;        /* gint64: their call ids */
    guint n_keys;
    guint64 generation, coordinator;
    gint64 last_began_at, last_exec_ms;
    guint64 last_is_first;
};

/* cmocka set-up and tear-down: a directory with agents and a limit of two minutes. */
int place_setup(void **state);
int place_teardown(void **state);

/* Start the daemon and wait until our client is up and subscribed. */
void place_start(struct place *place);

/* SIGKILL it, or end it with a signal and wait. */
void place_end(struct place *place, int signo);

/* Order something of ocf:test:slow (or STANDARD:[PROVIDER:]TYPE); its number, 0 with the error. */
guint64 place_order(struct place *place, const char *agent, const char *rsc, const char *task, gint64 interval_ms, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* An order in all its parts. */
guint64 place_order_message(struct place *place, const struct cox_msg_exec_order *order, GError **error);

/* Ask something and get the answer; NULL with the error. */
const void *place_ask(struct place *place, struct cox_arena *arena, enum cox_message message, const void *body,
                      enum cox_message expected, GError **error);

/* Wait until @n results are there; the last one. */
const char *place_wait_results(struct place *place, guint n);

/* Let time pass in the loop. */
void place_pass(struct place *place, gint64 ms);

/* Wait until the agents' trace has @line; the whole trace. */
char *place_wait_trace(struct place *place, const char *line);

/* The trace must be begin and end in turns, for each resource. */
void place_check_no_overlap(struct place *place);

/* Let tasks "X@gate" end. */
void place_open_gate(struct place *place);

/* How often a text is in the trace. */
guint place_count(struct place *place, const char *line);

/* A number of the daemon's health. */
gint64 place_stat(struct place *place, const char *name);

#endif
