/* lib/model/graph.h - a transition graph: actions and what each waits for; frozen and acyclic.  Layer 1, pure. */
#ifndef COX_MODEL_GRAPH_H
#define COX_MODEL_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/arena.h"
#include "model/ids.h"
#include "model/nvset.h"

G_BEGIN_DECLS

enum cox_action_kind {
    COX_ACTION_PSEUDO = 0, /**< pseudo_event: nothing to execute */
    COX_ACTION_RSC,        /**< rsc_op: an agent action */
    COX_ACTION_CRM,        /**< crm_event: fencing, shutdown, clear_failcount, lrm_delete, maintenance_nodes ... */
};

/** One synapse: its single action and the actions that must be done before it. */
struct cox_action {
    guint32 id; /**< unique in the graph, 1 and up */
    enum cox_action_kind kind;
    const char *task;          /**< "start", "stonith", ... */
    const char *key;           /**< operation_key, e.g. "rsc1_start_0"; NULL for some crm events */
    const char *internal_key;  /**< internal_operation_key for clone instances, or NULL */
    const char *node_name, *node_uuid; /**< NULL when it belongs to no node */
    const char *router_node;   /**< node that runs it for a remote node, or NULL */
    gint64 interval_ms;
    /* The resource, for agent actions and those about one resource; NULL otherwise. */
    const char *rsc_id;        /**< as in the history (clone instances without :N when anonymous) */
    const char *rsc_long_id;   /**< with :N, or NULL when equal */
    const char *rsc_standard, *rsc_provider, *rsc_type;
    const char *display_id;    /**< what reports call the resource, e.g. "rsc1:1"; NULL without resource */
    const struct cox_nvpair *attributes; /**< sorted by name; what the XML's attributes element carries */
    size_t n_attributes;
    const struct cox_nvpair *downed; /**< names of nodes that this action takes down (name = node id), or NULL */
    size_t n_downed;
    gint64 shutdown_lock_s;    /**< stops of locked resources: since when (epoch seconds), else 0 */
    gint32 priority;           /**< 0 when none is printed */
    const guint32 *inputs;     /**< indices (not ids) of actions in the graph, each once */
    size_t n_inputs;
};

struct cox_graph {
    struct cox_actions_header {
        const char *cluster_delay, *fencing_timeout, *batch_limit, *migration_limit; /**< NULL: not printed */
        const char *failed_stop_offset, *failed_start_offset, *recheck_by;
        int transition_id;
    } header;
    const struct cox_action *actions;
    size_t n_actions;
    /** Wanted but impossible now: never executed, shown to people only.  Inputs beyond n_actions are among these. */
    const struct cox_action *blocked;
    size_t n_blocked;
};

G_END_DECLS

#endif
