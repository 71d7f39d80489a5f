/* lib/model/status.h - what is known of the nodes: state, attributes, tickets, history of operations.  Layer 1, pure.
 *
 * Unlike the configuration it may be edited (simulation works on a copy).  Strings live in its arena.
 */
#ifndef COX_MODEL_STATUS_H
#define COX_MODEL_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/arena.h"
#include "base/walltime.h"
#include "model/nvset.h"

G_BEGIN_DECLS

/** Results of an operation as the history has them (op-status). */
enum cox_op_status {
    COX_OP_STATUS_UNKNOWN = -2,
    COX_OP_STATUS_PENDING = -1,
    COX_OP_STATUS_DONE = 0,
    COX_OP_STATUS_CANCELLED = 1,
    COX_OP_STATUS_TIMEOUT = 2,
    COX_OP_STATUS_NOT_SUPPORTED = 3,
    COX_OP_STATUS_ERROR = 4,
    COX_OP_STATUS_ERROR_HARD = 5,
    COX_OP_STATUS_ERROR_FATAL = 6,
    COX_OP_STATUS_NOT_INSTALLED = 7,
    COX_OP_STATUS_NOT_CONNECTED = 8,
    COX_OP_STATUS_INVALID = 9,
    COX_OP_STATUS_NO_FENCE_DEVICE = 10,
    COX_OP_STATUS_NO_SECRETS = 11,
};

/**
 * One lrm_rsc_op.  NULL = attribute absent.  What every entry is asked for comes first, so that looking at one that says
 * nothing new touches one line of the cache (a large status has one or more for each resource and node).
 */
struct cox_op_history {
    const char *operation;     /**< start, stop, monitor, ... */
    gint64 interval_ms;
    int call_id;               /**< -1 when absent */
    int rc;                    /**< rc-code, -1 when absent */
    int target_rc;             /**< expected result from transition_key (its third field), -1 if unknown */
    int status;                /**< enum cox_op_status */
    gint64 last_rc_change_s;   /**< epoch seconds */
    bool has_last_rc_change, has_exec_time, has_queue_time;
    bool is_last_failure;      /**< from its id: the entry that keeps the last failure (told by whoever puts it in) */
    const char *id;            /**< XML id, e.g. rsc_last_0, rsc_monitor_10000, rsc_last_failure_0 */
    const char *operation_key; /**< rsc_start_0 */
    const char *transition_key;
    const char *transition_magic;
    const char *on_node;
    const char *exit_reason;
    const char *op_digest, *op_force_restart, *op_restart_digest, *op_secure_params, *op_secure_digest;
    const char *migrate_source, *migrate_target;
    const char *crm_feature_set;
    const char *crm_debug_origin;
    gint64 last_run_s;         /**< epoch seconds or 0 */
    gint64 exec_time_ms;
    gint64 queue_time_ms;
};

/** One lrm_resource.  Its entries lie in one piece, where a reader put them right behind it, again for the cache's sake. */
struct cox_rsc_history {
    const char *id;
    guint32 id_index;           /**< of its id among those of all histories of the status: below n_history_ids */
    guint32 n_ops;
    const char *standard, *provider, *type;
    const char *container;      /**< or NULL */
    gint64 shutdown_lock_s;     /**< epoch seconds, 0 when not locked */
    struct cox_op_history *ops; /**< [n_ops], document order; changed by the functions below only */
};

/** One node_state.  Raw texts of flags, since old and new spellings mean different things (lib/sched reads them). */
struct cox_node_status {
    const char *id;
    const char *uname;
    const char *in_ccm, *crmd, *join, *expected; /**< NULL when absent */
    const char *crm_debug_origin;
    bool is_remote;                /**< remote_node="true" */
    const char *node_fenced;       /**< remote nodes, or NULL */
    const char *node_in_maintenance; /**< remote nodes, or NULL */
    GArray *attr_sets;             /**< struct cox_nvset, transient attributes; pairs may be edited via functions only */
    GArray *utilization_sets;      /**< struct cox_nvset, transient utilization */
    GPtrArray *resources;          /**< struct cox_rsc_history *, document order */
    guint32 n_moves;               /**< how often one was added or removed: what was known of their places is old then */
    bool has_lrm;                  /**< a lrm element is there */
};

struct cox_ticket_state {
    const char *id;
    bool is_granted, is_standby;
    bool has_last_granted;
    gint64 last_granted_s;
    GArray *attrs; /**< struct cox_nvpair: every attribute of the element but id, as written */
};

struct cox_status {
    struct cox_arena *arena;
    GPtrArray *nodes;   /**< struct cox_node_status *, document order */
    GPtrArray *tickets; /**< struct cox_ticket_state *, document order */
    guint32 n_history_ids;         /**< how many ids its histories have had: each counts once, on however many nodes */
    GHashTable *history_id_index;  /**< id -> id_index + 1; of status.c */
    bool has_remote;               /**< there is or was a history of a remote connection (ocf:pacemaker:remote) */
};

struct cox_status *cox_status_new(void);
void cox_status_free(struct cox_status *status);

/** A deep copy that shares nothing; the caller owns it. */
struct cox_status *cox_status_copy(const struct cox_status *status);

/** The state of the node called @uname (or with @id when @uname is NULL), or NULL. */
struct cox_node_status *cox_status_node(const struct cox_status *status, const char *id, const char *uname);

/** As above, added when missing. */
struct cox_node_status *cox_status_node_ensure(struct cox_status *status, const char *id, const char *uname);

/** A new node state, last; for readers that know that it is new. */
struct cox_node_status *cox_status_node_add(struct cox_status *status, const char *id, const char *uname);

/** Remove a node's state. */
void cox_status_node_remove(struct cox_status *status, struct cox_node_status *node);

/** The history of resource @id on @node, or NULL. */
struct cox_rsc_history *cox_status_rsc(const struct cox_node_status *node, const char *id);

/** Does, or did, any node's history know a resource as @id? */
bool cox_status_rsc_was_known(const struct cox_status *status, const char *id);

/** As above, added when missing. */
struct cox_rsc_history *cox_status_rsc_ensure(struct cox_status *status, struct cox_node_status *node, const char *id);

/** A new, empty history, last; for readers that know that it is new. */
struct cox_rsc_history *cox_status_rsc_add(struct cox_status *status, struct cox_node_status *node, const char *id);

/** Say of which agent the resource is (texts may be NULL). */
void cox_status_rsc_agent_set(struct cox_status *status, struct cox_rsc_history *rsc, const char *standard,
                              const char *provider, const char *type);

/** Give @rsc these entries in place of those that it has.  Their texts must live as long as the status. */
void cox_status_ops_set(struct cox_status *status, struct cox_rsc_history *rsc, const struct cox_op_history *ops,
                        guint32 n_ops);

/** Forget the history of resource @id on @node. */
void cox_status_rsc_remove(struct cox_node_status *node, const char *id);

/**
 * The name under which a history keeps what was done.  An agent that was reloaded is as one started with the parameters that
 * it has now; what is known of one whose reload failed is only that somebody looked.  Static, or @task.
 */
const char *cox_status_op_recorded(const char *task, bool is_done);

/** Put a copy of @op in place of the entry with its id, or after the last.  Who holds an entry keeps it as it was. */
void cox_status_op_put(struct cox_status *status, struct cox_rsc_history *rsc, const struct cox_op_history *op);

/** Remove the entry with this id; was it there?  Who holds an entry keeps it as it was. */
bool cox_status_op_remove(struct cox_status *status, struct cox_rsc_history *rsc, const char *op_id);

/** Set (or with a NULL @value remove) a transient attribute of the node. */
void cox_status_attr_set(struct cox_status *status, struct cox_node_status *node, const char *name, const char *value);

/**
 * Is @name an attribute that counts failures of the resource, or says when the last was: fail-count-ID or last-failure-ID, with the number
 * of an instance (which may be one of a clone that was unique once), "#" and an operation, both, or neither behind it?
 */
bool cox_status_is_failure(const char *name, const char *rsc_id);

/** The state of ticket @id, or NULL. */
struct cox_ticket_state *cox_status_ticket(const struct cox_status *status, const char *id);

/** As above, added when missing. */
struct cox_ticket_state *cox_status_ticket_ensure(struct cox_status *status, const char *id);

/** Set (NULL: remove) an attribute of the ticket and what follows from it (granted, standby, last-granted). */
void cox_status_ticket_set(struct cox_status *status, struct cox_ticket_state *ticket, const char *name,
                           const char *value);

typedef struct cox_status cox_status; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_status, cox_status_free)

G_END_DECLS

#endif
