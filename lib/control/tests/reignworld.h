/* lib/control/tests/reignworld.h - the world of a coordinator in tests: events in, what it asks for as a line of text.  For tests only. */
#ifndef COX_CONTROL_TESTS_REIGNWORLD_H
#define COX_CONTROL_TESTS_REIGNWORLD_H

#include "control/reign.h"

#define MS(n) ((cox_usec) (n) * COX_USEC_PER_MS)

enum { MAX_ACTIONS = 40, WORLD_LIFE = 31 }; /* in which boot n3 is in the beginning */

/* A graph by hand. */
struct plan {
    struct cox_action actions[MAX_ACTIONS];
    guint32 inputs[MAX_ACTIONS][MAX_ACTIONS];
    struct cox_nvpair attributes[MAX_ACTIONS][3];
    struct cox_graph graph;
};

/* The engine, its clock, and what it has asked for since the last world_expect(). */
struct world {
    struct cox_reign *reign;
    cox_usec now, wake_at;
    GString *log;
    char *cause; /* of the last transition; NULL: it had none */
    guint64 batch;
    struct cox_version asked;
};

struct cox_action *plan_add_action(struct plan *plan, const char *rsc, const char *task, const char *node);
void plan_add_attribute(struct cox_action *action, struct plan *plan, const char *name, const char *value);

/** The second action waits for the first. */
void plan_chain(struct plan *plan);
void world_step(struct world *w, const struct cox_reign_event *event);

/** What has been asked for since the last time is exactly this. */
void world_expect(struct world *w, const char *text);

/** Time passes until it wants to be woken. */
void world_wake(struct world *w);
void world_view(struct world *w, guint n_controllers, guint n_nodes);
void world_node(struct world *w, guint32 id, const char *name);
void world_phase(struct world *w, guint32 id, enum cox_join_phase phase);
void world_document(struct world *w, unsigned int changes, const char *config);
void world_want(struct world *w);
void world_written(struct world *w, bool is_ok);
void world_planned(struct world *w, const struct plan *plan);
void world_no_plan(struct world *w, bool has_crashed);
struct cox_reign_event world_result_of(guint32 id, const char *rsc, const char *task, int rc, gint64 call_id);
void world_result(struct world *w, guint32 id, const char *rsc, const char *task, int rc, gint64 call_id);
void world_recorded(struct world *w, guint32 id, gint64 call_id);
void world_fenced(struct world *w, const char *name, bool is_ok, enum cox_reign_event_kind kind);
void world_start(struct world *w);

/** Node 1 reigns, all have joined, their states are written and the first plan is asked for. */
void world_reign(struct world *w);

/** The same, and there was nothing to do. */
void world_settle(struct world *w);
void world_end(struct world *w);

/** Settled, then two of three are left, and the document says so. */
void world_lose_n3(struct world *w);

#endif
