/* lib/transition/transition.h - the engine that carries out a graph: results in, next actions out.  Layer 3, pure. */
#ifndef COX_TRANSITION_TRANSITION_H
#define COX_TRANSITION_TRANSITION_H

#include <stdbool.h>
#include <glib.h>

#include "model/graph.h"

G_BEGIN_DECLS

/*
 *                 all inputs done,
 *                 priority >= abort          result as expected
 *     WAITING -----------------> STARTED -----------------------> DONE
 *        |     (or: begun ahead)    |
 *        |                          |
 *        | abort, or an input       | any other result
 *        | that will never be done  v
 *        '----------------------> (stays waiting)      FAILED: aborts what has no higher priority
 */
enum cox_action_state {
    COX_ACTION_WAITING = 0,
    COX_ACTION_STARTED,
    COX_ACTION_DONE,
    COX_ACTION_FAILED,
};

enum cox_transition_event_kind {
    COX_TRANSITION_RUN = 0, /**< start what can be started */
    COX_TRANSITION_RESULT,  /**< an action ended */
    COX_TRANSITION_AHEAD,   /**< this action was begun before its inputs are done: whoever runs it waits for them */
    COX_TRANSITION_ABORT,   /**< a better plan is on its way: start only what has at least this priority */
};

struct cox_transition_event {
    enum cox_transition_event_kind kind;
    guint32 action;    /**< RESULT, AHEAD: index in the graph */
    bool is_expected;  /**< RESULT: it ended as the graph wants it */
    gint32 priority;   /**< ABORT */
};

/** What a step asks for. */
struct cox_transition_effects {
    GArray *start;    /**< guint32: indices of actions to start, in this order; appended to */
    bool is_complete; /**< nothing runs and nothing more can be started */
};

struct cox_transition_counts {
    guint32 n_waiting, n_started, n_done, n_failed;
};

struct cox_transition;

/**
 * A transition that has not begun.
 *
 * @param graph       borrowed; must outlive the transition
 * @param batch_limit actions that may run at a time; 0: any number
 */
struct cox_transition *cox_transition_new(const struct cox_graph *graph, guint32 batch_limit);

/** Free.  NULL is allowed. */
void cox_transition_free(struct cox_transition *transition);

/** One step.  Total: a result for an action that is not running is ignored. */
void cox_transition_step(struct cox_transition *transition, const struct cox_transition_event *event,
                         struct cox_transition_effects *effects);

enum cox_action_state cox_transition_action(const struct cox_transition *transition, guint32 action);

/** Actions that wait for @action, directly; borrowed. */
const guint32 *cox_transition_users(const struct cox_transition *transition, guint32 action, size_t *n);

struct cox_transition_counts cox_transition_count(const struct cox_transition *transition);

typedef struct cox_transition cox_transition; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_transition, cox_transition_free)

G_END_DECLS

#endif
