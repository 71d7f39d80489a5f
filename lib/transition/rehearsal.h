/* lib/transition/rehearsal.h - a graph carried out on a copy of the status, as if every agent did its duty.  Layer 3, pure. */
#ifndef COX_TRANSITION_REHEARSAL_H
#define COX_TRANSITION_REHEARSAL_H

#include "base/walltime.h"
#include "model/graph.h"
#include "model/status.h"
#include "transition/opspec.h"

G_BEGIN_DECLS

struct cox_rehearsal_input {
    const struct cox_graph *graph;
    struct cox_status *status;            /**< changed */
    const struct cox_opspec *failures;    /**< operations that are to end otherwise than wanted */
    size_t n_failures;
    cox_wall now;
    /**
     * Also do what the field's simulator leaves out, as controllers do it: clear failures, forget histories, cancel, and lose
     * what was known of a guest node that is fenced with its container.
     */
    bool is_thorough;
};

/** One action that was carried out. */
struct cox_rehearsed {
    guint32 action;       /**< index in the graph */
    const char *rsc_name; /**< what the history calls the resource, or NULL; lives as long as the status */
    bool has_failed;
    int rc;
};

struct cox_rehearsal {
    struct cox_rehearsed *actions; /**< in the order in which they were carried out */
    size_t n_actions;
    bool is_complete;              /**< everything was done as wanted */
};

/**
 * Carry out the graph: each action that can be started is done at once, in the order of the graph, pass after pass.
 * The caller frees the result with cox_rehearsal_free().
 */
struct cox_rehearsal *cox_rehearsal_run(const struct cox_rehearsal_input *input);

/** Free.  NULL is allowed. */
void cox_rehearsal_free(struct cox_rehearsal *rehearsal);

typedef struct cox_rehearsal cox_rehearsal; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_rehearsal, cox_rehearsal_free)

G_END_DECLS

#endif
