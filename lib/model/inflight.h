/* lib/model/inflight.h - an action that is running, or accepted, while a plan is made.  Layer 1, pure. */
#ifndef COX_MODEL_INFLIGHT_H
#define COX_MODEL_INFLIGHT_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/** Names an operation of one node that is done once; texts borrowed. */
struct cox_opname {
    const char *rsc_id;
    const char *task;
};

/**
 * One element of cox_inflight[]: reported by the executors, given to the scheduler beside the status, adopted by the next
 * graph.  Its identity is resource, task, interval and node.  All texts are borrowed.
 */
struct cox_inflight {
    const char *rsc_id;
    const char *task;     /**< start, stop, monitor, ... */
    gint64 interval_ms;
    const char *node;     /**< name; NULL in the report of an executor about its own node */
    const char *key;      /**< transition key of the order, or NULL if it is not known any more */
    guint64 generation;   /**< of the coordinator that ordered it; 0: not known any more */
    bool is_running;      /**< false: accepted, not begun */
    const char *migrate_source, *migrate_target; /**< of migrate_to and migrate_from: names of nodes; else NULL */
};

G_END_DECLS

#endif
