/* lib/model/cluster.h - the state of a cluster as people see it: nodes, resource instances, failures.  Layer 1, pure.
 *
 * Worked out by lib/sched from configuration and status; printed by lib/view.  Frozen.
 */
#ifndef COX_MODEL_CLUSTER_H
#define COX_MODEL_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/walltime.h"
#include "model/config.h"
#include "model/status.h"

G_BEGIN_DECLS

struct cox_node_state {
    const char *name, *id;
    bool is_remote; /**< remote or guest node */
    bool is_guest;  /**< a container or virtual machine that is a resource here */
    bool is_bundle_node; /**< the guest node of a bundle's replica */
    bool is_ping;
    bool is_online, is_standby, is_standby_onfail, is_maintenance, is_pending, is_unclean, is_shutdown, is_expected_up;
    bool is_dc, is_unseen;
    bool was_fenced; /**< remote node known to be fenced */
    int health;      /**< -1 red, 0 yellow, 1 green; 1 when no attribute that counts says otherwise */
    const guint32 *running; /**< indices into rscs of the primitives that run there, in the order of the history */
    guint32 n_running;
    guint32 guest_rsc;                /**< guests: index into rscs of what the node runs in, or COX_RSC_NONE */
    const struct cox_nvlist *attributes; /**< permanent and transient, without # specials */
    const struct cox_nvlist *utilization;
    const struct cox_nvlist *remaining;  /**< after placement; equal to utilization before */
    const char *feature_set;             /**< #feature-set or NULL */
};

/** One resource instance; pre-order like cox_rsc_def, but clones hold their instances and bundles their replicas. */
struct cox_rsc_state {
    const char *id;      /**< "rsc", "rsc:1"; what scores and reports print */
    const char *short_id; /**< without the instance number of anonymous clones */
    enum cox_variant variant;
    guint32 parent;      /**< index or COX_RSC_NONE */
    guint32 end;         /**< one past the last descendant */
    const struct cox_rsc_def *def; /**< NULL for a removed (orphan) resource without definition */
    const char *standard, *provider, *type;
    enum cox_role role;      /**< now */
    enum cox_role next_role; /**< planned */
    bool is_orphan, is_managed, is_failed, is_blocked, is_unique, is_promotable, is_maintenance, is_ignored_failure;
    bool is_disabled;        /**< target-role Stopped (or below what it could be) */
    bool is_container_child; /**< inside a bundle's container */
    enum cox_role target_role; /**< UNKNOWN when not set */
    const char *pending_task;  /**< "Starting", "Stopping", "Monitoring" ... while an operation runs, or NULL */
    const guint32 *running_on; /**< node indices */
    size_t n_running_on;
    const guint32 *known_on;   /**< clones: nodes that may have it by default (NULL: all), or by history if none may */
    size_t n_known_on;
    guint32 pending_node;      /**< node index of the pending task, or COX_NODE_NONE */
    const char *locked_to;     /**< node name of a shutdown lock, or NULL */
    /* Bundle replicas and what belongs to them: */
    bool is_implicit;          /**< made by the cluster: container, address, connection */
    int replica;               /**< number of the replica this instance belongs to, -1 outside bundles */
    const struct cox_nvlist *meta;
    const struct cox_nvlist *utilization;
};

struct cox_ticket_view {
    const struct cox_ticket_state *state; /**< NULL when only a constraint names it */
    const char *id;
    bool is_granted, is_standby;
};

/** A failed operation that is still remembered. */
struct cox_failure {
    const struct cox_op_history *op;
    const char *rsc_id;
    guint32 node;
};

struct cox_cluster {
    const struct cox_node_state *nodes;
    size_t n_nodes;
    const struct cox_rsc_state *rscs;
    size_t n_rscs;
    const struct cox_ticket_view *tickets;
    size_t n_tickets;
    const struct cox_failure *failures;
    size_t n_failures;
    bool has_quorum, fencing_enabled, maintenance_mode, stop_all, symmetric;
    bool has_watchdogs;            /**< nodes that are lost take themselves down (have-watchdog) */
    gint64 watchdog_timeout_ms;    /**< how long that takes; negative: twice what sbd is told; 0: it does not count as fencing */
    const char *no_quorum_policy;
    const char *dc_version, *stack, *cluster_name;
    gint64 fencing_timeout_ms, priority_fencing_delay_ms;
    guint32 n_disabled, n_blocked; /**< resource instances, for the summary line */
    guint32 dc;                    /**< node index or COX_NODE_NONE */
};

G_END_DECLS

#endif
